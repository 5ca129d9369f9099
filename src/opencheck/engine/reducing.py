"""Batches reduced for rules about sets and for links between records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from opencheck.engine.facts import own_strings
from opencheck.engine.topic_rows import TopicRows
from opencheck.records.contradictions import CONTRADICTED, contradictions_of_fields, contradicts, has_contradictions
from opencheck.records.dataset import REJECTED
from opencheck.rules.reductions import Reduction, in_steps

__all__ = ["chained", "collected", "is_small", "reduce_batch", "reduce_rows", "topic_test_key"]

_SMALL_BATCH = 1_000


def is_small(rows: pl.DataFrame) -> bool:
    """Whether a batch has so few rows that it is worked out in one query: each query costs more than the rows then."""
    return len(rows) <= _SMALL_BATCH


def collected(queries: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
    """The results of queries over one batch, which is in memory: the engine that streams would take it apart and work no faster."""
    return pl.collect_all(queries, engine="in-memory")


def reduce_batch(batch: pl.DataFrame, reductions: Sequence[Reduction]) -> list[pl.DataFrame]:
    """The partial result of each reduction of a batch; of a large one the rows of other topics are left out first."""
    if is_small(batch):
        return reduce_rows(batch, reductions, small=True)
    topics = TopicRows(batch)
    found: dict[int, pl.DataFrame] = {}
    for numbers in _by_topic(reductions).values():
        own = [reductions[n] for n in numbers]
        read = {REJECTED, CONTRADICTED, *(n for r in own for n in (*r.reads, *r.concerned.meta.root_names()))}
        rows = topics.passing(own[0].of_topic, read)
        found |= zip(numbers, reduce_rows(rows, own, small=False), strict=True)
    return [found[n] for n in range(len(reductions))]


def _by_topic(reductions: Sequence[Reduction]) -> dict[str, list[int]]:
    """The numbers of the reductions that have the same test of the topic, by that test."""
    groups: dict[str, list[int]] = {}
    for number, reduction in enumerate(reductions):
        groups.setdefault(topic_test_key(reduction.of_topic), []).append(number)
    return groups


def topic_test_key(test: pl.Expr | None) -> str:
    """What two tests of the topic have in common that are the same; blank where there is none."""
    return "" if test is None else test.meta.serialize(format="json")


def reduce_rows(
    rows: pl.DataFrame, reductions: Sequence[Reduction], fields: Sequence[frozenset[str]] | None = None, *, small: bool
) -> list[pl.DataFrame]:
    """The partial result of each reduction. The rows that a rule concerns, and what is given of them, are found once for all of its
    reductions: Polars shares the common part of the queries.

    Args:
        rows: a batch, or what topics leave of it.
        reductions: the reductions.
        fields: for each the fields that it hangs on; those that it names where None. Where two columns of one of them disagree, the
            record is one that could not be used.
        small: whether the batch is small that they are from: few rows of a large one still hold the memory of all its texts.
    """
    by_rule: dict[int, list[int]] = {}
    for number, reduction in enumerate(reductions):
        by_rule.setdefault(id(reduction.concerned), []).append(number)
    contradicted = has_contradictions(rows)
    queries: dict[int, pl.LazyFrame] = {}
    for group in by_rule.values():
        own = [reductions[number] for number in group]
        usable = rows.lazy()
        every: frozenset[str] = frozenset()
        if contradicted:
            read = [fields[n] if fields else {*reductions[n].reads, *reductions[n].concerned.meta.root_names()} for n in group]
            every = every.union(*read)
        if every and rows.select(contradicts(every).any()).item():
            usable = usable.with_columns(
                pl.col(REJECTED) | contradicts(every),
                pl.when(~pl.col(REJECTED)).then(contradictions_of_fields(every)).alias(CONTRADICTED),
            )
        elif any(CONTRADICTED in reduction.reads for reduction in own):
            usable = usable.with_columns(pl.lit(None, dtype=pl.String).alias(CONTRADICTED))
        usable = usable.filter(own[0].concerned).select(sorted({n for r in own for n in r.reads}))
        usable = chained(usable, in_steps({n: e for r in own for n, e in r.given.items()}))
        queries |= {number: reductions[number].query(usable) for number in group}
    # A large batch rule by rule: what the queries of all rules hold at a time would be much of its size again.
    parts = [list(queries)] if small else list(by_rule.values())
    found = {n: f for group in parts for n, f in zip(group, collected([queries[n] for n in group]), strict=True)}
    partials = [reduction.sampled(found[n]) for n, reduction in enumerate(reductions)]
    return partials if small else [own_strings(partial) for partial in partials]


def chained(rows: pl.LazyFrame, steps: Iterable[Sequence[pl.Expr]]) -> pl.LazyFrame:
    """The rows with columns that are made step by step."""
    for step in steps:
        rows = rows.with_columns(step) if step else rows
    return rows
