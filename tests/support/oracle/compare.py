"""The product and the oracle side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import polars as pl

import opencheck as oc
from opencheck.records.tables import TABLES

from .cells import ELSEWHERE, folded
from .converted import bare, converted
from .evidence import evidence
from .generate import DAYS_OF_CHECKS, Generator
from .grids import LEFT_OUT, grid
from .places import in_one_place
from .records import KINDS, judge_record
from .sets import SETS
from .tables import columns
from .verdict import ANY, ANY_LATE, OPEN, UNKNOWN, Verdict
from .world import Ledger, kind_of, rules


class Difference(NamedTuple):
    """A record on which the two disagree."""

    rule: str
    key: Any
    expected: Any
    found: Any
    record: Any
    as_of: date


ABOUT_RECORDS = {i: rule for i, rule in rules().items() if kind_of(rule) in KINDS}


def record_ledgers(seed: int | str, number: int) -> tuple[dict[str, list[dict[str, Any]]], date]:
    """So many small ledgers (a record and what is linked to it) in one, their ids kept apart."""
    make = Generator(seed)
    r: Random = make.random
    as_of = r.choice(DAYS_OF_CHECKS)
    tables: dict[str, list[dict[str, Any]]] = {}
    for i in range(number):
        wanted = r.choice(list(KINDS))  # each kind as often as any other, however few rules it has
        rule = ABOUT_RECORDS[r.choice([n for n in sorted(ABOUT_RECORDS) if kind_of(ABOUT_RECORDS[n]) == wanted])]
        row = make.record(rule, as_of, f"r{i}")
        tables.setdefault(rule["on"], []).append(row)
        if link := rule["require"].get("linked"):
            if "number" in row:
                row["number"] = r.choice([None, f"平政办发〔2018〕{i}号"])
            row["title"] = r.choice([None, f"关于第{i}项工作的通知"])
            target = {"on": link["table"], "require": {"within": {"from": "published_on", "to": "published_on"}}, "when": {}}
            for j in range(r.choice([0, 1, 1, 2])):
                other = make.record(target, as_of, f"i{i}-{j}")
                other[link["by"]] = r.choice([v for v in (row["id"], row.get("number"), row["title"]) if v] or ["x"])
                other["unit"] = r.choice(
                    ["市环保局", "平度市财政局", "市工商局", "市市场监管局"] * 3 + ["市人社局", "市环保局、市财政局", None]
                )
                if r.random() < 0.05:
                    other[link["by"]] = "没有的文件"
                tables.setdefault(link["table"], []).append(other)
    tables.setdefault("interpretation", [])
    spans = [(None, None), ("2018-01-01", None), ("2018-01-01", "2018-08-31"), ("2018-01-01", as_of.isoformat())]
    tables["roster"] = [
        {"id": f"n{n}", "topic": "assistance.subsistence_allowance", "subject": name, "since": since, "until": until}
        for n, name in enumerate(r.sample(["甲", "乙", "云山丈岭井群"], r.choice([0, 2, 3])))
        for since, until in [r.choice(spans)]
    ]
    for table, rows in tables.items():
        if r.random() < 0.15:
            gone = r.choice([n for n in TABLES[table].fields if n not in ("id", "topic", "document_id")])
            for row in rows:
                row.pop(gone, None)
    return tables, as_of


def expected_of(ledger: Ledger, chosen: list[str]) -> dict[tuple[str, str], Verdict]:
    """What the oracle says of every rule and record."""
    return {
        (i, row["id"]): judge_record(ledger, rule, kind_of(rule), row)
        for i, rule in ABOUT_RECORDS.items()
        if i in chosen and ledger.gives(rule["on"])
        for row in ledger.rows[rule["on"]]
    }


def found_by_product(
    tables: dict[str, list[dict[str, Any]]], as_of: date, chosen: list[str], engine: Any = "polars"
) -> dict[tuple[str, Any], list[Verdict]]:
    """What the product says, by rule and record (or unit, subject and period). Other engines than Polars read the rows from files: rows in
    this process's memory are judged here whatever the engine is."""
    if engine == "polars":
        report = oc.check(tables, as_of=as_of, rules=chosen, include_all=True)
    else:
        with TemporaryDirectory() as folder:
            for name, rows in tables.items():
                as_file(name, rows, Path(folder))
            report = oc.check(folder, as_of=as_of, rules=chosen, include_all=True, engine=engine)
    found: dict[tuple[str, Any], list[Verdict]] = {}
    for f in report.findings():
        key = f.record_id if f.rule in ABOUT_RECORDS else (f.unit, f.subject, f.period)
        late = f.late_by if f.outcome == "violation" else None
        found.setdefault((f.rule, key), []).append(Verdict(str(f.outcome), f.due, late))
    return found


