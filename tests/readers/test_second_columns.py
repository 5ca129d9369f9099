"""Several columns for one field: the filled one counts, two that differ are a contradiction. Alike from every kind of source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest

import opencheck as oc
from only import only
from opencheck.api.check import check_records
from opencheck.core.outcomes import Outcome
from opencheck.readers import delimited, read
from opencheck.readers.second_columns import denial_text, denials, different_names
from opencheck.records.contradictions import CONTRADICTED, contradictions_in
from opencheck.records.dataset import ALL_CELLS
from opencheck.records.references import differs, preferred
from opencheck.records.tables import TABLES

HEADS = ["编号", "单位", "收到日期", "答复日期", "replied_on", "责任单位"]
ROWS = [
    ["1", "市局", "2018-11-05", None, "2018-11-20", None],
    ["2", None, "2018-11-05", "2018-11-20", None, "市局"],
    ["3", "市局", "2018-11-05", "2018-11-20", "2018年11月20日", "市局办公室"],
    ["4", "市局", "2018-11-05", "2018-11-20", "2018-12-20", None],
    ["5", "市局", "2018-11-05", None, "12月", None],
    ["6", "市局", "2018-11-05", "无", "未答复", None],
]


def workbook(folder: Path) -> Any:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "依申请公开"
    for row in (HEADS, *ROWS):
        book.worksheets[0].append(row)
    book.save(folder / "x.xlsx")
    return folder / "x.xlsx"


def text(folder: Path) -> Any:
    lines = [",".join("" if c is None else c for c in row) for row in (HEADS, *ROWS)]
    (folder / "依申请公开.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "依申请公开.csv"


def frame() -> pl.DataFrame:
    return pl.DataFrame(ROWS, schema=dict.fromkeys(HEADS, pl.String), orient="row")


def parquet(folder: Path) -> Any:
    frame().write_parquet(folder / "request.parquet")
    return folder / "request.parquet"


SOURCES: dict[str, Callable[[Path], Any]] = {
    "workbook": workbook,
    "text": text,
    "dicts": lambda _: {"request": [dict(zip(HEADS, row, strict=True)) for row in ROWS]},
    "polars": lambda _: {"request": frame()},
    "pandas": lambda _: {"request": pd.DataFrame(ROWS, columns=HEADS)},
    "pandas, one name twice": lambda _: {
        "request": pd.DataFrame(ROWS, columns=[h if h != "replied_on" else "答复日期" for h in HEADS])
    },
    "parquet": parquet,
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("carrier", [None, "duck"])
def test_filled_column_counts_and_two_that_differ_leave_the_field_open(
    name: str, carrier: str | None, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    data = read(SOURCES[name](tmp_path), carrier=request.getfixturevalue(carrier) if carrier else None)
    found = data.tables["request"].records().select("id", "unit", "replied_on").sort("id").rows()
    assert found == [
        ("1", "市局", date(2018, 11, 20)),
        ("2", "市局", date(2018, 11, 20)),
        ("3", "市局办公室", date(2018, 11, 20)),
        ("4", "市局", None),
        ("6", "市局", None),
    ]
    assert [(r.values["id"], p.field, p.code) for r in data.rejected for p in r.problems] == [("5", "replied_on", "date")]
    assert data.rows == {"read": 6, "checked": 5, "rejected": 1}
    said = {
        i: contradictions_in(t)
        for i, t in data.tables["request"].records(contradictions=True).select("id", CONTRADICTED).rows()
        if t
    }
    assert [(i, c.field, [v for _, v in c.columns]) for i, cs in said.items() for c in cs] == [
        ("4", "replied_on", ["2018-11-20", "2018-12-20"])
    ]
    assert "second_column" in {i.code for i in data.ignored}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("carrier", [None, "duck"])
def test_only_rules_that_read_the_contradicted_field_are_left_open(
    name: str, carrier: str | None, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    engine = request.getfixturevalue(carrier) if carrier else None
    data = read(SOURCES[name](tmp_path), carrier=engine)
    packs = [oc.load_pack("pingdu-2018")]
    report = check_records(data, packs=packs, as_of=date(2018, 12, 31), include_all=True)
    of_record = {f.rule: f for f in report.findings() if f.record_id == "4"}
    found = of_record["PD-15.3"]
    assert found.outcome is Outcome.INDETERMINATE
    assert found.missing == ("replied_on",)
    second = "答复日期（2）" if name == "pandas, one name twice" else "replied_on"
    assert found.message.zh == (
        f"“答复日期”有几列，内容不一致：“答复日期”列为2018-11-20、“{second}”列为2018-12-20；以哪一列为准无法判断"
    )
    assert found.explanation[-1] == found.message
    assert found.remedy.zh == "核对“答复日期”，然后重新检查"
    assert found.cells == ["replied_on"]
    for other in of_record.values():
        reads = ("request", "replied_on") in other.result.rule.required_fields()
        assert reads or "不一致" not in other.message.zh, other.rule
        assert not reads or other.outcome in (Outcome.INDETERMINATE, Outcome.NOT_APPLICABLE), other.rule
    notes = [facts for name_, facts in report.notes if name_ == "note.contradicted"]
    assert [(n["field"], n["count"]) for n in notes] == [(("request", "replied_on"), 1)]


def test_contradiction_never_passes() -> None:
    """What depends on the field cannot be judged."""
    rows = [{"id": "1", "document_id": "1", "published_on": "2018-09-04", "发布日期": "2018-12-04"}]
    document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    report = oc.check({"document": [document], "interpretation": rows}, as_of="2018-12-31", rules="PD-9.4")
    assert [f.outcome for f in report.findings()] == [Outcome.INDETERMINATE]


DOCUMENTS = [
    {"编号": "1", "公布日期": "2018-09-05", "网站发布时间": None},
    {"编号": "2", "公布日期": None, "网站发布时间": "2018-09-05"},
    {"编号": "3", "公布日期": "2018-09-05", "网站发布时间": "2018-09-28"},
]


def of_three_kinds(rows: list[dict[str, Any]], folder: Path) -> list[Any]:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "公文"
    for row in (list(rows[0]), *(list(row.values()) for row in rows)):
        book.worksheets[0].append(row)
    book.save(folder / "x.xlsx")
    return [folder / "x.xlsx", {"公文": rows}, {"公文": pl.DataFrame(rows)}]


def test_column_told_by_its_spelling_counts_beside_one_told_by_its_name(tmp_path: Path) -> None:
    for source in of_three_kinds(DOCUMENTS, tmp_path):
        data = read(source)
        found = data.tables["document"].records().select("id", "published_on").rows()
        assert found == [("1", date(2018, 9, 5)), ("2", date(2018, 9, 5)), ("3", None)]
        assert data.rejected == []
        assert {h.text: (h.status, h.how) for h in data.headings if h.fields == ("published_on",)} == {
            "公布日期": ("mapped", "name"),
            "网站发布时间": ("second", "spelling"),
        }


def test_column_that_a_person_named_is_the_only_one(tmp_path: Path) -> None:
    """The other one means something else then: it fills no blank, and its values contradict nothing."""
    for source in of_three_kinds(DOCUMENTS, tmp_path):
        data = read(source, headings={"网站发布时间": "公布日期"})
        assert data.tables["document"].records()["published_on"].to_list() == [None, date(2018, 9, 5), date(2018, 9, 28)]
        assert data.rejected == []
        assert [(i.text, i.code) for i in data.ignored if i.code != "sheet"] == [("公布日期", "overruled_column")]


def test_two_columns_that_a_person_named_are_both_read(tmp_path: Path) -> None:
    rows = [{**row, "公布日期": None, "上网日": row["公布日期"]} for row in DOCUMENTS]
    asked = {"网站发布时间": "公布日期", "上网日": "公布日期"}
    for source in of_three_kinds(rows, tmp_path):
        data = read(source, headings=asked)
        assert data.rows == {"read": 3, "checked": 3, "rejected": 0}
        assert [bool(t) for t in data.tables["document"].records(contradictions=True)[CONTRADICTED]] == [False, False, True]
        assert not [facts for name, facts in data.notes if name == "note.map_unused"]


@pytest.mark.parametrize(
    ("span", "last", "found"),
    [
        ("2018年9月1日至9月10日", None, (date(2018, 9, 1), date(2018, 9, 10))),
        ("2018年9月1日至今", "2018-09-12", (date(2018, 9, 1), date(2018, 9, 12))),
        (None, "2018-09-12", (None, date(2018, 9, 12))),
        ("2018年9月1日至9月10日", "2018-09-10", (date(2018, 9, 1), date(2018, 9, 10))),
        ("2018年9月1日至9月10日", "2018-09-12", None),
    ],
)
def test_first_and_last_day_in_one_cell_beside_the_last_day(
    span: str | None, last: str | None, found: tuple[date | None, date | None] | None
) -> None:
    rows = [{"编号": "1", "标题": "低保公示", "公示结束日期": last, "公示起止时间": span}]
    data = read({"公开信息": rows})
    records = data.tables["disclosure"].records(contradictions=True)
    assert data.rejected == []
    assert records.select("published_on", "posted_until").rows() == [found or (date(2018, 9, 1), None)]
    assert [c.field for c in contradictions_in(records[CONTRADICTED][0])] == ([] if found else ["posted_until"])


def test_one_header_twice_in_a_large_text(tmp_path: Path, duck: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "STREAMING_THRESHOLD_BYTES", 0)
    file = tmp_path / "登记.csv"
    file.write_text(
        "编号,来件日,回件日,回件日\n1,2018-11-05,,2018-11-20\n2,2018-11-05,2018-11-20,2018-12-20\n", encoding="utf-8"
    )
    data = read(file, carrier=duck, headings={"来件日": "收到日期", "回件日": "答复日期"})
    records = data.tables["request"].records(contradictions=True)
    assert records.select("id", "replied_on").rows() == [("1", date(2018, 11, 20)), ("2", None)]
    assert data.rejected == []
    assert contradictions_in(records[CONTRADICTED][1])[0].columns == (("回件日", "2018-11-20"), ("回件日（2）", "2018-12-20"))


def test_text_of_a_further_column_is_among_all_cells() -> None:
    """What is searched for personal data is what the table shows."""
    rows = [{"编号": "1", "备注": "甲", "说明": "乙", "姓名": "丙"}]
    for source in ({"listing": rows}, {"listing": pl.DataFrame(rows)}):
        cells = next(iter(read(source).tables["listing"].batches([ALL_CELLS])))[ALL_CELLS][0]
        assert all(word in cells for word in ("甲", "乙", "丙"))


def report_of(tables: dict[str, Any], rules: str, **more: Any) -> list[Any]:
    return oc.check(tables, as_of="2018-12-31", rules=rules, include_all=True, **more).findings()


def test_condition_that_is_contradicted_leaves_the_rule_open_unless_another_one_settles_it() -> None:
    """A document that is no policy is none whatever its mark says; one that may be a policy is left open."""
    policy = {"id": "1", "is_policy": True, "attribute": "主动公开", "公开方式": "不予公开", "published_on": "2018-09-03"}
    other = {**policy, "id": "2", "is_policy": False}
    report = oc.check(
        {"document": [policy, other], "interpretation": []},
        as_of="2018-12-31",
        rules="PD-9.4",
        include_all=True,
        headings={"公开方式": "attribute", "attribute": "attribute"},
    )
    found = {f.record_id: f.outcome for f in report.findings()}
    assert found == {"1": Outcome.INDETERMINATE, "2": Outcome.NOT_APPLICABLE}


def test_contradicted_record_of_a_series_leaves_its_period_open() -> None:
    """It is neither the month's publication nor its absence; the other months are judged."""
    rows = [
        {"id": str(m), "topic": "空气质量", "period": f"2018-{m:02}", "published_on": f"2018-{m:02}-28", "发布日期": None}
        for m in range(1, 13)
    ]
    rows[8] |= {"period": None, "formed_on": "2018-09-28", "published_on": "2018-10-08", "发布日期": "2018-12-08"}
    plain = {f.period: f.outcome for f in report_of({"disclosure": rows[:8] + rows[9:]}, "PD-8-7.1")}
    assert plain["2018-09"] is Outcome.VIOLATION
    found = {f.period: f for f in report_of({"disclosure": rows}, "PD-8-7.1")}
    assert found["2018-09"].outcome is Outcome.INDETERMINATE
    assert "“公开日期”有几列，内容不一致" in found["2018-09"].message.zh
    assert {p: f.outcome for p, f in found.items() if p != "2018-09"} == {p: o for p, o in plain.items() if p != "2018-09"}


