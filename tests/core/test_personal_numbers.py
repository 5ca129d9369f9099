"""How numbers are written and what stands beside them: separators, headings, rows, masks, addresses."""

from __future__ import annotations

import re

import pytest

from identity_numbers import valid_id
from only import only
from opencheck.core.personal_data import PREFILTER, Beside, find_personal_data, mask_personal_data
from opencheck.core.personal_numbers import is_mobile_shape, is_resident_id

ID = valid_id("37028319800101123")
WITH_X = "11010519491231002X"


def kinds(text: str) -> list[str]:
    found = find_personal_data(text)
    if found:
        assert re.search(PREFILTER, text), "the engines' pre-filter must let the text through"
        assert find_personal_data(mask_personal_data(text)) == []
    return [hit.kind for hit in found]


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002×",
        "11010519491231002\u0425",
        "11010519491231002\u0445",
        "110105\u200b19491231\u200b002X",
        "1101\u206005194912\u200c31002X",
        "110105–19491231–002X",
        "110105·19491231·002X",
        "110105.19491231.002X",
        "110105 - 19491231 - 002X",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        "１１０１０５　１９４９１２３１　００２Ｘ",
        "残疾证号11010519491231002X43",
        "残疾证号11010519491231002X43B1",
        "G11010519491231002X",
        "1.11010519491231002X",
        "37028319800101****",
        "******19800101****",
        "37028319800101***X",
        "370283 19800101 ****",
        "XXXXXX19800101XXXX",
        "37XX8319800101XX34",
        "370283198001011**4",
        "**19800101**",
        "姓名\t\n1101051949\n1231002X",
        "100.11010519491231002X",
        "身份证号370283198001311000",  # what a spreadsheet leaves of a number
        "身份证号370283209912311000",
        "110105\u200a19491231\u205f002X",
    ],
)
def test_identity_number_is_found_however_it_is_written(text: str) -> None:
    assert kinds(text) == ["resident_id"]


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("王某110105 19491231 002X1人", "resident_id", "110105 19491231 002X"),
        ("110105 19491231002X1班", "resident_id", "110105 19491231002X"),
        ("110105 19491231002X 12345", "resident_id", "110105 19491231002X"),
        ("110105 1949 1231 002X 43", "resident_id", "110105 1949 1231 002X 43"),
        ("110105 19491231002X1234567", "resident_id", "110105 19491231002X"),
        ("110105 19491231\u200b002X1班", "resident_id", "110105 19491231\u200b002X"),
        ("11010519491231002X 4 3人", "resident_id", "11010519491231002X 4 3"),
        ("身份证号370283198001011000 12", "resident_id", "370283198001011000"),
        ("138-0532-1234 5人", "mobile", "138-0532-1234"),
        ("+86 138-0532-1234", "mobile", "86 138-0532-1234"),
        ("0086 138-0532-1234", "mobile", "0086 138-0532-1234"),
        ("卡号6222021380532123416", "bank_card", "6222021380532123416"),
        ("卡号" + " ".join("6222021380532123416"), "bank_card", " ".join("6222021380532123416")),  # a mobile number is within
        ("86 138 0532 1234", "mobile", "86 138 0532 1234"),
        ("86138 0532 1234", "mobile", "86138 0532 1234"),
        ("008613805321234", "mobile", "008613805321234"),
        ("4111 1111 1111 1111", "bank_card", "4111 1111 1111 1111"),
        ("6222 0212 3456 7890 128", "bank_card", "6222 0212 3456 7890 128"),
    ],
)
def test_number_in_groups_without_a_label_is_found_to_its_end(text: str, kind: str, shown: str) -> None:
    hit = only(find_personal_data(text))
    assert (hit.kind, text[hit.start : hit.end]) == (kind, shown)


def test_sixteen_digits_are_no_identity_number_of_fifteen() -> None:
    assert kinds("身份证号110105491231002") == ["resident_id"]
    assert kinds("身份证号1101054912310023") == []


def test_lines_with_one_comma_are_sentences_and_have_no_headings() -> None:
    assert kinds("说明,准考证号如下\n张某,13805321234") == ["mobile"]
    assert kinds("考生,准考证号,座位\n张某,13805321234,3") == []


def test_disability_certificate_is_masked_with_its_two_digits() -> None:
    hit = only(find_personal_data(f"残疾证号{ID}13，"))
    assert (hit.start, hit.end - hit.start) == (4, 20)
    assert [h.kind for h in find_personal_data(f"残疾证号{ID[:-1]}{'0' if ID[-1] != '0' else '1'}43")] == ["resident_id"]
    assert kinds(f"编号{ID[:-1]}{'0' if ID[-1] != '0' else '1'}43") == []
    assert kinds("残疾证号11010519491231002143") == ["resident_id"]  # a day of birth, but another check digit
    assert kinds("残疾证号11010519491331002143") == []
    assert kinds(f"编号{ID}83") == kinds(f"编号{ID}15") == []  # no such kind, no such grade: a longer number