def as_file(table: str, rows: list[dict[str, Any]], folder: Path) -> None:
    """A table as Parquet, with a column for each key that a row has, and for each day that a left-out key of a dict says not to have come."""
    said = {name: True for row in rows for name in row}
    said |= {
        name: True
        for name, spec in TABLES[table].fields.items()
        if not rows or (spec.column.blank_means_pending and not spec.column.open_ended)
    }
    columns = []
    for name in said:
        values = [row.get(name) for row in rows]
        one_type = len({type(v) for v in values if v is not None}) == 1
        columns.append(
            pl.Series(name, values if one_type else [_as_text(v) for v in values], dtype=None if one_type else pl.String)
        )
    pl.DataFrame(columns).write_parquet(folder / f"{table}.parquet")


def _as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return None if value is None else str(value)


def differences(
    seed: int | str,
    number: int,
    engine: Any = "polars",
    counted: Counter[str] | None = None,
    tables: Container[str] = TABLES,
) -> Iterator[Difference]:
    """Where the two disagree on some ledgers, by the rules about records of some tables."""
    chosen = [i for i, rule in sorted(ABOUT_RECORDS.items()) if rule["on"] in tables]
    yield from _differences_of(*record_ledgers(seed, number), chosen, engine, counted)


def renewal_differences(seed: int | str, engine: Any = "polars", counted: Counter[str] | None = None) -> Iterator[Difference]:
    """Where the two disagree on lists that follow one another: a ledger of their own, for each may follow any other."""
    for rule in (i for i, r in ABOUT_RECORDS.items() if r["require"].get("permanent", {}).get("renewed")):
        tables, as_of = Generator(f"{rule} {seed}").renewals(ABOUT_RECORDS[rule], DAYS_OF_CHECKS)
        yield from _differences_of(tables, as_of, [rule], engine, counted)


def stray_ledger(seed: int | str) -> tuple[dict[str, list[dict[str, Any]]], date]:
    """Documents with their interpretations, about the day when these are due; the references of some point to nothing."""
    r = Random(f"stray {seed}")
    tables: dict[str, list[dict[str, Any]]] = {"document": [], "interpretation": []}
    units = ["市财政局", "市民政局", "市工商局", "市市场监管局", None, "某某中心"]
    for i in range(r.choice([1, 2, 3])):
        day, unit = date(2018, r.choice([1, 4, 9, 12]), r.choice([3, 7, 28, 29])), r.choice(units)
        own = {"unit": unit, "drafting_units": r.choice([None, None, "市环保局"]), "published_on": day.isoformat()}
        tables["document"].append({"id": f"d{i}", "is_policy": True, "attribute": "主动公开", **own})
        for j in range(r.choice([0, 1, 1, 2])):
            on = day + timedelta(days=r.choice([-1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 12, 40]))
            said = on.isoformat() if r.random() < 0.85 else r.choice([None, "2018-02-30", "待定"])
            referred = r.choice([f"d{i}"] * 5 + ["没有的文件", None, None, r.choice(["/", "详见附件", "无", "待定"])])
            other = {"id": f"i{i}-{j}", "unit": r.choice([unit, *units]), "document_id": referred, "published_on": said}
            tables["interpretation"].append(other)
    return tables, r.choice([date(2018, 9, 10), date(2018, 12, 31), date(2019, 3, 1)])


def stray_differences(seed: int | str, engine: Any = "polars", counted: Counter[str] | None = None) -> Iterator[Difference]:
    """Where the two disagree on interpretations of which some may be those of documents that lack theirs."""
    yield from _differences_of(*stray_ledger(seed), ["PD-9.4"], engine, counted)


def _differences_of(
    tables: dict[str, list[dict[str, Any]]], as_of: date, chosen: list[str], engine: Any, counted: Counter[str] | None
) -> Iterator[Difference]:
    ledger = Ledger(as_of, tables)
    expected = expected_of(ledger, chosen)
    found = found_by_product(tables, as_of, chosen, engine)
    for (rule, key), verdict in expected.items():
        if verdict.outcome == "skip":
            continue
        if counted is not None:
            counted[f"{kind_of(ABOUT_RECORDS[rule])} {verdict.outcome}"] += 1
        (said,) = found.get((rule, key), [Verdict("none")])
        if verdict.due == ANY:
            said = said._replace(due=ANY)
        if said != verdict and not _both_leave_it_open(ledger, rule, key, said, verdict):
            record = next(r for r in tables[ABOUT_RECORDS[rule]["on"]] if r["id"] == key)
            yield Difference(rule, key, verdict, said, record, as_of)


SETS |= {"grid": grid, "evidence": evidence, "columns": columns, "in_one_place": in_one_place, "converted": converted}
ABOUT_SETS = {
    i: rule for i, rule in rules().items() if kind_of(rule) in SETS and not LEFT_OUT & set(rule["require"][kind_of(rule)])
}


