"""converted: what is asked for often is published, against counting requests."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

import slow_calendar
from opencheck.core.outcomes import Outcome
from pingdu_rules import DAY, MAYBE, check


@given(st.lists(st.tuples(DAY, st.sampled_from([True, False, None])), max_size=5), MAYBE, DAY)
def test_converted_equals_counting_requests(asked: list[tuple[date, bool | None]], done: date | None, as_of: date) -> None:
    rows = [{"id": str(i), "subject": "征地批复", "received_on": d, "publishable": p} for i, (d, p) in enumerate(asked)]
    published = [{"id": "1", "topic": "other", "subject": "征地批复", "published_on": done}]
    found = check("PD-15.4", {"request": rows, "disclosure": published}, as_of)
    sure = sorted(d for d, p in asked if p is True and d <= as_of)
    maybe = sum(1 for d, p in asked if p is None and d <= as_of)
    if not sure and not maybe:
        assert found == []
        return
    (f,) = found
    if len(sure) < 3:
        assert f.outcome is (Outcome.INDETERMINATE if len(sure) + maybe >= 3 else Outcome.NOT_APPLICABLE)
        return
    due = slow_calendar.add(sure[2], 20)
    assert f.due == due
    seen = done if done is not None and done <= as_of else None
    if seen is not None:
        assert f.outcome is (Outcome.PASS if seen <= due else Outcome.VIOLATION)
    else:
        assert f.outcome is (Outcome.PENDING if due > as_of else Outcome.VIOLATION)


def test_converted_on_request_is_not_published() -> None:
    asked = [{"id": str(i), "subject": "征地批复", "received_on": f"2018-09-0{i}", "publishable": True} for i in (3, 4, 5)]
    out = {"id": "1", "topic": "other", "subject": "征地批复", "published_on": "2018-09-20", "attribute": "主动公开"}
    for mark, outcome in (("主动公开", "pass"), ("不予公开", "violation"), ("依申请公开", "violation")):
        records = {"request": asked, "disclosure": [out | {"attribute": mark}]}
        assert [str(f.outcome) for f in check("PD-15.4", records)] == [outcome]
