"""Texts and names in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "LocalizedName",
    "LocalizedText",
    "PackText",
    "with_english",
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


def with_english(data: Any, own: str = "zh", english: str = "en") -> Any:
    """The data of a text with its Chinese in the place of an English that is not given; other data as they are.

    >>> with_english({"zh": "立即公开"}), with_english({"name": "限额", "en": "limit"}, "name")
    ({'zh': '立即公开', 'en': '立即公开'}, {'name': '限额', 'en': 'limit'})
    """
    if isinstance(data, Mapping) and own in data and data.get(english) in (None, ""):
        return {**data, english: data[own]}
    return data


class PackText(LocalizedText):
    """A text of a pack; without English the Chinese stands in both languages.

    >>> PackText.model_validate({"zh": "立即公开"}).get("en")
    '立即公开'
    """

    en: Annotated[str, Field(description="the Chinese text where there is none")] = ""

    @model_validator(mode="before")
    @classmethod
    def _fall_back(cls, data: Any) -> Any:
        return with_english(data)
