"""What one record says to refer to another: its id, a document's number, or its title.

A ledger may say two of them in two columns. They are two names of one record, not two answers that disagree.
"""

from __future__ import annotations

import polars as pl

from opencheck.core.normalize import normalize_key
from opencheck.records.dataset import REFERENCED_TABLES
from opencheck.records.fields import FieldSpec, TableSpec

__all__ = ["differ", "differs", "is_referred_to"]

_SERIAL = frozenset(normalize_key(heading) for heading in ("序号", "流水号", "顺序号"))
"""Headings of numbers that count the rows of a sheet. Nobody refers to a document by them from elsewhere."""


def is_referred_to(spec: TableSpec, heading: str) -> bool:
    """Whether other tables refer to a table's records by the ids under a heading, so that an id may not come again in another sheet.

    >>> from opencheck.records.tables import TABLES
    >>> [is_referred_to(TABLES[table], h) for table, h in (("document", "编号"), ("document", "序 号"), ("request", "编号"))]
    [True, False, False]
    """
    return spec.name in REFERENCED_TABLES and normalize_key(heading) not in _SERIAL


_NUMBER = r"[0-9０-９]\s*号\s*$"
"""How the number of a document ends: 平政发〔2018〕12号."""
_ID = r"^[ -~]*$"
"""An id has no Chinese characters, a title has."""


def differs(spec: FieldSpec, one: pl.Series, other: pl.Series) -> pl.Series:
    """Whether two columns of a field disagree, row by row; a blank agrees with anything.

    >>> from opencheck.records.tables import TABLES
    >>> spec, number = TABLES["interpretation"].fields["document_id"], "平政发〔2018〕1号"
    >>> differs(spec, pl.Series([number, number, "1", None]), pl.Series(["甲办法", "平政发〔2018〕2号", "2", "乙办法"])).to_list()
    [False, True, True, False]
    """
    found = (one != other).fill_null(False)
    if spec.column.link is None:
        return found
    alike = [(one.str.contains(sort) == other.str.contains(sort)).fill_null(True) for sort in (_NUMBER, _ID)]
    return found & alike[0] & alike[1]


def differ(spec: FieldSpec, one: object, other: object) -> bool:
    """Whether two values of a field, neither blank, disagree; see :func:`differs`."""
    return one != other and (spec.column.link is None or differs(spec, pl.Series([one]), pl.Series([other]))[0])
