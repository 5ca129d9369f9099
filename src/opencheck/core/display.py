"""How texts of records are shown: the one function that every text passes on its way into a finding, a message or a report.

Personal numbers are masked, and characters that act instead of being seen (control characters, those that turn the direction of writing)
are replaced by visible ones, so that no cell can move a cursor, forge a line or hide what it says. The records themselves stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from opencheck.core.personal_data import mask_for_display

__all__ = [
    "DistinctNames",
    "beginning",
    "display_lines",
    "display_text",
    "displayed",
]

T = TypeVar("T")

_LINE_BREAKS = re.compile("(?<![ \t])[ \t]*(?:\r\n|[\n\t\u2028\u2029])[ \t\r\n\u2028\u2029]*")

_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0 (escape, backspace, carriage return …), delete, and C1, which holds one-character escapes
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction of writing
    "\ud800-\udfff\ufffe\uffff]"  # no characters at all: neither UTF-8 nor XML holds them
)

_ACTING_IN_LINES = re.compile(rf"(?![\n\t])(?:{_ACTING.pattern})")

_LARGE = 10_000_000_000

_LONG = 1_000
"""Longer texts are not kept in the cache."""


def display_text(text: str) -> str:
    """Return a text as reports show it, in one line: personal numbers masked, characters that act replaced by visible ones.

    What was shown once may be shown again: the result stays the same.

    Args:
        text: any text of a record, a heading, or the name of a file, a sheet or a unit.

    >>> display_text("救助对象11010519491231002X"), display_text("标题\\x1b[2J\\u202e"), display_text("成文\\n日期")
    ('救助对象1101**********002X', '标题␛[2J⟨U+202E⟩', '成文 日期')
    """
    return _short(text) if len(text) <= _LONG else _display(text)


def beginning(text: str, length: int) -> str:
    """Return the beginning of a text as reports show it: cut off after it was masked, for a number that is cut is found no more.

    >>> beginning("身份证号11010519491231002X", 20), beginning("短", 20)
    ('身份证号1101**********00', '短')
    """
    return display_text(text)[:length]


def _display(text: str) -> str:
    masked = mask_for_display(text)
    if masked.isprintable():
        return masked
    return _masked_as_shown(masked, _ACTING.sub(_visible, _LINE_BREAKS.sub(" ", masked)))


_short = lru_cache(maxsize=16_384)(_display)


def display_lines(text: str) -> str:
    """Return a text of several lines as :func:`display_text` shows it, but with its lines.

    >>> display_lines("电话13805321234\\r\\n地址\\x1b")
    '电话138****1234\\n地址␛'
    """
    masked = mask_for_display(text)
    return (
        masked
        if masked.isprintable()
        else _masked_as_shown(masked, _ACTING_IN_LINES.sub(_visible, masked.replace("\r\n", "\n")))
    )


def _masked_as_shown(text: str, shown: str) -> str:
    """Mask once more what only visible replacements make a number: digits that they part from others."""
    return mask_for_display(shown) if shown != text else text


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures: ␛ for escape
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def displayed(value: T) -> T:
    """Return a value with every text in it as :func:`display_text` shows it.

    Args:
        value: a text, a list, tuple, set, mapping or dataclass of values, or anything else, which stays as it is; a number whose
            digits are those of a person becomes a text.

    >>> displayed({"words": ["13805321234", 3]})
    {'words': ['138****1234', 3]}
    """
    return _displayed(value)  # type: ignore[no-any-return]


def _displayed(value: Any) -> Any:
    if type(value) is str:
        return display_text(value)
    if value is None or type(value) is date:  # most facts that are no texts
        return value
    if type(value) in (int, float) and _LARGE < abs(value) < float("inf"):
        shown = display_text(str(int(value)))
        return shown if shown != str(int(value)) else value
    if isinstance(value, dict):
        return {_displayed(k): _displayed(v) for k, v in value.items()}
    if isinstance(value, tuple):
        items = map(_displayed, value)
        return type(value)._make(items) if hasattr(value, "_make") else tuple(items)
    if isinstance(value, (list, set, frozenset)):
        return type(value)(map(_displayed, value))
    if is_dataclass(value) and not isinstance(value, type):
        own = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        changed = {name: new for name, old in own.items() if (new := _displayed(old)) != old}
        return replace(value, **changed) if changed else value
    return value


class DistinctNames:
    """Names as reports show them: names that differ stay different, even where nothing but a masked number tells them apart.

    >>> shown = DistinctNames()
    >>> shown("13805321234"), shown("13805551234"), shown("13805321234"), shown("财政局")
    ('138****1234', '138****1234（2）', '138****1234', '财政局')
    """

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}
        self._taken: set[str] = set()

    def __call__(self, name: str) -> str:
        """Return how a name is shown."""
        if name not in self._shown:
            plain = shown = display_text(name)
            number = 1
            while shown in self._taken:
                number += 1
                shown = f"{plain}（{number}）"
            self._taken.add(shown)
            self._shown[name] = shown
        return self._shown[name]

    def find(self, name: str) -> str:
        """Return how a name is shown that was shown before; another one, which may be a shown name itself, as it is.

        >>> shown = DistinctNames()
        >>> shown("13805321234"), shown.find("13805321234"), shown.find("138****1234"), shown.find("13805551234")
        ('138****1234', '138****1234', '138****1234', '13805551234')
        """
        return self._shown.get(name, name)
