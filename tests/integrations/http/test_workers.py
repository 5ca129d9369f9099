"""Worker processes that are killed, and what they leave behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from servers import LEDGER, Server, problem, serve, wait_for, worker_pids

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="finds the worker processes in /proc"),
]

RECORD = {"record": {"title": "通知"}, "as_of": "2018-09-10"}


@pytest.fixture
def single(tmp_path: Path) -> Iterator[Server]:
    started = serve(tmp_path, "--workers", "1", token=None)
    yield started
    started.process.terminate()
    started.process.wait(60)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service that outlives its workers, for the tests that leave it at work."""
    started = serve(tmp_path_factory.mktemp("lasting"), "--workers", "1", token=None)
    yield started
    started.process.terminate()
    started.process.wait(60)


def left_behind(temp: Path) -> list[str]:
    return [p.name for p in temp.rglob("*") if "opencheck-" in p.name]


def check_ledger(server: Server) -> httpx.Response:
    with server.client(None) as client:
        return client.post("/v1/check", files={"file": (LEDGER.name, LEDGER.read_bytes())}, data={"as_of": "2018-12-31"})


def ask_while_running(server: Server, answers: list[httpx.Response]) -> threading.Thread:
    """Send a ledger from a thread, and return when its worker has it in its folder."""
    thread = threading.Thread(target=lambda: answers.append(check_ledger(server)))
    thread.start()
    wait_for(lambda: list(server.temp.glob("opencheck-job-*/0/*.xlsx")))
    return thread


def test_idle_worker_killed_is_replaced_and_no_job_is_lost(lasting: Server) -> None:
    for _ in range(2):
        (pid,) = wait_for(lambda: worker_pids(lasting))
        os.kill(pid, signal.SIGKILL)
        with lasting.client(None) as client:
            assert client.post("/v1/preflight", json=RECORD).status_code == 200
            assert client.get("/healthz").json()["workers"] == 1
        assert worker_pids(lasting) != [pid]
    assert "Traceback" not in lasting.logged()


def test_healthz_tells_that_no_worker_is_there(lasting: Server) -> None:
    (pid,) = worker_pids(lasting)
    with lasting.client(None) as client:
        os.kill(pid, signal.SIGKILL)
        answer = wait_for(lambda: (got := client.get("/healthz")).status_code == 503 and got)
        assert answer.json()["status"] == "no worker"
        assert answer.headers["retry-after"]
        assert "opencheck_workers 0.0" in client.get("/metrics").text
        assert wait_for(lambda: client.get("/healthz").status_code == 200)


def test_busy_worker_killed_runs_its_job_again(lasting: Server) -> None:
    answers: list[httpx.Response] = []
    thread = ask_while_running(lasting, answers)
    os.kill(worker_pids(lasting)[0], signal.SIGKILL)
    thread.join(60)
    assert answers[0].status_code == 200
    assert answers[0].json()["findings"]
    assert left_behind(lasting.temp) == []


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [(signal.SIGKILL, 503, "系统终止"), pytest.param(signal.SIGABRT, 422, "内存", marks=pytest.mark.thorough)],
    ids=["killed", "aborts"],
)
def test_job_whose_worker_dies_twice_is_refused_and_leaves_nothing(
    lasting: Server, sent: signal.Signals, status: int, told: str
) -> None:
    answers: list[httpx.Response] = []
    thread = ask_while_running(lasting, answers)
    first = worker_pids(lasting)
    os.kill(first[0], sent)

    def second() -> list[int]:
        return [p for p in worker_pids(lasting) if p not in first and not answers]

    while thread.is_alive():  # from when it has taken the job; before, its start only is repeated
        for pid in second():
            with lasting.client(None) as client:
                if client.get("/healthz").status_code == 200:
                    time.sleep(0.3)  # how a process ends is known once the job is with it, a moment after the pool is up
                    with contextlib.suppress(ProcessLookupError):  # it may be gone since it was listed
                        os.kill(pid, sent)
    assert told in problem(answers[0], status)["detail"]
    assert left_behind(lasting.temp) == []
    with lasting.client(None) as client:
        assert client.post("/v1/preflight", json=RECORD).status_code == 200


@pytest.mark.thorough
def test_one_of_two_killed_leaves_the_other_at_work(server: Server) -> None:
    os.kill(worker_pids(server)[0], signal.SIGKILL)
    with server.client() as client:
        for _ in range(5):
            assert client.get("/healthz").status_code == 200
            assert client.post("/v1/preflight", json=RECORD).status_code == 200
        assert wait_for(lambda: client.get("/healthz").json()["workers"] == 2)


@pytest.mark.thorough
def test_service_killed_leaves_uploads_that_the_next_one_removes(tmp_path: Path) -> None:
    server = serve(tmp_path, "--workers", "1", token=None)
    answers: list[httpx.Response] = []

    def ask() -> None:
        with contextlib.suppress(httpx.TransportError):
            answers.append(check_ledger(server))

    thread = threading.Thread(target=ask)
    thread.start()
    wait_for(lambda: list(server.temp.glob("opencheck-job-*/0/*.xlsx")))
    workers = worker_pids(server)
    server.process.kill()
    thread.join(30)
    assert left_behind(server.temp), "a killed process cannot clean up: this is what the next one does"
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    (tmp_path / "again").mkdir()
    again = serve(tmp_path / "again", "--workers", "1", token=None, temp=server.temp)
    try:
        assert left_behind(server.temp) == []
    finally:
        again.process.terminate()
        again.process.wait(60)


@pytest.mark.thorough
def test_service_started_beside_another_leaves_its_jobs_alone(single: Server, tmp_path: Path) -> None:
    answers: list[httpx.Response] = []
    thread = ask_while_running(single, answers)
    os.kill(worker_pids(single)[0], signal.SIGSTOP)
    (tmp_path / "beside").mkdir()
    beside = serve(tmp_path / "beside", "--workers", "1", token=None, temp=single.temp)
    beside.process.terminate()
    beside.process.wait(60)
    os.kill(worker_pids(single)[0], signal.SIGCONT)
    thread.join(60)
    assert answers[0].status_code == 200
    assert json.loads(answers[0].content)["rows"]["read"] > 0


@pytest.mark.thorough
def test_stop_signal_to_every_process_answers_what_was_accepted(single: Server) -> None:
    # A service manager sends SIGTERM to the workers, too.
    answers: list[httpx.Response] = []
    thread = ask_while_running(single, answers)
    for pid in [*worker_pids(single), single.process.pid]:
        os.kill(pid, signal.SIGTERM)
    thread.join(60)
    assert answers[0].status_code == 200
    assert single.process.wait(60) in (0, -signal.SIGTERM)
    assert left_behind(single.temp) == []
