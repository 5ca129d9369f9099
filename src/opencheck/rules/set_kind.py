"""What requirement kinds about sets share: whose records count, and of which level.

Reading: a duty of the city is not kept by a town, a village or another office. A record that names no unit or no level is the ledger
keeper's own and counts; one of a unit that the pack does not know may count or not. What several units publish together is each one's: it
counts where one of them counts. A topic that the pack does not know leaves that open, too: it may be what is missing, where its unit,
level, subject and period fit. That it is of no topic of the pack's is said by the topic “其他”.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.errors import alternatives
from opencheck.records.contradictions import CONTRADICTED, Doubt, contradictions_in
from opencheck.records.dataset import REJECTED
from opencheck.records.tables import TABLES
from opencheck.records.vocabularies import VOCABULARIES
from opencheck.rules.conditions import SEVERAL, TOPIC_LIKE
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import LOWER_UNITS
from opencheck.rules.judgement import Covers
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.requirement import Kind

__all__ = ["SetKind", "listed_within"]

_UPPER_LEVELS = frozenset({"city", "county"})
_LOWER_UNIT = f"[^{SEVERAL}]*{LOWER_UNITS.removesuffix('$')}"


def _any_of(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names))


def _one_is(name: str) -> str:
    """The pattern of a cell of units that names one that a pattern fits."""
    return f"(^|{SEVERAL})({name})({SEVERAL}|$)"


def _all_are(name: str) -> str:
    """The pattern of a cell of units all of which a pattern fits."""
    return f"^({name})({SEVERAL}({name}))*$"


class SetKind(Kind):
    """A requirement about a set of records, which may say whose records count."""

    about: ClassVar[str] = "set"
    open_only: ClassVar[bool] = True

    unit: Annotated[list[str], Field(description="units whose records count, by the pack's names; all where empty")] = []
    level: Annotated[list[str], Field(description="levels of which records count; all where empty")] = []

    def check_whose(self, table: str) -> None:
        """Refuse levels that are none, or of a table that has none.

        Raises:
            ValueError: naming what does not fit.
        """
        if not self.level:
            return
        vocabulary = TABLES[table].fields["level"].vocabulary if "level" in TABLES[table].fields else None
        if vocabulary is None:
            raise ValueError(f"table {table} has no field 'level'")
        for value in self.level:
            if value not in vocabulary.values:
                raise ValueError(f"level: 没有这个值 / {value!r} is none of its values{alternatives(value, vocabulary.values)}")

    def fields_of_whose(self, table: str) -> set[tuple[str, str]]:
        """The fields that tell whose a record is."""
        wanted_fields = {"unit": self.unit or self._wants_the_city, "level": self.level}
        return {(table, name) for name, wanted in wanted_fields.items() if wanted}

    @property
    def _wants_the_city(self) -> bool:
        """Whether only levels count that are above towns."""
        return bool(self.level) and set(self.level) <= _UPPER_LEVELS

    def whose(self, context: RuleContext) -> pl.Expr:
        """Whether a record is of the units and levels that count; null where only a unit that the pack does not know may be one."""
        theirs, unit = pl.lit(True), pl.col("unit")
        if not self.unit and not self.level:
            return theirs
        if self.unit:
            ours = unit.is_null() | unit.str.contains(_one_is(_any_of(self.unit)))
            others = unit.str.contains(_all_are(f"{_any_of(context.known_units - set(self.unit))}|{_LOWER_UNIT}"))
            theirs = pl.when(ours).then(True).when(others).then(False)
        if self.level:
            level = pl.col("level")
            # Whose level is blank is known all the same where all names are those of towns or villages.
            above = ~unit.str.contains(_all_are(_LOWER_UNIT)).fill_null(False) if self._wants_the_city else pl.lit(True)
            theirs = theirs & pl.when(level.is_null()).then(above).otherwise(level.is_in(self.level))
        return context.shared(f"_whose|{self.unit}|{self.level}", theirs)

    def marks(self, rule: RuleSpec, context: RuleContext) -> dict[str, pl.Expr]:
        """Columns that tell why it is unknown whether a record counts, for :meth:`doubts_of`."""
        found: dict[str, pl.Expr] = {"_unit": pl.when(self.whose(context).is_null()).then(pl.col("unit"))}
        found["_open"] = pl.col(CONTRADICTED)
        if rule.topics:
            found["_topic"] = pl.when(pl.col(TOPIC_LIKE).is_not_null()).then(pl.col("topic"))
        if rule.only_open:
            mark, known = pl.col("attribute"), list(VOCABULARIES["attribute"].values)
            found["_mark"] = pl.when(~mark.is_in(known)).then(mark)
            found["_unreasoned"] = context.owed().is_null() & mark.is_in(known)
        return found

    @staticmethod
    def doubts_of(row: Mapping[str, Any]) -> tuple[list[str], list[tuple[str, str]]]:
        """What leaves it unknown whether a record counts.

        Args:
            row: the record's :meth:`marks`, and whether it was rejected.

        Returns:
            The fields (``rejected`` of a row that could not be used), and the words in them that nobody knows. Of a record of which fields
            are left open it is these, though it counts as one that could not be used.
        """
        if row[REJECTED]:
            left_open = contradictions_in(row.get("_open"))
            told = [(c.field, word) for c in left_open if c.doubt is Doubt.WORD for _, word in c.columns]
            return [c.field for c in left_open] or ["rejected"], told
        named = (("topic", "_topic"), ("unit", "_unit"), ("attribute", "_mark"))
        words = [(n, row[key]) for n, key in named if row.get(key) is not None]
        return [n for n, _ in words] + (["non_disclosure_reason"] if row.get("_unreasoned") else []), words

    @staticmethod
    def left_open(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
        """The fields that doubtful records leave open, each with its :class:`Doubt`, for the fact of this name."""
        return sorted({(c.field, c.doubt.value) for row in rows for c in contradictions_in(row.get("_open"))})

    def counts(self, rule: RuleSpec, context: RuleContext) -> pl.Expr:
        """Whether a record counts: the rule concerns it, and it is of the units and levels that count."""
        applies = context.applies_expr(rule, absence=True)
        if rule.only_open:
            applies = applies & context.open()
        return applies & self.whose(context) if self.unit or self.level else applies


def listed_within(covers: Covers) -> pl.Expr:
    """Whether a row of the roster is in force on some of the days that the pack covers."""
    since, until = pl.col("since"), pl.col("until")
    return (since.is_null() | (since <= covers.last)) & (until.is_null() | (until >= covers.first))
