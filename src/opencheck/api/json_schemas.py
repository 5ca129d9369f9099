"""JSON Schemas of each table's records and of a pack's files."""

from __future__ import annotations

from typing import Any

from opencheck.records.tables import TABLES
from opencheck.rules.packs.models import pack_schemas

__all__ = [
    "all_schemas",
]


DRAFT = "https://json-schema.org/draft/2020-12/schema"


def all_schemas() -> dict[str, Any]:
    """Return every schema by name: ``record-<table>`` and the files of a pack.

    >>> all_schemas()["record-disclosure"]["properties"]["published_on"]["title"]
    '公开日期'
    """
    found: dict[str, Any] = {
        f"record-{name}": {"$schema": DRAFT, **spec.model.model_json_schema()} for name, spec in TABLES.items()
    }
    return found | {name: {"$schema": DRAFT, **schema} for name, schema in pack_schemas().items()}
