"""The message catalogue (messages.yaml): every text that opencheck prints, in Chinese and English, loaded once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from opencheck.core.built_files import built_files

__all__ = [
    "LANGUAGES",
    "add_messages",
    "get_message",
    "load_messages",
]


LANGUAGES = ("zh", "en")
MESSAGES = "messages.yaml"


@lru_cache(maxsize=1)
def load_messages() -> dict[str, dict[str, str]]:
    """Return every message by name: ``{"zh": …, "en": …}``."""
    folder = files("opencheck.core")
    messages: dict[str, dict[str, str]]
    if (known := built_files(folder, [MESSAGES]).get(MESSAGES)) is not None:
        messages = known.data
    else:
        import yaml

        text = folder.joinpath(MESSAGES).read_text(encoding="utf-8")
        messages = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return messages


def add_messages(messages: Mapping[str, Mapping[str, str]], owner: str) -> None:
    """Add the messages of a requirement kind that another package brings.

    Args:
        messages: each message by name: ``{"zh": …, "en": …}``; without English the Chinese stands in both languages.
        owner: who brings them, for errors.

    Raises:
        ValueError: a message has no Chinese, or the name of another one.
    """
    known = load_messages()
    for name, texts in messages.items():
        if not isinstance(texts, Mapping) or not texts.get("zh"):
            raise ValueError(f"{owner}: 消息 {name} 没有中文 / message {name!r} has no Chinese text")
        wording = {lang: str(texts.get(lang) or texts["zh"]) for lang in LANGUAGES}
        if known.setdefault(name, wording) != wording:
            raise ValueError(
                f"{owner}: 已有别的消息叫 {name}，请以要求的名称开头 / "
                f"there is another message {name!r}; begin the names of yours with the kind's name"
            )


def get_message(name: str, lang: str) -> str:
    """Return a message that takes no facts, in one language.

    >>> get_message("outcome.violation", "zh")
    '违规'
    """
    return load_messages()[name][lang]
