"""Speed and memory, beside what people would write by hand. `make bench` writes docs/benchmarks.md.

    python benchmarks/bench.py [--six 1000000] [--whole 100000 1000000 10000000] [--rounds 3] [--spark 1000000 10000000] [--folder DIR]

All in one run, interleaved, medians; each measurement in a process of its own, which reads its own peak of memory and its own processor time
(``usage.py``). In the process the thing is done once on a tenth of the data to warm up (a pack loaded, libraries imported), then measured. Data
come from fixed seeds. Two source trees are compared by ``versus.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any

import contenders
import data_maker
import polars as pl
from usage import MALLOC, cpu_seconds, peak_mib

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
AS_OF = date(2018, 12, 31)

SIX: dict[str, Callable[[Path], int]] = {
    "opencheck, Polars": contenders.opencheck,
    "opencheck, DuckDB": lambda f: contenders.opencheck(f, "duckdb"),
    "by hand, Polars": contenders.by_hand,
    "bare scan": contenders.scan,
    "pandera (Polars), calendar joined beforehand": contenders.with_pandera,
    "pandera (Polars), working days by a function": contenders.with_pandera_and_a_function,
    "pointblank (Polars)": contenders.with_pointblank,
    "plain Python, chinese_calendar": contenders.plain_python,
    "pydantic + plain Python": contenders.with_pydantic,
}
LONG = 30
"""Seconds from which a thing is measured once."""


def whole(folder: Path, engine: str = "polars", memory: str | None = None, rules: list[str] | None = None) -> int:
    import opencheck as oc

    report = oc.check(folder, pack="pingdu-2018", as_of=AS_OF, engine=engine, memory=memory, rules=rules)
    return sum(n for r in report.results for o, n in r.counts.items() if str(o) == "violation")


def spark(folder: Path) -> int:
    from pyspark.sql import SparkSession

    SparkSession.builder.master("local[2]").config("spark.driver.memory", "6g").config("spark.ui.enabled", "false").config(
        "spark.sql.shuffle.partitions", "4"
    ).config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "FATAL").getOrCreate()
    return whole(folder, "spark")


def scan_all(folder: Path) -> int:
    """The columns that the whole pack reads, of all its tables."""
    from opencheck import load_pack

    used: dict[str, set[str]] = {}
    for bound in load_pack("pingdu-2018").rules.values():
        for table, name in bound.rule.required_fields():
            used.setdefault(table, {"id", "unit", "title"}).add(name)
    found = 0
    for table in ("disclosure", "document", "interpretation", "roster"):
        rows = pl.scan_parquet(folder / f"{table}.parquet")
        schema = rows.collect_schema()
        looked = [
            pl.col(n).str.len_bytes().sum() if t == pl.String else pl.col(n).null_count()
            for n, t in schema.items()
            if n in used[table]
        ]
        found += len(rows.select(looked).collect(engine="streaming"))
    return found


WHOLE: dict[str, Callable[[Path], int]] = {
    "opencheck, Polars": whole,
    "opencheck, DuckDB, 1 GiB": lambda f: whole(f, "duckdb", "1GiB"),
    "opencheck, Spark local[2]": spark,
    "bare scan": scan_all,
}


def by_rules(folder: Path, count: int) -> int:
    """The pack's rules about disclosures, as many as asked for: the first of them, or all of them several times under other names."""
    from dataclasses import replace

    import opencheck as oc
    from opencheck.rules.packs.pack import PackRule

    pack = oc.load_pack("pingdu-2018")
    own = [b for b in pack.rules.values() if b.rule.on == "disclosure"]
    rules: dict[str, PackRule] = {}
    made = replace(pack, rules=rules, plans={})
    for number in range(count):
        rule = own[number % len(own)].rule.model_copy(update={"id": f"B-{number}"})
        rules[rule.id] = PackRule(rule, made)
    report = oc.check({"disclosure": pl.scan_parquet(folder / "disclosure.parquet")}, pack=made, as_of=AS_OF)
    return len(report.results)


