"""The offices that cells name: one by one, under the office that each was merged into, and which of them nobody knows.

Reading: several offices in one cell are several; an office is the one that it was merged into; a name that the pack does not know may be
another name of any office, unless it is that of a town, a village or a community. Of the unit that a record names as its own: 本单位 and
我局 are that unit, and so is what begins with its name (市环保局宣传科); a company is no office.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from opencheck.rules.conditions import SEVERAL
from opencheck.rules.expressions import LOWER_UNITS

__all__ = ["Offices"]

_OURSELVES = (
    "^(?:[本我](?:单位|部门|机关|局|办|委|厅|处|院|校|馆|所|站|镇|乡|村|街道|社区|中心|公司)[^托包]*"
    "|自管|自行管理|自主管理|自我管理|自行运营|自主运营|自营|(?:同|与)?(?:责任|开设|主办)单位(?:一致|相同)?)$"
)
"""What names the unit that the record names; what it has entrusted to others (我局委托某公司) is left open."""
_COMPANY = "公司|集团|传媒$"
_BODY = "(?:人民政府|政府|党委|办事处|村民委员会|居民委员会|村委会|居委会)$"
"""What may follow the name of a town or a village."""
_NOT_ITS_PARTS = "[市县区](?:委|(?:人民)?政府)$"
"""What begins with the name of these is mostly an office of its own (市委宣传部)."""
_MOST_OWN = 4
"""Units that answer for one record; of further ones their parts are not known."""


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

    def is_own(self, cell: pl.Expr, own: pl.Expr) -> pl.Expr:
        """Return whether a cell names a unit of the record, or a part of one.

        Args:
            cell: the cell that is compared, with one unit or several.
            own: the cell with the unit of the record.

        Returns:
            True or false; null where one of the cells is blank, or a name that nobody knows may be the unit's.

        >>> frame = pl.DataFrame({"manager": ["本单位", "市环保局宣传科", "宣传科", "市财政局", "某传媒公司"], "unit": ["市环保局"] * 5})
        >>> offices = Offices(frozenset({"市环保局", "市财政局"}))
        >>> frame.select(offices.is_own(pl.col("manager"), pl.col("unit"))).to_series().to_list()
        [True, True, None, False, False]
        """
        named, units = self.each(pl.concat_list(cell)), self.each(pl.concat_list(own))
        found = named.list.set_intersection(units).list.len() > 0
        found = found | named.list.eval(pl.element().str.contains(_OURSELVES)).list.any()
        is_company = pl.element().str.contains(_COMPANY) & ~pl.element().str.contains("^[本我]")
        found = found | _begins_with_one(named.list.eval(pl.element().filter(~is_company)), units)
        strangers, own_strangers = self.unknown(named), self.unknown(units)
        may_be = strangers.list.eval(~is_company).list.any() | _begins_with_one(named, units)
        # A unit that nobody knows may have any name, but that of a company only where it may be one.
        may_be = may_be | ((own_strangers.list.len() > 0) & ~named.list.eval(is_company).list.all())
        may_be = may_be | own_strangers.list.eval(is_company).list.any()
        return pl.when(cell.is_not_null() & own.is_not_null() & (found | ~may_be)).then(found)

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


def _begins_with_one(named: pl.Expr, units: pl.Expr) -> pl.Expr:
    """Whether one of the named offices begins with the name of one of a record's units."""
    text = pl.concat_str(pl.lit(SEVERAL), named.list.join(SEVERAL))
    found = pl.lit(False)
    for place in range(_MOST_OWN):
        unit = units.list.get(place, null_on_oob=True)
        short = unit.str.strip_prefix("市").str.replace(_BODY, "")
        whole = ~unit.str.contains(_NOT_ITS_PARTS) & (short.str.len_chars() > 1)
        begins = pl.any_horizontal(
            text.str.contains(pl.concat_str(pl.lit(SEVERAL + city), short), literal=True) for city in ("", "市")
        )
        found = found | (whole & begins).fill_null(False)
    return found
