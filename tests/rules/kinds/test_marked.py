"""marked: the label of a document."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pingdu_rules import check


@pytest.mark.parametrize("form", [dict, pl.DataFrame])
def test_marked_lines_of_a_text_are_kept(form: Any) -> None:
    rows = [
        {
            "id": "1",
            "attribute": "主动公开",
            "signed_on": date(2018, 9, 3),
            "published_on": date(2018, 9, 4),
            "text": "　正文\r\n此件公开发布\r\n",
        },
        {
            "id": "2",
            "attribute": "主动公开",
            "signed_on": date(2018, 9, 3),
            "published_on": date(2018, 9, 4),
            "text": "请在此件公开发布之前核对",
        },
    ]
    given_ = rows if form is dict else pl.DataFrame(rows)
    assert [str(f.outcome) for f in check("PD-13.3", {"document": given_})] == ["pass", "violation"]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("公开属性：主动公开□ 依申请公开□ 不予公开☑", "violation"),
        ("公开属性：主动公开☑ 依申请公开□ 不予公开□", "pass"),
        ("信息公开选项：主动公开 依申请公开 不予公开", "violation"),
        ("公开属性：☑主动公开 ☑依申请公开", "indeterminate"),
        ("文件标注公开属性：主动公开，并说明理由的，予以受理。", "violation"),
        ("通知\n【以下是隐藏的文字】\n（此件公开发布）", "violation"),
        ("通知\n附件\n（此件公开发布）", "indeterminate"),
        ("通知正文", "violation"),  # no word of disclosure
        (None, "indeterminate"),
    ],
)
def test_marked_reads_labels_as_documents_are_read(text: str | None, outcome: str) -> None:
    record = {"id": "1", "attribute": "主动公开", "signed_on": date(2018, 9, 3), "published_on": date(2018, 9, 4), "text": text}
    assert [str(f.outcome) for f in check("PD-13.3", {"document": [record]})] == [outcome]


def test_marked_label_agrees_with_the_recorded_attribute_and_no_other() -> None:
    every = ["主动公开", "删减后公开", "依申请公开", "不予公开"]
    same = {"signed_on": date(2018, 9, 3), "published_on": None}
    rows = [
        same | {"id": f"{label} {recorded}", "text": f"通知\n公开属性：{label}", "attribute": recorded}
        for label in every
        for recorded in [*every, None, "内部掌握"]
    ]
    for found in check("PD-13.3", {"document": rows}):
        label, _, recorded = str(found.record_id).partition(" ")
        if recorded in every:
            assert str(found.outcome) == ("pass" if label == recorded else "violation"), found.record_id
            assert recorded in found.message.zh
        else:
            assert (str(found.outcome), found.missing) == ("indeterminate", ("attribute",)), found.record_id
            assert ("“内部掌握”不在词表里" in found.message.zh) is (recorded == "内部掌握")


def test_marked_without_a_text_is_pending_until_it_is_due() -> None:
    row = {"id": "1", "attribute": "主动公开", "signed_on": "2018-12-31", "published_on": None, "text": None}
    for as_of, outcome, missing in (("2018-12-30", "pending", ()), ("2018-12-31", "indeterminate", ("text",))):
        (found,) = check("PD-13.3", {"document": [row]}, date.fromisoformat(as_of))
        assert (str(found.outcome), found.missing, found.due) == (outcome, missing, date(2018, 12, 31))
    for label, outcome in (("主动公开", "pass"), ("依申请公开", "violation")):
        signed = {"document": [row | {"text": f"公开属性：{label}"}]}
        outcomes = [str(check("PD-13.3", signed, date(2018, 12, day))[0].outcome) for day in (30, 31)]
        assert outcomes == ["pending", outcome], "what is signed later has not been issued"
    (found,) = check("PD-13.3", {"document": [row | {"text": "通知\n附件\n（此件公开发布）"}]})
    assert (str(found.outcome), found.missing) == ("indeterminate", ())
    assert "附件" in found.message.zh
    two = row | {"text": "公开属性：主动公开\n公开属性：依申请公开"}
    (found,) = check("PD-13.3", {"document": [two]})
    assert (str(found.outcome), found.missing) == ("indeterminate", ())
    assert "主动公开" in found.message.zh
    assert "依申请公开" in found.message.zh
