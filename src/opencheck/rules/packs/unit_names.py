"""From what ledgers write for a unit to the pack's name for it: by rule, not by a list alone.

A unit is the same with and without the city's name, with and without 市, in the short and the long form of its business (市场监管局,
市场监督管理局), and however several units are put into one cell. What two units of the pack could mean is left as it stands. A unit that the
pack does not list keeps its name, but for the city's: 平度市供销社 is 市供销社, 平度市云山镇 is 云山镇.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from opencheck.core.normalize import normalize_key
from opencheck.rules.conditions import SEVERAL
from opencheck.rules.expressions import LOWER_UNITS

__all__ = ["UnitNames", "named_by_any"]

_SHORT = {
    "监督管理": "监管",
    "发展和改革": "发改",
    "发展改革": "发改",
    "教育和体育": "教体",
    "教育体育": "教体",
    "环境保护": "环保",
    "食品药品": "食药",
    "住房和城乡建设": "住建",
    "住房城乡建设": "住建",
    "卫生和计划生育": "卫计",
    "卫生计生": "卫计",
    "卫生健康": "卫健",
    "人力资源和社会保障": "人社",
    "人力资源社会保障": "人社",
    "国土资源": "国土",
    "自然资源和规划": "自然资源",
    "工商行政管理": "工商",
    "人民政府": "政府",
    "委员会": "委",
    "办公室": "办",
}
"""How offices shorten the names of their business."""
_LOWER = re.compile(LOWER_UNITS)
_LISTED = re.compile(r"[;；、,，/／]")
"""Between units of which none is known; a space, or 和, may belong to a name."""
_BETWEEN = re.compile(r"[;；、,，/／\s]+|(?<=[局委办府])(?:和|及|与)")


class Spelled(Protocol):
    """A unit with its spellings."""

    @property
    def name(self) -> str:
        """The pack's name."""

    @property
    def aliases(self) -> list[str]:
        """The other names of ledgers."""


class UnitNames(dict[str, str]):
    """Normalised spelling → the pack's name for a unit. ``get`` finds it by rule where the spelling is not listed.

    >>> class Unit:
    ...     name, aliases = "市市场监督管理局", ["平度市市场监督管理局", "市工商局"]
    >>> names = UnitNames([Unit()])
    >>> names.get("平度市市场监管局"), names.get("工商局"), names.get("青岛市市场监管局")
    ('市市场监督管理局', '市市场监督管理局', None)
    """

    def __init__(self, units: Iterable[Spelled]) -> None:
        listed = [(normalize_key(n), normalize_key(u.name), u.name) for u in units for n in (u.name, *u.aliases)]
        super().__init__({spelling: name for spelling, _, name in listed})
        self._cities = sorted(
            {s.removesuffix(own) for s, own, _ in listed if s != own and s.endswith(own) and own.startswith("市")}
        )
        meant: dict[str, set[str]] = {}
        for spelling, _, name in listed:
            meant.setdefault(self.bare(spelling), set()).add(name)
        self._by_rule = {bare: next(iter(names)) for bare, names in meant.items() if len(names) == 1}

    def bare(self, spelling: str) -> str:
        """Return a normalised spelling without the city, its business in the short form: alike for one unit, known or not."""
        for city in self._cities:
            spelling = spelling.removeprefix(city)
        spelling = spelling.removeprefix("市") if not spelling.startswith("市场") else spelling
        for long, short in _SHORT.items():
            spelling = spelling.replace(long, short)
        return spelling

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """The pack's name for a normalised spelling of one unit."""
        return super().get(key) or self._by_rule.get(self.bare(key)) or default

    def local(self, text: str) -> str:
        """What a cell says of units that the pack does not know, each without the city's name before its own.

        >>> class Unit:
        ...     name, aliases = "市财政局", ["平度市财政局"]
        >>> names = UnitNames([Unit()])
        >>> [names.local(t) for t in ("平度市供销社", "平度市云山镇政府", "平度市", "青岛市财政局")]
        ['市供销社', '云山镇政府', '平度市', '青岛市财政局']
        >>> names.local("市供销社、平度市农机局"), names.local("各部门、各镇街")
        ('市供销社；市农机局', '各部门、各镇街')
        """
        if "各" in text:  # 各部门、各镇街: no names
            return text
        parts = [part.strip() for part in _LISTED.split(text) if part.strip()]
        return SEVERAL.join(dict.fromkeys(map(self._local, parts))) if parts else text

    def _local(self, name: str) -> str:
        city = next((c for c in self._cities if name.startswith(f"{c}市")), None)
        if city is None or name == f"{city}市":
            return name
        own = name.removeprefix(city)
        return own.removeprefix("市") if _LOWER.search(own) else own

    def in_cell(self, text: str) -> str | None:
        """The pack's name for what a cell says, or for several units in it their names; the cell is split before it is normalised."""
        found = self.get(normalize_key(text))
        if found is None and len(parts := [p.strip() for p in _BETWEEN.split(text) if p.strip()]) > 1:
            known = [self.get(normalize_key(p)) for p in parts]
            if any(known):
                found = SEVERAL.join(dict.fromkeys(name or self._local(part) for name, part in zip(known, parts, strict=True)))
        return found


def named_by_any(names: Iterable[UnitNames], written: str) -> str:
    """What a cell says under the names of the first pack that knows one of its units; where none does, without the city's name."""
    each = list(names)
    found = next((found for one in each if (found := one.in_cell(written))), None)
    return found or (each[0].local(written) if each else written)
