"""The page of the service in a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import opencheck as oc
from accessibility import barriers
from line_breaks import broken_dates
from office_ledgers import workbook
from servers import DOCUMENTS, ID, LEDGER, TOKEN, Server

pytestmark = [pytest.mark.browser]


def open_page(browser: Any, server: Server, lang: str = "zh") -> tuple[Any, set[str]]:
    context = browser.new_context(locale="zh-CN", accept_downloads=True)
    page, asked = context.new_page(), set()
    page.on("request", lambda request: asked.add(request.url))
    page.on("pageerror", lambda error: (_ for _ in ()).throw(AssertionError(str(error))))
    page.goto(f"{server.url}/?lang={lang}")
    page.wait_for_selector("#pack option", state="attached")
    return page, asked


def give_token(page: Any) -> None:
    page.evaluate("document.getElementById('token_field').hidden = false")
    page.fill("#token", TOKEN)


def test_page_shows_findings_and_gives_the_fixed_copy(browser: Any, server: Server, tmp_path: Path) -> None:
    page, asked = open_page(browser, server)
    page.set_input_files("#file", DOCUMENTS / "23-编辑器片段.html")
    page.fill("#as_of", "2018-09-10")
    page.select_option("#attribute", "主动公开")
    page.click("#go")  # no token yet
    page.wait_for_selector("#token_field:not([hidden])")
    assert "令牌" in page.inner_text("#error")
    page.fill("#token", TOKEN)
    page.click("#go")
    page.wait_for_selector("#result:not([hidden])")
    assert page.inner_text("#result_title") == "不能公布：有2个问题"
    assert page.evaluate("document.activeElement.id") == "result"
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    assert barriers(page) == []
    marks = page.locator("#text mark").all_inner_texts()
    assert marks == ["1101**********002X", "平度市" + "*" * 13, "〔建议在此补标注：（此件公开发布）〕"]
    assert ID not in page.content()
    with page.expect_download() as got:
        page.click("#actions button")
    got.value.save_as(tmp_path / "fixed.html")
    assert got.value.suggested_filename == "23-编辑器片段.已处理.html"
    assert oc.documents.read(tmp_path / "fixed.html").attribute is not None
    page.click("#lang")
    assert "Must not be published" in page.inner_text("#result_title")
    assert {u.split("/")[2] for u in asked} == {server.url.split("/")[2]}
    page.context.close()


def test_page_checks_a_ledger_by_keyboard(browser: Any, server: Server, tmp_path: Path) -> None:
    page, _ = open_page(browser, server)
    give_token(page)
    page.focus("input[value=preflight]")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("input[value=check]")
    page.set_input_files("#file", LEDGER)
    page.fill("#as_of", "2018-12-31")
    page.focus("#pack")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "go":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#result table", timeout=60_000)
    assert broken_dates(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert broken_dates(page) == []
    report = oc.check(LEDGER, as_of="2018-12-31")
    assert page.inner_text("#result_title") == f"{len(report.violations)}项违规"
    assert page.locator("#result tbody tr").count() == len(report.violations)
    with page.expect_download(timeout=60_000) as got:
        page.click("#actions button")
    got.value.save_as(tmp_path / "marked.xlsx")
    assert len(openpyxl.load_workbook(tmp_path / "marked.xlsx").sheetnames) > 10
    assert barriers(page) == []
    page.context.close()


@pytest.mark.thorough
def test_page_asks_about_a_heading_and_checks_again(browser: Any, server: Server, tmp_path: Path) -> None:
    page, _ = open_page(browser, server)
    give_token(page)
    page.check("input[value=check]")
    rows = [["序号", "收到时间", "办结时间"], [1, "2018-09-03", "2018-12-01"]]
    page.set_input_files("#file", workbook(tmp_path / "台账.xlsx", 依申请公开=rows))
    page.fill("#as_of", "2018-12-31")
    page.click("#go")
    page.get_by_role("button", name="是，“办结时间”就是“答复日期”").click(timeout=60_000)
    page.locator("#result tbody th", has_text="PD-15.3").wait_for(timeout=60_000)
    assert page.get_by_role("button", name="办结时间").count() == 0, "it is asked once"
    page.context.close()


@pytest.mark.thorough
def test_page_maps_a_heading_and_keeps_the_mapping(browser: Any, server: Server, tmp_path: Path) -> None:
    page, _ = open_page(browser, server)
    give_token(page)
    page.check("input[value=check]")
    rows = [["序号", "收到申请时间", "办结时间", "科室<b>", "答完那天"], [1, "2018-09-03", None, "办公室", "2018-12-01"]]
    page.set_input_files("#file", workbook(tmp_path / "台账.xlsx", 依申请公开=rows))
    page.fill("#as_of", "2018-12-31")
    page.click("#go")
    headings = page.locator("#headings")
    headings.wait_for(timeout=60_000)
    asked = page.locator("#groups > *").evaluate_all("all => all.map((e) => e.id || e.tagName)")
    assert asked.index("headings") == 2, "the questions come first, then the headings"
    asks = headings.get_by_label("“办结时间”（依申请公开）是不是“答复日期”？")
    assert asks.input_value() == "", "nothing is taken for a date before a person says so"
    assert asks.locator("option").nth(2).inner_text() == "答复日期"
    asks.select_option("-")
    headings.locator("summary", has_text="按别的写法").click()
    assert (
        "收到日期（现在的读法）" in headings.get_by_label("“收到申请时间”（依申请公开）").locator("option:checked").inner_text()
    )
    headings.get_by_label("“答完那天”（依申请公开）是哪一列？").select_option("答复日期")
    assert headings.locator("b").count() == 0
    assert barriers(page) == []
    headings.get_by_role("button", name="按以上回答再检查").click()
    page.locator("#result tbody th", has_text="PD-15.3").wait_for(timeout=60_000)
    assert headings.get_by_label("“答完那天”（依申请公开）").input_value() == "答复日期", "an answer can be changed"
    with page.expect_download(timeout=60_000) as got:
        page.get_by_role("button", name="下载表头对照").click()
    assert got.value.suggested_filename == "台账.map.yaml"
    got.value.save_as(tmp_path / "台账.map.yaml")
    own = oc.check(tmp_path / "台账.xlsx", as_of="2018-12-31", rules="PD-15.3")
    assert [f.actual and f.actual.isoformat() for f in own.violations] == ["2018-12-01"]
    page.reload()
    give_token(page)
    page.check("input[value=check]")
    page.set_input_files("#file", tmp_path / "台账.xlsx")
    page.set_input_files("#map", tmp_path / "台账.map.yaml")
    page.fill("#as_of", "2018-12-31")
    page.click("#go")
    page.locator("#result tbody th", has_text="PD-15.3").wait_for(timeout=60_000)
    with page.expect_download(timeout=60_000) as got:
        page.click("#template")
    got.value.save_as(tmp_path / "模板.xlsx")
    assert "依申请公开" in openpyxl.load_workbook(tmp_path / "模板.xlsx", read_only=True).sheetnames
    page.context.close()


@pytest.mark.thorough
def test_page_takes_the_unit_whose_ledger_it_is(browser: Any, server: Server, tmp_path: Path) -> None:
    page, _ = open_page(browser, server)
    give_token(page)
    assert not page.get_by_label("整本台账是哪个单位的").is_visible(), "a document has no ledger"
    page.check("input[value=check]")
    rows = [
        ["序号", "收到日期", "答复日期", "责任单位"],
        [1, "2018-09-03", "2018-12-01", None],
        [2, "2018-09-03", "2018-12-01", "市教体局"],
    ]
    page.set_input_files("#file", workbook(tmp_path / "台账.xlsx", 依申请公开=rows))
    page.fill("#as_of", "2018-12-31")
    page.get_by_label("整本台账是哪个单位的").fill(" 市农业局 ")
    page.click("#go")
    page.locator("#result tbody th", has_text="PD-15.3").first.wait_for(timeout=60_000)
    late = page.locator("#result tbody tr", has=page.locator("th", has_text=re.compile(r"^PD-15\.3$")))
    assert sorted(late.locator("td:nth-child(2)").all_inner_texts()) == ["市农业局", "市教体局"]
    assert barriers(page) == []
    page.get_by_label("整本台账是哪个单位的").fill("无")
    page.click("#go")
    page.locator("#error", has_text="没有写是哪个单位").wait_for(timeout=60_000)
    page.fill("#ledger_unit", "市农业局")
    page.check("input[value=preflight]")
    page.set_input_files("#file", DOCUMENTS / "23-编辑器片段.html")
    page.click("#go")
    page.locator("#result_title", has_text="不能公布").wait_for(timeout=60_000)
    page.context.close()


def test_page_content_of_a_file_stays_text(browser: Any, server: Server, tmp_path: Path) -> None:
    page, _ = open_page(browser, server, "en")
    give_token(page)
    file = tmp_path / "a.txt"
    file.write_text(
        "关于<img src=x onerror=document.title='hit'>的通知\n<script>document.title='hit'</script>\n正文\n", encoding="utf-8"
    )
    page.set_input_files("#file", file)
    page.click("#go")
    page.wait_for_selector("#result:not([hidden])")
    assert page.locator("#result img, #result script").count() == 0
    assert page.title() != "hit"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 WordDocument")
    page.set_input_files("#file", file)
    page.click("#go")
    page.locator("#error", has_text=".docx").wait_for()
    page.context.close()
