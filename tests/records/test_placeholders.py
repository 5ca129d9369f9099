"""Words that fill a cell and say nothing."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.normalize import normalize_key
from opencheck.records.parse import InvalidValue
from opencheck.records.placeholders import is_elsewhere, is_formula_error, is_placeholder, may_be_placeholder, says_nothing
from opencheck.records.tables import TABLES
from placeholder_words import SILENT

TEXTS = [
    (t, f)
    for t, spec in TABLES.items()
    for f, field in spec.fields.items()
    if field.kind in ("text", "prose") and field.vocabulary is None and field.takes_placeholders
]


def read(table: str, name: str, value: object) -> object:
    return TABLES[table].fields[name].read(value)


@pytest.mark.parametrize(("table", "name"), TEXTS)
def test_placeholder_in_a_text_is_a_blank(table: str, name: str) -> None:
    """Every word in one test: as many tests as there are pairs take longer to hand out than to run."""
    found = {word: read(table, name, word) for word in SILENT}
    assert found == dict.fromkeys(SILENT)
    assert found


@pytest.mark.parametrize("word", [w for w in SILENT if not is_formula_error(w)])
def test_placeholder_in_dates_numbers_and_words_is_a_blank_or_none(word: str) -> None:
    assert read("disclosure", "published_on", word) is None
    assert read("opinion_case", "detected_at", word) is None
    assert read("disclosure", "level", word) is None
    assert read("disclosure", "period", word) is None
    assert read("meeting", "invited_attendees", word) == (0 if normalize_key(word) in ("无", "没有", "暂无") else None)


ERRORS = [
    "#N/A",
    "#REF!",
    " #value! ",
    "#BLOCKED!",
    "########",
    "Err:502",
    "错误：502",
    "=TODAY()",
    "=VLOOKUP(A2,表1!A:B,2,0)",
    "=-B2+15",
    "='1月'!C3",
]
"""What programs show where a formula has no value or a column is too narrow, and formulas as texts."""


@pytest.mark.parametrize("word", ERRORS)
def test_placeholder_formula_error_in_a_date_or_number_or_word_is_refused(word: str) -> None:
    for table, name in (
        ("disclosure", "published_on"),
        ("opinion_case", "detected_at"),
        ("meeting", "invited_attendees"),
        ("document", "is_policy"),
        ("disclosure", "attribute"),  # blank it would count as open
        ("disclosure", "level"),
    ):
        with pytest.raises(InvalidValue):
            read(table, name, word)
    assert read("disclosure", "title", word) is None


@pytest.mark.parametrize("text", ["#1楼工程", "= 相等", "==", "=", "Error", "错误更正说明", "=身份证号 370283198001011230"])
def test_text_that_only_resembles_an_error_is_kept(text: str) -> None:
    assert not is_formula_error(text)


def test_formula_in_a_streamed_text_is_a_blank_as_it_is_in_memory() -> None:
    """However long it is: the source of a formula is no written reason."""
    texts = ["=VLOOKUP(" + "A2," * 40 + "0)", "Err:502", "\\N", "<NA>", "#" * 9, "确因系统故障，2018年9月3日起停机"]
    assert [t for t in may_be_placeholder(pl.Series(texts)) if is_placeholder(t)] != []
    report = oc.check(
        pl.DataFrame({"编号": list("123456"), "申请内容": ["甲"] * 6, "答复理由": texts}), as_of="2018-12-31", rules="PD-15.3"
    )
    assert report.data.tables["request"].records()["reasons"].to_list() == [None] * 5 + texts[-1:]


@pytest.mark.parametrize("word", ["NaT", "<NA>", "<NULL>", "(null)", "undefined", "(blank)", "\\N"])
def test_what_databases_and_programs_write_for_nothing_is_a_blank(word: str) -> None:
    assert read("disclosure", "reviewer", word) is None
    assert read("disclosure", "published_on", word) is None
    assert read("document", "is_policy", word) is None, "the letter of \\N does not mean no"


@pytest.mark.parametrize("word", ["2018-12-31止", "至2018年12月31日", "截至2018.12.31", "截止到2018-12-31止"])
def test_last_day_is_the_day_that_is_written_with_it(word: str) -> None:
    assert read("disclosure", "posted_until", word) == date(2018, 12, 31)
    with pytest.raises(InvalidValue):
        read("disclosure", "published_on", word)


@pytest.mark.parametrize("word", ["2018年12月31日前", "至2018年12月31日前", "2018-9-1至2018-9-10", "至年底"])
def test_last_day_that_is_not_written_is_refused(word: str) -> None:
    with pytest.raises(InvalidValue):
        read("disclosure", "posted_until", word)


def test_placeholder_ids_keep_what_stands_there() -> None:
    assert read("disclosure", "id", "/") == "/"
    assert read("interpretation", "document_id", "无") == "无"
    report = oc.check({"disclosure": [{"id": "-", "title": "/", "url": "无"}]}, as_of="2018-12-31")
    assert report.rows == {"read": 1, "checked": 1, "rejected": 0}


def test_placeholder_none_as_an_answer_stays_the_answer() -> None:
    assert read("meeting", "state_secret", "无") is False
    assert read("meeting", "state_secret", "/") is None
    assert read("proposal_reply", "disclosed", "无") == "none"
    assert read("evidence", "verdict", "否") == "not_met"
    assert read("meeting", "openness_opinion", "否") == "否"
    assert read("disclosure", "channels", "无") == []
    assert read("disclosure", "channels", "待定") is None
    assert read("disclosure", "channels", "政府门户网站；无；/") == ["政府门户网站"]
    assert read("meeting", "broadcast_channels", "未直播") == []


@pytest.mark.parametrize("word", ["未公开", "尚未公开", "未答复", "没有公布。", "待发布", "办理中", "否"])
def test_placeholder_in_a_date_means_not_done(word: str) -> None:
    assert read("disclosure", "published_on", word) is None


@pytest.mark.parametrize("word", ["长期", "至今", "长期公示", "仍在公示"])
def test_placeholder_open_end_means_still_posted(word: str) -> None:
    assert read("disclosure", "posted_until", word) is None
    with pytest.raises(InvalidValue):
        read("disclosure", "published_on", word)


@pytest.mark.parametrize("word", ["否", "领导要求", "工作需要", "有", "按有关规定"])
def test_placeholder_founds_nothing_in_a_basis(word: str) -> None:
    assert read("disclosure", "confidential_basis", word) is None
    assert read("disclosure", "justification", word) is None
    assert read("disclosure", "title", word) == word


@pytest.mark.parametrize("word", ["详见附件", "见附件1", "附后。", "详见 附件"])
def test_placeholder_elsewhere_is_kept_as_a_word_of_its_own(word: str) -> None:
    assert read("disclosure", "justification", word) == "详见附件"
    assert read("disclosure", "elements", word) == ["详见附件"]
    assert read("disclosure", "text", word) is None


@given(st.sampled_from(SILENT), st.lists(st.text(max_size=12), max_size=8))
def test_placeholder_columns_and_cells_are_read_alike(word: str, others: list[str]) -> None:
    """A column of texts, of which only suspects are looked at, gives what its cells give one by one."""
    values = [word, *others]
    suspects = set(may_be_placeholder(pl.Series("v", values, dtype=pl.String)))
    assert all(v in suspects for v in values if v and (is_placeholder(v)) and len(v.encode()) <= 60)


def test_placeholder_of_a_frame_and_of_rows_gives_the_same_finding() -> None:
    row = {
        "id": "1",
        "is_policy": True,
        "affects_public_interest": True,
        "signed_on": date(2018, 9, 10),
        "disclosure_provision": "／",
    }
    for source in ({"document": [row]}, {"document": pl.DataFrame([row])}):
        found = oc.check(source, as_of="2018-12-31", rules=["PD-1.1"]).findings()
        assert [str(f.outcome) for f in found] == ["violation"]


def test_placeholder_words_of_a_pack_are_blanks_too() -> None:
    row = {"id": "1", "published_on": "2018-09-10", "reviewer": "办公室定", "review_result": "可以公开"}
    kept = oc.check({"disclosure": [row]}, as_of="2018-12-31", rules=["PD-14.1c"])
    assert not kept.violations
    broken = oc.check({"disclosure": [row]}, as_of="2018-12-31", rules=["PD-14.1c"], parameters={"placeholders": ["办公室定"]})
    assert [f.rule for f in broken.violations] == ["PD-14.1c"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5名代表", 5),
        ("三人", 3),
        ("１２", 12),
        ("十二人", 12),
        ("共6人", 6),
        ("两名", 2),
        ("一百零五人", 105),
        ("4位家长代表", 4),
    ],
)
def test_number_is_read_as_people_write_it(text: str, number: int) -> None:
    assert read("meeting", "invited_attendees", text) == number


@pytest.mark.parametrize("text", ["约5人", "三四人", "若干", "5至6人", "十十"])
def test_number_that_is_not_certain_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        read("meeting", "invited_attendees", text)


@pytest.mark.parametrize(
    "text", ["—" * 20, "—" * 21, "—" * 300, "无" + "。" * 50, "…" * 40 + "待定" + "…" * 40, "详见附件" + "." * 70]
)
def test_row_of_marks_says_as_little_as_one_however_long(text: str) -> None:
    """In a cell and in a column, where only suspects are looked at."""
    assert read("disclosure", "justification", text) in (None, "详见附件")
    assert may_be_placeholder(pl.Series([text, f"{text}因系统故障停机，于2018年9月3日起恢复"])) == [text]


def test_sentence_that_begins_like_a_denial_is_none() -> None:
    sentence = "未设立专门机构的单位由其办公室承担政务公开工作并指定两名专职人员"
    assert read("unit", "disclosure_office", sentence) == sentence
    assert read("unit", "disclosure_office", "未设立专门机构") is None


@pytest.mark.parametrize("text", [*SILENT, "详见附件", "见附件1。", "附后", "NULL", "－－", "待 确 认", "\u200b"])
def test_expression_and_function_find_the_same_words(text: str) -> None:
    assert is_placeholder(text) or is_elsewhere(text)
    assert pl.select(says_nothing(pl.lit(text))).item() is True


@pytest.mark.parametrize(
    "text", ["3", "平政办发〔2018〕3号", "关于无障碍建设的通知", "附件齐全", "D-1", "无锡路改造办法", "见附件清单办法", "甲"]
)
def test_expression_takes_no_reference_for_a_placeholder(text: str) -> None:
    assert not is_placeholder(text)
    assert not is_elsewhere(text)
    assert pl.select(says_nothing(pl.lit(text))).item() is False
