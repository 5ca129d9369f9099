"""What the types of a frame's columns mean for the fields of a table."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from opencheck.core.errors import InputError
from opencheck.readers.column_types import as_cells, cast, has_type, list_keys, refuse_nested, without
from opencheck.records.tables import TABLES

DISCLOSURE, REQUEST, MEETING = (TABLES[name] for name in ("disclosure", "request", "meeting"))
MOMENT = pl.Datetime("ns", "UTC")


@pytest.mark.parametrize(
    ("field", "fitting"),
    [
        (DISCLOSURE.fields["title"], {pl.String}),
        (DISCLOSURE.fields["text"], {pl.String}),
        (DISCLOSURE.fields["published_on"], {pl.Date, MOMENT}),
        (DISCLOSURE.fields["effective_at"], {MOMENT}),
        (DISCLOSURE.fields["mandatory_personal_data"], {pl.Boolean}),
        (MEETING.fields["invited_attendees"], {pl.UInt8}),  # a number below 0 counts nothing
        (TABLES["unit"].fields["appraisal_weight"], {pl.Float64}),
        (DISCLOSURE.fields["period"], set()),
        (DISCLOSURE.fields["level"], set()),
        (DISCLOSURE.fields["channels"], set()),
        (TABLES["unit"].fields["year"], set()),
    ],
)
def test_values_of_a_fields_own_type_need_no_parsing(field: Any, fitting: set[Any]) -> None:
    types = [pl.String, pl.Date, MOMENT, pl.Boolean, pl.UInt8, pl.Int64, pl.Float64, pl.List(pl.String)]
    assert {t for t in types if has_type(field, t)} == fitting


@pytest.mark.parametrize(
    ("name", "dtype", "refused"),
    [
        ("title", pl.String, False), ("title", pl.List(pl.String), True), ("channels", pl.List(pl.String), False), ("channels", pl.String, False),
        ("channels", pl.List(pl.List(pl.String)), True), ("channels", pl.Struct({"a": pl.String}), True), ("channels", pl.List(pl.Struct({"a": pl.String})), True),
        ("title", pl.Object, True), ("channels", pl.Object, True), ("title", pl.Int64, False),
    ],
)  # fmt: skip
def test_column_of_nested_values_is_refused_by_its_header(name: str, dtype: Any, refused: bool) -> None:
    if not refused:
        refuse_nested(DISCLOSURE, name, "某列", dtype)
        return
    with pytest.raises(InputError, match="某列"):
        refuse_nested(DISCLOSURE, name, "某列", dtype)


@pytest.mark.parametrize(
    ("field", "values", "found"),
    [
        (DISCLOSURE.fields["title"], pl.Series([" 甲\n乙 ", "无", "详见附件", None]), ["甲 乙", None, "详见附件", None]),
        (DISCLOSURE.fields["text"], pl.Series([" 甲\n乙 ", "甲"]), ["甲\n乙", "甲"]),
        (DISCLOSURE.fields["id"], pl.Series([" 1 ", "/"]), ["1", "/"]),
        (DISCLOSURE.fields["published_on"], pl.Series([datetime(2018, 9, 3, 23, 30), None]), [date(2018, 9, 3), None]),
        (DISCLOSURE.fields["published_on"], pl.Series([datetime(2018, 9, 3, 23, 30)], dtype=MOMENT), [date(2018, 9, 4)]),
        (DISCLOSURE.fields["published_on"], pl.Series([date(2018, 9, 3)]), [date(2018, 9, 3)]),
        (TABLES["unit"].fields["appraisal_weight"], pl.Series([4.0, float("nan")]), [4.0, None]),
    ],
)
def test_value_that_needs_no_parsing_is_that_of_a_cell(field: Any, values: pl.Series, found: list[Any]) -> None:
    assert cast(field, values).to_list() == found
    assert cast(field, values).dtype == field.dtype


def test_time_without_a_zone_is_in_shanghai() -> None:
    field = DISCLOSURE.fields["effective_at"]
    plain, zoned = pl.Series([datetime(2018, 9, 3, 8)]), pl.Series([datetime(2018, 9, 3)], dtype=MOMENT)
    assert cast(field, plain).to_list() == cast(field, zoned).to_list()
    assert cast(field, plain).dtype == cast(field, zoned).dtype == field.dtype


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pl.Series(["", "甲", None]), [None, "甲", None]),
        (pl.Series([1, None]), ["1", None]),
        (pl.Series([date(2018, 9, 3)]), ["2018-09-03"]),
        (pl.Series(["甲".encode(), b"\xff", None]), ["甲", "\ufffd", None]),
        (pl.Series([["甲", "乙"], None]), ["['甲', '乙']", None]),
        (pl.Series([{"a": 1}, None]), ["{'a': 1}", None]),
        (pl.Series([3 + 4j, None], dtype=pl.Object), ["(3+4j)", None]),
    ],
)
def test_column_that_is_no_field_is_shown_as_texts(values: pl.Series, texts: list[str | None]) -> None:
    assert as_cells(values).to_list() == texts


def test_equal_lists_share_a_key_and_others_do_not() -> None:
    for lists in ([["甲", "乙"], ["甲乙"], ["甲", "乙"], None], [[1, 2], [12], [1, 2], None]):
        one, other, again, none = list_keys(pl.Series(lists)).to_list()
        assert one == again != other
        assert none is None


def test_values_are_blanks_where_the_mask_says_so() -> None:
    assert without(pl.Series("v", [1, 2, 3]), pl.Series([True, False, None])).to_list() == [None, 2, None]
