"""Metadata found in the text of a document: number, issuer, dates and attribute, damaged ones included.

Portals strip brackets and date characters when they convert files: 国办发〔201823号, 2018824. A damaged value with exactly one reading is
accepted and marked as damaged; any other is ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from opencheck.records.disclosure_labels import find_own_labels
from opencheck.records.parse import InvalidValue, parse

__all__ = [
    "Confidence",
    "Found",
    "find_dates",
    "find_document_numbers",
    "find_issuer",
    "find_label",
    "find_publication_date",
    "find_signing_date",
    "parse_day",
    "repair_day",
]


Confidence = Literal["sure", "damaged", "ambiguous"]


@dataclass(frozen=True)
class Found:
    """A value with its location (first and last character in the text, or the name of a field) and its confidence ``sure``."""

    value: Any
    where: str
    sure: Confidence = "sure"
    text: str = ""


_ISSUER_CODE = r"[\u4e00-\u9fa5]{1,10}?(?:发|办|函|字|政|令|通|规|秘|电|文|改|环|财)"

_NUMBER = re.compile(
    rf"({_ISSUER_CODE})([〔\[(（［【〈<]?)\s*((?:19|20)\d{{2}})\s*([〕\])）］】〉>]?)\s*(?:第)?\s*(\d{{1,4}})[ \t]*号"
)

_CHINESE = "〇零○OoΟ一二三四五六七八九十"

_SPACE = r"[ \t\u00a0\u3000]*"  # word processors set gaps beside digits, which remain in PDFs

_DAY = re.compile(
    rf"(?:19|20)\d{{2}}{_SPACE}[-/.年]{_SPACE}\d{{1,2}}{_SPACE}[-/.月]{_SPACE}\d{{1,2}}(?:{_SPACE}日)?|[{_CHINESE}0-9]{{4}}年[{_CHINESE}0-9]{{1,3}}月[{_CHINESE}0-9]{{1,3}}日"
)

_DIGITS_ONLY_DAY = re.compile(r"(?m)^[ \t\u3000]*((?:19|20)\d{5,6})(日?)[ \t\u3000]*(?=[（(\[［【]|$)")

_PUBLICATION_FIELD = re.compile(
    r"(?:发布日期|发布时间|公开日期|公布日期|发文时间)\s*[:：]?\s*(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?)"
)

_ISSUER_NAME = re.compile(r"[\u4e00-\u9fa5]{2,30}(?:政府|办公室|局|委员会|委|厅|中心|处|院|会|站|公司)")

_SIGNING_FIELD = re.compile(r"(?:成文日期|签发日期)\s*[:：]?\s*(\S{6,20})")


def find_document_numbers(text: str) -> list[Found]:
    """Find every document number in a text, in order and in canonical form; damaged brackets are marked.

    >>> [(f.value, f.sure) for f in find_document_numbers("根据（国办发〔201823号）和鲁政办发〔2018〕21号")]
    [('国办发〔2018〕23号', 'damaged'), ('鲁政办发〔2018〕21号', 'sure')]
    """
    found = []
    for match in _NUMBER.finditer(text):
        organ, opened, year, closed, number = match.groups()
        organ = re.sub(r"^.*?(?:根据|按照|依据|印发|转发|以下简称|的通知|和|与|及)", "", organ) or organ
        value = f"{organ}〔{year}〕{int(number)}号"
        sure: Confidence = "sure" if opened and closed else "damaged"
        found.append(Found(value, f"{match.start()}-{match.end()}", sure, match[0]))
    return found


def parse_day(text: str) -> date | None:
    """Parse a text as a day, or return None."""
    try:
        value = parse("date", re.sub(r"\s", "", text))
    except InvalidValue:
        return None
    return value if isinstance(value, date) else None


def repair_day(digits: str) -> date | None:
    """Return the day that digits without 年月日 stand for, or None unless there is exactly one reading.

    >>> repair_day("2018824"), repair_day("20191129"), repair_day("2018111")
    (datetime.date(2018, 8, 24), datetime.date(2019, 11, 29), None)
    """
    year, rest = int(digits[:4]), digits[4:]
    found = set()
    for cut in range(1, len(rest)):
        month, day = rest[:cut], rest[cut:]
        if len(month) > 2 or len(day) > 2:
            continue
        try:
            found.add(date(year, int(month), int(day)))
        except ValueError:
            continue
    return found.pop() if len(found) == 1 else None


def find_dates(text: str) -> list[Found]:
    """Find every date on a separate line, alone or before a label, as under a signature; damaged ones are marked."""
    found = []
    for match in _DAY.finditer(text):
        line_start = text.rfind("\n", 0, match.start()) + 1
        line_end = text.find("\n", match.end())
        after = text[match.end() : line_end if line_end >= 0 else len(text)].strip(" \t\u3000")
        if text[line_start : match.start()].strip(" \t\u3000") or (after and after[0] not in "（([［【此"):
            continue
        day = parse_day(match[0])
        if day:
            found.append(Found(day, f"{match.start()}-{match.end()}", "sure", match[0]))
    for match in _DIGITS_ONLY_DAY.finditer(text):
        day = repair_day(match[1])
        if day:
            found.append(Found(day, f"{match.start(1)}-{match.end(1)}", "damaged", match[1]))
    return sorted(found, key=lambda f: int(f.where.split("-")[0]))


def find_signing_date(text: str) -> Found | None:
    """Find the day of signing: a field that names it, else the first date on a separate line (attachments follow it)."""
    if (match := _SIGNING_FIELD.search(text)) and (day := parse_day(match[1])):
        return Found(day, f"{match.start(1)}-{match.end(1)}", "sure", match[1])
    dates = find_dates(text)
    return dates[0] if dates else None


def find_issuer(text: str) -> Found | None:
    """Find the issuer: the organ named on the line above the day of signing."""
    dates = find_dates(text)
    if not dates:
        return None
    lines = text[: int(dates[0].where.split("-")[0])].rstrip().splitlines()
    name = re.sub(r"\s", "", lines[-1]) if lines else ""
    return Found(name, "text", "sure", lines[-1]) if _ISSUER_NAME.fullmatch(name) else None


def find_publication_date(text: str) -> Found | None:
    """Find the day of publication that a portal prints beside the title."""
    match = _PUBLICATION_FIELD.search(text)
    day = parse_day(match[1]) if match else None
    return Found(day, f"{match.start(1)}-{match.end(1)}", "sure", match[1]) if match and day else None


def find_label(text: str) -> Found | None:
    """Find the disclosure attribute of the text's label; the value is None and ``ambiguous`` where labels disagree."""
    found, every = find_own_labels(text)
    if not found:
        # A label after the line 附件 may belong to the attachment.
        return Found(None, "attachment", "ambiguous", "、".join(every)) if every else None
    return Found(found[0], "text") if len(found) == 1 else Found(None, "text", "ambiguous", "、".join(found))
