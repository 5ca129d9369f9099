"""Frames: Parquet files, Polars, pandas and Arrow. Columns with the right types stay lazy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from opencheck.core.errors import InputError
from opencheck.readers.table_detection import table_named, table_of
from opencheck.readers.typed_columns import add_frame
from opencheck.records.dataset import Dataset, Ignored, Place
from opencheck.records.fields import TableSpec

__all__ = [
    "SUFFIXES",
    "add_native",
    "is_frame",
    "read_parquet",
    "spec_of",
]


SUFFIXES = frozenset({".parquet", ".pq", ".arrow", ".feather"})


def is_frame(source: Any) -> bool:
    """Whether the source is a frame of a library that Narwhals knows."""
    import narwhals as nw

    return nw.dependencies.is_into_dataframe(source) or isinstance(source, pl.LazyFrame)


def add_native(
    data: Dataset, source: Any, spec: TableSpec | None, place: tuple[str | None, str | None], *, cut: bool = False
) -> None:
    """Add a frame; without a table its column names tell it. ``cut``: it is known to be read in parts as cheaply as whole.

    Raises:
        InputError: a frame whose columns are those of no single table.
    """
    if isinstance(source, pl.LazyFrame):
        frame = source
    elif isinstance(source, pl.DataFrame):
        frame = source.lazy()
    else:
        import narwhals as nw

        frame = nw.from_native(source, eager_only=True).to_polars().lazy()
    spec = spec or _told_by(frame.collect_schema().names(), place[0])
    unknown: list[str] = []
    add_frame(data, spec, frame, place, unknown, cut=cut or not isinstance(source, pl.LazyFrame) or _is_scan(frame))
    data.ignored.extend(Ignored(Place(*place), "unknown_column", header) for header in unknown)


def _is_scan(frame: pl.LazyFrame) -> bool:
    """Whether a frame reads Parquet or Arrow files and needs no more of them than the rows that are asked for: a slice of it reaches them.

    Of a CSV file every slice would be read from the beginning.
    """
    plan = frame.slice(1, 1).explain()
    if any(word in plan for word in ("JOIN", "UNION")) or plan.count(" SCAN [") != 1:
        return False
    return ("Parquet SCAN [" in plan or "Ipc SCAN [" in plan) and plan.count("SLICE: ") == 1


def _told_by(names: list[str], label: str | None) -> TableSpec:
    spec = table_of(dict.fromkeys(names))
    if spec is None:
        raise InputError(
            f"{label or 'frame'}: 看不出是哪张表 / cannot tell which table this is from its columns {names[:12]}; "
            "name it: oc.check({'disclosure': frame}, …) or a file called disclosure.parquet",
            code="unknown_table",
            path=label,
            found=names,
        )
    return spec


def spec_of(path: Path) -> tuple[TableSpec, Any]:
    """The table of a Parquet file, by its name or else its columns, and its shape.

    Raises:
        InputError: a file that is none, or whose columns are those of no single table.
    """
    try:
        schema = pl.read_parquet_schema(path)
    except Exception as exc:
        raise InputError(
            f"{path}: 不是能读的Parquet文件 / cannot be read: {str(exc).splitlines()[0]}", code="not_parquet", path=path
        ) from exc
    spec = table_named(path.stem) or _told_by(list(schema), path.name)
    return spec, tuple((n, str(t)) for n, t in schema.items())


def read_parquet(data: Dataset, path: Path) -> None:
    """Scan a Parquet or Arrow file; the file name tells the table where it can, else its columns do.

    Raises:
        InputError: a file that is none.
    """
    try:
        frame = pl.scan_parquet(path) if path.suffix.lower() in (".parquet", ".pq") else pl.scan_ipc(path)
        frame.collect_schema()
    except Exception as exc:
        raise InputError(
            f"{path}: 不是能读的Parquet/Arrow文件 / cannot be read: {str(exc).splitlines()[0]}", code="not_parquet", path=path
        ) from exc
    add_native(data, frame, table_named(path.stem), (path.name, None), cut=True)
