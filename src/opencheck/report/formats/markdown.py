"""Markdown: a summary for pull requests and chats."""

from __future__ import annotations

import re

from opencheck.report import messages
from opencheck.report.finding import by_gravity
from opencheck.report.formats.github import summary_line
from opencheck.report.report import Report
from opencheck.report.wording import pack_titles, place_text, subject_text, task_title

__all__ = [
    "as_markdown",
]


def _cell(text: str) -> str:
    """Escape a text for a cell of a Markdown table."""
    return re.sub(r"([\\`*_{}\[\]<>|#!~&])", r"\\\1", text.replace("\r", " ").replace("\n", " "))


def as_markdown(report: Report, lang: str) -> bytes:
    """Return a summary for a mail, a merge request or a workflow: totals, by task, by unit, and the worst violations."""
    word = messages.get_message
    lines = [f"# {_cell(pack_titles(report.packs, lang))}", "", _cell(summary_line(report, lang)), ""]
    if report.questions:
        lines += [f"## {word('question.title', lang)}", ""]
        lines += [f"{n}. {_cell(q.text.get(lang))}" for n, q in enumerate(report.questions, 1)] + [""]

    def table(title: str, head: list[str], rows: list[list[str]]) -> None:
        lines.extend([f"## {title}", "", f"| {' | '.join(head)} |", "|" + "---|" * len(head)])
        lines.extend(f"| {' | '.join(_cell(c) for c in row)} |" for row in rows)
        lines.append("")

    levels = ("error", "warning", "advice", "before_plan", "indeterminate", "pending")
    names = [word(f"severity.{n}", lang) for n in levels[:3]] + [word(f"report.{n}", lang) for n in levels[3:]]

    def ranked(counts: dict[str, dict[str, int]]) -> list[tuple[str, dict[str, int]]]:
        return sorted(counts.items(), key=lambda kv: (-kv[1].get("error", 0), -kv[1].get("warning", 0), kv[0]))

    tasks = ranked(report.summary["by_task"])
    shown = [[f"{t} {task_title(report.packs, t, lang)}", *(str(c.get(n, 0)) for n in levels)] for t, c in tasks]
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
        [f.rule, f.unit or "", subject_text(f), f.message.get(lang), f.remedy.get(lang), place_text(*f.source, lang)]
        for f in worst
    ]
    if body:
        table(word("report.worst", lang), heads, body)
    return ("\n".join(lines)).encode()
