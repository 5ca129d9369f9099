"""What is relied on beyond what libraries promise: these tests fail where a new version behaves otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

import polars as pl

from opencheck.core.library_behaviour import ALLOCATOR_SETTINGS, ALLOCATOR_VARIABLE, lazy_batches, single_chunks


def loaded_with(settings: str) -> str:
    """What Polars' allocator complains of when it is loaded with settings."""
    command = [sys.executable, "-c", "import polars as pl; pl.DataFrame({'a': range(1000)}).sum()"]
    return subprocess.run(command, env=os.environ | {ALLOCATOR_VARIABLE: settings}, capture_output=True, text=True).stderr


def test_allocator_settings_are_understood() -> None:
    assert "jemalloc" not in loaded_with(ALLOCATOR_SETTINGS)


def test_allocator_variable_is_read() -> None:
    assert "no_such_setting" in loaded_with("no_such_setting:1")


def test_lazy_batches_keep_the_order_and_about_the_size() -> None:
    frame = pl.LazyFrame({"n": range(10_000)}).with_columns(pl.col("n") * 2)
    batches = list(lazy_batches(frame, 1_000))
    assert pl.concat(batches)["n"].to_list() == list(range(0, 20_000, 2))
    assert max(map(len, batches)) <= 1_000


def test_single_chunks_makes_items_of_lists_safe() -> None:
    parts = [pl.DataFrame({"items": [["a", None], None, []]}), pl.DataFrame({"items": [["b"], ["a", "b"]]})]
    frame = single_chunks(pl.concat(parts, rechunk=False))
    assert frame.n_chunks() == 1
    contains = frame.select(pl.col("items").list.contains("a"), n=pl.col("items").list.unique().list.len())
    assert contains["items"].to_list() == [True, None, False, False, True]
    assert contains["n"].to_list() == [2, None, 0, 1, 2]
