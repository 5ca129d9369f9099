"""The tables, their headers and models."""

from __future__ import annotations

from datetime import date

import pytest

from opencheck.core.normalize import normalize_header
from opencheck.records import TABLES


@pytest.mark.parametrize("table", TABLES)
def test_tables_header_names_one_field(table: str) -> None:
    spec, seen = TABLES[table], {}
    for field in spec.fields.values():
        for text in (field.name, field.column.label_zh, *field.column.aliases):
            assert seen.setdefault(normalize_header(text)[0], field.name) == field.name or text in ("公开主体",), text
    for field in spec.fields.values():
        assert spec.resolve_header(field.column.label_zh) == field.name


def test_tables_have_the_common_fields() -> None:
    for spec in TABLES.values():
        assert {"id", "unit", "title", "url", "note"} <= set(spec.fields)


def test_table_model_reads_cell_values() -> None:
    row = TABLES["disclosure"].model(published_on="2018年8月24日", elements="甲；乙", extra_column=1)
    assert row.published_on == date(2018, 8, 24)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="2018-02-30"):
        TABLES["disclosure"].model(published_on="2018-02-30")


def test_every_whole_number_says_what_it_counts() -> None:
    """Without it no word of measure could be told from another: a number of persons would take days."""
    fields = [(t.name, f.name, f.column.counted) for t in TABLES.values() for f in t.fields.values() if f.kind == "int"]
    assert [f for f in fields if f[2] is None] == []
    assert {c for _, _, c in fields} == {"persons", "attendances", "days", "times"}
