"""Text as ledgers hold it: full-width digits, exotic spaces, brackets of every kind; one folding for all comparisons."""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "WHITESPACE",
    "normalize_header",
    "normalize_key",
    "normalize_whitespace",
]


WHITESPACE = " \t\r\n\u00a0\u3000\u200b\ufeff"
"""White space that is taken off both ends of any text."""

_SPACES = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")

_OUTER = re.compile(r"^[(（\[【〔]+|[)）\]】〕]+$")

_NOT_LETTERS = re.compile(r"[\s*＊:：()（）\[\]【】〔〕_\-—/、.]+")

_UNIT_NOTE = re.compile(r"[(（][^()（）]*[)）]\s*$")


def normalize_whitespace(text: str) -> str:
    """The text without surrounding or exotic white space; line breaks within it become one space.

    >>> normalize_whitespace("　市环保局\\u00a0 ")
    '市环保局'
    """
    if text.isprintable() and " " not in text:  # other white space is not printable
        return text
    return _SPACES.sub(" ", text).strip()


def normalize_key(text: str) -> str:
    """The text in the form in which two spellings of one thing are equal: width, case, spaces, outer brackets.

    >>> normalize_key("（此件 主动公开）"), normalize_key("ＡＢ c")
    ('此件主动公开', 'abc')
    """
    return _OUTER.sub("", _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold())


def normalize_header(text: str) -> tuple[str, str]:
    """A header folded for look-up: whole, and without a closing note in brackets such as （必填）.

    >>> normalize_header("发布 日期*（年月日）")
    ('发布日期年月日', '发布日期')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _NOT_LETTERS.sub("", folded), _NOT_LETTERS.sub("", _UNIT_NOTE.sub("", folded))
