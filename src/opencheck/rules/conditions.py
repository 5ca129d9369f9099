"""Conditions as data: tests of the fields of a record, in three-valued logic.

A test of a blank field is unknown, neither true nor false, and makes the outcome indeterminate unless ``unknown:`` gives
the blank a value. A column that the source lacks is unknown even for ``present``: a ledger that never records a fact does
not prove that the fact is absent. A field that refers elsewhere (详见附件) is unknown to every test.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Annotated, Any

import polars as pl
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from typing_extensions import TypeAliasType

from opencheck.core.errors import alternatives
from opencheck.core.localized import with_english
from opencheck.records.fields import FieldSpec, TableSpec
from opencheck.records.placeholders import ELSEWHERE

__all__ = [
    "SEVERAL",
    "TOPIC_LIKE",
    "Conditions",
    "FieldRef",
    "Pattern",
    "Patterns",
    "Regex",
    "Test",
    "check_fields",
    "compile_conditions",
    "conjuncts",
    "folded",
    "has_strange_words",
    "iter_tests",
    "refers_elsewhere",
]


def _regex(text: str) -> str:
    if not text.strip():
        raise ValueError("an empty expression is found in every text")
    try:
        pl.Series([""]).str.contains(text, strict=True)
    except pl.exceptions.PolarsError as exc:
        reason = str(exc).partition("\n\n")[0].splitlines()[-1]
        raise ValueError(f"no regular expression that Polars takes: {reason}") from exc
    return text


Regex = Annotated[str, AfterValidator(_regex)]
"""A regular expression that Polars takes and runs, in every carrier: its engine does not go back, so that no text can make it take long."""

TOPIC_LIKE = "_topic_like"
"""A column beside ``topic``: the topic that an unknown word resembles; rules about it cannot tell whether they concern the record."""

SEVERAL = "；"
"""Between several units in one cell, once they stand under the pack's names."""


class Pattern(BaseModel):
    """What a text must hold and what it must not: a pack states it once, as a parameter with its reading."""

    model_config = ConfigDict(extra="forbid")

    holds: Annotated[Regex, Field(description="regular expression that must be found")]
    lacks: Annotated[Regex | None, Field(description="regular expression that must not be found")] = None

    def found_in(self, column: pl.Expr) -> pl.Expr:
        """Whether a text is as the pattern wants it."""
        found: pl.Expr = column.str.contains(self.holds)
        return found if self.lacks is None else found & ~column.str.contains(self.lacks)


Patterns = Regex | Pattern | Annotated[list[Regex | Pattern], Field(min_length=1)]
"""A pattern, or several of which one is enough."""

Scalar = bool | int | float | str | date


class FieldRef(BaseModel):
    """Another field of the same record, for comparisons; a date may be taken some days earlier."""

    model_config = ConfigDict(extra="forbid")

    field: str
    less_days: Annotated[int, Field(ge=0, description="days by which the other date is taken earlier")] = 0


