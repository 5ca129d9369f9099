"""The product against the slow second evaluator (``tests/support/oracle``) on generated ledgers; ``scripts/compare_with_oracle.py`` runs longer."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from judged_together import is_long_search
from opencheck.records.tables import TABLES
from oracle.compare import ABOUT_SETS, differences, renewal_differences, set_differences, stray_differences
from oracle.records import KINDS
from oracle.sets import SETS
from oracle.world import kind_of

pytestmark = pytest.mark.slow

SEED = 20180824


def test_oracle_agrees_on_records() -> None:
    counted: Counter[str] = Counter()
    for number in range(3):
        found = list(differences(f"{SEED} {number}", 150, counted=counted))
        assert not found, found[0]
    for kind in KINDS:
        assert sum(n for name, n in counted.items() if name.startswith(f"{kind} ")) > 40, counted
    for said in ("within pass", "within violation", "meets pass", "meets violation", "marked violation", "stages violation"):
        assert counted[said], counted


def test_oracle_agrees_on_sets() -> None:
    counted: Counter[str] = Counter()
    kinds = Counter(kind_of(rule) for rule in ABOUT_SETS.values())
    for rule, entry in ABOUT_SETS.items():
        for number in range(max(2, 32 // kinds[kind_of(entry)])):  # kinds of few rules are judged as often as others
            found = list(set_differences(f"{SEED} {number}", rule, counted=counted))
            assert not found, found[0]
    for kind in SETS:
        for said in ("pass", "violation"):
            # Where doubts are not thought out to the end, two outcomes are right: "violation|indeterminate".
            assert any(n.split("|")[0] == f"{kind} {said}" for n in counted), counted


def test_oracle_agrees_on_renewals() -> None:
    counted: Counter[str] = Counter()
    for number in range(15):
        found = list(renewal_differences(f"{SEED} {number}", counted=counted))
        assert not found, found[0]
    for said in ("pass", "violation", "indeterminate"):
        assert counted[f"permanent {said}"], counted


def test_oracle_agrees_on_references_that_point_to_nothing() -> None:
    counted: Counter[str] = Counter()
    for number in range(30):
        found = list(stray_differences(f"{SEED} {number}", counted=counted))
        assert not found, found[0]
    for said in ("pass", "violation", "indeterminate", "pending"):
        assert counted[f"within {said}"], counted


@pytest.mark.thorough
def test_oracle_agrees_on_duckdb() -> None:
    for number in range(1):
        found = list(differences(f"duckdb {SEED} {number}", 150, engine="duckdb"))
        assert not found, found[0]
    tried: Counter[str] = Counter()
    for number, (rule, entry) in enumerate(ABOUT_SETS.items()):
        tried[kind_of(entry)] += 1
        if tried[kind_of(entry)] > 3:  # of a kind with many rules some are enough
            continue
        found = list(set_differences(f"duckdb {number}", rule, engine="duckdb"))
        assert not found, found[0]


@pytest.mark.thorough
@pytest.mark.spark
def test_oracle_agrees_on_spark(spark: Any) -> None:
    """Limits with and without linked records; all tables, each of which costs jobs of Spark, in the long search."""
    counted: Counter[str] = Counter()
    tables = TABLES if is_long_search() else ("document", "request")
    found = list(differences(f"spark {SEED}", 150, engine=spark, counted=counted, tables=tables))
    assert not found, found[0]
    assert counted["within pass"], counted
    assert counted["within violation"], counted
