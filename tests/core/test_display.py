"""How texts of records are shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from opencheck.core.display import DistinctNames, display_lines, display_text, displayed
from opencheck.core.localized import LocalizedName
from opencheck.records.dataset import Rejected, RowError, SourceLocation

ANY = st.text(st.characters())  # halves of surrogate pairs included

WITH_NUMBERS = st.lists(
    st.sampled_from(["13805321234", "11010519491231002X", "-", " ", "\u200b", "\x1b", "\u202e", "甲", "\t", "1"])
).map("".join)


def acts(char: str) -> bool:
    """Whether a character does something instead of being seen; by its category, not by the list of the code."""
    kind = unicodedata.category(char)
    turns = unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    return kind in ("Cc", "Cs") or turns or char in "\u200e\u200f\u061c\ufffe\uffff"


@given(st.one_of(ANY, WITH_NUMBERS))
@example("\x1b[31m\x9b2J\x1b]0;title\x07\r\x08\x7f\u202e\u2066\u200f\ud800\ufffe")
def test_display_text_shows_nothing_that_acts_and_stays_the_same(text: str) -> None:
    shown = display_text(text)
    assert not [char for char in shown if acts(char)]
    assert display_text(shown) == shown
    assert not [char for char in display_lines(text) if acts(char) and char not in "\n\t"]
    shown.encode()


@given(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"], exclude_characters="0123456789０１２３４５６７８９"))
)
def test_display_text_leaves_what_is_harmless(text: str) -> None:
    assert display_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("甲\x1b[2J乙", "甲␛[2J乙"),
        ("甲\x9b2J乙", "甲⟨U+009B⟩2J乙"),
        ("甲\r乙\x08", "甲␍乙␈"),
        ("甲\r\n乙", "甲 乙"),
        ("成文 \n 日期\t甲", "成文 日期 甲"),
        ("甲\u202e乙\u2066丙\u200f", "甲⟨U+202E⟩乙⟨U+2066⟩丙⟨U+200F⟩"),
        ("甲\ud800", "甲⟨U+D800⟩"),
        ("电话138\x000532\u202e1234", "电话138******1234"),
        ("证号1101\x1f0519491231002X", "证号1101***********002X"),
        ("2018-09-30", "2018-09-30"),
        ("　全角空格　", "　全角空格　"),
    ],
)
def test_display_text_replaces_visibly(text: str, shown: str) -> None:
    assert display_text(text).replace("\u200b", "") == shown


def test_displayed_reaches_into_values_and_keeps_their_types() -> None:
    place = SourceLocation("13805321234.csv", "甲\x1b", 3)
    row = Rejected(
        "document",
        place,
        [RowError("title", "电话13805321234", "\x9b", "text", {"near": ["13805321234"]})],
        {"staff": 13805321234, "n": 5},
    )
    shown = displayed(row)
    assert shown == Rejected(
        "document",
        SourceLocation("138****1234.csv", "甲␛", 3),
        [RowError("title", "电话138****1234", "⟨U+009B⟩", "text", {"near": ["138****1234"]})],
        {"staff": "138****1234", "n": 5},
    )
    assert type(shown.place) is SourceLocation
    assert displayed(LocalizedName("13805321234", "x")) == LocalizedName("138****1234", "x")
    assert displayed({1.5, None}) == {1.5, None}
    assert displayed(float("inf")) == float("inf")


@given(
    st.lists(
        st.one_of(
            st.sampled_from([f"1380532{n}234" for n in range(10)] + ["138****0234", "138****0234（2）"]), st.text(max_size=3)
        )
    )
)
def test_distinct_names_are_shown_differently(names: list[str]) -> None:
    shown = DistinctNames()
    found = {name: shown(name) for name in names}
    assert len(set(found.values())) == len(found)
    assert {name: shown(name) for name in names} == found
