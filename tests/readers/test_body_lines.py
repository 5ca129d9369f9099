"""What the lines below the headings are: the quick tests agree with the whole ones, and both readers of text tables with one another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.normalize import normalize_key
from opencheck.readers import delimited, read
from opencheck.readers.body_lines import BodyLines, holds_headings, numbers_columns, skip_reason
from opencheck.readers.heading_match import Heading, sure_fields
from opencheck.records.dataset import Dataset
from opencheck.records.parse import Uncomputed
from opencheck.records.tables import TABLES

HEADS = ["编号", "责任单位", "申请内容", "收到日期", "答复日期", "2018"]
WORDS = [None, None, "", *HEADS, "id", "答复时间", "subject", "示例1", "合计", "总数据开放", "本页合计：3件", "民政局小计", "合计（民政局）", "1-6月累计", "填表人", "填表人：张某", "单位", "共计", "第1页",
         "*5", "※", "（说明）", "—", "/", " ", "　市局", "市环保局", "甲", "1", 1, 2018, 2018.0, 3.5, True, "2018-09-03", Uncomputed("=答复日期"), "备注"]  # fmt: skip


def lines(sample: list[list[Any]]) -> BodyLines:
    spec = TABLES["request"]
    known = {i: sure_fields(spec, Heading(h), {}) for i, h in enumerate(HEADS)}
    header = [[normalize_key(h) for h in HEADS]]
    return BodyLines(spec, header, known, len(HEADS), mapping={}, sheet=None, sample=sample)


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=6, max_size=8), min_size=1, max_size=12), st.booleans())
def test_quick_tests_take_no_line_for_a_record_that_is_none(rows: list[list[Any]], merged: bool) -> None:
    body = lines(rows[:3])
    for cells in rows:
        assert body.skip(cells, first=False, merged=merged) == body.reason_of(cells, merged=merged)


def test_line_with_seven_of_ten_headings_names_the_columns_and_one_with_less_does_not() -> None:
    body = lines([])
    assert body.skip(["编号", "部门", "甲", "收到时间", "答复时间", None], first=False) == "header_again"
    assert body.skip(["编号", "部门", "甲", "乙", "答复时间", None], first=False) is None
    assert body.skip(["编号", "责任单位", None, None, "2018-09-03", None], first=False) is None
    assert body.skip(["编号", "责任单位", "申请内容", None, "2018-09-03", None], first=False) == "header_again"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (["id", "部门", None, "收到时间"], True),
        (["id", "部门", "", ""], False),  # two are too few
        (["id", "部门", None, f"收到日期（{'填' * 34}）"], True),
        (["id", "部门", None, f"收到日期（{'填' * 35}）"], False),  # a sentence
        (["id", "部门", None, 2018], False),
        (["id", "部门", None, "答复日期"], False),  # one of three is another column's
        (["id", "部门", "甲", "收到时间", "答复时间"], True),
    ],
)
def test_line_names_the_columns_in_other_words(line: list[Any], names: bool) -> None:
    assert lines([]).names_columns(line) is names


def test_row_that_shows_how_to_fill_in_the_others_is_none_however_much_it_holds() -> None:
    for id_, subject in (("示例1", "甲"), ("例", "甲"), ("1", "例：某村低保")):
        assert lines([]).skip([id_, "市环保局", subject, "2018-09-03", "2018-09-20", None], first=False) == "example"
    assert lines([]).skip(["1", "市环保局", "样品检验", "2018-09-03", "2018-09-20", None], first=False) is None


FIRST = "编号,申请内容,收到日期,答复日期\n1,甲,2018-09-03,2018-09-20\n"
OTHER = "编号,申请内容,答复日期,收到日期\n2,乙,2018-10-26,2018-10-08\n"


@pytest.fixture(params=["memory", "large"])
def loaded(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Reads a text in memory, or as a file larger than memory, to the end."""
    carrier: Any = None
    if request.param == "large":
        carrier = request.getfixturevalue("duck")
        monkeypatch.setattr(delimited, "STREAMING_THRESHOLD_BYTES", 0)

    def load(content: str, name: str = "依申请公开.csv") -> Dataset:
        (tmp_path / name).write_text(content, encoding="utf-8")
        data = read(tmp_path / name, carrier=carrier)
        assert data.rows["read"] >= 0
        return data

    load.large = request.param == "large"  # type: ignore[attr-defined]
    return load


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (FIRST + OTHER, 3),
        (FIRST + "\n" + OTHER, 4),
        (FIRST + "".join(f"{n},丙,2018-09-03,\n" for n in range(3, 60_000)) + OTHER, 60_000),
        ("编号,申请内容,收到日期,答复日期,编号,申请内容,收到日期,答复日期\n1,甲,2018-09-03,2018-09-20,2,乙,2018-10-08,2018-10-26\n", 1),
    ],
)  # fmt: skip
def test_several_tables_in_one_file_are_each_read_or_the_file_is_refused(loaded: Any, content: str, row: int) -> None:
    if loaded.large:
        with pytest.raises(oc.InputError, match=f"第{row}行") as found:
            loaded(content)
        assert (found.value.code, found.value.row) == ("several_tables", row)
    else:
        days = loaded(content).tables["request"]
        frames = [b.select("id", "received_on", "replied_on") for b in days.batches(("id", "received_on", "replied_on"))]
        rows = {row[0]: [str(day) for day in row[1:]] for frame in frames for row in frame.rows()}
        assert (rows["1"], rows["2"]) == (["2018-09-03", "2018-09-20"], ["2018-10-08", "2018-10-26"])


