"""``series``: one disclosure per subject for each period, from a week to a year.

Reading: a disclosure belongs to the period that it names, else to that of the day on which it was formed. Each whole period within the days
that the pack covers (each week whose Thursday is) is due at the end of the following one, unless the rule sets another day. Several required
elements may be spread over several disclosures; the last of them decides. Who is expected: the roster; without one, each subject seen, and
that nobody is missing cannot be judged. Several subjects may share a cell; a record about all of them at once (全市, 各学校) may be each one's.
Figures of a period cannot be out before it ends: where the duty falls due after the period, a record that was published earlier contradicts
itself and fills nothing (a shorter period's, where such count, may be out before the whole one ends). Only records of the units and levels
that the rule names count, and only what is open. A record that may belong to the period, but of which a fact is blank or whose row was
rejected, keeps its absence from being called a violation, and its lateness where it may have been in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import polars as pl
from pydantic import AfterValidator, Field

from opencheck.core.outcomes import Outcome
from opencheck.core.periods import Every, Period, check_due, due_day, due_in_own_year, periods_between
from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.placeholders import ELSEWHERE
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, open_to_everybody, parse_row_key, require_field, row_key_text
from opencheck.rules.judgement import Judged, SetJudgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Operation, Reduction, expected_subjects, roster_reduction, usable
from opencheck.rules.set_kind import SetKind
from opencheck.rules.subject_periods import (
    PERIOD_SHAPE,
    DoubtfulRecords,
    coarser,
    day_within,
    is_of_all_subjects,
    last_day_of,
    period_of_day,
    subjects_of_cell,
)

__all__ = [
    "Series",
]


_SEPARATOR = "\x1f"
_MONTHS = 3
"""Months of a quarter."""
_PERIOD, _NAMED, _WITHIN, _EARLY = "=period", "=named", "=within", "=early"
"""Columns that the others are made of; no field begins like them."""


class Series(SetKind):
    """One disclosure per subject and period, in time; see the module for the reading."""

    name: ClassVar[str] = "series"
    needs_covers: ClassVar[bool] = True

    every: Every
    due: Annotated[
        str,
        AfterValidator(check_due),
        Field(
            description="following_period (its end), period_end, MM-DD of the period's year or 'next MM-DD' of the year after, "
            "or a span after the period",
            examples=["following_period", "07-31", "next 01-31", "20 working_days"],
        ),
    ] = "following_period"
    per: Annotated[Literal["subject"] | None, Field(description="one series for each subject; else one in all")] = None
    elements: Annotated[list[str], Field(description="elements that the disclosures of a period must contain together")] = []
    roster: Annotated[
        str | None, Field(description="topic of the roster that tells who is expected; the rule's own if none")
    ] = None
    finer_counts: Annotated[bool, Field(description="whether a disclosure for a shorter period counts")] = False
    months_of: Annotated[
        str | None,
        Field(
            description="with finer_counts: topic whose disclosures of all three months keep a quarter too; a single month does not"
        ),
    ] = None

    def check(self, rule: RuleSpec) -> None:
        for name, kind in (("period", "period"), ("formed_on", "date"), ("published_on", "date"), ("subject", "text")):
            require_field(rule.on, name, kind)
        if not rule.topics:
            raise ValueError("series needs a topic in 'when': it names the roster that tells who is expected")
        if self.months_of and (self.every != "quarter" or self.elements):
            raise ValueError("'months_of' is of quarters, without 'elements'")
        self.check_whose(rule.on)

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        found = {(rule.on, n) for n in ("period", "formed_on", "published_on", "subject")}
        if self.per:
            found |= {*(("roster", n) for n in ("topic", "subject", "since", "until", "unit"))}
        return found | ({(rule.on, "elements")} if self.elements else set()) | self.fields_of_whose(rule.on)

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return ["published_on"]

    def elements_of(self, rule: RuleSpec) -> list[str]:
        return self.elements

    def topics_of(self, rule: RuleSpec) -> list[str]:
        return [t for t in (self.roster, self.months_of) if t]

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        if rule.on not in context.present:
            return {}
        applies, period, early = self.counts(rule, context), pl.col(_PERIOD), pl.col(_EARLY)
        given = {_PERIOD: self._period_name(), **self._earliness()}
        doubt = ~applies.fill_null(False) | pl.col(REJECTED) | period.is_null()
        doubt = doubt | ~period.str.contains(PERIOD_SHAPE[self.every]).fill_null(False)
        if self.per:
            doubt = doubt | pl.col("subject").is_null()
            doubt = doubt | is_of_all_subjects()
        if self.elements:
            doubt = doubt | pl.col("elements").is_null()
        doubt = doubt | early
        concerned, known = usable(applies), ~doubt
        of_topic = context.of_topic(rule)
        subject, day = subjects_of_cell() if self.per else pl.lit(""), pl.col("published_on")
        apart = ("subject",) if self.per else ()
        keys = {"subject": subject, "period": period}
        done = pl.when(day <= context.as_of)
        counted = {"unit": pl.col("unit"), "n": pl.lit(1, dtype=pl.Int64)}
        dated = {"done": done.then(day), "undated": day.is_null().cast(pl.Int64)}
        place = row_key_text("id", "unit")
        sums: dict[str, Operation] = {"unit": "min", "n": "sum"}
        dates: dict[str, Operation] = {"done": "min", "undated": "sum"}
        found = roster_reduction(self._rosters(rule), context.present) if self.per else {}
        two = ("subject", "period")
        if self.elements:
            own = {"elements": pl.col("elements")}
            items = {"elements": tuple(self.elements)}
            columns = keys | own | counted | dated
            found["seen"] = Reduction(
                rule.on,
                concerned,
                keys | counted,
                where=known,
                explode=apart,
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
                explode=(*apart, "elements"),
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
                explode=apart,
                keys=(*two, "day"),
                measures={"place": "min"},
                given=given,
                of_topic=of_topic,
            )
        else:
            first = {
                "done_at": done.then(pl.concat_str(day.cast(pl.String), place, separator=_SEPARATOR)),
                "undated_at": pl.when(day.is_null()).then(place),
            }
            firsts: dict[str, Operation] = {"done_at": "min", "undated_at": "min"}
            found["seen"] = Reduction(
                rule.on,
                concerned,
                keys | counted | dated | first,
                where=known,
                explode=apart,
                keys=two,
                measures=sums | dates | firsts,
                given=given,
                of_topic=of_topic,
            )
        if self.months_of and self.finer_counts:
            found["months"] = self._months(rule, context, subject)
        sorts = {n: pl.col(n) for n in ("id", ROW, SRC, REJECTED)} | {
            "_applies": applies,
            "_period": period,
            "_subject": pl.when(~is_of_all_subjects().fill_null(True)).then(subject) if self.per else subject,
            "_early": early,
            "_named": pl.col("subject").is_not_null() if self.per else pl.lit(True),
            **self.marks(rule, context),
        }
        held = pl.col("elements")
        # An attachment may hold any of the elements.
        vague = held.list.contains(ELSEWHERE).fill_null(False) if self.elements else pl.lit(False)
        sorts["_has"] = held.is_not_null() & ~vague if self.elements else pl.lit(True)
        each = [pl.when(held.list.contains(e)).then(pl.lit(e)) for e in self.elements]
        sorts["_holds"] = pl.concat_str(each, separator="、", ignore_nulls=True) if each else pl.lit("")
        sorts["_day"] = day
        future = (day > context.as_of).fill_null(False)
        found["doubts"] = Reduction(
            rule.on,
            concerned,
            sorts,
            where=(doubt | vague) & ~future,
            explode=("_subject",) if self.per else (),
            sample=True,
            given=given,
            of_topic=of_topic,
        )
        return found

    def _rosters(self, rule: RuleSpec) -> list[str]:
        """The topics of the roster that tell who is expected: the one that the rule names, and its own."""
        return list(dict.fromkeys([*([self.roster] if self.roster else []), *rule.topics]))

    @property
    def _after_the_period(self) -> bool:
        """Whether the duty falls due after the period: what is asked for are figures of the whole of it."""
        return self.due != "period_end" and not due_in_own_year(self.due)

    def _earliness(self) -> dict[str, pl.Expr]:
        """Whether a record was published before the period ended whose figures it gives, with the columns that it is made of."""
        if not self._after_the_period:
            return {_EARLY: pl.lit(False)}
        whole = pl.col("period").str.contains(PERIOD_SHAPE[self.every])
        named = pl.when(whole).then(pl.col("period")) if self.finer_counts else pl.col(_PERIOD)
        within = day_within(pl.col(_NAMED))
        ends = last_day_of(pl.col(_NAMED), pl.col(_WITHIN))
        return {_NAMED: named, _WITHIN: within, _EARLY: (pl.col("published_on") < ends).fill_null(False)}

    def _months(self, rule: RuleSpec, context: RuleContext, subject: pl.Expr) -> Reduction:
        """When each month of the topic that may stand for the quarter was published."""
        named, day = pl.col("period"), pl.col("published_on")
        of_topic = pl.col("topic") == self.months_of
        ours = of_topic & self.whose(context) & open_to_everybody()
        known = ours & ~pl.col(REJECTED) & named.str.contains(PERIOD_SHAPE["month"]) & (day <= context.as_of)
        known = known & (day >= last_day_of(named))
        columns = {"subject": subject, "month": named, "unit": pl.col("unit"), "done": day, "place": row_key_text("id", "unit")}
        return Reduction(
            rule.on,
            usable(ours),
            columns,
            where=known.fill_null(False),
            explode=("subject",) if self.per else (),
            keys=("subject", "month"),
            measures={"unit": "min", "done": "min", "place": "min"},
            of_topic=of_topic,
        )

    def _period_name(self) -> pl.Expr:
        """The period that a record names, else that of the day on which it was formed."""
        named = coarser(pl.col("period"), self.every) if self.finer_counts else pl.col("period")
        return pl.when(named.is_null()).then(period_of_day(pl.col("formed_on"), self.every)).otherwise(named)

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        periods = periods_between(context.covers.first, context.covers.last, self.every)
        if not periods:
            return SetJudgement()
        seen = self._seen(reduced).drop_nulls("subject")
        expected, rostered, notes = self._expected(rule, context, reduced, seen, periods)
        cells = self._outcomes(expected, seen, context)
        is_open = pl.col("outcome") != Outcome.PASS.code
        open_cells = cells.filter(is_open)
        doubts = DoubtfulRecords(reduced["doubts"]) if len(open_cells) else DoubtfulRecords()
        judged = [self._cell(rule, row, doubts) for row in open_cells.iter_rows(named=True)]
        passed = [self._cell(rule, row, doubts) for row in cells.filter(~is_open).iter_rows(named=True)] if include_all else []
        self._locate([*judged, *passed], reduced)
        if include_all:
            by_cell = {(j.subject, j.period): j for j in (*judged, *passed)}
            judged = [by_cell[s or None, p] for s, p in cells.select("subject", "period").iter_rows()]
        off_roster = sorted(set(seen["subject"].to_list()) - set(expected["subject"].to_list())) if rostered else []
        for one in judged:
            one.facts["off_roster"] = off_roster[:10]
        if self.per and not rostered:
            notes.append(Judged(Outcome.INDETERMINATE, missing=("roster.subject",), facts={"no_roster": True}))
        found = SetJudgement.of([*notes, *judged], include_all=include_all)
        found.counts[Outcome.PASS] = len(cells) - len(open_cells)
        found.cells = self._all_cells(cells, judged)
        return found

    @staticmethod
    def _all_cells(cells: pl.DataFrame, judged: list[Judged]) -> pl.DataFrame:
        """The outcome of every cell; what is not among the judged ones passed."""
        schema = {"subject": pl.String, "period": pl.String, "code": pl.Int8}
        own = pl.DataFrame([(j.subject or "", j.period, j.outcome.code) for j in judged], schema=schema, orient="row")
        whole = cells.select("subject", "period").join(own, on=["subject", "period"], how="left", maintain_order="left")
        return whole.with_columns(pl.col("code").fill_null(Outcome.PASS.code))

    def _seen(self, reduced: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """One row a subject and period: when it was first (for elements: completely) published."""
        if not self.elements:
            seen = self._with_months(reduced)
            return seen.with_columns(pl.lit(0).alias("has"), pl.lit([], dtype=pl.List(pl.String)).alias("have"))
        whole = (
            reduced["elements"]
            .group_by("subject", "period")
            .agg(
                pl.col("done").max().alias("_last"),
                pl.col("done").count().alias("has"),
                pl.col("undated").sum(),
                pl.col("unit").min(),
                pl.col("elements").filter(pl.col("done").is_not_null()).sort().alias("have"),
            )
        )
        # Records of the period that hold none of the elements still show who publishes, and what is incomplete.
        every = reduced["seen"].rename({"unit": "unit_any"})
        return every.join(whole, on=["subject", "period"], how="left").select(
            "subject",
            "period",
            pl.when(pl.col("has") == len(self.elements)).then(pl.col("_last")).alias("done"),
            pl.col("undated").fill_null(0),
            pl.coalesce("unit", "unit_any").alias("unit"),
            "n",
            pl.col("has").fill_null(0),
            pl.col("have").fill_null([]),
        )

    def _with_months(self, reduced: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """What was seen, with quarters of which all three months were published: done when the last of them was."""
        seen = reduced["seen"]
        if "months" not in reduced or reduced["months"].is_empty():
            return seen
        quarters = (
            reduced["months"]
            .drop_nulls("subject")
            .with_columns(coarser(pl.col("month"), self.every).alias("period"))
            .group_by("subject", "period")
            .agg(pl.col("unit").min(), pl.len().alias("n"), pl.col("done").max())
            .filter(pl.col("n") == _MONTHS)
            .with_columns(pl.col("n").cast(pl.Int64), pl.lit(0, dtype=pl.Int64).alias("undated"))
        )
        both = pl.concat([seen, quarters], how="diagonal_relaxed")
        merged = {"unit": "min", "n": "sum", "done": "min", "undated": "sum", "done_at": "min", "undated_at": "min"}
        return both.group_by("subject", "period").agg(getattr(pl.col(n), how)() for n, how in merged.items())

    def _expected(
        self,
        rule: RuleSpec,
        context: RuleContext,
        reduced: Mapping[str, pl.DataFrame],
        seen: pl.DataFrame,
        periods: list[Period],
    ) -> tuple[pl.DataFrame, bool, list[Judged]]:
        """The cells that must be filled: subject × period, by the roster where there is one."""
        grid = pl.DataFrame(
            {
                "period": [p.name for p in periods],
                "first": [p.first_day for p in periods],
                "last": [p.last_day for p in periods],
                "due": [due_day(p, self.due, context.calendar) for p in periods],
            },
            schema={"period": pl.String, "first": pl.Date, "last": pl.Date, "due": pl.Date},
        )
        unit = {"unit_expected": pl.String}
        if not self.per:
            return grid.with_columns(pl.lit("").alias("subject"), pl.lit(None, pl.String).alias("unit_expected")), False, []
        roster, notes = expected_subjects(reduced)
        if len(roster) == 0:
            subjects = seen.select("subject").unique()
            return subjects.join(grid, how="cross").with_columns(pl.lit(None, pl.String).alias("unit_expected")), False, notes
        own_day = self.due not in ("following_period", "period_end") and not self.due.startswith("next ")
        day = pl.col("due") if own_day else pl.col("last")
        start, end = (pl.col("first"), pl.col("last")) if context.roster_policy == "any_day" else (day, day)
        if due_in_own_year(self.due):
            # A day within the period: who is there on it is expected. A day of the next year says nothing of who belonged to this one.
            start = end = pl.col("due")
        cells = roster.join(grid, how="cross").filter(
            (pl.col("since").is_null() | (pl.col("since") <= end)) & (pl.col("until").is_null() | (pl.col("until") >= start))
        )
        cells = cells.unique(["subject", "period"], keep="first", maintain_order=True)
        return cells.select(*grid.columns, "subject", pl.col("unit").alias(next(iter(unit)))), True, notes

    def _outcomes(self, expected: pl.DataFrame, seen: pl.DataFrame, context: RuleContext) -> pl.DataFrame:
        cells = expected.join(seen, on=["subject", "period"], how="left", maintain_order="left")
        done, due = pl.col("done"), pl.col("due")
        whole = pl.col("has").fill_null(0) == len(self.elements) if self.elements else done.is_not_null()
        return cells.with_columns(
            pl.when(due.is_null())
            .then(Outcome.INDETERMINATE.code)
            .when(whole & (done <= due))
            .then(Outcome.PASS.code)
            .when(whole & (pl.col("undated").fill_null(0) == 0))
            .then(Outcome.VIOLATION.code)
            .when(~whole & (due > context.as_of))
            .then(Outcome.PENDING.code)
            .when(pl.col("undated").fill_null(0) > 0)
            .then(Outcome.INDETERMINATE.code)
            .otherwise(Outcome.VIOLATION.code)
            .alias("outcome")
        )

    def _cell(self, rule: RuleSpec, row: dict[str, Any], doubts: DoubtfulRecords) -> Judged:
        outcome = Outcome.from_code(row["outcome"])
        missing: tuple[str, ...] = ()
        facts: dict[str, Any] = {"n": row["n"] or 0, "have": row["have"] or []}
        if outcome is Outcome.INDETERMINATE:
            missing = (f"{rule.on}.published_on",) if row["due"] is not None else ()
        elif outcome is Outcome.VIOLATION:
            late = row["done"] is not None
            lacking = frozenset(self.elements) - (frozenset() if late else frozenset(row["have"] or ()))
            some = lacking if self.elements else None
            by = row["due"] if late else None
            if possible := doubts.possible(row["subject"], Period.parse(row["period"]), lacking=some, by=by):
                outcome = Outcome.INDETERMINATE
                facts["doubtful"] = [d["id"] for d in possible[:5]]
                facts["early"] = all(d["_early"] for d in possible)
                missing = self._why(rule, possible)
                facts["unclear"] = self._unclear(possible)
                facts["words"] = sorted({w for d in possible for w in self.doubts_of(d)[1]})
        return Judged(
            outcome,
            unit=row["unit_expected"] or row["unit"],
            subject=row["subject"] or None,
            period=row["period"],
            due=row["due"],
            actual=row["done"],
            facts=facts,
            missing=missing,
        )

    @staticmethod
    def _unclear(possible: list[dict[str, Any]]) -> list[str]:
        """The fields that are filled in and do not decide: a day before the period ended, another sort of period, all subjects."""
        read = [d for d in possible if not d[REJECTED]]
        blank = {
            "period": any(d["_period"] is None for d in read),
            "subject": any(d["_subject"] is None and not d["_named"] for d in read),
            "published_on": False,  # named only where it is too early
        }
        return [name for name, is_blank in blank.items() if not is_blank]

    def _why(self, rule: RuleSpec, possible: list[dict[str, Any]]) -> tuple[str, ...]:
        read = [d for d in possible if not d[REJECTED]]
        why = {n for d in possible for n in self.doubts_of(d)[0]}
        blank = {
            "period": any(d["_period"] is None for d in read),
            "elements": any(not d["_has"] for d in read),
            "subject": any(d["_subject"] is None for d in read),
            "topic": any(d["_applies"] is None and not self.doubts_of(d)[0] for d in read),
            "published_on": any(d["_early"] for d in read),
            **dict.fromkeys(sorted(why), True),
        }
        return tuple(f"{rule.on}.{name}" for name, is_blank in blank.items() if is_blank) or (f"{rule.on}.period",)

    def _locate(self, judged: list[Judged], reduced: Mapping[str, pl.DataFrame]) -> None:
        """Point each period that is late, or entered without its day, to the record."""
        if not any(j.actual is not None or j.missing for j in judged):
            return
        found: dict[tuple[str, str, date | None], str] = {}
        if self.elements:
            found = {
                (s, p, d): place for s, p, d, place in reduced["places"].select("subject", "period", "day", "place").iter_rows()
            }
        else:
            for subject, period, done, at, undated in (
                reduced["seen"].select("subject", "period", "done", "done_at", "undated_at").iter_rows()
            ):
                if at is not None:
                    found[subject, period, done] = at.partition(_SEPARATOR)[2]
                if undated is not None:
                    found[subject, period, None] = undated
        for one in judged:
            place = found.get((one.subject or "", one.period or "", one.actual))
            if place and (one.actual is not None or one.missing):
                one.src, one.row, (one.record_id, unit) = parse_row_key(place)
                one.unit = one.unit or unit

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        have = found.get("have") or []
        return {
            "subject": found.get("subject"),
            "period": found.get("period"),
            "every": self.every,
            "due": found.get("due"),
            "actual": found.get("actual"),
            "late_by": found.get("late_by"),
            "late_unit": "days",
            "missing": found.get("missing"),
            "doubtful": found.get("doubtful"),
            "elements": self.elements,
            "absent_elements": [e for e in self.elements if e not in have],
            "off_roster": found.get("off_roster"),
            "roster_rows": found.get("roster_rows"),
            "topics": list(rule.topics),
            "as_of": context.as_of,
            "last_year": context.calendar.last_known.year,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if found.get("no_roster"):
                return "series.no_roster", facts
            if found.get("roster_rows"):
                return "series.roster_rows", facts
            if not found.get("missing"):
                return "within.calendar", facts
            if found.get("early"):
                return "series.early", facts
            return ("series.doubtful" if found.get("doubtful") else "series.undated"), facts
        if outcome is Outcome.VIOLATION:
            if facts["actual"]:
                return "series.late", facts
            return ("series.incomplete" if self.elements and found.get("n") else "series.absent"), facts
        return f"series.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        if found.get("no_roster") or found.get("roster_rows"):
            return [("step.no_roster", facts)]
        reading = {"following_period": "step.due_following", "period_end": "step.due_period_end"}
        steps: list[Step] = [
            ("step.series_wanted_of" if facts["subject"] else "step.series_wanted", facts),
            (reading.get(self.due, "step.due_own"), facts),
        ]
        if facts["due"]:
            steps.append(("step.due", facts))
        if facts["actual"]:
            steps.append(("step.actual", facts))
        elif found["outcome"] is not Outcome.PASS:
            steps.append(("step.none_found", facts))
        if self.elements and facts["absent_elements"]:
            steps.append(("step.absent_elements", facts))
        if facts["late_by"]:
            steps.append(("step.late", facts))
        if facts["doubtful"]:
            steps.append(("step.doubtful", facts))
        if facts["off_roster"] and facts["subject"]:
            steps.append(("step.off_roster", facts))
        return steps
