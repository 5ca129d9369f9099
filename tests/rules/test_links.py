"""Records of one table that refer to another's: by id, by number or by title, and what two records have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import opencheck as oc
from pack_files import own_pack

TITLE, NUMBER = "关于做好工作的通知", "平政发〔2018〕1号"


def policy(id_: str, day: str, **more: Any) -> dict[str, Any]:
    own = {"id": id_, "is_policy": True, "attribute": "主动公开", "signed_on": day, "published_on": day}
    return {**own, "drafting_units": ["市财政局"], **more}


def interpreted(documents: list[dict[str, Any]], refers: str, engine: str) -> dict[tuple[str, str | None], str]:
    material = {"id": "a", "document_id": refers, "published_on": "2018-08-28", "unit": "市财政局"}
    tables = {"document": documents, "interpretation": [material]}
    report = oc.check(tables, as_of="2018-12-31", rules=["PD-9.2", "PD-9.4"], include_all=True, engine=engine)
    return {(f.rule, f.record_id): str(f.outcome) for f in report.findings()}


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("平政发〔2018〕01号", "pass"),
        ("平政发[2018]第1号", "pass"),
        ("平政发（2018）001号", "pass"),
        ("平政发〔2018〕1", "pass"),
        ("平政发〔2018〕10号", "indeterminate"),  # of no document that is there
        ("平政发〔2018〕11", "indeterminate"),  # of no document that is there
        ("平政发〔2017〕1号", "indeterminate"),  # of no document that is there
    ],
)
def test_number_of_a_document_is_one_in_all_its_forms(written: str, found: str, engine: str) -> None:
    document = policy("1", "2018-08-24", number=NUMBER)
    assert interpreted([document], written, engine)["PD-9.4", "1"] == found
    assert interpreted([document | {"number": written}], NUMBER, engine)["PD-9.4", "1"] == found


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    ("field", "text", "refers"),
    [
        ("title", TITLE, TITLE),
        ("title", TITLE, f"《{TITLE}》"),
        ("number", NUMBER, NUMBER),
        ("number", NUMBER, "平政发[2018]1号；平政发〔2018〕9号"),
    ],
)
def test_reference_that_two_records_answer_to_is_of_neither_for_certain(
    field: str, text: str, refers: str, engine: str
) -> None:
    """Only one of the two was interpreted: neither may pass by the other's material, and which is late cannot be told."""
    alone = [policy("1", "2018-08-24", **{field: text}), policy("2", "2018-08-27", **{field: f"{text}（二）"})]
    found = interpreted(alone, refers, engine)
    assert (found["PD-9.2", "1"], found["PD-9.4", "1"]) == ("pass", "pass")
    # A reference beside the one that was found, and of nothing in the ledger, may mean the other document.
    other = "indeterminate" if "；" in refers else "violation"
    assert (found["PD-9.2", "2"], found["PD-9.4", "2"]) == ("not_applicable", other)
    twins = [policy("1", "2018-08-24", **{field: text}), policy("2", "2018-08-27", **{field: text})]
    assert set(interpreted(twins, refers, engine).values()) == {"indeterminate"}


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(("field", "text"), [("title", TITLE), ("number", NUMBER)])
def test_reference_that_a_refused_row_may_answer_to_is_of_neither_for_certain(field: str, text: str, engine: str) -> None:
    """The material may be that of the row whose day does not exist, and the one that can be judged may have none."""
    row = policy("1", "2018-08-24", **{field: text})
    refused = policy("2", "2018-08-32", **{field: text})
    assert set(interpreted([row, refused], text, engine).values()) == {"indeterminate"}
    assert set(interpreted([row, {**refused, field: "别的"}], text, engine).values()) == {"pass"}
    assert set(interpreted([row, refused], "1", engine).values()) == {"pass"}


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_reference_by_id_is_clear_whatever_the_titles(engine: str) -> None:
    twins = [policy("1", "2018-08-24", title=TITLE), policy("2", "2018-08-27", title=TITLE)]
    found = interpreted(twins, "1", engine)
    assert (found["PD-9.2", "1"], found["PD-9.4", "1"]) == ("pass", "pass")
    assert (found["PD-9.2", "2"], found["PD-9.4", "2"]) == ("not_applicable", "violation")


