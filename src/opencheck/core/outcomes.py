"""Outcomes and severities: the words in which every finding is put."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

__all__ = [
    "MODALITY_SEVERITY",
    "QUIET",
    "Modality",
    "Outcome",
    "Severity",
]


Severity = Literal["error", "warning", "advice"]

Modality = Literal["must", "in_principle", "may"]

MODALITY_SEVERITY: dict[Modality, Severity] = {"must": "error", "in_principle": "warning", "may": "advice"}


class Outcome(IntEnum):
    """What a check found. Numbers are for the columns of the engine, names for people.

    >>> str(Outcome.NOT_APPLICABLE)
    'not_applicable'
    """

    PASS = 0
    VIOLATION = 1
    PENDING = 2
    NOT_APPLICABLE = 3
    INDETERMINATE = 4
    NEEDS_REVIEW = 5
    WAIVED = 6

    def __str__(self) -> str:
        return self.name.lower()

    @property
    def gravity(self) -> int:
        """The rank by which the worst of several outcomes is chosen; higher is worse."""
        order = (
            Outcome.NOT_APPLICABLE,
            Outcome.PASS,
            Outcome.WAIVED,
            Outcome.PENDING,
            Outcome.NEEDS_REVIEW,
            Outcome.INDETERMINATE,
            Outcome.VIOLATION,
        )
        return order.index(self)


QUIET = (Outcome.PASS, Outcome.NOT_APPLICABLE)
"""Outcomes of which no finding is made unless all are asked for."""
