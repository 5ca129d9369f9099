"""One record without a frame: the native expressions of a kept plan, compiled into Python functions.

A frame of one row costs more than the rules on it. The functions are made from the very expressions that the engine runs on frames (as Polars
writes them down), so there is one definition of a rule; what an expression uses and this module does not know makes the plan stay a
frame's. Text is searched by Polars itself: one dialect of regular expressions.
"""

from __future__ import annotations

import io
import json
import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import polars as pl

from opencheck.core.calendar import FIRST_DAY
from opencheck.engine.calendar_columns import working_days
from opencheck.engine.plan import Plan

__all__ = [
    "Compiled",
    "Unsupported",
    "function",
]


Row = dict[str, Any]

Function = Callable[[Row], Any]

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtEq": operator.le,
    "Gt": operator.gt,
    "GtEq": operator.ge,
    "Plus": operator.add,
    "Minus": operator.sub,
    "Multiply": operator.mul,
}

_DAYS = 2048  # days whose look-ups are remembered


class Unsupported(Exception):
    """An expression uses something that is not compiled; the frame's way remains."""


def function(expression: pl.Expr) -> Function:
    """An expression as a function of a row; null is None.

    Raises:
        Unsupported: what is not compiled.

    >>> late = function((pl.col("done") > pl.col("due")) | pl.col("done").is_null())
    >>> late({"done": 3, "due": 2}), late({"done": None, "due": 2}), late({"done": 3, "due": None})
    (True, True, None)
    """
    return _node(json.loads(expression.meta.serialize(format="json")))


def _node(tree: Any) -> Function:
    if not isinstance(tree, dict) or len(tree) != 1:
        raise Unsupported(str(tree)[:60])
    ((kind, content),) = tree.items()
    made = _KINDS.get(kind)
    if made is None:
        raise Unsupported(kind)
    return made(content)


def _column(name: str) -> Function:
    def read(row: Row) -> Any:
        value = row[name]
        if callable(value):  # a helper: worked out when it is first needed
            value = row[name] = value(row)
        return value

    return read


def _literal(content: Any) -> Function:
    source = io.BytesIO(json.dumps({"Literal": content}).encode())
    value = pl.select(pl.Expr.deserialize(source, format="json")).to_series()[0]
    found = value.to_list() if isinstance(value, pl.Series) else value
    return lambda row: found


def _ternary(content: Mapping[str, Any]) -> Function:
    test, yes, no = (_node(content[k]) for k in ("predicate", "truthy", "falsy"))
    return lambda row: yes(row) if test(row) else no(row)


def _all(parts: list[Function]) -> Function:
    def every(row: Row) -> bool | None:
        result: bool | None = True
        for part in parts:
            value = part(row)
            if value is None:
                result = None
            elif not value:
                return False
        return result

    return every


def _any(parts: list[Function]) -> Function:
    def some(row: Row) -> bool | None:
        result: bool | None = False
        for part in parts:
            value = part(row)
            if value is None:
                result = None
            elif value:
                return True
        return result

    return some


def _binary(content: Mapping[str, Any]) -> Function:
    left, right, op = _node(content["left"]), _node(content["right"]), content["op"]
    if op in ("And", "LogicalAnd"):
        return _all([left, right])
    if op in ("Or", "LogicalOr"):
        return _any([left, right])
    if op not in _COMPARED:
        raise Unsupported(op)
    compute = _COMPARED[op]

    def both(row: Row) -> Any:
        a, b = left(row), right(row)
        return None if a is None or b is None else compute(a, b)

    return both


def _cast(content: Mapping[str, Any]) -> Function:
    inner, target = _node(content["expr"]), content["dtype"]
    if target not in ({"Literal": "Int64"}, {"Literal": "Int8"}, {"Literal": "Int32"}):
        raise Unsupported(f"cast {target}")
    return lambda row: None if (value := inner(row)) is None else int(value)


@lru_cache(maxsize=4096)
def _short(pattern: str, text: str, literal: bool) -> bool:
    return bool(pl.Series([text]).str.contains(pattern, literal=literal)[0])


@lru_cache(maxsize=4)
def _replaced(text: str, pattern: str, by: str) -> str:
    return str(pl.Series([text]).str.replace_all(pattern, by)[0])


def _contains(text: str, pattern: str, literal: bool) -> bool:
    if len(text) < 200:
        return _short(pattern, text, literal)
    return bool(pl.Series([text]).str.contains(pattern, literal=literal)[0])


