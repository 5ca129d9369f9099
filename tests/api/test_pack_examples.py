"""Examples that do not hold say in what."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencheck.api.pack_examples import run_example
from opencheck.core.errors import PackError
from opencheck.rules.packs.loader import load_pack
from pack_files import edit


def failing(folder: Path) -> set[str]:
    """The rules of a changed pack whose examples no longer hold, of the tasks that the changes are about and their neighbours.

    Every example of the unchanged packs runs once, in tests/rules/packs/test_examples.py.
    """
    pack = load_pack(folder)
    near = ("8-4", "8-9", "9", "15", "10")
    rules = {i: b.rule for i, b in pack.rules.items() if b.rule.clause.rpartition(".")[0] in near}
    return {i for i, rule in rules.items() if any(run_example(pack, i, e) for e in rule.examples)}


def test_run_example_changed_number_fails_the_rule(copy: Path) -> None:
    edit(copy / "pack.yaml", "value: 3 working_days", "value: 4 working_days")
    failed = failing(copy)
    assert failed == {"PD-9.4", "PD-8-9.2b", "PD-8-9.4"}
    edit(copy.parent / "cn-statutes" / "norms.yaml", "within: 15 working_days", "within: 16 working_days")
    edit(copy / "08-4-poverty-relief.yaml", "modality: in_principle", "modality: must")
    assert failing(copy) == failed | {"PD-15.3", "PD-8-4.4"}


ELEMENTS = ["增减变化", "变化原因", "走势预判"]


@pytest.mark.parametrize(
    ("expect", "changes", "told"),
    [
        ("pass", {"needs": {"elements": ELEMENTS}}, []),
        ("pass", {"needs": {"disclosure.elements": ELEMENTS}}, []),
        (
            "pass",
            {"needs": {"elements": ["同比"]}},
            ["needs.elements: '同比': 例子的记录里没有 / not in the records of the example"],
        ),
        ("pass", {"needs": {"topic": ["fiscal.monthly"]}}, ["needs.topic: 'fiscal.monthly': expected not pass, found None"]),
        ("pass", {"needs": {"element": ELEMENTS}}, ["needs: 没有这个字段 / no field 'element'"]),
        ("pass", {"each": {"elements": [ELEMENTS, [*ELEMENTS, "同比"]]}}, []),
        ("pass", {"each": {"elements": ["增减变化"]}}, ["each.elements: '增减变化': expected pass, found violation"]),
        (
            "pass",
            {"each": {"meeting.kind": ["executive"]}},
            ["each.meeting.kind: 'executive': 例子的记录里没有 / not in the records of the example"],
        ),
        ("pass", {"each": {"published_on": ["2018-02-30"]}}, ["each.published_on: '2018-02-30': expected pass, found None"]),
        ("violation", {"each": {"elements": [*ELEMENTS, ELEMENTS[:2]]}}, []),
        ("violation", {"each": {"elements": [ELEMENTS]}}, [f"each.elements: {ELEMENTS}: expected violation, found pass"]),
    ],
)
def test_run_example_tries_every_value_of_each_and_needs(pack, expect: str, changes: dict, told: list[str]) -> None:
    example = next(e for e in pack.rules["PD-8-1.2"].rule.examples if e.expect == expect)
    plain = example.model_copy(update={"each": {}, "needs": {}})
    assert run_example(pack, "PD-8-1.2", plain.model_copy(update=changes)) == told


def test_needs_is_refused_where_the_example_is_no_pass(copy: Path) -> None:
    edit(
        copy / "08-1-finance.yaml",
        "      needs: {elements: [增减变化",
        "      each: {elements: []}\n      expect: violation\n      needs: {elements: [增减变化",
    )
    edit(copy / "08-1-finance.yaml", "      expect: pass\n      each: {elements: []}\n", "")
    with pytest.raises(PackError, match="'needs' is of examples that pass"):
        load_pack(copy)


def test_run_example_moved_date_in_force_fails_the_rule(copy: Path) -> None:
    norms = copy.parent / "cn-statutes" / "norms.yaml"
    edit(norms, 'to: "2019-05-14"', 'to: "2019-05-15"')
    edit(norms, 'from: "2019-05-15"', 'from: "2019-05-16"')
    assert failing(copy) == {"PD-15.3"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"expect": "pass"}, "outcome: expected pass"),
        ({"late_by": 2}, "late_by: expected 2"),
        ({"missing": ["x"]}, "missing: expected"),
        ({"findings": 2}, "findings: expected 2, found 1"),
        ({"says": "没有这句话"}, "is not in the explanation"),
        ({"silent": "期限依据"}, "is in the explanation"),
        ({"given": {"disclosure": []}}, "no finding at all"),
        ({"given": {"disclosure": [{"id": "1", "formed_on": "2018-02-30"}]}}, "rejected"),
        ({"parameters": {"nothing": 1}}, "has no parameter"),
    ],
)
def test_run_example_failing_example_names_the_difference(pack, changes: dict, told: str) -> None:
    example = next(e for e in pack.rules["PD-2-3.1"].rule.examples if e.expect == "violation")
    assert run_example(pack, "PD-2-3.1", example) == []
    (difference, *_) = run_example(pack, "PD-2-3.1", example.model_copy(update=changes))
    assert told in difference
