"""The check in Wagtail: the example site, started as its README says, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from accessibility import barriers
from browser_forms import submit
from sites import ID, ROOT, Site, started

pytestmark = [pytest.mark.browser]

PAGES = """
from wagtail.models import Page
from wagtail.documents.models import Document
from django.core.files.base import ContentFile
from notices.models import NoticePage, DisclosurePage, PlainPage, RawPage
home = Page.objects.get(depth=2)
review = {"reviewed_on": "2026-01-05", "review_result": "可以公开", "reviewer": "李某"}
label = "<p>2026年1月5日</p><p>（此件公开发布）</p>"
file = Document(title="名单")
file.file.save("list.csv", ContentFile("王某,11010519491231002X".encode()))
file.save()
def add(page):
    home.add_child(instance=page)
    page.save_revision()
    return page.pk
photo = Document(title="现场照片")
photo.file.save("现场.jpg", ContentFile(b"\\xff\\xd8\\xff\\xe0\\x00\\x00 photo"))
photo.save()
out = {
    "photo": add(NoticePage(title="附件是照片", slug="photo", body="<p>正文</p>" + label, attribute="主动公开", attachment=photo, live=False, **review)),
    "clean": add(NoticePage(title="清楚的通知", slug="clean", body="<p>正文</p>" + label, attribute="主动公开", live=False, **review)),
    "draft": add(NoticePage(title="正在写的通知", slug="draft", body="<p>正文</p>" + label, attribute="主动公开", live=False, **review)),
    "fixable": add(NoticePage(title="可以改的通知", slug="fixable", body=f"<p>见<b>身份证号</b>、{'11010519491231002X'}一栏</p><ul><li>户主王某，身份证号{'11010519491231002X'}，申请救助</li></ul><p>2026年1月5日</p>", attribute="主动公开", live=False, **review)),
    "raw": add(RawPage(title="不用富文本的通知", slug="raw", body="户主王某，身份证号11010519491231002X。\\n2026年1月5日\\n附件：名单", live=False)),
    "later": add(NoticePage(title="定时公布的通知", slug="later", body="<p>正文</p>" + label, attribute="主动公开", live=False, **review)),
    "later_stopped": add(NoticePage(title="定时公布、没有标注的通知", slug="later-stopped", body="<p>正文</p>", attribute="主动公开", live=False, **review)),
    "linked": add(NoticePage(title="带附件的通知", slug="linked", body=f'<p>见<a linktype="document" id="{file.pk}">名单</a></p>' + label, attribute="主动公开", live=False, **review)),
    "field": add(NoticePage(title="附件栏有名单", slug="field", body="<p>正文</p>" + label, attribute="主动公开", attachment=file, live=False, **review)),
    "warned": add(DisclosurePage(title="检查结果", slug="warned", topic="supervision.inspection", channels="政府门户网站", body="<p>检查了12家。</p>", live=False, **review)),
    "unreviewed": add(NoticePage(title="没有登记审查的通知", slug="unreviewed", body="<p>正文</p>" + label, attribute="主动公开", live=False)),
    "unreviewed_plain": add(PlainPage(title="没有登记审查的网页", slug="unreviewed-plain", body="<p>正文</p>" + label, live=False)),
    "plain": add(PlainPage(title="没有标注的通知", slug="plain", body="<p>正文</p>", live=False)),
    "notice": Page.objects.get(slug="notice").pk,
}
"""


@pytest.fixture(scope="module")
def wagtail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from started(ROOT / "examples" / "wagtail", tmp_path_factory.mktemp("wagtail"), "settings")


@pytest.fixture(scope="module")
def pages(wagtail: Site) -> dict[str, int]:
    found: dict[str, int] = wagtail.ask(PAGES)
    return found


@pytest.fixture(scope="module")
def editor(wagtail: Site, browser: Any) -> Iterator[Any]:
    page = browser.new_page(locale="zh-CN", viewport={"width": 1280, "height": 1000})
    page.goto(f"{wagtail.url}/admin/login/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", "editor")
    submit(page, "button[type=submit]")
    yield page
    page.close()


def publish(editor: Any, wagtail: Site, page: int) -> None:
    if not editor.url.endswith(f"/admin/pages/{page}/edit/"):
        editor.goto(f"{wagtail.url}/admin/pages/{page}/edit/")
    with editor.expect_navigation():
        editor.evaluate("document.querySelector('button[name=action-publish]').click()")


STATE = """
from wagtail.models import Page
from opencheck.integrations.wagtail.models import PreflightRecord
page = Page.objects.get(pk={page}).specific
kept = [r for r in PreflightRecord.objects.filter(revision__object_id=str(page.pk)).order_by("pk")]
out = {{"live": page.live, "kept": [(r.publishable, r.confirmed, str(r.user), [f["rule"] for f in r.result["blocking"]], r.revision_id == page.latest_revision_id) for r in kept],
       "text": json.dumps([r.result for r in kept])}}
