"""Rows that a database streams once, kept in an Arrow file: each reading sees one order of them and decodes its own columns only.

Writing such a file takes a fraction of the time that a table of DuckDB takes, which compresses what it is given column by column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from opencheck.readers.column_names import unique_names
from opencheck.records.dataset import ROW

__all__ = ["SpooledRows", "batches_of"]


class SpooledRows:
    """A stream of Arrow batches, written to a file and read from there.

    Args:
        stream: the batches (``pyarrow.RecordBatchReader``); read to its end.
        path: the file, which nothing else writes. Its column ``_row`` numbers the rows, which are counted from 1 where there is none.
        rows: how many rows a batch has when it is read.
    """

    ordered = True

    def __init__(self, stream: Any, path: Path, rows: int) -> None:
        import pyarrow as pa

        self._path, self._rows = path, rows
        names = unique_names(stream.schema.names)
        kinds = [_plain(field.type) for field in stream.schema]
        schema = pa.schema(list(zip(names, kinds, strict=True)))
        self.schema = pl.DataFrame(pl.from_arrow(schema.empty_table())).schema
        self._places = {name: at for at, name in enumerate(names)}
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema, options=options) as writer:
            for batch in stream:
                columns = [_without_dictionary(column) for column in batch.columns]
                writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema) if columns else batch)

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        import pyarrow as pa

        wanted = [*columns, *([ROW] if ROW in self.schema else [])] or self.schema.names()[:1]
        options = pa.ipc.IpcReadOptions(included_fields=[self._places[name] for name in wanted])
        with pa.memory_map(str(self._path)) as source, pa.ipc.open_file(source, options=options) as file:
            pieces = (file.get_batch(number) for number in range(file.num_record_batches))
            yield from batches_of(pieces, columns, self._rows)


def batches_of(pieces: Iterator[Any], columns: Sequence[str], rows: int) -> Iterator[pl.DataFrame]:
    """Arrow batches of any size as frames of at least so many rows, the last one of what is left: these columns and ``_row``."""
    held: list[pl.DataFrame] = []
    row = 1
    for piece in pieces:
        held.append(pl.DataFrame(pl.from_arrow(piece)))
        if sum(map(len, held)) >= rows:
            yield _numbered(held, columns, row)
            row += sum(map(len, held))
            held = []
    if sum(map(len, held)):
        yield _numbered(held, columns, row)


def _numbered(held: list[pl.DataFrame], columns: Sequence[str], row: int) -> pl.DataFrame:
    whole = pl.concat(held, rechunk=True)
    if ROW in whole.columns:
        return whole.select(*columns, pl.col(ROW).cast(pl.Int64))
    numbers = pl.int_range(row, row + len(whole), dtype=pl.Int64, eager=True).alias(ROW)
    return whole.select(columns).with_columns(numbers) if columns else numbers.to_frame()


def _plain(kind: Any) -> Any:
    """The type of a column's values: an Arrow file cannot hold a dictionary that changes from batch to batch."""
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _without_dictionary(column: Any) -> Any:
    import pyarrow as pa

    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
