"""The history of checks: the summary and findings of every run, in a SQLite file or PostgreSQL, and the difference between runs.

Findings of two runs are matched by their identity (rule, record, subject, period, sheet), independent of dates and wording. A violation that
disappeared counts as fixed only if its rule ran again and its record is still in the ledger and valid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opencheck.core.clock import SHANGHAI
from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library
from opencheck.core.personal_data import mask_for_display
from opencheck.report.report import Report
from opencheck.report.runs import Run, RunDiff
from opencheck.rules.packs.selection import task_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

__all__ = [
    "History",
    "Run",
    "RunDiff",
]


SCHEME = "postgresql://"


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
        self._place = text if not text.startswith(SCHEME) else "postgresql"
        if text.startswith(SCHEME):
            url = sqlalchemy.make_url(text.replace(SCHEME, "postgresql+psycopg://", 1))
        else:
            if not Path(text).resolve().parent.is_dir():
                raise InputError(f"{text}: 文件夹不存在 / no such folder")
            url = sqlalchemy.URL.create("sqlite", database=text)
        self._engine: Engine = sqlalchemy.create_engine(url)
        with self._connected() as connection:
            self._migrate(connection)
        schema = sqlalchemy.MetaData()
        with self._connected() as connection:
            schema.reflect(connection, only=["opencheck_run", "opencheck_finding"])
        self._runs: Table = schema.tables["opencheck_run"]
        self._findings: Table = schema.tables["opencheck_finding"]

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
        except SQLAlchemyError as exc:
            reason = str(getattr(exc, "orig", None) or type(exc).__name__).splitlines()[0]
            raise InputError(f"{self._place}: 不是历史记录，或连不上 / no history, or not to be reached: {reason}") from exc

    def _migrate(self, connection: Connection) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", "opencheck:report/history/migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
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

        counts = report.summary
        summary = {**{k: counts[k] for k in ("outcomes", "violations")}, "rows": report.rows}
        counted = [f for f in report.violations if not f.before_plan]
        summary["by_task"] = dict(Counter(task_of(f.clause) for f in counted))
        summary["by_unit"] = dict(Counter(f.unit or "—" for f in counted))
        # A violation is not fixed if its row is rejected now.
        summary["rejected_ids"] = [
            [r.table, mask_for_display(str(i))] for r in report.rejected if (i := r.values.get("id")) is not None
        ]
        # Nor if its record was removed from the ledger.
        before = [f for f in self._last_violations(",".join(p.id for p in report.packs)) if f["told"]["record_id"] is not None]
        present = report.record_ids({f["told"]["table"] for f in before})
        gone = {
            (f["told"]["table"], f["told"]["record_id"])
            for f in before
            if f["told"]["record_id"] not in present[f["told"]["table"]]
        }
        summary["gone_ids"] = sorted(map(list, gone))
        run = {
            "made_at": datetime.now(SHANGHAI),
            "version": __version__,
            "packs": ",".join(p.id for p in report.packs),
            "as_of": report.as_of,
            "rules": [r.rule.id for r in report.results],
            "summary": summary,
        }
        stored = (
            "table",
            "record_id",
            "title",
            "subject",
            "period",
            "due",
            "actual",
            "late_by",
            "late_unit",
            "message",
            "remedy",
            "source",
        )
        rows = []
        for finding in report.findings():
            given = finding.as_dict()
            rows.append(
                {
                    "id": finding.id,
                    "rule": finding.rule,
                    "task": task_of(finding.clause),
                    "unit": finding.unit,
                    "outcome": finding.outcome.value,
                    "severity": finding.severity.value,
                    "before_plan": finding.before_plan,
                    "told": {k: given[k] for k in stored},
                }
            )
        with self._connected() as connection:
            (number,) = connection.execute(self._runs.insert().values(run)).inserted_primary_key or (0,)
            if rows:
                connection.execute(self._findings.insert(), [{"run": number, **row} for row in rows])
        return self.run(int(number))

    def runs(self, packs: str | None = None) -> list[Run]:
        """Return the runs, the earliest first, optionally only those with given packs (ids joined by commas)."""
        query = self._runs.select().order_by(self._runs.c.id)
        if packs is not None:
            query = query.where(self._runs.c.packs == packs)
        with self._connected() as connection:
            found = connection.execute(query).mappings().all()
        return [Run(**{**row, "made_at": _with_zone(row["made_at"])}) for row in found]

    def run(self, number: int) -> Run:
        """Return a run by its number.

        Raises:
            InputError: there is no such run.
        """
        for run in self.runs():
            if run.id == number:
                return run
        known = ", ".join(str(r.id) for r in self.runs()) or "—"
        raise InputError(f"没有第{number}次检查 / no run {number}; there are: {known}")

    def compare(self, earlier: int | None = None, later: int | None = None) -> RunDiff:
        """Compare two runs, by default the last one with the one before it with the same packs.

        Raises:
            InputError: there are no such runs.
        """
        runs = self.runs()
        if later is None:
            if not runs:
                raise InputError("还没有检查记录 / no run is kept yet")
            later = runs[-1].id
        new = self.run(later)
        if earlier is None:
            before = [r for r in runs if r.id < later and r.packs == new.packs]
            if not before:
                raise InputError(f"第{later}次之前没有同一规则包的检查 / no run with the same packs before run {later}")
            earlier = before[-1].id
        old = self.run(earlier)
        findings_before, findings_now = self._findings_of(earlier), self._findings_of(later)
        violations_now = {i: f for i, f in findings_now.items() if f["outcome"] == "violation"}
        violations_before = {i: f for i, f in findings_before.items() if f["outcome"] == "violation"}
        fresh = [i for i in violations_now if i not in violations_before]
        seen_before = self._violations_before(earlier, old.packs)
        gone = [i for i in violations_before if i not in violations_now]
        lost = {tuple(pair) for pair in (*new.summary["rejected_ids"], *new.summary["gone_ids"])}
        unknown = ("indeterminate", "waived", "needs_review")

        def is_open(i: str) -> bool:
            finding = violations_before[i]["told"]
            skipped = violations_before[i]["rule"] not in new.rules or (finding["table"], finding["record_id"]) in lost
            return skipped or findings_now.get(i, {}).get("outcome") in unknown

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
        """Return the violations of the last run with these packs, and those whose records had been removed by then."""
        runs = self.runs(packs)
        if not runs:
            return []
        removed = [{"told": {"table": table, "record_id": i}} for table, i in runs[-1].summary["gone_ids"]]
        return removed + [f for f in self._findings_of(runs[-1].id).values() if f["outcome"] == "violation"]

    def _findings_of(self, run: int) -> dict[str, dict[str, Any]]:
        with self._connected() as connection:
            found = connection.execute(self._findings.select().where(self._findings.c.run == run)).mappings().all()
        return {row["id"]: dict(row) for row in found}

    def _violations_before(self, run: int, packs: str) -> set[str]:
        """Return the ids of findings that were violations in an earlier run."""
        import sqlalchemy

        f, r = self._findings.c, self._runs.c
        query = sqlalchemy.select(f.id).join(self._runs, r.id == f.run)
        query = query.where(f.run < run, r.packs == packs, f.outcome == "violation").distinct()
        with self._connected() as connection:
            return set(connection.execute(query).scalars())


def _with_zone(moment: datetime) -> datetime:
    """Restore the zone of a time from the database: SQLite stores the local time of Shanghai without a zone."""
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)


def trend(runs: Sequence[Run], by: str, last: int = 12) -> tuple[list[Run], list[tuple[str, list[int]]]]:
    """Count violations ``by_unit`` or ``by_task`` in the last runs, sorted by the latest, except those from before the plan was binding."""
    shown = list(runs)[-last:]
    names = {name for run in shown for name in run.summary[by]}
    lines = [(name, [run.summary[by].get(name, 0) for run in shown]) for name in names]
    return shown, sorted(lines, key=lambda line: ([-n for n in reversed(line[1])], line[0]))
