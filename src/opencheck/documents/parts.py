"""The result type of document parsers, size limits, shared errors, and safe XML parsing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Protocol

from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library
from opencheck.core.personal_data import find_personal_data
from opencheck.documents.metadata import Found

__all__ = [
    "DRAWING_NAMESPACE",
    "LARGE_PICTURE",
    "MANY_CURVES",
    "MAX_FILE_BYTES",
    "MAX_UNPACKED_BYTES",
    "RESTORED",
    "UNITS_PER_CM",
    "ExtractedText",
    "ReadEmbedded",
    "damaged_file_error",
    "pictures_unread",
    "restored_lines",
    "too_large_error",
    "xml_tree",
]


DRAWING_NAMESPACE = "{http://schemas.openxmlformats.org/drawingml/2006/main}"

MAX_FILE_BYTES = 20_000_000
"""Largest file that is read."""

RESTORED = "隐藏的、删去的文字还原以后"
"""The part with lines as they were before something in them was hidden, deleted or struck out."""

UNITS_PER_CM = 360_000
"""Drawings give their sizes in English Metric Units."""

LARGE_PICTURE = 150.0
"""From this size in square centimetres on, a quarter of a page of A4, a picture may be a scan whose text matters."""

MANY_CURVES = 3_000
"""So many curves on a page may be text that was turned into outlines: a character has about thirty."""

MAX_UNPACKED_BYTES = 10 * MAX_FILE_BYTES
"""Largest size of an unpacked archive."""


@dataclass
class ExtractedText:
    """The text of a file, the metadata that its format states, and the parts that could not be read."""

    text: str
    metadata: dict[str, Found] = field(default_factory=dict)
    unread: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Messages of the catalogue with their facts."""


class ReadEmbedded(Protocol):
    """Appends the texts of embedded files to ``lines`` and unreadable parts to ``unread``; parsers receive it as an argument."""

    def __call__(self, files: Mapping[str, bytes], lines: list[str], unread: list[tuple[str, dict[str, Any]]]) -> None:
        """Read each file, by name, from its content."""


def restored_lines(whole: Sequence[str], apart: Iterable[Sequence[str]]) -> list[str]:
    """What was taken apart into what is seen and what is not may hold personal data that no part shows by itself.

    A number may be hidden by half, and what a hidden cell holds only its heading may tell.

    Args:
        whole: the lines as they were before something in them was hidden, deleted or struck out; cells are separated by tabs.
        apart: the lines of each part, such as what is seen and what is hidden.

    Returns:
        The lines and tables of the whole that hold more than all parts do; empty where none does.

    >>> restored_lines(["通知", "王某 13805321234"], [["通知", "王某 138"], ["05321234"]])
    ['王某 13805321234']
    >>> restored_lines(["姓名\\t护照号码", "王某\\tE12345678"], [["姓名\\t", "王某\\t"], ["护照号码", "E12345678"]])
    ['姓名\\t护照号码', '王某\\tE12345678']
    """
    whole = [line for line in whole if line.strip()]
    missing = _found_in(whole)
    for lines in apart:
        missing -= _found_in(lines)
    found = [line for block in _blocks(whole) if missing & _found_in(block) for line in block] if missing else []
    return found if missing <= _found_in(found) else whole


def _found_in(lines: Sequence[str]) -> Counter[str]:
    """The personal data that some lines hold."""
    text = "\n".join(line for line in lines if line.strip())
    return Counter(text[hit.start : hit.end] for hit in find_personal_data(text))


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """The tables among lines, and each other line."""
    for is_table, block in groupby(lines, lambda line: "\t" in line):
        lines_of_block = list(block)
        yield from [lines_of_block] if is_table else [[line] for line in lines_of_block]


def too_large_error(name: str) -> InputError:
    """Return the error for a file above the size limit."""
    return InputError(f"{name}: 文件过大 / too large: more than {MAX_FILE_BYTES // 1_000_000} MB")


def damaged_file_error(name: str, exc: Exception) -> InputError:
    """Return the error for a damaged file."""
    return InputError(f"{name}: 文件损坏，读不出来 / damaged, cannot be read: {type(exc).__name__}")


def pictures_unread(sizes: Iterable[float | None]) -> list[tuple[str, dict[str, Any]]]:
    """Return what is to be said of a document's pictures, by their printed sizes in square centimetres (None: unknown).

    Nearly every document has a seal or a logo; what is as large as a scanned page is told apart, for its text was not read.

    >>> pictures_unread([4.0, None, 400.0])
    [('unread.pictures', {'count': 2}), ('unread.large_pictures', {'count': 1})]
    """
    found = [size is not None and size >= LARGE_PICTURE for size in sizes]
    counts = {"unread.pictures": found.count(False), "unread.large_pictures": found.count(True)}
    return [(code, {"count": count}) for code, count in counts.items() if count]


def xml_tree(content: bytes, name: str) -> Any:
    """Parse one XML part of an archive.

    Raises:
        InputError: the part declares entities, which the formats forbid and which could hide text.
    """
    try:
        from lxml import etree
    except ImportError as exc:
        raise missing_library(exc, "读取 .docx .ofd / to read .docx and .ofd") from exc
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError(f"{name}: 含有不该有的DTD声明，可能有害，没有打开 / declares a DTD, which may do harm: not opened")
    return root
