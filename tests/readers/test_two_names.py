"""A record that names another one by number and by title: both are looked up. Alike from rows in memory, files, frames and DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

import opencheck as oc
from only import only
from opencheck.core.outcomes import Outcome
from opencheck.readers import read
from opencheck.records.contradictions import CONTRADICTED, contradictions_in

ONE, TWO, OTHER = (f"平政发〔2018〕{n}号" for n in (1, 2, 9))


def document(number: str | None, title: str | None, **more: Any) -> dict[str, Any]:
    facts = {"is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    return {"id": f"文{number or title}", "number": number, "title": title, **facts, **more}


DOCUMENTS = [document(ONE, "甲办法"), document(TWO, "乙办法")]


def as_dicts(rows: Sequence[Mapping[str, Any]], folder: Path) -> Any:
    return list(rows)


def as_pandas(rows: Sequence[Mapping[str, Any]], folder: Path) -> Any:
    return pd.DataFrame(rows)


def as_parquet(rows: Sequence[Mapping[str, Any]], folder: Path) -> Any:
    pl.DataFrame(rows).write_parquet(folder / "interpretation.parquet")
    return pl.scan_parquet(folder / "interpretation.parquet")


def interpretation(number: str | None, title: str | None, day: str = "2018-09-28", id_: str = "a") -> dict[str, Any]:
    return {"编号": id_, "文号": number, "文件名称": title, "解读日期": day}


def judged(documents: Any, interpretations: Any) -> dict[str | None, str]:
    """The outcome of each document."""
    tables = {"document": documents, "interpretation": interpretations}
    report = oc.check(tables, as_of="2018-12-31", rules="PD-9.4", include_all=True)
    return {f.record_id: str(f.outcome) for f in report.findings()}


@pytest.mark.parametrize(
    ("number", "title", "one", "two"),
    [
        (ONE, "甲办法", "pass", "violation"),
        (ONE, "《甲 办法》", "pass", "violation"),
        (ONE, "关于印发甲办法的通知", "pass", "violation"),  # no document has this title: the number decides
        (ONE, None, "pass", "violation"),
        (None, "乙办法", "violation", "pass"),
        # the number of one and the title of the other: which of them is meant is not known
        (ONE, "乙办法", "indeterminate", "indeterminate"),
        (TWO, "甲办法", "indeterminate", "indeterminate"),
        # a number that no document has, and the title of one that has another number
        (OTHER, "乙办法", "indeterminate", "indeterminate"),
        (f"{ONE}、{TWO}", "甲办法；乙办法", "pass", "pass"),
        (f"{ONE}、{TWO}", "甲办法", "pass", "pass"),
        # the title lists both, and the number is that of one of them: the row interprets both
        (ONE, "甲办法、乙办法", "pass", "pass"),
        (f"{ONE}、{TWO}", "乙办法", "pass", "pass"),
        (ONE, "甲办法、丙办法", "pass", "violation"),
        # Alt+Enter between them, or within a long title
        (ONE, "甲办法\n乙办法", "pass", "pass"),
        (None, "《甲办法》\r\n《乙办法》 ", "pass", "pass"),
        (f"{ONE}\n{TWO}", None, "pass", "pass"),
        (ONE, "甲\n办法", "pass", "violation"),
        (None, "甲\n办法", "pass", "violation"),
        (TWO, "甲\n办法", "indeterminate", "indeterminate"),
    ],
)
@pytest.mark.parametrize("given", [as_dicts, as_pandas, as_parquet])
def test_number_and_title_are_both_looked_up(
    tmp_path: Path, given: Callable[..., Any], number: str | None, title: str | None, one: str, two: str
) -> None:
    rows = [interpretation(number, title)]
    assert judged(DOCUMENTS, given(rows, tmp_path)) == {f"文{ONE}": one, f"文{TWO}": two}


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("given", [as_dicts, as_pandas, as_parquet])
def test_only_the_rows_whose_names_differ_are_left_open_and_told(
    tmp_path: Path, given: Callable[..., Any], engine: str
) -> None:
    documents = [
        *DOCUMENTS,
        document(None, "丙办法"),
        document("平政发〔2018〕4号", "丁办法"),
        document("平政发〔2018〕5号", "戊办法"),
    ]
    rows = [
        interpretation(ONE, "乙办法", id_="a"),
        interpretation("平政发〔2018〕4号", "丁办法", id_="b"),
        interpretation(OTHER, "丙办法", id_="c"),  # the document of that title has no number in the ledger
        interpretation("平政发〔2018〕5号", "己办法", id_="d"),
    ]
    report = oc.check(
        {"document": documents, "interpretation": given(rows, tmp_path)}, as_of="2018-12-31", include_all=True, engine=engine
    )
    outcomes = {f.title: str(f.outcome) for f in report.findings(rule="PD-9.4")}
    assert outcomes == {
        "甲办法": "indeterminate",
        "乙办法": "indeterminate",
        "丙办法": "pass",
        "丁办法": "pass",
        "戊办法": "pass",
    }
    told = [facts for name, facts in report.notes if name == "note.contradicted"]
    assert [(t["field"], t["columns"], t["count"]) for t in told] == [
        (("interpretation", "document_id"), ["文号", "文件名称"], 1)
    ]


@pytest.mark.parametrize("given", [as_dicts, as_pandas, as_parquet])
def test_what_both_columns_say_is_kept(tmp_path: Path, given: Callable[..., Any]) -> None:
    rows = [interpretation(ONE, "甲办法", id_="a"), {**interpretation(TWO, "甲办法", id_="b"), "发布日期": "2018-10-01"}]
    data = read({"document": DOCUMENTS, "interpretation": given(rows, tmp_path)})
    found = data.tables["interpretation"].records(["document_id", "published_on"], contradictions=True).to_dicts()
    assert [row["document_id"] for row in found] == [ONE, None]
    names = contradictions_in(found[1][CONTRADICTED])[-1]
    assert names == ("document_id", (("文号", TWO), ("文件名称", "甲办法")), "")


def test_title_that_several_documents_have_does_not_contradict_a_number() -> None:
    documents = [document(ONE, "甲办法"), document(TWO, "甲办法")]
    assert judged(documents, [interpretation(ONE, "甲办法")]) == {f"文{ONE}": "pass", f"文{TWO}": "violation"}


def test_list_of_titles_of_which_two_documents_share_one() -> None:
    documents = [document(ONE, "甲办法"), document(TWO, "甲办法"), document("平政发〔2018〕3号", "乙办法")]
    assert judged(documents, [interpretation(ONE, "甲办法、乙办法")]) == {
        f"文{ONE}": "pass",
        f"文{TWO}": "violation",  # the number says which of the two is meant
        "文平政发〔2018〕3号": "pass",
    }


def test_list_with_a_title_that_two_others_share_does_not_say_which_is_meant() -> None:
    documents = [document(ONE, "甲办法"), document(TWO, "乙办法"), document("平政发〔2018〕3号", "乙办法")]
    assert judged(documents, [interpretation(ONE, "甲办法、乙办法")]) == {
        f"文{ONE}": "pass",
        f"文{TWO}": "indeterminate",
        "文平政发〔2018〕3号": "indeterminate",
    }


def test_title_with_a_comma_in_it_is_no_list() -> None:
    documents = [document(ONE, "甲、乙办法"), document(TWO, "乙办法")]
    assert judged(documents, [interpretation(ONE, "甲、乙办法")]) == {f"文{ONE}": "pass", f"文{TWO}": "violation"}


def test_title_of_a_document_that_was_refused_contradicts_a_number() -> None:
    documents = [document(ONE, "甲办法"), document(TWO, "乙办法", published_on="2018-02-30")]
    report = oc.check(
        {"document": documents, "interpretation": [interpretation(ONE, "乙办法")]}, as_of="2018-12-31", rules="PD-9.4"
    )
    assert [(f.record_id, f.outcome) for f in report.findings()] == [(f"文{ONE}", Outcome.INDETERMINATE)]


def test_ledger_of_interpretations_may_name_a_document_of_another_row(tmp_path: Path) -> None:
    # The row tells of its own document, so that number and title are of one; nothing is left open.
    rows = [
        {"编号": "a", "文号": ONE, "文件名称": "甲办法", "文件公布时间": "2018-09-28", "解读日期": "2018-09-28"},
        {"编号": "b", "文号": TWO, "文件名称": "甲办法", "文件公布时间": "2018-09-28", "解读日期": "2018-10-30"},
    ]
    pl.DataFrame(rows).write_csv(tmp_path / "政策解读.csv")
    report = oc.check(tmp_path / "政策解读.csv", as_of="2018-12-31", rules="PD-9.4", include_all=True)
    assert [str(f.outcome) for f in report.findings()] == ["pass", "violation"]


@pytest.mark.parametrize("given", [as_dicts, as_pandas, as_parquet])
@pytest.mark.parametrize("documents", [[], None])
def test_names_stay_where_there_are_no_documents(
    tmp_path: Path, given: Callable[..., Any], documents: list[Any] | None
) -> None:
    tables = {"interpretation": given([interpretation(ONE, "甲办法")], tmp_path)} | (
        {} if documents is None else {"document": []}
    )
    assert read(tables).tables["interpretation"].records(["document_id"])["document_id"].to_list() == [ONE]


def test_number_and_title_that_several_documents_each_have_leave_all_of_them_open() -> None:
    three = "平政发〔2018〕3号"
    documents = [document(number, title, id=id_) for id_, number, title in (
        ("1", ONE, "甲办法"), ("2", ONE, "丁办法"), ("3", TWO, "乙办法"), ("4", three, "乙办法")
    )]  # fmt: skip
    assert judged(documents, [interpretation(ONE, "乙办法")]) == dict.fromkeys("1234", "indeterminate")


@pytest.mark.parametrize(("title", "number"), [("文件名称", "文号"), ("文号", "文件名称")])
def test_name_that_counts_is_told_first_wherever_its_column_stands(title: str, number: str) -> None:
    row = {"编号": "a", title: "甲办法", number: TWO, "解读日期": "2018-09-28"}
    data = read({"document": DOCUMENTS, "interpretation": [row]})
    text = only(data.tables["interpretation"].records(["document_id"], contradictions=True)[CONTRADICTED])
    assert contradictions_in(text)[0].columns == ((number, TWO), (title, "甲办法"))


def test_number_and_title_that_share_one_of_several_documents_leave_all_of_them_open() -> None:
    documents = [document(number, title, id=id_) for id_, number, title in (
        ("1", ONE, "乙办法"), ("2", ONE, "丁办法"), ("3", TWO, "乙办法")
    )]  # fmt: skip
    assert judged(documents, [interpretation(ONE, "乙办法")]) == dict.fromkeys("123", "indeterminate")


def test_name_of_no_account_gives_way_to_that_of_one() -> None:
    accounts = [{"id": "1", "title": "平度发布", "platform": "微信"}]
    posts = [{"id": "a", "账号编号": "9", "account_id": "平度发布"}]
    found = read({"account": accounts, "post": posts}).tables["post"].records(["account_id"])
    assert found["account_id"].to_list() == ["平度发布"]
