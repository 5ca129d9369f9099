"""The marked workbook is the input returned."""

from __future__ import annotations

import io
import re
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import make_ledger
import opencheck as oc
from opencheck.report.formats.marked_cells import FILLS
from opencheck.report.formats.package import Package
from opencheck.report.formats.workbook import LIST
from opencheck.report.output import render


def marks(book: openpyxl.Workbook) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (sheet.title, cell.coordinate): (cell.fill.start_color.rgb, cell.comment.text)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None and cell.comment.author == "opencheck"
    }


@pytest.fixture(scope="module")
def marked_file(report: oc.Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example ledger, marked."""
    return report.write(tmp_path_factory.mktemp("marked") / "marked.xlsx")


@pytest.fixture(scope="module")
def marked_book(marked_file: Path) -> openpyxl.Workbook:
    """The same as openpyxl reads it; tests that change it load their own."""
    return openpyxl.load_workbook(marked_file)


def test_workbook_is_the_input_returned(ledger: Path, report: oc.Report, marked_book: openpyxl.Workbook) -> None:
    before, after = openpyxl.load_workbook(ledger), marked_book
    assert after.sheetnames == ["检查结果", "问题清单", *before.sheetnames]
    marked = marks(after)
    for sheet in before:
        for row in sheet.iter_rows():
            for cell in row:
                same = after[sheet.title][cell.coordinate]
                assert same.value == cell.value
                assert same.number_format == cell.number_format
                assert same.font.b == cell.font.b
                if (sheet.title, cell.coordinate) not in marked:
                    assert same.fill.start_color.rgb == cell.fill.start_color.rgb
        assert after[sheet.title].column_dimensions["B"].width == sheet.column_dimensions["B"].width
        assert after[sheet.title].merged_cells.ranges == sheet.merged_cells.ranges
    late = next(f for f in report.violations if f.rule == "PD-9.4" and f.due == date(2018, 10, 8))
    column = next(c.column_letter for c in before["公文"][2] if c.value == "公布日期")
    colour, text = marked["公文", f"{column}{late.source.row}"]
    assert colour == FILLS["error"]
    for part in ("PD-9.4", "条款：9.4", "2018-10-08", "迟1个工作日", "调休上班", "→ 解读已经发布，不必重发"):
        assert part in text
    for rejected in report.rejected:
        row = rejected.place.row
        assert any(
            s == rejected.place.sheet and re.fullmatch(rf"[A-Z]+{row}", c) and v[0] == FILLS["rejected"]
            for (s, c), v in marked.items()
        )
    for finding in report.violations:
        if finding.source.row:
            assert any(s == finding.source.sheet and re.fullmatch(rf"[A-Z]+{finding.source.row}", c) for s, c in marked), (
                finding
            )
    values = [c for row in after["检查结果"].iter_rows(values_only=True) for c in row if c is not None]
    assert {"按任务", "按责任单位", "市环保局", "8-7"} <= set(values)


@pytest.mark.thorough
@pytest.mark.slow
def test_workbook_marked_again_is_the_same(marked_file: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    shutil.copy(marked_file, first)
    report = oc.check(first, as_of="2018-12-31")
    assert len(report.findings()) == len(make_ledger.EXPECTED)
    report.write(second)
    book = openpyxl.load_workbook(first)
    marked = marks(book)
    assert marked == marks(openpyxl.load_workbook(second))
    sheet, cell = next(k for k, v in marked.items() if v[0] == FILLS["error"] and k[0] == "公文" and "PD-9.4" in v[1])
    heads = {c.value: c.column for c in book[sheet][2]}
    book[sheet].cell(int(re.sub(r"\D", "", cell)), heads["是否政策性文件"]).value = "否"
    book.save(first)
    oc.check(first, as_of="2018-12-31").write(second)
    assert (sheet, cell) not in marks(openpyxl.load_workbook(second)), "a corrected cell comes back plain"


def test_workbook_of_csv_source_is_marked(tmp_path: Path) -> None:
    file = tmp_path / "公文.csv"
    file.write_text(
        "编号,标题,是否政策性文件,公开属性,公布日期\n1,=1+1,是,主动公开,2018-09-03\n2,x,是,主动公开,2018-09-31\n",
        encoding="utf-8",
    )
    report = oc.check(file, {"interpretation": []}, as_of="2018-12-31")
    book = openpyxl.load_workbook(io.BytesIO(render(report, "xlsx")))
    sheet = book["公文"]
    assert [c.value for c in sheet[1]] == ["编号", "是否政策性文件", "公布日期", "公开属性", "标题"]
    assert sheet["E2"].value == "=1+1"
    assert sheet["E2"].data_type == "s", "text that looks like a formula stays text"
    assert sheet["C2"].comment is not None
    assert "2018-09-06" in sheet["C2"].comment.text
    assert sheet["C3"].value == "2018-09-31"
    assert "reject" in sheet["C3"].comment.text or "日期" in sheet["C3"].comment.text


def test_workbook_that_openpyxl_cannot_load_is_marked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "公文"
    book.worksheets[0].append(["编号", "是否政策性文件", "公开属性", "公布日期"])
    book.worksheets[0].append(["1", "是", "主动公开", date(2018, 9, 3)])
    book.create_chartsheet("图")  # openpyxl writes an empty chart sheet that it cannot load again
    book.save(tmp_path / "x.xlsx")
    report = oc.check(tmp_path / "x.xlsx", {"interpretation": []}, as_of="2018-12-31")
    package = Package(render(report, "xlsx"))
    names = [e.get("name") for e in package.look("xl/workbook.xml").iter("{*}sheet")]
    assert names == ["检查结果", "问题清单", "公文", "图"]
    (sheet,) = [s for s in package.sheets if s.title == "公文"]
    assert [kind for _, kind, _ in package.relations(sheet.part)] == ["comments", "vmlDrawing"]


def test_workbook_notes_are_in_plain_words(marked_book: openpyxl.Workbook) -> None:
    """No name of a parameter, no pattern and no unit of the code stands in a note; the remedy comes before the derivation."""
    notes = [text for _, text in marks(marked_book).values()]
    assert len(notes) > 100
    for text in notes:
        for finding in re.split("\n\n", text):
            assert not re.search(r"参数 ?[a-z]|_days|\(\?|\[\^|holds:|\{'", finding), finding
    violation = next(text for text in notes if "PD-2-3.1" in text)
    assert violation.index("→ ") < violation.index("· 条款")


def rows_told(text: str) -> set[int]:
    """The rows of the list of findings that a comment names."""
    rows: set[int] = set()
    for named in re.findall("^见“问题清单”第(.*)行$", text, flags=re.M):
        for span in named.split("、"):
            first, _, last = span.partition("–")
            rows |= set(range(int(first), int(last or first) + 1))
    return rows


def test_workbook_tells_rules_that_lack_the_same_fact_together(tmp_path: Path) -> None:
    """A list without topics leaves dozens of rules open, all at the first cell of a row: their derivations made 9,000 characters."""
    report = oc.check({"disclosure": [{"id": "1", "unit": "市扶贫办", "published_on": "2018-09-01"}]}, as_of="2018-12-31")
    out = tmp_path / "marked.xlsx"
    report.write(out)
    told_at = marks(openpyxl.load_workbook(out))
    listed = {f.rule: f.message.zh for f in report.findings("indeterminate") if f.record_id == "1"}
    alike = [rule for rule, message in listed.items() if message == "是否适用本规则无法判断：缺少“信息主题”"]
    assert len(alike) > 20
    (told,) = [t for _, text in told_at.values() for t in text.split("\n\n") if f"{len(alike)}条规则" in t]
    assert set(re.findall(r"PD-[\w.-]+", told)) == set(alike)
    assert len(rows_told(told)) == len(alike)
    assert max(len(text) for _, text in told_at.values()) < 5000


def test_workbook_cells_and_findings_lead_to_each_other(marked_book: openpyxl.Workbook) -> None:
    listed, linked = marked_book["问题清单"], 0
    for row in listed.iter_rows(min_row=2):
        link = row[0].hyperlink
        if link is None or row[0].value not in ("违规", "无法判断"):
            continue
        sheet, _, cell = link.location.rpartition("!")
        comment = marked_book[sheet.strip("'")][cell].comment
        assert comment is not None
        assert row[0].row in rows_told(comment.text), cell
        linked += 1
    assert linked > 150
    assert listed.freeze_panes == "A2"
    assert listed.auto_filter.ref


def test_workbook_summary_prints_on_one_page(marked_book: openpyxl.Workbook) -> None:
    sheet = marked_book["检查结果"]
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    right = max(c.column for row in sheet.iter_rows() for c in row if c.value is not None)
    assert right <= 10


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_workbook_rows_of_the_list_show_their_whole_texts(
    report: oc.Report, marked_book: openpyxl.Workbook, tmp_path: Path, lang: str
) -> None:
    """LibreOffice and WPS take the height that the file states, and print one row over the next where it states none."""
    book = marked_book if lang == "zh" else openpyxl.load_workbook(report.write(tmp_path / "r.xlsx", lang=lang))
    sheet = book[LIST]
    assert sheet.max_row > 400
    for row in range(2, sheet.max_row + 1):
        for letter in "EGHL":
            text = str(sheet[f"{letter}{row}"].value or "")
            width = sum(2 if ord(c) > 255 else 1 for c in text)
            room = sheet.column_dimensions[letter].width * sheet.row_dimensions[row].height / 15
            assert width <= room, (row, letter, text)


def test_workbook_findings_are_printed_with_their_headings_on_every_page(marked_book: openpyxl.Workbook) -> None:
    sheet = marked_book["问题清单"]
    assert sheet.print_title_rows == "$1:$1"
    assert sheet["A1"].font.name == sheet["B2"].font.name


def test_records_of_tables_beside_each_other_are_marked_in_their_own_cells(tmp_path: Path) -> None:
    heads = ["编号", "申请内容", "收到日期", "答复日期"]
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "依申请公开"
    late, wrong = ["2018-09-03", "2018-11-20"], ["2018-09-31", "2018-11-20"]
    for row in (
        [*heads, None, *heads],
        ["a", "甲", *late, None, "b", "乙", *late],
        ["c", "丙", *late, None, "d", "丁", *wrong],
    ):
        sheet.append(row)
    book.save(tmp_path / "台账.xlsx")
    report = oc.check(tmp_path / "台账.xlsx", as_of="2018-12-31", rules=["PD-15.3"])
    report.write(tmp_path / "结果.xlsx")
    marked = openpyxl.load_workbook(tmp_path / "结果.xlsx")["依申请公开"]
    assert {c.coordinate for row in marked.iter_rows() for c in row if c.comment} == {"D2", "I2", "D3", "H3"}
