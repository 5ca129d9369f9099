"""The engine: plans all rules of a table as one query, and keeps only the rows that become findings.

A rule's kind gives expressions; what several rules look up (due days by date, linked records) is joined once. Records that pass
never become Python objects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import narwhals as nw
import polars as pl

from opencheck.core.calendar import WorkCalendar
from opencheck.core.normalize import fold
from opencheck.core.outcomes import QUIET, QUIET_CODES, Outcome
from opencheck.engine.carriers.backends import ROW, SRC, Backend, Frame, Spark, local
from opencheck.engine.compiled import Compiled, Unsupported
from opencheck.engine.gathered import Gathered, columns_for, concerned
from opencheck.engine.plan import ALWAYS, SMALL, Blocks, Plan, Told, join, keep, kept_plan, parts_of, weigh
from opencheck.engine.state import MARKS, State
from opencheck.records.dataset import Dataset, Table
from opencheck.records.tables import TABLES
from opencheck.records.whitespace import tidying
from opencheck.rules.context import Scope
from opencheck.rules.expressions import CELL, CELLS
from opencheck.rules.judgement import Judged, Judgement
from opencheck.rules.packs.pack import Pack
from opencheck.rules.requirement import Kind
from opencheck.rules.rule import Rule

__all__ = [
    "Note",
    "RuleResult",
    "compiled",
    "run",
    "run_one",
]


Note = tuple[str, dict[str, Any]]

Apart = Callable[[str, list[Rule], Scope], None] | None


@dataclass
class RuleResult:
    """What one rule found: counts of all outcomes, and the rows or judgements that become findings."""

    rule: Rule
    pack: Pack
    scope: Scope
    counts: dict[Outcome, int] = field(default_factory=dict)
    rows: pl.DataFrame | list[dict[str, Any]] | None = None
    judged: list[Judged] = field(default_factory=list)


def run(
    data: Dataset,
    pack: Pack,
    as_of: date,
    calendar: WorkCalendar,
    *,
    rules: Iterable[str] | None = None,
    everything: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
    apart: Apart = None,
    state: State | None = None,
) -> tuple[list[RuleResult], list[Note]]:
    """Check a dataset against a pack.

    Args:
        data: the records that were read.
        pack: the rules.
        as_of: the check is made at the end of this day (Asia/Shanghai).
        calendar: the working calendar.
        rules: ids of the rules to run; all where None.
        everything: whether passes and records that a rule does not concern become findings too.
        progress: called with a rule's id, its number and the count of rules, as work goes on.
        apart: takes the rules about the records of a table, with their scope, instead of their being run; their results are then empty.
        state: what earlier checks left; records that they judged as they are now are not judged again. Of Polars only.

    Returns:
        A result for each rule, in the pack's order, and notes on what was not checked.
    """
    wanted = set(pack.rules if rules is None else rules)
    chosen = [b.rule for i, b in pack.rules.items() if i in wanted]
    needed = _needed(chosen)
    backend = data.backend
    ready, notes = _prepare(data, pack, needed, backend)

    def scope() -> Scope:
        return _scope(pack, as_of, calendar, chosen, ready, backend)

    def set_scope(rule: Rule) -> Scope:
        """A scope for a rule about a set: the rows that any rule about sets may concern are fetched once for all of them."""
        table = rule.on
        if table in taken:
            return taken[table].scope(rule)
        if table not in held:
            held[table] = here = scope()
            if table in ready.witnesses:
                asked, rows = concerned(sets[table], here), ready.witnesses[table]
                rows = rows if asked is None else rows.filter(asked)
                read = columns_for(sets[table], table)
                rows = rows.select(n for n in rows.collect_schema().names() if n in read)
                here.witnesses = {**ready.witnesses, table: backend.hold(rows)}
        return held[table]

    taken: dict[str, Gathered] = {}
    held: dict[str, Scope] = {}
    results: dict[str, RuleResult] = {}
    by_table: dict[str, list[Rule]] = {}
    sets: dict[str, list[Rule]] = {}
    idle: dict[str, list[str]] = {}
    for rule in chosen:
        if rule.kind.about == "set":
            sets.setdefault(rule.on, []).append(rule)
        elif rule.on in data.tables:
            by_table.setdefault(rule.on, []).append(rule)
        else:
            idle.setdefault(rule.on, []).append(rule.id)
            results[rule.id] = RuleResult(rule, pack, scope())
    done = 0
    for table, rules_of in by_table.items():
        if progress:
            progress(rules_of[0].id, done, len(chosen))
        blind, seeing, count = *_by_sight(rules_of, ready), data.tables[table].count
        if table in sets and seeing and apart is None and backend is local() and count > SMALL:
            taken[table] = Gathered(sets[table], table, scope(), ready.ghosts.get(table))
        here = scope()
        results |= {r.id: _told_once(r, pack, here) for r in blind}
        if apart is not None:
            apart(table, seeing, here)
            results |= {r.id: RuleResult(r, pack, here) for r in seeing}
        elif seeing:
            found = _run_records(table, seeing, pack, here, everything, count, state, taken.get(table))
            results |= {result.rule.id: result for result in found}
        done += len(rules_of)
    for rules_of in sets.values():
        for rule in rules_of:
            if progress:
                progress(rule.id, done, len(chosen))
            results[rule.id] = _run_set(rule, pack, set_scope(rule), everything)
            done += 1
    if progress:
        progress("", len(chosen), len(chosen))
    notes += [("note.no_table", {"table": t, "table_zh": TABLES[t].zh, "rules": ids}) for t, ids in idle.items()]
    return [results[rule.id] for rule in chosen], notes


def _scope(
    pack: Pack,
    as_of: date,
    calendar: WorkCalendar,
    rules: list[Rule],
    ready: _Ready,
    backend: Backend,
) -> Scope:
    return Scope(
        backend=backend,
        as_of=as_of,
        calendar=calendar,
        covers=pack.covers,
        statutes=pack.statutes,
        frames=ready.frames,
        witnesses=ready.witnesses,
        present=ready.present,
        pieces=ready.pieces,
        untidied=ready.untidied,
        unique=frozenset(ready.unique),
        pack=pack.id,
        roster_reading=str(pack.values.get("roster_day", "any_day")),
        rolls=bool(pack.values.get("roll_over_days_off", False)),
        topics={t.id: (t.title.zh, t.title.en) for t in pack.topics.values()},
        words={name: frozenset(names.values()) for name, names in pack.term_names.items()},
        linkers=[rule for rule in rules if rule.require.linked],
    )


def compiled(
    alike: Callable[[], Dataset],
    table: str,
    rules: list[Rule],
    pack: Pack,
    as_of: date,
    calendar: WorkCalendar,
    names: frozenset[str],
) -> Compiled | None:
    """The rules of a table compiled for records with these fields, from the pack's store where it has them; None where they cannot be.

    ``alike`` gives a dataset of the same shape, whose linked tables are empty, to plan by.
    """
    key = ("one", table, tuple(r.id for r in rules), as_of, calendar, names)
    if key not in pack.plans:
        ready, _ = _prepare(alike(), pack, _needed(rules), local())
        scope = _scope(pack, as_of, calendar, rules, ready, local())
        blind, _ = _by_sight(rules, ready)
        kept = None if blind else kept_plan(table, rules, pack, scope)
        try:
            made = Compiled(kept[0]) if kept else None
        except Unsupported:
            made = None
        keep(pack, key, made)
        return made
    found: Compiled | None = pack.plans.get(key)
    return found


def run_one(one: Compiled, values: dict[str, Any], table: str, rules: list[Rule], pack: Pack) -> list[RuleResult]:
    """Check one record by compiled rules; ``values`` holds its fields, typed, the others left out."""
    scope = one.plan.scope
    row = {name: values.get(name) for name in TABLES[table].fields} | {ROW: 1, SRC: 0}
    _rename(row, table, pack)
    codes, looked_up = one.codes_of(row)
    results = []
    for number, (rule, outcome) in enumerate(zip(rules, codes, strict=True)):
        result = RuleResult(rule, pack, scope)
        results.append(result)
        if outcome not in QUIET_CODES:
            facts = one.facts_of(number, outcome, looked_up)
            if rule.require.linked is None and type(rule.kind).refine is not Kind.refine:
                refined = rule.kind.refine(rule, pl.DataFrame([facts], infer_schema_length=None), scope)
                facts = refined.row(0, named=True)
                outcome = facts["_code"]
            if outcome not in QUIET_CODES:
                result.rows = [facts]
        result.counts = {Outcome.from_code(outcome): 1}
    return results


def _rename(row: dict[str, Any], table: str, pack: Pack) -> None:
    """Put topics, units and words under the pack's own names."""
    for name, names in _looks(table, pack).items():
        value = row.get(name)
        if isinstance(value, str):
            row[name] = names.get(fold(value), value)
        elif value:
            row[name] = [names.get(fold(v), v) for v in value]


