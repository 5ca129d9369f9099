"""Columns under headings that are understood become fields; the others are kept as texts, and rows without any known column refused."""

from __future__ import annotations

from typing import Any

import pytest

from opencheck.readers.header_groups import SheetBody
from opencheck.readers.heading_match import Heading, Match
from opencheck.readers.raw_tables import MergedCell, RawTable
from opencheck.readers.sheet_body import add_columns, put_columns, read_body
from opencheck.records.dataset import Dataset, SourceLocation
from opencheck.records.tables import TABLES

PLACE = ("台账.xlsx", "公示")
DISCLOSURE = TABLES["disclosure"]


def put(*columns: tuple[str, Match, list[Any]]) -> tuple[RawTable, dict[str, int]]:
    raw = RawTable(DISCLOSURE, [2, 3], {})
    headings = {i: Heading(heading) for i, (heading, _, _) in enumerate(columns)}
    matches = {i: match for i, (_, match, _) in enumerate(columns)}
    return raw, put_columns(raw, headings, matches, lambda i: columns[i][2])


def test_first_column_of_a_field_is_its_own_and_others_are_further_ones() -> None:
    raw, positions = put(
        ("标题", Match("mapped", ("title",), "name"), ["甲", "乙"]),
        ("名称", Match("second", ("title",), "name"), ["丙", "丁"]),
        ("公开 日期", Match("mapped", ("published_on",), "name"), ["2018-09-03", None]),
    )
    assert raw.columns == {"title": ("标题", ["甲", "乙"]), "published_on": ("公开 日期", ["2018-09-03", None])}
    assert raw.second == [("title", ("名称", ["丙", "丁"]))]
    assert raw.extra == {"名称": ["丙", "丁"]}, "what a further column says stays among the texts of the row"
    assert positions == {"title": 0, "published_on": 2}


def test_columns_that_are_no_field_are_kept_each_under_a_name_of_its_own() -> None:
    raw, positions = put(
        ("科室", Match("unknown"), ["a", "b"]),
        ("科室", Match("unknown"), ["c", "d"]),
        ("办结时间", Match("proposed", ("published_on",)), ["2018-09-03", None]),
        ("文件名称", Match("mapped", ("document.title",), "spelling"), ["甲", "乙"]),
        ("旧标题", Match("second", ("title",)), ["e", "f"]),  # a person named another one
        ("标题", Match("mapped", ("title",), "name"), ["甲", "乙"]),
    )
    assert raw.columns == {"title": ("标题", ["甲", "乙"])}
    assert raw.extra == {
        "科室": ["a", "b"],
        "科室_2": ["c", "d"],
        "办结时间": ["2018-09-03", None],
        "文件名称": ["甲", "乙"],
        "旧标题": ["e", "f"],
    }
    assert (raw.second, positions) == ([], {"title": 5})


def test_column_of_first_and_last_days_becomes_two() -> None:
    long = "2018-09-03至" + "某" * 60
    raw, positions = put(
        ("公示起止时间", Match("mapped", ("published_on", "posted_until"), "name"), ["2018-09-03至2018-09-12", long])
    )
    assert {name: [str(day) for day in cells] for name, (_, cells) in raw.columns.items()} == {
        "published_on": ["2018-09-03", "None"],
        "posted_until": ["2018-09-12", "None"],
    }
    ((problem,),) = raw.problems.values()
    assert list(raw.problems) == [1]
    assert (problem.field, problem.header, problem.found) == ("published_on", "公示起止时间", long[:60])
    assert positions == {"published_on": 0, "posted_until": 0}


def test_rows_are_numbered_from_1_and_refused_without_a_known_column() -> None:
    columns: list[tuple[str, list[Any]]] = [("标题", ["甲", "乙"]), ("公开日期", ["2018-09-03", None])]
    data = Dataset()
    add_columns(data, DISCLOSURE, columns, 2, PLACE)
    found = data.tables["disclosure"].records(["title"])
    assert found.select("title", "_row").rows() == [("甲", 1), ("乙", 2)]
    assert [(h.text, h.place) for h in data.headings] == [
        ("标题", SourceLocation(*PLACE)),
        ("公开日期", SourceLocation(*PLACE)),
    ]
    for spec in (DISCLOSURE, None):
        data = Dataset()
        add_columns(data, spec, [("甲乙", ["x", "y"])], 2, PLACE)
        assert [(r.place, r.problems[0].facts["columns"]) for r in data.rejected] == [
            (SourceLocation(*PLACE, 1), ["甲乙"]),
            (SourceLocation(*PLACE, 2), ["甲乙"]),
        ]
        assert not data.tables


@pytest.mark.parametrize("heads", [["甲乙"], ["标题"], ["标题", "甲乙"]])
def test_table_without_rows_states_that_there_are_none(heads: list[str]) -> None:
    data = Dataset()
    add_columns(data, DISCLOSURE, [(head, []) for head in heads], 0, PLACE)
    assert (data.tables["disclosure"].count, data.rejected) == (0, [])


def test_mapping_of_the_file_and_of_the_sheet_holds_for_columns() -> None:
    columns: list[tuple[str, list[Any]]] = [("标题", ["甲"]), ("上网时间", ["2018-09-03"])]
    for mappings in ({"台账.xlsx": {"上网时间": "公示截止日期"}}, {None: {"公示!上网时间": "公示截止日期"}}):
        data = Dataset(mappings=mappings)
        add_columns(data, DISCLOSURE, columns, 1, PLACE)
        assert data.tables["disclosure"].present == {"id", "title", "posted_until"}


def test_merged_cells_are_those_of_the_columns_that_are_read() -> None:
    heads = ["标题", "公开日期", "科室", "公示起止时间"]
    merged: dict[int, dict[int, tuple[str, Any]]] = {
        0: {1: ("标题", "甲"), 2: ("标题", "甲")},
        1: {2: ("标题", "乙"), 7: ("标题", "乙")},
        2: {3: ("科室", "丙")},
    }
    records: list[tuple[int, list[Any]]] = [(n, [title, None, None, None]) for n, title in enumerate("甲乙丙", 2)]
    place = SourceLocation(*PLACE, 1)
    body = SheetBody(DISCLOSURE, place, {i: Heading(text) for i, text in enumerate(heads)}, records, {}, merged)
    data = Dataset()
    raw = read_body(data, body, {})
    assert raw.rows == [2, 3, 4]
    assert raw.merged == {
        0: [MergedCell("published_on", "标题", "甲")],
        2: [MergedCell("published_on", "科室", "丙"), MergedCell("posted_until", "科室", "丙")],
    }
    assert raw.positions == {"title": 0, "published_on": 1, "posted_until": 3}
    assert [h.text for h in data.headings] == heads
