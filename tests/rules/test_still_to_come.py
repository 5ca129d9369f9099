"""What is dated after the day of the check has not happened: nothing is kept or broken by it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

import opencheck as oc
from opencheck.core.clock import SHANGHAI
from opencheck.records.tables import TABLES
from opencheck.rules.condition_expressions import TableFields, still_to_come
from opencheck.rules.conditions import iter_tests
from opencheck.rules.rule import Rule
from pingdu_rules import END, one

PACKS = [oc.load_pack(name) for name in ("pingdu-2018", "cn-disclosure-2019")]


def acts_of(rule: Rule) -> list[str]:
    """The acts with which a duty starts: dates that its records must have, or on which it falls due."""
    fields = TABLES[rule.on].fields
    tested = [n for n, t in iter_tests(rule.when) if t.present and fields[n].kind in ("date", "datetime")]
    due = [n for n in (rule.due.on if rule.due else ()) if n != "effective_at"]
    return list(dict.fromkeys([*tested, *due]))


def passing_records() -> list[Any]:
    """Each kind of passing example with an act, and the day before the first of its acts."""
    found = []
    for pack in PACKS:
        for bound in pack.rules.values():
            rule = bound.rule
            acts = acts_of(rule) if rule.kind.about == "record" else []
            for example in rule.examples if acts else ():
                (row, *others) = example.given.get(rule.on) or [{}]
                days = sorted(str(row[n])[:10] for n in acts if row.get(n))
                if example.expect == "pass" and days and not others and not row.get("effective_at"):
                    before = date.fromisoformat(days[0]) - timedelta(days=1)
                    found.append(pytest.param(bound, example.given, before, id=f"{rule.id} {days[0]}"))
                    break
    return found


@pytest.mark.parametrize(("rule", "given", "before"), passing_records())
def test_act_after_the_day_of_the_check_never_passes(rule: Any, given: dict[str, Any], before: date) -> None:
    outcomes = {str(f.outcome) for f in rule.check(given, as_of=before)}
    assert outcomes <= {"pending", "indeterminate", "not_applicable"}, outcomes


DAY_BEFORE, DAY = date(2018, 9, 9), date(2018, 9, 10)
NOON = datetime(2018, 9, 10, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("rule", "table", "record"),
    [
        ("PD-14.1c", "disclosure", {"published_on": "2018-09-10", "reviewer": "王某", "review_result": "可以公开"}),
        (
            "PD-14.2",
            "disclosure",
            {"topic": "other", "published_on": "2018-09-10", "mandatory_personal_data": False, "text": "好"},
        ),
        ("PD-9.5", "interpretation", {"published_on": "2018-09-10", "channels": ["政府门户网站"]}),
        (
            "PD-15.2",
            "request",
            {
                "replied_on": "2018-09-10",
                "remedy_authority": "平度市人民政府",
                "remedy_address": "红旗路1号",
                "remedy_time_limit": "60日内",
            },
        ),
        ("PD-18.1", "post", {"published_at": "2018-09-10 08:00", "reviewed_on": "2018-09-09", "on_function": True}),
        (
            "PD-1.1",
            "document",
            {
                "is_policy": True,
                "affects_public_interest": True,
                "signed_on": "2018-09-10",
                "disclosure_provision": "第十条：结果在网站公布",
            },
        ),
        (
            "PD-13.3",
            "document",
            {
                "signed_on": "2018-09-10",
                "published_on": "2018-09-10",
                "attribute": "主动公开",
                "text": "通知\n（此件公开发布）",
            },
        ),
    ],
)
def test_act_counts_from_its_own_day_on(rule: str, table: str, record: dict[str, Any]) -> None:
    records = {table: [{"id": "1", **record}]}
    assert [str(one(rule, records, day).outcome) for day in (DAY_BEFORE, DAY)] == ["pending", "pass"]


def test_act_to_come_is_no_breach_either() -> None:
    record = {"id": "1", "topic": "other", "published_on": "2018-09-10", "text": "王某 11010519491231002X"}
    outcomes = [str(one("PD-14.2b", {"disclosure": [record]}, day).outcome) for day in (DAY_BEFORE, DAY)]
    assert outcomes == ["pending", "violation"]


def test_act_to_come_is_named_with_its_day() -> None:
    record = {"id": "1", "topic": "other", "published_on": "2018-09-10", "text": "好", "mandatory_personal_data": False}
    found = one("PD-14.2", {"disclosure": [record]}, DAY_BEFORE)
    assert "2018-09-10" in found.message.zh
    assert "尚未发生" in found.message.zh
    assert "2018-09-10" in found.message.en
    assert "has not happened" in found.message.en


def test_what_is_lacking_is_still_told_of_an_act_to_come() -> None:
    record = {"id": "1", "published_on": "2018-09-10", "reviewer": None, "review_result": "可以公开"}
    found = one("PD-14.1c", {"disclosure": [record]}, DAY_BEFORE)
    assert (str(found.outcome), found.message.zh[:7]) == ("pending", "尚未到期，最迟")


def test_contradiction_is_told_before_the_act_too() -> None:
    record = {"id": "1", "formed_on": "2018-09-09", "published_on": "2018-09-10", "reviewed_on": "2018-09-08"}
    found = one("PD-14.1", {"disclosure": [{**record, "review_result": "可以公开"}]}, DAY_BEFORE)
    assert str(found.outcome) == "indeterminate"


@pytest.mark.parametrize(
    ("conditions", "starts_on", "row", "coming"),
    [
        ({"published_on": {"present": True}}, ["published_on"], {"published_on": DAY}, True),
        ({"published_on": {"present": True}}, ["published_on"], {"published_on": DAY_BEFORE}, False),
        ({"published_on": {"present": True}}, ["published_on"], {}, True),
        ({}, ["effective_at", "published_on"], {"effective_at": NOON, "published_on": DAY_BEFORE}, False),
        ({}, ["effective_at", "published_on"], {"effective_at": NOON}, False),
        ({}, ["effective_at"], {"effective_at": NOON}, None),
        ({"posted_until": {"present": True}}, [], {"posted_until": DAY}, None),
        ({}, ["formed_on", "published_on"], {"formed_on": DAY_BEFORE, "published_on": DAY}, False),
        ({}, ["formed_on", "published_on"], {"formed_on": DAY, "published_on": DAY}, True),
        ({}, ["formed_on", "published_on"], {"published_on": DAY}, True),
        ({}, ["formed_on", "published_on"], {}, False),
        ({"topic": "other"}, [], {"topic": "other"}, None),
        (
            {"any": [{"formed_on": {"present": True}}, {"published_on": {"present": True}}]},
            [],
            {"formed_on": DAY_BEFORE, "published_on": DAY},
            False,
        ),
        (
            {"any": [{"formed_on": {"present": True}}, {"published_on": {"present": True}}]},
            [],
            {"formed_on": DAY, "published_on": DAY},
            True,
        ),
    ],
)
def test_still_to_come(conditions: dict[str, Any], starts_on: list[str], row: dict[str, Any], coming: bool | None) -> None:
    """A planned day is no act; of several acts one that has happened is enough."""
    spec = TABLES["disclosure"]
    found = still_to_come(conditions, starts_on, TableFields(spec, frozenset(), as_of=DAY_BEFORE))
    if coming is None:
        assert found is None
        return
    assert found is not None
    frame = pl.DataFrame([dict.fromkeys(spec.fields) | row], schema={n: f.dtype for n, f in spec.fields.items()}, orient="row")
    assert frame.select(found).item() is coming


@pytest.mark.parametrize("hour", [1, 23])
def test_moment_on_the_next_day_has_not_come(hour: int) -> None:
    moment = datetime(2018, 9, 10, hour, 0, tzinfo=SHANGHAI)
    record = {"id": "1", "published_at": moment, "reviewed_on": "2018-09-09", "on_function": True}
    assert str(one("PD-18.1", {"post": [record]}, DAY_BEFORE).outcome) == "pending"


@pytest.mark.parametrize(("revised_on", "outcome"), [("2018-12-31", "pass"), (None, "pass"), ("2019-01-01", "violation")])
@pytest.mark.parametrize("rule", ["PD-12.2", "PD-12.2b", "PD-16.1"])
def test_catalogue_entry_made_after_the_day_of_the_check_is_not_there(rule: str, revised_on: str | None, outcome: str) -> None:
    sectors = ["教育", "生态环境", "文化和旅游", "卫生计生", "住房保障", "水电气热", "公共交通", "社会救助和社会福利"]
    aspects = ["决策", "执行", "管理", "服务", "结果", "解读", "回应", "参与"]
    of_institutions = rule == "PD-16.1"
    pairs = [(s, "服务") for s in sectors] if of_institutions else [("教育", a) for a in aspects]
    rows = [
        {"id": str(i), "sector": s, "aspect": a, "is_public_institution": of_institutions, "revised_on": "2018-05-01"}
        for i, (s, a) in enumerate(pairs)
    ]
    rows[3]["revised_on"] = revised_on
    assert str(one(rule, {"catalog_entry": rows}, END).outcome) == outcome


@pytest.mark.parametrize(
    ("published_on", "outcome"), [("2018-09-09", "pass"), (None, "pass"), ("2018-09-10", "not_applicable")]
)
def test_interpretation_to_come_is_by_nobody_yet(published_on: str | None, outcome: str) -> None:
    records = {
        "document": [{"id": "1", "is_policy": True, "drafting_units": "市财政局"}],
        "interpretation": [{"id": "a", "document_id": "1", "unit": "市财政局", "published_on": published_on}],
    }
    assert str(one("PD-9.2", records, DAY_BEFORE).outcome) == outcome


@pytest.mark.parametrize("table", ["document", "disclosure"])
def test_preflight_draft_is_checked_as_on_the_day_of_its_publication(table: str) -> None:
    draft = {"title": "公示", "text": "王某 11010519491231002X"}
    now = oc.preflight(draft, table=table, as_of="2018-09-10")
    planned = oc.preflight({**draft, "published_on": "2018-09-10"}, table=table, as_of="2018-09-03")
    assert (planned.clearance, planned.as_of) == ("no", DAY)
    assert [f.as_dict() for f in planned.findings] == [f.as_dict() for f in now.findings]
