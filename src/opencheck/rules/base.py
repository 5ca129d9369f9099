"""What every requirement kind has in common: the protocol, the scope it plans in, and the judgement it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import narwhals as nw
import polars as pl
from pydantic import BaseModel, ConfigDict

from opencheck.backends import SPAN, Backend, local, place_number
from opencheck.calendar import WorkCalendar
from opencheck.records.dataset import ROW, SRC
from opencheck.records.fields import TableSpec
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import Fields, compile_conditions
from opencheck.rules.limits import DatedLimit, LimitSpec, Span, StatuteRef
from opencheck.rules.outcomes import Outcome

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = ["Covers", "Judged", "Judgement", "Kind", "Linked", "Named", "Scope", "Step", "code", "outcome_chain"]


@dataclass(frozen=True)
class Named:
    """A fact that has a name in each language: a topic, a cell of a grid."""

    zh: str
    en: str


FEW = 2_000
"""Doubtful records up to which each is looked at by itself."""
CELLS = "_cells"
"""A column that rules may read: every text of the row with the name of its column, unknown columns included."""
CELL = ("\x1f", "\x1e")
"""What stands in ``CELLS`` between a column's name and its text, and between two cells."""

Step = tuple[str, dict[str, Any]]
"""One line of a derivation: the name of a message in the catalogue and the facts that it is filled with."""


class Linked(BaseModel):
    """Records of another table that refer to this one: ``by`` is their field that holds this record's id."""

    model_config = ConfigDict(extra="forbid")

    table: str
    by: str


@dataclass(frozen=True)
class Covers:
    """The days, both included, that duties by year or period are checked for."""

    first: date
    last: date

    @property
    def years(self) -> list[int]:
        """The years that lie whole within."""
        return [
            y
            for y in range(self.first.year, self.last.year + 1)
            if self.first <= date(y, 1, 1) and date(y, 12, 31) <= self.last
        ]


@dataclass
class Judgement:
    """What a kind says of each record, as expressions over the table.

    ``code`` gives the outcome's number, ``due`` and ``actual`` the dates; ``extras`` are computed for the few rows that
    become findings.
    """

    code: nw.Expr
    due: nw.Expr | None = None
    actual: nw.Expr | None = None
    extras: dict[str, nw.Expr] = field(default_factory=dict)


@dataclass
class Judged:
    """One finished judgement that is not about one record: a period of a series, a count, a whole table."""

    outcome: Outcome
    unit: str | None = None
    subject: str | None = None
    period: str | None = None
    due: date | None = None
    actual: date | None = None
    record_id: str | None = None
    src: int | None = None
    row: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


class TextQuestion(NamedTuple):
    """A question of :meth:`Scope.of_text`."""

    field: str
    suspicious: bool
    as_written: bool


