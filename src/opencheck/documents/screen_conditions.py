"""Whether the conditions of a style sheet (``@media``, ``@supports``) hold on a usual screen: 1,280 by 720 pixels, light, with a mouse."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["holds_for_screen", "is_supported"]

_NUMBERS = {
    **{"width": 1280.0, "height": 720.0, "device-width": 1280.0, "device-height": 720.0, "aspect-ratio": 16 / 9},
    **{"resolution": 1.0, "-webkit-device-pixel-ratio": 1.0, "color": 8.0, "monochrome": 0.0, "grid": 0.0},
}
"""Lengths in pixels, resolutions in dots of a pixel."""

_WORDS = {
    "orientation": "landscape",
    "prefers-color-scheme": "light",
    "prefers-contrast": "no-preference",
    "prefers-reduced-motion": "no-preference",
    "forced-colors": "none",
    "hover": "hover",
    "any-hover": "hover",
    "pointer": "fine",
    "any-pointer": "fine",
    "display-mode": "browser",
    "scripting": "enabled",
    "update": "fast",
}

_NOTHING = ("none", "no-preference")
"""Words with which a feature that is asked for without a value does not hold."""

_UNITS = {
    "px": 1.0,
    "em": 16.0,
    "rem": 16.0,
    "pt": 4 / 3,
    "cm": 37.8,
    "in": 96.0,
    "dppx": 1.0,
    "x": 1.0,
    "dpi": 1 / 96,
    "": 1.0,
}

_NUMBER = re.compile(r"([0-9]*\.?[0-9]+)\s*([a-z]*)(?:\s*/\s*([1-9][0-9]*))?")

_BOUND = re.compile(r"(-webkit-)?(min-|max-)?(.+)")

_SIGN = re.compile("(<=|>=|<|>|=)")

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}

_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
}

Holds = bool | None
"""None for a condition that is not known: neither it nor its opposite holds."""


def holds_for_screen(media: str) -> bool:
    """Return whether a list of media, as in ``@media`` or the attribute ``media``, holds; one that is not known does not.

    >>> holds_for_screen("print"), holds_for_screen("not print"), holds_for_screen("(prefers-color-scheme: dark), (width >= 600px)")
    (False, True, True)
    """
    import tinycss2

    lists: list[list[Any]] = [[]]
    for node in tinycss2.parse_component_value_list(media.lower(), skip_comments=True):
        if node == ",":
            lists.append([])
        else:
            lists[-1].append(node)
    return not media.strip() or any(_judge(nodes, _feature) for nodes in lists)


def is_supported(nodes: Sequence[Any]) -> bool:
    """Return whether a browser of today takes the rules under ``@supports``: it knows all that they ask about.

    >>> import tinycss2
    >>> [is_supported(tinycss2.parse_component_value_list(text)) for text in ("(display: grid)", "not (display: grid)")]
    [True, False]
    """
    return _judge(nodes, lambda _: True) is True


def _judge(nodes: Sequence[Any], ask: Callable[[str], Holds]) -> Holds:
    """Judge what ``not``, ``and`` and ``or`` join; browsers refuse to mix the two last without brackets."""
    is_not = is_whole_not = False
    word_between, found = "and", list[Holds]()
    for node in nodes:
        word = node.lower_value if node.type == "ident" else None
        if word == "not":
            is_not = True
        elif word in ("and", "or"):
            word_between = word
        elif node.type not in ("whitespace", "comment") and word != "only":
            holds = word in ("screen", "all") if word else _in_brackets(node, ask)
            is_whole_not = is_whole_not or bool(word and is_not)  # before a medium, it denies all that follows
            found.append(_opposite(holds) if is_not and not word else holds)
            is_not = False
    decisive = word_between == "or"
    joined = decisive if decisive in found else None if None in found or not found else not decisive
    return _opposite(joined) if is_whole_not else joined


def _opposite(holds: Holds) -> Holds:
    return None if holds is None else not holds


def _in_brackets(node: Any, ask: Callable[[str], Holds]) -> Holds:
    import tinycss2

    if node.type == "function":
        return ask(node.serialize())
    if node.type != "() block":
        return None
    if any(part.type == "() block" for part in node.content):
        return _judge(node.content, ask)
    return ask(tinycss2.serialize(node.content).strip().lower())


def _feature(text: str) -> Holds:
    """Judge one feature: ``hover``, ``min-width: 30em``, ``400px <= width < 60em``."""
    name, colon, value = (part.strip() for part in text.partition(":"))
    if colon:
        return value == _WORDS[name] if name in _WORDS else _within(name, value)
    match [part.strip() for part in _SIGN.split(text)]:
        case [name] if name in _WORDS:
            return _WORDS[name] not in _NOTHING
        case [name] if name in _NUMBERS:
            return _NUMBERS[name] != 0
        case [name, sign, value] if name in _NUMBERS:
            return _compared(name, sign, value)
        case [value, sign, name]:
            return _compared(name, _TURNED[sign], value)
        case [value, sign, name, other_sign, other]:
            both = (_compared(name, _TURNED[sign], value), _compared(name, other_sign, other))
            return None if None in both else all(both)
    return None


def _within(name: str, value: str) -> Holds:
    """Judge ``min-width: 30em`` and its like."""
    match = _BOUND.fullmatch(name)
    if match is None:
        return None
    prefix, bound, plain = match.groups(default="")
    return _compared(prefix + plain, {"min-": ">=", "max-": "<=", "": "="}[bound], value)


def _compared(name: str, sign: str, value: str) -> Holds:
    own, match = _NUMBERS.get(name), _NUMBER.fullmatch(value.strip())
    if own is None or match is None or match[2] not in _UNITS:
        return None
    return _COMPARED[sign](own, float(match[1]) * _UNITS[match[2]] / float(match[3] or 1))
