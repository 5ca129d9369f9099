"""A column that is not read and likely is a field that decides: nobody is accused before it is confirmed."""

from __future__ import annotations

from typing import Any

import pytest

import opencheck as oc

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
