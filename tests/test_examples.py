"""The examples for a portal's backend and for an auditor, as their READMEs tell them. Java, Wagtail, Django and the documents have tests of their own."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

import opencheck as oc


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.fixture
def auditor(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(root / "examples" / "auditor", tmp_path / "auditor"))


def test_the_portal_prints_what_its_readme_shows(root: Path, tmp_path: Path) -> None:
    folder = root / "examples" / "portal"
    done = run(str(folder / "portal.py"), "portal.db", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    shown = re.search(r"```\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.S)
    assert shown
    assert done.stdout == shown[1]
    with closing(sqlite3.connect(tmp_path / "portal.db")) as database:
        kept = database.execute("select aid, rule, due, open_since from todo order by rule, aid").fetchall()
        published = database.execute("select content from article where caption = '关于发放临时救助金的通知'").fetchall()
    assert kept == [
        (5, "PD-13.3", "2018-10-10", "2018-10-12"),
        (3, "PD-9.4", "2018-10-08", "2018-10-12"),
        (5, "PD-9.4", "2018-10-16", "2018-10-17"),
    ]
    assert len(published) == 1
    assert "11010519491231002X" not in published[0][0]
    again = run(str(folder / "portal.py"), "portal.db", folder=tmp_path)
    assert again.returncode == 1
    assert "Traceback" not in again.stderr


def test_what_is_done_leaves_the_portals_list(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "examples" / "portal"))
    import portal

    with closing(sqlite3.connect(":memory:")) as database:
        portal.sample(database)
        portal.tonight(database, "2018-10-17")
        database.execute(
            "insert into article (aid, dept, caption, kind, online_at, explains) values (9, '市教体局', '解读', '解读', '2018-10-16', 5)"
        )
        portal.tonight(database, "2018-10-18")
        kept = [tuple(row) for row in database.execute("select aid, rule, open_since from todo order by aid")]
    assert kept == [(3, "PD-9.4", "2018-10-17"), (5, "PD-13.3", "2018-10-17")]


def test_the_auditors_commands_run_and_show_what_the_readme_says(auditor: Path) -> None:
    text = (auditor / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ (.+)$", text, re.M)
    assert len(commands) == 6
    for command in commands:
        done = run("-m", *shlex.split(command), folder=auditor)
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


@pytest.mark.parametrize(
    ("script", "name"), [("auditor/make_ledger.py", "去年的台账.xlsx"), ("make_ledger.py", "平度市2018年政务公开台账.xlsx")]
)
def test_the_ledgers_are_made_by_their_scripts(root: Path, tmp_path: Path, script: str, name: str) -> None:
    """The same content is the same file, so that one sees in the repository whether anything changed."""
    for folder in ("a", "b"):
        done = run(str(root / "examples" / script), str(tmp_path / folder), folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    made, kept = (openpyxl.load_workbook(p) for p in (tmp_path / "a" / name, (root / "examples" / script).with_name(name)))
    assert made.sheetnames == kept.sheetnames
    for sheet in made:
        assert [[c.value for c in r] for r in sheet] == [[c.value for c in r] for r in kept[sheet.title]], f"run {script}"
