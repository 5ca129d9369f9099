"""Whose ledger it is: the units that have records, the one that has most of them, and findings whose record names no unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from opencheck.core.localized import LocalizedName, LocalizedText
from opencheck.core.message_catalogue import LANGUAGES
from opencheck.core.normalize import normalize_key
from opencheck.core.outcomes import Outcome
from opencheck.records.dataset import Dataset
from opencheck.report import messages
from opencheck.report.finding import Finding
from opencheck.report.wording import place_text
from opencheck.rules.conditions import SEVERAL
from opencheck.rules.packs.unit_names import named_by_any

if TYPE_CHECKING:
    from opencheck.rules.packs.pack import Pack

__all__ = ["LedgerUnits", "Unassigned", "unassigned_findings", "violations_of_absent_units"]


@dataclass(frozen=True)
class Unassigned:
    """Findings of one sheet that rest on records without a unit, and therefore stand under the unit that their clauses name."""

    table: str
    file: str | None
    sheet: str | None
    column: bool
    """Whether the sheet has a column for the unit, blank in these records."""
    units: tuple[str, ...]
    """The units that their clauses name."""
    count: int
    violations: int

    def remark(self, own: str | None, *, listed: bool = True) -> LocalizedText:
        """Return what to say of them.

        Args:
            own: the unit whose ledger it seems to be.
            listed: whether the findings are in the report, under the clause's unit.
        """
        where = place_text(self.file, self.sheet, None, "zh")
        facts = {
            "table": LocalizedName(*(messages.table_label(self.table, lang) for lang in LANGUAGES)),
            "where": LocalizedName(f"（{where}）", f" ({where})") if where else "",
            "lack": messages.localized_message(
                f"unassigned.{'blank' if self.column else 'no_column'}", {"field": (self.table, "unit")}
            ),
            "count": self.count,
            "violations": self.violations,
            "units": self.units,
            "own": own or LocalizedName("单位", "UNIT"),
        }
        return messages.localized_message("unassigned.listed" if listed else "unassigned.left_out", facts)


class LedgerUnits:
    """The units of the records of a check, under the names of its packs.

    Args:
        packs: the packs of the check.
        data: the records that were read and judged.
    """

    def __init__(self, packs: Sequence[Pack], data: Dataset) -> None:
        self._names = [pack.unit_names for pack in packs]
        self._known = [unit.name for pack in packs for unit in pack.units]
        self.counts: Counter[str] = Counter()
        """Records by unit, under the name that the packs give it; a cell with several units is one name. Waivers are no records."""
        for table in data.tables.values():
            if "unit" in table.spec.fields and table.spec.name != "waiver":
                for unit, number in table.unit_counts.items():
                    self.counts[named_by_any(self._names, unit)] += number
        rejected = {str(r.values["unit"]) for r in data.rejected if r.values.get("unit") and r.table != "waiver"}
        self.mentioned = {name for unit in (*self.counts, *rejected) for name in self.keys(unit)}
        """The units that records name, rejected rows included, by their keys."""

    def keys(self, written: str) -> set[str]:
        """A key for each unit that a cell names: the same for all spellings of a unit."""
        return {self._names[0].bare(normalize_key(n)) for n in named_by_any(self._names, written).split(SEVERAL)}

    @property
    def own(self) -> str | None:
        """The unit whose ledger it seems to be: more than half of the records that name a unit name it; None where no unit has that many."""
        met: Counter[str] = Counter()
        for units, number in self.counts.items():
            for unit in units.split(SEVERAL):
                met[unit] += number
        most = max(met, key=lambda unit: (met[unit], unit), default=None)
        return most if most is not None and 2 * met[most] > self.counts.total() else None

    @cached_property
    def known(self) -> set[str]:
        """The units of the packs, by their keys; 市政府各部门 and the like are none of them."""
        return {key for unit in self._known for key in self.keys(unit)}

    @property
    def absent(self) -> set[str]:
        """The units of the packs that no record names, by their keys."""
        return self.known - self.mentioned


def unassigned_findings(
    findings: Iterable[Finding], units: LedgerUnits, data: Dataset, chosen: Sequence[str] | None = None
) -> list[Unassigned]:
    """Return the findings of records without a unit by sheet, as far as the clause names several units, none of them by name.

    Where a clause binds one unit, as that on air quality binds 市环保局, a record needs to name none.

    Args:
        findings: the findings of a check that a person must act on.
        units: the units of its records.
        data: its records.
        chosen: the units of a report of some units only, for what it leaves out: also findings whose clause names nobody, as all of a
            pack for one office do; and, where it is the ledger of one of these units, those whose clause names a single unit.
    """
    nobody = chosen is not None
    keeper = units.keys(units.own) if units.own is not None else set()
    known = bool(keeper) and keeper <= {key for unit in chosen or () for key in units.keys(unit)}
    found: dict[tuple[str, int | None], list[Finding]] = {}
    asks_for_unit: dict[str, bool] = {"": nobody}
    for finding in findings:
        if finding.rests_on_record and finding.names_no_unit:
            named = finding.real_unit or ""
            if named not in asks_for_unit:
                asks_for_unit[named] = known or (bool(units.known) and not units.keys(named) <= units.known)
            if asks_for_unit[named]:
                found.setdefault((finding.table, finding.src), []).append(finding)
    made = []
    for (table, src), own in found.items():
        file, sheet = own[0].source.file, own[0].source.sheet
        column = any(s.src == src and "unit" in s.fields for s in data.tables[table].sources)
        under = tuple(dict.fromkeys(f.unit for f in own if f.unit))
        broken = sum(f.outcome is Outcome.VIOLATION for f in own)
        made.append(Unassigned(table, file, sheet, column, under, len(own), broken))
    return sorted(made, key=lambda u: (-u.violations, -u.count))


def violations_of_absent_units(violations: Iterable[Finding], units: LedgerUnits) -> list[Finding]:
    """Return the violations that rest on no record, of units that have none, in what seems to be the ledger of one unit.

    Args:
        violations: the violations of a check.
        units: the units of its records.
    """
    if units.own is None:
        return []
    absent = units.absent
    return [
        f
        for f in violations
        if not f.rests_on_record and f.real_unit and not f.before_plan and units.keys(f.real_unit) <= absent
    ]