@pytest.mark.parametrize(("day", "outcome"), [("2018-08-29", "pass"), ("2018-08-30", "indeterminate"), (None, "indeterminate")])
def test_day_in_the_documents_own_row_needs_no_reference(day: str | None, outcome: str) -> None:
    first = policy("1", "2018-08-24", title=TITLE, interpretation_published_on=day)
    found = interpreted([first, policy("2", "2018-08-27", title=TITLE)], TITLE, "polars")
    assert found["PD-9.4", "1"] == outcome
    assert found["PD-9.4", "2"] == "indeterminate"


def test_reference_message_says_why_it_cannot_be_told() -> None:
    twins = [policy("1", "2018-08-24", title=TITLE), policy("2", "2018-08-27", title=TITLE)]
    material = {"id": "a", "document_id": TITLE, "published_on": "2018-08-28", "unit": "市财政局"}
    report = oc.check({"document": twins, "interpretation": [material]}, as_of="2018-12-31", rules=["PD-9.2", "PD-9.4"])
    assert {f.missing for f in report.findings()} == {("interpretation.document_id",)}
    assert all("不止一条记录有" in f.message.zh for f in report.findings())


@pytest.mark.parametrize("subject", ["东关社区", "东关社区（东）", "东关 社区", "A区"])
def test_list_renewed_without_a_gap_is_up_whatever_the_subject_is_written_with(subject: str) -> None:
    days = [("2018-01-01", "2018-03-31"), ("2018-04-01", "2018-06-30"), ("2018-07-01", None)]
    rows = [
        {"id": str(n), "topic": "低保", "subject": subject, "level": "村级", "published_on": first, "posted_until": last}
        for n, (first, last) in enumerate(days)
    ]
    tables = {"disclosure": rows, "roster": [{"id": "r", "topic": "低保", "subject": subject}]}
    found = oc.check(tables, as_of="2018-12-31", rules=["PD-8-3.4"], include_all=True).findings()
    assert [str(f.outcome) for f in found] == ["pass"] * 3
    del rows[1]
    found = oc.check(tables, as_of="2018-12-31", rules=["PD-8-3.4"], include_all=True).findings()
    assert [str(f.outcome) for f in found] == ["violation", "pass"]


def refused_twin(engine: str, first: dict[str, Any], second: dict[str, Any]) -> dict[str, str]:
    material = {"id": "a", "document_id": "1", "published_on": "2018-08-28", "unit": "市财政局"}
    report = oc.check(
        {"document": [first, second], "interpretation": [material]},
        as_of="2018-12-31", rules=["PD-9.2", "PD-9.4"], include_all=True, engine=engine,
    )  # fmt: skip
    assert len(report.rejected) == (first["id"] == second["id"])
    return {f.rule: str(f.outcome) for f in report.findings() if f.record_id == "1"}


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    ("more", "outcome"),
    [({}, "pass"), ({"title": "另一份"}, "indeterminate"), ({"published_on": None}, "indeterminate"), ({"note": "补"}, "indeterminate"),
     ({"drafting_units": ["市财政局", "市教体局"]}, "indeterminate"), ({"attribute": "不知所云"}, "indeterminate"), ({"id": "2", "title": "另一份"}, "pass")],
)  # fmt: skip
def test_reference_to_an_id_of_two_rows_is_of_neither_unless_they_are_the_same(
    engine: str, more: dict[str, Any], outcome: str
) -> None:
    row = policy("1", "2018-08-24", title=TITLE)
    found = refused_twin(engine, row, {**row, **more})
    assert found == {"PD-9.2": outcome, "PD-9.4": outcome}


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_id_of_two_rows_that_nothing_refers_to_leaves_nothing_open(engine: str) -> None:
    documents = [policy(id_, "2018-08-24", title=title) for id_, title in (("1", "甲"), ("1", "乙"), ("3", "丙"))]
    found = interpreted(documents, "3", engine)
    assert (found["PD-9.4", "1"], found["PD-9.4", "3"]) == ("violation", "pass")


