"""No format and no attribute of a report shows a personal number or a character that acts, wherever a ledger holds it."""

from __future__ import annotations

import io
import json
import logging
import pickle
import re
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import opencheck as oc
from opencheck.records.tables import TABLES
from opencheck.report.formats.due_list import as_ics, as_rows, print_due, upcoming_findings
from opencheck.report.formats.html import unit_ranking
from opencheck.report.formats.score import print_scores
from opencheck.report.history.store import History
from opencheck.report.output import FORMATS, render
from opencheck.report.score import scores
from planted_numbers import (
    MOBILE,
    PLANTED,
    opened,
    own_cells,
    planted_folder,
    planted_records,
    said_beside,
    shown_numbers,
    text_of,
    texts_in,
)


@pytest.fixture(scope="module", params=["polars", "duckdb"])
def planted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> oc.Report:
    folder = planted_folder(tmp_path_factory.mktemp(request.param), planted_records())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return oc.check(folder, as_of="2018-12-31", include_all=True, engine=request.param)


def test_planted_ledger_reaches_every_table(planted: oc.Report) -> None:
    """What the other tests do not find must have been there: in each table, in file and sheet names, in headings, in rejected rows."""
    assert set(planted.data.tables) == set(TABLES)
    assert {MOBILE in file for file, sheet in planted.data.places if file and sheet} == {True}
    assert {MOBILE in sheet for _, sheet in planted.data.places if sheet} == {True}
    assert any(MOBILE in h.text for h in planted.data.headings)
    found = {number for f in planted.findings() for number in shown_numbers(str(f.facts))}
    assert found == set(PLANTED)
    assert {number for r in planted.data.rejected for number in shown_numbers(str(r))} == set(PLANTED)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("planted", "lang", "name"),
    [
        *(("polars", "zh", name) for name in FORMATS),
        # What is said is put together in both languages alike, and JSON tells both: the words of the formats themselves are left.
        *(pytest.param("polars", "en", name, marks=pytest.mark.thorough) for name in ("table", "html")),
        # A format knows nothing of the engine: one that tells all, one of the files themselves, and one for people.
        *(pytest.param("duckdb", "zh", name, marks=pytest.mark.thorough) for name in ("json", "xlsx", "html")),
    ],
    indirect=["planted"],
    scope="module",
)
def test_report_in_every_format_shows_no_number(planted: oc.Report, name: str, lang: str) -> None:
    content = render(planted, name, lang)
    if name == "xlsx":  # the sheets of the user's own file stay as they are; what is said of them is masked
        workbook = next(path for path in planted.data.files.values() if path.suffix == ".xlsx")
        marked, original = opened(content), opened(workbook.read_bytes())
        assert own_cells(marked, original) == own_cells(original, original)
        told = said_beside(marked, original)
    else:
        told = content.decode()
    assert not shown_numbers(told)
    assert "138****1234" in told.replace("\\", "")  # which Markdown puts before each asterisk


def test_report_of_records_in_memory_shows_no_number_in_a_workbook() -> None:
    report = oc.check(planted_records(), as_of="2018-12-31")
    assert not shown_numbers(text_of(render(report, "xlsx")))


