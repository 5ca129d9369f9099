"""Lists of numbers of documents, of which only the first is written in full."""

from __future__ import annotations

import polars as pl
import pytest

from opencheck.records.document_numbers import may_shorten_numbers, with_full_numbers

FIRST, SECOND = "平政发〔2018〕1号", "平政发〔2018〕2号"


@pytest.mark.parametrize("between", ["、", "，", ",", "；", "和", "及", "与", "以及", "/", " ", "\n", " 、 "])
def test_each_number_of_a_list_gets_its_issuer_and_year(between: str) -> None:
    for shortened in (f"{FIRST}{between}2号", f"平政发〔2018〕1{between}2号", f"{FIRST}{between}{SECOND}"):
        assert with_full_numbers(shortened) == f"{FIRST}、{SECOND}"
        assert may_shorten_numbers(pl.Series([shortened, None, "甲办法"])) == [shortened]


def test_number_after_another_issuer_is_that_issuers() -> None:
    assert (
        with_full_numbers("平政发[2018]1号、平政办发（2018）第3号、4号")
        == "平政发[2018]1号、平政办发（2018）第3号、平政办发（2018）第4号"
    )


@pytest.mark.parametrize(
    "text",
    [FIRST, "1号、2号", "A、C", f"关于落实{FIRST}、2号文件的通知", f"{FIRST}、2号线的通知", f"{FIRST}等2件", f"{FIRST}（含2号）", "平政发〔2018〕1号、2018", f"{FIRST}、关于甲的通知"],
)  # fmt: skip
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert with_full_numbers(text) == text


def test_list_of_more_than_four_hundred_characters_stays_as_it_is() -> None:
    longest = f"{FIRST}{'、2号' * 3}{'、10号' * 95}"
    longer = f"{FIRST}{'、2号' * 2}{'、10号' * 96}"
    assert (len(longest), len(longer)) == (400, 401)
    assert with_full_numbers(longest) == "、".join([FIRST, *[SECOND] * 3, *["平政发〔2018〕10号"] * 95])
    assert with_full_numbers(longer) == longer
