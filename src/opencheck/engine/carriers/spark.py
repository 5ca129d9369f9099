"""Spark: a cluster, or this machine. Spark reads and joins; the evaluator judges Arrow batches in its Python workers (``mapInArrow``).

The workers need opencheck, Polars and PyArrow, shipped as usual with the environment. What comes back is small: counts, the facts of reported
rows, and the partial results of rules about sets, merged in each worker first.
"""

from __future__ import annotations

import math
import os
import pickle
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from opencheck.core.errors import InputError, first_line
from opencheck.core.extras import missing_library
from opencheck.engine.carriers import spark_links
from opencheck.engine.carriers.base import (
    SEVERAL,
    WHOLE,
    LocalCarrier,
    OnProgress,
    References,
    TableOutcome,
    TablePlan,
    find_dangling,
)
from opencheck.engine.carriers.spark_errors import cause_of
from opencheck.engine.carriers.spark_links import as_spark, join_link, known_schema, merged_partials, restricted
from opencheck.engine.carriers.spark_rows import SparkRows, fetched, is_spark, payloads, quoted, reduce_frames
from opencheck.engine.carriers.spark_worker import (
    PAYLOAD,
    Recipe,
    TableReader,
    evaluate_partition,
    recipe_of,
    reduce_partition,
    with_typed_keys,
)
from opencheck.engine.evaluator import Evaluation
from opencheck.engine.names import Names, UnknownWords
from opencheck.readers.frames import partition_values
from opencheck.readers.typed_columns import BatchTyper
from opencheck.records.dataset import ROW, SRC, Dataset, RawRows, RecordSource, Rejected, Table
from opencheck.rules.context import MOST_DANGLING, DanglingReferences
from opencheck.rules.reductions import Link, Reduction, link_key

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SMALL_ROWS", "SparkCarrier"]

_LOCAL_SPARK = {
    "spark.driver.memory": "4g",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.executorEnv.POLARS_MAX_THREADS": "1",  # a worker is given one core
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
}
"""How a Spark of our own on this machine is set up; a session that runs already, or that spark-submit starts, is left as it is."""
_KEY = "_typed_id"
SMALL_ROWS = 20_000
"""Rows up to which a Parquet file is read and judged in the driver."""
_SMALL_BYTES = 32 * 2**20
"""And its bytes, before compression: two such files are in memory at a time."""


