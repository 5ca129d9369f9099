"""What findings say, over all examples of all packs, and over documents that are checked before publication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from judged_together import judged_together
from opencheck.core.errors import InputError
from opencheck.core.outcomes import QUIET, Outcome
from opencheck.records.tables import TABLES
from opencheck.report.output import render
from opencheck.report.sentences import capitalised
from opencheck.rules.remedy import Moment
from opencheck.rules.rule import Example
from pingdu_rules import PACK, check, one

ROOT = Path(__file__).parents[2]

PACKS = [PACK, oc.load_pack("cn-disclosure-2019")]


@cache
def findings_of_examples() -> tuple[oc.Finding, ...]:
    """The findings of every example of every rule, passes included."""
    return tuple(f for pack in PACKS for id_ in pack.rules for f in of_examples(pack, id_))


def of_examples(pack: Any, rule: str) -> Iterator[oc.Finding]:
    by_parameters: dict[str, list[Example]] = {}
    for example in pack.rules[rule].rule.examples:
        by_parameters.setdefault(repr(example.parameters), []).append(example)
    for examples in by_parameters.values():
        used = oc.load_pack(pack.path, examples[0].parameters) if examples[0].parameters else pack
        for found in judged_together(used.rules[rule], [(e.as_of, e.given) for e in examples]):
            yield from (finding for _, finding in found)


@cache
def findings_before_publication() -> tuple[oc.Finding, ...]:
    """The findings of the example documents, checked as drafts."""
    found: list[oc.Finding] = []
    for path in sorted((ROOT / "examples" / "documents").iterdir()):
        table = "listing" if path.suffix == ".xlsx" else "document"
        if path.suffix in (".md", ".csv"):
            continue
        try:
            record = path if table == "listing" else oc.documents.read(path)
        except InputError:
            continue
        found += oc.preflight(record, table=table, as_of="2018-08-28").findings
    return tuple(found)


@cache
def findings_of_the_ledger() -> tuple[oc.Finding, ...]:
    """The findings of the example ledger."""
    (ledger,) = (ROOT / "examples").glob("*.xlsx")
    return tuple(oc.check(ledger, as_of="2018-12-31").findings())


@cache
def sentences(lang: str) -> frozenset[tuple[str, str]]:
    """Every message, remedy and step of a derivation that is not the pack's own reading, with its rule."""
    found = set()
    for finding in (*findings_of_examples(), *findings_of_the_ledger(), *findings_before_publication()):
        steps = finding.explanation
        own = {t.get(lang) for t in steps[:2]}
        found |= {(finding.rule, t.get(lang)) for t in (finding.message, finding.remedy, *steps) if t.get(lang) not in own}
    return frozenset(found)


def found_in(lang: str, pattern: str) -> set[tuple[str, str]]:
    return {(rule, text) for rule, text in sentences(lang) if re.search(pattern, text)}


@pytest.mark.parametrize(
    "pattern",
    [
        r"已迟(—|$|；|，)",  # late by nothing
        r"—",  # a fact that is not there
        r"\d{4}(?:内|应|缺|只有)",  # a year without 年
        r"不高于",  # of days 不晚于, of numbers 不超过
        r"有记录可能就是",
        r"前；",  # a limit without what must be done by then
        r"(?:应含|应为)[^、；，]*之一",  # one of one
        r"缺少未能使用",
        r"\{|\}",
        r"：[^“；，。：]{1,12}：[^/]",  # a colon after a colon
    ],
)
def test_sentences_chinese_reads_as_an_official_writes_it(pattern: str) -> None:
    ours = {(r, t) for r, t in found_in("zh", pattern) if not t.startswith(("规则包", "条款：", "佐证应证明："))}
    assert ours == set()


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b1 (?!is\b|was\b|has\b|lacks\b)(?:[a-z]+ )?(?:days|hours|minutes|rows|items|records|times|requests|violations|pictures)\b",
        r"\b(?:[02-9]|\d{2,}) (?:working )?(?:day|hour|minute|row|time|request|violation)\b",
        r"—",
        r"  ",
        r" [,;.]",
        r"\{|\}",
        r"^[a-z]",
        r"late by|of \d+ wanted|lie before|due after published on",
        r"\b(?:is|are) (?:is|are)\b",
    ],
)
def test_sentences_english_is_grammatical(pattern: str) -> None:
    assert {(r, t) for r, t in found_in("en", pattern) if not t.startswith(("Parameter", "Read as", "Clause"))} == set()


