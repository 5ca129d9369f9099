"""Records that are entered without the day of an act: they do not count as done, and findings name them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["UNDATED", "undated_facts"]

UNDATED = "_undated"
"""A column of reductions: whether the row's day is blank, which means that the act is not done."""

_MOST_NAMED = 5


def undated_facts(table: str, field: str, ids: Iterable[str | None]) -> dict[str, Any]:
    """Return what a finding says of them; nothing where there are none.

    Args:
        table: their table.
        field: the date field that is blank.
        ids: their ids.

    >>> undated_facts("disclosure", "published_on", ["7", None])
    {'entered_without': 'disclosure.published_on', 'entered': ['7']}
    """
    named = [i for i in dict.fromkeys(ids) if i is not None][:_MOST_NAMED]
    return {"entered_without": f"{table}.{field}", "entered": named} if named else {}
