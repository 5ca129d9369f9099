"""series: one publication for each period, against cell by cell reading."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.outcomes import Outcome
from pack_files import outcomes, own_pack
from pingdu_rules import check

DAY = st.dates(date(2018, 1, 1), date(2019, 12, 31))


MAYBE = st.one_of(st.none(), DAY)


MONTHS = [f"2018-{m:02}" for m in range(1, 13)]


@given(
    st.lists(st.tuples(st.sampled_from(["甲", "乙", "丙"]), st.sampled_from(MONTHS), MAYBE), max_size=25),
    DAY,
    st.lists(st.sampled_from(["甲", "乙"]), unique=True, min_size=1),
)
def test_series_equals_cell_by_cell_reading(rows: list[tuple[str, str, date | None]], as_of: date, roster: list[str]) -> None:
    records = {
        "roster": [{"id": s, "topic": "environment.source_water", "subject": s} for s in roster],
        "disclosure": [
            {"id": str(i), "topic": "environment.source_water", "subject": s, "period": p, "published_on": d}
            for i, (s, p, d) in enumerate(rows)
        ],
    }
    found = {(f.subject, f.period): f for f in check("PD-8-7.2", records, as_of)}
    assert set(found) == {(s, m) for s in roster for m in MONTHS}
    for (subject, month), finding in found.items():
        year, number = int(month[:4]), int(month[5:])
        following = date(year + (number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(days=1)
        end = date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
        every = [d for s, p, d in rows if (s, p) == (subject, month) and d is not None]  # what has no day is not done
        mine = [d for d in every if d >= end]  # what is published before the month ended contradicts itself
        done = [d for d in mine if d <= as_of]
        if done and min(done) <= following:
            expected = Outcome.PASS
        elif done:  # one with an impossible day may have been in time
            expected = Outcome.VIOLATION if every == mine else Outcome.INDETERMINATE
        elif following > as_of:
            expected = Outcome.PENDING
        elif every != mine:
            expected = Outcome.INDETERMINATE
        else:
            expected = Outcome.VIOLATION
        assert (finding.outcome, finding.due) == (expected, following)
        if done and expected is Outcome.VIOLATION:
            assert records["disclosure"][int(finding.record_id or -1)]["published_on"] == finding.actual


@pytest.mark.parametrize(
    ("due", "day", "on_time"),
    [
        ("period_end", "2018-06-30", True), ("period_end", "2018-07-01", False),
        ("20 days", "2018-07-20", True), ("20 days", "2018-07-21", False),
        ("5 working_days", "2018-07-06", True), ("5 working_days", "2018-07-07", False),
        ("following_period", "2018-09-30", True), ("following_period", "2018-10-01", False),
    ],
)  # fmt: skip
def test_series_due_days(tmp_path: Path, due: str, day: str, on_time: bool) -> None:
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{series: {{every: quarter, due: {due}}}}}")
    row = {"id": "1", "topic": "政府债务", "period": "2018-Q2", "published_on": day}
    assert outcomes(pack, [row], "2019-12-31")["2018-Q2"] == ("pass" if on_time else "violation")


@pytest.mark.parametrize(
    ("due", "day", "late"),
    [
        ("5 working_days", "2018-07-07", (1, "days")),  # a Saturday right after the last day: no whole working day
        ("5 working_days", "2018-07-09", (1, "working_days")),
        ("5 working_days", "2018-07-16", (6, "working_days")),
        ("5 working_days", None, (10, "working_days")),  # as of 20 July
        ("6 days", "2018-07-09", (3, "days")),
        ("period_end", "2018-07-09", (9, "days")),
    ],
)
def test_series_lateness_is_told_in_the_unit_of_the_span(
    tmp_path: Path, due: str, day: str | None, late: tuple[int, str]
) -> None:
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{series: {{every: quarter, due: {due}}}}}")
    row = {"id": "1", "topic": "政府债务", "period": "2018-Q2", "published_on": day}
    report = oc.check({"disclosure": [row]}, pack=pack, as_of="2018-07-20")
    (finding,) = (f for f in report.findings("violation") if f.period == "2018-Q2")
    assert (finding.late_by, finding.late_unit) == late
    told = f"{late[0]}{'个工作日' if late[1] == 'working_days' else '天'}"
    if day:
        assert finding.message.zh.endswith(f"迟{told}")
    assert any(step.zh == f"迟：{told}" for step in finding.explanation)


def test_series_finer_periods_count_if_asked(tmp_path: Path) -> None:
    pack = own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: year, finer_counts: true}}")
    for period in ("2018-05", "2018-Q2", "2018"):
        row = {"id": "1", "topic": "debt", "period": period, "published_on": "2019-01-10"}
        assert outcomes(pack, [row], "2019-12-31") == {"2018": "pass"}
    pack = own_pack(tmp_path / "q", "when: {topic: debt}\n  require: {series: {every: year}}")
    row = {"id": "1", "topic": "debt", "period": "2018-05", "published_on": "2018-09-01"}
    assert outcomes(pack, [row], "2019-12-31") == {"2018": "indeterminate"}


def test_series_elements_are_required(tmp_path: Path) -> None:
    pack = own_pack(
        tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: year, due: 07-31, elements: [限额, 余额]}}"
    )
    row = {"id": "1", "topic": "debt", "period": "2018", "published_on": "2018-07-01"}
    assert outcomes(pack, [{**row, "elements": ["限额", "余额"]}], "2018-12-31") == {"2018": "pass"}
    assert outcomes(pack, [{**row, "elements": ["limit"]}], "2018-12-31") == {"2018": "violation"}
    assert outcomes(pack, [{**row, "elements": ["别的"]}], "2018-12-31") == {"2018": "indeterminate"}
    assert outcomes(pack, [{**row, "elements": None}], "2018-12-31") == {"2018": "indeterminate"}
    undated = {**row, "elements": ["限额", "余额"], "published_on": None}
    assert outcomes(pack, [undated], "2018-12-31") == {"2018": "violation"}
    assert outcomes(pack, [undated | {"published_on": "2018-02-30"}], "2018-12-31") == {"2018": "indeterminate"}
    assert outcomes(pack, [row | {"elements": ["限额"]}], "2018-07-30") == {"2018": "pending"}


def test_series_due_in_unknown_year_is_indeterminate(tmp_path: Path) -> None:
    year = oc.WorkCalendar.china().last_known.year
    pack = own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: year, due: 5 working_days}}")
    later = oc.load_pack(pack.path, {"covers": str(year)})
    row = {"id": "1", "topic": "debt", "period": str(year), "published_on": f"{year}-12-01"}
    assert outcomes(later, [row], f"{year + 1}-12-31") == {str(year): "indeterminate"}


def test_series_roster_row_without_subject_is_indeterminate() -> None:
    records = {
        "roster": [{"id": "1", "topic": "水源水质", "subject": "崮山井群"}, {"id": "2", "topic": "水源水质", "subject": None}],
        "disclosure": [
            {"id": "1", "topic": "水源水质", "subject": "崮山井群", "period": "2018-01", "published_on": "2018-02-02"}
        ],
    }
    found = [f for f in check("PD-8-7.2", records, date(2018, 2, 28)) if f.outcome is Outcome.INDETERMINATE]
    assert [f.missing for f in found] == [("roster.subject",)]
    assert "1行" in found[0].message.zh


def test_series_roster_day_is_a_parameter() -> None:
    records = {"roster": [{"id": "1", "topic": "水源水质", "subject": "尹府水库", "until": "2018-10-15"}], "disclosure": []}
    day = date(2018, 11, 30)
    assert [str(f.outcome) for f in check("PD-8-7.2", records, day, covers="2018-10")] == ["violation"]
    assert check("PD-8-7.2", records, day, covers="2018-10", roster_day="period_end") == []


def test_series_name_off_the_roster_is_explained() -> None:
    records = {
        "roster": [{"id": "1", "topic": "水源水质", "subject": "崮山井群"}],
        "disclosure": [
            {"id": "1", "topic": "水源水质", "subject": "固山井群", "period": "2018-10", "published_on": "2018-11-02"}
        ],
    }
    (found,) = check("PD-8-7.2", records, date(2018, 12, 31), covers="2018-10")
    assert found.outcome is Outcome.VIOLATION
    assert any("固山井群" in step.zh for step in found.explanation)


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        ({"period": None, "published_on": "2018-08-31"}, "indeterminate"),
        ({"period": None, "published_on": "2018-09-01"}, "violation"),
        ({"period": None, "published_on": "2018-08-31", "level": "镇级"}, "violation"),
        ({"period": "2018-05", "published_on": "2018-07-31"}, "violation"),
        ({"period": "2018-07", "published_on": None}, "violation"),
        ({"period": "2018-07", "published_on": "2018-02-30"}, "indeterminate"),
        ({"period": "2018-07", "published_on": "2018-07-30"}, "indeterminate"),
        ({"period": "2018-07", "published_on": "2018-08-31", "note": "见附表"}, "pass"),
    ],
)
def test_series_late_is_open_where_a_doubtful_record_may_have_been_in_time(other: dict[str, str | None], outcome: str) -> None:
    blank = {"formed_on": None, "level": None}
    late = {"id": "1", "topic": "环境空气质量", "period": "2018-07", "published_on": "2018-09-03", **blank}
    found = check("PD-8-7.1", {"disclosure": [late, {"id": "2", "topic": "环境空气质量", **blank, **other}]})
    assert {f.period: str(f.outcome) for f in found}["2018-07"] == outcome


@pytest.mark.parametrize(
    ("doubtful", "late_by", "since"),
    [
        ([], 3, None),
        (["2018-09-01"], 1, "2018-09-01"),
        (["2018-09-02", "2018-09-01"], 1, "2018-09-01"),
        (["2018-09-02"], 2, "2018-09-02"),
        (["2018-09-03"], 3, None),
        (["2018-09-04"], 3, None),
    ],
)
def test_series_is_late_at_least_until_the_day_of_a_record_that_may_belong_to_it(
    doubtful: list[str], late_by: int, since: str | None
) -> None:
    same = {"topic": "环境空气质量", "formed_on": None, "level": None}
    rows = [{**same, "id": "1", "period": "2018-07", "published_on": "2018-09-03"}]
    rows += [{**same, "id": day, "period": None, "published_on": day} for day in doubtful]
    (found,) = [f for f in check("PD-8-7.1", {"disclosure": rows}) if f.period == "2018-07"]
    assert (found.outcome, found.late_by, found.actual) == (Outcome.VIOLATION, late_by, date(2018, 9, 3))
    assert f"{'至少' if since else '迟'}{late_by}天" in found.message.zh
    assert ("at least" in found.message.en) == bool(since)
    told = [step.zh for step in found.explanation if "另一条记录" in step.zh]
    assert (len(told), all(str(since) in step for step in told)) == (1 if since else 0, True)


@pytest.mark.parametrize(
    ("months", "outcome", "late_by"),
    [
        (["2018-12-31"], "indeterminate", None),
        (["2019-01-01"], "violation", 1),
        (["2019-01-09"], "violation", 9),
        (["2019-01-10"], "violation", 10),
        ([], "violation", 10),
        (["2019-01-05", "2019-01-03"], "violation", 3),
    ],
)
def test_quarter_is_late_at_least_until_the_day_of_a_month_that_may_complete_it(
    months: list[str], outcome: str, late_by: int | None
) -> None:
    same = {"subject": "崮山井群", "unit": "市环保局"}
    rows = [{**same, "id": "q", "topic": "水源监测", "period": "2018-Q3", "published_on": "2019-01-10"}]
    rows += [{**same, "id": m, "topic": "水源水质", "period": m, "published_on": "2018-10-15"} for m in ("2018-07", "2018-08")]
    rows += [
        {**same, "id": day, "topic": "水源水质", "period": "2018-09", "unit": "某某中心", "published_on": day} for day in months
    ]
    records = {"roster": [{"id": "r", "topic": "水源监测", "subject": "崮山井群"}], "disclosure": rows}
    (found,) = check("PD-8-7.3", records, date(2019, 2, 28), covers="2018-Q3", monthly_satisfies_quarterly=True)
    assert (str(found.outcome), found.late_by) == (outcome, late_by), found.message.zh


@pytest.mark.parametrize(
    ("elements", "outcome"),
    [
        (["招生条件", "招生程序"], "indeterminate"),
        (["招生条件"], "indeterminate"),
        (["招生范围"], "violation"),
        ("无", "violation"),
        ("详见附件", "indeterminate"),
        (None, "indeterminate"),
    ],
)
def test_series_record_of_no_subject_may_hold_the_elements_that_are_lacking(elements: Any, outcome: str) -> None:
    known = {"id": "1", "subject": "实验小学", "elements": ["招生范围"]}
    nameless = {"id": "2", "subject": None, "elements": elements}
    same = {"topic": "义务教育招生", "period": "2018", "published_on": "2018-07-30"}
    roster = [{"id": "n", "topic": "义务教育招生", "subject": "实验小学"}]
    (found,) = check("PD-8-5.1", {"disclosure": [known | same, nameless | same], "roster": roster})
    assert str(found.outcome) == outcome, found.message.zh


@pytest.mark.parametrize(
    ("elements", "day", "outcome"),
    [
        ("招生范围、招生条件、招生程序", "2018-07-31", "pass"),
        ("招生范围、招生条件", "2018-07-31", "violation"),
        ("详见附件", "2018-07-31", "indeterminate"),
        ("招生范围、详见附件", "2018-07-31", "indeterminate"),
        ("招生范围、招生条件、招生程序、详见附件", "2018-07-31", "pass"),
        ("招生范围、招生条件、报名须知", "2018-07-31", "indeterminate"),
        ("招生范围、报名须知", "2018-07-31", "indeterminate"),
        ("三项齐全", "2018-07-31", "indeterminate"),
        ("招生范围 招生条件 招生程序", "2018-07-31", "pass"),
        ("招生范围/招生条件/招生程序", "2018-07-31", "pass"),
        ("招生范围和招生条件", "2018-07-31", "violation"),
        ("招生范围、招生条件、招生程序、报名须知", "2018-07-31", "pass"),
    ],
)
def test_series_elements_in_an_attachment_are_not_called_missing(elements: str, day: str, outcome: str) -> None:
    row = {"id": "1", "topic": "义务教育招生", "subject": "甲小学", "period": "2018", "published_on": day, "elements": elements}
    roster = [{"id": "n", "topic": "义务教育招生", "subject": "甲小学"}]
    (found,) = check("PD-8-5.1", {"disclosure": [row], "roster": roster})
    assert str(found.outcome) == outcome, found.message.zh


def test_series_of_weeks_covers_each_week_of_the_year_once(tmp_path: Path) -> None:
    pack = own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: week, due: 3 working_days}}")
    rows = [
        {"id": "1", "topic": "debt", "period": "2018年第39周", "published_on": "2018-10-10"},  # ends on 30 September
        {"id": "2", "topic": "debt", "period": "2018-W40", "published_on": "2018-10-11"},
        {"id": "3", "topic": "debt", "formed_on": "2018-10-10", "published_on": "2018-10-18"},  # W41, due on the 17th
        {"id": "4", "topic": "debt", "period": "2018年10月", "published_on": "2018-11-01"},  # some week of October, or none
    ]
    found = outcomes(pack, rows, "2018-12-31")
    assert next(iter(found)) == "2018-W01"
    assert len(found) == 52
    expected = {
        "W38": "violation",
        "W39": "pass",
        "W40": "violation",
        "W41": "violation",
        "W42": "indeterminate",
        "W52": "pending",
    }
    assert {week: found[f"2018-{week}"] for week in expected} == expected


def test_series_of_weeks_at_the_turn_of_the_year(tmp_path: Path) -> None:
    pack = own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: week, due: 3 days}}")
    last = [f"2020-W{n}" for n in (52, 53)]
    row = {"id": "1", "topic": "debt", "period": "2020-W53", "published_on": "2021-01-04"}
    of_2020 = outcomes(oc.load_pack(pack.path, {"covers": "2020"}), [row], "2021-01-10")
    assert [p for p in of_2020 if p is not None][-2:] == last
    assert (of_2020["2020-W53"], of_2020["2020-W52"]) == ("pass", "violation")


@pytest.mark.parametrize(
    ("every", "period", "day", "outcome"),
    [
        ("half_year", "2018年上半年", "2018-07-15", "pass"),
        ("half_year", "2018年上半年", "2018-07-16", "violation"),
        ("half_year", "2018-H1", "2018-06-29", "indeterminate"),  # before its end
        ("half_year", "2018-Q1", "2018-07-15", "indeterminate"),  # a part of it
        ("ten_days", "2018年2月下旬", "2018-03-15", "pass"),
        ("ten_days", "2018-02-D3", "2018-03-16", "violation"),
        ("ten_days", "2018-02-D3", "2018-02-27", "indeterminate"),
        ("ten_days", "2018-02", "2018-03-01", "indeterminate"),
    ],
)
def test_series_of_half_years_and_ten_days(tmp_path: Path, every: str, period: str, day: str, outcome: str) -> None:
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{series: {{every: {every}, due: 15 days}}}}")
    found = outcomes(pack, [{"id": "1", "topic": "debt", "period": period, "published_on": day}], "2019-12-31")
    assert found["2018-H1" if every == "half_year" else "2018-02-D3"] == outcome
    assert len(found) == (2 if every == "half_year" else 36)


def test_series_finer_weeks_count_for_the_half_year_of_their_thursday(tmp_path: Path) -> None:
    pack = own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: half_year, finer_counts: true}}")
    row = {"id": "1", "topic": "debt", "published_on": "2018-07-10"}
    assert outcomes(pack, [{**row, "period": "2018-W26"}], "2019-12-31") == {"2018-H1": "pass", "2018-H2": "violation"}
    assert outcomes(pack, [{**row, "period": "2018-W27"}], "2019-12-31") == {"2018-H1": "violation", "2018-H2": "pass"}


def test_series_subject_in_an_attachment_may_be_anyone() -> None:
    row = {"id": "1", "topic": "education.admission", "period": "2018", "published_on": "2018-06-20", "attribute": "主动公开"}
    row |= {"subject": "详见附件", "elements": "招生范围、招生条件、招生程序"}
    roster = [{"id": "n", "topic": "education.admission", "subject": "实验小学"}]
    assert {f.subject: f.outcome for f in check("PD-8-5.1", {"roster": roster, "disclosure": [row]})} == {
        "实验小学": "indeterminate"
    }
    assert "详见附件" not in {f.subject for f in check("PD-8-5.1", {"disclosure": [row]})}


@pytest.mark.parametrize(
    ("published", "outcome"), [(None, "violation"), ("2018-10-10", "indeterminate"), ("2018-12-31", "violation")]
)
def test_series_record_of_no_period_may_be_the_one_that_is_absent_unless_it_is_still_to_come(
    published: str | None, outcome: str
) -> None:
    row = {"id": "1", "topic": "月度财政收支", "period": None, "formed_on": None, "published_on": published}
    found = check("PD-8-1.1", {"disclosure": [row]}, date(2018, 12, 30), covers="2018-09")
    assert [(f.period, f.outcome) for f in found] == [("2018-09", outcome)]


@pytest.mark.parametrize(
    ("early", "outcome"),
    [
        (["招生范围", "招生条件", "报名须知"], "indeterminate"),
        (["招生范围", "报名须知"], "indeterminate"),
        (["报名须知"], "indeterminate"),
        (["招生范围", "招生条件"], "violation"),
    ],
)
def test_series_late_is_open_where_unknown_words_may_be_what_was_late(early: list[str], outcome: str) -> None:
    same = {"topic": "义务教育招生", "subject": "甲小学", "period": "2018"}
    rows = [
        {"id": "1", **same, "published_on": "2018-07-31", "elements": early},
        {"id": "2", **same, "published_on": "2018-08-01", "elements": ["招生范围", "招生条件", "招生程序"]},
    ]
    roster = [{"id": "n", "topic": "义务教育招生", "subject": "甲小学"}]
    (found,) = check("PD-8-5.1", {"disclosure": rows, "roster": roster})
    assert str(found.outcome) == outcome, found.message.zh
    if outcome == "indeterminate":
        assert "报名须知" in found.message.zh + found.remedy.zh
        assert found.missing == ("disclosure.elements",)


@pytest.mark.parametrize(
    ("doubtful", "outcome"),
    [
        ({"elements": ["报名须知"]}, "indeterminate"),
        ({"elements": ["招生范围"]}, "violation"),
        ({"elements": ["报名须知", "学区划分"]}, "indeterminate"),
        ({"elements": ["报名须知", "招生条件"]}, "indeterminate"),
        ({"elements": ["报名须知", "招生范围"]}, "indeterminate"),
        ({"elements": ["报名须知"], "published_on": "8/9/2018"}, "indeterminate"),
    ],
)
def test_series_record_of_no_period_with_unknown_words(doubtful: dict[str, Any], outcome: str) -> None:
    same = {"topic": "义务教育招生", "subject": "甲小学", "published_on": "2018-07-30", "formed_on": None}
    known = {"id": "1", **same, "period": "2018", "elements": ["招生范围"]}
    roster = [{"id": "n", "topic": "义务教育招生", "subject": "甲小学"}]
    (found,) = check("PD-8-5.1", {"disclosure": [known, {"id": "2", **same, "period": None, **doubtful}], "roster": roster})
    assert str(found.outcome) == outcome, found.message.zh


@pytest.mark.parametrize("spelling", ["尹府 水库", "尹府　水库", "尹府\u200b水库"])
@pytest.mark.parametrize("where", ["disclosure", "roster"])
def test_series_subject_is_one_however_it_is_spelled(spelling: str, where: str) -> None:
    names = {"disclosure": "尹府水库", "roster": "尹府水库", where: spelling}
    row = {"id": "1", "topic": "水源水质", "subject": names["disclosure"], "period": "2018-10", "published_on": "2018-11-30"}
    roster = [{"id": "n", "topic": "水源水质", "subject": names["roster"]}]
    (found,) = check("PD-8-7.2", {"disclosure": [row], "roster": roster}, date(2018, 12, 31), covers="2018-10")
    assert (found.outcome, found.subject) == (Outcome.PASS, "尹府水库")


@pytest.mark.parametrize(("day", "outcome"), [("2018-03-31", "violation"), (None, "violation"), ("2018-02-28", "pass")])
def test_series_period_that_is_late_or_has_no_day_is_located_at_its_record(day: str | None, outcome: str) -> None:
    rows = [
        {"id": "6", "topic": "其他"},
        {"id": "7", "topic": "空气质量", "period": "2018-01", "published_on": day, "unit": "市环保局"},
    ]
    january = check("PD-8-7.1", {"disclosure": rows})
    found = next((f for f in january if f.period == "2018-01"), None)
    assert str(found.outcome if found else "pass") == outcome
    if found:
        assert (found.record_id, found.source.row, found.unit) == ("7", 2, "市环保局")
        assert ("编号7已登记，但没有填“公开日期”" in found.message.zh) == (day is None)
    february = next(f for f in january if f.period == "2018-02")
    assert (str(february.outcome), february.record_id, february.source.row) == ("violation", None, None)


@pytest.mark.parametrize(
    ("cumulative", "period", "sure", "maybe"),
    [
        (True, "2018年1-8月", {"2018-08"}, set()),
        (True, "2018年1-6月", {"2018-06"}, set()),
        (True, "2018年一季度", {"2018-03"}, set()),
        (True, "2018", {"2018-12"}, set()),
        (True, "2018年7-8月", set(), {"2018-07", "2018-08"}),
        (True, "2018-Q3", set(), {"2018-07", "2018-08", "2018-09"}),
        (False, "2018年1-2月", set(), {"2018-01", "2018-02"}),
        (False, "2018年1-6月", set(), {f"2018-0{n}" for n in range(1, 7)}),
        (False, "2018年11-12月", set(), {"2018-11", "2018-12"}),
    ],
)
def test_series_range_of_months_is_one_month_only_where_figures_add_up(
    tmp_path: Path, cumulative: bool, period: str, sure: set[str], maybe: set[str]
) -> None:
    own = f"when: {{topic: debt}}\n  require: {{series: {{every: month, due: next 01-31, cumulative: {str(cumulative).lower()}}}}}"
    row = {"id": "1", "topic": "debt", "period": period, "published_on": "2019-01-05"}
    found = outcomes(own_pack(tmp_path / "p", own), [row], "2019-12-31")
    months = {f"2018-{n:02}" for n in range(1, 13)}
    assert {p for p, o in found.items() if o == "pass"} == sure
    assert {p for p, o in found.items() if o == "indeterminate"} == maybe
    assert {p for p, o in found.items() if o == "violation"} == months - sure - maybe


@pytest.mark.parametrize(
    ("period", "of_first", "of_year"),
    [("2018年1-2月", "pass", "pass"), ("2018年2-4月", "indeterminate", "pass"), ("2018年4-5月", "violation", "pass")],
)
def test_series_of_longer_periods_counts_a_range_of_months_within_one(
    tmp_path: Path, period: str, of_first: str, of_year: str
) -> None:
    row = {"id": "1", "topic": "debt", "period": period, "published_on": "2019-01-05"}
    for every, name, outcome in (("quarter", "2018-Q1", of_first), ("year", "2018", of_year)):
        own = f"when: {{topic: debt}}\n  require: {{series: {{every: {every}, due: next 01-31, finer_counts: true}}}}"
        assert outcomes(own_pack(tmp_path / every, own), [row], "2019-12-31")[name] == outcome


def test_series_cumulative_is_of_months_only(tmp_path: Path) -> None:
    with pytest.raises(oc.PackError, match="cumulative"):
        own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: quarter, cumulative: true}}")


@pytest.mark.parametrize(
    ("period", "published", "outcome"),
    [
        ("2018年9月", "2018-09-30", "pass"),
        ("2018年9月", "2018-09-01", "pass"),
        ("2018年9月", "2018-08-31", "indeterminate"),
        ("2018年9月", "2018-06-01", "indeterminate"),
        ("2018年8-9月", "2018-07-31", "indeterminate"),
        ("2018年8-9月", "2018-08-01", "pass"),
        ("2018年三季度", "2018-09-29", "indeterminate"),
        ("2018年7月", "2018-07-31", "pass"),  # the month is over, though the quarter is not
    ],
)
def test_series_figures_of_a_shorter_period_are_not_out_before_it_begins(period: str, published: str, outcome: str) -> None:
    row = {"id": "1", "topic": "食品药品监督抽检", "period": period, "published_on": published, "unit": "市食品药品监管局"}
    report = oc.check({"disclosure": [row]}, as_of="2018-12-31", rules="PD-8-8.3", include_all=True)
    assert [str(f.outcome) for f in report.findings() if f.period == "2018-Q3"] == [outcome]


@pytest.mark.parametrize(
    ("published", "outcome"),
    [("2018-08-31", "pass"), ("2018-08-30", "indeterminate"), ("2018-09-30", "pass"), ("2018-10-01", "violation")],
)
def test_series_cumulative_figures_are_of_a_month_that_is_over(tmp_path: Path, published: str, outcome: str) -> None:
    own = "when: {topic: debt}\n  require: {series: {every: month, due: following_period, cumulative: true}}"
    row = {"id": "1", "topic": "debt", "period": "2018年1-8月", "published_on": published}
    assert outcomes(own_pack(tmp_path / "p", own), [row], "2019-12-31")["2018-08"] == outcome


def test_series_without_a_roster_tells_its_subjects_in_their_order() -> None:
    same = {"topic": "education.admission", "period": "2018", "published_on": "2018-08-01", "elements": ["招生范围"]}
    rows = [{"id": subject, "subject": subject, **same} for subject in "丙丁甲庚乙己戊"]
    found = check("PD-8-5.1", {"disclosure": rows})
    assert [f.subject for f in found if f.subject] == sorted("甲乙丙丁戊己庚")


def test_series_subject_whose_name_begins_with_the_city_is_not_all_of_them() -> None:
    school = {"topic": "education.admission", "period": "2018", "published_on": "2018-06-01", "unit": "市教体局"}
    wanted = oc.load_pack("pingdu-2018").rules["PD-8-5.1"].rule.kind.elements
    roster = [{"id": s, "topic": "education.admission", "subject": s} for s in ("平度市第一中学", "平度市第九中学")]
    found = {}
    for subject in ("平度市第一中学", "平度市", "平度市各中学"):
        rows = [{"id": "1", "subject": subject, "elements": list(wanted), **school}]
        report = oc.check({"disclosure": rows, "roster": roster}, as_of="2018-12-31", rules="PD-8-5.1", include_all=True)
        found[subject] = {f.subject: str(f.outcome) for f in report.findings() if f.subject}
    assert found["平度市第一中学"] == {"平度市第一中学": "pass", "平度市第九中学": "violation"}
    assert set(found["平度市"].values()) | set(found["平度市各中学"].values()) == {"indeterminate"}
