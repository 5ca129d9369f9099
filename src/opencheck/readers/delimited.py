"""Text tables (.csv, .tsv, .txt), with detection of encoding and delimiter.

Both readers, in memory and for files larger than it, take their rows from one generator, so they agree on every line. A quotation mark that
is never closed would swallow the rows after it: it is an error that names the line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

from opencheck.core.display import beginning
from opencheck.core.encoding import broken_text, decode, detect_encoding
from opencheck.core.errors import InputError
from opencheck.readers.body_lines import BodyLines, holds_headings
from opencheck.readers.column_names import unique_names
from opencheck.readers.header_groups import headings_at
from opencheck.readers.header_rows import (
    HEADER_SEARCH_ROWS,
    SheetRows,
    body_of,
    find_header,
    find_tables,
    without_blanks,
)
from opencheck.readers.heading_maps import map_for
from opencheck.readers.heading_match import sure_fields
from opencheck.readers.memory_source import add_table
from opencheck.readers.side_by_side import stands_alone
from opencheck.readers.streamed_source import add_rows
from opencheck.records.dataset import ROW, Dataset, SkippedLine, SourceLocation
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "STREAMING_THRESHOLD_BYTES",
    "SUFFIXES",
    "find_delimiter",
    "read_delimited",
    "read_large",
]


SUFFIXES = frozenset({".csv", ".tsv", ".txt"})

STREAMING_THRESHOLD_BYTES = 64_000_000
"""Size in bytes above which DuckDB reads a text table in batches; its first line must be the header."""

_BATCH_ROWS = 50_000
_HEAD_BYTES = 1_000_000
_HEADER_SEARCH_LINES = 30
_MAX_CELL_CHARACTERS = 10_000_000
_DELIMITERS = ",\t;|"


def read_delimited(data: Dataset, path: Path) -> None:
    """Read one text table; its file name identifies the table, else its headers.

    Raises:
        InputError: the encoding is unknown, a line is no row, or there is no header row.
    """
    text = decode(path.read_bytes(), path.name)
    delimiter = find_delimiter(islice(io.StringIO(text, newline=""), _HEADER_SEARCH_LINES))
    rows: list[tuple[int, Sequence[Any]]] = list(_records(io.StringIO(text, newline=""), delimiter, path.name))
    for table in find_tables(data, SheetRows(path.name, None, rows, one_table=True), name=path.stem, required=True):
        add_table(data, table, (path.name, None))


def read_large(data: Dataset, path: Path) -> None:
    """Read a text table larger than memory: the first line is the header, every cell a text that is typed later.

    Raises:
        InputError: the encoding is unknown, the first line is no header, a line is no row, or the engine does not read such files.
    """
    assert data.carrier is not None
    import polars as pl
    import pyarrow as pa

    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    encoding = detect_encoding(head, path.name)
    delimiter = find_delimiter(islice(_lines(path, encoding), _HEADER_SEARCH_LINES))
    records = _records(_lines(path, encoding), delimiter, path.name)
    first = list(islice(records, HEADER_SEARCH_ROWS + 1))
    spec, body = _header_of(data, path, first)
    headers = [h.strip() for h in first[0][1]]
    names = unique_names(h or f"_{i}" for i, h in enumerate(headers, 1))
    schema = pa.schema([*((n, pa.large_string()) for n in names), (ROW, pa.int64())])
    wrong: list[InputError] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            kept = _rows_of(data, path.name, len(headers), body, chain(first[1:], records))
            while part := list(islice(kept, _BATCH_ROWS)):
                columns = zip(*(cells for _, cells in part), strict=True)
                frame = {
                    n: pl.Series(n, [c or None for c in column], pl.String) for n, column in zip(names, columns, strict=True)
                }
                whole = pl.DataFrame({**frame, ROW: pl.Series(ROW, [line for line, _ in part], pl.Int64)})
                yield from whole.to_arrow().cast(schema).combine_chunks().to_batches()
        except InputError as exc:  # the engine makes an error of its own of whatever its source raises
            wrong.append(exc)
            raise

    try:
        rows = data.carrier.scan_text(path.name, pa.RecordBatchReader.from_batches(schema, batches()))
    except Exception as exc:
        if wrong:
            raise wrong[0] from None
        raise exc
    add_rows(data, spec, rows, (path.name, None))


def find_delimiter(lines: Iterable[str]) -> str:
    """The delimiter by which one of the first lines becomes the header of a table, else by which the first line with several cells has most.

    Args:
        lines: the first lines.

    >>> find_delimiter(["编号,责任单位,包含要素", "1,市教体局,a;b;c;d;e;f"]), find_delimiter(["a|b;c|d"])
    (',', '|')
    """
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    best, fallback = (0, 0, ","), None
    for line in lines:
        split = {d: _cells(line, d) for d in _DELIMITERS}
        for delimiter, cells in split.items():
            known = max(len({f for c in cells if (f := spec.resolve_header(c))}) for spec in TABLES.values())
            if (known, len(cells)) > best[:2]:
                best = (known, len(cells), delimiter)
        widest = max(split, key=lambda d: len(split[d]))
        if fallback is None and len(split[widest]) > 1:
            fallback = widest
    return best[2] if best[0] > 1 else fallback or ","


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line by itself; none where it is no row."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """The lines of a file, with their ends.

    Raises:
        InputError: a byte that is no text in this encoding.
    """
    number = 0
    with path.open("r", encoding=encoding, newline="") as file:
        try:
            for line in file:
                number += 1
                yield line
        except UnicodeDecodeError as exc:
            # A chunk is decoded at a time: the lines before the byte within it were not handed out.
            before = exc.object[: exc.start].decode(encoding.removesuffix("-sig"), "replace").count("\n")
            raise broken_text(path.name, encoding, exc, number + before + 1) from exc


def _records(lines: Iterable[str], delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its first line; blank lines are left out.

    Raises:
        InputError: a quotation mark is not closed, or closes rows later, or a cell is too long.
    """
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    following = iter(lines)
    number = 0
    for line in following:
        number += 1
        if '"' not in line:
            cells = line.rstrip("\r\n").split(delimiter)
            if cells != [""]:
                yield number, cells
            continue
        first, held = number, [line]
        reader = csv.reader(_remembered(line, following, held), delimiter=delimiter, strict=True, skipinitialspace=True)
        try:
            cells = next(reader)
        except csv.Error as exc:
            reason = "引号没有配对" if "field larger" not in str(exc) else "有一格太长，可能是引号没有配对"
            raise _not_a_row(name, first, reason, str(exc)) from exc
        number += len(held) - 1
        # What stands within the quotation marks, on each line after the first.
        within = (line.replace('""', "").partition('"')[0] for line in held[1:])
        if len(cells) > 2 and any(text.count(delimiter) >= len(cells) - 1 for text in within):
            raise _not_a_row(name, first, "引号没有配对，把后面的行也当成了一格", "a quotation mark swallows the rows after it")
        yield first, [_constant(cell) for cell in cells]


