"""Options of disclosure on a printed line: which of 主动公开, 依申请公开 … is named or ticked.

A tick stands before its word or after it, the same way on the whole line. One ticked option counts; options of which none is ticked
say nothing, and two ticked ones disagree. A mark or a ticked word that is not known leaves the line undecided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Literal

from opencheck.records.printed_lines import spelled
from opencheck.records.vocabularies import VOCABULARIES

__all__ = [
    "Token",
    "is_note",
    "read_options",
    "tokens_of",
    "value_of",
]

TokenKind = Literal["word", "field", "ticked", "empty", "unclear", "gap", "sep", "open", "close", "hint", "date", "other"]

_SPELLINGS = {
    word: term.value for term in VOCABULARIES["attribute"].terms for word in (term.zh, *term.spellings) if not word.isascii()
}

_WORD = "|".join(spelled(w) for w in sorted(_SPELLINGS, key=len, reverse=True))

_OF_A_FIELD = "|".join(
    map(spelled, ("选项", "形式", "属性", "类型", "类别", "方式", "范围", "性质", "标识", "标记", "权限", "级别", "类"))
)

_OWN = "|".join(map(spelled, ("本文件", "此件", "本件", "文件")))

_FIELD = "|".join((
    rf"(?:(?:{_OWN}) ?)?(?:{spelled('政府')} ?)?(?:{spelled('信息')} ?)?{spelled('公开')} ?(?:{_OF_A_FIELD})",
    rf"(?:{spelled('信息公开')}|{spelled('是否公开')})(?= ?:)",
))  # fmt: skip

_TICKS = "☑☒✓✔√■●◉⬛🗹🗸✅"

_SHAPES = frozenset("■●◉⬛")
"""Filled shapes: ticked options, or the bullets of a list."""

_BOXES = "□☐○◯◻▢❏⬜◎⭕"

_CROSSES = "×✗✘✖☓❌"

_DAY = "[0-9一二三四五六七八九十]{1,3}"

_HINT = rf"[打划画填勾](?: ?[\"“'‘(「] ?)?[{_TICKS}](?: ?[\"”'’)」])?"
"""Says how to fill in the form: （请在相应选项打“√”）."""

_TOKEN = re.compile("|".join((
    rf"(?P<date>(?:[0-9]{{4}}|[〇零○OoΟ一二三四五六七八九]{{4}}) ?[-./年] ?{_DAY} ?[-./月] ?{_DAY}(?: ?日)?)",
    rf"(?P<hint>[(\[【〔][^()\[\]【】〔〕]{{0,20}}{_HINT}[^()\[\]【】〔〕]{{0,10}}[)\]】〕]|{_HINT})",
    rf"(?P<field>{_FIELD})",
    rf"(?P<word>{_WORD})",
    rf"(?P<ticked>[(\[{{【〔<] ?(?:[{_TICKS}]|[vV]|是) ?[)\]}}】〕>]|[{_TICKS}]\ufe0f?)",
    rf"(?P<empty>[(\[{{【〔<] ?(?:[{_BOXES}{_CROSSES}]|否)? ?[)\]}}】〕>]|[{_BOXES}{_CROSSES}]|[口囗](?= ?(?:{_WORD})))",
    r"(?P<unclear>[(\[{【〔<] ?[xX*?] ?[)\]}】〕>]|[\ue000-\uf8ff\ufffd])",
    r"(?P<gap> )",
    r"(?P<sep>[、,;/.。…:·!—–\-])",
    r"(?P<open>[(\[{【〔<])",
    r"(?P<close>[)\]}】〕>])",
    r"(?P<other>.)",
)))  # fmt: skip
"""Every alternative is of bounded length, so that a line is read in linear time. [x] is a tick to some and a cross to others."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a folded line and its position."""

    kind: TokenKind
    text: str
    start: int
    end: int


def tokens_of(line: str) -> list[Token]:
    """Split a folded line into words of disclosure, names of fields, ticks, boxes, separators and other text.

    >>> [t.kind for t in tokens_of("主动公开□ 不予公开☑")]
    ['word', 'empty', 'gap', 'word', 'ticked']
    """
    found: list[Token] = []
    other = 0  # where a run of other characters starts
    for match in _TOKEN.finditer(line):
        if match.lastgroup == "other":
            continue
        if other < match.start():
            found.append(Token("other", line[other : match.start()], other, match.start()))
        other = match.end()
        found.append(Token(match.lastgroup, match.group(), match.start(), other))  # type: ignore[arg-type]  # names of the groups
    if other < len(line):
        found.append(Token("other", line[other:], other, len(line)))
    return found


def value_of(word: Token) -> str:
    """Return the attribute that a word stands for."""
    return _SPELLINGS[word.text.replace(" ", "")]


def is_note(word: Token) -> bool:
    """Return whether a word speaks of the document itself: 此件公开发布, 本文有删减."""
    return word.text.replace(" ", "").startswith(("此件", "本文"))


@dataclass
class _Piece:
    """An option (with its value, None if it is not known) or a mark, and whether something stands directly before and after it."""

    kind: TokenKind
    value: str | None = None
    touches_left: bool = False
    touches_right: bool = False


