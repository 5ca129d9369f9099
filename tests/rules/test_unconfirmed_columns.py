"""A column that is not read and likely is a field that decides: nobody is accused, and nothing passes, before it is confirmed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

import opencheck as oc
from judged_together import first_and_last
from opencheck.core.localized import PackText
from pingdu_rules import PACK

LIST = {"id": "1", "topic": "powers.list", "elements": ["清单"], "published_on": "2018-09-10"}
POLICY = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-10"}
WATER = {"id": "1", "topic": "environment.source_water", "subject": "甲", "period": "2018-09", "published_on": "2018-10-10"}
SOURCE = {"id": "1", "topic": "environment.source_water", "subject": "甲"}


@pytest.mark.parametrize(
    ("rule", "tables", "key", "value", "field"),
    [
        ("PD-4.1b", {"disclosure": [LIST]}, "attribut", "依申请公开", "attribute"),
        ("PD-9.4", {"document": [POLICY], "interpretation": []}, "is_importan", False, "is_important"),
        ("PD-8-7.2", {"roster": [SOURCE], "disclosure": [WATER]}, "sinc", "2018-09-01", "roster.since"),
    ],
)
def test_violation_waits_for_a_column_that_may_decide(
    rule: str, tables: dict[str, list[dict[str, Any]]], key: str, value: Any, field: str
) -> None:
    def outcomes(given: dict[str, list[dict[str, Any]]]) -> set[str]:
        return {str(f.outcome) for f in oc.check(given, as_of="2018-12-31", rules=rule).findings()} - {"pending"}

    table = next(iter(tables))
    assert outcomes(tables) == {"violation"}
    misspelt = {**tables, table: [{**row, key: value} for row in tables[table]]}
    assert outcomes(misspelt) == {"indeterminate"}
    found = oc.check(misspelt, as_of="2018-12-31", rules=rule).findings()[0]
    assert found.missing == (field,)
    assert f"列“{key}”没有读，可能就是“" in found.message.zh
    assert found.remedy.zh.startswith(f"确认列“{key}”是不是“")
    assert outcomes({**tables, table: [{**row, "经办科室": value} for row in tables[table]]}) == {"violation"}


def test_column_that_may_be_a_field_that_is_there_leaves_nothing_open() -> None:
    row = {**LIST, "attribute": "主动公开", "attribut": "依申请公开"}
    assert [str(f.outcome) for f in oc.check({"disclosure": [row]}, as_of="2018-12-31", rules="PD-4.1b").findings()] == [
        "violation"
    ]


def misspelt(rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [{key[:-1] if k == key else k: v for k, v in row.items()} for row in rows]


@pytest.mark.parametrize(
    ("rule", "name", "table", "key"),
    [
        ("PD-2-3.1", "published, but marked on request: a contradiction", "disclosure", "attribute"),
        ("PD-7.2", "taken down before the year ended", "disclosure", "posted_until"),
        ("PD-8-3.2", "the village took its list down while the allowance ran", "disclosure", "posted_until"),
        ("PD-8-5.2b", "before the year ends", "roster", "subject"),
        ("PD-8-7.9", "the list of 2017 published in 2018", "disclosure", "period"),
        ("PD-10.2b", "no warning", "opinion_case", "is_focus"),
        ("PD-12.3", "only a public institution's catalogue was revised", "catalog_entry", "is_public_institution"),
        ("PD-16.1", "one dated after the day of the check", "catalog_entry", "revised_on"),
    ],
)
def test_nothing_passes_for_what_a_misspelt_column_says(rule: str, name: str, table: str, key: str) -> None:
    example = next(e for e in PACK.rules[rule].rule.examples if isinstance(e.name, PackText) and e.name.en == name)
    given = {**example.given, table: misspelt(example.given[table], key)}
    findings = list(oc.check(given, as_of=example.as_of, rules=rule, include_all=True).findings())
    assert {str(f.outcome) for f in findings} == {"indeterminate"}
    assert all(f"列“{key[:-1]}”没有读，可能就是“" in f.message.zh for f in findings)
    assert all(f.remedy.zh.startswith(f"确认列“{key[:-1]}”是不是“") for f in findings)


def test_months_do_not_pass_while_what_may_withhold_them_is_not_read() -> None:
    months = [
        {"id": str(n), "topic": "environment.air_quality", "period": f"2018-{n:02d}", "published_on": f"2018-{n + 1:02d}-05"}
        for n in range(1, 12)
    ]
    report = oc.check({"disclosure": months}, as_of="2018-12-31", rules="PD-8-7.1", include_all=True)
    assert Counter(str(f.outcome) for f in report.findings()) == {"pass": 11, "pending": 1}
    withheld = [{**row, "attribut": "不予公开"} for row in months]
    report = oc.check({"disclosure": withheld}, as_of="2018-12-31", rules="PD-8-7.1")
    assert Counter((str(f.outcome), f.missing) for f in report.findings()) == {
        ("indeterminate", ("attribute",)): 11,
        ("pending", ()): 1,
    }


def test_yearly_duty_without_a_record_waits_for_what_may_tell_the_year() -> None:
    row = {"id": "1", "topic": "fiscal.debt", "published_on": "2019-03-01"}
    told = oc.check({"disclosure": [row]}, as_of="2018-12-31", rules="PD-8-1.4").findings()
    assert [str(f.outcome) for f in told if f.record_id is None] == ["violation"]
    findings = oc.check({"disclosure": [{**row, "perdio": "2018"}]}, as_of="2018-12-31", rules="PD-8-1.4").findings()
    assert [(str(f.outcome), f.missing) for f in findings if f.record_id is None] == [("indeterminate", ("period",))]
    assert any("列“perdio”没有读，可能就是“所属期”" in f.message.zh for f in findings if f.record_id is None)


def test_what_could_only_grant_an_exception_takes_no_pass() -> None:
    def outcome(expected: str) -> str:
        example = next(e for e in PACK.rules["PD-2-1.5"].rule.examples if e.expect == expected)
        given = {"meeting": misspelt(example.given["meeting"], "state_secret")}
        (finding,) = oc.check(given, as_of=example.as_of, rules="PD-2-1.5", include_all=True).findings()
        return str(finding.outcome)

    assert (outcome("pass"), outcome("violation")) == ("pass", "indeterminate")


@pytest.mark.parametrize("rule", first_and_last([i for i, b in PACK.rules.items() if b.rule.on != "listing"]))
def test_no_example_with_a_misspelt_key_decides_anything_new(rule: str) -> None:
    bound = PACK.rules[rule].rule
    for example in bound.examples:
        pack = oc.load_pack("pingdu-2018", example.parameters) if example.parameters else PACK
        before = pack.rules[rule].check(example.given, as_of=example.as_of, include_all=True)
        wanted = Counter(str(f.outcome) for f in before)
        for table, key in sorted(bound.deciding_fields() - {(bound.on, n) for n in bound.kind.relieving_fields(bound)}):
            rows = example.given.get(table, [])
            if key in ("id", "document_id") or not any(key in row for row in rows):
                continue
            given = {**example.given, table: misspelt(rows, key)}
            found = Counter(str(f.outcome) for f in pack.rules[rule].check(given, as_of=example.as_of, include_all=True))
            new = {o: found[o] for o in ("pass", "violation", "not_applicable") if found[o] > wanted[o]}
            assert not new, f"{example.name}: {table}.{key}"
