"""What a series asks of the tables: the disclosures that surely fill a subject's period, those that may, and the roster."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import ClassVar

import polars as pl

from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.rules.condition_expressions import compile_conditions, has_unknown_words, unknown_words
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import row_key_text
from opencheck.rules.kinds.series.declaration import SeriesDeclaration
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Operation, Reduction, roster_reduction, usable
from opencheck.rules.subject_periods import (
    PERIOD_SHAPE,
    coarser,
    cumulative_month,
    day_within,
    first_day_of,
    is_of_all_subjects,
    last_day_of,
    period_of_day,
    subjects_of_cell,
)
from opencheck.rules.undated import UNDATED

__all__ = ["DAY_AND_PLACE", "series_reductions"]

DAY_AND_PLACE = "\x1f"
"""What stands in ``done_at`` between the first day of a cell and the place of its record."""
_PERIOD, _WITHIN, _EARLY = "=period", "=within", "=early"
"""Columns that the others are made of; no field begins like them, nor like those that these are made of in turn.

``_WITHIN`` is a day of the period by which a record may be early: of the one that it names where shorter ones count, else of ``_PERIOD``.
"""


def series_reductions(series: SeriesDeclaration, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
    """What surely fills the cells, what may, and who is expected."""
    rows = _SeriesRows(series, rule, context)
    found = roster_reduction(series.rosters(rule), context.present) if series.per else {}
    if series.elements:
        found |= {"seen": rows.seen(), "elements": rows.elements(), "places": rows.places()}
    else:
        found["seen"] = rows.seen_with_days()
    if series.months_of and series.finer_counts:
        by_month = series.model_copy(update={"every": "month", "due": "following_period", "finer_counts": False})
        months = _SeriesRows(by_month, rule, context, of=series.months_of)
        found |= {"months": months.seen_with_days(), "month_doubts": months.doubts()}
    found["doubts"] = rows.doubts()
    return found


class _SeriesRows:
    """The records that may fill a cell of the series: the expressions that its reductions share, and the reductions.

    Args:
        series: what the rule wants.
        rule: the rule.
        context: where it is checked.
        of: the topic of the records, where it is another than the rule's.
    """

    _PUBLISHER: ClassVar[dict[str, Operation]] = {"unit": "min", "n": "sum"}
    _DAYS: ClassVar[dict[str, Operation]] = {"done": "min", "undated": "sum"}

    def __init__(self, series: SeriesDeclaration, rule: RuleSpec, context: RuleContext, *, of: str | None = None) -> None:
        self.series, self.rule, self.context = series, rule, context
        self.applies, of_topic = series.counts(rule, context), context.of_topic(rule)
        if of is not None:
            fields = replace(context.fields(rule.on), as_of=None, unknown_is_any_topic=True)
            of_topic = compile_conditions({"topic": of}, fields)
            self.applies = of_topic & series.whose(context) & context.open()
        self.doubt = self._doubt()
        self.known = ~self.doubt
        self.subject = subjects_of_cell() if series.per else pl.lit("")
        self.per_subject = ("subject",) if series.per else ()
        self.day = pl.col("published_on")
        self.done = pl.when(self.day <= context.as_of)
        self.place = row_key_text("id")
        self.cell = {"subject": self.subject, "period": pl.col(_PERIOD)}
        self.publisher = {"unit": pl.col("unit"), "n": pl.lit(1, dtype=pl.Int64)}
        undated = context.open_where_blank(rule.on, "published_on")
        self.days = {"done": self.done.then(self.day), "undated": undated.cast(pl.Int64)}
        given = _periods(series) | _earliness(series)
        self.reduction = partial(Reduction, rule.on, usable(self.applies), given=given, of_topic=of_topic)

    def _doubt(self) -> pl.Expr:
        """Whether it is not certain that a record fills a cell, and which."""
        period = pl.col(_PERIOD)
        doubt = ~self.applies.fill_null(False) | pl.col(REJECTED)
        doubt = doubt | ~period.str.contains(PERIOD_SHAPE[self.series.every]).fill_null(False)
        if self.series.per:
            doubt = doubt | pl.col("subject").is_null() | is_of_all_subjects()
        if self.series.elements:
            doubt = doubt | pl.col("elements").is_null()
        return doubt | pl.col(_EARLY)

    def seen(self) -> Reduction:
        """Which cells have records at all, and whose."""
        return self.reduction(
            self.cell | self.publisher,
            where=self.known,
            explode=self.per_subject,
            keys=tuple(self.cell),
            measures=self._PUBLISHER,
        )

    def seen_with_days(self) -> Reduction:
        """The same, with the day on which each was first published, and the place of that record."""
        first = {
            "done_at": self.done.then(pl.concat_str(self.day.cast(pl.String), self.place, separator=DAY_AND_PLACE)),
            "undated_at": pl.when(self.day.is_null()).then(self.place),
        }
        firsts: dict[str, Operation] = {"done_at": "min", "undated_at": "min"}
        return self.reduction(
            self.cell | self.publisher | self.days | first,
            where=self.known,
            explode=self.per_subject,
            keys=tuple(self.cell),
            measures=self._PUBLISHER | self._DAYS | firsts,
        )

    def elements(self) -> Reduction:
        """When each wanted element of a cell was first published."""
        return self.reduction(
            self.cell | {"elements": pl.col("elements")} | self.publisher | self.days,
            where=self.known,
            explode=(*self.per_subject, "elements"),
            items={"elements": tuple(self.series.elements)},
            keys=(*self.cell, "elements"),
            measures=self._PUBLISHER | self._DAYS,
        )

    def places(self) -> Reduction:
        """Of several records of a cell that were published on the day that decides, the first, which is shown."""
        return self.reduction(
            self.cell | {"day": self.day, "place": self.place},
            where=self.known,
            explode=self.per_subject,
            keys=(*self.cell, "day"),
            measures={"place": "min"},
        )

    def doubts(self) -> Reduction:
        """The records that may fill a cell, with what is unknown of each."""
        series, rule, context = self.series, self.rule, self.context
        marks = series.marks(rule, context)
        of_one = pl.when(~is_of_all_subjects()).then(self.subject)
        vague, unnamed = self._vague_elements()
        each = [pl.when(pl.col("elements").list.contains(e)).then(pl.lit(e)) for e in series.elements]
        undated = context.undated(rule.on, "published_on")
        columns = {n: pl.col(n) for n in ("id", ROW, SRC, REJECTED)} | {
            "_applies": self.applies,
            "_period": pl.col(_PERIOD),
            "_subject": of_one if series.per else self.subject,
            "_early": pl.col(_EARLY),
            "_named": pl.col("subject").is_not_null(),
            **marks,
            "_has": pl.col("elements").is_not_null() & ~vague if series.elements else pl.lit(True),
            "_unnamed": unnamed,
            "_holds": pl.concat_str(each, separator="、", ignore_nulls=True) if each else pl.lit(""),
            "_day": self.day,
            UNDATED: undated,
        }
        future = (self.day > context.as_of).fill_null(False)
        return self.reduction(
            columns,
            where=(self.doubt | vague | undated) & ~future,
            explode=("_subject",) if series.per else (),
            sample=True,
            earliest=("_day",),
            told=tuple(marks),
        )

    def _vague_elements(self) -> tuple[pl.Expr, pl.Expr]:
        """Whether a record may hold more elements than it names, and the words for elements that nobody knows.

        An attachment may hold any of them; a word that nobody knows may be one of them or stand for several.
        """
        if not self.series.elements:
            return pl.lit(False), pl.lit(None, dtype=pl.List(pl.String))
        held = pl.col("elements")
        elsewhere = held.list.contains(ELSEWHERE)
        terms = self.context.known_terms.get("elements")
        unknown = has_unknown_words("elements", TABLES[self.rule.on].fields["elements"], terms)
        words = unknown_words(held, terms).list.sort()
        return elsewhere | unknown, pl.when(unknown & ~elsewhere & ~pl.col(REJECTED)).then(words)


def _earliness(series: SeriesDeclaration) -> dict[str, pl.Expr]:
    """Whether a record was published before the period ended whose figures it gives, with the columns that it is made of."""
    if not series.falls_due_after_the_period:
        return {_EARLY: pl.lit(False)}
    # Of a shorter period that counts (September for the third quarter) it is enough that it has begun: the rest of the quarter is to come.
    named = pl.col("period") if series.finer_counts else pl.col(_PERIOD)
    within = pl.col(_WITHIN)
    first = last_day_of(named, within)
    if series.finer_counts:
        whole = named.str.contains(PERIOD_SHAPE[series.every])
        first = pl.when(whole).then(first).otherwise(first_day_of(named, within))
    return {_WITHIN: day_within(named), _EARLY: (pl.col("published_on") < first).fill_null(False)}


def _periods(series: SeriesDeclaration) -> dict[str, pl.Expr]:
    """The period that a record names, else that of the day on which it was formed, with the columns that it is made of."""
    made: dict[str, pl.Expr] = {}
    named = pl.col("period")
    if series.finer_counts:
        made |= {_WITHIN: day_within(named), "=coarser": coarser(named, series.every, pl.col(_WITHIN))}
        named = pl.col("=coarser")
    if series.cumulative:  # figures that were out before their last month ended are of another one
        last = pl.col("=last")
        made |= {"=last:within": day_within(named), "=last": last_day_of(named, pl.col("=last:within"))}
        out = (pl.col("published_on") >= last).fill_null(True)
        named = pl.when(out).then(cumulative_month(named, last)).otherwise(named)
    period = pl.when(named.is_null()).then(period_of_day(pl.col("formed_on"), series.every)).otherwise(named)
    return made | {_PERIOD: period}
