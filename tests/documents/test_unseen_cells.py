"""A label that nobody sees on a sheet marks no document; numbers of persons are found wherever they stand."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import xlwt
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color

import opencheck as oc
from binary_workbooks import BinarySheet, binary_workbook
from opencheck.records.disclosure_labels import find_labels, printed_parts

LABEL, ID = "公开属性：主动公开", "11010519491231002X"
LINES = [["关于公布名单的通知"], ["姓名", "单位"], ["甲", "乙局"]]
WHITE = PatternFill("solid", fgColor="FFFFFFFF")
GREY = PatternFill("solid", fgColor="FFBBBBBB")


def xlsx(change: Callable[[Any], None], text: str = LABEL) -> bytes:
    book = openpyxl.Workbook()
    for line in (*LINES, [text]):
        book.active.append(line)
    change(book.active)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def hide_row(sheet: Any) -> None:
    sheet.row_dimensions[4].hidden = True


def hide_column(sheet: Any) -> None:
    sheet["D4"] = sheet["A4"].value
    sheet["A4"] = None
    sheet.column_dimensions["D"].hidden = True


def flatten_row(sheet: Any) -> None:
    sheet.row_dimensions[4].height = 0.75


def narrow_column(sheet: Any) -> None:
    hide_column(sheet)
    sheet.column_dimensions["D"].hidden = False
    sheet.column_dimensions["D"].width = 0.1


def hide_sheet(sheet: Any) -> None:
    other = sheet.parent.create_sheet("另")
    other.append([sheet["A4"].value])
    sheet["A4"] = None
    other.sheet_state = "hidden"


def styled(**style: Any) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        for name, value in style.items():
            setattr(sheet["A4"], name, value)

    return change


UNSEEN: dict[str, Callable[[Any], None]] = {
    "row": hide_row,
    "column": hide_column,
    "sheet": hide_sheet,
    "flat row": flatten_row,
    "narrow column": narrow_column,
    "struck": styled(font=Font(strike=True)),
    "white": styled(font=Font(color="FFFFFFFF")),
    "white of the theme": styled(font=Font(color=Color(theme=0))),
    "white of the palette": styled(font=Font(color=Color(indexed=9))),
    "white on white": styled(font=Font(color="FFFEFEFE"), fill=WHITE),
    "tiny": styled(font=Font(sz=1)),
    "nothing": styled(number_format=";;;"),
}
SEEN: dict[str, Callable[[Any], None]] = {
    "plain": lambda sheet: None,
    "low row": lambda sheet: setattr(sheet.row_dimensions[4], "height", 8),
    "narrow column of texts": lambda sheet: setattr(sheet.column_dimensions["A"], "width", 1),
    "black": styled(font=Font(color="FF000000")),
    "red": styled(font=Font(color="FFFF0000", sz=8)),
    "white on grey": styled(font=Font(color="FFFFFFFF"), fill=GREY),
    "grey of the theme": styled(font=Font(color=Color(theme=0, tint=-0.5))),
    "not struck": styled(font=Font(strike=False)),
    "a format of texts": styled(number_format=";;;@"),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_label_that_nobody_sees_marks_nothing(name: str) -> None:
    assert oc.documents.read(xlsx(UNSEEN[name]), "附件.xlsx").attribute is None


@pytest.mark.parametrize("name", SEEN)
def test_label_that_is_seen_marks(name: str) -> None:
    found = oc.documents.read(xlsx(SEEN[name]), "附件.xlsx").attribute
    assert found is not None
    assert found.value == "主动公开"


@pytest.mark.parametrize("name", UNSEEN)
def test_identity_number_that_nobody_sees_is_found(name: str) -> None:
    content = xlsx(UNSEEN[name], f"身份证号{ID}")
    found = oc.preflight(oc.documents.read(content, "附件.xlsx"), table="document", as_of="2018-09-10")
    assert "PD-14.2c" in {f.rule for f in found.findings if f.outcome == "violation"}


def test_number_of_which_a_part_is_hidden_is_found_as_a_whole() -> None:
    """A digit a cell, the middle ones in a column that is hidden: each text alone is no number."""
    book = openpyxl.Workbook()
    book.active.append(["身份证号"])
    book.active.append([ID[:6], ID[6:14], ID[14:]])
    book.active.column_dimensions["B"].hidden = True
    out = BytesIO()
    book.save(out)
    found = oc.preflight(oc.documents.read(out.getvalue(), "附件.xlsx"), table="document", as_of="2018-09-10")
    assert "PD-14.2c" in {f.rule for f in found.findings if f.outcome == "violation"}


def hide_rows(sheet: Any) -> None:
    for number in (2, 3):
        sheet.row_dimensions[number].hidden = True


def hide_last_column(sheet: Any) -> None:
    sheet.column_dimensions["C"].hidden = True


def strike_cells(sheet: Any) -> None:
    for number in (2, 3):
        sheet[f"C{number}"].font = Font(strike=True)


def hide_whole(sheet: Any) -> None:
    sheet.parent.create_sheet("另").append(["见附表"])
    sheet.sheet_state = "hidden"
    sheet.parent.active = 1


@pytest.mark.parametrize("hide", [hide_rows, hide_last_column, strike_cells, hide_whole])
@pytest.mark.parametrize(
    ("heading", "values"),
    [("家庭住址", ["李园街道1号楼2单元301室", "李园街道2号楼1单元101室"]), ("护照号码", ["E12345670", "E12345671"])],
)
def test_data_that_only_their_heading_tells_are_found_where_nobody_sees_them(
    hide: Callable[[Any], None], heading: str, values: list[str]
) -> None:
    def text_of(change: Callable[[Any], None]) -> str:
        book = openpyxl.Workbook()
        for line in (["姓名", "单位", heading], *(["王某", "乙局", value] for value in values)):
            book.active.append(line)
        change(book.active)
        out = BytesIO()
        book.save(out)
        found = oc.preflight(oc.documents.read(out.getvalue(), "附件.xlsx"), table="document", as_of="2018-09-10")
        return str([f.facts for f in found.findings if f.rule == "PD-14.2c" and f.outcome == "violation"])

    assert text_of(lambda sheet: None) != "[]"
    assert text_of(hide) != "[]"


def test_parts_hold_what_is_not_seen_in_the_order_of_the_sheet() -> None:
    def change(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet["B2"].font = Font(strike=True)

    text = oc.documents.read(xlsx(change), "附件.xlsx").text
    assert text.splitlines() == [
        "关于公布名单的通知\t",
        "姓名\t",
        "公开属性：主动公开\t",
        "【以下是隐藏的文字】",
        "甲",
        "乙局",
        "【以下是划去的文字】",
        "单位",
    ]
    assert find_labels(printed_parts(text)) == ["主动公开"]


def old_workbook() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名单")
    sheet.write(0, 0, "关于公布名单的通知")
    sheet.write(1, 0, LABEL)
    sheet.write(2, 0, "（此件依申请公开）", xlwt.easyxf("font: struck_out on"))
    sheet.write(3, 0, "（此件不予公开）", xlwt.easyxf(num_format_str=";;;"))
    sheet.row(1).hidden = True
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def binary() -> bytes:
    lines = [("关于公布名单的通知", "General", False), (LABEL, "General", False), ("（此件依申请公开）", "General", True)]
    rows = [[cell] for cell in (*lines, ("（此件不予公开）", ";;;", False))]
    return binary_workbook({"名单": BinarySheet(rows, hidden_rows=(1,))})


@pytest.mark.parametrize(("name", "make"), [("附件.xls", old_workbook), ("附件.et", old_workbook), ("附件.xlsx", binary)])
def test_labels_that_nobody_sees_in_binary_workbooks_mark_nothing(name: str, make: Callable[[], bytes]) -> None:
    document = oc.documents.read(make(), name)
    assert document.attribute is None
    assert printed_parts(document.text).strip() == "关于公布名单的通知"
