"""``free_of``: a text must not show what it has to leave out: personal data, or what patterns describe.

Reading: masked values are in order; mobile numbers in a list of offices are for a person to judge. Personal data is told by kind and place
with its middle masked, never as such. A blank text cannot be judged; a table without the text is told once. What no duty names (identity and
card numbers) is a breach even where it is not recorded whether an exception applies.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.localized import LocalizedName, PackText
from opencheck.core.outcomes import Outcome
from opencheck.core.personal_data import PersonalKind, find_personal_data, match_words, prefilter_patterns
from opencheck.records.dataset import list_series
from opencheck.records.disclosure_labels import locate_part
from opencheck.rules.conditions import Regex
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.requirement import Kind

__all__ = [
    "FreeOf",
    "Pattern",
]


_BETWEEN, _OF_OFFICE = "\x1e", "office"


class Pattern(PackText):
    """What a text must not hold: a name in both languages and a regular expression as Polars takes it."""

    matches: Regex
    unless: Annotated[Regex | None, Field(description="a passage that matches is in order where it also holds this")] = None


def _shows(pattern: Pattern, text: str) -> bool:
    """Whether a text holds a passage of the pattern that is not in order all the same; by the engine that also keeps the suspects."""
    texts = pl.Series([text])
    if pattern.unless is None:
        return bool(texts.str.contains(pattern.matches)[0])
    passages = texts.str.extract_all(pattern.matches).explode().drop_nulls()
    return not passages.str.contains(pattern.unless).all()


class FreeOf(Kind):
    """A text without personal data or other things that must be left out; see the module for the reading."""

    name: ClassVar[str] = "free_of"

    text: Annotated[str, Field(description="text field that is read through")] = "text"
    personal: Annotated[list[PersonalKind], Field(description="kinds of personal data")] = []
    patterns: Annotated[list[Pattern], Field(description="other things, by regular expression")] = []
    never_excepted: Annotated[
        list[PersonalKind], Field(description="kinds that no exception names: they do not wait for whether one applies")
    ] = []

    def check(self, rule: RuleSpec) -> None:
        require_field(rule.on, self.text, "text", "prose")
        if not (self.personal or self.patterns):
            raise ValueError("free_of needs 'personal' or 'patterns'")

    def text_field(self, rule: RuleSpec) -> str | None:
        return self.text

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        return {(rule.on, self.text)}

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.text]

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        """The expression keeps what may hold something, :meth:`post_check` looks closer."""
        text = pl.col(self.text)
        patterns = [*(p.matches for p in self.patterns), *prefilter_patterns(self.personal)]
        suspects = [context.shared(f"_{self.text}|{p}", text.str.contains(p)) for p in patterns]
        suspect = reduce(lambda a, b: a | b, suspects)
        codes = outcome_expr(
            context.applies(rule),
            (text.is_null(), Outcome.INDETERMINATE),
            (suspect, Outcome.VIOLATION),
            otherwise=Outcome.PASS,
        )
        return Judgement(codes, extras={"_read": text})

    def hits(self, text: str) -> list[str]:
        """What a text shows that it must not, masked: put into words by :meth:`_words` where somebody reads it."""
        found = [str(number) for number, p in enumerate(self.patterns) if _shows(p, text)]
        for hit in find_personal_data(text, self.personal):
            part, place = locate_part(text, hit.start)
            found.append(_BETWEEN.join((hit.kind, hit.masked, str(place + 1), part, _OF_OFFICE if hit.of_office else "")))
        certain = [hit for hit in found if not hit.endswith(_BETWEEN + _OF_OFFICE)]
        return certain or found

    def _words(self, hit: str) -> LocalizedName:
        if hit.isdecimal():
            pattern = self.patterns[int(hit)]
            return LocalizedName(pattern.zh, pattern.en)
        kind, shown, at, part, _ = hit.split(_BETWEEN)
        return match_words("personal.at_part" if part else "personal.at", kind, shown, at=at, part=part)

    def post_check(self, rule: RuleSpec, rows: pl.DataFrame) -> pl.DataFrame:
        """Check digits clear what only looked like personal data; the text itself goes no further."""
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
        passed, review = (pl.lit(o.code, dtype=pl.Int8) for o in (Outcome.PASS, Outcome.NEEDS_REVIEW))
        contacts = pl.Series("contacts", [bool(found) and found[0].endswith(_BETWEEN + _OF_OFFICE) for found in hits])
        rows = rows.with_columns(
            cleared,
            contacts.cast(pl.Boolean),
            list_series("hits", [found[:8] for found in hits]),
        ).with_columns(
            pl.when(pl.col("cleared") & open_)
            .then(passed)
            .when(pl.col("contacts") & (pl.col("_code") == Outcome.VIOLATION.code))
            .then(review)
            .otherwise("_code")
            .alias("_code"),
            *([pl.when("cleared").then(passed).otherwise("_own").alias("_own")] if own == "_own" else []),
        )
        if self.never_excepted and own == "_own":
            certain = [any(hit.split(_BETWEEN, 1)[0] in self.never_excepted for hit in found) for found in hits]
            waits = pl.Series(certain, dtype=pl.Boolean) & open_ & (pl.col("_own") == Outcome.VIOLATION.code)
            violation = pl.lit(Outcome.VIOLATION.code, dtype=pl.Int8)
            rows = rows.with_columns(pl.when(waits).then(violation).otherwise("_code").alias("_code"))
        return rows.drop("_read", "cleared", "contacts", self.text, strict=False)

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        return [self.text]

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """What is shown is not late."""
        return None, None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        return {
            "hits": list(dict.fromkeys(self._words(hit) for hit in found.get("hits") or ())),
            "text_field": (rule.on, self.text),
            "unread": found.get("unread"),
            "missing": found.get("missing"),
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            return ("missing.unread" if facts["unread"] else "missing.fact"), facts
        return f"free_of.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        return [("step.read_through", facts), *([("step.hits", facts)] if facts["hits"] else [])]
