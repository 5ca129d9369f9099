"""Lines of a document in one form for comparison, and where its attachments start.

Portals, word processors and typists write the same line in many ways: full width, spaces between characters, traditional characters,
residue of converters. What is looked for in a document is looked for in the folded line.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "attachments_start",
    "flatten",
    "fold_line",
    "plain_line_ends",
    "spelled",
]

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")

_TRADITIONAL = str.maketrans(
    "開發佈動刪減會請屬選項類別圍權級標識與註備號時間關機構題頒條經辦無責編簽過從網讀瀏覽來內濟財稅廳辦據規劃複審徵東縣區鎮鄉",
    "开发布动删减会请属选项类别围权级标识与注备号时间关机构题颁条经办无责编签过从网读浏览来内济财税厅办据规划复审征东县区镇乡",
)

_RESIDUE = re.compile("[@\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
"""Invisible characters, and the mark that converters leave between characters."""

_GAPS = re.compile(r"[\s_|│┃¦]+")
"""White space, the line under a blank of a form, and the rules of a table drawn in text."""


class _SameLength(dict[int, str]):
    """What each character becomes in a flattened text, worked out once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = unicodedata.normalize("NFKC", char).translate(_TRADITIONAL)
        if char != "\n" and (char.isspace() or _RESIDUE.match(char) or _GAPS.match(char)):
            folded = " "
        self[code] = folded if len(folded) == 1 else char
        return self[code]


_FLAT = _SameLength()

_GAP = r"[^\S\r\n]*+"

_ATTACHMENTS = re.compile(
    rf"(?<![^\r\n]){_GAP}(?:【以下是|附{_GAP}件{_GAP}(?:[0-9一二三四五六七八九十]{_GAP})*+(?:[:：]{_GAP})?(?![^\r\n]))"
)


def plain_line_ends(text: str) -> str:
    """Return the text with every end of a line written as one line feed.

    >>> plain_line_ends("文号\\r\\n日期\\u2028标注")
    '文号\\n日期\\n标注'
    """
    return text if _LINE_ENDS.search(text) is None else _LINE_ENDS.sub("\n", text)


def fold_line(line: str) -> str:
    """Return a line for comparison: NFKC, simplified characters, without invisible ones, each gap one space.

    >>> fold_line("　（此件 公開　　發布）")
    '(此件 公开 发布)'
    """
    folded = unicodedata.normalize("NFKC", line).translate(_TRADITIONAL)
    return _GAPS.sub(" ", _RESIDUE.sub("", folded)).strip(" ")


def flatten(text: str) -> str:
    """Return a text folded character by character, so that positions stay the same; each invisible character becomes a space.

    >>> flatten("發文字號：安辦發﹝２０１３﹞30號")
    '发文字号:安办发〔2013〕30号'
    """
    return text.translate(_FLAT)


def spelled(word: str) -> str:
    """Return a pattern of a word that accepts a gap between any two of its characters, for folded lines.

    >>> bool(re.fullmatch(spelled("文号"), "文 号"))
    True
    """
    return " ?".join(map(re.escape, word))


def attachments_start(text: str) -> int | None:
    """Return the position of the first line that consists of 附件, or that starts a further part; None where there is none.

    What follows may carry a label, a number and a day of its own.

    >>> attachments_start("通知\\n附 件 1：\\n名单"), attachments_start("附件：1.名单")
    (3, None)
    """
    match = _ATTACHMENTS.search(text)
    return match.start() if match else None
