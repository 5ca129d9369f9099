"""Annotations of GitHub."""

from __future__ import annotations

import re

import opencheck as oc
from opencheck.report.output import render


def test_github_annotations_name_each_violation(report: oc.Report, evil: oc.Report) -> None:
    lines = render(report, "github", "zh").decode().splitlines()
    assert len(lines) == len(report.violations) + report.rows["rejected"] + 1
    pattern = re.compile(r"::(error|warning|notice) [^:]*::.+")
    assert all(pattern.fullmatch(line) for line in lines)
    one = next(line for line in lines if "W054" in line and "PD-9.4" in line)
    assert f"line={next(f for f in report.violations if f.record_id == 'W054' and f.rule == 'PD-9.4').source.row}" in one
    for line in render(evil, "github", "en").decode().splitlines():
        assert pattern.fullmatch(line)
