"""``within``: something must happen by the end of a limit that starts with an event.

Reading: the day of the event is not counted (民法典第二百零一条; 政府信息公开 periods likewise); the limit ends with the end of
its last day; the same day or earlier is in time. Of several linked events the first counts. A limit in working days
follows the State Council's calendar and never needs rolling forward. An extension counts only where it was notified within the
first period; working days that the statute does not count are added to the period: those that the ledger states, or those between the
dates of a suspension, whichever are more. A period that starts anew (条例第三十条: a corrected request) runs from that day; while that
day is not known nobody is accused. What is done within the days that are surely there is in time even where the calendar ends.
Records are linked by id, by a document's number or by title.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import reduce
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import DatedLimit, Duration, LimitSpec
from opencheck.records.tables import TABLES
from opencheck.rules.context import DanglingReferences, RuleContext
from opencheck.rules.expressions import Step, day_of, norm_steps, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.links import link_referring, may_mean_another, missing_of_link
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Operation
from opencheck.rules.requirement import Kind

__all__ = [
    "Within",
    "counted_days",
]


_AT_ONCE = ("within.late", "within.absent", "within.absent_today", "within.pending")


class Restart(BaseModel):
    """A period that starts anew: when that was asked for, and the day from which it runs then."""

    model_config = ConfigDict(extra="forbid")

    asked: Annotated[str, Field(description="date field: when the applicant was asked for a correction")]
    on: Annotated[str, Field(description="date field: when the corrected request came")]


class Suspension(BaseModel):
    """Working days that are not counted, from their own dates: those after one day up to another."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: Annotated[str, Field(alias="from", description="date field: the day on which others were asked")]
    to: Annotated[str, Field(description="date field: the day on which they answered")]
    at_most: Annotated[LimitSpec, Field(description="while they have not answered, so many working days")]


