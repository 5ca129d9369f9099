"""Whom a cell names of those who are known: one, several, some that it leaves unnamed, or perhaps one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .cells import ELSEWHERE, folded

ALL = ("全市", "各学校", "全部", "2处", ELSEWHERE)
"""What stands for all, or for some that nobody names."""


class Meant(NamedTuple):
    sure: list[str]
    perhaps: list[str]
    others: bool


def meant(cell: str, known: Sequence[str], *, guess: bool) -> Meant:
    """Whom a cell names; with ``guess``, whom it may mean as well."""
    found = Meant([], [], False)
    for piece in re.split("[;；、,，/]", cell):
        found = _joined(found, _of_piece(piece.strip(), known, guess=guess)) if piece.strip() else found
    return found


def _of_piece(piece: str, known: Sequence[str], *, guess: bool) -> Meant:
    one = folded(piece)
    if one in known:
        return Meant([one], [], False)
    if match := re.fullmatch(r"(.+?)等(\d+处)?", piece, re.DOTALL):
        return _joined(_of_piece(match[1], known, guess=guess), Meant([], [], True))
    if names := _list(piece, known):
        return Meant(names, [], False)
    if "\n" in piece:
        found = Meant([], [], False)
        for line in piece.split("\n"):
            found = _joined(found, _of_piece(line, known, guess=guess))
        return found
    near = [k for k in known if min(len(k), len(one)) > 1 and (k in one or one in k)] if guess else []
    return Meant([one], near, False)


def _list(piece: str, known: Sequence[str]) -> list[str]:
    names = [folded(p) for p in re.split(r"[\n和及与;；、,，/]|[（(]\d[)）]", piece) if p.strip()]
    return names if len(names) > 1 and all(n in known for n in names) else []


def _joined(one: Meant, other: Meant) -> Meant:
    return Meant(one.sure + other.sure, one.perhaps + other.perhaps, one.others or other.others)


def named_alone(cells: Iterable[str], *, lines: bool = True) -> list[str]:
    """Who is known where no roster tells: those that are named by themselves, perhaps in a line of their own."""
    texts = [p.strip() for cell in cells for p in re.split("[;；、,，/]" if lines else "$", cell) if p.strip()]
    own = [re.sub(r"等(\d+处)?$", "", t) for text in texts for t in text.split("\n") if lines or "\n" not in text]
    every = dict.fromkeys(folded(t) for t in own)
    return [folded(t) for t in dict.fromkeys(own) if not _list(t, [k for k in every if k != folded(t)])]


__all__ = ["ALL", "Meant", "meant", "named_alone"]
