"""Reports in every format: read back by the tools that people read them with, and opened in a browser."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import tarfile
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from click.testing import CliRunner

import opencheck as oc
from opencheck.cli.main import main
from opencheck.core.errors import InputError
from opencheck.report import messages
from opencheck.report.formats.registry import FORMATS, render

END = "2018-12-31"
EVIL = "<script>document.title='owned'</script></script><img src=x onerror=alert(1)>"


ONE = {
    "document": [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}],
    "interpretation": [],
}


@pytest.fixture(scope="session")
def report(ledger: Path) -> oc.Report:
    return oc.check(ledger, as_of=END)


@pytest.fixture(scope="session")
def evil() -> oc.Report:
    """Strings of a ledger that would like to be more than text."""
    titles = [EVIL, "=cmd|' /C calc'!A0", "[link](javascript:alert(1))", "{0} | `code` *x*", "第一行\n第二行，: % ::error::"]
    base = {"attribute": "主动公开", "is_policy": True, "published_on": "2018-09-28"}
    rows = [{**base, "id": f"{n}{EVIL if not n else ''}", "title": t, "unit": f'局"{t}'} for n, t in enumerate(titles)]
    return oc.check({"document": [*rows, {"id": "\x01bad", "published_on": "<b>二月</b>"}], "interpretation": []}, as_of=END)


def test_every_format_is_made_in_both_languages(report: oc.Report, tmp_path: Path) -> None:
    for name in FORMATS:
        zh, en = (render(report, name, lang) for lang in ("zh", "en"))
        assert zh
        assert name in ("json", "jsonl") or zh != en, name
    for file in ("r.html", "r.sarif", "r.sarif.json", "r.xml", "r.md"):
        assert report.write(tmp_path / file).stat().st_size > 1000
    assert json.loads((tmp_path / "r.sarif.json").read_text(encoding="utf-8"))["version"] == "2.1.0"
    with pytest.raises(InputError, match=r"\.html"):
        report.write(tmp_path / "r.pdf")


def test_ids_tell_findings_apart_and_stay(ledger: Path, report: oc.Report) -> None:
    ids = [f.id for f in report.findings()]
    assert len(set(ids)) == len(ids) > 300
    assert [f.id for f in oc.check(ledger, as_of=END).findings()] == ids


def test_sarif_is_read_by_the_tools_for_it(
    report: oc.Report, evil: oc.Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sarif import loader
    from sarif_pydantic import Sarif

    for made in (report, evil):
        for lang in ("zh", "en"):
            Sarif.model_validate_json(render(made, "sarif", lang))
    file = report.write(tmp_path / "r.sarif")
    read = loader.load_sarif_file(str(file))
    records = read.get_records()
    violations = report.violations
    assert len(records) == len(report.findings())
    assert {r["Severity"] for r in records} == {"error", "warning", "note", "none"}
    by_level = {s: sum(r["Severity"] == s for r in records) for s in ("error", "warning", "note")}
    assert by_level == {
        s: sum(f.severity == o for f in violations) for s, o in (("error", "error"), ("warning", "warning"), ("note", "advice"))
    }
    one = next(f for f in violations if f.record_id == "W054" and f.rule == "PD-9.4")
    told = next(r for r in records if r["Code"] == "PD-9.4" and r["Line"] == one.source.row)
    assert one.message.zh in told["Description"]


@pytest.fixture(scope="session")
def sarif_schema(pytestconfig: pytest.Config) -> Any:
    """The published JSON schema, as the npm package of SARIF's editors carries it; fetched once, kept by pytest's cache."""
    package = "@microsoft/jest-sarif@1.0.0-beta.0"
    kept = pytestconfig.cache.mkdir("sarif-schema") if pytestconfig.cache else None
    if kept is None or shutil.which("npm") is None:
        pytest.skip(f"no npm here: the schema comes from the package {package}")
    if not (found := list(kept.glob("*.tgz"))):
        made = subprocess.run(["npm", "pack", package], cwd=kept, capture_output=True, text=True, timeout=120)
        if made.returncode:
            pytest.skip(f"{package} cannot be fetched: {made.stderr[-300:]}")
        found = list(kept.glob("*.tgz"))
    with tarfile.open(found[0]) as packed:
        content = packed.extractfile("package/lib/schemas/sarif-2.1.0-rtm.5.json")
        assert content is not None
        schema = json.load(content)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


def test_sarif_is_valid_by_the_published_schema(report: oc.Report, evil: oc.Report, sarif_schema: Any) -> None:
    for made in (report, evil, oc.check(ONE, as_of=END, include_all=True)):
        for lang in ("zh", "en"):
            told = json.loads(render(made, "sarif", lang))
            assert [e.message for e in sarif_schema.iter_errors(told)] == []
            assert told["runs"][0]["results"]
    told["runs"][0]["results"][0]["level"] = "severe"
    told["runs"][0]["results"][0]["locations"] = [{"physicalLocation": {"region": {"startLine": 0}}}]
    assert {e.validator for e in sarif_schema.iter_errors(told)} == {"enum", "minimum", "anyOf"}, "the schema is really asked"


def test_sarif_in_its_parts(report: oc.Report, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ledger.parent.parent)
    (run,) = json.loads(render(report, "sarif", "zh"))["runs"]
    for result, finding in zip(run["results"], report.findings(), strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == finding.rule
        assert (result["kind"] == "fail") == (str(finding.outcome) in ("violation", "waived"))
        assert (result["level"] == "none") == (result["kind"] != "fail")
        if finding.source.row:
            place = result["locations"][0]
            assert place["physicalLocation"]["artifactLocation"]["uri"].startswith("examples/%")
            assert place["physicalLocation"]["region"] == {"startLine": finding.source.row}
            assert place["logicalLocations"][0]["name"] == finding.source.sheet
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == report.rows["rejected"] == 3
    monkeypatch.chdir("/")
    assert "examples" in json.loads(render(report, "sarif", "zh"))["runs"][0]["results"][0].get("locations", [{}])[0].get(
        "physicalLocation", {}
    ).get("artifactLocation", {}).get("uri", "examples")


def test_a_waived_violation_is_suppressed_in_sarif() -> None:
    waiver = {
        "id": "w", "rule": "PD-9.4", "record_id": "1", "from": "2018-09-01", "until": "2019-03-01", "basis": "市政府第5次会议",
        "approved_by": "张三", "approved_on": "2018-09-01",
    }  # fmt: skip
    late = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    made = oc.check({"document": [late], "interpretation": [], "waiver": [waiver]}, as_of=END, rules=["PD-9.4"])
    assert [str(f.outcome) for f in made.findings()] == ["waived"], made.notes
    (result,) = json.loads(render(made, "sarif", "en"))["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "市政府第5次会议"}]


def test_junit_is_read_by_junitparser(report: oc.Report, evil: oc.Report) -> None:
    from junitparser import Error, Failure, JUnitXml, Skipped

    read = JUnitXml.fromstring(render(report, "junit", "zh"))
    cases = {c.name.split()[0]: c for suite in read for c in suite}
    assert len(cases) == len(report.results) + 1 == read.tests
    failed = {n for n, c in cases.items() if any(isinstance(r, Failure) for r in c.result)}
    assert failed == {f.rule for f in report.violations if f.severity == "error"}
    assert read.failures == len(failed)
    assert sum(any(isinstance(r, Error) for r in c.result) for c in cases.values()) == read.errors == 1
    text = next(r.text for r in cases["PD-9.4"].result)
    assert "W054" in text
    assert "2018-10-08（周一）" in text
    # What is not known to be in order is never a passed case.
    outcomes = {r.rule.id: set(map(str, r.counts)) for r in report.results}
    for rule, case in cases.items():
        if not case.result:
            assert not outcomes[rule] & {"indeterminate", "needs_review"}
            assert outcomes[rule] & {"pass", "violation"}
    assert sum(any(isinstance(r, Skipped) for r in c.result) for c in cases.values()) == read.skipped > 10
    assert JUnitXml.fromstring(render(evil, "junit", "en")).errors == 1


def test_annotations_of_github(report: oc.Report, evil: oc.Report) -> None:
    lines = render(report, "github", "zh").decode().splitlines()
    assert len(lines) == len(report.violations) + report.rows["rejected"] + 1
    pattern = re.compile(r"::(error|warning|notice) [^:]*::.+")
    assert all(pattern.fullmatch(line) for line in lines)
    one = next(line for line in lines if "W054" in line and "PD-9.4" in line)
    assert f"line={next(f for f in report.violations if f.record_id == 'W054' and f.rule == 'PD-9.4').source.row}" in one
    for line in render(evil, "github", "en").decode().splitlines():
        assert pattern.fullmatch(line)


def test_markdown_keeps_the_ledgers_marks_as_text(report: oc.Report, evil: oc.Report) -> None:
    from markdown import markdown

    page = markdown(render(evil, "md", "zh").decode(), extensions=["tables"])
    assert "<script" not in page
    assert 'javascript:alert(1)"' not in page
    assert "<img" not in page
    whole = markdown(render(report, "md", "zh").decode(), extensions=["tables"])
    assert whole.count("<table>") == 3
    assert "市国土资源局" in whole


def test_cells_that_look_like_formulas_come_out_inert(evil: oc.Report) -> None:
    rows = list(csv.reader(io.StringIO(render(evil, "csv", "zh").decode("utf-8-sig"))))
    cells = [c for row in rows for c in row]
    assert any("=cmd" in c for c in cells)
    assert not any(c.startswith(("=", "+", "-", "@")) for c in cells)
    book = openpyxl.load_workbook(io.BytesIO(render(evil, "xlsx", "zh")))
    found = [c for sheet in book for row in sheet.iter_rows() for c in row if isinstance(c.value, str) and "=cmd" in c.value]
    assert found
    assert all(c.data_type == "s" for c in found)


def open_page(browser: Any, folder: Path, report: oc.Report, lang: str = "zh", **context: Any) -> tuple[Any, list[str]]:
    """The page in a browser, and every request that leaves it or complaint that it makes."""
    file = report.write(folder / f"{lang}.html", lang=lang)
    page = browser.new_context(**context).new_page()
    wrong: list[str] = []
    page.on("request", lambda r: wrong.append(r.url) if r.url != file.as_uri() else None)
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.goto(file.as_uri())
    page.wait_for_selector("#count:not(:empty)")
    return page, wrong


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_in_a_browser(browser: Any, report: oc.Report, tmp_path: Path, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, wrong = open_page(browser, tmp_path, report, color_scheme=theme, viewport={"width": 1280, "height": 900})
    assert page.get_attribute("html", "data-theme") == theme
    assert page.inner_text(".figure.error b") == str(report.summary["violations"]["error"])
    total = len(report.findings())
    assert f"共{total}条" in page.inner_text("#count")
    page.fill("#filters input", "W054 PD-9.4")
    page.locator(".finding").nth(1).wait_for(state="detached")
    page.click(".finding summary")
    unfolded = page.inner_text(".finding .more")
    one = next(f for f in report.violations if f.record_id == "W054" and f.rule == "PD-9.4")
    for step in one.explanation:
        assert step.zh in unfolded
    # National Day week: 28 September to 9 October, of which the 29th and 30th are make-up days.
    assert page.locator(".more svg rect.off").count() == 7
    assert page.locator(".more svg rect.work").count() == 5
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert not found, [(v["id"], [n["html"][:200] for n in v["nodes"]][:3]) for v in found]
    page.click("#filters button")
    cell = page.locator(".heat button").first
    number = int(cell.inner_text())
    cell.click()
    assert f"筛选出{number}条" in page.inner_text("#count")
    page.click("#theme")
    assert page.get_attribute("html", "data-theme") != theme
    assert wrong == []


def test_charts_show_the_numbers_and_nothing_of_them_runs(browser: Any, report: oc.Report, tmp_path: Path) -> None:
    page, wrong = open_page(browser, tmp_path, report)
    counted = [f for f in report.violations if not f.before_plan]
    numbers = page.locator("#tasks svg .text-overlay text.value").all_text_contents()
    assert sum(int(n) for n in numbers if n) == len(counted) > 100
    assert page.locator("#tasks svg .legend").count() == 3
    assert page.locator("svg script, svg a").count() == 0
    widths = page.evaluate(
        "() => [...document.querySelectorAll('#tasks .axis.x text, #tasks .axis.y text')].map(t => t.getBoundingClientRect().left)"
    )
    assert min(widths) >= page.locator("#tasks svg").bounding_box()["x"] - 1, "labels in Chinese are not cut"
    assert wrong == []
    assert render(report, "html", "zh") == render(report, "html", "zh"), "the same report makes the same page"


def test_units_of_a_ledger_stay_text_in_a_chart(browser: Any, tmp_path: Path) -> None:
    from opencheck.report.history.store import History

    made = {}
    history = History(tmp_path / "h.db")
    for day in ("2018-10-31", "2018-11-30"):
        late = [
            {"id": str(n), "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28", "unit": f"{n}{EVIL}"}
            for n in range(12)
        ]
        made[day] = oc.check({"document": late, "interpretation": []}, as_of=day, rules=["PD-9.4"])
        history.add(made[day])
    last = made["2018-11-30"]
    last.past = history.runs()
    history.close()
    page, wrong = open_page(browser, tmp_path, last)
    chart = page.locator(".trend svg").first
    legends = chart.locator(".legend text").all_text_contents()
    assert len(legends) == 8, "as many lines as one can tell apart"
    assert all("<script>" in text for text in legends)
    assert "最多的8条线" in page.inner_text(".trend >> nth=0")
    assert page.locator(".trend >> nth=0 >> tbody tr").count() == 12
    assert page.title() != "owned"
    assert wrong == []


def test_the_page_prints_on_a4_and_speaks_english(browser: Any, report: oc.Report, tmp_path: Path) -> None:
    from pypdf import PdfReader

    page, wrong = open_page(browser, tmp_path, report, "en", color_scheme="dark")
    page.emulate_media(media="print")
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    sheets = PdfReader(tmp_path / "page.pdf").pages
    assert [round(float(n)) for n in sheets[0].mediabox[2:]] == [595, 842]
    text = "".join(s.extract_text() for s in sheets)
    assert "Units by tasks" in text
    # Every finding that the page can print is there, not only those that were scrolled to.
    assert page.locator(".finding").count() == len(report.findings())
    # Nothing is wider than the paper.
    page.set_viewport_size({"width": 703, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 703
    assert not re.search("[\u4e00-\u9fff]", page.inner_text("#filters label:first-child").split("\n")[0])
    assert wrong == []


def test_what_a_ledger_says_stays_text_on_the_page(browser: Any, evil: oc.Report, tmp_path: Path) -> None:
    page, wrong = open_page(browser, tmp_path, evil)
    for summary in page.locator(".finding summary").all():
        summary.click()
    assert "owned" not in page.title()
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert EVIL in page.inner_text("#list")
    assert wrong == []


def test_the_page_without_scripts_and_without_violations(browser: Any, tmp_path: Path) -> None:
    made = oc.check({"meeting": [{"id": "1", "kind": "常务会议", "held_on": date(2018, 9, 12)}]}, as_of=END, rules=["PD-14.1"])
    file = made.write(tmp_path / "page.html")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(file.as_uri())
    assert messages.get_message("page.nothing", "zh") in page.inner_text("#heat")
    assert messages.get_message("page.no_script", "zh") in page.inner_text("#findings")


def test_rates_never_exceed_the_records_of_a_unit(report: oc.Report) -> None:
    from opencheck.report.formats.html import unit_ranking

    lines = unit_ranking(report)
    assert len(lines) > 15
    assert all(line.records_violating <= line.records for line in lines)
    assert sum(line.violations for line in lines) == sum(1 for f in report.violations if not f.before_plan)


@pytest.mark.parametrize("format", ["sarif", "junit", "github", "md", "html"])
def test_on_the_command_line(format: str, ledger: Path) -> None:
    run = CliRunner().invoke(main, ["check", str(ledger), "--as-of", END, "--format", format, "--lang", "en"])
    assert run.exit_code == 1
    assert "PD-9.4" in run.stdout


def test_a_finding_of_a_report_is_explained(report: oc.Report, tmp_path: Path) -> None:
    file = str(report.write(tmp_path / "r.json"))
    one = next(f for f in report.violations if f.record_id == "W054" and f.rule == "PD-9.4")
    for wanted in (one.id, one.id[:8]):
        told = CliRunner().invoke(main, ["explain", "--finding", wanted, file])
        assert told.exit_code == 0, told.output
        text = re.sub(r"\s", "", told.stdout)
        for step in (one.message, one.remedy, *one.explanation):
            assert re.sub(r"\s", "", step.zh) in text
    assert "number 3" in CliRunner().invoke(main, ["explain", "--finding", one.id, file, "--lang", "en"]).stdout
    none = CliRunner().invoke(main, ["explain", "--finding", "zz", file])
    assert none.exit_code == 2
    assert "0项" in none.stderr
    assert CliRunner().invoke(main, ["explain", "--finding", "zz", str(report.write(tmp_path / "r.csv"))]).exit_code == 2
