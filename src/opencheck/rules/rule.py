"""A rule as its author writes it: one validated YAML entry, data only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from opencheck.core.errors import alternatives
from opencheck.core.localized import PackText
from opencheck.core.outcomes import MODALITY_SEVERITY, Modality, Outcome, Severity
from opencheck.core.time_limits import LimitSpec
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import Conditions, Patterns, Test, check_fields, iter_tests, to_test
from opencheck.rules.judgement import Linked
from opencheck.rules.kinds.meets import Meets
from opencheck.rules.registry import KINDS
from opencheck.rules.remedy import Remedy
from opencheck.rules.requirement import Kind

__all__ = [
    "OPENNESS",
    "Example",
    "Rule",
]

OPENNESS = ("attribute", "non_disclosure_reason", "confidential_basis")
"""The fields that tell whether a disclosure is open, and why not."""


class Example(BaseModel):
    """An example of the rule: a test of the pack, and a paragraph of the rule's page."""

    model_config = ConfigDict(extra="forbid")

    name: PackText | str
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
    says: Annotated[str | None, Field(description="text that the Chinese explanation must contain")] = None
    silent: Annotated[str | None, Field(description="text that the Chinese explanation must not contain")] = None
    findings: Annotated[int | None, Field(description="how many findings have the expected outcome")] = None
    each: Annotated[
        dict[str, list[Any]],
        Field(
            description="field (of another table: table.field) → values: with each of them in every record the outcome is the same"
        ),
    ] = {}
    needs: Annotated[
        dict[str, list[Any]],
        Field(
            description="field (of another table: table.field) → values that are given: without any one of them it is no pass"
        ),
    ] = {}
    parameters: dict[str, Any] = {}

    @model_validator(mode="after")
    def _needed(self) -> Example:
        if self.needs and self.expect != "pass":
            raise ValueError("needs 只能写在符合的例子里 / 'needs' is of examples that pass")
        return self


