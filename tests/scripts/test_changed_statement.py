"""Whether a changed statement raises wherever it runs: in doubt it does not."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from changed_statement import Runs, Statement, raised_within

LAST = "def f(a):\n    b = a + 1\n    return b\n"
NESTED = (
    "def f(a):\n    for x in a:\n        if x:\n            return (\n                x\n                + 1)\n    return 0\n"
)
LOOP = "def f(a):\n    for x in a:\n        pass\n"
CAUGHT = "def f(a):\n    try:\n        return 1 + a\n    except TypeError:\n        return None\n"
INNER = "def f(a):\n    return [x + 1 for x in a]\n"
ITEMS = "def f(a):\n    yield a + 1\n"
METHOD = "class A:\n    def f(self, a):\n        return a + 1\nf = lambda a: A().f(a)\n"


@pytest.mark.parametrize(
    ("text", "line", "given", "ran", "went_on"),
    [
        (LAST, 2, [None], True, False),
        (LAST, 2, [None, 1], True, True),
        (LAST, 2, [], False, False),
        (LAST, 3, [None], False, False),
        (LAST, 3, [1], True, True),
        (NESTED, 5, [[0, "a"]], True, False),
        (NESTED, 6, [[0, "a"], [1]], True, True),
        (NESTED, 2, [[0, "a"]], True, True),
        (NESTED, 2, [None], True, False),
        (NESTED, 5, [[0]], False, False),
        (LOOP, 2, [[]], True, True),
        (CAUGHT, 3, [None], True, True),  # nobody outside sees the error
        (INNER, 2, [[None]], True, False),
        (INNER, 2, [[None], [1]], True, True),
        (ITEMS, 2, [None], True, False),
        (ITEMS, 2, [1], True, True),
        (METHOD, 3, [None], True, False),
    ],
)
def test_statement_went_on_where_it_ran_once_without_an_error(
    text: str, line: int, given: list[Any], ran: bool, went_on: bool
) -> None:
    names: dict[str, Any] = {}
    exec(compile(text, "f.py", "exec"), names)
    runs = Runs(Statement("f.py", text, line))
    runs.follow()
    for value in given:
        with contextlib.suppress(TypeError):
            list(found) if hasattr(found := names["f"](value), "__next__") else None
    runs.stop()
    assert (runs.ran, runs.went_on) == (ran, went_on)


@pytest.mark.parametrize(("line", "within"), [(2, True), (3, False)])
def test_error_is_within_the_innermost_line_of_the_source(line: int, within: bool) -> None:
    names: dict[str, Any] = {"called": lambda a: int(a)}  # a line of another folder, as of a library
    text = "def f(a):\n    b = called(a)\n    return b\n"
    exec(compile(text, "/source/f.py", "exec"), names)
    with pytest.raises(TypeError) as found:
        names["f"](None)
    assert raised_within(found.value, Statement("/source/f.py", text, line), Path("/source")) is within
    assert not raised_within(found.value, Statement("/source/g.py", text, line), Path("/source"))
