"""What pydantic finds wrong with the data of a pack, in one sentence each, with the nearest right word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from opencheck.core.errors import alternatives, suggestion
from opencheck.rules.registry import KINDS

__all__ = ["OtherLevel", "accepted_keys", "fault_text", "outer_level", "unfit_text"]

_QUOTED = re.compile(r"'((?:[^'\\]|\\.){0,80})'")  # bounded, so that unclosed quotes cost no more than their number

_OWN = "Value error, "

_TEXTS: tuple[tuple[str, str], ...] = (
    ("string_", "应为文字，数字样的加引号 / must be a text, in quotes where it looks like a number"),
    ("int_", "应为整数 / must be a whole number"),
    ("float_", "应为数字 / must be a number"),
    ("bool_", "应为 true 或 false / must be true or false"),
    ("date_", "应为日期，如 2018-12-31 / must be a date such as 2018-12-31"),
    ("list_", "应为列表，如 [甲, 乙] / must be a list such as [a, b]"),
    ("dict_", "应为“键: 值” / must be keys with values"),
    ("mapping_", "应为“键: 值” / must be keys with values"),
    ("model_", "应为“键: 值” / must be keys with values"),
)
"""By the beginning of pydantic's name for a fault: what should stand there."""


def accepted_keys(schema: Mapping[str, Any], place: Iterable[str | int]) -> list[str]:
    """The keys that a JSON Schema has at a place of the data; those of all alternatives where there are several.

    >>> one = {"type": "object", "properties": {"id": {}, "tags": {"items": {"$ref": "#/$defs/T"}}}}
    >>> schema = one | {"$defs": {"T": {"properties": {"name": {}}}}}
    >>> accepted_keys(schema, ()), accepted_keys(schema, ("tags", 0))
    (['id', 'tags'], ['name'])
    """
    nodes = _resolved(schema, schema)
    for key in place:
        inner: list[Mapping[str, Any]] = []
        for node in nodes:
            of_key = node.get("items") if isinstance(key, int) else node.get("properties", {}).get(key)
            if of_key is None and not isinstance(key, int):
                of_key = node.get("additionalProperties")
            if isinstance(of_key, Mapping):
                inner += _resolved(of_key, schema)
        nodes = inner
    return list(dict.fromkeys(key for node in nodes for key in node.get("properties", {})))


def _resolved(node: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> list[Mapping[str, Any]]:
    """A node of a schema as its alternatives, references followed."""
    if depth > 20:
        return []
    if "$ref" in node:
        return _resolved(schema.get("$defs", {}).get(str(node["$ref"]).rpartition("/")[2], {}), schema, depth + 1)
    found = [node]
    for name in ("anyOf", "oneOf", "allOf"):
        for branch in node.get(name, ()):
            found += _resolved(branch, schema, depth + 1)
    return found


def fault_text(
    error: Mapping[str, Any], place: tuple[str | int, ...], keys_at: Callable[[tuple[str | int, ...]], list[str]]
) -> str:
    """One fault in words.

    Args:
        error: the fault, as pydantic's ``errors()`` gives it.
        place: the keys that lead to it.
        keys_at: the keys that may stand at a place.
    """
    sort, found, context = str(error["type"]), error["input"], error.get("ctx", {})
    found_text = "" if isinstance(found, dict | list) else f"; 填的是 / found {found!r}"
    if sort == "value_error":
        return str(error["msg"]).removeprefix(_OWN) + ("" if repr(found) in error["msg"] else found_text)
    if sort == "extra_forbidden":
        if place[-2:-1] == ("require",):
            return _unknown_kind(place[-1], keys_at(place[:-1]))
        return f"没有这个键 / unknown key {place[-1]!r}{alternatives(place[-1], keys_at(place[:-1]))}"
    if sort == "missing":
        return f"缺少 / missing: {place[-1] if place else '?'}"
    if sort in ("literal_error", "enum"):
        accepted = _QUOTED.findall(str(context.get("expected", "")))
        return f"没有这个值 / no such value: {found!r}{alternatives(found, accepted)}"
    if sort == "string_pattern_mismatch":
        return f"写法不对，应符合 / must match {context.get('pattern')}{found_text}"
    for beginning, text in _TEXTS:
        if sort.startswith(beginning):
            return f"{text}{found_text}"
    return f"{error['msg']}{found_text}"


def _unknown_kind(found: str | int, accepted: Iterable[str]) -> str:
    """The sentence about a key of ``require`` that is no kind of requirement."""
    near = suggestion(found, accepted)
    return (
        f"没有这种要求 / no such kind of requirement: {found!r}{near}; 可用 / accepted: {', '.join(KINDS)}; "
        "别的软件包里的要求，装好那个软件包才有 / a kind of another package comes with installing that package (entry point opencheck.kinds)"
    )


def unfit_text(data: Any, place: tuple[str | int, ...]) -> str:
    """The sentence about a value that is none of several things that it may be.

    >>> unfit_text({"at_least": "soon"}, ("at_least",))
    "这里不能这样写，见 JSON Schema / does not fit here, see the JSON Schema; 填的是 / found 'soon'"
    """
    for key in place:
        data = data[key]
    found_text = "" if isinstance(data, dict | list) else f"; 填的是 / found {data!r}"
    return f"这里不能这样写，见 JSON Schema / does not fit here, see the JSON Schema{found_text}"


@dataclass(frozen=True)
class OtherLevel:
    """A key that stands at the wrong level."""

    place: tuple[str | int, ...]
    """Where it stands."""
    parent: tuple[str | int, ...]
    """The place whose key it is."""
    key: str

    @property
    def text(self) -> str:
        """The fault in words."""
        holder = next((k for k in reversed(self.parent) if isinstance(k, str)), "")
        zh, en = (f"{holder} 的下一层", f"a key of {holder}") if holder else ("最外一层", "a key of the outermost level")
        return f"键 {self.key} 应在{zh}，请看缩进 / {self.key!r} is {en}: check the indentation"


def outer_level(place: tuple[str | int, ...], keys_at: Callable[[tuple[str | int, ...]], list[str]]) -> OtherLevel | None:
    """The first key on the way to a fault that is no key of its own level, but of one further out.

    >>> keys = {(): ["when", "require"], ("when",): []}
    >>> outer_level(("when", "require"), lambda place: keys.get(place, [])).text.partition(" / ")[2]
    "'require' is a key of the outermost level: check the indentation"
    """
    for number, key in enumerate(place):
        if not isinstance(key, str) or key in keys_at(place[:number]):
            continue
        for length in range(number - 1, -1, -1):
            if key in keys_at(place[:length]):
                return OtherLevel(place[: number + 1], place[:length], key)
    return None
