"""Frames: Parquet files, Polars, pandas and Arrow. Columns with the right types stay lazy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

import polars as pl

from opencheck.core.errors import InputError, first_line
from opencheck.core.library_behaviour import lazy_batches
from opencheck.readers.column_names import unique_names
from opencheck.readers.heading_maps import map_for
from opencheck.readers.memory_source import add_empty_table
from opencheck.readers.sheet_body import add_columns
from opencheck.readers.streamed_source import add_rows
from opencheck.readers.table_detection import detect_table, table_of
from opencheck.readers.unknown_columns import reject_unknown
from opencheck.records.dataset import BATCH_ROWS, ROW, Dataset, RawRows
from opencheck.records.table_spec import TableSpec

__all__ = [
    "SUFFIXES",
    "PolarsRows",
    "add_frame_rows",
    "add_native",
    "is_frame",
    "partition_values",
    "read_parquet",
]


_NO_FILE = (None, None)
"""The place of rows that stand in memory."""

_Frame = TypeVar("_Frame", pl.DataFrame, pl.LazyFrame)

SUFFIXES = frozenset({".parquet", ".pq", ".arrow", ".feather"})


def is_frame(source: Any) -> bool:
    """Whether the source is a frame of a library that Narwhals knows, or offers its columns as Arrow (record batches, relations of DuckDB).

    >>> [is_frame(source) for source in (pl.DataFrame(), pl.LazyFrame(), [], {}, (), "disclosure", 1)]
    [True, True, False, False, False, False, False]
    """
    if isinstance(source, (list, tuple, dict, str)):
        return False  # rows, which most programs give: Narwhals takes a twentieth of a second to load
    if isinstance(source, (pl.DataFrame, pl.LazyFrame)):
        return True
    import narwhals as nw

    return bool(nw.dependencies.is_into_dataframe(source)) or _offers_arrow(source)


def _offers_arrow(source: Any) -> bool:
    return hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__")


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
            yield from _numbered(self._frame, 1, columns).iter_slices(BATCH_ROWS)
        elif self._sliceable:
            height = self._frame.select(pl.len()).collect().item()
            for at in range(0, height, BATCH_ROWS):
                yield _numbered(self._frame.slice(at, BATCH_ROWS), at + 1, columns).collect()
        else:
            yield from lazy_batches(_numbered(self._frame, 1, columns), BATCH_ROWS)


def _numbered(frame: _Frame, first: int, columns: Sequence[str]) -> _Frame:
    """Some columns of a frame, and the numbers of its rows."""
    return frame.with_row_index(ROW, first).select(*columns, pl.col(ROW).cast(pl.Int64))


class ArrowFileRows:
    """An Arrow file as rows, numbered from 1, read by PyArrow: it holds sizes that a file states against those that are there, where Polars
    sets aside as much memory as is stated, and ends the process if there is none."""

    ordered = True

    def __init__(self, path: Path, more: Mapping[str, str | None]) -> None:
        """See :func:`partition_values` for ``more``: texts that stand in every row, where the file has no such column."""
        import pyarrow.ipc

        self._path = path
        with pyarrow.memory_map(str(path)) as source, pyarrow.ipc.open_file(source) as file:
            empty = [(field.name, _without_references(pyarrow.array([], field.type))) for field in file.schema]
            own = pl.DataFrame(pl.from_arrow(pyarrow.table(dict(empty)))).schema
        self._more = {name: value for name, value in more.items() if name not in own}
        self.schema = pl.Schema({**own, **dict.fromkeys(self._more, pl.String())})

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        import pyarrow
        import pyarrow.ipc

        row = 1
        with pyarrow.memory_map(str(self._path)) as source, pyarrow.ipc.open_file(source) as file:
            for number in range(file.num_record_batches):
                batch = file.get_batch(number)
                batch.validate(full=True)
                wanted = [name for name in columns if name not in self._more]
                own = pyarrow.table({name: _without_references(batch.column(name)) for name in wanted})
                for at in range(0, batch.num_rows, BATCH_ROWS):
                    count = batch.slice(at, BATCH_ROWS).num_rows
                    numbers = pl.int_range(row, row + count, dtype=pl.Int64, eager=True).alias(ROW)
                    part = pl.DataFrame(pl.from_arrow(own.slice(at, count)))
                    more = (pl.lit(v, dtype=pl.String).alias(n) for n, v in self._more.items())
                    yield numbers.to_frame().with_columns(*part, *more).select(*columns, ROW)
                    row += count


def _without_references(column: Any) -> Any:
    """An Arrow column whose values stand where they are, not elsewhere by reference: no check looks at the references of blanks, and who
    follows one that is wrong reads outside the file.

    >>> import pyarrow
    >>> texts = pyarrow.array(["甲", None], pyarrow.string_view())
    >>> lists = pyarrow.array([["甲"]], pyarrow.list_(pyarrow.string_view()))
    >>> columns = (texts, texts[:1], texts[:0], lists, pyarrow.array(["甲"]).dictionary_encode(), pyarrow.array([1, None]))
    >>> [str(_without_references(column).type) for column in columns]
    ['large_string', 'string_view', 'string_view', 'list<item: string>', 'string', 'int64']
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return pa.array(column.to_pylist(), kind.value_type)
    if "view" not in str(kind) or not (len(column) and (pa.types.is_nested(kind) or column.null_count)):
        return column
    plain = {"string_view": pa.large_string(), "binary_view": pa.large_binary()}.get(str(kind))
    return pa.array(column.to_pylist(), plain)


