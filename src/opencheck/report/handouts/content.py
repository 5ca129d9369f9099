"""What a hand-out holds, independent of the format: the unit, its items in sections, and the columns in which it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from opencheck.core.normalize import normalize_key
from opencheck.core.outcomes import Outcome, Severity
from opencheck.report import messages
from opencheck.report.finding import OPEN_OUTCOMES, Finding, by_gravity
from opencheck.report.report import Report
from opencheck.report.wording import late_text, place_text, subject_text
from opencheck.rules.conditions import SEVERAL
from opencheck.rules.kinds.evidence import Evidence
from opencheck.rules.packs.unit_names import named_by_any

__all__ = [
    "ANSWERS",
    "APPROVAL",
    "REVIEW",
    "STATUSES",
    "Handout",
    "Item",
    "Section",
    "answer_columns",
    "cover",
    "file_mark",
    "handouts_of",
    "item_texts",
    "label",
    "reason_field",
    "section_title",
    "status_words",
    "statuses_of",
    "takes_evidence",
    "token_of",
    "without_records",
]

ANSWERS = ("status", "done_on", "basis", "link")
"""The columns that the unit itself fills in."""
APPROVAL = ("approved_by", "from_", "until")
"""What an approved waiver needs beside its basis."""
REVIEW = ("reviewer", "verdict", "reviewed_on")
"""What a reviewer adds to evidence."""

STATUSES = ("done", "doing", "reason", "waived", "evidence", "disputed")
"""What a unit can say of an item, see :mod:`opencheck.report.handouts.reading`."""

_SECTIONS = (*(s.value for s in Severity), Outcome.INDETERMINATE.value, Outcome.NEEDS_REVIEW.value)


@dataclass(frozen=True)
class Item:
    """One finding with its number in the hand-out."""

    number: int
    finding: Finding


@dataclass(frozen=True)
class Section:
    """The items of one kind: a severity of violations, ``indeterminate`` or ``needs_review``."""

    kind: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Handout:
    """What one unit gets."""

    report: Report
    unit: str | None
    """None for findings of which nobody is named as responsible."""
    sections: tuple[Section, ...]
    reply_by: date | None = None

    @property
    def items(self) -> Iterator[Item]:
        """Every item in order."""
        for section in self.sections:
            yield from section.items

    @property
    def speaks_of_records(self) -> bool:
        """Whether any item is about a record of the ledger; else all are about what it lacks."""
        return any(item.finding.rests_on_record for item in self.items)

    def count(self, *kinds: str) -> int:
        """The number of items in sections of these kinds."""
        return sum(len(s.items) for s in self.sections if s.kind in kinds)

    def name(self, lang: str) -> str:
        """The unit's name as a person reads it."""
        return self.unit or messages.get_message("handout.nobody", lang)


def handouts_of(report: Report, reply_by: date | None = None) -> list[Handout]:
    """Return the hand-outs of all units with something to put right, to complete or to show; the worst first.

    A finding of several units stands in the hand-out of each, as :meth:`Report.of_units` chooses them. What is not due yet is in none.

    >>> import opencheck as oc
    >>> rows = [{"id": "1", "unit": "市农业局", "received_on": "2018-10-08"}, {"id": "2", "unit": "市环保局", "received_on": "2018-10-08"}]
    >>> report = oc.check({"request": rows}, as_of="2018-12-31", rules=["PD-15.3"])
    >>> [(h.unit, len(list(h.items))) for h in handouts_of(report)]
    [('市农业局', 1), ('市环保局', 1)]
    """
    names = [pack.unit_names for pack in report.packs]
    units_of: dict[str | None, list[tuple[str | None, str | None]]] = {None: [(None, None)]}
    shown: dict[str | None, str | None] = {}
    found: dict[str | None, list[Finding]] = {}
    for finding in report.findings(OPEN_OUTCOMES):
        if finding.unit not in units_of:
            written = named_by_any(names, finding.unit or "").split(SEVERAL)
            units_of[finding.unit] = [(names[0].bare(normalize_key(unit)), unit) for unit in written]
        for key, unit in dict(units_of[finding.unit]).items():
            shown.setdefault(key, unit)
            found.setdefault(key, []).append(finding)
    made = [Handout(report, shown[key], _sections(own), reply_by) for key, own in found.items()]
    return sorted(made, key=lambda h: (h.unit is None, *(-h.count(kind) for kind in _SECTIONS), h.unit or ""))


def without_records(handouts: Iterable[Handout]) -> list[Handout]:
    """Return the hand-outs of units of which the ledger has no record, as far as it does not show that they broke a duty.

    In the ledger of one unit (:attr:`Report.own_unit`) it shows nothing of other units: their hand-outs would only say that all is missing.
    The ledger of many units does: there a hand-out with a violation is not among these.

    Args:
        handouts: those of one report.

    >>> import opencheck as oc
    >>> rows = [{"id": "1", "unit": "市农业局", "topic": "种子抽检", "published_on": "2018-10-08"}]
    >>> made = handouts_of(oc.check({"disclosure": rows}, as_of="2018-12-31", rules=["PD-8-1.1", "PD-8-7.1"]))
    >>> [h.unit for h in made], [h.unit for h in without_records(made)]
    (['市环保局', '市财政局'], ['市环保局', '市财政局'])
    """
    found = []
    for report, made in groupby(handouts, lambda h: h.report):
        others = set(map(id, report.violations_of_others()))
        for handout in made:
            here = handout.speaks_of_records or (handout.unit is not None and report.has_records(handout.unit))
            broken = (i.finding for i in handout.items if i.finding.outcome is Outcome.VIOLATION)
            if not here and all(f.before_plan or id(f) in others for f in broken):
                found.append(handout)
    return found


