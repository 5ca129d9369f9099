"""Rules: their own examples, and differences against a slow, obvious reading of each duty."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opencheck as oc
import oracle
from opencheck.api.pack_examples import run_example
from opencheck.core.outcomes import Outcome
from opencheck.rules.packs.pack import Pack

PACK = oc.load_pack("pingdu-2018")
EXAMPLES = [(i, e) for i, b in PACK.rules.items() for e in b.rule.examples]
BINDING = date(2018, 8, 24)


@pytest.mark.parametrize(
    ("rule", "example"), EXAMPLES, ids=[f"{i}-{e.name if isinstance(e.name, str) else e.name.en}" for i, e in EXAMPLES]
)
def test_examples(rule: str, example: Any) -> None:
    assert run_example(PACK, rule, example) == []


@pytest.mark.parametrize("rule", PACK.rules)
def test_every_rule_shows_what_it_passes_and_what_it_does_not(rule: str) -> None:
    shown = {e.expect for e in PACK.rules[rule].rule.examples}
    wanted = {"pass", "violation", "needs_review" if PACK.rules[rule].rule.on == "evidence" else "indeterminate"}
    assert wanted <= shown or rule in ("PD-8-8.3", "PD-8-9.3", "PD-14.2d")


def check(rule: str, records: dict[str, Any], as_of: date, **parameters: Any) -> list[oc.Finding]:
    pack = oc.load_pack("pingdu-2018", parameters) if parameters else PACK
    return pack.rules[rule].check(records, as_of=as_of)


DAY = st.dates(date(2018, 1, 1), date(2019, 12, 31))
MAYBE = st.one_of(st.none(), DAY)


@settings(max_examples=150, deadline=None)
@given(DAY, st.lists(DAY, max_size=3), DAY)
def test_interpretation_against_day_by_day_counting(published: date, readings: list[date], as_of: date) -> None:
    records = {
        "document": [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": published}],
        "interpretation": [{"id": str(i), "document_id": "1", "published_on": d} for i, d in enumerate(readings)],
    }
    (found,) = check("PD-9.4", records, as_of)
    due = oracle.add(published, 3)
    done = min((d for d in readings if d <= as_of), default=None)
    if done is not None and done <= due:
        expected = Outcome.PASS
    elif done is not None or as_of >= due:
        expected = Outcome.VIOLATION
    else:
        expected = Outcome.PENDING
    assert (found.outcome, found.due) == (expected, due)
    if expected is Outcome.VIOLATION:
        late = oracle.count(due, done or as_of)
        assert found.late_by == (late or ((done or as_of) - due).days)
        assert found.before_plan == (due < BINDING)
        assert found.severity == ("advice" if due < BINDING else "error")


@settings(max_examples=150, deadline=None)
@given(DAY, MAYBE, MAYBE, st.integers(0, 12), DAY)
def test_requests_against_day_by_day_counting(
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
    due = oracle.add(received, days + excluded)
    if notified is not None and notified <= due and notified <= as_of:
        due = oracle.add(received, 2 * days + excluded)
    done = replied if replied is not None and replied <= as_of else None
    if (replied is not None and replied < received) or (notified is not None and notified < received):
        expected = Outcome.INDETERMINATE
    elif done is not None and done <= due:
        expected = Outcome.PASS
    elif done is not None or as_of >= due:
        expected = Outcome.VIOLATION
    else:
        expected = Outcome.PENDING
    assert (found.outcome, found.due) == (expected, due)


@settings(max_examples=150, deadline=None)
@given(
    DAY,
    st.one_of(st.none(), st.integers(-3, 20)),
    DAY,
    st.booleans(),
    st.sampled_from(["town", "village", "project_unit", "county"]),
)
def test_posting_against_day_by_day_counting(first: date, length: int | None, as_of: date, excuse: bool, level: str) -> None:
    until = None if length is None else first + timedelta(days=length)
    row = {
        "id": "1", "topic": "poverty_relief.project", "level": level, "published_on": first, "posted_until": until,
        "justification": "理由" if excuse else None,
    }  # fmt: skip
    (found,) = check("PD-8-4.4", {"disclosure": [row]}, as_of)
    last = as_of if until is None or until > as_of else until
    days = sum(1 for n in range(400 * 2) if first + timedelta(days=n) <= last)
    if level == "county":
        expected = Outcome.NOT_APPLICABLE
    elif until is not None and until < first:
        expected = Outcome.INDETERMINATE
    elif first > as_of:
        expected = Outcome.PENDING
    elif days >= 10:
        expected = Outcome.PASS
    elif until is None or until > as_of:
        expected = Outcome.PENDING
    else:
        expected = Outcome.PASS if excuse else Outcome.VIOLATION
    assert found.outcome is expected
    if expected is Outcome.PASS and days >= 10:
        assert found.borderline == (days == 10)
    if expected is Outcome.VIOLATION:
        assert found.late_by == 10 - days
        assert found.severity == ("advice" if first + timedelta(days=9) < BINDING else "warning")


MONTHS = [f"2018-{m:02}" for m in range(1, 13)]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["甲", "乙", "丙"]), st.sampled_from(MONTHS), MAYBE), max_size=25),
    DAY,
    st.lists(st.sampled_from(["甲", "乙"]), unique=True, min_size=1),
)
def test_series_against_cell_by_cell_reading(rows: list[tuple[str, str, date | None]], as_of: date, roster: list[str]) -> None:
    records = {
        "roster": [{"id": s, "topic": "environment.source_water", "subject": s} for s in roster],
        "disclosure": [
            {"id": str(i), "topic": "environment.source_water", "subject": s, "period": p, "published_on": d}
            for i, (s, p, d) in enumerate(rows)
        ],
    }
    found = {(f.subject, f.period): f for f in check("PD-8-7.2", records, as_of)}
    assert set(found) == {(s, m) for s in roster for m in MONTHS}
    for (subject, month), finding in found.items():
        year, number = int(month[:4]), int(month[5:])
        following = date(year + (number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(days=1)
        mine = [d for s, p, d in rows if (s, p) == (subject, month)]
        done = [d for d in mine if d is not None and d <= as_of]
        if done and min(done) <= following:
            expected = Outcome.PASS
        elif done:
            expected = Outcome.VIOLATION
        elif following > as_of:
            expected = Outcome.PENDING
        elif None in mine:
            expected = Outcome.INDETERMINATE
        else:
            expected = Outcome.VIOLATION
        assert (finding.outcome, finding.due) == (expected, following)
        if done and expected is Outcome.VIOLATION:
            assert records["disclosure"][int(finding.record_id or -1)]["published_on"] == finding.actual


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["executive", "plenary"]), MAYBE, st.one_of(st.none(), st.integers(0, 3))), max_size=7),
    DAY,
)
def test_counting_against_the_best_and_the_worst_case(rows: list[tuple[str, date | None, int | None]], as_of: date) -> None:
    records = {"meeting": [{"id": str(i), "kind": k, "held_on": d, "invited_attendees": n} for i, (k, d, n) in enumerate(rows)]}
    (found,) = check("PD-2-2.1", records, as_of)

    def counted(day: date, people: int) -> int:
        filled = [(k, d or day, people if n is None else n) for k, d, n in rows if d is None or d <= as_of]
        return sum(1 for k, d, n in filled if k == "executive" and d.year == 2018 and n >= 1)

    worst, best = counted(date(2017, 1, 1), 0), counted(date(2018, 1, 1), 1)
    if worst >= 2:
        expected = Outcome.PASS
    elif as_of < date(2018, 12, 31):
        expected = Outcome.PENDING
    else:
        expected = Outcome.VIOLATION if best < 2 else Outcome.INDETERMINATE
    assert found.outcome is expected


BLANK_MEANS = {
    "posted_until": "still posted, by contract",
    "excluded_days": "none",
    "is_public_institution": "the parameter basic_catalogue_when_unknown",
    "is_important": "the parameter important_when_unknown",
    "is_focus": "not marked as a focus",
    "since": "always on the roster",
    "until": "still on the roster",
    "status": "an account that is not marked as closed is open",
}


@pytest.mark.parametrize("rule", PACK.rules)
def test_a_blank_never_turns_into_a_pass(rule: str) -> None:
    """Blank one fact that a rule reads, each in turn: what was no pass stays none, what cannot be told names what is missing, nothing crashes."""
    bound = PACK.rules[rule]
    reads = {r for r in bound.rule.reads() if r[1] != "id" and r[1] not in BLANK_MEANS}
    for example in bound.rule.examples:
        pack = oc.load_pack("pingdu-2018", example.parameters) if example.parameters else PACK
        before = pack.rules[rule].check(example.given, as_of=example.as_of)
        passed = {(f.record_id, f.subject, f.period) for f in before if f.outcome is Outcome.PASS}
        known = {(f.record_id, f.subject, f.period, f.outcome) for f in before}
        for table, name in sorted(reads):
            for number, row in enumerate(example.given.get(table, [])):
                if row.get(name) is None:
                    continue
                records = {t: [dict(r) for r in rows] for t, rows in example.given.items()}
                records[table][number][name] = None
                after = pack.rules[rule].check(records, as_of=example.as_of)
                for f in after:
                    what = (f.record_id, f.subject, f.period)
                    same = bool(passed) if bound.rule.kind.about == "set" else f.record_id in {p[0] for p in passed}
                    if table == "roster" and bound.rule.kind.about == "set":
                        # Without a whole roster, what is there is judged, and that it may not be all is told.
                        same = any(o.outcome is Outcome.INDETERMINATE for o in after)
                    assert f.outcome is not Outcome.PASS or same, (example.name, table, name)
                    if f.outcome is Outcome.INDETERMINATE and (*what, f.outcome) not in known:
                        assert f.missing, (example.name, table, name)
                    assert f.message.zh
                    assert f.explanation


def test_before_a_parameter_says_otherwise(pack: Pack) -> None:
    document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    records = {"document": [document], "interpretation": [{"id": "a", "document_id": "1", "published_on": "2018-09-07"}]}
    assert [str(f.outcome) for f in check("PD-9.4", records, date(2018, 12, 31))] == ["violation"]
    found = check("PD-9.4", records, date(2018, 12, 31), interpretation_limit="4 working_days")
    assert [str(f.outcome) for f in found] == ["pass"]
    found = check("PD-9.4", records, date(2018, 12, 31), binding_from="2018-12-01")
    assert [f.severity for f in found] == ["advice"]


def test_the_same_pack_serves_another_year() -> None:
    records = {
        "disclosure": [
            {"id": str(m), "topic": "空气质量", "period": f"2019-{m:02}", "published_on": f"2019-{m:02}-28"}
            for m in range(1, 12)
        ]
    }
    found = check("PD-8-7.1", records, date(2019, 12, 31), covers="2019")
    outcomes = [str(f.outcome) for f in sorted(found, key=lambda f: f.period or "")]
    assert outcomes == ["pass"] * 11 + ["pending"]


def test_a_rejected_row_keeps_its_absence_from_being_an_accusation() -> None:
    good = [
        {"id": str(m), "topic": "空气质量", "period": f"2018-{m:02}", "published_on": f"2018-{m:02}-28"}
        for m in range(1, 13)
        if m != 9
    ]
    bad = {"id": "9", "topic": "空气质量", "period": "2018-09", "published_on": "2018-09-31"}
    report = oc.check({"disclosure": [*good, bad]}, as_of="2018-12-31", rules=["PD-8-7.1"])
    september = next(f for f in report.findings() if f.period == "2018-09")
    assert september.outcome is Outcome.INDETERMINATE
    assert september.missing == ("disclosure.rejected",)
    assert "未能使用的行" in september.message.zh
    documents = [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}]
    readings = [{"id": "a", "document_id": "1", "published_on": "2018-09-31"}]
    report = oc.check({"document": documents, "interpretation": readings}, as_of="2018-12-31", rules=["PD-9.4"])
    assert [str(f.outcome) for f in report.findings()] == ["indeterminate"]


def test_calendar_years_added_by_a_file_decide_what_was_unknown(tmp_path: Path) -> None:
    last = oc.WorkCalendar.china().last_known.year
    records = {
        "disclosure": [{"id": "1", "topic": "行政许可", "formed_on": f"{last + 1}-03-01", "published_on": f"{last + 1}-03-02"}]
    }
    report = oc.check(records, as_of=f"{last + 1}-12-31", rules=["PD-5-2.1"])
    (found,) = report.findings()
    assert found.outcome is Outcome.INDETERMINATE
    assert str(last) in found.message.zh
    file = tmp_path / "next.json"
    file.write_text(f'{{"year": {last + 1}, "days": [{{"date": "{last + 1}-01-01", "isOffDay": true}}]}}', encoding="utf-8")
    report = oc.check(records, as_of=f"{last + 1}-12-31", rules=["PD-5-2.1"], calendar=file)
    assert report.summary["outcomes"]["pass"] == 1
    assert any("next.json" in str(facts) for _, facts in report.notes)


def test_no_python_file_names_a_clause_a_topic_or_a_statute(root: Path) -> None:
    words = {t for t in PACK.topics if t != "other"} | set(PACK.statutes) | {n.id for n in PACK.norms}
    clause = re.compile(r"(?<![\d.\-])(?:PD-)?(?:\d{1,2}-\d+\.\d+|PD-\d+\.\d+)(?![\d.])")
    for file in (root / "src").rglob("*.py"):
        text = re.sub(r'"""[\s\S]*?"""', "", file.read_text(encoding="utf-8"))
        code = [line for line in text.splitlines() if "example=" not in line and not line.lstrip().startswith("#")]
        for line in code:
            assert not any(w in line for w in words), (file, line)
            assert not clause.search(line), (file, line)


def own_pack(folder: Path, rule: str, parameters: str = "") -> Pack:
    """A pack of one rule, as somebody else would write it."""
    folder.mkdir()
    covers = '{id: covers, value: {from: "2018-01-01", to: "2018-12-31"}, reading: {zh: 年度, en: year}}'
    (folder / "pack.yaml").write_text(
        f"id: own\ntitle: {{zh: 自拟, en: own}}\nuses: [cn-statutes]\nparameters:\n  - {covers}\n{parameters}", encoding="utf-8"
    )
    elements = "elements: [{name: 限额, en: limit}, {name: 余额, en: balance}]"
    (folder / "topics.yaml").write_text(f"- {{id: debt, title: {{zh: 政府债务, en: debt}}, {elements}}}\n", encoding="utf-8")
    head = 'id: X-1\n  clause: "1"\n  title: {zh: 甲, en: a}\n  on: disclosure\n  remedy: {zh: 补, en: mend}\n'
    (folder / "rules.yaml").write_text(f"- {head}  {rule}\n", encoding="utf-8")
    return oc.load_pack(folder)


def outcomes(pack: Pack, rows: list[dict[str, Any]], as_of: str) -> dict[str | None, str]:
    found = pack.rules["X-1"].check({"disclosure": rows}, as_of=as_of)
    for finding in found:
        assert finding.message.zh
        assert finding.explanation
    return {f.period: str(f.outcome) for f in found}


@pytest.mark.parametrize(
    ("due", "day", "on_time"),
    [
        ("period_end", "2018-06-30", True), ("period_end", "2018-07-01", False),
        ("20 days", "2018-07-20", True), ("20 days", "2018-07-21", False),
        ("5 working_days", "2018-07-06", True), ("5 working_days", "2018-07-07", False),
        ("following_period", "2018-09-30", True), ("following_period", "2018-10-01", False),
    ],
)  # fmt: skip
def test_days_on_which_a_series_falls_due(tmp_path: Path, due: str, day: str, on_time: bool) -> None:
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{series: {{every: quarter, due: {due}}}}}")
    row = {"id": "1", "topic": "政府债务", "period": "2018-Q2", "published_on": day}
    assert outcomes(pack, [row], "2019-12-31")["2018-Q2"] == ("pass" if on_time else "violation")


def test_shorter_periods_count_for_the_longer_one_if_the_rule_says_so(tmp_path: Path) -> None:
    pack = own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: year, finer_counts: true}}")
    for period in ("2018-05", "2018-Q2", "2018"):
        row = {"id": "1", "topic": "debt", "period": period, "published_on": "2018-09-01"}
        assert outcomes(pack, [row], "2019-12-31") == {"2018": "pass"}
    pack = own_pack(tmp_path / "q", "when: {topic: debt}\n  require: {series: {every: year}}")
    row = {"id": "1", "topic": "debt", "period": "2018-05", "published_on": "2018-09-01"}
    assert outcomes(pack, [row], "2019-12-31") == {"2018": "indeterminate"}


def test_elements_of_a_city_wide_series(tmp_path: Path) -> None:
    pack = own_pack(
        tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: year, due: 07-31, elements: [限额, 余额]}}"
    )
    row = {"id": "1", "topic": "debt", "period": "2018", "published_on": "2018-07-01"}
    assert outcomes(pack, [{**row, "elements": ["限额", "余额"]}], "2018-12-31") == {"2018": "pass"}
    assert outcomes(pack, [{**row, "elements": ["limit"]}], "2018-12-31") == {"2018": "violation"}
    assert outcomes(pack, [{**row, "elements": ["别的"]}], "2018-12-31") == {"2018": "violation"}
    assert outcomes(pack, [{**row, "elements": None}], "2018-12-31") == {"2018": "indeterminate"}
    undated = {**row, "elements": ["限额", "余额"], "published_on": None}
    assert outcomes(pack, [undated], "2018-12-31") == {"2018": "indeterminate"}
    assert outcomes(pack, [row | {"elements": ["限额"]}], "2018-07-30") == {"2018": "pending"}


def test_a_series_due_in_an_unknown_year_is_indeterminate(tmp_path: Path) -> None:
    year = oc.WorkCalendar.china().last_known.year
    pack = own_pack(tmp_path / "p", "when: {topic: debt}\n  require: {series: {every: year, due: 5 working_days}}")
    later = oc.load_pack(pack.path, {"covers": str(year)})
    row = {"id": "1", "topic": "debt", "period": str(year), "published_on": f"{year}-12-01"}
    assert outcomes(later, [row], f"{year + 1}-12-31") == {str(year): "indeterminate"}


def test_calendar_days_and_working_days_are_not_mixed_up(tmp_path: Path) -> None:
    """The budget law's 20 days are calendar days: the most common mix-up."""
    within = "require: {within: {from: formed_on, to: published_on, limit: {statute: budget-law/budget}}}"
    rule = own_pack(tmp_path / "p", within).rules["X-1"]
    row = {"id": "1", "topic": "debt", "formed_on": "2018-09-20"}
    (found,) = rule.check({"disclosure": [{**row, "published_on": "2018-10-11"}]}, as_of="2018-12-31")
    assert (str(found.outcome), found.due, found.late_by, found.late_unit) == ("violation", date(2018, 10, 10), 1, "days")
    assert any("自然日" in step.zh for step in found.explanation)
    (found,) = rule.check({"disclosure": [{**row, "published_on": "2018-10-10"}]}, as_of="2018-12-31")
    assert found.outcome is Outcome.PASS


