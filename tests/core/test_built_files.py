"""Built forms of YAML files: they count for the file that they were made of, and for nothing else."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from opencheck.core import message_catalogue
from opencheck.core.built_files import BUILT, BuiltFile, built_files, built_text

DATA = [{"id": "a", "文字": "公开"}, {"id": "b", "n": 3, "x": None, "share": 0.5}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_bytes(b"- {id: a}\n- {id: b}\n")
    (tmp_path / BUILT).write_text(built_text(tmp_path, {"a.yaml": BuiltFile(DATA, [1, 2])}), encoding="utf-8")
    return tmp_path


def test_what_was_built_is_what_is_read(folder: Path) -> None:
    assert built_files(folder, ["a.yaml"]) == {"a.yaml": BuiltFile(DATA, [1, 2])}
    assert built_files(folder, ["b.yaml"]) == {}


def test_line_ends_of_a_checkout_make_no_difference(folder: Path) -> None:
    file = folder / "a.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert list(built_files(folder, ["a.yaml"])) == ["a.yaml"]


@pytest.mark.parametrize("content", [b"- {id: a}\n- {id: c}\n", b"", b"- {id: a}\n- {id: b}\n\n"])
def test_edited_file_has_no_built_form(folder: Path, content: bytes) -> None:
    (folder / "a.yaml").write_bytes(content)
    assert built_files(folder, ["a.yaml"]) == {}


def test_file_that_is_gone_has_no_built_form(folder: Path) -> None:
    (folder / "a.yaml").unlink()
    assert built_files(folder, ["a.yaml"]) == {}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b'{"version": 2, "files": {}}', b'{"version": 1}', b'{"version": 1, "files": 7}',
     b'{"version": 1, "files": {"a.yaml": 7}}', b'{"version": 1, "files": {"a.yaml": {}}}', b"[" * 100_000],
)  # fmt: skip
def test_damaged_built_form_is_none(folder: Path, content: bytes) -> None:
    (folder / BUILT).write_bytes(content)
    assert built_files(folder, ["a.yaml"]) == {}


def test_built_form_of_another_version_is_none(folder: Path) -> None:
    told = json.loads((folder / BUILT).read_text(encoding="utf-8"))
    (folder / BUILT).write_text(json.dumps({**told, "version": told["version"] + 1}), encoding="utf-8")
    assert built_files(folder, ["a.yaml"]) == {}


@pytest.mark.parametrize("data", [{1: "a"}, [math.nan], ("a",)])
def test_data_that_json_would_change_are_not_built(folder: Path, data: object) -> None:
    with pytest.raises(ValueError):
        built_text(folder, {"a.yaml": BuiltFile(data)})


def test_messages_are_the_same_without_their_built_form(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = message_catalogue.load_messages.__wrapped__()
    monkeypatch.setattr(message_catalogue, "built_files", lambda folder, names: {})
    assert message_catalogue.load_messages.__wrapped__() == quick
