"""Durations as packs write them, and the days on which a limit is in force."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from opencheck.core.time_limits import DatedLimit, Duration, StatuteRef


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("3 working_days", 3, "working_days"),
        (" 24hours ", 24, "hours"),
        ("0 days", 0, "days"),
        ("000000003 days", 3, "days"),
        ("36525 days", 36_525, "days"),
        ("36525 working_days", 36_525, "working_days"),
        ("876600 hours", 876_600, "hours"),
    ],
)
def test_duration_is_read_as_packs_write_it(text: str, number: int, unit: str) -> None:
    found = Duration.parse(text)
    assert (found.number, found.unit) == (number, unit)
    assert Duration.parse(found) is found
    assert str(found) == f"{number} {unit}"


@pytest.mark.parametrize(
    "text", ["36526 days", "36526 working_days", "876601 hours", "1000000 hours", "9" * 5000 + " days"], ids=lambda t: t[:12]
)
def test_duration_of_more_than_a_hundred_years_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="100 years"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["3", "3 weeks", "-3 days", "3.5 days", "three days", "", 3, None])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="应为期限"):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (None, None, [True, True, True, True]),
        (date(2018, 5, 2), None, [False, True, True, True]),
        (None, date(2018, 5, 3), [True, True, True, False]),
        (date(2018, 5, 2), date(2018, 5, 3), [False, True, True, False]),
    ],
)
def test_limit_is_in_force_from_its_first_to_its_last_day(since: date | None, until: date | None, days: list[bool]) -> None:
    limit = DatedLimit(Duration(3, "days"), since, until)
    assert [limit.holds_on(date(2018, 5, 1) + timedelta(days=n)) for n in range(4)] == days
    assert limit.verified_in_source


def test_references_with_different_limits_of_their_own_are_looked_up_apart() -> None:
    plain, other = StatuteRef(statute="reply"), StatuteRef(statute="reply", otherwise=Duration(20, "working_days"))
    assert (plain.key, other.key) == ("reply|", "reply|20 working_days")
