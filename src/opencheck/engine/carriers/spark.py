"""Spark: a cluster, or this machine. Spark reads and joins; the evaluator judges Arrow batches in its Python workers (``mapInArrow``).

The workers need opencheck, Polars and PyArrow, shipped as usual with the environment. What comes back is small: counts, the facts of reported
rows, and the partial results of rules about sets, merged in each worker first.
"""

from __future__ import annotations

import os
import pickle
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from opencheck.core.errors import InputError, first_line
from opencheck.core.extras import missing_library
from opencheck.engine.carriers.base import LocalCarrier, References, TableOutcome, TablePlan, find_dangling
from opencheck.engine.carriers.spark_worker import (
    Recipe,
    TableReader,
    evaluate_partition,
    plain_arrow,
    recipe_of,
    reduce_partition,
    typed_ids,
    with_typed_key,
)
from opencheck.engine.evaluator import Evaluation
from opencheck.engine.names import Names, UnknownWords
from opencheck.readers.frames import partition_values
from opencheck.readers.sources import StreamedSource
from opencheck.readers.typed_columns import BatchTyper
from opencheck.records.dataset import REJECTED, ROW, SRC, Dataset, RawRows, RecordSource, Rejected, Table
from opencheck.rules.context import DanglingReferences
from opencheck.rules.reductions import Link, Reduction

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkCarrier", "SparkRows", "is_spark", "reduce_frames"]

_LOCAL_SPARK = {
    "spark.driver.memory": "4g",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.executorEnv.POLARS_MAX_THREADS": "1",  # a worker is given one core
}
"""How a Spark of our own on this machine is set up; a session that runs already, or that spark-submit starts, is left as it is."""
"""Rows that a worker judges at a time: Spark's own batches are too small."""
_PARTIAL = "kind string, pack int, number int, data binary"
_KEY = "_typed_id"
_MAX_BROADCAST_ROWS = 200_000
"""Linked records, one row a key, up to which they are sent to every worker; more of them are joined by Spark."""


