"""Requests that are refused before they cost anything, and limits of what a client may take."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from office_ledgers import workbook
from servers import ID, LEDGER, Server, problem, raw, serve, wait_for, worker_pids

pytestmark = [pytest.mark.slow]

RECORD = {"record": {"title": "通知"}, "as_of": "2018-09-10"}


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One worker, little time for bodies, few connections; asked for as check.example, too."""
    options = ("--workers", "1", "--body-timeout", "2", "--connections", "40", "--allow-host", "Check.Example:8080")
    started = serve(tmp_path_factory.mktemp("narrow"), *options, token=None)
    yield started
    started.process.terminate()
    started.process.wait(60)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("LOCALHOST", 200),
        ("127.0.0.1", 200),
        ("127.0.0.2:1", 200),
        ("[::1]:8000", 200),
        ("check.example", 200),
        ("CHECK.example.:443", 200),
        ("evil.example", 403),
        ("check.example.evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("10.0.0.5", 403),
        ("", 403),
    ],
)
def test_host_decides_whether_a_request_is_answered(narrow: Server, host: str, status: int) -> None:
    with narrow.client(None) as client:
        for path in ("/v1/rules/PD-9.4", "/healthz", "/"):
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == status
            if status == 403:
                assert "--allow-host" in problem(answer, 403)["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://{own}"}, 200),
        ({"Origin": "https://check.example"}, 200),
        ({"Origin": "http://{own}", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403),
    ],
)
def test_page_of_another_site_may_not_post(narrow: Server, headers: dict[str, str], status: int) -> None:
    own = narrow.url.removeprefix("http://")
    sent = {name: value.replace("{own}", own) for name, value in headers.items()}
    with narrow.client(None) as client:
        assert client.post("/v1/preflight", json=RECORD, headers=sent).status_code == status
        got = client.get("/v1/rules", headers=sent)
        assert got.status_code == (200 if sent.get("Sec-Fetch-Mode") == "navigate" else status)  # a link that is followed
        assert got.headers["cross-origin-resource-policy"] == "same-origin"


def test_body_half_sent_is_408_and_the_place_is_free_again(narrow: Server) -> None:
    head = b"POST /v1/preflight HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    drip: list[bytes | float] = [head, *([b" ", 0.4] * 4)]  # a byte now and then keeps nothing open
    started = time.monotonic()
    with ThreadPoolExecutor(1) as beside:
        dripped = beside.submit(raw, narrow, *drip)
        assert raw(narrow, head).startswith(b"HTTP/1.1 408 ")
        assert 1.5 < time.monotonic() - started < 8
        assert dripped.result().startswith(b"HTTP/1.1 408 ")
    with narrow.client(None) as client:
        assert client.post("/v1/preflight", json=RECORD).status_code == 200
        assert "opencheck_requests_running 1.0" in client.get("/metrics").text


SILENT: dict[str, list[bytes | float]] = {
    "nothing": [b""],
    "half a head": [b"POST /v1/preflight HTT"],
    "half a second head": [b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 0.3, b"GET /hea"],
    "body that nobody reads": [b"POST /v1/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"],
}


def test_connection_on_which_nothing_comes_is_ended(narrow: Server) -> None:
    """All at the same time: each waits until the service ends it."""

    def seconds_until_ended(parts: list[bytes | float]) -> float:
        started = time.monotonic()
        raw(narrow, *parts)
        return time.monotonic() - started

    with ThreadPoolExecutor(len(SILENT)) as threads:
        ended = dict(zip(SILENT, threads.map(seconds_until_ended, SILENT.values()), strict=True))
    assert {name: seconds for name, seconds in ended.items() if seconds >= 8} == {}


def test_connection_between_two_requests_is_kept(narrow: Server) -> None:
    with narrow.client(None) as client:
        for pause in (3, 0):  # seconds, longer than a request may take
            assert client.get("/healthz").status_code == 200
            (used,) = [c.info() for c in client._transport._pool.connections]  # type: ignore[attr-defined]
            time.sleep(pause)
    assert "Request Count: 2" in used


def test_connections_above_the_limit_are_told_to_come_again(narrow: Server) -> None:
    host, port = narrow.url.removeprefix("http://").split(":")
    time.sleep(1.5)  # connections of the tests before are gone
    with ExitStack() as held:
        for _ in range(40):
            held.enter_context(socket.create_connection((host, int(port)), timeout=5))
        time.sleep(0.3)
        with narrow.client(None) as client:
            answer = client.post("/v1/preflight", json=RECORD)
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert answer.json()["type"] == "urn:opencheck:problem:busy"
    with narrow.client(None) as client:
        wait_for(lambda: client.get("/healthz").status_code == 200)


