"""Everything that a check says, as one dictionary."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import opencheck as oc
from judged_together import first_and_last
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
    """A report as JSON gives it, one finding of a kind in its sentences, and every one by the facts from which its sentences are made.

    Under ``quiet`` stands what JSON leaves out by default.
    """
    loud = object.__new__(oc.Report)  # a copy would fetch the records of files and clusters once more
    loud.__dict__ |= vars(report)
    loud._findings = [f for f in report.findings() if f.is_reported]
    _ = loud.questions, loud.summary  # of all of them
    loud._findings = one_of_a_kind(loud._findings)
    told = loud.to_dict()
    findings = report.findings()
    return {
        **told,
        "sentences": told["findings"],
        "findings": [by_facts(f) for f in findings if f.is_reported],
        "quiet": [by_facts(f) for f in findings if not f.is_reported],
    }


def one_of_a_kind(findings: Iterable[oc.Finding]) -> list[oc.Finding]:
    """The first and the last finding of each rule and outcome; all in the long search."""
    alike: dict[tuple[str, str], list[oc.Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.rule, finding.outcome), []).append(finding)
    return [finding for several in alike.values() for finding in first_and_last(several)]


SHOWN = ("rule", "outcome", "severity", "table", "record_id", "unit", "title", "subject", "period", "due", "actual", "late_by", "late_unit",
         "missing", "before_plan", "borderline", "justified", "waiver", "id")  # fmt: skip


def by_facts(finding: oc.Finding) -> dict[str, Any]:
    """A finding by its attributes and by the facts from which its sentences are made."""
    facts = {name: repr(value) for name, value in sorted(finding.facts.items()) if not name.startswith("_")}
    shown = {name: str(getattr(finding, name)) for name in SHOWN}
    return {**shown, "record_id": finding.record_id, "source": finding.source.as_dict(), "facts": facts}
