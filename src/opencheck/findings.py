"""Findings and the report: what was found, on which clause, due when, late by how much, why, and what to do."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from opencheck import messages, waivers
from opencheck.engine import Note, RuleResult
from opencheck.errors import InputError
from opencheck.personal import shown
from opencheck.records.dataset import ROW, SRC, Dataset, Place, Rejected
from opencheck.records.tables import TABLES
from opencheck.rules.base import Named, Step
from opencheck.rules.conditions import tests
from opencheck.rules.outcomes import QUIET, Outcome, Severity
from opencheck.rules.rule import Grant, Rule, Text
from opencheck.waivers import Waiver

if TYPE_CHECKING:
    import polars as pl

    from opencheck.history import Change, Run
    from opencheck.packs import Pack

__all__ = ["Finding", "Report"]

_SAME = ("rule", "table", "record_id", "subject", "period")
"""What makes a finding of one report the same as one of another, with the sheet it comes from."""

RANK: dict[str, int] = {"error": 3, "warning": 2, "advice": 1}


@dataclass(slots=True)
class Finding:
    """One finding.

    ``due`` and ``actual`` are days (Asia/Shanghai); ``late_by`` counts in ``late_unit`` (``working_days`` or ``days``) and says how
    late a violation is, or by how many days a posting fell short. ``source`` tells file, sheet and row. Message, remedy and
    explanation are worked out when they are asked for.
    """

    result: RuleResult = field(repr=False)
    facts: dict[str, Any] = field(repr=False)
    outcome: Outcome
    severity: Severity
    record_id: str | None
    unit: str | None
    title: str | None
    subject: str | None
    period: str | None
    due: date | None
    actual: date | None
    late_by: int | None
    late_unit: str | None
    missing: tuple[str, ...]
    before_plan: bool
    borderline: bool
    justified: bool
    source: Place
    waiver: dict[str, Any] | None = None
    """The waiver that covers a violation (outcome ``waived``): its basis, approver and days."""
    baseline: str | None = None
    """Against an earlier report: ``new`` or ``known``; None where there is none to compare with."""
    id: str = ""
    """What tells this finding from every other of its report; the same in a later report where the finding is the same."""

    @property
    def key(self) -> str:
        """A short hash of what the finding is about: rule, table, record, subject, period and sheet."""
        parts = [getattr(self, k) for k in _SAME] + [self.source.sheet]
        return hashlib.sha256("\x1f".join(str(p) for p in parts).encode()).hexdigest()[:12]

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
    def remedy(self) -> Text:
        """What to do now: the rule's remedy for a breach; else what the finding lacks, or by when it must be done."""
        if self.outcome is Outcome.INDETERMINATE:
            return self._say("remedy.missing" if self.missing else "remedy.doubt", {"missing": self.missing})
        if self.outcome is Outcome.PENDING and self.due is not None:
            return self._say("remedy.pending", {"due": self.due})
        if self.outcome is Outcome.NEEDS_REVIEW:
            return self._say("remedy.review", {})
        return self.result.rule.remedy

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

    def _say(self, name: str, facts: dict[str, Any]) -> Text:
        def fill(lang: str) -> str:
            words = {
                **facts,
                "subject": facts.get("subject") or "",
                "missing": self._missing_in(lang),
                "late_unit": messages.word_of(f"unit.{facts['late_unit']}", lang) if facts.get("late_unit") else "",
            }
            if facts.get("every"):
                words["every"] = messages.word_of(f"every.{facts['every']}", lang)
            return messages.fill(messages.catalogue()[name][lang], words, lang).strip()

        return Text(zh=fill("zh"), en=fill("en"))

    @property
    def message(self) -> Text:
        """What was found, in one sentence."""
        rule, scope = self.result.rule, self.result.scope
        if "no_table" in self.facts:
            table = self.facts["no_table"]
            return messages.say("missing.table", {"table": table, "table_zh": TABLES[table].zh})
        if self.facts.get("_applies", True) is None:
            return self._say("missing.applies", {"missing": self.missing})
        if self.facts.get("consistent") is False and self.outcome is Outcome.INDETERMINATE:
            fields = dict.fromkeys(n for name, t in tests(rule.consistent) for n in (name, *t.refs))
            return self._say("contradiction", {"values": {(rule.on, n): self.facts.get(n) for n in fields}})
        told = self._told()
        if self.outcome is Outcome.NOT_APPLICABLE and (granted := self._grants(True)):
            return self._say("granted", {"grants": granted})
        said = self._say(*rule.kind.describe(rule, told, scope))
        if self.justified:
            said = self._over("justified", said, {"justification": self.facts.get(rule.justification or "")})
        elif unknown := self.outcome is Outcome.INDETERMINATE and self._grants(None):
            said = self._over("grant_unknown", said, {"grants": unknown, "bases": self._bases(None)})
        elif told["outcome"] is Outcome.VIOLATION and (refused := self._grants(False)):
            said = self._over("grant_refused", said, {"grants": refused, "bases": self._bases(False)})
        if self.waiver:
            said = self._over("waived", said, self.waiver)
        return said

    def _told(self) -> dict[str, Any]:
        """The facts as the kind itself judged them, before exceptions, justifications and waivers were weighed."""
        own = Outcome.VIOLATION if self.outcome is Outcome.WAIVED else self.facts.get("_own", self.outcome)
        return {**self.facts, "outcome": Outcome(own)}

    def _over(self, name: str, said: Text, facts: dict[str, Any]) -> Text:
        """A sentence put over another one."""
        return self._say(name, {**facts, "said": Named(said.zh, said.en)})

    def _grants(self, granted: bool | None) -> list[Named]:
        """The exceptions that were claimed and granted, claimed and refused, or of which that is unknown."""
        return [Named(g.title.zh, g.title.en) for g in self._weighed(granted)]

    def _bases(self, granted: bool | None) -> list[tuple[str, str]]:
        return [(self.result.rule.on, g.basis) for g in self._weighed(granted)]

    def _weighed(self, granted: bool | None) -> list[Grant]:
        rule = self.result.rule
        return [
            g
            for i, g in enumerate(rule.exceptions)
            if self.facts.get(f"granted:{i}", False) is granted and (granted is not False or self.facts.get(f"claimed:{i}"))
        ]

    @property
    def explanation(self) -> list[Text]:
        """The derivation, step by step: the clause, its reading, the counting, the result."""
        rule, pack = self.result.rule, self.result.pack
        steps: list[Text] = []
        clause = pack.clauses.get(rule.clause)
        if clause:
            steps.append(
                messages.say("step.clause", {"clause": clause.id, "duty_zh": clause.duty.zh, "duty_en": clause.duty.en})
            )
        if rule.reading:
            steps.append(messages.say("step.reading", {"reading_zh": rule.reading.zh, "reading_en": rule.reading.en}))
        for name in pack.rules[rule.id].parameters:
            known = pack.parameters[name]
            facts = {
                "name": name,
                "value": plain(pack.values[name]),
                "reading_zh": known.reading.zh,
                "reading_en": known.reading.en,
            }
            if pack.values[name] != known.value:
                steps.append(messages.say("step.parameter_changed", {**facts, "default": plain(known.value)}))
            else:
                steps.append(messages.say("step.parameter", facts))
        if self.outcome is not Outcome.NOT_APPLICABLE and "no_table" not in self.facts and self._applies:
            derived: list[Step] = rule.kind.derive(rule, self._told(), self.result.scope)
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
            steps.append(messages.say("step.before_plan", {"binding_from": pack.binding_from}))
        return steps

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
        if self.outcome is Outcome.INDETERMINATE and self.missing:
            own = [n.removeprefix(f"{self.table}.") for n in self.missing]
            return [n for n in own if n in TABLES[self.table].fields]
        return self.result.rule.kind.cells(self.result.rule, self.facts)

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON gives it; dates as YYYY-MM-DD."""
        message, remedy = self.message, self.remedy
        return {
            "id": self.id,
            "rule": self.rule,
            "clause": self.clause,
            "outcome": str(self.outcome),
            "severity": self.severity,
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


def plain(value: Any) -> str:
    """A parameter's value as a person would write it."""
    if isinstance(value, dict):
        return "，".join(f"{k}: {v}" for k, v in value.items())
    return str(value)