def test_a_roster_row_without_subject_leaves_completeness_open() -> None:
    records = {
        "roster": [{"id": "1", "topic": "水源水质", "subject": "崮山井群"}, {"id": "2", "topic": "水源水质", "subject": None}],
        "disclosure": [
            {"id": "1", "topic": "水源水质", "subject": "崮山井群", "period": "2018-01", "published_on": "2018-02-02"}
        ],
    }
    found = [f for f in check("PD-8-7.2", records, date(2018, 2, 28)) if f.outcome is Outcome.INDETERMINATE]
    assert [f.missing for f in found] == [("roster.subject",)]
    assert "1行" in found[0].message.zh


def test_the_roster_reading_is_a_parameter() -> None:
    records = {"roster": [{"id": "1", "topic": "水源水质", "subject": "尹府水库", "until": "2018-10-15"}], "disclosure": []}
    day = date(2018, 11, 30)
    assert [str(f.outcome) for f in check("PD-8-7.2", records, day, covers="2018-10")] == ["violation"]
    assert check("PD-8-7.2", records, day, covers="2018-10", roster_day="period_end") == []


def test_names_off_the_roster_are_pointed_out() -> None:
    records = {
        "roster": [{"id": "1", "topic": "水源水质", "subject": "崮山井群"}],
        "disclosure": [
            {"id": "1", "topic": "水源水质", "subject": "固山井群", "period": "2018-10", "published_on": "2018-11-02"}
        ],
    }
    (found,) = check("PD-8-7.2", records, date(2018, 12, 31), covers="2018-10")
    assert found.outcome is Outcome.VIOLATION
    assert any("固山井群" in step.zh for step in found.explanation)


