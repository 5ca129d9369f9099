"""Cells become values of their fields' types."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.readers import typed_columns as columns
from opencheck.records import TABLES
from opencheck.records.dataset import RowError
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue

AS_OF = "2018-12-31"

CELLS = st.one_of(
    st.none(), st.text(max_size=12), st.integers(-5, 10**9), st.floats(allow_nan=True), st.booleans(), st.dates(), st.datetimes(),
    st.sampled_from(["2018-08-24", "是", "村级", "主动公开", "2018-06", "甲；乙"]), st.lists(st.text(max_size=3), max_size=3),
)  # fmt: skip


@given(st.sampled_from(sorted(TABLES)), st.data())
def test_typed_columns_any_cells_every_row_is_counted(table: str, data: st.DataObject) -> None:
    fields = data.draw(st.lists(st.sampled_from(sorted(TABLES[table].fields)), unique=True, min_size=1, max_size=6))
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(fields, CELLS)), max_size=8))
    report = oc.check({table: rows}, as_of=AS_OF)
    assert report.rows["read"] == len(rows) == report.rows["checked"] + report.rows["rejected"]
    report.to_dict()


ONE_KIND = st.one_of(
    *(
        st.lists(st.none() | values, max_size=8)
        for values in (
            st.text(alphabet=" \t\n　\u200b0129-年月日是否市局、A", max_size=12),
            st.sampled_from(["2018-02-29", "2018.8.24", "主动公开", "此件公开发布", "2018-Q3", "省", "5", "TRUE"]),
            st.dates(date(1949, 1, 1), date(2060, 1, 1)),
            st.booleans(),
            st.integers(-5, 50_000),
        )
    ),
    st.lists(st.none() | st.text(max_size=3) | st.booleans() | st.integers(0, 3) | st.floats(0, 3), max_size=8),
)


@given(st.sampled_from([f for t in TABLES.values() for f in t.fields.values()]), ONE_KIND)
def test_typed_column_equals_its_cells(field: FieldSpec, values: list[Any]) -> None:
    wanted: list[Any] = []
    wrong: dict[int, str] = {}
    for number, value in enumerate(values):
        try:
            wanted.append(None if value is None else field.read(value))
        except InvalidValue as exc:
            wanted.append(None)
            wrong[number] = exc.code
    problems: dict[int, list[RowError]] = {}
    found = columns.read_cells(field, "列", values, problems)
    assert [(type(v), v) for v in found] == [(type(v), v) for v in wanted]
    assert {number: [p.code for p in told] for number, told in problems.items()} == {n: [c] for n, c in wrong.items()}
