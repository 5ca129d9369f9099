"""A loaded pack: clauses, parameters, topics, vocabularies and rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from opencheck.core.calendar import FIRST_DAY, LAST_DAY
from opencheck.core.deprecation import renamed_keyword
from opencheck.core.errors import PackError
from opencheck.core.localized import LocalizedText
from opencheck.core.normalize import closest_word, most_alike, normalize_key
from opencheck.core.periods import Period
from opencheck.core.time_limits import DatedLimit
from opencheck.rules.judgement import Covers
from opencheck.rules.packs.models import AtomicCheck, Clause, Norm, Parameter, Source, Term, Topic, UnitName
from opencheck.rules.packs.scoring_sheet import ScoringSheet
from opencheck.rules.packs.unit_names import UnitNames
from opencheck.rules.rule import Rule

__all__ = [
    "Pack",
    "PackRule",
    "topic_like",
]


_ALIKE = 0.4
"""How much an unknown topic must resemble a known one to be taken for a possible spelling of it."""
_ALIKE_CODE = 0.8
"""The same of a code: environment.source_water and environment.air_quality have more letters in common than meaning."""
YEAR_BEFORE = "year_before"
"""What ``covers`` says where it follows the day of the check: the whole year before it."""


def _in_order(first: date, last: date) -> Covers:
    if first > last:
        raise ValueError(f"起止颠倒 / ends before it begins: {first}..{last}")
    if first < FIRST_DAY or last > LAST_DAY:
        raise ValueError(f"应在 / must be within {FIRST_DAY}..{LAST_DAY}: {first}..{last}")
    return Covers(first, last)


def _day(text: object) -> date:
    try:
        return date.fromisoformat(str(text).strip())
    except ValueError as exc:
        raise ValueError(f"应为日期，如 2018-12-31 / must be a date such as 2018-12-31; 填的是 / found {text!r}") from exc


def _parse_coverage(value: Any) -> Covers:
    if isinstance(value, Mapping):
        return _in_order(_day(value["from"]), _day(value["to"]))
    text = str(value)
    if ".." in text:
        first, last = text.split("..")
        return _in_order(_day(first), _day(last))
    try:
        period = Period.parse(text)
    except ValueError as exc:
        raise ValueError(f"found {text!r}; accepted: 2018, 2018-H1, 2018-Q1, 2018-06, 2018-01-01..2018-12-31") from exc
    return _in_order(period.first_day, period.last_day)


class PackRunner(Protocol):
    """Checks records by the rules of a pack; packs are data, and get one from the API."""

    def check(self, pack: Pack, rule: str, records: Any, as_of: date | str, *, include_all: bool) -> list[Any]:
        """The findings of one rule alone."""

    def compile(self, pack: Pack, table: str, as_of: date | str) -> Any:
        """The rules about single records of a table, planned once for many of them."""


class NoRunner:
    """Stands where a pack was loaded without the API."""

    def check(self, pack: Pack, rule: str, records: Any, as_of: date | str, *, include_all: bool) -> list[Any]:
        """Refuse.

        Raises:
            PackError: always.
        """
        raise PackError(f"{pack.id}: load it by opencheck.load_pack to check records with it")

    def compile(self, pack: Pack, table: str, as_of: date | str) -> Any:
        """Refuse; see :meth:`check`."""
        return self.check(pack, table, None, as_of, include_all=False)


@dataclass(repr=False)
class Pack:
    """A loaded pack: rules by id, clauses by id, topics, parameters with their values, and the norms it uses."""

    id: str
    title: LocalizedText
    path: Path
    source: Source | None
    parameters: dict[str, Parameter]
    values: dict[str, Any]
    topics: dict[str, Topic]
    clauses: dict[str, Clause]
    units: list[UnitName]
    norms: list[Norm]
    terms: list[Term] = field(default_factory=list)
    checks: list[AtomicCheck] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    tasks: Mapping[str, LocalizedText] = field(default_factory=dict)
    rules: dict[str, PackRule] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    score: ScoringSheet | None = None
    """The scoring sheet for appraisals, if the pack has one (``score.yaml``)."""
    runner: PackRunner = field(default_factory=lambda: NoRunner(), repr=False, compare=False)
    """What checks records by the pack's rules: :func:`opencheck.load_pack` puts it in."""
    plans: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """Cached plans of the engine; see :mod:`opencheck.engine.prepare`."""

    def __repr__(self) -> str:
        counts = f"{len(self.rules)} rules, {len(self.clauses)} clauses, {len(self.topics)} topics"
        return f"Pack({self.id}, {self.title.zh}: {counts})"

    def __getstate__(self) -> dict[str, Any]:
        # Cached plans hold native expressions, which belong to this process.
        return {**self.__dict__, "plans": {}}

    def compile(self, table: str, as_of: date | str) -> Any:
        """Compile the rules about single records of a table once, to check many records one by one.

        Args:
            table: the table's name, such as ``document``.
            as_of: records are checked as of the end of this day (Asia/Shanghai).

        Raises:
            InputError: unknown table, or invalid day.

        >>> import opencheck as oc
        >>> rules = oc.load_pack("pingdu-2018").compile("document", "2018-12-31")
        >>> [f.rule for f in rules.check({"id": "1", "is_policy": True, "proposed_attribute": None}) if f.rule == "PD-13.1"][:1]
        ['PD-13.1']
        """
        return self.runner.compile(self, table, as_of)

    def covers_on(self, as_of: date) -> Covers:
        """The range of days for which duties by year or period are checked on a day: ``year_before`` follows it."""
        if self.values.get("covers") == YEAR_BEFORE:
            return Covers(date(as_of.year - 1, 1, 1), date(as_of.year - 1, 12, 31))
        return self.covers

    @cached_property
    def covers(self) -> Covers:
        """The range of days for which duties by year or period are checked; where that follows the check day, from the day it is binding."""
        value = self.values.get("covers")
        if value == YEAR_BEFORE:
            first = self.binding_from or FIRST_DAY
            return Covers(date(first.year, 1, 1), date(first.year, 12, 31))
        if value is None:
            return Covers(FIRST_DAY, FIRST_DAY)
        return _parse_coverage(value)

    @cached_property
    def binding_from(self) -> date | None:
        """The day from which the source is binding; duties that fell due earlier are informative."""
        value = self.values.get("binding_from")
        return None if value is None else date.fromisoformat(str(value))

    @cached_property
    def statutes(self) -> dict[str, tuple[DatedLimit, ...]]:
        """Statutory limits by ``family/limit``, in order of their days in force."""
        found: dict[str, list[DatedLimit]] = {}
        for norm in self.norms:
            for limit in norm.limits:
                if limit.within is not None:
                    found.setdefault(f"{norm.family or norm.id}/{limit.id}", []).append(
                        DatedLimit(
                            limit.within,
                            norm.in_force.from_,
                            norm.in_force.to,
                            limit.extension,
                            norm.title.zh,
                            norm.title.en,
                            limit.clause,
                            limit.seen,
                        )
                    )
        ordered = {name: tuple(sorted(limits, key=lambda d: d.since or date.min)) for name, limits in found.items()}
        for name, limits in ordered.items():
            for earlier, later in pairwise(limits):
                if earlier.until is None or later.since is None or earlier.until >= later.since:
                    raise PackError(
                        f"{self.path}: {name}: 同一天有两个期限生效 / two limits are in force on one day: "
                        f"{earlier.norm_zh} (…{earlier.until or ''}), {later.norm_zh} ({later.since or ''}…)",
                        code="two_limits",
                        path=self.path,
                        field=name,
                    )
        return ordered

    @cached_property
    def topic_names(self) -> dict[str, str]:
        """Normalised spelling → topic code."""
        return {normalize_key(n): t.id for t in self.topics.values() for n in (t.id, t.title.zh, t.title.en, *t.aliases)}

    @cached_property
    def unit_names(self) -> UnitNames:
        """Normalised spelling → the unit's name in the pack; looked up by rule, see :class:`opencheck.rules.packs.unit_names.UnitNames`."""
        return UnitNames(self.units)

    @cached_property
    def unit_successors(self) -> dict[str, str]:
        """For each unit that was merged into another that other's name."""
        return {u.name: self.unit_names.get(normalize_key(u.merged_into)) or u.merged_into for u in self.units if u.merged_into}

    @cached_property
    def element_names(self) -> dict[str, str]:
        """Normalised spelling → element name, for spellings on which all topics agree."""
        found: dict[str, set[str]] = {}
        for topic in self.topics.values():
            for element in topic.elements:
                for name in (element.name, element.en, *element.aliases):
                    found.setdefault(normalize_key(name), set()).add(element.name)
        return {name: next(iter(meant)) for name, meant in found.items() if len(meant) == 1}

    @cached_property
    def term_names(self) -> dict[str, dict[str, str]]:
        """Field → (normalised spelling → canonical spelling), for the fields with terms."""
        found: dict[str, dict[str, str]] = {}
        for term in self.terms:
            for name in term.fields:
                found.setdefault(name, {}).update((normalize_key(t), term.name) for t in (term.name, term.en, *term.aliases))
        return found

    @cached_property
    def known_terms(self) -> dict[str, frozenset[str]]:
        """For each field whose words the pack names (elements among them), those names."""
        names = {**({"elements": self.element_names} if self.element_names else {}), **self.term_names}
        return {name: frozenset(known.values()) for name, known in names.items()}

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """Further words that say nothing, normalised: the parameter ``placeholders``."""
        words = self.values.get("placeholders") or ()
        return frozenset(
            normalize_key(str(word)) for word in (re.split("[;；、,，]", words) if isinstance(words, str) else words)
        )

    def nearest_term(self, field: str, text: str) -> str | None:
        """Return the known word of a field that is most similar to an unknown one, for messages."""
        names = self.element_names if field == "elements" else self.term_names.get(field, {})
        close = closest_word(normalize_key(text), names, at_least=0.4)
        return names[close] if close else None

    def nearest_topic(self, text: str) -> str | None:
        """Return the title of the topic that an unknown one resembles; None where it resembles none.

        >>> import opencheck as oc
        >>> oc.load_pack("pingdu-2018").nearest_topic("市政府常务会议")
        '会议议定事项'
        """
        found = topic_like(text, self.topic_names)
        return self.topics[found].title.zh if found else None