def _needed(rules: list[Rule]) -> dict[str, set[str]]:
    needed: dict[str, set[str]] = {}
    for rule in rules:
        for table, name in rule.reads():
            needed.setdefault(table, set(ALWAYS)).add(name)
        needed.setdefault(rule.on, set(ALWAYS))
    return needed


@dataclass
class _Ready:
    """The frames of every table with the columns that are needed, topics, units and words under the pack's own names."""

    frames: dict[str, Any] = field(default_factory=dict)
    pieces: dict[str, list[Any]] = field(default_factory=dict)
    untidied: dict[str, frozenset[str]] = field(default_factory=dict)
    witnesses: dict[str, Any] = field(default_factory=dict)
    ghosts: dict[str, Any] = field(default_factory=dict)
    present: dict[str, frozenset[str]] = field(default_factory=dict)
    unique: set[str] = field(default_factory=set)


def _prepare(data: Dataset, pack: Pack, needed: dict[str, set[str]], backend: Backend) -> tuple[_Ready, list[Note]]:
    ready = _Ready()
    notes: list[Note] = []
    for name, wanted in needed.items():
        table = data.tables.get(name)
        if table is None:
            continue
        columns = [n for n in TABLES[name].fields if n in wanted]
        small = _is_small(table, backend)

        def shaped(native: Any, name: str = name, wanted: set[str] = wanted, columns: list[str] = columns) -> Frame:
            if isinstance(native, pl.LazyFrame):
                held = native.collect_schema().names()
                if CELLS not in wanted:
                    native = native.select(n for n in (*columns, ROW, SRC) if n in held)
                native = backend.lift(native)
            return _shaped(nw.from_native(native), name, columns, wanted, backend)

        frame = shaped(table.frame.collect().lazy() if small else table.frame)
        looks = _looks(name, pack, set(columns) & table.present)
        namings, found = _namings(frame, name, pack, looks, backend, small=small, known=table.values)
        notes += found
        ready.frames[name] = frame = _resolved(frame, name, namings, backend)
        # What is to be told by its name, or looked through whole, is tidied before.
        soon = table.untidied if CELLS in wanted else table.untidied & set(namings)
        if small or (len(table.pieces) == 1 and table.pieces[0] is table.frame):
            ready.pieces[name] = [frame]
        else:
            pieces = [p.with_columns(tidying(table.spec, soon & set(p.collect_schema()))) if soon else p for p in table.pieces]
            ready.pieces[name] = [_resolved(shaped(p), name, namings, backend) for p in pieces]
            ready.untidied[name] = (table.untidied & set(columns)) - soon
        ready.present[name] = table.present
        ready.unique |= {name} if table.unique else set()
        if table.ghosts is not None:
            given = table.ghosts
            ghost = nw.from_native(backend.lift(given) if isinstance(given, pl.DataFrame) else given).with_columns(
                nw.lit(None, dtype=nw.Int64).alias(ROW), nw.lit(None, dtype=nw.Int32).alias(SRC)
            )
            ghost = _shaped(ghost, name, columns, wanted - {CELLS}, backend)
            if CELLS in wanted:
                ghost = ghost.with_columns(nw.lit(None, dtype=nw.String).alias(CELLS)).select(*columns, CELLS, ROW, SRC)
            namings, _ = _namings(ghost, name, pack, _looks(name, pack, set(columns)), backend)
            ghost = _resolved(ghost, name, namings, backend)
            ready.ghosts[name] = ghost = ghost.with_columns(nw.lit(True).alias("_ghost"))
            ready.witnesses[name] = nw.concat([frame.with_columns(nw.lit(False).alias("_ghost")), ghost])
        else:
            ready.witnesses[name] = frame.with_columns(nw.lit(False).alias("_ghost"))
    return ready, notes


