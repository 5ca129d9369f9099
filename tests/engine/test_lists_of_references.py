"""Of several references in a cell each must find its record: what one that finds none may mean is left open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import opencheck as oc

NUMBERS = {"A": "平政发〔2018〕1号", "B": "平政发〔2018〕2号"}


def documents(**more: Any) -> list[dict[str, Any]]:
    common = {"is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03", "unit": "市财政局"}
    titles = {"A": "关于甲的通知", "B": "关于乙、丙的通知"}
    return [{"id": i, "number": n, "title": titles[i], **common, **more} for i, n in NUMBERS.items()]


def said(*references: str | None, unit: str = "市财政局", engine: Any = "polars") -> list[str]:
    """What is said of the two documents."""
    rows = [{"id": str(n), "document_id": r, "published_on": "2018-09-04", "unit": unit} for n, r in enumerate(references)]
    tables = {"document": documents(), "interpretation": rows}
    report = oc.check(tables, as_of="2018-12-31", rules=["PD-9.4"], engine=engine, include_all=True)
    return [str(f.outcome) for f in report.findings()]


@pytest.mark.parametrize(
    ("reference", "second"),
    [
        ("A、C", "indeterminate"),
        ("A；平政发〔2018〕9号", "indeterminate"),
        ("平政发〔2018〕1号\n关于另一件事的通知", "indeterminate"),
        ("平政发〔2018〕1号、2号", "pass"),
        ("平政发〔2018〕1号和2号", "pass"),
        ("A、B", "pass"),
        ("A、关于乙、丙的通知", "indeterminate"),  # 关于乙 and 丙的通知 find nothing
        ("A", "violation"),
    ],
)
def test_reference_beside_one_that_is_found_leaves_open_what_it_means(reference: str, second: str) -> None:
    assert said(reference) == ["pass", second]


def test_title_with_a_comma_refers_to_one_record_and_leaves_nothing_open() -> None:
    assert said("关于乙、丙的通知") == ["violation", "pass"]


def test_reference_of_another_office_leaves_nothing_open() -> None:
    assert said("A、C", unit="市民政局") == ["pass", "violation"]


def test_each_cell_is_looked_at_by_itself() -> None:
    assert said("A", "B、A") == ["pass", "pass"]
    assert said("A", "C") == ["pass", "indeterminate"]
    assert said(None, "A") == ["pass", "indeterminate"]


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("engine", ["polars", "duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_every_engine_leaves_the_same_open(engine: Any, form: str, tmp_path: Path) -> None:
    found = []
    for reference in ("A、C", "平政发〔2018〕1号、2号", "关于乙、丙的通知"):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        row = {"id": "1", "document_id": reference, "published_on": "2018-09-04", "unit": "市财政局"}
        for name, rows in (("document", documents(is_policy="是")), ("interpretation", [row])):
            frame = pl.DataFrame(rows)
            {"csv": frame.write_csv, "parquet": frame.write_parquet}[form](folder / f"{name}.{form}")
        report = oc.check(folder, as_of="2018-12-31", rules=["PD-9.4"], engine=engine, include_all=True)
        found.append({f.record_id: str(f.outcome) for f in report.findings()})
    assert found == [
        {"A": "pass", "B": "indeterminate"},
        {"A": "pass", "B": "pass"},
        {"A": "violation", "B": "pass"},
    ]
