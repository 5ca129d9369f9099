"""What each heading means, and how sure that is: the columns of one table beside one another."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import opencheck as oc
from opencheck.readers import read
from opencheck.readers.heading_match import Heading, answers, match_headings, sure_fields
from opencheck.records.tables import TABLES


def meant(
    table: str, heads: list[str], cells: list[list[Any]] | None = None, *, whole: bool = True, **mapping: Any
) -> dict[str, tuple[str, str, str | None]]:
    """By heading its status, its fields and how they are known, in the order in which they are taken."""
    found = match_headings(
        TABLES[table],
        dict(enumerate(map(Heading, heads))),
        mapping,
        values=None if cells is None else cells.__getitem__,
        whole=whole,
    )
    return {heads[i]: (match.status, ",".join(match.fields), match.how) for i, match in found.items()}


@pytest.mark.parametrize(
    ("table", "group", "text", "fields"),
    [
        ("document", "解读情况", "发布日期", "interpretation_published_on"),
        ("document", "解读", "发布日期", "interpretation_published_on"),
        ("document", "废止", "发布日期", ""),
        ("request", "办理情况", "答复日期", "replied_on"),
        ("request", "办理情况（拟）", "答复日期", ""),
        ("request", "补正情况", "补正日期", "corrected_on"),
        ("request", "补正情况（拟）", "补正日期", ""),
        ("request", "补正/延期", "补正日期", ""),  # of both parts only one is said of the field
        ("disclosure", "公示期限", "起", "published_on"),
        ("disclosure", "公示起止时间", "止", "posted_until"),
        ("disclosure", "公示时间", "开始", "published_on"),
        ("disclosure", "公示", "截止日期", "posted_until"),
        ("disclosure", "公示起止时间（拟）", "开始", ""),  # a note may make it another day
        ("disclosure", "公示起止时间", "开始（拟）", ""),
        ("disclosure", None, "公示起止时间", "published_on,posted_until"),
        ("disclosure", None, "公示起止日期", "published_on,posted_until"),
        ("disclosure", None, "公示期限", ""),
        ("account", None, "是否关停", "status"),
        ("account", None, "是否关停（必填）", "status"),
        ("account", None, "是否运行", "status"),
        ("account", None, "是否开通", ""),
        ("account", "账号", "是否关停", ""),
        ("meeting", None, "是否常务会议", ""),  # a meeting that is none may be one of three others
        ("disclosure", None, "是否水源水质", ""),
    ],
)
def test_heading_alone_or_below_another_surely_means(table: str, group: str | None, text: str, fields: str) -> None:
    assert ",".join(sure_fields(TABLES[table], Heading(text, group), {})) == fields


@pytest.mark.parametrize(
    ("table", "group", "text", "field"),
    [
        ("document", "废止", "发布日期", "published_on"),
        ("request", "第三方", "收到日期", "received_on"),
        ("request", "第三方", "名称", None),
        ("document", "附件", "责任单位", None),
        ("document", "附件", "编号", "number"),  # no name of the record itself below another heading
    ],
)
def test_below_a_heading_that_is_not_understood_only_what_decides_is_proposed(
    table: str, group: str, text: str, field: str | None
) -> None:
    found = match_headings(TABLES[table], {0: Heading(text, group)}, {})[0]
    assert (found.status, found.fields) == (("proposed", (field,)) if field else ("unknown", ()))


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        (Heading("是否关停"), ["closed", "active", None, "不详"]),
        (Heading("是否运行"), ["active", "否", None, "不详"]),
        (Heading("是否正常"), ["active", "否", None, "不详"]),
        (Heading("账号状态"), ["是", "否", None, "不详"]),
        (Heading("是否关停", "账号"), ["是", "否", None, "不详"]),
    ],
)
def test_yes_and_no_are_the_two_words_of_the_field(heading: Heading, said: list[Any]) -> None:
    assert answers(TABLES["account"], heading, ["是", "否", None, "不详"]) == said


def test_account_that_is_not_in_order_need_not_be_closed() -> None:
    for header, outcome in (("是否正常", "indeterminate"), ("是否关停", "violation")):
        account = {"编号": "1", "平台": "微信", "最近更新日期": "2018-01-01", header: "否"}
        report = oc.check({"account": [account]}, as_of="2018-12-31", rules=["PD-18.3"], include_all=True)
        assert [str(f.outcome) for f in report.findings()] == [outcome], header


SIGNED, POSTED = "signed_on", "published_on"


@pytest.mark.parametrize(
    ("heads", "mapping", "meaning"),
    [
        # the field's own name comes first, then its other names in their order, then another spelling
        (["发布日期", "网站发布时间", "公布日期"], {},
         {"公布日期": ("mapped", POSTED, "name"), "发布日期": ("second", POSTED, "name"), "网站发布时间": ("second", POSTED, "spelling")}),
        (["网站发布时间", "公布日期"], {}, {"公布日期": ("mapped", POSTED, "name"), "网站发布时间": ("second", POSTED, "spelling")}),
        # the day of another act counts only where the field has no column
        (["印发日期"], {}, {"印发日期": ("mapped", SIGNED, "name")}),
        (["印发日期", "成文日期"], {}, {"成文日期": ("mapped", SIGNED, "name"), "印发日期": ("second", SIGNED, None)}),
        (["成文日期", "印发日期"], {}, {"成文日期": ("mapped", SIGNED, "name"), "印发日期": ("second", SIGNED, None)}),
        (["印发时间", "签发日期"], {}, {"签发日期": ("mapped", SIGNED, "name"), "印发时间": ("second", SIGNED, None)}),
        # what a person has said comes before all names
        (["公布日期", "上网日"], {"上网日": POSTED}, {"上网日": ("mapped", POSTED, "map"), "公布日期": ("second", POSTED, None)}),
        (["公布日期", "上网日"], {"上网日": POSTED, "公布日期": POSTED},
         {"公布日期": ("mapped", POSTED, "map"), "上网日": ("second", POSTED, "map")}),
        (["公布日期", "发布日期"], {"公布日期": "-"}, {"公布日期": ("not_used", "", "map"), "发布日期": ("mapped", POSTED, "name")}),
    ],
)  # fmt: skip
def test_of_several_columns_for_a_field_one_comes_first(
    heads: list[str], mapping: dict[str, str], meaning: dict[str, Any]
) -> None:
    found = meant("document", heads, **mapping)
    assert list(found.items()) == list(meaning.items())


SPAN = "published_on,posted_until"


@pytest.mark.parametrize(
    ("table", "heads", "cells", "in_whole", "in_part"),
    [
        ("account", ["是否关停"], [["是"]], ("mapped", "status", "spelling"), ("proposed", "status", None)),
        ("disclosure", ["公示起止时间"], [["甲"]], ("mapped", SPAN, "spelling"), ("proposed", SPAN, None)),
        ("disclosure", ["公示期限"], [["2018.9.1-9.10", None, "无"]], ("mapped", SPAN, "values"), ("proposed", SPAN, None)),
        ("disclosure", ["公示期限"], [["2018.9.1-9.10", "10天"]], ("unknown", "", None), ("unknown", "", None)),
        ("disclosure", ["公示期限"], [["2018年9月1日起"]], ("unknown", "", None), ("unknown", "", None)),
        ("disclosure", ["公示期限"], [[None, "无"]], ("unknown", "", None), ("unknown", "", None)),
        ("disclosure", ["公示期限", "公开日期"], [["2018.9.1-9.10"], [None]], ("unknown", "", None), ("unknown", "", None)),
        ("document", ["公开方式"], [["主动公开", "无"]], ("mapped", "attribute", "values"), ("proposed", "attribute", None)),
        ("document", ["公开方式"], [["主动公开", "网站"]], ("proposed", "attribute", None), ("proposed", "attribute", None)),
        ("document", ["公开方式", "公开属性"], [["主动公开"], [None]], ("unknown", "", None), ("unknown", "", None)),
        ("document", ["成文日期"], [["2018-09-03"]], ("mapped", SIGNED, "name"), ("mapped", SIGNED, "name")),
    ],
)  # fmt: skip
def test_cells_tell_what_a_heading_means_where_all_are_at_hand(
    table: str, heads: list[str], cells: list[list[Any]], in_whole: Any, in_part: Any
) -> None:
    assert meant(table, heads, cells)[heads[0]] == in_whole
    assert meant(table, heads, cells, whole=False)[heads[0]] == in_part


@pytest.mark.parametrize(
    ("heads", "field"),
    [
        (["答复日其"], "replied_on"),
        (["3.答复日其（必填）"], "replied_on"),
        (["答复日期（计划）"], "replied_on"),
        (["答复日期时"], "replied_on"),  # one sign more may be a slip
        (["答复日期是在"], None),
        (["repliedd_on"], "replied_on"),
        (["replied_on_day"], "replied_on"),  # of letters up to three
        (["replied_on_date"], None),
        (["办结时间"], "replied_on"),
        (["办结时间", "答复日期"], None),
        (["答复日其", "答复日期"], None),
        (["答复日其", *(f"列{n}" for n in range(99))], "replied_on"),
        (["答复日其", *(f"列{n}" for n in range(100))], None),  # a sheet with so many strange headings is no ledger
    ],
)
def test_heading_that_is_like_one_of_a_field_is_asked_about(heads: list[str], field: str | None) -> None:
    expected = ("unknown", "", None) if field is None else ("proposed", field, None)
    assert meant("request", heads)[heads[0]] == expected


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("是否政策类文件", "is_policy"),
        ("政策性文见", None),
        ("有无政策性文件", None),
        ("is_improtant", "is_important"),
        ("isPolicys", "is_policy"),
        ("affect_public_interests", "affects_public_interest"),
        ("signd_on", "signed_on"),
        ("is_signed_on", None),
    ],
)
def test_heading_that_asks_is_like_those_that_ask(heading: str, field: str | None) -> None:
    assert meant("document", [heading])[heading][1] == (field or "")


def test_what_is_not_read_is_told_with_its_reason() -> None:
    row = {
        "编号": "1",
        "成文日期": "2018-09-03",
        "印发日期": "2018-09-04",
        "成文时间": None,
        "粉丝数": 3,
        "天气": "晴",
        "公布日其": "x",
    }
    data = read({"document": [row]})
    told = {line.text: (line.code, line.near) for line in data.ignored}
    assert told == {
        "印发日期": ("overruled_column", None), "成文时间": ("second_column", None), "粉丝数": ("unknown_column", None),
        "天气": ("unknown_column", None), "公布日其": ("unknown_column", ("document", POSTED)),
    }  # fmt: skip
    assert {h.text: h.other for h in data.headings if h.other} == {"粉丝数": "account"}


def test_heading_of_two_days_is_near_the_first_of_them() -> None:
    data = read({"disclosure": pl.DataFrame({"编号": ["1"], "公示起止时间": ["2018.9.1-9.10"]})})
    assert [(line.text, line.near) for line in data.ignored] == [("公示起止时间", ("disclosure", POSTED))]
