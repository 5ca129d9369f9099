"""What leaves a field of a record open: two columns that disagree on it; a cell merged across columns, of which only the first one holds what
is written there; a word by which a day is not known (a last day 不详, an act 已公开), where a blank would say that there is none yet; a word
that the field's vocabulary does not know; a text that names no period; a day where a time of day is wanted. The record is kept without the
field, with a text beside it of what the columns say. The same text tells of cells that were taken for blank and likely mean something (同上),
so that the report can ask about them.

Batches have the text in a column of its own, so that it takes the same way as the record through every engine.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import polars as pl

from opencheck.core.clock import SHANGHAI
from opencheck.core.display import beginning
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue, parse
from opencheck.records.placeholders import says_the_same

__all__ = [
    "CONTRADICTED",
    "TABLES_OF_CELLS",
    "Contradiction",
    "Doubt",
    "blank_text",
    "contradiction_text",
    "contradictions_in",
    "contradictions_of_fields",
    "contradicts",
    "day_alone",
    "entries_of",
    "has_contradictions",
    "left_open_text",
    "merged_text",
    "same_words_in",
    "says_same_words",
]

CONTRADICTED = "_contradicted"
"""The column beside a table's fields that tells of contradictions and of doubtful blanks; sources need not have it."""

TABLES_OF_CELLS = frozenset({"listing"})
"""Tables that are checked cell by cell: no rule there can leave one record open, so that its row is rejected.

In all others a row is rejected for what decides which record it is, or whether it holds: its id, a day that cannot be (also of a waiver and of
the roster), a number.
"""

_ENTRY, _PART, _VALUE, _DOUBT, _DAY = "\x1e", "\x1f", "\x1d", "\x1c", "\x1b"
_SAME = _DOUBT
"""At the beginning of an entry: what it says leaves nothing open."""
_CONTROL = re.compile(r"[\x1b-\x1f]+")


class Doubt(StrEnum):
    """Why a field of a record is left open."""

    DIFFERENT = ""
    """Its columns disagree."""
    MERGED = "merged"
    """Its cell is merged with one before it, which is the one column then."""
    UNKNOWN = "unknown"
    """Its cell says that there is a day, or may be one, and not which."""
    WORD = "word"
    """Its cell holds a word that is none of the field's."""
    PERIOD = "period"
    """Its cell names no period."""
    TIME = "time"
    """Its cell holds a day without a time of day, or with one that has two readings."""


_LEFT_OPEN = {"vocabulary": Doubt.WORD, "bool": Doubt.WORD, "period": Doubt.PERIOD, "datetime": Doubt.TIME}
"""The reasons for which a value is not accepted that leave its field open; for the others the row is rejected."""


class Contradiction(NamedTuple):
    """A field of a record, and what each of its columns says: the header and the value as text."""

    field: str
    columns: tuple[tuple[str, str], ...]
    doubt: Doubt = Doubt.DIFFERENT


def contradiction_text(spec: FieldSpec, values: Iterable[tuple[str, Any]]) -> str:
    """What the columns of a field say of a record, as a text for the column ``CONTRADICTED``.

    Args:
        spec: the field.
        said: for each filled column its header and its typed value.

    >>> from opencheck.records.tables import TABLES
    >>> text = contradiction_text(TABLES["meeting"].fields["kind"], [("会议类型", "plenary"), ("类别", "executive")])
    >>> contradictions_in(text)
    [Contradiction(field='kind', columns=(('会议类型', '全体会议'), ('类别', '常务会议')), doubt=<Doubt.DIFFERENT: ''>)]
    """
    parts = (f"{_PART}{_plain(header)}{_VALUE}{_plain(_shown(spec, value))}" for header, value in values)
    return f"{_ENTRY}{spec.name}{''.join(parts)}"