def test_a_ledger_without_the_column_of_an_event_does_not_say_that_it_has_not_happened(tmp_path: Path) -> None:
    """In dicts leaving out the day says "not yet"; a sheet without the column does not record it, so nothing is concluded."""
    posted = {"id": "1", "topic": "扶贫项目", "level": "村级", "published_on": "2018-09-01"}
    asked = {"id": "1", "received_on": "2018-09-03"}
    as_dicts = oc.check(
        {"disclosure": [posted], "request": [asked]}, as_of="2018-12-31", rules=["PD-8-4.4", "PD-15.3"], everything=True
    )
    assert {f.rule: str(f.outcome) for f in as_dicts.findings()} == {"PD-8-4.4": "pass", "PD-15.3": "violation"}
    for name, row in (("disclosure", posted), ("request", asked)):
        (tmp_path / f"{name}.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    as_sheets = oc.check(tmp_path, as_of="2018-12-31", rules=["PD-8-4.4", "PD-15.3"], everything=True)
    found = {f.rule: (str(f.outcome), f.missing) for f in as_sheets.findings()}
    assert found == {"PD-8-4.4": ("indeterminate", ("posted_until",)), "PD-15.3": ("indeterminate", ("replied_on",))}
    early = oc.check(tmp_path, as_of="2018-09-09", rules=["PD-8-4.4"]).findings()
    assert [str(f.outcome) for f in early] == ["pending"], "however long it will stay, ten days are not over yet"


def test_a_meeting_listed_in_two_sheets_counts_once() -> None:
    meeting = {"id": "1", "kind": "常务会议", "held_on": "2018-03-08", "invited_attendees": 4}
    for second, outcome in ((meeting, "violation"), ({**meeting, "held_on": "2018-04-08"}, "pass")):
        report = oc.check({"meeting": [meeting]}, {"会议": [second]}, as_of="2018-12-31", rules=["PD-2-2.1"], everything=True)
        assert [str(f.outcome) for f in report.findings()] == [outcome]


def test_a_column_that_one_of_two_sheets_lacks_says_nothing_by_being_blank(tmp_path: Path) -> None:
    head = "序号,主题,公开层级,公示开始日期"
    (tmp_path / "公开信息1月.csv").write_text(
        f"{head},公示截止日期\n1,扶贫项目,村级,2018-09-01,2018-09-20\n2,扶贫项目,村级,2018-09-01,2018-09-05\n"
    )
    (tmp_path / "公开信息2月.csv").write_text(f"{head}\n1,扶贫项目,村级,2018-09-01\n")
    report = oc.check(tmp_path, as_of="2018-12-31", rules=["PD-8-4.4"], everything=True)
    assert [str(f.outcome) for f in report.findings()] == ["pass", "violation", "indeterminate"]
    assert report.findings()[2].missing == ("posted_until",)
