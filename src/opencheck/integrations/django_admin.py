"""Django's admin: a mixin for ``ModelAdmin`` that checks a record before it is saved.

    class NoticeAdmin(PreflightAdmin, admin.ModelAdmin):
        preflight = RecordMapping(fields={"title": "title", "text": "body", "attribute": "attribute"})

Blocking findings stand at their fields; warnings and what is open are confirmed in the form, and so are attachments that cannot be read.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from opencheck.integrations.django import (
    CONFIRM,
    REASON,
    SHOWN,
    PreflightFormMixin,
    RecordMapping,
    confirmation_field,
    unread_fields,
)

__all__ = [
    "PreflightAdmin",
]


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
        """Return the fieldsets, with the confirmations where none of them has these."""
        found = list(super().get_fieldsets(request, obj))  # type: ignore[misc]
        shown = {name for _, options in found for name in options["fields"]}
        lacking = [name for name in (CONFIRM, REASON, SHOWN) if name not in shown]
        return [*found, (None, {"fields": lacking})] if lacking else found