def test_headings_in_two_rows_are_read_or_the_file_is_refused(loaded: Any) -> None:
    content = "编号,信息主题,公示起止时间,\n,,开始,结束\n1,低保,2018-09-03,2018-09-20\n"
    if loaded.large:
        with pytest.raises(oc.InputError) as found:
            loaded(content, "公开信息.csv")
        assert (found.value.code, found.value.row) == ("several_tables", 1)
    else:
        table = loaded(content, "公开信息.csv").tables["disclosure"]
        assert table.records(["posted_until"])["posted_until"].cast(str).to_list() == ["2018-09-20"]


@pytest.mark.parametrize(
    ("below", "code"),
    [
        ("id,subject,received_on,replied_on\n", "header_again"),
        ("编 号,申请内容,收到时间,答复时间\n", "header_again"),
        ("1,2,3,4\n", "header_again"),
        (",,,\n1,2,3,4\n", "header_again"),
        ("填报日期：2018年12月,,,\n", "note"),
    ],
)
def test_line_that_is_no_record_is_none_in_either_reader(loaded: Any, below: str, code: str) -> None:
    data = loaded(FIRST.split("\n")[0] + "\n" + below + FIRST.split("\n")[1] + "\n")
    assert data.rows == {"read": 1, "checked": 1, "rejected": 0}
    assert [i.code for i in data.ignored] == [code]


@pytest.mark.parametrize("title", ["依申请公开台账,,,\n", "2018年,单位：市教体局,,\n"])
def test_title_above_the_headings_is_passed_over_or_the_file_refused(loaded: Any, title: str) -> None:
    if loaded.large:
        with pytest.raises(oc.InputError) as found:
            loaded(title + FIRST)
        assert (found.value.code, found.value.row) == ("no_header", 1)
    else:
        assert loaded(title + FIRST).rows == {"read": 1, "checked": 1, "rejected": 0}


def test_table_that_its_headings_do_not_tell_is_refused_by_either_reader(loaded: Any) -> None:
    with pytest.raises(oc.InputError) as found:
        loaded("编号,单位,备注\n1,市教体局,无\n", "附件.csv")
    assert found.value.code == "no_header"


TOTALS = [
    "合计",
    "小计",
    "本页小计",
    "民政局小计",
    "合计（民政局）",
    "累计",
    "1-6月累计",
    "全年总计：",
    "民政局 合 计",
    "各单位合计",
    "城市低保合计",
    "农村低保 小计",
    "A类小计：",
    "大写合计",
    "共2户",
    "全镇共35户",
]


