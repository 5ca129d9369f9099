"""The evaluator: batches of any size find the same, whatever pieces their columns are in."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import opencheck as oc
from batches import batches_of
from engine_reports import END, PACKS, told
from example_tables import frames
from judged_together import is_long_search
from opencheck.core.calendar import WorkCalendar
from opencheck.engine.carriers.spark_worker import recipe_of
from opencheck.engine.evaluator import Evaluation, TableEvaluator
from opencheck.engine.prepare import Shape, plan_pack
from opencheck.readers import read
from pingdu_rules import DAY
from record_strategies import LEDGERS, all_examples

PACK = PACKS[0]
LARGE = 10**9


@pytest.fixture(scope="module")
def whole_archive(archive: Path) -> dict[str, Any]:
    """What the archive gives in batches as large as they come."""
    return told(archive)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["polars", pytest.param("duckdb", marks=pytest.mark.thorough)])
def test_evaluator_batches_of_an_archive_find_the_same(
    engine: str, archive: Path, whole_archive: dict[str, Any], duck: Any
) -> None:
    assert len(whole_archive["rejected"]) == 3
    with batches_of(150):
        assert told(archive, duck if engine == "duckdb" else None) == whole_archive


@pytest.mark.thorough
@pytest.mark.slow
def test_evaluator_batches_of_one_row_find_the_same(archive: Path, tmp_path: Path) -> None:
    for file in archive.glob("*.parquet"):
        pl.read_parquet(file).head(4).write_parquet(tmp_path / file.name)
    whole = told(tmp_path, include_all=True)
    assert whole["rejected"]
    with batches_of(1):
        assert told(tmp_path, include_all=True) == whole


@pytest.mark.slow
@settings(max_examples=settings.default.max_examples // 16 if is_long_search() else 2, suppress_health_check=list(HealthCheck))
@given(LEDGERS, DAY, st.integers(1, 3), st.booleans(), st.booleans())
def test_evaluator_batches_of_any_ledger_find_the_same(
    ledger: dict[str, list[dict[str, Any]]], as_of: date, rows: int, in_memory: bool, include_all: bool
) -> None:
    source = ledger if in_memory else frames(ledger)
    whole = told(source, as_of=as_of, include_all=include_all)
    for small in (0, LARGE):
        with batches_of(rows, small):
            assert told(source, as_of=as_of, include_all=include_all) == whole


@pytest.fixture(scope="module")
def told_of_examples() -> dict[str, Any]:
    """What the records of all examples give in one piece."""
    found = told(frames(all_examples()))
    assert len(found["findings"]) > 300
    return found


@pytest.mark.thorough
def test_evaluator_small_batches_and_columns_in_several_chunks_find_the_same(told_of_examples: dict[str, Any]) -> None:
    """The records of all examples, cut, judged as a large batch and as a small one."""
    cut = {}
    for name, frame in frames(all_examples()).items():
        size = -(-len(frame) // 3) or 1
        cut[name] = pl.concat([frame.slice(at, size) for at in range(0, max(len(frame), 1), size)], rechunk=False)
    assert max(frame.n_chunks() for frame in cut.values()) == 3
    for small in (0, LARGE):
        with batches_of(LARGE, small):
            assert told(cut) == told_of_examples


TELL_EXAMPLES = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
import polars as pl
from engine_reports import told
from example_tables import frames
from record_strategies import all_examples
json.dump([pl.thread_pool_size(), told(frames(all_examples()))], sys.stdout, default=str)
"""


@pytest.mark.thorough
@pytest.mark.slow
def test_evaluator_in_several_threads_and_in_one_finds_the_same(told_of_examples: dict[str, Any]) -> None:
    """With other threads Polars gives groups in another order. Their number is that of a process."""
    others = 1 if pl.thread_pool_size() > 1 else 4
    environment = {**os.environ, "POLARS_MAX_THREADS": str(others)}
    command = [sys.executable, "-c", TELL_EXAMPLES, json.dumps(sys.path)]
    threads, found = json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert threads == others
    assert found == json.loads(json.dumps(told_of_examples, default=str))


