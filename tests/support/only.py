"""The one item that a test expects: an assertion tells where there is none, or more than one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def only(items: Iterable[T]) -> T:
    """Return the one item there is."""
    found = list(items)
    assert len(found) == 1, found
    return found[0]
