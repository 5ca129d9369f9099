"""The whole report on a terminal: every finding, at widths from narrow to wide."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from rich.cells import cell_len
from rich.console import Console

import opencheck as oc
from opencheck.report.formats.fitting import wrapped
from opencheck.report.formats.html import as_html
from opencheck.report.formats.terminal import print_table
from opencheck.report.output import render
from opencheck.report.report import Report

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def printed(report: Report, width: int, lang: str) -> list[str]:
    out = io.StringIO()
    print_table(report, Console(file=out, width=width, no_color=True, highlight=False, emoji=False, markup=False), lang)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [60, 80, 109, 110, 120, 150])
def test_no_line_is_too_wide_and_no_day_is_broken(report: Report, width: int, lang: str) -> None:
    lines = printed(report, width, lang)
    assert max(cell_len(line) for line in lines) <= width
    assert not [line for line in lines if line.strip() == "→"], "an arrow stands before its remedy"
    told = sum(len(DAY.findall(f.message.get(lang))) for f in report.findings())
    assert sum(len(DAY.findall(line)) for line in lines) >= told


def test_wrapped_keeps_every_character_and_breaks_no_word() -> None:
    text = "应在公布日期2018-09-28（周五）后3个工作日内、即最迟2018-10-08（周一）完成；见 opencheck explain PD-9.4"
    words = re.findall(r"[!-~]+", text)
    for width in range(30, 100):
        lines = wrapped(text, width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(cell_len(line) <= width for line in lines)
        assert re.findall(r"[!-~]+", "\n".join(lines)) == words
        assert not [line for line in lines if line[0] in "，；）、" or line[-1] in "（“"]


def test_wrapped_breaks_what_is_longer_than_a_line_anywhere() -> None:
    assert wrapped("https://portal.example.gov.cn/list", 10) == ["https://po", "rtal.examp", "le.gov.cn/", "list"]
    assert wrapped("      甲乙丙丁", 8, "        ") == ["      甲", "    乙丙", "    丁"]


def test_the_numbers_of_the_totals_are_those_of_the_list() -> None:
    """Records without a text share one entry: both numbers are told, so that they do not contradict each other."""
    records = [{"id": str(n), "published_on": "2018-09-28", "attribute": "主动公开", "is_policy": False} for n in range(3)]
    report = oc.check({"document": records}, as_of="2018-12-31", rules=["PD-13.3", "PD-14.2c"])
    assert report.summary["outcomes"]["indeterminate"] == 6
    assert "无法判断 6（列为2条）" in printed(report, 120, "zh")[2]
    assert "6 indeterminate (in 2 entries)" in printed(report, 120, "en")[2]
    assert "（列为2条）" in as_html(report, "zh").decode()
    book = openpyxl.load_workbook(io.BytesIO(render(report, "xlsx", "zh")))
    assert "无法判断 6（列为2条）" in book.worksheets[0]["A4"].value
