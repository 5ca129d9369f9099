"""Hooks that check pages published outside the form, and save results with the revision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from opencheck.api.preflight import Preflight
from opencheck.core.errors import InputError
from opencheck.integrations.django import finding_message, open_messages
from opencheck.integrations.wagtail.checks import check_page, confirmed_earlier, is_stopped, save_result
from wagtail import hooks

__all__ = [
    "before_bulk",
    "before_publish",
]


@hooks.register("before_publish_page")
def before_publish(request: Any, page: Any) -> Any:
    """Save the form's result; check a page whose form did not, and keep it a draft if a finding blocks or something is not settled."""
    result = getattr(page, "opencheck_result", None)
    if result is not None:
        save_result(page, result, request.user, confirmed=page.opencheck_confirmed)
        return None
    try:
        result = check_page(page)
    except InputError as exc:
        messages.error(request, str(exc))
        return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    if result is None:
        return None
    return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk])) if _tell(request, page, result) else None


def _tell(request: Any, page: Any, result: Preflight, prefix: str = "") -> bool:
    """Save a result and tell it to the editor; return whether the page stays a draft."""
    confirmed = confirmed_earlier(page)
    save_result(page, result, request.user, confirmed=confirmed)
    for finding in result.warnings:
        messages.warning(request, prefix + finding_message(finding))
    for finding in result.blocking:
        messages.error(request, prefix + finding_message(finding))
    for text in open_messages(result) if not confirmed else ():
        messages.error(request, prefix + text)
    return is_stopped(result, confirmed=confirmed)


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
            messages.error(request, f"{page.title}：{exc}")
            continue
        if result is None:
            continue
        blocked = _tell(request, latest, result, f"{page.title}：") or blocked
    return redirect(request.GET.get("next") or reverse("wagtailadmin_home")) if blocked else None
