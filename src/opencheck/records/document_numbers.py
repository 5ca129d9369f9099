"""Numbers of documents of which a list writes only the first in full: 平政发〔2018〕1号、2号."""

from __future__ import annotations

import re

import polars as pl

__all__ = ["may_shorten_numbers", "with_full_numbers"]

_YEAR = r"[〔\[［(（【]\s*\d{4}\s*[〕\]］)）】]"
_ISSUER = rf"[^\W\d_]{{1,16}}\s*{_YEAR}\s*第?"
_BETWEEN = r"\s*(?:[、,，;；/\s]|和|及|与|以及)\s*"
_LIST = re.compile(rf"{_ISSUER}\d+号?(?:{_BETWEEN}(?:{_ISSUER}|第)?\d+号?)+(?<=号)")
_ONE = re.compile(rf"(?:{_BETWEEN})?(?P<issuer>{_ISSUER})?第?(?P<number>\d+)号?")
_LONGEST = 400
"""Characters; a longer text is none."""
_MAY_SHORTEN = rf"{_YEAR}\s*第?\d+号?{_BETWEEN}"


def with_full_numbers(text: str) -> str:
    """A list of numbers of documents, each in full; any other text, such as a title that holds such a list, as it is.

    >>> with_full_numbers("平政发〔2018〕1号、2号"), with_full_numbers("平政发〔2018〕1、2和平政办发〔2018〕13号")
    ('平政发〔2018〕1号、平政发〔2018〕2号', '平政发〔2018〕1号、平政发〔2018〕2号、平政办发〔2018〕13号')
    >>> with_full_numbers("关于落实国发〔2018〕1号、2号文件的通知"), with_full_numbers("平政发〔2018〕1号、2号线的通知")
    ('关于落实国发〔2018〕1号、2号文件的通知', '平政发〔2018〕1号、2号线的通知')
    """
    if len(text) > _LONGEST or _LIST.fullmatch(text) is None:
        return text
    issuer, found = "", list[str]()
    for one in _ONE.finditer(text):
        issuer = one["issuer"] or issuer
        found.append(f"{issuer}{one['number']}号")
    return "、".join(found)


def may_shorten_numbers(texts: pl.Series) -> list[str]:
    """The different ones of some texts that :func:`with_full_numbers` may change."""
    return texts.filter(texts.str.contains(_MAY_SHORTEN)).drop_nulls().unique().to_list()
