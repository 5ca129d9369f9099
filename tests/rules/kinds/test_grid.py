"""grid: a set that must be complete, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.outcomes import Outcome
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
        unsure = [(e, d) for e, d in mine if e is None or d is None]
        begun = [d for _, d in mine if d is not None and d <= as_of]
        # What began shortly before the end of the year may be completed within 30 days, what began later by the end of its year.
        due = max([END, min(begun) + timedelta(30), *([date(2019, 12, 31)] if min(begun) > END else [])]) if begun else END
        first = {x: min(d for e, d in mine if d is not None and d <= as_of and x in (e or ())) for x in have}
        late = {x for x, d in first.items() if d > due}
        possible = {x for x in absent | late for e, d in unsure if (e is None or x in e) and (d is None or d <= as_of)}
        if not absent and not late:
            expected[subject] = Outcome.PASS
        elif not absent:
            expected[subject] = Outcome.INDETERMINATE if late <= possible else Outcome.VIOLATION
        elif as_of < due:
            expected[subject] = Outcome.PENDING
        else:
            expected[subject] = Outcome.INDETERMINATE if absent <= possible else Outcome.VIOLATION
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


def test_grid_unknown_topic_may_be_the_value_that_it_resembles() -> None:
    rows = _poverty_relief(*(f"poverty_relief.{t}" for t in _FIVE), "扶贫资金安排")
    found = one("PD-8-4.2", {"disclosure": rows})
    assert found.outcome is Outcome.INDETERMINATE
    assert "扶贫资金安排" in found.message.zh
    rows[-1]["topic"] = "殡葬服务收费"
    found = one("PD-8-4.2", {"disclosure": rows})
    assert found.outcome is Outcome.VIOLATION
    assert found.message.zh.endswith("缺：扶贫资金分配")


def test_grid_unknown_topic_is_not_among_what_a_violation_calls_absent() -> None:
    found = one("PD-8-4.2", {"disclosure": _poverty_relief("扶贫资金安排")})
    assert found.outcome is Outcome.VIOLATION
    assert "脱贫攻坚规划" in found.message.zh
    assert "扶贫资金分配" not in found.message.zh


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
