"""The tutorial, done as it stands there: commands in their order, files as they are filled in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from opencheck.cli.main import main
from opencheck.rules.packs.loader import load_pack

pytestmark = pytest.mark.docs

STEP = re.compile(r'```\w+ title="(?P<file>[^"]+)"\n(?P<text>.*?)```|^\$ opencheck (?P<command>[^\n]*)$', re.S | re.M)


@pytest.mark.parametrize("page", ["tutorial.md", "en/tutorial.md"])
def test_tutorial_done_in_order_ends_with_a_pack_that_works(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (root / "docs" / page).read_text(encoding="utf-8")
    done = []
    for step in STEP.finditer(text):
        if step["file"]:
            Path(step["file"]).parent.mkdir(parents=True, exist_ok=True)
            Path(step["file"]).write_text(step["text"], encoding="utf-8")
            continue
        words = step["command"].split()
        if words[0] == "check":
            words += ["--format", "json"]
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        done.append((words[0], result.exit_code))
        output = result.output if words[0] == "test-pack" else result.stdout
        if done == [("new-pack", 0), ("test-pack", 1)]:
            shown = re.search(r"```text\n(FAIL.*?)```", text, re.S)
            assert shown
            assert set(shown[1].splitlines()) <= set(output.splitlines())
    assert done == [("new-pack", 0), ("test-pack", 1), ("new-rule", 0), ("new-rule", 0), ("test-pack", 0), ("check", 1)]
    assert list(load_pack("my-city").rules) == ["MC-1.1", "MC-1.2", "MC-1.3", "MC-2.1"]
    found = {(f["rule"], f["outcome"]): f["late_by"] for f in json.loads(output)["findings"]}
    assert found[("MC-1.1", "violation")] == 10
    assert found[("MC-1.2", "violation")] == 1
    assert ("MC-2.1", "indeterminate") in found
    assert ("MC-1.3", "violation") in found
