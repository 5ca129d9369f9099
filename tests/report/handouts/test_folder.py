"""Hand-outs as files: their names, their three forms, the index."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

import opencheck as oc
from accessibility import complaints
from commands import run
from handout_ledgers import Filler, check, only, records
from line_breaks import broken_dates
from opencheck.core.errors import InputError
from opencheck.core.message_catalogue import get_message
from opencheck.report.formats.row_heights import dates_in_one_piece
from opencheck.report.handouts.content import handouts_of
from opencheck.report.handouts.document import _letter_text
from opencheck.report.handouts.folder import INDEX, file_stem, write_handouts


@pytest.mark.parametrize(
    ("unit", "stem"),
    [
        ("市教体局", "整改通知单-市教体局"),
        ('a<b>:"/\\|?*c', "整改通知单-a_b_c"),
        ("末尾有点. ", "整改通知单-末尾有点"),
        ("???", "整改通知单-_"),
        ("长" * 300, "整改通知单-" + "长" * 74),
    ],
)
def test_file_names_are_safe_on_windows(unit: str, stem: str) -> None:
    assert file_stem(unit, []) == stem


def test_file_names_fit_into_what_systems_take() -> None:
    stems: list[str] = []
    for unit in ("长" * 300, "长" * 301, "\U00020000" * 300, "a" * 300):
        stems.append(file_stem(unit, stems))
    assert len(set(stems)) == 4
    assert all(len(f"{stem}.xlsx".encode()) <= 255 for stem in stems)


def test_two_units_never_share_a_file() -> None:
    stems: list[str] = []
    for unit in ("A/B", "A:B", "a?b"):
        stems.append(file_stem(unit, stems))
    assert len({s.casefold() for s in stems}) == 3


def test_folder_holds_three_forms_of_each_unit_and_the_index(folder: Path) -> None:
    units = {h.name("zh") for h in handouts_of(check())}
    wanted = {f"整改通知单-{u}{suffix}" for u in units for suffix in (".xlsx", ".docx", ".html")}
    assert {p.name for p in folder.iterdir()} == wanted | {INDEX}
    index = openpyxl.load_workbook(folder / INDEX).worksheets[0]
    rows = {row[1].value: [c.value for c in row] for row in index.iter_rows(min_row=5)}
    assert set(rows) == units
    assert rows["市财政局"][2:8] == [2, None, None, 1, None, 3]


def as_in_letters(text: str) -> str:
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)", lambda d: f"{d[1]}年{int(d[2])}月{int(d[3])}日", text)


def test_each_form_says_the_same(folder: Path) -> None:
    """Unit, basis, day of the check, numbers, by when to answer; each item with clause, record, deadline and remedy."""
    book = openpyxl.load_workbook(folder / "整改通知单-市财政局.xlsx")
    shown = [str(c.value).replace("\n", "") for s in book for row in s.iter_rows() for c in row if c.value is not None]
    texts = ["\n".join(shown)]
    document = docx.Document(str(folder / "整改通知单-市财政局.docx"))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    texts.append("\n".join([*(p.text for p in document.paragraphs), *cells]))
    texts.append(html.fromstring((folder / "整改通知单-市财政局.html").read_bytes()).text_content())
    finding = check().findings("violation", rule="PD-15.3")[0]
    for at, text in enumerate(texts):
        parts = (
            "市财政局：",
            "平度市2018年政务公开重点工作任务分解落实方案",
            "2018-12-31（周一）",
            "须整改2项",
            "须补充1项",
            "请于2019-01-15（周二）前（含当日）反馈",
            "请补充：台账内容不全",
            "r1",
            finding.remedy.zh,
            finding.message.zh,
            "整改情况",
            "佐证链接",
        )
        for part in parts:
            assert (as_in_letters(part) if at == 1 else part) in text, part
    assert [s.title for s in book.worksheets] == ["通知", "请整改", "请补充"]


def test_workbook_bands_are_merged_and_framed(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "整改通知单-市财政局.xlsx")["请整改"]
    heads = {cell.value: cell.column for cell in sheet[2]}
    bands = {(r.min_row, r.min_col): r for r in sheet.merged_cells.ranges}
    assert {(1, 1), (1, heads["整改情况"])} < bands.keys()
    assert bands[3, 1].max_row == 3
    assert bands[3, 1].max_col == bands[1, heads["整改情况"]].max_col
    for band in bands.values():
        first, last = sheet.cell(band.min_row, band.min_col), sheet.cell(band.min_row, band.max_col)
        assert first.value
        assert first.fill.start_color.rgb != "00000000"
        assert (first.border.left.style, first.border.top.style, last.border.right.style) == ("thin",) * 3


def test_workbook_lets_only_answers_be_changed(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "整改通知单-市财政局.xlsx")["请整改"]
    heads = {cell.value: cell.column for cell in sheet[2]}
    assert sheet.protection.sheet
    assert sheet.cell(4, heads["规则"]).protection.locked
    assert not sheet.cell(4, heads["整改情况"]).protection.locked
    formats = {name: sheet.cell(4, heads[name]).number_format for name in ("规则", "完成日期", "整改情况")}
    assert formats == {"规则": "General", "完成日期": "yyyy-mm-dd", "整改情况": "@"}
    token = next(c for c in sheet[2] if c.value == "opencheck")
    assert sheet.column_dimensions[token.column_letter].hidden


def test_an_item_of_the_word_notice_is_printed_on_one_page(folder: Path) -> None:
    document = docx.Document(str(folder / "整改通知单-市财政局.docx"))
    assert document.tables
    for table in document.tables:
        kept = [[p.paragraph_format.keep_with_next for c in row.cells for p in c.paragraphs] for row in table.rows]
        assert all(all(row) for row in kept[:-1])
        assert not any(kept[-1]), "the next item may stand on the next page"
        assert table.columns[0].width < table.columns[1].width, "every program takes the widths from the columns"


@pytest.mark.parametrize("name", ["整改通知单-市财政局.xlsx", INDEX])
def test_every_cell_has_the_font_of_the_workbook(folder: Path, name: str) -> None:
    """A font without a name is another one in every program."""
    book = openpyxl.load_workbook(folder / name)
    assert {c.font.name for s in book for row in s.iter_rows() for c in row if c.value is not None} == {"Calibri"}


def test_the_index_is_printed_with_one_column_of_files(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / INDEX).worksheets[0]
    assert sheet.print_area.split("$")[3] == "I"
    assert sheet["I4"].value == get_message("handout.files", "zh")


def test_each_row_of_the_workbook_offers_its_own_statuses(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "整改通知单-市财政局.xlsx")
    offered = {s.title: [(str(v.sqref), v.formula1) for v in s.data_validations.dataValidation] for s in book.worksheets[1:]}
    assert offered == {
        "请整改": [("J4:J5", '"已整改,正在整改,已批准豁免,有异议"')],
        "请补充": [("J4", '"已整改,正在整改,有异议"')],
    }


def test_index_says_what_is_in_no_handout(tmp_path: Path) -> None:
    rows = [*records()["request"], {"id": "r4", "unit": "市财政局", "received_on": "8/10/2018"}]
    write_handouts(oc.check({"request": rows}, as_of="2018-12-31", rules=["PD-15.3"]), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / INDEX).worksheets[0]
    assert sheet["A3"].value == "1行未能使用，不在通知单里，见检查结果"


def test_documents_write_days_as_letters_do(folder: Path) -> None:
    """Between the hyphens of a date lines break; LibreOffice breaks one with hyphens that do not break even between its digits."""
    document = docx.Document(str(folder / "整改通知单-市财政局.docx"))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    assert not [text for text in (*cells, *(p.text for p in document.paragraphs)) if re.search(r"\d{4}-\d\d-\d\d", text)]
    finding = check().findings("violation", rule="PD-15.3")[0]
    assert re.search(r"\d{4}-\d\d-\d\d", finding.message.zh)
    assert f"{finding.result.rule.title.zh}\n{as_in_letters(finding.message.zh)}" in cells


def test_documents_keep_the_days_of_ids_files_and_links(tmp_path: Path) -> None:
    rows = [{"id": "2018-10-08", "unit": "市财政局", "received_on": "2018-10-08", "replied_on": "2018-12-21"}]
    write_handouts(oc.check({"request": rows}, as_of="2018-12-31", rules=["PD-15.3"]), tmp_path)
    document = docx.Document(str(tmp_path / "整改通知单-市财政局.docx"))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    assert "2018-10-08" in cells
    assert _letter_text("台账2018-10-08.xlsx，http://a.cn/2018-10-08/b.html，2018-10-08。", "zh") == (
        "台账2018-10-08.xlsx，http://a.cn/2018-10-08/b.html，2018年10月8日。"
    )
    assert _letter_text("due 2018-10-08", "en") == "due 2018-10-08"


def test_cells_of_documents_have_room_above_and_below_the_text(folder: Path) -> None:
    document = docx.Document(str(folder / "整改通知单-市财政局.docx"))
    margins = document.tables[0]._tbl.tblPr.find(qn("w:tblCellMar"))
    assert [(side.tag, side.get(qn("w:w"))) for side in margins] == [(qn("w:top"), "57"), (qn("w:bottom"), "57")]


def test_workbooks_break_no_date(folder: Path) -> None:
    """A line of a cell is shorter than its column, so that the program that shows it has nothing to break."""
    cover, sheet, *_ = openpyxl.load_workbook(folder / "整改通知单-市财政局.xlsx").worksheets
    rows = [*cover.iter_rows(), *sheet.iter_rows(min_row=4)]
    dated = [c for row in rows for c in row[:9] if isinstance(c.value, str) and re.search(r"\d{4}-\d\d", c.value)]
    assert len(dated) > 3
    assert {cell.parent.title for cell in dated} == {cover.title, sheet.title}
    for cell in dated:
        width = cell.parent.column_dimensions[cell.column_letter].width
        lines = cell.value.split("\n")
        assert max(sum(2 if ord(c) > 255 else 1 for c in line) for line in lines) < width
        assert not [line for line in lines if re.search(r"\d{4}-(\d\d-?)?$", line) and cell.column_letter != "F"]
    finding = check().findings("violation", rule="PD-15.3")[0]
    assert any(finding.message.zh in str(cell.value).replace("\n", "") for cell in dated)


@given(
    st.lists(
        st.sampled_from(["2018-10-15（周一）", "2018-Q2的", "2018-09的", "实际公开日期为", "，", "迟6个工作日", "规则PD-9.4的"])
    ),
    st.integers(16, 60),
)
def test_dates_in_one_piece_adds_line_breaks_only(parts: list[str], width: int) -> None:
    text = "".join(parts)
    told = dates_in_one_piece(text, width)
    assert told.replace("\n", "") == text
    for part in parts:
        if part.startswith("2018"):
            assert part[:10].removesuffix("的") in told


def test_without_python_docx_the_other_forms_are_written(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)  # as an installation without the extra
    told: list[str] = []
    written = write_handouts(check(), tmp_path / "new", every_unit=True, tell=lambda text: told.append(text.zh))
    assert {Path(name).suffix for _, names in written for name in names} == {".xlsx", ".html"}
    assert len(told) == 1
    assert "pip install 'opencheck[handouts]'" in told[0]
    with pytest.raises(InputError, match=r"opencheck\[handouts\]"):
        check(answers=folder)


def test_filled_handouts_are_not_overwritten(folder: Path, fill: Filler) -> None:
    write_handouts(check(), folder)
    path = fill("市财政局", "PD-15.3", "r1", 整改情况="正在整改")
    with pytest.raises(InputError, match="不能盖写"):
        write_handouts(check(), folder)
    assert only(check(answers=path))["kind"] == "doing"


@pytest.mark.parametrize(
    "options",
    [
        ["--unit", "all"],
        ["--unit", "all", "--unit", "市财政局", "-o", "out"],
        ["--unit", "all", "-o", "out", "--format", "json"],
        ["--reply-by", "2019-01-15"],
        ["--unit", "all", "-o", "out", "--reply-by", "someday"],
        ["-o", "."],
    ],
)
def test_command_refuses_what_does_not_fit(tmp_path: Path, options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "台账.json").write_text(json.dumps(records()), encoding="utf-8")
    result = run("check", "台账.json", "--as-of", "2018-12-31", *options)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.thorough)])
def test_handout_page_is_accessible(browser: Any, report: oc.Report, tmp_path: Path, lang: str) -> None:
    write_handouts(report, tmp_path, lang)
    page = browser.new_page()
    page.goto(next(tmp_path.glob("*.html")).as_uri())
    assert page.locator("article").count() > 0
    page.set_viewport_size({"width": 390, "height": 900})
    assert broken_dates(page) == []
    assert complaints(page) == []
    page.close()
