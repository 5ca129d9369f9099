"""The regular expressions of the package and of its packs, and for each the texts that make a backtracking engine work hardest."""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]  # the parser of the standard library knows what a pattern accepts
from typing import Any, NamedTuple

import yaml

import opencheck

_TOOL = ("match", "search", "fullmatch", "sub", "split", "findall", "finditer")

_NEEDS_A_SITE = (
    "opencheck.integrations.django",
    "opencheck.integrations.wagtail",
    "opencheck.report.history.migrations",
    "opencheck.__main__",
)

_MOST_ATOMS = 8

CPU_SECONDS = 2.0
"""What a text of 20,000 characters may take: linear work takes a hundredth of it, quadratic work several times as much."""


class TooLong(Exception):
    """Something took more than its seconds of the processor."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Stop what runs after so many seconds of the processor, whatever else the machine does.

    Raises:
        TooLong: it was stopped.
    """

    def stop(*_: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class Used(NamedTuple):
    """A pattern, and whether it is looked for anywhere in a text, or only tried at a position that is given."""

    pattern: str
    anywhere: bool


def patterns_of_code() -> dict[str, Used]:
    """Every pattern of the package by where it stands: compiled ones of modules and classes, and those written in calls of ``re``."""
    found: dict[str, str] = {}
    here: set[str] = set()
    sources = {f: f.read_text(encoding="utf-8") for f in sorted(Path(opencheck.__path__[0]).rglob("*.py"))}
    for module in pkgutil.walk_packages(opencheck.__path__, "opencheck."):
        if module.name.startswith(_NEEDS_A_SITE):
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            for path, pattern in _compiled(value, f"{module.name}.{name}"):
                found.setdefault(_with_flags(pattern), path)
    for file, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _TOOL:
                owner, first = node.func.value, node.args[0] if node.args else None
                if (
                    isinstance(owner, ast.Name)
                    and owner.id == "re"
                    and isinstance(first, ast.Constant)
                    and isinstance(first.value, str)
                ):
                    found.setdefault(first.value, path := f"{file.name}:{node.lineno}")
                    if node.func.attr in ("match", "fullmatch"):
                        here.add(path)
    for path in found.values():
        module, _, name = path.rpartition(".")
        own = Path(importlib.import_module(module).__file__ or "") if name.isidentifier() else None
        # The module itself, and those that import the name and do not define it anew.
        named = {file: text for file, text in sources.items() if name in text}
        users = [text for file, text in named.items() if file == own or not re.search(rf"(?m)^{name}\b[^\n]*= ", text)]
        calls = re.findall(rf"\b{name}\b(?!\s*=\s)(?:\.(\w+))?", "\n".join(users)) if own else []
        if calls and set(calls) <= {"match", "fullmatch"}:
            here.add(path)
    return {path: Used(pattern, path not in here) for pattern, path in found.items()}


def _with_flags(pattern: re.Pattern[str]) -> str:
    flags = "".join(letter for letter, flag in (("i", re.I), ("m", re.M), ("s", re.S)) if pattern.flags & flag)
    return f"(?{flags}){pattern.pattern}" if flags and not pattern.pattern.startswith("(?") else pattern.pattern


def _compiled(value: Any, path: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield path, value
    elif type(value) in (dict, list, tuple):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _compiled(item, f"{path}[{key}]")
    elif isinstance(value, type) and value.__module__.startswith("opencheck."):
        for name, item in vars(value).items():
            if isinstance(item, re.Pattern):
                yield from _compiled(item, f"{path}.{name}")


def patterns_of_packs(folder: Path) -> dict[str, str]:
    """Every pattern that a pack states: the values of ``matches``, ``holds``, ``lacks`` and ``unless``."""
    found: dict[str, str] = {}

    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                texts = value if isinstance(value, list) else [value]
                if key in ("matches", "holds", "lacks", "unless"):
                    found.update({t: f"{path}.{key}" for t in texts if isinstance(t, str) and not t.startswith("$")})
                walk(value, f"{path}.{key}")
        elif isinstance(node, list):
            for number, value in enumerate(node):
                walk(value, f"{path}[{number}]")

    for file in sorted(folder.rglob("*.yaml")):
        walk(yaml.safe_load(file.read_text(encoding="utf-8")), file.name)
    return {path: pattern for pattern, path in found.items()}


def texts_against(pattern: str, size: int) -> Iterator[str]:
    """Texts of a size made from what the pattern accepts: each piece repeated, pairs of pieces, and the same behind and before others."""
    atoms = list(dict.fromkeys(_atoms(_parser.parse(pattern))))[:_MOST_ATOMS]
    words = list(dict.fromkeys(_words(_parser.parse(pattern))))[:_MOST_ATOMS]
    pieces = [
        *atoms,
        *words,
        *(a + b for a, b in itertools.islice(itertools.permutations(atoms, 2), 16)),
        "\n",
        " ",
        "\t",
        "a ",
    ]
    for piece in dict.fromkeys(pieces):
        yield piece * (size // len(piece))
    for word in words[:2]:
        for atom in atoms:
            yield word + atom * (size // len(atom)) + "\x00"


def _atoms(parsed: Any) -> Iterator[str]:
    """A character for each literal and class of a pattern."""
    for code, value in parsed:
        if code is _constants.LITERAL:
            yield chr(value)
        elif code is _constants.NOT_LITERAL:
            yield "x" if value != ord("x") else "y"
        elif code is _constants.IN:
            yield from _of_class(value)
        elif code is _constants.ANY:
            yield "x"
        for part in _parts(code, value):
            yield from _atoms(part)


def _of_class(items: Any) -> Iterator[str]:
    for code, value in items:
        if code is _constants.LITERAL:
            yield chr(value)
        elif code is _constants.RANGE:
            yield chr(value[0])
        elif code is _constants.CATEGORY:
            yield {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(value), "x")
        elif code is _constants.NEGATE:
            yield from "x甲"
            return


def _words(parsed: Any) -> Iterator[str]:
    """A text that each branch of a pattern begins with, as far as it is sure."""
    text = ""
    for code, value in parsed:
        if code is _constants.BRANCH:
            for part in value[1]:
                for word in itertools.islice(_words(part), 3):
                    yield text + word
            return
        if code is _constants.SUBPATTERN:
            text += next(_words(value[3]), "")
        elif code in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            text += next(_words(value[2]), "") * max(1, min(value[0], 20))
        elif code not in (_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT):
            text += next(_atoms([(code, value)]), "")
    if text:
        yield text


def _parts(code: Any, value: Any) -> list[Any]:
    if code is _constants.BRANCH:
        return list(value[1])
    if code is _constants.SUBPATTERN:
        return [value[3]]
    if code in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
        return [value[2]]
    if code in (_constants.ASSERT, _constants.ASSERT_NOT):
        return [value[1]]
    if code is _constants.ATOMIC_GROUP:
        return [value]
    if code is _constants.GROUPREF_EXISTS:
        return [part for part in value[1:] if part is not None]
    return []
