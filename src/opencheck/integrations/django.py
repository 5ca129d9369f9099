"""Plain Django: a form that runs the check before publication, and a validator for text fields.

    class NoticeForm(PreflightFormMixin, forms.ModelForm):
        preflight = Mapping(fields={"title": "title", "text": "body", "attribute": "attribute"})

Blocking findings become errors at the fields that they are about; warnings ask for a confirmation. The pack is the setting
``OPENCHECK = {"pack": "pingdu-2018"}`` unless the mapping names one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.functional import lazy
from django.utils.translation import get_language

from django import forms
from opencheck.api.preflight import Preflight, preflight
from opencheck.core.clock import SHANGHAI
from opencheck.core.errors import InputError
from opencheck.core.message_catalogue import get_message
from opencheck.core.personal_data import PERSONAL_KINDS, PersonalKind, find_personal_data
from opencheck.documents import Document, read
from opencheck.report.finding import Finding
from opencheck.report.messages import format_value
from opencheck.rules.kinds.free_of import hit_words

__all__ = [
    "CONFIRM",
    "NoPersonalData",
    "PreflightFormMixin",
    "RecordMapping",
    "confirmation_field",
    "editor_language",
    "finding_message",
    "run_preflight",
]


CONFIRM = "opencheck_confirmed"
"""The form field by which an editor confirms a publication in spite of warnings."""


@dataclass(frozen=True)
class RecordMapping:
    """How a form or model becomes a record.

    ``fields`` maps the record's fields to the form's; ``values`` are fields that are the same for all; ``attachments`` are form fields that
    hold files. ``table`` is ``document`` or ``disclosure``; ``pack`` and ``parameters`` are those of the setting ``OPENCHECK`` if not given.
    """

    fields: MappingOf[str, str]
    table: str = "document"
    values: MappingOf[str, Any] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()
    pack: str | None = None
    parameters: MappingOf[str, Any] | None = None

    def record(self, value_of: Callable[[str], Any]) -> dict[str, Any]:
        """The record; blank values are left out."""
        found = {name: _plain_value(value_of(own)) for name, own in self.fields.items()}
        return {**self.values, **{name: value for name, value in found.items() if value not in (None, "", [])}}

    def form_field(self, name: str) -> str | None:
        """The form's field for a field of the record."""
        return self.fields.get(name)


def _plain_value(value: Any) -> Any:
    """A form's value as a record holds it: HTML of blocks and rich text as text, choices as they stand."""
    if value is None or isinstance(value, (bool, int, float, str, date, datetime, list)):
        return value
    return str(value)


def run_preflight(
    mapping: RecordMapping,
    value_of: Callable[[str], Any],
    *,
    as_of: date | None = None,
    more: Iterable[tuple[str, Document]] = (),
) -> Preflight:
    """Check a record before publication.

    Args:
        mapping: how the record is made.
        value_of: gives the value of a form or model field by name; files are given as Django gives them.
        as_of: the day of publication; today (Asia/Shanghai) if none.
        more: further attachments that were read.

    Returns:
        The result.

    Raises:
        InputError: a value or file that cannot be read.
    """
    chosen: MappingOf[str, Any] = getattr(settings, "OPENCHECK", {})
    attachments = {}
    for name in mapping.attachments:
        if file := value_of(name):
            attachments[_file_name(file)] = _read(file)
    attachments |= dict(more)
    return preflight(
        mapping.record(value_of),
        table=mapping.table,
        attachments=attachments,
        pack=mapping.pack or chosen.get("pack", "pingdu-2018"),
        as_of=as_of or datetime.now(SHANGHAI).date(),
        parameters=mapping.parameters or chosen.get("parameters"),
    )


def _file_name(file: Any) -> str:
    return str(getattr(file, "name", "file")).rpartition("/")[2]


def _read(file: Any) -> Document:
    file.open() if getattr(file, "closed", False) else file.seek(0)
    content = file.read()
    file.seek(0)
    return read(content, _file_name(file))


def editor_language() -> str:
    """Chinese or English, whichever is nearer to the language that Django speaks to this user."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def finding_message(finding: Finding) -> str:
    """A finding as an editor reads it: what is wrong, what to do, by which rule."""
    lang = editor_language()
    said = f"{finding.message.get(lang)}{get_message('join.sentence', lang)}{finding.remedy.get(lang)}"
    return get_message("join.counted", lang).format(what=said, count=finding.rule)


def confirmation_field() -> Any:
    """The form field of the confirmation: hidden until a warning asks for it."""
    label = lazy(lambda: get_message("preflight.confirm", editor_language()), str)()
    return forms.BooleanField(required=False, label=label, widget=forms.HiddenInput)


class PreflightFormMixin:
    """A form that checks its record before it is published.

    Set ``preflight`` to a :class:`Mapping`; override :meth:`publishes` where not every submission publishes, and :meth:`publication_day`
    where the day is not today. The result is in ``preflight_result`` after validation.
    """

    preflight: RecordMapping | None = None
    preflight_result: Preflight | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        fields.setdefault(CONFIRM, confirmation_field())

    def publishes(self) -> bool:
        """Whether this submission publishes the record."""
        return True

    def publication_day(self) -> date | None:
        """The day of publication; None for today."""
        return None

    def more_attachments(self) -> Iterable[tuple[str, Document]]:
        """Attachments besides the mapping's."""
        return ()

    def clean(self) -> Any:
        """Run the check where the submission publishes and the fields themselves are in order."""
        cleaned = super().clean()  # type: ignore[misc]
        if self.preflight is None or not self.publishes() or self.errors:  # type: ignore[attr-defined]
            return cleaned
        form: Any = self
        values = form.cleaned_data
        instance = getattr(form, "instance", None)

        def value_of(name: str) -> Any:
            return values[name] if name in values else getattr(instance, name, None)

        try:
            result = run_preflight(self.preflight, value_of, as_of=self.publication_day(), more=self.more_attachments())
        except InputError as exc:
            form.add_error(None, ValidationError(str(exc), code="opencheck"))
            return cleaned
        self.preflight_result = result
        for finding in result.blocking:
            form.add_error(self._field_of(finding), ValidationError(finding_message(finding), code="opencheck"))
        if not result.blocking and result.warnings and not values.get(CONFIRM):
            form.fields[CONFIRM].widget = forms.CheckboxInput()
            for finding in result.warnings:
                form.add_error(CONFIRM, ValidationError(finding_message(finding), code="opencheck_warning"))
        return cleaned

    def _field_of(self, finding: Finding) -> str | None:
        """The form's field that a finding is about; None where it is about the whole."""
        assert self.preflight is not None
        for name in finding.cells:
            own = self.preflight.form_field(name)
            if own in self.fields:  # type: ignore[attr-defined]
                return own
        return None


@deconstructible
class NoPersonalData:
    """A validator of text fields: personal data is refused, and told by kind and place, masked.

    summary = models.TextField(validators=[NoPersonalData(["resident_id", "bank_card"])])
    """

    def __init__(self, kinds: Iterable[PersonalKind] = PERSONAL_KINDS) -> None:
        self.kinds = tuple(kinds)

    def __call__(self, value: Any) -> None:
        """Refuse a text that shows personal data.

        Raises:
            ValidationError: naming each kind and place, masked.
        """
        text = str(value)
        document = read(text) if "<" in text else None
        lang = editor_language()
        for hit in find_personal_data(document.text if document else text, self.kinds):
            raise ValidationError(format_value(hit_words("personal.found", hit), lang), code="personal_data")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoPersonalData) and other.kinds == self.kinds

    def __hash__(self) -> int:
        return hash(self.kinds)
