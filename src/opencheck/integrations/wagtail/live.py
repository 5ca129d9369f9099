"""The check while an editor writes: the form as it stands is checked, and the panel shows what was found. Nothing is saved."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST
from wagtail.models import Page

from opencheck.api.preflight import Preflight
from opencheck.core.errors import InputError
from opencheck.core.personal_data import mask_personal_data
from opencheck.integrations.django import editor_language, run_preflight
from opencheck.integrations.wagtail.forms import PreflightPageForm
from opencheck.integrations.wagtail.panels import findings_context

__all__ = [
    "check_draft",
    "check_new",
    "placed_fixes",
]


_AROUND = 20
"""Characters on each side of a fix that are sent with it."""


@require_POST
def check_draft(request: Any, page_id: int) -> JsonResponse:
    """Check a page's form as it was sent.

    Args:
        request: the fields of the editor's form.
        page_id: the page, which the user must be allowed to edit.

    Returns:
        ``html`` for the panel.

    Raises:
        PermissionDenied: the user may not edit the page.
        Http404: there is no such page, or its form has no check.
    """
    page = get_object_or_404(Page, pk=page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return _checked(request, page.specific.get_latest_revision_as_object(), page.get_parent())


@require_POST
def check_new(request: Any, app_label: str, model_name: str, parent_id: int) -> JsonResponse:
    """Check the form of a page that is not created yet.

    Args:
        request: the fields of the editor's form.
        app_label: the app of the page's model.
        model_name: its name.
        parent_id: the page below which it is to be created, which the user must be allowed to do.

    Returns:
        ``html`` for the panel.

    Raises:
        PermissionDenied: the user may not create such a page there.
        Http404: there is no such page or model, or its form has no check.
    """
    parent = get_object_or_404(Page, pk=parent_id).specific
    try:
        model = apps.get_model(app_label, model_name)
    except LookupError as exc:
        raise Http404 from exc
    if not issubclass(model, Page):
        raise Http404
    if not parent.permissions_for_user(request.user).can_add_subpage() or not model.can_create_at(parent):
        raise PermissionDenied
    return _checked(request, model(owner=request.user), parent)


def _checked(request: Any, latest: Any, parent: Any) -> JsonResponse:
    """The findings of a form as it was sent, for a page as it was last saved."""
    form = latest.get_edit_handler().get_form_class()(
        request.POST, request.FILES, instance=latest, parent_page=parent, for_user=request.user
    )
    if not isinstance(form, PreflightPageForm) or form.preflight is None:
        return JsonResponse({"html": ""}, status=404)
    form.defer_required_fields()
    form.is_valid()  # a field with an error counts as not filled in
    lang = editor_language()
    try:
        result = run_preflight(
            form.preflight,
            lambda name: form.cleaned_data.get(name) if name in form.fields else getattr(latest, name, None),
            as_of=form.publication_day(),
            more=form.more_attachments(),
            confirm=form.confirm_unread,
        )
    except InputError as exc:
        return JsonResponse({"html": render_to_string("opencheck/findings.html", {"problem": str(exc)})})
    context = findings_context(result.as_dict(), lang, placed_fixes(result))
    return JsonResponse({"html": render_to_string("opencheck/findings.html", context)})


def placed_fixes(result: Preflight) -> list[dict[str, str]]:
    """Return the fixes of a result, each with the text around it by which the editor's page finds the place.

    Numbers of persons in that text are masked, as they are in the fix itself.

    >>> from opencheck.api.preflight import preflight
    >>> result = preflight({"title": "通知", "text": "户主王某，身份证号11010519491231002X。"}, as_of="2026-01-05")
    >>> [(f["before"], f["replacement"], f["after"]) for f in placed_fixes(result) if f["action"] == "mask"]
    [('户主王某，身份证号', '1101**********002X', '。')]
    """
    found = []
    for fix in result.fixes:
        text = mask_personal_data(str(result.record.get(fix.field) or ""))
        line = text.rfind("\n", 0, fix.start) + 1
        end = text.find("\n", fix.end)
        before, after = text[line : fix.start], text[fix.end : end if end >= 0 else len(text)]
        around = {"before": before[-_AROUND:], "after": after[:_AROUND]}
        found.append({"rule": fix.rule, "action": fix.action, "replacement": fix.replacement, "part": fix.part, **around})
    return found
