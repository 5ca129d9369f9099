"""Kept plans: the same findings as planned anew, whatever the records; placeholders are filled for each check."""

from __future__ import annotations

import json
import threading
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opencheck as oc
from opencheck import engine, plans
from test_kinds import DAY, TABLES, rows

PACK = oc.load_pack("pingdu-2018")


def told(source: Any, as_of: date) -> list[str]:
    report = oc.check(source, pack=PACK, as_of=as_of, everything=True)
    found = [json.dumps(f.as_dict(), ensure_ascii=False, sort_keys=True) for f in report.findings()]
    return [*sorted(found), json.dumps(report.summary, ensure_ascii=False, sort_keys=True)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(list(TABLES)), min_size=1, max_size=5, unique=True), st.data(), DAY)
def test_a_kept_plan_finds_what_planning_anew_finds(tables: list[str], data: st.DataObject, as_of: date) -> None:
    with pytest.MonkeyPatch.context() as patch:
        ledger = {name: data.draw(rows(name)) for name in tables}
        kept = told(ledger, as_of)
        again = told(ledger, as_of)  # now from the store
        patch.setattr(engine, "SMALL", -1)
        anew = told(ledger, as_of)
    assert kept == again == anew


def test_every_example_of_the_pack_by_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [
        (e.given, e.as_of, [i])
        for i, b in PACK.rules.items()
        if b.rule.kind.about == "record"
        for e in b.rule.examples
        if not e.parameters
    ]
    kept = [[f.as_dict() for f in oc.check(g, pack=PACK, as_of=d, rules=r, everything=True).findings()] for g, d, r in cases]
    monkeypatch.setattr(engine, "SMALL", -1)
    anew = [[f.as_dict() for f in oc.check(g, pack=PACK, as_of=d, rules=r, everything=True).findings()] for g, d, r in cases]
    assert kept == anew
    assert len(cases) > 400


def test_the_store_is_bounded_and_the_plan_of_the_day_is_used_again() -> None:
    pack = oc.load_pack("pingdu-2018")
    record = {"title": "通知", "is_policy": True, "attribute": "主动公开"}
    for day in range(1, 29):
        for month in (9, 10, 11):
            oc.preflight(record, pack=pack, as_of=date(2018, month, day))
    assert len(pack.plans) <= plans.KEPT
    before = dict(pack.plans)
    oc.preflight({**record, "title": "另一份"}, pack=pack, as_of=date(2018, 11, 28))
    assert pack.plans.keys() == before.keys()


def test_checks_in_many_threads_do_not_mix_their_records() -> None:
    pack = oc.load_pack("pingdu-2018")
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(15):
            readings = [{"id": "r", "document_id": str(number), "published_on": "2018-09-10"}] if number % 2 else []
            ledger = {
                "document": [{"id": str(number), "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-10"}],
                "interpretation": readings,
            }
            report = oc.check(ledger, pack=pack, as_of="2018-12-31", rules=["PD-9.4"])
            if bool(report.violations) == bool(number % 2):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
