"""Cells in which one of several printed options is ticked: ☑是 □否, 主动公开□ 依申请公开√.

Read only where every option has its mark, all on the same side. A crossed box (☒) is ticked to some programs and struck out to people, and a
filled shape alone is the bullet of a list: such cells stay as they are written.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["ticked_options"]

_TICKS, _SHAPES, _BOXES = "☑✓✔√🗹✅", "■●⬛◉", "□☐○◯▢❏⬜◻×✗✘✖"
_MARK = rf"(?:[(\[【] ?[{_TICKS}{_SHAPES}{_BOXES}]? ?[)\]】]|[{_TICKS}{_SHAPES}{_BOXES}])"
_LETTER = rf"[^\s,;、/|()\[\]【】{_TICKS}{_SHAPES}{_BOXES}☒]"
_WORD = rf"(?:{_LETTER}|\({_LETTER}+\))+"
_BETWEEN = r"[\s,;、/|]*+"
_PAIRS = (
    re.compile(rf"(?P<mark>{_MARK})\s*(?P<word>{_WORD}){_BETWEEN}"),
    re.compile(rf"(?P<word>{_WORD})\s*(?P<mark>{_MARK}){_BETWEEN}"),
)
_LONGEST = 200


def ticked_options(text: str) -> list[str] | None:
    """The options that are ticked, in their order.

    Args:
        text: the cell.

    Returns:
        The words that are ticked; None where the cell is no row of options, or leaves open which mark is whose.

    >>> ticked_options("☑是 □否"), ticked_options("主动公开□；依申请公开（√）"), ticked_options("□是 □否")
    (['是'], ['依申请公开'], [])
    >>> ticked_options("是√否"), ticked_options("■主动公开"), ticked_options("主动公开")
    (None, None, None)
    """
    if len(text) > _LONGEST:
        return None
    folded = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").strip()
    for pair in _PAIRS:
        found, at = [], 0
        while match := pair.match(folded, at):
            found.append((match["word"], match["mark"].strip("()[]【】 ")))
            at = match.end()
        if not found or at < len(folded):
            continue
        if all(mark and mark in _SHAPES for _, mark in found):
            return None
        return [word for word, mark in found if mark and mark in _TICKS + _SHAPES]
    return None
