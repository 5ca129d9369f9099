"""The history: runs are kept and compared, in SQLite and in PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from opencheck.report.history.store import History, trend
from request_ledgers import LATE, OPEN, check


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
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


def test_history_month_that_is_not_judged_again_stays_open_until_it_is(history: History) -> None:
    def added(**tables: list[dict[str, Any]]) -> None:
        history.add(oc.check(tables, as_of="2018-02-28", rules=["PD-8-1.1"]))

    january = {"id": "1", "topic": "fiscal.monthly", "period": "2018-01", "published_on": "2018-02-20"}
    added(disclosure=[])
    added(document=[])  # the table is not given
    assert history.compare().counts == {"new": 0, "returned": 0, "recurring": 0, "fixed": 0, "open": 1}
    added(document=[])
    assert history.compare(1, 3).counts["open"] == 1
    added(disclosure=[january])
    assert history.compare(1, 4).counts == {"new": 0, "returned": 0, "recurring": 0, "fixed": 1, "open": 0}


def test_history_compare_runs_a_month_apart(history: History) -> None:
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


def test_history_removed_record_is_not_fixed(history: History, tmp_path: Path) -> None:
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


def test_history_runs_and_trends(history: History) -> None:
    assert history.runs() == []
    with pytest.raises(oc.InputError, match="no run is kept"):
        history.compare()
    history.add(check({**LATE, "id": "1"}, as_of="2018-12-31"))
    with pytest.raises(oc.InputError, match="before run 1"):
        history.compare()
    with pytest.raises(oc.InputError, match="no run 7; the last are: 1"):
        history.compare(7, 1)
    history.add(check({**LATE, "id": "1"}, {**OPEN, "id": "2"}, {**OPEN, "id": "3"}, as_of="2018-12-31"))
    runs, units = trend(history.runs(), "by_unit")
    assert [r.id for r in runs] == [1, 2]
    assert units == [("市民政局", [0, 2]), ("市教体局", [1, 1])]
    assert trend(history.runs(), "by_task")[1] == [("15", [1, 3])]
    assert [r.violations for r in runs] == [1, 3]
    assert len(history.runs("pingdu-2018")) == 2
    assert history.runs("other") == []


def test_history_personal_numbers_are_masked(history: History) -> None:
    record = {**LATE, "id": "11010519491231002X"}
    history.add(check(record, as_of="2018-12-31"))
    assert "11010519491231002X" not in json.dumps(history._findings_of(1), default=str)
    assert ids(history.compare(1, 1).recurring) == ["1101**********002X"]


def test_history_foreign_or_later_file_is_refused(tmp_path: Path) -> None:
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


def edited(file: Path, statement: str, *values: Any) -> History:
    """A history of two runs, edited by hand."""
    history = History(file)
    for _ in range(2):
        history.add(check({**LATE, "id": "1"}, as_of="2018-12-31"))
    with sqlite3.connect(file) as own:
        own.execute(statement, values)
    own.close()
    return history


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("made_at", "yesterday"),
        ("made_at", 5),
        ("as_of", "2018-13-01"),
        ("as_of", "2018"),
        ("rules", "PD-15.3"),
        ("rules", '{"a": 1}'),
        ("rules", "[" * 100_000),
        ("summary", "{"),
        ("summary", "[]"),
        ("summary", "null"),
        ("summary", '{"outcomes": {}}'),
        ("summary", b"\xff\xfe"),
    ],
    ids=range(12),
)
def test_history_run_edited_by_hand_is_named(tmp_path: Path, column: str, value: Any) -> None:
    history = edited(tmp_path / "history.db", f"UPDATE opencheck_run SET {column} = ? WHERE id = 2", value)
    for read in (history.runs, history.compare, lambda: history.run(2), lambda: history.add(check({**LATE, "id": "1"}))):
        with pytest.raises(oc.InputError, match=f"opencheck_run id=2: {column}") as caught:
            read()
        assert caught.value.code == "history_damaged"
        assert str(tmp_path / "history.db") in str(caught.value)
    assert history.run(1).id == 1
    assert history.count() == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [("told", "{"), ("told", '{"table": "request"}'), ("outcome", "violated"), ("severity", "high"), ("before_plan", 7)],
)
def test_history_finding_edited_by_hand_is_named(tmp_path: Path, column: str, value: Any) -> None:
    history = edited(tmp_path / "history.db", f"UPDATE opencheck_finding SET {column} = ? WHERE run = 1", value)
    with pytest.raises(oc.InputError, match=rf"opencheck_finding run=1 id=\w+: {column}"):
        history.compare()
    assert [r.id for r in history.runs()] == [1, 2]


def test_history_without_a_column_is_told(tmp_path: Path) -> None:
    edited(tmp_path / "history.db", "ALTER TABLE opencheck_run DROP COLUMN rules").close()
    with pytest.raises(oc.InputError, match=r"opencheck_run.*lacks columns: rules"):
        History(tmp_path / "history.db")


@pytest.mark.parametrize(
    "place", [b"CREATE TABLE opencheck_run", b"opencheck_finding", b"opencheck_schema", b"tableopencheck_run", b"version_num"]
)
def test_history_with_a_damaged_schema_is_told_as_damaged(tmp_path: Path, place: bytes) -> None:
    """One byte of the names and statements that SQLite keeps of its tables is no text any more."""
    file = tmp_path / "history.db"
    edited(file, "UPDATE opencheck_run SET packs = packs").close()
    content = file.read_bytes()
    assert place in content
    file.write_bytes(content.replace(place, place[:2] + b"\xff" + place[3:], 1))
    with pytest.raises(oc.InputError, match="文件损坏 / the file is damaged") as caught:
        History(file)
    assert (caught.value.code, caught.value.path) == ("history_damaged", str(file))


def test_history_of_many_runs_reads_the_last_only(tmp_path: Path) -> None:
    """Of 2,000 runs all but the last few are damaged: who does not read them does not mind."""
    file = tmp_path / "history.db"
    edited(file, "UPDATE opencheck_run SET packs = packs").close()
    with sqlite3.connect(file) as own:
        copied = ", ".join(("made_at", "version", "packs", "as_of", "rules", "summary"))
        for number in range(3, 2001):
            own.execute(f"INSERT INTO opencheck_run (id, {copied}) SELECT {number}, {copied} FROM opencheck_run WHERE id = 2")
        own.execute("UPDATE opencheck_run SET summary = '{' WHERE id <= 1980")
    own.close()
    history = History(file)
    assert history.add(check({**LATE, "id": "1"}, as_of="2018-12-31")).id == 2001
    assert [r.id for r in history.runs("pingdu-2018", last=12)] == list(range(1990, 2002))
    assert (history.compare().earlier.id, history.compare().later.id) == (2000, 2001)
    assert history.count() == 2001
    with pytest.raises(oc.InputError, match="1980 rows are damaged"):
        history.runs()


def test_history_violation_of_an_earlier_run_returns(history: History) -> None:
    late = [{**LATE, "id": str(n)} for n in range(1, 511)]  # more than are asked for at once
    history.add(check(*late, as_of="2018-12-31"))
    history.add(check(as_of="2018-12-31"))
    history.add(check(*late, {**LATE, "id": "x"}, as_of="2018-12-31"))
    change = history.compare()
    assert (len(change.new), len(change.returned)) == (511, 510)


def test_history_two_checks_that_make_it_at_once_both_succeed(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def keep(number: int) -> int:
        history = History(tmp_path / "history.db")
        try:
            return history.add(check({**LATE, "id": str(number)})).id
        finally:
            history.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(keep, range(4))) == [1, 2, 3, 4]


def test_history_with_names_that_are_no_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    edited(file, "UPDATE opencheck_run SET packs = packs").close()
    content = file.read_bytes()
    file.write_bytes(content.replace(b"CREATE TABLE opencheck_finding", b"CREATE TABLE opencheck_\xdbinding"))
    with pytest.raises(oc.InputError, match="history"):
        History(file)
