"""Cells that hold a first and a last day."""

from __future__ import annotations

from datetime import date

import pytest

from adversarial_texts import CPU_SECONDS, within
from opencheck.records.date_spans import split_span
from opencheck.records.parse import InvalidValue


def said(cell: object) -> object:
    """The two days of a cell, or the code of its refusal."""
    try:
        return split_span(cell)
    except InvalidValue as refused:
        return refused.code


def test_split_span_white_space_does_not_make_a_cell_long() -> None:
    day = "2018年9月1日"
    assert said(f"{day}至9月10日") == (date(2018, 9, 1), date(2018, 9, 10))
    assert said(f"{day}{' ' * 200}至9月10日") == (date(2018, 9, 1), date(2018, 9, 10))


@pytest.mark.parametrize("piece", ["至", "~", "-", "2018-08-24至", "1-"])
def test_split_span_refuses_a_long_cell_at_once(piece: str) -> None:
    with within(CPU_SECONDS), pytest.raises(InvalidValue):
        split_span("2018-08-24至" + piece * (20_000 // len(piece)))


FIRST, LAST = date(2018, 9, 1), date(2018, 9, 10)


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("2018-09-01至2018-09-10", (FIRST, LAST)),
        ("2018-09-01-2018-09-10", (FIRST, LAST)),
        ("自2018年9月1日起至9月10日止", (FIRST, LAST)),
        ("从2018年9月1日到10日", (FIRST, LAST)),
        ("2018.9.1-10", (FIRST, LAST)),
        ("2018.9.1--9.10", (FIRST, LAST)),
        ("20180901—10", (FIRST, LAST)),
        ("2018-09-01至10日", (FIRST, LAST)),
        ("2018年9月10日至9月10日", (LAST, LAST)),
        ("2018-09-10起", (LAST, None)),
        ("2018年9月1日至今", (FIRST, None)),
        ("未公示", (None, None)),
        ("待定", (None, None)),
        (None, (None, None)),
    ],
)
def test_split_span_reads_what_notices_print(cell: str | None, days: tuple[date | None, date | None]) -> None:
    assert said(cell) == days


@pytest.mark.parametrize(
    "cell",
    [
        "2018-09-10",  # one day, of which it is not known whether it is the first or the last
        "起",
        "9月1日起",
        "至2018年9月10日",
        "9月1日至9月10日",
        "2018-09-01-10",  # the tenth of September, or of October
        "2018-09-01-09-10",
        "2018年9月10日至9月9日",
        "2018年9月10日至9日",
        "2018年9月1日至9月31日",
        "2018年9月1日至31日",
        "2018年9月1日至月底",
        "2018年9月1日至9月5日至9月10日",
        date(2018, 9, 1),
        43344,
    ],
)
def test_split_span_refuses_what_states_no_two_days(cell: object) -> None:
    assert said(cell) == "span"
