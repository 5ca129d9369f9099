"""The appraisal score: points off, floors, vetoes, the range of what cannot be judged, and sheets that do not fit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.cli.main import main
from opencheck.report.score import Score, score, scores
from opencheck.rules.packs.pack import Pack
from opencheck.rules.packs.scoring_sheet import ScoringSheet

LATE = {"received_on": "2018-10-08", "replied_on": "2018-12-20", "unit": "市教体局"}
BLANK = {"received_on": None, "replied_on": "2018-12-10", "unit": "市教体局"}
PENDING = {"received_on": "2018-12-20", "unit": "市教体局"}
EARLY = {"received_on": "2018-03-01", "replied_on": "2018-06-01", "unit": "市教体局"}


def scored(*rows: dict[str, Any]) -> tuple[Score, dict[str | None, Score]]:
    records = [{**r, "id": str(n)} for n, r in enumerate(rows)]
    found = scores(oc.check({"request": records}, as_of="2018-12-31", rules=["PD-15.3"]))
    return found[0], {s.unit: s for s in found}


def test_a_violation_costs_a_point_down_to_the_floor() -> None:
    whole, units = scored(LATE)
    assert (whole.unit, whole.score, whole.worst_case) == (None, 99, 99)
    assert units["市教体局"].score == 99
    item = next(i for i in whole.items if i.item.id == "S15")
    assert (item.score, list(item.costs.values())) == (4, [1])
    whole, _ = scored(*[LATE] * 5)
    assert whole.score == 95
    whole, _ = scored(*[LATE] * 7)
    item = next(i for i in whole.items if i.item.id == "S15")
    assert (whole.score, item.score, list(item.costs.values())) == (95, 0, [1, 1, 1, 1, 1, 0, 0])


def test_what_is_not_due_or_fell_due_before_the_plan_costs_nothing() -> None:
    whole, units = scored(PENDING, EARLY, {**LATE, "replied_on": "2018-10-10"})
    assert (whole.score, whole.worst_case) == (100, 100)
    assert units["市教体局"].score == 100


def test_what_cannot_be_judged_is_a_range() -> None:
    whole, _ = scored(LATE, BLANK, BLANK)
    assert (whole.score, whole.worst_case) == (99, 97)


def test_what_was_not_checked_is_said(tmp_path: Path) -> None:
    file = tmp_path / "requests.json"
    rows = [{"id": "1", "received_on": "2018-02-30"}, {"id": "2", "received_on": "2018-12-03", "replied_on": "2018-12-10"}]
    file.write_text(json.dumps({"request": rows}), encoding="utf-8")
    told = CliRunner().invoke(main, ["score", str(file), "--as-of", "2018-12-31"]).stdout
    assert "不说明已经做到" in told
    assert "公文办理" in told.split("不说明已经做到")[1].split("\n")[0]
    assert "未能使用的1行" in told
    page = oc.check(file, as_of="2018-12-31").write(tmp_path / "p.html").read_text(encoding="utf-8")
    assert "未能使用的1行不在得分之内" in page


def test_personal_data_caps_the_whole() -> None:
    row = {
        "id": "1",
        "topic": "other",
        "published_on": "2018-09-10",
        "mandatory_personal_data": False,
        "personal_data_basis": None,
    }
    shown = {**row, "text": "王某，11010519491231002X"}
    found = scores(oc.check({"disclosure": [shown]}, as_of="2018-12-31", rules=["PD-14.2"]))[0]
    assert (found.score, found.worst_case, [v.cap for v in found.vetoes]) == (59, 59, [59])
    # A text that could not be read may hide what caps the score.
    unread = scores(
        oc.check(
            {"disclosure": [{**row, "text": None}, {**row, "id": "2", "text": "好"}]}, as_of="2018-12-31", rules=["PD-14.2"]
        )
    )[0]
    assert (unread.score, unread.worst_case, unread.vetoes) == (100, 59, [])


@given(st.lists(st.sampled_from([LATE, BLANK, PENDING, EARLY]), max_size=12))
def test_more_violations_never_score_more(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    whole, _ = scored(*rows)
    worse, _ = scored(*rows, LATE)
    assert 0 <= whole.worst_case <= whole.score <= whole.total
    assert worse.score <= whole.score
    assert whole.total - whole.score == pytest.approx(sum(c for i in whole.items for c in i.costs.values()))


def test_the_sheet_of_the_pack_fits_it(pack: Pack) -> None:
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
def test_sheets_that_do_not_fit_are_refused_with_their_file(old: str, new: str, said: str, pack: Pack, tmp_path: Path) -> None:
    for source in (pack.path, pack.path.parent / "cn-statutes"):
        shutil.copytree(source, tmp_path / source.name)
    file = tmp_path / pack.path.name / "score.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(oc.PackError, match=said) as refused:
        oc.load_pack(tmp_path / pack.path.name)
    assert "score.yaml" in str(refused.value)


def test_sheets_of_other_deductions() -> None:
    sheet = ScoringSheet.model_validate(
        {
            "title": {"zh": "表", "en": "sheet"},
            "basis": {"zh": "自定", "en": "own"},
            "total": 10,
            "deductions": {"error": 1},
            "items": [{"id": "a", "tasks": ["15"], "points": 10, "deductions": {"error": 4}, "floor": 3}],
        }
    )
    report = oc.check({"request": [{**LATE, "id": "1"}, {**LATE, "id": "2"}]}, as_of="2018-12-31", rules=["PD-15.3"])
    found = score(report.packs[0], sheet, report.findings())
    assert (found.score, list(found.items[0].costs.values())) == (3, [4, 3])


def test_on_the_command_line_and_on_the_page(ledger: Path, tmp_path: Path) -> None:
    def run(*args: str) -> Any:
        return CliRunner().invoke(main, ["score", str(ledger), "--as-of", "2018-12-31", *args])

    told = json.loads(run("--format", "json").stdout)
    found = told["scores"]
    assert told["rows"]["read"] == told["rows"]["checked"] + told["rows"]["rejected"]
    assert set(told["notes"][0]) == {"zh", "en"}
    assert found[0]["unit"] is None
    assert found[0]["score"] < 59
    assert all(0 <= s["least"] <= s["score"] <= 100 for s in found)
    assert "自定" in run().stdout
    assert "扣1分" in run("--unit", "市财政局").stdout
    assert "finance" in run("--unit", "市财政局", "--lang", "en").stdout
    assert run("--unit", "没有的局").exit_code == 2
    assert run("--pack", "cn-disclosure-2019").exit_code == 2
    page = oc.check(ledger, as_of="2018-12-31").write(tmp_path / "p.html").read_text(encoding="utf-8")
    assert "考评得分" in page
    assert "个人信息：总分以59分为限" in page
