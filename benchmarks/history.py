"""How long a check takes to be kept in a history of many runs: ``python benchmarks/history.py [RUNS]``."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import opencheck as oc
from opencheck.report.history.store import SHOWN_RUNS, History

VIOLATIONS = 100


def report() -> oc.Report:
    """A check with violations."""
    rows = [{"id": str(n), "received_on": "2018-10-08", "replied_on": "2018-12-20"} for n in range(VIOLATIONS)]
    return oc.check({"request": rows}, as_of="2018-12-31", rules="PD-15.3")


def fill(file: Path, runs: int) -> None:
    """Copy the first run of a history until it has so many."""
    own = sqlite3.connect(file)
    for table, key in (("opencheck_run", "id"), ("opencheck_finding", "run")):
        columns = [row[1] for row in own.execute(f"pragma table_info({table})")]
        copied = ", ".join("n.i" if c == key else c for c in columns)
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {runs})"
        own.execute(f"{numbers} INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM {table}, n WHERE {key} = 1")
    own.commit()
    own.close()


def main() -> None:
    """Print the seconds of each step."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as folder:
        file, check = Path(folder) / "history.db", report()
        first = History(file)
        first.add(check)
        first.close()
        fill(file, runs)
        times = [time.perf_counter()]
        history = History(file)
        times.append(time.perf_counter())
        kept = history.add(check)
        times.append(time.perf_counter())
        history.runs(kept.packs, last=SHOWN_RUNS)
        history.compare(later=kept.id)
        times.append(time.perf_counter())
        history.close()
        steps = zip(("open", "add", "last runs and comparison"), times, times[1:], strict=False)
        print(f"{runs} runs of {VIOLATIONS} violations, {file.stat().st_size / 1e6:.0f} MB: ", end="")
        print("; ".join(f"{name} {end - start:.2f} s" for name, start, end in steps))


if __name__ == "__main__":
    main()
