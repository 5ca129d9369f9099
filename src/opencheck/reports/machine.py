"""Reports for other tools: SARIF 2.1.0, JUnit XML, annotations of GitHub Actions, and a summary in Markdown."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from opencheck import messages
from opencheck.findings import Finding, Report, by_gravity, rejected_text
from opencheck.reports.text import about, place_text, task_title, what
from opencheck.reports.verdicts import told, verdict
from opencheck.rules.outcomes import Outcome

__all__ = ["as_github", "as_junit", "as_markdown", "as_sarif"]

_LEVEL = {"error": "error", "warning": "warning", "advice": "note"}
_KIND = {
    Outcome.PASS: "pass",
    Outcome.VIOLATION: "fail",
    Outcome.PENDING: "informational",
    Outcome.NOT_APPLICABLE: "notApplicable",
    Outcome.INDETERMINATE: "open",
    Outcome.NEEDS_REVIEW: "review",
    Outcome.WAIVED: "fail",
}


def relative(report: Report, name: str) -> str:
    """A file's path from where the check runs, or its bare name where it lies elsewhere; with slashes."""
    path = report.data.files.get(name)
    if path is None:
        return name
    try:
        inside = os.path.relpath(Path(path).resolve())
    except ValueError:  # another drive of Windows
        return name
    return name if inside.startswith("..") else Path(inside).as_posix()


def as_sarif(report: Report, lang: str) -> bytes:
    """The findings as a SARIF 2.1.0 log.

    A violation is a result of kind ``fail`` with the rule's level, what cannot be judged is ``open``, what a person has to judge
    ``review``, what is not yet due ``informational``; a waived violation is suppressed with the waiver's basis. The row is the line of
    the place, the sheet its logical location. Rejected rows are notifications of the tool.
    """
    from opencheck import __version__

    rules = report.results
    index = {r.rule.id: n for n, r in enumerate(rules)}
    descriptors = [
        {
            "id": r.rule.id,
            "name": r.rule.id.replace("-", "").replace(".", "_"),
            "shortDescription": {"text": r.rule.title.in_(lang)},
            "fullDescription": {"text": _duty(r.pack, r.rule.clause, lang) or r.rule.title.in_(lang)},
            "help": {"text": r.rule.remedy.in_(lang)},
            "defaultConfiguration": {"level": _LEVEL[r.rule.effective_severity]},
            "properties": {"clause": r.rule.clause, "pack": r.pack.id, "tags": [r.pack.id, f"clause {r.rule.clause}"]},
        }
        for r in rules
    ]
    run = {
        "tool": {
            "driver": {
                "name": "opencheck",
                "version": __version__,
                "semanticVersion": __version__,
                "language": "zh-CN" if lang == "zh" else "en",
                "rules": descriptors,
            }
        },
        "language": "zh-CN" if lang == "zh" else "en",
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, f, index[f.rule], lang) for f in report.findings()],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {
                        "level": "warning",
                        "message": {"text": _plain("；".join(t.in_(lang) for t in rejected_text(r)))},
                        **_locations(report, *r.place),
                    }
                    for r in report.rejected
                ],
            }
        ],
        "properties": {"asOf": report.as_of.isoformat(), "rows": report.rows, "packs": [p.id for p in report.packs]},
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return (json.dumps(log, ensure_ascii=False, indent=1) + "\n").encode()


def _plain(text: str) -> str:
    """A text that a viewer of SARIF takes for nothing but text: no links of a ledger's, no placeholders (2.1.0, 3.11.5 and 3.11.6)."""
    return re.sub(r"([\\\[\]])", r"\\\1", text).replace("{", "{{").replace("}", "}}")


def _duty(pack: Any, clause: str, lang: str) -> str:
    known = pack.clauses.get(clause)
    return f"{clause}  {known.duty.in_(lang)}" if known else ""


