"""Kept plans: the same findings as planned anew, whatever the records; placeholders are filled for each check."""

from __future__ import annotations

import json
import threading
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opencheck as oc
from opencheck.engine import gathered
from opencheck.engine import plan as plans
from opencheck.engine import run as engine
from opencheck.readers import read
from opencheck.readers import typed_columns as columns
from opencheck.records import TABLES
from pingdu_rules import DAY
from record_strategies import rows

pytestmark = pytest.mark.slow  # of machinery that goes

PACK = oc.load_pack("pingdu-2018")


def told(source: Any, as_of: date) -> list[str]:
    report = oc.check(source, pack=PACK, as_of=as_of, include_all=True)
    found = [json.dumps(f.as_dict(), ensure_ascii=False, sort_keys=True) for f in report.findings()]
    return [*sorted(found), json.dumps(report.summary, ensure_ascii=False, sort_keys=True)]


@settings(max_examples=25)
@given(st.lists(st.sampled_from(list(TABLES)), min_size=1, max_size=5, unique=True), st.data(), DAY)
def test_a_kept_plan_finds_what_planning_anew_finds(tables: list[str], data: st.DataObject, as_of: date) -> None:
    with pytest.MonkeyPatch.context() as patch:
        ledger = {name: data.draw(rows(name)) for name in tables}
        kept = told(ledger, as_of)
        again = told(ledger, as_of)  # now from the store
        patch.setattr(engine, "SMALL", -1)
        patch.setattr(plans, "_SHARE", data.draw(st.sampled_from([1, 2, 50_000])))
        anew = told(ledger, as_of)
    assert kept == again == anew


Cases = list[tuple[dict[str, Any], Any, list[str]]]


def found_in(cases: Cases) -> list[list[dict[str, Any]]]:
    """The findings of each case, with everything listed and without."""
    return [
        [f.as_dict() for f in oc.check(g, pack=PACK, as_of=d, rules=r, include_all=everything).findings()]
        for everything in (True, False)
        for g, d, r in cases
    ]


def test_every_example_of_the_pack_by_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    cases: Cases = [
        (e.given, e.as_of, [i])
        for i, b in PACK.rules.items()
        if b.rule.kind.about == "record"
        for e in b.rule.examples
        if not e.parameters
    ]

    kept = found_in(cases)
    monkeypatch.setattr(engine, "SMALL", -1)
    assert kept == found_in(cases)
    assert len(cases) > 400


def test_rows_for_rules_about_sets_are_taken_from_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    of_records = {
        b.rule.on: i for i, b in PACK.rules.items() if b.rule.kind.about == "record" and b.rule.kind.scans(b.rule) is None
    }
    cases: Cases = [
        (e.given, e.as_of, [i, of_records[b.rule.on]])
        for i, b in PACK.rules.items()
        if b.rule.kind.about == "set" and b.rule.on in of_records
        for e in b.rule.examples
        if not e.parameters and b.rule.on in e.given
    ]

    held = found_in(cases)
    monkeypatch.setattr(engine, "SMALL", -1)
    assert held == found_in(cases)
    taken: list[pl.DataFrame] = []
    take = gathered.Gathered.take
    monkeypatch.setattr(gathered.Gathered, "take", lambda self, block, places: (taken.append(block), take(self, block, places)))
    found_in(cases)
    assert len(taken) > 200


