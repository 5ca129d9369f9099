"""``count``: at least a number of records in each period.

Reading: records are counted, not persons or agenda items, and with ``distinct`` what differs in these fields; "at least" includes the number;
what lies after the day of the check has not happened yet. With ``by_period`` a record belongs to the period that it names or names a part
of, not to that of its day; one that names a longer period may belong to it. Only records of the units and levels that the rule names count,
and only what is open. A record of which a needed fact is blank may or may not count: where it would decide, the result is indeterminate;
but one whose day is blank in a column where a blank means "not done" does not count,
and where only what tells records apart is blank (the batch), a record of the same day as a counted one is no further one. The year of its
own day before a name tells nothing apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import BeforeValidator, Field

from opencheck.core.outcomes import Outcome
from opencheck.core.periods import Every, Period, periods_between
from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.condition_expressions import compile_conditions
from opencheck.rules.conditions import Conditions, check_fields, iter_tests
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, known_text, require_field
from opencheck.rules.judgement import Judged, SetJudgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Reduction, usable
from opencheck.rules.set_kind import SetKind
from opencheck.rules.subject_periods import lies_in, with_days
from opencheck.rules.undated import UNDATED, some_of, undated_facts

__all__ = [
    "Count",
]


class Count(SetKind):
    """At least so many records in each period; see the module for the reading."""

    name: ClassVar[str] = "count"
    needs_covers: ClassVar[bool] = True

    at_least: Annotated[int, Field(ge=1)]
    every: Every
    of: Annotated[str, Field(description="date field that puts a record in its period")]
    where: Annotated[Conditions, Field(description="what a record must meet to be counted")] = {}
    distinct: Annotated[
        list[str],
        BeforeValidator(lambda v: [v] if isinstance(v, str) else v),
        Field(description="text or date field, or several, whose different values are counted, not the records"),
    ] = []
    by_period: Annotated[
        bool,
        Field(description="whether a record belongs to the period that it names, where it names one, not to that of its day"),
    ] = False

    def check(self, rule: RuleSpec) -> None:
        require_field(rule.on, self.of, "date")
        for name in self.distinct:
            require_field(rule.on, name, "text", "date")
        if self.by_period:
            require_field(rule.on, "period", "period")
        self.check_whose(rule.on)
        check_fields(self.where, TABLES[rule.on])

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        mine = {(rule.on, self.of)} | {(rule.on, name) for name, _ in iter_tests(self.where)}
        mine |= {(rule.on, name) for name in self.distinct} | ({(rule.on, "period")} if self.by_period else set())
        return mine | self.fields_of_whose(rule.on)

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.of]

    def _needed(self, rule: RuleSpec) -> list[str]:
        tested = [n for conditions in (rule.when, self.where) for n, t in iter_tests(conditions) if t.unknown is None]
        return list(dict.fromkeys([self.of, *tested, *self.distinct]))

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        counts = self.counts(rule, context) & compile_conditions(self.where, context.fields(rule.on))
        future = (pl.col(self.of) > context.as_of).fill_null(False)
        names = ("id", "unit", ROW, SRC, REJECTED, *self._needed(rule))
        columns = {n: pl.col(n) for n in names} | {"_counts": counts}
        texts = [n for n in self.distinct if TABLES[rule.on].fields[n].kind == "text"]
        columns |= {n: _without_own_year(known_text(n), pl.col(self.of)) for n in texts}
        columns["_period"] = pl.col("period") if self.by_period else pl.lit(None, dtype=pl.String)
        columns |= self.marks(rule, context) | {UNDATED: context.undated(rule.on, self.of)}
        return {"rows": Reduction(rule.on, usable(counts), columns, where=~future, of_topic=context.of_topic(rule))}

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        rows, needed = reduced["rows"], self._needed(rule)
        sure = pl.col("_counts").fill_null(False) & pl.col(self.of).is_not_null() & ~pl.col(REJECTED)
        for name in self.distinct:
            sure = sure & pl.col(name).is_not_null()
        periods = periods_between(context.covers.first, context.covers.last, self.every)
        rows = with_days(rows, "_period")
        judged = [self._period(rule, context, rows, sure, period, needed) for period in periods]
        return SetJudgement.of(judged, include_all=include_all)

    def _period(
        self, rule: RuleSpec, context: RuleContext, rows: pl.DataFrame, sure: pl.Expr, period: Period, needed: list[str]
    ) -> Judged:
        dated = pl.col(self.of).is_between(period.first_day, period.last_day)
        inside = pl.when(pl.col("_period").is_null()).then(dated).otherwise(lies_in(period))
        rows = rows.with_columns(inside.alias("_inside"))
        # Ids are unique in a sheet only: the same id on the same day in two sheets is one thing listed twice.
        undated = rows.filter(UNDATED, pl.col("_inside").fill_null(True))
        rows = rows.filter(~pl.col(UNDATED))
        certain = (sure & pl.col("_inside")).fill_null(False)
        counted = rows.filter(certain).unique(["id", self.of]).sort(self.of, "id")
        doubtful = rows.filter(~certain & pl.col("_inside").fill_null(True))
        if self.distinct:
            doubtful = doubtful.filter(~self._same_day(counted))
            counted = counted.unique(self.distinct, keep="first", maintain_order=True)
            # What is told apart by a value that is counted already is no further one, whatever else it lacks.
            listed = doubtful.filter(~pl.col(REJECTED)).join(counted, on=self.distinct, how="semi")
            doubtful = doubtful.join(listed, on=[ROW, SRC, "id"], how="anti", nulls_equal=True)
        low, high = len(counted), len(counted) + self._at_most(doubtful)
        over = context.as_of >= period.last_day
        missing: tuple[str, ...] = ()
        words: list[tuple[str, str]] = []
        left_open: list[tuple[str, str]] = []
        if low >= self.at_least:
            outcome = Outcome.PASS
        elif not over:
            outcome = Outcome.PENDING
        elif high < self.at_least:
            outcome = Outcome.VIOLATION
        else:
            outcome = Outcome.INDETERMINATE
            why = [self.doubts_of(row) for row in doubtful.iter_rows(named=True)]
            left_open = self.left_open(doubtful.iter_rows(named=True))
            read = doubtful.filter(~pl.col(REJECTED))
            blank = [n for n in needed if read[n].null_count()] + [n for names, _ in why for n in names]
            blank += ["period"] if read.select((pl.col("_period").is_not_null() & inside.is_null()).any()).item() else []
            missing = tuple(f"{rule.on}.{n}" for n in dict.fromkeys(blank)) or (f"{rule.on}.rejected",)
            tested = [(n, value) for n in needed for value in read[n].to_list() if isinstance(value, str)]
            words = sorted({*tested, *(w for _, found in why for w in found)})
        first = counted.head(20)
        return Judged(
            outcome,
            period=period.name,
            due=period.last_day,
            actual=counted[self.of][self.at_least - 1] if low >= self.at_least else None,
            facts={
                "counted": low,
                "possible": high,
                "records": list(first.select("id", self.of).iter_rows()),
                "doubtful": some_of(doubtful["id"]),
                "words": words,
                "left_open": left_open,
                **undated_facts(rule.on, self.of, undated["id"]),
            },
            missing=missing,
        )

    def _at_most(self, doubtful: pl.DataFrame) -> int:
        """How many further ones some records may be: those that nothing tells apart are one."""
        if not self.distinct:
            return len(doubtful)
        told = doubtful.filter(~pl.col(REJECTED), *(pl.col(n).is_not_null() for n in self.distinct))
        return len(doubtful) - len(told) + told.select(self.distinct).n_unique()

    def _same_day(self, counted: pl.DataFrame) -> pl.Expr:
        """Whether only what tells records apart is blank, and one of that day is counted: it is no further one."""
        same = pl.col("_counts") & ~pl.col(REJECTED) & pl.col(self.of).is_in(counted[self.of].implode())
        return same.fill_null(False)

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """What is short in number is not late by days."""
        return None, None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        return {
            "table": rule.on,
            "of_field": (rule.on, self.of),
            "period": found.get("period"),
            "at_least": self.at_least,
            "counted": found.get("counted"),
            "possible": found.get("possible"),
            "records": found.get("records"),
            "doubtful": found.get("doubtful"),
            "due": found.get("due"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
            "short": self.at_least - (found.get("counted") or 0),
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        none = found["outcome"] is Outcome.VIOLATION and not found.get("counted")
        return "count.none" if none else f"count.{found['outcome']}", self._facts(rule, found, context)

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        steps: list[Step] = [("step.count_wanted", facts)]
        steps += [("step.counted", {**facts, "record": i, "day": d}) for i, d in facts["records"] or ()]
        steps.append(("step.count_found", facts))
        if facts["doubtful"]:
            steps.append(("step.count_doubtful", facts))
        return steps


def _without_own_year(text: pl.Expr, day: pl.Expr) -> pl.Expr:
    """A text without the year of a day in front of it: 2018年第一批 of a day in 2018 is 第一批."""
    own = day.dt.to_string("%Y年")
    bare = text.str.strip_prefix(own)
    return pl.when((bare != "") & bare.is_not_null()).then(bare).otherwise(text)
