"""Texts and names in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

__all__ = [
    "LocalizedName",
    "LocalizedText",
]


@dataclass(frozen=True)
class LocalizedName:
    """The name of a thing in both languages: a topic, a column, a value of a vocabulary."""

    zh: str
    en: str


class LocalizedText(BaseModel):
    """A text in both languages, read from YAML and written as JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str

    def get(self, lang: str) -> str:
        """The text in a language, ``zh`` or ``en``."""
        return self.en if lang == "en" else self.zh
