"""Conditions over single cells: true, false, or unknown where the cell does not tell."""

from __future__ import annotations

from datetime import date, datetime
from itertools import permutations
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from opencheck.core.clock import SHANGHAI
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.rules import conditions as stated
from opencheck.rules.condition_expressions import TableFields, compile_conditions, conjuncts, has_unknown_words
from opencheck.rules.conditions import TOPIC_LIKE, check_fields, iter_tests, to_test

AS_OF = date(2018, 9, 3)
TRUTHS = {True: "y", False: "n", None: "?"}


def told(table: str, conditions: dict[str, Any], *rows: dict[str, Any], absent: tuple[str, ...] = (), **more: Any) -> str:
    """One letter for each row: y, n or ? as the conditions hold, do not, or cannot be told."""
    spec = TABLES[table]
    schema: dict[str, Any] = {name: field.dtype for name, field in spec.fields.items()}
    if "topic" in schema:
        schema[TOPIC_LIKE] = pl.String
    frame = pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema, orient="row")
    check_fields(conditions, spec)
    found = frame.with_columns(r=compile_conditions(conditions, TableFields(spec, frozenset(absent), **more)))["r"]
    return "".join(TRUTHS[value] for value in found)


def cells(name: str, *values: Any) -> list[dict[str, Any]]:
    return [{name: value} for value in values]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (3, "ny?"),
        ({"is": 3}, "ny?"),
        ({"not": 3}, "yn?"),
        ([3, 4], "ny?"),
        ({"in": [2]}, "yn?"),
        ({"not_in": [3, 4]}, "yn?"),
        ({"at_least": 3}, "ny?"),
        ({"at_least": 2}, "yy?"),
        ({"at_least": 4}, "nn?"),
        ({"at_most": 2}, "yn?"),
        ({"at_most": 3}, "yy?"),
        ({"at_most": 1}, "nn?"),
        ({"present": True}, "yyn"),
        ({"present": False}, "nny"),
        ({"at_least": 3, "unknown": False}, "nyn"),
        ({"at_least": 3, "unknown": True}, "nyy"),
        ({"at_least": 2, "at_most": 2}, "yn?"),
        ({"present": True, "at_least": 3}, "nyn"),
    ],
)
def test_number_is_tested(test: Any, expected: str) -> None:
    assert told("meeting", {"invited_attendees": test}, *cells("invited_attendees", 2, 3, None)) == expected


def test_yes_or_no_is_tested() -> None:
    rows = cells("is_policy", True, False, None)
    assert told("document", {"is_policy": True}, *rows) == "yn?"
    assert told("document", {"is_policy": False}, *rows) == "ny?"
    assert told("document", {"is_policy": {"not": True}}, *rows) == "ny?"
    assert told("document", {}, *rows) == "yyy"


def test_conditions_hold_together_and_alternatives_one_by_one() -> None:
    rows = [
        {"is_policy": policy, "is_important": important}
        for policy, important in ((True, True), (True, False), (False, False), (None, True), (None, False), (None, None))
    ]
    both = {"is_policy": True, "is_important": True}
    assert told("document", both, *rows) == "ynn?n?"
    either = {"any": [{"is_policy": True}, {"is_important": True}]}
    assert told("document", either, *rows) == "yyny??"
    assert told("document", {**either, "is_important": False}, *rows) == "nynn??"[:4] + "??"
    each = conjuncts({**either, "is_policy": True}, TableFields(TABLES["document"], frozenset()))
    assert list(each) == ["any", "is_policy"]


def test_presence_of_lists_and_of_what_no_source_records() -> None:
    rows = cells("channels", ["政府网站"], [], None)
    assert told("disclosure", {"channels": {"present": True}}, *rows) == "ynn"
    assert told("disclosure", {"channels": {"present": False}}, *rows) == "nyy"
    assert told("disclosure", {"channels": {"present": True}}, *rows, absent=("channels",)) == "y??"
    assert told("disclosure", {"channels": {"present": False}}, *rows, absent=("channels",)) == "n??"


