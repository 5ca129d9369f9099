from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.encoding import decode
from opencheck.core.normalize import WHITESPACE
from opencheck.readers import json_rows as objects
from opencheck.readers import read
from opencheck.readers import typed_columns as columns
from opencheck.records import TABLES
from opencheck.records.dataset import Problem, column_of_lists
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue
from opencheck.records.whitespace import tidied

AS_OF = "2018-12-31"


def key(finding: oc.Finding) -> tuple[Any, ...]:
    found = finding.as_dict()
    for place in ("source", "rows", "id"):  # the id is of the sheet
        found.pop(place, None)
    if finding.rows:  # what is said of a column names its rows
        found["message"] = found["explanation"] = None
    return tuple(sorted((k, json.dumps(v, ensure_ascii=False, default=str)) for k, v in found.items()))


def findings(source: Any, **more: Any) -> set[tuple[Any, ...]]:
    return {key(f) for f in oc.check(source, as_of=AS_OF, include_all=True, **more).findings()}


@pytest.fixture(scope="module")
def tables(ledger: Path) -> dict[str, pl.DataFrame]:
    """The example ledger's usable rows, as typed frames."""
    data = read(ledger)
    return {name: t.frame.select(*[f for f in t.spec.fields if f in t.present]).collect() for name, t in data.tables.items()}


def chinese_rows(name: str, frame: pl.DataFrame) -> list[dict[str, Any]]:
    zh = {f: spec.column.label_zh for f, spec in TABLES[name].fields.items()}
    return [
        {
            zh[f]: "；".join(v) if isinstance(v, list) else "是" if v is True else "否" if v is False else v
            for f, v in row.items()
        }
        for row in frame.to_dicts()
    ]