def test_sentences_what_is_filled_in_is_never_told_as_missing() -> None:
    seen = 0
    for finding in findings_of_examples():
        if finding.result.rule.kind.about == "set" or finding.outcome is not Outcome.INDETERMINATE:
            continue
        for name in finding.missing:
            value = finding.facts.get(name)
            if "." in name or value in (None, []):
                continue
            seen += 1
            label = TABLES[finding.table].fields[name].column.label_zh
            assert f"缺少“{label}”" not in finding.message.zh
            assert f"如实补填“{label}”" not in finding.remedy.zh
    assert seen > 0


BACKDATED = r"补记|补写|补登|随方案报批|办理当日|并注明“无”|代拟"
"""What would invite to write afterwards what was not written then; 代拟稿 is named where the document is not approved yet."""


def test_remedies_none_invites_to_fill_in_dates_afterwards() -> None:
    texts = {t.zh for p in PACKS for b in p.rules.values() for m in Moment if (t := b.rule.remedy.at(m))}
    allowed = ("文件尚未审定的，在代拟稿", "在代拟稿写明公开属性建议及理由，并登记")
    assert {t for t in texts if re.search(BACKDATED, t) and not t.startswith(allowed)} == set()


def test_remedies_every_violation_has_one_that_fits_its_moment() -> None:
    done_late = 0
    for finding in findings_of_examples():
        if finding.outcome is Outcome.VIOLATION:
            assert finding.remedy.zh
            assert finding.remedy.en
            if finding.late_by and finding.actual and finding.result.rule.kind.name != "posted":
                done_late += 1
                assert not re.search("立即|补公开|尽快", finding.remedy.zh), (finding.rule, finding.remedy.zh)
        elif finding.outcome in QUIET:
            assert finding.remedy.zh == "无需处理"
    assert done_late > 50


def test_remedies_of_drafts_speak_of_what_is_not_published_yet() -> None:
    assert len([f for f in findings_before_publication() if f.outcome is Outcome.VIOLATION]) > 10
    published = "撤下|重新公|补公开|恢复|印发的正文|不必重"
    for finding in findings_before_publication():
        assert finding.draft
        assert not re.search(published, finding.remedy.zh), (finding.rule, finding.remedy.zh)
    # Not only the rules that the example documents break.
    for pack in PACKS:
        for bound in pack.rules.values():
            rule = bound.rule
            if rule.on in ("document", "disclosure", "listing") and (rule.kind.about == "record" or rule.on == "listing"):
                text = rule.remedy.at(Moment.DRAFT) or rule.remedy
                down = rule.kind.name in ("permanent", "posted")  # a draft was never taken down
                assert down or not re.search(published, text.zh), (rule.id, text.zh)


def test_preflight_of_what_was_published_before_is_told_as_published() -> None:
    record = {
        "title": "通知",
        "attribute": "主动公开",
        "text": "联系人身份证号11010519491231002X",
        "published_on": "2018-08-20",
    }
    (found,) = [f for f in oc.preflight(record, as_of="2018-08-28").findings if f.rule == "PD-14.2c"]
    assert (found.draft, found.remedy.zh) == (False, "立即撤下，去标识化（遮盖号码中段）后重新公开")
    (found,) = [
        f for f in oc.preflight({**record, "published_on": "2018-08-28"}, as_of="2018-08-28").findings if f.rule == "PD-14.2c"
    ]
    assert (found.draft, found.remedy.zh) == (True, "公布前去标识化（遮盖号码中段）")


def test_message_names_only_the_elements_that_are_lacking() -> None:
    named = ["决定书文号", "处罚名称", "处罚类别", "处罚依据", "相对人代码", "处罚结果", "处罚机关"]
    record = {"id": "1", "topic": "行政处罚", "published_on": "2018-09-10", "elements": named}
    found = one("PD-5-2.1c", {"disclosure": [record]})
    assert found.message.zh == f"未达到要求：“包含要素”缺处罚事由；现登记：“包含要素”为{'、'.join(named)}"
    assert found.message.en.startswith("Not met: “elements contained” lacks 处罚事由; currently ")


