"""The offices that cells name: one by one, under the office that each was merged into, and which of them nobody knows.

Reading: several offices in one cell are several; an office is the one that it was merged into; a name that the pack does not know may be
another name of any office, unless it is that of a town, a village or a community.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from opencheck.rules.conditions import SEVERAL
from opencheck.rules.expressions import LOWER_UNITS

__all__ = ["Offices"]


@dataclass(frozen=True)
class Offices:
    """What a pack knows of offices. It pickles."""

    known: frozenset[str] = frozenset()
    """Their names; without any nothing is called unknown."""
    successors: Mapping[str, str] = field(default_factory=dict)
    """For each office that was merged into another that other's name."""

    def each(self, cells: pl.Expr) -> pl.Expr:
        """Return the offices that a list of cells names.

        Args:
            cells: lists of cells, each with one office or several.

        Returns:
            Lists of offices, each under the one that it was merged into.

        >>> frame = pl.DataFrame({"units": [["市工商局；市环保局"]]})
        >>> frame.select(Offices(successors={"市工商局": "市市场监管局"}).each(pl.col("units"))).item().to_list()
        ['市市场监管局', '市环保局']
        """
        single = pl.element().str.split(SEVERAL).explode()
        return cells.list.eval(single.replace(dict(self.successors)) if self.successors else single)

    def unknown(self, offices: pl.Expr) -> pl.Expr:
        """Return those of listed offices whose name nobody knows: each may be another name of any.

        Args:
            offices: lists as :meth:`each` returns them.

        Returns:
            Lists, empty where every name is known.

        >>> frame = pl.DataFrame({"units": [["市环保局", "某某中心", "云山镇人民政府"]]})
        >>> frame.select(Offices(frozenset({"市环保局"})).unknown(pl.col("units"))).item().to_list()
        ['某某中心']
        """
        if not self.known:
            return pl.lit([], dtype=pl.List(pl.String))
        name = pl.element()
        known = name.is_in(sorted(self.known | set(self.successors.values()))) | name.str.contains(LOWER_UNITS)
        return offices.list.eval(name.filter(~known)).fill_null([])