@pytest.mark.parametrize("small", [0, pytest.param(LARGE, marks=pytest.mark.thorough)])
def test_evaluator_lists_and_topics_of_every_row_differ(small: int) -> None:
    """Distinct lists and topics are looked up once each: here nothing is met twice, in chunks, with blanks and empty lists between."""
    topics = list(PACK.topics)
    count = 160
    records = [
        {"id": str(i), "topic": topics[i % len(topics)] if i % 7 else f"没有的主题{i}", "published_on": date(2018, 1 + i % 12, 2),
         "elements": None if i % 5 == 0 else [] if i % 5 == 1 else [f"要素{i}", "主要内容"], "channels": [f"渠道{i}", "政府门户网站"]}
        for i in range(count)
    ]  # fmt: skip
    parts = [pl.DataFrame(records[at : at + 20]) for at in range(0, count, 20)]
    chunked = pl.concat(parts, rechunk=False, how="vertical_relaxed")
    with batches_of(LARGE, small):
        report = told({"disclosure": chunked}, include_all=True)
        assert report == told({"disclosure": chunked.rechunk()}, include_all=True)
        assert len({n["zh"] for n in report["notes"] if "没有的主题" in n["zh"]}) == len(
            [r for r in records if "没有" in r["topic"]]
        )
    with batches_of(64, small):
        assert told({"disclosure": chunked}, include_all=True) == report


# texts with personal data: the expression suspects, a closer look decides

NUMBER = "11010519491231002X"
BITS = [
    " ", "\u3000", "\u00a0", "\ufeff", "\u200b", "\t", "\r\n", "\n", "\r", "通知", "“", "（此件主动公开）", "此件公开发布", "附件", "：",
    NUMBER, "1101051949", "1231002X", "１３８０５３２１２３４", "13805321234", "护照E12345678", "抄送：李代表13805321234", "5",
]  # fmt: skip
HOSTILE = st.none() | st.lists(st.sampled_from(BITS), max_size=6).map("".join)
ATTRIBUTE = st.sampled_from(["主动公开", "依申请公开", "不予公开", None])
LONG = {
    "disclosure": {"id": st.integers(1, 99).map(str), "topic": st.sampled_from(["housing.policy", "环境空气质量 ", None]), "title": HOSTILE,
                   "subject": HOSTILE, "published_on": DAY, "attribute": ATTRIBUTE, "non_disclosure_reason": HOSTILE, "text": HOSTILE},
    "document": {"id": st.integers(1, 99).map(str), "title": HOSTILE, "published_on": DAY, "attribute": ATTRIBUTE, "text": HOSTILE},
    "proposal_reply": {"id": st.integers(1, 99).map(str), "replied_on": DAY, "published_on": DAY, "disclosed": st.sampled_from(["full", "summary"]),
                       "affects_public_interest": st.booleans(), "text": HOSTILE},
}  # fmt: skip
TYPES = {"published_on": pl.Date, "replied_on": pl.Date, "affects_public_interest": pl.Boolean}


