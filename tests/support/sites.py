"""The example sites, each in a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from servers import PLAIN

ROOT = Path(__file__).parent.parent.parent


ID = "11010519491231002X"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


ANSWERING = """
import json, sys, traceback, django
django.setup()
answers, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    names = {"json": json, "out": None}
    try:
        exec(json.loads(line), names)
        told = {"out": names["out"]}
    except BaseException:
        told = {"error": traceback.format_exc()}
    print(json.dumps(told, default=str), file=answers, flush=True)
"""
"""Runs each line of its input, a Python text as JSON, inside the site: Django is loaded once for all questions."""


@dataclass
class Site:
    """An example site in a process of its own, and a way to ask its database."""

    folder: Path
    data: Path
    settings: str
    url: str = ""
    answering: subprocess.Popen[str] | None = field(default=None, init=False)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "OPENCHECK_SITE": str(self.data),
            "DJANGO_SETTINGS_MODULE": self.settings,
            "PYTHONPATH": os.pathsep.join([str(self.folder), str(ROOT / "src")]),
            "PYTHONIOENCODING": "utf-8",
        }

    def ask(self, code: str) -> Any:
        """Run Python inside the site; what it puts into ``out`` comes back."""
        if self.answering is None:
            self.answering = subprocess.Popen(
                [sys.executable, "-c", ANSWERING],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                cwd=self.folder,
            )
        assert self.answering.stdin
        assert self.answering.stdout
        print(json.dumps(code), file=self.answering.stdin, flush=True)
        told = json.loads(self.answering.stdout.readline())
        assert "error" not in told, told["error"]
        return told["out"]

    def ask_under(self, settings: str, code: str) -> Any:
        """The same in a process of its own, in which Python has changed the settings before Django starts."""
        whole = (
            f"import json, django\n{settings}\ndjango.setup()\nout = None\n{code}\nprint('\\n' + json.dumps(out, default=str))"
        )
        done = subprocess.run(
            [sys.executable, "-c", whole],
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=self.folder,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def stop_answering(self) -> None:
        """End the process that answers, if one was started."""
        if self.answering is not None:
            self.answering.communicate(timeout=30)


def started(folder: Path, data: Path, settings: str) -> Iterator[Site]:
    port = free_port()
    site = Site(folder, data / "site", settings, f"http://127.0.0.1:{port}")  # not there yet, as in a fresh clone
    log = data / "log.txt"
    data.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, str(folder / "run.py"), "--port", str(port)],
            env=site.environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(600):
            try:
                httpx.get(site.url, **PLAIN)
                break
            except httpx.TransportError:
                assert process.poll() is None, log.read_text(encoding="utf-8")
                time.sleep(0.1)
        yield site
    finally:
        site.stop_answering()
        process.terminate()
        process.wait(30)