@pytest.mark.parametrize(
    "text",
    [
        "8613805321234",
        "86 13805321234",
        "+86-138-0532-1234",
        "0086 138 0532 1234",
        "138.0532.1234",
        "138—0532—1234",
        "138 05321234",
        "1380532 1234",
        "1380 5321 234",
        "1380 532 1234",
        "138 053 21234",
        "138\u200b05321234",
        "1 3 8 0 5 3 2 1 2 3 4",
        "138 - 0532-1234",
        "手机13805 321234",
        "电话13805321234.2018年",
        "合同编号见附件，手机13805321234",
    ],
)
def test_mobile_is_found_however_it_is_written(text: str) -> None:
    assert kinds(text) == ["mobile"]


@pytest.mark.parametrize(
    "text",
    [
        "0.13805321234",
        "13805321234.67",
        "138.05321234",
        "13805 321234",
        "138-0532.1234",
        "13805 3212 34",
        "身份证号110105491331002",
        "身份证号990105491231002",
        "合同编号：13805321234、13905321234",
        "合同编号：138 0532 1234、139 0532 1234",
        "姓名\t\n1101051949\n1231002X\t",
        "准考证号（笔试）：110105194912310",
        "批号13805321234",
        f"合同编号{ID}",
        "编号110105491231002",
        "http://www.example.gov.cn/13805321234/t20180903_13805321234.html",
        "www.example.gov.cn/13805321234",
        "http://example.gov.cn/13805321234",
        "370283********1230",
        "文件20180903****",
        "部门\t128.5\n011234567890117\t张三",
        "部门\t5\n011234567890117\t张三",
        f"{ID[:5]}\t1\n{ID[5:]}\t2",
        f"\t{ID[:5]}\n{ID[5:]}",
        f"部门\t\n\t{ID[:5]}\n{ID[5:]}\n",
        f"{ID[:5]}\n{ID[5:]}\t",
        f"{ID[:5]}\n{ID[5:]}\t\n部门",
        "128.5\n011234567890117",
        "1000.11010519491231002X",
        "0.11010519491231002X",
        "110105 19491231.002X",
        "138 0532-1234",
        "6222 0210 0111 6245702",
        "身份证号A110105491231002",
        "370X8319800101XX34",
        "XXXXX19800101XXXX",
        "370283198001011*34",
        "37028321000101****",
        "**19800101*",
        "编号370283198001311000",
        "身份证号370283198001311001",
        "身份证号37028319800131000",
        "身份证号3702831980013110000",
        "身份证号990283198001311000",
        "身份证号370283198013311000",
        "身份证号370283189912311000",
        "身份证号370283210001011000",
        "残疾证号37028321000101001143",
        "5\n011234567890117",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text", ["{}", "部门\t\n{}", "\t\n{}", "{}\n\t2", "\t\n{}\n部门\t", "部门\n\t身份证号{}", "\t身份证号{}\t"]
)
def test_number_on_two_lines_is_found_beside_the_rows_of_a_table_and_in_them_where_it_is_named(text: str) -> None:
    assert kinds(text.format(f"{ID[:5]}\n{ID[5:]}")) == ["resident_id"]


def test_number_on_two_lines_is_found_below_rows_of_a_table_that_seem_to_hold_one() -> None:
    parts = f"{ID[:12]}\n{ID[12:]}"
    text = f"批号\t说明\n{parts}\t甲\n以上。\n户主，{parts}，困难"
    assert [hit.start for hit in find_personal_data(text)] == [text.rindex(ID[:12])]


@pytest.mark.parametrize(("text", "found"), [("622202\n1001116245702", ["bank_card"]), ("62220\n21001116245702", [])])
def test_card_on_two_lines_has_six_digits_on_the_first(text: str, found: list[str]) -> None:
    assert kinds(text) == found


def test_card_on_two_lines_is_found_beside_other_numbers() -> None:
    assert kinds("手机13805321234，卡号622202\n1001116245702") == ["mobile", "bank_card"]


def test_groups_of_a_mobile_number_are_those_of_a_mobile_number() -> None:
    assert is_mobile_shape("8613805321234", [2, 3, 4, 4])
    assert is_mobile_shape("8613805321234", [5, 4, 4])
    assert not is_mobile_shape("8613805321234", [3, 2, 4, 4])
    assert not is_mobile_shape("05328836612", [11])


def test_number_in_a_url_is_found_only_as_a_certain_value() -> None:
    assert kinds(f"http://www.example.gov.cn/q?card={ID}&p=13805321234") == ["resident_id"]


@pytest.mark.parametrize(
    ("heading", "cell", "found"),
    [
        ("准考证号", "110105491231002", []),
        ("身份证号", "110105491231002", ["resident_id"]),
        ("身份证号（准考证号）", WITH_X, ["resident_id"]),
        ("考号", "13805321234", []),
        ("注册号", WITH_X, []),
        ("纳税人识别号", WITH_X, []),
        ("金额（元）", "13805321234", []),
        ("补贴金额（元）", "手机13805321234", ["mobile"]),
        ("合同编号", f"2018-1（身份证号{ID}）", ["resident_id"]),
        ("网址", "13805321234", []),
        ("监督举报电话", "13805321234", []),
        ("服务对象手机", "13805321234", ["mobile"]),
        ("工作单位", "13805321234", ["mobile"]),
        ("备注", "13805321234", ["mobile"]),
        ("护照号", "E12345678", ["passport"]),
        ("批号", "E12345678", []),
        ("家庭住址", "前进村12号", ["address"]),
        ("单位地址", "红旗路12号", []),
    ],
)
@pytest.mark.parametrize("separator", ["\t", ","])
def test_heading_decides_what_its_column_holds(heading: str, cell: str, found: list[str], separator: str) -> None:
    rows = [["序号", heading, "备注"], ["1", cell, "无"]]
    text = "名单\n" + "\n".join(separator.join(row) for row in rows)
    assert [h.kind for h in find_personal_data(text)] == found
    assert [h.kind for h in find_personal_data(cell, beside=Beside(heading))] == found
    for hit in find_personal_data(text):
        assert text[hit.start : hit.end].strip(".。") in cell


def test_two_rows_of_headings_and_the_cell_to_the_left() -> None:
    assert kinds("序号\t考生\t\n\t姓名\t准考证号\n1\t王某\t110105491231002") == []
    assert kinds("姓名\t王某\n身份证号\t110105491231002") == ["resident_id"]
    assert kinds("姓名\t王某\n批号\t13805321234") == []
    assert kinds("批号\t规格\n面粉\t1袋\n\n手机\t13805321234") == ["mobile"]


def test_cell_to_the_left_is_a_label_in_any_column() -> None:
    assert kinds("姓名\t王某\t性别\t男\t身份证号\t110105491231002") == ["resident_id"]
    assert kinds("身份证号\t见附件\t批号\t110105491231002") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"合计\t王某{ID}\t3", ["resident_id"]),
        (f"合计\t{ID}\t3", ["resident_id"]),
        ("合计\t王某 13805321234\t3", ["mobile"]),
        ("合计\t13805321234\t3", []),
        ("合计\t6222021001116245702\t3", []),
        (f"金额（元）：{ID}", ["resident_id"]),
        ("总价5×20000000元", []),
        (f"合同编号\t{ID}", []),
    ],
)
def test_no_amount_is_an_identity_number(text: str, found: list[str]) -> None:
    assert kinds(text) == found


