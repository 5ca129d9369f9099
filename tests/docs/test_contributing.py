"""What CONTRIBUTING.md shows to newcomers works: a requirement kind in the library and in a package of its own, and an output format."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.docs

KIND, MESSAGES = "src/opencheck/rules/kinds/in_order.py", "src/opencheck/core/messages.yaml"
FORMAT = "src/opencheck/report/formats/tsv.py"
EXAMPLES = 3


@pytest.fixture(scope="module")
def shown(root: Path) -> dict[str, str]:
    """The files that the page shows, by their paths."""
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```', text, re.S | re.M))


@pytest.fixture(scope="module")
def tree(shown: dict[str, str], root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources to which everything is added that the page shows."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(root / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "rules").symlink_to(root / "rules")
    for name, text in shown.items():
        file = folder / name
        file.write_text((file.read_text(encoding="utf-8") if name == MESSAGES else "") + text, encoding="utf-8")
    edit(
        folder / "src/opencheck/rules/registry.py",
        "\ndef _kinds",
        "\nfrom opencheck.rules.kinds.in_order import InOrder\n\n\ndef _kinds",
    )
    edit(folder / "src/opencheck/rules/registry.py", "Evidence)", "Evidence, InOrder)")
    edit(folder / "src/opencheck/report/output.py", "_MAKERS = {\n", '_MAKERS = {\n    "tsv": "tsv:as_tsv",\n')
    edit(folder / "src/opencheck/report/output.py", "_SUFFIXES = {\n", '_SUFFIXES = {\n    ".tsv": "tsv",\n')
    return folder


@pytest.fixture(scope="module")
def pack(tree: Path) -> Path:
    """A pack with a rule of the new kind, made from the skeleton and filled in."""
    folder = tree / "city"
    opencheck(tree / "src", "new-pack", folder, "--kind", "in_order")
    for file in folder.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("待填：", "").replace("to be filled: ", ""), encoding="utf-8")
    return folder


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name}: {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def opencheck(path: Path | str, *words: object, status: int = 0) -> str:
    command = [sys.executable, "-m", "opencheck", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == status, f"{done.stdout[-800:]}\n{done.stderr[-800:]}"
    return done.stdout


def test_contributing_kind_passes_its_examples(tree: Path, pack: Path) -> None:
    assert f"{EXAMPLES} passed, 0 failed" in opencheck(tree / "src", "test-pack", pack)


def test_contributing_kind_says_every_outcome_in_both_languages(tree: Path, pack: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "document.csv"
    ledger.write_text(
        "编号,成文日期,公布日期\n1,2018-03-02,2018-03-02\n2,2018-03-05,2018-03-02\n3,,2018-03-02\n", encoding="utf-8"
    )
    told = opencheck(
        tree / "src", "check", ledger, "--pack", pack, "--as-of", "2018-12-31", "--all", "--format", "tsv", status=1
    )
    found = {line.split("\t")[3]: line.split("\t") for line in told.splitlines()}
    assert [found[i][1] for i in "123"] == ["pass", "violation", "indeterminate"]
    assert "晚3天" in found["2"][4]
    assert "成文日期" in found["3"][4]
    file = tmp_path / "found.tsv"
    words = ("check", ledger, "--pack", pack, "--as-of", "2018-12-31", "--lang", "en", "-o", file)
    opencheck(tree / "src", *words, status=1)
    assert "3 days later" in file.read_text(encoding="utf-8")


def test_contributing_kind_of_another_package_is_found_by_its_entry_point(
    shown: dict[str, str], pack: Path, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "my_rules").mkdir()
    sentences = f"\nfrom opencheck.core.message_catalogue import load_messages\n\nload_messages().update({yaml.safe_load(shown[MESSAGES])!r})\n"
    (tmp_path / "my_rules" / "in_order.py").write_text(shown[KIND] + sentences, encoding="utf-8")
    (tmp_path / "my_rules-1.dist-info").mkdir()
    (tmp_path / "my_rules-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: my_rules\nVersion: 1\n", encoding="utf-8"
    )
    entry = re.search(
        r'entry-points\."(opencheck\.kinds)"\]\n(in_order) = "([\w.:]+)"',
        (root / "CONTRIBUTING.md").read_text(encoding="utf-8"),
    )
    assert entry
    text = f"[{entry[1]}]\n{entry[2]} = {entry[3]}\n"
    (tmp_path / "my_rules-1.dist-info" / "entry_points.txt").write_text(text, encoding="utf-8")
    path = os.pathsep.join([str(root / "src"), str(tmp_path)])
    assert f"{EXAMPLES} passed, 0 failed" in opencheck(path, "test-pack", pack)
