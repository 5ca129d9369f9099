"""Fields of a document that are named on its lines or above its columns: where they are, and what is none."""

from __future__ import annotations

import pytest

from opencheck.documents.named_fields import find_fields, head_end

TITLE = "关于做好绿化工作的通知"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("文号:平政发〔2018〕1号", [("number", "平政发")]),
        ("文号\n平政发〔2018〕1号", [("number", "平政发")]),
        ("文号平政发〔2018〕1号", []),
        ("文号平政发〔2018〕1号\n成文日期:2018-09-03", [("signed", "201")]),
        ("原文号:平政发〔2018〕1号 成文日期:2018-09-03", [("signed", "201")]),
        ("甲\t乙\n文号\n平政发〔2018〕1号", [("number", "平政发")]),
        ("原文号:平政发〔2018〕1号", []),
        # the day of a portal: beside its other data, or above the title
        ("索引号:3700\n日期:2018-09-03", [("dated", "201")]),
        ("索引号:3700\n\n日期:2018-09-03", [("dated", "201")]),
        ("日期:2018-09-03\n来源:市政府", [("dated", "201")]),
        ("日期:2018-09-03\n\n来源:市政府", [("dated", "201")]),
        (f"日期:2018-09-03\n{TITLE}", [("dated", "201")]),
        (f"日期:\n{TITLE}", []),
        (f"{TITLE}\n日期:2018-09-03", []),
        (f"{TITLE}\n来源:市政府 日期:2018-09-03", [("dated", "201")]),
        (f"{TITLE}\n各镇 日期:2018-09-03 来源:市政府", []),
        (f"{TITLE}\n来源:市政府\n日期:2018-09-03", [("dated", "201")]),
        (f"{TITLE}\n来源:市政府\n全文\n日期:2018-09-03", []),
        (f"{TITLE}\n日期:2018-09-03\n全文\n来源:市政府", []),
        ("时间:2018-09-03\n地点:会议室", []),
        (f"甲 日期:2018-09-03\n{TITLE}", []),
        ("\t文号\n平政发〔2018〕1号", []),
        ("甲\t文号\n乙\t丙\n发文字号:平政发〔2018〕1号", [("number", "丙\n发"), ("number", "平政发")]),
        (f"时间:2018-09-03\n地点:会议室\n{TITLE}", []),
        ("各镇人民政府:\n日期:2018-09-03\n来源:市政府", []),
        ("请按要求认真办理。\n日期:2018-09-03\n来源:市政府", []),
    ],
)
def test_field_is_found_where_its_name_is_set_apart_from_its_value(text: str, found: list[tuple[str, str]]) -> None:
    assert [(f.kind, text[f.at : f.at + 3]) for f in find_fields(text, text)] == found


@pytest.mark.parametrize(
    ("names", "values", "found"),
    [
        ("文号\t成文日期", "平政发〔2018〕1号\t2018-09-03", {("number", "平政发"), ("signed", "201")}),
        ("文号：\t日期", "平政发〔2018〕1号\t2018-09-03", {("number", "平政发")}),  # whose day it is, is not told
        ("甲\t文 号", "乙\t 平政发〔2018〕1号", {("number", "平政发")}),
        ("文号\t成文日期\t甲", "平政发〔2018〕1号\t2018-09-03", set()),
    ],
)
def test_value_of_a_column_stands_below_its_name(names: str, values: str, found: set[tuple[str, str]]) -> None:
    text = f"{names}\n{values}\n"
    below = {(f.kind, text[f.at : f.at + 3]) for f in find_fields(text, text.replace("：", ":")) if f.at > len(names)}
    assert below == found


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (f"{TITLE}\n请按要求认真办。\n甲", len(TITLE) + 1),
        (f"{TITLE}\n请按要求办理。\n甲", len(TITLE) + 10),  # as short as a part of a title
        (f"{TITLE}\n各镇人民政府:\n甲", len(TITLE) + 1),
        (f"{TITLE}\n{'甲' * 191}各镇人民政府:\n甲", len(TITLE) + 1),
        (f"{TITLE}\n{'甲' * 193}各镇人民政府:", len(TITLE) + 201),
        (TITLE, len(TITLE)),
        ("", 0),
    ],
)
def test_head_ends_with_the_first_sentence_or_with_whom_it_is_addressed_to(text: str, body: int) -> None:
    assert head_end(text) == body
