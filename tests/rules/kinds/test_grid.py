"""grid: a set that must be complete, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.outcomes import Outcome
from opencheck.rules.kinds.grid.declaration import Axis
from opencheck.rules.kinds.grid.order import may_disorder
from pack_files import outcomes, own_pack
from pingdu_rules import DAY, END, MAYBE, PACK, check, one
from record_strategies import SIX, STAGES

RELEASE = st.tuples(
    st.sampled_from(["甲", "乙"]), st.one_of(st.none(), st.lists(st.sampled_from(SIX), max_size=6, unique=True)), MAYBE
)


@given(st.lists(RELEASE, max_size=6), st.sampled_from([date(2018, 12, 30), END, date(2019, 2, 1)]))
def test_grid_elements_equal_counting_them(releases: list[tuple[str, list[str] | None, date | None]], as_of: date) -> None:
    rows = [
        {"id": str(i), "topic": "execution.policy", "subject": s, "elements": e, "published_on": d}
        for i, (s, e, d) in enumerate(releases)
    ]
    found = {f.subject: f.outcome for f in check("PD-3.1", {"disclosure": rows}, as_of)}
    expected = {}
    for subject in {s for s, _, _ in releases}:
        mine = [(e or None, d) for s, e, d in releases if s == subject]
        have = {x for e, d in mine for x in e or () if d is not None and d <= as_of}
        absent = set(SIX) - have
        unsure = [d for e, d in mine if e is None and d is not None]  # what has no day is not done
        days = [d for _, d in mine if d is not None]
        begun = [d for d in days if d <= as_of] or days  # what is only planned begins when it is planned
        # What began shortly before the end of the year may be completed within 30 days, what began later by the end of its year.
        due = max([END, min(begun) + timedelta(30), *([date(2019, 12, 31)] if min(begun) > END else [])]) if begun else END
        first = {x: min(d for e, d in mine if d is not None and d <= as_of and x in (e or ())) for x in have}
        late = {x for x, d in first.items() if d > due}
        possible = {x for x in absent | late for d in unsure if d <= as_of and (x in absent or d <= due)}
        if not absent and not late:
            expected[subject] = Outcome.PASS
        elif absent and as_of < due:
            expected[subject] = Outcome.PENDING
        else:
            expected[subject] = Outcome.INDETERMINATE if absent | late <= possible else Outcome.VIOLATION
    assert found == expected


@given(st.fixed_dictionaries(dict.fromkeys(STAGES, MAYBE)), DAY)
def test_grid_in_order_equals_looking_at_pairs(days: dict[str, date | None], as_of: date) -> None:
    rows = [
        {"id": s, "topic": "environment.eia", "subject": "化工项目", "elements": [s], "published_on": d}
        for s, d in days.items()
        if d is not None
    ]
    if not rows:
        return
    (found,) = check("PD-8-7.7", {"disclosure": rows}, as_of)
    seen = {s: d for s, d in days.items() if d is not None and d <= as_of}
    pairs = [(a, b) for i, a in enumerate(STAGES) for b in STAGES[i + 1 :]]
    disorder = any(a in seen and b in seen and seen[a] > seen[b] for a, b in pairs)
    gap = any(a not in seen and b in seen for a, b in pairs)
    expected = Outcome.VIOLATION if disorder or gap else Outcome.PASS if len(seen) == 3 else Outcome.PENDING
    assert found.outcome is expected


def test_grid_records_without_subject_are_indeterminate() -> None:
    rows = [
        {"id": "1", "topic": "project.major", "elements": ["批准信息"], "published_on": "2018-09-10", "subject": None},
        {"id": "2", "topic": "project.major", "elements": ["实施信息"], "published_on": "2018-09-10", "subject": None},
    ]
    found = one("PD-8-2.1", {"disclosure": rows})
    assert (found.outcome, found.missing) == (Outcome.INDETERMINATE, ("disclosure.subject",))
    whole = {**rows[0], "elements": ["批准信息", "实施信息"]}
    assert one("PD-8-2.1", {"disclosure": [whole]}).outcome is Outcome.PASS


def test_grid_rejected_row_is_indeterminate() -> None:
    rows = [{"id": str(i), "topic": t, "published_on": "2018-09-10", "period": "2018"} for i, t in enumerate(_poverty()[:5])]
    rows[3]["elements"] = ["完成情况"]
    assert one("PD-8-4.2", {"disclosure": rows}).outcome is Outcome.VIOLATION
    broken = {"id": "9", "topic": _poverty()[5], "published_on": "2018-02-30", "period": "2018"}
    found = one("PD-8-4.2", {"disclosure": [*rows, broken]})
    assert (found.outcome, found.missing) == (Outcome.INDETERMINATE, ("disclosure.rejected",))  # its day is filled in


def _poverty() -> list[str]:
    return PACK.rules["PD-8-4.2"].rule.kind.axes[0].values


def _poverty_relief(*topics: str) -> list[dict[str, object]]:
    plan = {"poverty_relief.plan": ["计划安排", "完成情况"]}
    return [
        {"id": str(i), "unit": "市扶贫办", "topic": t, "period": "2018", "published_on": "2018-09-10", "elements": plan.get(t)}
        for i, t in enumerate(topics)
    ]


_FIVE = ["strategy", "library", "plan", "project", "investigation"]


def test_grid_unknown_topic_may_be_the_value_that_it_resembles_or_any() -> None:
    rows = _poverty_relief(*(f"poverty_relief.{t}" for t in _FIVE), "扶贫资金安排")
    found = one("PD-8-4.2", {"disclosure": rows})
    assert found.outcome is Outcome.INDETERMINATE
    assert "扶贫资金安排" in found.message.zh
    rows[-1]["topic"] = "殡葬服务收费"
    assert one("PD-8-4.2", {"disclosure": rows}).outcome is Outcome.INDETERMINATE
    rows[-1]["topic"] = "其他"
    found = one("PD-8-4.2", {"disclosure": rows})
    assert found.outcome is Outcome.VIOLATION
    assert found.message.zh.endswith("缺：扶贫资金分配")


def test_grid_unknown_topic_may_be_another_than_the_one_that_it_resembles() -> None:
    absent, resembled = "poverty_relief.plan", f"poverty_relief.{_FIVE[0]}"
    rows = _poverty_relief(*(f"poverty_relief.{t}" for t in _FIVE), "poverty_relief.funds", "扶贫资金安排")
    assert one("PD-8-4.2", {"disclosure": rows}).outcome is Outcome.PASS
    rows = [row for row in rows if row["topic"] not in (absent, resembled)]
    found = one("PD-8-4.2", {"disclosure": rows})
    assert found.outcome is Outcome.INDETERMINATE
    assert "扶贫资金安排" in found.message.zh


def test_grid_of_quarters_takes_the_quarter_of_the_day_and_of_a_month(tmp_path: Path) -> None:
    need = "{axes: [{field: elements, values: [限额, 余额]}], every: quarter, due: period_end}"
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{grid: {need}}}")
    row = {"id": "1", "topic": "debt", "elements": ["限额", "余额"]}
    second = {
        str(named): outcomes(pack, [row | named], "2018-12-31")["2018-Q2"]
        for named in ({"formed_on": "2018-06-30"}, {"formed_on": "2018-07-01"}, {"period": "2018年5月"}, {"period": "2018-H1"})
    }
    assert list(second.values()) == ["pass", "violation", "pass", "indeterminate"]


def test_grid_no_subject_at_all_is_open_where_the_mark_of_one_is_unknown() -> None:
    row = {"id": "1", "topic": "project.major", "subject": "潍莱高铁", "published_on": "2018-09-10"}
    both = {"elements": ["批准信息", "实施信息"]}
    for attribute, elements, outcome in (
        ("主动公开", both, Outcome.PASS),
        ("内部掌握", both, Outcome.INDETERMINATE),
        ("内部掌握", {"elements": ["批准信息"]}, Outcome.VIOLATION),
        ("不予公开", both, Outcome.VIOLATION),
    ):
        assert one("PD-8-2.1", {"disclosure": [{**row, **elements, "attribute": attribute}]}).outcome is outcome


def test_grid_subject_in_an_attachment_names_nobody() -> None:
    whole = {"topic": "execution.policy", "published_on": "2018-09-10", "elements": SIX, "attribute": "主动公开"}
    named = {"id": "1", "subject": "城区改造", **whole, "elements": SIX[:5]}
    found = check("PD-3.1", {"disclosure": [named, {"id": "2", "subject": "详见附件", **whole}]})
    assert {f.subject: str(f.outcome) for f in found} == {None: "pass", "城区改造": "indeterminate"}


def test_grid_what_is_only_planned_is_due_after_its_own_day() -> None:
    planned = {"id": "1", "topic": "execution.policy", "subject": "城区改造", "published_on": "2019-01-31", "elements": SIX}
    (found,) = check("PD-3.1", {"disclosure": [planned]}, as_of=date(2018, 12, 31))
    assert (found.outcome, found.due) == (Outcome.PENDING, date(2019, 12, 31))


def _stage(day: str | None, *elements: str, **cells: object) -> dict[str, object]:
    row = {
        "topic": "environment.eia",
        "subject": "化工项目",
        "published_on": day,
        "elements": list(elements),
        "attribute": "主动公开",
    }
    return row | cells


def _eia(*rows: dict[str, object]) -> dict[str | None, str]:
    numbered = [{"id": str(i), **row} for i, row in enumerate(rows)]
    return {f.subject: str(f.outcome) for f in check("PD-8-7.7", {"disclosure": numbered})}


IN_ORDER = (_stage("2018-09-03", "受理"), _stage("2018-09-20", "审查", "审批决定"))


@pytest.mark.parametrize(
    ("day", "elements", "outcome"),
    [
        ("2018-09-02", ["审批决定"], "indeterminate"),
        ("2018-09-19", ["审批决定"], "indeterminate"),
        ("2018-09-02", ["审查"], "indeterminate"),
        ("2018-09-03", ["审查"], "pass"),
        ("2018-09-20", ["审批决定"], "pass"),
        ("2018-09-02", ["受理", "审批决定"], "indeterminate"),
        ("2018-09-02", ["受理", "审查", "审批决定"], "pass"),
        ("2018-09-02", ["别的环节"], "indeterminate"),
        (None, ["审批决定"], "pass"),
    ],
)
def test_grid_doubtful_record_that_may_break_the_order_keeps_it_from_passing(
    day: str | None, elements: list[str], outcome: str
) -> None:
    """Its attribute is a word that nobody knows: it may be open, and then a decision was out before the review."""
    doubtful = _stage(day, *elements, attribute="内部掌握")
    assert _eia(*IN_ORDER, doubtful) == {"化工项目": outcome}
    assert _eia(*IN_ORDER) == {"化工项目": "pass"}


@pytest.mark.parametrize(("day", "outcome"), [("2018-09-19", "indeterminate"), ("2018-09-20", "violation")])
def test_grid_doubtful_record_may_mend_the_order(day: str, outcome: str) -> None:
    reversed_ = (_stage("2018-09-03", "受理"), _stage("2018-09-20", "审查"), _stage("2018-09-19", "审批决定"))
    assert _eia(*reversed_) == {"化工项目": "violation"}
    assert _eia(*reversed_, _stage(day, "审查", attribute="内部掌握")) == {"化工项目": outcome}


def test_grid_order_that_stays_open_names_what_leaves_it_open() -> None:
    rows = [{"id": str(i), **r} for i, r in enumerate((*IN_ORDER, _stage("2018-09-02", "审批决定", attribute="内部掌握")))]
    found = one("PD-8-7.7", {"disclosure": rows})
    assert found.message.zh == "无法判断：“公开属性”中的“内部掌握”不在词表里"
    assert found.missing == ("disclosure.attribute",)


LEVELS = ["city", "county", "town", "village"]


def _lists(*rows: dict[str, object], roster: str = "") -> dict[str | None, str]:
    topic = "assistance.subsistence_allowance"
    same = {"topic": topic, "published_on": "2018-09-10", "elements": ["户主姓名"], "attribute": "主动公开"}
    listed = [{"id": f"n{i}", "topic": topic, "subject": s} for i, s in enumerate(roster)]
    found = check("PD-8-3.2", {"disclosure": [{"id": str(i), **same, **r} for i, r in enumerate(rows)], "roster": listed})
    return {f.subject: str(f.outcome) for f in found}


def _at(subject: str, *levels: str | None, **cells: object) -> list[dict[str, object]]:
    return [{"subject": subject, "level": level, **cells} for level in levels]


def test_grid_pool_is_made_of_subjects_with_one_level_each() -> None:
    one_each = [row for s, level in zip("甲乙丙丁", LEVELS, strict=True) for row in _at(s, level)]
    assert _lists(*one_each) == {None: "pass"}
    assert _lists(*one_each[:3]) == {None: "violation"}


def test_grid_pool_may_lack_what_only_a_subject_of_several_levels_fills() -> None:
    """A village whose list is up in the village only is not told to be complete because another one is."""
    whole = _at("前进村", *LEVELS)
    assert _lists(*whole, *_at("后进村", "village")) == {"前进村": "pass", "后进村": "indeterminate"}
    two = _at("前进村", "city", "county")
    assert _lists(*two, *_at("后进村", "village")) == {"前进村": "violation", "后进村": "violation"}, "the town is nobody's"


def test_grid_pool_doubtful_record_of_a_member_may_fill_it() -> None:
    assert _lists(*_at("甲", "city"), *_at("乙", "county"), *_at("丙", "town"), *_at("乙", None)) == {None: "indeterminate"}
    down = _at("丁", "village", posted_until="2018-10-01")
    rows = (*_at("甲", "city"), *_at("乙", "county"), *_at("丙", "town"), *down)
    assert _lists(*rows) == {None: "indeterminate"}, "no roster tells whether the reason had ended"
    assert _lists(*rows, roster="丁") == {None: "violation"}


@pytest.mark.parametrize(
    ("day", "element", "outcome"),
    [
        ("2018-09-09", "竣工有关信息", "indeterminate"),
        ("2018-09-10", "竣工有关信息", "pass"),
        ("2018-09-09", "招标投标信息", "pass"),
    ],
)
def test_grid_doubtful_trigger_may_make_the_rest_late(day: str, element: str, outcome: str) -> None:
    """The grid is due once 竣工有关信息 is there: if that was out a day before the rest, the rest was late."""
    (rule,) = [r for r in PACK.rules.values() if r.id == "PD-8-2.1c"]
    eight = rule.kind.axes[0].values  # type: ignore[attr-defined]
    same = {"topic": "project.major", "subject": "水厂", "attribute": "主动公开"}
    whole = {"id": "1", **same, "elements": eight, "published_on": "2018-09-10"}
    last = {"id": "2", **same, "elements": [element], "published_on": day, "attribute": "内部掌握"}
    assert one("PD-8-2.1c", {"disclosure": [whole]}).outcome is Outcome.PASS
    assert str(one("PD-8-2.1c", {"disclosure": [whole, last]}).outcome) == outcome


@pytest.mark.parametrize(
    ("until", "down", "outcome"),
    [
        ("2018-10-31", "2018-10-31", "pass"),
        ("2018-11-01", "2018-10-31", "violation"),
        (None, "2018-10-31", "violation"),
        ("not listed", "2018-10-31", "indeterminate"),
    ],
)
def test_grid_list_taken_down_when_the_reason_had_ended_was_there(until: str | None, down: str, outcome: str) -> None:
    topic = "assistance.subsistence_allowance"
    rows = [
        {"id": level, "topic": topic, "level": level, "subject": "前进村", "published_on": "2018-09-10", "posted_until": last}
        for level, last in (("city", None), ("county", None), ("town", None), ("village", down))
    ]
    roster = [{"id": "r", "topic": topic, "subject": "前进村" if until != "not listed" else "东关村", "until": until}]
    roster[0] |= {"until": None} if until == "not listed" else {}
    found = [f for f in check("PD-8-3.2", {"disclosure": rows, "roster": roster}) if f.subject == "前进村"]
    assert [f.outcome for f in found] == [outcome]


@pytest.mark.parametrize(("elements", "outcome"), [(["余额"], "pass"), (["限额"], "violation"), (None, "indeterminate")])
def test_grid_value_of_the_first_axis_that_must_hold_something_is_open_without_elements(
    tmp_path: Path, elements: list[str] | None, outcome: str
) -> None:
    need = (
        "{axes: [{field: topic, values: [debt]}, {field: level, values: [county]}], holds: {debt: [余额]}, done: published_on}"
    )
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{grid: {need}}}")
    row = {"id": "1", "topic": "debt", "level": "county", "published_on": "2018-06-01", "elements": elements}
    assert list(outcomes(pack, [row], "2018-12-31").values()) == [outcome]


@pytest.mark.parametrize(("second", "outcome"), [("town", "pass"), ("county", "violation")])
def test_grid_subjects_of_one_value_each_are_one_set_where_they_are_pooled(tmp_path: Path, second: str, outcome: str) -> None:
    need = "{per: subject, axes: [{field: level, values: [county, town]}], pooled: true, done: published_on}"
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{grid: {need}}}")
    rows = [
        {"id": subject, "topic": "debt", "subject": subject, "level": level, "published_on": "2018-06-01"}
        for subject, level in (("甲", "county"), ("乙", second))
    ]
    found = pack.rules["X-1"].check({"disclosure": rows}, as_of="2018-12-31")
    assert [str(f.outcome) for f in found] == [outcome]


@pytest.mark.parametrize(("first", "second", "late"), [("2019-01-02", "2018-12-31", None), ("2019-01-03", "2019-01-02", 2)])
def test_grid_earliest_record_of_pooled_subjects_fills_a_cell(
    tmp_path: Path, first: str, second: str, late: int | None
) -> None:
    need = "{per: subject, axes: [{field: level, values: [county, town]}], pooled: true, done: published_on}"
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{grid: {need}}}")
    days = {"甲": ("county", first), "乙": ("county", second), "丙": ("town", "2018-06-01")}
    rows = [{"id": s, "topic": "debt", "subject": s, "level": level, "published_on": day} for s, (level, day) in days.items()]
    rows[0]["unit"], rows[1]["unit"], rows[2]["unit"] = None, "丙局", "丁局"
    (found,) = pack.rules["X-1"].check({"disclosure": rows}, as_of="2019-06-30")
    assert (found.unit, found.record_id) == ("丁局", "丙")
    assert (str(found.outcome), found.late_by) == ("violation" if late else "pass", late)


@pytest.mark.parametrize(
    ("county", "town", "said"),
    [
        ("2019-03-01", "2019-03-02", "应有的2项最迟应于2018-12-31（周一）齐全，县级、镇级到2019-03-02（周六）才公开，迟61天"),
        ("2019-03-02", "2019-03-01", "镇级的公开早于它前面的环节，先后颠倒"),
        (None, "2019-03-01", "应有2项，截至2019-06-30（周日）缺：县级"),
        ("2019-03-01", None, "应有2项，截至2019-06-30（周日）缺：镇级"),
    ],
)
def test_grid_of_what_is_late_and_wrong_besides_the_graver_is_told(
    tmp_path: Path, county: str | None, town: str | None, said: str
) -> None:
    need = "{axes: [{field: level, values: [county, town]}], done: published_on, in_order: true}"
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{grid: {need}}}")
    days = {"county": county, "town": town}
    rows = [{"id": n, "topic": "debt", "level": n, "published_on": day} for n, day in days.items() if day is not None]
    (found,) = pack.rules["X-1"].check({"disclosure": rows}, as_of="2019-06-30")
    assert (str(found.outcome), found.message.zh) == ("violation", said)


@pytest.mark.parametrize(
    ("day", "doubt", "outcome"),
    [
        ("2019-05-15", {"elements": [*SIX, "别的说法"]}, "violation"),
        ("2019-05-15", {"attribute": "内部掌握"}, "violation"),
        ("2019-05-14", {"attribute": "内部掌握"}, "violation"),
        ("2019-01-01", {"attribute": "内部掌握"}, "violation"),
        ("2018-12-31", {"attribute": "内部掌握"}, "indeterminate"),
        ("下半年", {"attribute": "内部掌握"}, "indeterminate"),
        ("2019-01-01", {"formed_on": "2018-02-30"}, "violation"),  # a row that cannot be used: its day was read
        ("2018-12-31", {"formed_on": "2018-02-30"}, "indeterminate"),
        ("2019-02-30", {}, "indeterminate"),
    ],
)
def test_grid_doubtful_record_of_after_the_due_day_leaves_open_only_how_late_it_is(
    day: str, doubt: dict[str, Any], outcome: str
) -> None:
    base = {"topic": "execution.policy", "subject": "甲", "attribute": "主动公开", "elements": SIX, "unit": "市财政局"}
    rows = [
        base | {"id": "1", "published_on": "2019-05-15"},
        base | {"id": "2", "published_on": day, "formed_on": "2018-12-01"} | doubt,
    ]
    found = one("PD-3.1", {"disclosure": [{**rows[0], "formed_on": "2018-12-01"}, rows[1]]}, date(2019, 5, 20))
    assert str(found.outcome) == outcome
    if outcome == "violation":
        assert found.late_by == (date.fromisoformat(day) - date(2018, 12, 31)).days
        assert found.actual == date(2019, 5, 15)
        assert ("至少" in found.message.zh) == (day != "2019-05-15")
        assert any(day in step.zh for step in found.explanation) or day == "2019-05-15"


@pytest.mark.parametrize(("day", "outcome"), [("2018-12-31", "indeterminate"), ("2019-01-01", "violation")])
def test_grid_what_surely_came_too_late_is_told_beside_what_may_be_there(day: str, outcome: str) -> None:
    """Five of six are there; whether the annual plan tells of its completion is blank, so that only the day of the others decides."""
    (rule,) = [r for r in PACK.rules.values() if r.id == "PD-8-4.2"]
    six = rule.kind.axes[0].values  # type: ignore[attr-defined]
    same = {"period": "2018", "unit": "市扶贫办", "level": "county", "attribute": "主动公开", "published_on": "2018-06-29"}
    rows = [{"id": topic, "topic": topic, "elements": None, **same} for topic in six]
    rows[six.index("poverty_relief.funds")]["published_on"] = day
    found = one("PD-8-4.2", {"disclosure": rows}, date(2019, 6, 30))
    assert str(found.outcome) == outcome
    if outcome == "violation":
        assert (found.due, found.actual, found.late_by) == (date(2018, 12, 31), date(2019, 1, 1), 1)
        assert "年度" not in found.message.zh.split("：")[-1], "the plan may be there"


@pytest.mark.parametrize(
    ("stage", "kind", "day", "disorders"),
    [
        ("受理", "甲", date(2018, 9, 1), False),  # before everything, as it should
        ("决定", None, date(2018, 9, 15), False),  # before the last cell, which it may fill itself
        ("决定", None, date(2018, 9, 5), True),
        ("决定", "乙", date(2018, 9, 5), True),
        (None, None, date(2018, 9, 15), False),
        ("决定", None, None, False),  # not published yet
    ],
)
def test_grid_doubtful_record_of_the_last_cell_is_out_of_order_only_before_another(
    stage: str | None, kind: str | None, day: date | None, disorders: bool
) -> None:
    axes = [Axis(field="stage", values=["受理", "决定"]), Axis(field="kind", values=["甲", "乙"])]
    wanted = [("受理", "甲"), ("受理", "乙"), ("决定", "甲"), ("决定", "乙")]
    filled = {("受理", "甲"): date(2018, 9, 10), ("决定", "乙"): date(2018, 9, 20)}
    row = {"stage": stage, "kind": kind, "_on": day, "_rejected": False}
    assert may_disorder(axes, wanted, filled, [row]) == ([row] if disorders else [])


@pytest.mark.parametrize(
    ("until", "outcome"),
    [(None, "indeterminate"), ("2018-12-31", "indeterminate"), ("2018-12-30", "violation"), ("不清楚", "indeterminate")],
)
@pytest.mark.parametrize("doubt", [{"attribute": "内部掌握"}, {"unit": "某某中心"}])
def test_grid_doubtful_record_that_was_taken_down_fills_nothing(until: str | None, doubt: dict[str, str], outcome: str) -> None:
    named = {"level": "city", "published_on": "2018-05-04", "attribute": "主动公开", "unit": "市民政局"}
    topics = [f"assistance.policy_{n}" for n in ("medical", "extreme_poverty", "temporary", "subsistence")]
    rows = [{"id": t, "topic": t, "elements": "救助政策；保障标准；办理流程", **named, "posted_until": None} for t in topics]
    rows[-1] |= {**doubt, "posted_until": until}
    (found,) = check("PD-8-3.1", {"disclosure": rows}, date(2019, 5, 15))
    assert str(found.outcome) == outcome


PLAN = {"id": "plan", "unit": "市扶贫办", "level": "市级", "period": "2018", "published_on": "2018-10-01"}


def _poverty_plan(**row: Any) -> oc.Finding:
    """What is said of the six contents of poverty relief, all of which but the plan are there; one record may be it."""
    others = ("funds", "strategy", "library", "project", "investigation")
    rows = [PLAN | {"id": t, "topic": f"poverty_relief.{t}", "elements": None} for t in others]
    return one("PD-8-4.2", {"disclosure": [*rows, PLAN | row]}, date(2018, 12, 31))


@pytest.mark.parametrize("topic", ["年度扶贫计划", "某某专刊"])
@pytest.mark.parametrize(
    ("elements", "outcome", "missing"),
    [
        (["完成情况"], "indeterminate", ["topic"]),
        (["办理流程"], "violation", []),
        (["办理流程", "某某表"], "indeterminate", ["topic", "elements"]),
        (["详见附件"], "indeterminate", ["topic", "elements"]),
        (None, "indeterminate", ["topic", "elements"]),
    ],
)
def test_grid_record_without_what_its_content_needs_is_not_it(
    topic: str, elements: list[str] | None, outcome: str, missing: list[str]
) -> None:
    known = topic == "年度扶贫计划"
    found = _poverty_plan(topic=topic, elements=elements)
    if known and elements == ["完成情况"]:
        assert str(found.outcome) == "pass"
        return
    assert str(found.outcome) == outcome
    assert found.missing == tuple(f"disclosure.{n}" for n in missing if not (known and n == "topic"))
    assert ("缺少“包含要素”" in found.message.zh) is (elements is None)


@pytest.mark.parametrize(
    ("doubt", "outcome", "missing"),
    [
        ({"published_on": "9月"}, "indeterminate", ("disclosure.rejected",)),
        ({"attribute": "内部掌握"}, "indeterminate", ("disclosure.attribute",)),
        ({"elements": None}, "indeterminate", ("disclosure.elements",)),
        ({"attribute": "依申请公开"}, None, ()),
        ({"topic": "政策执行情况公布"}, None, ()),  # may be of any rule
        ({"topic": "扶贫对象"}, None, ()),
    ],
)
def test_grid_subject_that_only_a_doubtful_record_names_is_open(doubt: dict, outcome: str | None, missing: tuple) -> None:
    whole = {
        "id": "1",
        "topic": "execution.policy",
        "subject": "城区改造",
        "elements": ["实施步骤", "具体措施", "责任分工", "工作进展", "工作成效", "监督方式"],
        "published_on": "2018-09-10",
    }
    rows = [whole, *({**whole, "id": n, "subject": "甲工程", **doubt} for n in ("2", "3"))]
    report = oc.check({"disclosure": rows}, as_of="2018-12-31", rules=["PD-3.1"], include_all=True)
    found = {f.subject: f for f in report.findings()}
    assert str(found["城区改造"].outcome) == "pass"
    assert ("甲工程" in found) is (outcome is not None)
    if outcome:
        one = found["甲工程"]
        assert (str(one.outcome), one.missing) == (outcome, missing)
        assert (one.record_id, one.source.row) == ("3", 3)


OTHER_SECTORS = ("教育", "生态环境", "文化和旅游", "卫生计生", "住房保障", "公共交通", "社会救助和社会福利")


@pytest.mark.parametrize(
    ("utilities", "outcome", "lacking"),
    [
        (["水电气热"], "pass", []),
        (["供水、供电、供气、供热"], "pass", []),
        (["供水", "电力", "燃气", "供暖"], "pass", []),
        (["供水"], "violation", ["供电", "供气", "供热"]),
        (["供热"], "violation", ["供水", "供电", "供气"]),
        (["供水", "供电", "供气"], "violation", ["供热"]),
        (["供水", "水电气热"], "pass", []),
        (["供水", "水暖设备"], "indeterminate", []),
        (["供水", None], "indeterminate", []),
    ],
)
def test_grid_word_for_several_values_is_all_of_them_and_one_of_them_is_itself(
    utilities: list[str | None], outcome: str, lacking: list[str]
) -> None:
    rows = [{"id": str(i), "sector": s, "is_public_institution": True} for i, s in enumerate([*OTHER_SECTORS, *utilities])]
    found = one("PD-16.1", {"catalog_entry": rows})
    assert str(found.outcome) == outcome
    assert [cell for (cell,) in found.facts["absent"]] == lacking or outcome == "indeterminate"


def test_grid_refused_row_may_be_the_word_for_several_values() -> None:
    rows = [{"id": str(i), "sector": s, "is_public_institution": True} for i, s in enumerate(OTHER_SECTORS)]
    refused = {"id": "9", "sector": "水电气热", "is_public_institution": True, "revised_on": "2018-02-30"}
    outcomes = {str(f.outcome) for f in check("PD-16.1", {"catalog_entry": [*rows, refused]})}
    assert outcomes == {"indeterminate"}


@pytest.mark.parametrize(
    ("levels", "outcome"),
    [
        (["city", "county", "town", "village"], "indeterminate"),  # with the lists of the other one all came in time
        (["city", "county", "village"], "violation"),  # nobody has one of the town
    ],
)
def test_grid_late_list_is_open_while_the_lists_of_another_subject_may_be_its_own(levels: list[str], outcome: str) -> None:
    topic = "assistance.subsistence_allowance"
    rows = [{"id": n, "topic": topic, "subject": "乙", "level": n, "published_on": "2018-09-03"} for n in levels]
    rows.append({"id": "late", "topic": topic, "subject": "甲", "level": "village", "published_on": "2019-01-03"})
    found = {f.subject: f for f in check("PD-8-3.2", {"disclosure": rows}, date(2019, 5, 15))}
    assert str(found["甲"].outcome) == outcome
    assert found["甲"].late_by is None
