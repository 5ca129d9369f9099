"""Which records fill the periods of a series: by day, by period, by who publishes, and what is shown of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pingdu_rules import check

MONTH = {"topic": "fiscal.monthly", "unit": "市财政局", "attribute": "主动公开", "formed_on": None}


def months(as_of: str, *rows: dict[str, Any]) -> dict[str, tuple[str, date | None, str | None]]:
    """Outcome, day and record of each month."""
    given = [MONTH | {"id": f"r{n}", "period": None, "published_on": None} | row for n, row in enumerate(rows)]
    found = check("PD-8-1.1", {"disclosure": given}, date.fromisoformat(as_of))
    return {str(f.period): (str(f.outcome), f.actual, f.record_id) for f in found}


def test_series_month_is_published_between_its_own_last_day_and_that_of_the_next_month() -> None:
    rows = [
        {"period": "2018-01", "published_on": "2018-01-30"},  # no figures are out before the month is over
        {"period": "2018-02", "published_on": "2018-02-28"},
        {"period": "2018-03", "published_on": "2018-04-30"},
        {"period": "2018-04", "published_on": "2018-06-01"},
        {"period": "2018-06", "published_on": "2018-08-01"},
        {"period": "2018-07", "published_on": "2018-07-31"},
    ]
    early, late = months("2018-07-30", *rows), months("2018-07-31", *rows)
    for found in (early, late):
        assert found["2018-01"][0] == "indeterminate"
        assert found["2018-02"] == ("pass", date(2018, 2, 28), "r1")
        assert found["2018-03"] == ("pass", date(2018, 4, 30), "r2")
        assert found["2018-04"] == ("violation", date(2018, 6, 1), "r3")
        assert found["2018-05"] == ("violation", None, None)
        assert found["2018-08"] == ("pending", None, None)
    assert (early["2018-06"][0], late["2018-06"][0]) == ("pending", "violation"), "what is to come has not happened"
    assert (early["2018-07"], late["2018-07"]) == (("pending", None, None), ("pass", date(2018, 7, 31), "r5"))
    assert sorted(early) == [f"2018-{m:02}" for m in range(1, 13)], "the months of the covered year, and no other"


def test_series_record_is_of_the_period_that_it_names_or_else_of_its_day() -> None:
    found = months(
        "2018-12-31",
        {"formed_on": "2018-02-28", "published_on": "2018-03-05"},
        {"formed_on": "2018-05-01", "period": "2018-03", "published_on": "2018-04-05"},
        {"formed_on": "2017-12-31", "published_on": "2018-01-05"},
        {"period": "2018-06", "published_on": "2018-07-09", "id": "second"},
        {"period": "2018-06", "published_on": "2018-07-05", "id": "first"},
    )
    passed = {p: one for p, one in found.items() if one[0] == "pass"}
    assert passed == {
        "2018-02": ("pass", date(2018, 3, 5), "r0"),
        "2018-03": ("pass", date(2018, 4, 5), "r1"),
        "2018-06": ("pass", date(2018, 7, 5), "first"),
    }


@pytest.mark.parametrize(
    ("doubtful", "outcome"),
    [
        ({"unit": "市民政局"}, "violation"),
        ({"unit": None}, "pass"),  # the ledger keeper's own
        ({"unit": "某某中心"}, "indeterminate"),
        ({"attribute": "内部掌握"}, "indeterminate"),
        ({"attribute": "依申请公开"}, "violation"),
        ({"topic": None}, "indeterminate"),
        ({"period": None}, "indeterminate"),
        ({"period": "2018"}, "indeterminate"),
        ({"period": "2018-06"}, "violation"),
        ({"published_on": None}, "violation"),
        ({"published_on": "8/9/2018"}, "indeterminate"),
        ({"published_on": "2019-01-01"}, "violation"),
        ({"published_on": "2018-04-29"}, "indeterminate"),
    ],
)
def test_series_doubtful_record_may_be_the_one_that_is_absent(doubtful: dict[str, Any], outcome: str) -> None:
    found = months("2018-12-31", {"period": "2018-04", "published_on": "2018-05-10"} | doubtful)
    assert found["2018-04"][0] == outcome


def roster(*spans: tuple[str, str | None, str | None]) -> list[dict[str, Any]]:
    topic = "environment.source_water"
    return [
        {"id": s, "topic": topic, "subject": s, "since": since, "until": until, "unit": "市环保局"} for s, since, until in spans
    ]


def test_series_expects_who_is_on_the_roster_on_a_day_of_the_period() -> None:
    listed = roster(
        ("甲", None, None),
        ("乙", "2018-05-31", None),
        ("丙", "2018-06-01", None),
        ("丁", None, "2018-05-01"),
        ("戊", None, "2018-04-30"),
    )
    found = check("PD-8-7.2", {"roster": listed, "disclosure": []}, date(2018, 12, 31))
    assert sorted(str(f.subject) for f in found if f.period == "2018-05") == sorted("甲乙丁")
    assert {f.unit for f in found} == {"市环保局"}


@pytest.mark.parametrize(
    ("days", "outcome", "actual"),
    [
        (["2018-05-02", "2018-06-02", "2018-07-02"], "pass", date(2018, 7, 2)),
        (["2018-04-30", "2018-05-31", "2018-06-30"], "pass", date(2018, 6, 30)),
        (["2018-05-02", "2018-06-02", "2018-10-01"], "violation", date(2018, 10, 1)),  # due 2018-09-30
        (["2018-05-02", "2018-06-02"], "violation", None),
        (["2018-05-02", "2018-06-02", "2018-06-29"], "violation", None),  # June was not over
        (["2018-05-02", "2018-06-02", "2019-01-01"], "violation", None),
    ],
)
def test_series_three_months_of_another_topic_stand_for_their_quarter(
    days: list[str], outcome: str, actual: date | None
) -> None:
    water = {"topic": "environment.source_water", "subject": "尹府水库", "unit": "市环保局", "attribute": "主动公开"}
    rows = [water | {"id": str(n), "period": f"2018-{4 + n:02}", "published_on": day} for n, day in enumerate(days)]
    records = {"roster": [{"id": "r", "topic": "environment.source_monitoring", "subject": "尹府水库"}], "disclosure": rows}
    for counts, expected in ((True, (outcome, actual)), (False, ("violation", None))):
        found = check("PD-8-7.3", records, monthly_satisfies_quarterly=counts)
        assert [(str(f.outcome), f.actual) for f in found if f.period == "2018-Q2"] == [expected]
