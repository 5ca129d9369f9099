"""The table of a sheet or file by its headings, and by its name where they allow it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from opencheck.readers.heading_match import Heading
from opencheck.readers.table_detection import Evidence, detect_table, evidence, exact_table, table_by_name, table_of
from opencheck.records.tables import TABLES


def told(table: str, *headings: str) -> Evidence:
    return evidence(TABLES[table], [Heading(text) for text in headings])


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("公文", "document"),
        ("Documents", "document"),
        ("2018年公文台账", "document"),
        ("主动公开目录2018", "catalog_entry"),
        ("应公开名录", "roster"),
        ("2018年应公开名录", "roster"),
        ("会议公文", None),  # two of the same length
        ("政府会议公文", "meeting"),  # the longer one
        ("2018年公文", "document"),
        ("会议（2018年）", "meeting"),
        ("情况说明", None),
        ("", None),
    ],
)
def test_table_by_its_name_or_the_longest_within_it(name: str, table: str | None) -> None:
    found = table_by_name(name)
    assert (found and found.name) == table


@pytest.mark.parametrize(
    ("table", "headings", "own", "telling", "understood"),
    [
        ("document", ["编号", "标题"], [], [], True),
        ("document", ["编号", "成文日期"], ["signed_on"], ["signed_on"], True),
        ("document", ["编号", "文号"], ["number"], ["number"], True),
        ("unit", ["序号", "单位", "年度"], ["year"], [], True),  # a word that is in tables of every kind
        ("unit", ["单位", "培训人数", "天气"], ["trained"], ["trained"], False),
        ("meeting", ["id", "held_on"], ["held_on"], ["held_on"], True),
        ("meeting", ["kind", "held_on"], ["held_on", "kind"], ["held_on"], True),  # kind is a word of programs
        ("meeting", ["天气", "召开日期"], ["held_on"], ["held_on"], False),
        ("meeting", ["召开日期", "天气"], ["held_on"], ["held_on"], False),
        ("meeting", [], [], [], True),
    ],
)
def test_what_headings_tell_of_a_table(
    table: str, headings: list[str], own: list[str], telling: list[str], understood: bool
) -> None:
    found = told(table, *headings)
    assert (sorted(found.own), sorted(found.telling), found.understood) == (own, telling, understood)


@pytest.mark.parametrize(
    ("table", "headings", "names", "other_names"),
    [
        ("meeting", ["会议类型", "召开日期"], [None, "情况", "公文"], []),  # two that tell
        ("document", ["编号", "成文日期"], ["公文", "2018年公文", "documents"], [None, "情况", "会议"]),  # one that tells
        ("unit", ["公开工作人员"], [], [None, "单位", "责任单位"]),  # nothing else
        ("unit", ["年度", "单位"], ["责任单位", "单位"], [None, "年度"]),  # none that tells, all understood
        ("unit", ["年度", "单位", "天气"], [], [None, "责任单位", "单位"]),  # one is strange
        ("unit", ["培训人数", "单位", "天气"], ["责任单位", "2018年责任单位", "单位情况表"], [None, "单位", "2018年单位"]),
        ("unit", ["培训人数", "年度", "天气"], ["单位", "units"], [None, "2018年单位"]),  # a short name must be the whole
        ("document", ["编号", "标题"], [], [None, "公文", "2018年公文"]),  # none that such tables alone have
    ],
)
def test_headings_suffice_alone_or_with_a_name(
    table: str, headings: list[str], names: list[str | None], other_names: list[str | None]
) -> None:
    found = told(table, *headings)
    assert [name for name in [*names, *other_names] if found.suffices(name)] == names


@pytest.mark.parametrize(
    ("name", "titles", "more"),
    [
        (None, [], 0),
        ("公文", [], 3),
        ("公文", ["公文台账"], 3),
        ("会议", ["公文台账"], 0),  # the sheet's name counts alone where it names a table
        ("Sheet1", ["公文台账"], 1.5),
        (None, ["平度市2018年", "公文台账"], 1.5),
        (None, ["会议台账"], 0),
        ("Sheet1", ["平度市2018年"], 0),
    ],
)
def test_name_counts_as_three_headings_and_a_title_as_one_and_a_half(
    name: str | None, titles: Sequence[str], more: float
) -> None:
    assert told("document", "编号", "成文日期").score(name, titles) == 2.5 + more
    assert told("document", "编号", "标题").score(name, titles) == 2 + more


@pytest.mark.parametrize(
    ("name", "headings", "table"),
    [
        ("公文", ["天气"], "document"),
        ("document", ["天气"], "document"),
        ("2018年公文台账", ["编号", "标题", "成文日期"], "document"),
        ("2018年公文台账", ["编号", "标题"], None),
        ("导出", ["会议类型", "召开日期"], "meeting"),
        ("导出", ["编号", "召开日期"], "meeting"),
        ("导出", ["编号", "标题"], None),
    ],
)
def test_table_of_a_file_by_its_columns_and_name(name: str, headings: list[str], table: str | None) -> None:
    found = table_of(name, headings)
    assert (found and found.name) == table
    exact = exact_table(name)
    assert (exact and exact.name) == (table if headings == ["天气"] else None)


@pytest.mark.parametrize(
    ("keys", "table"),
    [
        (["id", "held_on"], "meeting"),
        (["id", "kind"], None),
        (["id", "title"], None),
        (["held_on", "signed_on"], None),  # as many of one as of the other
        (["held_on", "signed_on", "is_policy"], "document"),
        (["year", "staff"], "unit"),
        (["year"], None),
        ([], None),
    ],
)
def test_table_of_a_row_by_its_keys(keys: list[str], table: str | None) -> None:
    found = detect_table(dict.fromkeys(keys))
    assert (found and found.name) == table