def topic_like(text: str, topic_names: Mapping[str, str]) -> str | None:
    """Return the topic that an unknown one resembles, and may be, among normalised names."""
    close = most_alike(normalize_key(text), topic_names, at_least=_ALIKE_CODE if text.isascii() else _ALIKE)
    return topic_names[close] if close else None


class PackRule:
    """A rule of a pack, which can check records by itself: ``pack.rules["PD-9.4"].check(records, as_of="2018-12-31")``."""

    def __init__(self, rule: Rule, pack: Pack, parameters: Iterable[str] = ()) -> None:
        self.rule = rule
        self.pack = pack
        self.parameters = tuple(parameters)
        """Ids of the pack's parameters that the rule uses."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "rule" not in self.__dict__:  # copy and pickle ask before __init__ has run
            raise AttributeError(name)
        return getattr(self.rule, name)

    def __repr__(self) -> str:
        return f"<rule {self.rule.id} of {self.pack.id}: {self.rule.title.zh}>"

    @renamed_keyword("everything", "include_all")
    def check(self, records: Any, *, as_of: date | str, include_all: bool = True) -> list[Any]:
        """Check records by this rule alone.

        Args:
            records: any source of :func:`opencheck.check`; rows of other tables are used for the rule's links.
            as_of: records are checked as of the end of this day.
            include_all: whether passes, and records that the rule does not concern, are listed too (``everything`` was its name).

        Returns:
            The findings, in the order of the records.

        >>> import opencheck as oc
        >>> rule = oc.load_pack("pingdu-2018").rules["PD-9.4"]
        >>> document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
        >>> reading = {"id": "r", "document_id": "1", "published_on": "2018-10-08"}
        >>> [str(f.outcome) for f in rule.check({"document": [document], "interpretation": [reading]}, as_of="2018-12-31")]
        ['pass']
        """
        return self.pack.runner.check(self.pack, self.rule.id, records, as_of, include_all=include_all)
