"""The report on a terminal: findings by task, in colour where supported."""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from opencheck.core.display import displayed
from opencheck.core.errors import InputError
from opencheck.core.outcomes import Outcome
from opencheck.report import messages
from opencheck.report.earlier_report import earlier_findings
from opencheck.report.finding import Finding, by_gravity
from opencheck.report.formats.fitting import Line, fitted, wrapped
from opencheck.report.formats.overview import counts_text
from opencheck.report.questions import mapped_otherwise
from opencheck.report.rejected import rejected_line
from opencheck.report.report import Report
from opencheck.report.wording import ignored_text, pack_titles, place_text, subject_line, task_title
from opencheck.rules.packs.selection import task_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.console import Console
    from rich.text import Text

__all__ = [
    "as_table",
    "print_finding",
    "print_table",
]


def as_table(report: Report, lang: str) -> str:
    """Return the printed report as text without colours."""
    from rich.console import Console

    out = io.StringIO()
    print_table(report, Console(file=out, width=150, no_color=True, highlight=False, emoji=False, markup=False), lang)
    return out.getvalue()


def _print_unread(report: Report, line: Callable[..., None], lang: str) -> None:
    """Print what to ask, rejected rows, and what was not understood. They come first: the rest is judged without them."""
    if report.questions:
        line("")
        line(messages.get_message("question.title", lang), "bold yellow")
        for number, question in enumerate(report.questions, 1):
            line(f"  {number}. {question.text.get(lang)}")
    if report.unread:
        line("")
        line(messages.format_message("table.unread", lang, count=len(report.unread)), "bold yellow")
        for unread in report.unread:
            line(f"  {ignored_text(unread, lang)}")
    if report.rejected:
        line("")
        line(messages.format_message("table.rejected", lang, count=len(report.rejected)), "bold yellow")
        for rejected in report.rejected:
            line(f"  {rejected_line(rejected, lang)}")
    if otherwise := mapped_otherwise(report.headings, lang):
        line("")
        line(messages.get_message("heading.title", lang), "bold")
        for remark in otherwise:
            line(f"  {remark}", "dim")


def print_finding(report: Path, wanted: str, console: Console, lang: str) -> None:
    """Print a finding of a JSON report with its whole explanation.

    Args:
        report: a file written with ``--format json``.
        wanted: the finding's id, or an unambiguous prefix of it.
        console: the console to print on.
        lang: ``zh`` or ``en``.

    Raises:
        InputError: the file is no JSON report, or the id matches no finding or several.
    """
    from rich.text import Text

    findings = earlier_findings(report)
    found = [f for f in findings if f["id"].startswith(wanted)]
    exact = [f for f in found if f["id"] == wanted]
    if len(exact or found) != 1:
        some = "、".join(f["id"] for f in (found or findings)[:5])
        raise InputError(f"{report}: {len(found)}项问题的编号以{wanted}开头 / findings whose id begins so; such as: {some}")
    (one,) = displayed(exact or found)
    source = one["source"]
    place = place_text(source["file"], source["sheet"], source["row"], lang)
    outcome = messages.get_message(f"outcome.{one['outcome']}", lang)
    severity = messages.get_message(f"severity.{one['severity']}", lang) if one["outcome"] == "violation" else None
    subject = " ".join(str(p) for p in (one["unit"], one["record_id"], one["subject"] or one["title"], one["period"]) if p)
    judged = " ".join(word for word in (severity, outcome) if word)
    console.print(Text(f"{one['rule']}  {judged}  {subject}", style="bold"))
    if place:
        console.print(Text(place, style="dim"))
    console.print(Text(one["message"][lang]))
    for number, step in enumerate(one["explanation"], 1):
        console.print(Text(f"  {number}. {step[lang]}"))
    console.print(Text(f"→ {one['remedy'][lang]}", style="green"))


_WIDE_COLUMNS = 110  # width from which a finding fits on one line

_INDENT = 3
_WHOLE, _UNIT_COLUMNS, _SUBJECT_COLUMNS, _PLACE_COLUMNS = 99, 16, 22, 24
"""The most columns of the label, which is never broken, and of unit, subject and place; the message has the rest."""


