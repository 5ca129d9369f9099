"""Make the pictures of the documentation from what opencheck writes and shows: report, finding, terminal, hand-out, service and editor.

python scripts/screenshots.py [FOLDER]    (needs Chromium and the extras dev, serve and wagtail)
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

import opencheck as oc
from opencheck.report.formats.overview import overview
from opencheck.report.handouts.content import handouts_of
from opencheck.report.handouts.page import as_handout_page

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "examples" / "documents" / "07-嵌套表格里的身份证号.docx"
DAY = "2018-12-31"
COLUMNS = 100
UNIT = "市财政局"
STYLES = {"red": "#d33", "yellow": "#b8860b"}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ledger = next((ROOT / "examples").glob("*.xlsx"))
    report = oc.check(ledger, as_of=DAY)
    browser_path = next(p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n)))
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for lang, theme in (("zh", "light"), ("en", "dark")):
            file = report.write(Path(temporary) / f"{lang}.html", lang=lang)
            page = browser.new_context(color_scheme=theme, viewport={"width": 1180, "height": 760}).new_page()
            page.goto(file.as_uri())
            page.screenshot(path=folder / f"report-{lang}.png")
            page.fill("#filters input", "PD-9.4 W054")
            page.locator(".finding").nth(1).wait_for(state="detached")
            page.click(".finding summary")
            page.locator(".finding").screenshot(path=folder / f"finding-{lang}.png")
            page.set_content(terminal(report, f"opencheck check {ledger.name} --as-of {DAY}", lang))
            page.locator("pre").screenshot(path=folder / f"terminal-{lang}.png")
            for name, commands in written_commands(Path(temporary) / lang).items():
                page.set_content(terminal_of(commands, Path(temporary) / lang, lang))
                page.locator("pre").screenshot(path=folder / f"{name}-{lang}.png")
            notice = next(h for h in handouts_of(report) if h.name(lang) == UNIT)
            page.set_viewport_size({"width": 1000, "height": 640})
            page.set_content(as_handout_page(notice, lang).decode())
            page.screenshot(path=folder / f"notice-{lang}.png")
        with running([sys.executable, "-m", "opencheck", "serve", "--port"], Path(temporary)) as address:
            for lang in ("zh", "en"):
                show_service(browser, address, lang, folder)
        with running([sys.executable, str(ROOT / "examples" / "wagtail" / "run.py"), "--port"], Path(temporary)) as address:
            show_editor(browser, address, folder)
        browser.close()


def terminal(report: oc.Report, command: str, lang: str) -> str:
    """Return what a terminal shows of a report, as a page."""
    lines = [f"<b>$ {escape(command)}{' --lang en' if lang == 'en' else ''}</b>"]
    for line in overview(report, lang, COLUMNS):
        colour = STYLES.get(line.style.removeprefix("bold").strip(), "inherit")
        weight = "bold" if line.style.startswith("bold") else "normal"
        lines.append(f'<span style="color:{colour};font-weight:{weight}">{escape(line.text)}</span>')
    return _screen(lines, lang)


def written_commands(folder: Path) -> dict[str, list[list[str]]]:
    """Return the commands of pages about one command, by the picture; what they are about is written into a folder."""
    folder.mkdir()
    shutil.copy(DOCUMENT, folder / "通知.docx")
    rows = ["序号,申请内容,收到申请时间,办结时间,经办科室", "1,某项目的批复,2018年9月3日,2018-9-5,办公室"]
    (folder / "依申请公开台账.csv").write_text("\n".join(rows), "utf-8")
    return {
        "preflight": [["preflight", "通知.docx", "--as-of", "2018-09-10"]],
        "headings": [["map", "依申请公开台账.csv"]],
        "tutorial": [["new-pack", "my-city", "--kind", "posted"], ["test-pack", "my-city"]],
    }


def terminal_of(commands: Sequence[Sequence[str]], folder: Path, lang: str) -> str:
    """Return what a terminal shows of commands that are run in a folder, as a page."""
    lines = []
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "PYTHONPATH": str(ROOT / "src")}
    for command in commands:
        own = [*command, *(["--lang", "en"] if lang == "en" and command[0] == "preflight" else [])]
        run = subprocess.run(
            [sys.executable, "-m", "opencheck", *own],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            input="",
            check=False,
        )
        lines += [f"<b>$ opencheck {escape(' '.join(own))}</b>", escape(run.stdout.rstrip()), escape(run.stderr.rstrip())]
    return _screen([line for line in lines if line], lang)


def _screen(lines: Sequence[str], lang: str) -> str:
    style = "margin:0;padding:14px 18px;width:max-content;max-width:1100px;white-space:pre-wrap;background:#fff;color:#222;font:14px/1.45 FONT"
    font = '"Noto Sans Mono CJK SC",monospace' if lang == "zh" else '"DejaVu Sans Mono","Noto Sans Mono CJK SC",monospace'
    style = style.replace("FONT", font)
    return f"<body style=\"margin:0\"><pre style='{style}'>" + "\n".join(lines) + "</pre></body>"


@contextmanager
def running(command: Sequence[str], folder: Path) -> Iterator[str]:
    """Start a server on a free port, and return its address once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "OPENCHECK_SITE": str(folder / "site"), "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen([*command, str(port)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise SystemExit(f"{' '.join(command)}: ended with {process.returncode}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def show_service(browser: Any, address: str, lang: str, folder: Path) -> None:
    """Take the page of the service with the result of a document."""
    page = browser.new_page(viewport={"width": 1000, "height": 820})
    page.goto(f"{address}/?lang={lang}")
    page.locator("#formats:not(:empty)").wait_for()  # the last that its script fills in
    page.set_input_files("#file", DOCUMENT)
    page.fill("#as_of", "2018-09-10")
    page.select_option("#attribute", "主动公开")
    page.select_option("#is_policy", "否")
    page.fill("#reviewed_on", "2018-09-07")
    page.fill("#review_result", "可以公开")
    page.fill("#reviewer", "李某")
    page.click("#go")
    page.locator("#result:not([hidden])").wait_for()
    page.evaluate("document.querySelector('#result').scrollIntoView()")
    page.screenshot(path=folder / f"service-{lang}.png")
    page.close()


def show_editor(browser: Any, address: str, folder: Path) -> None:
    """Take the page of the Wagtail example while a notice is written: what blocks it, marked in the text and listed."""
    page = browser.new_page(viewport={"width": 1180, "height": 780}, locale="zh-CN")
    page.goto(f"{address}/admin/login/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", "editor")
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")
    page.goto(f"{address}/admin/pages/2/")  # the home page, below which the notice lies
    page.locator("a[href$='/edit/']", has_text="通知").first.click()
    page.locator("[data-opencheck-act=apply]:visible").first.wait_for()
    # The fields between the text and the list are left out, so that both are seen.
    page.add_style_tag(content=".footer { display: none; } .messages { display: none; }")
    page.evaluate(
        """() => { const list = document.querySelector(".opencheck").closest("section");
          for (const other of document.querySelectorAll("section.w-panel")) {
            if (other !== list && !other.contains(list) && !other.querySelector("[contenteditable=true]")) other.style.display = "none";
          } window.dispatchEvent(new Event("resize")); window.scrollTo(0, 0); }"""
    )
    page.screenshot(path=folder / "editor.png")
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
