"""converted: what is asked for often is published, against counting requests."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import slow_calendar
from opencheck.core.calendar import WorkCalendar
from opencheck.core.outcomes import Outcome
from pingdu_rules import DAY, MAYBE, check, one


@given(st.lists(st.tuples(DAY, st.sampled_from([True, False, None])), max_size=5), MAYBE, DAY)
def test_converted_equals_counting_requests(asked: list[tuple[date, bool | None]], done: date | None, as_of: date) -> None:
    rows = [{"id": str(i), "subject": "征地批复", "received_on": d, "publishable": p} for i, (d, p) in enumerate(asked)]
    published = [{"id": "1", "topic": "other", "subject": "征地批复", "published_on": done}]
    found = check("PD-15.4", {"request": rows, "disclosure": published}, as_of)
    sure = sorted(d for d, p in asked if p is True and d <= as_of)
    maybe = sum(1 for d, p in asked if p is None and d <= as_of)
    if not sure and not maybe:
        assert found == []
        return
    (f,) = found
    if len(sure) < 3:
        assert f.outcome is (Outcome.INDETERMINATE if len(sure) + maybe >= 3 else Outcome.NOT_APPLICABLE)
        return
    due = slow_calendar.add(sure[2], 20)
    assert f.due == due
    seen = done if done is not None and done <= as_of else None
    every = sorted(d for d, p in asked if p is not False and d <= as_of)  # with those that may count the limit may end earlier
    if seen is not None and slow_calendar.add(every[2], 20) < seen <= due:
        assert f.outcome is Outcome.INDETERMINATE
    elif seen is not None:
        assert f.outcome is (Outcome.PASS if seen <= due else Outcome.VIOLATION)
    else:
        assert f.outcome is (Outcome.PENDING if due > as_of else Outcome.VIOLATION)


def test_converted_on_request_is_not_published() -> None:
    asked = [{"id": str(i), "subject": "征地批复", "received_on": f"2018-09-0{i}", "publishable": True} for i in (3, 4, 5)]
    out = {"id": "1", "topic": "other", "subject": "征地批复", "published_on": "2018-09-20", "attribute": "主动公开"}
    for mark, outcome in (("主动公开", "pass"), ("不予公开", "violation"), ("依申请公开", "violation")):
        records = {"request": asked, "disclosure": [out | {"attribute": mark}]}
        assert [str(f.outcome) for f in check("PD-15.4", records)] == [outcome]


@pytest.mark.parametrize(
    ("other", "outcome", "late_by"),
    [
        ({"published_on": "2018-10-12"}, "violation", 3),
        ({"published_on": "2018-10-11"}, "violation", 2),
        ({"published_on": "2018-10-10"}, "violation", 1),
        ({"published_on": "2018-10-09"}, "indeterminate", None),
        ({"published_on": "2018-10-11", "subject": None, "title": None}, "violation", 2),
        ({"published_on": "2018-10-11", "subject": "别的", "title": None}, "violation", 3),
    ],
)
def test_converted_is_late_at_least_until_the_day_of_a_record_that_may_be_it(
    other: dict[str, str | None], outcome: str, late_by: int | None
) -> None:
    asked = [{"id": str(i), "subject": "征地批复", "received_on": f"2018-09-0{i}", "publishable": True} for i in (3, 4, 5)]
    same = {"topic": "other", "subject": "征地批复", "attribute": "主动公开"}
    rows = [same | {"id": "1", "published_on": "2018-10-12"}, same | {"id": "2", "attribute": "内部掌握"} | other]
    (found,) = check("PD-15.4", {"request": asked, "disclosure": rows})
    assert (str(found.outcome), found.late_by) == (outcome, late_by), found.message.zh
    assert ("至少" in found.message.zh) == (late_by in (1, 2))


MEETING = {"id": "1", "kind": "常务会议", "held_on": "2018-09-12", "state_secret": False}


def decided(matters: list[str], *published: tuple[str, str, str]) -> list[tuple[str | None, str]]:
    """What is said of each matter, where titles and subjects were published on some days."""
    rows = [
        {"id": str(i), "topic": "会议议定事项", "title": t, "subject": s, "published_on": d}
        for i, (t, s, d) in enumerate(published)
    ]
    found = check("PD-2-3.1b", {"meeting": [MEETING | {"topics_decided": matters}], "disclosure": rows}, "2018-12-31")
    return [(f.subject, str(f.outcome)) for f in found]


def test_converted_matter_is_found_by_subject_or_in_the_title() -> None:
    assert decided(["校车补贴"], ("通知", "校车补贴", "2018-10-16")) == [("校车补贴", "pass")]
    assert decided(["校车补贴"], ("关于《校车补贴》的决定", "第20次会议", "2018-10-16")) == [("校车补贴", "pass")]


def test_converted_short_matter_in_a_title_is_not_surely_it() -> None:
    assert decided(["人事"], ("人事制度改革方案", "改革", "2018-09-20")) == [("人事", "needs_review")]
    assert decided(["人事"], ("关于人事的决定", "第20次会议", "2018-09-20")) == [("人事", "pass")]
    assert decided(["人事"], ("通知", "人事", "2018-09-20")) == [("人事", "pass")]


def test_converted_what_was_published_before_the_meeting_is_not_the_matter() -> None:
    assert decided(["校车补贴"], ("关于校车补贴的调研", "校车调研", "2018-09-11")) == [("校车补贴", "violation")]


def test_converted_record_under_no_matters_name_leaves_the_judgement_to_a_person() -> None:
    named = ("通知", "校车补贴", "2018-10-16")
    assert decided(["校车补贴", "供热方案"], named) == [("供热方案", "violation"), ("校车补贴", "pass")]
    other = ("冬季供暖安排", "冬季供暖", "2018-09-12")
    assert decided(["校车补贴", "供热方案"], named, other) == [("供热方案", "needs_review"), ("校车补贴", "pass")]
    assert decided(["供热方案"], ("冬季供暖安排", "冬季供暖", "2018-09-11")) == [("供热方案", "violation")]


def test_converted_placeholder_is_no_matter() -> None:
    assert decided(["无"]) == decided([]) == []


def test_converted_record_of_an_unknown_topic_leaves_the_judgement_to_a_person() -> None:
    def outcome(topic: str | None) -> str:
        row = {"id": "1", "topic": topic, "title": "校车补贴", "subject": "校车补贴", "published_on": "2018-10-12"}
        meeting = MEETING | {"topics_decided": ["校车补贴"]}
        (found,) = check("PD-2-3.1b", {"meeting": [meeting], "disclosure": [row]}, "2018-12-31")
        return str(found.outcome)

    assert outcome("会议议定事项") == "pass"
    assert outcome("市政府常务会议") == outcome(None) == "needs_review"
    assert outcome("办公用品采购") == "needs_review"
    assert outcome("人事任免") == outcome("月度财政收支") == "violation"


def test_converted_what_was_published_without_a_name_may_be_it() -> None:
    requests = [
        {"id": str(n), "subject": "水库移民名册", "received_on": f"2018-09-0{3 + n}", "publishable": True} for n in range(3)
    ]
    for published, outcome in (
        ({"subject": None}, Outcome.INDETERMINATE),
        ({"subject": "详见附件"}, Outcome.INDETERMINATE),
        ({"subject": "详见附件", "title": "别的名册"}, Outcome.VIOLATION),
        ({}, Outcome.INDETERMINATE),
        ({"title": "别的名册"}, Outcome.VIOLATION),
        ({"subject": "水库移民名册"}, Outcome.PASS),
    ):
        row = {"id": "1", "published_on": "2018-09-12", **published}
        assert one("PD-15.4", {"request": requests, "disclosure": [row]}).outcome is outcome
    before = {"id": "1", "published_on": "2018-09-03"}
    assert one("PD-15.4", {"request": requests, "disclosure": [before]}).outcome is Outcome.VIOLATION


def _asked(*days: str, **cells: object) -> list[dict[str, object]]:
    return [{"id": d, "subject": "征地批复", "received_on": d, "publishable": True} | cells for d in days]


THREE = _asked("2018-09-03", "2018-09-05", "2018-09-10")  # due 2018-10-12


def _said(requests: list[dict[str, object]], *published: dict[str, object]) -> list[str]:
    rows = [
        {"id": str(i), "topic": "other", "subject": "征地批复", "attribute": "主动公开"} | row
        for i, row in enumerate(published)
    ]
    return [str(f.outcome) for f in check("PD-15.4", {"request": requests, "disclosure": rows})]


def test_converted_unknown_attribute_is_no_publication_and_no_breach() -> None:
    assert _said(THREE, {"published_on": "2018-10-12", "attribute": "内部掌握"}) == ["indeterminate"]
    assert _said(THREE, {"published_on": "2018-10-13", "attribute": "内部掌握"}) == ["violation"], "out too late if it is open"
    late = {"published_on": "2018-10-15"}
    assert _said(THREE, late, {"published_on": "2018-10-12", "attribute": "内部掌握"}) == ["indeterminate"]
    found = one(
        "PD-15.4",
        {
            "request": THREE,
            "disclosure": [{"id": "1", "subject": "征地批复", "published_on": "2018-10-12", "attribute": "内部掌握"}],
        },
    )
    assert found.missing == ("disclosure.attribute",)
    assert "公开属性" in found.message.zh
    assert "缺少" not in found.message.zh, "the field is filled in"


def test_converted_row_that_cannot_be_used_may_be_the_publication() -> None:
    assert _said(THREE, {"published_on": "8/9/2018"}) == ["indeterminate"]
    assert _said(THREE, {"published_on": "2018-10-12", "effective_at": "下周"}) == ["indeterminate"]
    assert _said(THREE, {"published_on": "2018-10-13", "effective_at": "下周"}) == ["violation"]
    assert _said(THREE, {"published_on": "8/9/2018", "subject": "别的"}) == ["violation"]


def test_converted_doubtful_request_may_begin_the_limit_earlier() -> None:
    """With the one that may not be public they were many on 5 September, and it was due on 2018-10-09."""
    doubtful = _asked("2018-09-04", publishable=None)
    assert _said([*THREE, *doubtful], {"published_on": "2018-10-09"}) == ["pass"]
    assert _said([*THREE, *doubtful], {"published_on": "2018-10-10"}) == ["indeterminate"]
    assert _said([*THREE, *doubtful], {"published_on": "2018-10-15"}) == ["violation"]
    assert _said([*THREE, *_asked("2018-09-11", publishable=None)], {"published_on": "2018-10-12"}) == ["pass"]


def test_converted_requests_that_do_not_tell_for_what_are_not_dropped() -> None:
    nameless = _asked("2018-09-04", subject="详见附件")
    assert _said(THREE[:2] + nameless) == ["not_applicable", "indeterminate"]
    assert _said(THREE[:1] + nameless) == ["not_applicable"]
    assert _said(_asked("2018-09-03", "2018-09-04", "2018-09-05", subject=None)) == ["indeterminate"]


def test_converted_publication_without_a_name_may_have_been_in_time() -> None:
    late = {"published_on": "2018-10-15"}
    assert _said(THREE, late) == ["violation"]
    assert _said(THREE, late, {"published_on": "2018-10-12", "subject": None}) == ["indeterminate"]
    assert _said(THREE, late, {"published_on": "2018-10-13", "subject": "/"}) == ["violation"]


def test_converted_matter_published_under_its_name_before_it_was_decided_is_a_contradiction() -> None:
    before, after = ("通知", "校车补贴", "2018-09-11"), ("通知", "校车补贴", "2018-10-16")
    assert decided(["校车补贴"], before) == [("校车补贴", "indeterminate")]
    assert decided(["校车补贴"], before, after) == [("校车补贴", "pass")]
    assert decided(["校车补贴"], ("通知", "校车补贴", "2018-09-12")) == [("校车补贴", "pass")]


@pytest.mark.parametrize(
    ("day", "attribute", "outcome", "missing"),
    [
        ("2018-09-11", "内部掌握", "violation", ()),  # before it was decided
        ("2018-09-12", "内部掌握", "indeterminate", ("disclosure.attribute",)),
        ("2018-10-16", "内部掌握", "indeterminate", ("disclosure.attribute",)),
        ("2018-10-17", "内部掌握", "violation", ()),  # too late, if it is open
        ("8/9/2018", "主动公开", "indeterminate", ("disclosure.rejected",)),
    ],
)
def test_converted_matter_that_may_have_been_published_in_time_is_open(
    day: str, attribute: str, outcome: str, missing: tuple[str, ...]
) -> None:
    row = {"id": "1", "topic": "会议议定事项", "title": "关于校车补贴的通知", "subject": "第20次会议", "published_on": day}
    records = {"meeting": [MEETING | {"topics_decided": ["校车补贴"]}], "disclosure": [row | {"attribute": attribute}]}
    (found,) = check("PD-2-3.1b", records)
    assert (str(found.outcome), found.missing) == (outcome, missing)


def test_converted_matters_in_an_attachment_are_not_looked_for_by_that_name() -> None:
    assert decided(["详见附件"]) == [(None, "indeterminate")]


@pytest.mark.parametrize(
    ("as_of", "published", "outcome"),
    [
        ("2018-10-11", None, "pending"),
        ("2018-10-12", None, "violation"),
        ("2018-10-11", "2018-10-12", "pending"),
        ("2018-10-12", "2018-10-12", "pass"),
        ("2018-10-31", "2018-09-01", "pass"),  # it was there before they asked
        ("2018-09-09", None, "not_applicable"),  # the third had not been received
        ("2018-09-10", None, "pending"),
    ],
)
def test_converted_at_the_ends_of_its_period(as_of: str, published: str | None, outcome: str) -> None:
    rows = [{"id": "1", "topic": "other", "subject": "征地批复", "attribute": "主动公开", "published_on": published}]
    (found,) = check("PD-15.4", {"request": THREE, "disclosure": rows}, date.fromisoformat(as_of))
    assert str(found.outcome) == outcome
    assert found.due == (None if outcome == "not_applicable" else date(2018, 10, 12))


@pytest.mark.parametrize(
    ("day", "outcome"),
    [("2018-09-09", "violation"), ("2018-09-10", "indeterminate"), ("2018-10-12", "indeterminate"), ("2018-12-31", "indeterminate")],
)  # fmt: skip
def test_converted_what_has_no_name_may_be_it_from_the_day_on_which_they_were_many(day: str, outcome: str) -> None:
    assert _said(THREE, {"published_on": day, "subject": None}) == [outcome]


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("关于机构改革方案的通知", "pass"),
        ("平度市人民政府办公室关于印发《机构改革方案》（试行）的通知", "pass"),
        ("市政府第20次常务会议审议通过机构改革方案", "pass"),
        ("关于校车补贴、机构改革方案等事项的公告", "pass"),
        ("关于印发《校车补贴》和《机构改革方案》的通知", "pass"),
        ("云山镇机构改革方案", "needs_review"),
        ("云山镇《机构改革方案》", "needs_review"),
        ("关于机构改革方案征求意见的通知", "needs_review"),
        ("青岛市人民政府关于机构改革方案的批复", "needs_review"),
        ("校车补贴、云山镇机构改革方案", "needs_review"),
        ("校车补贴", "violation"),
    ],
)
def test_converted_matter_in_a_title_is_it_where_only_formulas_stand_beside_it(title: str, outcome: str) -> None:
    said = dict(decided(["校车补贴", "机构改革方案"], (title, "某某", "2018-09-20")))
    assert said["机构改革方案"] == outcome


def test_converted_late_matter_may_have_been_published_in_time_under_a_longer_title() -> None:
    late = ("供热方案", "供热方案", "2018-10-17")
    for title, day, outcome in (
        ("云山镇供热方案", "2018-10-16", "needs_review"),
        ("云山镇供热方案", "2018-10-17", "violation"),
        ("云山镇供热方案", "2018-09-11", "violation"),
        ("云山镇供暖", "2018-10-16", "violation"),
    ):
        assert decided(["供热方案"], late, (title, "云山镇", day)) == [("供热方案", outcome)], (title, day)


def test_converted_what_is_asked_in_other_words_is_for_a_person_to_judge() -> None:
    """Only the formulas around it are the same: three requests, but no three of one wording."""
    formulas = ("申请公开征地批复", "征地批复信息", "请求获取征地批复")
    requests = [row | {"subject": text} for row, text in zip(THREE, formulas, strict=True)]
    assert _said(requests) == ["needs_review"]
    assert _said(THREE) == ["violation"]
    assert _said(THREE[:2] + requests[2:]) == ["needs_review"]
    assert _said([*THREE, *_asked("2018-09-11", subject="申请公开征地批复")]) == ["violation"]


def test_converted_counts_nameless_requests_with_the_most_that_are_too_few() -> None:
    nameless = [row | {"id": f"n{row['id']}", "subject": "详见附件"} for row in THREE]
    other = _asked("2018-09-06", subject="道路规划")
    assert _said([*THREE, *nameless[:2]]) == ["violation"], "what is many needs no other"
    assert _said([*THREE, *nameless]) == ["violation", "indeterminate"]
    assert _said([*other, *nameless[:1]]) == ["not_applicable"]
    assert _said([*other, *nameless[:2]]) == ["not_applicable", "indeterminate"]


def test_converted_tells_that_the_calendar_ends_unless_the_table_is_not_there_at_all() -> None:
    last = WorkCalendar.china().last_known
    requests = _asked(*(str(last - timedelta(days=n)) for n in (4, 3, 2)))
    as_of = last + timedelta(days=90)
    found = one("PD-15.4", {"request": requests, "disclosure": []}, as_of)
    assert (str(found.outcome), found.missing, found.due) == ("indeterminate", (), None)
    assert f"{last.year}年" in found.message.zh
    found = one("PD-15.4", {"request": requests}, as_of)
    assert (str(found.outcome), found.missing) == ("indeterminate", ("disclosure",))
    assert f"{last.year}年" not in found.message.zh


@pytest.mark.parametrize(
    ("doubt", "missing"),
    [({"publishable": None}, "publishable"), ({"received_on": None}, "received_on"), ({"replied_on": "下周"}, "rejected")],
)
def test_converted_requests_that_may_count_make_it_many_only_with_enough_of_them(
    doubt: dict[str, object], missing: str
) -> None:
    for sure, maybe in ((0, 2), (0, 3), (1, 1), (1, 2), (2, 0), (2, 1)):
        days = [f"2018-09-0{n}" for n in range(1, 1 + sure + maybe)]
        rows = [*_asked(*days[:sure]), *(row | doubt for row in _asked(*days[sure:]))]
        found = check("PD-15.4", {"request": rows, "disclosure": []})
        expected = ("indeterminate", (f"request.{missing}",)) if sure + maybe >= 3 else ("not_applicable", ())
        assert [(str(f.outcome), f.missing) for f in found] == [expected], (sure, maybe)


def test_converted_two_requests_that_do_not_tell_for_what_are_not_many() -> None:
    assert _said(_asked("2018-09-03", "2018-09-04", subject=None)) == []


def test_converted_looks_at_every_wording_for_what_has_no_name() -> None:
    other = [row | {"id": f"o{row['id']}", "subject": "道路规划"} for row in THREE]
    published = [{"published_on": "2018-09-12"}, {"published_on": "2018-10-12", "subject": None}]
    assert _said([*THREE, *other], *published) == ["pass", "indeterminate"]


def test_converted_names_what_is_entered_without_its_day() -> None:
    rows = [
        {"id": f"d{n}", "topic": "other", "subject": s, "attribute": "主动公开", "published_on": None}
        for n, s in enumerate(("征地批复", "道路规划"))
    ]
    found = one("PD-15.4", {"request": THREE, "disclosure": rows})
    assert str(found.outcome) == "violation"
    pending = one("PD-15.4", {"request": THREE, "disclosure": rows}, date(2018, 10, 11))
    assert (str(pending.outcome), "已登记" in pending.message.zh) == ("pending", False)
    assert found.message.zh.endswith("编号d0已登记，但没有填“公开信息”表的“公开日期”，按尚未完成计")
    titles = ("关于校车补贴的决定", "关于校车的决定", "校车补贴")
    rows = [
        {"id": f"d{n}", "topic": "会议议定事项", "title": t, "subject": None, "published_on": None}
        for n, t in enumerate(titles)
    ]
    rows[2]["topic"] = "人事任免"
    found = one("PD-2-3.1b", {"meeting": [MEETING | {"topics_decided": ["校车补贴"]}], "disclosure": rows})
    assert str(found.outcome) == "violation"
    assert found.message.zh.endswith("编号d0已登记，但没有填“公开信息”表的“公开日期”，按尚未完成计")