def read_options(tokens: Sequence[Token], *, field: bool) -> list[str]:
    """Return the attributes that a row of options states: none, one, or several that disagree.

    Args:
        tokens: the tokens after the name of the field, or of a whole line.
        field: whether the name of a field stands before them. Without it a filled shape before a single word is the bullet of a list.

    >>> read_options(tokens_of("主动公开□ 依申请公开□ 不予公开☑"), field=True)
    ['不予公开']
    >>> read_options(tokens_of("主动公开 依申请公开 不予公开"), field=True)
    []
    """
    tokens = list(_own_part(tokens))
    pieces = list(_pieces(tokens))
    words = [p for p in pieces if p.kind == "word"]
    marks = [p for p in pieces if p.kind in ("ticked", "empty", "unclear")]
    if not words:
        return []
    if not marks:
        return _unmarked(tokens) if field and len({p.value for p in words}) == 1 else []
    shapes = {t.text for t in tokens if t.kind == "ticked"} <= _SHAPES
    if not field and shapes and len(words) == 1 and not any(p.kind == "empty" for p in marks):
        return []
    if any(p.kind == "unclear" for p in marks):
        return []
    return _ticked(pieces, words, marks)


def _own_part(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens before the name of another field: 主动公开 公开时限：长期."""
    for at, token in enumerate(tokens):
        if token.kind == "other" and len(token.text) > 1:
            after = "".join(t.text for t in tokens[at + 1 : at + 3])
            if after.lstrip(" ").startswith(":"):
                return
        yield token


def _pieces(tokens: Sequence[Token]) -> Iterator[_Piece]:
    """Options and marks in order. A word that runs on (主动公开范围) is an option that is not known."""
    loose = ("gap", "sep", "open", "close")
    kept = [t for t in tokens if t.kind != "hint"]
    around: list[TokenKind] = ["gap", *(t.kind for t in kept), "gap"]  # each one place further on
    taken = 0
    for at, token in enumerate(kept):
        if at < taken or token.kind in loose:
            continue
        taken = at + 1
        value = None
        kind: TokenKind = token.kind
        if kind in ("word", "other", "field", "date"):
            taken = next((place for place in range(at + 1, len(kept)) if not _runs_on(kept[place])), len(kept))
            value = value_of(token) if kind == "word" and taken == at + 1 else None
            kind = "word" if value else "other"
            if token.kind == "other" and token.text in "口囗":
                kind = "empty"  # typed for a box
        yield _Piece(kind, value, around[at] not in loose, around[taken + 1] not in loose)


def _runs_on(token: Token) -> bool:
    return token.kind in ("other", "field", "date") and token.text not in "口囗"


def _unmarked(tokens: Sequence[Token]) -> list[str]:
    """The value of a field: its first word, unless a sentence goes on after it."""
    word, *after = dropwhile(lambda t: t.kind in ("gap", "sep", "open", "close"), tokens)
    if word.kind != "word":
        return []
    if after and after[0].kind in ("other", "field", "date", "hint"):
        return []
    text = "".join(t.text for t in after[:4]).lstrip(" ")
    if re.match(r"[、,/:·]", text) and not re.match(r"[,/] ?$", text):
        return []
    if re.match(r"(?:字样|的|等|并|后|时|者|或|和|与|及|且)", text):
        return []
    return [value_of(word)]


def _ticked(pieces: Sequence[_Piece], words: Sequence[_Piece], marks: Sequence[_Piece]) -> list[str]:
    """The attributes that are ticked, if it is clear which word each mark belongs to."""
    readings = {}
    placed = dict(enumerate(pieces))
    for side in (1, -1):
        owned = {}
        for at, piece in enumerate(pieces):
            if piece.kind in ("ticked", "empty"):
                other = placed.get(at + side)
                if other is None or other.kind not in ("word", "other"):
                    break
                owned[at + side] = piece.kind == "ticked"
        else:
            readings[side] = owned
    if len(readings) == 2:
        touching = {side: all(_touches_only(mark, side) for mark in marks) for side in readings}
        if any(touching.values()):
            readings = {side: r for side, r in readings.items() if touching[side]}
        else:
            whole = {side: r for side, r in readings.items() if all(i in r for i, p in enumerate(pieces) if p.kind == "word")}
            readings = whole or readings
    found = {tuple(_values(pieces, owned)) for owned in readings.values()}
    return list(found.pop()) if len(found) == 1 else []


def _touches_only(mark: _Piece, side: int) -> bool:
    """Whether a mark touches what stands on one side of it, and nothing on the other: after it (1), before it (-1)."""
    after, before = mark.touches_right, mark.touches_left
    return (after and not before) if side > 0 else (before and not after)


def _values(pieces: Sequence[_Piece], owned: dict[int, bool]) -> list[str]:
    ticked = [pieces[at].value for at, is_ticked in owned.items() if is_ticked]
    known = [v for v in VOCABULARIES["attribute"].values if v in ticked]
    return known if len(known) > 1 or (len(known) == 1 and None not in ticked) else []
