"""Hooks that check pages published outside the form, and save results with the revision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from opencheck.core.errors import InputError
from opencheck.integrations.django import finding_message
from opencheck.integrations.wagtail.checks import check_page, save_result
from wagtail import hooks

__all__ = [
    "before_bulk",
    "before_publish",
]


@hooks.register("before_publish_page")
def before_publish(request: Any, page: Any) -> Any:
    """Save the form's result; check a page whose form did not, and keep it a draft if a finding blocks."""
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
    save_result(page, result, request.user)
    for finding in result.warnings:
        messages.warning(request, finding_message(finding))
    for finding in result.blocking:
        messages.error(request, finding_message(finding))
    return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk])) if result.blocking else None


@hooks.register("before_bulk_action")
def before_bulk(request: Any, action_type: str, objects: Any, action: Any) -> Any:
    """Stop a bulk publication if a finding of any page blocks; messages name the pages."""
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
        save_result(latest, result, request.user)
        for finding in result.warnings:
            messages.warning(request, f"{page.title}：{finding_message(finding)}")
        for finding in result.blocking:
            blocked = True
            messages.error(request, f"{page.title}：{finding_message(finding)}")
    return redirect(request.GET.get("next") or reverse("wagtailadmin_home")) if blocked else None
