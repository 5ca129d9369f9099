"""The figures of docs/reliability.md: what is found of the made list of numbers."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

MISSED = {"身份证号，校验位写错", "手机，汉字写的"}
ALARMS = {"编号没有说明，含日期"}


def test_made_list_is_found_as_the_page_says(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import personal_data
    import personal_shapes

    try:
        total, shapes = personal_data.measure()
    finally:
        for module in (personal_data, personal_shapes):
            sys.modules.pop(module.__name__)
    assert len(shapes) == 60
    assert {name for name, counts in shapes.items() if counts["missed"]} == MISSED
    assert {name for name, counts in shapes.items() if counts["false_alarm"]} == ALARMS
    found, alarms, missed = total["found"], total["false_alarm"], total["missed"]
    for page in ("docs/reliability.md", "docs/en/reliability.md"):
        text = (root / page).read_text(encoding="utf-8")
        assert f"{found}/{found + alarms}" in text
        assert f"{found}/{found + missed}" in text
        assert re.search(r"python benchmarks/personal_data\.py", text)
