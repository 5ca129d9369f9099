"""Rows that are streamed once and read from an Arrow file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from opencheck.core.errors import InputError
from opencheck.engine.carriers.duckdb import DuckDBCarrier
from opencheck.engine.carriers.spool import SpooledRows
from opencheck.records.dataset import ROW


def stream(schema: pa.Schema, *batches: pa.RecordBatch) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(schema, iter(batches))


def test_spool_small_pieces_become_batches_numbered_on(tmp_path: Path) -> None:
    schema = pa.schema([("编号", pa.string()), ("n", pa.int32())])
    pieces = [pa.record_batch([[f"{at}-{i}" for i in range(3)], [at] * 3], schema=schema) for at in range(5)]
    rows = SpooledRows(stream(schema, *pieces), tmp_path / "a.arrow", 6)
    read = list(rows.batches(["n"]))
    assert [len(b) for b in read] == [6, 6, 3]
    assert pl.concat(read)[ROW].to_list() == list(range(1, 16))
    assert pl.concat(read)["n"].to_list() == [n for n in range(5) for _ in range(3)]
    assert [b.columns for b in rows.batches([])] == [[ROW]] * 3
    assert pl.concat(rows.batches(["编号"]))["编号"].to_list()[::7] == ["0-0", "2-1", "4-2"]


def test_spool_row_numbers_that_are_given_are_kept(tmp_path: Path) -> None:
    schema = pa.schema([("a", pa.string()), (ROW, pa.int32())])
    rows = SpooledRows(stream(schema, pa.record_batch([["x", "y"], [4, 9]], schema=schema)), tmp_path / "a.arrow", 10)
    assert next(rows.batches([])).to_dict(as_series=False) == {ROW: [4, 9]}


def test_spool_without_rows_has_columns_and_no_batch(tmp_path: Path) -> None:
    rows = SpooledRows(stream(pa.schema([("a", pa.date32())])), tmp_path / "a.arrow", 10)
    assert rows.schema == {"a": pl.Date}
    assert list(rows.batches(["a"])) == []


def test_spool_dictionary_that_changes_from_batch_to_batch_is_read(tmp_path: Path) -> None:
    kind = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([("unit", kind)])
    pieces = [pa.record_batch([pa.array(texts).dictionary_encode()], schema=schema) for texts in (["甲", None], ["乙", "甲"])]
    rows = SpooledRows(stream(schema, *pieces), tmp_path / "a.arrow", 1)
    assert pl.concat(rows.batches(["unit"]))["unit"].to_list() == ["甲", None, "乙", "甲"]


def test_spool_second_column_of_one_name_is_told_apart(tmp_path: Path) -> None:
    schema = pa.schema([("答复日期", pa.string()), ("答复日期", pa.string())])
    rows = SpooledRows(stream(schema, pa.record_batch([["1"], ["2"]], schema=schema)), tmp_path / "a.arrow", 1)
    assert next(rows.batches(["答复日期（2）"])).to_dict(as_series=False) == {"答复日期（2）": ["2"], ROW: [1]}


def test_spool_stream_that_breaks_off_raises_its_error(tmp_path: Path) -> None:
    schema = pa.schema([("a", pa.string())])

    def broken() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch([["x"]], schema=schema)
        raise ValueError("the line went dead")

    with pytest.raises(ValueError, match="went dead"):
        SpooledRows(pa.RecordBatchReader.from_batches(schema, broken()), tmp_path / "a.arrow", 1)


@pytest.mark.parametrize("query", ["select error('boom') as id from range(3)", "select interval 1 day as id", "select union_value(k := 1) as id"])  # fmt: skip
def test_relation_that_cannot_be_read_is_refused(duck: DuckDBCarrier, query: str) -> None:
    import duckdb

    with pytest.raises(InputError, match="cannot be read") as caught:
        duck.raw_rows(duckdb.connect().sql(query))
    assert caught.value.code == "unreadable_frame"


def test_relation_of_odd_types_keeps_its_values(duck: DuckDBCarrier) -> None:
    import duckdb

    connection = duckdb.connect()
    connection.execute("create type known as enum('主动公开', '不予公开')")
    columns = [
        "'主动公开'::known as attribute",
        "20180824000000001::hugeint as id",
        "timestamp_ns '2018-01-01 00:00:00.123456789' as at_",
    ]
    rows = duck.raw_rows(connection.sql(f"select {', '.join(columns)}"))
    (read,) = rows.batches(rows.schema.names())
    assert read["attribute"].to_list() == ["主动公开"]
    assert str(read["id"][0]) == "20180824000000001"
    assert read["at_"].dtype == pl.Datetime("ns")


def test_duckdb_with_limited_memory_reads_smaller_batches(tmp_path: Path) -> None:
    path = tmp_path / "request.parquet"
    pl.DataFrame({"id": pl.int_range(250_001, eager=True).cast(pl.String)}).write_parquet(path)
    limited, free = (
        [len(b) for b in carrier.scan_parquet(path).batches(["id"])] for carrier in (DuckDBCarrier("512MiB"), DuckDBCarrier())
    )
    assert sum(limited) == sum(free) == 250_001
    assert max(limited) <= 150_000  # the last piece of DuckDB comes on top
    assert free[0] >= 250_000
