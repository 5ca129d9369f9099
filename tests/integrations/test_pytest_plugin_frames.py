"""A failing test of a project shows its own line, not the inside of opencheck."""

from __future__ import annotations

import pytest

TEST = """
RECORDS = {"document": [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}], "interpretation": []}

def test_late(opencheck):
    opencheck.check(RECORDS, as_of="2018-12-31", rules=["PD-9.4"]).assert_compliant()

def test_wrong_rule(opencheck):
    opencheck.check(RECORDS, as_of="2018-12-31", rules=["PD-9.44"])

def test_wrong_day(opencheck):
    opencheck.preflight({"id": "1"}, table="documents", as_of="2018-12-31")
"""


def test_frames_of_opencheck_are_hidden(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TEST)
    result = pytester.runpytest()
    result.assert_outcomes(failed=3)
    text = result.stdout.str()
    assert "def assert_compliant" not in text
    assert "pytest_plugin.py" not in text  # the fixture's own frames
    assert "deprecation.py" not in text  # the wrapper's
    result.stdout.fnmatch_lines(["*test_frames_of_opencheck_are_hidden.py:4: AssertionError*"])
    assert "did you mean: PD-9.4" in text
    assert "did you mean: document;" in text
