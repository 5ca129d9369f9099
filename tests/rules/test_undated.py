"""A blank day of an act means that it is not done, in every kind of rule alike; an unreadable one and a column that is not there mean nothing."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import opencheck as oc

DOCUMENT = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
ACTS: dict[str, tuple[str, str, dict[str, Any], dict[str, list[dict[str, Any]]]]] = {
    "PD-9.4": ("interpretation", "published_on", {"id": "a", "document_id": "1"}, {"document": [DOCUMENT]}),
    "PD-8-1.1": (
        "disclosure",
        "published_on",
        {"id": "a", "topic": "月度财政收支", "period": "2018-09", "unit": "市财政局"},
        {},
    ),
    "PD-7.2": ("disclosure", "published_on", {"id": "a", "topic": "网上办事服务事项清单"}, {}),
    "PD-11.1": ("disclosure", "published_on", {"id": "a", "topic": "participation.event"}, {}),
    "PD-12.3": ("catalog_entry", "revised_on", {"id": "a", "content": "低保标准"}, {}),
    "PD-17.1b": ("service_item", "listed_on", {"id": "a", "do_it_once": True, "batch": "第二批"}, {}),
}
BEFORE = {"PD-9.4": "2018-09-05", "PD-8-1.1": "2018-10-30"}
"""A day on which the duty is not due yet; of the others the year is not over."""


def _judge(rule: str, rows: Any, as_of: str = "2019-01-31") -> list[oc.Finding]:
    table, _, _, others = ACTS[rule]
    parameters = {"covers": "2018-09"} if rule == "PD-8-1.1" else None
    report = oc.check({**others, table: rows}, as_of=as_of, rules=rule, include_all=True, parameters=parameters)
    return report.findings()


@pytest.mark.parametrize("rule", ACTS)
@pytest.mark.parametrize("blank", [None, "", "未公开", "待定"])
def test_undated_record_is_not_done(rule: str, blank: str | None) -> None:
    _, field, row, _ = ACTS[rule]
    first = [row | {"id": "z", "batch": "第一批", field: "2018-09-10"}] if rule == "PD-17.1b" else []
    (found,) = _judge(rule, [*first, row | {field: blank}])
    assert str(found.outcome) == "violation"
    assert "编号a已登记，但没有填" in found.message.zh
    assert "a is entered without" in found.message.en
    (early,) = _judge(rule, [*first, row | {field: blank}], BEFORE.get(rule, "2018-12-30"))
    assert str(early.outcome) == "pending"
    assert "已登记" not in early.message.zh


@pytest.mark.parametrize("rule", ACTS)
def test_undated_is_not_what_cannot_be_read_nor_what_no_column_holds(rule: str) -> None:
    _, field, row, _ = ACTS[rule]
    rows = [row | {"id": "z", "batch": "第一批", field: "2018-09-10"}] if rule == "PD-17.1b" else []
    (refused,) = _judge(rule, [*rows, row | {field: "2018-02-30"}])
    assert str(refused.outcome) == "indeterminate"
    without = [{n: v for n, v in {**row, **more}.items() if n != field} for more in ({}, {"id": "b", "batch": "第三批"})]
    (no_column,) = _judge(rule, pl.DataFrame(without[: 2 if rows else 1]))
    assert (str(no_column.outcome), "已登记" in no_column.message.zh) == ("indeterminate", rule == "PD-8-1.1")


@pytest.mark.parametrize("rule", [r for r in ACTS if r != "PD-17.1b"])
def test_undated_record_beside_a_dated_one_changes_nothing(rule: str) -> None:
    _, field, row, _ = ACTS[rule]
    done = row | {"id": "b", field: {"PD-9.4": "2018-09-06", "PD-12.3": "2018-12-31"}.get(rule, "2018-10-31")}
    (found,) = _judge(rule, [row | {field: None}, done])
    assert str(found.outcome) == "pass"


def test_undated_is_named_where_everybody_publishes_in_one_place() -> None:
    topic = "重点排污单位环境信息"
    roster = [{"id": s, "topic": topic, "subject": s} for s in ("甲厂", "乙厂", "丙厂", "丁厂")]
    rows = [
        {"id": s, "topic": topic, "subject": s, "published_on": "2018-06-01", "channels": ["政府网站"]}
        for s in ("甲厂", "乙厂")
    ]
    rows += [{"id": "a", "topic": topic, "subject": "丙厂、戊厂", "published_on": None, "channels": ["政府网站"]}]
    report = oc.check({"roster": roster, "disclosure": rows}, as_of="2018-12-31", rules="PD-8-7.10", include_all=True)
    said = {f.subject: (str(f.outcome), "编号a已登记，但没有填“公开日期”" in f.message.zh) for f in report.findings()}
    assert said == {
        "甲厂": ("pass", False),
        "乙厂": ("pass", False),
        "丙厂": ("violation", True),
        "丁厂": ("violation", False),
    }


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({}, True),
        ({"subject": None, "title": "关于供热管网改造实施方案的公告"}, True),
        ({"subject": "另一事项"}, False),
        ({"topic": "其他"}, False),
        ({"attribute": "不予公开"}, False),
    ],
)
def test_undated_is_named_where_what_was_decided_is_looked_for(row: dict[str, Any], named: bool) -> None:
    meeting = {"id": "m", "kind": "常务会议", "held_on": "2018-09-03", "topics_decided": ["供热管网改造实施方案"]}
    entered = {"id": "a", "topic": "会议议定事项", "subject": "供热管网改造实施方案", "published_on": None, "title": None} | row
    tables = {"meeting": [meeting], "disclosure": [entered]}
    (found,) = oc.check(tables, as_of="2018-12-31", rules="PD-2-3.1b").findings()
    assert (str(found.outcome), "编号a已登记，但没有填“公开信息”表的“公开日期”" in found.message.zh) == ("violation", named)
    (early,) = oc.check(tables, as_of="2018-09-29", rules="PD-2-3.1b").findings()
    assert (str(early.outcome), "已登记" in early.message.zh) == ("pending", False)


def test_undated_is_named_where_many_asked_for_it() -> None:
    asked = [{"id": str(i), "subject": "征地批复", "received_on": f"2018-09-0{i}", "publishable": True} for i in (3, 4, 5)]
    entered = {"id": "a", "subject": "征地批复", "published_on": None}
    (found,) = oc.check({"request": asked, "disclosure": [entered]}, as_of="2018-12-31", rules="PD-15.4").findings()
    assert str(found.outcome) == "violation"
    assert "编号a已登记，但没有填“公开信息”表的“公开日期”" in found.message.zh


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({}, True),
        ({"formed_on": "2018-03-01"}, True),
        ({"formed_on": "2017-03-01"}, False),
        ({"topic": "某某专刊"}, False),
        ({"topic": "其他"}, False),
        ({"attribute": "依申请公开"}, False),
    ],
)
def test_undated_is_named_where_a_year_has_no_record(row: dict[str, Any], named: bool) -> None:
    entered = {"id": "a", "topic": "政府债务", "unit": "市财政局", "formed_on": None, "published_on": None} | row
    (found,) = oc.check({"disclosure": [entered]}, as_of="2018-12-31", rules="PD-8-1.4").findings()
    said = ("编号a已登记，但没有填“公开日期”" in found.message.zh, "a is entered without" in found.message.en)
    assert (str(found.outcome), *said) == ("violation", named, named)
    (early,) = oc.check({"disclosure": [entered]}, as_of="2018-12-30", rules="PD-8-1.4").findings()
    assert (str(early.outcome), "已登记" in early.message.zh) == ("pending", False)
