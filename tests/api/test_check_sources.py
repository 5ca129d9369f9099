"""opencheck.check: sources, packs, progress."""

from __future__ import annotations

from pathlib import Path

import make_ledger
import opencheck as oc
from opencheck.report.output import render


def test_check_unknown_topic_notes_the_nearest_topic() -> None:
    report = oc.check({"disclosure": [{"id": "1", "topic": "空气质量情况", "published_on": "2018-02-02"}]}, as_of="2018-12-31")
    (note,) = [facts for name, facts in report.notes if name == "note.unknown_topic"]
    assert note["nearest"] == "环境空气质量"
    assert "空气质量情况" in render(report, "table").decode()
    (said,) = [n["zh"] for n in report.to_dict()["notes"] if "空气质量情况" in n["zh"]]
    assert said == "主题“空气质量情况”不在规则包的主题表里（1行），这些行没有按主题检查；最接近的是“环境空气质量”"
    other = oc.check({"disclosure": [{"id": "1", "topic": "XYZ", "published_on": "2018-02-02"}]}, as_of="2018-12-31")
    (said,) = [n["en"] for n in other.to_dict()["notes"] if "XYZ" in n["en"]]
    assert said == "topic “XYZ” is not one of the pack's (1 row), so that row was not checked by topic"


def test_check_several_packs_and_a_folder_gives_all_findings(ledger: Path, root: Path) -> None:
    report = oc.check(ledger, pack=["pingdu-2018", root / "rules" / "cn-statutes"], as_of="2018-12-31")
    assert report.to_dict()["pack"] == ["pingdu-2018", "cn-statutes"]
    assert len(report.findings()) == len(make_ledger.EXPECTED)


def test_check_progress_reaches_the_number_of_rules() -> None:
    seen: list[tuple[str, int, int]] = []
    oc.check({"meeting": []}, as_of="2018-12-31", progress=lambda *step: seen.append(step))
    assert seen[-1][1] == seen[-1][2] == len(oc.load_pack("pingdu-2018").rules)
