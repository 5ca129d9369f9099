"""Whom a disclosure is open to, and whether it is owed to everybody: yes, no, or not for certain; and which fields a rule may name."""

from __future__ import annotations

import polars as pl
import pytest

from opencheck.rules.expressions import open_to_everybody, owed_to_everybody, require_field

MARKS = {None: True, "主动公开": True, "删减后公开": True, "依申请公开": False, "不予公开": False, "某某": None}


@pytest.mark.parametrize(("mark", "is_open"), MARKS.items())
def test_disclosure_is_open_by_its_mark(mark: str | None, is_open: bool | None) -> None:
    frame = pl.DataFrame({"attribute": [mark]}, schema={"attribute": pl.String})
    assert frame.select(open_to_everybody()).item() is is_open


@pytest.mark.parametrize("field", ["non_disclosure_reason", "confidential_basis"])
@pytest.mark.parametrize(
    ("reason", "excused"),
    [(None, None), ("涉及商业秘密", False), ("《保守国家秘密法》第九条", False), ("无正当理由", None), ("未附材料", None)],
)
def test_what_is_withheld_is_owed_to_nobody_only_for_a_reason(field: str, reason: str | None, excused: bool | None) -> None:
    columns = ("attribute", "non_disclosure_reason", "confidential_basis")
    rows = [{"attribute": mark, field: reason} for mark in MARKS]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))
    assert frame.select(owed_to_everybody()).to_series().to_list() == list((MARKS | {"不予公开": excused}).values())


@pytest.mark.parametrize(
    ("table", "name", "kinds", "told"),
    [
        ("disclosure", "published_on", ("date",), None),
        ("disclosure", "published_on", ("text", "date"), None),
        ("disclosure", "published_on", (), None),
        ("disclosure", "title", (), None),
        ("disclosure", "published_on", ("text",), "disclosure.published_on is a date, needed: text"),
        ("disclosure", "publishd_on", ("date",), "table disclosure has no field 'publishd_on'"),
        ("disclosure", "received_on", (), "table disclosure has no field 'received_on'"),
        ("disclosures", "published_on", (), "no table 'disclosures'"),
    ],
)
def test_field_is_one_of_its_table_and_of_a_kind_that_is_asked_for(
    table: str, name: str, kinds: tuple[str, ...], told: str | None
) -> None:
    said = None
    try:
        require_field(table, name, *kinds)
    except ValueError as error:
        said = str(error)
    assert said is None if told is None else told in str(said)
