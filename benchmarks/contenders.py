"""The same six rules, written the ways that people write them; each gives for every rule the number of broken duties that it found.

What opencheck does beside, and which of it each of the others leaves out, stands in ``LEAVES_OUT``, which the page prints.
"""

from __future__ import annotations

import atexit
import shutil
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

AS_OF = date(2018, 12, 31)
COLUMNS = ["id", "topic", "period", "formed_on", "published_on", "posted_until", "attribute", "non_disclosure_reason", "text"]
ID_NUMBER = r"[0-9]{17}[0-9Xx]"
ATTRIBUTES = ["主动公开", "依申请公开", "不予公开"]
AIR, PROJECT = "environment.air_quality", "poverty_relief.project"
OPEN = pl.col("attribute") == "主动公开"
"""What is kept back is not late, as opencheck reads the rules."""
OUT = OPEN & (pl.col("published_on") <= AS_OF)
"""What is dated after the day of the check has not happened."""
LATE = OPEN & (pl.col("due") <= AS_OF) & (pl.col("published_on") > pl.col("due"))
SHORT = OUT & (pl.col("topic") == PROJECT) & ((pl.col("posted_until") - pl.col("published_on")).dt.total_days() < 9)
UNREASONED = (pl.col("attribute") == "不予公开") & pl.col("non_disclosure_reason").is_null()
NAMES = ["late", "short", "unmarked", "unreasoned", "shows"]
"""What breaks the rules SIX-1 to SIX-5, in their order; SIX-6 is about months."""

Counts = dict[str, int]


def counts_of(broken: Iterable[Any], months: Iterable[tuple[str, date]]) -> Counts:
    """Counts by rule, from those of ``NAMES`` and the first publication of each month."""
    return {f"SIX-{n}": int(count or 0) for n, count in enumerate(broken, 1)} | {"SIX-6": _absent(dict(months))}


@cache
def six_pack() -> Path:
    """The pack of the six rules with every topic of the data.

    A topic that a pack does not know may be the one whose month lacks; by hand it is another one, and so it is in this data.
    """
    import opencheck as oc

    folder = TemporaryDirectory(prefix="opencheck-six-")
    atexit.register(folder.cleanup)
    for file in (Path(__file__).resolve().parent / "six").iterdir():
        shutil.copy(file, folder.name)
    shutil.copy(oc.load_pack("pingdu-2018").path / "topics.yaml", folder.name)
    return Path(folder.name)


def opencheck(folder: Path, engine: str = "polars", memory: str | None = None) -> Counts:
    """The pack of six rules on a path, on any engine.

    An attribute outside the vocabulary cannot be judged for us and is broken for the others: it counts once, for the rule about attributes,
    and not again for the rule that asks whether the attribute is one that needs a reason.
    """
    import opencheck as oc

    report = oc.check(folder / "disclosure.parquet", pack=six_pack(), as_of=AS_OF, engine=engine, memory=memory)
    counts = {result.rule.id: {str(o): n for o, n in result.counts.items()} for result in report.results}
    unknown = {"SIX-3": counts["SIX-3"].get("indeterminate", 0)}
    return {rule: counts[rule].get("violation", 0) + unknown.get(rule, 0) for rule in sorted(counts)}


def opencheck_spark(folder: Path) -> Counts:
    """The same on Spark."""
    spark_session()
    return opencheck(folder, "spark")


