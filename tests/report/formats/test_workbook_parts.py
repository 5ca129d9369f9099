"""The marked workbook keeps what the user had, part by part, and says what it cannot keep."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import opencheck as oc
from opencheck.cli.main import main
from opencheck.report.formats.package import Package
from opencheck.report.output import write
from rich_workbooks import rich_ledger, sheet_part

DAY = "2018-12-31"

CHANGED = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {n: archive.read(n) for n in archive.namelist()}


def told(report: oc.Report) -> list[tuple[object, ...]]:
    return [(f.rule, f.outcome, f.record_id, f.message.zh, f.source.sheet, f.source.row) for f in report.findings()]


@pytest.fixture(scope="module")
def rich(ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, oc.Report]:
    """A rich ledger, its marked copy, and the report."""
    folder = tmp_path_factory.mktemp("rich")
    source = rich_ledger(ledger, folder / "台账.xlsx")
    report = oc.check(source, as_of=DAY)
    return source, report.write(folder / "检查结果.xlsx"), report


def test_parts_that_hold_no_marks_are_the_same_bytes(rich: tuple[Path, Path, oc.Report]) -> None:
    before, after = parts(rich[0]), parts(rich[1])
    assert set(before) <= set(after)
    changed = {n for n in before if before[n] != after[n]} - CHANGED
    assert all(n.startswith(("xl/worksheets/", "xl/comments", "xl/drawings/commentsDrawing")) for n in changed), changed
    for kept in (
        "xl/charts/chart1.xml",
        "xl/drawings/drawing1.xml",
        "xl/media/seal.png",
        "xl/sharedStrings.xml",
        "xl/theme/theme1.xml",
    ):
        if kept in before:
            assert before[kept] == after[kept], kept
    assert "xl/charts/chart1.xml" in before
    added = {n for n in after if n not in before}
    assert all("opencheck" in n or n.startswith(("xl/comments", "xl/worksheets/_rels/")) for n in added), added


def test_marked_sheet_keeps_values_rich_text_and_x14_formats(rich: tuple[Path, Path, oc.Report]) -> None:
    before, after = parts(rich[0]), parts(rich[1])
    name = sheet_part(before, "公文")
    for piece in (b"<f>1+3</f><v>4</v>", b"x14:dataBar", b"x14:cfRule", b"<drawing "):
        assert before[name].count(piece) == after[name].count(piece) > 0, piece
    assert "红字".encode() in (before.get("xl/sharedStrings.xml", b"") + after[name])
    values = openpyxl.load_workbook(rich[1], data_only=True)["公文"]
    given = openpyxl.load_workbook(rich[0], data_only=True)["公文"]
    assert [[c.value for c in row] for row in values] == [[c.value for c in row] for row in given]


def test_marked_copy_is_checked_again_with_the_same_findings(rich: tuple[Path, Path, oc.Report], tmp_path: Path) -> None:
    again = oc.check(rich[1], as_of=DAY)
    assert again.rows == rich[2].rows
    assert told(again) == told(rich[2])
    second = again.write(tmp_path / "2.xlsx")
    first = parts(rich[1])
    assert {n: c for n, c in parts(second).items() if n.startswith("xl/comments")} == {
        n: c for n, c in first.items() if n.startswith("xl/comments")
    }


def test_names_and_selection_follow_the_sheets(rich: tuple[Path, Path, oc.Report]) -> None:
    before, after = openpyxl.load_workbook(rich[0]), openpyxl.load_workbook(rich[1])
    assert after.sheetnames == ["检查结果", "问题清单", *before.sheetnames]
    assert after.active.title == "检查结果"
    assert [s.title for s in after if s.sheet_view.tabSelected and s.title != "检查结果"] == []
    root = Package(rich[1].read_bytes()).look("xl/workbook.xml")
    local = [n.get("localSheetId") for n in root.iter("{*}definedName") if n.get("name") == "_xlnm._FilterDatabase"]
    assert local == [str(after.sheetnames.index("公文"))]


def test_comment_of_the_user_stays_and_is_not_repeated(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "公文"
    sheet.append(["编号", "是否政策性文件", "公开属性", "公布日期"])
    sheet.append(["1", "是", "主动公开", date(2018, 9, 3)])
    for cell in ("A2", "B2", "C2", "D2"):
        sheet[cell].comment = openpyxl.comments.Comment(f"请核对{cell}", "张某")
    book.save(tmp_path / "a.xlsx")
    source = tmp_path / "a.xlsx"
    for number in range(3):
        report = oc.check(source, {"interpretation": []}, as_of=DAY)
        source = report.write(tmp_path / f"{number}.xlsx")
        marked = openpyxl.load_workbook(source)["公文"]
        comment = marked["D2"].comment
        assert comment.author == "张某"
        assert comment.text.startswith("请核对D2")
        assert comment.text.count("PD-9.4 ") == 1
    book = openpyxl.load_workbook(source)
    book["公文"]["B2"].value = "否"
    book.save(source)
    corrected = oc.check(source, {"interpretation": []}, as_of=DAY, rules=["PD-9.4"]).write(tmp_path / "c.xlsx")
    plain = openpyxl.load_workbook(corrected)["公文"]["D2"]
    assert plain.comment.text == "请核对D2"
    assert plain.fill.fill_type is None


def test_cells_that_were_not_there_are_made_in_order(tmp_path: Path) -> None:
    source = tmp_path / "公文.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "公文"
    book.active.append(["编号", "是否政策性文件", "公开属性", "公布日期", "标题"])
    book.active.append(["1", "是", None, None, "通知"])
    book.active.append(["2", "是", "主动公开", date(2018, 9, 3), "通知"])
    book.save(source)
    marked = oc.check(source, {"interpretation": []}, as_of=DAY).write(tmp_path / "m.xlsx")
    root = Package(marked.read_bytes()).look(next(s.part for s in Package(marked.read_bytes()).sheets if s.title == "公文"))
    for row in root.iter("{*}row"):
        columns = [openpyxl.utils.cell.coordinate_to_tuple(c.get("r"))[1] for c in row]
        assert columns == sorted(set(columns))
    assert openpyxl.load_workbook(marked)["公文"]["C2"].comment is not None


@pytest.mark.parametrize(("suffix", "kept"), [(".xlsm", True), (".xlsx", False)])
def test_macros_are_kept_in_xlsm_and_said_to_be_left_out_of_xlsx(ledger: Path, tmp_path: Path, suffix: str, kept: bool) -> None:
    source = rich_ledger(ledger, tmp_path / "台账.xlsm", macros=True)
    out = tmp_path / f"结果{suffix}"
    done = CliRunner().invoke(
        main, ["check", str(source), "--as-of", DAY, "--rule", "PD-9.4", "-o", str(out), "--fail-on", "never"]
    )
    assert done.exit_code in (0, 2), done.output
    after = parts(out)
    assert ("xl/vbaProject.bin" in after) is kept
    assert (b"macroEnabled" in after["[Content_Types].xml"]) is kept
    assert (b"vbaProject" in after["xl/_rels/workbook.xml.rels"]) is kept
    words = done.stderr.replace("\n", "")
    assert ("台账.xlsm 的宏不能存进 .xlsx" in words) is not kept
    if not kept:
        assert words.index("的宏") < words.index("已写入")
        summary = openpyxl.load_workbook(out)["检查结果"]
        assert any("的宏" in str(c) for row in summary.iter_rows(values_only=True) for c in row)
    assert openpyxl.load_workbook(out, keep_vba=kept).sheetnames[:2] == ["检查结果", "问题清单"]


def test_second_workbook_is_said_to_be_written_from_its_data(ledger: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "政策解读"
    book.active.append(["编号", "解读的文件编号", "发布日期"])
    book.active.append(["1", "1", date(2018, 9, 3)])
    book.save(tmp_path / "解读.xlsx")
    heard: list[str] = []
    report = oc.check(ledger, tmp_path / "解读.xlsx", as_of=DAY, rules=["PD-9.4"])
    write(report, tmp_path / "m.xlsx", None, "zh", tell=lambda text: heard.append(text.zh))
    assert [h for h in heard if "解读.xlsx" in h]
    titles = openpyxl.load_workbook(tmp_path / "m.xlsx").sheetnames
    assert len({t.lower() for t in titles}) == len(titles)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("[Content_Types].xml", b"</Types>", b""), ("xl/_rels/workbook.xml.rels", b"relationships/styles", b"relationships/none")],
)
def test_file_with_a_damaged_part_is_written_from_its_data(
    name: str, old: bytes, new: bytes, ledger: Path, tmp_path: Path
) -> None:
    content = parts(ledger)
    assert old in content[name]
    content[name] = content[name].replace(old, new)
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    report = oc.check(tmp_path / "x.xlsx", as_of=DAY, rules=["PD-9.4"])
    marked = openpyxl.load_workbook(report.write(tmp_path / "m.xlsx"))
    assert any(c.comment for row in marked["公文"].iter_rows() for c in row)
    said = [
        str(v) for row in marked["检查结果"].iter_rows(values_only=True) for v in row if v and "x.xlsx 的样式无法保留" in str(v)
    ]
    assert len(said) == 1
    assert "StopIteration" not in said[0]


@pytest.mark.parametrize("shape", ["strict", "prefixed"])
def test_strict_and_prefixed_parts_are_marked_in_their_own_names(shape: str, ledger: Path, tmp_path: Path) -> None:
    names = (
        (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    )
    content = parts(ledger)
    for name in [n for n in content if n.endswith((".xml", ".rels"))]:
        if shape == "strict":
            for old, new in names:
                content[name] = content[name].replace(old, new)
        elif name.startswith("xl/worksheets/sheet"):
            text = re.sub(r"<(/?)(?![?!])([a-zA-Z]\w*)(?=[\s/>])", r"<\1x:\2", content[name].decode())
            content[name] = text.replace(
                'xmlns="http://schemas.openxmlformats.org/sp', 'xmlns:x="http://schemas.openxmlformats.org/sp'
            ).encode()
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in content.items():
            archive.writestr(part, data)
    report = oc.check(tmp_path / "x.xlsx", as_of=DAY, rules=["PD-9.4"])
    assert report.violations
    package = Package(report.write(tmp_path / "m.xlsx").read_bytes())
    (sheet,) = [s for s in package.sheets if s.title == "公文"]
    comments = package.look(package.related(sheet.part, "comments"))
    late = {f.source.row for f in report.violations if f.source.sheet == "公文"}
    assert late <= {openpyxl.utils.cell.coordinate_to_tuple(c.get("ref"))[0] for c in comments.iter("{*}comment")}
    assert len(list(package.look(sheet.part).iter("{*}legacyDrawing"))) == 1
    assert told(oc.check(tmp_path / "m.xlsx", as_of=DAY, rules=["PD-9.4"])) == told(report)
    for part in package.parts:
        strict = b"purl.oclc.org" in package.content(part)
        assert not (strict and shape == "prefixed")
        assert not (shape == "strict" and part.startswith("xl/") and names[0][0] in package.content(part)), part


def test_rows_and_cells_without_numbers_are_counted(ledger: Path, tmp_path: Path) -> None:
    content = parts(ledger)
    name = sheet_part(content, "公文")
    content[name] = re.sub(rb'(<(?:row|c)) r="[A-Z]*\d+"', rb"\1", content[name])
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        for part, data in content.items():
            archive.writestr(part, data)
    first = oc.check(ledger, as_of=DAY, rules=["PD-9.4"])
    second = oc.check(tmp_path / "x.xlsx", as_of=DAY, rules=["PD-9.4"])
    assert len(second.violations) == len(first.violations)
    a = openpyxl.load_workbook(first.write(tmp_path / "a.xlsx"))["公文"]
    b = openpyxl.load_workbook(second.write(tmp_path / "b.xlsx"))["公文"]
    assert {c.coordinate for row in a for c in row if c.comment} == {c.coordinate for row in b for c in row if c.comment}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_marked_copy_opens_in_libreoffice(rich: tuple[Path, Path, oc.Report], tmp_path: Path) -> None:
    command = [
        "soffice",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    for _ in range(2):  # the first run of a new profile may only set it up
        done = subprocess.run(
            [*command, "--outdir", str(tmp_path / "out"), str(rich[1])], capture_output=True, text=True, timeout=300
        )
        if (tmp_path / "out" / rich[1].name).exists():
            break
    opened = openpyxl.load_workbook(tmp_path / "out" / rich[1].name)
    ours = openpyxl.load_workbook(rich[1])
    assert opened.sheetnames == ours.sheetnames, done.stderr
    for sheet in ours:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None:
                    assert opened[sheet.title][cell.coordinate].comment is not None, (sheet.title, cell.coordinate)
    assert len(opened["公文"]._charts) == 1
