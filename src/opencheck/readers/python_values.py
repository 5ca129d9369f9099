"""Values of other libraries as the plain Python values that cells hold: of NumPy, pandas and databases; without importing these."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from opencheck.records.parse import InvalidValue

__all__ = ["PLAIN_TYPES", "plain_value"]

PLAIN_TYPES = frozenset({str, int, bool, date, type(None)})
"""The types of values that are taken as they are."""


def plain_value(value: Any) -> Any:
    """A value as text, number, bool, date, datetime, list or None.

    Args:
        value: anything that a row may hold.

    Raises:
        InvalidValue: bytes that are no text, and values that hold others by name.

    >>> plain_value(b"1"), plain_value(Decimal("20180824000000001")), plain_value(Decimal("NaN"))
    ('1', 20180824000000001, None)
    """
    if type(value) in PLAIN_TYPES or isinstance(value, (str, float)):
        return value
    if type(value).__name__ in ("NAType", "NaTType"):  # pandas' blanks compare and convert like nothing else
        return None
    if isinstance(value, Enum):
        return plain_value(value.value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        try:
            return bytes(value).decode("utf-8")
        except UnicodeDecodeError as exc:
            raise InvalidValue("binary") from exc
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        return int(value) if value == value.to_integral_value() else value
    if isinstance(value, (dict, set, frozenset)):
        raise InvalidValue("scalar")
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if hasattr(value, "to_pydatetime"):  # pandas keeps nanoseconds
        return value.to_pydatetime(warn=False)
    if type(value).__module__ == "numpy":
        if value.dtype.name in ("datetime64[Y]", "datetime64[M]", "datetime64[W]"):
            return str(value)  # no day: a date must not become its first
        if value.dtype.name in ("datetime64[ns]", "datetime64[ps]", "datetime64[fs]", "datetime64[as]"):
            value = value.astype("datetime64[us]")  # else it becomes a number
        return plain_value(value.tolist())
    return value if isinstance(value, (int, date)) else str(value)
