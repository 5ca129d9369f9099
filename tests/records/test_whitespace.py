"""White space in and around texts."""

from __future__ import annotations

import polars as pl
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
