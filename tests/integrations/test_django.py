"""The check in plain Django: the example site, started as its README says, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sites import ID, ROOT, Site, started

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from started(ROOT / "examples" / "django", tmp_path_factory.mktemp("django"), "site_settings")


def test_form_is_stopped_and_then_passes(plain: Site, browser: Any, tmp_path: Path) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(plain.url)
    page.fill("[name=title]", "关于水质的通知")
    page.fill("[name=summary]", f"户主{ID}")
    page.fill("[name=body]", "<p>正文</p>")
    page.select_option("[name=attribute]", "主动公开")
    page.click("button")
    assert "身份证号（1101**********002X）" in page.inner_text(".errorlist")
    page.fill("[name=summary]", "")
    listed = tmp_path / "名单.txt"
    listed.write_text(f"王某 {ID}", encoding="utf-8")
    page.set_input_files("[name=attachment]", listed)
    page.click("button")
    told = page.locator(".errorlist").all_inner_texts()
    assert any("PD-13.3" in t and "附件 名单.txt第4字起" in t for t in told)
    page.fill("[name=body]", "<p>正文</p><p>（此件公开发布）</p>")
    page.fill("[name=signed_on]", "2026-01-05")
    page.click("button")
    told = page.locator(".errorlist").all_inner_texts()
    assert any("PD-14.1b" in t for t in told), "nobody has recorded the review: the editor is asked"
    page.check("input[type=checkbox][name=opencheck_confirmed]")
    page.click("button")
    assert page.inner_text("ul li") == "关于水质的通知"
    page.close()
