"""Several columns for one field: the filled one counts, two that differ are a contradiction. Alike from every kind of source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest

import opencheck as oc
from opencheck.core.outcomes import Outcome
from opencheck.readers import delimited, read
from opencheck.records.dataset import ALL_CELLS

HEADS = ["编号", "单位", "收到日期", "答复日期", "replied_on", "责任单位"]
ROWS = [
    ["1", "市局", "2018-11-05", None, "2018-11-20", None],
    ["2", None, "2018-11-05", "2018-11-20", None, "市局"],
    ["3", "市局", "2018-11-05", "2018-11-20", "2018年11月20日", "市局办公室"],
    ["4", "市局", "2018-11-05", "2018-11-20", "2018-12-20", None],
    ["5", "市局", "2018-11-05", None, "12月", None],
    ["6", "市局", "2018-11-05", "无", "未答复", None],
]


def workbook(folder: Path) -> Any:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "依申请公开"
    for row in (HEADS, *ROWS):
        book.worksheets[0].append(row)
    book.save(folder / "x.xlsx")
    return folder / "x.xlsx"


def text(folder: Path) -> Any:
    lines = [",".join("" if c is None else c for c in row) for row in (HEADS, *ROWS)]
    (folder / "依申请公开.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "依申请公开.csv"


def frame() -> pl.DataFrame:
    return pl.DataFrame(ROWS, schema=dict.fromkeys(HEADS, pl.String), orient="row")


def parquet(folder: Path) -> Any:
    frame().write_parquet(folder / "request.parquet")
    return folder / "request.parquet"


SOURCES: dict[str, Callable[[Path], Any]] = {
    "workbook": workbook,
    "text": text,
    "dicts": lambda _: {"request": [dict(zip(HEADS, row, strict=True)) for row in ROWS]},
    "polars": lambda _: {"request": frame()},
    "pandas": lambda _: {"request": pd.DataFrame(ROWS, columns=HEADS)},
    "pandas, one name twice": lambda _: {
        "request": pd.DataFrame(ROWS, columns=[h if h != "replied_on" else "答复日期" for h in HEADS])
    },
    "parquet": parquet,
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("carrier", [None, "duck"])
def test_filled_column_counts_and_two_that_differ_are_refused(
    name: str, carrier: str | None, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    data = read(SOURCES[name](tmp_path), carrier=request.getfixturevalue(carrier) if carrier else None)
    found = data.tables["request"].records().select("id", "unit", "replied_on").sort("id").rows()
    assert found == [
        ("1", "市局", date(2018, 11, 20)),
        ("2", "市局", date(2018, 11, 20)),
        ("3", "市局办公室", date(2018, 11, 20)),
        ("6", "市局", None),
    ]
    assert {(r.values["id"], p.field, p.code) for r in data.rejected for p in r.problems} == {
        ("4", "replied_on", "contradiction"),
        ("5", "replied_on", "date"),
    }
    contradiction = next(p for r in data.rejected for p in r.problems if p.code == "contradiction")
    assert contradiction.found == "2018-11-20 / 2018-12-20"
    assert "second_column" in {i.code for i in data.ignored}


def test_contradiction_never_passes() -> None:
    """What depends on the rejected row cannot be judged."""
    rows = [{"id": "1", "document_id": "1", "published_on": "2018-09-04", "发布日期": "2018-12-04"}]
    document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    report = oc.check({"document": [document], "interpretation": rows}, as_of="2018-12-31", rules="PD-9.4")
    assert [f.outcome for f in report.findings()] == [Outcome.INDETERMINATE]


DOCUMENTS = [
    {"编号": "1", "公布日期": "2018-09-05", "网站发布时间": None},
    {"编号": "2", "公布日期": None, "网站发布时间": "2018-09-05"},
    {"编号": "3", "公布日期": "2018-09-05", "网站发布时间": "2018-09-28"},
]


def of_three_kinds(rows: list[dict[str, Any]], folder: Path) -> list[Any]:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "公文"
    for row in (list(rows[0]), *(list(row.values()) for row in rows)):
        book.worksheets[0].append(row)
    book.save(folder / "x.xlsx")
    return [folder / "x.xlsx", {"公文": rows}, {"公文": pl.DataFrame(rows)}]


def test_column_told_by_its_spelling_counts_beside_one_told_by_its_name(tmp_path: Path) -> None:
    for source in of_three_kinds(DOCUMENTS, tmp_path):
        data = read(source)
        found = data.tables["document"].records().select("id", "published_on").rows()
        assert found == [("1", date(2018, 9, 5)), ("2", date(2018, 9, 5))]
        assert [(r.place.row, [p.code for p in r.problems]) for r in data.rejected] in (
            [(3, ["contradiction"])],
            [(4, ["contradiction"])],
        )
        assert {h.text: (h.status, h.how) for h in data.headings if h.fields == ("published_on",)} == {
            "公布日期": ("mapped", "name"),
            "网站发布时间": ("second", "spelling"),
        }


def test_column_that_a_person_named_is_the_only_one(tmp_path: Path) -> None:
    """The other one means something else then: it fills no blank, and its values contradict nothing."""
    for source in of_three_kinds(DOCUMENTS, tmp_path):
        data = read(source, headings={"网站发布时间": "公布日期"})
        assert data.tables["document"].records()["published_on"].to_list() == [None, date(2018, 9, 5), date(2018, 9, 28)]
        assert data.rejected == []
        assert [(i.text, i.code) for i in data.ignored if i.code != "sheet"] == [("公布日期", "overruled_column")]


def test_two_columns_that_a_person_named_are_both_read(tmp_path: Path) -> None:
    rows = [{**row, "公布日期": None, "上网日": row["公布日期"]} for row in DOCUMENTS]
    asked = {"网站发布时间": "公布日期", "上网日": "公布日期"}
    for source in of_three_kinds(rows, tmp_path):
        data = read(source, headings=asked)
        assert data.rows == {"read": 3, "checked": 2, "rejected": 1}
        assert not [facts for name, facts in data.notes if name == "note.map_unused"]


@pytest.mark.parametrize(
    ("span", "last", "found"),
    [
        ("2018年9月1日至9月10日", None, (date(2018, 9, 1), date(2018, 9, 10))),
        ("2018年9月1日至今", "2018-09-12", (date(2018, 9, 1), date(2018, 9, 12))),
        (None, "2018-09-12", (None, date(2018, 9, 12))),
        ("2018年9月1日至9月10日", "2018-09-10", (date(2018, 9, 1), date(2018, 9, 10))),
        ("2018年9月1日至9月10日", "2018-09-12", None),
    ],
)
def test_first_and_last_day_in_one_cell_beside_the_last_day(
    span: str | None, last: str | None, found: tuple[date | None, date | None] | None
) -> None:
    rows = [{"编号": "1", "标题": "低保公示", "公示结束日期": last, "公示起止时间": span}]
    data = read({"公开信息": rows})
    records = data.tables["disclosure"].records().select("published_on", "posted_until").rows()
    assert records == ([found] if found is not None else [])
    assert [p.code for r in data.rejected for p in r.problems] == ([] if found is not None else ["contradiction"])


def test_one_header_twice_in_a_large_text(tmp_path: Path, duck: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "STREAMING_THRESHOLD_BYTES", 0)
    file = tmp_path / "登记.csv"
    file.write_text(
        "编号,来件日,回件日,回件日\n1,2018-11-05,,2018-11-20\n2,2018-11-05,2018-11-20,2018-12-20\n", encoding="utf-8"
    )
    data = read(file, carrier=duck, headings={"来件日": "收到日期", "回件日": "答复日期"})
    assert data.tables["request"].records().select("id", "replied_on").rows() == [("1", date(2018, 11, 20))]
    assert [p.code for r in data.rejected for p in r.problems] == ["contradiction"]


def test_text_of_a_further_column_is_among_all_cells() -> None:
    """What is searched for personal data is what the table shows."""
    rows = [{"编号": "1", "备注": "甲", "说明": "乙", "姓名": "丙"}]
    for source in ({"listing": rows}, {"listing": pl.DataFrame(rows)}):
        cells = next(iter(read(source).tables["listing"].batches([ALL_CELLS])))[ALL_CELLS][0]
        assert all(word in cells for word in ("甲", "乙", "丙"))
