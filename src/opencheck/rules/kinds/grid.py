"""``grid``: everything on a list must be there, in one set of records or in each subject's.

Reading: the records of a group fill the cells together, and may do so apart in time; a cell is filled by what was published by the day of
the check, where the clause wants it standing (``until``) only while it has not been taken down (after the days that the pack covers, what
stood at their end counts). A duty that starts with a record of its own (``follow_up``) is due some time after that, or at the end of its
year. Only records of the units and levels that the rule names count, and only what is open. Lists in the clauses end with "and so on": they
are minima, more is no fault. What is absent is a violation once the grid is due, before that it is pending. In an ordered grid a later cell
that is filled before an earlier one is a violation at once. A record that may fill a cell, but of which a fact is blank or whose row was
rejected, keeps the absence from being called a violation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product
from typing import Annotated, Any, ClassVar, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from opencheck.core.errors import alternatives
from opencheck.core.localized import LocalizedName
from opencheck.core.outcomes import Outcome
from opencheck.core.periods import Every, Period, periods_between
from opencheck.core.time_limits import Limit
from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import TOPIC_LIKE, has_strange_words, iter_tests
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, parse_row_key, require_field, row_key_text
from opencheck.rules.judgement import Judged, SetJudgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Operation, Reduction, expected_subjects, roster_reduction, usable
from opencheck.rules.set_kind import SetKind
from opencheck.rules.subject_periods import PERIOD_SHAPE, coarser, period_of_day

__all__ = [
    "Axis",
    "Grid",
]


Cell = tuple[str, ...]

_PERIOD = "=period"
"""The column of the period, of which others are made; no field begins like it."""


class Axis(BaseModel):
    """One axis of the grid: a field, and the values that must all occur in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    values: Annotated[list[str], Field(min_length=1)]


