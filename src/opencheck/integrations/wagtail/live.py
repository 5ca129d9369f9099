"""The check while an editor writes: the form as it stands is checked, and the panel shows what was found. Nothing is saved."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST
from wagtail.models import Page

from opencheck.integrations.live_check import checked_html
from opencheck.integrations.wagtail.forms import PreflightPageForm

__all__ = [
    "check_draft",
    "check_new",
]


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
    return JsonResponse({"html": checked_html(form)})
