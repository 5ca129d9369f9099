"""The check before publication."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from opencheck.documents.redaction import fixed_copy
from opencheck.records.tables import TABLES
from sample_documents import ID, POLICY


def test_preflight_publishable_document_lists_upcoming_duties() -> None:
    result = oc.preflight(POLICY, as_of="2018-08-28")
    assert result.blocking == []
    assert result.unknown == []
    assert [(f.rule, f.due) for f in result.upcoming] == [("PD-9.4", date(2018, 8, 31))]
    assert result.as_dict()["publishable"] is True


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"text": "各镇街、各部门：现将有关事项通知如下。"}, "PD-13.3"),
        ({"text": "（此件依申请公开）"}, "PD-13.3"),
        ({"text": "王某 11010519491231002X\n（此件公开发布）"}, "PD-14.2c"),
        ({"reviewed_on": None}, "PD-14.1b"),
        ({"reviewed_on": "2018-08-29"}, "PD-14.1b"),
        ({"proposed_reason": None}, "PD-13.1"),
        ({"interpretation_plan_on": "2018-08-21"}, "PD-9.3"),
    ],
)
def test_preflight_faulty_document_blocks(changes: dict[str, object], rule: str) -> None:
    # What fell due before the plan was signed is advice; these documents go out after it.
    shifted = {"submitted_on": "2018-08-25", "interpretation_plan_on": "2018-08-25", "signed_on": "2018-08-26"}
    later = {**POLICY, **shifted, **({"interpretation_plan_on": "2018-08-26"} if rule == "PD-9.3" else changes)}
    assert [f.rule for f in oc.preflight(later, as_of="2018-08-28").blocking] == [rule]


def test_preflight_field_under_two_names_is_merged_or_refused() -> None:
    text = f"……{ID}"
    result = oc.preflight(
        {"正文": text, "标题": "通知"}, attachments={"a": oc.documents.read("电话13905321234\n")}, as_of="2018-08-28"
    )
    (finding,) = [f for f in result.blocking if f.rule == "PD-14.2c"]
    assert "身份证号" in finding.message.zh
    assert "附件 a" in finding.message.zh
    with pytest.raises(oc.InputError, match="给了两次"):
        oc.preflight({"正文": text, "text": "好"}, as_of="2018-08-28")


@pytest.mark.parametrize("form", ["document", "record"])
def test_preflight_tells_contradictions_before_publication(form: str) -> None:
    text = "文号：平政发〔2018〕8号\n发布日期：2018-09-01\n关于做好工作的通知\n平政发〔2018〕3号\n各镇：\n通知如下。\n2019年1月3日\n（此件公开发布）"
    given = {"number": "平政发〔2018〕8号", "published_on": "2018-09-01", "signed_on": "2019-01-03", "text": text}
    result = oc.preflight(oc.documents.read(text) if form == "document" else given, as_of="2019-01-08")
    assert [note.zh.partition("，请")[0] for note in result.notes] == [
        "文号前后不一致：平政发〔2018〕8号、平政发〔2018〕3号",
        "文号平政发〔2018〕8号的年份与成文日期2019-01-03（周四）不一致",
        "公布日期2018-09-01（周六）早于成文日期2019-01-03（周四）",
    ]
    assert [note.model_dump() for note in result.notes] == result.as_dict()["notes"]


def test_preflight_notes_a_key_that_looks_misspelt() -> None:
    (note,) = oc.preflight({"title": "通知", "attribut": "主动公开", "portal_id": 7}, as_of="2018-08-28").notes
    assert "attribut（可能是“公开属性”）" in note.zh
    assert "attribut" in note.en
    assert oc.preflight({"title": "通知", "attribute": "主动公开", "portal_id": 7}, as_of="2018-08-28").notes == []


def test_preflight_does_not_clear_a_document_ticked_otherwise() -> None:
    text = "关于做好工作的通知\n2018年8月26日\n公开属性：主动公开□ 依申请公开□ 不予公开☑"
    record = {
        **POLICY,
        "signed_on": "2018-08-26",
        "submitted_on": "2018-08-25",
        "interpretation_plan_on": "2018-08-25",
        "text": text,
    }
    result = oc.preflight(record, as_of="2018-08-28")
    assert [f.rule for f in result.blocking] == ["PD-13.3"]
    assert oc.documents.read(text).as_record()["attribute"] == "不予公开"


def test_compile_finds_what_a_check_finds() -> None:
    pack = oc.load_pack("pingdu-2018")
    for table in ("document", "meeting", "request", "proposal_reply", "service_item", "opinion_case"):
        rules = [i for i, b in pack.rules.items() if b.rule.on == table and b.rule.kind.about == "record"]
        links = {b.rule.require.linked.table for i, b in pack.rules.items() if i in rules and b.rule.require.linked}
        cases = [
            (record, example.as_of)
            for i in rules
            for example in pack.rules[i].rule.examples
            for record in example.given.get(table, [])[:1]
            if not example.parameters
        ]
        assert cases
        compiled = {day: pack.compile(table, day) for _, day in cases}
        fields = TABLES[table].fields.items()
        not_yet = {name: None for name, spec in fields if spec.column.blank_means_pending and not spec.column.open_ended}
        for record, day in cases[::4]:
            records = {table: [{**not_yet, "id": "1", **record}], **{name: [] for name in links}}
            expected = oc.check(records, pack=pack, as_of=day, rules=rules).findings()
            assert [f.as_dict() for f in compiled[day].check({"id": "1", **record})] == [f.as_dict() for f in expected]


def test_compile_serves_many_threads_at_a_time() -> None:
    pack = oc.load_pack("pingdu-2018")
    pack.plans.clear()  # so that the threads meet in the first plan
    rules = pack.compile("document", "2018-12-31")
    drafts = [
        {
            "id": str(i),
            "is_policy": True,
            "attribute": ("主动公开", "不予公开", "依申请公开")[i % 3],
            "signed_on": f"2018-0{1 + i % 9}-03",
        }
        for i in range(40)
    ]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(rules.check, drafts))
    alone = [oc.load_pack("pingdu-2018").compile("document", "2018-12-31").check(d) for d in drafts]
    assert [[f.as_dict() for f in found] for found in together] == [[f.as_dict() for f in found] for found in alone]
    assert len({tuple((f.rule, f.outcome) for f in found) for found in alone}) > 1


def test_compile_unusable_record_or_table_is_refused() -> None:
    pack = oc.load_pack("pingdu-2018")
    with pytest.raises(oc.InputError, match="日期"):
        pack.compile("document", "2018-12-31").check({"id": "3", "signed_on": "2018-02-30"})
    with pytest.raises(oc.UnknownNameError, match="no table"):
        pack.compile("nothing", "2018-12-31")


def test_preflight_does_not_ask_one_draft_for_the_records_of_the_year() -> None:
    draft = {
        "title": "检查结果",
        "topic": "supervision.inspection",
        "channels": "政府门户网站；微信",
        "text": "检查了12家。",
        "attribute": "主动公开",
    }
    yearly = {i for i, b in oc.load_pack("pingdu-2018").rules.items() if b.rule.yearly}
    assert yearly
    assert not yearly & {f.rule for f in oc.preflight(draft, table="disclosure", as_of="2019-01-02").findings}
    assert not yearly & {f.rule for f in oc.load_pack("pingdu-2018").compile("disclosure", "2019-01-02").check(draft)}
    assert yearly & {f.rule for f in oc.check({"disclosure": [{**draft, "id": "1"}]}, as_of="2019-01-02").findings("violation")}


@pytest.mark.parametrize("word", ["公开", "内部", "主动公开；依申请公开", "详见附件", "无", "", "\u200b"])
def test_attribute_that_is_not_known_has_no_label_to_insert(word: str) -> None:
    record = {"title": "通知", "text": "关于做好工作的通知\n2018年8月24日", "attribute": word}
    result = oc.preflight(record, as_of="2018-12-31")
    assert [f for f in result.fixes if f.action == "insert"] == []
    assert "PD-13.3" in [f.rule for f in result.blocking]


def test_label_of_an_attribute_that_is_not_known_is_an_input_error() -> None:
    with pytest.raises(oc.InputError, match="主动公开"):
        fixed_copy("通知\n2018年8月24日".encode(), "a.txt", attribute="主动公布")


@pytest.mark.parametrize("table", ["document", "disclosure", "request", "meeting"])
def test_unknown_words_in_any_field_never_crash(table: str) -> None:
    for name, spec in TABLES[table].fields.items():
        if spec.vocabulary is None and spec.kind not in ("list", "bool"):
            continue
        with contextlib.suppress(oc.InputError):
            assert oc.preflight({name: "胡写的词"}, table=table, as_of="2018-12-31").as_dict()["pack"] == ["pingdu-2018"]


@pytest.mark.parametrize(
    ("unread", "publishable"),
    [
        ([], True),
        ([("unread.pictures", {"count": 2})], True),
        ([("unread.page", {"page": 2})], False),
        ([("unread.embedded", {"name": "附件.doc"})], False),
    ],
)
def test_preflight_what_could_not_be_read_is_not_publishable(
    unread: list[tuple[str, dict[str, Any]]], publishable: bool
) -> None:
    result = oc.preflight(POLICY, as_of="2018-08-28", unread=unread)
    assert result.blocking == []
    assert result.as_dict()["publishable"] is publishable
    assert result.clearance == ("yes" if publishable else "needs_review")
    assert len(result.notes) == len(unread)
    assert bool(result.unread) is not publishable
    for note in result.notes:
        assert "  " not in note.en
        assert "{" not in note.en


REVIEW = ("reviewed_on", "review_result", "reviewer")


@pytest.mark.parametrize("blank", ["absent", "", "无", "详见附件"])
@pytest.mark.parametrize("field", REVIEW)
def test_clearance_a_review_that_is_not_recorded_never_clears(field: str, blank: str) -> None:
    record = {name: value for name, value in POLICY.items() if name != field or blank != "absent"}
    if blank != "absent":
        record[field] = blank
    if field == "reviewed_on" and blank == "详见附件":
        with pytest.raises(oc.InputError):
            oc.preflight(record, as_of="2018-08-28")
        return
    result = oc.preflight(record, as_of="2018-08-28")
    assert result.publishable is False
    assert result.clearance in ("no", "needs_review")
    if result.clearance == "needs_review":
        assert {f.rule for f in result.undecided} & {"PD-14.1b", "PD-14.1d"}
        assert result.as_dict()["undecided"] == [f.rule for f in result.undecided]


def test_clearance_is_yes_no_or_needs_review() -> None:
    def cleared(**changes: Any) -> tuple[str, bool]:
        found = oc.preflight({**POLICY, **changes}, as_of="2018-08-28").as_dict()
        return found["clearance"], found["publishable"]

    assert cleared() == ("yes", True)
    assert cleared(text="11010519491231002X\n（此件公开发布）") == ("no", False)
    without = {name: value for name, value in POLICY.items() if name not in REVIEW}
    assert oc.preflight(without, as_of="2018-08-28").clearance == "needs_review"
    assert oc.preflight({**without, "text": "王某 11010519491231002X"}, as_of="2018-08-28").clearance == "no"


def test_clearance_a_contradiction_is_for_a_person_to_settle() -> None:
    text = "关于做好工作的通知\n平政发〔2018〕3号\n通知如下。\n2018年8月24日\n（此件公开发布）"
    result = oc.preflight({**POLICY, "number": "平政发〔2018〕8号", "text": text}, as_of="2018-08-28")
    assert [note.zh.partition("：")[0] for note in result.contradictions] == ["文号前后不一致"]
    assert (result.clearance, result.publishable) == ("needs_review", False)
    same = oc.preflight({**POLICY, "number": "平政发〔2018〕3号", "text": text}, as_of="2018-08-28")
    assert (same.clearance, same.contradictions) == ("yes", [])


def test_clearance_what_is_open_below_error_does_not_count() -> None:
    draft = {"title": "x", "text": "检查", "topic": "supervision.inspection", "attribute": "主动公开"}
    result = oc.preflight(draft, table="disclosure", as_of="2018-12-28")
    open_ = {f.rule: f.severity for f in result.unknown}
    assert open_["PD-5-1.2"] == "warning"
    assert {f.rule for f in result.undecided} == {i for i, severity in open_.items() if severity == "error"}


def test_clearance_of_a_listing_with_rows_that_could_not_be_used(tmp_path: Path) -> None:
    def checked(text: str) -> oc.Preflight:
        (tmp_path / "公示.csv").write_text(text, encoding="utf-8")
        return oc.preflight(tmp_path / "公示.csv", table="listing", as_of="2018-09-10", values={"topic": "其他"})

    whole = checked("姓名,金额\n王某,500\n李某,60\n")
    assert (whole.clearance, whole.notes) == ("yes", [])
    spoiled = checked("姓名,金额\n王某,500\n李某,1,2,3\n")
    assert (spoiled.clearance, spoiled.publishable) == ("needs_review", False)
    assert len(spoiled.notes) == len(spoiled.unread) == 1
    personal = checked(f"姓名,证件\n王某,{ID}\n李某,1,2,3\n")
    assert personal.clearance == "no"


@pytest.mark.parametrize("table", ["document", "disclosure"])
def test_preflight_searches_the_title_for_personal_data(table: str) -> None:
    record = {
        "title": "关于11010519491231002X申请救助的公示",
        "text": "正文\n2018年8月24日\n（此件公开发布）",
        "attribute": "主动公开",
    }
    result = oc.preflight(record, table=table, as_of="2018-08-28")
    (fix,) = (f for f in result.fixes if f.action == "mask")
    assert (fix.field, fix.part, fix.replacement) == ("title", "", "1101**********002X")
    (found,) = (f for f in result.blocking if f.rule == fix.rule)
    assert "标题里有不应公开的内容：身份证号（1101**********002X，第3字起）" in found.message.zh
    assert record["title"][fix.start : fix.end] == "11010519491231002X"
    assert result.text == record["text"]
    assert not [f for f in result.blocking if f.rule == "PD-13.3"], "the label of the text still counts"


def test_preflight_title_that_stands_in_the_text_is_searched_once() -> None:
    title = "关于11010519491231002X申请救助的公示"
    result = oc.preflight({"title": title, "text": f"{title}\n正文", "attribute": "主动公开"}, as_of="2018-08-28")
    assert [f.field for f in result.fixes if f.action == "mask"] == ["text"]
    clean = oc.preflight({"title": "关于公示的通知", "text": "正文", "attribute": "主动公开"}, as_of="2018-08-28")
    assert clean.text == "正文"


def test_preflight_title_without_a_text_is_searched() -> None:
    result = oc.preflight({"title": "关于11010519491231002X申请救助的公示", "attribute": "主动公开"}, as_of="2018-08-28")
    assert "PD-14.2g" in [f.rule for f in result.blocking]


@pytest.mark.parametrize("blank", [None, "", " ", "未公开", "待定", "/", float("nan")])
@pytest.mark.parametrize("table", ["document", "disclosure"])
def test_preflight_blank_day_of_publication_is_the_day_of_the_check(blank: object, table: str) -> None:
    """A form sends the day that is not known yet as null or as an empty text: the draft is checked all the same."""
    draft = {"title": "公示", "attribute": "主动公开", "is_policy": True, "text": "王某 11010519491231002X"}
    without = oc.preflight(draft, table=table, as_of="2018-09-03")
    found = oc.preflight({**draft, "published_on": blank}, table=table, as_of="2018-09-03")
    assert (bool(without.blocking), found.clearance) == (True, "no")
    assert [f.as_dict() for f in found.findings] == [f.as_dict() for f in without.findings]


def test_preflight_day_of_publication_that_is_none_is_refused() -> None:
    with pytest.raises(oc.InputError, match="2018-02-30"):
        oc.preflight({"title": "公示", "published_on": "2018-02-30"}, as_of="2018-09-03")
