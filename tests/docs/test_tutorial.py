"""The tutorial ends with a pack that works."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from commands import run
from opencheck.rules.packs.loader import load_pack

pytestmark = pytest.mark.docs


@pytest.mark.parametrize("page", ["tutorial.md", "en/tutorial.md"])
def test_tutorial_pack_gives_the_findings_it_names(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    text = (root / "docs" / page).read_text(encoding="utf-8")
    for match in re.finditer(r'```\w+ title="([^"]+)"\n(.*?)```', text, re.S):
        file = tmp_path / match[1]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(match[2], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"(?m)^\$ opencheck (.*)$", text)
    assert [c.split()[0] for c in commands] == ["test-pack", "check"]
    tested = run(*commands[0].split())
    assert (tested.exit_code, len(load_pack(tmp_path / "my-city").rules)) == (0, 3)
    checked = run(*commands[1].split(), "--format", "json")
    found = {(f["rule"], f["outcome"]): f["late_by"] for f in json.loads(checked.stdout)["findings"]}
    assert found[("MC-1.1", "violation")] == 10
    assert found[("MC-1.2", "violation")] == 1
    assert ("MC-2.1", "indeterminate") in found
