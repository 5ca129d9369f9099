"""Make the pictures of the documentation from what opencheck writes: the page of the example ledger and one of its findings.

python scripts/screenshots.py [FOLDER]    (needs Chromium and the extra dev)
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import opencheck as oc

ROOT = Path(__file__).resolve().parent.parent


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ledger = next((ROOT / "examples").glob("*.xlsx"))
    report = oc.check(ledger, as_of="2018-12-31")
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
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
