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
        (None, "indeterminate"),
    ],
)
def test_marked_reads_labels_as_documents_are_read(text: str | None, outcome: str) -> None:
    record = {"id": "1", "attribute": "主动公开", "signed_on": date(2018, 9, 3), "published_on": date(2018, 9, 4), "text": text}
    assert [str(f.outcome) for f in check("PD-13.3", {"document": [record]})] == [outcome]
