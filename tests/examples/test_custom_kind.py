"""The example of a requirement kind in a package of its own, installed as a user would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from opencheck.core.message_catalogue import add_messages, get_message
from opencheck.rules import registry


@pytest.mark.wheel
def test_custom_kind_installed_from_its_package_judges_and_tells(tmp_path: Path, root: Path) -> None:
    source, site = tmp_path / "source", tmp_path / "site"
    shutil.copytree(root / "examples" / "custom_kind", source)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(site),
        str(source),
    ]
    subprocess.run(pip, check=True)
    env = os.environ | {"PYTHONPATH": str(site)}

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", *args], cwd=source, env=env, capture_output=True, text=True, check=False)

    tests = run("pytest", "-q", "tests")
    assert tests.returncode == 0, tests.stdout
    packed = run("opencheck", "test-pack", "pack")
    assert packed.returncode == 0, packed.stdout
    schema = run("opencheck", "schema", "--output", str(tmp_path / "schema"))
    assert schema.returncode == 0, schema.stderr
    assert "same_year" in (tmp_path / "schema" / "rules.json").read_text(encoding="utf-8")
    without = subprocess.run(
        [sys.executable, "-m", "opencheck", "test-pack", "pack"], cwd=source, capture_output=True, text=True, check=False
    )
    assert without.returncode == 2
    assert "same_year" in without.stderr
    assert "Traceback" not in without.stderr


@pytest.mark.parametrize(
    "messages",
    [{"own.pass": {"zh": "符合"}}, {"outcome.violation": {"zh": "别的", "en": "other"}}, {"own.pass": {"zh": "", "en": "x"}}],
)
def test_custom_messages_without_a_language_or_with_a_taken_name_are_refused(messages: dict[str, dict[str, str]]) -> None:
    with pytest.raises(ValueError, match="message"):
        add_messages(messages, "somebody")
    assert get_message("outcome.violation", "zh") == "违规"


def test_custom_kind_without_a_sentence_for_what_it_does_not_concern_gets_the_common_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "terse_kind.py").write_text(
        "from opencheck.rules.kinds.recent import Recent\n\n\nclass Terse(Recent):\n    name = 'terse'\n    messages = {}\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "entry_points", lambda group: [EntryPoint("terse", "terse_kind:Terse", group)])
    assert registry._kinds()["terse"].name == "terse"
    assert get_message("terse.not_applicable", "zh") == "本规则不适用于这条记录"
