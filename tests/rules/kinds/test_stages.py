"""stages: the steps of a request, against looking at pairs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.outcomes import Outcome
from pingdu_rules import END, MAYBE, one

STEPS = ["received_on", "registered_on", "handled_on", "investigated_on", "replied_on"]


@given(st.fixed_dictionaries(dict.fromkeys(STEPS, MAYBE)))
def test_stages_equal_looking_at_pairs(days: dict[str, date | None]) -> None:
    found = one("PD-15.1", {"request": [{"id": "1", **days}]})
    days = {n: d if d is None or d <= END else None for n, d in days.items()}
    pairs = [(days[a], days[b]) for i, a in enumerate(STEPS) for b in STEPS[i + 1 :]]
    early = any(a is not None and b is not None and a > b for a, b in pairs)
    gap = any(a is None and b is not None for a, b in pairs)
    if early or gap:
        assert found.outcome is Outcome.VIOLATION
    else:
        assert found.outcome is (Outcome.PENDING if days["replied_on"] is None else Outcome.PASS)


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        (["2018-12-28", "2018-12-28", "2018-12-29", "2018-12-29", "2018-12-31"], "pass"),
        (["2018-12-28", "2018-12-28", "2018-12-29", "2018-12-29", "2019-01-01"], "pending"),
        (["2019-01-01", "2019-01-01", "2019-01-02", "2019-01-02", "2019-01-03"], "pending"),
        (["2018-12-30", None, None, None, "2019-01-01"], "pending"),
        (["2018-12-30", None, "2019-01-28", None, "2019-01-01"], "pending"),
        (["2018-12-30", None, "2018-12-31", None, "2019-01-01"], "violation"),
    ],
)
def test_stages_dated_after_the_day_of_the_check_have_not_happened(days: list[str | None], outcome: str) -> None:
    found = one("PD-15.1", {"request": [{"id": "1", **dict(zip(STEPS, days, strict=True))}]})
    assert str(found.outcome) == outcome, found.message.zh
    if outcome == "violation":
        assert "登记日期没有记录" in found.message.zh.replace("“", "").replace("”", ""), found.message.zh
