"""Several subjects in a cell: each is found, and what a cell leaves open accuses nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

import opencheck as oc
from opencheck.rules.subject_names import SubjectNames
from pingdu_rules import check

SEPTEMBER = {"covers": {"from": "2018-09-01", "to": "2018-09-30"}}
ROSTER = [{"id": n, "topic": "集中式饮用水水源水质", "subject": n} for n in ("尹府水库", "黄山水库")]


def waters(subject: str | None, roster: list[dict[str, Any]] = ROSTER, **more: Any) -> dict[str | None, str]:
    """Of each water source what is said of September, with one record of it."""
    record = {"id": "1", "topic": "集中式饮用水水源水质", "subject": subject, "period": "2018-09", "published_on": "2018-10-10"}
    tables = {"disclosure": [{**record, **more}], "roster": roster}
    report = oc.check(tables, as_of="2018-12-31", rules=["PD-8-7.2"], parameters=SEPTEMBER, include_all=True)
    return {f.subject: str(f.outcome) for f in report.findings()}


@pytest.mark.parametrize(
    "cell",
    [
        "尹府水库、黄山水库", "尹府水库\n黄山水库", "尹府水库\r\n黄山水库\r\n", "尹府水库 黄山水库", "尹府水库　黄山水库", "尹府水库和黄山水库",
        "黄山水库及尹府水库", "尹府水库与黄山水库", "（1）尹府水库（2）黄山水库", "(1)尹府水库\n(2)黄山水库", "①尹府水库②黄山水库", "1.尹府水库 2.黄山水库",
        "尹府水库，黄山水库等", "尹府水库和黄山水库等2处", "黄山\n水库、尹府水库", "1、尹府水库\n2、黄山水库",
    ],
)  # fmt: skip
def test_each_of_several_subjects_in_a_cell_counts(cell: str) -> None:
    assert waters(cell) == {"尹府水库": "pass", "黄山水库": "pass"}


@pytest.mark.parametrize(
    ("cell", "first", "second"),
    [
        ("尹府水库等2处", "pass", "indeterminate"),
        ("尹府水库等", "pass", "indeterminate"),
        ("尹府水库等水源地", "pass", "indeterminate"),
        ("某某水库等3处", "indeterminate", "indeterminate"),
        ("全部", "indeterminate", "indeterminate"),
        ("2个水源地", "indeterminate", "indeterminate"),
        ("两处", "indeterminate", "indeterminate"),
        ("全市水源地", "indeterminate", "indeterminate"),
        ("尹府水库水源地", "indeterminate", "violation"),
        ("尹府、黄山水库", "indeterminate", "pass"),
        ("尹府水库和某某水库", "indeterminate", "violation"),
        ("尹府水库\n某某水库", "pass", "violation"),
        ("云山水库", "violation", "violation"),
    ],
)
def test_what_a_cell_leaves_open_accuses_nobody(cell: str, first: str, second: str) -> None:
    assert waters(cell) == {"尹府水库": first, "黄山水库": second}


def test_finding_that_is_open_names_the_record_and_the_field() -> None:
    record = {
        "id": "7",
        "topic": "集中式饮用水水源水质",
        "subject": "尹府水库水源地",
        "period": "2018-09",
        "published_on": "2018-10-10",
    }
    report = oc.check({"disclosure": [record], "roster": ROSTER}, as_of="2018-12-31", rules=["PD-8-7.2"], parameters=SEPTEMBER)
    [found] = report.findings("indeterminate")
    assert found.missing == ("disclosure.subject",)
    assert "编号7" in found.message.zh
    assert "公开对象" in found.message.zh


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        (None, "缺少“公开对象”"),
        ("全市水源地", "“公开对象”填写的内容不足以判断"),
        ("尹府水库水源地", "“公开对象”填写的内容不足以判断"),
    ],
)
def test_finding_that_is_open_tells_a_blank_subject_from_one_that_names_nobody(subject: str | None, told: str) -> None:
    row = {"id": "1", "topic": "集中式饮用水水源水质", "subject": subject, "period": "2018-09", "published_on": "2018-10-10"}
    found = check("PD-8-7.2", {"disclosure": [row], "roster": ROSTER}, date(2018, 12, 31), **SEPTEMBER)
    assert next(f.message.zh for f in found if f.subject == "尹府水库").endswith(f"但{told}")


def test_late_record_of_several_is_late_for_each() -> None:
    assert waters("尹府水库\n黄山水库", published_on="2018-11-10") == {"尹府水库": "violation", "黄山水库": "violation"}
    assert waters("尹府水库水源地", published_on="2018-11-10")["尹府水库"] == "indeterminate"  # it is there, though late


@pytest.mark.parametrize("cell", ["9所学校", "义务教育阶段学校", "全市中小学", "各义务教育学校", "全部学校"])
def test_schools_that_are_counted_but_not_named_are_open(cell: str) -> None:
    roster = [{"id": n, "topic": "education.admission", "subject": n} for n in ("实验小学", "第二中学")]
    record = {
        "topic": "education.admission",
        "subject": cell,
        "published_on": "2018-06-10",
        "period": "2018",
        "level": "county",
    }
    found = check(
        "PD-8-5.1", {"roster": roster, "disclosure": [{"id": "1", **record, "elements": ["招生范围"]}]}, date(2018, 12, 31)
    )
    assert {f.subject: str(f.outcome) for f in found} == {"实验小学": "indeterminate", "第二中学": "indeterminate"}


@pytest.mark.parametrize(
    ("elements", "outcome", "missing"),
    [
        (["招生范围"], "violation", ()),  # the other school holds that by itself
        (["招生条件", "招生程序"], "indeterminate", ("disclosure.subject",)),
        (None, "indeterminate", ("disclosure.elements", "disclosure.subject")),
    ],
)
def test_record_of_one_school_and_others_completes_another_only_by_what_it_holds(
    elements: list[str] | None, outcome: str, missing: tuple[str, ...]
) -> None:
    roster = [{"id": n, "topic": "education.admission", "subject": n} for n in ("实验小学", "第二中学")]
    record = {"topic": "education.admission", "published_on": "2018-06-10", "period": "2018", "level": "county"}
    rows = [
        {"id": "1", **record, "subject": "实验小学等2所", "elements": elements},
        {"id": "2", **record, "subject": "第二中学", "elements": ["招生范围"]},
    ]
    found = check("PD-8-5.1", {"roster": roster, "disclosure": rows}, date(2018, 12, 31))
    (second,) = [f for f in found if f.subject == "第二中学"]
    assert (str(second.outcome), second.missing) == (outcome, missing)


def test_without_a_roster_those_that_are_named_alone_are_known() -> None:
    names = SubjectNames.of_those_named(["甲水库", "乙水库", "甲水库和乙水库", "丙水库等3处", "甲水库\n丁水库", "甲水库二期"])
    assert names.read("甲水库和乙水库").sure == ("甲水库", "乙水库")
    assert names.read("甲水库\n丁水库").sure == ("甲水库", "丁水库")
    assert names.read("甲水库二期").sure == ("甲水库二期",)
    assert names.read("甲水库二期").perhaps == ()


@pytest.mark.parametrize("text", ["和平小学", "三家村", "第一中学", "八一水库", "Ａ井", "平等村", "高等学校"])
def test_name_of_one_subject_is_never_taken_apart(text: str) -> None:
    assert SubjectNames(["和平小学", "平", "三家村", "第一中学", "八一水库", "Ａ井", "平等村", "高等学校"]).read(text).sure == (
        text,
    )


@pytest.mark.parametrize("text", ["平等村", "高等学校", "平等", "平度市第一中学"])
def test_name_with_the_word_for_others_is_known_without_a_roster(text: str) -> None:
    names = SubjectNames.of_those_named([text, "东村"])
    assert names.read(text).sure == (text,)
    assert not names.read(text).others


def test_text_that_names_thousands_of_subjects_is_read_once() -> None:
    every = [f"第{n}水库" for n in range(3000)]
    assert SubjectNames(every).read("、".join(every)).sure == tuple(every)


def project(*rows: tuple[str | None, list[str]]) -> dict[str | None, str]:
    records = [
        {"id": str(n), "topic": "project.major", "published_on": "2018-09-10", "subject": s, "elements": e}
        for n, (s, e) in enumerate(rows)
    ]
    report = oc.check({"disclosure": records}, as_of="2018-12-31", rules=["PD-8-2.1"], include_all=True)
    return {f.subject: str(f.outcome) for f in report.findings()}


@pytest.mark.parametrize("cell", ["甲项目\n乙项目", "甲项目、乙项目", "甲项目和乙项目"])
def test_record_of_two_projects_belongs_to_both_and_to_no_third(cell: str) -> None:
    assert project((cell, ["批准信息"]), ("甲项目", ["实施信息"]), ("乙项目", ["实施信息"])) == {
        "甲项目": "pass",
        "乙项目": "pass",
    }
    assert project((cell, ["批准信息"]), ("甲项目", ["实施信息"]), ("乙项目", ["批准信息"])) == {
        "甲项目": "pass",
        "乙项目": "violation",
    }


def test_lines_that_may_be_one_project_or_two_are_not_accused_as_one() -> None:
    assert set(project(("甲项目\n乙项目", ["批准信息"])).values()) == {"indeterminate"}
    assert project(("某路改造\n工程", ["批准信息"]), ("某路改造工程", ["实施信息"])) == {"某路改造工程": "pass"}
    assert project(("甲项目\n乙项目", ["批准信息"]), ("甲项目", ["实施信息"]))["甲项目"] == "pass"


@pytest.mark.parametrize(
    "cell", ["甲村征地批复、乙村征地批复", "乙村征地批复\n甲村征地批复", "甲村征地批复；乙村征地批复", "甲村征地批复"]
)
def test_what_many_ask_for_is_found_among_several(cell: str) -> None:
    requests = [
        {
            "id": str(n),
            "subject": "甲村征地批复",
            "received_on": f"2018-09-0{n}",
            "replied_on": "2018-09-10",
            "publishable": True,
        }
        for n in (3, 4, 5)
    ]
    record = {"id": "1", "topic": "其他", "subject": cell, "published_on": "2018-09-20", "attribute": "主动公开"}
    report = oc.check({"request": requests, "disclosure": [record]}, as_of="2018-12-31", rules=["PD-15.4"], include_all=True)
    assert [str(f.outcome) for f in report.findings()] == ["pass"]
    other = oc.check(
        {"request": requests, "disclosure": [{**record, "subject": "丙村征地批复、乙村征地批复"}]},
        as_of="2018-12-31",
        rules=["PD-15.4"],
    )
    assert [str(f.outcome) for f in other.findings()] == ["violation"]


def test_list_that_names_what_was_asked_for_without_separating_it_is_found_whole() -> None:
    requests = [
        {"id": str(n), "subject": "甲村、乙村征地批复", "received_on": f"2018-09-0{n}", "publishable": True} for n in (3, 4, 5)
    ]
    record = {"id": "1", "subject": "甲村、乙村征地批复", "published_on": "2018-09-20", "attribute": "主动公开"}
    report = oc.check({"request": requests, "disclosure": [record]}, as_of="2018-12-31", rules=["PD-15.4"], include_all=True)
    assert [str(f.outcome) for f in report.findings()] == ["pass"]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("form", ["xlsx", "csv", "parquet", "jsonl"])
def test_line_breaks_of_a_cell_separate_subjects_in_every_form(engine: Any, form: str, tmp_path: Path) -> None:
    heads = ["编号", "责任单位", "信息主题", "公开对象", "所属期", "公开日期", "公开属性"]
    row = ["1", "市环保局", "集中式饮用水水源水质", "尹府水库\n黄山 水库", "2018-09", "2018-10-10", "主动公开"]
    path = tmp_path / f"公开信息.{form}"
    if form == "xlsx":
        book = openpyxl.Workbook()
        book.active.title = "公开信息"
        for line in (heads, row):
            book.active.append(line)
        book.save(path)
    else:
        frame = pl.DataFrame([row], schema=heads, orient="row")
        {"csv": frame.write_csv, "parquet": frame.write_parquet, "jsonl": frame.write_ndjson}[form](path)
    roster = tmp_path / "应公开名录.csv"
    lines = [",".join((r["id"], r["topic"], r["subject"])) for r in ROSTER]
    roster.write_text("\n".join(["编号,信息主题,公开对象", *lines, ""]), encoding="utf-8")
    report = oc.check(
        path, roster, as_of="2018-12-31", rules=["PD-8-7.2"], parameters=SEPTEMBER, engine=engine, include_all=True
    )
    assert {f.subject: str(f.outcome) for f in report.findings()} == {"尹府水库": "pass", "黄山水库": "pass"}
