"""How the time of a function grows with its input."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def assert_linear(function: Callable[[str], Any], make: Callable[[int], str], small: int = 1_000) -> None:
    """Check that ten times the input takes nowhere near a hundred times as long; time of the process, the best of three.

    Ten times the time is linear and a hundred times quadratic: 40 leaves room for a busy machine on either side. The longer text is read
    again only where its time looks like too much.
    """
    few, many = make(small), make(10 * small)

    def seconds(text: str) -> float:
        start = time.process_time()
        function(text)
        return time.process_time() - start

    most = 40 * min(seconds(few) for _ in range(3)) + 0.02
    assert any(seconds(many) < most for _ in range(3))
