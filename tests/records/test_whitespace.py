"""White space in and around texts."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.normalize import WHITESPACE, normalize_whitespace
from opencheck.records.tables import TABLES
from opencheck.records.whitespace import one_line, separate_lines, stripped

ODD = [*WHITESPACE, "文", "a", "“", "！", "\u2029", "\u2003", "\x85", "\x1c", "\x0b", "\ue000", "😀", "\x01", "\u200d"]
TEXTS = st.lists(st.none() | st.text(alphabet=ODD, max_size=6), max_size=8)


@given(TEXTS)
def test_stripped_column_equals_single_texts(texts: list[str | None]) -> None:
    found = stripped(pl.Series("t", texts, dtype=pl.String))
    assert found.to_list() == [None if t is None else t.replace("\r\n", "\n").strip(WHITESPACE) or None for t in texts]


@given(TEXTS)
def test_column_of_lines_equals_single_texts(texts: list[str | None]) -> None:
    found = one_line(pl.Series("t", texts, dtype=pl.String))
    assert found.to_list() == [None if t is None else normalize_whitespace(t) or None for t in texts]


@given(TEXTS)
def test_column_of_references_equals_single_texts(texts: list[str | None]) -> None:
    """As a batch reads them, and as a cell is read."""
    reference = TABLES["interpretation"].fields["document_id"]
    found = separate_lines(pl.Series("t", texts, dtype=pl.String))
    assert found.to_list() == [None if t is None else reference.read(t) for t in texts]


@pytest.mark.parametrize(
    ("text", "prose", "line", "lines"),
    [
        ("甲", "甲", "甲", "甲"), ("", None, None, None), (" ", None, None, None), ("\u3000", None, None, None), ("甲 ", "甲", "甲", "甲"),
        (" 甲", "甲", "甲", "甲"), ("\u3000甲", "甲", "甲", "甲"), ("甲\u00a0", "甲", "甲", "甲"), ("\ufeff甲", "甲", "甲", "甲"), ("\n甲", "甲", "甲", "甲"),
        ("甲\n", "甲", "甲", "甲"), ("甲\r\n乙", "甲\n乙", "甲 乙", "甲\n乙"), ("甲\n\n乙", "甲\n\n乙", "甲 乙", "甲\n乙"), ("甲  乙", "甲  乙", "甲 乙", "甲 乙"),
        ("甲 \n乙", "甲 \n乙", "甲 乙", "甲\n乙"), ("甲\n 乙", "甲\n 乙", "甲 乙", "甲\n乙"), ("甲\t乙", "甲\t乙", "甲 乙", "甲 乙"),
    ],
)  # fmt: skip
def test_each_kind_of_white_space_is_found_where_it_stands_alone(
    text: str, prose: str | None, line: str | None, lines: str | None
) -> None:
    """Beside texts that need no change, which are left as they are where no other text of the column needs one."""
    column = pl.Series("t", ["通知", None, text])
    assert [f(column).to_list() for f in (stripped, one_line, separate_lines)] == [
        ["通知", None, t] for t in (prose, line, lines)
    ]


def test_column_of_which_every_text_stands_between_spaces_is_stripped() -> None:
    assert stripped(pl.Series("note", [" 甲 ", " 乙 "])).to_list() == ["甲", "乙"]
