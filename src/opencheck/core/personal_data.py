"""Detection and masking of personal data in texts.

Resident identity numbers are validated by GB 11643 (python-stdnum), bank cards by the Luhn sum, mobile numbers by their shape; all of them
may be written in groups. Passports and home addresses are matched only after a word that announces them. Masked values, numbers of
hotlines and offices, and digits within a longer number are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple, get_args

from opencheck.core.localized import LocalizedName
from opencheck.core.message_catalogue import LANGUAGES, get_message

__all__ = [
    "PERSONAL_KINDS",
    "PREFILTER",
    "PersonalDataMatch",
    "PersonalKind",
    "find_personal_data",
    "is_office_phone",
    "mask_for_display",
    "mask_personal_data",
    "match_words",
    "prefilter_patterns",
]


PersonalKind = Literal["resident_id", "bank_card", "mobile", "passport", "address"]

PERSONAL_KINDS: tuple[PersonalKind, ...] = get_args(PersonalKind)

_GROUPED = (
    r"1[3-9][0-9][ \-][0-9]{4}[ \-][0-9]{4}",
    r"[0-9]{4}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]{4}(?:[ \-]?[0-9]{0,2}[0-9Xx])?",
    r"[0-9]{6}[ \-][0-9]{4}[ \-]?[0-9]{2}[ \-]?[0-9]{2}[ \-][0-9]{3}[0-9Xx]",
    r"(?:\+|00)86[ \-]?1[3-9][0-9]{9}",
)

_GAP = "[ \\-\u3000\u00a0\uff0d]"

NUMBER_PREFILTER = f"[0-9]{{3}}(?:[0-9]{{3}}(?:[0-9]{{5}}|{_GAP}[0-9]{{4}})|{_GAP}[0-9]{{4}}{_GAP}[0-9])|[0-9]\\r?\\n[0-9Xx]"
"""Matches every text that can hold a personal number: eleven digits, grouped digits, or digits broken by a line end.

