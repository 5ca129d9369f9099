"""The HTML report: one self-contained file that opens from a file share and prints on A4.

Totals, units by task, the periods of each series, upcoming duties and the ranking of units are static. Findings are filtered, searched and
unfolded by a script in the page, which creates elements on demand. The page loads nothing, and its content security policy forbids it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from opencheck.core.calendar import WorkCalendar
from opencheck.core.display import DistinctNames, display_text
from opencheck.core.outcomes import Outcome, Severity
from opencheck.report import messages
from opencheck.report.finding import Finding, by_gravity
from opencheck.report.formats import charts
from opencheck.report.formats.due_list import upcoming_findings
from opencheck.report.formats.overview import entries_text
from opencheck.report.formats.page_text import page_template
from opencheck.report.formats.score import caveats, floor_texts, veto_texts
from opencheck.report.questions import mapped_otherwise
from opencheck.report.rejected import rejected_reasons
from opencheck.report.report import Report
from opencheck.report.score import Score, scores
from opencheck.report.wording import ignored_text, late_text, pack_titles, place_text, subject_line, subject_text, task_title
from opencheck.rules.packs.selection import task_of

__all__ = [
    "as_html",
]


UPCOMING_DAYS = 31
"""Days after the day of the check for which upcoming duties are listed."""

MOST_RULES = 20
"""Rules whose rate of passes is shown at once and printed; the others are unfolded."""

_LABELS = (
    "all", "search", "outcome", "severity", "unit", "clear", "shown", "more", "derivation", "due", "actual", "start", "late", "as_of",
    "working_day", "day_off", "remedy", "place", "baseline_new", "before_plan", "borderline", "clause", "print_note", "print_main",
)  # fmt: skip


@dataclass(frozen=True)
class UnitRanking:
    """A unit in the ranking: its checked records, the records with a violation, its violations, and its scores."""

    unit: str
    records: int
    records_violating: int
    violations: int
    scores: tuple[Score, ...] = ()
    """Its score by the sheet of each pack that has one."""

    @property
    def rate(self) -> float | None:
        """The share of its records that break a rule; None where it has none."""
        return self.records_violating / self.records if self.records else None


def as_html(report: Report, lang: str) -> bytes:
    """Return the report as one self-contained HTML page."""
    folder = files("opencheck.report.formats") / "html_assets"
    findings = by_gravity(report.findings())
    tasks = _tasks(report, lang)
    page = page_template("opencheck.report.formats", "html_assets/report.html").render(
        lang="zh-CN" if lang == "zh" else "en",
        style=_inline((folder / "report.css").read_text(encoding="utf-8")),
        script=_inline((folder / "report.js").read_text(encoding="utf-8")),
        data=_json(_data(report, findings, tasks, lang)),
        t=lambda name, **facts: messages.localized_message(f"page.{name}", facts).get(lang),
        counted=lambda what, count: messages.get_message("join.counted", lang).format(what=what, count=count),
        word=lambda name: messages.get_message(name, lang),
        title=pack_titles(report.packs, lang),
        as_of=_day(report.as_of, lang),
        rows=report.rows,
        questions=[q.text.get(lang) for q in report.questions],
        otherwise=mapped_otherwise(report.headings, lang),
        outcomes=report.summary["outcomes"],
        entries=lambda outcome: entries_text(report, outcome, lang),
        levels=report.summary["violations"],
        before=sum(1 for f in report.violations if f.before_plan),
        changes=report.changes,
        score_heads=[p.score.title.get(lang) for p in report.packs if p.score],
        scores=[_score_cells(s, lang) for s in scores(report) if s.unit is None],
        of_unit=lambda line: [_score_cells(s, lang) for s in line.scores],
        pass_rates=_pass_rates(report, lang),
        most_rules=MOST_RULES,
        bases=[p.score.basis.get(lang) for p in report.packs if p.score],
        caveats=caveats(report, lang),
        change=_diff_sentence(report, lang),
        most=charts.MAX_LINES,
        trends=_trends(report, tasks, lang),
        by_task=_task_chart(report, tasks, lang),
        grid=_grid(report, tasks),
        tasks=tasks,
        series=_series(report, lang),
        soon=[
            (_day(f.due, lang), f.unit or "—", subject_text(f), f.message.get(lang))
            for f in upcoming_findings(report, _last_upcoming_day(report.as_of))
        ],
        ranking=unit_ranking(report),
        rejected=[(place_text(*r.place, lang), rejected_reasons(r, lang)) for r in report.rejected[:500]],
        unassigned=[remark.get(lang) for remark in report.unassigned_remarks()],
        notes=[remark.get(lang) for remark in report.remarks],
        ignored=[ignored_text(i, lang) for i in report.ignored[:500]],
    )
    return page.encode()


def _last_upcoming_day(day: date) -> date:
    return day + timedelta(days=UPCOMING_DAYS)


def _day(day: date | None, lang: str) -> str:
    return messages.format_value(day, lang) if day else "—"


def _inline(text: str) -> Any:
    """Mark a style or script of the package as safe markup."""
    from markupsafe import Markup

    return Markup(text)


def _json(text: str) -> Any:
    """Escape JSON for a script element, so that no text can close the element or open a comment."""
    return _inline(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _tasks(report: Report, lang: str) -> dict[str, str]:
    """Return the titles of the tasks with rules in this report, in the packs' order."""
    return {
        task: task_title(report.packs, task, lang) for task in dict.fromkeys(task_of(r.rule.clause) for r in report.results)
    }


