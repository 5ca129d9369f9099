"""The built form of packs: what it says is what the YAML says, and it counts for nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from opencheck.core.errors import PackError
from opencheck.rules.packs import built_form as module
from opencheck.rules.packs.built_form import BUILT, BuiltForm, built_form
from opencheck.rules.packs.loader import load_pack, pack_names, pack_path
from opencheck.rules.packs.yaml_source import load_yaml


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of a pack that ships with opencheck, its built form included."""
    root = tmp_path / "rules" / "cn-disclosure-2019"
    shutil.copytree(pack_path("cn-disclosure-2019"), root)
    return root


@pytest.mark.parametrize("name", pack_names())
def test_built_form_of_a_shipped_pack_is_that_of_its_files(name: str) -> None:
    root = pack_path(name)
    assert (root / BUILT).read_text(encoding="utf-8") == built_form(root.glob("*.yaml")), "run scripts/build_packs.py"


@pytest.mark.parametrize("name", pack_names())
def test_built_files_say_what_the_yaml_says_line_by_line(name: str) -> None:
    root = pack_path(name)
    built = BuiltForm(root)
    for path in root.glob("*.yaml"):
        quick, slow = built.load(path), load_yaml(path)
        assert quick.data == slow.data
        places = list(slow.lines)
        assert [quick.at(keys) for keys in places] == [slow.at(keys) for keys in places]


def test_shipped_pack_is_loaded_without_reading_yaml(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load_pack(copied)
    monkeypatch.setattr(module, "load_yaml", lambda path: pytest.fail(f"{path} was read"))
    again = load_pack(copied, {"covers": "2021"})
    assert list(again.rules) == list(whole.rules)
    assert again.places == whole.places


def test_edited_file_is_read_from_its_yaml_and_the_others_from_the_built_form(copied: Path) -> None:
    file = copied / "clauses.yaml"
    text = file.read_text(encoding="utf-8")
    id_, clause = next(iter(load_pack(copied).clauses.items()))
    file.write_text(text.replace(clause.duty.zh, "改过的条文"), encoding="utf-8")
    assert load_pack(copied).clauses[id_].duty.zh == "改过的条文"


def test_error_in_an_edited_file_names_its_line(copied: Path) -> None:
    file = copied / "chapter-5-report.yaml"
    file.write_text("# 一行说明\n" + file.read_text(encoding="utf-8").replace("require:", "requier:", 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(copied)
    assert caught.value.path == str(file)
    assert "requier" in file.read_text(encoding="utf-8").splitlines()[caught.value.row - 1]


def test_error_by_a_parameter_names_the_line_although_the_file_was_not_read(copied: Path) -> None:
    file = copied / "pack.yaml"
    with pytest.raises(PackError) as built:
        load_pack(copied, {"covers": "nonsense"})
    (copied / BUILT).unlink()
    with pytest.raises(PackError) as plain:
        load_pack(copied, {"covers": "nonsense"})
    assert (str(built.value), built.value.path) == (str(plain.value), str(file))


def test_line_ends_of_a_checkout_make_no_difference(copied: Path) -> None:
    file = copied / "topics.yaml"
    data = load_yaml(file).data
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    found = BuiltForm(copied).load(file)
    assert found._lines is None  # it was not read
    assert found.data == data == load_yaml(file).data


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"version": 2, "files": {}}', b'{"version": 1}', b'{"version": 1, "files": 7}',
     b'{"version": 1, "files": {"pack.yaml": 7, "topics.yaml": {}, "clauses.yaml": {"sha256": 1}}}', b"[" * 100_000],
)  # fmt: skip
def test_damaged_built_form_is_left_alone(copied: Path, content: bytes) -> None:
    whole = load_pack(copied)
    (copied / BUILT).write_bytes(content)
    found = load_pack(copied, {"covers": "2021"})
    assert list(found.rules) == list(whole.rules)
    assert found.places == whole.places


def test_missing_file_is_told_by_its_path(copied: Path) -> None:
    with pytest.raises(PackError, match="nothing.yaml"):
        BuiltForm(copied).load(copied / "nothing.yaml")


def test_what_json_cannot_hold_is_not_built(tmp_path: Path) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text("id: x\n", encoding="utf-8")
    assert json.loads(built_form([file]))["files"]["pack.yaml"]["data"] == {"id": "x"}
    file.write_text("id: [x\n", encoding="utf-8")
    with pytest.raises(PackError):
        built_form([file])
