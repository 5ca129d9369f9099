"""What a document says of itself twice, and differently: its number, its day of signing, the order of its days."""

from __future__ import annotations

import re
from datetime import date
from itertools import islice
from typing import Any

from opencheck.core.normalize import normalize_key
from opencheck.documents.metadata import find_signing_date
from opencheck.documents.numbers import find_own_numbers, year_of
from opencheck.records.disclosure_labels import find_own_labels, printed_parts
from opencheck.records.printed_lines import flatten, plain_line_ends

__all__ = [
    "find_classified",
    "find_contradictions",
]

_HEAD_LINES, _HEAD_LINE = 30, 80
"""How many lines of a document are its head, and how many characters of each are looked at."""

_CLASSIFIED = re.compile("(?:绝密|机密|秘密) ?[★☆*]|密 ?级 ?[:：]? ?(?:绝密|机密|秘密)")

_PUBLIC = ("主动公开", "删减后公开")


def find_contradictions(
    text: str, *, number: str | None = None, signed_on: date | None = None, published_on: date | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """Compare what is recorded of a document with its text.

    Args:
        text: the whole text.
        number: the recorded number.
        signed_on: the recorded day of signing.
        published_on: the recorded day of publication.

    Returns:
        Messages of the catalogue with their facts.

    >>> found = find_contradictions("平政发〔2018〕3号\\n……", number="平政发〔2018〕8号", signed_on=date(2019, 3, 1))
    >>> [code for code, _ in found]
    ['contradiction.number', 'contradiction.number_year']
    """
    found: list[tuple[str, dict[str, Any]]] = []
    stated_numbers = [n.found.value for n in find_own_numbers(text)]
    numbers = {normalize_key(flatten(n)): n for n in [*([_canonical(number)] if number else []), *stated_numbers]}
    if len(numbers) > 1:
        found.append(("contradiction.number", {"numbers": list(numbers.values())}))
    stated = find_signing_date(text)
    if signed_on and stated and stated.sure == "sure" and stated.value != signed_on:
        found.append(("contradiction.signed", {"recorded": signed_on, "stated": stated.value}))
    signed_on = signed_on or (stated.value if stated else None)
    year = next((y for n in numbers.values() if (y := year_of(n))), None)
    if year and signed_on and year != signed_on.year:
        number = next(n for n in numbers.values() if year_of(n))
        found.append(("contradiction.number_year", {"number": number, "signed": signed_on}))
    if signed_on and published_on and published_on < signed_on:
        found.append(("contradiction.published_before_signed", {"published": published_on, "signed": signed_on}))
    return found


def find_classified(text: str, attribute: str | None) -> list[tuple[str, dict[str, Any]]]:
    """Find a mark of classification in the head of a text that is recorded or labelled as public.

    Args:
        text: the whole text.
        attribute: the recorded attribute.

    Returns:
        A message of the catalogue with its facts, or nothing.

    >>> [facts["mark"] for _, facts in find_classified("机密★1年\\n关于……的通知\\n……", "主动公开")]
    ['机密★']
    """
    own = printed_parts(text)
    head = (
        line[:_HEAD_LINE]
        for line in islice((line for line in plain_line_ends(own[:20_000]).split("\n") if line.strip()), _HEAD_LINES)
    )
    mark = next((found.group() for line in head if (found := _CLASSIFIED.search(flatten(line).replace(" ", "")))), None)
    _, labels = find_own_labels(text) if mark else ([], [])
    stated = next((v for v in (attribute, *labels) if v in _PUBLIC), None)
    return [("contradiction.classified", {"mark": mark, "attribute": stated})] if mark and stated else []


def _canonical(number: str) -> str:
    """A recorded number as it would be read from a text: 平政发[2018]第03号 is 平政发〔2018〕3号."""
    read = find_own_numbers(f"文号：{number}")
    return read[0].found.value if read else number
