"""Cases that a person derived from the plan and the statutes, most of them before a rule was read.

Each line of the data file holds records, a day and a rule, and the outcomes that are right: several where more than one is defensible.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import opencheck as oc

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "hand_derived_cases.jsonl").read_text(encoding="utf-8").splitlines()
]
GRAVEST_FIRST = ["violation", "indeterminate", "needs_review", "pending", "waived", "pass", "not_applicable"]

pack_of = cache(oc.load_pack)


def agrees(finding: oc.Finding, expect: dict[str, Any]) -> bool:
    facts = {"due": finding.due, "late_by": finding.late_by, "severity": finding.severity}
    return finding.outcome in expect["outcome"] and all(str(facts[k]) == str(expect[k]) for k in facts if k in expect)


def chosen(findings: list[oc.Finding], expect: dict[str, Any]) -> list[oc.Finding]:
    """The findings that a case is about."""
    found = [
        f for f in findings if expect.get("subject") in (None, f.subject) and expect.get("record_id") in (None, f.record_id)
    ]
    return [f for f in found if str(f.period or "").startswith(expect.get("period", ""))]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['rule']} {c['name']}")
def test_hand_derived_case_is_judged_as_derived(case: dict[str, Any]) -> None:
    expect = case["expect"]
    report = oc.check(
        case["records"],
        pack=pack_of(case["pack"]),
        as_of=case["as_of"],
        parameters=case.get("parameters"),
        rules=case["rule"],
        include_all=True,
    )
    found = chosen(list(report.findings(rule=case["rule"])), expect)
    told = [(str(f.outcome), f.due, f.late_by, f.missing, f.message.zh) for f in found]
    if unwanted := expect.get("not_missing"):
        assert not [f for f in found if unwanted in f.missing], told
    if case["worst"]:
        gravest = min((str(f.outcome) for f in found), key=GRAVEST_FIRST.index, default="none")
        assert gravest in expect["outcome"], told
        assert not found or any(agrees(f, expect) for f in found), told
        return
    if not found:
        silent = {"pass", "not_applicable", "indeterminate"} & set(expect["outcome"])
        assert not expect.get("must_find")
        assert "not_applicable" in expect["outcome"] or (expect.get("lenient") and (report.rejected or silent))
        return
    assert any(agrees(f, expect) for f in found), told
    if not expect.get("any"):
        # Beside what was expected nothing else is said, but that no roster tells whether the list is whole.
        others = [f for f in found if f.outcome not in expect["outcome"] and f.outcome != "not_applicable"]
        assert [f for f in others if f.outcome != "indeterminate" or "roster" not in str(f.missing)] == [], told
