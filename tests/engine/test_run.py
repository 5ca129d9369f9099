"""A check as a whole: any records are judged in full, every table once, for all packs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opencheck as oc
from batches import batches_of
from opencheck.engine.result import Progress
from opencheck.readers.memory_source import MemorySource
from opencheck.records import TABLES
from pingdu_rules import DAY, END
from record_strategies import all_examples, rows


@settings(max_examples=settings.default.max_examples // 4)
@given(st.dictionaries(st.sampled_from(list(TABLES)), st.none(), min_size=1, max_size=6), st.data(), DAY)
def test_check_any_records_are_judged_in_full(tables: dict[str, None], data: st.DataObject, as_of: date) -> None:
    records = {name: data.draw(rows(name)) for name in tables}
    report = oc.check(records, as_of=as_of, include_all=True)
    assert report.rows["read"] == sum(map(len, records.values()))
    for finding in report.findings():
        texts = [finding.message, finding.remedy, *finding.explanation]
        assert all(t.zh and t.en and "{" not in t.zh + t.en for t in texts), (finding.rule, finding.outcome)
    told = report.summary["outcomes"]
    listed = {o: len(report.findings(o)) for o in told}
    scanned = {r.rule.id for r in report.results if r.rule.kind.text_field(r.rule)}
    for result in report.results:
        if result.rule.id not in scanned:
            mine = sum(1 for f in report.findings(rule=result.rule.id))
            assert mine == sum(result.counts.values()), result.rule.id
    assert sum(listed.values()) <= sum(told.values())


def test_run_text_that_no_record_can_have_is_told_once() -> None:
    """A table without the text's column gives one finding for all its records, whatever their number; no records, no finding."""
    documents = [{"id": str(n), "attribute": "主动公开", "published_on": "2018-09-10"} for n in range(3)]
    report = oc.check({"document": documents}, as_of=END, rules=["PD-14.2c"])
    (finding,) = report.findings()
    assert (str(finding.outcome), finding.missing, finding.record_id) == ("indeterminate", ("text",), None)
    assert report.summary["outcomes"]["indeterminate"] == 3
    assert oc.check({"document": []}, as_of=END, rules=["PD-14.2c"]).findings() == []


def test_run_progress_tells_every_rule_about_sets_and_the_end() -> None:
    said: list[Progress] = []
    tables = {"document": [{"id": "1"}], "meeting": [{"id": "1", "kind": "常务会议"}]}
    report = oc.check(tables, as_of=END, progress=said.append)
    total = len(report.results)
    assert {at.total for at in said} == {total}
    assert said[-1] == Progress("", total, total)
    done = [at.done for at in said]
    assert done == sorted(done)
    sets = {r.rule.id for r in report.results if r.rule.kind.about == "set"}
    assert sets <= {at.rule for at in said}


