"""The Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.checks import Error, Warning, register

__all__ = [
    "OpencheckWagtail",
]


class OpencheckWagtail(AppConfig):
    """Registers the app and the check of its settings."""

    name = "opencheck.integrations.wagtail"
    label = "opencheck_wagtail"
    verbose_name = "opencheck"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check of the settings with Django's system checks."""
        register(check_settings)


_FINISH = "WAGTAIL_FINISH_WORKFLOW_ACTION"

_ACTION = "opencheck.integrations.wagtail.actions.publish_if_allowed"


def check_settings(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Validate the setting ``OPENCHECK``: page models, fields of pages and tables, and the pack."""
    from django.apps import apps
    from django.conf import settings

    from opencheck.core.errors import OpencheckError
    from opencheck.records.tables import TABLES
    from opencheck.rules.packs.loader import load_pack

    options = getattr(settings, "OPENCHECK", {})
    problems = []
    try:
        load_pack(options.get("pack", "pingdu-2018"), options.get("parameters"))
    except OpencheckError as exc:
        problems.append(Error(f"OPENCHECK['pack']: {exc}", id="opencheck.E001"))
    if (
        options.get("pages")
        and getattr(settings, "WAGTAIL_WORKFLOW_ENABLED", True)
        and getattr(settings, _FINISH, "") != _ACTION
    ):
        hint = f"pages that a workflow publishes are not checked: set {_FINISH} = {_ACTION!r}"
        problems.append(Warning(hint, id="opencheck.W006"))
    for name, entry in options.get("pages", {}).items():
        try:
            model = apps.get_model(name)
        except (LookupError, ValueError):
            problems.append(Error(f"OPENCHECK['pages']: no page model {name!r}", id="opencheck.E002"))
            continue
        page_fields = {f.name for f in model._meta.get_fields()}
        wanted = [*entry.get("fields", {}).values(), *entry.get("attachments", ())]
        problems += [
            Error(f"OPENCHECK['pages'][{name!r}]: the page has no field {f!r}", id="opencheck.E003")
            for f in wanted
            if f not in page_fields
        ]
        table = TABLES.get(entry.get("table", "document"))
        if table is None:
            problems.append(Error(f"OPENCHECK['pages'][{name!r}]: no table {entry['table']!r}", id="opencheck.E004"))
            continue
        unknown = [f for f in (*entry.get("fields", {}), *entry.get("values", {})) if table.resolve_header(f) is None]
        problems += [
            Error(f"OPENCHECK['pages'][{name!r}]: table {table.name} has no field {f!r}", id="opencheck.E005") for f in unknown
        ]
    return problems
