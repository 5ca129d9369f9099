"""One finding: what a rule says of a record, with its message, derivation and remedy."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from opencheck.core.localized import LocalizedName, LocalizedText
from opencheck.core.normalize import normalize_key
from opencheck.core.outcomes import QUIET, Outcome, Severity
from opencheck.core.personal_data import mask_for_display
from opencheck.engine.result import RuleResult
from opencheck.records.dataset import ROW, SRC, SourceLocation
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.records.vocabularies import VOCABULARIES
from opencheck.report import messages
from opencheck.rules.conditions import iter_tests
from opencheck.rules.expressions import Step
from opencheck.rules.packs.pack import Pack
from opencheck.rules.rule import GrantedException, Rule

__all__ = [
    "Finding",
]


IDENTITY = ("rule", "table", "record_id", "subject", "period")
"""What makes a finding of one report the same as one of another, with the sheet it comes from."""


@dataclass(slots=True, eq=False)
class Finding:
    """One finding. Findings are equal where rule, table, record, unit, subject, period, source and outcome are.

    ``due`` and ``actual`` are days (Asia/Shanghai); ``late_by`` counts in ``late_unit`` (``working_days``, ``days``, ``hours`` or
    ``minutes``) and says how late a violation is, or by how many days a posting fell short. ``source`` gives file, sheet and row. Message,
    remedy and explanation are computed on access.
    """

    result: RuleResult = field(repr=False)
    """The rule with its pack, and what it was judged against."""
    facts: dict[str, Any] = field(repr=False)
    """The facts behind the judgement: fields of the record and values derived from them."""
    outcome: Outcome
    """What was found; equal to its name, ``violation`` for one."""
    severity: Severity
    """The rule's severity; ``advice`` for what fell due before the source bound."""
    record_id: str | None
    """The id of the record; None for a finding about a set of records."""
    unit: str | None
    """The responsible unit: the record's, else the clause's."""
    title: str | None
    """The title of the record."""
    subject: str | None
    """What or whom the record or the period of a series is about."""
    period: str | None
    """The period of a series: ``2018-06``, ``2018-Q2`` or ``2018``."""
    due: date | None
    """The last day on which the duty is kept in time."""
    actual: date | None
    """The day on which it was done."""
    late_by: int | None
    """How late a violation is, counted in ``late_unit``."""
    late_unit: str | None
    """``working_days``, ``days`` or ``hours``."""
    missing: tuple[str, ...]
    """The fields or tables without which it cannot be judged."""
    before_plan: bool
    """Whether it fell due before the source bound: information, no accusation."""
    borderline: bool
    """Whether a posting reaches its days only by counting the day of posting."""
    justified: bool
    """Whether a recorded justification answers a breach of what holds in principle."""
    source: SourceLocation
    """File, sheet and row of the record."""
    waiver: dict[str, Any] | None = None
    """The waiver that covers a violation (outcome ``waived``): its basis, approver and days."""
    baseline: str | None = None
    """Against an earlier report: ``new`` or ``known``; None where there is none to compare with."""
    id: str = ""
    """Identifies the finding within its report; the same finding has the same id in a later report."""

    def _identity(self) -> tuple[object, ...]:
        return (self.rule, self.table, self.record_id, self.unit, self.subject, self.period, self.source, self.outcome)

    def __eq__(self, other: object) -> bool:
        return self._identity() == other._identity() if isinstance(other, Finding) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._identity())

    @property
    def key(self) -> str:
        """A short hash of what the finding is about: rule, table, record, subject, period and sheet."""
        parts = [getattr(self, k) for k in IDENTITY] + [self.source.sheet]
        return hashlib.sha256("\x1f".join(str(p) for p in parts).encode()).hexdigest()[:12]

    @property
    def is_reported(self) -> bool:
        """Whether reports list the outcome by default: it is neither ``pass`` nor ``not_applicable``."""
        return self.outcome not in QUIET

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self.result.rule.id

    @property
    def clause(self) -> str:
        """The clause that the rule rests on."""
        return self.result.rule.clause

    @property
    def table(self) -> str:
        """The table of the record."""
        return self.result.rule.on

    @property
    def remedy(self) -> LocalizedText:
        """What to do now: the rule's remedy for a breach; else what the finding lacks, or by when it must be done."""
        if self.outcome is Outcome.INDETERMINATE and (strange := self._strange_words()):
            return self._say("remedy.words", {"fields": [(self.table, n) for n in dict.fromkeys(n for n, _ in strange)]})
        if self.outcome is Outcome.INDETERMINATE:
            return self._say("remedy.missing" if self.missing else "remedy.doubt", {"missing": self.missing})
        if self.outcome is Outcome.PENDING and self.due_at is not None:
            return self._say("remedy.pending_at", {"due": self.due_at})
        if self.outcome is Outcome.PENDING and self.due is not None:
            return self._say("remedy.pending", {"due": self.due})
        if self.outcome is Outcome.NEEDS_REVIEW:
            elsewhere = self._elsewhere
            return self._say("remedy.elsewhere", {"fields": elsewhere}) if elsewhere else self._say("remedy.review", {})
        return self.result.rule.remedy

    @property
    def due_at(self) -> datetime | None:
        """The moment at which a limit in hours ends (Asia/Shanghai); None where the duty is due on a day."""
        return self.result.rule.kind.due_moment(self.result.rule, self.facts, self.result.context) if self.due else None

    def _missing_in(self, lang: str) -> list[str]:
        """What is missing, as a person knows it: a table, or a field (with its table where it is another one)."""
        labels = []
        for name in self.missing:
            table, _, field_name = name.rpartition(".")
            if name in TABLES:
                labels.append(messages.table_label(name, lang))
                continue
            label = messages.field_label(table or self.table, field_name, lang)
            other = table not in ("", self.table)
            labels.append(f"{messages.table_label(table, lang)}·{label}" if other else label)
        return labels

    def _say(self, name: str, facts: dict[str, Any]) -> LocalizedText:
        def fill(lang: str) -> str:
            words = {
                **facts,
                "subject": facts.get("subject") or "",
                "missing": self._missing_in(lang),
                "late_unit": messages.get_message(f"unit.{facts['late_unit']}", lang) if facts.get("late_unit") else "",
            }
            if facts.get("every"):
                words["every"] = messages.get_message(f"every.{facts['every']}", lang)
            return messages.fill_template(messages.load_messages()[name][lang], words, lang).strip()

        return LocalizedText(zh=fill("zh"), en=fill("en"))

    @property
    def message(self) -> LocalizedText:
        """What was found, in one sentence."""
        rule, scope = self.result.rule, self.result.context
        if "no_table" in self.facts:
            table = self.facts["no_table"]
            return messages.localized_message("missing.table", {"table": table, "table_zh": TABLES[table].label_zh})
        if "unrecorded" in self.facts:
            return self._say("missing.unrecorded", {"table": self.table, "table_zh": TABLES[self.table].label_zh})
        if self.outcome is Outcome.INDETERMINATE and (strange := self._strange_words()):
            return self._unknown_words(strange)
        if "silent" in self.facts:
            first, last = self.facts["silent"]
            table = TABLES[self.table]
            facts = {"table": table.name, "table_zh": table.label_zh, "first": first, "last": last, "missing": self.missing}
            return self._say(f"yearly.{'violation' if self.outcome is Outcome.WAIVED else self.outcome}", facts)
        if self.facts.get("_applies", True) is None:
            return self._say("missing.applies", {"missing": self.missing})
        if self.facts.get("consistent") is False and self.outcome is Outcome.INDETERMINATE:
            fields = dict.fromkeys(n for name, t in iter_tests(rule.consistent) for n in (name, *t.refs))
            return self._say("contradiction", {"values": {(rule.on, n): self.facts.get(n) for n in fields}})
        if self.outcome is Outcome.NEEDS_REVIEW and (elsewhere := self._elsewhere):
            return self._say("elsewhere", {"fields": elsewhere})
        told = self._told()
        if self.outcome is Outcome.NOT_APPLICABLE and (granted := self._grants(True)):
            return self._say("granted", {"grants": granted})
        said = self._say(*rule.kind.message(rule, told, scope))
        if self.justified:
            said = self._over("justified", said, {"justification": self.facts.get(rule.justification or "")})
        elif unknown := self.outcome is Outcome.INDETERMINATE and self._grants(None):
            said = self._over("grant_unknown", said, {"grants": unknown, "bases": self._bases(None)})
        elif told["outcome"] is Outcome.VIOLATION and (refused := self._grants(False)):
            said = self._over("grant_refused", said, {"grants": refused, "bases": self._bases(False)})
        if self.waiver:
            said = self._over("waived", said, self.waiver)
        return said

    def _strange_words(self) -> list[tuple[str, str]]:
        """The words that the pack does not know, where these leave the finding open, with their fields."""
        if (words := self.facts.get("words")) is not None:
            return [(n, w) for n, w in words if self._is_strange(n, w)]
        if self.result.rule.kind.about == "set":
            return []
        values = {n: self.facts.get(n) for n in self.missing if "." not in n}
        listed = {n: v if isinstance(v, list) else [v] for n, v in values.items() if v is not None}
        return [(n, w) for n, given in listed.items() for w in given if isinstance(w, str) and self._is_strange(n, w)]

    def _is_strange(self, name: str, word: str) -> bool:
        vocabulary = TABLES[self.table].fields[name].vocabulary
        known = vocabulary.values if vocabulary else self.result.pack.known_terms.get(name)
        return known is not None and bool(known) and word not in known and word != ELSEWHERE

    def _unknown_words(self, strange: list[tuple[str, str]]) -> LocalizedText:
        """The sentence that names the words, with the known ones that are nearest, and what else is missing."""
        said = []
        for name, word in strange[:5]:
            near = nearest_word(self.result.pack, self.table, name, word)
            facts = {"field": (self.table, name), "word": word, "near": near}
            said.append(messages.localized_message("unknown.word_near" if near else "unknown.word", facts))
        words = [LocalizedName(s.zh, s.en) for s in said]
        named = {n for n, _ in strange}
        blank = [(self.table, n) for n in self.missing if "." not in n and n not in named and n in TABLES[self.table].fields]
        return self._say("unknown.words_and_blank" if blank else "unknown.words", {"words": words, "blank": blank})

    @property
    def _elsewhere(self) -> list[tuple[str, str]]:
        """The fields of the record that refer to an attachment instead of stating the fact."""
        rule = self.result.rule
        if rule.kind.about == "set":
            return []
        values = {n: self.facts.get(n) for t, n in sorted(rule.required_fields()) if t == rule.on}
        return [(rule.on, n) for n, v in values.items() if v == ELSEWHERE or (isinstance(v, list) and ELSEWHERE in v)]

    def _told(self) -> dict[str, Any]:
        """The facts as the kind itself judged them, before exceptions, justifications and waivers were weighed."""
        own: Outcome = Outcome.VIOLATION if self.outcome is Outcome.WAIVED else self.outcome
        if own is self.outcome and "_own" in self.facts:
            own = Outcome.from_code(self.facts["_own"])
        if own is Outcome.NEEDS_REVIEW and self._elsewhere:
            own = Outcome.INDETERMINATE
        return {**self.facts, "outcome": own}

    def _over(self, name: str, said: LocalizedText, facts: dict[str, Any]) -> LocalizedText:
        """A sentence put over another one."""
        return self._say(name, {**facts, "said": LocalizedName(said.zh, said.en)})

    def _grants(self, granted: bool | None) -> list[LocalizedName]:
        """The exceptions that were claimed and granted, claimed and refused, or of which that is unknown."""
        return [LocalizedName(g.title.zh, g.title.en) for g in self._weighed(granted)]

    def _bases(self, granted: bool | None) -> list[tuple[str, str]]:
        return [(self.result.rule.on, g.basis) for g in self._weighed(granted)]

    def _weighed(self, granted: bool | None) -> list[GrantedException]:
        rule = self.result.rule
        return [
            g
            for i, g in enumerate(rule.exceptions)
            if self.facts.get(f"granted:{i}", False) is granted and (granted is not False or self.facts.get(f"claimed:{i}"))
        ]

    @property
    def explanation(self) -> list[LocalizedText]:
        """The derivation, step by step: the clause, its reading, the counting, the result."""
        rule, pack = self.result.rule, self.result.pack
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
        for name in pack.rules[rule.id].parameters:
            known = pack.parameters[name]
            facts = {
                "name": name,
                "value": plain(pack.values[name]),
                "reading_zh": known.reading.zh,
                "reading_en": known.reading.en,
            }
            if isinstance(pack.values[name], str | dict) and pack.values[name] == known.value and is_pattern(known.value):
                steps.append(messages.localized_message("step.pattern", facts))
            elif pack.values[name] != known.value:
                steps.append(messages.localized_message("step.parameter_changed", {**facts, "default": plain(known.value)}))
            else:
                steps.append(messages.localized_message("step.parameter", facts))
        if "silent" in self.facts or "unrecorded" in self.facts:
            steps.append(self.message)
        elif self.outcome is not Outcome.NOT_APPLICABLE and "no_table" not in self.facts and self._applies:
            derived: list[Step] = rule.kind.explanation_steps(rule, self._told(), self.result.context)
            steps += [self._say(name, facts) for name, facts in derived]
            if self.justified:
                steps.append(self._say("step.justification", {"justification": self.facts.get(rule.justification or "")}))
            if refused := self._grants(False):
                steps.append(self._say("step.grant_refused", {"grants": refused, "bases": self._bases(False)}))
        elif granted := self._grants(True):
            steps.append(self._say("granted", {"grants": granted}))
        if self.waiver:
            steps.append(self._say("step.waived", self.waiver))
        if self.before_plan:
            norm = rule.kind.norm(rule, self.facts, self.result.context)
            told: dict[str, Any] = {"binding_from": pack.binding_from}
            if norm:
                told["norm"] = LocalizedName(norm.norm_zh or "", norm.norm_en or "")
            steps.append(messages.localized_message("step.before_plan_statute" if norm else "step.before_plan", told))
        return steps

    @property
    def decided_by_rule(self) -> bool:
        """Whether it is known that the rule applies, so that the requirement itself was judged."""
        return self._applies

    @property
    def _applies(self) -> bool:
        return self.facts.get("_applies", True) is not None

    @property
    def rows(self) -> list[int]:
        """The rows that a finding about a column of a published table concerns; ``source`` is the first of them."""
        return list(self.facts.get("all_rows") or ())

    @property
    def cells(self) -> list[str]:
        """The fields of the record that a person should look at first."""
        if "silent" in self.facts:
            return []
        if self.outcome is Outcome.INDETERMINATE and self.missing:
            own = [n.removeprefix(f"{self.table}.") for n in self.missing]
            return [n for n in own if n in TABLES[self.table].fields]
        return self.result.rule.kind.fields_to_highlight(self.result.rule, self.facts)

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON gives it; dates as YYYY-MM-DD."""
        message, remedy = self.message, self.remedy
        return {
            "id": self.id,
            "rule": self.rule,
            "clause": self.clause,
            "outcome": self.outcome.value,
            "severity": self.severity.value,
            "table": self.table,
            "record_id": self.record_id,
            "unit": self.unit,
            "title": self.title,
            "subject": self.subject,
            "period": self.period,
            "due": self.due and self.due.isoformat(),
            "actual": self.actual and self.actual.isoformat(),
            "late_by": self.late_by,
            "late_unit": self.late_unit,
            "before_plan": self.before_plan,
            "borderline": self.borderline,
            "justified": self.justified,
            "missing": list(self.missing),
            "waiver": self.waiver and {k: v.isoformat() if isinstance(v, date) else v for k, v in self.waiver.items()},
            "baseline": self.baseline,
            "message": {"zh": message.zh, "en": message.en},
            "remedy": {"zh": remedy.zh, "en": remedy.en},
            "explanation": [{"zh": t.zh, "en": t.en} for t in self.explanation],
            "source": self.source.as_dict(),
            **({"rows": self.rows[:20], "count": len(self.rows)} if self.rows else {}),
        }


def findings_of(result: RuleResult, place_of: Callable[[int | None, int | None], SourceLocation]) -> Iterator[Finding]:
    """The findings of a rule's result: the one way from facts to findings, for every engine.

    Args:
        result: the rule, and the facts of reported records or the judgements of a set.
        place_of: the place of a record by the numbers of its source and row.
    """
    if result.rows is not None:
        for facts in result.rows.sort(SRC, ROW).iter_rows(named=True):
            outcome = Outcome.from_code(facts["_code"])
            facts["outcome"] = outcome
            if facts.get("due_year") is not None:
                facts["due"] = date(facts["due_year"], 12, 31)
            missing = _missing(result.rule, facts, result) if outcome is Outcome.INDETERMINATE else ()
            yield _finding(result, facts, outcome, missing, place_of(facts[SRC], facts[ROW]), facts["unit"])
    for judged in result.judged:
        facts = {
            **judged.facts,
            "outcome": judged.outcome,
            "subject": judged.subject,
            "period": judged.period,
            "due": judged.due,
            "actual": judged.actual,
            "id": judged.record_id,
        }
        yield _finding(result, facts, judged.outcome, judged.missing, place_of(judged.src, judged.row), judged.unit)


def _finding(
    result: RuleResult,
    facts: dict[str, Any],
    outcome: Outcome,
    missing: tuple[str, ...],
    place: SourceLocation,
    unit: str | None,
) -> Finding:
    rule, pack = result.rule, result.pack
    due = facts.get("due")
    late_by, late_unit = None, None
    if "silent" not in facts and (outcome is Outcome.VIOLATION or facts.get("justified")):
        late_by, late_unit = rule.kind.lateness(rule, facts, result.context)
    facts |= {"late_by": late_by, "late_unit": late_unit, "missing": missing}
    if outcome is not Outcome.VIOLATION:
        late_by = late_unit = None
    before = bool(due and pack.binding_from and due < pack.binding_from)
    clause = pack.clauses.get(rule.clause)
    return Finding(
        result=result,
        facts=facts,
        outcome=outcome,
        severity=Severity.ADVICE if before else rule.effective_severity,
        record_id=shown(facts.get("id")),
        unit=unit or (clause.unit if clause else None),
        title=shown(facts.get("title")),
        subject=shown(facts.get("subject")),
        period=facts.get("period"),
        due=due,
        actual=facts.get("actual"),
        late_by=late_by,
        late_unit=late_unit,
        missing=missing,
        before_plan=before,
        borderline=bool(facts.get("borderline")),
        justified=bool(facts.get("justified")),
        source=place,
    )


def is_pattern(value: Any) -> bool:
    """Whether a parameter's value is a pattern, which its reading puts into words."""
    return isinstance(value, dict) and "holds" in value


