"""Conditions as expressions of Polars, in three-valued logic.

A column that the source lacks is unknown even for ``present``: a ledger that never records a fact does not prove that the fact is absent.
A field that refers elsewhere (详见附件) is unknown to every test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any

import polars as pl

from opencheck.records.fields import FieldSpec
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.table_spec import TableSpec
from opencheck.rules.conditions import ANY_OF, TOPIC_LIKE, FieldRef, Pattern, Test, iter_tests, to_test
from opencheck.rules.offices import Offices
from opencheck.rules.statements import folded, states, without_denials

__all__ = [
    "TableFields",
    "compile_conditions",
    "conjuncts",
    "has_unknown_words",
    "refers_elsewhere",
    "states_field",
    "still_to_come",
    "unknown_words",
]


_PLANNED = frozenset({"posted_until", "valid_until", "effective_at", "until", "from"})
"""Dates that are set beforehand: a later one says what is planned, not what was done."""


@dataclass(frozen=True)
class TableFields:
    """What the compiler must know of the table: its fields, and which of them the source does not have."""

    spec: TableSpec
    absent: frozenset[str]
    known_terms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The words that the pack knows for the items of a list; another word may be one of them, spelled otherwise."""
    as_of: date | None = None
    """The day of the check: acts dated later have not happened."""
    list_predicate: Callable[[str, str, pl.Expr], pl.Expr] | None = None
    """Registers a predicate on a list field (field, name, expression) and returns the column of its results."""
    shared: Callable[[str, pl.Expr], pl.Expr] | None = None
    """Registers a predicate under a name and returns the column of its results: a pattern is compiled at each use otherwise."""
    read_as: Callable[[str], pl.Expr] = folded
    """The text of a field as regular expressions search it."""
    offices: Offices = field(default_factory=Offices)
    """How offices are told apart."""
    unknown_is_any_topic: bool = False
    """Whether a topic that the pack does not know may be any topic, not only the one that it resembles."""
    unconfirmed: frozenset[str] = frozenset()
    """Fields that the source does not have and that a column which nobody has confirmed may be: no reading of a blank holds for them."""


def compile_conditions(conditions: Mapping[str, Any], fields: TableFields) -> pl.Expr:
    """Return one boolean expression, null where unknown; no conditions are true."""
    compiled = [_compile_condition(name, value, fields) for name, value in conditions.items()]
    return reduce(lambda a, b: a & b, compiled) if compiled else pl.lit(True)


def conjuncts(conditions: Mapping[str, Any], fields: TableFields) -> dict[str, pl.Expr]:
    """Return one expression for each conjunct, by its key in the conditions: a field, or ``any``."""
    return {name: _compile_condition(name, value, fields) for name, value in conditions.items()}


def _compile_condition(name: str, value: Any, fields: TableFields) -> pl.Expr:
    if name == ANY_OF:
        return reduce(lambda a, b: a | b, [compile_conditions(branch, fields) for branch in value])
    return _compile_test(name, to_test(value), fields)


def _compile_test(name: str, test: Test, fields: TableFields) -> pl.Expr:
    spec = fields.spec.fields[name]
    results = [] if test.present is None else [_presence(name, test.present, spec, fields)]
    for number, result in enumerate(_value_tests(name, test, spec, fields)):
        if fields.list_predicate is not None and spec.kind == "list":
            result = fields.list_predicate(name, f"_{name}?{number} {test!r}", result)
        results.append(_unless_unknown_word(name, test, spec, fields, result))
    combined: pl.Expr = reduce(lambda a, b: a & b, results)
    if spec.vocabulary is None and spec.takes_placeholders and spec.kind in ("text", "list"):
        elsewhere = refers_elsewhere(name, spec)
        if fields.list_predicate is not None and spec.kind == "list":
            elsewhere = fields.list_predicate(name, f"_{name}?elsewhere", elsewhere)
        combined = pl.when(elsewhere.is_null() | ~elsewhere).then(combined)
    if test.unknown is not None and name not in fields.unconfirmed:
        combined = combined.fill_null(test.unknown)
    return combined


def states_field(name: str, fields: TableFields) -> pl.Expr:
    """Whether a field states what its column asks for: see :func:`states`. Where columns are shared, its text is searched once."""
    spec = fields.spec.fields[name]
    found = states(name, spec)
    is_searched = spec.kind == "text" and spec.takes_placeholders and spec.vocabulary is None
    return fields.shared(f"_{name} states", found) if is_searched and fields.shared is not None else found


