"""What a rule makes of a record two of whose columns disagree on one field: where it reads the field, nothing can be told.

Reading: which of the two holds is not known, so neither counts; a rule that surely does not concern the record, whichever holds, stays silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from opencheck.records.contradictions import CONTRADICTED, Contradiction, contradictions_in, contradicts
from opencheck.rules.condition_expressions import conjuncts
from opencheck.rules.conditions import iter_tests
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import owed_to_everybody
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import linking_fields
from opencheck.rules.rule import OPENNESS

__all__ = ["contradictions_of", "fields_that_decide", "surely_unconcerned"]


def fields_that_decide(rule: RuleSpec, context: RuleContext) -> frozenset[str]:
    """The fields of a rule's own table on which its judgement of a record hangs: those that it reads, and those that link others to it."""
    own = {name for table, name in rule.required_fields() if table == rule.on}
    return frozenset(own | set(linking_fields(rule.on, context.present) if rule.require.linked else ()))


def surely_unconcerned(rule: RuleSpec, context: RuleContext) -> pl.Expr:
    """Whether a rule does not concern a record by fields of which no columns disagree, over columns of the table alone."""
    fields = replace(context.fields(rule.on), list_predicate=None, shared=None, as_of=None)
    tests = []
    for name, holds in conjuncts(rule.when, fields).items():
        read_fields = {n for field, test in iter_tests({name: rule.when[name]}) for n in (field, *test.refs)}
        tests.append((read_fields, holds))
    if rule.only_open:
        tests.append((set(OPENNESS), owed_to_everybody()))
    if rule.for_year:
        tests.append(({rule.for_year}, pl.col(rule.for_year).is_in(context.covers.years)))
    return pl.any_horizontal(
        [pl.lit(False), *((~holds).fill_null(False) & ~contradicts(read_fields) for read_fields, holds in tests)]
    )


def contradictions_of(rule: RuleSpec, facts: Mapping[str, Any], context: RuleContext) -> list[Contradiction]:
    """The fields that a rule reads and of which two columns of a record disagree."""
    if not (text := facts.get(CONTRADICTED)):
        return []
    decisive = fields_that_decide(rule, context)
    return [c for c in contradictions_in(text) if c.field in decisive]
