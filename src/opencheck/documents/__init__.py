"""Published documents: read their text, number, dates and label, each with its location.

oc.documents.read("通知.docx").signed_on

What reads documents is imported when it is first used: readers of ledgers take only the part about workbooks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opencheck.documents.metadata import Found
    from opencheck.documents.reader import Document, read
    from opencheck.documents.redaction import Fix, fixed_copy

__all__ = ["Document", "Fix", "Found", "fixed_copy", "read"]

_HOMES = {"Document": "reader", "Fix": "redaction", "Found": "metadata", "fixed_copy": "redaction", "read": "reader"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'opencheck.documents' has no attribute {name!r}")
    value = getattr(import_module(f"opencheck.documents.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
