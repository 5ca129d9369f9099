"""The folder of hand-outs: for each unit a workbook, a document and a page, and the index of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library
from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import Severity
from opencheck.report import messages
from opencheck.report.handouts.answers import read_answers
from opencheck.report.handouts.content import Handout, handouts_of, without_records
from opencheck.report.handouts.document import as_handout_document
from opencheck.report.handouts.page import as_handout_page
from opencheck.report.handouts.workbook import as_handout_workbook, index_workbook
from opencheck.report.report import Report

__all__ = ["INDEX", "file_stem", "write_handouts"]

INDEX = "汇总.xlsx"
_PREFIX = "整改通知单-"

_MAKERS: dict[str, Callable[[Handout, str], bytes]] = {
    ".xlsx": as_handout_workbook,
    ".docx": as_handout_document,
    ".html": as_handout_page,
}

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]+')
_FEW = 3
_MOST_BYTES = 240
"""Bytes of a file's name without number and ending: Linux takes 255, three of them a Chinese character; Windows takes 255 characters."""


def file_stem(unit: str, taken: Iterable[str]) -> str:
    """Return the name of a unit's files without the ending: safe on Windows, and no other unit's, upper and lower case alike.

    >>> file_stem("市教体局（体育）/学校科?", []), file_stem("A局", ["整改通知单-a局"])
    ('整改通知单-市教体局（体育）_学校科_', '整改通知单-A局-2')
    """
    name = f"{_PREFIX}{_UNSAFE.sub('_', unit).strip(' .') or '_'}"
    base = name.encode()[:_MOST_BYTES].decode(errors="ignore").strip(" .")
    used = {name.casefold() for name in taken}
    stem, number = base, 1
    while stem.casefold() in used:
        number += 1
        stem = f"{base}-{number}"
    return stem


def write_handouts(
    report: Report,
    folder: Path,
    lang: str = "zh",
    *,
    reply_by: date | None = None,
    every_unit: bool = False,
    tell: Callable[[LocalizedText], None] = lambda text: None,
) -> list[tuple[Handout, list[str]]]:
    """Write a hand-out for each unit of the ledger with something to put right, in every form, and the index ``汇总.xlsx``.

    Args:
        report: the report.
        folder: where to; it is made if it does not exist.
        lang: ``zh`` or ``en``.
        reply_by: the day by which units should answer; none is named otherwise.
        every_unit: also for units of which the ledger has no record, see :func:`opencheck.report.handouts.content.without_records`.
        tell: called with what was not written, and how to change that; and with the findings whose records name no unit.

    Returns:
        The hand-outs, each with the names of its files.

    Raises:
        InputError: hand-outs in the folder hold answers, which would be lost.
    """
    if folder.exists():
        _keep_answers(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[tuple[Handout, list[str]]] = []
    stems: list[str] = []
    makers = dict(_MAKERS)
    made = handouts_of(report, reply_by)
    left = [] if every_unit else without_records(made)
    for handout in (h for h in made if h not in left):
        stems.append(file_stem(handout.name(lang), stems))
        names = []
        for suffix, make in list(makers.items()):
            try:
                content = make(handout, lang)
            except ModuleNotFoundError as exc:
                error = missing_library(exc, f"{suffix} 没有写 / was not written")
                tell(LocalizedText(zh=str(error), en=str(error)))
                del makers[suffix]
                continue
            names.append(stems[-1] + suffix)
            (folder / names[-1]).write_bytes(content)
        written.append((handout, names))
    remarks = [*report.unassigned_remarks(), *_left_out(report, left)]
    (folder / INDEX).write_bytes(index_workbook(report, written, remarks, lang, reply_by=reply_by))
    for remark in remarks:
        tell(remark)
    return written


def _left_out(report: Report, left: Sequence[Handout]) -> list[LocalizedText]:
    """Remarks on what is in no hand-out: rejected rows, and units without records."""
    remarks = []
    if report.rejected:
        remarks.append(messages.localized_message("handout.rejected", {"count": len(report.rejected)}))
    if left:
        facts = {
            "count": len(left),
            "units": [h.unit for h in left[:_FEW]],
            "items": sum(len(list(h.items)) for h in left),
            "violations": sum(h.count(*Severity) for h in left),
        }
        remarks.append(messages.localized_message("handout.without_records", facts))
    return remarks


def _keep_answers(folder: Path) -> None:
    """Refuse to write over hand-outs that units have filled in.

    Raises:
        InputError: with the file and row of the first answer.
    """
    own = [p for p in folder.iterdir() if p.name.startswith(_PREFIX) and p.suffix in (".xlsx", ".docx")]
    filled = next(iter(read_answers(own).given), None) if own else None
    if filled is not None:
        raise InputError(
            f"{folder}: 里面的通知单已经填了（{filled.place.file}），不能盖写，请换一个文件夹；读回填好的用 --answers / "
            f"the hand-outs there are filled in ({filled.place.file}) and are not overwritten, name another folder; --answers reads them",
            code="answers_there",
            path=folder,
            row=filled.place.row,
        )
