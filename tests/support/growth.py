"""How the time of a function grows with its input."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def assert_linear(function: Callable[[str], Any], make: Callable[[int], str], small: int = 1_000) -> None:
    """Check that ten times the input takes nowhere near a hundred times as long; time of the process, the best of three.

    Ten times the time is linear and a hundred times quadratic: 40 leaves room for a busy machine on either side.
    """

    def seconds(number: int) -> float:
        text = make(number)
        found = []
        for _ in range(3):
            start = time.process_time()
            function(text)
            found.append(time.process_time() - start)
        return min(found)

    assert seconds(10 * small) < 40 * seconds(small) + 0.02
