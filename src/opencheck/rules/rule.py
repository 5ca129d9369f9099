"""A rule as its author writes it: one YAML entry, validated; data only."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from importlib.metadata import entry_points
from typing import Annotated, Any, Literal

import narwhals as nw
from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from opencheck.records.tables import TABLES
from opencheck.rules.base import Kind, Linked, Scope
from opencheck.rules.conditions import Conditions, as_test, check_fields, tests
from opencheck.rules.count import Count
from opencheck.rules.linked_in import LinkedIn
from opencheck.rules.meets import Meets
from opencheck.rules.outcomes import MODALITY_SEVERITY, Modality, Severity
from opencheck.rules.posted import Posted
from opencheck.rules.series import Series
from opencheck.rules.within import Within

__all__ = ["KINDS", "Example", "Rule", "Text"]


def _kinds() -> dict[str, type[Kind]]:
    found: dict[str, type[Kind]] = {k.name: k for k in (Within, Posted, Meets, LinkedIn, Count, Series)}
    for entry in entry_points(group="opencheck.kinds"):
        kind = entry.load()
        found[kind.name] = kind
    return found


KINDS: dict[str, type[Kind]] = _kinds()
"""Requirement kinds by name: our own, and those that other packages register under the entry point ``opencheck.kinds``."""


class Text(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """The text in a language, ``zh`` or ``en``."""
        return self.en if lang == "en" else self.zh


class Example(BaseModel):
    """A case that the rule decides: a test, and a paragraph of the rule's page."""

    model_config = ConfigDict(extra="forbid")

    name: Text | str
    as_of: date
    given: Annotated[dict[str, list[dict[str, Any]]], Field(description="table → records")]
    expect: Literal["pass", "violation", "pending", "not_applicable", "indeterminate", "needs_review", "waived"]
    due: date | None = None
    actual: date | None = None
    late_by: int | None = None
    severity: Severity | None = None
    borderline: bool | None = None
    before_plan: bool | None = None
    justified: bool | None = None
    missing: list[str] | None = None
    subject: str | None = None
    period: str | None = None
    findings: Annotated[int | None, Field(description="how many findings have the expected outcome")] = None
    parameters: dict[str, Any] = {}


class _RequireBase(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    linked: Linked | None = None

    @model_validator(mode="after")
    def _one(self) -> _RequireBase:
        given = [name for name in KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"'require' needs exactly one of {', '.join(KINDS)}; found {', '.join(given) or 'none'}")
        return self

    @cached_property
    def kind(self) -> Kind:
        """The one requirement that is given."""
        value = next(v for name in KINDS if (v := getattr(self, name)) is not None)
        return value if isinstance(value, Kind) else Meets(conditions=value)


_fields: dict[str, Any] = {
    name: (
        Conditions | None if kind is Meets else kind | None,
        Field(default=None, description=(kind.__doc__ or "").split("\n")[0]),
    )
    for name, kind in KINDS.items()
}
Require = create_model("Require", __base__=_RequireBase, **_fields)


class Due(BaseModel):
    """When a duty without a limit of its own falls due: on a date of the record, or at the end of the record's year."""

    model_config = ConfigDict(extra="forbid")

    on: Annotated[list[str], Field(description="date fields; the first that is filled in decides")] = []
    year_end_of: Annotated[str | None, Field(description="field that holds a year")] = None

    @model_validator(mode="after")
    def _one(self) -> Due:
        if bool(self.on) == bool(self.year_end_of):
            raise ValueError("'due' needs either 'on' or 'year_end_of'")
        return self


class Rule(BaseModel):
    """One duty as a rule object: which records it concerns, what it requires, on which clause, and what to do when it is broken."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        str, Field(pattern=r"^[A-Z][A-Z0-9]*-[\w.\-]+$", description="permanent code, with the pack's letters in front")
    ]
    clause: str
    title: Text
    on: Annotated[str, Field(description="table that the rule judges")]
    when: Annotated[Conditions, Field(description="which records it concerns; all of them where empty")] = {}
    require: Require
    modality: Modality = "must"
    severity: Annotated[Severity | None, Field(description="where it differs from the modality's; say why in 'reading'")] = None
    due: Due | None = None
    for_year: Annotated[str | None, Field(description="field with the record's year: only years that the pack covers")] = None
    consistent: Annotated[Conditions, Field(description="what must hold for the data to be believed at all")] = {}
    justification: Annotated[str | None, Field(description="field whose text answers a breach in principle")] = None
    reading: Annotated[Text | None, Field(description="the legal reading that was chosen, where the clause leaves room")] = None
    remedy: Text
    decides: Annotated[list[str], Field(description="atomic checks of the readings that this rule decides")] = []
    examples: list[Example] = []

    @model_validator(mode="after")
    def _fits(self) -> Rule:
        if self.on not in TABLES:
            raise ValueError(f"no table {self.on!r}; tables: {', '.join(TABLES)}")
        table = TABLES[self.on]
        for conditions in (self.when, self.consistent):
            check_fields(conditions, table)
        named = [self.for_year, self.justification, *((*self.due.on, self.due.year_end_of) if self.due else ())]
        for name in named:
            if name is not None and name not in table.fields:
                raise ValueError(f"table {self.on} has no field {name!r}; it has: {', '.join(table.fields)}")
        if self.consistent and not self.kind.weighs_consistency:
            raise ValueError(f"'consistent' is not weighed by {self.kind.name}; leave it out")
        self.kind.check(self)
        return self

    @property
    def kind(self) -> Kind:
        """The requirement kind with this rule's data."""
        kind: Kind = self.require.kind
        return kind

    @property
    def effective_severity(self) -> Severity:
        """The severity of a breach: the modality's, unless the rule sets its own."""
        return self.severity or MODALITY_SEVERITY[self.modality]

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that the rule concerns, as its conditions name them."""
        if "topic" not in self.when:
            return ()
        test = as_test(self.when["topic"])
        return tuple(map(str, test.in_ or ([test.is_] if test.is_ is not None else [])))

    def reads(self) -> set[tuple[str, str]]:
        """Every (table, field) that the rule reads."""
        found = {(self.on, name) for name, _ in tests(self.when)} | {(self.on, n) for n, _ in tests(self.consistent)}
        found |= {(self.on, n) for n in (self.for_year, self.justification) if n}
        if self.due:
            found |= {(self.on, n) for n in (*self.due.on, self.due.year_end_of) if n}
        return found | self.kind.reads(self)

    def due_expression(self, scope: Scope) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
        """The due day, whether it is still to come, and whether it is unknown.

        A year's end has no date column: it is worked out for findings only, from ``due_year``.
        """
        if self.due is None:
            return nw.lit(None, dtype=nw.Date), nw.lit(False), nw.lit(False)
        if self.due.year_end_of:
            year = nw.col(self.due.year_end_of)
            over = scope.as_of.year if (scope.as_of.month, scope.as_of.day) == (12, 31) else scope.as_of.year - 1
            return nw.lit(None, dtype=nw.Date), year > over, year.is_null()
        due = nw.col(self.due.on[-1])
        for name in reversed(self.due.on[:-1]):
            due = nw.when(nw.col(name).is_null()).then(due).otherwise(nw.col(name))
        return due, due > scope.as_of, due.is_null()
