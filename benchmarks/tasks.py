"""What a process of its own does for `bench.py`: one thing, once on little data to warm up, then measured; it prints what it used as JSON."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import contenders
import polars as pl
from usage import cpu_seconds, peak_mib

AS_OF = date(2018, 12, 31)
CALLS = 200

SIX: dict[str, Callable[[Path], Any]] = {
    "opencheck, Polars": contenders.opencheck,
    "opencheck, DuckDB": lambda f: contenders.opencheck(f, "duckdb"),
    "opencheck, Spark local[2]": contenders.opencheck_spark,
    "by hand, Polars": contenders.by_hand,
    "by hand, DuckDB SQL": contenders.by_hand_duckdb,
    "by hand, Spark SQL": contenders.by_hand_spark,
    "bare scan": contenders.scan,
    "pandera (Polars), calendar joined beforehand": contenders.with_pandera,
    "pandera (Polars), working days by a function": contenders.with_pandera_and_a_function,
    "pointblank (Polars)": contenders.with_pointblank,
    "plain Python, chinese_calendar": contenders.plain_python,
    "pydantic + plain Python": contenders.with_pydantic,
}


def whole(folder: Path, engine: str = "polars", memory: str | None = None) -> contenders.Counts:
    """The whole pack on a folder of Parquet files: violations by rule."""
    import opencheck as oc

    report = oc.check(folder, pack="pingdu-2018", as_of=AS_OF, engine=engine, memory=memory)
    return {r.rule.id: sum(n for o, n in r.counts.items() if str(o) == "violation") for r in report.results}


def whole_on_spark(folder: Path) -> contenders.Counts:
    contenders.spark_session()
    return whole(folder, "spark")


def _columns_read() -> dict[str, set[str]]:
    """Of each table of the data the columns that the whole pack reads."""
    from opencheck import load_pack

    used: dict[str, set[str]] = {}
    for bound in load_pack("pingdu-2018").rules.values():
        for table, name in bound.rule.required_fields():
            used.setdefault(table, {"id", "unit", "title"}).add(name)
    return {table: used[table] for table in ("disclosure", "document", "interpretation", "roster")}


def scan_all(folder: Path) -> int:
    """The columns that the whole pack reads, of all its tables."""
    found = 0
    for table, names in _columns_read().items():
        rows = pl.scan_parquet(folder / f"{table}.parquet")
        schema = rows.collect_schema()
        looked = [
            pl.col(n).str.len_bytes().sum() if t == pl.String else pl.col(n).null_count()
            for n, t in schema.items()
            if n in names
        ]
        found += len(rows.select(looked).collect(engine="streaming"))
    return found


def scan_all_by_spark(folder: Path) -> int:
    """The same by Spark."""
    from pyspark.sql import functions as f

    spark, found = contenders.spark_session(), 0
    for table, names in _columns_read().items():
        rows = spark.read.parquet(str(folder / f"{table}.parquet"))
        looked = [f.sum(f.octet_length(n)) if t == "string" else f.count(n) for n, t in rows.dtypes if n in names]
        found += len(rows.agg(*looked).collect())
    return found


WHOLE: dict[str, Callable[[Path], Any]] = {
    "opencheck, Polars": whole,
    "opencheck, DuckDB, 1 GiB": lambda f: whole(f, "duckdb", "1GiB"),
    "opencheck, Spark local[2]": whole_on_spark,
    "bare scan": scan_all,
    "bare scan, Spark local[2]": scan_all_by_spark,
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


RULES: dict[str, Callable[[Path], Any]] = {f"{n} rules": (lambda f, n=n: by_rules(f, n)) for n in (40, 100, 400)}


def dicts(source: list[dict[str, Any]]) -> int:
    """Records given as dicts: read, typed and judged by four rules."""
    import opencheck as oc

    report = oc.check(
        {"disclosure": source}, pack=contenders.six_pack(), as_of=AS_OF, rules=["SIX-1", "SIX-2", "SIX-3", "SIX-4"]
    )
    return report.rows["read"]


def frame(source: list[dict[str, Any]]) -> int:
    """The floor of it: the same dicts as a frame, unread and unjudged."""
    return len(pl.DataFrame(source))


def _median_ms(calls: int, act: Callable[[int], object]) -> float:
    """Median milliseconds of something that is done so many times."""
    times = []
    for number in range(calls):
        started = time.perf_counter()
        act(number)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def preflight(calls: int) -> float:
    """Median milliseconds of the check of one record before publication."""
    from preflight import RECORD

    import opencheck as oc

    pack = oc.load_pack("pingdu-2018")
    return _median_ms(
        calls, lambda number: oc.preflight({**RECORD, "title": f"通知{number}"}, pack=pack, as_of="2018-08-28").as_dict()
    )


def reading_alone(calls: int) -> float:
    """The floor of it: median milliseconds of reading the record's text and searching it for personal data."""
    from preflight import TEXT

    import opencheck as oc
    from opencheck.core.personal_data import find_personal_data

    return _median_ms(calls, lambda _: (oc.documents.read(TEXT), find_personal_data(TEXT)))


OTHER: dict[str, Callable[[Any], Any]] = {
    "dicts": dicts,
    "dicts as a frame": frame,
    "preflight": preflight,
    "reading alone": reading_alone,
}
KINDS: dict[str, dict[str, Callable[[Any], Any]]] = {"six": SIX, "whole": WHOLE, "rules": RULES, "other": OTHER}


def main() -> None:
    """``tasks.py KIND NAME --folder DATA --warm LITTLE``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("name")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--warm", type=Path, required=True)
    options = parser.parse_args()
    run = KINDS[options.kind][options.name]
    source, little = options.folder, options.warm
    of_dicts = options.name.startswith("dicts")
    if of_dicts:
        source = pl.read_parquet(options.folder / "disclosure.parquet", n_rows=100_000).drop("text", "url").to_dicts()
        little = source[:1000]
    elif options.kind == "other":
        source, little = CALLS, CALLS // 10
    run(little)
    start, used = time.perf_counter(), cpu_seconds()
    result = run(source)
    seconds, cpu = time.perf_counter() - start, cpu_seconds() - used
    rows = len(source) if of_dicts else None
    print(json.dumps({"seconds": seconds, "cpu": cpu, "result": result, "peak": peak_mib(), "rows": rows}))


if __name__ == "__main__":
    main()
