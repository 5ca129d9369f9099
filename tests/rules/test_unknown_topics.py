"""A record of a topic that nobody knows may be the one that is missing, in a large ledger, too."""

from __future__ import annotations

import pytest

import opencheck as oc
from batches import batches_of

LISTS = "assistance.subsistence_allowance"
RULES = {"PD-8-7.9": "count", "PD-8-2.1": "grid", "PD-8-1.1": "series", "PD-8-7.10": "in_one_place", "PD-8-3.4": "permanent"}
"""A rule of each kind that looks for what is missing."""
ANY = {
    "topic": None,
    "subject": "甲厂",
    "attribute": "主动公开",
    "level": "county",
    "unit": None,
    "published_on": "2018-03-01",
    "formed_on": "2018-03-01",
    "posted_until": None,
    "period": "2018",
    "elements": ["批准信息", "实施信息"],
    "channels": ["平度政务网"],
}


@pytest.mark.parametrize(("topic", "outcome"), [("某某专刊", "indeterminate"), ("其他", "violation")])
def test_record_of_a_topic_that_nobody_knows_may_be_the_one_that_is_missing(topic: str, outcome: str) -> None:
    """Of a large batch only the rows are read of which the topic may be the rule's."""
    rows = [
        ANY | {"id": "1", "topic": topic},
        ANY | {"id": "2", "topic": "其他"},
        ANY | {"id": "3", "topic": LISTS, "subject": "甲村", "level": "village", "posted_until": "2018-05-31"},
        ANY | {"id": "4", "topic": topic, "subject": "甲村", "level": "village", "published_on": "2018-06-01"},
    ]
    roster = [{"id": s, "topic": t, "subject": s} for t, s in (("environment.polluter_disclosure", "甲厂"), (LISTS, "甲村"))]
    with batches_of(1):
        report = oc.check({"disclosure": rows, "roster": roster}, as_of="2018-12-31", rules=list(RULES))
    found = {f.rule: f for f in report.findings() if f.period in (None, "2018", "2018-01")}
    assert {RULES[rule]: str(f.outcome) for rule, f in found.items()} == dict.fromkeys(RULES.values(), outcome)
    assert {f.missing[:1] for f in found.values()} <= {("disclosure.topic",), ("topic",), ()}
