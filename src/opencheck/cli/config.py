"""Defaults of a project: ``opencheck.toml``, or ``[tool.opencheck]`` in ``pyproject.toml``, in the folder where one works or above it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError, unknown_name

__all__ = ["OPTIONS", "find_defaults"]


def _names(value: Any, _folder: Path) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _packs(value: Any, folder: Path) -> list[str]:
    """Packs by name; a folder beside the file by its path."""
    return [str(folder / name) if (folder / name).is_dir() else name for name in _names(value, folder)]


def _pairs(value: Any, _folder: Path) -> list[str]:
    if not isinstance(value, Mapping):
        raise TypeError
    return [f"{name}={text}" for name, text in value.items()]


def _paths(value: Any, folder: Path) -> list[str]:
    return [str(folder / name) for name in _names(value, folder)]


def _path(value: Any, folder: Path) -> str:
    return str(folder / str(value))


def _text(value: Any, _folder: Path) -> str:
    if isinstance(value, (Mapping, list)):
        raise TypeError
    return str(value)


def _history(value: Any, folder: Path) -> str:
    return str(value) if "://" in str(value) else _path(value, folder)


OPTIONS: dict[str, tuple[str, Callable[[Any, Path], Any]]] = {
    "pack": ("packs", _packs),
    "as_of": ("as_of", _text),
    "map": ("headings", _pairs),
    "set": ("settings", _pairs),
    "waivers": ("waivers", _paths),
    "history": ("history", _history),
    "calendar": ("calendar", _path),
    "baseline": ("baseline", _path),
    "ledger_unit": ("ledger_unit", _text),
    "fail_on": ("fail_on", _text),
    "lang": ("lang", _text),
}
"""Key of the file → the option that it sets, and how its value is read; paths are relative to the file."""

_FILES = ("opencheck.toml", "pyproject.toml")


def find_defaults(folder: Path) -> tuple[Path | None, dict[str, Any]]:
    """Return the file that holds defaults for commands run in a folder, None where there is none, and the options that it sets.

    Raises:
        InputError: the file is no TOML, or a value has the wrong form.
        UnknownNameError: an unknown key; the nearest is named.
    """
    for above in (folder, *folder.parents):
        for name in _FILES:
            path = above / name
            if path.is_file() and (given := _read(path)) is not None:
                return path, _options(given, path)
    return None, {}


def _read(path: Path) -> Mapping[str, Any] | None:
    """The table of a file; None of a ``pyproject.toml`` without one."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        if path.name == "pyproject.toml":
            return None  # another tool's file, and that tool tells
        raise InputError(f"{path}: 读不出来 / cannot be read: {exc}", code="invalid_config", path=path) from exc
    own = content if path.name == "opencheck.toml" else content.get("tool", {}).get("opencheck")
    return own if own is None or isinstance(own, Mapping) else {}


def _options(given: Mapping[str, Any], path: Path) -> dict[str, Any]:
    found = {}
    for key, value in given.items():
        if key not in OPTIONS:
            raise unknown_name(f"{path}: 没有这一项 / no setting", key, OPTIONS, code="unknown_setting", field=key)
        option, read = OPTIONS[key]
        try:
            found[option] = read(value, path.parent)
        except TypeError as exc:
            form = '{ "成文时间" = "成文日期" }' if read is _pairs else '"…"'
            text = f"{path}: {key} 的写法不对 / has the wrong form; accepted: {key} = {form}"
            raise InputError(text, code="invalid_config", path=path, field=key, found=value) from exc
    return found
