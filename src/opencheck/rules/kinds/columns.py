"""``columns``: a published table itself, told column by column: what each must hold, and what none of them may show.

Reading: the table is judged as it was published. A column that is not there is a breach like one that is blank throughout; a blank cell is a
breach of its column. One finding a column tells how many rows it concerns and which come first. Each sheet or file is a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
import polars as pl
from pydantic import Field, model_validator

from opencheck.core.localized import LocalizedName
from opencheck.core.outcomes import QUIET, Outcome
from opencheck.core.personal_data import PREFILTER, PersonalKind, find_personal_data
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import ANY_OF, Conditions, TableFields, check_fields, compile_conditions, iter_tests, to_test
from opencheck.rules.context import Scope
from opencheck.rules.expressions import CELL, CELLS, Step, need_field
from opencheck.rules.judgement import Judged
from opencheck.rules.kinds.free_of import hit_words
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Columns",
]


_FIRST = 10


class Columns(Kind):
    """Every column of a published table meets its test, or shows no personal data; see the module for the reading."""

    name: ClassVar[str] = "columns"
    about: ClassVar[str] = "set"

    holds: Annotated[Conditions, Field(description="field → test; of the branches under 'any' one must hold in each row")] = {}
    personal: Annotated[list[PersonalKind], Field(description="kinds of personal data that no column may show")] = []

    @model_validator(mode="after")
    def _something(self) -> Columns:
        if bool(self.holds) == bool(self.personal):
            raise ValueError("columns needs either 'holds' or 'personal'")
        return self

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        need_field(rule.on, "topic")
        check_fields(self.holds, TABLES[rule.on])

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        found = {(rule.on, n) for name, test in iter_tests(self.holds) for n in (name, *test.refs)}
        return found | {(rule.on, "topic")} | ({(rule.on, CELLS)} if self.personal else set())

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return list(found.get("fields") or ())

    def missing(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[str]:
        """See :meth:`Kind.missing`: only what tells whether the rule concerns a row can be missing."""
        return [n for n, _ in iter_tests(rule.when)]

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: a column is not late."""
        return None, None

    def _wanted(self) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
        """The columns, or groups of which one must hold, with their conditions."""
        held: Mapping[str, Any] = self.holds
        for name, value in held.items():
            if name == ANY_OF:
                yield tuple(dict.fromkeys(n for branch in value for n, _ in iter_tests(branch))), {ANY_OF: value}
            else:
                yield (name,), {name: value}

    def judge(self, rule: Rule, scope: Scope, everything: bool) -> tuple[dict[Outcome, int], list[Judged]]:
        """See :meth:`Kind.judge`."""
        wanted = list(self._wanted())
        whole = TableFields(TABLES[rule.on], frozenset(), scope.words)  # a column that is not there is a blank one
        holds = [compile_conditions(c, whole).fill_null(False).alias(f"_h{i}") for i, (_, c) in enumerate(wanted)]
        blank = [_blank(names).alias(f"_b{i}") for i, (names, _) in enumerate(wanted)]
        text = nw.col(CELLS).str.contains(PREFILTER).fill_null(False).alias("_suspect")
        applies = scope.applies(rule).alias("_applies")
        kept = [CELLS, "_suspect"] if self.personal else []
        rows = scope.rows(
            scope.frames[rule.on]
            .with_columns(applies, *holds, *blank, *([text] if self.personal else []))
            .select("unit", ROW, SRC, "_applies", *kept, *(f"_{k}{i}" for i in range(len(wanted)) for k in "hb"))
        )
        judged: list[Judged] = []
        for src in rows[SRC].unique(maintain_order=True).to_list():
            own = rows.filter(pl.col(SRC) == src)
            concerned = own.filter(pl.col("_applies"))
            unsure = own.filter(pl.col("_applies").is_null())
            if len(unsure):
                judged.append(self._told(Outcome.INDETERMINATE, unsure, len(own), missing=tuple(self.missing(rule, {}, scope))))
            if not len(concerned):
                if not len(unsure):
                    judged.append(self._told(Outcome.NOT_APPLICABLE, own, len(own)))
                continue
            for i, (names, _) in enumerate(wanted):
                broken = concerned.filter(~pl.col(f"_h{i}"))
                facts: dict[str, Any] = {"fields": names, "absent": [n for n in names if n not in scope.present[rule.on]]}
                facts["blank"] = int(broken[f"_b{i}"].sum())
                outcome = Outcome.VIOLATION if len(broken) else Outcome.PASS
                subject = "／".join(TABLES[rule.on].fields[n].column.label_zh for n in names)
                judged.append(self._told(outcome, broken if len(broken) else concerned, len(concerned), subject, **facts))
            if self.personal:
                judged += self._shown(rule, concerned)
        counts: dict[Outcome, int] = {}
        for one in judged:
            counts[one.outcome] = counts.get(one.outcome, 0) + 1
        return counts, [j for j in judged if everything or j.outcome not in QUIET]

    def _told(
        self,
        outcome: Outcome,
        rows: pl.DataFrame,
        total: int,
        subject: str | None = None,
        missing: tuple[str, ...] = (),
        **facts: Any,
    ) -> Judged:
        numbers = rows[ROW].to_list()
        told = {"count": len(numbers), "total": total, "rows": numbers[:_FIRST], "all_rows": numbers, **facts}
        unit = next((u for u in rows["unit"].to_list() if u is not None), None)
        return Judged(outcome, unit=unit, subject=subject, src=rows[SRC][0], row=numbers[0], facts=told, missing=missing)

    def _shown(self, rule: Rule, rows: pl.DataFrame) -> Iterator[Judged]:
        """What each column shows that it must not: only rows that may hold something are looked at one by one."""
        found: dict[str, dict[int, list[LocalizedName]]] = {}
        for number, cells in rows.filter(pl.col("_suspect")).select(ROW, CELLS).iter_rows():
            for cell in cells.split(CELL[1]):
                name, _, text = cell.removeprefix("+").partition(CELL[0])  # + is put before what is no field
                for hit in find_personal_data(f"{name}：{text}", self.personal):  # a header may tell what its numbers are
                    found.setdefault(name, {}).setdefault(number, []).append(hit_words("personal.masked", hit))
        for name, hits in found.items():
            own = TABLES[rule.on].fields.get(name)
            named = own.column.label_zh if own else name
            facts: dict[str, Any] = {
                "fields": [name] if own else [],
                "column": LocalizedName(named, own.column.label_en if own else name),
            }
            facts["hits"] = [h for said in hits.values() for h in said][:5]
            yield self._told(Outcome.VIOLATION, rows.filter(pl.col(ROW).is_in(list(hits))), len(rows), named, **facts)
        parts = rows.select(
            pl.col(CELLS).str.split(CELL[1]).explode().str.split(CELL[0]).list.first().str.strip_prefix("+").alias("name")
        )
        for name in parts["name"].drop_nulls().unique().sort():
            if name not in found:
                own = TABLES[rule.on].fields.get(name)
                facts = {
                    "fields": [name] if own else [],
                    "column": LocalizedName(own.column.label_zh, own.column.label_en) if own else LocalizedName(name, name),
                }
                yield self._told(Outcome.PASS, rows, len(rows), own.column.label_zh if own else name, **facts)

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        names: tuple[str, ...] = tuple(found.get("fields") or ())
        fields = [(rule.on, n) for n in names]
        wanted: dict[str, Any] = next((c for own, c in self._wanted() if own == tuple(names)), {})
        test: Any = None
        if wanted and ANY_OF not in wanted:
            name = names[0]
            test = {"test": to_test(wanted[name]), "field": (rule.on, name)}
        elif wanted:
            test = {
                "either": [[{"test": t, "field": (rule.on, n)} for n, t in iter_tests(branch)] for branch in wanted[ANY_OF]]
            }
        return {
            "columns": found.get("column") or fields,
            "must": test,
            "count": found.get("count"),
            "total": found.get("total"),
            "blank": found.get("blank"),
            "rows": found.get("rows") or [],
            "more": "…" if (found.get("count") or 0) > _FIRST else "",
            "hits": found.get("hits") or [],
            "missing": found.get("missing"),
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if outcome is Outcome.VIOLATION:
            if facts["hits"]:
                return "columns.personal", facts
            names = found.get("fields") or ()
            return ("columns.absent" if names and len(found.get("absent") or ()) == len(names) else "columns.violation"), facts
        return f"columns.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        steps: list[Step] = [("step.columns_read", facts)]
        if facts["must"]:
            steps.append(("step.columns_must", facts))
        if found["outcome"] is Outcome.VIOLATION:
            steps.append(("step.columns_rows", facts))
        return steps


def _blank(names: tuple[str, ...]) -> nw.Expr:
    found = nw.col(names[0]).is_null()
    for name in names[1:]:
        found = found & nw.col(name).is_null()
    return found
