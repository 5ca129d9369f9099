"""recent: accounts that sleep."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given

from opencheck.core.calendar import WorkCalendar
from opencheck.core.outcomes import Outcome
from pack_files import outcomes, own_pack
from pingdu_rules import DAY, one


@given(DAY, DAY)
def test_recent_equals_counting_days(last: date, as_of: date) -> None:
    found = one("PD-18.3", {"account": [{"id": "1", "last_post_on": last, "status": "active"}]}, as_of)
    days = (as_of - last).days
    assert found.outcome is (Outcome.INDETERMINATE if days < 0 else Outcome.PASS if days <= 14 else Outcome.VIOLATION)


@pytest.mark.parametrize(
    ("last", "outcome"),
    [("2018-12-31", "pass"), ("2018-12-17", "pass"), ("2018-12-16", "violation"), ("2019-01-01", "indeterminate"), (None, "indeterminate")],
)  # fmt: skip
def test_recent_holds_to_the_last_day_of_its_limit(last: str | None, outcome: str) -> None:
    found = one("PD-18.3", {"account": [{"id": "1", "last_post_on": last, "status": "active"}]})
    assert (str(found.outcome), found.missing) == (outcome, ("last_post_on",) if last is None else ())
    assert ("晚于检查日" in found.message.zh) is (last == "2019-01-01")


LAST = WorkCalendar.china().last_known


@pytest.mark.parametrize(
    ("last", "as_of", "outcome"),
    [
        (LAST, LAST, "pass"),
        (LAST, LAST + timedelta(days=3), "pass"),
        (LAST, LAST + timedelta(days=4), "indeterminate"),
        (LAST - timedelta(days=60), LAST + timedelta(days=4), "violation"),
        (LAST + timedelta(days=1), LAST + timedelta(days=4), "pass"),
        (LAST + timedelta(days=1), LAST + timedelta(days=5), "indeterminate"),
        (LAST + timedelta(days=9), LAST + timedelta(days=5), "indeterminate"),
        (date(2003, 12, 31), date(2004, 1, 3), "pass"),
        (date(2003, 12, 31), date(2004, 1, 4), "indeterminate"),
        (date(2003, 12, 31), date(2018, 12, 31), "indeterminate"),
    ],
)
def test_recent_in_working_days_is_known_where_the_days_are(tmp_path: Path, last: date, as_of: date, outcome: str) -> None:
    pack = own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {recent: {field: published_on, limit: 3 working_days}}")
    assert list(outcomes(pack, [{"id": "1", "topic": "debt", "published_on": last}], str(as_of)).values()) == [outcome]