def _missing(rule: Rule, facts: dict[str, Any], result: RuleResult) -> tuple[str, ...]:
    """The missing facts of an indeterminate record."""
    if facts["_applies"] is None:
        fields = result.scope.fields(rule.on)
        names = []
        asked = [n for n, t in tests(rule.when) if t.unknown is None]
        for name in dict.fromkeys([*asked, *([rule.for_year] if rule.for_year else [])]):
            vocabulary = fields.spec.fields[name].vocabulary
            value = facts.get(name)
            if value is None or (vocabulary is not None and value not in vocabulary.values):
                names.append(name)
        return tuple(names)
    if facts.get("consistent") is False:
        return ()
    if facts.get("_own") not in (None, int(Outcome.INDETERMINATE)):
        return _missing_grants(rule, facts, result)
    return tuple(rule.kind.missing(rule, facts, result.scope))


def _missing_grants(rule: Rule, facts: dict[str, Any], result: RuleResult) -> tuple[str, ...]:
    """The blank facts that leave it open whether an exception applies."""
    fields = result.scope.fields(rule.on)
    names: dict[str, None] = {}
    for number, grant in enumerate(rule.exceptions):
        if facts.get(f"granted:{number}", False) is not None:
            continue
        asked = grant.when if facts.get(f"claimed:{number}") is None else grant.basis_test
        names |= {n: None for n, _ in tests(asked) if facts.get(n) is None or n in fields.absent}
    return tuple(names)


