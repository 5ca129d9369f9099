"""What a report answers, refuses, and that it survives pickling and copying."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest

import opencheck as oc
from opencheck.report.output import FORMATS, render
from opencheck.rules.packs.selection import task_of

AS_OF = "2018-12-31"


@pytest.fixture(scope="module")
def report(ledger):
    return oc.check(ledger, as_of=AS_OF)


def test_findings_takes_enum_text_or_several(report):
    late = report.findings(oc.Outcome.VIOLATION)
    assert late == report.findings("violation") == report.findings(["violation"]) == report.violations != []
    assert report.findings(outcome=list(oc.Outcome)) == report.findings()
    assert report.findings(outcome=[]) == []
    errors = report.findings("violation", severity=oc.Severity.ERROR)
    assert errors == report.findings("violation", severity="error") == [f for f in late if f.severity == "error"]
    assert report.findings("violation", severity=["error", oc.Severity.WARNING, "advice"]) == late


def test_findings_filters_by_rule_unit_task_and_table(report):
    for finding in report.findings()[::20]:
        assert finding in report.findings(rule=finding.rule, table=finding.table, task=task_of(finding.clause))
        assert finding in report.findings(unit=[finding.unit, "another"])
        assert all(f.unit == finding.unit for f in report.findings(unit=finding.unit) if finding.unit)
    tasks = report.findings(task=["9", "15"])
    assert {task_of(f.clause) for f in tasks} == {"9", "15"}
    assert report.findings(unit="没有这个单位") == []


@pytest.mark.parametrize(
    ("filters", "near", "code"),
    [
        ({"outcome": "violations"}, "violation", "unknown_outcome"),
        ({"outcome": ["pass", "pendign"]}, "pending", "unknown_outcome"),
        ({"severity": "erorr"}, "error", "unknown_severity"),
        ({"rule": "PD-15.33"}, "PD-15.3", "unknown_rule"),
        ({"task": "8-77"}, "8-7", "unknown_task"),
        ({"table": "documents"}, "document", "unknown_table"),
    ],
)
def test_findings_refuses_what_does_not_exist_and_names_the_nearest(report, filters, near, code):
    with pytest.raises(oc.UnknownNameError, match=f"did you mean: {near}") as caught:
        report.findings(**filters)
    assert caught.value.code == code
    assert near in caught.value.accepted
    with pytest.raises(ValueError):
        report.findings(**filters)


@pytest.mark.parametrize("level", [*oc.Severity, "error", "never"])
def test_worst_takes_severities(report, level):
    expected = level != "never" and any(f.severity.rank >= oc.Severity(level).rank for f in report.violations)
    assert report.worst(level) is expected


def test_worst_refuses_other_levels(report):
    with pytest.raises(oc.UnknownNameError, match="did you mean: warning"):
        report.worst("warnings")


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        ({"rule": "PD-9.44"}, "PD-9.4"),
        ({"rule": ["PD-9.4", "PD-15.33"]}, "PD-15.3"),
        ({"fail_on": "warnings"}, "warning"),
        ({"fail_on": ["error"]}, "accepted"),
        ({"unknown": "passs"}, "unknown=.*pass"),
        ({"rejected": "passs"}, "rejected=.*pass"),
    ],
)
def test_assert_compliant_refuses_unknown_names(report, arguments, near):
    with pytest.raises(oc.UnknownNameError, match=near):
        report.assert_compliant(**arguments)


def test_assert_compliant_takes_several_rules_and_enums(report):
    with pytest.raises(AssertionError, match=r"PD-9\.4"):
        report.assert_compliant(rule=["PD-12.3", "PD-9.4"], unknown="pass")
    report.assert_compliant(rule=["PD-12.3", "PD-8-4.4"], fail_on=oc.Severity.ERROR, unknown="pass", rejected="pass")
    with pytest.raises(AssertionError):
        report.assert_compliant(rule="PD-8-4.4", fail_on=oc.Severity.WARNING, unknown="pass")
    report.assert_compliant(fail_on="never", unknown="pass", rejected="pass")


def test_assert_compliant_refuses_a_rule_that_was_not_run():
    one = oc.check({"meeting": [{"id": "1", "held_on": "2018-09-12"}]}, as_of=AS_OF, rules=["PD-2-2.1"])
    with pytest.raises(oc.UnknownNameError, match=r"PD-9\.4"):
        one.assert_compliant(rule="PD-9.4")


def test_assert_compliant_hides_its_frame(report):
    try:
        report.assert_compliant(rule="PD-9.4")
    except AssertionError as error:
        (*_, last) = traceback.walk_tb(error.__traceback__)
        assert last[0].f_locals["__tracebackhide__"] is True
    else:
        pytest.fail("the example breaks PD-9.4")


def test_report_repr_is_one_line(report):
    text = repr(report)
    assert "\n" not in text
    assert len(text) < 200
    assert text.startswith("Report(pingdu-2018, as_of=2018-12-31, rows=1183 checked + 3 rejected, ")
    assert f"violation={report.summary['outcomes']['violation']}" in text


def test_pack_repr_is_one_line(pack):
    assert "\n" not in repr(pack)
    assert repr(pack).startswith("Pack(pingdu-2018, ")
    assert f"{len(pack.rules)} rules" in repr(pack)


def test_pack_pickles(pack):
    again = pickle.loads(pickle.dumps(pack))
    assert repr(again) == repr(pack)
    records = {"meeting": [{"id": "1", "held_on": "2018-09-12"}]}
    found = [oc.check(records, pack=p, as_of=AS_OF).findings() for p in (pack, again, copy.deepcopy(pack))]
    assert found[0] == found[1] == found[2]


@pytest.fixture(scope="module")
def told(report):
    """The report as a dictionary, and in every format that two renderings give alike: workbooks hold the time of their making."""
    return report.to_dict(), {format: render(report, format) for format in FORMATS if format != "xlsx"}


@pytest.mark.parametrize(
    "copied",
    [lambda r: pickle.loads(pickle.dumps(r)), pytest.param(copy.deepcopy, marks=pytest.mark.thorough)],
    ids=["pickle", "deepcopy"],
)
def test_report_copy_has_the_same_findings_and_writes_every_format(report, told, copied):
    again = copied(report)
    assert again.findings() == report.findings()
    assert repr(again) == repr(report)
    as_dict, formats = told
    assert again.to_dict() == as_dict  # with each finding's own
    for format, text in formats.items():
        assert render(again, format) == text, format


def test_report_written_from_a_pickle_of_other_sources(report, tmp_path):
    # The workbook's rows come from the records, where the source is no workbook that it could mark.
    rows = {"document": [{"id": "1", "title": "一", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}]}
    first = oc.check(rows, as_of=AS_OF)
    again = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(first))))
    for name in ("a.xlsx", "a.html", "a.json", "a.csv"):
        assert again.write(tmp_path / name).stat().st_size > 0
    import openpyxl

    books = [openpyxl.load_workbook(r.write(tmp_path / f"{n}.xlsx")) for n, r in enumerate((first, again))]
    cells = [{s.title: [[c.value for c in row] for row in s] for s in b} for b in books]
    assert cells[0] == cells[1]
    assert pickle.loads(pickle.dumps(report)).write(tmp_path / "b.xlsx").stat().st_size > 0


def test_report_of_a_parquet_scan_and_of_duckdb_pickles(tmp_path):
    pl = pytest.importorskip("polars")
    pl.DataFrame({"id": ["1", "2"], "held_on": ["2018-09-12", "x"], "kind": ["常务会议", ""]}).write_parquet(
        tmp_path / "meeting.parquet"
    )
    for engine in ("polars", "duckdb"):
        first = oc.check(tmp_path / "meeting.parquet", as_of=AS_OF, engine=engine)
        again = pickle.loads(pickle.dumps(first))
        assert again.to_dict() == first.to_dict()
        assert again.record_ids(["meeting"]) == first.record_ids(["meeting"])


def test_findings_of_all_are_distinct(ledger):
    every = oc.check(ledger, as_of=AS_OF, include_all=True).findings()
    assert len(set(every)) == len(every)


def test_write_refuses_unknown_formats_and_languages(report, tmp_path):
    with pytest.raises(oc.UnknownNameError, match="did you mean: html"):
        report.write(tmp_path / "a.html", format="htm")
    with pytest.raises(oc.UnknownNameError, match="accepted: zh, en"):
        report.write(tmp_path / "a.html", lang="de")
