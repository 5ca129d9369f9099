"""The check of a page: mapping from the settings, files of the page, day of publication."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from wagtail.documents import get_document_model

from opencheck.api.preflight_result import Confirmation, Preflight
from opencheck.core.clock import SHANGHAI
from opencheck.integrations.attachments import Attachment, Confirm, UnreadFile
from opencheck.integrations.django import RecordMapping, open_messages, run_preflight

__all__ = [
    "check_page",
    "confirmed_earlier",
    "earlier_confirmation",
    "is_stopped",
    "publication_day",
    "published_documents",
    "record_mapping",
    "save_result",
]


_LINKED = re.compile(r"<a\b[^<>]*\blinktype=\"document\"[^<>]*>")

_ID = re.compile(r"\bid=\"(\d+)\"")


def record_mapping(model: type[Any]) -> RecordMapping | None:
    """Return the mapping of a page model from the settings; None if it is not checked."""
    entry = getattr(settings, "OPENCHECK", {}).get("pages", {}).get(f"{model._meta.app_label}.{model.__name__}")
    if entry is None:
        return None
    return RecordMapping(
        fields=entry.get("fields", {}),
        table=entry.get("table", "document"),
        values=entry.get("values", {}),
        attachments=(),
        pack=entry.get("pack"),
        parameters=entry.get("parameters"),
    )


def attachment_fields(model: type[Any]) -> tuple[str, ...]:
    """Return the fields of a page model that hold documents."""
    entry = getattr(settings, "OPENCHECK", {}).get("pages", {}).get(f"{model._meta.app_label}.{model.__name__}", {})
    return tuple(entry.get("attachments", ()))


def published_documents(model: type[Any], value_of: Callable[[str], Any]) -> Iterator[Attachment]:
    """Yield the files that are published with a page: its document fields, and the documents that its texts link to."""
    mapping, found = record_mapping(model), {}
    for name in attachment_fields(model):
        value = value_of(name)
        if value is not None:
            found[value.pk] = value
    texts = " ".join(
        str(getattr(v, "source", v)) for name in (mapping.fields.values() if mapping else ()) if (v := value_of(name))
    )
    ids = [int(number[1]) for link in _LINKED.findall(texts) if (number := _ID.search(link))]
    for document in get_document_model().objects.filter(pk__in=ids):
        found[document.pk] = document
    for document in found.values():
        with document.file.open("rb") as file:
            yield document.filename, file.read()


def publication_day(go_live_at: Any) -> date:
    """Return the day on which the page goes live, else today (Asia/Shanghai)."""
    moment = go_live_at if go_live_at and go_live_at > timezone.now() else timezone.now()
    found: date = moment.astimezone(SHANGHAI).date()
    return found


def check_page(page: Any) -> Preflight | None:
    """Check a page; None if the settings do not include its model.

    Raises:
        InputError: a value is invalid, or a file cannot be read and nobody has confirmed it.
    """
    mapping = record_mapping(type(page))
    if mapping is None:
        return None

    def value_of(name: str) -> Any:
        return getattr(page, name, None)

    return run_preflight(
        mapping,
        value_of,
        as_of=publication_day(page.go_live_at),
        more=published_documents(type(page), value_of),
        confirm=earlier_confirmation(page),
    )


def earlier_confirmation(page: Any) -> Confirm:
    """Return the function that finds the confirmation of a file, with the same bytes, in the page's earlier results."""

    def confirm(file: UnreadFile) -> Confirmation | None:
        from opencheck.integrations.wagtail.models import PreflightRecord

        if page.pk is None:
            return None
        for record in PreflightRecord.objects.filter(revision__object_id=str(page.pk)):
            for kept in record.result.get("confirmations", ()):
                if kept["sha256"] == file.sha256:
                    return Confirmation(**{**kept, "file": file.name, "problem": file.problem})
        return None

    return confirm


def confirmed_earlier(page: Any) -> bool:
    """Return whether an editor confirmed the page's latest revision, in the form."""
    from opencheck.integrations.wagtail.models import PreflightRecord

    revision = page.get_latest_revision()
    return revision is not None and PreflightRecord.objects.filter(revision=revision, confirmed=True).exists()


def is_stopped(result: Preflight, *, confirmed: bool, warned: bool = False) -> bool:
    """Return whether a page stays a draft: something blocks, or something is open that nobody confirmed.

    ``warned``: warnings are to be confirmed as well, which the editor's form can ask for.
    """
    return bool(result.blocking or ((open_messages(result) or (warned and result.warnings)) and not confirmed))


def save_result(page: Any, result: Preflight, user: Any, *, confirmed: bool = False) -> None:
    """Save a result with the page's latest revision."""
    from opencheck.integrations.wagtail.models import PreflightRecord

    values = {
        "as_of": result.as_of,
        "publishable": result.publishable,
        "confirmed": confirmed,
        "user": user if getattr(user, "is_authenticated", False) else None,
        "result": result.as_dict(),
    }
    revision = page.get_latest_revision()
    if revision is not None:
        PreflightRecord.objects.update_or_create(revision=revision, defaults=values)
