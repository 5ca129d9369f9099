"""No text makes a regular expression of the package or of a pack take long: each is run over texts made from its own alphabet."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from adversarial_texts import CPU_SECONDS, TooLong, Used, patterns_of_code, patterns_of_packs, texts_against, within

SIZE, SECONDS = 10_000, CPU_SECONDS / 4
"""Half the text that ``CPU_SECONDS`` is for, and what quadratic work over it takes then: the same search in a third of the time."""

BOUNDED = {
    "jobs.py:72": "the text of one error",
    "opencheck.records.date_spans._BETWEEN": "cells of at most 100 characters",
    "opencheck.records.document_numbers._ONE": "lists of at most 400 characters",
    "opencheck.records.table_spec._TWO_LANGUAGES": "headings of at most 60 characters",
    "opencheck.records.ticked_options._PAIRS[1]": "cells of at most 200 characters",
    "opencheck.rules.subject_names._AND_OTHERS": "cells of at most 400 characters",
    "opencheck.rules.subject_names._AND_OTHER_ONES": "cells of at most 400 characters",
}
"""Patterns that are quadratic and only see short texts, and why."""


@pytest.fixture(scope="module")
def patterns() -> dict[str, Used]:
    """Every pattern of the package that may see long texts: looking for them takes too long for every worker to do it at collection."""
    return {path: used for path, used in patterns_of_code().items() if path not in BOUNDED}


def slow_text(used: Used, size: int = SIZE, seconds: float = SECONDS) -> str | None:
    """The first text over which a pattern takes longer than its budget, if there is one."""
    pattern = re.compile(used.pattern)
    for text in texts_against(used.pattern, size):
        try:
            with within(seconds):
                if used.anywhere:
                    for _ in pattern.finditer(text):
                        pass
                else:
                    pattern.match(text)
                    pattern.fullmatch(text)
        except TooLong:
            return f"{text[:40]!r} … {text[-3:]!r}"
    return None


@pytest.mark.parametrize("pattern", [r"\s*$", r"(?:a|b)*c", r"【[^】]*】", r"(a+)+$", r"[A-Za-z]+\d"])
def test_budget_finds_patterns_that_explode(pattern: str) -> None:
    """With a sixteenth of the seconds, as each of them runs until they are over."""
    assert slow_text(Used(pattern, True), seconds=SECONDS / 16) is not None


def test_patterns_of_every_sort_are_found(patterns: dict[str, Used]) -> None:
    assert len(patterns) > 150
    assert {"opencheck.records.label_options._TOKEN", "opencheck.core.personal_data._ADDRESS"} <= set(patterns)
    assert any(name.startswith("html.py:") for name in patterns)
    assert not patterns["opencheck.core.time_limits._DURATION"].anywhere
    assert patterns["opencheck.core.personal_data._ADDRESS"].anywhere


def test_patterns_of_code_are_linear_over_texts_of_their_own_alphabet(patterns: dict[str, Used]) -> None:
    assert {path: text for path, used in patterns.items() if (text := slow_text(used)) is not None} == {}


PACK_PATTERNS = """
import sys
from pathlib import Path
import polars as pl
from adversarial_texts import patterns_of_packs, texts_against
for path, pattern in patterns_of_packs(Path(sys.argv[1])).items():
    for text in texts_against(pattern, 50_000):
        texts = pl.Series([text])
        texts.str.contains(pattern, strict=True)
        if ".matches" in path:
            texts.str.extract_all(pattern)
    print(path)
"""


def test_pattern_of_a_pack_finishes_over_long_texts(root: Path) -> None:
    """In a process of its own, as an engine in Rust cannot be interrupted."""
    known = patterns_of_packs(root / "rules")
    assert len(known) > 10
    paths = [str(root / "tests/support"), *sys.path]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}\n{PACK_PATTERNS}", str(root / "rules")],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.splitlines() == list(known), done.stderr
