"""Radicals for characters: programs that print to PDF write ⽂ and ⻓ for 文 and 长, and whoever copies from the PDF takes them along."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["fold_radicals"]

_SIMPLIFIED = dict(
    zip(
        "⺁⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳⼾",
        "厂母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟户",
        strict=True,
    )
)
"""Those that Unicode does not fold, or folds to the traditional character."""

_RADICAL = re.compile("[\u2e80-\u2fdf]")

_FOLDED = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2E80, 0x2FE0)}
_TABLE = {code: char for code, char in _FOLDED.items() if char != chr(code) and len(char) == 1} | {
    ord(radical): char for radical, char in _SIMPLIFIED.items()
}


def fold_radicals(text: str) -> str:
    """Return the text with each radical as the character that it shows; positions stay the same.

    >>> fold_radicals("⾝份证、⼾籍、⻓期、⼈⺠")
    '身份证、户籍、长期、人民'
    """
    return text.translate(_TABLE) if _RADICAL.search(text) else text
