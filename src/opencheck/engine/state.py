"""What a check remembers, so that the next one judges only records that changed since: ``opencheck check --state FILE``.

For each table a 128-bit hash of every record with all that was linked to it, and the outcomes that its rules came to; for each rule the facts
that its findings are told from. A record is judged anew where this hash is new: it changed, or something that it is linked to did. A judgement
depends on nothing else but the plan (the rules' expressions, the day, the calendar), and where the plan is another one, everything is judged
anew. Rules about sets (series, counts, tables published) are worked out every time.

The file is SQLite. It holds ids, titles and facts of records with findings, as reports do, and no texts that were read for personal data.
"""

from __future__ import annotations

import hashlib
import io
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from opencheck.core.errors import InputError

__all__ = [
    "AT",
    "HASH",
    "MARKS",
    "NOTHING",
    "PATTERN",
    "Known",
    "State",
    "digest",
    "hashed",
]


HASH, CHECK, PATTERN, AT = "_hash", "_check", "_pattern", "_at"

MARKS = [HASH, CHECK]

_APPLICATION = 0x0C43_5354

_ROWS = 2_000_000
"""Records whose hashes are in one blob: SQLite has none of more than 2 GB."""


def hashed(columns: list[str]) -> list[pl.Expr]:
    """Two hashes of a record over these columns: the one to look up by, the other to be sure.

    Each adds up the hashes of the values, multiplied by odd numbers of the columns' own.
    """
    odd = [
        [int.from_bytes(hashlib.sha256(f"{c} {k}".encode()).digest()[:8], "big") | 1 for c in columns] for k in (HASH, CHECK)
    ]
    sums = (pl.sum_horizontal(pl.col(c).hash() * pl.lit(n, pl.UInt64) for c, n in zip(columns, of, strict=True)) for of in odd)
    return [total.alias(k) for total, k in zip(sums, (HASH, CHECK), strict=True)]


def digest(parts: list[bytes]) -> str:
    """A fingerprint of byte strings, each by its length and content."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


@dataclass
class Known:
    """What is known of a table from an earlier check.

    ``records`` holds, in the order of the table, ``_hash``, ``_check`` and ``_pattern``, the outcomes that its rules came to; ``facts`` the
    told records' facts by rule, with their hashes.
    """

    plan: str
    records: pl.DataFrame
    facts: dict[str, pl.DataFrame] = field(default_factory=dict)

    def met(self, marks: pl.DataFrame) -> pl.DataFrame:
        """Those of some records, given by their hashes and by their places (``_at``, without a gap), that are known, with their pattern."""
        if self.records.is_empty() or marks.is_empty():
            return marks.clear().with_columns(pl.lit("").alias(PATTERN))
        # Most stand where they stood; the others are looked for.
        here = self.records.slice(marks[AT][0], len(marks))
        stood = _same(marks.head(len(here)), here)
        moved = pl.concat([~stood, pl.repeat(True, len(marks) - len(here), dtype=pl.Boolean, eager=True)])
        found = [marks.head(len(here)).with_columns(here[PATTERN]).filter(stood)]
        if moved.any():
            rest = marks.filter(moved).sort(HASH)  # so that neighbours are looked up one after another
            known = self._sorted[self._sorted[HASH].search_sorted(rest[HASH]).clip(upper_bound=len(self._sorted) - 1)]
            found.append(rest.with_columns(known[PATTERN]).filter(_same(rest, known)))
        return pl.concat(found)

    @cached_property
    def _sorted(self) -> pl.DataFrame:
        return self.records.sort(HASH).filter((pl.col(HASH) != pl.col(HASH).shift()).fill_null(True))


def _same(marks: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    return (marks[HASH] == known[HASH]) & (marks[CHECK] == known[CHECK])


NOTHING = Known("", pl.DataFrame())
"""What is known where no earlier check went by the same plan."""


class State:
    """The file that a check remembers in; nothing is written before :meth:`save`.

    Raises:
        InputError: a file that is not one of these.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kept = self.judged = 0
        """Records that were known, and those that were judged anew, in tables that are remembered."""
        self._new: dict[str, Known] = {}
        self._changed = False
        if path.exists() and path.stat().st_size:
            try:
                with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
                    (found,) = file.execute("PRAGMA application_id").fetchone()
            except sqlite3.DatabaseError:
                found = None
            if found != _APPLICATION:
                raise InputError(
                    f"{path}: 不是opencheck的状态文件，不覆盖 / not a state file of opencheck; it is left as it is",
                    code="not_a_state_file",
                    path=path,
                )
        elif not path.resolve().parent.is_dir():
            raise InputError(f"{path}: 文件夹不存在 / no such folder", code="no_such_folder", path=path)

    def known(self, table: str, plan: str) -> Known | None:
        """What an earlier check knows of a table, if it judged by the same plan."""
        if not self.path.exists():
            return None
        with closing(sqlite3.connect(self.path)) as file:
            if not file.execute("SELECT 1 FROM sqlite_master WHERE name = 'plan'").fetchone():
                return None
            if file.execute("SELECT plan FROM plan WHERE name = ?", (table,)).fetchone() != (plan,):
                return None
            parts = file.execute("SELECT data FROM records WHERE name = ? ORDER BY part", (table,)).fetchall()
            facts = file.execute("SELECT rule, data FROM facts WHERE name = ?", (table,)).fetchall()
        return Known(plan, pl.concat([_read(p) for (p,) in parts]), {rule: _read(data) for rule, data in facts})

    def remember(
        self,
        table: str,
        plan: str,
        records: pl.DataFrame,
        facts: Mapping[str, pl.DataFrame],
        *,
        known: Known | None,
        judged: int,
    ) -> None:
        """Take what this check knows of a table, of which an earlier one had ``known``; ``judged`` records were new.

        ``records`` has their places in ``_at`` beside.
        """
        if known is not None and not judged and len(records) == len(known.records):
            self._new[table] = known
            return
        self._changed = True
        records = records.sort(AT).drop(AT)
        self._new[table] = Known(plan, records, {rule: frame.unique(MARKS, keep="any") for rule, frame in facts.items()})

    def save(self) -> None:
        """Write what this check knows in place of what the earlier one knew, all of it or nothing."""
        if not self._changed and self.path.exists():
            return
        with closing(sqlite3.connect(self.path)) as file, file:
            file.execute(f"PRAGMA application_id = {_APPLICATION}")
            for name, columns in (
                ("plan", "name PRIMARY KEY, plan"),
                ("records", "name, part INTEGER, data BLOB"),
                ("facts", "name, rule, data BLOB"),
            ):
                file.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
                file.execute(f"DELETE FROM {name}")
            for table, known in self._new.items():
                file.execute("INSERT INTO plan VALUES (?, ?)", (table, known.plan))
                for part in range(0, max(len(known.records), 1), _ROWS):
                    data = _written(known.records.slice(part, _ROWS))
                    file.execute("INSERT INTO records VALUES (?, ?, ?)", (table, part, data))
                for rule, frame in known.facts.items():
                    file.execute("INSERT INTO facts VALUES (?, ?, ?)", (table, rule, _written(frame)))


def _written(frame: pl.DataFrame) -> bytes:
    data = io.BytesIO()
    frame.write_ipc(data, compression="zstd")
    return data.getvalue()


def _read(data: bytes) -> pl.DataFrame:
    return pl.read_ipc(io.BytesIO(data))
