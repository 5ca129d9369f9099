"""Texts and names in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

__all__ = [
    "Named",
    "Text",
]


@dataclass(frozen=True)
class Named:
    """A fact that has a name in each language: a topic, a cell of a grid."""

    zh: str
    en: str


class Text(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """The text in a language, ``zh`` or ``en``."""
        return self.en if lang == "en" else self.zh
