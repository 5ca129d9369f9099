"""Hooks that check pages published outside the form, and save results with the revision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from opencheck.api.preflight_result import Preflight
from opencheck.core.errors import InputError
from opencheck.integrations.django import editor_language, finding_message, open_messages
from opencheck.integrations.wagtail.checks import check_page, confirmed_earlier, is_stopped, save_result
from opencheck.integrations.wagtail.live import check_draft, check_new
from opencheck.report.messages import format_message
from wagtail import hooks

__all__ = [
    "admin_urls",
    "before_bulk",
    "before_publish",
]


@hooks.register("before_publish_page")
def before_publish(request: Any, page: Any) -> Any:
    """Save the form's result; check a page whose form did not, and keep it a draft if a finding blocks or something is not settled."""
    result = getattr(page, "opencheck_result", None)
    checked = result is not None
    try:
        result = result or check_page(page)
    except InputError as exc:
        _show_reasons(request, page, [str(exc)])
        return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    if result is None:
        return None
    confirmed = page.opencheck_confirmed if checked else confirmed_earlier(page)
    stopped = _stops(request, page, result, confirmed=confirmed, warned=checked)
    return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk])) if stopped else None


def _stops(request: Any, page: Any, result: Preflight, *, confirmed: bool, warned: bool = False) -> bool:
    """Save a result, tell the editor why the page stays a draft, and return whether it does."""
    save_result(page, result, request.user, confirmed=confirmed)
    stopped = is_stopped(result, confirmed=confirmed, warned=warned)
    findings = [finding_message(f) for f in (*result.blocking, *result.warnings)]
    reasons = findings + ([] if confirmed else open_messages(result))
    if stopped:
        _show_reasons(request, page, reasons)
    elif result.warnings and not warned:
        messages.warning(request, _listed(page.get_admin_display_title(), reasons))
    return stopped


def _show_reasons(request: Any, page: Any, reasons: list[str]) -> None:
    kept = format_message("preflight.kept", editor_language(), title=page.get_admin_display_title())
    messages.error(request, _listed(kept, reasons))


def _listed(head: str, reasons: list[str]) -> Any:
    return format_html("{}<ul>{}</ul>", head, format_html_join("", "<li>{}</li>", ((reason,) for reason in reasons)))


@hooks.register("register_admin_urls")
def admin_urls() -> list[Any]:
    """Return the addresses where the panel has a draft checked, of a page that is there or is to be created."""
    return [
        path("opencheck/check/<int:page_id>/", check_draft, name="opencheck_check_draft"),
        path("opencheck/check/<slug:app_label>/<slug:model_name>/<int:parent_id>/", check_new, name="opencheck_check_new"),
    ]


@hooks.register("before_bulk_action")
def before_bulk(request: Any, action_type: str, objects: Any, action: Any) -> Any:
    """Stop a bulk publication if a finding of any page blocks or is not settled; messages name the pages."""
    if action_type != "publish":
        return None
    blocked, pages = False, {page.pk: page for page in objects}
    if action.get_execution_context().get("include_descendants"):
        pages |= {child.pk: child for page in objects for child in page.get_descendants().not_live()}
    for page in pages.values():
        latest = page.specific.get_latest_revision_as_object()
        try:
            result = check_page(latest)
        except InputError as exc:
            blocked = True
            _show_reasons(request, page, [str(exc)])
            continue
        if result is None:
            continue
        blocked = _stops(request, latest, result, confirmed=confirmed_earlier(latest)) or blocked
    return redirect(request.GET.get("next") or reverse("wagtailadmin_home")) if blocked else None
