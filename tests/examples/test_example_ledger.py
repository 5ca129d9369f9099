"""The example ledger gives exactly what its page lists."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

import make_ledger
import opencheck as oc
import slow_calendar
from commands import AS_OF, run
from opencheck.readers import read


@pytest.fixture(scope="module")
def expected() -> dict[tuple[str, str], tuple[str, str | None, int | None, str]]:
    return make_ledger.EXPECTED


def test_example_ledger_gives_exactly_what_its_page_lists(ledger: Path, expected) -> None:
    result = run("check", str(ledger), "--pack", "pingdu-2018", *AS_OF, "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert {"opencheck", "pack", "as_of", "rows", "summary", "rejected", "findings"} <= set(report)
    assert report["pack"] == "pingdu-2018"
    assert report["as_of"] == "2018-12-31"
    rows = sum(map(len, make_ledger.ROWS.values()))
    assert report["rows"] == {"read": rows, "checked": rows - make_ledger.REJECTED, "rejected": make_ledger.REJECTED}
    found = {}
    sets = {i for i, b in oc.load_pack("pingdu-2018").rules.items() if b.rule.kind.about == "set" and b.rule.on != "evidence"}
    for f in report["findings"]:
        named = " ".join(p for p in (f["subject"], f["period"]) if p)
        what = (named or f["table"]) if f["rule"] in sets else f["record_id"] or f["unit"]
        found[f["rule"], what] = (f["outcome"], f["due"], f["late_by"])
    assert found == {k: v[:3] for k, v in expected.items()}
    for f in report["findings"]:
        assert set(f) >= {
            "rule",
            "clause",
            "outcome",
            "severity",
            "table",
            "record_id",
            "unit",
            "due",
            "actual",
            "late_by",
            "message",
            "remedy",
            "source",
        }
        assert f["message"]["zh"]
        assert f["message"]["en"]
        assert "{" not in f["message"]["zh"] + f["message"]["en"]
        assert f["unit"] or f["rule"] == "PD-10.1d"
        if f["record_id"] is not None:
            assert f["source"]["file"] == ledger.name
            assert f["source"]["row"] > 2


def test_example_ledger_due_days_are_counted_day_by_day(report: oc.Report, expected) -> None:
    days = {"PD-9.4": 3, "PD-5-2.1": 7}
    checked = 0
    for finding in report.findings():
        if finding.rule in days and finding.facts.get("start"):
            assert finding.due == slow_calendar.add(finding.facts["start"], days[finding.rule])
            checked += 1
        if finding.late_unit == "working_days" and finding.due:
            assert finding.late_by == slow_calendar.count(finding.due, finding.actual or date(2018, 12, 31))
    assert checked >= 8


def test_example_ledger_has_every_possible_outcome(ledger: Path, pack) -> None:
    counts = oc.check(ledger, as_of="2018-12-31", include_all=True).summary["by_rule"]
    for rule, bound in pack.rules.items():
        if rule in make_ledger.ONE_OUTCOME:
            assert len(counts[rule]) == 1, rule
            continue
        for outcome in ("pass", "violation", "pending", "indeterminate", "not_applicable"):
            possible = rule not in make_ledger.NOT_POSSIBLE.get(outcome, {})
            assert bool(counts[rule].get(outcome)) == possible, (rule, outcome)
        assert bool(counts[rule].get("needs_review")) == (bound.rule.on == "evidence")


def test_example_ledger_contains_the_plan(ledger: Path) -> None:
    rows = read(ledger).tables["document"].records().to_dicts()
    plan = next(r for r in rows if "分解落实方案" in r["title"])
    assert (plan["signed_on"], plan["published_on"]) == (date(2018, 8, 24), date(2018, 8, 28))


def test_example_ledger_explains_national_day(ledger: Path) -> None:
    report = oc.check(ledger, as_of="2018-12-31", rules=["PD-9.4"])
    finding = next(f for f in report.violations if f.due == date(2018, 10, 8))
    steps = [t.zh for t in finding.explanation]
    days = [s for s in steps if re.match(r"2018-(09|10)-\d\d（", s)]
    assert [d[:10] for d in days] == ["2018-09-29", "2018-09-30", *(f"2018-10-0{n}" for n in range(1, 9))]
    assert "国庆节调休上班，第1个工作日" in days[0]
    assert "国庆节放假，不计" in days[2]
    assert "第3个工作日" in days[-1]
    assert {"最迟：2018-10-08（周一）", "实际：2018-10-09（周二）", "迟：1个工作日"} <= set(steps)
    assert "make-up day for National Day, working day 1" in " ".join(t.en for t in finding.explanation)
