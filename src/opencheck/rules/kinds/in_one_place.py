"""``in_one_place``: everybody on a roster publishes, and all of them in one and the same place.

Reading: the place is the channel that most of the roster uses; a subject that publishes elsewhere only, or not at all, is in breach. A
channel that each has for itself (its own site) is no common place, however many use one. Due by the end of the days that the pack covers;
those whose place is blank cannot be judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, require_field
from opencheck.rules.judgement import Judged, SetJudgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Reduction, expected_subjects, roster_reduction, usable
from opencheck.rules.set_kind import SetKind

__all__ = [
    "InOnePlace",
]


class InOnePlace(SetKind):
    """Every subject of the roster publishes, all in the same place; see the module for the reading."""

    name: ClassVar[str] = "in_one_place"
    needs_covers: ClassVar[bool] = True

    roster: Annotated[str, Field(description="topic of the roster that tells who is expected")]
    place: Annotated[str, Field(description="list field that tells where it was published")] = "channels"
    apart: Annotated[
        list[str],
        Field(description="channels that everybody has for himself, such as a company's own site: never the common place"),
    ] = []

    def check(self, rule: RuleSpec) -> None:
        for name, kind in (("subject", "text"), ("published_on", "date"), (self.place, "list")):
            require_field(rule.on, name, kind)
        self.check_whose(rule.on)

    def topics_of(self, rule: RuleSpec) -> list[str]:
        return [self.roster]

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        mine = {(rule.on, n) for n in ("subject", "published_on", self.place)}
        mine |= self.fields_of_whose(rule.on)
        return mine | {("roster", n) for n in ("topic", "subject", "since", "until", "unit")}

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.place]

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        if rule.on not in context.present:
            return {}
        applies, day = self.counts(rule, context), pl.col("published_on")
        inside = (day >= context.covers.first) & (day <= context.covers.last) & (day <= context.as_of)
        names = ("id", "unit", "subject", "published_on", self.place, REJECTED, SRC, ROW)
        columns = {n: pl.col(n) for n in names} | {"_applies": applies}
        rows = Reduction(rule.on, usable(applies), columns, where=inside.fill_null(True), of_topic=context.of_topic(rule))
        return {"rows": rows, **roster_reduction([self.roster], context.present)}

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        rows = reduced["rows"]
        sure = ~pl.col(REJECTED) & pl.col("_applies").fill_null(False) & pl.col("published_on").is_not_null()
        known = rows.filter(sure & pl.col("subject").is_not_null())
        doubts = rows.filter(~sure | pl.col("subject").is_null())
        expected, notes = self._expected(context, reduced, known)
        places: dict[str, set[str] | None] = {}
        for subject, where in known.select("subject", self.place).unique().iter_rows():
            if where is None:
                places.setdefault(subject, None)
            else:
                places[subject] = (places.get(subject) or set()) | set(where)
        used = Counter(p for s, ps in places.items() if s in expected for p in ps or () if p not in self.apart)
        common, certain = self._common(used, sum(places.get(s) is None and s in places for s in expected) + len(doubts))
        judged = [self._one(rule, context, s, expected[s], places, common, certain, doubts) for s in sorted(expected)]
        return SetJudgement.of([*notes, *judged], include_all=include_all)

    @staticmethod
    def _common(used: Counter[str], unknown: int) -> tuple[str | None, bool]:
        """The place that most use, None where two are used alike; and whether the unknown places could not change that."""
        ranked = sorted(used.values(), reverse=True)
        first, second = (*ranked, 0, 0)[:2]
        common = max(used, key=lambda p: used[p]) if first > second else None
        return common, unknown == 0 or first > second + unknown

    @staticmethod
    def _expected(
        context: RuleContext, reduced: Mapping[str, pl.DataFrame], known: pl.DataFrame
    ) -> tuple[dict[str, str | None], list[Judged]]:
        roster, notes = expected_subjects(reduced)
        expected: dict[str, str | None] = {}
        if len(roster):
            here = roster.filter(
                pl.col("since").is_null() | (pl.col("since") <= context.covers.last),
                pl.col("until").is_null() | (pl.col("until") >= context.covers.first),
            )
            expected = dict(here.select("subject", "unit").iter_rows())
        if not expected:
            notes.append(Judged(Outcome.INDETERMINATE, missing=("roster.subject",), facts={"no_roster": True}))
            expected = dict(known.unique("subject", keep="last", maintain_order=True).select("subject", "unit").iter_rows())
        return expected, notes

    def _one(
        self,
        rule: RuleSpec,
        context: RuleContext,
        subject: str,
        unit: str | None,
        places: dict[str, set[str] | None],
        common: str | None,
        sure: bool,
        doubts: pl.DataFrame,
    ) -> Judged:
        where = places.get(subject)
        missing: tuple[str, ...] = ()
        if where is not None and common in where and sure:
            outcome = Outcome.PASS
        elif context.covers.last > context.as_of:
            outcome = Outcome.PENDING
        elif subject in places and (where is None or not sure):
            outcome, missing = Outcome.INDETERMINATE, (f"{rule.on}.{self.place}",)
        elif len(maybe := doubts.filter(pl.col("subject").is_null() | (pl.col("subject") == subject))):
            read = maybe.filter(~pl.col(REJECTED))
            blank = [n for n in ("subject", "published_on") if read[n].null_count()]
            blank += ["rejected"] if len(read) < len(maybe) or not blank else []
            outcome, missing = Outcome.INDETERMINATE, tuple(f"{rule.on}.{n}" for n in blank)
        else:
            outcome = Outcome.VIOLATION
        facts = {"where": sorted(where) if where else None, "common": common, "absent": subject not in places}
        return Judged(outcome, unit=unit, subject=subject, due=context.covers.last, facts=facts, missing=missing)

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """A wrong place is not late by days."""
        return None, None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        return {
            "subject": found.get("subject"),
            "where": found.get("where"),
            "common": found.get("common"),
            "due": found.get("due"),
            "roster_rows": found.get("roster_rows"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if found.get("no_roster") or found.get("roster_rows"):
            return ("series.no_roster" if found.get("no_roster") else "series.roster_rows"), facts
        if outcome is Outcome.INDETERMINATE:
            others = facts["where"] and f"{rule.on}.{self.place}" in (found.get("missing") or ())
            return ("in_one_place.indeterminate" if others else "missing.fact"), facts
        if outcome is Outcome.VIOLATION:
            if found.get("absent"):
                return "in_one_place.absent", facts
            return ("in_one_place.elsewhere" if facts["common"] else "in_one_place.none_common"), facts
        return f"in_one_place.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        if found.get("no_roster") or found.get("roster_rows"):
            return [("step.no_roster", facts)]
        name = "step.one_place" if facts["where"] else "step.one_place_absent"
        return [(name if facts["common"] else "step.one_place_none", facts), ("step.due", facts)]
