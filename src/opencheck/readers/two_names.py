"""Records that name another one twice, a document by its number and its title: which one is meant can be told when all sources are read.

Reading: the number decides as long as the title does not name another record. Where no record has the number, the title decides, unless the
record of that title has a number, which is another one then. Where the two name different records, it is not known which of them is meant.
Where one lists several records and the other names some of these, the row tells of all of them: the other's name holds for those that it
names, for a title may be that of several.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import polars as pl

from opencheck.readers.memory_source import MemorySource
from opencheck.readers.second_columns import AT, UNITED
from opencheck.readers.streamed_source import StreamedSource
from opencheck.records.contradictions import contradiction_text
from opencheck.records.dataset import Dataset, Table
from opencheck.records.fields import FieldSpec
from opencheck.rules.reductions import BETWEEN_REFERENCES, link_key, link_keys, linking_fields, references_in

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
    """What a name may mean: the records, and whether all of these have a number; of a list also what each part of it may mean."""

    records: frozenset[int]
    numbered: bool
    parts: tuple[tuple[str, frozenset[int]], ...] = ()


_NOTHING = _Meant(frozenset(), False)


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
            elif further := self._further(sets[counts], sets.values()):
                found[at] = ("、".join([counts, *further]), "")
        return found

    @staticmethod
    def _further(counting: _Meant, all_meant: Iterable[_Meant]) -> list[str]:
        """The parts of the longest list that name none of the records that the name that counts means."""
        longest = max(all_meant, key=lambda of: (bool(of.parts), len(of.records)))
        return [part for part, records in longest.parts if records and not records & counting.records]

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
        keys = pl.DataFrame({"name": sorted(names)}, schema={"name": pl.String})
        found = self._found(keys.with_columns(link_keys(pl.col("name")).alias(_HASH)).explode(_HASH))
        parts = keys.with_columns(references_in(pl.col("name")).alias("part")).explode("part")
        parts = parts.filter(pl.col("part") != "").with_columns(link_key(pl.col("part")).alias(_HASH))
        of_part = {(name, part): records for name, part, records, _ in self._found(parts, "part").iter_rows()}
        whole = set(self._found(keys.with_columns(link_key(pl.col("name")).alias(_HASH)))["name"])
        listed: dict[str, list[tuple[str, frozenset[int]]]] = {}
        for name, part in parts.select("name", "part").iter_rows():
            listed.setdefault(name, []).append((part, frozenset(of_part.get((name, part), ()))))
        return {
            name: _Meant(frozenset(records), numbered, () if name in whole else tuple(listed.get(name, ())))
            for name, records, numbered in found.iter_rows()
        }

    def _found(self, keys: pl.DataFrame, *by: str) -> pl.DataFrame:
        """The records that some keys of names mean, by name, and whether all of them have a number."""
        found = keys.with_columns(pl.col(_HASH).hash()).join(self._keys, on=_HASH).group_by("name", *by)
        return found.agg(_RECORD, pl.col(_NUMBERED).all())
