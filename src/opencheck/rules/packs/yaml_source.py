"""YAML with line numbers, by the rules of YAML 1.2: ``on``, ``yes`` and dates are text, duplicate keys are errors."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from opencheck.core.errors import PackError
from opencheck.rules.packs.located_yaml import Keys, LocatedYaml

__all__ = ["load_yaml"]


_TAG = "tag:yaml.org,2002:"

_OCTAL = re.compile(r"[-+]?0[0-9]+")

_MAX_DEPTH = 100

_MAX_BY_ALIASES = 100_000
"""How many values the aliases of a file may add to those that are written in it."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
):
    _Loader.add_implicit_resolver(f"{_TAG}{_tag}", re.compile(rf"^(?:{_pattern})$"), [*_first, ""])


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
    loader = None
    try:
        loader = _Loader(text)
        return _Builder(path, loader.get_single_node(), len(text)).document()
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise _refused(path, line, f"{_hint(exc.problem)}{exc.problem}") from exc
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, text.find(chr(exc.character))) + 1 if isinstance(exc.character, int) else 1
        raise _refused(path, line, f"character {exc.character:#06x}: {exc.reason}") from exc
    except RecursionError as exc:
        raise _refused(path, 1, "nested too deeply") from exc
    finally:
        if loader is not None:
            loader.dispose()


def _refused(path: Path, line: int, reason: object, *, code: str = "not_valid_yaml") -> PackError:
    return PackError(f"{path}:{line}: 不是有效的YAML / not valid YAML: {reason}", code=code, path=path, row=line)


_HINTS = (
    ("cannot start any token", "用空格缩进，文字里有特殊符号的加引号 / indent with spaces, quote a text with special signs: "),
    (
        "mapping values are not allowed",
        "冒号或缩进不对，含冒号的文字加引号 / check colons and indentation, quote a text with a colon: ",
    ),
    ("did not find expected", "缩进、引号或括号不对 / check the indentation, quotes and brackets: "),
    ("could not find expected ':'", "键后面缺冒号 / a key lacks its colon: "),
    ("found unexpected end of stream", "引号没有结束 / a quote is not closed: "),
)
"""What usually lies behind a fault that the parser names in its own terms."""


def _hint(problem: str | None) -> str:
    return next((hint for words, hint in _HINTS if words in (problem or "")), "")


class _Builder:
    """Makes plain data of a document's nodes; what is not plain data is an error with its line.

    Args:
        path: the file, for errors.
        root: the document's node.
        size: the length of the text: without aliases it has no more nodes than characters.
    """

    def __init__(self, path: Path, root: Any, size: int) -> None:
        self.path = path
        self.root = root
        self.left = size + _MAX_BY_ALIASES
        self.lines: dict[Keys, int] = {}

    def document(self) -> LocatedYaml:
        """The data with their lines.

        Raises:
            PackError: what is not plain data.
        """
        data = None if self.root is None else self._build(self.root, ())
        return LocatedYaml(self.path, data, self.lines)

    def _build(self, node: Any, keys: Keys) -> Any:
        line = node.start_mark.line + 1
        self.lines[keys] = line
        self.left -= 1
        if self.left < 0:
            raise _refused(self.path, line, "aliases repeat too much")
        if len(keys) > _MAX_DEPTH:  # an anchor within itself has no end
            raise _refused(self.path, line, f"nested more than {_MAX_DEPTH} levels deep")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, line)
        if node.tag not in (f"{_TAG}seq", f"{_TAG}map"):
            raise _refused(self.path, line, f"unknown tag {node.tag!r}")
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, (*keys, i)) for i, item in enumerate(node.value)]
        found: dict[str, Any] = {}
        for key_node, value in node.value:
            at = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise _refused(self.path, at, "a key must be a text")
            key = str(key_node.value)
            if key in found:
                raise PackError(
                    f"{self.path}:{at}: 重复的键 / key stands twice: {key}",
                    code="repeated_key",
                    path=self.path,
                    row=at,
                    field=key,
                )
            found[key] = self._build(value, (*keys, key))
            self.lines[(*keys, key)] = at
        return found

    def _scalar(self, node: Any, line: int) -> Any:
        tag, text = node.tag.removeprefix(_TAG), node.value
        if tag == "int" and _OCTAL.fullmatch(text):
            reason = f"{text!r} is 8-based to some and 10-based to others: write it without the leading 0, or in quotes"
            raise _refused(self.path, line, reason)
        if tag not in _SCALARS:
            raise _refused(self.path, line, f"unknown tag {node.tag!r}")
        try:
            return _SCALARS[tag](text)
        except (ValueError, KeyError) as exc:
            raise _refused(self.path, line, f"{text[:60]!r} is no {tag}") from exc


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": _finite,
    "bool": lambda text: {"true": True, "false": False}[text.lower()],
    "null": lambda text: None,
}
