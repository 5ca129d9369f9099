"""Reductions in Spark: all of those that a table's links need in one reading of each table, merged in the workers.

What comes of them is fetched and sent to every worker while it is small; where it is large it stays in Spark, which joins it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from opencheck.engine.carriers.spark_rows import fetched, fetched_small, quoted, reduce_frames
from opencheck.engine.carriers.spark_worker import plain_arrow, unpacked
from opencheck.rules.reductions import Link, Reduction

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = [
    "MAX_SENT_BYTES",
    "as_spark",
    "join_link",
    "known_schema",
    "merged_partials",
    "restricted",
    "spark_schema",
]

MAX_SENT_BYTES = 128 * 2**20
"""What a reduction may amount to that is sent to every worker; larger ones are joined by Spark."""


def merged_partials(
    session: SparkSession,
    made: DataFrame,
    reductions: Mapping[int, Reduction],
    empty: Mapping[int, pl.DataFrame],
    here: Mapping[int, pl.DataFrame],
    most: float,
) -> tuple[dict[int, pl.DataFrame | DataFrame], bool]:
    """The result of each reduction: a frame of this process, or of Spark where it is too large.

    Args:
        session: the session.
        made: what workers made, kept where it was worked out.
        reductions: the reductions by their numbers.
        empty: for each the result of no rows, which tells its types.
        here: what sources in this process contribute.
        most: how many bytes of one reduction are fetched.

    Returns:
        The results, and whether one of them still reads what the workers made.
    """
    from pyspark.sql import functions as f

    first = fetched_small(made).select("number", "size", "data")
    size_of = dict(first.group_by("number").agg(pl.col("size").sum()).iter_rows())
    small = [n for n in reductions if size_of.get(n, 0) <= most]
    parts: dict[int, list[pl.DataFrame]] = {n: [empty[n], here[n].cast(empty[n].schema)] for n in small}
    own = first.filter(pl.col("number").is_in(small))
    pieces = [own.drop_nulls("data").select("number", "data")]
    if wanted := own.filter(pl.col("data").is_null())["number"].unique().to_list():
        pieces.append(fetched(made.filter(~f.col("small") & f.col("number").isin(wanted)).select("number", "data")))
    for number, content in (row for piece in pieces for row in piece.iter_rows()):
        parts[number].append(pl.read_ipc(BytesIO(content)).cast(empty[number].schema))
    results: dict[int, pl.DataFrame | DataFrame] = {n: reductions[n].finish(found) for n, found in parts.items()}
    for number in reductions.keys() - parts.keys():
        schema = spark_schema(empty[number])
        rows = made.filter(f.col("number") == number).mapInArrow(unpacked(empty[number].schema), schema)
        local = here[number].cast(empty[number].schema)
        results[number] = reduce_frames([rows, as_spark(session, local)]) if len(local) else rows
    return results, len(parts) < len(reductions)


def join_link(session: SparkSession, link: Link, results: Sequence[pl.DataFrame | DataFrame]) -> DataFrame | pl.DataFrame:
    """The rows of a link, one a key, merged by Spark; the result of ``among`` is the first one. Fetched where few are left."""
    from pyspark.sql import functions as f

    frames = [as_spark(session, r) if isinstance(r, pl.DataFrame) else r for r in results]
    among = frames.pop(0) if link.among is not None else None
    merge: dict[str, Callable[[str], Any]] = {
        "min": f.min,
        "max": f.max,
        "sum": f.sum,
        "values": lambda n: f.array_distinct(f.flatten(f.collect_list(n))),
    }
    measures = [merge[operation](quoted(name)).alias(name) for name, operation in link.reductions[0].measures.items()]
    grouped = reduce_frames(frames).groupBy("key").agg(*measures)
    if among is not None:
        grouped = grouped.join(among.select("key"), "key", "left_semi")
    if link.keep is None:
        return grouped
    name, number = link.keep
    grouped = grouped.filter(f.col(quoted(name)) >= number)
    few = fetched(grouped.limit(_FEW_ROWS + 1))
    return few if len(few) <= _FEW_ROWS else grouped


def restricted(session: SparkSession, right: DataFrame, keys: pl.Series) -> pl.DataFrame:
    """The rows of a link that have one of the keys, in this process."""
    wanted = as_spark(session, keys.rename("key").drop_nulls().unique().to_frame())
    return fetched(right.join(wanted, "key", "left_semi"))


_FEW_ROWS = 200_000
"""Keys up to which those that several records share are sent to every worker."""

_SPARK_TYPES: dict[Any, str] = {
    pl.String: "string",
    pl.Int32: "int",
    pl.Int64: "bigint",
    pl.Float64: "double",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "timestamp",
    pl.List: "array<string>",
}


def spark_schema(frame: pl.DataFrame) -> str:
    """The schema of a frame as Spark writes it.

    >>> spark_schema(pl.DataFrame({"key": ["a"], "n": [1]}))
    '`key` string, `n` bigint'
    """
    return ", ".join(f"{quoted(n)} {_SPARK_TYPES[dtype.base_type()]}" for n, dtype in frame.schema.items())


def known_schema(path: Path) -> str | None:
    """The schema of a Parquet file of plain types, from its end: Spark starts a job to read it. None where Spark has to tell."""
    try:
        frame = pl.DataFrame(schema=pl.read_parquet_schema(path))
    except (Exception, pl.exceptions.PanicException):  # Spark says what is wrong with it
        return None
    plain = {pl.String(), pl.Int32(), pl.Int64(), pl.Float64(), pl.Boolean(), pl.Date(), pl.List(pl.String())}
    return spark_schema(frame) if plain.issuperset(frame.dtypes) else None


def as_spark(session: SparkSession, frame: pl.DataFrame) -> DataFrame:
    """A frame of this process in Spark."""
    return session.createDataFrame(plain_arrow(frame), schema=spark_schema(frame))
