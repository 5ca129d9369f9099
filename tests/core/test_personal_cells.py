"""Numbers spread over the cells of a row: forms ask for a digit a box, tables hold groups; figures, years and codes stay silent."""

from __future__ import annotations

import re

import pytest

from only import only
from opencheck.core.personal_data import PREFILTER, find_personal_data, mask_personal_data, match_words

ID, OTHER, CARD, MOBILE = "11010519491231002X", "110105194912310433", "6222021234567890128", "13805321234"


def row(*cells: str) -> str:
    return "\t".join(cells)


HEADED = row("镇街", *(f"村{n}" for n in range(18)))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (row("身份证号码", *ID), "resident_id"),
        (row("王某", *ID), "resident_id"),
        (row("身份证号码", "", *"\t".join(ID).split("\t")), "resident_id"),
        ("身份证号码\t\t" + "\t\t".join(ID), "resident_id"),
        (row("身份证号", "110105", "19491231", "002X"), "resident_id"),
        (row("王某", "110105", "1949", "12", "31", "002X"), "resident_id"),
        (row("身份证号", "110105", "194912", "31002X"), "resident_id"),
        ("姓名\t身份证号码\t\t\n王某\t110105\t19491231\t002X", "resident_id"),
        ("姓名\t身份证前6位\t出生年月日\t后4位\n王某\t110105\t19491231\t002X", "resident_id"),
        ("姓名\t王某\t性别\t男\n证号\t110105\t19491231\t002X", "resident_id"),
        ("姓名\t王某\t性别\t男\n身份证号码\t" + row(*ID) + "\n住址\t平度市", "resident_id"),
        ("身份证号：110105\t19491231\t002X（本人）", "resident_id"),
        ("│身份证号码│" + "│".join(ID) + "│", "resident_id"),
        ("| 身份证号码 | " + " | ".join(ID) + " |", "resident_id"),
        ("身份证号码," + ",".join(ID), "resident_id"),
        (row("身份证号码", *ID.translate({0x30 + n: 0xFF10 + n for n in range(10)})), "resident_id"),
        (row("身份证号", *"110105491231002"), "resident_id"),
        (row("残疾人证号", *ID, "4", "3"), "resident_id"),
        (row("联系电话", *MOBILE), "mobile"),
        (row("联 系 电 话", "", "", *MOBILE), "mobile"),
        (row("手机", "138", "0532", "1234"), "mobile"),
        ("姓名\t手机号\t\t\n王某\t138\t0532\t1234", "mobile"),
        (row("银行卡号", *CARD), "bank_card"),
        (row("开户账号", "6222", "0212", "3456", "7890", "128"), "bank_card"),
        (row("王某", *CARD), "bank_card"),
        ("\n".join(["身份证号码", *ID]), "resident_id"),
        ("\n".join(["身份证号码", *ID, "", "2018年"]), "resident_id"),
        (row("王某", "6222", "0212", "3456", "7890", "128"), "bank_card"),
        ("姓名\t数字\t数字\t数字\n王某\t110105\t19491231\t002X", "resident_id"),
        (row("联系电话", "0086", "138", "0532", "1234"), "mobile"),
    ],
)
def test_number_over_cells_is_found_and_masked_between_them(text: str, kind: str) -> None:
    hit = only(find_personal_data(text))
    assert hit.kind == kind
    assert re.search(PREFILTER, text)
    masked = mask_personal_data(text)
    assert find_personal_data(masked) == []
    assert [c for c in masked if c in "\t\n,|│"] == [c for c in text if c in "\t\n,|│"]
    assert not set("\t\n,|│ ") & set(match_words("personal.masked", hit.kind, hit.masked).zh)


