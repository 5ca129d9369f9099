"""A cell that denies what its column asks for is not filled in; one that may deny it does not pass either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import opencheck as oc
from opencheck.records.tables import TABLES

UNIT = {"id": "1", "unit": "市财政局", "year": 2018, "fulltime_staff": 2}
REQUEST = {
    "id": "1", "received_on": "2018-09-03", "replied_on": "2018-09-10", "remedy_authority": "青岛市人民政府",
    "remedy_address": "香港中路11号", "remedy_time_limit": "60日、6个月",
}  # fmt: skip
MEETING = {
    "id": "1", "kind": "常务会议", "held_on": "2018-09-12", "plan_submitted_on": "2018-09-05", "major_livelihood": True,
    "attendance_opinion": "邀请", "openness_opinion": "公开", "openness_manner": "网站",
}  # fmt: skip
DISCLOSURE = {
    "id": "1",
    "topic": "财政收支",
    "published_on": "2018-09-10",
    "reviewed_on": "2018-09-05",
    "review_result": "可以公开",
}
ENTRY = {"id": "1", "aspect": "decision", "body": "市财政局", "content": "预算", "time_limit": "20个工作日", "manner": "网站"}
DOCUMENT = {"id": "1", "is_policy": True, "title": "甲办法", "signed_on": "2018-09-03", "proposed_attribute": "主动公开"}
CASE = {"id": "1", "grade": "一般", "detected_at": "2018-09-03 08:30", "assessed_at": "2018-09-03 09:00"} | {
    "responded_at": "2018-09-03 10:00"
}
ITEM = {"id": "1", "name": "甲事项", "do_it_once": True, "listed_on": "2018-09-10"}

CELLS: list[tuple[str, str, dict[str, Any], str, str, dict[str, list[str]]]] = [
    ("PD-19.2", "unit", UNIT, "disclosure_office", "政务公开机构", {
        "pass": ["办公室", "无棣路街道办事处", "未来城管委会办公室"],
        "violation": ["未设立", "没有设立", "暂无机构", "无专门机构。", "无此机构", "尚未 设立", "未指定"],
        "indeterminate": [
            "×", "√", "否", "待设立", "没有专职科室机构", "不涉及", "拟设立", "计划设立", "正在筹建", "筹建中", "空缺", "已撤销", "待批",
        ],
    }),
    ("PD-15.2", "request", REQUEST, "remedy_authority", "救济机关", {
        "pass": ["青岛市人民政府"],
        "violation": ["未告知", "没有写", "未载明", "未填写救济机关"],
        "indeterminate": ["未告知救济途径", "是", "×"],
    }),
    ("PD-2-1.1", "meeting", MEETING, "attendance_opinion", "列席意见", {
        "pass": ["邀请5名代表", "不邀请", "拟邀请代表", "否", "是", "×"],  # the column may be headed 是否邀请列席
        "violation": ["没有列席意见", "未提意见", "未写明"],
        "indeterminate": ["未报"],
    }),
    ("PD-2-1.2", "meeting", MEETING, "openness_opinion", "公开意见", {"pass": ["公开", "不公开"], "violation": ["无公开意见"]}),
    ("PD-14.1c", "disclosure", DISCLOSURE, "reviewer", "审查人", {
        "pass": ["李某", "无某"],
        "violation": ["未审查", "未经审查", "无人", "没有审查人"],
        "indeterminate": ["×", "是"],
    }),
    ("PD-12.1", "catalog_entry", ENTRY, "time_limit", "公开时限", {
        "pass": ["20个工作日", "取消许可后20日"], "violation": ["未规定", "无时限"], "indeterminate": ["不明确", "无明文规定"],
    }),
    ("PD-13.1", "document", DOCUMENT, "proposed_reason", "理由", {
        "pass": ["宜公开", "未涉及国家秘密", "不涉密"], "violation": ["没有理由", "未说明理由"], "indeterminate": ["未附说明材料"],
    }),
    ("PD-14.2", "disclosure", DISCLOSURE | {"mandatory_personal_data": True, "text": "王某 13805321234"}, "personal_data_basis", "依据", {
        "not_applicable": ["《社会救助暂行办法》第十一条", "不属于国家秘密，依据《行政处罚法》第三十九条公示"],
        "violation": ["不属于强制性信息披露", "并非惩戒公示", "不符合强制披露条件", "依据待补", "《政府信息公开条例》未规定"],
    }),
    ("PD-5-2.1", "disclosure", DISCLOSURE | {"topic": "credit.penalty", "formed_on": "2018-09-01", "attribute": "不予公开"},
     "non_disclosure_reason", "不公开理由", {
        "not_applicable": [
            "《保守国家秘密法》第九条", "不属于主动公开范围，依据条例第十六条第二款", "涉及第三方，第三方不同意公开", "不属于国家秘密，涉及个人隐私",
            "不属于《条例》第十九条规定的主动公开范围", "因涉及国家秘密不属于公开范围", "《条例》规定不涉及公众利益的不公开",
        ],
        "indeterminate": [
            "不涉及国家秘密", "法律没有规定", "并非国家秘密", "未定密", "根据领导意见", "依据待补", "《政府信息公开条例》未规定",
            "不符合《保守国家秘密法》第九条", "定密依据：无", "《保守国家秘密法》不适用", "经查不属于条例第十四条情形",
            "不属于国家秘密，根据领导意见。", "未附材料",
        ],
    }),
    ("PD-2-1.5", "meeting", {"id": "1", "kind": "teleconference", "affects_public_interest": True, "held_on": "2018-09-12",
        "state_secret": True, "broadcast_channels": None}, "confidential_basis", "保密依据", {
        "not_applicable": ["保密法第九条", "不属于工作秘密，属于国家秘密，《保密法》第九条", "机密★1年"],
        "violation": ["《保守国家秘密法》不适用", "经查不属于条例第十四条情形", "不属于条例第十四条情形，《保密法》不适用，不涉密，另有安排"],
    }),
    ("PD-6.1", "proposal_reply", {"id": "1", "affects_public_interest": True, "is_complex": False, "disclosed": "none",
        "replied_on": "2018-09-10"}, "justification", "理由说明", {
        "pass": ["涉及商业秘密", "不涉及公共利益", "资金原因：无配套资金", "因无人值守停电"],
        "violation": ["无正当理由", "原因不明", "无特殊原因", "没有不公开的理由", "另行说明", "已说明", "无法说明", "理由待补", "原因：无", "按要求"],
        "indeterminate": ["未附材料"],
        "needs_review": ["见备注", "详见附件"],
    }),
    ("PD-15.5", "request", REQUEST | {"legal_basis": "条例第十六条"}, "reasons", "答复理由", {
        "pass": ["属于内部事务信息", "不属于本机关公开范围"], "violation": ["另行说明", "理由待补"], "indeterminate": ["未附材料"],
    }),
    ("PD-14.1c", "disclosure", DISCLOSURE | {"reviewer": "李某"}, "review_result", "审查结果", {
        "pass": ["可以公开", "不得公开"], "violation": ["未审查", "审查中", "待审查", "未出结论", "无结论"], "indeterminate": ["已审"],
    }),
    ("PD-10.2", "opinion_case", CASE, "category", "舆情类别", {
        "pass": ["环保"], "violation": ["未分类"], "indeterminate": ["未研判"],
    }),
    ("PD-17.1", "service_item", ITEM, "batch", "批次", {
        "pass": ["第一批"], "violation": ["未分批", "未注明批次"], "indeterminate": ["不分批"],
    }),
]  # fmt: skip


def outcomes(table: Any, rule: str, engine: Any = "polars") -> list[str]:
    found = oc.check(table, as_of="2018-12-31", rules=[rule], include_all=True, engine=engine).findings()
    return [str(f.outcome) for f in sorted(found, key=lambda f: str(f.record_id))]


@pytest.mark.parametrize("kind", ["dicts", "parquet", "duckdb"])
@pytest.mark.parametrize(("rule", "table", "record", "field", "header", "cells"), CELLS, ids=[f"{c[0]}-{c[3]}" for c in CELLS])
def test_cell_that_denies(
    rule: str,
    table: str,
    record: dict[str, Any],
    field: str,
    header: str,
    cells: dict[str, list[str]],
    kind: str,
    tmp_path: Path,
) -> None:
    expected = [(word, outcome) for outcome, words in cells.items() for word in words]
    rows = [record | {"id": f"{at:02}", field: word} for at, (word, _) in enumerate(expected)]
    if kind == "dicts":
        found = outcomes({table: rows}, rule)
    else:
        pl.DataFrame(rows).write_parquet(tmp_path / f"{table}.parquet")
        found = outcomes(tmp_path / f"{table}.parquet", rule, "duckdb" if kind == "duckdb" else "polars")
    assert dict(zip([w for w, _ in expected], found, strict=True)) == dict(expected)


def test_reviewer_who_did_not_review_gives_no_verdict() -> None:
    evidence = {"id": "1", "clause": "7.4", "dated_on": "2018-10-08", "reviewed_on": "2018-10-12", "verdict": "符合"}
    for reviewer, outcome in (("李某", "pass"), ("未审核", "needs_review"), ("×", "needs_review"), ("未指定", "needs_review")):
        assert outcomes({"evidence": [evidence | {"reviewer": reviewer}]}, "PD-7.4") == [outcome], reviewer


def test_title_that_begins_like_a_denial_is_kept() -> None:
    """Fields that only describe a record are no facts that a rule could take for filled in."""
    title = TABLES["document"].fields["title"]
    assert title.read("未公开标题") == "未公开标题"
    assert title.read("无标题") == "无标题"


CONTRADICTIONS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("PD-9.4", "document", {"is_policy": True, "is_important": True, "attribute": "主动公开", "signed_on": "2018-09-03",
        "published_on": "2018-09-03", "interpretation_published_on": "2018-09-03"}, {"signed_on": "2018-09-04"}),
    ("PD-9.3", "document", {"is_policy": True, "is_important": True, "submitted_on": "2018-09-03", "interpretation_plan_on": "2018-09-03",
        "signed_on": "2018-09-03"}, {"signed_on": "2018-09-02"}),
    ("PD-14.1", "disclosure", {"topic": "财政收支", "published_on": "2018-09-10", "formed_on": "2018-09-05", "reviewed_on": "2018-09-05",
        "review_result": "可以公开"}, {"formed_on": "2018-09-06"}),
    ("PD-10.2", "opinion_case", CASE | {"category": "环保"}, {"assessed_at": "2018-09-03 08:29"}),
    ("PD-6.1", "proposal_reply", {"kind": "建议", "affects_public_interest": True, "replied_on": "2018-09-03", "disclosed": "全文",
        "published_on": "2018-09-03"}, {"published_on": "2018-09-02"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "table", "record", "changed"), CONTRADICTIONS, ids=[c[0] for c in CONTRADICTIONS])
def test_days_that_cannot_follow_each_other_are_no_pass(
    rule: str, table: str, record: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert outcomes({table: [{"id": "1"} | record]}, rule) == ["pass"]
    assert outcomes({table: [{"id": "1"} | record | changed]}, rule) == ["indeterminate"]


def test_last_day_of_what_was_never_posted_is_not_still_to_come() -> None:
    notice = {"topic": "poverty_relief.project", "published_on": "2018-09-03", "attribute": "主动公开", "level": "village"}
    for word, outcome in (("未公示", "indeterminate"), ("不予公开", "indeterminate"), ("未到期", "pass"), ("公示中", "pass")):
        assert outcomes({"disclosure": [{"id": "1", "title": "甲", **notice, "posted_until": word}]}, "PD-8-4.4") == [
            outcome
        ], word
