"""Cells of a column in memory: what they mean, which reject their rows and which leave a field open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from opencheck.readers.typed_cells import contradiction_errors, problem_of, read_cells, read_distinct, typed_series
from opencheck.records.contradictions import contradictions_in, merged_text
from opencheck.records.dataset import RowError
from opencheck.records.parse import InvalidValue
from opencheck.records.tables import TABLES

KIND = TABLES["meeting"].fields["kind"]
USUAL = KIND.read("常务会议")


@pytest.mark.parametrize("more", [[], [5]], ids=["texts", "mixed"])
def test_word_that_is_not_known_leaves_the_field_open_where_that_is_asked(more: list[Any]) -> None:
    cells = ["碰头会", "常务会议", None, "碰头会", *more]
    problems: dict[int, list[RowError]] = {}
    left_open: dict[int, str] = {}
    found = read_cells(KIND, "会议类型", cells, problems, left_open)
    assert found.to_list() == [None, USUAL, None, None, *[None] * len(more)]
    assert {at: contradictions_in(text)[0].columns for at, text in left_open.items()} == {
        at: (("会议类型", str(cells[at])),) for at in (0, 3, 4)[: 2 + len(more)]
    }
    assert not problems
    assert read_cells(KIND, "会议类型", cells, problems).to_list() == found.to_list()
    assert {at: [(p.header, p.found, p.code) for p in told] for at, told in problems.items()} == {
        at: [("会议类型", str(cells[at]), "vocabulary")] for at in left_open
    }


@pytest.mark.parametrize("more", [[], [5.5]], ids=["texts", "mixed"])
def test_day_that_is_none_rejects_its_row_beside_others(more: list[Any]) -> None:
    cells = ["九月", "2018-09-03", None, "2018-02-30", *more]
    before = RowError("id", "编号", "", "blank_id")
    problems: dict[int, list[RowError]] = {3: [before]}
    left_open: dict[int, str] = {}
    found = read_cells(TABLES["request"].fields["received_on"], "收到日期", cells, problems, left_open)
    assert found.to_list() == [None, date(2018, 9, 3), None, None, *[None] * len(more)]
    assert not left_open
    assert sorted(problems) == [0, 3, *range(4, 4 + len(more))]
    assert [p.code for p in problems[3]] == ["blank_id", "impossible_date"]
    assert [(p.field, p.header, p.found, p.code) for p in problems[0]] == [("received_on", "收到日期", "九月", "date")]


@pytest.mark.parametrize(
    ("name", "cells", "typed"),
    [
        (
            "channels",
            [["网站", "广播"], None, ["网站", "广播"], ["网站"]],
            [["网站", "广播"], None, ["网站", "广播"], ["网站"]],
        ),
        ("channels", [["网站", 1], ["网站", "1"], None], [["网站", "1"], ["网站", "1"], None]),
        ("note", [None, None], [None, None]),
        ("note", [], []),
        ("note", [" 甲 ", "甲", None], ["甲", "甲", None]),
        ("published_on", [datetime(2018, 9, 3), None, datetime(2018, 9, 3)], [date(2018, 9, 3), None, date(2018, 9, 3)]),
    ],
)
def test_cells_of_a_type_become_values_in_their_order(name: str, cells: list[Any], typed: list[Any]) -> None:
    spec = TABLES["disclosure"].fields[name]
    problems: dict[int, list[RowError]] = {}
    found = read_cells(spec, name, cells, problems)
    assert (found.name, found.dtype, found.to_list(), problems) == (name, spec.dtype, typed, {})


def test_texts_with_headings_of_lists_are_told_by_their_items() -> None:
    problems: dict[int, list[RowError]] = {}
    channels = TABLES["disclosure"].fields["channels"]
    assert read_cells(channels, "渠道", [["网站"], [["网站"]], [{"甲": 1}]], problems).to_list()[0] == ["网站"]
    assert [p.header for told in problems.values() for p in told] == ["渠道"] * len(problems)
    assert 2 in problems


def test_different_values_are_read_each_once() -> None:
    answers, refused = read_distinct(
        KIND,
        [
            "常务会议",
            "碰头会",
            None,
        ],
    )
    assert answers == {"常务会议": USUAL, "碰头会": None, None: None}
    assert {value: reason.code for value, reason in refused.items()} == {"碰头会": "vocabulary"}
    assert read_distinct(TABLES["disclosure"].fields["channels"], [["网站"]]) == ({("网站",): ["网站"]}, {})
    lists = typed_series(TABLES["disclosure"].fields["channels"], [["网站"], None])
    assert (lists.dtype, lists.to_list()) == (pl.List(pl.String), [["网站"], None])


def test_problem_names_the_words_only_where_another_word_was_found() -> None:
    known = list(KIND.vocabulary.labels) if KIND.vocabulary else []
    assert problem_of(KIND, "类型", "碰头会", InvalidValue("vocabulary")).facts == {"values": known}
    assert problem_of(KIND, "类型", "碰头会", InvalidValue("text")).facts == {}
    assert problem_of(TABLES["unit"].fields["trained"], "人数", b"\xe7\x94\xb2\xff", InvalidValue("vocabulary")) == RowError(
        "trained", "人数", "甲\ufffd", "vocabulary", {}
    )


def test_cell_that_is_merged_with_others_is_told_as_such() -> None:
    assert contradiction_errors(None) == []
    (one,) = contradiction_errors(merged_text("product", "产品名称", "甲"))
    assert (one.field, one.code) == ("product", "merged_across")
