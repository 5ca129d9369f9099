"""evidence: what a person has to decide."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.outcomes import Outcome
from pingdu_rules import DAY, MAYBE, PACK, check, one


@given(
    st.lists(
        st.tuples(st.sampled_from(["met", "not_met", None]), MAYBE, st.one_of(st.none(), st.just("李某")), MAYBE), max_size=4
    ),
    DAY,
)
def test_evidence_passes_on_a_current_review_only(rows: list[tuple[Any, ...]], as_of: date) -> None:
    records = [
        {"id": str(i), "clause": "3.4", "title": "材料", "verdict": v, "reviewed_on": d, "reviewer": r, "valid_until": u}
        for i, (v, d, r, u) in enumerate(rows)
    ]
    found = one("PD-3.4", {"evidence": records}, as_of)
    current = [(d, v == "not_met", v, u) for v, d, r, u in rows if v and r and d and d <= as_of]
    if not current:
        assert found.outcome is Outcome.NEEDS_REVIEW
        return
    day, _, verdict, _ = max(current, key=lambda c: c[:2])
    if verdict == "not_met":
        assert found.outcome is Outcome.VIOLATION
    else:
        holds = [u or d + timedelta(days=365) for d, n, v, u in current if (d, n) == (day, False)]
        assert found.outcome is (Outcome.PASS if max(holds) >= as_of else Outcome.NEEDS_REVIEW)


def test_evidence_units_are_judged_apart() -> None:
    rows = [
        {
            "id": "1",
            "clause": "3.4",
            "title": "材料",
            "unit": "市财政局",
            "verdict": "met",
            "reviewer": "李某",
            "reviewed_on": "2018-10-12",
        },
        {
            "id": "2",
            "clause": "3.4",
            "title": "材料",
            "unit": "市民政局",
            "verdict": "not_met",
            "reviewer": "李某",
            "reviewed_on": "2018-10-12",
        },
    ]
    assert {f.unit: f.outcome for f in check("PD-3.4", {"evidence": rows})} == {
        "市财政局": Outcome.PASS,
        "市民政局": Outcome.VIOLATION,
    }
    assert one("PD-3.4", {"meeting": []}).outcome is Outcome.NEEDS_REVIEW
    rejected = {"id": "1", "clause": "3.4", "verdict": "not_met", "reviewed_on": "2018-02-30"}
    found = check("PD-3.4", {"evidence": [rows[0], rejected]})
    assert [f.outcome for f in found] == [Outcome.NEEDS_REVIEW]


@pytest.mark.parametrize(
    ("clause", "outcome"), [("3.4", Outcome.PASS), (None, Outcome.NEEDS_REVIEW), ("1.1", Outcome.NEEDS_REVIEW)]
)
def test_evidence_of_a_blank_or_another_clause_decides_nothing(clause: str | None, outcome: Outcome) -> None:
    row = {"id": "1", "clause": clause, "title": "材料", "verdict": "met", "reviewer": "李某", "reviewed_on": "2018-10-12"}
    assert one("PD-3.4", {"evidence": [row]}).outcome is outcome


@pytest.mark.parametrize("order", [1, -1])
def test_evidence_of_two_verdicts_of_a_day_the_one_that_holds_longer_counts(order: int) -> None:
    given_ = {"clause": "3.4", "title": "材料", "verdict": "met", "reviewer": "李某", "reviewed_on": "2018-10-12"}
    rows = [{"id": "1", **given_, "valid_until": "2018-10-31"}, {"id": "2", **given_, "valid_until": "2019-10-31"}]
    assert one("PD-3.4", {"evidence": rows[::order]}).outcome is Outcome.PASS


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("days", "outcome"), [((12, 12), "violation"), ((12, 13), "pass"), ((13, 12), "violation")])
def test_evidence_of_two_verdicts_the_later_counts_and_of_one_day_the_worse(
    days: tuple[int, int], outcome: str, order: int
) -> None:
    given_ = {"clause": "3.4", "title": "材料", "reviewer": "李某"}
    rows = [
        {"id": verdict, **given_, "verdict": verdict, "reviewed_on": f"2018-10-{day}"}
        for verdict, day in zip(("not_met", "met"), days, strict=True)
    ]
    assert str(one("PD-3.4", {"evidence": rows[::order]}).outcome) == outcome


@pytest.mark.parametrize(
    ("changed", "as_of", "outcome"),
    [
        ({}, date(2018, 10, 11), Outcome.NEEDS_REVIEW),
        ({}, date(2018, 10, 12), Outcome.PASS),
        ({"verdict": "not_met"}, date(2018, 10, 11), Outcome.NEEDS_REVIEW),
        ({"verdict": "not_met"}, date(2018, 10, 12), Outcome.VIOLATION),
        ({"verdict": "not_met"}, date(2020, 10, 12), Outcome.VIOLATION),  # until another verdict is given
        ({}, date(2019, 10, 12), Outcome.PASS),  # valid for 365 days
        ({}, date(2019, 10, 13), Outcome.NEEDS_REVIEW),
        ({"valid_until": "2018-10-31"}, date(2018, 10, 31), Outcome.PASS),
        ({"valid_until": "2018-10-31"}, date(2018, 11, 1), Outcome.NEEDS_REVIEW),
        ({"dated_on": "2018-10-12"}, date(2018, 10, 12), Outcome.PASS),
        ({"dated_on": "2018-10-13"}, date(2018, 10, 31), Outcome.NEEDS_REVIEW),
        ({"title": None}, date(2018, 10, 12), Outcome.NEEDS_REVIEW),
        ({"title": "详见附件"}, date(2018, 10, 12), Outcome.NEEDS_REVIEW),
        ({"title": "详见附件", "dated_on": "2018-10-12"}, date(2018, 10, 12), Outcome.PASS),
        ({"reviewer": "见附件"}, date(2018, 10, 12), Outcome.NEEDS_REVIEW),
        ({"title": None, "url": "http://www.pingdu.gov.cn/1"}, date(2018, 10, 12), Outcome.PASS),
    ],
)
def test_evidence_counts_from_its_review_to_its_last_day(changed: dict[str, Any], as_of: date, outcome: Outcome) -> None:
    row = {"id": "1", "clause": "3.4", "title": "材料", "verdict": "met", "reviewer": "李某", "reviewed_on": "2018-10-12"}
    assert one("PD-3.4", {"evidence": [row | changed]}, as_of).outcome is outcome


@pytest.mark.parametrize(
    ("clause", "outcome"), [("3.4", Outcome.NEEDS_REVIEW), (None, Outcome.NEEDS_REVIEW), ("1.1", Outcome.PASS)]
)
def test_evidence_row_that_cannot_be_used_may_be_a_later_verdict(clause: str | None, outcome: Outcome) -> None:
    row = {"id": "1", "clause": "3.4", "title": "材料", "verdict": "met", "reviewer": "李某", "reviewed_on": "2018-10-12"}
    rejected = {"id": "2", "clause": clause, "verdict": "not_met", "reviewed_on": "2018-02-30"}
    assert one("PD-3.4", {"evidence": [row, rejected]}).outcome is outcome


def _verdict(number: str, unit: str | None, verdict: str, day: str) -> dict[str, object]:
    return {
        "id": number,
        "clause": "3.4",
        "unit": unit,
        "reviewer": "李某",
        "title": "制度",
        "verdict": verdict,
        "reviewed_on": day,
    }


def test_evidence_verdict_on_several_units_is_one_on_each() -> None:
    both = _verdict("1", "市环保局；市财政局", "符合", "2018-10-12")
    units = [{"id": str(i), "unit": u, "year": 2018} for i, u in enumerate(("市环保局", "平度市财政局"))]
    found = check("PD-3.4", {"evidence": [both], "unit": units})
    assert {f.unit: str(f.outcome) for f in found} == {"市环保局": "pass", "市财政局": "pass"}
    # A later verdict on both takes back the earlier one on one of them.
    later = [_verdict("0", "市环保局", "符合", "2018-10-12"), _verdict("1", "市环保局、市财政局", "不符合", "2018-10-13")]
    found = check("PD-3.4", {"evidence": later})
    assert {f.unit: str(f.outcome) for f in found} == {"市环保局": "violation", "市财政局": "violation"}


def test_evidence_unit_whose_row_names_no_year_or_cannot_be_used_is_not_dropped() -> None:
    for year in (None, "去年"):
        units = [{"id": "1", "unit": "市环保局", "year": year}, {"id": "2", "unit": "市财政局", "year": 2017}]
        found = check("PD-3.4", {"evidence": [], "unit": units})
        assert {f.unit: str(f.outcome) for f in found} == {"市环保局": "needs_review"}, year


def test_evidence_that_could_not_be_used_is_not_called_absent() -> None:
    refused = {**_verdict("1", "市教体局", "基本符合", "2018-10-12"), "clause": "16.2"}
    found = {f.unit: f for f in check("PD-16.2", {"evidence": [refused]})}
    assert {str(f.outcome) for f in found.values()} == {"needs_review"}
    assert found["市教体局"].message.zh.startswith("佐证材料“审核结论”中的“基本符合”不在词表里（最接近的是“")
    assert found["市环保局"].message.zh.startswith("没有佐证材料"), "the row is another unit's"
    nobody = {f.message.zh[:10] for f in check("PD-16.2", {"evidence": [{**refused, "unit": None}]})}
    assert nobody == {"佐证材料“审核结论”"}, "whose it is cannot be told"
    of_all = one("PD-3.4", {"evidence": [_verdict("1", "市教体局", "基本符合", "2018-10-12")]})
    assert of_all.message.zh.startswith("佐证材料“审核结论”中的“基本符合”不在词表里")
    no_day = {**_verdict("1", "市教体局", "符合", "9月"), "clause": "16.2"}
    found = {f.unit: f for f in check("PD-16.2", {"evidence": [no_day]})}
    assert found["市教体局"].message.zh.startswith("佐证材料所在行未能使用")
    another = one("PD-3.4", {"evidence": [refused]})
    assert another.message.zh.startswith("没有佐证材料"), "the row is of another clause"
    assert one("PD-3.4", {"evidence": [{**refused, "clause": None}]}).message.zh.startswith("没有佐证材料")


_WHOLE = _verdict("1", None, "met", "2018-10-12")
_WRITTEN = date(2018, 12, 31)


@pytest.mark.parametrize(
    ("rows", "as_of", "outcome", "missing", "said"),
    [
        ([], _WRITTEN, "needs_review", (), "没有佐证材料，须由人审核"),
        (
            [_WHOLE | {"verdict": None, "reviewer": None, "reviewed_on": None}],
            _WRITTEN, "needs_review", ("verdict", "reviewer", "reviewed_on"), "佐证材料缺少“审核结论”、“审核人”、“审核日期”",
        ),
        ([_WHOLE | {"reviewer": None}], _WRITTEN, "needs_review", ("reviewer",), "佐证材料缺少“审核人”"),
        ([_WHOLE | {"title": None}], _WRITTEN, "needs_review", ("title", "dated_on"), "佐证材料缺少“标题”、“材料日期”"),
        ([_WHOLE | {"dated_on": "2018-10-13"}], _WRITTEN, "needs_review", (), "材料日期2018-10-13（周六）晚于审核日期"),
        ([_WHOLE], date(2019, 10, 13), "needs_review", (), "审核结论已于2019-10-12"),
        ([_WHOLE | {"reviewed_on": "2019-01-01"}], _WRITTEN, "needs_review", (), "截至2018-12-31（周一）佐证尚未审核"),
        ([_WHOLE | {"verdict": "not_met", "title": None}], _WRITTEN, "violation", (), "李某于2018-10-12（周五）审核认定不符合"),
        # The last one is told.
        ([_WHOLE | {"verdict": None}, _WHOLE | {"id": "2", "reviewer": None}], _WRITTEN, "needs_review", ("reviewer",), "佐证材料缺少“审核人”"),
        # On the day of the review itself.
        ([_WHOLE | {"title": None}], date(2018, 10, 12), "needs_review", ("title", "dated_on"), "佐证材料缺少“标题”、“材料日期”"),
    ],
)  # fmt: skip
def test_evidence_says_what_a_material_lacks(
    rows: list[dict[str, object]], as_of: date, outcome: str, missing: tuple[str, ...], said: str
) -> None:
    found = one("PD-3.4", {"evidence": rows}, as_of)
    assert (str(found.outcome), found.missing) == (outcome, missing)
    assert found.message.zh.startswith(said)


def test_evidence_wants_a_verdict_on_each_unit_that_is_listed_for_the_year() -> None:
    rules = [
        i for i, b in PACK.rules.items() if getattr(b.rule.kind, "each_unit", None) is True and b.rule.kind.name == "evidence"
    ]
    rule = PACK.rules[rules[0]]
    row = _verdict("1", "市财政局", "met", "2018-10-12") | {"clause": rule.rule.clause}
    units = [
        {"id": str(n), "unit": u, "year": y}
        for n, (u, y) in enumerate((("市财政局", 2018), ("市民政局；市环保局", 2018), ("市工商局", 2019)))
    ]
    found = check(rule.id, {"evidence": [row], "unit": units}, date(2018, 12, 31))
    assert {f.unit: str(f.outcome) for f in found} == {
        "市财政局": "pass",
        "市民政局": "needs_review",
        "市环保局": "needs_review",
    }
    assert {f.unit: f.record_id for f in found} == {"市财政局": "1", "市民政局": None, "市环保局": None}
    nobody = check(rule.id, {"evidence": [], "unit": [{"id": "1", "unit": u, "year": 2018} for u in (None, "市民政局")]})
    assert [f.unit for f in nobody] == ["市民政局", "市政府办公室"], (
        "a row that names no unit comes last, at the rule's own office"
    )
