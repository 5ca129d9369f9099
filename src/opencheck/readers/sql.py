"""SQL databases (SQLite, PostgreSQL): every table that is called like one of ours, through ADBC, a batch at a time.

DuckDB's own scanners for these databases are downloaded when they are first used, which machines of offices cannot do; ADBC's drivers are
ordinary packages. The rows are taken over once, in one statement a table, so that a check sees one state of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library
from opencheck.core.normalize import normalize_key
from opencheck.readers.frames import PolarsRows
from opencheck.readers.streamed_source import add_rows
from opencheck.readers.table_detection import tables_by_name
from opencheck.readers.unread_sheets import columns_may_hold
from opencheck.records.dataset import Dataset, SkippedLine, SourceLocation
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "SCHEMES",
    "SUFFIXES",
    "is_database",
    "read_database",
    "sqlite_path",
]


SUFFIXES = frozenset({".db", ".sqlite", ".sqlite3"})

SCHEMES = ("sqlite://", "postgresql://", "postgres://")


def is_database(source: str) -> bool:
    """Whether a source is the address of a database.

    >>> is_database("postgresql://localhost/portal"), is_database("ledger.xlsx")
    (True, False)
    """
    return source.startswith(SCHEMES)


def read_database(data: Dataset, source: str | Path) -> None:
    """Read the tables of a database that are called like ours, in English or Chinese (``disclosure`` or ``公开信息``).

    Args:
        data: takes the tables.
        source: the path of a SQLite file, or an address: ``sqlite:///folder/portal.db``, ``postgresql://user:password@host/portal``.

    Raises:
        InputError: a database that cannot be opened, or with none of our tables; passwords are never repeated.
    """
    path = source if isinstance(source, Path) else sqlite_path(source)
    if path is not None:
        _read_sqlite(data, path)
    else:
        _read_postgresql(data, str(source))


def sqlite_path(address: str) -> Path | None:
    """The file that an address of a SQLite database names; None for other addresses.

    >>> sqlite_path("sqlite:///folder/portal.db").as_posix(), sqlite_path("sqlite:////data/portal.db").as_posix()
    ('folder/portal.db', '/data/portal.db')
    """
    if not address.startswith("sqlite://"):
        return None
    if address.startswith("sqlite:////"):
        return Path(address.removeprefix("sqlite:///"))
    return Path(address.removeprefix("sqlite://").removeprefix("/") or address)


def _read_sqlite(data: Dataset, path: Path) -> None:
    if not path.exists():
        raise InputError(f"{path}: 文件不存在 / no such file", code="no_such_file", path=path)
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as own:
            listed = own.execute("select name from sqlite_master where type in ('table', 'view')").fetchall()
            found = [str(name) for (name,) in listed]
            columns = {t: [str(r[1]) for r in own.execute(f"pragma table_info({_name(t)})")] for t in found}
            empty = {
                t
                for t in found
                if _is_foreign(t, columns[t]) and not own.execute(f"select 1 from {_name(t)} limit 1").fetchall()
            }
    except (sqlite3.Error, UnicodeDecodeError) as exc:  # a name that is no text
        raise InputError(
            f"{path}: 不是能读的SQLite数据库 / cannot be read as SQLite: {exc}", code="not_a_database", path=path
        ) from exc
    dbapi = _driver("adbc_driver_sqlite")
    try:
        with dbapi.connect(str(path)) as connection:
            for table, spec in _ours(data, path.name, {t: [] if t in empty else own for t, own in columns.items()}):
                # SQLite has no type for dates, and its values no fixed one: everything is read as the text that it is.
                texts = ", ".join(f"cast({_name(c)} as text) as {_name(c)}" for c in columns[table])
                _take(data, connection, f"select {texts} from {_name(table)}", spec, (path.name, table))
    except InputError:
        raise
    except Exception as exc:  # a page within the file is damaged
        reason = (str(exc).strip().splitlines() or [type(exc).__name__])[-1]
        raise InputError(f"{path}: 数据库读不了 / cannot be read: {reason}", code="database_unreadable", path=path) from exc


def _read_postgresql(data: Dataset, address: str) -> None:
    parts = urlsplit(address)
    label = f"{parts.hostname or 'localhost'}{parts.path}"
    dbapi = _driver("adbc_driver_postgresql")
    listing = (
        "select t.table_name, c.column_name from information_schema.tables t left join information_schema.columns c "
        "on c.table_schema = t.table_schema and c.table_name = t.table_name "
        "where t.table_schema = any(current_schemas(false)) order by t.table_name, c.ordinal_position"
    )
    try:
        with dbapi.connect(address) as connection:
            with connection.cursor() as cursor:
                cursor.execute(listing)
                found: dict[str, list[str]] = {}
                for name, column in cursor.fetchall():
                    found.setdefault(str(name), []).extend([] if column is None else [str(column)])
            for table, spec in _ours(data, label, found):
                _take(data, connection, f"select * from {_name(table)}", spec, (label, table))
    except InputError:
        raise
    except Exception as exc:  # the driver's errors have no common class that is imported lightly
        reason = (str(exc).strip().splitlines() or [type(exc).__name__])[-1]
        if parts.password:
            reason = reason.replace(parts.password, "***")
        raise InputError(f"{label}: 数据库读不了 / cannot be read: {reason}", code="database_unreadable", path=label) from exc


def _is_foreign(table: str, columns: Sequence[str]) -> bool:
    """Whether a table is not called like one of ours and may hold records of one."""
    return normalize_key(table) not in tables_by_name() and columns_may_hold(table, columns) is not None


def _ours(data: Dataset, label: str, found: Mapping[str, Sequence[str]]) -> list[tuple[str, TableSpec]]:
    """The tables that are called like ours; the others are noted, with what they may hold by their columns (none for an empty one)."""
    names = tables_by_name()
    known = [(table, names[normalize_key(table)]) for table in found if normalize_key(table) in names]
    for table, columns in found.items():
        if normalize_key(table) not in names:
            held = columns_may_hold(table, columns)
            data.ignored.append(SkippedLine(SourceLocation(label, table), "sheet", table, may_hold=held))
    if not known:
        accepted = "、".join(f"{s.name}（{s.label_zh}）" for s in TABLES.values())
        raise InputError(
            f"{label}: 没有一张表是台账表 / no table of records; found: {'、'.join(found) or '—'}; accepted: {accepted}",
            code="no_table_of_records",
            path=label,
            found=list(found),
            accepted=TABLES,
        )
    return known


def _take(data: Dataset, connection: Any, query: str, spec: TableSpec, place: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query)
        batches = _valid(cursor.fetch_record_batch())
        if data.carrier is not None and data.carrier.owns(batches):
            add_rows(data, spec, data.carrier.raw_rows(batches), place)
            return
        rows = pl.DataFrame(pl.from_arrow(batches.read_all()))
    add_rows(data, spec, PolarsRows(rows), place)


def _valid(batches: Any) -> Any:
    """The same stream of Arrow batches; texts that are none end it by an error instead of a crash of whoever reads them."""
    import pyarrow as pa

    def checked() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            batch.validate(full=True)
            yield batch

    return pa.RecordBatchReader.from_batches(batches.schema, checked())


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _driver(module: str) -> Any:
    from importlib import import_module

    try:
        return import_module(f"{module}.dbapi")
    except ImportError as exc:
        raise missing_library(exc, "读数据库 / to read databases") from exc