def _grid(report: Report, tasks: dict[str, str]) -> tuple[list[str], list[tuple[str, list[tuple[int, int]], int]]]:
    """Return the table of units by tasks: the tasks with a violation, and for each unit (count, shade) by task, and the sum."""
    counts = Counter((f.unit or "—", task_of(f.clause)) for f in report.violations if not f.before_plan)
    used = [t for t in tasks if any(task == t for _, task in counts)]
    sums: Counter[str] = Counter()
    for (unit, _), number in counts.items():
        sums[unit] += number
    most = max(counts.values(), default=1)
    lines = []
    for unit, total in sorted(sums.items(), key=lambda item: (-item[1], item[0])):
        cells = [(n := counts[unit, task], 0 if not n else 1 + round(4 * (n / most) ** 0.5)) for task in used]
        lines.append((unit, cells, total))
    return used, lines


def _task_chart(report: Report, tasks: dict[str, str], lang: str) -> Any:
    """Return a chart of violations by task and severity, without those from before the plan was binding; None if there are none."""
    counts: Counter[tuple[str, str]] = Counter((task_of(f.clause), f.severity) for f in report.violations if not f.before_plan)
    used = [t for t in tasks if any(task == t for task, _ in counts)]
    if not used:
        return None
    parts = [(messages.get_message(f"severity.{s}", lang), [counts[t, s] for t in used]) for s in Severity]
    title = messages.localized_message("page.chart_tasks").get(lang)
    return charts.bar_chart("tasks", [f"{t} {tasks[t]}".strip() for t in used], parts, title)


def _diff_sentence(report: Report, lang: str) -> str | None:
    """Return the difference from the previous run as one sentence."""
    from opencheck.report.formats.history import diff_sentence

    return diff_sentence(report.change, lang) if report.change else None


def _trends(
    report: Report, tasks: dict[str, str], lang: str
) -> list[tuple[str, Any, list[str], list[tuple[str, list[tuple[int, int]]]]]]:
    """Return violations by run, for units and tasks: title, chart, headers, and (count, shade) for each line; needs two runs."""
    from opencheck.report.history.store import trend

    if len(report.past) < 2:
        return []
    found = []
    for by, name in (("by_unit", "history.trend_unit"), ("by_task", "history.trend_task")):
        runs, lines = trend(report.past, by)
        most = max((n for _, numbers in lines for n in numbers), default=1) or 1
        named = [
            (f"{label} {tasks.get(label, '')}".strip() if by == "by_task" else display_text(label), list(numbers))
            for label, numbers in lines
        ]
        heads = [f"{r.id} · {r.as_of}" for r in runs]
        title = messages.get_message(name, lang)
        chart = charts.line_chart(by, heads, named, title)
        shades = [(label, [(n, 0 if not n else 1 + round(4 * (n / most) ** 0.5)) for n in numbers]) for label, numbers in named]
        found.append((title, chart, heads, shades))
    return found


def _series(report: Report, lang: str) -> list[tuple[str, list[str], list[tuple[str, dict[str, tuple[str, str]]]]]]:
    """Return for each rule about periods its title, the periods, and the outcome of every period by subject."""
    found = []
    for result in report.results:
        rule = result.rule
        if result.cells is None:
            continue
        outcomes = [(s, p, Outcome.from_code(c)) for s, p, c in result.cells.select("subject", "period", "code").iter_rows()]
        periods = sorted({p for _, p, outcome in outcomes if outcome is not Outcome.NOT_APPLICABLE})
        if not periods:
            continue
        waived = {(f.facts.get("subject"), f.facts.get("period")) for f in report.findings("waived", rule=rule.id)}
        shown = DistinctNames()
        subjects: dict[str, dict[str, tuple[str, str]]] = {}
        for subject, period, outcome in outcomes:
            if outcome is Outcome.VIOLATION and (subject or None, period) in waived:
                outcome = Outcome.WAIVED
            if period in periods:
                cell = (str(outcome), messages.get_message(f"outcome.{outcome}", lang))
                subjects.setdefault(shown(subject) if subject else "—", {})[period] = cell
        found.append((f"{rule.id} {rule.title.get(lang)}", periods, sorted(subjects.items())))
    return found


