"""Validate the data of a pack's files; what is wrong is told with file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from opencheck.core.errors import PackError, nearest
from opencheck.rules.packs.faults import OtherLevel, accepted_keys, fault_text, outer_level, unfit_text
from opencheck.rules.packs.located_yaml import Keys, LocatedYaml

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
    a.yaml:7: 1: 应为整数 / must be a whole number; 填的是 / found 'x'
    """
    try:
        return adapter.validate_python(data)
    except ValidationError as exc:
        schema: list[dict[str, Any]] = []

        def keys_at(place: tuple[str | int, ...]) -> list[str]:
            if not schema:
                schema.append(adapter.json_schema())
            return accepted_keys(schema[0], place)

        faults = [(_keys_in(data, e["loc"], missing=e["type"] == "missing"), e) for e in exc.errors()]
        faulty = _reasons_by_place(data, faults, keys_at)
        lines = [
            f"{located.where((*keys, *place))}: {'.'.join(map(str, named)) or 'rule'}: {reason}"
            for place, named, reason in faulty
        ]
        first = faulty[0]
        details = {**located.at((*keys, *first[0])), "field": ".".join(map(str, first[1])), "found": exc.errors()[0]["input"]}
        raise PackError("\n".join(lines), code="pack_invalid", **details) from exc


_Place = tuple[str | int, ...]


def _reasons_by_place(
    data: Any, faults: list[tuple[_Place, Any]], keys_at: Callable[[_Place], list[str]]
) -> list[tuple[_Place, _Place, str]]:
    """The faults of data that are told: where the line is, the place as it is named, and the reason; one for each place.

    What only follows from another fault is left out: a key that is missing because it is misspelt or stands elsewhere, and what stands
    under a key that is at the wrong level.
    """
    by_place: dict[_Place, list[tuple[bool, str]]] = {}
    spelt: set[_Place] = set()
    absent = [place for place, error in faults if error["type"] == "missing"]
    for place, error in faults:
        level = outer_level(place, keys_at)
        if level is None and error["type"] == "extra_forbidden":
            inner = (p for p in absent if p[-1] == place[-1] and p[: len(place) - 1] == place[:-1])
            level = next((OtherLevel(place, p[:-1], str(place[-1])) for p in inner), None)
        if level is not None:
            spelt |= {(*level.parent, level.key)}
            by_place.setdefault(level.place, []).insert(0, (True, level.text))
        elif error["type"] == "extra_forbidden" and (meant := nearest(place[-1], keys_at(place[:-1]))):
            spelt |= {(*place[:-1], meant)}
    wrong = [place for place in by_place if place]
    for place, error in faults:
        follows = error["type"] == "missing" and place in spelt
        under = any(place[: len(outer) - 1] == outer[:-1] and len(place) >= len(outer) for outer in wrong)
        if not follows and not under:
            own = error["type"] in ("value_error", "missing", "extra_forbidden")
            by_place.setdefault(place, []).append((own, fault_text(error, place, keys_at)))
    found = []
    for place, reasons in by_place.items():
        # Of a value that may be several things, what opencheck itself says of it tells most.
        chosen = list(dict.fromkeys([text for own, text in reasons if own] or [text for _, text in reasons]))
        reason = "; ".join(chosen[:1] if place in wrong else chosen) if len(chosen) < _SEVERAL else unfit_text(data, place)
        found.append((place or _place_of_quoted(data, reason), place, reason))
    return found


_SEVERAL = 3
"""From so many reasons on, a value fits none of the things that it may be."""


def _place_of_quoted(data: Any, reason: str) -> _Place:
    """The only place of the data whose key or value a reason quotes first, or none."""
    quoted = re.search(r"'([^']+)'", reason)
    places = list(_places_of(data, quoted[1], ())) if quoted else []
    return places[0] if len(places) == 1 else ()


def _places_of(data: Any, wanted: str, place: _Place) -> Iterator[_Place]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        if place or key != "examples":
            if wanted in (key, value):
                yield (*place, key)
            yield from _places_of(value, wanted, (*place, key))


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
