"""Which units get a hand-out, and what the command and the index say of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import opencheck as oc
from commands import AS_OF, run
from office_ledgers import bureau
from opencheck.report.handouts.content import handouts_of, without_records
from opencheck.report.handouts.folder import INDEX

RULES = ["PD-8-1.1", "PD-8-7.1"]
"""Of the budget (市财政局) and of air quality (市环保局): broken where nothing is published."""


def units_written(folder: Path) -> set[str]:
    return {p.stem.removeprefix("整改通知单-") for p in folder.glob("*.xlsx")} - {Path(INDEX).stem}


def index_text(folder: Path) -> str:
    sheet = openpyxl.load_workbook(folder / INDEX).worksheets[0]
    return "\n".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None)


def left_out(*units: str | None) -> list[str | None]:
    rows = [{"id": str(n), "unit": u, "topic": "fiscal.budget", "published_on": "2018-09-01"} for n, u in enumerate(units)]
    report = oc.check({"disclosure": rows}, as_of="2018-12-31", rules=RULES)
    assert {h.unit for h in handouts_of(report)} >= {"市环保局"}
    return [h.unit for h in without_records(handouts_of(report))]


@pytest.mark.parametrize(
    ("units", "left"),
    [
        (["市农业局"], {"市环保局", "市财政局"}),
        (["市农业局", "市农业局", "市民政局"], {"市环保局", "市财政局"}),
        (["市农业局", "市民政局"], set()),  # a ledger of several units shows that the others published nothing
        (["市农业局", "市农业局", "平度市环境保护局"], {"市财政局"}),
        ([None], set()),
    ],
)
def test_units_without_records_are_left_out_of_what_one_unit_recorded(units: list[str | None], left: set[str]) -> None:
    assert set(left_out(*units)) == left


def test_a_ledger_of_many_units_leaves_out_units_without_records_that_broke_nothing() -> None:
    rows: list[dict[str, Any]] = [
        {"id": str(n), "unit": u, "received_on": "2018-10-08", "replied_on": "2018-12-20"}
        for n, u in enumerate(["市农业局", "市民政局"])
    ]
    report = oc.check({"request": rows}, as_of="2018-12-31", rules=["PD-15.3", "PD-3.4", "PD-8-1.1"])
    made = handouts_of(report)
    left = {h.unit for h in without_records(made)}
    assert {"市农业局", "市民政局"} == {h.unit for h in made} - left
    assert left
    assert all(h.count("error", "warning") == 0 for h in made if h.unit in left)


def test_command_writes_for_units_of_the_ledger_and_tells_of_the_others(tmp_path: Path) -> None:
    ledger = bureau(tmp_path / "局台账.xlsx")
    base = ["check", str(ledger), *AS_OF, "--unit", "all", "-o"]
    done = run(*base, str(tmp_path / "a"))
    assert done.exit_code == 1
    assert units_written(tmp_path / "a") == {"市林业局", "市扶贫办", "市政府各部门、各镇街"}
    every = run(*base, str(tmp_path / "b"), "--every-unit")
    others = units_written(tmp_path / "b") - units_written(tmp_path / "a")
    assert others
    (line,) = [text for text in done.stderr.splitlines() if "--every-unit" in text]
    assert f"没有记录的{len(others)}个单位" in line
    assert "没有写通知单" not in every.stderr
    for said in ("--every-unit", "--ledger-unit 市林业局", "没有“责任单位”列"):
        assert said in index_text(tmp_path / "a"), said
        assert said in done.stderr, said
    index = openpyxl.load_workbook(tmp_path / "a" / INDEX).worksheets[0]
    assert len([row for row in index.iter_rows() if row[1].value in units_written(tmp_path / "a")]) == 3


def test_with_the_ledgers_unit_named_its_late_reply_is_in_its_own_notice(tmp_path: Path) -> None:
    ledger = bureau(tmp_path / "局台账.xlsx")
    run("check", str(ledger), *AS_OF, "--unit", "all", "-o", str(tmp_path / "out"), "--ledger-unit", "市林业局")
    assert units_written(tmp_path / "out") == {"市林业局", "市扶贫办"}
    assert "PD-15.3" in (tmp_path / "out" / "整改通知单-市林业局.html").read_text(encoding="utf-8")


def test_every_unit_goes_with_hand_outs_alone(tmp_path: Path) -> None:
    ledger = bureau(tmp_path / "局台账.xlsx")
    assert run("check", str(ledger), *AS_OF, "--every-unit").exit_code == 2
