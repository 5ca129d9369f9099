"""Spark in, Spark out: ``check(tables, pack, as_of)`` takes DataFrames and gives a DataFrame of findings, worked out where the records are.

    from opencheck.integrations import spark
    found = spark.check({"disclosure": disclosures, "document": documents}, "pingdu-2018", "2018-12-31")
    found.findings.write.parquet("findings")        # rule, clause, outcome, severity, unit, record_id, due, …
    found.told().select("rule", "record_id", "message_zh").show()

Rules about single records are expressions of Spark and stay lazy; only personal data is looked at by Python at the end, in the few
texts that an expression held back. Rules about sets (series, grids, counts) need their aggregates while the check is planned: a
row for each subject and period, and of what is doubtful one record of each sort. The kinds ``count``, ``converted``,
``in_one_place``, ``columns`` and ``evidence`` fetch the few columns that they judge of the records that they concern.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from opencheck.api.check import as_day
from opencheck.core.calendar import WorkCalendar
from opencheck.core.clock import SHANGHAI
from opencheck.core.errors import InputError
from opencheck.core.outcomes import QUIET, QUIET_CODES, Outcome, Severity
from opencheck.core.personal_data import NUMBERS
from opencheck.engine.carriers.backends import ROW, SRC, Spark, local
from opencheck.engine.plan import facts_of, join, parts_of, weigh
from opencheck.engine.run import Note, RuleResult, run
from opencheck.readers.table_detection import table_named
from opencheck.readers.typed_relations import RefusedRows, add_relation
from opencheck.records.dataset import Dataset
from opencheck.records.tables import TABLES
from opencheck.report.report import Report
from opencheck.rules.context import Scope
from opencheck.rules.kinds.free_of import FreeOf
from opencheck.rules.kinds.within import Within
from opencheck.rules.packs.loader import load_packs
from opencheck.rules.packs.pack import Pack
from opencheck.rules.requirement import Kind
from opencheck.rules.rule import Rule

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame, SparkSession

__all__ = [
    "SparkReport",
    "check",
]


_FINDING = (
    "rule string, clause string, outcome string, severity string, table string, record_id string, unit string, title string, "
    "subject string, period string, due date, actual date, before_plan boolean, borderline boolean, justified boolean, "
    "source_row bigint, facts string"
)

_TOLD = (
    _FINDING.removesuffix(", facts string") + ", late_by bigint, late_unit string, missing array<string>, message_zh string, "
    "message_en string, remedy_zh string, remedy_en string, explanation_zh string, explanation_en string"
)


def check(
    tables: Mapping[str, DataFrame],
    pack: str | Path | Pack = "pingdu-2018",
    as_of: date | str = "",
    *,
    calendar: WorkCalendar | str | Path | None = None,
    parameters: Mapping[str, Any] | None = None,
    rules: Iterable[str] | None = None,
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
        rules: only these rules, by id.
        session: the session to work in; that of the tables where None.

    Returns:
        The report: lazy DataFrames of findings and of rejected rows.

    Raises:
        InputError: no such table, a table without ``id``, or a column whose values cannot be read as what it is; before anything is checked.
    """
    day = as_day(as_of)
    chosen = pack if isinstance(pack, Pack) else load_packs([pack], parameters)[0]
    for key, frame in tables.items():
        if not hasattr(frame, "sparkSession"):
            raise InputError(f"{key}: 不是Spark的DataFrame / is a {type(frame).__name__}, needed: a DataFrame of Spark")
    first = next(iter(tables.values()), None)
    backend = Spark(session or (first.sparkSession if first is not None else None))
    data = Dataset(backend=backend)
    for key, frame in tables.items():
        spec = table_named(str(key))
        if spec is None:
            raise InputError(
                f"不认识的表 / unknown table {key!r}; accepted: {', '.join(f'{s.name}（{s.zh}）' for s in TABLES.values())}"
            )
        add_relation(data, spec, backend.numbered(frame, data.source((None, None))), lazy=True)
    if not isinstance(calendar, WorkCalendar):
        calendar = WorkCalendar.china(*([calendar] if calendar is not None else []))
    report = SparkReport(chosen, day, data, backend)
    results, report.notes = run(
        data, chosen, day, calendar, rules=None if rules is None else list(rules), apart=report._take, everything=False
    )
    report._sets = [r for r in results if r.judged]
    return report