class Test(BaseModel):
    """A test of one field. Several keys must all hold."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    is_: Annotated[Scalar | FieldRef | None, Field(alias="is", description="equals")] = None
    not_: Annotated[Scalar | None, Field(alias="not", description="differs from")] = None
    in_: Annotated[list[Scalar] | None, Field(alias="in", description="is one of")] = None
    not_in: Annotated[list[Scalar] | None, Field(description="is none of")] = None
    present: Annotated[bool | None, Field(description="is filled in (true) or blank (false)")] = None
    at_least: Annotated[int | float | date | FieldRef | None, Field(description="is this or more")] = None
    at_most: Annotated[int | float | date | FieldRef | None, Field(description="is this or less")] = None
    before: Annotated[FieldRef | None, Field(description="lies before this other field, not on the same day")] = None
    matches: Annotated[
        Patterns | None,
        Field(
            description="holds text of this regular expression, or is as {holds: …, lacks: …} says; of several one is enough"
        ),
    ] = None
    says: Annotated[
        dict[str, str] | None, BeforeValidator(with_english), Field(description="what the expression means: {zh: …, en: …}")
    ] = None
    contains: Annotated[list[str] | None, Field(description="a list that holds all of these")] = None
    contains_any: Annotated[list[str] | None, Field(description="a list that holds at least one of these")] = None
    contains_none: Annotated[list[str] | None, Field(description="a list that holds none of these")] = None
    year_at_most: Annotated[
        FieldRef | None, Field(description="a date in the year that this other field holds, or earlier")
    ] = None
    items_at_least: Annotated[int | None, Field(ge=1, description="a list of at least so many different items")] = None
    unknown: Annotated[bool | None, Field(description="how a blank is read; by default the result is unknown")] = None

    @model_validator(mode="after")
    def _one(self) -> Test:
        if not self.model_fields_set - {"unknown", "says"}:
            names = [f.alias or n for n, f in type(self).model_fields.items() if n not in ("unknown", "says")]
            raise ValueError(f"条件缺少判断 / a test needs one of: {', '.join(names)}")
        if self.says is not None and (self.matches is None or set(self.says) != {"zh", "en"}):
            raise ValueError("says 用话说明 matches / 'says' puts 'matches' into words: {zh: …, en: …}")
        return self

    @property
    def asks_more(self) -> bool:
        """Whether a blank leaves the test open: not where it asks for presence alone."""
        return bool(self.model_fields_set - {"present", "unknown", "says"})

    @property
    def refs(self) -> list[str]:
        """The other fields of the record that the test compares with."""
        return [
            v.field for v in (self.is_, self.at_least, self.at_most, self.before, self.year_at_most) if isinstance(v, FieldRef)
        ]


Conditions = TypeAliasType("Conditions", "dict[str, Test | Scalar | list[Scalar] | list[Conditions]]")
"""Field → test; a bare value means ``is``, a bare list ``in``. ``any`` holds a list of conditions of which one must hold."""

ANY_OF = "any"
_PLANNED = frozenset({"posted_until", "valid_until", "effective_at", "until", "from"})
"""Dates that are set beforehand: a later one says what is planned, not what was done."""


def to_test(value: Any) -> Test:
    """Expand the short form of a test: a bare value means ``is``, a bare list ``in``."""
    if isinstance(value, Test):
        return value
    if isinstance(value, Mapping):
        return Test.model_validate(value)
    return Test.model_validate({"in": value} if isinstance(value, list) else {"is": value})


def iter_tests(conditions: Mapping[str, Any]) -> Iterator[tuple[str, Test]]:
    """Yield every (field, test) of conditions, those under ``any`` included."""
    for name, value in conditions.items():
        if name == ANY_OF:
            for branch in value:
                yield from iter_tests(branch)
        else:
            yield name, to_test(value)


def check_fields(conditions: Mapping[str, Any], table: TableSpec) -> None:
    """Reject conditions on fields that the table does not have, or on values outside a closed vocabulary.

    Raises:
        ValueError: naming the field and what the table has.
    """
    for name, test in iter_tests(conditions):
        for wanted in (name, *test.refs):
            if wanted not in table.fields:
                raise ValueError(
                    f"表里没有这个字段 / table {table.name} has no field {wanted!r}{alternatives(wanted, table.fields)}"
                )
        listed = test.contains or test.contains_any or test.contains_none or test.items_at_least
        if test.year_at_most and table.fields[name].kind != "date":
            raise ValueError(f"{name} is a {table.fields[name].kind}; year_at_most tests dates")
        if listed and table.fields[name].kind != "list":
            raise ValueError(f"{name} is a {table.fields[name].kind}; contains, contains_any and items_at_least test lists")
        vocabulary = table.fields[name].vocabulary
        if vocabulary is not None:
            for value in (test.is_, test.not_, *(test.in_ or ()), *(test.not_in or ())):
                if value is not None and not isinstance(value, FieldRef) and value not in vocabulary.values:
                    raise ValueError(
                        f"{name}: 没有这个值 / {value!r} is none of its values{alternatives(value, vocabulary.values)}"
                    )


def folded(name: str) -> pl.Expr:
    """A text as it is searched: full-width digits and letters as plain ones, without white space."""
    return pl.col(name).str.replace_many(_WIDE, _PLAIN).str.replace_all(r"[\s\u200b\ufeff]+", "")


_PLAIN = [*string.digits, *string.ascii_letters]
_WIDE = [chr(ord(c) + 0xFEE0) for c in _PLAIN]


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


def compile_conditions(conditions: Mapping[str, Any], fields: TableFields) -> pl.Expr:
    """Return one boolean expression, null where unknown; no conditions are true."""
    compiled = [_one(name, value, fields) for name, value in conditions.items()]
    return reduce(lambda a, b: a & b, compiled) if compiled else pl.lit(True)


def conjuncts(conditions: Mapping[str, Any], fields: TableFields) -> dict[str, pl.Expr]:
    """Return one expression for each conjunct, by its key in the conditions: a field, or ``any``."""
    return {name: _one(name, value, fields) for name, value in conditions.items()}


def _one(name: str, value: Any, fields: TableFields) -> pl.Expr:
    if name == ANY_OF:
        return reduce(lambda a, b: a | b, [compile_conditions(branch, fields) for branch in value])
    return _test(name, to_test(value), fields)


def _test(name: str, test: Test, fields: TableFields) -> pl.Expr:
    column = pl.col(name)
    spec = fields.spec.fields[name]
    vocabulary = spec.vocabulary
    results: list[pl.Expr] = []
    if test.present is not None:
        there = column.list.len().fill_null(0) > 0 if spec.kind == "list" else column.is_not_null()
        if spec.kind in ("date", "datetime") and fields.as_of is not None and name not in _PLANNED:
            # An act dated after the day of the check has not happened.
            there = there & ((column if spec.kind == "date" else column.dt.date()) <= fields.as_of).fill_null(True)
        if name in fields.absent:
            results.append(pl.when(there).then(pl.lit(test.present)))
        else:
            results.append(there if test.present else ~there)
    valued: list[Callable[[], pl.Expr]] = []
    if test.is_ is not None:
        if isinstance(test.is_, FieldRef) and spec.column.entity == "unit":
            valued.append(lambda: _common(column, pl.col(test.is_.field)))  # type: ignore[union-attr]
        else:
            valued.append(lambda: _equals(column, _operand(test.is_, spec, fields)))
    if test.not_ is not None:
        valued.append(lambda: ~_equals(column, test.not_))
    if test.in_ is not None:
        valued.append(lambda: column.is_in(test.in_ or []))
    if test.not_in is not None:
        valued.append(lambda: ~column.is_in(test.not_in or []))
    if test.at_least is not None:
        valued.append(lambda: _comparable(column, test.at_least, spec, fields) >= _operand(test.at_least, spec, fields))
    if test.at_most is not None:
        valued.append(lambda: _comparable(column, test.at_most, spec, fields) <= _operand(test.at_most, spec, fields))
    if test.before is not None:
        valued.append(lambda: _comparable(column, test.before, spec, fields) < _operand(test.before, spec, fields))
    if test.matches is not None:
        valued.append(lambda: _found(name, test.matches or [], fields))
    if test.contains is not None:
        valued.append(lambda: _all_of(column, test.contains or [], fields.known_terms.get(name)))
    if test.contains_any is not None:
        valued.append(lambda: _any_of(column, test.contains_any or [], fields.known_terms.get(name)))
    if test.contains_none is not None:
        valued.append(lambda: ~_any_of(column, test.contains_none or [], None))
    if test.year_at_most is not None:
        valued.append(lambda: column.dt.year().cast(pl.Int64) <= pl.col(test.year_at_most.field if test.year_at_most else ""))
    if test.items_at_least is not None:
        valued.append(lambda: _so_many(column, test.items_at_least or 0, fields.known_terms.get(name)))
    for number, make in enumerate(valued):
        result = make()
        if fields.list_predicate is not None and spec.kind == "list":
            result = fields.list_predicate(name, f"_{name}?{number} {test!r}", result)
        if name == "topic" and (topics := [v for v in (test.is_, test.not_, *(test.in_ or ()), *(test.not_in or ())) if v]):
            result = pl.when(~pl.col(TOPIC_LIKE).is_in(topics).fill_null(False)).then(result)
        if vocabulary is not None and vocabulary.open and set(test.in_ or ()) != set(vocabulary.values):
            # A word outside the vocabulary decides nothing: it may be a spelling of any value.
            result = pl.when(column.is_in(list(vocabulary.values))).then(result)
        results.append(result)
    combined: pl.Expr = reduce(lambda a, b: a & b, results)
    if vocabulary is None and spec.takes_placeholders and spec.kind in ("text", "list"):
        elsewhere = refers_elsewhere(name, spec)
        if fields.list_predicate is not None and spec.kind == "list":
            elsewhere = fields.list_predicate(name, f"_{name}?elsewhere", elsewhere)
        combined = pl.when(elsewhere.is_null() | ~elsewhere).then(combined)
    if test.unknown is not None:
        combined = combined.fill_null(test.unknown)
    return combined


def refers_elsewhere(name: str, spec: FieldSpec) -> pl.Expr:
    """Whether the field refers to another place instead of stating the fact."""
    column = pl.col(name)
    return column.list.contains(ELSEWHERE) if spec.kind == "list" else column == ELSEWHERE


def _equals(column: pl.Expr, value: Any) -> pl.Expr:
    if isinstance(value, bool):
        return column if value else ~column
    equal: pl.Expr = column == value
    return equal


def _common(column: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether two cells of units name one in common."""
    shared: pl.Expr = column.str.split(SEVERAL).list.set_intersection(other.str.split(SEVERAL)).list.len() > 0
    return shared