def _constant(cell: str) -> str:
    """A text that a program wrote as a formula, so that Excel keeps it as it is: ``="001"`` is 001."""
    return cell[2:-1].replace('""', '"') if len(cell) > 3 and cell.startswith('="') and cell.endswith('"') else cell


def _remembered(first: str, following: Iterable[str], held: list[str]) -> Iterator[str]:
    """A line and those that follow it, which are noted as they are taken."""
    yield first
    for line in following:
        held.append(line)
        yield line


def _not_a_row(name: str, line: int, zh: str, en: str) -> InputError:
    text = f"{name} 第{line}行不成行：{zh}；请在该行补上或删去引号 / line {line} is no row: {en}; add or remove the quotation mark there"
    return InputError(text, code="not_a_row", path=name, row=line)


def _header_of(data: Dataset, path: Path, first: Sequence[tuple[int, list[str]]]) -> tuple[TableSpec, BodyLines]:
    """The table whose headings stand in the first line, as the reader in memory finds it, and what tells the lines below.

    Raises:
        InputError: the first line is no header, or one that this reader cannot follow: headings in two rows, tables side by side.
    """
    mapping = map_for(data, path.name)
    rows = [(line, without_blanks(cells)) for line, cells in first]
    spec, at = find_header(rows, data.expected, path.stem, mapping, None) if rows else (None, 0)
    headings, depth = headings_at(rows, 0) if rows else ({}, 1)
    spec = data.expected or spec
    known = {i: sure_fields(spec, h, mapping) for i, h in headings.items()} if spec is not None else {}
    if spec is None or at or not any(known.values()):
        accepted = "、".join(f.column.label_zh for f in (spec or TABLES["disclosure"]).fields.values())
        found = first[0][1] if first else []
        raise InputError(
            f"{path}: 第1行不是表头 / the first line is no header: {found[:8]}; accepted: {accepted}",
            code="no_header",
            path=path,
            row=1,
            found=found,
        )
    if depth > 1 or not stands_alone(headings):
        raise _too_large(
            path.name, first[0][0], "表头有两行，或者左右放了几张表", "headings in two rows, or tables side by side"
        )
    return spec, body_of(spec, rows, known, mapping, None, alike=data.expected is None)


def _rows_of(
    data: Dataset, name: str, width: int, body: BodyLines, records: Iterable[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    """The records among the lines below the header, each as wide as the header; the other lines are listed.

    Raises:
        InputError: a line has more cells, or another table begins there: the lines below it belong to other columns.
    """
    first = True
    for (line, cells), (next_line, below) in pairwise(chain(records, [(0, [])])):
        if data.expected is None and holds_headings(cells):
            here = [(line, without_blanks(cells)), (next_line, without_blanks(below))]
            if body.starts_table(here, 0) is not None:
                raise _too_large(name, line, "从这一行起是另一张表", "another table begins there")
        if len(cells) != width:
            if any(cells[width:]):
                raise _not_a_row(
                    name, line, f"有{len(cells)}格，表头只有{width}格", f"{len(cells)} cells under a header of {width}"
                )
            cells = cells[:width] + [""] * (width - len(cells))
        code = body.skip(cells, first=first)
        if code == "blank":
            continue
        first = False
        if code:
            text = beginning(" | ".join(c for c in cells if c.strip()), 80)
            data.ignored.append(SkippedLine(SourceLocation(name, None, line), code, text))
        else:
            yield line, cells


def _too_large(name: str, line: int, zh: str, en: str) -> InputError:
    text = (
        f"{name} 第{line}行：{zh}；文件太大，分批读取时只读一张表，请拆成几个文件，或用 --engine polars / "
        f"line {line}: {en}; a file that is read in batches may hold one table only: split it, or use --engine polars"
    )
    return InputError(text, code="several_tables", path=name, row=line)