def test_last_heading_is_no_label_of_the_first_cell() -> None:
    rows = "110105491231002\t13805321234\n" * 3
    assert kinds(f"身份证号\t批号\n{rows}") == ["resident_id"] * 3
    assert kinds("批号\n13805321234") == kinds("共1.\n13805321234") == ["mobile"]


def test_many_numbers_take_time_in_proportion() -> None:
    assert len(find_personal_data("13805321234 " * 5000)) == 5000


@pytest.mark.parametrize(("count", "found"), [(2, 0), (3, 3)])
def test_column_of_identity_numbers_is_found_under_any_heading(count: int, found: int) -> None:
    numbers = [valid_id(f"370283198001011{n:02}") for n in range(count)]
    text = "姓名\t考号\n" + "\n".join(f"王某\t{n}" for n in numbers)
    assert len(find_personal_data(text)) == found
    assert kinds(f"{text}\n李某\t370283198001") == []


def test_place_of_what_a_heading_announces_is_that_in_the_cell() -> None:
    for heading, cell, masked in (("护照号", "E12345678", "E******78"), ("家庭住址", "前进村12号", "前进村***")):
        hit = only(find_personal_data(cell, beside=Beside(heading)))
        assert (hit.start, hit.end, hit.masked) == (0, len(cell), masked)


