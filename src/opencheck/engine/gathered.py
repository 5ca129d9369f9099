"""Rows for rules about sets, taken while the blocks of a big table are judged record by record: the table is then read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

import narwhals as nw
import polars as pl

from opencheck.engine.carriers.backends import ROW, SRC, Frame
from opencheck.engine.plan import Places, native_of, places_of
from opencheck.records.tables import TABLES
from opencheck.records.whitespace import tidying
from opencheck.rules.context import Scope
from opencheck.rules.rule import Rule

__all__ = [
    "Gathered",
    "columns_for",
    "concerned",
]


def columns_for(rules: Iterable[Rule], table: str) -> set[str]:
    """The columns of a table that rules about sets read, with what their findings name a record by."""
    return {n for r in rules for t, n in r.required_fields() if t == table} | {"id", "unit", ROW, SRC, "_ghost"}


def concerned(rules: Iterable[Rule], scope: Scope) -> nw.Expr | None:
    """Whether any of the rules may concern a record; None where one of them concerns all."""
    rules = list(rules)
    if not all(r.when or r.for_year for r in rules):
        return None
    return reduce(lambda a, b: a | b, [scope.applies(r).fill_null(True) for r in rules])


class Gathered:
    """The rows of a table that its rules about sets may concern, by the topics that the rules name.

    A rule that names topics concerns no record of another one; a record without a topic may belong to any of them.
    """

    def __init__(self, rules: list[Rule], table: str, scope: Scope, ghosts: Frame | None) -> None:
        self._scope, self._table, self._ghosts = scope, table, ghosts
        schema = scope.witnesses[table].to_native().collect_schema()
        read = columns_for(rules, table)
        self._columns = [n for n in schema if n in read]
        self.columns = frozenset(self._columns)
        self._tidying = tidying(TABLES[table], scope.untidied.get(table, frozenset()) & self.columns)
        self._empty = pl.DataFrame(schema=schema).select(self._columns).drop("_ghost")
        alike: dict[tuple[str, ...], list[Rule]] = {}
        for rule in rules:
            alike.setdefault(rule.topics, []).append(rule)
        self._tests: dict[tuple[str, ...], pl.Expr | None] = dict.fromkeys(alike)
        for topics, theirs in alike.items():
            whole = any(topics and set(r.when) == {"topic"} and not r.for_year for r in theirs)
            if not whole and (asked := concerned(theirs, scope)) is not None:
                self._tests[topics] = native_of(schema, [asked.alias("_asked")])[0]
        self.topics = sorted({t for topics in alike for t in topics})
        self._rows: dict[tuple[str, ...], list[pl.DataFrame]] = {topics: [] for topics in alike}

    def take(self, block: pl.DataFrame, places: Places) -> None:
        """Take from a block what the rules may concern."""
        rows = block.select(n for n in self._columns if n != "_ghost").rechunk()
        for topics, test in self._tests.items():
            found = rows[places_of(places, (*topics, None))] if topics else rows
            found = found.with_columns(self._tidying)
            found = found if test is None else found.filter(test)
            if len(found):
                self._rows[topics].append(found)

    def scope(self, rule: Rule) -> Scope:
        """A scope whose witnesses are the rows for a rule and the rows that were rejected."""
        rows = self._rows[rule.topics]
        kept: Frame = nw.from_native(pl.concat(rows or [self._empty]).lazy())
        kept = kept.with_columns(nw.lit(False).alias("_ghost")).select(self._columns)
        both = kept if self._ghosts is None else nw.concat([kept, self._ghosts.select(self._columns)])
        return replace(self._scope, witnesses={**self._scope.witnesses, self._table: both}, memo={})
