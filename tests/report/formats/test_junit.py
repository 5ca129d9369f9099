"""JUnit XML, read back by junitparser."""

from __future__ import annotations

import opencheck as oc
from opencheck.report.output import render


def test_junit_is_read_by_junitparser(report: oc.Report, evil: oc.Report) -> None:
    from junitparser import Error, Failure, JUnitXml, Skipped

    read = JUnitXml.fromstring(render(report, "junit", "zh"))
    cases = {c.name.split()[0]: c for suite in read for c in suite}
    assert len(cases) == len(report.results) + 1 + bool(report.questions) == read.tests
    failed = {n for n, c in cases.items() if any(isinstance(r, Failure) for r in c.result)}
    assert failed == {f.rule for f in report.violations if f.severity == "error"}
    assert read.failures == len(failed)
    assert sum(any(isinstance(r, Error) for r in c.result) for c in cases.values()) == read.errors == 1
    text = next(r.text for r in cases["PD-9.4"].result)
    assert "W054" in text
    assert "2018-10-08（周一）" in text
    # What is not known to be in order is never a passed case.
    outcomes = {r.rule.id: set(map(str, r.counts)) for r in report.results}
    for rule, case in cases.items():
        if not case.result:
            assert not outcomes[rule] & {"indeterminate", "needs_review"}
            assert outcomes[rule] & {"pass", "violation"}
    assert sum(any(isinstance(r, Skipped) for r in c.result) for c in cases.values()) == read.skipped > 10
    assert JUnitXml.fromstring(render(evil, "junit", "en")).errors == 1


def test_junit_begins_with_what_one_more_column_would_settle() -> None:
    from junitparser import JUnitXml, Skipped

    report = oc.check({"document": [{"id": "1", "published_on": "2018-09-03"}], "interpretation": []}, as_of="2018-12-31")
    first = next(iter(next(iter(JUnitXml.fromstring(render(report, "junit", "zh"))))))
    (skipped,) = first.result
    assert isinstance(skipped, Skipped)
    assert (skipped.type, skipped.message) == ("question", report.questions[0].text.zh)