"""


def state(wagtail: Site, page: int) -> dict[str, Any]:
    found: dict[str, Any] = wagtail.ask(STATE.format(page=page))
    return found


def test_publish_blocking_finding_stops_at_its_field(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    editor.goto(f"{wagtail.url}/admin/pages/{pages['notice']}/edit/")
    editor.fill("[name=number]", "平政办发〔2018〕41号")
    publish(editor, wagtail, pages["notice"])
    told = editor.locator(".messages").inner_text()
    assert "改动已存为草稿" in told
    assert editor.locator(".messages ul ul li, .messages li ul li").count() >= 2, "each reason is an item of a list"
    assert editor.input_value("[name=number]") == "平政办发〔2018〕41号", "what the editor wrote is kept"
    assert "PD-13.3" in told
    assert "1101**********002X" in told
    assert "没有找到公开属性标注" in told
    assert editor.locator("[name=opencheck_confirmed]").get_attribute("type") == "hidden"
    assert state(wagtail, pages["notice"])["live"] is False
    panel = editor.locator(".opencheck").inner_text()
    assert "不能公布（2）" in panel
    assert "无法判断" in panel  # nobody filled in the review
    assert ID not in panel


def test_publish_clean_page_keeps_the_result(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    publish(editor, wagtail, pages["clean"])
    assert state(wagtail, pages["clean"]) | {"text": ""} == {
        "live": True,
        "kept": [[True, False, "editor", [], True]],
        "text": "",
    }
    assert "（此件公开发布）" in httpx.get(f"{wagtail.url}/clean/", trust_env=False).text


@pytest.mark.parametrize("name", ["linked", "field"])
def test_publish_linked_documents_are_read(name: str, editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    publish(editor, wagtail, pages[name])
    assert re.search(r"附件 list\S*\.csv第4字起", editor.locator(".messages").inner_text())
    assert state(wagtail, pages[name])["live"] is False


@pytest.mark.thorough
def test_publish_unread_attachment_needs_a_reason_and_keeps_it(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    publish(editor, wagtail, pages["photo"])
    told = editor.locator(".opencheck [role=alert]").inner_text()
    assert "现场" in told
    assert state(wagtail, pages["photo"])["live"] is False
    editor.fill("[name=opencheck_unread_reason]", "无")
    publish(editor, wagtail, pages["photo"])
    assert state(wagtail, pages["photo"])["live"] is False, "a placeholder is no reason"
    editor.fill("[name=opencheck_unread_reason]", "已看过照片，没有个人信息")
    publish(editor, wagtail, pages["photo"])
    kept = state(wagtail, pages["photo"])
    assert kept["live"] is True
    (confirmed,) = json.loads(kept["text"])[-1]["confirmations"]
    assert (confirmed["reason"], confirmed["by"]) == ("已看过照片，没有个人信息", "editor")
    assert len(confirmed["sha256"]) == 64
    publish(editor, wagtail, pages["photo"])
    again = json.loads(state(wagtail, pages["photo"])["text"])
    assert again[-1]["confirmations"][0]["reason"] == "已看过照片，没有个人信息", "the same bytes need no second confirmation"


@pytest.mark.thorough
def test_publish_warning_asks_for_a_confirmation(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    publish(editor, wagtail, pages["warned"])
    box = editor.locator("input[type=checkbox][name=opencheck_confirmed]")
    assert box.count() == 1
    assert "PD-5-1.2" in editor.locator(".messages").inner_text()
    assert state(wagtail, pages["warned"])["live"] is False
    box.check()
    publish(editor, wagtail, pages["warned"])
    found = state(wagtail, pages["warned"])
    assert found["live"] is True
    assert found["kept"][-1][:3] == [False, True, "editor"], "confirmed by an editor: some facts of the duty are not recorded"


def test_publish_unrecorded_review_asks_for_a_confirmation(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    publish(editor, wagtail, pages["unreviewed"])
    assert "PD-14.1b" in editor.locator(".messages").inner_text()
    assert state(wagtail, pages["unreviewed"])["live"] is False
    editor.locator("input[type=checkbox][name=opencheck_confirmed]").check()
    publish(editor, wagtail, pages["unreviewed"])
    found = state(wagtail, pages["unreviewed"])
    assert found["live"] is True
    assert found["kept"][-1][:3] == [False, True, "editor"]
    assert json.loads(found["text"])[-1]["clearance"] == "needs_review"


@pytest.mark.thorough
def test_publish_unrecorded_review_without_our_form_stays_a_draft(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    publish(editor, wagtail, pages["unreviewed_plain"])
    assert "PD-14.1b" in editor.locator(".messages").inner_text()
    found = state(wagtail, pages["unreviewed_plain"])
    assert found["live"] is False
    assert found["kept"][-1][:2] == [False, False]


@pytest.mark.thorough
def test_publish_page_without_our_form_is_stopped(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    publish(editor, wagtail, pages["plain"])
    assert "PD-13.3" in editor.locator(".messages").inner_text()
    found = state(wagtail, pages["plain"])
    assert found["live"] is False
    assert found["kept"][-1][3] == ["PD-13.3"]


@pytest.mark.thorough
def test_draft_is_saved_unchecked(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    editor.goto(f"{wagtail.url}/admin/pages/{pages['notice']}/edit/")
    editor.fill("[name=number]", "平政办发〔2018〕41号")
    with editor.expect_navigation():
        editor.evaluate("document.querySelector('button.action-save').click()")
    assert (
        wagtail.ask(
            f"from notices.models import NoticePage\nout = NoticePage.objects.get(pk={pages['notice']}).get_latest_revision_as_object().number"
        )
        == "平政办发〔2018〕41号"
    )


def test_panel_renews_while_the_editor_writes(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    editor.goto(f"{wagtail.url}/admin/pages/{pages['draft']}/edit/")
    findings = editor.locator("[data-opencheck-findings]")
    body = editor.locator("[contenteditable=true]").first
    body.click()
    editor.keyboard.press("Control+End")
    editor.keyboard.type(f" 户主王某，身份证号{ID}。")
    editor.locator("[name=number]").click()
    findings.get_by_text("PD-14.2c").wait_for(timeout=60_000)
    assert "不能公布" in findings.inner_text()
    assert ID not in findings.inner_text()
    assert editor.evaluate("[...CSS.highlights.get('opencheck')].map((r) => r.toString())") == [ID]
    editor.fill("[name=number]", "平政办发〔2026〕1号<b>")
    body.click()
    editor.keyboard.press("Control+End")
    for _ in range(len(f"身份证号{ID}。")):
        editor.keyboard.press("Backspace")
    editor.locator("[name=number]").click()
    findings.get_by_text("PD-14.2c").wait_for(state="detached", timeout=60_000)
    assert editor.evaluate("CSS.highlights.get('opencheck').size") == 0
    assert state(wagtail, pages["draft"]) | {"text": ""} == {"live": False, "kept": [], "text": ""}, "nothing is saved"
    editor.evaluate("window.onbeforeunload = null")
    anonymous = httpx.post(f"{wagtail.url}/admin/opencheck/check/{pages['draft']}/", trust_env=False)
    assert anonymous.status_code in (302, 403)


@pytest.mark.thorough
def test_panel_checks_a_page_that_is_not_created_yet(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    home = wagtail.ask("from wagtail.models import Page\nout = Page.objects.get(depth=2).pk")
    count = "from wagtail.models import Page\nout = Page.objects.count()"
    before = wagtail.ask(count)
    editor.goto(f"{wagtail.url}/admin/pages/add/notices/noticepage/{home}/")
    findings = editor.locator("[data-opencheck-findings]")
    editor.fill("[name=title]", "新的通知")
    editor.locator("[contenteditable=true]").first.click()
    editor.keyboard.type(f"户主王某，身份证号{ID}。")
    editor.select_option("[name=attribute]", "主动公开")
    findings.get_by_text("PD-14.2c").wait_for(timeout=60_000)
    assert ID not in findings.inner_text()
    assert barriers(editor, ".opencheck") == []
    mended(editor, "遮盖", "PD-14.2c")
    assert "1101**********002X" in body_lines(editor)[0][1]
    assert wagtail.ask(count) == before, "nothing is saved"
    editor.evaluate("window.onbeforeunload = null")


@pytest.mark.thorough
def test_live_check_of_a_new_page_is_for_those_who_may_create_it(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    code = """
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from wagtail.models import Page
home = Page.objects.get(depth=2).pk
users = get_user_model().objects
visitor = users.create_user("visitor", password="visitor")
visitor.user_permissions.add(Permission.objects.get(codename="access_admin"))
def status(user, address):
    client = Client()
    client.force_login(user)
    return client.post("/admin/opencheck/check/" + address, {"title": "通知"}, HTTP_HOST="127.0.0.1", HTTP_X_REQUESTED_WITH="XMLHttpRequest").status_code
