"""``within``: something must happen by the end of a limit that starts with an event.

Reading: the day of the event is not counted (民法典第二百零一条; 政府信息公开 periods likewise); the limit ends with the end of
its last day; the same day or earlier is in time. Of several linked events the first counts. A limit in working days
follows the State Council's calendar and never needs rolling forward. An extension counts only where it was notified within the
first period; working days that the statute does not count are added to the period.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import DatedLimit, LimitSpec, Span
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, day_of, need_field, norm_steps, outcome_chain, undotted
from opencheck.rules.judgement import Judgement, Linked
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Within",
    "counted_days",
    "strays",
]


_AT_ONCE = ("within.late", "within.absent", "within.absent_today", "within.pending")


class Within(Kind):
    """Done by the end of a limit after an event; see the module for the reading."""

    name: ClassVar[str] = "within"

    from_: Annotated[str, Field(alias="from", description="date field of the record: the event, itself not counted")]
    to: Annotated[str, Field(description="date field that must lie in the limit; table.field for a linked table")]
    limit: LimitSpec
    extended_by_notice: Annotated[
        str | None, Field(description="date field: notice of the extension that the statute allows")
    ] = None
    not_counted: Annotated[str | None, Field(description="number field: working days that are not counted")] = None

    def _target(self, rule: Rule) -> tuple[str | None, str]:
        table, _, name = self.to.rpartition(".")
        return table or None, name

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        table, name = self._target(rule)
        need_field(rule.on, self.from_, "date", "datetime")
        need_field(table or rule.on, name, "date", "datetime")
        if isinstance(self.limit, Span) and self.limit.unit == "hours":
            raise ValueError("a limit in hours belongs to 'within_hours'")
        linked = rule.require.linked
        if (table is None) != (linked is None) or (linked and linked.table != table):
            raise ValueError(f"'to: {self.to}' and 'linked' must name the same table")
        if linked:
            need_field(linked.table, linked.by, "text")
        if self.extended_by_notice:
            need_field(rule.on, self.extended_by_notice, "date")
        if self.not_counted:
            need_field(rule.on, self.not_counted, "int")
        if (self.extended_by_notice or self.not_counted) and isinstance(self.limit, Span) and self.limit.unit == "days":
            raise ValueError("an extension and days not counted need a limit in working days")

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        table, name = self._target(rule)
        found = {(rule.on, self.from_), (table or rule.on, name)}
        if rule.require.linked and table:
            by = rule.require.linked.by
            target = TABLES[table].fields[by].column.link
            found |= {(table, by), (table, "unit"), (table, "id"), *({(target, "id")} if target else ())}
        return found | {(rule.on, n) for n in (self.extended_by_notice, self.not_counted) if n}

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        table, name = self._target(rule)
        return [self.from_] if table else [name]

    def plan(self, rule: Rule, scope: Scope) -> Judgement:
        """See :meth:`Kind.plan`."""
        table, name = self._target(rule)
        start = day_of(rule.on, self.from_)
        done, actual, doubt, extras = self._done(rule, scope, table, name)
        due, more = self._due(rule, scope)
        late = done > due
        known = nw.lit(self._known(rule, scope, table, name)) | ~actual.is_null()
        codes = outcome_chain(
            scope.applies(rule),
            (start.is_null(), Outcome.INDETERMINATE),
            (due.is_null(), Outcome.INDETERMINATE),
            (~known & (due > scope.as_of), Outcome.PENDING),
            (~known | extras.get("ambiguous", nw.lit(False)), Outcome.INDETERMINATE),
            (done <= due, Outcome.PASS),
            (late & ~doubt, Outcome.VIOLATION),
            (due > scope.as_of, Outcome.PENDING),
            (doubt, Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, due, actual, {"start": start} | extras | more)

    def _known(self, rule: Rule, scope: Scope, table: str | None, name: str) -> bool:
        """Whether the source records the target at all."""
        if table is None:
            return name in scope.present.get(rule.on, ())
        linked = rule.require.linked
        return linked is not None and {name, linked.by} <= scope.present.get(table, frozenset())

    def _done(
        self, rule: Rule, scope: Scope, table: str | None, name: str
    ) -> tuple[nw.Expr, nw.Expr, nw.Expr, dict[str, nw.Expr]]:
        """The day it was done as known on the check day, the day recorded, whether an undated record leaves doubt."""
        linked = rule.require.linked
        if table is None or linked is None:
            actual = day_of(rule.on, name)
            return nw.when(actual <= scope.as_of).then(actual), actual, nw.lit(False), {}
        prefix = f"_{table}:{name}"

        def make() -> nw.LazyFrame[Any]:
            rows = scope.witnesses[table].filter(~nw.col(linked.by).is_null())
            day = day_of(table, name)
            return (
                rows.with_columns(
                    nw.when(day <= scope.as_of).then(day).alias(f"{prefix}|first"),
                    day.alias(f"{prefix}|any"),
                    day.is_null().cast(nw.Int64).alias(f"{prefix}|undated"),
                )
                .group_by(linked.by)
                .agg(
                    nw.col(f"{prefix}|first").min(),
                    nw.col(f"{prefix}|any").min(),
                    nw.col(f"{prefix}|undated").sum(),
                    nw.len().alias(f"{prefix}|n"),
                )
                .rename({linked.by: f"{prefix}|key"})
            )

        if not self._known(rule, scope, table, name):
            nothing = nw.lit(None, dtype=nw.Date)
            return nothing, nothing, nw.lit(False), {"ambiguous": nw.lit(False)}
        scope.link(prefix, "id", make, of=table)
        first, recorded = nw.col(f"{prefix}|first"), nw.col(f"{prefix}|any")
        undated = nw.col(f"{prefix}|undated").fill_null(0) > 0
        links = nw.col(f"{prefix}|n").fill_null(0)
        extras = {"links": links, "undated": undated, "ambiguous": self._ambiguous(rule, scope, linked) & (links > 0)}
        actual = nw.when(first.is_null()).then(recorded).otherwise(first)
        return first, actual, undated, extras

    def _ambiguous(self, rule: Rule, scope: Scope, linked: Linked) -> nw.Expr:
        """Whether a reference may mean something else: the field's own table has that id too, or several records here have it."""
        target = TABLES[linked.table].fields[linked.by].column.link
        once = rule.on in scope.unique
        if target in (None, rule.on) or (once and target not in scope.frames):
            return nw.lit(False)
        prefix = f"_{rule.on}~{target}"

        def make() -> nw.LazyFrame[Any]:
            named = scope.witnesses[linked.table].select(nw.col(linked.by).alias("_named")).group_by("_named").agg()

            def referred(table: str) -> nw.LazyFrame[Any]:
                return scope.frames[table].select("id").join(named, left_on="id", right_on="_named", how="semi")

            # Only what is referred to can be mistaken, and what is there once is clear.
            others = [referred(target).group_by("id").agg()] if target in scope.frames else []
            if once:
                return others[0].with_columns(nw.lit(2).alias(f"{prefix}|n")).rename({"id": f"{prefix}|key"})
            both = nw.concat([referred(rule.on), *others]).group_by("id").agg(nw.len().alias(f"{prefix}|n"))
            return both.filter(nw.col(f"{prefix}|n") > 1).rename({"id": f"{prefix}|key"})

        scope.link(prefix, "id", make)
        return nw.col(f"{prefix}|n").fill_null(1) > 1

    def _due(self, rule: Rule, scope: Scope) -> tuple[nw.Expr, dict[str, nw.Expr]]:
        if not (self.extended_by_notice or self.not_counted):
            return scope.deadline(self.from_, self.limit), {}
        number = scope.from_day(self.from_, "number", "working")
        span = scope.from_day(self.from_, "span", self.limit)
        excluded = nw.col(self.not_counted).fill_null(0) if self.not_counted else nw.lit(0)
        base = scope.numbered_day(undotted(f"_{rule.id}|base"), number + span + excluded)
        extras = {"base_due": base, "excluded": excluded}
        if not self.extended_by_notice:
            return base, extras
        extension = scope.from_day(self.from_, "extension", self.limit)
        notice = nw.col(self.extended_by_notice)
        extended = scope.numbered_day(undotted(f"_{rule.id}|extended"), number + span + excluded + extension)
        valid = (notice <= base) & (notice <= scope.as_of)
        extras |= {"notice": notice, "extended": valid.fill_null(False)}
        return nw.when(valid).then(extended).otherwise(base), extras

    def refine(self, rule: Rule, rows: pl.DataFrame, scope: Scope) -> pl.DataFrame:
        """A record with no linked one is not accused while a linked record of the same unit points to nothing."""
        table, _ = self._target(rule)
        linked = rule.require.linked
        if not (linked and table) or "links" not in rows.columns:
            return rows
        absent = (pl.col("_code") == Outcome.VIOLATION.code) & (pl.col("links") == 0)
        if not rows.select(absent.any()).item():
            return rows
        anyone, by_unit = self.loose(rule, scope)
        if not (anyone or by_unit):
            return rows
        found = [by_unit.get(unit, anyone) for unit in rows["unit"].to_list()]
        rows = rows.with_columns(pl.Series("stray", found, dtype=pl.List(pl.String)))
        doubtful = absent & (pl.col("stray").list.len() > 0)
        return rows.with_columns(
            pl.when(doubtful).then(Outcome.INDETERMINATE.code).otherwise("_code").cast(pl.Int8).alias("_code"),
            pl.when(doubtful).then("stray").alias("stray"),
        )

    def loose(self, rule: Rule, scope: Scope) -> tuple[list[str], dict[str, list[str]]]:
        """Linked records that point to nothing, five at most: those that may belong to any unit, and for a unit its own with them."""
        table, _ = self._target(rule)
        linked = rule.require.linked
        if not (linked and table) or not self._known(rule, scope, table, self._target(rule)[1]):
            return [], {}
        found = strays(scope, rule.on, table, linked.by)
        anyone = [str(s["id"]) for s in found if s["unit"] is None]
        by_unit: dict[str, list[str]] = {}
        for stray in found:
            if stray["unit"] is not None:
                by_unit.setdefault(stray["unit"], []).append(str(stray["id"]))
        return anyone[:5], {unit: [*anyone, *ids][:5] for unit, ids in by_unit.items()}

    def missing(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[str]:
        """See :meth:`Kind.missing`."""
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
        return [f"{table}.{name}"] if table in scope.present else [table]

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: in the unit of the limit."""
        limit = self._limit(found, scope)
        due, actual = found.get("due"), found.get("actual")
        if limit is None or due is None:
            return super().lateness(rule, found, scope)
        return scope.late(limit.span, due, actual if actual is not None and actual <= scope.as_of else scope.as_of)

    def _limit(self, found: Mapping[str, Any], scope: Scope) -> DatedLimit | None:
        return scope.limit_on(self.limit, found["start"]) if found.get("start") else None

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        name, facts = self._message(rule, found, self._facts(rule, found, scope), scope)
        at_once = facts["limit"] is not None and facts["limit"].number == 0
        return (f"{name}_at_once" if at_once and name in _AT_ONCE else name), facts

    def _message(self, rule: Rule, found: Mapping[str, Any], facts: dict[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
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
            done = found["actual"] is not None and found["actual"] <= scope.as_of
            if not done and found["due"] == scope.as_of:
                return "within.absent_today", facts
            return ("within.late" if done else "within.absent"), facts
        return f"within.{outcome}", facts

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        table, name = self._target(rule)
        target = TABLES[table or rule.on]
        limit = self._limit(found, scope)
        return {
            "from_field": (rule.on, self.from_),
            "to_field": (target.name, name),
            "start": found.get("start"),
            "limit": limit.span if limit else None,
            "due": found.get("due"),
            "actual": found.get("actual"),
            "late_by": found.get("late_by"),
            "late_unit": found.get("late_unit"),
            "missing": found.get("missing"),
            "stray": found.get("stray"),
            "as_of": scope.as_of,
            "last_year": scope.calendar.last_known.year,
        }

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`: the days one by one, the due day, the actual day, the days late."""
        facts = self._facts(rule, found, scope)
        start, due = facts["start"], facts["due"]
        limit = self._limit(found, scope)
        at_once = limit is not None and limit.span.number == 0
        steps: list[Step] = [("step.event_at_once" if at_once else "step.event", facts)] if start else []
        if limit is None:
            return [*steps, *([("within.no_norm", facts)] if start else [])]
        steps += norm_steps(limit, facts)
        reading = "step.reading_working" if limit.span.unit == "working_days" else "step.reading_days"
        steps.append(("step.reading_at_once" if limit.span.number == 0 else reading, facts))
        if found.get("excluded"):
            steps.append(("step.excluded", {**facts, "excluded": found["excluded"]}))
        if found.get("notice"):
            more = {**facts, "notice": found["notice"], "base_due": found.get("base_due"), "extension": limit.extension}
            steps.append(("step.extended" if found.get("extended") else "step.extension_late", more))
        if due is None:
            return [*steps, ("within.calendar", facts)]
        if limit.span.unit == "working_days":
            steps += counted_days(start, due, scope)
        plain = start + timedelta(days=limit.span.number)
        if limit.span.unit == "days" and due != plain:
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


def counted_days(start: date, due: date, scope: Scope) -> list[Step]:
    """One line for each day from the day after ``start`` to ``due``: what it is, and its number where it counts."""
    steps: list[Step] = []
    number = 0
    for day in scope.calendar.days(start, due):
        if day.works:
            number += 1
        steps.append(
            (f"day.{day.kind}", {"day": day.date, "number": number, "holiday_zh": day.name_zh, "holiday_en": day.name_en})
        )
    return steps


def strays(scope: Scope, on: str, table: str, by: str) -> list[dict[str, Any]]:
    """Records of a linked table that point to no record of this one: blank or dangling references."""
    key = f"strays:{on}:{table}:{by}"
    if key not in scope.memo:
        ids = scope.witnesses[on].select(nw.col("id").alias("_target"))
        rows = scope.witnesses[table].join(ids, left_on=by, right_on="_target", how="anti")
        for other in scope.linkers:
            linked = other.require.linked
            if other.on != on and other.on in scope.frames and linked and (linked.table, linked.by) == (table, by):
                theirs = scope.frames[other.on].with_columns(scope.applies(other).fill_null(False).alias("_theirs?"))
                theirs = theirs.filter(nw.col("_theirs?")).select(nw.col("id").alias("_theirs"))
                rows = rows.join(theirs, left_on=by, right_on="_theirs", how="anti")
        scope.memo[key] = scope.rows(rows.select("id", "unit", by, SRC, ROW)).drop(SRC, ROW).to_dicts()
    found: list[dict[str, Any]] = scope.memo[key]
    return found
