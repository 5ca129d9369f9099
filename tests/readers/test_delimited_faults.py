"""Text tables as they come: quotation marks that are not closed, delimiters, broken bytes; alike in both readers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.encoding import decode, detect_encoding
from opencheck.readers import delimited, read
from opencheck.readers.delimited import find_delimiter
from opencheck.records.dataset import ROW, SRC, Dataset

HEAD = "编号,责任单位,标题,收到日期,答复日期,备注\n"
ROW_2 = "2,市局,乙,2018-01-05,2018-12-20,\n"
ROW_3 = "3,市局,丙,2018-01-05,2018-12-20,\n"


@pytest.fixture(params=["memory", "large"])
def reader(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | bytes], Dataset]:
    """Reads a text as 依申请公开.csv, in memory or as a file larger than memory."""
    carrier: Any = None
    if request.param == "large":
        carrier = request.getfixturevalue("duck")
        monkeypatch.setattr(delimited, "STREAMING_THRESHOLD_BYTES", 0)

    def read_text(content: str | bytes) -> Dataset:
        file = tmp_path / "依申请公开.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(file, carrier=carrier)

    return read_text


def ids(data: Dataset) -> list[tuple[str, int]]:
    return data.tables["request"].records().select("id", ROW).rows()


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('1,市局,"关于甲的申请,2018-11-05,2018-11-20,\n' + ROW_2 + ROW_3, 2),
        ('1,市局,甲,2018-11-05,2018-11-20,"口头答复\n' + ROW_2 + ROW_3, 2),
        (ROW_2 + '1,市局,甲,2018-11-05,2018-11-20,"5英寸\n' + ROW_3, 3),
        ('1,市局,甲,2018-11-05,2018-11-20,"口头\n' + ROW_2.rstrip() + '口头"\n' + ROW_3, 2),
        ('1,市局,"甲,2018-11-05,2018-11-20,\n' + ROW_2 + '3,市局,丙",2018-01-05,2018-12-20,\n', 2),
        ('1,市局,"甲"乙,2018-11-05,2018-11-20,\n' + ROW_2, 2),
        (ROW_2 + '3,市局,"丙', 3),
    ],
)
def test_stray_quotation_mark_is_an_error_with_its_line(reader: Callable[[str], Dataset], rows: str, line: int) -> None:
    with pytest.raises(oc.InputError, match=f"第{line}行不成行") as found:
        reader(HEAD + rows)
    assert (found.value.code, found.value.row) == ("not_a_row", line)


def test_quotation_marks_that_stray_nowhere_are_read(reader: Callable[[str], Dataset]) -> None:
    rows = '1,市局,"甲，""乙""\n与,丙",2018-11-05,2018-11-20,5"屏幕\n\n' + ROW_2
    data = reader(HEAD + rows)
    assert ids(data) == [("1", 2), ("2", 5)], "a row is where its first line is"
    assert data.tables["request"].records()["note"].to_list() == ['5"屏幕', None]
    assert data.tables["request"].records()["title"].to_list() == ['甲，"乙" 与,丙', "乙"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_lines_are_read(reader: Callable[[bytes], Dataset], encoding: str, end: str) -> None:
    data = reader((HEAD + ROW_2 + ROW_3).replace("\n", end).encode(encoding))
    assert ids(data) == [("2", 2), ("3", 3)]
    assert data.tables["request"].records()["unit"].to_list() == ["市局", "市局"]


@pytest.mark.parametrize("byte", [b"\xe5", b"\xff", b"\xe5\xb8"])
def test_broken_byte_is_placed(reader: Callable[[bytes], Dataset], byte: bytes) -> None:
    with pytest.raises(oc.InputError, match="第3行") as found:
        reader((HEAD + ROW_2).encode() + ROW_3.encode().replace("市局".encode(), byte))
    assert (found.value.code, found.value.row, found.value.found) == ("unknown_encoding", 3, f"0x{byte[:1].hex()}")


def test_broken_byte_far_from_the_beginning_is_placed(reader: Callable[[bytes], Dataset]) -> None:
    many = "".join(f"{i},市局,甲,2018-01-05,2018-12-20,{'备' * 20}\n" for i in range(30_000))
    with pytest.raises(oc.InputError, match="第30002行"):
        reader((HEAD + many).encode() + b"x,\xff,\n")


def test_unclosed_quotation_mark_far_from_the_beginning_is_an_error(reader: Callable[[str], Dataset]) -> None:
    many = "".join(f"{i},市局,甲,2018-01-05,2018-12-20,\n" for i in range(60_000))
    with pytest.raises(oc.InputError, match="第60002行"):
        reader(HEAD + many + '60000,市局,"甲,2018-01-05,2018-12-20,\n' + ROW_2)


def test_what_ends_lines_elsewhere_ends_none_here(reader: Callable[[str], Dataset]) -> None:
    data = reader(HEAD + "1,市局,甲\u2028乙\u0085丙\x0b丁,2018-01-05,2018-12-20,\n" + ROW_2)
    assert ids(data) == [("1", 2), ("2", 3)]


def test_lines_that_are_no_records_are_listed(reader: Callable[[str], Dataset]) -> None:
    data = reader(HEAD + ROW_2 + HEAD + "合计,,2件,,,\n*5,,,2018-01-05,,\n填表人：张某,,,审核人：李某,,\n※以上为全年,,,,,\n")
    assert ids(data) == [("2", 2), ("*5", 5)]
    assert [(i.place.row, i.code) for i in data.ignored] == [(3, "header_again"), (4, "total"), (6, "note"), (7, "note")]


def test_row_with_cells_beyond_the_header_is_refused_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "依申请公开.csv"
    file.write_text(
        HEAD + "1,市局,甲,乙,2018-11-05,2018-11-20,\n" + ROW_2.rstrip() + ",,\n1b,市局,甲,2018-11-05,2018-11-20,无,好\n"
    )
    data = read(file)
    assert ids(data) == [("2", 3)]
    assert [(r.place.row, r.problems[0].code) for r in data.rejected] == [(2, "date"), (4, "too_many_cells")]


@pytest.mark.parametrize("first", ["合计报表公开", "小计单位", "总数据开放", "备注说明制度", "*星级评定", "说明：公开事项"])
def test_title_that_begins_like_a_total_or_note_is_a_record(reader: Callable[[str], Dataset], first: str) -> None:
    data = reader(f"标题,责任单位,收到日期\n{first},市局,2018-01-05\n")
    assert data.rows == {"read": 1, "checked": 1, "rejected": 0}
    assert data.tables["request"].records()["title"].to_list() == [first]


@pytest.mark.parametrize("first", ["合计", "小 计", "总计：", "本页合计", "合计：35件", "共计（2 份）"])
def test_total_is_the_whole_cell(reader: Callable[[str], Dataset], first: str) -> None:
    data = reader(f"标题,责任单位,收到日期\n{first},12,\n甲,市局,2018-01-05\n")
    assert [i.code for i in data.ignored] == ["total"]
    assert data.rows["read"] == 1


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiter_is_that_of_the_header(tmp_path: Path, delimiter: str) -> None:
    other = "，、" + ",;|\t".replace(delimiter, "")
    rows = [["编号", "责任单位", "包含要素", "公开日期"], ["1", "市局", other.join("abcdefgh"), "2018-06-01"]]
    file = tmp_path / "公开信息.csv"
    file.write_text("公开信息台账，2018;a;b;c;d\n" + "".join(delimiter.join(row) + "\n" for row in rows), encoding="utf-8")
    found = read(file).tables["disclosure"].records()
    assert found.select("id", "published_on").drop(ROW, SRC, strict=False).rows() == [("1", date(2018, 6, 1))]


def test_delimiter_of_unknown_headings_is_that_of_the_first_wide_line() -> None:
    assert find_delimiter(["台账", "甲,乙,丙", "a;b;c;d;e,,"]) == ","
    assert find_delimiter([]) == ","


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=3), st.sampled_from(["gb18030", "utf-8"]))
def test_broken_utf8_is_not_seen_in_gb18030(text: str, encoding: str) -> None:
    content = f"编号,{text}\n".encode(encoding)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        assert decode(content, "x") == content.decode("gb18030")
    assert detect_encoding(content, "x")


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('2,市局,"甲\n乙, 丙, 丁",2018-01-05,2018-12-20,"说明, 两处"\n', ("甲 乙, 丙, 丁", "说明, 两处")),
        ('2,市局,"一, 二, 三\n四, 五",2018-01-05,2018-12-20,\n', ("一, 二, 三 四, 五", None)),
        ('2,市局,="001",="2018-01-05",="2018-12-20",\n', ("001", None)),
        ('2,市局,"=""001""","=""2018-01-05""","=""2018-12-20""",\n', ("001", None)),
        ('2, 市局, "甲, 乙", 2018-01-05, "2018-12-20",\n', ("甲, 乙", None)),
        ('2,市局,5" 管道,2018-01-05,2018-12-20,\n', ('5" 管道', None)),
    ],
)
def test_cell_in_quotation_marks_is_what_stands_in_them(
    reader: Callable[[str | bytes], Dataset], line: str, cells: tuple[str, str | None]
) -> None:
    data = reader(HEAD + line + ROW_3)
    assert data.rows == {"read": 2, "checked": 2, "rejected": 0}
    found = data.tables["request"].records(["title", "note", "received_on", "replied_on"])
    assert found.select("title", "note", "received_on", "replied_on").rows()[0] == (
        *cells,
        date(2018, 1, 5),
        date(2018, 12, 20),
    )
