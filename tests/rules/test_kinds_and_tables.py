"""A rule on a table that lacks what its kind reads is refused when it is loaded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from opencheck.core.calendar import WorkCalendar
from opencheck.records.tables import TABLES
from opencheck.rules.context import RuleContext
from opencheck.rules.judgement import Covers
from opencheck.rules.rule import Rule
from pingdu_rules import PACK
from rules_as_written import as_written

OF_KINDS = {b.rule.kind.name: i for i, b in reversed(PACK.rules.items()) if b.rule.on not in ("listing", "evidence")}
"""A rule of each kind; a published table has columns of its own, and evidence is the only table of its kind."""


@pytest.mark.parametrize("rule", OF_KINDS.values(), ids=OF_KINDS)
def test_rule_of_another_table_than_its_kind_can_read_is_refused(rule: str) -> None:
    bound = PACK.rules[rule].rule
    alone = {name: part for name, part in as_written(bound).items() if name in ("id", "clause", "title", "require", "remedy")}
    needed = {name for table, name in bound.kind.required_fields(bound) if table == bound.on}
    for table in TABLES.values():
        if lacking := needed - set(table.fields):
            with pytest.raises(ValueError, match="|".join(sorted(lacking))):
                Rule.model_validate(alone | {"on": table.name})


@pytest.mark.parametrize(
    ("rule", "changed", "told"),
    [
        ("PD-14.2d", {"holds": {"名称": ["名称"]}}, "either 'holds' or 'personal'"),
        ("PD-14.2d", {"personal": []}, "either 'holds' or 'personal'"),
        ("PD-15.4", {"limit": "20 hours"}, "days or working_days"),
        ("PD-3.4", {"valid": "12 working_days"}, "needs 'valid: N days'"),
        ("PD-14.2", {"personal": [], "never_excepted": []}, "'personal' or 'patterns'"),
        ("PD-13.3", {"attribute": "number"}, "holds no disclosure attribute"),
        ("PD-18.3", {"limit": "14 hours"}, "days or working_days"),
        ("PD-10.2b", {"optional": ["responded_at"]}, "no step before the last: responded_at"),
        ("PD-10.2b", {"optional": ["warned_at", "posted"]}, "no step before the last: posted \\["),
        ("PD-9.4", {"to": "published_on"}, "must name the same table"),
        ("PD-9.4", {"to": "disclosure.published_on"}, "must name the same table"),
        ("PD-3.3", {"to": "interpretation.published_on"}, "must name the same table"),
        ("PD-9.4", {"also": "title"}, "title"),
        ("PD-9.4", {"not_counted": "title"}, "title"),
        ("PD-3.3", {"extended_by_notice": "reviewed_on", "limit": "20 days"}, "need a limit in working days"),
        ("PD-8-3.1", {"axes": [{"field": "level", "values": ["nowhere"]}]}, "nowhere"),
        ("PD-8-3.1", {"in_order": True, "done": None}, "'in_order' needs 'done'"),
        ("PD-8-7.7", {"once": "别的"}, "no value of the first axis"),
        ("PD-8-3.1", {"due": "period_end"}, "needs 'every'"),
        ("PD-8-4.2", {"holds": {"别的": ["完成情况"]}}, "'别的': no value of the first axis"),
        ("PD-8-4.2", {"holds": {}, "any_year": ["别的"]}, "'别的': no value of the first axis"),
        ("PD-8-4.2", {"every": "quarter"}, "needs 'every: year'"),
        ("PD-8-2.1", {"per": None, "wanted_yearly": False}, "need 'per'"),
        ("PD-8-2.1", {"per": None, "follow_up": None}, "need 'per'"),
        ("PD-8-3.1", {"roster": "assistance.subsistence_allowance"}, "need 'per'"),
        ("PD-8-3.1", {"pooled": True}, "need 'per'"),
        ("PD-8-3.2", {"every": "year"}, "leave 'every' out"),
        ("PD-8-2.1", {"every": "year"}, "leave 'every' out"),
        ("PD-8-3.1", {"once": "办理流程"}, "no value of the first axis"),
        ("PD-8-3.1", {"holds": {"办理流程": ["救助政策"]}}, "no value of the first axis"),
        (
            "PD-8-3.1",
            {"comprises": {"全套": ["救助政策", "assistance.policy_medical"]}},
            "'assistance.policy_medical': no value of the last axis",
        ),
        (
            "PD-8-4.2",
            {"holds": {"甲": ["完成情况"], "乙": ["完成情况"]}, "any_year": ["丙"]},
            "'甲', '乙', '丙': no value of the first axis",
        ),
        ("PD-8-9.3", {"level": ["nowhere"]}, "nowhere"),
        ("PD-8-9.3", {"every": "month", "months_of": "housing.market"}, "of quarters, without 'elements'"),
        ("PD-8-9.3", {"elements": ["招生范围"], "months_of": "housing.market"}, "of quarters, without 'elements'"),
    ],
)
def test_rule_whose_parts_do_not_fit_together_is_refused(rule: str, changed: dict[str, Any], told: str) -> None:
    bound = PACK.rules[rule].rule
    written, kind = as_written(bound), bound.kind.name
    parts = {name: part for name, part in (written["require"][kind] | changed).items() if part is not None}
    with pytest.raises(ValueError, match=told):
        Rule.model_validate(written | {"require": written["require"] | {kind: parts}})


@pytest.mark.parametrize(
    "changed",
    [
        {"comprises": {"全套": ["救助政策", "办理流程"]}},
        {"once": "assistance.policy_medical"},
        {"in_order": True},
        {"done": None, "dated": "published_on"},
        {"holds": {"assistance.policy_medical": ["救助政策"]}},
        {"every": "year", "any_year": ["assistance.policy_medical"]},
        {"every": "quarter", "due": "period_end"},
        {"every": "quarter", "per": "subject", "pooled": True},
        {"per": "subject", "wanted_yearly": True, "roster": "assistance.subsistence_allowance"},
    ],
)
def test_grid_of_two_axes_whose_parts_fit_together_is_taken(changed: dict[str, Any]) -> None:
    written = as_written(PACK.rules["PD-8-3.1"].rule)
    taken = Rule.model_validate(written | {"require": {"grid": written["require"]["grid"] | changed}})
    assert {name: getattr(taken.kind, name) for name in changed} == changed


@pytest.mark.parametrize(
    ("rule", "changed", "told"),
    [
        ("PD-3.4", {"on": "disclosure"}, "judges the table 'evidence'"),
        ("PD-3.4", {"when": {"clause": "3.4"}}, "leave 'when' out"),
        ("PD-8-9.3", {"when": {"level": "city"}}, "needs a topic"),
    ],
)
def test_rule_that_does_not_fit_its_kind_is_refused(rule: str, changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Rule.model_validate(as_written(PACK.rules[rule].rule) | changed)


OF_LARGE_TABLES = {b.rule.kind.name: i for i, b in PACK.rules.items() if b.rule.kind.name in ("grid", "series", "in_one_place")}


@pytest.mark.parametrize("rule", OF_LARGE_TABLES.values(), ids=OF_LARGE_TABLES)
def test_what_a_kind_keeps_of_records_does_not_grow_with_them(rule: str) -> None:
    """A row for each cell, or of very many records in doubt one of each sort."""
    bound, present = PACK.rules[rule].rule, {t.name: frozenset(t.fields) for t in TABLES.values()}
    context = RuleContext(date(2018, 12, 31), WorkCalendar.china(), Covers(date(2018, 1, 1), date(2018, 12, 31)), {}, present)
    kept = {name: r for name, r in bound.kind.reductions(bound, context).items() if r.table == bound.on}
    assert kept
    assert [name for name, reduction in kept.items() if reduction.keys is None and not reduction.sample] == []


@pytest.mark.parametrize("rule", sorted({b.rule.kind.name: i for i, b in PACK.rules.items()}.values()))
def test_rule_as_it_is_written_is_taken(rule: str) -> None:
    """Else the refusals above would say nothing."""
    bound = PACK.rules[rule].rule
    assert Rule.model_validate(as_written(bound)).kind == bound.kind


WHO = "roster.since roster.subject roster.topic roster.unit roster.until"
"""What is read of the roster to tell who is expected, and when."""


@pytest.mark.parametrize(
    ("rule", "reads", "shows"),
    [
        ("PD-2-3.1b", "disclosure.attribute disclosure.published_on disclosure.subject disclosure.title disclosure.topic held_on topics_decided", "topics_decided"),
        ("PD-2-2.1", "held_on invited_attendees unit", "held_on"),
        ("PD-8-7.9", "level period published_on unit", "published_on"),
        ("PD-17.1b", "batch listed_on", "listed_on"),
        ("PD-1.1b", "clause dated_on reviewed_on reviewer valid_until verdict", "verdict"),
        ("PD-2-1.4", "clause dated_on reviewed_on reviewer unit.unit unit.year valid_until verdict", "verdict"),
        ("PD-6.2", "text", "text"),
        ("PD-3.1", "elements formed_on published_on subject", "elements"),
        ("PD-8-3.1", "elements level posted_until published_on topic unit", "elements"),
        ("PD-8-3.2", f"level posted_until published_on {WHO} subject", "level"),
        ("PD-8-4.2", "elements formed_on level period published_on topic unit", "topic"),
        ("PD-12.2b", "aspect revised_on sector", "aspect"),
        ("PD-8-7.10", f"channels published_on {WHO} subject", "channels"),
        ("PD-9.2", "drafting_units interpretation.document_id interpretation.published_on interpretation.unit", "drafting_units"),
        ("PD-13.3", "attribute text", "text"),
        ("PD-8-3.4", "level posted_until published_on roster.subject roster.topic roster.until subject", "posted_until"),
        ("PD-8-4.3c", "posted_until published_on", "posted_until"),
        ("PD-8-4.4", "posted_until published_on", "posted_until"),
        ("PD-18.3", "last_post_on", "last_post_on"),
        ("PD-8-1.1", "formed_on level period published_on subject unit", "published_on"),
        ("PD-8-5.1", f"elements formed_on period published_on {WHO} subject", "published_on"),
        ("PD-10.2b", "assessed_at handled_at responded_at warned_at", "warned_at assessed_at handled_at responded_at"),
        ("PD-3.3", "formed_on published_on", "published_on"),
        ("PD-9.4", "drafting_units id interpretation.document_id interpretation.id interpretation.published_on interpretation.unit interpretation_published_on number published_on title", "published_on"),
        ("PD-8-9.2b", "document.id interpretation.document_id interpretation.id interpretation.published_on interpretation.unit published_on title", "published_on"),
        ("PD-15.3", "corrected_on correction_notified_on excluded_days extension_notified_on received_on replied_on third_party_asked_on third_party_replied_on", "replied_on"),
        ("PD-10.1", "detected_at press_conference_at", "press_conference_at"),
    ],
)  # fmt: skip
def test_rule_reads_the_columns_that_decide_and_shows_the_cells_to_look_at(rule: str, reads: str, shows: str) -> None:
    """A heading near one of the columns that was not understood is told before anything else."""
    bound = PACK.rules[rule].rule
    told = {name if table == bound.on else f"{table}.{name}" for table, name in bound.kind.required_fields(bound)}
    assert " ".join(sorted(told)) == reads
    assert " ".join(bound.kind.fields_to_highlight(bound, {})) == shows
