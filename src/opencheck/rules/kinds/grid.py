"""``grid``: everything on a list must be there, in one set of records or in each subject's.

Reading: the records of a group fill the cells together, and may do so apart in time; a cell is filled by what was published by the day
of the check. Lists in the clauses end with "and so on": they are minima, more is no fault. What is absent is a violation once the
grid is due, before that it is pending. In an ordered grid a later cell that is filled before an earlier one is a violation at once.
A record that may fill a cell, but of which a fact is blank or whose row was rejected, keeps the absence from being called a violation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import narwhals as nw
import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from opencheck.core.localized import LocalizedName
from opencheck.core.outcomes import QUIET, Outcome
from opencheck.core.periods import Every, Period, periods_between
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import iter_tests
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, need_field, place_tag, untagged
from opencheck.rules.judgement import Judged
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Axis",
    "Grid",
]


Cell = tuple[str, ...]


class Axis(BaseModel):
    """One axis of the grid: a field, and the values that must all occur in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    values: Annotated[list[str], Field(min_length=1)]


@dataclass
class _Groups:
    """The groups that were seen, what fills their cells, and the records that may."""

    seen: pl.DataFrame
    filled: pl.DataFrame
    doubts: pl.DataFrame


class Grid(Kind):
    """All cells of a list, or of a grid of two lists, are filled; see the module for the reading."""

    name: ClassVar[str] = "grid"
    about: ClassVar[str] = "set"

    axes: Annotated[list[Axis], Field(min_length=1)]
    per: Annotated[str | None, Field(description="text field: one grid for each of its values; else one in all")] = None
    every: Annotated[Every | None, Field(description="one grid for each period that the pack covers; else one in all")] = None
    done: Annotated[str | None, Field(description="date field without which a record fills nothing")] = None
    nameless: Annotated[
        Literal["apart", "together"],
        Field(description="records without 'per': cannot be told apart, or are one set where no record names any"),
    ] = "apart"
    in_order: Annotated[bool, Field(description="whether the first axis must be filled in its order")] = False
    once: Annotated[str | None, Field(description="the grid is due once this value of the first axis is there")] = None
    due: Annotated[
        Literal["covers_end", "period_end"], Field(description="end of the days that the pack covers, or end of the period")
    ] = "covers_end"

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        for axis in self.axes:
            need_field(rule.on, axis.field, "text", "list")
            vocabulary = TABLES[rule.on].fields[axis.field].vocabulary
            for value in axis.values if vocabulary else []:
                if vocabulary and value not in vocabulary.values:
                    raise ValueError(f"{axis.field}: {value!r} is none of {', '.join(vocabulary.values)}")
        if self.per:
            need_field(rule.on, self.per, "text")
        if self.done:
            need_field(rule.on, self.done, "date")
        if self.in_order and not self.done:
            raise ValueError("'in_order' needs 'done': the days that are compared")
        if self.once is not None and self.once not in self.axes[0].values:
            raise ValueError(f"'once: {self.once}' is no value of the first axis")
        if self.due == "period_end" and not self.every:
            raise ValueError("'due: period_end' needs 'every'")
        if self.every:
            need_field(rule.on, "period", "period")

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        names = [a.field for a in self.axes] + [n for n in (self.per, self.done) if n]
        return {(rule.on, n) for n in (*names, *(("period", "formed_on") if self.every else ()))}

    def elements_of(self, rule: Rule) -> list[str]:
        """See :meth:`Kind.elements_of`."""
        return [v for a in self.axes if a.field == "elements" for v in a.values]

    def topics_of(self, rule: Rule) -> list[str]:
        """See :meth:`Kind.topics_of`."""
        return [v for a in self.axes if a.field == "topic" for v in a.values]

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return [self.axes[-1].field]

    @property
    def wanted(self) -> list[Cell]:
        """Every cell, the first axis outermost."""
        return list(product(*(a.values for a in self.axes)))

    def judge(self, rule: Rule, scope: Scope, everything: bool) -> tuple[dict[Outcome, int], list[Judged]]:
        """See :meth:`Kind.judge`."""
        groups = self._gather(rule, scope)
        keys = groups.seen.select("group", "period").iter_rows()
        if self.per is None:
            periods = periods_between(scope.covers.first, scope.covers.last, self.every) if self.every else []
            keys = iter([("", p.name) for p in periods] if self.every else [("", "")])
        filled: dict[tuple[str, str], dict[Cell, date | None]] = {}
        for row in groups.filled.iter_rows(named=True):
            cell = tuple(row[a.field] for a in self.axes)
            filled.setdefault((row["group"], row["period"]), {})[cell] = row["day"]
        place = {cell: number for number, cell in enumerate(self.wanted)}
        filled = {k: dict(sorted(v.items(), key=lambda c: (c[1] or scope.as_of, place[c[0]]))) for k, v in filled.items()}
        about = {(r["group"], r["period"]): r for r in groups.seen.iter_rows(named=True)}
        covered = {p.name for p in periods_between(scope.covers.first, scope.covers.last, self.every)} if self.every else {""}
        counts: dict[Outcome, int] = {}
        result: list[Judged] = []
        for group, period in sorted(keys):
            if period not in covered:
                continue
            judged = self._one(rule, scope, groups, group, period, filled.get((group, period), {}))
            mixed = self.per and not group and about[group, period]["n"] > 1 and self.nameless == "apart"
            if mixed and judged.outcome is not Outcome.PENDING:
                judged.outcome, judged.missing = Outcome.INDETERMINATE, (f"{rule.on}.{self.per}",)
            row = about.get((group, period), {})
            judged.unit = row.get("unit")
            if self.per and row:
                judged.src, judged.row, (judged.record_id,) = untagged(row["_last"])
            counts[judged.outcome] = counts.get(judged.outcome, 0) + 1
            if everything or judged.outcome not in QUIET:
                result.append(judged)
        return counts, result

    def _gather(self, rule: Rule, scope: Scope) -> _Groups:
        group = nw.col(self.per).fill_null("") if self.per else nw.lit("")
        frame = (
            scope.witnesses[rule.on]
            .with_columns(scope.applies(rule).alias("_applies"), group.alias("group"), self._period().alias("period_"))
            .filter(nw.col("_applies").fill_null(True))
        )
        blank = nw.col("_ghost") | ~nw.col("_applies").fill_null(False)
        for axis in self.axes:
            blank = blank | nw.col(axis.field).is_null()
        if self.every:
            blank = blank | (nw.col("period_") == "?")
        day = nw.col(self.done) if self.done else nw.lit(scope.as_of)
        if self.done:
            blank = blank | day.is_null()
        frame = frame.with_columns(blank.alias("_doubt"), day.alias("_day"))
        names = [a.field for a in self.axes]
        known = frame.filter(~nw.col("_doubt") & (nw.col("_day") <= scope.as_of))
        cells = known.select("group", "period_", "_day", *names)
        for axis in self.axes:
            if TABLES[rule.on].fields[axis.field].kind == "list":
                cells = cells.explode(axis.field)
            cells = cells.filter(nw.col(axis.field).is_in(axis.values))
        filled = cells.group_by("group", "period_", *names).agg(nw.col("_day").min().alias("day")).rename({"period_": "period"})
        sure = frame.filter(~nw.col("_ghost") & nw.col("_applies").fill_null(False))
        last = place_tag("id") if self.per else nw.lit("")
        by_group = sure.with_columns(last.alias("_last")).group_by("group", "period_")
        seen = by_group.agg(nw.col("unit").min(), nw.col("_last").max(), nw.len().alias("n")).rename({"period_": "period"})
        asked = [n for n, t in iter_tests(rule.when) if n not in names and t.unknown is None]
        # A record that names no subject may belong to any of them.
        loose = nw.col("_doubt") | (nw.col("group") == "") if self.per else nw.col("_doubt")
        done = nw.col("_day").is_null() | (nw.col("_day") <= scope.as_of)
        # Of what is no axis it matters only whether it is there.
        others = [n for n in dict.fromkeys(asked) if n not in names]
        marks = [nw.when(~nw.col(n).is_null()).then(nw.lit(True)).alias(n) for n in (*others, "_day")]
        doubts = frame.filter(loose & done).select("id", SRC, ROW, "group", "period_", "_ghost", "_applies", *names, *marks)
        return _Groups(scope.fetch(seen), scope.fetch(filled), scope.doubts(doubts))

    def _period(self) -> nw.Expr:
        """The period that a record belongs to: the one it names, else that of the day on which it was formed; ``?`` unknown."""
        if not self.every:
            return nw.lit("")
        formed = nw.col("formed_on")
        named = {"year": nw.col("period").str.slice(0, 4), "month": nw.col("period"), "quarter": nw.col("period")}[self.every]
        by_day = {"year": formed.dt.year().cast(nw.String), "month": formed.dt.to_string("%Y-%m"), "quarter": nw.lit("?")}
        return nw.when(named.is_null()).then(by_day[self.every]).otherwise(named).fill_null("?")

    def _one(
        self, rule: Rule, scope: Scope, groups: _Groups, group: str, period: str, filled: dict[Cell, date | None]
    ) -> Judged:
        absent = [c for c in self.wanted if c not in filled]
        due = Period.parse(period).last_day if self.due == "period_end" else scope.covers.last
        fact: dict[str, Any] = {"filled": dict(filled), "absent": absent}
        if self.once is not None:
            trigger = [d for c, d in filled.items() if c[0] == self.once]
            due = min(trigger, default=None)  # type: ignore[type-var,assignment]
        disorder = self._disorder(filled) if self.in_order else []
        if not absent and not disorder:
            days = [d for d in filled.values() if d is not None]
            return Judged(
                Outcome.PASS,
                subject=group or None,
                period=period or None,
                due=due,
                actual=max(days) if self.done and days else None,
                facts=fact,
            )
        gaps = self._gaps(filled) if self.in_order else []
        missing: tuple[str, ...] = ()
        if disorder:
            outcome = Outcome.VIOLATION
        elif not gaps and (due is None or due > scope.as_of):
            outcome = Outcome.PENDING
        else:
            outcome, missing = self._absent(rule, groups, group, period, gaps or absent, fact)
        fact |= {"disorder": disorder, "gaps": gaps}
        return Judged(outcome, subject=group or None, period=period or None, due=due, facts=fact, missing=missing)

    def _disorder(self, filled: dict[Cell, date | None]) -> list[Cell]:
        """Cells of the first axis that were filled before one that stands before them."""
        found, latest = [], None
        for cell in self.wanted:
            day = filled.get(cell)
            if day is None:
                continue
            if latest is not None and day < latest:
                found.append(cell)
            latest = max(day, latest) if latest else day
        return found

    def _gaps(self, filled: dict[Cell, date | None]) -> list[Cell]:
        """Absent cells that stand before one that is filled."""
        last = max((i for i, c in enumerate(self.wanted) if c in filled), default=-1)
        return [c for c in self.wanted[: last + 1] if c not in filled]

    def _absent(
        self, rule: Rule, groups: _Groups, group: str, period: str, absent: list[Cell], fact: dict[str, Any]
    ) -> tuple[Outcome, tuple[str, ...]]:
        """A violation, unless for every absent cell there is a record that may fill it."""
        if self.per and not group and len(groups.seen.filter(pl.col("group") != "")):
            return Outcome.INDETERMINATE, (f"{rule.on}.{self.per}",)
        doubts = groups.doubts.filter(
            pl.col("group").is_in(["", group]) if self.per else pl.lit(True), pl.col("period_").is_in(["?", period])
        )
        why: dict[str, None] = {}
        possible: set[Cell] = set()
        for row in doubts.iter_rows(named=True):
            fits = [c for c in absent if all(_may(row[a.field], v) for a, v in zip(self.axes, c, strict=True))]
            possible |= set(fits)
            if fits:
                names = [
                    *(a.field for a in self.axes),
                    *(n for n, t in iter_tests(rule.when) if n in row and t.unknown is None),
                ]
                blank = [f"{rule.on}.{n}" for n in names if row[n] is None]
                blank += [f"{rule.on}.{self.per}"] if self.per and not row["group"] and group else []
                blank += [f"{rule.on}.{self.done}"] if self.done and row["_day"] is None else []
                blank += [f"{rule.on}.period"] if row["period_"] == "?" else []
                why |= dict.fromkeys(blank or [f"{rule.on}.rejected"])
        if possible and possible >= set(absent):
            fact["doubtful"] = [r for r in doubts["id"].to_list() if r is not None][:5]
            return Outcome.INDETERMINATE, tuple(why)
        fact["absent"] = [c for c in absent if c not in possible] or absent
        return Outcome.VIOLATION, ()

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: what is incomplete is not late by days."""
        return None, None

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        def words(cell: Cell) -> LocalizedName:
            parts = [scope.named(rule.on, a.field, v) for a, v in zip(self.axes, cell, strict=True)]
            return LocalizedName("·".join(p.zh for p in parts), " / ".join(p.en for p in parts))

        filled: dict[Cell, date | None] = found.get("filled") or {}
        return {
            "subject": found.get("subject"),
            "period": found.get("period") or "",
            "of": LocalizedName(*(f"{found['subject']}：", f"{found['subject']}: "))
            if found.get("subject")
            else LocalizedName("", ""),
            "absent": [words(c) for c in found.get("absent") or ()],
            "disorder": [words(c) for c in found.get("disorder") or ()],
            "days": [LocalizedName(f"{words(c).zh} {d}", f"{words(c).en} {d}") for c, d in filled.items()]
            if self.done
            else None,
            "count": len(self.wanted),
            "have": len([c for c in self.wanted if c in filled]),
            "wanted": [words(c) for c in self.wanted],
            "done_field": (rule.on, self.done) if self.done else None,
            "once": scope.named(rule.on, self.axes[0].field, self.once) if self.once else None,
            "due": found.get("due"),
            "doubtful": found.get("doubtful"),
            "missing": found.get("missing"),
            "as_of": scope.as_of,
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if outcome is Outcome.VIOLATION and found.get("disorder"):
            return "grid.disorder", facts
        if outcome is Outcome.PENDING and self.once is not None:
            return "grid.pending_once", facts
        return f"grid.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        steps: list[Step] = [("step.grid_wanted", facts)]
        if facts["days"]:
            steps.append(("step.grid_days", facts))
        if facts["absent"]:
            steps.append(("step.grid_absent", facts))
        if facts["disorder"]:
            steps.append(("step.grid_disorder", facts))
        if facts["doubtful"]:
            steps.append(("step.doubtful", facts))
        if facts["due"] and found["outcome"] is not Outcome.PASS:
            steps.append(("step.due", facts))
        return steps


def _may(held: Any, wanted: str) -> bool:
    """Whether a field of a doubtful record leaves room for a value."""
    return held is None or (wanted in held if isinstance(held, list) else held == wanted)
