"""What the columns of frames, Parquet files, databases and large text tables mean, of which only the names are at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from opencheck.readers.heading_maps import map_for
from opencheck.readers.heading_match import Heading, match_headings, note_headings
from opencheck.records.dataset import Dataset, SourceLocation
from opencheck.records.table_spec import TableSpec

__all__ = ["map_headers", "unique_names"]


def map_headers(
    data: Dataset,
    spec: TableSpec,
    headers: Sequence[str],
    place: tuple[str | None, str | None],
    values: Callable[[str], Iterable[Any]] | None = None,
) -> dict[str, str]:
    """For each header that is read, its field; of several columns for one field the first comes first. Every header is noted.

    Args:
        data: the dataset that notes them.
        spec: the table.
        headers: the headers.
        place: file and sheet.
        values: some cells of a column: where all of these can mean one thing only, it is proposed.
    """
    headings = {i: Heading(header) for i, header in enumerate(headers)}
    some = None if values is None else lambda i: values(headers[i])
    matches = match_headings(spec, headings, map_for(data, place[0]), sheet=place[1], values=some, whole=False)
    note_headings(data, spec, headings, matches, SourceLocation(*place))
    return {headers[i]: match.fields[0] for i, match in matches.items() if match.is_read}


def unique_names(names: Iterable[Any]) -> list[str]:
    """Names of columns, each its own: the second of one name has its number behind it, and stands for the same field.

    >>> unique_names(["编号", "答复日期", "答复日期"])
    ['编号', '答复日期', '答复日期（2）']
    """
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        text = " ".join(map(str, name)) if isinstance(name, tuple) else str(name)
        seen[text] += 1
        found.append(text if seen[text] == 1 else f"{text}（{seen[text]}）")
    return found