@dataclass
class SparkReport:
    """What a check of DataFrames found; nothing of the records is in memory, and frames are worked out when they are used."""

    pack: Pack
    as_of: date
    data: Dataset = field(repr=False)
    backend: Spark = field(repr=False)
    notes: list[Note] = field(default_factory=list)
    _parts: list[DataFrame] = field(default_factory=list, repr=False)
    _sets: list[RuleResult] = field(default_factory=list, repr=False)
    _scope: Scope | None = field(default=None, repr=False)
    _days: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    """For each rule, the facts that are days or moments: JSON has no type for them."""

    @property
    def findings(self) -> DataFrame:
        """The findings, a row each: no passes, and nothing that a rule does not concern. ``facts`` (JSON) is what :meth:`told` tells from."""
        session = self.backend.session
        sets = [{k: v for k, v in row.items() if k in _names(_FINDING)} | {"facts": None} for row in self._told_sets()]
        own = session.createDataFrame([[row[n] for n in _names(_FINDING)] for row in sets], _FINDING)
        return reduce(lambda a, b: a.unionByName(b), [*self._parts, own])

    @property
    def rejected(self) -> DataFrame:
        """The rows that could not be used: table, record_id, source_row, and ``problems`` (field, and what was found; numbers masked)."""
        frames = [_rejected(name, told) for name, table in self.data.tables.items() for told in table.refused]
        empty = self.backend.session.createDataFrame(
            [], "table string, record_id string, source_row bigint, problems array<struct<field:string,found:string>>"
        )
        return reduce(lambda a, b: a.unionByName(b), [*frames, empty])

    def told(self) -> DataFrame:
        """The findings with message, remedy, lateness and explanation in both languages, worked out by Python for these rows only."""
        session = self.backend.session
        names = _names(_TOLD)
        own = session.createDataFrame([[row[n] for n in names] for row in self._told_sets()], _TOLD)
        if not self._parts or self._scope is None:
            return own
        parts = reduce(lambda a, b: a.unionByName(b), self._parts)
        frames = ("frames", "witnesses", "pieces", "joins", "links", "helpers", "numbered", "memo")
        empty: dict[str, Any] = {name: {} for name in frames}
        bare = replace(self._scope, **empty, linkers=[])
        bare.backend = local()
        shared = session.sparkContext.broadcast(pickle.dumps((self.pack, self.as_of, bare, self._days)))
        return parts.mapInArrow(_teller(shared), _TOLD).unionByName(own)

    def counts(self) -> DataFrame:
        """How many findings each rule has: rule, outcome, n."""
        return self.findings.groupBy("rule", "outcome").count().withColumnRenamed("count", "n")

    def _told_sets(self) -> list[dict[str, Any]]:
        report = Report([self.pack], self.as_of, self.data, self._sets, [])
        return [_row(f) for f in report.findings() if f.outcome not in QUIET]

    def _take(self, table: str, rules: list[Rule], scope: Scope) -> None:
        """Plan the rules about the records of a table: one frame, whatever their number."""
        from pyspark.sql import functions as f

        if unable := [r for r in rules if type(r.kind).refine is not Kind.refine and not isinstance(r.kind, (FreeOf, Within))]:
            named = "、".join(r.id for r in unable)
            raise InputError(f"{named}: 这种规则不能在Spark上检查 / rules of this kind cannot be checked on Spark")
        self._scope = scope
        judgements = [weigh(rule, scope, rule.kind.plan(rule, scope)) for rule in rules]
        frame = join(scope.frames[table], scope, table)
        rows = self.backend.one_by_one(frame, [j.code for j in judgements], parts_of(rules), Outcome.NOT_APPLICABLE.code)
        loud = rows.to_native().filter(f.col("_code") != Outcome.PASS.code)
        facts: list[dict[str, Column]] = []
        for rule, judgement in zip(rules, judgements, strict=True):
            named_facts = facts_of(rule, judgement, "_code", scope)
            columns = self.backend.columns(loud, list(named_facts.values()))
            facts.append(dict(zip(named_facts, columns, strict=True)))
        loud = self._settled(loud, rules, facts, scope)
        # Texts go no further than the closer look.
        shown = [[c.alias(n) for n, c in own.items() if n not in ("_read", "text", "_code")] for own in facts]
        typed = loud.select(*(c.alias(f"{i}|{n}") for i, own in enumerate(facts) for n, c in own.items()))
        for name, dtype in typed.dtypes:
            if dtype in ("date", "timestamp_ntz"):
                place, _, fact = name.partition("|")
                self._days.setdefault(rules[int(place)].id, {})[fact] = dtype
        told: Any = f.lit(None).cast("string")
        for number, columns in enumerate(shown):
            own_facts = f.to_json(
                f.struct(*columns, f.col("_code"), f.col("_stray").alias("stray")), {"ignoreNullFields": "false"}
            )
            told = f.when(f.col("_rule") == number, own_facts).otherwise(told)
        text = f.lit(None).cast("string")
        readers = [i for i, r in enumerate(rules) if isinstance(r.kind, FreeOf)]
        for number in readers:
            text = f.when(f.col("_rule") == number, facts[number]["_read"]).otherwise(text)
        wide = loud.select("_rule", "_code", told.alias("facts"), text.alias("_text"))
        plain = wide.filter(~f.col("_rule").isin(readers)).drop("_text") if readers else wide.drop("_text")
        if readers:
            looked = wide.filter(f.col("_rule").isin(readers)).mapInArrow(
                _looker(pickle.dumps({i: rules[i] for i in readers})), "_rule int, _code tinyint, facts string"
            )
            plain = plain.unionByName(looked.filter(~f.col("_code").isin(*QUIET_CODES)))
        self._parts.append(self._shaped(rules, plain))

    def _settled(self, loud: DataFrame, rules: list[Rule], facts: list[dict[str, Column]], scope: Scope) -> DataFrame:
        """A record with no linked one is not accused while a linked record of its unit points to nothing: see :class:`Within`."""
        from pyspark.sql import functions as f

        strays: list[tuple[int, str | None, list[str]]] = []
        absent: Any = f.lit(False)
        for number, rule in enumerate(rules):
            if isinstance(rule.kind, Within) and "links" in facts[number]:
                anyone, by_unit = rule.kind.loose(rule, scope)
                strays += [(number, None, anyone)] if anyone else []
                strays += [(number, unit, ids) for unit, ids in by_unit.items()]
                absent = absent | ((f.col("_rule") == number) & (facts[number]["links"] == 0))
        if not strays:
            return loud.withColumn("_stray", f.lit(None).cast("array<string>"))
        table = self.backend.session.createDataFrame(strays, "_for int, _of string, _ids array<string>")
        theirs = f.broadcast(table.filter("_of is not null").withColumnRenamed("_ids", "_theirs"))
        any_of = table.filter("_of is null").select(f.col("_for").alias("_for_any"), f.col("_ids").alias("_anyone"))
        joined = loud.join(theirs, (f.col("_rule") == f.col("_for")) & (f.col("unit") == f.col("_of")), "left")
        joined = joined.join(f.broadcast(any_of), f.col("_rule") == f.col("_for_any"), "left")
        possible = f.coalesce("_theirs", "_anyone")
        doubtful = f.coalesce(absent & (f.col("_code") == Outcome.VIOLATION.code), f.lit(False)) & possible.isNotNull()
        joined = joined.withColumn("_stray", f.when(doubtful, possible))
        code = f.when(f.col("_stray").isNotNull(), f.lit(Outcome.INDETERMINATE.code).cast("tinyint")).otherwise(f.col("_code"))
        return joined.withColumn("_code", code).drop("_for", "_of", "_theirs", "_for_any", "_anyone")

    def _shaped(self, rules: list[Rule], native: DataFrame) -> DataFrame:
        """Rules, codes and facts as findings."""
        from pyspark.sql import functions as f

        def held(name: str, dtype: str = "string") -> Column:
            return f.get_json_object("facts", f"$.{name}").cast(dtype)

        def of_rule(values: Iterable[Any]) -> Column:
            return f.element_at(f.array(*(f.lit(v).cast("string") for v in values)), f.col("_rule") + 1)

        clauses = [self.pack.clauses.get(r.clause) for r in rules]
        due = f.coalesce(f.make_date(held("due_year", "int"), f.lit(12), f.lit(31)), held("due", "date"))
        before = f.lit(False)
        if self.pack.binding_from:
            before = f.coalesce(due < f.lit(self.pack.binding_from), f.lit(False))
        return native.select(
            of_rule(r.id for r in rules).alias("rule"),
            of_rule(r.clause for r in rules).alias("clause"),
            f.element_at(f.array(*(f.lit(o.value) for o in Outcome)), f.col("_code") + 1).alias("outcome"),
            f.when(before, f.lit(Severity.ADVICE.value))
            .otherwise(of_rule(r.effective_severity.value for r in rules))
            .alias("severity"),
            of_rule(r.on for r in rules).alias("table"),
            held("id").alias("record_id"),
            f.coalesce(held("unit"), of_rule(c.unit if c else None for c in clauses)).alias("unit"),
            # Numbers of persons go no further, wherever they stand.
            f.regexp_replace(held("title"), NUMBERS, "***").alias("title"),
            held("subject").alias("subject"),
            held("period").alias("period"),
            due.alias("due"),
            held("actual", "date").alias("actual"),
            before.alias("before_plan"),
            f.coalesce(held("borderline", "boolean"), f.lit(False)).alias("borderline"),
            f.coalesce(held("justified", "boolean"), f.lit(False)).alias("justified"),
            held(ROW, "bigint").alias("source_row"),
            "facts",
        )