RULES = {f"{n} rules": (lambda f, n=n: by_rules(f, n)) for n in (40, 100, 400)}


def batch(source: list[dict[str, Any]]) -> int:
    """Records given as dicts: read, typed and judged."""
    import opencheck as oc

    report = oc.check({"disclosure": source}, pack=contenders.SIX, as_of=AS_OF, rules=["SIX-1", "SIX-2", "SIX-3", "SIX-4"])
    return report.rows["read"]


KINDS = {"six": SIX, "whole": WHOLE, "rules": RULES, "batch": {"dicts": batch}}


def one(kind: str, name: str, folder: Path, warm: Path) -> None:
    run = KINDS[kind][name]
    source: Any = folder
    small: Any = warm
    if kind == "batch":
        source = pl.read_parquet(folder / "disclosure.parquet", n_rows=100_000).drop("text", "url").to_dicts()
        small = source[:1000]
    run(small)
    start, used = time.perf_counter(), cpu_seconds()
    result = run(source)
    seconds, cpu = time.perf_counter() - start, cpu_seconds() - used
    print(json.dumps({"seconds": seconds, "cpu": cpu, "result": result, "peak": peak_mib()}))


def measure(kind: str, name: str, folder: Path, warm: Path) -> dict[str, float] | None:
    command = [sys.executable, __file__, "--one", kind, name, "--folder", str(folder), "--warm", str(warm)]
    # As the command opencheck sets it, and for all alike: memory that was let go is kept for ten seconds.
    settings = {"PYTHONWARNINGS": "ignore", **MALLOC}
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **settings})
    if done.returncode:
        print(f"{name}: {done.stderr.strip().splitlines()[-1][:200]}", file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    told = f"{found['seconds']:.2f} s, {found['cpu']:.2f} CPU s, {found['peak']:.0f} MiB"
    print(kind, name, folder.name, told, file=sys.stderr, flush=True)
    return found


def rounds(kind: str, names: list[str], folder: Path, warm: Path, count: int) -> dict[str, tuple[float, float, float]]:
    """Median seconds, median processor seconds and largest peak of each, interleaved; what takes long is measured once."""
    found: dict[str, list[dict[str, float]]] = {}
    for number in range(count):
        for name in names:
            if number and (name not in found or found[name][0]["seconds"] > LONG):
                continue
            if (result := measure(kind, name, folder, warm)) is not None:
                found.setdefault(name, []).append(result)
    return {
        n: (statistics.median(f["seconds"] for f in r), statistics.median(f["cpu"] for f in r), max(f["peak"] for f in r))
        for n, r in found.items()
    }


def versions() -> str:
    names = ("polars", "narwhals", "duckdb", "pyspark", "pandera", "pointblank", "pydantic", "chinese-calendar")
    told = []
    for name in names:
        try:
            told.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            told.append(f"{name} not installed")
    return " · ".join(told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--six", type=int, default=1_000_000)
    parser.add_argument("--whole", type=int, nargs="*", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--spark", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=2)
    parser.add_argument("--folder", type=Path, default=HERE / "data")
    parser.add_argument("--warm", type=Path)
    options = parser.parse_args()
    if options.one:
        one(*options.one, options.folder, options.warm)
        return

    def data(rows: int) -> Path:
        return data_maker.make(options.folder / f"v3-{rows}", rows)

    warm = data(100_000)
    lines = [
        "# 速度 / Speed",
        "",
        "`make bench` 生成本页：同一次运行、交错进行、取中位数；每次测量用单独的进程，先用十万条预热，超过30秒的只测一次；内存峰值由该进程自己读（VmHWM），Spark 的加上它的 Java 和工作进程；内存分配器都按 `opencheck` 命令的设置。数据由固定种子生成，2% 有问题，见 `benchmarks/data_maker.py`。检查指读取 Parquet、逐行交代、跑完规则、得到违规；说明文字在读取时才生成。"
        "One run, interleaved, medians, a process each, warmed up on 100,000 rows; what takes more than 30 s is measured once; the peak is read by the process itself (VmHWM), with Java and the workers for Spark; the memory allocator of all is set as the command `opencheck` sets it.",
        "",
        f"{datetime.now():%Y-%m-%d} · {platform.machine()}, {pl.thread_pool_size()} cores · Python {platform.python_version()} · {versions()}",
        "",
        f"## 六条规则，{options.six:,} 条 / Six rules",
        "",
        "3个工作日、公示10天、公开属性在词表内、不公开写明理由、身份证号、按月公开。Deadline, posting, vocabulary, reason, identity number, monthly series.",
        "",
        "| 做法 / what | 秒 / s | 处理器秒 / CPU s | 条每秒 / records per s | 内存峰值 / peak MiB | 相对手写 / to by hand |",
        "|---|---|---|---|---|---|",
    ]
    six = rounds("six", list(SIX), data(options.six), warm, options.rounds)
    hand = six["by hand, Polars"][0]
    for name, (seconds, cpu, peak) in six.items():
        lines.append(
            f"| {name} | {seconds:.2f} | {cpu:.2f} | {options.six / seconds:,.0f} | {peak:.0f} | {hand / seconds:.2f} × |"
        )
    lines += [
        "",
        "## 整个规则包（147条）/ The whole pack",
        "",
        "公开信息加十分之一数量的公文和解读、名录。Disclosures, a tenth as many documents and interpretations, a roster. DuckDB的内存上限是1 GiB，峰值还包括 Python 里的结果。",
        "",
        "| 公开信息 / disclosures | 做法 / what | 秒 / s | 处理器秒 / CPU s | 条每秒 / records per s | 内存峰值 / peak MiB | 相对光读 / to bare scan |",
        "|---|---|---|---|---|---|---|",
    ]
    growth: dict[int, float] = {}
    for rows in options.whole:
        names = [n for n in WHOLE if "Spark" not in n or rows in options.spark]
        found = rounds("whole", names, data(rows), warm, options.rounds)
        for name, (seconds, cpu, peak) in found.items():
            ratio = seconds / found["bare scan"][0]
            lines.append(
                f"| {rows:,} | {name} | {seconds:.2f} | {cpu:.2f} | {rows / seconds:,.0f} | {peak:.0f} | {ratio:.1f} × |"
            )
        if "opencheck, Polars" in found:
            growth[rows] = found["opencheck, Polars"][0]
    sizes = sorted(growth)
    if len(sizes) > 1:
        told = "，".join(f"{b:,} / {a:,} = {growth[b] / growth[a]:.1f}" for a, b in pairwise(sizes))
        lines += ["", f"随记录数的增长（Polars）/ growth in records: {told}"]
    found = rounds("rules", list(RULES), data(options.six), warm, options.rounds)
    lines += ["", "## 随规则数的增长 / Growth in rules", "", "| 规则 / rules | 秒 / s |", "|---|---|"]
    lines += [f"| {name} | {seconds:.2f} |" for name, (seconds, _, _) in found.items()]
    if len(found) == len(RULES):
        lines += ["", f"400 / 40 = {found['400 rules'][0] / found['40 rules'][0]:.1f}"]
    dicts = measure("batch", "dicts", data(options.six), warm)
    if dicts:
        seconds = dicts["seconds"]
        lines += ["", "## 字典 / Records as dicts", "", f"100,000 dicts, four rules: {100_000 / seconds:,.0f} records per s ({seconds:.2f} s)"]  # fmt: skip
    lines += [
        "",
        "一份记录、公布之前的检查和HTTP：见 `benchmarks/preflight.md`。One record before publication, and HTTP: `benchmarks/preflight.md`.",
    ]
    text = "\n".join(lines) + "\n"
    PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
