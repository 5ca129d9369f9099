"""The report in about thirty lines: what was read, what to ask, the totals, the gravest violations with their remedies, where to look next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from opencheck.core.outcomes import Outcome
from opencheck.records.dataset import Rejected
from opencheck.report import messages
from opencheck.report.finding import Finding, by_gravity
from opencheck.report.formats.due_list import upcoming_findings
from opencheck.report.questions import mapped_otherwise
from opencheck.report.rejected import rejected_line
from opencheck.report.report import Report, task_title
from opencheck.report.wording import ignored_text, late_text, pack_titles, place_text, subject_line
from opencheck.rules.packs.selection import task_of

__all__ = [
    "Line",
    "counts_text",
    "gravest",
    "input_lines",
    "overview",
    "statistics",
]


_GRAVEST = 10

_MOST_OF_A_RULE = 2
"""Violations of one rule among the gravest while other rules have any: ten of one kind would tell the same ten times."""

_FEW = 3
"""Lines of a kind (rejected rows, unknown columns, remarks, duties due soon) before the rest is counted."""

_WORST = 6
"""Units, and tasks, that one line names."""

_UNKNOWN_WORDS = ("note.unknown_topic", "note.unknown_words")

_SOON = timedelta(days=30)

_STYLE = {"error": "bold red", "warning": "yellow", "advice": "blue"}


class Line(NamedTuple):
    """A line of the overview; its style, a colour with or without ``bold`` before it, or blank; whether it may be cut off at the width."""

    text: str
    style: str = ""
    short: bool = False


def overview(report: Report, lang: str, width: int = 120, *, violations: bool = True) -> list[Line]:
    """Return the overview of a report, each line no wider than a terminal.

    Args:
        report: the report.
        lang: ``zh`` or ``en``.
        width: columns of the terminal; a Chinese character takes two.
        violations: whether the gravest violations and what is due soon are listed; else only what was read and the totals.

    Returns:
        About thirty lines at any size of the report.

    >>> import opencheck as oc
    >>> late = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    >>> report = oc.check({"document": [late], "interpretation": []}, as_of="2018-12-31", rules=["PD-9.4"])
    >>> overview(report, "zh")[1].text
    '截至 2018-12-31 · 读取 1 行：检查 1，未能使用 0'
    """
    lines = [*input_lines(report, lang), *_totals(report, lang)]
    if violations:
        lines += [*_gravest_lines(report, lang), *_soon_lines(report, lang)]
    lines += [Line(""), Line(_say("overview.more", lang, count=len(report.findings())), "dim")]
    return list(_fitted(lines, width))


def input_lines(report: Report, lang: str) -> Iterator[Line]:
    """What was read, what was not, and what to ask first: the rest is judged without it."""
    yield Line(pack_titles(report.packs, lang), "bold")
    yield Line(_say("table.read", lang, as_of=str(report.as_of), **report.rows))
    if report.units:
        yield Line(_say("overview.only", lang, chosen=report.units), "bold")
    if report.questions:
        yield Line(messages.get_message("question.title", lang), "bold yellow")
        for number, question in enumerate(report.questions, 1):
            yield Line(f"  {number}. {question.text.get(lang)}")
    unassigned = report.unassigned_remarks()
    yield from (Line(text.get(lang), "bold yellow") for text in unassigned[:_FEW])
    if len(unassigned) > _FEW:
        yield Line(f"  {_say('table.more', lang, count=len(unassigned) - _FEW)}", "dim")
    headings = mapped_otherwise(report.headings, lang)
    yield from (Line(f"  {text}", "dim", short=True) for text in headings[:_FEW])
    if len(headings) > _FEW:
        yield Line(f"  {_say('table.more', lang, count=len(headings) - _FEW)}", "dim")
    files = {file for file, _ in report.data.places}
    rejected = [rejected_line(_within(r, files), lang) for r in report.rejected[:_FEW]]
    yield from _few(_say("table.rejected", lang, count=len(report.rejected)), rejected, len(report.rejected), lang)
    unread = [ignored_text(u, lang) for u in report.unread[:_FEW]]
    yield from _few(_say("table.unread", lang, count=len(report.unread)), unread, len(report.unread), lang)
    words = [messages.localized_message(n, facts).get(lang) for n, facts in report.notes if n in _UNKNOWN_WORDS]
    yield from _few(_say("overview.words", lang, count=len(words)), words[:_FEW], len(words), lang)
    absent = {str(facts["table"]): facts["rules"] for name, facts in report.notes if name == "note.no_table"}
    if absent:
        tables = [messages.table_label(table, lang) for table in absent]
        rules = {rule for names in absent.values() for rule in names}
        yield Line(_say("overview.no_tables", lang, tables=tables, count=len(rules)), "dim")
    other = [messages.localized_message(n, f).get(lang) for n, f in report.notes if n not in (*_UNKNOWN_WORDS, "note.no_table")]
    yield from _few(_say("overview.notes", lang, count=len(other)), other[:_FEW], len(other), lang)


def _within(rejected: Rejected, files: Collection[str | None]) -> Rejected:
    """A rejected row without the name of its file where there is no other: the line is as short as a terminal."""
    place = rejected.place
    return replace(rejected, place=place._replace(file=None)) if len(files) == 1 and place.sheet else rejected


def _few(title: str, shown: Iterable[str], count: int, lang: str) -> Iterator[Line]:
    """A title and the first few of its lines, with the number of the others."""
    if count:
        yield Line(title, "bold yellow")
        yield from (Line(f"  {text}", short=True) for text in shown)
    if count > _FEW:
        yield Line(f"  {_say('table.more', lang, count=count - _FEW)}", "dim")


def counts_text(report: Report, lang: str) -> str:
    """Return the numbers of violations by severity and of the other outcomes."""
    counts = report.summary["outcomes"] | report.summary["violations"]
    before = sum(f.before_plan for f in report.violations)
    return _say("overview.unit_counts" if report.units else "table.counts", lang, before=before, **counts)


def _totals(report: Report, lang: str) -> Iterator[Line]:
    yield Line(counts_text(report, lang), "bold red" if report.summary["violations"]["error"] else "bold")
    if report.changes is not None:
        yield Line(_say("page.changes", lang, **report.changes))
    broken = [f for f in report.violations if not f.before_plan]
    units = Counter(f.unit or messages.get_message("overview.no_unit", lang) for f in broken)
    tasks = Counter(task_of(f.clause) for f in broken)
    if broken:
        worst = [f"{u} {n}" for u, n in _worst(units)]
        yield Line(f"  {_say('overview.units', lang, worst=worst, count=len(units))}")
        if others := report.violations_of_others():
            owners = Counter(f.unit or "" for f in others)
            named = [u for u, _ in _worst(owners)[:_FEW]]
            facts = {"count": len(others), "units": named, "own": report.own_unit}
            yield Line(f"  {_say('overview.others', lang, **facts)}", "bold yellow")
        worst = [f"{t} {task_title(report, t, lang)} {n}" for t, n in _worst(tasks)]
        yield Line(f"  {_say('overview.tasks', lang, worst=worst, count=len(tasks))}")


def _worst(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:_WORST]


def gravest(findings: Iterable[Finding], number: int = _GRAVEST) -> list[Finding]:
    """Return the gravest violations; more than two of one rule only where the other rules have none left.

    Args:
        findings: of any outcome.
        number: how many at most.
    """
    ranked = by_gravity([f for f in findings if f.outcome is Outcome.VIOLATION])
    met: Counter[str] = Counter()
    first: list[Finding] = []
    rest: list[Finding] = []
    for finding in ranked:
        met[finding.rule] += 1
        (first if met[finding.rule] <= _MOST_OF_A_RULE else rest).append(finding)
    return by_gravity([*first, *rest][:number])


def _gravest_lines(report: Report, lang: str) -> Iterator[Line]:
    chosen = gravest(report.violations)
    if not chosen:
        return
    yield Line("")
    yield Line(_say("overview.gravest", lang, count=len(chosen), all=len(report.violations)), "bold")
    of_rule = Counter(f.rule for f in report.violations)
    for number, finding in enumerate(chosen, 1):
        more = of_rule[finding.rule] - sum(f.rule == finding.rule for f in chosen)
        severity = messages.get_message(f"severity.{finding.severity}", lang)
        new = messages.get_message("table.new", lang) if finding.baseline == "new" else ""
        facts = {"rule": finding.rule, "title": finding.result.rule.title.get(lang), "what": _briefly(finding, lang)}
        last = next(f for f in reversed(chosen) if f.rule == finding.rule) is finding
        others = _say("overview.same_rule", lang, count=more) if more and last else ""
        text = _say("overview.violation", lang, severity=f"{severity}{new}", others=others, **facts)
        yield Line(f"  {number:>2}. {text}", _STYLE[finding.severity], short=True)
        place = place_text(None, finding.source.sheet or finding.source.file, finding.source.row, lang)
        whose = _say("overview.whose", lang, whose=subject_line(finding, finding.unit), place=place) if place else None
        yield Line(f"      {whose or subject_line(finding, finding.unit)} → {finding.remedy.get(lang)}", short=True)


def _briefly(finding: Finding, lang: str) -> str:
    """By how much a duty is late; of what has no lateness the message."""
    late = late_text(finding, lang)
    if late is None or finding.due is None:
        return finding.message.get(lang)
    return _say("overview.late", lang, late=late, due=finding.due)


def _soon_lines(report: Report, lang: str) -> Iterator[Line]:
    found = upcoming_findings(report, report.as_of + _SOON)
    if found:
        yield Line("")
        yield Line(_say("overview.soon", lang, count=len(found)), "bold")
        for finding in found[:_FEW]:
            subject = subject_line(finding, finding.rule, finding.result.rule.title.get(lang), finding.unit)
            yield Line(f"  {finding.due}  {subject}", short=True)
        if len(found) > _FEW:
            yield Line(f"  {_say('table.more', lang, count=len(found) - _FEW)}", "dim")


def statistics(report: Report, lang: str, width: int = 120) -> list[Line]:
    """Return the numbers of each outcome: of every rule that found or let pass anything, then of every unit.

    Args:
        report: the report.
        lang: ``zh`` or ``en``.
        width: columns of the terminal.
    """
    shown = (Outcome.VIOLATION, Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW, Outcome.PENDING, Outcome.WAIVED, Outcome.PASS)
    names = [messages.get_message(f"outcome.{o}", lang) for o in shown]
    wide = [max(8, cell_len(n) + 2) for n in names]

    def row(numbers: Iterable[str], title: str) -> str:
        return "".join(" " * (w - cell_len(n)) + n for n, w in zip(numbers, wide, strict=True)) + f"  {title}"

    lines = [*input_lines(report, lang), Line(counts_text(report, lang), "bold"), Line("")]
    lines.append(Line(row(names, messages.get_message("overview.by_rule", lang)), "bold"))
    titles = {r.rule.id: r.rule.title.get(lang) for r in report.results}
    for rule, counts in report.summary["by_rule"].items():
        if any(counts.get(o.value) for o in shown):
            lines.append(Line(row([str(counts.get(o.value, 0)) for o in shown], f"{rule} {titles[rule]}")))
    units: dict[str, Counter[Outcome]] = {}
    for finding in report.findings():
        units.setdefault(finding.unit or messages.get_message("overview.no_unit", lang), Counter())[finding.outcome] += 1
    lines += [Line(""), Line(row([*names[:-1], ""], messages.get_message("overview.by_unit", lang)), "bold")]
    for unit, found in sorted(units.items(), key=lambda u: (-u[1][Outcome.VIOLATION], u[0])):
        lines.append(Line(row([*(str(found[o]) for o in shown[:-1]), ""], unit)))
    return list(_fitted(lines, width))


def _say(name: str, lang: str, /, **facts: object) -> str:
    return messages.format_message(name, lang, **facts)


def _fitted(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """The lines at a width: short ones cut off, the others continued on the next line, below their text."""
    for text, style, short in lines:
        one = " ".join(text.split("\n"))
        if cell_len(one) <= width:
            yield Line(one, style)
        elif short:
            yield Line(f"{set_cell_size(one, width - 1).rstrip()}…", style)
        else:
            indent = " " * (len(one) - len(one.lstrip()) + 2)
            while cell_len(one) > width:
                first = _first_line(one, width)
                yield Line(first, style)
                one = indent + one[len(first) :].lstrip()
            yield Line(one, style)


def _first_line(text: str, width: int) -> str:
    """As much of a text as fits, up to a space where one is near: words are not broken, Chinese is between any two characters."""
    first = chop_cells(text, width)[0]
    at = first.rfind(" ")
    rest = text[len(first) :]
    inside = rest[:1].isascii() and not first.endswith(" ") and (first[-1].isascii() or not rest[:1].isalnum())
    return first[:at] if inside and at > len(first) // 2 else first
