"""The report in about thirty lines: what was read, what to ask, the totals, the gravest violations with their remedies, where to look next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from rich.cells import cell_len

from opencheck.core.display import displayed
from opencheck.core.outcomes import Outcome
from opencheck.records.dataset import Rejected
from opencheck.report import messages
from opencheck.report.formats.due_list import upcoming_findings
from opencheck.report.formats.fitting import Line, Section, as_many_as_fit, chosen_versions, fitted
from opencheck.report.formats.gravest import gravest, gravest_lines
from opencheck.report.questions import mapped_otherwise
from opencheck.report.rejected import rejected_line
from opencheck.report.report import Report
from opencheck.report.wording import ignored_text, labelled, pack_titles, place_text, subject_line, task_title
from opencheck.rules.packs.selection import task_of

__all__ = [
    "Line",
    "counts_text",
    "entries_text",
    "overview",
    "statistics",
]

MOST_LINES = 33

_FEW = 3
"""Lines of a kind (rejected rows, unknown columns, remarks, duties due soon) at most."""

_LEAST_GRAVEST = 3
"""Of the gravest violations where very much is to be said before them."""

_WORST = 6
"""Units, and tasks, that one line names."""

_UNKNOWN_WORDS = ("note.unknown_topic", "note.unknown_words")

_SOON = timedelta(days=30)


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
    sections = [*_input_sections(report, lang, width), *_totals(report, lang, width)]
    if violations:
        sections += [*_gravest_sections(report, lang, width), *_soon_sections(report, lang, width)]
    more = [
        [Line(_say(name, lang, count=len(report.findings())), "dim")] for name in ("overview.more_briefly", "overview.more")
    ]
    sections += [_blank(8), _section(width, *more)]
    return chosen_versions(sections, MOST_LINES)


def _section(width: int, *versions: Iterable[Line], rank: int = 0) -> Section:
    """A section of versions that fit the width."""
    return Section([list(fitted(lines, width)) for lines in versions], rank)


def _blank(rank: int) -> Section:
    """A blank line where there is room for it."""
    return Section([[], [Line("")]], rank)


def _listed(
    title: str,
    items: Sequence[str],
    width: int,
    lang: str,
    *,
    rank: int,
    count: int | None = None,
    briefly: Sequence[str] | None = None,
    style: str = "bold yellow",
    where: str = "full",
) -> Iterator[Section]:
    """A title and its items: on one line as many as it holds; with more room a line each.

    Args:
        title: with the number of items.
        items: the first of them, as many as a page may show.
        width: columns of the line.
        lang: ``zh`` or ``en``.
        rank: see :class:`Section`.
        count: the number of items in all.
        briefly: all items in a few words, for the one line.
        style: of the title.
        where: the others are listed: ``full`` or ``due``.
    """
    if not items:
        return
    count = len(items) if count is None else count
    rest = messages.get_message(f"overview.rest_{where}", lang)
    separator = messages.get_message("join.parts", lang)
    one = as_many_as_fit(labelled(title, "", lang), briefly or items, width, separator, rest)
    versions = [[Line(one, style)]]
    for shown in range(1, min(count, _FEW) + 1):
        facts = {"title": title, "shown": shown}
        said = title if shown == count else _say("overview.some" if where == "full" else "overview.some_due", lang, **facts)
        versions.append([Line(said, style), *(Line(f"  {text}", short=True) for text in items[:shown])])
    yield _section(width, *versions, rank=rank)


def _input_sections(report: Report, lang: str, width: int) -> Iterator[Section]:
    """What was read, what was not, and what to ask first: the rest is judged without it."""
    yield _section(width, [Line(pack_titles(report.packs, lang), "bold", short=True)])
    yield _section(width, [Line(_say("table.read", lang, as_of=str(report.as_of), **report.rows))])
    if report.units:
        yield _section(width, [Line(_say("overview.only", lang, chosen=report.units), "bold", short=True)])
    yield from _questions(report, lang, width)
    yield from _first_in_full([t.get(lang) for t in report.unassigned_remarks()], width, lang)
    yield from _headings(report, lang, width)
    files = {file for file, _ in report.data.places}
    rejected = [_within(r, files) for r in report.rejected]
    title, lines = _say("table.rejected", lang, count=len(rejected)), [rejected_line(r, lang) for r in rejected[:_FEW]]
    cells = [_rejected_cell(r, lang) for r in rejected]
    yield from _listed(title, lines, width, lang, rank=3, count=len(rejected), briefly=cells)
    unread = [ignored_text(u, lang) for u in report.unread]
    yield from _listed(_say("table.unread", lang, count=len(unread)), unread, width, lang, rank=4)
    words = [(n, f) for n, f in report.notes if n in _UNKNOWN_WORDS]
    lines = [messages.localized_message(n, f).get(lang) for n, f in words]
    few = [_say("overview.word", lang, **f) if "words" in f else str(f["topic"]) for _, f in words]
    yield from _listed(_say("overview.words", lang, count=len(words)), lines, width, lang, rank=5, briefly=few)
    yield from _absent(report, lang, width)
    other = [messages.localized_message(n, f).get(lang) for n, f in report.notes if n not in (*_UNKNOWN_WORDS, "note.no_table")]
    yield from _listed(_say("overview.notes", lang, count=len(other)), other, width, lang, rank=7)


def _questions(report: Report, lang: str, width: int) -> Iterator[Section]:
    """Each question in full: an answer is typed from it. With little room only the first, which settles most."""
    if report.questions:
        texts = [f"{number}. {question.text.get(lang)}" for number, question in enumerate(report.questions, 1)]
        title = messages.get_message("question.title", lang)
        first = labelled(title, texts[0], lang) + _rest(len(texts) - 1, lang)
        versions = [[Line(title, "bold yellow"), *(Line(f"  {text}") for text in texts)]]
        yield _section(width, [Line(first, "bold yellow")], *versions, rank=2)


def _first_in_full(texts: Sequence[str], width: int, lang: str) -> Iterator[Section]:
    """The first of some remarks whole, and the others where there is room."""
    if texts:
        versions = [
            [
                *(Line(text, "bold yellow") for text in texts[: shown - 1]),
                Line(texts[shown - 1] + _rest(len(texts) - shown, lang), "bold yellow"),
            ]
            for shown in range(1, min(len(texts), _FEW) + 1)
        ]
        yield _section(width, *versions, rank=4)


def _rest(count: int, lang: str) -> str:
    return _say("overview.rest_full", lang, count=count) if count else ""


def _headings(report: Report, lang: str, width: int) -> Iterator[Section]:
    """The headings that were read under another name and those that were not used, a line for each sheet."""
    lines = mapped_otherwise(report.headings, lang)
    read = {(h.place.file, h.place.sheet) for h in report.headings if h.status == "mapped" and h.how != "name"}
    unread = {(h.place.file, h.place.sheet) for h in report.headings if h.status == "unknown"}
    parts = [_say(f"overview.headings_{n}", lang, count=len(s)) for n, s in (("read", read), ("unread", unread)) if s]
    title = _say("overview.headings", lang, parts=messages.get_message("join.clauses", lang).join(parts))
    yield from _listed(title, lines, width, lang, rank=6, style="dim")


def _rejected_cell(rejected: Rejected, lang: str) -> str:
    """Where a rejected row is, and the first value that was refused."""
    rejected = displayed(rejected)
    place, problem = place_text(*rejected.place, lang), rejected.problems[0]
    if not problem.header or not problem.found:
        return rejected_line(rejected, lang)
    return _say("overview.cell", lang, place=place, header=problem.header, found=problem.found)


def _absent(report: Report, lang: str, width: int) -> Iterator[Section]:
    """The tables that were not given, on one line, and how many rules were not checked for that."""
    absent = {str(facts["table"]): facts["rules"] for name, facts in report.notes if name == "note.no_table"}
    if absent:
        tables = [messages.table_label(table, lang) for table in absent]
        rules = {rule for names in absent.values() for rule in names}
        title = labelled(_say("overview.no_tables", lang, count=len(tables), rules=len(rules)), "", lang)
        separator, rest = messages.get_message("join.list", lang), messages.get_message("overview.rest_full", lang)
        yield _section(width, [Line(as_many_as_fit(title, tables, width, separator, rest), "dim")])


def _within(rejected: Rejected, files: Collection[str | None]) -> Rejected:
    """A rejected row without the name of its file where there is no other: the line is as short as a terminal."""
    place = rejected.place
    return replace(rejected, place=place._replace(file=None)) if len(files) == 1 and place.sheet else rejected


def counts_text(report: Report, lang: str) -> str:
    """Return the numbers of violations by severity and of the other outcomes; of what there is none, only violations and passes are told.

    Of a report of some units passes are not known.
    """

    def parts(counts: Mapping[str, int]) -> list[str]:
        return [
            messages.format_message(f"counts.{name}", lang, count=n) + entries_text(report, name, lang)
            for name, n in counts.items()
            if n
        ]

    outcomes = report.summary["outcomes"]
    before = sum(f.before_plan for f in report.violations)
    of_which = parts({**report.summary["violations"], "before": before})
    facts = {"count": outcomes["violation"], "parts": messages.get_message("join.clauses", lang).join(of_which)}
    counts = [messages.format_message("counts.of_which" if of_which else "counts.violation", lang, **facts)]
    counts += parts({name: outcomes[name] for name in ("indeterminate", "pending", "needs_review", "waived")})
    if not report.units:
        counts.append(messages.format_message("counts.pass", lang, count=outcomes["pass"]))
    return " · ".join(counts)


def entries_text(report: Report, outcome: str, lang: str) -> str:
    """Return how many entries of the list the judgements of an outcome are, where these are more: records that lack a field share one.

    Args:
        report: the report.
        outcome: an outcome or its name.
        lang: ``zh`` or ``en``.
    """
    listed = sum(1 for f in report.findings() if f.outcome == outcome)
    return _say("counts.entries", lang, count=listed) if 0 < listed < report.summary["outcomes"].get(outcome, 0) else ""


def _totals(report: Report, lang: str, width: int) -> Iterator[Section]:
    counts = Line(counts_text(report, lang), "bold red" if report.summary["violations"]["error"] else "bold")
    yield _section(width, [counts])
    if report.changes is not None:
        yield _section(width, [Line(_say("page.changes", lang, **report.changes))])
    broken = [f for f in report.violations if not f.before_plan]
    if not broken:
        return
    units = Counter(f.unit or messages.get_message("overview.no_unit", lang) for f in broken)
    tasks = Counter(task_of(f.clause) for f in broken)
    yield _worst_line("overview.units", units, [f"{u} {n}" for u, n in _worst(units)], lang, width)
    if others := report.violations_of_others():
        named = [u for u, _ in _worst(Counter(f.unit or "" for f in others))[:_FEW]]
        facts = {"count": len(others), "units": named, "own": report.own_unit}
        yield _section(width, [Line(f"  {_say('overview.others', lang, **facts)}", "bold yellow")])
    named = [f"{t} {task_title(report.packs, t, lang)} {n}" for t, n in _worst(tasks)]
    yield _worst_line("overview.tasks", tasks, named, lang, width)


def _worst_line(name: str, counts: Counter[str], worst: Sequence[str], lang: str, width: int) -> Section:
    """The worst on one line, which says how many there are: the others need not be counted again."""
    title = labelled(f"  {_say(name, lang, count=len(counts))}", "", lang)
    return _section(width, [Line(as_many_as_fit(title, worst, width, messages.get_message("join.list", lang), ""))])


def _worst(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:_WORST]


def _gravest_sections(report: Report, lang: str, width: int) -> Iterator[Section]:
    most = len(gravest(report.violations))
    if most:
        numbers = range(min(most, _LEAST_GRAVEST), most + 1)
        yield _blank(1)
        yield _section(width, *(gravest_lines(report, gravest(report.violations, n), lang, width) for n in numbers))


def _soon_sections(report: Report, lang: str, width: int) -> Iterator[Section]:
    found = upcoming_findings(report, report.as_of + _SOON)
    if not found:
        return
    few = [_say("overview.soon_one", lang, due=str(f.due), subject=subject_line(f, f.unit, f.rule)) for f in found]
    lines = [f"{f.due}  {subject_line(f, f.rule, f.result.rule.title.get(lang), f.unit)}" for f in found[:_FEW]]
    title = _say("overview.soon", lang, count=len(found))
    yield _blank(8)
    yield from _listed(title, lines, width, lang, rank=7, count=len(found), briefly=few, style="bold", where="due")


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

    lines = [line for section in _input_sections(report, lang, width) for line in section.versions[-1]]
    lines += [Line(counts_text(report, lang), "bold"), Line("")]
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
    return list(fitted(lines, width))


def _say(name: str, lang: str, /, **facts: object) -> str:
    return messages.format_message(name, lang, **facts)
