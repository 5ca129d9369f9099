"""Models of a pack's YAML files, and their JSON Schemas."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from opencheck.core.errors import alternatives
from opencheck.core.localized import PackText, with_english
from opencheck.core.outcomes import Modality
from opencheck.core.time_limits import Limit
from opencheck.records.tables import TABLES
from opencheck.rules.packs.scoring_sheet import ScoringSheet
from opencheck.rules.rule import Rule

__all__ = [
    "Clause",
    "Norm",
    "PackFile",
    "Parameter",
    "Topic",
    "pack_schemas",
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class _Named(_Model):
    """A Chinese name with its English one, in place of which the Chinese stands where there is none."""

    name: str
    en: Annotated[str, Field(description="the Chinese name where there is none")] = ""

    @model_validator(mode="before")
    @classmethod
    def _fall_back(cls, data: Any) -> Any:
        return with_english(data, "name")


How = Literal["measured", "structural", "statutory", "evidence"]
"""How a clause is checked: by numbers and days, by what is there, by a statutory limit, by evidence."""


class DayRange(_Model):
    """A range of days, both ends included; null leaves an end open."""

    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None


class Parameter(_Model):
    """A value that a user of the pack may override, with the legal reading behind it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    value: Any
    choices: list[Any] | None = None
    reading: PackText


class Clause(_Model):
    """One clause of the source, with the duty in plain words."""

    id: str
    unit: str | None = None
    on: str
    how: How
    modality: Modality = "must"
    duty: PackText


class Element(_Named):
    """An element that a disclosure of a topic may have to contain."""

    aliases: list[str] = []


class Topic(_Model):
    """A topic of disclosures: its code, names, spellings and elements."""

    id: str
    title: PackText
    aliases: list[str] = []
    elements: list[Element] = []


class UnitName(_Model):
    """The canonical name of a unit, with the other names that ledgers use for it."""

    name: str
    aliases: list[str] = []
    merged_into: Annotated[str | None, Field(description="the unit of this list that a reform merged it into")] = None


class Term(_Named):
    """The canonical spelling of a value of a text or list field, or of several fields, with the other spellings that ledgers use."""

    field: str | list[str]
    aliases: list[str] = []

    @model_validator(mode="after")
    def _is_of_a_field(self) -> Term:
        known = sorted({name for table in TABLES.values() for name in table.fields})
        for name in self.fields:
            if name not in known:
                raise ValueError(f"没有一张表有这个字段 / no table has a field {name!r}{alternatives(name, known)}")
        return self

    @property
    def fields(self) -> list[str]:
        """The fields that hold the term."""
        return [self.field] if isinstance(self.field, str) else self.field


class AtomicCheck(_Model):
    """One atomic check of a finer reading of the source; ``beyond`` explains what records cannot prove, and why."""

    id: str
    clause: str
    how: How
    beyond: PackText | None = None


class NormLimit(_Model):
    """A time limit that a norm sets."""

    id: str
    clause: str | None = None
    event: PackText | None = None
    within: Limit | None = None
    extension: Limit | None = None
    by: str | None = None
    seen: Annotated[bool, Field(description="whether the number was read in the norm's own published text")]
    note: PackText | None = None


class Norm(_Model):
    """A statute or other norm with its days in force."""

    id: str
    family: Annotated[
        str | None, Field(description="what its versions have in common; the norm's own id where it has none")
    ] = None
    title: PackText
    in_force: DayRange = DayRange()
    limits: list[NormLimit]


class Source(_Model):
    """The document that the pack implements."""

    title: PackText
    issuer: PackText
    signed_on: date | None = None
    published_on: date | None = None
    cites: list[str] = []


class PackFile(_Model):
    """``pack.yaml``."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9\-]*$")]
    title: PackText
    source: Source | None = None
    uses: Annotated[list[str], Field(description="other packs whose norms the rules refer to")] = []
    parameters: list[Parameter] = []
    tasks: Annotated[dict[str, PackText], Field(description="titles of the tasks that group the clauses")] = {}


PACK_FILES: dict[str, tuple[str, Any]] = {
    "topics": ("topics", list[Topic]),
    "clauses": ("clauses", list[Clause]),
    "units": ("units", list[UnitName]),
    "norms": ("norms", list[Norm]),
    "terms": ("terms", list[Term]),
    "checks": ("checks", list[AtomicCheck]),
}
"""File name → (attribute of the pack, type of the content) for the files besides ``pack.yaml`` and the rules."""


def pack_schemas() -> dict[str, Any]:
    """Return the JSON Schemas of a pack's files, by file, for completion and validation in editors.

    >>> sorted(pack_schemas())
    ['checks', 'clauses', 'norms', 'pack', 'rules', 'score', 'terms', 'topics', 'units']
    """
    found = {"pack": TypeAdapter(PackFile).json_schema(), "rules": TypeAdapter(list[Rule]).json_schema()}
    found["score"] = ScoringSheet.model_json_schema()
    return found | {file: TypeAdapter(type_).json_schema() for file, (_, type_) in PACK_FILES.items()}