@dataclass
class Scope:
    """Where a rule is planned: the frames, the day, the calendar, and the joins that rules of one table share."""

    as_of: date
    calendar: WorkCalendar
    covers: Covers
    statutes: Mapping[str, tuple[DatedLimit, ...]]
    frames: Mapping[str, nw.LazyFrame[Any]]
    present: Mapping[str, frozenset[str]]
    witnesses: Mapping[str, nw.LazyFrame[Any]]
    """Every row of a table, the rejected ones (``_ghost``) included: what may stand behind an absence."""
    roster_reading: str = "any_day"
    rolls: bool = False
    """Whether deadlines in plain days that end on a day off run to the next working day."""
    topics: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Topic code → its name in Chinese and English."""
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each field whose values the pack names, those names."""
    linkers: list[Rule] = field(default_factory=list)
    """The rules that link records of another table to theirs."""
    joins: dict[str, dict[str, tuple[str, Any]]] = field(default_factory=dict)
    links: dict[str, tuple[str, nw.LazyFrame[Any]]] = field(default_factory=dict)
    linked_to: dict[str, str | None] = field(default_factory=dict)
    link_users: dict[str, set[str]] = field(default_factory=dict)
    asking: str = ""
    """The rule that is being planned, and by link those that use it."""
    numbered: dict[str, nw.Expr] = field(default_factory=dict)
    helpers: dict[str, nw.Expr] = field(default_factory=dict)
    questions: dict[str, TextQuestion] = field(default_factory=dict)
    """Those of the ``helpers`` that are asked of a long text."""
    listed: dict[str, tuple[str, nw.Expr]] | None = None
    """What rules ask of lists, with the list's field, by the column of the answers; None where it is asked in place."""
    memo: dict[str, Any] = field(default_factory=dict)
    backend: Backend = field(default_factory=local)
    pack: str = ""
    """The pack's name."""
    pieces: Mapping[str, list[nw.LazyFrame[Any]]] = field(default_factory=dict)
    """The rows of ``frames`` in pieces of a block or less, where the source can be cut."""
    untidied: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The texts of a table that may have white space around them in ``pieces``."""
    unique: frozenset[str] = frozenset()
    """The tables in which no two records have one id."""

    def fetch(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        """A frame worked out, in no order: for aggregates and other small results."""
        return self.backend.fetch(frame)

    def rows(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        """Records worked out, in the order in which they were read; the rejected ones last."""
        found = self.backend.fetch(frame)
        order = [n for n in (SRC, ROW, "id") if n in found.columns]
        return found.sort(order, nulls_last=True, maintain_order=True)

    def doubts(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        """Records that may fill a gap: all of them where they are few, else one of each sort (of what the frame tells beside the id)."""
        if self.fetch(frame.select(nw.len())).item() <= FEW:
            return self.rows(frame)
        keys = [n for n in frame.collect_schema().names() if n not in ("id", ROW, SRC)]
        return self.fetch(frame.group_by(keys).agg(nw.col("id").min())).sort("id", nulls_last=True)

    def fields(self, table: str) -> Fields:
        """The table's fields and which of them the source does not have."""
        spec = TABLES[table]
        of_list = None if self.listed is None else self._of_list
        return Fields(spec, frozenset(spec.fields) - self.present.get(table, frozenset()), self.words, of_list)

    def _of_list(self, name: str, question: str, answer: nw.Expr) -> nw.Expr:
        assert self.listed is not None
        self.listed.setdefault(question, (name, answer))
        return nw.col(question)

    def applies(self, rule: Rule) -> nw.Expr:
        """Whether a rule applies to a record: true, false or (a fact missing) null."""
        applies = compile_conditions(rule.when, self.fields(rule.on))
        return applies & nw.col(rule.for_year).is_in(self.covers.years) if rule.for_year else applies

    def dated(self, limit: LimitSpec) -> tuple[DatedLimit, ...]:
        """The limit's values by the days on which they hold."""
        if not isinstance(limit, StatuteRef):
            return (DatedLimit(limit),)
        own = (DatedLimit(limit.otherwise),) if limit.otherwise else ()
        return (*self.statutes[limit.statute], *own)

    def limit_on(self, limit: LimitSpec, day: date) -> DatedLimit | None:
        """The limit that holds on a day, or None where no norm was in force."""
        return next((d for d in self.dated(limit) if d.holds_on(day)), None)

    def from_day(self, day_field: str, what: str, value: Any) -> nw.Expr:
        """A column looked up in the calendar by a date field: the due day of a limit, a working day's number, a limit.

        Every date field is joined once, whatever number of columns rules want of it.
        """
        wanted = self.joins.setdefault(day_field, {})
        key = f"{what}:{value.key if isinstance(value, StatuteRef) else value}"
        if key not in wanted:
            wanted[key] = (what, value)
        return nw.col(self.column(day_field, key))

    @staticmethod
    def column(day_field: str, key: str) -> str:
        """The name of a looked-up column."""
        return undotted(f"_{day_field}|{key}")

    def due(self, day_field: str, limit: LimitSpec) -> nw.Expr:
        """The last day of a limit that starts on the field's day; null where the calendar or the norms do not reach."""
        return self.from_day(day_field, "due", limit)

    def deadline(self, day_field: str, limit: LimitSpec) -> nw.Expr:
        """The last day on which something is in time: a limit in plain days that ends on a day off runs to the next working day.

        民法典第二百零三条, by analogy; the pack's parameter ``roll_over_days_off`` can switch it off. Working days need no rolling, and
        what is due on the very day is not put off.
        """
        return self.from_day(day_field, "deadline" if self.rolls else "due", limit)

    def end_of(self, start: date, span: Span) -> date | None:
        """The last day of a span that starts with a day, not counted; None where the calendar does not reach."""
        if span.unit == "days":
            return start + timedelta(days=span.number)
        try:
            return self.calendar.add_working_days(start, span.number)
        except LookupError:
            return None

    def late(self, span: Span, due: date, end: date) -> tuple[int | None, str]:
        """By how much a day lies after a due day, in the unit of the limit.

        Done on a day off right after the last day is late by no whole working day: it is told in days.
        """
        if span.unit != "days":
            if not self.calendar.knows(end):
                return None, "working_days"
            if number := self.calendar.count_working_days(due, end):
                return number, "working_days"
        return (end - due).days, "days"

    def roster(self, topics: Sequence[str]) -> tuple[pl.DataFrame, list[Judged]]:
        """Who is expected for topics (``topic subject since until unit``), and what keeps that list from being whole."""
        if "roster" not in self.witnesses or not {"topic", "subject"} <= self.present["roster"]:
            return pl.DataFrame(), []
        listed = self.witnesses["roster"].filter(nw.col("topic").is_in(topics).fill_null(True))
        rows = self.rows(listed.select("topic", "subject", "since", "until", "unit", "_ghost", "id", ROW, SRC))
        sure = rows.filter(~pl.col("_ghost")).drop_nulls(["subject", "topic"])
        unsure = len(rows) - len(sure)
        missing = ("roster.subject",)
        return sure, [Judged(Outcome.INDETERMINATE, missing=missing, facts={"roster_rows": unsure})] if unsure else []

    def named(self, table: str, name: str, value: Any) -> Named:
        """A value of a field in words: a topic's title, a vocabulary's label, else the value itself."""
        if name == "topic" and value in self.topics:
            return Named(*self.topics[value])
        vocabulary = TABLES[table].fields[name].vocabulary
        return Named(vocabulary.label(value) if vocabulary else str(value), str(value))

    def numbered_day(self, name: str, number: nw.Expr) -> nw.Expr:
        """The working day of a number (counted from the calendar's first day), for limits that differ by record."""
        self.numbered.setdefault(name, number)
        return nw.col(name)

    def helper(self, name: str, expression: nw.Expr) -> nw.Expr:
        """A column that is worked out once, however often rules use it; the same name is the same column."""
        self.helpers.setdefault(name, expression)
        return nw.col(name)

    def of_text(
        self, field: str, question: str, answer: nw.Expr, *, suspicious: bool = False, as_written: bool = False
    ) -> nw.Expr:
        """What is asked of a long text: a column that is worked out once, and the text need not be kept for it.

        ``suspicious``: where the answer is yes, the text itself is looked at again. ``as_written``: the answer does not depend on white space
        around the text nor on how its lines end. All of one question is said alike.
        """
        # Spark takes a dot in a column's name for something else.
        name = f"_{field}|{blake2b(question.encode(), digest_size=8).hexdigest()}"
        self.questions.setdefault(name, TextQuestion(field, suspicious, as_written))
        return self.helper(name, answer)

    def link(self, name: str, key: str, make: Callable[[], nw.LazyFrame[Any]], of: str | None = None) -> None:
        """Join a frame of one row a ``key`` value onto the table; the same name is joined once.

        ``of`` names the table without whose rows the frame has none.
        """
        self.link_users.setdefault(name, set()).add(self.asking)
        if name not in self.links:
            self.links[name] = (key, make())
            self.linked_to[name] = of


