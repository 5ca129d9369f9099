"""Text reports: JSON, JSON Lines, CSV, and the table for a terminal."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from opencheck import messages
from opencheck.errors import InputError
from opencheck.findings import Finding, Report, by_gravity, rejected_text, task_of
from opencheck.personal import shown
from opencheck.rules.outcomes import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from opencheck.records.dataset import Ignored

__all__ = [
    "about",
    "as_csv",
    "as_json",
    "as_jsonl",
    "as_table",
    "ignored_text",
    "inert",
    "late_text",
    "place_text",
    "print_finding",
    "print_table",
    "task_title",
    "what",
]

_SHOWN = 8  # findings of one rule that the terminal shows unless all are asked for


def as_json(report: Report) -> bytes:
    """The whole report as one JSON object."""
    return (json.dumps(report.to_dict(), ensure_ascii=False, indent=2) + "\n").encode()


def as_jsonl(report: Report) -> bytes:
    """A finding a line."""
    return "".join(json.dumps(f.as_dict(), ensure_ascii=False) + "\n" for f in report.findings()).encode()


def inert(text: str) -> str:
    """A text that a spreadsheet will not take for a formula.

    >>> inert("=cmd|' /C calc'!A0"), inert("市环保局")
    ("'=cmd|' /C calc'!A0", '市环保局')
    """
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


# The columns of a list of findings; messages.yaml calls them ``column.NAME``.
COLUMNS = (
    "outcome",
    "severity",
    "rule",
    "clause",
    "unit",
    "record_id",
    "what",
    "message",
    "due",
    "actual",
    "late",
    "remedy",
    "file",
    "sheet",
    "row",
)


def flat(finding: Finding, lang: str) -> dict[str, Any]:
    """A finding as one line of a spreadsheet."""
    severity = messages.word_of(f"severity.{finding.severity}", lang) if finding.outcome is Outcome.VIOLATION else ""
    return {
        "outcome": messages.word_of(f"outcome.{finding.outcome}", lang),
        "severity": severity,
        "rule": finding.rule,
        "clause": finding.clause,
        "unit": finding.unit,
        "record_id": finding.record_id,
        "what": what(finding),
        "message": finding.message.in_(lang),
        "due": finding.due,
        "actual": finding.actual,
        "late": late_text(finding, lang),
        "remedy": finding.remedy.in_(lang) if finding.outcome in _ACTIONABLE else None,
        "file": finding.source.file,
        "sheet": finding.source.sheet,
        "row": finding.source.row,
    }


def late_text(finding: Finding, lang: str) -> str | None:
    """How much later or less than allowed, with its unit; None where nothing is late."""
    if not finding.late_by:
        return None
    return messages.tell("join.measure", lang, n=finding.late_by, unit=messages.word_of(f"unit.{finding.late_unit}", lang))


_ACTIONABLE = (Outcome.VIOLATION, Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW, Outcome.PENDING)


def as_csv(report: Report, lang: str) -> bytes:
    """A finding a row, headers in the language asked for; rejected rows follow, so that none goes unseen."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([messages.word_of(f"column.{name}", lang) for name in COLUMNS])
    for finding in report.findings():
        row = flat(finding, lang)
        writer.writerow([inert(str(row[n])) if row[n] is not None else "" for n in COLUMNS])
    for rejected in report.rejected:
        row = dict.fromkeys(COLUMNS)
        row |= {
            "outcome": messages.word_of("word.rejected_row", lang),
            "record_id": shown(rejected.values.get("id") or "") or None,
            "message": "；".join(t.in_(lang) for t in rejected_text(rejected)),
            "file": rejected.place.file,
            "sheet": rejected.place.sheet,
            "row": rejected.place.row,
        }
        writer.writerow([inert(str(row[n])) if row[n] is not None else "" for n in COLUMNS])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def what(finding: Finding) -> str:
    """What a finding is about, in few words: subject and period, or the record's title."""
    parts = [p for p in (finding.subject, finding.period) if p]
    return " ".join(parts) if finding.period else (finding.title or finding.subject or "")


