"""The base class of requirement kinds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import polars as pl
from pydantic import BaseModel, ConfigDict

from opencheck.core.time_limits import DatedLimit, Duration, StatuteRef
from opencheck.rules.context import DanglingReferences, RuleContext
from opencheck.rules.expressions import Step
from opencheck.rules.judgement import Judgement, SetJudgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.reductions import Reduction

__all__ = ["Kind"]


class Kind(BaseModel):
    """A requirement kind: a rule's ``require`` entry as data, and what it makes of a table.

    A kind is one file; a rule is data. ``about`` says what is judged: each ``record``, or the table as a ``set``. A kind about records builds
    Polars expressions (:meth:`plan`); one about sets states reductions of tables (:meth:`reductions`) and judges their results
    (:meth:`judge`). Nothing else of a kind sees the data.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: ClassVar[str]
    about: ClassVar[str] = "record"
    needs_table: ClassVar[bool] = True
    """Whether nothing can be judged where the rule's table was not given."""
    open_only: ClassVar[bool] = False
    """Whether a rule about disclosures concerns by default only what is open: the kind is about publication itself."""

    needs_covers: ClassVar[bool] = False
    """Whether it judges the days that the pack covers, so that a pack must name them."""

    falls_short: ClassVar[bool] = False
    """Whether ``late_by`` says how much is lacking, not how late something was done."""

    messages: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """The texts of a kind from another package, by name: ``{"same_year.pass": {"zh": …, "en": …}}``; without English the Chinese
    stands in both languages. Ours are in the catalogue."""

    review: ClassVar[str] = "remedy.judge"
    """The sentence that says what to do where a person must judge."""

    def check(self, rule: RuleSpec) -> None:
        """Refuse a rule whose data does not fit the tables.

        Raises:
            ValueError: naming what does not fit.
        """
        raise NotImplementedError

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        """The (table, field) pairs that the kind reads, besides the rule's own conditions."""
        raise NotImplementedError

    def relieving_fields(self, rule: RuleSpec) -> tuple[str, ...]:
        """The fields of a record that can only turn a violation into something less: nobody is accused while such a column is not read."""
        return ()

    def starting_fields(self, rule: RuleSpec) -> tuple[str, ...]:
        """The moments with which a limit in hours starts: of one that is known by its day alone the end of the day is the start."""
        return ()

    def elements_of(self, rule: RuleSpec) -> list[str]:
        """The elements of disclosures that the kind asks for; a pack must name them."""
        return []

    def topics_of(self, rule: RuleSpec) -> list[str]:
        """The topics that the kind itself names; a pack must have them."""
        return []

    def text_field(self, rule: RuleSpec) -> str | None:
        """The text field that the kind reads through: of a table without it there is one finding, not one a record."""
        return None

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        """The judgement of each record as expressions (kinds about records)."""
        raise NotImplementedError

    def post_check(self, rule: RuleSpec, rows: pl.DataFrame) -> pl.DataFrame:
        """Change the ``_code`` of rows that became findings, where only a look by Python can tell (kinds about records)."""
        return rows

    @property
    def limit_units(self) -> tuple[str, ...]:
        """The units in which the kind's ``limit`` may be, that of a statute included."""
        return ("working_days", "days", "hours")

    def dangling(self, rule: RuleSpec, context: RuleContext) -> tuple[str, str, str] | None:
        """The linked table, its referring field and the date of its act, where a reference that points to nothing leaves an absence open."""
        return None

    def settle_dangling(self, rule: RuleSpec, rows: pl.DataFrame, found: DanglingReferences) -> pl.DataFrame:
        """Change the ``_code`` of rows whose absent linked record may be one of those that point to nothing."""
        return rows

    def reductions(self, rule: RuleSpec, context: RuleContext) -> dict[str, Reduction]:
        """What the kind needs of the tables, by names of its own (kinds about sets); only of tables that are given.

        It is not asked where the rule's own table is not given and the kind needs it.
        """
        raise NotImplementedError

    def judge(
        self, rule: RuleSpec, context: RuleContext, reduced: Mapping[str, pl.DataFrame], *, include_all: bool
    ) -> SetJudgement:
        """The judgement of the set from the results of :meth:`reductions` (kinds about sets)."""
        raise NotImplementedError

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        """The missing facts that leave a finding indeterminate, as field names (``table.field`` where of another)."""
        raise NotImplementedError

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """By how many days a violation is late or short, and whether working or calendar days; None where it has no due day.

        Where another record may show that it was done before ``actual``, from ``may_be_since`` on, it is late by so many days at least.
        """
        due = found.get("due")
        if due is None:
            return None, None
        actual = found.get("may_be_since") or found.get("actual")
        end = actual if actual is not None and actual <= context.as_of else context.as_of
        span = self.lateness_span(rule, found, context)
        return ((end - due).days, "days") if span is None else context.late(span, due, end)

    def lateness_span(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> Duration | None:
        """The limit in whose unit lateness is told; None where the duty is due on a day, and lateness is told in days."""
        return None

    def due_moment(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> datetime | None:
        """The moment at which a limit in hours ends; None where the end of the due day is meant."""
        return None

    def is_done(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> bool:
        """Whether a breach is of the day only: what the duty wants was done by the day of the check, too late."""
        actual = found.get("actual")
        return found.get("due") is not None and actual is not None and bool(actual <= context.as_of)

    def norm(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> DatedLimit | None:
        """The statutory limit that bound on the day of the event; None where the limit is the pack's own."""
        limit, start = getattr(self, "limit", None), found.get("start")
        if not isinstance(limit, StatuteRef) or start is None:
            return None
        held = context.limit_on(limit, start.date() if isinstance(start, datetime) else start)
        return held if held and held.norm_zh else None

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        """The fields of the record whose cells a person should look at first."""
        raise NotImplementedError

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        """The message of a finding: its name in the catalogue, and the facts it is filled with."""
        raise NotImplementedError

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        """The derivation of a finding, line by line."""
        raise NotImplementedError
