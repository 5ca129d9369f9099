"""``permanent``: what is published stays up, for good or as long as the roster says that its reason runs.

Reading: no last day means still up. What was taken down is a violation unless the roster shows that the reason had ended by then; a subject
that is on no roster leaves that open. A list that another one of the same subject and level follows without a gap (``renewed``) was never
down. A last day after the day of the check has not come yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.records.dataset import REJECTED
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.links import keyed
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Link
from opencheck.rules.requirement import Kind

__all__ = [
    "Permanent",
]


def _never_down(row: Mapping[str, Any]) -> bool:
    spans = []
    for text in row["spans"]:
        level, first, last = text.split("|")
        if level == (row["level"] or ""):
            spans.append((date.fromisoformat(first), date.fromisoformat(last) if last else date.max))
    up, wanted = row["until"], min(row["checked_on"], row["ended"] or date.max)
    for first, last in sorted(spans):
        if first <= up + timedelta(days=1):
            up = max(up, last)
        if up >= wanted:
            return True
    return False


class Permanent(Kind):
    """Not taken down, or not while its reason runs; see the module for the reading."""

    name: ClassVar[str] = "permanent"
    open_only: ClassVar[bool] = True

    until: Annotated[str, Field(description="date field: the last day up; blank while still up")]
    while_on_roster: Annotated[
        str | None, Field(description="topic of the roster whose 'until' ends the reason; without it, for good")
    ] = None
    renewed: Annotated[
        bool,
        Field(description="whether a record counts as up while others of the same subject and level follow it without a gap"),
    ] = False

    def check(self, rule: RuleSpec) -> None:
        require_field(rule.on, self.until, "date")
        if self.while_on_roster or self.renewed:
            require_field(rule.on, "subject", "text")
        if self.renewed:
            require_field(rule.on, "published_on", "date")
            require_field(rule.on, "level", "text")

    def topics_of(self, rule: RuleSpec) -> list[str]:
        return [self.while_on_roster] if self.while_on_roster else []

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        found = {(rule.on, self.until)}
        if self.while_on_roster:
            found |= {(rule.on, "subject"), *(("roster", n) for n in ("topic", "subject", "until"))}
        if self.renewed:
            found |= {(rule.on, n) for n in ("subject", "published_on", "level")}
        return found

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.until]

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        until = pl.col(self.until)
        recorded = pl.lit(self.until in context.present.get(rule.on, ())) | ~until.is_null()
        up = until.is_null() | (until > context.as_of)
        ended, listed = self._ended(context)
        codes = outcome_expr(
            context.applies(rule),
            (~recorded, Outcome.INDETERMINATE),
            (up, Outcome.PASS),
            (ended <= until, Outcome.PASS),
            (~listed | pl.lit(self._unknown_renewals(rule, context)), Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        extras = {"until": until, "ended": ended, "listed": listed}
        if self.renewed:
            extras |= {"spans": self._spans(rule, context), "checked_on": pl.lit(context.as_of)}
        return Judgement(codes, None, until, extras)

    def _unknown_renewals(self, rule: RuleSpec, context: RuleContext) -> bool:
        """Whether no source tells when a list was put up that may have followed without a gap."""
        return self.renewed and "published_on" not in context.present.get(rule.on, ())

    def _spans(self, rule: RuleSpec, context: RuleContext) -> pl.Expr:
        """When the records of the same subject were up, each as one text: level, first and last day."""
        name = f"_spans:{rule.id}"
        days = [pl.col(n).cast(pl.String).fill_null("") for n in ("published_on", self.until)]
        span = pl.concat_str(pl.col("level").fill_null(""), *days, separator="|")
        ours = pl.col("subject").is_not_null() & (pl.col("published_on") <= context.as_of) & ~pl.col(REJECTED)
        ours = ours & context.applies_in_place(rule).fill_null(False)
        own = keyed(rule.on, ours.fill_null(False), pl.col("subject"), {name: (span, "values")})
        context.link(Link(name, "subject", (own,)))
        return pl.col(name)

    def post_check(self, rule: RuleSpec, rows: pl.DataFrame) -> pl.DataFrame:
        """What others follow without a gap, to the day of the check or until the reason ended, was never down.

        Of a record of which it is unknown whether the rule concerns it this says nothing.
        """
        if not self.renewed:
            return rows
        doubtful = {Outcome.VIOLATION.code, Outcome.INDETERMINATE.code}
        codes = []
        for row in rows.select("_code", "_applies", "until", "ended", "spans", "checked_on", "level").iter_rows(named=True):
            open_ = row["_applies"] and row["_code"] in doubtful and row["until"] is not None and row["spans"]
            codes.append(Outcome.PASS.code if open_ and _never_down(row) else row["_code"])
        return rows.with_columns(pl.Series("_code", codes, dtype=rows.schema["_code"]))

    def _ended(self, context: RuleContext) -> tuple[pl.Expr, pl.Expr]:
        """The day on which the reason ended, where the roster has one, and whether it can be told at all."""
        if not self.while_on_roster:
            return pl.lit(None, dtype=pl.Date), pl.lit(True)
        if not {"topic", "subject"} <= context.present.get("roster", frozenset()):
            return pl.lit(None, dtype=pl.Date), pl.lit(False)
        prefix = f"_roster:{self.while_on_roster}"
        listed = (pl.col("topic") == self.while_on_roster) & pl.col("subject").is_not_null() & ~pl.col(REJECTED)
        last_day = pl.col("until").fill_null(date(9999, 12, 31))
        ends = keyed("roster", listed, pl.col("subject"), {f"{prefix}|until": (last_day, "max")})
        context.link(Link(prefix, "subject", (ends,)))
        last = pl.col(f"{prefix}|until")
        return last, ~last.is_null()

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        if found.get("until") is None:
            return [self.until]
        if found.get("listed") and self._unknown_renewals(rule, context):
            return ["published_on"]
        return ["subject"] if self.while_on_roster and found.get("subject") is None else ["roster.subject"]

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """What was taken down is not late by days."""
        return None, None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        ended = found.get("ended")
        return {
            "until": found.get("until"),
            "to_field": (rule.on, self.until),
            "ended": ended if ended and ended.year < 9999 else None,
            "subject": found.get("subject"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            return ("missing.fact" if facts["until"] is None else "permanent.indeterminate"), facts
        if outcome is Outcome.VIOLATION and self.while_on_roster:
            return "permanent.violation_while", facts
        return f"permanent.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        down = facts["until"] is not None and facts["until"] <= context.as_of  # a later day is planned, not done
        steps: list[Step] = [("step.taken_down" if down else "step.still_up", facts)]
        if self.while_on_roster and down:
            steps.append(
                (
                    "step.reason_ended"
                    if facts["ended"]
                    else "step.reason_runs"
                    if found.get("ended")
                    else "step.off_roster_here",
                    facts,
                )
            )
        return steps