def _is_small(table: Table, backend: Backend) -> bool:
    return table.count <= SMALL and backend is local()


def _shaped(frame: Frame, table: str, columns: list[str], wanted: set[str], backend: Backend) -> Frame:
    """Every column that rules ask for, in one order and of one type, those blank that the source does not have."""
    schema = frame.collect_schema()
    fields = TABLES[table].fields
    lacking = [nw.lit(None).cast(backend.dtype(fields[n].dtype)).alias(n) for n in columns if n not in schema]
    if CELLS not in wanted:
        return (frame.with_columns(*lacking) if lacking else frame).select(*columns, ROW, SRC)
    named = [nw.concat_str(nw.lit(f"{n}{CELL[0]}"), nw.col(n)) for n, dtype in schema.items() if dtype == nw.String]
    cells = nw.concat_str(named, separator=CELL[1], ignore_nulls=True).alias(CELLS)
    return frame.with_columns(*lacking, cells).select(*columns, CELLS, ROW, SRC)


def _looks(table: str, pack: Pack, columns: set[str] | None = None) -> dict[str, Mapping[str, str]]:
    """The fields of a table whose values the pack names, with the names by what is written (folded)."""
    units = {n: pack.unit_names for n, f in TABLES[table].fields.items() if f.column.names == "unit"}
    looks = {"topic": pack.topic_names, "elements": pack.element_names, **units, **pack.term_names}
    return {n: names for n, names in looks.items() if names and (columns is None or n in columns)}


