"""Frames with odd columns: mixed types, names that stand twice, blanks of every library, bytes, unknown columns."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import opencheck as oc
from opencheck.readers import read, unknown_columns
from opencheck.records.contradictions import CONTRADICTED, Contradiction, contradictions_in


def asked(values: Any, header: str = "replied_on", **more: Any) -> pd.DataFrame:
    ids = [str(i) for i in range(len(values))]
    return pd.DataFrame(
        {"id": ids, "received_on": ["2018-11-05"] * len(values), header: pd.Series(values, dtype=object), **more}
    )


def replies(frame: Any) -> list[date | None]:
    data = read({"request": frame})
    assert not data.rejected, data.rejected
    return data.tables["request"].records()["replied_on"].to_list()


def test_pandas_column_of_mixed_types_is_read_value_by_value() -> None:
    values = [
        "2018年11月20日",
        datetime(2018, 11, 20, 9),
        date(2018, 11, 20),
        43424,
        43424.0,
        np.int64(43424),
        pd.Timestamp("2018-11-20 00:00:00.000000001"),
        pd.Timestamp("2018-11-19T20:00Z"),
        np.datetime64("2018-11-20"),
        np.datetime64("2018-11-20T09:00:00.000000001"),
        b"2018-11-20",
    ]
    assert set(replies(asked(values))) == {date(2018, 11, 20)}
    blanks = [None, float("nan"), pd.NA, pd.NaT, np.nan, Decimal("NaN"), "", "无", np.datetime64("NaT"), "2018-11-20"]
    assert replies(asked(blanks)) == [None] * 9 + [date(2018, 11, 20)]
    rows = [{"id": str(i), "replied_on": value} for i, value in enumerate([*blanks, *values])]
    assert replies(rows) == [None] * 9 + [date(2018, 11, 20)] * 12, "dicts are read alike"


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_whatever_offers_its_columns_as_arrow_is_a_frame(engine: str) -> None:
    table = pa.table({"id": ["1", "2"], "received_on": ["2018-09-03"] * 2, "replied_on": ["2018-10-20", "2018-09-20"]})
    for make in (
        lambda: table,
        lambda: table.to_batches()[0],
        lambda: pa.RecordBatchReader.from_batches(table.schema, table.to_batches()),
        lambda: duckdb.from_arrow(table),
    ):
        found = oc.check({"request": make()}, as_of="2018-12-31", rules=["PD-15.3"], engine=engine)
        assert found.rows == {"read": 2, "checked": 2, "rejected": 0}
        assert [(f.record_id, f.late_by) for f in found.violations] == [("1", 15)]


@pytest.mark.parametrize("rows", ["request.parquet", b"id", 3, None, Path("request.parquet")])
def test_what_is_no_rows_of_a_table_is_refused_by_name(rows: Any) -> None:
    with pytest.raises(oc.InputError, match=f"request: .*cannot check a {type(rows).__name__}"):
        oc.check({"request": rows}, as_of="2018-12-31")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"a": 1}, "scalar"),
        ({1}, "scalar"),
        (b"\xff", "binary"),
        (1j, "date"),
        (True, "date"),
        (pd.Timedelta("1D"), "date"),
        (np.datetime64("2018-11"), "date"),
    ],
)
def test_value_that_is_none_of_a_cell_rejects_its_row(value: Any, code: str) -> None:
    for source in (asked([value, "x", 1.5]), [{"id": "0", "replied_on": value}]):
        data = read({"request": source})
        assert data.rejected[0].problems[0].code == code
        assert data.rejected[0].problems[0].field == "replied_on"


def test_ids_of_any_type_stay_what_they_are() -> None:
    class Kind(Enum):
        ONE = "甲-1"

    key = uuid.uuid4()
    values = [20180824000000001, Decimal("20180824000000002"), 7.0, np.int64(8), Kind.ONE, key, b"9", "007"]
    wanted = ["20180824000000001", "20180824000000002", "7", "8", "甲-1", str(key), "9", "007"]
    for source in ([{"id": v} for v in values], pd.DataFrame({"id": pd.Series(values, dtype=object), "subject": "甲"})):
        assert read({"request": source}).tables["request"].records(["id"])["id"].to_list() == wanted


def test_pandas_types_without_counterpart_are_read() -> None:
    frame = pd.DataFrame(
        {
            "id": pd.Categorical(["1", "2"]),
            "period": pd.period_range("2018-05", periods=2, freq="M"),
            "published_on": pd.arrays.SparseArray(pd.to_datetime(["2018-06-01", "2018-07-01"])),
        }
    )
    found = read({"disclosure": frame}).tables["disclosure"].records()
    assert found.select("id", "period", "published_on").rows() == [
        ("1", "2018-05", date(2018, 6, 1)),
        ("2", "2018-06", date(2018, 7, 1)),
    ]


def test_pandas_index_with_a_name_is_a_column() -> None:
    frame = asked(["2018-11-20"]).drop(columns="id").set_index(pd.Index(["A-1"], name="编号"))
    assert read({"request": frame}).tables["request"].records()["id"].to_list() == ["A-1"]
    both = asked(["2018-11-20"]).set_index(pd.Index(["B-1"], name="id"))
    assert read({"request": both}).tables["request"].records()["id"].to_list() == ["0"], "the column comes first"
    assert [h.text for h in read({"request": both}).headings] == ["id", "received_on", "replied_on", "id（2）"]
    assert read(frame).rows["checked"] == 1, "the headings tell the table"
    several = asked(["2018-11-20"]).set_index(["id", "received_on"])
    assert [h.text for h in read({"request": several}).headings] == ["replied_on", "id", "received_on"]


def test_arrow_table_with_one_name_twice_is_read() -> None:
    columns = [pa.array(["1", "2"]), pa.array([None, "2018-11-20"]), pa.array(["2018-11-20", "2018-11-20"])]
    assert replies(pa.Table.from_arrays(columns, names=["id", "答复日期", "答复日期"])) == [date(2018, 11, 20)] * 2


@pytest.mark.parametrize(("given", "named"), [(lambda f: {"依申请公开": f}, "request: "), (lambda f: f, "frame: ")])
def test_frame_that_cannot_be_taken_over_is_refused_by_the_name_of_its_table(given: Any, named: str) -> None:
    kind = pa.month_day_nano_interval()
    with pytest.raises(oc.InputError, match=f"^{named}表格无法读取") as found:
        read(given(pa.table({"id": ["1"], "received_on": pa.array([(1, 2, 3)], kind)})))
    assert found.value.code == "unreadable_frame"


def test_arrow_table_with_a_column_of_a_type_of_its_own_is_read() -> None:
    class Note(pa.ExtensionType):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(pa.string(), "tests.note")

        def __arrow_ext_serialize__(self) -> bytes:
            return b""

    notes = pa.ExtensionArray.from_storage(Note(), pa.array(['{"a": 1}', None]))
    found = read({"request": pa.table({"id": ["1", "2"], "note": notes})}).tables["request"].records(["id", "note"])
    assert found.select("id", "note").rows() == [("1", '{"a": 1}'), ("2", None)]


def test_two_columns_of_lists_that_differ_are_a_contradiction() -> None:
    lists = {"包含要素": [["甲"], None, ["乙"], []], "elements": [["甲"], ["乙"], ["丙"], ["丁"]]}
    data = read({"disclosure": pl.DataFrame({"id": ["1", "2", "3", "4"], **lists})})
    found = data.tables["disclosure"].records().select("id", "elements").rows()
    assert found == [("1", ["甲"]), ("2", ["乙"]), ("3", None), ("4", ["丁"])]
    told = data.tables["disclosure"].records(contradictions=True)[CONTRADICTED].to_list()
    assert [contradictions_in(t) for t in told if t] == [[Contradiction("elements", (("包含要素", "乙"), ("elements", "丙")))]]


@pytest.mark.parametrize("carrier", [None, "duck"])
@pytest.mark.parametrize("name", ["whatever.parquet", "request.parquet"])
def test_rows_of_unknown_columns_are_counted_and_rejected(
    tmp_path: Path, name: str, carrier: str | None, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / name
    pl.DataFrame({"bianhao": ["1", "2"], "shoudao_riqi": "2018-01-05", "答复日": "x"}).write_parquet(file)
    data = read(file, carrier=request.getfixturevalue(carrier) if carrier else None)
    assert data.rows == {"read": 2, "checked": 0, "rejected": 2}
    report = oc.check(file, as_of="2018-12-31")
    assert "答复日" in str(report.to_dict()["rejected"])


def test_rows_of_unknown_columns_name_the_nearest_known_ones() -> None:
    for source in (
        pl.DataFrame({"bianhao": ["1", "2"], "答复日其": "x"}),
        pd.DataFrame({"bianhao": [1, "x"], "答复日其": "x"}),
    ):
        data = read({"依申请公开": source})
        assert data.rows == {"read": 2, "checked": 0, "rejected": 2}
        assert [(r.place.row, r.problems[0].code) for r in data.rejected] == [(1, "no_known_column"), (2, "no_known_column")]
        assert data.rejected[0].problems[0].facts == {"columns": ["bianhao", "答复日其"], "near": ["答复日其 → 答复日期"]}
    data = read({"request": [{"bianhao": "1"}, {"shoudao": "2"}]})
    assert [r.problems[0].code for r in data.rejected] == ["no_column_near"] * 2
    assert read({"request": []}).rows["read"] == 0


def test_too_many_rows_of_unknown_columns_are_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unknown_columns, "_MAX_LISTED_ROWS", 2)
    with pytest.raises(oc.InputError, match=r"3行的列都不认识.*x, 答复日其.*答复日期") as found:
        read({"request": pl.DataFrame({"x": [1, 2, 3], "答复日其": 1})})
    assert found.value.code == "no_known_column"


def test_parquet_damaged_in_the_middle_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "request.parquet"
    pl.DataFrame({"id": [str(i) for i in range(5000)], "subject": [f"申请{i * 7919}" for i in range(5000)]}).write_parquet(file)
    whole = file.read_bytes()
    damaged = 0
    for at in range(8, len(whole) // 2, len(whole) // 12):
        file.write_bytes(whole[:at] + b"\xff" * 40 + whole[at + 40 :])
        try:
            read(file).rows  # noqa: B018
        except oc.InputError as exc:
            damaged += "request.parquet" in str(exc)
    assert damaged


@pytest.mark.parametrize("carrier", [None, "duck"])
def test_binary_column_is_text_and_rows_without_text_are_rejected(
    tmp_path: Path, carrier: str | None, request: pytest.FixtureRequest
) -> None:
    frame = pl.DataFrame(
        {"id": [b"1", b"2", b"3"], "unit": ["市局".encode(), b"\xff", None], "replied_on": [b"2018-11-20"] * 3}
    )
    frame.write_parquet(tmp_path / "request.parquet")
    data = read(tmp_path, carrier=request.getfixturevalue(carrier) if carrier else None)
    found = data.tables["request"].records().select("id", "unit", "replied_on").rows()
    assert found == [("1", "市局", date(2018, 11, 20)), ("3", None, date(2018, 11, 20))]
    assert [(r.place.row, p.field, p.code) for r in data.rejected for p in r.problems] == [(2, "unit", "binary")]
