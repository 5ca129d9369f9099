"""The rows of a history as they must be to be read back: a file on a disk can be changed by anyone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, field_validator, model_validator

from opencheck.core.clock import SHANGHAI
from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import Outcome, Severity

__all__ = ["StoredFinding", "StoredRun"]


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: Any) -> Any:
    """A time; SQLite keeps the local time of Shanghai without a zone."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise ValueError("not a time")
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)


def _content(value: Any) -> Any:
    """JSON, which SQLite keeps as text and PostgreSQL gives as objects."""
    try:
        return json.loads(value) if isinstance(value, str | bytes) else value
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc


class _Stored(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    def as_row(self) -> dict[str, Any]:
        """The row as Python values."""
        return self.model_dump()

    @classmethod
    def damage(cls, row: Mapping[str, Any], exc: ValidationError) -> str:
        """Where a row is damaged, and how."""
        error = exc.errors()[0]
        return f"{cls._label(row)}: {'.'.join(map(str, error['loc']))}: {error['msg']}"

    @classmethod
    def _label(cls, row: Mapping[str, Any]) -> str:
        raise NotImplementedError


class _About(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    table: str
    record_id: None
    subject: str | None
    period: str | None
    source: dict[str, str | int | None]


class _Unjudged(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    id: str
    rule: str
    told: _About


class _Summary(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    outcomes: dict[Outcome, int]
    violations: dict[Severity, int]
    by_task: dict[str, int]
    by_unit: dict[str, int]
    rejected_ids: list[tuple[str, str]]
    gone_ids: list[tuple[str, str]]
    unjudged: list[_Unjudged] = []

    @model_validator(mode="after")
    def _whole(self) -> _Summary:
        if Outcome.INDETERMINATE not in self.outcomes or set(Severity) - set(self.violations):
            raise ValueError("counts are missing")
        return self


class StoredRun(_Stored):
    """A row of ``opencheck_run``."""

    id: int
    made_at: Annotated[datetime, BeforeValidator(_moment)]
    version: str
    packs: str
    as_of: Annotated[date, BeforeValidator(_day)]
    rules: Annotated[list[str], BeforeValidator(_content)]
    summary: Annotated[dict[str, Any], BeforeValidator(_content)]

    @field_validator("summary")
    @classmethod
    def _counts(cls, summary: dict[str, Any]) -> dict[str, Any]:
        _Summary.model_validate(summary)
        return summary

    @classmethod
    def _label(cls, row: Mapping[str, Any]) -> str:
        return f"opencheck_run id={row['id']}"


class _StoredFinding(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    table: str
    record_id: str | None
    subject: str | None
    period: str | None
    message: LocalizedText


class StoredFinding(_Stored):
    """A row of ``opencheck_finding``."""

    run: int
    id: str
    rule: str
    task: str
    unit: str | None
    outcome: Annotated[str, AfterValidator(lambda value: Outcome(value).value)]
    severity: Annotated[str, AfterValidator(lambda value: Severity(value).value)]
    before_plan: Annotated[bool, BeforeValidator(lambda value: bool(value) if value in (0, 1) else value)]
    told: Annotated[dict[str, Any], BeforeValidator(_content)]

    @field_validator("told")
    @classmethod
    def _sentences(cls, told: dict[str, Any]) -> dict[str, Any]:
        _StoredFinding.model_validate(told)
        return told

    @classmethod
    def _label(cls, row: Mapping[str, Any]) -> str:
        return f"opencheck_finding run={row['run']} id={row['id']}"
