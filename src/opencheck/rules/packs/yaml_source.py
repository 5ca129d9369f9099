"""YAML with line numbers, by the rules of YAML 1.2: ``on``, ``yes`` and dates are text, duplicate keys are errors."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from opencheck.core.errors import PackError

__all__ = [
    "LocatedYaml",
    "load_yaml",
]


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), [*_first, ""])

Keys = tuple[str | int, ...]


class LocatedYaml:
    """A YAML document as plain data, with the line number of every node by its path."""

    def __init__(self, path: Path, data: Any, lines: dict[Keys, int]) -> None:
        self.path = path
        self.data = data
        self.lines = lines

    def where(self, keys: Keys) -> str:
        """Return ``file:line`` of the node at a path, or of its nearest ancestor."""
        return "{path}:{row}".format(**self.at(keys))

    def at(self, keys: Keys) -> dict[str, Any]:
        """The same as attributes of a :class:`PackError`: ``path`` and ``row``."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return {"path": self.path, "row": self.lines.get(keys, 1)}


def load_yaml(path: Path) -> LocatedYaml:
    """Read one YAML file.

    Raises:
        PackError: the file is missing, is not valid YAML, or has a duplicate key; with file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as exc:
        raise PackError(f"{path}: 读不到文件 / cannot be read: {exc.strerror}", code="unreadable_file", path=path) from exc
    except UnicodeDecodeError as exc:
        raise PackError(
            f"{path}: 应为UTF-8 / must be UTF-8 (byte {exc.start})", code="unknown_encoding", path=path, accepted=("UTF-8",)
        ) from exc
    loader = _Loader(text)
    lines: dict[Keys, int] = {}
    try:
        node = loader.get_single_node()
        return LocatedYaml(path, _build(loader, node, (), lines, path), lines)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise PackError(
            f"{path}:{line}: 不是有效的YAML / not valid YAML: {exc.problem}", code="not_valid_yaml", path=path, row=line
        ) from exc
    finally:
        loader.dispose()


def _build(loader: Any, node: Any, keys: Keys, lines: dict[Keys, int], path: Path) -> Any:
    if node is None:
        return None
    lines[keys] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*keys, i), lines, path) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if key in found:
                raise PackError(
                    f"{path}:{key_node.start_mark.line + 1}: 重复的键 / key stands twice: {key}",
                    code="repeated_key",
                    path=path,
                    row=key_node.start_mark.line + 1,
                    field=key,
                )
            found[key] = _build(loader, value, (*keys, key), lines, path)
            lines[(*keys, key)] = key_node.start_mark.line + 1
        return found
    return loader.construct_object(node)
