"""free_of: texts without personal data."""

from __future__ import annotations

from pathlib import Path

import pytest

import opencheck as oc
from identity_numbers import valid_id
from opencheck.core.outcomes import Outcome
from opencheck.rules.kinds.free_of import FreeOf, Pattern
from pingdu_rules import END, check, one


@pytest.mark.parametrize("claim", [True, None, False])
@pytest.mark.parametrize("basis", ["某条例", None])
def test_free_of_false_alarm_passes(claim: bool | None, basis: str | None) -> None:
    row = {
        "id": "1",
        "topic": "other",
        "published_on": "2018-09-10",
        "text": "监督电话：13805321234",
        "personal_data_basis": basis,
    }
    found = one("PD-14.2", {"disclosure": [{**row, "mandatory_personal_data": claim}]})
    if claim and basis:
        assert found.outcome is Outcome.NOT_APPLICABLE
    else:
        assert (found.outcome, found.message.zh) == (Outcome.PASS, "未发现不应公开的内容")


def test_free_of_report_masks_personal_data(tmp_path: Path) -> None:
    number = valid_id("37028319800101123")
    rows = [
        {"id": "1", "topic": "other", "published_on": "2018-09-10", "text": f"王某 {number}", "mandatory_personal_data": False}
    ]
    report = oc.check({"disclosure": rows}, as_of=END, rules=["PD-14.2"])
    (finding,) = report.violations
    assert "身份证号（3702**********" in finding.message.zh
    for suffix in ("json", "jsonl", "csv", "txt"):
        text = report.write(tmp_path / f"r.{suffix}").read_text(encoding="utf-8")
        assert number not in text
        assert number[4:14] not in text


def test_free_of_ledger_without_texts_is_one_finding() -> None:
    rows = [{"id": str(i), "topic": "other", "published_on": "2018-09-10"} for i in range(50)]
    report = oc.check({"disclosure": rows}, as_of=END, rules=["PD-14.2"])
    (finding,) = report.findings()
    assert (finding.outcome, finding.missing) == (Outcome.INDETERMINATE, ("text",))
    assert "50条" in finding.message.zh
    assert report.summary["outcomes"]["indeterminate"] == 50


def test_free_of_contacts_of_offices_are_for_a_person_to_judge() -> None:
    offices = "单位\t联系人\t联系电话\n财政局\t王某\t13805321234"
    row = {"id": "1", "topic": "other", "published_on": "2018-09-10", "text": offices, "mandatory_personal_data": False}
    found = one("PD-14.2", {"disclosure": [row]})
    assert found.outcome is Outcome.NEEDS_REVIEW
    assert "138****1234" in found.message.zh
    assert one("PD-14.2", {"disclosure": [{**row, "text": f"{offices}\n\n手机13905321234"}]}).outcome is Outcome.VIOLATION


def test_free_of_contacts_of_offices_are_not_masked_by_a_fix() -> None:
    text = "单位\t联系人\t联系电话\n财政局\t王某\t13805321234\n\n手机13905321234\n2018年8月24日\n（此件公开发布）"
    result = oc.preflight({"title": "x", "text": text, "attribute": "主动公开"}, as_of="2018-12-31")
    assert [f.replacement for f in result.fixes if f.action == "mask"] == ["139****1234"]
    assert "138" not in next(f.message.zh for f in result.blocking if f.rule == "PD-14.2c")


def test_free_of_patterns_that_would_explode_are_judged_at_once() -> None:
    pattern = Pattern(zh="甲", en="a", matches="(甲+)+乙", unless="(乙+)+丙")
    kind = FreeOf(patterns=[pattern])
    assert kind.hits("甲" * 100_000) == []
    assert kind.hits("甲甲乙丙") == ["0"]
    assert FreeOf(patterns=[pattern.model_copy(update={"unless": "甲乙"})]).hits("甲甲乙丙 甲乙") == []


@pytest.mark.parametrize("include_all", [True, False])
def test_free_of_texts_cleared_by_a_closer_look_count_as_passes(include_all: bool) -> None:
    """Each of the first five has a number that the expression holds back, and that is a hotline."""
    texts = ["监督电话：13805321234"] * 5 + ["没有号码"] * 2 + [f"王某 {valid_id('37028319800101123')}"]
    rows = [
        {"id": str(n), "topic": "other", "published_on": "2018-09-10", "text": text, "mandatory_personal_data": False}
        for n, text in enumerate(texts)
    ]
    report = oc.check({"disclosure": rows}, as_of=END, rules=["PD-14.2"], include_all=include_all)
    assert report.summary["by_rule"]["PD-14.2"] == {"pass": 7, "violation": 1}


NUMBER = valid_id("37028319800101123")


@pytest.mark.parametrize(
    ("text", "claimed", "without_basis", "open_", "denied"),
    [
        (f"甲\n{NUMBER}", "not_applicable", "violation", "violation", "violation"),  # no exception names identity numbers
        ("甲\n手机13905321234", "not_applicable", "violation", "indeterminate", "violation"),
        (f"手机13905321234\n{NUMBER}", "not_applicable", "violation", "violation", "violation"),
        ("监督电话：13805321234", "not_applicable", "pass", "pass", "pass"),
        ("没有号码", "not_applicable", "pass", "pass", "pass"),
        (None, "not_applicable", "indeterminate", "indeterminate", "indeterminate"),
    ],
)
def test_free_of_waits_for_an_exception_only_with_what_one_may_name(
    text: str | None, claimed: str, without_basis: str, open_: str, denied: str
) -> None:
    rows = [
        {"id": str(n), "topic": "other", "published_on": "2018-09-10", "text": text, "mandatory_personal_data": claim, "personal_data_basis": basis}
        for n, (claim, basis) in enumerate([(True, "某条例"), (True, None), (None, "某条例"), (False, "某条例")])
    ]  # fmt: skip
    rows.append({**rows[0], "id": "4", "text": "只为有正文这一栏"})
    found = {f.record_id: str(f.outcome) for f in check("PD-14.2", {"disclosure": rows})}
    assert [found[str(n)] for n in range(4)] == [claimed, without_basis, open_, denied]


def test_free_of_tells_the_first_eight_hits_and_where_they_stand() -> None:
    text = "\n".join(f"手机139053212{number}" for number in range(34, 44))
    row = {"id": "1", "topic": "other", "published_on": "2018-09-10", "text": text, "mandatory_personal_data": False}
    told = one("PD-14.2", {"disclosure": [row]}).message.zh
    assert ["139****1234，第3字起" in told, "139****1235，第17字起" in told] == [True, True]
    assert [f"139****12{number}" in told for number in (41, 42, 43)] == [True, False, False]
