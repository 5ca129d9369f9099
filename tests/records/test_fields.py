"""What a cell says in a field: read, refused with a reason, or left open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from opencheck.core.clock import SHANGHAI
from opencheck.records.parse import InvalidValue, Uncomputed
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES

DAY = date(2018, 9, 3)
ASKING = "是否延期"


def read(place: str, value: Any, header: str | None = None) -> Any:
    """What a field reads, or the reason for which it does not accept it, in brackets."""
    table, name = place.split(".")
    spec = TABLES[table].fields[name]
    try:
        return (spec.under(header) if header else spec).read(value)
    except InvalidValue as exc:
        return [exc.code]


@pytest.mark.parametrize(
    "place",
    ["request.id", "request.subject", "request.received_on", "opinion_case.detected_at", "document.is_policy", "disclosure.level", "document.attribute",
     "disclosure.channels", "meeting.invited_attendees", "unit.appraisal_weight", "disclosure.period", "interpretation.document_id", "document.text"],
)  # fmt: skip
def test_formula_that_nobody_computed_is_refused_in_every_field(place: str) -> None:
    assert read(place, Uncomputed("=A1")) == ["formula"]
    assert read(place, Uncomputed("2018-09-03")) == ["formula"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("是", None), ("否", None), ("已延期", None), (True, None), (0, None), ("2018-09-03", DAY), (DAY, DAY), ("不详", None), ("", None),
        ("大概", ["bool"]), ("2018-02-30", ["bool"]), ("#REF!", ["bool"]), (Uncomputed("=A1"), ["formula"]), (2, ["bool"]),
    ],
)  # fmt: skip
def test_column_that_asks_for_a_yes_takes_the_day_as_well(value: Any, found: Any) -> None:
    assert read("request.extension_notified_on", value, ASKING) == found


@pytest.mark.parametrize(
    ("place", "value", "found"),
    [
        ("disclosure.posted_until", "至2018年9月3日止", DAY), ("disclosure.posted_until", "截至2018-09-03", DAY), ("disclosure.posted_until", "至今", None),
        ("disclosure.posted_until", "长期", None), ("disclosure.posted_until", "长期有效吗", ["date"]), ("disclosure.published_on", "至2018年9月3日止", ["date"]),
        ("disclosure.published_on", "至今", ["date"]), ("disclosure.published_on", "未公开", None), ("disclosure.published_on", "已公开", None),
        ("disclosure.published_on", "#N/A", ["date"]), ("disclosure.published_on", DAY, DAY), ("disclosure.published_on", True, ["date"]),
        ("opinion_case.detected_at", datetime(2018, 9, 3, 8, 30), datetime(2018, 9, 3, 8, 30, tzinfo=SHANGHAI)), ("opinion_case.detected_at", DAY, ["datetime"]),
        ("meeting.invited_attendees", "无", 0), ("meeting.invited_attendees", "3人", 3), ("meeting.invited_attendees", "3天", ["count_of_attendances"]),
        ("meeting.invited_attendees", 3.0, 3), ("meeting.invited_attendees", "不详", None), ("unit.appraisal_weight", "没有", 0.0),
        ("document.is_policy", "☑是 □否", True), ("document.is_policy", "不详", None), ("document.is_policy", "无", False), ("document.is_policy", r"\N", None),
        ("document.is_policy", "#REF!", ["formula"]), ("document.is_policy", "部分", ["bool"]), ("document.is_policy", False, False),
        ("disclosure.level", "镇（街）级", "town"), ("disclosure.level", "不详", None), ("disclosure.level", "#REF!", ["formula"]), ("disclosure.level", None, None),
        ("document.attribute", "此件公开发布", "主动公开"), ("document.attribute", "另有安排", "另有安排"), ("document.attribute", "#REF!", ["formula"]),
        ("disclosure.channels", "网站、/、网站", ["网站"]), ("disclosure.channels", "无", []), ("disclosure.channels", "不详", None),
        ("disclosure.channels", "网站；详见附件", ["网站", ELSEWHERE]), ("disclosure.channels", "未公开", []), ("disclosure.channels", ["无", "不详"], None),
        ("request.id", "无", "无"), ("request.id", 12.0, "12"), ("interpretation.document_id", "/", "/"), ("interpretation.document_id", "甲\n乙", "甲\n乙"),
        ("interpretation.document_id", "平政发〔2018〕1号、2号", "平政发〔2018〕1号、平政发〔2018〕2号"), ("interpretation.document_id", "\n", None),
        ("request.subject", "甲\n乙", "甲 乙"), ("request.subject", "详见附件", ELSEWHERE), ("document.text", "详见附件", None), ("document.text", "无", None),
        ("unit.disclosure_office", "未设立", None), ("request.title", "未设立", "未设立"), ("disclosure.period", "2018年6月", "2018-06"),
        ("disclosure.period", "上月", ["period"]), ("disclosure.period", "同上", None),
    ],
)  # fmt: skip
def test_cell_is_read_as_its_field_asks(place: str, value: Any, found: Any) -> None:
    assert read(place, value) == found


@pytest.mark.parametrize(
    ("place", "header", "value", "open_"),
    [
        ("disclosure.posted_until", None, "不详", True), ("disclosure.posted_until", None, "未公示", True), ("disclosure.posted_until", None, "公示中", False),
        ("disclosure.posted_until", None, "至今", False), ("disclosure.posted_until", None, None, False), ("disclosure.posted_until", None, DAY, False),
        ("disclosure.published_on", None, "已公开", True), ("disclosure.published_on", None, "不详", False), ("disclosure.published_on", None, True, False),
        ("disclosure.published_on", None, "未公开", False), ("disclosure.attribute", None, "已公开", False), ("disclosure.attribute", None, "不详", False),
        ("request.extension_notified_on", ASKING, "是", True), ("request.extension_notified_on", ASKING, "否", False),
        ("request.extension_notified_on", ASKING, "不详", True), ("request.extension_notified_on", ASKING, True, True), ("request.extension_notified_on", ASKING, 0, False),
        ("request.extension_notified_on", ASKING, "未到期", False), ("request.extension_notified_on", ASKING, 2, False),
    ],
)  # fmt: skip
def test_blank_is_left_open_where_the_cell_says_that_there_may_be_a_day(
    place: str, header: str | None, value: Any, open_: bool
) -> None:
    table, name = place.split(".")
    spec = TABLES[table].fields[name]
    assert (spec.under(header) if header else spec).leaves_open(value) is open_
