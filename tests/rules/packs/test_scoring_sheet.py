"""Scoring sheets of a pack, and those that do not fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import opencheck as oc
from opencheck.rules.packs.pack import Pack


def test_scoring_sheet_fits_its_pack(pack: Pack) -> None:
    assert pack.score is not None
    assert sum(i.points for i in pack.score.items) == 100
    assert oc.load_pack("cn-disclosure-2019").score is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points: 8", "points: 9", "add up to 101"),
        ('tasks: ["9"]', 'tasks: ["99"]', "no task 99"),
        ('tasks: ["9"]', 'tasks: ["8-9"]', "two items: 8-9"),
        ("rules: [PD-14.2,", "rules: [PD-14.22,", r"no rule PD-14\.22"),
        ("error: 1", "fatal: 1", "deductions"),
    ],
)
def test_scoring_sheet_that_does_not_fit_is_refused(old: str, new: str, said: str, pack: Pack, tmp_path: Path) -> None:
    for source in (pack.path, pack.path.parent / "cn-statutes"):
        shutil.copytree(source, tmp_path / source.name)
    file = tmp_path / pack.path.name / "score.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(oc.PackError, match=said) as refused:
        oc.load_pack(tmp_path / pack.path.name)
    assert "score.yaml" in str(refused.value)
