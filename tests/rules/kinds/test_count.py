"""count: how often something happened, against the best and the worst case."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.outcomes import Outcome
from pack_files import outcomes, own_pack
from pingdu_rules import check

DAY = st.dates(date(2018, 1, 1), date(2019, 12, 31))


MAYBE = st.one_of(st.none(), DAY)


@example([("executive", date(2018, 1, 1), None), ("executive", date(2018, 1, 1), 1)], date(2019, 1, 1))
@given(
    st.lists(st.tuples(st.sampled_from(["executive", "plenary"]), MAYBE, st.one_of(st.none(), st.integers(0, 3))), max_size=7),
    DAY,
)
def test_count_equals_best_and_worst_case(rows: list[tuple[str, date | None, int | None]], as_of: date) -> None:
    records = {"meeting": [{"id": str(i), "kind": k, "held_on": d, "invited_attendees": n} for i, (k, d, n) in enumerate(rows)]}
    (found,) = check("PD-2-2.1", records, as_of)

    held = [(d, n) for k, d, n in rows if k == "executive" and d is not None and d <= as_of and d.year == 2018]
    worst = len({d for d, n in held if n})
    best = len({d for d, n in held if n != 0})  # two of one day are one meeting, whoever came to them
    if worst >= 2:
        expected = Outcome.PASS
    elif as_of < date(2018, 12, 31):
        expected = Outcome.PENDING
    else:
        expected = Outcome.VIOLATION if best < 2 else Outcome.INDETERMINATE
    assert found.outcome is expected


def test_count_meeting_in_two_sheets_counts_once() -> None:
    meeting = {"id": "1", "kind": "常务会议", "held_on": "2018-03-08", "invited_attendees": 4}
    for second, outcome in ((meeting, "violation"), ({**meeting, "held_on": "2018-04-08"}, "pass")):
        report = oc.check({"meeting": [meeting]}, {"会议": [second]}, as_of="2018-12-31", rules=["PD-2-2.1"], include_all=True)
        assert [str(f.outcome) for f in report.findings()] == [outcome]


def test_count_blank_batch_of_the_same_day_is_no_further_one() -> None:
    def outcome(*rows: tuple[str | None, str | None]) -> str:
        items = [{"id": str(i), "do_it_once": True, "batch": b, "listed_on": d} for i, (b, d) in enumerate(rows)]
        (found,) = check("PD-17.1b", {"service_item": items}, "2018-12-31")
        return str(found.outcome)

    first = ("第一批", "2018-09-10")
    assert outcome(first, (None, "2018-09-10")) == "violation"
    assert outcome(first, (None, "2018-09-11")) == "indeterminate"
    assert outcome(first, ("第一批", "2018-09-11"), (None, "2018-09-11")) == "violation"
    assert outcome(first, ("第二批", None)) == "violation"
    assert outcome(first, ("第二批", "2018-02-30")) == "indeterminate"


def test_count_by_period_reads_parts_of_it_and_leaves_longer_ones_open(tmp_path: Path) -> None:
    need = "{at_least: 1, every: quarter, of: published_on, by_period: true}"
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{count: {need}}}")

    def second_quarter(period: str) -> str:
        row = {"id": "1", "topic": "debt", "published_on": "2018-08-01", "period": period}
        return outcomes(pack, [row], "2018-12-31")["2018-Q2"]

    told = {
        p: second_quarter(p) for p in ("2018-Q2", "2018-06", "2018-06-D3", "2018-W26", "2018-H1", "2018", "2018-Q3", "2018-W27")
    }
    assert told == {
        **dict.fromkeys(("2018-Q2", "2018-06", "2018-06-D3", "2018-W26"), "pass"),
        **dict.fromkeys(("2018-H1", "2018"), "indeterminate"),
        **dict.fromkeys(("2018-Q3", "2018-W27"), "violation"),
    }


def test_count_by_period_names_the_period_that_leaves_it_open(tmp_path: Path) -> None:
    need = "{at_least: 1, every: week, of: published_on, by_period: true}"
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{count: {need}}}")
    rows = [{"id": "1", "topic": "debt", "published_on": "2018-02-05", "period": "2018年1月"}]
    found = {f.period: f for f in pack.rules["X-1"].check({"disclosure": rows}, as_of="2018-12-31")}
    assert (str(found["2018-W05"].outcome), found["2018-W05"].missing) == ("indeterminate", ("disclosure.period",))


def test_count_doubtful_record_of_a_batch_that_is_counted_is_no_further_one() -> None:
    items = [{"id": "1", "do_it_once": True, "batch": "第一批", "listed_on": "2018-09-10"}]
    for batch, outcome in (("第一批", "violation"), ("第二批", "indeterminate"), ("详见附件", "indeterminate")):
        doubtful = {"id": "2", "do_it_once": None, "batch": batch, "listed_on": "2018-09-11"}
        (found,) = check("PD-17.1b", {"service_item": [*items, doubtful]}, "2018-12-31")
        assert str(found.outcome) == outcome, batch


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ([("第一批", "2018-09-10"), ("第一批", "2018-09-12")], "violation"),
        ([("第一批", "2018-09-10"), ("第二批", "2018-09-12")], "indeterminate"),
        ([(None, "2018-09-10"), ("第二批", "2018-09-12")], "indeterminate"),
        (
            [("第一批", "2018-09-10"), ("第一批", "2018-02-30")],
            "indeterminate",
        ),  # nothing holds of a row that could not be used
        ([("第一批", "2018-09-10")], "violation"),
    ],
)
def test_count_doubtful_records_of_one_batch_may_be_one_only(rows: list[tuple[str | None, str]], outcome: str) -> None:
    items = [{"id": str(n), "do_it_once": None, "batch": b, "listed_on": day} for n, (b, day) in enumerate(rows)]
    (found,) = check("PD-17.1b", {"service_item": items}, "2018-12-31")
    assert str(found.outcome) == outcome


def test_count_takes_what_happened_from_the_first_day_of_the_year_to_the_day_of_the_check() -> None:
    def said(days: list[str], as_of: str) -> tuple[str, date | None]:
        meetings = [{"id": str(i), "kind": "常务会议", "held_on": day, "invited_attendees": 4} for i, day in enumerate(days)]
        (found,) = check("PD-2-2.1", {"meeting": meetings}, date.fromisoformat(as_of))
        assert found.due == date(2018, 12, 31)
        return str(found.outcome), found.actual

    both = ["2018-12-31", "2018-01-01"]
    assert said(both, "2018-12-31") == ("pass", date(2018, 12, 31))
    assert said(both, "2018-12-30") == ("pending", None)
    assert said([*both, "2018-06-01"], "2018-12-31") == ("pass", date(2018, 6, 1)), "kept with the second of them"
    assert said(["2018-01-01"], "2018-12-30") == ("pending", None)
    assert said(["2018-01-01"], "2018-12-31") == ("violation", None)
    assert said(["2018-01-01", "2017-12-31", "2019-01-01"], "2019-03-31") == ("violation", None)


def test_count_of_many_is_kept_with_the_second_that_was_wanted() -> None:
    days = [f"2018-0{month}-01" for month in (5, 3, 4, 2, 6)]
    meetings = [{"id": day, "kind": "常务会议", "held_on": day, "invited_attendees": 4} for day in days]
    (found,) = check("PD-2-2.1", {"meeting": meetings})
    assert (str(found.outcome), found.actual) == ("pass", date(2018, 3, 1))


def test_count_of_different_batches_is_kept_with_the_first_day_of_the_second() -> None:
    days = [("第二批", "2018-09-20"), ("第一批", "2018-09-10"), ("第二批", "2018-09-12"), ("第三批", "2018-09-25")]
    items = [{"id": str(n), "do_it_once": True, "batch": b, "listed_on": d} for n, (b, d) in enumerate(days)]
    (found,) = check("PD-17.1b", {"service_item": items})
    assert (str(found.outcome), found.actual) == ("pass", date(2018, 9, 12))


def test_count_names_what_is_entered_without_its_day() -> None:
    def meeting(number: int, held_on: str | None, invited: int | None) -> dict[str, object]:
        return {"id": f"m{number}", "kind": "常务会议", "held_on": held_on, "invited_attendees": invited}

    days = [("2018-03-01", 2), (None, 2), (None, None), (None, 0), ("2018-04-01", 0)]
    (found,) = check("PD-2-2.1", {"meeting": [meeting(n, *row) for n, row in enumerate(days)]})
    assert (str(found.outcome), found.missing) == ("violation", ())
    assert found.message.zh == "2018年只有1次，要求不少于2次，差1次；编号m1、m2已登记，但没有填“召开日期”，按尚未完成计"


def test_count_tells_twenty_records_that_count_and_five_that_may() -> None:
    meetings = [
        {"id": f"m{i:02}", "kind": "常务会议", "held_on": f"2018-03-{i:02}", "invited_attendees": 4} for i in range(1, 22)
    ]
    (found,) = check("PD-2-2.1", {"meeting": meetings})
    told = [step.zh for step in found.explanation]
    assert [sum(f"m{i:02}" in text for text in told) for i in (1, 20, 21)] == [1, 1, 0]
    doubtful = [{**m, "invited_attendees": None} for m in meetings[:6]]
    (found,) = check("PD-2-2.1", {"meeting": doubtful})
    told = [step.zh for step in found.explanation]
    assert [sum(f"m{i:02}" in text for text in told) for i in (1, 5, 6)] == [1, 1, 0]
    assert found.missing == ("meeting.invited_attendees",)


@pytest.mark.parametrize(
    ("topic", "outcome"),
    [
        ("environment.polluter_list", "pass"),
        ("environment.eia", "violation"),
        ("某某名单", "indeterminate"),
        (None, "indeterminate"),
    ],
)
def test_count_record_of_a_topic_that_nobody_knows_may_be_the_one(topic: str | None, outcome: str) -> None:
    row = {
        "id": "1",
        "topic": topic,
        "unit": "市环保局",
        "attribute": "主动公开",
        "published_on": "2018-03-01",
        "formed_on": "2018-03-01",
        "period": "2018",
    }
    (found,) = check("PD-8-7.9", {"disclosure": [row]})
    assert (str(found.outcome), found.missing) == (outcome, ("disclosure.topic",) if outcome == "indeterminate" else ())


@pytest.mark.parametrize(
    ("batch", "outcome"),
    [
        *(
            (b, "violation")
            for b in ("第1批", "第01批", "一", "首批", "1", "1批", "第一", "第一批次", "第一批（9月）", "第一批次（首批）")
        ),
        *((b, "violation") for b in ("2018年第一批", "2018年度首批", "2018第1批", "第一批清单", "第一批事项清单")),
        *(
            (b, "pass")
            for b in ("二", "2", "第二批次", "2018年第2批", "第十一批", "11", "2017年第一批", "第一批（镇街）", "上半年")
        ),
    ],
)
def test_count_batch_is_one_however_it_is_written(batch: str, outcome: str) -> None:
    rows = [{"id": f"{n}", "do_it_once": True, "listed_on": "2018-09-03", "batch": b} for n, b in enumerate(("第一批", batch))]
    (found,) = check("PD-17.1b", {"service_item": rows}, date(2018, 12, 31))
    assert str(found.outcome) == outcome, found.message.zh


def test_count_batches_of_two_years_are_two() -> None:
    batches = (("2017年第二批", "2018-01-05"), ("第二批", "2018-09-03"))
    rows = [{"id": b, "do_it_once": True, "listed_on": day, "batch": b} for b, day in batches]
    (found,) = check("PD-17.1b", {"service_item": rows}, date(2018, 12, 31))
    assert found.outcome is Outcome.PASS
    rows[0]["batch"] = "2018年第二批"
    (found,) = check("PD-17.1b", {"service_item": rows}, date(2018, 12, 31))
    assert found.outcome is Outcome.VIOLATION