def _print_group(console: Console, findings: list[Finding], lang: str) -> None:
    """Print the findings of one rule: one line each on a wide terminal; on a narrow one the message follows below."""
    from rich.cells import cell_len
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    wide = console.width >= _WIDE_COLUMNS
    most = (_WHOLE, _UNIT_COLUMNS, _SUBJECT_COLUMNS, None, _PLACE_COLUMNS) if wide else (_WHOLE, None, _PLACE_COLUMNS)
    rows = []
    for f in findings:
        if f.outcome is Outcome.VIOLATION:
            label = Text(messages.get_message(f"severity.{f.severity}", lang), style=_STYLE[f.severity])
            if f.baseline == "new":
                label.append(messages.get_message("table.new", lang))
        else:
            label = Text(messages.get_message(f"outcome.{f.outcome}", lang), style="dim")
        place = Text(place_text(None, f.source.sheet or f.source.file, f.source.row, lang))
        told = (f.unit or "", subject_line(f), f.message.get(lang))
        cells = told if wide else (f"{told[0]} {told[1]}\n{told[2]}",)
        rows.append((label, *(Text(cell) for cell in cells), place))
    widths = [min(limit, max(cell_len(row[n].plain) for row in rows)) if limit else 0 for n, limit in enumerate(most)]
    rest = console.width - _INDENT - sum(widths) - 2 * len(most)
    widths = [width if limit else max(rest, 1) for width, limit in zip(widths, most, strict=True)]
    table = Table(show_header=False, box=None, padding=(0, 1))
    for width, limit in zip(widths, most, strict=True):
        table.add_column(width=width, overflow="fold", style="dim" if limit == _PLACE_COLUMNS else "")
    for label, *texts, place in rows:
        table.add_row(label, *(_within(cell, w) for cell, w in zip((*texts, place), widths[1:], strict=True)))
    console.print(Padding(table, (0, 0, 0, _INDENT)))


def _within(cell: Text, width: int) -> Text:
    """A cell with line breaks of its own, so that no date is broken over two lines."""
    from rich.text import Text

    return Text("\n".join(line for part in cell.plain.split("\n") for line in wrapped(part, width)))


_STYLE = {"error": "bold red", "warning": "yellow", "advice": "blue"}


def print_table(report: Report, console: Console, lang: str) -> None:
    """Print the whole report: totals, then every finding by task and rule, the worst first."""
    from rich.text import Text

    def line(text: str, style: str = "") -> None:
        for part in fitted([Line(text, style)], console.width):
            console.print(Text(part.text, style=style), no_wrap=True)

    line(pack_titles(report.packs, lang), "bold")
    line(messages.format_message("table.read", lang, as_of=str(report.as_of), **report.rows))
    line(counts_text(report, lang), "bold red" if report.summary["violations"]["error"] else "")
    if report.changes is not None:
        line(messages.format_message("page.changes", lang, **report.changes))
    _print_unread(report, line, lang)
    tasks: dict[str, list[Finding]] = {}
    for finding in report.findings():
        tasks.setdefault(task_of(finding.clause), []).append(finding)
    ranked = sorted(
        tasks.items(), key=lambda kv: -sum(1 for f in kv[1] if f.outcome is Outcome.VIOLATION and not f.before_plan)
    )
    for task, found in ranked:
        broken = sum(1 for f in found if f.outcome is Outcome.VIOLATION)
        line("")
        line(
            messages.format_message(
                "table.task",
                lang,
                task=task,
                title=task_title(report.packs, task, lang),
                broken=broken,
                other=len(found) - broken,
            ),
            "bold",
        )
        rules: dict[str, list[Finding]] = {}
        for finding in found:
            rules.setdefault(finding.rule, []).append(finding)
        for rule, group in rules.items():
            line(f"  {rule}  {group[0].result.rule.title.get(lang)}", "cyan")
            # Below the findings that it is the remedy of.
            for remedy, same in _by_remedy(by_gravity(group), lang):
                _print_group(console, same, lang)
                if remedy:
                    line(f"     → {remedy}", "green")
    remarks = [remark.get(lang) for remark in report.remarks]
    remarks += [
        ignored_text(i, lang)
        for i in report.ignored
        if i not in report.unread
        and i.code
        in (
            *("second_column", "overruled_column", "total"),
            *("sheet", "continuation", "above", "months", "columns", "file", "empty_sheet", "example_sheet"),
        )
    ]
    if remarks:
        line("")
        line(messages.get_message("page.notes", lang), "bold")
        for remark in remarks:
            line(f"  {remark}")


def _by_remedy(findings: Iterable[Finding], lang: str) -> list[tuple[str | None, list[Finding]]]:
    """Findings that follow one another and have one remedy; only violations have any."""
    groups = groupby(findings, lambda f: f.remedy.get(lang) if f.outcome is Outcome.VIOLATION else None)
    return [(remedy, list(same)) for remedy, same in groups]
