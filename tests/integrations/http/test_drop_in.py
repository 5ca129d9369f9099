"""opencheck.js in the pages of other systems, in a browser: a plain form, contenteditable, TinyMCE, and a page as Java systems make it."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from accessibility import barriers
from browser_forms import submit
from cms_pages import EDITABLE, JAVA, PLAIN, TINYMCE, Cms, cms_server
from servers import ID, TOKEN, Server, problem, serve

pytestmark = [pytest.mark.browser]

MASKED = "1101**********002X"
TINYMCE_VERSION = "7.9.3"


@pytest.fixture(scope="module")
def cms() -> Iterator[Cms]:
    with cms_server() as started:
        yield started


@pytest.fixture(scope="module")
def service(cms: Cms, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = serve(tmp_path_factory.mktemp("drop-in"), "--workers", "1", "--allow-origin", cms.url)
    yield started
    started.process.terminate()
    started.process.wait(30)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 800})
    context.set_default_timeout(60_000)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


def panel(page: Any, clearance: str) -> Any:
    """The list of findings, once it says so by itself and of what the page holds now: whatever it says, axe finds nothing serious in it."""
    found = page.locator(f"aside.{clearance}")
    found.wait_for(timeout=60_000)
    page.evaluate("() => opencheck.check().then(() => null)")  # it may still tell of what was filled in first
    found.wait_for(timeout=60_000)
    assert barriers(page, "aside") == []
    return found


def review(page: Any) -> None:
    page.fill("[name=reviewer]", "李某")
    page.fill("[name=reviewed]", "2026-01-05")
    page.fill("[name=verdict]", "可以公开")


def test_plain_form_is_checked_while_typing_and_before_submit(page: Any, cms: Cms, service: Server) -> None:
    cms.sent.clear()
    page.goto(cms.page("plain", PLAIN, service.url, TOKEN, "[name=content]"))
    page.select_option("[name=gkfs]", label="主动公开")
    page.fill("[name=title]", f"关于{ID}的通知")
    page.fill("[name=content]", f"户主王某，身份证号\t{ID}，申请 救助。\n2026年1月5日\n附件：无")
    found = panel(page, "no")
    assert {"PD-14.2c", "PD-13.3"} <= {t.split(" ")[0] for t in found.locator(".rule").all_inner_texts()}
    page.click("[name=publish]")
    found.locator("[role=status]", has_text="没有提交").wait_for(timeout=60_000)
    assert cms.sent == []
    assert found.get_by_role("button", name="遮盖").count() == 2, "one in the title, one in the text"
    assert found.inner_text().count("身份证号（") == 2, "each is told once, by the rule about titles and by that about texts"
    in_title, in_text = (found.get_by_role("listitem").filter(has_text=rule) for rule in ("PD-14.2g", "PD-14.2c"))
    in_text.get_by_role("button", name="看这一处").click()
    assert (
        page.evaluate("(() => { const e = document.activeElement; return e.value.slice(e.selectionStart, e.selectionEnd); })()")
        == ID
    )
    in_text.get_by_role("button", name="遮盖").click()
    assert page.input_value("[name=content]") == f"户主王某，身份证号\t{MASKED}，申请 救助。\n2026年1月5日\n附件：无"
    in_title.get_by_role("button", name="遮盖").click()
    assert page.input_value("[name=title]") == f"关于{MASKED}的通知"
    found.get_by_role("button", name="补上标注").click()
    assert page.input_value("[name=content]").splitlines()[1:3] == ["2026年1月5日", "（此件公开发布）"]
    asks = panel(page, "needs_review")
    assert "PD-14.1b" in asks.inner_text(), "nobody has recorded the review"
    page.click("[name=publish]")
    asks.locator("[role=status]", has_text="没有提交").wait_for(timeout=60_000)
    assert cms.sent == []
    asks.get_by_label("以上事项已由人看过").check()
    submit(page, "[name=publish]")
    (sent,) = cms.sent
    assert (sent["opencheck_clearance"], sent["opencheck_confirmed"], sent["publish"]) == ("needs_review", "yes", "1")
    assert {f["rule"] for f in json.loads(sent["opencheck_result"])["findings"]} >= {"PD-14.1b"}
    assert ID not in json.dumps(sent, ensure_ascii=False)


@pytest.mark.thorough
def test_on_a_phone_the_list_lets_the_form_be_filled_in_and_sent(page: Any, cms: Cms, service: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(cms.page("plain", PLAIN, service.url, TOKEN, "[name=content]"))
    page.fill("[name=content]", f"户主王某，身份证号{ID}。")
    found = panel(page, "no")
    page.click("[name=publish]")  # fails where the list lies over the button, wherever the page is scrolled to
    found.locator("[role=status]", has_text="没有提交").wait_for(timeout=60_000)
    assert found.bounding_box()["y"] > 844 / 2
    page.emulate_media(color_scheme="dark")
    assert barriers(page, "aside") == []


def test_contenteditable_markup_is_kept_and_a_clean_text_goes_at_once(page: Any, cms: Cms, service: Server) -> None:
    cms.sent.clear()
    page.goto(cms.page("editable", EDITABLE, service.url, TOKEN, "#content"))
    page.select_option("[name=gkfs]", label="主动公开")
    review(page)
    page.evaluate(
        """([id]) => { const e = document.querySelector("#content");
          e.innerHTML = `<ol><li>甲</li><li>乙</li></ol><p>户主<b>${id.slice(0, 6)}</b>${id.slice(6)}、𠮷某</p><p>2026年1月5日</p>`;
          e.dispatchEvent(new Event("input", {bubbles: true})); }""",
        [ID],
    )
    found = panel(page, "no")
    marked = "[...(CSS.highlights.get('opencheck') || [])].map((r) => r.toString())"
    page.wait_for_function(f"{marked}.length === 1", timeout=60_000)
    assert page.evaluate(marked) == [ID]
    found.get_by_role("button", name="遮盖").click()
    found.get_by_role("button", name="补上标注").click()
    panel(page, "yes")
    assert page.inner_html("#content") == (
        f"<ol><li>甲</li><li>乙</li></ol><p>户主<b>{MASKED[:6]}</b>{MASKED[6:]}、𠮷某</p><p>2026年1月5日</p><p>（此件公开发布）</p>"
    )
    submit(page, "[name=publish]")
    assert [s["opencheck_clearance"] for s in cms.sent] == ["yes"]


@pytest.mark.thorough
def test_a_number_in_the_title_alone_is_told_once_and_masked_there(page: Any, cms: Cms, service: Server) -> None:
    page.goto(cms.page("title", PLAIN, service.url, TOKEN, "[name=content]"))
    page.fill("[name=title]", f" 关于𠮷某（{ID[:6]} {ID[6:]}）的通知")
    page.fill("[name=content]", "请予公示。\n2026年1月5日")
    found = panel(page, "no")
    assert found.inner_text().count(MASKED[:4]) == 2, "in the message, and at the button that masks it"
    rules = [text.split(" ")[0] for text in found.locator(".rule").all_inner_texts()]
    assert ("PD-14.2g" in rules, "PD-14.2c" in rules) == (True, False)
    found.get_by_role("button", name="遮盖").click()
    assert page.input_value("[name=title]") == f" 关于𠮷某（{MASKED[:6]} {MASKED[6:]}）的通知"


@pytest.mark.thorough
def test_draft_is_saved_whatever_it_holds(page: Any, cms: Cms, service: Server) -> None:
    cms.sent.clear()
    page.goto(cms.page("draft", PLAIN, service.url, TOKEN, "[name=content]"))
    page.fill("[name=content]", f"户主{ID}")
    submit(page, "[name=draft]")
    assert cms.sent[0]["opencheck_clearance"] != "yes"


def test_tinymce_is_checked_marked_and_mended(page: Any, cms: Cms, service: Server, request: pytest.FixtureRequest) -> None:
    cms.tinymce = tinymce(request)
    cms.sent.clear()
    page.goto(cms.page("tinymce", TINYMCE, service.url, TOKEN, "#content"))
    page.select_option("[name=gkfs]", label="主动公开")
    review(page)
    page.wait_for_function("window.tinymce && tinymce.get('content') && tinymce.get('content').initialized", timeout=60_000)
    body = page.frame_locator("iframe").locator("body")
    body.click()
    page.keyboard.type(f"户主王某，身份证号{ID}。")
    page.keyboard.press("Enter")
    page.keyboard.type("2026年1月5日")
    found = panel(page, "no")
    marked = (
        "[...(document.querySelector('iframe').contentWindow.CSS.highlights.get('opencheck') || [])].map((r) => r.toString())"
    )
    page.wait_for_function(f"{marked}.length === 1", timeout=60_000)
    assert page.evaluate(marked) == [ID]
    found.get_by_role("button", name="遮盖").click()
    assert MASKED in body.inner_text()
    page.evaluate("tinymce.get('content').undoManager.undo()")
    assert ID in body.inner_text(), "the mask is a step that can be undone"
    panel(page, "no").get_by_role("button", name="遮盖").click()
    panel(page, "no").get_by_role("button", name="补上标注").click()
    panel(page, "yes")
    submit(page, "[name=publish]")
    (sent,) = cms.sent
    assert "".join(sent["content"].split()) == f"<p>户主王某，身份证号{MASKED}。</p><p>2026年1月5日</p><p>（此件公开发布）</p>"
    assert sent["opencheck_clearance"] == "yes"


@pytest.mark.thorough
def test_an_answer_about_a_text_that_is_gone_is_not_shown(page: Any, cms: Cms, service: Server) -> None:
    page.goto(cms.page("undone", PLAIN, service.url, TOKEN, "[name=content]"))
    original = f"户主王某，身份证号{ID}。"
    page.fill("[name=content]", original)
    found = panel(page, "no")
    held: list[Any] = []
    page.route("**/v1/preflight", lambda route: held.append(route))
    with page.expect_request("**/v1/preflight"):
        found.get_by_role("button", name="遮盖").click()
    page.fill("[name=content]", original)
    assert page.evaluate("opencheck.check().then((outcome) => outcome.clearance)") == "no"
    assert found.get_by_text("正在检查").count() == 0
    with page.expect_response("**/v1/preflight"):
        held[0].continue_()
    page.evaluate("new Promise((done) => setTimeout(done, 500))")
    assert found.get_by_role("button", name="遮盖").count() == 1, "the number stands in the text again"


def tinymce(request: pytest.FixtureRequest) -> Path:
    folder = Path(request.config.cache.mkdir("tinymce"))  # type: ignore[union-attr]
    if not (folder / "package" / "tinymce.min.js").is_file():
        if shutil.which("npm") is None:
            pytest.skip("no npm here: TinyMCE cannot be fetched")
        command = ["npm", "pack", f"tinymce@{TINYMCE_VERSION}", "--silent", "--pack-destination", str(folder)]
        if subprocess.run(command, cwd=folder, capture_output=True, timeout=120).returncode != 0:
            pytest.skip("TinyMCE cannot be fetched from the npm registry")
        with tarfile.open(folder / f"tinymce-{TINYMCE_VERSION}.tgz") as archive:
            archive.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return folder / "package"


def test_java_page_with_iframe_codes_and_attachments(page: Any, cms: Cms, service: Server, tmp_path: Path) -> None:
    cms.sent.clear()
    page.goto(cms.page("java", JAVA, service.url, TOKEN, "#editor", charset="gbk"))
    page.select_option("[name=gkfs]", value="1")
    review(page)
    page.frame_locator("#editor").locator("body").fill("请予公示。")
    listed, photo = tmp_path / "名单.txt", tmp_path / "现场.jpg"
    listed.write_text(f"王某 {ID}", encoding="utf-8")
    photo.write_bytes(b"\xff\xd8\xff\xe0\x00\x00 photo")
    page.set_input_files("[name=files]", [listed])
    found = panel(page, "no")
    found.get_by_text("在附件 名单.txt里").wait_for()
    assert found.get_by_role("button", name="遮盖").count() == 0
    page.click("form a")
    found.locator("[role=status]", has_text="没有提交").wait_for(timeout=60_000)
    found.get_by_role("button", name="补上标注").click()
    page.set_input_files("[name=files]", [photo])
    asks = panel(page, "needs_review")
    assert "现场.jpg" in asks.inner_text()
    asks.get_by_label("以上事项已由人看过").check()
    submit(page, "form a")
    (sent,) = cms.sent
    assert "（此件公开发布）" in sent["content"]
    assert sent["gkfs"] == "1"
    assert (sent["opencheck_clearance"], sent["opencheck_confirmed"]) == ("needs_review", "yes")


@pytest.mark.parametrize(("more", "told"), [("", "恢复之前不能提交"), ('data-on-down="pass"', "没有检查")])
def test_service_that_is_down_is_told_and_the_policy_kept(page: Any, cms: Cms, service: Server, more: str, told: str) -> None:
    cms.sent.clear()
    address = cms.page(
        f"down{len(more)}", PLAIN, service.url, TOKEN, "[name=content]", f'data-service="http://127.0.0.1:9" {more}'
    )
    page.goto(address)
    page.fill("[name=content]", "正文")
    found = panel(page, "unchecked")
    assert "连不上检查服务" in found.inner_text()
    assert told in found.locator(".policy").inner_text()
    page.click("[name=publish]")
    if more:
        page.get_by_text("已收到").wait_for(timeout=60_000)
        assert [s["opencheck_clearance"] for s in cms.sent] == ["unchecked"]
    else:
        found.locator("[role=status]", has_text="没有提交").wait_for(timeout=60_000)
        assert cms.sent == []


@pytest.mark.thorough
def test_wrong_settings_and_refusals_never_pass(page: Any, cms: Cms, service: Server) -> None:
    cms.sent.clear()
    page.goto(cms.page("wrong", PLAIN, service.url, TOKEN, "#nothing", 'data-on-down="pass"'))
    assert 'data-body="#nothing"' in panel(page, "unchecked").inner_text()
    page.click("[name=publish]")
    page.locator("aside [role=status]", has_text="没有提交").wait_for()
    page.goto(cms.page("token", PLAIN, service.url, "wrong", "[name=content]"))
    assert "Bearer" in panel(page, "unchecked").inner_text()
    assert cms.sent == []


def test_origins_only_those_allowed_may_ask(cms: Cms, service: Server) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    own, other = (
        {"Origin": cms.url, "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost:1", "Sec-Fetch-Site": "cross-site"},
    )
    with service.client() as client:
        assert client.options("/v1/preflight", headers={**own, **asked}).headers["access-control-allow-origin"] == cms.url
        assert "access-control-allow-origin" not in client.options("/v1/preflight", headers={**other, **asked}).headers
        answer = client.post("/v1/preflight", json={"record": {"title": "通知"}}, headers=own)
        assert answer.headers["access-control-allow-origin"] == cms.url
        refused = client.post("/v1/preflight", json={"record": {}}, headers=other)
        problem(refused, 403)
        assert "access-control-allow-origin" not in refused.headers
    with service.client(None) as client:
        unknown = client.post("/v1/preflight", json={"record": {}}, headers=own)
        problem(unknown, 401)
        assert unknown.headers["access-control-allow-origin"] == cms.url, "the page can tell why"
        script = client.get("/opencheck.js", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})
        assert script.headers["cross-origin-resource-policy"] == "cross-origin"
        problem(client.get("/page/app.js", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}), 403)
    assert httpx.get(f"{service.url}/opencheck.js", headers={"Host": "evil.example"}, trust_env=False).status_code == 403
