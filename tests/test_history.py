"""The history: runs are kept and compared, in SQLite and in PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import opencheck as oc
from opencheck.cli.main import main
from opencheck.report.history.store import History, trend

GOOD = {"id": "0", "received_on": "2018-10-08", "replied_on": "2018-10-10", "unit": "市财政局"}
LATE = {"received_on": "2018-10-08", "replied_on": "2018-12-20", "unit": "市教体局"}
OPEN = {"received_on": "2018-10-08", "unit": "市民政局"}


def check(*rows: dict[str, Any], as_of: str = "2018-11-30", rules: tuple[str, ...] = ("PD-15.3",)) -> oc.Report:
    return oc.check({"request": [GOOD, *rows]}, as_of=as_of, rules=list(rules))


@pytest.fixture(params=["sqlite", "postgresql"])
def history(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "sqlite":
        address = str(tmp_path / "history.db")
    else:
        address = request.getfixturevalue("postgres")
        import psycopg

        with psycopg.connect(address, autocommit=True) as own:
            own.execute("DROP TABLE IF EXISTS opencheck_finding, opencheck_run, opencheck_schema")
    kept = History(address)
    yield kept
    kept.close()


def ids(findings: list[dict[str, Any]]) -> list[str]:
    return sorted(f["told"]["record_id"] for f in findings)


def test_two_runs_a_month_apart(history: History) -> None:
    late = [{**OPEN, "id": str(n)} for n in (1, 2, 3, 4, 5)]
    first = history.add(check(*late))
    answered = {**late[0], "replied_on": "2018-10-12"}
    unknown = {**late[3], "received_on": None, "replied_on": "2018-10-12"}
    unusable = {**late[4], "received_on": "2018-02-30"}
    new = {**OPEN, "id": "6", "received_on": "2018-12-03"}
    second = history.add(check(answered, late[1], late[2], unknown, unusable, new, as_of="2018-12-31"))
    change = history.compare()
    assert (change.earlier, change.later) == (first, second)
    assert ids(change.new) == ["6"]
    # Later by a month, and the same: what a finding is about tells it, not its words.
    assert ids(change.recurring) == ["2", "3"]
    assert ids(change.fixed) == ["1"]
    # A blank or unreadable date mends nothing.
    assert ids(change.open) == ["4", "5"]
    assert change.returned == []
    again = history.add(check(*late, as_of="2019-01-31"))
    last = history.compare(second.id, again.id)
    assert ids(last.new) == ["1", "4", "5"]
    assert ids(last.returned) == ["1", "4", "5"]
    # The sixth is in the ledger no more: nobody mended it.
    assert ids(last.open) == ["6"]
    assert last.counts == {"new": 3, "returned": 3, "recurring": 2, "fixed": 0, "open": 1}


def test_a_record_taken_out_of_the_ledger_is_not_fixed(history: History, tmp_path: Path) -> None:
    before = check({**LATE, "id": "1"}, {**LATE, "id": "2"}, as_of="2018-12-31")
    history.add(before)
    after = check({**LATE, "id": "2"}, as_of="2018-12-31")
    history.add(after)
    change = history.compare()
    assert (ids(change.open), change.fixed) == (["1"], [])
    history.add(check({**LATE, "id": "2"}, as_of="2018-12-31"))
    assert ids(history.compare(1, 3).open) == ["1"]
    after.compare(before.write(tmp_path / "before.json"))
    assert after.fixed == []
    assert dict(after.notes)["note.gone"] == {"count": 1, "ids": ["1"]}


def test_rules_that_did_not_run_again_mend_nothing(history: History) -> None:
    history.add(check({**LATE, "id": "1"}, as_of="2018-12-31"))
    history.add(check({**LATE, "id": "1"}, as_of="2018-12-31", rules=("PD-15.2",)))
    change = history.compare()
    assert ids(change.open) == ["1"]
    assert change.fixed == []


def test_runs_and_trends(history: History) -> None:
    assert history.runs() == []
    with pytest.raises(oc.InputError, match="no run is kept"):
        history.compare()
    history.add(check({**LATE, "id": "1"}, as_of="2018-12-31"))
    with pytest.raises(oc.InputError, match="before run 1"):
        history.compare()
    with pytest.raises(oc.InputError, match="no run 7; there are: 1"):
        history.compare(7, 1)
    history.add(check({**LATE, "id": "1"}, {**OPEN, "id": "2"}, {**OPEN, "id": "3"}, as_of="2018-12-31"))
    runs, units = trend(history.runs(), "by_unit")
    assert [r.id for r in runs] == [1, 2]
    assert units == [("市民政局", [0, 2]), ("市教体局", [1, 1])]
    assert trend(history.runs(), "by_task")[1] == [("15", [1, 3])]
    assert [r.violations for r in runs] == [1, 3]
    assert len(history.runs("pingdu-2018")) == 2
    assert history.runs("other") == []


def test_numbers_of_persons_are_masked(history: History) -> None:
    record = {**LATE, "id": "11010519491231002X"}
    history.add(check(record, as_of="2018-12-31"))
    assert "11010519491231002X" not in json.dumps(history._of(1), default=str)
    assert ids(history.compare(1, 1).recurring) == ["1101**********002X"]


def test_a_history_of_a_later_version_and_files_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    History(file).close()
    History(file).close()
    with sqlite3.connect(file) as own:
        own.execute("UPDATE opencheck_schema SET version_num = '9999'")
    with pytest.raises(oc.InputError, match="later version"):
        History(file)
    text = tmp_path / "台账.xlsx"
    text.write_bytes(b"PK\x03\x04 a workbook, perhaps" * 100)
    with pytest.raises(oc.InputError, match="no history"):
        History(text)
    assert text.read_bytes().startswith(b"PK")
    with pytest.raises(oc.InputError, match="no such folder"):
        History(tmp_path / "none" / "history.db")
    with pytest.raises(oc.InputError) as refused:
        History("postgresql://portal:s3cr3t-word@127.0.0.1:1/none")
    assert "s3cr3t" not in str(refused.value)


def test_on_the_command_line_and_on_the_page(tmp_path: Path, ledger: Path) -> None:
    file, page = tmp_path / "history.db", tmp_path / "page.html"

    def run(*args: str) -> Any:
        return CliRunner().invoke(main, list(args), catch_exceptions=False)

    assert run("history", str(file)).exit_code == 2
    for day in ("2018-11-30", "2018-12-31"):
        done = run("check", str(ledger), "--as-of", day, "--history", str(file), "-o", str(page), "--fail-on", "never")
        assert done.exit_code == 0, done.output
    runs = json.loads(run("history", str(file), "--format", "json").stdout)
    assert [r["as_of"] for r in runs] == ["2018-11-30", "2018-12-31"]
    change = json.loads(run("history", str(file), "--last", "--format", "json").stdout)
    counts = change["counts"]
    assert counts["new"] + counts["recurring"] == sum(runs[1]["violations"].values())
    assert counts["recurring"] + counts["fixed"] + counts["open"] == sum(runs[0]["violations"].values())
    told = run("history", str(file), "--compare", "1", "2").stdout
    assert f"新增{counts['new']}" in told
    assert f"新增{counts['new']}" in page.read_text(encoding="utf-8")
    assert "历次违规数：按责任单位" in page.read_text(encoding="utf-8")
    assert "recurring" in run("history", str(file), "--last", "--lang", "en").stdout


def test_a_row_that_became_unusable_is_not_fixed_against_a_baseline(tmp_path: Path) -> None:
    before = check({**LATE, "id": "1"}, {**LATE, "id": "2"}, as_of="2018-12-31").write(tmp_path / "before.json")
    now = check(
        {**LATE, "id": "1", "received_on": "2018-02-30"}, {**LATE, "id": "2", "replied_on": "2018-10-10"}, as_of="2018-12-31"
    )
    now.compare(before)
    assert [f["record_id"] for f in now.fixed or ()] == ["2"]
