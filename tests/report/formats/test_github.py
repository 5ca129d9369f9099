"""Annotations of GitHub."""

from __future__ import annotations

import re

import opencheck as oc
from opencheck.report.output import render


def test_github_annotations_name_each_violation(report: oc.Report, evil: oc.Report) -> None:
    lines = render(report, "github", "zh").decode().splitlines()
    assert len(lines) == len(report.questions) + len(report.violations) + report.rows["rejected"] + 1
    pattern = re.compile(r"::(error|warning|notice) [^:]*::.+")
    assert all(pattern.fullmatch(line) for line in lines)
    one = next(line for line in lines if "W054" in line and "PD-9.4" in line)
    assert f"line={next(f for f in report.violations if f.record_id == 'W054' and f.rule == 'PD-9.4').source.row}" in one
    for line in render(evil, "github", "en").decode().splitlines():
        assert pattern.fullmatch(line)


def test_github_asks_first_what_one_more_column_would_settle() -> None:
    report = oc.check({"document": [{"id": "1", "published_on": "2018-09-03"}], "interpretation": []}, as_of="2018-12-31")
    assert report.questions
    lines = render(report, "github", "zh").decode().splitlines()
    assert all(line.startswith("::notice title=先回答") for line in lines[: len(report.questions)])
    assert report.questions[0].text.zh in lines[0]
