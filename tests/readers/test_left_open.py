"""A cell that its field cannot take leaves that field open: the record is kept, rules that read the field say why, others judge."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

import opencheck as oc
from only import only
from opencheck.records.contradictions import Doubt, contradictions_in, left_open_text
from opencheck.records.parse import InvalidValue
from opencheck.records.tables import TABLES

MEETINGS = [
    {"id": "1", "title": "甲", "kind": "局长碰头会", "held_on": "2018-09-12", "state_secret": "否"},
    {"id": "2", "title": "乙", "kind": "常务会议", "held_on": "2018-09-12", "state_secret": "大概"},
    {"id": "3", "title": "丙", "kind": "局长办公会", "held_on": "2018-09-12", "state_secret": "否"},
    {"id": "4", "title": "丁", "kind": "", "held_on": "2018-09-12", "state_secret": "否"},
]


def source(table: str, rows: list[dict[str, Any]], kind: str, tmp_path: Path) -> Any:
    if kind == "dicts":
        return {table: rows}
    frame = pl.DataFrame(rows, strict=False)
    if kind == "frame":
        return {table: frame}
    path = tmp_path / f"{TABLES[table].label_zh}.{kind}"
    if kind == "parquet":
        frame.write_parquet(path)
    elif kind == "csv":
        frame.write_csv(path)
    else:
        book = openpyxl.Workbook()
        book.active.title = TABLES[table].label_zh
        for row in [frame.columns, *frame.rows()]:
            book.active.append(list(row))
        book.save(path)
    return path


SOURCES = [("dicts", "polars"), ("frame", "polars"), ("xlsx", "polars"), ("csv", "polars"), ("parquet", "polars"), ("parquet", "duckdb"), ("csv", "duckdb")]  # fmt: skip


@pytest.mark.parametrize(("kind", "engine"), SOURCES)
def test_unknown_word_leaves_its_field_open_and_no_other(kind: str, engine: Any, tmp_path: Path) -> None:
    given = source("meeting", MEETINGS, kind, tmp_path)
    report = oc.check(given, as_of="2018-12-31", rules=["PD-2-1.5"], include_all=True, engine=engine)
    assert report.rows == {"read": 4, "checked": 4, "rejected": 0}
    found = {f.record_id: f for f in report.findings(rule="PD-2-1.5") if f.record_id}
    assert (str(found["1"].outcome), found["1"].missing) == ("indeterminate", ("kind",))
    assert "“会议类型”填的“局长碰头会”不在词表里（最接近的是“" in found["1"].message.zh
    assert "可用：常务会议、全体会议、电视电话会议、其他会议" in found["1"].message.zh
    assert found["2"].outcome != "indeterminate", "what is not read leaves nothing open"
    assert found["3"].outcome == "not_applicable", "局长办公会 is another meeting"
    notes = [n["zh"] for n in report.to_dict()["notes"]]
    assert [n for n in notes if "“会议类型”填的词不在词表里（局长碰头会）" in n and "有1行" in n]
    assert [n for n in notes if "“涉及国家秘密”填的词不在词表里（大概）" in n]


REFUSED_BEFORE = [
    ("meeting", "kind", "碰头会", Doubt.WORD),
    ("meeting", "state_secret", "大概", Doubt.WORD),
    ("disclosure", "level", "市区两级", Doubt.WORD),
    ("roster", "level", "片区", Doubt.WORD),
    ("proposal_reply", "kind", "议案", Doubt.WORD),
    ("proposal_reply", "disclosed", "部分", Doubt.WORD),
    ("catalog_entry", "aspect", "监督", Doubt.WORD),
    ("opinion_case", "grade", "敏感", Doubt.WORD),
    ("account", "status", "半停", Doubt.WORD),
    ("evidence", "verdict", "基本符合", Doubt.WORD),
    ("document", "is_policy", "待研判", Doubt.WORD),
    ("disclosure", "period", "6月", Doubt.PERIOD),
    ("disclosure", "period", "上月", Doubt.PERIOD),
    ("opinion_case", "responded_at", "2018-09-03", Doubt.TIME),
    ("opinion_case", "detected_at", date(2018, 9, 3), Doubt.TIME),
    ("post", "published_at", "2018-09-03 上午12:00", Doubt.TIME),
]


@pytest.mark.parametrize(("table", "name", "cell", "doubt"), REFUSED_BEFORE)
def test_cell_that_its_field_cannot_take_keeps_the_record(table: str, name: str, cell: Any, doubt: Doubt) -> None:
    spec = TABLES[table].fields[name]
    with pytest.raises(InvalidValue) as refused:
        spec.read(cell)
    one = only(contradictions_in(left_open_text(spec, "某列", cell, refused.value.code)))
    assert (one.field, one.columns, one.doubt) == (name, (("某列", str(cell)),), doubt)
    report = oc.check({table: [{"id": "1", "title": "甲", name: cell}]}, as_of="2018-12-31")
    assert report.rows == {"read": 1, "checked": 1, "rejected": 0}
    if table != "roster":  # no rule reads the roster's level
        assert [n for n in report.to_dict()["notes"] if str(cell) in n["zh"] and f"“{spec.column.label_zh}”" in n["zh"]]


def test_every_field_of_few_words_stays_open_for_another_word() -> None:
    for spec in TABLES.values():
        for field in spec.fields.values():
            closed = field.vocabulary is not None and not field.vocabulary.open
            if not (closed or field.kind == "bool"):
                continue
            with pytest.raises(InvalidValue) as refused:
                field.read("难以归类")
            assert left_open_text(field, "", "难以归类", refused.value.code), (spec.name, field.name)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("waiver", {"rule": "PD-9.4", "from": "九月"}),
        ("waiver", {"rule": "PD-9.4", "until": "2018-09-31"}),
        ("unit", {"year": "去年"}),
        ("unit", {"trained": "若干"}),
        ("request", {"received_on": "9月3日"}),
        ("opinion_case", {"detected_at": "9月3日"}),
        ("opinion_case", {"detected_at": "2018-09-31 10:00"}),
    ],
)
def test_day_that_cannot_be_and_number_that_is_none_still_reject_the_row(table: str, row: dict[str, Any]) -> None:
    """A waiver of which a day is not understood could hold or not; a day or a number is never guessed, nor left out."""
    report = oc.check({table: [{"id": "1", **row}]}, as_of="2018-12-31")
    assert report.rows["rejected"] == 1


@pytest.mark.parametrize(("kind", "engine"), [("dicts", "polars"), ("frame", "polars"), ("parquet", "duckdb")])
def test_time_of_day_that_is_not_written_leaves_lateness_open(kind: str, engine: Any, tmp_path: Path) -> None:
    rows = [
        {"id": "1", "grade": "一般", "detected_at": "2018-09-03", "responded_at": "2018-09-03 10:00"},
        {"id": "2", "grade": "一般", "detected_at": "2018-09-03 09:00", "responded_at": "2018-09-05 10:00"},
    ]
    given = source("opinion_case", rows, kind, tmp_path)
    report = oc.check(given, as_of="2018-12-31", rules=["PD-10.1b"], include_all=True, engine=engine)
    first, second = (next(f for f in report.findings() if f.record_id == n) for n in "12")
    assert (str(first.outcome), str(second.outcome)) == ("indeterminate", "violation")
    assert "“发现时间”填的“2018-09-03”没有写明时刻" in first.message.zh


def test_day_column_of_a_workbook_is_no_midnight(tmp_path: Path) -> None:
    """Excel keeps a day as the midnight at its beginning: a column of times that holds days does not say when."""
    book = openpyxl.Workbook()
    book.active.title = "舆情"
    for row in (["id", "grade", "detected_at", "responded_at"], ["1", "一般", datetime(2018, 9, 3), datetime(2018, 9, 5, 10)]):
        book.active.append(row)
    book.active["C2"].number_format = "yyyy-mm-dd"
    book.active["D2"].number_format = "yyyy-mm-dd hh:mm"
    book.save(tmp_path / "舆情.xlsx")
    found = only(oc.check(tmp_path / "舆情.xlsx", as_of="2018-12-31", rules=["PD-10.1b"]).findings())
    assert (str(found.outcome), found.missing) == ("indeterminate", ("detected_at",))


@pytest.mark.parametrize("period", ["9月", "上月", "第三季", "2017年12月至2018年2月"])
def test_text_that_names_no_period_may_be_any(period: str) -> None:
    row = {"id": "1", "topic": "月度财政收支", "period": period, "published_on": "2018-10-05"}
    report = oc.check({"disclosure": [row]}, as_of="2018-12-31", rules=["PD-8-1.1"], parameters={"covers": "2018-09"})
    found = only(report.findings())
    assert str(found.outcome) == "indeterminate"
    assert f"“所属期”填的是{period}，不足以判断" in found.message.zh


@pytest.mark.parametrize(("rule", "level"), [("PD-8-1.1", "市区两级")])
def test_rule_about_a_set_names_the_word(rule: str, level: str) -> None:
    row = {"id": "1", "topic": "月度财政收支", "period": "2018-09", "level": level, "published_on": "2018-10-05"}
    report = oc.check({"disclosure": [row]}, as_of="2018-12-31", rules=[rule], parameters={"covers": "2018-09"})
    found = only(report.findings())
    assert (str(found.outcome), found.missing) == ("indeterminate", ("disclosure.level",))
    assert f"“公开层级”中的“{level}”不在词表里（最接近的是“" in found.message.zh
    assert "拿不准" not in found.message.zh


@pytest.mark.parametrize(("first", "second"), [("碰头会", "常务会议"), ("常务会议", "碰头会")])
def test_unknown_word_beside_a_known_one_is_not_settled_by_it(first: str, second: str, tmp_path: Path) -> None:
    rows = [{"id": "1", "会议类型": first, "会议类别": second, "召开日期": "2018-09-12"}]
    for given in ({"meeting": rows}, {"meeting": pl.DataFrame(rows)}):
        report = oc.check(given, as_of="2018-12-31", rules=["PD-2-1.5"])
        assert report.rows["rejected"] == 0
        found = only(f for f in report.findings() if f.record_id)
        assert str(found.outcome) == "indeterminate"
        assert "“会议类型”填的“碰头会”不在词表里" in found.message.zh


@pytest.mark.parametrize(
    ("table", "name", "word", "value"),
    [
        ("meeting", "kind", "局长办公会", "other"),
        ("meeting", "kind", "局党组会议", "other"),
        ("evidence", "verdict", "通过", "met"),
        ("evidence", "verdict", "未通过", "not_met"),
        ("evidence", "verdict", "不合格", "not_met"),
        ("document", "review_result", "审查通过", "approved"),
        ("document", "review_result", "未通过", "refused"),
        ("account", "status", "正常运行", "active"),
        ("account", "status", "已停用", "closed"),
        ("opinion_case", "grade", "Ⅲ级", "other"),
        ("opinion_case", "grade", "重大（Ⅱ级）", "major_emergency"),
        ("proposal_reply", "disclosed", "不予公开", "none"),
        ("meeting", "state_secret", "不属于", False),
    ],
)
def test_words_beyond_doubt_are_read(table: str, name: str, word: str, value: Any) -> None:
    assert TABLES[table].fields[name].read(word) == (
        value if value in (False, None) else TABLES[table].fields[name].vocabulary.resolve(value)
    )


@pytest.mark.parametrize("zone", [None, "Asia/Shanghai", "UTC"])
@pytest.mark.parametrize(
    ("kind", "engine"), [("dicts", "polars"), ("frame", "polars"), ("parquet", "polars"), ("parquet", "duckdb")]
)
def test_midnight_of_a_typed_column_is_a_day(kind: str, engine: Any, zone: str | None, tmp_path: Path) -> None:
    """pandas and databases hold a day as the midnight at its beginning; written out, 00:00 is a time."""
    days = [datetime(2018, 9, 3), datetime(2018, 9, 3, 0, 1)]
    frame = pl.DataFrame(
        {"id": ["1", "2"], "grade": ["一般"] * 2, "detected_at": days, "responded_at": [datetime(2018, 9, 5)] * 2}
    )
    if zone:
        local = pl.col("detected_at", "responded_at").dt.replace_time_zone("Asia/Shanghai")
        frame = frame.with_columns(local.dt.convert_time_zone(zone))
    frame = frame.with_columns(pl.col("responded_at") + pl.duration(hours=10))
    given: Any = {"opinion_case": frame}
    if kind == "dicts":
        given = {"opinion_case": frame.to_dicts()}
    elif kind == "parquet":
        given = tmp_path / "舆情.parquet"
        frame.write_parquet(given)
    report = oc.check(given, as_of="2018-12-31", rules=["PD-10.1b"], engine=engine)
    assert {f.record_id: str(f.outcome) for f in report.findings()} == {"1": "indeterminate", "2": "violation"}
    written = {"id": "3", "grade": "一般", "detected_at": "2018-09-03 00:00", "responded_at": "2018-09-06 10:00"}
    assert [
        str(f.outcome) for f in oc.check({"opinion_case": [written]}, as_of="2018-12-31", rules=["PD-10.1b"]).findings()
    ] == ["violation"]