def set_ledger(seed: int | str, rule: dict[str, Any]) -> tuple[dict[str, list[dict[str, Any]]], date]:
    """The records that one rule judges together, and the roster."""
    make = Generator(f"{rule['id']} {seed}")
    r = make.random
    as_of = r.choice(DAYS_OF_CHECKS)
    quiet = r.random() < 0.6
    rows = [make.member(rule, as_of, f"r{i}", quiet=quiet) for i in range(r.choice([0, 1, 2, 3, 5, 8, 12]))]
    tables = {rule["on"]: rows}
    if kind_of(rule) == "converted":
        make.asked(rule, tables, as_of, quiet=quiet)
    if roster := make.roster(rule):
        tables["roster"] = roster
    if (units := make.units(rule)) is not None:
        tables["unit"] = units
    if r.random() < 0.1 and rows and rule["on"] != "evidence":
        gone = r.choice([n for n in TABLES[rule["on"]].fields if n not in ("id", "topic", "subject", "topics_decided")])
        for row in rows:
            row.pop(gone, None)
    return tables, as_of


def set_differences(
    seed: int | str, rule_id: str, engine: Any = "polars", counted: Counter[str] | None = None
) -> Iterator[Difference]:
    """Where the two disagree on a ledger that a rule judges as a set."""
    rule = ABOUT_SETS[rule_id]
    tables, as_of = set_ledger(seed, rule)
    ledger = Ledger(as_of, tables)
    kind = kind_of(rule)
    expected = SETS[kind](ledger, rule, rule["require"][kind])
    found: dict[Any, list[Verdict]] = {}
    each_unit = kind == "evidence" and rule["require"][kind].get("each_unit")
    for (_, (unit, subject, period)), said in found_by_product(tables, as_of, [rule_id], engine).items():
        # Whose unit is blank is told under the one that the clause names.
        of = (unit if (unit, None) in expected else None) if each_unit else subject and folded(subject)
        of = bare(subject) if subject and kind == "converted" else of
        found.setdefault((of, period), []).extend(said)
    if kind == "evidence" and not each_unit:  # a finding for each unit, whose name the product may take from the clause
        every = [v.outcome for v in expected.values()]
        said_of = sorted(v.outcome for verdicts in found.values() for v in verdicts)
        if counted is not None:
            counted.update(f"evidence {outcome}" for outcome in every)
        if sorted(every) != said_of:
            yield Difference(rule_id, None, sorted(every), said_of, tables, as_of)
        return
    if any(_never_said(tables, rule["on"], name) for name in _asked(rule.get("when", {}))):
        # Nobody is accused where no record says what it is about.
        expected = {k: v._replace(outcome="indeterminate") if v.outcome == "violation" else v for k, v in expected.items()}
    for key in sorted(expected.keys() | found.keys(), key=str):
        verdict, said = expected.get(key), found.get(key, [])
        if counted is not None and verdict is not None:
            counted[f"{kind} {verdict.outcome}"] += 1
        if key == (None, None):  # told once for each reason
            said = list(dict.fromkeys(said))
            if verdict is not None and all(one.outcome in (OPEN, UNKNOWN) for one in said):
                # Of a list that may be incomplete, and of a record that is still to come, it says one.
                said = [one for one in said if one.outcome in verdict.outcome.split("|")][:1] or said
        if verdict is not None and said and said[0].outcome in verdict.outcome.split("|"):  # where several are right
            late = verdict.late_by if said[0].outcome == "violation" else None
            late = said[0].late_by if verdict.late_by == ANY_LATE else late
            verdict = verdict._replace(outcome=said[0].outcome, late_by=late)
        if verdict is not None and verdict.due == ANY:
            said = [one._replace(due=ANY) for one in said]
        if said != [verdict]:
            yield Difference(rule_id, key, verdict, said, tables, as_of)


def _asked(conditions: dict[str, Any]) -> Iterator[str]:
    """The fields of conditions that do not say themselves what an unknown one means."""
    for name, test in conditions.items():
        if name == "any":
            for branch in test:
                yield from _asked(branch)
        elif not (isinstance(test, dict) and "unknown" in test):
            yield name


def _never_said(tables: dict[str, list[dict[str, Any]]], table: str, name: str) -> bool:
    """Whether no record has a field."""
    return bool(tables[table]) and not any(name in row for row in tables[table])


def _both_leave_it_open(ledger: Ledger, rule: str, key: str, said: Verdict, verdict: Verdict) -> bool:
    """A record with a text that refers to an attachment is for a person to judge, or indeterminate: both are no conclusion."""
    row = next(r for r in ledger.rows[ABOUT_RECORDS[rule]["on"]] if r["id"] == key)
    refers = any(v == ELSEWHERE or (isinstance(v, list) and ELSEWHERE in v) for v in row.values())
    return refers and {said.outcome, verdict.outcome} == {"indeterminate", "needs_review"}
