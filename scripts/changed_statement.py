"""Whether a changed statement raises wherever it runs, so that no assertion is ever reached.

Only what is seen counts, and what is in doubt does not raise: a statement went on where it ran once, in a test or while modules were loaded,
and its function did not leave it by an error, or where a test ran it and did not fail within it. A statement is the simple statement of the
changed line, or what stands before the body of a compound one; of a change within it that is not always reached (``a and b < None``) the runs
that do not reach it are runs that went on. A clean-up that follows (``finally``, the end of ``with``) counts as going on, too.
"""

from __future__ import annotations

import ast
import sys
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any


class Statement:
    """The statement of a line, by its lines and by the function, class or module in which it stands.

    >>> text = "def f(a):\\n    if a:\\n        return (\\n            a + 1\\n        )\\n"
    >>> found = Statement("f.py", text, 4)
    >>> sorted(found.lines), found.name
    ([3, 4, 5], 'f')
    >>> sorted(Statement("f.py", text, 2).lines)
    [2]
    """

    def __init__(self, file: str, text: str, line: int) -> None:
        self.file = file
        self.lines = frozenset({line})
        self.name, self.first = "<module>", 1
        for node in ast.walk(ast.parse(text)):  # from outside to inside
            if not isinstance(node, (ast.stmt, ast.ExceptHandler)) or not node.lineno <= line <= (node.end_lineno or 0):
                continue
            body = getattr(node, "body", [])
            until = body[0].lineno if body else (node.end_lineno or line) + 1
            if line < until:
                self.lines = frozenset(range(node.lineno, until))
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.name, self.first = node.name, min([node.lineno, *(d.lineno for d in node.decorator_list)])


class Runs:
    """Follows the runs of a statement.

    >>> text = "def f(a):\\n    b = a + 1\\n    return b\\n"
    >>> runs, f = Runs(Statement("f.py", text, 2)), {}
    >>> exec(compile(text, "f.py", "exec"), f)
    >>> runs.follow()
    >>> try:
    ...     f["f"](None)
    ... except TypeError:
    ...     pass
    >>> runs.ran, runs.went_on
    (True, False)
    >>> f["f"](1)
    2
    >>> runs.stop()
    >>> runs.went_on
    True
    """

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.ran = self.went_on = False
        self._before: Any = None

    def follow(self) -> None:
        self._before = sys.gettrace()
        threading.settrace(self._called)
        sys.settrace(self._called)

    def stop(self) -> None:
        sys.settrace(self._before)
        threading.settrace(self._before)

    def _called(self, frame: FrameType, event: str, told: Any) -> Any:
        code, own = frame.f_code, self.statement
        if code.co_name != own.name or code.co_firstlineno != own.first or code.co_filename != own.file:
            return None
        return _Within(self).follow


class _Within:
    """Follows one call of the function in which a statement stands."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs
        self.inside = self.raised = False

    def follow(self, frame: FrameType, event: str, told: Any) -> Any:
        if event == "line":
            was, self.inside = self.inside, frame.f_lineno in self.runs.statement.lines
            if self.inside and not was:
                self.runs.ran, self.raised = True, False
            self.runs.went_on |= was and not self.inside
        elif event == "exception":
            self.raised = not issubclass(told[0], (StopIteration, GeneratorExit))  # the end of a loop is no error
        elif event == "return":
            self.runs.went_on |= self.inside and not self.raised
            self.inside = False
        return self.follow


def raised_within(error: BaseException, statement: Statement, source: Path) -> bool:
    """Whether of the lines below a folder the one where an error arose is one of a statement."""
    told = getattr(error, "exc_info", None)  # of a doctest: what its example raised
    at: TracebackType | None = told[2] if told else error.__traceback__
    place: tuple[str, int] | None = None
    while at is not None:
        if at.tb_frame.f_code.co_filename.startswith(f"{source}/"):
            place = (at.tb_frame.f_code.co_filename, at.tb_lineno)
        at = at.tb_next
    return place is not None and place[0] == statement.file and place[1] in statement.lines
