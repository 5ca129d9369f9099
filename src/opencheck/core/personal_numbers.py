"""Numbers in texts: how digits are grouped and separated, and which of them are identity, card or mobile numbers.

A number may be written in full-width digits, with zero-width characters inside, or in groups with spaces, dashes or dots between them. Groups
are joined only where together they are a valid number; a group itself is never cut, so digits within a longer number are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Literal, NamedTuple

from opencheck.core.personal_labels import Meaning

__all__ = [
    "BARS",
    "CELL_ENDS",
    "CERTIFICATE_TAIL",
    "LONGEST",
    "PREFILTER_NUMBERS",
    "Group",
    "Number",
    "NumberKind",
    "are_resident_ids",
    "as_plain",
    "is_card",
    "is_mobile_shape",
    "is_old_id",
    "is_resident_id",
    "numbers_on_two_lines",
    "runs_of_digits",
    "visible_births",
    "windows",
]


NumberKind = Literal["resident_id", "bank_card", "mobile"]


class Number(NamedTuple):
    """A number found in a text: its kind and position, and whether nothing but its own digits is needed to tell what it is."""

    kind: NumberKind
    start: int
    end: int
    sure: bool

    @property
    def length(self) -> int:
        """How many characters it takes."""
        return self.end - self.start


class Group(NamedTuple):
    """Digits without a separator: their position, and what they are without what nobody sees."""

    start: int
    end: int
    digits: str


_CODES = (
    *range(0x00, 0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0),  # controls that end no line and part no cells
    0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF,
)  # fmt: skip

_ZERO_WIDTH = "".join(map(chr, _CODES))
"""What shows nothing, white space aside."""

_SPACES = " \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u30fc"
_DOTS = ".\u00b7\u2022\u2027\u30fb\uff0e"
_CHECK_X = "Xx\u00d7\u0425\u0445\uff38\uff58\u2715\u2716\u03a7\u03c7"

_PLAIN = (
    {0xFF10 + n: str(n) for n in range(10)}
    | {ord(c): "\u200b" for c in _ZERO_WIDTH}
    | {ord(c): " " for c in _SPACES}
    | {ord(c): "-" for c in _DASHES}
    | {ord(c): "." for c in _DOTS}
    | {ord(c): "X" for c in _CHECK_X}
)

_NOT_PLAIN = re.compile(f"[{''.join(chr(c) for c in _PLAIN if chr(c) not in ' -.X')}]")

_CLASS = "".join(re.escape(c) for c in _ZERO_WIDTH + _SPACES + _DASHES + _DOTS)

_ANY = "[0-9０-９]"

BARS = "|│┃¦"
"""Rules of a table that is drawn in text."""

CELL_ENDS = f"\t,{BARS}"
"""What stands between two cells of a row."""

_BETWEEN = rf"[{CELL_ENDS}{_CLASS}]{{0,5}}"

_FURTHER = rf"(?:{_BETWEEN}{_ANY})"

PREFILTER_NUMBERS = (
    rf"[1１]{_BETWEEN}[3-9３-９]{_FURTHER}{{9}}|{_ANY}{_FURTHER}{{14}}"
    rf"|{_ANY}\r?\n[0-9０-９Xx]"
    rf"|(?:19|20)[0-9]{{6}}[{_CLASS}]?[*＊●■□○◯#?？_{_CHECK_X}]|[*＊●■□○◯#?？_{_CHECK_X}][{_CLASS}]?(?:19|20)[0-9]{{6}}"
)
"""Matches every text that can hold a personal number, in any engine, however its digits are separated, broken or spread over cells: the
eleven of a mobile number, fifteen as the shortest of the others, or a masked number. The landline numbers that most notices end with match
nothing of it."""


def as_plain(text: str) -> str:
    """Return a text with its digits, separators and check letters in ASCII; positions stay the same.

    >>> as_plain("１１０１０５－１９４９")
    '110105-1949'
    """
    return text.translate(_PLAIN) if _NOT_PLAIN.search(text) else text


_GAP = r"\u200b*(?: ?[-.] ?| {1,2})\u200b*"

_GROUP = r"[0-9](?:\u200b*[0-9Xx])*"

_RUN = re.compile(rf"{_GROUP}(?:{_GAP}{_GROUP}|{_GAP}[Xx](?![0-9A-Za-z]))*")

_PIECE = re.compile(rf"{_GROUP}|[Xx]")

LONGEST = 20
"""Digits of a disability certificate, the longest of these numbers."""


def runs_of_digits(plain: str) -> Iterator[list[Group]]:
    """Yield the runs of more than ten digits in a plain text: groups with at most a separator between them.

    >>> list(runs_of_digits("电话138-05321234，12元，12345-67890"))
    [[Group(start=2, end=5, digits='138'), Group(start=6, end=14, digits='05321234')]]
    """
    for run in _RUN.finditer(plain):
        if run.end() - run.start() > 10:
            groups = [Group(*p.span(), p.group().replace("\u200b", "").upper()) for p in _PIECE.finditer(plain, *run.span())]
            if sum(len(group.digits) for group in groups) > 10:
                yield groups


def windows(plain: str, groups: list[Group], meaning: Meaning) -> list[Number]:
    """Return the personal numbers of one run, none within another.

    Args:
        plain: the text of :func:`as_plain`.
        groups: one item of :func:`runs_of_digits`.
        meaning: what the label of the run announces; 15 digits are an identity number only where it says so.

    >>> windows("138-0532-1234", next(runs_of_digits("138-0532-1234")), "")
    [Number(kind='mobile', start=0, end=13, sure=False)]
    """
    found: list[Number] = []
    for first, begin in enumerate(groups):
        digits, lengths = "", []
        for last in range(first, len(groups)):
            if len(digits) >= LONGEST:
                break
            group = groups[last]
            digits += group.digits
            lengths.append(len(group.digits))
            kept = _kind_of(digits, lengths, meaning)
            if kept is None:
                continue
            kind, length = kept
            end = _end_of(plain, group, len(group.digits) + length - len(digits))
            number = Number(kind, begin.start, end, kind == "resident_id" and length != 15)
            if _separated_alike(plain, groups[first : last + 1], number, meaning) and not _is_decimal(plain, number, meaning):
                found.append(number)
    return _without_overlaps(found)


def _end_of(plain: str, group: Group, count: int) -> int:
    """Return the end of the first ``count`` digits of a group."""
    visible = [at for at in range(group.start, group.end) if plain[at] != "\u200b"]
    return visible[:count][-1] + 1


def _without_overlaps(found: list[Number]) -> list[Number]:
    """Of numbers that overlap the surest is kept, then the longest."""
    kept: list[Number] = []
    taken: set[int] = set()
    for number in sorted(found, key=lambda n: (not n.sure, -n.length)):
        own = range(number.start, number.end)
        if taken.isdisjoint(own):
            kept.append(number)
            taken.update(own)
    return sorted(kept, key=lambda n: n.start)


_MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9][0-9]{9})")

_MOBILE_SHAPES = {(11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (4, 3, 4), (3, 3, 5), (1,) * 11}

_CARD = re.compile(r"62[0-9]{14,17}|[45][0-9]{15}|35[2-8][0-9]{13}")  # UnionPay; Visa and Mastercard; JCB

CERTIFICATE_TAIL = re.compile(r"[1-7][1-4]")
"""What a disability certificate has behind the identity number: its kind and its grade."""


def _kind_of(digits: str, lengths: list[int], meaning: Meaning) -> tuple[NumberKind, int] | None:
    """Return the kind of joined groups, and how many of their characters belong to the number."""
    if is_resident_id(digits[:18]):
        tail = digits[18:]
        if not tail or CERTIFICATE_TAIL.fullmatch(tail):
            return "resident_id", len(digits)
        # A letter X ends a number whatever comes next.
        if digits[:18].endswith("X") and sum(lengths[:-1]) < 18:
            return "resident_id", 18
    if meaning == "disability" and len(digits) == 20 and _is_birth(digits[6:14]) and CERTIFICATE_TAIL.fullmatch(digits[18:]):
        return "resident_id", len(digits)
    if meaning in ("identity", "disability") and is_old_id(digits):
        return "resident_id", len(digits)
    if not digits.isdigit():
        return None
    if meaning == "identity" and _is_rounded_id(digits):
        return "resident_id", len(digits)
    if (mobile := _MOBILE.fullmatch(digits)) and (is_mobile_shape(digits, lengths) or meaning in ("phone", "office_phone")):
        return "mobile", len(mobile.group())
    if is_card(digits):
        grouped = lengths[:4] == [4, 4, 4, 4]
        if len(lengths) == 1 or grouped or meaning == "card":
            return "bank_card", len(digits)
    return None


def _separated_alike(plain: str, groups: list[Group], number: Number, meaning: Meaning) -> bool:
    """Whether the groups of a number have one sort of separator between them; identity numbers may mix spaces and dashes.

    A single dot is a decimal point unless a label or a check digit says otherwise.
    """
    between = [plain[one.end : other.start].strip(" \u200b") or " " for one, other in pairwise(groups)]
    if between == ["."] and not number.sure and meaning not in ("phone", "card"):
        return False
    kinds = set(between) - ({" "} if number.sure and "." not in between else set())
    return len(kinds) < 2 or (number.kind == "mobile" and plain.startswith(("86", "00"), number.start))


_DECIMALS = re.compile(r"\.[0-9]")


def _is_decimal(plain: str, number: Number, meaning: Meaning) -> bool:
    """Whether the digits are only a part of a decimal number: 0.13805321234, 13805321234.67.

    The number of an item in a list (1.) is not taken for one before an identity number, nor before what a label announces.
    """
    announced = number.sure or meaning in ("phone", "card")
    before = re.search(r"(?<![0-9.])(?P<whole>[0-9]+)\.\u200b*\Z", plain[max(0, number.start - 12) : number.start])
    if before and not (announced and len(before["whole"]) < 4 and before["whole"] != "0"):
        return True
    return not announced and _DECIMALS.match(plain, number.end) is not None


_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")


def is_resident_id(value: str) -> bool:
    """Return whether 18 characters have the check digit, the province and a day of birth of an identity number.

    The county is ignored: it is the one of the day of issue, which may be newer than the year of birth. A 9 begins the numbers of residents
    from abroad.

    >>> is_resident_id("11010519491231002X"), is_resident_id("110105194912310021")
    (True, False)
    """
    if not (
        len(value) == 18
        and (value.startswith("9") or _PROVINCES.match(value) is not None)
        and value[:17].isdigit()
        and _is_birth(value[6:14])
    ):
        return False
    from stdnum.cn import ric

    return bool(ric.calc_check_digit(value) == value[-1])


_ENOUGH = 50  # cells that tell what a column is


def are_resident_ids(cells: Sequence[str]) -> bool:
    """Return whether a column holds identity numbers whatever its heading says: at least three, and nothing else.

    One number in eleven has a right check digit by chance, so that a single number of a contract proves nothing.

    >>> are_resident_ids(["11010519491231002X"] * 3), are_resident_ids(["11010519491231002X"] * 2 + ["1"])
    (True, False)
    """
    filled = [bare for cell in cells[:_ENOUGH] if (bare := re.sub(r"[\s\u200b.-]", "", as_plain(cell)).upper())]
    return len(filled) > 2 and all(is_resident_id(bare) for bare in filled)


def _is_rounded_id(digits: str) -> bool:
    """Whether it is what a spreadsheet leaves of an identity number that was typed as a number: fifteen digits and three zeros.

    Of such a number everything but the last three digits can be read.
    """
    return len(digits) == 18 and digits.endswith("000") and _PROVINCES.match(digits) is not None and _is_birth(digits[6:14])


def is_old_id(value: str) -> bool:
    """Return whether a 15-digit number has a known region code and a valid day of birth.

    >>> is_old_id("110105491231002"), is_old_id("110105491331002")
    (True, False)
    """
    from stdnum import numdb

    return (
        len(value) == 15
        and value.isdigit()
        and _is_birth(f"19{value[6:12]}")
        and any("county" in facts for _, facts in numdb.get("cn/loc").info(value))
    )


def is_card(digits: str) -> bool:
    """Return whether digits have the beginning, the length and the Luhn sum of a bank card.

    >>> is_card("6222021234567890128"), is_card("6222021234567890129")
    (True, False)
    """
    return _CARD.fullmatch(digits) is not None and _is_luhn(digits)


def is_mobile_shape(digits: str, lengths: Sequence[int]) -> bool:
    """Return whether groups of these lengths are a mobile number as people write it, with or without the country's code.

    >>> is_mobile_shape("13805321234", [3, 4, 4]), is_mobile_shape("13805321234", [2, 2, 7])
    (True, False)
    """
    if _MOBILE.fullmatch(digits) is None:
        return False
    bare, country = list(lengths), len(digits) - 11
    if country and bare[0] == country:
        bare = bare[1:]
    elif country:
        bare[0] -= country
    return tuple(bare) in _MOBILE_SHAPES


def _is_luhn(value: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(value))


def _is_birth(digits: str) -> bool:
    """Whether eight digits are a day of the centuries in which a person of today can be born.

    >>> _is_birth("19000101"), _is_birth("20991231"), _is_birth("21000101"), _is_birth("20180229")
    (True, True, False, False)
    """
    if not digits.startswith(("19", "20")):
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


_MASK = "*＊●■□○◯#?？_"

_VISIBLE_BIRTH = re.compile(
    rf"(?<![0-9A-Za-z{_MASK}])([0-9Xx{_MASK}]{{2,6}})[ \-]?((?:19|20)[0-9]{{6}})[ \-]?([0-9Xx{_MASK}]{{1,6}})(?![0-9A-Za-z{_MASK}])"
)


def visible_births(plain: str) -> Iterator[tuple[int, int]]:
    """Yield the positions of masked identity numbers whose day of birth is still visible.

    >>> list(visible_births("370283********1230，370283********1230，37028319800101****"))
    [(38, 56)]
    """
    for match in _VISIBLE_BIRTH.finditer(plain):
        head, day, tail = match.groups()
        masks = sum(head.count(c) + tail.count(c) for c in _MASK)
        crosses = len(head) == 6 and len(tail) == 4 and (head + tail).upper().count("X") > 3
        if (masks > 1 or crosses) and _is_birth(day) and len(head) + len(tail) > 3:
            yield match.span()


_TWO_LINES = re.compile(r"(?<![0-9])(?<![0-9]\.)[0-9]{1,17}(?:\r?\n[0-9Xx]{1,17}){1,2}(?![0-9A-Za-z])")

_LINE = re.compile("[0-9Xx]+")


def numbers_on_two_lines(plain: str) -> Iterator[Number]:
    """Yield numbers that the end of a line breaks; they count only by their check digits.

    A card needs six digits on its first line: with fewer, a figure at a line's end would be joined to a number on the next line.

    >>> list(numbers_on_two_lines("身份证号110105\\n19491231002X"))
    [Number(kind='resident_id', start=4, end=23, sure=True)]
    """
    for match in _TWO_LINES.finditer(plain) if "\n" in plain else ():
        lines = list(_LINE.finditer(plain, *match.span()))
        for own in (lines, lines[:2], lines[-2:]):
            digits = "".join(line.group() for line in own).upper()
            first, start, end = own[0].group(), own[0].start(), own[-1].end()
            if is_resident_id(digits):
                yield Number("resident_id", start, end, True)
                break
            if is_card(digits) and len(first) >= 6:
                yield Number("bank_card", start, end, False)
                break
