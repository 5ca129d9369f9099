"""What the column beside a record's fields says of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from only import only
from opencheck.core.clock import SHANGHAI
from opencheck.records.contradictions import (
    CONTRADICTED,
    Contradiction,
    Doubt,
    blank_text,
    contradiction_text,
    contradictions_in,
    contradicts,
    has_contradictions,
    left_open_text,
    merged_text,
    same_words_in,
    says_same_words,
)
from opencheck.records.tables import TABLES


@pytest.mark.parametrize(
    ("table", "field", "value", "shown"),
    [
        ("document", "is_policy", True, "是"),
        ("document", "is_policy", False, "否"),
        ("meeting", "kind", "plenary", "全体会议"),
        ("disclosure", "elements", ["甲", "乙"], "甲、乙"),
        ("disclosure", "elements", pl.Series(["甲", "乙"]), "甲、乙"),
        ("disclosure", "published_on", date(2018, 9, 3), "2018-09-03"),
        ("opinion_case", "responded_at", datetime(2018, 9, 3, 8, 30, tzinfo=SHANGHAI), "2018-09-03 08:30"),
        ("opinion_case", "responded_at", datetime(2018, 9, 3, 8, 30, 5, tzinfo=SHANGHAI), "2018-09-03 08:30:05"),
        ("document", "title", "甲\x1e\x1f乙", "甲 乙"),
    ],
)
def test_values_that_differ_are_shown_as_a_clerk_writes_them(table: str, field: str, value: Any, shown: str) -> None:
    text = contradiction_text(TABLES[table].fields[field], [("一栏", value), ("二\x1d栏", value)])
    assert contradictions_in(text) == [Contradiction(field, (("一栏", shown), ("二 栏", shown)), Doubt.DIFFERENT)]


def test_each_entry_of_a_cell_is_told_for_itself() -> None:
    request = TABLES["request"].fields
    text = (
        blank_text(request["replied_on"], "列", "同上")
        + contradiction_text(request["received_on"], [("甲", date(2018, 9, 3)), ("乙", date(2018, 9, 4))])
        + merged_text("handled_on", "收到日期", datetime(2018, 9, 3))
        + blank_text(request["subject"], "列", "〃")
    )
    assert same_words_in(text) == [("replied_on", "同上"), ("subject", "〃")]
    assert contradictions_in(text) == [
        Contradiction("received_on", (("甲", "2018-09-03"), ("乙", "2018-09-04")), Doubt.DIFFERENT),
        Contradiction("handled_on", (("收到日期", "2018-09-03"),), Doubt.MERGED),
    ]
    assert (same_words_in(None), contradictions_in(None), same_words_in(""), contradictions_in("")) == ([], [], [], [])


def test_rows_are_contradicted_in_the_fields_that_are_named() -> None:
    request = TABLES["request"].fields
    texts = [
        contradiction_text(request["received_on"], [("甲", 1), ("乙", 2)]),
        merged_text("replied_on", "收到日期", "2018-09-03"),
        blank_text(request["received_on"], "列", "同上"),
        None,
    ]
    rows = pl.DataFrame({CONTRADICTED: texts}, schema={CONTRADICTED: pl.String})
    for fields, expected in (
        (["received_on"], [True, False, False, False]),
        (["replied_on", "received_on"], [True, True, False, False]),
        (["subject"], [False] * 4),
    ):
        assert rows.select(r=contradicts(fields))["r"].to_list() == expected
    assert rows.select(r=contradicts([]))["r"].to_list() == [False]
    assert has_contradictions(rows)
    assert not has_contradictions(rows[3:])
    assert not has_contradictions(pl.DataFrame({"id": ["1"]}))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (datetime(2018, 9, 3), "2018-09-03"),
        (datetime(2018, 9, 2, 16, tzinfo=UTC), "2018-09-03"),
        (datetime(2018, 9, 3, tzinfo=SHANGHAI), "2018-09-03"),
        ("2018-09-03 00:00:00", "2018-09-03"),
        ("9月3日上午", "9月3日上午"),
        ("长" * 59 + "尾", "长" * 59 + "尾"),
        ("长" * 60 + "尾", "长" * 60),
    ],
    ids=["no zone", "another zone", "its zone", "text", "half a day", "sixty characters", "more"],
)
def test_value_that_leaves_its_field_open_is_shown_as_it_stands_there(value: object, shown: str) -> None:
    field = TABLES["opinion_case"].fields["detected_at"]
    told = only(contradictions_in(left_open_text(field, "发现时间", value, "datetime")))
    assert told == Contradiction("detected_at", (("发现时间", shown),), Doubt.TIME)


def test_row_that_says_the_same_is_told_from_one_that_is_left_open() -> None:
    request = TABLES["request"].fields
    texts = [blank_text(request["replied_on"], "列", "同上"), merged_text("replied_on", "列", "甲"), None]
    rows = pl.DataFrame({CONTRADICTED: texts}, schema={CONTRADICTED: pl.String})
    assert rows.select(r=says_same_words())["r"].to_list() == [True, False, None]
