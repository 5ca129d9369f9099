"""The same six rules, written the ways that people write them; each gives the number of broken duties that it found.

What opencheck does beside and they do not: read ledgers' headers and spellings, account for rows of no use, tell a missing fact from a broken
duty, and keep what an explanation needs.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

AS_OF = date(2018, 12, 31)
SIX = Path(__file__).resolve().parent / "six"
COLUMNS = ["id", "topic", "period", "formed_on", "published_on", "posted_until", "attribute", "non_disclosure_reason", "text"]
ID_NUMBER = r"[0-9]{17}[0-9Xx]"
ATTRIBUTES = ["主动公开", "依申请公开", "不予公开"]


def opencheck(folder: Path, engine: str = "polars", memory: str | None = None) -> int:
    import opencheck as oc

    report = oc.check({"disclosure": _own(folder, engine)}, pack=SIX, as_of=AS_OF, engine=engine, memory=memory)
    # A word outside the vocabulary is no known attribute: for us that cannot be judged, for the others it is broken.
    return sum(n for r in report.results for o, n in r.counts.items() if str(o) in ("violation", "indeterminate"))


def _own(folder: Path, engine: str) -> Any:
    path = folder / "disclosure.parquet"
    if engine == "polars":
        return pl.scan_parquet(path)
    if engine == "duckdb":
        import duckdb

        return duckdb.read_parquet(str(path))
    from opencheck.engine.carriers.spark import SparkCarrier

    return SparkCarrier().session.read.parquet(str(path)).selectExpr("*", "_metadata.row_index + 1 as _row")


def _deadlines() -> pl.LazyFrame:
    """For each day the third working day after it."""
    from opencheck import WorkCalendar

    days = WorkCalendar.china().table().with_columns(n=pl.col("works").cum_sum().cast(pl.Int64)).lazy()
    working = days.filter("works").select(due="day", m="n")
    return days.join(working, left_on=pl.col("n") + 3, right_on="m").select("day", "due")


def by_hand(folder: Path) -> int:
    """Polars by somebody who knows it well: one scan, working days by a joined calendar, a group for the series."""
    due = _deadlines()
    rows = pl.scan_parquet(folder / "disclosure.parquet").select(COLUMNS)
    judged = rows.join(due, left_on="formed_on", right_on="day", how="left").select(
        "id", "topic", "period", "published_on",
        late=pl.col("published_on") > pl.col("due"),
        short=(pl.col("topic") == "poverty_relief.project") & ((pl.col("posted_until") - pl.col("published_on")).dt.total_days() < 9),
        unmarked=~pl.col("attribute").is_in(ATTRIBUTES),
        unreasoned=(pl.col("attribute") == "不予公开") & pl.col("non_disclosure_reason").is_null(),
        shows=pl.col("text").str.contains(ID_NUMBER),
    )  # fmt: skip
    names = ["late", "short", "unmarked", "unreasoned", "shows"]
    broken = judged.filter(pl.any_horizontal(names)).select("id", *names)
    air = judged.filter(pl.col("topic") == "environment.air_quality").group_by("period").agg(pl.col("published_on").min())
    found, months = pl.collect_all([broken, air], engine="streaming")
    return int(sum(found[n].sum() for n in names)) + _absent(dict(months.iter_rows()))


def _absent(first: dict[str, date]) -> int:
    """Months of the year whose disclosure is due and was not, or too late, published."""
    broken = 0
    for month in range(1, 13):
        last = date(2018 + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
        day = first.get(f"2018-{month:02d}")
        broken += last <= AS_OF and (day is None or day > last)
    return broken


def scan(folder: Path, columns: list[str] | None = None) -> int:
    """The floor: the columns that the rules use, read and looked at once."""
    rows = pl.scan_parquet(folder / "disclosure.parquet").select(columns or COLUMNS)
    looked = [
        pl.col(n).str.len_bytes().sum() if t == pl.String else pl.col(n).null_count() for n, t in rows.collect_schema().items()
    ]
    return len(rows.select(looked).collect(engine="streaming"))


def _by_python(rows: Any) -> int:
    import re

    number = re.compile(ID_NUMBER)
    broken = 0
    first: dict[str, date] = {}
    for row in rows:
        broken += row["published_on"] > _third_working_day(row["formed_on"])
        until = row["posted_until"]
        if row["topic"] == "poverty_relief.project" and until is not None:
            broken += (until - row["published_on"]).days < 9
        broken += row["attribute"] not in ATTRIBUTES
        broken += row["attribute"] == "不予公开" and row["non_disclosure_reason"] is None
        broken += number.search(row["text"]) is not None
        if row["topic"] == "environment.air_quality":
            known = first.get(row["period"])
            first[row["period"]] = row["published_on"] if known is None else min(known, row["published_on"])
    return broken + _absent(first)


def plain_python(folder: Path) -> int:
    """Row by row, working days counted one by one with chinese_calendar."""
    return _by_python(pl.read_parquet(folder / "disclosure.parquet", columns=COLUMNS).iter_rows(named=True))


def with_pydantic(folder: Path) -> int:
    """The same with every row validated as a model first."""
    from pydantic import BaseModel, TypeAdapter

    class Row(BaseModel):
        id: str
        topic: str | None
        period: str | None
        formed_on: date
        published_on: date
        posted_until: date | None
        attribute: str | None
        non_disclosure_reason: str | None
        text: str

    rows = pl.read_parquet(folder / "disclosure.parquet", columns=COLUMNS).to_dicts()
    return _by_python(r.__dict__ for r in TypeAdapter(list[Row]).validate_python(rows))


def _third_working_day(day: date) -> date:
    """Day by day with chinese_calendar."""
    import chinese_calendar

    left = 3
    while left:
        day += timedelta(days=1)
        left -= chinese_calendar.is_workday(day)
    return day


def with_pandera(folder: Path) -> int:
    """Pandera on Polars, lazily validated: checks as expressions, working days by a joined calendar beforehand, the series beside it."""
    due = _deadlines()
    rows = pl.scan_parquet(folder / "disclosure.parquet").select(COLUMNS)
    return _validated(rows.join(due, left_on="formed_on", right_on="day", how="left").collect())


def with_pandera_and_a_function(folder: Path) -> int:
    """The same with working days counted by a Python function for each row, as one writes it who has no table of the calendar."""
    rows = pl.scan_parquet(folder / "disclosure.parquet").select(COLUMNS)
    due = pl.col("formed_on").map_elements(_third_working_day, return_dtype=pl.Date)
    return _validated(rows.with_columns(due=due).collect())


def _validated(frame: pl.DataFrame) -> int:
    import pandera.polars as pa

    project = pl.col("topic") == "poverty_relief.project"
    short = project & ((pl.col("posted_until") - pl.col("published_on")).dt.total_days() < 9)

    def check(expression: pl.Expr, name: str) -> Any:
        return pa.Check(lambda data: data.lazyframe.select(expression.fill_null(True)), name=name)

    schema = pa.DataFrameSchema(
        {
            "text": pa.Column(pl.String, pa.Check(lambda data: data.lazyframe.select(~pl.col(data.key).str.contains(ID_NUMBER)), name="id")),
            "attribute": pa.Column(pl.String, pa.Check.isin(ATTRIBUTES)),
        },
        checks=[
            check(pl.col("published_on") <= pl.col("due"), "late"),
            check(~short, "short"),
            check(~((pl.col("attribute") == "不予公开") & pl.col("non_disclosure_reason").is_null()), "unreasoned"),
        ],
    )  # fmt: skip
    broken = 0
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as exc:
        broken = len(exc.failure_cases)
    months = frame.filter(pl.col("topic") == "environment.air_quality").group_by("period").agg(pl.col("published_on").min())
    return broken + _absent(dict(months.iter_rows()))


def with_pointblank(folder: Path) -> int:
    """Pointblank on Polars: the same checks as steps of a plan."""
    import pointblank as pb

    due = _deadlines()
    rows = pl.scan_parquet(folder / "disclosure.parquet").select(COLUMNS)
    frame = rows.join(due, left_on="formed_on", right_on="day", how="left").with_columns(
        late=(pl.col("published_on") > pl.col("due")).fill_null(False),
        short=((pl.col("topic") == "poverty_relief.project") & ((pl.col("posted_until") - pl.col("published_on")).dt.total_days() < 9)).fill_null(False),
        unreasoned=(pl.col("attribute") == "不予公开") & pl.col("non_disclosure_reason").is_null(),
        shows=pl.col("text").str.contains(ID_NUMBER),
    ).collect()  # fmt: skip
    plan = pb.Validate(frame).col_vals_in_set("attribute", ATTRIBUTES)
    for name in ("late", "short", "unreasoned", "shows"):
        plan = plan.col_vals_eq(name, False)
    done = plan.interrogate(collect_extracts=False)
    return int(sum(n or 0 for n in done.n_failed().values()))
