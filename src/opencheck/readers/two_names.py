"""Records that name another one twice, a document by its number and its title: which one is meant can be told when all sources are read.

Reading: the number decides as long as the title does not name another record. Where no record has the number, the title decides, unless the
record of that title has a number, which is another one then. Where the two name different records, it is not known which of them is meant.
A cell that lists several records, one of which is what the other column names, counts whole: the row tells of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from opencheck.readers.memory_source import MemorySource
from opencheck.readers.second_columns import AT, UNITED
from opencheck.readers.streamed_source import StreamedSource
from opencheck.records.contradictions import contradiction_text
from opencheck.records.dataset import Dataset, Table
from opencheck.records.fields import FieldSpec
from opencheck.rules.reductions import BETWEEN_REFERENCES, link_key, link_keys, linking_fields

__all__ = ["settle_two_names"]

_HASH, _RECORD, _NUMBERED = "_hash", "_record", "_numbered"


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
    known: dict[str, _Names] = {}
    for table in list(data.tables.values()):
        for source in (s for s in table.sources if isinstance(s, (MemorySource, StreamedSource))):
            for name, headers in source.fields_named_twice().items():
                spec = table.spec.fields[name]
                target = data.tables.get(str(spec.column.link))
                if target is None:
                    continue
                if target.spec.name not in known:
                    known[target.spec.name] = _Names(target)
                for rows in source.named_twice(name):
                    if answers := known[target.spec.name].answers(spec, headers, rows):
                        source.settle(name, rows, answers)


class _Meant(NamedTuple):
    """What a name may mean: the records, whether all of these have a number, and whether it lists them, each by a name of its own."""

    records: frozenset[int]
    numbered: bool
    listed: bool


_NOTHING = _Meant(frozenset(), False, False)


class _Names:
    """By what a table's records may be referred to, rejected ones among them: hashes, for the table may be large.

    Args:
        target: the table.
    """

    def __init__(self, target: Table) -> None:
        fields = linking_fields(target.spec.name, {target.spec.name: frozenset(target.spec.fields)})
        has_number = pl.col("number").is_not_null() if "number" in fields else pl.lit(False)
        parts, before = [], 0
        for batch in target.batches(fields):
            numbered = batch.with_columns(pl.int_range(before, before + pl.len(), dtype=pl.Int64).alias(_RECORD))
            for field in fields:
                keys = numbered.select(link_key(pl.col(field)).alias(_HASH), _RECORD, has_number.alias(_NUMBERED))
                parts.append(keys.drop_nulls(_HASH).with_columns(pl.col(_HASH).hash()))
            before += len(batch)
        schema: dict[str, Any] = {_HASH: pl.UInt64, _RECORD: pl.Int64, _NUMBERED: pl.Boolean}
        self._keys = pl.concat([pl.DataFrame(schema=schema), *parts]).unique()
        self._single = self._keys.group_by(_HASH).agg(pl.col(_RECORD).min(), pl.col(_RECORD).n_unique().alias("n"))
        self._single = self._single.select(_HASH, pl.when(pl.col("n") == 1).then(_RECORD).otherwise(-1).alias(_RECORD))

    def answers(self, spec: FieldSpec, headers: Sequence[str], rows: pl.DataFrame) -> dict[int, tuple[str | None, str]]:
        """By row what a field says, where that is not the name that counts, and what is said of it where it is open.

        Args:
            spec: the field.
            headers: the headers of its columns.
            rows: what :func:`opencheck.readers.second_columns.different_names` gives.
        """
        unclear = self._unclear(len(headers), rows)
        meant = self._records({name for _, *names in unclear.iter_rows() for name in names if name is not None})
        found: dict[int, tuple[str | None, str]] = {}
        for at, counts, *names in unclear.iter_rows():
            said = [(header, name) for header, name in zip(headers, names, strict=True) if name is not None]
            of_none = counts not in meant
            sets = {name: meant.get(name, _NOTHING) for _, name in said}
            with_another_number = of_none and any(of.numbered for of in sets.values())
            if with_another_number or any(
                not (a.records <= b.records or b.records <= a.records) for a in sets.values() for b in sets.values()
            ):
                found[at] = (None, contradiction_text(spec, sorted(said, key=lambda name: name[1] != counts)))
            elif of_none and any(of.records for of in sets.values()):
                found[at] = (next(name for _, name in said if name in meant), "")
            elif lists := [name for name, of in sets.items() if of.listed and of.records > sets[counts].records]:
                found[at] = (max(lists, key=lambda name: len(sets[name].records)), "")
        return found

    def _unclear(self, count: int, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that must be looked at one by one: not those whose names are of one record or of none."""
        clear = []
        for number in range(count):
            name, record = f"{number}", f"r{number}"
            single = self._single.rename({_RECORD: record})
            rows = rows.with_columns(link_key(pl.col(name)).hash().alias(_HASH))
            rows = rows.join(single, on=_HASH, how="left", maintain_order="left").drop(_HASH)
            of_none = pl.col(record).is_null() & ~pl.col(name).str.contains(BETWEEN_REFERENCES)
            clear.append(pl.col(name).is_null() | of_none | (pl.col(record) == pl.col("r")).fill_null(False))
        counts = pl.coalesce(pl.when(pl.col(f"{number}") == pl.col(UNITED)).then(f"r{number}") for number in range(count))
        all_of_none = pl.all_horizontal(pl.col(f"r{number}").is_null() for number in range(count))
        rows = rows.with_columns(r=pl.when(counts >= 0).then(counts))
        is_clear = pl.all_horizontal(clear) & (pl.col("r").is_not_null() | all_of_none)
        return rows.filter(~is_clear).select(AT, UNITED, *(f"{number}" for number in range(count)))

    def _records(self, names: set[str]) -> dict[str, _Meant]:
        """What each of some names may mean; names of no record are left out."""
        keys = pl.DataFrame({"name": sorted(names)}, schema={"name": pl.String}).with_columns(
            link_keys(pl.col("name")).alias(_HASH), link_key(pl.col("name")).hash().alias("whole")
        )
        hashes = keys.explode(_HASH).with_columns(pl.col(_HASH).hash())
        found = hashes.join(self._keys, on=_HASH).group_by("name")
        own_names = (pl.col(_HASH).n_unique() == pl.len()) & (pl.col(_HASH) != pl.col("whole")).all()
        aggregated = found.agg(_RECORD, pl.col(_NUMBERED).all(), own_names.alias("listed"))
        return {
            name: _Meant(frozenset(records), numbered, listed and len(records) > 1)
            for name, records, numbered, listed in aggregated.iter_rows()
        }
