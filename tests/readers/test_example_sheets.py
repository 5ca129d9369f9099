"""Sheets and rows that show how to fill in the others hold no records, and the report says which were left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from office_ledgers import workbook
from opencheck.readers import read
from opencheck.records.dataset import Dataset

HEADS = ["编号", "申请内容", "收到日期", "答复日期"]
ROW = ["1", "某村征地批复", "2018-09-03", "2018-09-10"]


def left_out(data: Dataset) -> list[tuple[str, str | None, int | None]]:
    return [(i.code, i.place.sheet, i.place.row) for i in data.ignored]


@pytest.mark.parametrize(
    "name", ["填写示例", "样表", "范例", "示例", "模板", "填表说明", "依申请公开（示例）", "附件1 样表", "填报说明2"]
)
@pytest.mark.parametrize("first", [True, False])
def test_sheet_of_examples_is_listed_and_holds_no_records(name: str, first: bool, tmp_path: Path) -> None:
    examples, own = (name, [HEADS, ["2", *ROW[1:]]]), ("依申请公开", [HEADS, ROW])
    data = read(workbook(tmp_path / "台账.xlsx", **dict([examples, own] if first else [own, examples])))
    assert data.tables["request"].records()["id"].to_list() == ["1"]
    assert left_out(data) == [("example_sheet", name, None)]


def test_form_of_an_example_is_no_record(tmp_path: Path) -> None:
    form = [list(pair) for pair in zip(HEADS, ROW, strict=True)]
    data = read(workbook(tmp_path / "台账.xlsx", **{"样表": form, "依申请公开": [HEADS, ROW]}))
    assert data.rows["read"] == 1


@pytest.mark.parametrize("name", ["示范村", "示例学校", "情况说明", "Sheet2"])
def test_sheet_of_another_name_holds_records(name: str, tmp_path: Path) -> None:
    data = read(workbook(tmp_path / "台账.xlsx", **{"依申请公开": [HEADS, ROW], name: [HEADS, ["2", *ROW[1:]]]}))
    assert data.rows["read"] == 2


def test_only_table_of_a_workbook_is_read_whatever_its_sheet_is_called(tmp_path: Path) -> None:
    data = read(workbook(tmp_path / "台账.xlsx", **{"模板": [HEADS, ROW], "Sheet1": []}))
    assert data.rows["read"] == 1
    assert left_out(data) == []


@pytest.mark.parametrize("number", ["示例", "示例2", "填写示例", "例如", "举例说明", "样例", "（例）", "【示例】", "例1"])
def test_row_whose_number_is_a_word_for_an_example_is_listed(number: str, tmp_path: Path) -> None:
    data = read(workbook(tmp_path / "台账.xlsx", **{"依申请公开": [HEADS, [number, *ROW[1:]], ROW]}))
    assert data.tables["request"].records()["id"].to_list() == ["1"]
    assert left_out(data) == [("example", "依申请公开", 2)]


@pytest.mark.parametrize(
    "what", ["例：某村征地批复", "示例:某村征地批复", "（示例）某村征地批复", "【样例】批复", "例如：批复", "示例"]
)
@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_row_whose_name_begins_as_an_example_is_listed(what: str, suffix: str, tmp_path: Path) -> None:
    rows = [HEADS, ["1", what, *ROW[2:]], ["2", *ROW[1:]]]
    path = tmp_path / f"依申请公开.{suffix}"
    if suffix == "csv":
        path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    else:
        workbook(path, **{"依申请公开": rows})
    data = read(path)
    assert data.tables["request"].records()["id"].to_list() == ["2"]
    assert [i.code for i in data.ignored] == ["example"]


@pytest.mark.parametrize("what", ["例行检查结果", "示例文本", "举例说明材料", "样例库建设", "填写表格的要求", "（例会）纪要"])
def test_name_that_only_begins_with_such_a_word_is_a_record(what: str, tmp_path: Path) -> None:
    data = read(workbook(tmp_path / "台账.xlsx", **{"依申请公开": [HEADS, ["1", what, *ROW[2:]]]}))
    assert data.rows["read"] == 1
