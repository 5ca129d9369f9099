"""What the methods of a report accept as options, and how they refuse other values."""

from __future__ import annotations

from collections.abc import Iterable

from opencheck.core.errors import known_names, unknown_name
from opencheck.core.outcomes import Severity

__all__ = ["FAIL_ON", "LANGUAGES", "chosen_names", "require_one"]

LANGUAGES = ("zh", "en")

FAIL_ON = (*(severity.value for severity in Severity), "never")
"""What decides whether violations fail a check: the lowest severity that counts, or ``never``."""

_WORDS = {
    "outcome": "没有这个结论 / no outcome",
    "severity": "没有这个级别 / no severity",
    "rule": "没有检查规则 / not a rule that was checked:",
    "task": "没有这项任务 / no task",
    "table": "没有这张表 / no table",
    "fail_on": "没有这个级别 / no severity",
    "unknown": "unknown=: 不可用 / cannot be",
    "rejected": "rejected=: 不可用 / cannot be",
    "lang": "没有这种语言 / no language",
}


def chosen_names(option: str, given: str | Iterable[str] | None, accepted: Iterable[str]) -> tuple[str, ...] | None:
    """The names that an option's value gives; None where everything is meant.

    Raises:
        UnknownNameError: one that is none of the accepted; the nearest one is named.
    """
    return known_names(_WORDS[option], given, accepted, code=f"unknown_{option}", field=option)


def require_one(option: str, given: str, accepted: Iterable[str]) -> None:
    """Refuse an option's value that is not exactly one of the accepted.

    Raises:
        UnknownNameError: naming the nearest of them.
    """
    accepted = tuple(accepted)
    if not isinstance(given, str) or given not in accepted:
        raise unknown_name(_WORDS[option], given, accepted, code=f"unknown_{option}", field=option)
