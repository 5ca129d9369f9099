"""``in_one_place``: everybody on a roster publishes, and all of them in one and the same place.

Reading: the place is the channel that most of the roster uses; a subject that publishes elsewhere only, or not at all, is in breach. Due by
the end of the days that the pack covers; those whose place is blank cannot be judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
import polars as pl
from pydantic import Field

from opencheck.core.outcomes import QUIET, Outcome
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, need_field
from opencheck.rules.judgement import Judged
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "InOnePlace",
]


class InOnePlace(Kind):
    """Every subject of the roster publishes, all in the same place; see the module for the reading."""

    name: ClassVar[str] = "in_one_place"
    about: ClassVar[str] = "set"

    roster: Annotated[str, Field(description="topic of the roster that tells who is expected")]
    place: Annotated[str, Field(description="list field that tells where it was published")] = "channels"

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        for name, kind in (("subject", "text"), ("published_on", "date"), (self.place, "list")):
            need_field(rule.on, name, kind)

    def topics_of(self, rule: Rule) -> list[str]:
        """See :meth:`Kind.topics_of`."""
        return [self.roster]

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        mine = {(rule.on, n) for n in ("subject", "published_on", self.place)}
        return mine | {("roster", n) for n in ("topic", "subject", "since", "until", "unit")}

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return [self.place]

    def judge(self, rule: Rule, scope: Scope, everything: bool) -> tuple[dict[Outcome, int], list[Judged]]:
        """See :meth:`Kind.judge`."""
        frame = scope.witnesses[rule.on].with_columns(scope.applies(rule).alias("_applies"))
        frame = frame.filter(nw.col("_applies").fill_null(True))
        day = nw.col("published_on")
        inside = (day >= scope.covers.first) & (day <= scope.covers.last)
        frame = frame.filter(inside.fill_null(True)).filter((day <= scope.as_of).fill_null(True))
        columns = ["id", "unit", "subject", "published_on", self.place, "_ghost", "_applies", SRC, ROW]
        rows = scope.rows(frame.select(*columns))
        sure = ~pl.col("_ghost") & pl.col("_applies").fill_null(False) & pl.col("published_on").is_not_null()
        known = rows.filter(sure & pl.col("subject").is_not_null())
        doubts = rows.filter(~sure | pl.col("subject").is_null())
        expected, notes = self._expected(scope, known)
        places: dict[str, set[str] | None] = {}
        for subject, where in known.select("subject", self.place).unique().iter_rows():
            if where is None:
                places.setdefault(subject, None)
            else:
                places[subject] = (places.get(subject) or set()) | set(where)
        used = Counter(p for s, ps in places.items() if s in expected for p in ps or ())
        common, certain = self._common(used, sum(places.get(s) is None and s in places for s in expected) + len(doubts))
        judged = [self._one(rule, scope, s, expected[s], places, common, certain, doubts) for s in sorted(expected)]
        counts: dict[Outcome, int] = {}
        for one in [*notes, *judged]:
            counts[one.outcome] = counts.get(one.outcome, 0) + 1
        return counts, [*notes, *(j for j in judged if everything or j.outcome not in QUIET)]

    @staticmethod
    def _common(used: Counter[str], unknown: int) -> tuple[str | None, bool]:
        """The place that most use, None where two are used alike; and whether the unknown places could not change that."""
        ranked = sorted(used.values(), reverse=True)
        first, second = (*ranked, 0, 0)[:2]
        common = max(used, key=lambda p: used[p]) if first > second else None
        return common, unknown == 0 or first > second + unknown

    def _expected(self, scope: Scope, known: pl.DataFrame) -> tuple[dict[str, str | None], list[Judged]]:
        roster, notes = scope.roster([self.roster])
        expected: dict[str, str | None] = {}
        if len(roster):
            here = roster.filter(
                pl.col("since").is_null() | (pl.col("since") <= scope.covers.last),
                pl.col("until").is_null() | (pl.col("until") >= scope.covers.first),
            )
            expected = dict(here.select("subject", "unit").iter_rows())
        if not expected:
            notes.append(Judged(Outcome.INDETERMINATE, missing=("roster.subject",), facts={"no_roster": True}))
            expected = dict(known.unique("subject", keep="last", maintain_order=True).select("subject", "unit").iter_rows())
        return expected, notes

    def _one(
        self,
        rule: Rule,
        scope: Scope,
        subject: str,
        unit: str | None,
        places: dict[str, set[str] | None],
        common: str | None,
        sure: bool,
        doubts: pl.DataFrame,
    ) -> Judged:
        where = places.get(subject)
        missing: tuple[str, ...] = ()
        if where is not None and common in where and sure:
            outcome = Outcome.PASS
        elif scope.covers.last > scope.as_of:
            outcome = Outcome.PENDING
        elif subject in places and (where is None or not sure):
            outcome, missing = Outcome.INDETERMINATE, (f"{rule.on}.{self.place}",)
        elif len(maybe := doubts.filter(pl.col("subject").is_null() | (pl.col("subject") == subject))):
            blank = [n for n in ("subject", "published_on") if maybe[n].null_count()]
            outcome, missing = Outcome.INDETERMINATE, tuple(f"{rule.on}.{n}" for n in blank or ["rejected"])
        else:
            outcome = Outcome.VIOLATION
        facts = {"where": sorted(where) if where else None, "common": common, "absent": subject not in places}
        return Judged(outcome, unit=unit, subject=subject, due=scope.covers.last, facts=facts, missing=missing)

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: a wrong place is not late by days."""
        return None, None

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        return {
            "subject": found.get("subject"),
            "where": found.get("where"),
            "common": found.get("common"),
            "due": found.get("due"),
            "roster_rows": found.get("roster_rows"),
            "missing": found.get("missing"),
            "as_of": scope.as_of,
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if found.get("no_roster") or found.get("roster_rows"):
            return ("series.no_roster" if found.get("no_roster") else "series.roster_rows"), facts
        if outcome is Outcome.INDETERMINATE:
            return "missing.fact", facts
        if outcome is Outcome.VIOLATION:
            return ("in_one_place.absent" if found.get("absent") else "in_one_place.elsewhere"), facts
        return f"in_one_place.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        if found.get("no_roster") or found.get("roster_rows"):
            return [("step.no_roster", facts)]
        return [("step.one_place", facts), ("step.due", facts)]
