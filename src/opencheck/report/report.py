"""The report of a check: findings, counts, rejected rows, notes, and what is written from them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from opencheck.core.errors import InputError
from opencheck.core.outcomes import QUIET, Outcome, Severity
from opencheck.core.personal_data import shown
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.engine.run import Note, RuleResult
from opencheck.records.dataset import Dataset, Place, Rejected
from opencheck.records.tables import TABLES
from opencheck.report import messages, waivers
from opencheck.report.finding import _SAME, Finding, _missing, _shown, by_gravity, task_of
from opencheck.report.rejected import rejected_dict
from opencheck.report.waivers import Waiver

if TYPE_CHECKING:
    import polars as pl

    from opencheck.report.history.store import Change, Run
    from opencheck.rules.packs.pack import Pack

__all__ = [
    "Report",
    "task_title",
]


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
        outcome = Outcome.from_code(facts["_code"])
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
            severity=Severity.ADVICE if before else rule.effective_severity,
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
        return any(f.severity.rank >= Severity(fail_on).rank for f in self.violations)

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
        from opencheck.report.rule_status import told

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
            and (f.outcome in open_ or (f.outcome is Outcome.VIOLATION and f.severity.rank >= Severity(fail_on).rank))
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
            by_rule[result.rule.id] = {o.value: n for o, n in sorted(result.counts.items(), key=lambda kv: kv[0].code)}
            outcomes.update({o.value: n for o, n in result.counts.items()})
        tasks: dict[str, Counter[str]] = {}
        units: dict[str, Counter[str]] = {}
        for finding in self._findings:
            key = finding.outcome.value
            if finding.outcome is Outcome.VIOLATION:
                key = "before_plan" if finding.before_plan else finding.severity.value
            tasks.setdefault(task_of(finding.clause), Counter())[key] += 1
            units.setdefault(finding.unit or "—", Counter())[key] += 1
        severities = Counter(f.severity for f in self.violations)
        return {
            "outcomes": {o.value: outcomes.get(o.value, 0) for o in Outcome},
            "violations": {s.value: severities[s] for s in Severity},
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
        from opencheck.core.version import __version__

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
            format: one of ``opencheck.report.formats.registry.FORMATS``.
            lang: ``zh`` or ``en``, where the format has one language.

        Raises:
            InputError: a format that is none of these.
        """
        from opencheck.report.formats.registry import write

        return write(self, Path(path), format, lang)


def task_title(report: Report, task: str, lang: str) -> str:
    """What a task is called."""
    return next((pack.tasks[task].in_(lang) for pack in report.packs if task in pack.tasks), "")
