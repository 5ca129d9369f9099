"""Compiled rules: one record judged without a frame, as the frames judge it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencheck.engine.compiled import Unsupported, function
from test_kinds import DAY, TABLES, rows

import opencheck as oc
from opencheck.api.check import check_records
from opencheck.api.preflight import check_single_record

PACKS = [oc.load_pack("pingdu-2018"), oc.load_pack("cn-disclosure-2019")]
RULES = {t: [i for p in PACKS for i, b in p.rules.items() if b.rule.on == t and b.rule.kind.about == "record"] for t in TABLES}
LINKS = {
    t: {b.rule.require.linked.table for p in PACKS for b in p.rules.values() if b.rule.on == t and b.rule.require.linked}
    for t in TABLES
}


def told(report: oc.Report) -> tuple[list[str], dict[str, Any]]:
    counted = {r: n for r, n in report.summary["by_rule"].items() if n}
    return [json.dumps(f.as_dict(), ensure_ascii=False, sort_keys=True) for f in report.findings()], counted


def both(table: str, record: dict[str, Any], as_of: date) -> None:
    by_frames = check_records({table: [record], **{t: [] for t in LINKS[table]}}, packs=PACKS, as_of=as_of, rules=RULES[table])
    done = check_single_record(record, TABLES[table], PACKS, LINKS[table], as_of)
    if by_frames.rejected:
        assert done is None
    elif done is not None:
        assert told(done[0]) == told(by_frames)


CASES = [
    (b.rule.on, record, e.as_of, i, n)
    for p in PACKS
    for i, b in p.rules.items()
    if b.rule.kind.about == "record"
    for n, e in enumerate(b.rule.examples)
    for record in e.given.get(b.rule.on, [])[:2]
    if not e.parameters
]  # fmt: skip


def test_every_record_of_the_examples() -> None:
    for table, record, as_of, _, _ in CASES:
        both(table, TABLES[table].model(**record).model_dump(exclude_unset=True), as_of)
    assert len(CASES) > 500


@settings(max_examples=150)
@given(st.sampled_from([t for t in TABLES if RULES[t]]), st.data(), DAY)
def test_any_record(table: str, data: st.DataObject, as_of: date) -> None:
    for record in data.draw(rows(table)):
        both(table, record, as_of)


def test_most_tables_are_compiled() -> None:
    compiled = []
    for table in TABLES:
        full = dict.fromkeys(TABLES[table].fields) | {"id": "1"}
        if RULES[table] and check_single_record(full, TABLES[table], PACKS, LINKS[table], date(2018, 12, 31)) is not None:
            compiled.append(table)
    assert {"document", "meeting", "request", "proposal_reply", "service_item", "opinion_case"} <= set(compiled)


# the functions themselves against Polars

COLUMNS = {
    "i": pl.Int64,
    "j": pl.Int64,
    "b": pl.Boolean,
    "c": pl.Boolean,
    "d": pl.Date,
    "e": pl.Date,
    "t": pl.String,
    "l": pl.List(pl.String),
}
ROW = st.fixed_dictionaries({
    "i": st.none() | st.integers(-3, 3), "j": st.none() | st.integers(-3, 3), "b": st.none() | st.booleans(), "c": st.none() | st.booleans(),
    "d": st.none() | DAY, "e": st.none() | DAY, "t": st.none() | st.sampled_from(["", "甲", "主动公开", "a\n", "甲乙\n丙"]),
    "l": st.none() | st.lists(st.sampled_from(["甲", "乙"]), max_size=3),
})  # fmt: skip
i, j, b, c, d, e, t, lst = (pl.col(n) for n in COLUMNS)
EXPRESSIONS = [
    b & c, b | c, ~b, pl.all_horizontal(b, c, i > 0), pl.any_horizontal(b, c, d > e), i > j, i <= j, i == j, i != j, i + j, i - 1,
    pl.when(b).then(i).otherwise(j), pl.when(b & c).then(pl.lit(1, dtype=pl.Int8)).otherwise(pl.lit(None, dtype=pl.Int8)), b.is_null(), b.is_not_null(),
    b.fill_null(False), i.fill_null(0), d > date(2018, 8, 24), d + pl.duration(days=3) > e, i.is_in([1, 2]), t.is_in(["甲", "乙"]), d.is_in([date(2018, 1, 1)]),
    lst.list.contains("甲"), lst.list.len(), lst.list.unique().list.len() >= 2, t.str.contains("^甲$"), t.str.contains("公开|乙"), t.str.contains("a$"),
    t.str.replace_all("(?s)乙.*$", "").str.contains("丙"), b.cast(pl.Int64) + c.cast(pl.Int64), (i > j).alias("x"),
]  # fmt: skip


@given(ROW)
def test_a_function_gives_what_polars_gives(row: dict[str, Any]) -> None:
    frame = pl.DataFrame([row], schema=COLUMNS)
    for expression in EXPRESSIONS:
        expected = frame.select(expression.alias("x"))["x"].to_list()[0]
        found = function(expression)(dict(row))
        assert found == expected, str(expression)
        assert (found is None) == (expected is None)


def test_moments() -> None:
    moment = datetime(2018, 8, 24, 23, 30)
    frame = pl.DataFrame({"m": [moment]})
    for expression in (
        pl.col("m").dt.date(),
        pl.col("m") + pl.duration(hours=1),
        pl.col("m") > pl.lit(moment - timedelta(hours=1)),
    ):
        assert function(expression)({"m": moment}) == frame.select(expression).item()


@pytest.mark.parametrize(
    "expression", [pl.col("i").sum(), pl.col("i").rank(), pl.col("t").str.to_uppercase(), pl.col("i").cast(pl.String)]
)
def test_what_is_not_compiled_says_so(expression: pl.Expr) -> None:
    with pytest.raises(Unsupported):
        function(expression)


def test_a_pack_compiled_for_a_table_finds_what_a_check_finds() -> None:
    compiled = PACKS[0].compile("document", "2018-12-31")
    ids = RULES["document"]
    for record in (
        {"编号": "1", "公开属性": "主动公开", "成文日期": "2018-09-01"},
        {"id": "2", "is_policy": True, "submitted_on": "2018-09-01"},
    ):
        report = check_records({"document": [record], "interpretation": []}, packs=PACKS[:1], as_of="2018-12-31", rules=[i for i in ids if i.startswith("PD")])  # fmt: skip
        assert [f.as_dict() | {"source": None} for f in compiled.check(record)] == [
            f.as_dict() | {"source": None} for f in report.findings()
        ]
    with pytest.raises(oc.InputError, match="日期"):
        compiled.check({"id": "3", "signed_on": "2018-02-30"})
    with pytest.raises(oc.InputError, match="no table"):
        PACKS[0].compile("nothing", "2018-12-31")
