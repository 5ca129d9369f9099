"""Detection and masking of personal data in texts.

Resident identity numbers are validated by GB 11643 (python-stdnum), bank cards by the Luhn sum, mobile numbers by their shape; all of them
may be written in groups. Passports and home addresses are matched only after a word that announces them. Masked values, numbers of
hotlines and offices, digits within a longer number, and what a heading or label names as a code are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, get_args

from opencheck.core.localized import LocalizedName
from opencheck.core.message_catalogue import LANGUAGES, get_message
from opencheck.core.personal_cells import numbers_over_cells
from opencheck.core.personal_labels import Beside, Meaning, TextTables, is_office_phone, lists_offices, meaning_of
from opencheck.core.personal_numbers import (
    BARS,
    CELL_ENDS,
    PREFILTER_NUMBERS,
    Number,
    are_resident_ids,
    as_plain,
    numbers_on_two_lines,
    runs_of_digits,
    visible_births,
    windows,
)
from opencheck.core.radicals import fold_radicals

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

_NUMBER_KINDS = frozenset(("resident_id", "bank_card", "mobile"))

_ROOM_WORDS = ("住所",)  # of firms, too: only a flat is a home

_HOME_WORDS = ("住址", "居住地址", "家庭地址", "户籍地址", "户籍所在地", "家住", "现住")

_LIVES = "[，,。；;、（( \n]住"

_WORDS: dict[PersonalKind, tuple[str, ...]] = {
    "passport": ("护照",),
    "address": (*_HOME_WORDS, *_ROOM_WORDS, _LIVES),
}


def prefilter_patterns(kinds: Iterable[PersonalKind]) -> list[str]:
    """Return regular expressions for any engine; a text that holds personal data of these kinds matches at least one.

    >>> prefilter_patterns(["passport"])
    ['护照']
    """
    wanted = list(kinds)
    numbers = [PREFILTER_NUMBERS] if set(wanted) & _NUMBER_KINDS else []
    words = [w for k in wanted for w in _WORDS.get(k, ())]
    return [*numbers, *(["|".join(words)] if words else [])]


PREFILTER = "|".join(prefilter_patterns(PERSONAL_KINDS))
"""Matches every text that can hold personal data of any kind; other texts need no search."""

_PASSPORT = re.compile(r"护照[号码为是：: （(]{0,6}((?:[EGDSPH][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}))(?![0-9A-Za-z])")

_FLAT = r"[0-9]+(?:号楼|幢|栋|单元|号)[^，。；,;\n\t]{0,12}?(?:[0-9]+(?:室|户)|单元[0-9]{3,4}(?:室|户)?)|[0-9]+单元[0-9]{3,4}(?:室|户)?"

_HOUSE = (
    rf"(?:{_FLAT}|[0-9]+(?:号楼|幢|栋|组)[^，。；,;\n\t]{{0,12}}?[0-9]+号?|[0-9]+(?:-[0-9]+){{1,3}}(?:号|室|户)?"
    r"|[0-9]+号楼?(?![0-9文令线车]|公告|通知|文件))"
)

_ADDRESS = re.compile(
    rf"(?:{'|'.join(_HOME_WORDS)})(?:门牌)?[为是在于：: （(]{{0,3}}([^，。；,;\n\t]{{2,40}}?{_HOUSE})"
    rf"|(?:住所[为是：: （(]{{0,3}}|(?:[，,。；;、（( \n])住(?!址)[在于：: ]{{0,2}})([^，。；,;\n\t]{{2,40}}?(?:{_FLAT}))"
    rf"|[，,。；;、（( \n]住(?![址房院宿建所保户改])[在于：: ]{{0,2}}([^，。；,;\n\t]{{2,40}}?{_HOUSE})"
)

_ANNOUNCES = re.compile("住址|居住地址|家庭地址|户籍地址|户籍所在地|护照")

_ALNUM = re.compile("[0-9A-Za-z]")

_INNER = re.compile(rf"[^ \-\r\n{CELL_ENDS}]")

_ROW_ENDS = str.maketrans(dict.fromkeys(BARS, "\t"))

_MAY_BE_CELLS = re.compile(rf"[0-9０-９][ \u200b]*[{CELL_ENDS}\n]")

_BETWEEN_CELLS = re.compile(rf"(?<![ \u200b])[ \u200b]*+[{CELL_ENDS}\n][ {CELL_ENDS}\n\u200b]*+")

_DIGITS = re.compile(
    r"[0-9０-９](?:[^0-9０-９\w]{0,3}[0-9０-９]){9}|[*＊●■□○◯#?？_Xx×](?:19|20)[0-9]{6}|(?:19|20)[0-9]{6}[*＊●■□○◯#?？_Xx×]"
)

_UNSEEN = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
"""What shows nothing inside one cell, besides what :func:`as_plain` knows; in a whole text it ends lines, or parts cells."""

_LABEL_LENGTH = 24

_OWN_LABEL = re.compile(r"[^，,。；;、？?!！\t\n]*\Z")

_LETTER = re.compile(r"[^\W\d_]")

_ENUMERATION = re.compile(r" ?[、/和及或] ?")

_URL = re.compile(r"(?:https?://|www\.)[^\s，。；）)\u4e00-\u9fff]*", re.I)


class PersonalDataMatch(NamedTuple):
    """One match: its kind, its position in the text, and the value with its middle masked.

    ``of_office`` marks the contact number of an office in a list of offices: it may be a private one, which a person has to tell.
    """

    kind: PersonalKind
    start: int
    end: int
    masked: str
    of_office: bool = False


def find_personal_data(
    text: str, kinds: Iterable[PersonalKind] = PERSONAL_KINDS, *, beside: Beside | None = None
) -> list[PersonalDataMatch]:
    """Find the personal data in a text.

    Args:
        text: any text. In a table of it (cells separated by tabs or commas) the heading of a column tells what its numbers are.
        kinds: the kinds to look for.
        beside: the words beside the text, if it is one cell of a table.

    Returns:
        The matches in order of position, with masked values only.

    >>> [(h.kind, h.masked) for h in find_personal_data("身份证号11010519491231002X，监督电话13805321234")]
    [('resident_id', '1101**********002X')]
    >>> find_personal_data("身份证号110105194912310021"), find_personal_data("11010519491231002X", beside=Beside("合同编号"))
    ([], [])
    """
    wanted, text = set(kinds), fold_radicals(text)
    hits = _find_numbers(text, wanted, _Surroundings(text, beside)) if wanted & _NUMBER_KINDS else []
    if "passport" in wanted or "address" in wanted:
        hits += _find_announced(text, wanted, beside)
    return sorted(hits, key=lambda h: h.start)


class _Surroundings:
    """What the words around a position say; tables are looked for only where a number asks."""

    def __init__(self, text: str, beside: Beside | None) -> None:
        self._text, self._given = text, beside
        self._found: TextTables | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the text is no single cell of a table."""
        return self._given is None

    def beside(self, at: int) -> Beside:
        """Return the words beside a position: those of the cell given, else of the table in the text."""
        if self._given is not None:
            return self._given
        return self.tables().beside(at)

    def tables(self) -> TextTables:
        """Return the tables of the text."""
        if self._found is None:
            self._found = TextTables(self._text)
        return self._found

    def meaning(self, at: int) -> Meaning:
        """Return what the words around a number announce: those before it, else its column's heading, else the cell to its left."""
        label = _OWN_LABEL.search(self._text[max(0, at - _LABEL_LENGTH) : at])
        own = meaning_of(label.group()) if label else ""
        if own:
            return own
        beside = self.beside(at)
        left = meaning_of(beside.left)
        if left == "amount" and label and _LETTER.search(label.group()):
            left = ""
        if left in ("identity", "disability"):
            return left
        meaning = meaning_of(beside.heading, heading=True) or left
        # Schools use identity numbers as numbers of pupils: a whole column of right check digits is no accident.
        return "identity" if meaning == "code" and are_resident_ids(beside.column) else meaning


