"""``linked_in``: at least one linked record carries a value that this record lists.

Reading (谁起草、谁解读): one interpretation by one of the drafting units is enough, others may interpret besides; a record that has
no linked record is not judged here (that one exists at all is another duty). Units are compared after their aliases are resolved,
and under the office that they were merged into; several in one cell are several. A name that the pack does not know may be another name
of any office, and "none" names no drafter: neither is accused. Links go by id, by number or by title. What is dated
(``done``) after the day of the check is not linked yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.records.dataset import REJECTED
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, day_of, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.links import link_referring, may_mean_another, missing_of_link
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Operation
from opencheck.rules.requirement import Kind

__all__ = [
    "LinkedIn",
]


class LinkedIn(Kind):
    """One of the linked records' values is among this record's; see the module for the reading."""

    name: ClassVar[str] = "linked_in"

    value: Annotated[str, Field(description="text field of the linked table")]
    among: Annotated[str, Field(description="list field of this record that must hold it")]

    done: Annotated[
        str | None, Field(description="date field of the linked table: what is dated after the day of the check does not count")
    ] = None

    def check(self, rule: RuleSpec) -> None:
        if rule.require.linked is None:
            raise ValueError("linked_in needs 'linked'")
        if self.done:
            require_field(rule.require.linked.table, self.done, "date", "datetime")
        require_field(rule.on, self.among, "list")
        require_field(rule.require.linked.table, self.value, "text")
        require_field(rule.require.linked.table, rule.require.linked.by, "text")

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        linked = rule.require.linked
        assert linked is not None
        dated = {(linked.table, self.done)} if self.done else set()
        return {(rule.on, self.among), (linked.table, self.value), (linked.table, linked.by), *dated}

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.among]

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        linked = rule.require.linked
        assert linked is not None
        applies = context.applies(rule)
        if linked.by not in context.present.get(linked.table, ()):
            return Judgement(
                outcome_expr(applies, otherwise=Outcome.INDETERMINATE), extras={"links": pl.lit(None, dtype=pl.Int64)}
            )
        # A row that could not be used is there, but decides nothing.
        there = pl.lit(True)
        if self.done:
            there = ~(day_of(linked.table, self.done) > context.as_of).fill_null(False)
        value = pl.when(~pl.col(REJECTED) & there).then(pl.col(self.value))
        measures: dict[str, tuple[pl.Expr, Operation]] = {
            "values": (value, "values"),
            "blank": ((there & (value.is_null() | (value == ELSEWHERE))).cast(pl.Int64), "sum"),
            "one": (value, "min"),
            "n": (there.cast(pl.Int64), "sum"),
        }
        prefixes = link_referring(rule.on, linked, context, f"_{linked.table}:{self.value}~{self.among}", measures)
        ambiguous = may_mean_another(rule.on, linked, context)
        unnamed = pl.col(self.among).is_null() | (pl.col(self.among).list.len() == 0)
        links = pl.max_horizontal(pl.col(f"{p}|n").fill_null(0) for p in prefixes)
        given = pl.concat_list(pl.col(f"{p}|values").fill_null([]) for p in prefixes)
        own = context.shared(f"_{self.among}|offices", context.offices.each(pl.col(self.among)))
        theirs = context.offices.each(given)
        hits = own.list.set_intersection(theirs).list.len()
        strange, unknown = self._unknown_offices(rule, own, context), self._unknown_offices(rule, theirs, context)
        blank = pl.max_horizontal(pl.col(f"{p}|blank") for p in prefixes)
        one = pl.coalesce(pl.col(f"{p}|one") for p in prefixes)
        codes = outcome_expr(
            applies,
            (links == 0, Outcome.NOT_APPLICABLE),
            (unnamed | ambiguous, Outcome.INDETERMINATE),
            (hits > 0, Outcome.PASS),
            ((blank > 0) | (strange.list.len() > 0) | (unknown.list.len() > 0), Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        extras = {"links": links, "one": one, "among": pl.col(self.among), "ambiguous": ambiguous}
        return Judgement(codes, extras=extras | {"unnamed": unnamed, "strange": strange.list.len() > 0, "unknown": unknown})

    def _unknown_offices(self, rule: RuleSpec, offices: pl.Expr, context: RuleContext) -> pl.Expr:
        """The offices that the pack does not know: each may be another name of any."""
        if TABLES[rule.on].fields[self.among].column.entity != "unit":
            return pl.lit([], dtype=pl.List(pl.String))
        return context.offices.unknown(offices)

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        linked = rule.require.linked
        assert linked is not None
        if linked.by not in context.present.get(linked.table, ()):
            return missing_of_link(linked, self.value, context)
        if found.get("ambiguous") and not found.get("unnamed"):
            return [f"{linked.table}.{linked.by}"]
        own = found.get("links") and (found.get("unnamed") or found.get("strange"))
        return [self.among] if own else [f"{linked.table}.{self.value}"]

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        linked = rule.require.linked
        assert linked is not None
        return {
            "one": found.get("one"),
            "linked_zh": TABLES[linked.table].label_zh,
            "among": found.get("among"),
            "value_field": (linked.table, self.value),
            "among_field": (rule.on, self.among),
            "count": found.get("links"),
            "unknown": [n for n in found.get("unknown") or [] if n != ELSEWHERE],
            "missing": found.get("missing"),
            "as_of": context.as_of,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts = self._facts(rule, found, context)
        if found["outcome"] is Outcome.INDETERMINATE:
            clear = found.get("unnamed") or not found.get("ambiguous")
            if clear and facts["unknown"] and not (found.get("unnamed") or found.get("strange")):
                return "linked_in.unknown", facts
            return ("missing.fact" if clear else "missing.ambiguous"), facts
        return f"linked_in.{found['outcome']}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        return [("step.listed", facts), *([("step.linked_values", facts)] if facts["count"] else [])]
