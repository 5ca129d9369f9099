"""Two source trees side by side: speed, memory and, for every rule, the number of findings of each outcome.

    python benchmarks/versus.py TREE_BEFORE TREE_AFTER [--rows 1000000] [--spark-rows 1000000] [--rounds 3] [--data DIR] [--only NAME …]

Everything in one run, alternating, medians; each measurement in a process of its own with the tree's ``src`` on the path, using the public API
and the command line only. In the process the thing is done once on a tenth of the rows to warm up, then measured; the command is measured cold.
Data come from fixed seeds (``data_maker.py``), or are the Parquet files of ``--data``. The exit status is 1 where the trees differ in a count.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usage import MALLOC

HERE = Path(__file__).resolve().parent
AS_OF = "2018-12-31"
CALLS = 300
Counts = dict[str, dict[str, int]]


# what a child does: nothing of it touches the inside of opencheck


def _counts(report: Any) -> Counts:
    return {rule: {str(o): n for o, n in counts.items() if n} for rule, counts in report.summary["by_rule"].items()}


def _whole(folder: Path, engine: str, memory: str | None = None) -> Counts:
    import opencheck as oc

    return _counts(oc.check(folder, pack="pingdu-2018", as_of=AS_OF, engine=engine, memory=memory))


def _six(folder: Path) -> Counts:
    import polars as pl
    from contenders import six_pack

    import opencheck as oc

    return _counts(oc.check({"disclosure": pl.scan_parquet(folder / "disclosure.parquet")}, pack=six_pack(), as_of=AS_OF))


def _spark(folder: Path) -> Counts:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master("local[2]").config("spark.driver.memory", "6g").config("spark.ui.enabled", "false")
    session = session.config("spark.sql.shuffle.partitions", "4").config("spark.ui.showConsoleProgress", "false")
    session.config("spark.log.level", "FATAL").getOrCreate()
    return _whole(folder, "spark")


def _preflight(calls: int) -> tuple[list[float], Counts]:
    """Seconds of each call on a warm process, and the outcomes of the last one."""
    from preflight import RECORD

    import opencheck as oc

    pack = oc.load_pack("pingdu-2018")
    times: list[float] = []
    result: dict[str, Any] = {}
    for number in range(calls + 20):
        started = time.perf_counter()
        result = oc.preflight({**RECORD, "title": f"通知{number}"}, pack=pack, as_of="2018-08-28").as_dict()
        times.append(time.perf_counter() - started)
    found = [f for group in result.values() if isinstance(group, list) for f in group if isinstance(f, dict) and "outcome" in f]
    counts: dict[str, Counter[str]] = {}
    for finding in found:
        counts.setdefault(finding["rule"], Counter())[str(finding["outcome"])] += 1
    return times[20:], {rule: dict(c) for rule, c in counts.items()}


def _each_rule(rounds: int = 3) -> tuple[dict[str, float], Counts]:
    """Milliseconds of CPU that each rule takes for the records of its first example, the least of some rounds, and the outcomes."""
    import opencheck as oc

    pack = oc.load_pack("pingdu-2018")
    times: dict[str, float] = {}
    counts: Counts = {}
    for name, built in pack.rules.items():
        example = built.rule.examples[0]
        taken = []
        for _ in range(1 + rounds):  # the first one is planned and not counted
            started = time.process_time()
            report = oc.check(example.given, pack=pack, as_of=example.as_of, rules=[name])
            taken.append(time.process_time() - started)
        times[name] = min(taken[1:]) * 1000
        counts |= _counts(report)
    return times, counts


RUNS: dict[str, Callable[[Path, str], Counts]] = {
    "whole-polars": lambda folder, memory: _whole(folder, "polars"),
    "six-polars": lambda folder, memory: _six(folder),
    "whole-duckdb": lambda folder, memory: _whole(folder, "duckdb", memory),
    "whole-spark": lambda folder, memory: _spark(folder),
}


def child(case: str, arguments: dict[str, Any]) -> None:
    """Do one thing and write what it used, as JSON, to the file that the parent reads."""
    from usage import cpu_seconds, peak_mib

    answer = Path(arguments["answer"])
    if case == "ledger":
        _command(arguments, answer)
        return
    import opencheck

    found: dict[str, Any] = {"tree": opencheck.__file__}
    if case == "preflight":
        started, used = time.perf_counter(), cpu_seconds()
        times, found["counts"] = _preflight(arguments["calls"])
        found |= {"wall": time.perf_counter() - started, "p50": statistics.median(times) * 1000}
    elif case == "each-rule":
        started, used = time.perf_counter(), cpu_seconds()
        found["rules"], found["counts"] = _each_rule()
        found["wall"] = time.perf_counter() - started
    else:
        run = RUNS[case]
        run(Path(arguments["warm"]), arguments["memory"])
        started, used = time.perf_counter(), cpu_seconds()
        found["counts"] = run(Path(arguments["folder"]), arguments["memory"])
        found["wall"] = time.perf_counter() - started
    found |= {"cpu": cpu_seconds() - used, "peak": peak_mib()}
    answer.write_text(json.dumps(found), encoding="utf-8")


def _command(arguments: dict[str, Any], answer: Path) -> None:
    """``python -m opencheck check LEDGER``, cold, as the command runs; what it used is noted as the process ends."""
    import atexit
    import runpy

    from usage import cpu_seconds, peak_mib

    def note() -> None:
        import opencheck

        used = {"cpu": cpu_seconds(), "peak": peak_mib(), "tree": opencheck.__file__}
        summary = json.loads(Path(arguments["report"]).read_text(encoding="utf-8"))["summary"]
        counts = {rule: {o: n for o, n in counted.items() if n} for rule, counted in summary["by_rule"].items()}
        answer.write_text(json.dumps(used | {"counts": counts}), encoding="utf-8")

    atexit.register(note)
    words = ["check", arguments["ledger"], "--pack", "pingdu-2018", "--as-of", AS_OF, "--fail-on", "never"]
    sys.argv = ["opencheck", *words, "--output", arguments["report"]]
    runpy.run_module("opencheck", run_name="__main__", alter_sys=True)


# what the parent does


@dataclass(frozen=True)
class Case:
    """One thing that is measured, and what the issue asks of the trees' ratio (or of the later tree's own figure)."""

    name: str
    title: str
    figures: tuple[str, ...]
    wanted: dict[str, float]
    limit: dict[str, float]


CASES = (
    Case("whole-polars", "whole pack, Polars", ("cpu", "wall", "peak"), {"cpu": 1.35, "peak": 1.0}, {}),
    Case("six-polars", "six rules, Polars", ("cpu", "wall", "peak"), {"cpu": 1.3, "wall": 1.3}, {}),
    Case("whole-duckdb", "whole pack, DuckDB", ("cpu", "wall", "peak"), {"wall": 0.6}, {}),
    Case("whole-spark", "whole pack, Spark local[2]", ("cpu", "wall", "peak"), {"cpu": 0.5}, {}),
    Case("ledger", "example ledger, check, cold", ("cpu", "wall", "peak"), {"wall": 1.0}, {}),
    Case("preflight", "one record before publication, warm", ("p50", "cpu", "peak"), {}, {"p50": 8.0}),
    Case("each-rule", "each rule over its first example, warm", ("cpu", "wall"), {"cpu": 1.2}, {}),
)
SLOWER, NOTICED_MS = 1.5, 5.0
"""A rule is named that takes so many times as long as before, and so many milliseconds."""
UNITS = {"cpu": "CPU s", "wall": "s", "peak": "peak MiB", "p50": "p50 ms"}


def measure(case: str, tree: Path, python: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """One child on one tree.

    Raises:
        SystemExit: a child that failed, or that ran another tree's code.
    """
    with tempfile.TemporaryDirectory(prefix="opencheck-versus-") as folder:
        answer = Path(folder, "answer.json")
        given = {**arguments, "answer": str(answer), "report": str(Path(folder, "report.json"))}
        command = [python, __file__, "--child", case, json.dumps(given)]
        settings = {"PYTHONPATH": str(tree / "src"), "PYTHONWARNINGS": "ignore", "PYSPARK_PYTHON": python, **MALLOC}
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env={**os.environ, **settings})
        wall = time.perf_counter() - started
        if done.returncode or not answer.exists():
            raise SystemExit(f"{case} on {tree}: exit status {done.returncode}\n{done.stderr.strip()[-2000:]}")
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if not Path(found["tree"]).is_relative_to(tree):
        raise SystemExit(f"{case}: measured {found['tree']}, which is not in {tree}")
    return {"wall": wall} | found


def differences(before: Counts, after: Counts) -> list[str]:
    """Where two trees count differently: rule, outcome and both numbers."""
    found = []
    for rule in sorted({*before, *after}):
        old, new = before.get(rule, {}), after.get(rule, {})
        for outcome in sorted({*old, *new}):
            if old.get(outcome, 0) != new.get(outcome, 0):
                found.append(f"{rule} {outcome}: {old.get(outcome, 0):,} → {new.get(outcome, 0):,}")
    return found


def table(results: dict[str, dict[str, list[dict[str, Any]]]], rows: dict[str, int]) -> list[str]:
    """The medians of both trees with their ratio, and whether it is what the issue asks for."""
    lines = ["| what | rows | figure | before | after | after / before | asked | |", "|---|---|---|---|---|---|---|---|"]
    for case in CASES:
        if case.name not in results:
            continue
        for figure in case.figures:
            before, after = (statistics.median(r[figure] for r in results[case.name][side]) for side in ("before", "after"))
            ratio = after / before if before else float("nan")
            asked, kept = "", ""
            if figure in case.wanted:
                asked, kept = f"≤ {case.wanted[figure]:g} ×", "yes" if ratio <= case.wanted[figure] else "NO"
            elif figure in case.limit:
                asked, kept = f"≤ {case.limit[figure]:g}", "yes" if after <= case.limit[figure] else "NO"
            count = f"{rows[case.name]:,}" if case.name in rows else ""
            lines.append(
                f"| {case.title} | {count} | {UNITS[figure]} | {before:,.2f} | {after:,.2f} | {ratio:.2f} × | {asked} | {kept} |"
            )
    return lines


def slower_rules(runs: dict[str, list[dict[str, Any]]]) -> list[str]:
    """The rules that take much longer on the later tree, the worst first: rule, both times and their ratio."""
    median: dict[str, Counter[str]] = {side: Counter() for side in runs}
    for side, found in runs.items():
        for rule in found[0]["rules"]:
            median[side][rule] = statistics.median(r["rules"].get(rule, 0.0) for r in found)  # type: ignore[assignment]
    both = [
        (after / before, rule, before, after) for rule, after in median["after"].items() if (before := median["before"][rule])
    ]
    slow = sorted((one for one in both if one[0] >= SLOWER and one[3] >= NOTICED_MS), reverse=True)
    return [f"{rule}: {before:.1f} → {after:.1f} ms, {ratio:.2f} ×" for ratio, rule, before, after in slow]


def row_count(folder: Path) -> int:
    import polars as pl

    return int(pl.scan_parquet(folder / "disclosure.parquet").select(pl.len()).collect().item())


def prepared(options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """The data of each case that was asked for, made where they are not there yet."""
    sys.path.insert(0, str(options.after / "src"))
    import data_maker

    def made(rows: int) -> Path:
        return data_maker.make(options.folder / f"v4-{rows}", rows)

    names = options.only or [c.name for c in CASES]
    main_data = options.data.resolve() if options.data else None
    needs_data = any(n in RUNS and n != "whole-spark" for n in names)
    if main_data is None and needs_data:
        main_data = made(options.rows)
    rows = row_count(main_data) if main_data else options.rows
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        if name in RUNS:
            wanted = options.spark_rows if name == "whole-spark" else rows
            if not wanted:
                continue
            folder = main_data if main_data and wanted == rows else made(wanted)
            warm = options.warm.resolve() if options.warm else made(max(1000, wanted // 10))
            found[name] = {"folder": str(folder), "warm": str(warm), "memory": options.memory, "rows": wanted}
        elif name == "ledger":
            ledger = options.ledger or next((options.after / "examples").glob("*.xlsx"))
            found[name] = {"ledger": str(ledger.resolve())}
        elif name == "each-rule":
            found[name] = {}
        else:
            found[name] = {"calls": options.calls}
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path, help="source tree before the change")
    parser.add_argument("after", type=Path, help="source tree after it")
    parser.add_argument("--rows", type=int, default=1_000_000, help="disclosures that are made, without --data")
    parser.add_argument("--spark-rows", type=int, default=1_000_000, help="disclosures for Spark; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--data", type=Path, help="folder with disclosure.parquet … as data_maker.py makes them; all its rows are used"
    )
    parser.add_argument(
        "--warm", type=Path, help="such a folder with about a tenth of the rows, for warming up; made where not given"
    )
    parser.add_argument("--folder", type=Path, default=HERE / "data", help="where data are made")
    parser.add_argument(
        "--ledger", type=Path, help="workbook for the cold check; the example ledger of the later tree by default"
    )
    parser.add_argument("--memory", default="1GiB", help="memory limit of DuckDB")
    parser.add_argument("--calls", type=int, default=CALLS, help="records that are checked before publication")
    parser.add_argument("--only", nargs="+", choices=[c.name for c in CASES], help="only these")
    parser.add_argument("--python", default=sys.executable, help="interpreter of the children")
    parser.add_argument("--output", type=Path, help="write every measurement, as JSON")
    options = parser.parse_args()
    options.before, options.after = options.before.resolve(), options.after.resolve()
    for tree in (options.before, options.after):
        if not (tree / "src" / "opencheck").is_dir():
            parser.error(f"{tree}: no src/opencheck in it")
    cases = prepared(options)
    results: dict[str, dict[str, list[dict[str, Any]]]] = {name: {"before": [], "after": []} for name in cases}
    for number in range(options.rounds):
        for name, arguments in cases.items():
            sides = [("before", options.before), ("after", options.after)]
            for side, tree in sides if number % 2 == 0 else reversed(sides):
                found = measure(name, tree, options.python, arguments)
                results[name][side].append(found)
                told = " ".join(f"{found[f]:.2f} {UNITS[f]}" for f in UNITS if f in found)
                print(f"round {number + 1} {name} {side}: {told}", file=sys.stderr, flush=True)
    lines = [
        f"{platform.machine()}, {os.cpu_count()} cores · Python {platform.python_version()} · medians of {options.rounds}, alternating",
        f"before: {options.before}",
        f"after: {options.after}",
        "",
        *table(results, {name: arguments["rows"] for name, arguments in cases.items() if "rows" in arguments}),
        "",
    ]
    if "each-rule" in results:
        lines += ["rules that became much slower:", *(slower_rules(results["each-rule"]) or ["none"]), ""]
    different = False
    for name, sides in results.items():
        apart = differences(sides["before"][0]["counts"], sides["after"][0]["counts"])
        unstable = [side for side, runs in sides.items() if any(r["counts"] != runs[0]["counts"] for r in runs)]
        total = sum(sum(c.values()) for c in sides["after"][0]["counts"].values())
        different |= bool(apart or unstable)
        lines.append(
            f"counts, {name}: {'differ' if apart else 'equal'} ({len(sides['after'][0]['counts'])} rules, {total:,} judgements)"
        )
        lines += [f"  {line}" for line in apart]
        lines += [f"  {side}: counts change from round to round" for side in unstable]
    print("\n".join(lines))
    if options.output:
        options.output.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
    return int(different)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], json.loads(sys.argv[3]))
    else:
        sys.exit(main())
