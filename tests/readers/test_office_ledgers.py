"""Headings as offices write them: what is sure is read, what is likely is proposed, and a table that is no ledger is told to be none."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import office_ledgers as made
import opencheck as oc
from only import only
from opencheck.readers import read, read_as
from opencheck.readers.header_rows import SheetRows, find_tables
from opencheck.records.dataset import Dataset
from opencheck.records.date_spans import split_span
from opencheck.records.parse import InvalidValue

AS_OF = "2018-12-31"

WORDS = [
    "序号", "编号", "标题", "文件名称", "发文字号", "成文时间", "发布时间", "公开方式", "公示起止时间", "公示期限", "开始", "结束", "解读", "发布日期",
    "责任单位", "是否关停", "会议名称", "会议时间", "收到时间", "办结时间", "备注", "合计", "注：说明", "主动公开", "是", "2018-09-03", "2018年9月1日至9月10日",
    "填报单位：市林业局", "=1+1", "甲", "！", "a_b", "status",
]  # fmt: skip
CELLS = st.one_of(
    st.none(), st.none(), st.sampled_from(WORDS), st.integers(0, 50000), st.floats(allow_nan=False), st.booleans(), st.dates()
)
"""Cells of sheets that may or may not be ledgers."""


def statuses(data: Dataset) -> dict[str, Any]:
    """What became of each heading: the fields it is read as, ``?`` before what it likely is, None where it is unknown."""
    said = {"mapped": "", "proposed": "?", "second": "=", "not_used": "-"}
    return {h.text: f"{said[h.status]}{','.join(h.fields)}" if h.status in said else None for h in data.headings}


def sheet(folder: Path, rows: made.Rows, title: str = "Sheet1", file: str = "台账.xlsx") -> Path:
    return made.workbook(folder / file, **{title: rows})


def test_headings_of_a_bureaus_ledger(tmp_path: Path) -> None:
    data = read(made.bureau(tmp_path / "局台账.xlsx"))
    assert statuses(data) == {
        "序号": "id", "文件名称": "title", "发文字号": "number", "是否政策文件": "is_policy", "成文时间": "signed_on",
        "网站发布时间": "published_on", "公开方式": "attribute", "解读发布时间": "interpretation_published_on", "备注": "note",
        "申请人": None, "申请内容": "subject", "收到申请时间": "received_on", "答复时间": "replied_on", "答复内容": None,
        "是否延期": "extension_notified_on",
        "项目名称": "subject", "公示内容": "?topic", "公示起止时间/开始": "published_on", "公示起止时间/结束": "posted_until", "责任单位": "unit",
    }  # fmt: skip
    assert data.rows == {"read": 10, "checked": 9, "rejected": 1}
    assert [(r.place.row, p.header, p.found) for r in data.rejected for p in r.problems] == [(7, "成文时间", "11月5日")]
    documents = data.tables["document"].records()
    assert documents["unit"].to_list() == ["市林业局"] * 4, "the unit above the table, where there is no column"
    assert documents["published_on"][2] == date(2018, 10, 11)
    notices = data.tables["disclosure"].records()
    days = [(b - a).days + 1 for a, b in zip(notices["published_on"], notices["posted_until"], strict=True)]
    assert days == [10, 8]


def test_bureaus_ledger_is_judged(tmp_path: Path) -> None:
    report = oc.check(made.bureau(tmp_path / "局台账.xlsx"), as_of=AS_OF)
    late = {
        (f.rule, f.source.sheet, f.record_id): (str(f.due), f.late_by)
        for f in report.violations
        if f.rule in ("PD-9.4", "PD-15.3")
    }
    assert late == {
        ("PD-9.4", "2018年文件", "2"): ("2018-10-08", 1),
        ("PD-15.3", "依申请公开台帐", "2"): ("2018-09-25", 1),
    }
    counts = report.summary["by_rule"]
    assert counts["PD-9.4"] == {"pass": 1, "violation": 1, "not_applicable": 1, "indeterminate": 1}, (
        "a blank attribute is unknown"
    )
    assert counts["PD-15.3"] == {"pass": 1, "violation": 1, "pending": 1}
    assert counts["PD-8-4.4"] == {"indeterminate": 2}, "which level posted it is not in the sheet"
    assert 1 <= len(report.questions) <= 3


def test_bureaus_notices_with_level_and_topic_are_judged(tmp_path: Path) -> None:
    rows = [
        *made.NOTICES[:1],
        *([*row, level] for row, level in zip(made.NOTICES[1:], ["公示层级", None, "村级", "村级"], strict=True)),
    ]
    file = sheet(tmp_path, rows, "扶贫公示")
    report = oc.check(file, as_of=AS_OF, rules=["PD-8-4.4"], headings={"公示内容": "信息主题", "公示层级": "公开层级"})
    assert [(f.source.row, f.outcome, f.late_by) for f in report.findings()] == [(5, "violation", 2)]
    assert report.summary["by_rule"]["PD-8-4.4"]["pass"] == 1


def test_headings_of_a_register_of_documents(tmp_path: Path) -> None:
    data = read(sheet(tmp_path, made.REGISTER, file="发文登记簿.xlsx"))
    assert statuses(data) == {
        "识别号": "id", "科室": "?unit", "文号": "number", "密级": None, "文件标题": "title", "主送单位名称": None, "印发日期": "signed_on",
        "信息公开选项": "attribute", "有无正文": None, "备注": "note",
    }  # fmt: skip
    assert data.tables["document"].records()["attribute"].to_list() == ["主动公开"]


def test_interpretations_that_tell_of_their_documents_are_judged(tmp_path: Path) -> None:
    report = oc.check(sheet(tmp_path, made.INTERPRETATIONS, file="政策解读台账.xlsx"), as_of=AS_OF, rules=["PD-9.4"])
    assert statuses(report.data) == {
        "序号": "id", "文件名称": "document.title", "文号": "document_id", "文件公布时间": "document.published_on", "解读标题": "title",
        "解读形式": "form", "解读发布时间": "published_on", "解读单位": "unit", "链接": "url",
    }  # fmt: skip
    late = only(report.violations)
    assert (late.title, str(late.due), str(late.actual), late.late_by) == ("某办法", "2018-10-08", "2018-10-09", 1)
    assert report.summary["by_rule"]["PD-9.4"] == {"pass": 1, "violation": 1}
    assert "note.interpreted_documents" in [name for name, _ in report.notes], "what was concluded is said"


def test_interpretations_beside_a_table_of_documents_add_none(tmp_path: Path) -> None:
    documents = [
        ["编号", "标题", "文号", "公布日期", "是否政策性文件", "公开属性"],
        ["D1", "某办法", "平政办发〔2018〕30号", "2018-09-28", "是", "主动公开"],
    ]
    for order in (("政策解读台账", "公文"), ("公文", "政策解读台账")):
        sheets = {"政策解读台账": made.INTERPRETATIONS, "公文": documents}
        file = made.workbook(tmp_path / f"{order[0]}.xlsx", **{name: sheets[name] for name in order})
        report = oc.check(file, as_of=AS_OF, rules=["PD-9.4"])
        assert [(f.record_id, f.outcome, f.late_by) for f in report.findings()] == [("D1", "violation", 1)]


def test_interpretations_of_one_document_make_one_document(tmp_path: Path) -> None:
    second = [3, "某办法", "平政办发〔2018〕30号", "2018-09-28", "再读某办法", "视频", "2018-11-09", "市财政局", None]
    first = [*made.INTERPRETATIONS[2][:6], "2018-09-29", *made.INTERPRETATIONS[2][7:]]
    report = oc.check(
        sheet(tmp_path, [*made.INTERPRETATIONS[:2], first, second], file="政策解读台账.xlsx"), as_of=AS_OF, rules=["PD-9.4"]
    )
    assert report.summary["by_rule"]["PD-9.4"] == {"pass": 1}, "of several interpretations the first counts"


def test_headings_of_accounts(tmp_path: Path) -> None:
    data = read(sheet(tmp_path, made.ACCOUNTS, file="新媒体台账.xlsx"))
    assert statuses(data) == {
        "序号": "id", "主办单位": "unit", "账号名称": "title", "平台类型": "platform", "开通时间": None, "粉丝数": "followers",
        "最近更新时间": "last_post_on", "是否关停": "status",
    }  # fmt: skip
    assert data.tables["account"].records()["status"].to_list() == ["active", "closed"]


def test_headings_of_a_work_ledger(tmp_path: Path) -> None:
    data = read(sheet(tmp_path, made.WORK, file="政务公开工作台账.xlsx"))
    assert statuses(data) == {
        "序号": "id", "栏目名称": "?topic", "信息标题": "title", "信息来源": None, "发布时间": "published_on", "责任科室": "?unit",
        "审核人": "?reviewer", "保密审查": "?review_result",
    }  # fmt: skip
    assert set(data.tables) == {"disclosure"}


def test_headings_of_meetings_without_ids(tmp_path: Path) -> None:
    data = read(sheet(tmp_path, made.MEETINGS, file="会议开放台账.xlsx"))
    assert statuses(data) == {
        "会议名称": "title", "会议时间": "held_on", "议题": "?topics_decided", "邀请列席人员": "?invited_attendees", "是否解读": None,
        "公开时间": None, "公开链接": "url",
    }  # fmt: skip
    assert data.tables["meeting"].records()["id"].to_list() == ["Sheet1-3"]
    assert {h.text: h.other for h in data.headings if h.other} == {"公开时间": "disclosure", "是否解读": "document"}


def test_headings_in_two_rows_without_merged_cells(tmp_path: Path) -> None:
    data = read(sheet(tmp_path, made.CATALOGUE, file="目录.xlsx"))
    assert statuses(data) == {
        "序号": "id", "公开事项/一级事项": None, "公开事项/二级事项": None, "公开内容(要素)": "content", "公开依据": None,
        "公开时限": "time_limit", "公开主体": "body", "公开渠道和载体": "manner", "公开方式/主动": None, "公开方式/依申请公开": None,
    }  # fmt: skip
    assert data.rows == {"read": 1, "checked": 1, "rejected": 0}, "the second row of headings is no record"


def test_a_heading_below_another_is_never_read_alone(tmp_path: Path) -> None:
    """发布日期 below 解读 is the interpretation's, below 废止 it is nobody's: a wrong day would make a late act look timely."""
    rows = [
        ["编号", "文号", "标题", "解读", None, "废止", None],
        [None, None, None, "形式", "发布日期", "文号", "发布日期"],
        ["1", "平政发〔2018〕1号", "办法", "图解", "2018-10-09", "x", "2018-01-01"],
    ]
    assert statuses(read(sheet(tmp_path, rows, "公文"))) == {
        "编号": "id", "文号": "number", "标题": "title", "解读/形式": None, "解读/发布日期": "interpretation_published_on", "废止/文号": None,
        "废止/发布日期": "?published_on",
    }  # fmt: skip


def test_a_first_record_is_not_taken_for_headings(tmp_path: Path) -> None:
    rows = [
        ["编号", "标题", "成文日期", "备注", None],
        ["1", "通知", "2018-01-02", "甲", "乙"],
        ["2", "意见", "2018-01-03", None, None],
    ]
    data = read(sheet(tmp_path, rows, "公文"))
    assert data.rows == {"read": 2, "checked": 2, "rejected": 0}


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2018年9月1日至2018年9月10日", date(2018, 9, 1), date(2018, 9, 10)),
        ("2018.9.1-9.10", date(2018, 9, 1), date(2018, 9, 10)),
        ("2018-09-01—2018-09-10", date(2018, 9, 1), date(2018, 9, 10)),
        ("自2018年9月1日起至9月10日止", date(2018, 9, 1), date(2018, 9, 10)),
        ("2018年9月1日～10日", date(2018, 9, 1), date(2018, 9, 10)),
        ("2018年9月1日至今", date(2018, 9, 1), None),
    ],
)  # fmt: skip
def test_first_and_last_day_in_one_cell(tmp_path: Path, cell: str, first: date, last: date | None) -> None:
    rows = [["序号", "信息主题", "公示起止时间"], [1, "扶贫资金", cell]]
    found = read(sheet(tmp_path, rows, "公开信息")).tables["disclosure"].records()
    assert found.select("published_on", "posted_until").row(0) == (first, last)
    in_json = read({"disclosure": [{"信息主题": "扶贫资金", "公示起止时间": cell}]}).tables["disclosure"].records()
    assert in_json.select("published_on", "posted_until").row(0) == (first, last)


@pytest.mark.parametrize(
    "cell",
    [
        "2018年9月1日",
        "9月1日至9月10日",
        "2018年12月28日至1月5日",
        "2018年9月10日至9月1日",
        "10天",
        "2018-09-01-10",
        "公示" * 40,
    ],
)
def test_one_cell_that_holds_no_two_days_is_refused(tmp_path: Path, cell: str) -> None:
    rows = [["序号", "信息主题", "公示起止时间"], [1, "扶贫资金", cell], [2, "扶贫资金", None]]
    data = read(sheet(tmp_path, rows, "公开信息"))
    assert [(r.place.row, p.code, p.found) for r in data.rejected for p in r.problems] == [(2, "span", cell[:60])]
    assert data.rows == {"read": 2, "checked": 1, "rejected": 1}


def test_a_period_that_may_be_a_number_of_days_is_told_by_its_cells(tmp_path: Path) -> None:
    for cells, told in ((["2018.9.1-9.10", "2018.9.2-9.12"], "published_on,posted_until"), (["10天", "7天"], None)):
        rows = [["序号", "信息主题", "公开层级", "公示期限"], *([n, "扶贫资金", "村级", c] for n, c in enumerate(cells))]
        assert statuses(read(sheet(tmp_path, rows, "公开信息")))["公示期限"] == told


def test_a_likely_heading_is_used_for_no_field(tmp_path: Path) -> None:
    """办结时间 may be the day of the reply; while nobody has said so it is none, and the rule says what it lacks."""
    rows = [["序号", "申请内容", "收到时间", "办结时间"], [1, "某事", "2018-09-03", "2018-09-10"]]
    file = sheet(tmp_path, rows, "依申请公开")
    open_ = oc.check(file, as_of=AS_OF, rules=["PD-15.3"])
    assert [(f.outcome, f.missing) for f in open_.findings()] == [("indeterminate", ("replied_on",))]
    assert [line.text for line in open_.unread] == ["办结时间"]
    assert oc.check(file, as_of=AS_OF, rules=["PD-15.3"], headings={"办结时间": "答复日期"}).summary["by_rule"]["PD-15.3"] == {
        "pass": 1
    }
    for engine_free in (
        [{"申请内容": "某事", "收到时间": "2018-09-03", "办结时间": "2018-09-10"}],
        pl.DataFrame({"收到时间": ["2018-09-03"], "办结时间": ["2018-09-10"]}),
    ):
        found = oc.check({"request": engine_free}, as_of=AS_OF, rules=["PD-15.3"])
        assert [f.outcome for f in found.findings()] == ["indeterminate"], (
            "a key that likely is the reply's day is no proof that there was none"
        )


def test_a_likely_heading_with_other_words_below_is_not_read(tmp_path: Path) -> None:
    rows = [["编号", "文号", "成文日期", "公开方式"], ["1", "平政发〔2018〕1号", "2018-09-03", "政府网站"]]
    assert statuses(read(sheet(tmp_path, rows, "公文")))["公开方式"] == "?attribute"


@pytest.mark.parametrize("name", ["职位表_单位.xlsx", "单位.xlsx", "2018年责任单位.xlsx"])
@pytest.mark.parametrize("rows", [made.POSTS, made.STATISTICS], ids=["posts", "statistics"])
def test_a_table_that_is_no_ledger_is_told_to_be_none(tmp_path: Path, name: str, rows: made.Rows) -> None:
    with pytest.raises(oc.InputError, match="--table listing"):
        read(sheet(tmp_path, rows, file=name))


def test_english_sales_are_no_ledger(tmp_path: Path) -> None:
    for name in ("sales.csv", "unit.csv", "accounts.csv"):
        (tmp_path / name).write_text("id,unit,title,category,year,note\n1,box,pen,office,2018,\n", encoding="utf-8")
        with pytest.raises(oc.InputError) as error:
            read(tmp_path / name)
        assert "ledger" in str(error.value)
        assert "--table listing" not in str(error.value)
    data = read(pl.DataFrame({"id": ["1"], "category": ["office"], "amount": [3]}))
    assert (set(data.tables), data.rows) == (set(), {"read": 1, "checked": 0, "rejected": 1})
    assert [p.code for r in data.rejected for p in r.problems] == ["columns_of_no_table"]


def test_the_file_of_a_frame_is_told_by_its_columns(tmp_path: Path) -> None:
    pl.DataFrame({"序号": ["1"], "单位": ["市委某部"], "备注": [""]}).write_parquet(tmp_path / "职位表_单位.parquet")
    data = read(tmp_path / "职位表_单位.parquet")
    assert (set(data.tables), data.rows) == (set(), {"read": 1, "checked": 0, "rejected": 1})
    problem = data.rejected[0].problems[0]
    assert (problem.code, problem.facts["columns"]) == ("columns_of_no_table", ["序号", "单位", "备注"])
    (tmp_path / "职位表_单位.json").write_text('[{"序号": 1, "单位": "市委某部", "备注": ""}]', encoding="utf-8")
    assert read(tmp_path / "职位表_单位.json").rows == {"read": 1, "checked": 0, "rejected": 1}


def test_a_sheet_is_told_by_its_headings_not_by_a_word_in_its_name(tmp_path: Path) -> None:
    rows = [["序号", "会议名称", "会议时间", "会议类型"], [1, "第9次", "2018-09-05", "常务会议"]]
    assert set(read(sheet(tmp_path, rows, "各单位2018")).tables) == {"meeting"}


def test_headings_in_two_rows_that_are_repeated_are_no_records(tmp_path: Path) -> None:
    rows = [*made.NOTICES, *made.NOTICES[1:3], [3, "饮水项目", "扶贫资金", "2018年11月1日", "2018年11月10日", "市扶贫办"]]
    data = read(sheet(tmp_path, rows, "扶贫公示"))
    assert data.rows == {"read": 3, "checked": 3, "rejected": 0}
    assert [line.code for line in data.ignored].count("header_again") == 2


def test_the_first_of_equal_headers_is_the_header_whatever_the_records_say(tmp_path: Path) -> None:
    head = ["序号", "信息标题", "发布时间", "公开属性"]
    rows = [head, [1, "信息公开台账", "2018-09-03", "主动公开"], head, [2, "指南", "2018-09-04", "主动公开"]]
    assert read(sheet(tmp_path, rows)).rows == {"read": 2, "checked": 2, "rejected": 0}


def test_interpretations_whose_documents_state_their_attribute_conclude_none(tmp_path: Path) -> None:
    rows = [
        ["序号", "文号", "文件公布时间", "公开属性", "是否政策性文件", "解读标题", "解读发布时间"],
        [1, "平政办发〔2018〕30号", "2018-09-28", "依申请公开", "是", "一", "2018-10-09"],
        [2, "平政办发〔2018〕31号", "2018-09-28", None, "是", "二", "2018-10-09"],
        [3, "平政办发〔2018〕32号", "2018-09-28", "主动公开", "否", "三", "2018-10-09"],
    ]
    report = oc.check(sheet(tmp_path, rows, file="政策解读台账.xlsx"), as_of=AS_OF, rules=["PD-9.4"])
    assert report.summary["by_rule"]["PD-9.4"] == {"not_applicable": 2, "indeterminate": 1}


def test_a_column_of_the_list_counts_before_a_field_given_for_all(tmp_path: Path) -> None:
    file = sheet(tmp_path, [["户主姓名", "救助金额", "信息主题"], ["王某", 800, "临时救助"]], "名单")
    assert read_as(file, "listing", {"主题": "最低生活保障"}).tables["listing"].records()["topic"].to_list() == ["临时救助"]


def test_a_mapping_is_not_used_for_a_file_of_the_same_name_elsewhere(tmp_path: Path) -> None:
    rows = [["序号", "申请内容", "收到时间", "办结时间"], [1, "某事", "2018-09-03", "2018-12-01"]]
    for folder in ("甲", "乙"):
        (tmp_path / folder).mkdir()
        made.workbook(tmp_path / folder / "台账.xlsx", 依申请公开=rows)
    (tmp_path / "甲" / "台账.map.yaml").write_text("headings: {办结时间: 答复日期}", encoding="utf-8")
    data = read(tmp_path / "甲" / "台账.xlsx", tmp_path / "乙" / "台账.xlsx")
    assert [h.status for h in data.headings if h.text == "办结时间"] == ["mapped", "proposed"]


HEADS = st.lists(st.none() | st.sampled_from(WORDS[:21]), min_size=2, max_size=8)


@given(
    st.lists(HEADS, min_size=1, max_size=2),
    st.lists(st.lists(CELLS, max_size=8), max_size=8),
    st.sampled_from(["Sheet1", "公文", "依申请公开台帐", "单位", "公开信息"]),
)
@example([["编号", "序号", "编号", "公示起止时间"]], [["序号"]], "Sheet1")
def test_of_any_sheet_every_row_is_a_record_or_named(heads: list[list[Any]], body: list[list[Any]], name: str) -> None:
    data, grid = Dataset(), heads + body
    rows = list(enumerate(grid, 1))
    try:
        tables = find_tables(data, SheetRows("a.xlsx", name, rows), name=name)
    except oc.InputError:
        return
    if not tables:
        return
    heads_at = {h.place.row for h in data.headings if h.place.row is not None}
    named = {*(row for table in tables for row in table.rows), *(line.place.row for line in data.ignored), *heads_at}
    left = {n for n, cells in rows if any(c not in (None, "") for c in cells)} - named
    if any(line.code == "columns" for line in data.ignored):  # told as read nowhere, with all that stands below them
        read = [range(min(table.positions.values()), 1 + max(table.positions.values())) for table in tables]
        left = {n for n in left if any(c not in (None, "") and any(i in r for r in read) for i, c in enumerate(grid[n - 1]))}
    assert left <= {row + n for row in heads_at for n in (1, 2)}, "but the second and third row of headings"
    assert all(len(cells) == len(table.rows) for table in tables for _, cells in table.columns.values())
    for n in left:
        within = [c for c in grid[n - 1] if any(f"/{c}/" in f"{h.text}/" for h in data.headings)]
        assert within
        assert all(c is None or isinstance(c, str) or c in within for c in grid[n - 1])


@given(st.text(max_size=30))
def test_a_cell_of_two_days_is_split_or_refused(text: str) -> None:
    try:
        first, last = split_span(text)
    except InvalidValue:
        return
    assert first is None or last is None or first <= last


@given(
    st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.integers(0, 400), st.sampled_from(["至", "-", "—", "~", " 至 ", "到"])
)
def test_two_whole_days_in_any_form_are_split(first: date, days: int, between: str) -> None:
    last = first + timedelta(days=days)
    for form in (
        "{0.year}-{0.month:02}-{0.day:02}",
        "{0.year}年{0.month}月{0.day}日",
        "{0.year}.{0.month}.{0.day}",
        "{0.year}/{0.month}/{0.day}",
    ):
        assert split_span(form.format(first) + between + form.format(last)) == (first, last)


@pytest.mark.parametrize(
    ("name", "more", "table"),
    [
        ("公文2018", "点击量", "document"),
        ("2018年公文台账", "点击量", "document"),
        ("政策解读汇总", "点击量", "interpretation"),
        ("2018年文件", "备注", "document"),
        ("2018年文件", "点击量", None),
        ("Sheet1", "备注", None),
    ],
)
def test_a_name_makes_less_enough(tmp_path: Path, name: str, more: str, table: str | None) -> None:
    """One telling heading where the name is that of a table; where it has a shorter word, if no heading is strange."""
    file = sheet(tmp_path, [["序号", "标题", "发布日期", more], [1, "通知", "2018-09-03", None]], name)
    if table is None:
        with pytest.raises(oc.InputError):
            read(file)
    else:
        assert set(read(file).tables) == {table}


def test_read_day_of_another_act_counts_only_where_the_field_has_no_column(tmp_path: Path) -> None:
    def signed(*columns: tuple[str, str | None]) -> tuple[list[date | None], int]:
        file = tmp_path / "公文.csv"
        heads = ["编号", "标题", "文号", *(c for c, _ in columns)]
        file.write_text(
            ",".join(heads) + "\n" + ",".join(["1", "通知", "平政发〔2018〕1号", *(v or "" for _, v in columns)]) + "\n",
            encoding="utf-8",
        )
        data = read(file)
        return data.tables["document"].records()["signed_on"].to_list(), len(oc.check(file, as_of="2018-12-31").rejected)

    assert signed(("印发日期", "2018-09-03")) == ([date(2018, 9, 3)], 0)
    assert signed(("印发时间", "2018-09-03")) == ([date(2018, 9, 3)], 0)
    assert signed(("印发日期", "2018-09-03"), ("成文日期", "2018-08-31")) == ([date(2018, 8, 31)], 0)
    assert signed(("成文日期", None), ("印发日期", "2018-09-03")) == ([None], 0)
    assert signed(("签发日期", "2018-08-31"), ("印发日期", "2018-09-03")) == ([date(2018, 8, 31)], 0)
    # The same day named twice is one fact: two that differ are a contradiction, and neither counts.
    assert signed(("成文日期", "2018-08-31"), ("成文时间", "2018-08-31")) == ([date(2018, 8, 31)], 0)
    assert signed(("成文日期", "2018-08-31"), ("成文时间", "2018-09-03")) == ([None], 0)