def blank_text(spec: FieldSpec, header: str, word: Any) -> str:
    """What is said of a field that is blank for the word in its cell, as a text for ``CONTRADICTED``; nothing of most words.

    That a cell is as another one is told, and leaves nothing open. A last day that is not known, or the day of an act that is said to be done,
    leaves the field open: taken for a blank it would mean that there is none yet.

    Args:
        spec: the field.
        header: the header of its column.
        word: what stands in the cell: a text, or a yes or no of another type.

    >>> from opencheck.records.tables import TABLES
    >>> text = blank_text(TABLES["request"].fields["replied_on"], "答复日期", "同上")
    >>> contradictions_in(text), same_words_in(text)
    ([], [('replied_on', '同上')])
    >>> contradictions_in(blank_text(TABLES["disclosure"].fields["posted_until"], "公示截止", "不详"))
    [Contradiction(field='posted_until', columns=(('公示截止', '不详'),), doubt=<Doubt.UNKNOWN: 'unknown'>)]
    >>> contradictions_in(blank_text(TABLES["request"].fields["extension_notified_on"], "是否延期", True))
    [Contradiction(field='extension_notified_on', columns=(('是否延期', '是'),), doubt=<Doubt.UNKNOWN: 'unknown'>)]
    """
    if spec.under(header).leaves_open(word):
        shown = "是" if word is True else _plain(str(word))
        return f"{_ENTRY}{spec.name}{_PART}{_plain(header)}{_VALUE}{shown}{_DOUBT}{Doubt.UNKNOWN}"
    same = isinstance(word, str) and says_the_same(word)
    return f"{_ENTRY}{_SAME}{spec.name}{_VALUE}{_plain(word)}" if same else ""


def left_open_text(spec: FieldSpec, header: str, value: Any, reason: str) -> str:
    """What is said of a field that is left open for a value that it does not accept, as a text for ``CONTRADICTED``; nothing where the row
    is rejected for it.

    Args:
        spec: the field.
        header: the header of its column.
        value: what stands in the cell.
        reason: the code for which it is not accepted.

    >>> from opencheck.records.tables import TABLES
    >>> contradictions_in(left_open_text(TABLES["meeting"].fields["kind"], "会议类型", "碰头会", "vocabulary"))
    [Contradiction(field='kind', columns=(('会议类型', '碰头会'),), doubt=<Doubt.WORD: 'word'>)]
    >>> left_open_text(TABLES["meeting"].fields["held_on"], "召开日期", "9月", "date")
    ''
    """
    if (doubt := _LEFT_OPEN.get(reason)) is None:
        return ""
    if isinstance(value, datetime):  # the same from a column of any zone
        value = value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo is not None else value
    shown = beginning(_plain(str(value).removesuffix(" 00:00:00")), 60)
    day = f"{_DAY}{_day_of(value)}" if doubt is Doubt.TIME else ""
    return f"{_ENTRY}{spec.name}{_PART}{_plain(header)}{_VALUE}{shown}{_DOUBT}{doubt}{day}"


def _day_of(value: Any) -> str:
    """The day of a moment whose time of day is not known; blank where that is not known either."""
    try:
        return str(parse("date", value))
    except InvalidValue:
        return ""


def day_alone(field: str) -> pl.Expr:
    """The day of a moment of which only that is known; null where the field does not leave the time of day open.

    >>> from opencheck.records.tables import TABLES
    >>> text = left_open_text(TABLES["opinion_case"].fields["responded_at"], "回应时间", "2018年10月5日", "datetime")
    >>> pl.DataFrame({CONTRADICTED: [text, None]}).select(day_alone("responded_at")).to_series().to_list()
    [datetime.date(2018, 10, 5), None]
    """
    mark = f"{_ENTRY}{field}{_PART}[^{_ENTRY}]*{_DAY}([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})"
    return pl.col(CONTRADICTED).str.extract(mark).str.to_date("%Y-%m-%d", strict=False)


