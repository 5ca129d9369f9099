"""Where numbers stand in a text decides whether they are personal, and how much of them is shown."""

from __future__ import annotations

import pytest

from opencheck.core.personal_data import find_personal_data, mask_for_display, mask_personal_data
from opencheck.core.personal_labels import Beside

ID = "11010519491231002X"
MOBILE = "13805321234"
OTHER = "13905321234"
CARD = "6222021001116245702"
HOME = "人民路1号楼2单元301室"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"网址http://a.cn/?id={ID}", [("resident_id", 18, 36)]),
        (f"网址www.a.cn/?id={ID}", [("resident_id", 15, 33)]),
        (f"http://a.cn/{ID}", []),
        (f"http://a.cn/?tel={MOBILE}", []),
        (f"www.a.cn/?card={CARD}", []),
        (f"见www.a.cn/1，电话{MOBILE}", [("mobile", 14, 25)]),
        (f"{MOBILE}http://a.cn/{MOBILE}", []),  # letters after it: a part of something longer
        (f"金额{CARD}元", []),
        (f"金额{ID}", [("resident_id", 2, 20)]),
        (f"合同编号{ID}", []),
        (f"A{MOBILE}", []),
        (f"{MOBILE}A", []),
        (f"A {MOBILE} A", [("mobile", 2, 13)]),
        (MOBILE, [("mobile", 0, 11)]),
        (f"办公电话{MOBILE}", []),
        (f"办公电话：{MOBILE}、{OTHER}", []),
        (f"办公电话：{MOBILE}；{OTHER}", [("mobile", 17, 28)]),
        (f"联系电话：{MOBILE}或{OTHER}", [("mobile", 5, 16), ("mobile", 17, 28)]),
        (f"合同编号{MOBILE}、{OTHER}", []),
        (f"合同编号{MOBILE}，{OTHER}", [("mobile", 16, 27)]),
        ("身份证1101051949\n1231002X", [("resident_id", 3, 22)]),
        ("合同编号1101051949\n1231002X", []),
        ("姓名\t身份证号\n张某\t1101051949\n1231002X", [("resident_id", 11, 30)]),
        ("甲\t乙1101051949\n1231002X", []),
        ("甲\n乙1101051949\n1231002X\t丙", []),
        ("甲\t丁\n乙1101051949\n1231002X\n丙\t丁", [("resident_id", 5, 24)]),  # the lines of the number are no rows
        ("护照E12345678和护照号码：EA1234567", [("passport", 2, 11), ("passport", 17, 26)]),
        (f"住址：{HOME}", [("address", 3, 16)]),
        (f"张某，住址：{HOME}", [("address", 6, 19)]),
        (f"张某，住{HOME}", [("address", 4, 17)]),
        (f"护照E12345678，住址：{HOME}，电话{MOBILE}", [("passport", 2, 11), ("address", 15, 28), ("mobile", 31, 42)]),
        (f"护照\t住址\nE12345678\t{HOME}", [("passport", 6, 15), ("address", 16, 29)]),
        ("37028319800101****", [("resident_id", 0, 18)]),
        ("合同编号37028319800101****", []),
        ("金额37028319800101****", []),
    ],
)
def test_what_stands_around_a_number_decides(text: str, found: list[tuple[str, int, int]]) -> None:
    assert [(hit.kind, hit.start, hit.end) for hit in find_personal_data(text)] == found


@pytest.mark.parametrize(
    ("beside", "found"),
    [
        (Beside(""), [ID, MOBILE, CARD]),
        (Beside("合同编号"), []),
        (Beside("合同编号", column=(ID,) * 3), [ID, MOBILE, CARD]),
        (Beside("身份证号"), [ID, MOBILE, CARD]),
        (Beside("金额"), [ID]),
        (Beside("", left="金额"), [ID]),
        (Beside("办公电话"), [ID, CARD]),
        (Beside("合同编号", left="身份证号"), [ID, MOBILE, CARD]),
        (Beside("护照"), [ID, MOBILE, CARD, "E12345678"]),
        (Beside("家庭住址"), [ID, MOBILE, CARD, HOME]),
    ],
)
def test_what_stands_beside_a_cell_decides(beside: Beside, found: list[str]) -> None:
    cells = [ID, MOBILE, CARD, "E12345678", HOME]
    hits = {cell: find_personal_data(cell, beside=beside) for cell in cells}
    assert [cell for cell in cells if hits[cell]] == found
    assert all((hit.start, hit.end) == (0, len(cell)) for cell in found for hit in hits[cell])


def test_amount_to_the_left_is_none_of_a_number_with_a_word_of_its_own() -> None:
    beside = Beside("", left="金额")
    assert find_personal_data(f"转账{CARD}", beside=beside)
    assert not find_personal_data(f"（{CARD}）", beside=beside)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"护照E12345678，住址：{HOME}", "护照E******78，住址：人民路**********"),
        ("护照EA1234567", "护照E******67"),
        ("身份证号110105491231002", "身份证号1101*******1002"),
        (f"卡号{CARD}", "卡号6222***********5702"),
        (f"电话{MOBILE}，{OTHER}", "电话138****1234，139****1234"),
        ("电话138 0532 1234", "电话138 **** 1234"),
        ("身份证号1\t1\t0\t1\t0\t5\t1\t9\t4\t9\t1\t2\t3\t1\t0\t0\t2\tX", "身份证号1\t1\t0\t1\t*\t*\t*\t*\t*\t*\t*\t*\t*\t*\t0\t0\t2\tX"),
        ("手机号1\t3\t8\t0\t5\t3\t2\t1\t2\t3\t4", "手机号1\t3\t8\t*\t*\t*\t*\t1\t2\t3\t4"),
    ],
)  # fmt: skip
def test_ends_of_what_is_masked_stay(text: str, masked: str) -> None:
    assert mask_personal_data(text) == masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"救助对象{ID}", "救助对象1101**********002X"),
        (f"{MOBILE}\x00，{OTHER}", "138****1234\x00，139****1234"),
        (f"\x1b{MOBILE[:3]}\x00{MOBILE[3:]}", "\x1b138*****1234"),
        ("\x1b2018-09-30", "\x1b2018-09-30"),
        ("平政办发〔2018〕41号", "平政办发〔2018〕41号"),
        ("1380532123", "1380532123"),
    ],
)
def test_what_is_shown_of_a_value_holds_no_number(text: str, shown: str) -> None:
    assert mask_for_display(text) == shown
