"""The commands and the code of the documentation, run as they stand there."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import opencheck as oc
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.readers import read

ROOT = Path(__file__).resolve().parent.parent.parent


PAGES = sorted(
    p
    for p in (ROOT / "docs").rglob("*.md")
    if not {"rules", "reference"} & set(p.relative_to(ROOT / "docs").parts) and p.name not in ("tutorial.md", "benchmarks.md")
)  # the tutorial has a test of its own, what is generated is made from what runs


ELSEWHERE = {
    "pip ": "installs from the network",
    "opencheck serve": "tests/test_service.py",
    "OPENCHECK_TOKENS": "tests/test_service.py",
    "curl": "tests/test_service.py",
    "postgresql://": "tests/test_engines.py",
    "--engine spark": "tests/test_engines.py",
}


"""What is tested in another place, or cannot be without a network."""


def blocks(page: Path, *kinds: str) -> Iterator[str]:
    for kind, text in re.findall(r"^```(\w+)[^\n]*\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M):
        if kind in kinds:
            yield text


def commands(page: Path) -> list[str]:
    found = []
    for block in blocks(page, "console", "sh"):
        shown = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ") or "$ " not in block]
        found += [line for line in shown if line.strip() and not any(word in line for word in ELSEWHERE)]
    return found


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, ledger: Path) -> Path:
    """A folder with what the pages speak of."""
    folder = tmp_path_factory.mktemp("office")
    for name in ("台账.xlsx", "ledger.xlsx"):
        shutil.copy(ledger, folder / name)
    documents = ROOT / "examples" / "documents"
    shutil.copy(next(documents.glob("*.docx")), folder / "通知.docx")
    shutil.copy(folder / "通知.docx", folder / "notice.docx")
    tables = read(ledger).tables
    for name in ("归集库", "archive"):
        (folder / name).mkdir()
        for table in ("disclosure", "document", "interpretation"):
            frame = tables[table].frame.collect().drop(ROW, SRC)
            frame.select(c for c in frame.columns if not c.startswith("+")).write_parquet(folder / name / f"{table}.parquet")
    for name in ("门户.db", "portal.db"):
        with sqlite3.connect(folder / name) as own:
            own.execute("create table request (id text, received_on text, replied_on text)")
            own.execute("insert into request values ('1', '2018-11-05', '2018-11-20')")

    for name in ("低保公示.xlsx", "list.xlsx"):
        book = openpyxl.Workbook()
        for row in (["户主", "人口", "金额"], ["王某", 2, 800]):
            book.active.append(row)
        book.save(folder / name)
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT / "docs").as_posix())
def test_page_commands_keep_their_promises(page: Path, office: Path, tmp_path: Path) -> None:
    folder = tmp_path / "office"
    shutil.copytree(office, folder)
    identifier = "d632d4e799d6"
    for command in commands(page):
        words = shlex.split(command.split("   #")[0])
        assert words[0] in ("opencheck", "pytest"), command
        if words[1] == "template":  # it overwrites nothing; the next commands are about a ledger that was filled in
            (folder / words[-1]).unlink()
            subprocess.run([sys.executable, "-m", *words], cwd=folder, check=True)
            shutil.copy(office / "台账.xlsx", folder / words[-1])
            continue
        if "--finding" in words:  # the id of a finding of this report
            report = Path(folder, words[-1]).read_text(encoding="utf-8") if Path(folder, words[-1]).exists() else None
            if report is None:
                subprocess.run(
                    [sys.executable, "-m", "opencheck", "check", "台账.xlsx", "--as-of", "2018-12-31", "-o", words[-1]],
                    cwd=folder, capture_output=True, check=False,
                )  # fmt: skip
                report = (folder / words[-1]).read_text(encoding="utf-8")
            words = [re.search(r'"id": "([0-9a-f]{12})"', report)[1] if w == identifier else w for w in words]  # type: ignore[index]
        done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, timeout=120)
        # 1 says that violations were found.
        assert done.returncode in (0, 1), f"{command}\n{done.stdout[-800:]}\n{done.stderr[-800:]}"
        assert "Traceback" not in done.stderr
        for option in ("-o", "--output", "--state", "--history"):
            if option in words:
                assert (folder / words[words.index(option) + 1]).stat().st_size > 0, command


@pytest.mark.parametrize(
    "page", [p for p in PAGES if list(blocks(p, "python"))], ids=lambda p: p.relative_to(ROOT / "docs").as_posix()
)
def test_page_code_runs(page: Path, tmp_path: Path) -> None:
    for number, code in enumerate(blocks(page, "python")):
        if "integrations import spark" in code:
            continue  # the same call is made in tests/test_engines.py, where there is a session
        if "def test_" in code:
            (tmp_path / f"test_{number}.py").write_text(code, encoding="utf-8")
            command = [sys.executable, "-m", "pytest", "-q", "--strict-markers", f"test_{number}.py"]
        else:
            command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{code}\n{done.stdout[-800:]}\n{done.stderr[-800:]}"


def test_preflight_page_code_reads_a_damaged_date(root: Path) -> None:
    text = (root / "docs" / "preflight.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    exec(compile(code, "preflight.md", "exec"), names)
    document = names["document"]
    assert isinstance(document, oc.documents.Document)
    assert document.signed_on is not None
    assert document.signed_on.sure == "damaged"


def test_readme_code_writes_the_workbook(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    (tmp_path / "examples").symlink_to(root / "examples")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "检查结果.xlsx").exists()
    late = oc.check(
        {
            "document": [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}],
            "interpretation": [],
        },
        as_of="2018-10-31",
    )
    assert late.violations[0].due == date(2018, 10, 8)
