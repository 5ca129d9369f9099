"""One spelling of what is compared: keys, names, batches and headers."""

from __future__ import annotations

import pytest

from opencheck.core.normalize import (
    closest_word,
    header_note,
    most_alike,
    normalize_batch,
    normalize_header,
    normalize_key,
    normalize_name,
    normalize_whitespace,
)


@pytest.mark.parametrize(
    ("written", "batch"),
    [
        ("1", "第一批"), ("01", "第一批"), ("10", "第十批"), ("11", "第十一批"), ("20", "第二十批"), ("第99批", "第九十九批"), ("一", "第一批"),
        ("二十一批次", "第二十一批"), ("首次", "第一批"), ("2018年首批", "2018年第一批"), ("2018年度3批", "2018年第三批"),
        ("2018第3", "2018年第三批"), ("2018年第3", "2018年第3"), ("第一批事项清单", "第一批"), ("第2批目录", "第二批"),
        ("第一批（1）", "第一批"), ("第一批（2018年9月）", "第一批"), ("第一批（第1批次）", "第一批"), ("第一批（）", "第一批"),
        ("第一批（第二批）", "第一批（第二批）"), ("第一批（教育）", "第一批（教育）"),
        ("0", "0"), ("100", "100"), ("第100批", "第100批"), ("十十批", "十十批"), ("一一", "一一"), ("2018年", "2018年"),
        ("1998年第一批", "1998年第一批"), ("上半年", "上半年"),
    ],
)  # fmt: skip
def test_batch_is_told_by_its_number_where_that_is_all_it_says(written: str, batch: str) -> None:
    assert normalize_batch(written) == batch


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("第1水厂", "第一水厂"), ("第01水厂", "第一水厂"), ("第10水厂", "第十水厂"), ("第20水厂", "第二十水厂"), ("第99水厂", "第九十九水厂"),
        ("第100水厂", "第100水厂"), ("第0水厂", "第0水厂"), ("第12", "第12"), ("第1a", "第1a"), ("第2018号", "第2018号"),
        ("Ａ 楼", "A楼"), ("No 1 厂", "No 1厂"), ("A B", "A B"), ("甲[乙]{丙}【丁】〔戊〕(己)", "甲（乙）（丙）（丁）（戊）（己）"),
        ("甲•乙∙丙⋅丁‧戊・己･庚", "甲·乙·丙·丁·戊·己·庚"), ("甲\u200b乙\u00ad丙", "甲乙丙"), ("甲，乙：丙；丁！戊？", "甲，乙：丙；丁！戊？"),
        ("2018-1", "2018-1"), ("2018 1", "2018 1"),
    ],
)  # fmt: skip
def test_name_has_one_spelling_and_numbers_stay_apart(written: str, name: str) -> None:
    assert normalize_name(written) == name


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ＰＭ2.5", "pm2.5"), ("2.", "2"), (".5", "5"), ("a.b", "ab"), ("1.a", "1a"), ("a.1", "a1"), ("－—-~", ""), ("甲" * 64 + "。", "甲" * 64),
        ("甲。" * 40, "甲" * 40), ("（甲）《乙》", "甲乙"), ("1,200", "1200"), ("3%", "3"),
    ],
)  # fmt: skip
def test_key_drops_marks_and_keeps_the_point_of_a_number(text: str, key: str) -> None:
    assert normalize_key(text) == key


@pytest.mark.parametrize(
    ("text", "plain"),
    [("甲", "甲"), ("甲 乙", "甲 乙"), ("甲  乙", "甲 乙"), (" 甲", "甲"), ("甲\n\u3000乙\u00a0", "甲 乙"), ("", "")],
)
def test_white_space_is_one_space_and_none_at_the_ends(text: str, plain: str) -> None:
    assert normalize_whitespace(text) == plain


@pytest.mark.parametrize(
    ("header", "whole", "bare", "note"),
    [
        ("公开日期（计划）", "公开日期计划", "公开日期", "计划"), ("3.公开日期", "3公开日期", "公开日期", ""), ("（十二）公开日期", "十二公开日期", "公开日期", ""),
        ("①公开日期", "1公开日期", "公开日期", ""), ("2018年公开日期", "2018年公开日期", "2018年公开日期", ""), ("3.5公开率", "35公开率", "35公开率", ""),
        ("公开日期【必 填】：", "公开日期必填", "公开日期", "必填"), ("（计划）公开日期", "计划公开日期", "计划公开日期", ""), ("ＵＲＬ", "url", "url", ""),
        ("公开率（%）", "公开率%", "公开率", "%"), ("\ufeff3.公开\u200b日期\u202c（计\u200c划）", "3公开日期计划", "公开日期", "计划"),
    ],
)  # fmt: skip
def test_header_is_looked_up_whole_and_without_its_number_and_note(header: str, whole: str, bare: str, note: str) -> None:
    assert normalize_header(header) == (whole, bare)
    assert header_note(header) == note


@pytest.mark.parametrize(
    ("key", "names", "found"),
    [
        ("甲乙丙", ["甲乙", "乙丙"], "乙丙"), ("甲乙丙", ["乙丙", "甲乙"], "乙丙"),  # alike: the one that sorts first
        ("甲乙丙", ["甲乙丙丁", "甲乙"], "甲乙丙丁"), ("甲乙", ["甲乙"], "甲乙"), ("甲", ["甲"], None), ("甲乙", [], None),
        ("甲乙丙丁", ["甲乙戊己"], None), ("甲乙丙丁戊", ["甲乙丙己庚"], "甲乙丙己庚"),
    ],
)  # fmt: skip
def test_most_alike_shares_the_most_pairs_whatever_the_order(key: str, names: list[str], found: str | None) -> None:
    assert most_alike(key, names, at_least=0.5) == found


@pytest.mark.parametrize(
    ("key", "words", "found"),
    [
        ("公开发布", ["不公开发布", "公开"], "公开"), ("不公开", ["公开", "不予公开"], "不予公开"), ("未通过", ["通过", "不通过"], "不通过"),
        ("公开", ["不公开"], None), ("公开", [], None), ("公开属", ["公开", "公开属性"], "公开属性"),
    ],
)  # fmt: skip
def test_closest_word_never_denies_what_the_other_affirms(key: str, words: list[str], found: str | None) -> None:
    assert closest_word(key, words, at_least=0.6) == found
