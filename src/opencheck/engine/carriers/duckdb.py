"""DuckDB: files and databases larger than memory, streamed in batches; what must be kept goes to a file of its own."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from opencheck.core.errors import InputError
from opencheck.engine.carriers.base import LocalCarrier
from opencheck.readers.frames import partition_values
from opencheck.records.dataset import ROW, RawRows

__all__ = ["DuckDBCarrier"]

_BATCH_ROWS = 100_000
"""Rows that are judged at a time: what DuckDB holds comes on top of them."""
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
            raise InputError(f"DuckDB 不能启动 / cannot be started: {str(exc).splitlines()[0]}") from exc
        self._made = 0

    def owns(self, source: Any) -> bool:
        """Relations of DuckDB, and Arrow batches that a database streams."""
        return isinstance(source, _duckdb().DuckDBPyRelation) or hasattr(source, "read_next_batch")

    def raw_rows(self, source: Any) -> RawRows:
        """A relation of another connection, or a stream of Arrow batches: taken over once, so that all readings see one order of rows."""
        batches = source if hasattr(source, "read_next_batch") else source.to_arrow_reader(_STREAM_ROWS)
        name = self._new_name()
        self.connection.register(f"{name}_given", batches)
        self.connection.execute(f"create table {name} as select * from {name}_given")
        self.connection.unregister(f"{name}_given")
        return DuckDBRows(self.connection, name)

    def scan_parquet(self, path: Path) -> RawRows:
        """A Parquet file, read by DuckDB.

        Raises:
            InputError: a file that is none.
        """
        try:
            source = f"read_parquet({_quoted(str(path))}, hive_partitioning = false)"
            rows = DuckDBRows(self.connection, source)
            values = {n: v for n, v in partition_values(path).items() if n not in rows.schema}
            if values:
                texts = [f"{'null' if v is None else _quoted(v)}::varchar as {_name(n)}" for n, v in values.items()]
                rows = DuckDBRows(self.connection, f"(select *, {', '.join(texts)} from {source})")
        except _duckdb().Error as exc:
            text = f"{path}: 不是能读的Parquet文件 / cannot be read: {str(exc).splitlines()[0]}"
            raise InputError(text, code="not_parquet", path=path) from exc
        return rows

    def scan_text(self, path: Path, encoding: str, delimiter: str, headers: Sequence[str]) -> RawRows:
        """A text table of any size, every cell a text; told everything, DuckDB guesses nothing.

        Raises:
            InputError: a line with more or fewer cells than the header.
        """
        given = path
        if encoding not in ("utf-8", "utf-8-sig"):
            given = self.folder / f"{self._new_name()}.csv"
            with path.open("r", encoding=encoding, newline="") as old, given.open("w", encoding="utf-8", newline="") as new:
                shutil.copyfileobj(old, new, 1 << 20)
        name = self._new_name()
        options = "header = true, auto_detect = false, quote = '\"', escape = '\"', strict_mode = true, parallel = false"
        unique = [h if h not in headers[:i] else f"{h}_{i + 1}" for i, h in enumerate(headers)]
        columns = ", ".join(f"{_quoted(h)}: 'VARCHAR'" for h in unique)
        query = f"from read_csv({_quoted(str(given))}, delim = {_quoted(delimiter)}, columns = {{{columns}}}, {options})"
        try:
            # Row numbers are those of the file, whose first line is the header.
            self.connection.execute(f"create table {name} as select * {query}")
        except _duckdb().Error as exc:
            reason = str(exc).replace(str(given), path.name).splitlines()
            found = " ".join(line.strip() for line in reason[:3] if line.strip())
            raise InputError(f"{path.name}: 有一行不成行 / a line is no row: {found}") from exc
        finally:
            if given != path:
                given.unlink(missing_ok=True)
        return DuckDBRows(self.connection, name, first=2)

    def _new_name(self) -> str:
        self._made += 1
        return f"_opencheck_{self._made}"


class DuckDBRows:
    """A table or file of DuckDB as rows: each reading is a query of its own, of the columns that are asked for.

    Args:
        connection: where it is.
        source: what stands after ``from``.
        first: the number of the first row.
    """

    ordered = True

    def __init__(self, connection: Any, source: str, first: int = 1) -> None:
        self._connection, self._source, self._first = connection, source, first
        empty = connection.cursor().sql(f"select * from {source} limit 0").to_arrow_table()
        self.schema = pl.DataFrame(pl.from_arrow(empty)).schema

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        listed = ", ".join(map(_name, columns)) or "1 as _none"
        # A cursor of its own: another query on the same connection would end the stream.
        reader = self._connection.cursor().sql(f"select {listed} from {self._source}").to_arrow_reader(_STREAM_ROWS)
        held: list[pl.DataFrame] = []
        row = self._first
        for arrow in reader:
            held.append(pl.DataFrame(pl.from_arrow(arrow)))
            if sum(map(len, held)) >= _BATCH_ROWS:
                yield self._numbered(held, columns, row)
                row += sum(map(len, held))
                held = []
        if held:
            yield self._numbered(held, columns, row)

    def _numbered(self, held: list[pl.DataFrame], columns: Sequence[str], row: int) -> pl.DataFrame:
        whole = pl.concat(held, rechunk=True)
        numbers = pl.int_range(row, row + len(whole), dtype=pl.Int64, eager=True).alias(ROW)
        return whole.select(columns).with_columns(numbers) if columns else numbers.to_frame()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as exc:
        raise InputError("需要安装 / needs: pip install 'opencheck[duckdb]'") from exc
    return duckdb