def _find_numbers(text: str, wanted: set[PersonalKind], around: _Surroundings) -> list[PersonalDataMatch]:
    plain = as_plain(text)
    addresses = [m.span() for m in _URL.finditer(text)] if "://" in text or "www." in text else []
    found: list[PersonalDataMatch] = []
    listed_after: int | None = None
    meaning: Meaning = ""

    def add(number: Number, meaning: Meaning, at: int) -> None:
        if number.kind not in wanted or meaning == "code" or (meaning == "amount" and not number.sure):
            return
        if any(start <= number.start < end for start, end in addresses) and not (number.sure and text[number.start - 1] == "="):
            return
        if not number.sure and _ALNUM.search(plain[number.start - 1 : number.start] + plain[number.end : number.end + 1]):
            return  # part of a longer code; only an id is certain enough by its check digit and day of birth
        if number.kind == "mobile" and meaning == "office_phone":
            return
        value = text[number.start : number.end]
        of_office = number.kind == "mobile" and meaning == "phone" and _of_office(around.beside(at))
        found.append(PersonalDataMatch(number.kind, number.start, number.end, _mask_middle(value), of_office))

    for groups in runs_of_digits(plain):
        start = groups[0].start
        is_listed = listed_after is not None and _ENUMERATION.fullmatch(text[listed_after:start])
        if not is_listed or "\t" in text:
            meaning = around.meaning(start)
        listed_after = groups[-1].end
        for number in windows(plain, groups, meaning):
            add(number, meaning, start)
    for number in numbers_on_two_lines(plain):
        meaning = around.meaning(number.start)
        start, stop = plain.rfind("\n", 0, number.start) + 1, plain.find("\n", number.end)
        if "\t" in plain[start : stop if stop >= 0 else len(plain)] and meaning not in ("identity", "disability"):
            continue  # rows of a table
        if number.kind == "bank_card" and any(h.start == number.start for h in found):
            continue
        if number.sure:  # replaces shorter matches within one of its lines
            found = [h for h in found if not (number.start <= h.start and h.end <= number.end)]
        add(number, meaning, number.start)
    if around.is_whole and _MAY_BE_CELLS.search(text):
        found += list(_over_cells(text, plain, wanted, around, found))
    if "resident_id" in wanted:
        for start, end in visible_births(plain):
            if around.meaning(start) not in ("code", "amount"):
                found.append(PersonalDataMatch("resident_id", start, end, _mask_all(text[start:end])))
    return found