@pytest.mark.parametrize("total", TOTALS)
@pytest.mark.parametrize("line", ["{},,,35件", ",{},,35", "{},,35,35", ",{},,"])
def test_row_of_totals_is_listed_and_no_record(loaded: Any, total: str, line: str) -> None:
    """Whether the word stands in the column of the numbers or of what is asked for."""
    data = loaded(f"{FIRST}{line.format(total)}\n")
    assert data.rows == {"read": 1, "checked": 1, "rejected": 0}
    assert [(i.code, i.place.row) for i in data.ignored] == [("total", 3)]
    assert total in data.ignored[0].text


@pytest.mark.parametrize(
    "line",
    [
        "5,民政局小计,2018-09-03,",  # an id and a day
        "5,民政局小计,,",  # an id
        "小计,甲,2018年9月3日,",  # a day
        "合计,,,2018-09-20",
        "5,全年合计报表,,",
        "学校总数,,2018-09-03,",
        "统计局,甲,2018-09-03,",
        "5,审计,,",
        "财政收入累计,甲,,",  # the title of what was published
        "共建共享,甲,,",
        "合计报表公开,甲,,",
    ],
)
def test_row_with_an_id_or_a_day_of_its_own_is_a_record(loaded: Any, line: str) -> None:
    data = loaded(f"{FIRST}{line}\n")
    assert data.rows["read"] == 2
    assert not data.ignored


def test_total_in_a_column_that_names_nothing_is_a_record(loaded: Any) -> None:
    data = loaded("编号,申请内容,收到日期,备注\n1,甲,2018-09-03,无\n2,乙,,合计\n")
    assert data.rows["read"] == 2


@pytest.mark.parametrize("sheet", ["disclosure", "unit", "meeting"])
def test_subtotal_of_an_office_in_a_ledger_without_ids(sheet: str) -> None:
    heads = {
        "disclosure": "标题,责任单位,信息主题,公开日期",
        "unit": "年度,责任单位,公开工作人员,培训人数",
        "meeting": "标题,责任单位,会议类型,召开日期",
    }
    rows = {
        "disclosure": "甲,市民政局,低保,2018-09-03",
        "unit": "2018,市民政局,3,3",
        "meeting": "甲,市民政局,常务会议,2018-09-03",
    }
    below = {"disclosure": ",民政局小计,,", "unit": ",民政局小计,3,3", "meeting": "民政局小计,,2次,"}
    spec = TABLES[sheet]
    lines_of = [heads[sheet], rows[sheet], below[sheet], "合计,,,"]
    cells = [line.split(",") for line in lines_of]
    known = {i: sure_fields(spec, Heading(h), {}) for i, h in enumerate(cells[0])}
    body = BodyLines(spec, [[normalize_key(h) for h in cells[0]]], known, 4, mapping={}, sheet=None)
    assert [body.skip(line, first=False) for line in cells[1:]] == [None, "total", "total"]


def test_subtotal_of_an_office_beside_the_year_is_none_of_its_records() -> None:
    heads = ["年度", "责任单位", "公开工作人员", "培训人数"]
    known = {i: sure_fields(TABLES["unit"], Heading(h), {}) for i, h in enumerate(heads)}
    body = BodyLines(TABLES["unit"], [[normalize_key(h) for h in heads]], known, 4, mapping={}, sheet=None)
    assert body.skip(["2018", "民政局小计", "3", "3"], first=False) == "total"
    assert body.skip(["2018", "市民政局", "3", "3"], first=False) is None


NOTE = "以上为半年数据"
TEN = ["编号", "一", "二", "三", "四", "五", "六", "七", "八", "九"]


