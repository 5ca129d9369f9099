"""linked_in: whether one of the drafting units interprets, with names that the pack knows and others."""

from __future__ import annotations

from typing import Any

import pytest

from pingdu_rules import check, one


def judged(drafters: Any, interpreter: Any) -> Any:
    records = {
        "document": [{"id": "1", "is_policy": True, "drafting_units": drafters}],
        "interpretation": [{"id": "a", "document_id": "1", "unit": interpreter, "published_on": "2018-09-03"}],
    }
    return one("PD-9.2", records)


@pytest.mark.parametrize(
    ("drafters", "interpreter", "outcome", "missing"),
    [
        ("市财政局", "市政府办公室", "violation", ()),
        ("云山镇人民政府", "市财政局", "violation", ()),
        ("市人社局", "市人社局", "pass", ()),
        ("市食药局", "市工商局", "pass", ()),
        ("市农业局", "市政府办公室", "violation", ()),
        ("平度市农业农村局", "市农业局", "pass", ()),
        ("市财政局", "市人社局", "indeterminate", ("interpretation.unit",)),
        ("市人社局", "市财政局", "indeterminate", ("drafting_units",)),
        ("市人社局；市财政局", "市政府办公室", "indeterminate", ("drafting_units",)),
        ("市人社局", "市卫健局", "indeterminate", ("drafting_units",)),
        ("无", "市财政局", "indeterminate", ("drafting_units",)),
        ("市财政局", "详见附件", "indeterminate", ("interpretation.unit",)),
        ("市财政局", None, "indeterminate", ("interpretation.unit",)),
        ("详见附件", "市财政局", "needs_review", ()),
    ],
)
def test_linked_in_accuses_only_where_every_name_is_known(
    drafters: str, interpreter: str | None, outcome: str, missing: tuple[str, ...]
) -> None:
    found = judged(drafters, interpreter)
    assert (str(found.outcome), found.missing) == (outcome, missing), found.message.zh


def test_linked_in_unknown_interpreter_is_named_and_not_called_missing() -> None:
    message = judged("市财政局", "市人社局").message
    assert "“市人社局”不在词表里" in message.zh
    assert "缺少" not in message.zh
    assert "市人社局" in message.en
    assert "missing" not in message.en


def test_linked_in_of_two_unknown_names_tells_the_drafter_first() -> None:
    message = judged("市人社局", "市卫健局").message.zh
    assert ("“市人社局”不在词表里" in message, "市卫健局" in message) == (True, False)


@pytest.mark.parametrize(("day", "outcome"), [("2018-09-03", "pass"), ("8/9/2018", "indeterminate")])
def test_linked_in_row_that_could_not_be_used_keeps_no_duty(day: str, outcome: str) -> None:
    records = {
        "document": [{"id": "1", "is_policy": True, "drafting_units": "市财政局"}],
        "interpretation": [{"id": "a", "document_id": "1", "unit": "市财政局", "published_on": day}],
    }
    assert str(one("PD-9.2", records).outcome) == outcome


@pytest.mark.parametrize(("document_id", "outcome"), [("1", "indeterminate"), ("x", "not_applicable")])
def test_linked_in_without_the_column_of_units_concerns_linked_documents_only(document_id: str, outcome: str) -> None:
    records = {
        "document": [{"id": "1", "is_policy": True, "drafting_units": "市财政局"}],
        "interpretation": [{"id": "a", "document_id": document_id, "published_on": "2018-09-03"}],
    }
    assert str(one("PD-9.2", records).outcome) == outcome


@pytest.mark.parametrize(
    ("rule", "more", "missing"),
    [
        ("PD-9.4", {"published_on": "2018-10-08"}, ["interpretation.document_id"]),
        ("PD-9.4", {}, ["interpretation.document_id", "interpretation.published_on"]),
        ("PD-9.2", {"unit": "市财政局"}, ["interpretation.document_id"]),
        ("PD-9.2", {}, ["interpretation.document_id", "interpretation.unit"]),
    ],
)
def test_link_whose_heading_was_not_understood_is_what_is_missing(rule: str, more: dict[str, str], missing: list[str]) -> None:
    """A filled column (解读发布日期) was called missing, although only what the rows refer to is not known."""
    document = {"id": "1", "title": "甲", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    records = {
        "document": [{**document, "drafting_units": "市财政局"}],
        "interpretation": [{"id": "a", "文件简称": "甲", **more}],
    }
    found = one(rule, records)
    assert (str(found.outcome), list(found.missing)) == ("indeterminate", missing)


@pytest.mark.parametrize(
    ("interpretations", "outcome"), [([{"id": "a", "文件简称": "甲"}], "indeterminate"), ([], "violation")]
)
def test_blank_day_of_the_document_is_no_absence_where_interpretations_refer_to_nothing_known(
    interpretations: list[dict[str, str]], outcome: str
) -> None:
    document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    own = {**document, "interpretation_published_on": None}
    found = one("PD-9.4", {"document": [own], "interpretation": [{**i, "published_on": "2018-10-08"} for i in interpretations]})
    assert str(found.outcome) == outcome


def test_linked_in_of_several_interpretations_one_by_a_drafter_is_enough() -> None:
    def said(*units: str | None, drafters: str | None = "市财政局；市民政局") -> str:
        materials = [
            {"id": str(n), "document_id": "1", "unit": unit, "published_on": "2018-09-03"} for n, unit in enumerate(units)
        ]
        document = {"id": "1", "is_policy": True, "drafting_units": drafters}
        return str(one("PD-9.2", {"document": [document], "interpretation": materials}).outcome)

    assert said() == "not_applicable"
    assert said("市政府办公室", "市民政局") == "pass"
    assert said("市民政局", None) == "pass"
    assert said("市政府办公室") == said("市政府办公室", "市政府办公室") == "violation"
    assert said("市政府办公室", None) == "indeterminate"
    assert said("市政府办公室；市财政局") == "pass"
    assert said("市民政局", drafters=None) == "indeterminate"


def test_linked_in_without_interpretations_at_all_names_the_table() -> None:
    found = one("PD-9.2", {"document": [{"id": "1", "is_policy": True, "drafting_units": "市财政局"}]})
    assert (str(found.outcome), found.missing) == ("indeterminate", ("interpretation",))
    found = one("PD-9.2", {"document": [{"id": "1", "is_policy": False, "drafting_units": "市财政局"}]})
    assert str(found.outcome) == "not_applicable"


@pytest.mark.parametrize(
    ("drafters", "missing", "told"),
    [("市财政局", "interpretation.document_id", "不止一条记录有"), (None, "drafting_units", "缺少")],
)
def test_linked_in_of_two_documents_of_one_title_tells_what_to_mend_first(
    drafters: str | None, missing: str, told: str
) -> None:
    documents = [{"id": i, "title": "关于供热的通知", "is_policy": True, "drafting_units": drafters} for i in "12"]
    material = {"id": "a", "document_id": "关于供热的通知", "unit": "市财政局", "published_on": "2018-09-03"}
    for found in check("PD-9.2", {"document": documents, "interpretation": [material]}):
        assert (str(found.outcome), found.missing) == ("indeterminate", (missing,))
        assert told in found.message.zh
