"""A rule on a table that lacks what its kind reads is refused when it is loaded."""

from __future__ import annotations

import pytest

from opencheck.records.tables import TABLES
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
    ("rule", "key", "accepted"),
    [
        ("PD-9.4", "limit", {"0 days", "1 days", "3 working_days"}),
        ("PD-8-4.4", "at_least", {"1 days"}),
        ("PD-10.1", "limit", {"1 hours"}),
    ],
)
def test_rule_with_a_limit_in_a_unit_that_its_kind_does_not_count_in_is_refused(
    rule: str, key: str, accepted: set[str]
) -> None:
    bound = PACK.rules[rule].rule
    written = {
        name: part for name, part in as_written(bound).items() if name in ("id", "clause", "title", "on", "require", "remedy")
    }
    for limit in ("0 days", "1 days", "3 working_days", "1 hours"):
        changed = written | {
            "require": {**written["require"], bound.kind.name: {**written["require"][bound.kind.name], key: limit}}
        }
        if limit in accepted:
            assert str(getattr(Rule.model_validate(changed).kind, key)) == limit
        else:
            with pytest.raises(ValueError, match="hours" if key == "limit" else "N days"):
                Rule.model_validate(changed)