def _found(name: str, patterns: Any, fields: TableFields) -> pl.Expr:
    """Whether a field is as patterns want it; where columns are shared, its text is folded once for all patterns, and each asked once."""
    if fields.shared is None:
        return _matches(fields.read_as(name), patterns)
    text = fields.shared(f"_{name}~", fields.read_as(name))
    return fields.shared(f"_{name}~{patterns!r}", _matches(text, patterns))


def _matches(column: pl.Expr, patterns: Any) -> pl.Expr:
    """Return whether a text is as one of the patterns wants it."""
    given = patterns if isinstance(patterns, list) else [patterns]
    each = [(p if isinstance(p, Pattern) else Pattern(holds=p)).found_in(column) for p in given]
    return reduce(lambda a, b: a | b, each)


def _counted(column: pl.Expr) -> pl.Expr:
    """The number of different items of a list."""
    return column.list.unique().list.len().cast(pl.Int64)


def _strange(column: pl.Expr, known: frozenset[str]) -> pl.Expr:
    """The number of a list's items that are none of the known terms."""
    familiar = pl.lit(pl.Series([sorted(known)], dtype=pl.List(pl.String)))
    return column.list.set_difference(familiar).list.len().cast(pl.Int64)


def has_strange_words(name: str, spec: FieldSpec, known: frozenset[str] | None) -> pl.Expr:
    """Whether a field holds a word that none of the known terms is; never where the field has no terms."""
    column = pl.col(name)
    if not known:
        return pl.lit(False)
    found = _strange(column, known) > 0 if spec.kind == "list" else ~column.is_in(sorted(known))
    return found.fill_null(False)


