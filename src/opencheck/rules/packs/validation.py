"""Validate the data of a pack's files; what is wrong is told with file and line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from opencheck.core.errors import PackError
from opencheck.rules.packs.yaml_source import Keys, LocatedYaml

__all__ = ["validate"]


def validate(adapter: TypeAdapter[Any], located: LocatedYaml, data: Any, keys: Keys) -> Any:
    """Data of a pack's file as the model they must be.

    Args:
        adapter: the model.
        located: the file, for errors.
        data: what stands at a place of it, with parameters filled in.
        keys: the place.

    Raises:
        PackError: the data are not so; a line for each place.

    >>> from pathlib import Path
    >>> try:
    ...     validate(TypeAdapter(list[int]), LocatedYaml(Path("a.yaml"), None, {(1,): 7}), [1, "x"], ())
    ... except PackError as exc:
    ...     print(exc)
    a.yaml:7: 1: Input should be a valid integer, unable to parse string as an integer; found 'x'
    """
    try:
        return adapter.validate_python(data)
    except ValidationError as exc:
        told: dict[tuple[str | int, ...], list[str]] = {}
        for error in exc.errors():
            place = _keys_in(data, error["loc"], missing=error["type"] == "missing")
            found = "" if isinstance(error["input"], (dict, list)) else f"; found {error['input']!r}"
            told.setdefault(place, []).append(f"{error['msg']}{found}")
        lines = []
        for place, reasons in told.items():
            # Of a value that may be several things, what opencheck itself says of it tells most.
            own = [reason for reason in reasons if reason.startswith("Value error")]
            reason = "; ".join(dict.fromkeys(own or reasons))
            lines.append(f"{located.where((*keys, *place))}: {'.'.join(map(str, place)) or 'rule'}: {reason}")
        first = exc.errors()[0]
        place = next(iter(told))
        details = {**located.at((*keys, *place)), "field": ".".join(map(str, place)), "found": first["input"]}
        raise PackError("\n".join(lines), code="pack_invalid", **details) from exc


def _keys_in(data: Any, loc: Iterable[str | int], *, missing: bool) -> tuple[str | int, ...]:
    """The keys of an error's place that stand in the data, or are missing there; the others are names of types.

    >>> _keys_in({"limit": "soon"}, ("limit", "function-before[parse(), Duration]"), missing=False)
    ('limit',)
    """
    loc = tuple(loc)
    kept: list[str | int] = []
    key: Any
    inner: Any = data
    for number, key in enumerate(loc, 1):
        if (isinstance(inner, dict) and key in inner) or (
            isinstance(inner, list) and isinstance(key, int) and key < len(inner)
        ):
            kept.append(key)
            inner = inner[key]
        elif missing and number == len(loc):
            kept.append(key)
    return tuple(kept)
