"""What ``grid`` needs of a table: the cells that are filled, and the records that may fill more."""

from __future__ import annotations

from functools import partial

import polars as pl

from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.condition_expressions import has_unknown_words, unknown_words
from opencheck.rules.conditions import TOPIC_LIKE, iter_tests
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import known_text, row_key_text
from opencheck.rules.kinds.grid.declaration import GridDeclaration
from opencheck.rules.kinds.grid.order import ON, held
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Operation, Reduction, roster_reduction, usable
from opencheck.rules.subject_periods import PERIOD_SHAPE, coarser, day_within, period_of_day
from opencheck.rules.undated import UNDATED

__all__ = ["grid_reductions"]


_PERIOD = "=period"
"""The column of the period, of which others are made; no field begins like it."""


def grid_reductions(grid: GridDeclaration, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
    """What surely fills the cells, what may, and who has records at all."""
    rows = _GridRows(grid, rule, context)
    found = {"seen": rows.seen(), "filled": rows.filled(), "doubts": rows.doubts()}
    if grid.until and grid.roster:
        found["down"] = rows.down(grid.until)
    return found | (roster_reduction([grid.roster], context.present) if grid.roster else {})


class _GridRows:
    """The records that may fill a cell of the grid: the expressions that its reductions share, and the reductions."""

    def __init__(self, grid: GridDeclaration, rule: RuleSpec, context: RuleContext) -> None:
        self.grid, self.rule, self.context = grid, rule, context
        fields = TABLES[rule.on].fields
        self.names = [a.field for a in grid.axes]
        self.lists = tuple(n for n in self.names if fields[n].kind == "list" or (grid.comprises and n == self.names[-1]))
        self.applies = grid.counts(rule, context)
        self.day = pl.col(grid.done) if grid.done else pl.lit(context.as_of)
        if grid.dated:
            self.day = pl.max_horizontal(self.day, grid.dated)  # what is already there tells no day
        self.held = _held(grid, context)
        self.doubt = self._doubt()
        self.done = ~self.doubt & (self.day <= context.as_of) & self._holds_what_it_must()
        group = known_text(grid.per).fill_null("") if grid.per else pl.lit("")
        self.group = {"group": group, "period": pl.col(_PERIOD)}
        self.axes = {n: _same(grid, n, is_list=fields[n].kind == "list") for n in self.names}
        self.unknown = {n: pl.col(f"=unknown:{n}") for n in self.names}
        """For each axis whether a record holds a word of it that nobody knows."""
        tests = {f"=unknown:{n}": has_unknown_words(n, fields[n], context.known_terms.get(n)) for n in self.names}
        given = _periods(grid, context.covers.first.year) | tests
        of_topic = context.of_topic(rule)
        self.reduction = partial(Reduction, rule.on, usable(self.applies), given=given, of_topic=of_topic)

    def _doubt(self) -> pl.Expr:
        """Whether it is not certain that a record fills a cell, and which; unknown words apart."""
        grid, context = self.grid, self.context
        doubt = pl.col(REJECTED) | ~self.applies.fill_null(False)
        for name in self.names:
            doubt = doubt | pl.col(name).is_null()
        if grid.every:
            doubt = doubt | (pl.col(_PERIOD) == "?")
        if grid.done:
            doubt = doubt | context.open_where_blank(self.rule.on, grid.done)
        for value in grid.holds:
            doubt = doubt | ((pl.col(grid.axes[0].field) == value) & self.held[held(value)].is_null())
        return doubt

    def _holds_what_it_must(self) -> pl.Expr:
        """Whether a record of which that is certain contains the elements without which it is not what its value of the first axis says."""
        first = pl.col(self.grid.axes[0].field)
        return pl.all_horizontal(pl.lit(True), *((first != value) | self.held[held(value)] for value in self.grid.holds))

    def seen(self) -> Reduction:
        """Who has records at all, how many, and when the first was there."""
        grid, day = self.grid, self.day
        begun = pl.min_horizontal("formed_on", pl.when(day <= self.context.as_of).then(day))
        begun = pl.coalesce(begun, day) if grid.done else begun  # what is only planned begins when it is planned
        columns = {
            "unit": pl.col("unit"),
            "last": row_key_text("id") if grid.per else pl.lit(""),
            "n": pl.lit(1, dtype=pl.Int64),
            "event": begun if grid.follow_up else pl.lit(None, dtype=pl.Date),
        }
        return self.reduction(
            self.group | columns,
            where=~pl.col(REJECTED) & self.applies.fill_null(False),
            keys=tuple(self.group),
            measures={"unit": "min", "last": "max", "n": "sum", "event": "min"},
        )

    def filled(self) -> Reduction:
        """The cells that are surely filled, since when, and whether what fills them is still up."""
        columns = {"day": self.day, "stands": _standing(self.grid, self.context).cast(pl.Int64)}
        return self._by_cell(columns, self.done, {"day": "min", "stands": "max"})

    def down(self, until: str) -> Reduction:
        """The cells of records that were taken down, and when."""
        return self._by_cell({"down": pl.col(until)}, self.done & ~_standing(self.grid, self.context), {"down": "max"})

    def _by_cell(self, columns: dict[str, pl.Expr], where: pl.Expr, measures: dict[str, Operation]) -> Reduction:
        return self.reduction(
            self.group | self.axes | columns,
            where=where,
            explode=self.lists,
            items={a.field: tuple(a.values) for a in self.grid.axes},
            keys=(*self.group, *self.names),
            measures=measures,
        )

    def doubts(self) -> Reduction:
        """The records that may fill a cell, with what is unknown of each."""
        grid, rule, context, day, fields = self.grid, self.rule, self.context, self.day, TABLES[self.rule.on].fields
        unsure = self.doubt
        for is_unknown in self.unknown.values():
            unsure = unsure | is_unknown
        # A record that names no subject may belong to any of them.
        loose = unsure | (self.group["group"] == "") if grid.per else unsure
        happened = day.is_null() | (day <= context.as_of)
        blank = context.undated(rule.on, grid.done) if grid.done else pl.lit(False)
        # Of what is no axis it matters only whether it is there.
        others = [n for n, t in iter_tests(rule.when) if n not in self.names and t.unknown is None]
        marks: dict[str, pl.Expr] = {n: pl.when(pl.col(n).is_not_null()).then(pl.lit(True)) for n in dict.fromkeys(others)}
        marks["_day"] = pl.when(day.is_not_null()).then(pl.lit(True))
        marks |= self.held | grid.marks(rule, context) | ({ON: day} if grid.done else {})
        # Of what the roster lets end, it is not known here whether it had ended: the judge looks.
        marks |= {"_sure": ~unsure, UNDATED: blank}
        marks["_stands"] = pl.lit(True) if grid.roster else _standing(grid, context)
        # A word that nobody knows may be any value of the axis; of topics, whatever it resembles.
        maybe: dict[str, pl.Expr] = {n: pl.when(~self.unknown[n]).then(self.axes[n]) for n in self.names}
        if "topic" in maybe:
            maybe["topic"] = pl.when(pl.col(TOPIC_LIKE).is_null()).then(maybe["topic"])
        words: dict[str, pl.Expr] = {f"_word:{n}": pl.when(self.unknown[n]).then(pl.col(n)) for n in self.names}
        places = {n: pl.col(n) for n in ("id", SRC, ROW)}
        return self.reduction(
            {**places, **self.group, REJECTED: pl.col(REJECTED), "_applies": self.applies, **maybe, **marks, **words},
            where=(loose | blank) & happened,
            sample=True,
            earliest=(ON,) if grid.done else (),
            told=(*grid.marks(rule, context), *(n for n in words if fields[n.removeprefix("_word:")].kind != "list")),
        )


def _standing(grid: GridDeclaration, context: RuleContext) -> pl.Expr:
    """Whether a record is still up: on the day of the check, or at the end of the days that the pack covers if that came first."""
    if not grid.until:
        return pl.lit(True)
    return (pl.col(grid.until) >= min(context.as_of, context.covers.last)).fill_null(True)


def _has_all(elements: list[str]) -> pl.Expr:
    return pl.all_horizontal(pl.col("elements").list.contains(e) for e in elements)


def _held(grid: GridDeclaration, context: RuleContext) -> dict[str, pl.Expr]:
    """For each value of the first axis that needs elements whether a record has them.

    Null where a word that nobody knows may be one of them; those words are told, too.
    """
    if not grid.holds:
        return {}
    words = unknown_words(pl.col("elements"), context.known_terms.get("elements")).list.sort()
    vague = (words.list.len() > 0) | pl.col(REJECTED)
    found = {"_word:elements": words}
    for value, elements in grid.holds.items():
        has = _has_all(elements)
        found[held(value)] = pl.when(has | ~vague).then(has)
    return found


def _same(grid: GridDeclaration, name: str, *, is_list: bool) -> pl.Expr:
    """A field of an axis, other values replaced by those that they stand for, and a word for several values by all of them."""
    column = pl.col(name)
    if name != grid.axes[-1].field:
        return column
    if grid.comprises:
        column = column if is_list else pl.when(column.is_not_null()).then(pl.concat_list(column))
        for word, values in grid.comprises.items():
            whole = pl.lit(pl.Series([values], dtype=pl.List(pl.String)))
            column = pl.when(column.list.contains(word)).then(column.list.set_union(whole)).otherwise(column)
    names = {other: value for value, others in grid.stands_for.items() for other in others}
    return column.list.eval(pl.element().replace(names)) if names else column


def _periods(grid: GridDeclaration, first_year: int | None = None) -> dict[str, pl.Expr]:
    """The period that a record belongs to, with the columns that it is made of: the one it names or a part of which it names, else that of
    the day on which it was formed.

    ``?`` where it is not known which: it names none, or a longer one.
    """
    if not grid.every:
        return {_PERIOD: pl.lit("")}
    named = pl.col("=coarser")
    fits = pl.when(named.str.contains(PERIOD_SHAPE[grid.every])).then(named)
    own = pl.when(named.is_null()).then(period_of_day(pl.col("formed_on"), grid.every)).otherwise(fits)
    if grid.any_year:
        lasting = pl.col(grid.axes[0].field).is_in(grid.any_year) & (own < str(first_year))
        own = pl.when(lasting).then(pl.lit(str(first_year))).otherwise(own)
    made = {"=within": day_within(pl.col("period")), "=coarser": coarser(pl.col("period"), grid.every, pl.col("=within"))}
    return made | {_PERIOD: own.fill_null("?")}
