"""Files that are named like workbooks: damaged ones, with a password, or something else."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
import xlwt

import opencheck as oc
from opencheck.documents import workbook_worker
from opencheck.readers import read
from raw_workbooks import request_row, write_xlsx

HTML = (
    '<html><head><meta http-equiv=Content-Type content="text/html; charset={0}"></head><body><table border=1>'
    "<tr><td>编号</td><td>收到日期</td><td>答复日期</td></tr><tr><td>1</td><td>2018-11-05</td><td>2018-12-20</td></tr></table></body></html>"
)
XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">
 <ss:Worksheet ss:Name="依申请公开"><ss:Table>
  <ss:Row><ss:Cell ss:MergeAcross="2"><ss:Data ss:Type="String">依申请公开台账</ss:Data></ss:Cell></ss:Row>
  <ss:Row ss:Index="3"><ss:Cell><ss:Data ss:Type="String">编号</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="String">收到日期</ss:Data></ss:Cell>
   <ss:Cell ss:Index="4"><ss:Data ss:Type="String">答复日期</ss:Data></ss:Cell></ss:Row>
  <ss:Row ss:Hidden="1"><ss:Cell><ss:Data ss:Type="Number">1</ss:Data></ss:Cell>
   <ss:Cell ss:MergeDown="1"><ss:Data ss:Type="DateTime">2018-11-05T00:00:00.000</ss:Data></ss:Cell>
   <ss:Cell ss:Index="4"><ss:Data ss:Type="Number">43454</ss:Data></ss:Cell></ss:Row>
  <ss:Row><ss:Cell><ss:Data ss:Type="Number">2</ss:Data></ss:Cell><ss:Cell ss:Index="4" ss:Formula="=R[-1]C+1"/></ss:Row>
 </ss:Table></ss:Worksheet></ss:Workbook>"""


def late(path: Path) -> tuple[dict[str, int], list[str | None]]:
    report = oc.check(path, as_of="2018-12-31", rules="PD-15.3")
    return report.rows, [f.record_id for f in report.violations]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("name", ["依申请公开.xls", "依申请公开.et", "依申请公开.xlsx"])
def test_web_page_named_like_a_workbook_is_read(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(HTML.format(encoding).encode(encoding))
    assert late(tmp_path / name) == ({"read": 1, "checked": 1, "rejected": 0}, ["1"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_text_table_named_like_a_workbook_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "依申请公开.xls"
    file.write_bytes("编号\t收到日期\t答复日期\n1\t2018-11-05\t2018-12-20\n".encode(encoding))
    assert late(file) == ({"read": 1, "checked": 1, "rejected": 0}, ["1"])


def test_xml_spreadsheet_is_read(tmp_path: Path) -> None:
    (tmp_path / "导出.xls").write_text(XML, encoding="utf-8")
    report = oc.check(tmp_path / "导出.xls", as_of="2018-12-31", rules="PD-15.3")
    assert [(f.record_id, f.source.sheet, f.source.row) for f in report.violations] == [("1", "依申请公开", 4)]
    assert [(r.place.row, p.header, p.code) for r in report.rejected for p in r.problems] == [(5, "答复日期", "formula")]
    assert [facts["rows"] for name, facts in report.notes if name == "note.hidden_rows"] == [["4"]]


def test_workbook_named_like_a_text_table_is_read(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "依申请公开.csv", {"依申请公开": request_row(2, '<c r="D2"><v>43454</v></c>')})
    assert late(file) == ({"read": 1, "checked": 1, "rejected": 0}, ["2"])


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 99, b"%PDF-1.7 x,y", b"MIME-Version: 1.0\n\n<html>", b"PK\x03\x04", b"<x/>"]
)
def test_what_is_no_workbook_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.xls").write_bytes(content)
    with pytest.raises(oc.InputError):
        read(tmp_path / "x.xls")


def test_damaged_packages_are_errors(tmp_path: Path) -> None:
    """Cut off, or with bytes changed, at any place: an error or a ledger, nothing else."""
    whole = write_xlsx(tmp_path / "x.xlsx", {"依申请公开": request_row(2, "<c r='D2'><v>43454</v></c>")}).read_bytes()
    file = tmp_path / "y.xlsx"
    for at in range(0, len(whole), 37):
        for content in (whole[:at], whole[:at] + b"\xff\x00\xff" + whole[at + 3 :]):
            file.write_bytes(content)
            with suppress(oc.InputError):
                read(file)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<row r="2">', '<row r="4294967295">'),
        ('<row r="2">', '<row r="two">'),
        ('r="D2"', 'r="ZZZZZZZZ2"'),
        ('r="D2"', 'r="D1000000"'),
        ('r="D2"', 'r="D0"'),
        ('<c r="D2">', '<c r="D2" t="s">'),
    ],
)
def test_package_with_impossible_places_is_an_error_at_once(tmp_path: Path, old: str, new: str) -> None:
    rows = request_row(2, '<c r="D2"><v>43454</v></c>')
    assert old in rows
    with pytest.raises(oc.InputError) as found:
        read(write_xlsx(tmp_path / "x.xlsx", {"依申请公开": rows.replace(old, new)}))
    assert found.value.code == "not_a_workbook"