def _sections(findings: Sequence[Finding]) -> tuple[Section, ...]:
    grouped: dict[str, list[Finding]] = {}
    for finding in by_gravity(findings):
        kind = finding.severity.value if finding.outcome is Outcome.VIOLATION else finding.outcome.value
        grouped.setdefault(kind, []).append(finding)
    sections, number = [], 0
    for kind in _SECTIONS:
        items = tuple(Item(n, f) for n, f in enumerate(grouped.get(kind, ()), number + 1))
        number += len(items)
        if items:
            sections.append(Section(kind, items))
    return tuple(sections)


def token_of(finding: Finding) -> str:
    """Return what identifies a finding in a hand-out: its id, a check that the id still means the same when it comes back, and its file.

    Ids count findings that are alike in their order, which changes with the ledger; and the rows of a ledger may be numbered anew, so that
    record 1 is another one then.
    """
    parts = (
        finding.rule,
        finding.table,
        finding.record_id,
        finding.unit,
        finding.subject,
        finding.period,
        finding.title,
        finding.due,
    )
    return f"{finding.id}:{_digest(*parts)[:8]}:{file_mark(finding.source.file)}"


def file_mark(file: str | None) -> str:
    """Return the part of a token that tells the file of a record."""
    return _digest(file)[:6]


def _digest(*parts: object) -> str:
    return hashlib.sha256(chr(31).join(map(str, parts)).encode()).hexdigest()


def takes_evidence(finding: Finding) -> bool:
    """Whether the finding's rule is decided by a reviewer's verdict on evidence."""
    return isinstance(finding.result.rule.kind, Evidence)


def reason_field(finding: Finding) -> str | None:
    """Return the field of the record in which the rule takes a reason in writing for this breach; None where it takes none."""
    rule = finding.result.rule
    fields = [rule.justification] if rule.justification else list(dict.fromkeys(g.basis for g in rule.exceptions))
    if len(fields) != 1 or finding.source.row is None or finding.outcome is not Outcome.VIOLATION:
        return None
    return str(fields[0])


def statuses_of(finding: Finding) -> tuple[str, ...]:
    """Return those of ``STATUSES`` that can be used for a finding: what would always be refused is not offered."""
    usable = {
        "reason": reason_field(finding) is not None,
        "waived": finding.outcome is Outcome.VIOLATION,
        "evidence": takes_evidence(finding),
    }
    return tuple(status for status in STATUSES if usable.get(status, True))


def answer_columns(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the columns in which some findings of one section can be answered."""
    listed = list(findings)
    approval = APPROVAL if any(f.outcome is Outcome.VIOLATION for f in listed) else ()
    review = REVIEW if any(takes_evidence(f) for f in listed) else ()
    return (*ANSWERS, *approval, *review)


def label(column: str, lang: str) -> str:
    """Return the heading of a column."""
    return messages.get_message(f"handout.column_{column.rstrip('_')}", lang)


def status_words(findings: Iterable[Finding], lang: str) -> list[str]:
    """Return what the column of the status can say of some of the findings."""
    usable = {status for finding in findings for status in statuses_of(finding)}
    return [messages.get_message(f"handout.status_{status}", lang) for status in STATUSES if status in usable]


def section_title(section: Section, lang: str) -> str:
    """Return the title of a section with the number of its items."""
    return messages.format_message(f"handout.section_{section.kind}", lang, count=len(section.items))


def cover(handout: Handout, lang: str) -> list[str]:
    """Return the text of the cover: why it was checked, what was found, what the unit is asked to do, how an answer is read."""
    report = handout.report
    kinds = {s.value: handout.count(s.value) for s in Severity}
    files = sorted({file for file, _ in report.data.places if file})
    reply = messages.format_message("handout.reply_by", lang, day=handout.reply_by) if handout.reply_by else ""
    facts = {
        "plans": [p.title.get(lang) for p in report.packs],
        "as_of": report.as_of,
        "files": files or None,
        "violation": sum(kinds.values()),
        **kinds,
        "indeterminate": handout.count("indeterminate"),
        "needs_review": handout.count("needs_review"),
        "reply": reply,
    }
    lines = [messages.format_message("handout.basis" if files else "handout.basis_plain", lang, **facts)]
    lines.append(messages.format_message("handout.found", lang, **facts))
    lines.append(messages.format_message("handout.ask_by" if reply else "handout.ask", lang, **facts))
    return [*lines, *(messages.get_message(name, lang) for name in ("handout.how_status", "handout.how_open"))]


def item_texts(item: Item, lang: str) -> dict[str, str]:
    """Return the texts of an item by column: what it is, on what it rests, which record, by when, what to do."""
    finding = item.finding
    rule, late, message = finding.result.rule, late_text(finding, lang), finding.message.get(lang)
    due = messages.format_value(finding.due_at or finding.due, lang) if finding.due else ""
    if due and late:
        due = messages.format_message("handout.due_late", lang, due=due, late=late)
    title = rule.title.get(lang)
    if finding.before_plan:
        title = messages.format_message("join.counted", lang, what=title, count=messages.get_message("page.before_plan", lang))
    clause = finding.result.pack.clauses.get(finding.clause)
    return {
        "number": str(item.number),
        "rule": finding.rule,
        "what": f"{title}\n{message}",
        "title": title,
        "message": message,
        "clause": f"{clause.id} {clause.duty.get(lang)}" if clause else finding.clause,
        "record_id": finding.record_id or "",
        "record": subject_text(finding),
        "place": place_text(*finding.source, lang),
        "due": due,
        "remedy": finding.remedy.get(lang),
    }
