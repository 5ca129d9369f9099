"""Every line is accounted for, whatever it holds: checked, rejected with its reasons, or listed as no record; never two of these, never none."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opencheck.readers import delimited, read
from opencheck.records.dataset import REJECTED, ROW, Dataset

HEADS = ["编号", "责任单位", "收到日期", "答复日期", "replied_on", "备注"]
TEXT = st.sampled_from(
    ["市财政局", "无", "合计", "示例", "填表人：张某", "*5", "甲,乙", "甲\n乙", '甲"乙', "　", "详见附件", "=1+1"]
)
DAY = st.sampled_from(["2018-11-05", "2018年11月5日", "2018-02-30", "未答复", "12月", "43409", "#N/A", "一0日"])
CELL = st.one_of(st.none(), TEXT, DAY)
RECORD = st.tuples(
    st.one_of(st.none(), st.sampled_from("1122345")), CELL, DAY, st.one_of(st.none(), DAY), st.one_of(st.none(), DAY), CELL
)
TOTAL = st.just(("合计", None, None, None, None, "3"))
NOTE = st.just(("填表人：张某", None, None, None, None, None))
AGAIN = st.just(tuple(HEADS))
BLANK = st.just((None,) * 6)
LINES = st.lists(st.one_of(RECORD, RECORD, RECORD, TOTAL, NOTE, AGAIN, BLANK), max_size=12).map(
    lambda ls: [list(line) for line in ls]
)


def is_blank(line: list[Any]) -> bool:
    return all(cell is None or not cell.strip(" \u3000") for cell in line)


def accounted(data: Dataset) -> tuple[list[int], list[int], list[int]]:
    """The rows that are checked, rejected and listed as no record."""
    assert data.rows["read"] == data.rows["checked"] + data.rows["rejected"]
    checked = [r for t in data.tables.values() for b in t.batches(t.present) for r in b.filter(~pl.col(REJECTED))[ROW]]
    rejected = [r.place.row or 0 for r in data.rejected]
    assert (len(checked), len(rejected)) == (data.rows["checked"], data.rows["rejected"])
    columns = {"unknown_column", "second_column", "overruled_column"}
    return checked, rejected, [i.place.row or 0 for i in data.ignored if i.code not in columns]


def write_xlsx(path: Path, lines: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "依申请公开"
    for number, line in enumerate([HEADS, *lines], 1):
        for column, cell in enumerate(line, 1):
            if cell is not None:
                book.worksheets[0].cell(number, column, cell).data_type = "s"
    book.save(path)


def write_xls(path: Path, lines: list[list[Any]]) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("依申请公开")
    for number, line in enumerate([HEADS, *lines]):
        for column, cell in enumerate(line):
            if cell is not None:
                sheet.write(number, column, cell)
    book.save(str(path))


def write_html(path: Path, lines: list[list[Any]]) -> None:
    rows = ["".join(f"<td>{c or ''}</td>" for c in line) for line in (HEADS, *lines)]
    path.write_text(f"<table><caption>依申请公开</caption>{''.join(f'<tr>{r}</tr>' for r in rows)}</table>", encoding="utf-8")


SHEETS: dict[str, Callable[[Path, list[list[Any]]], None]] = {".xlsx": write_xlsx, ".xls": write_xls, ".html": write_html}


@pytest.mark.parametrize("suffix", SHEETS)
def test_every_line_of_a_sheet_is_accounted_for_once(suffix: str) -> None:
    @settings(max_examples=5 if suffix == ".xls" else 20, suppress_health_check=[HealthCheck.differing_executors])
    @given(LINES)
    def holds(lines: list[list[Any]]) -> None:
        with TemporaryDirectory() as folder:
            file = Path(folder) / f"依申请公开{suffix}"
            SHEETS[suffix](file, lines)
            checked, rejected, listed = accounted(read(file))
        expected = [n for n, line in enumerate(lines, 2) if not is_blank(line)]
        assert sorted(checked + rejected + [row for row in listed if row]) == expected

    holds()


@pytest.mark.parametrize("large", [False, True])
def test_every_line_of_a_text_table_is_accounted_for_once(
    large: bool, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    carrier = request.getfixturevalue("duck") if large else None
    monkeypatch.setattr(delimited, "STREAMING_THRESHOLD_BYTES", 0)

    @settings(max_examples=20)
    @given(LINES)
    def holds(lines: list[list[Any]]) -> None:
        texts, numbers, line = [",".join(HEADS)], [], 2
        for cells in lines:
            text = ",".join("" if c is None else '"' + c.replace('"', '""') + '"' for c in cells)
            texts.append(text)
            if not is_blank(cells):
                numbers.append(line)
            line += 1 + text.count("\n")
        with TemporaryDirectory() as folder:
            file = Path(folder) / "依申请公开.csv"
            file.write_text("\n".join(texts) + "\n", encoding="utf-8")
            checked, rejected, listed = accounted(read(file, carrier=carrier))
        assert sorted(checked + rejected + listed) == numbers

    holds()


def frame(lines: list[list[Any]]) -> pl.DataFrame:
    return pl.DataFrame(lines, schema=dict.fromkeys(HEADS, pl.String), orient="row")


def parquet(folder: Path, lines: list[list[Any]]) -> Any:
    frame(lines).write_parquet(folder / "request.parquet")
    return folder / "request.parquet"


def arrow(folder: Path, lines: list[list[Any]]) -> Any:
    frame(lines).write_ipc(folder / "request.arrow", record_batch_size=3)
    return folder / "request.arrow"


def database(folder: Path, lines: list[list[Any]]) -> Any:
    own = sqlite3.connect(folder / "x.db")
    own.execute(f"create table request ({', '.join(HEADS)})")
    own.executemany(f"insert into request values ({', '.join('?' * len(HEADS))})", lines)
    own.commit()
    own.close()
    return folder / "x.db"


def jsonl(folder: Path, lines: list[list[Any]]) -> Any:
    (folder / "request.jsonl").write_text(
        "\n".join(json.dumps(dict(zip(HEADS, x, strict=True))) for x in lines), encoding="utf-8"
    )
    return folder / "request.jsonl"


def json_file(folder: Path, lines: list[list[Any]]) -> Any:
    (folder / "x.json").write_text(json.dumps({"request": [dict(zip(HEADS, x, strict=True)) for x in lines]}), encoding="utf-8")
    return folder / "x.json"


RECORDS: dict[str, Callable[[Path, list[list[Any]]], Any]] = {
    "dicts": lambda _, lines: {"request": [dict(zip(HEADS, line, strict=True)) for line in lines]},
    "polars": lambda _, lines: {"request": frame(lines)},
    "pandas": lambda _, lines: {"request": frame(lines).to_pandas()},
    "lazy": lambda _, lines: {"request": frame(lines).lazy()},
    "parquet": parquet,
    "arrow": arrow,
    "database": database,
    "jsonl": jsonl,
    "json": json_file,
}


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("carrier", [None, "duck"])
def test_every_record_of_a_source_is_checked_or_rejected(
    kind: str, carrier: str | None, request: pytest.FixtureRequest
) -> None:
    engine = request.getfixturevalue(carrier) if carrier else None

    @settings(max_examples=15)
    @given(LINES)
    def holds(lines: list[list[Any]]) -> None:
        with TemporaryDirectory() as folder:
            checked, rejected, _ = accounted(read(RECORDS[kind](Path(folder), lines), carrier=engine))
        assert sorted(checked + rejected) == list(range(1, len(lines) + 1))

    holds()


@given(
    st.lists(
        st.one_of(RECORD.map(list), st.sampled_from(["{", "[1]", "null", '"x"', '{"表": "没有这张表"}', "{}"])), max_size=8
    )
)
def test_every_line_of_json_is_checked_or_rejected(lines: list[Any]) -> None:
    texts = [line if isinstance(line, str) else json.dumps(dict(zip(HEADS, line, strict=True))) for line in lines]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "request.jsonl"
        file.write_text("\n".join(texts), encoding="utf-8")
        checked, rejected, _ = accounted(read(file))
    assert sorted(checked + rejected) == list(range(1, len(lines) + 1))
