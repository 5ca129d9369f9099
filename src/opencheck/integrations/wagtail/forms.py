"""The page form with the preflight check."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from opencheck.api.preflight_result import Confirmation, Preflight
from opencheck.integrations.attachments import Attachment, UnreadFile
from opencheck.integrations.django import REASON, SHOWN, PreflightFormMixin, confirmation_field, unread_fields
from opencheck.integrations.wagtail.checks import earlier_confirmation, publication_day, published_documents, record_mapping

__all__ = [
    "PreflightPageForm",
]


class PreflightPageForm(PreflightFormMixin, WagtailAdminPageForm):
    """The editor's form: on Publish it is checked; what stops the publication is told once the changes are saved as a draft."""

    opencheck_confirmed = confirmation_field()
    opencheck_unread_reason = unread_fields()[REASON]
    opencheck_unread_files = unread_fields()[SHOWN]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preflight = record_mapping(type(self.instance))

    def publishes(self) -> bool:
        """Return whether Publish was pressed; drafts are not checked."""
        return bool(self.data.get("action-publish"))

    def publication_day(self) -> date:
        """Return the day on which the page goes live."""
        return publication_day(self.cleaned_data.get("go_live_at"))

    def editor_name(self) -> str:
        """Return the name of the user who edits the page."""
        user = getattr(self, "for_user", None)
        return str(user.get_username()) if user is not None else ""

    def confirm_unread(self, file: UnreadFile) -> Confirmation | None:
        """Return the confirmation of an attachment, given now or with an earlier revision for the same bytes."""
        return super().confirm_unread(file) or earlier_confirmation(self.instance)(file)

    def more_attachments(self) -> Iterable[Attachment]:
        """Return the files that are published with the page."""
        values = self.cleaned_data
        return published_documents(type(self.instance), lambda n: values[n] if n in values else getattr(self.instance, n, None))

    def report(self, result: Preflight) -> None:
        """Report nothing at the fields: a form with errors loses the editor's changes. The hook stops the publication once they are saved."""

    def clean(self) -> Any:
        """Run the check and attach the result to the page, where the hook saves it."""
        cleaned = super().clean()
        self.instance.opencheck_result = self.preflight_result
        self.instance.opencheck_confirmed = bool(self.cleaned_data.get("opencheck_confirmed"))
        return cleaned
