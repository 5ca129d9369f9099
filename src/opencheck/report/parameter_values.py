"""The values of a pack's parameters as sentences and pages show them."""

from __future__ import annotations

from typing import Any

from opencheck.core.time_limits import Duration

__all__ = ["is_pattern", "value_as_fact", "value_as_text"]

_PATTERN_SIGNS = frozenset("^$|\\*+?[]{}")


def is_pattern(value: Any) -> bool:
    """Whether a parameter's value is a pattern, which its reading puts into words.

    >>> is_pattern({"holds": "法|条例"}), is_pattern("^不公开"), is_pattern("3 working_days"), is_pattern(["政务微博"])
    (True, True, False, False)
    """
    return (isinstance(value, dict) and "holds" in value) or (isinstance(value, str) and not _PATTERN_SIGNS.isdisjoint(value))


def value_as_fact(value: Any) -> Any:
    """A parameter's value as a fact of a sentence: a span of time as one, several values as a list.

    >>> value_as_fact("5 working_days"), value_as_fact({"from": "2018-01-01", "to": "2018-12-31"})
    (Duration(number=5, unit='working_days'), '2018-01-01 — 2018-12-31')
    """
    if isinstance(value, dict):
        return " — ".join(str(v) for v in value.values())
    try:
        return Duration.parse(value)
    except ValueError:
        return value


def value_as_text(value: Any) -> str:
    """A parameter's value as a person would write it.

    >>> value_as_text({"from": "2018-01-01", "to": "2018-12-31"}), value_as_text({"holds": "法|条例"}), value_as_text(3)
    ('from: 2018-01-01，to: 2018-12-31', 'holds: 法|条例', '3')
    """
    if isinstance(value, dict) and "holds" in value:
        value = " ".join(f"{k}: {v}" for k, v in value.items() if v)
    if isinstance(value, dict):
        return "，".join(f"{k}: {v}" for k, v in value.items())
    return str(value)
