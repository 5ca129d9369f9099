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
