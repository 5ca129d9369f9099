"""Notes about a document's own disclosure in words that are no label, and marks of classification beside public ones."""

from __future__ import annotations

from typing import Any

import pytest

import opencheck as oc
from growth import assert_linear
from only import only
from opencheck.documents.contradictions import find_classified
from opencheck.records.disclosure_labels import find_own_labels, find_own_odd_labels
from opencheck.records.odd_labels import find_odd_labels
from sample_documents import POLICY

BODY = "关于低保的通知\n正文\n平度市民政局\n2018年8月24日\n"


@pytest.mark.parametrize(
    ("note", "value"),
    [
        ("（此件删减后公开发布）", "删减后公开"),
        ("（本件删减后公开发布）", "删减后公开"),
        ("（本件主动公开）", "主动公开"),
        ("（本文件公开发布）", "主动公开"),
        ("【本件依申请公开】", "依申请公开"),
        ("（此件不公开，仅限内部）", "不予公开"),
        ("（此件不予公开；注意保存）", "不予公开"),
    ],
)
def test_plain_words_are_a_label(note: str, value: str) -> None:
    for text in (BODY + note, f"{BODY.rstrip()}{note}\n", f"{BODY}{note}。\n抄送：市委"):
        assert find_own_labels(text) == ([value], [value])
        assert find_own_odd_labels(text) == []
        found = oc.documents.read(text).attribute
        assert found is not None
        assert (found.value, found.sure) == (value, "sure")


ODD = [
    "本件主动公开，附件不予公开",
    "此件公开发布，附件不公开",
    "此件不公开，附件公开",
    "此件删减后由各镇街公布",
    "此件不主动公开",
    "此件暂缓公开",
]


@pytest.mark.parametrize("words", ODD)
def test_other_words_leave_it_open_and_are_quoted(words: str) -> None:
    for attribute in ("主动公开", "不予公开"):
        result = oc.preflight({**POLICY, "text": f"{BODY}（{words}）\n", "attribute": attribute}, as_of="2018-08-28")
        finding = only(f for f in result.unknown if f.rule == "PD-13.3")
        assert f"“{words}”" in finding.message.zh
        assert "PD-13.3" in [f.rule for f in result.undecided]
        assert "PD-13.3" not in [f.rule for f in result.blocking]
    found = oc.documents.read(f"{BODY}（{words}）\n").attribute
    assert found is not None
    assert (found.value, found.sure, found.text) == (None, "ambiguous", words)


def test_label_in_plain_words_may_differ_from_the_record() -> None:
    def outcome(note: str, attribute: str) -> Any:
        result = oc.preflight({**POLICY, "text": f"{BODY}{note}\n", "attribute": attribute}, as_of="2018-08-28")
        return [f.message.zh for f in result.findings if f.rule == "PD-13.3"]

    assert outcome("（此件不公开，仅限内部）", "主动公开") == ["正文标注为不予公开，与公开属性（主动公开）不一致"]
    assert outcome("（此件删减后公开发布）", "删减后公开") == []
    assert outcome("（此件删减后公开发布）", "主动公开") == ["正文标注为删减后公开，与公开属性（主动公开）不一致"]


@pytest.mark.parametrize(
    "text",
    [
        "文末标注“（此件暂缓公开）”字样",
        "应当公开的（此件暂缓公开）信息包括",
        f"{BODY}（此件发至县团级）",
        f"{BODY}（此件公开发布）",
        f"{BODY}（公开属性：主动公开）",
        f"{BODY}附件\n（本件主动公开，附件不予公开）",
        f"{BODY}【以下是隐藏的文字】\n（本件主动公开，附件不予公开）",
    ],
)
def test_other_texts_are_no_odd_label(text: str) -> None:
    assert find_own_odd_labels(text) == []


@pytest.mark.parametrize(
    ("text", "values", "words"),
    [
        ("（此件发至县团级）\n（此件公开发布）\n（此件暂缓公开）\n（此件不公开，仅限内部）\n", ["不予公开"], ["此件暂缓公开"]),
        ("（此件暂缓公开）\n正文\n（此件暂缓公开）\n（本件另行公布）", [], ["此件暂缓公开", "本件另行公布"]),
        ("（ 此件暂缓公开 ）", [], ["此件暂缓公开"]),
        ("（此件公开属性：待定）", [], []),  # the field of a form
        ("的（此件暂缓公开）", [], []),
        ("（此件暂缓公开）的信息包括", [], []),
        ("（此件暂缓公开）\n的信息包括", [], ["此件暂缓公开"]),
        ("应当公开的\n（此件暂缓公开）— 3 —", [], ["此件暂缓公开"]),
        ("为做好工作，现将有关应当公开而因故没有公开的各类政府信息，包括标注有（此件暂缓公开）", [], []),
        ("（此件发至县团级；不公开）", [], ["此件发至县团级；不公开"]),
        ("（此件不予公开。）", ["不予公开"], []),
        ("（此件主动公开，请遵照执行）", [], ["此件主动公开，请遵照执行"]),  # what follows may restrict it
    ],
)
def test_each_note_about_the_document_itself_is_read_by_what_stands_about_it(
    text: str, values: list[str], words: list[str]
) -> None:
    assert find_odd_labels(text) == (values, words)


def test_odd_labels_are_found_in_linear_time() -> None:
    assert_linear(find_own_odd_labels, lambda number: "（此件" * number + "公开）")
    assert_linear(find_own_odd_labels, lambda number: "（此件暂缓公开）\n" * number)


@pytest.mark.parametrize("mark", ["机密★1年", "秘密★", "绝密 ★ 长期", "密级：秘密", "机 密★10年", "000001 机密★启封前"])
def test_mark_of_classification_beside_a_public_one_is_told(mark: str) -> None:
    text = f"{mark}\n平度市民政局文件\n{BODY}（此件公开发布）\n"
    for attribute, stated in (
        ("主动公开", "主动公开"),
        ("删减后公开", "删减后公开"),
        (None, "主动公开"),
        ("依申请公开", "主动公开"),
    ):
        ((code, facts),) = find_classified(text, attribute)
        assert (code, facts["attribute"]) == ("contradiction.classified", stated)
    for table in ("document", "disclosure"):
        result = oc.preflight({"title": "通知", "text": text, "attribute": "主动公开"}, table=table, as_of="2018-08-28")
        assert [n.zh.partition("“")[0] for n in result.contradictions] == ["文首有密级标志"]
        assert result.clearance != "yes"
    result = oc.preflight({**POLICY, "text": text}, as_of="2018-08-28")
    assert (result.clearance, result.blocking) == ("needs_review", [])


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}（此件公开发布）",
        f"关于做好机密文件管理的通知\n{BODY}（此件公开发布）",
        f"机密★1年\n{BODY}（此件不予公开）",
        "正文\n" * 40 + f"机密★1年\n{BODY}（此件公开发布）",
        f"{BODY}（此件公开发布）\n【以下是隐藏的文字】\n机密★1年",
    ],
)
def test_no_contradiction_without_a_mark_in_the_head_or_a_public_label(text: str) -> None:
    assert find_classified(text, None) == []
