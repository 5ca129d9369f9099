"""DuckDB: files and databases larger than memory, streamed in batches; what must be kept goes to a file of its own."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from opencheck.core.errors import InputError, first_line
from opencheck.core.extras import missing_library
from opencheck.engine.carriers.base import LocalCarrier
from opencheck.engine.carriers.spool import SpooledRows, batches_of
from opencheck.readers.frames import partition_values
from opencheck.records.dataset import BATCH_ROWS, ROW, RawRows

__all__ = ["DuckDBCarrier"]

_LIMITED_ROWS = 100_000
"""Rows that are judged at a time where memory is limited: they come on top of what DuckDB holds."""
_STREAM_ROWS = 50_000
"""Rows that DuckDB hands over at a time: larger pieces are held twice."""


class DuckDBCarrier(LocalCarrier):
    """DuckDB reads, and streams what it reads.

    Args:
        memory: what DuckDB may hold, as it writes it ("1GiB"); its own default is most of the machine's.
        folder: where its file is put; a new temporary folder where None, removed at the end.
        threads: how many threads; all cores where None.

    Raises:
        InputError: DuckDB is not installed, or a setting that it does not accept.
    """

    name = "duckdb"
    streams_text = True

    def __init__(self, memory: str | None = None, folder: Path | None = None, threads: int | None = None) -> None:
        duckdb = _duckdb()
        self.folder = own = Path(tempfile.mkdtemp(prefix="opencheck-", dir=folder))
        weakref.finalize(self, shutil.rmtree, own, ignore_errors=True)
        settings: dict[str, Any] = {"temp_directory": str(own / "spill")}
        settings |= {"memory_limit": memory} if memory else {}
        settings |= {"threads": threads} if threads else {}
        try:
            self.connection = duckdb.connect(str(own / "work.duckdb"), config=settings)
        except duckdb.Error as exc:
            raise InputError(f"DuckDB 不能启动 / cannot be started: {first_line(exc)}") from exc
        self._made = 0
        self._is_limited = memory is not None

    def owns(self, source: Any) -> bool:
        """Relations of DuckDB, and Arrow batches that a database streams."""
        return isinstance(source, _duckdb().DuckDBPyRelation) or hasattr(source, "read_next_batch")

    def raw_rows(self, source: Any) -> RawRows:
        """A relation of another connection, or a stream of Arrow batches: taken over once, so that all readings see one order of rows.

        Raises:
            InputError: a query that fails, or a column of a type that no field takes.
        """
        if hasattr(source, "read_next_batch"):
            return self._taken_over(source)
        try:
            return self._taken_over(source.to_arrow_reader(_STREAM_ROWS))
        except (Exception, pl.exceptions.PanicException) as exc:  # of DuckDB, Arrow or Polars
            raise InputError(f"DuckDB: 读不了 / cannot be read: {first_line(exc)}", code="unreadable_frame") from exc

    def scan_parquet(self, path: Path) -> RawRows:
        """A Parquet file, read by DuckDB.

        Raises:
            InputError: a file that is none.
        """
        try:
            source = f"read_parquet({_quoted(str(path))}, hive_partitioning = false)"
            rows = DuckDBRows(self.connection, source, self._rows)
            values = {n: v for n, v in partition_values(path).items() if n not in rows.schema}
            if values:
                texts = [f"{'null' if v is None else _quoted(v)}::varchar as {_name(n)}" for n, v in values.items()]
                rows = DuckDBRows(self.connection, f"(select *, {', '.join(texts)} from {source})", self._rows)
        except (Exception, pl.exceptions.PanicException) as exc:  # names that are no text fail outside DuckDB's own errors
            text = f"{path}: 不是能读的Parquet文件 / cannot be read: {first_line(exc)}"
            raise InputError(text, code="not_parquet", path=path) from exc
        return rows

    def scan_text(self, name: str, batches: Any) -> RawRows:
        return self._taken_over(batches)

    @property
    def _rows(self) -> int:
        """How many rows a batch has."""
        return _LIMITED_ROWS if self._is_limited else BATCH_ROWS

    def _taken_over(self, batches: Any) -> RawRows:
        self._made += 1
        return SpooledRows(batches, self.folder / f"{self._made}.arrow", self._rows)


class DuckDBRows:
    """A table or file of DuckDB as rows: each reading is a query of its own, of the columns that are asked for.

    Args:
        connection: where it is.
        source: what stands after ``from``; its column ``_row`` numbers the rows, which are counted from 1 where there is none.
        rows: how many rows a batch has.
    """

    ordered = True

    def __init__(self, connection: Any, source: str, rows: int) -> None:
        self._connection, self._source, self._rows = connection, source, rows
        empty = connection.cursor().sql(f"select * from {source} limit 0").to_arrow_table()
        self.schema = pl.DataFrame(pl.from_arrow(empty)).schema

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        wanted = [*columns, *([ROW] if ROW in self.schema else [])]
        listed = ", ".join(map(_name, wanted)) or "1 as _none"
        # A cursor of its own: another query on the same connection would end the stream.
        reader = self._connection.cursor().sql(f"select {listed} from {self._source}").to_arrow_reader(_STREAM_ROWS)
        yield from batches_of(reader, columns, self._rows)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as exc:
        raise missing_library(exc) from exc
    return duckdb
