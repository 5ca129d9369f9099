"""Rows that stay in their file, database or cluster, typed a batch at a time whenever they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import polars as pl

from opencheck.core.errors import InputError, OpencheckError, first_line, reading_broke_off
from opencheck.readers.column_names import map_headers
from opencheck.readers.typed_columns import BatchTyper, Duplicates
from opencheck.readers.unknown_columns import reject_unknown
from opencheck.records.dataset import REJECTED, ROW, SRC, Dataset, RawRows, Rejected, SourceLocation, Table
from opencheck.records.references import is_referred_to
from opencheck.records.table_spec import TableSpec

__all__ = ["DistributedRows", "StreamedSource", "add_rows"]

_SAMPLE_ROWS = 1_000
"""Rows of a source that stays where it is that are looked at for what a column may mean."""


@runtime_checkable
class DistributedRows(RawRows, Protocol):
    """Rows of an engine that finds duplicate ids where the rows are."""

    def repeating(self, sources: Sequence[tuple[RawRows, BatchTyper]]) -> list[bool]:
        """For each of several sources of this engine whether it may have an id twice, all looked through together."""

    def find_duplicates(self, typer: BatchTyper) -> dict[str, tuple[int | None, SourceLocation]]:
        """The ids that several rows have; see :class:`Duplicates`."""

    def distinct_ids(self, typer: BatchTyper) -> pl.Series:
        """All ids, typed, each once."""


class StreamedSource:
    """Rows that stay where they are, typed a batch at a time whenever they are read.

    Args:
        data: the dataset that it belongs to.
        table: the table, with the sources that come before this one.
        rows: the raw rows.
        typer: types their batches.
    """

    is_empty = False

    def __init__(self, data: Dataset, table: Table, rows: RawRows, typer: BatchTyper) -> None:
        self.src, self.fields = typer.src, typer.fields
        self.rows, self.typer = rows, typer
        self._data, self._earlier, self._spec = data, list(table.sources), table.spec
        self._duplicates: Duplicates | None = None
        self._may_repeat: bool | None = None
        """Whether rows of an engine's own may have one id; None where they were not looked through."""
        self._account: tuple[int, list[Rejected]] | None = None

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        duplicates = self.duplicates()
        columns = self.typer.read_columns(fields)
        count, rejected = 0, []
        for raw in self._raw(columns):
            batch, wrong = self.typer.type(raw, fields, duplicates)
            count += len(batch) - len(wrong)
            rejected += wrong
            yield batch
        if self._account is None:
            self._account = count, rejected

    def fields_named_twice(self) -> dict[str, list[str]]:
        """The fields that may name another record twice, with their headers."""
        fields = self._spec.fields
        return {n: own for n, own in self.typer.headers.items() if len(own) > 1 and fields[n].column.link is not None}

    def named_twice(self, name: str) -> Iterator[pl.DataFrame]:
        """Those names, a batch at a time; see :func:`opencheck.readers.second_columns.different_names`."""
        for raw in self._raw(self.typer.headers[name]):
            yield self.typer.different_names(name, raw)

    def settle(self, name: str, rows: pl.DataFrame, answers: Mapping[int, tuple[str | None, str]]) -> None:
        """Note what a field says where it has some names: blank where that is open, and what is said of it; see ``CONTRADICTED``.

        Args:
            name: the field.
            rows: a batch of :meth:`named_twice`.
            answers: by its ``AT`` what the field says and what is said of it.
        """
        self.typer.settle(name, rows, answers)

    def _raw(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """The raw batches.

        Raises:
            InputError: reading breaks off: of a Parquet file only the beginning and the end are looked at before.
        """
        try:
            yield from self.rows.batches(columns)
        except OpencheckError:
            raise
        except (Exception, pl.exceptions.PanicException) as exc:
            raise reading_broke_off(self.typer.place[0] or self._spec.name, first_line(exc)) from exc

    def account(self) -> tuple[int, list[Rejected]]:
        """See :class:`RecordSource`: all rows are read where no check has done so."""
        if self._account is None:
            for _ in self.batches(()):
                pass
        assert self._account is not None
        return self._account

    def set_account(self, count: int, rejected: list[Rejected]) -> None:
        """Note what another engine's workers counted."""
        self._account = count, rejected

    def duplicates(self) -> Duplicates:
        """The ids that several rows have, here or in the sources before: found by the ids' hashes first."""
        if self._duplicates is None:
            self._duplicates = Duplicates(self._find_duplicates() if "id" in self.typer.headers else {})
        return self._duplicates

    def repeats_ids(self) -> bool:
        return bool(self.duplicates())

    def _ids(self) -> Iterator[pl.DataFrame]:
        for raw in self._raw(self.typer.headers["id"]):
            yield self.typer.ids(raw)

    def _find_duplicates(self) -> Mapping[str, tuple[int | None, SourceLocation]]:
        shared = bool(self._earlier) and is_referred_to(self._spec, self.typer.headers["id"][0])
        if isinstance(self.rows, DistributedRows):
            own = self.rows.find_duplicates(self.typer) if self._looked_through(self.rows) else {}
            return {**own, **self._taken(self.rows.distinct_ids(self.typer))} if shared else own
        if not shared:
            hashes = [batch["id"].drop_nulls().hash() for batch in self._ids()]
            if not hashes or sum(map(len, hashes)) == pl.concat(hashes).n_unique():
                return {}
        batches = list(self._ids())
        if not batches:
            return {}
        ids = pl.concat(batches).drop_nulls("id")
        _, sheet = self.typer.place
        twice = ids.filter(pl.col("id").is_duplicated()).group_by("id").agg(pl.col(ROW).min())
        found: dict[str, tuple[int | None, SourceLocation]] = {
            id_: (row, SourceLocation(None, sheet, row)) for id_, row in twice.iter_rows()
        }
        return {**found, **self._taken(ids["id"])} if shared else found

    def _looked_through(self, rows: DistributedRows) -> bool:
        """Whether the engine finds that an id may stand here twice: it looks through all sources at once, which costs as much as one."""
        if self._may_repeat is None:
            others = (
                s for t in self._data.tables.values() for s in t.sources if isinstance(s, StreamedSource) and s is not self
            )
            open_ = [s for s in others if s._may_repeat is None and isinstance(s.rows, type(rows)) and "id" in s.typer.headers]
            together = [self, *open_]
            for source, found in zip(together, rows.repeating([(s.rows, s.typer) for s in together]), strict=True):
                source._may_repeat = found
        return bool(self._may_repeat)

    def _taken(self, ids: pl.Series) -> dict[str, tuple[int | None, SourceLocation]]:
        """Those of the ids that records of the sources before have."""
        before = [b.filter(~pl.col(REJECTED)).select("id", ROW, SRC) for s in self._earlier for b in s.batches(("id",))]
        taken = [b.filter(pl.col("id").is_in(ids.implode())) for b in before]
        return {id_: (None, self._data.place(src, row)) for b in taken for id_, row, src in b.iter_rows()}


def _some_values(rows: RawRows, header: str) -> list[Any]:
    """Values of a column in the first rows of a source; none where these cannot be read, which is told when all are."""
    try:
        first = next(iter(rows.batches([header])), None)
        return [] if first is None else first[header].head(_SAMPLE_ROWS).drop_nulls().to_list()
    except (Exception, pl.exceptions.PanicException):
        return []


def add_rows(data: Dataset, spec: TableSpec, rows: RawRows, place: tuple[str | None, str | None]) -> None:
    """Add rows that stay where they are to the dataset.

    Raises:
        InputError: a column of nested values.
    """
    schema = rows.schema
    some = None if isinstance(rows, DistributedRows) else lambda header: _some_values(rows, header)
    names = map_headers(data, spec, [n for n in schema if n not in (ROW, SRC)], place, some)
    if not names and len(schema):
        reject_unknown(data, rows, spec, place)
        return
    if "id" not in names.values() and not rows.ordered:
        header = spec.fields["id"].column.label_zh
        reason = "各行没有顺序 / its rows have no order to be told by"
        raise InputError(
            f"{spec.label_zh}（{spec.name}）：没有列“{header}” / needs a column id: {reason}", code="no_id_column", field="id"
        )
    typer = BatchTyper(spec, names, schema, place, data.source(place), unit=data.unit_of(spec))
    table = data.tables.get(spec.name, Table(spec))
    data.add(spec, StreamedSource(data, table, rows, typer))
