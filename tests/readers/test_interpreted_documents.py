"""Ledgers of interpretations that tell of the documents, too: which documents they add, and what is concluded of these."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import office_ledgers as made
from opencheck.readers import read

HEADS = ["序号", "文号", "文件名称", "文件公布时间", "解读发布时间"]


def ledger(folder: Path, *rows: list[Any], sheet: str = "政策解读", file: str = "解读台账.xlsx") -> Path:
    return made.workbook(folder / file, **{sheet: list(rows)})


def test_document_without_a_day_of_publication_is_not_taken_for_an_open_one(tmp_path: Path) -> None:
    cells = ["2018-09-28", None, "无", "未公开", "待公布", "2018年9月28日"]
    rows = [[n, f"平政发〔2018〕{n}号", f"办法{n}", cell, "2018-10-08"] for n, cell in enumerate(cells, 1)]
    data = read(ledger(tmp_path, HEADS, *rows))
    found = data.tables["document"].records(["attribute", "is_policy"])
    assert found["attribute"].to_list() == ["主动公开", None, None, None, None, "主动公开"]
    assert found["is_policy"].to_list() == [True] * 6
    assert ("note.interpreted_documents", {"sheet": "政策解读", "count": 6}) in data.notes


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        (["序号", "文号", "文件名称", "解读发布时间"], [1, "平政发〔2018〕1号", "甲办法", "2018-10-08"]),
        (["序号", "文件公布时间", "解读标题", "解读发布时间"], [1, "2018-09-28", "读甲办法", "2018-10-08"]),
        (["序号", "文号", "公布日其", "解读发布时间"], [1, "平政发〔2018〕1号", "2018-09-28", "2018-10-08"]),  # only like it
    ],
)
def test_ledger_without_the_day_or_the_name_of_its_documents_adds_none(
    tmp_path: Path, heads: list[str], row: list[Any]
) -> None:
    data = read(ledger(tmp_path, heads, row))
    assert set(data.tables) == {"interpretation"}
    assert data.rows == {"read": 1, "checked": 1, "rejected": 0}


def test_document_of_several_interpretations_is_one_and_one_of_another_day_is_another(tmp_path: Path) -> None:
    rows = [
        [1, "平政发〔2018〕1号", "甲办法", "2018-09-28", "2018-10-08"],
        [2, "平政发〔2018〕2号", "乙办法", "2018-09-28", "2018-10-08"],
        [3, "平政发〔2018〕1号", "甲办法", "2018-09-28", "2018-10-09"],
    ]
    (tmp_path / "政策解读.csv").write_text("\n".join(",".join(map(str, row)) for row in [HEADS, *rows]), encoding="utf-8")
    data = read(tmp_path / "政策解读.csv")
    assert data.tables["document"].records(["title"])["title"].to_list() == ["甲办法", "乙办法"]
    assert ("note.interpreted_documents", {"sheet": "政策解读.csv", "count": 2}) in data.notes


def test_only_facts_that_such_a_ledger_is_about_are_taken_from_it(tmp_path: Path) -> None:
    heads = [*HEADS, "解读方案报批日期"]
    data = read(ledger(tmp_path, heads, [1, "平政发〔2018〕1号", "甲办法", "2018-09-28", "2018-10-08", "2018-09-01"]))
    told = {h.text: (h.status, h.fields) for h in data.headings}
    assert told["文件公布时间"] == ("mapped", ("document.published_on",))
    assert told["文件名称"] == ("mapped", ("document.title",))
    assert told["文号"] == ("mapped", ("document_id",))
    assert told["解读方案报批日期"][0] == "unknown"


ROW = [1, "平政发〔2018〕1号", "甲办法", "2018-09-28", "2018-10-08"]


def test_each_sheet_tells_of_its_own_documents_unless_a_table_of_documents_is_given(tmp_path: Path) -> None:
    sheets: dict[str, made.Rows] = {
        "一季度解读": [HEADS, ROW],
        "二季度解读": [HEADS, [1, "平政发〔2018〕2号", "乙办法", "2018-09-28", "2018-10-08"]],
    }
    data = read(made.workbook(tmp_path / "一.xlsx", **sheets))
    assert set(data.tables) == {"interpretation", "document"}
    assert data.tables["document"].records(["title"])["title"].to_list() == ["甲办法", "乙办法"]
    own = {"公文": [["编号", "文件标题", "成文日期", "公开日期"], ["D-1", "丙办法", "2018-09-26", "2018-09-28"]]}
    data = read(made.workbook(tmp_path / "二.xlsx", **sheets, **own))
    assert data.tables["document"].records(["title"])["title"].to_list() == ["丙办法"]
    assert not [name for name, _ in data.notes if name == "note.interpreted_documents"]


def test_what_the_ledger_says_of_its_documents_is_not_concluded(tmp_path: Path) -> None:
    heads = ["序号", "文号", "文件名称", "是否政策性文件", "公开属性", "文件公布时间", "解读发布时间"]
    rows = [
        [1, "平政发〔2018〕1号", "甲办法", "否", "依申请公开", "2018-09-28", "2018-10-08"],
        [2, "平政发〔2018〕2号", "乙办法", None, None, "2018-09-28", "2018-10-08"],
    ]
    found = read(ledger(tmp_path, heads, *rows)).tables["document"].records(["is_policy", "attribute"])
    assert found.select("is_policy", "attribute").rows() == [(False, "依申请公开"), (None, None)]


@pytest.mark.parametrize("offset", [0, 1])
def test_cells_of_the_documents_are_those_of_the_ledger(offset: int, tmp_path: Path) -> None:
    blank = [None] * offset
    data = read(ledger(tmp_path, [*blank, *HEADS], [*blank, *ROW]))
    (places,) = [at for (_, table), at in data.positions.items() if table == "document"]
    assert places == {"number": 1 + offset, "title": 2 + offset, "published_on": 3 + offset}
    told = {h.text: (h.fields, h.how) for h in data.headings}
    assert told["文件公布时间"] == (("document.published_on",), "spelling")


def test_interpretation_with_its_own_title_is_not_taken_for_the_document(tmp_path: Path) -> None:
    heads = ["序号", "文号", "标题", "文件公布时间", "解读发布时间", "成文时间"]
    row = [1, "平政发〔2018〕1号", "一图读懂甲办法", "2018-09-28", "2018-10-08", "2018-09-26"]
    found = read(ledger(tmp_path, heads, row))
    documents = found.tables["document"]
    assert documents.present >= {"number", "published_on", "signed_on"}
    assert "title" not in documents.present
    assert found.tables["interpretation"].records(["title"])["title"].to_list() == ["一图读懂甲办法"]
