"""Sheets that are named after a unit, one for each, with the same columns and none for the unit."""

from __future__ import annotations

import re

from opencheck.core.normalize import normalize_whitespace
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.table_detection import table_by_name
from opencheck.records.dataset import Dataset
from opencheck.records.vocabularies import VOCABULARIES

__all__ = ["note_units", "take_unit_of_sheet", "unit_of_sheet"]

_UNIT = re.compile(
    r"(?:\d{4}年?)?(?P<unit>(?!各|本|全|其他|其它|有关|相关|所有|下属|直属)[^\W\d_]{1,16}"
    r"(?:局|委|委员会|委会|办公室|办事处|(?<![已待在转未承交督催查代经主协难好一])办|镇|乡|街道|[法医学]院|中心|大队|支队|联合会|总工会|公司|指挥部|政府))"
    r"(?:\d{4}年?|公开|信息|政务|台账|表)*"
)
"""The name of a sheet that is one of a unit: how units end, and what may stand about it."""

_HEADER = "工作表名"


def unit_of_sheet(name: str) -> str | None:
    """The unit after which a sheet is named; None for any other name.

    >>> [unit_of_sheet(n) for n in ("市民政局", "2018年财政局台账", "云山镇", "公文", "已办", "乡镇", "各局")]
    ['市民政局', '财政局', '云山镇', None, None, None, None]
    """
    plain = normalize_whitespace(name)
    match = _UNIT.fullmatch(plain)
    if match is None or VOCABULARIES["level"].resolve(match["unit"]) is not None or table_by_name(match["unit"]) is not None:
        return None
    return match["unit"]


def take_unit_of_sheet(data: Dataset, table: RawTable, sheet: str) -> str | None:
    """Give the records of a table without a column of units the unit after which their sheet is named.

    Not where the whole ledger is said to be one unit's, and not waivers, which concern every unit where they name none.

    Args:
        data: the dataset.
        table: the table; it is changed.
        sheet: the sheet's name.

    Returns:
        The unit; None where the records keep none.
    """
    takes_one = "unit" in table.spec.fields and table.spec.name != "waiver" and data.expected is None
    if not takes_one or data.ledger_unit is not None or "unit" in table.columns or (unit := unit_of_sheet(sheet)) is None:
        return None
    table.columns["unit"] = (_HEADER, [unit] * len(table.rows))
    return unit


def note_units(data: Dataset, file: str, units: list[str]) -> None:
    """Say that the records of some sheets were taken as those of the units after which the sheets are named."""
    if units:
        data.notes.append(("note.sheet_units", {"file": file, "units": list(dict.fromkeys(units))}))
