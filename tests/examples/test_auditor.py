"""The example for an auditor, as its README tells it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import openpyxl
import pytest

import commands
import opencheck as oc
from scripts import run


@pytest.fixture
def auditor(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(root / "examples" / "auditor", tmp_path / "auditor"))


def test_auditor_commands_give_what_the_readme_says(auditor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(auditor)
    text = (auditor / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\$ (.+)$", text, re.M)
    assert len(shown) == 6
    for command in shown:
        words = shlex.split(command)
        if words[0] == "opencheck":
            told = commands.run(*words[1:])
            assert told.exit_code in (0, 1), f"{command}\n{told.output}"
            continue
        done = run("-m", *words, folder=auditor)
        assert done.returncode in (0, 1), f"{command}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        if command.startswith("pytest"):
            assert "PD-9.4" in done.stdout
            assert "1 failed" in done.stdout
    for name in ("检查结果.xlsx", "报告.html", "历史.db", "到期.ics"):
        assert (auditor / name).stat().st_size > 500
    report = oc.check(auditor / "去年的台账.xlsx", as_of="2018-12-31")
    rows = report.rows
    assert f"读取 {rows['read']} 行：检查 {rows['checked']}，未能使用 {rows['rejected']}" in text
    assert [(r.place.sheet, r.place.row) for r in report.rejected] == [("公文", 8)]
    assert f"违规 {len(report.violations)}：" in text
    assert [(f.source.sheet, f.source.row, str(f.due), f.late_by) for f in report.violations] == [
        ("公文", 5, "2018-10-08", 1),
        ("依申请公开", 4, "2018-09-30", 1),
    ]
    assert "2019-01-11" in [str(f.due) for f in report.findings("pending")] or "20190111" in (auditor / "到期.ics").read_text(
        encoding="utf-8"
    )
    given, marked = (openpyxl.load_workbook(auditor / n) for n in ("去年的台账.xlsx", "检查结果.xlsx"))
    for sheet in given:
        assert [[c.value for c in r] for r in sheet] == [[c.value for c in r] for r in marked[sheet.title]], (
            "no cell was changed"
        )
    late = [c for r in marked["公文"].iter_rows() for c in r if c.comment]
    assert any("PD-9.4" in c.comment.text and "2018-10-08" in c.comment.text for c in late)
