"""opencheck due."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar

import opencheck as oc
from commands import AS_OF, run


def test_due_lists_what_is_pending_until_the_day(ledger: Path, report: oc.Report, tmp_path: Path) -> None:
    expected = [f for f in report.findings("pending") if f.due and date(2019, 1, 1) <= f.due <= date(2019, 1, 31)]
    listed = json.loads(run("due", str(ledger), *AS_OF, "--until", "2019-01-31", "--format", "json").stdout)["due"]
    assert Counter((d["rule"], d["due"], d["record_id"]) for d in listed) == Counter(
        (f.rule, f.due and f.due.isoformat(), f.record_id) for f in expected
    )
    assert {"PD-15.3", "PD-9.4", "PD-8-7.2", "PD-8-1.1"} <= {d["rule"] for d in listed}
    assert [d["due"] for d in listed] == sorted(d["due"] for d in listed)
    file = tmp_path / "due.ics"
    assert run("due", str(ledger), *AS_OF, "--until", "2019-01-31", "-o", str(file)).exit_code == 0
    events = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    starts = [e["DTSTART"].dt for e in events]
    days = [s.astimezone(ZoneInfo("Asia/Shanghai")).date() if isinstance(s, datetime) else s for s in starts]
    assert Counter(day.isoformat() for day in days) == Counter(d["due"] for d in listed)
    assert any(isinstance(s, datetime) for s in starts), "what is due by an hour is an event of that hour"
    assert len({str(e["UID"]) for e in events}) == len(events)
    assert all(e.walk("VALARM") for e in events)
    again = tmp_path / "again.ics"
    run("due", str(ledger), *AS_OF, "--until", "2019-01-31", "-o", str(again))
    assert again.read_bytes() == file.read_bytes()


def test_due_of_a_unit_and_until_thirty_days_later_unless_told_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    rows = [{"id": unit, "unit": unit, "received_on": "2018-12-20", "replied_on": None} for unit in ("市财政局", "市环保局")]
    file.write_text(json.dumps(rows), encoding="utf-8")
    unit = run("due", str(file), *AS_OF, "--until", "2019-01-31", "--unit", "市财政局").stdout
    assert "市财政局" in unit
    assert "市环保局" not in unit
    both = run("due", str(file), *AS_OF).stdout
    assert "2018-12-31 — 2019-01-30" in both
    assert "市环保局" in both
    text = tmp_path / "due.txt"
    run("due", str(file), *AS_OF, "-o", str(text))
    assert "PD-15.3" in text.read_text(encoding="utf-8")