@pytest.mark.parametrize("large", [False, True])
def test_id_that_a_later_file_repeats_is_of_neither(tmp_path: Path, large: bool) -> None:
    head = "id,title,is_policy,attribute,published_on,drafting_units\n"
    for name, title in (("公文1", "甲"), ("公文2", "乙")):
        frame = pl.read_csv((head + f"1,{title},是,主动公开,2018-08-24,市财政局\n").encode())
        frame.with_columns(pl.col("id").cast(pl.String)).write_parquet(tmp_path / f"{name}.parquet")
    (tmp_path / "政策解读.csv").write_text("id,document_id,published_on,unit\na,1,2018-08-28,市财政局\n", encoding="utf-8")
    report = oc.check(tmp_path, as_of="2018-12-31", rules=["PD-9.4"], engine="duckdb" if large else "polars")
    assert [str(f.outcome) for f in report.findings()] == ["indeterminate"]
    assert "不止一条记录有" in report.findings()[0].message.zh


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("two", [("A-1", "a-1"), ("平政〔2018〕1号", "平政[2018]1号"), ("1", "１"), ("1", "1\u3000")])
def test_reference_to_ids_that_are_one_as_they_are_compared_is_of_neither(
    two: tuple[str, str], alike: bool, engine: str
) -> None:
    """An interpretation of one of two documents passed both of them."""
    policy = {"is_policy": True, "attribute": "主动公开", "published_on": "2018-08-27"}
    documents = [
        {"id": i, "title": None if alike else f"关于第{n}项工作的通知", **policy} for n, i in enumerate((*two, "别的"))
    ]
    acts = [{"id": f"r{i}", "document_id": i, "published_on": "2018-08-28"} for i in (two[0], "别的")]
    report = oc.check(
        {"document": documents, "interpretation": acts}, as_of="2018-12-31", rules="PD-9.4", include_all=True, engine=engine
    )
    found = {f.record_id: str(f.outcome) for f in report.findings()}
    assert found.pop("别的") == "pass"
    same = alike and two[0] == two[1].strip()  # the same row given twice is one
    assert set(found.values()) == {"pass" if same else "indeterminate"}


@pytest.mark.parametrize(
    ("document", "reference", "outcome"),
    [
        (None, "1", "pass"),
        ({"id": "1", "title": "乙"}, "1", "indeterminate"),  # the id of either
        ({"id": "1", "title": "乙"}, "甲", "pass"),
        ({"id": "2", "title": "乙"}, "1", "pass"),
    ],
)
def test_reference_to_documents_may_mean_a_document_with_the_id_of_the_record(
    document: dict[str, str] | None, reference: str, outcome: str, tmp_path: Path
) -> None:
    need = "{from: published_on, to: interpretation.published_on, limit: 3 days}"
    linked = "linked: {table: interpretation, by: document_id}"
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require:\n    within: {need}\n    {linked}")
    records = {
        "disclosure": [{"id": "1", "title": "甲", "topic": "debt", "published_on": "2018-09-03"}],
        "document": [] if document is None else [document],
        "interpretation": [{"id": "j", "document_id": reference, "published_on": "2018-09-04"}],
    }
    (found,) = pack.rules["X-1"].check(records, as_of="2018-12-31")
    missing = ("interpretation.document_id",) if outcome == "indeterminate" else ()
    assert (str(found.outcome), found.missing) == (outcome, missing)
