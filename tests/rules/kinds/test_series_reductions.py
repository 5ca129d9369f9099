"""Which records fill the periods of a series: by day, by period, by who publishes, and what is shown of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from opencheck.core.outcomes import Outcome
from pack_files import outcomes, own_pack
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
    ("doubtful", "outcome", "unknown"),
    [
        ({"unit": "市民政局"}, "violation", None),
        ({"unit": None}, "pass", None),  # the ledger keeper's own
        ({"unit": "某某中心"}, "indeterminate", "unit"),
        ({"attribute": "内部掌握"}, "indeterminate", "attribute"),
        ({"attribute": "内部掌握", "published_on": "2018-12-31"}, "indeterminate", "attribute"),
        ({"attribute": "依申请公开"}, "violation", None),
        ({"topic": None}, "indeterminate", "topic"),
        ({"period": None}, "indeterminate", "period"),
        ({"period": "2018"}, "indeterminate", "published_on"),  # before its end
        ({"period": "2018-Q2", "published_on": "2018-07-10"}, "indeterminate", "period"),
        ({"period": "2018-06"}, "violation", None),
        ({"period": "2018-W12"}, "violation", None),
        ({"period": "2018-W13"}, "indeterminate", "period"),  # ends on 1 April
        ({"period": "2018-W18"}, "indeterminate", "period"),  # begins on 30 April
        ({"period": "2018-W19"}, "violation", None),
        ({"published_on": None}, "violation", None),
        ({"published_on": "8/9/2018"}, "indeterminate", "rejected"),
        ({"reviewed_on": "下周"}, "indeterminate", "rejected"),
        ({"published_on": "2019-01-01"}, "violation", None),
        ({"published_on": "2018-04-29"}, "indeterminate", "published_on"),
    ],
)
def test_series_doubtful_record_may_be_the_one_that_is_absent(
    doubtful: dict[str, Any], outcome: str, unknown: str | None
) -> None:
    row = MONTH | {"id": "1", "period": "2018-04", "published_on": "2018-05-10"} | doubtful
    (found,) = [f for f in check("PD-8-1.1", {"disclosure": [row]}) if f.period == "2018-04"]
    assert (str(found.outcome), found.missing) == (outcome, (f"disclosure.{unknown}",) if unknown else ())
    blank = [name for name in ("period", "topic") if unknown == name and doubtful.get(name, "") is None]
    assert ("缺少" in found.message.zh) is bool(blank)
    if str(doubtful.get("period")).startswith("2018-W") and outcome == "indeterminate":
        assert f"“所属期”填的是2018年第{str(doubtful['period'])[-2:]}周" in found.message.zh


def test_series_names_five_of_the_records_that_may_be_the_absent_one_and_that_there_are_more() -> None:
    rows = [
        MONTH | {"id": f"m{n}", "period": "2018-04", "published_on": "2018-05-10", "attribute": "内部掌握"} for n in range(6)
    ]
    (found,) = [f for f in check("PD-8-1.1", {"disclosure": rows}) if f.period == "2018-04"]
    assert "编号m0、m1、m2、m3、m4、…）" in found.message.zh


def test_series_cumulative_figures_without_a_day_are_entered_for_their_last_month() -> None:
    found = months("2018-12-31", {"period": "2018-H1", "published_on": None})
    assert found["2018-06"] == ("violation", None, "r0")
    assert found["2018-05"] == ("violation", None, None)


@pytest.mark.parametrize(
    ("changed", "outcome", "unknown"),
    [
        ([{}], "pass", None),
        ([{"attribute": "内部掌握"}], "indeterminate", "attribute"),
        ([{"attribute": "不予公开"}], "violation", None),
        ([{"unit": "某某中心"}], "indeterminate", "unit"),
        ([{"unit": "市民政局"}], "violation", None),
        ([{"published_on": "8/9/2018"}], "indeterminate", "rejected"),
        ([{"reviewed_on": "下周"}], "indeterminate", "rejected"),
        ([{"published_on": None}], "violation", None),
        ([{"published_on": "2018-12-31"}], "violation", None),
        ([{"published_on": "2019-01-01"}], "violation", None),
        ([{"published_on": "2018-12-31"}, {"attribute": "内部掌握"}], "indeterminate", "attribute"),
        ([{"published_on": "2018-12-31"}, {"attribute": "内部掌握", "published_on": "2018-10-01"}], "violation", None),
        ([{"period": None}], "indeterminate", "period"),
        ([{"period": "2018-Q2"}], "indeterminate", "period"),
        ([{"period": "2018-W20"}], "indeterminate", "period"),
        ([{"period": "2018-04"}], "violation", None),
        ([{"subject": "全市"}], "indeterminate", "subject"),
        ([{"attribute": "内部掌握", "period": "2018-04"}], "violation", None),  # May is lacking all the same
    ],
)
def test_series_month_that_may_count_may_be_the_one_that_a_quarter_lacks(
    changed: list[dict[str, Any]], outcome: str, unknown: str | None
) -> None:
    """April and June are there, June on the day on which the quarter is due; the rows of May are changed."""
    water = {
        "topic": "environment.source_water",
        "subject": "尹府水库",
        "unit": "市环保局",
        "attribute": "主动公开",
        "reviewed_on": None,
    }
    rows = [
        water | {"id": f"2018-{m}", "period": f"2018-{m}", "published_on": day}
        for m, day in (("04", "2018-05-02"), ("06", "2018-09-30"))
    ]
    may = water | {"period": "2018-05", "published_on": "2018-07-01", "formed_on": None}
    rows += [may | {"id": f"5.{n}"} | more for n, more in enumerate(changed)]
    listed = [{"id": "r", "topic": "environment.source_monitoring", "subject": "尹府水库"}]
    found = check("PD-8-7.3", {"roster": listed, "disclosure": rows}, monthly_satisfies_quarterly=True)
    (quarter,) = [f for f in found if f.period == "2018-Q2"]
    assert (str(quarter.outcome), quarter.missing) == (outcome, (f"disclosure.{unknown}",) if unknown else ())


@pytest.mark.parametrize("count", [1, 2])
def test_series_without_the_column_of_days_is_open(count: int) -> None:
    rows = [{"id": str(n), "topic": "fiscal.monthly", "period": "2018-04", "上网": "是"} for n in range(count)]
    found = {f.period: f for f in check("PD-8-1.1", {"disclosure": rows})}
    assert (str(found["2018-04"].outcome), found["2018-04"].missing) == ("indeterminate", ("disclosure.published_on",))
    assert str(found["2018-05"].outcome) == "violation"


@pytest.mark.parametrize(
    "doubt", [{"attribute": "内部掌握"}, {"reviewed_on": "下周"}, {"period": None, "formed_on": None}, {"subject": "全市"}]
)
@pytest.mark.parametrize(("rule", "topic", "elements"), [
    ("PD-8-7.2", "environment.source_water", None), ("PD-8-5.1", "education.admission", ["招生范围", "招生条件", "招生程序"]),
])  # fmt: skip
def test_series_of_subjects_is_open_where_it_is_unknown_whether_a_record_counts(
    rule: str, topic: str, elements: list[str] | None, doubt: dict[str, Any]
) -> None:
    year = rule == "PD-8-5.1"
    row = {"id": "1", "topic": topic, "subject": "甲", "attribute": "主动公开", "elements": elements, "reviewed_on": None}
    row |= {"period": "2018", "published_on": "2018-07-30"} if year else {"period": "2018-04", "published_on": "2018-05-10"}
    listed = [{"id": "r", "topic": topic, "subject": "甲"}]

    def outcome(record: dict[str, Any]) -> str:
        found = check(rule, {"roster": listed, "disclosure": [record]})
        return next(str(f.outcome) for f in found if f.period == row["period"])

    assert (outcome(row), outcome(row | doubt)) == ("pass", "indeterminate")


def test_series_of_one_element_is_pending_before_it_is_due(tmp_path: Path) -> None:
    pack = own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: year, due: 07-31, elements: [限额]}}")
    row = {"id": "1", "topic": "debt", "period": "2018", "published_on": "2018-07-01", "elements": ["余额"]}
    for rows in ([], [row]):
        assert outcomes(pack, rows, "2018-07-30") == {"2018": "pending"}
        assert outcomes(pack, rows, "2018-07-31") == {"2018": "violation"}


@pytest.mark.parametrize(("due", "expected"), [
    ("following_period", ["甲"]), ("period_end", ["甲"]), ("10 days", ["甲", "乙"]), ("5 working_days", []), ("next 01-31", ["甲"]),
])  # fmt: skip
def test_series_roster_day_is_that_of_the_duty_where_it_has_one(tmp_path: Path, due: str, expected: list[str]) -> None:
    day = "  - {id: roster_day, value: period_end, reading: {zh: 期末, en: period end}}\n"
    need = f"{{every: quarter, per: subject, due: {due}}}"
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{series: {need}}}", day)
    listed = [
        {"id": "a", "topic": "debt", "subject": "甲", "since": None, "until": None if due == "10 days" else "2018-06-30"},
        {"id": "b", "topic": "debt", "subject": "乙", "since": "2018-07-10", "until": None},
    ]
    found = pack.rules["X-1"].check({"roster": listed, "disclosure": []}, as_of="2019-12-31")
    assert [f.subject for f in found if f.period == "2018-Q2"] == expected


def test_series_counts_what_passed_and_tells_the_outcome_of_each_cell() -> None:
    topic = "environment.source_water"
    listed = [{"id": s, "topic": topic, "subject": s, "unit": "市环保局"} for s in "丙乙甲丁"]
    listed.append(listed[0] | {"id": "again", "unit": "市水利局"})
    rows = [
        {"id": f"{s}{m}", "topic": topic, "subject": s, "period": f"2018-0{m}", "published_on": f"2018-0{m + 1}-15"}
        for s, last in (("甲", 6), ("乙", 3))
        for m in range(1, last)
    ]
    report = oc.check({"roster": listed, "disclosure": rows}, as_of="2018-06-15", rules=["PD-8-7.2"])
    assert report.summary["by_rule"]["PD-8-7.2"] == {"pass": 7, "violation": 10, "pending": 31}
    found = report.findings("violation")
    assert [f.subject for f in found] == [*"丙丙丙丙", *"乙乙", *"丁丁丁丁"], "in the order of the roster"
    assert {f.unit for f in found} == {"市环保局"}, "the first row of the roster tells"
    cells = found[0].result.cells
    assert cells is not None
    told = {(s, p): Outcome.from_code(c) for s, p, c in cells.select("subject", "period", "code").iter_rows()}
    assert len(told) == 48
    assert [str(told["乙", f"2018-0{m}"]) for m in range(1, 7)] == [
        "pass",
        "pass",
        "violation",
        "violation",
        "pending",
        "pending",
    ]


def test_series_tells_ten_names_that_are_not_on_the_roster() -> None:
    topic = "environment.source_water"
    rows = [
        {"id": str(n), "topic": topic, "subject": f"水源{n:02}", "period": "2018-10", "published_on": "2018-11-02"}
        for n in range(11)
    ]
    (found,) = check(
        "PD-8-7.2",
        {"roster": [{"id": "1", "topic": topic, "subject": "尹府水库"}], "disclosure": rows},
        covers="2018-10",
    )
    (told,) = [step.zh for step in found.explanation if "水源00" in step.zh]
    assert [f"水源{n:02}" in told for n in (9, 10)] == [True, False]


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
        (["2018-05-02", "2018-06-02", "2018-06-29"], "indeterminate", None),  # June was not over: its day or period is wrong
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


def test_series_tells_both_periods_of_two_columns_that_disagree() -> None:
    row = {"编号": "1", "主题": "月度财政收支", "所属期": "2018年4月", "期间": "2018年5月", "公开日期": "2018-06-20"}
    found = {f.period: f for f in check("PD-8-1.1", {"disclosure": [row]})}
    for period in ("2018-04", "2018-05"):
        assert (str(found[period].outcome), found[period].missing) == ("indeterminate", ("disclosure.period",))
        assert "“所属期”填的是2018年4月、2018年5月" in found[period].message.zh


def test_series_tells_what_is_blank_from_a_day_that_comes_too_early() -> None:
    rows = [
        MONTH | {"id": "1", "period": "2018-03", "published_on": "2018-03-10"},
        MONTH | {"id": "2", "period": None, "published_on": "2018-04-10"},
    ]
    (found,) = [f for f in check("PD-8-1.1", {"disclosure": rows}) if f.period == "2018-03"]
    assert (str(found.outcome), found.missing) == ("indeterminate", ("disclosure.period", "disclosure.published_on"))
    assert found.message.zh.endswith("另有记录（编号1、2）可能属于本期，但缺少“所属期”；“公开日期”填写的内容不足以判断")
