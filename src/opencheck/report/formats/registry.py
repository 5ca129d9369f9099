"""The registry of report formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from opencheck.core.errors import InputError, unknown_name

if TYPE_CHECKING:
    from opencheck.report.report import Report

__all__ = [
    "FORMATS",
    "render",
    "write",
]


FORMATS = ("table", "json", "jsonl", "csv", "xlsx", "html", "md", "sarif", "junit", "github")

_SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".txt": "table",
    ".html": "html",
    ".htm": "html",
    ".md": "md",
    ".sarif": "sarif",
    ".xml": "junit",
}


def render(report: Report, format: str, lang: str = "zh", *, full: bool = False) -> bytes:
    """Render the report in one format as bytes (text in UTF-8; CSV with a byte order mark for Excel).

    Raises:
        InputError: the format is not one of ``FORMATS``.
    """
    from opencheck.report.formats import csv, github, html, json, junit, markdown, sarif, terminal, workbook

    makers: dict[str, Callable[[], bytes]] = {
        "json": lambda: json.as_json(report),
        "jsonl": lambda: json.as_jsonl(report),
        "csv": lambda: csv.as_csv(report, lang),
        "xlsx": lambda: workbook.as_workbook(report, lang),
        "html": lambda: html.as_html(report, lang),
        "md": lambda: markdown.as_markdown(report, lang),
        "sarif": lambda: sarif.as_sarif(report, lang),
        "junit": lambda: junit.as_junit(report, lang),
        "github": lambda: github.as_github(report, lang),
        "table": lambda: terminal.as_table(report, lang, full=full).encode(),
    }
    if format not in makers:
        raise unknown_name("不支持的格式 / unsupported format", format, FORMATS, code="unknown_format", field="format")
    return makers[format]()


def write(report: Report, path: Path, format: str | None, lang: str) -> Path:
    """Write the report to a file; see :meth:`opencheck.report.report.Report.write`."""
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
    content = render(report, chosen, lang, full=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
