"""Text tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import opencheck as oc
from opencheck.readers import read
from opencheck.records.dataset import ROW, SRC


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_delimited_encoding_is_detected(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "公文.csv"
    file.write_bytes("公文台账\n编号,成文日期,标题\n1,2018年8月24日,通知\n".encode(encoding))
    data = read(file)
    assert data.tables["document"].records(["id", "signed_on"]).drop(ROW, SRC).rows() == [("1", date(2018, 8, 24))]


def test_delimited_bytes_without_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"\xff\x00\x81" * 9)
    with pytest.raises(oc.InputError, match="encoding"):
        read(file)


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_delimited_delimiter_is_detected(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "meeting.tsv"
    file.write_text(
        f"编号{delimiter}会议类型{delimiter}召开日期\nm{delimiter}常务会议{delimiter}2018-01-05\n", encoding="utf-8"
    )
    assert read(file).tables["meeting"].records()["kind"].to_list() == ["executive"]


def test_delimited_quoted_line_breaks_keep_line_numbers(tmp_path: Path) -> None:
    file = tmp_path / "公文.csv"
    file.write_text('编号,标题,成文日期\n1,"两\n行",2018-01-02\n2,单行,2018-02-30\n', encoding="utf-8")
    rejected = read(file).rejected
    assert [r.place.row for r in rejected] == [4]
