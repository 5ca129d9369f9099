"""Data frames of several libraries."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa

from batches import batches_of
from opencheck.readers import read
from opencheck.records.dataset import ROW


def test_frame_bad_rows_are_rejected() -> None:
    frame = pl.DataFrame(
        {"编号": ["1", "2", "2", None, "5"], "公开日期": ["2018-08-24", "2018-02-30", "20180824", "2018-08-24", "２０１８/8/24"], "层级": ["村", "镇", "县", "市", "省"], "别的": [1, 2, 3, 4, 5]}
    )  # fmt: skip
    data = read({"disclosure": frame})
    assert data.rows == {"read": 5, "checked": 1, "rejected": 4}
    assert {(r.place.row, p.code) for r in data.rejected for p in r.problems} == {
        (2, "impossible_date"),
        (3, "duplicate_id"),
        (4, "blank_id"),
        (5, "vocabulary"),
    }
    assert data.tables["disclosure"].records()["level"].to_list() == ["village"]
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
