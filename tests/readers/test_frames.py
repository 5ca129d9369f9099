"""Data frames of several libraries."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import polars as pl
import pyarrow as pa

from opencheck.readers import read


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
