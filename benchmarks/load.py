"""Keep a service busy beyond what it takes: good, bad, huge and slow requests, clients that leave, workers that are killed.

    python benchmarks/load.py --seconds 600

Every request has statuses that it may be answered with; beside them only 503 with Retry-After counts. In the end the service is told to stop
while requests are under way: each that it began, as its log tells, is answered, and nothing is left in its temporary folder. The exit status
is 1 if any of it fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from servers import DOCUMENTS, LEDGER, RECORD, Server, serve, worker_pids  # noqa: E402

BODY_SECONDS = 10.0
LIMIT = 20_000_000
Ask = Callable[["Load"], Awaitable[int]]


class Load:
    """The clients of one run, and what they were answered."""

    def __init__(self, server: Server, seed: int) -> None:
        self.server, self.random = server, random.Random(seed)
        self.answers: Counter[tuple[str, int]] = Counter()
        self.faults: list[str] = []
        self.seconds: list[float] = []
        self.memory: list[tuple[float, int, int]] = []
        self.names = count()
        self.killed = 0
        self.stopping = False
        self.broken: list[tuple[str, str]] = []
        self.client = httpx.AsyncClient(
            base_url=server.url, timeout=300, trust_env=False, limits=httpx.Limits(max_connections=None)
        )
        host, port = server.url.removeprefix("http://").split(":")
        self.address = (host, int(port))

    async def post(self, path: str, **sent: Any) -> int:
        name, started = f"load-{next(self.names)}", time.monotonic()
        sent["headers"] = {**sent.get("headers", {}), "X-Request-ID": name}
        try:
            answer = await self.client.post(path, **sent)
        except httpx.TransportError as exc:
            after = f"after {time.monotonic() - started:.0f} s"
            self.broken.append((name, f"{path}: {type(exc).__name__} {after}{' at the stop' if self.stopping else ''}"))
            return -1
        if answer.status_code == 503 and "retry-after" not in answer.headers:
            self.faults.append(f"{path}: 503 without Retry-After")
        if answer.status_code == 200 and len(answer.content) < 100:
            self.faults.append(f"{path}: an empty answer")
        return answer.status_code

    async def half_sent(self, *, leave: bool) -> int:
        """Send half a body and wait for the answer, or leave."""
        reader, writer = await asyncio.open_connection(*self.address)
        head = (
            "POST /v1/preflight HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
        )
        writer.write(head.encode())
        await writer.drain()
        try:
            if leave:
                await asyncio.sleep(self.random.uniform(0, 1))
                return 0
            status = await reader.readline()
            return int(status.split()[1])
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def drip(self) -> int:
        """Send a whole body slowly, but in time."""
        body = json.dumps({"record": RECORD, "as_of": "2018-08-28"}).encode()

        async def parts() -> Any:
            for at in range(0, len(body), 200):
                yield body[at : at + 200]
                await asyncio.sleep(0.1)

        return await self.post("/v1/preflight", content=parts(), headers={"Content-Type": "application/json"})


def upload(path: str, name: str, content: bytes, **fields: str) -> Ask:
    return lambda load: load.post(path, files={"file": (name, content)}, data={"as_of": "2018-12-31", **fields})


def kinds() -> list[tuple[str, int, set[int], Ask]]:
    """Name, share, the statuses that a request may have beside 503, and how it is asked."""
    rows = "".join(f"{n},市民政局,通知{n},2018-09-28\n" for n in range(5_000)).encode()
    long_text = ("正文没有问题。\n" * 50_000).encode()
    notice = (DOCUMENTS / "01-通知.docx").read_bytes()
    record = {"record": RECORD, "as_of": "2018-08-28"}
    return [
        ("good record", 40, {200}, lambda load: load.post("/v1/preflight", json=record)),
        ("good document", 15, {200}, upload("/v1/preflight", "通知.docx", notice)),
        ("good ledger", 4, {200}, upload("/v1/check", "台账.xlsx", LEDGER.read_bytes())),
        ("bad day", 10, {422}, lambda load: load.post("/v1/preflight", json={"record": {}, "as_of": "昨天"})),
        ("damaged document", 6, {422}, upload("/v1/preflight", "a.docx", notice[:9000])),
        ("damaged ledger", 6, {422}, upload("/v1/check", "a.xlsx", LEDGER.read_bytes()[:9000])),
        ("no form", 3, {415}, lambda load: load.post("/v1/fix", content=b"x", headers={"Content-Type": "text/plain"})),
        ("huge ledger", 1, {200, 504}, upload("/v1/check", "公文.csv", "序号,责任单位,标题,公开日期\n".encode() + rows, format="csv")),
        ("huge text", 1, {200, 504}, upload("/v1/preflight", "a.txt", long_text)),
        ("too large", 3, {413}, lambda load: load.post("/v1/preflight", content=b"0" * (LIMIT + 1), headers={"Content-Type": "application/json"})),
        ("slow", 4, {200}, lambda load: load.drip()),
        ("half sent", 4, {408}, lambda load: load.half_sent(leave=False)),
        ("leaves", 3, {0}, lambda load: load.half_sent(leave=True)),
    ]  # fmt: skip


async def ask_again_and_again(load: Load, choice: list[tuple[str, int, set[int], Ask]], end: float) -> None:
    weights = [share for _, share, _, _ in choice]
    while time.monotonic() < end and not load.stopping:
        (name, _, allowed, ask) = load.random.choices(choice, weights)[0]
        started = time.monotonic()
        status = await ask(load)
        load.answers[name, status] += 1
        if status == 503:
            await asyncio.sleep(load.random.uniform(0.5, 1.5))  # shorter than the header asks for: the limit stays reached
        elif status in allowed:
            load.seconds.append(time.monotonic() - started)
        elif status != -1:
            load.faults.append(f"{name}: answered {status}, expected {sorted(allowed)} or 503")


def resident(pid: int) -> int:
    """Resident memory of a process in MB; 0 if it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) // 1024
    return 0


