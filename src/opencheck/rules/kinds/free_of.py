"""``free_of``: a text must not show what it has to leave out: personal data, or what patterns describe.

Reading: masked values are in order. Personal data is told by kind and place with its middle masked, never as such. A blank text cannot be
judged; a table without the text is told once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from opencheck.core.localized import Named
from opencheck.core.message_catalogue import LANGS, word_of
from opencheck.core.outcomes import Outcome
from opencheck.core.personal_data import Hit, PersonalKind, candidates, find
from opencheck.records.dataset import column_of_lists
from opencheck.records.disclosure_labels import part_at
from opencheck.rules.conditions import Regex
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, need_field, outcome_chain
from opencheck.rules.judgement import Judgement
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "FreeOf",
    "Pattern",
    "hit_words",
]


_BETWEEN = "\x1e"


class Pattern(BaseModel):
    """What a text must not hold: a name in both languages and a regular expression (without look-around)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str
    matches: Regex


def hit_words(name: str, hit: Hit, **facts: object) -> Named:
    """What was found, by kind and masked, in the words of a message of the catalogue."""
    return _hit_words(name, hit.kind, hit.masked, **facts)


def _hit_words(name: str, kind: str, masked: str, **facts: object) -> Named:
    zh, en = (word_of(name, lang).format(kind=word_of(f"personal.{kind}", lang), masked=masked, **facts) for lang in LANGS)
    return Named(zh, en)


class FreeOf(Kind):
    """A text without personal data or other things that must be left out; see the module for the reading."""

    name: ClassVar[str] = "free_of"
    refines_alone: ClassVar[bool] = True

    text: Annotated[str, Field(description="text field that is read through")] = "text"
    personal: Annotated[list[PersonalKind], Field(description="kinds of personal data")] = []
    patterns: Annotated[list[Pattern], Field(description="other things, by regular expression")] = []

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        need_field(rule.on, self.text, "text", "prose")
        if not (self.personal or self.patterns):
            raise ValueError("free_of needs 'personal' or 'patterns'")

    def scans(self, rule: Rule) -> str | None:
        """See :meth:`Kind.scans`."""
        return self.text

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        return {(rule.on, self.text)}

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return [self.text]

    def plan(self, rule: Rule, scope: Scope) -> Judgement:
        """See :meth:`Kind.plan`: the expression keeps what may hold something, :meth:`refine` looks closer."""
        text = nw.col(self.text)
        looked_for = {p.matches: False for p in self.patterns}
        # Numbers and words are what they are with anything around them.
        looked_for |= dict.fromkeys(candidates(self.personal) if self.personal else [], True)
        suspects = [
            scope.of_text(self.text, t, text.str.contains(t), suspicious=True, as_written=as_written)
            for t, as_written in looked_for.items()
        ]
        suspect = reduce(lambda a, b: a | b, suspects)
        codes = outcome_chain(
            scope.applies(rule),
            (scope.of_text(self.text, "blank", text.is_null(), as_written=True), Outcome.INDETERMINATE),
            (suspect, Outcome.VIOLATION),
            otherwise=Outcome.PASS,
        )
        return Judgement(codes, extras={"_read": text})

    def hits(self, text: str) -> list[str]:
        """What a text shows that it must not, masked: put into words by :meth:`_words` where somebody reads it."""
        found = [str(number) for number, p in enumerate(self.patterns) if re.search(p.matches, text)]
        for hit in find(text, self.personal) if self.personal else []:
            part, place = part_at(text, hit.start)
            found.append(_BETWEEN.join((hit.kind, hit.masked, str(place + 1), part)))
        return found

    def _words(self, hit: str) -> Named:
        if hit.isdecimal():
            pattern = self.patterns[int(hit)]
            return Named(pattern.zh, pattern.en)
        kind, shown, at, part = hit.split(_BETWEEN, 3)
        return _hit_words("personal.at_part" if part else "personal.at", kind, shown, at=at, part=part)

    def refine(self, rule: Rule, rows: pl.DataFrame, scope: Scope | None) -> pl.DataFrame:
        """See :meth:`Kind.refine`: check digits clear what only looked like personal data; the text itself goes no further."""
        # Where exceptions were weighed over the suspicion, the suspicion itself is what a closer look clears.
        own = "_own" if "_own" in rows.columns else "_code"
        suspected = [code == Outcome.VIOLATION.code for code in rows[own].to_list()]
        hits = [self.hits(text) if look else [] for look, text in zip(suspected, rows["_read"].to_list(), strict=True)]
        cleared = pl.Series(
            "cleared", [look and not found for look, found in zip(suspected, hits, strict=True)], dtype=pl.Boolean
        )
        open_ = pl.col("_code").is_in([Outcome.VIOLATION.code, Outcome.INDETERMINATE.code])
        if "consistent" in rows.columns:
            open_ = open_ & pl.col("consistent").fill_null(True)
        passed = pl.lit(Outcome.PASS.code, dtype=pl.Int8)
        rows = rows.with_columns(
            cleared,
            column_of_lists("hits", [found[:8] for found in hits]),
        ).with_columns(
            pl.when(pl.col("cleared") & open_).then(passed).otherwise("_code").alias("_code"),
            *([pl.when("cleared").then(passed).otherwise("_own").alias("_own")] if own == "_own" else []),
        )
        return rows.drop("_read", "cleared", self.text, strict=False)

    def missing(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[str]:
        """See :meth:`Kind.missing`."""
        return [self.text]

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: what is shown is not late."""
        return None, None

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        return {
            "hits": [self._words(hit) for hit in found.get("hits") or ()],
            "text_field": (rule.on, self.text),
            "unread": found.get("unread"),
            "missing": found.get("missing"),
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            return ("missing.unread" if facts["unread"] else "missing.fact"), facts
        return f"free_of.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        return [("step.read_through", facts), *([("step.hits", facts)] if facts["hits"] else [])]
