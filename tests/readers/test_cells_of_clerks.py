"""Cells as clerks type them, from the table to the report: what is read, what is refused with its row, what leaves one field open."""

from __future__ import annotations

import pytest

import opencheck as oc


@pytest.mark.parametrize("cell", ["3天", "5万元", "3户", "3场"])
def test_trained_staff_in_days_is_refused_with_the_row(cell: str) -> None:
    rows = [{"id": "1", "unit": "市民政局", "year": 2018, "staff": "3人", "trained": cell}]
    report = oc.check({"unit": rows}, as_of="2018-12-31", rules=["PD-21.1"])
    [row] = report.rejected
    assert [(p.field, p.found) for p in row.problems] == [("trained", cell)]
    assert "人数" in report.to_dict()["rejected"][0]["message"]["zh"]


@pytest.mark.parametrize(
    ("heading", "cell", "outcome"),
    [
        ("不公开理由", "涉及第三方商业秘密", "pass"),
        ("未全文公开理由", "涉及第三方商业秘密", "pass"),
        ("未公开原因", "无", "violation"),
        ("不公开理由", None, "violation"),
        ("理由", "涉及第三方商业秘密", "indeterminate"),  # it is not certain that this is it
        ("天气", "晴", "violation"),
    ],
)
def test_reason_for_not_disclosing_a_reply_is_its_written_reason(heading: str, cell: str | None, outcome: str) -> None:
    row = {"编号": "1", "类别": "建议", "涉及公共利益": "是", "答复日期": "2018-09-01", "公开情况": "未公开", heading: cell}
    report = oc.check({"proposal_reply": [row]}, as_of="2018-12-31", rules=["PD-6.1"], include_all=True)
    assert [str(f.outcome) for f in report.findings()] == [outcome]
    if outcome == "indeterminate":
        [found] = report.findings()
        assert found.missing == ("justification",)
        assert "“理由”列没有读，可能就是“理由说明”" in found.message.zh