def _namings(
    frame: Frame,
    table: str,
    pack: Pack,
    looks: dict[str, Mapping[str, str]],
    backend: Backend,
    *,
    small: bool = False,
    known: Mapping[str, list[tuple[str, int]]] | None = None,
) -> tuple[dict[str, dict[str, str]], list[Note]]:
    """What is written otherwise than the pack names it, by field, and notes on what the pack does not know.

    ``known``: the values of some fields with their numbers, where they were counted before.
    """
    notes: list[Note] = []
    namings: dict[str, dict[str, str]] = {}
    if not looks:
        return namings, notes
    nested = {name for name in looks if TABLES[table].fields[name].kind == "list"}
    values: list[list[tuple[Any, int]]]
    if small:
        whole = backend.fetch(frame.select(*looks))
        lists = {name: whole[name].to_list() for name in looks}
        values = [list(Counter(v for row in lists[n] for v in ((row or ()) if n in nested else (row,))).items()) for n in looks]
    else:
        by_field = dict(known or {})
        asked = [n for n in looks if n not in by_field]
        distinct = [frame.select(nw.col(n).alias("v"), nw.lit(1).alias("n")) for n in asked]
        distinct = [d.explode("v") if n in nested else d for n, d in zip(asked, distinct, strict=True)]
        counted = backend.fetch_all([d.group_by("v").agg(nw.col("n").sum()) for d in distinct], many=True)
        by_field |= {n: list(c.drop_nulls("v").select("v", "n").iter_rows()) for n, c in zip(asked, counted, strict=True)}
        values = [sorted(by_field[n]) for n in looks]
    for (name, names), found in zip(looks.items(), values, strict=True):
        strange: list[tuple[int, str]] = []
        for value, count in found:
            if value is None:
                continue
            own = names.get(fold(value))
            if own is None and name == "topic":
                nearest = pack.nearest_topic(value) or "—"
                notes.append(("note.unknown_topic", {"topic": value, "count": count, "nearest": nearest}))
            elif own is None and (name in pack.term_names or name == "elements"):
                strange.append((count, value))
            elif own is not None and own != value:
                namings.setdefault(name, {})[value] = own
        if strange:
            words = [value for _, value in sorted(strange, key=lambda s: (-s[0], s[1]))[:10]]
            notes.append(("note.unknown_words", {"field": (table, name), "words": words, "count": len(strange)}))
    return namings, notes


