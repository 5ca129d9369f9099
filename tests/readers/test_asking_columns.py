"""A column that asks whether something was done (是否延期) where the table wants the day: no is a blank, yes a day that is not told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest

import opencheck as oc
from opencheck.core.clock import SHANGHAI
from opencheck.records.tables import TABLES

REQUEST = {"申请内容": "某村征地批复", "收到日期": "2018-09-03", "答复日期": "2018-10-15"}
"""Answered on the 26th working day: in time only with an extension that was notified within the first fifteen."""
ANSWERS: list[tuple[Any, str | None, str]] = [
    ("是", None, "indeterminate"),
    ("√", None, "indeterminate"),
    ("已延期。", None, "indeterminate"),
    ("不详", None, "indeterminate"),
    ("是，延期至10月底", None, "indeterminate"),
    ("否", None, "violation"),
    ("×", None, "violation"),
    ("未延期", None, "violation"),
    ("/", None, "violation"),
    (None, None, "violation"),
    ("2018-09-20", None, "pass"),
    ("是", "2018-09-20", "pass"),
    (None, "2018-09-20", "pass"),
    ("否", "2018-09-20", "indeterminate"),
    ("是", "2018-10-11", "violation"),
]
OF_TYPES: list[tuple[Any, str | None, str]] = [
    (True, None, "indeterminate"),
    (False, None, "violation"),
    (None, None, "violation"),
    (True, "2018-09-20", "pass"),
    (False, "2018-09-20", "indeterminate"),
]


def requests(answers: list[tuple[Any, str | None, str]]) -> list[dict[str, Any]]:
    return [
        {"编号": f"{at:02}", **REQUEST, "是否延期": answer, "延期告知日期": day} for at, (answer, day, _) in enumerate(answers)
    ]


def outcomes(source: Any, engine: Any = "polars") -> list[str]:
    report = oc.check(source, as_of="2018-12-31", rules=["PD-15.3"], include_all=True, engine=engine)
    assert report.rows["rejected"] == 0
    return [str(f.outcome) for f in sorted(report.findings(), key=lambda f: str(f.record_id))]


def as_file(rows: list[dict[str, Any]], path: Path) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.active.title = "依申请公开"
        for row in [list(rows[0]), *map(list, (row.values() for row in rows))]:
            book.active.append(row)
        book.save(path)
        return path
    frame = pl.DataFrame(rows, infer_schema_length=None)
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return path


@pytest.mark.parametrize("kind", ["dicts", "pandas", "xlsx", "csv", "parquet", "duckdb"])
def test_answers_in_words(kind: str, tmp_path: Path) -> None:
    rows, expected = requests(ANSWERS), [outcome for *_, outcome in ANSWERS]
    if kind == "dicts":
        assert outcomes({"request": rows}) == expected
    elif kind == "pandas":
        assert outcomes({"request": pd.DataFrame(rows)}) == expected
    else:
        suffix = "parquet" if kind == "duckdb" else kind
        path = as_file(rows, tmp_path / f"依申请公开.{suffix}")
        assert outcomes(path, "duckdb" if kind == "duckdb" else "polars") == expected


@pytest.mark.parametrize("kind", ["dicts", "numbers", "xlsx", "parquet", "numbers in parquet"])
def test_answers_of_other_types(kind: str, tmp_path: Path) -> None:
    """Booleans, and the 1 and 0 of databases that have none."""
    rows, expected = requests(OF_TYPES), [outcome for *_, outcome in OF_TYPES]
    if kind.startswith("numbers"):
        rows = [row | {"是否延期": None if row["是否延期"] is None else int(row["是否延期"])} for row in rows]
    if kind in ("dicts", "numbers"):
        assert outcomes({"request": rows}) == expected
    else:
        assert outcomes(as_file(rows, tmp_path / f"依申请公开.{kind.split()[-1]}")) == expected


def test_what_was_read_is_told() -> None:
    report = oc.check({"request": requests(ANSWERS)}, as_of="2018-12-31", rules=["PD-15.3"])
    said = {f.record_id: f.message.zh for f in report.findings()}
    assert "“延期告知日期”写的是“是”，是哪一天看不出" in said["00"]
    assert "“延期告知日期”填的“是，延期至10月底”不在词表里，无法判断；可用：是、否" in said["04"]
    assert "“是否延期”列为否、“延期告知日期”列为2018-09-20" in said["13"]
    notes = " ".join(n["zh"] for n in report.to_dict()["notes"])
    assert "4行的“延期告知日期”写的是“" in notes
    assert "没有用到" not in notes


@pytest.mark.parametrize(
    ("header", "answer", "expected"),
    [
        ("是否答复", "是", "indeterminate"),
        ("是否已答复（是/否）", "是", "indeterminate"),
        ("是否答复", "否", "violation"),
        ("答复日期", "已答复", "indeterminate"),
        ("答复日期", "未答复", "violation"),
        ("答复日期", "申请人已撤回", "indeterminate"),
        ("答复日期", "撤回申请", "indeterminate"),
        ("答复日期", "不予受理", "indeterminate"),
        ("答复日期", "已转市国土局办理", "indeterminate"),
        ("是否答复", "不予受理", "indeterminate"),
        ("答复日期", "未受理", "violation"),
        ("答复日期", "无需", "violation"),
    ],
)
def test_reply_without_its_day(header: str, answer: str, expected: str) -> None:
    row = {"编号": "1", "申请内容": "某村征地批复", "收到日期": "2018-09-03", header: answer}
    assert outcomes({"request": [row]}) == [expected]


@pytest.mark.parametrize("header", ["是否补正", "是否征求第三方意见"])
@pytest.mark.parametrize(("answer", "expected"), [("是", "indeterminate"), ("否", "violation")])
def test_what_stops_the_time_limit(header: str, answer: str, expected: str) -> None:
    assert outcomes({"request": [{"编号": "1", **REQUEST, header: answer}]}) == [expected]


def test_preflight_takes_the_answer() -> None:
    record = {k: v for k, v in requests([("是", None, "")])[0].items() if v is not None}
    found = oc.preflight(record, table="request", as_of="2018-12-31")
    assert "PD-15.3" in {f.rule for f in found.findings if str(f.outcome) == "indeterminate"}


def test_which_headers_ask() -> None:
    request, document, meeting = TABLES["request"], TABLES["document"], TABLES["meeting"]
    assert [request.resolve_header(h) for h in ("是否延期", "是否答复", "有无补正告知", "是否登记", "是否受理")] == [
        "extension_notified_on", "replied_on", "correction_notified_on", "registered_on", None
    ]  # fmt: skip
    # What a header is known for goes first: in documents this one asks for the disclosure attribute, in meetings for the opinion on openness.
    assert document.resolve_header("是否公开") is None
    assert meeting.resolve_header("是否公开") == "openness_opinion"
    assert [request.resolve_header(h) for h in ("是否需要补正", "是否", "是否公开")] == [None, None, None]


def test_what_a_day_may_say_under_either_header() -> None:
    day = TABLES["request"].fields["replied_on"]
    moment = TABLES["opinion_case"].fields["responded_at"].under("是否回应")
    assert [day.read(text) for text in ("已答复", "是", "2018-09-03")] == [None, None, date(2018, 9, 3)]
    assert [day.leaves_open(text) for text in ("已答复", "是", "未答复", "不详", "")] == [True, True, False, False, False]
    assert moment.read(datetime(2018, 9, 3, 8, 30)) == datetime(2018, 9, 3, 8, 30, tzinfo=SHANGHAI)
