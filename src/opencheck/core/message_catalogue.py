"""The message catalogue (messages.yaml): every text that opencheck prints, in Chinese and English, loaded once."""

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
    """Return every message by name: ``{"zh": …, "en": …}``."""
    text = files("opencheck.core").joinpath("messages.yaml").read_text(encoding="utf-8")
    messages: dict[str, dict[str, str]] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return messages


def get_message(name: str, lang: str) -> str:
    """Return a message that takes no facts, in one language.

    >>> get_message("outcome.violation", "zh")
    '违规'
    """
    return load_messages()[name][lang]
