"""Readers: from whatever an office has to one dataset in which every row is accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError, suggestion, unknown_name
from opencheck.engine.carriers.backends import Backend, Relational, local
from opencheck.records.dataset import Dataset
from opencheck.records.fields import TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "read",
    "read_as",
]


def read(*sources: Any, backend: Backend | None = None) -> Dataset:
    """Read sources into one dataset.

    Args:
        sources: any of: a path (str or Path) to .xlsx .xls .et .ods .csv .tsv .json .jsonl .parquet .html or to a folder of
            these (web pages aside); a mapping from table name (English or Chinese) to a frame or a list of rows; a frame whose columns
            tell its table; a list of dicts or of the models of ``opencheck.records``; a SQLite file or the address of a database
            (``postgresql://…``). Dates may be written in every form that ledgers use; times without a zone are Asia/Shanghai.
        backend: where the records are worked on; Polars if none. With DuckDB and Spark, Parquet files, large text tables, databases
            and their own frames stay where they are.

    Returns:
        The dataset: typed tables, and every row that cannot be used with the reason.

    Raises:
        InputError: a source that cannot be read at all.

    >>> data = read({"公文": [{"编号": "1", "成文日期": "二〇一八年八月二十四日"}, {"编号": "2", "成文日期": "2018-02-30"}]})
    >>> data.rows
    {'read': 2, 'checked': 1, 'rejected': 1}
    """
    data = Dataset(backend=backend or local())
    for source in sources:
        _read_one(data, source)
    return data


def read_as(source: str | Path | Iterable[Mapping[str, Any]], table: str, values: Mapping[str, Any]) -> Dataset:
    """Read one file, or rows, as a table, whatever its sheets are called.

    Args:
        source: a path of a workbook, text table or web page, or rows as dicts.
        table: the table's name.
        values: fields that the source has no column for, the same for every row.

    Returns:
        The dataset.

    Raises:
        InputError: a source that cannot be read, no such table or field.

    >>> read_as([{"户主": "王某"}], "listing", {"主题": "最低生活保障"}).rows["read"]
    1
    """
    from opencheck.readers.json_rows import add_objects

    spec = TABLES.get(table)
    if spec is None:
        raise unknown_name("没有这张表 / no table", table, TABLES, code="unknown_table", field="table")
    constants = {}
    for name, value in values.items():
        field = spec.field_of(str(name))
        if field is None:
            raise InputError(
                f"{spec.zh}没有字段 / table {table} has no field {name!r}{suggestion(name, spec.fields)}; accepted: {', '.join(spec.fields)}",
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
        add_objects(data, [{**constants, **row} for row in source], spec, (None, None))
    return data


def _read_one(data: Dataset, source: Any) -> None:
    from opencheck.readers.frames import add_native, is_frame
    from opencheck.readers.json_rows import add_objects
    from opencheck.readers.sql import is_database, read_database
    from opencheck.readers.table_detection import table_named

    if isinstance(source, str) and is_database(source):
        read_database(data, source)
    elif isinstance(source, (str, Path)):
        _read_path(data, Path(source))
    elif isinstance(source, Dataset):
        raise TypeError("a Dataset is checked as it is; do not read it again")
    elif isinstance(source, Mapping):
        for key, rows in source.items():
            spec = table_named(str(key))
            if spec is None:
                raise InputError(
                    f"不认识的表 / unknown table {key!r}{suggestion(key, [n for s in TABLES.values() for n in (s.name, s.zh)])}; accepted: "
                    + ", ".join(f"{s.name}（{s.zh}）" for s in TABLES.values()),
                    code="unknown_table",
                    found=key,
                    accepted=TABLES,
                )
            if data.backend.owns(rows):
                _add_own(data, rows, spec)
            elif is_frame(rows):
                add_native(data, rows, spec, (None, None))
            else:
                add_objects(data, rows, spec, (None, None))
    elif is_frame(source):
        add_native(data, source, None, (None, None))
    elif isinstance(source, Iterable) and not isinstance(source, bytes):
        add_objects(data, source, None, (None, None))
    else:
        raise InputError(
            f"不能检查这种输入 / cannot check a {type(source).__name__}; accepted: path, folder, frame, dicts, models",
            code="unsupported_source",
            found=type(source).__name__,
        )


def _add_own(data: Dataset, frame: Any, spec: TableSpec) -> None:
    """A frame of the dataset's own backend; rows without ``_row`` have no order."""
    from opencheck.readers.typed_relations import add_relation

    add_relation(data, spec, data.backend.numbered(frame, data.source((None, None))))


def _read_parquet_files(data: Dataset, files: Sequence[Path]) -> None:
    """Parquet files that stay where they are: those of one table and shape are one frame."""
    from opencheck.readers.frames import spec_of
    from opencheck.readers.typed_relations import add_relation

    groups: dict[tuple[str, Any], list[Path]] = {}
    for file in files:
        spec, schema = spec_of(file)
        data.files.setdefault(file.name, file)
        groups.setdefault((spec.name, schema), []).append(file)
    backend = data.backend
    assert isinstance(backend, Relational)
    for (name, _), parts in groups.items():
        add_relation(data, TABLES[name], backend.scan_parquet(parts, [data.source((f.name, None)) for f in parts]))


def _read_path(data: Dataset, path: Path) -> None:
    from opencheck.readers import delimited, excel, frames
    from opencheck.readers import html as web
    from opencheck.readers import json_rows as objects
    from opencheck.readers import sql as databases

    stays = isinstance(data.backend, Relational)
    if path.is_dir():
        known = delimited.SUFFIXES - {".txt"} | excel.SUFFIXES | frames.SUFFIXES | objects.SUFFIXES | databases.SUFFIXES
        files = sorted(
            f for f in path.rglob("*") if f.is_file() and f.suffix.lower() in known and not f.name.startswith(("~$", "."))
        )
        if not files:
            raise InputError(
                f"{path}: 文件夹里没有能读的文件 / no readable file; accepted: {', '.join(sorted(known))}",
                code="no_readable_file",
                path=path,
                accepted=sorted(known),
            )
        parquet = [f for f in files if stays and f.suffix.lower() in (".parquet", ".pq")]
        for file in files:
            if file not in parquet:
                _read_path(data, file)
        if parquet:
            _read_parquet_files(data, parquet)
        return
    if not path.exists():
        raise InputError(f"{path}: 文件不存在 / no such file", code="no_such_file", path=path)
    suffix = path.suffix.lower()
    data.files.setdefault(path.name, path)
    if suffix in excel.SUFFIXES:
        excel.read_workbook(data, path)
    elif suffix in databases.SUFFIXES:
        databases.read_database(data, path)
    elif suffix in delimited.SUFFIXES and stays and path.stat().st_size > delimited.LARGE:
        delimited.read_large(data, path)
    elif suffix in delimited.SUFFIXES:
        delimited.read_delimited(data, path)
    elif stays and suffix in (".parquet", ".pq"):
        _read_parquet_files(data, [path])
    elif suffix in web.SUFFIXES:
        web.read_page(data, path)
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
