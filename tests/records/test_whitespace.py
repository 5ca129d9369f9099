"""Blanks around texts."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.normalize import WHITESPACE
from opencheck.records.whitespace import stripped


@given(
    st.lists(
        st.none() | st.text(alphabet=[*WHITESPACE, "文", "a", "“", "！", "\u2029", "\ue000", "😀", "\x01"], max_size=5),
        max_size=8,
    ),
    st.booleans(),
)
def test_stripped_column_equals_single_texts(texts: list[str | None], prose: bool) -> None:
    def alone(text: str) -> str | None:
        return (text.replace("\r\n", "\n") if prose else text).strip(WHITESPACE) or None

    found = stripped(pl.Series("t", texts, dtype=pl.String), prose=prose)
    assert found.to_list() == [None if t is None else alone(t) for t in texts]
