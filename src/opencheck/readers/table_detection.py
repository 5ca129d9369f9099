"""Detection of the table of a sheet, file or list of dicts, by its headers; its name decides only between tables that the headers allow.

Headers such as 序号, 单位, 备注, 状态 stand in tables of every kind, so they tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from opencheck.core.normalize import normalize_header, normalize_key
from opencheck.readers.heading_match import Heading, sure_fields
from opencheck.records.columns import Record
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "TABLE_KEYS",
    "Evidence",
    "detect_table",
    "evidence",
    "exact_table",
    "table_by_name",
    "table_of",
]


@lru_cache(maxsize=1)
def tables_by_name() -> Mapping[str, TableSpec]:
    """Return the tables by everything that they are called, folded.

    >>> tables_by_name()["信息公开台账"].name
    'disclosure'
    """
    return {normalize_key(n): spec for spec in TABLES.values() for n in (spec.name, spec.label_zh, *spec.aliases)}


def table_by_name(name: str) -> TableSpec | None:
    """Return the table that a sheet or file name equals or contains (the longest match wins), or None.

    >>> table_by_name("2018年公文台账").name
    'document'
    """
    key, names = normalize_key(name), tables_by_name()
    if key in names:
        return names[key]
    held = [(len(text), spec) for text, spec in names.items() if len(text) >= 2 and text in key]
    longest = max((length for length, _ in held), default=0)
    best = {spec.name for length, spec in held if length == longest}
    return TABLES[best.pop()] if len(best) == 1 else None


_COMMON = frozenset(Record.model_fields)

_BY_NAME, _BY_TITLE = 3.0, 1.5
"""What the sheet's name and a title above the table count, in fields."""


@dataclass(frozen=True)
class Evidence:
    """What the headings of a row tell of one table."""

    spec: TableSpec
    fields: frozenset[str]
    own: frozenset[str]
    """Fields that only such tables have."""
    telling: frozenset[str]
    """Those named by a heading that is not of the vague kind."""
    understood: bool
    """Whether every heading is one of the table's."""

    def suffices(self, name: str | None) -> bool:
        """Whether the headings are those of the table: two that tell are; one where the name names the table; any of its own where a word
        of the name does and no heading is strange."""
        if len(self.telling) >= 2:
            return True
        if len(self.fields) < 2:
            return False
        exact, named = _names(self.spec, name)
        if (named and self.telling) or (exact and len(self.own) >= 2):
            return True
        return self.understood and bool(self.own) and table_by_name(name or "") is self.spec

    def score(self, name: str | None, titles: Iterable[str] = ()) -> float:
        """How well the headings fit, with what name and titles add."""
        by_name = table_by_name(name) if name else None
        if by_name is not None:
            more = _BY_NAME if by_name is self.spec else 0.0
        else:
            more = _BY_TITLE if any(table_by_name(t) is self.spec for t in titles) else 0.0
        return len(self.fields) + 0.5 * len(self.own) + more


def _names(spec: TableSpec, name: str | None) -> tuple[bool, bool]:
    """Whether a name is one of the table's, and whether it names it at all: another short word inside a name (单位) does not."""
    key, label = normalize_key(name or ""), normalize_key(spec.label_zh)
    names = {normalize_key(n) for n in (spec.name, spec.label_zh, *spec.aliases)}
    return key in names, label in key or any(len(n) >= 3 and n in key for n in names)


def evidence(
    spec: TableSpec, headings: Iterable[Heading], mapping: Mapping[str, str] | None = None, sheet: str | None = None
) -> Evidence:
    """What headings tell of a table.

    >>> found = evidence(TABLES["unit"], [Heading("序号"), Heading("单位"), Heading("备注")])
    >>> sorted(found.fields), found.suffices("2018年单位")
    (['id', 'note', 'unit'], False)
    """
    fields: set[str] = set()
    telling: set[str] = set()
    understood = True
    for heading in headings:
        found = sure_fields(spec, heading, mapping or {}, sheet)
        fields |= set(found)
        understood = understood and bool(found)
        if found and _tells(spec, heading, found):
            telling |= set(found)
    return Evidence(spec, frozenset(fields), frozenset(fields - _COMMON), frozenset(telling), understood)


def _tells(spec: TableSpec, heading: Heading, found: tuple[str, ...]) -> bool:
    if heading.group is not None:
        return bool(set(found) - _COMMON)
    if set(found) <= _COMMON:
        return spec.names_row(heading.text)
    key = normalize_header(heading.text)[0]
    if key.isascii():
        return " " in heading.text.strip() or "_" in heading.text
    vague = {normalize_header(v)[0] for name in found for v in spec.fields[name].column.vague}
    # Words of two characters (类别, 状态, 月份) are in tables of every kind, the name of a document's number is not.
    return key not in vague and (len(key) > 2 or key == "文号")


def exact_table(name: str) -> TableSpec | None:
    """The table whose own Chinese or English name a sheet or file has, as the template gives it; None for any other name.

    >>> exact_table("公文").name, exact_table("单位"), exact_table("2018年公文台账")
    ('document', None, None)
    """
    key = normalize_key(name)
    return next((s for s in TABLES.values() if key in (normalize_key(s.label_zh), normalize_key(s.name))), None)


def table_of(name: str, headings: Iterable[str], mapping: Mapping[str, str] | None = None) -> TableSpec | None:
    """The table of a file by its columns, and by its name where they allow it.

    >>> table_of("2018年公文台账", ["编号", "标题", "成文日期"]).name, table_of("职位表_单位", ["序号", "单位", "备注"])
    ('document', None)
    """
    exact = exact_table(name)
    if exact is not None:
        return exact
    columns = [Heading(h) for h in headings]
    found = [e for e in (evidence(spec, columns, mapping) for spec in TABLES.values()) if e.suffices(name)]
    if found:
        return max(found, key=lambda e: e.score(name)).spec
    return detect_table(dict.fromkeys(h.text for h in columns))


TABLE_KEYS = ("table", "_table", "表")
"""Keys by which a row states its table."""


def detect_table(row: Mapping[str, Any]) -> TableSpec | None:
    """Return the table with most of its own fields among a row's keys; None unless there is exactly one.

    >>> detect_table({"id": "1", "held_on": "2018-09-12"}).name, detect_table({"id": "1", "status": "shipped", "region": "north"})
    ('meeting', None)
    """
    return _detected(tuple(map(str, row)))


@lru_cache(maxsize=256)
def _detected(keys: tuple[str, ...]) -> TableSpec | None:
    found = [evidence(spec, [Heading(key) for key in keys]) for spec in TABLES.values()]
    best = max(len(e.own) for e in found)
    fitting = [e for e in found if len(e.own) == best]
    return fitting[0].spec if len(fitting) == 1 and (fitting[0].telling or best >= 2) else None
