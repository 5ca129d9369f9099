"""SARIF, read back by the tools for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import opencheck as oc
from opencheck.report.output import render

END = "2018-12-31"


ONE = {
    "document": [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}],
    "interpretation": [],
}


def test_sarif_is_read_by_sarif_tools(
    report: oc.Report, evil: oc.Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sarif import loader
    from sarif_pydantic import Sarif

    for made in (report, evil):
        for lang in ("zh", "en"):
            Sarif.model_validate_json(render(made, "sarif", lang))
    file = report.write(tmp_path / "r.sarif")
    read = loader.load_sarif_file(str(file))
    records = read.get_records()
    violations = report.violations
    assert len(records) == len(report.findings())
    assert {r["Severity"] for r in records} == {"error", "warning", "note", "none"}
    by_level = {s: sum(r["Severity"] == s for r in records) for s in ("error", "warning", "note")}
    assert by_level == {
        s: sum(f.severity == o for f in violations) for s, o in (("error", "error"), ("warning", "warning"), ("note", "advice"))
    }
    one = next(f for f in violations if f.record_id == "W054" and f.rule == "PD-9.4")
    told = next(r for r in records if r["Code"] == "PD-9.4" and r["Line"] == one.source.row)
    assert one.message.zh in told["Description"]


@pytest.fixture(scope="session")
def sarif_schema(pytestconfig: pytest.Config) -> Any:
    """The published JSON schema, as the npm package of SARIF's editors carries it; fetched once, kept by pytest's cache."""
    package = "@microsoft/jest-sarif@1.0.0-beta.0"
    kept = pytestconfig.cache.mkdir("sarif-schema") if pytestconfig.cache else None
    if kept is None or shutil.which("npm") is None:
        pytest.skip(f"no npm here: the schema comes from the package {package}")
    if not (found := list(kept.glob("*.tgz"))):
        made = subprocess.run(["npm", "pack", package], cwd=kept, capture_output=True, text=True, timeout=120)
        if made.returncode:
            pytest.skip(f"{package} cannot be fetched: {made.stderr[-300:]}")
        found = list(kept.glob("*.tgz"))
    with tarfile.open(found[0]) as packed:
        content = packed.extractfile("package/lib/schemas/sarif-2.1.0-rtm.5.json")
        assert content is not None
        schema = json.load(content)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


def test_sarif_is_valid_by_the_published_schema(report: oc.Report, evil: oc.Report, sarif_schema: Any) -> None:
    for made in (report, evil, oc.check(ONE, as_of=END, include_all=True)):
        for lang in ("zh", "en"):
            told = json.loads(render(made, "sarif", lang))
            assert [e.message for e in sarif_schema.iter_errors(told)] == []
            assert told["runs"][0]["results"]
    told["runs"][0]["results"][0]["level"] = "severe"
    told["runs"][0]["results"][0]["locations"] = [{"physicalLocation": {"region": {"startLine": 0}}}]
    assert {e.validator for e in sarif_schema.iter_errors(told)} == {"enum", "minimum", "anyOf"}, "the schema is really asked"


def test_sarif_results_name_rule_and_place(report: oc.Report, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ledger.parent.parent)
    (run,) = json.loads(render(report, "sarif", "zh"))["runs"]
    for result, finding in zip(run["results"], report.findings(), strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == finding.rule
        assert (result["kind"] == "fail") == (str(finding.outcome) in ("violation", "waived"))
        assert (result["level"] == "none") == (result["kind"] != "fail")
        if finding.source.row:
            place = result["locations"][0]
            assert place["physicalLocation"]["artifactLocation"]["uri"].startswith("examples/%")
            assert place["physicalLocation"]["region"] == {"startLine": finding.source.row}
            assert place["logicalLocations"][0]["name"] == finding.source.sheet
    notified = run["invocations"][0]["toolExecutionNotifications"]
    assert len(notified) == len(report.questions) + 3
    assert report.rows["rejected"] == 3
    monkeypatch.chdir("/")
    assert "examples" in json.loads(render(report, "sarif", "zh"))["runs"][0]["results"][0].get("locations", [{}])[0].get(
        "physicalLocation", {}
    ).get("artifactLocation", {}).get("uri", "examples")


def test_sarif_waived_violation_is_suppressed() -> None:
    waiver = {
        "id": "w", "rule": "PD-9.4", "record_id": "1", "from": "2018-09-01", "until": "2019-03-01", "basis": "市政府第5次会议",
        "approved_by": "张三", "approved_on": "2018-09-01",
    }  # fmt: skip
    late = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    made = oc.check({"document": [late], "interpretation": [], "waiver": [waiver]}, as_of=END, rules=["PD-9.4"])
    assert [str(f.outcome) for f in made.findings()] == ["waived"], made.notes
    (result,) = json.loads(render(made, "sarif", "en"))["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "市政府第5次会议"}]


def test_sarif_every_result_and_notification_has_a_location(report: oc.Report) -> None:
    by_program = oc.check({"document": [{"id": "1", "published_on": "2018-09-03"}], "interpretation": []}, as_of="2018-12-31")
    for one in (report, by_program):
        (run,) = json.loads(render(one, "sarif", "zh"))["runs"]
        notified = run["invocations"][0]["toolExecutionNotifications"]
        for told in (*run["results"], *notified):
            place = told["locations"][0]["physicalLocation"]
            assert place["artifactLocation"]["uri"]
            assert place["region"]["startLine"] >= 1
        assert [n["message"]["text"] for n in notified if n["level"] == "note"] == [q.text.zh for q in one.questions]
    assert by_program.questions
