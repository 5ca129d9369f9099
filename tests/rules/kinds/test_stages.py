"""stages: the steps of a request, against looking at pairs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.outcomes import Outcome
from pack_files import own_pack
from pingdu_rules import END, MAYBE, one

STEPS = ["received_on", "registered_on", "handled_on", "investigated_on", "replied_on"]


@given(st.fixed_dictionaries(dict.fromkeys(STEPS, MAYBE)))
def test_stages_equal_looking_at_pairs(days: dict[str, date | None]) -> None:
    found = one("PD-15.1", {"request": [{"id": "1", **days}]})
    days = {n: d if d is None or d <= END else None for n, d in days.items()}
    pairs = [(days[a], days[b]) for i, a in enumerate(STEPS) for b in STEPS[i + 1 :]]
    early = any(a is not None and b is not None and a > b for a, b in pairs)
    gap = any(a is None and b is not None for a, b in pairs)
    if early or gap:
        assert found.outcome is Outcome.VIOLATION
    else:
        assert found.outcome is (Outcome.PENDING if days["replied_on"] is None else Outcome.PASS)


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        (["2018-12-28", "2018-12-28", "2018-12-29", "2018-12-29", "2018-12-31"], "pass"),
        (["2018-12-28", "2018-12-28", "2018-12-29", "2018-12-29", "2019-01-01"], "pending"),
        (["2019-01-01", "2019-01-01", "2019-01-02", "2019-01-02", "2019-01-03"], "pending"),
        (["2018-12-30", None, None, None, "2019-01-01"], "pending"),
        (["2018-12-30", None, "2019-01-28", None, "2019-01-01"], "pending"),
        (["2018-12-30", None, "2018-12-31", None, "2019-01-01"], "violation"),
    ],
)
def test_stages_dated_after_the_day_of_the_check_have_not_happened(days: list[str | None], outcome: str) -> None:
    found = one("PD-15.1", {"request": [{"id": "1", **dict(zip(STEPS, days, strict=True))}]})
    assert str(found.outcome) == outcome, found.message.zh
    if outcome == "violation":
        assert "登记日期没有记录" in found.message.zh.replace("“", "").replace("”", ""), found.message.zh


def test_stages_that_no_column_records_leave_it_open() -> None:
    days = dict(zip(STEPS, ["2018-09-03", "2018-09-04", "2018-09-05", "2018-09-06", "2018-09-07"], strict=True))

    def said(*absent: str, **changed: str | None) -> tuple[str, tuple[str, ...]]:
        row = {n: d for n, d in (days | changed).items() if n not in absent}
        rows = pl.DataFrame([{"id": "1", **row}], schema={"id": pl.String, **dict.fromkeys(row, pl.String)})
        found = one("PD-15.1", {"request": rows})
        return str(found.outcome), found.missing

    assert said() == ("pass", ())
    assert said("handled_on") == ("indeterminate", ("handled_on",))
    assert said("replied_on") == ("indeterminate", ("replied_on",))
    assert said("handled_on", registered_on=None) == ("violation", ())
    assert said("handled_on", registered_on="2018-09-07", investigated_on="2018-09-06") == ("violation", ())
    assert said("handled_on", investigated_on=None, replied_on=None) == ("pending", ())


def test_stages_that_need_not_occur_must_lie_in_order_where_they_do(tmp_path: Path) -> None:
    need = "{steps: [formed_on, effective_at, published_on], optional: [effective_at]}"
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{stages: {need}}}")
    rows = [
        {"id": str(n), "topic": "debt", "formed_on": first, "effective_at": then, "published_on": last}
        for n, (first, then, last) in enumerate(
            [
                ("2018-09-03", None, "2018-09-04"),
                ("2018-09-03", "2018-09-04 23:59", "2018-09-04"),  # on the same day
                ("2018-09-03", "2018-09-05 00:00", "2018-09-04"),
                ("2018-09-03", "2018-09-02 23:59", "2018-09-04"),
                (None, "2018-09-04 08:00", "2018-09-04"),
                ("2018-09-03", "2018-09-04 08:00", None),
                ("2018-09-05", None, "2018-09-04"),
            ]
        )
    ]
    found = {f.record_id: f for f in pack.rules["X-1"].check({"disclosure": rows}, as_of="2018-12-31")}
    told = ["pass", "pass", "violation", "violation", "violation", "pending", "violation"]
    assert [str(found[str(n)].outcome) for n in range(7)] == told
    assert {f.due for f in found.values()} == {date(2018, 9, 4)}, "the day of the last step that is filled in"
    every = ["formed_on", "effective_at", "published_on"]
    shown = [every, every, ["published_on"], ["effective_at"], ["formed_on"], every, ["published_on"]]
    assert [found[str(n)].cells for n in range(7)] == shown
    assert [found[str(n)].message.zh.partition("；")[0] for n in (2, 3, 4, 6)] == [
        "先后颠倒：公开日期早于它前面的环节",
        "先后颠倒：生效时间早于它前面的环节",
        "后面的环节已有记录，前面的形成日期没有记录",
        "先后颠倒：公开日期早于它前面的环节",
    ]
    assert [found[str(n)].explanation[-1].zh for n in (2, 4)] == ["先后颠倒：公开日期", "没有记录：形成日期"]
