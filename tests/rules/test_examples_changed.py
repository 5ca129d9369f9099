"""The examples of every rule with a column taken away, and with rows that do not belong: nothing may be decided by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import opencheck as oc
from judged_together import Records, is_long_search, judged_together, two_of_each_kind
from opencheck.api.pack_examples import run_example
from opencheck.records.tables import TABLES
from pingdu_rules import PACK

DECIDED = ("pass", "violation")
KEYS = ("id", "document_id")

SAYS_SOMETHING_ELSE = {
    ("PD-1.1", "text"): "what contradicts the ledger is gone, the ledger is left",
    ("PD-8-7.11", "published_at"): "the blank day that is left says that nothing was published",
    ("PD-8-7.11", "published_on"): "what contradicts the time of publication is gone, the time is left",
    ("PD-8-7.13", "published_at"): "the blank day that is left says that nothing was published",
    ("PD-18.2", "published_at"): "what contradicts the time of the error is gone, the correction is left",
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


def as_rows(rows: list[dict[str, Any]], left_out: str | None = None) -> list[dict[str, Any]]:
    """The rows as texts, each with all keys of theirs but one."""
    names = [n for n in dict.fromkeys(k for row in rows for k in row) if n != left_out]
    return [{n: as_text(row.get(n)) for n in names} for row in rows]


def beside_an_unknown_key(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with a key that no table has: a key that is left out is then not recorded, where it otherwise says "not yet"."""
    return [{**row, "别的一列": "甲"} for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize(
    "rule", two_of_each_kind(b for b in PACK.rules.values() if b.rule.on != "listing")
)  # whose breach it is
def test_examples_without_a_column_that_the_rule_reads_decide_nothing_new(rule: str) -> None:
    bound = PACK.rules[rule].rule
    chosen = {e.expect: e for e in reversed(bound.examples) if e.expect in ("pass", "violation", "pending", "indeterminate")}
    for parameters in {repr(e.parameters): e.parameters for e in chosen.values()}.values():
        tried = [(e, *changed) for e in chosen.values() if e.parameters == parameters for changed in without_columns(rule, e)]
        used = oc.load_pack("pingdu-2018", parameters).rules[rule]
        before: Counter[str] = Counter()
        cases = [(example.as_of, records) for example, _, records in tried]
        for (example, column, _), found in zip(tried, judged_together(used, cases, beside_an_unknown_key), strict=True):
            decided = Counter(str(f.outcome) for _, f in found)
            if column is None:
                before = decided
            new = {o: (before[o], decided[o]) for o in DECIDED if decided[o] > before[o]}
            assert not new, f"{example.name}: without {column}"


def without_columns(rule: str, example: Any) -> Iterator[tuple[str | None, Records]]:
    """The records of an example as texts, then without each column that the rule reads, and which."""
    whole = {table: as_rows(rows) for table, rows in example.given.items()}
    yield None, whole
    for table, name in sorted(PACK.rules[rule].rule.required_fields()):
        filled = any(name in row for row in whole.get(table, []))
        if filled and name not in KEYS and (rule, name) not in SAYS_SOMETHING_ELSE:
            yield f"{table}.{name}", {**whole, table: as_rows(example.given[table], name)}


def strangers(given: dict[str, list[dict[str, Any]]], clause: str) -> dict[str, list[dict[str, Any]]]:
    """Rows that do not belong: of another topic, clause or kind; undated, and some that cannot be used."""
    found: dict[str, list[dict[str, Any]]] = {}
    subjects = {row["subject"] for rows in given.values() for row in rows if row.get("subject")} or {"甲"}
    if "roster" in given:
        found["roster"] = [
            {"id": f"other-{i}", "topic": "其他", "subject": subject, "since": "2018-01-01", "until": "2018-01-31"}
            for i, subject in enumerate(sorted(subjects))
        ]
    if "disclosure" in given:
        same = {
            "topic": "其他",
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


@pytest.mark.parametrize("rule", two_of_each_kind(b for i, b in PACK.rules.items() if i not in OF_ANY_TOPIC))
def test_examples_among_rows_that_do_not_belong_stay_as_they_are(rule: str) -> None:
    """One example of each outcome and of each set of parameters; all of them in the long search."""
    bound = PACK.rules[rule].rule
    one_of_each = {(e.expect, repr(e.parameters)): e for e in reversed(bound.examples)}
    for example in bound.examples if is_long_search() else one_of_each.values():
        added = strangers(example.given, bound.clause)
        if not added:
            continue
        given = {table: [*rows, *added.get(table, [])] for table, rows in example.given.items()}
        changed = example.model_copy(
            update={"given": given, "each": {}, "needs": {}}
        )  # its values are tried where it stands alone
        assert run_example(PACK, rule, changed) == [], example.name


@pytest.mark.parametrize("rule", ["PD-4.1", "PD-8-1.1", "PD-8-4.4", "PD-8-7.2", "PD-8-5.1", "PD-8-8.3", "PD-3.1", "PD-8-2.2"])
def test_examples_beside_an_unusable_row_of_another_topic_stay_as_they_are(rule: str) -> None:
    unusable = {"id": "other", "topic": "其他", "subject": "甲", "period": "2018", "published_on": "2018-02-30"}
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
