"""YAML 1.2, with lines."""

from __future__ import annotations

from pathlib import Path

import pytest

import opencheck as oc
from opencheck.rules.packs import yaml_source


def test_yaml_is_read_as_version_1_2(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text('on: yes\nday: 2018-08-24\nn: 4\nf: 0.5\nb: true\nempty:\nq: "4"\n', encoding="utf-8")
    assert yaml_source.load_yaml(file).data == {
        "on": "yes",
        "day": "2018-08-24",
        "n": 4,
        "f": 0.5,
        "b": True,
        "empty": None,
        "q": "4",
    }
    with pytest.raises(oc.PackError, match="cannot be read"):
        yaml_source.load_yaml(tmp_path / "none.yaml")
    file.write_bytes("on: 是".encode("gb18030"))
    with pytest.raises(oc.PackError, match="UTF-8"):
        yaml_source.load_yaml(file)


def refused(tmp_path: Path, text: str, line: int, reason: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(text.encode())
    with pytest.raises(oc.PackError, match=reason) as caught:
        yaml_source.load_yaml(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert (caught.value.path, caught.value.row) == (str(file), line)


BOMB = "- &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: x\0y\n", 2, "0x0000"),
        ("a: 1\nb: x\ay\n", 2, "0x0007"),
        ("a: 1\nb: &b\n  c: *b\n", 2, "levels deep"),
        ("&a [*a]\n", 1, "levels deep"),
        (BOMB, 1, "repeat too much"),
        ("- " * 150 + "x\n", 1, "levels deep"),
        ("[" * 50_000 + "]" * 50_000, 1, "depth|deep"),
        ("- " * 50_000 + "x\n", 1, "depth|deep"),
        ("a: 1\nb: !!int abc\n", 2, "'abc' is no int"),
        ("a: 1\nb: !!float abc\n", 2, "'abc' is no float"),
        ("b: 1e999\n", 1, "is no float"),
        ("b: !!bool abc\n", 1, "'abc' is no bool"),
        ("b: !!timestamp 2018-99-99\n", 1, "unknown tag"),
        ("b: !!python/object:os.system x\n", 1, "unknown tag"),
        ("b: !!set {x, y}\n", 1, "unknown tag"),
        ("b: !mine [x]\n", 1, "unknown tag"),
        (f"b: {'9' * 5000}\n", 1, "is no int"),
        ("[a, b]: 1\n", 1, "a key must be a text"),
        ("a: 1\n---\nb: 1\n", 2, "another document"),
    ],
    ids=range(19),
)
def test_yaml_that_is_no_plain_data_is_an_error_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    refused(tmp_path, text, line, reason)


def test_yaml_octal_is_refused_as_nobody_knows_which_number_is_meant(tmp_path: Path) -> None:
    for written in ("010", "-010", "00", "!!int 010", "08"):
        refused(tmp_path, f"a: 1\nb: {written}\n", 2, "leading 0")
    file = tmp_path / "x.yaml"
    file.write_text("a: 0\nb: '010'\nc: 10\nd: 0.5\n010: key\n", encoding="utf-8")
    assert yaml_source.load_yaml(file).data == {"a": 0, "b": "010", "c": 10, "d": 0.5, "010": "key"}


def test_yaml_aliases_that_repeat_little_are_read(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("a: &a [x, y]\nb: *a\nc: !!str 5\n", encoding="utf-8")
    assert yaml_source.load_yaml(file).data == {"a": ["x", "y"], "b": ["x", "y"], "c": "5"}