class Within(Kind):
    """Done by the end of a limit after an event; see the module for the reading."""

    name: ClassVar[str] = "within"
    open_only: ClassVar[bool] = True

    from_: Annotated[str, Field(alias="from", description="date field of the record: the event, itself not counted")]
    to: Annotated[str, Field(description="date field that must lie in the limit; table.field for a linked table")]
    limit: LimitSpec
    extended_by_notice: Annotated[
        str | None, Field(description="date field: notice of the extension that the statute allows")
    ] = None
    not_counted: Annotated[str | None, Field(description="number field: working days that are not counted")] = None
    restarts: Annotated[Restart | None, Field(description="the period starts anew from another day")] = None
    suspended: Annotated[list[Suspension], Field(description="working days not counted, by their own dates")] = []
    also: Annotated[str | None, Field(description="date field of the record itself that tells the linked day too")] = None

    def _target(self, rule: RuleSpec) -> tuple[str | None, str]:
        table, _, name = self.to.rpartition(".")
        return table or None, name

    def check(self, rule: RuleSpec) -> None:
        table, name = self._target(rule)
        require_field(rule.on, self.from_, "date", "datetime")
        require_field(table or rule.on, name, "date", "datetime")
        if isinstance(self.limit, Duration) and self.limit.unit == "hours":
            raise ValueError("a limit in hours belongs to 'within_hours'")
        linked = rule.require.linked
        if (table is None) != (linked is None) or (linked and linked.table != table):
            raise ValueError(f"'to: {self.to}' and 'linked' must name the same table")
        if linked:
            require_field(linked.table, linked.by, "text")
        for other in (self.extended_by_notice, self.also, *self._other_days()):
            if other:
                require_field(rule.on, other, "date")
        if self.not_counted:
            require_field(rule.on, self.not_counted, "int")
        if self._by_number and isinstance(self.limit, Duration) and self.limit.unit == "days":
            raise ValueError("an extension and days not counted need a limit in working days")

    def _other_days(self) -> list[str]:
        """The fields of what starts the period anew or suspends it."""
        restart = [self.restarts.asked, self.restarts.on] if self.restarts else []
        return [*restart, *(n for s in self.suspended for n in (s.from_, s.to))]

    @property
    def _by_number(self) -> bool:
        """Whether the due day differs by record, so that working days are counted by their numbers."""
        return bool(self.extended_by_notice or self.not_counted or self.restarts or self.suspended)

    @property
    def limit_units(self) -> tuple[str, ...]:
        return ("working_days",) if self._by_number else ("working_days", "days")

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        table, name = self._target(rule)
        found = {(rule.on, self.from_), (table or rule.on, name)}
        if rule.require.linked and table:
            by = rule.require.linked.by
            target = TABLES[table].fields[by].column.link
            found |= {(table, by), (table, "unit"), (table, "id"), *({(target, "id")} if target else ())}
            found |= {(rule.on, n) for n in ("number", "title", *_other_units(rule)) if n in TABLES[rule.on].fields}
        return found | {(rule.on, n) for n in (self.extended_by_notice, self.not_counted, self.also, *self._other_days()) if n}

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        table, name = self._target(rule)
        return [self.from_] if table else [name]

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        table, name = self._target(rule)
        start, fresh = self._start(rule, context)
        done, actual, doubt, extras = self._done(rule, context, table, name)
        due, surely, more = self._due(rule, context, start, done)
        doubt = doubt | more.get("waiting", pl.lit(False))
        late = done > due
        known = pl.lit(self._known(rule, context, table, name)) | ~actual.is_null()
        if self.also and "ambiguous" in extras:
            # What the record's own row says in time needs no reference.
            own = pl.col(self.also)
            extras["ambiguous"] = extras["ambiguous"] & ~((own <= context.as_of) & (own <= due)).fill_null(False)
        codes = outcome_expr(
            context.applies(rule),
            (start.is_null(), Outcome.INDETERMINATE),
            (extras.get("ambiguous", pl.lit(False)) & due.is_null(), Outcome.INDETERMINATE),
            (due.is_null() & surely, Outcome.PASS),
            (due.is_null(), Outcome.INDETERMINATE),
            (~known & (due > context.as_of), Outcome.PENDING),
            (~known | extras.get("ambiguous", pl.lit(False)), Outcome.INDETERMINATE),
            (done <= due, Outcome.PASS),
            (late & ~doubt, Outcome.VIOLATION),
            (due > context.as_of, Outcome.PENDING),
            (doubt, Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, due, actual, {"start": start, "fresh": fresh} | extras | more)

    def _start(self, rule: RuleSpec, context: RuleContext) -> tuple[pl.Expr, pl.Expr]:
        """The day from which the period runs, and whether that is the one from which it runs anew."""
        start = day_of(rule.on, self.from_)
        if self.restarts is None:
            return start, pl.lit(False)
        anew = pl.col(self.restarts.on)
        fresh = ((anew <= context.as_of) & (anew >= start)).fill_null(False)
        return pl.when(fresh).then(anew).otherwise(start), fresh

    def _known(self, rule: RuleSpec, context: RuleContext, table: str | None, name: str) -> bool:
        """Whether the source records the target at all."""
        if table is None:
            return name in context.present.get(rule.on, ())
        if table not in context.present and self.also in context.present.get(rule.on, ()):
            return True
        return self._linked_known(rule, context, table, name)

    def _linked_known(self, rule: RuleSpec, context: RuleContext, table: str, name: str) -> bool:
        """Whether the linked table records the target."""
        linked = rule.require.linked
        return linked is not None and {name, linked.by} <= context.present.get(table, frozenset())

    def _done(
        self, rule: RuleSpec, context: RuleContext, table: str | None, name: str
    ) -> tuple[pl.Expr, pl.Expr, pl.Expr, dict[str, pl.Expr]]:
        """The day it was done as known on the check day, the day recorded, whether an undated record leaves doubt."""
        linked = rule.require.linked
        if table is None or linked is None:
            actual = day_of(rule.on, name)
            return pl.when(actual <= context.as_of).then(actual), actual, pl.lit(False), {}
        nothing = pl.lit(None, dtype=pl.Date)
        own = pl.col(self.also) if self.also else nothing
        own_first = pl.when(own <= context.as_of).then(own)
        if not self._linked_known(rule, context, table, name):
            return own_first, own, pl.lit(False), {"ambiguous": pl.lit(False)}
        day = day_of(table, name)
        measures: dict[str, tuple[pl.Expr, Operation]] = {
            "first": (pl.when(day <= context.as_of).then(day), "min"),
            "any": (day, "min"),
            "undated": (context.open_where_blank(table, name).cast(pl.Int64), "sum"),
            "entered": (pl.when(context.undated(table, name)).then(pl.col("id")), "values"),
            "n": (pl.lit(1, dtype=pl.Int64), "sum"),
        }
        without = pl.lit(f"{table}.{name}")
        prefixes = link_referring(rule.on, linked, context, f"_{table}:{name}", measures)
        name = f"_{table}:{name}~{self.also}"
        first = context.shared(f"{name}|first", pl.min_horizontal(own_first, *(pl.col(f"{p}|first") for p in prefixes)))
        recorded = pl.min_horizontal(own, *(pl.col(f"{p}|any") for p in prefixes))
        undated = pl.max_horizontal(pl.col(f"{p}|undated").fill_null(0) for p in prefixes) > 0
        links = pl.max_horizontal(pl.col(f"{p}|n").fill_null(0) for p in prefixes)
        entered = {"entered": pl.coalesce(*(pl.col(f"{p}|entered") for p in prefixes))}
        extras = entered | {
            "entered_without": without,
            "links": links,
            "undated": undated,
            "ambiguous": may_mean_another(rule.on, linked, context),
        }
        actual = context.shared(f"{name}|actual", pl.when(first.is_null()).then(recorded).otherwise(first))
        return first, actual, undated, extras

    def _due(
        self, rule: RuleSpec, context: RuleContext, start: pl.Expr, done: pl.Expr
    ) -> tuple[pl.Expr, pl.Expr, dict[str, pl.Expr]]:
        """The due day; whether what is done is in time though the calendar does not reach that day; and what findings tell of it."""
        calendar = context.calendar
        span = self._by_start(rule, context, "span")
        # A due day beyond the last known one is later than every known day.
        inside = (start >= calendar.first_known) & (done <= calendar.last_known) & span.is_not_null()
        surely = (inside | ((done - start).dt.total_days() <= span) | ((done <= start) & span.is_not_null())).fill_null(False)
        if not self._by_number:
            return context.deadline(self.from_, self.limit), surely, {}
        number = self._by_start(rule, context, "number")
        stated = pl.col(self.not_counted).fill_null(0) if self.not_counted else pl.lit(0)
        extras: dict[str, pl.Expr] = {}
        if self.suspended:
            counted = reduce(
                lambda a, b: a + b, [self._suspended(s, context, start, number + span + stated) for s in self.suspended]
            )
            extras |= {"unanswered": counted.is_null() & start.is_not_null(), "suspended": counted}
            excluded: pl.Expr = pl.when(counted.is_not_null()).then(pl.max_horizontal(stated, counted))
            surely = surely & counted.is_not_null()
        else:
            excluded = stated
        base: pl.Expr = context.workday(f"_{rule.id}|base", number + span + excluded)
        extras |= {"base_due": base, "excluded": excluded}
        if self.suspended:
            # In time without any suspension, whatever it was.
            plain = context.workday(f"_{rule.id}|plain", number + span + stated)
            base = pl.when(base.is_null() & (done <= plain)).then(plain).otherwise(base)
        if self.restarts:
            was_asked = (pl.col(self.restarts.asked) <= context.as_of).fill_null(False)
            extras["waiting"] = was_asked & ~self._start(rule, context)[1]
        if not self.extended_by_notice:
            return base, surely, extras
        extension = self._by_start(rule, context, "extension")
        notice = pl.col(self.extended_by_notice)
        extended = context.workday(f"_{rule.id}|extended", number + span + excluded + extension)
        valid = (notice <= base) & (notice <= context.as_of)
        extras |= {"notice": notice, "extended": valid.fill_null(False)}
        if self.suspended:
            # What was in time without any suspension was so with the extension, too.
            valid = valid & ~(counted.is_null() & (done <= base)).fill_null(False)
        return pl.when(valid).then(extended).otherwise(base), surely, extras

    def _by_start(self, rule: RuleSpec, context: RuleContext, what: str) -> pl.Expr:
        """What the calendar or the norms tell of the day from which the period runs."""
        value: Any = "working" if what == "number" else self.limit
        first = context.from_day(self.from_, what, value)
        if self.restarts is None:
            return first
        fresh = self._start(rule, context)[1]
        return pl.when(fresh).then(context.from_day(self.restarts.on, what, value)).otherwise(first)

    @staticmethod
    def _suspended(by: Suspension, context: RuleContext, start: pl.Expr, last: pl.Expr) -> pl.Expr:
        """The working days of a suspension; null where they cannot be told."""
        stopped, answered = pl.col(by.from_), pl.col(by.to)
        from_number = context.from_day(by.from_, "number", "working")
        to_number = context.from_day(by.to, "number", "working")
        open_ = answered.is_null() | (answered > context.as_of)
        waited = (
            pl.when(open_).then(context.from_day(by.from_, "span", by.at_most)).otherwise((to_number - from_number).clip(0))
        )
        concerned = ((stopped <= context.as_of) & (stopped >= start) & (from_number <= last)).fill_null(False)
        return pl.when(concerned).then(waited).otherwise(pl.lit(0, dtype=pl.Int64))

    def dangling(self, rule: RuleSpec, context: RuleContext) -> tuple[str, str] | None:
        table, name = self._target(rule)
        linked = rule.require.linked
        if not (linked and table) or not self._linked_known(rule, context, table, name):
            return None
        return table, linked.by

    def settle_dangling(self, rule: RuleSpec, rows: pl.DataFrame, found: DanglingReferences) -> pl.DataFrame:
        """A record with no linked one is not accused while a linked record of one of its offices points to nothing."""
        if "links" not in rows.columns:
            return rows
        cells = rows.select(_cells_of_units(rule)).to_series()
        rows = rows.with_columns(found.possible(cells))
        absent = (pl.col("_code") == Outcome.VIOLATION.code) & (pl.col("links") == 0)
        open_ = absent & (pl.col("stray").list.len() > 0)
        return rows.with_columns(
            pl.when(open_).then(Outcome.INDETERMINATE.code).otherwise("_code").cast(pl.Int8).alias("_code"),
            pl.when(open_).then("stray").alias("stray"),
        )

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        table, name = self._target(rule)
        if found.get("start") is None:
            return [self.from_]
        if found.get("unanswered") and found.get("due") is None:
            suspensions = [s for s in self.suspended if found.get(s.from_) is not None]
            return [s.to for s in suspensions if (day := found.get(s.to)) is None or day > context.as_of]
        if found.get("due") is None:
            return []
        if found.get("waiting") and self.restarts:
            return [self.restarts.on]
        linked = rule.require.linked
        if table is None or linked is None:
            return [name]
        if found.get("stray") or found.get("ambiguous"):
            return [f"{table}.{linked.by}"]
        return missing_of_link(linked, name, context)

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """In the unit of the limit."""
        limit = self._limit(found, context)
        due, actual = found.get("due"), found.get("actual")
        if limit is None or due is None:
            return super().lateness(rule, found, context)
        return context.late(limit.duration, due, actual if actual is not None and actual <= context.as_of else context.as_of)

    def _limit(self, found: Mapping[str, Any], context: RuleContext) -> DatedLimit | None:
        return context.limit_on(self.limit, found["start"]) if found.get("start") else None

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        name, facts = self._message(rule, found, self._facts(rule, found, context), context)
        at_once = facts["limit"] is not None and facts["limit"].number == 0
        return (f"{name}_at_once" if at_once and name in _AT_ONCE else name), facts

    def _message(
        self, rule: RuleSpec, found: Mapping[str, Any], facts: dict[str, Any], context: RuleContext
    ) -> tuple[str, dict[str, Any]]:
        outcome: Outcome = found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if found.get("missing"):
                if found.get("ambiguous"):
                    return "missing.ambiguous", facts
                return "missing.stray" if found.get("stray") else "missing.fact", facts
            if facts["limit"] is None:
                return "within.no_norm", facts
            return "within.calendar", facts
        if outcome is Outcome.VIOLATION:
            done = found["actual"] is not None and found["actual"] <= context.as_of
            if not done and found["due"] == context.as_of:
                return "within.absent_today", facts
            return ("within.late" if done else "within.absent"), facts
        if outcome is Outcome.PASS and found.get("due") is None:
            return "within.pass_known", facts
        return f"within.{outcome}", facts

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        table, name = self._target(rule)
        target = TABLES[table or rule.on]
        limit = self._limit(found, context)
        return {
            "from_field": (rule.on, self.restarts.on if found.get("fresh") and self.restarts else self.from_),
            "to_field": (target.name, name),
            "start": found.get("start"),
            "limit": limit.duration if limit else None,
            "due": found.get("due"),
            "actual": found.get("actual"),
            "late_by": found.get("late_by"),
            "late_unit": found.get("late_unit"),
            "missing": found.get("missing"),
            "stray": found.get("stray"),
            "as_of": context.as_of,
            "last_year": context.calendar.last_known.year,
        }

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        """The days one by one, the due day, the actual day, the days late."""
        facts = self._facts(rule, found, context)
        start, due = facts["start"], facts["due"]
        limit = self._limit(found, context)
        at_once = limit is not None and limit.duration.number == 0
        steps: list[Step] = [("step.event_at_once" if at_once else "step.event", facts)] if start else []
        if limit is None:
            return [*steps, *([("within.no_norm", facts)] if start else [])]
        steps += norm_steps(limit, facts)
        reading = "step.reading_working" if limit.duration.unit == "working_days" else "step.reading_days"
        steps.append(("step.reading_at_once" if limit.duration.number == 0 else reading, facts))
        for by in self.suspended if found.get("suspended") else ():
            if found.get(by.from_) is not None:
                stop_facts = {"asked_field": (rule.on, by.from_), "asked": found[by.from_], "answered_field": (rule.on, by.to)}
                answered = {"answered": found.get(by.to), "days": found["suspended"]}
                steps.append(
                    ("step.suspended" if found.get(by.to) else "step.suspended_open", {**facts, **stop_facts, **answered})
                )
        if found.get("excluded"):
            steps.append(("step.excluded", {**facts, "excluded": found["excluded"]}))
        if found.get("notice"):
            more = {**facts, "notice": found["notice"], "base_due": found.get("base_due"), "extension": limit.extension}
            steps.append(("step.extended" if found.get("extended") else "step.extension_late", more))
        if due is None:
            return [*steps, ("within.calendar", facts)]
        if limit.duration.unit == "working_days":
            steps += counted_days(start, due, context)
        plain = start + timedelta(days=limit.duration.number)
        if limit.duration.unit == "days" and due != plain:
            steps.append(("step.rolled", {**facts, "plain": plain}))
        steps.append(("step.due", facts))
        links = found.get("links")
        if links and links > 1:
            steps.append(("step.first_of", {**facts, "count": links}))
        if found.get("actual") is not None:
            steps.append(("step.actual", facts))
        elif found["outcome"] in (Outcome.VIOLATION, Outcome.PENDING):
            steps.append(("step.not_done", facts))
        if found.get("late_by"):
            steps.append(("step.late", facts))
        return steps


def _other_units(rule: RuleSpec) -> list[str]:
    """The fields besides ``unit`` that name offices of a record: who drafted it, for one."""
    return [n for n, spec in TABLES[rule.on].fields.items() if spec.column.entity == "unit" and n != "unit"]


def _cells_of_units(rule: RuleSpec) -> pl.Expr:
    """The cells of a record that name its offices; null where nobody is said to be responsible, for it may be anyone's."""
    fields = TABLES[rule.on].fields
    others = [pl.col(n).fill_null([]) if fields[n].kind == "list" else pl.col(n) for n in _other_units(rule)]
    return pl.when(pl.col("unit").is_not_null()).then(pl.concat_list("unit", *others).list.drop_nulls())


def counted_days(start: date, due: date, context: RuleContext) -> list[Step]:
    """One line for each day from the day after ``start`` to ``due``: what it is, and its number where it counts."""
    steps: list[Step] = []
    number = 0
    for day in context.calendar.days(start, due):
        if day.works:
            number += 1
        steps.append(
            (f"day.{day.kind}", {"day": day.date, "number": number, "holiday_zh": day.name_zh, "holiday_en": day.name_en})
        )
    return steps
