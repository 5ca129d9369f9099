"""count: how often something happened, against the best and the worst case."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.outcomes import Outcome
from pingdu_rules import check

DAY = st.dates(date(2018, 1, 1), date(2019, 12, 31))


MAYBE = st.one_of(st.none(), DAY)


@given(
    st.lists(st.tuples(st.sampled_from(["executive", "plenary"]), MAYBE, st.one_of(st.none(), st.integers(0, 3))), max_size=7),
    DAY,
)
def test_count_equals_best_and_worst_case(rows: list[tuple[str, date | None, int | None]], as_of: date) -> None:
    records = {"meeting": [{"id": str(i), "kind": k, "held_on": d, "invited_attendees": n} for i, (k, d, n) in enumerate(rows)]}
    (found,) = check("PD-2-2.1", records, as_of)

    def counted(day: date, people: int) -> int:
        rows_ = [(k, d, n) for k, d, n in rows if d is None or d <= as_of]
        filled = [(k, d or day, people if n is None else n) for k, d, n in rows_ if d is None or n is None]
        sure = {d for k, d, n in rows_ if d and n is not None and k == "executive" and n >= 1 and d.year == 2018}
        return len(sure) + sum(1 for k, d, n in filled if k == "executive" and d.year == 2018 and n >= 1)

    worst, best = counted(date(2017, 1, 1), 0), counted(date(2018, 1, 1), 1)
    if worst >= 2:
        expected = Outcome.PASS
    elif as_of < date(2018, 12, 31):
        expected = Outcome.PENDING
    else:
        expected = Outcome.VIOLATION if best < 2 else Outcome.INDETERMINATE
    assert found.outcome is expected


def test_count_meeting_in_two_sheets_counts_once() -> None:
    meeting = {"id": "1", "kind": "常务会议", "held_on": "2018-03-08", "invited_attendees": 4}
    for second, outcome in ((meeting, "violation"), ({**meeting, "held_on": "2018-04-08"}, "pass")):
        report = oc.check({"meeting": [meeting]}, {"会议": [second]}, as_of="2018-12-31", rules=["PD-2-2.1"], include_all=True)
        assert [str(f.outcome) for f in report.findings()] == [outcome]


def test_count_blank_batch_of_the_same_day_is_no_further_one() -> None:
    def outcome(*rows: tuple[str | None, str | None]) -> str:
        items = [{"id": str(i), "do_it_once": True, "batch": b, "listed_on": d} for i, (b, d) in enumerate(rows)]
        (found,) = check("PD-17.1b", {"service_item": items}, "2018-12-31")
        return str(found.outcome)

    first = ("第一批", "2018-09-10")
    assert outcome(first, (None, "2018-09-10")) == "violation"
    assert outcome(first, (None, "2018-09-11")) == "indeterminate"
    assert outcome(first, ("第一批", "2018-09-11"), (None, "2018-09-11")) == "violation"
    assert outcome(first, ("第二批", None)) == "indeterminate"
