"""Personal data in texts: what looks like a number of a person is checked by its check digit, and never shown.

Standards: resident identity numbers after GB 11643 (python-stdnum), bank cards by the Luhn sum, mobile numbers by their shape. Masked
values are no hits, nor are numbers of hotlines and offices, nor digits that are part of a longer number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

__all__ = ["CANDIDATE", "KINDS", "Hit", "PersonalKind", "find"]

PersonalKind = Literal["resident_id", "bank_card", "mobile"]
KINDS: tuple[PersonalKind, ...] = get_args(PersonalKind)

CANDIDATE = r"[0-9]{11}"
"""What a text without which nothing can be found must hold; a regular expression for any engine."""

_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{11,19}[Xx]?(?![0-9A-Za-z])")
_CARD = re.compile(r"62[0-9]{14,17}|[45][0-9]{15}|35[2-8][0-9]{13}")  # UnionPay; Visa and Mastercard; JCB
_OFFICE = re.compile(r"(监督|举报|咨询|投诉|值班|办公|受理|服务|热线)(电话|热线|专线|手机|手机号|号码)?[\s:：为是（(]*$")


@dataclass(frozen=True)
class Hit:
    """One find: its kind, where it stands, and the value with its middle masked."""

    kind: PersonalKind
    start: int
    end: int
    masked: str


def find(text: str, kinds: Iterable[PersonalKind] = KINDS) -> list[Hit]:
    """The personal data in a text.

    Args:
        text: any text.
        kinds: what to look for.

    Returns:
        The hits in order; the values themselves are not in them.

    >>> [(h.kind, h.masked) for h in find("身份证号11010519491231002X，监督电话13805321234")]
    [('resident_id', '1101**********002X')]
    >>> find("身份证号110105194912310021")
    []
    """
    wanted = set(kinds)
    hits = []
    for match in _NUMBER.finditer(text):
        kind = _kind(match[0])
        if kind not in wanted or kind is None:
            continue
        if kind == "mobile" and _OFFICE.search(text[max(0, match.start() - 16) : match.start()]):
            continue
        value = match[0]
        keep = 4 if len(value) > 11 else 3
        hits.append(Hit(kind, match.start(), match.end(), value[:keep] + "*" * (len(value) - keep - 4) + value[-4:]))
    return hits


def _kind(value: str) -> PersonalKind | None:
    from stdnum import luhn

    if len(value) == 18 and _resident_id(value.upper()):
        return "resident_id"
    if len(value) == 15 and value.isdigit() and _old_id(value):
        return "resident_id"
    if len(value) == 11 and re.fullmatch(r"1[3-9]\d{9}", value):
        return "mobile"
    if _CARD.fullmatch(value) and luhn.is_valid(value):
        return "bank_card"
    return None


def _resident_id(value: str) -> bool:
    """A number of 18 digits with its check digit and a day of birth that exists.

    The region is not compared with the year of birth: numbers are given out under the codes of the day of issue, which may be newer.
    """
    from stdnum.cn import ric
    from stdnum.exceptions import ValidationError

    try:
        ric.get_birth_date(value)
        return value[:17].isdigit() and bool(ric.calc_check_digit(value) == value[-1])
    except (ValueError, ValidationError):
        return False


def _old_id(value: str) -> bool:
    """A number of 15 digits: a region of China, and a day of birth that exists."""
    from stdnum import numdb

    try:
        date(1900 + int(value[6:8]), int(value[8:10]), int(value[10:12]))
    except ValueError:
        return False
    return any("county" in facts for _, facts in numdb.get("cn/loc").info(value[:6]))