def plain(value: Any) -> str:
    """A parameter's value as a person would write it."""
    if is_pattern(value):
        value = " ".join(f"{k}: {v}" for k, v in value.items() if v)
    if isinstance(value, dict):
        return "，".join(f"{k}: {v}" for k, v in value.items())
    return str(value)


def _missing(rule: Rule, facts: dict[str, Any], result: RuleResult) -> tuple[str, ...]:
    """The missing facts of an indeterminate record."""
    if facts["_applies"] is None:
        fields = result.context.fields(rule.on)
        names = []
        asked = [n for n, t in iter_tests(rule.when) if t.unknown is None and (t.asks_more or n in fields.absent)]
        for name in dict.fromkeys([*asked, *([rule.for_year] if rule.for_year else [])]):
            vocabulary = fields.spec.fields[name].vocabulary
            value = facts.get(name)
            given = value if isinstance(value, list) else [value]
            known = vocabulary.values if vocabulary is not None else result.pack.known_terms.get(name)
            if value is None or (known is not None and any(v not in known for v in given)):
                names.append(name)
        mark = facts.get("attribute") if rule.only_open else None
        if mark is not None and mark not in VOCABULARIES["attribute"].values:
            names.append("attribute")
        if mark == "不予公开" and facts.get("non_disclosure_reason") is None and facts.get("confidential_basis") is None:
            names.append("non_disclosure_reason")
        return tuple(dict.fromkeys(names))
    if facts.get("consistent") is False:
        return ()
    if facts.get("_own") not in (None, Outcome.INDETERMINATE.code):
        return _missing_grants(rule, facts, result)
    return tuple(rule.kind.missing(rule, facts, result.context))