own = users.get(username="editor")
new = f"notices/noticepage/{home}/"
out = [status(own, new), status(own, f"notices/nothing/{home}/"), status(own, f"auth/user/{home}/"), status(own, "notices/noticepage/999999/"), status(visitor, new)]
visitor.delete()
"""
    assert wagtail.ask(code) == [200, 404, 404, 404, 403]


def mended(editor: Any, name: str, wait: str) -> None:
    """Press a button of the panel and wait until the next check no longer has the finding."""
    findings = editor.locator("[data-opencheck-findings]")
    findings.get_by_role("button", name=name).first.click(timeout=60_000)
    if wait:
        findings.get_by_text(wait).wait_for(state="detached", timeout=60_000)


def body_lines(editor: Any) -> list[tuple[str, str]]:
    blocks = json.loads(editor.locator("[name=body]").input_value())["blocks"]
    return [(block["type"], block["text"]) for block in blocks]


def test_panel_masks_and_labels_by_one_click(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    editor.goto(f"{wagtail.url}/admin/pages/{pages['fixable']}/edit/")
    findings = editor.locator("[data-opencheck-findings]")
    masks = findings.get_by_role("button", name="遮盖")
    masks.nth(1).wait_for(timeout=60_000)
    assert barriers(editor, ".opencheck") == []
    findings.get_by_role("button", name="看这一处").last.click()
    assert editor.evaluate("getSelection().toString()") == ID
    assert "户主" in editor.evaluate("getSelection().anchorNode.data"), "the second hit is the one in the list"
    masks.nth(1).click()
    editor.wait_for_function("JSON.parse(document.querySelector('[name=body]').value).blocks[1].text.includes('*')")
    assert [text.count("1101**********002X") for _, text in body_lines(editor)] == [0, 1, 0]
    editor.locator("[data-opencheck-act=apply]").nth(2).wait_for(state="detached", timeout=60_000)
    mended(editor, "遮盖", "PD-14.2c")
    mended(editor, "补上标注", "PD-13.3")
    assert body_lines(editor) == [
        ("unstyled", "见身份证号、1101**********002X一栏"),
        ("unordered-list-item", "户主王某，身份证号1101**********002X，申请救助"),
        ("unstyled", "2026年1月5日"),
        ("unstyled", "（此件公开发布）"),
    ]
    assert "可以公布" in findings.inner_text()
    editor.locator("[contenteditable=true]").first.click()
    editor.keyboard.press("Control+z")
    findings.get_by_text("PD-13.3").wait_for(timeout=60_000)
    assert body_lines(editor)[-1] == ("unstyled", "2026年1月5日"), "a fix is undone as typing is"
    editor.evaluate("window.onbeforeunload = null")


@pytest.mark.thorough
def test_panel_mends_a_plain_text_field(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    editor.goto(f"{wagtail.url}/admin/pages/{pages['raw']}/edit/")
    mended(editor, "遮盖", "PD-14.2c")
    mended(editor, "补上标注", "PD-13.3")
    assert (
        editor.input_value("[name=body]")
        == "户主王某，身份证号1101**********002X。\n2026年1月5日\n（此件公开发布）\n附件：名单"
    )
    editor.evaluate("window.onbeforeunload = null")


@pytest.mark.thorough
def test_publish_scheduled_was_checked_when_it_was_scheduled(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    set_schedule = """
from datetime import timedelta
from django.utils import timezone
from notices.models import NoticePage
for pk in ({later}, {later_stopped}):
    page = NoticePage.objects.get(pk=pk)
    page.go_live_at = timezone.now() + timedelta(days=3)
    page.save_revision()
