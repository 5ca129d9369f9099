"""Reductions: partial results of any batches, merged in any order, are what one batch gives."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.rules import reductions
from opencheck.rules.reductions import MAX_LISTED_UNCERTAIN, Reduction

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "unit": st.sampled_from(["甲", "乙", None]),
            "topic": st.sampled_from(["a", "b", None]),
            "day": st.none() | st.dates(date(2018, 1, 1), date(2018, 1, 5)),
            "words": st.none() | st.lists(st.sampled_from(["x", "y", "z"]), max_size=3),
            "number": st.none() | st.integers(0, 9),
        }
    ),
    max_size=12,
)
SCHEMA = {"unit": pl.String, "topic": pl.String, "day": pl.Date, "words": pl.List(pl.String), "number": pl.Int64}
COLUMNS = {n: pl.col(n) for n in SCHEMA}
ALL = pl.lit(True)
REDUCTIONS = {
    "groups": Reduction("disclosure", ALL, {**COLUMNS, "last": pl.col("day"), "words": pl.col("words")}, keys=("unit", "topic"),
                        measures={"day": "min", "last": "max", "number": "sum"}),
    "items": Reduction("disclosure", ALL, COLUMNS, where=pl.col("number") > 2, explode=("words",), items={"words": ("x", "y")}, keys=("words",),
                       measures={"day": "min", "unit": "values"}),
    "values": Reduction("disclosure", ALL, {"unit": pl.col("unit"), "topic": pl.col("topic")}, keys=("unit",), measures={"topic": "values"}),
    "rows": Reduction("disclosure", ALL, {**COLUMNS, "id": pl.col("id"), ROW: pl.col(ROW), SRC: pl.col(SRC)}),
    "sample": Reduction("disclosure", ALL, {"id": pl.col("id"), "unit": pl.col("unit"), "topic": pl.col("topic"), ROW: pl.col(ROW), SRC: pl.col(SRC)},
                        sample=True),
}  # fmt: skip


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    found = pl.DataFrame(rows, schema=SCHEMA)
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return found.with_columns(number.alias(ROW), pl.lit(0, dtype=pl.Int32).alias(SRC), pl.format("{}", number).alias("id"))


def plain(reduction: Reduction, result: pl.DataFrame) -> list[Any]:
    """A result in an order of its own where it has none; all different values of a group in theirs."""
    rows = [
        {k: sorted(v, key=str) if isinstance(v, list) and reduction.keys else v for k, v in r.items()}
        for r in result.to_dicts()
    ]
    return rows if reduction.keys is None else sorted(rows, key=str)


@given(st.sampled_from(list(REDUCTIONS)), ROWS, st.lists(st.integers(0, 12), max_size=4), st.randoms(use_true_random=False))
def test_reduction_merged_partials_equal_one_batch(kind: str, rows: list[dict[str, Any]], cuts: list[int], random: Any) -> None:
    reduction, whole = REDUCTIONS[kind], frame(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reductions, "MAX_LISTED_UNCERTAIN", random.choice([3, 2000]))
        expected = plain(reduction, reduction.finish([reduction.partial(whole)]))
        ends = sorted({min(c, len(whole)) for c in cuts} | {0, len(whole)})
        parts = [reduction.partial(whole[a:b]) for a, b in pairwise(ends)] or [reduction.partial(whole)]
        random.shuffle(parts)
        assert plain(reduction, reduction.finish(parts)) == expected
        at = random.randrange(len(parts) + 1)  # merged in two steps
        steps = [reduction.merge(some) for some in (parts[:at], parts[at:]) if some]
        assert plain(reduction, reduction.finish(steps)) == expected


def many(count: int) -> pl.DataFrame:
    return frame([{"unit": f"{n % 5}", "topic": "a", "day": None, "words": None, "number": n} for n in range(count)])


@pytest.mark.parametrize("more", [0, 1])
def test_reduction_sample_lists_up_to_a_number_and_one_of_each_sort_beyond(more: int) -> None:
    reduction, rows = REDUCTIONS["sample"], many(MAX_LISTED_UNCERTAIN + more)
    found = reduction.finish([reduction.partial(rows[at : at + 300]) for at in range(0, len(rows), 300)])
    if not more:
        assert found["id"].to_list() == rows["id"].to_list()
        assert found[ROW].null_count() == 0
    else:
        least = rows.group_by("unit").agg(pl.col("id").min()).sort("id")
        assert found.select("unit", "id").rows() == least.rows()
        assert found[ROW].null_count() == 5  # one stands for many: it has no place of its own
    assert found["unit"].n_unique() == 5


def test_reduction_rejected_rows_stay_in_their_places() -> None:
    rows = many(5).with_columns(pl.Series(REJECTED, [False, True, False, True, False]))
    reduction = Reduction("disclosure", ALL, {n: pl.col(n) for n in ("id", ROW, SRC, REJECTED)})
    found = reduction.finish([reduction.partial(rows[3:]), reduction.partial(rows[:3])])
    assert found["id"].to_list() == ["1", "2", "3", "4", "5"]
    assert found[REJECTED].to_list() == rows[REJECTED].to_list()


def test_given_columns_may_be_made_of_one_another() -> None:
    rows = pl.DataFrame({"n": [1, 2, 3]})
    made = {"=four": pl.col("=two") * 2, "=two": pl.col("n") * 2}
    one = Reduction("document", pl.lit(True), {"m": pl.col("=four")}, given=made)
    assert one.reads == ["n"]
    assert one.partial(rows)["m"].to_list() == [4, 8, 12]
