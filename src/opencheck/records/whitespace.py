"""Columns of texts without needless white space: copied only where there is something to change.

Changing a big table's texts costs more than all rules together, and most tables need nothing changed.
"""

from __future__ import annotations

import polars as pl

from opencheck.core.normalize import WHITESPACE

__all__ = ["one_line", "separate_lines", "stripped"]

_AMONG = (("\u00a0", "\u3001"), ("\ufeff", "\uff00"))
"""Ranges that hold the texts that start with one of BLANKS beyond ASCII; other texts lie in them, too."""
_SPACE = r"\s\x1c-\x1f\x{200b}\x{feff}"
"""What :func:`opencheck.core.normalize.normalize_whitespace` takes for white space."""
_NEEDLESS = rf"^$|^ | $|  |[{_SPACE}&&[^ ]]"
"""In a text that is not as that function makes it."""
_NEEDLESS_IN_LINES = rf"^$|^[ \n]|[ \n]$|  |[ \n]\n|\n |[{_SPACE}&&[^ \n]]"


def one_line(texts: pl.Series) -> pl.Series:
    """Texts as :func:`opencheck.core.normalize.normalize_whitespace` makes them, empty ones null.

    >>> one_line(pl.Series(["市财政\\n局", "　", "关于  做好工作的通知 ", "公告"])).to_list()
    ['市财政 局', None, '关于 做好工作的通知', '公告']
    """
    if not _any_matches(texts, _NEEDLESS):
        return texts
    bare = pl.col(texts.name).str.replace_all(f"[{_SPACE}]+", " ").str.strip_chars(WHITESPACE)
    return texts.to_frame().select(pl.when(bare != "").then(bare).alias(texts.name)).to_series()


def separate_lines(texts: pl.Series) -> pl.Series:
    """Texts whose lines are as that function makes them, without empty lines; texts without any other line null.

    >>> separate_lines(pl.Series([" 甲办法 \\r\\n\\n关于 　乙办法的通知", "\\n", "公告"])).to_list()
    ['甲办法\\n关于 乙办法的通知', None, '公告']
    """
    if not _any_matches(texts, _NEEDLESS_IN_LINES):
        return texts
    blanks = pl.col(texts.name).str.replace_all(rf"[{_SPACE}&&[^\r\n]]+", " ")
    bare = blanks.str.replace_all(r" ?[\r\n][\r\n ]*", "\n").str.strip_chars(WHITESPACE)
    return texts.to_frame().select(pl.when(bare != "").then(bare).alias(texts.name)).to_series()


def stripped(texts: pl.Series) -> pl.Series:
    """Prose with plain line ends and nothing around it, empty texts null.

    >>> stripped(pl.Series(["通知\\r\\n全文 ", "　", "公告"])).to_list()
    ['通知\\n全文', None, '公告']
    """
    given = texts.drop_nulls()
    broken = given.str.contains("\r\n", literal=True).any()
    if not (broken or _may_start_with_space(given) or _may_start_with_space(given.str.tail(1))):
        return texts
    bare = pl.col(texts.name).str.replace_all("\r\n", "\n", literal=True).str.strip_chars(WHITESPACE)
    return texts.to_frame().select(pl.when(bare != "").then(bare).alias(texts.name)).to_series()


def _may_start_with_space(texts: pl.Series) -> bool:
    """Whether one of the texts is empty or may start with white space: found by comparing, in a fraction of a search's time."""
    if (texts < "!").any():
        return True
    return any(texts.is_between(pl.lit(low), pl.lit(high), closed="left").any() for low, high in _AMONG)


def _any_matches(texts: pl.Series, pattern: str) -> bool:
    """Whether a text has what a regular expression matches: nulls are left out, in which Polars would search as in empty texts."""
    return bool(texts.drop_nulls().str.contains(pattern).any())
