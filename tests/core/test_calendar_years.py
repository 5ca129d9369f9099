"""Which years a calendar takes, and that it knows no day beyond them."""

from __future__ import annotations

from datetime import date

import pytest

from opencheck import WorkCalendar


@pytest.mark.parametrize("years", [[], [2017, 2019], [2018, 2018, 2020]])
def test_calendar_with_a_gap_between_its_years_is_refused(years: list[int]) -> None:
    with pytest.raises(ValueError, match="without a gap"):
        WorkCalendar({}, years)


def test_calendar_knows_whole_years_that_follow_one_another() -> None:
    two = WorkCalendar({date(2018, 1, 1): True}, [2019, 2018])
    known = [date(2017, 12, 31), date(2018, 1, 1), date(2019, 12, 31), date(2020, 1, 1)]
    assert [two.knows(day) for day in known] == [False, True, True, False]
    assert (two.first_known, two.last_known) == (known[1], known[2])
    assert two.add_working_days(date(2019, 12, 30), 1) == date(2019, 12, 31)
    assert WorkCalendar({}, [2018]).table()["works"].sum() == 261
