"""Hidden rows, days counted from 1904, errors and formulas without a value, of workbooks that are no .xlsx."""

from __future__ import annotations

import struct
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import xlwt

import opencheck as oc
from binary_workbooks import BinarySheet, Error, binary_workbook
from opencheck.core.errors import InputError
from opencheck.documents import old_workbook_parts
from opencheck.documents.old_workbook_parts import read_old_facts
from opencheck.documents.workbook_parts import SheetsInOrder
from opencheck.readers import read
from raw_workbooks import HEADS, text_cell, write_xlsx

REPLY = date(2018, 11, 20)
SINCE_1904 = (REPLY - date(1904, 1, 1)).days
SINCE_1900 = (REPLY - date(1899, 12, 30)).days


def old_workbook(*, from_1904: bool, hidden: tuple[int, ...] = (), rows: int = 3, sheets: int = 1) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = from_1904
    for number in range(sheets):
        sheet = book.add_sheet("依申请公开" if not number else f"其他{number}")
        for column, head in enumerate(HEADS):
            sheet.write(0, column, head)
        for row in range(1, rows):
            reply = SINCE_1904 if from_1904 else SINCE_1900
            for column, value in enumerate((str(row), "市局", "2018-11-05", reply)):
                sheet.write(row, column, value)
            sheet.row(row).hidden = row + 1 in hidden
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def open_document(*, from_1904: bool, hidden: tuple[int, ...] = ()) -> bytes:
    def cell(value: object) -> str:
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    reply = SINCE_1904 if from_1904 else SINCE_1900
    lines = [HEADS, *((str(n), "市局", "2018-11-05", reply) for n in (1, 2))]
    rows = "".join(
        f"<table:table-row{' table:visibility=' + chr(34) + 'collapse' + chr(34) if n in hidden else ''}>"
        f"{''.join(map(cell, line))}</table:table-row>"
        for n, line in enumerate(lines, 1)
    )
    since = f'<table:calculation-settings><table:null-date table:date-value="{"1904-01-01" if from_1904 else "1899-12-30"}"/></table:calculation-settings>'
    names = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    xml = (
        f'<office:document-content{names}><office:body><office:spreadsheet>{since}<table:table table:name="依申请公开">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr("content.xml", xml)
    return out.getvalue()


@pytest.mark.parametrize("from_1904", [True, False])
@pytest.mark.parametrize(("suffix", "make"), [(".xls", old_workbook), (".ods", open_document)])
def test_plain_numbers_are_days_of_the_files_own_count_and_hidden_rows_are_said(
    tmp_path: Path, suffix: str, make: object, from_1904: bool
) -> None:
    file = tmp_path / f"台账{suffix}"
    file.write_bytes(make(from_1904=from_1904, hidden=(3,)))  # type: ignore[operator]
    data = read(file)
    assert data.tables["request"].records()["replied_on"].to_list() == [REPLY, REPLY]
    assert data.notes == [("note.hidden_rows", {"file": file.name, "sheet": "依申请公开", "count": 1, "rows": ["3"]})]


def hidden_rows(facts: SheetsInOrder | None) -> tuple[bool, list[list[int]]] | None:
    return (facts.from_1904, [sheet.hidden_rows for sheet in facts.sheets]) if facts is not None else None


def test_every_sheet_has_its_own_hidden_rows() -> None:
    assert hidden_rows(read_old_facts(old_workbook(from_1904=False, hidden=(2,), sheets=2))) == (False, [[2], [2]])


@pytest.mark.parametrize("rows", [2, 400])
def test_workbook_of_any_size_is_found_in_its_container(rows: int) -> None:
    """A small stream lies in the sectors of small streams, a large one has a chain of its own."""
    found = read_old_facts(old_workbook(from_1904=True, hidden=(2, rows), rows=rows))
    assert hidden_rows(found) == (True, [sorted({2, rows})])


def test_container_that_is_no_container_tells_nothing() -> None:
    whole = old_workbook(from_1904=True)
    for cut in range(0, len(whole), 97):
        read_old_facts(whole[:cut])
    circle = bytearray(whole)
    table = struct.unpack_from("<I", whole, 76)[0]
    for entry in range(128):
        struct.pack_into("<I", circle, ((table + 1) << 9) + 4 * entry, 0)  # every sector is followed by the first
    assert read_old_facts(bytes(circle)) is None


def test_file_that_does_not_tell_is_said_to(tmp_path: Path) -> None:
    """Rows of a group that is folded away are hidden by nothing that stands in the rows."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(open_document(from_1904=False))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            text = text.replace(
                'table:name="依申请公开">', 'table:name="依申请公开"><table:table-row-group table:display="false">'
            )
            new.writestr(name, text.replace("</table:table>", "</table:table-row-group></table:table>"))
    file = tmp_path / "台账.ods"
    file.write_bytes(out.getvalue())
    report = oc.check(file, as_of="2018-12-31")
    assert [facts for name, facts in report.notes if name == "note.hidden_not_told"] == [{"file": "台账.ods"}]


FAR = text_cell("XFD1048576", "公开属性：不予公开")


def test_stray_far_cell_of_a_document_is_read_without_a_grid(tmp_path: Path) -> None:
    """Sixteen thousand million blank cells ended the whole process; the text of the sheet is read as that of any other."""
    file = write_xlsx(tmp_path / "附件.xlsx", {"名单": f'<row r="1048576">{FAR}</row>'})
    lines = [line.strip("\t") for line in oc.documents.read(file).text.splitlines()]
    assert lines == ["\t".join(HEADS), "公开属性：不予公开"]


def test_cells_strewn_over_a_document_are_refused(tmp_path: Path) -> None:
    cells = "".join(
        f'<row r="{n}">{text_cell(f"{chr(65 + n % 26)}{chr(65 + n // 26 % 26)}{n}", "x")}</row>' for n in range(2, 40_000)
    )
    file = write_xlsx(tmp_path / "附件.xlsx", {"名单": cells})
    with pytest.raises(InputError, match="散布"):
        oc.documents.read(file)


EMPTY_TEXT = struct.pack("<Q", 0xFFFF000000000003)
"""The result that xlwt gives every formula: it computes none. Excel gives it to a formula that shows an empty text."""


def xls_with_formula(result: bytes, *, by_excel: bool) -> bytes:
    """An .xls whose reply, in its fourth row, is a formula with this result; Excel states the version that computed."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("依申请公开")
    sheet.write(0, 1, "依申请公开台账")
    for column, head in enumerate(HEADS):
        sheet.write(2, column, head)
    for column, value in enumerate(("1", "市局", "2018-11-05", xlwt.Formula("C4+15"))):
        sheet.write(3, column, value)
    out = BytesIO()
    book.save(out)
    whole = out.getvalue().replace(EMPTY_TEXT.ljust(10, b"\0"), result.ljust(10, b"\0"))  # the flags follow
    backup = struct.pack("<HHH", 0x40, 2, 0)
    return whole.replace(backup, struct.pack("<H", 0x1C1) + backup[2:], 1) if by_excel else whole


def ods_with_cell(cell: str) -> bytes:
    """An .ods whose first reply is this cell."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(open_document(from_1904=False))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            plain = f'<table:table-cell office:value-type="float" office:value="{SINCE_1900}"/>'
            new.writestr(name, old.read(name).decode().replace(plain, cell, 1))
    return out.getvalue()


@pytest.mark.parametrize(
    ("spans", "merged"),
    [
        ('table:number-rows-spanned="2"', [((1, 3), (2, 3))]),
        ('table:number-columns-spanned="2"', [((1, 3), (1, 4))]),
        ('table:number-rows-spanned="2" table:number-columns-spanned="3"', [((1, 3), (2, 5))]),
        ('table:number-rows-spanned="1" table:number-columns-spanned="1"', []),
    ],
)
def test_merged_range_of_an_ods_reaches_down_and_to_the_right_of_its_cell(
    spans: str, merged: list[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    facts = read_old_facts(ods_with_cell(f"<table:table-cell {spans}/>"))
    assert facts is not None
    assert facts.sheets[0].merged == merged


def ods_formula(attributes: str, text: str = "") -> str:
    return (
        f'<table:table-cell table:formula="of:=[.C2]+15" {attributes}>{text and f"<text:p>{text}</text:p>"}</table:table-cell>'
    )


@pytest.mark.parametrize(
    ("suffix", "content", "found"),
    [
        (".xls", xls_with_formula(EMPTY_TEXT, by_excel=False), ("=", "formula")),
        (".xls", xls_with_formula(struct.pack("<dH", 0, 2), by_excel=True), ("=", "formula")),  # as Apache POI writes one
        (".xls", xls_with_formula(struct.pack("<Q", 0xFFFF0000002A0002), by_excel=True), ("#N/A", "date")),
        (".ods", ods_with_cell(ods_formula("")), ("=[.C2]+15", "formula")),
        (".ods", ods_with_cell(ods_formula('office:value-type="string" office:string-value=""', "#N/A")), ("#N/A", "date")),
        (
            ".ods",
            ods_with_cell(ods_formula('office:value-type="string" office:string-value=""', "Err:502")),
            ("Err:502", "date"),
        ),
        (".ods", ods_with_cell(ods_formula('office:value-type="float" office:value="0"', "#DIV/0!")), ("#DIV/0!", "date")),
    ],
)
def test_formula_without_a_value_is_refused_and_never_a_reply_that_is_missing(
    tmp_path: Path, suffix: str, content: bytes, found: tuple[str, str]
) -> None:
    file = tmp_path / f"台账{suffix}"
    file.write_bytes(content)
    report = oc.check(file, as_of="2018-12-31", rules="PD-15.3")
    assert [(p.header, p.found, p.code) for r in report.rejected for p in r.problems] == [("答复日期", *found)]
    assert not report.violations


@pytest.mark.parametrize(
    ("suffix", "content", "day"),
    [
        (".xls", xls_with_formula(EMPTY_TEXT, by_excel=True), None),
        (".xls", xls_with_formula(struct.pack("<d", SINCE_1900), by_excel=True), REPLY),
        (".ods", ods_with_cell(ods_formula('office:value-type="string" office:string-value=""')), None),
        (
            ".ods",
            ods_with_cell(ods_formula('office:value-type="date" office:date-value="2018-11-20"', "2018年11月20日")),
            REPLY,
        ),
    ],
)
def test_formula_that_was_computed_is_its_value_and_an_empty_text_is_blank(
    tmp_path: Path, suffix: str, content: bytes, day: date | None
) -> None:
    file = tmp_path / f"台账{suffix}"
    file.write_bytes(content)
    data = read(file)
    assert not data.rejected
    assert data.tables["request"].records()["replied_on"].to_list()[0] == day


def test_error_that_is_no_formula_is_refused(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("依申请公开")
    for column, head in enumerate(HEADS):
        sheet.write(0, column, head)
    for column, value in enumerate(("1", "市局", "2018-11-05")):
        sheet.write(1, column, value)
    sheet.row(1).set_cell_error(3, 0x17)
    book.save(str(tmp_path / "台账.xls"))
    assert [p.found for r in read(tmp_path / "台账.xls").rejected for p in r.problems] == ["#REF!"]


def test_percent_of_an_ods_is_the_percent_that_is_shown(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="percentage" office:value="0.04"><text:p>4%</text:p></table:table-cell>'
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(ods_with_cell(cell))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode().replace('"依申请公开"', '"责任单位"')
            new.writestr(name, text.replace(HEADS[2], "培训计划日期").replace(HEADS[3], "考核分值占比"))
    (tmp_path / "台账.ods").write_bytes(out.getvalue())
    data = read(tmp_path / "台账.ods")
    assert data.tables["unit"].records()["appraisal_weight"].to_list()[0] == 4.0


def binary_ledger(reply: object, *, from_1904: bool = False, **more: object) -> bytes:
    rows = [[(head, "General", False) for head in HEADS]]
    rows += [[(value, "General", False) for value in (str(n), "市局", "2018-11-05", reply)] for n in (1, 2)]
    return binary_workbook({"依申请公开": BinarySheet(rows, **more)}, from_1904=from_1904)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (Error(0x00), "#NULL!"),
        (Error(0x07), "#DIV/0!"),
        (Error(0x0F), "#VALUE!"),
        (Error(0x1D), "#NAME?"),
        (Error(0x24), "#NUM!"),
        (Error(0x2A), "#N/A"),
        (Error(0x17, of_formula=True), "#REF!"),
        (Error(0x2B, of_formula=True), "#VALUE!"),  # what later programs have more
    ],
)
def test_error_of_a_binary_workbook_is_refused_and_never_a_reply_that_is_missing(
    tmp_path: Path, error: Error, shown: str
) -> None:
    file = tmp_path / "台账.xlsb"
    file.write_bytes(binary_ledger(error))
    report = oc.check(file, as_of="2018-12-31", rules="PD-15.3")
    assert [p.found for r in report.rejected for p in r.problems] == [shown, shown]
    assert not report.violations


@pytest.mark.parametrize("from_1904", [True, False])
def test_binary_workbook_tells_its_days_and_what_is_hidden(tmp_path: Path, from_1904: bool) -> None:
    file = tmp_path / "台账.xlsb"
    file.write_bytes(binary_ledger(REPLY, from_1904=from_1904, hidden_rows=(2,), hidden_columns=[(1, 1)]))
    data = read(file)
    assert data.tables["request"].records()["replied_on"].to_list() == [REPLY, REPLY]
    told = dict(data.notes)
    assert told["note.hidden_rows"]["rows"] == ["3"]
    assert told["note.hidden_columns"]["columns"] == ["责任单位"]
    assert "note.hidden_not_told" not in told


def test_merged_cells_of_a_binary_workbook_are_filled(tmp_path: Path) -> None:
    rows = [[(head, "General", False) for head in HEADS]]
    rows += [
        [
            ("1", "General", False),
            ("市局", "General", False),
            ("2018-11-05", "General", False),
            ("2018-11-20", "General", False),
        ]
    ]
    rows += [
        [("2", "General", False), (None, "General", False), ("2018-11-05", "General", False), ("2018-11-20", "General", False)]
    ]
    (tmp_path / "台账.xlsb").write_bytes(binary_workbook({"依申请公开": BinarySheet(rows, merged=[(1, 2, 1, 1)])}))
    assert read(tmp_path / "台账.xlsb").tables["request"].records()["unit"].to_list() == ["市局", "市局"]


def test_month_of_a_binary_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    rows = [[(head, "General", False) for head in HEADS]]
    rows += [
        [
            ("1", "General", False),
            ("市局", "General", False),
            ("2018-11-05", "General", False),
            (REPLY.replace(day=1), "yyyy-mm", False),
        ]
    ]
    (tmp_path / "台账.xlsb").write_bytes(binary_workbook({"依申请公开": BinarySheet(rows)}, from_1904=True))
    report = oc.check(tmp_path / "台账.xlsb", as_of="2018-12-31", rules="PD-15.3")
    assert "2018年11月" in str(report.rejected) + str(report.notes) + str([f.facts for f in report.findings()])


def test_damaged_binary_workbook_tells_nothing() -> None:
    whole = binary_ledger(REPLY)
    for cut in range(0, len(whole), 53):
        read_old_facts(whole[:cut])
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) - 3] if name.endswith("sheet1.bin") else content)
    found = read_old_facts(out.getvalue())
    assert found is None or [sheet.errors for sheet in found.sheets] == [{}]


def test_chart_sheet_of_a_binary_workbook_is_no_sheet_of_cells() -> None:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(binary_ledger(REPLY))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("worksheets", "chartsheets"), old.read(name).replace(b"worksheets/", b"chartsheets/"))
    found = read_old_facts(out.getvalue())
    assert found is not None
    assert found.sheets == []


def test_several_numbers_in_one_record_have_styles_each() -> None:
    """As Excel writes numbers that stand side by side, which xlwt does not."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("依申请公开")
    percent, month = (xlwt.easyxf(num_format_str=code) for code in ("0%", "yyyy-mm"))
    for column, style in enumerate((percent, month, percent)):
        sheet.write(4, column, 1 / 3, style)
    out = BytesIO()
    book.save(out)
    stream = old_workbook_parts._workbook_stream(out.getvalue())
    numbers = [stream.index(struct.pack("<HHHH", 0x203, 14, 4, column)) for column in range(3)]
    styles = [struct.unpack_from("<H", stream, at + 8)[0] for at in numbers]
    several = struct.pack("<HH", 4, 0) + b"".join(struct.pack("<HI", style, 0) for style in styles) + struct.pack("<H", 2)
    joined = stream[: numbers[0]] + struct.pack("<HH", 0xBD, len(several)) + several + stream[numbers[2] + 18 :]
    found = read_old_facts(joined)
    assert found is not None
    assert (found.sheets[0].percents, found.sheets[0].months) == ([(5, 0), (5, 2)], [(5, 1)])
