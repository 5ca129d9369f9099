"""Records that are entered without the day of an act: they do not count as done, and findings name some of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["MOST_NAMED", "UNDATED", "some_of", "undated_facts"]

UNDATED = "_undated"
"""A column of reductions: whether the row's day is blank, which means that the act is not done."""

MOST_NAMED = 5
"""Records that a finding names."""


def some_of(ids: Iterable[str | None]) -> list[str | None]:
    """Return the ids that a finding names: the first five different ones, and a sign where there are more.

    >>> some_of(["7", None, "7"]), some_of("123456")
    (['7', None], ['1', '2', '3', '4', '5', '…'])
    """
    named = list(dict.fromkeys(ids))
    return [*named[:MOST_NAMED], *(["…"] if len(named) > MOST_NAMED else [])]


def undated_facts(table: str, field: str, ids: Iterable[str | None]) -> dict[str, Any]:
    """Return what a finding says of them; nothing where there are none.

    Args:
        table: their table.
        field: the date field that is blank.
        ids: their ids.

    >>> undated_facts("disclosure", "published_on", ["7", None])
    {'entered_without': 'disclosure.published_on', 'entered': ['7']}
    """
    named = some_of(i for i in ids if i is not None)
    return {"entered_without": f"{table}.{field}", "entered": named} if named else {}
