"""What stands beside a number in a text: labels, and the tables that a text holds."""

from __future__ import annotations

import re

import pytest

from identity_numbers import valid_id
from opencheck.core.personal_data import find_personal_data
from opencheck.core.personal_labels import Beside, Meaning, TextTables, lists_offices, meaning_of

IDS = [valid_id(f"370283198001011{n:02}") for n in range(4)]


@pytest.mark.parametrize(
    ("label", "heading", "meaning"),
    [
        ("合同编号见附件", True, "code"),
        ("合同编号见附件", False, ""),
        ("合同编号（2018年）：", False, "code"),
        ("残疾人证号", False, "disability"),
        ("身份证号（准考证号）", True, "identity"),
        ("监督电话", True, "office_phone"),
        ("联系电话（手机）", True, "phone"),
        ("开户账号", True, "card"),
        ("补贴金额（元）", True, "amount"),
        ("备注", True, ""),
    ],
)
def test_label_announces_what_stands_before_the_number_and_a_heading_what_its_column_holds(
    label: str, heading: bool, meaning: Meaning
) -> None:
    assert meaning_of(label, heading=heading) == meaning


def test_columns_of_contacts_are_those_of_offices_where_nobody_else_is_named() -> None:
    assert lists_offices("联系 电话", ["单 位", "联系 电话"])
    assert not lists_offices("联系电话", ["单位", "户 主", "联系电话"])
    assert not lists_offices("联系电话", ["编号", "联系电话"])
    assert not lists_offices("手机", ["单位", "手机"])


TABLE = "名单\n姓名\t考号\t\n王某\t 2018 \t2019\t2020\n"
HEADINGS = ("姓名", "考号", "")


@pytest.mark.parametrize(
    ("word", "beside"),
    [
        ("名单", Beside()),
        ("王某", Beside("姓名", "", HEADINGS, ("王某",))),
        ("2018", Beside("考号", "王某", HEADINGS, ("2018",))),
        ("2019", Beside("", "2018", HEADINGS, ())),
        ("2020", Beside("", "2019", HEADINGS, ())),
    ],
)
def test_what_stands_beside_a_cell(word: str, beside: Beside) -> None:
    assert TextTables(TABLE).beside(TABLE.index(word)) == beside


@pytest.mark.parametrize(
    ("rows", "heading"),
    [
        (["考生", "姓名"], "考生姓名"),
        (["甲", "乙", "丙"], "甲乙丙"),
        (["甲", "乙", "丙", "丁"], "甲乙丙"),  # three rows at the most
    ],
)
def test_heading_is_what_the_first_rows_without_a_number_say(rows: list[str], heading: str) -> None:
    text = "\n".join(f"{row}\t注{number}" for number, row in enumerate(rows)) + "\n13805321234\t无"
    assert TextTables(text).beside(text.index("138")).heading == heading


def test_title_in_one_cell_above_the_headings_is_none_of_them() -> None:
    assert [h.kind for h in find_personal_data("准考证号名册\t\n号码\t姓名\n13805321234\t王某")] == ["mobile"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"姓名\t考号\n王某\t{IDS[0]}\n李某\t{IDS[1]}\n张某\t{IDS[2]}", 3),
        (f"姓名\t考号\n王某\t{IDS[0]}\n李某\t{IDS[1]}\n\n姓名\t考号\n张某\t{IDS[2]}", 0),
        (f"姓名\t考号\n王某\t{IDS[0]}\n李某\t{IDS[1]}\n张某,{IDS[2]},无", 1),
        (f"姓名,考号,备注\n王某,{IDS[0]},无\n李某,{IDS[1]},无\n姓名,考号,备注,页\n张某,{IDS[2]},无,1", 0),
        (f"姓名\t考号\t备注\n王某\t{IDS[0]}\t无\n李某\t{IDS[1]}\n张某\t{IDS[2]}\t无\t见附件", 3),
    ],
)
def test_column_is_that_of_one_table(text: str, found: int) -> None:
    assert len(find_personal_data(text)) == found


def test_house_beside_the_name_of_identity_numbers_is_a_heading() -> None:
    text = "前进村12号\t户主\t身份证号\n一组\t王某\t110105491231002"
    assert TextTables(text).beside(text.index("110105")).heading == "身份证号"
    assert [text[h.start : h.end] for h in find_personal_data(text)] == ["110105491231002"]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("姓名\t家庭住址\t备注", "王某\t前进村12号\t身份证遗失"),
        ("姓名\t家庭住址\t身份证号", "王某\t前进村12号\t身份证号不详"),
        ("家庭住址\t证件", "前进村12号\t身份证"),
    ],
)
def test_address_beside_a_word_of_identity_is_no_heading(head: str, row: str) -> None:
    text = f"{head}\n{row}"
    assert [text[h.start : h.end] for h in find_personal_data(text)] == ["前进村12号"]


@pytest.mark.parametrize(
    "house", ["前进村12号", "红旗路5号楼3单元201", "红旗路5号楼201室", "人民路8-2-301", "花园小区3栋2单元"]
)
def test_home_addresses_end_the_headings_of_a_short_table(house: str) -> None:
    """Tables of two columns have no other number in their rows."""
    text = f"姓名\t家庭住址\n王某\t{house}\n李某\t前进村13号"
    assert [h.kind for h in find_personal_data(text)] == ["address"] * (1 if house.endswith("单元") else 2)


def test_numbered_headings_are_headings() -> None:
    text = "姓名\t联系电话1\t准考证号2\n王某\t13805321234\t13905321234"
    assert [text[h.start : h.end] for h in find_personal_data(text)] == ["13805321234"]


def test_cells_under_a_heading_are_told_with_their_places() -> None:
    text = "名单\n序号\t住址\t备注\n1\t前进村12号\t住址\n2\t红旗路3号"
    cells = TextTables(text).cells_under(re.compile("住址"))
    assert cells == [(text.index(cell), "住址", cell) for cell in ("前进村12号", "红旗路3号")]
    assert TextTables(text).cells_under(re.compile("电话")) == []


def test_cells_of_several_columns_are_joined_row_by_row() -> None:
    text = "名单\n姓名\t甲\t乙\t丙\n王某\t1\t2\t3\n李某\t4\t5\n无"
    tables = TextTables(text)
    assert tables.joined_cells(text.index("1"), text.index("2")) == ["12", "45"]
    assert tables.joined_cells(text.index("2"), text.index("3")) == ["23", "5"]
    assert tables.joined_cells(0, 1) == []
