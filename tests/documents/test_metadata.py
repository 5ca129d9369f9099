"""What documents say of themselves."""

from __future__ import annotations

from datetime import date

import pytest

import opencheck as oc
from opencheck.documents.contradictions import find_classified
from opencheck.documents.metadata import (
    find_dates,
    find_issuer,
    find_publication_date,
    find_signature,
    find_signing_date,
    repair_day,
)
from opencheck.documents.numbers import find_document_numbers


def test_metadata_stripped_characters_are_mended() -> None:
    text = "\n".join([
        "关于印发任务分解落实方案的通知", "• 来源:平度政务网发布日期:2018-08-28【字体大小: 】", "根据(国办发〔201823号)和(鲁政办发〔201821号),现印发。", "2018824", "附件",
        "文件正式印发时,在文件正文上明确标注公开属性。",
    ])  # fmt: skip
    document = oc.documents.read(text)
    assert document.signed_on is not None
    assert (document.signed_on.value, document.signed_on.sure) == (date(2018, 8, 24), "damaged")
    assert document.published_on is not None
    assert document.published_on.value == date(2018, 8, 28)
    assert [(f.value, f.sure) for f in document.cited] == [
        ("国办发〔2018〕23号", "damaged"),
        ("鲁政办发〔2018〕21号", "damaged"),
    ]
    assert document.number is None
    assert document.attribute is None


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("2018824", date(2018, 8, 24)), ("20191129", date(2019, 11, 29)), ("2018111", None), ("2017822", date(2017, 8, 22)), ("2018229", None),
        ("20180824", date(2018, 8, 24)), ("20181012", date(2018, 10, 12)), ("20180121", date(2018, 1, 21)), ("2018011", date(2018, 1, 1)), ("2018131", date(2018, 1, 31)), ("20181301", None),
    ],
)  # fmt: skip
def test_damaged_day_known_cases(digits: str, day: date | None) -> None:
    assert repair_day(digits) == day


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("国办发〔2018〕23号", ["国办发〔2018〕23号"]),
        ("国办发[2018]23号", ["国办发〔2018〕23号"]),
        ("国办发（2018）第023号", ["国办发〔2018〕23号"]),
        ("按照鲁政办发【2018】21号要求", ["鲁政办发〔2018〕21号"]),
        ("2018年第23号公告，房间2018号", []),
    ],
)
def test_numbers_of_known_cases(text: str, numbers: list[str]) -> None:
    assert [f.value for f in find_document_numbers(text)] == numbers


def test_dates_of_takes_lines_of_their_own() -> None:
    text = "自2018年9月1日起施行。\n二O一八年八月二十四日\n（此件公开发布）\n2018-09-03，会议召开\n2018824"
    assert [f.value for f in find_dates(text)] == [date(2018, 8, 24), date(2018, 8, 24)]


def test_attribute_disagreeing_labels_are_ambiguous() -> None:
    found = oc.documents.read("（此件公开发布）\n……\n公开属性：依申请公开\n").attribute
    assert found is not None
    assert (found.value, found.sure) == (None, "ambiguous")


def test_attribute_label_of_an_attachment_is_ambiguous() -> None:
    attached = oc.documents.read("现转发给你们。\n2018年9月3日\n附件\n上级通知\n（此件公开发布）\n").attribute
    assert attached is not None
    assert (attached.value, attached.sure, attached.where) == (None, "ambiguous", "attachment")
    own = oc.documents.read("现转发给你们。\n（此件公开发布）\n附件1\n上级通知\n（此件依申请公开）\n").attribute
    assert own is not None
    assert own.value == "主动公开"
    listed = oc.documents.read("附件：1.任务表\n2018年9月3日\n（此件公开发布）\n").attribute
    assert listed is not None
    assert listed.value == "主动公开"


@pytest.mark.parametrize("junk", ["@@", "\u200b", "\ufeff", " "])
def test_attribute_junk_between_characters_hides_no_label(junk: str) -> None:
    document = oc.documents.read(f"通知\n2018年8月24日\n（此件{junk}公开{junk}发布）\n")
    assert document.attribute is not None
    assert document.attribute.value == "主动公开"


@pytest.mark.parametrize("name", ["成文日期", "成文时间", "签发日期", "签发时间", "签署日期", "签署时间"])
def test_metadata_day_of_signing_is_read_by_its_names(name: str) -> None:
    document = oc.documents.read(f"关于做好工作的通知\n{name}：2018-08-24\n各镇：\n请落实。")
    assert document.signed_on is not None
    assert (document.signed_on.value, document.published_on) == (date(2018, 8, 24), None)


@pytest.mark.parametrize(
    "name", ["公开日期", "公开时间", "发布日期", "公布日期", "信息发布时间", "网站发布日期", "上网日期", "首发时间"]
)
def test_metadata_day_of_publication_is_read_by_its_names(name: str) -> None:
    document = oc.documents.read(f"关于做好工作的通知\n{name}：2018-08-28\n各镇：\n请落实。\n2018年8月24日")
    assert document.published_on is not None
    assert document.signed_on is not None
    assert (document.published_on.value, document.signed_on.value) == (date(2018, 8, 28), date(2018, 8, 24))


