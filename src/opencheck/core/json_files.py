"""JSON files that are no ledgers: calendars, earlier reports, single records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError, invalid_json

__all__ = ["read_json"]


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
        text = path.read_text(encoding="utf-8-sig")
        found = json.loads(text)
        if "\\ud" in text.lower():
            json.dumps(found, ensure_ascii=False).encode()  # a surrogate without its pair is no character
        return found
    except OSError as exc:
        reason = f"{path}: 读不到文件 / cannot be read: {exc.strerror}"
        raise InputError(reason, code="unreadable_file", path=path) from exc
    except RecursionError as exc:
        raise invalid_json(path, ValueError("nested too deeply")) from exc
    except ValueError as exc:
        raise invalid_json(path, exc) from exc