"""
    wagtail.ask(set_schedule.format(**pages))
    for name in ("later", "later_stopped"):
        publish(editor, wagtail, pages[name])
        assert state(wagtail, pages[name])["live"] is False, "not before its day"
    run = """
from datetime import timedelta
from unittest import mock
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page, Revision
waiting = Revision.objects.filter(approved_go_live_at__isnull=False)
days = [(r.opencheck.as_of - timezone.localdate()).days for r in waiting]
four_days_later = timezone.now() + timedelta(days=4)
with mock.patch("django.utils.timezone.now", lambda: four_days_later):
    call_command("publish_scheduled")
out = [days, *(Page.objects.get(pk=pk).live for pk in ({later}, {later_stopped}))]
"""
    assert wagtail.ask(run.format(**pages)) == [[3], True, False]


def test_publish_bulk_and_workflow_are_checked(editor: Any, wagtail: Site, pages: dict[str, int]) -> None:
    editor.goto(f"{wagtail.url}/admin/bulk/wagtailcore/page/publish/?id={pages['notice']}")
    submit(editor, "main form button[type=submit], main form input[type=submit]")
    assert "PD-14.2c" in editor.locator(".messages").inner_text()
    assert state(wagtail, pages["notice"])["live"] is False
    wagtail.ask(f"from wagtail.models import Page\nPage.objects.filter(pk={pages['clean']}).update(live=False)")
    editor.goto(f"{wagtail.url}/admin/bulk/wagtailcore/page/publish/?id={pages['clean']}")
    submit(editor, "main form button[type=submit], main form input[type=submit]")
    assert state(wagtail, pages["clean"])["live"] is True, "what may be published goes out"
    code = """
