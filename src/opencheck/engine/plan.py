"""Plans: what the rules of a table ask of it, as native expressions, worked out once and used again.

Planning a pack takes longer than judging one record. For small tables (a record before publication, a request to the service) the plan is kept
with the pack, under what it depends on: the rules, the day, the calendar, and the columns and tables that are there. Linked tables stand in
it as placeholders that are filled for each check. A kind whose plan looks at data while planning is planned anew each time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

import narwhals as nw
import polars as pl
from polars.io.plugins import register_io_source

from opencheck.core.calendar import FIRST_DAY
from opencheck.core.outcomes import QUIET, QUIET_CODES, Outcome
from opencheck.core.version import __version__
from opencheck.engine.calendar_columns import lookup, working_days
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.engine.state import AT, MARKS, NOTHING, PATTERN, State, digest, hashed
from opencheck.records.dataset import BLOCK, PIECE
from opencheck.records.tables import TABLES
from opencheck.records.whitespace import may_begin_blank, tidied, tidying
from opencheck.rules.conditions import compile_conditions
from opencheck.rules.context import Scope
from opencheck.rules.expressions import code, day_of
from opencheck.rules.judgement import Judgement, TextQuestion
from opencheck.rules.rule import Rule

if TYPE_CHECKING:
    from opencheck.rules.packs.pack import Pack

__all__ = [
    "ALWAYS",
    "KEPT",
    "SMALL",
    "Blocks",
    "Plan",
    "Told",
    "fact_columns",
    "join",
    "keep",
    "kept_plan",
    "native_of",
    "parts_of",
    "weigh",
]


ALWAYS = ("id", "unit", "title")

SMALL = 200
"""Rows up to which a table is judged by a kept plan, all at once and in memory."""

KEPT = 128
"""Plans that a pack keeps: those of a few days, at a few tables and shapes of records each."""


def weigh(rule: Rule, scope: Scope, judgement: Judgement) -> Judgement:
    """What holds for every kind about records, put over the kind's own judgement.

    Data that contradict themselves decide nothing; an exception that the clause grants applies on its recorded basis only, and where it
    cannot be told whether it does, nobody is accused; a written justification answers a breach.
    """
    fields = scope.fields(rule.on)
    own = judgement.code
    final, extras = own, {"_own": own}

    def change(condition: nw.Expr, outcome: Outcome) -> None:
        nonlocal final
        final = nw.when(condition).then(code(outcome)).otherwise(final)

    if rule.consistent:
        consistent = compile_conditions(rule.consistent, fields)
        change((own != Outcome.NOT_APPLICABLE.code) & ~consistent, Outcome.INDETERMINATE)
        extras["consistent"] = consistent
    for number, grant in enumerate(rule.exceptions):
        claimed = compile_conditions(grant.when, fields)
        granted = claimed & compile_conditions(grant.basis_test, fields)
        change((final == Outcome.VIOLATION.code) & granted.is_null(), Outcome.INDETERMINATE)
        change((own != Outcome.NOT_APPLICABLE.code) & granted, Outcome.NOT_APPLICABLE)
        extras |= {f"claimed:{number}": claimed, f"granted:{number}": granted}
    if rule.justification:
        extras["justified"] = (final == Outcome.VIOLATION.code) & ~nw.col(rule.justification).is_null()
        change(extras["justified"], Outcome.PASS)
    if len(extras) == 1:
        return judgement
    return Judgement(final, judgement.due, judgement.actual, {**judgement.extras, **extras})


def fact_columns(rule: Rule, judgement: Judgement, name: str, scope: Scope) -> list[nw.Expr]:
    """The columns that a rule's findings are told from; ``name`` is the column of the outcome's code."""
    return [expression.alias(n) for n, expression in facts_of(rule, judgement, name, scope).items()]


def facts_of(rule: Rule, judgement: Judgement, name: str, scope: Scope) -> dict[str, nw.Expr]:
    """The facts that a rule's findings are told from, by their names."""
    own = sorted({n for t, n in rule.reads() if t == rule.on} - set(ALWAYS))
    no_date = nw.lit(None, dtype=nw.Date)
    return {
        **{n: nw.col(n) for n in (*ALWAYS, ROW, SRC)},
        "_code": nw.col(name),
        "due": no_date if judgement.due is None else judgement.due,
        "actual": no_date if judgement.actual is None else judgement.actual,
        "_applies": scope.applies(rule),
        **{n: nw.col(n) for n in own},
        **{key: expression for key, expression in judgement.extras.items() if key not in own},
    }


def join(frame: nw.LazyFrame[Any], scope: Scope, on: str) -> nw.LazyFrame[Any]:
    """Join what the rules asked for: calendar look-ups by date, working days by number, linked records."""
    for day_field, wanted in scope.joins.items():
        columns = {scope.column(day_field, key): spec for key, spec in wanted.items()}
        table = scope.backend.table(lookup(scope, columns))
        key = day_field
        if TABLES[on].fields[day_field].kind == "datetime":
            key = f"_{day_field}|day"
            frame = frame.with_columns(day_of(on, day_field).alias(key))
        frame = frame.join(table, left_on=key, right_on="_day", how="left")
    if scope.numbered:
        numbers = working_days(scope.calendar)
        for name, number in scope.numbered.items():
            frame = frame.with_columns(number.cast(nw.Int64).alias(f"{name}#"))
            right = scope.backend.table(numbers.rename({"day": name}))
            frame = frame.join(right, left_on=f"{name}#", right_on="_number", how="left")
    for prefix, (key, right) in scope.links.items():
        frame = frame.join(right, left_on=key, right_on=f"{prefix}|key", how="left")
    return frame.with_columns(*(e.alias(n) for n, e in scope.helpers.items())) if scope.helpers else frame


