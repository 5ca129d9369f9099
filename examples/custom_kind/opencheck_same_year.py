"""``same_year``: the year in brackets in a text is the year of a day, such as 平政办发〔2018〕12号 signed in 2018.

Reading: offices number their documents by the year in which they are signed. Any brackets are read; a number without a year, or a blank day, is
unknown and no breach.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, day_of, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.requirement import Kind

_YEAR = r"[〔\[(（﹝【](\d{4})[〕\])）﹞】]"


class SameYear(Kind):
    """The year in a number is the year of a day; see the module for the reading."""

    name: ClassVar[str] = "same_year"
    messages: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "same_year.pass": {"zh": "文号与{day_field}同为{year}年", "en": "the number and “{day_field}” are both of {year}"},
        "same_year.violation": {
            "zh": "文号写的是{year}年，{day_field}却是{day}",
            "en": "the number says {year}, while “{day_field}” is {day}",
        },
        "same_year.not_applicable": {"zh": "只查政策性文件的文号", "en": "only the numbers of policy documents are judged"},
        "step.same_year": {
            "zh": "文号中括号里的年份：{year}；{day_field}：{day}",
            "en": "year in the number: {year}; {day_field}: {day}",
        },
    }

    number: Annotated[str, Field(description="text field that holds the number")]
    day: Annotated[str, Field(description="date field: the day whose year the number has")]

    def check(self, rule: RuleSpec) -> None:
        require_field(rule.on, self.number, "text")
        require_field(rule.on, self.day, "date", "datetime")

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        return {(rule.on, self.number), (rule.on, self.day)}

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        year = pl.col(self.number).str.extract(_YEAR).cast(pl.Int32, strict=False)
        day = day_of(rule.on, self.day)
        codes = outcome_expr(
            context.applies(rule),
            (year.is_null() | day.is_null(), Outcome.INDETERMINATE),
            (year == day.dt.year(), Outcome.PASS),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, None, day, {"year": year, "day": day})

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        return [name for name, fact in ((self.number, "year"), (self.day, "day")) if found.get(fact) is None]

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.number, self.day]

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any]) -> dict[str, Any]:
        return {"year": found.get("year"), "day": found.get("day"), "day_field": (rule.on, self.day)}

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        if found["outcome"] is Outcome.INDETERMINATE:
            return "missing.fact", {"missing": found.get("missing")}
        return f"same_year.{found['outcome']}", self._facts(rule, found)

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        return [("step.same_year", self._facts(rule, found))]