from django.contrib.auth import get_user_model
from wagtail.models import Page, Task, GroupApprovalTask, Workflow, WorkflowTask
from django.contrib.auth.models import Group
user = get_user_model().objects.get()
workflow = Workflow.objects.create(name="审批")
task = GroupApprovalTask.objects.create(name="审核")
task.groups.set(Group.objects.all())
WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
out = []
for pk in ({notice}, {clean}, {unreviewed_plain}):
    page = Page.objects.get(pk=pk).specific
    page.live = False
    page.save(update_fields=["live"])
    page.save_revision(user=user)
    run = workflow.start(page, user)
    run.current_task_state.approve(user=user)
    out.append(Page.objects.get(pk=pk).live)
"""
    assert wagtail.ask(code.format(**pages)) == [False, True, False]


def test_publish_workflow_with_a_go_live_day_is_checked_as_of_that_day(wagtail: Site, pages: dict[str, int]) -> None:
    """An approved page waits for its day, one with a blocking finding never goes out, and what is signed by then counts as signed."""
    code = """
from datetime import timedelta
from unittest import mock
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone
from notices.models import NoticePage
from opencheck.integrations.wagtail.models import PreflightRecord
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowTask
user = get_user_model().objects.get(username="editor")
workflow = Workflow.objects.create(name="定时审批")
task = GroupApprovalTask.objects.create(name="定时审核")
task.groups.set(Group.objects.all())
WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
home = Page.objects.get(depth=2)
review = {"reviewed_on": "2026-01-05", "review_result": "可以公开", "reviewer": "李某"}
own, told = [], []
for slug, text in (("timed", "<p>正文</p><p>（此件公开发布）</p>"), ("timed-stopped", "<p>正文</p>")):
    page = NoticePage(title="定时", slug=slug, body=text, attribute="主动公开", live=False, **review)
    home.add_child(instance=page)
    page.go_live_at = timezone.now() + timedelta(days=3)
    page.save_revision(user=user)
    run = workflow.start(page, user)
    run.current_task_state.approve(user=user)
    own.append(page.pk)
    record = PreflightRecord.objects.get(revision=page.get_latest_revision())
    now = Page.objects.get(pk=page.pk)
    told.append([now.live, now.latest_revision.approved_go_live_at is not None, (record.as_of - timezone.localdate()).days])
four_days_later = timezone.now() + timedelta(days=4)
with mock.patch("django.utils.timezone.now", lambda: four_days_later):
    call_command("publish_scheduled")
out = [told, [Page.objects.get(pk=pk).live for pk in own]]
"""
    assert wagtail.ask(code) == [[[False, True, 3], [False, False, 3]], [True, False]]


def test_settings_wrong_are_reported_at_start(wagtail: Site) -> None:
    wrong = """
from django.conf import settings
import settings as own
own.OPENCHECK = {"pack": "nothing", "pages": {"notices.None": {}, "notices.NoticePage": {"fields": {"text": "bdy", "nonsense": "title"}}, "notices.PlainPage": {"table": "none"}}}
"""
    code = "from opencheck.integrations.wagtail.apps import check_settings\nout = [(e.id, e.msg) for e in check_settings()]"
    told = wagtail.ask_under(wrong, code)
    assert [i for i, _ in told] == ["opencheck.E001", "opencheck.E002", "opencheck.E003", "opencheck.E005", "opencheck.E004"]
    assert "bdy" in told[2][1]
    assert wagtail.ask(code) == []


def test_migrations_none_is_missing(wagtail: Site) -> None:
    code = "from django.core.management import call_command\ncall_command('makemigrations', 'opencheck_wagtail', check=True, dry_run=True)"
    wagtail.ask(code)
