"""``converted``: what is requested often, and can be public, is published for everybody.

Reading: requests for the same thing are counted by its wording, whatever its punctuation, white space and width; from the request that makes
them many, a limit runs in which it must be published. What is published must be open to everybody, and of a topic where the rule names one.
Where they are many only without the formulas of requests (关于…的信息) a person must judge whether they are for the same thing. Where the field
is a list (the matters that a meeting decided), each item is looked for: what is published under its name, with no more than the formulas of
meetings and documents around it, alone or among others, is it. Where it is not found, but something was published later that is none of the
matters by name, or in time something whose title contains it beside other words, a person must judge. Nothing of a matter was published
before it was decided: a record of its name from before contradicts it. Requests of which it is blank whether the
information can be public may or may not count: what is in time has to be so both ways. Of a publication whose openness is not known, or
whose row could not be used, it is open whether it is one; dated after the limit it leaves open only how late it was: so late at least.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import Duration, LimitSpec
from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.rules.condition_expressions import compile_conditions
from opencheck.rules.conditions import Conditions, check_fields, iter_tests
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, known_text, norm_steps, open_to_everybody, require_field
from opencheck.rules.judgement import Judged, Linked, SetJudgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Reduction, references_in, usable
from opencheck.rules.set_kind import SetKind
from opencheck.rules.undated import undated_facts
from opencheck.rules.wordings import decided_matter, decided_matters, requested_matter, wording

__all__ = [
    "Converted",
]


_BESIDE = "\n"
"""What stands between the names of one publication; no name has it, for names are without white space."""


@dataclass
class _Published:
    """When things were published, by their wordings and titles."""

    sure: dict[str, list[date]]
    doubtful: dict[str, list[tuple[date, str]]]
    """Of records that may count: the day, and the field that leaves it open."""
    listed: bool
    """Whether nothing counts from before the matter was decided."""
    day_field: str

    @classmethod
    def of(cls, published: pl.DataFrame, day_field: str, *, listed: bool) -> _Published:
        """Sort what the reduction found."""
        found = cls({}, {}, listed, day_field)
        for names, day, doubt in published.iter_rows():
            for name in _each(names):
                if doubt is None:
                    found.sure.setdefault(name, []).append(day)
                else:
                    found.doubtful.setdefault(name, []).append((day, doubt))
        return found

    def first(self, matter: str, start: date) -> date | None:
        """The day on which it was surely published first."""
        return min((day for day in self.sure.get(matter, []) if not self.listed or day >= start), default=None)

    def doubt(self, matter: str, start: date, due: date) -> str | None:
        """The field that leaves it open whether it was published in time, None where it surely was not."""
        if self.listed and any(day < start for day in self.sure.get(matter, [])):
            return self.day_field  # nothing of it can have been published before it was decided
        for day, field in self.doubtful.get(matter, []):
            if day <= due and (not self.listed or day >= start or day == date.min):
                return field
        return None


def _may_be_since(one: Judged, days: Iterable[date]) -> None:
    """Note of what was surely published too late that on one of some days it may have been published, too late as well."""
    if one.outcome is Outcome.VIOLATION and one.due and one.actual:
        known = one.facts.get("may_be_since")
        one.facts["may_be_since"] = _first_between(days, one.due, known or one.actual) or known


def _first_between(days: Iterable[date], after: date, before: date) -> date | None:
    return min((day for day in days if after < day < before), default=None)


def _each(names: str | None) -> list[str]:
    return names.split(_BESIDE) if names else []


class Converted(SetKind):
    """What many ask for is published; see the module for the reading."""

    name: ClassVar[str] = "converted"

    at_least: Annotated[int, Field(ge=1, description="how many requests are many")]
    of: Annotated[
        str, Field(description="text field that tells what is asked for, or list field of which each item must be published")
    ]
    day: Annotated[str, Field(description="date field of the request")]
    where: Annotated[Conditions, Field(description="what a request must meet to be counted")] = {}
    into: Annotated[Linked, Field(description="table and text field in which it must be published")]
    topic: Annotated[str | None, Field(description="topic of what is published; any where none")] = None
    done: Annotated[str, Field(description="date field of that table: the day of publication")] = "published_on"
    limit: LimitSpec

    def check(self, rule: RuleSpec) -> None:
        require_field(rule.on, self.of, "text", "list")
        self.check_whose(rule.on)
        require_field(rule.on, self.day, "date")
        check_fields(self.where, TABLES[rule.on])
        require_field(self.into.table, self.into.by, "text")
        require_field(self.into.table, self.done, "date")
        if isinstance(self.limit, Duration) and self.limit.unit == "hours":
            raise ValueError("converted needs a limit in days or working_days")

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        mine = {(rule.on, n) for n in (self.of, self.day, *(n for n, _ in iter_tests(self.where)))}
        return mine | {(self.into.table, n) for n in (self.into.by, self.done, "title")} | self._of_what_is_published

    @property
    def _of_what_is_published(self) -> set[tuple[str, str]]:
        return {(self.into.table, n) for n in ("attribute", "topic") if n in TABLES[self.into.table].fields}

    def topics_of(self, rule: RuleSpec) -> list[str]:
        return [self.topic] if self.topic else []

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.of]

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        counted = self.counts(rule, context) & compile_conditions(self.where, context.fields(rule.on))
        happened = (pl.col(self.day) <= context.as_of).fill_null(True)
        columns = {n: pl.col(n) for n in ("id", "unit", self.of, self.day, REJECTED, SRC, ROW)} | {"_counts": counted}
        columns |= {f"_blank:{n}": pl.col(n).is_null() for n in self._tested_fields}
        lists = (self.of,) if TABLES[rule.on].fields[self.of].kind == "list" else ()
        of_topic = context.of_topic(rule)
        found = {"rows": Reduction(rule.on, usable(counted), columns, where=happened, explode=lists, of_topic=of_topic)}
        table, of_topic = self.into.table, None
        if self.done not in context.present.get(table, frozenset()):
            return found
        day, rejected = pl.col(self.done), pl.col(REJECTED)
        # A day that cannot be read may be any.
        done = (day <= context.as_of) | (rejected & day.is_null())
        blank = context.undated(table, self.done)
        doubt: pl.Expr = pl.when(rejected).then(pl.lit("rejected"))
        if ("disclosure", "attribute") in self._of_what_is_published:
            done, blank = (test & open_to_everybody().fill_null(True) for test in (done, blank))
            doubt = pl.coalesce(doubt, pl.when(open_to_everybody().is_null()).then(pl.lit("attribute")))
        names = self._names(rule)
        if self.topic:
            fields = replace(context.fields(table), unknown_is_any_topic=True)
            ours = compile_conditions({"topic": self.topic}, fields)
            done, blank, of_topic = done & usable(ours), blank & ours, ours
            # What may be of the topic has no name: it answers to no matter, and keeps none from being looked for by a person.
            names = pl.when(ours).then(names)
        named = {"names": names, "first": day.fill_null(date.min), "doubt": doubt}
        found["published"] = Reduction(table, done, named, keys=tuple(named), of_topic=of_topic)
        found["undated"] = Reduction(table, blank, {"names": names, "id": pl.col("id")}, of_topic=of_topic)
        return found

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        bare = self._matter(rule, pl.col(self.of))
        rows = reduced["rows"].with_columns(bare.alias("_bare"), wording(pl.col(self.of)).alias("_worded"))
        sure = pl.col("_counts").fill_null(False) & pl.col(self.day).is_not_null() & ~pl.col(REJECTED)
        # What an attachment names is unknown; a meeting without matters decided nothing that was entered.
        nameless = rows.filter((pl.col(self.of) == ELSEWHERE) | (pl.col(self.of).is_null() & (not self._is_list(rule))))
        named = rows.filter(pl.col(self.of) != ELSEWHERE)
        wordings = [pl.col(self.of).first(), pl.col("unit").drop_nulls().first()]
        groups = named.filter(sure).sort(self.day, maintain_order=True).group_by("_bare")
        same = pl.col("_worded").value_counts().struct.field("count").max().alias("same")
        many = groups.agg(pl.len().alias("n"), pl.col(self.day).alias("days"), same, *wordings)
        open_ = named.filter(~sure).group_by("_bare").agg(pl.len(), *self._doubts())
        maybe = {row["_bare"]: row for row in open_.iter_rows(named=True)}
        published = reduced["published"].select("names", "first", "doubt") if "published" in reduced else None
        days = None if published is None else _Published.of(published, self.done, listed=self._is_list(rule))
        seen = many["_bare"].to_list()
        extra = named.filter(~sure & ~pl.col("_bare").is_in(seen)).group_by("_bare").agg(wordings)
        candidates = pl.concat([many, extra], how="diagonal").sort(self.of)
        judged = [
            self._judge_candidate(rule, context, row, maybe.get(row["_bare"]), days) for row in candidates.iter_rows(named=True)
        ]
        if published is not None and self._is_list(rule):
            self._may_be_another(judged, published, candidates["_bare"].to_list())
        elif published is not None:
            self._may_be_nameless(judged, published)
        if "undated" in reduced:
            self._name_undated(judged, candidates["_bare"].to_list(), reduced["undated"])
        judged += self._without_name(rule, nameless, many["n"].to_list())
        return SetJudgement.of(judged, include_all=include_all)

    @property
    def _tested_fields(self) -> list[str]:
        """The fields without which it is unknown whether a request is counted."""
        return list(dict.fromkeys(name for name, t in iter_tests(self.where) if t.unknown is None and name != self.day))

    def _doubts(self) -> list[pl.Expr]:
        """Of requests that may be counted: which fields some of them lack, and whether some could not be used."""
        read = ~pl.col(REJECTED)
        blank = [(pl.col(f"_blank:{n}") & read).any().alias(f"_blank:{n}") for n in self._tested_fields]
        day = (pl.col(self.day).is_null() & read).any().alias(f"_blank:{self.day}")
        days = pl.col(self.day).fill_null(date.min).alias("days")
        return [*blank, day, pl.col(REJECTED).any().alias("_blank:rejected"), days]

    def _missing(self, rule: RuleSpec, maybe: dict[str, Any]) -> tuple[str, ...]:
        """The fields that leave it open whether requests are counted."""
        blank = [name for name in (*self._tested_fields, self.day, "rejected") if maybe.get(f"_blank:{name}")]
        return tuple(f"{rule.on}.{name}" for name in blank) or (f"{rule.on}.{self.day}",)

    def _without_name(self, rule: RuleSpec, rows: pl.DataFrame, counted: list[int]) -> list[Judged]:
        """One judgement on the requests that do not tell what is asked for, where they may make something many."""
        few = max((n for n in counted if n < self.at_least), default=0)
        if not len(rows) or few + len(rows) < self.at_least:
            return []
        facts = {"counted": few, "possible": few + len(rows)}
        return [Judged(Outcome.INDETERMINATE, missing=(f"{rule.on}.{self.of}",), facts=facts)]

    def _judge_candidate(
        self,
        rule: RuleSpec,
        context: RuleContext,
        row: dict[str, Any],
        maybe: dict[str, Any] | None,
        published: _Published | None,
    ) -> Judged:
        what, n, days = row[self.of], row["n"] or 0, row["days"] or []
        possible = n + (maybe["len"] if maybe else 0)
        facts: dict[str, Any] = {"counted": n, "possible": possible, "what": what}
        if n < self.at_least:
            if maybe is None or possible < self.at_least:
                return Judged(Outcome.NOT_APPLICABLE, row["unit"], subject=what, facts=facts)
            return Judged(Outcome.INDETERMINATE, row["unit"], subject=what, facts=facts, missing=self._missing(rule, maybe))
        start: date = days[self.at_least - 1]
        limit = context.limit_on(self.limit, start)
        due = limit.duration.ends_on(start, context.calendar) if limit else None
        facts |= {"start": start}
        if published is None:
            table = (self.into.table if self.into.table not in context.present else f"{self.into.table}.{self.done}",)
            return Judged(Outcome.INDETERMINATE, row["unit"], subject=what, due=due, facts=facts, missing=table)
        done = published.first(row["_bare"], start)
        missing: tuple[str, ...] = ()
        if due is None:
            outcome = Outcome.INDETERMINATE
        elif done is not None:
            outcome = Outcome.PASS if done <= due else Outcome.VIOLATION
        else:
            outcome = Outcome.PENDING if due > context.as_of else Outcome.VIOLATION
        if outcome is Outcome.PASS and maybe is not None and not self._surely_in_time(context, days, maybe["days"], done):
            # With a request that may count they were many earlier, and the limit ended earlier.
            outcome, missing = Outcome.INDETERMINATE, self._missing(rule, maybe)
        elif outcome is Outcome.VIOLATION and due is not None and (doubt := published.doubt(row["_bare"], start, due)):
            outcome, missing = Outcome.INDETERMINATE, (f"{self.into.table}.{doubt}",)
            facts["unclear"] = missing
        elif outcome is Outcome.VIOLATION and due is not None and done is not None:
            facts["may_be_since"] = _first_between((day for day, _ in published.doubtful.get(row["_bare"], [])), due, done)
        if outcome is Outcome.VIOLATION and row["same"] < self.at_least:
            outcome = Outcome.NEEDS_REVIEW
        return Judged(outcome, row["unit"], subject=what, due=due, actual=done, facts=facts, missing=missing)

    def _surely_in_time(self, context: RuleContext, days: list[date], more: list[date], done: date | None) -> bool:
        """Whether what was published was in time also if the doubtful requests count."""
        start = sorted([*days, *more])[self.at_least - 1]
        limit = context.limit_on(self.limit, start) if start > date.min else None
        due = limit.duration.ends_on(start, context.calendar) if limit else None
        return done is not None and due is not None and done <= due

    def _name_undated(self, judged: Sequence[Judged], matters: Sequence[str], undated: pl.DataFrame) -> None:
        """Add to what was not found the records of it that are entered without their day."""
        entered = list(undated.select("id", "names").iter_rows())
        for one, matter in zip(judged, matters, strict=True):
            if one.outcome is Outcome.VIOLATION and one.actual is None:
                one.facts |= undated_facts(self.into.table, self.done, [i for i, names in entered if matter in _each(names)])

    def _names(self, rule: RuleSpec) -> pl.Expr:
        """All names of a publication as one text: what the field tells of it, and its title."""
        by, title = known_text(self.into.by), known_text("title")
        if self._is_list(rule):
            names = [decided_matters(by, self.unit), decided_matters(title, self.unit)]
        else:
            names = [pl.concat_list(requested_matter(text)) for text in (by, title)]
            if TABLES[self.into.table].fields[self.into.by].column.several:  # and each of those that a cell names
                names.append(references_in(by).list.eval(requested_matter(pl.element())))
        nothing = pl.lit([], dtype=pl.List(pl.String))
        all_ = pl.concat_list([name.fill_null(nothing) for name in names]).list.drop_nulls().list.unique().list.sort()
        return pl.when(all_.list.len() > 0).then(all_.list.join(_BESIDE))

    def _matter(self, rule: RuleSpec, text: pl.Expr) -> pl.Expr:
        return decided_matter(text, self.unit) if self._is_list(rule) else requested_matter(text)

    def _is_list(self, rule: RuleSpec) -> bool:
        return TABLES[rule.on].fields[self.of].kind == "list"

    def _may_be_nameless(self, judged: Sequence[Judged], published: pl.DataFrame) -> None:
        """What was published later without any name may be what was not found."""
        days = published.filter(pl.col("names").is_null())["first"].to_list()
        for one in judged:
            if one.outcome is not Outcome.VIOLATION or one.due is None:
                continue
            # What was found late may have been published in time without a name.
            last = date.max if one.actual is None else one.due
            if any(one.facts["start"] <= day <= last or day == date.min for day in days):
                one.outcome, one.missing = Outcome.INDETERMINATE, (f"{self.into.table}.{self.into.by}",)
            _may_be_since(one, days)

    @staticmethod
    def _may_be_another(judged: Sequence[Judged], published: pl.DataFrame, matters: Sequence[str]) -> None:
        """What was published under none of the matters' names may be the one that was not found: a person must judge."""
        known = set(matters)
        out = [(_each(names), day) for names, day, _ in published.iter_rows()]
        latest = max((day for names, day in out if known.isdisjoint(names)), default=date.min)
        for one, matter in zip(judged, matters, strict=True):
            if one.outcome is not Outcome.VIOLATION or one.due is None:
                continue
            start, absent = one.facts["start"], one.actual is None
            # What was found late may have been published in time under a name that only contains its own.
            last = date.max if absent else one.due
            longer = [day for names, day in out if any(matter in n for n in names if n not in known)]
            if any(start <= day <= last for day in longer) or (absent and latest >= start):
                one.outcome = Outcome.NEEDS_REVIEW
            _may_be_since(one, longer)

    def lateness_span(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> Duration | None:
        limit = context.limit_on(self.limit, found["start"]) if found.get("start") else None
        return limit.duration if limit else None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        start = found.get("start")
        limit = context.limit_on(self.limit, start) if start else None
        return {
            "what": found.get("what"),
            "counted": found.get("counted"),
            "possible": found.get("possible"),
            "at_least": self.at_least,
            "start": start,
            "from_field": (rule.on, self.day),
            "limit": limit.duration if limit else None,
            "due": found.get("due"),
            "actual": found.get("actual"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
            "may_be_since": found.get("may_be_since"),
            "late_by": found.get("late_by"),
            "last_year": context.calendar.last_known.year,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if facts["start"] and facts["due"] is None and not found.get("missing"):
                return ("within.no_norm" if facts["limit"] is None else "within.calendar"), facts
            several = not facts["start"] and facts["what"] is not None
            return ("converted.indeterminate" if several else "missing.fact"), facts
        listed = "decided" if self._is_list(rule) else "converted"
        if outcome is Outcome.VIOLATION:
            return f"{listed}.{'late' if facts['actual'] else 'absent'}", facts
        return f"{listed}.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        listed = self._is_list(rule)
        steps: list[Step] = [("step.decided" if listed else "step.converted", facts)] if facts["what"] is not None else []
        if facts["start"]:
            steps.append(("step.event", facts))
            steps += norm_steps(context.limit_on(self.limit, facts["start"]), facts)
            if facts["due"]:
                steps.append(("step.due", facts))
        if facts["actual"]:
            steps.append(("step.actual", facts))
        if facts["may_be_since"]:
            steps.append(("step.may_be_since", facts))
        return steps
