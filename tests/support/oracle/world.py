"""The rules as their YAML entries stand, the days and norms, and the records of one ledger."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

import slow_calendar
from opencheck.records.tables import TABLES

from .cells import Refused, folded, read_cell

ROOT = Path(__file__).parents[3] / "rules"
ONE = timedelta(days=1)
AGAIN = "（第二期）"
"""What clerks write after a word that they have written before."""
BETWEEN = " /+和及与"
"""What stands between words that clerks write as one item of a list, as the generator does."""
LAST_KNOWN = max(slow_calendar.DAYS)


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """YAML 1.2: only true and false are yes and no, and ``on`` is a word."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def loaded(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), _Loader)


@functools.cache
def entries(name: str) -> tuple[Any, ...]:
    """The entries of a file of the pack, or of the statutes."""
    return tuple(loaded(ROOT / name))


@functools.cache
def parameters() -> dict[str, Any]:
    pack = loaded(ROOT / "pingdu-2018" / "pack.yaml")
    return {p["id"]: p["value"] for p in pack["parameters"]}


def filled(value: Any) -> Any:
    """An entry with its parameters filled in."""
    if isinstance(value, dict):
        return {k: filled(v) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(v) for v in value]
    if isinstance(value, str) and value[:1] == "$" and value[1:] in parameters():
        return parameters()[value[1:]]
    return value


@functools.cache
def rules() -> dict[str, dict[str, Any]]:
    """The rules by id, without their examples."""
    found = {}
    for file in sorted((ROOT / "pingdu-2018").glob("*.yaml")):
        listed = loaded(file)
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, dict) and "require" in entry:
                found[entry["id"]] = filled({k: v for k, v in entry.items() if k != "examples"})
    return found


def kind_of(rule: dict[str, Any]) -> str:
    """The key of the requirement."""
    return next(k for k in rule["require"] if k != "linked")


@functools.cache
def topics() -> dict[str, str]:
    """Spelling → topic."""
    found = {}
    for t in entries("pingdu-2018/topics.yaml"):
        for name in (t["id"], t["title"]["zh"], t["title"]["en"], *t.get("aliases", [])):
            found[folded(name)] = t["id"]
    return found


@functools.cache
def elements() -> dict[str, str]:
    """Spelling → required element."""
    found = {}
    for t in entries("pingdu-2018/topics.yaml"):
        for e in t.get("elements", []):
            for name in (e["name"], e["en"], *e.get("aliases", [])):
                found[folded(name)] = e["name"]
    return found


@functools.cache
def terms(name: str) -> dict[str, str]:
    """Spelling → term, of a field with terms."""
    if name == "elements":
        return elements()
    return {
        folded(s): t["name"]
        for t in entries("pingdu-2018/terms.yaml")
        if name in ([t["field"]] if isinstance(t["field"], str) else t["field"])
        for s in (t["name"], t["en"], *t.get("aliases", []))
    }


@functools.cache
def units() -> dict[str, str]:
    """Spelling → the unit's name in the pack."""
    return {folded(n): u["name"] for u in entries("pingdu-2018/units.yaml") for n in (u["name"], *u.get("aliases", []))}


@functools.cache
def merged() -> dict[str, str]:
    """A unit → the one that it was merged into."""
    return {u["name"]: u["merged_into"] for u in entries("pingdu-2018/units.yaml") if u.get("merged_into")}


@dataclass(frozen=True)
class Span:
    """A number of working days, days or hours."""

    number: int
    unit: str
    longer: Span | None = None

    @classmethod
    def of(cls, text: str) -> Span:
        number, unit = text.split()
        return cls(int(number), unit)


def limit_on(limit: Any, day: date) -> Span | None:
    """The limit that is in force on a day; None where no norm was."""
    if isinstance(limit, str):
        return Span.of(limit)
    family, name = limit["statute"].split("/")
    for norm in entries("cn-statutes/norms.yaml"):
        force = norm.get("in_force") or {}
        first, last = str(force.get("from", "0000")), str(force.get("to", "9999"))
        for held in norm["limits"]:
            ours = norm.get("family", norm["id"]) == family and held["id"] == name and "within" in held
            if ours and first <= day.isoformat() <= last:
                span = Span.of(held["within"])
                return Span(span.number, span.unit, Span.of(held["extension"]) if "extension" in held else None)
    return Span.of(limit["otherwise"]) if "otherwise" in limit else None


