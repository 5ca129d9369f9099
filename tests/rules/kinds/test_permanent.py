"""permanent: what stays published, against the two dates."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.outcomes import Outcome
from pack_files import own_pack
from pingdu_rules import DAY, MAYBE, check, one


@given(MAYBE, st.one_of(st.none(), MAYBE), st.booleans(), DAY)
def test_permanent_equals_comparing_two_dates(until: date | None, ended: date | None, listed: bool, as_of: date) -> None:
    topic = "assistance.subsistence_allowance"
    roster = [{"id": "r", "topic": topic, "subject": "甲户", "until": ended}] if listed else []
    row = {"id": "1", "topic": topic, "subject": "甲户", "published_on": date(2017, 1, 1), "posted_until": until}
    found = one("PD-8-3.4", {"roster": roster, "disclosure": [row]}, as_of)
    if until is None or until > as_of or (listed and ended is not None and ended <= until):
        assert found.outcome is Outcome.PASS
    else:
        assert found.outcome is (Outcome.VIOLATION if listed else Outcome.INDETERMINATE)


@pytest.mark.parametrize(
    ("first", "last", "outcome"),
    [
        ("2018-12-31", None, "pass"),
        ("2019-01-01", None, "not_applicable"),
        (None, None, "not_applicable"),
        (None, "2018-12-31", "violation"),
        (None, "2019-01-01", "pass"),
    ],
)
def test_permanent_what_was_never_put_up_is_not_up(first: str | None, last: str | None, outcome: str) -> None:
    row = {"id": "1", "topic": "poverty_relief.funds", "level": "county", "published_on": first, "posted_until": last}
    assert str(one("PD-8-4.3c", {"disclosure": [row]}, date(2018, 12, 31)).outcome) == outcome


def test_permanent_whether_it_was_put_up_is_open_where_no_column_tells() -> None:
    rows = pl.DataFrame({"id": ["1"], "topic": ["poverty_relief.funds"], "level": ["county"], "posted_until": [None]})
    found = one("PD-8-4.3c", {"disclosure": rows}, date(2018, 12, 31))
    assert (str(found.outcome), found.missing) == ("indeterminate", ("published_on",))


@pytest.mark.parametrize(
    ("attribute", "outcome"), [("主动公开", "pass"), ("内部掌握", "indeterminate"), ("依申请公开", "not_applicable")]
)
def test_permanent_renewed_list_of_an_unknown_mark_does_not_pass(attribute: str, outcome: str) -> None:
    same = {"topic": "assistance.subsistence_allowance", "subject": "甲村", "level": "村级"}
    records = {
        "roster": [],
        "disclosure": [
            {"id": "1", **same, "published_on": "2018-01-01", "posted_until": "2018-06-30", "attribute": attribute},
            {"id": "2", **same, "published_on": "2018-07-01", "posted_until": "2019-06-30", "attribute": "主动公开"},
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


LIST = {"topic": "assistance.subsistence_allowance", "subject": "甲村", "level": "村级", "attribute": "主动公开"}
DOWN = {"id": "1", **LIST, "published_on": "2018-01-01", "posted_until": "2018-06-30"}


def _first(*others: dict[str, object], roster: list[dict[str, object]] | None = None) -> oc.Finding:
    """What is said of the list that came down on 30 June."""
    listed = [{"id": "r", "topic": LIST["topic"], "subject": "甲村", "until": None}] if roster is None else roster
    rows = [DOWN, *({"id": str(i), **LIST, "published_on": "2018-07-01"} | other for i, other in enumerate(others, 2))]
    (found,) = [f for f in check("PD-8-3.4", {"roster": listed, "disclosure": rows}) if f.record_id == "1"]
    return found


@pytest.mark.parametrize(
    ("other", "outcome", "unknown"),
    [
        ({}, "pass", None),
        ({"subject": "甲村；乙村"}, "pass", None),
        ({"published_on": "2018-07-02"}, "violation", None),
        ({"attribute": "内部掌握"}, "indeterminate", "attribute"),
        ({"attribute": "内部掌握", "published_on": "2018-07-02"}, "violation", None),
        ({"attribute": "不予公开"}, "violation", None),
        ({"subject": None}, "indeterminate", "subject"),
        ({"subject": "全市"}, "indeterminate", "subject"),
        ({"subject": "详见附件"}, "indeterminate", "subject"),
        ({"subject": "乙村"}, "violation", None),
        ({"level": None}, "indeterminate", "level"),
        ({"level": "镇级"}, "violation", None),
        ({"published_on": "8/9/2018"}, "indeterminate", "rejected"),
        ({"effective_at": "下周"}, "indeterminate", "rejected"),
        ({"published_on": None}, "violation", None),
        # A topic that nobody knows may be this one.
        ({"topic": "民生看板"}, "indeterminate", "topic"),
        ({"topic": None}, "indeterminate", "topic"),
        ({"topic": "其他"}, "violation", None),
        ({"topic": "民生看板", "subject": "乙村"}, "violation", None),
        ({"topic": "民生看板", "published_on": "2018-07-02"}, "violation", None),
        # Until when a list was up whose last day lies before its first nobody knows.
        ({"posted_until": "2018-06-30"}, "indeterminate", "posted_until"),
        ({"posted_until": "2018-06-30", "published_on": "2018-07-02"}, "violation", None),
    ],
)
def test_permanent_doubtful_renewal_leaves_it_open(other: dict[str, object], outcome: str, unknown: str | None) -> None:
    assert _first().outcome is Outcome.VIOLATION
    found = _first(other)
    assert (str(found.outcome), found.missing) == (outcome, (unknown,) if unknown else ())
    assert ("另有记录可能与它前后相接" in found.message.zh) is bool(unknown)


def test_permanent_row_of_the_roster_that_cannot_be_used_may_run_longer() -> None:
    ended = {"id": "r", "topic": LIST["topic"], "subject": "甲村", "until": "2018-06-30"}
    assert _first(roster=[ended]).outcome is Outcome.PASS
    for more in ({"until": "下周"}, {"topic": None, "until": "2018-12-31"}):
        found = _first(roster=[ended, {**ended, "id": "s", **more}])
        assert (found.outcome, found.missing) == (Outcome.INDETERMINATE, ("roster.rejected",))


@pytest.mark.parametrize(("until", "outcome"), [("2019-01-01", "pass"), ("2018-12-31", "violation")])
def test_permanent_with_the_end_of_its_last_day_it_is_down(until: str, outcome: str) -> None:
    row = {"id": "1", **LIST, "published_on": "2018-01-01", "posted_until": until}
    roster = [{"id": "r", "topic": LIST["topic"], "subject": "甲村", "until": None}]
    assert str(one("PD-8-3.4", {"roster": roster, "disclosure": [row]}, date(2018, 12, 31)).outcome) == outcome
    fund = {"id": "1", "topic": "poverty_relief.funds", "level": "county", "attribute": "主动公开", "posted_until": until}
    assert str(one("PD-8-4.3c", {"disclosure": [fund]}, date(2018, 12, 31)).outcome) == outcome
    following = {"id": "2", **LIST, "published_on": "2019-01-01"}
    found = check("PD-8-3.4", {"roster": roster, "disclosure": [row, following]}, date(2018, 12, 31))
    assert [str(f.outcome) for f in found if f.record_id == "1"] == [outcome], "what is to come has not happened"


@pytest.mark.parametrize("followed", [False, True])
@pytest.mark.parametrize(("rule", "topic"), [("PD-8-3.4", LIST["topic"]), ("PD-8-4.3c", "poverty_relief.funds")])
def test_permanent_last_day_before_the_first_is_a_contradiction(rule: str, topic: str, followed: bool) -> None:
    row = {"id": "1", **LIST, "topic": topic, "level": "county", "published_on": "2018-08-01", "posted_until": "2018-07-31"}
    other = {**row, "id": "2", "posted_until": None}
    roster = [{"id": "r", "topic": topic, "subject": "甲村", "until": None}]
    found = check(rule, {"roster": roster, "disclosure": [row, other] if followed else [row]})
    (first,) = [f for f in found if f.record_id == "1"]
    assert (first.outcome, first.missing) == (Outcome.INDETERMINATE, ())
    assert "2018-07-31" in first.message.zh
    assert "2018-08-01" in first.message.zh
    (same_day,) = check(rule, {"roster": roster, "disclosure": [{**row, "posted_until": "2018-08-01"}]})
    assert same_day.outcome is Outcome.VIOLATION


def test_permanent_renewed_list_passes_whatever_attachment_its_reason_names() -> None:
    row = {**DOWN, "attribute": None, "non_disclosure_reason": "详见附件"}
    later = {"id": "2", **LIST, "published_on": "2018-07-01"}
    assert {str(f.outcome) for f in check("PD-8-3.4", {"disclosure": [row, later]})} == {"pass"}
    assert {str(f.outcome) for f in check("PD-8-3.4", {"disclosure": [row]})} == {"needs_review"}


@pytest.mark.parametrize(
    ("others", "ended", "outcome"),
    [
        ([{"posted_until": "2019-01-01"}], None, "pass"),  # up on the day of the check
        ([{"posted_until": "2018-12-31"}], None, "violation"),
        ([{"posted_until": "2018-10-31"}], "2018-10-31", "pass"),  # up to the end of its reason
        ([{"posted_until": "2018-10-30"}], "2018-10-31", "violation"),
        ([{"posted_until": "2018-09-30"}, {"published_on": "2018-10-01"}], None, "pass"),
        ([{"posted_until": "2018-09-30"}, {"published_on": "2018-10-02"}], None, "violation"),
        ([{"published_on": "2018-03-01", "posted_until": "2018-05-31"}, {"published_on": "2018-07-01"}], None, "pass"),
        ([{"published_on": "2018-03-01", "posted_until": "2018-08-31"}, {"published_on": "2018-09-01"}], None, "pass"),
        ([{"published_on": "2018-03-01", "posted_until": "2018-05-31"}], None, "violation"),
    ],
)
def test_permanent_list_is_up_as_long_as_others_follow_it(
    others: list[dict[str, object]], ended: str | None, outcome: str
) -> None:
    roster = [{"id": "r", "topic": LIST["topic"], "subject": "甲村", "until": ended}]
    assert str(_first(*others, roster=roster).outcome) == outcome


@pytest.mark.parametrize(
    ("until", "ended", "told"),
    [
        ("2018-06-30", None, ["撤下：2018-06-30（周六）", "名录：甲村没有终止日期，仍在享受"]),
        ("2018-06-30", "2018-08-31", ["撤下：2018-06-30（周六）", "名录：甲村于2018-08-31（周五）终止"]),
        ("2018-12-31", None, ["撤下：2018-12-31（周一）", "名录：甲村没有终止日期，仍在享受"]),
        ("2019-01-01", None, ["仍在公示"]),
        (None, None, ["仍在公示"]),
    ],
)
def test_permanent_tells_whether_and_until_when_its_reason_ran(until: str | None, ended: str | None, told: list[str]) -> None:
    roster = [{"id": "r", "topic": LIST["topic"], "subject": "甲村", "until": ended}]
    (found,) = check("PD-8-3.4", {"roster": roster, "disclosure": [DOWN | {"posted_until": until}]})
    assert [step.zh for step in found.explanation][2:] == told


def test_permanent_lists_without_a_level_follow_one_another() -> None:
    """Both are the ledger keeper's own."""
    rows = [DOWN | {"level": None}, {"id": "2", **LIST, "level": None, "published_on": "2018-07-01"}]
    assert {str(f.outcome) for f in check("PD-8-3.4", {"disclosure": rows, "roster": []})} == {"pass"}