@pytest.mark.parametrize("name", ["A.DOCX", "a.docx", "通知.Pdf", "名单.XLSX", "a.OFD"])
def test_text_under_the_name_of_another_format_is_refused(name: str) -> None:
    with pytest.raises(oc.InputError, match="可能损坏或改了扩展名"):
        oc.documents.read("通知（此件公开发布）".encode(), name)


def test_signing_day_written_with_the_word_of_speech_is_found() -> None:
    found = find_signing_date("关于绿化的通知\n各镇：\n现通知如下。\n平度市人民政府\n2018年8月24号\n此件主动公开\n")
    assert found is not None
    assert found.value == date(2018, 8, 24)


HEAD, BODY, ORGAN = "关于绿化的通知\n", "各镇：\n现通知如下。\n", "平度市人民政府"
SIGNED = f"{ORGAN}\n2018年8月24日\n"


@pytest.mark.parametrize(
    ("text", "signed", "published", "issuer"),
    [
        # above the body a portal prints the day of publication, in digits or with a time of day
        (f"{HEAD}2018-08-28\n{BODY}{SIGNED}", "2018-08-24", "2018-08-28", ORGAN),
        (f"{HEAD}2018年8月28日 09:30\n{BODY}{SIGNED}", "2018-08-24", "2018-08-28", ORGAN),
        (f"{HEAD}2018年8月28日\n{BODY}{SIGNED}", "2018-08-24", None, ORGAN),
        (f"{HEAD}2018-08-28\n{ORGAN} 2018年8月24日\n决定\n一、甲。\n", "2018-08-24", "2018-08-28", ORGAN),
        (f"{HEAD}2018年8月28日\n{ORGAN} 2018年8月24日\n一、甲。\n", "2018-08-28", None, None),
        (f"{HEAD}2018-08-28\n{ORGAN} 2018-08-24\n一、甲。\n", "2018-08-28", None, None),
        (f"{HEAD}2018-08-28\n一、甲。\n", "2018-08-28", None, None),
        ("关于绿化的决定\n（2018年8月24日）\n一、甲。\n", "2018-08-24", None, None),
        (f"{HEAD}{BODY}{SIGNED}2018年9月1日\n", "2018-08-24", None, ORGAN),
        (f"{HEAD}2018-08-28\n{BODY}{SIGNED}2018年9月1日\n", "2018-08-24", "2018-08-28", ORGAN),
        (f"{HEAD}{BODY}{'甲' * 301}\n{SIGNED}", "2018-08-24", None, ORGAN),
        # what a field says comes first: of the days of publication the one that is named so
        (f"成文日期：2018-08-23\n{HEAD}{BODY}{SIGNED}", "2018-08-23", None, ORGAN),
        (f"发文日期：2018-08-28\n{HEAD}{BODY}", "2018-08-28", None, None),
        (f"发文日期：2018-08-28\n{HEAD}{BODY}{SIGNED}", "2018-08-24", None, ORGAN),
        (f"更新时间：2018-08-29\n发布日期：2018-08-28\n{HEAD}{BODY}{SIGNED}", "2018-08-24", "2018-08-28", ORGAN),
        (f"更新时间：2018-08-29\n日期：2018-08-27\n{HEAD}{BODY}{SIGNED}", "2018-08-24", "2018-08-29", ORGAN),
        (f"日期：2018-08-27\n{HEAD}{BODY}{SIGNED}", "2018-08-24", "2018-08-27", ORGAN),
        (f"发布日期：不详\n公开日期：2018-08-28\n{HEAD}{BODY}{SIGNED}", "2018-08-24", "2018-08-28", ORGAN),
        (f"发布机构：平度市财政局 发布日期：2018-08-28\n{HEAD}{BODY}{SIGNED}", "2018-08-24", "2018-08-28", "平度市财政局"),
        (f"发布机构：\n{HEAD}{BODY}{SIGNED}", "2018-08-24", None, ORGAN),
        # the organ before the day, or above it
        (f"{HEAD}{BODY}{ORGAN}2018年8月24日\n", "2018-08-24", None, ORGAN),
        (f"{HEAD}{BODY}平 度 市 人 民 政 府\n\n2 0 1 8 年 8 月 2 4 日\n", "2018-08-24", None, ORGAN),
        (f"{HEAD}{BODY}张三\n2018年8月24日\n", "2018-08-24", None, None),
        ("2018年8月24日\n", "2018-08-24", None, None),
        # labels and brackets beside the day
        (f"{HEAD}{BODY}{ORGAN}\n2018年8月24日（此件公开发布）\n", "2018-08-24", None, ORGAN),
        (f"{HEAD}{BODY}{ORGAN}\n（2018年8月24日）\n", "2018-08-24", None, ORGAN),
        (f"{HEAD}{BODY}{ORGAN}\n（2018年8月24日\n", None, None, None),
        (f"{HEAD}{BODY}{ORGAN}\n2018年8月24日前\n", None, None, None),
        (f"{HEAD}{BODY}{ORGAN}\n2018年13月24日\n", None, None, None),
        # damaged, and followed by an attachment with a day of its own
        (f"{HEAD}{BODY}{ORGAN}\n2018824\n附件\n上级通知\n2018年9月9日\n", "2018-08-24", None, ORGAN),
        (f"{HEAD}{BODY}{ORGAN}\n2018111\n2018年11月12日\n", "2018-11-12", None, None),
        (f"{HEAD}{BODY}【以下是页脚】\n2018年8月24日\n", "2018-08-24", None, None),
        (f"{HEAD}2018-08-28\n2018-08-28 10:00\n{ORGAN} 2018年8月24日\n一、甲。\n", "2018-08-24", "2018-08-28", ORGAN),
        # what is attached has days of its own
        (f"{HEAD}{BODY}附件\n上级通知\n发布日期：2018-09-10\n平度市财政局\n2018年9月9日\n", None, None, None),
        (f"{HEAD}{BODY}【以下是附件 名单.docx】\n平度市财政局\n2018年9月9日\n", None, None, None),
        (f"{HEAD}{BODY}【以下是嵌入的文件 名单.docx】\n平度市财政局\n2018年9月9日\n【以下是文本框】\n2018年8月24日\n",
         "2018-08-24", None, None),
        ("", None, None, None),
    ],
)  # fmt: skip
def test_days_and_issuer_of_a_document_by_where_they_stand(
    text: str, signed: str | None, published: str | None, issuer: str | None
) -> None:
    days = (find_signing_date(text), find_publication_date(text))
    assert [None if d is None else d.value.isoformat() for d in days] == [signed, published]
    found = find_issuer(text)
    assert (None if found is None else found.value) == issuer
    for day in days:  # the place is that of the day in the text
        if day is not None and day.where[0].isdigit():
            first, last = map(int, day.where.split("-"))
            assert text[first:last] == day.text
            assert text[first].isdigit()