def test_waiver_whose_columns_disagree_covers_nothing() -> None:
    waiver = {
        "id": "w1",
        "rule": "PD-15.3",
        "unit": "市财政局",
        "basis": "政府信息公开条例第三十三条",
        "approved_by": "张某",
        "from": "2018-11-01",
        "until": "2018-12-31",
        "截止日期": "2018-11-30",
    }
    asked = {"id": "1", "unit": "市财政局", "received_on": "2018-09-03", "replied_on": None}
    mapped = {"截止日期": "until", "until": "until"}
    report = oc.check({"request": [asked], "waiver": [waiver]}, as_of="2018-12-31", rules="PD-15.3", headings=mapped)
    assert [f.outcome for f in report.findings()] == [Outcome.VIOLATION]
    assert [(w.status, w.missing) for w in report.waivers] == [("incomplete", ["until"])]
    same = {**waiver, "截止日期": "2018年12月31日"}
    report = oc.check({"request": [asked], "waiver": [same]}, as_of="2018-12-31", rules="PD-15.3", headings=mapped)
    assert [f.outcome for f in report.findings()] == [Outcome.WAIVED]


@pytest.mark.parametrize("carrier", [None, "duck"])
def test_row_of_a_table_that_is_checked_cell_by_cell_is_rejected(carrier: str | None, request: pytest.FixtureRequest) -> None:
    rows = [{"编号": "1", "主题": "低保", "所属主题": "扶贫项目"}]
    engine = request.getfixturevalue(carrier) if carrier else None
    headings = {"主题": "topic", "所属主题": "topic"}
    for source in ({"listing": rows}, {"listing": pl.DataFrame(rows)}):
        data = read(source, carrier=engine, headings=headings)
        assert data.rows == {"read": 1, "checked": 0, "rejected": 1}
        assert [(p.code, p.header, p.found) for p in data.rejected[0].problems] == [
            ("contradiction", "主题 / 所属主题", "低保 / 扶贫项目")
        ]


