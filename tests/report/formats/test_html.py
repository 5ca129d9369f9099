"""The page of a report, opened in a browser."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from accessibility import barriers, complaints
from hostile_texts import EVIL
from line_breaks import broken_dates
from opencheck.report import messages
from opencheck.report.output import render

END = "2018-12-31"


def open_page(browser: Any, folder: Path, report: oc.Report, lang: str = "zh", **context: Any) -> tuple[Any, list[str]]:
    """The page in a browser, and every request that leaves it or complaint that it makes."""
    for earlier in browser.contexts:  # their pages would go on being drawn
        earlier.close()
    file = report.write(folder / f"{lang}.html", lang=lang)
    page = browser.new_context(**context).new_page()
    wrong: list[str] = []
    page.on("request", lambda r: wrong.append(r.url) if r.url != file.as_uri() else None)
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.goto(file.as_uri())
    page.wait_for_selector("#count:not(:empty)")
    return page, wrong


@pytest.mark.browser
def test_html_page_filters_and_explains(browser: Any, report: oc.Report, tmp_path: Path) -> None:
    page, wrong = open_page(browser, tmp_path, report, color_scheme="light", viewport={"width": 1280, "height": 900})
    assert page.get_attribute("html", "data-theme") == "light"
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
    assert barriers(page) == []
    page.click("#theme")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert barriers(page) == []
    page.click("#filters button")
    cell = page.locator(".heat button").first
    number = int(cell.inner_text())
    cell.click()
    assert f"筛选出{number}条" in page.inner_text("#count")
    page.click("#theme")
    assert page.get_attribute("html", "data-theme") == "light"
    assert wrong == []


@pytest.mark.browser
def test_html_charts_show_the_numbers_and_run_nothing(browser: Any, report: oc.Report, tmp_path: Path) -> None:
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


@pytest.mark.browser
def test_html_chart_units_stay_text(browser: Any, tmp_path: Path) -> None:
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


@pytest.mark.browser
def test_html_page_prints_on_a4_in_english(browser: Any, report: oc.Report, tmp_path: Path) -> None:
    from pypdf import PdfReader

    page, wrong = open_page(browser, tmp_path, report, "en", color_scheme="dark")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.locator(".on-paper:visible").count() == 0, "on the screen it is unfolded"
    page.emulate_media(media="print")
    remedies = page.locator(".on-paper:visible").all_inner_texts()
    wanted = {finding.id: finding.remedy.en for finding in report.findings()}
    ids = [i.removeprefix("f-") for i in page.locator(".finding:visible").evaluate_all("found => found.map(f => f.id)")]
    assert remedies == [f"→ {wanted[i]}" for i in ids]
    assert len(remedies) == 25
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    sheets = PdfReader(tmp_path / "page.pdf").pages
    assert [round(float(n)) for n in sheets[0].mediabox[2:]] == [595, 842]
    text = "".join(s.extract_text() for s in sheets)
    assert "Units by tasks" in text
    assert len(sheets) < 10, "the main part is what one reads; the rest is the appendix"
    assert page.locator(".finding:visible").count() == 25
    assert f"25 of {len(report.findings())} are printed" in " ".join(text.split())
    # Nothing is wider than the paper.
    page.set_viewport_size({"width": 703, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 703
    # With the appendix every finding that the page can print is there, not only those that were scrolled to.
    page.evaluate("window.print = () => {}")
    page.emulate_media(media="screen")
    page.click("#print-all")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".finding:visible").count() == len(report.findings())
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".finding:visible").count() == 25
    assert not re.search("[\u4e00-\u9fff]", page.inner_text("#filters label:first-child").split("\n")[0])
    assert wrong == []


@pytest.mark.browser
def test_html_ledger_texts_stay_text(browser: Any, evil: oc.Report, tmp_path: Path) -> None:
    page, wrong = open_page(browser, tmp_path, evil)
    for summary in page.locator(".finding summary").all():
        summary.click()
    assert "owned" not in page.title()
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert EVIL in page.inner_text("#list")
    assert wrong == []


@pytest.mark.browser
def test_html_page_without_scripts_says_so(browser: Any, tmp_path: Path) -> None:
    made = oc.check({"meeting": [{"id": "1", "kind": "常务会议", "held_on": date(2018, 9, 12)}]}, as_of=END, rules=["PD-14.1"])
    file = made.write(tmp_path / "page.html")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(file.as_uri())
    assert messages.get_message("page.nothing", "zh") in page.inner_text("#heat")
    assert messages.get_message("page.no_script", "zh") in page.inner_text("#findings")


@pytest.mark.browser
def test_html_page_without_findings_names_every_field(browser: Any, tmp_path: Path) -> None:
    page, _ = open_page(browser, tmp_path, oc.check({"document": [], "interpretation": []}, as_of=END))
    assert page.locator("#heat th").count() == 0
    assert page.locator("#filters label").all_text_contents()[2].startswith("责任单位")
    assert complaints(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [1366, 390])
def test_html_page_fits_the_screen(browser: Any, report: oc.Report, tmp_path: Path, width: int) -> None:
    page, wrong = open_page(browser, tmp_path, report, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for section in ("#heat", "#ranking"):
        inner, outer = page.locator(f"{section} .scroll").evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert inner <= outer, section
    assert page.locator(".heat button").first.is_visible()
    assert wrong == []


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.thorough)])
def test_html_dates_stay_in_one_piece(browser: Any, report: oc.Report, tmp_path: Path, lang: str) -> None:
    page, wrong = open_page(browser, tmp_path, report, lang)
    page.locator(".finding summary").nth(1).click()
    for width in (1366, 390, 330):
        page.set_viewport_size({"width": width, "height": 900})
        assert broken_dates(page) == [], width
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})
    assert broken_dates(page) == [], "A4"
    assert wrong == []


@pytest.mark.browser
def test_html_contents_lead_to_every_section_and_findings_come_first(browser: Any, report: oc.Report, tmp_path: Path) -> None:
    page, _ = open_page(browser, tmp_path, report)
    links = [a.get_attribute("href") for a in page.locator("#contents a").all()]
    sections = page.evaluate("[...document.querySelectorAll('main > section[id]')].map(s => '#' + s.id)")
    assert links == [s for s in sections if s != "#questions"]
    assert links[0] == "#findings"


def test_html_rates_stay_within_records(report: oc.Report) -> None:
    from opencheck.report.formats.html import unit_ranking

    lines = unit_ranking(report)
    assert len(lines) > 15
    assert all(line.records_violating <= line.records for line in lines)
    assert sum(line.violations for line in lines) == sum(1 for f in report.violations if not f.before_plan)


def test_html_units_stand_in_one_order(report: oc.Report) -> None:
    """Rank and score say the same: the lowest score first, and every unit with a score is there."""
    from opencheck.report.formats.html import unit_ranking
    from opencheck.report.score import scores

    lines = unit_ranking(report)
    points = [line.scores[0].score for line in lines]
    assert points == sorted(points)
    assert {line.unit for line in lines} == {s.unit for s in scores(report) if s.unit}


def test_html_pass_rates_count_what_is_undecided() -> None:
    from opencheck.report.formats.html import _pass_rates

    rows = [
        {"id": "1", "received_on": "2018-12-03", "replied_on": "2018-12-10"},
        {"id": "2", "received_on": "2018-10-08", "replied_on": "2018-12-10"},
        {"id": "3", "received_on": None, "replied_on": "2018-12-10"},
        {"id": "4", "received_on": "2018-12-28", "replied_on": None},
    ]
    made = oc.check({"request": rows}, as_of=END, rules=["PD-15.3"])
    [(name, passed, broken, undecided, waived, rate)] = _pass_rates(made, "zh")
    assert name.startswith("PD-15.3 ")
    assert (passed, broken, undecided, waived) == (1, 1, 1, 0), "what is not due is left out"
    assert rate == pytest.approx(1 / 3)
    assert _pass_rates(made.of_units("市财政局"), "zh") == [], "passes of a unit are not known"
