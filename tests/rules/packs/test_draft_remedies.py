"""What preflight advises: of a draft nothing can be taken down or published again."""

from __future__ import annotations

import re

import pytest

import opencheck as oc
from opencheck.rules.remedy import Moment

OF_WHAT_IS_OUT = re.compile("撤下|重新公开|重新发布|(?i:take) (it |at once )?down|taken down|publish it again|[Ww]ithdraw")


@pytest.mark.parametrize("name", ["pingdu-2018", "cn-disclosure-2019"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_drafts_are_never_told_to_be_taken_down(name: str, lang: str) -> None:
    asked = 0
    for bound in oc.load_pack(name).rules.values():
        remedy = bound.rule.remedy
        if OF_WHAT_IS_OUT.search(remedy.get(lang)):
            asked += 1
            own = remedy.at(Moment.DRAFT)
            assert own is not None, bound.rule.id
            assert not OF_WHAT_IS_OUT.search(own.get(lang)), bound.rule.id
    assert asked >= (5 if name == "pingdu-2018" else 0)


def test_preflight_of_a_draft_with_personal_data_speaks_of_a_draft() -> None:
    text = "关于公布救助名单的通知。联系人王某，身份证号11010519491231002X。此件主动公开"
    common = {"id": "1", "title": "通知", "attribute": "主动公开", "text": text}
    for table, own in {
        "document": {},
        "disclosure": {"topic": "other", "mandatory_personal_data": False, "personal_data_basis": None},
    }.items():
        found = oc.preflight({**common, **own}, table=table, as_of="2018-12-31").findings
        told = [f.remedy.zh for f in found if f.outcome == "violation" and f.clause == "14.2"]
        assert told, table
        assert not [t for t in told if OF_WHAT_IS_OUT.search(t)]
