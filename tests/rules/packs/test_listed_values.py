"""Every value that a rule lists does something: without it one of the rule's examples does not hold.

The values stand in the YAML of a rule (topics, elements, channels, units, levels, kinds of personal data) and once more in its examples
(``each``, ``needs``), which say what each is for. A value is taken out of the rule here, not out of the file, and only the examples that
speak of it are run.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import opencheck as oc
from judged_together import two_of_each_kind
from opencheck.api.pack_examples import run_example
from opencheck.rules.packs.pack import Pack, PackRule
from opencheck.rules.rule import Example, Rule
from pingdu_rules import PACK
from rules_as_written import as_written

FIELDS = ("on", "steps", "distinct")
"""Lists of fields, not of values."""

PACKS = (PACK, oc.load_pack("cn-disclosure-2019"))
Path = tuple[str | int, ...]


def lists(value: Any, path: Path = ()) -> Iterator[tuple[Path, list[str]]]:
    """The lists of at least two words, with where they stand."""
    if isinstance(value, list) and len(value) > 1 and all(isinstance(item, str) for item in value):
        yield path, value
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if key not in FIELDS:
                yield from lists(inner, (*path, key))


def without(written: dict[str, Any], path: Path, word: str) -> Rule:
    """A rule whose list lacks a word."""
    changed = copy.deepcopy(written)
    holder: Any = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = [item for item in holder[path[-1]] if item != word]
    return Rule.model_validate(changed)


def listed(rule: Rule) -> list[tuple[Path, str]]:
    written = as_written(rule)
    parts = {name: written[name] for name in ("when", "consistent", "require", "exceptions") if name in written}
    return [(path, word) for path, words in lists(parts) for word in words if "matches" not in path]


def speaks_of(example: Example, word: str) -> Example | None:
    """An example with those of its ``each`` and ``needs`` that a word is in; None where it is in none."""
    kept = {
        says: {k: own for k, values in fields.items() if (own := [v for v in values if word == v or _holds(v, word)])}
        for says, fields in (("each", example.each), ("needs", example.needs))
    }
    return example.model_copy(update={**kept, "parameters": {}}) if any(kept.values()) else None


def _holds(value: Any, word: str) -> bool:
    return isinstance(value, list) and word in value


def fails_without(bound: PackRule, path: Path, word: str) -> bool:
    rule = bound.rule.id
    try:
        changed = without(as_written(bound.rule), path, word)
    except ValueError:  # another part of the rule names it
        return True
    told = [(e, own) for e in bound.rule.examples if (own := speaks_of(e, word))]
    # Some are shown otherwise: kinds of personal data by texts that hold them, one of several elements by a list that lacks it alone.
    told += [(e, e.model_copy(update={"parameters": {}})) for e in bound.rule.examples if e.each]
    for example, own in told:
        pack: Pack = oc.load_pack(bound.pack.path, example.parameters) if example.parameters else bound.pack
        less = replace(pack, rules={}, plans={})
        less.rules[rule] = PackRule(changed, less, bound.parameters)
        if run_example(less, rule, own):
            return True
    return False


LISTING = [pack.rules[rule] for pack in PACKS for rule in two_of_each_kind(b for b in pack.rules.values() if listed(b.rule))]


@pytest.mark.parametrize("bound", LISTING, ids=[b.rule.id for b in LISTING])
def test_rule_without_one_of_its_values_fails_an_example(bound: PackRule) -> None:
    silent = [(".".join(map(str, path)), word) for path, word in listed(bound.rule) if not fails_without(bound, path, word)]
    assert silent == []
