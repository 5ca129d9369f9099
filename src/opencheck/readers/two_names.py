"""Records that name another one twice, a document by its number and its title: which one is meant can be told when all sources are read.

Reading: the number decides as long as the title does not name another record. Where no record has the number, the title decides, unless the
record of that title has a number, which is another one then. Where the two name different records, it is not known which of them is meant.

On a cluster, and of rows without an order, the number decides alone: such rows are typed wherever they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from opencheck.readers.memory_source import MemorySource
from opencheck.readers.streamed_source import StreamedSource
from opencheck.records.contradictions import contradiction_text
from opencheck.records.dataset import ROW, SRC, Dataset, Table
from opencheck.records.fields import FieldSpec
from opencheck.rules.reductions import link_key, link_keys, linking_fields

__all__ = ["settle_two_names"]

_Names = Mapping[int, list[tuple[str, str]]]
"""By row the headers and the names by which a record names another one, first the one that decides."""
_Record = tuple[int, int | None, str | None]
"""The source of a record, its row and its id: rows without an order have no number, rejected ones perhaps no id."""


def settle_two_names(data: Dataset) -> None:
    """Look up both names where a record names another one twice; leave the field open where they name different ones.

    Args:
        data: the dataset, all of whose sources are read; they are changed.

    >>> from opencheck.readers import read
    >>> documents = [{"编号": "1", "文号": "平政发1号", "标题": "甲办法"}, {"编号": "2", "文号": "平政发2号", "标题": "乙办法"}]
    >>> data = read({"公文": documents, "政策解读": [{"编号": "a", "文号": "平政发1号", "文件名称": "乙办法"}]})
    >>> data.tables["interpretation"].records(["document_id"])["document_id"].to_list()
    [None]
    """
    for table in list(data.tables.values()):
        for source in (s for s in table.sources if isinstance(s, (MemorySource, StreamedSource))):
            for name, names in source.names().items():
                spec = table.spec.fields[name]
                target = data.tables.get(str(spec.column.link))
                if target is not None and (answers := _answers(spec, names, target)):
                    source.settle(name, answers)


def _answers(spec: FieldSpec, names: _Names, target: Table) -> dict[int, tuple[str | None, str]]:
    """By row what the field says, where that is not the name that comes first, and what is said of it where it is open."""
    meant, numbered = _look_up({name for said in names.values() for _, name in said}, target)
    answers: dict[int, tuple[str | None, str]] = {}
    for row, said in names.items():
        found = [meant[name] for _, name in said if meant[name]]
        unknown = not meant[said[0][1]]
        if any(not (a <= b or b <= a) for a in found for b in found) or (unknown and any(r <= numbered for r in found)):
            answers[row] = (None, contradiction_text(spec, said))
        elif unknown and found:
            answers[row] = (next(name for _, name in said if meant[name]), "")
    return answers


def _look_up(names: set[str], target: Table) -> tuple[dict[str, set[_Record]], set[_Record]]:
    """The records that each name may mean, rejected ones among them, and those of them that have a number."""
    keys = (
        pl.DataFrame({"name": sorted(names)}, schema={"name": pl.String})
        .with_columns(key=link_keys(pl.col("name")))
        .explode("key")
    )
    meant: dict[str, set[_Record]] = {name: set() for name in names}
    numbered = set()
    for name, record, has_number in _having(keys, target):
        meant[name].add(record)
        if has_number:
            numbered.add(record)
    return meant, numbered


def _having(keys: pl.DataFrame, target: Table) -> Iterator[tuple[str, _Record, bool]]:
    fields = linking_fields(target.spec.name, {target.spec.name: frozenset(target.spec.fields)})
    has_number = pl.col("number").is_not_null() if "number" in fields else pl.lit(False)
    for batch in target.batches(fields):
        for field in fields:
            named = batch.select(SRC, ROW, "id", key=link_key(pl.col(field)), has_number=has_number).drop_nulls("key")
            for src, row, id_, name, numbered in (
                named.join(keys, on="key").select(SRC, ROW, "id", "name", "has_number").iter_rows()
            ):
                yield name, (src, row, id_), numbered
