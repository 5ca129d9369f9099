"""The check while an editor writes: the form as it stands is checked, and the panel shows what was found. Nothing is saved."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST
from wagtail.models import Page

from opencheck.core.errors import InputError
from opencheck.integrations.django import editor_language, run_preflight
from opencheck.integrations.wagtail.forms import PreflightPageForm
from opencheck.integrations.wagtail.panels import findings_context

__all__ = [
    "check_draft",
]


@require_POST
def check_draft(request: Any, page_id: int) -> JsonResponse:
    """Check a page's form as it was sent.

    Args:
        request: the fields of the editor's form.
        page_id: the page, which the user must be allowed to edit.

    Returns:
        ``html`` for the panel, and ``masks``, the masked form of each piece of personal data in the page's own text.

    Raises:
        PermissionDenied: the user may not edit the page.
        Http404: there is no such page, or its form has no check.
    """
    page = get_object_or_404(Page, pk=page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    latest = page.specific.get_latest_revision_as_object()
    form = latest.get_edit_handler().get_form_class()(
        request.POST, request.FILES, instance=latest, parent_page=page.get_parent(), for_user=request.user
    )
    if not isinstance(form, PreflightPageForm) or form.preflight is None:
        return JsonResponse({"html": "", "masks": []}, status=404)
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
        return JsonResponse({"html": render_to_string("opencheck/findings.html", {"problem": str(exc)}), "masks": []})
    content = result.as_dict()
    masks = [fix["replacement"] for fix in content["fixes"] if fix["action"] == "mask" and not fix["part"]]
    return JsonResponse({"html": render_to_string("opencheck/findings.html", findings_context(content, lang)), "masks": masks})
