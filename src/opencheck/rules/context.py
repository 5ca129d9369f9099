"""What a rule is planned and judged against: the day, the calendar, the statutes, what the tables hold, and columns that rules share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import polars as pl

from opencheck.core.calendar import WorkCalendar
from opencheck.core.localized import LocalizedName
from opencheck.core.time_limits import DatedLimit, Duration, LimitSpec, StatuteRef
from opencheck.records.dataset import REJECTED
from opencheck.records.tables import TABLES
from opencheck.rules.condition_expressions import TableFields, compile_conditions, still_to_come
from opencheck.rules.expressions import day_of, open_to_everybody, owed_to_everybody
from opencheck.rules.judgement import Covers
from opencheck.rules.offices import Offices
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Link
from opencheck.rules.undated import MOST_NAMED, some_of

__all__ = ["MOST_DANGLING", "Dangling", "DanglingReferences", "PlannedColumns", "RuleContext"]


@dataclass
class PlannedColumns:
    """The columns that the rules of a table look up, join or share, each worked out once for a batch."""

    by_day: dict[str, dict[str, tuple[str, Any]]] = field(default_factory=dict)
    """For each date field the columns that are looked up by it in the calendar."""
    workdays: dict[str, pl.Expr] = field(default_factory=dict)
    """Working days that are looked up by their number."""
    shared: dict[str, pl.Expr] = field(default_factory=dict)
    """Columns that several rules use, by their names."""
    lists: dict[str, tuple[str, pl.Expr]] = field(default_factory=dict)
    """Predicates on list fields, by the column of their results: the field, and the predicate, which is worked out once for each
    different list of a batch."""
    links: dict[str, Link] = field(default_factory=dict)
    """Joins with linked records, by their names."""
    referring: dict[tuple[str, str], pl.Expr] = field(default_factory=dict)
    """By table and field whether a row refers to another record."""


MOST_DANGLING = MOST_NAMED + 1
"""Dangling references that are kept of an office: one more than are named, so that it is told that there are more."""


class Dangling(NamedTuple):
    """The records of one office that point to no record."""

    first: tuple[str, ...] = ()
    """The first of them."""
    undated: tuple[str, ...] = ()
    """The first one that does not name what it refers to, and of which no day is known: it may be of any."""
    by_day: tuple[tuple[date, str], ...] = ()
    """Of each day the first one that does not name what it refers to, in the order of the days."""

    @classmethod
    def of(cls, records: Iterable[tuple[str, date | None, bool]]) -> Dangling:
        """Keep of some records what is told; they are given in their order, with their days, and whether they name what they refer to."""
        first: dict[str, None] = {}
        of_day: dict[date | None, str] = {}
        for record, day, names_another in records:
            if len(first) < MOST_DANGLING:
                first[record] = None
            if not names_another:
                of_day.setdefault(day, record)
        undated = of_day.pop(None, None)
        by_day = sorted((day, record) for day, record in of_day.items() if day is not None)
        return cls(tuple(first), () if undated is None else (undated,), tuple(by_day))

    def between(self, first: date | None, last: date | None) -> Iterator[str]:
        """Those that may be of one of some days and do not name what they refer to; where the days are not known, all."""
        if first is None or last is None:
            yield from self.first
            return
        yield from self.undated
        for day, record in self.by_day[bisect_left(self.by_day, (first, "")) :]:
            if day > last:
                return
            yield record


@dataclass(frozen=True)
class DanglingReferences:
    """Records of a linked table that point to no record."""

    of_anyone: Dangling = field(default_factory=Dangling)
    """Those that name no office, or one that nobody knows, and may belong to any."""
    by_office: Mapping[str, Dangling] = field(default_factory=dict)
    """Those of each office that they name."""
    everyone: Dangling = field(default_factory=Dangling)
    """Those of all offices."""
    offices: Offices = field(default_factory=Offices)
    """How offices are told apart."""

    def __bool__(self) -> bool:
        return bool(self.everyone.first)

    def possible(self, units: pl.Series, first: pl.Series, last: pl.Series) -> pl.Series:
        """Find the references that may be meant for each of some records.

        Args:
            units: for each record the cells that name its offices; null, or a name that nobody knows, may be any office.
            first: for each record the first day that counts; null where any does.
            last: likewise the last day.

        Returns:
            For each record the ids of some.
        """
        named = units.to_frame("cells").select(self.offices.each(pl.col("cells")).alias("offices"))
        named = named.with_columns((self.offices.unknown(pl.col("offices")).list.len() > 0).alias("any"), first, last)
        nothing, found = Dangling(), []
        for offices, any_, begin, end in named.iter_rows():
            of_any = any_ or offices is None or None in offices
            several = [self.everyone] if of_any else [self.of_anyone, *(self.by_office.get(o, nothing) for o in offices)]
            found.append(some_of(i for one in several for i in islice(one.between(begin, end), MOST_DANGLING)))
        return pl.Series("stray", found, dtype=pl.List(pl.String))


@dataclass
class RuleContext:
    """What the rules of one pack need besides the records, to be planned and judged.

    It can be pickled: the workers of a cluster plan the same rules again.
    """

    as_of: date
    calendar: WorkCalendar
    covers: Covers
    statutes: Mapping[str, tuple[DatedLimit, ...]]
    present: Mapping[str, frozenset[str]]
    """The tables that are given, and of each the fields that its sources have."""
    repeated: frozenset[str] = frozenset()
    """The tables of which rows were refused because another one has their id."""
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By table the names of sheets, files and the like that were not read and may hold records of it; such a name stands where the id of a
    record would."""
    proposed: frozenset[tuple[str, str, str]] = frozenset()
    """Table, field and heading of the columns that are not read and likely are the field, which may be said there."""
    roster_policy: str = "any_day"
    roll_to_next_workday: bool = False
    """Whether deadlines in plain days that end on a day off run to the next working day."""
    topic_titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    known_units: frozenset[str] = frozenset()
    """The names of the units that the pack knows."""
    known_terms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each field whose values the pack names, those names."""
    successors: Mapping[str, str] = field(default_factory=dict)
    """For each office that was merged into another that other's name."""
    pack: str = ""
    columns: PlannedColumns = field(default_factory=PlannedColumns, repr=False, compare=False)

    @cached_property
    def unconfirmed(self) -> frozenset[tuple[str, str, str]]:
        """What is ``proposed`` for a field that the table does not have. Of a table that is itself what is published the headings count as
        they are."""
        return frozenset(
            p for p in self.proposed if p[1] not in self.present.get(p[0], frozenset()) and not TABLES[p[0]].is_published
        )

    @property
    def offices(self) -> Offices:
        """How the pack tells offices apart."""
        return Offices(self.known_units, self.successors)

    def __getstate__(self) -> dict[str, Any]:
        # Planned columns are expressions of this process; whoever loads the context plans again.
        return {**self.__dict__, "columns": PlannedColumns()}

    def for_table(self) -> RuleContext:
        """The same context with no columns planned yet."""
        return replace(self, columns=PlannedColumns())

    def fields(self, table: str) -> TableFields:
        """The table's fields and which of them the source does not have."""
        spec = TABLES[table]
        absent = frozenset(spec.fields) - self.present.get(table, frozenset())
        unconfirmed = frozenset(name for of_table, name, _ in self.unconfirmed if of_table == table)
        return TableFields(
            spec,
            absent,
            self.known_terms,
            self.as_of,
            self.list_predicate,
            self.shared,
            offices=self.offices,
            unconfirmed=unconfirmed,
        )

    def list_predicate(self, name: str, column: str, predicate: pl.Expr) -> pl.Expr:
        """Plan a predicate on a list field, worked out once for each different list of a batch.

        Args:
            name: the field.
            column: a name for the column of results; the same name is the same column.
            predicate: the predicate over the field.

        Returns:
            The column of results.
        """
        self.columns.lists.setdefault(column, (name, predicate))
        return pl.col(column)

    def applies(self, rule: RuleSpec) -> pl.Expr:
        """Whether a rule applies to a record: true, false, or null where a fact is missing. A shared column."""
        return self.shared(f"_applies:{rule.id}", self.applies_expr(rule))

    def applies_expr(self, rule: RuleSpec, *, absence: bool = False, own_columns: bool = False) -> pl.Expr:
        """The expression behind :meth:`applies`, for those that use it once or over other rows.

        Args:
            rule: the rule.
            absence: whether what is missing is looked for: then an unknown topic may be the one that is missing.
            own_columns: whether only columns of the table may be used, and no shared ones.
        """
        # Which records a rule concerns does not hang on the day of the check; what is still to come is pending.
        fields = replace(self.fields(rule.on), as_of=None, unknown_is_any_topic=absence)
        fields = replace(fields, list_predicate=None, shared=None) if own_columns else fields
        applies = compile_conditions(rule.when, fields)
        if rule.only_open:
            applies = applies & (owed_to_everybody() if own_columns else self.owed())
        return applies & pl.col(rule.for_year).is_in(self.covers.years) if rule.for_year else applies

    def still_to_come(self, rule: RuleSpec) -> pl.Expr | None:
        """Whether what a rule's duty starts with has not happened by the day of the check; None where no date tells."""
        return still_to_come(rule.when, rule.due.on if rule.due else (), self.fields(rule.on))

    def of_topic(self, rule: RuleSpec) -> pl.Expr | None:
        """Whether a record may be of a topic that the rule names, over the topic alone; None where it names none, or no source has one.

        An unknown topic may be any of them.
        """
        if not rule.topics or "topic" not in self.present.get(rule.on, ()):
            return None
        fields = replace(self.fields(rule.on), as_of=None, unknown_is_any_topic=True)
        return compile_conditions({"topic": rule.when["topic"]}, fields)

    def open_where_blank(self, table: str, field: str) -> pl.Expr:
        """Whether a blank date of a row leaves open whether and when the act was done.

        Reading: a blank in a column that says when something was done means that it is not done yet, in every kind of rule alike; in a
        row that could not be used, and where no source has the column, it says nothing.
        """
        means_pending = TABLES[table].fields[field].column.blank_means_pending and field in self.present.get(table, ())
        return pl.col(field).is_null() & (pl.col(REJECTED) if means_pending else pl.lit(True))

    def undated(self, table: str, field: str) -> pl.Expr:
        """Whether a row's date is blank, which means that the act is not done; not where :meth:`open_where_blank` holds."""
        return pl.col(field).is_null() & ~self.open_where_blank(table, field)

    def versions(self, limit: LimitSpec) -> tuple[DatedLimit, ...]:
        """The versions of a limit with the days on which each is in force; a limit of the pack's own has one."""
        if not isinstance(limit, StatuteRef):
            return (DatedLimit(limit),)
        own = (DatedLimit(limit.otherwise),) if limit.otherwise else ()
        return (*self.statutes[limit.statute], *own)

    def limit_on(self, limit: LimitSpec, day: date) -> DatedLimit | None:
        """The version of a limit that is in force on a day; None where no norm was."""
        return next((d for d in self.versions(limit) if d.holds_on(day)), None)

    def from_day(self, day_field: str, what: str, value: Any) -> pl.Expr:
        """A column looked up in the calendar by a date field: the due day of a limit, a working day's number, a limit."""
        wanted = self.columns.by_day.setdefault(day_field, {})
        name = f"_{day_field}|{what}:{value.key if isinstance(value, StatuteRef) else value}"
        wanted.setdefault(name, (what, value))
        return pl.col(name)

    def due(self, day_field: str, limit: LimitSpec) -> pl.Expr:
        """The last day of a limit that starts on the field's day; null where the calendar or the norms do not reach."""
        return self.from_day(day_field, "due", limit)

    def deadline(self, day_field: str, limit: LimitSpec) -> pl.Expr:
        """The last day on which something is in time: a limit in plain days that ends on a day off runs to the next working day.

        民法典第二百零三条, by analogy; the pack's parameter ``roll_over_days_off`` can switch it off. Working days need no rolling, and
        what is due on the very day is not put off.
        """
        return self.from_day(day_field, "deadline" if self.roll_to_next_workday else "due", limit)

    def due_of(self, rule: RuleSpec) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        """The due day of a rule with ``due``, whether it is still to come, and whether it is unknown.

        A year's end has no date column: it is worked out for findings only, from ``due_year``.
        """
        if rule.due is None:
            return pl.lit(None, dtype=pl.Date), pl.lit(False), pl.lit(False)
        if rule.due.year_end_of:
            year = pl.col(rule.due.year_end_of)
            over = self.as_of.year if (self.as_of.month, self.as_of.day) == (12, 31) else self.as_of.year - 1
            return pl.lit(None, dtype=pl.Date), year > over, year.is_null()
        if rule.due.limit is not None:
            due = self.deadline(rule.due.on[0], rule.due.limit)
            return due, due > self.as_of, due.is_null()
        due = pl.coalesce(day_of(rule.on, name) for name in rule.due.on)
        return due, due > self.as_of, due.is_null()

    def late(self, span: Duration, due: date, end: date) -> tuple[int, str]:
        """By how much a day lies after a due day, in the unit of the limit.

        Done on a day off right after the last day is late by no whole working day, and working days beyond the calendar cannot be
        counted: both are told in days.
        """
        if span.unit != "days" and self.calendar.knows(end) and (number := self.calendar.count_working_days(due, end)):
            return number, "working_days"
        return (end - due).days, "days"

    def named(self, table: str, name: str, value: Any) -> LocalizedName:
        """A value of a field in words: a topic's title, a vocabulary's label, else the value itself."""
        if name == "topic" and value in self.topic_titles:
            return LocalizedName(*self.topic_titles[value])
        vocabulary = TABLES[table].fields[name].vocabulary
        return LocalizedName(vocabulary.label(value) if vocabulary else str(value), str(value))

    def workday(self, name: str, number: pl.Expr) -> pl.Expr:
        """The day that is the working day of a number, for limits that differ by record; the calendar's first working day has number 1."""
        self.columns.workdays.setdefault(name, number)
        return pl.col(name)

    def shared(self, name: str, expression: pl.Expr) -> pl.Expr:
        """Plan a column that is worked out once for a batch; the same name is the same column."""
        self.columns.shared.setdefault(name, expression)
        return pl.col(name)

    def owed(self) -> pl.Expr:
        """Whether a duty to publish binds a disclosure: see :func:`owed_to_everybody`. A shared column."""
        return self.shared("_owed", owed_to_everybody())

    def open(self) -> pl.Expr:
        """Whether a disclosure is open: see :func:`open_to_everybody`. A shared column."""
        return self.shared("_open", open_to_everybody())

    def link(self, link: Link) -> None:
        """Plan a join with linked records; the same name is joined once."""
        self.columns.links.setdefault(link.name, link)