class _Unbound(Exception):
    """A placeholder was read while planning."""


_lock = threading.Lock()

_bound: dict[str, pl.DataFrame] = {}
"""What fills the placeholders at the moment; Polars asks for it from threads of its own, so one check at a time."""


def _placeholder(key: str, schema: pl.Schema) -> nw.LazyFrame[Any]:
    """A frame of a schema whose rows are given later, in :data:`_bound`."""

    def rows(
        columns: list[str] | None, predicate: pl.Expr | None, limit: int | None, batch: int | None
    ) -> Iterator[pl.DataFrame]:
        if key not in _bound:
            raise _Unbound
        frame = _bound[key]
        if columns is not None:
            frame = frame.select(columns)
        if predicate is not None:
            frame = frame.filter(predicate)
        yield frame if limit is None else frame.head(limit)

    return nw.from_native(register_io_source(rows, schema=schema))


def _filled(bound: Mapping[str, pl.DataFrame], frames: list[pl.LazyFrame]) -> list[pl.DataFrame]:
    """Frames over placeholders, collected with these rows."""
    with _lock:
        _bound.update(bound)
        try:
            return pl.collect_all(frames)
        finally:
            _bound.clear()


class _Catching(pl.LazyFrame):
    """A frame that keeps the native expressions that Narwhals hands to it."""

    caught: tuple[Any, ...] = ()

    def with_columns(self, *exprs: Any, **named: Any) -> pl.LazyFrame:
        self.caught = exprs
        return super().with_columns(*exprs, **named)

    def select(self, *exprs: Any, **named: Any) -> pl.LazyFrame:
        self.caught = exprs
        return super().select(*exprs, **named)


def native_of(schema: pl.Schema, expressions: list[Any], *, select: bool = False) -> list[pl.Expr]:
    """Narwhals expressions over a schema as Polars expressions."""
    frame = _Catching(schema=schema)
    wrapped = nw.from_native(frame)
    if select:
        wrapped.select(*expressions)
    else:
        wrapped.with_columns(*expressions)
    caught = frame.caught[0] if len(frame.caught) == 1 and not isinstance(frame.caught[0], (pl.Expr, str)) else frame.caught
    return [pl.col(e) if isinstance(e, str) else e for e in caught]