def test_permanent_of_several_doubtful_renewals_the_one_of_its_subject_is_told() -> None:
    found = _first({"subject": None}, {"attribute": "内部掌握"})
    assert (str(found.outcome), found.missing) == ("indeterminate", ("attribute",))


@pytest.mark.parametrize(("subject", "missing"), [("甲村", "roster.subject"), (None, "subject")])
def test_permanent_of_no_known_reason_tells_whether_the_roster_or_the_record_lacks_it(
    subject: str | None, missing: str
) -> None:
    record = DOWN | {"subject": subject}
    undated = {name: value for name, value in record.items() if name != "published_on"}
    for row in (record, undated):  # what may have followed it comes second
        found = one("PD-8-3.4", {"roster": [], "disclosure": [row]})
        assert (str(found.outcome), found.missing) == ("indeterminate", (missing,))


@pytest.mark.parametrize(
    ("first", "until", "outcome", "missing"),
    [
        (None, None, "pass", ()),
        ("2019-01-01", "2019-01-01", "pass", ()),
        ("2018-08-01", "2018-07-31", "violation", ()),  # the rule does not ask when it was put up
        (None, "2018-12-31", "violation", ()),
    ],
)
def test_permanent_without_a_first_day_looks_at_the_last_one_alone(
    tmp_path: Path, first: str | None, until: str | None, outcome: str, missing: tuple[str, ...]
) -> None:
    pack = own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {permanent: {until: posted_until}}")
    row = {"id": "1", "topic": "debt", "published_on": first, "posted_until": until}
    (found,) = pack.rules["X-1"].check({"disclosure": [row]}, as_of="2018-12-31")
    assert (str(found.outcome), found.missing) == (outcome, missing)