def test_signature_is_the_day_below_the_text_whatever_a_field_says() -> None:
    found = find_signature(f"成文日期：2018-08-23\n{HEAD}{BODY}{SIGNED}")
    assert found is not None
    assert found.value == date(2018, 8, 24)
    assert find_signature(f"成文日期：2018-08-23\n{HEAD}{BODY}") is None


@pytest.mark.parametrize(
    ("head", "number", "signed", "published"),
    [
        ("发布日期\t成文日期\n2018-09-05\t2018-09-03", None, "2018-09-03", "2018-09-05"),
        ("成文日期\t发布日期\n2018-09-03\t2018-09-05", None, "2018-09-03", "2018-09-05"),
        ("文号\t发布日期\t（成文日期）\n平政发〔2018〕1号\t2018-09-05\t2018-09-03", "平政发〔2018〕1号", None, "2018-09-05"),
        ("废止文件文号\t文号\n平政发〔2017〕9号\t平政发〔2018〕1号", "平政发〔2018〕1号", None, None),
        ("成文日期\n2018-09-03\n发布日期\n2018-09-05", None, "2018-09-03", "2018-09-05"),
    ],
)
def test_metadata_value_of_the_last_column_is_not_that_of_the_first(
    head: str, number: str | None, signed: str | None, published: str | None
) -> None:
    """A name at the end of a line has its value on the next one, but not where it is the last cell of a row."""
    found = oc.documents.read(f"{head}\n关于做好绿化工作的通知\n各镇人民政府：\n现将有关事项通知如下。\n")
    shown = [one and str(one.value) for one in (found.number, found.signed_on, found.published_on)]
    assert shown == [number, signed, published]


MARK = "机密★1年"


@pytest.mark.parametrize(
    ("text", "attribute", "shown"),
    [
        (f"{MARK}\n通知", "主动公开", "主动公开"),
        (f"{MARK}\n通知", "依申请公开", None),
        (f"{MARK}\n通知", None, None),
        (f"{MARK}\n通知\n附件\n（此件公开发布）\n", None, "主动公开"),
        (f"{MARK}\n通知\n（本文有删减）\n", None, "删减后公开"),
        ("通知\n（此件公开发布）\n", "主动公开", None),
        ("甲\n\n" * 29 + MARK, "主动公开", "主动公开"),  # the thirtieth line that holds something
        ("甲\n\n" * 30 + MARK, "主动公开", None),
        ("甲" * 77 + MARK, "主动公开", "主动公开"),
        ("甲" * 78 + MARK, "主动公开", None),
        ("密 级：秘 密", "主动公开", "主动公开"),
    ],
)
def test_mark_of_classification_in_the_head_of_what_is_public(text: str, attribute: str | None, shown: str | None) -> None:
    assert [facts["attribute"] for _, facts in find_classified(text, attribute)] == ([shown] if shown else [])
