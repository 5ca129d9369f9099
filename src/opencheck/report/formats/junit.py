"""JUnit XML for CI servers: one test case for each rule."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from opencheck.report import messages
from opencheck.report.finding import Finding
from opencheck.report.rejected import rejected_line
from opencheck.report.report import Report
from opencheck.report.rule_status import finding_text, rule_status

__all__ = [
    "as_junit",
]


_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(text: str) -> str:
    """Replace the characters that XML cannot hold."""
    return _NO_XML.sub("�", text)


def as_junit(report: Report, lang: str) -> bytes:
    """Return the report as JUnit XML.

    Violations of severity error fail a case; pending, not applicable and indeterminate rules are skipped with the reason; warnings and other
    findings of a passing rule are its output. The suite ``input`` comes first: what to ask (skipped), and rejected rows (an error).
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

    if report.questions:
        element = case("input", messages.get_message("question.title", lang))
        totals["input"]["skipped"] += 1
        texts = [question.text.get(lang) for question in report.questions]
        ElementTree.SubElement(element, "skipped", message=_xml(texts[0]), type="question")
        ElementTree.SubElement(element, "system-out").text = _xml("\n".join(texts))
    if report.rejected:
        suite = "input"
        element = case(suite, messages.get_message("word.rejected_row", lang))
        totals[suite]["errors"] += 1
        lines = [rejected_line(r, lang) for r in report.rejected]
        failure = ElementTree.SubElement(element, "error", message=str(len(report.rejected)), type="rejected")
        failure.text = _xml("\n".join(lines))
    for result in report.results:
        rule = result.rule
        status = rule_status(rule, by_rule.get(rule.id, ()), result.counts, lang)
        suite = result.pack.id
        element = case(suite, f"{rule.id} {rule.title.get(lang)}")
        text = _xml("\n".join(finding_text(f, lang) for f in status.findings))
        if status.status == "failed":
            totals[suite]["failures"] += 1
            ElementTree.SubElement(element, "failure", message=_xml(status.reason), type="violation").text = text
        elif status.status in ("passed", "warned"):
            if text:
                ElementTree.SubElement(element, "system-out").text = text
        else:
            totals[suite]["skipped"] += 1
            ElementTree.SubElement(element, "skipped", message=_xml(status.reason), type=status.status)
            if text:
                ElementTree.SubElement(element, "system-out").text = text
    for suite, element in suites.items():
        for name, number in totals[suite].items():
            element.set(name, str(number))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(t[name] for t in totals.values())))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