class _RequireBase(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    linked: Linked | None = None

    @model_validator(mode="after")
    def _one(self) -> _RequireBase:
        given = [name for name in KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"require 下只写一种要求 / 'require' needs exactly one of {', '.join(KINDS)}; found {', '.join(given) or 'none'}"
            )
        return self

    @cached_property
    def kind(self) -> Kind:
        """The requirement of the rule."""
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
    """The due day of a duty whose requirement sets none: a date of the record, or the end of the record's year."""

    model_config = ConfigDict(extra="forbid")

    on: Annotated[list[str], Field(description="date fields; the first that is filled in decides")] = []
    limit: Annotated[LimitSpec | None, Field(description="a limit that starts with the date of 'on'")] = None
    year_end_of: Annotated[str | None, Field(description="field that holds a year")] = None

    @model_validator(mode="after")
    def _one(self) -> Due:
        if bool(self.on) == bool(self.year_end_of):
            raise ValueError("'due' needs either 'on' or 'year_end_of'")
        if self.limit is not None and len(self.on) != 1:
            raise ValueError("'due' with a 'limit' needs one field in 'on'")
        return self


class GrantedException(BaseModel):
    """An exception that the clause grants, and the field of the record that must hold its basis."""

    model_config = ConfigDict(extra="forbid")

    title: PackText
    when: Annotated[Conditions, Field(description="when a record claims the exception")]
    basis: Annotated[str, Field(description="field that must hold the basis; blank, the exception does not apply")]
    matches: Annotated[
        Patterns | None,
        Field(description="what the basis must hold: a regular expression, or {holds: …, lacks: …}; of several one is enough"),
    ] = None

    @property
    def basis_test(self) -> dict[str, Any]:
        """The conditions on the basis."""
        return {self.basis: {"present": True} | ({"matches": self.matches} if self.matches else {})}


class Rule(BaseModel):
    """One duty: the records it applies to, its requirement, the clause it implements, and the remedy of a violation."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        str, Field(pattern=r"^[A-Z][A-Z0-9]*-[\w.\-]+$", description="permanent code, with the pack's letters in front")
    ]
    clause: str
    title: PackText
    on: Annotated[str, Field(description="table that the rule judges")]
    when: Annotated[Conditions, Field(description="which records it concerns; all of them where empty")] = {}
    require: Require
    modality: Modality = "must"
    severity: Annotated[Severity | None, Field(description="where it differs from the modality's; say why in 'reading'")] = None
    due: Due | None = None
    for_year: Annotated[str | None, Field(description="field with the record's year: only years that the pack covers")] = None
    consistent: Annotated[Conditions, Field(description="what must hold for the data to be believed at all")] = {}
    justification: Annotated[str | None, Field(description="field whose text answers a breach in principle")] = None
    exceptions: Annotated[
        list[GrantedException], Field(description="exceptions that the clause grants, each on a recorded basis")
    ] = []
    open_only: Annotated[
        bool | None,
        Field(
            description="whether records marked on-request or withheld are left out: they neither keep a duty to publish nor are late "
            "for it; by default so for kinds about publication"
        ),
    ] = None
    yearly: Annotated[
        bool, Field(description="whether the clause wants it each year: with no record of a covered year it is not kept")
    ] = False
    reading: Annotated[
        PackText | None, Field(description="the legal reading that was chosen, where the clause leaves room")
    ] = None
    remedy: Annotated[Remedy, Field(description="what to do after a breach: {zh, en}, and other texts for other moments")]
    decides: Annotated[list[str], Field(description="atomic checks of the readings that this rule decides")] = []
    examples: list[Example] = []

    @model_validator(mode="after")
    def _fits(self) -> Rule:
        if self.on not in TABLES:
            raise ValueError(f"没有这张表 / no table {self.on!r}{alternatives(self.on, TABLES)}")
        table = TABLES[self.on]
        for conditions in (self.when, self.consistent):
            check_fields(conditions, table)
        named = [self.for_year, self.justification, *((*self.due.on, self.due.year_end_of) if self.due else ())]
        for name in named:
            if name is not None and name not in table.fields:
                raise ValueError(f"表里没有这个字段 / table {self.on} has no field {name!r}{alternatives(name, table.fields)}")
        for grant in self.exceptions:
            check_fields(grant.when, table)
            check_fields(grant.basis_test, table)
        if self.due and self.due.on:
            for name in self.due.on:
                if table.fields[name].kind not in ("date", "datetime"):
                    raise ValueError(f"due.on: {self.on}.{name} is a {table.fields[name].kind}, needed: date or datetime")
        if self.kind.about == "set" and (self.consistent or self.exceptions or self.justification):
            raise ValueError(f"{self.kind.name} judges a set; consistent, exceptions and justification are of single records")
        if self.open_only is not None and self.on != "disclosure":
            raise ValueError("'open_only' is of disclosures")
        if self.yearly and (self.kind.about == "set" or (self.on != "disclosure" and not self.for_year)):
            raise ValueError("'yearly' is of single records that belong to a year: disclosures, or a table with 'for_year'")
        self.kind.check(self)
        return self

    @property
    def kind(self) -> Kind:
        """The requirement with this rule's data."""
        kind: Kind = self.require.kind
        return kind

    @property
    def effective_severity(self) -> Severity:
        """The severity of a violation: the rule's own, else the one of its modality."""
        return self.severity or MODALITY_SEVERITY[self.modality]

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that the rule's conditions name."""
        if "topic" not in self.when:
            return ()
        test = to_test(self.when["topic"])
        return tuple(map(str, test.in_ or ([test.is_] if isinstance(test.is_, str) else [])))

    @property
    def only_open(self) -> bool:
        """Whether it concerns only disclosures that are open to everybody."""
        return self.on == "disclosure" and (self.kind.open_only if self.open_only is None else self.open_only)

    def all_tests(self) -> list[tuple[str, Test]]:
        """Return every (field, test) of the rule's conditions and requirement."""
        own = [*iter_tests(self.when), *iter_tests(self.consistent)]
        return own + (list(iter_tests(self.kind.conditions)) if isinstance(self.kind, Meets) else [])

    @property
    def elements(self) -> list[str]:
        """The elements of disclosures that the rule requires."""
        return self.kind.elements_of(self)

    def relief_among(self, proposed: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
        """The headings of columns that are not read and could only turn a violation into something less, each with the field that it may be.

        Args:
            proposed: table, field and heading of the columns that are not read and likely are the field.
        """
        relieving = self.kind.relieving_fields(self)
        return sorted((heading, name) for table, name, heading in proposed if table == self.on and name in relieving)

    def unconfirmed_among(self, unconfirmed: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        """The headings of columns that are not read and likely are a field that decides.

        Those that could only turn a violation into something less are told by :meth:`relief_among`; a justification is, too, elsewhere.

        Args:
            unconfirmed: table, field and heading of the columns that are not read and likely are the field, which its table does not have.

        Returns:
            Headings, each with the table and the field that it may be.
        """
        apart = {(self.on, n) for n in (*self.kind.relieving_fields(self), self.justification) if n}
        wanted = self.deciding_fields() - apart
        return sorted((heading, table, name) for table, name, heading in unconfirmed if (table, name) in wanted)

    def unconfirmed_names(self, unconfirmed: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
        """The fields of :meth:`unconfirmed_among`, with the table where it is not the rule's own, as a finding lists what is missing."""
        found = self.unconfirmed_among(unconfirmed)
        return tuple(dict.fromkeys(name if table == self.on else f"{table}.{name}" for _, table, name in found))

    def open_outcomes(self, unconfirmed: Iterable[tuple[str, str, str]]) -> tuple[Outcome, ...]:
        """The outcomes that cannot be told before somebody confirms columns, as in :meth:`unconfirmed_among`.

        A violation, and a pass: what a column says may take a record away that kept a duty. What could only grant an exception takes no pass.
        """
        columns = self.unconfirmed_among(unconfirmed)
        if not columns:
            return ()
        excusing = self._fields_of_exceptions() - self._fields_but_for_exceptions()
        only_excuse = all((table, name) in excusing for _, table, name in columns)
        return (Outcome.VIOLATION,) if only_excuse else (Outcome.VIOLATION, Outcome.PASS)

    def required_fields(self) -> set[tuple[str, str]]:
        """Return every (table, field) that the rule reads."""
        return self._fields_but_for_exceptions() | self._fields_of_exceptions()

    def _fields_but_for_exceptions(self) -> set[tuple[str, str]]:
        found = {(self.on, name) for name, _ in iter_tests(self.when)}
        found |= {(self.on, n) for n in (self.for_year, self.justification) if n}
        found |= {(self.on, n) for n in OPENNESS} if self.only_open else set()
        if self.due:
            found |= {(self.on, n) for n in (*self.due.on, self.due.year_end_of) if n}
        return found | self._fields_of(self.consistent) | self.kind.required_fields(self)

    def _fields_of_exceptions(self) -> set[tuple[str, str]]:
        return {f for grant in self.exceptions for f in (*self._fields_of(grant.when), *self._fields_of(grant.basis_test))}

    def _fields_of(self, conditions: Mapping[str, Any]) -> set[tuple[str, str]]:
        return {(self.on, n) for name, test in iter_tests(conditions) for n in (name, *test.refs)}

    def deciding_fields(self) -> set[tuple[str, str]]:
        """Return every (table, field) that can change what the rule finds: also what tells a record's year, where it is yearly."""
        return self.required_fields() | ({(self.on, self.for_year or "period")} if self.yearly else set())
