"""The check in plain Django: the example site, started as its README says, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accessibility import barriers
from browser_forms import submit
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
    submit(page, "button")
    assert "身份证号（1101**********002X）" in page.inner_text(".errorlist")
    page.fill("[name=summary]", "")
    listed = tmp_path / "名单.txt"
    listed.write_text(f"王某 {ID}", encoding="utf-8")
    page.set_input_files("[name=attachment]", listed)
    submit(page, "button")
    told = page.locator(".errorlist").all_inner_texts()
    assert any("PD-13.3" in t and "附件 名单.txt第4字起" in t for t in told)
    page.fill("[name=body]", "<p>正文</p><p>（此件公开发布）</p>")
    page.fill("[name=signed_on]", "2026-01-05")
    submit(page, "button")
    told = page.locator(".errorlist").all_inner_texts()
    assert any("PD-14.1b" in t for t in told), "nobody has recorded the review: the editor is asked"
    page.check("input[type=checkbox][name=opencheck_confirmed]")
    submit(page, "button")
    assert page.inner_text("ul li") == "关于水质的通知"
    page.close()


def test_admin_is_stopped_confirmed_and_saved(plain: Site, browser: Any, tmp_path: Path) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(f"{plain.url}/admin/login/?next=/admin/notices/notice/add/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", "editor")
    submit(page, "[type=submit]")
    page.fill("[name=title]", "后台里的通知")
    page.fill("[name=body]", f"<p>户主{ID}</p>")
    page.select_option("[name=attribute]", "主动公开")
    assert page.locator("[name=opencheck_confirmed]").get_attribute("type") == "hidden", "nothing to confirm yet"
    submit(page, "[name=_save]")
    told = page.inner_text(".field-body .errorlist")
    assert "PD-13.3" in told
    assert "PD-14.2c" in told
    assert ID not in told
    page.fill("[name=body]", "<p>正文</p><p>（此件公开发布）</p>")
    page.set_input_files(
        "[name=attachment]", {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0\x00\x00 photo"}
    )
    submit(page, "[name=_save]")
    assert "现场.jpg" in page.inner_text(".field-opencheck_unread_reason .errorlist")
    page.fill("[name=opencheck_unread_reason]", "已看过照片，没有个人信息")
    page.set_input_files(
        "[name=attachment]", {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0\x00\x00 photo"}
    )
    submit(page, "[name=_save]")
    assert "PD-14.1b" in page.inner_text(".field-opencheck_confirmed .errorlist"), "nobody has recorded the review"
    assert plain.ask("from notices.models import Notice\nout = Notice.objects.filter(title='后台里的通知').count()") == 0
    page.check("input[type=checkbox][name=opencheck_confirmed]")
    page.set_input_files(
        "[name=attachment]", {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0\x00\x00 photo"}
    )
    submit(page, "[name=_save]")
    assert "后台里的通知" in page.inner_text("#result_list")
    page.close()


def log_in(page: Any, plain: Site, user: str, to: str) -> None:
    page.goto(f"{plain.url}/admin/login/?next={to}")
    page.fill("[name=username]", user)
    page.fill("[name=password]", user)
    submit(page, "[type=submit]")


@pytest.mark.thorough
def test_admin_checks_while_one_writes_and_mends_by_one_click(plain: Site, browser: Any) -> None:
    page = browser.new_page(locale="zh-CN")
    page.set_default_timeout(60_000)
    log_in(page, plain, "editor", "/admin/notices/notice/add/")
    page.fill("[name=title]", f"关于{ID}的通知")
    page.fill("[name=body]", f"户主王某，身份证号{ID}。\n2026年1月5日")
    page.select_option("[name=attribute]", "主动公开")
    found = page.locator("[data-opencheck-findings]")
    told = {rule: found.get_by_role("listitem").filter(has_text=rule).first for rule in ("PD-13.3", "PD-14.2c", "PD-14.2g")}
    for item in told.values():
        item.wait_for()
    assert ID not in found.inner_html()
    assert barriers(page, ".opencheck") == []
    told["PD-14.2g"].get_by_role("button", name="看这一处").click()
    chosen = "(() => { const e = document.activeElement; return [e.name, e.value.slice(e.selectionStart, e.selectionEnd)]; })()"
    assert page.evaluate(chosen) == ["title", ID]
    for rule, button in (("PD-14.2g", "遮盖"), ("PD-14.2c", "遮盖"), ("PD-13.3", "补上标注")):
        told[rule].get_by_role("button", name=button).click()
        told[rule].wait_for(state="detached")
    assert page.input_value("[name=title]") == "关于1101**********002X的通知"
    assert page.input_value("[name=body]") == "户主王某，身份证号1101**********002X。\n2026年1月5日\n（此件公开发布）"
    assert (
        plain.ask("from notices.models import Notice\nout = Notice.objects.filter(title__startswith='关于1101').count()") == 0
    )
    page.close()


@pytest.mark.thorough
def test_admin_checks_a_saved_record_for_those_who_may_change_it_only(plain: Site, browser: Any) -> None:
    made = """
from django.contrib.auth.models import Permission, User
from notices.models import Notice
reader = User.objects.create_user("reader", password="reader", is_staff=True)
reader.user_permissions.add(Permission.objects.get(codename="view_notice"))
out = Notice.objects.create(title="旧通知", body="户主王某").pk
"""
    address = f"/admin/notices/notice/{plain.ask(made)}"
    check = "(address) => fetch(address, {method: 'POST', body: new FormData(document.querySelector('#notice_form'))}).then((a) => a.status)"
    for user, panels, status in (("editor", 1, 200), ("reader", 0, 403)):
        page = browser.new_page(locale="zh-CN")
        log_in(page, plain, user, f"{address}/change/")
        page.locator("#notice_form").wait_for()
        assert page.locator("[data-opencheck-url]").count() == panels
        assert page.evaluate(check, f"{address}/opencheck/check/") == status
        assert page.evaluate(check, "/admin/notices/notice/999999/opencheck/check/") == 404
        page.close()


def test_admin_wrong_settings_are_refused(plain: Site) -> None:
    code = """
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from notices.models import Notice
from opencheck.integrations.django import RecordMapping
from opencheck.integrations.django_admin import PreflightAdmin
out = []
for own in ({}, {"preflight": RecordMapping(fields={"title": "title"}), "list_display": ("id", "title"), "list_editable": ("title",)}):
    try:
        type("Own", (PreflightAdmin, admin.ModelAdmin), own)(Notice, admin.site)
    except ImproperlyConfigured as exc:
        out.append(str(exc))
"""
    assert plain.ask(code) == [
        "Own has no preflight: set a RecordMapping",
        "Own: what is changed in a list is not checked, remove list_editable",
    ]
