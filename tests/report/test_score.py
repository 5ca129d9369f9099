"""The appraisal score: points off, floors, vetoes, the range of what cannot be judged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.report.score import Score, score, scores
from opencheck.rules.packs.scoring_sheet import ScoringSheet

LATE = {"received_on": "2018-10-08", "replied_on": "2018-12-20", "unit": "市教体局"}


BLANK = {"received_on": None, "replied_on": "2018-12-10", "unit": "市教体局"}


PENDING = {"received_on": "2018-12-20", "unit": "市教体局"}


EARLY = {"received_on": "2018-03-01", "replied_on": "2018-06-01", "unit": "市教体局"}


def scored(*rows: dict[str, Any]) -> tuple[Score, dict[str | None, Score]]:
    records = [{**r, "id": str(n)} for n, r in enumerate(rows)]
    found = scores(oc.check({"request": records}, as_of="2018-12-31", rules=["PD-15.3"]))
    return found[0], {s.unit: s for s in found}


def test_score_violation_costs_a_point_to_the_floor() -> None:
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


@pytest.mark.parametrize(("count", "free"), [(4, None), (5, 0), (7, 2)])
def test_score_says_that_a_floor_was_reached(count: int, free: int | None) -> None:
    import io

    from rich.console import Console

    from opencheck.report.formats.score import floor_texts, print_score

    records = [{**LATE, "id": str(n)} for n in range(count)]
    report = oc.check({"request": records}, as_of="2018-12-31", rules=["PD-15.3"])
    whole = scores(report)[0]
    out = io.StringIO()
    print_score(report, whole, Console(file=out, width=200), "zh")
    if free is None:
        assert floor_texts(whole, "zh") == []
        assert "不再扣" not in out.getvalue()
        return
    assert floor_texts(whole, "zh") == ["已扣到底、再有违规也不再扣的评分项：依申请公开"]
    assert f"已扣到最低0分，其中{free}项违规没有再扣分" in out.getvalue()
    assert next(i for i in whole.as_dict()["items"] if i["id"] == "S15")["at_floor"]


def test_score_pending_or_before_the_plan_costs_nothing() -> None:
    whole, units = scored(PENDING, EARLY, {**LATE, "replied_on": "2018-10-10"})
    assert (whole.score, whole.worst_case) == (100, 100)
    assert units["市教体局"].score == 100


def test_score_indeterminate_is_a_range() -> None:
    whole, _ = scored(LATE, BLANK, BLANK)
    assert (whole.score, whole.worst_case) == (99, 97)


def test_score_personal_data_caps_the_whole() -> None:
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
def test_score_more_violations_never_score_more(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    whole, _ = scored(*rows)
    worse, _ = scored(*rows, LATE)
    assert 0 <= whole.worst_case <= whole.score <= whole.total
    assert worse.score <= whole.score
    assert whole.total - whole.score == pytest.approx(sum(c for i in whole.items for c in i.costs.values()))


def test_score_own_deductions_apply() -> None:
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
