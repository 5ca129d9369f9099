"""Rows that stay where they are: which are counted, which refused, and which ids come again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
import pytest

import opencheck as oc
from only import only
from opencheck.readers.frames import PolarsRows
from opencheck.readers.memory_source import add_table
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.streamed_source import StreamedSource, add_rows
from opencheck.readers.typed_columns import BatchTyper
from opencheck.records.dataset import REJECTED, ROW, SRC, Dataset, RawRows, SourceLocation
from opencheck.records.tables import TABLES

PLACE = ("request.parquet", None)


class Parts(PolarsRows):
    """A frame as rows, two at a time, that counts how often it is read."""

    def __init__(self, frame: pl.DataFrame) -> None:
        super().__init__(frame)
        self.frame, self.times = frame, 0

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        self.times += 1
        whole = self.frame.with_row_index(ROW, 1).select(*columns, pl.col(ROW).cast(pl.Int64))
        for at in range(0, len(whole), 2):
            yield whole.slice(at, 2)


class Broken(Parts):
    """Rows of which no cell can be read."""

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        raise OSError("page 3 is damaged\nat byte 12")
        yield


class Distributed(Parts):
    """Rows of an engine that looks for ids that come again by itself; it remembers what it was asked."""

    asked: list[int]

    def repeating(self, sources: Sequence[tuple[RawRows, BatchTyper]]) -> list[bool]:
        self.asked = [typer.src for _, typer in sources]
        return [rows.frame["id"].is_duplicated().any() for rows, _ in sources]  # type: ignore[attr-defined]

    def find_duplicates(self, typer: BatchTyper) -> dict[str, tuple[int | None, SourceLocation]]:
        return {"1": (1, SourceLocation(None, None, 1))}

    def distinct_ids(self, typer: BatchTyper) -> pl.Series:
        return self.frame["id"].unique()


def added(
    rows: PolarsRows, table: str = "request", data: Dataset | None = None, file: str = "request.parquet"
) -> StreamedSource:
    data = data or Dataset()
    add_rows(data, TABLES[table], rows, (file, None))
    found = data.tables[table].sources[-1]
    assert isinstance(found, StreamedSource)
    return found


def ids(*values: str | None, **more: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({"id": list(values), **more}, schema_overrides={"id": pl.String})


def refused(source: StreamedSource) -> list[tuple[int | None, str]]:
    return [(r.place.row, p.code) for r in source.account()[1] for p in r.problems]


def test_every_row_is_counted_once_however_often_it_is_read() -> None:
    source = added(Parts(ids("1", "2", None, "4", "5", subject=["甲", None, "丙", "丁", "戊"])))
    batches = list(source.batches(["subject"]))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert set(batches[0].columns) == {"id", "subject", ROW, SRC, REJECTED}
    assert [flag for batch in batches for flag in batch[REJECTED]] == [False, False, True, False, False]
    assert (source.account()[0], refused(source)) == (4, [(3, "blank_id")])
    list(source.batches(["subject"]))
    assert (source.account()[0], refused(source)) == (4, [(3, "blank_id")])
    assert not source.is_empty


def test_account_reads_the_rows_where_no_check_has() -> None:
    rows = Parts(ids("1", "1", "2"))
    source = added(rows)
    assert (source.account()[0], refused(source)) == (2, [(2, "duplicate_id")])
    assert source.account()[1][0].problems[0].facts == {"first": SourceLocation(None, None, 1)}
    assert source.repeats_ids()
    times = rows.times
    source.account()
    source.duplicates()
    assert rows.times == times, "what is known is not read again"
    told = added(Parts(ids("1", "1")))
    told.set_account(7, [])
    assert told.account() == (7, []), "an engine's workers counted"


def test_source_without_ids_repeats_none() -> None:
    source = added(Parts(pl.DataFrame({"subject": ["甲", "甲"]})))
    assert (source.account(), source.repeats_ids()) == ((2, []), False)
    assert source.fields == {"id", "subject"}
    assert [i for batch in source.batches(["id"]) for i in batch["id"]] == ["依申请公开-1", "依申请公开-2"]


def test_id_comes_again_in_another_source_only_where_others_refer_to_it() -> None:
    for table, header, expected in (
        ("document", "id", [(2, "duplicate_id")]),
        ("document", "序号", []),
        ("request", "id", []),
    ):
        data = Dataset()
        add_table(data, RawTable(TABLES[table], [4], {"id": (header, ["2"])}), ("台账.xlsx", "一"))
        source = added(Parts(ids("1", "2").rename({"id": header})), table, data)
        assert refused(source) == expected, (table, header)
        if expected:
            problem = only(source.account()[1][0].problems)
            assert problem.facts == {"first": SourceLocation("台账.xlsx", "一", 4)}


def test_first_of_two_columns_of_ids_tells_whether_others_refer_to_them() -> None:
    for headers, expected in ((("编号", "流水号"), [(1, "duplicate_id")]), (("流水号",), [])):
        data = Dataset()
        add_table(data, RawTable(TABLES["document"], [4], {"id": (headers[0], ["1"])}), ("台账.xlsx", "一"))
        source = added(Parts(pl.DataFrame({header: ["1", "2"] for header in headers})), "document", data)
        assert source.typer.headers["id"] == list(headers)
        assert refused(source) == expected


def test_table_without_rows_has_no_ids() -> None:
    source = added(Parts(ids().select("id")))
    assert (source.account(), source.repeats_ids()) == ((0, []), False)


def test_id_of_a_refused_row_is_free_for_another_source() -> None:
    data = Dataset()
    add_table(
        data,
        RawTable(TABLES["document"], [4, 5], {"id": ("编号", ["2", "3"]), "signed_on": ("成文日期", ["2018-09-31", None])}),
        ("a", None),
    )
    assert refused(added(Parts(ids("2", "3")), "document", data)) == [(2, "duplicate_id")]


def test_engine_looks_for_repeated_ids_in_all_its_sources_at_once() -> None:
    data = Dataset()
    first = added(Distributed(ids("1", "1")), "document", data, "a.parquet")
    second = added(Distributed(ids("3", "4")), "request", data, "b.parquet")
    added(Distributed(pl.DataFrame({"召开日期": ["2018-09-03"]})), "meeting", data, "c.parquet")
    added(Parts(ids("1", "1")), "account", data, "d.parquet")
    assert first.repeats_ids()
    assert isinstance(first.rows, Distributed)
    assert first.rows.asked == [first.src, second.src], "not those of another kind"
    assert not second.repeats_ids(), "it was looked through with the first"
    assert not hasattr(second.rows, "asked")


def test_engine_finds_the_ids_that_records_before_have() -> None:
    data = Dataset()
    add_table(data, RawTable(TABLES["document"], [4], {"id": ("编号", ["3"])}), ("台账.xlsx", "一"))
    source = added(Distributed(ids("3", "4")), "document", data)
    assert dict(source.duplicates().first) == {"3": (None, SourceLocation("台账.xlsx", "一", 4))}
    twice = added(Distributed(ids("1", "1")), "request", Dataset())
    assert list(twice.duplicates().first) == ["1"]


def test_names_of_another_record_in_two_columns_are_told() -> None:
    rows = pl.DataFrame(
        {
            "id": ["1", "2", "3"],
            "文号": ["平政发〔2018〕1号"] * 3,
            "文件名称": ["甲", "乙", None],
            "发布日期": ["2018-09-03"] * 3,
        }
    )
    source = added(Parts(rows.with_columns(pl.col("发布日期").alias("published_on"))), "interpretation")
    assert source.fields_named_twice() == {"document_id": ["文号", "文件名称"]}, "a day is no name"
    assert [len(batch) for batch in source.named_twice("document_id")] == [2, 0]
    assert added(Parts(rows.drop("文件名称")), "interpretation").fields_named_twice() == {}


def test_reading_that_breaks_off_is_told_with_the_file_or_the_table() -> None:
    for file, named in (("request.parquet", "request.parquet"), (None, "request")):
        data = Dataset()
        add_rows(data, TABLES["request"], Broken(ids("1")), (file, None))
        with pytest.raises(oc.InputError, match=rf"^{named}.*page 3 is damaged$"):
            data.rows  # noqa: B018


class Refusing(Parts):
    """Rows that say themselves why they cannot be read."""

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        raise oc.InputError("a.db: locked", code="locked")
        yield


def test_error_that_tells_its_reason_is_kept() -> None:
    data = Dataset()
    add_rows(data, TABLES["request"], Refusing(ids("1")), PLACE)
    with pytest.raises(oc.InputError, match=r"^a\.db: locked$"):
        data.rows  # noqa: B018


class Unordered(Parts):
    ordered = False


def test_rows_without_order_need_an_id_and_rows_without_known_columns_are_refused() -> None:
    assert added(Unordered(ids("1", subject=["甲"]))).account() == (1, [])
    with pytest.raises(oc.InputError, match=r"依申请公开（request）：没有列“编号”") as found:
        added(Unordered(pl.DataFrame({"subject": ["甲"]})))
    assert (found.value.code, found.value.field) == ("no_id_column", "id")
    data = Dataset()
    add_rows(data, TABLES["request"], Parts(pl.DataFrame({"甲乙": ["x", "y"]})), PLACE)
    assert (data.tables, [r.place.row for r in data.rejected]) == ({}, [1, 2])
    add_rows(data, TABLES["request"], Parts(pl.DataFrame()), PLACE)
    assert data.tables["request"].count == 0


def test_meaning_of_a_column_is_proposed_by_its_first_values_where_these_can_be_read() -> None:
    rows = pl.DataFrame({"id": ["1", "2", "3"], "公示期限": [None, "2018.9.1-9.10", "长期"]})
    for kind, status in ((Parts, "proposed"), (Distributed, "unknown"), (Broken, "unknown")):
        data = Dataset()
        added(kind(rows), "disclosure", data)
        found = {h.text: h for h in data.headings}["公示期限"]
        assert found.status == status, "rows of an engine, and such as cannot be read, are not looked at for it"
        assert found.fields == (("published_on", "posted_until") if status == "proposed" else ())