class SparkCarrier(LocalCarrier):
    """Spark evaluates where the rows are; sources in this process's memory are evaluated here.

    Args:
        session: the session to work in; the running one, or a new local one, where None.

    Raises:
        InputError: PySpark or Java is not there.
    """

    name = "spark"
    streams_text = True

    def __init__(self, session: SparkSession | None = None) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as exc:
            raise missing_library(exc) from exc
        if session is None:
            builder = SparkSession.builder.appName("opencheck")
            submitted = "PYSPARK_GATEWAY_PORT" in os.environ or "SPARK_REMOTE" in os.environ
            if not submitted and SparkSession.getActiveSession() is None:
                os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # its workers need what this process has
                for key, value in _LOCAL_SPARK.items():
                    builder = builder.config(key, value)
            try:
                session = builder.getOrCreate()
            except Exception as exc:  # Java's absence comes as an error of its own in each version
                reason = first_line(exc)
                raise InputError(f"Spark 启动不了，需要 Java 17 / Spark does not start, it needs Java 17: {reason}") from exc
        self.session = session

    def owns(self, source: Any) -> bool:
        from pyspark.sql import DataFrame

        return isinstance(source, DataFrame)

    def raw_rows(self, source: Any) -> RawRows:
        from pyspark.sql import functions as f

        row = f.col(ROW).cast("bigint") if ROW in source.columns else f.lit(None).cast("bigint")
        return SparkRows(source.withColumn(ROW, row), ordered=ROW in source.columns)

    def scan_parquet(self, path: Path) -> RawRows:
        from pyspark.sql import functions as f

        try:
            rows = self._read_parquet(path)
        except Exception as exc:  # its errors have no common class that is imported lightly
            text = f"{path}: 不是能读的Parquet文件 / cannot be read: {first_line(exc)}"
            raise InputError(text, code="not_parquet", path=path) from exc
        for name, value in partition_values(path).items():
            if name not in rows.columns:
                rows = rows.withColumn(name, f.lit(value).cast("string"))
        return SparkRows(rows.select("*", (f.col("_metadata.row_index") + 1).cast("bigint").alias(ROW)), ordered=True)

    def _read_parquet(self, path: Path) -> DataFrame:
        """A Parquet file; Spark refuses columns of nanoseconds (pandas writes them), so they are read as numbers and made moments here."""
        try:
            return self.session.read.parquet(str(path))
        except Exception as exc:
            if "NANOS" not in str(exc):
                raise
        import pyarrow as pa
        import pyarrow.parquet as pq
        from pyspark.sql import functions as f
        from pyspark.sql.pandas.types import from_arrow_schema

        schema = pq.read_schema(path)
        zoned = {n.name: n.type.tz is not None for n in schema if pa.types.is_timestamp(n.type) and n.type.unit == "ns"}
        plain = [n.type.value_type if pa.types.is_dictionary(n.type) else n.type for n in schema]
        types = [(n, pa.int64() if n in zoned else t) for n, t in zip(schema.names, plain, strict=True)]
        rows = self.session.read.schema(from_arrow_schema(pa.schema(types), prefer_timestamp_ntz=True)).parquet(str(path))
        for name, has_zone in zoned.items():
            micros = f.floor(f.col(_quoted(name)).cast("decimal(38, 3)") / 1000).cast("bigint")
            moment = f.timestamp_micros(micros)
            if not has_zone:  # the time on a clock, whatever the session's zone is
                seconds = (micros.cast("decimal(38, 6)") / 1_000_000).cast("decimal(18, 6)")
                moment = f.lit("1970-01-01").cast("timestamp_ntz") + f.make_dt_interval(secs=seconds)
            rows = rows.withColumn(name, moment)
        return rows

    def scan_text(self, name: str, batches: Any) -> RawRows:
        raise InputError(
            f"{name}: spark 不读这么大的文本表，请转成 Parquet，或用 --engine duckdb / "
            "spark reads no text table of this size; convert it to Parquet, or use --engine duckdb"
        )

    def evaluate(
        self, data: Dataset, table: str, plans: Sequence[TablePlan], *, names: Mapping[str, Sequence[Names]]
    ) -> list[TableOutcome]:
        try:
            return self._evaluate_table(data, table, plans, names)
        except Exception as exc:  # Spark wraps what a worker raises in errors of its own
            if (lacking := re.search(r"ModuleNotFoundError: No module named '([\w.]+)'", str(exc))) is None:
                raise
            text = (
                f"Spark 的工作进程里没有 {lacking[1]}：请把装有 opencheck[spark] 的环境带到各节点 / Spark's workers lack the package "
                f"{lacking[1]}: ship an environment with opencheck[spark] to them (PYSPARK_PYTHON, --archives)"
            )
            raise InputError(text, code="spark_worker_lacks_package", found=lacking[1]) from exc

    def _evaluate_table(
        self, data: Dataset, table: str, plans: Sequence[TablePlan], names: Mapping[str, Sequence[Names]]
    ) -> list[TableOutcome]:
        source = data.tables[table]
        source.unit_counts = Counter()
        own = [s for s in source.sources if is_spark(s)]
        here = [s for s in source.sources if not is_spark(s)]
        outcomes = [TableOutcome() for _ in plans]
        if here or not own:
            local = Table(source.spec, here, source.unit_counts)
            outcomes = super().evaluate_sources(data, local if here else source, plans, names=names)
        linked = [
            self._linked(data, plan, {t: of[i] for t, of in names.items()}) if own else {} for i, plan in enumerate(plans)
        ]
        recipes = [recipe_of(p, table, _sent(of)) for p, of in zip(plans, linked, strict=True)]
        for part in own:
            reader = self.reader(data, part, frozenset().union(*(p.evaluator.fields for p in plans)), linked, plans)
            partial = reader.frame.mapInArrow(evaluate_partition(reader, recipes), _PARTIAL)
            self._add(partial, plans, outcomes, part, source)
        for plan, outcome in zip(plans, outcomes, strict=True):
            if not outcome.evaluation.counts and not outcome.evaluation.partials:  # no rows at all: no worker was asked
                no_links = dict.fromkeys(plan.evaluator.links)
                self._evaluate(plan, outcome, no_links, plan.evaluator.empty_batch())
        return outcomes

    def _add(
        self, partial: DataFrame, plans: Sequence[TablePlan], outcomes: list[TableOutcome], part: Any, source: Table
    ) -> None:
        count, rejected = 0, list[Rejected]()
        for row in partial.toLocalIterator(prefetchPartitions=True):
            kind, pack, number, content = row["kind"], row["pack"], row["number"], bytes(row["data"])
            if kind == "account":
                more, wrong, units = pickle.loads(content)
                count, rejected = count + more, rejected + wrong
                source.unit_counts.update(units)
            elif kind == "counts":
                counts, unknown = pickle.loads(content)
                outcomes[pack].evaluation.counts.update(counts)
                _merge_unknown(outcomes[pack].unknown, unknown)
            else:
                frame = pl.read_ipc(BytesIO(content))
                of_kind = {number: [frame]}
                found = Evaluation(facts=of_kind) if kind == "facts" else Evaluation(partials=of_kind)
                outcomes[pack].evaluation.add(found, plans[pack].evaluator.reductions)
        part.set_account(count, sorted(rejected, key=lambda r: r.place.row or 0))

    def reader_of(
        self, data: Dataset, part: RecordSource, plan: TablePlan, names: Mapping[str, Names]
    ) -> tuple[TableReader, Recipe]:
        """What a worker needs to judge one source of a table by one pack."""
        linked = self._linked(data, plan, names)
        return self.reader(data, part, plan.evaluator.fields, [linked], [plan]), recipe_of(
            plan, plan.names.table, _sent(linked)
        )

    def reader(
        self, data: Dataset, part: Any, fields: frozenset[str], linked: Sequence[Mapping[str, Any]], plans: Sequence[TablePlan]
    ) -> TableReader:
        """A Spark frame of a source's raw rows with linked records beside them, and what types its batches."""
        from pyspark.sql import functions as f

        typer: BatchTyper = part.typer
        rows: SparkRows = part.rows
        columns = typer.read_columns(fields)
        frame = rows.frame.select(*map(_quoted, columns), ROW)
        sides = [
            (p.evaluator.links[n], r) for p, of in zip(plans, linked, strict=True) for n, r in of.items() if not _is_sent(r)
        ]
        added: dict[str, str] = {}
        keys: dict[str, str] = {}
        for number, (link, right) in enumerate(sides):
            if link.on not in keys:
                keys[link.on] = f"{_KEY}_{len(keys)}"
                frame = with_typed_key(frame, typer, link.on, keys[link.on])
            renamed = {n: f"_linked_{number}_{i}" for i, n in enumerate(link.measures)}
            side = right.select("key", *(right[_quoted(n)].alias(a) for n, a in renamed.items()))
            side = side.withColumnRenamed("key", f"_key_{number}")
            frame = frame.join(side, f.col(keys[link.on]) == f.col(f"_key_{number}"), "left").drop(f"_key_{number}")
            added |= {a: n for n, a in renamed.items()}
        frame = frame.drop(*keys.values())
        return TableReader(frame, typer, fields, part.duplicates(), added)

    def _linked(self, data: Dataset, plan: TablePlan, names: Mapping[str, Names]) -> dict[str, Any]:
        if not any(is_spark(s) for s in data.tables[plan.names.table].sources):
            return super()._linked(data, plan, names)
        return {name: self._link_frame(data, link, names) for name, link in plan.evaluator.links.items()}

    def _link_frame(self, data: Dataset, link: Link, names: Mapping[str, Names]) -> DataFrame | pl.DataFrame:
        """The rows of a link, one a key: partial results of the workers, merged by Spark; fetched where they are few."""
        from pyspark.sql import functions as f

        parts = [self._partials(data, r, names) for r in link.reductions]
        whole = reduce(lambda a, b: a.unionByName(b), parts)
        merge: dict[str, Callable[[str], Any]] = {
            "min": f.min,
            "max": f.max,
            "sum": f.sum,
            "values": lambda n: f.array_distinct(f.flatten(f.collect_list(n))),
        }
        measures = [merge[operation](_quoted(name)).alias(name) for name, operation in link.reductions[0].measures.items()]
        grouped = whole.groupBy("key").agg(*measures)
        if link.among is not None:
            grouped = grouped.join(self._partials(data, link.among, names).select("key"), "key", "left_semi")
        if link.keep is not None:
            name, number = link.keep
            grouped = grouped.filter(f.col(_quoted(name)) >= number)
        few = _fetched(grouped.limit(_MAX_BROADCAST_ROWS + 1))
        return few if len(few) <= _MAX_BROADCAST_ROWS else grouped

    def _partials(self, data: Dataset, reduction: Reduction, names: Mapping[str, Names]) -> DataFrame:
        """The partial results of a reduction, of all sources of its table, as one Spark frame."""
        table = data.tables[reduction.table]
        empty = reduction.partial(_empty_rows(reduction, table))
        schema = _spark_schema(empty)
        frames = []
        here = [s for s in table.sources if not is_spark(s)]
        local = super().reduce(replace(data, tables={table.spec.name: Table(table.spec, here)}), [reduction], names)[0]
        if len(local) or not any(is_spark(s) for s in table.sources):
            frames.append(self.session.createDataFrame(plain_arrow(local), schema=schema))
        fields = frozenset({*reduction.reads, *reduction.concerned.meta.root_names(), "id"})
        for part in table.sources:
            if is_spark(part):
                reader = self.reader(data, part, fields & frozenset(table.spec.fields), [], [])
                frames.append(reader.frame.mapInArrow(reduce_partition(reader, reduction, names[table.spec.name]), schema))
        return reduce_frames(frames)

    def reduce(self, data: Dataset, reductions: Sequence[Reduction], names: Mapping[str, Names]) -> list[pl.DataFrame]:
        results = []
        for reduction in reductions:
            if any(is_spark(s) for s in data.tables[reduction.table].sources):
                found = _fetched(self._partials(data, reduction, names))
                empty = reduction.partial(_empty_rows(reduction, data.tables[reduction.table]))
                results.append(reduction.finish([empty, found.cast(empty.schema)]))
            else:
                results += super().reduce(data, [reduction], names)
        return results

    def dangling(self, data: Dataset, references: References, names: Mapping[str, Names]) -> DanglingReferences:
        tables = {r.table for r in (references.referring, *references.targets)}
        if not any(is_spark(s) for t in tables for s in data.tables[t].sources):
            return super().dangling(data, references, names)
        from pyspark.sql import Window
        from pyspark.sql import functions as f

        # The plan is read several times below: worked out once, and kept where the workers are.
        whole = self._partials(data, references.referring, names).cache()
        keys = reduce_frames([self._partials(data, target, names).select("key") for target in references.targets])
        known = whole.join(keys, "key", "left_semi").select("_ref")
        referring = whole.join(known, "_ref", "left_anti").dropDuplicates(["_ref"])
        place = Window.partitionBy("unit").orderBy(f.col(SRC).asc_nulls_last(), f.col(ROW).asc_nulls_last(), "id")
        first = referring.withColumn("_at", f.row_number().over(place)).filter("_at <= 5")
        found = _fetched(first.select("id", "unit", SRC, ROW))
        whole.unpersist()
        return find_dangling(found.sort(SRC, ROW, "id", nulls_last=True), references.offices)


