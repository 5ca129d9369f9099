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
    """A fact that has a name in each language: a topic, a cell of a grid."""

    zh: str
    en: str


class LocalizedText(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str

    def get(self, lang: str) -> str:
        """The text in a language, ``zh`` or ``en``."""
        return self.en if lang == "en" else self.zh
