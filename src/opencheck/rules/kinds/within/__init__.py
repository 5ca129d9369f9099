"""``within``: something must happen by the end of a limit that starts with an event.

Reading: the day of the event is not counted (民法典第二百零一条; 政府信息公开 periods likewise); the limit ends with the end of
its last day; the same day or earlier is in time. Of several linked events the first counts. A limit in working days
follows the State Council's calendar and never needs rolling forward. An extension counts only where it was notified within the
first period; working days that the statute does not count are added to the period: those that the ledger states, or those between the
dates of a suspension, whichever are more; more than have passed are a contradiction. A period that starts anew (条例第三十条: a
corrected request) runs from that day if the correction was asked for within the first period; while that day is not known nobody is
accused, and where only the day of the corrected request is known, after the first period, it is open whether it started anew. What is
done within the days that are surely there is in time even where the calendar ends.
Records are linked by id, by a document's number or by title.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any, ClassVar, NamedTuple

import polars as pl

from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import Duration
from opencheck.records.tables import TABLES
from opencheck.rules.context import DanglingReferences, RuleContext
from opencheck.rules.expressions import Step, day_of, outcome_expr
from opencheck.rules.judgement import Judgement
from opencheck.rules.kinds.within.declaration import Restart, Suspension, WithinDeclaration, other_units
from opencheck.rules.kinds.within.sentences import limit_of, within_message, within_steps
from opencheck.rules.links import link_referring, may_mean_another, missing_of_link
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Operation

__all__ = ["Within"]


class _Done(NamedTuple):
    """When the act was done."""

    by_check: pl.Expr
    """The first day on which it was done, as far as that is known on the day of the check."""
    recorded: pl.Expr
    """The day that is shown: the same, else a later one that is recorded."""
    doubtful: pl.Expr
    """Whether a record without its day may be an earlier act."""
    facts: dict[str, pl.Expr]


class _Due(NamedTuple):
    """By when the act is due."""

    day: pl.Expr
    surely_in_time: pl.Expr
    """Whether the act is in time although the calendar does not reach the due day."""
    facts: dict[str, pl.Expr]


class _Restarted(NamedTuple):
    """Whether the period starts anew."""

    fresh: pl.Expr
    unclear: pl.Expr
    """Whether it may: the corrected request has not come, or when it was asked for is not known."""
    too_late: pl.Expr
    """Whether that was asked for only after the first period."""


class Within(WithinDeclaration):
    """Done by the end of a limit after an event; see the module for the reading."""

    name: ClassVar[str] = "within"
    open_only: ClassVar[bool] = True

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        table, name = self.target(rule)
        return [self.from_] if table else [name]

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        table, name = self.target(rule)
        start, fresh = self._start(rule, context)
        done = self._done(rule, context, table, name)
        due = self._due(rule, context, start, done.by_check)
        doubtful = done.doubtful | due.facts.get("waiting", pl.lit(False))
        overstated = due.facts.get("overstated", pl.lit(False))
        known = pl.lit(self._known(rule, context, table, name)) | ~done.recorded.is_null()
        ambiguous = done.facts.get("ambiguous", pl.lit(False))
        if self.also and "ambiguous" in done.facts:
            # What the record's own row says in time needs no reference.
            own = pl.col(self.also)
            ambiguous = ambiguous & ~((own <= context.as_of) & (own <= due.day)).fill_null(False)
            done.facts["ambiguous"] = ambiguous
        codes = outcome_expr(
            context.applies(rule),
            (start.is_null(), Outcome.INDETERMINATE),
            (ambiguous & due.day.is_null(), Outcome.INDETERMINATE),
            (due.day.is_null() & due.surely_in_time, Outcome.PASS),
            (due.day.is_null(), Outcome.INDETERMINATE),
            (~known & (due.day > context.as_of), Outcome.PENDING),
            (~known | ambiguous | overstated, Outcome.INDETERMINATE),
            (done.by_check <= due.day, Outcome.PASS),
            ((done.by_check > due.day) & ~doubtful, Outcome.VIOLATION),
            (due.day > context.as_of, Outcome.PENDING),
            (doubtful, Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, due.day, done.recorded, {"start": start, "fresh": fresh} | done.facts | due.facts)

    def _start(self, rule: RuleSpec, context: RuleContext) -> tuple[pl.Expr, pl.Expr]:
        """The day from which the period runs, and whether that is the one from which it runs anew."""
        start = day_of(rule.on, self.from_)
        if self.restarts is None:
            return start, pl.lit(False)
        fresh = self._restart(rule, context, self.restarts).fresh
        return pl.when(fresh).then(pl.col(self.restarts.on)).otherwise(start), fresh

    def _restart(self, rule: RuleSpec, context: RuleContext, by: Restart) -> _Restarted:
        """Whether a period starts anew: only where that was asked for within the first one, with what lengthens it."""
        start = day_of(rule.on, self.from_)
        number = context.from_day(self.from_, "number", "working")
        stated = pl.col(self.not_counted).fill_null(0) if self.not_counted else pl.lit(0)
        last = number + context.from_day(self.from_, "span", self.limit) + stated
        if self.suspended:
            waited = [self._suspended(s, context, start, last).fill_null(0) for s in self.suspended]
            last = last - stated + pl.max_horizontal(stated, reduce(lambda a, b: a + b, waited))
        if self.extended_by_notice:
            extended = context.from_day(self.extended_by_notice, "before", "working") < last
            extended = extended & (pl.col(self.extended_by_notice) <= context.as_of)
            last = last + pl.when(extended).then(context.from_day(self.from_, "extension", self.limit)).otherwise(0)
        asked, anew = pl.col(by.asked), pl.col(by.on)
        came = (anew <= context.as_of) & (anew >= start)
        was_asked = asked <= context.as_of
        in_time = was_asked & (context.from_day(by.asked, "before", "working") < last)
        # The corrected request came after it was asked for.
        surely_in_time = asked.is_null() & (context.from_day(by.on, "before", "working") < last)
        # A column: it stands in all that depends on the day from which the period runs.
        fresh = context.shared(f"_{rule.id}|fresh", (came & (in_time | surely_in_time)).fill_null(False))
        unclear = (came & asked.is_null()).fill_null(False)
        return _Restarted(
            fresh, ~fresh & (in_time.fill_null(False) | unclear), was_asked.fill_null(False) & ~in_time.fill_null(True)
        )

    def _known(self, rule: RuleSpec, context: RuleContext, table: str | None, name: str) -> bool:
        """Whether the source has the field that says when it was done."""
        if table is None:
            return name in context.present.get(rule.on, ())
        if table not in context.present and self.also in context.present.get(rule.on, ()):
            return True
        return self._linked_known(rule, context, table, name)

    def _linked_known(self, rule: RuleSpec, context: RuleContext, table: str, name: str) -> bool:
        """Whether the linked table has that field, and the one that refers to this table."""
        linked = rule.require.linked
        return linked is not None and {name, linked.by} <= context.present.get(table, frozenset())

    def _done(self, rule: RuleSpec, context: RuleContext, table: str | None, name: str) -> _Done:
        linked = rule.require.linked
        if table is None or linked is None:
            actual = day_of(rule.on, name)
            return _Done(pl.when(actual <= context.as_of).then(actual), actual, pl.lit(False), {})
        nothing = pl.lit(None, dtype=pl.Date)
        own = pl.col(self.also) if self.also else nothing
        own_first = pl.when(own <= context.as_of).then(own)
        if not self._linked_known(rule, context, table, name):
            return _Done(own_first, own, pl.lit(False), {"ambiguous": pl.lit(False)})
        day = day_of(table, name)
        measures: dict[str, tuple[pl.Expr, Operation]] = {
            "first": (pl.when(day <= context.as_of).then(day), "min"),
            "any": (day, "min"),
            "undated": (context.open_where_blank(table, name).cast(pl.Int64), "sum"),
            "entered": (pl.when(context.undated(table, name)).then(pl.col("id")), "values"),
            "n": (pl.lit(1, dtype=pl.Int64), "sum"),
        }
        date_field = pl.lit(f"{table}.{name}")
        prefixes = link_referring(rule.on, linked, context, f"_{table}:{name}", measures)
        name = f"_{table}:{name}~{self.also}"
        first = context.shared(f"{name}|first", pl.min_horizontal(own_first, *(pl.col(f"{p}|first") for p in prefixes)))
        recorded = pl.min_horizontal(own, *(pl.col(f"{p}|any") for p in prefixes))
        undated = pl.max_horizontal(pl.col(f"{p}|undated").fill_null(0) for p in prefixes) > 0
        links = pl.max_horizontal(pl.col(f"{p}|n").fill_null(0) for p in prefixes)
        facts = {
            "entered": pl.coalesce(*(pl.col(f"{p}|entered") for p in prefixes)),
            "entered_without": date_field,
            "links": links,
            "undated": undated,
            "ambiguous": may_mean_another(rule.on, linked, context),
        }
        actual = context.shared(f"{name}|actual", pl.when(first.is_null()).then(recorded).otherwise(first))
        return _Done(first, actual, undated, facts)

    def _due(self, rule: RuleSpec, context: RuleContext, start: pl.Expr, done: pl.Expr) -> _Due:
        calendar = context.calendar
        span = self._by_start(rule, context, "span")
        # A due day beyond the last known one is later than every known day.
        inside = (start >= calendar.first_known) & (done <= calendar.last_known) & span.is_not_null()
        surely = (inside | ((done - start).dt.total_days() <= span)).fill_null(False)
        if not self.varies_by_record:
            return _Due(context.deadline(self.from_, self.limit), surely, {})
        number = self._by_start(rule, context, "number")
        stated = pl.col(self.not_counted).fill_null(0) if self.not_counted else pl.lit(0)
        facts: dict[str, pl.Expr] = {}
        if self.suspended:
            counted = reduce(
                lambda a, b: a + b, [self._suspended(s, context, start, number + span + stated) for s in self.suspended]
            )
            facts |= {"unanswered": counted.is_null(), "suspended": counted}
            excluded: pl.Expr = pl.when(counted.is_not_null()).then(pl.max_horizontal(stated, counted))
            surely = surely & counted.is_not_null()
        else:
            excluded = stated
        base: pl.Expr = context.workday(f"_{rule.id}|base", number + span + excluded)
        facts |= {"base_due": base, "excluded": excluded}
        if self.not_counted and self.target(rule)[0] is None:
            done_on = self.target(rule)[1]
            passed = context.from_day(done_on, "number", "working") - context.from_day(self.from_, "number", "working")
            without = context.from_day(done_on, "before", "working") < number + span
            facts["overstated"] = ((stated > passed) & ~without & (pl.col(done_on) <= context.as_of)).fill_null(False)
        if self.suspended:
            # In time without any suspension, whatever it was.
            plain = context.workday(f"_{rule.id}|plain", number + span + stated)
            base = pl.when(base.is_null() & (done <= plain)).then(plain).otherwise(base)
        if self.restarts:
            restarted = self._restart(rule, context, self.restarts)
            facts |= {"waiting": restarted.unclear, "asked_late": restarted.too_late}
        if not self.extended_by_notice:
            return _Due(base, surely, facts)
        extension = self._by_start(rule, context, "extension")
        notice = pl.col(self.extended_by_notice)
        extended = context.workday(f"_{rule.id}|extended", number + span + excluded + extension)
        valid = (notice <= base) & (notice <= context.as_of)
        facts |= {"notice": notice, "extended": valid.fill_null(False)}
        if self.suspended:
            # What was in time without any suspension was so with the extension, too.
            valid = valid & ~(counted.is_null() & (done <= base)).fill_null(False)
        return _Due(pl.when(valid).then(extended).otherwise(base), surely, facts)

    def _by_start(self, rule: RuleSpec, context: RuleContext, what: str) -> pl.Expr:
        """A look-up in the calendar or the norms by the day from which the period runs: its first day, or that from which it runs anew."""
        value: Any = "working" if what == "number" else self.limit
        first = context.from_day(self.from_, what, value)
        if self.restarts is None:
            return first
        fresh = self._start(rule, context)[1]
        return pl.when(fresh).then(context.from_day(self.restarts.on, what, value)).otherwise(first)

    @staticmethod
    def _suspended(by: Suspension, context: RuleContext, start: pl.Expr, last: pl.Expr) -> pl.Expr:
        """The number of working days of a suspension; null where the calendar or its own limit does not tell."""
        stopped, answered = pl.col(by.from_), pl.col(by.to)
        from_number = context.from_day(by.from_, "number", "working")
        to_number = context.from_day(by.to, "number", "working")
        open_ = answered.is_null() | (answered > context.as_of)
        waited = (
            pl.when(open_).then(context.from_day(by.from_, "span", by.at_most)).otherwise((to_number - from_number).clip(0))
        )
        in_time = context.from_day(by.from_, "before", "working") < last
        concerned = ((stopped <= context.as_of) & (stopped >= start) & in_time).fill_null(False)
        return pl.when(concerned).then(waited).otherwise(pl.lit(0, dtype=pl.Int64))

    def dangling(self, rule: RuleSpec, context: RuleContext) -> tuple[str, str, str] | None:
        table, name = self.target(rule)
        linked = rule.require.linked
        if not (linked and table) or not self._linked_known(rule, context, table, name):
            return None
        return table, linked.by, name

    def settle_dangling(self, rule: RuleSpec, rows: pl.DataFrame, found: DanglingReferences) -> pl.DataFrame:
        """A record with no linked one is not accused while a linked record of one of its offices points to nothing.

        Reading: nor is one of which all linked ones came late, where such a record is of a day of its own period and does not say what it
        refers to. One that names something else, or is of another day, is not taken for a second one of this record.
        """
        if "links" not in rows.columns:
            return rows
        late = pl.col("links") > 0
        bounds = rows.select(_cells_of_units(rule), first=pl.when(late).then("start"), last=pl.when(late).then("due"))
        rows = rows.with_columns(found.possible(*bounds.iter_columns()))
        open_ = (pl.col("_code") == Outcome.VIOLATION.code) & (pl.col("stray").list.len() > 0)
        codes = [name for name in ("_code", "_own") if name in rows.columns]
        return rows.with_columns(
            *(pl.when(open_).then(Outcome.INDETERMINATE.code).otherwise(name).cast(pl.Int8).alias(name) for name in codes),
            pl.when(open_).then("stray").alias("stray"),
        )

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        table, name = self.target(rule)
        if found.get("start") is None:
            return [self.from_]
        if found.get("unanswered") and found.get("due") is None:
            suspensions = [s for s in self.suspended if found.get(s.from_) is not None]
            return [s.to for s in suspensions if (day := found.get(s.to)) is None or day > context.as_of]
        if found.get("due") is None:
            return []
        if found.get("overstated") and self.not_counted:
            return [self.not_counted]
        if found.get("waiting") and self.restarts:
            came = found.get(self.restarts.on)
            return [self.restarts.on if came is None or came > context.as_of else self.restarts.asked]
        linked = rule.require.linked
        if table is None or linked is None:
            return [name]
        if found.get("stray") or found.get("ambiguous"):
            return [f"{table}.{linked.by}"]
        return missing_of_link(linked, name, context)

    def lateness_span(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> Duration | None:
        limit = limit_of(self, found, context)
        return limit.duration if limit else None

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        return within_message(self, rule, found, context)

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        return within_steps(self, rule, found, context)


def _cells_of_units(rule: RuleSpec) -> pl.Expr:
    """The cells of a record that name its offices; null where nobody is said to be responsible, for it may be anyone's."""
    fields = TABLES[rule.on].fields
    others = [pl.col(n).fill_null([]) if fields[n].kind == "list" else pl.col(n) for n in other_units(rule)]
    return pl.when(pl.col("unit").is_not_null()).then(pl.concat_list("unit", *others).list.drop_nulls())
