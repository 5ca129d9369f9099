"""Personal data in generated texts: every valid number is found, nothing else is; check digits are worked out anew here."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import opencheck as oc
from only import only
from opencheck.core.personal_data import PREFILTER, find_personal_data, mask_personal_data, prefilter_patterns

REGIONS = ["110105", "370283", "370202", "440305", "620102", "650103", "120101", "510107"]


WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


def check_digit(first: str) -> str:
    """GB 11643: the weighted sum modulo 11 names the last character."""
    return "10X98765432"[sum(int(c) * w for c, w in zip(first, WEIGHTS, strict=True)) % 11]


def luhn_sum(digits: str) -> int:
    total = 0
    for place, c in enumerate(reversed(digits)):
        n = int(c) * (2 if place % 2 else 1)
        total += n - 9 if n > 9 else n
    return total % 10


@st.composite
def resident(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), date(2025, 12, 31)))
    first = f"{draw(st.sampled_from(REGIONS))}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return first + check_digit(first)


@st.composite
def old_resident(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), date(1999, 12, 31)))
    return f"{draw(st.sampled_from(REGIONS))}{born:%y%m%d}{draw(st.integers(0, 999)):03}"


@st.composite
def card(draw: st.DrawFn) -> str:
    length = draw(st.sampled_from([16, 17, 18, 19]))
    first = "62" + draw(st.text("0123456789", min_size=length - 3, max_size=length - 3))
    return first + next(d for d in "0123456789" if luhn_sum(first + d) == 0)


MOBILE = st.builds(lambda second, rest: f"1{second}{rest:09}", st.sampled_from("3456789"), st.integers(0, 999_999_999))


VALID = st.one_of(
    resident().map(lambda v: ("resident_id", v)),
    old_resident().map(lambda v: ("resident_id", v)),
    card().map(lambda v: ("bank_card", v)),
    MOBILE.map(lambda v: ("mobile", v)),
)


WORDS = st.sampled_from(
    [
        "户主王某",
        "，",
        "。",
        "\n",
        "　",
        "金额1200元",
        "张某",
        "（",
        "）",
        "：",
        "，证号",
        "共13户",
        "经审核，",
        "卡号：",
        "电话",
    ]
)


NOISE = st.sampled_from(
    ["平政办发〔2018〕41号", "11370323MB28653669/2018-None", "138053212345.67元", "3702**********1234", "138****1234", "0532-88880000", "11370283004326187A", "20180903", "监督电话13805321234", "咨询热线：13805321234"]
)  # fmt: skip


def announced(number: str) -> str:
    """Fifteen digits are an identity number only beside the word."""
    return "身份证号" if len(number) == 15 else ""


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@given(st.lists(st.tuples(WORDS, NOISE, WORDS, VALID, st.booleans(), WORDS), min_size=1, max_size=12))
def test_find_plain_numbers_and_nothing_else(pieces: list[tuple[str, str, str, tuple[str, str], bool, str]]) -> None:
    text, planted = "", []
    for before, noise, between, (kind, value), full_width, after in pieces:
        text += f"{before}{noise}{between}，{announced(value)}"
        planted.append((kind, len(text), len(text) + len(value)))
        text += f"{wide(value) if full_width else value}。{after}，"
    assert [(h.kind, h.start, h.end) for h in find_personal_data(text)] == planted
    assert re.search(PREFILTER, text)  # the pre-filter of the engines lets the text through
    clean = mask_personal_data(text)
    assert len(clean) == len(text)
    assert find_personal_data(clean) == []
    for _, _, _, (_, value), _, _ in pieces:
        assert value not in clean


@given(resident(), st.integers(1, 10), card(), st.integers(1, 9), WORDS)
def test_find_wrong_check_digit_is_no_hit(number: str, by: int, other: str, step: int, words: str) -> None:
    wrong = number[:-1] + "10X98765432"[("10X98765432".index(number[-1]) + by) % 11]
    assume(not (wrong.startswith("62") and wrong.isdigit() and luhn_sum(wrong) == 0))
    assert find_personal_data(f"{words}，{wrong}。") == []
    bad = other[:-1] + str((int(other[-1]) + step) % 10)
    born = bad[6:14]
    assume(len(bad) != 18 or check_digit(bad[:17]) != bad[-1] or not "1900" <= born[:4] <= "2100")
    assert find_personal_data(f"{words}，{bad}。") == []


@given(VALID, WORDS)
def test_what_is_masked_once_is_never_found_again(value: tuple[str, str], words: str) -> None:
    hit = only(find_personal_data(f"，{announced(value[1])}{value[1]}，{words}，"))
    assert find_personal_data(f"{words}，{hit.masked}，{words}") == []
    assert value[1] != hit.masked
    assert hit.masked.count("*") >= 4


@pytest.mark.parametrize(
    "text",
    [
        "电话139\u30001234\u30005678。",
        "电话139－1234－5678。",
        "电话139\u00a01234\u00a05678。",
        "居住地址：平度市人民路1号楼2单元301室。",
        "户籍地址为平度市人民路1号楼2单元301室。",
        "联系电话0086-13912345678。",
    ],
)
def test_what_is_found_passes_the_pre_filter_of_the_engines(text: str) -> None:
    hit = only(find_personal_data(text))
    assert any(re.search(pattern, text) for pattern in prefilter_patterns([hit.kind]))
    report = oc.check(
        {
            "disclosure": [
                {"id": "1", "published_on": "2018-09-01", "mandatory_personal_data": False, "topic": "other", "text": text}
            ]
        },
        as_of="2018-12-31",
        rules=["PD-14.2"],
    )
    assert [str(f.outcome) for f in report.findings()] == ["violation"]


GROUPS = [(6, 8, 4), (6, 4, 4, 4), (6, 4, 2, 2, 4), (4, 4, 4, 4, 2)]


@given(resident(), st.sampled_from(GROUPS), st.sampled_from(" -"))
def test_find_number_in_groups_is_a_hit(number: str, groups: tuple[int, ...], between: str) -> None:
    at, pieces = 0, []
    for length in groups:
        pieces.append(number[at : at + length])
        at += length
    text = f"身份证号{between.join(pieces)}，金额"
    assert [h.kind for h in find_personal_data(text)] == ["resident_id"]
    assert re.search(PREFILTER, text)
    assert find_personal_data(mask_personal_data(text)) == []


@given(MOBILE, st.sampled_from(["+86", "+86 ", "0086", "+86-"]))
def test_find_mobile_with_country_code_is_a_hit(number: str, front: str) -> None:
    text = f"电话{front}{number}。"
    assert [h.kind for h in find_personal_data(text)] == ["mobile"]
    assert number not in mask_personal_data(text)
    assert find_personal_data(mask_personal_data(text)) == []


@example(number="620102199901095209", at=16, end="\n")  # its first line alone would do as a bank card's number
@given(resident(), st.integers(1, 17), st.sampled_from(["\n", "\r\n"]))
def test_find_number_across_a_line_end_is_a_hit(number: str, at: int, end: str) -> None:
    text = f"身份证号{number[:at]}{end}{number[at:]}，金额"
    assert [h.kind for h in find_personal_data(text)] == ["resident_id"]
    assert find_personal_data(mask_personal_data(text)) == []


@given(resident(), st.integers(1, 16), st.sampled_from([("", "\n2018年9月3日"), ("共3\n", ""), ("12\n", "。")]))
def test_find_numbers_around_do_not_hide_a_broken_one(number: str, at: int, around: tuple[str, str]) -> None:
    text = f"{around[0]}{number[:at]}\n{number[at:]}{around[1]}"
    assert [h.kind for h in find_personal_data(text)] == ["resident_id"]
    assert find_personal_data(mask_personal_data(text)) == []


@pytest.mark.parametrize("text", ["3\n13800000000\n", "2018\n2018824\n", "1500\n1600\n1700", "第1页\n20180903"])
def test_numbers_on_lines_of_their_own_are_not_joined(text: str) -> None:
    assert [h.kind for h in find_personal_data(text) if h.kind != "mobile"] == []


@pytest.mark.parametrize("place", ["before", "after", "both"])
def test_find_number_broken_by_a_line_end_leaves_the_whole_ones_beside_it(place: str) -> None:
    broken, mobile = "身份证号1101051949\n1231002X", "手机13812345678"
    text = {"before": f"{mobile}，{broken}。", "after": f"{broken}，{mobile}。", "both": f"{mobile}，{broken}，{mobile}。"}[
        place
    ]
    kinds = sorted(h.kind for h in find_personal_data(text))
    assert kinds == ["mobile"] * text.count("手机") + ["resident_id"]
    masked = mask_personal_data(text)
    assert "13812345678" not in masked
    assert "1231002X" not in masked


@pytest.mark.parametrize(
    "text", ["设备A13805321234", "设备13805321234B", "编号A622202\n1001116245702", "卡A6222021001116245702"]
)
def test_number_that_touches_a_letter_is_part_of_a_code(text: str) -> None:
    assert find_personal_data(text) == []
    assert find_personal_data(text.replace("A", " ").replace("B", " ")) != []
