"""The one normalization of texts that are compared: width (NFKC), case, white space, invisible characters and punctuation."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

__all__ = [
    "UNSEEN",
    "UNUSUAL_SPELLING",
    "WHITESPACE",
    "Spelling",
    "closest_word",
    "header_note",
    "most_alike",
    "normalize_batch",
    "normalize_header",
    "normalize_key",
    "normalize_name",
    "normalize_whitespace",
    "without_unseen",
]


WHITESPACE = " \t\r\n\u00a0\u3000\u200b\ufeff"
"""White space that is stripped from both ends of every text."""

_SPACES = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")

UNSEEN = r"\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
"""Characters that nobody sees, for a class of a regular expression: soft hyphens, zero widths, marks of direction, variation selectors."""

_CLUTTER = re.compile(
    rf"[\s{UNSEEN}]+"
    r"|(?<![0-9])[.](?![0-9])|(?<=[0-9])[.](?![0-9])|(?<![0-9])[.](?=[0-9])"  # 2.5 keeps its point
    r"|[!\"#%&'()*,/:;?@\[\\\]_{}\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf\u2010-\u2027\u2030-\u205e\u3001-\u3003\u3008-\u3011"
    r"\u3014-\u301f\u3030\u303d\u30fb\ufe00-\ufe6f\uff01-\uff0f|~`^=-]+"
)
"""White space, invisible characters and punctuation, after NFKC."""

_NOT_LETTERS = re.compile(r"[\s*＊:：()（）\[\]【】〔〕_\-—/、.]+")

_UNIT_NOTE = re.compile(r"[(（\[【](?P<note>[^()（）\[\]【】]*)[)）\]】][\s*:：]*$")

_LISTED = re.compile(
    r"\s*(?:[\u2460-\u249b]|[(（]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:[)）][.、．]?|[.、．](?![0-9])))\s*"
)
"""The number of a heading in the list of headings: 1. or （一）."""


def without_unseen(text: str) -> str:
    """Return the text without the characters that nobody sees, as copying from web pages and file properties leaves them.

    >>> without_unseen("\u202a2018-09-20\u200c")
    '2018-09-20'
    """
    return text if text.isprintable() and text.isascii() else _INVISIBLE.sub("", text)


def normalize_whitespace(text: str) -> str:
    """Strip the text and replace every run of white space in it by one space.

    >>> normalize_whitespace("　市环保局\\u00a0 ")
    '市环保局'
    """
    if text.isprintable() and " " not in text:  # white space other than the plain space is not printable
        return text
    return _SPACES.sub(" ", text).strip()


def normalize_key(text: str) -> str:
    """Return the key by which spellings are compared: NFKC, case folded, without white space, invisible characters and punctuation.

    >>> normalize_key("（此件 主动公开）"), normalize_key("ＡＢ c"), normalize_key("PM2.5。"), normalize_key("／")
    ('此件主动公开', 'abc', 'pm2.5', '')
    """
    return _short_key(text) if len(text) <= _SHORT else _key(text)


def _key(text: str) -> str:
    return _CLUTTER.sub("", unicodedata.normalize("NFKC", text)).casefold()


_SHORT = 64
"""Length up to which keys are remembered: headings, names and words of vocabularies come again and again, bodies of documents do not."""

_short_key = lru_cache(maxsize=16_384)(_key)


UNUSUAL_SPELLING = (
    rf"[\s\u00a0{UNSEEN}"
    r"()\[\]{}\u3014\u3015\u3010\u3011\uff3b\uff3d"
    r"\uff0b-\uff0f\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2022\u2219\u22c5\u2027\u30fb\uff65]|第[0-9]"
)
"""What a name holds that :func:`normalize_name` may change; Python and Polars read it alike."""

_BESIDE_HAN = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_INVISIBLE = re.compile(f"[{UNSEEN}]+")
_ORDINAL = re.compile(r"第0?([1-9][0-9]?)(?=[^\x00-\x7f])")
_ONE_SPELLING = str.maketrans(dict.fromkeys("([{〔【", "（") | dict.fromkeys(")]}〕】", "）") | dict.fromkeys("•∙⋅‧・･", "·"))


def normalize_name(text: str) -> str:
    """Return the one spelling of a name by which things are told apart; unlike a key it can be shown.

    Width, invisible characters, white space beside a Chinese character, kinds of brackets and of the middle dot, and the digits of an
    ordinal below a hundred make no difference. What separates numbers (2018-1) stays, so that two things never become one.

    >>> normalize_name("Ｇ２０ 项目 (二期)"), normalize_name("尹府　水库"), normalize_name("第12批"), normalize_name("2018-1 号")
    ('G20项目（二期）', '尹府水库', '第十二批', '2018-1号')
    """
    wide = "".join(c if c in "，：；！？" else unicodedata.normalize("NFKC", c) for c in _INVISIBLE.sub("", text))
    return _ORDINAL.sub(_in_words, _BESIDE_HAN.sub("", normalize_whitespace(wide.translate(_ONE_SPELLING))))


def _in_words(ordinal: re.Match[str]) -> str:
    return f"第{_number_in_words(int(ordinal[1]))}"


def _number_in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    digits = " 一二三四五六七八九"
    return (digits[tens] if tens > 1 else "").strip() + ("十" if tens else "") + digits[ones].strip()


Spelling = Literal["name", "batch"]
"""What a text names: a thing (:func:`normalize_name`), or a batch (:func:`normalize_batch`)."""

_BATCH = re.compile(
    r"(?:(?P<year>20[0-9]{2})(?:年度?(?=.*批)|(?=[第首])))?第?(?P<number>首|0?[1-9]|[1-9][0-9]|[一二三四五六七八九十]{1,3})(?:批次?|次)?"
    r"(?:事项)?(?:清单|目录)?(?:（(?P<note>[^（）]*)）)?"
)
_DAY_OR_MONTH = re.compile("[0-9年月日.-]+")
_NUMBERS = {"首": 1} | {_number_in_words(n): n for n in range(1, 100)}


def normalize_batch(text: str) -> str:
    """Return the one spelling of a batch: its number in words, after the year if that is written, too; other texts as :func:`normalize_name`.

    >>> [normalize_batch(t) for t in ("首批", "1", "第１批次", "第一批（9月）", "2018年度第1批清单", "上半年")]
    ['第一批', '第一批', '第一批', '第一批', '2018年第一批', '上半年']
    """
    name = normalize_name(text)
    found = _BATCH.fullmatch(name)
    if found is None:
        return name
    written, note = found["number"], found["note"]
    number = int(written) if written.isdecimal() else _NUMBERS.get(written)
    if number is None:
        return name
    batch = f"{found['year']}年第{_number_in_words(number)}批" if found["year"] else f"第{_number_in_words(number)}批"
    says_no_more = not note or _DAY_OR_MONTH.fullmatch(note) or normalize_batch(note) == batch
    return batch if says_no_more else name


@lru_cache(maxsize=8192)
def normalize_header(text: str) -> tuple[str, str]:
    """Return a column header as two look-up keys: the whole header, and the header without its number and a final note such as （必填）.

    >>> normalize_header("发布 日期*（年月日）"), normalize_header("3.发布日期【必填】")[1]
    (('发布日期年月日', '发布日期'), '发布日期')
    """
    text = without_unseen(text)
    folded = unicodedata.normalize("NFKC", text).casefold()
    number = _LISTED.match(text)
    listed = unicodedata.normalize("NFKC", text[number.end() :] if number else text).casefold()
    return _NOT_LETTERS.sub("", folded), _NOT_LETTERS.sub("", _UNIT_NOTE.sub("", listed))


def header_note(text: str) -> str:
    """Return the final note of a column header, without white space.

    >>> header_note("公开日期（计划）"), header_note("公开日期")
    ('计划', '')
    """
    match = _UNIT_NOTE.search(unicodedata.normalize("NFKC", without_unseen(text)).casefold())
    return re.sub(r"\s", "", match["note"]) if match else ""


def most_alike(key: str, names: Iterable[str], *, at_least: float) -> str | None:
    """Return the name that shares the most pairs of neighbouring characters with a key (both normalized; Dice's coefficient).

    >>> most_alike("市政府常务会议", ["政府债务", "常务会议议定事项"], at_least=0.4)
    '常务会议议定事项'
    >>> most_alike("人事任免", ["人事信息"], at_least=0.4) is None
    True
    """
    own = _pairs(key)
    best, found = at_least, None
    for name in names if own else ():
        other = _pairs(name)
        alike = 2 * len(own & other) / (len(own) + len(other))
        if alike > best or (alike == best and (found is None or name < found)):
            best, found = alike, name
    return found


_DENIES = re.compile("[不未非无没免否]")


def closest_word(key: str, words: Iterable[str], *, at_least: float) -> str | None:
    """Return the word that looks most like another one (both normalized), for messages; never one that denies what the other affirms.

    >>> closest_word("公开", ["不公开", "此件公开"], at_least=0.6), closest_word("不主动公开", ["不公开", "此件主动公开"], at_least=0.6)
    ('此件公开', '不公开')
    >>> closest_word("通过", ["不通过"], at_least=0.6) is None
    True
    """
    denies = bool(_DENIES.search(key))
    same = [word for word in words if bool(_DENIES.search(word)) == denies]
    return next(iter(difflib.get_close_matches(key, same, n=1, cutoff=at_least)), None)


@lru_cache(maxsize=4096)
def _pairs(key: str) -> frozenset[str]:
    return frozenset(key[i : i + 2] for i in range(len(key) - 1))
