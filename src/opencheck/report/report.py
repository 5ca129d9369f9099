"""The report of a check: findings, counts, rejected rows, notes, and what is written from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opencheck.core.display import DistinctNames, display_text, displayed
from opencheck.core.errors import InputError
from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import Outcome, Severity
from opencheck.engine.result import Note, RuleResult
from opencheck.readers.heading_maps import map_path
from opencheck.readers.memory_source import records_in_memory
from opencheck.records.dataset import Dataset, ReadHeading, Rejected, SkippedLine
from opencheck.report import messages, waivers
from opencheck.report.earlier_report import compare_with_earlier
from opencheck.report.filters import filter_findings
from opencheck.report.finding import OPEN_OUTCOMES, Finding, findings_of, with_ids
from opencheck.report.judged_again import JudgedAgain
from opencheck.report.options import FAIL_ON, LANGUAGES, chosen_names, require_one
from opencheck.report.questions import Question, questions_of
from opencheck.report.units import LedgerUnits, Unassigned, unassigned_findings, violations_of_absent_units
from opencheck.report.unread import wanted_but_unread
from opencheck.report.waivers import Waiver
from opencheck.rules.packs.unit_names import named_by_any

if TYPE_CHECKING:
    import polars as pl

    from opencheck.report.runs import Run, RunDiff
    from opencheck.rules.packs.pack import Pack

__all__ = ["Report"]


@dataclass(repr=False, eq=False)
class Report:
    """Everything that a check found.

    ``rows`` counts the rows read, checked and rejected; ``rejected`` lists the rejected rows with their reasons. Every text of a report is
    as :func:`~opencheck.core.display.display_text` shows it, with personal numbers masked; the records themselves, as they were read, are
    in ``data``, and in the ``facts`` of a finding. A report pickles and
    copies with its findings and its records, and is written from the copy in every format; records that are in a database or on a
    cluster are fetched for it.

    >>> import opencheck as oc
    >>> oc.check({"meeting": [{"id": "1", "kind": "常务会议", "held_on": "2018-09-12"}]}, as_of="2018-12-31", rules=["PD-2-2.1"])
    Report(pingdu-2018, as_of=2018-12-31, rows=1 checked + 0 rejected, violation=1)
    """

    packs: list[Pack]
    """The packs of the check."""
    as_of: date
    """The day at whose end the check is made."""
    data: Dataset
    """The records that were read, as they are."""
    results: list[RuleResult]
    """The result of each rule, with the counts of its outcomes."""
    notes: list[Note]
    """What was not checked, and why, as message names with facts."""
    waivers: list[Waiver] = field(default_factory=list)
    """The waivers that were given, and what became of each."""
    past: list[Run] = field(default_factory=list)
    """The last runs of the history that this one was kept in, itself the last of them."""
    change: RunDiff | None = None
    """What changed since the run before it in that history."""
    lang: str = "zh"
    """The language of the message of :meth:`assert_compliant`."""
    fixed: list[dict[str, Any]] | None = None
    """Violations of an earlier report that have been fixed; None without an earlier report."""
    also_read: list[Path] = field(default_factory=list)
    """Files that the check read beside the records: a calendar, an earlier report, a history."""
    answers: list[dict[str, Any]] = field(default_factory=list)
    """What became of each answer read back from hand-outs, as JSON gives it."""
    units: tuple[str, ...] = ()
    """The units whose findings alone are in the report, see :meth:`of_units`; blank: all."""

    _units: DistinctNames = field(default_factory=DistinctNames, init=False)
    _left_out: list[Finding] | None = field(default=None, init=False)
    """In a report of some units, the findings of the others."""

    def __post_init__(self) -> None:
        self.notes = displayed(self.notes)

    def __repr__(self) -> str:
        packs, rows = "+".join(p.id for p in self.packs), self.data.rows
        counts: Counter[Outcome] = Counter()
        for result in self.results:
            counts.update(result.counts)
        words = [f"{o}={counts[o]}" for o in Outcome if counts[o]]
        head = f"as_of={self.as_of}, rows={rows['checked']} checked + {rows['rejected']} rejected"
        return f"Report({', '.join([packs, head, *words])})"

    def __getstate__(self) -> dict[str, Any]:
        # Findings are worked out first: plans and expressions stay behind in this process.
        kept = {name: value for name, value in self.__dict__.items() if name != "_ledger_units"}
        return {**kept, "_findings": self._findings, "data": records_in_memory(self.data)}

    def waive(self, more: Iterable[Waiver] = ()) -> list[Waiver]:
        """Apply the waivers among the records, and more; what is not applied is noted with the reason.

        Returns:
            The waivers as they were read; ``waivers`` has them as they are shown.
        """
        read = [*waivers.read_waivers(self.data, self.packs, self.as_of), *more]
        waivers.apply_waivers(read, self._findings)
        self.waivers = displayed(read)
        self.notes += waivers.unapplied_notes(self.waivers, self.packs, self.as_of)
        return read

    def of_units(self, units: str | Iterable[str]) -> Report:
        """Return the report of some units only: their findings, and the counts of these.

        Passes, and records that a rule does not concern, are counted only if the check was made with ``include_all``.

        Args:
            units: a unit or several, under any name that the packs know; a finding of several units is each one's.

        >>> import opencheck as oc
        >>> rows = [{"id": "1", "unit": "市农业局", "received_on": "2018-12-20"}, {"id": "2", "unit": "市环保局", "received_on": "2018-12-20"}]
        >>> report = oc.check({"request": rows}, as_of="2018-12-31", rules=["PD-15.3"])
        >>> [f.record_id for f in report.of_units("平度市农业局").findings()]
        ['1']
        """
        names = [named_by_any((p.unit_names for p in self.packs), u) for u in ((units,) if isinstance(units, str) else units)]
        ledger = self._ledger_units
        wanted = {n for name in names for n in ledger.keys(name)}
        chosen = replace(self, units=tuple(self.shown_unit(n) for n in names))
        chosen._units = self._units
        chosen._findings = [f for f in self._findings if f.real_unit and wanted & ledger.keys(f.real_unit)]
        kept = set(map(id, chosen._findings))
        chosen._left_out = [f for f in self._findings if id(f) not in kept]
        return chosen

    def records_by_unit(self) -> Counter[str]:
        """Return how many records each unit has, under the names of the packs; waivers are none of these records."""
        return self._ledger_units.counts

    def has_records(self, unit: str) -> bool:
        """Whether a record names a unit, rejected rows included.

        Args:
            unit: under any of its names.
        """
        units = self._ledger_units
        return bool(units.keys(unit) & units.mentioned)

    @property
    def own_unit(self) -> str | None:
        """The unit whose ledger it seems to be, as the report shows it: more than half of the records that name a unit name it."""
        own = self._ledger_units.own
        return self.shown_unit(own) if own is not None else None

    def violations_of_others(self) -> list[Finding]:
        """Return the violations that rest on no record, of units that have none, in what seems to be the ledger of one unit.

        From such a ledger it is not known that other units published nothing. In the ledger of many units it is.
        """
        return violations_of_absent_units(self.violations, self._ledger_units)

    def unassigned(self, outcomes: Iterable[Outcome] = OPEN_OUTCOMES) -> list[Unassigned]:
        """Return by sheet the findings whose records name no unit, so that they stand under the clause's 市政府各部门 and the like.

        In a report :meth:`of_units` they are those that may be of these units and are left out; in that of the ledger's own unit all of
        its ledger's, whoever the clause names.

        Args:
            outcomes: of which outcomes; else those that ask for something now.
        """
        wanted = set(outcomes)
        given = self._findings if self._left_out is None else self._left_out
        chosen = self.units if self._left_out is not None else None
        return unassigned_findings((f for f in given if f.outcome in wanted), self._ledger_units, self.data, chosen)

    @property
    def remarks(self) -> list[LocalizedText]:
        """What is to be said of the check as a whole: what :meth:`unassigned` finds, then the notes."""
        return [*self.unassigned_remarks(), *(messages.localized_message(name, facts) for name, facts in self.notes)]

    def unassigned_remarks(self, outcomes: Iterable[Outcome] = OPEN_OUTCOMES) -> list[LocalizedText]:
        """Return what is to be said of the findings whose records name no unit, a sheet each.

        Args:
            outcomes: of which outcomes.
        """
        own = self.units[0] if self.units else self.own_unit
        return [found.remark(own, listed=self._left_out is None) for found in self.unassigned(outcomes)]

    @cached_property
    def _ledger_units(self) -> LedgerUnits:
        return LedgerUnits(self.packs, self.data)

    def compare(self, earlier: str | Path) -> None:
        """Mark each violation as ``new`` or ``known`` against an earlier JSON report, and list what is fixed since.

        Args:
            earlier: a file written with ``--format json``.

        Raises:
            InputError: a file that is no such report.
        """
        path = Path(earlier)
        judged_again = JudgedAgain(self.results, self._findings, self.data)
        self.fixed, gone, unjudged = compare_with_earlier(
            self._findings, path, self._rule_ids, self.record_ids, self.rejected, judged_again
        )
        self.also_read.append(path)
        if gone:
            self.notes.append(("note.gone", {"count": len(gone), "ids": gone[:10]}))
        if unjudged:
            self.notes.append(("note.unjudged", {"count": len(unjudged), "rules": list(dict.fromkeys(unjudged))}))

    def record_ids(self, tables: Iterable[str]) -> dict[str, set[str]]:
        """The ids of a table's records as findings show them, by table: those checked and those rejected."""
        found: dict[str, set[str]] = {}
        for name in tables:
            table = self.data.tables.get(name)
            ids = table.records(["id"])["id"].drop_nulls() if table else ()
            found[name] = {display_text(i) for i in ids}
            found[name] |= {str(r.values["id"]) for r in self.rejected if r.table == name and r.values.get("id") is not None}
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
        return with_ids(found for result in self.results for found in findings_of(result, self.data.place, self._units))

    @property
    def inputs(self) -> list[Path]:
        """Every file and folder that the check read, mappings beside ledgers and packs included; none of them is written over."""
        given = self.data.inputs
        packs = [file for pack in self.packs if pack.path.is_dir() for file in pack.path.iterdir() if file.is_file()]
        return [*given, *map(map_path, given), *self.also_read, *packs]

    @property
    def rows(self) -> dict[str, int]:
        """Counts of rows read, checked and rejected; read is the sum of the other two."""
        return self.data.rows

    @cached_property
    def rejected(self) -> list[Rejected]:
        """The rows that could not be used, with the reasons, in the order of ``data.rejected``."""
        return displayed(self.data.rejected)

    @cached_property
    def ignored(self) -> list[SkippedLine]:
        """The lines, columns and sheets that are no records, in the order of ``data.ignored``."""
        return displayed(self.data.ignored)

    @cached_property
    def headings(self) -> list[ReadHeading]:
        """What became of each heading, in the order of ``data.headings``."""
        return displayed(self.data.headings)

    def shown_unit(self, name: str) -> str:
        """Return how this report shows a unit, by its name in the records; a name that it does not show otherwise stays as it is.

        Units whose names differ only in a masked number are numbered.
        """
        _ = self._findings
        return self._units.find(name)

    @cached_property
    def unread(self) -> list[SkippedLine]:
        """Sheets and columns that were not read although they likely are a table or field that a checked rule reads."""
        return wanted_but_unread(self.data, self.ignored, [result.rule for result in self.results])

    @cached_property
    def questions(self) -> list[Question]:
        """What would settle most of what cannot be judged: columns that tables lack or name otherwise; at most three questions."""
        return questions_of(self.findings(Outcome.INDETERMINATE), self.data, self.headings)

    @property
    def violations(self) -> list[Finding]:
        """Every finding whose outcome is a violation, of any severity."""
        return self.findings(outcome=Outcome.VIOLATION)

    def findings(
        self,
        outcome: str | Iterable[str] | None = None,
        *,
        rule: str | Iterable[str] | None = None,
        severity: str | Iterable[str] | None = None,
        unit: str | Iterable[str] | None = None,
        task: str | Iterable[str] | None = None,
        table: str | Iterable[str] | None = None,
    ) -> list[Finding]:
        """The findings that every given filter lets through, in the order of the rules and records.

        Passes and records that a rule does not concern are among them only if the check was made with ``include_all``.

        Args:
            outcome: an :class:`Outcome` or its name, or several.
            rule: the id of a rule that was checked, or several.
            severity: a :class:`Severity` or its name, or several.
            unit: the name of a responsible unit, or several, as the records or the report name it; any text is allowed.
            task: a task of the pack (the clause without what follows its last dot), or several.
            table: the table of the records, or several.

        Raises:
            UnknownNameError: an outcome, rule, severity, task or table that does not exist; the nearest one is named.

        >>> import opencheck as oc
        >>> late = {"公文": [{"编号": "1", "是否政策性文件": "是", "公开属性": "主动公开", "公布日期": "2018-09-28"}], "政策解读": []}
        >>> [f.due.isoformat() for f in oc.check(late, as_of="2018-12-31").findings("violation", rule="PD-9.4")]
        ['2018-10-08']
        """
        names = {"outcome": outcome, "severity": severity, "rule": rule, "task": task, "table": table}
        found = filter_findings(self._findings, names, rules=self._rule_ids, packs=self.packs)
        if unit is None:
            return found
        units = {self.shown_unit(u) for u in ((unit,) if isinstance(unit, str) else unit)}
        return [f for f in found if f.unit in units]

    @property
    def _rule_ids(self) -> tuple[str, ...]:
        return tuple(result.rule.id for result in self.results)

    def worst(self, fail_on: str) -> bool:
        """Whether a violation of at least a severity was found.

        Args:
            fail_on: the lowest :class:`Severity` that counts, or ``never``.

        Raises:
            UnknownNameError: none of these.
        """
        require_one("fail_on", fail_on, FAIL_ON)
        return fail_on != "never" and any(f.severity.rank >= Severity(fail_on).rank for f in self.violations)

    def assert_compliant(
        self,
        rule: str | Iterable[str] | None = None,
        fail_on: str = Severity.ERROR,
        *,
        unknown: str = "fail",
        rejected: str = "fail",
    ) -> None:
        """Raise where a duty is not known to be kept: on violations of at least a severity, on what cannot be judged yet, on what was not read.

        Args:
            rule: only this rule, or these, each of which must have been checked; all rules where None.
            fail_on: the lowest :class:`Severity` of a violation that counts, or ``never`` for violations of none.
            unknown: ``fail``, or ``pass`` to let through what is indeterminate or needs a review.
            rejected: ``fail``, or ``pass`` to let through rejected rows, and sheets and columns that were not understood, of the tables
                that the rules read.

        Raises:
            AssertionError: naming what was not read, or what was found, with its derivation, in the report's language.
            InputError: a rule that was not checked, for want of its table or because the pack has none of that id (then an
                UnknownNameError, which names the nearest one, as it does for a severity or option); no row at all.

        >>> import opencheck as oc
        >>> report = oc.check({"request": [{"id": "1", "received_on": "2018-12-03", "replied_on": "2018-12-10"}]},
        ...                   as_of="2018-12-31", rules=["PD-15.3"])
        >>> report.assert_compliant(rule="PD-15.3")
        """
        __tracebackhide__ = True
        from opencheck.report import compliance

        require_one("fail_on", fail_on, FAIL_ON)
        require_one("unknown", unknown, ("fail", "pass"))
        require_one("rejected", rejected, ("fail", "pass"))
        if self.rows["checked"] == 0:
            raise InputError("没有一行可以检查 / no row could be checked", code="no_rows")
        rules = chosen_names("rule", rule, self._rule_ids)
        compliance.refuse_unchecked(rules or (), self.results, self.data.tables)
        if rejected == "fail":
            results = [r for r in self.results if rules is None or r.rule.id in rules]
            compliance.refuse_unread(results, self.rejected, self.unread, self.lang)
        compliance.refuse_breaches(self.findings(rule=rules), fail_on, unknown, self.lang)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Counts: by outcome (every judgement, passes included), of violations by severity, rule, task and unit."""
        from opencheck.report.as_data import counts_of

        return counts_of(self._findings, self.results, listed=bool(self.units))

    def to_frame(self) -> pl.DataFrame:
        """The findings as a Polars frame, one row each; dates as dates, texts in columns ``message_zh``, ``message_en``, …"""
        from opencheck.report.as_data import findings_frame

        return findings_frame(self._findings)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON gives it (see design: the contract of ``--format json``)."""
        from opencheck.report.as_data import report_dict

        return report_dict(self)

    def write(self, path: str | Path, format: str | None = None, lang: str = "zh", *, in_place: bool = False) -> Path:
        """Write the report to a file; the format is that of the file's ending where none is given.

        The file is written beside and moved into its place: where that fails, what stood there is as it was.

        Args:
            path: where to; ``.json``, ``.jsonl``, ``.csv``, ``.xlsx`` or ``.xlsm`` (the marked workbook), ``.html``, ``.md``, ``.sarif``,
                ``.xml`` (JUnit) or ``.txt``.
            format: one of ``opencheck.report.output.FORMATS``.
            lang: ``zh`` or ``en``, where the format has one language.
            in_place: allow the workbook that was checked, and nothing with it, to be the file: it is marked itself.

        Returns:
            The path of the file.

        Raises:
            OutputError: the file cannot be written, or is one of those that the check read.
            UnknownNameError: the format or language is unknown.
        """
        require_one("lang", lang, LANGUAGES)
        from opencheck.report.output import write

        return write(self, Path(path), format, lang, in_place=in_place)
