"""What is refused where a rule is read: a limit in other units than its kind counts in, and parts that do not fit together.

The rules stand here by themselves: a pack whose rules are all refused could not even be loaded.
"""

from __future__ import annotations

from typing import Any

import pytest

from opencheck.rules.rule import Rule

LIMITS = ("0 days", "1 days", "3 working_days", "1 hours")
IN_DAYS = {"0 days", "1 days", "3 working_days"}
CALENDAR_DAYS = {"1 days"}


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(
    ("table", "kind", "key", "more", "accepted", "told"),
    [
        ("disclosure", "posted", "at_least", {"from": "published_on", "until": "posted_until"}, CALENDAR_DAYS, "at_least: N days"),
        ("evidence", "evidence", "valid", {"shows": "甲"}, {"0 days", "1 days"}, "valid: N days"),
        ("request", "within", "limit", {"from": "received_on", "to": "replied_on"}, IN_DAYS, "belongs to 'within_hours'"),
        ("opinion_case", "within_hours", "limit", {"from": "warned_at", "to": "responded_at"}, {"1 hours"}, "limit: N hours"),
        ("disclosure", "recent", "limit", {"field": "published_on"}, IN_DAYS, "days or working_days"),
        (
            "request", "converted", "limit",
            {"at_least": 3, "of": "subject", "day": "received_on", "into": {"table": "disclosure", "by": "subject"}},
            IN_DAYS, "days or working_days",
        ),
    ],
)  # fmt: skip
def test_limit_is_taken_in_the_units_in_which_the_kind_counts(
    table: str, kind: str, key: str, more: dict[str, Any], accepted: set[str], told: str, limit: str
) -> None:
    said = refusal(table, {kind: {**more, key: limit}})
    assert said is None if limit in accepted else told in str(said)


LEVELS = {"axes": [{"field": "level", "values": ["county", "town"]}]}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({}, None),
        ({"in_order": True}, "'in_order' needs 'done'"),
        ({"in_order": True, "done": "published_on"}, None),
        ({"dated": "published_on"}, None),
        ({"dated": "published_on", "done": "published_on"}, "'dated' is of grids without 'done'"),
        ({"done": "title"}, "disclosure.title is a text"),
        ({"once": "county"}, None),
        ({"once": "nowhere"}, "'once: nowhere' is no value of the first axis"),
        ({"due": "period_end"}, "'due: period_end' needs 'every'"),
        ({"due": "period_end", "every": "month"}, None),
        ({"until": "posted_until"}, None),
        ({"until": "title"}, "disclosure.title is a text"),
        ({"holds": {"county": ["甲"]}}, None),
        ({"holds": {"nowhere": ["甲"]}}, "'nowhere': no value of the first axis"),
        ({"every": "year", "any_year": ["town"]}, None),
        ({"every": "year", "any_year": ["nowhere"]}, "'nowhere': no value of the first axis"),
        ({"every": "month", "any_year": ["town"]}, "'any_year' needs 'every: year'"),
        ({"comprises": {"甲": ["county"]}}, None),
        ({"comprises": {"甲": ["nowhere"]}}, "'nowhere': no value of the last axis"),
        ({"per": "subject"}, None),
        ({"per": "published_on"}, "disclosure.published_on is a date"),
        ({"per": "subject", "pooled": True}, None),
        ({"pooled": True}, "need 'per'"),
        ({"wanted_yearly": True}, "need 'per'"),
        ({"per": "subject", "wanted_yearly": True, "every": "year"}, "leave 'every' out"),
        ({"axes": [{"field": "level", "values": ["nowhere"]}]}, "'nowhere' is none of its values"),
        ({"axes": [{"field": "published_on", "values": ["county"]}]}, "disclosure.published_on is a date"),
    ],
)
def test_parts_of_a_grid_fit_together(parts: dict[str, Any], told: str | None) -> None:
    said = refusal("disclosure", {"grid": LEVELS | parts})
    assert said is None if told is None else told in str(said)


def test_grid_names_its_elements_and_topics() -> None:
    axes = [{"field": "topic", "values": ["debt"]}, {"field": "elements", "values": ["限额"]}]
    of_elements = taken("disclosure", {"grid": {"axes": axes, "stands_for": {"限额": ["余额"]}}})
    assert (of_elements.kind.elements_of(of_elements), of_elements.kind.topics_of(of_elements)) == (["限额", "余额"], ["debt"])
    of_levels = taken("disclosure", {"grid": LEVELS | {"per": "subject", "roster": "debt", "holds": {"town": ["余额"]}}})
    assert (of_levels.kind.elements_of(of_levels), of_levels.kind.topics_of(of_levels)) == (["余额"], ["debt"])


NOTICED = {"from": "received_on", "to": "replied_on", "limit": "15 working_days"}
OF_DOCUMENT = {"linked": {"table": "interpretation", "by": "document_id"}}


