"""Personal numbers that are spread over the cells of a table's row: a digit a box, as forms ask for it, or a group a cell.

Reading: cells that adjoin and hold nothing but digits may be one number. A label (the cell to the left, the heading above the first cell) that
announces such a number is enough. Without one only an identity number counts, by its check digit and its day of birth, and a card of
UnionPay, and only where the cells have no headings of their own (a row of figures has a heading above each) and, box by box, nothing else
stands beside them. Three rows or more that all hold identity numbers are no accident, whatever stands above them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import NamedTuple

from opencheck.core.personal_labels import Meaning, TextTables, meaning_of
from opencheck.core.personal_numbers import (
    CERTIFICATE_TAIL,
    LONGEST,
    NumberKind,
    are_resident_ids,
    is_card,
    is_mobile_shape,
    is_old_id,
    is_resident_id,
)

__all__ = ["SpreadNumber", "numbers_over_cells"]

_DIGITS = r"[0-9](?:[ \u200b]?[0-9])*+(?:[ \u200b]?[Xx])?|[Xx]"


def _run(end: str) -> re.Pattern[str]:
    pad = "[ \u200b]*+"
    return re.compile(
        rf"(?<![0-9A-Za-z.])(?<![0-9][ \u200b])(?:{_DIGITS}){pad}(?:(?:{end}{pad}){{1,3}}(?:{_DIGITS}){pad})+(?![0-9A-Za-z.])"
    )


_RUNS = {"\t": _run("\t"), ",": _run(",")}

_COLUMN = re.compile(
    r"(?<![^\n])(?<![0-9]\n)(?:[0-9][ \t]{0,2}\n{1,2}){17}[0-9Xx](?=\s|\Z)(?![ \t]*\n{1,2}[0-9][ \t]*(?:\n|\Z))"
)
"""Boxes that stand on lines of their own, as text boxes and the elements of a web page do."""

_PIECE = re.compile(_DIGITS)

_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"

_BEGINS = re.compile(
    rf"(?=[1-9][0-9]{{5}}(?:(?:19|20)[0-9]{{2}}|[0-9]{{2}}){_DAY}|(?:(?:00)?86)?1[3-9][0-9]{{9}}|(?:62|[45]|35)[0-9]{{14}})"
)
"""Where in the digits of a row a number may begin."""

_SEAMS = frozenset((6, 14))
"""Where an identity number is cut when its day of birth stands in cells of its own."""

_ANNOUNCES_NUMBER = re.compile(r"[号码][\s:：]*$")


_GAPS = str.maketrans("", "", " \u200b\t,")


class SpreadNumber(NamedTuple):
    """A number over several cells: its kind, its position, and what its label announces."""

    kind: NumberKind
    start: int
    end: int
    announced: Meaning


class _Piece(NamedTuple):
    start: int
    end: int
    digits: str


def numbers_over_cells(
    plain: str, tables: Callable[[], TextTables], meaning: Callable[[int], Meaning]
) -> Iterator[SpreadNumber]:
    """Yield the numbers whose digits stand in several cells of a row; none overlaps another.

    Args:
        plain: the text of :func:`opencheck.core.personal_numbers.as_plain`, cells separated by tabs or by commas.
        tables: gives the tables of the text.
        meaning: tells what the words beside a position announce.

    >>> row = "身份证号码\\t" + "\\t".join("11010519491231002X")
    >>> list(numbers_over_cells(row, lambda: TextTables(row), lambda at: "identity"))
    [SpreadNumber(kind='resident_id', start=6, end=41, announced='identity')]
    """
    for column in _COLUMN.finditer(plain):
        before = plain[: column.start()].rstrip("\n").rpartition("\n")[2]
        if is_resident_id(re.sub(r"\s", "", column.group()).upper()) and meaning_of(before, heading=True) != "code":
            yield SpreadNumber("resident_id", *column.span(), "identity")
    for end, pattern in _RUNS.items():
        if end not in plain:
            continue
        for run in pattern.finditer(plain):
            if _BEGINS.search(run.group().translate(_GAPS)):
                found = _PIECE.finditer(plain, *run.span())
                pieces = [_Piece(*piece.span(), piece.group().translate(_GAPS).upper()) for piece in found]
                yield from _numbers_of_run(pieces, tables, meaning)


def _numbers_of_run(
    pieces: list[_Piece], tables: Callable[[], TextTables], meaning: Callable[[int], Meaning]
) -> Iterator[SpreadNumber]:
    starts: dict[int, int] = {}
    at = free = 0
    for number, piece in enumerate(pieces):
        starts[at] = number
        at += len(piece.digits)
    for match in _BEGINS.finditer("".join(piece.digits for piece in pieces)):
        first = starts.get(match.start())
        if first is None or first < free:
            continue
        found = _longest_number(pieces, first, tables, meaning)
        if found is not None:
            spread, taken = found
            free = first + taken
            yield spread


def _longest_number(
    pieces: list[_Piece], first: int, tables: Callable[[], TextTables], meaning: Callable[[int], Meaning]
) -> tuple[SpreadNumber, int] | None:
    """The longest number that begins with a piece, and how many pieces it takes."""
    found = None
    own, digits = [pieces[first]], pieces[first].digits
    for piece in pieces[first + 1 :]:
        own.append(piece)
        digits += piece.digits
        if len(digits) > LONGEST:
            break
        if _may_be_number(digits, own):
            judged = _judge(own, digits, meaning(own[0].start), tables, is_whole=own == pieces)
            found = (judged, len(own)) if judged else found
    return found


def _may_be_number(digits: str, own: list[_Piece]) -> bool:
    return (
        is_mobile_shape(digits, [len(piece.digits) for piece in own])
        or is_old_id(digits)
        or is_resident_id(digits[:18])
        or is_card(digits)
    )


def _judge(
    pieces: list[_Piece], digits: str, announced: Meaning, tables: Callable[[], TextTables], *, is_whole: bool
) -> SpreadNumber | None:
    start, end = pieces[0].start, pieces[-1].end
    lengths = [len(piece.digits) for piece in pieces]
    in_boxes = set(lengths) == {1}
    is_identity = announced in ("identity", "disability")
    tail = digits[18:]
    if is_resident_id(digits[:18]) and (not tail or CERTIFICATE_TAIL.fullmatch(tail)):
        seems_one = is_whole if in_boxes else _SEAMS.issubset(accumulate(lengths))
        if is_identity or (seems_one and _stands_alone(pieces, announced, tables)):
            return SpreadNumber("resident_id", start, end, "identity")
    if is_identity and is_old_id(digits):
        return SpreadNumber("resident_id", start, end, announced)
    if announced == "phone" and is_mobile_shape(digits, lengths):
        return SpreadNumber("mobile", start, end, announced)
    if is_card(digits):
        is_shaped = in_boxes or set(lengths[:-1]) == {4}
        seems_one = announced == "" and is_shaped and is_whole and digits.startswith("62")
        if announced == "card" or (seems_one and not _is_headed(pieces, tables())):
            return SpreadNumber("bank_card", start, end, announced)
    return None


def _stands_alone(pieces: list[_Piece], announced: Meaning, tables: Callable[[], TextTables]) -> bool:
    """Whether cells that no label calls an identity number are one all the same."""
    found = tables()
    if announced == "" and not _is_headed(pieces, found):
        return True
    return are_resident_ids(found.joined_cells(pieces[0].start, pieces[-1].start))


def _is_headed(pieces: list[_Piece], tables: TextTables) -> bool:
    """Whether each of the cells has a heading of its own, unless the cell before them announces a number."""
    if _ANNOUNCES_NUMBER.search(tables.beside(pieces[0].start).left):
        return False
    headings = [tables.beside(piece.start).heading for piece in pieces]
    return all(headings) and len(set(headings)) > 1
