"""The overview: about thirty lines at any size, the gravest violations with their own remedies, no line wider than the terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import opencheck as oc
from judged_together import is_long_search
from opencheck.core.message_catalogue import LANGUAGES
from opencheck.core.outcomes import Outcome
from opencheck.report.formats.fitting import Line, Section, as_many_as_fit, chosen_versions, fitted, whole_sentences
from opencheck.report.formats.gravest import gravest
from opencheck.report.formats.overview import overview, statistics
from opencheck.report.report import Report
from opencheck.report.wording import late_text

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


def _messy() -> dict[str, list[dict[str, object]]]:
    """A ledger of which everything is to be said that an overview can say."""
    facts = {
        "标题": "关于工作的通知",
        "是否政策": "是",
        "公开属性": "主动公开",
        "公开日期": "2018-09-28",
        "审签": "x",
        "存档号": "x",
    }
    documents = [{"编号": f"W{n}", "责任单位": None if n % 3 else "平度市农业局", **facts} for n in range(60)]
    requests = [
        {"编号": f"S{n}", "收到申请时间": "2018-09-03", "答复日期": "2018-10-12", "送达方式": "邮寄"} for n in range(40)
    ]
    refused = [{"编号": f"X{n}", "收到申请时间": "2018-02-30", "答复日期": "9/8/18"} for n in range(30)]
    disclosed = [
        {"编号": f"D{n}", "领域": f"新领域{n}", "公开渠道": f"渠道{n}", "公示内容": "x", "标题": "公示"} for n in range(30)
    ]
    return {"document": documents, "interpretation": [], "request": [*requests, *refused], "disclosure": disclosed}


@pytest.fixture(scope="module")
def reports(large: Report, report: Report) -> dict[str, Report]:
    few = {"document": [_late(1)], "interpretation": [], "request": _requests(1)}
    two_packs = oc.check(_messy(), as_of=END, pack=["pingdu-2018", "cn-statutes"])
    return {
        "example": report,
        "large": large,
        "few": oc.check(few, as_of=END),
        "none": oc.check({"meeting": []}, as_of=END),
        "messy": oc.check(_messy(), as_of=END),
        "two packs": two_packs,
        "of a unit": two_packs.of_units(["市农业局"]),
    }


WIDTHS = (*range(60, 81), 100, 120, 137, 160, 200)
SOME_WIDTHS = (60, 61, 66, 71, 75, 79, 80, 100, 120, 137, 160, 200)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_overview_is_of_thirty_three_lines_at_most_and_fits(reports: dict[str, Report], lang: str) -> None:
    for name, report in reports.items():
        for width in WIDTHS if is_long_search() else SOME_WIDTHS:
            lines = _texts(report, lang, width)
            assert len(lines) <= 33, (name, width)
            assert max(map(cell_len, lines)) <= width, (name, width)
            assert max(cell_len(line.text) for line in statistics(report, lang, width)) <= width, (name, width)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [80, 100, 120])
def test_overview_has_ten_violations_with_remedies_that_are_no_stubs(reports: dict[str, Report], lang: str, width: int) -> None:
    for name in ("example", "large"):
        lines = _texts(reports[name], lang, width)
        remedies = [line.strip().removeprefix("→ ") for line in lines if line.startswith("      → ")]
        assert len(remedies) == 10
        for said, finding in zip(remedies, gravest(reports[name].violations), strict=True):
            whole = finding.remedy.get(lang)
            clauses = said.removesuffix(" …")
            elsewhere = said.endswith(f"opencheck explain {finding.rule}")
            assert elsewhere or said == whole or (whole.startswith(clauses) and whole[len(clauses)] in "；。;."), said
        cut = any(said.endswith(" …") for said in remedies)
        assert cut == any("…" in line and "--full" in line and str(len(reports[name].violations)) in line for line in lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_overview_says_whose_and_how_late_at_any_width(reports: dict[str, Report], lang: str) -> None:
    for width in range(60, 201, 7):
        lines = [line for line in _texts(reports["example"], lang, width) if re.match(r" +\d+\. ", line)]
        assert len(lines) >= 3
        for line, finding in zip(lines, gravest(reports["example"].violations, len(lines)), strict=True):
            assert finding.unit in line, (width, line)
            late = late_text(finding, lang)
            assert late is None or late in line or width < 80, (width, line)


def test_overview_names_the_rule_where_not_even_a_clause_of_a_remedy_fits(reports: dict[str, Report]) -> None:
    texts = [_texts(reports["example"], "en", 60), _texts(reports["example"], "zh", 60)]
    for lines in texts:
        for at, line in enumerate(lines):
            if "opencheck explain PD-" in line:
                assert f" {line.split()[-1]}" in lines[at - 1]
    assert any("what to do: opencheck explain PD-" in line for line in texts[0])


def test_overview_of_a_messy_ledger_says_all_that_there_is_to_say(reports: dict[str, Report]) -> None:
    lines = _texts(reports["messy"], width=80)
    wanted = (
        "先回答这几个问题",
        "表头：",
        "未能使用的行 30",
        "没有读懂的表和列",
        "不认识的词",
        "没有提供的表",
        "违规最多的单位",
        "违规最多的任务",
    )
    for beginning in wanted:
        assert [line for line in lines if line.strip().startswith(beginning)], beginning
    assert any("--ledger-unit" in line for line in lines)
    refused = next(line for line in lines if line.startswith("未能使用的行"))
    assert "--full" in refused


def test_chosen_versions_give_room_by_rank() -> None:
    def lines(*texts: str) -> list[Line]:
        return [Line(t) for t in texts]

    late = Section([lines("a"), lines("a", "a1"), lines("a", "a1", "a2")], rank=2)
    early = Section([lines("b"), lines("b", "b1", "b2")], rank=1)
    told = {most: [line.text for line in chosen_versions([late, early], most)] for most in range(1, 7)}
    assert told[1] == told[2] == [*told[3][:1], "b"] == ["a", "b"]
    assert told[3] == ["a", "a1", "b"]
    assert told[4] == ["a", "b", "b1", "b2"]
    assert told[5] == ["a", "a1", "b", "b1", "b2"]
    assert told[6] == ["a", "a1", "a2", "b", "b1", "b2"]


@given(st.lists(st.text("单位ab 12", min_size=1, max_size=12), min_size=1, max_size=9), st.integers(46, 120))
def test_as_many_as_fit_counts_what_it_leaves_out(items: list[str], width: int) -> None:
    line = as_many_as_fit("名单：", items, width, "、", " …另有{count}项")
    assert cell_len(line) <= width
    shown, _, left = line.removeprefix("名单：").partition(" …另有")
    assert shown == "、".join(items[: len(items) - int(left.removesuffix("项") or 0)])


def test_as_many_as_fit_cuts_a_first_item_that_is_too_long() -> None:
    assert (
        as_many_as_fit("名单：", ["市卫生和计划生育局", "市农业局"], 26, "、", " …另有{count}项")
        == "名单：市卫生和计… …另有1项"
    )


def test_whole_sentences_end_at_a_clause() -> None:
    text = "立即公开；依法保密的，写明依据；今后按期"
    assert whole_sentences(text, 40) == text
    assert whole_sentences(text, 39) == "立即公开；依法保密的，写明依据 …"
    assert whole_sentences(text, 32) == "立即公开；依法保密的，写明依据 …"
    assert whole_sentences(text, 31) == "立即公开 …"
    assert whole_sentences(text, 10) == "立即公开 …"
    assert whole_sentences(text, 9) is None
    assert whole_sentences("enter v1.2 now. Then check", 20) == "enter v1.2 now …"


def test_fitted_parts_a_line_at_the_end_of_a_part() -> None:
    lines = [line.text for line in fitted([Line("违规 182 · 无法判断 119 · 未到期 68")], 26)]
    assert lines == ["违规 182 · 无法判断 119", "  未到期 68"]


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


def test_a_posting_that_ends_too_early_is_short_and_not_late() -> None:
    posting = {"id": "P1", "topic": "扶贫项目", "level": "村级", "published_on": "2018-09-01", "posted_until": "2018-09-05"}
    report = oc.check({"disclosure": [{**posting, "justification": None}]}, as_of=END, rules="PD-8-4.4")
    told = {lang: "\n".join(line.text for line in overview(report, lang, 120)) for lang in LANGUAGES}
    assert "应到2018-09-10（周一），差5天" in told["zh"]
    assert "迟5天" not in told["zh"]
    assert "5 days short" in told["en"]
