"""JSON: how a text of it is read, and files that are no ledgers (calendars, earlier reports, single records)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError, invalid_json

__all__ = ["parse_json", "read_json"]


def parse_json(text: str) -> Any:
    """JSON as Python objects; where a key stands twice the filled value counts.

    Raises:
        ValueError: no JSON, or nothing that can be a record: too deep, a key twice with different values, half of a character.

    >>> parse_json('{"a": null, "a": 1}'), parse_json('[{"a": 1, "a": 1}]')
    ({'a': 1}, [{'a': 1}])
    """
    try:
        found = json.loads(text, object_pairs_hook=_object)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc
    if "\\u" in text and "\\ud" in text.lower():
        json.dumps(found, ensure_ascii=False).encode()  # a surrogate without its pair is no character
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        found = {}
        for key, value in pairs:
            earlier = found.get(key)
            if value not in (None, "") and earlier not in (None, "", value):
                raise ValueError(f"the key {key!r} stands twice, with different values: {earlier!r}, {value!r}")
            found[key] = earlier if value in (None, "") else value
    return found


def read_json(path: Path) -> Any:
    """The content of a JSON file, with or without a byte order mark.

    Raises:
        InputError: the file cannot be read, or is no JSON of ordinary depth in UTF-8.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     deep = Path(folder) / "a.json"
    ...     _ = deep.write_text("[" * 100_000)
    ...     try:
    ...         read_json(deep)
    ...     except InputError as exc:
    ...         exc.code
    'not_valid_json'
    """
    try:
        return parse_json(path.read_text(encoding="utf-8-sig"))
    except OSError as exc:
        reason = f"{path}: 读不到文件 / cannot be read: {exc.strerror}"
        raise InputError(reason, code="unreadable_file", path=path) from exc
    except ValueError as exc:
        raise invalid_json(path, exc) from exc
