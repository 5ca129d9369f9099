"""within: limits in days, against day by day counting."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
import slow_calendar
from opencheck.core.calendar import WorkCalendar
from opencheck.core.outcomes import Outcome
from opencheck.rules.rule import Rule
from pack_files import own_pack
from pingdu_rules import END, check

BINDING = date(2018, 8, 24)


DAY = st.dates(date(2018, 1, 1), date(2019, 12, 31))


MAYBE = st.one_of(st.none(), DAY)


def outcome_of(done: date | None, due: date, as_of: date) -> Outcome:
    """The outcome of what is due on a day and was done on another, as far as is known at the end of the day of the check."""
    if done is not None and done <= due:
        return Outcome.PASS
    return Outcome.VIOLATION if done is not None or as_of >= due else Outcome.PENDING


@given(DAY, st.lists(DAY, max_size=3), DAY)
def test_within_interpretation_equals_day_by_day_counting(published: date, readings: list[date], as_of: date) -> None:
    records = {
        "document": [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": published}],
        "interpretation": [{"id": str(i), "document_id": "1", "published_on": d} for i, d in enumerate(readings)],
    }
    (found,) = check("PD-9.4", records, as_of)
    due = slow_calendar.add(published, 3)
    done = min((d for d in readings if d <= as_of), default=None)
    expected = outcome_of(done, due, as_of)
    assert (found.outcome, found.due) == (expected, due)
    if expected is Outcome.VIOLATION:
        late = slow_calendar.count(due, done or as_of)
        assert found.late_by == (late or ((done or as_of) - due).days)
        assert found.before_plan == (due < BINDING)
        assert found.severity == ("advice" if due < BINDING else "error")


@given(DAY, MAYBE, MAYBE, st.integers(0, 12), DAY)
def test_within_requests_equal_day_by_day_counting(
    received: date, notified: date | None, replied: date | None, excluded: int, as_of: date
) -> None:
    row = {
        "id": "1",
        "received_on": received,
        "replied_on": replied,
        "extension_notified_on": notified,
        "excluded_days": excluded,
    }
    (found,) = check("PD-15.3", {"request": [row]}, as_of)
    days = 15 if received <= date(2019, 5, 14) else 20
    due = slow_calendar.add(received, days + excluded)
    if notified is not None and notified <= due and notified <= as_of:
        due = slow_calendar.add(received, 2 * days + excluded)
    done = replied if replied is not None and replied <= as_of else None
    contradicts = (replied is not None and replied < received) or (notified is not None and notified < received)
    expected = Outcome.INDETERMINATE if contradicts else outcome_of(done, due, as_of)
    assert (found.outcome, found.due) == (expected, due)


def test_within_calendar_days_are_not_working_days(tmp_path: Path) -> None:
    """The budget law's 20 days are calendar days: the most common mix-up."""
    within = "require: {within: {from: formed_on, to: published_on, limit: {statute: budget-law/budget}}}"
    rule = own_pack(tmp_path / "p", within).rules["X-1"]
    row = {"id": "1", "topic": "debt", "formed_on": "2018-09-20"}
    (found,) = rule.check({"disclosure": [{**row, "published_on": "2018-10-11"}]}, as_of="2018-12-31")
    assert (str(found.outcome), found.due, found.late_by, found.late_unit) == ("violation", date(2018, 10, 10), 1, "days")
    assert any("自然日" in step.zh for step in found.explanation)
    (found,) = rule.check({"disclosure": [{**row, "published_on": "2018-10-10"}]}, as_of="2018-12-31")
    assert found.outcome is Outcome.PASS


def test_within_calendar_file_decides_unknown_year(tmp_path: Path) -> None:
    last = oc.WorkCalendar.china().last_known.year
    records = {
        "disclosure": [{"id": "1", "topic": "行政许可", "formed_on": f"{last + 1}-03-01", "published_on": f"{last + 1}-03-09"}]
    }
    report = oc.check(records, as_of=f"{last + 1}-12-31", rules=["PD-5-2.1"])
    (found,) = report.findings()
    assert found.outcome is Outcome.INDETERMINATE
    assert str(last) in found.message.zh
    file = tmp_path / "next.json"
    holidays = [{"date": f"{last + 1}-{day}", "isOffDay": True} for day in ("01-01", "10-01")]
    file.write_text(json.dumps({"year": last + 1, "days": holidays}), encoding="utf-8")
    report = oc.check(records, as_of=f"{last + 1}-12-31", rules=["PD-5-2.1"], calendar=file)
    assert report.summary["outcomes"]["pass"] == 1
    assert any("next.json" in str(facts) for _, facts in report.notes)


