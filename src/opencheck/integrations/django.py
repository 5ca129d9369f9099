"""Django: a form mixin that runs the preflight check, and a validator for text fields.

    class NoticeForm(PreflightFormMixin, forms.ModelForm):
        preflight = RecordMapping(fields={"title": "title", "text": "body", "attribute": "attribute"})

Blocking findings become errors of their fields; warnings and what is not settled require a confirmation. The pack is that of the setting
``OPENCHECK = {"pack": "pingdu-2018"}`` unless the mapping names one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.functional import lazy
from django.utils.translation import get_language

from django import forms
from opencheck.api.preflight import preflight
from opencheck.api.preflight_result import Confirmation, Preflight
from opencheck.core.clock import SHANGHAI
from opencheck.core.errors import InputError
from opencheck.core.message_catalogue import get_message
from opencheck.core.personal_data import PERSONAL_KINDS, PersonalKind, find_personal_data, match_words
from opencheck.documents import read
from opencheck.integrations.attachments import (
    Attachment,
    Confirm,
    UnreadAttachmentsError,
    UnreadFile,
    confirmed_by,
    read_attachments,
)
from opencheck.report.finding import Finding
from opencheck.report.messages import format_value, localized_message

__all__ = [
    "CONFIRM",
    "REASON",
    "SHOWN",
    "NoPersonalData",
    "PreflightFormMixin",
    "RecordMapping",
    "confirmation_field",
    "editor_language",
    "finding_message",
    "open_messages",
    "run_preflight",
    "unread_fields",
]


CONFIRM = "opencheck_confirmed"
"""The form field by which an editor confirms a publication with warnings, or with something that is not settled."""

REASON = "opencheck_unread_reason"
"""The form field for the reason why attachments that could not be read may be published."""

SHOWN = "opencheck_unread_files"
"""The form field with the checksums of the attachments that the editor was asked about."""


@dataclass(frozen=True)
class RecordMapping:
    """The mapping of a form or model to a record.

    ``fields`` maps the record's fields to the form's; ``values`` are constant fields; ``attachments`` are form fields with files. ``table`` is
    ``document`` or ``disclosure``; ``pack`` and ``parameters`` default to those of the setting ``OPENCHECK``.
    """

    fields: Mapping[str, str]
    table: str = "document"
    values: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()
    pack: str | None = None
    parameters: Mapping[str, Any] | None = None

    def record(self, value_of: Callable[[str], Any]) -> dict[str, Any]:
        """Return the record without blank values."""
        found = {name: _plain_value(value_of(form_field)) for name, form_field in self.fields.items()}
        return {**self.values, **{name: value for name, value in found.items() if value not in (None, "", [])}}

    def form_field(self, name: str) -> str | None:
        """Return the form field for a field of the record."""
        return self.fields.get(name)


def _plain_value(value: Any) -> Any:
    """Convert a form value for a record: blocks and rich text become HTML text, other values stay the same."""
    if value is None or isinstance(value, (bool, int, float, str, date, datetime, list)):
        return value
    return str(value)


def run_preflight(
    mapping: RecordMapping,
    value_of: Callable[[str], Any],
    *,
    as_of: date | None = None,
    more: Iterable[Attachment] = (),
    confirm: Confirm = lambda file: None,
) -> Preflight:
    """Check a record before publication.

    Args:
        mapping: the mapping of form fields to the record.
        value_of: returns the value of a form or model field by name; files are Django files, one or a list of them.
        as_of: the day of publication; today (Asia/Shanghai) by default.
        more: further attachments, as documents or as bytes.
        confirm: returns the confirmation of an attachment that cannot be read, or None.

    Returns:
        The result.

    Raises:
        UnreadAttachmentsError: files that cannot be read are not confirmed.
        InputError: a value is invalid.
    """
    defaults: Mapping[str, Any] = getattr(settings, "OPENCHECK", {})
    files = [file for name in mapping.attachments for file in _listed(value_of(name))]
    attachments, confirmations = read_attachments([*((_file_name(f), _content(f)) for f in files), *more], confirm)
    result = preflight(
        mapping.record(value_of),
        table=mapping.table,
        attachments=attachments,
        pack=mapping.pack or defaults.get("pack", "pingdu-2018"),
        as_of=as_of or datetime.now(SHANGHAI).date(),
        parameters=mapping.parameters or defaults.get("parameters"),
    )
    result.confirmations = confirmations
    result.notes += [localized_message("preflight.confirmed", c.as_dict()) for c in confirmations]
    return result


def _listed(value: Any) -> list[Any]:
    """The files of a field: none, one, or several."""
    files = value if isinstance(value, (list, tuple)) else [value]
    return [file for file in files if file]


def _file_name(file: Any) -> str:
    return str(getattr(file, "name", "file")).rpartition("/")[2]


def _content(file: Any) -> bytes:
    file.open() if getattr(file, "closed", False) else file.seek(0)
    content: bytes = file.read()
    file.seek(0)
    return content


def editor_language() -> str:
    """Return ``zh`` or ``en`` according to Django's active language."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def finding_message(finding: Finding) -> str:
    """Return a finding as text for an editor: message, remedy and rule."""
    lang = editor_language()
    text = f"{finding.message.get(lang)}{get_message('join.sentence', lang)}{finding.remedy.get(lang)}"
    return get_message("join.counted", lang).format(what=text, count=finding.rule)


