"""The history of checks: the summary and findings of every run, in a SQLite file or PostgreSQL, and the difference between runs.

Findings of two runs are matched by their identity (rule, record, subject, period, sheet), independent of dates and wording. A violation that
disappeared counts as fixed only if its rule ran again and its record is still in the ledger and valid, or what it is about was judged again.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from opencheck.core.clock import SHANGHAI
from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library
from opencheck.report.finding import Finding
from opencheck.report.history.stored_rows import StoredFinding, StoredRun
from opencheck.report.judged_again import JudgedAgain
from opencheck.report.report import Report
from opencheck.report.runs import Run, RunDiff
from opencheck.rules.packs.selection import task_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Select, Table

__all__ = [
    "SHOWN_RUNS",
    "History",
    "Run",
    "RunDiff",
    "history_file",
    "trend",
]


SCHEME = "postgresql://"

SHOWN_RUNS = 12
"""How many runs a report shows of its history."""

_LOCK_SECONDS = 5
"""How long to wait for another program that writes into a SQLite file."""

_MAX_NAMED = 10

_IDS_PER_QUERY = 500
"""Ids in one query: fewer than any version of SQLite takes."""


def history_file(address: str | Path) -> Path | None:
    """The SQLite file of a history; None where it is a database on a server.

    >>> history_file("历史.db").name, history_file("postgresql://localhost/portal")
    ('历史.db', None)
    """
    return None if str(address).startswith(SCHEME) else Path(address)


class History:
    """A history of checks.

    Args:
        address: a SQLite file, created if missing, or the address of a PostgreSQL database.

    Raises:
        InputError: the file is not SQLite, the database is unreachable, or its schema is of a later version.
    """

    def __init__(self, address: str | Path) -> None:
        try:
            import alembic  # noqa: F401
            import sqlalchemy
        except ImportError as exc:
            raise missing_library(exc, "历史记录 / the history") from exc
        text = str(address)
        file = history_file(address)
        self._place = "postgresql" if file is None else text
        options: dict[str, Any] = {}
        if file is None:
            url = sqlalchemy.make_url(text.replace(SCHEME, "postgresql+psycopg://", 1))
        else:
            if not file.resolve().parent.is_dir():
                raise InputError(f"{text}: 文件夹不存在 / no such folder")
            url = sqlalchemy.URL.create("sqlite", database=text)
            options = {"connect_args": {"timeout": _LOCK_SECONDS}}
        self._engine: Engine = sqlalchemy.create_engine(url, **options)
        with self._connected() as connection:
            self._migrate(connection)
        schema = sqlalchemy.MetaData()
        with self._connected() as connection:
            schema.reflect(connection, only=["opencheck_run", "opencheck_finding"])
        self._runs: Table = schema.tables["opencheck_run"]
        self._findings: Table = schema.tables["opencheck_finding"]
        for table, row in ((self._runs, StoredRun), (self._findings, StoredFinding)):
            if lacking := set(row.model_fields) - set(table.c.keys()):
                text = f"{self._place}: 表 {table.name} 缺列 / lacks columns: {', '.join(sorted(lacking))}"
                raise InputError(text, code="history_damaged", path=self._place)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Open a connection in a transaction; error messages omit the address, which may hold a password."""
        from alembic.util.exc import CommandError
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._engine.begin() as connection:
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql("PRAGMA foreign_keys = ON")
                yield connection
        except CommandError as exc:
            raise InputError(f"{self._place}: 历史记录是更新的版本写的 / written by a later version: {exc}") from exc
        except UnicodeDecodeError as exc:  # of the file's own tables
            raise self._damaged(exc) from exc
        except SQLAlchemyError as exc:
            origin = getattr(exc, "orig", None)
            error = getattr(origin, "sqlite_errorname", "") if isinstance(origin, sqlite3.Error) else ""
            if error.startswith("SQLITE_CORRUPT"):
                raise self._damaged(origin) from exc
            if error.startswith("SQLITE_BUSY"):
                raise InputError(
                    f"{self._place}: 被别的程序锁住，等了{_LOCK_SECONDS}秒；关掉那个程序再试 / locked by another program for "
                    f"{_LOCK_SECONDS} seconds; close it and try again",
                    code="history_locked",
                    path=self._place,
                ) from exc
            reason = str(origin or type(exc).__name__).splitlines()[0]
            raise InputError(f"{self._place}: 不是历史记录，或连不上 / no history, or not to be reached: {reason}") from exc

    def _damaged(self, reason: object) -> InputError:
        text = f"{self._place}: 文件损坏 / the file is damaged: {reason}"
        return InputError(text, code="history_damaged", path=self._place)

    def _migrate(self, connection: Connection) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", "opencheck:report/history/migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        current = MigrationContext.configure(connection, opts={"version_table": "opencheck_schema"}).get_current_heads()
        if set(current) == set(ScriptDirectory.from_config(config).get_heads()):
            return
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # another check may be making the same tables
        command.upgrade(config, "head")

    def close(self) -> None:
        """Close the connections to the database."""
        self._engine.dispose()

    def add(self, report: Report) -> Run:
        """Add a check to the history.

        Args:
            report: the check; its summary and findings are stored, with personal data masked as in every report.
        """
        from opencheck.core.version import __version__

        run = {
            "made_at": datetime.now(SHANGHAI),
            "version": __version__,
            "packs": ",".join(p.id for p in report.packs),
            "as_of": report.as_of,
            "rules": [r.rule.id for r in report.results],
            "summary": self._summary_of(report),
        }
        rows = [_finding_row(finding) for finding in report.findings()]
        with self._connected() as connection:
            (number,) = connection.execute(self._runs.insert().values(run)).inserted_primary_key or (0,)
            if rows:
                connection.execute(self._findings.insert(), [{"run": number, **row} for row in rows])
        return self.run(int(number))

    def _summary_of(self, report: Report) -> dict[str, Any]:
        """The counts of a check, and what is not fixed because it is out of sight: the ids of rejected and removed records, and the earlier
        violations without a record that were not judged again.
        """
        counts = report.summary
        summary = {**{k: counts[k] for k in ("outcomes", "violations")}, "rows": report.rows}
        counted = [f for f in report.violations if not f.before_plan]
        summary["by_task"] = dict(Counter(task_of(f.clause) for f in counted))
        summary["by_unit"] = dict(Counter(f.unit or "—" for f in counted))
        # A violation is not fixed if its row is rejected now.
        summary["rejected_ids"] = [[r.table, str(i)] for r in report.rejected if (i := r.values.get("id")) is not None]
        # Nor if its record was removed from the ledger.
        last = self._last_violations(",".join(p.id for p in report.packs))
        before = {(f["told"]["table"], f["told"]["record_id"]) for f in last if f["told"]["record_id"] is not None}
        present = report.record_ids({table for table, _ in before})
        summary["gone_ids"] = sorted([table, record] for table, record in before if record not in present[table])
        judged_again = JudgedAgain(report.results, report.findings(), report.data)
        ran = {r.rule.id for r in report.results}
        summary["unjudged"] = [
            {"id": f["id"], "rule": f["rule"], "told": {k: f["told"][k] for k in _WHERE}}
            for f in last
            if f["told"]["record_id"] is None and f["rule"] in ran and not judged_again.covers(f["rule"], f["told"])
        ]
        return summary

    def runs(self, packs: str | None = None, last: int | None = None) -> list[Run]:
        """Return runs, the earliest first.

        Args:
            packs: only runs with these packs (ids joined by commas).
            last: only so many, the latest; all where None.

        Raises:
            InputError: a row was changed by hand, or damaged, and is no run any more.
        """
        query = self._select(self._runs).order_by(self._runs.c.id.desc()).limit(last)
        if packs is not None:
            query = query.where(self._runs.c.packs == packs)
        return [Run(**row) for row in reversed(self._rows(query, StoredRun))]

    def count(self) -> int:
        """The number of runs."""
        import sqlalchemy

        with self._connected() as connection:
            return int(connection.execute(sqlalchemy.select(sqlalchemy.func.count(self._runs.c.id))).scalar_one())

    def run(self, number: int) -> Run:
        """Return a run by its number.

        Raises:
            InputError: there is no such run.
        """
        import sqlalchemy

        for row in self._rows(self._select(self._runs).where(self._runs.c.id == number), StoredRun):
            return Run(**row)
        ids = sqlalchemy.select(self._runs.c.id).order_by(self._runs.c.id.desc()).limit(SHOWN_RUNS)
        with self._connected() as connection:
            known = ", ".join(map(str, connection.execute(ids).scalars())) or "—"
        raise InputError(f"没有第{number}次检查 / no run {number}; the last are: {known}")

    def compare(self, earlier: int | None = None, later: int | None = None) -> RunDiff:
        """Compare two runs, by default the last one with the one before it with the same packs.

        Raises:
            InputError: there are no such runs.
        """
        if later is None:
            last = self.runs(last=1)
            if not last:
                raise InputError("还没有检查记录 / no run is kept yet")
            later = last[0].id
        new = self.run(later)
        if earlier is None:
            r = self._runs.c
            query = self._select(self._runs).where(r.id < later, r.packs == new.packs).order_by(r.id.desc()).limit(1)
            before = self._rows(query, StoredRun)
            if not before:
                raise InputError(f"第{later}次之前没有同一规则包的检查 / no run with the same packs before run {later}")
            earlier = before[0]["id"]
        old = self.run(earlier)
        findings_before, findings_now = self._findings_of(earlier), self._findings_of(later)
        violations_now = {i: f for i, f in findings_now.items() if f["outcome"] == "violation"}
        violations_before = {i: f for i, f in findings_before.items() if f["outcome"] == "violation"}
        fresh = [i for i in violations_now if i not in violations_before]
        seen_before = self._violations_before(earlier, old.packs, fresh)
        gone = [i for i in violations_before if i not in violations_now]
        lost = {tuple(pair) for pair in (*new.summary["rejected_ids"], *new.summary["gone_ids"])}
        unjudged = {f["id"] for f in new.summary.get("unjudged", ())}  # runs of older versions have none
        unknown = ("indeterminate", "waived", "needs_review")

        def is_open(i: str) -> bool:
            finding = violations_before[i]["told"]
            skipped = violations_before[i]["rule"] not in new.rules or (finding["table"], finding["record_id"]) in lost
            return skipped or i in unjudged or findings_now.get(i, {}).get("outcome") in unknown

        open_ = [i for i in gone if is_open(i)]
        return RunDiff(
            old,
            new,
            new=[violations_now[i] for i in fresh],
            returned=[violations_now[i] for i in fresh if i in seen_before],
            recurring=[violations_now[i] for i in violations_now if i in violations_before],
            fixed=[violations_before[i] for i in gone if i not in open_],
            open=[violations_before[i] for i in open_],
        )

    def _last_violations(self, packs: str) -> list[dict[str, Any]]:
        """Return the violations of the last run with these packs, and those that had got out of its sight."""
        runs = self.runs(packs, last=1)
        if not runs:
            return []
        removed = [{"told": {"table": table, "record_id": i}} for table, i in runs[-1].summary["gone_ids"]]
        removed += runs[-1].summary.get("unjudged", [])
        return removed + [f for f in self._findings_of(runs[-1].id).values() if f["outcome"] == "violation"]

    def _findings_of(self, run: int) -> dict[str, dict[str, Any]]:
        rows = self._rows(self._select(self._findings).where(self._findings.c.run == run), StoredFinding)
        return {row["id"]: row for row in rows}

    def _violations_before(self, run: int, packs: str, ids: Sequence[str]) -> set[str]:
        """Return those of the ids of findings that were violations in an earlier run."""
        import sqlalchemy

        f, r = self._findings.c, self._runs.c
        query = sqlalchemy.select(f.id).join(self._runs, r.id == f.run)
        query = query.where(f.run < run, r.packs == packs, f.outcome == "violation").distinct()
        found: set[str] = set()
        with self._connected() as connection:
            for at in range(0, len(ids), _IDS_PER_QUERY):
                found |= set(connection.execute(query.where(f.id.in_(ids[at : at + _IDS_PER_QUERY]))).scalars())
        return found

    def _select(self, table: Table) -> Select[Any]:
        """A query of a table's rows as they are stored: what a person has changed by hand is told by :meth:`_rows`."""
        import sqlalchemy

        as_stored = sqlalchemy.types.NullType()
        columns: list[Any] = [sqlalchemy.type_coerce(c, as_stored).label(c.name) for c in table.c]
        return sqlalchemy.select(*columns)

    def _rows(self, query: Select[Any], kind: type[StoredRun | StoredFinding]) -> list[dict[str, Any]]:
        """The rows of a query.

        Raises:
            InputError: rows that are not what opencheck wrote; each is named.
        """
        with self._connected() as connection:
            stored = [dict(row) for row in connection.execute(query).mappings()]
        found, damaged = [], []
        for row in stored:
            try:
                found.append(kind.model_validate(row).as_row())
            except ValidationError as exc:
                damaged.append(kind.damage(row, exc))
        if damaged:
            listed = "；".join(damaged[:_MAX_NAMED])
            raise InputError(
                f"{self._place}: 有{len(damaged)}行损坏或被手工改过，请恢复备份或删去那一次 / {len(damaged)} rows are damaged or were "
                f"changed by hand, restore a backup or delete the run: {listed}",
                code="history_damaged",
                path=self._place,
                found=damaged,
            )
        return found


