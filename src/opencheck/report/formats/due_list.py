"""The list of upcoming duties: the pending findings of a check by day and unit, as a table or a calendar file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from opencheck.core.extras import missing_library
from opencheck.report import messages
from opencheck.report.wording import place_text, subject_line, subject_text

if TYPE_CHECKING:
    from rich.console import Console

    from opencheck.report.finding import Finding
    from opencheck.report.report import Report

__all__ = [
    "as_ics",
    "as_rows",
    "print_due",
    "upcoming_findings",
]


def upcoming_findings(report: Report, until: date) -> list[Finding]:
    """Return the pending findings due after the day of the check until a day (included), the next first.

    >>> import opencheck as oc
    >>> report = oc.check({"request": [{"id": "1", "received_on": "2018-12-20"}]}, as_of="2018-12-31", rules=["PD-15.3"])
    >>> [f.due.isoformat() for f in upcoming_findings(report, date(2019, 1, 31))]
    ['2019-01-11']
    """
    found = [f for f in report.findings("pending") if f.due is not None and report.as_of < f.due <= until]
    return sorted(found, key=lambda f: (f.due or date.max, f.unit or "", f.rule, f.record_id or "", subject_text(f)))


def as_rows(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return upcoming duties as JSON data."""
    return [
        {
            "due": f.due and f.due.isoformat(),
            **({"due_at": f.due_at.isoformat()} if f.due_at else {}),
            "unit": f.unit,
            "rule": f.rule,
            "clause": f.clause,
            "record_id": f.record_id,
            "about": subject_text(f) or None,
            "message": f.message.model_dump(),
            "remedy": f.remedy.model_dump(),
            "source": f.source.as_dict(),
        }
        for f in findings
    ]


def print_due(findings: Sequence[Finding], console: Console, lang: str) -> None:
    """Print upcoming duties by unit, the next first."""
    from rich.table import Table

    units: dict[str, list[Finding]] = {}
    for finding in findings:
        units.setdefault(finding.unit or "—", []).append(finding)
    for unit, group in units.items():
        console.print(messages.format_message("join.counted", lang, what=unit, count=len(group)), style="bold")
        table = Table(show_header=False, box=None, padding=(0, 1), expand=True)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(max_width=28, overflow="fold")
        table.add_column(ratio=1, overflow="fold")
        table.add_column(max_width=24, style="dim")
        for f in group:
            subject = subject_line(f)
            place = place_text(None, f.source.sheet or f.source.file, f.source.row, lang)
            title = f.result.rule.title.get(lang)
            table.add_row(messages.format_value(f.due_at or f.due, lang), f.rule, subject, title, place)
        console.print(table)
    if not findings:
        console.print(messages.get_message("due.none", lang))


def as_ics(report: Report, findings: Sequence[Finding], lang: str = "zh") -> bytes:
    """Return upcoming duties as an iCalendar file: an all-day event on each due day, with a reminder the day before;
    a limit in hours ends at its minute, with a reminder an hour before.

    Args:
        report: the report of the findings; its day is the time stamp of the events.
        findings: the result of :func:`upcoming_findings`.
        lang: ``zh`` or ``en``.

    Raises:
        InputError: the extra ``opencheck[ics]`` is not installed.
    """
    try:
        from icalendar import Alarm, Calendar, Event
    except ImportError as exc:
        raise missing_library(exc, "写日历文件 / to write calendar files") from exc
    calendar = Calendar()
    calendar.add("prodid", "-//opencheck//due//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", messages.get_message("due.calendar", lang))
    stamp = datetime.combine(report.as_of, time(), UTC)
    for f in findings:
        if f.due is None:
            continue
        subject = subject_line(f)
        event = Event()
        key = "|".join(map(str, (f.rule, f.table, f.record_id, f.subject, f.period, f.source.sheet, f.due)))
        event.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:24]}@opencheck")
        event.add("dtstamp", stamp)
        if f.due_at is not None:  # a limit in hours ends at a minute: the event is that minute, and the alarm an hour before it
            event.add("dtstart", f.due_at.astimezone(UTC))
            event.add("dtend", f.due_at.astimezone(UTC))
        else:
            event.add("dtstart", f.due)
            event.add("dtend", f.due + timedelta(days=1))
        event.add("summary", f"{f.unit or ''} {f.result.rule.title.get(lang)} {subject}".strip())
        event.add("description", f"{f.rule}\n{f.message.get(lang)}\n{f.remedy.get(lang)}")
        if f.unit:
            event.add("categories", [f.unit])
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f.result.rule.title.get(lang))
        alarm.add("trigger", timedelta(hours=-1) if f.due_at else timedelta(days=-1))
        event.add_component(alarm)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
