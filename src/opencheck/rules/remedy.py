"""What a rule advises after a breach, by the moment at which the advice is read."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from opencheck.core.localized import LocalizedText, PackText
from opencheck.core.time_limits import Duration

__all__ = ["Moment", "PastRemedy", "Remedy"]


class Moment(StrEnum):
    """The moment of a breach at which its remedy is read."""

    UNDONE = "undone"
    """It has not been done, or is not as it must be, and can still be put right."""
    LATE = "late"
    """It was done, too late."""
    DRAFT = "draft"
    """The record is a draft that is checked before publication."""
    PAST = "past"
    """It was not done, and doing it now has no use."""


def _days(value: object) -> Duration:
    span = Duration.parse(value)
    if span.unit != "days":
        raise ValueError(f"expected calendar days such as '7 days', found {value!r}")
    return span


Days = Annotated[
    Duration,
    BeforeValidator(_days),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+\s*days$", "examples": ["7 days"]}),
]


class PastRemedy(PackText):
    """What to do where the act has no use any more, a number of days after it was due."""

    after: Annotated[Days, Field(description="calendar days after the due day, 'N days'")]


class Remedy(PackText):
    """What to do now: the text for what is not done or not as it must be, and texts for other moments where they differ.

    >>> remedy = Remedy(zh="立即发布", en="publish it now", draft={"zh": "发布前补齐", "en": "complete it before publication"})
    >>> remedy.at(Moment.DRAFT).zh, remedy.at(Moment.LATE)
    ('发布前补齐', None)
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    late: Annotated[PackText | None, Field(description="where it was done, too late; else that it need not be done again")] = (
        None
    )
    draft: Annotated[PackText | None, Field(description="before publication, where the text fits only what is published")] = (
        None
    )
    past: Annotated[PastRemedy | None, Field(description="where it was not done and doing it now has no use")] = None

    def at(self, moment: Moment) -> LocalizedText | None:
        """Return the text for a moment, or None where the rule has none of its own for it."""
        own = self if moment is Moment.UNDONE else getattr(self, moment.value)
        return LocalizedText(zh=own.zh, en=own.en) if own is not None else None
