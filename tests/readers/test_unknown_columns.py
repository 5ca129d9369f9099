"""Rows whose columns are unknown: each is refused with the reason, and very many are one error."""

from __future__ import annotations

import polars as pl
import pytest

import opencheck as oc
from opencheck.readers import unknown_columns as module
from opencheck.readers.frames import PolarsRows
from opencheck.readers.unknown_columns import reject_rows, reject_unknown, unknown_columns
from opencheck.records.dataset import Dataset
from opencheck.records.tables import TABLES

REQUEST = TABLES["request"]
PLACE = ("台账.xlsx", "依申请公开")


def test_reason_names_the_nearest_columns_of_the_table() -> None:
    near = unknown_columns(["bianhao", "答复日其"], REQUEST)
    assert (near.code, near.facts) == (
        "no_known_column",
        {"columns": ["bianhao", "答复日其"], "near": ["答复日其 → 答复日期"]},
    )
    far = unknown_columns(["甲乙丙丁"], REQUEST)
    assert (far.code, far.facts) == ("no_column_near", {"columns": ["甲乙丙丁"], "near": []})
    other = unknown_columns(["会议类形"], REQUEST)
    assert other.code == "no_column_near", "it is a column of meetings"
    assert unknown_columns(["会议类形"], None).facts["near"] == ["会议类形 → 会议类型"]


def test_columns_that_stand_in_many_tables_tell_none() -> None:
    found = unknown_columns(["编号", "答复日其"], None)
    assert (found.code, found.facts) == ("columns_of_no_table", {"columns": ["编号", "答复日其"], "near": []})
    assert unknown_columns(["编号", "答复日其"], REQUEST).code == "no_known_column"


@pytest.mark.parametrize(("first", "table"), [("答复日其", REQUEST), ("编号", None)])
def test_of_many_columns_the_first_twenty_are_told(first: str, table: object) -> None:
    facts = unknown_columns([first, *(f"答复日其{n}" for n in range(24))], table).facts  # type: ignore[arg-type]
    assert len(facts["columns"]) == 20
    assert len(facts["near"]) == (20 if table else 0)


def test_rows_are_refused_one_by_one_with_their_place() -> None:
    data = Dataset()
    reject_rows(data, ["答复日其"], REQUEST, [2, 5], PLACE)
    reject_rows(data, ["甲乙丙丁"], None, [7], (None, None))
    assert [(r.table, *r.place, r.problems[0].code) for r in data.refused_lines] == [
        ("request", *PLACE, 2, "no_known_column"),
        ("request", *PLACE, 5, "no_known_column"),
        ("", None, None, 7, "no_column_near"),
    ]


def test_rows_of_a_frame_are_refused_by_their_numbers() -> None:
    data = Dataset()
    reject_unknown(data, PolarsRows(pl.DataFrame({"答复日其": ["x", "y"]}).lazy()), REQUEST, PLACE)
    assert [(r.place.row, r.problems[0].facts["columns"]) for r in data.refused_lines] == [(1, ["答复日其"]), (2, ["答复日其"])]


def test_too_many_to_list_are_one_error_that_names_the_file_and_twenty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_LISTED_ROWS", 2)
    data = Dataset()
    reject_rows(data, ["答复日其"], REQUEST, [1, 2], PLACE)
    assert len(data.refused_lines) == 2
    columns = [f"丙丁{n:02}" for n in range(21)]
    with pytest.raises(oc.InputError) as found:
        reject_rows(data, columns, REQUEST, [1, 2, 3], PLACE)
    error = found.value
    assert str(error).startswith("台账.xlsx: 3行的列都不认识 / no column of its 3 rows is known: 丙丁00, ")
    assert str(error).endswith("丙丁19"), "no column is near, and twenty are named"
    assert (error.code, error.path, error.found) == ("no_known_column", "台账.xlsx", columns)
    with pytest.raises(oc.InputError, match=r"答复日其; 最接近 / did you mean: 答复日其 → 答复日期$"):
        reject_rows(data, ["答复日其"], REQUEST, [1, 2, 3], PLACE)
    with pytest.raises(oc.InputError, match=r"^frame: 3行看不出属于哪张表 / cannot tell the table of its 3 rows: 编号$"):
        reject_rows(data, ["编号"], None, [1, 2, 3], (None, None))
