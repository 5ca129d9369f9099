"""Time limits: a duration, or a reference to a limit of a statute that depends on the day of the event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from dateutil.relativedelta import relativedelta
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

if TYPE_CHECKING:
    from opencheck.core.calendar import WorkCalendar

__all__ = [
    "DatedLimit",
    "Duration",
    "Limit",
    "LimitSpec",
    "StatuteRef",
]


DurationUnit = Literal["working_days", "days", "hours"]

_DURATION = re.compile(r"(\d+)\s*(working_days|days|hours)")

_MOST = {"working_days": 36_525, "days": 36_525, "hours": 876_600}
"""A hundred years: no duty has longer, and no day beyond is in the calendar."""

_MAX_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of working days, calendar days or hours; working days are counted from the day after the event.

    >>> Duration.parse("3 working_days")
    Duration(number=3, unit='working_days')
    """

    number: int
    unit: DurationUnit

    @classmethod
    def parse(cls, text: Any) -> Duration:
        """Parse the written form of a duration.

        Raises:
            ValueError: the text is not of the form ``N working_days``, ``N days`` or ``N hours``, or is more than a hundred years.
        """
        if isinstance(text, Duration):
            return text
        if not isinstance(text, str) or not (match := _DURATION.fullmatch(text.strip())):
            raise ValueError(
                f"应为期限 / expected a duration such as '3 working_days', '10 days' or '24 hours', found {text!r}"
            )
        digits = match[1].lstrip("0")
        if len(digits) > _MAX_DIGITS or int(digits or 0) > _MOST[match[2]]:
            raise ValueError(f"expected at most {_MOST[match[2]]} {match[2]} (100 years), found {text!r}")
        return cls(int(match[1]), match[2])  # type: ignore[arg-type]

    def ends_on(self, start: date, calendar: WorkCalendar) -> date | None:
        """The last day of a span that starts with a day, itself not counted; None where the working calendar does not reach.

        Raises:
            ValueError: for a span in hours, which ends at a time of day.

        >>> from opencheck.core.calendar import WorkCalendar
        >>> china = WorkCalendar.china()
        >>> Duration.parse("3 working_days").ends_on(date(2018, 9, 28), china), Duration.parse("3 days").ends_on(date(2018, 9, 28), china)
        (datetime.date(2018, 10, 8), datetime.date(2018, 10, 1))
        """
        if self.unit == "hours":
            raise ValueError(f"{self} ends at a time of day, not with a day")
        if self.unit == "days":
            return start + relativedelta(days=self.number)
        try:
            return calendar.add_working_days(start, self.number)
        except LookupError:
            return None

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


Limit = Annotated[
    Duration,
    BeforeValidator(Duration.parse),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+\s*(working_days|days|hours)$", "examples": ["3 working_days"]}),
]


class StatuteRef(BaseModel):
    """A reference to a statutory limit: each norm with a limit of this name applies on the days on which it is in force."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statute: str
    otherwise: Annotated[Limit | None, Field(description="the pack's own limit for days on which no norm is in force")] = None

    @property
    def key(self) -> str:
        """The key of the limit in look-ups."""
        return f"{self.statute}|{self.otherwise or ''}"


LimitSpec = Limit | StatuteRef


@dataclass(frozen=True, slots=True)
class DatedLimit:
    """A duration with the days on which it is in force and the norm that sets it (None for the pack's own limit)."""

    duration: Duration
    since: date | None = None
    until: date | None = None
    extension: Duration | None = None
    norm_zh: str | None = None
    norm_en: str | None = None
    clause: str | None = None
    verified_in_source: bool = True

    def holds_on(self, day: date) -> bool:
        """Return whether the limit is in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
