"""Packs from their built form: they are what their YAML makes them, and say the same of what is wrong."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from opencheck.core.built_files import BUILT, built_files
from opencheck.core.errors import PackError
from opencheck.rules.packs import yaml_source
from opencheck.rules.packs.loader import load_pack, pack_names, pack_path
from opencheck.rules.packs.located_yaml import LocatedYaml
from opencheck.rules.packs.yaml_source import load_yaml


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of a pack that ships with opencheck, its built form included."""
    root = tmp_path / "rules" / "cn-disclosure-2019"
    shutil.copytree(pack_path("cn-disclosure-2019"), root)
    return root


def test_built_forms_are_those_of_the_files_beside_them(root: Path) -> None:
    sys.path.insert(0, str(root / "scripts"))
    import build_packs

    made = build_packs.generated()
    assert len(made) == 1 + len(list((root / "rules").glob("*/pack.yaml")))
    stale = [str(file) for file, text in made.items() if file.read_text(encoding="utf-8") != text]
    assert stale == [], "run python scripts/build_packs.py"


@pytest.mark.parametrize("name", pack_names())
def test_built_files_give_every_line_that_the_yaml_gives(name: str) -> None:
    paths = list(pack_path(name).glob("*.yaml"))
    built = built_files(pack_path(name), [p.name for p in paths])
    assert len(built) == len(paths)
    for path in paths:
        slow, (data, items) = load_yaml(path), built[path.name]
        quick = LocatedYaml(path, data, lambda slow=slow: slow.lines, items)
        assert quick.data == slow.data
        assert [quick.at((i,)) for i in range(len(items) + 1)] == [slow.at((i,)) for i in range(len(items) + 1)]
        assert [quick.at(keys) for keys in slow.lines] == [slow.at(keys) for keys in slow.lines]


def test_shipped_pack_is_loaded_without_parsing_yaml(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copied / BUILT).rename(copied / "aside")
    parsed = load_pack(copied)
    (copied / "aside").rename(copied / BUILT)
    monkeypatch.setattr(yaml_source, "load_yaml", lambda path: pytest.fail(f"{path} was parsed"))
    quick = load_pack(copied, {"covers": "2020"})
    assert {i: b.rule for i, b in quick.rules.items()} == {
        i: b.rule for i, b in load_pack(copied, {"covers": "2020"}).rules.items()
    }
    assert [b.rule for b in quick.rules.values()] == [b.rule for b in parsed.rules.values()]
    assert (quick.places, quick.topics, quick.clauses) == (parsed.places, parsed.topics, parsed.clauses)


def test_edited_file_counts_as_it_is_now(copied: Path) -> None:
    id_, clause = next(iter(load_pack(copied).clauses.items()))
    file = copied / "clauses.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(clause.duty.zh, "改过的条文"), encoding="utf-8")
    assert load_pack(copied).clauses[id_].duty.zh == "改过的条文"


def test_error_in_an_edited_file_names_its_line(copied: Path) -> None:
    file = copied / "chapter-5-report.yaml"
    file.write_text("# 一行说明\n" + file.read_text(encoding="utf-8").replace("require:", "requier:", 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(copied)
    assert caught.value.path == str(file)
    assert "requier" in file.read_text(encoding="utf-8").splitlines()[caught.value.row - 1]


def test_error_by_a_parameter_names_the_same_line_as_without_the_built_form(copied: Path) -> None:
    def told() -> tuple[str, int]:
        with pytest.raises(PackError) as caught:
            load_pack(copied, {"covers": "nonsense"})
        return str(caught.value), caught.value.row

    quick = told()
    (copied / BUILT).unlink()
    assert quick == told()
    assert quick[1] > 1


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b'{"version": 1, "files": {"pack.yaml": 7}}'])
def test_pack_with_a_damaged_built_form_is_loaded_from_its_yaml(copied: Path, content: bytes) -> None:
    whole = load_pack(copied)
    (copied / BUILT).write_bytes(content)
    found = load_pack(copied, {"covers": "2021"})
    assert list(found.rules) == list(whole.rules)
    assert found.places == whole.places