The alternatives share their prefix, so that one pass finds all kinds of numbers; engines search it three times as fast as separate patterns.
"""

_WIDE_DIGITS = "[０-９]"  # a single character: two in a row make the search three times as slow

_WORDS: dict[PersonalKind, tuple[str, ...]] = {
    "passport": ("护照",),
    "address": ("住址", "住所", "居住地址", "户籍地址", "家住", "现住", "[，,。；;、（( \n]住"),
}


def prefilter_patterns(kinds: Iterable[PersonalKind]) -> list[str]:
    """Return regular expressions for any engine; a text that holds personal data of these kinds matches at least one.

    >>> prefilter_patterns(["passport"])
    ['护照']
    """
    wanted = list(kinds)
    numbers = [NUMBER_PREFILTER] if set(wanted) - set(_WORDS) else []
    others = [w for k in wanted for w in _WORDS.get(k, ())] + ([_WIDE_DIGITS] if numbers else [])
    return [*numbers, "|".join(others)]


PREFILTER = "|".join(prefilter_patterns(PERSONAL_KINDS))
"""Matches every text that can hold personal data of any kind; other texts need no search."""

_NUMBER = re.compile(rf"(?<![0-9])(?:{'|'.join(_GROUPED)}|[0-9]{{11,19}}[Xx]?)(?![0-9])")

_DIGIT_RUN = re.compile(r"[0-9+][0-9Xx \-]{10,}")

_LINE_BROKEN = re.compile(r"(?<![0-9])[0-9]{1,17}(?:\r?\n[0-9Xx]{1,17}){1,2}(?![0-9A-Za-z])")

_WIDE = {0xFF10 + n: str(n) for n in range(10)} | {0xFF38: "X", 0xFF58: "x", 0xFF0D: "-", 0x3000: " ", 0x00A0: " "}

_IS_WIDE = re.compile(f"[{''.join(map(chr, _WIDE))}]")

_PASSPORT = re.compile(r"护照[号码为是：: （(]{0,6}((?:[EGDSPH][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}))(?![0-9A-Za-z])")

_ADDRESS = re.compile(
    r"(?:(?:住址|住所|居住地址|户籍地址|家住|现住)[为是：: （(]{0,3}|[，,。；;、（( \n]住[在于：: ]{0,2})"
    r"([^，。；,;\n]{2,40}?(?:[0-9]+(?:号楼|幢|栋|单元|号)[^，。；,;\n]{0,12}?(?:[0-9]+(?:室|户)|单元[0-9]{3,4}(?:室|户)?)"
    r"|[0-9]+单元[0-9]{3,4}(?:室|户)?))"
)

_CARD = re.compile(r"62[0-9]{14,17}|[45][0-9]{15}|35[2-8][0-9]{13}")  # UnionPay; Visa and Mastercard; JCB

_SEPARATORS = re.compile(r"[ \-]")

_CODE = re.compile("[0-9A-Za-z]")

_INNER = re.compile(r"[^ \-\r\n]")

_MOBILE = re.compile(r"(?:\+86|0086)?1[3-9][0-9]{9}")

_DIGITS = re.compile(r"[0-9０-９]{3}[0-9０-９ \-\r\n]{8}")

_HOTLINE_CONTEXT = re.compile(
    r"(监督|举报|咨询|投诉|值班|办公|受理|服务|热线)(电话|热线|专线|手机|手机号|号码)?[\s:：为是（(]*$"
)


def is_office_phone(label: str) -> bool:
    """Whether a label announces the number of an office or a hotline, which is no personal number.

    >>> is_office_phone("监督举报电话"), is_office_phone("联系电话")
    (True, False)
    """
    return _HOTLINE_CONTEXT.search(label) is not None


class PersonalDataMatch(NamedTuple):
    """One match: its kind, its position in the text, and the value with its middle masked."""

    kind: PersonalKind
    start: int
    end: int
    masked: str


def find_personal_data(text: str, kinds: Iterable[PersonalKind] = PERSONAL_KINDS) -> list[PersonalDataMatch]:
    """Find the personal data in a text.

    Args:
        text: any text.
        kinds: the kinds to look for.

    Returns:
        The matches in order of position, with masked values only.

    >>> [(h.kind, h.masked) for h in find_personal_data("身份证号11010519491231002X，监督电话13805321234")]
    [('resident_id', '1101**********002X')]
    >>> find_personal_data("身份证号110105194912310021")
    []
    """
    wanted = set(kinds)
    hits = []
    if _IS_WIDE.search(text):
        text = text.translate(_WIDE)  # one character for each, so positions stay the same
    # Runs of digits first: four times as fast as trying the number pattern at every position.
    for run in _DIGIT_RUN.finditer(text):
        for match in _NUMBER.finditer(text, *run.span()):
            value, (start, end) = match[0], match.span()
            kind = _kind(value if value.isalnum() else _SEPARATORS.sub("", value))
            if kind not in wanted or kind is None:
                continue
            if kind != "resident_id" and _CODE.search(text[max(0, start - 1) : start] + text[end : end + 1]):
                continue  # part of a longer code; only an id is certain enough by its check digit and day of birth
            if kind == "mobile" and _HOTLINE_CONTEXT.search(text[max(0, start - 16) : start]):
                continue
            hits.append(PersonalDataMatch(kind, start, end, _mask_middle(value)))
    taken = {h.start for h in hits}
    for match in _LINE_BROKEN.finditer(text) if "\n" in text else ():
        # Lines of a PDF end anywhere; two lines are one number only where its check digit is valid.
        lines = [(m.start(), m.end()) for m in re.finditer("[0-9Xx]+", match[0])]
        for first, last in ((0, -1), (0, 1), (1, -1)):  # all lines, all but the last, all but the first
            start, end = match.start() + lines[first][0], match.start() + lines[last][1]
            kind = _kind(re.sub(r"[\r\n]", "", text[start:end]))
            if kind not in ("resident_id", "bank_card") or kind not in wanted:
                continue
            if kind == "resident_id":  # replaces shorter matches within one of its lines
                hits = [h for h in hits if not (start <= h.start and h.end <= end)]
            elif start in taken:
                continue
            hits.append(PersonalDataMatch(kind, start, end, _mask_middle(text[start:end])))
            break
    if "passport" in wanted:
        hits += [PersonalDataMatch("passport", m.start(1), m.end(1), _mask_middle(m[1])) for m in _PASSPORT.finditer(text)]
    if "address" in wanted:
        hits += [
            PersonalDataMatch("address", m.start(1), m.end(1), m[1][:3] + "*" * (len(m[1]) - 3))
            for m in _ADDRESS.finditer(text)
        ]
    return sorted(hits, key=lambda h: h.start) if len(hits) > 1 else hits


def _mask_middle(value: str) -> str:
    """Mask the middle of a number; short numbers keep fewer characters."""
    keep = 4 if len(value) > 14 else 3 if len(value) > 9 else 1
    tail = 4 if len(value) > 9 else 2
    return value[:keep] + _INNER.sub("*", value[keep:-tail]) + value[-tail:]


def mask_personal_data(text: str, kinds: Iterable[PersonalKind] = PERSONAL_KINDS) -> str:
    """Mask the personal data in a text.

    >>> mask_personal_data("王某，11010519491231002X，家住红旗路5号楼3单元201室")
    '王某，1101**********002X，家住红旗路**********'
    """
    masked = text
    for match in find_personal_data(text, kinds):
        masked = masked[: match.start] + match.masked + masked[match.end :]
    return masked


def mask_for_display(text: str) -> str:
    """Mask the personal numbers in a value for reports, messages and logs.

    >>> mask_for_display("救助对象11010519491231002X"), mask_for_display("2018-09-30")
    ('救助对象1101**********002X', '2018-09-30')
    """
    return mask_personal_data(text) if _DIGITS.search(text) else text


def _kind(value: str) -> PersonalKind | None:
    if len(value) == 18 and _resident_id(value.upper()):
        return "resident_id"
    if len(value) == 15 and value.isdigit() and _old_id(value):
        return "resident_id"
    if _MOBILE.fullmatch(value):
        return "mobile"
    return "bank_card" if _CARD.fullmatch(value) and _is_luhn(value) else None


def _is_luhn(value: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(value))


def _resident_id(value: str) -> bool:
    """Return whether an 18-digit number has a valid check digit and a day of birth that somebody alive may have.

    The region code is ignored: it is the one of the day of issue, which may be newer than the year of birth.
    """
    from stdnum.cn import ric

    return (
        value[:17].isdigit()
        and "1900" <= value[6:10] <= "2100"
        and _is_day(value[6:14])
        and bool(ric.calc_check_digit(value) == value[-1])
    )


def _old_id(value: str) -> bool:
    """Return whether a 15-digit number has a known region code and a valid day of birth."""
    from stdnum import numdb

    return _is_day(f"19{value[6:12]}") and any("county" in facts for _, facts in numdb.get("cn/loc").info(value[:6]))


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def match_words(name: str, kind: str, masked: str, **facts: object) -> LocalizedName:
    """What was found, by kind and masked, in the words of a message of the catalogue."""
    zh, en = (
        get_message(name, lang).format(kind=get_message(f"personal.{kind}", lang), masked=masked, **facts) for lang in LANGUAGES
    )
    return LocalizedName(zh, en)
