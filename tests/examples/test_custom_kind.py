"""The example of a requirement kind in a package of its own, installed as a user would."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from opencheck.core.message_catalogue import add_messages, get_message
from opencheck.rules import registry


@pytest.mark.thorough
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
    [{"own.pass": {"en": "kept"}}, {"outcome.violation": {"zh": "别的", "en": "other"}}, {"own.pass": {"zh": "", "en": "x"}}],
)
def test_custom_messages_without_chinese_or_with_a_taken_name_are_refused(messages: dict[str, dict[str, str]]) -> None:
    with pytest.raises(ValueError, match="message"):
        add_messages(messages, "somebody")
    assert get_message("outcome.violation", "zh") == "违规"


@pytest.fixture
def installed(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Change the example package, install it as its entry point tells, and run a command on its pack."""
    source = tmp_path / "source"
    shutil.copytree(root / "examples" / "custom_kind", source)
    told = source / "opencheck_same_year-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: opencheck-same-year\nVersion: 1\n", encoding="utf-8")
    (told / "entry_points.txt").write_text("[opencheck.kinds]\nsame_year = opencheck_same_year:SameYear\n", encoding="utf-8")
    rows = [{"id": "1", "is_policy": True, "number": "平政办发〔2018〕12号", "signed_on": "2019-01-02"}]
    (source / "公文.json").write_text(json.dumps({"document": rows}), encoding="utf-8")

    def run(change: Callable[[str], str], *args: str) -> subprocess.CompletedProcess[str]:
        module = source / "opencheck_same_year.py"
        module.write_text(change(module.read_text(encoding="utf-8")), encoding="utf-8")
        env = os.environ | {"PYTHONPATH": os.pathsep.join([str(source), os.environ.get("PYTHONPATH", "")])}
        command = [sys.executable, "-m", "opencheck", *args]
        return subprocess.run(command, cwd=source, env=env, capture_output=True, text=True, check=False)

    return run


def _without_english(module: str) -> str:
    changed = re.sub(r',\s*"en": "[^"]*"', "", module)
    assert '"en"' not in changed
    return changed


@pytest.mark.parametrize(
    "args",
    [
        ("test-pack", "pack"),
        ("check", "公文.json", "--pack", "pack", "--as-of", "2019-12-31", "--lang", "en", "--full"),
        ("check", "公文.json", "--pack", "pack", "--as-of", "2019-12-31", "--format", "json", "--all"),
        ("explain", "SY-1.1", "--pack", "pack", "--lang", "en"),
    ],
)
def test_custom_kind_without_english_tells_in_chinese(installed: Callable[..., Any], args: tuple[str, ...]) -> None:
    done = installed(_without_english, *args)
    assert done.returncode == (1 if args[0] == "check" else 0), done.stderr
    assert "opencheck failed" not in done.stderr
    if args[0] == "check":
        assert "文号写的是2018年" in done.stdout


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("import polars as pl", "import no_such_library"), "ModuleNotFoundError"),
        (lambda text: text.replace('"same_year"\n', '"within"\n'), "another requirement kind 'within'"),
        (
            lambda text: text.replace("class SameYear(Kind)", "class Another(Kind)") + "\nSameYear = 7\n",
            "is no requirement kind",
        ),
        (lambda text: text.replace('"same_year.violation"', '"same_year.broken"'), "no message 'same_year.violation'"),
    ],
)
def test_what_is_wrong_with_a_custom_kind_is_told_in_a_sentence(
    installed: Callable[..., Any], change: Callable[[str], str], told: str
) -> None:
    done = installed(change, "check", "公文.json", "--pack", "pack", "--as-of", "2019-12-31", "--full")
    assert done.returncode == 2
    assert told in done.stderr
    assert "opencheck failed" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_pack_whose_kind_is_not_installed_is_told_where_kinds_come_from(root: Path) -> None:
    with pytest.raises(oc.PackError) as error:
        oc.load_pack(root / "examples" / "custom_kind" / "pack")
    text = str(error.value)
    assert text.startswith(str(root / "examples" / "custom_kind" / "pack" / "rules.yaml") + ":7: ")
    for part in ("no such kind of requirement: 'same_year'", "within, within_hours", "evidence", "opencheck.kinds"):
        assert part in text, part
    assert "unknown key" not in text
    assert "linked" not in text.replace("linked_in", "")


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
