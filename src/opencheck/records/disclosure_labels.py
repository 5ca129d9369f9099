"""Disclosure labels as printed in documents, such as 此件公开发布 or 信息公开选项：主动公开.

A label is a note in brackets, a separate line, a note after the date, a ticked box, or the value of a field that names the attribute. The
same words in a sentence, a heading or quotation marks are not a label. The spellings are those of the vocabulary ``attribute``; spaces
between characters, the style of brackets and traditional characters make no difference.
"""

from __future__ import annotations

import re
from functools import lru_cache

from opencheck.core.errors import unknown_name
from opencheck.records.vocabularies import VOCABULARIES, Term

__all__ = [
    "ATTACHMENTS_PATTERN",
    "find_labels",
    "label_pattern",
    "locate_part",
    "part_marker",
    "printed_label",
]


ATTACHMENTS_PATTERN = (
    "(?s)(?:^|[\r\n])[ \t\u00a0\u3000]*"
    "(?:附[ \t\u3000]*件[ \t]*[0-9一二三四五六七八九十]*[ \t]*[:：]?[ \t\u3000]*[\r\n]|【以下是).*$"
)
"""Matches from the first line that consists of 附件 to the end of the text: an attachment may carry a label of its own."""

_PART = re.compile(r"(?m)^【以下是([^】\n]*)】\n")

_GAP = "[ \t\u00a0\u3000\u200b\u200c\u200d\ufeff@]*"  # white space and residue of converters between characters

_OPEN, _CLOSE = r"[（(\[［【〔｛{]", r"[）)\]］】〕｝}]"

_TRADITIONAL = dict(zip("开发布动删减会请属选项类别", "開發佈動刪減會請屬選項類別", strict=True))

_PAGE = rf"(?:[—－\-]{_GAP}[0-9]+{_GAP}[—－\-])?"

_FIELDS = (
    "信息公开选项",
    "信息公开形式",
    "信息公开属性",
    "信息公开类型",
    "信息公开类别",
    "公开属性",
    "公开方式",
    "公开类型",
    "公开类别",
    "公开形式",
    "公开选项",
)


def printed_label(value: str) -> str:
    """Return the label of an attribute as it is printed under a document.

    >>> printed_label("依申请公开")
    '（此件依申请公开）'

    Raises:
        UnknownNameError: the vocabulary has no such attribute.
    """
    term = _term(value)
    return f"（{next(w for w in term.spellings if w.startswith('此件'))}）"


def _term(value: str) -> Term:
    terms = {term.value: term for term in VOCABULARIES["attribute"].terms}
    if value not in terms:
        raise unknown_name("没有这种公开属性 / no attribute", value, terms, code="unknown_value", field="attribute")
    return terms[value]


def part_marker(name: str) -> str:
    """Return the line that separates a further part (attachment, header, comment) from the body of a document."""
    plain = re.sub(r"[】\s]+", " ", name)
    return f"【以下是{plain}】"


def locate_part(text: str, at: int) -> tuple[str, int]:
    """Return the name of the part that holds a position (blank: the body), and the position within that part.

    >>> locate_part("正文\\n【以下是页脚】\\n电话", 11)
    ('页脚', 0)
    """
    found = list(_PART.finditer(text, 0, at)) if "【以下是" in text else []
    return (found[-1][1], at - found[-1].end()) if found else ("", at)


def _spelled(words: tuple[str, ...]) -> str:
    """Return a pattern of the words, longest first, that accepts gaps and traditional characters."""
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(_GAP.join(_letter(c) for c in w) for w in ordered) + ")"


def _letter(char: str) -> str:
    return f"[{char}{_TRADITIONAL[char]}]" if char in _TRADITIONAL else re.escape(char)


@lru_cache(maxsize=16)
def label_pattern(value: str) -> str:
    """Return the regular expression of the labels of one attribute, without look-around, for any engine.

    >>> bool(re.search(label_pattern("主动公开"), "2018年8月24日\\n（此件公开发布）\\n附件"))
    True
    >>> bool(re.search(label_pattern("主动公开"), "属于主动公开范围的，应当公开"))
    False
    """
    term = _term(value)
    words = tuple(w for w in (term.zh, *term.spellings) if not w.isascii())
    notes = tuple(w for w in words if w.startswith(("此件", "本文")))
    end = rf"{_GAP}{_PAGE}{_GAP}(?:[\r\n]|$)"
    unquoted = r"(?:^|[^“”\"'‘「《])"
    parts = (
        rf"{unquoted}{_OPEN}+{_GAP}{_spelled(notes)}{_GAP}{_CLOSE}",
        rf"(?:^|[\r\n]){_GAP}{_OPEN}+{_GAP}{_spelled(words)}{_GAP}{_CLOSE}+{end}",
        rf"(?:^|[\r\n]|[0-9〇一二三四五六七八九十]日){_GAP}{_spelled(notes)}{end}",
        rf"{_spelled(_FIELDS)}{_GAP}[:：]{_GAP}[■☑☒✓√]?{_GAP}{_spelled(words)}(?:[^一-龥]|$)",
        rf"[■☑☒✓√]{_GAP}{_spelled(words)}(?:[^一-龥]|$)",
    )
    return "|".join(parts)


def find_labels(text: str) -> list[str]:
    """Find the attributes that a text is labelled with; labels that disagree give more than one.

    Args:
        text: the whole text of a document, with its line breaks.

    Returns:
        Values of the vocabulary ``attribute``, in its order.

    >>> find_labels("……\\n公开属性：依申请公开\\n")
    ['依申请公开']
    """
    return [v for v in VOCABULARIES["attribute"].values if re.search(label_pattern(v), text)]
