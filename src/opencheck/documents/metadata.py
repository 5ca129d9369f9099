"""Metadata found in the text of a document: issuer, dates and attribute, damaged ones included; see ``numbers`` for its number.

Portals strip date characters when they convert files: 2018824. A damaged value with exactly one reading is accepted and marked as
damaged; any other is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from opencheck.documents.named_fields import FieldKind, find_fields, head_end, lines_of
from opencheck.records.disclosure_labels import find_own_labels, find_own_odd_labels, locate_part, printed_parts
from opencheck.records.parse import InvalidValue, parse
from opencheck.records.printed_lines import attachments_start, flatten

__all__ = [
    "Confidence",
    "Found",
    "find_dates",
    "find_issuer",
    "find_label",
    "find_publication_date",
    "find_signature",
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


_NUMERAL = "[〇零○OoΟ一二三四五六七八九十0-9]"

_DAY = (
    r"(?:19|20)[0-9]{2} {0,4}[-/.年] {0,4}[0-9]{1,2} {0,4}[-/.月] {0,4}[0-9]{1,2}(?![0-9])(?: {0,4}[日号])?"
    rf"|{_NUMERAL}{{4}} ?年 ?{_NUMERAL}{{1,3}} ?月 ?{_NUMERAL}{{1,3}} ?[日号]"
)

_DAY_AT = re.compile(_DAY)

_ORGAN = r"[\u3400-\u9fff]{2,60}?(?:政府|办公室|局|委员会|委|厅|中心|处|院|会|站|公司|部|队|所|社|大学|学校|指挥部|小组|办事处|分局|支队)"

_CLOCK = re.compile(r"[ T]{1,4}[0-9]{1,2}[:时][0-9]{1,2}(?:[:分][0-9]{1,2}秒?)?分? {0,4}$")

_DATED_LINE = re.compile(
    rf"(?P<organ>{_ORGAN})?(?P<open>\()?(?:(?P<day>{_DAY})|(?P<digits>(?:19|20)[0-9]{{5,6}})日?)(?(open)\))"
    r"(?P<after>[(\[【〔此].*|本文.*|(?:主动|依申请|不予|删减后)公开)?"
)
"""A line, without its gaps, that holds a day as under a signature: alone, after the organ, before a label."""

_ATTACHED = ("附件", "嵌入的文件")
"""How the names of the parts begin that hold an attached file."""

_ISSUER_NAME = re.compile(r"[\u4e00-\u9fa5]{2,30}(?:政府|办公室|局|委员会|委|厅|中心|处|院|会|站|公司)")


class _DatedLine(NamedTuple):
    found: Found
    start: int
    organ: str
    of_a_portal: bool
    """Written as portals do, in digits with dashes or with a time."""


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
    """Find every date on a separate line, alone, after the organ or before a label, as under a signature; damaged ones are marked.

    >>> [f.value.isoformat() for f in find_dates("自2018年9月1日起施行。\\n平安市财政局 2018年11月26日（此件主动公开）")]
    ['2018-11-26']
    """
    return [line.found for line in _dated_lines(text, flatten(text))]


def _dated_lines(text: str, flat: str) -> Iterator[_DatedLine]:
    for start, line in lines_of(flat):
        if len(line) > 300:
            continue
        clock = _CLOCK.search(line)
        if clock:
            line = line[: clock.start()]
        places = [at for at, char in enumerate(line) if char not in " \t"]
        match = _DATED_LINE.fullmatch("".join(line[at] for at in places))
        if match is None:
            continue
        name = "day" if match["day"] else "digits"
        first, last = start + places[match.start(name)], start + places[match.end(name) - 1] + 1
        day = parse_day(text[first:last]) if match["day"] else repair_day(match["digits"])
        if day is not None:
            found = Found(day, f"{first}-{last}", "sure" if match["day"] else "damaged", text[first:last])
            portal = clock is not None or re.match("[0-9]{4}[-/.]", match[name]) is not None
            yield _DatedLine(found, start, match["organ"] or "", portal)


def _own_part(text: str) -> str:
    end = attachments_start(text)
    return text if end is None else text[:end]


def _field_day(text: str, flat: str, kinds: tuple[FieldKind, ...]) -> Found | None:
    """The day of the first named field, kinds in order of preference."""
    fields = find_fields(text, flat)
    for kind in kinds:
        for field in fields:
            match = _DAY_AT.match(flat, field.at) if field.kind == kind else None
            if match and (day := parse_day(text[match.start() : match.end()])):
                return Found(day, f"{match.start()}-{match.end()}", "sure", text[match.start() : match.end()])
    return None


def _signed_and_posted(text: str, flat: str) -> tuple[_DatedLine | None, _DatedLine | None]:
    """The dated line of the signature, and the one that a portal prints below the title.

    The signature's is the first below the body. A day above the body is a portal's only where there is one below, too: decisions carry
    the day of signing under their title.
    """
    lines = list(_dated_lines(text, flat))
    body = head_end(flat)
    above, below = [d for d in lines if d.start < body], [d for d in lines if d.start >= body]
    if not below and above and above[0].of_a_portal and not above[-1].of_a_portal:
        return above[-1], above[0]
    if not (above and below):
        return next(iter(lines), None), None
    portal = next((d for d in above if d.of_a_portal), None)
    return below[0], portal


def find_signature(text: str) -> Found | None:
    """Find the date under the signature, before the attachments."""
    own = _own_part(text)
    signed, _ = _signed_and_posted(own, flatten(own))
    return signed.found if signed else None


def find_signing_date(text: str) -> Found | None:
    """Find the day of signing: a field that names it, else the date under the signature, else a table's day of issue.

    >>> find_signing_date("发文日期: 2020-05-07\\n通知如下。\\n平安县人民政府\\n2020年4月23日").value.isoformat()
    '2020-04-23'
    """
    own = _own_part(text)
    flat = flatten(own)
    if found := _field_day(own, flat, ("signed",)):
        return found
    signed, _ = _signed_and_posted(own, flat)
    if signed is not None:
        return signed.found
    return _field_day(own, flat, ("issued",)) or _day_beside_body(printed_parts(text))


def _day_beside_body(text: str) -> Found | None:
    """The first day on a line of its own in a text box, a header or the like. An attachment has a day of its own, which is another one."""
    for found in find_dates(text):
        part, _ = locate_part(text, int(found.where.partition("-")[0]))
        if part and not part.startswith(_ATTACHED):
            return found
    return None


def find_issuer(text: str) -> Found | None:
    """Find the issuer: a field that names it, else the organ before the day of signing or on the line above it.

    >>> find_issuer("发文机关：平安县人民政府 文号：").value
    '平安县人民政府'
    """
    own = _own_part(text)
    flat = flatten(own)
    for field in find_fields(own, flat):
        stated = _ISSUER_NAME.match(own, field.at) if field.kind == "issuer" else None
        if stated:
            return Found(stated.group(), f"{stated.start()}-{stated.end()}", "sure", stated.group())
    signed, _ = _signed_and_posted(own, flat)
    if signed is None:
        return None
    lines = own[: signed.start].rstrip().splitlines()
    name = signed.organ or (re.sub(r"\s", "", lines[-1]) if lines else "")
    return Found(name, "text", "sure", name) if _ISSUER_NAME.fullmatch(name) else None


def find_publication_date(text: str) -> Found | None:
    """Find the day of publication that a portal prints beside the title, under any of its names, or as a bare date above the body.

    >>> find_publication_date("[ 发布日期 ] 2018-12-03").value.isoformat()
    '2018-12-03'
    """
    own = _own_part(text)
    flat = flatten(own)
    if found := _field_day(own, flat, ("published", "updated", "dated")):
        return found
    _, posted = _signed_and_posted(own, flat)
    return posted.found if posted else None


def find_label(text: str) -> Found | None:
    """Find the disclosure attribute of the text's label; the value is None and ``ambiguous`` where labels disagree."""
    found, every = find_own_labels(text)
    if odd := find_own_odd_labels(text):
        return Found(None, "text", "ambiguous", "、".join((*odd, *found)))
    if not found:
        # A label after the line 附件 may belong to the attachment.
        return Found(None, "attachment", "ambiguous", "、".join(every)) if every else None
    return Found(found[0], "text") if len(found) == 1 else Found(None, "text", "ambiguous", "、".join(found))
