"""The report formats by name, and the files that they are written to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError, OutputError, unknown_name
from opencheck.core.extras import names_missing_libraries
from opencheck.core.localized import LocalizedText
from opencheck.core.output_files import write_file

__all__ = [
    "FORMATS",
    "refuse_inputs",
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


def refuse_inputs(path: Path, inputs: Iterable[str | Path]) -> None:
    """Refuse to write over what is read: the same file under any name, or a file that a folder's next reading would take for a ledger.

    Args:
        path: the file to be written.
        inputs: the files and folders that are read.

    Raises:
        OutputError: it is one of them, or lies in one of the folders and has an ending that is read there.

    >>> refuse_inputs(Path("报告.json"), ["台账.json"])
    """
    from opencheck.readers import folder_suffixes

    for given in map(Path, inputs):
        if _same_file(path, given):
            raise OutputError(
                f"{path}: 是这次检查要读的文件，不能覆盖；请写到别的文件（工作簿可以用 --in-place 标注在原件里） / "
                "is read by this check and not written over: choose another file (a workbook can be marked itself by --in-place)",
                code="output_is_input",
                path=path,
            )
        target = Path(os.path.realpath(path))
        inside = given.is_dir() and Path(os.path.realpath(given)) in target.parents
        if inside and target.suffix.lower() in folder_suffixes():
            raise OutputError(
                f"{path}: 在要读的文件夹里，下次会被当作台账；请写到别的文件夹 / lies in the folder {given} that is read: the next "
                "check would take it for a ledger; choose another folder",
                code="output_in_input_folder",
                path=path,
            )


def _same_file(one: Path, other: Path) -> bool:
    with suppress(OSError):  # one of them does not exist
        return one.samefile(other)
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def write(
    report: Any,
    path: Path,
    format: str | None,
    lang: str,
    tell: Callable[[LocalizedText], None] = lambda text: None,
    *,
    in_place: bool = False,
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
    inputs = report.inputs
    marked = in_place and any(_same_file(path, given) for given in report.data.inputs)
    if marked:
        _check_in_place(path, chosen, {file for file, _ in report.data.places})
        inputs = [given for given in inputs if not _same_file(path, given)]
    refuse_inputs(path, inputs)
    options = {"macros": path.suffix.lower() == ".xlsm", "tell": tell, "in_place": marked} if chosen == "xlsx" else {}
    return write_file(path, render(report, chosen, lang, **options), make_folders=True)


def _check_in_place(path: Path, format: str, sources: set[str | None]) -> None:
    """Raise unless the file is a workbook that is marked, and all that was read.

    Raises:
        OutputError: it would lose something.
    """
    if format != "xlsx" or path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise OutputError(
            f"{path}: 只有 .xlsx .xlsm 工作簿可以在原件里标注 / only a workbook (.xlsx, .xlsm) can be marked in place",
            code="not_in_place",
            path=path,
        )
    if len(sources) > 1:
        raise OutputError(
            f"{path}: 一起检查了别的数据，不能在原件里标注 / other data were checked with it, so it is not marked in place",
            code="not_in_place",
            path=path,
        )