def _locations(report: Report, file: str | None, sheet: str | None, row: int | None) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if file:
        location["physicalLocation"] = {"artifactLocation": {"uri": quote(relative(report, file))}}
        if row:
            location["physicalLocation"]["region"] = {"startLine": row}
    if sheet:
        location["logicalLocations"] = [{"name": sheet, "fullyQualifiedName": f"{sheet}!{row}" if row else sheet}]
    return {"locations": [location]} if location else {}


def _result(report: Report, finding: Finding, rule: int, lang: str) -> dict[str, Any]:
    subject = about(finding, finding.unit)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "kind": _KIND[finding.outcome],
        "level": _LEVEL[finding.severity] if _KIND[finding.outcome] == "fail" else "none",
        "message": {"text": _plain(f"{subject}：{finding.message.in_(lang)}" if subject else finding.message.in_(lang))},
        **_locations(report, *finding.source),
        "partialFingerprints": {"opencheck/v1": finding.id},
        "properties": {
            "outcome": str(finding.outcome),
            "clause": finding.clause,
            "unit": finding.unit,
            "due": finding.due and finding.due.isoformat(),
            "actual": finding.actual and finding.actual.isoformat(),
            "remedy": finding.remedy.in_(lang),
            "explanation": [t.in_(lang) for t in finding.explanation],
        },
    }
    if finding.waiver:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": str(finding.waiver.get("basis") or "")}
        ]
    if finding.baseline:
        result["baselineState"] = "new" if finding.baseline == "new" else "unchanged"
    return result


_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _NO_XML.sub("�", text)


