"""The requirement kinds of the whole plan, against slow and obvious readings; exceptions, justifications, labels and personal data."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opencheck as oc
import oracle
from opencheck.core.clock import SHANGHAI
from opencheck.core.outcomes import Outcome
from opencheck.core.personal_data import find_personal_data, mask_personal_data
from opencheck.records import TABLES
from opencheck.records.disclosure_labels import find_labels

PACK = oc.load_pack("pingdu-2018")
END = date(2018, 12, 31)
DAY = st.dates(date(2018, 1, 1), date(2019, 3, 31))
MAYBE = st.one_of(st.none(), DAY)


def check(rule: str, records: dict[str, Any], as_of: date = END, **parameters: Any) -> list[oc.Finding]:
    pack = oc.load_pack("pingdu-2018", parameters) if parameters else PACK
    return pack.rules[rule].check(records, as_of=as_of)


def one(rule: str, records: dict[str, Any], as_of: date = END, **parameters: Any) -> oc.Finding:
    (found,) = check(rule, records, as_of, **parameters)
    return found


# grid: a set that must be complete, day by day

SIX = ["实施步骤", "具体措施", "责任分工", "工作进展", "工作成效", "监督方式"]
RELEASE = st.tuples(
    st.sampled_from(["甲", "乙"]), st.one_of(st.none(), st.lists(st.sampled_from(SIX), max_size=6, unique=True)), MAYBE
)


@settings(max_examples=120, deadline=None)
@given(st.lists(RELEASE, max_size=6), st.sampled_from([date(2018, 12, 30), END, date(2019, 2, 1)]))
def test_execution_against_counting_elements(releases: list[tuple[str, list[str] | None, date | None]], as_of: date) -> None:
    rows = [
        {"id": str(i), "topic": "execution.policy", "subject": s, "elements": e, "published_on": d}
        for i, (s, e, d) in enumerate(releases)
    ]
    found = {f.subject: f.outcome for f in check("PD-3.1", {"disclosure": rows}, as_of)}
    expected = {}
    for subject in {s for s, _, _ in releases}:
        mine = [(e or None, d) for s, e, d in releases if s == subject]
        have = {x for e, d in mine for x in e or () if d is not None and d <= as_of}
        absent = set(SIX) - have
        unsure = [(e, d) for e, d in mine if e is None or d is None]
        possible = {x for x in absent for e, d in unsure if (e is None or x in e) and (d is None or d <= as_of)}
        if not absent:
            expected[subject] = Outcome.PASS
        elif as_of < END:
            expected[subject] = Outcome.PENDING
        else:
            expected[subject] = Outcome.INDETERMINATE if absent <= possible else Outcome.VIOLATION
    assert found == expected


STAGES = ["受理", "审查", "审批决定"]


@settings(max_examples=120, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(STAGES, MAYBE)), DAY)
def test_the_order_of_stages_against_looking_at_pairs(days: dict[str, date | None], as_of: date) -> None:
    rows = [
        {"id": s, "topic": "environment.eia", "subject": "化工项目", "elements": [s], "published_on": d}
        for s, d in days.items()
        if d is not None
    ]
    if not rows:
        return
    (found,) = check("PD-8-7.7", {"disclosure": rows}, as_of)
    seen = {s: d for s, d in days.items() if d is not None and d <= as_of}
    pairs = [(a, b) for i, a in enumerate(STAGES) for b in STAGES[i + 1 :]]
    disorder = any(a in seen and b in seen and seen[a] > seen[b] for a, b in pairs)
    gap = any(a not in seen and b in seen for a, b in pairs)
    expected = Outcome.VIOLATION if disorder or gap else Outcome.PASS if len(seen) == 3 else Outcome.PENDING
    assert found.outcome is expected


def test_records_without_a_subject_do_not_pass_for_one_project() -> None:
    rows = [
        {"id": "1", "topic": "project.major", "elements": ["批准信息"], "published_on": "2018-09-10", "subject": None},
        {"id": "2", "topic": "project.major", "elements": ["实施信息"], "published_on": "2018-09-10", "subject": None},
    ]
    found = one("PD-8-2.1", {"disclosure": rows})
    assert (found.outcome, found.missing) == (Outcome.INDETERMINATE, ("disclosure.subject",))
    whole = {**rows[0], "elements": ["批准信息", "实施信息"]}
    assert one("PD-8-2.1", {"disclosure": [whole]}).outcome is Outcome.PASS


def test_a_rejected_row_may_be_the_one_that_is_absent() -> None:
    rows = [{"id": str(i), "topic": t, "published_on": "2018-09-10", "period": "2018"} for i, t in enumerate(_poverty()[:5])]
    assert one("PD-8-4.2", {"disclosure": rows}).outcome is Outcome.VIOLATION
    broken = {"id": "9", "topic": _poverty()[5], "published_on": "2018-02-30", "period": "2018"}
    found = one("PD-8-4.2", {"disclosure": [*rows, broken]})
    assert (found.outcome, found.missing) == (Outcome.INDETERMINATE, ("disclosure.published_on",))


def _poverty() -> list[str]:
    return PACK.rules["PD-8-4.2"].rule.kind.axes[0].values


# stages of a request

STEPS = ["received_on", "registered_on", "handled_on", "investigated_on", "replied_on"]


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(STEPS, MAYBE)))
def test_the_steps_of_a_request_against_looking_at_pairs(days: dict[str, date | None]) -> None:
    found = one("PD-15.1", {"request": [{"id": "1", **days}]})
    pairs = [(days[a], days[b]) for i, a in enumerate(STEPS) for b in STEPS[i + 1 :]]
    early = any(a is not None and b is not None and a > b for a, b in pairs)
    gap = any(a is None and b is not None for a, b in pairs)
    if early or gap:
        assert found.outcome is Outcome.VIOLATION
    else:
        assert found.outcome is (Outcome.PENDING if days["replied_on"] is None else Outcome.PASS)


# hours

MOMENT = st.datetimes(datetime(2018, 9, 1), datetime(2018, 10, 20)).map(lambda d: d.replace(second=0, microsecond=0))


@settings(max_examples=150, deadline=None)
@given(
    MOMENT,
    st.one_of(st.none(), MOMENT),
    st.dates(date(2018, 9, 1), date(2018, 10, 25)),
    st.sampled_from(["other", "major_emergency"]),
)
def test_hours_against_plain_arithmetic(start: datetime, done: datetime | None, as_of: date, grade: str) -> None:
    rule, to, hours = ("PD-10.1b", "responded_at", 48) if grade == "other" else ("PD-10.1", "press_conference_at", 24)
    found = one(rule, {"opinion_case": [{"id": "1", "grade": grade, "detected_at": start, to: done}]}, as_of)
    end = datetime(as_of.year, as_of.month, as_of.day) + timedelta(days=1)
    due = start + timedelta(hours=hours)
    if done is not None and done < start:
        expected = Outcome.INDETERMINATE
    elif done is not None and done < end:
        expected = Outcome.PASS if done <= due else Outcome.VIOLATION
    else:
        expected = Outcome.VIOLATION if due < end else Outcome.PENDING
    assert found.outcome is expected
    assert found.due == due.date()
    if expected is Outcome.VIOLATION:
        stop = done if done is not None and done < end else end
        assert found.late_by == -(-int((stop - due).total_seconds()) // 3600)
        assert found.late_unit == "hours"


def test_hours_are_of_shanghai_whatever_zone_they_come_in() -> None:
    case = {"id": "1", "grade": "other", "detected_at": "2018-09-10T00:00:00Z", "responded_at": "2018-09-12 08:00"}
    assert one("PD-10.1b", {"opinion_case": [case]}).outcome is Outcome.PASS
    aware = {**case, "responded_at": datetime(2018, 9, 12, 8, 1, tzinfo=SHANGHAI)}
    assert one("PD-10.1b", {"opinion_case": [aware]}).outcome is Outcome.VIOLATION


# evidence


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["met", "not_met", None]), MAYBE, st.one_of(st.none(), st.just("李某")), MAYBE), max_size=4
    ),
    DAY,
)
def test_evidence_never_passes_on_its_own(rows: list[tuple[Any, ...]], as_of: date) -> None:
    records = [
        {"id": str(i), "clause": "3.4", "verdict": v, "reviewed_on": d, "reviewer": r, "valid_until": u}
        for i, (v, d, r, u) in enumerate(rows)
    ]
    found = one("PD-3.4", {"evidence": records}, as_of)
    current = [(d, v == "not_met", v, u) for v, d, r, u in rows if v and r and d and d <= as_of]
    if not current:
        assert found.outcome is Outcome.NEEDS_REVIEW
        return
    day, _, verdict, until = max(current, key=lambda c: c[:2])
    if verdict == "not_met":
        assert found.outcome is Outcome.VIOLATION
    else:
        holds = [u or d + timedelta(days=365) for d, n, v, u in current if (d, n) == (day, False)]
        assert found.outcome in {Outcome.PASS if h >= as_of else Outcome.NEEDS_REVIEW for h in holds}
        del until


def test_evidence_of_each_unit_is_judged_apart_and_none_given_needs_review() -> None:
    rows = [
        {"id": "1", "clause": "3.4", "unit": "市财政局", "verdict": "met", "reviewer": "李某", "reviewed_on": "2018-10-12"},
        {"id": "2", "clause": "3.4", "unit": "市民政局", "verdict": "not_met", "reviewer": "李某", "reviewed_on": "2018-10-12"},
    ]
    assert {f.unit: f.outcome for f in check("PD-3.4", {"evidence": rows})} == {
        "市财政局": Outcome.PASS,
        "市民政局": Outcome.VIOLATION,
    }
    assert one("PD-3.4", {"meeting": []}).outcome is Outcome.NEEDS_REVIEW
    rejected = {"id": "1", "clause": "3.4", "verdict": "not_met", "reviewed_on": "2018-02-30"}
    found = check("PD-3.4", {"evidence": [rows[0], rejected]})
    assert [f.outcome for f in found] == [Outcome.NEEDS_REVIEW]


# permanence, dormancy, one place, conversion


@settings(max_examples=100, deadline=None)
@given(MAYBE, st.one_of(st.none(), MAYBE), st.booleans(), DAY)
def test_permanence_against_the_two_dates(until: date | None, ended: date | None, listed: bool, as_of: date) -> None:
    topic = "assistance.subsistence_allowance"
    roster = [{"id": "r", "topic": topic, "subject": "甲户", "until": ended}] if listed else []
    row = {"id": "1", "topic": topic, "subject": "甲户", "posted_until": until}
    found = one("PD-8-3.4", {"roster": roster, "disclosure": [row]}, as_of)
    if until is None or until > as_of or (listed and ended is not None and ended <= until):
        assert found.outcome is Outcome.PASS
    else:
        assert found.outcome is (Outcome.VIOLATION if listed else Outcome.INDETERMINATE)


@given(DAY, DAY)
@settings(max_examples=60, deadline=None)
def test_dormant_accounts_by_days(last: date, as_of: date) -> None:
    found = one("PD-18.3", {"account": [{"id": "1", "last_post_on": last, "status": "active"}]}, as_of)
    days = (as_of - last).days
    assert found.outcome is (Outcome.INDETERMINATE if days < 0 else Outcome.PASS if days <= 14 else Outcome.VIOLATION)


def test_one_place_is_not_guessed() -> None:
    topic = "environment.polluter_disclosure"

    def outcomes(*places: str | None) -> list[str]:
        roster = [{"id": str(i), "topic": topic, "subject": f"厂{i}"} for i in range(len(places))]
        rows = [
            {"id": str(i), "topic": topic, "subject": f"厂{i}", "published_on": "2018-06-20", "channels": p}
            for i, p in enumerate(places)
        ]
        return [str(f.outcome) for f in check("PD-8-7.10", {"roster": roster, "disclosure": rows})]

    portal, own = "政府门户网站", "企业网站"
    assert outcomes(portal, portal) == ["pass", "pass"]
    assert outcomes(portal, own) == ["violation", "violation"], "no place is common"
    assert outcomes(portal, portal, own) == ["pass", "pass", "violation"]
    assert outcomes(portal, portal, own, None) == ["indeterminate"] * 4, "the blank one decides which place is common"
    assert outcomes(portal, portal, portal, own, None) == ["pass", "pass", "pass", "violation", "indeterminate"]
    assert outcomes(f"{own}；{portal}", portal) == ["pass", "pass"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(DAY, st.sampled_from([True, False, None])), max_size=5), MAYBE, DAY)
def test_conversion_against_counting_requests(asked: list[tuple[date, bool | None]], done: date | None, as_of: date) -> None:
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
    due = oracle.add(sure[2], 20)
    assert f.due == due
    seen = done if done is not None and done <= as_of else None
    if seen is not None:
        assert f.outcome is (Outcome.PASS if seen <= due else Outcome.VIOLATION)
    else:
        assert f.outcome is (Outcome.PENDING if due > as_of else Outcome.VIOLATION)


# exceptions, justifications, contradictions

SECRET = {"id": "1", "kind": "teleconference", "affects_public_interest": True, "held_on": "2018-09-12"}


@pytest.mark.parametrize("secret", [True, False, None])
@pytest.mark.parametrize("basis", ["保密法第九条", None])
@pytest.mark.parametrize("broadcast", [["政府门户网站"], None])
def test_an_exception_applies_on_its_basis_only(secret: bool | None, basis: str | None, broadcast: list[str] | None) -> None:
    row = {**SECRET, "state_secret": secret, "confidential_basis": basis, "broadcast_channels": broadcast}
    found = one("PD-2-1.5", {"meeting": [row]})
    if secret and basis:
        assert found.outcome is Outcome.NOT_APPLICABLE
        assert "涉及国家秘密" in found.message.zh
    elif broadcast:
        assert found.outcome is Outcome.PASS
    elif secret is None and basis:
        assert (found.outcome, found.missing) == (Outcome.INDETERMINATE, ("state_secret",))
    else:
        assert found.outcome is Outcome.VIOLATION
        if secret:
            assert "没有合格的保密依据" in found.message.zh
            assert "confidentiality" in found.message.en


def test_a_justification_answers_a_breach_in_principle_and_is_shown() -> None:
    row = {"id": "1", "affects_public_interest": True, "is_complex": False, "disclosed": "none", "replied_on": "2018-09-10"}
    broken = one("PD-6.1", {"proposal_reply": [{**row, "justification": None}]})
    assert (broken.outcome, broken.severity) == (Outcome.VIOLATION, "warning")
    answered = one("PD-6.1", {"proposal_reply": [{**row, "justification": "涉及商业秘密"}]})
    assert (answered.outcome, answered.justified, answered.late_by) == (Outcome.PASS, True, None)
    assert "涉及商业秘密" in answered.message.zh
    assert "涉及商业秘密" in answered.explanation[-1].zh


def test_parameters_are_shown_as_such_and_a_changed_one_says_so() -> None:
    row = {"disclosure": [{"id": "1", "topic": "water.warning", "formed_on": "2018-09-10", "published_on": "2018-09-11"}]}
    own = one("PD-8-7.13", row)
    assert any("at_once" in t.zh for t in own.explanation)
    assert any("尚未与法规原文核对" in t.zh for t in own.explanation), "the flag 'seen' is carried on"
    changed = one("PD-8-7.13", row, at_once="1 working_days")
    assert changed.outcome is Outcome.PASS
    assert any("由使用者改为 1 working_days" in t.zh for t in changed.explanation)


def test_an_interpretation_of_a_disclosure_is_no_stray_of_documents() -> None:
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


# labels and personal data


@pytest.mark.parametrize("form", [dict, pl.DataFrame])
def test_the_lines_of_a_text_are_kept_whatever_form_it_comes_in(form: Any) -> None:
    rows = [
        {
            "id": "1",
            "attribute": "主动公开",
            "signed_on": date(2018, 9, 3),
            "published_on": date(2018, 9, 4),
            "text": "　正文\r\n此件公开发布\r\n",
        },
        {
            "id": "2",
            "attribute": "主动公开",
            "signed_on": date(2018, 9, 3),
            "published_on": date(2018, 9, 4),
            "text": "请在此件公开发布之前核对",
        },
    ]
    given_ = rows if form is dict else pl.DataFrame(rows)
    assert [str(f.outcome) for f in check("PD-13.3", {"document": given_})] == ["pass", "violation"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("……\n2018年8月24日\n（此件公开发布）", ["主动公开"]),
        ("(此件主动公开)", ["主动公开"]),
        ("［此件社会公开］", ["主动公开"]),
        ("（ 此 件 公 开 发 布 ）附件：1", ["主动公开"]),
        ("此件依申请公开", ["依申请公开"]),
        ("（此件不予公开）", ["不予公开"]),
        ("（此件删减后公开）", ["删减后公开"]),
        ("信息公开选项：主动公开\n", ["主动公开"]),
        ("公开属性: 依申请公开", ["依申请公开"]),
        ("公开方式：政府网站", []),
        ("属于主动公开范围的政府信息，应当主动公开。", []),
        ("文件正式印发时，在文件正文上明确标注公开属性。", []),
        ("（一）主动公开情况", []),
        ("公开时限：长期公开", []),
        ("（此件公开发布）……公开属性：依申请公开\n", ["主动公开", "依申请公开"]),
        ("2018年8月24日此件公开发布", ["主动公开"]),
        ("二〇一八年八月二十四日　此件公开发布\n附件", ["主动公开"]),
        ("此件公开发布 — 2 —\n", ["主动公开"]),
        ("（（此件公开发布））", ["主动公开"]),
        ("｛此件公开发布}", ["主动公开"]),
        ("（此件公開發佈）", ["主动公开"]),
        ("\u00a0（主动公开）\u3000\n", ["主动公开"]),
        ("应当公开的（主动公开）信息包括", []),
        ("文末标注“（此件公开发布）”字样", []),
        ("此件不主动公开", []),
        ("公开属性：不主动公开", []),
        ("■主动公开 □依申请公开 □不予公开", ["主动公开"]),
        ("□主动公开 □依申请公开 □不予公开", []),
        ("公开属性：□主动公开 ☑依申请公开", ["依申请公开"]),
        ("公开类别： 主动公开（全文）", ["主动公开"]),
        ("公开属性：主动公开范围", []),
        ("请在此件公开发布之前核对", []),
    ],
)
def test_labels(text: str, expected: list[str]) -> None:
    assert find_labels(text) == expected


def test_the_plan_itself_carries_no_label() -> None:
    text = "部门起草政府政策性文件代拟稿时，应对公开属性提出明确建议并说明理由；文件正式印发时，在文件正文上明确标注公开属性。"
    assert find_labels(text) == []


def valid_id(body: str) -> str:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


BODY = st.builds(
    lambda region, day, n: f"{region}{day:%Y%m%d}{n:03}",
    st.sampled_from(["370283", "370202", "110105"]),
    st.dates(date(1940, 1, 1), date(2015, 12, 31)),
    st.integers(0, 999),
)
AROUND = st.text(alphabet="王某的身份证为，。 :：（）〔〕号件元", max_size=12)


@settings(max_examples=200, deadline=None)
@given(BODY, AROUND, AROUND)
def test_identity_numbers_are_found_and_never_shown(body: str, before: str, after: str) -> None:
    number = valid_id(body)
    hits = find_personal_data(before + number + after)
    assert [h.kind for h in hits] == ["resident_id"]
    assert number not in hits[0].masked
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert find_personal_data(before + wrong + after) == []
    hidden = number[:4] + "*" * 10 + number[-4:]
    assert find_personal_data(before + hidden + after) == []
    assert mask_personal_data(before + number + after) == before + hidden + after


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("联系人：13805321234", ["mobile"]),
        ("监督举报电话：13805321234", []),
        ("手机 138-0532-1234", ["mobile"]),
        ("手机 138 0532 1234", ["mobile"]),
        ("银行卡 6222 0212 3456 7890 128", ["bank_card"]),
        ("证号 110105 19491231 002X", ["resident_id"]),
        ("时间2018-09-10 2018-09-12 1380 5321", []),
        ("护照号：E12345678", ["passport"]),
        ("合同号E12345678", []),
        ("家庭住址：平度市红旗路5号楼3单元201室", ["address"]),
        ("办公地址：平度市红旗路5号楼3单元201室", []),
        ("住所地：平度市红旗路100号", []),
        ("咨询电话 0532-88880000", []),
        ("投诉热线（13805321234）", []),
        ("投诉人张某13805321234", ["mobile"]),
        ("服务对象王某，13805321234", ["mobile"]),
        ("受理人：13805321234", ["mobile"]),
        ("索引号 11370323MB28653669/2018-None", []),
        ("国办发〔2018〕23号，金额 13805321234567 元", []),
        ("银行卡 6222021234567890128", ["bank_card"]),
        ("银行卡 6222021234567890120", []),
        ("证号 370202491231002", ["resident_id"]),
        ("证号 370202491331002", []),
    ],
)
def test_personal_data(text: str, kinds: list[str]) -> None:
    assert [h.kind for h in find_personal_data(text)] == kinds


@pytest.mark.parametrize("claim", [True, None, False])
@pytest.mark.parametrize("basis", ["某条例", None])
def test_a_text_that_only_looked_like_personal_data_passes_and_says_so(claim: bool | None, basis: str | None) -> None:
    row = {
        "id": "1",
        "topic": "other",
        "published_on": "2018-09-10",
        "text": "监督电话：13805321234",
        "personal_data_basis": basis,
    }
    found = one("PD-14.2", {"disclosure": [{**row, "mandatory_personal_data": claim}]})
    if claim and basis:
        assert found.outcome is Outcome.NOT_APPLICABLE
    else:
        assert (found.outcome, found.message.zh) == (Outcome.PASS, "未发现不应公开的内容")


def test_personal_data_appears_nowhere_in_the_report(tmp_path: Path) -> None:
    number = valid_id("37028319800101123")
    rows = [
        {"id": "1", "topic": "other", "published_on": "2018-09-10", "text": f"王某 {number}", "mandatory_personal_data": False}
    ]
    report = oc.check({"disclosure": rows}, as_of=END, rules=["PD-14.2"])
    (finding,) = report.violations
    assert "身份证号（3702**********" in finding.message.zh
    for suffix in ("json", "jsonl", "csv", "txt"):
        text = report.write(tmp_path / f"r.{suffix}").read_text(encoding="utf-8")
        assert number not in text
        assert number[4:14] not in text


def test_a_ledger_without_texts_is_told_once() -> None:
    rows = [{"id": str(i), "topic": "other", "published_on": "2018-09-10"} for i in range(50)]
    report = oc.check({"disclosure": rows}, as_of=END, rules=["PD-14.2"])
    (finding,) = report.findings()
    assert (finding.outcome, finding.missing) == (Outcome.INDETERMINATE, ("text",))
    assert "50条" in finding.message.zh
    assert report.summary["outcomes"]["indeterminate"] == 50


# any records at all

WORDS = [None, "甲", "市环保局", "主动公开", "政府门户网站", "王某 11010519491231002X", "（此件公开发布）"]
TOPICS = [*PACK.topics, None, "没有的主题"]
BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "date": MAYBE,
    "datetime": st.one_of(st.none(), MOMENT),
    "bool": st.sampled_from([True, False, None]),
    "int": st.sampled_from([None, 0, 1, 2, 2018]),
    "year": st.sampled_from([None, 0, 1948, 2018, 2019, 20188]),
    "percent": st.sampled_from([None, 0.0, 4.0]),
    "period": st.sampled_from([None, "2018", "2018-06", "2018-Q2", "2019"]),
    "list": st.one_of(st.none(), st.lists(st.sampled_from([*SIX, *STAGES, "政府门户网站", "固定公开栏", "甲"]), max_size=4)),
    "text": st.sampled_from(WORDS),
    "prose": st.sampled_from([*WORDS, "通知\n\n（此件公开发布）\n附件：1.名单", "甲\r\n乙"]),
}


def rows(table: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of a table with any values in its fields, some fields left out."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for name, spec in TABLES[table].fields.items():
        if spec.vocabulary:
            fields[name] = st.sampled_from([None, *spec.vocabulary.values])
        elif name == "topic":
            fields[name] = st.sampled_from(TOPICS)
        elif name == "clause":
            fields[name] = st.sampled_from([None, "3.4", "19.1"])
        elif name == "rule":
            fields[name] = st.sampled_from([None, "PD-9.4", "PD-3.4"])
        elif name.endswith("_id"):
            fields[name] = st.sampled_from([None, "0", "1", "x"])
        else:
            fields[name] = BY_KIND[spec.kind]
    del fields["id"]
    record = st.fixed_dictionaries({}, optional=fields)
    return st.lists(record, max_size=3).map(lambda found: [{"id": str(i), **r} for i, r in enumerate(found)])


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from(list(TABLES)), st.none(), min_size=1, max_size=6), st.data(), DAY)
def test_any_records_are_judged_and_told_in_full(tables: dict[str, None], data: st.DataObject, as_of: date) -> None:
    records = {name: data.draw(rows(name)) for name in tables}
    report = oc.check(records, as_of=as_of, include_all=True)
    assert report.rows["read"] == sum(map(len, records.values()))
    for finding in report.findings():
        texts = [finding.message, finding.remedy, *finding.explanation]
        assert all(t.zh and t.en and "{" not in t.zh + t.en for t in texts), (finding.rule, finding.outcome)
    told = report.summary["outcomes"]
    listed = {o: len(report.findings(o)) for o in told}
    scanned = {r.rule.id for r in report.results if r.rule.kind.scans(r.rule)}
    for result in report.results:
        if result.rule.id not in scanned:
            mine = sum(1 for f in report.findings(rule=result.rule.id))
            assert mine == sum(result.counts.values()), result.rule.id
    assert sum(listed.values()) <= sum(told.values())
