"""``series``: one disclosure per subject for each month, quarter or year.

Reading: a disclosure belongs to the period that it names, else to that of the day on which it was formed. Each whole period within the days
that the pack covers is due at the end of the following one, unless the rule sets another day. Several required elements may be
spread over several disclosures; the last of them decides. Who is expected: the roster; without one, each subject seen, and
that nobody is missing cannot be judged. A record that may belong to the period, but of which a fact is blank or whose row was rejected,
keeps its absence from being called a violation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import narwhals as nw
import polars as pl
from pydantic import Field, field_validator

from opencheck.core.outcomes import QUIET, Outcome
from opencheck.core.periods import Every, Period, periods_between
from opencheck.core.time_limits import Span
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, need_field, place_tag, untagged
from opencheck.rules.judgement import Judged
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Series",
]


_DAY = re.compile(r"(next )?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")

_SHAPE = {"month": r"^\d{4}-\d{2}$", "quarter": r"^\d{4}-Q[1-4]$", "year": r"^\d{4}$"}


class _Doubts:
    """Doubtful records, by the subject that they name."""

    def __init__(self, rows: pl.DataFrame | None = None) -> None:
        self._rows = [] if rows is None else rows.to_dicts()
        self._of: dict[str | None, list[int]] = {}
        for place, row in enumerate(self._rows):
            self._of.setdefault(row["_subject"], []).append(place)

    def possible(self, subject: str, cell: Period, *, bare: bool) -> list[dict[str, Any]]:
        """Those that may be the one that is absent: of this subject or none, of a time that fits or none.

        Where records of the period are there already (``bare``), only those whose elements, topic or use are unknown may complete it.
        """
        theirs = sorted({*self._of.get(subject, ()), *self._of.get(None, ())})
        found = [self._rows[place] for place in theirs]
        return [
            d
            for d in found
            if (not bare or not d["_has"] or d["_ghost"] or not d["_applies"])
            and _overlap(d["_period"], cell.first_day, cell.last_day)
        ]


@lru_cache(maxsize=4096)
def _overlap(name: str | None, first: date, last: date) -> bool:
    """Whether a period has days between two days; an unknown one may."""
    if name is None:
        return True
    other = Period.parse(name)
    return other.first_day <= last and first <= other.last_day


class Series(Kind):
    """One disclosure per subject and period, in time; see the module for the reading."""

    name: ClassVar[str] = "series"
    about: ClassVar[str] = "set"

    every: Every
    due: Annotated[
        str,
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

    @field_validator("due")
    @classmethod
    def _due(cls, value: str) -> str:
        if value in ("following_period", "period_end") or _DAY.fullmatch(value):
            return value
        Span.parse(value)
        return value

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        for name, kind in (("period", "period"), ("formed_on", "date"), ("published_on", "date"), ("subject", "text")):
            need_field(rule.on, name, kind)
        if not rule.topics:
            raise ValueError("series needs a topic in 'when': it names the roster that tells who is expected")

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        found = {(rule.on, n) for n in ("period", "formed_on", "published_on", "subject")}
        if self.per:
            found |= {*(("roster", n) for n in ("topic", "subject", "since", "until", "unit"))}
        return found | ({(rule.on, "elements")} if self.elements else set())

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return ["published_on"]

    def elements_of(self, rule: Rule) -> list[str]:
        """See :meth:`Kind.elements_of`."""
        return self.elements

    def topics_of(self, rule: Rule) -> list[str]:
        """See :meth:`Kind.topics_of`."""
        return [self.roster] if self.roster else []

    def due_day(self, period: Period, scope: Scope) -> date | None:
        """The last day on which a period's disclosure is in time; None where the calendar does not reach."""
        if self.due == "following_period":
            return period.following.last_day
        if self.due == "period_end":
            return period.last_day
        if match := _DAY.fullmatch(self.due):
            year, month, day = period.year + bool(match[1]), int(match[2]), int(match[3])
            return date(year, month, min(day, Period(year, "month", month).last_day.day))
        return scope.end_of(period.last_day, Span.parse(self.due))

    def judge(self, rule: Rule, scope: Scope, everything: bool) -> tuple[dict[Outcome, int], list[Judged]]:
        """See :meth:`Kind.judge`."""
        periods = periods_between(scope.covers.first, scope.covers.last, self.every)
        if not periods:
            return {}, []
        records = self._records(rule, scope)
        known = records.filter(~nw.col("_doubt"))
        seen = self._aggregate(known, scope)
        expected, rostered, notes = self._expected(rule, scope, seen, periods)
        cells = self._outcomes(expected, seen, scope)
        open_cells = cells.filter(pl.col("outcome") != Outcome.PASS.code)
        doubts = self._doubts(records, scope) if len(open_cells) else None
        counts = {Outcome.PASS: len(cells) - len(open_cells)}
        shown = cells if everything else open_cells
        result = [self._cell(rule, row, doubts or _Doubts(), scope) for row in shown.iter_rows(named=True)]
        self._locate(result, known, scope)
        for judged in result:
            if judged.outcome is not Outcome.PASS:
                counts[judged.outcome] = counts.get(judged.outcome, 0) + 1
        off_roster = sorted(set(seen["subject"].to_list()) - set(expected["subject"].to_list())) if rostered else []
        for judged in result:
            judged.facts["off_roster"] = off_roster[:10]
        if self.per and not rostered:
            notes.append(Judged(Outcome.INDETERMINATE, missing=("roster.subject",), facts={"no_roster": True}))
        for note in notes:
            counts[note.outcome] = counts.get(note.outcome, 0) + 1
        return counts, [*notes, *(j for j in result if everything or j.outcome not in QUIET)]

    def _records(self, rule: Rule, scope: Scope) -> nw.LazyFrame[Any]:
        """Records that belong, or may belong, to the series, with the period that they name; ``_doubt`` marks the latter."""
        formed = nw.col("formed_on")
        by_day = {
            "month": formed.dt.to_string("%Y-%m"),
            "quarter": nw.concat_str(
                formed.dt.year().cast(nw.String), nw.lit("-Q"), ((formed.dt.month() + 2) // 3).cast(nw.String)
            ),
            "year": formed.dt.year().cast(nw.String),
        }[self.every]
        named = nw.col("period")
        if self.finer_counts:
            named = self._coarser(named)
        frame = (
            scope.witnesses[rule.on]
            .with_columns(scope.applies(rule).alias("_applies"))
            .filter(nw.col("_applies").fill_null(True))
            .with_columns(nw.when(named.is_null()).then(by_day).otherwise(named).alias("_period"))
        )
        doubt = ~nw.col("_applies").fill_null(False) | nw.col("_ghost") | nw.col("_period").is_null()
        doubt = doubt | ~nw.col("_period").str.contains(_SHAPE[self.every]).fill_null(False)
        if self.per:
            doubt = doubt | nw.col("subject").is_null()
        if self.elements:
            doubt = doubt | nw.col("elements").is_null()
        wanted = ["id", "unit", ROW, SRC, "_ghost", "_applies", "_period", "period", "formed_on", "published_on", "subject"]
        frame = frame.with_columns(doubt.alias("_doubt"))
        return frame.select(*wanted, "_doubt", *(["elements"] if self.elements else []))

    def _doubts(self, records: nw.LazyFrame[Any], scope: Scope) -> _Doubts:
        frame = records.filter(nw.col("_doubt"))
        subject = nw.col("subject") if self.per else nw.lit("")
        elements = ~nw.col("elements").is_null() if self.elements else nw.lit(True)
        told = ("id", "_period", "_ghost", "_applies", ROW, SRC)
        found = scope.doubts(frame.select(*told, subject.alias("_subject"), elements.alias("_has")))
        return _Doubts(found)

    def _coarser(self, named: nw.Expr) -> nw.Expr:
        """A month's name as the quarter or year that holds it, a quarter's as its year."""
        month = named.str.slice(5, 2)
        if self.every == "year":
            return named.str.slice(0, 4)
        if self.every == "quarter":
            quarter = nw.lit("Q4")
            for number, months in ((3, ("07", "08", "09")), (2, ("04", "05", "06")), (1, ("01", "02", "03"))):
                quarter = nw.when(month.is_in(months)).then(nw.lit(f"Q{number}")).otherwise(quarter)
            whole = nw.concat_str(named.str.slice(0, 5), quarter)
            return nw.when(named.str.contains(_SHAPE["month"])).then(whole).otherwise(named)
        return named

    def _aggregate(self, known: nw.LazyFrame[Any], scope: Scope) -> pl.DataFrame:
        """One row a subject and period: when it was first (for elements: completely) published."""
        day = nw.col("published_on")
        subject = nw.col("subject") if self.per else nw.lit("")
        rows = known.with_columns(
            nw.when(day <= scope.as_of).then(day).alias("_done"),
            day.is_null().cast(nw.Int64).alias("_undated"),
            subject.alias("_subject"),
        )
        keys = ["_subject", "_period"]
        columns = {"_subject": "subject", "_period": "period", "_done": "done", "_undated": "undated", "_unit": "unit"}
        rows = rows.with_columns(nw.col("unit").alias("_unit"))
        if not self.elements:
            frame = rows.group_by(keys).agg(
                nw.col("_done").min(), nw.col("_undated").sum(), nw.col("_unit").min(), nw.len().alias("n")
            )
            frame = frame.with_columns(nw.lit(0).alias("has"))
            return scope.fetch(frame.rename(columns)).with_columns(have=pl.lit([], dtype=pl.List(pl.String)))
        exploded = rows.explode("elements").filter(nw.col("elements").is_in(self.elements))
        frame = exploded.group_by([*keys, "elements"]).agg(
            nw.col("_done").min(), nw.col("_undated").sum(), nw.col("_unit").min(), nw.len().alias("n")
        )
        each = scope.fetch(frame.rename(columns))
        whole = each.group_by("subject", "period").agg(
            pl.col("done").max().alias("_last"),
            pl.col("done").count().alias("has"),
            pl.col("undated").sum(),
            pl.col("unit").min(),
            pl.col("n").sum(),
            pl.col("elements").filter(pl.col("done").is_not_null()).sort().alias("have"),
        )
        # Records of the period that hold none of the elements still show who publishes, and what is incomplete.
        bare = (
            rows.group_by(keys)
            .agg(nw.col("_unit").min(), nw.len().alias("n"))
            .rename({"_subject": "subject", "_period": "period", "_unit": "unit_any"} | {"n": "n_any"})
        )
        joined = scope.fetch(bare).join(whole, on=["subject", "period"], how="left")
        return joined.select(
            "subject",
            "period",
            pl.when(pl.col("has") == len(self.elements)).then(pl.col("_last")).alias("done"),
            pl.col("undated").fill_null(0),
            pl.coalesce("unit", "unit_any").alias("unit"),
            pl.col("n_any").alias("n"),
            pl.col("has").fill_null(0),
            pl.col("have").fill_null([]),
        )

    def _expected(
        self, rule: Rule, scope: Scope, seen: pl.DataFrame, periods: list[Period]
    ) -> tuple[pl.DataFrame, bool, list[Judged]]:
        """The cells that must be filled: subject × period, by the roster where there is one."""
        grid = pl.DataFrame(
            {
                "period": [p.name for p in periods],
                "first": [p.first_day for p in periods],
                "last": [p.last_day for p in periods],
                "due": [self.due_day(p, scope) for p in periods],
            },
            schema={"period": pl.String, "first": pl.Date, "last": pl.Date, "due": pl.Date},
        )
        unit = {"unit_expected": pl.String}
        if not self.per:
            return grid.with_columns(pl.lit("").alias("subject"), pl.lit(None, pl.String).alias("unit_expected")), False, []
        roster, notes = scope.roster([self.roster] if self.roster else rule.topics)
        if len(roster) == 0:
            subjects = seen.select("subject").unique()
            return subjects.join(grid, how="cross").with_columns(pl.lit(None, pl.String).alias("unit_expected")), False, notes
        own_day = self.due not in ("following_period", "period_end") and not self.due.startswith("next ")
        day = pl.col("due") if own_day else pl.col("last")
        start, end = (pl.col("first"), pl.col("last")) if scope.roster_reading == "any_day" else (day, day)
        if (fixed := _DAY.fullmatch(self.due)) and not fixed[1]:
            # A day within the period: who is there on it is expected. A day of the next year says nothing of who belonged to this one.
            start = end = pl.col("due")
        cells = roster.join(grid, how="cross").filter(
            (pl.col("since").is_null() | (pl.col("since") <= end)) & (pl.col("until").is_null() | (pl.col("until") >= start))
        )
        cells = cells.unique(["subject", "period"], keep="first", maintain_order=True)
        return cells.select(*grid.columns, "subject", pl.col("unit").alias(next(iter(unit)))), True, notes

    def _outcomes(self, expected: pl.DataFrame, seen: pl.DataFrame, scope: Scope) -> pl.DataFrame:
        cells = expected.join(seen, on=["subject", "period"], how="left", maintain_order="left")
        done, due = pl.col("done"), pl.col("due")
        whole = pl.col("has").fill_null(0) == len(self.elements) if self.elements else done.is_not_null()
        return cells.with_columns(
            pl.when(due.is_null())
            .then(Outcome.INDETERMINATE.code)
            .when(whole & (done <= due))
            .then(Outcome.PASS.code)
            .when(whole)
            .then(Outcome.VIOLATION.code)
            .when(due > scope.as_of)
            .then(Outcome.PENDING.code)
            .when(pl.col("undated").fill_null(0) > 0)
            .then(Outcome.INDETERMINATE.code)
            .otherwise(Outcome.VIOLATION.code)
            .alias("outcome")
        )

    def _cell(self, rule: Rule, row: dict[str, Any], doubts: _Doubts, scope: Scope) -> Judged:
        outcome = Outcome.from_code(row["outcome"])
        missing: tuple[str, ...] = ()
        facts: dict[str, Any] = {"n": row["n"] or 0, "have": row["have"] or []}
        if outcome is Outcome.INDETERMINATE:
            missing = (f"{rule.on}.published_on",) if row["due"] is not None else ()
        elif outcome is Outcome.VIOLATION and row["done"] is None:
            bare = bool(self.elements and row["n"])
            if possible := doubts.possible(row["subject"], Period.parse(row["period"]), bare=bare):
                outcome = Outcome.INDETERMINATE
                facts["doubtful"] = [d["id"] for d in possible[:5]]
                missing = self._why(rule, possible)
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

    def _why(self, rule: Rule, possible: list[dict[str, Any]]) -> tuple[str, ...]:
        blank = {
            "period": any(d["_period"] is None for d in possible),
            "elements": any(not d["_has"] for d in possible),
            "subject": any(d["_subject"] is None for d in possible),
            "topic": any(d["_applies"] is None for d in possible),
            "rejected": any(d["_ghost"] for d in possible),
        }
        return tuple(f"{rule.on}.{name}" for name, is_blank in blank.items() if is_blank) or (f"{rule.on}.period",)

    def _locate(self, result: list[Judged], known: nw.LazyFrame[Any], scope: Scope) -> None:
        """Point each period that is late, or entered without its day, to the record."""
        if not any(j.actual is not None or j.missing for j in result):
            return
        day = nw.col("published_on")
        days = sorted({j.actual for j in result if j.actual is not None})
        rows = known.filter(day.is_in(days) | day.is_null() if days else day.is_null())
        keys = [*(["subject"] if self.per else []), "_period", "published_on"]
        first = rows.with_columns(place_tag("id", "unit").alias("_first")).group_by(keys).agg(nw.col("_first").min())
        found = {
            (r["subject"] if self.per else None, r["_period"], r["published_on"]): r["_first"]
            for r in scope.fetch(first).iter_rows(named=True)
        }
        for judged in result:
            tag = found.get((judged.subject, judged.period, judged.actual))
            if tag and (judged.actual is not None or judged.missing):
                judged.src, judged.row, (judged.record_id, unit) = untagged(tag)
                judged.unit = judged.unit or unit

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
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
            "as_of": scope.as_of,
            "last_year": scope.calendar.last_known.year,
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if found.get("no_roster"):
                return "series.no_roster", facts
            if found.get("roster_rows"):
                return "series.roster_rows", facts
            if not found.get("missing"):
                return "within.calendar", facts
            return ("series.doubtful" if found.get("doubtful") else "series.undated"), facts
        if outcome is Outcome.VIOLATION:
            if facts["actual"]:
                return "series.late", facts
            return ("series.incomplete" if self.elements and found.get("n") else "series.absent"), facts
        return f"series.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        if found.get("no_roster") or found.get("roster_rows"):
            return [("step.no_roster", facts)]
        reading = {"following_period": "step.due_following", "period_end": "step.due_period_end"}
        steps: list[Step] = [("step.series_wanted", facts), (reading.get(self.due, "step.due_own"), facts)]
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