def add_native(data: Dataset, source: Any, spec: TableSpec | None) -> None:
    """Add a frame; without a table its column names tell it.

    Columns of pandas with values of several types, of periods and the like are read value by value, as the cells of a sheet are.

    Raises:
        InputError: a frame that cannot be taken over, or with columns of several tables.
    """
    if isinstance(source, (pl.LazyFrame, pl.DataFrame)):
        add_frame_rows(data, PolarsRows(source), spec, _NO_FILE)
        return
    import narwhals as nw

    if not nw.dependencies.is_into_dataframe(source):
        import pyarrow as pa

        source = pa.table(source)
    is_pandas = nw.dependencies.is_pandas_dataframe(source)
    frame = _named_once(source, is_pandas=is_pandas)
    taken = _taken_over(frame, spec, is_pandas=is_pandas)
    if taken is not None:
        add_frame_rows(data, PolarsRows(taken), spec, _NO_FILE)
        return
    own = spec or detect_table(dict.fromkeys(frame.columns))
    cells = [frame.iloc[:, at].tolist() for at in range(len(frame.columns))]
    add_columns(data, own, list(zip(frame.columns, cells, strict=True)), len(frame), _NO_FILE)


def _taken_over(frame: Any, spec: TableSpec | None, *, is_pandas: bool) -> pl.DataFrame | None:
    """A frame as one of Polars; None for one of pandas with values that Arrow has no type of its own for."""
    import narwhals as nw

    try:
        taken = nw.from_native(frame, eager_only=True).to_polars()
    except Exception as exc:  # each library has errors of its own for values that Arrow has no type for
        if is_pandas:
            return None
        text = f"{spec.name if spec else 'frame'}: 表格无法读取 / cannot be read: {first_line(exc)}"
        raise InputError(text, code="unreadable_frame") from exc
    return None if is_pandas and any(isinstance(dtype, pl.BaseExtension) for dtype in taken.schema.values()) else taken


def add_frame_rows(data: Dataset, rows: RawRows, spec: TableSpec | None, place: tuple[str | None, str | None]) -> None:
    """Add rows under the table that is given, or the one whose columns they have; rows of no known table are rejected."""
    own = spec or detect_table(dict.fromkeys(n for n in rows.schema.names() if n != ROW))
    if own is not None and not rows.schema.names() and not any(len(batch) for batch in rows.batches([])):
        add_empty_table(data, own, place)
    elif own is None:
        reject_unknown(data, rows, None, place)
    else:
        add_rows(data, own, rows, place)


def _named_once(frame: Any, *, is_pandas: bool) -> Any:
    """A frame whose columns have names, each its own: the second 答复日期 is 答复日期（2）, which stands for the same field.

    An index of pandas with a name is a column like the others.
    """
    if is_pandas:
        if any(name is not None for name in frame.index.names):
            levels = frame.index.nlevels
            frame = frame.reset_index(names=list(frame.index.names), allow_duplicates=True)
            frame = frame.iloc[:, [*range(levels, len(frame.columns)), *range(levels)]]
        return frame.set_axis(unique_names(frame.columns), axis="columns")
    names = getattr(frame, "column_names", None)  # Arrow
    return frame if names is None else frame.rename_columns(unique_names(names))


def partition_values(path: Path) -> dict[str, str | None]:
    """The columns that a partitioned file's folders name (``topic=housing/2018.parquet``), as texts.

    >>> partition_values(Path("archive/topic=housing.policy/level=%E6%9D%91/1.parquet"))
    {'topic': 'housing.policy', 'level': '村'}
    >>> partition_values(Path("archive/year=2018/=/unit=__HIVE_DEFAULT_PARTITION__/1.parquet"))
    {'unit': None}
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
    is_parquet = path.suffix.lower() in (".parquet", ".pq")
    rows = data.carrier.scan_parquet(path) if data.carrier is not None and is_parquet else None
    if rows is None:
        try:
            rows = _scanned_parquet(path) if is_parquet else _arrow_file(path)
        except (Exception, pl.exceptions.PanicException) as exc:
            text = f"{path}: 不是能读的Parquet/Arrow文件 / cannot be read: {first_line(exc)}"
            raise InputError(text, code="not_parquet", path=path) from exc
    place = (path.name, None)
    add_frame_rows(data, rows, table_of(path.stem, rows.schema.names(), map_for(data, path.name)), place)


def _scanned_parquet(path: Path) -> RawRows:
    return _with_partition(pl.scan_parquet(path), path)


def _arrow_file(path: Path) -> RawRows:
    try:
        import pyarrow.ipc  # noqa: F401
    except ImportError:
        return _with_partition(pl.scan_ipc(path), path)
    return ArrowFileRows(path, partition_values(path))


def _with_partition(frame: pl.LazyFrame, path: Path) -> RawRows:
    """A scan with the columns that its folders name, where the file itself has none of these names."""
    own = frame.collect_schema()
    values = [pl.lit(v, dtype=pl.String).alias(n) for n, v in partition_values(path).items() if n not in own]
    return PolarsRows(frame.with_columns(values), sliceable=True)
