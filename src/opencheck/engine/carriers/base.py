"""What every engine does: read batches, join linked records to them, and hand them to the evaluator.

Polars and DuckDB stream batches through this process; Spark evaluates them in its workers, by the same code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from opencheck.engine.evaluator import Evaluation, TableEvaluator
from opencheck.engine.names import Names, UnknownWords, counted
from opencheck.engine.reducing import reduce_batch
from opencheck.records.dataset import REJECTED, ROW, SRC, Dataset, RawRows, Table
from opencheck.rules.context import Dangling, DanglingReferences
from opencheck.rules.offices import Offices
from opencheck.rules.reductions import Link, Reduction

__all__ = ["LocalCarrier", "OnProgress", "TableOutcome", "TablePlan", "find_dangling", "prefetch"]

OnProgress = Callable[[int, int], None]
"""Called after each batch of a table with the rows read so far, and the findings made of them."""


@dataclass
class TablePlan:
    """What one pack does with a table: it replaces spellings by its own names, and judges the records by its rules."""

    names: Names
    evaluator: TableEvaluator


@dataclass
class TableOutcome:
    """What one pack found in a table."""

    evaluation: Evaluation = field(default_factory=Evaluation)
    unknown: UnknownWords = field(default_factory=dict)


WHOLE, SEVERAL = "_whole", "_several"
"""Of a key of a referring row: the key of the whole cell, and whether the cell has others."""


@dataclass(frozen=True)
class References:
    """Where to look for references that point to nothing: the referring rows, and the rows that they may point to."""

    referring: Reduction
    """A row for each key of a cell, with ``WHOLE`` and ``SEVERAL``."""
    targets: tuple[Reduction, ...]
    offices: Offices
    """How the offices of the referring rows are told apart."""


class LocalCarrier:
    """Streams the batches of a dataset through this process. Without a name of its own it is Polars."""

    name = "polars"
    streams_text = False

    def owns(self, source: Any) -> bool:
        return False

    def raw_rows(self, source: Any) -> RawRows:
        raise NotImplementedError

    def scan_parquet(self, path: Path) -> RawRows | None:
        return None

    def scan_text(self, name: str, batches: Any) -> RawRows:
        raise NotImplementedError

    def evaluate(
        self,
        data: Dataset,
        table: str,
        plans: Sequence[TablePlan],
        *,
        names: Mapping[str, Sequence[Names]],
        on_progress: OnProgress = lambda rows, findings: None,
    ) -> list[TableOutcome]:
        """Judge and reduce every batch of a table, for each pack.

        Args:
            data: the records.
            table: the table.
            plans: what each pack asks of it.
            names: by table the names of each pack, in the order of ``plans``: linked records are found under them.
            on_progress: called after every batch.
        """
        data.tables[table].unit_counts = Counter()
        return self.evaluate_sources(data, data.tables[table], plans, names=names, on_progress=on_progress)

    def evaluate_sources(
        self,
        data: Dataset,
        source: Table,
        plans: Sequence[TablePlan],
        *,
        names: Mapping[str, Sequence[Names]],
        on_progress: OnProgress,
    ) -> list[TableOutcome]:
        """Like :meth:`evaluate`, for some sources of a table."""
        outcomes = [TableOutcome() for _ in plans]
        linked = [self._linked(data, plan, {t: of[i] for t, of in names.items()}) for i, plan in enumerate(plans)]
        fields = frozenset().union(*(p.evaluator.fields for p in plans))
        seen = False
        rows = 0
        for batch in prefetch(source.batches(fields)):
            seen = True
            self._count_units(source, batch)
            for plan, outcome, links in zip(plans, outcomes, linked, strict=True):
                self._evaluate(plan, outcome, links, batch)
            rows += len(batch)
            on_progress(rows, sum(o.evaluation.reported for o in outcomes))
        for plan, outcome, links in zip(plans, outcomes, linked, strict=True) if not seen else ():
            self._evaluate(plan, outcome, links, plan.evaluator.empty_batch())
        return outcomes

    @staticmethod
    def _count_units(source: Table, batch: pl.DataFrame) -> None:
        good = batch.filter(~pl.col(REJECTED)) if batch[REJECTED].any() else batch
        source.unit_counts.update(dict(counted(good["unit"])))

    def _evaluate(self, plan: TablePlan, outcome: TableOutcome, links: Mapping[str, Any], batch: pl.DataFrame) -> None:
        batch = plan.names.applied(batch, outcome.unknown)
        outcome.evaluation.add(plan.evaluator.evaluate(batch, links), plan.evaluator.reductions)

    def _linked(self, data: Dataset, plan: TablePlan, names: Mapping[str, Names]) -> dict[str, Any]:
        """The rows to join for every link, one for each key; None for a link whose tables have no rows."""
        links = {n: link for n, link in plan.evaluator.links.items() if not _is_empty(link, data)}
        wanted_reductions = [(n, i, r) for n, link in links.items() for i, r in enumerate(link.needed)]
        # Tables that say which keys are wanted first: of the others no more than these keys is kept, and most records have none.
        key_tables = {link.among.table for link in links.values() if link.among}
        found: dict[tuple[str, int], pl.DataFrame] = {}
        for now in (True, False):
            part = [(n, i, r) for n, i, r in wanted_reductions if (r.table in key_tables) is now]
            wanted = [found.get((n, 0)) if links[n].among else None for n, _, _ in part]
            results = self.reduce(data, [r for _, _, r in part], names, wanted)
            found |= {(n, i): result for (n, i, _), result in zip(part, results, strict=True)}
        by_link: dict[str, list[pl.DataFrame]] = {}
        for name, i, _ in wanted_reductions:
            by_link.setdefault(name, []).append(found[name, i])
        return {name: self.link_table(links[name], by_link[name]) if name in links else None for name in plan.evaluator.links}

    def link_table(self, link: Link, results: Sequence[pl.DataFrame]) -> Any:
        """The rows to join for a link, one for each key, from the results of its reductions, that of ``among`` first."""
        among = results[0] if link.among is not None else None
        own = results[1:] if link.among is not None else results
        right = link.reductions[0].merge(list(own))
        if among is not None:
            right = right.join(among.select("key"), on="key", how="semi")
        return right if link.keep is None else right.filter(pl.col(link.keep[0]) >= link.keep[1])

    def reduce(
        self,
        data: Dataset,
        reductions: Sequence[Reduction],
        names: Mapping[str, Names],
        wanted: Sequence[pl.DataFrame | None] = (),
    ) -> list[pl.DataFrame]:
        """The results of reductions of any tables, each table read once.

        Args:
            data: the records.
            reductions: the reductions.
            names: by table its names.
            wanted: for each reduction the keys (``key``) that are kept, None for all; blank, all keys of all reductions.
        """
        results: list[pl.DataFrame] = [pl.DataFrame()] * len(reductions)
        for table in dict.fromkeys(r.table for r in reductions):
            numbers = [i for i, r in enumerate(reductions) if r.table == table]
            own = [reductions[i] for i in numbers]
            fields = {n for r in own for n in (*r.reads, *r.concerned.meta.root_names())} | {"id"}
            partials: list[list[pl.DataFrame]] = [[] for _ in own]
            for batch in self._batches_or_empty(data.tables[table], fields):
                named = names[table].applied(batch, {})
                for i, held, partial, reduction in zip(numbers, partials, reduce_batch(named, own), own, strict=True):
                    keys = wanted[i] if wanted else None
                    held.append(partial if keys is None else partial.join(keys, on="key", how="semi"))
                    if len(held) > 16:
                        held[:] = [reduction.merge(held)]
            for i, reduction, held in zip(numbers, own, partials, strict=True):
                results[i] = reduction.finish(held)
        return results

    @staticmethod
    def _batches_or_empty(table: Table, fields: set[str]) -> Iterator[pl.DataFrame]:
        seen = False
        for batch in prefetch(table.batches(fields)):
            seen = True
            yield batch
        if not seen:
            schema: dict[str, Any] = {n: f.dtype for n, f in table.spec.fields.items() if n in fields}
            yield pl.DataFrame(schema=schema | {ROW: pl.Int64, SRC: pl.Int32, REJECTED: pl.Boolean})

    def dangling(self, data: Dataset, references: References, names: Mapping[str, Names]) -> DanglingReferences:
        """The records of a linked table that point to no record."""
        referring, *targets = self.reduce(data, [references.referring, *references.targets], names)
        return self.without_target(references, referring, targets)

    @staticmethod
    def without_target(references: References, referring: pl.DataFrame, targets: Sequence[pl.DataFrame]) -> DanglingReferences:
        """The referring rows of which a reference is to none of the targets, unless the whole cell is to one: it is one title, then."""
        for target in targets:
            whole = referring.join(target, on="key", how="semi").filter(pl.col("key") == pl.col(WHOLE)).select("_ref")
            referring = referring.join(target, on="key", how="anti", maintain_order="left")
            referring = referring.join(whole, on="_ref", how="anti", maintain_order="left")
        referring = referring.filter(pl.col("key").ne_missing(pl.col(WHOLE)) | ~pl.col(SEVERAL))
        return find_dangling(referring.unique("_ref", keep="first", maintain_order=True), references.offices)


def _is_empty(link: Link, data: Dataset) -> bool:
    """Whether a link surely joins nothing: the tables that it is made of, or is restricted to, have no rows."""
    made_of = {r.table for r in link.reductions} if link.among is None else {link.among.table}
    return all(data.tables[table].is_empty for table in made_of)


def find_dangling(referring: pl.DataFrame, offices: Offices) -> DanglingReferences:
    """Dangling references by the offices that they name.

    Args:
        referring: the referring rows without a target (``id``, ``unit``, ``on``, ``names_another``), in their order.
        offices: how the offices in a cell are told apart.
    """
    told = ("id", "on", "names_another")
    named = referring.select(*told, office=offices.each(pl.concat_list("unit")))
    unknown = pl.col("office").list.contains(None) | (offices.unknown(pl.col("office")).list.len() > 0)
    each = named.explode("office").drop_nulls("office").group_by("office", maintain_order=True)
    return DanglingReferences(
        Dangling.of(named.filter(unknown).select(told).iter_rows()),
        {office: Dangling.of(zip(*of_office, strict=True)) for office, *of_office in each.agg(told).iter_rows()},
        Dangling.of(named.select(told).iter_rows()),
        offices,
    )


def prefetch(batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield batches, the next one being read in a thread while one is worked on.

    No more than two are in memory; of a single batch no thread is started.
    """
    current, following = next(batches, None), next(batches, None)
    if current is not None:
        yield current
    if following is None:
        return
    with ThreadPoolExecutor(1) as pool:
        current = following
        while current is not None:
            ahead = pool.submit(next, batches, None)
            yield current
            del current
            current = ahead.result()