@pytest.mark.parametrize(
    ("cells", "header", "merged", "reason"),
    [
        ([NOTE, None, None], ["编号", "标题", "件数"], True, "note"),
        ([NOTE] * 4, ["编号", "标题", "件数", "备注"], True, "note"),
        ([NOTE, None], ["编号", "标题"], True, None),  # two columns are merged as easily as not
        ([NOTE, None, None], ["编号", "标题", "件数"], False, "no_content"),  # no id has no digit in it
        ([NOTE, "甲", None], ["编号", "标题", "件数"], True, None),
        ([f"*{NOTE}", None], ["编号", "标题"], False, "note"),
        ([*TEN[:7], "甲", "乙", "丙"], TEN, False, "header_again"),
        ([*TEN[:6], "甲", "乙", "丙", "丁"], TEN, False, None),
        ([*TEN[:7], "甲", "乙", "丙"], TEN[:7], False, "header_again"),  # what stands beyond the headings counts as well
        ([*TEN[:7], "甲", "乙", "丙", "丁"], TEN[:7], False, None),
        (["编号", "甲"], ["编号", "标题"], False, None),
        (["编号", None], ["编号", "标题"], False, None),
        (["填表人", "张某", "2018年9月3日"], ["编号", "标题", "件数"], False, "note"),
        (["填表人", "张某", "李某"], ["编号", "标题", "件数"], False, None),
    ],
)
def test_line_is_a_note_or_the_headings_again_by_all_of_its_cells(
    cells: list[Any], header: list[str], merged: bool, reason: str | None
) -> None:
    assert skip_reason(cells, [header], 0, merged=merged, columns=len(header)) == reason


TEN_FIELDS = ["id", "unit", "title", "subject", "received_on", "registered_on", "handled_on", "replied_on", "url", "note"]


def body_of(headings: list[str]) -> BodyLines:
    spec = TABLES["request"]
    known = {i: sure_fields(spec, Heading(h), {}) for i, h in enumerate(headings)}
    return BodyLines(spec, [[normalize_key(h) for h in headings]], known, len(headings), mapping={}, sheet=None)


@pytest.mark.parametrize(("others", "named"), [(3, True), (4, False)])
def test_three_of_ten_cells_may_be_other_words_where_a_line_names_the_columns(others: int, named: bool) -> None:
    headings = [TABLES["request"].fields[name].column.label_zh for name in TEN_FIELDS]
    assert body_of(headings).names_columns([*TEN_FIELDS[: 10 - others], *["其他"] * others]) is named


@pytest.mark.parametrize(("headings", "heads"), [(["编号", "申请内容"], False), (["编号", "申请内容", "答复日期"], True)])
def test_line_heads_those_below_it_in_a_table_of_three_columns(headings: list[str], heads: bool) -> None:
    line = ["一、市民政局", *[None] * (len(headings) - 1)]
    assert (body_of(headings).section_in(line, merged=False) is not None) is heads


def test_line_that_begins_with_a_mark_is_looked_at_as_a_whole() -> None:
    assert lines([]).skip(["（填表人：", "张某", "审核：", "李某", None, None], first=False) == "note"


@pytest.mark.parametrize(("title", "table"), [("公文台账", "document"), ("公开信息台账", "disclosure")])
def test_title_above_further_headings_tells_their_table(title: str, table: str) -> None:
    headings = ["编号", "标题", "公开日期", "公开属性"]
    found = body_of(["编号", "申请内容", "答复日期"]).starts_table([(1, [title, None, None, None]), (2, headings)], 1)
    assert found is not None
    assert found.name == table


@pytest.mark.parametrize(("strange", "table"), [(0, "document"), (2, "document"), (3, None)])
def test_headings_of_another_table_are_half_of_a_row_at_least(strange: int, table: str | None) -> None:
    headings = ["文号", "成文日期", *(f"列{n}" for n in range(strange))]
    found = body_of(["编号", "申请内容", "答复日期"]).starts_table([(1, headings)], 0)
    assert (found and found.name) == table


@pytest.mark.parametrize(
    ("cells", "numbered"),
    [
        (["1", "2"], False),
        (["1", "2", "3"], True),
        (["2", "3", "4"], False),
        (["1", "3", "2"], False),
        ([1, 2.0, "3", None, ""], True),
        ([1, 2.5, 3], False),
        (["甲", "乙", "丙", "丁"], True),
        (["a", "B", "c"], True),
        (["一", "二", "三"], True),
        (["二", "三", "四"], False),
        (["（1）", "（2）", "（3）", "2018-09-03"], False),
        ([f"（ {n} ）" for n in range(1, 11)], True),
        ([str(n) for n in range(1, 100)], True),
        ([str(n) for n in range(1, 101)], False),
    ],
)
def test_row_numbers_the_columns_from_the_first_one(cells: list[Any], numbered: bool) -> None:
    assert numbers_columns(cells) is numbered


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["收到日期", "答复日期"], True),
        (["收到日期", "2018-09-03", "答复日期", None], True),
        (["收到日期", "2018-09-03"], False),
        (["收到日期", "收到日期"], True),
        (["天气", "气温", "风向"], False),
        ([], False),
    ],
)
def test_two_cells_of_a_row_are_headings(cells: list[Any], told: bool) -> None:
    assert holds_headings(cells) is told


