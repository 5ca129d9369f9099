"""The base class of requirement kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from opencheck.core.outcomes import Outcome
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step
from opencheck.rules.judgement import Judged, Judgement

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Kind",
]


class Kind(BaseModel):
    """A requirement kind: a rule's ``require`` entry as data, and what it makes of a table.

    A kind is one file; a rule is data. ``about`` says what is judged: each ``record``, or the table as a ``set``.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: ClassVar[str]
    about: ClassVar[str] = "record"
    needs_table: ClassVar[bool] = True
    """Whether nothing can be judged where the rule's table was not given."""
    refines_alone: ClassVar[bool] = False
    """Whether :meth:`refine` looks at nothing but the row itself: then it is done once, as long as the row stays what it is."""

    def refine(self, rule: Rule, rows: Any, scope: Any) -> Any:
        """Change the ``_code`` of the frame of rows that became findings, where only a look beyond the row can tell."""
        return rows

    def missing(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[str]:
        """The missing facts that leave a finding indeterminate, as field names (``table.field`` where of another)."""
        raise NotImplementedError

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """By how many days a violation is late or short, and whether working or calendar days; None where it has no due day."""
        due = found.get("due")
        if due is None:
            return None, None
        actual = found.get("actual")
        end = actual if actual is not None and actual <= scope.as_of else scope.as_of
        return (end - due).days, "days"

    def check(self, rule: Rule) -> None:
        """Refuse a rule whose data does not fit the tables.

        Raises:
            ValueError: naming what does not fit.
        """
        raise NotImplementedError

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """The (table, field) pairs that the kind reads, besides the rule's own conditions."""
        raise NotImplementedError

    def elements_of(self, rule: Rule) -> list[str]:
        """The elements of disclosures that the kind asks for; a pack must name them."""
        return []

    def topics_of(self, rule: Rule) -> list[str]:
        """The topics that the kind itself names; a pack must have them."""
        return []

    def scans(self, rule: Rule) -> str | None:
        """The text field that the kind reads through: a table without it is told once, not record by record."""
        return None

    def plan(self, rule: Rule, scope: Scope) -> Judgement:
        """The judgement of each record as expressions (for kinds about records)."""
        raise NotImplementedError

    def judge(self, rule: Rule, scope: Scope, everything: bool) -> tuple[dict[Outcome, int], list[Judged]]:
        """Counts of outcomes, and the judgements that become findings (for kinds about sets)."""
        raise NotImplementedError

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """The fields of the record whose cells a person should look at first."""
        raise NotImplementedError

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """The message of a finding: its name in the catalogue, and the facts it is filled with."""
        raise NotImplementedError

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """The derivation of a finding, line by line."""
        raise NotImplementedError
