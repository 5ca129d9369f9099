"""Frames of Spark as rows of a source, and how what the workers made comes to the driver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl

from opencheck.engine.carriers.spark_errors import explained_failures
from opencheck.engine.carriers.spark_worker import PAYLOAD, hashed_ids, raw_partition, typed_ids
from opencheck.readers.streamed_source import StreamedSource
from opencheck.readers.typed_columns import BatchTyper
from opencheck.records.dataset import ROW, RawRows, RecordSource, SourceLocation

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["SparkRows", "fetched", "fetched_small", "is_spark", "payloads", "quoted", "reduce_frames"]

_MAX_FETCHED_BYTES = 256 * 2**20
"""Up to this size the payloads of a table are fetched at once."""
_TOGETHER = 50
"""Sources that are looked through in one query."""
_CONTENT = ("kind", "pack", "number", "data")


class SparkRows:
    """A Spark frame as rows, with ``_row`` where they have an order."""

    def __init__(self, frame: DataFrame, *, ordered: bool) -> None:
        from pyspark.sql.pandas.types import to_arrow_schema

        self.frame, self.ordered = frame, ordered
        # Spark's own way from its types to those of the batches that workers get, without a job.
        arrow = to_arrow_schema(frame.schema, error_on_duplicated_field_names_in_struct=True, timezone="UTC")
        self.schema = pl.DataFrame(pl.from_arrow(arrow.empty_table())).schema

    def __getstate__(self) -> dict[str, Any]:
        raise TypeError("rows of Spark stay in their session")

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """The rows, fetched: for the few tables that this process itself reads, and for names that are looked up in all of them."""
        packed = self.frame.select(*map(quoted, columns), ROW).mapInArrow(raw_partition, PAYLOAD)
        for _, _, _, content in payloads(packed):
            yield pl.read_ipc(BytesIO(content))

    def repeating(self, sources: Sequence[tuple[RawRows, BatchTyper]]) -> list[bool]:
        """Whether ids of a source have the same hash: hashes are shorter to sort than texts, and mostly all differ."""
        from pyspark.sql import functions as f

        found = set[int]()
        for at in range(0, len(sources), _TOGETHER):
            hashes = []
            for number, (rows, typer) in enumerate(sources[at : at + _TOGETHER], at):
                assert isinstance(rows, SparkRows)
                own = rows.frame.select(*map(quoted, typer.headers["id"])).mapInArrow(hashed_ids(typer), "hash bigint")
                hashes.append(own.withColumn("source", f.lit(number)))
            several = reduce_frames(hashes).groupBy("source", "hash").count().filter("count > 1")
            found |= set(fetched(several.select("source").distinct())["source"])
        return [number in found for number in range(len(sources))]

    def find_duplicates(self, typer: BatchTyper) -> dict[str, tuple[int | None, SourceLocation]]:
        """The ids that several rows have."""
        from pyspark.sql import functions as f

        counted = self._ids(typer).groupBy("id").agg(f.count("*").alias("n"), f.min(ROW).alias("first")).filter("n > 1")
        found = fetched(counted.select("id", "first"))
        return {id_: (number, SourceLocation(row=number)) for id_, number in found.iter_rows()}

    def distinct_ids(self, typer: BatchTyper) -> pl.Series:
        return fetched(self._ids(typer).select("id").distinct())["id"]

    def _ids(self, typer: BatchTyper) -> DataFrame:
        own = self.frame.select(*map(quoted, typer.headers["id"]), ROW)
        return own.mapInArrow(typed_ids(typer), f"id string, {ROW} bigint").filter("id is not null")


def is_spark(source: RecordSource) -> bool:
    """Whether a source's rows are in Spark."""
    return isinstance(source, StreamedSource) and isinstance(source.rows, SparkRows)


def fetched(frame: DataFrame) -> pl.DataFrame:
    """A frame of Spark in this process."""
    with explained_failures():
        return pl.DataFrame(pl.from_arrow(frame.toArrow()))


def fetched_small(kept: DataFrame) -> pl.DataFrame:
    """What workers made, in one job: ``kind``, ``pack``, ``number``, ``size`` and ``data``, which is null where a partition gives much."""
    from pyspark.sql import functions as f

    content = f.when(f.col("small"), f.col("data")).alias("data")
    return fetched(kept.select("kind", "pack", "number", f.length("data").alias("size"), content))


def payloads(frame: DataFrame) -> Iterator[tuple[str, int, int, bytes]]:
    """Kind, pack, number and content of what workers made, worked out in all partitions side by side and kept while it is fetched.

    What is small comes in one job; the rest at once or, where it is large, a partition at a time, so that it need not fit into the driver
    twice.
    """
    kept = frame.persist()
    try:
        first = fetched_small(kept)
        yield from first.drop_nulls("data").select(_CONTENT).iter_rows()
        left = first.filter(pl.col("data").is_null())["size"].sum()
        rest = kept.filter(~kept["small"]).select(*_CONTENT)
        if left > _MAX_FETCHED_BYTES:
            with explained_failures():
                for row in rest.toLocalIterator(prefetchPartitions=True):
                    yield row["kind"], row["pack"], row["number"], bytes(row["data"])
        elif left:
            yield from fetched(rest).iter_rows()
    finally:
        kept.unpersist()


def reduce_frames(frames: Sequence[DataFrame]) -> DataFrame:
    """Frames of one schema under each other."""
    return reduce(lambda a, b: a.unionByName(b), frames)


def quoted(name: str) -> str:
    """A column's name as Spark's expressions take it.

    >>> quoted("a`b")
    '`a``b`'
    """
    return "`" + name.replace("`", "``") + "`"