@pytest.mark.parametrize(
    ("heads", "refers", "outcome"),
    [
        (["文件名称", "文号"], ["某办法", "平政发〔2018〕1号"], "violation"),
        (["政策文件名称", "文号"], ["某办法", "平政发〔2018〕1号"], "violation"),
        (["文件编号", "文件名称"], ["1", "某办法"], "violation"),
        (["文件编号", "文号"], ["1", "平政发〔2018〕1号"], "violation"),
        (["文件名称", "文号"], ["某办法", None], "violation"),
        (["文件编号", "文号"], ["平政发〔2018〕2号", "平政发〔2018〕1号"], "indeterminate"),
        # a name of which there is no document, under a heading that comes before: the number counts all the same
        (["对应文件", "文号"], ["办法（简称）", "平政发〔2018〕1号"], "violation"),
        (["对应文件", "文号", "发文字号"], ["某办法", "平政发〔2018〕1号", "平政发〔2018〕2号"], "indeterminate"),
        (["文件编号", "对应文件编号"], ["1", "2"], "indeterminate"),
        (["文件名称", "文件标题"], ["某办法", "另一办法"], "indeterminate"),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_number_and_title_of_one_document_do_not_disagree(
    tmp_path: Path, heads: list[str], refers: list[str | None], outcome: str, streamed: bool
) -> None:
    document = {"id": "1", "number": "平政发〔2018〕1号", "title": "某办法", "is_policy": True, "attribute": "主动公开"}
    row = {"编号": "a", **dict(zip(heads, refers, strict=True)), "解读日期": "2018-10-09"}
    rows: Any = pl.DataFrame([row]) if streamed else [row]
    records = {"document": [{**document, "published_on": "2018-09-28"}], "interpretation": rows}
    found = only(oc.check(records, as_of="2018-12-31", rules="PD-9.4").findings())
    assert str(found.outcome) == outcome
    assert found.late_by == (1 if outcome == "violation" else None)


def test_ledger_of_interpretations_with_number_and_title_is_judged_for_its_documents(tmp_path: Path) -> None:
    rows = [
        {
            "序号": "1",
            "政策文件名称": "某办法",
            "文号": "平政发〔2018〕1号",
            "文件公布时间": "2018-09-28",
            "解读日期": "2018-10-09",
        }
    ]
    file = tmp_path / "政策解读.csv"
    pl.DataFrame(rows).write_csv(file)
    found = only(oc.check(file, as_of="2018-12-31", rules="PD-9.4").findings())
    assert (str(found.outcome), found.late_by, found.title) == ("violation", 1, "某办法")


NUMBER = "平政发〔2018〕1号"


@pytest.mark.parametrize(
    ("one", "other", "taken", "disagree"),
    [
        (NUMBER, "甲办法", NUMBER, False), (NUMBER, "1", NUMBER, False), ("1", "甲办法", "1", False), ("甲办法", None, "甲办法", False),
        (None, None, None, False), ("平政发〔２０１８〕１号 ", "甲办法", "平政发〔２０１８〕１号 ", False), ("1号文", "甲办法", None, True), ("甲办法", "甲办法", "甲办法", False),
        ("甲办法", "乙办法", None, True), ("1", "2", None, True), (NUMBER, "平政发〔2018〕2号", None, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_of_two_names_of_a_record_the_number_counts_then_the_id(
    one: str | None, other: str | None, taken: str | None, disagree: bool, turned: bool
) -> None:
    spec = TABLES["interpretation"].fields["document_id"]
    a, b = (pl.Series([text], dtype=pl.String) for text in ((other, one) if turned else (one, other)))
    assert differs(spec, a, b).to_list() == [disagree]
    if not disagree:
        assert preferred(spec, a, b).to_list() == [taken]


@pytest.mark.parametrize(
    ("header", "values", "days", "denied"),
    [
        ("是否延期", ["否", "是", "否", None], ["2018-09-10"] * 2 + [None, "2018-09-10"], [True, False, False, False]),
        ("是否延期", ["否"], [None], [False]),
        ("延期告知日期", ["否", "无"], ["2018-09-10"] * 2, [False, False]),  # it asks for a day
    ],
)
def test_no_beside_a_day_is_a_denial_where_the_column_asks(
    header: str, values: list[str | None], days: list[str | None], denied: list[bool]
) -> None:
    field = TABLES["request"].fields["extension_notified_on"]
    united = pl.Series(days, dtype=pl.String).str.to_date()
    for given in (values, pl.Series(values, dtype=pl.String)):
        assert denials(field, header, given, united).to_list() == denied


def test_denial_is_told_with_the_day_that_it_denies() -> None:
    field = TABLES["request"].fields["extension_notified_on"]
    columns = [("延期告知日期", pl.Series([None, date(2018, 9, 10)])), ("延期通知", pl.Series([None, None], dtype=pl.Date))]
    told = only(contradictions_in(denial_text(field, "是否延期", columns, 1)))
    assert told.columns == (("是否延期", "否"), ("延期告知日期", "2018-09-10"))


def test_only_a_field_that_refers_to_a_record_is_settled_by_that_record() -> None:
    columns = [("一", pl.Series(["甲", "乙", None])), ("二", pl.Series(["甲", "丙", "丁"]))]
    united = pl.Series(["甲", "乙", "丁"])
    assert different_names(TABLES["request"].fields["subject"], columns, united).rows() == []
    assert different_names(TABLES["interpretation"].fields["document_id"], columns, united).rows() == [(1, "乙", "乙", "丙")]


def test_every_column_of_a_field_tells_its_words_whatever_the_source() -> None:
    columns = {
        "编号": ["1", "2", "3", "4", "5"],
        "公示截止日期": ["不详", "同上", "2018-09-03", "2018-09-03", "长期"],
        "公示截止时间": ["未知", "不详", "2018-09-04", "不详", "长期"],
        "posted_until": ["", "", "同上", "同上", "〃"],
    }
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    first, second, third = list(columns)[1:]
    for table in (rows, pl.DataFrame(columns)):
        texts = read({"disclosure": table}).tables["disclosure"].records(["posted_until"], contradictions=True)[CONTRADICTED]
        assert [[c.columns for c in contradictions_in(text)] for text in texts] == [
            [((first, "不详"),), ((second, "未知"),)],
            [((first, "同上"),), ((second, "不详"),)],
            [((first, "2018-09-03"), (second, "2018-09-04")), ((third, "同上"),)],
            [],
            [((third, "〃"),)],
        ]


def test_day_that_another_column_denies_is_none_whatever_the_source() -> None:
    columns = {"编号": ["1", "2"], "是否延期": ["否", "是"], "延期告知日期": ["2018-09-10", "2018-09-10"]}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    for table in (rows, pl.DataFrame(columns)):
        found = read({"request": table}).tables["request"].records(["extension_notified_on"], contradictions=True)
        assert found["extension_notified_on"].to_list() == [None, date(2018, 9, 10)]
        assert [[c.columns for c in contradictions_in(text)] for text in found[CONTRADICTED]] == [
            [(("是否延期", "否"), ("延期告知日期", "2018-09-10"))],
            [],
        ]
