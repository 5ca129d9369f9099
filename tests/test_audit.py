"""Waivers, the baseline, what falls due, the second pack, and the documentation that is made from the packs."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import icalendar
import pytest
from click.testing import CliRunner, Result

import opencheck as oc
from opencheck.api.pack_examples import run_example
from opencheck.cli.main import main
from opencheck.rules.packs.loader import load_pack

AS_OF = ["--as-of", "2018-12-31"]
SECOND = load_pack("cn-disclosure-2019")
CASES = [(i, e) for i, b in SECOND.rules.items() for e in b.rule.examples]


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args), catch_exceptions=False)


LATE = {"id": "W1", "unit": "平度市财政局", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
WAIVER = {
    "id": "1", "rule": "PD-9.4", "record_id": "W1", "basis": "会议纪要〔2018〕12号", "approved_by": "张某", "from": "2018-10-01", "until": "2019-03-31",
}  # fmt: skip


def waived(waiver: dict[str, Any], as_of: str = "2018-12-31") -> oc.Report:
    return oc.check({"document": [LATE], "interpretation": [], "waiver": [waiver]}, as_of=as_of, rules=["PD-9.4"])


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "applied"),
        ({"until": "2018-12-31"}, "applied"),
        ({"until": "2018-12-30"}, "expired"),
        ({"from": "2018-12-31"}, "applied"),
        ({"from": "2019-01-01"}, "not_begun"),
        ({"record_id": "W2"}, "unmatched"),
        ({"rule": "PD-9.3"}, "unmatched"),
        ({"record_id": None, "unit": "市财政局"}, "applied"),
        ({"unit": "市民政局"}, "unmatched"),
        ({"record_id": None}, "incomplete"),
        ({"basis": None}, "incomplete"),
        ({"approved_by": None}, "incomplete"),
        ({"until": None}, "incomplete"),
        ({"from": None}, "incomplete"),
    ],
)
def test_a_waiver_is_applied_or_told_why_not(changes: dict[str, Any], status: str) -> None:
    report = waived({**WAIVER, **changes})
    (waiver,) = report.waivers
    assert waiver.status == status
    (finding,) = report.findings()
    assert str(finding.outcome) == ("waived" if status == "applied" else "violation")
    outcomes = report.summary["outcomes"]
    assert (outcomes["waived"], outcomes["violation"]) == ((1, 0) if status == "applied" else (0, 1))
    if status == "applied":
        assert finding.waiver is not None
        assert "会议纪要〔2018〕12号" in finding.message.zh
        assert "迟" in finding.message.zh, "what was waived is still told"
        assert "例外" not in finding.message.zh, "no exception was claimed"
        assert not report.worst("error")
    else:
        assert f"note.waiver_{status}" in [name for name, _ in report.notes]
    told = report.to_dict()
    assert told["waivers"][0]["status"] == status
    json.dumps(told)


def test_a_waiver_by_topic() -> None:
    rows = [
        {"id": str(i), "topic": t, "formed_on": "2018-09-10", "published_on": "2018-10-15"}
        for i, t in enumerate(["environment.policy", "environment.progress"])
    ]
    waiver = {**WAIVER, "rule": "PD-8-7.4", "record_id": None, "topic": "环境治理进展和成效"}
    report = oc.check({"disclosure": rows, "waiver": [waiver]}, as_of="2018-12-31", rules=["PD-8-7.4"])
    assert {f.record_id: str(f.outcome) for f in report.findings()} == {"0": "violation", "1": "waived"}


def test_the_baseline_tells_new_known_and_fixed(tmp_path: Path) -> None:
    def ledger(name: str, late: list[str]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        rows = [f"{i},会议议定事项,2018-09-10,{'2018-10-15' if i in late else '2018-10-12'}" for i in "123"]
        (folder / "disclosure.csv").write_text("编号,主题,形成日期,公开日期\n" + "\n".join(rows) + "\n", encoding="utf-8")
        return folder

    rule = ["--rule", "PD-2-3.1"]
    before = tmp_path / "before.json"
    run("check", str(ledger("a", ["1", "2"])), *AS_OF, *rule, "-o", str(before))
    after = ledger("b", ["2", "3"])
    result = run("check", str(after), *AS_OF, *rule, "--baseline", str(before), "--format", "json")
    report = json.loads(result.stdout)
    assert {k: report["baseline"][k] for k in ("new", "known", "fixed")} == {"new": 1, "known": 1, "fixed": 1}
    assert {f["record_id"]: f["baseline"] for f in report["findings"] if f["outcome"] == "violation"} == {
        "2": "known",
        "3": "new",
    }
    assert [f["record_id"] for f in report["baseline"]["fixed_findings"]] == ["1"]
    assert "新增1，仍在1，已整改1" in run("check", str(after), *AS_OF, *rule, "--baseline", str(before)).stdout
    unsure = tmp_path / "c"
    unsure.mkdir()
    row = "1,会议议定事项,,2018-10-15\n2,会议议定事项,2018-09-10,2018-10-12"
    (unsure / "disclosure.csv").write_text(f"编号,主题,形成日期,公开日期\n{row}\n", encoding="utf-8")
    report = json.loads(run("check", str(unsure), *AS_OF, *rule, "--baseline", str(before), "--format", "json").stdout)
    fixed = [f["record_id"] for f in report["baseline"]["fixed_findings"]]
    assert fixed == ["2"], "what cannot be told any more is not fixed"
    for content in ("{}", "no json", '{"findings": [{}]}'):
        before.write_text(content, encoding="utf-8")
        assert run("check", str(after), *AS_OF, "--baseline", str(before)).exit_code == 2


def test_what_falls_due_is_what_is_pending_till_then(ledger: Path, tmp_path: Path) -> None:
    report = oc.check(ledger, as_of="2018-12-31")
    expected = [f for f in report.findings("pending") if f.due and date(2019, 1, 1) <= f.due <= date(2019, 1, 31)]
    listed = json.loads(run("due", str(ledger), *AS_OF, "--until", "2019-01-31", "--format", "json").stdout)["due"]
    assert Counter((d["rule"], d["due"], d["record_id"]) for d in listed) == Counter(
        (f.rule, f.due and f.due.isoformat(), f.record_id) for f in expected
    )
    assert {"PD-15.3", "PD-9.4", "PD-8-7.2", "PD-8-1.1"} <= {d["rule"] for d in listed}
    assert [d["due"] for d in listed] == sorted(d["due"] for d in listed)
    file = tmp_path / "due.ics"
    assert run("due", str(ledger), *AS_OF, "--until", "2019-01-31", "-o", str(file)).exit_code == 0
    events = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert Counter(e["DTSTART"].dt.isoformat() for e in events) == Counter(d["due"] for d in listed)
    assert len({str(e["UID"]) for e in events}) == len(events)
    assert all(e.walk("VALARM") for e in events)
    again = tmp_path / "again.ics"
    run("due", str(ledger), *AS_OF, "--until", "2019-01-31", "-o", str(again))
    assert again.read_bytes() == file.read_bytes()
    unit = run("due", str(ledger), *AS_OF, "--until", "2019-01-31", "--unit", "市财政局").stdout
    assert "市财政局" in unit
    assert "市环保局" not in unit
    assert "2018-12-31 — 2019-01-30" in run("due", str(ledger), *AS_OF).stdout
    text = tmp_path / "due.txt"
    run("due", str(ledger), *AS_OF, "-o", str(text))
    assert "PD-8-1.1" in text.read_text(encoding="utf-8")


def test_coverage_lists_every_clause_and_every_check(ledger: Path) -> None:
    found = json.loads(run("coverage", str(ledger), *AS_OF, "--format", "json").stdout)
    assert (found["clauses"], found["covered"], found["checks"], found["decided"]) == (101, 101, 154, 154)
    assert all(row["rules"] for row in found["coverage"])
    assert all(r["outcomes"] for row in found["coverage"] for r in row["rules"])
    assert all(check["rules"] for check in found["readings"])


# the second pack


@pytest.mark.parametrize(("rule", "example"), CASES, ids=[f"{i}-{e.name.en}" for i, e in CASES])
def test_examples_of_the_second_pack(rule: str, example: Any) -> None:
    assert run_example(SECOND, rule, example) == []


def test_several_packs_check_one_ledger(ledger: Path, root: Path) -> None:
    result = run(
        "check",
        str(ledger),
        *AS_OF,
        "--pack",
        "pingdu-2018",
        "--pack",
        str(root / "rules" / "cn-disclosure-2019"),
        "--format",
        "json",
    )
    report = json.loads(result.stdout)
    assert report["pack"] == ["pingdu-2018", "cn-disclosure-2019"]
    prefixes = Counter(f["rule"].split("-")[0] for f in report["findings"])
    assert prefixes["PD"]
    assert prefixes["CD"]
    assert "CD-4.33" in run("rules", "--pack", "pingdu-2018", "--pack", "cn-disclosure-2019").stdout
    assert "年度报告" in run("explain", "CD-5.49", "--pack", "pingdu-2018", "--pack", "cn-disclosure-2019").stdout
    with pytest.raises(oc.PackError, match="no pack has the parameter"):
        oc.check({"meeting": []}, as_of="2018-12-31", pack=["pingdu-2018", "cn-disclosure-2019"], parameters={"nothing": 1})
