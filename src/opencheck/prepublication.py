"""Before publication: one record against every rule that judges such a record, as if it were published on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from opencheck.api import DEFAULT_PACK, as_day, check_records
from opencheck.documents import Document
from opencheck.errors import InputError
from opencheck.findings import Finding
from opencheck.packs import Pack, load_packs
from opencheck.records.tables import TABLES
from opencheck.rules.outcomes import Outcome

__all__ = ["Preflight", "preflight"]


@dataclass
class Preflight:
    """What an editor must know before pressing Publish.

    ``blocking`` are violations of duties, ``warnings`` and ``advice`` those of lesser ones, ``unknown`` what a missing fact leaves open, and
    ``upcoming`` what falls due after publication.
    """

    record: dict[str, Any]
    as_of: date
    findings: list[Finding]

    def _violations(self, severity: str) -> list[Finding]:
        return [f for f in self.findings if f.outcome is Outcome.VIOLATION and f.severity == severity]

    @property
    def blocking(self) -> list[Finding]:
        """Violations of duties: the record must not be published like this."""
        return self._violations("error")

    @property
    def warnings(self) -> list[Finding]:
        """Violations of duties in principle."""
        return self._violations("warning")

    @property
    def advice(self) -> list[Finding]:
        """What could be better."""
        return self._violations("advice")

    @property
    def unknown(self) -> list[Finding]:
        """What cannot be told, with the fact that is missing."""
        return [f for f in self.findings if f.outcome is Outcome.INDETERMINATE]

    @property
    def upcoming(self) -> list[Finding]:
        """What falls due after publication, the next first."""
        pending = [f for f in self.findings if f.outcome is Outcome.PENDING and f.due is not None]
        return sorted(pending, key=lambda f: f.due or date.max)

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON gives it."""
        groups = {n: [f.as_dict() for f in getattr(self, n)] for n in ("blocking", "warnings", "advice", "unknown", "upcoming")}
        return {"as_of": self.as_of.isoformat(), "publishable": not self.blocking, **groups}


def preflight(
    record: Mapping[str, Any] | BaseModel | Document,
    *,
    table: str = "document",
    pack: str | Path | Pack | Sequence[str | Path | Pack] = DEFAULT_PACK,
    as_of: date | str,
    parameters: Mapping[str, Any] | None = None,
) -> Preflight:
    """Check one record before it is published.

    Args:
        record: a document that was read, or a record as a dict or model; its ``published_on`` is taken to be ``as_of`` where it has none.
        table: the record's table, ``document`` or ``disclosure``.
        pack: packs by name, folder or loaded.
        as_of: the day on which it is to be published.
        parameters: values in place of the pack's own.

    Returns:
        What blocks, what to look at, and what falls due afterwards.

    Raises:
        InputError: no such table, or a record with values that cannot be read.

    >>> text = "关于做好工作的通知\\n……\\n2018年8月24日"
    >>> result = preflight({"title": "通知", "is_policy": True, "attribute": "主动公开", "signed_on": "2018-08-24", "text": text,
    ...                     "reviewed_on": "2018-08-27", "review_result": "可以公开", "reviewer": "王某"}, as_of="2018-08-28")
    >>> [f.rule for f in result.blocking], [(f.rule, f.due.isoformat()) for f in result.upcoming]
    (['PD-13.3'], [('PD-9.4', '2018-08-31')])
    """
    if table not in TABLES:
        raise InputError(f"没有这张表 / no table {table!r}; accepted: {', '.join(TABLES)}")
    if isinstance(record, Document):
        values = record.as_record()
    elif isinstance(record, BaseModel):
        values = record.model_dump(exclude_none=True)
    else:
        values = dict(record)
    day = as_day(as_of)
    spec = TABLES[table]
    named = {spec.field_of(str(k)) for k in values}
    values.setdefault("id", "1")
    if "published_on" in spec.fields and "published_on" not in named:
        values["published_on"] = day
    packs = load_packs([pack] if isinstance(pack, (str, Path, Pack)) else pack, parameters)
    rules = [(b.rule, i) for p in packs for i, b in p.rules.items() if b.rule.on == table and b.rule.kind.about == "record"]
    links = {r.require.linked.table for r, _ in rules if r.require.linked}
    report = check_records({table: [values], **{t: [] for t in links}}, packs=packs, as_of=day, rules=[i for _, i in rules])
    if report.rejected:
        from opencheck.findings import rejected_text

        raise InputError("；".join(t.zh for r in report.rejected for t in rejected_text(r)))
    return Preflight(values, day, report.findings())
