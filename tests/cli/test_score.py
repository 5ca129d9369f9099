"""opencheck score."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

import opencheck as oc
from opencheck.cli.main import main


def test_score_unchecked_items_are_named(tmp_path: Path) -> None:
    file = tmp_path / "requests.json"
    rows = [{"id": "1", "received_on": "2018-02-30"}, {"id": "2", "received_on": "2018-12-03", "replied_on": "2018-12-10"}]
    file.write_text(json.dumps({"request": rows}), encoding="utf-8")
    told = CliRunner().invoke(main, ["score", str(file), "--as-of", "2018-12-31"], env={"COLUMNS": "300"}).stdout
    assert "不说明已经做到" in told
    assert "公文办理" in told.split("不说明已经做到")[1].split("\n")[0]
    assert "未能使用的1行" in told
    page = oc.check(file, as_of="2018-12-31").write(tmp_path / "p.html").read_text(encoding="utf-8")
    assert "未能使用的1行不在得分之内" in page


def scored(file: Path, *args: str) -> Any:
    return CliRunner().invoke(main, ["score", str(file), "--as-of", "2018-12-31", *args])


def test_score_command_and_page_show_points(ledger: Path, report: oc.Report, tmp_path: Path) -> None:
    told = json.loads(scored(ledger, "--format", "json").stdout)
    found = told["scores"]
    assert told["rows"]["read"] == told["rows"]["checked"] + told["rows"]["rejected"]
    assert set(told["notes"][0]) == {"zh", "en"}
    assert found[0]["unit"] is None
    assert found[0]["score"] < 59
    assert all(0 <= s["least"] <= s["score"] <= 100 for s in found)
    page = report.write(tmp_path / "p.html").read_text(encoding="utf-8")
    assert "各责任单位的违规和得分" in page
    assert "个人信息：总分以59分为限" in page


def test_score_of_a_unit_in_both_languages(tmp_path: Path) -> None:
    file = tmp_path / "documents.json"
    late = {"id": "1", "unit": "市财政局", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    file.write_text(json.dumps({"document": [late], "interpretation": []}), encoding="utf-8")
    assert "自定" in scored(file).stdout
    assert "扣1分" in scored(file, "--unit", "市财政局").stdout
    assert "finance" in scored(file, "--unit", "市财政局", "--lang", "en").stdout
    assert scored(file, "--unit", "没有的局").exit_code == 2
    assert scored(file, "--pack", "cn-disclosure-2019").exit_code == 2