@settings(max_examples=settings.default.max_examples // 6 if is_long_search() else 5)
@given(st.data(), st.sampled_from(list(LONG)), st.sampled_from([1, 3]), st.booleans())
def test_evaluator_hostile_texts_are_judged_alike_in_any_batch(
    data: st.DataObject, table: str, rows: int, whole_pack: bool
) -> None:
    records = data.draw(st.lists(st.fixed_dictionaries(LONG[table]), min_size=1, max_size=7, unique_by=lambda r: r["id"]))
    frame = pl.DataFrame(records, schema={n: TYPES.get(n, pl.String) for n in LONG[table]})
    reading = [i for i, b in PACK.rules.items() if b.rule.on == table and b.rule.kind.text_field(b.rule)]
    assert reading

    def found(source: Any) -> tuple[list[str], str, str]:
        report = oc.check(source, pack=PACK, as_of="2018-12-31", rules=None if whole_pack else reading)
        lines = [json.dumps(f.as_dict(), ensure_ascii=False, sort_keys=True) for f in report.findings()]
        return lines, str(report.notes), json.dumps(report.summary, ensure_ascii=False, sort_keys=True)

    whole = found({table: frame})
    with batches_of(rows):
        assert found({table: frame}) == whole


def test_evaluator_personal_data_are_masked_and_look_alikes_cleared() -> None:
    known = {"topic": "other", "published_on": "2018-05-02", "mandatory_personal_data": False, "personal_data_basis": None}
    wrong = NUMBER[:-1] + "1"  # its check digit is not right
    texts = [{**known, "id": str(n), "text": f"王某，身份证号{NUMBER if n % 2 else wrong}，第{n}人"} for n in range(6)]
    for rows in (LARGE, 1):
        with batches_of(rows):
            report = oc.check({"disclosure": texts}, pack=PACK, as_of=END, rules=["PD-14.2"], include_all=True)
        assert [str(f.outcome) for f in report.findings()] == ["pass", "violation"] * 3
        said = json.dumps(report.to_dict(), ensure_ascii=False)
        assert NUMBER not in said
        assert "1101**********002X" in said
        (result,) = report.results
        assert "text" not in result.rows.columns  # the text itself goes no further
        assert NUMBER not in result.rows.write_json()


def test_evaluator_texts_that_a_table_lacks_are_counted_once() -> None:
    documents = [{"id": str(n), "attribute": "主动公开", "published_on": "2018-09-10"} for n in range(5)]
    for rows in (LARGE, 2):
        with batches_of(rows):
            report = oc.check({"document": documents}, pack=PACK, as_of=END, rules=["PD-14.2c"])
        (finding,) = report.findings()
        assert str(finding.outcome) == "indeterminate"
        assert finding.missing == ("text",)
        assert report.results[0].counts == {finding.outcome: 5}


def test_evaluator_recipe_and_context_pickle() -> None:
    """What Spark's workers get: planned there again, it finds the same."""
    data = read({n: rows for n, rows in all_examples().items() if n in ("document", "interpretation")})
    rules = [b.rule for b in PACK.rules.values() if b.rule.on == "document"]
    plan = plan_pack(PACK, rules, END, WorkCalendar.china(), Shape.of(data), include_all=False)
    own = plan.tables["document"]
    (batch,) = data.tables["document"].batches(own.evaluator.fields)
    recipe = recipe_of(own, "document", {})
    again = pickle.loads(pickle.dumps(recipe))
    assert again.evaluator() is not own.evaluator
    unlinked = dict.fromkeys(own.evaluator.links)
    here, there = own.evaluator.evaluate(batch, unlinked), again.evaluator().evaluate(batch, unlinked)
    assert here.counts == there.counts
    assert here.facts.keys() == there.facts.keys()
    assert here.facts
    for number, facts in here.facts.items():
        assert [f.to_dicts() for f in facts] == [f.to_dicts() for f in there.facts[number]]


def test_evaluator_reads_of_a_table_what_its_rules_and_findings_need() -> None:
    data = read({"request": [{"id": "1", "received_on": "2018-09-03", "replied_on": None, "text": "甲"}]})
    rules = [PACK.rules["PD-15.3"].rule]
    plan = plan_pack(PACK, rules, END, WorkCalendar.china(), Shape.of(data), include_all=False)
    needed = {name for table, name in rules[0].required_fields() if table == "request"}
    assert needed <= plan.tables["request"].evaluator.fields <= needed | {"id", "unit", "title", "subject", "note"}


def test_evaluator_limits_that_end_with_the_calendar_or_beyond() -> None:
    """Day by day across the end: due as the calendar counts, and left open from the first day whose limit it does not hold."""
    china = WorkCalendar.china()
    end = china.last_known
    received = {str(n): end - timedelta(days=n) for n in range(45)}
    rows = [{"id": n, "received_on": day, "replied_on": None, "excluded_days": 0} for n, day in received.items()]
    after = end + timedelta(days=400)
    for small in (0, LARGE):
        with batches_of(LARGE, small):
            found = oc.check({"request": rows}, pack=PACK, as_of=after, rules=["PD-15.3"], include_all=True).findings()
        assert {f.record_id: (str(f.outcome), f.due) for f in found} == {n: limit(china, day) for n, day in received.items()}
    assert {str(f.outcome) for f in found} == {"violation", "indeterminate"}


def limit(calendar: WorkCalendar, received: date) -> tuple[str, date | None]:
    """How a request without a reply is judged, and the last of its 20 working days, as the calendar counts them."""
    try:
        return "violation", calendar.add_working_days(received, 20)
    except LookupError:
        return "indeterminate", None


LONG_TEXT = "长" * 200


def large_batch(topic: str, few: int) -> tuple[TableEvaluator, pl.DataFrame]:
    """An evaluator, and a batch of long texts of which few rows are of a topic that its rules are about."""
    number = pl.int_range(1500).cast(pl.String)
    frame = pl.select(number.alias("id"), *((number + LONG_TEXT).alias(n) for n in ("title", "subject", "unit"))).with_columns(
        pl.when(pl.int_range(pl.len()) < few).then(pl.lit(topic)).otherwise(pl.lit("other")).alias("topic"),
        pl.concat_list("title").alias("channels"),
        pl.lit(date(2018, 9, 1)).alias("formed_on"),
        pl.lit(date(2018, 9, 3)).alias("published_on"),
    )
    data = read({"disclosure": frame})
    rules = [PACK.rules[i].rule for i in ("PD-8-7.13", "PD-5-1.2", "PD-8-7.2")]
    own = plan_pack(PACK, rules, END, WorkCalendar.china(), Shape.of(data), include_all=False).tables["disclosure"]
    (batch,) = (own.names.applied(b, {}) for b in data.tables["disclosure"].batches(own.evaluator.fields))
    return own.evaluator, batch


def kept_of(found: Evaluation) -> list[pl.DataFrame]:
    return [rows for of in (found.facts, found.partials) for frames in of.values() for rows in frames if len(rows)]


@pytest.mark.parametrize("topic", ["water.warning", "supervision.inspection", "environment.source_water"])
def test_evaluator_few_rows_of_a_large_batch_do_not_keep_its_memory(topic: str) -> None:
    """A text of a row keeps the memory of the texts of all rows, unless it is copied."""

    def memory_of(frame: pl.DataFrame) -> int:
        size: int = frame.to_arrow(compat_level=pl.CompatLevel.newest()).get_total_buffer_size()
        return size

    evaluator, batch = large_batch(topic, 3)
    kept = kept_of(evaluator.evaluate(batch, {}))
    assert kept
    for rows in kept:
        assert len(rows) == 3
        assert any(LONG_TEXT in str(value) for value in rows.row(0))
        assert memory_of(rows) < 20_000 < memory_of(batch) / 100


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="没有 /proc / no /proc here")
def test_evaluator_one_row_of_a_large_batch_does_not_keep_its_memory() -> None:
    """What the lists of a single row keep Arrow does not show, but the process does."""

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")

    evaluator, batch = large_batch("supervision.inspection", 1)
    own = pl.col("channels").list.eval(pl.concat_str(pl.element(), pl.lit("，" + LONG_TEXT * 20)))
    kept = [evaluator.evaluate(batch.with_columns(own), {}) for _ in range(2)]
    before = resident()
    kept += [evaluator.evaluate(batch.with_columns(own), {}) for _ in range(10)]
    assert [len(rows) for found in kept for rows in kept_of(found)] == [1] * 12
    assert resident() - before < 80_000_000, "10 copies of the channels are 190 MB"


