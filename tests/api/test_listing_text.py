"""A published table is read whole: what its file shows besides the cells under its headings is looked through for personal data, too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from pydantic import BaseModel

import opencheck as oc
from identity_numbers import valid_id
from merged_workbooks import ods
from opencheck.api.listing_text import text_around
from opencheck.readers import read
from published_tables import ID

HEAD = ["序号", "户主姓名", "保障人数", "居住社区（村）", "救助金额", "监督举报电话"]
ROW = [1, "王某", 3, "云山村", "500", "13805321234"]
"""The phone is that of the office, as its heading says."""
OTHER = "13905321234"


def book(path: Path, rows: list[list[Any]], then: Callable[[openpyxl.Workbook], object] = lambda book: None) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "公示"
    for row in rows:
        sheet.append(row)
    then(made)
    made.save(path)
    return path


def checked(source: Any, **more: Any) -> oc.Preflight:
    result = oc.preflight(source, table="listing", values={"topic": "最低生活保障"}, as_of="2018-12-31", **more)
    told = json.dumps(result.as_dict(), ensure_ascii=False)
    assert ID not in told
    return result


def rules(result: oc.Preflight) -> list[str]:
    return [f.rule for f in result.blocking]


def sheet(rows: list[list[Any]]) -> Callable[[openpyxl.Workbook], object]:
    def add(made: openpyxl.Workbook) -> None:
        other = made.create_sheet("底表")
        for row in rows:
            other.append(row)

    return add


def hidden_sheet(made: openpyxl.Workbook) -> None:
    sheet([["王某", ID]])(made)
    made["底表"].sheet_state = "hidden"


def commented(made: openpyxl.Workbook) -> None:
    made["公示"]["B2"].comment = Comment(f"证件{ID}", "甲")


def linked(made: openpyxl.Workbook) -> None:
    made["公示"]["B2"].hyperlink = f"http://www.example.gov.cn/q?card={ID}"


@pytest.mark.parametrize(
    ("rows", "then"),
    [
        ([HEAD, ROW, [f"备注：王某，{ID}"]], None),
        ([[f"低保公示 王某{ID}"], HEAD, ROW], None),
        ([HEAD, ROW, ["合计", f"王某{ID}", 3]], None),
        ([HEAD, ROW, ["合计", ID, 3]], None),
        ([HEAD, ROW, [f"填表人：张三{ID}", "", "审核：李四"]], None),
        ([HEAD, ["示例", f"王某{ID}", 3, "云山村", "500", "1"], ROW], None),
        ([[*HEAD, f"证件{ID}"], [*ROW, ""]], None),
        ([HEAD, ROW], commented),
        ([HEAD, ROW], linked),
        ([HEAD, ROW], sheet([["底表"], ["王某", ID]])),
        ([HEAD, ROW], hidden_sheet),
        ([HEAD, ROW, [f"联系人：张三，手机{OTHER}"]], None),
        ([HEAD, ROW], sheet([["底表"], ["王某", OTHER]])),
    ],
    ids=[
        "note", "title", "total", "total, the number alone", "signature", "example", "heading", "comment", "link", "sheet", "hidden sheet",
        "mobile in a note", "mobile in a sheet",
    ],
)  # fmt: skip
def test_text_around_a_table_blocks(tmp_path: Path, rows: list[list[Any]], then: Any) -> None:
    result = checked(book(tmp_path / "公示.xlsx", rows, then or (lambda book: None)))
    assert (result.clearance, rules(result)) == ("no", ["PD-14.2c"])


def test_message_names_the_place_and_masks(tmp_path: Path) -> None:
    (finding,) = checked(book(tmp_path / "公示.xlsx", [HEAD, ROW, [f"备注：王某，{ID}"]])).blocking
    assert "身份证号（1101**********002X，表格单元格以外的文字第" in finding.message.zh
    (finding,) = checked(book(tmp_path / "公示.xlsx", [HEAD, ROW], sheet([["王某", ID]]))).blocking
    assert "身份证号（1101**********002X，工作表 底表第4字起）" in finding.message.zh


def test_cell_is_found_in_its_row_and_not_under_the_title(tmp_path: Path) -> None:
    rows = [[f"赵某手机 {OTHER} {OTHER}"], ["监督举报电话", "户主姓名"], [OTHER, "王某"]]
    result = checked(book(tmp_path / "公示.xlsx", rows))
    (found,) = [f.message.zh for f in result.blocking if f.rule == "PD-14.2c"]
    assert re.findall(r"第(\d+)字起", found) == ["6", "18"]


@pytest.mark.parametrize(
    "above", [[], ["低保公示（2018年12月31日）"], ["低保公示", "", "2018年12月31日", "", "", "00123456789"]]
)
def test_what_a_column_may_show_is_no_fault_under_any_title(tmp_path: Path, above: list[str]) -> None:
    lines = [above, HEAD, ROW, [2, "李某", 1, "云山村", "500", "13805321234"]] if above else [HEAD, ROW]
    result = checked(book(tmp_path / "公示.xlsx", lines))
    assert (result.clearance, rules(result), result.notes) == ("yes", [], [])
    (tmp_path / "公示.csv").write_text("\n".join(",".join(map(str, line)) for line in lines), encoding="utf-8")
    assert checked(tmp_path / "公示.csv").clearance == "yes"


def test_what_a_column_shows_is_told_once(tmp_path: Path) -> None:
    rows = [["2018年12月31日公示"], [*HEAD, "身份证号"], [*ROW, ID]]
    assert rules(checked(book(tmp_path / "公示.xlsx", rows))) == ["PD-14.2d"]
    again = checked(book(tmp_path / "公示.xlsx", [*rows, [f"备注：{ID}"]]))
    assert rules(again) == ["PD-14.2d", "PD-14.2c"]
    quoted = f'户主姓名,保障人数,居住社区（村）,救助金额,监督举报电话,备注\n王某,1,云山村,500,0532-88361234,"证件,\n{ID}"\n'
    (tmp_path / "公示.csv").write_text(quoted, encoding="utf-8")
    assert rules(checked(tmp_path / "公示.csv")) == ["PD-14.2d"]


def test_merged_cell_does_not_excuse_the_same_text_elsewhere(tmp_path: Path) -> None:
    code = valid_id("37028319800101111")
    rows = [["户主姓名", "保障人数", "居住社区（村）", "救助金额", "监督举报电话", "合同编号"], ["王某", 1, "云山村", "500", "0532-88361234", code], ["李某", 2, "云山村", "600", "0532-88361234", None]]  # fmt: skip
    fine = book(tmp_path / "a.xlsx", rows, lambda made: made["公示"].merge_cells("F2:F3"))
    assert checked(fine).clearance == "yes"

    def spoiled(made: openpyxl.Workbook) -> None:
        made["公示"].merge_cells("F2:F3")
        sheet([["王某的身份证号", code]])(made)

    assert rules(checked(book(tmp_path / "b.xlsx", rows, spoiled))) == ["PD-14.2c"]


def test_paragraph_of_a_page_blocks(tmp_path: Path) -> None:
    table = "".join(f"<th>{c}" for c in HEAD) + "<tr>" + "".join(f"<td>{c}" for c in ROW[:-1]) + "<td>0532<br>88361234"
    in_blocks = table.replace("<td>", "<td><p>").replace("<th>", "<th><p>")
    phone_first = "".join(f"<th><p>{c}" for c in reversed(HEAD)) + "<tr>" + "".join(f"<td><p>{c}" for c in reversed(ROW))
    cases = (
        ("公示如下", table, "yes"),
        (f"王某，身份证号{ID}", table, "no"),
        ("公示如下", in_blocks, "yes"),
        ("公示如下", phone_first, "yes"),
        (f"手机{OTHER}", in_blocks, "no"),
    )
    for name, (paragraph, cells, clearance) in enumerate(cases):
        page = tmp_path / f"{name}.html"
        page.write_text(f"<meta charset=utf-8><p>{paragraph}</p><table><tr>{cells}</table>", encoding="utf-8")
        assert checked(page).clearance == clearance
        named = tmp_path / f"{name}.xls"  # as portals name what they export
        named.write_bytes(page.read_bytes())
        assert checked(named).clearance == clearance


def test_row_that_could_not_be_used_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "公示.csv").write_text(f"姓名,金额\n王某,500\n李某,1,2,身份证号{ID}\n", encoding="utf-8")
    result = checked(tmp_path / "公示.csv")
    assert "PD-14.2c" in rules(result)
    assert len(result.unread) == 1


def test_file_whose_text_cannot_be_read_is_told(tmp_path: Path) -> None:
    result = checked(ods(tmp_path, [HEAD, [str(cell) for cell in ROW]], []))
    assert (result.clearance, [n.zh.partition("：")[0] for n in result.unread]) == (
        "needs_review",
        ["台账.ods里除表格单元格以外的文字（标题、备注、批注、链接、其他工作表）没有检查"],
    )


def test_file_that_holds_nothing_but_rows_has_no_text_around_them(tmp_path: Path) -> None:
    row = {head: str(cell) for head, cell in zip(HEAD, ROW, strict=True)}
    (tmp_path / "listing.json").write_text(json.dumps([row], ensure_ascii=False), encoding="utf-8")
    assert text_around(read(tmp_path / "listing.json"), "listing") == ("", [])
    book(tmp_path / "z.xlsx", [HEAD, ROW, [f"备注：王某，{ID}"]])
    assert rules(checked(tmp_path)) == ["PD-14.2c"], "the files that come after these are read"


def test_attachment_of_a_table_blocks(tmp_path: Path) -> None:
    listed = book(tmp_path / "公示.xlsx", [HEAD, ROW])
    (tmp_path / "说明.txt").write_text(f"王某 {ID}", encoding="utf-8")
    result = checked(listed, attachments=[tmp_path / "说明.txt"])
    assert rules(result) == ["PD-14.2c"]
    assert "附件 说明.txt第4字起" in result.blocking[0].message.zh


def test_one_row_is_checked_as_a_table() -> None:
    class Row(BaseModel):
        topic: str = "最低生活保障"
        note: str = f"王某，{ID}"

    for row in ({"topic": "最低生活保障", "note": f"王某，{ID}"}, Row()):
        result = oc.preflight(row, table="listing", as_of="2018-12-31")
        assert "PD-14.2d" in rules(result)


def test_pack_without_rules_about_texts_checks_the_columns(tmp_path: Path) -> None:
    result = oc.preflight(
        book(tmp_path / "公示.xlsx", [HEAD, ROW]),
        table="listing",
        pack="cn-statutes",
        as_of="2018-12-31",
        values={"topic": "其他"},
    )
    assert result.clearance == "yes"