def test_report_attributes_show_no_number(planted: oc.Report, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    again = pickle.loads(pickle.dumps(planted))
    for report in (planted, again):
        assert not shown_numbers(repr(report) + repr(report.findings()) + repr(report.rejected) + repr(report.notes))
        assert not shown_numbers(report.to_frame().write_json())
        assert not {number for text in texts_in(report) for number in shown_numbers(text)}
        assert sum("138****1234" in text for text in texts_in(report)) > 100
        with pytest.raises(AssertionError) as raised:
            report.assert_compliant()
        assert not shown_numbers(str(raised.value))
    assert not shown_numbers(caplog.text)


def test_history_holds_no_number(planted: oc.Report, tmp_path: Path) -> None:
    store = History(str(tmp_path / "h.db"))
    store.add(planted)
    store.close()
    with sqlite3.connect(tmp_path / "h.db") as connection:
        dump = "\n".join(connection.iterdump())
    assert "138****1234" in dump
    assert not shown_numbers(dump)


@pytest.mark.thorough
@pytest.mark.spark
def test_report_by_spark_shows_no_number(spark: Any, tmp_path: Path) -> None:
    report = oc.check(planted_folder(tmp_path, planted_records()), as_of="2018-12-31", engine=spark)
    assert not shown_numbers(text_of(render(report, "json")))
    assert not {number for text in texts_in(report) for number in shown_numbers(text)}


UNITS = ["某13805321234", "某13805551234", "某138****1234", "市环保局"]


def by_units() -> oc.Report:
    late = {"is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    open_ = {"is_policy": True, "attribute": "主动公开", "published_on": "2018-12-30"}
    rows = [{**late, "id": f"{n}", "unit": unit} for n, unit in enumerate(UNITS)]
    rows += [{**open_, "id": f"p{n}", "unit": unit} for n, unit in enumerate(UNITS)]
    return oc.check({"document": rows, "interpretation": []}, as_of="2018-12-31", rules=["PD-9.4"])


def test_units_that_differ_in_a_masked_number_stay_apart_where_they_are_counted() -> None:
    report = by_units()
    shown = ["某138****1234", "某138****1234（2）", "某138****1234（3）", "市环保局"]
    assert [report.shown_unit(unit) for unit in UNITS] == [*shown[:2], "某138****1234（3）", shown[3]]
    assert {unit: counts["error"] for unit, counts in report.summary["by_unit"].items()} == dict.fromkeys(shown, 1)
    assert {s.unit for s in scores(report)} == {None, *shown}
    assert sorted((r.unit, r.records, r.records_violating, r.violations) for r in unit_ranking(report)) == sorted(
        (unit, 2, 1, 1) for unit in shown
    )
    for number, unit in enumerate(UNITS[:2]):
        assert [f.record_id for f in report.findings(unit=unit)] == [f"{number}", f"p{number}"]
    assert [f.record_id for f in report.findings(unit=shown[1])] == [
        "1",
        "p1",
    ]  # a name in the records comes before a shown one
    assert [f.record_id for f in report.findings(unit=shown[0])] == ["2", "p2"]


def test_list_of_what_is_due_shows_no_number() -> None:
    report = by_units()
    found = upcoming_findings(report, date(2019, 1, 31))
    out = io.StringIO()
    print_due(found, Console(file=out, width=150), "zh")
    print_scores(report, scores(report), Console(file=out, width=150), "zh")
    told = [out.getvalue(), as_ics(report, found).decode(), json.dumps(as_rows(found), ensure_ascii=False)]
    assert all("138****1234" in text and not shown_numbers(text) for text in told)


def test_waiver_of_a_whole_number_covers_no_other_that_is_masked_alike() -> None:
    base = {"is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    ids, units = ("某13805321234", "某13805551234"), ("局13805321234", "局13805551234")
    rows = [{**base, "id": i, "unit": u} for i, u in zip(ids, units, strict=True)]
    valid = {
        "rule": "PD-9.4",
        "basis": "系统故障",
        "approved_by": "张某13805321234",
        "from": "2018-10-01",
        "until": "2019-12-31",
    }

    def waived(scope: dict[str, str]) -> list[str]:
        tables = {"document": rows, "interpretation": [], "waiver": [{"id": "某13805321234", **valid, **scope}]}
        report = oc.check(tables, as_of="2018-12-31", rules=["PD-9.4"])
        assert not shown_numbers(repr(report.waivers) + repr(report.findings()) + repr(report.to_dict()))
        return [str(f.facts["id"]) for f in report.findings("waived")]

    assert waived({"record_id": ids[1]}) == [ids[1]]
    assert waived({"unit": units[1]}) == [ids[1]]
    assert waived({"record_id": "某138****1234"}) == [], "both are masked so, and it is for one record"


def test_series_of_subjects_that_are_masked_alike_keeps_a_line_for_each() -> None:
    rows = [
        {
            "id": f"{n}",
            "topic": "environment.source_water",
            "subject": f"水源13805{n}21234",
            "published_on": "2018-10-09",
            "period": "2018-09",
        }
        for n in range(2)
    ]
    page = render(oc.check({"disclosure": rows}, as_of="2018-12-31"), "html").decode()
    assert "水源138****1234（2）" in page
    assert not re.search("13805[01]21234", page)