@pytest.mark.skipif(sys.platform != "linux", reason="stops the worker found in /proc")
def test_queue_is_asked_before_a_body_is_read(tmp_path: Path) -> None:
    server = serve(tmp_path, "--workers", "1", token=None)
    (worker,) = worker_pids(server)
    statuses: list[int] = []

    def ask() -> None:
        with server.client(None) as client:
            statuses.append(client.post("/v1/preflight", json=RECORD).status_code)

    threads = [threading.Thread(target=ask) for _ in range(32)]
    os.kill(worker, signal.SIGSTOP)
    try:
        for thread in threads:
            thread.start()
        with server.client(None) as client:
            wait_for(lambda: "opencheck_requests_running 33.0" in client.get("/metrics").text)
            for body in (b"{}", b"0" * 15_000_000):
                answer = client.post("/v1/preflight", content=body, headers={"content-type": "application/json"})
                assert problem(answer, 503)["type"] == "urn:opencheck:problem:busy"
                assert int(answer.headers["retry-after"]) > 0
        head = b"POST /v1/preflight HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n"
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(head)  # and not a byte of the body
            assert line.recv(100).startswith(b"HTTP/1.1 503 ")
        assert not [p for p in server.temp.rglob("body.json") if p.stat().st_size > 1_000_000]
    finally:
        os.kill(worker, signal.SIGCONT)
        for thread in threads:
            thread.join(120)
        server.process.terminate()
        server.process.wait(60)
    assert statuses == [200] * 32


@pytest.mark.parametrize(
    "name", ["长" * 300 + ".xlsx", "a" * 1000 + ".xlsx", "台账" * 50 + "\x00\n.xlsx", "...", "\ud800.xlsx"]
)
def test_file_name_of_any_length_is_read(narrow: Server, tmp_path: Path, name: str) -> None:
    book = workbook(tmp_path / "a.xlsx", 依申请公开=[["序号", "收到日期"], [1, "2018-09-03"]]).read_bytes()
    sent = name.encode("utf-8", "surrogatepass").replace(b"\n", b"%0A").replace(b"\x00", b"%00")
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + sent + b'"\r\n\r\n' + book + b"\r\n--x--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    with narrow.client(None) as client:
        answer = client.post("/v1/check", content=body, headers=kind)
        fixed = client.post("/v1/fix", content=body.replace(b".xlsx", b".txt"), headers=kind)
    assert answer.status_code == (200 if name.endswith(".xlsx") else 422), answer.text
    assert fixed.status_code in (200, 422)


def test_file_name_in_gbk_is_told_as_it_was_written(narrow: Server) -> None:
    # The last byte of 乗 in GBK is a backslash, which Windows has between folders.
    part = 'Content-Disposition: form-data; name="file"; filename="公开信息乗.csv"'.encode("gbk").replace(b"\\", b"\\\\")
    body = b"--x\r\n" + part + b"\r\n\r\n" + "编号,公开日期\n1,2018-02-30\n".encode() + b"\r\n--x--\r\n"
    with narrow.client(None) as client:
        answer = client.post("/v1/check", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 200, answer.text
    (place,) = {(r["source"]["file"], r["source"]["row"]) for r in answer.json()["rejected"]}
    assert place == ("公开信息乗.csv", 2)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/v1/check", {"files": {"file": ("a.xlsx", b"PK\x03\x04")}}),
        ("/v1/check", {"files": {"file": ("a.parquet", b"PAR1")}}),
        ("/v1/check", {"files": {"file": ("a.json", b"[" * 5000)}}),
        ("/v1/check", {"files": {"file": ("a.csv", "公开信息\n".encode("utf-16"))}}),
        ("/v1/check", {"files": {"file": ("公开信息.csv", "序号,公开日期\n1,2018-02-30\n".encode())}}),
        ("/v1/check", {"files": {"file": ("a b 台账.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")}}),
        ("/v1/check", {"files": {"file": ("a.sqlite", b"SQLite format 3\x00")}}),
        ("/v1/check", {"json": {"tables": {}, "parameters": {"covers": [1]}}}),
        ("/v1/check", {"json": {"tables": {}, "pack": "rules/pingdu-2018"}}),
        ("/v1/check", {"json": {"tables": {}, "rules": ["PD-0"]}}),
        ("/v1/preflight", {"files": {"file": ("a.docx", b"PK\x03\x04")}}),
        ("/v1/preflight", {"files": {"file": ("a.pdf", b"%PDF-1.7")}}),
        ("/v1/fix", {"files": {"file": ("a.ofd", b"PK\x03\x04")}}),
    ],
)
def test_answer_never_shows_a_path_of_the_server(narrow: Server, path: str, sent: dict[str, Any]) -> None:
    with narrow.client(None) as client:
        answer = client.post(path, **sent)
    assert answer.status_code in (200, 422), answer.text
    for known in (str(narrow.temp), "opencheck-job", str(Path.cwd()), str(Path.home()), sys.prefix, "body.json"):
        assert known not in answer.text