def test_message_of_a_condition_that_is_listed_twice_names_the_one_that_is_not_met() -> None:
    """The elements, and one of two more elements: both test one field, and each is judged and told by itself."""
    named = ["产品名称", "标示生产单位", "规格", "检验依据", "检验结果", "检验单位", "生产日期"]
    record = {"id": "1", "topic": "食品抽检", "published_on": "2018-09-10", "elements": named}
    found = one("PD-8-8.2", {"disclosure": [record]})
    assert found.message.zh.startswith("未达到要求：“包含要素”缺被抽检单位；现登记：")
    assert [s.zh.partition("：")[0] for s in found.explanation if s.zh.startswith(("符合：", "不符合："))] == ["不符合", "符合"]


def test_message_of_a_day_after_the_check_does_not_call_it_blank() -> None:
    item = {"id": "1", "do_it_once": True, "listed_on": "2019-05-01", "batch": "第一批"}
    found = one("PD-17.1", {"service_item": [item]})
    assert found.message.zh.startswith("未达到要求：“列入清单日期”为2019-05-01（周三），晚于检查日，不能算已经完成；")


@pytest.mark.parametrize(
    ("replied", "said", "late"),
    [
        ("2018-12-25", "1 working day late", "迟1个工作日"),
        ("2018-12-26", "2 working days late", "迟2个工作日"),
    ],
)
def test_message_of_late_replies_is_singular_and_plural(replied: str, said: str, late: str) -> None:
    found = one("PD-15.3", {"request": [{"id": "1", "received_on": "2018-12-03", "replied_on": replied}]})
    assert found.message.en == (
        f"Due by Mon 2018-12-24, 15 working days after Mon 2018-12-03 (“received on”); “replied on” is "
        f"{date.fromisoformat(replied):%a} {replied}, {said}"
    )
    assert found.message.zh.endswith(late)
    assert found.remedy.zh.startswith("已经答复，不必重新答复；")


def test_message_of_a_reply_still_owed_beyond_the_calendar_tells_days() -> None:
    last = oc.WorkCalendar.china().last_known
    received, as_of = date(last.year, 11, 2), date(last.year + 1, 1, 20)
    found = one("PD-15.3", {"request": [{"id": "1", "received_on": received, "replied_on": None}]}, as_of=as_of)
    assert found.outcome is Outcome.VIOLATION
    assert found.due is not None
    assert (found.late_by, found.late_unit) == ((as_of - found.due).days, "days")
    assert f"已迟{found.late_by}天" in found.message.zh


def test_message_of_a_breach_with_an_exception_that_is_not_recorded_tells_how_late_it_is() -> None:
    record = {"id": "1", "topic": "meeting.decisions", "formed_on": "2018-09-10", "published_on": None}
    (found,) = oc.check({"disclosure": [record]}, as_of="2018-10-15", rules=["PD-2-3.1"], include_all=True).findings()
    assert (found.outcome, found.late_by, found.missing) == ("indeterminate", None, ("confidential_basis",))
    assert "截至2018-10-15（周一）没有公开日期的记录，已迟1个工作日" in found.message.zh
    assert "is recorded as of Mon 2018-10-15, 1 working day late so far" in found.message.en


def test_message_of_what_holds_in_principle_names_the_reason() -> None:
    reply = {"id": "1", "affects_public_interest": True, "replied_on": "2018-09-10", "disclosed": "未公开", "is_complex": False}
    found = one("PD-6.1", {"proposal_reply": [{**reply, "justification": "涉及商业秘密"}]})
    assert found.outcome is Outcome.PASS
    assert found.justified
    assert re.match(r"原则上应做到“.+”，未做到，已说明理由：涉及商业秘密；", found.message.zh)
    assert "for the reason given: 涉及商业秘密." in found.message.en


def test_message_of_a_unit_that_nobody_knows_names_it() -> None:
    record = {"id": "1", "topic": "环境空气质量", "period": "2018-10", "published_on": "2018-11-10", "unit": "市环境保卫局"}
    found = next(f for f in check("PD-8-7.1", {"disclosure": [record]}) if f.period == "2018-10")
    assert found.message.zh == (
        "2018年10月的信息是否公开无法判断：另有记录（编号1）可能属于本期，但“责任单位”中的“市环境保卫局”不在词表里（最接近的是“市环保局”）"
    )
    assert "补填" not in found.remedy.zh