def _names(schema: str) -> list[str]:
    return [part.split()[0] for part in schema.split(", ")]


def _row(finding: Any) -> dict[str, Any]:
    """A finding as a row of :meth:`SparkReport.told`."""
    told = finding.as_dict()
    message, remedy, steps = told["message"], told["remedy"], told["explanation"]
    return {
        **{n: told[n] for n in _names(_TOLD) if n in told},
        "due": finding.due,
        "actual": finding.actual,
        "source_row": finding.source.row,
        "message_zh": message["zh"],
        "message_en": message["en"],
        "remedy_zh": remedy["zh"],
        "remedy_en": remedy["en"],
        "explanation_zh": "\n".join(s["zh"] for s in steps),
        "explanation_en": "\n".join(s["en"] for s in steps),
    }


Batches = Callable[[Iterator["pa.RecordBatch"]], Iterator["pa.RecordBatch"]]


def _looker(pickled: bytes) -> Batches:
    """The closer look at texts that an expression held back, in Spark's Python workers."""

    def look(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        rules: dict[int, Rule] = pickle.loads(pickled)
        schema = pa.schema([("_rule", pa.int32()), ("_code", pa.int8()), ("facts", pa.string())])
        for batch in batches:
            found: list[tuple[int, int, str]] = []
            for number, code, facts, text in zip(
                *(batch[n].to_pylist() for n in ("_rule", "_code", "facts", "_text")), strict=True
            ):
                rule, known = rules[number], json.loads(facts)
                kept = {n: known[n] for n in ("_own", "consistent") if n in known}
                types: dict[str, Any] = {"_code": pl.Int8, "_own": pl.Int8, "consistent": pl.Boolean, "_read": pl.String}
                row = {"_code": code, **kept, "_read": text}
                rows = pl.DataFrame([row], schema={n: types[n] for n in row})
                told = rule.kind.refine(rule, rows, None).row(0, named=True)
                found.append((number, told["_code"], json.dumps({**known, **told}, ensure_ascii=False)))
            columns = [list(column) for column in zip(*found, strict=True)] or [[], [], []]
            yield pa.RecordBatch.from_pydict(dict(zip(schema.names, columns, strict=True)), schema=schema)

    return look


def _teller(shared: Any) -> Batches:
    """Messages and explanations of findings from their facts, in Spark's Python workers."""

    def tell(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        pack, as_of, scope, days = pickle.loads(shared.value)
        data = Dataset(places=[(None, None)])
        report = Report([pack], as_of, data, [], [])
        results = {i: RuleResult(b.rule, pack, scope) for i, b in pack.rules.items()}
        for batch in batches:
            rows = []
            for found in batch.to_pylist():
                result = results[found["rule"]]
                facts = _typed(json.loads(found["facts"]), days[found["rule"]]) | {SRC: 0}
                rows.append(_row(report._from_row(result, facts)))
            columns = {n: [r[n] for r in rows] for n in _names(_TOLD)}
            yield pa.RecordBatch.from_pydict(columns, schema=_arrow(_TOLD))

    return tell


def _arrow(schema: str) -> pa.Schema:
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "date": pa.date32(),
        "boolean": pa.bool_(),
        "bigint": pa.int64(),
        "array<string>": pa.list_(pa.string()),
    }
    return pa.schema([(n, types[t]) for n, t in (part.split() for part in schema.split(", "))])


def _typed(facts: dict[str, Any], days: Mapping[str, str]) -> dict[str, Any]:
    """Facts as they were before JSON."""
    for name, kind in days.items():
        if (text := facts.get(name)) is not None:
            facts[name] = date.fromisoformat(text) if kind == "date" else datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    return facts


def _rejected(table: str, told: RefusedRows) -> DataFrame:
    """Rejected rows with their problems, as expressions: a value that was there and means nothing."""
    from pyspark.sql import functions as f

    frame = told.frame
    problems = []
    for name in told.refused:
        raw = f.col(f"`_raw|{name}`").cast("string")
        bad = f.col(f"`{name}`").isNull() & (f.trim(raw) != "")
        found = f.regexp_replace(f.substring(raw, 1, 60), NUMBERS, "***")
        problems.append(f.when(bad, f.struct(f.lit(name).alias("field"), found.alias("found"))))
    blank = f.when(f.col("id").isNull(), f.struct(f.lit("id").alias("field"), f.lit("").alias("found")))
    problems.append(blank)
    if "_twice" in frame.columns:
        again = f.struct(f.lit("id").alias("field"), f.col("id").alias("found"))
        problems.append(f.when(f.col("_twice"), again))
    told_of: DataFrame = frame.select(
        f.lit(table).alias("table"),
        f.col("id").alias("record_id"),
        f.col(ROW).alias("source_row"),
        f.array_compact(f.array(*problems)).alias("problems"),
    )
    return told_of
