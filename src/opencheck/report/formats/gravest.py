"""The gravest violations in two lines each: which duty, whose, how late; and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from opencheck.core.outcomes import Outcome
from opencheck.report import messages
from opencheck.report.finding import Finding, by_gravity
from opencheck.report.formats.fitting import Line, cut, whole_sentences
from opencheck.report.report import Report
from opencheck.report.wording import late_text, place_text, subject_line

__all__ = ["gravest", "gravest_lines"]

GRAVEST = 10

_MOST_OF_A_RULE = 2
"""Violations of one rule among the gravest while other rules have any: ten of one kind would tell the same ten times."""

_STYLE = {"error": "bold red", "warning": "yellow", "advice": "blue"}

_LEAST_TITLE = 6
"""Columns of a rule's title below which it is left out: whose it is and how late matter more, and the rule's id is there."""


def gravest(findings: Iterable[Finding], number: int = GRAVEST) -> list[Finding]:
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


def gravest_lines(report: Report, chosen: Sequence[Finding], lang: str, width: int) -> Iterator[Line]:
    """Yield a title and two lines for each violation, the second with its remedy.

    A remedy that is wider than its line ends after a whole clause, and the title says where the others are.

    Args:
        report: the report of the violations.
        chosen: what :func:`gravest` returns.
        lang: ``zh`` or ``en``.
        width: columns of the terminal.
    """
    told = [_remedy_line(f, lang, width) for f in chosen]
    whole = all(text.endswith(f.remedy.get(lang)) for text, f in zip(told, chosen, strict=True))
    title = "overview.gravest" if whole else "overview.gravest_cut"
    yield Line(messages.format_message(title, lang, count=len(chosen), all=len(report.violations)), "bold")
    of_rule = Counter(f.rule for f in report.violations)
    for number, (finding, remedy) in enumerate(zip(chosen, told, strict=True), 1):
        more = of_rule[finding.rule] - sum(f.rule == finding.rule for f in chosen)
        last = next(f for f in reversed(chosen) if f.rule == finding.rule) is finding
        yield Line(_duty_line(number, finding, more if last else 0, lang, width), _STYLE[finding.severity], short=True)
        yield Line(remedy, short=True)


def _remedy_line(finding: Finding, lang: str, width: int) -> str:
    indent = "      → "
    remedy = whole_sentences(finding.remedy.get(lang), width - cell_len(indent))
    return indent + (remedy or messages.format_message("overview.remedy_elsewhere", lang, rule=finding.rule))


def _duty_line(number: int, finding: Finding, more: int, lang: str, width: int) -> str:
    """The duty, whose and how late, with as many particulars as fit: the place of the record goes first, its title last."""
    say = messages.format_message
    severity = messages.get_message(f"severity.{finding.severity}", lang)
    new = messages.get_message("table.new", lang) if finding.baseline == "new" else ""
    late = late_text(finding, lang)
    subject = subject_line(finding, finding.unit)
    # Without its title a record is told by its id; a subject or a period without a record is all there is.
    briefer = " ".join(p for p in (finding.unit, finding.record_id) if p) if finding.record_id else subject
    place = place_text(None, finding.source.sheet or finding.source.file, finding.source.row, lang)
    others = say("overview.same_rule", lang, count=more) if more else ""
    title = finding.result.rule.title.get(lang)
    if late is None or finding.due is None:
        what = with_due = finding.message.get(lang)
    else:
        name = "overview.short" if finding.result.rule.kind.falls_short else "overview.late"
        what = say(name, lang, late=late)
        with_due = say(f"{name}_since", lang, late=late, due=finding.due)

    def line(title: str, others: str, whose: str, what: str) -> str:
        duty = f"{finding.rule} {title}".rstrip()
        facts = {"severity": f"{severity}{new}", "duty": duty, "others": others, "whose": whose, "what": what}
        return f"  {number:>2}. {say('overview.violation', lang, **facts)}"

    placed = say("overview.whose", lang, whose=subject, place=place) if place else subject
    tries = (
        line(title, others, placed, with_due),
        line(title, others, subject, with_due),
        line(title, others, subject, what),
        line(title, others, briefer, what),
        line(title, "", briefer, what),
    )
    fits = next((text for text in tries if cell_len(text) <= width), None)
    if fits is not None:
        return fits
    if late is None:  # the message may be of any length: what it begins with comes after the title
        return tries[-1]
    room = width - cell_len(line("", "", briefer, what)) - 1  # for the space before the title
    return line(cut(title, room) if room >= _LEAST_TITLE else "", "", briefer, what)