def about(finding: Finding, *more: str | None) -> str:
    """What a finding is about as one line: what else is given (the unit, the rule), the record's id, and its subject or title."""
    return " ".join(p for p in (*more, finding.record_id, what(finding)) if p)


def place_text(file: str | None, sheet: str | None, row: int | None, lang: str) -> str:
    """Where a record stands, as a person would say it."""
    where = " ".join(p for p in (file, sheet) if p)
    if row is None:
        return where
    return messages.word_of("place.row" if where else "place.only_row", lang).format(where=where, row=row)


def ignored_text(line: Ignored, lang: str) -> str:
    """A line that is no record: where it stands, why it was not read, what it says."""
    why = f"{place_text(*line.place, lang)} {messages.word_of(f'ignore.{line.code}', lang)}"
    return messages.word_of("join.labelled", lang).format(label=why, value=shown(line.text))


def task_title(report: Report, task: str, lang: str) -> str:
    """What a task is called."""
    return next((pack.tasks[task].in_(lang) for pack in report.packs if task in pack.tasks), "")


def as_table(report: Report, lang: str, *, full: bool = False) -> str:
    """The table for people, without colours."""
    from rich.console import Console

    out = io.StringIO()
    print_table(
        report, Console(file=out, width=150, no_color=True, highlight=False, emoji=False, markup=False), lang, full=full
    )
    return out.getvalue()


def print_finding(report: Path, wanted: str, console: Console, lang: str) -> None:
    """Print a finding of a JSON report with its whole derivation.

    Args:
        report: a file written with ``--format json``.
        wanted: the finding's id, or as much of its beginning as no other has.
        console: where to print.
        lang: ``zh`` or ``en``.

    Raises:
        InputError: a file that is no such report, or no finding, or several, of that id.
    """
    from rich.text import Text

    try:
        findings = json.loads(report.read_text(encoding="utf-8"))["findings"]
        found = [f for f in findings if f["id"].startswith(wanted)]
        exact = [f for f in found if f["id"] == wanted]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise InputError(f"{report}: 不是检查报告的JSON / not a JSON report of opencheck: {exc}") from exc
    if len(exact or found) != 1:
        some = "、".join(f["id"] for f in (found or findings)[:5])
        raise InputError(f"{report}: {len(found)}项问题的编号以{wanted}开头 / findings whose id begins so; such as: {some}")
    (one,) = exact or found
    source = one["source"]
    place = place_text(source["file"], source["sheet"], source["row"], lang)
    outcome = messages.word_of(f"outcome.{one['outcome']}", lang)
    severity = messages.word_of(f"severity.{one['severity']}", lang) if one["outcome"] == "violation" else ""
    subject = " ".join(str(p) for p in (one["unit"], one["record_id"], one["subject"] or one["title"], one["period"]) if p)
    console.print(Text(f"{one['rule']}  {severity}{outcome}  {subject}", style="bold"))
    if place:
        console.print(Text(place, style="dim"))
    console.print(Text(one["message"][lang]))
    for number, step in enumerate(one["explanation"], 1):
        console.print(Text(f"  {number}. {step[lang]}"))
    console.print(Text(f"→ {one['remedy'][lang]}", style="green"))


_WIDE = 110  # columns from which a finding fits on one line