def last_day(start: date, span: Span) -> date:
    """The last day of a span, its first day not counted; plain days that end on a day off run on to the next working day."""
    if span.unit == "working_days":
        return slow_calendar.add(start, span.number)
    day = start + span.number * ONE
    while span.number and parameters()["roll_over_days_off"] and not slow_calendar.works(day):
        day += ONE
    return day


def lateness(span: Span, due: date, end: date) -> int:
    """By how much a day is late, in the unit of the limit; on days off right after the last day, in days."""
    if span.unit == "working_days" and (number := slow_calendar.count(due, end)):
        return number
    return (end - due).days


Row = dict[str, Any]


@dataclass
class Ledger:
    """The records of one ledger: read cell by cell; ``refused`` rows are kept aside."""

    as_of: date
    raw: dict[str, list[dict[str, Any]]]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    refused: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table, records in self.raw.items():
            self.rows[table], self.refused[table] = [], []
            for record in records:
                try:
                    row = {n: self._named(n, read_cell(table, n, record.get(n)), table) for n in TABLES[table].fields}
                except Refused:
                    self.refused[table].append({n: self._legible(table, n, record.get(n)) for n in TABLES[table].fields})
                else:
                    self.rows[table].append(row)

    def _legible(self, table: str, name: str, raw: Any) -> Any:
        """A cell of a row that cannot be used: blank where it cannot be read."""
        try:
            return self._named(name, read_cell(table, name, raw), table)
        except Refused:
            return None

    def _named(self, name: str, value: Any, table: str) -> Any:
        """A value under the name that the pack knows."""
        if value is None:
            return None
        if name == "topic":
            return topics().get(folded(value), value)
        if TABLES[table].fields[name].column.entity == "unit" or name == "unit":
            return [_unit(v) for v in value] if isinstance(value, list) else _unit(value)
        known = terms(name)
        if isinstance(value, list):
            return list(dict.fromkeys(word for v in value for word in _words(v, known)))
        return known.get(folded(value), value) if known and isinstance(value, str) else value

    def lacks(self, table: str, name: str) -> bool:
        """Whether no record of the table records the field."""
        records = self.raw.get(table, [])
        return bool(records) and not any(name in record for record in records)

    def open_where_blank(self, table: str, row: Row, name: str) -> bool:
        """Whether a blank date leaves open whether it was done: a blank says that it was not, but not of a row refused or of no column."""
        if row[name] is not None:
            return False
        says = TABLES[table].fields[name].column.blank_means_pending and not self.lacks(table, name)
        return not says or any(row is refused for refused in self.refused.get(table, []))

    def gives(self, table: str) -> bool:
        return table in self.raw


def _words(text: str, known: dict[str, str]) -> list[str]:
    """What an item of a list names: itself, or several known words that stand in it one after the other."""
    return _in_a_row(text, known) or [text]


def _one_word(text: str) -> str:
    """A word as it is looked up; for which time it is said makes no difference."""
    return folded(text).removesuffix(folded(AGAIN))


def _in_a_row(text: str, known: dict[str, str]) -> list[str]:
    """The known words that a text is made of, with one of BETWEEN after each but the last; none where a part is no word."""
    if (whole := _one_word(text)) in known:
        return [known[whole]]
    for at, character in enumerate(text):
        first = known.get(_one_word(text[:at])) if character in BETWEEN else None
        if first and (others := _in_a_row(text[at + 1 :], known)):
            return [first, *others]
    return []


def _unit(text: str) -> str:
    """A unit's name in the pack; of several in one cell each."""
    parts = [p for p in text.replace(";", "；").replace("、", "；").split("；") if p]
    return "；".join(units().get(folded(p), p) for p in parts)
