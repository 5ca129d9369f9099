"""Data frames of several libraries."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import opencheck as oc
from batches import batches_of
from opencheck.readers import read
from opencheck.records.dataset import ALL_CELLS, ROW, Dataset


def test_frame_bad_rows_are_rejected() -> None:
    frame = pl.DataFrame(
        {"编号": ["1", "2", "2", None, "5"], "公开日期": ["2018-08-24", "2018-02-30", "20180824", "2018-08-24", "２０１８/8/24"], "层级": ["村", "镇", "县", "市", "省"], "别的": [1, 2, 3, 4, 5]}
    )  # fmt: skip
    data = read({"disclosure": frame})
    assert data.rows == {"read": 5, "checked": 2, "rejected": 3}
    assert {(r.place.row, p.code) for r in data.rejected for p in r.problems} == {
        (2, "impossible_date"),
        (3, "duplicate_id"),
        (4, "blank_id"),
    }
    assert data.tables["disclosure"].records()["level"].to_list() == ["village", None], "a level that nobody knows is left open"
    assert [i.text for i in data.ignored] == ["别的"]


def test_frame_other_libraries_and_types_are_read() -> None:
    rows = {"id": ["1"], "held_on": [datetime(2018, 1, 2, 23, 30)], "kind": ["常务会议"], "invited_attendees": [3.0]}
    for frame in (pd.DataFrame(rows), pa.table(rows), pl.DataFrame(rows), pl.LazyFrame(rows)):
        found = read(frame).tables["meeting"].records()
        assert found["held_on"].to_list() == [date(2018, 1, 2)]
        assert found["invited_attendees"].to_list() == [3]
    zoned = pl.DataFrame({"id": ["1"], "held_on": [datetime(2018, 1, 2, 23, 30)]}).with_columns(
        pl.col("held_on").dt.replace_time_zone("UTC")
    )
    assert read({"meeting": zoned}).tables["meeting"].records()["held_on"].to_list() == [date(2018, 1, 3)]


def test_frame_blanks_are_cleaned_as_in_cells() -> None:
    rows = {
        "id": ["1 ", "2", "3"],
        "unit": ["市财政局", "　市民政局", ""],
        "justification": [" ", None, "理由"],
        "elements": [["甲"], [], None],
    }
    found = read({"disclosure": pl.DataFrame(rows)}).tables["disclosure"].records()
    assert found["id"].to_list() == ["1", "2", "3"]
    assert found["unit"].to_list() == ["市财政局", "市民政局", None]
    assert found["justification"].to_list() == [None, None, "理由"]
    assert found["elements"].to_list() == [["甲"], None, None]


def test_frame_scans_of_every_kind_are_read_in_order(tmp_path: Path) -> None:
    rows = pl.DataFrame({"id": ["1", "2", "3", "4", "5"], "topic": "housing.policy", "published_on": date(2018, 5, 2)})
    rows.write_parquet(tmp_path / "a.parquet")
    rows.write_ipc(tmp_path / "a.arrow")
    rows.write_csv(tmp_path / "a.csv")
    scan = pl.scan_parquet(tmp_path / "a.parquet")
    scans = [
        scan,
        scan.rename({"topic": "信息主题"}).with_columns(title=pl.lit("甲")),
        scan.sort("id", descending=True),
        scan.filter(pl.col("id") > "1"),
        scan.with_columns(title=pl.col("id").shift(1)),
        pl.scan_ipc(tmp_path / "a.arrow"),
        pl.scan_csv(tmp_path / "a.csv", schema_overrides={"id": pl.String}),
        scan.join(scan.select("id", unit="topic"), on="id", maintain_order="left"),
        pl.concat([scan, scan.with_columns(id="9" + pl.col("id"))]),
    ]
    for frame in scans:
        for size in (2, 3, 100):
            with batches_of(size):
                table = read({"disclosure": frame}).tables["disclosure"]
                batches = list(table.batches(["id"]))
                assert max(map(len, batches)) <= size
                found = pl.concat(batches)
            assert found["id"].to_list() == frame.collect()["id"].to_list()
            assert found[ROW].to_list() == list(range(1, len(found) + 1))


def test_frame_partition_folders_are_columns(tmp_path: Path) -> None:
    folder = tmp_path / "topic=housing.policy" / "level=%E6%9D%91"
    folder.mkdir(parents=True)
    pl.DataFrame({"id": ["1"], "published_on": date(2018, 5, 2)}).write_parquet(folder / "disclosure.parquet")
    found = read(tmp_path).tables["disclosure"].records()
    assert found.select("id", "topic", "level").rows() == [("1", "housing.policy", "village")]


def test_arrow_file_of_several_batches_is_read_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "topic=housing.policy"
    folder.mkdir()
    pieces = [pa.record_batch({"id": ids, "unit": ["市财政局"] * len(ids)}) for ids in (["1", "2", "3"], ["4"], ["5", "6"])]
    with pa.ipc.new_file(folder / "disclosure.arrow", pieces[0].schema) as file:
        for piece in pieces:
            file.write_batch(piece)
    for size in (1, 2, 100):
        with batches_of(size):
            table = read(folder / "disclosure.arrow").tables["disclosure"]
            found = [batch.select("id", "topic", ROW).rows() for batch in table.batches(["id", "topic"])]
            assert max(map(len, found)) <= size
            assert [row for own in found for row in own] == [(str(n), "housing.policy", n) for n in range(1, 7)]


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_file_of_which_only_its_folders_tell_anything_is_read(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "topic=housing.policy"
    folder.mkdir()
    frame, file = pl.DataFrame({"天气": ["晴", "雨"]}), folder / f"disclosure{suffix}"
    frame.write_parquet(file) if suffix == ".parquet" else frame.write_ipc(file)
    found = read(file).tables["disclosure"].records(["topic"])
    assert found.select("topic", ROW).rows() == [("housing.policy", 1), ("housing.policy", 2)]


POSTED = {"编号": ["1", "2"], "主题": "扶贫项目", "公开层级": "村级"}


def meaning(data: Dataset, heading: str) -> tuple[str, tuple[str, ...]]:
    return next((h.status, h.fields) for h in data.headings if h.text == heading)


@pytest.mark.parametrize("carrier", [None, "duck"])
@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_what_the_values_of_a_file_tell_of_a_column_is_proposed(
    tmp_path: Path, suffix: str, carrier: str | None, request: pytest.FixtureRequest
) -> None:
    """公示期限 may be two days or a number of days: the first rows tell which, and no column of a large file is taken apart."""
    engine = request.getfixturevalue(carrier) if carrier else None
    days = {"公示期限": ["2018.9.1-9.10", "2018.9.2-9.12"]}
    numbers = {"公示期限": ["10天", "7天"]}
    for columns, told in ((days, ("proposed", ("published_on", "posted_until"))), (numbers, ("unknown", ()))):
        file = tmp_path / f"disclosure{suffix}"
        frame = pl.DataFrame({**POSTED, **columns})
        frame.write_parquet(file) if suffix == ".parquet" else frame.write_ipc(file)
        assert meaning(read(file, carrier=engine), "公示期限") == told


def test_columns_in_memory_mean_what_those_of_a_sheet_mean() -> None:
    """Columns that are read value by value, here for a set among them, are all at hand: spans are split, questions answered."""
    posted = pd.DataFrame({**POSTED, "公示期限": ["2018.9.1-9.10", "2018.9.2-9.12"], "x": [object(), "y"]})
    data = read({"disclosure": posted})
    assert meaning(data, "公示期限") == ("mapped", ("published_on", "posted_until"))
    found = data.tables["disclosure"].records().select("published_on", "posted_until").rows()
    assert found == [(date(2018, 9, 1), date(2018, 9, 10)), (date(2018, 9, 2), date(2018, 9, 12))]
    accounts = pd.DataFrame({"id": ["1", "2"], "是否关停": ["是", "否"], "x": [object(), "y"]})
    status = read({"account": accounts}).tables["account"].records()["status"].to_list()
    assert status == ["closed", "active"]


@pytest.mark.parametrize(
    "empty",
    [[], pl.DataFrame(), pl.LazyFrame(), pd.DataFrame(), pa.table({})],
    ids=["list", "polars", "lazy", "pandas", "arrow"],
)
def test_frame_without_columns_and_rows_is_a_table_without_records_as_an_empty_list_is(empty: Any) -> None:
    asked = [{"id": str(n), "subject": "征地批复", "received_on": f"2018-09-{n:02}", "publishable": True} for n in (3, 5, 10)]
    for requests in (asked, pl.DataFrame(asked)):
        for as_of, outcome in (("2018-10-11", "pending"), ("2018-10-12", "violation")):
            report = oc.check({"request": requests, "disclosure": empty}, as_of=as_of, rules=["PD-15.4"])
            assert [str(f.outcome) for f in report.findings()] == [outcome]


def test_rows_without_any_column_are_not_a_table_without_records() -> None:
    asked = [{"id": str(n), "subject": "征地批复", "received_on": "2018-09-03", "publishable": True} for n in range(3)]
    report = oc.check({"request": asked, "disclosure": pd.DataFrame(index=[0, 1])}, as_of="2018-12-31", rules=["PD-15.4"])
    assert [str(f.outcome) for f in report.findings()] == ["indeterminate"]


@pytest.mark.parametrize("odd", [False, True])
def test_every_column_is_among_all_cells_once(odd: bool) -> None:
    """Those that are no field under names of their own, and those of a field in its place."""
    values = [["1", "甲", "晴", "雨", "2018.9.1-9.10"], ["2", "乙", None, "雪", "2018.9.2-9.12"]]
    heads = ["编号", "标题", "天气", "天气", "公示期限"]
    rows = (
        pd.DataFrame(values, columns=heads)
        if not odd
        else pd.DataFrame([[*row, object()] for row in values], columns=[*heads, "x"])
    )
    data = read({"disclosure": rows})
    cells = pl.concat(list(data.tables["disclosure"].batches([ALL_CELLS])))[ALL_CELLS].to_list()
    for row, own in zip(values, cells, strict=True):
        assert [own.count(cell) for cell in row[1:4] if cell] == [1] * sum(cell is not None for cell in row[1:4])
    assert [r.place.row for r in read({"disclosure": rows.assign(公开日期=["2018-09-03", "2018-02-30"])}).rejected] == [2]
