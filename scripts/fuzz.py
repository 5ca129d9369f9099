"""Read damaged and hostile files of every kind, each in a process of its own with a bound on time and memory, and say what went wrong.

    python scripts/fuzz.py --inputs 24000
    python scripts/fuzz.py --seconds 15 --only csv,json
    python scripts/fuzz.py --replay out/fuzz/xlsx-123

Inputs are valid files changed part by part (``fuzz_mutations``). An input may be read or refused by one of opencheck's errors; a crash, a hang,
memory beyond the bound, any other exception, or a row that is not accounted for is a fault: its input is kept, and the exit status is 1. The
same seed makes the same inputs.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import pickle
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent))

from fuzz_mutations import MUTATORS
from fuzz_seeds import ROOT, make_seeds, own_pack, small_report

READ, REFUSED, FAULT = 0, 3, 4
MEMORY = 3 << 30
SECONDS = 20
"""Of work: on a busy machine they last longer."""
WAIT = 120


def _consume_dataset(data: Any) -> None:
    """Read every batch with every field, and make sure that every row is counted once."""
    from opencheck.records.dataset import ALL_CELLS, REJECTED

    for table in data.tables.values():
        checked = rejected = 0
        for batch in table.batches({*table.present, ALL_CELLS}):
            rejected += int(batch[REJECTED].sum())
            checked += len(batch) - int(batch[REJECTED].sum())
        listed = sum(len(source.account()[1]) for source in table.sources) + len(table.unread)  # one row for what was not read
        assert (checked, rejected) == (table.count, listed), (
            f"{table.spec.name}: {checked}+{rejected}, told {table.count}+{listed}"
        )
    rows = data.rows
    assert rows["read"] == rows["checked"] + rows["rejected"], rows


def _ledger(path: Path) -> None:
    from opencheck.readers import read

    _consume_dataset(read(path))


def _on_duckdb(path: Path) -> None:
    from opencheck.engine.carriers.duckdb import DuckDBCarrier
    from opencheck.readers import delimited, read

    delimited.STREAMING_THRESHOLD_BYTES = 0
    _consume_dataset(read(path, carrier=DuckDBCarrier("256MiB", folder=path.parent, threads=1)))


def _checked(path: Path) -> None:
    import opencheck as oc

    oc.check(path, pack=own_pack(path.parent), as_of="2018-12-31", include_all=True).to_dict()


def _document(path: Path) -> None:
    import opencheck as oc

    document = oc.documents.read(path)
    document.as_record()


def _fixed(path: Path) -> None:
    from opencheck.documents.redaction import fixed_copy

    fixed_copy(path.read_bytes(), path.name, attribute="主动公开")


def _pack(path: Path) -> None:
    import opencheck as oc

    folder = own_pack(path.parent)
    shutil.copy(path, folder / path.name)
    loaded = oc.load_pack(folder)
    for rule in loaded.rules.values():
        asked = {
            "request": [{"id": "1", "unit": "市财政局", "received_on": "2018-11-05"}],
            "disclosure": [{"id": "1", "topic": "debt"}],
        }
        [(f.message, f.explanation, f.remedy) for f in rule.check(asked, as_of="2018-12-31")]


def _norms(path: Path) -> None:
    import opencheck as oc

    folder = path.parent / "cn-statutes"
    shutil.copytree(ROOT / "rules" / "cn-statutes", folder, dirs_exist_ok=True)
    shutil.copy(path, folder / "norms.yaml")
    oc.load_pack(folder)


def _mapping(path: Path) -> None:
    from opencheck.readers.heading_maps import load_map

    load_map(path)


def _calendar(path: Path) -> None:
    from datetime import date

    from opencheck.core.calendar import WorkCalendar

    WorkCalendar.china(path).add_working_days(date(2018, 9, 28), 3)


def _waivers(path: Path) -> None:
    import opencheck as oc

    file = path.with_name("waiver.csv")
    path.rename(file)
    asked = {"request": [{"id": "1", "unit": "市财政局", "received_on": "2018-09-03"}]}
    oc.check([asked, file], pack=own_pack(path.parent), as_of="2018-12-31").to_dict()


def _baseline(path: Path) -> None:
    report = small_report(path.parent)
    report.compare(path)
    report.to_dict()


def _history(path: Path) -> None:
    from opencheck.report.history.store import History

    history = History(path)
    for run in history.runs():
        history.run(run.id)
    history.compare()
    history.add(small_report(path.parent))


@dataclass(frozen=True)
class Target:
    """What is read: the seed, the name of its file, how it is changed, and by what it is read."""

    seed: str
    file: str
    mutator: str
    consume: Callable[[Path], None]
    weight: int = 2


TARGETS = {
    "xlsx": Target("xlsx", "台账.xlsx", "archive", _ledger, 6),
    "xls": Target("xls", "台账.xls", "biff", _ledger, 3),
    "xlsb": Target("xlsb", "台账.xlsb", "archive", _ledger, 2),
    "ods": Target("ods", "台账.ods", "archive", _ledger, 2),
    "spreadsheet_xml": Target("spreadsheet_xml", "台账.xls", "xml", _ledger),
    "csv": Target("csv", "台账.csv", "text", _ledger, 4),
    "csv_duckdb": Target("csv", "request.csv", "text", _on_duckdb, 3),
    "csv_checked": Target("csv", "台账.csv", "text", _checked, 1),
    "json": Target("json", "台账.json", "json", _ledger, 4),
    "jsonl": Target("jsonl", "台账.jsonl", "json", _ledger, 3),
    "parquet": Target("parquet", "request.parquet", "columns", _ledger, 4),
    "parquet_duckdb": Target("parquet", "request.parquet", "columns", _on_duckdb, 2),
    "arrow": Target("arrow", "request.arrow", "columns", _ledger, 2),
    "sqlite": Target("sqlite", "台账.db", "pages", _ledger, 3),
    "sqlite_duckdb": Target("sqlite", "台账.db", "pages", _on_duckdb, 1),
    "html": Target("html", "台账.html", "xml", _ledger),
    "docx": Target("docx", "通知.docx", "archive", _document, 5),
    "docx_fixed": Target("docx", "通知.docx", "archive", _fixed, 2),
    "pdf": Target("pdf", "通知.pdf", "pdf", _document, 4),
    "ofd": Target("ofd", "通知.ofd", "archive", _document, 4),
    "page": Target("page", "通知.html", "xml", _document),
    "page_fixed": Target("page", "通知.html", "xml", _fixed, 1),
    "text": Target("text", "通知.txt", "text", _document),
    "sheet": Target("sheet", "名单.xlsx", "archive", _document),
    "sheet_xls": Target("xls", "名单.xls", "biff", _document, 1),
    "pack.yaml": Target("pack.yaml", "pack.yaml", "yaml", _pack, 3),
    "topics.yaml": Target("topics.yaml", "topics.yaml", "yaml", _pack, 1),
    "rules.yaml": Target("rules.yaml", "rules.yaml", "yaml", _pack, 4),
    "norms.yaml": Target("norms.yaml", "norms.yaml", "yaml", _norms),
    "mapping": Target("mapping", "台账.map.yaml", "yaml", _mapping),
    "calendar": Target("calendar", "2027.json", "json", _calendar),
    "waivers": Target("waivers", "豁免.csv", "text", _waivers),
    "baseline": Target("baseline", "上次.json", "json", _baseline),
    "history": Target("history", "历史.db", "pages", _history),
}


def run_one(target: Target, content: bytes, folder: Path) -> int:
    """Start a process that reads one input; its errors go to a file beside it.

    Returns:
        The id of the process, the leader of a group of its own.
    """
    pid = os.fork()
    if pid:
        return pid
    status = FAULT
    try:
        os.setsid()
        signal.alarm(WAIT)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        path = folder / target.file
        path.write_bytes(content)
        from opencheck.core.errors import OpencheckError

        try:
            target.consume(path)
            status = READ
        except OpencheckError as exc:
            status = REFUSED if str(exc).strip() else FAULT
            if status == FAULT:
                traceback.print_exc()
        except BaseException:
            traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


@dataclass
class Fault:
    """An input that was neither read nor refused."""

    target: str
    number: int
    kind: str
    where: str


def verdict(status: int, log: str) -> tuple[str, str]:
    """What an exit status and the errors that were written amount to: a word, and for a fault what tells it from others."""
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return ("hang" if name in ("SIGALRM", "SIGXCPU") else "crash"), name
    code = os.WEXITSTATUS(status)
    if code in (READ, REFUSED):
        return ("read" if code == READ else "refused"), ""
    lines = log.strip().splitlines() or [f"exit status {code}"]
    own = [line.strip() for line in lines if "opencheck/" in line and "File " in line] or [""]
    return ("memory" if "MemoryError" in lines[-1] else "exception"), f"{lines[-1][:100]} | {own[-1][-90:]}"


def _seeds() -> dict[str, bytes]:
    """The seeds, made in another process: engines that have started threads here would not work after a fork."""
    done = subprocess.run([sys.executable, str(Path(__file__).resolve()), "--make-seeds"], capture_output=True, check=True)
    seeds: dict[str, bytes] = pickle.loads(done.stdout)
    return seeds


_WARM = """
adbc_driver_sqlite.dbapi duckdb lxml.etree lxml.html openpyxl pyarrow.parquet pypdf python_calamine sqlalchemy alembic
opencheck.api.check opencheck.documents.detect opencheck.documents.reader opencheck.documents.redaction opencheck.engine.carriers.duckdb
opencheck.readers.delimited opencheck.readers.excel opencheck.readers.frames opencheck.readers.html opencheck.readers.json_rows
opencheck.readers.sql opencheck.report.history.store
"""


def _warm() -> None:
    """Import what readers import, so that each process need not. No query may run here: its threads would be lacking after a fork."""
    for module in _WARM.split():
        importlib.import_module(module)
    started = [Path(f"/proc/self/task/{thread}/comm").read_text() for thread in os.listdir("/proc/self/task")]
    assert not any(name.startswith("polars-0") for name in started), started


def content_of(name: str, number: int, seed: int, seeds: dict[str, bytes]) -> bytes:
    """One input; the same numbers always make the same one."""
    rng = random.Random(f"{seed}/{name}/{number}")
    content = seeds[TARGETS[name].seed]
    for _ in range(rng.choice((1, 1, 1, 2))):
        try:
            content = MUTATORS[TARGETS[name].mutator](rng, content)
        except Exception:  # what was changed once may not be taken apart again
            content = MUTATORS["bytes"](rng, content)
    return content


def fuzz(
    names: list[str], inputs: int, seconds: float, seed: int, keep: Path, jobs: int
) -> tuple[Counter[tuple[str, str]], list[Fault]]:
    """Run inputs until their number or the time is reached.

    Returns:
        How many of each target ended how, and the faults.
    """
    seeds = _seeds()
    _warm()
    order = [n for n in names for _ in range(TARGETS[n].weight)]
    random.Random(seed).shuffle(order)
    counts: Counter[tuple[str, str]] = Counter()
    faults: list[Fault] = []
    running: dict[int, tuple[str, int, bytes, Path]] = {}
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        number = 0
        while running or (number < inputs and time.monotonic() < end):
            while len(running) < jobs and number < inputs and time.monotonic() < end:
                name = order[number % len(order)]
                folder = Path(scratch) / str(number)
                folder.mkdir()
                content = content_of(name, number, seed, seeds)
                running[run_one(TARGETS[name], content, folder)] = (name, number, content, folder)
                number += 1
            pid, status = os.wait()
            if pid not in running:
                continue
            name, at, content, folder = running.pop(pid)
            with contextlib.suppress(ProcessLookupError):  # what it started ends with it
                os.killpg(pid, signal.SIGKILL)
            log = (folder / "log").read_text(encoding="utf-8", errors="replace") if (folder / "log").exists() else ""
            word, where = verdict(status, log)
            counts[name, word] += 1
            if word not in ("read", "refused"):
                faults.append(Fault(name, at, word, where))
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{name}-{at}").write_bytes(content)
                (keep / f"{name}-{at}.log").write_text(log[-20_000:], encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
    return counts, faults


def replay(kept: Path) -> int:
    """Read one kept input in this process."""
    name = kept.name.rpartition("-")[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / TARGETS[name].file
        path.write_bytes(kept.read_bytes())
        TARGETS[name].consume(path)
    return 0


def main() -> int:
    """Run what the command line asks for; 1 where there was a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1_000_000_000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="targets, separated by commas")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path("out/fuzz"))
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--make-seeds", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make_seeds:
        sys.stdout.buffer.write(pickle.dumps(make_seeds()))
        return 0
    if given.replay:
        return replay(given.replay)
    names = given.only.split(",") if given.only else list(TARGETS)
    began = time.monotonic()
    counts, faults = fuzz(names, given.inputs, given.seconds, given.seed, given.keep, given.jobs)
    for name in names:
        print(f"{name:16}", *(f"{word} {n}" for (own, word), n in sorted(counts.items()) if own == name))
    print(f"{sum(counts.values())} inputs in {time.monotonic() - began:.0f} s, {len(faults)} faults")
    sorts = Counter((f.target, f.kind, f.where) for f in faults)
    for (target, kind, where), n in sorts.most_common():
        first = next(f.number for f in faults if (f.target, f.kind, f.where) == (target, kind, where))
        print(f"  {n:4} {kind:9} {given.keep}/{target}-{first}: {where}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