@pytest.mark.parametrize(
    "text",
    [
        row("身份证号码", *"110105194912310021"),
        row("准考证号", *ID),
        row("合同编号", "110105", "19491231", "002X"),
        row("监督电话", *MOBILE),
        row("监 督 电 话", *MOBILE),
        row("身份证号", "0.110105", "19491231", "002X"),
        row("李园", *MOBILE),
        row("李园", "138", "0532", "1234"),
        row("李园", *"4111111111111111"),
        row("李园", "1", *ID),
        "\n".join(["准考证号", *ID]),
        "\n".join(["1", *ID]),
        "\n".join([*ID[:-1], "0", "1"]),
        f"{HEADED}\n{row('李园', *ID)}",
        f"{HEADED}\n{row('李园', *CARD[:18])}",
        "地区\t区划代码\t日期\t数量\n平度市\t110105\t19491231\t0026\n平度市\t110105\t19491231\t0433",
        "指标\t2015\t2016\t2017\t2018\n户数\t1380\t1381\t1382\t1383",
        row("身份证号码", *ID[:6], *"********", *ID[14:]),
        row("王某", "6222", "0212", "3456", "78901", "28"),
        row("王某", "622", "202", "123", "456", "789", "012", "8"),
        "姓名\t甲\t甲\t乙\n王某\t110105\t19491231\t002X",
        "\n".join(["准考证号如下", *ID]),
        row("联系电话", *"05328836612"),
        row("联系电话", "13", "805", "321234"),
        row("身份证号", "110105", "491331002"),
    ],
)
def test_figures_codes_and_offices_in_cells_stay_silent(text: str) -> None:
    assert find_personal_data(text) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (row("身份证号", "110105", "19491231", "002X", "5"), row("110105", "19491231", "002X")),
        (row("残疾人证号", *ID, "4", "3", "1"), row(*ID, "4", "3")),
        (row("残疾人证号", *ID, "4", "5"), row(*ID)),
        (row("联系电话", "138", "0532", "1234", "5"), row("138", "0532", "1234")),
        (row("姓名", *["手机"] * 5) + "\n" + row("王某", "138", "0532", "1380", "5321", "234"), row("138", "0532", "1380")),
        (row("银行卡号", *CARD, "1"), row(*CARD)),
        (row("身份证号", *"110105491231002", "5"), row(*"110105491231002")),
    ],
)
def test_number_over_cells_ends_where_it_ends(text: str, shown: str) -> None:
    assert [text[hit.start : hit.end] for hit in find_personal_data(text)] == [shown]


def test_numbers_beside_one_another_in_a_row_are_each_found() -> None:
    text = "姓名\t序号\t身份证号\t\t\t手机\t\t\n王某\t5\t110105\t19491231\t002X\t138\t0532\t1234"
    found = [(hit.kind, text[hit.start : hit.end]) for hit in find_personal_data(text)]
    assert found == [("resident_id", "110105\t19491231\t002X"), ("mobile", "138\t0532\t1234")]


def test_three_rows_of_identity_numbers_are_no_accident_whatever_stands_above_them() -> None:
    def table(*numbers: str) -> str:
        return "\n".join(["学号\t甲\t乙\t丙", *(row("王某", n[:6], n[6:14], n[14:]) for n in numbers)])

    assert len(find_personal_data(table(ID, OTHER, ID))) == 3
    assert find_personal_data(table(ID, OTHER)) == []
    assert find_personal_data(table(ID, OTHER, "110105194912310021")) == []


@pytest.mark.parametrize(
    ("label", "number", "masked"),
    [
        ("手机", MOBILE, "138****1234"),
        ("身份证号", "110105491231002", "1101*******1002"),
        ("身份证号", ID, "1101**********002X"),
    ],
)
def test_masks_over_cells_leave_what_masks_in_one_cell_do(label: str, number: str, masked: str) -> None:
    assert mask_personal_data(row(label, *number)) == row(label, *masked)
    assert mask_personal_data(f"{label}{number}") == f"{label}{masked}"


def test_contact_of_an_office_over_cells_is_marked_as_such() -> None:
    offices = row("单位", "联系电话", "", "") + "\n" + row("财政局", "138", "0532", "1234")
    persons = row("户主姓名", "联系电话", "", "") + "\n" + row("王某", "138", "0532", "1234")
    identity = row("单位", "身份证号", "", "") + "\n" + row("财政局", "110105", "19491231", "002X")
    assert [[h.of_office for h in find_personal_data(t)] for t in (offices, persons, identity)] == [[True], [False], [False]]


def test_label_over_several_cells_is_that_of_the_number_after_them() -> None:
    assert find_personal_data(row("监督电话", "", "", MOBILE)) == []
    assert find_personal_data(row("合同编号", "", ID)) == []
    assert [h.kind for h in find_personal_data(row("联系电话", "", "", MOBILE))] == ["mobile"]


def test_radicals_in_a_label_are_the_characters_that_they_show() -> None:
    assert find_personal_data(row("准考证号", "⾝份证号码", "110105491231002"))[0].kind == "resident_id"
    assert find_personal_data("⾝份证号110105491231002")[0].kind == "resident_id"
