"""One published list of persons, as a workbook, a text table and a web page."""

from __future__ import annotations

from pathlib import Path

import openpyxl

ID, ID2 = "11010519491231002X", "370202198003151239"


HEAD = ["序号", "户主姓名", "保障人数", "村居", "补助金额", "身份证"]


ROWS = [
    [1, "王某", 2, "前进村", "每月960元", ID],
    [2, "李某", 0, "前进村", "每月480元", ""],
    [3, "张某", 3, "", "每月990元", "3702**********1239"],
    [4, "赵某", 1, "", "0元", ID2],
]


TITLE = "前进村最低生活保障对象公示"


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([TITLE])
    sheet.merge_cells("A1:F1")
    for row in (HEAD, *ROWS):
        sheet.append(row)
    book.save(path)
    return path


def text_table(path: Path) -> Path:
    path.write_text("\n".join(",".join(map(str, r)) for r in ([TITLE], HEAD, *ROWS)), encoding="gb18030")
    return path


def page(path: Path) -> Path:
    """The village stands once for two rows; the page is laid out by a table around it."""
    rows = [
        "<tr>" + "".join(f"<td>{c}</td>" for c in ROWS[0]) + "</tr>", "<tr>" + "".join(f"<td>{c}</td>" for c in ROWS[1]) + "</tr>",
        "<tr><td>3<td>张某<td>3<td rowspan=2><td>每月990元<td>3702**********1239</tr>", f"<tr><td>4<td>赵某<td>1<td>0元<td>{ID2}</tr>",
    ]  # fmt: skip
    head = f"<tr><td colspan=6>{TITLE}</td></tr><tr>" + "".join(f"<th>{h}</th>" for h in HEAD) + "</tr>"
    inner = f"<table>{head}{''.join(rows)}</table>"
    path.write_text(f"<html><body><table><tr><td>导航</td><td>{inner}</td></tr></table></body></html>", encoding="utf-8")
    return path
