"""What a finding says: its message and its derivation, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from opencheck.core.display import displayed
from opencheck.core.errors import PackError
from opencheck.core.localized import LocalizedName, LocalizedText
from opencheck.core.outcomes import Outcome
from opencheck.engine.result import RuleResult
from opencheck.records.contradictions import Doubt
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.report.open_points import OpenPoints, field_name
from opencheck.report.parameter_values import is_pattern, value_as_fact
from opencheck.rules.conditions import iter_tests
from opencheck.rules.contradicted import contradictions_of
from opencheck.rules.expressions import Step
from opencheck.rules.rule import GrantedException, Rule

__all__ = ["Sentences", "capitalised"]

_COMMON_WORDS = frozenset({"missing", "lacks", "late", "which", "every", "period", "span"})
"""The facts that any sentence may use besides its own."""


@dataclass(frozen=True)
class Sentences:
    """Puts the facts of one finding into words."""

    result: RuleResult
    facts: dict[str, Any]
    outcome: Outcome
    missing_names: tuple[str, ...]
    due: date | None = None
    waiver: dict[str, Any] | None = None
    justified: bool = False
    before_plan: bool = False
    draft: bool = False

    @property
    def rule(self) -> Rule:
        """The rule."""
        return self.result.rule

    @cached_property
    def open_points(self) -> OpenPoints:
        """What leaves the finding open."""
        return OpenPoints(self.result, self.facts, self.outcome, self.missing_names)

    def say(self, name: str, facts: dict[str, Any]) -> LocalizedText:
        """Fill a sentence with facts, and with what every sentence may use: what is missing, how late it is, which records.

        Args:
            name: the sentence's name in the catalogue.
            facts: its own facts.

        Raises:
            PackError: the catalogue has no such sentence: the rule's kind, of another package, does not bring it.
        """
        if (texts := messages.load_messages().get(name)) is None:
            kind = self.rule.kind.name
            raise PackError(
                f"要求 {kind}：没有消息 {name}，请写进它的 messages / "
                f"requirement kind {kind}: no message {name!r}; it belongs in its 'messages'",
                code="kind_message",
                field=name,
            )

        subject = displayed(facts.get("subject")) or ""
        words = {**facts, "subject": subject}

        def fill(lang: str) -> str:
            template = texts[lang]
            for word in _COMMON_WORDS & messages.facts_of(template):
                words[word] = self._common_word(word, facts, lang)
            text = messages.fill_template(template, words, lang).strip()
            return text if subject and text.startswith(subject) else capitalised(text)

        return LocalizedText(zh=fill("zh"), en=fill("en"))

    def _common_word(self, name: str, facts: dict[str, Any], lang: str) -> Any:
        """The value of one of :data:`_COMMON_WORDS`, worked out where a sentence uses it."""
        if name == "missing":
            return self.open_points.names
        if name == "lacks":
            return self.open_points.clauses
        if name == "late":
            return messages.lateness_text(self.facts, lang)
        if name == "which":
            return self.open_points.which(facts, lang)
        if name == "every":
            return messages.get_message(f"every.{facts['every']}", lang)
        period = messages.period_name(facts["period"]) if facts.get("period") else ""
        if name == "period":
            return period
        return messages.format_message("join.span", lang, period=period) if period else ""

    @property
    def message(self) -> LocalizedText:
        """What was found, in one sentence."""
        rule, scope = self.rule, self.result.context
        if "no_table" in self.facts:
            table = self.facts["no_table"]
            return messages.localized_message("missing.table", {"table": table, "table_zh": TABLES[table].label_zh})
        if "unrecorded" in self.facts:
            return self.say("missing.unrecorded", {"table": rule.on, "table_zh": TABLES[rule.on].label_zh})
        if self.rule.kind.about == "set" and self.facts.get("only_unconfirmed"):
            return self.say("missing.unconfirmed", self.unread_columns)
        if "no_record_between" in self.facts:
            first, last = self.facts["no_record_between"]
            table = TABLES[rule.on]
            facts = {"table": table.name, "table_zh": table.label_zh, "first": first, "last": last}
            if self.facts.get("unconfirmed"):
                return self._around("unconfirmed", self.say("yearly.violation", facts), self.unread_columns)
            outcome = Outcome.VIOLATION if self.outcome is Outcome.WAIVED else self.outcome
            return self._with_undated_records(self.say(f"yearly.{outcome}", facts))
        if self.open_points.contradicted:
            return self.open_points.disagreement
        if not self.applies:
            said = self.say("missing.applies", {})
            return self._around("unconfirmed", said, self.unread_columns) if self.facts.get("unconfirmed") else said
        if self.facts.get("consistent") is False and self.outcome is Outcome.INDETERMINATE:
            fields = dict.fromkeys(n for name, t in iter_tests(rule.consistent) for n in (name, *t.refs))
            values = {(rule.on, n): self.facts.get(n) for n in fields}
            filled = {n: v for n, v in values.items() if v is not None or n[1] in self.missing_names}
            return self.say("contradiction", {"values": filled or values})
        if self.outcome is Outcome.NEEDS_REVIEW and (elsewhere := self.referring_elsewhere):
            return self.say("elsewhere", {"fields": elsewhere})
        facts = self.message_facts()
        if self.outcome is Outcome.PENDING and self.facts.get("still_to_come"):
            return self.say("still_to_come", {"values": self._later_acts, "as_of": scope.as_of})
        if self.outcome is Outcome.NOT_APPLICABLE and (granted := self._grants(True)):
            return self.say("granted", {"grants": granted})
        message = self.say(*rule.kind.message(rule, facts, scope))
        message = self._with_undated_records(message) if facts["outcome"] is Outcome.VIOLATION else message
        if self.justified:
            message = self._around(
                "justified", message, {"title": rule.title, "justification": self.facts.get(rule.justification or "")}
            )
        elif unknown := self.outcome is Outcome.INDETERMINATE and self._grants(None):
            message = self._around("grant_unknown", message, {"grants": unknown, "bases": self._bases(None)})
        elif self.outcome is Outcome.INDETERMINATE and (heading := self.facts.get("unread_reason")):
            message = self._around("unread_reason", message, {"header": heading, "field": (rule.on, rule.justification)})
        elif self.outcome is Outcome.INDETERMINATE and self.facts.get("unread_relief"):
            message = self._around("unread_relief", message, self.unread_columns)
        elif self.outcome is Outcome.INDETERMINATE and self.facts.get("unconfirmed"):
            message = self._around("unconfirmed", message, self.unread_columns)
        elif facts["outcome"] is Outcome.VIOLATION and (refused := self._grants(False)):
            message = self._around("grant_refused", message, {"grants": refused, "bases": self._bases(False)})
        if days := self._days_alone:
            message = self._around("day_alone", message, {"fields": days})
        if self.waiver:
            message = self._around("waived", message, self.waiver)
        return message

    @property
    def _days_alone(self) -> list[tuple[str, str]]:
        """The moments of which only the day is known, where it is decided all the same."""
        if self.outcome in (Outcome.INDETERMINATE, Outcome.NOT_APPLICABLE):
            return []
        open_ = contradictions_of(self.rule, self.facts, self.result.context)
        return [(self.rule.on, c.field) for c in open_ if c.doubt is Doubt.TIME]

    @property
    def _later_acts(self) -> dict[tuple[str, str], Any]:
        """The acts with which the duty starts and that are dated after the day of the check."""
        rule, fields = self.rule, TABLES[self.rule.on].fields
        tested = [n for n, t in iter_tests(rule.when) if t.present and fields[n].kind in ("date", "datetime")]
        days = {n: self.facts.get(n) for n in (*tested, *(rule.due.on if rule.due else ()))}
        as_of = self.result.context.as_of
        return {(rule.on, n): v for n, v in days.items() if v and (v.date() if isinstance(v, datetime) else v) > as_of}

    @property
    def referring_elsewhere(self) -> list[tuple[str, str]]:
        """The fields of the record that refer to an attachment instead of stating the fact."""
        rule = self.rule
        if rule.kind.about == "set":
            return []
        values = {n: self.facts.get(n) for t, n in sorted(rule.required_fields()) if t == rule.on}
        return [(rule.on, n) for n, v in values.items() if v == ELSEWHERE or (isinstance(v, list) and ELSEWHERE in v)]

    def message_facts(self) -> dict[str, Any]:
        """The facts with the outcome that the kind itself found, before exceptions, justifications and waivers."""
        own: Outcome = Outcome.VIOLATION if self.outcome is Outcome.WAIVED else self.outcome
        if own is self.outcome and "_own" in self.facts:
            own = Outcome.from_code(self.facts["_own"])
        if own is Outcome.NEEDS_REVIEW and self.referring_elsewhere:
            own = Outcome.INDETERMINATE
        return {**self.facts, "outcome": own}

    def _with_undated_records(self, said: LocalizedText) -> LocalizedText:
        """A sentence, followed by the records that are entered without the day of their act, where there are any."""
        if not (entered := self.facts.get("entered")):
            return said
        table, _, field = self.facts["entered_without"].partition(".")
        return self._around("entered", said, {"records": entered, "field": field_name(self.rule, (table, field))})

    @property
    def unread_columns(self) -> dict[str, Any]:
        """The headings of columns that are not read and leave the finding open, and the fields that they may be; blank where there are none."""
        rule, context = self.rule, self.result.context
        found: list[tuple[str, str, str]] = []
        if self.facts.get("unread_relief"):
            found += [(heading, rule.on, name) for heading, name in rule.relief_among(context.proposed)]
        if self.facts.get("unconfirmed"):
            found += rule.unconfirmed_among(context.unconfirmed)
        fields = list(dict.fromkeys((table, name) for _, table, name in found))
        return {"headers": list(dict.fromkeys(h for h, _, _ in found)), "fields": fields} if found else {}

    def _around(self, name: str, said: LocalizedText, facts: dict[str, Any]) -> LocalizedText:
        """A sentence that contains another one: a waiver, a justification, an exception."""
        return self.say(name, {**facts, "said": said})

    def _grants(self, granted: bool | None) -> list[LocalizedText]:
        """The exceptions that were claimed and granted, claimed and refused, or of which that is unknown."""
        return [g.title for g in self._weighed(granted)]

    def _bases(self, granted: bool | None) -> list[tuple[str, str]]:
        return [(self.rule.on, g.basis) for g in self._weighed(granted)]

    def _weighed(self, granted: bool | None) -> list[GrantedException]:
        return [
            g
            for i, g in enumerate(self.rule.exceptions)
            if self.facts.get(f"granted:{i}", False) is granted and (granted is not False or self.facts.get(f"claimed:{i}"))
        ]

    @property
    def explanation(self) -> list[LocalizedText]:
        """The derivation, step by step: the clause, its reading, the counting, the result."""
        rule, pack = self.rule, self.result.pack
        steps: list[LocalizedText] = []
        clause = pack.clauses.get(rule.clause)
        if clause:
            steps.append(
                messages.localized_message(
                    "step.clause", {"clause": clause.id, "duty_zh": clause.duty.zh, "duty_en": clause.duty.en}
                )
            )
        if rule.reading:
            steps.append(
                messages.localized_message("step.reading", {"reading_zh": rule.reading.zh, "reading_en": rule.reading.en})
            )
        steps += self._parameters()
        if "no_record_between" in self.facts or "unrecorded" in self.facts or self.open_points.contradicted:
            steps.append(self.message)
        elif self.outcome is not Outcome.NOT_APPLICABLE and "no_table" not in self.facts and self.applies:
            derived: list[Step] = rule.kind.explanation_steps(rule, self.message_facts(), self.result.context)
            steps += [self.say(name, facts) for name, facts in derived]
            if self.justified:
                steps.append(self.say("step.justification", {"justification": self.facts.get(rule.justification or "")}))
            if refused := self._grants(False):
                steps.append(self.say("step.grant_refused", {"grants": refused, "bases": self._bases(False)}))
        elif granted := self._grants(True):
            steps.append(self.say("granted", {"grants": granted}))
        if self.waiver:
            steps.append(self.say("step.waived", self.waiver))
        if self.before_plan:
            norm = rule.kind.norm(rule, self.facts, self.result.context)
            facts_of_plan: dict[str, Any] = {"binding_from": pack.binding_from}
            if norm:
                facts_of_plan["norm"] = LocalizedName(norm.norm_zh or "", norm.norm_en or "")
            steps.append(messages.localized_message("step.before_plan_statute" if norm else "step.before_plan", facts_of_plan))
        return steps

    def _parameters(self) -> list[LocalizedText]:
        """The parameters that the rule uses: how the pack reads the clause, and the values that the user changed."""
        pack, steps = self.result.pack, []
        for name in pack.rules[self.rule.id].parameters:
            known, value = pack.parameters[name], pack.values[name]
            facts = {"name": name, "reading_zh": known.reading.zh, "reading_en": known.reading.en}
            if value == known.value:
                steps.append(messages.localized_message("step.parameter", facts))
            elif is_pattern(value) or is_pattern(known.value):
                steps.append(messages.localized_message("step.pattern_changed", facts))
            else:
                values = {"value": value_as_fact(value), "default": value_as_fact(known.value)}
                steps.append(messages.localized_message("step.parameter_changed", {**facts, **values}))
        return steps

    @property
    def applies(self) -> bool:
        """Whether it is known that the rule applies, so that the requirement itself was judged."""
        return self.facts.get("_applies", True) is not None


def capitalised(text: str) -> str:
    """The text with its first letter as a capital; a Chinese one as it is.

    >>> capitalised("publish it now"), capitalised("立即发布")
    ('Publish it now', '立即发布')
    """
    return text[:1].upper() + text[1:] if text[:1].isascii() else text
