"""Everything that a check says, as one dictionary."""

from __future__ import annotations

from datetime import date
from typing import Any

import opencheck as oc
from opencheck.api.check import check_records
from opencheck.readers import read
from opencheck.records.dataset import Carrier, Dataset
from opencheck.rules.packs.loader import load_packs

PACKS = load_packs(["pingdu-2018"])


END = date(2018, 12, 31)


def told(source: Any, carrier: Carrier | None = None, as_of: date = END, include_all: bool = False) -> dict[str, Any]:
    """Everything that a check says."""
    if not isinstance(source, Dataset):
        source = read(source, carrier=carrier)
    elif carrier is not None:
        source.carrier = carrier
    return said(check_records(source, packs=PACKS, as_of=as_of, include_all=include_all))


def said(report: oc.Report) -> dict[str, Any]:
    """A report as JSON gives it, and under ``quiet`` what it leaves out by default: by the facts, for most findings are such."""
    loud = object.__new__(oc.Report)  # a copy would fetch the records of files and clusters once more
    loud.__dict__ |= vars(report)
    loud._findings = [f for f in report.findings() if f.is_reported]
    return {**loud.to_dict(), "quiet": [quiet(f) for f in report.findings() if not f.is_reported]}


SHOWN = ("rule", "outcome", "severity", "table", "record_id", "unit", "title", "subject", "period", "due", "actual", "late_by", "late_unit",
         "missing", "before_plan", "borderline", "justified")  # fmt: skip


def quiet(finding: oc.Finding) -> dict[str, Any]:
    """A finding by its attributes and by the facts from which its sentences are made."""
    facts = {name: repr(value) for name, value in sorted(finding.facts.items()) if not name.startswith("_")}
    return {**{name: str(getattr(finding, name)) for name in SHOWN}, "facts": facts}
