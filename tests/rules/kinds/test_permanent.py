"""permanent: what stays published, against the two dates."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.outcomes import Outcome
from pingdu_rules import DAY, MAYBE, one


@given(MAYBE, st.one_of(st.none(), MAYBE), st.booleans(), DAY)
def test_permanent_equals_comparing_two_dates(until: date | None, ended: date | None, listed: bool, as_of: date) -> None:
    topic = "assistance.subsistence_allowance"
    roster = [{"id": "r", "topic": topic, "subject": "甲户", "until": ended}] if listed else []
    row = {"id": "1", "topic": topic, "subject": "甲户", "posted_until": until}
    found = one("PD-8-3.4", {"roster": roster, "disclosure": [row]}, as_of)
    if until is None or until > as_of or (listed and ended is not None and ended <= until):
        assert found.outcome is Outcome.PASS
    else:
        assert found.outcome is (Outcome.VIOLATION if listed else Outcome.INDETERMINATE)
