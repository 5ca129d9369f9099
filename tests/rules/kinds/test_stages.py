"""stages: the steps of a request, against looking at pairs."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.outcomes import Outcome
from pingdu_rules import MAYBE, one

STEPS = ["received_on", "registered_on", "handled_on", "investigated_on", "replied_on"]


@given(st.fixed_dictionaries(dict.fromkeys(STEPS, MAYBE)))
def test_stages_equal_looking_at_pairs(days: dict[str, date | None]) -> None:
    found = one("PD-15.1", {"request": [{"id": "1", **days}]})
    pairs = [(days[a], days[b]) for i, a in enumerate(STEPS) for b in STEPS[i + 1 :]]
    early = any(a is not None and b is not None and a > b for a, b in pairs)
    gap = any(a is None and b is not None for a, b in pairs)
    if early or gap:
        assert found.outcome is Outcome.VIOLATION
    else:
        assert found.outcome is (Outcome.PENDING if days["replied_on"] is None else Outcome.PASS)
