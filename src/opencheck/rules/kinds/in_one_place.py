"""``in_one_place``: everybody on a roster publishes, and all of them in one and the same place.

Reading: the place is the channel that most of the roster uses; of two that the same subjects use, either; of two that as many, but others
use, none. A subject that publishes elsewhere only, or not at all, is in breach. A channel that each has for itself (its own site) is no
common place, however many use one. Several subjects may share a cell; a record about all of them, or about those that an attachment names,
may be each one's. Due by the end of the days that the pack covers. Those whose place is blank, or a word that nobody knows, may publish
anywhere: where that could make another place the common one, nobody is judged by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.normalize import normalize_key
from opencheck.core.outcomes import Outcome
from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.placeholders import ELSEWHERE
from opencheck.rules.conditions import iter_tests
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, require_field
from opencheck.rules.judgement import Judged, SetJudgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Reduction, expected_subjects, roster_reduction, usable
from opencheck.rules.set_kind import SetKind, listed_within
from opencheck.rules.subject_names import SubjectNames
from opencheck.rules.subject_periods import is_of_all_subjects, subjects_of_cell
from opencheck.rules.undated import UNDATED, undated_facts

__all__ = [
    "InOnePlace",
]


_ANYWHERE = ""
"""The place of what does not tell its place."""


@dataclass
class _Places:
    """Where subjects publish; None stands for a subject that may be any."""

    apart: set[str]
    sure: dict[str | None, set[str]] = field(default_factory=dict)
    perhaps: dict[str | None, set[str]] = field(default_factory=dict)
    why: dict[str | None, dict[str, None]] = field(default_factory=dict)
    """The fields that leave it open."""
    words: dict[str | None, dict[tuple[str, str], None]] = field(default_factory=dict)
    """The words that nobody knows, with their fields."""
    left_open: set[tuple[str, str]] = field(default_factory=set)
    """The fields that records leave open, and why."""
    recorded: set[str | None] = field(default_factory=set)
    names: dict[str | None, str | None] = field(default_factory=dict)
    """The words for places, as they are written first."""
    common: str | None = None
    """The place that surely most use, None where there is none."""
    doubtful: bool = False
    """Whether it depends on what is unknown which place most use."""

    def may_use(self, subject: str) -> set[str]:
        """The places that a subject perhaps uses besides."""
        return self.perhaps.get(subject, set()) | self.perhaps.get(None, set())

    def compare(self, expected: Iterable[str]) -> None:
        """Find the place that more of those who are expected surely use than may use any other."""
        surely: dict[str, set[str]] = {}
        maybe: dict[str, set[str]] = {_ANYWHERE: set()}
        for subject in expected:
            for place in self.sure.get(subject, set()) - self.apart:
                surely.setdefault(place, set()).add(subject)
            for place in (self.sure.get(subject, set()) | self.may_use(subject)) - self.apart:
                maybe.setdefault(place, set()).add(subject)
        # Who may use any place counts for each of them.
        users = {place: own | maybe[_ANYWHERE] for place, own in maybe.items()}
        self.doubtful = any(len(own) > len(surely.get(p, ())) for p, own in users.items())
        for place in sorted(surely):
            # Another one that only these use is no other place: all of its users are in this one, too.
            others = [own for p, own in users.items() if p != place and not own <= surely[place]]
            if all(len(surely[place]) > len(own) for own in others):
                self.common = place
                break


class InOnePlace(SetKind):
    """Every subject of the roster publishes, all in the same place; see the module for the reading."""

    name: ClassVar[str] = "in_one_place"
    needs_covers: ClassVar[bool] = True

    roster: Annotated[str, Field(description="topic of the roster that tells who is expected")]
    place: Annotated[str, Field(description="list field that tells where it was published")] = "channels"
    apart: Annotated[
        list[str],
        Field(description="channels that everybody has for himself, such as a company's own site: never the common place"),
    ] = []

    def check(self, rule: RuleSpec) -> None:
        for name, kind in (("subject", "text"), ("published_on", "date"), (self.place, "list")):
            require_field(rule.on, name, kind)
        self.check_whose(rule.on)

    def topics_of(self, rule: RuleSpec) -> list[str]:
        return [self.roster]

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        mine = {(rule.on, n) for n in ("subject", "published_on", self.place)}
        mine |= self.fields_of_whose(rule.on)
        return mine | {("roster", n) for n in ("topic", "subject", "since", "until", "unit")}

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.place]

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        applies, day = self.counts(rule, context), pl.col("published_on")
        inside = (day >= context.covers.first) & (day <= context.covers.last) & (day <= context.as_of)
        # Of these it matters only whether they are there.
        others = dict.fromkeys(("published_on", *(n for n, _ in iter_tests(rule.when) if n != self.place)))
        columns: dict[str, pl.Expr] = {n: pl.when(pl.col(n).is_not_null()).then(pl.lit(True)) for n in others}
        columns |= {n: pl.col(n) for n in ("id", "unit", self.place, REJECTED, SRC, ROW)}
        marks = self.marks(rule, context)
        columns |= {"_applies": applies, **marks}
        columns[UNDATED] = context.undated(rule.on, "published_on")
        columns["_subject"] = pl.when(~is_of_all_subjects()).then(subjects_of_cell())
        of_topic = context.of_topic(rule)
        rows = Reduction(
            rule.on,
            usable(applies),
            columns,
            where=inside.fill_null(True),
            sample=True,
            told=("unit", *marks),
            explode=("_subject",),
            of_topic=of_topic,
        )
        return {"rows": rows, **roster_reduction([self.roster], context.present)}

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        undated, rows = reduced["rows"].filter(UNDATED), reduced["rows"].filter(~pl.col(UNDATED))
        rows = rows.with_columns(
            (~pl.col(REJECTED) & pl.col("_applies").fill_null(False) & pl.col("published_on").is_not_null()).alias("_sure")
        )
        rows, undated = self._by_subject(reduced, rows, undated)
        expected, notes = self._expected(context, reduced, rows.filter(pl.col("_sure") & pl.col("_subject").is_not_null()))
        found = self._places(rule, context, rows)
        found.compare(expected)
        judged = [self._judge_subject(rule, context, s, expected[s], found) for s in sorted(expected)]
        for one in judged:
            if one.outcome is Outcome.VIOLATION:
                theirs = undated.filter((pl.col("_subject") == one.subject).fill_null(True))
                one.facts |= undated_facts(rule.on, "published_on", theirs["id"])
        return SetJudgement.of([*notes, *judged], include_all=include_all)

    @staticmethod
    def _by_subject(
        reduced: Mapping[str, pl.DataFrame], rows: pl.DataFrame, undated: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows by the subjects that the cells mean; those that they may mean besides are in doubt (``_loose``)."""
        rows = rows.with_columns(_loose=pl.lit(False))
        texts = rows.filter("_sure")["_subject"].drop_nulls().unique(maintain_order=True)
        names = SubjectNames.by(expected_subjects(reduced)[0]["subject"], texts)
        every = [*rows["_subject"], *undated["_subject"]]
        if not names.changes(every):
            return rows, undated
        loose = [{**row, "_loose": True, "_sure": False} for row in names.unnamed(rows.to_dicts(), "_subject")]
        more = pl.DataFrame(loose, schema=rows.schema)
        return pl.concat([names.spread(rows, "_subject"), more]), names.spread(undated, "_subject", doubtful=True)

    def _places(self, rule: RuleSpec, context: RuleContext, rows: pl.DataFrame) -> _Places:
        """Where each subject surely publishes and where it perhaps does; a word that nobody knows may be another name of any place."""
        found = _Places({normalize_key(p) for p in self.apart})
        terms = context.known_terms.get(self.place)
        familiar = {normalize_key(t) for t in terms or ()} | found.apart
        for row in rows.iter_rows(named=True):
            subject, why, words = row["_subject"], *self.doubts_of(row)
            found.left_open |= set(self.left_open([row]))
            if not row[REJECTED]:
                why += ["subject"] if subject is None or row["_loose"] else []
                why += [n for n, t in iter_tests(rule.when) if n in row and row[n] is None and t.unknown is None]
                why += ["published_on"] if row["published_on"] is None else []
            given = row[self.place]
            for word in [None] if given is None else given:
                key = _ANYWHERE if word is None or word == ELSEWHERE else normalize_key(word)
                is_unknown = bool(terms) and key not in familiar and key != _ANYWHERE
                known = key != _ANYWHERE and not is_unknown
                found.names.setdefault(key, word)
                if known and row["_sure"] and subject is not None:
                    found.sure.setdefault(subject, set()).add(key)
                    continue
                found.perhaps.setdefault(subject, set()).update({key} if known else {key, _ANYWHERE})
                reasons = why + ([] if known else [self.place])
                found.why.setdefault(subject, {}).update(dict.fromkeys(reasons or ["rejected"]))
                unknown_words = [*words, *([(self.place, str(word))] if is_unknown else [])]
                found.words.setdefault(subject, {}).update(dict.fromkeys(unknown_words))
            found.recorded.add(subject)
        return found

    @staticmethod
    def _expected(
        context: RuleContext, reduced: Mapping[str, pl.DataFrame], known: pl.DataFrame
    ) -> tuple[dict[str, str | None], list[Judged]]:
        roster, notes = expected_subjects(reduced)
        expected: dict[str, str | None] = {}
        if len(roster):
            here = roster.filter(listed_within(context.covers))
            expected = dict(here.select("subject", "unit").iter_rows())
        if not expected:
            notes.append(Judged(Outcome.INDETERMINATE, missing=("roster.subject",), facts={"no_roster": True}))
            expected = dict(known.select("_subject", "unit").iter_rows())  # the last record tells whose it is
        return expected, notes

    def _judge_subject(self, rule: RuleSpec, context: RuleContext, subject: str, unit: str | None, found: _Places) -> Judged:
        where, perhaps = found.sure.get(subject, set()), found.may_use(subject)
        facts: dict[str, Any] = {
            "where": sorted(found.names[p] or "" for p in where | (perhaps - {_ANYWHERE})) or None,
            "common": found.names.get(found.common),
            "absent": subject not in found.recorded,
        }
        missing: tuple[str, ...] = ()
        if found.common in where:
            outcome = Outcome.PASS
        elif context.covers.last > context.as_of:
            outcome = Outcome.PENDING
        elif (perhaps & {found.common, _ANYWHERE}) or (
            found.doubtful and found.common is None and (where | perhaps) - found.apart
        ):
            outcome = Outcome.INDETERMINATE
            why = {**found.why.get(subject, {}), **found.why.get(None, {})}
            facts |= {"left_open": sorted(found.left_open)}
            facts |= {"others": not why, "words": [*found.words.get(subject, {}), *found.words.get(None, {})]}
            missing = tuple(f"{rule.on}.{n}" for n in why or [self.place])
        else:
            outcome = Outcome.VIOLATION
        return Judged(outcome, unit=unit, subject=subject, due=context.covers.last, facts=facts, missing=missing)

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """A wrong place is not late by days."""
        return None, None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        return {
            "subject": found.get("subject"),
            "where": found.get("where"),
            "common": found.get("common"),
            "due": found.get("due"),
            "roster_rows": found.get("roster_rows"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if found.get("no_roster") or found.get("roster_rows"):
            return ("series.no_roster" if found.get("no_roster") else "series.roster_rows"), facts
        if outcome is Outcome.INDETERMINATE:
            return ("in_one_place.indeterminate" if found.get("others") else "missing.fact"), facts
        if outcome is Outcome.VIOLATION:
            if found.get("absent"):
                return "in_one_place.absent", facts
            return ("in_one_place.elsewhere" if facts["common"] else "in_one_place.none_common"), facts
        return f"in_one_place.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        if found.get("no_roster") or found.get("roster_rows"):
            return [("step.no_roster", facts)]
        name = "step.one_place" if facts["where"] else "step.one_place_absent"
        return [(name if facts["common"] else "step.one_place_none", facts), ("step.due", facts)]