def unit_ranking(report: Report) -> list[UnitRanking]:
    """Rank units by their score, the lowest first, and by their violations where no pack has a scoring sheet.

    One order for all numbers: a unit without records of its own has no rate, but it has violations and a score. Violations from before the
    plan was binding are excluded.
    """
    records = report.records_by_unit()
    broken: dict[str, set[tuple[Any, ...]]] = {}
    violations: Counter[str] = Counter()
    for f in report.violations:
        if not f.before_plan:
            violations[f.real_unit or "—"] += 1
            # A record without a unit is attributed to the clause's unit, but is not one of that unit's records.
            if f.result.rows is not None and (own := f.facts.get("unit")):
                broken.setdefault(own, set()).add((f.table, f.src, f.source.row))
    of_unit: dict[str, list[Score]] = {}
    for one in scores(report):
        if one.unit is not None:
            of_unit.setdefault(one.unit, []).append(one)
    lines = []
    for u in {*records, *violations}:
        shown_unit = report.shown_unit(u)
        own_scores = tuple(of_unit.pop(shown_unit, ()))
        lines.append(UnitRanking(shown_unit, records[u], len(broken.get(u, ())), violations[u], own_scores))
    lines += [UnitRanking(u, 0, 0, 0, tuple(found)) for u, found in of_unit.items()]
    shown_ = [line for line in lines if line.violations or line.scores]
    return sorted(shown_, key=lambda x: ([s.score for s in x.scores], -x.violations, -(x.rate or 0), x.unit))


def _score_cells(one: Score, lang: str) -> tuple[str, str, str]:
    """A score, its worst case, and what is to be said of it."""
    remarks = [*veto_texts(one, lang), *floor_texts(one, lang)]
    return f"{one.score:g}", f"{one.worst_case:g}", messages.get_message("join.parts", lang).join(remarks)


def _pass_rates(report: Report, lang: str) -> list[tuple[str, int, int, int, int, float]]:
    """Return for each rule that decided something its name, passes, violations, what is undecided, waived, and the share of passes.

    What cannot be judged or needs a review is no pass: it counts in the whole. Passes are known of a whole check only.
    """
    if report.units:
        return []
    lines = []
    for result in report.results:
        counts = result.counts
        open_ = counts.get(Outcome.INDETERMINATE, 0) + counts.get(Outcome.NEEDS_REVIEW, 0)
        passed, broken, waived = (counts.get(o, 0) for o in (Outcome.PASS, Outcome.VIOLATION, Outcome.WAIVED))
        whole = passed + broken + open_ + waived
        if whole:
            name = f"{result.rule.id} {result.rule.title.get(lang)}"
            lines.append((name, passed, broken, open_, waived, passed / whole))
    return sorted(lines, key=lambda line: (line[-1], -line[2], line[0]))


def _data(report: Report, findings: list[Finding], tasks: dict[str, str], lang: str) -> str:
    """Return the data of the page's script as JSON: every finding as a list, with an index into shared texts."""
    texts: dict[str, int] = {}

    def text_number(text: str) -> int:
        return texts.setdefault(text, len(texts))

    spans: list[tuple[date, date]] = []
    rows = []
    for f in findings:
        start = f.facts.get("start")
        start = start.date() if isinstance(start, datetime) else start
        ends = [d for d in (start, f.due, f.actual) if isinstance(d, date)]
        if len(ends) > 1 or (ends and f.outcome is Outcome.VIOLATION):
            spans.append((min(ends), max([*ends, report.as_of] if f.actual is None else ends)))
        flags = [
            n
            for n, on in (("before_plan", f.before_plan), ("borderline", f.borderline), ("baseline_new", f.baseline == "new"))
            if on
        ]
        rows.append(
            [
                f.id,
                str(f.outcome),
                f.severity if f.outcome is Outcome.VIOLATION else "",
                text_number(f"{f.rule} {f.result.rule.title.get(lang)}"),
                text_number(f.unit or "—"),
                task_of(f.clause),
                subject_line(f),
                f.message.get(lang),
                text_number(f.remedy.get(lang)),
                _iso(start),
                _iso(f.due),
                _iso(f.actual),
                late_text(f, lang) or "",
                place_text(*f.source, lang),
                [text_number(step.get(lang)) for step in f.explanation],
                flags,
            ]
        )
    calendars = [r.context.calendar for r in report.results[:1]]
    data = {
        "rows": rows,
        "texts": list(texts),
        "tasks": [[task, f"{task} {title}".strip()] for task, title in tasks.items()],
        "asOf": report.as_of.isoformat(),
        "off": _days_off(calendars[0], spans) if calendars else {},
        "outcomes": {str(o): messages.get_message(f"outcome.{o}", lang) for o in Outcome},
        "severities": {s: messages.get_message(f"severity.{s}", lang) for s in Severity},
        "labels": {name: messages.get_message(f"page.{name}", lang) for name in _LABELS},
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _iso(day: Any) -> str:
    return day.isoformat() if isinstance(day, date) else ""


def _days_off(calendar: WorkCalendar, spans: list[tuple[date, date]]) -> dict[str, str]:
    """Return for each year of the spans one character a day: 1 for a day off, 0 for a working day, ? if unknown."""
    years = sorted({y for first, last in spans for y in range(first.year, min(last.year, first.year + 5) + 1)})
    found = {}
    for year in years:
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
        found[str(year)] = "".join(
            ("0" if calendar.is_working_day(d) else "1") if calendar.knows(d) else "?" for d in days if d.year == year
        )
    return found