class SparkRows:
    """A Spark frame as rows, with ``_row`` where they have an order."""

    def __init__(self, frame: DataFrame, *, ordered: bool) -> None:
        self.frame, self.ordered = frame, ordered
        self.schema = _fetched(frame.limit(0)).schema

    def __getstate__(self) -> dict[str, Any]:
        raise TypeError("rows of Spark stay in their session")

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """All rows at once, fetched: for the few tables that this process itself reads."""
        found = _fetched(self.frame.select(*map(_quoted, columns), ROW))
        if len(found):
            yield found

    def find_duplicates(self, typer: BatchTyper) -> dict[str, tuple[int | None, str]]:
        """The ids that several rows have: counted by Spark, the ids read as everywhere."""
        from pyspark.sql import functions as f

        counted = self._ids(typer).groupBy("id").agg(f.count("*").alias("n"), f.min(ROW).alias("first")).filter("n > 1")
        found: dict[str, tuple[int | None, str]] = {}
        for row in counted.toLocalIterator():
            number = row["first"]
            found[row["id"]] = (number, f"第{number}行" if number is not None else "另一行 / another row")
        return found

    def distinct_ids(self, typer: BatchTyper) -> pl.Series:
        return _fetched(self._ids(typer).select("id").distinct())["id"]

    def _ids(self, typer: BatchTyper) -> DataFrame:
        own = self.frame.select(*map(_quoted, typer.headers["id"]), ROW)
        return own.mapInArrow(typed_ids(typer), f"id string, {ROW} bigint").filter("id is not null")


