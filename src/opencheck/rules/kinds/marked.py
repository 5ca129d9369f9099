"""``marked``: a document's own text carries its disclosure attribute as a label, and it is the recorded one.

Reading: a note in brackets or a field "公开属性：…" is a label, the words inside a sentence are not. Two labels that disagree leave it open.
A label that stands only after the line 附件 may be the attachment's: it leaves it open too, and does not contradict one before that line.
A note about this document's disclosure in words that are no label may mean any attribute, or several: it leaves it open.
A recorded word that the vocabulary does not know may be any attribute, and contradicts no label.
Copies on the web often drop the label: a text without one is told as "no label found in this text".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial, reduce
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.records.disclosure_labels import find_own_labels, find_own_odd_labels
from opencheck.records.tables import TABLES
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.requirement import Kind

__all__ = [
    "Marked",
]


def _labels(names: Sequence[str], texts: pl.Series) -> pl.Series:
    """The labels of each text as a number, one bit for each attribute: those before the attachments, then those of the whole text.

    What a label is takes more than a regular expression to tell: of several options exactly one must be ticked. Each different text is
    read once, and one without a word of disclosure not at all.
    """
    places = {name: 1 << at for at, name in enumerate(names)}
    found = {}
    for text in texts.filter(texts.str.contains("[公删刪发發]")).unique():
        own, every = find_own_labels(text)
        found[text] = sum(places[v] for v in own) | sum(places[v] for v in every) << len(names)
    numbers = [None if text is None else found.get(text, 0) for text in texts]
    return pl.Series(texts.name, numbers, dtype=pl.UInt16)


def _odd_labels(texts: pl.Series) -> pl.Series:
    """The words of each text's notes that speak of its disclosure and are no known label; null where there is none."""
    suspects = texts.filter(texts.str.contains("[此本] ?[件文]")).unique()
    found = {text: words for text in suspects if (words := "；".join(find_own_odd_labels(text)))}
    return pl.Series(texts.name, [found.get(text) for text in texts], dtype=pl.String)


class Marked(Kind):
    """The text carries the label of the recorded attribute; see the module for the reading."""

    name: ClassVar[str] = "marked"

    text: Annotated[str, Field(description="text field that must carry the label")] = "text"
    attribute: Annotated[str, Field(description="field that holds the recorded attribute")] = "attribute"

    def check(self, rule: RuleSpec) -> None:
        require_field(rule.on, self.text, "text", "prose")
        require_field(rule.on, self.attribute, "text")
        if TABLES[rule.on].fields[self.attribute].column.vocabulary != "attribute":
            raise ValueError(f"{self.attribute} holds no disclosure attribute")

    def text_field(self, rule: RuleSpec) -> str | None:
        return self.text

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        return {(rule.on, self.text), (rule.on, self.attribute)}

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.text]

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        text, recorded = pl.col(self.text), pl.col(self.attribute)
        values = TABLES[rule.on].fields[self.attribute].vocabulary
        names = values.values if values else ()
        labels = context.shared(f"_{self.text}|labels", text.map_batches(partial(_labels, names), return_dtype=pl.UInt16))
        odd = context.shared(f"_{self.text}|odd labels", text.map_batches(_odd_labels, return_dtype=pl.String))
        has = {v: (labels & (1 << at)) != 0 for at, v in enumerate(names)}
        beyond = labels >= (1 << len(names))
        blank = text.is_null()
        number = reduce(lambda a, b: a + b, [h.cast(pl.Int64) for h in has.values()])
        agrees = reduce(lambda a, b: a | b, [h & (recorded == v) for v, h in has.items()])
        due, not_due, _ = context.due_of(rule)
        codes = outcome_expr(
            context.applies(rule),
            (blank & not_due, Outcome.PENDING),
            (blank, Outcome.INDETERMINATE),
            (number > 1, Outcome.INDETERMINATE),
            (odd.is_not_null(), Outcome.INDETERMINATE),
            ((number == 0) & beyond, Outcome.INDETERMINATE),
            (number == 0, Outcome.VIOLATION),
            (~recorded.is_in(names).fill_null(False), Outcome.INDETERMINATE),
            (agrees, Outcome.PASS),
            otherwise=Outcome.VIOLATION,
        )
        extras = {"number": number, "beyond": beyond, "odd": odd, "recorded": recorded, "read": ~blank}
        return Judgement(codes, due, None, extras | {f"has:{v}": h for v, h in has.items()})

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        if not found.get("read"):
            return [self.text]
        number = found.get("number") or 0
        return [] if number > 1 or found.get("odd") or (number == 0 and found.get("beyond")) else [self.attribute]

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """A label that is not there is not late."""
        return None, None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        return {
            "labels": [k[4:] for k, v in found.items() if k.startswith("has:") and v],
            "words": found.get("odd"),
            "recorded": found.get("recorded"),
            "text_field": (rule.on, self.text),
            "recorded_field": (rule.on, self.attribute),
            "due": found.get("due"),
            "unread": found.get("unread"),
            "missing": found.get("missing"),
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if facts["unread"]:
                return "missing.unread", facts
            if facts["words"] and len(facts["labels"]) < 2:
                return "marked.unknown", facts
            if found.get("beyond") and not facts["labels"]:
                return "marked.attached", facts
            return ("marked.ambiguous" if len(facts["labels"]) > 1 else "missing.fact"), facts
        if outcome is Outcome.VIOLATION:
            return ("marked.differs" if facts["labels"] else "marked.none"), facts
        return f"marked.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        return [("step.labels", self._facts(rule, found, context))]
