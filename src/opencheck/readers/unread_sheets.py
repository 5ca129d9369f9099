"""Whether what was not read may hold records: the one definition for sheets, tables of web pages and of databases, blocks beside a table, lines
above its headings, and files.

A cover, a table of contents, prose, an empty sheet, counts of records by unit or month hold none. What may hold some is told, and where it is
known of which table, nothing of that table is called missing (:class:`UnreadSource`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

from opencheck.core.normalize import normalize_key, normalize_whitespace
from opencheck.readers.forms import months_in
from opencheck.readers.header_groups import LONGEST_HEADING, Row, headings_at
from opencheck.readers.heading_match import Heading
from opencheck.readers.sheet_units import unit_of_sheet
from opencheck.readers.table_detection import evidence, table_by_name, tables_by_name
from opencheck.records.dataset import Dataset, SkippedLine, SourceLocation, UnreadSource
from opencheck.records.parse import InvalidValue, parse
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = ["add_unread_sources", "columns_may_hold", "file_may_hold", "may_hold", "unread_sheet"]

Kind = Literal["day", "number", "unit", "text"]

_LOOKED_AT = 60
"""Rows that are looked at."""
_SIMILAR = 0.75
"""How alike, from 0 to 1, a name and that of a table are where the one is likely meant for the other."""
_CONTINUED = re.compile(r"[(（]?(?:续|续表|接上|接上表|接上页|\d{1,2}|[一二三四五六七八九十])[)）]?")
"""What stands behind the name of a sheet that continues another."""
_LABEL = re.compile(r"(?:.*[:：]|填[表报制].*|.{0,6}(?:日期|时间|单位|机关|负责人|联系人|电话))")
"""A cell that says what the next one is, on a cover or in a line of signatures."""
_SERIES_OF_NUMBERS = re.compile(r"[\d.,%％+-]+")
_PLAIN_NUMBER = re.compile(r"\d{1,7}(?:\.\d+)?")
"""A count or an amount, which a workbook might show as a day, too."""
_HAS_DIGIT = re.compile(r"[0-9０-９〇一二三四五六七八九十]")
_DATA_FILES = frozenset(
    [
        ".rar",
        ".zip",
        ".7z",
        ".tar",
        ".gz",
        ".tgz",
        ".mdb",
        ".accdb",
        ".dbf",
        ".duckdb",
        ".numbers",
        ".fods",
        ".xlt",
        ".xltx",
        ".xltm",
        ".wdb",
        ".ett",
        ".uos",
    ]
)
"""Endings of archives, databases and other spreadsheets, which may hold records whatever they are called."""
_PAGES = frozenset(
    [
        ".docx",
        ".doc",
        ".wps",
        ".rtf",
        ".pdf",
        ".ofd",
        ".odt",
        ".mht",
        ".mhtml",
        ".html",
        ".htm",
        ".jpg",
        ".jpeg",
        ".png",
        ".tif",
        ".tiff",
        ".bmp",
    ]
)
"""Endings of pages and pictures: they hold records where their name is that of a table."""
_RESULT = re.compile("检查|报告|结果|通知|report|result", re.I)
"""What a page is called that tells of records."""


class _Cells(NamedTuple):
    """What the cells of a row are, by their columns; nothing where they are fewer than three, or labels."""

    kinds: dict[int, Kind]

    @property
    def is_record(self) -> bool:
        """Whether it reads like a record: a day beside two other cells, or a unit beside a text and another cell."""
        kinds = self.kinds.values()
        return "day" in kinds or ("unit" in kinds and "text" in kinds)

    @property
    def is_surely_record(self) -> bool:
        """Whether it is one whatever the headings: a day, a unit, and a text beside another cell."""
        return len(self.kinds) >= 4 and {"day", "unit", "text"} <= set(self.kinds.values())


def unread_sheet(
    data: Dataset, rows: Sequence[Row], place: SourceLocation, name: str, text: str, mapping: Mapping[str, str]
) -> None:
    """Note that a sheet was not read, and what it may hold.

    Args:
        data: the dataset.
        rows: the sheet's rows without blank ones.
        place: file and sheet.
        name: the name that tells what it holds.
        text: what is shown of it.
        mapping: a person's mapping of headings.
    """
    if (spec := _continued(data, rows, place, name)) is not None:
        data.ignored.append(SkippedLine(place, "continuation", text, may_hold=(spec.name,)))
    elif months := months_in(rows):
        row, columns = months
        at = {i for i, _ in columns}
        below = [kind for number, cells in rows if number > row for i, kind in _kinds(cells).items() if i in at]
        # Numbers are counts or readings, none of which tells that something was published.
        told = any(kind != "number" for kind in below)
        data.ignored.append(SkippedLine(place, "months", text, may_hold=("disclosure",) if told else None))
    else:
        found = may_hold(rows, name, mapping, place.sheet)
        data.ignored.append(SkippedLine(place, "sheet", text, may_hold=found))


def may_hold(
    rows: Sequence[Row], name: str | None, mapping: Mapping[str, str], sheet: str | None, *, fewest: int = 1
) -> tuple[str, ...] | None:
    """The tables of which rows that were not read may be records.

    Args:
        rows: the rows without blank ones; headings may be among them.
        name: the name of the sheet or table; None for a part of a sheet.
        mapping: a person's mapping of headings.
        sheet: the sheet's name, for mappings of one sheet.
        fewest: how many rows tell it where neither headings nor name do.

    Returns:
        Names of tables; none where it is not known of which; None where the rows are no records.

    >>> row = [("2", "乙", "市财政局", "2018-09-03", "2018-09-26")]
    >>> may_hold([(1, ["序号", "申请内容", "责任单位", "收文", "答复"]), (2, list(*row))], "10月", {}, None)
    ('request',)
    >>> may_hold([(1, list(*row))], "10月", {}, None), may_hold([(1, ["单位", "件数"]), (2, ["市财政局", 12])], "统计", {}, None)
    ((), None)
    """
    looked_at = [(number, cells, _cells(cells)) for number, cells in rows[:_LOOKED_AT]]
    records = [at for at, (_, _, cells) in enumerate(looked_at) if cells.is_record]
    named = _named(name) if name else None
    if not records:
        # Lists of names alone, such as a roster, are known by the name of the sheet.
        texts = sum(1 for _, _, cells in looked_at if list(cells.kinds.values()).count("text") >= 2)
        return (named,) if named and texts >= 3 else None
    lines = [[h for h in headings_at(rows, at)[0].values() if len(h.text) <= LONGEST_HEADING] for at in range(records[0] + 1)]
    told = [found for headings in lines if len(headings) >= 2 and (found := _best(headings, mapping, sheet))]
    own, table = max(told, default=(0, None))
    if table is not None and (named is None or own > 1):
        return (table,)
    if named is not None:
        return (named,)
    return () if sum(looked_at[at][2].is_surely_record for at in records) >= fewest else None


def columns_may_hold(name: str, columns: Sequence[str]) -> tuple[str, ...] | None:
    """The tables of which a table of a database may hold records, by its name and its columns.

    >>> columns_may_hold("依申请公开_2018Q4", ["id", "subject", "unit", "received_on", "replied_on"])
    ('request',)
    >>> columns_may_hold("auth_user", ["id", "name", "password"]) is None
    True
    """
    headings = [Heading(c) for c in columns]
    found = _best(headings, {}, None, fewest=3)
    if found is None:
        return None
    _, table = found
    return (table,)


def file_may_hold(path: Path) -> tuple[str, ...] | None:
    """The tables of which a file of a kind that is not read may hold records, by its name.

    >>> from pathlib import Path
    >>> [file_may_hold(Path(n)) for n in ("依申请公开10月.docx", "附件.rar", "依申请公开办理指南.txt", "会议通知.docx", "检查报告.html")]
    [('request',), (), None, None, None]
    """
    suffix = path.suffix.lower()
    named = _named(path.stem)
    if suffix in _DATA_FILES:
        return (named,) if named else ()
    return (named,) if suffix in _PAGES and named and not _RESULT.search(path.stem) else None


def add_unread_sources(data: Dataset) -> None:
    """Let every table that was read know of what was not read and may hold more of it."""
    for line in data.ignored:
        for name in line.may_hold or ():
            if name in data.tables:
                place = line.place
                label = place.sheet or place.file or ""
                data.add(TABLES[name], UnreadSource(TABLES[name], data.source((place.file, place.sheet)), label))
    data.last_read.clear()


def _best(
    headings: Sequence[Heading], mapping: Mapping[str, str], sheet: str | None, *, fewest: int = 2
) -> tuple[int, str] | None:
    """The table that most headings name, and how many of its own fields they are; at least so many fields, one of them its own."""
    found = (evidence(spec, headings, mapping, sheet) for spec in TABLES.values() if spec.name != "listing")
    fitting = [e for e in found if len(e.fields) >= fewest and e.own and e.telling and len(e.fields) * 2 >= len(headings)]
    if not fitting:
        return None
    best = max(fitting, key=lambda e: (len(e.telling), len(e.own), len(e.fields)))
    return len(best.own), best.spec.name


def _continued(data: Dataset, rows: Sequence[Row], place: SourceLocation, name: str) -> TableSpec | None:
    """The table that a sheet without headings continues: its cells are of the kinds of the columns of the table before it in the file, and
    a day is among them, or its name says so."""
    if place.file not in data.last_read:
        return None
    spec, before = data.last_read[place.file]
    columns: dict[int, set[Kind]] = {}
    for _, cells in before[:_LOOKED_AT]:
        for column, kind in _kinds(cells).items():
            columns.setdefault(column, set()).add(kind)
    whole = [_kinds(cells) for _, cells in rows[:_LOOKED_AT] if len({str(c) for c in cells if c not in (None, "")}) >= 3]
    same = [kinds for kinds in whole if all(_fits(kind, columns.get(column, set())) for column, kind in kinds.items())]
    if not whole or len(same) * 5 < len(whole) * 4:
        return None
    dated = any("day" in kinds.values() for kinds in same)
    return spec if dated or _says_continued(name) else None


def _fits(kind: Kind, known: set[Kind]) -> bool:
    """Whether a cell may stand in a column: a number among texts is one, a unit of an unknown form a text, but a day is a day."""
    return kind in known or ("day" not in (kind, *known) and bool(known & {"text", "unit"}))


def _says_continued(name: str) -> bool:
    plain = normalize_whitespace(name)
    match = re.search(rf"{_CONTINUED.pattern}$", plain)
    return match is not None and (_named(plain[: match.start()]) is not None or "续" in match[0])


def _named(name: str) -> str | None:
    """The table whose name a name is or holds, or is nearly."""
    names = tables_by_name()
    key = re.sub(
        r"[\d_]+(?:年|月|季度|q\d)*|[一二三四五六七八九十]{1,3}(?:月|季度)|年度?|台账|登记表|统计表|续表?$",
        "",
        normalize_key(name),
    )
    if near := difflib.get_close_matches(key, names, n=1, cutoff=_SIMILAR):
        return names[near[0]].name
    held = table_by_name(name)
    return (
        held.name if held is not None and any(len(n) >= 4 and n in key and spec is held for n, spec in names.items()) else None
    )


def _cells(cells: Sequence[Any]) -> _Cells:
    """What the cells of a row are; nothing for a line of labels and what they say."""
    labels = (isinstance(c, str) and _LABEL.fullmatch(c.strip()) for c in cells)
    return _Cells({} if any(labels) or len({str(c) for c in cells if c not in (None, "")}) < 3 else _kinds(cells))


def _kinds(cells: Sequence[Any]) -> dict[int, Kind]:
    return {i: _kind(c) for i, c in enumerate(cells) if c is not None and c != ""}


def _kind(cell: Any) -> Kind:
    if isinstance(cell, date):
        return "day"
    if not isinstance(cell, str):
        return "number"
    text = normalize_whitespace(cell)
    if not _PLAIN_NUMBER.fullmatch(text) and _HAS_DIGIT.search(text) and _is_day(text):
        return "day"
    if _SERIES_OF_NUMBERS.fullmatch(text):
        return "number"
    return "unit" if unit_of_sheet(text) is not None else "text"


def _is_day(text: str) -> bool:
    try:
        return parse("date", text) is not None
    except InvalidValue:
        return False
