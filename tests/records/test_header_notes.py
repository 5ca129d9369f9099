"""Notes in brackets behind a heading: those that change nothing, and those after which the column may be another one."""

from __future__ import annotations

import pytest

import opencheck as oc
from opencheck.readers import read
from opencheck.records.header_notes import is_harmless
from opencheck.records.tables import TABLES

HARMLESS = {
    "meeting": ["列席人数（人）", "列席人数（名）", "列席人数（人次）", "列席人数（必填）", "列席人数（单位：人）", "列席人数（如6）"],
    "unit": ["培训人数（人）", "培训人数（填数字）", "年度（年）", "考核权重（%）", "考核权重（如4%）", "责任单位（牵头）", "责任单位（部门）", "责任单位（盖章）"],
    "request": ["不计工作日（天）", "不计工作日（个工作日）", "可公开（是/否）", "可公开（已/未）", "可公开（true/false）", "申请内容（不超过200字）", "答复日期（年月日）", "答复日期（如2018-09-03）"],
    "disclosure": [
        "公开属性（主动公开/依申请公开/不予公开）", "包含要素（可多选）", "公开渠道（多个用；分隔）", "所属期（年月）", "所属期（如2018-06）", "标题（原）", "备注（计划）",
    ],
    "service_item": ["到场次数（次）", "一次办好（√）", "材料已标准化（打√）", "批次（如第一批）"],
    "listing": ["救助金额（元/月）", "救助金额（拟）", "社区（村）", "保障人数（人）"],
    "account": ["粉丝数（个）"],
}  # fmt: skip

OTHER = {
    "meeting": ["列席人数（计划）", "列席人数（已/未）", "列席人数（应到）", "列席人数（2018）", "公开意见（拟）"],
    "unit": ["培训人数（人次）", "培训人数（计划）", "培训人数（%）", "受训人数（2017年）", "考核权重（‰）", "考核权重（2017年）", "考核权重（分）", "专职人员数（编制）", "责任单位（配合）", "责任单位（协办）"],
    "request": ["不计工作日（小时）", "不计工作日（自然日）", "答复日期（计划）", "可公开（拟）", "可公开（拟/原）", "可公开（是/待定）", "答复日期（如计划）"],
    "disclosure": [
        "包含要素（缺项）", "要素（应含）", "公开渠道（拟）", "公开属性（拟）", "公开属性（原）", "公开属性（主动公开）", "公开对象（原）", "所属期（原）", "审查结果（初审）",
    ],
    "service_item": ["到场次数（网上）", "材料已标准化（拟于2019年）"],
    "document": ["是否政策性文件（拟）"],
    "interpretation": ["发布渠道（拟）"],
}  # fmt: skip


@pytest.mark.parametrize(("table", "heading"), [(t, h) for t, heads in HARMLESS.items() for h in heads])
def test_note_on_how_to_write_changes_nothing(table: str, heading: str) -> None:
    bare = heading[: heading.index("（")]
    assert TABLES[table].resolve_header(heading) == TABLES[table].resolve_header(bare) is not None


@pytest.mark.parametrize(("table", "heading"), [(t, h) for t, heads in OTHER.items() for h in heads])
def test_heading_with_another_note_is_asked_about(table: str, heading: str) -> None:
    bare = heading[: heading.index("（")]
    data = read({table: [{"编号": "1", heading: "1"}]})
    asked = [(h.status, h.fields) for h in data.headings if h.text == heading]
    assert asked == [("proposed", (TABLES[table].resolve_header(bare),))]


def test_column_with_another_note_is_not_counted() -> None:
    for heading, outcome in (("列席人数（人）", "pass"), ("列席人数（应到）", "indeterminate")):
        rows = [
            {"编号": n, "会议类型": "市政府常务会议", "召开日期": day, heading: 3}
            for n, day in (("1", "2018-09-03"), ("2", "2018-10-09"))
        ]
        report = oc.check({"meeting": rows}, as_of="2018-12-31", rules="PD-2-2.1", include_all=True)
        assert [str(f.outcome) for f in report.findings()] == [outcome], heading
        assert len(report.unread) == (outcome != "pass"), heading


def test_who_only_helps_is_not_responsible() -> None:
    row = {
        "编号": "1",
        "收到日期": "2018-09-03",
        "答复日期": "2018-09-27",
        "责任单位（配合）": "市财政局",
        "责任单位（牵头）": "市民政局",
    }
    (finding,) = oc.check({"request": [row]}, as_of="2018-12-31", rules="PD-15.3").violations
    assert finding.unit == "市民政局"


def test_note_of_any_length_is_read_in_one_pass() -> None:
    """Words that two lists share must not be tried in every combination: twenty of them took a second, forty would not end."""
    field = TABLES["request"].fields["publishable"]
    assert not is_harmless(field, "没有" * 5_000 + "计划")
    assert is_harmless(field, "没有" * 5_000)
