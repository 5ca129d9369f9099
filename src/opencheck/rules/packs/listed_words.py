"""From one item of a list to the words of the pack that it names: mostly one, sometimes several that were written as one.

Between words in one item stand blanks, slashes, plus signs, numbers of a list (①, 1.), or 和, 及 and 与. An item is taken apart only where
every part is a word that the pack knows; a word with 和 in it is looked up whole first. Anything else is left as it stands: a word that
nobody knows, which may mean any. A known word with the number of its time before or after it (集中培训（第二期）) is that word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from opencheck.core.normalize import normalize_key

__all__ = ["words_of_item"]

_MARKS = r"\s/／\\+＋&＆·。\u2460-\u249b\u2776-\u2793"
_BETWEEN = (re.compile(f"[{_MARKS}]+"), re.compile(rf"(?:[{_MARKS}]|[(（]?[0-9]{{1,2}}[)）.．])+"))
"""Numbers are tried last: a word may hold one (PM2.5)."""
_AND = re.compile("以及|[和及与]")
_NUMBER, _HELD = "第?(?:0?[1-9]|[1-9][0-9]{1,2}|[一二三四五六七八九十两]{1,3})", "[期次批轮场班讲]"
_WHICH_TIME = re.compile(
    rf"^\s*(?:[（(]{_NUMBER}{_HELD}?[)）]|{_NUMBER}{_HELD})|(?:[（(]{_NUMBER}{_HELD}?[)）]|(?<=[^\x00-\x7f]){_NUMBER}{_HELD}?)\s*$"
)
"""第二期, （2）, 2次: for which time, or how often."""
_LONGEST = 200
"""Characters; a longer text is prose."""


def words_of_item(text: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The pack's names for the words of an item, each once; empty where a part of it is unknown.

    Args:
        text: an item of a list, as it was written.
        names: normalised spelling → the pack's name.

    >>> names = {"增减变化": "增减变化", "变化原因": "变化原因", "原因": "变化原因", "文化和旅游": "文化和旅游"}
    >>> words_of_item("①增减变化 ②变化原因", names), words_of_item("增减变化及原因", names)
    (('增减变化', '变化原因'), ('增减变化', '变化原因'))
    >>> words_of_item("文化和旅游", names), words_of_item("增减变化/其他", names)
    (('文化和旅游',), ())
    >>> words_of_item("增减变化（第二期）", names)
    ('增减变化',)
    """
    if whole := _known(text, names):
        return (whole,)
    for between in _BETWEEN if len(text) <= _LONGEST else ():
        parts = [_joined(part, names) for part in between.split(text) if normalize_key(part)]
        if parts and all(parts):
            return tuple(dict.fromkeys(word for part in parts for word in part))
    return ()


def _known(text: str, names: Mapping[str, str]) -> str | None:
    """The name of one word, also where it says for which time."""
    return names.get(normalize_key(text)) or names.get(normalize_key(_WHICH_TIME.sub("", text[:_LONGEST], count=1)))


def _joined(text: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The names of words between which 和 and the like stand; empty where one of them is unknown."""
    if whole := _known(text, names):
        return (whole,)
    return next(_parted(text, names), ())


def _parted(text: str, names: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for conjunction in _AND.finditer(text):
        first = _known(text[: conjunction.start()], names)
        if first and (others := _joined(text[conjunction.end() :], names)):
            yield first, *others
