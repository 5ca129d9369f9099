"""A check with the answers of units: read from filled hand-outs, put beside the records, and judged by the same rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from opencheck.core.localized import LocalizedName
from opencheck.core.outcomes import Outcome
from opencheck.readers import read
from opencheck.readers.filled_cells import with_cells
from opencheck.readers.json_rows import add_records
from opencheck.records.dataset import ROW, SRC, Dataset, SourceLocation, Table
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.report.finding import Finding
from opencheck.report.handouts.answers import AnswerFiles, read_answers
from opencheck.report.handouts.content import STATUSES
from opencheck.report.handouts.reading import Answer, read_meanings
from opencheck.report.report import Report
from opencheck.report.waivers import Waiver, read_waivers
from opencheck.report.wording import place_text, subject_line

__all__ = ["with_answers"]

Again = Callable[[Dataset, Sequence[Waiver]], Report]
"""Checks records once more, with waivers beside those among them."""


def with_answers(report: Report, paths: str | Path | Iterable[str | Path], again: Again) -> Report:
    """Return the report of the same check with the answers of units.

    Reasons are put into the records, evidence and waivers beside them, and all rules are judged again. The report lists each answer with what
    became of it, in ``answers`` and in its notes.

    Args:
        report: the report without the answers.
        paths: filled hand-outs, or folders of them.
        again: checks records in the same way as the report.

    Raises:
        InputError: a file that cannot be read, or in which rows are shifted.
    """
    files = read_answers([paths] if isinstance(paths, (str, Path)) else paths)
    answers = read_meanings(files.given, report.findings(), [file for file, _ in report.data.places])
    data = _with_reasons(report.data, answers)
    data = _with_evidence(data, answers)
    checked = again(data, _waivers(report, answers))
    now = {(f.key, f.unit): f for f in checked.findings()}
    reviewed = {(f.rule, f.record_id): f for f in checked.findings()}
    for answer in answers:
        if answer.finding is not None:
            key = (answer.finding.rule, answer.row.get("id"))
            found = reviewed.get(key) if answer.kind == "evidence" else now.get((answer.finding.key, answer.finding.unit))
            answer.outcome = found.outcome if found else None
    checked.answers = [a.as_dict() for a in answers]
    checked.notes = [*_notes(files, answers), *_side_effects(report, checked, answers), *checked.notes]
    return checked


def _with_reasons(data: Dataset, answers: list[Answer]) -> Dataset:
    """Put reasons into the fields where the rules read them; those for which there is no column are refused."""
    cells: dict[tuple[str, int, int], Answer] = {}
    for answer in answers:
        if answer.kind == "reason" and (finding := answer.finding) is not None:
            cell = (finding.table, finding.facts[SRC], finding.facts[ROW])
            if cell in cells and cells[cell].row != answer.row:
                answer.kind, answer.why = "refused", "answer.contradiction"
            else:
                cells[cell] = answer
    filled, left = with_cells(data, {cell: answer.row for cell, answer in cells.items()})
    for cell in left:
        answer = cells[cell]
        answer.kind, answer.why, answer.facts = "refused", "answer.no_column", {"field": (cell[0], next(iter(answer.row)))}
    return filled


def _with_evidence(data: Dataset, answers: list[Answer]) -> Dataset:
    """Add the material that units name to the table of evidence, each under the file and row of its answer."""
    given = [a for a in answers if a.kind == "evidence"]
    if not given:
        return data
    table = data.tables.get("evidence")
    tables = dict(data.tables)
    if table is not None:
        tables["evidence"] = Table(table.spec, list(table.sources))
    data = replace(
        data, tables=tables, places=list(data.places), positions=dict(data.positions), headings=list(data.headings), pending=[]
    )
    places = dict.fromkeys((a.place.file, a.place.sheet) for a in given)
    for place in places:
        own = [a for a in given if (a.place.file, a.place.sheet) == place]
        add_records(data, [a.row for a in own], TABLES["evidence"], place, [a.place.row or 0 for a in own])
    return data


def _waivers(report: Report, answers: list[Answer]) -> list[Waiver]:
    given = [a for a in answers if a.kind == "waived"]
    if not given:
        return []
    by_id = {a.row["id"]: a for a in given}
    found = read_waivers(read({"waiver": [a.row for a in given]}), report.packs, report.as_of)
    for waiver in found:
        answer = by_id[waiver.id]
        assert answer.finding is not None
        waiver.key, waiver.at, waiver.place = answer.finding.key, answer.finding.source, answer.place
        waiver.values["unit"] = answer.finding.unit
    return found


def _notes(files: AnswerFiles, answers: list[Answer]) -> list[tuple[str, dict[str, Any]]]:
    """What the report says of the answers: the numbers, what was not used, and each answer that was."""
    counts = Counter(a.kind for a in answers)
    numbers = {kind: counts[kind] for kind in (*STATUSES, "refused")}
    notes: list[tuple[str, dict[str, Any]]] = [("answer.read", {"items": files.items, "given": len(files.given), **numbers})]
    notes += [("answer.unread", {"where": _where(place)}) for place in files.unread]
    for answer in sorted(answers, key=lambda a: a.kind != "refused"):
        facts: dict[str, Any] = {"where": _where(answer.place), "what": _what(answer)}
        if answer.kind == "refused":
            facts["why"] = _named(answer.why, answer.facts)
        else:
            facts |= {"text": answer.given.values.get("basis") or answer.given.values.get("link") or "", "day": answer.day}
            outcome = f"outcome.{answer.outcome}" if answer.outcome else "answer.settled"
            facts |= {"outcome": _named(outcome, {}), **{n: answer.row.get(n) for n in ("basis", "approved_by")}}
            if answer.kind == "reason" and answer.finding is not None:
                facts["field"] = (answer.finding.table, next(iter(answer.row)))
        notes.append((f"answer.{answer.kind}", facts))
    return notes


def _side_effects(before: Report, after: Report, answers: list[Answer]) -> list[tuple[str, dict[str, Any]]]:
    """Findings that nobody answered and that changed all the same: a reason stands in the record, where other rules read it, too."""
    answered = {(a.finding.key, a.finding.unit) for a in answers if a.finding is not None}
    reasons = {(a.finding.table, a.finding.record_id) for a in answers if a.kind == "reason" and a.finding is not None}
    now = {(f.key, f.unit): f.outcome for f in after.findings()}

    def changed(finding: Finding) -> bool:
        key = (finding.key, finding.unit)
        return (
            finding.outcome is not Outcome.PASS
            and key not in answered
            and (finding.table, finding.record_id) in reasons
            and now.get(key) is not finding.outcome
        )

    items = [subject_line(f, f.rule) for f in before.findings() if changed(f)]
    return [("answer.side", {"items": items})] if items else []


def _where(place: SourceLocation) -> LocalizedName:
    return LocalizedName(place_text(*place, "zh"), place_text(*place, "en"))


def _what(answer: Answer) -> str:
    if answer.finding is None:
        return " ".join(p for p in (answer.given.rule, answer.given.record_id) if p) or "—"
    return subject_line(answer.finding, answer.finding.rule)


def _named(name: str, facts: dict[str, Any]) -> LocalizedName:
    text = messages.localized_message(name, facts)
    return LocalizedName(text.zh, text.en)