@pytest.mark.parametrize(("field", "later"), [("published_on", "n"), ("posted_until", "y"), ("effective_at", "y")])
def test_act_dated_after_the_day_of_the_check_is_not_there(field: str, later: str) -> None:
    kind = TABLES["disclosure"].fields[field].kind
    days = [AS_OF, date(2018, 9, 4)]
    moments = days if kind == "date" else [datetime(d.year, d.month, d.day, 8, tzinfo=SHANGHAI) for d in days]
    rows = cells(field, *moments, None)
    assert told("disclosure", {field: {"present": True}}, *rows, as_of=AS_OF) == f"y{later}n"
    assert told("disclosure", {field: {"present": True}}, *rows) == "yyn"


def test_moment_dated_after_the_day_of_the_check_is_not_there() -> None:
    rows = cells("responded_at", *(datetime(2018, 9, day, 23, 59, tzinfo=SHANGHAI) for day in (3, 4)))
    assert told("opinion_case", {"responded_at": {"present": True}}, *rows, as_of=AS_OF) == "yn"


def test_days_and_moments_are_compared_with_other_fields() -> None:
    rows = [
        {"formed_on": date(2018, 9, first), "published_on": second and date(2018, 9, second)}
        for first, second in ((2, 3), (3, 3), (4, 3), (2, None))
    ]
    for key, expected in (("at_least", "yyn?"), ("at_most", "nyy?"), ("before", "nny?"), ("is", "nyn?")):
        assert told("disclosure", {"published_on": {key: {"field": "formed_on"}}}, *rows) == expected, key
    assert told("disclosure", {"published_on": {"before": {"field": "formed_on", "less_days": 1}}}, *rows) == "nnn?"
    assert told("disclosure", {"published_on": {"at_most": {"field": "formed_on", "less_days": 1}}}, *rows) == "nny?"
    morning = datetime(2018, 9, 3, 8, tzinfo=SHANGHAI)
    moments = [{"effective_at": morning, "published_on": date(2018, 9, day)} for day in (2, 3, 4)]
    assert told("disclosure", {"effective_at": {"at_most": {"field": "published_on"}}}, *moments) == "nyy"
    assert told("disclosure", {"published_on": {"at_least": {"field": "effective_at"}}}, *moments) == "nyy"
    assert told("disclosure", {"published_on": {"before": {"field": "effective_at"}}}, *moments) == "ynn"


def test_texts_are_searched_without_width_and_white_space() -> None:
    rows = cells("justification", "依据 第９条", "依据第9条，但未批准", "别的", None, ELSEWHERE)
    assert told("disclosure", {"justification": {"matches": "第9条"}}, *rows) == "yyn??"
    assert told("disclosure", {"justification": {"matches": {"holds": "第9条", "lacks": "未批准"}}}, *rows) == "ynn??"
    assert told("disclosure", {"justification": {"matches": ["未批准", "别的"]}}, *rows) == "nyy??"
    assert told("disclosure", {"justification": {"present": True}}, *rows) == "yyyn?"
    assert told("disclosure", {"justification": {"matches": "第9条", "unknown": False}}, *rows) == "yynnn"


KNOWN = {"elements": frozenset({"甲", "乙", "丙"})}
LISTS = cells("elements", ["甲", "乙"], ["甲"], ["甲", "某"], ["某"], [], None, ["某", "另"], ["甲", "甲"], [ELSEWHERE])


