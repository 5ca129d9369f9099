"""The overview: about thirty lines at any size, the gravest violations with their own remedies, no line wider than the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

import opencheck as oc
from opencheck.core.message_catalogue import LANGUAGES
from opencheck.core.outcomes import Outcome
from opencheck.report.formats.overview import gravest, overview, statistics
from opencheck.report.report import Report

END = "2018-12-31"


def _late(number: int, **more: object) -> dict[str, object]:
    facts = {"is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28", "unit": "市农业局"}
    return {"id": f"W{number:04}", "title": f"关于第{number}项工作的通知", **facts, **more}


def _requests(count: int) -> list[dict[str, object]]:
    row = {"unit": "市环保局", "received_on": "2018-09-03", "replied_on": "2018-10-12"}
    return [{"id": f"S{n}", "subject": f"申请{n}", **row} for n in range(count)]


@pytest.fixture(scope="module")
def large() -> Report:
    rows = {"document": [_late(n) for n in range(400)], "interpretation": [], "request": _requests(300)}
    return oc.check(rows, as_of=END, rules=["PD-9.4", "PD-15.3", "PD-13.1"])


def _texts(report: Report, lang: str = "zh", width: int = 120, **options: bool) -> list[str]:
    return [line.text for line in overview(report, lang, width, **options)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_overview_fits_the_terminal_and_stays_short(large: Report, lang: str, width: int) -> None:
    lines = _texts(large, lang, width)
    assert max(map(cell_len, lines)) <= width
    assert len(lines) <= 45
    assert len(_texts(large, lang, width, violations=False)) < 20
    assert max(cell_len(line.text) for line in statistics(large, lang, width)) <= width


def test_overview_tells_each_violation_with_its_own_remedy() -> None:
    rows = {"document": [_late(1)], "interpretation": [], "request": _requests(1)}
    report = oc.check(rows, as_of=END, rules=["PD-9.4", "PD-15.3"])
    lines = _texts(report, width=300)
    for finding in report.violations:
        assert sum(finding.remedy.zh in line for line in lines) == 1
        at = next(n for n, line in enumerate(lines) if f" {finding.rule} " in line)
        assert finding.remedy.zh in lines[at + 1]
    assert len({f.remedy.zh for f in report.violations}) == 2


def test_overview_ten_gravest_are_not_all_of_one_rule(large: Report) -> None:
    chosen = gravest(large.violations)
    assert len(chosen) == 10
    assert {f.rule for f in chosen} == {"PD-9.4", "PD-15.3"}
    assert [f.late_by for f in chosen] == sorted((f.late_by for f in chosen), reverse=True)
    lines = "\n".join(_texts(large))
    assert "违规 700" in lines
    for rule, count in (("PD-9.4", 400), ("PD-15.3", 300)):
        assert f"（另有{count - sum(f.rule == rule for f in chosen)}项）" in lines


def test_overview_names_what_was_not_read_before_the_totals() -> None:
    rows = {
        "request": [
            {"编号": "1", "收到日期": "2018-02-30", "责任单位": "市农业局", "备注说明栏": "x"},
            {"编号": "2", "收到日期": "2018-09-03", "答复日期": "2018-09-10"},
        ]
    }
    lines = _texts(oc.check(rows, as_of=END))
    rejected = next(n for n, line in enumerate(lines) if "2018-02-30" in line)
    absent = next(n for n, line in enumerate(lines) if line.startswith("没有提供的表"))
    asked = next(n for n, line in enumerate(lines) if line == "先回答这几个问题")
    totals = next(n for n, line in enumerate(lines) if line.startswith("违规 "))
    assert asked < rejected < absent < totals


def test_overview_of_a_clean_ledger_lists_no_violation() -> None:
    report = oc.check(
        {"request": [{"id": "1", "received_on": "2018-12-03", "replied_on": "2018-12-10"}]}, as_of=END, rules=["PD-15.3"]
    )
    assert not any("最严重" in line for line in _texts(report))
    assert any(line.startswith("违规 0") for line in _texts(report))


def test_overview_says_that_others_violations_may_be_another_units_ledger() -> None:
    rows = [{"id": "1", "unit": "平度市农业局", "topic": "fiscal.budget", "published_on": "2018-09-01"}]
    report = oc.check({"disclosure": rows}, as_of=END, rules=["PD-8-1.1", "PD-8-7.1"])
    others = report.violations_of_others()
    assert others
    assert {f.unit for f in others} == {"市财政局", "市环保局"}
    assert any("--unit 市农业局" in line for line in _texts(report))
    rows.append({"id": "2", "unit": "市财政局、市环保局", "topic": "fiscal.budget", "published_on": "2018-09-01"})
    again = oc.check({"disclosure": rows}, as_of=END, rules=["PD-8-1.1", "PD-8-7.1"])
    assert again.violations_of_others() == []


def test_report_of_units_counts_their_findings_alone() -> None:
    rows = {
        "request": [*_requests(3), {"id": "A", "unit": "平度市农业局", "received_on": "2018-09-03", "replied_on": "2018-10-12"}]
    }
    report = oc.check(rows, as_of=END, rules=["PD-15.3"])
    own = report.of_units("市农业局")
    assert [f.record_id for f in own.violations] == ["A"]
    assert own.summary["outcomes"]["violation"] == 1
    assert own.to_dict()["units"] == ["市农业局"]
    assert report.summary["outcomes"]["violation"] == 4
    assert len(report.of_units(["市农业局", "环保局"]).violations) == 4
    assert "符合" not in next(line for line in _texts(own) if line.startswith("违规 "))


def test_statistics_add_up_to_the_summary(large: Report) -> None:
    lines = [line.text for line in statistics(large, "zh", 200)]
    violations = large.summary["by_rule"]["PD-9.4"][str(Outcome.VIOLATION)]
    assert any(line.split()[:1] == [str(violations)] and "PD-9.4" in line for line in lines)
    assert any(line.split()[:1] == ["400"] and line.endswith("市农业局") for line in lines)


def test_lines_do_not_part_a_file_name_at_its_dot() -> None:
    """At 80 columns the last hint was “-o 结果” and, on the next line, “.xlsx”."""
    rows = {"request": _requests(3)}
    report = oc.check(rows, as_of=END, rules=["PD-15.3"])
    for width in range(60, 121):
        lines = [line.text.strip() for line in overview(report, "zh", width)]
        assert not [text for text in lines if text.startswith((".xlsx", ".html"))], width


def test_rejected_rows_name_their_file_only_where_there_are_several(ledger: Path, tmp_path: Path) -> None:
    one = _texts(oc.check(ledger, as_of=END, rules=["PD-13.1"]))
    assert any(line.strip().startswith("公开信息 第582行") for line in one)
    other = tmp_path / "meeting.csv"
    other.write_text("编号,会议类别,召开日期\n1,常务会议,2018-09-12\n", encoding="utf-8")
    several = _texts(oc.check(ledger, other, as_of=END, rules=["PD-13.1"]))
    assert any(line.strip().startswith(f"{ledger.name} 公开信息 第582行") for line in several)
