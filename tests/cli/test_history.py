"""opencheck history."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from commands import AS_OF, run


def test_history_command_and_page_compare_runs(tmp_path: Path, ledger: Path) -> None:
    file, page = tmp_path / "history.db", tmp_path / "page.html"

    assert run("history", str(file)).exit_code == 2
    for day in ("2018-11-30", "2018-12-31"):
        done = run("check", str(ledger), "--as-of", day, "--history", str(file), "-o", str(page), "--fail-on", "never")
        assert done.exit_code == 0, done.output
    runs = json.loads(run("history", str(file), "--format", "json").stdout)
    assert [r["as_of"] for r in runs] == ["2018-11-30", "2018-12-31"]
    change = json.loads(run("history", str(file), "--last", "--format", "json").stdout)
    counts = change["counts"]
    assert counts["new"] + counts["recurring"] == sum(runs[1]["violations"].values())
    assert counts["recurring"] + counts["fixed"] + counts["open"] == sum(runs[0]["violations"].values())
    told = run("history", str(file), "--compare", "1", "2").stdout
    assert f"新增{counts['new']}" in told
    assert f"新增{counts['new']}" in page.read_text(encoding="utf-8")
    assert "历次违规数：按责任单位" in page.read_text(encoding="utf-8")
    assert "recurring" in run("history", str(file), "--last", "--lang", "en").stdout


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "request.json"
    file.write_text(json.dumps([{"id": "1", "received_on": "2018-10-08", "replied_on": "2018-12-20"}]), encoding="utf-8")
    return file


def kept(source: Path, file: Path, *more: str) -> Any:
    return run("check", str(source), *AS_OF, "--rule", "PD-15.3", "--history", str(file), *more)


def test_check_with_a_locked_history_says_so_and_shows_the_report(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencheck.report.history.store._LOCK_SECONDS", 1)
    file, page = tmp_path / "history.db", tmp_path / "page.json"
    assert kept(source, file).exit_code == 1
    for lock, options in (("EXCLUSIVE", ["-o", str(page)]), ("IMMEDIATE", [])):
        other = sqlite3.connect(file)
        other.execute(f"BEGIN {lock}")
        result = kept(source, file, *options)
        other.close()
        assert result.exit_code == 2, "a failure is no finding"
        assert f"{file}: 被别的程序锁住" in result.stderr
        assert "locked by another program" in result.stderr.splitlines()[0], "first of all"
        shown = page.read_text(encoding="utf-8") if options else result.stdout
        assert "PD-15.3" in shown
    assert kept(source, file).exit_code == 1
    assert len(json.loads(run("history", str(file), "--format", "json").stdout)) == 2


def test_check_with_a_damaged_history_names_the_row_and_shows_the_report(tmp_path: Path, source: Path) -> None:
    file = tmp_path / "history.db"
    assert kept(source, file).exit_code == 1
    with sqlite3.connect(file) as own:
        own.execute("UPDATE opencheck_run SET as_of = 'x'")
    own.close()
    result = kept(source, file)
    assert result.exit_code == 2
    assert "opencheck_run id=1: as_of" in result.stderr.splitlines()[0]
    assert "PD-15.3" in result.stdout
    listed = run("history", str(file))
    assert listed.exit_code == 2
    assert "opencheck_run id=1: as_of" in listed.stderr


def test_history_lists_the_last_runs_and_says_how_many_are_left(tmp_path: Path, source: Path) -> None:
    file = tmp_path / "history.db"
    for _ in range(3):
        kept(source, file)
    result = run("history", str(file), "--limit", "2", "--format", "json")
    assert [r["run"] for r in json.loads(result.stdout)] == [2, 3]
    assert "更早的还有1次" in result.stderr
    for options in ([], ["--limit", "0"], ["--limit", "3"]):
        result = run("history", str(file), "--format", "json", *options)
        assert [r["run"] for r in json.loads(result.stdout)] == [1, 2, 3]
        assert result.stderr == ""