def _over_cells(
    text: str, plain: str, wanted: set[PersonalKind], around: _Surroundings, known: list[PersonalDataMatch]
) -> Iterator[PersonalDataMatch]:
    """Numbers that stand in several cells of a row, where none of the numbers that are known stands."""
    ruled = text.translate(_ROW_ENDS)
    if ruled != text:
        plain, around = plain.translate(_ROW_ENDS), _Surroundings(ruled, None)
    for number in numbers_over_cells(plain, around.tables, around.meaning):
        if number.kind in wanted and all(number.end <= h.start or h.end <= number.start for h in known):
            of_office = number.kind == "mobile" and number.announced == "phone" and _of_office(around.beside(number.start))
            masked = _mask_cells(text[number.start : number.end])
            yield PersonalDataMatch(number.kind, number.start, number.end, masked, of_office)


def _mask_cells(value: str) -> str:
    """Mask the middle of a number that stands in several cells: what stands between them stays."""
    places = [m.start() for m in _INNER.finditer(value)]
    keep = 4 if len(places) > 14 else 3
    hidden = set(places[keep:-4])
    return "".join("*" if at in hidden else char for at, char in enumerate(value))


def _of_office(beside: Beside) -> bool:
    return lists_offices(beside.heading, beside.headings)


def _find_announced(text: str, wanted: set[PersonalKind], beside: Beside | None) -> list[PersonalDataMatch]:
    """Find passports and home addresses, by the word before them or by the heading of their column."""
    places: list[tuple[int, str]] = [(0, text)]
    if beside is not None and _ANNOUNCES.search(beside.heading):
        places = [(-len(beside.heading) - 1, f"{beside.heading}：{text}")]
    elif beside is None and ("\t" in text or "," in text) and _ANNOUNCES.search(text):
        cells = TextTables(text).cells_under(_ANNOUNCES)
        places += [(at - len(heading) - 1, f"{heading}：{cell}") for at, heading, cell in cells]
    found: dict[tuple[int, int], PersonalDataMatch] = {}
    for offset, place in places:
        spans: list[tuple[PersonalKind, tuple[int, int]]] = []
        if "passport" in wanted:
            spans += [("passport", m.span(1)) for m in _PASSPORT.finditer(place)]
        if "address" in wanted:
            spans += [("address", m.span(m.lastindex or 0)) for m in _ADDRESS.finditer(place)]
        for kind, (start, end) in spans:
            value = place[start:end]
            masked = _mask_middle(value) if kind == "passport" else value[:3].ljust(len(value), "*")
            if start + offset >= 0:
                found.setdefault((start + offset, end + offset), PersonalDataMatch(kind, start + offset, end + offset, masked))
    return list(found.values())


def _mask_all(value: str) -> str:
    """Mask everything but the first four characters: of a number that was masked badly, the day of birth goes, too."""
    return value[:4] + re.sub(r"[^ \-]", "*", value[4:])


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
    """Mask the personal numbers in a value for reports, messages and logs, characters between their digits that nobody sees included.

    >>> mask_for_display("救助对象11010519491231002X"), mask_for_display("2018-09-30"), mask_for_display("\\x1b138\\x0005321234")
    ('救助对象1101**********002X', '2018-09-30', '\\x1b138*****1234')
    """
    if text.isprintable():
        return mask_personal_data(text) if _DIGITS.search(text) else text
    seen = _UNSEEN.sub("\u200b", text)
    if not _DIGITS.search(as_plain(seen).replace("\u200b", "")):
        return text
    masked = text
    for match in reversed(find_personal_data(seen)):
        masked = masked[: match.start] + match.masked + masked[match.end :]
    return masked


def match_words(name: str, kind: str, masked: str, **facts: object) -> LocalizedName:
    """What was found, by kind and masked, in the words of a message of the catalogue; cells that a number is spread over are joined."""
    masked = _BETWEEN_CELLS.sub("", masked)
    zh, en = (
        get_message(name, lang).format(kind=get_message(f"personal.{kind}", lang), masked=masked, **facts) for lang in LANGUAGES
    )
    return LocalizedName(zh, en)