def _print_group(console: Console, findings: list[Finding], lang: str) -> None:
    """The findings of one rule: a line each on a wide terminal, on a narrow one the message below."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    wide = console.width >= _WIDE
    table = Table(show_header=False, box=None, padding=(0, 1), expand=True)
    table.add_column(no_wrap=True)
    if wide:
        table.add_column(max_width=16, overflow="fold")
        table.add_column(max_width=22, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    table.add_column(max_width=24, style="dim")
    for f in findings:
        if f.outcome is Outcome.VIOLATION:
            label = Text(messages.word_of(f"severity.{f.severity}", lang), style=_STYLE[f.severity])
            if f.baseline == "new":
                label.append(messages.word_of("table.new", lang))
        else:
            label = Text(messages.word_of(f"outcome.{f.outcome}", lang), style="dim")
        place = Text(place_text(None, f.source.sheet or f.source.file, f.source.row, lang))
        if wide:
            table.add_row(label, Text(f.unit or ""), Text(about(f)), Text(f.message.in_(lang)), place)
        else:
            table.add_row(label, Text(f"{f.unit or ''} {about(f)}\n{f.message.in_(lang)}"), place)
    console.print(Padding(table, (0, 0, 0, 3)))


_STYLE = {"error": "bold red", "warning": "yellow", "advice": "blue"}


def print_table(report: Report, console: Console, lang: str, *, full: bool = False) -> None:
    """Print the table: head figures, then task by task and rule by rule, the worst first."""
    from rich.text import Text

    def line(text: str, style: str = "") -> None:
        console.print(Text(text, style=style))

    line("、".join(p.title.in_(lang) for p in report.packs), "bold")
    line(messages.tell("table.read", lang, as_of=str(report.as_of), **report.rows))
    counts = report.summary["outcomes"] | report.summary["violations"]
    before = sum(1 for f in report.violations if f.before_plan)
    line(messages.tell("table.counts", lang, before=before, **counts), "bold red" if counts["error"] else "")
    if report.changes is not None:
        line(messages.tell("page.changes", lang, **report.changes))
    tasks: dict[str, list[Finding]] = {}
    idle: dict[str, list[str]] = {}
    for finding in report.findings():
        table = finding.facts.get("no_table")
        if table and finding.outcome is Outcome.INDETERMINATE and not full:
            idle.setdefault(table, []).append(finding.rule)
        else:
            tasks.setdefault(task_of(finding.clause), []).append(finding)
    ranked = sorted(
        tasks.items(), key=lambda kv: -sum(1 for f in kv[1] if f.outcome is Outcome.VIOLATION and not f.before_plan)
    )
    for task, found in ranked:
        broken = sum(1 for f in found if f.outcome is Outcome.VIOLATION)
        line("")
        line(
            messages.tell(
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
            line(f"  {rule}  {group[0].result.rule.title.in_(lang)}", "cyan")
            printed = by_gravity(group)[: None if full else _SHOWN]
            _print_group(console, printed, lang)
            if len(group) > len(printed):
                rest = messages.tell("table.rest", lang, count=len(group) - len(printed))
                line(f"     {rest}", "dim")
            if any(f.outcome is Outcome.VIOLATION for f in group):
                line(f"     → {group[0].remedy.in_(lang)}", "green")
    if idle:
        line("")
        line(messages.word_of("table.not_given", lang), "bold")
        for table, unjudged in idle.items():
            named = messages.table_label(table, lang)
            line(f"  {messages.tell('table.unjudged', lang, table=named, count=len(unjudged), rules=unjudged)}", "dim")
    if report.rejected:
        line("")
        line(messages.tell("table.rejected", lang, count=len(report.rejected)), "bold yellow")
        for rejected in report.rejected[: None if full else 20]:
            reasons = "；".join(t.in_(lang) for t in rejected_text(rejected))
            line(f"  {place_text(*rejected.place, lang)}：{reasons}")
        if len(report.rejected) > 20 and not full:
            line(f"  {messages.tell('table.more_rows', lang, count=len(report.rejected) - 20)}", "dim")
    remarks = [messages.say(name, facts).in_(lang) for name, facts in report.notes]
    remarks += [
        ignored_text(i, lang)
        for i in report.data.ignored
        if i.code in ("unknown_column", "second_column", "sheet", "empty_sheet", "total")
    ]
    if remarks:
        line("")
        line(messages.word_of("page.notes", lang), "bold")
        for remark in remarks[: None if full else 15]:
            line(f"  {remark}")
        if len(remarks) > 15 and not full:
            line(f"  {messages.tell('table.more', lang, count=len(remarks) - 15)}", "dim")
