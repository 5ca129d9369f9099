"""Packs are loaded, and their faults are told with file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import opencheck as oc
from opencheck.api.packs import load_pack
from pack_files import edit


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("09-interpretation.yaml", "on: document", "on: dokument", "no table 'dokument'"),
        ("09-interpretation.yaml", "is_policy: true", "is_policie: true", "no field 'is_policie'"),
        ("09-interpretation.yaml", "  remedy:", "  remedi:", "remedi"),
        ("09-interpretation.yaml", 'clause: "9.2"', 'clause: "9.22"', "no clause '9.22'"),
        ("09-interpretation.yaml", "id: PD-9.3", "id: PD-9.2", "stands twice"),
        ("09-interpretation.yaml", "limit: 0 days", "limit: soon", "3 working_days"),
        ("09-interpretation.yaml", "limit: $interpretation_limit", "limit: $interpretation", "no parameter 'interpretation'"),
        (
            "09-interpretation.yaml",
            "linked_in: {value: unit, among: drafting_units, done: published_on}",
            "nothing: {}",
            "require.nothing",
        ),
        (
            "09-interpretation.yaml",
            "    within: {from: submitted_on",
            "    meets: {is_policy: true}\n    within: {from: submitted_on",
            "exactly one of",
        ),
        ("09-interpretation.yaml", "among: drafting_units", "among: unit", "is a text, needed: list"),
        ("15-requests.yaml", "statute: disclosure-regulations/reply", "statute: disclosure-regulations/answer", "no limit"),
        ("08-5-schools.yaml", "招生条件, 招生程序]", "招生条件, 招生秩序]", "no element '招生秩序'"),
        ("08-1-finance.yaml", "topic: fiscal.monthly}", "topic: fiscal.monthli}", "no topic 'fiscal.monthli'"),
        ("08-4-poverty-relief.yaml", "at_least: $posting_days", "at_least: 10 working_days", "N days"),
        ("08-4-poverty-relief.yaml", "level: [town,", "level: [towns,", "'towns' is none of"),
        ("13-documents.yaml", "  due: {on: [submitted_on", "  due: {on: [submitted", "no field 'submitted'"),
        ("13-documents.yaml", "  on: document", "  on: document\n  on: document", "stands twice"),
        ("20-appraisal.yaml", "  for_year: year", "  for_year: yeer", "no field 'yeer'"),
        ("02-meetings.yaml", "require:", "require: [", "YAML"),
        ("02-meetings.yaml", "every: year", "every: years", "month"),
        ("topics.yaml", "id: fiscal.monthly", "id: credit.penalty", "stands twice"),
        (
            "08-4-poverty-relief.yaml",
            "  justification: justification",
            "  justification: justifications",
            "no field 'justifications'",
        ),
        (
            "02-meetings.yaml",
            "  when: {kind: executive}",
            "  when: {kind: executive}\n  consistent: {kind: executive}",
            "judges a set",
        ),
        (
            "03-execution.yaml",
            "field: elements, values: [实施步骤,",
            "field: elements, values: [实施步聚,",
            "no element '实施步聚'",
        ),
        ("09-interpretation.yaml", "contains_any: [政府门户网站]", "contains_any: [政府门户网]", "no term '政府门户网'"),
        ("15-requests.yaml", "decides: [PD-15-F]", "decides: [PD-15-Z]", "no check 'PD-15-Z'"),
        ("10-public-opinion.yaml", "limit: {statute: public-opinion-2016/other}", "limit: 48 days", "within_hours needs"),
        ("18-new-media.yaml", "limit: $dormant_limit", "limit: 14 hours", "recent needs"),
        ("15-requests.yaml", "day: received_on", "day: subject", "needed: date"),
        ("16-institutions.yaml", "valid: $evidence_validity", "valid: 10 working_days", "N days"),
        ("08-7-environment.yaml", "in_order: true, once: 审批决定", "in_order: true, once: 批准", "no value of the first axis"),
        ("10-public-opinion.yaml", "steps: [warned_at,", "steps: [category,", "needed: date or datetime"),
        ("06-proposals.yaml", 'matches: "抄', 'matches: "(抄', "require.free_of"),
        ("06-proposals.yaml", "due: {on: [replied_on], limit:", "due: {on: [replied_on, published_on], limit:", "one field"),
        ("06-proposals.yaml", "due: {on: [replied_on], limit:", "due: {on: [disclosed], limit:", "needed: date or datetime"),
        ("08-3-assistance.yaml", 'matches: "[^0-9]"', 'matches: "([1-9]"', "no regular expression"),
        ("08-3-assistance.yaml", 'matches: "[^0-9]"', 'matches: "(?=[1-9])"', "look-around"),
        ("08-3-assistance.yaml", 'matches: "[^0-9]"', 'matches: "([1-9])\\\\1"', "backreferences"),
        ("08-3-assistance.yaml", 'matches: "[^0-9]"', 'matches: "([1-9]{999}){999}"', "size limit"),
        ("06-proposals.yaml", 'matches: "抄', 'matches: "(?<!不)抄', "look-around"),
        ("07-services.yaml", "values: [services.list]", "values: [services.lists]", "no topic 'services.lists'"),
        ("14-review.yaml", "basis: personal_data_basis", "basis: personal_basis", "no field 'personal_basis'"),
        ("pack.yaml", 'to: "2018-12-31"', 'to: "2018-12-32"', "covers"),
        ("pack.yaml", "uses: [cn-statutes]", "uses: [no-such-pack]", "no pack"),
    ],
)
def test_load_pack_fault_names_file_and_line(copy: Path, file: str, old: str, new: str, message: str) -> None:
    edit(copy / file, old, new)
    with pytest.raises(oc.PackError) as error:
        load_pack(copy)
    text = str(error.value)
    assert message in text
    if "no pack" not in text:
        place, line = text.split(": ")[0].rsplit(":", 1)
        assert place.endswith(file)
        named = (copy / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert named.strip(), "the line named is a line of the file"


def test_load_pack_fault_line_is_the_line(copy: Path) -> None:
    edit(copy / "09-interpretation.yaml", "limit: 0 days", "limit: soon")
    lines = (copy / "09-interpretation.yaml").read_text(encoding="utf-8").splitlines()
    with pytest.raises(oc.PackError) as error:
        load_pack(copy)
    line = int(str(error.value).split(":")[1])
    assert "limit: soon" in lines[line - 1] or "require:" in lines[line - 1]


def test_load_pack_unknown_pack_or_parameter_is_refused() -> None:
    with pytest.raises(oc.PackError, match="pingdu-2018"):
        load_pack("pingdu-2019")
    with pytest.raises(oc.PackError, match="has no parameter"):
        load_pack("pingdu-2018", {"nothing": 1})
    with pytest.raises(oc.PackError, match="month, quarter, year"):
        load_pack("pingdu-2018", {"sampling_period": "week"})
    with pytest.raises(oc.PackError, match="accepted: a int"):
        load_pack("pingdu-2018", {"attended_meetings": "many"})
    assert load_pack("pingdu-2018", {"monthly_satisfies_quarterly": "true"}).values["monthly_satisfies_quarterly"] is True
    assert load_pack("pingdu-2018", {"attended_meetings": "3"}).values["attended_meetings"] == 3


def test_load_pack_two_limits_on_one_day_are_refused(copy: Path) -> None:
    edit(copy.parent / "cn-statutes" / "norms.yaml", 'to: "2019-05-14"', 'to: "2019-05-15"')
    with pytest.raises(oc.PackError, match="on one day"):
        load_pack(copy)


def test_load_pack_edited_limit_changes_findings(copy: Path) -> None:
    """Plain days for conversion, and a limit that only a norm sets for dormant accounts: no change in Python."""
    edit(copy / "15-requests.yaml", "limit: {statute: disclosure-regulations/proactive}", "limit: 10 days")
    edit(
        copy / "pack.yaml",
        "value: {statute: site-and-media-inspection-2019/dormant-account, otherwise: 14 days}",
        "value: {statute: site-and-media-inspection-2019/dormant-account}",
    )
    pack = load_pack(copy)
    asked = [{"id": str(i), "subject": "征地批复", "received_on": "2018-09-10", "publishable": True} for i in range(3)]
    for published, outcome, late in (("2018-09-20", "pass", None), ("2018-09-21", "violation", 1)):
        records = {
            "request": asked,
            "disclosure": [{"id": "1", "topic": "other", "subject": "征地批复", "published_on": published}],
        }
        (found,) = pack.rules["PD-15.4"].check(records, as_of="2018-12-31")
        assert (str(found.outcome), found.late_by, found.late_unit) == (outcome, late, "days" if late else None)
        assert found.due == date(2018, 9, 20)
    far = [{**r, "received_on": "2026-12-20"} for r in asked]
    for day, outcome, name in (
        ("2018-12-16", "indeterminate", "没有生效"),
        ("2019-04-01", "pass", "未超过"),
        ("2019-04-30", "indeterminate", "晚于检查日"),
    ):
        (found,) = pack.rules["PD-18.3"].check(
            {"account": [{"id": "1", "last_post_on": day, "status": "active"}]}, as_of="2019-04-15"
        )
        assert str(found.outcome) == outcome
        assert name in found.message.zh
        assert found.explanation
    (found,) = load_pack("pingdu-2018").rules["PD-15.4"].check({"request": far, "disclosure": []}, as_of="2026-12-31")
    assert str(found.outcome) == "indeterminate"
    assert "尚未公布放假安排" in found.message.zh


def test_load_pack_is_cached_until_a_file_changes(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_pack(copy)
    assert load_pack(copy) is first
    monkeypatch.chdir(copy.parent)
    assert load_pack(Path("pingdu-2018")) is first  # the same folder by another path
    assert load_pack(copy, {"covers": "2020"}) is not first
    norms = copy.parent / "cn-statutes" / "norms.yaml"
    norms.write_text(norms.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load_pack(copy) is not first
    file = copy / "pack.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "nonsense: 1\n", encoding="utf-8")
    with pytest.raises(oc.PackError, match="nonsense"):
        load_pack(copy)
    file.write_text(text, encoding="utf-8")
    assert load_pack(copy).id == first.id