def test_message_of_a_row_that_was_rejected_does_not_call_its_cells_blank() -> None:
    asked = [{"id": str(n), "subject": "征地批复", "received_on": "2018-05-01", "publishable": "说不清"} for n in range(3)]
    found = one("PD-15.4", {"request": asked, "disclosure": []})
    assert found.missing == ("request.rejected",)
    assert found.message.zh == "“征地批复”可能被申请3次，其中有的所在行未能使用，或者有一栏拿不准，是否集中无法判断"


def test_message_of_a_subject_that_names_all_does_not_call_it_blank() -> None:
    record = {"id": "1", "topic": "水源水质", "period": "2018-10", "published_on": "2018-11-10", "subject": "各水源"}
    roster = {"id": "1", "topic": "水源水质", "subject": "崮山井群"}
    found = next(f for f in check("PD-8-7.2", {"disclosure": [record], "roster": [roster]}) if f.period == "2018-10")
    assert found.message.zh.endswith("但“公开对象”填写的内容不足以判断")
    assert found.remedy.zh == "核对“公开对象”，然后重新检查"


def test_remedy_of_a_day_before_the_period_ended_is_to_check_it() -> None:
    record = {"id": "1", "topic": "环境空气质量", "period": "2018-10", "published_on": "2018-10-20"}
    found = next(f for f in check("PD-8-7.1", {"disclosure": [record]}) if f.period == "2018-10")
    assert "早于本期结束（编号1）" in found.message.zh
    assert found.remedy.zh == "核对“公开日期”，然后重新检查"


def test_message_of_a_year_without_any_record() -> None:
    found = one("PD-2-2.1", {"meeting": []})
    assert found.message.zh == "2018年没有符合要求的记录，要求不少于2次"
    assert found.message.en == "None in 2018; at least 2 are required"


@pytest.mark.parametrize(
    ("as_of", "remedy"),
    [
        ("2018-10-03", "立即召开新闻发布会并持续发布"),
        ("2018-10-04", "召开新闻发布会的时机已过，不再补开："),
    ],
)
def test_remedy_of_a_press_conference_ends_with_its_use(as_of: str, remedy: str) -> None:
    """Due on 30 September: no press conference more than 3 days later."""
    case = {"id": "1", "grade": "重大突发事件", "detected_at": "2018-09-29 10:00", "press_conference_at": None}
    found = one("PD-10.1", {"opinion_case": [case]}, as_of=date.fromisoformat(as_of))
    assert found.outcome is Outcome.VIOLATION
    assert found.remedy.zh.startswith(remedy)


def test_remedy_of_a_flood_warning_of_august_is_no_warning_in_december() -> None:
    warning = {"id": "1", "topic": "汛情", "formed_on": "2018-08-25", "published_on": None, "unit": "市水利水产局"}
    assert one("PD-8-7.13", {"disclosure": [warning]}).remedy.zh.startswith("预警已经过时，不再补发；")
    assert one("PD-8-7.13", {"disclosure": [warning]}, as_of=date(2018, 8, 26)).remedy.zh == "立即发布"


@pytest.mark.parametrize(
    ("received", "remedy"),
    [
        (date(2008, 4, 30), "当时没有规定期限，由人判断有无其他依据"),
        (date(oc.WorkCalendar.china().last_known.year, 12, 30), "放假安排公布后，用 --calendar 补充日历，再重新检查"),
    ],
)
def test_remedy_of_what_no_fact_of_the_record_can_settle(received: date, remedy: str) -> None:
    request = {"id": "1", "received_on": received, "replied_on": None}
    found = one("PD-15.3", {"request": [request]}, as_of=date(received.year + 1, 12, 31))
    assert (found.outcome, found.remedy.zh) == (Outcome.INDETERMINATE, remedy)


def test_remedy_of_a_draft_that_is_late_already() -> None:
    record = {"id": "1", "topic": "权责清单", "formed_on": "2018-06-01"}
    found = [f for f in oc.preflight(record, table="disclosure", as_of="2018-08-28").findings if f.rule == "PD-4.1"]
    assert [f.remedy.zh for f in found] == ["现在公布也已超过期限：尽快办结，并查明迟延的原因"]


