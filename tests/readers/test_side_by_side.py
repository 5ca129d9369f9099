"""Tables of different kinds that stand beside one another in a sheet: the records of each are read under its own headings."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import opencheck as oc
from opencheck.core.errors import InputError
from opencheck.readers import delimited, read
from opencheck.readers.side_by_side import blocks_of
from opencheck.records.tables import TABLES

DOCUMENTS = [
    ["编号", "文件标题", "政策性文件", "公开属性", "公布日期"],
    ["A1", "甲办法", "是", "主动公开", "2018-09-14"],
    ["A2", "乙办法", "是", "主动公开", "2018-09-14"],
    ["A3", "丙办法", "是", "主动公开", "2018-09-21"],
]
# In another order than the documents, and one more: read by rows, A1 would have been interpreted in time.
INTERPRETATIONS = [
    ["编号", "对应文件", "解读日期"],
    ["J1", "丙办法", "2018-09-19"],
    ["J2", "甲办法", "2018-10-19"],
    ["J3", "乙办法", "2018-09-17"],
    ["J4", "丙办法", "2018-09-27"],
]
RIGHT = {
    "A1": ("violation", date(2018, 9, 19), date(2018, 10, 19), 18),
    "A2": ("pass", date(2018, 9, 19), date(2018, 9, 17), None),
    "A3": ("pass", date(2018, 9, 27), date(2018, 9, 19), None),
}


def beside(*tables: list[list[Any]], gap: bool = True) -> list[list[Any]]:
    """The rows of a sheet with tables beside one another, with an empty column between them or without."""
    rows: list[list[Any]] = [[] for _ in range(max(map(len, tables)))]
    for table in tables:
        width = len(table[0])
        for n, row in enumerate(rows):
            own = table[n] if n < len(table) else []
            row += ([None] if gap and table is not tables[0] else []) + own + [None] * (width - len(own))
    return rows


def ledger(tmp_path: Path, rows: list[list[Any]], sheet: str = "台账") -> Path:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "2018年.xlsx")
    return tmp_path / "2018年.xlsx"


def judged(path: Path) -> dict[str | None, tuple[str, date | None, date | None, Any]]:
    found = oc.check(path, as_of="2018-12-31", rules="PD-9.4", include_all=True).findings()
    return {f.record_id: (f.outcome.value, f.due, f.actual, f.late_by) for f in found}


TITLES = ["文件公开台账", *[None] * 5, "解读台账"]


@pytest.mark.parametrize(
    "rows",
    [
        beside(DOCUMENTS, INTERPRETATIONS),
        beside(DOCUMENTS, INTERPRETATIONS, gap=False),
        [TITLES, *beside(DOCUMENTS, INTERPRETATIONS)],
        [TITLES, *beside(DOCUMENTS, [row[1:] for row in INTERPRETATIONS])],
        beside(INTERPRETATIONS, DOCUMENTS),
        beside(DOCUMENTS, [["序号", "文件名称", "解读发布日期"], *INTERPRETATIONS[1:]]),
    ],
    ids=["gap", "no gap", "titles", "titles, no ids", "the other way round", "other words"],
)
def test_documents_and_interpretations_beside_one_another_are_two_tables(tmp_path: Path, rows: list[list[Any]]) -> None:
    path = ledger(tmp_path, rows)
    assert judged(path) == RIGHT
    assert read(path).rows == {"read": 7, "checked": 7, "rejected": 0}


@pytest.mark.parametrize("sheet", ["公文", "政策解读"])
def test_sheet_named_after_one_of_its_tables_holds_both(tmp_path: Path, sheet: str) -> None:
    assert judged(ledger(tmp_path, [TITLES, *beside(DOCUMENTS, INTERPRETATIONS)], sheet)) == RIGHT


def test_roster_beside_disclosures_is_a_roster(tmp_path: Path) -> None:
    disclosures = [
        ["序号", "信息主题", "公开对象", "所属期", "公开日期"],
        ["1", "水源水质", "崮山井群", "2018-10", "2018-11-20"],
    ]
    roster = [
        ["序号", "信息主题", "公开对象", "起始日期"],
        ["1", "水源水质", "崮山井群", None],
        ["2", "水源水质", "云山丈岭井群", "2018-10-01"],
    ]
    path = ledger(tmp_path, beside(disclosures, roster, gap=False))
    report = oc.check(path, as_of="2018-12-31", rules="PD-8-7.2", parameters={"covers": "2018-10"}, include_all=True)
    assert {f.subject: f.outcome.value for f in report.findings()} == {"崮山井群": "pass", "云山丈岭井群": "violation"}


def test_comment_stands_in_the_table_of_its_record(tmp_path: Path) -> None:
    requests = [["编号", "收到日期", "答复日期"], ["S1", "2018-09-03", "2018-09-26"]]
    path = ledger(tmp_path, beside(DOCUMENTS[:2], requests))
    report = oc.check(path, as_of="2018-12-31", rules=["PD-9.4", "PD-15.3"])
    report.write(tmp_path / "结果.xlsx")
    cells = [c for row in openpyxl.load_workbook(tmp_path / "结果.xlsx")["台账"].iter_rows() for c in row if c.comment]
    assert {c.coordinate for c in cells if "PD-15.3" in c.comment.text} == {"I2"}, "答复日期 of the request"


def test_columns_beside_that_are_no_ledger_are_told_and_do_not_fill_its_records(tmp_path: Path) -> None:
    contacts = [["编号", "联系人", "手机"], ["1", "张某", "—"], ["2", "李某", "—"], ["3", "王某", "—"], ["4", "赵某", "—"]]
    data = read(ledger(tmp_path, beside(DOCUMENTS, contacts)))
    assert data.rows == {"read": 3, "checked": 3, "rejected": 0}
    assert [(i.code, i.text, i.place.row) for i in data.ignored] == [("columns", "编号 | 联系人 | 手机", 1)]


def test_ledger_beside_with_headings_that_do_not_suffice_is_said_first(tmp_path: Path) -> None:
    rows = beside(DOCUMENTS, [["编号", "对应材料", "解读发布日期"], ["J1", "甲办法", "2018-09-19"]])
    report = oc.check(ledger(tmp_path, rows), as_of="2018-12-31", rules="PD-9.4")
    assert [(i.code, i.text, i.near) for i in report.unread] == [
        ("columns", "编号 | 对应材料 | 解读发布日期", ("interpretation", "published_on"))
    ]
    assert {f.outcome.value for f in report.findings()} == {"indeterminate"}


@pytest.mark.parametrize(
    "heads",
    [
        ["编号", "文件标题", None, "政策性文件", "公开属性", "公布日期", "解读发布时间"],
        ["编号", "登记号", "文件标题", "政策性文件", "公开属性", "公布日期", "解读发布时间"],
        ["序号", "索引号", None, "文件标题", "政策性文件", "公开属性", "公布日期", "解读发布时间"],
        ["编号", "文件标题", None, "登记号", "政策性文件", "公开属性", "公布日期", "解读发布时间"],
        ["编号", "文件标题", "公布日期", "备注", None, "政策性文件", "公开属性", "解读发布时间", "备注"],
    ],
    ids=[
        "an empty column",
        "two numbers",
        "two numbers before an empty column",
        "a number after an empty column",
        "remarks twice",
    ],
)
def test_one_table_stays_one(tmp_path: Path, heads: list[str | None]) -> None:
    values = {"编号": "A1", "序号": "A1", "登记号": "7", "索引号": "7", "文件标题": "甲办法", "政策性文件": "是"}
    values["备注"] = "—"
    values |= {"公开属性": "主动公开", "公布日期": "2018-09-14", "解读发布时间": "2018-09-20"}
    path = ledger(tmp_path, [heads, [values[h] if h else None for h in heads]])
    assert judged(path) == {"A1": ("violation", date(2018, 9, 19), date(2018, 9, 20), 1)}


def test_text_table_with_tables_beside_is_read_or_refused_where_it_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, duck: Any
) -> None:
    file = tmp_path / "台账.csv"
    file.write_text("".join(",".join(c or "" for c in row) + "\n" for row in beside(DOCUMENTS, INTERPRETATIONS)))
    assert judged(file) == RIGHT
    monkeypatch.setattr(delimited, "STREAMING_THRESHOLD_BYTES", 0)
    with pytest.raises(InputError, match="左右放了几张表"):
        read(file, carrier=duck)


DAYS = ["收到日期", "答复日期"]
POSTED = ["标题", "公布日期", "公开属性"]


@pytest.mark.parametrize(
    ("name", "above", "heads", "tables"),
    [
        ("台账", None, DAYS * 2, [("request", 0), ("request", 2)]),
        ("台账", None, ["申请内容", *DAYS] * 3, [("request", 0), ("request", 3), ("request", 6)]),
        ("台账", None, [*DAYS, *DAYS, "收到日期"], [("request", 0)]),  # the third does not go on as the others
        ("台账", None, ["收到日期", "申请内容", "答复日期", "收到日期", "备注"], [("request", 0)]),
        ("台账", None, ["编号", *DAYS, "编号"], [("request", 0)]),
        ("台账", None, ["收到日期", "收到日期", "收到日期"], [("request", 0)]),
        ("公文", None, ["标题", "标题", "标题"], [("request", 0)]),
        ("台账", ["2018年", None, None, None, None], [*DOCUMENTS[0][:4], None, "编号", *DAYS], [("document", 0), ("request", 5)]),
        ("依申请公开", None, ["编号", "收到日期", None, "编号", *DOCUMENTS[0][1:]], [("request", 0), ("document", 3)]),
        ("台账", None, ["编号", *DAYS, "编号", "编号", "文件标题", "公布日期"], [("request", 0), ("document", 3)]),
        ("台账", None, ["编号", *DAYS, *DOCUMENTS[0], "编号", "文件编号", "解读发布日期"],
         [("request", 0), ("document", 3), ("interpretation", 8)]),
        ("台账", None, ["编号", "收到日期", "编号", "文件标题", "公布日期", "公开属性"], [(None, 0), ("document", 2)]),
        ("台账", ["公文", None, None, None, "依申请公开"], [*POSTED, None, *DAYS], [("document", 0), ("request", 4)]),
        ("台账", ["公文", None, None, None, None, "依申请公开"], [*POSTED, None, *DAYS], [("request", 0)]),  # above no beginning
        ("台账", ["公文", "一", None, None, "依申请公开"], [*POSTED, None, *DAYS], [("request", 0)]),  # a row of other texts
        ("台账", None, [*POSTED, None, *POSTED], [("disclosure", 0), ("document", 4)]),
        ("公文", None, [*POSTED, None, *POSTED], [("document", 0), ("disclosure", 4)]),
        ("公文", ["公开信息", None, None, None, "公文"], [*POSTED, None, *POSTED], [("disclosure", 0), ("document", 4)]),
        ("公开信息", ["公文", None, None, None, "公开信息"], [*POSTED, None, *POSTED], [("document", 0), ("disclosure", 4)]),
    ],
)  # fmt: skip
def test_headings_tell_where_each_table_of_a_row_begins(
    name: str, above: list[str | None] | None, heads: list[str | None], tables: list[tuple[str | None, int]]
) -> None:
    rows = [(7, ["2018年"]), *([(8, above)] if above else []), (9, heads), (10, ["甲", "乙"])]
    found = blocks_of(TABLES["request"], rows, len(rows) - 2, name=name, mapping={})
    assert [(b.spec and b.spec.name, b.first) for b in found] == tables
    assert [b.last for b in found] == [*(first for _, first in tables[1:]), None]


@pytest.mark.parametrize(("below", "tables"), [([], 2), (["甲", None, None, None, "乙"], 2), ([None, None, None, "甲"], 1)])
def test_column_without_a_heading_divides_tables_only_where_it_is_empty(below: list[str | None], tables: int) -> None:
    rows = [(8, ["公文", None, None, None, "依申请公开"]), (9, [*POSTED, None, *DAYS]), (10, []), (11, below)]
    assert len(blocks_of(TABLES["request"], rows, 1, name="台账", mapping={})) == tables