class Grid(SetKind):
    """All cells of a list, or of a grid of two lists, are filled; see the module for the reading."""

    name: ClassVar[str] = "grid"
    needs_covers: ClassVar[bool] = True

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
    until: Annotated[
        str | None,
        Field(description="date field of the last day up: what was taken down by the day of the check fills nothing"),
    ] = None
    follow_up: Annotated[
        Limit | None,
        Field(
            description="with 'per': how long after a subject's first record the rest may follow, where the year ends before"
        ),
    ] = None
    stands_for: Annotated[
        dict[str, list[str]],
        Field(description="for a value of the last axis other values that are the same thing, or part of it"),
    ] = {}
    holds: Annotated[
        dict[str, list[str]], Field(description="for a value of the first axis the elements that its records must contain")
    ] = {}
    any_year: Annotated[
        list[str],
        Field(description="values of the first axis whose records of earlier years still count (plans of several years)"),
    ] = []
    wanted_yearly: Annotated[bool, Field(description="with 'per': whether it is a breach that there is no subject at all")] = (
        False
    )
    roster: Annotated[str | None, Field(description="with 'per': topic of the roster that tells who is expected")] = None
    pooled: Annotated[
        bool,
        Field(
            description="with 'per': subjects that fill one value of the axis only are looked at together (a list for each level)"
        ),
    ] = False

    def check(self, rule: RuleSpec) -> None:
        for axis in self.axes:
            require_field(rule.on, axis.field, "text", "list")
            vocabulary = TABLES[rule.on].fields[axis.field].vocabulary
            for value in axis.values if vocabulary else []:
                if vocabulary and value not in vocabulary.values:
                    raise ValueError(
                        f"{axis.field}: 没有这个值 / {value!r} is none of its values{alternatives(value, vocabulary.values)}"
                    )
        if self.per:
            require_field(rule.on, self.per, "text")
        if self.done:
            require_field(rule.on, self.done, "date")
        if self.in_order and not self.done:
            raise ValueError("'in_order' needs 'done': the days that are compared")
        if self.once is not None and self.once not in self.axes[0].values:
            raise ValueError(f"'once: {self.once}' is no value of the first axis")
        if self.due == "period_end" and not self.every:
            raise ValueError("'due: period_end' needs 'every'")
        if self.every:
            require_field(rule.on, "period", "period")
        if self.until:
            require_field(rule.on, self.until, "date")
        if self.holds or self.any_year:
            strange = [v for v in (*self.holds, *self.any_year) if v not in self.axes[0].values]
            if strange:
                raise ValueError(f"{strange[0]!r} is no value of the first axis")
        if not self.per and (self.follow_up or self.wanted_yearly or self.roster or self.pooled):
            raise ValueError("'follow_up', 'wanted_yearly', 'roster' and 'pooled' need 'per'")
        if self.any_year and self.every != "year":
            raise ValueError("'any_year' needs 'every: year'")
        self.check_whose(rule.on)

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        names = [a.field for a in self.axes] + [n for n in (self.per, self.done) if n]
        names += [
            n for n, used in (("formed_on", self.follow_up), ("elements", self.holds), (self.until, self.until)) if used and n
        ]
        found = {(rule.on, n) for n in (*names, *(("period", "formed_on") if self.every else ()))}
        if self.roster:
            found |= {("roster", n) for n in ("topic", "subject", "since", "until", "unit")}
        return found | self.fields_of_whose(rule.on)

    def elements_of(self, rule: RuleSpec) -> list[str]:
        listed = [v for a in self.axes if a.field == "elements" for v in a.values]
        others = [v for vs in (*self.stands_for.values(), *self.holds.values()) for v in vs]
        return list(dict.fromkeys([*listed, *others]))

    def topics_of(self, rule: RuleSpec) -> list[str]:
        return [v for a in self.axes if a.field == "topic" for v in a.values] + ([self.roster] if self.roster else [])

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.axes[-1].field]

    @property
    def wanted(self) -> list[Cell]:
        """Every cell, the first axis outermost."""
        return list(product(*(a.values for a in self.axes)))

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        if rule.on not in context.present:
            return {}
        names = [a.field for a in self.axes]
        applies = self.counts(rule, context)
        group = pl.col(self.per).fill_null("") if self.per else pl.lit("")
        period = pl.col(_PERIOD)
        day = pl.col(self.done) if self.done else pl.lit(context.as_of)
        doubt = pl.col(REJECTED) | ~applies.fill_null(False)
        for name in names:
            doubt = doubt | pl.col(name).is_null()
        if self.every:
            doubt = doubt | (period == "?")
        if self.done:
            doubt = doubt | day.is_null()
        for value in self.holds:
            doubt = doubt | ((pl.col(self.axes[0].field) == value) & pl.col("elements").is_null()).fill_null(False)
        own = {"group": group, "period": period}
        axes = {n: self._same(n) for n in names}
        asked = {n: has_strange_words(n, TABLES[rule.on].fields[n], context.known_terms.get(n)) for n in names}
        given = {_PERIOD: self._period(context.covers.first.year), **{f"=strange:{n}": e for n, e in asked.items()}}
        strange = {n: pl.col(f"=strange:{n}") for n in names}
        concerned, done = usable(applies), ~doubt & (day <= context.as_of) & self._holding()
        known = done & self._standing(context)
        lists = tuple(n for n in names if TABLES[rule.on].fields[n].kind == "list")
        items = {a.field: tuple(a.values) for a in self.axes}
        keys = ("group", "period", *names)
        filled = Reduction(
            rule.on,
            concerned,
            own | axes | {"day": day},
            where=known,
            explode=lists,
            items=items,
            keys=keys,
            measures={"day": "min"},
            given=given,
        )
        down: dict[str, Reduction] = {}
        if self.until and self.roster:
            ended = {"down": pl.col(self.until)}
            down["down"] = Reduction(
                rule.on,
                concerned,
                own | axes | ended,
                where=done & ~self._standing(context),
                explode=lists,
                items=items,
                keys=keys,
                measures={"down": "max"},
                given=given,
            )
        last = row_key_text("id") if self.per else pl.lit("")
        begun = pl.min_horizontal("formed_on", pl.when(day <= context.as_of).then(day))
        event = begun if self.follow_up else pl.lit(None, dtype=pl.Date)
        count: dict[str, pl.Expr] = {"unit": pl.col("unit"), "last": last, "n": pl.lit(1, dtype=pl.Int64), "event": event}
        sure = ~pl.col(REJECTED) & applies.fill_null(False)
        operations: dict[str, Operation] = {"unit": "min", "last": "max", "n": "sum", "event": "min"}
        seen = Reduction(
            rule.on, concerned, own | count, where=sure, keys=("group", "period"), measures=operations, given=given
        )
        # A record that names no subject may belong to any of them.
        loose = doubt | (group == "") if self.per else doubt
        for unknown in strange.values():
            loose = loose | unknown
        happened = day.is_null() | (day <= context.as_of)
        # Of what is no axis it matters only whether it is there.
        others = [n for n, t in iter_tests(rule.when) if n not in names and t.unknown is None]
        marks: dict[str, pl.Expr] = {n: pl.when(pl.col(n).is_not_null()).then(pl.lit(True)) for n in dict.fromkeys(others)}
        marks["_day"] = pl.when(day.is_not_null()).then(pl.lit(True))
        marks |= self.marks(rule, context)
        places = {n: pl.col(n) for n in ("id", SRC, ROW)}
        # A word that nobody knows may be any value of the axis.
        maybe: dict[str, pl.Expr] = {n: pl.when(~strange[n]).then(axes[n]) for n in names}
        words: dict[str, pl.Expr] = {f"_word:{n}": pl.when(strange[n]).then(pl.col(n)) for n in names}
        if "topic" in names:
            # A topic that the pack does not know may be the one that it resembles.
            maybe["topic"] = pl.coalesce(TOPIC_LIKE, maybe["topic"])
            words["_word:topic"] = pl.when(pl.col(TOPIC_LIKE).is_not_null()).then(pl.col("topic"))
        told = {**places, **own, REJECTED: pl.col(REJECTED), "_applies": applies, **maybe, **words, **marks}
        doubts = Reduction(rule.on, concerned, told, where=loose & happened, sample=True, given=given)
        expected = roster_reduction([self.roster], context.present) if self.roster else {}
        return {"seen": seen, "filled": filled, "doubts": doubts, **down, **expected}

    def _standing(self, context: RuleContext) -> pl.Expr:
        """Whether a record is still up: on the day of the check, or at the end of the days that the pack covers if that came first."""
        if not self.until:
            return pl.lit(True)
        return (pl.col(self.until) >= min(context.as_of, context.covers.last)).fill_null(True)

    def _holding(self) -> pl.Expr:
        """Whether a record contains the elements without which it is not what its value of the first axis says."""
        whole = pl.lit(True)
        for value, elements in self.holds.items():
            has = pl.all_horizontal(pl.col("elements").list.contains(e) for e in elements)
            whole = whole & ((pl.col(self.axes[0].field) != value) | has).fill_null(True)
        return whole

    def _same(self, name: str) -> pl.Expr:
        """A field of an axis, other values replaced by those that they stand for."""
        column = pl.col(name)
        if name != self.axes[-1].field or not self.stands_for:
            return column
        names = {other: value for value, others in self.stands_for.items() for other in others}
        return column.list.eval(pl.element().replace(names))

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        seen, doubts = reduced["seen"], reduced["doubts"]
        keys = seen.select("group", "period").iter_rows()
        if self.per is None:
            periods = periods_between(context.covers.first, context.covers.last, self.every) if self.every else []
            keys = iter([("", p.name) for p in periods] if self.every else [("", "")])
        filled: dict[tuple[str, str], dict[Cell, date | None]] = {}
        for row in reduced["filled"].iter_rows(named=True):
            cell = tuple(row[a.field] for a in self.axes)
            filled.setdefault((row["group"], row["period"]), {})[cell] = row["day"]
        lawful, unsure = self._taken_down(reduced)
        for key, cell, ended in lawful:
            filled.setdefault(key, {}).setdefault(cell, ended)
        place = {cell: number for number, cell in enumerate(self.wanted)}
        filled = {k: dict(sorted(v.items(), key=lambda c: (c[1] or context.as_of, place[c[0]]))) for k, v in filled.items()}
        about = {(r["group"], r["period"]): r for r in seen.iter_rows(named=True)}
        if self.pooled:
            filled, about = self._in_a_pool(filled, about)
            keys = iter(about)
        covered = {""}
        if self.every:
            covered = {p.name for p in periods_between(context.covers.first, context.covers.last, self.every)}
        result: list[Judged] = []
        for group, period in sorted(keys):
            if period not in covered:
                continue
            row = about.get((group, period), {})
            judged = self._one(rule, context, seen, doubts, group, period, filled.get((group, period), {}), row.get("event"))
            if judged.outcome is Outcome.VIOLATION and group in unsure and not judged.facts.get("disorder"):
                judged.outcome, judged.missing = Outcome.INDETERMINATE, ("roster.subject",)
                judged.facts["down"] = unsure[group]
            mixed = self.per and not group and about[group, period]["n"] > 1 and self.nameless == "apart"
            if mixed and judged.outcome is not Outcome.PENDING:
                judged.outcome, judged.missing = Outcome.INDETERMINATE, (f"{rule.on}.{self.per}",)
            judged.unit = row.get("unit")
            if self.per and row:
                judged.src, judged.row, (judged.record_id,) = parse_row_key(row["last"])
            result.append(judged)
        result += self._unseen(rule, context, reduced, result)
        return SetJudgement.of(result, include_all=include_all)

    def _taken_down(
        self, reduced: Mapping[str, pl.DataFrame]
    ) -> tuple[list[tuple[tuple[str, str], Cell, date]], dict[str, date]]:
        """What was taken down when the roster's reason had ended, and of which subjects no roster tells whether it had."""
        if "down" not in reduced:
            return [], {}
        roster, _ = expected_subjects(reduced)
        ends: dict[str, date] = {}
        for subject, until in roster.select("subject", "until").iter_rows():
            ends[subject] = max(ends.get(subject, date.min), until or date.max)
        lawful, unsure = [], {}
        for row in reduced["down"].iter_rows(named=True):
            if row["group"] not in ends:
                unsure[row["group"]] = row["down"]
            elif ends[row["group"]] <= row["down"]:
                cell = tuple(row[a.field] for a in self.axes)
                lawful.append(((row["group"], row["period"]), cell, row["down"]))
        return lawful, unsure

    @staticmethod
    def _in_a_pool(
        filled: dict[tuple[str, str], dict[Cell, date | None]], about: dict[tuple[str, str], dict[str, Any]]
    ) -> tuple[dict[tuple[str, str], dict[Cell, date | None]], dict[tuple[str, str], dict[str, Any]]]:
        """Groups of one cell or none are taken together: what any record fills may be theirs, too."""
        single = {k for k in about if len(filled.get(k, {})) <= 1}
        if not single:
            return filled, about
        # The earliest record of a cell fills it, whichever group was read first.
        each = [(d or date.max, c, d) for cells in filled.values() for c, d in cells.items()]
        pool: dict[Cell, date | None] = {}
        for _, cell, day in sorted(each, key=lambda e: e[:2]):
            pool.setdefault(cell, day)
        rest = {k: r for k, r in about.items() if k not in single}
        if len(single) == 1:  # one subject alone keeps its name
            return filled | dict.fromkeys(single, pool), about
        chosen = [about[k] for k in sorted(single)]
        whole = {**chosen[0], "n": 1, "last": max(r["last"] for r in chosen)}
        return filled | {("", ""): pool}, rest | {("", ""): whole}

    def _unseen(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], judged: list[Judged]
    ) -> list[Judged]:
        """Subjects of the roster that published nothing; without any subject at all, what the clause wants each year."""
        roster, notes = expected_subjects(reduced) if "roster" in reduced else (pl.DataFrame(), [])
        seen = reduced["seen"]
        names: dict[str, str | None] = {}
        if len(roster):
            here = roster.filter(
                pl.col("since").is_null() | (pl.col("since") <= context.covers.last),
                pl.col("until").is_null() | (pl.col("until") >= context.covers.first),
            )
            published = set(seen["group"].to_list())
            names = {s: u for s, u in here.select("subject", "unit").iter_rows() if s not in published}
        doubts = reduced["doubts"]
        if not judged and not names and self.wanted_yearly:
            # Whatever may be of some subject may be what is looked for.
            names, doubts = {"": None}, doubts.with_columns(group=pl.lit(""))
        found = []
        for subject, unit in sorted(names.items()):
            one = self._one(rule, context, seen, doubts, subject, "", {}, None)
            one.unit = unit
            found.append(one)
        return notes + found

    def _period(self, first_year: int | None = None) -> pl.Expr:
        """The period that a record belongs to: the one it names or a part of which it names, else that of the day on which it was formed.

        ``?`` where it is not known which: it names none, or a longer one.
        """
        if not self.every:
            return pl.lit("")
        named = coarser(pl.col("period"), self.every)
        fits = pl.when(named.str.contains(PERIOD_SHAPE[self.every])).then(named)
        own = pl.when(named.is_null()).then(period_of_day(pl.col("formed_on"), self.every)).otherwise(fits)
        if self.any_year:
            lasting = pl.col(self.axes[0].field).is_in(self.any_year) & (own < str(first_year))
            own = pl.when(lasting).then(pl.lit(str(first_year))).otherwise(own)
        return own.fill_null("?")

    def _one(
        self,
        rule: RuleSpec,
        context: RuleContext,
        seen: pl.DataFrame,
        doubts: pl.DataFrame,
        group: str,
        period: str,
        filled: dict[Cell, date | None],
        event: date | None,
    ) -> Judged:
        absent = [c for c in self.wanted if c not in filled]
        due = Period.parse(period).last_day if self.due == "period_end" else context.covers.last
        if self.follow_up and event is not None:
            # What starts late, or after the days that are covered, is not late before it can be.
            due = max(due, event + timedelta(days=self.follow_up.number), date(event.year, 12, 31) if event > due else due)
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
        elif not gaps and (due is None or due > context.as_of):
            outcome = Outcome.PENDING
        else:
            outcome, missing = self._absent(rule, seen, doubts, group, period, gaps or absent, fact)
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
        self,
        rule: RuleSpec,
        seen: pl.DataFrame,
        doubts: pl.DataFrame,
        group: str,
        period: str,
        absent: list[Cell],
        fact: dict[str, Any],
    ) -> tuple[Outcome, tuple[str, ...]]:
        """A violation, unless for every absent cell there is a record that may fill it."""
        if self.per and not group and not self.pooled and len(seen.filter(pl.col("group") != "")):
            return Outcome.INDETERMINATE, (f"{rule.on}.{self.per}",)
        possible_records = doubts.filter(
            pl.col("group").is_in(["", group]) if self.per else pl.lit(True), pl.col("period").is_in(["?", period])
        )
        why: dict[str, None] = {}
        words: dict[tuple[str, str], None] = {}
        possible: set[Cell] = set()
        for row in possible_records.iter_rows(named=True):
            fits = [c for c in absent if all(_may(row[a.field], v) for a, v in zip(self.axes, c, strict=True))]
            possible |= set(fits)
            why_not, unknown = self.doubts_of(row)
            if fits and row[REJECTED]:
                why |= {f"{rule.on}.rejected": None}
            elif fits:
                words |= dict.fromkeys(unknown)
                names = [
                    *(a.field for a in self.axes),
                    *(n for n, t in iter_tests(rule.when) if n in row and t.unknown is None),
                ]
                blank = [f"{rule.on}.{n}" for n in names if row[n] is None]
                for n in (a.field for a in self.axes):
                    word = row[f"_word:{n}"]
                    words |= dict.fromkeys((n, w) for w in (word if isinstance(word, list) else [word]) if w is not None)
                blank += [f"{rule.on}.{self.per}"] if self.per and not row["group"] and group else []
                blank += [f"{rule.on}.{self.done}"] if self.done and row["_day"] is None else []
                blank += [f"{rule.on}.period"] if row["period"] == "?" else []
                blank += [f"{rule.on}.{n}" for n in why_not]
                if any(row[self.axes[0].field] in (None, value) for value in self.holds):
                    blank += [f"{rule.on}.elements"]
                why |= dict.fromkeys(blank or [f"{rule.on}.rejected"])
        if possible and possible >= set(absent):
            fact["words"] = sorted(words)
            fact["doubtful"] = [r for r in possible_records["id"].to_list() if r is not None][:5]
            return Outcome.INDETERMINATE, tuple(why)
        fact["absent"] = [c for c in absent if c not in possible] or absent
        return Outcome.VIOLATION, ()

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """What is incomplete is not late by days."""
        return None, None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        def words(cell: Cell) -> LocalizedName:
            parts = [context.named(rule.on, a.field, v) for a, v in zip(self.axes, cell, strict=True)]
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
            "once": context.named(rule.on, self.axes[0].field, self.once) if self.once else None,
            "due": found.get("due"),
            "doubtful": found.get("doubtful"),
            "down": found.get("down"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.VIOLATION and found.get("disorder"):
            return "grid.disorder", facts
        if outcome is Outcome.PENDING and self.once is not None:
            return "grid.pending_once", facts
        if outcome is Outcome.INDETERMINATE and found.get("down"):
            return "grid.down", facts
        if found.get("roster_rows"):
            return "series.roster_rows", {**facts, "roster_rows": found["roster_rows"]}
        return f"grid.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
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