class SparkCarrier(LocalCarrier):
    """Spark evaluates where the rows are; sources in this process's memory are evaluated here, and small Parquet files, too.

    Args:
        session: the session to work in; the running one, or a new local one, where None.
        small_rows: Parquet files with no more rows than this, and no more than 32 MiB, are read and judged in this process, by Polars: the
            jobs that one needs in Spark take longer. With 0 Spark reads all.

    Raises:
        InputError: PySpark or Java is not there.
    """

    name = "spark"
    streams_text = True

    def __init__(self, session: SparkSession | None = None, *, small_rows: int = SMALL_ROWS) -> None:
        try:
            import pandas  # noqa: F401 - both are what PySpark needs to hand Arrow batches to Python
            import pyarrow  # noqa: F401
            from pyspark.sql import SparkSession
        except ImportError as exc:
            raise missing_library(exc, "用 Spark / to use Spark") from exc
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
        self.session, self.small_rows = session, small_rows
        self._kept: list[DataFrame] = []
        """What workers made that joins of the table in hand still read."""

    def owns(self, source: Any) -> bool:
        from pyspark.sql import DataFrame

        return isinstance(source, DataFrame)

    def raw_rows(self, source: Any) -> RawRows:
        from pyspark.sql import functions as f

        row = f.col(ROW).cast("bigint") if ROW in source.columns else f.lit(None).cast("bigint")
        return SparkRows(source.withColumn(ROW, row), ordered=ROW in source.columns)

    def scan_parquet(self, path: Path) -> RawRows | None:
        from pyspark.sql import functions as f

        if self._is_small(path):
            return None
        try:
            rows = self._read_parquet(path)
        except Exception as exc:  # its errors have no common class that is imported lightly
            text = f"{path}: 不是能读的Parquet文件 / cannot be read: {cause_of(exc)}"
            raise InputError(text, code="not_parquet", path=path) from exc
        for name, value in partition_values(path).items():
            if name not in rows.columns:
                rows = rows.withColumn(name, f.lit(value).cast("string"))
        return SparkRows(rows.select("*", (f.col("_metadata.row_index") + 1).cast("bigint").alias(ROW)), ordered=True)

    def _is_small(self, path: Path) -> bool:
        """Whether the end of a Parquet file says that it has few rows and bytes; Spark tells what is wrong with one that has no such end."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            found = pq.read_metadata(path) if self.small_rows else None
        except (OSError, pa.ArrowException):
            return False
        if found is None or found.num_rows > self.small_rows:
            return False
        return bool(sum(found.row_group(i).total_byte_size for i in range(found.num_row_groups)) <= _SMALL_BYTES)

    def _read_parquet(self, path: Path) -> DataFrame:
        """A Parquet file; Spark refuses columns of nanoseconds (pandas writes them), so they are read as numbers and made moments here."""
        try:
            reader = self.session.read
            known = known_schema(path)
            return (reader if known is None else reader.schema(known)).parquet(str(path))
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
            micros = f.floor(f.col(quoted(name)).cast("decimal(38, 3)") / 1000).cast("bigint")
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
        self,
        data: Dataset,
        table: str,
        plans: Sequence[TablePlan],
        *,
        names: Mapping[str, Sequence[Names]],
        on_progress: OnProgress = lambda rows, findings: None,
    ) -> list[TableOutcome]:
        source = data.tables[table]
        source.unit_counts = Counter()
        own = [s for s in source.sources if is_spark(s)]
        here = [s for s in source.sources if not is_spark(s)]
        outcomes = [TableOutcome() for _ in plans]
        if here or not own:
            local = Table(source.spec, here, source.unit_counts)
            outcomes = super().evaluate_sources(data, local if here else source, plans, names=names, on_progress=on_progress)
        linked = [
            self._linked_in_spark(data, plan, {t: of[i] for t, of in names.items()}) if own else {}
            for i, plan in enumerate(plans)
        ]
        recipes = [recipe_of(p, table, _sent(of)) for p, of in zip(plans, linked, strict=True)]
        for part in own:
            reader = self.reader(data, part, frozenset().union(*(p.evaluator.fields for p in plans)), linked, plans)
            partial = reader.frame.mapInArrow(evaluate_partition(reader, recipes), PAYLOAD)
            self._add(partial, plans, outcomes, part, source, on_progress)
        self._unpersist_kept()
        for plan, outcome in zip(plans, outcomes, strict=True):
            if not outcome.evaluation.counts and not outcome.evaluation.partials:  # no rows at all: no worker was asked
                no_links = dict.fromkeys(plan.evaluator.links)
                self._evaluate(plan, outcome, no_links, plan.evaluator.empty_batch())
        return outcomes

    def _add(
        self,
        partial: DataFrame,
        plans: Sequence[TablePlan],
        outcomes: list[TableOutcome],
        part: Any,
        source: Table,
        on_progress: OnProgress,
    ) -> None:
        count, rejected = 0, list[Rejected]()
        for kind, pack, number, content in payloads(partial):
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
            on_progress(count, sum(o.evaluation.reported for o in outcomes))
        part.set_account(count, sorted(rejected, key=lambda r: r.place.row or 0))

    def reader_of(
        self, data: Dataset, part: RecordSource, plan: TablePlan, names: Mapping[str, Names]
    ) -> tuple[TableReader, Recipe]:
        """What a worker needs to judge one source of a table by one pack."""
        linked = self._linked_in_spark(data, plan, names)
        return self.reader(data, part, plan.evaluator.fields, [linked], [plan]), recipe_of(
            plan, plan.names.table, _sent(linked)
        )

    def reader(
        self, data: Dataset, part: Any, fields: frozenset[str], linked: Sequence[Mapping[str, Any]], plans: Sequence[TablePlan]
    ) -> TableReader:
        """How workers read a source: a Spark frame of its raw rows, joined with linked records, and what types its batches."""
        from pyspark.sql import functions as f

        typer: BatchTyper = part.typer
        rows: SparkRows = part.rows
        columns = typer.read_columns(fields)
        frame = rows.frame.select(*map(quoted, columns), ROW)
        sides = [
            (p.evaluator.links[n], r) for p, of in zip(plans, linked, strict=True) for n, r in of.items() if not _is_sent(r)
        ]
        added: dict[str, str] = {}
        keys = {name: f"{_KEY}_{i}" for i, name in enumerate(dict.fromkeys(link.on for link, _ in sides))}
        frame = with_typed_keys(frame, typer, keys) if keys else frame
        for number, (link, right) in enumerate(sides):
            renamed = {n: f"_linked_{number}_{i}" for i, n in enumerate(link.measures)}
            side = right.select("key", *(right[quoted(n)].alias(a) for n, a in renamed.items()))
            side = side.withColumnRenamed("key", f"_key_{number}")
            frame = frame.join(side, f.col(keys[link.on]) == f.col(f"_key_{number}"), "left").drop(f"_key_{number}")
            added |= {a: n for n, a in renamed.items()}
        frame = frame.drop(*keys.values())
        return TableReader(frame, typer, fields, part.duplicates(), added)

    def _linked(self, data: Dataset, plan: TablePlan, names: Mapping[str, Names]) -> dict[str, Any]:
        """The linked records of the rows in this process: of links that Spark keeps those that these rows name."""
        links = plan.evaluator.links
        if not any(is_spark(s) for link in links.values() for r in link.needed for s in data.tables[r.table].sources):
            return super()._linked(data, plan, names)
        linked = self._linked_in_spark(data, plan, names)
        table = data.tables[plan.names.table]
        here = Table(table.spec, [s for s in table.sources if not is_spark(s)])
        for name in [n for n, right in linked.items() if not _is_sent(right)]:
            on = links[name].on
            batches = (plan.names.applied(batch, {}) for batch in here.batches({on}))
            keys = [batch.select(link_key(pl.col(on))).to_series() for batch in batches]
            linked[name] = restricted(self.session, linked[name], pl.concat([pl.Series(on, [], pl.String), *keys]))
        return linked

    def _linked_in_spark(self, data: Dataset, plan: TablePlan, names: Mapping[str, Names]) -> dict[str, Any]:
        """The linked records for workers: frames to send to them, or frames of Spark to join."""
        links = plan.evaluator.links
        needed = {n: link.needed for n, link in links.items()}
        found = iter(self._reduced(data, [r for of in needed.values() for r in of], names))
        return {name: self._link(links[name], [next(found) for _ in of]) for name, of in needed.items()}

    def _link(self, link: Link, results: Sequence[Any]) -> Any:
        if all(map(_is_sent, results)):
            return self.link_table(link, results)
        return join_link(self.session, link, results)

    def _reduced(
        self, data: Dataset, reductions: Sequence[Reduction], names: Mapping[str, Names], *, fetch_all: bool = False
    ) -> list[Any]:
        """The result of each reduction, each table read once: a frame of this process, or of Spark where it is large."""
        there = {i: r for i, r in enumerate(reductions) if any(map(is_spark, data.tables[r.table].sources))}
        home = {i: r for i, r in enumerate(reductions) if i not in there}
        results: dict[int, Any] = dict(zip(home, super().reduce(data, list(home.values()), names), strict=True))
        if there:
            results |= self._reduced_in_spark(data, there, names, math.inf if fetch_all else spark_links.MAX_SENT_BYTES)
        return [results[i] for i in range(len(reductions))]

    def _reduced_in_spark(
        self, data: Dataset, reductions: Mapping[int, Reduction], names: Mapping[str, Names], most: float
    ) -> dict[int, Any]:
        """Like :meth:`_reduced`, for tables with rows in Spark, by the numbers of the reductions."""
        empty = {i: r.of_no_rows() for i, r in reductions.items()}
        here = dict(empty)
        frames = []
        for table in dict.fromkeys(r.table for r in reductions.values()):
            own_reductions = {i: r for i, r in reductions.items() if r.table == table}
            spec, sources = data.tables[table].spec, data.tables[table].sources
            if rest := [s for s in sources if not is_spark(s)]:
                in_memory = replace(data, tables={table: Table(spec, rest)})
                here |= dict(zip(own_reductions, super().reduce(in_memory, list(own_reductions.values()), names), strict=True))
            fields = {n for r in own_reductions.values() for n in (*r.reads, *r.concerned.meta.root_names())} | {"id"}
            for part in filter(is_spark, sources):
                reader = self.reader(data, part, frozenset(fields & set(spec.fields)), [], [])
                frames.append(reader.frame.mapInArrow(reduce_partition(reader, own_reductions, names[table]), PAYLOAD))
        made = reduce_frames(frames).persist()
        results, still_read = merged_partials(self.session, made, reductions, empty, here, most)
        if still_read:
            self._kept.append(made)
        else:
            made.unpersist()
        return results

    def reduce(
        self,
        data: Dataset,
        reductions: Sequence[Reduction],
        names: Mapping[str, Names],
        wanted: Sequence[pl.DataFrame | None] = (),
    ) -> list[pl.DataFrame]:
        if not any(is_spark(s) for r in reductions for s in data.tables[r.table].sources):
            return super().reduce(data, reductions, names, wanted)
        # Workers do not get the keys that are wanted: what they made is restricted to them afterwards.
        return self._reduced(data, reductions, names, fetch_all=True)

    def _unpersist_kept(self) -> None:
        """Free the frames that workers kept for the joins of a table."""
        while self._kept:
            self._kept.pop().unpersist()

    def dangling(self, data: Dataset, references: References, names: Mapping[str, Names]) -> DanglingReferences:
        referring, *targets = self._reduced(data, [references.referring, *references.targets], names)
        try:
            if all(isinstance(found, pl.DataFrame) for found in (referring, *targets)):
                return self.without_target(references, referring, targets)
            return self._without_target_in_spark(references, referring, targets)
        finally:
            self._unpersist_kept()

    def _without_target_in_spark(self, references: References, referring: Any, targets: Sequence[Any]) -> DanglingReferences:
        """Like :meth:`without_target`, for frames of Spark."""
        from pyspark.sql import Window
        from pyspark.sql import functions as f

        whole = as_spark(self.session, referring) if isinstance(referring, pl.DataFrame) else referring
        keys = reduce_frames([(as_spark(self.session, t) if isinstance(t, pl.DataFrame) else t).select("key") for t in targets])
        known = whole.join(keys, "key", "left_semi").filter(f.col("key") == f.col(WHOLE)).select("_ref")
        none = whole.join(keys, "key", "left_anti").join(known, "_ref", "left_anti")
        part = ~f.col("key").eqNullSafe(f.col(WHOLE)) | ~f.col(SEVERAL)
        dangling = none.filter(part).dropDuplicates(["_ref"])
        in_order = (f.col(SRC).asc_nulls_last(), f.col(ROW).asc_nulls_last(), "id")
        place = Window.partitionBy("unit").orderBy(*in_order)
        on_day = Window.partitionBy("unit", "on", "names_another").orderBy(*in_order)
        first = dangling.withColumns({"_at": f.row_number().over(place), "_at_day": f.row_number().over(on_day)})
        found = fetched(
            first.filter(f"_at <= {MOST_DANGLING} or _at_day = 1").select("id", "unit", "on", "names_another", SRC, ROW)
        )
        return find_dangling(found.sort(SRC, ROW, "id", nulls_last=True), references.offices)


def _is_sent(right: Any) -> bool:
    return isinstance(right, pl.DataFrame)


def _sent(linked: Mapping[str, Any]) -> dict[str, pl.DataFrame]:
    return {name: right for name, right in linked.items() if _is_sent(right)}


def _merge_unknown(held: UnknownWords, more: UnknownWords) -> None:
    for name, words in more.items():
        held.setdefault(name, Counter()).update(words)
