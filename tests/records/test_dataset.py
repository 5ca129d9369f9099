"""Columns of a dataset."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opencheck.records.dataset import list_series


@given(st.lists(st.none() | st.lists(st.text("a;\x1f、 ", max_size=3), max_size=3), max_size=6))
def test_list_series_holds_the_lists(lists: list[list[str] | None]) -> None:
    assert list_series("x", lists).to_list() == lists
