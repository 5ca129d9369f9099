"""What acts in a terminal, a page or a workflow arrives there as something to read."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from rich.console import Console

import opencheck as oc
from hostile_texts import ACTING
from opencheck.report.formats.csv import escape_formula
from opencheck.report.formats.terminal import print_table
from opencheck.report.output import FORMATS, render
from planted_numbers import planted_records, texts_in

ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@pytest.fixture(scope="module")
def acting() -> oc.Report:
    return oc.check(planted_records(ACTING), as_of="2018-12-31")


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for part in pair for text in texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in texts(part))


def parts(name: str, content: bytes) -> Iterator[str]:
    """What a program that reads the format gets."""
    if name == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
            yield from (str(cell.value), cell.comment.text if cell.comment else "")
    elif name in ("json", "sarif"):
        own = json.loads(content)
        own.pop("parameters", None)  # the pack's
        yield from texts(own)
    elif name == "jsonl":
        yield from (text for line in content.decode().split("\n") if line for text in texts(json.loads(line)))
    elif name == "junit":
        for element in ElementTree.fromstring(content).iter():
            yield from (element.text or "", *element.attrib.values())
    elif name == "csv":
        yield from (cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row)
    else:
        yield content.decode()


@pytest.mark.parametrize("name", FORMATS)
def test_report_in_every_format_has_no_character_that_acts(acting: oc.Report, name: str) -> None:
    found = list(parts(name, render(acting, name)))
    assert not [text for text in found if ACTS.search(text)]
    assert any("␛" in text and "⟨U+202E⟩" in text for text in found)


def test_report_attributes_have_no_character_that_acts(acting: oc.Report) -> None:
    assert not [text for text in texts_in(acting) if ACTS.search(text)]
    assert not ACTS.search(repr(acting.findings()) + repr(acting.rejected) + repr(acting.notes))


def test_terminal_gets_no_escape_but_its_own_colours(acting: oc.Report) -> None:
    out = io.StringIO()
    print_table(acting, Console(file=out, width=90, force_terminal=True, color_system="truecolor"), "zh")
    told = out.getvalue()
    assert "\x1b[1m" in told
    assert not ACTS.search(re.sub("\x1b\\[[0-9;]*m", "", told))
    assert not re.search("\x1b\\[(?![0-9;]*m)", told)


def test_annotations_are_one_line_each_and_no_cell_begins_a_command(acting: oc.Report) -> None:
    lines = render(acting, "github").decode().split("\n")
    assert len(lines) == len(acting.violations) + len(acting.rejected) + 2
    assert lines.pop() == ""
    assert all(re.match("::(error|warning|notice) [^:]*::", line) for line in lines)
    assert not [line for line in lines if re.search("%(?!25|0D|0A|3A|2C)", line)]


@pytest.mark.parametrize(
    "sign",
    ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", " =", "　＝", "\u200b=", "\ufeff+", "\t", "\r", "\n="],
)
def test_escape_formula_in_any_width_and_behind_white_space(sign: str) -> None:
    assert escape_formula(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize("text", ["", "市环保局", "2018-09-30", "1+1=2", " 甲", "—", "《办法》"])
def test_escape_formula_leaves_other_texts(text: str) -> None:
    assert escape_formula(text) == text


def test_markdown_entities_are_text() -> None:
    row = {"id": "1", "title": "&lt;b&#x202e;", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    told = render(oc.check({"document": [row], "interpretation": []}, as_of="2018-12-31"), "md").decode()
    assert "\\&lt;" in told
    assert not re.search(r"(?<!\\)&", told)
