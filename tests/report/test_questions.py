"""What to ask first."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import office_ledgers as made
import opencheck as oc
from opencheck.readers import read
from opencheck.records.dataset import ROW, SRC

AS_OF = "2018-12-31"


def requests(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"编号": str(n), "收到日期": "2018-09-03", "答复日期": "2018-09-10", **more} for n in range(count)]


def test_question_names_the_column_and_how_much_it_settles() -> None:
    report = oc.check(
        {"request": requests(34, 办理日期="2018-09-04", 调查日期="2018-09-05")}, as_of=AS_OF, rules=["PD-15.1", "PD-15.3"]
    )
    (question,) = report.questions
    assert (question.table, question.fields, question.count) == ("request", ("registered_on",), 34)
    assert question.text.zh == "“依申请公开”表补上“登记日期”，就能多判断34项"
    filled = oc.check(
        {"request": requests(34, 登记日期="2018-09-03", 办理日期="2018-09-04", 调查日期="2018-09-05")},
        as_of=AS_OF,
        rules=["PD-15.1"],
    )
    assert filled.questions == []
    assert filled.summary["outcomes"]["indeterminate"] == 0


def test_question_puts_a_heading_that_likely_is_the_column() -> None:
    rows = [{"编号": "1", "收到日期": "2018-09-03", "办结时间": "2018-09-10"}]
    (question,) = oc.check({"request": rows}, as_of=AS_OF, rules=["PD-15.3"]).questions
    assert (
        question.text.zh
        == "“办结时间”（依申请公开）是不是“答复日期”？是就用 --map 办结时间=答复日期，就能多判断1项；不是就用 --map 办结时间=-"
    )
    assert question.as_dict()["likely"][0]["field"] == "replied_on"


def test_question_counts_only_what_lacks_nothing_else() -> None:
    """A blank cell, a column of another question, a table that is not given: the column alone settles nothing there."""
    rows = [
        {"编号": "1", "是否政策性文件": "是", "公布日期": "2018-09-28", "解读发布时间": "2018-09-29"},
        {"编号": "2", "是否政策性文件": "是", "公布日期": None, "解读发布时间": "2018-09-29"},
    ]
    (question,) = oc.check({"document": rows}, as_of=AS_OF, rules=["PD-9.4"]).questions
    assert (question.fields, question.count) == (("attribute",), 1)
    assert oc.check({"document": [{"编号": "1", "公布日期": "2018-09-28"}]}, as_of=AS_OF, rules=["PD-10.1"]).questions == []


def test_questions_are_at_most_three_the_best_first(tmp_path: Path) -> None:
    for rows in (
        made.DOCUMENTS,
        made.REQUESTS,
        made.NOTICES,
        made.REGISTER,
        made.WORK,
        made.MEETINGS,
        made.ACCOUNTS,
        made.CATALOGUE,
    ):
        file = (
            made.workbook(tmp_path / "台账.xlsx", 依申请公开台帐=rows)
            if rows is made.REQUESTS
            else made.workbook(tmp_path / "会议台账.xlsx", Sheet1=rows)
        )
        questions = oc.check(file, as_of=AS_OF).questions
        assert len(questions) <= 3
        assert all(q.count > 0 for q in questions)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in (1, 2))])
def test_questions_of_any_columns_are_about_columns_that_are_lacking(ledger: Path, seed: int) -> None:
    draw = random.Random(seed)
    tables = {}
    for name, table in read(ledger).tables.items():
        frame = table.records().drop(ROW, SRC)
        tables[name] = frame.drop([c for c in frame.columns if c != "id" and draw.random() < 0.5])
    report = oc.check(tables, as_of=AS_OF)
    for question in report.questions:
        assert not set(question.fields) & set(tables[question.table].columns)


def test_questions_stand_in_every_output_before_the_findings(tmp_path: Path) -> None:
    report = oc.check(made.bureau(tmp_path / "局台账.xlsx"), as_of=AS_OF)
    text = report.questions[0].text
    content = json.loads(report.write(tmp_path / "a.json").read_text(encoding="utf-8"))
    assert content["questions"][0]["text"] == {"zh": text.zh, "en": text.en}
    assert "（--map 公示内容=信息主题）" in text.zh
    assert "(--map 公示内容=topic)" in text.en, "as the option takes it"
    assert list(content).index("questions") < list(content).index("summary") < list(content).index("findings")
    page = report.write(tmp_path / "a.html").read_text(encoding="utf-8")
    assert page.index('id="questions"') < page.index('class="figures"')
    assert text.zh.partition("；")[0] in page
    for name in ("a.md", "a.txt"):
        written = report.write(tmp_path / name).read_text(encoding="utf-8").replace("\\", "")
        assert written.index("先回答这几个问题") < written.index("PD-9.4")
    summary = openpyxl.load_workbook(report.write(tmp_path / "a.xlsx")).worksheets[0]
    cells = [str(row[0]) for row in summary.iter_rows(values_only=True)]
    assert cells.index("先回答这几个问题") < cells.index("按任务")
    assert f"1. {text.zh}" in cells
    assert "Answer these questions first" in report.write(tmp_path / "en.txt", lang="en").read_text(encoding="utf-8")


def test_question_about_a_topic_that_nobody_knows() -> None:
    row = {"id": "1", "topic": "食堂管理", "unit": "市财政局", "published_on": "2018-06-05", "period": "2018-05"}
    report = oc.check({"disclosure": [row]}, as_of="2018-12-31", rules=["PD-8-1.1", "PD-8-2.2", "PD-11.1", "PD-8-7.1"])
    (asked,) = report.questions
    lacking = [f for f in report.findings("indeterminate") if "食堂管理" in f.message.zh]
    assert (asked.word, asked.fields, asked.count) == ("食堂管理", ("topic",), len(lacking)) == ("食堂管理", ("topic",), 3)
    assert asked.text.zh == "主题“食堂管理”是规则包里的哪一项？改成词表里的写法，就能多判断3项；不属于其中任何一个的，填“其他”"
    assert report.to_dict()["questions"][0]["word"] == "食堂管理"
    answered = oc.check(
        {"disclosure": [row | {"topic": "其他"}]}, as_of="2018-12-31", rules=["PD-8-1.1", "PD-8-2.2", "PD-11.1"]
    )
    assert answered.questions == []
    near = oc.check({"disclosure": [row | {"topic": "月度财政收支情况表"}]}, as_of="2018-12-31", rules=["PD-8-1.1"])
    (asked,) = near.questions
    assert "是不是“月度财政收支”" in asked.text.zh
    assert asked.nearest in asked.text.en


def test_question_about_a_topic_is_not_asked_where_something_else_is_lacking() -> None:
    row = {"id": "1", "topic": "食堂管理", "unit": "某某中心", "published_on": "2018-06-05", "period": "2018-05"}
    report = oc.check({"disclosure": [row]}, as_of="2018-12-31", rules=["PD-8-1.1"])
    assert report.findings("indeterminate")
    assert report.questions == []
