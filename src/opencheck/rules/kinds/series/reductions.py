"""What a series asks of the tables: the disclosures that surely fill a subject's period, those that may, and the roster."""

from __future__ import annotations

import polars as pl

from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.rules.condition_expressions import has_unknown_words
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import open_to_everybody, row_key_text
from opencheck.rules.kinds.series.declaration import SeriesDeclaration
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Operation, Reduction, roster_reduction, usable
from opencheck.rules.subject_periods import (
    PERIOD_SHAPE,
    coarser,
    day_within,
    is_of_all_subjects,
    last_day_of,
    period_of_day,
    subjects_of_cell,
)
from opencheck.rules.undated import UNDATED

__all__ = ["DAY_AND_PLACE", "series_reductions"]

DAY_AND_PLACE = "\x1f"
"""What stands in ``done_at`` between the first day of a cell and the place of its record."""
_PERIOD, _NAMED, _WITHIN, _EARLY = "=period", "=named", "=within", "=early"
"""Columns that the others are made of; no field begins like them."""


def series_reductions(series: SeriesDeclaration, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
    """What surely fills the cells, what may, and who is expected; empty where the table was not given."""
    if rule.on not in context.present:
        return {}
    applies, period, early = series.counts(rule, context), pl.col(_PERIOD), pl.col(_EARLY)
    given = {_PERIOD: _period_name(series), **_earliness(series)}
    doubt = ~applies.fill_null(False) | pl.col(REJECTED) | period.is_null()
    doubt = doubt | ~period.str.contains(PERIOD_SHAPE[series.every]).fill_null(False)
    if series.per:
        doubt = doubt | pl.col("subject").is_null()
        doubt = doubt | is_of_all_subjects()
    if series.elements:
        doubt = doubt | pl.col("elements").is_null()
    doubt = doubt | early
    concerned, known = usable(applies), ~doubt
    of_topic = context.of_topic(rule, absence=True)
    subject, day = subjects_of_cell() if series.per else pl.lit(""), pl.col("published_on")
    per_subject = ("subject",) if series.per else ()
    keys = {"subject": subject, "period": period}
    done = pl.when(day <= context.as_of)
    counted = {"unit": pl.col("unit"), "n": pl.lit(1, dtype=pl.Int64)}
    undated = context.open_where_blank(rule.on, "published_on")
    dated = {"done": done.then(day), "undated": undated.cast(pl.Int64)}
    place = row_key_text("id", "unit")
    sums: dict[str, Operation] = {"unit": "min", "n": "sum"}
    dates: dict[str, Operation] = {"done": "min", "undated": "sum"}
    found = roster_reduction(series.rosters(rule), context.present) if series.per else {}
    two = ("subject", "period")
    if series.elements:
        own = {"elements": pl.col("elements")}
        items = {"elements": tuple(series.elements)}
        columns = keys | own | counted | dated
        found["seen"] = Reduction(
            rule.on,
            concerned,
            keys | counted,
            where=known,
            explode=per_subject,
            keys=two,
            measures=sums,
            given=given,
            of_topic=of_topic,
        )
        found["elements"] = Reduction(
            rule.on,
            concerned,
            columns,
            where=known,
            explode=(*per_subject, "elements"),
            items=items,
            keys=(*two, "elements"),
            measures=sums | dates,
            given=given,
            of_topic=of_topic,
        )
        # Of several records that were published on the day that decides, the first is shown.
        places = keys | {"day": day, "place": place}
        found["places"] = Reduction(
            rule.on,
            concerned,
            places,
            where=known,
            explode=per_subject,
            keys=(*two, "day"),
            measures={"place": "min"},
            given=given,
            of_topic=of_topic,
        )
    else:
        first = {
            "done_at": done.then(pl.concat_str(day.cast(pl.String), place, separator=DAY_AND_PLACE)),
            "undated_at": pl.when(day.is_null()).then(place),
        }
        firsts: dict[str, Operation] = {"done_at": "min", "undated_at": "min"}
        found["seen"] = Reduction(
            rule.on,
            concerned,
            keys | counted | dated | first,
            where=known,
            explode=per_subject,
            keys=two,
            measures=sums | dates | firsts,
            given=given,
            of_topic=of_topic,
        )
    if series.months_of and series.finer_counts:
        found["months"] = _months(series, rule, context, subject)
    sorts = {n: pl.col(n) for n in ("id", ROW, SRC, REJECTED)} | {
        "_applies": applies,
        "_period": period,
        "_subject": pl.when(~is_of_all_subjects().fill_null(True)).then(subject) if series.per else subject,
        "_early": early,
        "_named": pl.col("subject").is_not_null() if series.per else pl.lit(True),
        **series.marks(rule, context),
    }
    held = pl.col("elements")
    # An attachment may hold any of the elements; a word that nobody knows may be one of them.
    vague, unnamed = pl.lit(False), pl.lit(None, dtype=pl.List(pl.String))
    if series.elements:
        elsewhere = held.list.contains(ELSEWHERE).fill_null(False)
        terms = context.known_terms.get("elements")
        unknown = has_unknown_words("elements", TABLES[rule.on].fields["elements"], terms)
        vague = elsewhere | unknown
        familiar = pl.lit(pl.Series([sorted(terms or ())], dtype=pl.List(pl.String)))
        unnamed = pl.when(unknown & ~elsewhere & ~pl.col(REJECTED)).then(held.list.set_difference(familiar).list.sort())
    sorts["_has"] = held.is_not_null() & ~vague if series.elements else pl.lit(True)
    sorts |= {"_unnamed": unnamed, "_sure": known}
    each = [pl.when(held.list.contains(e)).then(pl.lit(e)) for e in series.elements]
    sorts["_holds"] = pl.concat_str(each, separator="、", ignore_nulls=True) if each else pl.lit("")
    sorts["_day"] = day
    sorts[UNDATED] = context.undated(rule.on, "published_on")
    future = (day > context.as_of).fill_null(False)
    found["doubts"] = Reduction(
        rule.on,
        concerned,
        sorts,
        where=(doubt | vague | sorts[UNDATED]) & ~future,
        explode=("_subject",) if series.per else (),
        sample=True,
        earliest=("_day",),
        told=tuple(series.marks(rule, context)),
        given=given,
        of_topic=of_topic,
    )
    return found


def _earliness(series: SeriesDeclaration) -> dict[str, pl.Expr]:
    """Whether a record was published before the period ended whose figures it gives, with the columns that it is made of."""
    if not series.falls_due_after_the_period:
        return {_EARLY: pl.lit(False)}
    whole = pl.col("period").str.contains(PERIOD_SHAPE[series.every])
    named = pl.when(whole).then(pl.col("period")) if series.finer_counts else pl.col(_PERIOD)
    within = day_within(pl.col(_NAMED))
    ends = last_day_of(pl.col(_NAMED), pl.col(_WITHIN))
    return {_NAMED: named, _WITHIN: within, _EARLY: (pl.col("published_on") < ends).fill_null(False)}


def _months(series: SeriesDeclaration, rule: RuleSpec, context: RuleContext, subject: pl.Expr) -> Reduction:
    """When each month of the topic that may stand for the quarter was published."""
    named, day = pl.col("period"), pl.col("published_on")
    of_topic = pl.col("topic") == series.months_of
    ours = of_topic & series.whose(context) & open_to_everybody()
    known = ours & ~pl.col(REJECTED) & named.str.contains(PERIOD_SHAPE["month"]) & (day <= context.as_of)
    known = known & (day >= last_day_of(named))
    columns = {"subject": subject, "month": named, "unit": pl.col("unit"), "done": day, "place": row_key_text("id", "unit")}
    return Reduction(
        rule.on,
        usable(ours),
        columns,
        where=known.fill_null(False),
        explode=("subject",) if series.per else (),
        keys=("subject", "month"),
        measures={"unit": "min", "done": "min", "place": "min"},
        of_topic=of_topic,
    )


def _period_name(series: SeriesDeclaration) -> pl.Expr:
    """The period that a record names, else that of the day on which it was formed."""
    named = coarser(pl.col("period"), series.every) if series.finer_counts else pl.col("period")
    return pl.when(named.is_null()).then(period_of_day(pl.col("formed_on"), series.every)).otherwise(named)
