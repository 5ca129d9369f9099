"""Spark in, Spark out: ``check(tables, pack, as_of)`` takes DataFrames and gives a DataFrame of findings, worked out where the records are.

    from opencheck.integrations import spark
    found = spark.check({"disclosure": disclosures, "document": documents}, "pingdu-2018", "2018-12-31")
    found.findings.write.parquet("findings")        # rule, clause, outcome, severity, unit, record_id, due, …
    found.told().select("rule", "record_id", "message_zh").show()

Findings about single records stay lazy: the workers type, judge and name them when the frame is used. Rules about sets (series, grids,
counts) need their reductions while the check is made: partial results of each worker, merged here. Waivers are applied as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opencheck.api.check import as_day
from opencheck.core.calendar import WorkCalendar
from opencheck.core.display import display_text
from opencheck.core.errors import InputError, known_names, unknown_name
from opencheck.engine.carriers.base import TableOutcome
from opencheck.engine.carriers.spark import SparkCarrier
from opencheck.engine.carriers.spark_rows import is_spark, reduce_frames
from opencheck.engine.carriers.spark_worker import Recipe, TableReader, typed_batches
from opencheck.engine.prepare import PackPlan, Shape, plan_pack
from opencheck.engine.result import Note, RuleResult
from opencheck.engine.run import run
from opencheck.readers.streamed_source import add_rows
from opencheck.readers.table_detection import table_by_name
from opencheck.records.dataset import Dataset, SourceLocation
from opencheck.records.tables import TABLES
from opencheck.report.finding import Finding, findings_of
from opencheck.report.report import Report
from opencheck.report.waivers import Waiver, apply_waivers
from opencheck.rules.context import DanglingReferences
from opencheck.rules.packs.loader import load_packs
from opencheck.rules.packs.pack import Pack

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkReport", "check"]

_FINDING = (
    "rule string, clause string, outcome string, severity string, table string, record_id string, unit string, title string, "
    "subject string, period string, due date, actual date, before_plan boolean, borderline boolean, justified boolean, "
    "source_row bigint"
)
_EXPLAINED = (
    f"{_FINDING}, late_by bigint, late_unit string, missing array<string>, message_zh string, "
    "message_en string, remedy_zh string, remedy_en string, explanation_zh string, explanation_en string"
)
_REJECTED = "table string, record_id string, source_row bigint, problems array<struct<field:string,found:string>>"

Batches = Callable[[Iterator["pa.RecordBatch"]], Iterator["pa.RecordBatch"]]


def check(
    tables: Mapping[str, DataFrame],
    pack: str | Path | Pack = "pingdu-2018",
    as_of: date | str = "",
    *,
    calendar: WorkCalendar | str | Path | None = None,
    parameters: Mapping[str, Any] | None = None,
    rules: str | Iterable[str] | None = None,
    session: SparkSession | None = None,
) -> SparkReport:
    """Check Spark DataFrames against a pack.

    Args:
        tables: table name (English or Chinese) → DataFrame; headers may be those of ledgers. Rows have no order in Spark: with a
            column ``_row`` findings name it, and of records with the same ``id`` the first counts; without, all of them are rejected.
        pack: a pack's name or folder, or one loaded already.
        as_of: the check is made at the end of this day (Asia/Shanghai).
        calendar: a working calendar, or a file that adds years to the State Council's.
        parameters: values in place of the pack's own.
        rules: only these rules, by id; or one.
        session: the session to work in; that of the tables where None.

    Returns:
        The report: lazy DataFrames of findings and of rejected rows.

    Raises:
        InputError: no such table, a table without ``id``, or a column of nested values; before anything is checked.
    """
    day = as_day(as_of)
    chosen = pack if isinstance(pack, Pack) else load_packs([pack], parameters)[0]
    for key, frame in tables.items():
        if not hasattr(frame, "sparkSession"):
            raise InputError(f"{key}: 不是Spark的DataFrame / is a {type(frame).__name__}, needed: a DataFrame of Spark")
    first = next(iter(tables.values()), None)
    carrier = SparkCarrier(session or (first.sparkSession if first is not None else None))
    data = Dataset(carrier=carrier)
    for key, frame in tables.items():
        spec = table_by_name(str(key))
        if spec is None:
            accepted = [f"{s.name}（{s.label_zh}）" for s in TABLES.values()]
            raise unknown_name("不认识的表 / unknown table", key, accepted, code="unknown_table")
        add_rows(data, spec, carrier.raw_rows(frame), (None, None))
    if not isinstance(calendar, WorkCalendar):
        calendar = WorkCalendar.china(*([calendar] if calendar is not None else []))
    wanted = known_names("没有规则 / no rule", rules, sorted(chosen.rules), code="unknown_rule", field="rules")
    chosen_rules = [b.rule for i, b in chosen.rules.items() if wanted is None or i in wanted]
    plan = plan_pack(chosen, chosen_rules, day, calendar, Shape.of(data), include_all=False)
    unread = {r.id for t in plan.tables.values() for r in t.evaluator.unread}
    at_once = [r.id for r in chosen_rules if r.kind.about == "set" or r.id in unread or r.yearly]
    results, notes = run(data, [chosen], day, calendar, rules=at_once) if at_once else ([], [])
    for result in results:
        if result.rule.yearly:  # its records are judged lazily; that there are none is known at once
            result.rows = None
    whole = Report([chosen], day, data, results, notes)
    given = whole.waive() if "waiver" in data.tables else []
    # Whether a waiver matches a record is known when the findings are used.
    notes = [n for n in whole.notes if n[0] != "note.waiver_unmatched"]
    return SparkReport(chosen, day, data, carrier, notes, whole.findings(), _sources(carrier, data, plan, given))


@dataclass
class _Source:
    """One source of a table with what a worker judges it by."""

    reader: TableReader
    recipe: Recipe
    pack: Pack
    dangling: Mapping[str, DanglingReferences]
    waivers: list[Waiver]

    def findings(self, batches: Iterator[pa.RecordBatch]) -> Iterator[Finding]:
        """The findings about the records of some batches."""
        evaluator = self.recipe.evaluator()
        for batch, _ in typed_batches(self.reader, batches):
            found = self.recipe.evaluate(batch, TableOutcome())
            for number, frames in found.facts.items():
                rule = evaluator.rules[number]
                for facts in frames:
                    if rule.id in self.dangling:
                        facts = rule.kind.settle_dangling(rule, facts, self.dangling[rule.id])
                    result = RuleResult(rule, self.pack, evaluator.context, rows=facts)
                    own = [f for f in findings_of(result, lambda src, row: SourceLocation(None, None, row)) if f.is_reported]
                    apply_waivers(self.waivers, own)
                    yield from own


def _sources(carrier: SparkCarrier, data: Dataset, plan: PackPlan, waivers: list[Waiver]) -> list[_Source]:
    """What is judged lazily: the Spark sources of every table that rules about records judge."""
    found = []
    dangling = {i: carrier.dangling(data, references, plan.names) for i, references in plan.dangling.items()}
    for table, own in plan.tables.items():
        if not own.evaluator.rules:
            continue
        for part in data.tables[table].sources:
            if is_spark(part):
                reader, recipe = carrier.reader_of(data, part, own, plan.names)
                found.append(_Source(reader, recipe, plan.pack, dangling, waivers))
    return found


@dataclass
class SparkReport:
    """What a check of DataFrames found; nothing of the records is in memory, and frames are worked out when they are used."""

    pack: Pack
    as_of: date
    data: Dataset = field(repr=False)
    carrier: SparkCarrier = field(repr=False)
    notes: list[Note] = field(default_factory=list, repr=False)
    _at_once: list[Finding] = field(default_factory=list, repr=False)
    """The findings about sets, and about texts that a table does not have."""
    _sources: list[_Source] = field(default_factory=list, repr=False)

    @property
    def findings(self) -> DataFrame:
        """The findings, a row each: no passes, and nothing that a rule does not concern."""
        return self._frame(_FINDING)

    def told(self) -> DataFrame:
        """The findings with message, remedy, lateness and explanation in both languages, worked out by Python for these rows only."""
        return self._frame(_EXPLAINED)

    @property
    def rejected(self) -> DataFrame:
        """The rows that could not be used: table, record_id, source_row, and ``problems`` (field, and what was found; numbers masked)."""
        frames = []
        for table in self.data.tables.values():
            for part in table.sources:
                if is_spark(part):
                    reader = self.carrier.reader(self.data, part, frozenset({"id"}), [], [])
                    frames.append(reader.frame.mapInArrow(_rejected_rows(reader, table.spec.name), _REJECTED))
        return reduce_frames([*frames, self.carrier.session.createDataFrame([], _REJECTED)])

    def counts(self) -> DataFrame:
        """How many findings each rule has: rule, outcome, n."""
        return self.findings.groupBy("rule", "outcome").count().withColumnRenamed("count", "n")

    def _frame(self, schema: str) -> DataFrame:
        names = _names(schema)
        own = self.carrier.session.createDataFrame(
            [[row[n] for n in names] for row in map(_row(schema), self._at_once)], schema
        )
        lazy = [s.reader.frame.mapInArrow(_finding_rows(s, schema), schema) for s in self._sources]
        return reduce_frames([*lazy, own])


def _names(schema: str) -> list[str]:
    return [part.split()[0] for part in schema.split(", ")]


def _row(schema: str) -> Callable[[Finding], dict[str, Any]]:
    """What makes of a finding a row of a schema."""
    names = _names(schema)

    def plain(finding: Finding) -> dict[str, Any]:
        row = {n: getattr(finding, n) for n in names if hasattr(finding, n)}
        return row | {"outcome": str(finding.outcome), "severity": str(finding.severity), "source_row": finding.source.row}

    def explained(finding: Finding) -> dict[str, Any]:
        message, remedy, steps = finding.message, finding.remedy, finding.explanation
        return plain(finding) | {
            "missing": list(finding.missing),
            "message_zh": message.zh,
            "message_en": message.en,
            "remedy_zh": remedy.zh,
            "remedy_en": remedy.en,
            "explanation_zh": "\n".join(s.zh for s in steps),
            "explanation_en": "\n".join(s.en for s in steps),
        }

    return explained if "message_zh" in names else plain


def _finding_rows(source: _Source, schema: str) -> Batches:
    def judge(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        names, row = _names(schema), _row(schema)
        held: list[dict[str, Any]] = []
        for finding in source.findings(batches):
            held.append({n: v for n, v in row(finding).items() if n in names})
            if len(held) >= 10_000:
                yield _batch(held, schema)
                held = []
        yield _batch(held, schema)

    return judge


def _rejected_rows(reader: TableReader, table: str) -> Batches:
    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _, rejected in typed_batches(reader, batches):
            rows = [
                {
                    "table": table,
                    "record_id": None if r.values.get("id") is None else display_text(str(r.values["id"])),
                    "source_row": r.place.row,
                    "problems": [{"field": p.field, "found": display_text(p.found)} for p in r.problems],
                }
                for r in rejected
            ]
            yield _batch(rows, _REJECTED)

    return read


def _batch(rows: list[dict[str, Any]], schema: str) -> pa.RecordBatch:
    import pyarrow as pa

    problem = pa.struct([("field", pa.string()), ("found", pa.string())])
    types = {
        "string": pa.string(),
        "date": pa.date32(),
        "boolean": pa.bool_(),
        "bigint": pa.int64(),
        "array<string>": pa.list_(pa.string()),
        "array<struct<field:string,found:string>>": pa.list_(problem),
    }
    return pa.RecordBatch.from_pylist(
        rows, schema=pa.schema([(n, types[t]) for n, t in (p.split() for p in schema.split(", "))])
    )
