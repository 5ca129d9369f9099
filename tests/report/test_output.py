"""Reports in every format."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import opencheck as oc
from office_ledgers import workbook
from opencheck.core.errors import InputError
from opencheck.report.output import FORMATS, render
from opencheck.report.rejected import rejected_text

CHINESE_MARK = re.compile("[\uff1a\uff1b\uff0c\uff08\uff09\u3001\u3002]")


def test_english_outputs_have_english_punctuation(tmp_path: Path) -> None:
    """The records have none of these marks, so each of them would be ours. Names of sheets and units stay as they are."""
    documents = [
        ["编号", "标题", "责任单位", "是否政策性文件", "公开属性", "公布日期", "经办科室"],
        ["1", "通知", "市农业局", "是", "主动公开", "2018-09-28", "办公室"],
        ["2", "公告", "市农业局", "是", "主动公开", "10月12日", "办公室"],
        ["2", "意见", "市农业局", "未知", "主动公开", "2018-13-01", "办公室"],
    ]
    ledger = workbook(
        tmp_path / "台账.xlsx",
        公文=documents,
        政策解读=[["编号", "公文编号", "发布日期"], ["1", "9", "2018-12-01"]],
        说明=[["随便", "写写"]],
    )
    made = oc.check(ledger, as_of="2018-12-31", rules=["PD-9.4"])
    assert len(made.rejected) == 2
    twice = rejected_text(made.rejected[1])[-1]
    assert "首次出现在公文 第3行" in twice.zh
    assert twice.en.endswith("duplicate id, first seen at 公文 row 3")
    for name in FORMATS:
        if name in ("json", "jsonl", "xlsx"):
            continue  # in both languages; a workbook is the ledger itself
        text = render(made, name, "en").decode()
        found = [text[max(0, m.start() - 40) : m.end() + 20] for m in CHINESE_MARK.finditer(text)]
        assert found == [], name


@pytest.mark.thorough
def test_render_every_format_in_both_languages(report: oc.Report, tmp_path: Path) -> None:
    for name in FORMATS:
        zh, en = (render(report, name, lang) for lang in ("zh", "en"))
        assert zh
        assert name in ("json", "jsonl") or zh != en, name
    for file in ("r.html", "r.sarif", "r.sarif.json", "r.xml", "r.md"):
        assert report.write(tmp_path / file).stat().st_size > 1000
    assert json.loads((tmp_path / "r.sarif.json").read_text(encoding="utf-8"))["version"] == "2.1.0"
    with pytest.raises(InputError, match=r"\.html"):
        report.write(tmp_path / "r.pdf")