@dataclass
class Plan:
    """The plan of a table's rules for small tables."""

    scope: Scope
    judgements: list[Judgement]
    days: dict[str, pl.DataFrame]
    numbers: list[pl.Expr]
    links: dict[str, tuple[str, pl.LazyFrame]]
    unlinked: dict[str, pl.DataFrame]
    """What a link adds where the linked table is empty."""
    helpers: list[pl.Expr]
    codes: list[pl.Expr]
    facts: list[list[pl.Expr]]

    def coded(self, frame: pl.DataFrame, scope: Scope, bound: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """The table with what the rules looked up, and a column ``_c0``, ``_c1``, … with each rule's code."""
        for day_field, table in self.days.items():
            days = (v.date() if isinstance(v, datetime) else v for v in frame[day_field].to_list())
            # The last row of the table is the one for no day.
            frame = frame.hstack(table[[len(table) - 1 if d is None else (d - FIRST_DAY).days for d in days]])
        if self.numbers:
            frame = frame.with_columns(self.numbers)
            working = working_days(scope.calendar)["day"]
            for name in scope.numbered:
                at = frame[f"{name}#"] - 1
                frame = frame.with_columns(working.gather(at.set(~at.is_between(0, len(working) - 1), None)).alias(name))
        if self.links:
            empty = {p for p, of in scope.linked_to.items() if of is not None and not len(bound[f"witnesses:{of}"])}
            given = {p: link for p, link in self.links.items() if p not in empty}
            rights = _filled(bound, [right for _, right in given.values()]) if given else []
            for (prefix, (key, _)), right in zip(given.items(), rights, strict=True):
                frame = frame.join(right, left_on=key, right_on=f"{prefix}|key", how="left", maintain_order="left")
            for prefix in empty:
                frame = frame.hstack(self.unlinked[prefix][[0] * len(frame)])
        frame = frame.rechunk()  # Polars may panic on what is worked out of the items of lists in several chunks
        if self.helpers:
            frame = frame.with_columns(self.helpers)
        return frame.with_columns(self.codes)


def kept_plan(table: str, rules: list[Rule], pack: Pack, scope: Scope) -> tuple[Plan, dict[str, pl.DataFrame]] | None:
    """The plan for a table of few rows, from the pack's store where it has it, and the frames that fill its placeholders.

    None where a rule's plan depends on data.
    """
    lazy = {f"{kind}:{n}": f.to_native() for kind in ("frames", "witnesses") for n, f in getattr(scope, kind).items()}
    bound = dict(zip(lazy, pl.collect_all(list(lazy.values())), strict=True))
    schemas = tuple((key, tuple(frame.schema.items())) for key, frame in bound.items())
    present = tuple((n, scope.present[n]) for n in scope.present)
    key = (
        table,
        tuple(r.id for r in rules),
        scope.as_of,
        scope.calendar,
        schemas,
        present,
        scope.unique,
        tuple(r.id for r in scope.linkers),
    )
    if key not in pack.plans:
        keep(pack, key, _make(table, rules, scope, bound))
    plan = pack.plans.get(key)
    return None if plan is None else (plan, bound)


def keep(pack: Pack, key: Any, planned: Any) -> None:
    """Put a plan into the pack's store; the oldest makes room."""
    with _lock:
        while len(pack.plans) >= KEPT:
            del pack.plans[next(iter(pack.plans))]
        pack.plans[key] = planned


def _make(table: str, rules: list[Rule], real: Scope, bound: Mapping[str, pl.DataFrame]) -> Plan | None:
    frames = {n: _placeholder(f"frames:{n}", bound[f"frames:{n}"].schema) for n in real.frames}
    witnesses = {n: _placeholder(f"witnesses:{n}", bound[f"witnesses:{n}"].schema) for n in real.witnesses}
    scope = replace(
        real,
        frames=frames,
        witnesses=witnesses,
        joins={},
        links={},
        linked_to={},
        numbered={},
        helpers={},
        questions={},
        memo={},
    )
    try:
        judgements = [weigh(rule, scope, rule.kind.plan(rule, scope)) for rule in rules]
        whole = join(scope.frames[table], scope, table).to_native().collect_schema()
    except _Unbound:
        return None
    days = {}
    for day_field, wanted in scope.joins.items():
        columns = {scope.column(day_field, key): spec for key, spec in wanted.items()}
        known = lookup(scope, columns).drop("_day")
        days[day_field] = pl.concat([known, known.clear(1)])
    links = {prefix: (key, right.to_native()) for prefix, (key, right) in scope.links.items()}
    codes = [f"_c{i}" for i in range(len(rules))]
    coded = native_of(whole, [j.code.alias(n) for n, j in zip(codes, judgements, strict=True)])
    with_codes = pl.Schema({**whole, **dict.fromkeys(codes, pl.Int8)})
    return Plan(
        scope=scope,
        judgements=judgements,
        days=days,
        numbers=native_of(whole, [e.cast(nw.Int64).alias(f"{n}#") for n, e in scope.numbered.items()])
        if scope.numbered
        else [],
        links=links,
        unlinked={p: pl.DataFrame(schema=right.collect_schema()).drop(f"{p}|key").clear(1) for p, (_, right) in links.items()},
        helpers=native_of(whole, [e.alias(n) for n, e in scope.helpers.items()]) if scope.helpers else [],
        codes=coded,
        facts=[
            native_of(with_codes, fact_columns(r, j, n, scope), select=True)
            for r, j, n in zip(rules, judgements, codes, strict=True)
        ],
    )


def parts_of(rules: list[Rule]) -> list[tuple[tuple[str, ...] | None, list[int]]]:
    """Topics that the same rules concern, with the places of these rules: first what has no topic, then what has one that no rule names."""
    every = list(range(len(rules)))
    named = {i: set(r.topics) for i, r in enumerate(rules) if r.topics}
    if not named:
        return [((), every)]
    alike: dict[tuple[int, ...], list[str]] = {}
    for topic in sorted(set().union(*named.values())):
        asked = tuple(i for i in every if i not in named or topic in named[i])
        alike.setdefault(asked, []).append(topic)
    return [((), every), (None, [i for i in every if i not in named]), *((tuple(t), list(a)) for a, t in alike.items())]


class _Link:
    """Linked records, a row a key, to be put beside the records that name the key: found by the key's hash, which is sorted once."""

    def __init__(self, key: str, name: str, right: pl.DataFrame) -> None:
        self.key = key
        right = right.filter(pl.col(name).is_not_null()).with_columns(pl.col(name).hash().alias("#")).sort("#")
        self._hashes, self._keys = right["#"], right[name]
        self.right = right.drop("#", name)
        # Two keys of one hash are next to never met; then they are joined by the keys themselves.
        self._alike = right.drop("#") if self._hashes.n_unique() < len(right) else None
        self._name = name
        # Most keys that are not there are told by the first bits of their hash.
        bits = min(26, max(10, (16 * len(right)).bit_length()))
        self._first = 1 << (64 - bits)
        self._there = pl.repeat(False, 1 << bits, dtype=pl.Boolean, eager=True)
        self._there = self._there.scatter(self._hashes // self._first, True)

    def onto(self, block: pl.DataFrame) -> pl.DataFrame:
        """The block with the columns of what its key names, null where there is none."""
        if self._alike is not None:
            return block.join(self._alike, left_on=self.key, right_on=self._name, how="left", maintain_order="left")
        keys = block[self.key].rechunk()
        hashes = keys.hash()
        rows = self._there.gather(hashes // self._first).arg_true()
        # Sorted, so that neighbours are looked up one after another.
        sought = pl.DataFrame({"hash": hashes.gather(rows), "row": rows}).sort("hash")
        at = self._hashes.search_sorted(sought["hash"])
        at = at.set(at >= len(self._hashes), None)
        same = (self._keys.gather(at) == keys.gather(sought["row"])).fill_null(False)
        if not same.any():
            return block.hstack(self.right.clear(len(block)))
        found = pl.repeat(None, len(block), dtype=pl.UInt32, eager=True).scatter(sought["row"].filter(same), at.filter(same))
        return block.hstack(self.right.select(pl.all().gather(found)))


@dataclass
class _Read:
    """What some rules read of a table: its own columns, and those that are looked up for them."""

    own: set[str]
    lists: dict[str, list[str]]
    """What is asked of lists, by their fields."""
    days: dict[str, pl.DataFrame]
    numbers: dict[str, pl.Expr]
    links: list[str]
    unlinked: dict[str, pl.DataType]
    helpers: dict[str, pl.Expr]


Places = Mapping[str | None, pl.Series]
"""Where the rows of a block stand, by their topic; null is one of its own, and ``""`` stands for all topics that no rule names."""


class Besides(Protocol):
    """What takes of the blocks of a table what it wants."""

    topics: list[str]
    columns: frozenset[str]
    """The columns that it reads."""

    def take(self, block: pl.DataFrame, places: Places) -> None:
        """Look at a block; its rows of each of the ``topics``, and those without one, stand at these places."""


def places_of(places: Places, topics: Iterable[str | None]) -> pl.Series:
    """The places of the rows of any of these topics."""
    found = [places[t] for t in topics if t in places]
    return pl.concat(found) if found else pl.Series(dtype=pl.UInt32)


_FEW = 4
"""Topics up to which each is looked for on its own, rather than all by one table of them."""


class _Topics:
    """The topics that rules name: those of the rules about records, and further ones."""

    def __init__(self, own: list[str], further: list[str]) -> None:
        self._named: list[str | None] = [*own, *further, "", None]
        self.others = [*further, ""]

    def places(self, block: pl.DataFrame) -> Places:
        """Where a block's rows of each topic stand."""
        *named, _, _ = self._named
        if not named:
            return {}
        topic = pl.col("topic")
        if len(named) <= _FEW:
            found = block.select(*((topic == n).fill_null(False).alias(str(i)) for i, n in enumerate(named)))
            none = block["topic"].is_null()
            rest = found.select(~pl.any_horizontal(pl.all())).to_series() & ~none
            return {n: rows.arg_true() for n, rows in zip(self._named, [*found.get_columns(), rest, none], strict=True)}
        known = topic.replace_strict(named, range(len(named)), default=len(named), return_dtype=pl.UInt16)
        which = pl.when(topic.is_null()).then(pl.lit(len(named) + 1, pl.UInt16)).otherwise(known).alias("which")
        rows = block.select(which, at=pl.int_range(pl.len(), dtype=pl.UInt32))
        return {self._named[key]: found["at"] for (key,), found in rows.partition_by("which", as_dict=True).items()}


def _different(lists: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """For each list the number of the different one that it is, and the different ones, null among them: they are few beside the records."""
    places = lists.to_frame().with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("at")).group_by(lists.name).agg("at")
    which = places.select("at").with_row_index("which").explode("at")
    numbers = pl.zeros(len(lists), dtype=pl.UInt32, eager=True).scatter(which["at"], which["which"])
    return numbers, places.select(lists.name)


@dataclass
class _AskedText:
    """A long text with the questions that are asked of it, and whether it holds prose that is still to be tidied (None: it is tidy)."""

    field: str
    questions: dict[str, TextQuestion]
    answers: dict[str, pl.Expr]
    prose: bool | None

    def answered(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The frame with the answers; of the text what is looked at again, the rest null."""
        fields = {**dict.fromkeys(self.answers, pl.Boolean()), self.field: pl.String()}
        column = pl.col(self.field).map_batches(self._of, return_dtype=pl.Struct(fields), is_elementwise=True)
        return frame.with_columns(column.alias("_answers")).drop(self.field).unnest("_answers")

    def _of(self, texts: pl.Series) -> pl.Series:
        as_written = all(q.as_written for q in self.questions.values())
        # Where no text begins blank none is blank, and what stands around the others does not matter.
        if self.prose is not None and (not as_written or may_begin_blank(texts.drop_nulls())):
            texts = tidied(texts, self.prose)
        answers = texts.to_frame().select(answer.alias(n) for n, answer in self.answers.items())
        suspicious = [n for n, q in self.questions.items() if q.suspicious]
        places = answers.select(pl.any_horizontal(False, *suspicious)).to_series().arg_true()
        again = texts.gather(places)
        again = again if self.prose is None else tidied(again, self.prose)
        kept = pl.repeat(None, len(texts), dtype=pl.String, eager=True).scatter(places, _apart(again.to_frame()).to_series())
        return answers.with_columns(kept.alias(self.field)).to_struct(self.field)


_FEW_PARTS = 8
"""Parts up to which a piece is a block of its own."""

_SHARE = 50_000
"""Rows of a block that are judged in one go, at least."""


class Blocks:
    """The rules of a big Polars table, a block of rows at a time, and within a block topic by topic.

    A rule that names topics concerns no record of another one, so it is not asked there; records without a topic are asked all of them.
    Rules about all topics are asked of the block as it stands. Blocks come from a stream; only the columns that the rules of a part read are
    taken and looked up, days by their number and linked records by their hash instead of joins; and only rows that some rule has something
    to say of are kept, with what it is told from. What ``besides`` wants of the blocks it takes meanwhile.
    """

    def __init__(
        self,
        table: str,
        rules: list[Rule],
        scope: Scope,
        everything: bool = False,
        state: State | None = None,
        besides: Besides | None = None,
    ) -> None:
        self.table, self.rules, self.scope, self.everything, self.state = table, rules, scope, everything, state
        self.besides = besides
        self.judgements = []
        scope.listed = listed = dict[str, tuple[str, nw.Expr]]()
        for rule in rules:
            scope.asking = rule.id
            self.judgements.append(weigh(rule, scope, rule.kind.plan(rule, scope)))
        joined = join(scope.frames[table], scope, table).to_native().collect_schema()
        joined = pl.Schema({**joined, **dict.fromkeys(listed, pl.Boolean())})
        answers = native_of(joined, [answer.alias(q) for q, (_, answer) in listed.items()]) if listed else []
        self.listed = {q: (name, answer) for (q, (name, _)), answer in zip(listed.items(), answers, strict=True)}
        self.names = [f"_c{i}" for i in range(len(rules))]
        self.codes = native_of(joined, [j.code.alias(n) for n, j in zip(self.names, self.judgements, strict=True)])
        helpers = native_of(joined, [e.alias(n) for n, e in scope.helpers.items()]) if scope.helpers else []
        self.helpers = dict(zip(scope.helpers, helpers, strict=True))
        numbered = [e.cast(nw.Int64).alias(f"{n}#") for n, e in scope.numbered.items()]
        self.numbers = dict(zip(scope.numbered, native_of(joined, numbered) if numbered else [], strict=True))
        self.days = {
            field: lookup(scope, {scope.column(field, key): spec for key, spec in wanted.items()}).drop("_day")
            for field, wanted in scope.joins.items()
        }
        rights = pl.collect_all([right.to_native() for _, right in scope.links.values()])
        self.links = {
            p: _Link(key, f"{p}|key", right) for (p, (key, _)), right in zip(scope.links.items(), rights, strict=True)
        }
        named = [i for i, r in enumerate(rules) if r.topics]
        others = [i for i, r in enumerate(rules) if not r.topics]
        # What is remembered of a record is told whole, and so is everything; else rules about all topics need no splitting.
        self.layered = state is None and bool(named) and not everything
        if self.layered:
            topical = parts_of([rules[i] for i in named])
            self.parts = [((), others), *((topics, [named[i] for i in asked]) for topics, asked in topical)]
        else:
            self.parts = [((), list(range(len(rules))))] if everything and state is None else parts_of(rules)
        of_parts = [t for topics, _ in self.parts for t in topics or ()]
        self._topics = _Topics(of_parts, sorted(set(besides.topics if besides else ()).difference(of_parts)))
        self._asked_of = (
            [set(others), *[set(named)] * (len(self.parts) - 1)] if self.layered else [set(range(len(rules)))] * len(self.parts)
        )
        self.counts = [dict.fromkeys(QUIET, 0) for _ in rules]
        self.told = Told(rules, self.judgements, self.names, scope)
        coded = pl.Schema({**joined, **{n: pl.Int8() for n in self.names}})
        facts = [self.told.columns(i, coded) for i in range(len(rules))]
        scope.listed = None
        self._prepare_texts([{n for e in told for n in e.meta.root_names()} for told in facts])
        ids = [{rules[i].id for i in asked} for _, asked in self.parts]
        self._reads = [self._read((self.codes[i] for i in asked), own) for (_, asked), own in zip(self.parts, ids, strict=True)]
        # Where everything is listed, it is told of a rule, too, that it does not concern a record.
        self._told_of = [list(range(len(rules))) if everything else asked for _, asked in self.parts]
        self._tells = [
            self._read((e for i in told for e in facts[i]), own) for told, own in zip(self._told_of, ids, strict=True)
        ]
        self._tidying = [tidying(TABLES[table], self._late & read.own) for read in self._tells]
        if state is not None:
            self.told.marks = MARKS
            self.plan = self._fingerprint(coded)
            self.known = state.known(f"{scope.pack}/{table}", self.plan)
            self._records: list[pl.DataFrame] = []
            self._places: list[pl.DataFrame] = []
            self._begin = 0
            self._judged_by = {n for e in (*self.helpers.values(), *self.codes) for n in e.meta.root_names()}
            self._judged = 0

    def _prepare_texts(self, told_from: list[set[str]]) -> None:
        """Which texts are tidied while they are read, which when something is told of them, and which are asked and let go.

        Questions of a long text are answered while it is read, a piece at a time; then it is kept only where it is looked at again. Not if
        it is used otherwise, or where only rules about some topics ask. What each rule is told from is given.
        """
        loose, spec = self.scope.untidied.get(self.table, frozenset()), TABLES[self.table]
        self._asked: list[_AskedText] = []
        if self.state is not None or self.everything:
            self._now, self._late = tidying(spec, loose), frozenset[str]()
            return
        questions = self.scope.questions
        rest = [e for n, e in self.helpers.items() if n not in questions]
        answers = [answer for _, answer in self.listed.values()]
        used = {n for e in (*rest, *self.numbers.values(), *self.codes, *answers) for n in e.meta.root_names()}
        used |= set(self.days) | {link.key for link in self.links.values()}
        besides = self.besides.columns if self.besides is not None else ()
        everywhere = {n for i, e in enumerate(self.codes) if not self.rules[i].topics for n in e.meta.root_names()}
        for field in sorted({q.field for q in questions.values()} - used - set(besides)):
            own = {n: q for n, q in questions.items() if q.field == field}
            shown = (r.kind.scans(r) != field for r, told in zip(self.rules, told_from, strict=True) if field in told)
            if everywhere.issuperset(own) and not any(shown):
                prose = spec.fields[field].kind == "prose" if field in loose else None
                self._asked.append(_AskedText(field, own, {n: self.helpers.pop(n) for n in own}, prose))
        used |= {n for e in self.helpers.values() for n in e.meta.root_names()}
        asked = {a.field for a in self._asked}
        self._now = tidying(spec, (loose & used) - asked)
        self._late = loose - used - asked

    def _fingerprint(self, schema: pl.Schema) -> str:
        """What the judgement of a record depends on beside the record and what is linked to it."""
        told = [e for i in range(len(self.rules)) for e in self.told.columns(i, schema)]
        listed = [answer for _, answer in self.listed.values()]
        asked = (*self.helpers.values(), *self.numbers.values(), *listed, *self.codes, *told)
        expressions = [e.meta.serialize() for e in asked]
        days = [
            pl.Series(known.hash_rows()).to_numpy().tobytes()
            for known in (*self.days.values(), working_days(self.scope.calendar))
        ]
        about = (
            __version__,
            pl.__version__,
            [r.id for r in self.rules],
            self.everything,
            str(schema),
            self.scope.as_of,
        )
        return digest([repr(about).encode(), *expressions, *days])

    def run(self) -> None:
        """Judge every block; what is quiet is counted, of the rest the facts are kept in ``told``."""
        waiting: list[Future[None]] = []
        with ThreadPoolExecutor(min(4, pl.thread_pool_size() + 1)) as pool:
            for block in self._blocks():
                places = pool.submit(self._topics.places, block)
                rows = block if self.state is None else self._unknown(block, self.state, pool)
                of = places if rows is block else pool.submit(self._topics.places, rows)
                kept: dict[int, list[pl.DataFrame]] = {}
                # Most topics have few records in a block, too few to keep every processor busy.
                for number, counts, loud in pool.map(lambda p: (p[0], *self._judge(*p)), self._split(rows, of)):
                    self._count(counts)
                    if len(loud):
                        kept.setdefault(number, []).append(loud)
                # What is left to do with a block is done beside the next one.
                for done in waiting:
                    done.result()
                waiting = [pool.submit(self._tell, kept)]
                if self.besides is not None:
                    waiting.append(pool.submit(self.besides.take, block, places.result()))
        for done in waiting:
            done.result()

    def _unknown(self, block: pl.DataFrame, state: State, pool: Executor) -> pl.DataFrame:
        """The records of a block that are not known as they are, with what is linked to them and their hashes; the others are counted."""
        share = max(1, -(-len(block) // pl.thread_pool_size()))
        slices = [block.slice(at, share) for at in range(0, len(block), share)] or [block]
        begin = self._begin
        self._begin += len(block)
        seen = list(pool.map(self._recognised, slices, range(begin, self._begin + 1, share)))
        met = pl.concat([m for _, m in seen])
        for pattern, number in met[PATTERN].value_counts().iter_rows():
            self._count_known(pattern, number)
        low, high = sorted(QUIET_CODES)
        loud = pl.lit(True) if self.everything else pl.col(PATTERN).str.contains(f":.*[^{low}{high}]")
        self._places.append(met.filter(loud).select(*MARKS, ROW, SRC))
        self._records.append(met.select(*MARKS, PATTERN, AT))
        state.kept += len(met)
        state.judged += len(block) - len(met)
        self._judged += len(block) - len(met)
        if len(met) == len(block):
            return block.clear().hstack(seen[0][0].clear())
        block = block.hstack(pl.concat([added for added, _ in seen], rechunk=True))
        return (block.filter(~pl.col(AT).is_in(met[AT].implode())) if len(met) else block).rechunk()

    def _recognised(self, block: pl.DataFrame, begin: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What is linked to records, with their hashes and places, and those of them that are known as they are."""
        own = block.columns
        for link in self.links.values():
            block = link.onto(block)
        hashes = hashed([n for n in block.columns if n not in (ROW, SRC) or n in self._judged_by])
        at = pl.int_range(begin, begin + len(block), dtype=pl.Int64).alias(AT)
        block = block.lazy().with_columns(*hashes, at).collect()  # lazily: each column is then hashed once
        return block.drop(own), (self.known or NOTHING).met(block.select(*MARKS, AT, ROW, SRC))

    def _count_known(self, pattern: str, number: int) -> None:
        part, _, codes = pattern.partition(":")
        told = dict(zip(self.parts[int(part)][1], map(int, codes), strict=True))
        for i in range(len(self.rules)):
            outcome = told.get(i, Outcome.NOT_APPLICABLE.code)
            if outcome in QUIET_CODES:
                self.counts[i][Outcome.from_code(outcome)] += number

    def remembered(self, number: int) -> pl.DataFrame | None:
        """What is known of a rule's told records, at the places where they stand now."""
        facts = self.known.facts.get(self.rules[number].id) if self.known is not None else None
        if facts is None or not self._places:
            return None
        where = pl.concat(self._places).rename({ROW: "_row_now", SRC: "_src_now"})
        columns = facts.columns
        found = facts.join(where, on=MARKS, how="inner").with_columns(
            pl.col("_row_now").alias(ROW), pl.col("_src_now").alias(SRC)
        )
        return found.select(columns) if len(found) else None

    def remember(self, facts: Mapping[str, pl.DataFrame]) -> None:
        """Leave what was judged, and each rule's facts, to the next check."""
        assert self.state is not None
        if self._records:
            self.state.remember(
                f"{self.scope.pack}/{self.table}",
                self.plan,
                pl.concat(self._records),
                facts,
                known=self.known,
                judged=self._judged,
            )

    def _count(self, counts: dict[tuple[int, Outcome], int]) -> None:
        for (rule, outcome), number in counts.items():
            self.counts[rule][outcome] += number

    def _blocks(self) -> Iterator[pl.DataFrame]:
        """The blocks; the more parts they fall into, the larger they are."""
        size = PIECE if len(self.parts) <= _FEW_PARTS else BLOCK
        held: list[pl.DataFrame] = []
        for piece in _ahead(map(self._batches, self.scope.pieces[self.table])):
            held.append(piece)
            if sum(map(len, held)) >= size:
                yield self._block(held)
                held = []
        if held:
            yield self._block(held)

    def _block(self, pieces: list[pl.DataFrame]) -> pl.DataFrame:
        # Rows are taken from it by their places again and again, of one chunk many times as fast; not of what is known already.
        return pl.concat(pieces, rechunk=self.state is None or self.known is None)

    def _batches(self, piece: nw.LazyFrame[Any]) -> Iterator[pl.DataFrame]:
        frame = piece.to_native().with_columns(self._now)
        for text in self._asked:
            frame = text.answered(frame)
        yield from frame.collect_batches(chunk_size=PIECE, maintain_order=True)

    def _read(self, expressions: Iterable[pl.Expr], asked: set[str]) -> _Read:
        """How the columns come about that these expressions read; linked records only where a rule that is asked uses them."""
        made = {**self.helpers, **self.numbers}
        chosen: set[str] = set()
        found = {n for e in expressions for n in e.meta.root_names()}
        while found:
            chosen |= found
            found = {r for n in found if n in made for r in made[n].meta.root_names()} - chosen
        days = {field: known.select(n for n in known.columns if n in chosen) for field, known in self.days.items()}
        days = {field: known for field, known in days.items() if known.columns}
        linked: list[str] = []
        unlinked: dict[str, pl.DataType] = {}
        for prefix, link in self.links.items() if self.state is None else ():
            added = {n: d for n, d in link.right.schema.items() if n in chosen}
            # Where everything is listed, what is linked is told of records that a rule does not concern, too.
            if added and len(link.right) and (self.everything or self.scope.link_users[prefix] & asked):
                linked.append(prefix)
            else:
                unlinked |= added
        keys = {self.links[prefix].key for prefix in linked}
        lists: dict[str, list[str]] = {}
        for question, (name, _) in self.listed.items():
            if question in chosen:
                lists.setdefault(name, []).append(question)
        return _Read(
            own=chosen | keys | set(days) | set(lists) | {ROW},
            lists=lists,
            days=days,
            numbers={n: e for n, e in self.numbers.items() if n in chosen},
            links=linked,
            unlinked=unlinked,
            helpers={n: e for n, e in self.helpers.items() if n in chosen},
        )

    def _looked_up(self, block: pl.DataFrame, read: _Read) -> pl.DataFrame:
        for field, known in read.days.items():
            day = block[field]
            day = day.dt.date() if isinstance(day.dtype, pl.Datetime) else day
            at = day.cast(pl.Int32).cast(pl.Int64) - (FIRST_DAY - date(1970, 1, 1)).days
            at = at.set((at < 0) | (at >= len(known)), None)
            block = block.hstack(known.select(pl.all().gather(at)))
        if read.numbers:
            block = block.with_columns(read.numbers.values())
            working = working_days(self.scope.calendar)["day"]
            for name in read.numbers:
                at = block[f"{name}#"] - 1
                at = at.set((at < 0) | (at >= len(working)), None)
                block = block.with_columns(working.gather(at).alias(name))
        for name, questions in read.lists.items():
            which, different = _different(block[name])
            answers = different.select(self.listed[q][1] for q in questions)
            block = block.hstack(answers.select(pl.all().gather(which)))
        for prefix in read.links:
            block = self.links[prefix].onto(block)
        if read.unlinked:
            block = block.with_columns(pl.lit(None, dtype=d).alias(n) for n, d in read.unlinked.items())
        # Lazily: what several of them have in common is then worked out once.
        return block.lazy().with_columns(read.helpers.values()).collect() if read.helpers else block

    def _split(self, block: pl.DataFrame, of: Future[Places]) -> Iterator[tuple[int, pl.DataFrame, pl.Series | None]]:
        """The parts of a block with the places of their rows; big ones are cut, so that every processor has its share."""
        share = max(_SHARE, -(-len(block) // pl.thread_pool_size()))
        if (self.layered and self.parts[0][1]) or len(self.parts) == 1:
            for at in range(0, len(block), share):
                yield 0, block.slice(at, share), None
        if len(self.parts) == 1:
            return
        for number, (topics, _) in enumerate(self.parts):
            if number or not self.layered:
                mine = self._topics.others if topics is None else (topics or (None,))
                places = places_of(of.result(), mine)
                for at in range(0, len(places), share):
                    yield number, block, places.slice(at, share)

    def _judge(
        self, number: int, block: pl.DataFrame, places: pl.Series | None
    ) -> tuple[dict[tuple[int, Outcome], int], pl.DataFrame]:
        """The quiet outcomes of the rules in a part of a block, counted, and the rows that are to be told, with all that they are told from."""
        asked, read = self.parts[number][1], self._reads[number]
        rows = len(block) if places is None else len(places)
        counts = {(i, Outcome.NOT_APPLICABLE): rows for i in self._asked_of[number].difference(asked)}
        if places is None:
            # Polars may panic on what is worked out of the items of lists that are cut out of a longer column.
            wanted = read.own | self._tells[number].own
            lists = [n for n, d in block.schema.items() if n in wanted and isinstance(d, pl.List)]
            block = block.with_columns(pl.col(lists).gather(pl.int_range(pl.len()))) if lists else block
        part = block.select(n for n in block.columns if n in read.own)
        part = self._looked_up(part if places is None else part[places], read)
        part = part.with_columns(self.codes[i] for i in asked).select(self.names[i] for i in asked)
        if self.state is not None:
            outcomes = [pl.col(n).cast(pl.String) for n in part.columns]
            pattern = pl.concat_str(pl.lit(f"{number}:"), *outcomes).alias(PATTERN)
            marks = block.select(*MARKS, AT)
            marks = marks if places is None else marks[places]
            self._records.append((marks.hstack(part) if asked else marks).select(*MARKS, pattern, AT))
        if asked:
            quiet = {(i, o): (pl.col(self.names[i]) == o.code).sum().alias(f"{i}={o.code}") for i in asked for o in QUIET}
            counts |= dict(zip(quiet, part.select(quiet.values()).row(0), strict=True))
        if not self.everything:
            if not asked:
                return counts, block.clear()
            loud = part.select(pl.any_horizontal(_is_loud(n) for n in part.columns)).to_series().arg_true()
            places, part = loud if places is None else places[loud], part[loud]
        kept = block if places is None else block[places]
        kept = self._looked_up(kept.with_columns(self._tidying[number]), self._tells[number])
        return counts, kept.hstack(part) if asked else kept

    def _tell(self, kept: dict[int, list[pl.DataFrame]]) -> None:
        """Take the facts of the rows that were kept, and let the rows go: each of them keeps the memory of its whole block."""
        rows = {number: pl.concat(frames, rechunk=True) for number, frames in kept.items()}
        self.told.add_all([(i, frame) for number, frame in rows.items() for i in self._told_of[number]], self.everything)


def _ahead(pieces: Iterator[Iterator[pl.DataFrame]]) -> Iterator[pl.DataFrame]:
    """The blocks of all pieces in their order, the next ones being read while one is worked on.

    Of a table in pieces two are read at a time, for one keeps no more than a processor busy.
    """
    with ThreadPoolExecutor(2) as pool:
        coming: deque[tuple[Iterator[pl.DataFrame], Future[pl.DataFrame | None]]] = deque()

        def begin() -> None:
            if (piece := next(pieces, None)) is not None:
                coming.append((piece, pool.submit(next, piece, None)))

        for _ in range(3):
            begin()
        while coming:
            piece, next_ = coming.popleft()
            if (block := next_.result()) is None:
                begin()
            else:
                coming.appendleft((piece, pool.submit(next, piece, None)))
                yield block


def _is_loud(name: str) -> pl.Expr:
    """Whether the outcome in a column is one to tell of."""
    low, high = sorted(QUIET_CODES)
    return (pl.col(name) != low) & (pl.col(name) != high)


def _apart(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame whose texts are its own: those of selected rows else keep the memory of all rows that they were selected from."""
    blank = pl.lit("")
    texts = [pl.concat_str(pl.col(n), blank).alias(n) for n, t in frame.schema.items() if t == pl.String]
    lists = [
        pl.col(n).list.eval(pl.concat_str(pl.element(), blank)) for n, t in frame.schema.items() if t == pl.List(pl.String)
    ]
    return frame.with_columns(*texts, *lists)


class Told:
    """The facts of the rows that rules have something to say of, a rule's own each, gathered from several frames."""

    def __init__(self, rules: list[Rule], judgements: list[Judgement], names: list[str], scope: Scope) -> None:
        self.names = names
        self.marks: list[str] = []
        """Further columns of the rows that their facts are kept with."""
        self._planned = list(zip(rules, judgements, names, strict=True))
        self._scope = scope
        self._expressions: dict[int, list[pl.Expr]] = {}
        self._facts: dict[int, list[pl.DataFrame]] = {}

    def add_all(self, rows: Iterable[tuple[int, pl.DataFrame]], everything: bool) -> None:
        """Take the facts of rules, given by their numbers, from rows that have the looked-up columns and the code of each; all at once."""
        none = pl.lit(Outcome.NOT_APPLICABLE.code, dtype=pl.Int8)
        numbers, picked = [], []
        for number, frame in rows:
            name = self.names[number]
            # A rule that was not asked of a topic does not concern it.
            coded = frame.lazy() if name in frame.columns else frame.lazy().with_columns(none.alias(name))
            loud = coded if everything else coded.filter(_is_loud(name))
            picked.append(loud.select(*self.columns(number, frame.schema), *self.marks))
            numbers.append(number)
        for number, facts in zip(numbers, pl.collect_all(picked), strict=True):
            self._keep(number, facts)

    def add(self, number: int, rows: pl.DataFrame, everything: bool) -> None:
        """The same for one rule."""
        rows = rows if everything else rows.filter(_is_loud(self.names[number]))
        if len(rows):
            self._keep(number, rows.select(*self.columns(number, rows.schema), *self.marks))

    def columns(self, number: int, schema: pl.Schema) -> list[pl.Expr]:
        """The facts of a rule as expressions over rows of a schema."""
        rule, judgement, name = self._planned[number]
        if number not in self._expressions:
            self._expressions[number] = native_of(schema, fact_columns(rule, judgement, name, self._scope), select=True)
        return self._expressions[number]

    def _keep(self, number: int, facts: pl.DataFrame) -> None:
        if len(facts):
            rule, own = self._planned[number][0], _apart(facts)
            # Meanwhile the next block is read and judged; and texts are let go at once.
            own = rule.kind.refine(rule, own, self._scope) if rule.kind.refines_alone else own
            self._facts.setdefault(number, []).append(own)

    def facts(self, number: int) -> pl.DataFrame | None:
        """A rule's facts, None where there are none."""
        frames = self._facts.pop(number, None)
        return pl.concat(frames) if frames else None
