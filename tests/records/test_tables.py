"""The tables, their headers and models."""

from __future__ import annotations

from datetime import date

import pytest

from opencheck.core.normalize import normalize_header
from opencheck.records import TABLES
from opencheck.records.parse import InvalidValue
from opencheck.records.vocabularies import VOCABULARIES


@pytest.mark.parametrize("table", TABLES)
def test_tables_header_names_one_field(table: str) -> None:
    spec, seen = TABLES[table], {}
    for field in spec.fields.values():
        for text in (field.name, field.column.label_zh, *field.column.aliases):
            assert seen.setdefault(normalize_header(text)[0], field.name) == field.name or text in ("公开主体",), text
    for field in spec.fields.values():
        assert spec.resolve_header(field.column.label_zh) == field.name


def test_tables_have_the_common_fields() -> None:
    for spec in TABLES.values():
        assert {"id", "unit", "title", "url", "note"} <= set(spec.fields)


def test_table_model_reads_cell_values() -> None:
    row = TABLES["disclosure"].model(published_on="2018年8月24日", elements="甲；乙", extra_column=1)
    assert row.published_on == date(2018, 8, 24)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="2018-02-30"):
        TABLES["disclosure"].model(published_on="2018-02-30")


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("disclosure.posted_until", "张贴的最后一天；仍在张贴则留空"), ("request.excluded_days", "依法不计入期限的工作日数，没有则留空或填0"),
        ("request.corrected_on", "收到补正后的申请之日，答复期限自此起算"), ("unit.appraisal_weight", "政务公开在综合考核中的百分比，如4%"),
    ],
)  # fmt: skip
def test_field_tells_a_clerk_in_chinese_what_belongs_into_it(field: str, told: str) -> None:
    table, name = field.split(".")
    assert TABLES[table].fields[name].doc == told
    assert [f.name for f in TABLES[table].fields.values() if not f.doc or f.doc.isascii() or " / " in f.doc] == []


def test_every_whole_number_says_what_it_counts() -> None:
    """Without it no word of measure could be told from another: a number of persons would take days."""
    fields = [(t.name, f.name, f.column.counted) for t in TABLES.values() for f in t.fields.values() if f.kind == "int"]
    assert [f for f in fields if f[2] is None] == []
    assert {c for _, _, c in fields} == {"persons", "attendances", "days", "times"}


@pytest.mark.parametrize(
    ("field", "kept"),
    [
        ("disclosure.attribute", True), ("disclosure.review_result", True), ("document.proposed_attribute", True), ("document.attribute", True),
        ("document.review_result", True), ("account.platform", True), ("disclosure.level", False), ("roster.level", False), ("meeting.kind", False),
        ("proposal_reply.kind", False), ("proposal_reply.disclosed", False), ("catalog_entry.aspect", False), ("opinion_case.grade", False),
        ("account.status", False), ("evidence.verdict", False),
    ],
)  # fmt: skip
def test_word_that_a_vocabulary_lacks_is_kept_where_others_may_be_right_and_else_refused(field: str, kept: bool) -> None:
    table, name = field.split(".")
    spec = TABLES[table].fields[name]
    try:
        found = spec.read("另有安排")
    except InvalidValue as exc:
        found = exc
    assert str(found) == ("另有安排" if kept else "vocabulary")


def test_label_of_a_value_is_its_word_and_that_of_an_unknown_one_itself() -> None:
    level = VOCABULARIES["level"]
    assert [level.label(value) for value in (*level.values[:2], "另有安排")] == ["市级", "县级", "另有安排"]


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ("disclosure", "published_on"),
        ("disclosure", "posted_until"),
        ("document", "published_on"),
        ("interpretation", "published_on"),
        ("catalog_entry", "revised_on"),
        ("request", "replied_on"),
        ("meeting", "held_on"),
        ("proposal_reply", "published_on"),
    ],
)
def test_blank_day_of_what_an_office_does_means_that_it_is_not_done(table: str, field: str) -> None:
    assert TABLES[table].fields[field].column.blank_means_pending


def test_last_day_may_be_still_to_come_in_words() -> None:
    """长期 in the column of last days means still posted; in a column of other days it is no day."""
    for table, field in (("disclosure", "posted_until"), ("roster", "until")):
        spec = TABLES[table].fields[field]
        assert spec.read("长期") is None
        assert not spec.leaves_open("长期")
        assert spec.leaves_open("未公示"), "a last day of what was never posted is not known"
        assert spec.read("至2018年9月12日止") == date(2018, 9, 12)


def test_subject_keeps_its_lines_for_each_may_be_another_school() -> None:
    assert TABLES["disclosure"].fields["subject"].read("甲小学\n乙小学") == "甲小学\n乙小学"
    assert TABLES["disclosure"].fields["title"].read("甲小学\n乙小学") == "甲小学 乙小学"
