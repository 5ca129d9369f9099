"""Headings of two rows: a group over several columns, and what each of these is."""

from __future__ import annotations

from typing import Any

import pytest

from opencheck.readers.header_groups import headings_at, stand_below
from opencheck.readers.heading_match import Heading


@pytest.mark.parametrize(
    ("top", "below", "shown"),
    [
        (["序号", "时间", None, "备注"], [None, "开始", "结束", None], {0: "序号", 1: "时间/开始", 2: "时间/结束", 3: "备注"}),
        (
            ["序号", "时间", "时间"],
            ["序号", "开始", "结束"],
            {0: "序号", 1: "时间/开始", 2: "时间/结束"},
        ),  # merged cells that repeat
        (
            ["序号", "时间", None, None, "备注"],
            [None, "开始", "结束", None, None],
            {0: "序号", 1: "时间/开始", 2: "时间/结束", 4: "备注"},
        ),
        (["序号", "时间", None], [None, "开始", "结束", None, None], {0: "序号", 1: "时间/开始", 2: "时间/结束"}),
        (["序号", "时间"], [None, "开始", "结束"], {0: "序号", 1: "时间/开始", 2: "时间/结束"}),
        (
            ["序号", "时间", None, "地点", None],
            [None, "开始", "结束", "市", "县"],
            {0: "序号", 1: "时间/开始", 2: "时间/结束", 3: "地点/市", 4: "地点/县"},
        ),
    ],
)
def test_row_that_tells_the_columns_of_a_group_is_a_part_of_the_headings(
    top: list[Any], below: list[Any], shown: dict[int, str]
) -> None:
    found, rows = headings_at([(1, top), (2, below)], 0)
    assert ({i: heading.shown for i, heading in found.items()}, rows) == (shown, 2)


@pytest.mark.parametrize(
    "below",
    [
        [None, "开始", "开始"],  # one and the same for both
        [None, "开始", None],
        ["1", "开始", "结束"],  # a record
        [None, "开始", 3],
        [None, "开始", "结束", "甲"],  # more than the group
        [None, "开始", "长" * 41],
        [None, None, None],
        [],
    ],
)
def test_row_that_says_more_or_less_than_a_group_needs_is_none_of_the_headings(below: list[Any]) -> None:
    top = ["序号", "时间", None, "备注"]
    found, rows = headings_at([(1, top), (2, below)], 0)
    assert ({i: heading.shown for i, heading in found.items()}, rows) == ({0: "序号", 1: "时间", 3: "备注"}, 1)


def test_row_after_a_gap_and_one_below_nothing_are_no_headings() -> None:
    top, below = ["序号", "时间", None], [None, "开始", "结束"]
    assert headings_at([(1, top), (3, below)], 0)[1] == 1
    assert headings_at([(1, ["序号", None, None]), (2, below)], 0)[1] == 1
    assert headings_at([(1, ["甲"]), (2, top), (3, below)], 1)[1] == 2


def shown(*rows: list[Any]) -> tuple[list[str], int]:
    """The headings that begin in the first row, in the order of their columns, and how many rows they take."""
    found, depth = headings_at(list(enumerate(rows, 1)), 0)
    return [found[i].shown for i in sorted(found)], depth


@pytest.mark.parametrize(
    ("rows", "headings", "depth"),
    [
        # the middle row is as short as its last text
        ([["编号", "第三方"], [None, "征求"], [None, "日期", "方式", "结果"]],
         ["编号", "第三方/征求/日期", "第三方/征求/方式", "第三方/征求/结果"], 3),
        ([["编号", "第三方", None, None, None], [None, "征求", None, "答复", None], [None, "日期", "方式", "日期", "结果"]],
         ["编号", "第三方/征求/日期", "第三方/征求/方式", "第三方/答复/日期", "第三方/答复/结果"], 3),
        ([["编号", "第三方", None, None], [None, "名称", "征求", None], [None, None, "日期", "方式"]],
         ["编号", "第三方/名称", "第三方/征求/日期", "第三方/征求/方式"], 3),
        # merged cells that repeat, to the right and below
        ([["编号", "第三方", "第三方", "答复", "答复"], ["编号", "名称", "电话", "答复", "答复"], ["编号", "名称", "电话", "日期", "方式"]],
         ["编号", "第三方/名称", "第三方/电话", "答复/日期", "答复/方式"], 3),
        # headings take three rows at most
        ([["编号", "甲", None, None], [None, "乙", None, "丙"], [None, "丁", None, "戊"], [None, "日期", "方式", "结果"]],
         ["编号", "甲"], 1),
        # one text over all columns is a title, two are groups, and so is one beside another column
        ([["公示情况", None], ["开始", "结束"]], ["公示情况"], 1),
        ([["公示", None, "解读", None], ["开始", "结束", "日期", "形式"]], ["公示/开始", "公示/结束", "解读/日期", "解读/形式"], 2),
        ([["公示", None, "备注"], ["开始", "结束", None]], ["公示/开始", "公示/结束", "备注"], 2),
        ([["公示", "公示", "公示"], ["开始", "结束", "天数"]], ["公示", "公示", "公示"], 1),
    ],
)  # fmt: skip
def test_groups_of_groups_and_titles(rows: list[list[Any]], headings: list[str], depth: int) -> None:
    assert shown(*rows) == (headings, depth)


