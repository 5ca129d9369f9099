"""Headings of two rows: a group over several columns, and what each of these is."""

from __future__ import annotations

from typing import Any

import pytest

from opencheck.readers.header_groups import headings_at


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
