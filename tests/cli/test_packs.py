"""opencheck rules, explain, coverage, test-pack and schema."""

from __future__ import annotations

import json
import re
from pathlib import Path

from click.testing import CliRunner

import opencheck as oc
from commands import AS_OF, run
from opencheck.cli.main import main


def test_pack_commands_print_rules_and_schemas(root: Path, ledger: Path, tmp_path: Path) -> None:
    listed = next(line for line in run("rules").stdout.splitlines() if line.startswith(" PD-9.4 "))
    assert listed.split()[1:5] == ["9.4", "错误", "公文", "政策解读3个工作日内发布"]
    assert "解读材料" in listed, "the duty of the clause"
    page = run("explain", "PD-9.4").stdout
    for heading in ("义务", "理解", "参数", "例子", "相关条款"):
        assert heading in page
    assert "Related clauses" in run("explain", "PD-15.3", "--lang", "en").stdout
    by_clause = run("explain", "13.1").stdout
    assert "PD-13.1" in by_clause
    unknown = run("explain", "PD-99")
    assert unknown.exit_code == 2
    assert "did you mean: PD-" in unknown.stderr
    assert "opencheck rules" in unknown.stderr
    assert len(unknown.stderr) < 300
    covered = json.loads(run("coverage", str(ledger), *AS_OF, "--format", "json").stdout)
    assert covered["clauses"] == 101
    assert covered["covered"] == covered["clauses"] == 101
    assert any(r["outcomes"] for c in covered["coverage"] for r in c["rules"])
    assert "101 / 101" in run("coverage").stdout
    result = run("test-pack", str(root / "rules" / "cn-disclosure-2019"))
    assert result.exit_code == 0
    assert re.search(r"^\d+ passed, 0 failed$", result.stdout, re.M)
    assert "record-disclosure" in run("schema").stdout
    assert json.loads(run("schema", "rules").stdout)["type"] == "array"
    assert run("schema", "nothing").exit_code == 2
    assert run("schema", "-o", str(tmp_path / "s")).exit_code == 0


def test_coverage_lists_every_clause_and_check(ledger: Path) -> None:
    found = json.loads(run("coverage", str(ledger), *AS_OF, "--format", "json").stdout)
    assert (found["clauses"], found["covered"], found["checks"], found["decided"]) == (101, 101, 154, 154)
    assert all(row["rules"] for row in found["coverage"])
    assert all(r["outcomes"] for row in found["coverage"] for r in row["rules"])
    assert all(check["rules"] for check in found["readings"])


def test_explain_finding_of_a_report_prints_its_steps(report: oc.Report, tmp_path: Path) -> None:
    file = str(report.write(tmp_path / "r.json"))
    one = next(f for f in report.violations if f.record_id == "W054" and f.rule == "PD-9.4")
    for wanted in (one.id, one.id[:8]):
        told = CliRunner().invoke(main, ["explain", "--finding", wanted, file])
        assert told.exit_code == 0, told.output
        text = re.sub(r"\s", "", told.stdout)
        for step in (one.message, one.remedy, *one.explanation):
            assert re.sub(r"\s", "", step.zh) in text
    assert "working day 3" in CliRunner().invoke(main, ["explain", "--finding", one.id, file, "--lang", "en"]).stdout
    none = CliRunner().invoke(main, ["explain", "--finding", "zz", file])
    assert none.exit_code == 2
    assert "0项" in none.stderr
    assert CliRunner().invoke(main, ["explain", "--finding", "zz", str(report.write(tmp_path / "r.csv"))]).exit_code == 2