def as_junit(report: Report, lang: str) -> bytes:
    """A test case a rule: violations of severity error fail it; what is not yet due, does not apply or cannot be judged is skipped with
    the reason; warnings and the findings of a passing rule are its output. Rejected rows are a case of their own, an error.
    """
    root = ElementTree.Element("testsuites", name="opencheck")
    suites: dict[str, ElementTree.Element] = {}
    by_rule: dict[str, list[Finding]] = {}
    for finding in report.findings():
        by_rule.setdefault(finding.rule, []).append(finding)
    totals: dict[str, dict[str, int]] = {}

    def case(suite: str, name: str) -> ElementTree.Element:
        if suite not in suites:
            suites[suite] = ElementTree.SubElement(root, "testsuite", name=_xml(suite))
            totals[suite] = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
        totals[suite]["tests"] += 1
        return ElementTree.SubElement(suites[suite], "testcase", classname=_xml(suite), name=_xml(name), time="0")

    for result in report.results:
        rule = result.rule
        found = verdict(rule, by_rule.get(rule.id, ()), result.counts, lang)
        suite = result.pack.id
        element = case(suite, f"{rule.id} {rule.title.in_(lang)}")
        text = _xml("\n".join(told(f, lang) for f in found.findings))
        if found.status == "failed":
            totals[suite]["failures"] += 1
            ElementTree.SubElement(element, "failure", message=_xml(found.reason), type="violation").text = text
        elif found.status in ("passed", "warned"):
            if text:
                ElementTree.SubElement(element, "system-out").text = text
        else:
            totals[suite]["skipped"] += 1
            ElementTree.SubElement(element, "skipped", message=_xml(found.reason), type=found.status)
            if text:
                ElementTree.SubElement(element, "system-out").text = text
    if report.rejected:
        suite = "input"
        element = case(suite, messages.word_of("word.rejected_row", lang))
        totals[suite]["errors"] += 1
        lines = [f"{place_text(*r.place, lang)}：{'；'.join(t.in_(lang) for t in rejected_text(r))}" for r in report.rejected]
        failure = ElementTree.SubElement(element, "error", message=str(len(report.rejected)), type="rejected")
        failure.text = _xml("\n".join(lines))
    for suite, element in suites.items():
        for name, number in totals[suite].items():
            element.set(name, str(number))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(t[name] for t in totals.values())))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _escaped(text: str, *, value: bool = False) -> str:
    """A text as a workflow command of GitHub Actions takes it."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if value else text


def as_github(report: Report, lang: str) -> bytes:
    """An annotation a violation or rejected row, as GitHub Actions shows them beside files; a notice sums up."""
    lines = []
    commands = {"error": "error", "warning": "warning", "advice": "notice"}

    def annotate(command: str, title: str, text: str, file: str | None, row: int | None) -> None:
        facts = {"file": relative(report, file) if file else None, "line": row, "title": title}
        given = ",".join(f"{k}={_escaped(str(v), value=True)}" for k, v in facts.items() if v is not None)
        lines.append(f"::{command} {given}::{_escaped(text)}")

    for finding in by_gravity(report.violations):
        title = f"{finding.rule} {finding.result.rule.title.in_(lang)}"
        subject = " ".join(p for p in (about(finding, finding.unit), finding.source.sheet) if p)
        text = f"{subject}：{finding.message.in_(lang)}\n→ {finding.remedy.in_(lang)}"
        annotate(commands[finding.severity], title, text, finding.source.file, finding.source.row)
    for rejected in report.rejected:
        text = "；".join(t.in_(lang) for t in rejected_text(rejected))
        annotate("error", messages.word_of("word.rejected_row", lang), text, rejected.place.file, rejected.place.row)
    annotate("notice", "opencheck", _head(report, lang), None, None)
    return ("\n".join(lines) + "\n").encode()


def _head(report: Report, lang: str) -> str:
    summary, rows = report.summary, report.rows
    facts = {**summary["outcomes"], **summary["violations"], **rows, "as_of": report.as_of}
    return messages.say("report.head", facts).in_(lang)


def _cell(text: str) -> str:
    """A text inside a table of Markdown: no mark-up, no cell or line of its own."""
    return re.sub(r"([\\`*_{}\[\]<>|#!~])", r"\\\1", text.replace("\r", " ").replace("\n", " "))


def as_markdown(report: Report, lang: str) -> bytes:
    """A summary for a mail, a merge request or the page of a workflow: head figures, by task, by unit, the worst violations."""
    word = messages.word_of
    lines = [f"# {_cell('、'.join(p.title.in_(lang) for p in report.packs))}", "", _cell(_head(report, lang)), ""]

    def table(title: str, head: list[str], rows: list[list[str]]) -> None:
        lines.extend([f"## {title}", "", f"| {' | '.join(head)} |", "|" + "---|" * len(head)])
        lines.extend(f"| {' | '.join(_cell(c) for c in row)} |" for row in rows)
        lines.append("")

    levels = ("error", "warning", "advice", "before_plan", "indeterminate", "pending")
    names = [word(f"severity.{n}", lang) for n in levels[:3]] + [word(f"report.{n}", lang) for n in levels[3:]]

    def ranked(counts: dict[str, dict[str, int]]) -> list[tuple[str, dict[str, int]]]:
        return sorted(counts.items(), key=lambda kv: (-kv[1].get("error", 0), -kv[1].get("warning", 0), kv[0]))

    tasks = ranked(report.summary["by_task"])
    shown = [[f"{t} {task_title(report, t, lang)}", *(str(c.get(n, 0)) for n in levels)] for t, c in tasks]
    table(word("report.by_task", lang), [word("report.task", lang), *names], shown)
    units = ranked(report.summary["by_unit"])
    table(
        word("report.by_unit", lang),
        [word("report.unit", lang), *names],
        [[u, *(str(c.get(n, 0)) for n in levels)] for u, c in units],
    )
    worst = by_gravity(report.violations)[:50]
    heads = [word(f"report.{n}", lang) for n in ("rule", "unit", "what", "message", "remedy", "place")]
    body = [
        [f.rule, f.unit or "", what(f), f.message.in_(lang), f.remedy.in_(lang), place_text(*f.source, lang)] for f in worst
    ]
    if body:
        table(word("report.worst", lang), heads, body)
    return ("\n".join(lines)).encode()
