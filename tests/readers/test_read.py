"""Ledgers in every form."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest

import opencheck as oc
from engine_reports import PACKS, by_facts, one_of_a_kind
from judged_together import is_long_search
from opencheck.api.check import check_records
from opencheck.readers import delimited, read
from opencheck.records import TABLES
from opencheck.records.dataset import ROW, SRC
from opencheck.rules.rule import Rule
from pingdu_rules import PACK

AS_OF = "2018-12-31"


def told(report: oc.Report) -> set[str]:
    """Every finding by its facts, and one of a kind in its sentences, without its place, which the form decides."""
    found = [by_facts(f) for f in report.findings()]
    for one in found:
        for place in ("rows", "all_rows"):
            one["facts"].pop(place, None)
    for finding in one_of_a_kind(f for f in report.findings() if f.is_reported):
        found.append(finding.as_dict())
        if finding.rows:  # what is said of a column names its rows
            found[-1] |= {"rows": None, "message": None, "explanation": None}
    for one in found:
        del one["source"], one["id"]  # the id is of the sheet
    return {json.dumps(one, ensure_ascii=False, default=str, sort_keys=True) for one in found}


def findings(source: Any, **more: Any) -> set[str]:
    return told(oc.check(source, as_of=AS_OF, include_all=True, **more))


@pytest.fixture(scope="module")
def tables(ledger: Path) -> dict[str, pl.DataFrame]:
    """The example ledger's usable rows as typed frames: of large tables every third."""
    frames = {name: t.records().drop(ROW, SRC) for name, t in read(ledger).tables.items()}
    return {name: frame if len(frame) < 30 else frame.gather_every(3) for name, frame in frames.items()}


def chinese_rows(name: str, frame: pl.DataFrame) -> list[dict[str, Any]]:
    zh = {f: spec.column.label_zh for f, spec in TABLES[name].fields.items()}
    return [
        {
            zh[f]: "；".join(v) if isinstance(v, list) else "是" if v is True else "否" if v is False else v
            for f, v in row.items()
        }
        for row in frame.to_dicts()
    ]


def few_rules() -> list[str]:
    """Of each table the rule that reads the most fields."""
    most: dict[str, Rule] = {}
    for bound in PACK.rules.values():
        rule = bound.rule
        if len(rule.required_fields()) > len(most.setdefault(rule.on, rule).required_fields()):
            most[rule.on] = rule
    return [rule.id for rule in most.values()]


JUDGED = {"xlsx", "parquet", "parquet of text", "lazy"}
"""A workbook, and what is read as it is judged. Other sources are records in memory by then, which are the same already."""


