"""A row of the roster whose topic nobody knows may tell of one more who is expected: the list is not whole, which does not pass."""

from __future__ import annotations

from typing import Any

import pytest

from pingdu_rules import check

KNOWN = {"id": "r1", "subject": "甲"}
OTHER = {"id": "r2", "subject": "乙"}
RECORDS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "PD-8-7.2": (
        "environment.source_water",
        [{"period": f"2018-{m:02}", "published_on": f"2018-{m + 1:02}-10", "unit": "市环保局"} for m in range(1, 12)],
    ),
    "PD-8-7.10": ("environment.polluter_disclosure", [{"published_on": "2018-06-01", "channels": "政府门户网站"}]),
    "PD-8-5.1": (
        "education.admission",
        [{"period": "2018", "published_on": "2018-07-01", "elements": "招生范围；招生条件；招生程序"}],
    ),
    "PD-8-3.2": (
        "assistance.subsistence_allowance",
        [{"published_on": "2018-06-01", "level": level, "elements": "户主姓名"} for level in ("市级", "镇级", "村级")],
    ),
}


@pytest.mark.parametrize("rule", RECORDS)
@pytest.mark.parametrize(("topic", "is_open"), [("某某名单", True), (None, True), ("其他", False), ("月度财政收支", False)])
def test_roster_row_of_an_unknown_topic_may_be_one_more(rule: str, topic: str | None, *, is_open: bool) -> None:
    own, rows = RECORDS[rule]
    records = [{"id": str(i), "topic": own, "subject": "甲"} | row for i, row in enumerate(rows)]
    roster = [KNOWN | {"topic": own}, OTHER | {"topic": topic}]
    found = check(rule, {"roster": roster, "disclosure": records})
    whole = [f for f in found if f.missing == ("roster.subject",) and f.subject is None]
    assert [str(f.outcome) for f in whole] == (["indeterminate"] if is_open else [])
    assert all(("应公开名录有1行" in f.message.zh, "1 row of the roster" in f.message.en) == (True, True) for f in whole)
    assert "乙" not in {f.subject for f in found}


@pytest.mark.parametrize(("topic", "outcome"), [("某某名单", "indeterminate"), (None, "indeterminate"), ("其他", "pass")])
def test_roster_row_of_an_unknown_topic_may_run_longer(topic: str | None, outcome: str) -> None:
    own = "assistance.subsistence_allowance"
    row = {
        "id": "1",
        "topic": own,
        "subject": "甲",
        "level": "村级",
        "published_on": "2018-01-01",
        "posted_until": "2018-06-30",
    }
    roster = [KNOWN | {"topic": own, "until": "2018-06-30"}, KNOWN | {"id": "r2", "topic": topic, "until": "2018-12-31"}]
    (found,) = check("PD-8-3.4", {"roster": roster, "disclosure": [row]})
    assert str(found.outcome) == outcome
