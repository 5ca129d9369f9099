"""Whom a disclosure is open to, and whether it is owed to everybody: yes, no, or not for certain; which fields a rule may name; and the places
of records in one text that sorts like them.
"""

from __future__ import annotations

import polars as pl
import pytest

from opencheck.records.dataset import ROW, SRC
from opencheck.rules.expressions import open_to_everybody, owed_to_everybody, parse_row_key, require_field, row_key_text

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


PLACES = [(0, 1), (0, 9), (0, 10), (0, 1_048_576), (0, 99_999_999_999), (1, 1), (1, 2), (9, 1), (10, 1), (10, 3)]
"""Sources and rows, in their order."""


def keys(places: list[tuple[int | None, int | None]], **texts: list[str | None]) -> list[str]:
    schema = {SRC: pl.Int32, ROW: pl.Int64} | dict.fromkeys(texts, pl.String)
    frame = pl.DataFrame({SRC: [src for src, _ in places], ROW: [row for _, row in places], **texts}, schema=schema)
    return frame.select(row_key_text(*texts)).to_series().to_list()


def test_key_of_a_row_sorts_like_its_source_and_row_whatever_its_texts_are() -> None:
    texts = [f"{9 - n}" for n in range(len(PLACES))]
    made = dict(zip(keys([*PLACES], id=texts), PLACES, strict=True))
    assert [made[key] for key in sorted(made)] == PLACES
    (nowhere,) = keys([(None, None)], id=["0"])
    assert nowhere < min(made), "a record without a place comes before all others"


@pytest.mark.parametrize("place", [*PLACES, (None, None)])
def test_key_of_a_row_is_taken_apart_into_what_it_was_made_of(place: tuple[int | None, int | None]) -> None:
    (key,) = keys([place], id=["平政发〔2018〕1号"], unit=[None], title=["甲 乙"])
    assert parse_row_key(key) == (*place, ["平政发〔2018〕1号", None, "甲 乙"])
