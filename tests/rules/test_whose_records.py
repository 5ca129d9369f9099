"""What never keeps a duty: another office's record, a lower level's, one that is not open, one that is out before its period ended.

Each is tried on the passing examples of every rule that asks for it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judged_together import two_of_each_kind
from opencheck.core.outcomes import Outcome
from opencheck.core.periods import Period
from opencheck.rules.kinds.series import Series
from opencheck.rules.set_kind import SetKind
from pingdu_rules import PACK, check

RULES = {i: b.rule for i, b in PACK.rules.items() if b.rule.on in ("disclosure", "meeting")}
OTHERS = ["南村镇人民政府", "东阁街道办事处", "杏庙村", "东关社区", "市旅游局"]
LOWER = ["town", "village", "project_unit"]


def passing(rule: str) -> list[Any]:
    return [e for e in RULES[rule].examples if e.expect == "pass" and e.given.get(RULES[rule].on)]


def outcomes(rule: str, example: Any, changed: dict[str, Any]) -> set[Outcome]:
    table = RULES[rule].on
    given_ = example.given | {table: [r | changed for r in example.given[table]]}
    return {f.outcome for f in check(rule, given_, example.as_of, **example.parameters)}


def of_kind(*names: str, key: str) -> list[str]:
    return [i for i, r in RULES.items() if r.kind.name in names and getattr(r.kind, key, None) and passing(i)]


@given(st.data())
@pytest.mark.parametrize("rule", of_kind("series", "grid", "count", key="unit"))
def test_pass_of_another_office_is_lost(rule: str, data: st.DataObject) -> None:
    example, unit = data.draw(st.sampled_from(passing(rule))), data.draw(st.sampled_from(OTHERS))
    assert Outcome.PASS not in outcomes(rule, example, {"unit": unit})


@given(st.data())
@pytest.mark.parametrize("rule", of_kind("series", "grid", "count", key="level"))
def test_pass_of_a_lower_level_is_lost(rule: str, data: st.DataObject) -> None:
    example, level = data.draw(st.sampled_from(passing(rule))), data.draw(st.sampled_from(LOWER))
    assert Outcome.PASS not in outcomes(rule, example, {"level": level})


@pytest.mark.parametrize("unit", ["南村镇人民政府", "东阁街道办事处", "杏庙村", "东关社区"])
@pytest.mark.parametrize("rule", of_kind("series", "grid", "count", key="level"))
def test_pass_of_a_town_is_lost_where_no_level_is_given(rule: str, unit: str) -> None:
    for example in passing(rule):
        assert Outcome.PASS not in outcomes(rule, example, {"unit": unit, "level": None}), example.name


def test_record_of_no_level_counts_where_its_unit_may_be_of_the_city() -> None:
    for unit in (None, "市发改局", "某某中心"):
        row = {"id": "1", "unit": unit, "topic": "resources.allocation", "level": None, "published_on": "2018-09-10"}
        (found,) = check("PD-8-2.2", {"disclosure": [row]})
        assert found.outcome is Outcome.PASS


@given(st.data())
@pytest.mark.parametrize(
    "rule", two_of_each_kind(PACK.rules[i] for i, r in RULES.items() if (r.only_open or r.open_only is False) and passing(i))
)
def test_pass_of_what_is_not_open_is_lost(rule: str, data: st.DataObject) -> None:
    example, mark = data.draw(st.sampled_from(passing(rule))), data.draw(st.sampled_from(["不予公开", "依申请公开"]))
    reason = data.draw(st.sampled_from([None, "《中华人民共和国政府信息公开条例》第十四条"]))
    assert Outcome.PASS not in outcomes(rule, example, {"attribute": mark, "non_disclosure_reason": reason})


def _figures() -> list[str]:
    return [i for i, r in RULES.items() if isinstance(r.kind, Series) and r.kind.due == "following_period" and passing(i)]


@given(st.data())
@pytest.mark.parametrize("rule", _figures())
def test_pass_before_the_period_ended_is_lost(rule: str, data: st.DataObject) -> None:
    example, back = data.draw(st.sampled_from(passing(rule))), data.draw(st.sampled_from([1, 2, 20]))
    rows = []
    for row in example.given["disclosure"]:
        if row.get("period") is None:
            return
        period = Period.parse(str(row["period"]))
        if period.every != RULES[rule].kind.every:  # a batch of a shorter period may be out at any time of it
            return
        rows.append(row | {"published_on": date.fromordinal(period.last_day.toordinal() - back)})
    found = check(rule, example.given | {"disclosure": rows}, example.as_of, **example.parameters)
    assert Outcome.PASS not in {f.outcome for f in found}


def test_set_kinds_say_whose_records_count() -> None:
    named = {
        "PD-2-2.1",
        "PD-7.2",
        "PD-8-1.1",
        "PD-8-3.1",
        "PD-8-4.2",
        "PD-8-7.1",
        "PD-8-7.2",
        "PD-8-7.3",
        "PD-8-8.3",
        "PD-8-9.3",
    }
    assert all(isinstance(RULES[i].kind, SetKind) and RULES[i].kind.unit for i in named)


def test_a_unit_that_the_pack_does_not_know_may_count() -> None:
    rows = [{"id": "1", "topic": "environment.air_quality", "unit": "某局", "period": "2018-09", "published_on": "2018-10-10"}]
    found = {f.period: f for f in check("PD-8-7.1", {"disclosure": rows})}
    assert (found["2018-09"].outcome, found["2018-09"].missing) == (Outcome.INDETERMINATE, ("disclosure.unit",))
    assert found["2018-08"].outcome is Outcome.VIOLATION


@pytest.mark.parametrize(
    ("unit", "outcome"),
    [
        ("市环保局、市财政局", "pass"),
        ("市财政局；市环保局", "pass"),
        ("市环保局、云山镇政府", "pass"),
        ("云山镇政府、市环保局", "pass"),
        ("某某中心、市环保局", "pass"),
        ("市财政局、市教体局", "violation"),
        ("市财政局、平度市云山镇政府", "violation"),
        ("云山镇政府、某某村", "violation"),
        ("市财政局、某某中心", "indeterminate"),
    ],
)
def test_what_several_units_publish_counts_where_one_of_them_does(unit: str, outcome: str) -> None:
    row = {"id": "1", "topic": "环境空气质量", "unit": unit, "level": None, "period": "2018-09", "published_on": "2018-10-10"}
    (found,) = [f for f in check("PD-8-7.1", {"disclosure": [row]}) if f.period == "2018-09"]
    assert str(found.outcome) == outcome


@pytest.mark.parametrize(
    ("unit", "outcome"),
    [("市财政局、云山镇政府", "pass"), ("云山镇政府、市财政局", "pass"), ("云山镇政府、某某村", "violation")],
)
def test_what_the_city_publishes_with_a_town_is_the_city_s(unit: str, outcome: str) -> None:
    row = {"id": "1", "topic": "公共资源配置", "unit": unit, "level": None, "published_on": "2018-09-10"}
    (found,) = check("PD-8-2.2", {"disclosure": [row]})
    assert str(found.outcome) == outcome
