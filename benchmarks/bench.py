"""Speed and memory, beside what people would write by hand. `make bench` writes docs/benchmarks.md.

    python benchmarks/bench.py [--rows 10000 | --six 1000000 --whole 100000 1000000 10000000 --spark 1000000 10000000] [--rounds 3]
                               [--cold 5] [--only six whole rules other cold] [--output PAGE] [--folder DIR]

All in one run, interleaved, medians; each measurement in a process of its own (`tasks.py`), which reads its own peak of memory and its own
processor time (`usage.py`); there the thing is done once on a tenth of the data to warm up, then measured. What takes more than 30 s is measured
once. Cold starts: `cold.py`. Data come from fixed seeds. Every contender must count for every rule what the reference counts, else its row is
left out, the page says so, and the exit status is 1. Two source trees are compared by `versus.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import cold
import contenders
import data_maker
import goals
import polars as pl
import tasks
from usage import MALLOC

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
LONG = 30
"""Seconds from which a thing is measured once."""
LITTLE = 100_000
"""Rows to warm up with; a tenth of the data where these are fewer."""
PARTS = ("six", "whole", "rules", "other", "cold")
HAND = {"six-polars": "by hand, Polars", "six-duckdb": "by hand, DuckDB SQL", "six-spark": "by hand, Spark SQL"}


class Used(NamedTuple):
    """Medians of seconds and processor seconds, the largest peak in MiB, and what was found."""

    seconds: float
    cpu: float
    peak: float
    result: Any


@dataclass
class Bench:
    """One run: its options, the page, and the figures that goals are about."""

    options: argparse.Namespace
    lines: list[str] = field(default_factory=list)
    figures: dict[str, tuple[float, int | None]] = field(default_factory=dict)
    floors: dict[str, str] = field(default_factory=dict)
    """By figure what cannot be undercut."""
    faults: list[str] = field(default_factory=list)
    """What was not measured or counts otherwise; the exit status tells of it."""
    absent: list[str] = field(default_factory=list)
    """What was not measured because its library is not installed."""

    def data(self, rows: int) -> Path:
        return data_maker.make(self.options.folder / f"v4-{rows}", rows)

    def rounds(self, kind: str, names: list[str], rows: int) -> dict[str, Used]:
        """What each used, interleaved; those that fail are told of."""
        folder, warm = self.data(rows), self.data(min(LITTLE, max(1000, rows // 10)))
        found: dict[str, list[dict[str, Any]]] = {}
        for number in range(self.options.rounds):
            for name in names:
                if number and (name not in found or found[name][0]["seconds"] > LONG):
                    continue
                result = measure(kind, name, folder, warm)
                if isinstance(result, str):
                    told = self.absent if result.startswith("ModuleNotFoundError") else self.faults
                    told.append(f"{name}（{rows:,}）：没有测成 / failed: {result}")
                else:
                    found.setdefault(name, []).append(result)
        used = {}
        for name, r in found.items():
            seconds, cpu = (statistics.median(f[k] for f in r) for k in ("seconds", "cpu"))
            used[name] = Used(seconds, cpu, max(f["peak"] for f in r), r[0]["result"])
        return used

    def agreed(self, found: dict[str, Used], rows: int) -> dict[str, Used]:
        """Those that count what the first of them counts for every rule; the others are told of and left out. A bare scan counts nothing."""
        counts = {name: used.result for name, used in found.items() if isinstance(used.result, dict)}
        reference = next(iter(counts), None)
        apart = {}
        for name, own in counts.items():
            differing = [r for r in sorted({*own, *counts[str(reference)]}) if own.get(r) != counts[str(reference)].get(r)]
            if differing:
                told = ", ".join(f"{r} {own.get(r)} ≠ {counts[str(reference)].get(r)}" for r in differing[:6])
                apart[name] = told
                self.faults.append(f"{name}（{rows:,}）：个数与 {reference} 不同，不列 / counts differ, left out: {told}")
        return {name: used for name, used in found.items() if name not in apart}

    def six(self) -> None:
        """Six rules: opencheck on each engine beside other ways to write them."""
        rows = self.options.six
        names = [n for n in tasks.SIX if "Spark" not in n or self.options.spark]
        found = self.agreed(self.rounds("six", names, rows), rows)
        counted = next((u.result for u in found.values() if isinstance(u.result, dict)), {})
        self.lines += [
            "", f"## 六条规则，{rows:,} 条 / Six rules", "",
            "3个工作日、公示10天、公开属性在词表内、不公开写明理由、身份证号、按月公开，都从文件的路径开始。不在词表里的公开属性只在第三条算一次。每条规则的违规数各做法相同才列出：",
            "Deadline, posting, vocabulary, reason, identity number, monthly series, all from the path of the file. An attribute outside the vocabulary counts once, for the third rule. Only what counts the same "
            "for every rule has a row: " + ", ".join(f"{rule} {n:,}" for rule, n in counted.items()) + ".", "",
            "| 做法 / what | 秒 / s | 处理器秒 / CPU s | 条每秒 / records per s | 内存峰值 / peak MiB | 相对手写的 Polars / to Polars by hand |",
            "|---|---|---|---|---|---|",
        ]  # fmt: skip
        hand = found.get("by hand, Polars")
        for name, used in found.items():
            ratio = f"{hand.seconds / used.seconds:.2f} ×" if hand else "—"
            self.lines.append(
                f"| {name} | {used.seconds:.2f} | {used.cpu:.2f} | {rows / used.seconds:,.0f} | {used.peak:.0f} | {ratio} |"
            )
        self.lines += [
            "",
            "各做法不做什么 / What each of them leaves out:",
            "",
            "| 做法 / what | 不做的 / leaves out |",
            "|---|---|",
        ]
        self.lines += [f"| {name} | {zh}<br>{en} |" for name, (zh, en) in contenders.LEAVES_OUT.items()]
        for key, name in HAND.items():
            own = next((u for n, u in found.items() if n.lower().startswith(f"opencheck, {key.removeprefix('six-')}")), None)
            if own and name in found:
                by, of = (found[name].cpu, own.cpu) if key == "six-spark" else (found[name].seconds, own.seconds)
                self.figures[key] = (by / of, rows)
                if key == "six-polars" and "bare scan" in found:
                    self._floor(key, f"光读、不判断：{by / found['bare scan'].seconds:.1f} ×", "a bare scan, nothing judged")

    def _floor(self, key: str, zh: str, en: str) -> None:
        self.floors[key] = f"{zh}<br>{en}"

    def whole(self) -> None:
        """The whole pack on each engine, with growing data."""
        self.lines += [
            "", "## 整个规则包 / The whole pack", "",
            "公开信息加十分之一数量的公文和解读、名录，从文件夹的路径开始；各引擎每条规则的违规数相同。DuckDB 的内存上限是 1 GiB，峰值另含 Python 里的批次和结果。",
            "Disclosures, a tenth as many documents and interpretations, a roster, from the path of the folder; the engines count the same for every rule. DuckDB is limited to 1 GiB; batches and results in Python come on top.", "",
            "| 公开信息 / disclosures | 做法 / what | 秒 / s | 处理器秒 / CPU s | 条每秒 / records per s | 内存峰值 / peak MiB | 相对光读 / to bare scan |",
            "|---|---|---|---|---|---|---|",
        ]  # fmt: skip
        growth: dict[int, float] = {}
        for rows in sorted(self.options.whole):
            names = [n for n in tasks.WHOLE if "Spark" not in n or rows in self.options.spark]
            found = self.agreed(self.rounds("whole", names, rows), rows)
            bare = found.get("bare scan")
            for name, used in found.items():
                ratio = f"{used.seconds / bare.seconds:.1f} ×" if bare else "—"
                self.lines.append(
                    f"| {rows:,} | {name} | {used.seconds:.2f} | {used.cpu:.2f} | {rows / used.seconds:,.0f} | {used.peak:.0f} | {ratio} |"
                )
            self._goals_of_whole(found, rows)
            if "opencheck, Polars" in found:
                growth[rows] = found["opencheck, Polars"].seconds
        told = "，".join(f"{b:,} / {a:,} = {growth[b] / growth[a]:.1f}" for a, b in pairwise(growth))
        self.lines += ["", f"随记录数的增长（Polars）/ growth in records: {told or '—'}"]

    def _goals_of_whole(self, found: dict[str, Used], rows: int) -> None:
        own, bare = found.get("opencheck, Polars"), found.get("bare scan")
        duck, spark = found.get("opencheck, DuckDB, 1 GiB"), found.get("opencheck, Spark local[2]")
        if own and bare:
            self._note("whole-scan", own.seconds / bare.seconds, rows)
            self._note("whole-peak", own.peak / 1024, rows)
        if own and duck:
            self._note("whole-duckdb", duck.seconds / own.seconds, rows)
        if spark:
            self._note("whole-spark", spark.seconds, rows)
        if bare_spark := found.get("bare scan, Spark local[2]"):
            self._floor("whole-spark", f"Spark 光读：{bare_spark.seconds:.0f} s", "a bare scan by Spark")

    def _note(self, key: str, value: float, rows: int) -> None:
        """Keep a figure: that of the rows which its goal is about, else that of the most rows."""
        wanted = next(g.rows for g in goals.GOALS if g.key == key)
        if key not in self.figures or self.figures[key][1] != wanted:
            self.figures[key] = (value, rows)

    def rules(self) -> None:
        """The same data with more and more rules."""
        found = self.rounds("rules", list(tasks.RULES), self.options.six)
        self.lines += ["", f"## 随规则数的增长，{self.options.six:,} 条 / Growth in rules", "", "| 规则 / rules | 秒 / s | 处理器秒 / CPU s |", "|---|---|---|"]  # fmt: skip
        self.lines += [f"| {name} | {used.seconds:.2f} | {used.cpu:.2f} |" for name, used in found.items()]
        if len(found) == len(tasks.RULES):
            ratio = found["400 rules"].seconds / found["40 rules"].seconds
            self.figures["rules"] = (ratio, self.options.six)
            self.lines += ["", f"400 / 40 = {ratio:.1f}"]

    def other(self) -> None:
        """Records as dicts, and one record before publication."""
        folder, warm = self.data(self.options.six), self.data(1000)
        given = measure("other", "dicts", folder, warm)
        if isinstance(given, str):
            self.faults.append(f"dicts：没有测成 / failed: {given}")
        else:
            each = given["rows"] / given["seconds"]
            self.figures["dicts"] = (each, None)
            self.lines += ["", "## 字典 / Records as dicts", "", f"{given['rows']:,} 个字典，四条规则 / dicts, four rules: {each:,.0f} /s ({given['seconds']:.2f} s, {given['cpu']:.2f} CPU s)"]  # fmt: skip
        bare = measure("other", "dicts as a frame", folder, warm)
        if not isinstance(bare, str):
            self.lines[-1] += (
                f"；只做成一个 Polars 数据框 / as a Polars frame, and no more: {bare['seconds']:.2f} s, {bare['cpu']:.2f} CPU s"
            )
            self._floor(
                "dicts",
                f"只做成 Polars 数据框：{bare['rows'] / bare['seconds']:,.0f} /s",
                "a Polars frame of them, and no more",
            )
        before = measure("other", "preflight", folder, warm)
        alone = measure("other", "reading alone", folder, warm)
        if not isinstance(alone, str):
            self._floor(
                "preflight",
                f"只认出文中的事实和个人信息：{alone['result']:.1f} ms",
                "its text read and searched, no rule judged",
            )
        if isinstance(before, str):
            self.faults.append(f"preflight：没有测成 / failed: {before}")
        else:
            self.figures["preflight"] = (before["result"], None)

    def cold(self) -> None:
        """New processes."""
        found = cold.measure(self.options.cold)
        check, document, one = (found[n] for n in list(found)[-3:])
        libraries, sheets = found[cold.LIBRARIES].user, found[cold.SHEETS].user
        self._floor("cold-check", f"载入程序库、读出各表：{sheets:.2f} s", "its libraries imported, the sheets read")
        self._floor("cold-preflight", f"载入程序库：{libraries:.2f} s", "its libraries imported")
        self.floors["cold-dict"] = self.floors["cold-preflight"]
        self.figures |= {
            "cold-check": (check.user, None),
            "cold-preflight": (document.user, None),
            "cold-dict": (one.user, None),
        }
        self.figures["second-dict"] = (one.second or 0.0, None)
        self.lines += [
            "", "## 冷启动 / Cold starts", "",
            f"新进程从启动到结束，{self.options.cold} 次的中位数；秒是本进程的用户态处理器时间。New processes, medians of {self.options.cold}; user time of the process.", "",
            "| 做什么 / what | 用户态秒 / user s | 秒 / s | 第二次毫秒 / second call, ms |", "|---|---|---|---|",
        ]  # fmt: skip
        for name, start in found.items():
            second = "" if start.second is None else f"{start.second:.1f}"
            self.lines.append(f"| {name} | {start.user:.2f} | {start.wall:.2f} | {second} |")

    def page(self) -> str:
        """The page, with the goals first and what went wrong after them."""
        head = [
            "# 速度 / Speed", "",
            "`make bench` 生成本页：同一次运行、交错进行、取中位数；每次测量用单独的进程，先用十分之一的数据预热，超过30秒的只测一次；内存峰值由该进程自己读（VmHWM），Spark 的加上它的 Java 和工作进程，处理器秒也一样；内存分配器都按 `opencheck` 命令的设置。数据由固定种子生成，2% 有问题，见 `benchmarks/data_maker.py`。检查指读取 Parquet、逐行交代、跑完规则、得到违规；说明文字在读取时才生成。",
            "",
            "One run, interleaved, medians, a process each, warmed up on a tenth of the data; what takes more than 30 s is measured once; the peak is read by the process itself (VmHWM), with Java and the workers for Spark, and so are the CPU seconds; the memory allocator of all is set as the command `opencheck` sets it.",
            "",
            f"{datetime.now():%Y-%m-%d} · {platform.machine()}, {pl.thread_pool_size()} cores · Python {platform.python_version()} · {versions()}", "",
            "## 当时、目标、现在 / Then, wanted, now", "",
            "“当时”是 2026-11-25 和 26 日、改进之前的数字。“相对手写”大于1表示比手写的快。Then: the figures of 25 and 26 November 2026. “To by hand” above 1 is faster than by hand.", "",
            *goals.lines(self.figures, self.floors),
        ]  # fmt: skip
        unlisted = list(dict.fromkeys([*self.faults, *self.absent]))
        told = ["", "没有列出的 / Not listed:", "", *(f"- {f}" for f in unlisted)] if unlisted else []
        foot = [
            "",
            "公布之前的检查和HTTP：见 `benchmarks/preflight.md`。Before publication, and HTTP: `benchmarks/preflight.md`.",
        ]
        return "\n".join([*head, *told, *self.lines, *foot]) + "\n"


def measure(kind: str, name: str, folder: Path, warm: Path) -> dict[str, Any] | str:
    """What a child used and found, or the last line of its error."""
    command = [sys.executable, str(HERE / "tasks.py"), kind, name, "--folder", str(folder), "--warm", str(warm)]
    # As the command opencheck sets it, and for all alike: memory that was let go is kept for ten seconds.
    settings = {"PYTHONWARNINGS": "ignore", "PYSPARK_PYTHON": sys.executable, **MALLOC}
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **settings})
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["?"])[-1][:200]
        print(f"{name}: {reason}", file=sys.stderr, flush=True)
        return reason
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    told = f"{found['seconds']:.2f} s, {found['cpu']:.2f} CPU s, {found['peak']:.0f} MiB"
    print(kind, name, folder.name, told, file=sys.stderr, flush=True)
    return found


def versions() -> str:
    """The libraries that are compared."""
    names = ("polars", "narwhals", "duckdb", "pyspark", "pandera", "pointblank", "pydantic", "chinese-calendar")
    told = []
    for name in names:
        try:
            told.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            told.append(f"{name} not installed")
    return " · ".join(told)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, help="a trial: everything with so many rows")
    parser.add_argument("--six", type=int, default=1_000_000, help="rows for the six rules, and for growth in rules")
    parser.add_argument(
        "--whole", type=int, nargs="*", default=[100_000, 1_000_000, 10_000_000], help="rows for the whole pack"
    )
    parser.add_argument(
        "--spark", type=int, nargs="*", default=[1_000_000, 10_000_000], help="those with which Spark runs; none leaves it out"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cold", type=int, default=5, help="rounds of cold starts")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--output", type=Path, default=PAGE)
    parser.add_argument("--folder", type=Path, default=HERE / "data", help="where data are made")
    options = parser.parse_args()
    if options.rows:
        options.six, options.whole = options.rows, [options.rows]
        options.spark = [options.rows] if options.spark else []
    bench = Bench(options)
    for part in PARTS:
        if part in options.only:
            getattr(bench, part)()
    text = bench.page()
    options.output.write_text(text, encoding="utf-8")
    print(text)
    return int(bool(bench.faults))


if __name__ == "__main__":
    sys.exit(main())
