"""Disclosure labels as they are printed in documents: 此件公开发布, 信息公开选项：主动公开, and their kin.

A label is a token of its own: a note in brackets at its own place, or the value of a field that names the attribute. The same words inside a
sentence are no label. The spellings are those of the vocabulary ``attribute``.
"""

from __future__ import annotations

import re

from opencheck.records.vocabularies import VOCABULARIES

__all__ = ["label_pattern", "labels"]

_OPEN, _CLOSE = r"[（(\[［【〔]", r"[）)\]］】〕]"
_FIELD = r"(?:信息公开(?:选项|形式|属性|类型|类别)|公开(?:属性|方式|类型|类别|形式|选项))"


def _spelled(words: tuple[str, ...]) -> str:
    """The words with spaces allowed between their characters, the longest first."""
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(r"[ \t　]*".join(map(re.escape, w)) for w in ordered) + ")"


def label_pattern(value: str) -> str:
    """The regular expression of the labels of one attribute, without look-around, for any engine.

    >>> bool(re.search(label_pattern("主动公开"), "2018年8月24日\\n（此件公开发布）\\n附件"))
    True
    >>> bool(re.search(label_pattern("主动公开"), "属于主动公开范围的，应当公开"))
    False
    """
    term = next(t for t in VOCABULARIES["attribute"].terms if t.value == value)
    words = tuple(w for w in (term.zh, *term.spellings) if not w.isascii())
    noted = rf"{_OPEN}[ \t　]*{_spelled(words)}[ \t　]*{_CLOSE}"
    alone = rf"(?:^|[\r\n])[ \t　]*{_spelled(tuple(w for w in words if w.startswith(('此件', '本文'))))}[ \t　]*(?:[\r\n]|$)"
    valued = rf"{_FIELD}[ \t　]*[:：][ \t　]*{_spelled(words)}(?:[^一-龥]|$)"
    return f"{noted}|{alone}|{valued}"


def labels(text: str) -> list[str]:
    """The attributes that a text is labelled with.

    >>> labels("……\\n公开属性：依申请公开\\n")
    ['依申请公开']
    """
    return [v for v in VOCABULARIES["attribute"].values if re.search(label_pattern(v), text)]
