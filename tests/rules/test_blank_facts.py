"""A fact that is blank never turns a finding into a pass, and a word that no vocabulary knows decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

import opencheck as oc
from judged_together import Records, first_and_last, is_long_search, judged_together, two_of_each_kind
from opencheck.core.outcomes import Outcome
from opencheck.rules.rule import Example, Rule
from pingdu_rules import PACK, one

BLANK_MEANS = {
    "posted_until": "still posted, by contract",
    "excluded_days": "none",
    "is_public_institution": "the parameter basic_catalogue_when_unknown",
    "is_important": "the parameter important_when_unknown",
    "is_focus": "not marked as a focus",
    "since": "always on the roster",
    "until": "still on the roster",
    "status": "an account that is not marked as closed is open",
}

OF_CONTRADICTIONS = {
    # A text that lacks what the ledger says contradicts it; without the text the ledger stands alone.
    "PD-1.1": {("document", "text")},
    # Published, but marked on request, is a contradiction; published without a mark is open, by contract.
    **{rule: {("disclosure", "attribute")} for rule in ("PD-2-3.1", "PD-3.3", "PD-8-1.1b")},
    # A day and a time of publication that differ contradict each other.
    **{rule: {("disclosure", n) for n in ("published_on", "published_at")} for rule in ("PD-8-7.11", "PD-8-7.13")},
    "PD-18.2": {("post", "published_at")},
    # A last day before the first contradicts itself whatever the list is about: nothing is missing.
    "PD-8-3.4": {("disclosure", "subject")},
    # A correction or consultation out of order contradicts the request; none at all is a request that went straight through.
    "PD-15.3": {("request", n) for n in ("corrected_on", "third_party_asked_on", "third_party_replied_on")},
}
"""Facts whose blank ends a contradiction that the example is about: what is left agrees with itself, and may pass."""


@pytest.mark.slow
@pytest.mark.parametrize("rule", two_of_each_kind(PACK.rules.values()))
def test_blank_fact_never_turns_into_a_pass(rule: str) -> None:
    """Blank one fact that a rule reads, each in turn: what was no pass stays none, what cannot be told names what is missing, nothing crashes."""
    bound = PACK.rules[rule]
    by_parameters: dict[str, list[Example]] = {}
    for example in searched(bound.rule):
        by_parameters.setdefault(repr(example.parameters), []).append(example)
    for examples in by_parameters.values():
        used = oc.load_pack("pingdu-2018", examples[0].parameters).rules[rule]
        cases = [(example, *changed) for example in examples for changed in blanked(rule, example)]
        found = judged_together(used, [(example.as_of, records) for example, _, records in cases])
        passed: set[Any] = set()
        known: set[Any] = set()
        for (example, blank, _), after in zip(cases, found, strict=True):
            if blank is None:
                passed = {record for record, f in after if f.outcome is Outcome.PASS}
                known = {(record, f.subject, f.period, f.outcome) for record, f in after}
                continue
            for record, f in after:
                same = bool(passed) if bound.rule.kind.about == "set" else record in passed
                if blank[0] == "roster" and bound.rule.kind.about == "set":
                    # Without a whole roster, what is there is judged, and that it may not be all is told.
                    same = any(o.outcome is Outcome.INDETERMINATE for _, o in after)
                assert f.outcome is not Outcome.PASS or same, (example.name, blank)
                is_new = (record, f.subject, f.period, f.outcome) not in known
                if f.outcome is Outcome.INDETERMINATE and is_new:
                    assert f.missing, (example.name, blank)
                if is_new or is_long_search():
                    assert f.message.zh
                    assert f.explanation


def searched(rule: Rule) -> Sequence[Example]:
    """The examples of a rule; of one about a set, which costs a check for each blank, one of each outcome is enough outside the long search."""
    if rule.kind.about == "record" or is_long_search():
        return rule.examples
    return list({e.expect: e for e in reversed(rule.examples)}.values())


def blanked(rule: str, example: Example) -> Iterator[tuple[tuple[str, str] | None, Records]]:
    """The records of an example as they are, then with one fact blank that the rule reads, and which."""
    reads = PACK.rules[rule].rule.required_fields()
    yield None, example.given
    for table, name in sorted(
        r for r in reads if r[1] != "id" and r[1] not in BLANK_MEANS and r not in OF_CONTRADICTIONS.get(rule, ())
    ):
        filled = [number for number, row in enumerate(example.given.get(table, [])) if row.get(name) is not None]
        for number in first_and_last(filled):
            records = {t: [dict(r) for r in rows] for t, rows in example.given.items()}
            records[table][number][name] = None
            yield (table, name), records


@pytest.mark.parametrize(
    ("rule", "table", "field", "known", "outcome"),
    [
        ("PD-9.4", "document", "attribute", "主动公开", "violation"),
        ("PD-9.4", "document", "attribute", "依申请公开", "not_applicable"),
        ("PD-14.1", "disclosure", "review_result", "同意公开", "pass"),
        ("PD-14.1", "disclosure", "review_result", "不同意公开", "violation"),
        ("PD-14.1b", "document", "review_result", "同意公开", "pass"),
        ("PD-14.1", "disclosure", "review_result", "尚未审查", "violation"),
        ("PD-14.1c", "disclosure", "review_result", "不同意公开", "pass"),
        ("PD-14.1c", "disclosure", "review_result", "正在审查", "violation"),
        ("PD-14.1d", "document", "review_result", "部分公开", "pass"),
        ("PD-14.1d", "document", "review_result", "无结论", "violation"),
    ],
)
def test_word_that_the_vocabulary_does_not_know_decides_nothing(
    rule: str, table: str, field: str, known: str | None, outcome: str
) -> None:
    row = {
        "id": "1", "topic": "other", "is_policy": True, "signed_on": "2018-09-03", "submitted_on": "2018-09-03", "published_on": "2018-09-03",
        "attribute": "主动公开", "proposed_attribute": "主动公开", "proposed_reason": "《条例》第十九条", "reviewed_on": "2018-09-01",
        "review_result": "同意公开", "reviewer": "王某",
    }  # fmt: skip
    fields = PACK.rules[rule].rule.required_fields() | {(table, "id")}
    own = {name: value for name, value in row.items() if (table, name) in fields}
    records = {table: [{**own, field: known}], "interpretation": []}
    assert one(rule, records).outcome == outcome
    unknown = one(rule, {**records, table: [{**own, field: "按规定办理"}]})
    assert (unknown.outcome, unknown.missing) == (Outcome.INDETERMINATE, (field,))
    assert "“按规定办理”不在词表里" in unknown.message.zh


@pytest.mark.parametrize(("word", "outcome"), [("依申请公开", "pass"), ("同意", "violation"), (None, "violation")])
def test_rule_that_wants_one_of_a_vocabularys_words_is_broken_by_any_other(word: str | None, outcome: str) -> None:
    row = {
        "id": "1",
        "is_policy": True,
        "submitted_on": "2018-09-03",
        "proposed_attribute": word,
        "proposed_reason": "涉及商业秘密",
    }
    assert one("PD-13.1", {"document": [row]}).outcome == outcome
