"""Ledgers in databases."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from engine_reports import told
from example_tables import plain_tables, with_texts
from opencheck.core.errors import InputError
from opencheck.engine.carriers.registry import carrier_of
from opencheck.readers import read


@pytest.mark.parametrize("engine", ["polars", pytest.param("duckdb", marks=pytest.mark.thorough)])
def test_sqlite_ledger_equals_frames(engine: str, ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "portal.db"
    tables = plain_tables(ledger)
    with sqlite3.connect(path) as own:
        for name in ("document", "interpretation", "meeting"):
            frame = with_texts(tables[name])
            columns = ", ".join(f'"{c}" text' for c in frame.columns)
            own.execute(f"create table {name} ({columns})")
            own.executemany(f"insert into {name} values ({', '.join('?' * frame.width)})", frame.rows())
        own.execute("create table users (name text)")
    names = ("document", "interpretation", "meeting")
    expected = told({n: with_texts(tables[n]) for n in names})
    found = told(path, carrier_of(engine))
    for one in (one for side in (expected, found) for key in ("findings", "sentences") for one in side[key]):
        one["source"] = {"row": one["source"]["row"]}
        del one["id"]  # of the sheet, which a database has none of
    assert found["findings"] == expected["findings"]
    assert found["sentences"] == expected["sentences"]
    assert found["rows"] == expected["rows"]
    assert any("users" in i["text"] for i in found["ignored"])
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "opencheck",
            "check",
            str(path),
            "--as-of",
            "2018-12-31",
            "--engine",
            engine,
            "--format",
            "json",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["rows"] == expected["rows"]


@pytest.mark.parametrize("engine", ["polars", pytest.param("duckdb", marks=pytest.mark.thorough)])
@pytest.mark.postgres
def test_postgresql_ledger_equals_frames(engine: str, postgres: str, ledger: Path) -> None:
    from adbc_driver_postgresql import dbapi

    tables = {n: f for n, f in plain_tables(ledger).items() if n in ("document", "interpretation", "meeting", "opinion_case")}
    with dbapi.connect(postgres) as own, own.cursor() as cursor:
        for name, frame in tables.items():
            cursor.adbc_ingest(name, frame.to_arrow(compat_level=pl.CompatLevel.oldest()), mode="replace")
        own.commit()
    expected, found = told(dict(tables)), told(postgres, carrier_of(engine))
    for one in (one for side in (expected, found) for key in ("findings", "sentences") for one in side[key]):
        one["source"] = {"row": one["source"]["row"]}
        del one["id"]  # of the sheet, which a database has none of
    assert found["findings"] == expected["findings"]
    assert found["sentences"] == expected["sentences"]
    assert found["rows"] == expected["rows"]
    with pytest.raises(InputError) as refused:
        read(postgres.replace("/postgres", "/nothing"), carrier=carrier_of(engine))
    assert "nothing" in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


def test_sql_sqlite_damaged_in_the_middle_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "portal.db"
    with sqlite3.connect(file) as connection:
        connection.execute("create table request (id text, subject text)")
        connection.executemany("insert into request values (?, ?)", [(str(i), f"申请{i}" * 20) for i in range(500)])
    connection.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * 8192 + whole[16384:])
    with pytest.raises(InputError, match=r"portal\.db"):
        read(file)