@dataclass
class Report:
    """Everything that a check found.

    ``rows`` counts the rows read, checked and rejected; ``rejected`` tells why each rejected row is of no use.
    """

    packs: list[Pack]
    as_of: date
    data: Dataset
    results: list[RuleResult]
    notes: list[Note]
    waivers: list[Waiver] = field(default_factory=list)
    """The waivers that were given, and what became of each."""
    past: list[Run] = field(default_factory=list)
    """The runs of the history that this one was kept in, itself the last."""
    change: Change | None = None
    """What changed since the run before it in that history."""
    lang: str = "zh"
    """The language in which :meth:`assert_compliant` tells what was found."""
    fixed: list[dict[str, Any]] | None = None
    """Violations of an earlier report that are no more; None where there is none to compare with."""

    def waive(self) -> None:
        """Apply the waivers among the records; what is not applied is noted with the reason."""
        self.waivers = waivers.read(self.data, self.packs, self.as_of)
        waivers.apply(self.waivers, self._findings)
        for waiver in self.waivers:
            if waiver.status != "applied":
                facts = {**waiver.values, "id": waiver.id, "from": waiver.values["from_"], "as_of": self.as_of}
                facts["missing"] = [("waiver", n) for n in waiver.missing]
                self.notes.append((f"note.waiver_{waiver.status}", facts))

    def compare(self, earlier: str | Path) -> None:
        """Mark each violation as ``new`` or ``known`` against an earlier JSON report, and list what is fixed since.

        Args:
            earlier: a file written with ``--format json``.

        Raises:
            InputError: a file that is no such report.
        """
        name = Path(earlier).name
        try:
            before = json.loads(Path(earlier).read_text(encoding="utf-8"))
            old = [f for f in before["findings"] if f["outcome"] == "violation"]
            keys = {(*(f[k] for k in _SAME), f["source"]["sheet"]): f for f in old}
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise InputError(f"--baseline {name}: 不是检查报告的JSON / not a JSON report of opencheck: {exc}") from exc
        now = set()
        for finding in (f for f in self._findings if f.outcome not in QUIET):
            # What cannot be told any more, or was waived since, is not fixed; nor is a row that cannot be used any more (below).
            key = (*(getattr(finding, k) for k in _SAME), finding.source.sheet)
            now.add(key)
            if finding.outcome is Outcome.VIOLATION:
                finding.baseline = "known" if key in keys else "new"
        ran = {r.rule.id for r in self.results}
        there = self.record_ids({f["table"] for f in old if f["record_id"] is not None})
        lost = {(r.table, _shown(str(r.values["id"]))) for r in self.rejected if r.values.get("id") is not None}
        self.fixed = [
            {k: f[k] for k in (*_SAME, "unit", "title", "due", "message")}
            for key, f in keys.items()
            if key not in now and f["rule"] in ran and (f["table"], f["record_id"]) not in lost
        ]
        gone = [f for f in self.fixed if f["record_id"] is not None and f["record_id"] not in there[f["table"]]]
        if gone:
            self.fixed = [f for f in self.fixed if f not in gone]
            self.notes.append(("note.gone", {"count": len(gone), "ids": [f["record_id"] for f in gone[:10]]}))

    def record_ids(self, tables: Iterable[str]) -> dict[str, set[str]]:
        """The ids of a table's records as findings show them, by table: those checked and those rejected."""
        found: dict[str, set[str]] = {}
        for name in tables:
            table = self.data.tables.get(name)
            ids = self.data.records(nw.from_native(table.frame).select("id").to_native())["id"].drop_nulls() if table else ()
            found[name] = {shown(i) for i in ids}
            found[name] |= {
                shown(str(r.values["id"])) for r in self.rejected if r.table == name and r.values.get("id") is not None
            }
        return found

    @property
    def changes(self) -> dict[str, int] | None:
        """Counts of new, known and fixed violations against the earlier report, if there is one."""
        if self.fixed is None:
            return None
        marks = Counter(f.baseline for f in self.violations)
        return {"new": marks["new"], "known": marks["known"], "fixed": len(self.fixed)}

    @cached_property
    def _findings(self) -> list[Finding]:
        found = [finding for result in self.results for finding in self._of(result)]
        met: Counter[str] = Counter()
        for finding in found:
            key = finding.key
            met[key] += 1
            finding.id = key if met[key] == 1 else f"{key}-{met[key]}"
        return found

    def _of(self, result: RuleResult) -> Iterator[Finding]:
        if result.rows is not None:
            rows = result.rows if isinstance(result.rows, list) else result.rows.sort(SRC, ROW).iter_rows(named=True)
            for facts in rows:
                yield self._from_row(result, facts)
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
            yield self._finding(
                result, facts, judged.outcome, judged.missing, self.data.place(judged.src, judged.row), judged.unit
            )

    def _from_row(self, result: RuleResult, facts: dict[str, Any]) -> Finding:
        outcome = Outcome(facts["_code"])
        facts["outcome"] = outcome
        if facts.get("due_year") is not None:
            facts["due"] = date(facts["due_year"], 12, 31)
        missing: tuple[str, ...] = ()
        if outcome is Outcome.INDETERMINATE:
            missing = _missing(result.rule, facts, result)
        return self._finding(result, facts, outcome, missing, self.data.place(facts[SRC], facts[ROW]), facts["unit"])

    def _finding(
        self,
        result: RuleResult,
        facts: dict[str, Any],
        outcome: Outcome,
        missing: tuple[str, ...],
        place: Place,
        unit: str | None,
    ) -> Finding:
        rule, pack = result.rule, result.pack
        due = facts.get("due")
        late_by, late_unit = None, None
        if outcome is Outcome.VIOLATION or facts.get("justified"):
            late_by, late_unit = rule.kind.lateness(rule, facts, result.scope)
        facts |= {"late_by": late_by, "late_unit": late_unit, "missing": missing}
        if outcome is not Outcome.VIOLATION:
            late_by = late_unit = None
        before = bool(due and pack.binding_from and due < pack.binding_from)
        clause = pack.clauses.get(rule.clause)
        return Finding(
            result=result,
            facts=facts,
            outcome=outcome,
            severity="advice" if before else rule.effective_severity,
            record_id=_shown(facts.get("id")),
            unit=unit or (clause.unit if clause else None),
            title=_shown(facts.get("title")),
            subject=_shown(facts.get("subject")),
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

    @property
    def rows(self) -> dict[str, int]:
        """Counts of rows read, checked and rejected; read is the sum of the other two."""
        return self.data.rows

    @property
    def rejected(self) -> list[Rejected]:
        """The rows that could not be used, with the reasons."""
        return self.data.rejected

    @property
    def violations(self) -> list[Finding]:
        """Every finding whose outcome is a violation, of any severity."""
        return self.findings(outcome="violation")

    def findings(
        self,
        outcome: str | None = None,
        *,
        rule: str | None = None,
        severity: str | None = None,
        unit: str | None = None,
    ) -> list[Finding]:
        """Findings, filtered; passes and records that a rule does not concern are among them only if asked for in the check.

        >>> import opencheck as oc
        >>> late = {"公文": [{"编号": "1", "是否政策性文件": "是", "公开属性": "主动公开", "公布日期": "2018-09-28"}], "政策解读": []}
        >>> [f.due.isoformat() for f in oc.check(late, as_of="2018-12-31").findings("violation", rule="PD-9.4")]
        ['2018-10-08']
        """
        return [
            f
            for f in self._findings
            if (outcome is None or str(f.outcome) == outcome)
            and (rule is None or f.rule == rule)
            and (severity is None or f.severity == severity)
            and (unit is None or f.unit == unit)
        ]

    def worst(self, fail_on: str) -> bool:
        """Whether a violation of at least this severity was found (``error``, ``warning``, ``advice``; ``never`` is never)."""
        if fail_on == "never":
            return False
        return any(RANK[f.severity] >= RANK[fail_on] for f in self.violations)

    def assert_compliant(self, rule: str | None = None, fail_on: str = "error", *, unknown: str = "fail") -> None:
        """Raise where a duty is not known to be kept: on violations of at least a severity, and on what cannot be judged yet.

        Args:
            rule: only this rule, which must have been checked; all rules where None.
            fail_on: the lowest severity of a violation that counts: ``error``, ``warning`` or ``advice``.
            unknown: ``fail``, or ``pass`` to let through what is indeterminate or needs a review.

        Raises:
            AssertionError: naming what was found, with its derivation, in the report's language.
            InputError: a rule that was not checked, for want of its table or because the pack has none of that id; no row at all.

        >>> import opencheck as oc
        >>> report = oc.check({"request": [{"id": "1", "received_on": "2018-12-03", "replied_on": "2018-12-10"}]},
        ...                   as_of="2018-12-31", rules=["PD-15.3"])
        >>> report.assert_compliant(rule="PD-15.3")
        """
        from opencheck.reports.verdicts import told

        if self.rows["checked"] == 0:
            raise InputError("没有一行可以检查 / no row could be checked")
        if rule is not None:
            results = [r for r in self.results if r.rule.id == rule]
            if not results:
                known = ", ".join(r.rule.id for r in self.results)
                raise InputError(f"没有检查规则 / rule {rule} was not checked; checked: {known}")
            if not any(r.counts for r in results) and results[0].rule.on not in self.data.tables:
                table = results[0].rule.on
                raise InputError(f"规则 {rule} 没有检查：没有“{TABLES[table].zh}”表 / not checked: no table {table}")
        open_ = (Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW) if unknown == "fail" else ()
        found = [
            f
            for f in self._findings
            if (rule is None or f.rule == rule)
            and (f.outcome in open_ or (f.outcome is Outcome.VIOLATION and RANK[f.severity] >= RANK[fail_on]))
        ]
        if found:
            shown_ = by_gravity(found)[:20]
            head = messages.say("assert.head", {"count": len(found), "shown": len(shown_)}).in_(self.lang)
            lines = [f"{f.rule} {f.result.rule.title.in_(self.lang)}\n{told(f, self.lang)}" for f in shown_]
            raise AssertionError("\n".join([head, *lines]))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Counts: by outcome (every judgement, passes included), of violations by severity, rule, task and unit."""
        outcomes: Counter[str] = Counter()
        by_rule: dict[str, dict[str, int]] = {}
        for result in self.results:
            by_rule[result.rule.id] = {str(o): n for o, n in sorted(result.counts.items())}
            outcomes.update({str(o): n for o, n in result.counts.items()})
        tasks: dict[str, Counter[str]] = {}
        units: dict[str, Counter[str]] = {}
        for finding in self._findings:
            key = str(finding.outcome)
            if finding.outcome is Outcome.VIOLATION:
                key = "before_plan" if finding.before_plan else finding.severity
            tasks.setdefault(task_of(finding.clause), Counter())[key] += 1
            units.setdefault(finding.unit or "—", Counter())[key] += 1
        severities = Counter(f.severity for f in self.violations)
        return {
            "outcomes": {str(o): outcomes.get(str(o), 0) for o in Outcome},
            "violations": {s: severities[s] for s in ("error", "warning", "advice")},
            "by_rule": by_rule,
            "by_task": {k: dict(v) for k, v in tasks.items()},
            "by_unit": {k: dict(v) for k, v in units.items()},
        }

    def to_frame(self) -> pl.DataFrame:
        """The findings as a Polars frame, one row each; dates as dates, texts in columns ``message_zh``, ``message_en``, …"""
        import polars as pl

        rows = []
        for finding in self._findings:
            row = finding.as_dict()
            for key in ("message", "remedy"):
                row |= {f"{key}_{lang}": text for lang, text in row.pop(key).items()}
            row |= {f"source_{k}": v for k, v in row.pop("source").items()}
            row.pop("explanation")
            row |= {"due": finding.due, "actual": finding.actual}
            rows.append(row)
        schema: dict[str, Any] = {
            "due": pl.Date,
            "actual": pl.Date,
            "late_by": pl.Int64,
            "source_row": pl.Int64,
            "missing": pl.List(pl.String),
        }
        return pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON gives it (see design: the contract of ``--format json``)."""
        from opencheck import __version__

        names = [p.id for p in self.packs]
        return {
            "opencheck": __version__,
            "pack": names[0] if len(names) == 1 else names,
            "as_of": self.as_of.isoformat(),
            "parameters": {p.id: p.values for p in self.packs},
            "rows": self.rows,
            "summary": self.summary,
            "rejected": [rejected_dict(r) for r in self.rejected],
            "ignored": [
                {
                    **i.place.as_dict(),
                    "text": shown(i.text),
                    "reason": messages.catalogue()[f"ignore.{i.code}"],
                }
                for i in self.data.ignored
            ],
            "waivers": [w.as_dict() for w in self.waivers],
            **({"baseline": {**(self.changes or {}), "fixed_findings": self.fixed}} if self.fixed is not None else {}),
            "notes": [messages.say(name, facts).model_dump() for name, facts in self.notes],
            "findings": [f.as_dict() for f in self._findings],
        }

    def write(self, path: str | Path, format: str | None = None, lang: str = "zh") -> Path:
        """Write the report to a file; the format is that of the file's ending where none is given.

        Args:
            path: where to; ``.json``, ``.jsonl``, ``.csv``, ``.xlsx`` (the marked workbook), ``.html``, ``.md``, ``.sarif``, ``.xml`` (JUnit)
                or ``.txt``.
            format: one of ``opencheck.reports.FORMATS``.
            lang: ``zh`` or ``en``, where the format has one language.

        Raises:
            InputError: a format that is none of these.
        """
        from opencheck.reports import write

        return write(self, Path(path), format, lang)


def _shown(text: str | None) -> str | None:
    return shown(text) if text is not None else None


def task_of(clause: str) -> str:
    """The task that a clause belongs to: what stands before its last dot.

    >>> task_of("8-7.10"), task_of("9.4")
    ('8-7', '9')
    """
    return clause.rpartition(".")[0] or clause


def rejected_text(rejected: Rejected) -> list[Text]:
    """Why a row was rejected, a line a problem: what was found and what is accepted."""
    lines = []
    for problem in rejected.problems:
        accepted = messages.say(f"reject.{problem.code}", problem.facts)
        if problem.header and problem.found:
            line = messages.catalogue()["reject.line"]
            facts = {"header": problem.header, "found": problem.found}
            lines.append(
                Text(
                    zh=messages.fill(line["zh"], {**facts, "accepted": accepted.zh}, "zh"),
                    en=messages.fill(line["en"], {**facts, "accepted": accepted.en}, "en"),
                )
            )
        else:
            lines.append(accepted)
    return lines


def rejected_dict(rejected: Rejected) -> dict[str, Any]:
    """A rejected row as JSON gives it."""
    return {
        "table": rejected.table or None,
        "record_id": _shown(rejected.values.get("id")),
        "source": rejected.place.as_dict(),
        "problems": [
            {
                "field": p.field or None,
                "header": p.header or None,
                "found": shown(p.found),
                "accepted": {"zh": a.zh, "en": a.en},
            }
            for p, a in zip(
                rejected.problems, (messages.say(f"reject.{p.code}", p.facts) for p in rejected.problems), strict=True
            )
        ],
        "message": {
            "zh": "；".join(t.zh for t in rejected_text(rejected)),
            "en": "; ".join(t.en for t in rejected_text(rejected)),
        },
    }


def by_gravity(findings: Sequence[Finding]) -> list[Finding]:
    """Findings with the worst first: violations by severity and lateness, then what is indeterminate, pending, the rest."""
    return sorted(
        findings,
        key=lambda f: (-f.outcome.gravity, f.before_plan, -RANK[f.severity], -(f.late_by or 0), f.due or date.max),
    )
