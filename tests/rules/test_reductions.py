"""Reductions: partial results of any batches, merged in any order, are what one batch gives."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.records.dataset import REJECTED, ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules import reductions
from opencheck.rules.conditions import TOPIC_LIKE
from opencheck.rules.reductions import (
    MAX_LISTED_UNCERTAIN,
    Link,
    Reduction,
    expected_subjects,
    link_key,
    link_keys,
    linking_fields,
    roster_reduction,
    usable,
)

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


@pytest.mark.parametrize("size", [6, 3, 1])
def test_reduction_groups_hold_the_least_the_greatest_the_sum_and_every_value(size: int) -> None:
    days = [date(2018, 1, 3), None, date(2018, 1, 1), date(2018, 1, 2), None, date(2018, 1, 3)]
    rows = frame(
        [
            {"unit": unit, "topic": topic, "day": day, "words": None, "number": number}
            for unit, topic, day, number in zip(
                "甲甲甲乙丙甲", ["b", "a", None, None, None, "b"], days, [1, 2, 4, 8, None, 16], strict=True
            )
        ]
    )
    measures: dict[str, Any] = {"day": "min", "last": "max", "number": "sum", "topic": "values"}
    columns = {**COLUMNS, "last": pl.col("day")}
    reduction = Reduction("disclosure", ALL, columns, keys=("unit",), measures=measures)
    found = reduction.finish([reduction.partial(rows[at : at + size]) for at in range(0, 6, size)])
    assert {unit: tuple(more) for unit, *more in found.select("unit", *measures).iter_rows()} == {
        "甲": (date(2018, 1, 1), date(2018, 1, 3), 23, ["a", "b"]),
        "乙": (date(2018, 1, 2), date(2018, 1, 2), 8, []),
        "丙": (None, None, 0, []),
    }
    whole = reduction.regrouped(found.with_columns(pl.lit("全市").alias("unit")))
    assert whole.select("unit", *measures).rows() == [("全市", date(2018, 1, 1), date(2018, 1, 3), 31, ["a", "b"])]


def many(count: int) -> pl.DataFrame:
    return frame([{"unit": f"{n % 5}", "topic": "a", "day": None, "words": None, "number": n} for n in range(count)])


@pytest.mark.parametrize("size", [300, 10_000])  # in several batches, and in one
@pytest.mark.parametrize("more", [0, 1])
def test_reduction_sample_lists_up_to_a_number_and_one_of_each_sort_beyond(more: int, size: int) -> None:
    reduction, rows = REDUCTIONS["sample"], many(MAX_LISTED_UNCERTAIN + more)
    found = reduction.finish([reduction.partial(rows[at : at + size]) for at in range(0, len(rows), size)])
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
    assert replace(one, where=(pl.col("=two") > 2) & pl.col("k").is_null()).reads == ["k", "n"]
    assert one.partial(rows)["m"].to_list() == [4, 8, 12]


def test_reduction_sample_keeps_the_earliest_day_of_a_sort_unless_one_has_none() -> None:
    columns = {n: pl.col(n) for n in ("id", "unit", "day", "number", ROW, SRC)}
    reduction = Reduction("disclosure", ALL, columns, sample=True, earliest=("day",), told=("number",))
    rows = frame(
        [
            {"unit": unit, "topic": "a", "day": day, "words": None, "number": number}
            for number in range(2)
            for unit, day in (("甲", date(2018, 1, 1 + number)), ("乙", date(2018, 1, 3) if number else None))
        ]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reductions, "MAX_LISTED_UNCERTAIN", 3)
        parts = [reduction.partial(rows[at : at + 1]) for at in range(4)]
        found = reduction.finish(parts)
    assert found.select("id", "unit", "day", "number", ROW, SRC).sort("unit").rows() == [
        ("2", "乙", None, 0, None, None),
        ("1", "甲", date(2018, 1, 1), 0, None, None),
    ]


def test_reduction_of_no_rows_has_the_columns_of_its_result() -> None:
    columns = {"unit": pl.col("unit"), "like": pl.col(TOPIC_LIKE), REJECTED: pl.col(REJECTED)}
    found = Reduction("disclosure", ALL, columns).of_no_rows()
    assert (found.columns, len(found)) == (["unit", "like", REJECTED], 0)
    assert Reduction("unit", ALL, {"staff": pl.col("staff")}).of_no_rows().schema == {"staff": pl.Int64}


@pytest.mark.parametrize(
    ("cell", "keys"),
    [
        ("1", ["1"]),
        ("《关于Ｘ的 通知》", ["关于x的通知"]),
        ("平政发〔2018〕9号；平政发[2018]8号", ["平政发20188号", "平政发20189号", "平政发20189号;平政发20188号"]),
        ("关于X、Y的意见", ["y的意见", "关于x", "关于x、y的意见"]),
        ("；", [";"]),
        (" ", []),
    ],
)
def test_cell_refers_to_each_of_its_parts_and_to_the_whole(cell: str, keys: list[str]) -> None:
    found = pl.DataFrame({"by": [cell]}).select(r=link_keys(pl.col("by")))["r"].to_list()[0]
    assert sorted(found) == keys


@pytest.mark.parametrize(
    ("table", "fields", "found"),
    [
        ("document", {"id", "number", "title"}, ["id", "number", "title"]),
        ("document", {"id", "title"}, ["id", "title"]),
        ("document", set(), ["id"]),
        ("meeting", {"id", "number", "title"}, ["id", "title"]),
    ],
)
def test_record_is_referred_to_by_the_fields_that_its_sources_have(table: str, fields: set[str], found: list[str]) -> None:
    assert linking_fields(table, {table: frozenset(fields)}) == found


def test_roster_has_the_subjects_of_its_topics_and_what_may_be_of_them() -> None:
    schema = {n: f.dtype for n, f in TABLES["roster"].fields.items()} | {
        TOPIC_LIKE: pl.String,
        REJECTED: pl.Boolean,
        ROW: pl.Int64,
        SRC: pl.Int32,
    }
    rows = [
        ("a", "甲", None, False),
        ("b", "乙", None, False),
        (None, "丙", None, False),
        ("a", None, None, False),
        ("as", "丁", "a", False),
        ("a", "戊", None, True),
    ]
    frame_ = pl.DataFrame(
        [
            dict.fromkeys(schema) | {"id": str(i), "topic": t, "subject": s, TOPIC_LIKE: like, REJECTED: no, ROW: i, SRC: 0}
            for i, (t, s, like, no) in enumerate(rows)
        ],
        schema=schema,
    )
    assert roster_reduction(["a"], {"roster": frozenset({"topic"})}) == {}
    made = roster_reduction(["a"], {"roster": frozenset({"topic", "subject"})})
    assert list(made) == ["roster"]
    reduction = made["roster"]
    kept = reduction.partial(frame_.filter(reduction.concerned))
    assert kept["subject"].to_list() == ["甲", "丙", None, "丁", "戊"]
    assert kept["topic"].to_list() == ["a", None, "a", None, "a"]
    sure, notes = expected_subjects({"roster": kept})
    assert sure["subject"].to_list() == ["甲"]
    assert [(str(n.outcome), n.missing, n.facts) for n in notes] == [("indeterminate", ("roster.subject",), {"roster_rows": 4})]
    assert expected_subjects({"roster": kept[:1]})[1] == []
    none, notes = expected_subjects({})
    assert (none.columns, len(none), notes) == (["topic", "subject", "since", "until", "unit"], 0, [])


def test_rows_of_which_it_is_unknown_whether_a_rule_applies_may_count() -> None:
    found = pl.DataFrame({"a": [True, False, None]}).select(r=usable(pl.col("a")))["r"].to_list()
    assert found == [True, False, True]


@given(
    st.lists(
        st.none() | st.text(alphabet="aZ09_-. \u3000《》〔(２字\u3400\uf900\u9fff\u4e00Éß㎡\u200b", max_size=8), max_size=8
    )
)
def test_key_of_a_text_that_needs_no_folding_is_the_folded_one(texts: list[str | None]) -> None:
    """Texts of plain letters alone are not folded; that gives what folding them would."""

    def folded(text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).lower()
        return re.sub(r"[\s\u200b\ufeff《》〈〉<>〔〕【】()\[\]]+", "", plain)

    found = pl.DataFrame({"title": texts}, schema={"title": pl.String}).select(link_key(pl.col("title"))).to_series()
    assert found.to_list() == [None if text is None else folded(text) for text in texts]


def test_letters_that_are_not_folded_are_those_that_folding_leaves_alone() -> None:
    letters = [chr(code) for code in (*range(0x4E00, 0xA000), *map(ord, "0123456789abcdefghijklmnopqrstuvwxyz_-."))]
    assert [c for c in letters if unicodedata.normalize("NFKC", c).lower() != c] == []
    assert pl.DataFrame({"c": letters}).select(link_key(pl.col("c"))).to_series().to_list() == letters


def test_link_needs_its_reductions_and_before_them_the_one_that_limits_its_keys() -> None:
    first, second = (
        Reduction(table, ALL, {"n": pl.lit(1)}, keys=("key",), measures={"n": "sum"}) for table in ("document", "meeting")
    )
    assert Link("a", "id", (first, second)).needed == [first, second]
    assert Link("a", "id", (first,), among=second).needed == [second, first]
    assert Link("a", "id", (first, second)).measures == ["n"]
