"""Markdown, rendered."""

from __future__ import annotations

import opencheck as oc
from opencheck.report.output import render


def test_markdown_ledger_marks_stay_text(report: oc.Report, evil: oc.Report) -> None:
    from markdown import markdown

    page = markdown(render(evil, "md", "zh").decode(), extensions=["tables"])
    assert "<script" not in page
    assert 'javascript:alert(1)"' not in page
    assert "<img" not in page
    whole = markdown(render(report, "md", "zh").decode(), extensions=["tables"])
    assert whole.count("<table>") == 3
    assert "市国土资源局" in whole
