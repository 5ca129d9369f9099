"""Columns of texts without anything around them: copied only where there is something to clean.

Cleaning a big table's texts costs more than all rules together, and most tables need none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import polars as pl

from opencheck.core.normalize import WHITESPACE
from opencheck.records.fields import TableSpec

__all__ = [
    "cleaned",
    "is_untidy",
    "may_begin_blank",
    "tidied",
    "tidying",
]


_BLANK = "[" + "".join(f"\\x{{{ord(c):x}}}" for c in WHITESPACE) + "]"

_AMONG = (("\u00a0", "\u3001"), ("\ufeff", "\uff00"))
"""Between which texts those stand that begin with one of BLANKS beyond ASCII; others do, too."""


def cleaned(column: pl.Expr) -> pl.Expr:
    """A text without white space around it; blank is null."""
    stripped = column.str.strip_chars(WHITESPACE)
    return pl.when(stripped != "").then(stripped)


def is_untidy(column: pl.Expr) -> pl.Expr:
    """Whether a short text is blank or has white space around it; null for null."""
    return (column.str.len_bytes() == 0) | column.str.contains(f"^{_BLANK}|{_BLANK}$")


def may_begin_blank(texts: pl.Series) -> bool:
    """Whether one of the texts is blank or may begin with one of BLANKS: told by comparing, in a fraction of a search's time."""
    if (texts < "!").any():
        return True
    return any(texts.is_between(pl.lit(low), pl.lit(high), closed="left").any() for low, high in _AMONG)


def tidied(texts: pl.Series, prose: bool) -> pl.Series:
    """Texts with nothing around them, blank ones null; prose with plain line ends, too.

    >>> tidied(pl.Series(["通知\\r\\n全文 ", "　", "公告"]), prose=True).to_list()
    ['通知\\n全文', None, '公告']
    """
    given = texts.drop_nulls()
    broken = prose and given.str.contains("\r\n", literal=True).any()
    if not (broken or may_begin_blank(given) or may_begin_blank(given.str.tail(1))):
        return texts
    column = pl.col(texts.name)
    column = column.str.replace_all("\r\n", "\n", literal=True) if prose else column
    return texts.to_frame().select(cleaned(column).alias(texts.name)).to_series()


def tidying(spec: TableSpec, names: Iterable[str]) -> list[pl.Expr]:
    """The text columns of a table that have these names, tidied."""
    return [
        pl.col(n).map_batches(
            partial(tidied, prose=spec.fields[n].kind == "prose"), return_dtype=pl.String, is_elementwise=True
        )
        for n in sorted(names)
    ]
