"""Cells that hold a first and a last day."""

from __future__ import annotations

from datetime import date

import pytest

from adversarial_texts import CPU_SECONDS, within
from opencheck.records.date_spans import split_span
from opencheck.records.parse import InvalidValue


def test_split_span_white_space_does_not_make_a_cell_long() -> None:
    day = "2018年9月1日"
    assert split_span(f"{day}至9月10日") == (date(2018, 9, 1), date(2018, 9, 10))
    assert split_span(f"{day}{' ' * 200}至9月10日") == (date(2018, 9, 1), date(2018, 9, 10))


@pytest.mark.parametrize("piece", ["至", "~", "-", "2018-08-24至", "1-"])
def test_split_span_refuses_a_long_cell_at_once(piece: str) -> None:
    with within(CPU_SECONDS), pytest.raises(InvalidValue):
        split_span("2018-08-24至" + piece * (20_000 // len(piece)))
