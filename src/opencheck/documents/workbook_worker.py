"""Reads a binary workbook in a process of its own: what kills it, or takes all memory, does not touch the caller.

Run as a script, it reads the file from its input and writes its sheets to its output, pickled. It imports nothing of opencheck, so it starts
at once.
"""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["WorkbookFailure", "read_isolated"]

_MAX_MEMORY_BYTES = 4 << 30
_MAX_SECONDS = 600
_MAX_GRID_CELLS = 5_000_000
"""Sheets with a larger grid are handed over without their blank rows."""


class WorkbookFailure(Exception):
    """The workbook cannot be read; ``code`` is ``password`` or ``damaged``."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def read_isolated(content: bytes) -> list[tuple[str, bool, list[tuple[int, list[Any]]], list[Any]]]:
    """Read a workbook in another process.

    Args:
        content: the file.

    Returns:
        For each sheet its name, whether it is hidden, its rows with their numbers, and its merged ranges (from 0).

    Raises:
        WorkbookFailure: the workbook has a password, is damaged, or needs more memory or time than any ledger.

    >>> read_isolated(b"no workbook")
    Traceback (most recent call last):
    opencheck.documents.workbook_worker.WorkbookFailure: Cannot detect file format
    """
    if not Path(sys.executable or "").name.lower().startswith(("python", "pypy")):  # Python inside another program
        answer = _read(content)
    else:
        command = [sys.executable, "-P", str(Path(__file__).resolve())]
        try:
            done = subprocess.run(command, input=content, capture_output=True, timeout=_MAX_SECONDS, check=False)
        except subprocess.TimeoutExpired as exc:
            raise WorkbookFailure("damaged", f"no end after {_MAX_SECONDS} s") from exc
        if done.returncode:
            raise WorkbookFailure("damaged", f"the reader stopped with status {done.returncode}")
        answer = pickle.loads(done.stdout)
    if isinstance(answer, tuple):
        raise WorkbookFailure(*answer)
    sheets: list[tuple[str, bool, list[tuple[int, list[Any]]], list[Any]]] = answer
    return sheets


def _read(content: bytes) -> Any:
    """The sheets, or what is wrong as code and reason. Calamine's panics are no ``Exception``."""
    import python_calamine

    try:
        with python_calamine.load_workbook(io.BytesIO(content)) as book:
            return [_sheet(book, one) for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
    except (KeyboardInterrupt, SystemExit):
        raise
    except python_calamine.PasswordError as exc:
        return "password", str(exc)
    except BaseException as exc:
        return "damaged", (str(exc).splitlines() or [type(exc).__name__])[0]


def _sheet(book: Any, one: Any) -> tuple[str, bool, list[tuple[int, list[Any]]], list[Any]]:
    sheet = book.get_sheet_by_name(one.name)
    rows: list[tuple[int, list[Any]]] = []
    left = [None] * (sheet.start[1] if sheet.start else 0)
    sparse = sheet.total_height * sheet.total_width > _MAX_GRID_CELLS
    for number, cells in enumerate(sheet.iter_rows(), 1):
        while cells and cells[-1] == "":
            cells.pop()
        if cells or not sparse:
            rows.append((number, left + [None if cell == "" else cell for cell in cells]))
    return one.name, str(one.visible).rpartition(".")[2] != "Visible", rows, sheet.merged_cell_ranges or []


def _main() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    except (ImportError, OSError, ValueError):  # not on Windows; a lower limit may stand already
        pass
    sys.stdout.buffer.write(pickle.dumps(_read(sys.stdin.buffer.read()), protocol=5))


if __name__ == "__main__":
    _main()
