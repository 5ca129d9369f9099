"""``within``: something must happen by the end of a limit that starts with an event.

Reading: the day of the event is not counted (民法典第二百零一条; 政府信息公开 periods likewise); the limit ends with the end of
its last day; the same day or earlier is in time. Of several linked events the first counts. A limit in working days
follows the State Council's calendar and never needs rolling forward. An extension counts only where it was notified within the
first period; working days that the statute does not count are added to the period.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import DatedLimit, Duration, LimitSpec
from opencheck.records.dataset import REJECTED
from opencheck.records.tables import TABLES
from opencheck.rules.context import DanglingReferences, RuleContext
from opencheck.rules.expressions import Step, day_of, norm_steps, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import LinkSpec, RuleSpec
from opencheck.rules.reductions import Link, Operation, Reduction
from opencheck.rules.requirement import Kind

__all__ = [
    "Within",
    "counted_days",
]


_AT_ONCE = ("within.late", "within.absent", "within.absent_today", "within.pending")


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
        if self.extended_by_notice:
            require_field(rule.on, self.extended_by_notice, "date")
        if self.not_counted:
            require_field(rule.on, self.not_counted, "int")
        if (self.extended_by_notice or self.not_counted) and isinstance(self.limit, Duration) and self.limit.unit == "days":
            raise ValueError("an extension and days not counted need a limit in working days")

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        table, name = self._target(rule)
        found = {(rule.on, self.from_), (table or rule.on, name)}
        if rule.require.linked and table:
            by = rule.require.linked.by
            target = TABLES[table].fields[by].column.link
            found |= {(table, by), (table, "unit"), (table, "id"), *({(target, "id")} if target else ())}
        return found | {(rule.on, n) for n in (self.extended_by_notice, self.not_counted) if n}

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        table, name = self._target(rule)
        return [self.from_] if table else [name]

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        table, name = self._target(rule)
        start = day_of(rule.on, self.from_)
        done, actual, doubt, extras = self._done(rule, context, table, name)
        due, more = self._due(rule, context)
        late = done > due
        known = pl.lit(self._known(rule, context, table, name)) | ~actual.is_null()
        codes = outcome_expr(
            context.applies(rule),
            (start.is_null(), Outcome.INDETERMINATE),
            (due.is_null(), Outcome.INDETERMINATE),
            (~known & (due > context.as_of), Outcome.PENDING),
            (~known | extras.get("ambiguous", pl.lit(False)), Outcome.INDETERMINATE),
            (done <= due, Outcome.PASS),
            (late & ~doubt, Outcome.VIOLATION),
            (due > context.as_of, Outcome.PENDING),
            (doubt, Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, due, actual, {"start": start} | extras | more)

    def _known(self, rule: RuleSpec, context: RuleContext, table: str | None, name: str) -> bool:
        """Whether the source records the target at all."""
        if table is None:
            return name in context.present.get(rule.on, ())
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
        prefix = f"_{table}:{name}"
        if not self._known(rule, context, table, name):
            nothing = pl.lit(None, dtype=pl.Date)
            return nothing, nothing, pl.lit(False), {"ambiguous": pl.lit(False)}
        day = day_of(table, name)
        columns = {
            "key": pl.col(linked.by),
            f"{prefix}|first": pl.when(day <= context.as_of).then(day),
            f"{prefix}|any": day,
            f"{prefix}|undated": day.is_null().cast(pl.Int64),
            f"{prefix}|n": pl.lit(1, dtype=pl.Int64),
        }
        operations: tuple[Operation, ...] = ("min", "min", "sum", "sum")
        measures = dict(zip(list(columns)[1:], operations, strict=True))
        referring = Reduction(table, pl.col(linked.by).is_not_null(), columns, keys=("key",), measures=measures)
        context.link(Link(prefix, "id", (referring,)))
        first, recorded = pl.col(f"{prefix}|first"), pl.col(f"{prefix}|any")
        undated = pl.col(f"{prefix}|undated").fill_null(0) > 0
        links = pl.col(f"{prefix}|n").fill_null(0)
        extras = {"links": links, "undated": undated, "ambiguous": self._ambiguous(rule, context, linked) & (links > 0)}
        actual = pl.when(first.is_null()).then(recorded).otherwise(first)
        return first, actual, undated, extras

    def _ambiguous(self, rule: RuleSpec, context: RuleContext, linked: LinkSpec) -> pl.Expr:
        """Whether a reference may mean something else: the field's own table has that id too, or several records here have it."""
        target = TABLES[linked.table].fields[linked.by].column.link
        once = rule.on in context.unique
        if target in (None, rule.on) or (once and target not in context.present):
            return pl.lit(False)
        prefix = f"_{rule.on}~{target}"

        def having(table: str, weight: int) -> Reduction:
            columns = {"key": pl.col("id"), f"{prefix}|n": pl.lit(weight, dtype=pl.Int64)}
            return Reduction(table, ~pl.col(REJECTED), columns, keys=("key",), measures={f"{prefix}|n": "sum"})

        # What is there once is clear: where ids are unique here, one of the target's makes two.
        own = () if once else (having(rule.on, 1),)
        others = (having(str(target), 2 if once else 1),) if target in context.present else ()
        named = Reduction(linked.table, pl.lit(True), {"key": pl.col(linked.by)}, keys=("key",))
        context.link(Link(prefix, "id", (*own, *others), among=named, keep=(f"{prefix}|n", 2)))
        return pl.col(f"{prefix}|n").fill_null(1) > 1

    def _due(self, rule: RuleSpec, context: RuleContext) -> tuple[pl.Expr, dict[str, pl.Expr]]:
        if not (self.extended_by_notice or self.not_counted):
            return context.deadline(self.from_, self.limit), {}
        number = context.from_day(self.from_, "number", "working")
        span = context.from_day(self.from_, "span", self.limit)
        excluded = pl.col(self.not_counted).fill_null(0) if self.not_counted else pl.lit(0)
        base = context.workday(f"_{rule.id}|base", number + span + excluded)
        extras = {"base_due": base, "excluded": excluded}
        if not self.extended_by_notice:
            return base, extras
        extension = context.from_day(self.from_, "extension", self.limit)
        notice = pl.col(self.extended_by_notice)
        extended = context.workday(f"_{rule.id}|extended", number + span + excluded + extension)
        valid = (notice <= base) & (notice <= context.as_of)
        extras |= {"notice": notice, "extended": valid.fill_null(False)}
        return pl.when(valid).then(extended).otherwise(base), extras

    def dangling(self, rule: RuleSpec, context: RuleContext) -> tuple[str, str] | None:
        table, name = self._target(rule)
        linked = rule.require.linked
        if not (linked and table) or not self._known(rule, context, table, name):
            return None
        return table, linked.by

    def settle_dangling(self, rule: RuleSpec, rows: pl.DataFrame, found: DanglingReferences) -> pl.DataFrame:
        """A record with no linked one is not accused while a linked record of the same unit points to nothing."""
        if "links" not in rows.columns:
            return rows
        possible = [list(found.by_unit.get(unit, found.of_nobody)) for unit in rows["unit"].to_list()]
        rows = rows.with_columns(pl.Series("stray", possible, dtype=pl.List(pl.String)))
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
        if found.get("due") is None:
            return []
        linked = rule.require.linked
        if table is None or linked is None:
            return [name]
        if found.get("stray") or found.get("ambiguous"):
            return [f"{table}.{linked.by}"]
        return [f"{table}.{name}"] if table in context.present else [table]

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
        return f"within.{outcome}", facts

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        table, name = self._target(rule)
        target = TABLES[table or rule.on]
        limit = self._limit(found, context)
        return {
            "from_field": (rule.on, self.from_),
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