@pytest.mark.parametrize("rows", [LARGE, 1])
def test_evaluator_rows_that_a_closer_look_clears_are_counted_and_not_kept(rows: int) -> None:
    texts = [
        "订单号621700123456789012345。",
        "身份证号11010519491231002X。",
        "没有号码。",
    ]  # only a closer look tells the first from the second
    shown = [{"id": str(n), "topic": "other", "published_on": "2018-09-01", "mandatory_personal_data": False, "text": text} for n, text in enumerate(texts)]  # fmt: skip
    with batches_of(rows, 0):
        report = oc.check({"disclosure": shown}, pack=PACK, as_of=END, rules=["PD-14.2"])
    (result,) = report.results
    assert {str(outcome): number for outcome, number in result.counts.items()} == {"pass": 2, "violation": 1}
    assert result.rows is not None
    assert result.rows["id"].to_list() == ["1"]


@pytest.mark.parametrize("small", [0, LARGE])
def test_evaluator_closer_look_does_not_settle_which_of_two_columns_holds(small: int) -> None:
    """Whether the second was published by its day nobody knows; the third holds a number that is no one's."""
    days = ("2018-09-03", "2018-09-04", "2018-09-03")
    texts = (NUMBER, NUMBER, NUMBER[:-1] + "1")
    rows = [
        {"编号": str(n), "主题": "other", "公开日期": "2018-09-03", "发布日期": day, "强制披露个人信息": "否", "正文": f"身份证号{text}"}
        for n, (day, text) in enumerate(zip(days, texts, strict=True))
    ]  # fmt: skip
    with batches_of(LARGE, small):
        report = oc.check({"disclosure": rows}, pack=PACK, as_of=END, rules=["PD-14.2"], include_all=True)
    assert [(str(f.outcome), f.missing) for f in report.findings()] == [
        ("violation", ()),
        ("indeterminate", ("published_on",)),
        ("pass", ()),
    ]