def _all_of(column: pl.Expr, wanted: list[str], known: frozenset[str] | None) -> pl.Expr:
    """Return whether a list holds all of the words; unknown where each that lacks may be one of the words that nobody knows."""
    found: pl.Expr = reduce(lambda a, b: a & b, [column.list.contains(v) for v in wanted])
    if not known:
        return found
    lacking = len(set(wanted)) - reduce(
        lambda a, b: a + b, [column.list.contains(v).cast(pl.Int64) for v in dict.fromkeys(wanted)]
    )
    return pl.when(found | (lacking > _strange(column, known))).then(found)


def _any_of(column: pl.Expr, wanted: list[str], known: frozenset[str] | None) -> pl.Expr:
    """Return whether a list holds one of the words; unknown where it holds only others, one of them outside the known terms."""
    found: pl.Expr = reduce(lambda a, b: a | b, [column.list.contains(v) for v in wanted])
    return found if not known else pl.when(found | (_strange(column, known) == 0)).then(found)


def _so_many(column: pl.Expr, number: int, known: frozenset[str] | None) -> pl.Expr:
    """Return whether a list has so many different items; unknown where only words outside the known terms make the number."""
    items = _counted(column)
    enough: pl.Expr = items >= number
    if not known:
        return enough
    # Words that nobody knows may all be spellings of one known term.
    strange = _strange(column, known)
    sure = items - strange + ((items == strange) & (strange > 0)).cast(pl.Int64)
    return pl.when(~enough | (sure >= number)).then(enough)


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