class Kind(BaseModel):
    """A requirement kind: a rule's ``require`` entry as data, and what it makes of a table.

    A kind is one file; a rule is data. ``about`` says what is judged: each ``record``, or the table as a ``set``.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: ClassVar[str]
    about: ClassVar[str] = "record"
    needs_table: ClassVar[bool] = True
    """Whether nothing can be judged where the rule's table was not given."""
    refines_alone: ClassVar[bool] = False
    """Whether :meth:`refine` looks at nothing but the row itself: then it is done once, as long as the row stays what it is."""

    def refine(self, rule: Rule, rows: Any, scope: Any) -> Any:
        """Change the ``_code`` of the frame of rows that became findings, where only a look beyond the row can tell."""
        return rows

    def missing(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[str]:
        """The missing facts that leave a finding indeterminate, as field names (``table.field`` where of another)."""
        raise NotImplementedError

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """By how many days a violation is late or short, and whether working or calendar days; None where it has no due day."""
        due = found.get("due")
        if due is None:
            return None, None
        actual = found.get("actual")
        end = actual if actual is not None and actual <= scope.as_of else scope.as_of
        return (end - due).days, "days"

    def check(self, rule: Rule) -> None:
        """Refuse a rule whose data does not fit the tables.

        Raises:
            ValueError: naming what does not fit.
        """
        raise NotImplementedError

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """The (table, field) pairs that the kind reads, besides the rule's own conditions."""
        raise NotImplementedError

    def elements_of(self, rule: Rule) -> list[str]:
        """The elements of disclosures that the kind asks for; a pack must name them."""
        return []

    def topics_of(self, rule: Rule) -> list[str]:
        """The topics that the kind itself names; a pack must have them."""
        return []

    def scans(self, rule: Rule) -> str | None:
        """The text field that the kind reads through: a table without it is told once, not record by record."""
        return None

    def plan(self, rule: Rule, scope: Scope) -> Judgement:
        """The judgement of each record as expressions (for kinds about records)."""
        raise NotImplementedError

    def judge(self, rule: Rule, scope: Scope, everything: bool) -> tuple[dict[Outcome, int], list[Judged]]:
        """Counts of outcomes, and the judgements that become findings (for kinds about sets)."""
        raise NotImplementedError

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """The fields of the record whose cells a person should look at first."""
        raise NotImplementedError

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """The message of a finding: its name in the catalogue, and the facts it is filled with."""
        raise NotImplementedError

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """The derivation of a finding, line by line."""
        raise NotImplementedError


_TAG = 10**17  # more than any place, so that all of them have as many digits
_CUT = "\x1f"


def place_tag(*names: str) -> nw.Expr:
    """Source, row and some texts of a record in one text that sorts like its place: the first or last record of a group by one aggregate."""
    texts = [nw.col(n).fill_null("") for n in names]
    return nw.concat_str((place_number().fill_null(0) + _TAG).cast(nw.String), *texts, separator=_CUT)


def untagged(tag: str) -> tuple[int | None, int | None, list[str | None]]:
    """Source, row and the texts that :func:`place_tag` has put together."""
    place, *texts = tag.split(_CUT)
    number = int(place) - _TAG
    src, row = divmod(number, SPAN) if number else (None, None)
    return src, row, [t or None for t in texts]


def undotted(name: str) -> str:
    """A column's name that every engine takes for one: Spark reads a dot as the way into a nested column."""
    return name.replace(".", "·")


def need_field(table: str, name: str, *kinds: str) -> None:
    """Refuse a field that the table does not have, or of another kind than those named.

    Raises:
        ValueError: naming what the table has.
    """
    if table not in TABLES:
        raise ValueError(f"no table {table!r}; tables: {', '.join(TABLES)}")
    spec: TableSpec = TABLES[table]
    if name not in spec.fields:
        raise ValueError(f"table {table} has no field {name!r}; it has: {', '.join(spec.fields)}")
    if kinds and spec.fields[name].kind not in kinds:
        raise ValueError(f"{table}.{name} is a {spec.fields[name].kind}, needed: {' or '.join(kinds)}")


def day_of(table: str, name: str) -> nw.Expr:
    """The day that a date field holds, or on which the moment of a datetime field lies."""
    column = nw.col(name)
    return column.dt.date() if TABLES[table].fields[name].kind == "datetime" else column


def code(outcome: Outcome) -> nw.Expr:
    """An outcome as a literal of the code column."""
    return nw.lit(int(outcome), dtype=nw.Int8)


def norm_steps(limit: DatedLimit | None, facts: dict[str, Any]) -> list[Step]:
    """The norm that a limit rests on, and whether its number was read in the norm's text."""
    if limit is None:
        return [("within.no_norm", facts)]
    if not limit.norm_zh:
        return []
    norm = {**facts, "norm_zh": limit.norm_zh, "norm_en": limit.norm_en, "norm_clause": limit.clause or ""}
    return [("step.norm", norm), *([] if limit.seen else [("step.unseen", facts)])]


def outcome_chain(applies: nw.Expr, *cases: tuple[nw.Expr, Outcome], otherwise: Outcome) -> nw.Expr:
    """The first case that holds decides; a rule that does not apply, or may not apply, is settled first.

    A case whose condition is null does not hold, so cases must be ordered with what is unknown first.
    """
    chain = code(otherwise)
    settled = ((~applies, Outcome.NOT_APPLICABLE), (applies.is_null(), Outcome.INDETERMINATE), *cases)
    for condition, outcome in reversed(settled):
        chain = nw.when(condition).then(code(outcome)).otherwise(chain)
    return chain
