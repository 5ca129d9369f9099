"""A placeholder in place of a fact never leaves a pass that rested on the fact."""

from __future__ import annotations

import pytest

import opencheck as oc
from judged_together import first_and_last, judged_together, stand_apart, two_of_each_kind
from opencheck.core.outcomes import Outcome
from opencheck.records.placeholders import is_formula_error
from opencheck.records.tables import TABLES
from pingdu_rules import PACK
from placeholder_words import SILENT

RECORD_RULES = [bound for bound in PACK.rules.values() if bound.rule.kind.about == "record"]


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


@pytest.mark.parametrize("rule", two_of_each_kind(bound for bound in RECORD_RULES if passes(bound.rule.id)))
def test_placeholder_is_judged_as_a_blank(rule: str) -> None:
    """What a blank makes of a passing example, every placeholder makes of it: a pass that rested on the text is none any more."""
    examples = PACK.rules[rule].rule.examples
    for parameters in {repr(e.parameters): e.parameters for e in examples}.values():
        places = [p for p in passes(rule) if examples[p[0]].parameters == parameters]
        cases, tried = [], []
        for number, table, at, name in places:
            # Which words say nothing is tested field by field elsewhere: of cases that cannot be judged together a few are enough.
            words = SILENT if stand_apart(PACK.rules[rule], examples[number].given) else first_and_last(SILENT)
            for value in (None, *words):
                records = {t: [dict(r) for r in rows] for t, rows in examples[number].given.items()}
                records[table][at][name] = value
                cases.append((examples[number].as_of, records))
                tried.append((examples[number].name, TABLES[table].fields[name], value))
        used = oc.load_pack("pingdu-2018", parameters).rules[rule]
        blank: list[Outcome] = []
        for (example, field, word), found in zip(tried, judged_together(used, cases), strict=True):
            told = [f.outcome for _, f in found]
            if word is None:
                blank = told
            elif is_formula_error(word):  # no word of a clerk's: the row is rejected
                assert told.count(Outcome.PASS) <= blank.count(Outcome.PASS), (example, field.name, word)
            elif field.read(word) in (None, []):
                # Of a list the word may say that it is empty, which can only be worse than not known.
                worse = field.kind == "list" and field.read(word) == []
                assert told == blank or (worse and Outcome.PASS not in told), (example, field.name, word)
