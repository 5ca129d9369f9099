"""Which records fill a grid's cells: by their day, their period, what they hold, and who is expected."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from opencheck.rules.reductions import MAX_LISTED_UNCERTAIN
from pack_files import outcomes, own_pack
from pingdu_rules import check, one

DEBT = {"topic": "debt", "attribute": "主动公开"}
LEVELS = "axes: [{field: level, values: [county, town]}]"


def debt_pack(folder: Path, need: str) -> oc.Pack:
    return own_pack(folder / "p", f"when: {{topic: debt}}\n  require: {{grid: {{{need}}}}}")


def one_of_each_level(**second: Any) -> list[dict[str, Any]]:
    return [
        {"id": level, **DEBT, "subject": "甲", "level": level, "published_on": "2018-06-01"} | more
        for level, more in (("county", {}), ("town", second))
    ]


def test_grid_is_due_with_the_last_day_of_the_covered_year(tmp_path: Path) -> None:
    pack = debt_pack(tmp_path, f"{LEVELS}, done: published_on")

    def said(day: str | None, as_of: str) -> tuple[str, date | None, date | None, int | None]:
        (found,) = pack.rules["X-1"].check({"disclosure": one_of_each_level(published_on=day)}, as_of=as_of)
        return str(found.outcome), found.due, found.actual, found.late_by

    due = date(2018, 12, 31)
    assert said("2018-12-31", "2018-12-31") == ("pass", due, due, None)
    assert said("2018-12-31", "2018-12-30") == ("pending", due, None, None)
    assert said("2019-01-02", "2019-01-01") == ("violation", due, None, None)
    assert said("2019-01-02", "2019-01-02") == ("violation", due, date(2019, 1, 2), 2)
    assert said(None, "2018-12-30")[0] == "pending"
    assert said(None, "2018-12-31")[0] == "violation"


def test_grid_takes_for_a_value_what_stands_for_it_on_the_last_axis_only(tmp_path: Path) -> None:
    axes = "axes: [{field: level, values: [county]}, {field: elements, values: [限额]}]"
    pack = debt_pack(tmp_path, f"{axes}, stands_for: {{限额: [余额]}}")
    row = {"id": "1", **DEBT, "level": "county", "elements": ["余额"]}
    assert outcomes(pack, [row], "2018-12-31") == {None: "pass"}
    assert outcomes(pack, [row | {"level": "town"}], "2018-12-31") == {None: "violation"}
    assert outcomes(pack, [row | {"elements": None}], "2018-12-31") == {None: "indeterminate"}


@pytest.mark.parametrize(
    ("topic", "period", "formed", "outcome"),
    [
        ("strategy", "2016", None, "pass"),  # a plan of several years
        ("strategy", None, "2016-05-01", "pass"),
        ("strategy", "2019", None, "violation"),
        ("project", "2016", None, "violation"),
        ("project", None, "2017-12-31", "violation"),
        ("project", None, "2018-01-01", "pass"),
        ("project", "2018-03", None, "pass"),
    ],
)
def test_grid_of_a_year_takes_earlier_ones_only_where_they_last(
    topic: str, period: str | None, formed: str | None, outcome: str
) -> None:
    six = ("funds", "strategy", "library", "plan", "project", "investigation")
    rows = [
        {"id": t, "unit": "市扶贫办", "topic": f"poverty_relief.{t}", "period": "2018", "published_on": "2018-09-10", "elements": ["完成情况"]}
        for t in six
    ]  # fmt: skip
    rows[six.index(topic)] |= {"period": period, "formed_on": formed}
    for row in rows:
        row.setdefault("formed_on", None)
    assert str(one("PD-8-4.2", {"disclosure": rows}).outcome) == outcome


def test_grid_of_a_subject_that_begins_late_is_due_when_the_rest_may_follow() -> None:
    """30 days after its first record, and of what begins after the covered year the end of its own year."""
    topic = "project.major"

    def due(day: str, as_of: str, formed: str | None = None) -> tuple[str, date | None]:
        row = {"id": "1", "topic": topic, "subject": "水厂", "elements": ["批准信息"], "published_on": day, "formed_on": formed}
        (found,) = [f for f in check("PD-8-2.1", {"disclosure": [row]}, date.fromisoformat(as_of)) if f.subject == "水厂"]
        return str(found.outcome), found.due

    assert due("2018-12-01", "2018-12-31") == ("violation", date(2018, 12, 31))
    assert due("2018-12-02", "2018-12-31") == ("pending", date(2019, 1, 1))
    assert due("2018-12-31", "2019-01-29") == ("pending", date(2019, 1, 30))
    assert due("2018-12-31", "2019-01-30") == ("violation", date(2019, 1, 30))
    assert due("2019-01-01", "2019-12-30") == ("pending", date(2019, 12, 31))
    assert due("2019-12-15", "2019-12-31") == ("pending", date(2020, 1, 14))
    assert due("2018-12-20", "2018-12-31", "2018-11-01") == ("violation", date(2018, 12, 31)), "it began when it was formed"


def test_grid_expects_who_is_on_the_roster_in_the_covered_year() -> None:
    spans = {
        "甲村": ("2018-12-31", None),
        "乙村": ("2019-01-01", None),
        "丙村": (None, "2018-01-01"),
        "丁村": (None, "2017-12-31"),
    }
    topic = "assistance.subsistence_allowance"
    roster = [
        {"id": s, "topic": topic, "subject": s, "since": since, "until": until, "unit": "市民政局"}
        for s, (since, until) in spans.items()
    ]
    found = check("PD-8-3.2", {"disclosure": [], "roster": roster})
    assert {f.subject: (str(f.outcome), f.unit) for f in found if f.subject} == {
        "丙村": ("violation", "市民政局"),
        "甲村": ("violation", "市民政局"),
    }


def test_grid_of_periods_judges_those_that_are_covered(tmp_path: Path) -> None:
    pack = debt_pack(tmp_path, "axes: [{field: level, values: [county]}], every: half_year, due: period_end, per: subject")
    rows = [
        {"id": p, **DEBT, "subject": "甲", "level": "county", "period": p} for p in ("2017-H2", "2018-H1", "2018-H2", "2019-H1")
    ]
    found = pack.rules["X-1"].check({"disclosure": rows}, as_of="2018-07-01")
    assert [(f.period, str(f.outcome), f.due) for f in found] == [
        ("2018-H1", "pass", date(2018, 6, 30)),
        ("2018-H2", "pass", date(2018, 12, 31)),
    ]


def test_grid_names_the_last_record_of_a_subject_and_its_office(tmp_path: Path) -> None:
    pack = debt_pack(tmp_path, f"{LEVELS}, per: subject, done: published_on")
    rows = [
        {"id": str(n), **DEBT, "subject": "甲", "level": "county", "published_on": "2018-06-01", "unit": unit}
        for n, unit in enumerate(("丙局", "乙局", None))
    ]
    (found,) = pack.rules["X-1"].check({"disclosure": rows}, as_of="2018-12-31")
    assert (found.record_id, found.source.row, found.unit, str(found.outcome)) == ("2", 3, "丙局", "violation")


SIX = ["实施步骤", "具体措施", "责任分工", "工作进展", "工作成效", "监督方式"]
TASK = {"topic": "execution.policy", "subject": "甲", "attribute": "主动公开", "published_on": "2018-06-01"}


@pytest.mark.parametrize(
    ("second", "outcome", "missing"),
    [
        ({}, "pass", ()),
        ({"subject": "乙"}, "violation", ()),
        ({"subject": None}, "indeterminate", ("subject",)),
        ({"topic": None}, "indeterminate", ("topic",)),
        ({"attribute": "内部掌握"}, "indeterminate", ("attribute",)),
        ({"attribute": "不予公开"}, "violation", ()),
        ({"attribute": "内部掌握", "published_on": "2018-12-31"}, "indeterminate", ("attribute",)),
        ({"published_on": "2019-01-01"}, "violation", ()),
        ({"reviewed_on": "下周"}, "indeterminate", ("rejected",)),
        ({"published_on": "8/9/2018"}, "indeterminate", ("rejected",)),
        ({"elements": None}, "indeterminate", ("elements",)),
        ({"elements": ["某某"]}, "indeterminate", ("elements",)),
    ],
)
def test_grid_is_open_where_a_doubtful_record_may_hold_what_is_lacking(
    second: dict[str, Any], outcome: str, missing: tuple[str, ...]
) -> None:
    rows = [TASK | {"id": "1", "elements": SIX[:5]}, TASK | {"id": "2", "elements": SIX[5:]} | second]
    (found,) = [f for f in check("PD-3.1", {"disclosure": rows}) if f.subject == "甲"]
    assert (str(found.outcome), found.missing) == (outcome, tuple(f"disclosure.{n}" for n in missing))


def test_grid_accuses_no_subject_whose_records_may_not_be_owed() -> None:
    row = TASK | {"id": "1", "elements": SIX[:1]}
    assert [str(f.outcome) for f in check("PD-3.1", {"disclosure": [row]})] == ["violation"]
    for doubtful in ({"attribute": "内部掌握"}, {"topic": None}, {"published_on": "8/9/2018"}):
        assert "violation" not in [str(f.outcome) for f in check("PD-3.1", {"disclosure": [row | doubtful]})], doubtful


def test_grid_of_a_subject_that_begins_within_the_covered_days_is_due_when_the_rest_may_follow() -> None:
    covers = {"from": "2018-01-01", "to": "2018-06-30"}

    def due(day: str) -> date | None:
        row = TASK | {"id": "1", "elements": SIX[:1], "published_on": day}
        (found,) = check("PD-3.1", {"disclosure": [row]}, covers=covers)
        return found.due

    assert due("2018-05-30") == date(2018, 6, 30)
    assert due("2018-06-30") == date(2018, 7, 30), "on the last covered day"
    assert due("2018-07-01") == date(2018, 12, 31), "the end of its own year"


def test_grid_of_periods_is_open_in_a_period_of_which_only_a_doubtful_record_tells(tmp_path: Path) -> None:
    pack = debt_pack(tmp_path, "axes: [{field: level, values: [county]}], every: half_year, due: period_end, per: subject")
    named = {"2017-H2": "乙", "2018-H1": "甲", "2018-H2": "甲"}
    rows = [{"id": p, **DEBT, "subject": s, "level": "county", "period": p} for p, s in named.items()]
    rows.append({"id": "doubtful", **DEBT, "subject": "乙", "level": "county", "period": "2018-H2"})
    for row in rows[-2:]:
        row["attribute"] = "内部掌握"
    found = pack.rules["X-1"].check({"disclosure": rows}, as_of="2018-12-31")
    assert [(f.subject, f.period, str(f.outcome), f.missing) for f in found] == [
        ("甲", "2018-H1", "pass", ()),
        ("乙", "2018-H2", "indeterminate", ("disclosure.attribute",)),
        ("甲", "2018-H2", "indeterminate", ("disclosure.attribute",)),
    ]
    assert [f.message.zh.partition("；")[0] for f in found] == [
        "甲：2018年上半年应有的1项齐全",
        "乙：2018年下半年缺县级",
        "甲：2018年下半年缺县级",
    ]


def test_grid_tells_of_every_doubtful_record_what_is_unknown_of_it() -> None:
    doubtful = [
        {"published_on": "8/9/2018"},
        {"attribute": "内部掌握"},
        {"elements": None},
        {"subject": None},
        {"topic": None},
        {"elements": ["乙乙"]},
    ]
    rows = [TASK | {"id": "1", "elements": SIX[:5]}]
    rows += [TASK | {"id": str(n), "elements": SIX[5:]} | more for n, more in enumerate(doubtful, 2)]
    (found,) = [f for f in check("PD-3.1", {"disclosure": rows}) if f.subject == "甲"]
    assert str(found.outcome) == "indeterminate"
    unknown = ("rejected", "attribute", "elements", "subject", "topic")
    assert found.missing == tuple(f"disclosure.{n}" for n in unknown)
    for told in ("编号2、3、4、5、6、…）", "“公开属性”中的“内部掌握”", "“包含要素”中的“乙乙”"):
        assert told in found.message.zh


def test_grid_wanted_each_year_names_a_subject_that_only_a_doubtful_record_names() -> None:
    whole = {
        "topic": "project.major",
        "attribute": "主动公开",
        "published_on": "2018-06-01",
        "elements": ["批准信息", "实施信息"],
    }
    rows = [whole | {"id": "1", "subject": "甲"}, whole | {"id": "2", "subject": "乙", "attribute": "内部掌握"}]
    rows.append(rows[1] | {"id": "3", "subject": None})
    found = {f.subject: (str(f.outcome), f.missing) for f in check("PD-8-2.1", {"disclosure": rows})}
    assert found == {"甲": ("pass", ()), "乙": ("indeterminate", ("disclosure.attribute", "disclosure.subject"))}


def test_grid_records_without_a_subject_are_one_only_where_no_other_is_named() -> None:
    nameless = TASK | {"id": "1", "elements": SIX[:5], "subject": None}
    (found,) = check("PD-3.1", {"disclosure": [nameless]})
    assert (str(found.outcome), found.missing) == ("violation", ())
    named = {f.subject: f for f in check("PD-3.1", {"disclosure": [nameless, TASK | {"id": "2", "elements": SIX}]})}
    assert {s: (str(f.outcome), f.missing) for s, f in named.items()} == {
        None: ("indeterminate", ("disclosure.subject",)),
        "甲": ("pass", ()),
    }


@pytest.mark.parametrize(("until", "outcome"), [("2018-12-30", "violation"), ("2018-12-31", "pass"), (None, "pass")])
def test_grid_what_was_taken_down_before_the_end_of_the_year_is_not_there(until: str | None, outcome: str) -> None:
    row = {"id": "1", "topic": "services.list", "attribute": "主动公开", "published_on": "2018-05-01", "posted_until": until}
    for as_of in (date(2018, 12, 31), date(2019, 6, 30)):
        assert str(one("PD-7.2", {"disclosure": [row]}, as_of).outcome) == outcome


def test_grid_value_of_the_first_axis_that_lasts_counts_in_later_years(tmp_path: Path) -> None:
    axes = "axes: [{field: topic, values: [debt]}, {field: level, values: [county]}]"
    pack = debt_pack(tmp_path, f"{axes}, every: year, any_year: [debt]")
    row = {"id": "1", **DEBT, "level": "county"}
    assert outcomes(pack, [row | {"period": "2016"}], "2018-12-31") == {"2018": "pass"}
    assert outcomes(pack, [row | {"period": "2019"}], "2018-12-31") == {"2018": "violation"}


def test_grid_of_many_records_in_doubt_tells_words_and_not_that_none_are_there() -> None:
    """Of a word in a cell one is kept for all records that are alike otherwise; words in a list are kept with their records."""
    many = range(MAX_LISTED_UNCERTAIN + 1)
    same = {"unit": "市扶贫办", "period": "2018", "published_on": "2018-09-10", "elements": ["完成情况"]}
    found = one("PD-8-4.2", {"disclosure": [same | {"id": str(n), "topic": f"某某扶贫事项{n}"} for n in many]})
    assert (str(found.outcome), found.message.zh.count("不在词表里")) == ("indeterminate", 1)
    same = {"topic": "execution.policy", "subject": "甲", "published_on": "2018-09-10"}
    found = one("PD-3.1", {"disclosure": [same | {"id": str(n), "elements": [f"某词{n}"]} for n in many]})
    assert (str(found.outcome), found.message.zh.count("不在词表里")) == ("indeterminate", 5)


@pytest.mark.parametrize(("number", "said"), [(5, "编号0、1、2、3、4）"), (6, "编号0、1、2、3、4、…）")])
def test_of_many_records_in_doubt_five_are_named_and_that_there_are_more(number: int, said: str) -> None:
    row = {"topic": "execution.policy", "subject": "甲", "published_on": "2018-09-10", "elements": ["某词"]}
    found = one("PD-3.1", {"disclosure": [row | {"id": str(n)} for n in range(number)]})
    assert said in found.message.zh


@pytest.mark.parametrize(("level", "missing"), [("county", "disclosure.elements"), ("town", "disclosure.attribute")])
def test_grid_asks_for_the_elements_of_the_value_that_needs_them(tmp_path: Path, level: str, missing: str) -> None:
    axes = "axes: [{field: level, values: [county, town]}, {field: title, values: [甲, 乙]}], holds: {county: [限额]}"
    rows = [
        {"id": f"{n}{title}", **DEBT, "level": n, "title": title, "elements": ["限额"]}
        for n in ("county", "town")
        for title in "甲乙"
    ]
    doubtful = next(row for row in rows if (row["level"], row["title"]) == (level, "乙"))
    doubtful |= {"elements": None} if level == "county" else {"elements": None, "attribute": "内部掌握"}
    (found,) = debt_pack(tmp_path, axes).rules["X-1"].check({"disclosure": rows}, as_of="2018-12-31")
    assert (str(found.outcome), found.missing) == ("indeterminate", (missing,))


def test_grid_is_due_after_what_began_on_the_day_of_the_check(tmp_path: Path) -> None:
    pack = debt_pack(tmp_path, f"per: subject, {LEVELS}, follow_up: 30 days")
    row = {"id": "1", **DEBT, "subject": "甲", "level": "county", "published_on": "2018-12-20"}
    (found,) = pack.rules["X-1"].check({"disclosure": [row]}, as_of="2018-12-20")
    assert (str(found.outcome), found.due) == ("pending", date(2019, 1, 19))
