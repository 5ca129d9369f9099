"""Speed of the check before publication: in one warm process, and over HTTP with two clients a core.

    python benchmarks/preflight.py [--calls 500] [--seconds 60]

A document of 5,000 characters, every rule of pingdu-2018 and the scan for personal data; the same record as JSON over HTTP. Times in milliseconds; memory
is that of the service and its workers together, after a tenth of the time and at its end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import httpx

HERE = Path(__file__).resolve().parent
TEXT = "关于做好工作的通知\n" + "各镇人民政府，各街道办事处，市直有关部门。" * 240 + "\n2018年8月24日\n（此件公开发布）"
RECORD = {
    "title": "关于做好工作的通知", "is_policy": True, "is_important": True, "attribute": "主动公开", "signed_on": "2018-08-24", "reviewed_on": "2018-08-27",
    "review_result": "可以公开", "reviewer": "王某", "text": TEXT,
}  # fmt: skip


def spread(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return statistics.median(ordered) * 1000, ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)] * 1000


def in_process(calls: int) -> dict[str, tuple[float, float]]:
    import opencheck as oc
    from opencheck.core.personal_data import find_personal_data

    pack = oc.load_pack("pingdu-2018")
    whole, scans, reads = [], [], []
    for number in range(calls + 20):
        started = time.perf_counter()
        oc.preflight({**RECORD, "title": f"通知{number}"}, pack=pack, as_of=date(2018, 8, 28)).as_dict()
        middle = time.perf_counter()
        find_personal_data(TEXT)
        scanned = time.perf_counter()
        oc.documents.read(TEXT)
        if number >= 20:
            whole.append(middle - started)
            scans.append(scanned - middle)
            reads.append(time.perf_counter() - scanned)
    return {
        "preflight, all rules": spread(whole),
        "of it: personal data": spread(scans),
        "reading the text's facts": spread(reads),
    }


def memory(pid: int) -> int:
    """Resident MiB of a process and its children."""
    total = 0
    for folder in Path("/proc").iterdir():
        try:
            status = (folder / "status").read_text() if folder.name.isdigit() else ""
        except OSError:
            continue
        parent = re.search(r"PPid:\s+(\d+)", status)
        size = re.search(r"VmRSS:\s+(\d+)", status)
        if size and (folder.name == str(pid) or (parent and parent[1] == str(pid))):
            total += int(size[1]) // 1024
    return total


async def load(url: str, clients: int, seconds: float, pid: int) -> tuple[list[float], int, list[int]]:
    times: list[float] = []
    errors = 0
    body = json.dumps({"record": RECORD, "as_of": "2018-08-28"}).encode()
    ends = time.perf_counter() + seconds
    seen: list[int] = []

    async def client() -> None:
        nonlocal errors
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            while time.perf_counter() < ends:
                started = time.perf_counter()
                answer = await http.post(f"{url}/v1/preflight", content=body, headers={"content-type": "application/json"})
                times.append(time.perf_counter() - started)
                errors += answer.status_code != 200

    async def watch() -> None:
        await asyncio.sleep(seconds / 10)
        seen.append(memory(pid))
        await asyncio.sleep(seconds * 0.85)
        seen.append(memory(pid))

    await asyncio.gather(watch(), *(client() for _ in range(clients)))
    return times, errors, seen


def over_http(seconds: float) -> dict[str, str]:
    command = [sys.executable, "-m", "opencheck", "serve", "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    url = re.search(r"http://[\d.:]+", server.stderr.readline())[0]  # type: ignore[index]
    drain = subprocess.Popen(["cat"], stdin=server.stderr, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                httpx.get(f"{url}/healthz", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        clients = 2 * (os.cpu_count() or 1)
        asyncio.run(load(url, clients, 3, server.pid))
        times, errors, seen = asyncio.run(load(url, clients, seconds, server.pid))
    finally:
        server.terminate()
        server.wait(60)
        drain.terminate()
    p50, p99 = spread(times)
    return {
        "clients": str(clients), "seconds": f"{seconds:g}", "requests per second": f"{len(times) / seconds:.0f}", "p50 ms": f"{p50:.1f}", "p99 ms": f"{p99:.1f}",
        "errors": str(errors), "memory MiB, early and late": " → ".join(map(str, seen)),
    }  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=500)
    options.add_argument("--seconds", type=float, default=60)
    chosen = options.parse_args()
    inside = in_process(chosen.calls)
    outside = over_http(chosen.seconds)
    machine = f"{datetime.now():%Y-%m-%d} · {platform.machine()}, {os.cpu_count()} cores · Python {platform.python_version()} · Polars {version('polars')}"
    lines = [
        "# 公布之前 / before publication", "", f"`python benchmarks/preflight.py` · {machine}", "",
        f"一份{len(TEXT):,}字的公文，pingdu-2018 的全部规则加个人信息扫描；一个热进程，{chosen.calls} 次。A document of {len(TEXT):,} characters, one warm process.", "",
        "| 做什么 / what | p50 ms | p99 ms |", "|---|---|---|", *(f"| {k} | {p50:.2f} | {p99:.2f} |" for k, (p50, p99) in inside.items()), "",
        "同一份文件作为 JSON 走 HTTP，客户端和服务在同一台机器上。The same over HTTP, clients on the same machine.", "",
        "| " + " | ".join(outside) + " |", "|" + "---|" * len(outside), "| " + " | ".join(outside.values()) + " |", "",
    ]  # fmt: skip
    text = "\n".join(lines)
    (HERE / "preflight.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
