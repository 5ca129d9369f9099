"""What runs in Spark's Python workers: raw Arrow batches are typed, judged and reduced there by the same code as everywhere."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl

from opencheck.engine.carriers.base import TableOutcome, TablePlan
from opencheck.engine.evaluator import Evaluation, TableEvaluator
from opencheck.engine.names import Names
from opencheck.engine.plan import plan_evaluators
from opencheck.engine.reducing import reduce_batch
from opencheck.readers.typed_columns import BatchTyper, Duplicates
from opencheck.records.dataset import REJECTED, Rejected
from opencheck.rules.reductions import Reduction, link_key

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame


__all__ = [
    "PAYLOAD",
    "SMALL_BYTES",
    "Recipe",
    "TableReader",
    "evaluate_partition",
    "hashed_ids",
    "plain_arrow",
    "raw_partition",
    "recipe_of",
    "reduce_partition",
    "typed_batches",
    "typed_ids",
    "unpacked",
    "with_typed_keys",
]


PAYLOAD = "kind string, pack int, number int, small boolean, data binary"
"""What workers give back: pickled counts, and frames, with the pack and the rule or reduction that they belong to, and whether all that the
partition gives is small."""
SMALL_BYTES = 256 * 2**10
"""What a partition may give that the driver fetches without asking for its size first."""
_BATCH_ROWS = 100_000
"""Rows that a worker judges at a time: Spark's own batches are too small."""


@dataclass(frozen=True)
class Recipe:
    """What a worker plans its evaluator from: the same rules in the same context make the same evaluator."""

    key: str
    """The same for all recipes that were planned together."""
    table: str
    planned: bytes = field(repr=False)
    """Rules, context and whether all is reported, pickled: a worker that has planned them before does not load them again."""
    names: Names
    linked: Mapping[str, pl.DataFrame]

    def evaluate(self, batch: pl.DataFrame, outcome: TableOutcome) -> Evaluation:
        """Judge a typed batch, with the linked records that were sent along."""
        evaluator = self.evaluator()
        batch = self.names.applied(batch, outcome.unknown)
        return evaluator.evaluate(batch, self.linked)

    def evaluator(self) -> TableEvaluator:
        """The evaluator; those of all tables are planned once in a worker's process."""
        if self.key not in _planned:
            while len(_planned) >= _MAX_PLANNED:
                del _planned[next(iter(_planned))]
            rules, context, include_all = pickle.loads(self.planned)
            _planned[self.key] = plan_evaluators(rules, context, include_all=include_all)[0]
        return _planned[self.key][self.table]


_planned: dict[str, dict[str, TableEvaluator]] = {}
_MAX_PLANNED = 8


def recipe_of(plan: TablePlan, table: str, linked: Mapping[str, pl.DataFrame]) -> Recipe:
    """The recipe of a table's evaluator, with the linked records that are sent to every worker."""
    from pyspark import cloudpickle  # takes kinds along that a notebook defines

    own = plan.evaluator
    dumps: Callable[..., bytes] = cloudpickle.dumps
    planned = dumps((own.planned_rules, own.context, own.include_all))
    return Recipe(own.planned_as, table, planned, plan.names, linked)


@dataclass
class TableReader:
    """How a worker reads raw batches of one source: typed, with the columns of linked records."""

    frame: Any
    typer: BatchTyper
    fields: frozenset[str]
    duplicates: Duplicates
    linked: dict[str, str] = field(default_factory=dict)
    """The columns of linked records, by the names that they have in the frame."""

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "frame": None}

    def read(self, raw: pl.DataFrame) -> tuple[pl.DataFrame, list[Rejected]]:
        """A raw batch as typed records with all fields that are asked for."""
        batch, rejected = self.typer.type(raw, self.fields, self.duplicates)
        fields = self.typer.spec.fields
        lacking = [pl.lit(None, dtype=fields[n].dtype).alias(n) for n in fields if n in self.fields and n not in batch.columns]
        batch = batch.with_columns(lacking).hstack([raw[a].alias(n) for a, n in self.linked.items()])
        return batch, rejected


def typed_batches(reader: TableReader, batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[pl.DataFrame, list[Rejected]]]:
    """Spark's batches put together to larger ones, typed."""
    held: list[pa.RecordBatch] = []
    for arrow in batches:
        held.append(arrow)
        if sum(b.num_rows for b in held) >= _BATCH_ROWS:
            yield reader.read(_polars(held))
            held = []
    if sum(b.num_rows for b in held):
        yield reader.read(_polars(held))


def _polars(batches: Sequence[pa.RecordBatch]) -> pl.DataFrame:
    import pyarrow as pa

    return pl.DataFrame(pl.from_arrow(pa.Table.from_batches(batches))).rechunk()


