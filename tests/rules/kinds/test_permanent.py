"""permanent: what stays published, against the two dates."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.outcomes import Outcome
from pingdu_rules import DAY, MAYBE, check, one


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


@pytest.mark.parametrize(
    ("attribute", "outcome"), [("主动公开", "pass"), ("内部掌握", "indeterminate"), ("依申请公开", "not_applicable")]
)
def test_permanent_renewed_list_of_an_unknown_mark_does_not_pass(attribute: str, outcome: str) -> None:
    same = {"topic": "assistance.subsistence_allowance", "subject": "甲村", "level": "村级"}
    records = {
        "roster": [],
        "disclosure": [
            {"id": "1", **same, "published_on": "2018-01-01", "posted_until": "2018-06-30", "attribute": attribute},
            {"id": "2", **same, "published_on": "2018-07-01", "posted_until": None, "attribute": "主动公开"},
        ],
    }
    found = {f.record_id: str(f.outcome) for f in check("PD-8-3.4", records)}
    assert found == {"1": outcome, "2": "pass"}


@pytest.mark.parametrize(
    ("topic", "outcome"), [("assistance.subsistence_allowance", "pass"), ("poverty_relief.project", "indeterminate")]
)
def test_permanent_roster_of_another_topic_ends_no_reason(topic: str, outcome: str) -> None:
    row = {"id": "1", "topic": "assistance.subsistence_allowance", "subject": "甲户", "posted_until": "2018-06-30"}
    roster = [{"id": "r", "topic": topic, "subject": "甲户", "until": "2018-06-30"}]
    assert str(one("PD-8-3.4", {"roster": roster, "disclosure": [row]}).outcome) == outcome


def test_permanent_without_the_column_of_the_last_day_does_not_pass() -> None:
    table = pl.DataFrame(
        {"id": ["1"], "topic": ["assistance.subsistence_allowance"], "subject": ["甲户"], "attribute": ["主动公开"]}
    )
    assert str(one("PD-8-3.4", {"roster": [], "disclosure": table}).outcome) == "indeterminate"


def test_permanent_without_the_column_of_publication_leaves_renewals_open() -> None:
    topic = "assistance.subsistence_allowance"
    names = {
        "topic": [topic],
        "subject": ["甲村"],
        "level": ["村级"],
        "attribute": ["主动公开"],
        "posted_until": ["2018-06-30"],
    }
    roster = [{"id": "r", "topic": topic, "subject": "甲村", "until": None}]
    for more, outcome in (({}, "indeterminate"), ({"published_on": ["2018-01-01"]}, "violation")):
        found = one("PD-8-3.4", {"roster": roster, "disclosure": pl.DataFrame({"id": ["1"], **names, **more})})
        assert (str(found.outcome), found.missing) == (outcome, ("published_on",) if outcome == "indeterminate" else ())
