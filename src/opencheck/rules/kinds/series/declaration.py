"""What a rule of the kind ``series`` states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from opencheck.core.periods import Every, check_due, due_in_own_year
from opencheck.rules.expressions import require_field
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.set_kind import SetKind

__all__ = ["SeriesDeclaration"]


class SeriesDeclaration(SetKind):
    """The fields of the requirement in YAML, and whether they fit together."""

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
    cumulative: Annotated[
        bool,
        Field(
            description="of months: whether the figures add up from January on, so that 1-8月, a first half or a year is its last month"
        ),
    ] = False
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
        if self.cumulative and self.every != "month":
            raise ValueError("'cumulative' is of months")
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

    def rosters(self, rule: RuleSpec) -> list[str]:
        """The topics of the roster that tell who is expected: the one that the rule names, and its own."""
        return list(dict.fromkeys([*([self.roster] if self.roster else []), *rule.topics]))

    @property
    def falls_due_after_the_period(self) -> bool:
        """Whether the duty falls due after the period: what is asked for are figures of the whole of it."""
        return self.due != "period_end" and not due_in_own_year(self.due)