def test_ledger_on_the_server_that_cannot_be_read_is_told_without_its_path(tmp_path: Path) -> None:
    ledger = tmp_path / "内部" / "台账.xlsx"
    ledger.parent.mkdir()
    ledger.write_bytes(b"PK\x03\x04")
    server = serve(tmp_path, "--workers", "1", "--data", str(ledger), token=None)
    try:
        with server.client(None) as client:
            detail = problem(client.get("/v1/due"), 422)["detail"]
        assert "台账.xlsx" in detail
        assert "内部" not in detail
    finally:
        server.process.terminate()
        server.process.wait(60)


@pytest.mark.parametrize("lang", ["xx", "ZH", "zh-CN", "1"])
def test_language_that_is_not_known_is_422_and_names_the_accepted(narrow: Server, lang: str) -> None:
    file = {"file": (LEDGER.name, LEDGER.read_bytes())}
    tables: dict[str, Any] = {"tables": {"meeting": []}, "lang": lang}
    with narrow.client(None) as client:
        answers = [
            client.post("/v1/check", files=file, data={"lang": lang, "format": "html"}),
            client.post("/v1/check", json={**tables, "format": "html"}),
            client.post("/v1/due", files=file, data={"lang": lang, "format": "ics"}),
            client.post("/v1/due", json={**tables, "format": "ics"}),
            client.get("/v1/rules/PD-9.4", params={"lang": lang}),
            client.get("/v1/due", params={"lang": lang}),
        ]
    for answer in answers[:5]:
        detail = problem(answer, 422)["detail"]
        assert "zh" in detail
        assert "en" in detail
    assert answers[5].status_code in (404, 422)


def test_format_of_due_that_is_not_known_is_422(narrow: Server) -> None:
    with narrow.client(None) as client:
        file = {"file": (LEDGER.name, LEDGER.read_bytes())}
        assert "json, ics" in problem(client.post("/v1/due", files=file, data={"format": "xml"}), 422)["detail"]


def test_client_that_leaves_is_no_error_in_the_log(narrow: Server) -> None:
    head = b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: %s\r\nContent-Type: %s\r\nContent-Length: 1000\r\n\r\n"
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n1,2'
    for kind, body in ((b"application/json", b"{"), (b"multipart/form-data; boundary=x", form)):
        name = b"left-" + kind[:4]
        raw(narrow, head % (name, kind) + body, 0.2, read=False)
        wait_for(lambda name=name: name.decode() in narrow.logged())
        (line,) = [text for text in narrow.logged().splitlines() if name.decode() in text]
        assert " INFO " in line
        assert " 499 " in line
    assert " ERROR " not in narrow.logged()
    assert not list(narrow.temp.glob("opencheck-*"))


def test_nothing_personal_in_log_and_metrics_wherever_it_is_sent(narrow: Server) -> None:
    record = {"record": {"title": f"王某{ID}", "unit": f"王某{ID}"}, "as_of": "2018-09-10"}
    with narrow.client(None) as client:
        for request_id in (ID, f"a-{ID}", "13905321234"):
            answer = client.post("/v1/preflight", json=record, headers={"X-Request-ID": request_id})
            assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
        told = [
            client.request(ID, "/v1/rules"),
            client.get(f"/{ID}"),
            client.get(f"/v1/rules/{ID}", headers={"X-Request-ID": "王某".encode()}),
            client.post("/v1/check", files={ID: ("a.csv", b"1")}),
            client.post("/v1/check", files={"file": (f"{ID}.exe", b"MZ")}),
            client.post("/v1/check", json={"tables": {ID: []}}),
            client.post("/v1/check", json={"tables": {}, "format": ID, "pack": ID}),
            client.post("/v1/preflight", json={"record": {}, "table": ID}),
            client.post("/v1/preflight", content=b"{}", headers={"Content-Type": f"text/{ID}"}),
        ]
        metrics = client.get("/metrics").text
    assert ID not in narrow.logged()
    assert "1390532" not in narrow.logged()
    assert ID not in metrics
    for answer in told:
        assert 400 <= answer.status_code < 500
        assert ID not in answer.text
