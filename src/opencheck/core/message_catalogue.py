"""What messages.yaml holds: every text that opencheck says in one language at a time, read once."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import yaml

__all__ = [
    "LANGUAGES",
    "get_message",
    "load_messages",
]


LANGUAGES = ("zh", "en")


@lru_cache(maxsize=1)
def load_messages() -> dict[str, dict[str, str]]:
    """Every message by name: ``{"zh": …, "en": …}``."""
    text = files("opencheck.core").joinpath("messages.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


def get_message(name: str, lang: str) -> str:
    """A fixed word of the catalogue.

    >>> get_message("outcome.violation", "zh")
    '违规'
    """
    return load_messages()[name][lang]