def trend(runs: Sequence[Run], by: str, last: int = SHOWN_RUNS) -> tuple[list[Run], list[tuple[str, list[int]]]]:
    """Count violations ``by_unit`` or ``by_task`` in the last runs, sorted by the latest, except those from before the plan was binding."""
    shown = list(runs)[-last:]
    names = {name for run in shown for name in run.summary[by]}
    lines = [(name, [run.summary[by].get(name, 0) for run in shown]) for name in names]
    return shown, sorted(lines, key=lambda line: ([-n for n in reversed(line[1])], line[0]))


_STORED_FACTS = (
    *("table", "record_id", "title", "subject", "period", "due", "actual", "late_by", "late_unit"),
    *("message", "remedy", "source"),
)
"""The values of a finding as JSON that are stored unchanged."""
_WHERE = ("table", "record_id", "subject", "period", "source")
"""Those of them that tell what it is about."""


def _finding_row(finding: Finding) -> dict[str, Any]:
    """A finding as a row of the history."""
    facts = finding.as_dict()
    return {
        "id": finding.id,
        "rule": finding.rule,
        "task": task_of(finding.clause),
        "unit": finding.unit,
        "outcome": finding.outcome.value,
        "severity": finding.severity.value,
        "before_plan": finding.before_plan,
        "told": {k: facts[k] for k in _STORED_FACTS},
    }
