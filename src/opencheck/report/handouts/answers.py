"""The answers in filled hand-outs, as they stand in the files: which row is about which finding, and what its cells say.

A row is recognised by the hidden token that was written with it, see :func:`opencheck.report.handouts.content.token_of`. What the cells mean is
decided in :mod:`opencheck.report.handouts.reading`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError
from opencheck.core.extras import names_missing_libraries
from opencheck.core.message_catalogue import LANGUAGES
from opencheck.core.normalize import normalize_key
from opencheck.documents.workbook_worker import WorkbookFailure, read_isolated
from opencheck.records.dataset import SourceLocation
from opencheck.report.handouts.content import ANSWERS, APPROVAL, REVIEW, label
from opencheck.report.handouts.workbook import TOKEN

__all__ = ["AnswerFiles", "GivenAnswer", "read_answers"]

_COLUMNS = (*ANSWERS, *APPROVAL, *REVIEW)
_HEADINGS = {normalize_key(label(name, lang)): name for name in (*_COLUMNS, "rule", "record_id") for lang in LANGUAGES}
_TOKEN = re.compile(r"[0-9a-f]{12}(?:-\d+)?:[0-9a-f]{8}:[0-9a-f]{6}")

_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods"})
_READ = (*sorted(_WORKBOOKS), ".docx")
_QUIET = frozenset({".html", ".htm"})
"""Files of a folder of hand-outs that hold no answers."""
_INDEX = "汇总"


@dataclass(frozen=True)
class GivenAnswer:
    """The row of one item with what was filled in."""

    token: str
    """What identifies the finding; blank where the row has none."""
    place: SourceLocation
    """File, sheet and row; of a document the number of the table."""
    rule: str
    """The rule that the row names."""
    record_id: str
    """The record that the row names."""
    values: dict[str, Any] = field(default_factory=dict)
    """The cells that are filled in, by column."""


@dataclass(frozen=True)
class AnswerFiles:
    """What was read of filled hand-outs."""

    given: list[GivenAnswer]
    """The rows with answers; rows that nobody filled in are left out."""
    items: int
    """The items, filled in or not; one that stands in a workbook and in a document is one."""
    unread: list[SourceLocation]
    """Files and sheets that are no hand-out."""


@names_missing_libraries
def read_answers(paths: Iterable[str | Path]) -> AnswerFiles:
    """Read filled hand-outs.

    Args:
        paths: hand-outs (.xlsx, or saved as .xls, .et or .ods; .docx), or folders of them.

    Raises:
        InputError: a file that does not exist or cannot be read.
    """
    given: list[GivenAnswer] = []
    unread: list[SourceLocation] = []
    items: set[str] = set()
    for path in _files(paths):
        suffix = path.suffix.lower()
        if suffix in _WORKBOOKS:
            rows = list(_of_workbook(path))
        elif suffix == ".docx":
            rows = list(_of_document(path))
        else:
            unread.append(SourceLocation(path.name))
            continue
        if not any(row.token for row in rows):
            unread.append(SourceLocation(path.name))
        items |= {row.token for row in rows if row.token}
        given += [row for row in rows if row.values]
    return AnswerFiles(given, len(items), unread)


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    for path in map(Path, paths):
        if not path.exists():
            raise InputError(f"{path}: 文件不存在 / no such file", code="no_such_file", path=path)
        if not path.is_dir():
            yield path
            continue
        for file in sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(("~$", "."))):
            if file.suffix.lower() not in _QUIET and file.stem != _INDEX:
                yield file


def _of_workbook(path: Path) -> Iterator[GivenAnswer]:
    try:
        sheets = read_isolated(path.read_bytes())
    except (OSError, WorkbookFailure) as exc:
        raise InputError(f"{path}: 打不开 / cannot be opened: {exc}", code="unreadable", path=path, accepted=_READ) from exc
    for name, _, rows, _ in sheets:
        columns: dict[int, str] = {}
        for number, cells in rows:
            texts = ["" if cell is None else str(cell).strip() for cell in cells]
            if TOKEN in texts:
                columns = {i: _HEADINGS.get(normalize_key(text), "") for i, text in enumerate(texts)}
                columns[texts.index(TOKEN)] = "token"
            elif columns:
                row = {columns.get(i, ""): cell for i, cell in enumerate(cells) if texts[i]}
                found = _answer(row, SourceLocation(path.name, name, number))
                if found is not None:
                    yield found


def _of_document(path: Path) -> Iterator[GivenAnswer]:
    import docx

    try:
        document = docx.Document(io.BytesIO(path.read_bytes()))
        tables: Sequence[Any] = document.tables
    except Exception as exc:  # whatever a damaged package makes the library raise
        raise InputError(f"{path}: 打不开 / cannot be opened: {exc}", code="unreadable", path=path, accepted=_READ) from exc
    for number, table in enumerate(tables, 1):
        row: dict[str, Any] = {}
        for line in table.rows:
            cells = [c.text.strip() for c in {id(c._tc): c for c in line.cells}.values()]
            for heading, text in zip(cells[::2], cells[1::2], strict=False):
                if found := _TOKEN.search(heading):
                    row["token"] = found.group()
                elif text:
                    row[_HEADINGS.get(normalize_key(heading), "")] = text
                if found and text:  # the first pair of a table is the number
                    row.setdefault("", text)
        answer = _answer(row, SourceLocation(path.name, None, number))
        if answer is not None:
            yield answer


def _answer(row: dict[str, Any], place: SourceLocation) -> GivenAnswer | None:
    """A row as an answer; None for what is neither an item nor filled in: a band, a blank row."""
    token = str(row.get("token") or "").strip()
    values = {name: row[name] for name in _COLUMNS if row.get(name) not in (None, "")}
    if not token and not values:
        return None
    return GivenAnswer(token, place, str(row.get("rule") or "").strip(), str(row.get("record_id") or "").strip(), values)