def test_within_link_to_a_disclosure_is_no_stray() -> None:
    records = {
        "document": [
            {"id": "W1", "unit": "市城乡建设局", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
        ],
        "disclosure": [{"id": "D1", "topic": "housing.policy", "published_on": "2018-09-03"}],
        "interpretation": [{"id": "i", "unit": "市城乡建设局", "document_id": "D1", "published_on": "2018-09-04"}],
    }
    found = {
        f.rule: f.outcome for f in oc.check(records, as_of=END, include_all=True, rules=["PD-9.4", "PD-8-9.2b"]).findings()
    }
    assert found == {"PD-9.4": Outcome.VIOLATION, "PD-8-9.2b": Outcome.PASS}


@pytest.mark.parametrize(
    "written",
    [
        "1",
        "平政发〔2018〕9号",
        "平政发[2018]9号",
        "《关于X、Y的意见》",
        "关于X、Y的意见",
        "2；1",
        "平政发〔2018〕8号、平政发〔2018〕9号",
    ],
)
def test_within_links_by_id_number_or_title(written: str) -> None:
    document = {
        "id": "1", "title": "关于X、Y的意见", "number": "平政发〔2018〕9号", "is_policy": True, "attribute": "主动公开",
        "published_on": "2018-09-28",
    }  # fmt: skip
    tables = {"document": [document], "interpretation": [{"id": "i", "document_id": written, "published_on": "2018-10-08"}]}
    (found,) = oc.check(tables, as_of="2018-12-31", rules=["PD-9.4"], include_all=True).findings(rule="PD-9.4")
    assert found.outcome is Outcome.PASS
    assert str(found.actual) == "2018-10-08"


@pytest.mark.parametrize(
    ("start", "done", "outcome"),
    [("12-31", "12-31", "pass"), ("12-30", "12-31", "pass"), ("12-31", "next", "pass"), ("12-31", None, "indeterminate")],
)
def test_within_known_days_pass_where_the_calendar_ends(start: str, done: str | None, outcome: str) -> None:
    last = oc.WorkCalendar.china().last_known.year
    day = f"{last + 1}-01-03" if done == "next" else done and f"{last}-{done}"
    tables = {
        "document": [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": f"{last}-{start}"}],
        "interpretation": [{"id": "i", "document_id": "1", "published_on": day}] if day else [],
    }
    (found,) = oc.check(tables, as_of=f"{last + 1}-01-31", rules=["PD-9.4"], include_all=True).findings(rule="PD-9.4")
    assert str(found.outcome) == outcome


def test_within_takes_the_interpretation_in_the_documents_own_row() -> None:
    row = {"编号": "1", "是否政策性文件": "是", "公开属性": "主动公开", "公布日期": "2018-09-28", "解读发布时间": "2018-10-08"}
    (found,) = oc.check({"document": [row]}, as_of="2018-12-31", rules=["PD-9.4"], include_all=True).findings(rule="PD-9.4")
    assert found.outcome is Outcome.PASS
    (found,) = oc.check(
        {"document": [{**row, "解读发布时间": "2018-10-09"}]}, as_of="2018-12-31", rules=["PD-9.4"], include_all=True
    ).findings(rule="PD-9.4")
    assert (found.outcome, found.late_by) == (Outcome.VIOLATION, 1)


REQUEST = {"id": "1", "received_on": "2019-09-02"}


def test_within_says_that_a_correction_was_asked_for_too_late() -> None:
    late = {"id": "1", "received_on": "2018-10-12", "correction_notified_on": "2018-11-03", "replied_on": None}
    unclear = {"id": "2", "received_on": "2018-10-12", "corrected_on": "2018-11-03", "replied_on": "2018-11-23"}
    overstated = {"id": "3", "received_on": "2018-10-12", "excluded_days": 23, "replied_on": "2018-11-13"}
    report = oc.check({"request": [late, unclear, overstated]}, as_of="2018-12-31", rules=["PD-15.3"])
    found = {f.record_id: f for f in report.findings()}
    assert "补正告知日期为2018-11-03（周六），晚于收到申请时的期限，期限不重新起算" in " ".join(
        step.zh for step in found["1"].explanation
    )
    assert (found["2"].missing, found["3"].missing) == (("correction_notified_on",), ("excluded_days",))
    assert "晚于收到申请时的期限" not in " ".join(step.zh for step in found["2"].explanation)


@pytest.mark.parametrize(
    ("row", "as_of", "outcome", "due"),
    [
        # asked for a correction: the period runs from the corrected request
        ({"correction_notified_on": "2019-09-04", "corrected_on": "2019-09-16", "replied_on": "2019-10-17"}, "2019-12-31", "pass", "2019-10-17"),
        ({"correction_notified_on": "2019-09-04", "corrected_on": "2019-09-16", "replied_on": "2019-10-18"}, "2019-12-31", "violation", "2019-10-17"),
        ({"correction_notified_on": "2019-09-04", "replied_on": "2019-10-30"}, "2019-12-31", "indeterminate", "2019-09-30"),
        ({"correction_notified_on": "2019-09-04", "replied_on": None}, "2019-12-31", "indeterminate", "2019-09-30"),
        ({"correction_notified_on": "2019-09-04", "replied_on": "2019-09-20"}, "2019-12-31", "pass", "2019-09-30"),
        # asked for on the last day of the period or the day off after it, and when that was is not known
        ({"received_on": "2018-10-12", "correction_notified_on": "2018-11-02", "corrected_on": "2018-11-20", "replied_on": "2018-12-11"}, "2018-12-31", "pass", "2018-12-11"),
        ({"received_on": "2018-10-12", "correction_notified_on": "2018-11-03", "corrected_on": "2018-11-20", "replied_on": "2018-12-11"}, "2018-12-31", "violation", "2018-11-02"),
        ({"received_on": "2018-10-12", "corrected_on": "2018-11-02", "replied_on": "2018-11-23"}, "2018-12-31", "pass", "2018-11-23"),
        ({"received_on": "2018-10-12", "corrected_on": "2018-11-03", "replied_on": "2018-11-23"}, "2018-12-31", "indeterminate", "2018-11-02"),
        ({"received_on": "2018-10-12", "correction_notified_on": "2018-12-24", "replied_on": None}, "2018-12-31", "violation", "2018-11-02"),
        # within the period as an extension, or a third party, lengthens it
        ({"received_on": "2018-10-12", "extension_notified_on": "2018-11-02", "correction_notified_on": "2018-11-23", "corrected_on": "2018-11-26", "replied_on": "2018-12-14"}, "2018-12-31", "pass", "2019-01-08"),
        ({"received_on": "2018-10-12", "extension_notified_on": "2018-11-03", "correction_notified_on": "2018-11-23", "corrected_on": "2018-11-26", "replied_on": "2018-12-14"}, "2018-12-31", "violation", "2018-11-02"),
        ({"received_on": "2018-10-12", "excluded_days": 1, "correction_notified_on": "2018-11-05", "corrected_on": "2018-11-20", "replied_on": "2018-12-12"}, "2018-12-31", "pass", "2018-12-12"),
        # days not counted: as many as have passed, or one more
        ({"received_on": "2018-10-12", "excluded_days": 22, "replied_on": "2018-11-13"}, "2018-12-31", "pass", "2018-12-04"),
        ({"received_on": "2018-10-12", "excluded_days": 23, "replied_on": "2018-11-13"}, "2018-12-31", "indeterminate", "2018-12-05"),
        ({"received_on": "2018-10-12", "excluded_days": 99, "replied_on": "2018-11-02"}, "2018-12-31", "pass", "2019-03-27"),
        # a third party asked: the working days of that are not counted
        ({"third_party_asked_on": "2019-09-04", "third_party_replied_on": "2019-09-11", "replied_on": "2019-10-12"}, "2019-12-31", "pass", "2019-10-12"),
        ({"third_party_asked_on": "2019-09-04", "third_party_replied_on": "2019-09-11", "replied_on": "2019-10-14"}, "2019-12-31", "violation", "2019-10-12"),
        ({"third_party_asked_on": "2019-09-04", "third_party_replied_on": None, "replied_on": None}, "2019-10-10", "pending", "2019-10-25"),
        ({"third_party_asked_on": "2019-09-04", "third_party_replied_on": "2019-09-11", "excluded_days": 5, "replied_on": "2019-10-12"}, "2019-12-31", "pass", "2019-10-12"),
        # answered on the day of the check, and on the day after it
        ({"third_party_asked_on": "2019-09-04", "third_party_replied_on": "2019-09-11", "replied_on": None}, "2019-09-11", "pending", "2019-10-12"),
        ({"third_party_asked_on": "2019-09-04", "third_party_replied_on": "2019-09-11", "replied_on": None}, "2019-09-10", "pending", "2019-10-25"),
        # what a person states and what the dates give are one time: a correction asked for on the last day, and on the next working day
        ({"third_party_asked_on": "2019-09-04", "third_party_replied_on": "2019-09-11", "excluded_days": 5, "correction_notified_on": "2019-10-12", "corrected_on": "2019-10-21", "replied_on": "2019-10-25"}, "2019-12-31", "pass", "2019-11-25"),
        ({"third_party_asked_on": "2019-09-04", "third_party_replied_on": "2019-09-11", "excluded_days": 5, "correction_notified_on": "2019-10-14", "corrected_on": "2019-10-21", "replied_on": "2019-10-25"}, "2019-12-31", "violation", "2019-10-12"),
        # asked only after the period had ended: nothing is suspended any more
        ({"third_party_asked_on": "2019-10-08", "third_party_replied_on": "2019-10-11", "replied_on": "2019-10-12"}, "2019-12-31", "violation", "2019-09-30"),
        ({"received_on": "2018-10-12", "third_party_asked_on": "2018-11-03", "third_party_replied_on": "2018-11-20", "replied_on": "2018-11-21"}, "2018-12-31", "violation", "2018-11-02"),
    ],
)  # fmt: skip
def test_within_requests_are_suspended_by_their_own_dates(row: dict[str, object], as_of: str, outcome: str, due: str) -> None:
    (found,) = oc.check({"request": [{**REQUEST, **row}]}, as_of=as_of, rules=["PD-15.3"], include_all=True).findings(
        rule="PD-15.3"
    )
    assert (str(found.outcome), str(found.due)) == (outcome, due)


@pytest.mark.parametrize(
    ("unit", "drafting", "stray", "outcome"),
    [("市财政局", None, "市民政局", "violation"), ("市财政局", None, "市财政局", "indeterminate"), ("市财政局", None, None, "indeterminate"),
     (None, None, "市财政局", "indeterminate"), (None, None, None, "indeterminate"), ("/", "市民政局", "市工商局", "indeterminate"),
     # several in one cell
     ("市财政局、市民政局", None, "市民政局", "indeterminate"), ("市财政局", None, "市民政局；市财政局", "indeterminate"),
     ("市财政局、市民政局", None, "市环保局、市住建局", "violation"),
     # before and after the reform
     ("市工商局", None, "市市场监管局", "indeterminate"), ("市市场监管局", None, "市工商局", "indeterminate"),
     # who drafts interprets
     ("市财政局", "市民政局", "市民政局", "indeterminate"), ("市财政局", "市民政局、市工商局", "市市场监管局", "indeterminate"),
     ("市财政局", "市民政局", "市环保局", "violation"),
     # a name that nobody knows may be another name of any office; a town is known
     ("市财政局", None, "某某中心", "indeterminate"), ("某某中心", None, "市财政局", "indeterminate"),
     ("市财政局", "某某中心", "市民政局", "indeterminate"), ("市财政局", None, "云山镇人民政府", "violation")],
)  # fmt: skip
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_within_reference_that_points_to_nothing_may_mean_a_record_of_its_offices_or_of_none(
    unit: str | None, drafting: str | None, stray: str | None, outcome: str, engine: str
) -> None:
    document = {"id": "1", "unit": unit, "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    records = {
        "document": [document | ({"drafting_units": drafting} if drafting else {})],
        "interpretation": [{"id": "i", "unit": stray, "document_id": "没有的文件", "published_on": "2018-09-04"}],
    }
    (found,) = oc.check(records, as_of="2018-10-31", rules=["PD-9.4"], include_all=True, engine=engine).findings(rule="PD-9.4")
    assert str(found.outcome) == outcome


@pytest.mark.parametrize(
    ("published", "outcome"),
    [("2018-09-04", "indeterminate"), ("2018-10-31", "indeterminate"), ("2018-11-01", "violation"), (None, "violation"), ("待定", "violation"),
     (..., "indeterminate")],
)  # fmt: skip
def test_within_reference_that_points_to_nothing_and_is_not_published_is_the_interpretation_of_no_document(
    published: Any, outcome: str
) -> None:
    document = {"id": "1", "unit": "市财政局", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    stray = {"id": "i", "unit": "市财政局", "document_id": "没有的文件"} | (
        {} if published is ... else {"published_on": published}
    )
    records = {"document": [document], "interpretation": pl.DataFrame([stray])}
    (found,) = oc.check(records, as_of="2018-10-31", rules=["PD-9.4"], include_all=True).findings(rule="PD-9.4")
    assert str(found.outcome) == outcome


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    ("day", "unit", "referred", "outcome"),
    [("2018-09-02", "市财政局", None, "violation"), ("2018-09-03", "市财政局", None, "indeterminate"),
     ("2018-09-06", "市财政局", None, "indeterminate"), ("2018-09-07", "市财政局", None, "violation"),
     ("2018-09-31", "市财政局", None, "indeterminate"), (None, "市财政局", None, "violation"),
     ("2018-09-06", "市民政局", None, "violation"), ("2018-09-06", None, None, "indeterminate"),
     ("2018-09-06", "市财政局", "/", "indeterminate"), ("2018-09-06", "市财政局", "详见附件", "indeterminate"),
     ("2018-09-06", "市财政局", "平政办发〔2018〕31号", "violation")],  # names another one
)  # fmt: skip
def test_within_reference_that_names_nothing_may_mean_a_record_of_which_another_came_late(
    day: str | None, unit: str | None, referred: str | None, outcome: str, engine: str
) -> None:
    """Three working days from Monday, 2018-09-03, end on Thursday; the one that surely means the document is of 2018-09-10."""
    document = {"id": "1", "unit": "市财政局", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    sure = {"id": "late", "unit": "市财政局", "document_id": "1", "published_on": "2018-09-10"}
    others = [  # the first five of an office are of no use
        {"id": f"o{i}", "unit": "市财政局", "document_id": None, "published_on": "2018-08-01"} for i in range(6)
    ]
    stray = {"id": "i", "unit": unit, "document_id": referred, "published_on": day}
    records = {"document": [document], "interpretation": [sure, *others, stray]}
    (found,) = oc.check(records, as_of="2018-10-31", rules=["PD-9.4"], include_all=True, engine=engine).findings(rule="PD-9.4")
    assert str(found.outcome) == outcome
    if outcome == "indeterminate":
        assert found.missing == ("interpretation.document_id",)
        assert found.message.zh.startswith(
            "指向本记录的解读发布日期是2018-09-10（周一），晚于期限2018-09-06（周四）；但另有可能在期限内的记录（i）"
        )
    else:
        assert (found.late_by, found.late_unit) == (2, "working_days")


@pytest.mark.parametrize("notice", [None, "2018-12-30"])
@pytest.mark.parametrize(
    ("replied", "outcome"), [("2018-12-30", "pass"), ("2019-01-22", "pass"), ("2019-01-23", "indeterminate")]
)
def test_within_reply_in_time_without_any_suspension_needs_no_norm_for_it(
    notice: str | None, replied: str, outcome: str
) -> None:
    """In 2018 no norm told how many days third parties have; the 15 working days from 2018-12-29 end on 2019-01-22."""
    row = {"id": "1", "received_on": "2018-12-29", "third_party_asked_on": "2018-12-29", "third_party_replied_on": "2019-06-01"}
    (found,) = check("PD-15.3", {"request": [row | {"extension_notified_on": notice, "replied_on": replied}]}, date(2019, 3, 1))
    assert str(found.outcome) == outcome
    if outcome == "indeterminate":
        assert found.missing == ("third_party_replied_on",)
        assert "放假安排" not in found.message.zh, "the calendar is known"


THIRD_PARTY = {"from": "third_party_asked_on", "to": "third_party_replied_on", "at_most": "15 working_days"}


@pytest.mark.parametrize(
    "option",
    [
        {"extended_by_notice": "extension_notified_on"},
        {"not_counted": "excluded_days"},
        {"restarts": {"asked": "correction_notified_on", "on": "corrected_on"}},
        {"suspended": [THIRD_PARTY]},
    ],
    ids=lambda option: next(iter(option)),
)
def test_within_days_that_are_added_are_working_days(option: dict[str, Any]) -> None:
    def rule(limit: str) -> Rule:
        within = {"from": "received_on", "to": "replied_on", "limit": limit, **option}
        texts = {"title": {"zh": "答复"}, "remedy": {"zh": "答复"}}
        return Rule.model_validate({"id": "X-1", "clause": "1", "on": "request", "require": {"within": within}, **texts})

    assert rule("5 working_days").kind.limit_units == ("working_days",)
    with pytest.raises(ValueError, match="need a limit in working days"):
        rule("5 days")


@pytest.mark.parametrize("answered", ["2018-09-07", "2019-01-20", None])
def test_within_names_of_several_suspensions_the_one_that_has_no_end(answered: str | None) -> None:
    row = {
        "id": "1", "received_on": "2018-09-03", "replied_on": None, "correction_notified_on": "2018-09-05", "corrected_on": "2018-09-06",
        "third_party_asked_on": "2018-09-06", "third_party_replied_on": answered,
    }  # fmt: skip
    (found,) = check("PD-15.3", {"request": [row]})
    assert (str(found.outcome), found.missing) == (
        ("violation", ()) if answered == "2018-09-07" else ("indeterminate", ("third_party_replied_on",))
    )


LEDGERS: dict[str, list[tuple[dict[str, str | int], str, str]]] = {
    # Received on Monday 2019-09-02; 20 working days end on 2019-09-30, the days that are added from 2019-10-08 on.
    "2019-09-29": [
        ({}, "pending", "2019-09-30"),
        ({"replied_on": "2019-09-29"}, "pass", "2019-09-30"),
        ({"replied_on": "2019-09-30"}, "pending", "2019-09-30"),
        ({"extension_notified_on": "2019-09-30"}, "pending", "2019-09-30"),
        ({"extension_notified_on": "2019-09-29"}, "pending", "2019-11-01"),
        ({"correction_notified_on": "2019-09-29"}, "pending", "2019-09-30"),
    ],
    "2019-09-30": [
        ({}, "violation", "2019-09-30"),
        ({"replied_on": "2019-09-30"}, "pass", "2019-09-30"),
        ({"replied_on": "2019-10-08"}, "violation", "2019-09-30"),
        ({"correction_notified_on": "2019-09-30"}, "indeterminate", "2019-09-30"),
        ({"correction_notified_on": "2019-10-08"}, "violation", "2019-09-30"),
        ({"correction_notified_on": "2019-09-04", "corrected_on": "2019-09-30"}, "pending", "2019-11-01"),
        ({"correction_notified_on": "2019-09-04", "corrected_on": "2019-10-08"}, "indeterminate", "2019-09-30"),
        ({"extension_notified_on": "2019-09-30"}, "pending", "2019-11-01"),
        ({"third_party_asked_on": "2019-09-30"}, "pending", "2019-10-25"),
        ({"third_party_asked_on": "2019-10-08"}, "violation", "2019-09-30"),
        ({"third_party_asked_on": "2019-09-27", "third_party_replied_on": "2019-10-08"}, "pending", "2019-10-25"),
        ({"excluded_days": 1}, "pending", "2019-10-08"),
    ],
    "2019-12-31": [
        ({"replied_on": "2019-09-30"}, "pass", "2019-09-30"),
        ({"replied_on": "2019-10-08"}, "violation", "2019-09-30"),
        ({"replied_on": "2019-10-08", "excluded_days": 1}, "pass", "2019-10-08"),
        ({"replied_on": "2019-10-09", "excluded_days": 1}, "violation", "2019-10-08"),
        ({"replied_on": "2019-11-01", "extension_notified_on": "2019-09-30"}, "pass", "2019-11-01"),
        ({"replied_on": "2019-11-04", "extension_notified_on": "2019-09-30"}, "violation", "2019-11-01"),
        ({"replied_on": "2019-10-09", "extension_notified_on": "2019-10-08"}, "violation", "2019-09-30"),
        ({"replied_on": "2019-11-04", "extension_notified_on": "2019-10-08", "excluded_days": 1}, "pass", "2019-11-04"),
        ({"replied_on": "2019-10-08", "third_party_asked_on": "2019-09-02", "third_party_replied_on": "2019-09-03"}, "pass", "2019-10-08"),
        ({"replied_on": "2019-10-09", "third_party_asked_on": "2019-09-02", "third_party_replied_on": "2019-09-03"}, "violation", "2019-10-08"),
        ({"replied_on": "2019-10-08", "third_party_asked_on": "2019-09-30", "third_party_replied_on": "2019-09-30"}, "violation", "2019-09-30"),
        ({"replied_on": "2019-10-08", "third_party_asked_on": "2019-09-30", "third_party_replied_on": "2019-10-08"}, "pass", "2019-10-08"),
        ({"replied_on": "2019-10-09", "third_party_asked_on": "2019-09-02", "third_party_replied_on": "2019-09-03", "excluded_days": 2},
         "pass", "2019-10-09"),
        ({"replied_on": "2019-10-08", "correction_notified_on": "2019-09-02", "corrected_on": "2019-09-03"}, "pass", "2019-10-08"),
        ({"replied_on": "2019-10-09", "correction_notified_on": "2019-09-02", "corrected_on": "2019-09-03"}, "violation", "2019-10-08"),
        ({"replied_on": "2019-10-08", "correction_notified_on": "2019-09-02", "corrected_on": "2019-09-02"}, "violation", "2019-09-30"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("as_of", LEDGERS)
def test_within_requests_at_the_ends_of_their_periods(as_of: str) -> None:
    columns = {name for row, _, _ in LEDGERS["2019-12-31"] for name in row} | {"replied_on"}
    rows = [dict.fromkeys(columns) | {**REQUEST, "id": str(n)} | row for n, (row, _, _) in enumerate(LEDGERS[as_of])]
    found = {f.record_id: (str(f.outcome), str(f.due)) for f in check("PD-15.3", {"request": rows}, date.fromisoformat(as_of))}
    for n, (row, outcome, due) in enumerate(LEDGERS[as_of]):
        assert found[str(n)] == (outcome, due), row


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2018-09-05", ["pass", "pending", "pending", "pending", "pending", "pending", "pass", "pending"]),
        ("2018-09-06", ["pass", "pass", "violation", "pass", "pass", "violation", "pass", "violation"]),
        ("2018-09-07", ["pass", "pass", "violation", "pass", "pass", "violation", "pass", "violation"]),
    ],
)
def test_within_linked_acts_of_the_day_of_the_check_have_happened(as_of: str, expected: list[str]) -> None:
    """Published on 2018-09-03, to be interpreted by 2018-09-06; of several materials the first counts."""
    days = [["2018-09-05"], ["2018-09-06"], ["2018-09-07"], ["2018-09-07", "2018-09-06"], [], [None], ["2018-09-03"], []]
    documents = [
        {"id": str(n), "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03", "interpretation_published_on": None}
        for n in range(len(days))
    ]  # fmt: skip
    documents[4]["interpretation_published_on"] = "2018-09-06"
    materials = [
        {"id": f"{n}.{i}", "document_id": str(n), "published_on": day}
        for n, some in enumerate(days)
        for i, day in enumerate(some)
    ]
    found = check("PD-9.4", {"document": documents, "interpretation": materials}, date.fromisoformat(as_of))
    by_id = {f.record_id: f for f in found}
    assert [str(by_id[str(n)].outcome) for n in range(len(days))] == expected
    assert {f.due for f in found} == {date(2018, 9, 6)}
    assert by_id["3"].actual == date(2018, 9, 6), "of those that are still to come the first is told"
    assert by_id["7"].actual is None


def test_within_day_in_its_own_row_needs_no_reference_that_another_may_answer_to() -> None:
    same = {"title": "关于做好工作的通知", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    days = ["2018-09-06", "2018-09-07", None]
    documents = [{"id": str(n), **same, "interpretation_published_on": day} for n, day in enumerate(days)]
    material = {"id": "a", "document_id": same["title"], "published_on": "2018-09-05"}
    found = check("PD-9.4", {"document": documents, "interpretation": [material]})
    assert {f.record_id: (str(f.outcome), f.missing) for f in found} == {
        "0": ("pass", ()),
        "1": ("indeterminate", ("interpretation.document_id",)),
        "2": ("indeterminate", ("interpretation.document_id",)),
    }


@pytest.mark.parametrize(("day", "outcome"), [("2018-09-06", "pass"), ("2018-09-07", "violation")])
def test_within_linked_table_needs_no_other_columns(day: str, outcome: str) -> None:
    document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    materials = pl.DataFrame({"document_id": ["1"], "published_on": [day]})
    (found,) = check("PD-9.4", {"document": [document], "interpretation": materials})
    assert (str(found.outcome), found.actual) == (outcome, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("as_of", "outcome", "missing"), [("2018-09-05", "pending", ()), ("2018-09-06", "indeterminate", ("interpretation",))]
)
def test_within_without_the_linked_table_is_pending_until_it_is_due(as_of: str, outcome: str, missing: tuple[str, ...]) -> None:
    document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03", "题注": "甲"}
    (found,) = check("PD-9.4", {"document": [document]}, date.fromisoformat(as_of))
    assert (str(found.outcome), found.missing, found.due) == (outcome, missing, date(2018, 9, 6))
    own = document | {"interpretation_published_on": None}  # the document's own row says that it is not done
    (found,) = check("PD-9.4", {"document": [own]}, date.fromisoformat(as_of))
    assert str(found.outcome) == ("pending" if outcome == "pending" else "violation")


@pytest.mark.parametrize(("replied", "outcome"), [(0, "pass"), (-1, "pass"), (None, "indeterminate")])
def test_within_what_is_done_on_the_last_known_day_is_in_time_where_the_limit_ends_later(
    replied: int | None, outcome: str
) -> None:
    """From 23 days before the end of the calendar there are fewer than 20 working days left."""
    last = oc.WorkCalendar.china().last_known
    done = None if replied is None else last + timedelta(days=replied)
    row = {"id": "1", "received_on": last - timedelta(days=23), "replied_on": done}
    (found,) = check("PD-15.3", {"request": [row]}, last + timedelta(days=90))
    assert (str(found.outcome), found.due) == (outcome, None)


@pytest.mark.parametrize(
    ("notified", "replied", "outcome"),
    [("due", "last", "pass"), ("due", None, "indeterminate"), ("after", "after", "violation"), ("after", None, "violation"), (None, "due", "pass")],
)  # fmt: skip
def test_within_extension_that_ends_after_the_calendar_leaves_the_due_day_open(
    notified: str | None, replied: str | None, outcome: str
) -> None:
    """In the last 50 days of the calendar there are 20 working days, and never 40."""
    calendar = oc.WorkCalendar.china()
    last = calendar.last_known
    due = calendar.add_working_days(last - timedelta(days=50), 20)
    days = {None: None, "due": due, "after": due + timedelta(days=1), "last": last}
    row = {"received_on": last - timedelta(days=50), "extension_notified_on": days[notified], "replied_on": days[replied]}
    (found,) = check("PD-15.3", {"request": [{"id": "1", **row}]}, last + timedelta(days=90))
    assert (str(found.outcome), found.due) == (outcome, None if notified == "due" else due)


@pytest.mark.parametrize(
    ("days", "outcome"),
    [(["8/9/2018"], "indeterminate"), (["8/9/2018", "2018-09-07"], "indeterminate"), (["8/9/2018", "2018-09-06"], "pass"), ([None], "violation")],
)  # fmt: skip
def test_within_linked_row_that_could_not_be_used_may_be_in_time(days: list[str | None], outcome: str) -> None:
    document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    materials = [{"id": str(n), "document_id": "1", "published_on": day} for n, day in enumerate(days)]
    (found,) = check("PD-9.4", {"document": [document], "interpretation": materials})
    missing = ("interpretation.published_on",) if outcome == "indeterminate" else ()
    assert (str(found.outcome), found.missing) == (outcome, missing)


def test_within_beyond_the_calendar_no_correction_is_called_late() -> None:
    """Whether it was asked for in time nobody knows there."""
    beyond = WorkCalendar.china().last_known + timedelta(days=30)
    row = {"id": "1", "received_on": beyond, "correction_notified_on": beyond + timedelta(days=2), "replied_on": None}
    (found,) = check("PD-15.3", {"request": [row]}, beyond + timedelta(days=90))
    assert str(found.outcome) == "indeterminate"
    assert "晚于收到申请时的期限" not in " ".join(step.zh for step in found.explanation)


@pytest.mark.parametrize(
    ("replied", "excluded", "outcome"),
    [
        ("2018-09-25", 17, "pass"),  # in time whatever was excluded
        ("2018-09-26", 17, "indeterminate"),
        ("2018-09-26", 16, "pass"),  # as many as passed from the receipt to the reply
        ("2018-09-26", 1, "pass"),
        ("2018-09-26", 0, "violation"),
        ("2018-09-26", None, "violation"),
        ("2018-09-27", 1, "violation"),
    ],
)
def test_within_more_days_not_counted_than_passed_leave_a_late_reply_open(
    replied: str, excluded: int | None, outcome: str
) -> None:
    """Of a request of 3 September the 15th working day is the 25th."""
    row = {"id": "1", "received_on": "2018-09-03", "replied_on": replied, "excluded_days": excluded}
    (found,) = check("PD-15.3", {"request": [row]})
    assert (str(found.outcome), found.missing) == (outcome, ("excluded_days",) if outcome == "indeterminate" else ())


@pytest.mark.parametrize(
    ("more", "as_of", "outcome"),
    [
        ({}, "2019-07-25", "pending"),
        ({}, "2019-07-26", "indeterminate"),
        ({"published_on": None}, "2019-07-25", "pending"),
        ({"published_on": None}, "2019-07-26", "violation"),
        ({"published_on": "2019-07-02"}, "2019-07-25", "indeterminate"),
    ],
)
def test_within_that_may_contradict_a_column_nobody_gives_is_pending_until_the_limit_ends(
    more: dict[str, Any], as_of: str, outcome: str
) -> None:
    """Published and marked as on request contradict each other; whether it was published no source says."""
    record = {"id": "1", "topic": "execution.accountability", "formed_on": "2019-06-29", "attribute": "依申请公开", **more}
    report = oc.check({"disclosure": [record]}, as_of=as_of, rules=["PD-3.3"], include_all=True)
    assert [str(f.outcome) for f in report.findings() if f.record_id == "1"] == [outcome]
