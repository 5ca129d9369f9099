"""``opencheck map`` and ``--map``."""

from __future__ import annotations

import json
from pathlib import Path

import office_ledgers as made
from commands import run
from opencheck.readers.heading_maps import load_map

AS_OF = ("--as-of", "2018-12-31")


def test_map_without_a_terminal_writes_proposals_that_do_not_count(tmp_path: Path) -> None:
    ledger = made.bureau(tmp_path / "局台账.xlsx")
    shown = run("map", str(ledger)).output
    for words in ("成文时间  已对应  成文日期", "公示内容  可能是  信息主题", "申请人  不认识"):
        assert words in shown
    written = tmp_path / "局台账.map.yaml"
    assert load_map(written) == {}
    assert '# "公示内容": "信息主题"' in written.read_text(encoding="utf-8")


def test_map_asks_once_and_later_checks_read_the_answers(tmp_path: Path) -> None:
    ledger = made.workbook(tmp_path / "工作台账.xlsx", Sheet1=made.WORK)
    asked = run("map", str(ledger), "--ask", answers="y\nn\ny\nn\n")
    assert asked.exit_code == 0
    answers = load_map(tmp_path / "工作台账.map.yaml")
    assert answers == {"栏目名称": "信息主题", "责任科室": "-", "审核人": "审查人", "保密审查": "-"}
    again = run("map", str(ledger), "--ask")
    assert "?" not in again.output
    assert load_map(tmp_path / "工作台账.map.yaml") == answers
    found = json.loads(run("check", str(ledger), *AS_OF, "--format", "json").stdout)
    assert {h["heading"]: (h["status"], h["how"]) for h in found["headings"] if h["how"] == "map"} == {
        "栏目名称": ("mapped", "map"), "责任科室": ("not_used", "map"), "审核人": ("mapped", "map"), "保密审查": ("not_used", "map"),
    }  # fmt: skip


def test_map_of_a_ledger_without_doubt_writes_nothing(tmp_path: Path) -> None:
    ledger = made.workbook(tmp_path / "新媒体台账.xlsx", Sheet1=made.ACCOUNTS)
    assert "没有拿不准的表头" in run("map", str(ledger)).output
    assert not (tmp_path / "新媒体台账.map.yaml").exists()


def test_map_option_of_check_and_due(tmp_path: Path) -> None:
    ledger = made.workbook(tmp_path / "台账.xlsx", 申请台账=[["序号", "收到时间", "办结时间"], [1, "2018-12-20", None]])
    due = run("due", str(ledger), *AS_OF, "--format", "json", "--map", "办结时间=答复日期")
    assert [(f["rule"], f["due"]) for f in json.loads(due.stdout)["due"]] == [("PD-15.3", "2019-01-11")]
    refused = run("check", str(ledger), *AS_OF, "--map", "办结时间=答复日其")
    assert refused.exit_code == 2
    assert "答复日期" in refused.output
    assert run("check", str(ledger), *AS_OF, "--map", "办结时间").exit_code == 2


def test_questions_come_first_on_the_terminal(tmp_path: Path) -> None:
    ledger = made.bureau(tmp_path / "局台账.xlsx")
    result = run("check", str(ledger), *AS_OF)
    assert result.output.index("先回答这几个问题") < result.output.index("未能使用的行") < result.output.index("PD-9.4")
    assert "成文时间→成文日期" in result.output
    written = run("check", str(ledger), *AS_OF, "-o", str(tmp_path / "结果.json"))
    assert "先回答这几个问题" in written.stderr
    assert "先回答这几个问题" not in run("check", str(ledger), *AS_OF, "--format", "json").stdout
