"""Parameters of a pack, and those that a user changes."""

from __future__ import annotations

from datetime import date

from opencheck.core.outcomes import Outcome
from opencheck.rules.packs.pack import Pack
from pingdu_rules import check, one


def test_parameters_changed_change_the_finding(pack: Pack) -> None:
    document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    records = {"document": [document], "interpretation": [{"id": "a", "document_id": "1", "published_on": "2018-09-07"}]}
    assert [str(f.outcome) for f in check("PD-9.4", records, date(2018, 12, 31))] == ["violation"]
    found = check("PD-9.4", records, date(2018, 12, 31), interpretation_limit="4 working_days")
    assert [str(f.outcome) for f in found] == ["pass"]
    found = check("PD-9.4", records, date(2018, 12, 31), binding_from="2018-12-01")
    assert [f.severity for f in found] == ["advice"]


def test_parameters_covers_another_year() -> None:
    records = {
        "disclosure": [
            {"id": str(m), "topic": "空气质量", "period": f"2019-{m:02}", "published_on": f"2019-{m + 1:02}-08"}
            for m in range(1, 12)
        ]
    }
    found = check("PD-8-7.1", records, date(2019, 12, 31), covers="2019")
    outcomes = [str(f.outcome) for f in sorted(found, key=lambda f: f.period or "")]
    assert outcomes == ["pass"] * 11 + ["pending"]


def test_parameters_changed_are_explained() -> None:
    row = {"disclosure": [{"id": "1", "topic": "water.warning", "formed_on": "2018-09-10", "published_on": "2018-09-11"}]}
    own = one("PD-8-7.13", row)
    assert any("预警发布和差错更正没有法定数字" in t.zh for t in own.explanation)
    assert not any("at_once" in t.zh for t in own.explanation), "names are for those who change a value"
    assert any("尚未与法规原文核对" in t.zh for t in own.explanation), "the flag 'seen' is carried on"
    changed = one("PD-8-7.13", row, at_once="1 working_days")
    assert changed.outcome is Outcome.PASS
    assert any("由使用者改为1个工作日" in t.zh for t in changed.explanation)
