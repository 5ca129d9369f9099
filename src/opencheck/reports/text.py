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

__all__ = [
    "about",
    "as_csv",
    "as_json",
    "as_jsonl",
    "as_table",
    "inert",
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


COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("outcome", "结果", "outcome"),
    ("severity", "级别", "severity"),
    ("rule", "规则", "rule"),
    ("clause", "条款", "clause"),
    ("unit", "责任单位", "unit"),
    ("record_id", "记录编号", "record id"),
    ("what", "对象", "about"),
    ("message", "说明", "message"),
    ("due", "最迟日期", "due"),
    ("actual", "实际日期", "actual"),
    ("late", "迟（差）", "late by"),
    ("remedy", "怎么办", "what to do"),
    ("file", "文件", "file"),
    ("sheet", "工作表", "sheet"),
    ("row", "行", "row"),
)


def flat(finding: Finding, lang: str) -> dict[str, Any]:
    """A finding as one line of a spreadsheet."""
    severity = messages.word_of(f"severity.{finding.severity}", lang) if finding.outcome is Outcome.VIOLATION else ""
    unit = messages.word_of(f"unit.{finding.late_unit}", lang) if finding.late_by else ""
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
        "late": f"{finding.late_by}{'' if lang == 'zh' else ' '}{unit}" if finding.late_by else None,
        "remedy": finding.remedy.in_(lang) if finding.outcome in _ACTIONABLE else None,
        "file": finding.source.file,
        "sheet": finding.source.sheet,
        "row": finding.source.row,
    }


_ACTIONABLE = (Outcome.VIOLATION, Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW, Outcome.PENDING)


def as_csv(report: Report, lang: str) -> bytes:
    """A finding a row, headers in the language asked for; rejected rows follow, so that none goes unseen."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([zh if lang == "zh" else en for _, zh, en in COLUMNS])
    for finding in report.findings():
        row = flat(finding, lang)
        writer.writerow([inert(str(row[n])) if row[n] is not None else "" for n, _, _ in COLUMNS])
    for rejected in report.rejected:
        row = dict.fromkeys(n for n, _, _ in COLUMNS)
        row |= {
            "outcome": messages.word_of("word.rejected_row", lang),
            "record_id": shown(rejected.values.get("id") or "") or None,
            "message": "；".join(t.in_(lang) for t in rejected_text(rejected)),
            "file": rejected.place.file,
            "sheet": rejected.place.sheet,
            "row": rejected.place.row,
        }
        writer.writerow([inert(str(row[n])) if row[n] is not None else "" for n, _, _ in COLUMNS])
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
    return f"{where} 第{row}行".strip() if lang == "zh" else f"{where} row {row}".strip()


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
                label.append("·新" if lang == "zh" else "·new")
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

    zh = lang == "zh"

    def say(a: str, b: str) -> str:
        return a if zh else b

    def line(text: str, style: str = "") -> None:
        console.print(Text(text, style=style))

    summary = report.summary
    line("、".join(p.title.in_(lang) for p in report.packs), "bold")
    rows = report.rows
    line(
        say(
            f"截至 {report.as_of} · 读取 {rows['read']} 行：检查 {rows['checked']}，未能使用 {rows['rejected']}",
            f"as of {report.as_of} · {rows['read']} rows read: {rows['checked']} checked, {rows['rejected']} rejected",
        )
    )
    outcomes, levels = summary["outcomes"], summary["violations"]
    before = sum(1 for f in report.violations if f.before_plan)
    line(
        say(
            f"违规 {outcomes['violation']}（错误 {levels['error']}，警告 {levels['warning']}，提示 {levels['advice']}，"
            f"其中方案印发前到期 {before}） · 无法判断 {outcomes['indeterminate']} · 未到期 {outcomes['pending']} · "
            f"需人工审核 {outcomes['needs_review']} · 已豁免 {outcomes['waived']} · 符合 {outcomes['pass']}",
            f"{outcomes['violation']} violations ({levels['error']} errors, {levels['warning']} warnings, {levels['advice']} "
            f"advice, of which {before} fell due before the plan) · {outcomes['indeterminate']} indeterminate · "
            f"{outcomes['pending']} pending · {outcomes['needs_review']} to review · {outcomes['waived']} waived · "
            f"{outcomes['pass']} pass",
        ),
        "bold red" if levels["error"] else "",
    )
    if report.changes is not None:
        new, known, fixed = (report.changes[k] for k in ("new", "known", "fixed"))
        line(
            say(
                f"与上次报告相比：新增 {new}，仍在 {known}，已整改 {fixed}",
                f"against the earlier report: {new} new, {known} known, {fixed} fixed",
            )
        )
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
            say(
                f"任务 {task} {task_title(report, task, lang)}：违规 {broken}，其他 {len(found) - broken}",
                f"Task {task} {task_title(report, task, lang)}: {broken} violations, {len(found) - broken} other",
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
                rest = len(group) - len(printed)
                line(
                    say(
                        f"     …… 还有 {rest} 条；加 --full 全部列出，或用 --format xlsx",
                        f"     … {rest} more; --full lists all",
                    ),
                    "dim",
                )
            if any(f.outcome is Outcome.VIOLATION for f in group):
                line(f"     → {group[0].remedy.in_(lang)}", "green")
    if report.rejected:
        line("")
        line(say(f"未能使用的行 {len(report.rejected)}", f"{len(report.rejected)} rejected rows"), "bold yellow")
        for rejected in report.rejected[: None if full else 20]:
            reasons = "；".join(t.in_(lang) for t in rejected_text(rejected))
            line(f"  {place_text(*rejected.place, lang)}：{reasons}")
        if len(report.rejected) > 20 and not full:
            line(say(f"  …… 还有 {len(report.rejected) - 20} 行", f"  … {len(report.rejected) - 20} more"), "dim")
    remarks = [messages.say(name, facts).in_(lang) for name, facts in report.notes]
    remarks += [
        f"{place_text(*i.place, lang)} {messages.word_of(f'ignore.{i.code}', lang)}：{shown(i.text)}"
        for i in report.data.ignored
        if i.code in ("unknown_column", "second_column", "sheet", "empty_sheet", "total")
    ]
    if remarks:
        line("")
        line(say("说明", "Notes"), "bold")
        for remark in remarks[: None if full else 15]:
            line(f"  {remark}")
        if len(remarks) > 15 and not full:
            line(say(f"  …… 还有 {len(remarks) - 15} 条", f"  … {len(remarks) - 15} more"), "dim")