def test_remedy_of_a_waived_breach_names_its_end() -> None:
    waiver = {
        "id": "w",
        "rule": "PD-15.3",
        "record_id": "1",
        "basis": "系统升级",
        "approved_by": "张某",
        "from": "2018-01-01",
        "until": "2019-06-30",
    }
    tables = {"request": [{"id": "1", "received_on": "2018-11-05", "replied_on": None}], "waiver": [waiver]}
    (found,) = oc.check(tables, as_of="2018-12-31", rules=["PD-15.3"]).findings()
    assert (found.outcome, found.remedy.zh) == (Outcome.WAIVED, "豁免至2019-06-30（周日），请在此之前办结")


def test_table_prints_each_remedy_of_a_rule_once() -> None:
    rows = [
        {"id": "1", "received_on": "2018-11-05", "replied_on": None},
        {"id": "2", "received_on": "2018-11-05", "replied_on": None},
        {"id": "3", "received_on": "2018-11-05", "replied_on": "2018-12-03"},
        {"id": "4", "received_on": "2018-12-28", "replied_on": None},
    ]
    report = oc.check({"request": rows}, as_of="2018-12-31", rules=["PD-15.3"])
    printed = render(report, "table", "zh").decode()
    assert [line.strip()[:8] for line in printed.splitlines() if "→" in line] == [
        "→ 立即答复申请",
        "→ 已经答复，不",
    ]


def test_capitalised_leaves_chinese_and_empty_texts() -> None:
    assert [capitalised(t) for t in ("", "立即", "x", "“a” is", "3 items")] == ["", "立即", "X", "“a” is", "3 items"]


def test_assert_compliant_names_only_what_was_not_understood() -> None:
    rows = [{"id": "1", "received_on": "2018-12-03", "replied_on": "2018-12-10"}, {"id": "2", "received_on": "2018-02-30"}]
    report = oc.check({"request": rows}, as_of="2018-12-31", rules=["PD-15.3"])
    with pytest.raises(AssertionError) as failed:
        report.assert_compliant()
    assert str(failed.value).startswith("有1行未能使用，不能认定合规")
    report.lang = "en"
    with pytest.raises(AssertionError) as failed:
        report.assert_compliant()
    assert str(failed.value).startswith("1 row could not be used. Compliance cannot be established:")


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("主动公示", "主动公开"),
        ("依申清公开", "依申请公开"),
        ("全文公开", None),
        ("公开", "主动公开"),  # not 不予公开, by its spelling 不公开
        ("不主动公开", "不予公开"),
        ("不予公开（内部管理）", "不予公开"),
    ],
)
def test_only_a_word_that_is_mostly_alike_is_named_as_near(word: str, near: str | None) -> None:
    rows = [{"id": "1", "title": "通知", "attribute": word, "published_on": "2018-08-24"}]
    found = oc.check({"document": rows}, as_of="2018-12-31", rules=["PD-9.4"]).findings("indeterminate")
    assert (f"最接近的是“{near}”" if near else "不在词表里；") in found[0].message.zh
    assert near or "最接近" not in found[0].message.zh


def test_contradiction_that_a_blank_makes_names_the_blank() -> None:
    warning = {"id": "1", "topic": "water.warning", "formed_on": "2018-09-10", "published_at": "2018-09-10 18:00"}
    found = one("PD-8-7.13", {"disclosure": [{**warning, "published_on": None}]})
    assert (found.outcome, found.missing) == (Outcome.INDETERMINATE, ("published_on",))
    assert (
        found.message.zh == "数据自相矛盾，请核对：“公开日期”未填；“形成日期”为2018-09-10（周一）；“公开时刻”为2018-09-10 18:00"
    )
    assert found.message.en.endswith(
        "“published on” is blank; “formed on” is Mon 2018-09-10; “published at” is 2018-09-10 18:00"
    )
    too_early = one("PD-8-7.13", {"disclosure": [{**warning, "published_on": "2018-09-09"}]})
    assert (too_early.outcome, too_early.missing) == (Outcome.INDETERMINATE, ())
    assert "未填" not in too_early.message.zh
