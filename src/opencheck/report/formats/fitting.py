"""Text for a terminal: lines no wider than it, lists cut to what fits, and sections that share a number of lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

__all__ = ["Line", "Section", "as_many_as_fit", "chosen_versions", "cut", "fitted", "whole_sentences", "wrapped"]

_BETWEEN = " · "
"""Between the parts of a line that may be long."""


class Line(NamedTuple):
    """A line of text; its style, a colour with or without ``bold`` before it, or blank; whether it may be cut off at the width."""

    text: str
    style: str = ""
    short: bool = False


class Section(NamedTuple):
    """A part of a page, as it is told in few lines and in more."""

    versions: Sequence[Sequence[Line]]
    """From the fewest lines to the most."""
    rank: int = 0
    """The lower, the earlier it gets more lines."""


def chosen_versions(sections: Sequence[Section], most: int) -> list[Line]:
    """Return the lines of the sections in their order, each in its longest version for which there is room.

    Args:
        sections: with lines that fit the width.
        most: lines in all; the shortest versions are given even where they are more.

    >>> some = Section([[Line("2 rows")], [Line("2 rows:"), Line("a"), Line("b")]])
    >>> [line.text for line in chosen_versions([some, Section([[Line("end")]])], 3)]
    ['2 rows', 'end']
    """
    chosen = [0] * len(sections)
    room = most - sum(len(s.versions[0]) for s in sections)
    for at in sorted(range(len(sections)), key=lambda at: sections[at].rank):
        versions = sections[at].versions
        for number in range(1, len(versions)):
            more = len(versions[number]) - len(versions[chosen[at]])
            if more <= room:
                room -= more
                chosen[at] = number
    return [line for at, section in zip(chosen, sections, strict=True) for line in section.versions[at]]


def as_many_as_fit(title: str, items: Sequence[str], width: int, separator: str, rest: str) -> str:
    """Return a title and as many of its items as one line holds; the first is cut off where even it is too long.

    Args:
        title: with what separates it from the items.
        items: at least one.
        width: columns of the line; a Chinese character takes two.
        separator: between items.
        rest: follows where items are left out; ``{count}`` stands for their number.

    >>> as_many_as_fit("Units: ", ["one 3", "two 2", "three 1"], 21, ", ", " … {count} more")
    'Units: one 3 … 2 more'
    >>> as_many_as_fit("Units: ", ["one 3", "two 2", "three 1"], 28, ", ", " … {count} more")
    'Units: one 3, two 2, three 1'
    """
    for number in range(len(items), 0, -1):
        left = len(items) - number
        line = title + separator.join(items[:number]) + (rest.format(count=left) if left else "")
        if cell_len(line) <= width or number == 1:
            break
    if cell_len(line) > width:
        end = rest.format(count=len(items) - 1) if len(items) > 1 else ""
        line = cut(f"{title}{items[0]}", width - cell_len(end)) + end
    return line


def whole_sentences(text: str, width: int) -> str | None:
    """Return a text where it fits, else as many of its whole clauses as do, with an ellipsis; None where not even one does.

    >>> whole_sentences("Publish it now; find out why it was late", 30)
    'Publish it now …'
    >>> whole_sentences("Publish it now; find out why it was late", 10) is None
    True
    """
    if cell_len(text) <= width:
        return text
    ends = [m.start() for m in re.finditer(r"[；。]|[;.] ", text)]
    return next((f"{text[:end]} …" for end in reversed(ends) if cell_len(text[:end]) + 2 <= width), None)


def cut(text: str, width: int) -> str:
    """Return a text, cut off with an ellipsis where it is wider than that many columns.

    >>> cut("政策解读3个工作日内发布", 12)
    '政策解读3个…'
    """
    return text if cell_len(text) <= width else f"{set_cell_size(text, max(0, width - 1)).rstrip()}…"


def fitted(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """Yield the lines at a width: short ones cut off, the others continued on the next line, below their text."""
    for text, style, short in lines:
        one = " ".join(text.split("\n"))
        if short:
            yield Line(cut(one, width), style)
        else:
            indent = " " * (len(one) - len(one.lstrip()) + 2)
            yield from (Line(part, style) for part in wrapped(one, width, indent))


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Return a text as lines of at most that many columns.

    A date, a number and a name of Latin letters stay in one piece, a line begins with no closing punctuation and ends with no opening one.

    Args:
        text: one paragraph.
        width: columns; a Chinese character takes two.
        indent: before every line but the first.

    >>> wrapped("应最迟2018-10-08（周一）完成；迟1个工作日", 20)
    ['应最迟2018-10-08（周', '一）完成；迟1个工作', '日']
    >>> wrapped("most late: the office of works", 14, "  ")
    ['most late: the', '  office of', '  works']
    """
    lines = []
    indent = indent[: width // 2]  # so that every line holds more of the text
    while cell_len(text) > width:
        first = _first_line(text, width, len(text) - len(text.lstrip()))
        lines.append(first.rstrip())
        text = indent + text[len(first) :].removeprefix(_BETWEEN).lstrip()
    return [*lines, text]


def _first_line(text: str, width: int, least: int) -> str:
    """As much of a text as fits and more than its indent: up to the end of a part, else to a place where a line may end."""
    first = chop_cells(text, width)[0]
    part = text.rfind(_BETWEEN, 0, len(first) + len(_BETWEEN))
    if part > max(len(first) // 3, least):
        return text[:part]
    at = len(first)
    while at > max(len(first) // 2, least) and not _may_end(text, at):
        at -= 1
    return text[:at] if _may_end(text, at) else first


def _may_end(text: str, at: int) -> bool:
    """Whether a line may end before a character: not inside a Latin word or number, before what closes, or after what opens."""
    before, after = text[at - 1], text[at]
    if " " in (before, after):
        return True
    if before.isascii() and after.isascii():
        return False
    return after not in _CLOSING and before not in _OPENING


_CLOSING = "，。、；：？！”’）》〉】〕…—)]}>,.;:?!%"
_OPENING = "“‘（《〈【〔([{<"
