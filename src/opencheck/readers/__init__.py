"""Readers: from files, frames, rows and databases to one dataset that accounts for every row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError, alternatives, suggestion, unknown_name
from opencheck.core.extras import names_missing_libraries
from opencheck.records.dataset import Carrier, Dataset, SkippedLine, SourceLocation
from opencheck.records.placeholders import is_placeholder
from opencheck.records.tables import TABLES

__all__ = [
    "folder_suffixes",
    "read",
    "read_as",
]


@names_missing_libraries
def read(
    *sources: Any,
    carrier: Carrier | None = None,
    headings: Mapping[str, str] | None = None,
    ledger_unit: str | None = None,
) -> Dataset:
    """Read sources into one dataset.

    Args:
        sources: any of: a path (str or Path) to .xlsx .xls .et .ods .csv .tsv .json .jsonl .parquet .html or to a folder of
            these (web pages excepted); a mapping from table name (English or Chinese) to a frame or a list of rows; a frame whose columns
            identify its table; a list of dicts or of the models of ``opencheck.records``; a SQLite file or the address of a database
            (``postgresql://…``). Dates may have any form that ledgers use; times without a zone are in Asia/Shanghai.
        carrier: the engine that reads what is larger than memory; Polars if none. With DuckDB and Spark, Parquet files, large text
            tables, databases and their own frames stay where they are.
        headings: what headings mean that are not known: heading (or ``sheet!heading``) to the name of a field, ``-`` for none. A file's own
            mapping, ``NAME.map.yaml`` beside it, is read as well.
        ledger_unit: the unit whose ledger it is: that of every record that names none, waivers excepted.

    Returns:
        The dataset: typed tables, and the rejected rows with their reasons.

    Raises:
        InputError: a source cannot be read, a mapping names a field that no table has, or ``ledger_unit`` says nothing.

    >>> data = read({"公文": [{"编号": "1", "成文日期": "二〇一八年八月二十四日"}, {"编号": "2", "成文日期": "2018-02-30"}]})
    >>> data.rows
    {'read': 2, 'checked': 1, 'rejected': 1}
    """
    from opencheck.readers.heading_maps import checked_map, unused

    if ledger_unit is not None and is_placeholder(ledger_unit):
        text = "ledger_unit: 没有写是哪个单位 / names no unit"
        raise InputError(text, code="blank_unit", field="ledger_unit", found=ledger_unit)
    data = Dataset(carrier=carrier, ledger_unit=ledger_unit)
    if headings:
        data.mappings[None] = checked_map(headings)
    for source in sources:
        _read_source(data, source)
    _finish(data)
    if missed := unused(data):
        data.notes.append(("note.map_unused", {"headings": missed}))
    return data


def _finish(data: Dataset) -> None:
    from opencheck.readers.two_names import settle_two_names
    from opencheck.readers.unread_sheets import add_unread_sources

    while data.pending:
        data.pending.pop(0)()
    settle_two_names(data)
    add_unread_sources(data)


def read_as(source: str | Path | Iterable[Mapping[str, Any]], table: str, values: Mapping[str, Any]) -> Dataset:
    """Read one file, or rows, as a given table, independent of the names of its sheets.

    Args:
        source: a path of a workbook, text table or web page, or rows as dicts.
        table: the table's name.
        values: constant fields, for which the source has no column.

    Returns:
        The dataset.

    Raises:
        InputError: the source cannot be read, or the table or a field is unknown.

    >>> read_as([{"户主": "王某"}], "listing", {"主题": "最低生活保障"}).rows["read"]
    1
    """
    from opencheck.readers.json_rows import add_records

    spec = TABLES.get(table)
    if spec is None:
        raise unknown_name("没有这张表 / no table", table, TABLES, code="unknown_table", field="table")
    constants = {}
    for name, value in values.items():
        field = spec.resolve_header(str(name))
        if field is None:
            raise InputError(
                f"{spec.label_zh}没有字段 / table {table} has no field {name!r}{alternatives(name, spec.fields, 'unknown_field')}",
                code="unknown_field",
                field=str(name),
                found=name,
                accepted=spec.fields,
            )
        constants[field] = value
    data = Dataset(expected=spec, constants=constants)
    if isinstance(source, (str, Path)):
        _read_path(data, Path(source))
    else:
        add_records(data, [{**constants, **row} for row in source], spec, (None, None))
    _finish(data)
    return data


def _read_source(data: Dataset, source: Any) -> None:
    from opencheck.readers.frames import add_native, is_frame
    from opencheck.readers.json_rows import add_records
    from opencheck.readers.sql import is_database, read_database, sqlite_path
    from opencheck.readers.streamed_source import add_rows
    from opencheck.readers.table_detection import table_by_name

    if isinstance(source, str) and is_database(source):
        data.inputs += [path for path in [sqlite_path(source)] if path is not None]
        read_database(data, source)
    elif isinstance(source, (str, Path)):
        _read_path(data, Path(source))
    elif isinstance(source, Dataset):
        raise TypeError("a Dataset is checked as it is; do not read it again")
    elif isinstance(source, Mapping):
        for key, rows in source.items():
            spec = table_by_name(str(key))
            if spec is None:
                near = suggestion(key, [n for s in TABLES.values() for n in (s.name, s.label_zh)])
                raise InputError(
                    f"不认识的表 / unknown table {key!r}{near}; accepted: "
                    + ", ".join(f"{s.name}（{s.label_zh}）" for s in TABLES.values()),
                    code="unknown_table",
                    found=key,
                    accepted=TABLES,
                )
            if data.carrier is not None and data.carrier.owns(rows):
                add_rows(data, spec, data.carrier.raw_rows(rows), (None, None))
            elif is_frame(rows):
                add_native(data, rows, spec)
            elif isinstance(rows, (str, bytes)) or not isinstance(rows, Iterable):
                raise _unsupported(rows, f"{key}: ")
            else:
                add_records(data, rows, spec, (None, None))
    elif is_frame(source):
        add_native(data, source, None)
    elif isinstance(source, Iterable) and not isinstance(source, bytes):
        add_records(data, source, None, (None, None))
    else:
        raise _unsupported(source, accepted="path, folder, frame, dicts, models")


def _unsupported(source: Any, where: str = "", *, accepted: str = "frame, dicts, models") -> InputError:
    name = type(source).__name__
    text = f"{where}不能检查这种输入 / cannot check a {name}; accepted: {accepted}"
    return InputError(text, code="unsupported_source", found=name)


def folder_suffixes() -> frozenset[str]:
    """The endings of the files that are read where a folder is given; web pages and ``.txt`` are not.

    >>> sorted({".xlsx", ".html"} & folder_suffixes())
    ['.xlsx']
    """
    from opencheck.readers import delimited, excel, frames, json_rows, sql

    return frozenset(delimited.SUFFIXES - {".txt"} | excel.SUFFIXES | frames.SUFFIXES | json_rows.SUFFIXES | sql.SUFFIXES)


def _read_path(data: Dataset, path: Path) -> None:
    from opencheck.readers import delimited, excel, frames
    from opencheck.readers import html as web
    from opencheck.readers import json_rows as objects
    from opencheck.readers import sql as databases
    from opencheck.readers.heading_maps import load_map, map_path
    from opencheck.readers.unread_sheets import file_may_hold

    data.inputs.append(path)
    if path.is_dir():
        known = folder_suffixes()
        held = sorted(f for f in path.rglob("*") if f.is_file() and not f.name.startswith(("~$", ".")))
        files = [f for f in held if f.suffix.lower() in known]
        if not files:
            raise InputError(
                f"{path}: 文件夹里没有能读的文件 / no readable file; accepted: {', '.join(sorted(known))}",
                code="no_readable_file",
                path=path,
                accepted=sorted(known),
            )
        for file in files:
            _read_path(data, file)
        for file in held:
            if file.suffix.lower() not in known and (tables := file_may_hold(file)) is not None:
                data.ignored.append(SkippedLine(SourceLocation(file.name), "file", file.name, may_hold=tables))
        return
    if not path.exists():
        raise InputError(f"{path}: 文件不存在 / no such file", code="no_such_file", path=path)
    suffix = path.suffix.lower()
    data.files.setdefault(path.name, path)
    if (mapping := map_path(path)).is_file():
        data.mappings[path.name] = load_map(mapping)
        data.notes.append(("note.map_file", {"file": mapping.name}))
    else:
        data.mappings.pop(path.name, None)  # that of a file of this name in another folder
    if suffix in excel.SUFFIXES or (suffix in delimited.SUFFIXES and excel.is_workbook(path)):
        excel.read_workbook(data, path)
    elif suffix in databases.SUFFIXES:
        databases.read_database(data, path)
    elif suffix in delimited.SUFFIXES:
        large = path.stat().st_size > delimited.STREAMING_THRESHOLD_BYTES
        streamed = large and data.carrier is not None and data.carrier.streams_text
        (delimited.read_large if streamed else delimited.read_delimited)(data, path)
    elif suffix in web.SUFFIXES:
        web.read_html(data, path)
    elif suffix in objects.SUFFIXES:
        objects.read_json(data, path)
    elif suffix in frames.SUFFIXES:
        frames.read_parquet(data, path)
    else:
        accepted = sorted(
            excel.SUFFIXES | delimited.SUFFIXES | objects.SUFFIXES | frames.SUFFIXES | web.SUFFIXES | databases.SUFFIXES
        )
        raise InputError(
            f"{path}: 不支持的文件类型 / unsupported file type {suffix!r}; accepted: {', '.join(accepted)}",
            code="unsupported_file_type",
            path=path,
            found=suffix,
            accepted=accepted,
        )
