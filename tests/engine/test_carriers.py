"""One evaluator, three carriers: Polars, DuckDB and Spark read the same Parquet and find the same, field by field of what people read.

Rows in this process's memory are judged here whatever the carrier is; so every comparison goes through files, relations or Spark frames.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine_reports import END, PACKS, said, told
from example_tables import frames, plain_tables, with_texts
from judged_together import is_long_search
from opencheck.api.check import check_records
from opencheck.core.errors import InputError, UnknownNameError
from opencheck.engine.carriers import spark as spark_carrier
from opencheck.engine.carriers import spark_links
from opencheck.engine.carriers.base import LocalCarrier
from opencheck.engine.carriers.duckdb import DuckDBCarrier, DuckDBRows
from opencheck.engine.carriers.registry import carrier_of
from opencheck.engine.carriers.spark import SparkCarrier
from opencheck.engine.carriers.spark_rows import is_spark
from opencheck.engine.carriers.spool import SpooledRows
from opencheck.readers import delimited, read
from opencheck.readers.streamed_source import StreamedSource
from opencheck.records.dataset import ROW, SRC, Dataset
from record_strategies import LEDGERS, all_examples

SPARK = [pytest.mark.spark]  # a job of Spark costs seconds: few of them
ENGINES = [pytest.param("duck"), pytest.param("spark", marks=SPARK)]
FORMS: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {"typed": lambda frame: frame, "texts": with_texts}


OF_TEXTS = ("findings", "quiet")
"""What ``said`` gives as texts and numbers of rows: thousands of findings, which as JSON say no more."""


def same(
    source: Callable[[], Any], other: LocalCarrier | Dataset, as_of: date = END, *, include_all: bool = False, **more: Any
) -> dict[str, Any]:
    """What a check on Polars says, after making sure that another engine reads the rows itself and says the same."""
    data = other if isinstance(other, Dataset) else read(source(), carrier=other)
    for table in data.tables.values():
        for part in table.sources:
            assert isinstance(part, StreamedSource)
            assert isinstance(part.rows, DuckDBRows) or is_spark(part)
    here = said(check_records(source(), packs=PACKS, as_of=as_of, include_all=include_all, **more))
    there = said(check_records(data, packs=PACKS, as_of=as_of, include_all=include_all, **more))
    for key in here:
        differ = there[key] != here[key]
        if isinstance(here[key], list) and (differ or key not in OF_TEXTS):  # 1 equals True, but not as JSON
            ours, theirs = ([json.dumps(i, ensure_ascii=False, sort_keys=True) for i in x[key]] for x in (here, there))
            assert theirs == ours, key
        assert not differ, key
    return here


def write(folder: Path, tables: Mapping[str, pl.DataFrame], form: str = "typed") -> Path:
    folder.mkdir(exist_ok=True)
    for name, frame in tables.items():
        FORMS[form](frame).write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def archives(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The example ledger in typed columns and in texts; one table is two files, some records come twice, one is waived, one dangles."""
    tables = {path.stem: pl.read_parquet(path) for path in sorted(archive.glob("*.parquet"))}
    again = tables["document"].head(1)
    tables |= {"document-1": tables.pop("document"), "document-2": again}
    dangling = pl.DataFrame([{"id": "nowhere", "document_id": "没有的公文", "published_on": date(2018, 9, 3)}])
    tables["interpretation"] = pl.concat([tables["interpretation"], dangling], how="diagonal_relaxed")
    late = next(f for f in check_records(archive, packs=PACKS, as_of=END).violations if f.table == "request")
    waiver = {"id": "w", "rule": late.rule, "record_id": late.record_id, "basis": "省政府同意延期", "approved_by": "市府办", "from_": date(2018, 1, 1), "until": date(2019, 12, 31)}  # fmt: skip
    tables["waiver"] = pl.DataFrame([waiver])
    root = tmp_path_factory.mktemp("archives")
    return {form: write(root / form, tables, form) for form in FORMS}


