"""Old names of the public interface, which keep working and say what to write instead."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

__all__ = [
    "renamed_keyword",
]


P = ParamSpec("P")
R = TypeVar("R")


def renamed_keyword(old: str, new: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function take a keyword by its old name too, with a DeprecationWarning.

    Args:
        old: the keyword that users may still write.
        new: the keyword that the function has.

    Returns:
        The decorator. A call with both names raises TypeError.

    >>> @renamed_keyword("loud", "volume")
    ... def play(*, volume=1):
    ...     return volume
    >>> play(volume=2)
    2
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: Any, **keywords: Any) -> R:
            __tracebackhide__ = True
            if old in keywords:
                if new in keywords:
                    raise TypeError(f"{function.__name__}() takes {new}= or its old name {old}=, not both")
                warnings.warn(f"{old}= is now {new}=", DeprecationWarning, stacklevel=2)
                keywords[new] = keywords.pop(old)
            return function(*args, **keywords)

        return cast(Callable[P, R], call)

    return decorate
