"""A placeholder in place of a fact never leaves a pass that rested on the fact."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.outcomes import Outcome
from opencheck.records.tables import TABLES
from opencheck.rules.packs.pack import PackRule
from pingdu_rules import PACK
from placeholder_words import SILENT

RECORD_RULES = [name for name, bound in PACK.rules.items() if bound.rule.kind.about == "record"]


@cache
def passes(rule: str) -> list[tuple[int, str, int, str]]:
    """Each filled text of a passing example that the rule reads: example, table, row and field."""
    bound = PACK.rules[rule]
    found = []
    for number, example in enumerate(bound.rule.examples):
        if example.expect != "pass":
            continue
        for table, name in sorted(bound.rule.required_fields()):
            field = TABLES[table].fields[name]
            if not field.takes_placeholders or field.kind not in ("text", "prose", "list"):
                continue
            found += [(number, table, at, name) for at, row in enumerate(example.given.get(table, [])) if row.get(name)]
    return found


def outcomes(bound: PackRule, records: dict[str, list[dict[str, Any]]], as_of: Any) -> list[Outcome]:
    return [f.outcome for f in bound.check(records, as_of=as_of)]


@pytest.mark.parametrize("rule", RECORD_RULES)
@given(data=st.data())
def test_placeholder_is_judged_as_a_blank(rule: str, data: st.DataObject) -> None:
    """What a blank makes of a passing example, every placeholder makes of it: a pass that rested on the text is none any more."""
    places = passes(rule)
    if not places:
        return
    number, table, at, name = data.draw(st.sampled_from(places))
    word = data.draw(st.sampled_from(SILENT))
    example = PACK.rules[rule].rule.examples[number]
    pack = oc.load_pack("pingdu-2018", example.parameters) if example.parameters else PACK
    told = []
    for value in (word, None):
        records = {t: [dict(r) for r in rows] for t, rows in example.given.items()}
        records[table][at][name] = value
        told.append(outcomes(pack.rules[rule], records, example.as_of))
    field = TABLES[table].fields[name]
    if field.read(word) in (None, []):
        # Of a list the word may say that it is empty, which can only be worse than not known.
        worse = field.kind == "list" and field.read(word) == []
        assert told[0] == told[1] or (worse and Outcome.PASS not in told[0]), (example.name, table, name, word)
