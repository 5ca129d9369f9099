"""Parameters of a pack, and those that a user changes."""

from __future__ import annotations

from datetime import date

import pytest

import opencheck as oc
from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import Duration
from opencheck.rules.packs.pack import Pack
from pingdu_rules import check, one


def test_parameters_changed_change_the_finding(pack: Pack) -> None:
    document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    records = {"document": [document], "interpretation": [{"id": "a", "document_id": "1", "published_on": "2018-09-07"}]}
    assert [str(f.outcome) for f in check("PD-9.4", records, date(2018, 12, 31))] == ["violation"]
    found = check("PD-9.4", records, date(2018, 12, 31), interpretation_limit="4 working_days")
    assert [str(f.outcome) for f in found] == ["pass"]
    found = check("PD-9.4", records, date(2018, 12, 31), binding_from="2018-12-01")
    assert [f.severity for f in found] == ["advice"]


def test_parameters_covers_another_year() -> None:
    records = {
        "disclosure": [
            {"id": str(m), "topic": "空气质量", "period": f"2019-{m:02}", "published_on": f"2019-{m + 1:02}-08"}
            for m in range(1, 12)
        ]
    }
    found = check("PD-8-7.1", records, date(2019, 12, 31), covers="2019")
    outcomes = [str(f.outcome) for f in sorted(found, key=lambda f: f.period or "")]
    assert outcomes == ["pass"] * 11 + ["pending"]


def test_parameters_changed_are_explained() -> None:
    row = {"disclosure": [{"id": "1", "topic": "water.warning", "formed_on": "2018-09-10", "published_on": "2018-09-11"}]}
    own = one("PD-8-7.13", row)
    assert any("预警发布和差错更正没有法定数字" in t.zh for t in own.explanation)
    assert not any("at_once" in t.zh for t in own.explanation), "names are for those who change a value"
    assert any("尚未与法规原文核对" in t.zh for t in own.explanation), "the flag 'seen' is carried on"
    changed = one("PD-8-7.13", row, at_once="1 working_days")
    assert changed.outcome is Outcome.PASS
    assert any("由使用者改为1个工作日" in t.zh for t in changed.explanation)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("series_due", "99999999999 days", "at most 36525 days"),
        ("series_due", "36526 working_days", "at most 36525 working_days"),
        ("series_due", f"{'9' * 5000} days", "at most"),
        ("series_due", "", "3 working_days"),
        ("dormant_limit", "99999 days", "at most 36525 days"),
        ("covers", "99999", "found '99999'; accepted: 2018"),
        ("covers", "1949-10-01..9999-12-31", "must be within 1949-10-01..2100-12-31"),
        ("covers", "0001-01-01..2018-12-31", "must be within"),
        ("covers", "2018-12-31..2018-01-01", "ends before it begins"),
        ("covers", "²", "accepted: 2018"),
        ("binding_from", "x", "binding_from"),
        ("attended_meetings", "²", "accepted: a int such as 2"),
        ("attended_meetings", "--5", "accepted: a int such as 2"),
        ("attended_meetings", "99999999999", "accepted: a int such as 2"),
        ("attended_meetings", "-1", "greater than or equal to 1"),
        ("lawful_basis", "", "found in every text"),
        ("lawful_basis", " ", "found in every text"),
        ("lawful_basis", "[", "no regular expression"),
        ("lawful_basis", "(?=a)", "no regular expression"),
        ("lawful_basis", "a{99999999999}", "no regular expression"),
        ("broadcast_channels", "x", "must be a list"),
    ],
)
def test_parameters_that_cannot_be_are_refused_in_words(name: str, value: str, told: str) -> None:
    with pytest.raises(oc.PackError) as caught:
        oc.load_pack("pingdu-2018", {name: value})
    assert told in str(caught.value)
    assert "function-" not in str(caught.value), "types of the code are nobody's business"


def test_parameters_a_limit_of_a_hundred_years_is_the_longest() -> None:
    row = {"disclosure": [{"id": "1", "topic": "空气质量", "period": "2018-01", "published_on": "2018-02-08"}]}
    report = oc.check(row, as_of="2018-12-31", parameters={"series_due": "36525 working_days"}, rules="PD-8-7.1")
    assert report.findings("pending") or report.findings("indeterminate")
    assert report.violations == []


@pytest.mark.parametrize(("unit", "most"), [("working_days", 36_525), ("days", 36_525), ("hours", 876_600)])
def test_limits_of_a_hundred_years_are_the_longest(unit: str, most: int) -> None:
    numbers = [0, most - 1, most, f"000{most}", most + 1, 1_000_000, 10**30]
    assert [n for n in numbers if not is_limit(f"{n} {unit}")] == [most + 1, 1_000_000, 10**30]
    with pytest.raises(ValueError, match=f"at most {most} {unit}"):
        Duration.parse(f"{most + 1} {unit}")
    assert Duration.parse(f"000{most} {unit}").number == most


def is_limit(text: str) -> bool:
    try:
        Duration.parse(text)
    except ValueError:
        return False
    return True


def test_parameters_may_be_written_with_full_width_digits() -> None:
    assert oc.load_pack("pingdu-2018", {"attended_meetings": "３"}).values["attended_meetings"] == 3
