"""Reports that were written as JSON, read back: to compare a check with, or to explain one of their findings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from opencheck.core.errors import InputError
from opencheck.core.json_files import read_json
from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import Outcome, Severity
from opencheck.report.finding import IDENTITY

__all__ = ["earlier_findings", "earlier_violations"]


class _Source(BaseModel):
    model_config = ConfigDict(extra="allow")

    file: str | None
    sheet: str | None
    row: int | None


class _Finding(BaseModel):
    """What is relied on of a finding."""

    model_config = ConfigDict(extra="allow")

    id: str
    rule: str
    table: str
    record_id: str | None
    subject: str | None
    period: str | None
    outcome: Annotated[str, AfterValidator(lambda value: Outcome(value).value)]
    severity: Annotated[str, AfterValidator(lambda value: Severity(value).value)]
    unit: str | None
    title: str | None
    due: str | None
    message: LocalizedText
    remedy: LocalizedText
    explanation: list[LocalizedText]
    source: _Source


class _Report(BaseModel):
    findings: list[_Finding]


def earlier_findings(path: Path) -> list[dict[str, Any]]:
    """The findings of a file written with ``--format json``.

    Raises:
        InputError: the file cannot be read, or is no such report; what is wrong in it is named.
    """
    content = read_json(path)
    try:
        _Report.model_validate(content)
    except ValidationError as exc:
        error = exc.errors()[0]
        place = ".".join(map(str, error["loc"]))
        text = f"{path}: 不是检查报告的JSON / not a JSON report of opencheck: {place or 'report'}: {error['msg']}"
        raise InputError(text, code="not_a_report", path=path, field=place or None) from exc
    found: list[dict[str, Any]] = content["findings"]
    return found


def earlier_violations(path: Path) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The violations among them, by what makes a finding of two reports the same.

    Raises:
        InputError: see :func:`earlier_findings`.
    """
    found = [f for f in earlier_findings(path) if f["outcome"] == Outcome.VIOLATION]
    return {(*(f[k] for k in IDENTITY), f["source"]["sheet"]): f for f in found}
