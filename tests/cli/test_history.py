"""opencheck history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from opencheck.cli.main import main


def test_history_command_and_page_compare_runs(tmp_path: Path, ledger: Path) -> None:
    file, page = tmp_path / "history.db", tmp_path / "page.html"

    def run(*args: str) -> Any:
        return CliRunner().invoke(main, list(args), catch_exceptions=False)

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
