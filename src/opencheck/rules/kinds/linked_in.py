"""``linked_in``: at least one linked record carries a value that this record lists.

Reading (谁起草、谁解读): one interpretation by one of the drafting units is enough, others may interpret besides; a record that has
no linked record is not judged here (that one exists at all is another duty). Units are compared after their aliases are resolved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.records.tables import TABLES
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, need_field, outcome_chain
from opencheck.rules.judgement import Judgement
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "LinkedIn",
]


class LinkedIn(Kind):
    """One of the linked records' values is among this record's; see the module for the reading."""

    name: ClassVar[str] = "linked_in"

    value: Annotated[str, Field(description="text field of the linked table")]
    among: Annotated[str, Field(description="list field of this record that must hold it")]

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        if rule.require.linked is None:
            raise ValueError("linked_in needs 'linked'")
        need_field(rule.on, self.among, "list")
        need_field(rule.require.linked.table, self.value, "text")
        need_field(rule.require.linked.table, rule.require.linked.by, "text")

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        linked = rule.require.linked
        assert linked is not None
        return {(rule.on, self.among), (linked.table, self.value), (linked.table, linked.by)}

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return [self.among]

    def plan(self, rule: Rule, scope: Scope) -> Judgement:
        """See :meth:`Kind.plan`."""
        linked = rule.require.linked
        assert linked is not None
        applies = scope.applies(rule)
        if not {self.value, linked.by} <= scope.present.get(linked.table, frozenset()):
            return Judgement(
                outcome_chain(applies, otherwise=Outcome.INDETERMINATE), extras={"links": nw.lit(None, dtype=nw.Int64)}
            )
        prefix = f"_{linked.table}:{self.value}~{self.among}"

        def make() -> nw.LazyFrame[Any]:
            right = scope.witnesses[linked.table].filter(~nw.col(linked.by).is_null())
            listed = (
                scope.frames[rule.on]
                .select("id", self.among)
                .explode(self.among)
                .select(nw.col("id").alias("_id"), nw.col(self.among).alias("_value"), nw.lit(1).alias("_hit"))
            )
            return (
                right.select(linked.by, self.value)
                .join(listed, left_on=[linked.by, self.value], right_on=["_id", "_value"], how="left")
                .with_columns(
                    nw.col(self.value).is_null().cast(nw.Int64).alias(f"{prefix}|blank"),
                    nw.col("_hit").fill_null(0).cast(nw.Int64).alias(f"{prefix}|hits"),
                    nw.col(self.value).alias(f"{prefix}|one"),
                )
                .group_by(linked.by)
                .agg(
                    nw.col(f"{prefix}|hits").sum(),
                    nw.col(f"{prefix}|blank").sum(),
                    nw.col(f"{prefix}|one").min(),
                    nw.len().alias(f"{prefix}|n"),
                )
                .rename({linked.by: f"{prefix}|key"})
            )

        scope.link(prefix, "id", make, of=linked.table)
        links = nw.col(f"{prefix}|n").fill_null(0)
        codes = outcome_chain(
            applies,
            (links == 0, Outcome.NOT_APPLICABLE),
            (nw.col(self.among).is_null(), Outcome.INDETERMINATE),
            (nw.col(f"{prefix}|hits") > 0, Outcome.PASS),
            (nw.col(f"{prefix}|blank") > 0, Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, extras={"links": links, "one": nw.col(f"{prefix}|one"), "among": nw.col(self.among)})

    def missing(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[str]:
        """See :meth:`Kind.missing`."""
        linked = rule.require.linked
        assert linked is not None
        if linked.table not in scope.present:
            return [linked.table]
        return [self.among] if found.get("links") and found.get("among") is None else [f"{linked.table}.{self.value}"]

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        linked = rule.require.linked
        assert linked is not None
        return {
            "one": found.get("one"),
            "linked_zh": TABLES[linked.table].label_zh,
            "among": found.get("among"),
            "value_field": (linked.table, self.value),
            "among_field": (rule.on, self.among),
            "count": found.get("links"),
            "missing": found.get("missing"),
            "as_of": scope.as_of,
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts = self._facts(rule, found, scope)
        if found["outcome"] is Outcome.INDETERMINATE:
            return "missing.fact", facts
        return f"linked_in.{found['outcome']}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        return [("step.listed", facts), *([("step.linked_values", facts)] if facts["count"] else [])]
