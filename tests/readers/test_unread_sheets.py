"""A sheet, table or file that was not read and may hold records is said first, and nothing is called missing that may stand there."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from office_ledgers import workbook
from opencheck.readers import read_as
from opencheck.readers.unread_sheets import add_unread_sources, columns_may_hold, file_may_hold, may_hold, unread_sheet
from opencheck.records.dataset import Dataset, SkippedLine, SourceLocation, Table, UnreadSource
from opencheck.records.tables import TABLES
from opencheck.report.formats.terminal import as_table

HEADS = ["序号", "申请内容", "责任单位", "收到日期", "答复日期"]
KEPT = ["1", "甲", "市民政局", "2018-09-03", "2018-09-20"]
LATE = ["2", "乙", "市财政局", "2018-09-03", "2018-09-26"]
RULE = "PD-15.3"


def check(path: Path, rule: str = RULE) -> oc.Report:
    return oc.check(path, as_of="2018-12-31", rules=rule)


def unread(report: oc.Report) -> list[tuple[str, str | None, tuple[str, ...] | None]]:
    return [(line.code, line.place.sheet, line.may_hold) for line in report.unread]


@pytest.mark.parametrize(
    ("name", "rows", "code", "held"),
    [
        ("依申请公开（续）", [LATE], "continuation", ("request",)),
        ("10月", [["2018年10月"], LATE], "continuation", ("request",)),
        ("10月", [["序号", "申请内容", "责任单位", "收文", "答复"], LATE], "sheet", ("request",)),
        ("Sheet2", [["经办", "科室", "市财政局", "2018-09-03", "乙", "办结"]], "sheet", ()),
        ("依申请公开情况", [["编", "事", "谁"], ["a", "乙", "财政"], ["b", "丙", "民政"]], "sheet", ("request",)),
    ],
)
def test_sheet_that_may_hold_records_is_said_first(
    name: str, rows: list[list[Any]], code: str, held: tuple[str, ...], tmp_path: Path
) -> None:
    report = check(workbook(tmp_path / "台账.xlsx", **{"依申请公开": [HEADS, KEPT], name: rows}))
    assert unread(report) == [(code, name, held)]
    text = as_table(report, "zh")
    assert f"没有读懂的表和列 1\n  台账.xlsx {name} " in text
    with pytest.raises(AssertionError):
        report.assert_compliant(rule=RULE)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("封面", [["平度市民政局政务公开台账"], ["填报单位：", "市民政局", "填报日期：", "2018-12-31"]]),
        ("目录", [["序号", "名称"], [1, "依申请公开"], [2, "公文"]]),
        ("填报要求", [["一", "日期按2018-09-03填写。"], ["二", "责任单位写全称，如市民政局。"]]),
        ("空表", [[None]]),
        ("统计", [["单位", "收到件数", "办结件数", "占比"], ["市民政局", 12, 11, "92%"], ["市财政局", 3, 3, "100%"]]),
        ("各月件数", [["单位", "1月", "2月", "3月"], ["市民政局", 1, 0, 4], ["市财政局", 2, 2, 2]]),
    ],
)
def test_sheet_that_is_plainly_no_ledger_raises_no_alarm(name: str, rows: list[list[Any]], tmp_path: Path) -> None:
    report = check(workbook(tmp_path / "台账.xlsx", **{"依申请公开": [HEADS, KEPT], name: rows}))
    assert unread(report) == []


def test_sheet_of_a_table_that_no_rule_reads_is_not_asked_for(tmp_path: Path) -> None:
    path = workbook(tmp_path / "台账.xlsx", **{"依申请公开": [HEADS, KEPT], "依申请公开（续）": [LATE]})
    assert unread(check(path, "PD-9.4")) == []


SERIES = ["序号", "信息主题", "责任单位", "公开属性", "所属期", "公开日期"]


def month(number: int) -> list[Any]:
    return [number, "环境空气质量", "市环保局", "主动公开", f"2018-{number:02d}", f"2018-{number + 1:02d}-10"]


BY_MONTH = [["信息主题", "责任单位", *(f"{i}月" for i in range(1, 12))], ["环境空气质量", "市环保局", *["已公开"] * 11]]


@pytest.mark.parametrize(
    ("given", "name", "rows", "code"),
    [(6, "公开信息（续）", [month(i) for i in range(7, 12)], "continuation"), (1, "空气质量", BY_MONTH, "months")],
)
def test_nothing_is_missing_that_an_unread_sheet_may_hold(
    given: int, name: str, rows: list[list[Any]], code: str, tmp_path: Path
) -> None:
    own = [SERIES, *(month(i) for i in range(1, given + 1))]
    alone = check(workbook(tmp_path / "一.xlsx", **{"公开信息": own}), "PD-8-7.1")
    assert len(alone.violations) == 11 - given
    report = check(workbook(tmp_path / "二.xlsx", **{"公开信息": own, name: rows}), "PD-8-7.1")
    assert unread(report) == [(code, name, ("disclosure",))]
    assert (len(report.violations), len(report.findings("indeterminate"))) == (0, 11 - given)
    last = report.findings("indeterminate")[-1]
    said = f"2018年11月的信息是否公开无法判断：“{name}”里的记录可能属于本期，但“{name}”没有读"
    assert last.message.zh.endswith(said), "no record has the sheet's name as its id"
    assert last.remedy.zh == f"整理没有读的“{name}”，在记录上面写一行表头，然后重新检查"
    assert report.rows == {"read": given, "checked": given, "rejected": 0}


@pytest.mark.parametrize("below", [[], [["1", "关于印发办法的通知", "平政发〔2018〕1号", "市财政局", "2018-09-03"]]])
def test_sheet_named_as_a_table_without_headings_stops_no_other_sheet(below: list[list[Any]], tmp_path: Path) -> None:
    rows = [["公文台账由办公室另报"], *below]
    path = workbook(tmp_path / "台账.xlsx", **{"公文": rows, "依申请公开": [HEADS, LATE]})
    report = oc.check(path, as_of="2018-12-31", rules=[RULE, "PD-9.4"])
    assert unread(report) == [("sheet", "公文", ("document",))]
    assert [(f.rule, f.record_id) for f in report.violations] == [(RULE, "2")]
    with pytest.raises(oc.InputError, match="前30行里没有找到台账的表头"):
        check(workbook(tmp_path / "一.xlsx", **{"公文": rows}))


def test_issued_forms_that_were_filled_in_are_all_read(tmp_path: Path) -> None:
    sheets = {"填写示例": [HEADS, KEPT], "民政局样表": [HEADS, KEPT], "财政局样表": [HEADS, LATE]}
    report = check(workbook(tmp_path / "台账.xlsx", **sheets))
    assert [f.record_id for f in report.violations] == ["2"]
    assert [(line.code, line.place.sheet) for line in report.ignored] == [("example_sheet", "填写示例")]


BELOW_RECORDS = [
    ["所解读文件", "发布日期", "解读单位"],
    ["平政发〔2018〕1号", "2018-09-28", "市民政局"],
    ["编号", "文件名称", "文号", "起草单位", "是否政策性文件", "公开属性", "公布日期", "成文日期"],
    ["1", "通知一", "平政发〔2018〕1号", "市民政局", "是", "主动公开", "2018-09-03", "2018-09-01"],
]


def test_records_above_the_headings_of_a_table_that_is_asked_for_are_titles(tmp_path: Path) -> None:
    data = read_as(workbook(tmp_path / "台账.xlsx", **{"公文": BELOW_RECORDS}), "document", {})
    assert [line.code for line in data.ignored] == ["title", "title"], "who names the table knows what stands above it"


def test_records_above_the_headings_are_told(tmp_path: Path) -> None:
    report = check(workbook(tmp_path / "台账.xlsx", **{"公文": BELOW_RECORDS}), "PD-9.4")
    assert unread(report) == [("above", "公文", ("interpretation",))]
    assert [(line.place.row, line.text) for line in report.unread] == [(1, "所解读文件 | 发布日期 | 解读单位")]


def test_second_table_of_a_page_is_told(tmp_path: Path) -> None:
    path = tmp_path / "台账.html"
    lines = ["".join(f"<td>{c}" for c in row) for row in (HEADS, KEPT, LATE)]
    path.write_text(f"<meta charset=utf-8><table><tr>{lines[0]}<tr>{lines[1]}</table><table><tr>{lines[2]}</table>", "utf-8")
    assert unread(check(path)) == [("continuation", "表2", ("request",))]


@pytest.mark.parametrize(("rows", "held"), [(1, [("sheet", "依申请公开_2018Q4", ("request",))]), (0, [])])
def test_table_of_a_database_with_the_columns_of_ours_is_told(rows: int, held: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "台账.db"
    with sqlite3.connect(path) as database:
        for name, count in (("依申请公开", 1), ("依申请公开_2018Q4", rows)):
            database.execute(f'create table "{name}" (id text, subject text, unit text, received_on text, replied_on text)')
            database.executemany(f'insert into "{name}" values (?, ?, ?, ?, ?)', [KEPT] * count)
        database.execute("create table auth_user (id text, name text, password text)")
        database.execute("insert into auth_user values ('1', '甲', 'x')")
    database.close()
    assert unread(check(path)) == held


def test_files_of_a_folder_that_are_not_read_are_told_by_name(tmp_path: Path) -> None:
    workbook(tmp_path / "依申请公开9月.xlsx", **{"依申请公开": [HEADS, KEPT]})
    for name in ("依申请公开10月.docx", "11月.rar", "会议通知.docx", "报告.html", "现场.jpg", "说明.txt", "~$依申请公开.docx"):
        (tmp_path / name).write_bytes(b"x")
    report = check(tmp_path)
    assert [(line.place.file, line.may_hold) for line in report.unread] == [
        ("11月.rar", ()),
        ("依申请公开10月.docx", ("request",)),
    ]


DAY = "2018-09-03"
SURE = ["甲", "市民政局", DAY, "乙"]
ASKED = ["申请内容", "责任单位", "收到日期", "答复日期"]


def held(*rows: list[Any], name: str | None = None, fewest: int = 1) -> tuple[str, ...] | None:
    return may_hold([(number, row) for number, row in enumerate(rows, 1)], name, {}, None, fewest=fewest)


@pytest.mark.parametrize(
    ("row", "tables"),
    [
        (SURE, ()),
        (["1", *SURE], ()),
        (["甲", "市民政局", DAY], None),  # three cells may be a line of signatures
        (["甲", "市民政局", DAY, None, ""], None),
        (["甲", "丙", DAY, "乙"], None),
        (["1", "市民政局", DAY, "2"], None),
        (["甲", "市民政局", "5%", "乙"], None),
        (["甲", "市民政局", "2018-09-03T16:30:00.000000+08:00", "乙"], ()),
        (["甲", "市民政局", "2018年9月28日（星期五）下午16时30分00秒", "乙"], ()),
        (["甲", "市民政局", "43371", "乙"], None),  # a count, though Excel would show it as a day
        (["甲", "市民政局", "43371.25", "乙"], None),
        (["甲", "市民政局", "20180903", "乙"], ()),
        (["甲", "市民政局", "", DAY, None, "乙"], ()),
        (["甲", "平度市经济技术开发区管理委员会办公室", DAY, "乙"], ()),
        (["填报单位", "市民政局", DAY, "乙"], None),
        (["填报人：", "市民政局", DAY, "乙"], None),
        ([DAY, DAY, "市民政局", "市民政局"], None),
    ],
)
def test_row_that_reads_like_a_record_whatever_its_columns_are(row: list[Any], tables: tuple[str, ...] | None) -> None:
    assert held(row) == tables


def test_part_of_a_sheet_needs_as_many_of_them_as_are_asked_for() -> None:
    assert held(SURE, fewest=2) is None
    assert held(SURE, ["丙", "市财政局", DAY, "丁"], fewest=2) == ()
    assert held(SURE, ["丙", "市财政局", DAY], fewest=2) is None
    assert held(*[["说明", str(n)] for n in range(59)], SURE) == ()
    assert held(*[["说明", str(n)] for n in range(60)], SURE) is None, "sixty rows are looked at"


@pytest.mark.parametrize(
    ("heads", "name", "tables"),
    [
        (ASKED, None, ("request",)),
        (["申请内容", "收到日期", "答复日期"], None, ("request",)),
        (["序号", "申请内容", "办理中心", "收到日期", "答复日期"], None, ("request",)),  # a heading that reads like a unit
        (["申请内容", "责任单位"], None, ("request",)),
        (["申请内容", "a"], None, None),
        (["序号", "责任单位"], None, None),
        (["公示起止时间"], None, None),  # one cell alone heads no list
        (["申请内容", "收到日期", "答复日期", "a", "b", "c"], None, ("request",)),
        (["申请内容", "收到日期", "答复日期", "a", "b", "c", "d"], None, None),  # less than half of them are known
        (["申请内容", "收到日期", *("说" * 40 for _ in range(3))], None, None),
        (["申请内容", "收到日期", *("说" * 41 for _ in range(3))], None, ("request",)),  # a sentence is no heading
        (["解读形式", "编号"], None, ("interpretation",)),
        (["解读形式", "编号"], "依申请公开", ("request",)),  # one heading of another table does not outweigh the name
        (["会议类型", "召开日期"], "依申请公开", ("meeting",)),
        (["申请内容", "a"], "依申请公开", ("request",)),
        (["申请内容", "a"], "附表", None),
    ],
)
def test_headings_and_name_tell_of_which_table_records_may_be(
    heads: list[str], name: str | None, tables: tuple[str, ...] | None
) -> None:
    assert held(heads, ["甲", DAY, "乙"], name=name) == tables


def test_two_different_cells_are_no_record_below_any_headings() -> None:
    assert held(ASKED, ["市民政局", "市民政局", "小计", None]) is None
    assert held(ASKED, ["甲", "市民政局", "小计", None]) == ("request",)


def test_headings_below_a_record_are_not_its_own() -> None:
    assert held(SURE, ASKED) == ()
    assert held(["序号", "文件标题", "成文日期"], ["", *ASKED], SURE) == ("request",), (
        "the row that names most of a table counts"
    )


@pytest.mark.parametrize(
    ("name", "rows", "tables"),
    [
        ("应公开名录", 3, ("roster",)),
        ("应公开名录", 2, None),
        ("附表", 3, None),
        ("2018年政策解读情况", 3, ("interpretation",)),
        ("会议议定事项督办表", 3, None),  # a short name in it, of something else
        ("各村公示表材料报送及张贴情况", 3, None),
        ("各部门政策解读材料报送情况汇总", 3, ("interpretation",)),
    ],
)
def test_list_of_names_is_known_by_the_name_of_the_sheet(name: str, rows: int, tables: tuple[str, ...] | None) -> None:
    assert held(*[[str(n), f"某小学{n}", "平度"] for n in range(rows)], name=name) == tables
    assert held(*[[str(n), f"某小学{n}", n + 5] for n in range(rows)], name=name) is None


READ = [[1, "甲", "市民政局", DAY, "2018-09-20"], [2, "乙", "市财政局", DAY, None]]


def told(rows: list[list[Any]], name: str = "10月", before: list[list[Any]] = READ, table: str = "request") -> Any:
    data = Dataset()
    data.last_read["台账.xlsx"] = (TABLES[table], [(number, row) for number, row in enumerate(before, 2)])
    place = SourceLocation("台账.xlsx", name)
    unread_sheet(data, [(number, row) for number, row in enumerate(rows, 1)], place, name, "", {})
    ((line),) = data.ignored
    return line.code, line.may_hold


RECORD = [3, "丙", "市林业局", DAY, "2018-09-26"]


@pytest.mark.parametrize(
    ("rows", "continues"),
    [
        ([RECORD], True),
        ([["2018年10月"], ["a", "b"], RECORD], True),  # titles are no rows of the list
        ([[3, "丙", "某某管委", DAY, None]], True),  # a unit of an unknown form
        ([[3, 12, "市林业局", DAY, None]], True),  # a number among texts
        ([[3, DAY, "市林业局", DAY, None]], False),
        ([[3, "丙", "市林业局", "已答复", None]], False),
        ([[3, "丙", "市林业局", DAY, None, "网站"]], False),
        ([*[RECORD] * 4, [3, DAY, "丙", "丁", None]], True),  # four rows in five
        ([*[RECORD] * 3, [3, DAY, "丙", "丁", None]], False),
        ([[3, "丙", "市林业局"]], False),  # no day, and the name does not say so
        ([], False),
    ],
)
def test_sheet_continues_the_list_before_it_where_its_cells_are_of_the_same_kinds(
    rows: list[list[Any]], continues: bool
) -> None:
    code, tables = told(rows)
    assert (code == "continuation", code == "continuation" and tables == ("request",)) == (continues, continues)


@pytest.mark.parametrize("titles", [[], [["依申请公开台账"]]])
def test_sheet_continues_the_rows_below_the_headings_of_the_one_before(tmp_path: Path, titles: list[list[Any]]) -> None:
    """Neither the last row alone, which has no day of a reply, nor the headings, which are texts, say what stands in a column."""
    unanswered = ["2", "乙", "市财政局", "2018-09-03", None]
    for later, code in ((LATE, "continuation"), (["3", "丙", "市林业局", "2018-09-04", "已答复"], "sheet")):
        sheets = {"依申请公开": [*titles, HEADS, KEPT, unanswered], "10月": [later]}
        assert [line[:2] for line in unread(check(workbook(tmp_path / "台账.xlsx", **sheets)))] == [(code, "10月")]


NAMES = [["1", "某小学", "市教体局"], ["2", "某中学", "市教体局"]]


@pytest.mark.parametrize(
    ("name", "before", "code"),
    [
        ("应公开名录（续）", NAMES, "continuation"),
        ("续表", NAMES, "continuation"),
        ("应公开名录2", NAMES, "continuation"),
        ("Sheet2", NAMES, "sheet"),
        ("学校", NAMES, "sheet"),
        ("应公开名录（续）", [row[1:] for row in NAMES], "sheet"),  # a cell that stands in none of its columns
    ],
)
def test_list_without_days_continues_another_where_its_name_says_so(name: str, before: list[list[Any]], code: str) -> None:
    assert told([["3", "某幼儿园", "市教体局"]], name, before, "roster")[0] == code


def test_sheet_of_months_may_hold_publications_where_its_cells_are_no_numbers() -> None:
    heads = ["空气质量", "1月", "2月", "3月"]
    assert told([heads, ["甲", 12, 11, None]]) == ("months", None)
    assert told([heads, ["甲", "12", "5%", ""]]) == ("months", None)
    assert told([heads, ["甲", None, None, "已公开"]]) == ("months", ("disclosure",))
    assert told([["上年", "已公开", "已公开", "已公开"], heads, ["甲", 1, 2, 3]]) == ("months", None)


def test_table_of_a_database_needs_three_columns_of_ours_and_half_of_its_own() -> None:
    assert columns_may_hold("t", ["id", "subject", "received_on"]) == ("request",)
    assert columns_may_hold("t", ["subject", "received_on"]) is None
    assert columns_may_hold("t", ["id", "received_on", "replied_on", "a", "b", "c"]) == ("request",)
    assert columns_may_hold("t", ["id", "received_on", "replied_on", "a", "b", "c", "d"]) is None


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("依申请公开10月.rar", ("request",)),
        ("依申请公开10月.DOCX", ("request",)),
        ("依申请公开检查结果.docx", None),
        ("依申请公开10月.txt", None),
        ("说明.docx", None),
        ("说明.zip", ()),
    ],
)
def test_file_of_another_kind_is_known_by_its_name(name: str, tables: tuple[str, ...] | None) -> None:
    assert file_may_hold(Path(name)) == tables


@pytest.mark.parametrize(
    ("place", "name"),
    [(("台账.xlsx", "10月"), "10月"), (("10月.rar", None), "10月.rar"), ((None, "10月"), "10月"), ((None, None), "")],
)
def test_tables_that_were_read_know_what_may_hold_more_of_them(place: tuple[str | None, str | None], name: str) -> None:
    data = Dataset(tables={"request": Table(TABLES["request"]), "meeting": Table(TABLES["meeting"])})
    data.last_read[place[0]] = (TABLES["request"], [])
    for tables in (("request", "document"), (), None):
        data.ignored.append(SkippedLine(SourceLocation(*place), "sheet", "", may_hold=tables))
    add_unread_sources(data)
    assert data.tables["request"].unread == (name,)
    assert data.tables["meeting"].unread == ()
    assert "document" not in data.tables, "none of it was read"
    (source,) = data.tables["request"].sources
    assert isinstance(source, UnreadSource)
    assert data.places[source.src] == place
    assert not data.last_read
