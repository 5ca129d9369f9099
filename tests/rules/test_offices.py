"""Whether a cell names the unit of a record: itself, a part of it, another office, or one that nobody knows."""

from __future__ import annotations

import polars as pl
import pytest

from opencheck.rules.offices import Offices

OFFICES = Offices(frozenset({"市环保局", "市财政局", "市委宣传部", "市政府办公室"}), {"市环保局": "市生态环境局"})


@pytest.mark.parametrize(
    ("manager", "unit", "own"),
    [
        ("市环保局", "市生态环境局", True),  # merged into it
        ("环保局宣传科", "市环保局", None),
        ("财政局预算科", "市财政局", True),
        ("市财政局预算科", "市财政局", True),
        ("云山镇党政办", "云山镇人民政府", True),
        ("市财政局；云山镇党政办", "云山镇人民政府", True),
        ("市云山镇党政办", "云山镇人民政府", True),
        ("旧店镇人民政府", "云山镇人民政府", False),
        ("市委宣传部", "市委", None),  # an office of its own
        ("局办公室", "市局", None),  # a name of one character is that of many
        ("我局", "市财政局", True),
        ("我局委托某公司", "市财政局", None),
        ("某公司", "市财政局", False),
        ("财政局传媒公司", "市财政局", None),
        ("某某中心", "市财政局", None),
        ("市财政局", "某某中心", None),
        ("某传媒公司", "某某中心", False),
        ("市财政局", "市环保局；市财政局", True),
        (None, "市财政局", None),
        ("市财政局", None, None),
    ],
)
def test_cell_names_the_unit_of_its_record_or_not(manager: str | None, unit: str | None, own: bool | None) -> None:
    frame = pl.DataFrame({"manager": [manager], "unit": [unit]}, schema={"manager": pl.String, "unit": pl.String})
    assert frame.select(OFFICES.is_own(pl.col("manager"), pl.col("unit"))).item() is own