def same_words_in(text: str | None) -> list[tuple[str, str]]:
    """The fields of which a cell of ``CONTRADICTED`` says that they are blank for such a word, with the word."""
    entries = [e.removeprefix(_SAME).partition(_VALUE) for e in (text or "").split(_ENTRY)[1:] if e.startswith(_SAME)]
    return [(name, word) for name, _, word in entries]


def merged_text(field: str, header: str, value: Any) -> str:
    """What is said of a field whose cell is merged with one before it, as a text for the column ``CONTRADICTED``.

    Args:
        field: the field.
        header: the header of the merged cell's first column.
        value: what stands in it.

    >>> contradictions_in(merged_text("replied_on", "收到日期", "2018-09-03"))
    [Contradiction(field='replied_on', columns=(('收到日期', '2018-09-03'),), doubt=<Doubt.MERGED: 'merged'>)]
    """
    shown = _plain(str(value).removesuffix(" 00:00:00"))
    return f"{_ENTRY}{field}{_PART}{_plain(header)}{_VALUE}{shown}{_DOUBT}{Doubt.MERGED}"


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _shown(spec: FieldSpec, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (list, pl.Series)):
        return "、".join(_shown(spec, item) for item in value)
    if isinstance(value, str) and spec.vocabulary is not None:
        return spec.vocabulary.label(value)
    if spec.kind == "datetime":
        return f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    return str(value)


def contradictions_in(text: str | None) -> list[Contradiction]:
    """The contradictions that a cell of ``CONTRADICTED`` tells of.

    >>> contradictions_in(None)
    []
    """
    found = []
    for entry in (e for e in (text or "").split(_ENTRY)[1:] if not e.startswith(_SAME)):
        said, _, doubt = entry.partition(_DAY)[0].partition(_DOUBT)
        name, *columns = said.split(_PART)
        pairs = (column.partition(_VALUE) for column in columns)
        found.append(Contradiction(name, tuple((header, value) for header, _, value in pairs), Doubt(doubt)))
    return found


def entries_of(texts: pl.Series) -> list[tuple[str, int]]:
    """The different entries of a column ``CONTRADICTED``, each a text of its own, with the number of records, in the order in which they come.

    >>> from opencheck.records.tables import TABLES
    >>> texts = [left_open_text(TABLES["meeting"].fields["kind"], "会议类型", "碰头会", "vocabulary")] * 2
    >>> [(contradictions_in(entry)[0].field, number) for entry, number in entries_of(pl.Series([None, *texts]))]
    [('kind', 2)]
    """
    entries = texts.drop_nulls().str.split(_ENTRY).explode().alias("entry").to_frame().filter(pl.col("entry") != "")
    counted = entries.group_by("entry", maintain_order=True).len()
    return [(f"{_ENTRY}{entry}", number) for entry, number in counted.iter_rows()]


def says_same_words() -> pl.Expr:
    """Whether a record has a cell that only says that it is as another one (:func:`same_words_in`)."""
    return pl.col(CONTRADICTED).str.contains(f"{_ENTRY}{_SAME}", literal=True)


def has_contradictions(batch: pl.DataFrame) -> bool:
    """Whether a batch has a record of which two columns disagree."""
    return CONTRADICTED in batch.columns and batch[CONTRADICTED].null_count() < len(batch)


def contradicts(fields: Collection[str]) -> pl.Expr:
    """Whether one of some fields of a record is contradicted."""
    if not fields:
        return pl.lit(False)
    marks: Sequence[str] = [f"{_ENTRY}{name}{_PART}" for name in sorted(fields)]
    return pl.col(CONTRADICTED).str.contains_any(list(marks)).fill_null(False)


def contradictions_of_fields(fields: Collection[str]) -> pl.Expr:
    """What the column tells of some fields alone; null where that is nothing."""
    names = "|".join(map(re.escape, sorted(fields)))
    kept = pl.col(CONTRADICTED).str.extract_all(f"{_ENTRY}(?:{names}){_PART}[^{_ENTRY}]*").list.join("")
    return pl.when(kept != "").then(kept)