@pytest.mark.parametrize(
    ("table", "requirement", "more", "told"),
    [
        ("request", {"within": NOTICED}, {}, None),
        ("request", {"within": NOTICED | {"extended_by_notice": "extension_notified_on"}}, {}, None),
        ("request", {"within": NOTICED | {"extended_by_notice": "extension_notified_on", "limit": "15 days"}}, {}, "in working days"),
        ("request", {"within": NOTICED | {"extended_by_notice": "title"}}, {}, "request.title is a text"),
        ("request", {"within": NOTICED | {"not_counted": "title"}}, {}, "request.title is a text"),
        ("request", {"within": NOTICED | {"to": "title"}}, {}, "request.title is a text"),
        ("document", {"within": {"from": "published_on", "to": "interpretation.published_on", "limit": "3 days"}}, {}, "the same table"),
        ("document", {"within": {"from": "published_on", "to": "interpretation.published_on", "limit": "3 days"}, **OF_DOCUMENT}, {}, None),
        ("document", {"within": {"from": "signed_on", "to": "published_on", "limit": "3 days"}, **OF_DOCUMENT}, {}, "the same table"),
        ("disclosure", {"permanent": {"until": "posted_until"}}, {}, None),
        ("disclosure", {"permanent": {"until": "title"}}, {}, "disclosure.title is a text"),
        ("disclosure", {"permanent": {"until": "posted_until", "since": "title"}}, {}, "disclosure.title is a text"),
        ("document", {"permanent": {"until": "published_on", "renewed": True}}, {}, "has no field 'subject'"),
        ("document", {"permanent": {"until": "published_on", "while_on_roster": "a"}}, {}, "has no field 'subject'"),
        ("disclosure", {"free_of": {"text": "title", "personal": ["resident_id"]}}, {}, None),
        ("disclosure", {"free_of": {"text": "title"}}, {}, "'personal' or 'patterns'"),
        ("disclosure", {"free_of": {"text": "published_on", "personal": ["resident_id"]}}, {}, "disclosure.published_on is a date"),
        ("document", {"marked": {"text": "text", "attribute": "attribute"}}, {}, None),
        ("document", {"marked": {"text": "text", "attribute": "number"}}, {}, "holds no disclosure attribute"),
        ("opinion_case", {"stages": {"steps": ["warned_at", "responded_at"], "optional": ["warned_at"]}}, {}, None),
        ("opinion_case", {"stages": {"steps": ["warned_at", "responded_at"], "optional": ["responded_at"]}}, {}, "no step before the last"),
        ("request", {"stages": {"steps": ["received_on", "corrected_on", "replied_on"], "optional": ["corrected_on"]}}, {}, None),
        ("request", {"stages": {"steps": ["received_on", "title", "replied_on"]}}, {}, "request.title is a text"),
        ("disclosure", {"evidence": {"valid": "365 days", "shows": "甲"}}, {}, "judges the table 'evidence'"),
        ("evidence", {"evidence": {"valid": "365 days", "shows": "甲"}}, {"when": {"clause": "1"}}, "leave 'when' out"),
        ("disclosure", {"series": {"every": "month"}}, {"when": {"topic": "debt"}}, None),
        ("disclosure", {"series": {"every": "month"}}, {"when": {"level": "city"}}, "needs a topic"),
        ("disclosure", {"series": {"every": "month", "cumulative": True}}, {"when": {"topic": "debt"}}, None),
        ("disclosure", {"series": {"every": "year", "cumulative": True}}, {"when": {"topic": "debt"}}, "'cumulative' is of months"),
        ("disclosure", {"series": {"every": "quarter", "months_of": "debts"}}, {"when": {"topic": "debt"}}, None),
        ("disclosure", {"series": {"every": "month", "months_of": "debts"}}, {"when": {"topic": "debt"}}, "of quarters, without"),
        ("disclosure", {"series": {"every": "quarter", "months_of": "debts", "elements": ["甲"]}}, {"when": {"topic": "debt"}}, "of quarters, without"),
        ("request", {"series": {"every": "month"}}, {"when": {"topic": "debt"}}, "has no field 'topic'"),
        ("disclosure", {"linked_in": {"among": "channels", "value": "title"}}, {}, "linked_in needs 'linked'"),
    ],
)  # fmt: skip
def test_parts_of_other_kinds_fit_together(
    table: str, requirement: dict[str, Any], more: dict[str, Any], told: str | None
) -> None:
    said = refusal(table, requirement, **more)
    assert said is None if told is None else told in str(said)


def refusal(table: str, requirement: dict[str, Any], **more: Any) -> str | None:
    """Why a rule is refused; None where it is taken."""
    try:
        taken(table, requirement, **more)
    except ValueError as error:
        return str(error)
    return None


def taken(table: str, requirement: dict[str, Any], **more: Any) -> Rule:
    """A rule of its own."""
    rule = {"id": "X-1", "clause": "1", "title": {"zh": "甲", "en": "a"}, "remedy": {"zh": "补", "en": "mend"}, "on": table}
    return Rule.model_validate(rule | more | {"require": requirement})
