"""What one record says to refer to another: its id, a document's number, or its title.

A ledger may say two of them in two columns. They are two names of one record, not two answers that disagree.
"""

from __future__ import annotations

import polars as pl

from opencheck.core.normalize import normalize_key
from opencheck.records.dataset import REFERENCED_TABLES
from opencheck.records.fields import FieldSpec
from opencheck.records.table_spec import TableSpec

__all__ = ["differs", "is_referred_to", "preferred"]

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
_ID = r"^[ -~\n]*$"
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


def preferred(spec: FieldSpec, one: pl.Series, other: pl.Series) -> pl.Series:
    """Two columns of a field as one: a blank gives way to the other; of two names of one record the number of a document counts, then its id.

    >>> from opencheck.records.tables import TABLES
    >>> spec, number = TABLES["interpretation"].fields["document_id"], "平政发〔2018〕1号"
    >>> preferred(spec, pl.Series(["甲办法", number, "1", None]), pl.Series([number, "甲办法", number, "乙办法"])).to_list()
    ['平政发〔2018〕1号', '平政发〔2018〕1号', '平政发〔2018〕1号', '乙办法']
    """
    a, b = pl.col("a"), pl.col("b")
    taken: pl.Expr = pl.coalesce(a, b)
    for sort in (_ID, _NUMBER) if spec.column.link is not None else ():
        taken = (
            pl.when(b.str.contains(sort) & ~a.str.contains(sort)).then(b).when(a.str.contains(sort)).then(a).otherwise(taken)
        )
    return pl.DataFrame({"a": one, "b": other}).select(taken.alias(one.name)).to_series()