BELOW = ["序号", "收到日期", "办理日期", "答复日期"]


@pytest.mark.parametrize(
    ("top", "below", "groups"),
    [
        ([None, None, "计划", "实际"], BELOW, ["计划", "实际"]),
        ([None, None, "计划", "计划"], BELOW, ["计划", "计划"]),
        ([None, None, "计划", "计划", None], [*BELOW, "备注"], ["计划", "计划", None]),
        ([None, None, "计划", None, "实际"], [*BELOW, "办结时间"], ["计划", "计划", "实际"]),
        ([None, None, "计划", "计划", "实际", "实际"], [*BELOW, "甲", "乙"], ["计划", "计划", "实际", "实际"]),
        ([None, "计划", None, "实际"], BELOW, []),  # the first two columns have groups nowhere
        ([None, None, "计划", None], BELOW, []),  # one text over one cell says in which unit is counted, or is a title
        ([None, None, "计划", None, "实际"], BELOW, []),  # there is nothing below the last
        ([None, None, "计" * 10, "实际"], BELOW, ["计" * 10, "实际"]),
        ([None, None, "计" * 11, "实际"], BELOW, []),
        ([None, None, "2018年", "实际"], BELOW, []),
        ([None, None, "单位：", "实际"], BELOW, []),
        ([None, None, "办理日期", "实际"], BELOW, []),  # repeats what is below
        ([None, None, 3, "实际"], BELOW, []),
        ([None, None, "计划", "实际"], [*BELOW[:3], "长" * 40], ["计划", "实际"]),
        ([None, None, "计划", "实际"], [*BELOW[:3], "长" * 41], []),
        ([None, None, "计划", "实际"], [*BELOW[:3], "2018-09-20"], []),
        ([None, None, "计划", "实际"], [*BELOW[:3], None], []),
        ([None, None, "计划", "计划"], [*BELOW[:3], "办理日期"], []),  # two columns of one name
    ],
)
def test_groups_alone_in_a_row_stand_over_the_last_columns(top: list[Any], below: list[Any], groups: list[str | None]) -> None:
    found, depth = headings_at([(1, top), (2, below)], 0)
    if groups:
        expected = [Heading(text, group) for text, group in zip(below, [None, None, *groups], strict=True)]
        assert (list(found.values()), depth) == (expected, 2)
    else:
        assert depth == 1


@pytest.mark.parametrize(
    ("top", "below", "known", "number"),
    [
        (["收到日期", "计划", None], ["收到日期", "办理日期", "答复日期"], "", 1),  # merged with the cell below it
        (["收到日期", "计划", None], [None, "办理日期", "答复日期"], "", 0),
        (["收到日期", "计划", None], [None, "办理日期", "答复日期"], "收到日期", 1),
        (["收到日期", "备注", "计划", None], [None, None, "办理日期", "答复日期"], "收到日期", 0),  # half are not most
        (["收到日期", "备注", "序号", "计划", None], [None, None, None, "办理日期", "答复日期"], "收到日期 备注", 1),
        (["计划", None, "收到日期"], ["办理日期", "答复日期"], "收到日期", 1),
        (["收到日期", "备注"], ["2018-09-03", None], "收到日期 备注", 0),
    ],
)
def test_rows_below_are_lower_halves_where_the_headings_beside_them_are_sure(
    top: list[Any], below: list[Any], known: str, number: int
) -> None:
    assert stand_below([(1, top), (2, below)], 0, lambda heading: heading.text in known.split()) == number


def test_two_rows_below_are_lower_halves_of_headings_in_three() -> None:
    rows = [["收到日期", "第三方", None], ["收到日期", "征求", None], ["收到日期", "日期", "方式"]]
    assert stand_below(list(enumerate(rows, 1)), 0, lambda heading: False) == 2