def evaluate_partition(
    reader: TableReader, recipes: Sequence[Recipe]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What a worker does with a partition for :meth:`SparkCarrier.evaluate`: counts, facts and merged partial results come out."""

    def evaluate(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        evaluators = [recipe.evaluator() for recipe in recipes]
        outcomes = [TableOutcome() for _ in recipes]
        count, rejected, units = 0, list[Rejected](), Counter[str]()
        for batch, wrong in typed_batches(reader, batches):
            count += len(batch) - len(wrong)
            rejected += wrong
            units.update(dict(batch.filter(~pl.col(REJECTED))["unit"].drop_nulls().value_counts().iter_rows()))
            for recipe, evaluator, outcome in zip(recipes, evaluators, outcomes, strict=True):
                outcome.evaluation.add(recipe.evaluate(batch, outcome), evaluator.reductions)
        yield _payload("account", 0, 0, pickle.dumps((count, rejected, units)))
        for pack, (evaluator, outcome) in enumerate(zip(evaluators, outcomes, strict=True)):
            yield _payload("counts", pack, 0, pickle.dumps((outcome.evaluation.counts, outcome.unknown)))
            for number, frames in outcome.evaluation.facts.items():
                yield from _frame_payloads("facts", pack, number, pl.concat(frames, how="diagonal"))
            for number, frames in outcome.evaluation.partials.items():
                yield from _frame_payloads("partials", pack, number, evaluator.reductions[number].merge(frames))

    most = SMALL_BYTES
    return lambda batches: _marked(evaluate(batches), most)


def reduce_partition(
    reader: TableReader, reductions: Mapping[int, Reduction], names: Names
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What a worker does with a partition for reductions, by their numbers: one merged partial result of each comes out."""

    def reduce_rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        own = list(reductions.values())
        found = Evaluation()
        for batch, _ in typed_batches(reader, batches):
            partials = reduce_batch(names.applied(batch, {}), own)
            found.add(Evaluation(partials={i: [p] for i, p in enumerate(partials)}), own)
        for number, (at, frames) in zip(reductions, found.partials.items(), strict=False):
            yield from _frame_payloads("partials", 0, number, own[at].merge(frames))

    most = SMALL_BYTES
    return lambda batches: _marked(reduce_rows(batches), most)


def raw_partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What a worker does with a partition whose rows this process reads itself: they come out as they are, packed."""
    whole = (_payload("rows", 0, 0, _ipc(_polars([arrow]))) for arrow in batches if arrow.num_rows)
    return _marked(whole, SMALL_BYTES)


def unpacked(schema: pl.Schema) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What a worker does with partial results that Spark is to join: their rows come out, in the types of a schema."""

    def unpack(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for content in batch.column("data").to_pylist():
                yield from plain_arrow(pl.read_ipc(BytesIO(content)).cast(schema)).to_batches()

    return unpack


def typed_ids(typer: BatchTyper) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What a worker does with a partition whose ids are looked through: typed ids and rows come out."""

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for arrow in batches:
            if arrow.num_rows:
                yield from plain_arrow(typer.ids(_polars([arrow]))).to_batches()

    return read


def hashed_ids(typer: BatchTyper) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What a worker does with a partition whose ids are looked through: the hashes of its typed ids come out."""

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for arrow in batches:
            if arrow.num_rows:
                ids = typer.column("id", _polars([arrow])).drop_nulls()
                yield from plain_arrow(ids.hash().reinterpret(signed=True).to_frame("hash")).to_batches()

    return read


def with_typed_keys(frame: DataFrame, typer: BatchTyper, columns: Mapping[str, str]) -> DataFrame:
    """The frame with the keys of fields beside its raw columns, under the names of ``columns``: what joins go by."""
    from pyspark.sql.types import StringType, StructField, StructType

    def add(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for arrow in batches:
            if arrow.num_rows:
                raw = _polars([arrow])
                for name, column in columns.items():
                    keys = typer.column(name, raw).to_frame("key").select(link_key(pl.col("key"))).to_series()
                    arrow = arrow.append_column(column, keys.to_arrow().cast(pa.string()))
                yield arrow

    schema = StructType([*frame.schema.fields, *(StructField(column, StringType()) for column in columns.values())])
    return frame.mapInArrow(add, schema)


def _marked(payloads: Iterator[pa.RecordBatch], most: int) -> Iterator[pa.RecordBatch]:
    """The payloads of a partition, each with whether all of them together are no larger than ``most``."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    size = 0
    for payload in payloads:
        held.append(payload)
        size += payload.nbytes
        if size > most:
            yield from (p.add_column(3, "small", pa.array([False])) for p in held)
            held = []
    yield from (p.add_column(3, "small", pa.array([size <= most])) for p in held)


def _frame_payloads(kind: str, pack: int, number: int, frame: pl.DataFrame) -> Iterator[pa.RecordBatch]:
    """A frame in pieces: a value of Spark may not be of any size."""
    for piece in frame.iter_slices(_BATCH_ROWS) if len(frame) else (frame,):
        yield _payload(kind, pack, number, _ipc(piece))


def _payload(kind: str, pack: int, number: int, data: bytes) -> pa.RecordBatch:
    import pyarrow as pa

    schema = pa.schema([("kind", pa.string()), ("pack", pa.int32()), ("number", pa.int32()), ("data", pa.binary())])
    return pa.RecordBatch.from_pydict({"kind": [kind], "pack": [pack], "number": [number], "data": [data]}, schema=schema)


def _ipc(frame: pl.DataFrame) -> bytes:
    out = BytesIO()
    frame.write_ipc(out)
    return out.getvalue()


def plain_arrow(frame: pl.DataFrame) -> pa.Table:
    """A frame in the Arrow types that every Spark reads: plain strings and lists."""
    import pyarrow as pa

    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())

    def plain(dtype: pa.DataType) -> pa.DataType:
        if pa.types.is_large_string(dtype):
            return pa.string()
        if pa.types.is_large_list(dtype):
            return pa.list_(plain(dtype.value_type))
        return dtype

    return table.cast(pa.schema([(f.name, plain(f.type)) for f in table.schema]))