@pytest.mark.slow
def test_read_every_form_gives_the_same_records_and_findings(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    """In every form the same value in each field of each record; and the same findings, by every rule in the long search."""
    records = {name: frame.sort("id") for name, frame in tables.items()}
    rules = None if is_long_search() else few_rules()
    expected = findings(dict(tables.items()), rules=rules)
    assert len(expected) > (500 if is_long_search() else 50)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for folder in ("csv", "utf8", "jsonl", "parquet", "typed"):
        (tmp_path / folder).mkdir()
    for name, frame in tables.items():
        rows = chinese_rows(name, frame)
        sheet = book.create_sheet(TABLES[name].label_zh)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in row.values()])
        text = pl.DataFrame([{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]).write_csv()
        (tmp_path / "csv" / f"{TABLES[name].label_zh}.csv").write_bytes(text.encode("gb18030"))
        (tmp_path / "utf8" / f"{name}.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
        lines = [json.dumps(row, ensure_ascii=False, default=str) for row in frame.to_dicts()]
        (tmp_path / "jsonl" / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        pl.DataFrame(
            [{k: None if v is None else str(v) for k, v in row.items()} for row in rows], infer_schema_length=None
        ).write_parquet(tmp_path / "parquet" / f"{name}.parquet")
        frame.write_parquet(tmp_path / "typed" / f"{name}.parquet")
    book.save(tmp_path / "ledger.xlsx")
    (tmp_path / "one.json").write_text(json.dumps({n: f.to_dicts() for n, f in tables.items()}, default=str), encoding="utf-8")
    models = [TABLES[n].model(**row) for n, frame in tables.items() for row in frame.to_dicts()]
    forms: dict[str, Any] = {
        "xlsx": tmp_path / "ledger.xlsx",
        "gb18030 csv": tmp_path / "csv",
        "utf-8 csv with bom": tmp_path / "utf8",
        "jsonl": tmp_path / "jsonl",
        "json": tmp_path / "one.json",
        "parquet of text": tmp_path / "parquet",
        "parquet": tmp_path / "typed",
        "dicts": {n: f.to_dicts() for n, f in tables.items()},
        "chinese dicts": {TABLES[n].label_zh: chinese_rows(n, f) for n, f in tables.items()},
        "models": models,
        "pandas": {n: pd.DataFrame(f.to_dicts()).astype(object) for n, f in tables.items()},
        "arrow": {n: f.to_arrow() for n, f in tables.items()},
        "lazy": {n: f.lazy() for n, f in tables.items()},
    }
    for name, source in forms.items():
        data = read(source)
        assert not data.rejected, (name, data.rejected[:3])
        for table, frame in records.items():
            found = data.tables[table].records().select(frame.columns).sort("id")
            assert found.equals(frame), (name, table)
        if name in JUDGED or is_long_search():
            assert told(check_records(data, packs=PACKS, as_of=AS_OF, rules=rules, include_all=True)) == expected, name


def test_read_unreadable_file_is_refused(tmp_path: Path) -> None:
    cases = {
        "a.xlsx": b"not a workbook",
        "b.parquet": b"PAR1 nothing",
        "c.json": b"{",
        "d.json": b'{"disclosure": 3}',
        "e.json": b'{"nothing": []}',
        "f.docx": b"x",
        "g.csv": "甲,乙\n1,2\n".encode(),
    }
    for name, content in cases.items():
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(oc.InputError) as error:
            read(file)
        assert name in str(error.value)
        assert (
            "accepted" in str(error.value)
            or "expected" in str(error.value)
            or "JSON" in str(error.value)
            or "read" in str(error.value)
        )
    with pytest.raises(oc.InputError, match="no such file"):
        read(tmp_path / "none.xlsx")
    (tmp_path / "empty").mkdir()
    with pytest.raises(oc.InputError, match="no readable file"):
        read(tmp_path / "empty")
    for source in (3, b"bytes", {"nothing": []}):
        with pytest.raises(oc.InputError):
            read(source)
    assert read(pl.DataFrame({"x": [1]})).rows == {"read": 1, "checked": 0, "rejected": 1}


def test_read_several_sources_keep_ids_unique(tmp_path: Path) -> None:
    first = {"公文": [{"编号": "1", "成文日期": "2018-01-02"}]}
    second = {"公文": pl.DataFrame({"id": ["1", "2"], "signed_on": [date(2018, 1, 3)] * 2})}
    data = read(first, second)
    assert data.rows == {"read": 3, "checked": 2, "rejected": 1}
    assert data.rejected[0].problems[0].code == "duplicate_id"
    assert read(second, first).rows == {"read": 3, "checked": 2, "rejected": 1}


MONTHS = {
    "9月公文.csv": [["1", "甲", "平政发〔2018〕1号", "2018-09-03"], ["2", "乙", "平政发〔2018〕2号", "2018-09-03"]],
    "10月公文.csv": [["1", "丙", "平政发〔2018〕3号", "2018-10-10"]],
}


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(
    ("refers", "outcomes"),
    [
        ("平政发〔2018〕3号", {"甲": "violation", "乙": "violation", "丙": "pass"}),
        ("2", {"甲": "violation", "乙": "violation", "丙": "violation"}),
        ("1", {"甲": "indeterminate", "乙": "violation", "丙": "indeterminate"}),
    ],
)
def test_documents_of_two_months_that_are_both_numbered_from_1_are_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, duck: Any, large: bool, refers: str, outcomes: dict[str, str]
) -> None:
    """A number that two sheets have refers to neither document for certain; a document's own number does."""
    for name, rows in MONTHS.items():
        lines = ["序号,文件标题,文号,公布日期,政策性文件,公开属性", *(",".join([*row, "是", "主动公开"]) for row in rows)]
        (tmp_path / name).write_text("\n".join(lines) + "\n", "utf-8")
    (tmp_path / "政策解读.csv").write_text(f"序号,文件编号,解读日期\n1,{refers},2018-10-15\n", "utf-8")
    if large:
        monkeypatch.setattr(delimited, "STREAMING_THRESHOLD_BYTES", 0)
    report = oc.check(tmp_path, as_of="2018-12-31", rules="PD-9.4", include_all=True, engine="duckdb" if large else "polars")
    assert report.rows == {"read": 4, "checked": 4, "rejected": 0}
    assert {f.title: str(f.outcome) for f in report.findings()} == outcomes


def test_serial_number_that_comes_again_in_its_sheet_is_refused() -> None:
    rows = [{"序号": "1", "标题": "甲"}, {"序号": "1", "标题": "乙"}]
    assert read({"公文": rows}).rows == {"read": 2, "checked": 1, "rejected": 1}


def test_read_missing_ids_are_made() -> None:
    data = read({"meeting": [{"kind": "常务会议", "held_on": "2018-01-02"}]})
    assert data.tables["meeting"].records()["id"].to_list() == ["会议-1"]
    for rows in ([{"title": "x", "signed_on": "2018-01-02"}], pl.DataFrame({"title": ["x"], "signed_on": [date(2018, 1, 2)]})):
        assert read({"document": rows}).tables["document"].records()["id"].to_list() == ["公文-1"]


def test_read_made_ids_of_referenced_tables_differ_between_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("文号,成文日期\n平政发〔2018〕1号,2018-01-02\n", encoding="utf-8")
    data = read(tmp_path / "a.csv", tmp_path / "b.csv")
    assert data.rows == {"read": 2, "checked": 2, "rejected": 0}
    assert data.tables["document"].records()["id"].to_list() == ["a.csv-2", "b.csv-2"]


def test_read_made_ids_leave_references_to_nothing_open() -> None:
    """An interpretation that names a document by a number that the table does not have may be this document's: nobody is accused."""
    document = {"is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28", "unit": "市财政局"}
    interpretation = {"document_id": "1", "published_on": "2018-09-29", "unit": "市财政局"}
    report = oc.check({"document": [document], "interpretation": [interpretation]}, as_of=AS_OF, rules=["PD-9.4"])
    assert [f.outcome for f in report.findings()] == ["indeterminate"]
