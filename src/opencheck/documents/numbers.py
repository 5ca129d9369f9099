"""Numbers of documents: 平政办发〔2018〕12号, 〔2018〕平政征字第12号, with the office's own words before the year or after it.

With both brackets any word of an office is a number's; where portals dropped a bracket (国办发〔201823号), only the usual last words are,
and the number is marked as damaged.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from opencheck.documents.metadata import Confidence, Found
from opencheck.documents.named_fields import find_fields, head_end, lines_of
from opencheck.records.printed_lines import attachments_start, flatten

__all__ = [
    "find_document_numbers",
    "find_own_numbers",
    "year_of",
]

_OPEN, _CLOSE = r"[〔\[(【〈<]", r"[〕\])】〉>]"

_YEAR = r"(?:19|20)[0-9]{2}"

_NUMBER = re.compile(
    rf"(?P<organ>[\u3400-\u9fff]{{1,16}}) ?{_OPEN} ?(?P<year>{_YEAR}) ?年? ?{_CLOSE} ?第? ?(?P<number>[0-9]{{1,5}}) ?(?P<end>号)"
    rf"|(?P<damaged>[\u3400-\u9fff]{{1,10}}?(?:发|办|函|字|政|令|通|规|秘|电|文|改|环|财)){_OPEN}?[ ]{{0,4}}(?P<damaged_year>{_YEAR})[ ]{{0,4}}"
    rf"{_CLOSE}?[ ]{{0,4}}第?[ ]{{0,4}}(?P<damaged_number>[0-9]{{1,4}})[ ]{{0,4}}(?P<damaged_end>号)"
    rf"|{_OPEN} ?(?P<first_year>{_YEAR}) ?{_CLOSE} ?"
    r"(?P<after>[\u3400-\u9fff]{1,12}字|[\u3400-\u9fff]{1,3}[0-9]{2,4}[\u3400-\u9fff]{1,4})"
    r" ?(?P<ordinal>第?) ?(?P<last_number>[0-9]{1,5}) ?(?P<last_end>号)"
)

_LEADING = re.compile(
    r"^.*?(?:根据|按照|依据|依照|遵照|参照|印发|转发|批转|现将|执行|落实|贯彻|废止|关于|以下简称|文件|的通知|和|与|及)(?=.)"
)
"""Words of a sentence before the words of the office."""

_WRAPPING = "()[]【】〔〕"

_SIGNER = re.compile(r"(?:签发人|签批人|密级|紧急程度).*$")

_BESIDE = re.compile(r"[ \t]+(?:(?:19|20)[0-9]{2} ?[-/.年]|发布|发文|成文|公开|主动公开|依申请公开|来源)|[ \t]*[(\[【]")
"""What a head prints on the line of the number."""

_TITLE_NUMBER = re.compile(r"的?(?:通知|意见|方案|办法|决定|公告|通告|批复|复函|函|报告|规定|细则|规划)\($")

_PLAIN = re.compile(r"[^ \t\n,。;]{2,30}?[0-9]{1,5} ?号")


class OwnNumber(NamedTuple):
    """A number that a document gives as its own, and where: in a named field, on a line of its own, or behind the title."""

    place: str
    found: Found


def find_document_numbers(text: str) -> list[Found]:
    """Find every document number in a text, in order and in canonical form; damaged brackets are marked.

    >>> [(f.value, f.sure) for f in find_document_numbers("根据（国办发〔201823号）和鲁政办发〔2018〕21号")]
    [('国办发〔2018〕23号', 'damaged'), ('鲁政办发〔2018〕21号', 'sure')]
    """
    return [_found(text, match) for match in _NUMBER.finditer(flatten(text))]


def _found(text: str, match: re.Match[str], *, alone: bool = False) -> Found:
    """The number of a match on the flattened text, in the characters of the text; ``alone``: no sentence stands before it."""

    def raw(name: str) -> str:
        return re.sub(r"\s", "", text[match.start(name) : match.end(name)])

    sure: Confidence = "sure"
    if match["organ"] is not None:
        organ, year, number, end = raw("organ"), match["year"], match["number"], raw("end")
    elif match["damaged"] is not None:
        organ, year, number, end = raw("damaged"), match["damaged_year"], match["damaged_number"], raw("damaged_end")
        sure = "damaged"
    else:
        value = f"〔{match['first_year']}〕{raw('after')}{match['ordinal']}{int(match['last_number'])}{raw('last_end')}"
        return Found(value, f"{match.start()}-{match.end()}", sure, text[match.start() : match.end()])
    if not alone:
        organ = _LEADING.sub("", organ) or organ
    return Found(
        f"{organ}〔{year}〕{int(number)}{end}", f"{match.start()}-{match.end()}", sure, text[match.start() : match.end()]
    )


def year_of(number: str) -> int | None:
    """Return the year of a document number, or None.

    >>> year_of("平政办发〔2018〕12号"), year_of("平安市人民政府令第12号")
    (2018, None)
    """
    match = re.search(rf"{_OPEN} ?(?P<year>{_YEAR}) ?年? ?{_CLOSE}", flatten(number))
    return int(match["year"]) if match else None


def find_own_numbers(text: str) -> list[OwnNumber]:
    """Find the numbers that a document gives as its own; more than one value is a contradiction.

    >>> [(n.place, n.found.value) for n in find_own_numbers("文号：财税〔2018〕77号\\n关于政策的通知\\n财税〔2018〕78号")]
    [('field', '财税〔2018〕77号'), ('line', '财税〔2018〕78号')]
    """
    end = attachments_start(text)
    body = text if end is None else text[:end]
    flat = flatten(body)
    found = []
    for field in find_fields(body, flat):
        if field.kind == "number" and (value := _value_at(body, flat, field.at)):
            found.append(OwnNumber("field", value))
            break
    head = head_end(flat)
    for start, line in lines_of(flat):
        if start >= head or len(found) > 3:
            break
        if len(line) > 200:
            continue
        found += _on_line(body, start, line)
    return found


def _value_at(text: str, flat: str, at: int) -> Found | None:
    """The number that a field holds: in one of the known forms, else as it stands (平安市人民政府令第12号)."""
    at = next((place for place in range(at, len(flat)) if flat[place] not in " \t"), len(flat))
    match = _NUMBER.match(flat, at)
    if match:
        return _found(text, match, alone=True)
    plain = _PLAIN.match(flat, at)
    if plain is None or ":" in plain.group():
        return None
    value = re.sub(r"\s", "", text[plain.start() : plain.end()])
    return Found(value, f"{plain.start()}-{plain.end()}", "sure", plain.group())


def _on_line(text: str, start: int, line: str) -> list[OwnNumber]:
    """The number that a line consists of, or that stands in brackets behind the title."""
    places = [at for at, char in enumerate(line) if char not in " \t"]
    compact = "".join(line[at] for at in places)
    own = _SIGNER.sub("", compact)
    match = _NUMBER.fullmatch(own)
    if match is None:
        own = own.strip(_WRAPPING)
        match = _NUMBER.fullmatch(own)
    place = "line"
    if match is None and compact.endswith("号)"):
        opened = next((m.end() for m in re.finditer(r"\(", compact) if _TITLE_NUMBER.search(compact[: m.end()])), None)
        match = _NUMBER.fullmatch(compact[opened:-1]) if opened else None
        own, place = match.group() if match else "", "title"
    if match is None and (beside := _NUMBER.match(line.strip(" \t"))) and _BESIDE.match(line.strip(" \t"), beside.end()):
        own, place = "".join(beside.group().split()), "line"
        match = _NUMBER.fullmatch(own)
    if match is None:
        return []
    first = compact.find(own)
    raw = "".join(text[start + at] for at in places[first : first + len(own)])
    found = _found(raw, match, alone=True)
    span = f"{start + places[first]}-{start + places[first + len(own) - 1] + 1}"
    return [OwnNumber(place, Found(found.value, span, found.sure, found.text))]