def _presence(name: str, wanted: bool, spec: FieldSpec, fields: TableFields) -> pl.Expr:
    """Whether a field is filled in, or is not, as wanted; null where its text leaves it open, or it is blank and no source has it."""
    there = states_field(name, fields)
    if (later := _happens_later(name, fields)) is not None:
        there = there & ~later.fill_null(False)
    if name in fields.absent:
        return pl.when(there).then(pl.lit(wanted))
    return there if wanted else ~there


def _happens_later(name: str, fields: TableFields) -> pl.Expr | None:
    """Whether an act is dated after the day of the check: it has not happened. Null where the date is blank, None where it dates no act."""
    kind = fields.spec.fields[name].kind
    if kind not in ("date", "datetime") or fields.as_of is None or name in _PLANNED:
        return None
    return (pl.col(name) if kind == "date" else pl.col(name).dt.date()) > fields.as_of


def still_to_come(conditions: Mapping[str, Any], starts_on: Sequence[str], fields: TableFields) -> pl.Expr | None:
    """Whether what a duty starts with lies wholly after the day of the check.

    Args:
        conditions: which records the duty concerns; of them only those count that ask for an act.
        starts_on: date fields of which each may start it.
        fields: the table, with the day of the check.

    Returns:
        True where an act that the conditions ask for is dated later, or all acts that start the duty and are dated at all; dates that are
        set beforehand are no acts. None where neither names an act, so that nothing can be told.
    """
    acts = {
        name: value
        for name, value in conditions.items()
        if any(t.present and _happens_later(n, fields) is not None for n, t in iter_tests({name: value}))
    }
    found = [~compile_conditions(acts, fields)] if acts else []
    days = [pl.col(n) if fields.spec.fields[n].kind == "date" else pl.col(n).dt.date() for n in starts_on if n not in _PLANNED]
    # A single act that both name is compared once.
    if days and list(acts) != list(starts_on):
        found.append(pl.min_horizontal(days) > fields.as_of)
    return reduce(lambda a, b: a | b, (f.fill_null(False) for f in found)) if found else None


def _value_tests(name: str, test: Test, spec: FieldSpec, fields: TableFields) -> Iterator[pl.Expr]:
    """What a test asks of the value, one expression for each of its keys."""
    column, terms = pl.col(name), fields.known_terms.get(name)
    if test.is_ is not None:
        if isinstance(test.is_, FieldRef) and spec.column.entity == "unit":
            yield fields.offices.is_own(column, pl.col(test.is_.field))
        else:
            yield _equals(column, _operand(test.is_, spec, fields))
    if test.not_ is not None:
        yield ~_equals(column, test.not_)
    if test.in_ is not None:
        yield column.is_in(test.in_)
    if test.not_in is not None:
        yield ~column.is_in(test.not_in)
    if test.at_least is not None:
        yield _comparable(column, test.at_least, spec, fields) >= _operand(test.at_least, spec, fields)
    if test.at_most is not None:
        yield _comparable(column, test.at_most, spec, fields) <= _operand(test.at_most, spec, fields)
    if test.before is not None:
        yield _comparable(column, test.before, spec, fields) < _operand(test.before, spec, fields)
    if test.matches is not None:
        yield _searched(name, test.matches, fields)
    if test.contains is not None:
        yield _all_of(column, test.contains, terms)
    if test.contains_any is not None:
        yield _any_of(column, test.contains_any, terms)
    if test.contains_none is not None:
        yield ~_any_of(column, test.contains_none, None)
    if test.year_at_most is not None:
        yield column.dt.year().cast(pl.Int64) <= pl.col(test.year_at_most.field)
    if test.items_at_least is not None:
        yield _has_items(column, test.items_at_least, terms)


def _unless_unknown_word(name: str, test: Test, spec: FieldSpec, fields: TableFields, result: pl.Expr) -> pl.Expr:
    """The result of a test of the value; null where the value is a word that nobody knows and that may be one of those tested for."""
    if name == "topic" and (topics := [v for v in (test.is_, test.not_, *(test.in_ or ()), *(test.not_in or ())) if v]):
        like = pl.col(TOPIC_LIKE)
        may_be = like.is_not_null() if fields.unknown_is_any_topic else like.is_in(topics).fill_null(False)
        result = pl.when(~may_be).then(result)
    vocabulary = spec.vocabulary
    if vocabulary is not None and vocabulary.open and set(test.in_ or ()) != set(vocabulary.values):
        # A word outside the vocabulary decides nothing: it may be a spelling of any value.
        result = pl.when(pl.col(name).is_in(list(vocabulary.values))).then(result)
    return result


def refers_elsewhere(name: str, spec: FieldSpec) -> pl.Expr:
    """Whether the field refers to another place instead of stating the fact."""
    column = pl.col(name)
    return column.list.contains(ELSEWHERE) if spec.kind == "list" else column == ELSEWHERE