@pytest.mark.parametrize(
    ("test", "plain", "with_terms"),
    [
        ({"contains": ["甲"]}, "yyynn?ny?", "yyy?n??y?"),
        ({"contains": ["甲", "乙"]}, "ynnnn?nn?", "yn??n??n?"),
        ({"contains": ["甲", "甲"]}, "yyynn?ny?", "yyy?n??y?"),
        ({"contains": ["甲", "乙", "丙"]}, "nnnnn?nn?", "nn??n??n?"),
        ({"contains_any": ["乙", "丙"]}, "ynnnn?nn?", "yn??n??n?"),
        ({"contains_none": ["乙", "丙"]}, "nyyyy?yy?", "nyyyy?yy?"),
        ({"contains": ["甲"], "contains_any": ["乙", "丙"]}, "ynnnn?nn?", "yn??n??n?"),
        ({"contains": ["甲"], "contains_none": ["乙", "丙"]}, "nyynn?ny?", "nyy?n??y?"),
        ({"contains": ["甲"], "items_at_least": 2}, "ynynn?nn?", "yn??n??n?"),
        ({"items_at_least": 2}, "ynynn?yn?", "yn??n??n?"),
        ({"items_at_least": 1}, "yyyyn?yy?", "yyyyn?yy?"),
        ({"items_at_least": 3}, "nnnnn?nn?", "nn??n??n?"),
    ],
)
def test_lists_are_tested_and_a_word_that_nobody_knows_may_be_any(test: dict[str, Any], plain: str, with_terms: str) -> None:
    assert told("disclosure", {"elements": test}, *LISTS) == plain
    assert told("disclosure", {"elements": test}, *LISTS, known_terms=KNOWN) == with_terms


FIRST = {"field": "formed_on"}
DAYS = [
    {"published_on": published and date(2018, 9, published), "formed_on": formed and date(2018, 9, formed)}
    for published, formed in ((2, 3), (3, 3), (4, 3), (4, None), (None, 3))
]


@pytest.mark.parametrize(
    ("table", "field", "rows", "tests"),
    [
        ("meeting", "invited_attendees", cells("invited_attendees", 2, 3, 4, None), [
            {"is": 3}, {"not": 3}, {"in": [3, 4]}, {"not_in": [2]}, {"at_least": 3}, {"at_most": 3}, {"present": True},
        ]),
        ("disclosure", "published_on", DAYS, [
            {"is": FIRST}, {"not": date(2018, 9, 2)}, {"at_least": FIRST}, {"at_most": FIRST}, {"before": FIRST}, {"present": True},
        ]),
        ("disclosure", "title", cells("title", "甲乙", "甲", "乙", None), [
            {"is": "甲"}, {"not": "乙"}, {"in": ["甲", "乙"]}, {"matches": "甲"}, {"present": True},
        ]),
        ("disclosure", "elements", LISTS, [
            {"contains": ["甲"]}, {"contains_any": ["乙", "丙"]}, {"contains_none": ["乙"]}, {"items_at_least": 2}, {"present": True},
        ]),
    ],
)  # fmt: skip
def test_of_several_keys_all_must_hold(table: str, field: str, rows: list[dict[str, Any]], tests: list[dict[str, Any]]) -> None:
    """One that does not hold decides, whatever cannot be told of the other."""
    for first, second in permutations(tests, 2):
        each = zip(told(table, {field: first}, *rows), told(table, {field: second}, *rows), strict=True)
        expected = "".join("n" if "n" in pair else "?" if "?" in pair else "y" for pair in each)
        assert told(table, {field: first | second}, *rows) == expected, (first, second)


def test_words_that_nobody_knows_are_told_of_texts_and_lists() -> None:
    frame = pl.DataFrame({"elements": [["甲"], ["某"], None], "topic": ["甲", "某", None]})
    spec, terms = TABLES["disclosure"], KNOWN["elements"]
    for name in ("elements", "topic"):
        found = frame.select(r=has_unknown_words(name, spec.fields[name], terms))["r"].to_list()
        assert found == [False, True, False], name
        assert frame.select(r=has_unknown_words(name, spec.fields[name], frozenset()))["r"].to_list() == [False]


def test_word_outside_a_vocabulary_decides_nothing() -> None:
    rows = cells("attribute", "主动公开", "不予公开", "内部掌握", None)
    assert told("disclosure", {"attribute": "主动公开"}, *rows) == "yn??"
    assert told("disclosure", {"attribute": {"not": "主动公开"}}, *rows) == "ny??"
    assert told("disclosure", {"attribute": {"not_in": ["主动公开"]}}, *rows) == "ny??"
    assert told("disclosure", {"attribute": {"present": True}}, *rows) == "yy?n"
    every = list(TABLES["disclosure"].fields["attribute"].vocabulary.values)  # type: ignore[union-attr]
    assert told("disclosure", {"attribute": every}, *rows) == "yyn?", (
        "that it is one of all of them is broken by any other word"
    )


