"""``meets``: the record's own fields must meet conditions.

Reading: every condition must hold. A blank that the conditions ask for is the defect itself (``present``); any other test of a blank
is unknown, and the finding names the field. Before the duty falls due, what is not met yet is pending.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from operator import and_
from typing import Any, ClassVar

import polars as pl

from opencheck.core.outcomes import Outcome
from opencheck.records.tables import TABLES
from opencheck.rules.condition_expressions import conjuncts
from opencheck.rules.conditions import ANY_OF, SEVERAL, Conditions, Test, check_fields, iter_tests, to_test
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, outcome_expr
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.requirement import Kind

__all__ = [
    "Meets",
]


class Meets(Kind):
    """The record's fields meet conditions; see the module for the reading."""

    name: ClassVar[str] = "meets"

    conditions: Conditions

    def check(self, rule: RuleSpec) -> None:
        check_fields(self.conditions, TABLES[rule.on])

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        found = set()
        for name, test in iter_tests(self.conditions):
            found.add((rule.on, name))
            found |= {(rule.on, name) for name in test.refs}
        return found

    def elements_of(self, rule: RuleSpec) -> list[str]:
        element_tests = [t for n, t in iter_tests(self.conditions) if n == "elements"]
        return [e for t in element_tests for e in (*(t.contains or ()), *(t.contains_any or ()))]

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return self.failed(found) or list(dict.fromkeys(name for name, _ in iter_tests(self.conditions)))

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        each = {
            name: context.shared(f"_met:{rule.id}:{name}", holds)
            for name, holds in conjuncts(self.conditions, context.fields(rule.on)).items()
        }
        met = reduce(and_, each.values(), pl.lit(True))
        due, not_due, no_due = context.due_of(rule)
        codes = outcome_expr(
            context.applies(rule),
            (met, Outcome.PASS),
            (not_due, Outcome.PENDING),
            (met.is_null(), Outcome.INDETERMINATE),
            (no_due, Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        extras = {f"met:{name}": holds for name, holds in each.items()}
        if rule.due and rule.due.year_end_of:
            extras["due_year"] = pl.col(rule.due.year_end_of)
        return Judgement(codes, due, None, extras)

    def failed(self, found: Mapping[str, Any]) -> list[str]:
        """The fields whose condition is not met."""
        return self._fields_of(name for name in self.conditions if found.get(f"met:{name}") is False)

    def _fields_of(self, keys: Iterable[str]) -> list[str]:
        """The fields that conjuncts test."""
        return list(dict.fromkeys(n for key in keys for n, _ in iter_tests({key: self.conditions[key]})))

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        absent = context.fields(rule.on).absent
        names = self._fields_of(key for key in self.conditions if found.get(f"met:{key}", True) is None)
        others = [r for _, t in iter_tests(self.conditions) for r in t.refs]
        blank = [n for n in [*names, *others] if n in absent or found.get(n) is None]
        failed = any(v is False for key, v in found.items() if key.startswith("met:"))
        if rule.due and (failed or not (blank or names)):
            blank = [*rule.due.on, *([rule.due.year_end_of] if rule.due.year_end_of else [])]
        return list(dict.fromkeys(blank or self._strangers(rule, found, context, [*names, *others]) or names))

    @staticmethod
    def _strangers(rule: RuleSpec, found: Mapping[str, Any], context: RuleContext, names: list[str]) -> list[str]:
        """Those of the fields that name a unit which nobody knows."""
        units = [n for n in names if TABLES[rule.on].fields[n].column.entity == "unit"]
        return [n for n in units if not context.known_units.issuperset(str(found[n]).split(SEVERAL))]

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """A defect of content is not late by days."""
        return None, None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        names = dict.fromkeys(
            name for _, name in sorted(self.required_fields(rule), key=lambda f: list(TABLES[rule.on].fields).index(f[1]))
        )
        unmet = [self._wanted(rule, name, found, context) for name in self.conditions if found.get(f"met:{name}") is False]
        return {
            "table": rule.on,
            "unmet": {"each": unmet},
            "values": {(rule.on, name): found.get(name) for name in names},
            "due": found.get("due"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
        }

    def _wanted(
        self, rule: RuleSpec, name: str, found: Mapping[str, Any] | None = None, context: RuleContext | None = None
    ) -> dict[str, Any]:
        """One conjunct as a fact that can be put into words: a field's test, or alternatives; of a record only what it does not meet."""

        def as_facts(field: str, test: Test) -> dict[str, Any]:
            whole = {"field": (rule.on, field), "test": test}
            return whole if found is None or context is None else _unmet(whole, found.get(field), context)

        value: Any = self.conditions[name]
        if name == ANY_OF:
            return {"either": [[as_facts(n, t) for n, t in iter_tests(branch)] for branch in value]}
        return as_facts(name, to_test(value))

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            return "missing.fact", facts
        return f"meets.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        """Each condition with the value found and whether it is met."""
        steps: list[Step] = []
        for name, value in self.conditions.items():
            met = found.get(f"met:{name}")
            fields = dict.fromkeys(n for n, _ in iter_tests({name: value}))
            facts = {
                "wanted": self._wanted(rule, name),
                "values": {(rule.on, n): found.get(n) for n in fields},
            }
            steps.append(("step.met" if met else "step.unknown" if met is None else "step.not_met", facts))
        if found.get("due"):
            steps.append(("step.due", {"due": found["due"]}))
        return steps


def _unmet(wanted: dict[str, Any], value: Any, context: RuleContext) -> dict[str, Any]:
    """What a field's value does not meet of its test: nothing that is filled in is said to be missing."""
    test: Test = wanted["test"]
    if value is None or value == []:
        return {**wanted, "test": Test(present=True)} if test.present else wanted
    day = value.date() if isinstance(value, datetime) else value
    if test.present and isinstance(day, date) and day > context.as_of:
        return {"field": wanted["field"], "later": value}
    left: dict[str, Any] = {"present": None} if test.asks_more else {}
    if test.contains and isinstance(value, list):
        left["contains"] = [v for v in test.contains if v not in value] or None
    return {**wanted, "test": test.model_copy(update=left), "lacking": bool(left.get("contains"))}