def spark_session() -> Any:
    """The session of every contender on Spark: two cores of this machine."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.memory": "6g", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "4",
        "spark.ui.showConsoleProgress": "false", "spark.log.level": "FATAL",
    }  # fmt: skip
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _deadlines() -> pl.LazyFrame:
    """For each day the third working day after it."""
    from opencheck import WorkCalendar

    days = WorkCalendar.china().table().with_columns(n=pl.col("works").cum_sum().cast(pl.Int64)).lazy()
    working = days.filter("works").select(due="day", m="n")
    return days.join(working, left_on=pl.col("n") + 3, right_on="m").select("day", "due")


def by_hand(folder: Path) -> Counts:
    """Polars by somebody who knows it well: one scan, working days by a joined calendar, a group for the series."""
    due = _deadlines()
    rows = pl.scan_parquet(folder / "disclosure.parquet").select(COLUMNS)
    judged = rows.join(due, left_on="formed_on", right_on="day", how="left").select(
        "id",
        late=LATE,
        short=SHORT,
        unmarked=~pl.col("attribute").is_in(ATTRIBUTES),
        unreasoned=UNREASONED,
        shows=pl.col("text").str.contains(ID_NUMBER),
    )  # fmt: skip
    broken = judged.filter(pl.any_horizontal(NAMES)).select("id", *NAMES)
    air = rows.filter(OUT & (pl.col("topic") == AIR)).group_by("period").agg(pl.col("published_on").min())
    found, months = pl.collect_all([broken, air], engine="streaming")
    return counts_of((found[n].sum() for n in NAMES), months.iter_rows())


_OPEN = "attribute = '主动公开'"
_OUT = f"{_OPEN} and published_on <= date '{AS_OF}'"
_CONDITIONS = [
    f"{_OPEN} and due <= date '{AS_OF}' and published_on > due",
    f"{_OUT} and topic = '{PROJECT}' and {{posted}} < 9",
    f"attribute not in ({', '.join(repr(a) for a in ATTRIBUTES)})",
    "attribute = '不予公开' and non_disclosure_reason is null",
    f"{{matches}}(text, '{ID_NUMBER}')",
]
"""The rules SIX-1 to SIX-5; how days are counted and what matches texts has a name of its own in each dialect."""
_MONTHS = f"select period, min(published_on) from {{source}} where {_OUT} and topic = '{AIR}' group by period"


def _conditions(posted: str, matches: str) -> list[str]:
    return [c.replace("{posted}", posted).replace("{matches}", matches) for c in _CONDITIONS]


def by_hand_duckdb(folder: Path) -> Counts:
    """DuckDB by somebody who writes SQL: one query for five rules, working days by a joined calendar, one for the series."""
    import duckdb

    own = duckdb.connect()
    own.register("deadlines", _deadlines().collect().to_arrow(compat_level=pl.CompatLevel.oldest()))
    source = f"read_parquet('{folder / 'disclosure.parquet'}')"
    conditions = _conditions("date_diff('day', published_on, posted_until)", "regexp_matches")
    sums = ", ".join(f"count(*) filter (where {c})" for c in conditions)
    (broken,) = own.execute(f"select {sums} from {source} left join deadlines on formed_on = day").fetchall()
    return counts_of(broken, own.execute(_MONTHS.format(source=source)).fetchall())


def by_hand_spark(folder: Path) -> Counts:
    """Spark by somebody who writes SQL: the same two queries, the calendar sent to the workers."""
    session = spark_session()
    session.read.parquet(str(folder / "disclosure.parquet")).createOrReplaceTempView("disclosures")
    days = [(day, due) for day, due in _deadlines().collect().iter_rows()]
    session.createDataFrame(days, "day date, due date").createOrReplaceTempView("deadlines")
    sums = ", ".join(f"count_if({c})" for c in _conditions("datediff(posted_until, published_on)", "regexp_like"))
    joined = "disclosures left join deadlines on formed_on = day"
    broken = session.sql(f"select /*+ broadcast(deadlines) */ {sums} from {joined}").collect()[0]
    months = session.sql(_MONTHS.format(source="disclosures")).collect()
    return counts_of(broken, [(row[0], row[1]) for row in months])


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


def _by_python(rows: Any) -> Counts:
    import re

    number = re.compile(ID_NUMBER)
    broken: Counter[str] = Counter()
    first: dict[str, date] = {}
    for row in rows:
        due = _third_working_day(row["formed_on"])
        open_ = row["attribute"] == "主动公开"
        out = open_ and row["published_on"] <= AS_OF
        broken["late"] += open_ and due <= AS_OF and row["published_on"] > due
        until = row["posted_until"]
        if out and row["topic"] == PROJECT and until is not None:
            broken["short"] += (until - row["published_on"]).days < 9
        broken["unmarked"] += row["attribute"] not in ATTRIBUTES
        broken["unreasoned"] += row["attribute"] == "不予公开" and row["non_disclosure_reason"] is None
        broken["shows"] += number.search(row["text"]) is not None
        if out and row["topic"] == AIR:
            known = first.get(row["period"])
            first[row["period"]] = row["published_on"] if known is None else min(known, row["published_on"])
    return counts_of((broken[n] for n in NAMES), first.items())


def plain_python(folder: Path) -> Counts:
    """Row by row, working days counted one by one with chinese_calendar."""
    return _by_python(pl.read_parquet(folder / "disclosure.parquet", columns=COLUMNS).iter_rows(named=True))


def with_pydantic(folder: Path) -> Counts:
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


def with_pandera(folder: Path) -> Counts:
    """Pandera on Polars, lazily validated: checks as expressions, working days by a joined calendar beforehand, the series beside it."""
    due = _deadlines()
    rows = pl.scan_parquet(folder / "disclosure.parquet").select(COLUMNS)
    return _validated(rows.join(due, left_on="formed_on", right_on="day", how="left").collect())


def with_pandera_and_a_function(folder: Path) -> Counts:
    """The same with working days counted by a Python function for each row, as one writes it who has no table of the calendar."""
    rows = pl.scan_parquet(folder / "disclosure.parquet").select(COLUMNS)
    due = pl.col("formed_on").map_elements(_third_working_day, return_dtype=pl.Date)
    return _validated(rows.with_columns(due=due).collect())


def _validated(frame: pl.DataFrame) -> Counts:
    import pandera.polars as pa

    def check(expression: pl.Expr, name: str) -> Any:
        return pa.Check(lambda data: data.lazyframe.select(expression.fill_null(True)), name=name)

    schema = pa.DataFrameSchema(
        {
            "text": pa.Column(pl.String, pa.Check(lambda data: data.lazyframe.select(~pl.col(data.key).str.contains(ID_NUMBER)), name="shows")),
            "attribute": pa.Column(pl.String, pa.Check.isin(ATTRIBUTES)),
        },
        checks=[
            check(~LATE, "late"),
            check(~SHORT, "short"),
            check(~UNREASONED, "unreasoned"),
        ],
    )  # fmt: skip
    told: Counter[str] = Counter()
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as exc:
        own_names = {f"isin({ATTRIBUTES})": "unmarked"}  # a check that pandera has names itself
        told.update({own_names.get(check, check): n for check, n in exc.failure_cases["check"].value_counts().iter_rows()})
    months = frame.filter(OUT & (pl.col("topic") == AIR)).group_by("period").agg(pl.col("published_on").min())
    return counts_of((told[n] for n in NAMES), months.iter_rows())


def with_pointblank(folder: Path) -> Counts:
    """Pointblank on Polars: the same checks as steps of a plan, the series beside it."""
    import pointblank as pb

    due = _deadlines()
    rows = pl.scan_parquet(folder / "disclosure.parquet").select(COLUMNS)
    frame = rows.join(due, left_on="formed_on", right_on="day", how="left").with_columns(
        late=LATE.fill_null(False),
        short=SHORT.fill_null(False),
        unreasoned=UNREASONED,
        shows=pl.col("text").str.contains(ID_NUMBER),
    ).collect()  # fmt: skip
    plan = pb.Validate(frame)
    for name in NAMES:
        plan = plan.col_vals_in_set("attribute", ATTRIBUTES) if name == "unmarked" else plan.col_vals_expr(~pl.col(name))
    failed = plan.interrogate(collect_extracts=False).n_failed()
    months = frame.filter(OUT & (pl.col("topic") == AIR)).group_by("period").agg(pl.col("published_on").min())
    return counts_of((failed[step] for step in sorted(failed)), months.iter_rows())


LEAVES_OUT = {
    "by hand, Polars": (
        "列出违规的编号，但不认表头和各种写法，不交代不能用的行；缺了事实等于没有违规；没有最迟哪天、怎样数出来；按月公开的迟报和缺报不分",
        "keeps the ids, but knows no headings and spellings and accounts for no row that cannot be used; a missing fact is no violation; no last day, no derivation; late and absent months are one",
    ),
    "by hand, DuckDB SQL": ("同上，而且只得出个数", "the same, and gives counts only"),
    "by hand, Spark SQL": ("同上，而且只得出个数", "the same, and gives counts only"),
    "bare scan": ("什么也不判断，只把用到的列读一遍", "judges nothing: reads the columns that the rules use"),
    "pandera (Polars), calendar joined beforehand": (
        "列出违规的格，但没有工作日，事先连接日历；没有按月公开；缺了事实算通过",
        "lists failing cells, but has no working days (a calendar is joined beforehand) and no series; a missing fact passes",
    ),
    "pandera (Polars), working days by a function": (
        "同上，逐行调用函数数工作日",
        "the same, working days by a function for each row",
    ),
    "pointblank (Polars)": (
        "只有每一步的个数（不取明细）；没有工作日和按月公开",
        "counts of each step only (no extracts); no working days, no series",
    ),
    "plain Python, chinese_calendar": (
        "只得出个数；缺了事实会出错或算通过",
        "counts only; a missing fact is an error or passes",
    ),
    "pydantic + plain Python": ("同上，另查类型", "the same, and validates types"),
}
"""What the contenders do not do that opencheck does, in Chinese and English."""