def _resolved(frame: Frame, table: str, namings: dict[str, dict[str, str]], backend: Backend) -> Frame:
    for name, mapping in namings.items():
        frame = backend.renamed(frame, name, mapping, nested=TABLES[table].fields[name].kind == "list")
    return frame


def _run_set(rule: Rule, pack: Pack, scope: Scope, everything: bool) -> RuleResult:
    result = RuleResult(rule, pack, scope)
    if rule.on not in scope.frames and rule.kind.needs_table:
        result.counts = {Outcome.INDETERMINATE: 1}
        result.judged = [Judged(Outcome.INDETERMINATE, facts={"no_table": rule.on}, missing=(rule.on,))]
        return result
    result.counts, result.judged = rule.kind.judge(rule, scope, everything)
    return result


def _by_sight(rules: list[Rule], ready: _Ready) -> tuple[list[Rule], list[Rule]]:
    """The rules that read through a text which their table does not have, and the others."""
    blind = [r for r in rules if (name := r.kind.scans(r)) is not None and name not in ready.present[r.on]]
    return blind, [r for r in rules if r not in blind]


def _told_once(rule: Rule, pack: Pack, scope: Scope) -> RuleResult:
    """The result of a rule that reads through a text which the table does not have."""
    field_name = str(rule.kind.scans(rule))
    applies = scope.frames[rule.on].select("id", scope.applies(rule).fill_null(True).alias("_applies"))
    concerned = scope.fetch(applies.filter(nw.col("_applies")).select(nw.len())).item()
    result = RuleResult(rule, pack, scope)
    if concerned:
        result.counts = {Outcome.INDETERMINATE: concerned}
        result.judged = [Judged(Outcome.INDETERMINATE, facts={"unread": concerned}, missing=(field_name,))]
    return result


def _run_records(
    table: str,
    rules: list[Rule],
    pack: Pack,
    scope: Scope,
    everything: bool,
    count: int,
    state: State | None,
    taken: Gathered | None,
) -> list[RuleResult]:
    small = count <= SMALL and scope.backend is local()
    if small and (kept := kept_plan(table, rules, pack, scope)) is not None:
        return _run_small(table, rules, pack, scope, everything, *kept)
    if scope.backend is local():
        blocks = Blocks(table, rules, scope, everything, state, taken)
        blocks.run()
        facts = [blocks.told.facts(i) for i in range(len(rules))]
        if state is not None:
            return _run_remembered(blocks, facts, rules, pack, scope, everything)
        return [_result(r, pack, scope, f, p, everything) for r, f, p in zip(rules, facts, blocks.counts, strict=True)]
    judgements = [weigh(rule, scope, rule.kind.plan(rule, scope)) for rule in rules]
    names = [f"_c{i}" for i in range(len(rules))]
    frame = join(scope.frames[table], scope, table)
    told = Told(rules, judgements, names, scope)
    if isinstance(scope.backend, Spark):
        passed = _run_spark(frame, rules, judgements, scope, told, everything, count)
    else:
        passed = _run_duckdb(frame, rules, judgements, scope, told, everything)
    return [_result(rule, pack, scope, told.facts(i), passed[i], everything) for i, rule in enumerate(rules)]


def _run_remembered(
    blocks: Blocks, facts: list[pl.DataFrame | None], rules: list[Rule], pack: Pack, scope: Scope, everything: bool
) -> list[RuleResult]:
    """Results of what was judged now and of what an earlier check knew, which are left to the next one."""
    results = []
    told: dict[str, pl.DataFrame] = {}
    for number, (rule, new, passed) in enumerate(zip(rules, facts, blocks.counts, strict=True)):
        frames = [f for f in (blocks.remembered(number), new) if f is not None]
        whole = pl.concat(frames, how="vertical_relaxed") if frames else None
        if whole is not None:
            told[rule.id] = whole
            whole = whole.drop(MARKS)
        results.append(_result(rule, pack, scope, whole, passed, everything))
    blocks.remember(told)
    return results


