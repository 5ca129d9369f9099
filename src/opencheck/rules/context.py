"""What a rule is planned against: the tables, the check day, the calendar, and shared look-ups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from opencheck.core.calendar import WorkCalendar
from opencheck.core.localized import Named
from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import DatedLimit, LimitSpec, Span, StatuteRef
from opencheck.engine.carriers.backends import ROW, SRC, Backend, local
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import Fields, compile_conditions
from opencheck.rules.expressions import undotted
from opencheck.rules.judgement import Covers, Judged, TextQuestion

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Scope",
]


FEW = 2_000
"""Doubtful records up to which each is looked at by itself."""


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

    def __getstate__(self) -> dict[str, Any]:
        # What findings are told from goes along; frames, expressions and plans belong to this process.
        left = ("frames", "witnesses", "pieces", "joins", "links", "helpers", "numbered", "questions", "memo")
        return {**self.__dict__, **{name: {} for name in left}, "linkers": [], "listed": None, "backend": local()}

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
