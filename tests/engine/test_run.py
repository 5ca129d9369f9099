"""Any records at all are judged and told in full."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

import opencheck as oc
from opencheck.records import TABLES
from pingdu_rules import DAY
from record_strategies import rows


@settings(max_examples=settings.default.max_examples // 4)
@given(st.dictionaries(st.sampled_from(list(TABLES)), st.none(), min_size=1, max_size=6), st.data(), DAY)
def test_check_any_records_are_judged_in_full(tables: dict[str, None], data: st.DataObject, as_of: date) -> None:
    records = {name: data.draw(rows(name)) for name in tables}
    report = oc.check(records, as_of=as_of, include_all=True)
    assert report.rows["read"] == sum(map(len, records.values()))
    for finding in report.findings():
        texts = [finding.message, finding.remedy, *finding.explanation]
        assert all(t.zh and t.en and "{" not in t.zh + t.en for t in texts), (finding.rule, finding.outcome)
    told = report.summary["outcomes"]
    listed = {o: len(report.findings(o)) for o in told}
    scanned = {r.rule.id for r in report.results if r.rule.kind.text_field(r.rule)}
    for result in report.results:
        if result.rule.id not in scanned:
            mine = sum(1 for f in report.findings(rule=result.rule.id))
            assert mine == sum(result.counts.values()), result.rule.id
    assert sum(listed.values()) <= sum(told.values())
