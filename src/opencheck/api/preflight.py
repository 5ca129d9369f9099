"""Preflight: check one record against every rule of its table, as if it were published on a given day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from opencheck.api.check import DEFAULT_PACK, as_day, check_records
from opencheck.api.listing_text import text_around
from opencheck.api.preflight_result import Preflight
from opencheck.core.errors import InputError, unknown_name
from opencheck.core.localized import LocalizedName, LocalizedText
from opencheck.core.outcomes import Outcome
from opencheck.documents import Document, Fix, read
from opencheck.documents.contradictions import find_classified, find_contradictions
from opencheck.documents.html import looks_like_html
from opencheck.documents.redaction import propose_label, propose_masks
from opencheck.readers import read_as
from opencheck.readers.python_values import plain_value
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES
from opencheck.records.vocabularies import VOCABULARIES
from opencheck.report import messages
from opencheck.report.finding import Finding
from opencheck.report.rejected import rejected_text
from opencheck.report.report import Report
from opencheck.report.wording import ignored_text
from opencheck.rules.kinds.free_of import FreeOf
from opencheck.rules.kinds.marked import Marked
from opencheck.rules.packs.loader import load_packs
from opencheck.rules.packs.pack import Pack

__all__ = ["CompiledRules", "preflight"]

PICTURES = "unread.pictures"
"""Small pictures, which most documents have: they are told, and do not keep a document from publication."""
THE_DOCUMENT = LocalizedName("", "the document")
"""What a note about the document itself calls it; Chinese needs no word for it."""


def preflight(
    record: Mapping[str, Any] | BaseModel | Document | str | Path | Sequence[Mapping[str, Any]],
    *,
    table: str = "document",
    attachments: Mapping[str, Document] | Sequence[str | Path] = (),
    pack: str | Path | Pack | Sequence[str | Path | Pack] = DEFAULT_PACK,
    as_of: date | str,
    parameters: Mapping[str, Any] | None = None,
    unread: Sequence[tuple[str, dict[str, Any]]] = (),
    values: Mapping[str, Any] | None = None,
) -> Preflight:
    """Check one record before it is published.

    Args:
        record: a document, or a record as a dict or model; ``published_on``, where it is left out or blank, is ``as_of``, and a ``text`` in
            HTML is read as a browser shows it. For ``listing`` the table itself: a path (.xlsx .csv .html), or rows.
        table: the record's table, ``document``, ``disclosure`` or ``listing``.
        values: constant fields of a listing, such as its topic.
        attachments: files published with it, as paths or as documents by name; their text is checked too.
        pack: packs by name or folder, or loaded packs.
        as_of: the day of publication; a later ``published_on`` of the record counts in its place.
        parameters: values that override the pack's own.
        unread: ``Document.unread``, for a record made from a document.

    Returns:
        Findings by group, automatic fixes and notes.

    Raises:
        InputError: the table is unknown, or a value is invalid.

    >>> text = "关于做好工作的通知\\n……\\n2018年8月24日"
    >>> result = preflight({"title": "通知", "is_policy": True, "attribute": "主动公开", "signed_on": "2018-08-24", "text": text,
    ...                     "reviewed_on": "2018-08-27", "review_result": "可以公开", "reviewer": "王某"}, as_of="2018-08-28")
    >>> result.clearance, [f.rule for f in result.blocking], [(f.rule, f.due.isoformat()) for f in result.upcoming]
    ('no', ['PD-13.3'], [('PD-9.4', '2018-08-31')])
    """
    if table not in TABLES:
        raise unknown_name("没有这张表 / no table", table, TABLES, code="unknown_table", field="table")
    spec = TABLES[table]
    packs = load_packs([pack] if isinstance(pack, (str, Path, Pack)) else pack, parameters)
    if table == "listing" or not isinstance(record, (Mapping, BaseModel, Document)):
        beside = Document("", unread=list(unread))
        if isinstance(record, (Mapping, BaseModel, Document)):
            row, lacking = _record_values(record)
            record, beside.unread = [row], [*beside.unread, *lacking]
        for name, other in _read_attachments(attachments):
            beside.attach(name, other)
        return _check_listing(record, table, values or {}, packs, as_day(as_of), beside)
    own, lacking = _record_values(record)
    own = _canonical_names(own, spec)
    if looks_like_html(str(own.get("text") or "")):
        page = read(str(own["text"]))
        own["text"], lacking = page.text, [*lacking, *page.unread]
    for name, other in _read_attachments(attachments):
        whole = Document(str(own.get("text") or ""))
        whole.attach(name, other)
        own["text"] = whole.text
        lacking += whole.unread
    day = as_day(as_of)
    own.setdefault("id", "1")
    if "published_on" in spec.fields:  # a draft is checked as what it will be on the day of its publication
        planned = _read(spec.fields["published_on"], own.get("published_on"), "")
        if planned is None:
            own["published_on"] = day
        elif isinstance(planned, date):
            day = max(day, planned)
    rules = [(b.rule, i) for p in packs for i, b in p.rules.items() if b.rule.on == table and b.rule.kind.about == "record"]
    links = {r.require.linked.table for r, _ in rules if r.require.linked}
    report = _check_one(own, spec, packs, [i for _, i in rules], links, day)
    values = _fields_as_read(report, table)

    parts = [*unread, *lacking]
    contradictions = _part_texts(_contradictions(values, table))
    findings = _of_draft(report, values.get("published_on"), day)
    read_through: dict[str, Any] = {n: v for n, v in values.items() if n in ("title", "text", "attribute")}
    return Preflight(
        {**own, **read_through},
        day,
        findings,
        _propose_fixes(findings, read_through),
        [*contradictions, *_part_texts(parts), *_misspelt(report)],
        packs,
        unread=_part_texts(p for p in parts if p[0] != PICTURES),
        contradictions=contradictions,
    )


class CompiledRules:
    """The rules about single records of a table, compiled once for many records; see :meth:`opencheck.rules.packs.pack.Pack.compile`."""

    def __init__(self, pack: Pack, table: str, as_of: date | str) -> None:
        if table not in TABLES:
            raise unknown_name("没有这张表 / no table", table, TABLES, code="unknown_table", field="table")
        self._pack, self._spec, self._day = pack, TABLES[table], as_day(as_of)
        own = [b.rule for b in pack.rules.values() if b.rule.on == table and b.rule.kind.about == "record"]
        self._rules = [r.id for r in own]
        self._links = {r.require.linked.table for r in own if r.require.linked}

    def check(self, record: Mapping[str, Any] | BaseModel) -> list[Finding]:
        """Check one record without linked records.

        Args:
            record: its fields, under any name that ledgers use; a missing key counts as a missing column, a missing date of an event
                as an event that has not happened yet.

        Returns:
            The findings: violations, pending duties and indeterminate ones.

        Raises:
            InputError: a value is invalid.
        """
        given = record.model_dump(exclude_unset=True) if isinstance(record, BaseModel) else record
        own = _canonical_names(given, self._spec)
        return _of_records(_check_one(own, self._spec, [self._pack], self._rules, self._links, self._day))


def _of_records(report: Report) -> list[Finding]:
    """What is found in the records themselves: that the year has no other record says nothing about a draft."""
    return [f for f in report.findings() if "no_record_between" not in f.facts]


def _of_draft(report: Report, published_on: date | None, day: date) -> list[Finding]:
    """The same of a draft, told as of one; a record that was published before the day of the check is none."""
    draft = published_on is None or published_on >= day
    return [replace(f, draft=draft) for f in _of_records(report)]


def _check_one(
    values: Mapping[str, Any], spec: TableSpec, packs: Sequence[Pack], rules: Sequence[str], links: set[str], day: date
) -> Report:
    """Check one record; nothing is linked to it.

    What has happened of a draft is told in it: a date of an event that it does not have is one that has not happened yet, unless a key that
    nobody understood may hold it. Tables leave it open.

    Raises:
        InputError: a value that is none of its field's.
    """
    events = [n for n, f in spec.fields.items() if f.column.blank_means_pending and not f.column.open_ended]
    if values.keys() <= spec.fields.keys():
        values = {**dict.fromkeys(events), **values}
    tables = {spec.name: [values], **{t: [] for t in sorted(links)}}
    report = check_records(tables, packs=packs, as_of=day, rules=rules)
    if report.rejected:
        raise InputError("；".join(f"{t.zh} / {t.en}" for r in report.rejected for t in rejected_text(r)))
    return report


def _check_listing(
    source: str | Path | Sequence[Mapping[str, Any]],
    table: str,
    values: Mapping[str, Any],
    packs: list[Pack],
    day: date,
    beside: Document,
) -> Preflight:
    """Check a published table, column by column, and what its file and its attachments show besides; rejected rows become notes."""
    data = read_as(source, table, values)
    rules = [i for p in packs for i, b in p.rules.items() if b.rule.on == table]
    report = check_records(data, packs=packs, as_of=day, rules=rules)
    text, lacking = text_around(data, table)
    beside.text, parts = text + beside.text, [*lacking, *beside.unread]
    findings = [*_of_draft(report, None, day), *_read_through(beside.text, packs, day)]
    open_ = [LocalizedText(zh=t.zh, en=t.en) for r in report.rejected for t in rejected_text(r)]
    open_ += [LocalizedText(zh=ignored_text(line, "zh"), en=ignored_text(line, "en")) for line in report.unread]
    unread = [*open_, *_part_texts(p for p in parts if p[0] != PICTURES)]
    return Preflight({**values}, day, findings, [], [*open_, *_part_texts(parts)], packs, unread=unread)


def _read_through(text: str, packs: list[Pack], day: date) -> list[Finding]:
    """Read a text for personal data, by the rules that read the text of a document; only what is found is told."""
    rules = [
        i
        for p in packs
        for i, b in p.rules.items()
        if b.rule.on == "document" and isinstance(b.rule.kind, FreeOf) and b.rule.kind.text == "text" and b.rule.kind.personal
    ]
    if not rules or not text.strip():
        return []
    report = check_records({"document": [{"id": "1", "text": text, "published_on": day}]}, packs=packs, as_of=day, rules=rules)
    return _of_draft(report, None, day)


def _part_texts(parts: Iterable[tuple[str, dict[str, Any]]]) -> list[LocalizedText]:
    """Messages of the catalogue in words."""
    return [messages.localized_message(code, {"file": THE_DOCUMENT, **facts}) for code, facts in parts]


def _canonical_names(values: Mapping[str, Any], spec: TableSpec) -> dict[str, Any]:
    """Rename the keys to the fields' canonical names.

    Raises:
        InputError: a field has two different values.
    """
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = spec.key_for(str(key))
        if name in found and found[name] != value:
            raise InputError(
                f"{key}：这一项给了两次，内容不同 / field {name!r} is given twice, with different values",
                code="contradiction",
                field=name,
                found=value,
            )
        found[name] = value
    return found


def _record_values(record: Mapping[str, Any] | BaseModel | Document) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """Return the values of a record, and the unreadable parts of a document."""
    if isinstance(record, Document):
        return record.as_record(), list(record.unread)
    return record.model_dump(exclude_none=True) if isinstance(record, BaseModel) else dict(record), []


def _read(spec: FieldSpec, value: Any, otherwise: Any) -> Any:
    """A value as its field reads it: None where it says nothing, such as 待定; ``otherwise`` where the field does not take it."""
    try:
        return spec.read(plain_value(value))
    except InvalidValue:
        return otherwise


def _read_attachments(attachments: Mapping[str, Document] | Sequence[str | Path]) -> list[tuple[str, Document]]:
    if isinstance(attachments, Mapping):
        return list(attachments.items())
    return [(Path(a).name, read(Path(a))) for a in attachments]


_READ = ("title", "text", "attribute", "number", "signed_on", "published_on")


def _misspelt(report: Report) -> list[LocalizedText]:
    """The keys of the record that are no field and resemble one: the field counts as not given."""
    return [LocalizedText(zh=ignored_text(line, "zh"), en=ignored_text(line, "en")) for line in report.ignored if line.near]


def _fields_as_read(report: Report, table: str) -> dict[str, Any]:
    """Return the checked values of the fields that are looked at beside the rules, as the reader typed them."""
    own = report.data.tables[table]
    kept = [n for n in _READ if n in own.present]
    return own.records(kept).select(kept).row(0, named=True) if kept else {}


def _contradictions(values: Mapping[str, Any], table: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what a document and its record say differently; a person settles it before publication."""
    text = str(values.get("text") or "")
    classified = find_classified(text, values.get("attribute"))
    if table != "document":
        return classified
    own = {n: values[n] for n in ("number", "signed_on", "published_on") if n in values}
    return [*find_contradictions(text, **own), *classified]


def _propose_fixes(findings: Sequence[Finding], read_through: Mapping[str, Any]) -> list[Fix]:
    """Propose automatic fixes, one for each position: masks for personal data, a label where the text has none."""
    found: dict[tuple[str, int, int], Fix] = {}
    for finding in findings:
        kind = finding.result.rule.kind
        text = read_through.get(getattr(kind, "text", None) or "")
        if finding.outcome is not Outcome.VIOLATION or not text:
            continue
        if isinstance(kind, FreeOf):
            if kind.text != "text" and text in str(read_through.get("text") or ""):
                continue  # a title that stands in the text, too, is mended there
            for fix in propose_masks(finding.rule, kind.text or "", text, kind.personal):
                found.setdefault((fix.field, fix.start, fix.end), fix)
        elif isinstance(kind, Marked) and not finding.facts.get("number"):
            attribute = read_through.get(kind.attribute)
            if attribute not in VOCABULARIES["attribute"].values:
                continue  # blank, or a word that has no printed label
            fix = propose_label(finding.rule, kind.text, text, attribute)
            found.setdefault((fix.field, fix.start, fix.end), fix)
    return sorted(found.values(), key=lambda f: (f.field != "title", f.start))
