"""Plans are kept with the pack: found again, bounded, and shared by threads."""

from __future__ import annotations

import pickle
import threading
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opencheck as oc
from engine_reports import said
from opencheck.engine import prepare
from opencheck.records import TABLES
from opencheck.rules.packs.pack import Pack
from pingdu_rules import DAY
from record_strategies import rows

PACK = oc.load_pack("pingdu-2018")


def told(source: Any, as_of: date, pack: Pack = PACK) -> dict[str, Any]:
    return said(oc.check(source, pack=pack, as_of=as_of, include_all=True))


@settings(max_examples=max(settings.default.max_examples // 8, 1))
@given(st.lists(st.sampled_from(list(TABLES)), min_size=1, max_size=5, unique=True), st.data(), DAY)
def test_plan_kept_finds_what_planning_anew_finds(tables: list[str], data: st.DataObject, as_of: date) -> None:
    ledger = {name: data.draw(rows(name)) for name in tables}
    kept, again = told(ledger, as_of), told(ledger, as_of)  # the second time from the store
    PACK.plans.clear()
    assert kept == again == told(ledger, as_of)


def test_plan_of_the_day_is_used_again_and_the_store_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = oc.load_pack("pingdu-2018")
    pack.plans.clear()
    monkeypatch.setattr(prepare, "_CACHE_SIZE", 16)
    record = {"title": "通知", "is_policy": True, "attribute": "主动公开"}
    for day in range(1, 29):
        oc.preflight(record, pack=pack, as_of=date(2018, 11, day))
    assert len(pack.plans) == 16
    before = dict(pack.plans)
    oc.preflight({**record, "title": "另一份"}, pack=pack, as_of=date(2018, 11, 28))
    assert pack.plans == before
    assert all(pack.plans[key] is plan for key, plan in before.items())


def test_plan_stays_behind_when_a_pack_is_pickled() -> None:
    pack = oc.load_pack("pingdu-2018")
    source = {"document": [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-10"}]}
    found = told(source, date(2018, 12, 31), pack)
    assert pack.plans
    again = pickle.loads(pickle.dumps(pack))
    assert not again.plans
    assert told(source, date(2018, 12, 31), again) == found


def test_plan_in_many_threads_does_not_mix_records() -> None:
    pack = oc.load_pack("pingdu-2018")
    wrong: list[Any] = []

    def work(number: int) -> None:
        try:
            for turn in range(15):
                readings = [{"id": "r", "document_id": str(number), "published_on": "2018-09-10"}] if number % 2 else []
                ledger = {
                    "document": [{"id": str(number), "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-10"}],
                    "interpretation": readings,
                    "disclosure": [
                        {"id": str(i), "topic": f"没有的主题{number}-{turn}-{i}", "text": "通知"} for i in range(20)
                    ],
                }
                report = oc.check(ledger, pack=pack, as_of="2018-12-31", rules=["PD-9.4", "PD-14.2"])
                if [f.record_id for f in report.violations] != ([] if number % 2 else [str(number)]):
                    wrong.append((number, report.violations))
                topics = [facts["topic"] for name, facts in report.notes if name.startswith("note.unknown_topic")]
                if topics != [r["topic"] for r in ledger["disclosure"]]:
                    wrong.append((number, topics))
        except Exception as exc:
            wrong.append(exc)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
