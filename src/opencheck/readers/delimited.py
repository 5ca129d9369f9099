"""Text tables (.csv, .tsv, .txt), with detection of encoding and delimiter."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from opencheck.core.encoding import decode, detect_encoding
from opencheck.core.errors import InputError
from opencheck.readers.header_rows import SheetRows, find_table
from opencheck.readers.sources import add_rows, add_table
from opencheck.readers.table_detection import table_of
from opencheck.records.dataset import Dataset
from opencheck.records.tables import TABLES

__all__ = [
    "STREAMING_THRESHOLD_BYTES",
    "SUFFIXES",
    "read_delimited",
    "read_large",
]


SUFFIXES = frozenset({".csv", ".tsv", ".txt"})

STREAMING_THRESHOLD_BYTES = 64_000_000
"""Size in bytes above which DuckDB and Spark scan a text table themselves; its first line must be the header."""


def read_delimited(data: Dataset, path: Path) -> None:
    """Read one text table; its file name identifies the table, else its headers.

    Raises:
        InputError: the encoding is unknown, or there is no header row.
    """
    text = decode(path.read_bytes(), path.name)
    sample = text[:20000]
    counts = Counter({d: sample.count(d) for d in ",\t;|"})
    delimiter = counts.most_common(1)[0][0] if any(counts.values()) else ","
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, Sequence[Any]]] = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as exc:
        raise InputError(f"{path} 第{line}行 / line {line}: {exc}", code="not_a_row", path=path, row=line) from exc
    table = find_table(data, SheetRows(path.name, None, rows), name=path.stem, required=True)
    if table is not None:
        add_table(data, table, (path.name, None))


def read_large(data: Dataset, path: Path) -> None:
    """Scan a text table larger than memory: the first line is the header, every other line a row, every cell a text that is typed later.

    Raises:
        InputError: the encoding is unknown, the first line is no header, a line is malformed, or the engine cannot read the file.
    """
    assert data.carrier is not None
    with path.open("rb") as file:
        head = file.read(1_000_000)
    line = head.splitlines(keepends=True)[0]
    encoding = detect_encoding(head, path.name)
    text = line.decode(encoding)
    counts = Counter({d: text.count(d) for d in ",\t;|"})
    delimiter = counts.most_common(1)[0][0] if any(counts.values()) else ","
    headers = [h.strip() for h in next(csv.reader([text], delimiter=delimiter))]
    spec = data.expected or table_of(path.stem, headers)
    if spec is None or not any(spec.resolve_header(h) for h in headers):
        accepted = "、".join(f.column.label_zh for f in (spec or TABLES["disclosure"]).fields.values())
        raise InputError(
            f"{path}: 第1行不是表头 / the first line is no header: {headers[:8]}; accepted: {accepted}",
            code="no_header",
            path=path,
            row=1,
            found=headers,
        )
    rows = data.carrier.scan_text(path, encoding, delimiter, headers)
    if rows is None:
        read_delimited(data, path)
    else:
        add_rows(data, spec, rows, (path.name, None))
