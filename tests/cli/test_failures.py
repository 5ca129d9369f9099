"""Whatever fails, the command says so in a sentence and exits with 2: 1 means violations."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import click
import polars as pl
import pytest
from click.testing import CliRunner

import opencheck as oc
from commands import AS_OF, run
from opencheck.cli import main as cli

COMMAND = [sys.executable, "-m", "opencheck"]

FAILURES = {
    "bug": lambda: {}["missing"],
    "memory": lambda: (_ for _ in ()).throw(MemoryError()),
    "panic": lambda: (_ for _ in ()).throw(pl.exceptions.PanicException("index out of bounds\nmore")),
    "recursion": lambda: FAILURES["recursion"](),
    "interrupt": lambda: (_ for _ in ()).throw(KeyboardInterrupt()),
    "abort": lambda: (_ for _ in ()).throw(click.Abort()),
}


@click.command()
@click.argument("what")
def fail(what: str) -> None:
    """Fail in a way that no input is known to cause."""
    FAILURES[what]()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cli._COMMANDS, "fail", f"{__name__}:fail")


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("bug", "程序出错，没有得出结果 / opencheck failed, there is no result (KeyError: 'missing')；--debug"),
        ("memory", "内存不够 / not enough memory"),
        ("panic", "(PanicException: index out of bounds)"),
        ("recursion", "(RecursionError: maximum recursion depth exceeded"),
    ],
)
def test_unforeseen_failure_is_a_sentence_and_debug_the_traceback(failing: None, what: str, told: str) -> None:
    result = run("fail", what)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
    debug = run("fail", what, "--debug")
    assert debug.exit_code == 2
    assert "Traceback" in debug.stderr
    assert told.split("；")[0] in debug.stderr.splitlines()[-1]


@pytest.mark.parametrize("what", ["interrupt", "abort"])
def test_interrupted_command_exits_with_130(failing: None, what: str) -> None:
    result = run("fail", what)
    assert (result.exit_code, result.stderr) == (130, "opencheck: 已中断 / interrupted\n")


def test_debug_is_an_option_of_every_command() -> None:
    for name in cli._COMMANDS:
        assert "--debug" in run(name, "--help").stdout, name


def workbook(ledger: Path, folder: Path) -> Path:
    content = ledger.read_bytes()
    return written(folder / "a.xlsx", content[: len(content) // 2])


def written(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def parquet(ledger: Path, folder: Path) -> Path:
    file = folder / "document.parquet"
    pl.DataFrame({"id": ["1", "2"], "title": ["a", "b"]}).write_parquet(file)
    content = file.read_bytes()
    return written(file, content[:4] + bytes(60) + content[64:])


def database(ledger: Path, folder: Path) -> Path:
    file = folder / "a.db"
    own = sqlite3.connect(file)
    own.execute("create table document (id text, title text)")
    own.executemany("insert into document values (?, ?)", [(str(n), "x" * 500) for n in range(100)])
    own.commit()
    own.close()
    content = file.read_bytes()
    return written(file, content[:4096] + b"\xa5" * 8192 + content[12288:])


@pytest.mark.parametrize(
    "make",
    [
        workbook,
        lambda ledger, folder: written(folder / "a.xlsx", b"PK\x03\x04" + bytes(3000)),
        lambda ledger, folder: written(folder / "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)),
        parquet,
        database,
        lambda ledger, folder: written(folder / "document.json", b"[" * 200_000),
        lambda ledger, folder: written(folder / "document.json", b'[{"id": ' + b"9" * 10_000 + b"}]"),
        lambda ledger, folder: folder / "none.xlsx",
    ],
    ids=["cut", "no zip", "xls", "parquet", "sqlite", "deep json", "big number", "none"],
)
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_damaged_source_is_told_with_its_name(
    make: Callable[[Path, Path], Path], engine: str, ledger: Path, tmp_path: Path
) -> None:
    file = make(ledger, tmp_path)
    result = run("check", str(file), *AS_OF, "--engine", engine)
    assert result.exit_code == 2
    assert file.name in result.stderr
    assert "Traceback" not in result.output
    with pytest.raises(oc.OpencheckError, match=file.stem):
        oc.check(file, as_of="2018-12-31", engine=engine)


@pytest.mark.parametrize("content", [b"[" * 200_000, b"{", b"\xff\xfe", b"[1]", b'{"findings": [{}]}', b'{"findings": 5}'])
def test_damaged_baseline_is_told_with_its_name(content: bytes, tmp_path: Path, source: Path) -> None:
    earlier = written(tmp_path / "上月.json", content)
    for args in (["check", str(source), *AS_OF, "--baseline", str(earlier)], ["explain", "--finding", "a", str(earlier)]):
        result = run(*args)
        assert (result.exit_code, "上月.json" in result.stderr) == (2, True)
        assert len(result.stderr.splitlines()) == 1
    report = oc.check(source, as_of="2018-12-31")
    with pytest.raises(oc.InputError, match="上月"):
        report.compare(earlier)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 200_000,
        b"{}",
        b'{"days": [5]}',
        b'{"days": [{"date": "2027-01-01", "isOffDay": true}], "years": [1e999]}',
        b"\xff",
    ],
)
def test_damaged_calendar_is_told_with_its_name(content: bytes, tmp_path: Path, source: Path) -> None:
    calendar = written(tmp_path / "日历.json", content)
    result = run("check", str(source), *AS_OF, "--calendar", str(calendar))
    assert (result.exit_code, "日历.json" in result.stderr) == (2, True)
    with pytest.raises(oc.InputError, match="日历"):
        oc.WorkCalendar.china(calendar)


def test_damaged_mapping_is_told_with_file_and_line(tmp_path: Path, source: Path) -> None:
    mapping = written(tmp_path / "document.map.yaml", b"headings:\n  a: !!int abc\n")
    result = run("check", str(source), *AS_OF)
    assert (result.exit_code, f"{mapping}:2: " in result.stderr) == (2, True)


def test_damaged_record_of_preflight_is_told_with_its_name(tmp_path: Path) -> None:
    for content in (b"[" * 200_000, b"[]", b'{"title": "\\ud800"}'):
        record = written(tmp_path / "记录.json", content)
        result = run("preflight", str(record), *AS_OF)
        assert (result.exit_code, "记录.json" in result.stderr) == (2, True)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    late = {"id": "1", "title": "通知", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    tables = {"document": [late], "interpretation": []}
    return written(tmp_path / "document.json", json.dumps(tables, ensure_ascii=False).encode())


def check_of(source: Path, *more: str) -> list[str]:
    return [*COMMAND, "check", str(source), *AS_OF, "--rule", "PD-9.4", *more]


def test_ctrl_c_leaves_no_output(tmp_path: Path) -> None:
    pipe, out = tmp_path / "document.json", tmp_path / "报告.html"
    os.mkfifo(pipe)
    # Whatever starts the tests in the background lets them, and their children, ignore Ctrl-C.
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    child = subprocess.Popen(check_of(pipe, "-o", str(out)), stderr=subprocess.PIPE, text=True, preexec_fn=heeding)
    told = None
    with open(pipe, "w"):  # opens when the check has begun to read
        for _ in range(10):  # Python misses a signal that falls between opening and reading: one presses again
            child.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                told = child.communicate(timeout=3)[1]
                break
    child.kill()
    assert child.returncode == 130
    assert told == "opencheck: 已中断 / interrupted\n"
    assert [p.name for p in tmp_path.iterdir()] == [pipe.name]


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("format_", ["table", "json"])
def test_output_that_nobody_reads_any_more_exits_with_2(source: Path, format_: str, unbuffered: str) -> None:
    read, write = os.pipe()
    os.close(read)
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(
        check_of(source, "--format", format_), stdout=write, stderr=subprocess.PIPE, text=True, env=env, check=False
    )
    os.close(write)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("command", [("rules",), ("--help",), ("check", "--help"), ("schema", "record-document")])
def test_output_on_a_full_disk_exits_with_2(command: tuple[str, ...]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:
        done = subprocess.run([*COMMAND, *command], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("opencheck: ")
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_output_closed_or_of_another_encoding_is_no_failure(source: Path) -> None:
    closed = subprocess.run(check_of(source), preexec_fn=lambda: os.close(1), stderr=subprocess.PIPE, text=True)
    assert (closed.returncode, "Traceback" in closed.stderr) == (1, False)
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    shown = subprocess.run(check_of(source), capture_output=True, env=env)
    assert (shown.returncode, b"Traceback" in shown.stderr) == (1, False)
    assert "解读".encode("ascii", "backslashreplace") in shown.stdout
    data = subprocess.run(check_of(source, "--format", "json"), capture_output=True, env=env)
    assert json.loads(data.stdout)["summary"]["outcomes"]["violation"] == 1
    helped = subprocess.run([*COMMAND, "--help"], capture_output=True, env=env)
    assert (helped.returncode, b"Traceback" in helped.stderr) == (0, False)


@pytest.mark.parametrize("encoding", ["latin-1", "gbk"])
def test_output_in_an_encoding_that_lacks_characters_shows_the_rest(encoding: str, source: Path) -> None:
    def shown(*args: str) -> tuple[int, bytes]:
        told = CliRunner(charset=encoding).invoke(cli.main, list(args), catch_exceptions=False)
        return told.exit_code, told.stdout_bytes

    check = check_of(source)[len(COMMAND) :]
    code, table = shown(*check)
    assert (code, "解读".encode(encoding, "backslashreplace") in table) == (1, True)
    code, data = shown(*check, "--format", "json")
    assert (code, json.loads(data)["summary"]["outcomes"]["violation"]) == (1, 1)
    assert shown("--help")[0] == 0


def test_json_on_a_pipe_is_whole_without_buffering(ledger: Path) -> None:
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    done = subprocess.run([*COMMAND, "check", str(ledger), *AS_OF, "--format", "json"], capture_output=True, env=env)
    assert len(done.stdout) > 2**17, "more than a pipe holds"
    assert json.loads(done.stdout)["rows"]["read"] > 1000


def test_a_word_that_is_no_command_names_the_nearest_and_a_file_the_command_that_checks_it(tmp_path: Path) -> None:
    ledger = tmp_path / "台账.xlsx"
    ledger.touch()
    for given, told in (("newpack", "最接近 / did you mean: new-pack"), (str(ledger), f"opencheck check {ledger}")):
        done = CliRunner().invoke(cli.main, [given])
        assert done.exit_code == 2
        assert told in done.stderr
        assert "Usage" not in done.output
