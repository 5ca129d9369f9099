"""Cells as clerks type them, from the table to the report: what is read, what is refused with its row, what leaves one field open."""

from __future__ import annotations

import pytest

import opencheck as oc


@pytest.mark.parametrize("cell", ["3天", "5万元", "3户", "3场"])
def test_trained_staff_in_days_is_refused_with_the_row(cell: str) -> None:
    rows = [{"id": "1", "unit": "市民政局", "year": 2018, "staff": "3人", "trained": cell}]
    report = oc.check({"unit": rows}, as_of="2018-12-31", rules=["PD-21.1"])
    [row] = report.rejected
    assert [(p.field, p.found) for p in row.problems] == [("trained", cell)]
    assert "人数" in report.to_dict()["rejected"][0]["message"]["zh"]
