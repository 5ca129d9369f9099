"""What rules are planned against: limits by their days, due days, lateness, blanks, and references that point nowhere."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from opencheck.core.calendar import WorkCalendar
from opencheck.core.time_limits import DatedLimit, Duration, StatuteRef
from opencheck.engine.carriers.base import find_dangling
from opencheck.records.dataset import REJECTED
from opencheck.rules.conditions import TOPIC_LIKE
from opencheck.rules.context import DanglingReferences, RuleContext
from opencheck.rules.judgement import Covers
from opencheck.rules.offices import Offices
from opencheck.rules.rule import Due

CHINA = WorkCalendar.china()
COVERS = Covers(date(2018, 1, 1), date(2018, 12, 31))
FIFTH, SIXTH = date(2018, 9, 5), date(2018, 9, 6)
STATUTES = {
    "reply": (
        DatedLimit(Duration(15, "working_days"), until=date(2019, 5, 14)),
        DatedLimit(Duration(20, "working_days"), since=date(2019, 5, 15)),
    ),
    "old": (DatedLimit(Duration(15, "days"), date(2018, 3, 1), date(2018, 3, 31)),),
}


def context(as_of: date = date(2018, 12, 31), **more: Any) -> RuleContext:
    present = more.pop("present", {"disclosure": frozenset({"id", "published_on", "topic"})})
    return RuleContext(as_of, CHINA, COVERS, STATUTES, present, **more)


@pytest.mark.parametrize(
    ("limit", "day", "number"),
    [
        (StatuteRef(statute="reply"), date(2019, 5, 14), 15),
        (StatuteRef(statute="reply"), date(2019, 5, 15), 20),
        (StatuteRef(statute="old"), date(2018, 2, 28), None),
        (StatuteRef(statute="old"), date(2018, 3, 1), 15),
        (StatuteRef(statute="old"), date(2018, 3, 31), 15),
        (StatuteRef(statute="old"), date(2018, 4, 1), None),
        (StatuteRef(statute="old", otherwise=Duration(9, "days")), date(2018, 4, 1), 9),
        (StatuteRef(statute="old", otherwise=Duration(9, "days")), date(2018, 3, 31), 15),
        (Duration(3, "days"), date(2018, 4, 1), 3),
    ],
)
def test_limit_is_the_one_in_force_on_the_day_of_the_event(limit: Any, day: date, number: int | None) -> None:
    found = context().limit_on(limit, day)
    assert (found.duration.number if found else None) == number


def test_versions_of_a_limit_are_those_of_its_statute_and_then_its_own() -> None:
    own = DatedLimit(Duration(9, "days"))
    assert context().versions(StatuteRef(statute="reply")) == STATUTES["reply"]
    assert context().versions(StatuteRef(statute="old", otherwise=own.duration)) == (*STATUTES["old"], own)
    assert context().versions(own.duration) == (own,)


@pytest.mark.parametrize(
    ("topics", "fields", "found"),
    [
        (("debt",), {"id", "topic"}, [True, False, None, None]),
        (("debt",), {"id"}, None),
        ((), {"id", "topic"}, None),
    ],
)
def test_topic_is_asked_for_where_a_rule_names_one_and_a_source_has_it(
    topics: tuple[str, ...], fields: set[str], found: list[bool | None] | None
) -> None:
    rule = SimpleNamespace(on="disclosure", topics=topics, when={"topic": "debt"} if topics else {})
    test = context(present={"disclosure": frozenset(fields)}).of_topic(rule)  # type: ignore[arg-type]
    rows = pl.DataFrame({"topic": ["debt", "other", None, "某某"], TOPIC_LIKE: [None, None, None, "budget"]})
    assert (None if test is None else rows.select(test).to_series().to_list()) == found


@pytest.mark.parametrize(
    ("unit", "due", "end", "late"),
    [
        ("days", date(2018, 9, 28), date(2018, 9, 30), (2, "days")),
        ("working_days", date(2018, 9, 28), date(2018, 9, 30), (2, "working_days")),  # a make-up weekend
        ("working_days", date(2018, 9, 28), date(2018, 10, 8), (3, "working_days")),
        ("working_days", date(2018, 9, 21), date(2018, 9, 22), (1, "days")),  # a Saturday is no working day
        ("working_days", CHINA.last_known, date(CHINA.last_known.year + 1, 1, 5), (5, "days")),
        ("hours", date(2018, 9, 28), date(2018, 9, 29), (1, "working_days")),
    ],
)
def test_lateness_is_in_the_unit_of_the_limit_where_that_can_be_counted(
    unit: Any, due: date, end: date, late: tuple[int, str]
) -> None:
    assert context().late(Duration(3, unit), due, end) == late


def due_of(as_of: date, due: Due | None, *rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    rule = SimpleNamespace(due=due, on="opinion_case")
    frame = pl.DataFrame(
        rows, schema={"year": pl.Int64, "first": pl.Date, "second": pl.Date, "detected_at": pl.Datetime("us", "Asia/Shanghai")}
    )
    first, second, third = context(as_of).due_of(rule)  # type: ignore[arg-type]
    return frame.select(pl.lit(0), day=first, later=second, unknown=third).select("day", "later", "unknown").rows()


def test_due_at_the_end_of_a_year_is_over_with_its_last_day() -> None:
    rows = [{"year": year} for year in (2017, 2018, 2019, None)]
    due = Due(year_end_of="year")
    for as_of, later in ((date(2018, 12, 30), [False, True, True, None]), (date(2018, 12, 31), [False, False, True, None])):
        assert due_of(as_of, due, *rows) == [(None, one, one is None) for one in later]
    assert due_of(date(2018, 11, 30), due, *rows) == due_of(date(2018, 12, 30), due, *rows)
    assert due_of(date(2018, 1, 31), due, *rows) == due_of(date(2018, 12, 30), due, *rows)


def test_rule_without_a_due_day_is_never_pending() -> None:
    assert due_of(date(2018, 12, 31), None, {"year": 2018}) == [(None, False, False)]


def test_blank_day_says_not_done_only_in_a_row_that_is_read_and_a_column_that_is_there() -> None:
    frame = pl.DataFrame(
        {"published_on": [None, None, date(2018, 9, 3)], "replied_on": [None, None, None], REJECTED: [False, True, True]},
        schema={"published_on": pl.Date, "replied_on": pl.Date, REJECTED: pl.Boolean},
    )
    own = context(present={"disclosure": frozenset({"published_on"})})
    other = context(present={"disclosure": frozenset()})
    for with_column, expected, undated in (
        (own, [False, True, False], [True, False, False]),
        (other, [True, True, False], [False] * 3),
    ):
        found = frame.select(
            open=with_column.open_where_blank("disclosure", "published_on"),
            blank=with_column.undated("disclosure", "published_on"),
        )
        assert (found["open"].to_list(), found["blank"].to_list()) == (expected, undated)


@pytest.mark.parametrize(
    ("table", "field", "waits"),
    [
        ("disclosure", "reviewed_on", True),  # no column is read for it
        ("disclosure", "published_on", False),  # it has another column
        ("request", "replied_on", True),
        ("meeting", "id", True),
        ("listing", "householder", False),  # what is published counts as it stands
    ],
)
def test_rules_wait_for_an_unread_column_that_may_be_a_field_without_one(table: str, field: str, waits: bool) -> None:
    present = {
        "disclosure": frozenset({"published_on"}),
        "request": frozenset({"received_on"}),
        "listing": frozenset({"topic"}),
    }
    own = context(present=present, proposed=frozenset({(table, field, "某列")}))
    assert own.unconfirmed == (own.proposed if waits else frozenset())
    assert own.fields(table).unconfirmed == ({field} if waits else set())
    assert own.fields("roster").unconfirmed == set()


def test_calendar_columns_are_looked_up_once_for_the_same_limit() -> None:
    own = context()
    names = [str(own.due("published_on", limit)) for limit in (Duration(3, "days"), Duration(3, "days"), Duration(4, "days"))]
    assert names[0] == names[1] != names[2]
    assert len(own.columns.by_day["published_on"]) == 2
    assert (
        context(roll_to_next_workday=True).deadline("published_on", Duration(3, "days")).meta.output_name()
        == "_published_on|deadline:3 days"
    )
    assert context().deadline("published_on", Duration(3, "days")).meta.output_name() == "_published_on|due:3 days"


def test_context_pickles_without_what_was_planned_and_starts_anew_for_another_table() -> None:
    own = context()
    own.shared("x", pl.col("id"))
    assert not pickle.loads(pickle.dumps(own)).columns.shared
    assert not own.for_table().columns.shared
    assert pickle.loads(pickle.dumps(own)).as_of == own.as_of
    assert list(own.columns.shared) == ["x"]


def test_values_are_named_by_topic_and_vocabulary() -> None:
    own = context(topic_titles={"debt": ("政府债务", "debt")})
    names = [
        own.named("disclosure", name, value)
        for name, value in (("topic", "debt"), ("topic", "?"), ("level", "village"), ("unit", "甲"))
    ]
    assert [name.zh for name in names] == ["政府债务", "?", "村级", "甲"]
    assert [name.en for name in names] == ["debt", "?", "village", "甲"]


def test_reference_that_points_nowhere_may_mean_a_record_of_its_office_or_of_an_unknown_one() -> None:
    strays = {"a": (None, None), "b": ("甲局", FIFTH), "c": ("甲局", FIFTH), "d": ("乙局", SIXTH), "e": ("乙局；甲局", FIFTH)}
    found = dangling(strays)
    cells = pl.Series("units", [["甲局"], ["甲局；乙局"], ["丙局"], ["某某中心"], None], dtype=pl.List(pl.String))
    expected = ["abce", "abced", "a", "abcde", "abcde"]
    assert found.possible(cells, *days(None, None, 5)).to_list() == [list(ids) for ids in expected]
    many = dangling(dict.fromkeys("123456", (None, None)))
    assert many.possible(cells, *days(None, None, 5)).to_list() == [[*"12345", "…"]] * 5
    assert [bool(d) for d in (found, many, DanglingReferences(), dangling({"b": ("甲局", None)}))] == [True, True, False, True]


@pytest.mark.parametrize(
    ("first", "last", "ids"),
    [(FIFTH, FIFTH, "ab"), (FIFTH, SIXTH, "abe"), (SIXTH, SIXTH, "ae"), (date(2018, 9, 4), date(2018, 9, 4), "a"), (None, FIFTH, "xabce"),
     (SIXTH, None, "xabce"), (None, None, "xabce"), (SIXTH, date(2018, 12, 31), "ae"), (date(2018, 1, 1), FIFTH, "ab")],
)  # fmt: skip
@pytest.mark.parametrize("unit", ["甲局", "某某中心"])
def test_reference_that_points_nowhere_counts_on_the_days_that_are_asked_for(
    unit: str, first: date | None, last: date | None, ids: str
) -> None:
    """Of one day the first one is enough; one that names something else counts only where any day does."""
    found = dangling(
        {"a": ("甲局", None), "b": ("甲局", FIFTH), "c": ("甲局", FIFTH), "e": ("甲局", SIXTH)}, {"x": ("甲局", FIFTH)}
    )
    assert found.possible(pl.Series("units", [[unit]]), *days(first, last)).to_list() == [list(ids)]


def test_reference_that_points_nowhere_is_kept_beside_many_of_other_days() -> None:
    strays = {str(i): ("甲局", FIFTH - timedelta(days=i % 3 + 1)) for i in range(100)}
    found = dangling(strays | {"x": ("甲局", SIXTH)})
    assert found.possible(pl.Series("units", [["甲局"]]), *days(FIFTH, SIXTH)).to_list() == [["x"]]


Strays = dict[str, tuple[str | None, date | None]]


def dangling(unnamed: Strays, named: Strays | None = None) -> DanglingReferences:
    """Of records with their unit and day; the named ones refer to something that is not there."""
    rows = [{"id": i, "unit": u, "on": day, "names_another": True} for i, (u, day) in (named or {}).items()]
    rows += [{"id": i, "unit": u, "on": day, "names_another": False} for i, (u, day) in unnamed.items()]
    frame = pl.DataFrame(rows, schema={"id": pl.String, "unit": pl.String, "on": pl.Date, "names_another": pl.Boolean})
    return find_dangling(frame, Offices(frozenset({"甲局", "乙局", "丙局"})))


def days(first: date | None, last: date | None, number: int = 1) -> list[pl.Series]:
    return [pl.Series(name, [day] * number, dtype=pl.Date) for name, day in (("first", first), ("last", last))]


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (date(2018, 1, 1), date(2018, 12, 31), [2018]),
        (date(2018, 1, 2), date(2018, 12, 31), []),
        (date(2018, 1, 1), date(2018, 12, 30), []),
        (date(2017, 7, 1), date(2019, 12, 31), [2018, 2019]),
        (date(2017, 1, 1), date(2019, 6, 30), [2017, 2018]),
    ],
)
def test_years_that_are_covered_lie_whole_within(first: date, last: date, years: list[int]) -> None:
    assert Covers(first, last).years == years
