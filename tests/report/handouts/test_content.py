"""What hand-outs hold: every finding of their unit, in order, with the answers that can be used."""

from __future__ import annotations

import opencheck as oc
from handout_ledgers import check, status_word
from opencheck.records.dataset import SourceLocation
from opencheck.report.handouts.answers import GivenAnswer
from opencheck.report.handouts.content import STATUSES, handouts_of, statuses_of, token_of
from opencheck.report.handouts.reading import read_meanings

LISTED = ("violation", "indeterminate", "needs_review")


def test_handouts_hold_every_finding_of_their_unit_as_of_units_chooses_them(report: oc.Report) -> None:
    made = handouts_of(report)
    for handout in made:
        mine = report.of_units(handout.unit or "").findings(LISTED)
        assert {f.id for f in mine} == {item.finding.id for item in handout.items}, handout.unit
    told = {item.finding.id for handout in made for item in handout.items}
    assert told == {f.id for f in report.findings(LISTED)}


def test_handouts_order_and_numbers() -> None:
    handout = next(h for h in handouts_of(check()) if h.unit == "市财政局")
    assert [s.kind for s in handout.sections] == ["error", "indeterminate"]
    assert [i.number for i in handout.items] == [1, 2, 3]


def test_tokens_differ_between_findings_and_units(report: oc.Report) -> None:
    found = report.findings(LISTED)
    assert len({token_of(f) for f in found}) == len(found)


COMPLETE = {
    "done": {"done_on": "2018-12-30"},
    "doing": {},
    "reason": {"basis": "方案未定"},
    "waived": {"basis": "会议纪要", "approved_by": "张某", "from_": "2018-01-01", "until": "2018-12-31"},
    "evidence": {"basis": "审核表"},
    "disputed": {"basis": "已经公开"},
}


def test_a_status_is_offered_where_a_complete_answer_is_used() -> None:
    """Neither a word that the item always refuses, nor one missing that it takes."""
    for finding in check().findings(LISTED):
        used = set()
        for status in STATUSES:
            values = {"status": status_word(status), **COMPLETE[status]}
            given = GivenAnswer(token_of(finding), SourceLocation(), finding.rule, finding.record_id or "", values)
            (answer,) = read_meanings([given], [finding])
            used |= {status} if answer.kind != "refused" else set()
        assert used - {"done"} == set(statuses_of(finding)) - {"done"}, finding.rule