def _equals(column: pl.Expr, value: Any) -> pl.Expr:
    if isinstance(value, bool):
        return column if value else ~column
    equal: pl.Expr = column == value
    return equal


def _searched(name: str, patterns: Any, fields: TableFields) -> pl.Expr:
    """Whether a field matches one of the patterns. Where columns are shared, its text is normalized once, and each pattern run once."""
    read = fields.read_as(name)
    if fields.spec.fields[name].column.basis:
        read = without_denials(read)
    if fields.shared is None:
        return _matches(read, patterns)
    text = fields.shared(f"_{name}~", read)
    return fields.shared(f"_{name}~{patterns!r}", _matches(text, patterns))


def _matches(column: pl.Expr, patterns: Any) -> pl.Expr:
    """Return whether a text matches one of the patterns."""
    given = patterns if isinstance(patterns, list) else [patterns]
    each = [(p if isinstance(p, Pattern) else Pattern(holds=p)).found_in(column) for p in given]
    return reduce(lambda a, b: a | b, each)


def _counted(column: pl.Expr) -> pl.Expr:
    """The number of different items of a list."""
    return column.list.unique().list.len().cast(pl.Int64)


def unknown_words(column: pl.Expr, known: frozenset[str] | None) -> pl.Expr:
    """The items of a list that none of the known terms is, each once; each may be another spelling of any term, or stand for several."""
    return column.list.set_difference(pl.lit(pl.Series([sorted(known or ())], dtype=pl.List(pl.String))))


def _unknown_count(column: pl.Expr, known: frozenset[str]) -> pl.Expr:
    """The number of a list's items that are none of the known terms."""
    return unknown_words(column, known).list.len().cast(pl.Int64)


def has_unknown_words(name: str, spec: FieldSpec, known: frozenset[str] | None) -> pl.Expr:
    """Whether a field holds a word that none of the known terms is; never where the field has no terms."""
    column = pl.col(name)
    if not known:
        return pl.lit(False)
    found = _unknown_count(column, known) > 0 if spec.kind == "list" else ~column.is_in(sorted(known))
    return found.fill_null(False)


def _all_of(column: pl.Expr, wanted: list[str], known: frozenset[str] | None) -> pl.Expr:
    """Return whether a list holds all of the words; unknown where one lacks and a word that nobody knows may stand for it."""
    return _unless_unknown_items(reduce(lambda a, b: a & b, [column.list.contains(v) for v in wanted]), column, known)


def _any_of(column: pl.Expr, wanted: list[str], known: frozenset[str] | None) -> pl.Expr:
    """Return whether a list holds one of the words; unknown where it holds only others, one of them outside the known terms."""
    return _unless_unknown_items(reduce(lambda a, b: a | b, [column.list.contains(v) for v in wanted]), column, known)


def _unless_unknown_items(found: pl.Expr, column: pl.Expr, known: frozenset[str] | None) -> pl.Expr:
    """What was found in a list; null where it was not and an item is none of the known terms: that may be any of them, or several."""
    return found if not known else pl.when(found | (_unknown_count(column, known) == 0)).then(found)


def _has_items(column: pl.Expr, number: int, known: frozenset[str] | None) -> pl.Expr:
    """Return whether a list has so many different items; unknown where words outside the known terms could make the number."""
    items = _counted(column)
    enough: pl.Expr = items >= number
    if not known:
        return enough
    # Words that nobody knows may all be spellings of one known term, and one of them may stand for several (两微一端).
    unknown = _unknown_count(column, known)
    sure = items - unknown + ((items == unknown) & (unknown > 0)).cast(pl.Int64)
    return pl.when((unknown == 0) | (sure >= number)).then(enough)


def _other(value: Any, spec: FieldSpec, fields: TableFields) -> FieldSpec | None:
    """Return the other field of a comparison between a date and a datetime; None where both have the same type."""
    if not isinstance(value, FieldRef):
        return None
    other = fields.spec.fields[value.field]
    return other if {spec.kind, other.kind} == {"date", "datetime"} else None


def _comparable(column: pl.Expr, value: Any, spec: FieldSpec, fields: TableFields) -> pl.Expr:
    """Reduce a datetime to its date where it is compared with a date."""
    return column.dt.date() if _other(value, spec, fields) and spec.kind == "datetime" else column


def _operand(value: Any, spec: FieldSpec, fields: TableFields) -> Any:
    if not isinstance(value, FieldRef):
        return value
    other = _other(value, spec, fields)
    column = pl.col(value.field)
    column = column.dt.date() if other and other.kind == "datetime" else column
    return column.dt.offset_by(f"-{value.less_days}d") if value.less_days else column