def _function(content: Mapping[str, Any]) -> Function:
    inputs, what = content["input"], content["function"]
    if isinstance(what, dict) and len(what) == 1:
        ((family, name),) = what.items()
    else:
        family, name = what, None
    if family == "ListExpr" and name == "Length" and set(inputs[0]) == {"Eval"}:
        return _different(inputs[0]["Eval"])
    parts = [_node(i) for i in inputs]
    first = parts[0]
    if family == "Boolean":
        if name == "IsNull":
            return lambda row: first(row) is None
        if name == "IsNotNull":
            return lambda row: first(row) is not None
        if name == "Not":
            return lambda row: None if (value := first(row)) is None else not value
        if name in ("AllHorizontal", "AnyHorizontal"):
            return _all(parts) if name == "AllHorizontal" else _any(parts)
        if isinstance(name, dict) and name.get("IsIn") == {"nulls_equal": False}:
            return _member(first, parts[1])
    if family == "FillNull":
        other = parts[1]
        return lambda row: other(row) if (value := first(row)) is None else value
    if family == "TemporalExpr" and name == "Date":
        return lambda row: value.date() if isinstance(value := first(row), datetime) else value
    if family == "ListExpr" and name == "Length":
        return lambda row: None if (value := first(row)) is None else len(value)
    if family == "ListExpr" and isinstance(name, dict) and "Contains" in name:
        return _member(parts[1], first, nulls=True)
    if family == "StringExpr" and isinstance(name, dict):
        if options := name.get("Contains"):
            return _search(first, parts[1], bool(options["literal"]))
        if name.get("Replace") == {"n": -1, "literal": False}:
            return _replace(first, parts[1], parts[2])
    raise Unsupported(json.dumps(what)[:80])


def _member(value: Function, values: Function, *, nulls: bool = False) -> Function:
    def inside(row: Row) -> bool | None:
        one, many = value(row), values(row)
        if many is None or (one is None and not nulls):
            return None
        return one in many

    return inside


def _search(text: Function, pattern: Function, literal: bool) -> Function:
    def found(row: Row) -> bool | None:
        value, wanted = text(row), pattern(row)
        return None if value is None or wanted is None else _contains(value, wanted, literal)

    return found


def _replace(text: Function, pattern: Function, by: Function) -> Function:
    def replaced(row: Row) -> str | None:
        value = text(row)
        if value is None:
            return None
        return _replaced(value, pattern(row), by(row))

    return replaced


def _different(content: Mapping[str, Any]) -> Function:
    """The number of different items of a list."""
    unique = {"Function": {"input": ["Element"], "function": {"Unique": False}}}
    if content.get("variant") != "List" or content.get("evaluation") != unique:
        raise Unsupported("Eval")
    inner = _node(content["expr"])
    return lambda row: None if (value := inner(row)) is None else len(set(value))


_KINDS: dict[str, Callable[[Any], Function]] = {
    "Column": _column,
    "Literal": _literal,
    "Alias": lambda content: _node(content[0]),
    "Ternary": _ternary,
    "BinaryExpr": _binary,
    "Cast": _cast,
    "Function": _function,
}


class Compiled:
    """A kept plan for one record whose linked tables hold nothing.

    Raises:
        Unsupported: the plan uses what is not compiled, or links that are not empty where the linked table is.
    """

    def __init__(self, plan: Plan) -> None:
        if any(of is None for of in plan.scope.linked_to.values()):
            raise Unsupported("link")
        self.plan = plan
        self.days = {f: [(n, table[n]) for n in table.columns] for f, table in plan.days.items()}
        self.seen: dict[tuple[str, int], Row] = {}
        self.numbers = [(e.meta.output_name(), function(e)) for e in plan.numbers]
        self.unlinked = [name for table in plan.unlinked.values() for name in table.columns]
        self.helpers = {e.meta.output_name(): function(e) for e in plan.helpers}
        self.codes = [function(e) for e in plan.codes]
        self.facts = [[(e.meta.output_name(), function(e)) for e in facts] for facts in plan.facts]

    def codes_of(self, values: Row) -> tuple[list[int], Row]:
        """The code of each rule for a record, and the row with all that was looked up."""
        row: Row = dict(values)
        for day_field, columns in self.days.items():
            day = row[day_field]
            day = day.date() if isinstance(day, datetime) else day
            at = -1 if day is None else (day - FIRST_DAY).days
            found = self.seen.get((day_field, at))
            if found is None:
                if len(self.seen) >= _DAYS:
                    self.seen.clear()
                found = self.seen[day_field, at] = {name: known[at] for name, known in columns}
            row |= found
        if self.numbers:
            working = working_days(self.plan.scope.calendar)["day"]
            for name, number in self.numbers:
                at = number(row)
                row[name.removesuffix("#")] = None if at is None or not 1 <= at <= len(working) else working[at - 1]
        row |= dict.fromkeys(self.unlinked)
        row |= self.helpers
        return [code(row) for code in self.codes], row

    def facts_of(self, number: int, code: int, row: Row) -> Row:
        """What a rule's finding is told from."""
        row[f"_c{number}"] = code
        return {name: fact(row) for name, fact in self.facts[number]}