def test_same_records_in_every_form_give_the_same_findings(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    expected = findings(dict(tables.items()))
    assert len(expected) > 500
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for folder in ("csv", "utf8", "jsonl", "parquet", "typed"):
        (tmp_path / folder).mkdir()
    for name, frame in tables.items():
        rows = chinese_rows(name, frame)
        sheet = book.create_sheet(TABLES[name].label_zh)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in row.values()])
        text = pl.DataFrame([{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]).write_csv()
        (tmp_path / "csv" / f"{TABLES[name].label_zh}.csv").write_bytes(text.encode("gb18030"))
        (tmp_path / "utf8" / f"{name}.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
        lines = [json.dumps(row, ensure_ascii=False, default=str) for row in frame.to_dicts()]
        (tmp_path / "jsonl" / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        pl.DataFrame(
            [{k: None if v is None else str(v) for k, v in row.items()} for row in rows], infer_schema_length=None
        ).write_parquet(tmp_path / "parquet" / f"{name}.parquet")
        frame.write_parquet(tmp_path / "typed" / f"{name}.parquet")
    book.save(tmp_path / "ledger.xlsx")
    (tmp_path / "one.json").write_text(json.dumps({n: f.to_dicts() for n, f in tables.items()}, default=str), encoding="utf-8")
    models = [TABLES[n].model(**row) for n, frame in tables.items() for row in frame.to_dicts()]
    forms: dict[str, Any] = {
        "xlsx": tmp_path / "ledger.xlsx",
        "gb18030 csv": tmp_path / "csv",
        "utf-8 csv with bom": tmp_path / "utf8",
        "jsonl": tmp_path / "jsonl",
        "json": tmp_path / "one.json",
        "parquet of text": tmp_path / "parquet",
        "parquet": tmp_path / "typed",
        "dicts": {n: f.to_dicts() for n, f in tables.items()},
        "chinese dicts": {TABLES[n].label_zh: chinese_rows(n, f) for n, f in tables.items()},
        "models": models,
        "pandas": {n: pd.DataFrame(f.to_dicts()).astype(object) for n, f in tables.items()},
        "arrow": {n: f.to_arrow() for n, f in tables.items()},
        "lazy": {n: f.lazy() for n, f in tables.items()},
    }
    for name, source in forms.items():
        report = oc.check(source, as_of=AS_OF, include_all=True)
        assert not report.rejected, (name, report.rejected[:3])
        assert {key(f) for f in report.findings()} == expected, name


def ugly() -> tuple[openpyxl.Workbook, int]:
    """A sheet as offices make them: 200 records, and everything that goes wrong."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "2018年信息公开台账（汇总）"
    sheet["A1"] = "平度市政府信息公开台账"
    sheet.merge_cells("A1:H1")
    sheet["A2"] = "填报单位：市政府办公室        单位：条"
    sheet.merge_cells("A2:H2")
    heads = ["序号", "信息名称", "公开 日期", "主题", "单位名称", "公开层级", "点击量", "公示结束日期"]
    for column, head in enumerate(heads, 1):
        sheet.cell(4, column, head)
        sheet.cell(5, column, "（必填）" if column == 1 else None)
    for column in range(2, 9):
        sheet.merge_cells(start_row=4, end_row=5, start_column=column, end_column=column)
    forms = [
        "2018-08-24",
        "2018/8/24",
        "2018.8.24",
        "20180824",
        20180824,
        "2018年8月24日",
        "二〇一八年八月二十四日",
        43336,
        datetime(2018, 8, 24),
        "２０１８－０８－２４",
    ]
    row = 6
    for number in range(200):
        row += 1
        if number in (50, 120):
            row += 1  # a blank line
        if number in (80, 160):
            for column, head in enumerate(heads, 1):
                sheet.cell(row, column, head)
            row += 1
        sheet.cell(row, 1, str(number + 1) if number % 3 else number + 1)
        sheet.cell(row, 2, f"第{number + 1}条\n信息")
        sheet.cell(row, 3, forms[number % len(forms)])
        sheet.cell(row, 4, "其他")
        sheet.cell(row, 5, "市财政局" if number % 10 == 0 else None)
        sheet.cell(row, 6, "县")
        sheet.cell(row, 7, f"{number}次")
        if number == 20:
            sheet.cell(row, 1, 5)  # a duplicate id
        if number == 21:
            sheet.cell(row, 1).value = None  # a blank id
        if number == 22:
            sheet.cell(row, 3, "2018-02-30")
        if number == 23:
            sheet.cell(row, 3, "去年秋天")
        if number == 24:
            sheet.cell(row, 3, "=C7+1")  # never computed
        if number == 25:
            sheet.cell(row, 6, "省部级")
        if number == 28:
            sheet.cell(row, 3, "#N/A").data_type = "e"
        if number == 26:
            sheet.cell(row, 3, "=cmd|' /C calc'!A0")
    sheet.merge_cells(start_row=60, end_row=62, start_column=5, end_column=5)
    sheet.cell(60, 5).value = "市民政局"
    sheet.cell(row + 1, 1, "合计")
    sheet.cell(row + 1, 7, "=SUM(G7:G206)")
    sheet.cell(row + 2, 1, "注：本表由各单位按月填报。")
    sheet.merge_cells(start_row=row + 2, end_row=row + 2, start_column=1, end_column=8)
    sheet.cell(row + 4, 1, "填表人：张某")
    sheet.cell(row + 4, 5, "审核人：李某")
    book.create_sheet("Sheet2")
    other = book.create_sheet("食堂菜谱")
    other.append(["周一", "馒头"])
    return book, 200


def test_an_ugly_workbook_is_accounted_for_row_by_row(tmp_path: Path) -> None:
    book, records = ugly()
    file = tmp_path / "丑.xlsx"
    book.save(file)
    report = oc.check(file, as_of=AS_OF)
    assert report.rows == {"read": records, "checked": records - 8, "rejected": 8}
    codes = {(r.values.get("id"), p.field): p.code for r in report.rejected for p in r.problems}
    assert codes == {
        ("5", "id"): "duplicate_id", (None, "id"): "blank_id", ("23", "published_on"): "impossible_date", ("24", "published_on"): "date",
        ("25", "published_on"): "date", ("26", "level"): "vocabulary", ("27", "published_on"): "date", ("29", "published_on"): "date",
    }  # fmt: skip
    for rejected in report.rejected:
        assert rejected.place.file == "丑.xlsx"
        assert rejected.place.sheet == "2018年信息公开台账（汇总）"
        value = book.worksheets[0].cell(rejected.place.row, 2).value
        assert value, "the row named is the row in the sheet"
    frame = report.data.tables["disclosure"].frame.collect()
    assert set(frame["published_on"].drop_nulls()) == {date(2018, 8, 24)}
    assert frame["unit"].to_list().count("市民政局") == 3, "a merged cell's value is every row's"
    assert frame["title"][0] == "第1条 信息"
    ignored = [i.code for i in report.data.ignored]
    assert sorted(ignored) == sorted(
        ["title", "title", "header_again", "header_again", "header_again", "total", "note", "note", "unknown_column", "sheet"]
    )
    named = {r.place.row for r in report.rejected} | {i.place.row for i in report.data.ignored} | set(frame["_row"])
    blank = {n for n, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1) if not any(cells)}
    assert named | blank >= set(range(1, book.worksheets[0].max_row + 1)), "no line is passed over in silence"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings_are_found(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "公文.csv"
    file.write_bytes("公文台账\n编号,成文日期,标题\n1,2018年8月24日,通知\n".encode(encoding))
    data = read(file)
    assert data.tables["document"].frame.select("id", "signed_on").collect().rows() == [("1", date(2018, 8, 24))]


@given(st.text("责任单位公开日期abc，。〔2018〕㐂", min_size=0, max_size=40))
def test_gb18030_is_never_taken_for_utf8_wrongly(text: str) -> None:
    assert decode(text.encode(), "x") == text
    content = text.encode("gb18030")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        assert decode(content, "x") == text


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"\xff\x00\x81" * 9)
    with pytest.raises(oc.InputError, match="encoding"):
        read(file)


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_delimiters_are_found(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "meeting.tsv"
    file.write_text(
        f"编号{delimiter}会议类型{delimiter}召开日期\nm{delimiter}常务会议{delimiter}2018-01-05\n", encoding="utf-8"
    )
    assert read(file).tables["meeting"].frame.collect()["kind"].to_list() == ["executive"]


def test_rows_keep_their_line_across_quoted_line_breaks(tmp_path: Path) -> None:
    file = tmp_path / "公文.csv"
    file.write_text('编号,标题,成文日期\n1,"两\n行",2018-01-02\n2,单行,2018-02-30\n', encoding="utf-8")
    rejected = read(file).rejected
    assert [r.place.row for r in rejected] == [4]


def test_files_that_cannot_be_read_are_told_not_traced(tmp_path: Path) -> None:
    cases = {
        "a.xlsx": b"not a workbook",
        "b.parquet": b"PAR1 nothing",
        "c.json": b"{",
        "d.json": b'{"disclosure": 3}',
        "e.json": b'{"nothing": []}',
        "f.docx": b"x",
        "g.csv": "甲,乙\n1,2\n".encode(),
    }
    for name, content in cases.items():
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(oc.InputError) as error:
            read(file)
        assert name in str(error.value)
        assert (
            "accepted" in str(error.value)
            or "expected" in str(error.value)
            or "JSON" in str(error.value)
            or "read" in str(error.value)
        )
    with pytest.raises(oc.InputError, match="no such file"):
        read(tmp_path / "none.xlsx")
    (tmp_path / "empty").mkdir()
    with pytest.raises(oc.InputError, match="no readable file"):
        read(tmp_path / "empty")
    for source in (3, b"bytes", {"nothing": []}, pl.DataFrame({"x": [1]})):
        with pytest.raises(oc.InputError):
            read(source)


def test_a_workbook_without_any_table_says_so(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["周一", "馒头"])
    book.save(tmp_path / "菜谱.xlsx")
    with pytest.raises(oc.InputError, match="opencheck template"):
        read(tmp_path / "菜谱.xlsx")


def test_a_named_sheet_without_header_is_an_error(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "公文"
    book.worksheets[0].append([1, "通知", "2018-01-02"])
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(oc.InputError, match="公文"):
        read(tmp_path / "x.xlsx")


def test_json_lines_name_their_table_and_broken_lines_are_rejected(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    lines = [
        '{"table": "公文", "id": "1", "signed_on": "2018-01-02"}',
        "{broken",
        "",
        '{"id": "9"}',
        "3",
        '{"table": "会议", "id": "1", "held_on": "2018-01-02"}',
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    data = read(file)
    assert set(data.tables) == {"document", "meeting"}
    assert data.rows == {"read": 5, "checked": 2, "rejected": 3}
    assert {(r.place.row, r.problems[0].code) for r in data.rejected} == {
        (2, "not_json"),
        (4, "no_table"),
        (5, "not_an_object"),
    }


def test_several_sources_are_one_ledger_and_ids_stay_unique(tmp_path: Path) -> None:
    first = {"公文": [{"编号": "1", "成文日期": "2018-01-02"}]}
    second = {"公文": pl.DataFrame({"id": ["1", "2"], "signed_on": [date(2018, 1, 3)] * 2})}
    data = read(first, second)
    assert data.rows == {"read": 3, "checked": 2, "rejected": 1}
    assert data.rejected[0].problems[0].code == "duplicate_id"
    assert read(second, first).rows == {"read": 3, "checked": 2, "rejected": 1}


def test_sheets_that_are_each_numbered_from_1_are_all_checked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for month in ("1月", "2月"):
        sheet = book.create_sheet(month)
        sheet.append(["序号", "主题", "公开层级", "公示开始日期", "公示截止日期"])
        sheet.append([1, "扶贫项目", "村级", "2018-09-01", "2018-09-09"])
        sheet.append([1, "扶贫项目", "村级", "2018-09-01", "2018-09-09"])
    book.save(tmp_path / "x.xlsx")
    report = oc.check(tmp_path / "x.xlsx", as_of=AS_OF, rules=["PD-8-4.4"])
    assert report.rows == {"read": 4, "checked": 2, "rejected": 2}
    assert [(f.source.sheet, f.source.row) for f in report.violations] == [("1月", 2), ("2月", 2)]


def test_ids_are_made_where_there_are_none_but_not_where_others_link() -> None:
    data = read({"meeting": [{"kind": "常务会议", "held_on": "2018-01-02"}]})
    assert data.tables["meeting"].frame.collect()["id"].to_list() == ["会议-1"]
    for rows in ([{"title": "x", "signed_on": "2018-01-02"}], pl.DataFrame({"title": ["x"], "signed_on": [date(2018, 1, 2)]})):
        data = read({"document": rows})
        assert [p.code for r in data.rejected for p in r.problems] == ["no_id_column"]


def test_frames_reject_row_by_row_too() -> None:
    frame = pl.DataFrame(
        {"编号": ["1", "2", "2", None, "5"], "公开日期": ["2018-08-24", "2018-02-30", "20180824", "2018-08-24", "２０１８/8/24"], "层级": ["村", "镇", "县", "市", "省"], "别的": [1, 2, 3, 4, 5]}
    )  # fmt: skip
    data = read({"disclosure": frame})
    assert data.rows == {"read": 5, "checked": 1, "rejected": 4}
    assert {(r.place.row, p.code) for r in data.rejected for p in r.problems} == {
        (2, "impossible_date"),
        (3, "duplicate_id"),
        (4, "blank_id"),
        (5, "vocabulary"),
    }
    assert data.tables["disclosure"].frame.collect()["level"].to_list() == ["village"]
    assert [i.text for i in data.ignored] == ["别的"]


def test_frames_of_other_libraries_and_types() -> None:
    rows = {"id": ["1"], "held_on": [datetime(2018, 1, 2, 23, 30)], "kind": ["常务会议"], "invited_attendees": [3.0]}
    for frame in (pd.DataFrame(rows), pa.table(rows), pl.DataFrame(rows), pl.LazyFrame(rows)):
        found = read(frame).tables["meeting"].frame.collect()
        assert found["held_on"].to_list() == [date(2018, 1, 2)]
        assert found["invited_attendees"].to_list() == [3]
    zoned = pl.DataFrame({"id": ["1"], "held_on": [datetime(2018, 1, 2, 23, 30)]}).with_columns(
        pl.col("held_on").dt.replace_time_zone("UTC")
    )
    assert read({"meeting": zoned}).tables["meeting"].frame.collect()["held_on"].to_list() == [date(2018, 1, 3)]


def test_blanks_and_white_space_in_a_frame_are_cleaned_as_in_cells() -> None:
    rows = {
        "id": ["1 ", "2", "3"],
        "unit": ["市财政局", "　市民政局", ""],
        "justification": [" ", None, "理由"],
        "elements": [["甲"], [], None],
    }
    found = read({"disclosure": pl.DataFrame(rows)}).tables["disclosure"].frame.collect()
    assert found["id"].to_list() == ["1", "2", "3"]
    assert found["unit"].to_list() == ["市财政局", "市民政局", None]
    assert found["justification"].to_list() == [None, None, "理由"]
    assert found["elements"].to_list() == [["甲"], None, None]


def test_formulas_that_cannot_be_examined_are_told_not_taken_for_blank(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "公文"
    book.worksheets[0].append(["编号", "成文日期"])
    book.worksheets[0].append(["1", "=TODAY()"])
    book.create_chartsheet("图")  # openpyxl cannot load the empty chart sheet that it writes
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(oc.InputError, match="cannot be examined"):
        read(tmp_path / "x.xlsx")


def test_percent_cells_of_a_workbook_are_percent(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "责任单位"
    sheet.append(["编号", "责任单位", "年度", "考核分值占比"])
    sheet.append(["1", "市财政局", 2018, 0.04])
    sheet.append(["2", "市民政局", 2018, 0.04])
    sheet["D2"].number_format = "0.0%"
    book.save(tmp_path / "x.xlsx")
    data = read(tmp_path / "x.xlsx")
    assert data.tables["unit"].frame.collect()["appraisal_weight"].to_list() == [4.0]
    assert [p.code for r in data.rejected for p in r.problems] == ["percent"], "0.04 in a plain cell can be read two ways"


CELLS = st.one_of(
    st.none(), st.text(max_size=12), st.integers(-5, 10**9), st.floats(allow_nan=True), st.booleans(), st.dates(), st.datetimes(),
    st.sampled_from(["2018-08-24", "是", "村级", "主动公开", "2018-06", "甲；乙"]), st.lists(st.text(max_size=3), max_size=3),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(TABLES)), st.data())
def test_whatever_the_cells_hold_every_row_is_counted(table: str, data: st.DataObject) -> None:
    fields = data.draw(st.lists(st.sampled_from(sorted(TABLES[table].fields)), unique=True, min_size=1, max_size=6))
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(fields, CELLS)), max_size=8))
    report = oc.check({table: rows}, as_of=AS_OF)
    assert report.rows["read"] == len(rows) == report.rows["checked"] + report.rows["rejected"]
    report.to_dict()


def test_old_excel_files_are_read(tmp_path: Path) -> None:
    xlwt = pytest.importorskip("xlwt", reason="xlwt writes the .xls that this test reads; it is in the dev extra")
    book = xlwt.Workbook()
    sheet = book.add_sheet("会议")
    for column, (head, value) in enumerate({"编号": "1", "会议类型": "常务会议", "召开日期": "2018-01-02"}.items()):
        sheet.write(0, column, head)
        sheet.write(1, column, value)
    for name in ("old.xls", "wps.et"):  # WPS writes .et in the same binary format
        book.save(str(tmp_path / name))
        assert read(tmp_path / name).rows["checked"] == 1


ONE_KIND = st.one_of(
    *(
        st.lists(st.none() | values, max_size=8)
        for values in (
            st.text(alphabet=" \t\n　\u200b0129-年月日是否市局、A", max_size=12),
            st.sampled_from(["2018-02-29", "2018.8.24", "主动公开", "此件公开发布", "2018-Q3", "省", "5", "TRUE"]),
            st.dates(date(1949, 1, 1), date(2060, 1, 1)),
            st.booleans(),
            st.integers(-5, 50_000),
        )
    ),
    st.lists(st.none() | st.text(max_size=3) | st.booleans() | st.integers(0, 3) | st.floats(0, 3), max_size=8),
)


@given(st.sampled_from([f for t in TABLES.values() for f in t.fields.values()]), ONE_KIND)
def test_a_column_of_one_type_is_read_as_each_of_its_cells_is(field: FieldSpec, values: list[Any]) -> None:
    wanted: list[Any] = []
    wrong: dict[int, str] = {}
    for number, value in enumerate(values):
        try:
            wanted.append(None if value is None else field.read(value))
        except InvalidValue as exc:
            wanted.append(None)
            wrong[number] = exc.code
    problems: dict[int, list[Problem]] = {}
    found = columns._typed(field, "列", values, problems)
    assert [(type(v), v) for v in found] == [(type(v), v) for v in wanted]
    assert {number: [p.code for p in told] for number, told in problems.items()} == {n: [c] for n, c in wrong.items()}


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["id", "标题", "title", "发布日期", "备注"]), st.text("ab1", max_size=2), max_size=5),
        max_size=5,
    )
)
def test_rows_of_the_same_keys_are_read_as_others_are(rows: list[dict[str, str]]) -> None:
    alike = [dict.fromkeys(["id", "标题", "title", "发布日期", "备注"]) | row for row in rows]
    numbered = list(enumerate(alike, 1))
    found = objects._values_by_key(numbered)
    later = objects._values_by_key([*numbered, (len(alike) + 1, {})])  # one that differs: cell by cell
    assert {k: (n, v) for k, (n, v) in later.items()} == {k: (n, [*v, None]) for k, (n, v) in found.items()}


@given(st.lists(st.none() | st.lists(st.text("a;\x1f、 ", max_size=3), max_size=3), max_size=6))
def test_a_column_of_lists_holds_the_lists(lists: list[list[str] | None]) -> None:
    assert column_of_lists("x", lists).to_list() == lists


@given(
    st.lists(
        st.none() | st.text(alphabet=[*WHITESPACE, "文", "a", "“", "！", "\u2029", "\ue000", "😀", "\x01"], max_size=5),
        max_size=8,
    ),
    st.booleans(),
)
def test_texts_are_tidied_as_each_on_its_own(texts: list[str | None], prose: bool) -> None:
    def alone(text: str) -> str | None:
        return (text.replace("\r\n", "\n") if prose else text).strip(WHITESPACE) or None

    found = tidied(pl.Series("t", texts, dtype=pl.String), prose)
    assert found.to_list() == [None if t is None else alone(t) for t in texts]
