"""recent: accounts that sleep."""

from __future__ import annotations

from datetime import date

from hypothesis import given

from opencheck.core.outcomes import Outcome
from pingdu_rules import DAY, one


@given(DAY, DAY)
def test_recent_equals_counting_days(last: date, as_of: date) -> None:
    found = one("PD-18.3", {"account": [{"id": "1", "last_post_on": last, "status": "active"}]}, as_of)
    days = (as_of - last).days
    assert found.outcome is (Outcome.INDETERMINATE if days < 0 else Outcome.PASS if days <= 14 else Outcome.VIOLATION)