def _run_duckdb(
    frame: Frame, rules: list[Rule], judgements: list[Judgement], scope: Scope, told: Told, everything: bool
) -> list[dict[Outcome, int]]:
    names, quiet = told.names, QUIET_CODES
    coded = frame.with_columns(*(j.code.alias(n) for n, j in zip(names, judgements, strict=True)))
    any_told = nw.any_horizontal(*(~nw.col(n).is_in(quiet) for n in names), ignore_nulls=False)
    sums = [(nw.col(n) == o.code).cast(nw.Int64).sum().alias(f"{n}={o.code}") for n in names for o in QUIET]
    counted = scope.backend.fetch(coded.select(*sums)).row(0, named=True)
    for batch in scope.backend.batches(coded if everything else coded.filter(any_told)):
        told.add_all([(i, batch) for i in range(len(rules))], everything)
    return [{o: int(counted[f"{n}={o.code}"] or 0) for o in QUIET} for n in names]


def _run_spark(
    frame: Frame, rules: list[Rule], judgements: list[Judgement], scope: Scope, told: Told, everything: bool, count: int
) -> list[dict[Outcome, int]]:
    backend = scope.backend
    assert isinstance(backend, Spark)
    none = Outcome.NOT_APPLICABLE.code
    parts = [((), list(range(len(rules))))] if everything else parts_of(rules)
    rows = backend.one_by_one(frame, [j.code for j in judgements], parts, -1 if everything else none)
    kept, passes = backend.kept(rows, len(rules), -1 if everything else Outcome.PASS.code)
    of_rule = kept.partition_by("_rule", as_dict=True)
    passed = []
    for i, name in enumerate(told.names):
        loud = of_rule.get((i,), kept.clear())
        told.add(i, loud.with_columns(pl.col("_code").alias(name)).drop("_rule", "_code"), everything)
        passed.append({Outcome.PASS: passes[i], Outcome.NOT_APPLICABLE: count - passes[i] - len(loud)})
    return passed


def _run_small(
    table: str, rules: list[Rule], pack: Pack, scope: Scope, everything: bool, plan: Plan, bound: dict[str, pl.DataFrame]
) -> list[RuleResult]:
    """The same for a table of few rows, by a kept plan."""
    scope = replace(plan.scope, frames=scope.frames, witnesses=scope.witnesses, memo={})
    coded = plan.coded(bound[f"frames:{table}"], scope, bound)
    results = []
    for number, rule in enumerate(rules):
        name = f"_c{number}"
        codes = coded[name].to_list()
        counts = Counter(codes)
        loud = [at for at, outcome in enumerate(codes) if everything or outcome not in QUIET_CODES]
        rows = coded if len(loud) == len(codes) else coded[loud]
        facts = rows.select(plan.facts[number]) if loud else None
        if facts is not None and rule.kind.refines_alone:
            facts = rule.kind.refine(rule, facts, scope)
        results.append(_result(rule, pack, scope, facts, {o: counts[o.code] for o in QUIET}, everything))
    return results


def _result(
    rule: Rule,
    pack: Pack,
    scope: Scope,
    facts: pl.DataFrame | None,
    passed: dict[Outcome, int],
    everything: bool,
) -> RuleResult:
    """A rule's result from the facts of the rows that its expressions kept, and the counts of those that they did not.

    What looks at nothing but a row itself has looked closer already.
    """
    codes: dict[int, int] = {}
    cleared = 0
    rows = facts if facts is None or rule.kind.refines_alone else rule.kind.refine(rule, facts, scope)
    if rows is not None:
        codes = dict(rows["_code"].value_counts().iter_rows())
    if rows is not None and not everything:
        # A closer look may have cleared rows that the expression held back.
        cleared = codes.pop(Outcome.PASS.code, 0)
        if cleared or codes.get(Outcome.NOT_APPLICABLE.code):
            rows = rows.filter(~pl.col("_code").is_in(QUIET_CODES))
    result = RuleResult(rule, pack, scope, rows=rows)
    for outcome in Outcome:
        number = codes.get(outcome.code, 0)
        if outcome in QUIET and not everything:
            number = passed[outcome] + (cleared if outcome is Outcome.PASS else 0)
        if number:
            result.counts[outcome] = number
    return result