def _is_sent(right: Any) -> bool:
    return isinstance(right, pl.DataFrame)


def _sent(linked: Mapping[str, Any]) -> dict[str, pl.DataFrame]:
    return {name: right for name, right in linked.items() if _is_sent(right)}


def _fetched(frame: DataFrame) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(frame.toArrow()))


def _empty_rows(reduction: Reduction, table: Table) -> pl.DataFrame:
    schema: dict[str, Any] = {n: f.dtype for n, f in table.spec.fields.items() if n in reduction.reads}
    return pl.DataFrame(schema=schema | {ROW: pl.Int64, SRC: pl.Int32, REJECTED: pl.Boolean})


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


def _spark_schema(frame: pl.DataFrame) -> str:
    return ", ".join(f"{_quoted(n)} {_SPARK_TYPES[dtype.base_type()]}" for n, dtype in frame.schema.items())


def reduce_frames(frames: Sequence[DataFrame]) -> DataFrame:
    """Frames of one schema under each other."""
    return reduce(lambda a, b: a.unionByName(b), frames)


def _merge_unknown(held: UnknownWords, more: UnknownWords) -> None:
    for name, words in more.items():
        held.setdefault(name, Counter()).update(words)


def is_spark(source: RecordSource) -> bool:
    """Whether a source's rows are in Spark."""
    return isinstance(source, StreamedSource) and isinstance(source.rows, SparkRows)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