def open_messages(result: Preflight) -> list[str]:
    """Return what keeps a result at ``needs_review``, as texts for an editor."""
    lang = editor_language()
    parts = [*result.contradictions, *result.unread]
    return [*(finding_message(f) for f in result.undecided), *(part.get(lang) for part in parts)]


def confirmation_field() -> Any:
    """Return the form field of the confirmation, hidden until it is required."""
    label = lazy(lambda: get_message("preflight.confirm", editor_language()), str)()
    return forms.BooleanField(required=False, label=label, widget=forms.HiddenInput)


def unread_fields() -> dict[str, Any]:
    """Return the form fields by which attachments are confirmed that could not be read, hidden until there are any."""
    label = lazy(lambda: get_message("preflight.reason", editor_language()), str)()
    return {
        REASON: forms.CharField(required=False, label=label, widget=forms.HiddenInput, max_length=500),
        SHOWN: forms.CharField(required=False, widget=forms.HiddenInput),
    }


class PreflightFormMixin:
    """A form mixin that checks its record before publication.

    Set ``preflight`` to a :class:`RecordMapping`; override :meth:`publishes` if only some submissions publish, and :meth:`publication_day`
    for another day than today. After validation ``preflight_result`` holds the result. An attachment that cannot be read is an error of the
    field ``opencheck_unread_reason``, until the editor states there why it may be published.
    """

    preflight: RecordMapping | None = None
    preflight_result: Preflight | None = None
    _is_draft = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for name, own in {CONFIRM: confirmation_field(), **unread_fields()}.items():
            fields.setdefault(name, own)

    def publishes(self) -> bool:
        """Return whether this submission publishes the record."""
        return True

    def publication_day(self) -> date | None:
        """Return the day of publication; None for today."""
        return None

    def more_attachments(self) -> Iterable[Attachment]:
        """Return further attachments besides those of the mapping, as documents or as bytes."""
        return ()

    def editor_name(self) -> str:
        """Return who submits the form; it is kept with a confirmation."""
        return ""

    def confirm_unread(self, file: UnreadFile) -> Confirmation | None:
        """Return the confirmation of an attachment that cannot be read; None asks the editor for it."""
        values = self.cleaned_data  # type: ignore[attr-defined]
        return confirmed_by(self.editor_name(), values.get(REASON) or "", (values.get(SHOWN) or "").split())(file)

    def clean(self) -> Any:
        """Run the check if the submission publishes and the form has no other errors."""
        cleaned = super().clean()  # type: ignore[misc]
        if self.preflight is None or self._is_draft or not self.publishes() or self.errors:  # type: ignore[attr-defined]
            return cleaned
        form: Any = self
        try:
            result = self._run_preflight(self.preflight)
        except UnreadAttachmentsError as exc:
            self._ask_about(exc.files)
            return cleaned
        except InputError as exc:
            form.add_error(None, ValidationError(str(exc), code="opencheck"))
            return cleaned
        self.preflight_result = result
        self.report(result)
        return cleaned

    def check_draft(self) -> Preflight:
        """Check the form as it stands while it is filled in, and report nothing in it; a field with an error counts as not filled in.

        Returns:
            The result.

        Raises:
            ImproperlyConfigured: the form has no ``preflight``.
            UnreadAttachmentsError: files that cannot be read are not confirmed.
            InputError: a value is invalid.
        """
        if self.preflight is None:
            raise ImproperlyConfigured(f"{type(self).__name__} has no preflight: set a RecordMapping")
        self._is_draft = True
        self.is_valid()  # type: ignore[attr-defined]
        return self._run_preflight(self.preflight)

    def _run_preflight(self, mapping: RecordMapping) -> Preflight:
        """Check the cleaned values of the form; what it has no field for is taken from its instance."""
        form: Any = self
        values, instance = form.cleaned_data, getattr(form, "instance", None)

        def value_of(name: str) -> Any:
            sent = (
                form.files.getlist(form.add_prefix(name))
                if name in mapping.attachments and hasattr(form.files, "getlist")
                else []
            )
            if len(sent) > 1:  # a plain FileField cleans the last of several files only
                return sent
            return values.get(name) if name in form.fields else getattr(instance, name, None)

        return run_preflight(
            mapping, value_of, as_of=self.publication_day(), more=self.more_attachments(), confirm=self.confirm_unread
        )

    def report(self, result: Preflight) -> None:
        """Put what blocks at its fields, and ask for a confirmation of warnings and of what is not settled."""
        form: Any = self
        for finding in result.blocking:
            form.add_error(self._field_of(finding), ValidationError(finding_message(finding), code="opencheck"))
        open_points = {
            "opencheck_warning": [finding_message(f) for f in result.warnings],
            "opencheck_undecided": open_messages(result),
        }
        if not result.blocking and any(open_points.values()) and not form.cleaned_data.get(CONFIRM):
            form.fields[CONFIRM].widget = forms.CheckboxInput()
            for code, texts in open_points.items():
                for text in texts:
                    form.add_error(CONFIRM, ValidationError(text, code=code))

    def _ask_about(self, files: list[UnreadFile]) -> None:
        """Show the field for the reason, and remember which files the editor is asked about."""
        form: Any = self
        form.fields[REASON].widget = forms.TextInput()
        form.data = form.data.copy()
        form.data[form.add_prefix(SHOWN)] = " ".join(file.sha256 for file in files)
        lang = editor_language()
        for file in files:
            message = localized_message("attachment.unread", {"name": file.name, "problem": file.problem}).get(lang)
            form.add_error(REASON, ValidationError(message, code="opencheck_unread"))

    def _field_of(self, finding: Finding) -> str | None:
        """Return the form field of a finding; None for the whole form."""
        assert self.preflight is not None
        for name in finding.cells:
            form_field = self.preflight.form_field(name)
            if form_field in self.fields:  # type: ignore[attr-defined]
                return form_field
        return None


@deconstructible
class NoPersonalData:
    """A validator of text fields that rejects personal data; the message names kind and position, with the value masked.

    summary = models.TextField(validators=[NoPersonalData(["resident_id", "bank_card"])])
    """

    def __init__(self, kinds: Iterable[PersonalKind] = PERSONAL_KINDS) -> None:
        self.kinds = tuple(kinds)

    def __call__(self, value: Any) -> None:
        """Reject a text with personal data.

        Raises:
            ValidationError: the text contains personal data.
        """
        text = str(value)
        document = read(text) if "<" in text else None
        lang = editor_language()
        for hit in find_personal_data(document.text if document else text, self.kinds):
            if hit.of_office:
                continue
            raise ValidationError(format_value(match_words("personal.found", hit.kind, hit.masked), lang), code="personal_data")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoPersonalData) and other.kinds == self.kinds

    def __hash__(self) -> int:
        return hash(self.kinds)
