"""Which of the known subjects a text names: one, several of them, some that it does not name, or perhaps one.

Who is known is the roster, or else whoever is named alone. 尹府水库和黄山水库 names two of them where both are known; 尹府水库等2处 names one
and leaves open which others; 尹府水库水源地 may be 尹府水库. What only ends a line may be the end of a name or of one of several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from opencheck.core.normalize import normalize_name

__all__ = ["NamedSubjects", "SubjectNames"]

_MARK = r"[（(]?(?:\d{1,2}|[①-⑳])[)）.．、]?"
_BETWEEN = re.compile(rf"(?:[\s、；;，,/&]|和|及其?|与|以及|暨|{_MARK})+")
"""What stands between names, or before the first one; a digit numbers them."""
_NUMBER = "[几多数]|[0-9]+|[一二两三四五六七八九十百]+"
_AND_OTHERS = re.compile(rf"(?P<named>.{{2,}}?)等(?:等|(?:{_NUMBER})[个处所家座户村条项]?\w{{0,8}})?")
_AND_OTHER_ONES = re.compile(r"(?P<named>.+?)等(?!级)\w{0,8}")
"""The same where it is a known subject that stands before 等: 平等村 is a name, 高等学校 none of others."""
_LONGEST = 400
"""Characters of a cell that is looked at for others that it does not name."""
_SHORTEST = 2
"""Characters of a name that is known for one without anything beside it."""


@dataclass(frozen=True)
class NamedSubjects:
    """What a text names."""

    sure: tuple[str, ...]
    """The known subjects, or the text itself where it names none of them."""
    perhaps: tuple[str, ...] = ()
    """Known ones that it may mean."""
    others: bool = False
    """Whether it says that there are others, which it does not name."""

    @property
    def is_open(self) -> bool:
        """Whether it may mean more than is sure."""
        return self.others or bool(self.perhaps)

    @property
    def any_of(self) -> list[str | None]:
        """Whom a doubtful record may be about that names this; None stands for anybody."""
        return [*dict.fromkeys((*self.sure, *self.perhaps)), *([None] if self.others else [])]


class SubjectNames:
    """The known subjects.

    Args:
        known: their names, each in its one spelling.
        guess: whether a text that contains a name, or is a part of one, may mean it.

    >>> names = SubjectNames(["尹府水库", "黄山水库"])
    >>> names.read("尹府水库和黄山水库").sure, names.read("（1）尹府水库（2）黄山水库").sure, names.read("尹府\\n水库").sure
    (('尹府水库', '黄山水库'), ('尹府水库', '黄山水库'), ('尹府水库',))
    >>> names.read("尹府水库等2处"), names.read("黄山水库水源地").perhaps
    (NamedSubjects(sure=('尹府水库',), perhaps=(), others=True), ('黄山水库',))
    """

    def __init__(self, known: Iterable[str], *, guess: bool = True) -> None:
        self._known = dict.fromkeys(known)
        self._guess = guess
        self._read: dict[str, NamedSubjects] = {}

    @classmethod
    def of_those_named(cls, texts: Iterable[str]) -> SubjectNames:
        """The subjects of texts where no roster tells them: whoever is named alone, or in a line of its own.

        >>> SubjectNames.of_those_named(["甲水库", "乙水库", "甲水库和乙水库", "甲水库等3处"]).read("甲水库和乙水库").sure
        ('甲水库', '乙水库')
        """
        lines = dict.fromkeys(line for text in texts for line in text.split("\n"))
        own = [match["named"] if (match := _AND_OTHERS.fullmatch(line)) else line for line in lines]
        every = cls(own, guess=False)
        return cls((name for name in own if len(every._parts(name, apart_from=name) or ()) < 2), guess=False)

    @classmethod
    def by(cls, roster: Iterable[str], texts: Iterable[str]) -> SubjectNames:
        """The subjects of a roster; where it names none, those that are named alone."""
        listed = list(roster)
        return cls(listed) if listed else cls.of_those_named(texts)

    @cached_property
    def _lengths(self) -> list[int]:
        """How long names are, the longest first: looking names up by their length is quick however many there are."""
        return sorted({len(name) for name in self._known}, reverse=True)

    def read(self, text: str) -> NamedSubjects:
        """What a text names."""
        if text not in self._read:
            self._read[text] = self._named(text)
        return self._read[text]

    def _named(self, text: str) -> NamedSubjects:
        if (whole := self._one(text)) is not None:
            return NamedSubjects((whole,))
        if (some := self._with_others(text)) is not None:
            return some
        if parts := self._parts(text):
            return NamedSubjects(tuple(dict.fromkeys(parts)))
        lines = text.split("\n")
        if len(lines) > 1:
            each = [self.read(line) for line in lines]
            sure = dict.fromkeys(name for one in each for name in one.sure)
            perhaps = dict.fromkeys(name for one in each for name in one.perhaps)
            return NamedSubjects(tuple(sure), tuple(perhaps), any(one.others for one in each))
        return NamedSubjects((text,), self._perhaps(text))

    def _with_others(self, text: str) -> NamedSubjects | None:
        """What a text names that says that there are others."""
        if len(text) > _LONGEST:
            return None
        line = text.replace("\n", " ")
        for pattern in (_AND_OTHER_ONES, _AND_OTHERS):
            if match := pattern.fullmatch(line):
                named = self.read(match["named"].strip())
                known = tuple(name for name in named.sure if name in self._known)
                if known or pattern is _AND_OTHERS:
                    return NamedSubjects(known or (text,), named.perhaps, others=True)
        return None

    def _one(self, text: str) -> str | None:
        """The subject whose whole name a text is, a line break within it apart."""
        if text in self._known:
            return text
        glued = normalize_name(text) if "\n" in text else text
        return glued if glued in self._known else None

    def _parts(self, text: str, *, apart_from: str | None = None) -> list[str] | None:
        """The known names of which a text consists, with what may stand between them; None where something else is left."""
        before: dict[int, tuple[int, str]] = {}
        ends = [0]  # of what has been read, the one to go on from last
        while ends:
            at = ends.pop()
            between = _BETWEEN.match(text, at)
            if at and (at == len(text) or (between and between.end() == len(text))):
                names = []
                while at:
                    at, name = before[at]
                    names.append(name)
                return names[::-1]
            # The longest names are tried first; without anything before them, single characters are none but at the beginning.
            for start in (between.end(), at) if between else (at,):
                for length in reversed(self._lengths):
                    name, end = text[start : start + length], start + length
                    told = start > at or at == 0 or length >= _SHORTEST
                    if told and name != apart_from and name in self._known and end <= len(text) and end not in before:
                        before[end] = (at, name)
                        ends.append(end)
        return None

    def _perhaps(self, text: str) -> tuple[str, ...]:
        if not self._guess or len(text) < _SHORTEST:
            return ()
        return tuple(name for name in self._known if len(name) >= _SHORTEST and (name in text or text in name))

    def changes(self, texts: Iterable[str | None]) -> bool:
        """Whether any text means something else than it says."""
        return any(text is not None and self.read(text) != NamedSubjects((text,)) for text in texts)

    def spread(self, rows: pl.DataFrame, column: str, *, doubtful: bool = False, whole: bool = False) -> pl.DataFrame:
        """The rows with a row for each subject that a column's text surely names.

        Args:
            rows: the rows.
            column: the column of the texts.
            doubtful: whether the rows are in doubt anyhow: there is one, then, for each subject that a text may mean.
            whole: whether a text that names others besides the known ones also stands for what it says as a whole.
        """
        meant: dict[str | None, list[str | None]] = {None: [None]}
        for text in rows[column].unique().to_list():
            if text is not None:
                named = self.read(text)
                known: list[str | None] = [n for n in named.sure if not whole or n in self._known]
                meant[text] = named.any_of if doubtful else known + [text] * (len(known) < len(named.sure))
        listed = pl.Series(column, [meant[text] for text in rows[column].to_list()], dtype=pl.List(pl.String))
        return rows.with_columns(listed).explode(column)

    def unnamed(self, rows: Iterable[dict[str, Any]], column: str) -> list[dict[str, Any]]:
        """A row for each subject that rows may mean besides those that they surely name."""
        found = []
        for row in rows:
            if row[column] is not None and (named := self.read(row[column])).is_open:
                found += [{**row, column: name} for name in (*named.perhaps, *([None] if named.others else []))]
        return found