def test_kinds_that_are_not_asked_for_are_not_found() -> None:
    text = f"{ID}，手机13805321234，护照E12345678\n身份证号\t" + "\t".join(WITH_X)
    assert [h.kind for h in find_personal_data(text)] == ["resident_id", "mobile", "passport", "resident_id"]
    assert [h.kind for h in find_personal_data(text, ["mobile"])] == ["mobile"]
    assert [h.kind for h in find_personal_data(text, ["passport"])] == ["passport"]
    assert [h.kind for h in find_personal_data(text, ["resident_id"])] == ["resident_id"] * 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("家住红旗路5号楼3单元201", ["address"]),
        ("家庭住址：东阁街道红旗路12号", ["address"]),
        ("王某，住前进村3组12号", ["address"]),
        ("李某，住平度市东阁街道红旗路12号3单元501", ["address"]),
        ("户籍地址为平度市人民路8-2-301", ["address"]),
        ("某公司，住所：平度市人民路100号", []),
        ("居住社区：前进村", []),
        ("家住前进村", []),
        ("，住建局12号文件", []),
        ("，住院费12号前结清", []),
        ("办公地址：人民路100号", []),
    ],
)
def test_home_address_needs_a_house_and_no_room(text: str, found: list[str]) -> None:
    assert [h.kind for h in find_personal_data(text)] == found


def test_contacts_of_offices_are_marked_as_such() -> None:
    offices = "单位\t联系人\t联系电话\n财政局\t王某\t13805321234"
    persons = "户主姓名\t工作单位\t联系电话\n王某\t财政局\t13805321234"
    staff = "单位\t人员\t联系电话\n财政局\t王某\t13805321234"
    mobiles = "单位\t负责人\t手机\n财政局\t王某\t13805321234"
    found = [[h.of_office for h in find_personal_data(t)] for t in (offices, persons, staff, mobiles)]
    assert found == [[True], [False], [False], [False]]


def test_province_and_birth_make_an_identity_number() -> None:
    assert is_resident_id(ID)
    assert is_resident_id(valid_id("91015619800101123"))  # a permanent resident from abroad
    assert not is_resident_id(valid_id("20180119800101123"))  # no such province
    assert not is_resident_id(valid_id("37028319800230123"))
    assert is_resident_id(valid_id("37028320000229123"))
    assert not is_resident_id(valid_id("37028319000229123"))  # no leap year


@pytest.mark.parametrize(
    "text", ["联系电话：0532-88366123。", "编号12345678，电话0532－8836 6123，传真0532-88366124", "平政字2018083100号"]
)
def test_landline_numbers_and_short_codes_need_no_closer_look(text: str) -> None:
    """Nearly every notice ends with such a number: looked at one by one, a million of them take most of a check."""
    assert find_personal_data(text) == []
    assert not re.search(PREFILTER, text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("13805321234", "mobile"), ("1 3 8 0 5 3 2 1 2 3 4", "mobile"), ("８６－１３８０５３２１２３４", "mobile"), ("身份证号370283800101123", "resident_id")],
)  # fmt: skip
def test_shortest_numbers_of_each_kind_pass_the_pre_filter(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


INVISIBLE = (
    "\x00\x08\x0e\x1b\x7f\x84\x86\x9f\xad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
"""Controls and marks of format that nobody sees; what parts cells or ends lines is none of them."""


@pytest.mark.parametrize("sign", INVISIBLE, ids=lambda sign: f"{ord(sign):04x}")
def test_number_with_a_sign_that_nobody_sees_is_found(sign: str) -> None:
    text = f"王某，110105{sign}19491231002X，住"
    found = [(h.kind, text[h.start : h.end]) for h in find_personal_data(text)]
    assert found == [("resident_id", f"110105{sign}19491231002X")]


@pytest.mark.parametrize("sign", "\t\x0d\x1c~\x85\u2029\u2030\u2065\u206a\u2070\ufefe\u061b\xac\xae")
def test_number_with_a_sign_that_parts_cells_or_is_seen_is_none(sign: str) -> None:
    assert find_personal_data(f"王某，110105{sign}19491231002X，住") == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("护照E12345678", "护照E******78"),
        ("+86-13805321234", "+86-*******1234"),
        ("0086-13805321234", "0086-*******1234"),
        ("37028319800101****", "3702**************"),
        ("370283 19800101 ****", "3702** ******** ****"),
        ("家住红旗路5号楼3单元201", "家住红旗路*********"),
        ("手机13805321234", "手机138****1234"),
        ("身份证号110105491231002", "身份证号1101*******1002"),
        ("卡号4111111111111111", "卡号4111********1111"),
        (WITH_X, "1101**********002X"),
        ("残疾证号11010519491231002X43", "残疾证号1101************2X43"),
    ],
)
def test_masks_leave_the_ends_of_a_number_the_shorter_the_fewer(text: str, masked: str) -> None:
    assert mask_personal_data(text) == masked
