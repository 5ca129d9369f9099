"""Conditions as data: tests of the fields of a record.

A test of a blank field is unknown, neither true nor false, and makes the outcome indeterminate unless ``unknown:`` gives
the blank a value. How they are worked out: :mod:`.condition_expressions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

import polars as pl
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from typing_extensions import TypeAliasType

from opencheck.core.errors import alternatives
from opencheck.core.localized import with_english
from opencheck.records.table_spec import TableSpec

__all__ = [
    "ANY_OF",
    "OTHER_TOPIC",
    "SEVERAL",
    "TOPIC_LIKE",
    "UNKNOWN_TOPIC",
    "Conditions",
    "FieldRef",
    "Pattern",
    "Patterns",
    "Regex",
    "Test",
    "check_fields",
    "iter_tests",
    "to_test",
]


@lru_cache(maxsize=1024)
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

OTHER_TOPIC = "other"
"""The topic by which a record is known to be of none that the pack has a duty about."""

UNKNOWN_TOPIC = "?"
"""What stands in that column where the word resembles no topic: it may be the one that a rule about a set misses."""

SEVERAL = "；"
"""Between several units in one cell, once they stand under the pack's names."""


class Pattern(BaseModel):
    """What a text must hold and what it must not: a pack states it once, as a parameter with its reading."""

    model_config = ConfigDict(extra="forbid")

    holds: Annotated[Regex, Field(description="regular expression that must be found")]
    lacks: Annotated[Regex | None, Field(description="regular expression that must not be found")] = None

    def found_in(self, column: pl.Expr) -> pl.Expr:
        """Whether a text matches the pattern."""
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
