"""The panel in the page editor: findings of the last check, and the confirmation of warnings."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import lazy
from wagtail.admin.panels import Panel

from django import forms
from opencheck.core.message_catalogue import get_message
from opencheck.integrations.django import CONFIRM, REASON, SHOWN, editor_language
from opencheck.integrations.live_check import findings_context
from opencheck.integrations.wagtail.forms import PreflightPageForm

__all__ = [
    "PreflightPanel",
]


class PreflightPanel(Panel):
    """Shows the findings of the page's last check and the confirmation of warnings."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("heading", lazy(lambda: get_message("preflight.panel", editor_language()), str)())
        super().__init__(**kwargs)

    def get_form_options(self) -> Any:
        """Return the confirmations as this panel's form fields."""
        return {"fields": [CONFIRM, REASON, SHOWN]} if issubclass(self.model.base_form_class, PreflightPageForm) else {}

    class BoundPanel(Panel.BoundPanel):
        """The panel bound to one page's form."""

        template_name = "opencheck/panel.html"

        def get_context_data(self, parent_context: Any = None) -> Any:
            """Return the last result in the editor's language."""
            context = super().get_context_data(parent_context)
            lang = editor_language()
            field = self.form.fields.get(CONFIRM)
            context["confirm"] = self.form[CONFIRM] if field else None
            context["ask"] = bool(field and self._is_open())
            if field and context["ask"]:
                field.widget = forms.CheckboxInput()
            context["reason"] = self.form[REASON] if REASON in self.form.fields else None
            context["shown"] = self.form[SHOWN] if SHOWN in self.form.fields else None
            context["ask_reason"] = bool(context["reason"] and self.form.is_bound and self.form.errors.get(REASON))
            context |= findings_context(self._content(), lang)
            if isinstance(self.form, PreflightPageForm) and (address := self._live_address()):
                context["live_url"] = address
                context["failed"] = get_message("preflight.failed", lang)
            return context

        def _live_address(self) -> str | None:
            """Where the form is checked while one writes: the page's own address, or that of a page to be created below its parent."""
            if self.instance.pk:
                return str(reverse("opencheck_check_draft", args=[self.instance.pk]))
            parent, meta = getattr(self.form, "parent_page", None), self.instance._meta
            return str(reverse("opencheck_check_new", args=[meta.app_label, meta.model_name, parent.pk])) if parent else None

        def _is_open(self) -> bool:
            """Whether the draft was kept for want of a confirmation, and nothing blocks it."""
            from opencheck.integrations.wagtail.models import PreflightRecord

            record = PreflightRecord.objects.filter(revision_id=getattr(self.instance, "latest_revision_id", None)).first()
            if record is None or record.confirmed or record.result.get("blocking"):
                return False
            return bool(record.result.get("clearance") == "needs_review" or record.result.get("warnings"))

        def _content(self) -> dict[str, Any]:
            """The last result as JSON data."""
            from opencheck.integrations.wagtail.models import PreflightRecord

            result = getattr(self.instance, "opencheck_result", None)
            if result is not None:
                return dict(result.as_dict())
            last = PreflightRecord.objects.filter(revision__object_id=str(self.instance.pk or "")).first()
            return dict(last.result) if last else {}
