"""What number formats make of a value that a reader of cells does not tell: percents, days of which only the month is shown, and nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

__all__ = ["Shown", "shown_by", "shown_by_format"]

Shown = Literal["percents", "months", "nothing"]
"""What cells of a format show."""

_BUILT_IN: Mapping[int, Shown] = {
    **dict.fromkeys((9, 10), "percents"),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), "months"),  # Sep-18, and in Chinese programs 2018年9月
}
_BY_NAME: Mapping[str, Shown] = {"Percent": "percents"}
"""Formats that XML spreadsheets give by a name."""
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
"""What a number format shows as it stands, or does not show."""


def shown_by_format(code: str) -> Shown | None:
    """What a number format shows, by its code or its name.

    >>> [shown_by_format(code) for code in ('0.00%', 'yyyy"年"m"月"', "mmm-yy", "yyyy-mm-dd", '0"%"', "General", ";;;", ";;;@")]
    ['percents', 'months', 'months', None, None, None, 'nothing', None]
    """
    if code in _BY_NAME:
        return _BY_NAME[code]
    if code.count(";") > 2 and not code.replace(";", "").strip():
        return "nothing"
    own = _LITERALS.sub("", code.partition(";")[0]).lower()
    if "%" in own:
        return "percents"
    return "months" if "y" in own and "m" in own and not any(part in own for part in "dhs") else None


def shown_by(number: int, formats: Mapping[int, str]) -> Shown | None:
    """What the format with a number shows.

    Args:
        number: of the format, as a cell style gives it.
        formats: the codes of the formats that the workbook itself defines, by their numbers; the others are built in.

    >>> shown_by(9, {}), shown_by(57, {}), shown_by(164, {164: "0%"}), shown_by(164, {})
    ('percents', 'months', 'percents', None)
    """
    return shown_by_format(formats[number]) if number in formats else _BUILT_IN.get(number)
