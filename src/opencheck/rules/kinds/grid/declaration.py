"""What a rule of the kind ``grid`` states."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from opencheck.core.errors import alternatives
from opencheck.core.periods import Every
from opencheck.core.time_limits import Limit
from opencheck.records.tables import TABLES
from opencheck.rules.expressions import require_field
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.set_kind import SetKind

__all__ = ["Axis", "Cell", "GridDeclaration"]

Cell = tuple[str, ...]
"""A value of each axis."""


class Axis(BaseModel):
    """One axis of the grid: a field, and the values that must all occur in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    values: Annotated[list[str], Field(min_length=1)]


class GridDeclaration(SetKind):
    """The fields of the requirement in YAML, and whether they fit together."""

    needs_covers: ClassVar[bool] = True

    axes: Annotated[list[Axis], Field(min_length=1)]
    per: Annotated[str | None, Field(description="text field: one grid for each of its values; else one in all")] = None
    every: Annotated[Every | None, Field(description="one grid for each period that the pack covers; else one in all")] = None
    done: Annotated[str | None, Field(description="date field without which a record fills nothing")] = None
    dated: Annotated[
        str | None,
        Field(description="date field: what it dates after the day of the check fills nothing yet; what it leaves blank does"),
    ] = None
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
    comprises: Annotated[
        dict[str, list[str]],
        Field(description="for a word of the last axis's field the values of the axis that it names together"),
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
        for name in (self.done, self.dated):
            if name:
                require_field(rule.on, name, "date")
        if self.done and self.dated:
            raise ValueError("'dated' is of grids without 'done'")
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
        if unknown := [v for v in (*self.holds, *self.any_year) if v not in self.axes[0].values]:
            raise ValueError(f"{', '.join(map(repr, unknown))}: no value of the first axis")
        if unknown := [v for vs in self.comprises.values() for v in vs if v not in self.axes[-1].values]:
            raise ValueError(f"{', '.join(map(repr, unknown))}: no value of the last axis")
        if not self.per and (self.follow_up or self.wanted_yearly or self.roster or self.pooled):
            raise ValueError("'follow_up', 'wanted_yearly', 'roster' and 'pooled' need 'per'")
        if self.every and (self.wanted_yearly or self.roster):
            raise ValueError("'wanted_yearly' and 'roster' are of the covered days as a whole: leave 'every' out")
        if self.any_year and self.every != "year":
            raise ValueError("'any_year' needs 'every: year'")
        self.check_whose(rule.on)

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        names = [a.field for a in self.axes] + [n for n in (self.per, self.done, self.dated) if n]
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

    @property
    def asks_when(self) -> bool:
        """Whether the day on which one cell is filled decides about others, so that a doubtful record can break what is complete."""
        return bool(self.done) and (self.in_order or self.once is not None)

    @property
    def in_turn(self) -> list[list[Cell]]:
        """Cells of which none may be filled before those that stand before it."""
        if self.in_order:
            return [self.wanted]
        due = [c for c in self.wanted if c[0] == self.once] if self.asks_when else []
        return [[cell, last] for last in due for cell in self.wanted if cell not in due]