ASKED = {"id": 0, "unit": 1, "subject": 2, "received_on": 3, "replied_on": 4}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"unit": "合计", "received_on": "2018-09-03"}, None),
        ({"unit": "合计", "replied_on": "无"}, "total"),
        ({"id": "合计", "unit": "合计"}, "total"),
        ({"id": "5", "unit": "合计"}, None),
        ({"subject": "合计", "received_on": "35件"}, "total"),
        (
            {"id": "示例2", "unit": "市财政局", "subject": "甲", "received_on": "2018-09-03", "replied_on": "2018-09-04"},
            "example",
        ),
        ({"unit": "【示例】市财政局", "subject": "甲", "received_on": "2018-09-03"}, "example"),
        ({"id": "1", "unit": "市财政局", "subject": "示范村建设", "received_on": "2018-09-03"}, None),
        ({"id": "填表人：张某", "subject": "审核人：李某", "replied_on": "2018年9月3日"}, "note"),
        ({"id": "以下空白"}, "no_content"),
        ({"id": "3"}, "no_content"),
        ({"id": "2018-3号"}, None),
        ({"subject": "3"}, None),
        ({"id": "—", "unit": "/"}, "no_content"),
        ({}, "blank"),
        ({"id": "一、市民政局"}, "section"),
        ({"id": "二", "unit": "市民政局"}, "section"),
        ({"subject": "一、市民政局", "received_on": "2018-09-03"}, None),
        (
            {"id": "编号", "unit": "部门", "subject": "诉求", "received_on": "收到时间", "replied_on": "答复时间"},
            "header_again",
        ),
    ],
)
def test_line_below_the_headings_is_told_by_all_its_cells(cells: dict[str, str], reason: str | None) -> None:
    line: list[Any] = [None] * len(HEADS)
    for name, cell in cells.items():
        line[ASKED[name]] = cell
    for sample in ([], [line]):
        assert lines(sample).skip(line, first=False) == reason
        assert lines(sample).skip(line, first=True) == reason


def test_line_that_numbers_the_columns_stands_right_below_the_headings_of_a_table_that_nobody_named() -> None:
    numbers = ["1", "2", "3", "4", "5", "6"]
    assert lines([]).skip(numbers, first=True) == "header_again"
    assert lines([]).skip(numbers, first=False) is None
    spec = TABLES["request"]
    known = {i: sure_fields(spec, Heading(h), {}) for i, h in enumerate(HEADS)}
    named = BodyLines(spec, [[normalize_key(h) for h in HEADS]], known, len(HEADS), mapping={}, sheet=None, alike=False)
    assert named.skip(numbers, first=True) is None
    assert named.skip(["id", "unit", "subject", "received_on", "replied_on", None], first=False) is None


def test_headings_of_the_same_table_in_another_order_begin_another() -> None:
    body = body_of(["编号", "申请内容", "收到日期", "答复日期"])
    for rows, table in (
        ([["编号", "申请内容", "答复日期", "收到日期"]], "request"),
        ([["编号", "申请内容", "收到日期", "答复日期"]], None),
        ([["编号", "部门", "天气", "收到日期"]], None),
        ([["编号", "会议类型", "召开日期", "议题"]], "meeting"),
        ([["编号", "天气", "气温", "风向", "湿度", "会议类型", "召开日期"]], None),  # less than half of them
        ([["1", "甲", "2018-09-03", None]], None),
    ):
        found = body.starts_table([(1, row) for row in rows], 0)
        assert (found and found.name) == table
