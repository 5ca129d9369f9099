"""Cells that hold the options of a form, one of them ticked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.records.parse import InvalidValue
from opencheck.records.tables import TABLES
from opencheck.records.ticked_options import ticked_options


def read(table: str, name: str, value: object) -> object:
    return TABLES[table].fields[name].read(value)


@pytest.mark.parametrize(
    "yes", ["☑是 □否", "是☑否□", "■是□否", "（√）是 （ ）否", "是（√） 否（　）", "√是；×否", "☑是/☐否", "✔\ufe0f是 □否"]
)
def test_yes_or_no_is_the_option_that_is_ticked(yes: str) -> None:
    assert read("document", "is_policy", yes) is True
    swapped = yes.translate(str.maketrans("是否", "否是"))
    assert read("document", "is_policy", swapped) is False


@pytest.mark.parametrize(
    "text", ["□是 □否", "☑是 ☑否", "是√否", "√是 否", "是/否", "☒是 □否", "是□否□√", "☑部分 □否", "□", "○", "■"]
)
def test_yes_or_no_that_is_not_clear_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        read("document", "is_policy", text)


def test_words_of_a_vocabulary_are_ticked_alike() -> None:
    assert read("document", "attribute", "☑主动公开 □依申请公开 □不予公开") == "主动公开"
    assert read("document", "attribute", "主动公开□ 依申请公开□ 不予公开☑") == "不予公开"
    assert read("disclosure", "level", "□市级 ☑镇（街）级") == "town"
    for unclear in ("☑主动公开 ☑依申请公开", "□主动公开 □依申请公开", "主动公开 ☑ 依申请公开"):
        assert read("document", "attribute", unclear) == unclear, "an unknown word, which no rule takes for one of the options"


def test_list_holds_what_is_ticked() -> None:
    assert read("disclosure", "channels", "☑政府网站 □公开栏 ☑电视") == ["政府网站", "电视"]
    assert read("disclosure", "elements", "招生范围☑；招生条件□") == ["招生范围"]
    assert read("disclosure", "channels", "□政府网站 □公开栏") is None


def test_text_of_more_than_two_hundred_characters_is_no_row_of_options() -> None:
    assert ticked_options("☑" + "是" * 199) == ["是" * 199]
    assert ticked_options("☑" + "是" * 200) is None


@given(st.text("☑√□☐■×是否公开 （）()；;、/☒\ufe0f", max_size=40))
def test_option_is_ticked_only_where_its_mark_is(text: str) -> None:
    found = ticked_options(text)
    if found is not None:
        assert set(text) & set("☑√□☐■×（()")
        assert all(word in text for word in found)
    if not set(text) & set("☑√■"):
        assert not found
