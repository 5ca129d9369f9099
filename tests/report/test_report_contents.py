"""What a report holds and asserts."""

from __future__ import annotations

from pathlib import Path

import pytest

import opencheck as oc


def test_assert_compliant_raises_on_violations(report: oc.Report) -> None:
    with pytest.raises(AssertionError, match=r"PD-9\.4"):
        report.assert_compliant(rule="PD-9.4")
    report.assert_compliant(rule="PD-12.3", unknown="pass", rejected="pass")
    report.assert_compliant(rule="PD-8-4.4", unknown="pass", rejected="pass")
    with pytest.raises(AssertionError):
        report.assert_compliant(rule="PD-8-4.4", fail_on="warning")


def test_assert_compliant_unknown_is_not_compliant() -> None:
    open_ = oc.check({"request": [{"id": "1", "received_on": None, "replied_on": "2018-12-10"}]}, as_of="2018-12-31")
    with pytest.raises(AssertionError, match="无法判断"):
        open_.assert_compliant(rule="PD-15.3")
    open_.assert_compliant(rule="PD-15.3", unknown="pass")
    with pytest.raises(oc.InputError, match=r"PD-15\.33"):
        open_.assert_compliant(rule="PD-15.33")
    with pytest.raises(oc.InputError, match="document"):
        open_.assert_compliant(rule="PD-9.4")
    with pytest.raises(oc.InputError, match="no row"):
        oc.check({"request": []}, as_of="2018-12-31").assert_compliant()
    open_.lang = "en"
    with pytest.raises(AssertionError, match="cannot be judged"):
        open_.assert_compliant(rule="PD-15.3")


def test_to_frame_has_a_row_per_finding(report: oc.Report) -> None:
    frame = report.to_frame()
    assert len(frame) == len(report.findings())
    assert frame["due"].dtype == frame["actual"].dtype
    assert {"message_zh", "remedy_en", "source_row"} <= set(frame.columns)


END = "2018-12-31"


def test_finding_ids_are_unique_and_stable(ledger: Path, report: oc.Report) -> None:
    ids = [f.id for f in report.findings()]
    assert len(set(ids)) == len(ids) > 300
    assert [f.id for f in oc.check(ledger, as_of=END).findings()] == ids
