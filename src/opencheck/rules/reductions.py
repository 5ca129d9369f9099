"""What a rule about a set, or about linked records, needs of a table: rows reduced batch by batch, partial results merged.

A reduction is data: which rows count, which columns are made of them, and how groups are measured. Every engine reduces its batches by the same
expressions and merges the partial results by the same associative operations, so no engine ever brings a whole table to one place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import polars as pl

from opencheck.core.outcomes import Outcome
from opencheck.records.contradictions import CONTRADICTED
from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import TOPIC_LIKE
from opencheck.rules.judgement import Judged

__all__ = [
    "BETWEEN_REFERENCES",
    "MAX_LISTED_UNCERTAIN",
    "Link",
    "Operation",
    "Reduction",
    "expected_subjects",
    "in_steps",
    "link_key",
    "link_keys",
    "linking_fields",
    "references_in",
    "roster_reduction",
    "usable",
]

MAX_LISTED_UNCERTAIN = 2_000
"""Uncertain records up to which each is looked at by itself."""

_STANDS_FOR = "_stands_for"
_ONE = pl.lit(1, dtype=pl.Int64).alias(_STANDS_FOR)

Operation = Literal["min", "max", "sum", "values"]
"""How measures of two groups become one: the least, the greatest, the sum, or all different values."""


_IGNORED = r"[\s\u200b\ufeff《》〈〉<>〔〕【】()\[\]]+"
_NUMBER = r"([〔【\[(<]\s*\d{4}\s*[〕】\])>])\s*第?\s*0*([1-9]\d*)\s*号?"
"""The year and number of a document, which people also write as 〔2018〕第02号 and 〔2018〕2."""
_CHANGES = r"[^0-9a-z_\-.\x{4e00}-\x{9fff}]"
"""What every text holds that folding changes; the others are their own keys, and are spared the folding: nearly all ids and titles."""
BETWEEN_REFERENCES = r"[;；、,，\r\n]+"
"""What stands between several references in a cell."""


def link_key(text: pl.Expr) -> pl.Expr:
    """The text by which records are linked: width and case folded, without white space, brackets and title marks, document numbers in one form.

    >>> frame = pl.DataFrame({"number": ["平政发〔2018〕2号", "平政发[2018] 02号", "平政发（2018）第2号", "平政发【2018】2"]})
    >>> frame.select(link_key(pl.col("number")).unique()).to_series().to_list()
    ['平政发20182号']
    """
    folded = pl.when(text.str.contains(_CHANGES)).then(text).str.normalize("NFKC").str.to_lowercase()
    return pl.coalesce(folded.str.replace_all(_NUMBER, "${1}${2}号").str.replace_all(_IGNORED, ""), text)


def references_in(text: pl.Expr) -> pl.Expr:
    """Each of several references in a cell, as it is written: a list."""
    return text.str.replace_all(BETWEEN_REFERENCES, "；").str.split("；")


def link_keys(text: pl.Expr) -> pl.Expr:
    """All that a cell may refer to, as a list: each of several references, and the whole, which may be one title with a comma in it."""
    several = references_in(text).list.eval(link_key(pl.element()))
    return pl.concat_list(link_key(text), several).list.eval(pl.element().filter(pl.element() != "")).list.unique()


def in_steps(made: Mapping[str, pl.Expr]) -> list[list[pl.Expr]]:
    """Columns that are made of others among them come after these."""
    steps: list[list[pl.Expr]] = []
    left = dict(made)
    while left:
        ready = [n for n, e in left.items() if not left.keys() & set(e.meta.root_names())]
        steps.append([left.pop(n).alias(n) for n in ready])
    return steps


_LINKING_FIELDS = ("id", "number", "title")


def linking_fields(table: str, present: Mapping[str, frozenset[str]]) -> list[str]:
    """The fields by which others may refer to a table's records: the id, a document's number, the title; those that its sources have."""
    own = present.get(table, frozenset())
    return ["id", *(n for n in _LINKING_FIELDS[1:] if n in own and n in TABLES[table].fields)]


@dataclass(frozen=True)
class Reduction:
    """A table's rows reduced.

    Args:
        table: the table; its rejected rows are there too, with ``_rejected``.
        concerned: the rows that may count, by a test that is cheap over a whole batch; reductions of one rule share it.
        where: those of them that count.
        columns: columns made of these rows, by name.
        given: columns that others here are made of, made first, of all rows that may count and once for all reductions that share
            ``concerned``: an expression that stands several times in others is worked out each time.
        of_topic: a test over the topic alone that is false only of rows that surely do not count; None where every topic may.
        explode: list columns of which each item becomes a row of its own.
        items: by column the values that are kept then.
        keys: columns by which rows are grouped; None for the rows themselves.
        measures: for every other column how it is aggregated and merged.
        sample: rows are kept as they are up to :data:`MAX_LISTED_UNCERTAIN`; of more, one of each sort is kept (all columns but ``id``,
            ``_row``, ``_src`` and those of ``earliest`` and ``told`` tell the sort).
        earliest: columns of days of which, of a sort, the earliest is kept, or none where one of the rows has none: that day may be any.
        told: columns that findings only tell of, of which, of a sort, any is kept.
    """

    table: str
    concerned: pl.Expr
    columns: Mapping[str, pl.Expr]
    where: pl.Expr | None = None
    explode: tuple[str, ...] = ()
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: tuple[str, ...] | None = None
    measures: Mapping[str, Operation] = field(default_factory=dict)
    sample: bool = False
    earliest: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    given: Mapping[str, pl.Expr] = field(default_factory=dict)
    of_topic: pl.Expr | None = None

    @property
    def expressions(self) -> list[pl.Expr]:
        """All that is worked out of the rows that may count."""
        return [*self.given.values(), *self.columns.values(), *([] if self.where is None else [self.where])]

    @cached_property
    def reads(self) -> list[str]:
        """The columns that are read of the rows that may count."""
        return sorted({n for e in self.expressions for n in e.meta.root_names()} - self.given.keys())

    def query(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """What a batch contributes, before it is sampled; ``rows`` are those of it that may count, with the given columns."""
        rows = rows if self.where is None else rows.filter(self.where)
        made = rows.select(expression.alias(name) for name, expression in self.columns.items())
        for name in self.explode:
            made = made.explode(name)
        if self.items:
            made = made.filter(*(pl.col(name).is_in(list(values)) for name, values in self.items.items()))
        if self.keys is None:
            return made.with_columns(_ONE) if self.sample else made
        return made.group_by(self.keys).agg(_measure(name, operation) for name, operation in self.measures.items())

    def sampled(self, partial: pl.DataFrame) -> pl.DataFrame:
        """What a batch contributes, sampled where the reduction is."""
        return self._sampled(partial) if self.sample and self.keys is None else partial

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What rows contribute that may count."""
        read = rows.lazy()
        for step in in_steps(self.given):
            read = read.with_columns(step)
        return self.sampled(self.query(read).collect())

    def of_no_rows(self) -> pl.DataFrame:
        """What a table without rows contributes."""
        fields = TABLES[self.table].fields
        schema: dict[str, Any] = {n: f.dtype for n, f in fields.items()}
        schema |= {ROW: pl.Int64, SRC: pl.Int32, REJECTED: pl.Boolean, CONTRADICTED: pl.String, TOPIC_LIKE: pl.String}
        return self.partial(pl.DataFrame(schema=schema))

    def merge(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Partial results of several batches as one."""
        if len(partials) == 1:
            return partials[0]
        whole = pl.concat(partials, how="vertical_relaxed")
        if self.keys is None:
            return self._sampled(whole) if self.sample else whole
        return whole.group_by(self.keys).agg(_merged(name, operation) for name, operation in self.measures.items())

    def finish(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """The result: rows in the order in which they were read, the rejected ones in their places; groups in no order."""
        whole = self.merge(partials)
        if self.keys is not None:
            return whole
        order = [n for n in (SRC, ROW, "id") if n in whole.columns]
        if order:
            whole = whole.sort(order, nulls_last=True, maintain_order=True)
        return whole.drop(_STANDS_FOR) if self.sample else whole

    def regrouped(self, groups: pl.DataFrame) -> pl.DataFrame:
        """Groups whose keys were changed, those that share their keys now as one."""
        assert self.keys is not None
        return groups.group_by(self.keys).agg(_merged(name, operation) for name, operation in self.measures.items())

    def _sampled(self, rows: pl.DataFrame) -> pl.DataFrame:
        # Counted in records, not in rows: a partial result that was sampled already makes the whole one too.
        if rows[_STANDS_FOR].sum() <= MAX_LISTED_UNCERTAIN:
            return rows
        sort = [n for n in rows.columns if n not in ("id", ROW, SRC, _STANDS_FOR, *self.earliest, *self.told)]
        one = [pl.col("id").min(), *(pl.lit(None, dtype=rows.schema[n]).alias(n) for n in (ROW, SRC) if n in rows.columns)]
        one += [pl.when(~pl.col(n).is_null().any()).then(pl.col(n).min()).alias(n) for n in self.earliest]
        one += [pl.col(n).min() for n in self.told]
        return rows.group_by(sort).agg(*one, pl.col(_STANDS_FOR).sum()).select(rows.columns)


def _measure(name: str, operation: Operation) -> pl.Expr:
    column = pl.col(name)
    return column.drop_nulls().unique().sort() if operation == "values" else _merged(name, operation)


def _merged(name: str, operation: Operation) -> pl.Expr:
    column = pl.col(name)
    if operation == "values":
        return column.explode().drop_nulls().unique().sort()
    merged: pl.Expr = getattr(column, operation)()
    return merged


@dataclass(frozen=True)
class Link:
    """What other records say of a record, put beside it by a key.

    ``reductions`` are grouped by the one column ``key``, which :func:`link_key` has made; their measures become columns of the record's
    batch, null where no other record names its key. Several reductions of the same measures are merged. With ``among``, only keys that
    this reduction has are kept.
    """

    name: str
    on: str
    """The field of the record that holds the key."""
    reductions: tuple[Reduction, ...]
    among: Reduction | None = None
    keep: tuple[str, int] | None = None
    """A measure and what it must amount to at least for a key to be kept; all keys where None."""

    @property
    def needed(self) -> list[Reduction]:
        """What must be known for it: that of ``among`` first, where there is one."""
        return [*([] if self.among is None else [self.among]), *self.reductions]

    @property
    def measures(self) -> list[str]:
        """The columns that are put beside a record."""
        return list(self.reductions[0].measures)


def usable(applies: pl.Expr) -> pl.Expr:
    """Rows that may count: those that a rule concerns, or of which that is unknown."""
    return applies.fill_null(True)


def roster_reduction(topics: Sequence[str], present: Mapping[str, frozenset[str]]) -> dict[str, Reduction]:
    """The roster's rows for topics, under ``roster``; nothing where no roster is given.

    A topic that the pack does not know, and that may be one of them, is a blank.
    """
    if not {"topic", "subject"} <= present.get("roster", frozenset()):
        return {}
    names = ("topic", "subject", "since", "until", "unit", REJECTED, "id", ROW, SRC)
    may_be = pl.col(TOPIC_LIKE).is_not_null()
    where = pl.col("topic").is_in(list(topics)).fill_null(True) | may_be
    columns = {n: pl.col(n) for n in names} | {"topic": pl.when(~may_be).then(pl.col("topic"))}
    return {"roster": Reduction("roster", where, columns)}


def expected_subjects(reduced: Mapping[str, Any]) -> tuple[pl.DataFrame, list[Judged]]:
    """Who is expected by the roster (``topic subject since until unit``), and what keeps that list from being whole."""
    rows = reduced.get("roster")
    if rows is None:
        fields = TABLES["roster"].fields
        return pl.DataFrame(schema={n: fields[n].dtype for n in ("topic", "subject", "since", "until", "unit")}), []
    sure = rows.filter(~pl.col(REJECTED)).drop_nulls(["subject", "topic"])
    unsure = len(rows) - len(sure)
    missing = ("roster.subject",)
    return sure, [Judged(Outcome.INDETERMINATE, missing=missing, facts={"roster_rows": unsure})] if unsure else []