def _missing_grants(rule: Rule, facts: dict[str, Any], result: RuleResult) -> tuple[str, ...]:
    """The blank facts that leave it open whether an exception applies."""
    fields = result.context.fields(rule.on)
    names: dict[str, None] = {}
    for number, grant in enumerate(rule.exceptions):
        if facts.get(f"granted:{number}", False) is not None:
            continue
        asked = grant.when if facts.get(f"claimed:{number}") is None else grant.basis_test
        names |= {n: None for n, _ in iter_tests(asked) if facts.get(n) is None or n in fields.absent}
    return tuple(names)


def nearest_word(pack: Pack, table: str, name: str, word: str) -> str | None:
    """The known word of a field that is most like an unknown one."""
    vocabulary = TABLES[table].fields[name].vocabulary
    if vocabulary is None:
        return pack.nearest_term(name, word)
    close = difflib.get_close_matches(normalize_key(word), vocabulary.spellings, n=1, cutoff=0.4)
    return vocabulary.label(vocabulary.spellings[close[0]]) if close else None


def shown(text: str | None) -> str | None:
    return mask_for_display(text) if text is not None else None


def task_of(clause: str) -> str:
    """The task that a clause belongs to: what stands before its last dot.

    >>> task_of("8-7.10"), task_of("9.4")
    ('8-7', '9')
    """
    return clause.rpartition(".")[0] or clause


def by_gravity(findings: Sequence[Finding]) -> list[Finding]:
    """Findings with the worst first: violations by severity and lateness, then what is indeterminate, pending, the rest."""
    return sorted(
        findings,
        key=lambda f: (-f.outcome.gravity, f.before_plan, -f.severity.rank, -(f.late_by or 0), f.due or date.max),
    )
