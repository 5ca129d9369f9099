"""One finding: what a rule says of a record, with its message, derivation and remedy."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from opencheck.core.display import display_text, displayed
from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import QUIET, Outcome, Severity
from opencheck.engine.result import RuleResult
from opencheck.records.dataset import ROW, SRC, SourceLocation
from opencheck.records.tables import TABLES
from opencheck.records.vocabularies import VOCABULARIES
from opencheck.report.known_words import known_words
from opencheck.report.remedies import remedy_of
from opencheck.report.sentences import Sentences
from opencheck.rules.conditions import iter_tests
from opencheck.rules.contradicted import contradictions_of
from opencheck.rules.rule import Rule

__all__ = [
    "Finding",
]


IDENTITY = ("rule", "table", "record_id", "subject", "period")
"""What makes a finding of one report the same as one of another, with the sheet it comes from."""

OPEN_OUTCOMES = (Outcome.VIOLATION, Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW)
"""The outcomes that a unit is asked to do something about."""


@dataclass(slots=True, eq=False)
class Finding:
    """One finding. Findings are equal where rule, table, record, unit, subject, period, source and outcome are.

    ``due`` and ``actual`` are days (Asia/Shanghai); ``late_by`` counts in ``late_unit`` (``working_days``, ``days``, ``hours`` or
    ``minutes``) and says how late a violation is, or by how many days a posting fell short. ``source`` gives file, sheet and row. Message,
    remedy and explanation are computed on access. Every text is as :func:`~opencheck.core.display.display_text` shows it; only ``facts``
    and ``result`` hold what the records hold.
    """

    result: RuleResult = field(repr=False)
    """The rule with its pack, and what it was judged against."""
    facts: dict[str, Any] = field(repr=False)
    """The facts behind the judgement: fields of the record as they were read, and values derived from them."""
    outcome: Outcome
    """What was found; equal to its name, ``violation`` for one."""
    severity: Severity
    """The rule's severity; ``advice`` for what fell due before the source bound."""
    record_id: str | None
    """The id of the record; None for a finding about a set of records."""
    unit: str | None
    """The responsible unit: the record's, else the clause's; units that differ are shown differently."""
    title: str | None
    """The title of the record, or what it is about where it has none."""
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
    src: int | None = field(default=None, repr=False)
    """The number of its source among ``Dataset.places``, which have the names as they are."""
    waiver: dict[str, Any] | None = None
    """The waiver that covers a violation (outcome ``waived``): its basis, approver and days."""
    draft: bool = False
    """Whether the record is a draft, checked before it is published."""
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
        """What to do now: the rule's remedy for a breach, as it fits the moment; else what the finding lacks, or by when it must be done."""
        return remedy_of(self._sentences)

    @property
    def due_at(self) -> datetime | None:
        """The moment at which a limit in hours ends (Asia/Shanghai); None where the duty is due on a day."""
        return self.result.rule.kind.due_moment(self.result.rule, self.facts, self.result.context) if self.due else None

    @property
    def message(self) -> LocalizedText:
        """What was found, in one sentence."""
        return self._sentences.message

    @property
    def explanation(self) -> list[LocalizedText]:
        """The derivation, step by step: the clause, its reading, the counting, the result."""
        return self._sentences.explanation

    @property
    def decided_by_rule(self) -> bool:
        """Whether it is known that the rule applies, so that the requirement itself was judged."""
        return self._sentences.applies

    @property
    def _sentences(self) -> Sentences:
        return Sentences(
            self.result,
            self.facts,
            self.outcome,
            self.missing,
            due=self.due,
            waiver=self.waiver,
            justified=self.justified,
            before_plan=self.before_plan,
            draft=self.draft,
        )

    @property
    def real_unit(self) -> str | None:
        """The responsible unit as the records name it: for comparing, not for showing."""
        unit: str | None = self.facts["_unit"]
        return unit

    @property
    def rests_on_record(self) -> bool:
        """Whether it is about a record, or about rows, of the ledger: not about what the ledger lacks."""
        return self.record_id is not None or self.source.row is not None

    @property
    def names_no_unit(self) -> bool:
        """Whether its record names no unit, so that ``unit`` is the one that the clause names."""
        return self.result.rows is not None and self.facts.get("unit") is None

    @property
    def rows(self) -> list[int]:
        """The rows that a finding about a column of a published table concerns; ``source`` is the first of them."""
        return list(self.facts.get("all_rows") or ())

    @property
    def cells(self) -> list[str]:
        """The fields of the record that a person should look at first."""
        if "no_record_between" in self.facts:
            return []
        if self.outcome is Outcome.INDETERMINATE and self.missing:
            own = [n.removeprefix(f"{self.table}.") for n in self.missing]
            return [n for n in own if n in TABLES[self.table].fields]
        return self.result.rule.kind.fields_to_highlight(self.result.rule, self.facts)

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON gives it; dates as YYYY-MM-DD."""
        sentences = self._sentences
        message, remedy = sentences.message, remedy_of(sentences)
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
            "explanation": [{"zh": t.zh, "en": t.en} for t in sentences.explanation],
            "source": self.source.as_dict(),
            **({"rows": self.rows[:20], "count": len(self.rows)} if self.rows else {}),
        }


def findings_of(
    result: RuleResult,
    place_of: Callable[[int | None, int | None], SourceLocation],
    shown_unit: Callable[[str], str] = display_text,
) -> Iterator[Finding]:
    """The findings of a rule's result: the one way from facts to findings, for every engine.

    Args:
        result: the rule, and the facts of reported records or the judgements of a set.
        place_of: the place of a record by the numbers of its source and row.
        shown_unit: how the name of a unit is shown.
    """

    def finding(
        facts: dict[str, Any],
        outcome: Outcome,
        missing: tuple[str, ...],
        at: tuple[int | None, int | None],
        unit: str | None,
    ) -> Finding:
        clause = result.pack.clauses.get(result.rule.clause)
        facts["_unit"] = unit or (clause.unit if clause else None)
        return _finding(result, facts, outcome, missing, (at[0], displayed(place_of(*at))), shown_unit)

    if result.rows is not None:
        rows = result.rows if len(result.rows) < 2 else result.rows.sort(SRC, ROW)
        for facts in rows.iter_rows(named=True):
            outcome = Outcome.from_code(facts["_code"])
            facts["outcome"] = outcome
            if facts.get("due_year") is not None:
                facts["due"] = date(facts["due_year"], 12, 31)
            missing = _missing(result.rule, facts, result) if outcome is Outcome.INDETERMINATE else ()
            yield finding(facts, outcome, missing, (facts[SRC], facts[ROW]), facts["unit"])
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
        yield finding(facts, judged.outcome, judged.missing, (judged.src, judged.row), judged.unit)


def _finding(
    result: RuleResult,
    facts: dict[str, Any],
    outcome: Outcome,
    missing: tuple[str, ...],
    place: tuple[int | None, SourceLocation],
    shown_unit: Callable[[str], str],
) -> Finding:
    rule, pack = result.rule, result.pack
    due = facts.get("due")
    late_by, late_unit = None, None
    late = outcome is Outcome.VIOLATION or facts.get("justified")
    if outcome is Outcome.INDETERMINATE and facts.get("consistent") is not False:
        late = facts.get("_own") == Outcome.VIOLATION.code  # only whether an exception applies is open
    if "no_record_between" not in facts and late:
        late_by, late_unit = rule.kind.lateness(rule, facts, result.context)
    facts |= {"late_by": late_by, "late_unit": late_unit, "missing": missing}
    if outcome is not Outcome.VIOLATION:
        late_by = late_unit = None
    before = bool(due and pack.binding_from and due < pack.binding_from)
    unit = facts["_unit"]
    return Finding(
        result=result,
        facts=facts,
        outcome=outcome,
        severity=Severity.ADVICE if before else rule.effective_severity,
        record_id=displayed(facts.get("id")),
        unit=shown_unit(unit) if unit is not None else None,
        title=displayed(facts.get("title")),
        subject=displayed(facts.get("subject")),
        period=displayed(facts.get("period")),
        due=due,
        actual=facts.get("actual"),
        late_by=late_by,
        late_unit=late_unit,
        missing=missing,
        before_plan=before,
        borderline=bool(facts.get("borderline")),
        justified=bool(facts.get("justified")),
        source=place[1],
        src=place[0],
    )


def _missing(rule: Rule, facts: dict[str, Any], result: RuleResult) -> tuple[str, ...]:
    """The missing facts of an indeterminate record."""
    if contradicted := contradictions_of(rule, facts, result.context):
        return tuple(c.field for c in contradicted)
    if facts["_applies"] is None:
        fields = result.context.fields(rule.on)
        names = []
        read = [(n, t) for n, t in iter_tests(rule.when) if t.unknown is None or n in fields.unconfirmed]
        tested = [n for n, t in read if t.asks_more or n in fields.absent]
        for name in dict.fromkeys([*tested, *([rule.for_year] if rule.for_year else [])]):
            value = facts.get(name)
            given = value if isinstance(value, list) else [value]
            known = known_words(result.pack, rule.on, name)
            if value is None or (known and any(v not in known for v in given)):
                names.append(name)
        mark = facts.get("attribute") if rule.only_open else None
        if mark is not None and mark not in VOCABULARIES["attribute"].values:
            names.append("attribute")
        if mark == "不予公开" and facts.get("non_disclosure_reason") is None and facts.get("confidential_basis") is None:
            names.append("non_disclosure_reason")
        return tuple(dict.fromkeys(names))
    if facts.get("consistent") is False:  # a blank that contradicts what else is recorded is what to fill in
        blank = [n for n, t in iter_tests(rule.consistent) if t.present and facts.get(n) in (None, [])]
        return tuple(dict.fromkeys(blank))
    if facts.get("_own") not in (None, Outcome.INDETERMINATE.code):
        return _missing_grants(rule, facts, result)
    return tuple(rule.kind.missing(rule, facts, result.context))


def _missing_grants(rule: Rule, facts: dict[str, Any], result: RuleResult) -> tuple[str, ...]:
    """The blank facts that leave it open whether an exception applies."""
    fields = result.context.fields(rule.on)
    names: dict[str, None] = {rule.justification: None} if rule.justification and facts.get("unread_reason") else {}
    if facts.get("unread_relief"):
        names |= {name: None for _, name in rule.relief_among(result.context.proposed)}
    if facts.get("unconfirmed"):
        names |= dict.fromkeys(rule.unconfirmed_names(result.context.unconfirmed))
    for number, grant in enumerate(rule.exceptions):
        if facts.get(f"granted:{number}", False) is not None:
            continue
        tested = grant.when if facts.get(f"claimed:{number}") is None else grant.basis_test
        names |= {n: None for n, t in iter_tests(tested) if n in fields.absent or (facts.get(n) is None and t.asks_more)}
    return tuple(names)


def with_ids(findings: Iterable[Finding]) -> list[Finding]:
    """Give every finding of a report its id: its key, numbered where several have the same one."""
    found = list(findings)
    seen: Counter[str] = Counter()
    for finding in found:
        key = finding.key
        seen[key] += 1
        finding.id = key if seen[key] == 1 else f"{key}-{seen[key]}"
    return found


def by_gravity(findings: Sequence[Finding]) -> list[Finding]:
    """Findings with the worst first: violations by severity and lateness, then what is indeterminate, pending, the rest."""
    return sorted(
        findings,
        key=lambda f: (-f.outcome.gravity, f.before_plan, -f.severity.rank, -(f.late_by or 0), f.due or date.max),
    )
