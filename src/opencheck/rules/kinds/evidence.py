"""``evidence``: what only a person can judge is decided by a reviewer's verdict on a piece of evidence.

Reading: the program never says "met" on its own. A verdict counts if it names its reviewer and its day, was given by the day of the check,
and has not run out, and if there was something to review: a material with a title, an address or a day, which is not later than the review
(“see the attachment” names no material and no reviewer). Of several the latest decides, unit by unit; of one day the worse; a verdict on
several units is one on each. "Not met" needs no material, and holds until another verdict is given. Without a verdict the clause needs review.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field, model_validator

from opencheck.core.localized import LocalizedName, with_english
from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import Limit
from opencheck.records.contradictions import CONTRADICTED
from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import SEVERAL
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, known_text
from opencheck.rules.judgement import Judged, SetJudgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Reduction, usable
from opencheck.rules.requirement import Kind
from opencheck.rules.set_kind import SetKind

__all__ = [
    "Evidence",
]


_FIELDS = ("clause", "dated_on", "reviewer", "verdict", "reviewed_on", "valid_until")
_NAMES = ("title", "url", "reviewer")
"""Texts that name a material or a person; a reference to an attachment names neither."""


def _each_unit() -> pl.Expr:
    """The units that a cell names: what is said of several together is said of each."""
    return pl.col("unit").str.split(SEVERAL)


def _given(row: Mapping[str, Any]) -> bool:
    """Whether somebody gave a verdict on a day."""
    return bool(row["verdict"] and row["reviewer"] and row["reviewed_on"])


def _on_something(row: Mapping[str, Any]) -> bool:
    """Whether a verdict is on a material that there was when it was given."""
    if row["dated_on"] is None:
        return bool(row["title"] or row["url"])
    day: date = row["dated_on"]
    reviewed: date = row["reviewed_on"]
    return day <= reviewed


class Evidence(Kind):
    """A current verdict of a reviewer; see the module for the reading."""

    name: ClassVar[str] = "evidence"
    review: ClassVar[str] = "remedy.review"
    about: ClassVar[str] = "set"
    needs_table: ClassVar[bool] = False

    valid: Annotated[Limit, Field(description="how long a verdict holds that does not say so itself")]
    each_unit: Annotated[
        bool | list[str],
        Field(
            description="whether every unit of the table 'unit' needs a verdict of its own, or the units that the clause names"
        ),
    ] = False
    shows: Annotated[str, Field(description="what the evidence must show, in Chinese")]
    shows_en: Annotated[str, Field(description="the same in English; the Chinese text where there is none")] = ""

    @model_validator(mode="before")
    @classmethod
    def _fall_back(cls, data: Any) -> Any:
        return with_english(data, "shows", "shows_en")

    def check(self, rule: RuleSpec) -> None:
        if rule.on != "evidence":
            raise ValueError("the kind 'evidence' judges the table 'evidence'")
        if self.valid.unit != "days":
            raise ValueError("evidence needs 'valid: N days'")
        if rule.when:
            raise ValueError("evidence finds its records by the rule's clause; leave 'when' out")

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        return {("evidence", name) for name in _FIELDS} | (
            {("unit", "year"), ("unit", "unit")} if self.each_unit is True else set()
        )

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return ["verdict"]

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        found: dict[str, Reduction] = {}
        if "evidence" in context.present:
            ours = pl.col("clause") == rule.clause
            concerned = usable(ours)  # one test for both: a record that is left open is of the same ones
            columns = {n: pl.col(n) for n in ("id", *_FIELDS, SRC, ROW)} | {"unit": _each_unit()}
            columns |= {n: known_text(n) for n in _NAMES}
            nobody = pl.col("reviewer").str.contains(TABLES["evidence"].fields["reviewer"].may_deny)
            columns["reviewer"] = pl.when(~nobody).then(columns["reviewer"])
            kept = ours.fill_null(False) & ~pl.col(REJECTED)
            found["rows"] = Reduction("evidence", concerned, columns, where=kept, explode=("unit",))
            told = {
                "ours": ours.fill_null(False),
                "unit": _each_unit(),
                REJECTED: pl.col(REJECTED),
                "_open": pl.col(CONTRADICTED),
            }
            found["rejected"] = Reduction("evidence", concerned, told, where=pl.col(REJECTED), explode=("unit",))
        if self.each_unit is True and "unit" in context.present:
            # Of a row that cannot be used, or that names no year, a person looks whether the unit is one of them.
            listed = pl.col("year").is_in(context.covers.years).fill_null(True)
            found["units"] = Reduction("unit", listed, {"unit": _each_unit()}, explode=("unit",), keys=("unit",))
        return found

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        groups: dict[str | None, list[dict[str, Any]]] = {}
        for row in reduced["rows"].iter_rows(named=True) if "rows" in reduced else ():
            groups.setdefault(row["unit"], []).append(row)
        if "units" in reduced:
            for name in reduced["units"]["unit"].sort(nulls_last=True):
                groups.setdefault(name, [])
        for name in self.each_unit if isinstance(self.each_unit, list) else ():
            groups.setdefault(name, [])
        judged = [self._judge_unit(unit, rows, context) for unit, rows in (groups or {None: []}).items()]
        if "rejected" in reduced and len(reduced["rejected"]):
            # A row that could not be used may hold a later verdict, and is there where no other one is.
            refused = reduced["rejected"].filter("ours").to_dicts()
            units = {row["unit"] for row in refused}
            for one in judged:
                absent = not one.facts["evidence"] and (
                    one.unit in units or bool(units & {None}) or (one.unit is None and bool(units))
                )
                if one.outcome is Outcome.PASS or absent:
                    theirs = [row for row in refused if one.unit is None or row["unit"] in (None, one.unit)]
                    why = [SetKind.doubts_of(row) for row in theirs]
                    one.outcome = Outcome.NEEDS_REVIEW
                    one.missing = tuple(dict.fromkeys(f"evidence.{n}" for names, _ in why for n in names)) or (
                        "evidence.rejected",
                    )
                    one.facts["words"] = [word for _, words in why for word in words]
                    one.facts["left_open"] = SetKind.left_open(theirs)
        return SetJudgement.of(judged, include_all=include_all)

    def expiry(self, row: Mapping[str, Any]) -> date:
        """The last day on which a verdict holds."""
        until: date = row["valid_until"] or row["reviewed_on"] + timedelta(days=self.valid.number)
        return until

    def _judge_unit(self, unit: str | None, rows: list[dict[str, Any]], context: RuleContext) -> Judged:
        as_of = context.as_of
        whole = [r for r in rows if _given(r) and r["reviewed_on"] <= as_of and (r["verdict"] == "not_met" or _on_something(r))]
        whole.sort(key=lambda r: (r["reviewed_on"], r["verdict"] == "not_met", self.expiry(r)))
        latest = whole[-1] if whole else None
        about = latest or next(reversed(rows), {})
        facts = {k: about.get(k) for k in ("reviewer", "verdict", "reviewed_on", "title")} | {"evidence": len(rows)}
        missing: tuple[str, ...] = ()
        due: date | None = None
        if latest is None:
            outcome = Outcome.NEEDS_REVIEW
            if rows:
                missing = tuple(n for n in ("verdict", "reviewer", "reviewed_on") if about.get(n) is None)
                if _given(about) and about["reviewed_on"] <= as_of:
                    facts["later"] = about["dated_on"]
                    missing = () if about["dated_on"] else ("title", "dated_on")
        else:
            due = self.expiry(latest)
            facts["expiry"] = due
            found = Outcome.VIOLATION if latest["verdict"] == "not_met" else Outcome.PASS
            outcome = Outcome.NEEDS_REVIEW if found is Outcome.PASS and due < as_of else found
        return Judged(
            outcome,
            unit=unit,
            actual=about.get("reviewed_on"),
            record_id=about.get("id"),
            src=about.get(SRC),
            row=about.get(ROW),
            facts=facts,
            missing=missing,
        )

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """A verdict is not late."""
        return None, None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        return {
            "shows": LocalizedName(self.shows, self.shows_en),
            "clause": rule.clause,
            "reviewer": found.get("reviewer"),
            "reviewed_on": found.get("reviewed_on"),
            "expiry": found.get("expiry"),
            "title": found.get("title"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
            "valid": self.valid,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.NEEDS_REVIEW:
            if found.get("missing"):
                return "evidence.incomplete", facts
            if found.get("later"):
                return "evidence.later", {**facts, "dated_on": found["later"]}
            if facts["expiry"]:
                return "evidence.expired", facts
            return ("evidence.unreviewed" if found.get("evidence") else "evidence.absent"), facts
        return f"evidence.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        steps: list[Step] = [("step.evidence_wanted", facts)]
        if facts["reviewed_on"] and facts["reviewer"]:
            steps.append(("step.evidence_review", facts))
        if facts["expiry"]:
            steps.append(("step.evidence_expiry", facts))
        return steps
