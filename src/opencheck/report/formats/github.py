"""GitHub workflow commands: what to ask first, then one annotation for each rejected row and violation."""

from __future__ import annotations

from opencheck.report import messages
from opencheck.report.finding import by_gravity
from opencheck.report.formats.sarif import relative_paths
from opencheck.report.rejected import rejected_reasons
from opencheck.report.report import Report
from opencheck.report.wording import labelled, subject_line

__all__ = [
    "as_github",
    "summary_line",
]


def _escape(text: str, *, value: bool = False) -> str:
    """Escape a text for a workflow command of GitHub Actions."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if value else text


def as_github(report: Report, lang: str) -> bytes:
    """Return an annotation for each question, rejected row and violation, in this order, and a notice with the totals."""
    lines, paths = [], relative_paths(report)
    commands = {"error": "error", "warning": "warning", "advice": "notice"}

    def annotate(command: str, title: str, text: str, file: str | None, row: int | None) -> None:
        facts = {"file": paths.get(file, file) if file else None, "line": row, "title": title}
        given = ",".join(f"{k}={_escape(str(v), value=True)}" for k, v in facts.items() if v is not None)
        lines.append(f"::{command} {given}::{_escape(text)}")

    for question in report.questions:
        annotate("notice", messages.get_message("question.title", lang), question.text.get(lang), None, None)
    for rejected in report.rejected:
        text = rejected_reasons(rejected, lang)
        annotate("error", messages.get_message("word.rejected_row", lang), text, rejected.place.file, rejected.place.row)
    for finding in by_gravity(report.violations):
        title = f"{finding.rule} {finding.result.rule.title.get(lang)}"
        subject = " ".join(p for p in (subject_line(finding, finding.unit), finding.source.sheet) if p)
        text = f"{labelled(subject, finding.message.get(lang), lang)}\n→ {finding.remedy.get(lang)}"
        annotate(commands[finding.severity], title, text, finding.source.file, finding.source.row)
    annotate("notice", "opencheck", summary_line(report, lang), None, None)
    return ("\n".join(lines) + "\n").encode()


def summary_line(report: Report, lang: str) -> str:
    """Return the totals of a report as one line."""
    summary, rows = report.summary, report.rows
    facts = {**summary["outcomes"], **summary["violations"], **rows, "as_of": report.as_of}
    return messages.localized_message("report.head", facts).get(lang)
