"""The report on a terminal: findings by task, in colour where supported."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from opencheck.core.errors import InputError
from opencheck.core.outcomes import Outcome
from opencheck.report import messages
from opencheck.report.earlier_report import earlier_findings
from opencheck.report.finding import Finding, by_gravity, task_of
from opencheck.report.questions import mapped_otherwise
from opencheck.report.rejected import rejected_text
from opencheck.report.report import Report, task_title
from opencheck.report.wording import ignored_text, place_text, subject_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.console import Console

__all__ = [
    "as_table",
    "print_finding",
    "print_table",
]


_MAX_FINDINGS = 8  # findings of one rule in the short form


def as_table(report: Report, lang: str, *, full: bool = False) -> str:
    """Return the printed report as text without colours."""
    from rich.console import Console

    out = io.StringIO()
    print_table(
        report, Console(file=out, width=150, no_color=True, highlight=False, emoji=False, markup=False), lang, full=full
    )
    return out.getvalue()


def _print_unread(report: Report, line: Callable[..., None], lang: str, *, full: bool) -> None:
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
        for rejected in report.rejected[: None if full else 20]:
            reasons = "；".join(t.get(lang) for t in rejected_text(rejected))
            line(f"  {place_text(*rejected.place, lang)}：{reasons}")
        if len(report.rejected) > 20 and not full:
            line(f"  {messages.format_message('table.more_rows', lang, count=len(report.rejected) - 20)}", "dim")
    if otherwise := mapped_otherwise(report.data, lang):
        line("")
        line(messages.get_message("heading.title", lang), "bold")
        for told in otherwise:
            line(f"  {told}", "dim")


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
    (one,) = exact or found
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


def _print_group(console: Console, findings: list[Finding], lang: str) -> None:
    """Print the findings of one rule: one line each on a wide terminal; on a narrow one the message follows below."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    wide = console.width >= _WIDE_COLUMNS
    table = Table(show_header=False, box=None, padding=(0, 1), expand=True)
    table.add_column(no_wrap=True)
    if wide:
        table.add_column(max_width=16, overflow="fold")
        table.add_column(max_width=22, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    table.add_column(max_width=24, style="dim")
    for f in findings:
        if f.outcome is Outcome.VIOLATION:
            label = Text(messages.get_message(f"severity.{f.severity}", lang), style=_STYLE[f.severity])
            if f.baseline == "new":
                label.append(messages.get_message("table.new", lang))
        else:
            label = Text(messages.get_message(f"outcome.{f.outcome}", lang), style="dim")
        place = Text(place_text(None, f.source.sheet or f.source.file, f.source.row, lang))
        if wide:
            table.add_row(label, Text(f.unit or ""), Text(subject_line(f)), Text(f.message.get(lang)), place)
        else:
            table.add_row(label, Text(f"{f.unit or ''} {subject_line(f)}\n{f.message.get(lang)}"), place)
    console.print(Padding(table, (0, 0, 0, 3)))


_STYLE = {"error": "bold red", "warning": "yellow", "advice": "blue"}


def print_table(report: Report, console: Console, lang: str, *, full: bool = False) -> None:
    """Print the report: totals, then findings by task and rule, the worst first."""
    from rich.text import Text

    def line(text: str, style: str = "") -> None:
        console.print(Text(text, style=style))

    line("、".join(p.title.get(lang) for p in report.packs), "bold")
    line(messages.format_message("table.read", lang, as_of=str(report.as_of), **report.rows))
    counts = report.summary["outcomes"] | report.summary["violations"]
    before = sum(1 for f in report.violations if f.before_plan)
    line(messages.format_message("table.counts", lang, before=before, **counts), "bold red" if counts["error"] else "")
    if report.changes is not None:
        line(messages.format_message("page.changes", lang, **report.changes))
    _print_unread(report, line, lang, full=full)
    tasks: dict[str, list[Finding]] = {}
    rules_without_table: dict[str, list[str]] = {}
    for finding in report.findings():
        table = finding.facts.get("no_table")
        if table and finding.outcome is Outcome.INDETERMINATE and not full:
            rules_without_table.setdefault(table, []).append(finding.rule)
        else:
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
                title=task_title(report, task, lang),
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
            printed = by_gravity(group)[: None if full else _MAX_FINDINGS]
            _print_group(console, printed, lang)
            if len(group) > len(printed):
                rest = messages.format_message("table.rest", lang, count=len(group) - len(printed))
                line(f"     {rest}", "dim")
            remedies = dict.fromkeys(f.remedy.get(lang) for f in printed if f.outcome is Outcome.VIOLATION)
            for remedy in remedies:
                line(f"     → {remedy}", "green")
    if rules_without_table:
        line("")
        line(messages.get_message("table.not_given", lang), "bold")
        for table, unjudged in rules_without_table.items():
            named = messages.table_label(table, lang)
            line(
                f"  {messages.format_message('table.unjudged', lang, table=named, count=len(unjudged), rules=unjudged)}", "dim"
            )
    remarks = [messages.localized_message(name, facts).get(lang) for name, facts in report.notes]
    remarks += [
        ignored_text(i, lang)
        for i in report.data.ignored
        if i not in report.unread and i.code in ("second_column", "overruled_column", "sheet", "empty_sheet", "total")
    ]
    if remarks:
        line("")
        line(messages.get_message("page.notes", lang), "bold")
        for remark in remarks[: None if full else 15]:
            line(f"  {remark}")
        if len(remarks) > 15 and not full:
            line(f"  {messages.format_message('table.more', lang, count=len(remarks) - 15)}", "dim")
