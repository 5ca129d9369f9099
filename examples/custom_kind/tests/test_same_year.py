"""The kind with its own tests: the pack's examples, and the boundary of a year."""

from __future__ import annotations

from pathlib import Path

import pytest

import opencheck as oc
from opencheck.api.pack_examples import run_examples

PACK = Path(__file__).parent.parent / "pack"


def test_examples_of_the_pack() -> None:
    results = list(run_examples(oc.load_pack(PACK)))
    assert len(results) == 4
    assert [r for r in results if r.differences] == []


@pytest.mark.parametrize(
    ("number", "signed_on", "outcome"),
    [
        ("平政办发〔2018〕12号", "2018-12-31", "pass"),
        ("平政办发〔2018〕12号", "2019-01-01", "violation"),
        ("平政办发[2018]12号", "2018-06-01", "pass"),
        ("平政办发2018年12号", "2018-06-01", "indeterminate"),
    ],
)
def test_same_year_boundary(number: str, signed_on: str, outcome: str) -> None:
    rule = oc.load_pack(PACK).rules["SY-1.1"]
    (found,) = rule.check(
        {"document": [{"id": "1", "is_policy": True, "number": number, "signed_on": signed_on}]}, as_of="2019-12-31"
    )
    assert str(found.outcome) == outcome
    assert found.message.zh
    assert found.message.en


def test_what_the_rule_does_not_concern_is_told_too() -> None:
    """A rule with a condition lists such records with ``--all``: the kind needs a sentence for them."""
    rule = oc.load_pack(PACK).rules["SY-1.1"]
    (found,) = rule.check({"document": [{"id": "1", "number": "平政办发〔2018〕12号", "is_policy": False}]}, as_of="2019-12-31")
    assert (str(found.outcome), found.message.zh) == ("not_applicable", "只查政策性文件的文号")
