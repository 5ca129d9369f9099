"""Text tables (.csv, .tsv, .txt): the encoding and the delimiter are found, never assumed."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from opencheck.backends import Relational
from opencheck.errors import InputError
from opencheck.readers.columns import add_cells
from opencheck.readers.grid import Grid, read_grid, table_named
from opencheck.records.dataset import Dataset
from opencheck.records.tables import TABLES

__all__ = ["LARGE", "SUFFIXES", "decode", "read_delimited", "read_large"]

SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
LARGE = 64_000_000
"""Bytes above which a text table is read by DuckDB or Spark itself: its first line is then the header."""
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(content: bytes, name: str) -> str:
    """The text of a file: by its byte order mark, else UTF-8 where every byte fits, else GB18030.

    UTF-8 is self-checking, so GB18030 text is not taken for it; the order matters, since GB18030 accepts nearly
    everything.

    Raises:
        InputError: bytes that are none of these.

    >>> decode("责任单位".encode("gb18030"), "a.csv")
    '责任单位'
    """
    marked = [encoding for bom, encoding in _BOMS if content.startswith(bom)]
    error = None
    for encoding in marked or ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as exc:
            error = exc
    raise InputError(
        f"{name}: 无法识别文字编码 / the encoding is not recognised (byte {error.start if error else 0}); "
        "accepted: UTF-8, UTF-16 with BOM, GB18030/GBK"
    )


def read_delimited(data: Dataset, path: Path) -> None:
    """Read one text table; its file name tells the table where it can, else its headers do.

    Raises:
        InputError: an unknown encoding, or no header row.
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
        raise InputError(f"{path} 第{line}行 / line {line}: {exc}") from exc
    table = read_grid(data, Grid(path.name, None, rows), name=path.stem, must=True)
    if table is not None:
        add_cells(data, table, (path.name, None))


def read_large(data: Dataset, path: Path) -> None:
    """Read a text table that is larger than memory: the first line its header, every other a row, every cell a text until it is typed.

    Raises:
        InputError: an unknown encoding, no header in the first line, a line that is no row, or an engine that reads no such file.
    """
    from opencheck.readers.objects import table_of
    from opencheck.readers.relations import add_relation

    backend = data.backend
    assert isinstance(backend, Relational)
    with path.open("rb") as file:
        head = file.read(1_000_000)
    line = head.splitlines(keepends=True)[0]
    encoding = _encoding(head, path.name)
    text = line.decode(encoding)
    counts = Counter({d: text.count(d) for d in ",\t;|"})
    delimiter = counts.most_common(1)[0][0] if any(counts.values()) else ","
    headers = [h.strip() for h in next(csv.reader([text], delimiter=delimiter))]
    spec = data.expected or table_named(path.stem) or table_of(dict.fromkeys(headers))
    if spec is None or not any(spec.field_of(h) for h in headers):
        accepted = "、".join(f.column.zh for f in (spec or TABLES["disclosure"]).fields.values())
        raise InputError(f"{path}: 第1行不是表头 / the first line is no header: {headers[:8]}; accepted: {accepted}")
    place = (path.name, None)
    add_relation(data, spec, backend.scan_text(path, encoding, delimiter, headers, data.source(place)))


def _encoding(head: bytes, name: str) -> str:
    """The encoding of a file by its first bytes: they may end within a character."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
            return encoding
        except UnicodeDecodeError:
            continue
    raise InputError(
        f"{name}: 无法识别文字编码 / the encoding is not recognised; accepted: UTF-8, UTF-16 with BOM, GB18030/GBK"
    )
