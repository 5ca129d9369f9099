"""Waivers: approved violations of a rule by a record, a unit or a topic, with a basis and a period of validity.

A waiver applies to checks as of its first to its last day. It must name rule, basis, approver, both days, and a record, unit or topic. Waivers
that are incomplete, not yet valid, expired or unmatched are reported and have no effect. One that names a record covers one record: where
several violate the rule under that id (offices number each sheet from 1) and the unit does not tell them apart, it covers none; nor does one
that names a record by the number of its row, for want of an id: once a row is inserted, another record has that number. Of batches that are
judged one by one (the findings of Spark) each is looked at by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from opencheck.core.display import display_text, displayed
from opencheck.core.errors import nearest_names
from opencheck.core.localized import LocalizedName, LocalizedText
from opencheck.core.normalize import normalize_key
from opencheck.core.outcomes import Outcome
from opencheck.engine.result import Note
from opencheck.readers.typed_columns import made_id_label
from opencheck.records.contradictions import CONTRADICTED, contradictions_in
from opencheck.records.dataset import ROW, SRC, Dataset, SourceLocation
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.report.messages import localized_message
from opencheck.report.wording import place_text
from opencheck.rules.packs.unit_names import named_by_any
from opencheck.rules.statements import states

if TYPE_CHECKING:
    from opencheck.report.finding import Finding
    from opencheck.rules.packs.pack import Pack

__all__ = [
    "Waiver",
    "apply_waivers",
    "read_waivers",
    "unapplied_notes",
]


_GROUNDS = ("basis", "approved_by", "from_", "until")
_REQUIRED_FIELDS = ("rule", *_GROUNDS)

_SCOPE_FIELDS = ("record_id", "unit", "topic")


@dataclass
class Waiver:
    """One row of the table ``waiver`` with its status.

    ``status`` is ``applied``, ``unmatched``, ``ambiguous`` or ``row_number`` (``places`` has the records), ``expired``, ``not_begun``,
    ``unknown_rule`` or ``incomplete`` (``missing`` names the missing fields).
    """

    id: str
    values: dict[str, Any]
    place: SourceLocation
    status: str = "unmatched"
    count: int = 0
    missing: list[str] = field(default_factory=list)
    places: list[SourceLocation] = field(default_factory=list)
    """Where the records stand of which it is not known which one is meant."""
    key: str | None = None
    """The key of the one finding that it covers, where it was given for a finding; else its fields say what it covers."""
    at: SourceLocation | None = None
    """Where the record of that finding stands: two files of one office may both have a record 1."""

    def nearest_rules(self, rules: Iterable[str]) -> LocalizedText | str:
        """Return the rules that an unknown rule is most like as a part of a sentence, or nothing."""
        near = nearest_names(self.values["rule"], rules) if self.status == "unknown_rule" else None
        return localized_message("note.nearest", {"nearest": near}) if near else ""

    def as_dict(self) -> dict[str, Any]:
        """Return the waiver as JSON data."""
        own = displayed(self)
        values = {k.rstrip("_"): v.isoformat() if isinstance(v, date) else v for k, v in own.values.items()}
        more = {"missing": self.missing} if self.missing else {}
        return {"id": own.id, **values, "status": self.status, "findings": self.count, **more, "source": own.place.as_dict()}


def read_waivers(data: Dataset, packs: Iterable[Pack], as_of: date) -> list[Waiver]:
    """Read the waivers of a dataset, with units and topics under the packs' canonical names.

    Args:
        data: the dataset.
        packs: the packs that resolve units and topics.
        as_of: the day of the check.
    """
    table = data.tables.get("waiver")
    if table is None:
        return []
    packs = list(packs)
    topics = {k: v for p in packs for k, v in p.topic_names.items()}
    found = []
    rows = table.records(contradictions=True).sort(SRC, ROW)
    founded = (
        rows.select(states("basis", table.spec.fields["basis"])).to_series() if "basis" in rows.columns else [None] * len(rows)
    )
    for row, is_founded in zip(rows.iter_rows(named=True), founded, strict=True):
        values: dict[str, Any] = {name: row.get(name) for name in ("rule", *_SCOPE_FIELDS, *_GROUNDS)}
        if values["unit"]:
            values["unit"] = named_by_any((p.unit_names for p in packs), values["unit"])
        if values["topic"]:
            values["topic"] = topics.get(normalize_key(values["topic"]), values["topic"])
        waiver = Waiver(str(row["id"]), values, data.place(row[SRC], row[ROW]))
        if not is_founded:  # 无正当理由, 领导同意 and the like found no waiver
            values["basis"] = None
        # Of a waiver whose columns disagree it is not known what it covers.
        contradicted = [c.field for c in contradictions_in(row[CONTRADICTED])]
        waiver.missing = list(dict.fromkeys([*(n for n in _REQUIRED_FIELDS if values[n] in (None, ELSEWHERE)), *contradicted]))
        if not any(values[n] for n in _SCOPE_FIELDS):
            waiver.missing.append("record_id")
        if waiver.missing:
            waiver.status = "incomplete"
        elif not any(values["rule"] in p.rules for p in packs):
            waiver.status = "unknown_rule"
        elif values["until"] < as_of:
            waiver.status = "expired"
        elif values["from_"] > as_of:
            waiver.status = "not_begun"
        found.append(waiver)
    return found


def apply_waivers(waivers: list[Waiver], findings: Iterable[Finding]) -> None:
    """Change the violations that a waiver covers to ``waived``, and count them on the waiver."""
    by_rule: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        if waiver.status in ("unmatched", "applied"):
            by_rule.setdefault(waiver.values["rule"], []).append(waiver)
    violations = [f for f in findings if f.outcome is Outcome.VIOLATION]
    for rule, own in by_rule.items():
        _drop_ambiguous(own, [f for f in violations if f.rule == rule])
    for finding in violations:
        covering = next((w for w in by_rule.get(finding.rule, ()) if _covers(w, finding)), None)
        if covering is None:
            continue
        covering.count += 1
        finding.outcome = Outcome.WAIVED
        finding.waiver = {
            "id": display_text(covering.id),
            **{name.rstrip("_"): displayed(covering.values[name]) for name in _GROUNDS},
        }
        counts = finding.result.counts
        if Outcome.VIOLATION in counts:  # batches of a Spark worker have none
            counts[Outcome.VIOLATION] -= 1
            if not counts[Outcome.VIOLATION]:
                del counts[Outcome.VIOLATION]
            counts[Outcome.WAIVED] = counts.get(Outcome.WAIVED, 0) + 1
    for waivers_ in by_rule.values():
        for waiver in waivers_:
            waiver.status = "applied" if waiver.count else "unmatched"


def unapplied_notes(waivers: Iterable[Waiver], packs: Iterable[Pack], as_of: date) -> list[Note]:
    """Return why each waiver that is not applied has no effect, as message names with facts.

    Args:
        waivers: the waivers as they are shown, after :func:`apply_waivers`.
        packs: the packs whose rules an unknown rule may be meant for.
        as_of: the day of the check.
    """
    rules = [i for p in packs for i in p.rules]
    notes: list[Note] = []
    for waiver in waivers:
        if waiver.status != "applied":
            facts = {**waiver.values, "id": waiver.id, "from": waiver.values["from_"], "as_of": as_of}
            facts["missing"] = [("waiver", n) for n in waiver.missing]
            facts["places"] = [LocalizedName(place_text(*p, "zh"), place_text(*p, "en")) for p in waiver.places]
            facts["near"] = waiver.nearest_rules(rules)
            notes.append((f"note.waiver_{waiver.status}", facts))
    return notes


def _has_made_id(finding: Finding) -> bool:
    """Whether the record has no id but the one that its row gave it."""
    place = finding.source
    label = made_id_label(TABLES[finding.table], (place.file, place.sheet))
    return place.row is not None and finding.facts.get("id") == f"{label}-{place.row}"


def _drop_ambiguous(waivers: list[Waiver], violations: list[Finding]) -> None:
    """Take out the waivers that do not tell for certain which violation they name, and note where these records stand."""
    for waiver in list(waivers):
        if waiver.key is not None or (record := waiver.values["record_id"]) is None:
            continue
        # A subject has many periods, all of which a waiver covers; a record is one row.
        records = [f for f in violations if _has_id(record, f) and _covers(waiver, f)]
        places = list(dict.fromkeys(f.source for f in records))
        by_row = any(map(_has_made_id, records))
        if by_row or len(places) > 1:
            waiver.status, waiver.places = "row_number" if by_row else "ambiguous", places
            waivers.remove(waiver)


def _covers(waiver: Waiver, finding: Finding) -> bool:
    """Return whether the finding matches every field that the waiver names."""
    if waiver.key is not None:
        return waiver.key == finding.key and waiver.values["unit"] == finding.unit and waiver.at == finding.source
    record, unit, topic = (waiver.values[n] for n in _SCOPE_FIELDS)
    if record is not None and not _names(record, finding):
        return False
    if unit is not None and unit != finding.real_unit:
        return False
    if topic is None:
        return True
    own = finding.facts.get("topic")
    return topic == own if own is not None else finding.result.rule.topics == (topic,)


def _names(record: str, finding: Finding) -> bool:
    """Return whether a waiver names the finding's record or subject: as the records do, or masked, as reports show it.

    A whole number in a waiver covers that number only, and no other that is masked alike.
    """
    if record == finding.facts.get("subject") or _has_id(record, finding):
        return True
    return record == display_text(record) and record == finding.subject


def _has_id(record: str, finding: Finding) -> bool:
    return record == finding.facts.get("id") or (record == display_text(record) and record == finding.record_id)
