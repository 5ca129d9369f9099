"""Outcomes and severities: the words in which every finding is put."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

__all__ = [
    "MODALITY_SEVERITY",
    "QUIET",
    "QUIET_CODES",
    "Modality",
    "Outcome",
    "Severity",
]


class Outcome(StrEnum):
    """What a check found. Each member equals its name in lower case; :attr:`code` is its number in the columns of the engine.

    >>> Outcome.NOT_APPLICABLE == "not_applicable", Outcome("pass").code, Outcome.from_code(1)
    (True, 0, <Outcome.VIOLATION: 'violation'>)
    """

    PASS = "pass"
    """The duty is kept."""
    VIOLATION = "violation"
    """The duty is broken."""
    PENDING = "pending"
    """The duty is not yet due."""
    NOT_APPLICABLE = "not_applicable"
    """The rule does not concern the record."""
    INDETERMINATE = "indeterminate"
    """A fact is missing or cannot be known; the finding names it."""
    NEEDS_REVIEW = "needs_review"
    """A person must judge."""
    WAIVED = "waived"
    """The duty is broken, and a waiver covers it."""

    @property
    def code(self) -> int:
        """The number that stands for the outcome in columns; stored files rely on it."""
        return _CODES[self]

    @classmethod
    def from_code(cls, code: int) -> Outcome:
        """The outcome of a number of the code column.

        Raises:
            ValueError: a number that no outcome has.
        """
        if not 0 <= code < len(_BY_CODE):
            raise ValueError(f"{code} is no outcome's code; codes: 0 to {len(_BY_CODE) - 1}")
        return _BY_CODE[code]

    @property
    def gravity(self) -> int:
        """The rank by which the worst of several outcomes is chosen; higher is worse."""
        return _GRAVITY[self]


_BY_CODE = tuple(Outcome)
_CODES = {outcome: code for code, outcome in enumerate(Outcome)}
_GRAVITY = {
    Outcome.NOT_APPLICABLE: 0,
    Outcome.PASS: 1,
    Outcome.WAIVED: 2,
    Outcome.PENDING: 3,
    Outcome.NEEDS_REVIEW: 4,
    Outcome.INDETERMINATE: 5,
    Outcome.VIOLATION: 6,
}

QUIET = (Outcome.PASS, Outcome.NOT_APPLICABLE)
"""Outcomes that become findings only where all are asked for."""

QUIET_CODES = tuple(outcome.code for outcome in QUIET)
"""The codes of :data:`QUIET`."""


class Severity(StrEnum):
    """How much a violation weighs."""

    ERROR = "error"
    """The clause says must."""
    WARNING = "warning"
    """The clause says in principle."""
    ADVICE = "advice"
    """The clause says may; or what was due before the source bound."""

    @property
    def rank(self) -> int:
        """The rank by which severities are compared; higher is heavier.

        >>> Severity.ERROR == "error", Severity.ERROR.rank > Severity.ADVICE.rank
        (True, True)
        """
        return _RANK[self]


_RANK = {Severity.ADVICE: 1, Severity.WARNING: 2, Severity.ERROR: 3}

Modality = Literal["must", "in_principle", "may"]

MODALITY_SEVERITY: dict[Modality, Severity] = {
    "must": Severity.ERROR,
    "in_principle": Severity.WARNING,
    "may": Severity.ADVICE,
}
"""The severity of a violation of a duty, by how strictly its clause binds."""
