"""``permanent``: what is published stays up, for good or as long as the roster says that its reason runs.

Reading: no last day means still up. What was taken down is a violation unless the roster shows that the reason had ended by then; a subject
that is on no roster leaves that open, and so does a row of the roster that could not be used. A list that another one of the same subject and
level follows without a gap (``renewed``) was never down; one that a doubtful record, such as one of an unknown topic, may follow so is no
violation. A last day after the day of the check has not come yet; with the end of the day of the check what has it for its last day is down.
What has neither a first nor a last day (``since``) was never up, nor is it before its first day: the rule does not concern it. A last day
before the first is a contradiction: it says nothing of its own record, and whether that record follows another one without a gap is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, NamedTuple

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.records.dataset import REJECTED
from opencheck.rules.conditions import TOPIC_LIKE
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, known_text, open_to_everybody, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.links import Measures, keyed
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Link
from opencheck.rules.requirement import Kind
from opencheck.rules.subject_periods import is_of_all_subjects

__all__ = [
    "Permanent",
]


def _never_down(row: Mapping[str, Any], *, doubtful: bool = False) -> bool:
    """Whether others followed a record without a gap, surely or, with the doubtful ones, perhaps."""
    spans = []
    for text in [
        *(row["spans"] or ()),
        *((row["maybe"] or ()) if doubtful else ()),
        *((row["of_any"] or ()) if doubtful else ()),
    ]:
        level, first, last, _ = text.split("|")
        # A level that is not recorded may be any; of two that are not, both are the ledger keeper's own.
        if level == (row["level"] or "") or (doubtful and not (level and row["level"])):
            spans.append((date.fromisoformat(first) if first else date.min, date.fromisoformat(last) if last else date.max))
    up, ended = row["until"], row["ended"] or date.max
    for first, last in sorted(spans):
        if first <= up + timedelta(days=1):
            up = max(up, last)
        if up > row["checked_on"] or up >= ended:
            return True
    return False


class _Reason(NamedTuple):
    """The reason for which something stays up, by the roster."""

    ended: pl.Expr
    """The day on which it ended; null where no row of the roster tells."""
    listed: pl.Expr
    """Whether the roster tells of it at all."""
    may_run_longer: pl.Expr
    """Whether a row that cannot be used may tell of a later end."""


class Permanent(Kind):
    """Not taken down, or not while its reason runs; see the module for the reading."""

    name: ClassVar[str] = "permanent"
    open_only: ClassVar[bool] = True

    until: Annotated[str, Field(description="date field: the last day up; blank while still up")]
    since: Annotated[str | None, Field(description="date field: the first day up; what has none was never put up")] = None
    while_on_roster: Annotated[
        str | None, Field(description="topic of the roster whose 'until' ends the reason; without it, for good")
    ] = None
    renewed: Annotated[
        bool,
        Field(description="whether a record counts as up while others of the same subject and level follow it without a gap"),
    ] = False

    def check(self, rule: RuleSpec) -> None:
        for name in (self.until, self.since):
            if name:
                require_field(rule.on, name, "date")
        if self.while_on_roster or self.renewed:
            require_field(rule.on, "subject", "text")
        if self.renewed:
            require_field(rule.on, "published_on", "date")
            require_field(rule.on, "level", "text")

    def topics_of(self, rule: RuleSpec) -> list[str]:
        return [self.while_on_roster] if self.while_on_roster else []

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        found = {(rule.on, name) for name in (self.until, self.since) if name}
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
        reason = self._reason(context)
        codes = outcome_expr(
            context.applies(rule),
            (~recorded, Outcome.INDETERMINATE),
            *self._not_up(rule, context),
            (self._contradicts(), Outcome.INDETERMINATE),
            (up, Outcome.PASS),
            (~reason.may_run_longer & (reason.ended <= until), Outcome.PASS),
            (reason.may_run_longer, Outcome.INDETERMINATE),
            (~reason.listed | pl.lit(self._unknown_renewals(rule, context)), Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        extras = {
            "until": until,
            "ended": pl.when(~reason.may_run_longer).then(reason.ended),
            "listed": reason.listed,
            "may_run_longer": reason.may_run_longer,
            "since": pl.col(self.since) if self.since else pl.lit(None, dtype=pl.Date),
            "contradicts": self._contradicts(),
        }
        if self.renewed:
            extras |= self._spans(rule, context) | {"checked_on": pl.lit(context.as_of)}
        return Judgement(codes, None, until, extras)

    def _not_up(self, rule: RuleSpec, context: RuleContext) -> list[tuple[pl.Expr, Outcome]]:
        """The cases of what was never put up, or will be put up later."""
        if not self.since:
            return []
        first = pl.col(self.since)
        never, later = first.is_null() & pl.col(self.until).is_null(), first > context.as_of
        unrecorded = self.since in context.fields(rule.on).absent
        return [(never, Outcome.INDETERMINATE if unrecorded else Outcome.NOT_APPLICABLE), (later, Outcome.NOT_APPLICABLE)]

    def _contradicts(self) -> pl.Expr:
        """Whether the last day lies before the first."""
        return (pl.col(self.until) < pl.col(self.since)).fill_null(False) if self.since else pl.lit(False)

    def _unknown_renewals(self, rule: RuleSpec, context: RuleContext) -> bool:
        """Whether no source tells when a list was put up that may have followed without a gap."""
        return self.renewed and "published_on" not in context.present.get(rule.on, ())

    def _spans(self, rule: RuleSpec, context: RuleContext) -> dict[str, pl.Expr]:
        """When other records were up, each as one text: level, first and last day, and what leaves it open whether it counts.

        ``spans`` are those of the same subject, ``maybe`` those of it that may count, ``of_any`` those that may be of any subject.
        """
        wrong = self._contradicts()
        last = pl.when(~wrong).then(pl.col(self.until))
        days = [day.cast(pl.String).fill_null("") for day in (pl.col("published_on"), last)]
        applies, rejected, day = (
            context.applies_expr(rule, own_columns=True, absence=True),
            pl.col(REJECTED),
            pl.col("published_on"),
        )
        if rule.only_open:
            applies = applies & open_to_everybody()  # what is withheld without a reason may be owed, but is not up
        other = pl.when(wrong).then(pl.lit(self.until)).otherwise(pl.lit("attribute" if rule.only_open else self.until))
        if rule.topics:
            other = pl.when(pl.col("topic").is_null() | pl.col(TOPIC_LIKE).is_not_null()).then(pl.lit("topic")).otherwise(other)
        reason = pl.when(rejected).then(pl.lit("rejected")).otherwise(other)
        # The day of a row that could not be used may be any.
        done = (day <= context.as_of).fill_null(rejected & day.is_null())
        somebody = known_text("subject").is_not_null() & ~is_of_all_subjects()
        sure = ~rejected & ~wrong & applies.fill_null(False)
        perhaps = applies.fill_null(True) & ~sure
        found = {}
        for name, field, where, why in (
            ("spans", "subject", somebody & sure & done, pl.lit("")),
            ("maybe", "subject", somebody & perhaps & done, reason),
            ("of_any", "topic", ~somebody & applies.fill_null(True) & done, pl.lit("subject")),
        ):
            column = f"_{name}:{rule.id}"
            if field not in context.present.get(rule.on, ()):
                found[name] = pl.lit(None, dtype=pl.List(pl.String))
                continue
            span = pl.concat_str(pl.col("level").fill_null(""), *days, why, separator="|")
            measures: Measures = {column: (span, "values")}
            of_topic, several = context.of_topic(rule), field == "subject"
            keys = keyed(rule.on, where, pl.col(field), measures, several=several, of_topic=of_topic)
            context.link(Link(column, field, (keys,)))
            found[name] = pl.col(column)
        return found

    def post_check(self, rule: RuleSpec, rows: pl.DataFrame) -> pl.DataFrame:
        """What others follow without a gap, to the day of the check or until the reason ended, was never down.

        Of a record of which it is unknown whether the rule concerns it this says nothing.
        """
        if not self.renewed:
            return rows
        doubtful = {Outcome.VIOLATION.code, Outcome.INDETERMINATE.code, Outcome.NEEDS_REVIEW.code}
        codes, why = [], []
        names = ("_code", "_applies", "until", "contradicts", "ended", "spans", "maybe", "of_any", "checked_on", "level")
        for row in rows.select(names).iter_rows(named=True):
            code, reason = row["_code"], None
            if row["_applies"] and code in doubtful and row["until"] is not None and not row["contradicts"]:
                if _never_down(row):
                    code = Outcome.PASS.code
                elif code == Outcome.VIOLATION.code and _never_down(row, doubtful=True):
                    code = Outcome.INDETERMINATE.code
                    reasons = [text.split("|")[3] for text in [*(row["maybe"] or ()), *(row["of_any"] or ())]]
                    reason = reasons[0] if reasons else "level"
            codes.append(code)
            why.append(reason)
        return rows.with_columns(pl.Series("_code", codes, dtype=rows.schema["_code"]), pl.Series("why", why, dtype=pl.String))

    def _reason(self, context: RuleContext) -> _Reason:
        """How long the reason runs by the roster; without ``while_on_roster`` it never ends."""
        if not self.while_on_roster:
            return _Reason(pl.lit(None, dtype=pl.Date), pl.lit(True), pl.lit(False))
        if not {"topic", "subject"} <= context.present.get("roster", frozenset()):
            return _Reason(pl.lit(None, dtype=pl.Date), pl.lit(False), pl.lit(False))
        prefix = f"_roster:{self.while_on_roster}"
        may_be = pl.col(TOPIC_LIKE).is_not_null()
        ours = ((pl.col("topic") == self.while_on_roster).fill_null(True) | may_be) & pl.col("subject").is_not_null()
        sure = pl.col("topic").is_not_null() & ~may_be & ~pl.col(REJECTED)
        last_day = pl.when(sure).then(pl.col("until").fill_null(date.max))
        measures: Measures = {
            f"{prefix}|until": (last_day, "max"),
            f"{prefix}|unsure": ((~sure).cast(pl.Int64), "sum"),
        }
        context.link(Link(prefix, "subject", (keyed("roster", ours, pl.col("subject"), measures),)))
        last = pl.col(f"{prefix}|until")
        return _Reason(last, ~last.is_null(), (pl.col(f"{prefix}|unsure") > 0).fill_null(False))

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        if found.get("until") is None:
            return [name for name in (self.until, self.since) if name in context.fields(rule.on).absent] or [self.until]
        if found.get("contradicts"):
            return []
        if why := found.get("why"):
            return [why]
        if found.get("may_run_longer"):
            return ["roster.rejected"]
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
            "start": found.get("since"),
            "from_field": (rule.on, self.since),
            "ended": ended if ended != date.max else None,
            "subject": found.get("subject"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE and found.get("contradicts"):
            return "posted.contradiction", facts
        if outcome is Outcome.INDETERMINATE and found.get("why"):
            return "permanent.may_be_renewed", facts
        if outcome is Outcome.INDETERMINATE and found.get("may_run_longer"):
            return "missing.fact", facts
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
