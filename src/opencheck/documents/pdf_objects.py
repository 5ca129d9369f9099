"""What a PDF keeps beside its pages: strings of every object (bookmarks, descriptions, authors, scripts), data in XML, attached files.

Whoever gets the file finds them. The objects are gone through one by one, so that nothing depends on where a program puts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["PdfObjects", "drawn_annotations", "read_objects"]

_TAGS = re.compile("<[^>]*>")


@dataclass
class PdfObjects:
    """The strings of a file, each once, and the files attached to it, by name."""

    strings: dict[str, None] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def read_objects(reader: Any) -> PdfObjects:
    """Go through the objects of a file; damaged ones hold nothing that a program shows."""
    from pypdf.errors import PyPdfError
    from pypdf.generic import IndirectObject

    found = PdfObjects()
    numbers = {(n, generation) for generation, entries in reader.xref.items() for n in entries}
    numbers |= {(n, 0) for n in reader.xref_objStm}
    for number, generation in sorted(numbers):
        try:
            _look(reader.get_object(IndirectObject(number, generation, reader)), found)
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            continue
    return found


def _look(value: Any, found: PdfObjects) -> None:
    from pypdf.generic import ArrayObject, DictionaryObject, StreamObject, TextStringObject

    if isinstance(value, TextStringObject):
        found.strings.setdefault(str(value))
    elif isinstance(value, ArrayObject):
        for item in list.__iter__(value):
            _look(item, found)
    elif isinstance(value, DictionaryObject):
        if isinstance(files := value.get("/EF"), DictionaryObject):
            _add_file(value, files, found)
        if isinstance(value, StreamObject) and _is_xml(value):
            found.strings.setdefault(_TAGS.sub(" ", value.get_data().decode("utf-8", "replace")))
        if value.get("/Type") != "/Font":
            for item in dict.values(value):
                _look(item, found)


def _is_xml(stream: Any) -> bool:
    """Whether a stream holds XML that no page shows: properties of the file, or the data of a form."""
    if stream.get("/Subtype") == "/XML" or stream.get("/Type") == "/Metadata":
        return True
    return not {"/Subtype", "/Type", "/FunctionType", "/ShadingType", "/N", "/Params"} & set(stream) and bool(
        re.match(rb"\s*<[?\w]", stream.get_data()[:100])
    )


def _add_file(named: Any, files: Any, found: PdfObjects) -> None:
    own = str(named.get("/UF") or named.get("/F") or "?")
    stream = next((files[key] for key in ("/UF", "/F") if key in files), None)
    content = None if stream is None else stream.get_object().get_data()
    if content is not None and content not in found.files.values():
        name, number = own, 1
        while name in found.files:
            number += 1
            name = f"({number}) {own}"
        found.files[name] = content


def drawn_annotations(page: Any) -> Iterator[str]:
    """Yield the texts that stamps and fields draw over a page."""
    for annotation in (n.get_object() for n in page.get("/Annots") or ()):
        shown = annotation.get("/AP")
        normal = None if shown is None else shown.get_object().get("/N")
        drawn = None if normal is None else normal.get_object()
        if drawn is not None and drawn.get("/Subtype") == "/Form":
            text = page.extract_xform_text(drawn).strip()
            if text:
                yield text