@pytest.mark.parametrize("pattern", [r' r="[A-Z]+\d+"', r'(?<=<row) r="\d+"', r' r="\w+"'])
def test_places_that_are_not_written_follow_one_another(tmp_path: Path, pattern: str) -> None:
    rows = re.sub(pattern, "", request_row(2, '<c r="D2"><f>C2</f></c>'))
    data = read(write_xlsx(tmp_path / "x.xlsx", {"依申请公开": rows}))
    assert [(r.place.row, p.header, p.code) for r in data.rejected for p in r.problems] == [(2, "答复日期", "formula")]


@pytest.mark.parametrize("missing", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_package_without_a_part_is_an_error(tmp_path: Path, missing: str) -> None:
    whole = write_xlsx(tmp_path / "x.xlsx", {"依申请公开": request_row(2, "")})
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "y.xlsx", "w") as new:
        for name in old.namelist():
            if name != missing:
                new.writestr(name, old.read(name))
    with pytest.raises(oc.InputError) as found:
        read(tmp_path / "y.xlsx")
    assert found.value.code == "not_a_workbook"


def old_workbook() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("依申请公开")
    for column, (head, value) in enumerate({"编号": "1", "收到日期": "2018-11-05", "答复日期": "2018-12-20"}.items()):
        sheet.write(0, column, head)
        sheet.write(1, column, value)
    book.add_sheet("旧").visibility = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_panic_of_the_native_reader_is_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Calamine panics on a file that ends within its last sector; its panics are no ``Exception``."""
    file = tmp_path / "x.xls"
    file.write_bytes(old_workbook())
    assert late(file) == ({"read": 1, "checked": 1, "rejected": 0}, ["1"])
    file.write_bytes(old_workbook()[:-378])
    with pytest.raises(oc.InputError) as found:
        read(file)
    assert found.value.code == "not_a_workbook"
    assert not capfd.readouterr().err


def test_reader_that_dies_takes_nobody_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stray cell of an old workbook makes a grid of sixteen million cells: with too little memory only the other process ends."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("依申请公开")
    sheet.write(0, 0, "编号")
    sheet.write(65535, 255, "x")
    book.save(str(tmp_path / "x.xls"))
    script = Path(workbook_worker.__file__).read_text(encoding="utf-8").replace("4 << 30", "300 << 20")
    (tmp_path / "small.py").write_text(script, encoding="utf-8")
    monkeypatch.setattr(workbook_worker, "__file__", str(tmp_path / "small.py"))
    with pytest.raises(oc.InputError, match="damaged"):
        read(tmp_path / "x.xls")


def test_reader_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time; time.sleep(60)", encoding="utf-8")
    monkeypatch.setattr(workbook_worker, "__file__", str(tmp_path / "slow.py"))
    monkeypatch.setattr(workbook_worker, "_MAX_SECONDS", 1)
    with pytest.raises(workbook_worker.WorkbookFailure, match="no end"):
        workbook_worker.read_isolated(old_workbook())


def test_worker_reads_the_same_in_either_process(monkeypatch: pytest.MonkeyPatch) -> None:
    there = workbook_worker.read_isolated(old_workbook())
    monkeypatch.setattr("sys.executable", "/usr/sbin/uwsgi")
    monkeypatch.setattr(subprocess, "run", None)
    assert workbook_worker.read_isolated(old_workbook()) == there
    assert [(name, hidden, len(rows)) for name, hidden, rows, _ in there] == [("依申请公开", False, 2), ("旧", True, 0)]


def compound_file(name: str) -> bytes:
    """A compound file of one sector of directory, with a stream of this name."""
    entry = name.encode("utf-16-le").ljust(64, b"\x00") + (2 * len(name) + 2).to_bytes(2, "little")
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 16 + bytes.fromhex("3e000300feff09000600")
    return header.ljust(512, b"\xff") + entry.ljust(512, b"\x00")


def test_password_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(compound_file("EncryptedPackage"))
    write_xlsx(tmp_path / "plain.xlsx", {"依申请公开": request_row(2, "")})
    locked = bytearray((tmp_path / "plain.xlsx").read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag that says a part is encrypted
        start = locked.find(mark)
        while start >= 0:
            locked[start + at] |= 1
            start = locked.find(mark, start + 4)
    (tmp_path / "y.xlsx").write_bytes(locked)
    for name in ("x.xlsx", "y.xlsx"):
        with pytest.raises(oc.InputError, match="有密码") as found:
            read(tmp_path / name)
        assert found.value.code == "password"


def test_open_document_with_repeated_blank_rows_is_read(tmp_path: Path) -> None:
    """Programs fill a sheet up to its last row with one repeated blank row."""
    ns = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    cells = ["".join(f'<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>' for t in row) for row in (("编号", "收到日期", "答复日期"), ("1", "2018-11-05", "2018-12-20"))]  # fmt: skip
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    blank = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    content = f'<office:document-content {ns}><office:body><office:spreadsheet><table:table table:name="依申请公开">{rows}{blank}</table:table></office:spreadsheet></office:body></office:document-content>'
    with zipfile.ZipFile(tmp_path / "x.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        archive.writestr("content.xml", content)
    assert late(tmp_path / "x.ods") == ({"read": 1, "checked": 1, "rejected": 0}, ["1"])


def test_excel_book_of_report_sheets_only_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "检查结果"
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(oc.InputError, match="no sheet holds a table"):
        read(tmp_path / "x.xlsx")
