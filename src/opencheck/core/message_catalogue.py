"""What messages.yaml holds: every text that opencheck says in one language at a time, read once."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import yaml

__all__ = [
    "LANGS",
    "catalogue",
    "word_of",
]


LANGS = ("zh", "en")


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, str]]:
    """Every message by name: ``{"zh": …, "en": …}``."""
    text = files("opencheck.core").joinpath("messages.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


def word_of(name: str, lang: str) -> str:
    """A fixed word of the catalogue.

    >>> word_of("outcome.violation", "zh")
    '违规'
    """
    return catalogue()[name][lang]