@pytest.mark.parametrize("small", [plans.SMALL, -1])
def test_an_id_of_two_sources_leaves_open_which_record_is_meant(
    small: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SMALL", small)
    one = {"id": "1", "topic": "housing.policy", "published_on": "2018-09-28"}
    pl.DataFrame([one]).write_csv(tmp_path / "公开信息.csv")
    pl.DataFrame([{"id": "a", "document_id": "1", "published_on": "2018-10-08"}]).write_csv(tmp_path / "解读.csv")

    def outcomes() -> list[str]:
        report = oc.check(tmp_path, pack=PACK, as_of="2018-12-31", rules=["PD-8-9.2b"], include_all=True)
        return sorted(str(f.outcome) for f in report.findings())

    assert outcomes() == ["pass"]
    pl.DataFrame([{**one, "id": "2"}]).write_csv(tmp_path / "公开信息2.csv")
    assert outcomes() == ["pass", "violation"]
    pl.DataFrame([one]).write_csv(tmp_path / "公开信息2.csv")
    assert outcomes() == ["indeterminate", "indeterminate"]


KEYS = st.lists(st.none() | st.sampled_from(["", "1", "2", "甲", "乙 ", "a\n"]) | st.text(max_size=3), max_size=20)


@given(KEYS, KEYS, st.booleans())
def test_what_is_linked_by_hash_is_what_a_join_links(left: list[str | None], right: list[str | None], twice: bool) -> None:
    keys = right if twice else list(dict.fromkeys(right))
    other = pl.DataFrame({"k": keys, "v": range(len(keys)), "w": [[str(k)] for k in keys]}, schema_overrides={"k": pl.String})
    block = pl.DataFrame({"key": left, "n": range(len(left))}, schema_overrides={"key": pl.String})
    joined = block.join(other, left_on="key", right_on="k", how="left", maintain_order="left")
    found = plans._Link("key", "k", other).onto(block)
    order = ["n", "v"]
    assert found.sort(order).rows() == joined.select(found.columns).sort(order).rows()


def test_the_store_is_bounded_and_the_plan_of_the_day_is_used_again() -> None:
    pack = oc.load_pack("pingdu-2018")
    record = {"title": "通知", "is_policy": True, "attribute": "主动公开"}
    for day in range(1, 29):
        for month in (9, 10, 11):
            oc.preflight(record, pack=pack, as_of=date(2018, month, day))
    assert len(pack.plans) <= plans.KEPT
    before = dict(pack.plans)
    oc.preflight({**record, "title": "另一份"}, pack=pack, as_of=date(2018, 11, 28))
    assert pack.plans.keys() == before.keys()


def test_checks_in_many_threads_do_not_mix_their_records() -> None:
    pack = oc.load_pack("pingdu-2018")
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(15):
            readings = [{"id": "r", "document_id": str(number), "published_on": "2018-09-10"}] if number % 2 else []
            ledger = {
                "document": [{"id": str(number), "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-10"}],
                "interpretation": readings,
            }
            report = oc.check(ledger, pack=pack, as_of="2018-12-31", rules=["PD-9.4"])
            if bool(report.violations) == bool(number % 2):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


BITS = [
    " ", "\u3000", "\u00a0", "\ufeff", "\u200b", "\t", "\r\n", "\n", "\r", "通知", "“", "（此件主动公开）", "此件公开发布", "附件", "：",
    "11010519491231002X", "1101051949", "1231002X", "１３８０５３２１２３４", "13805321234", "护照E12345678", "抄送：李代表13805321234", "5",
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


@settings(max_examples=40)
@given(st.data(), st.sampled_from(list(LONG)), st.sampled_from([1, 3]), st.booleans())
def test_long_texts_that_are_let_go_are_judged_as_those_that_are_kept(
    data: st.DataObject, table: str, piece: int, whole_pack: bool
) -> None:
    records = data.draw(st.lists(st.fixed_dictionaries(LONG[table]), min_size=1, max_size=7, unique_by=lambda r: r["id"]))
    frame = pl.DataFrame(records, schema={n: TYPES.get(n, pl.String) for n in LONG[table]})
    reading = [i for i, b in PACK.rules.items() if b.rule.on == table and b.rule.kind.scans(b.rule)]
    asked: list[str] = []

    def found(source: Any) -> list[str]:
        report = oc.check(source, pack=PACK, as_of="2018-12-31", rules=None if whole_pack else reading)
        lines = [json.dumps(f.as_dict() | {"source": None}, ensure_ascii=False, sort_keys=True) for f in report.findings()]
        notes = [str(n) for n in report.notes]
        return [*sorted(lines), *notes, json.dumps(report.summary, ensure_ascii=False, sort_keys=True)]

    with pytest.MonkeyPatch.context() as patch:
        kept = found({table: frame})
        patch.setattr(engine, "SMALL", -1)
        patch.setattr(columns, "PIECE", piece)
        patch.setattr(plans, "PIECE", piece)
        answered = plans._AskedText.answered
        patch.setattr(plans._AskedText, "answered", lambda self, frame: (asked.append(self.field), answered(self, frame))[1])
        in_blocks = found({table: frame})
    assert in_blocks == kept
    assert "text" in asked


def test_a_scan_is_read_in_pieces_and_what_needs_more_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "PIECE", 2)
    rows = pl.DataFrame({"id": ["1", "2", "3", "4", "5"], "topic": "housing.policy", "published_on": date(2018, 5, 2)})
    rows.write_parquet(tmp_path / "a.parquet")
    scan = pl.scan_parquet(tmp_path / "a.parquet")

    def pieces(frame: pl.LazyFrame) -> int:
        table = read({"disclosure": frame}).tables["disclosure"]
        assert pl.concat(pl.collect_all(table.pieces))["id"].to_list() == frame.collect()["id"].to_list()
        return len(table.pieces)

    assert pieces(scan) == pieces(scan.rename({"topic": "信息主题"}).with_columns(title=pl.lit("甲"))) == 3
    assert pieces(scan.sort("id", descending=True)) == 1
    assert pieces(scan.filter(pl.col("id") > "1")) == 1
    assert pieces(scan.with_columns(title=pl.col("id").shift(1))) == 1
    rows.write_ipc(tmp_path / "a.arrow")
    assert pieces(pl.scan_ipc(tmp_path / "a.arrow")) == 3
    rows.write_csv(tmp_path / "a.csv")
    assert (
        pieces(pl.scan_csv(tmp_path / "a.csv", schema_overrides={"id": pl.String})) == 1
    )  # else read from the beginning for each
    assert pieces(scan.join(scan.select("id", unit="topic"), on="id", maintain_order="left")) == 1
    assert pieces(pl.concat([scan, scan.with_columns(id="9" + pl.col("id"))])) == 1


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f", None]), max_size=12), st.integers(0, 3), st.integers(0, 2))
def test_topics_stand_where_looking_at_each_row_finds_them(topics: list[str | None], own: int, further: int) -> None:
    named = list("abc"[:own]), list("de"[:further])
    block = pl.DataFrame({"topic": pl.Series(topics, dtype=pl.String)})
    looked = plans._Topics(*named)
    for few in (0, 99):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(plans, "_FEW", few)
            places = looked.places(block)
        known = [*named[0], *named[1]]
        for key in [*known, "", None] if known else []:
            expected = [i for i, t in enumerate(topics) if t == key or (key == "" and t is not None and t not in known)]
            assert plans.places_of(places, [key]).to_list() == expected


def test_sources_that_lack_a_column_of_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = "11010519491231002X"
    accounts = {
        "id": ["1"],
        "platform": ["微信"],
        "manager_unit": [" 市府办 "],
        "title": ["甲 "],
        "last_post_on": [date(2018, 1, 2)],
    }
    pl.DataFrame(accounts).write_parquet(tmp_path / "账号.parquet")
    (tmp_path / "账号2.csv").write_text("编号,平台\n2,微信\n", encoding="utf-8")
    listed = {
        "id": ["1"],
        "topic": ["assistance.subsistence"],
        "householder": [f" 王某{number}\u3000"],
        "title": ["\u3000名单"],
    }
    pl.DataFrame(listed).write_parquet(tmp_path / "公示表.parquet")
    (tmp_path / "公示表2.csv").write_text("编号,主题\n2,assistance.subsistence\n", encoding="utf-8")

    def found() -> list[dict[str, Any]]:
        return [f.as_dict() for f in oc.check(tmp_path, pack=PACK, as_of="2018-12-31").findings()]

    held = found()
    monkeypatch.setattr(engine, "SMALL", -1)
    assert found() == held
    assert "1101**********002X" in json.dumps(held)
