"""The order of a grid's cells: what breaks it, what may break it, and what may put it right."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from opencheck.records.dataset import REJECTED
from opencheck.rules.kinds.grid.declaration import Axis
from opencheck.rules.kinds.grid.order import ON, fits, gaps, held, may_disorder, may_mend, out_of_order

AXES = [Axis(field="level", values=["village", "town", "city"])]
VILLAGE, TOWN, CITY = WANTED = [("village",), ("town",), ("city",)]


def day(number: int) -> date:
    return date(2018, 9, number)


def doubtful(level: str | list[str] | None, on: int | None, *, rejected: bool = False, **more: Any) -> dict[str, Any]:
    return {"level": level, ON: on and day(on), REJECTED: rejected, **more}


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ((1, 1, 1), []),
        ((1, 2, 3), []),
        ((2, 1, 3), [TOWN]),
        ((3, 1, 2), [TOWN, CITY]),
        ((2, 1, 2), [TOWN]),
        ((2, None, 1), [CITY]),
        ((None, 2, 1), [CITY]),
        ((1, 3, 2), [CITY]),
        ((None, None, 1), []),
    ],
)
def test_out_of_order_is_what_was_filled_before_one_that_stands_before_it(
    days: tuple[int | None, ...], wrong: list[tuple[str]]
) -> None:
    filled = {cell: day(n) for cell, n in zip(WANTED, days, strict=True) if n}
    assert out_of_order(WANTED, filled) == wrong


@pytest.mark.parametrize(
    ("filled", "absent"),
    [
        ([], []),
        ([VILLAGE], []),
        ([TOWN], [VILLAGE]),
        ([CITY], [VILLAGE, TOWN]),
        ([VILLAGE, CITY], [TOWN]),
        ([VILLAGE, TOWN, CITY], []),
    ],
)
def test_gaps_stand_before_a_cell_that_is_filled(filled: list[tuple[str]], absent: list[tuple[str]]) -> None:
    assert gaps(WANTED, dict.fromkeys(filled, day(1))) == absent


def test_doubtful_record_fits_the_cells_that_its_values_and_its_elements_leave_open() -> None:
    two = [Axis(field="topic", values=["plan", "funds"]), *AXES]
    for row, cells in (
        ({"topic": "plan", "level": "town"}, ["plan town"]),
        ({"topic": None, "level": "town"}, ["plan town", "funds town"]),
        ({"topic": ["plan", "funds"], "level": "town"}, ["plan town", "funds town"]),
        ({"topic": ["plan"], "level": None}, ["plan village", "plan town", "plan city"]),
        ({"topic": None, "level": "town", held("plan"): False}, ["funds town"]),
        ({"topic": None, "level": "town", held("plan"): None}, ["plan town", "funds town"]),
        ({"topic": "plan", "level": "county"}, []),
    ):
        every = [(topic, level) for topic in two[0].values for level in two[1].values]
        assert [" ".join(cell) for cell in every if fits(two, cell, row)] == cells, row


@pytest.mark.parametrize(
    ("row", "breaks"),
    [
        (doubtful("town", 4), True),
        (doubtful("town", 5), False),  # on the same day
        (doubtful("village", 4), False),  # nothing stands before it
        (doubtful(None, 4), True),
        (doubtful("town", None), False),  # not published yet
        (doubtful("town", None, rejected=True), True),  # any day
        (doubtful("village", None, rejected=True), False),
        (doubtful(["village", "town"], 4), False),  # it holds the earlier one as well
        (doubtful("city", 4), True),
    ],
)
def test_doubtful_record_may_break_the_order_with_a_day_before_an_earlier_cell(row: dict[str, Any], breaks: bool) -> None:
    assert may_disorder(AXES, WANTED, {VILLAGE: day(5)}, [row]) == ([row] if breaks else [])


@pytest.mark.parametrize(
    ("row", "mends"),
    [
        (doubtful("village", 2), True),
        (doubtful("village", 3), True),  # on the day of the second
        (doubtful("village", 4), False),
        (doubtful("village", None), True),
        (doubtful("town", 2), False),
        (doubtful(None, 3), True),
    ],
)
def test_doubtful_record_mends_the_order_that_was_there_with_the_later_cell(row: dict[str, Any], mends: bool) -> None:
    assert may_mend(AXES, WANTED, {VILLAGE: day(5), TOWN: day(3)}, [row]) == ([row] if mends else [])


def test_order_is_mended_only_where_each_cell_that_breaks_it_may_be() -> None:
    first, second = doubtful("village", 1), doubtful("town", 1)
    assert may_mend(AXES, WANTED, {VILLAGE: day(5), CITY: day(3)}, [first, second]) == [first]
    both = {VILLAGE: day(5), TOWN: day(4), CITY: day(3)}
    assert may_mend(AXES, WANTED, both, [first]) == []
    assert may_mend(AXES, WANTED, both, [first, second]) == [first, second]
    assert may_mend(AXES, WANTED, {VILLAGE: day(3), TOWN: day(3)}, [first]) == []