@pytest.mark.parametrize("engine", ["duck", pytest.param("spark", marks=[*SPARK, pytest.mark.thorough])])
def test_carriers_columns_that_disagree_are_alike(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Of the record itself, of one that is linked, and of one that belongs to a series; and two documents of one id; and words for
    what stands above."""
    asked = {"id": ["1", "2", "3", "4"], "received_on": "2018-09-03", "replied_on": ["2018-09-10", None, "同上", "同上。"]}
    asked |= {"答复日期": ["2018-12-10", "2018-12-10", None, None]}
    document = {"id": ["1", "2", "2"], "title": ["甲", "乙", "丙"], "is_policy": True, "attribute": "主动公开"}
    document |= {"published_on": "2018-09-03"}
    days = {"published_on": "2018-09-04", "发布日期": ["2018-12-04", None]}
    read_as = {"id": ["a", "b"], "document_id": ["1", "2"], **days}
    monthly = [f"2018-{month:02}" for month in range(1, 13)]
    air = {"id": monthly, "topic": "空气质量", "period": monthly, "formed_on": None, "published_on": "2018-12-20"}
    air |= {"发布日期": [None] * 8 + ["2018-10-08"] + [None] * 3}
    tables = {"request": asked, "document": document, "interpretation": read_as, "disclosure": air}
    path = write(tmp_path / "a", {name: pl.DataFrame(columns) for name, columns in tables.items()}, "texts")
    found = same(lambda: path, request.getfixturevalue(engine))
    open_ = {(f["rule"], f["record_id"] or f["period"]) for f in found["findings"] if f["outcome"] == "indeterminate"}
    assert {("PD-15.3", "1"), ("PD-9.4", "1"), ("PD-9.4", "2"), ("PD-8-7.1", "2018-09")} <= open_
    assert ("PD-15.3", "2") not in open_
    assert sum("不一致" in note["zh"] for note in found["notes"]) == 3
    assert ["第3行" in note["zh"] for note in found["notes"] if "有2格写的是“同上、同上。”，按空白处理" in note["zh"]] == [True]


@pytest.mark.parametrize("form", ["typed", pytest.param("texts", marks=pytest.mark.thorough)])
def test_duckdb_example_archive_is_alike(form: str, archives: dict[str, Path], duck: DuckDBCarrier) -> None:
    found = same(lambda: archives[form], duck)
    outcomes = [f["outcome"] for f in found["findings"]]
    assert len(outcomes) > 300
    assert outcomes.count("waived") == 1
    assert found["rows"]["rejected"] == len(found["rejected"]) == 4  # three ids that come twice, one of them in another file


@pytest.mark.parametrize("form", [pytest.param("typed", marks=pytest.mark.thorough), "texts"])
def test_duckdb_records_of_all_examples_are_alike(form: str, duck: DuckDBCarrier, tmp_path: Path) -> None:
    folder = write(tmp_path / "examples", frames(all_examples()), form)
    broken = broken_rules(same(lambda: folder, duck, include_all=form == "typed"))
    assert len(broken) > 80  # most rules about records have something to say of them


def broken_rules(found: dict[str, Any]) -> set[str]:
    return {f["rule"] for f in found["findings"] if f["outcome"] == "violation"}


ZSTD = b"\x28\xb5\x2f\xfd"
"""How a compressed page begins."""


@pytest.mark.parametrize("engine", ["polars", *ENGINES])
def test_carriers_damaged_file_is_told_as_one(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    carrier = carrier_of("polars") if engine == "polars" else request.getfixturevalue(engine)
    document = {"id": ["1", "2"], "title": ["通知", "公告"], "published_on": ["2018-09-03"] * 2, "text": ["正文"] * 2}
    good = tmp_path / "公文.parquet"
    pl.DataFrame(document).write_parquet(good, compression="zstd")
    content = good.read_bytes()
    assert content.count(ZSTD) >= len(document)
    within, cut = tmp_path / "a" / good.name, tmp_path / "b" / good.name
    for path, damaged in ((within, content.replace(ZSTD, b"\xff" * 4)), (cut, content[: len(content) // 2])):
        path.parent.mkdir()
        path.write_bytes(damaged)
    with pytest.raises(InputError, match=r"公文\.parquet.*已损坏") as caught:
        check_records(read(within.parent, carrier=carrier), packs=PACKS, as_of=END)
    assert caught.value.code == "reading_broke_off"
    assert "An error occurred while calling" not in str(caught.value)
    with pytest.raises(InputError, match=r"公文\.parquet.*不是能读的") as caught:
        check_records(read(cut.parent, carrier=carrier), packs=PACKS, as_of=END)
    assert caught.value.code == "not_parquet"
    assert "An error occurred while calling" not in str(caught.value)


def numbered(ledgers: list[dict[str, list[dict[str, Any]]]]) -> dict[str, pl.DataFrame]:
    """Several ledgers in one, their ids kept apart, links included."""
    one: dict[str, list[dict[str, Any]]] = {}
    for number, ledger in enumerate(ledgers):
        for table, records in ledger.items():
            ids = [{k: f"{number}/{v}" for k, v in r.items() if v and (k == "id" or k.endswith("_id"))} for r in records]
            one.setdefault(table, []).extend({**r, **own} for r, own in zip(records, ids, strict=True))
    return frames(one)


@pytest.mark.thorough
@pytest.mark.slow
@settings(max_examples=settings.default.max_examples // 12 if is_long_search() else 2, suppress_health_check=list(HealthCheck))
@given(LEDGERS, st.dates(date(2018, 1, 1), date(2019, 3, 31)), st.sampled_from(list(FORMS)), st.booleans())
def test_duckdb_any_ledger_is_alike(
    duck: DuckDBCarrier, ledger: dict[str, list[dict[str, Any]]], as_of: date, form: str, include_all: bool
) -> None:
    with TemporaryDirectory() as folder:
        written = write(Path(folder), numbered([ledger]), form)
        same(lambda: written, duck, as_of, include_all=include_all)


@pytest.mark.thorough
@pytest.mark.spark
@settings(max_examples=1, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(LEDGERS, min_size=6, max_size=6).filter(lambda found: sum(len(r) for one in found for r in one.values()) > 60))
def test_spark_example_archive_with_all_examples_and_any_ledgers_is_alike(
    spark: SparkCarrier, archives: dict[str, Path], ledgers: list[dict[str, list[dict[str, Any]]]]
) -> None:
    """In one archive, typed columns in some files of a table and texts in others: what Spark needs for a table does not depend on its rows."""
    tables = numbered(ledgers)
    for name, frame in frames(all_examples()).items():
        tables[name] = pl.concat([frame, *([tables[name]] if name in tables else [])], how="diagonal_relaxed")
    with TemporaryDirectory() as folder:
        written = write(Path(folder) / "whole", {f"{name}-9": frame for name, frame in tables.items()}, "texts")
        for file in archives["typed"].iterdir():
            shutil.copy(file, written)
        found = same(lambda: written, spark, include_all=is_long_search())
    assert len(broken_rules(found)) > 80
    assert [f["outcome"] for f in found["findings"]].count("waived") == 1
    again = [r for r in found["rejected"] if not r["source"]["file"].endswith("-9.parquet")]
    assert len(again) == 4  # three ids that come twice, one of them in another file


def test_duckdb_relations_are_alike(duck: DuckDBCarrier, archive: Path) -> None:
    tables = {p.stem: p for p in sorted(archive.glob("*.parquet")) if p.stem.isalpha()}
    here = check_records({n: pl.read_parquet(p) for n, p in tables.items()}, packs=PACKS, as_of=END).to_dict()
    connection = _duckdb()
    of_theirs = {n: connection.sql(f"select * from read_parquet('{p}')") for n, p in tables.items()}
    data = read(of_theirs, carrier=duck)
    assert all(
        isinstance(s.rows, SpooledRows) for t in data.tables.values() for s in t.sources if isinstance(s, StreamedSource)
    )
    assert check_records(data, packs=PACKS, as_of=END).to_dict() == here
    assert len(here["findings"]) > 150


def _duckdb() -> Any:
    import duckdb

    return duckdb.connect()


@pytest.mark.thorough
@pytest.mark.spark
def test_spark_frames_joined_by_spark_are_alike(spark: SparkCarrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Linked records as if there were too many to send them to every worker; some documents have the id of another one."""
    monkeypatch.setattr(spark_links, "MAX_SENT_BYTES", 0)
    monkeypatch.setattr(spark_links, "_FEW_ROWS", -1)
    joined: list[str] = []
    join = spark_links.join_link
    monkeypatch.setattr(spark_carrier, "join_link", lambda *given: joined.append(given[1].name) or join(*given))
    ledger = {t: rows for t, rows in all_examples().items() if t in ("document", "interpretation", "request", "meeting")}
    tables = frames(ledger)
    twins = tables["document"].head(3).with_columns(title=pl.lit("另一份"))
    tables["document"] = pl.concat([tables["document"], twins])
    here = check_records({n: f.clone() for n, f in tables.items()}, packs=PACKS, as_of=END).to_dict()
    write(tmp_path, {n: f.with_row_index(ROW, 1) for n, f in tables.items()})
    of_theirs = {n: spark.session.read.parquet(str(tmp_path / f"{n}.parquet")) for n in tables}
    data = read(of_theirs, carrier=spark)
    assert all(is_spark(s) for t in data.tables.values() for s in t.sources)
    assert check_records(data, packs=PACKS, as_of=END).to_dict() == here
    assert len(joined) > 3


# types that Parquet has and ledgers do not

ASKED = {"received_on": date(2018, 11, 5), "replied_on": date(2018, 12, 20), "unit": "市民政局"}


def asked(**columns: Any) -> pl.DataFrame:
    """Requests that were answered late, with other values in some columns."""
    count = len(next((c for c in columns.values() if isinstance(c, (list, pl.Series))), [None]))
    base = {"id": [f"{n + 1}" for n in range(count)], **{n: [v] * count for n, v in ASKED.items()}}
    return pl.DataFrame(base | columns)


def moments(days: list[datetime], unit: Any, zone: str | None) -> pl.Series:
    return pl.Series(days, dtype=pl.Datetime(unit)).dt.replace_time_zone(zone)


MIDNIGHTS = [datetime(2018, 11, 5, hour, 59, 59) for hour in (0, 7, 15, 16, 23)]  # days in Shanghai and elsewhere differ
ODD = {
    "nanoseconds": asked(received_on=moments(MIDNIGHTS, "ns", "UTC"), replied_on=moments(MIDNIGHTS, "ns", None).dt.offset_by("45d")),
    "microseconds": asked(received_on=moments(MIDNIGHTS, "us", None), replied_on=moments(MIDNIGHTS, "us", "UTC").dt.offset_by("45d")),
    "zones": asked(received_on=moments(MIDNIGHTS, "us", "America/New_York"), replied_on=moments(MIDNIGHTS, "ms", "Asia/Shanghai").dt.offset_by("45d")),
    "decimal-ids": asked(id=pl.Series([Decimal("20180824000000001"), Decimal("20180824000000002")], dtype=pl.Decimal(20, 0))),
    "nan-in-whole-numbers": asked(excluded_days=[float("nan"), 3.0, None, 2.5]),
    "whole-numbers": asked(excluded_days=pl.Series([0, 3, -1], dtype=pl.Int32), id=pl.Series([1, 2, 3], dtype=pl.Int64)),
    "far-days": asked(received_on=[date(1, 1, 1), date(1899, 12, 31), date(2018, 11, 5)], replied_on=[date(2018, 12, 20), date(2018, 12, 20), date(9999, 12, 31)]),
    "binary": asked(id=[b"1"], unit=["市民政局".encode()]),
    "binary-no-text": asked(id=["1", "2"], unit=["市民政局".encode(), b"\xff"]),
    "second-columns": asked(id=["1", "2", "3"], replied_on=["2018-12-20", None, "2018-12-20"], 答复日期=[None, "2018-12-20", "2018-11-20"]),
    "categories": asked(unit=pl.Series(["市民政局", None, "市财政局"], dtype=pl.Categorical), title=pl.Series(["甲", "乙", None], dtype=pl.Enum(["甲", "乙"]))),
    "unknown-columns": asked(**{"别的": [{"甲": 1}], "又": [[1.5]], "备注": [" "]}),
    "no-id": asked().drop("id"),
    "empty": asked().clear(),
}  # fmt: skip
REJECTED = {
    ("far-days", 1),
    ("far-days", 2),
    ("far-days", 3),
    ("nan-in-whole-numbers", 4),
    ("whole-numbers", 3),
    ("binary-no-text", 2),
}
DAYS = {  # in Shanghai
    "nanoseconds": (["2018-11-05"] * 3 + ["2018-11-06"] * 2, ["2018-12-20"] * 5),
    "microseconds": (["2018-11-05"] * 5, ["2018-12-20"] * 3 + ["2018-12-21"] * 2),
    "zones": (["2018-11-05"] * 2 + ["2018-11-06"] * 3, ["2018-12-20"] * 5),
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One table in a file for each odd type."""
    folder = tmp_path_factory.mktemp("odd")
    return write(folder, {f"request-{number:02}": frame for number, frame in enumerate(ODD.values(), 1)})


@pytest.mark.parametrize("engine", ENGINES)
def test_carriers_odd_types_are_alike(engine: str, odd: Path, request: pytest.FixtureRequest) -> None:
    data = read(odd, carrier=request.getfixturevalue(engine))
    found = same(lambda: odd, data, include_all=True, rules=["PD-15.3", "PD-15.1"])
    kinds = list(ODD)
    wrong = {(kinds[int(r["source"]["file"][8:10]) - 1], r["source"]["row"]) for r in found["rejected"]}
    assert wrong == REJECTED
    assert found["rows"]["read"] == sum(map(len, ODD.values()))
    records = data.tables["request"].records(["id", "unit", "received_on", "replied_on", "excluded_days"])
    kept = {kind: records.filter(pl.col(SRC) == number) for number, kind in enumerate(kinds)}
    assert kept["decimal-ids"]["id"].to_list() == ["20180824000000001", "20180824000000002"]
    assert kept["nan-in-whole-numbers"]["excluded_days"].to_list() == [None, 3, None]
    assert kept["binary"].select("id", "unit").row(0) == ("1", "市民政局")
    for kind, (received, replied) in DAYS.items():
        assert kept[kind]["received_on"].cast(pl.String).to_list() == received, kind
        assert kept[kind]["replied_on"].cast(pl.String).to_list() == replied, kind


@pytest.mark.parametrize("engine", [pytest.param("polars"), *ENGINES])
@pytest.mark.parametrize("column", [{"unit": [{"name": "u"}]}, {"received_on": [["2018-11-05"]]}], ids=["struct", "list"])
def test_carriers_nested_column_is_refused_by_name(
    engine: str, column: dict[str, Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    carrier = carrier_of("polars") if engine == "polars" else request.getfixturevalue(engine)
    asked(**column).write_parquet(tmp_path / "request.parquet")
    with pytest.raises(InputError, match=next(iter(column))):
        read(tmp_path, carrier=carrier)


@pytest.mark.parametrize("engine", [pytest.param("polars"), *ENGINES])
def test_carriers_file_that_is_no_parquet_is_refused(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    carrier = carrier_of("polars") if engine == "polars" else request.getfixturevalue(engine)
    (tmp_path / "request.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(InputError, match=r"request\.parquet.*cannot be read") as caught:
        read(tmp_path, carrier=carrier)
    assert caught.value.code == "not_parquet"


@pytest.mark.parametrize("engine", ENGINES)
def test_carriers_partitioned_folder_is_alike(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    for topic in ("housing.policy", "other"):
        folder = tmp_path / "disclosure" / f"topic={topic}"
        folder.mkdir(parents=True)
        pl.DataFrame({"id": ["1", "2"], "published_on": date(2018, 5, 2)}).write_parquet(folder / "disclosure.parquet")
    same(lambda: tmp_path, request.getfixturevalue(engine), rules=["PD-8-9.2b", "PD-14.2"])


def test_duckdb_large_text_table_is_alike(
    duck: DuckDBCarrier, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = with_texts(plain_tables(ledger)["meeting"])
    folder = tmp_path / "会议台账"
    folder.mkdir()
    (folder / "会议.csv").write_bytes(texts.write_csv().encode("gb18030"))
    small = told(folder)
    monkeypatch.setattr(delimited, "STREAMING_THRESHOLD_BYTES", 0)
    large = told(folder, duck)
    assert small["findings"] == large["findings"]
    assert small["rows"] == large["rows"]
    (folder / "会议.csv").write_text(
        "id,kind,held_on\n1,常务会议,2018-09-01\n2,常务会议,2018-09-01,多了,一格\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"会议\.csv.*no row"):
        read(folder, carrier=duck)


def test_carriers_unknown_name_or_limit_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="polars, duckdb, spark"):
        carrier_of("pandas")
    with pytest.raises(InputError, match="duckdb"):
        carrier_of("polars", "1GiB")
    with pytest.raises(InputError, match="DuckDB"):
        carrier_of("duckdb", "a lot")
    own = DuckDBCarrier("64MiB")
    (limit,) = own.connection.execute("select current_setting('memory_limit')").fetchone() or ("",)
    assert limit.startswith("64")
    folder = own.folder
    assert folder.is_dir()
    own.connection.close()
    del own
    assert not folder.exists()


@pytest.mark.parametrize("engine", ENGINES)
def test_carriers_moments_in_any_zone_are_alike(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    base = pl.datetime_range(pl.datetime(2018, 9, 1, 14), pl.datetime(2018, 9, 1, 18), "30m", time_zone="UTC", eager=True)
    frame = pl.DataFrame(
        {
            "id": [str(i) for i in range(len(base))],
            "grade": "other",
            "detected_at": base,
            "responded_at": base + timedelta(hours=48, minutes=1),
            "assessed_at": base.dt.convert_time_zone("America/New_York"),
        }
    )
    naive = pl.col(pl.Datetime("us", "UTC")).dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
    nanoseconds = pl.col(pl.Datetime("us", "*")).dt.cast_time_unit("ns")
    folder = write(tmp_path, {"opinion_case-1": frame, "opinion_case-2": frame.with_columns(naive), "opinion_case-3": frame.with_columns(nanoseconds)})  # fmt: skip
    found = same(lambda: folder, request.getfixturevalue(engine), date(2018, 9, 5))
    by_file: dict[str, list[Any]] = {}
    for finding in found["findings"]:
        if finding["record_id"]:
            by_file.setdefault(finding["source"]["file"], []).append(
                [finding[k] for k in ("rule", "record_id", "outcome", "due")]
            )
    one, two, three = by_file.values()
    assert one == two == three
