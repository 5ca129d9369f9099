"""What a text of a record states, as an expression of Polars: whether it says what its column asks for, and what it is searched for."""

from __future__ import annotations

import string

import polars as pl

from opencheck.records.fields import FieldSpec
from opencheck.records.grounds import DENYING_CLAUSES

__all__ = ["folded", "states", "without_denials"]


def folded(name: str) -> pl.Expr:
    """A text as it is searched: full-width digits and letters as plain ones, without white space."""
    return pl.col(name).str.replace_many(_WIDE, _PLAIN).str.replace_all(r"[\s\u200b\ufeff]+", "")


_PLAIN = [*string.digits, *string.ascii_letters]
_WIDE = [chr(ord(c) + 0xFEE0) for c in _PLAIN]


def states(name: str, spec: FieldSpec) -> pl.Expr:
    """Whether a field states what its column asks for: not where it is blank or its text founds nothing; null where the text may deny it,
    or is a word that an open vocabulary does not know.
    """
    column = pl.col(name)
    if spec.kind == "list":
        return (column.list.len() > 0).fill_null(False)
    there = column.is_not_null()
    if spec.kind != "text" or not spec.takes_placeholders:
        return there
    if spec.vocabulary is not None:
        known = column.is_null() | column.is_in(list(spec.vocabulary.values))
        return pl.when(known).then(there) if spec.vocabulary.open else there
    there = pl.when(column.is_null() | ~column.str.contains(spec.may_deny)).then(there)
    if spec.founds_nothing is not None:
        there = pl.when(~folded(name).str.contains(spec.founds_nothing)).then(there).otherwise(False)
    return there


def without_denials(text: pl.Expr) -> pl.Expr:
    """What stands in a ground beside the clauses that deny one."""
    # Twice: of three clauses in a row the middle one shares its marks with both others.
    return text.str.replace_all(DENYING_CLAUSES, "，").str.replace_all(DENYING_CLAUSES, "，")
