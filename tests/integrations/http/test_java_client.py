"""The Java client of the examples."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from servers import DOCUMENTS, ROOT, TOKEN, Server

pytestmark = [pytest.mark.java]


def test_java_client_compiles_and_runs(server: Server, tmp_path: Path) -> None:
    if shutil.which("javac") is None:
        pytest.skip("no JDK here: the Java example cannot be compiled")
    source = ROOT / "examples" / "java" / "PreflightClient.java"
    assert len(source.read_text(encoding="utf-8").splitlines()) <= 48
    subprocess.run(["javac", "-encoding", "UTF-8", "-d", str(tmp_path), str(source)], check=True)
    environment = {**os.environ, "OPENCHECK_URL": server.url, "OPENCHECK_TOKEN": TOKEN}
    for name, code in (("07-嵌套表格里的身份证号.docx", 1), ("34-旧格式.doc", 2)):
        file = tmp_path / f"a{Path(name).suffix}"
        shutil.copy(DOCUMENTS / name, file)
        command = ["java", "-Dstdout.encoding=UTF-8", "-cp", str(tmp_path), "PreflightClient", str(file), "2018-09-10"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == code, done.stderr
        assert ("PD-14.2c" in done.stdout) == (code == 1)
    for changed, arguments in (
        ({"OPENCHECK_URL": "http://127.0.0.1:9"}, [str(file), "2018-09-10"]),
        ({"OPENCHECK_URL": "no address"}, [str(file), "2018-09-10"]),
        ({}, [str(tmp_path / "none.docx"), "2018-09-10"]),
        ({}, []),
    ):
        command = ["java", "-Dstderr.encoding=UTF-8", "-cp", str(tmp_path), "PreflightClient", *arguments]
        done = subprocess.run(command, env=environment | changed, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 2
        assert "没有查成" in done.stderr or "not checked" in done.stderr
        assert len(done.stderr.splitlines()) == 1, "no stack trace"
        assert ("opencheck serve" in done.stderr) == (changed.get("OPENCHECK_URL") == "http://127.0.0.1:9")
