"""meets: what a record must hold, by when, and which of it is not there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import opencheck as oc
from pingdu_rules import check


def judged(rule: str, table: str, as_of: str, *rows: dict[str, Any]) -> list[oc.Finding]:
    """The findings in the order of the records; each row has every key, blank where it names none."""
    keys = dict.fromkeys(key for row in rows for key in row)
    found = check(rule, {table: [{"id": f"{n:02}"} | keys | row for n, row in enumerate(rows)]}, date.fromisoformat(as_of))
    return sorted(found, key=lambda f: str(f.record_id))


def told(found: list[oc.Finding]) -> list[tuple[str, tuple[str, ...], list[str]]]:
    return [(str(f.outcome), f.missing, f.result.rule.kind.fields_to_highlight(f.result.rule, f.facts)) for f in found]


def test_meets_names_the_fields_that_are_not_met_and_else_all_of_them() -> None:
    whole = {"body": "甲", "content": "乙", "time_limit": "丙", "manner": "丁"}
    every = list(whole)
    found = judged(
        "PD-12.1",
        "catalog_entry",
        "2018-12-31",
        whole,
        whole | {"content": None, "manner": None},
        whole | {"body": "详见附件", "content": None},
        whole | {"body": "详见附件"},
    )
    assert told(found) == [
        ("pass", (), every),
        ("violation", (), ["content", "manner"]),
        ("violation", (), ["content"]),
        ("needs_review", (), every),
    ]
    assert [step.zh.partition("：")[0] for step in found[2].explanation][-4:] == ["无法判断", "不符合", "符合", "符合"]
    assert found[1].late_by is None


def test_meets_is_due_on_the_first_day_that_is_filled_in() -> None:
    rows = [
        {"plan_submitted_on": plan, "held_on": held, "attendance_opinion": opinion, "major_livelihood": True}
        for plan, held, opinion in (
            ("2018-12-31", "2019-01-05", None),
            ("2019-01-01", "2018-12-01", None),
            (None, "2018-12-31", None),
            (None, None, None),
            (None, None, True),
            ("2019-01-01", None, True),
        )
    ]
    found = judged("PD-2-1.1", "meeting", "2018-12-31", *rows)
    assert [(str(f.outcome), f.due, f.missing) for f in found] == [
        ("violation", date(2018, 12, 31), ()),
        ("pending", date(2019, 1, 1), ()),
        ("violation", date(2018, 12, 31), ()),
        ("indeterminate", None, ("plan_submitted_on", "held_on")),
        ("pass", None, ()),
        ("pending", date(2019, 1, 1), ()),
    ]
    assert [any(step.zh.startswith("最迟") for step in f.explanation) for f in found] == [True, True, True, False, False, True]


def test_meets_one_of_several_is_enough_and_what_is_blank_of_them_is_missing() -> None:
    same = {"affects_public_interest": True, "replied_on": "2018-12-03", "published_on": "2018-12-10"}
    rows = [
        same | {"disclosed": disclosed, "is_complex": is_complex}
        for disclosed, is_complex in (("full", None), ("summary", True), ("summary", None), ("summary", False), (None, False))
    ]
    rows += [same | {"disclosed": "full", "published_on": day} for day in (None, "2019-01-02")]
    rows.append({"affects_public_interest": True})
    found = judged("PD-6.1", "proposal_reply", "2018-12-31", *rows)
    every = ["published_on", "disclosed", "is_complex"]
    assert told(found) == [
        ("pass", (), every),
        ("pass", (), every),
        ("indeterminate", ("is_complex",), every),
        ("violation", (), ["disclosed", "is_complex"]),
        ("indeterminate", ("disclosed",), every),
        ("violation", (), ["published_on"]),
        ("violation", (), ["published_on"]),
        ("indeterminate", ("replied_on",), ["published_on"]),
    ]
    assert found[5].due == date(2018, 12, 29)
    assert "晚于检查日" in found[6].message.zh


def test_meets_within_a_year_is_pending_until_its_last_day() -> None:
    rows = [
        {"year": year, "training_plan_on": plan, "training_forms": forms}
        for year, plan, forms in (
            (2018, "2018-12-30", ["集中培训", "专题讲座"]),
            (2018, None, ["集中培训", "专题讲座"]),
            (2018, "2018-12-31", ["集中培训"]),
            (2017, None, None),
            (None, None, None),
        )
    ]
    for as_of, later in (("2018-12-30", "pending"), ("2018-12-31", "violation")):
        found = judged("PD-21.2", "unit", as_of, *rows)
        assert [str(f.outcome) for f in found] == ["pass", later, later, "not_applicable", "indeterminate"]
        assert [f.due for f in found] == [date(2018, 12, 31)] * 3 + [date(2017, 12, 31), None]
        assert found[4].missing == ("year",)


def test_meets_says_of_a_filled_field_what_it_does_not_meet_and_not_that_it_is_missing() -> None:
    answered = {"responded_at": "2018-09-03 08:00", "category": "安全"}
    found = judged(
        "PD-10.2",
        "opinion_case",
        "2018-12-31",
        answered | {"assessed_at": "2018-09-03 08:00"},
        answered | {"assessed_at": "2018-09-03 08:01"},
        answered | {"assessed_at": None},
    )
    assert told(found) == [
        ("pass", (), ["assessed_at", "category"]),
        ("violation", (), ["assessed_at"]),
        ("violation", (), ["assessed_at"]),
    ]
    assert "“研判时间”应不晚于回应时间；" in found[1].message.zh
    (same_day,) = judged("PD-10.2", "opinion_case", "2018-09-03", answered | {"assessed_at": "2018-09-03 08:01"})
    assert "“研判时间”应不晚于回应时间；" in same_day.message.zh
    assert "“研判时间”应填写；" in found[2].message.zh
    row = {"topic": "fiscal.debt", "published_on": "2018-09-03", "elements": ["债务限额", "债务余额", "债务期限"]}
    (lacking,) = judged("PD-8-1.4", "disclosure", "2018-12-31", row)
    assert "债务用途" in lacking.message.zh.partition("现登记")[0]
    assert "债务限额" not in lacking.message.zh.partition("现登记")[0]


@pytest.mark.parametrize(
    ("topic", "rule", "elements", "outcome"),
    [
        ("财政收支", "PD-8-1.2", "增减变化 变化原因 走势预判", "pass"),
        ("财政收支", "PD-8-1.2", "①增减变化②变化原因③走势预判", "pass"),
        ("财政收支", "PD-8-1.2", "增减变化及原因、走势预判", "pass"),
        ("财政收支", "PD-8-1.2", "增减变化/走势预判", "violation"),
        ("财政收支", "PD-8-1.2", "增减变化、处罚依据", "violation"),  # an element of another topic is known, too
        ("财政收支", "PD-8-1.2", "三项齐全", "indeterminate"),
        ("财政收支", "PD-8-1.2", "增减变化、变化原因等", "indeterminate"),
        ("政府债务", "PD-8-1.4", "债务限额和余额、期限、用途", "pass"),
        ("政府债务", "PD-8-1.4", "限额余额期限用途", "indeterminate"),
        ("政府债务", "PD-8-1.4", "限额+余额+期限", "violation"),
        ("行政处罚", "PD-5-2.1c", "八项齐全", "indeterminate"),
        ("行政处罚", "PD-5-2.1c", "文号 名称 类别 事由 依据 代码 结果 机关", "indeterminate"),
        ("行政处罚", "PD-5-2.1c", "文号、处罚名称", "violation"),
    ],
)
def test_meets_calls_no_element_missing_that_a_word_may_stand_for(topic: str, rule: str, elements: str, outcome: str) -> None:
    (found,) = judged(rule, "disclosure", "2018-12-31", {"topic": topic, "published_on": "2018-10-10", "elements": elements})
    assert str(found.outcome) == outcome, found.message.zh
    if outcome == "indeterminate":
        assert f"“{elements.split('、')[-1]}”不在词表里" in found.message.zh
        assert found.missing == ("elements",)


@pytest.mark.parametrize(
    ("forms", "outcome"),
    [
        *((f"集中培训{between}网络培训", "pass") for between in ("和", " ", "+", "、", "/")),
        ("线上+线下", "pass"),
        ("线上线下相结合", "indeterminate"),
        ("多种形式", "indeterminate"),
        ("集中培训、多种形式", "indeterminate"),
        ("集中培训、网络培训、多种形式", "pass"),
        ("某某班、某 某班", "indeterminate"),
        ("集中培训", "violation"),
        ("集中培训、集中授课", "violation"),
        ("集中培训；集中培训（第二期）", "violation"),
        ("集中培训1、集中培训2", "violation"),
        ("第一期集中培训、第二期集中培训", "violation"),
        ("集中培训（9月）；集中培训", "indeterminate"),
    ],
)
def test_meets_counts_forms_however_they_are_written(forms: str, outcome: str) -> None:
    row = {"year": 2018, "training_plan_on": "2018-03-01", "training_forms": forms}
    (found,) = judged("PD-21.2", "unit", "2018-12-31", row)
    assert str(found.outcome) == outcome, found.message.zh
    if outcome == "indeterminate":
        assert "不在词表里" in found.message.zh
        assert found.missing == ("training_forms",)


@pytest.mark.parametrize(
    ("manager", "unit", "outcome", "missing"),
    [
        ("市财政局", "市财政局", "pass", ()),
        ("市教育局", "市财政局", "violation", ()),
        ("某某中心", "市财政局", "indeterminate", ("manager_unit",)),
        ("市财政局", "某某中心", "indeterminate", ("unit",)),
        ("某某中心", "某某办", "indeterminate", ("manager_unit", "unit")),
        (None, "市财政局", "indeterminate", ("manager_unit",)),
    ],
)
def test_meets_asks_for_the_office_that_nobody_knows(
    manager: str | None, unit: str, outcome: str, missing: tuple[str, ...]
) -> None:
    account = {"unit": unit, "manager_unit": manager, "platform": "微信", "status": "active", "opened_on": "2018-01-01"}
    (found,) = judged("PD-18.1b", "account", "2018-12-31", account)
    assert (str(found.outcome), found.missing) == (outcome, missing)
