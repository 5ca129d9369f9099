"""Frames: Parquet files, Polars, pandas and Arrow. Columns with the right types stay lazy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl

from opencheck.core.errors import InputError
from opencheck.core.library_behaviour import lazy_batches
from opencheck.readers.sources import add_rows
from opencheck.readers.table_detection import detect_table, table_of
from opencheck.records.dataset import BATCH_ROWS, ROW, Dataset
from opencheck.records.fields import TableSpec

__all__ = [
    "SUFFIXES",
    "PolarsRows",
    "add_native",
    "is_frame",
    "partition_values",
    "read_parquet",
    "table_from_columns",
]


SUFFIXES = frozenset({".parquet", ".pq", ".arrow", ".feather"})


def is_frame(source: Any) -> bool:
    """Whether the source is a frame of a library that Narwhals knows."""
    import narwhals as nw

    return nw.dependencies.is_into_dataframe(source) or isinstance(source, pl.LazyFrame)


class PolarsRows:
    """A frame of Polars, or a scan of files, as rows: read in batches, numbered from 1.

    Args:
        frame: the frame.
        sliceable: whether a slice of a lazy frame costs no more than its rows, as of Parquet files: no more is then decoded at a time.
    """

    ordered = True

    def __init__(self, frame: pl.DataFrame | pl.LazyFrame, *, sliceable: bool = False) -> None:
        self._frame, self._sliceable = frame, sliceable
        self.schema = frame.collect_schema()

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        if isinstance(self._frame, pl.DataFrame):
            own = self._frame.select(columns)
            for at in range(0, len(self._frame), BATCH_ROWS):
                count = min(BATCH_ROWS, len(self._frame) - at)
                numbers = pl.int_range(at + 1, at + 1 + count, dtype=pl.Int64, eager=True).alias(ROW)
                yield own.slice(at, BATCH_ROWS).with_columns(numbers) if columns else numbers.to_frame()
            return
        if self._sliceable:
            height = self._frame.select(pl.len()).collect().item()
            for at in range(0, height, BATCH_ROWS):
                part = self._frame.slice(at, BATCH_ROWS).select(columns).collect() if columns else pl.DataFrame()
                numbers = pl.int_range(at + 1, min(at + BATCH_ROWS, height) + 1, dtype=pl.Int64, eager=True).alias(ROW)
                yield part.with_columns(numbers) if columns else numbers.to_frame()
            return
        numbered = self._frame.with_row_index(ROW, 1).select(*columns, pl.col(ROW).cast(pl.Int64))
        yield from lazy_batches(numbered, BATCH_ROWS)


def add_native(data: Dataset, source: Any, spec: TableSpec | None, place: tuple[str | None, str | None]) -> None:
    """Add a frame; without a table its column names tell it.

    Raises:
        InputError: a frame whose columns are those of no single table.
    """
    if isinstance(source, (pl.LazyFrame, pl.DataFrame)):
        frame = source
    else:
        import narwhals as nw

        frame = nw.from_native(source, eager_only=True).to_polars()
    rows = PolarsRows(frame)
    add_rows(data, spec or table_from_columns(rows.schema.names(), place[0]), rows, place)


def table_from_columns(names: list[str], label: str | None) -> TableSpec:
    """The table that a frame's columns are those of.

    Raises:
        InputError: the columns of no single table.
    """
    spec = detect_table(dict.fromkeys(names))
    if spec is None:
        raise InputError(
            f"{label or 'frame'}: 看不出是哪张表 / cannot tell which table this is from its columns {names[:12]}; "
            "name it: oc.check({'disclosure': frame}, …) or a file called disclosure.parquet",
            code="unknown_table",
            path=label,
            found=names,
        )
    return spec


def partition_values(path: Path) -> dict[str, str | None]:
    """The columns that a partitioned file's folders name (``topic=housing/2018.parquet``), as texts.

    >>> partition_values(Path("archive/topic=housing.policy/level=%E6%9D%91/1.parquet"))
    {'topic': 'housing.policy', 'level': '村'}
    """
    found: dict[str, str | None] = {}
    for folder in path.parents:
        name, equals, value = folder.name.partition("=")
        if not (name and equals):
            break
        found[unquote(name)] = None if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value)
    return dict(reversed(found.items()))


def read_parquet(data: Dataset, path: Path) -> None:
    """Scan a Parquet or Arrow file; the file name tells the table where it can, else its columns do.

    Raises:
        InputError: a file that is none.
    """
    place, rows = (path.name, None), None
    if data.carrier is not None and path.suffix.lower() in (".parquet", ".pq"):
        rows = data.carrier.scan_parquet(path)
    if rows is None:
        try:
            frame = pl.scan_parquet(path) if path.suffix.lower() in (".parquet", ".pq") else pl.scan_ipc(path)
            own = frame.collect_schema()
            values = {n: v for n, v in partition_values(path).items() if n not in own}
            rows = PolarsRows(
                frame.with_columns(pl.lit(v, dtype=pl.String).alias(n) for n, v in values.items()), sliceable=True
            )
        except Exception as exc:
            text = f"{path}: 不是能读的Parquet/Arrow文件 / cannot be read: {str(exc).splitlines()[0]}"
            raise InputError(text, code="not_parquet", path=path) from exc
    names = rows.schema.names()
    add_rows(data, table_of(path.stem, names) or table_from_columns(names, path.name), rows, place)