@pytest.mark.parametrize("engine", ["polars", "duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_run_progress_tells_rows_and_findings_of_a_table(engine: str, tmp_path: Path) -> None:
    late = {"kind": ["常务会议"] * 5, "invited_attendees": [None] * 5, "held_on": [date(2018, 9, 12)] * 5}
    pl.DataFrame({"id": list("12345"), **late}).write_parquet(tmp_path / "meeting.parquet")
    said: list[Progress] = []
    with batches_of(2):
        report = oc.check(tmp_path, as_of=END, engine=engine, progress=said.append)
    rows = [at.rows for at in said if at.table == "meeting"]
    assert (rows[0], rows[-1]) == (0, 5)
    assert rows == sorted(rows)
    assert rows == [0, 2, 4, 5]  # small files are read in this process by Spark's engine, too
    own = [f for f in report.findings() if f.record_id]
    assert max(at.findings for at in said) == len(own) > 0


def test_run_several_packs_find_what_each_finds_alone() -> None:
    ledger = all_examples()
    names = ["pingdu-2018", "cn-disclosure-2019"]
    both = oc.check(ledger, pack=names, as_of=END)
    alone = [oc.check(ledger, pack=name, as_of=END) for name in names]
    assert [f.as_dict() for f in both.findings()] == [f.as_dict() for report in alone for f in report.findings()]
    assert both.summary["outcomes"] == {
        o: sum(report.summary["outcomes"][o] for report in alone) for o in both.summary["outcomes"]
    }
    assert [n for n in both.notes if n not in [m for r in alone for m in r.notes]] == []


def test_run_tables_are_read_once_for_all_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    batches = MemorySource.batches
    monkeypatch.setattr(MemorySource, "batches", lambda self, fields: (read.append(self.src), batches(self, fields))[1])
    oc.check({"meeting": [{"id": "1", "kind": "常务会议"}]}, pack=["pingdu-2018", "cn-disclosure-2019"], as_of=END)
    assert len(read) == 1


@pytest.mark.parametrize("empty", [[], pl.DataFrame(schema={"id": pl.String, "topic": pl.String})], ids=["rows", "frame"])
def test_run_empty_tables_are_given_all_the_same(empty: Any) -> None:
    """A table without records says that there are none: rules about sets find what is lacking, rules about records nothing."""
    without, given = oc.check({}, as_of=END), oc.check({"disclosure": empty}, as_of=END)
    rule = "PD-8-7.1"  # monthly reports on the air
    assert [str(f.outcome) for f in without.findings(rule=rule)] == ["indeterminate"]
    assert {str(f.outcome) for f in given.findings(rule=rule)} == {"violation", "pending"}  # December is not due yet
    assert not [f for f in given.findings() if f.record_id]
    assert given.rows == {"read": 0, "checked": 0, "rejected": 0}


def test_run_rules_of_tables_that_are_not_given_are_noted() -> None:
    report = oc.check({"meeting": []}, as_of=END, rules=["PD-9.4", "PD-2-2.1"])
    assert [f["rules"] for name, f in report.notes if name == "note.no_table"] == [["PD-9.4"]]


@pytest.mark.parametrize("rows", [1, 10**6])
def test_run_id_of_two_sources_leaves_open_which_record_is_meant(rows: int, tmp_path: Path) -> None:
    one = {"id": "1", "topic": "housing.policy", "published_on": "2018-09-28"}
    pl.DataFrame([one]).write_csv(tmp_path / "公开信息.csv")
    pl.DataFrame([{"id": "a", "document_id": "1", "published_on": "2018-10-08"}]).write_csv(tmp_path / "解读.csv")

    def outcomes() -> list[str]:
        with batches_of(rows):
            report = oc.check(tmp_path, as_of=END, rules=["PD-8-9.2b"], include_all=True)
        return sorted(str(f.outcome) for f in report.findings())

    assert outcomes() == ["pass"]
    pl.DataFrame([{**one, "id": "2"}]).write_csv(tmp_path / "公开信息2.csv")
    assert outcomes() == ["pass", "violation"]
    pl.DataFrame([one]).write_csv(tmp_path / "公开信息2.csv")
    assert outcomes() == ["indeterminate", "indeterminate"]


def test_run_sources_that_lack_a_column_of_another_one_are_checked_together(tmp_path: Path) -> None:
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
    listed = {"id": ["1"], "topic": ["assistance.subsistence"], "householder": [f" 王某{number}\u3000"], "title": ["\u3000名单"], "别的": [f"身份证{number}"]}  # fmt: skip
    pl.DataFrame(listed).write_parquet(tmp_path / "公示表.parquet")
    (tmp_path / "公示表2.csv").write_text("编号,主题\n2,assistance.subsistence\n", encoding="utf-8")

    def found() -> list[dict[str, Any]]:
        return [f.as_dict() for f in oc.check(tmp_path, as_of=END).findings()]

    whole = found()
    with batches_of(1):
        assert found() == whole
    shown = json.dumps(whole, ensure_ascii=False)
    assert number not in shown
    assert "1101**********002X" in shown
    columns = {f["subject"] for f in whole if f["rule"] == "PD-14.2d" and f["outcome"] == "violation"}
    assert {"户主姓名", "别的"} <= columns  # a column that is no field shows personal data as well


def test_run_absence_in_records_that_tell_no_topic_is_left_open() -> None:
    """Two notices of an office, without a column of topics: what other offices owe may be there or elsewhere, nobody is accused."""
    rows = [{"id": "1", "unit": "市扶贫办", "published_on": "2018-09-01", "title": "公示"}]
    asked = ["PD-7.2", "PD-8-7.1", "PD-8-8.3"]
    open_ = oc.check({"disclosure": rows}, as_of="2018-12-31", rules=asked)
    assert open_.violations == []
    found = open_.findings("indeterminate", rule="PD-8-7.1")
    assert {f.missing for f in found} == {("topic",)}
    assert found[0].message.zh == "“公开信息”表没有记录“信息主题”，有没有这一项无法判断"
    assert found[0].explanation
    assert sum(open_.summary["by_rule"]["PD-8-7.1"].values()) == 12
    for told in ({"topic": "其他"}, {"topic": None}):
        known = oc.check({"disclosure": [{**rows[0], **told}]}, as_of="2018-12-31", rules=asked)
        assert {f.rule for f in known.violations} == set(asked), "a ledger of topics that lacks one"
    assert {f.rule for f in oc.check({"disclosure": []}, as_of="2018-12-31", rules=asked).violations} == set(asked)
    both = oc.check({"disclosure": rows}, {"disclosure": [{**rows[0], "topic": "其他"}]}, as_of="2018-12-31", rules=asked)
    assert {f.rule for f in both.violations} == set(asked), "one source with topics is enough"
