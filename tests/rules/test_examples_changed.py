"""The examples of every rule with a column taken away, and with rows that do not belong: nothing may be decided by them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import opencheck as oc
from opencheck.api.pack_examples import run_example
from opencheck.records.tables import TABLES
from pingdu_rules import PACK

DECIDED = ("pass", "violation")
KEYS = ("id", "document_id")

SAYS_SOMETHING_ELSE = {
    ("PD-1.1", "text"): "what contradicts the ledger is gone, the ledger is left",
    ("PD-8-7.11", "published_at"): "the blank day that is left says that nothing was published",
    ("PD-8-7.13", "published_at"): "the blank day that is left says that nothing was published",
    ("PD-8-5.2b", "subject"): "without a roster each school that is seen is judged, and it is said that others may be lacking",
    ("PD-8-5.2b", "topic"): "the same",
}
"""Columns without which the record says something else."""


def as_text(value: Any) -> str | None:
    """A value as a cell of a CSV file holds it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    return "；".join(map(str, value)) or "无" if isinstance(value, list) else str(value)


def as_columns(rows: list[dict[str, Any]], left_out: str | None = None) -> pl.DataFrame:
    """The rows as a table of texts, which has a column for each key of theirs but one."""
    names = [n for n in dict.fromkeys(k for row in rows for k in row) if n != left_out]
    return pl.DataFrame({n: [as_text(row.get(n)) for row in rows] for n in names}, schema=dict.fromkeys(names, pl.String))


def decided(rule: str, tables: dict[str, pl.DataFrame], example: Any) -> dict[str, int]:
    """How many findings pass, and how many are violations."""
    report = oc.check(tables, as_of=example.as_of, rules=[rule], include_all=True, parameters=example.parameters or None)
    return {o: len(report.findings(o)) for o in DECIDED}


@pytest.mark.parametrize("rule", [i for i, b in PACK.rules.items() if b.rule.on != "listing"])  # a missing column is its breach
def test_examples_without_a_column_that_the_rule_reads_decide_nothing_new(rule: str) -> None:
    bound = PACK.rules[rule].rule
    reads = sorted(bound.required_fields())
    for expected in ("pass", "violation", "pending", "indeterminate"):
        example = next((e for e in bound.examples if e.expect == expected), None)
        if example is None:
            continue
        whole = {table: as_columns(rows) for table, rows in example.given.items()}
        before = decided(rule, whole, example)
        for table, name in reads:
            if table not in whole or name in KEYS or name not in whole[table].columns or (rule, name) in SAYS_SOMETHING_ELSE:
                continue
            after = decided(rule, {**whole, table: as_columns(example.given[table], name)}, example)
            new = {o: (before[o], after[o]) for o in DECIDED if after[o] > before[o]}
            assert not new, f"{example.name}: without {table}.{name}"


def strangers(given: dict[str, list[dict[str, Any]]], clause: str) -> dict[str, list[dict[str, Any]]]:
    """Rows that do not belong: of another topic, clause or kind; undated, and some that cannot be used."""
    found: dict[str, list[dict[str, Any]]] = {}
    subjects = {row["subject"] for rows in given.values() for row in rows if row.get("subject")} or {"甲"}
    if "roster" in given:
        found["roster"] = [
            {"id": f"other-{i}", "topic": "办公用品采购", "subject": subject, "since": "2018-01-01", "until": "2018-01-31"}
            for i, subject in enumerate(sorted(subjects))
        ]
    if "disclosure" in given:
        same = {
            "topic": "办公用品采购",
            "subject": sorted(subjects)[0],
            "attribute": "主动公开",
            "period": "2018",
            "level": "县级",
        }
        found["disclosure"] = [{"id": "other-0", **same, "published_on": "2018-01-02"}, {"id": "other-1", **same}]
    if "evidence" in given:
        judged = {"title": "材料", "reviewer": "赵某", "dated_on": "2018-01-02", "reviewed_on": "2018-12-31"}
        other = "1.1" if clause != "1.1" else "3.4"
        found["evidence"] = [
            {"id": f"other-{c}-{v}", "clause": c, "verdict": v, **judged} for c in (None, other) for v in ("met", "not_met")
        ]
    return {
        table: [
            {n: None for n in dict.fromkeys(k for r in given[table] for k in r) if n in TABLES[table].fields} | row
            for row in rows
        ]
        for table, rows in found.items()
    }


OF_ANY_TOPIC = {"PD-14.1", "PD-14.1b", "PD-14.1c", "PD-14.1d", "PD-14.2", "PD-14.2b", "PD-14.2c", "PD-14.2d", "PD-15.4"}
"""Rules about every record of a table, whatever its topic, and the one that accepts any topic: there are no others."""


@pytest.mark.parametrize("rule", [i for i in PACK.rules if i not in OF_ANY_TOPIC])
def test_examples_among_rows_that_do_not_belong_stay_as_they_are(rule: str) -> None:
    bound = PACK.rules[rule].rule
    for example in bound.examples:
        added = strangers(example.given, bound.clause)
        if not added:
            continue
        given = {table: [*rows, *added.get(table, [])] for table, rows in example.given.items()}
        assert run_example(PACK, rule, example.model_copy(update={"given": given})) == [], example.name


@pytest.mark.parametrize("rule", ["PD-4.1", "PD-8-1.1", "PD-8-4.4", "PD-8-7.2", "PD-8-5.1", "PD-8-8.3", "PD-3.1", "PD-8-2.2"])
def test_examples_beside_an_unusable_row_of_another_topic_stay_as_they_are(rule: str) -> None:
    unusable = {"id": "other", "topic": "办公用品采购", "subject": "甲", "period": "2018", "published_on": "2018-02-30"}
    for example in PACK.rules[rule].rule.examples:
        found = []
        for rows in (example.given["disclosure"], [*example.given["disclosure"], unusable]):
            report = oc.check(
                {**example.given, "disclosure": rows},
                as_of=example.as_of,
                rules=[rule],
                include_all=True,
                parameters=example.parameters or None,
            )
            found.append([(str(f.outcome), f.subject, f.period, f.due, f.late_by) for f in report.findings()])
        assert found[0] == found[1], example.name
