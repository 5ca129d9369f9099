"""What every document parser returns, the size limits, and safe XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from opencheck.core.errors import InputError
from opencheck.documents.metadata import Found

__all__ = [
    "MAX_FILE_BYTES",
    "ExtractedText",
    "too_large_error",
    "xml_tree",
]


DRAWING_NAMESPACE = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MAX_FILE_BYTES = 20_000_000
"""Bytes of a file that are read at all."""

MAX_UNPACKED_BYTES = 10 * MAX_FILE_BYTES
"""Bytes that an archive may unpack to."""


@dataclass
class ExtractedText:
    """A file's own text, facts that its format states, and what of it could not be read."""

    text: str
    known: dict[str, Found] = field(default_factory=dict)
    unread: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Messages of the catalogue, with their facts."""


class ReadEmbedded(Protocol):
    """Adds the texts of files within a file to its lines, and what of them could not be read; parsers get it as an argument."""

    def __call__(self, files: Mapping[str, bytes], lines: list[str], unread: list[tuple[str, dict[str, Any]]]) -> None:
        """Read each file by its content."""


def too_large_error(name: str) -> InputError:
    """The error for a file that is too large to be read."""
    return InputError(f"{name}: 文件过大 / too large: more than {MAX_FILE_BYTES // 1_000_000} MB")


def missing_extra_error(what: str, exc: ImportError) -> InputError:
    return InputError(f"读取 {what} 需要 / {what} needs: pip install 'opencheck[documents]' ({exc.name})")


def damaged_file_error(name: str, exc: Exception) -> InputError:
    return InputError(f"{name}: 文件损坏，读不出来 / damaged, cannot be read: {type(exc).__name__}")


def xml_tree(content: bytes, name: str) -> Any:
    """The tree of one part of an archive.

    Raises:
        InputError: a part that declares entities: neither format allows it, and text could hide behind them.
    """
    try:
        from lxml import etree
    except ImportError as exc:
        raise missing_extra_error(".docx .ofd", exc) from exc
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError(f"{name}: 含有不该有的DTD声明，可能有害，没有打开 / declares a DTD, which may do harm: not opened")
    return root
