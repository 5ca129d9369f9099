"""Speed and memory of the rules, beside a hand-written Polars query of the same rules and a bare scan of the same columns.

    python benchmarks/bench.py [--rows 1000000] [--rounds 5]

All in one run, interleaved, medians; every measurement in a process of its own, so that peak memory is that of one thing. Data are made from a
fixed seed: disclosures of the topics that rules concern, 2 % of them breaking a duty, with linked documents and interpretations.
What is compared is the check itself (reading Parquet, all rules, the sparse findings); messages are worked out when findings are read.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import polars as pl

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
AS_OF = date(2018, 12, 31)


def make(rows: int) -> Path:
    """Disclosures (and a tenth as many documents, each with an interpretation) as Parquet."""
    import numpy as np

    folder = DATA / str(rows)
    if (folder / "interpretation.parquet").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20180824)
    topics = [
        "credit.licence", "credit.penalty", "poverty_relief.project", "fiscal.monthly", "environment.air_quality",
        "environment.source_water", "food.sampling", "housing.progress", "other",
    ]  # fmt: skip
    weights = [0.25, 0.2, 0.25, 0.02, 0.02, 0.05, 0.02, 0.02, 0.17]
    base = np.datetime64("2018-01-02")
    formed = base + rng.integers(0, 330, rows)
    bad = rng.random(rows) < 0.02
    published = formed + rng.integers(0, 7, rows) + np.where(bad, 30, 0)
    levels = np.array(["county", "town", "village", "project_unit"])
    frame = pl.DataFrame(
        {
            "id": pl.int_range(rows, eager=True).cast(pl.String),
            "unit": pl.Series(np.array([f"单位{i}" for i in range(200)])[rng.integers(0, 200, rows)]),
            "title": pl.Series(np.array([f"第{i}类公开信息的标题文字" for i in range(5000)])[rng.integers(0, 5000, rows)]),
            "topic": pl.Series(np.array(topics)[rng.choice(len(topics), rows, p=weights)]),
            "subject": pl.Series(np.array([f"对象{i}" for i in range(50)])[rng.integers(0, 50, rows)]),
            "level": pl.Series(levels[rng.integers(0, 4, rows)]),
            "period": pl.Series(formed.astype("datetime64[M]").astype(str)),
            "formed_on": pl.Series(formed).cast(pl.Date),
            "published_on": pl.Series(published).cast(pl.Date),
            "posted_until": pl.Series(published + np.where(bad, 5, 12)).cast(pl.Date),
            "justification": pl.Series([None] * rows, dtype=pl.String),
            "elements": pl.Series([None] * rows, dtype=pl.List(pl.String)),
        }
    )
    frame.write_parquet(folder / "disclosure.parquet")
    n = rows // 10
    day = base + rng.integers(0, 330, n)
    pl.DataFrame(
        {
            "id": pl.int_range(n, eager=True).cast(pl.String),
            "unit": "市财政局",
            "title": "通知",
            "drafting_units": pl.Series([["市财政局"]] * n),
            "is_policy": pl.Series(rng.random(n) < 0.7),
            "is_important": pl.Series([None] * n, dtype=pl.Boolean),
            "proposed_attribute": "主动公开",
            "proposed_reason": "涉及群众利益",
            "non_disclosure_reason": pl.Series([None] * n, dtype=pl.String),
            "attribute": "主动公开",
            "submitted_on": pl.Series(day - 5).cast(pl.Date),
            "interpretation_plan_on": pl.Series(day - 5).cast(pl.Date),
            "signed_on": pl.Series(day - 2).cast(pl.Date),
            "published_on": pl.Series(day).cast(pl.Date),
        }
    ).write_parquet(folder / "document.parquet")
    pl.DataFrame(
        {
            "id": pl.int_range(n, eager=True).cast(pl.String),
            "unit": "市财政局",
            "document_id": pl.int_range(n, eager=True).cast(pl.String),
            "published_on": pl.Series(day + rng.integers(0, 3, n) + np.where(rng.random(n) < 0.02, 20, 0)).cast(pl.Date),
        }
    ).write_parquet(folder / "interpretation.parquet")
    return folder


def opencheck(folder: Path) -> int:
    import opencheck as oc

    report = oc.check(folder, pack="pingdu-2018", as_of=AS_OF)
    return sum(sum(n for o, n in r.counts.items() if str(o) == "violation") for r in report.results)


def by_hand(folder: Path) -> int:
    """What somebody who knows Polars would write for the same rules: no reasons, no rows accounted for, no missing facts."""
    from opencheck import WorkCalendar

    table = WorkCalendar.china().table().with_columns(n=pl.col("works").cum_sum())
    days = table.select("day", pl.col("n").cast(pl.Int64)).lazy()

    def count(frame: pl.LazyFrame, a: str, b: str) -> pl.LazyFrame:
        return (
            frame.join(days.rename({"day": a, "n": "na"}), on=a, how="left")
            .join(days.rename({"day": b, "n": "nb"}), on=b, how="left")
            .with_columns(late=pl.col("nb") - pl.col("na"))
        )

    d = pl.scan_parquet(folder / "disclosure.parquet")
    credit = count(d.filter(pl.col("topic").is_in(["credit.licence", "credit.penalty"])), "formed_on", "published_on")
    posted = d.filter((pl.col("topic") == "poverty_relief.project") & (pl.col("level") != "county"))
    short = posted.filter((pl.col("posted_until") - pl.col("published_on")).dt.total_days() < 9)
    queries = [credit.filter(pl.col("late") > 7).select(pl.len()), short.select(pl.len())]
    for topic, keys in (
        ("fiscal.monthly", ["period"]), ("environment.air_quality", ["period"]), ("environment.source_water", ["subject", "period"]),
        ("food.sampling", ["period"]), ("housing.progress", ["period"]),
    ):  # fmt: skip
        first = d.filter(pl.col("topic") == topic).group_by(keys).agg(pl.col("published_on").min())
        due = (pl.col("period") + "-01").str.to_date().dt.offset_by("2mo").dt.offset_by("-1d")
        queries.append(first.filter(pl.col("published_on") > due).select(pl.len()))
    doc = pl.scan_parquet(folder / "document.parquet").filter(pl.col("is_policy"))
    reading = pl.scan_parquet(folder / "interpretation.parquet")
    first = reading.group_by("document_id").agg(
        pl.col("published_on").min().alias("read_on"), pl.col("unit").first().alias("by")
    )
    linked = doc.join(first, left_on="id", right_on="document_id", how="left")
    queries += [
        count(linked, "published_on", "read_on").filter((pl.col("late") > 3) | pl.col("read_on").is_null()).select(pl.len()),
        linked.filter(~pl.col("drafting_units").list.contains(pl.col("by"))).select(pl.len()),
        doc.filter(pl.col("interpretation_plan_on") > pl.col("submitted_on")).select(pl.len()),
        doc.filter(pl.col("proposed_attribute").is_null() | pl.col("proposed_reason").is_null()).select(pl.len()),
        doc.filter((pl.col("proposed_attribute") == "不予公开") & pl.col("proposed_reason").is_null()).select(pl.len()),
    ]
    return sum(frame.item() for frame in pl.collect_all(queries))


def scan(folder: Path) -> int:
    """The floor: read the columns that the rules use, and nothing else."""
    columns = ["topic", "subject", "level", "period", "formed_on", "published_on", "posted_until", "justification"]
    frames = [
        pl.scan_parquet(folder / "disclosure.parquet").select(columns),
        pl.scan_parquet(folder / "document.parquet"),
        pl.scan_parquet(folder / "interpretation.parquet"),
    ]
    return sum(len(f) for f in pl.collect_all(frames))


RUNS = {"opencheck": opencheck, "by hand (Polars)": by_hand, "bare scan": scan}


def one(name: str, folder: Path) -> None:
    """In a process of its own: once to warm up, then measured; prints seconds, result, peak memory in MiB."""
    RUNS[name](folder)
    start = time.perf_counter()
    result = RUNS[name](folder)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "result": result, "peak": peak}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", choices=RUNS)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.folder)
        return
    lines = [
        "# 速度 / Speed",
        "",
        "`make bench` 生成本页：同一次运行、交错进行、取中位数；每次测量用单独的进程。检查指读取 Parquet、跑完规则包的全部规则、得到违规（说明文字在读取时才生成）。",
        "",
        f"{datetime.now():%Y-%m-%d} · {platform.machine()}, {pl.thread_pool_size()} cores · Python {platform.python_version()} · Polars {version('polars')} · Narwhals {version('narwhals')}",
        "",
        "| 公开信息 / disclosures | 做法 / what | 秒 / s | 条每秒 / records per s | 内存峰值 / peak MiB | 相对手写 / ratio to by hand |",
        "|---|---|---|---|---|---|",
    ]
    for rows in options.rows:
        folder = make(rows)
        found: dict[str, list[dict[str, float]]] = {name: [] for name in RUNS}
        for _ in range(options.rounds):
            for name in RUNS:
                command = [sys.executable, __file__, "--one", name, "--folder", str(folder)]
                found[name].append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        median = {name: statistics.median(f["seconds"] for f in results) for name, results in found.items()}
        for name, results in found.items():
            peak = max(f["peak"] for f in results)
            ratio = median["by hand (Polars)"] / median[name]
            lines.append(
                f"| {rows:,} | {name} | {median[name]:.3f} | {rows / median[name]:,.0f} | {peak:.0f} | {ratio:.2f} × |"
            )
    text = "\n".join(lines) + "\n"
    (HERE / "README.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
