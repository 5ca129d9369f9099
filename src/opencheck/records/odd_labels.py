"""Notes in brackets about the disclosure of a document in words that are no label, such as （本件主动公开，附件不予公开）.

What stands where a label does and speaks of this document's publication is one, whatever its words. Where they say plainly what a known
label says, they are that label; else nobody can tell from them which attribute the document has.
"""

from __future__ import annotations

import re

from opencheck.records.label_options import Token, is_note, tokens_of, value_of
from opencheck.records.printed_lines import fold_line

__all__ = ["find_odd_labels"]

_BRACKETED = re.compile(r"[(（\[［【〔](?P<note>[ \u3000]?(?:此|本) ?(?:件|文)[^()（）\[\]［］【】〔〕\n]{2,60})[)）\]］】〕]")

_PUBLICATION = re.compile("公开|公布|发布")

_BEFORE = re.compile(
    r"(?:^|[0-9〇零一二三四五六七八九十] ?日|[。.!;…)\]】〕》]|[府室局委厅办处院会站社队所司部号]"
    r"|通知|意见|方案|办法|决定|公告|通告|批复|函|报告|规定|细则|公示)$"
)

_AFTER = re.compile(r"[。. ]{0,3}(?:[-—–]? ?[0-9]{1,4} ?[-—–]?)?$")

_OTHER_NAMES = re.compile("^(?:本文件|本件|此文件|此文)")

_CLAUSE = re.compile("[,;。]")

_NEAR = 40
"""How much of a line is looked at on either side, in characters."""


def find_odd_labels(text: str) -> tuple[list[str], list[str]]:
    """Find the notes about a document's own disclosure that are no known label.

    Returns:
        The attributes of those that say plainly what a label says, and the words of the others.

    >>> find_odd_labels("……\\n（此件不公开，仅限内部）\\n"), find_odd_labels("……\\n（本件主动公开，附件不予公开）\\n")
    ((['不予公开'], []), ([], ['本件主动公开，附件不予公开']))
    """
    values: list[str] = []
    words: list[str] = []
    for match in _BRACKETED.finditer(text):
        _, _, before = text[max(0, match.start() - _NEAR) : match.start()].rpartition("\n")
        after, _, _ = text[match.end() : match.end() + _NEAR].partition("\n")
        note = fold_line(match["note"]).replace(" ", "")
        if not _PUBLICATION.search(note) or not _BEFORE.search(fold_line(before)) or not _AFTER.match(fold_line(after)):
            continue
        if _is_usual(tokens_of(note)):
            continue
        value = _plain_value(note)
        if value is None:
            words.append(match["note"].strip())
        else:
            values.append(value)
    return values, list(dict.fromkeys(words))


def _is_usual(tokens: list[Token]) -> bool:
    """Whether a note is a label of the usual kind: the field of a form, or a known word that speaks of the document itself."""
    first, *others = tokens
    return first.kind == "field" or (first.kind == "word" and not others and is_note(first))


def _plain_value(note: str) -> str | None:
    """The attribute that a note states plainly: a known word alone, or one that denies publication and nothing that allows any."""
    first, _, rest = _CLAUSE.sub(",", note.rstrip(",;。.")).partition(",")
    for clause in (first, _OTHER_NAMES.sub("此件", first), _OTHER_NAMES.sub("", first)):
        tokens = tokens_of(clause)
        if [token.kind for token in tokens] == ["word"]:
            value = value_of(*tokens)
            return value if not rest or (value == "不予公开" and not _PUBLICATION.search(rest)) else None
    return None
