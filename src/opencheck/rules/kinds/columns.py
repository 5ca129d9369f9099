"""``columns``: a published table itself, told column by column: what each must hold, and what none of them may show.

Reading: the table is judged as it was published. A column that is not there is a breach like one that is blank throughout; a blank cell is a
breach of its column. One finding a column tells how many rows it concerns and which come first. Each sheet or file is a table of its own.
Numbers count however they are written: full-width, in words, in groups. Rows of totals (合计) are no entries. A number under a header that
announces an office's phone is no personal one; under a plain 联系电话 in a list of offices a person has to tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field, model_validator

from opencheck.core.localized import LocalizedName
from opencheck.core.outcomes import Outcome
from opencheck.core.personal_data import PREFILTER, PersonalKind, find_personal_data, match_words
from opencheck.core.personal_labels import Beside
from opencheck.records.dataset import ALL_CELLS, CELL_SEPARATORS, REJECTED, ROW, SRC
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.records.totals import NAMING_FIELDS, says_total
from opencheck.rules.condition_expressions import TableFields, compile_conditions
from opencheck.rules.conditions import ANY_OF, Conditions, check_fields, iter_tests, to_test
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, require_field
from opencheck.rules.judgement import Judged, SetJudgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Reduction
from opencheck.rules.requirement import Kind
from opencheck.rules.statements import folded

__all__ = [
    "Columns",
]


_FIRST = 10

_WORDS = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789", strict=True)) | {"十": "10", "拾": "10"}
_IN_GROUPS = r"([0-9])[\s\-－–—]+([0-9])"


def _as_digits(name: str) -> pl.Expr:
    """A text with its numbers in plain digits, in one piece."""
    digits = folded(name).str.replace_many(list(_WORDS), list(_WORDS.values()))
    # Twice: of three single digits in a row the middle one is in two pairs.
    return digits.str.replace_all(_IN_GROUPS, "$1$2").str.replace_all(_IN_GROUPS, "$1$2")


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

    def check(self, rule: RuleSpec) -> None:
        require_field(rule.on, "topic")
        check_fields(self.holds, TABLES[rule.on])

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        found = {(rule.on, n) for name, test in iter_tests(self.holds) for n in (name, *test.refs)}
        return found | {(rule.on, "topic")} | ({(rule.on, ALL_CELLS)} if self.personal else set())

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return list(found.get("fields") or ())

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        """Only what tells whether the rule concerns a row can be missing."""
        return [n for n, _ in iter_tests(rule.when)]

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """A column is not late."""
        return None, None

    def _wanted(self) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
        """The columns, or groups of which one must hold, with their conditions."""
        held: Mapping[str, Any] = self.holds
        for name, value in held.items():
            if name == ANY_OF:
                yield tuple(dict.fromkeys(n for branch in value for n, _ in iter_tests(branch))), {ANY_OF: value}
            else:
                yield (name,), {name: value}

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        whole = TableFields(
            TABLES[rule.on], frozenset(), context.known_terms, read_as=_as_digits
        )  # a column that is not there is a blank one
        columns = {n: pl.col(n) for n in ("unit", ROW, SRC)} | {"_applies": context.applies_expr(rule)}
        for i, (names, conditions) in enumerate(self._wanted()):
            columns[f"_h{i}"] = compile_conditions(conditions, whole).fill_null(False)
            columns[f"_b{i}"] = pl.all_horizontal(pl.col(n).is_null() for n in names)
            texts = [n for n in names if TABLES[rule.on].fields[n].kind == "text"]
            columns[f"_e{i}"] = pl.any_horizontal([pl.lit(False), *((pl.col(n) == ELSEWHERE).fill_null(False) for n in texts)])
        if self.personal:
            columns |= {ALL_CELLS: pl.col(ALL_CELLS), "_suspect": pl.col(ALL_CELLS).str.contains(PREFILTER).fill_null(False)}
        fields = TABLES[rule.on].fields
        texts = [n for n in fields if n in NAMING_FIELDS and fields[n].kind == "text" and n in context.present[rule.on]]
        total = pl.any_horizontal(says_total(n) for n in texts).fill_null(False) if texts and self.holds else pl.lit(False)
        return {"rows": Reduction(rule.on, ~pl.col(REJECTED) & ~total, columns)}

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        wanted, rows = list(self._wanted()), reduced["rows"]
        judged: list[Judged] = []
        for src in rows[SRC].unique(maintain_order=True).to_list():
            own = rows.filter(pl.col(SRC) == src)
            concerned = own.filter(pl.col("_applies"))
            unsure = own.filter(pl.col("_applies").is_null())
            if len(unsure):
                missing = tuple(self.missing(rule, {}, context))
                judged.append(self._judged_rows(Outcome.INDETERMINATE, unsure, len(concerned), missing=missing))
            if not len(concerned):
                if not len(unsure):
                    judged.append(self._judged_rows(Outcome.NOT_APPLICABLE, own, len(own)))
                continue
            for i, (names, _) in enumerate(wanted):
                broken = concerned.filter(~pl.col(f"_h{i}"))
                facts: dict[str, Any] = {"fields": names, "absent": [n for n in names if n not in context.present[rule.on]]}
                facts["blank"] = int(broken[f"_b{i}"].sum())
                outcome = Outcome.VIOLATION if len(broken) else Outcome.PASS
                if len(broken) and broken[f"_e{i}"].all():
                    outcome = Outcome.NEEDS_REVIEW
                subject = "／".join(TABLES[rule.on].fields[n].column.label_zh for n in names)
                judged.append(
                    self._judged_rows(outcome, broken if len(broken) else concerned, len(concerned), subject, **facts)
                )
            if self.personal:
                judged += self._shown(rule, concerned)
        return SetJudgement.of(judged, include_all=include_all)

    def _judged_rows(
        self,
        outcome: Outcome,
        rows: pl.DataFrame,
        total: int,
        subject: str | None = None,
        missing: tuple[str, ...] = (),
        **facts: Any,
    ) -> Judged:
        numbers = rows[ROW].to_list()
        all_facts = {"count": len(numbers), "total": total, "rows": numbers[:_FIRST], "all_rows": numbers, **facts}
        unit = next((u for u in rows["unit"].to_list() if u is not None), None)
        return Judged(outcome, unit=unit, subject=subject, src=rows[SRC][0], row=numbers[0], facts=all_facts, missing=missing)

    def _shown(self, rule: RuleSpec, rows: pl.DataFrame) -> Iterator[Judged]:
        """What each column shows that it must not: only rows that may hold something are looked at one by one."""
        names = self._column_names(rows)
        headers = {n: own.column.label_zh if (own := TABLES[rule.on].fields.get(n)) else n for n in names}
        found: dict[str, dict[int, list[LocalizedName]]] = {}
        of_offices: dict[str, dict[int, list[LocalizedName]]] = {}
        suspects = [
            (number, [(name.removeprefix("+"), text) for name, _, text in parts])  # + is put before what is no field
            for number, cells in rows.filter(pl.col("_suspect")).select(ROW, ALL_CELLS).iter_rows()
            for parts in ([cell.partition(CELL_SEPARATORS[0]) for cell in cells.split(CELL_SEPARATORS[1])],)
        ]
        columns: dict[str, list[str]] = {}
        for _, cells in suspects:
            for name, text in cells:
                columns.setdefault(name, []).append(text)
        beside = {n: Beside(headers[n], "", tuple(headers.values()), tuple(texts)) for n, texts in columns.items()}
        for number, cells in suspects:
            for name, text in cells:
                for hit in find_personal_data(text, self.personal, beside=beside[name]):
                    (of_offices if hit.of_office else found).setdefault(name, {}).setdefault(number, []).append(
                        match_words("personal.masked", hit.kind, hit.masked)
                    )
        for name in (*found, *(n for n in names if n not in found)):
            own = TABLES[rule.on].fields.get(name)
            facts: dict[str, Any] = {
                "fields": [name] if own else [],
                "column": LocalizedName(headers[name], own.column.label_en if own else name),
            }
            hits, outcome = found.get(name, {}), Outcome.VIOLATION
            if not hits and (hits := of_offices.get(name, {})):
                outcome = Outcome.NEEDS_REVIEW
            if hits:
                facts["hits"] = [h for of_cell in hits.values() for h in of_cell][:5]
                yield self._judged_rows(outcome, rows.filter(pl.col(ROW).is_in(list(hits))), len(rows), headers[name], **facts)
            else:
                yield self._judged_rows(Outcome.PASS, rows, len(rows), headers[name], **facts)

    def _column_names(self, rows: pl.DataFrame) -> list[str]:
        """The columns that hold anything in these rows."""
        cells = rows.select(pl.col(ALL_CELLS).str.split(CELL_SEPARATORS[1]).explode().alias("cell"))
        names = cells["cell"].str.split(CELL_SEPARATORS[0]).list.first().str.strip_prefix("+")
        return names.drop_nulls().unique().sort().to_list()

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        names: tuple[str, ...] = tuple(found.get("fields") or ())
        labels = [TABLES[rule.on].fields[n].column for n in names]
        group = LocalizedName("／".join(c.label_zh for c in labels), " / ".join(c.label_en for c in labels))
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
            "columns": found.get("column") or group,
            "must": test,
            "count": found.get("count"),
            "total": found.get("total"),
            "blank": found.get("blank"),
            "rows": found.get("rows") or [],
            "more": "…" if (found.get("count") or 0) > _FIRST else "",
            "hits": found.get("hits") or [],
            "missing": found.get("missing"),
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.VIOLATION:
            if facts["hits"]:
                return "columns.personal", facts
            names = found.get("fields") or ()
            return ("columns.absent" if names and len(found.get("absent") or ()) == len(names) else "columns.violation"), facts
        if outcome is Outcome.NEEDS_REVIEW and facts["hits"]:
            return "columns.contacts", facts
        return f"columns.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        steps: list[Step] = [("step.columns_read", facts)]
        if facts["must"]:
            steps.append(("step.columns_must", facts))
        if found["outcome"] is Outcome.VIOLATION:
            steps.append(("step.hits" if facts["hits"] else "step.columns_rows", facts))
        return steps
