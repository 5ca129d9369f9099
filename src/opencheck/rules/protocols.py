"""What kinds see of a rule, so that they need not import the rule's model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

__all__ = ["DueSpec", "GrantedException", "LinkSpec", "RequireSpec", "RuleSpec"]


class LinkSpec(Protocol):
    """Records of another table that refer to this one."""

    @property
    def table(self) -> str:
        """The other table."""

    @property
    def by(self) -> str:
        """Its field that holds this record's id."""


class RequireSpec(Protocol):
    """The ``require`` entry of a rule."""

    @property
    def linked(self) -> LinkSpec | None:
        """The linked records, where the requirement is about them."""


class DueSpec(Protocol):
    """When a duty without a limit of its own falls due."""

    @property
    def on(self) -> Sequence[str]:
        """Date fields; the first that is filled in decides."""

    @property
    def limit(self) -> Any:
        """A limit that starts with the date of ``on``."""

    @property
    def year_end_of(self) -> str | None:
        """A field that holds a year."""


class GrantedException(Protocol):
    """An exception that the clause grants, and the record's field that must hold its basis."""

    @property
    def title(self) -> Any:
        """What it is called, in both languages."""

    @property
    def when(self) -> Mapping[str, Any]:
        """When a record claims it."""

    @property
    def basis(self) -> str:
        """The field that must hold the basis."""

    @property
    def basis_test(self) -> dict[str, Any]:
        """The test of the basis, as conditions."""


class RuleSpec(Protocol):
    """A rule as kinds and the planner read it."""

    @property
    def id(self) -> str:
        """The permanent code."""

    @property
    def clause(self) -> str:
        """The clause that it rests on."""

    @property
    def on(self) -> str:
        """The table that it judges."""

    @property
    def when(self) -> Mapping[str, Any]:
        """Which records it concerns."""

    @property
    def require(self) -> RequireSpec:
        """What it requires."""

    @property
    def due(self) -> DueSpec | None:
        """When it falls due, where the kind has no limit of its own."""

    @property
    def for_year(self) -> str | None:
        """The field with the record's year, where only covered years count."""

    @property
    def consistent(self) -> Mapping[str, Any]:
        """What must hold for the data to be believed at all."""

    @property
    def justification(self) -> str | None:
        """The field whose text answers a breach in principle."""

    @property
    def exceptions(self) -> Sequence[GrantedException]:
        """Exceptions that the clause grants."""

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that its conditions name."""

    @property
    def only_open(self) -> bool:
        """Whether it concerns only disclosures that are open to everybody."""

    def required_fields(self) -> set[tuple[str, str]]:
        """Every (table, field) that it reads."""
