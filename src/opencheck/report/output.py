"""The report formats by name, and the files that they are written to."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError, unknown_name
from opencheck.core.extras import names_missing_libraries
from opencheck.core.localized import LocalizedText

__all__ = [
    "FORMATS",
    "render",
    "write",
]


_SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".txt": "table",
    ".html": "html",
    ".htm": "html",
    ".md": "md",
    ".sarif": "sarif",
    ".xml": "junit",
}


_MAKERS = {
    "table": "terminal:as_table",
    "json": "json:as_json",
    "jsonl": "json:as_jsonl",
    "csv": "csv:as_csv",
    "xlsx": "workbook:as_workbook",
    "html": "html:as_html",
    "md": "markdown:as_markdown",
    "sarif": "sarif:as_sarif",
    "junit": "junit:as_junit",
    "github": "github:as_github",
}
"""For each format the module of :mod:`opencheck.report.formats` and its function ``(report, lang) -> bytes``; imported when it is asked for."""


FORMATS = tuple(_MAKERS)


@names_missing_libraries
def render(report: Any, format: str, lang: str = "zh", **options: Any) -> bytes:
    """Render the report in one format as bytes (text in UTF-8; CSV with a byte order mark for Excel).

    Args:
        report: the report.
        format: one of ``FORMATS``.
        lang: ``zh`` or ``en``.
        options: those of the format, see its function; only ``xlsx`` has any.

    Raises:
        InputError: the format is not one of ``FORMATS``.
    """
    if format not in _MAKERS:
        raise unknown_name("不支持的格式 / unsupported format", format, FORMATS, code="unknown_format", field="format")
    module, _, name = _MAKERS[format].partition(":")
    make = getattr(import_module(f"opencheck.report.formats.{module}"), name)
    made: bytes | str = make(report, lang, **options)
    return made.encode() if isinstance(made, str) else made


def write(
    report: Any, path: Path, format: str | None, lang: str, tell: Callable[[LocalizedText], None] = lambda text: None
) -> Path:
    """Write the report to a file; see :meth:`opencheck.report.report.Report.write`.

    ``tell`` is called, before the file is written, with each thing of the sources that the marked workbook cannot keep.
    """
    chosen = format or ("sarif" if path.name.lower().endswith(".sarif.json") else _SUFFIXES.get(path.suffix.lower()))
    if chosen is None:
        raise InputError(
            f"{path}: 看不出格式 / no format for {path.suffix!r}; accepted: {', '.join(_SUFFIXES)}",
            code="unknown_format",
            path=path,
            field="format",
            found=path.suffix,
            accepted=_SUFFIXES,
        )
    options = {"macros": path.suffix.lower() == ".xlsm", "tell": tell} if chosen == "xlsx" else {}
    content = render(report, chosen, lang, **options)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
