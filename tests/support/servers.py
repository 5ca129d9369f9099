"""The HTTP service in a process of its own."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent.parent


LEDGER = next((ROOT / "examples").glob("*.xlsx"))


DOCUMENTS = ROOT / "examples" / "documents"


ID = "11010519491231002X"


TOKEN = secrets.token_hex(16)


RECORD: dict[str, Any] = {
    "title": "通知", "is_policy": True, "is_important": True, "attribute": "主动公开", "signed_on": "2018-08-24", "submitted_on": "2018-08-20", "interpretation_plan_on": "2018-08-20",
    "proposed_attribute": "主动公开", "proposed_reason": "涉及群众", "affects_public_interest": False, "drafting_units": ["市财政局"], "reviewed_on": "2018-08-24",
    "review_result": "可以公开", "reviewer": "王某", "text": "<p>……</p><p>（此件公开发布）</p>",
}  # fmt: skip


PLAIN: dict[str, Any] = {"trust_env": False, "verify": False}
"""How services of our own are asked, by http: the certificates of a client that asks nobody else take longer to load than most answers."""


@dataclass
class Server:
    """A service that runs in a process of its own."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path
    temp: Path

    def client(self, token: str | None = TOKEN) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, **PLAIN)

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")


def serve(folder: Path, *options: str, token: str | None = TOKEN, temp: Path | None = None) -> Server:
    log, temp = folder / "log.txt", temp or folder / "tmp"
    temp.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(temp), **({"OPENCHECK_TOKENS": token} if token else {})}
    command = [sys.executable, "-m", "opencheck", "serve", "--port", "0", *options]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
    server = Server(process, "", log, temp)
    for _ in range(600):
        if match := re.search(r"(http://127\.0\.0\.1:\d+)/", server.logged()):
            server.url = match[1]
            try:
                if httpx.get(f"{server.url}/healthz", **PLAIN).status_code == 200:
                    return server
            except httpx.TransportError:
                pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the service did not start:\n{server.logged()}")


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert set(told) == {"type", "title", "status", "detail", "instance", "request_id"}
    assert told["status"] == status
    assert told["request_id"] == answer.headers["x-request-id"]
    return told


def worker_pids(server: Server) -> list[int]:
    """The processes that do the jobs of a service, told by how multiprocessing starts them (Linux)."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if parent == server.process.pid and b"spawn_main" in command:
            found.append(int(folder.name))
    return found


def wait_for(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Return the first true value of a condition; fail if there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} seconds")


def raw(server: Server, *parts: bytes | float, read: bool = True) -> bytes:
    """Send bytes over a connection of its own, with pauses, and return what comes back until the server ends it."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        for part in parts:
            if isinstance(part, bytes):
                line.sendall(part)
            else:
                time.sleep(part)
        received = b""
        while read and (chunk := line.recv(65536)):
            received += chunk
        return received
