"""``series``: one disclosure per subject for each period, from a week to a year.

Reading: a disclosure belongs to the period that it names, else to that of the day on which it was formed. Each whole period within the days
that the pack covers (each week whose Thursday is) is due at the end of the following one, unless the rule sets another day. Several required
elements may be spread over several disclosures; the last of them decides. Who is expected: the roster; without one, each subject seen, and
that nobody is missing cannot be judged. Where figures are cumulative, those from January on (1-8月, 上半年) are their last month's; elsewhere
it is open for which month a range of months stands. Several subjects may share a cell (see
:mod:`.subject_names`); a record about all of them at once (全市, 各学校), or about some that it does not name, may be each one's.
Figures of a period cannot be out before it ends: where the duty falls due after the period, a record that was published earlier contradicts
itself and fills nothing (a shorter period's, where such count, may be out before the whole one ends). Only records of the units and levels
that the rule names count, and only what is open. A record that may belong to the period, but of which a fact is blank or whose row was
rejected, keeps its absence from being called a violation, and its lateness where it may have been in time; what may have been there before,
but after the due day, makes it so late at least. A word for an element that nobody
knows may be one of those that are wanted, or stand for several.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

import polars as pl

from opencheck.core.outcomes import Outcome
from opencheck.core.periods import Period, due_day, due_in_own_year, due_span, periods_between
from opencheck.core.time_limits import Duration
from opencheck.records.contradictions import contradictions_in
from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, parse_row_key
from opencheck.rules.judgement import Judged, SetJudgement
from opencheck.rules.kinds.series.declaration import SeriesDeclaration
from opencheck.rules.kinds.series.months import Months, quarters_of_months
from opencheck.rules.kinds.series.reductions import DAY_AND_PLACE, series_reductions
from opencheck.rules.kinds.series.sentences import series_message, series_steps
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Reduction, expected_subjects
from opencheck.rules.subject_names import SubjectNames
from opencheck.rules.subject_periods import DoubtfulRecords
from opencheck.rules.undated import UNDATED, some_of, undated_facts

__all__ = ["Series"]


def _has_a_record(judged: Judged) -> bool:
    """Whether there is a record of a period to point to: it is late, or entered without its day."""
    return judged.actual is not None or bool(judged.missing) or "entered" in judged.facts


class Series(SeriesDeclaration):
    """One disclosure per subject and period, in time; see the module for the reading."""

    name: ClassVar[str] = "series"

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        return series_reductions(self, rule, context)

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        periods = periods_between(context.covers.first, context.covers.last, self.every)
        if not periods:
            return SetJudgement()
        reduced = self._by_subject(rule, context, reduced) if self.per else reduced
        seen = self._seen(reduced).drop_nulls("subject")
        expected, rostered, notes = self._expected(rule, context, reduced, seen, periods)
        cells = self._outcomes(expected, seen, context)
        is_open = pl.col("outcome") != Outcome.PASS.code
        open_cells = cells.filter(is_open)
        doubts = DoubtfulRecords(reduced["doubts"]) if len(open_cells) else DoubtfulRecords()
        months = Months(reduced)
        judged = [self._cell(rule, row, doubts, months) for row in open_cells.iter_rows(named=True)]
        kept = cells.filter(~is_open).iter_rows(named=True) if include_all else ()
        passed = [self._cell(rule, row, doubts, months) for row in kept]
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

    def _by_subject(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame]
    ) -> Mapping[str, pl.DataFrame]:
        """What was reduced, by the subjects that the cells mean; whom they may mean besides is in doubt."""
        roster, _ = expected_subjects(reduced)
        texts = reduced["seen"]["subject"].drop_nulls().unique(maintain_order=True).to_list()
        names = SubjectNames.by(roster["subject"], texts)
        if not names.changes([*texts, *reduced["doubts"]["_subject"].to_list()]):
            return reduced
        found = dict(reduced)
        for name, reduction in self.reductions(rule, context).items():
            if reduction.keys is not None and name in reduced:
                found[name] = reduction.regrouped(names.spread(reduced[name], "subject"))
        doubts = names.spread(reduced["doubts"], "_subject", doubtful=True).with_columns(_loose=pl.lit(False))
        more = pl.DataFrame(names.unnamed(self._as_doubts(reduced), "_subject"), schema=doubts.schema)
        found["doubts"] = pl.concat([doubts, more]).unique(maintain_order=True)
        if "month_doubts" in reduced:
            found["month_doubts"] = names.spread(reduced["month_doubts"], "_subject", doubtful=True)
        return found

    def _as_doubts(self, reduced: Mapping[str, pl.DataFrame]) -> list[dict[str, Any]]:
        """What was surely seen, as it would be in doubt if it were not known of whom it is."""
        found = []
        held: dict[tuple[str, str], list[str]] = {}
        if self.elements:
            for subject, period, element in reduced["elements"].select("subject", "period", "elements").iter_rows():
                held.setdefault((subject, period), []).append(element)
            rows = reduced["places"].select("subject", "period", done="day", place="place")
        else:
            place = pl.col("done_at").str.splitn(DAY_AND_PLACE, 2).struct.field("field_1")
            days = reduced["seen"].select("subject", "period", "done", place=place)
            undated = reduced["seen"].filter(pl.col("undated") > 0)
            open_days = undated.select("subject", "period", done=pl.lit(None, dtype=pl.Date), place="undated_at")
            rows = pl.concat([days.drop_nulls("done"), open_days])
        for subject, period, day, place in rows.iter_rows():
            src, row, (record,) = parse_row_key(place) if place else (None, None, (None,))
            known = {"id": record, SRC: src, ROW: row, REJECTED: False, UNDATED: False, "_applies": True, "_named": True}
            sort = {"_subject": subject, "_period": period, "_day": day, "_early": False, "_sure": False}
            held_here = "、".join(sorted(held.get((subject, period), [])))
            none = dict.fromkeys(reduced["doubts"].columns)
            found.append({**none, **known, **sort, "_has": True, "_holds": held_here, "_loose": True})
        return found

    def _seen(self, reduced: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """One row a subject and period: when it was first (for elements: completely) published."""
        if not self.elements:
            seen = self._with_months(reduced)
            return seen.with_columns(pl.lit([], dtype=pl.List(pl.String)).alias("have"))
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
            "undated",
            pl.coalesce("unit", "unit_any").alias("unit"),
            "n",
            "have",
        )

    def _with_months(self, reduced: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """What was seen, with the quarters that months of another topic keep."""
        seen = reduced["seen"]
        if "months" not in reduced or reduced["months"].is_empty():
            return seen
        both = pl.concat([seen, quarters_of_months(reduced["months"], self.every)], how="diagonal_relaxed")
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
            subjects = seen.select("subject").unique().sort("subject")
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
        return cells.with_columns(
            pl.when(due.is_null())
            .then(Outcome.INDETERMINATE.code)
            .when(done <= due)
            .then(Outcome.PASS.code)
            .when(done.is_null() & (due > context.as_of))
            .then(Outcome.PENDING.code)
            .when(pl.col("undated") > 0)
            .then(Outcome.INDETERMINATE.code)
            .otherwise(Outcome.VIOLATION.code)
            .alias("outcome")
        )

    def _cell(self, rule: RuleSpec, row: dict[str, Any], doubts: DoubtfulRecords, months: Months) -> Judged:
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
            period = Period.parse(row["period"])
            found = doubts.possible(row["subject"], period, lacking=some, by=by)
            possible = [d for d in found if not d[UNDATED]]
            facts |= undated_facts(rule.on, "published_on", (d["id"] for d in found if d[UNDATED] and not late))
            if not possible:
                possible = months.completing(row["subject"], period, by)
            if possible:
                outcome = Outcome.INDETERMINATE
                facts["doubtful"] = some_of(d["id"] for d in possible)
                facts["early"] = all(d["_early"] for d in possible)
                missing = self._why(rule, possible)
                facts["unclear"] = self._unclear(possible)
                others = {d["_period"] for d in possible if d["_period"] not in (None, row["period"]) and not d[REJECTED]}
                told = {v for d in possible for c in contradictions_in(d["_open"]) if c.field == "period" for _, v in c.columns}
                facts["named_periods"] = sorted(others | told)
                facts["left_open"] = self.left_open(possible)
                words = {word for d in possible for word in d["_unnamed"] or ()}
                facts["words"] = sorted(
                    {*(w for d in possible for w in self.doubts_of(d)[1]), *(("elements", w) for w in words)}
                )
            elif late:
                facts["may_be_since"] = self._may_be_since(row, doubts, months)
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

    def _may_be_since(self, row: dict[str, Any], doubts: DoubtfulRecords, months: Months) -> date | None:
        """The first day on which what was surely published late may have been published, late as well; None where that is known."""
        subject, period, before = row["subject"], Period.parse(row["period"]), row["done"] - timedelta(days=1)
        elements = frozenset(self.elements) if self.elements else None
        found = doubts.possible(subject, period, lacking=elements, by=before)
        days = [d["_day"] for d in found if not d[UNDATED]]
        quarter = months.may_be_complete_since(subject, period, row["due"], before)
        return min([*days, quarter] if quarter else days, default=None)

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
            "subject": any(d["_subject"] is None or d.get("_loose") for d in read),
            "topic": any(d["_applies"] is None and not self.doubts_of(d)[0] for d in read),
            "published_on": any(d["_early"] for d in read),
            **dict.fromkeys(sorted(why), True),
        }
        return tuple(f"{rule.on}.{name}" for name, is_blank in blank.items() if is_blank) or (f"{rule.on}.period",)

    def _locate(self, judged: list[Judged], reduced: Mapping[str, pl.DataFrame]) -> None:
        """Point each period that is late, or entered without its day, to the record."""
        if not any(_has_a_record(j) for j in judged):
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
                    found[subject, period, done] = at.partition(DAY_AND_PLACE)[2]
                if undated is not None:
                    found[subject, period, None] = undated
        for one in judged:
            place = found.get((one.subject or "", one.period or "", one.actual))
            if place and _has_a_record(one):
                one.src, one.row, (one.record_id,) = parse_row_key(place)

    def lateness_span(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> Duration | None:
        return due_span(self.due)

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        return series_message(self, rule, found, context)

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        return series_steps(self, rule, found, context)