@pytest.mark.parametrize(
    ("test", "any_topic", "expected"),
    [
        ("debt", False, "yn?n"),
        (["debt"], False, "yn?n"),
        ({"not": "debt"}, False, "ny?y"),
        ({"not_in": ["debt"]}, False, "ny?y"),
        ("debt", True, "yn??"),
        ({"present": True}, False, "yyyy"),
    ],
)
def test_topic_that_nobody_knows_may_be_the_one_that_it_resembles(test: Any, any_topic: bool, expected: str) -> None:
    rows = [
        {"topic": "debt", TOPIC_LIKE: None},
        {"topic": "budget", TOPIC_LIKE: None},
        {"topic": "debts", TOPIC_LIKE: "debt"},
        {"topic": "budgets", TOPIC_LIKE: "budget"},
    ]
    assert told("disclosure", {"topic": test}, *rows, unknown_is_any_topic=any_topic) == expected


def test_units_of_two_cells_agree_where_they_have_one_in_common() -> None:
    rows = [{"unit": "甲；乙", "manager_unit": text} for text in ("乙", "乙；丙", "丙", None)]
    assert told("account", {"manager_unit": {"is": {"field": "unit"}}}, *rows) == "yyn?"


def test_year_of_a_day_is_compared_with_a_year() -> None:
    rows = [{"training_plan_on": date(year, month, 1), "year": 2018} for year, month in ((2017, 12), (2018, 12), (2019, 1))]
    assert told("unit", {"training_plan_on": {"year_at_most": {"field": "year"}}}, *rows) == "yyn"


def test_tests_are_listed_with_those_of_alternatives() -> None:
    found = list(iter_tests({"unit": "甲", "any": [{"topic": ["a"]}, {"level": {"present": True}}]}))
    assert found == [("unit", stated.Test(is_="甲")), ("topic", stated.Test(in_=["a"])), ("level", stated.Test(present=True))]
    assert to_test(found[0][1]) is found[0][1]
    assert to_test({"is": {"field": "unit"}}).refs == ["unit"]
    assert [to_test(t).asks_more for t in ({"present": True}, {"present": True, "unknown": False}, {"is": 1})] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"nothing": True}, "no field 'nothing'"),
        ({"published_on": {"at_least": {"field": "nothing"}}}, "no field 'nothing'"),
        ({"title": {"contains": ["a"]}}, "test lists"),
        ({"title": {"contains_any": ["a"]}}, "test lists"),
        ({"title": {"contains_none": ["a"]}}, "test lists"),
        ({"title": {"items_at_least": 2}}, "test lists"),
        ({"effective_at": {"year_at_most": {"field": "period"}}}, "tests dates"),
        ({"level": "nowhere"}, "'nowhere' is none of its values"),
        ({"level": {"not": "nowhere"}}, "'nowhere' is none of its values"),
        ({"level": ["city", "nowhere"]}, "'nowhere' is none of its values"),
        ({"level": {"not_in": ["nowhere"]}}, "'nowhere' is none of its values"),
        ({"any": [{"level": "city"}, {"level": "nowhere"}]}, "'nowhere' is none of its values"),
    ],
)
def test_condition_that_its_table_cannot_have_is_refused(conditions: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_fields(conditions, TABLES["disclosure"])


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ({}, "a test needs one of: is"),
        ({"unknown": True}, "a test needs one of: is"),
        ({"matches": " "}, "found in every text"),
        ({"matches": "("}, "no regular expression that Polars takes: error: unclosed group"),
        ({"is": 1, "says": {"zh": "一", "en": "one"}}, "'says' puts 'matches' into words"),
        ({"items_at_least": 0}, "greater than or equal to 1"),
        ({"before": {"field": "unit", "less_days": -1}}, "greater than or equal to 0"),
    ],
)
def test_test_that_asks_nothing_or_cannot_be_asked_is_refused(test: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        stated.Test.model_validate(test)
