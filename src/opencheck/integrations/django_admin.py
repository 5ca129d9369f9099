"""Django's admin: a mixin for ``ModelAdmin`` that checks a record before it is saved.

    class NoticeAdmin(PreflightAdmin, admin.ModelAdmin):
        preflight = RecordMapping(fields={"title": "title", "text": "body", "attribute": "attribute"})

While one writes, a row of the form says what the record lacks, shows where, and masks and labels by a click. On saving, blocking findings
stand at their fields; warnings and what is open are confirmed in the form, and so are attachments that cannot be read.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import display
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from django import forms
from opencheck.core.message_catalogue import get_message
from opencheck.core.version import __version__
from opencheck.integrations.django import (
    CONFIRM,
    REASON,
    SHOWN,
    PreflightFormMixin,
    RecordMapping,
    confirmation_field,
    editor_language,
    unread_fields,
)
from opencheck.integrations.live_check import checked_html, findings_context, findings_html, panel_file

__all__ = [
    "PreflightAdmin",
]


_PANEL = "opencheck_findings"
"""The row of the form that shows the findings."""

_OWN = (_PANEL, CONFIRM, REASON, SHOWN)

_MEDIA = {"js": "text/javascript", "css": "text/css"}


class PreflightAdmin:
    """A mixin for a ``ModelAdmin``, before it in the list of bases; set ``preflight``.

    Override :meth:`publishes` if not every record that is saved is published. Its own ``form``, if it has one, is kept.
    """

    preflight: RecordMapping | None = None

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)  # type: ignore[call-arg]
        own: Any = self
        if self.preflight is None:
            raise ImproperlyConfigured(f"{type(self).__name__} has no preflight: set a RecordMapping")
        if own.list_editable:
            raise ImproperlyConfigured(f"{type(self).__name__}: what is changed in a list is not checked, remove list_editable")
        given = {
            "preflight": self.preflight,
            "publishes": lambda form: self.publishes(form),
            CONFIRM: confirmation_field(),
            **unread_fields(),
        }
        own.form = type(own.form)("PreflightForm", (PreflightFormMixin, own.form), given)

    def publishes(self, form: Any) -> bool:
        """Return whether a form that was sent publishes its record.

        Args:
            form: the form, with ``cleaned_data``.
        """
        return True

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form's class, which knows who edits."""
        made: Any = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        name = request.user.get_username()
        made.editor_name = lambda form: name
        return made

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Return the fieldsets, with the findings and the confirmations, which only those see who may save."""
        found = list(super().get_fieldsets(request, obj))  # type: ignore[misc]
        if not self._may_save(request, obj):
            return [(title, {**options, "fields": [n for n in options["fields"] if n not in _OWN]}) for title, options in found]
        shown = {name for _, options in found for name in options["fields"]}
        lacking = [name for name in _OWN if name not in shown]
        return [*found, (None, {"fields": lacking})] if lacking else found

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """Return the fields that are only shown, the findings among them."""
        return [*super().get_readonly_fields(request, obj), _PANEL]  # type: ignore[misc]

    @display(description=lazy(lambda: get_message("preflight.panel", editor_language()), str)())
    def opencheck_findings(self, obj: Any) -> str:
        """Return the panel of a record's form, which its script fills while one writes.

        Args:
            obj: the record; a new one has no key.
        """
        lang = editor_language()
        address = self._address("check", quote(obj.pk)) if obj.pk is not None else self._address("check_new")
        shown = findings_html(findings_context({}, lang))  # of a template, so that it is safe as it is
        row: str = format_html(
            '<div class="opencheck" data-opencheck-url="{}" data-opencheck-failed="{}">'
            '<div data-opencheck-findings aria-live="polite" tabindex="-1">{}</div></div>',
            address,
            get_message("preflight.failed", lang),
            shown,
        )
        return row

    @property
    def media(self) -> Any:
        """The script and the styles of the form, the panel's among them."""
        js, css = (f"{self._address('file', suffix)}?v={__version__}" for suffix in ("js", "css"))
        return super().media + forms.Media(js=[js], css={"all": [css]})  # type: ignore[misc]

    def get_urls(self) -> list[Any]:
        """Return the addresses of the admin, and those where the panel has a form checked and gets its script and styles."""
        own: Any = self
        view = own.admin_site.admin_view
        name = self._url_name
        return [
            path("opencheck/check/", view(require_POST(self.check_form)), name=name("check_new")),
            path("opencheck/panel.<str:suffix>", view(self.panel_files), name=name("file")),
            path("<path:object_id>/opencheck/check/", view(require_POST(self.check_form)), name=name("check")),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def panel_files(self, request: Any, suffix: str) -> HttpResponse:
        """Serve the panel's script (``js``) or styles (``css``)."""
        if suffix not in _MEDIA:
            raise Http404
        return HttpResponse(panel_file(suffix), content_type=f"{_MEDIA[suffix]}; charset=utf-8")

    def check_form(self, request: Any, object_id: str | None = None) -> JsonResponse:
        """Check a form as it was sent; nothing is saved.

        Args:
            request: the fields of the form.
            object_id: the record's key as in the admin's addresses; None for a new record.

        Returns:
            ``html`` for the panel.

        Raises:
            PermissionDenied: the user may not change, or not add, the record.
            Http404: there is no such record.
        """
        own: Any = self
        record = own.get_object(request, unquote(object_id)) if object_id is not None else None
        if object_id is not None and record is None:
            raise Http404
        if not self._may_save(request, record):
            raise PermissionDenied
        form_class = own.get_form(request, record, change=record is not None)
        return JsonResponse({"html": checked_html(form_class(request.POST, request.FILES, instance=record))})

    def _may_save(self, request: Any, obj: Any) -> bool:
        own: Any = self
        return bool(own.has_add_permission(request) if obj is None else own.has_change_permission(request, obj))

    def _url_name(self, what: str) -> str:
        meta = self.model._meta  # type: ignore[attr-defined]
        return f"{meta.app_label}_{meta.model_name}_opencheck_{what}"

    def _address(self, what: str, *args: str) -> str:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        return str(reverse(f"admin:{self._url_name(what)}", args=args, current_app=site.name))
