"""Reports in every format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import opencheck as oc
from opencheck.core.errors import InputError
from opencheck.report.output import FORMATS, render


def test_render_every_format_in_both_languages(report: oc.Report, tmp_path: Path) -> None:
    for name in FORMATS:
        zh, en = (render(report, name, lang) for lang in ("zh", "en"))
        assert zh
        assert name in ("json", "jsonl") or zh != en, name
    for file in ("r.html", "r.sarif", "r.sarif.json", "r.xml", "r.md"):
        assert report.write(tmp_path / file).stat().st_size > 1000
    assert json.loads((tmp_path / "r.sarif.json").read_text(encoding="utf-8"))["version"] == "2.1.0"
    with pytest.raises(InputError, match=r"\.html"):
        report.write(tmp_path / "r.pdf")