async def watch(load: Load, kill_every: float) -> None:
    """Measure memory each second, and kill a worker now and then."""
    started, next_kill = time.monotonic(), time.monotonic() + kill_every
    while True:
        await asyncio.sleep(1)
        pids = worker_pids(load.server)
        load.memory.append((time.monotonic() - started, resident(load.server.process.pid), sum(map(resident, pids))))
        if kill_every and pids and time.monotonic() > next_kill:
            next_kill = time.monotonic() + kill_every
            with suppress(OSError):
                os.kill(load.random.choice(pids), signal.SIGKILL)
                load.killed += 1


async def run(load: Load, seconds: float, clients: int, kill_every: float) -> int:
    """Run the load, then stop the service under it; return its exit status."""
    choice = kinds()
    end = time.monotonic() + seconds
    watching = asyncio.create_task(watch(load, kill_every))
    asking = [asyncio.create_task(ask_again_and_again(load, choice, end + 60)) for _ in range(clients)]
    await asyncio.sleep(seconds)
    watching.cancel()
    load.stopping = True
    load.server.process.send_signal(signal.SIGTERM)
    await asyncio.gather(*asking)
    await load.client.aclose()
    return await asyncio.to_thread(load.server.process.wait, 120)


def level(values: list[int]) -> tuple[float, float]:
    """The medians of the second and of the last third: the first is for warming up."""
    third = max(1, len(values) // 3)
    return statistics.median(values[third : 2 * third] or values), statistics.median(values[-third:])


def report(load: Load, exit_status: int, left: list[str]) -> list[str]:
    """Print the figures; return the faults."""
    faults = list(load.faults)
    total = sum(load.answers.values())
    print(f"{total} requests; {load.killed} workers killed")
    words = {0: "left", -1: "none"}
    for (name, status), number in sorted(load.answers.items()):
        print(f"  {name:18} {words.get(status, status):>5} {number:>7}")
    if load.seconds:
        parts = statistics.quantiles(load.seconds, n=100) if len(load.seconds) > 1 else load.seconds * 99
        print(
            f"seconds to the answer: median {parts[49]:.2f}, 95 % {parts[94]:.2f}, 99 % {parts[98]:.2f}, most {max(load.seconds):.2f}"
        )
    for what, values in (("service", [m for _, m, _ in load.memory]), ("workers", [m for _, _, m in load.memory])):
        before, after = level(values)
        print(f"memory of the {what}, MB: {before:.0f} in the second third, {after:.0f} in the last, most {max(values)}")
        if what == "service" and after > before * 1.15 + 20:
            faults.append(f"the memory of the service grows: {before:.0f} to {after:.0f} MB")
    if not any(status == 503 for _, status in load.answers):
        faults.append("no request was refused: this is no saturation")
    if exit_status not in (0, -signal.SIGTERM):
        faults.append(f"the service ended with {exit_status}")
    if left:
        faults.append(f"left in the temporary folder: {left}")
    log = load.server.logged()
    for name, what in load.broken:  # a connection that the service had not taken when it stopped is no lost request
        if name in log or "at the stop" not in what:
            told = next(
                (line.split(" ", 3)[-1] for line in log.splitlines() if line.endswith(name)), "not begun by the service"
            )
            faults.append(f"lost: {what}; {told}")
    for sign in ("Traceback", " ERROR "):
        if sign in log:
            faults.append(f"{sign.strip()} in the log: {log[log.index(sign) - 100 : log.index(sign) + 500]}")
    print(f"left in the temporary folder: {left or 'nothing'}; exit status {exit_status}; faults: {len(faults)}")
    for fault, number in Counter(faults).most_common(20):
        print(f"  {number} × {fault}")
    return faults


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=600)
    options.add_argument("--clients", type=int, default=120)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--kill-every", type=float, default=60, help="seconds between two kills of a worker; 0 for none")
    options.add_argument("--seed", type=int, default=2018)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        limits = ("--timeout", "60", "--body-timeout", str(BODY_SECONDS), "--max-mb", str(LIMIT / 1_000_000))
        server = serve(Path(folder), "--workers", str(chosen.workers), *limits, token=None)
        load = Load(server, chosen.seed)
        try:
            status = asyncio.run(run(load, chosen.seconds, chosen.clients, chosen.kill_every))
        finally:
            server.process.kill()
        left = sorted(p.name for p in server.temp.iterdir())
        sys.exit(1 if report(load, status, left) else 0)


if __name__ == "__main__":
    main()
