"""A fact that is blank never turns a finding into a pass."""

from __future__ import annotations

import pytest

import opencheck as oc
from opencheck.core.outcomes import Outcome
from pingdu_rules import PACK

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

UNCONTRADICTED = {"PD-1.1": ("document", "text")}
"""A fact without which nothing contradicts what else is recorded."""


@pytest.mark.parametrize("rule", PACK.rules)
def test_blank_fact_never_turns_into_a_pass(rule: str) -> None:
    """Blank one fact that a rule reads, each in turn: what was no pass stays none, what cannot be told names what is missing, nothing crashes."""
    bound = PACK.rules[rule]
    reads = {
        r for r in bound.rule.required_fields() if r[1] != "id" and r[1] not in BLANK_MEANS and r != UNCONTRADICTED.get(rule)
    }
    for example in bound.rule.examples:
        pack = oc.load_pack("pingdu-2018", example.parameters) if example.parameters else PACK
        before = pack.rules[rule].check(example.given, as_of=example.as_of)
        passed = {(f.record_id, f.subject, f.period) for f in before if f.outcome is Outcome.PASS}
        known = {(f.record_id, f.subject, f.period, f.outcome) for f in before}
        for table, name in sorted(reads):
            for number, row in enumerate(example.given.get(table, [])):
                if row.get(name) is None:
                    continue
                records = {t: [dict(r) for r in rows] for t, rows in example.given.items()}
                records[table][number][name] = None
                after = pack.rules[rule].check(records, as_of=example.as_of)
                for f in after:
                    what = (f.record_id, f.subject, f.period)
                    same = bool(passed) if bound.rule.kind.about == "set" else f.record_id in {p[0] for p in passed}
                    if table == "roster" and bound.rule.kind.about == "set":
                        # Without a whole roster, what is there is judged, and that it may not be all is told.
                        same = any(o.outcome is Outcome.INDETERMINATE for o in after)
                    assert f.outcome is not Outcome.PASS or same, (example.name, table, name)
                    if f.outcome is Outcome.INDETERMINATE and (*what, f.outcome) not in known:
                        assert f.missing, (example.name, table, name)
                    assert f.message.zh
                    assert f.explanation
