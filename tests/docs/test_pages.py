"""The commands and the code of the documentation, run as they stand there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import docx
import icalendar
import openpyxl
import pytest

import opencheck as oc
from commands import run
from opencheck.readers import read
from opencheck.records.dataset import ROW, SRC
from sample_documents import ID, LINES

pytestmark = pytest.mark.docs

ROOT = Path(__file__).resolve().parent.parent.parent


PAGES = sorted(
    p
    for p in (ROOT / "docs").rglob("*.md")
    if not {"rules", "reference"} & set(p.relative_to(ROOT / "docs").parts) and p.name not in ("tutorial.md", "benchmarks.md")
)  # the tutorial has a test of its own, what is generated is made from what runs


ELSEWHERE = {
    "pip ": "installs from the network",
    "opencheck serve": "tests/integrations/http",
    "OPENCHECK_TOKENS": "tests/integrations/http",
    "curl": "tests/integrations/http",
    "postgresql://": "tests/readers/test_sql.py",
    "--engine spark": "tests/engine/test_carriers.py",
}
"""What is tested in another place, or cannot be without a network."""


def blocks(page: Path, *kinds: str) -> Iterator[str]:
    for kind, text in re.findall(r"^```(\w+)[^\n]*\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M):
        if kind in kinds:
            yield text


def commands(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Each command, and the lines of output that the page shows under it."""
    for block in blocks(page, "console", "sh"):
        found: list[tuple[str, list[str]]] = []
        for line in filter(str.strip, block.splitlines()):
            if line.startswith("$ ") or "$ " not in block:
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
        yield from (f for f in found if not any(word in f[0] for word in ELSEWHERE))


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, ledger: Path) -> Path:
    """A folder with what the pages speak of."""
    folder = tmp_path_factory.mktemp("office")
    for name in ("台账.xlsx", "ledger.xlsx"):
        shutil.copy(ledger, folder / name)
    for name in ("通知.docx", "notice.docx"):
        notice = docx.Document()  # a notice with the numbers of two persons
        for line in (*LINES[:4], f"王某 {ID}", "李某 370202198003151239", *LINES[4:]):
            notice.add_paragraph(line)
        notice.save(folder / name)
    tables = read(ledger).tables
    for name in ("归集库", "archive"):
        (folder / name).mkdir()
        for table in ("disclosure", "document", "interpretation"):
            tables[table].records().drop(ROW, SRC).write_parquet(folder / name / f"{table}.parquet")
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


IN_CHINESE = {
    "ledger.xlsx": "台账.xlsx",
    "archive/": "归集库/",
    "findings.jsonl": "结果.jsonl",
    "history.db": "历史.db",
    "portal.db": "门户.db",
    "report.html": "报告.html",
    "report.json": "报告.json",
    "notices/": "通知单/",
    "result.xlsx": "检查结果.xlsx",
    "before.json": "上月.json",
    "due.ics": "到期.ics",
}
"""What the Chinese pages call the files of the English ones."""


def common(command: str) -> tuple[str, ...]:
    """The words of a command without what makes no difference: the language of a file's name, and how the option for the output is spelled."""
    words = (IN_CHINESE.get(word, word) for word in shlex.split(command.split("   #")[0]))
    return tuple("--output" if word == "-o" else word for word in words)


def builds_on(command: tuple[str, ...]) -> bool:
    """Whether what a command gives depends on commands before it."""
    return command[1] in ("history", "template") or bool({"--baseline", "--history", "--answers", "--finding"} & set(command))


def value_of(words: Sequence[str], *options: str) -> str | None:
    return next((words[words.index(o) + 1] for o in options if o in words), None)


@cache
def own_commands(page: Path) -> list[tuple[str, list[str]]]:
    """The commands of a page with their outputs; of those that pages have in common each is run with one of them, where all start from one folder.

    The Chinese pages come first. What builds on commands before it, and what a later command of the page needs, is run with every page
    but the English one that repeats a Chinese page; a command that is changed in one language only is run there again.
    """
    order = sorted(PAGES, key=lambda path: path.parent.name == "en")
    translated = [ROOT / "docs" / page.name] if page.parent.name == "en" else []
    known = [(common(command), shown) for other in order[: order.index(page)] for command, shown in commands(other)]
    repeated = [(common(command), shown) for other in translated for command, shown in commands(other)]
    own = list(commands(page))
    needed = {
        word
        for command, _ in own
        if builds_on(words := common(command))
        for word in words[2:]
        if word != value_of(words, "--output")
    }

    def is_run_elsewhere(words: tuple[str, ...], shown: list[str]) -> bool:
        stands_alone = not builds_on(words) and words[-1] not in needed
        return (words, shown) in repeated or (stands_alone and (words, shown) in known)

    return [(command, shown) for command, shown in own if not is_run_elsewhere(common(command), shown)]


def test_pages_of_which_all_commands_are_run_with_other_ones() -> None:
    everywhere = {
        path.relative_to(ROOT / "docs").as_posix() for path in PAGES if list(commands(path)) and not own_commands(path)
    }
    english = {"concepts.md", "engines.md", "handouts.md", "headings.md", "waivers-baseline-due.md"}
    assert everywhere == {f"en/{name}" for name in english}


def test_every_command_is_run_with_one_page() -> None:
    run_ = {(common(command), *shown) for page in PAGES for command, shown in own_commands(page)}
    assert run_ == {(common(command), *shown) for page in PAGES for command, shown in commands(page)}


FURTHER = {
    "concepts.md",
    "en/quickstart.md",
    "en/reports.md",
    "engines.md",
    "handouts.md",
    "headings.md",
    "reports.md",
    "waivers-baseline-due.md",
}
"""Pages of which what the commands do has tests of its own, so that the long run is enough for them."""


def _pages() -> Iterator[Any]:
    for page in PAGES:
        name = page.relative_to(ROOT / "docs").as_posix()
        if own_commands(page):
            yield pytest.param(page, id=name, marks=[pytest.mark.thorough] if name in FURTHER else [])


@pytest.mark.parametrize("page", list(_pages()))
def test_page_commands_keep_their_promises(page: Path, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "office"
    shutil.copytree(office, folder)
    monkeypatch.chdir(folder)
    for command, shown in own_commands(page):
        words = shlex.split(command.split("   #")[0])
        if "--finding" in words and not Path(words[-1]).exists():  # a report that was written before
            run("check", "台账.xlsx", "--as-of", "2018-12-31", "-o", words[-1])
        done = promise_of(words)(words)
        assert [line for line in shown if line not in done.splitlines()] == [], f"{command} prints\n{done}"


def promise_of(words: list[str]) -> Callable[[list[str]], str]:
    """The function that runs a command and asserts what the page promises of it; it returns what was printed."""
    assert words[0] in ("opencheck", "pytest"), words
    return PROMISES["pytest" if words[0] == "pytest" else words[1]]


def printed(words: list[str], status: int) -> str:
    done = run(*words[1:])
    assert done.exit_code == status, f"{shlex.join(words)}\n{done.output[-800:]}"
    return done.output


@cache
def checked(source: str, day: str | None, changed: str | None) -> oc.Report:
    """The library's report of a file that every page's folder has."""
    return oc.check(source, as_of=day, parameters=dict([changed.split("=", 1)]) if changed else None)


def check_keeps(words: list[str]) -> str:
    """Violations make the exit status 1; what is written is what the suffix says; the findings are those of the library."""
    source, day, lang = words[2], value_of(words, "--as-of"), value_of(words, "--lang") or "zh"
    changed = value_of(words, "--set")
    expected = checked(source, day, changed)
    broken = bool(expected.worst("error")) and value_of(words, "--fail-on") != "never"
    assert broken == (not source.endswith(".db") and "--fail-on" not in words), "the ledger has violations, the database none"
    out = printed(words, int(broken))
    file = value_of(words, "-o", "--output")
    if file and value_of(words, "--unit") == "all":
        units = {f.unit for f in expected.violations}
        assert len(list(Path(file).glob("*.xlsx"))) > len(units) > 5, "a hand-out for each unit, and the index"
    elif file:
        written_keeps(Path(file), source, expected, lang)
    else:
        counted = len(expected.violations)
        assert re.search(rf"违规 {counted}（" if counted else "违规 0", out)
    if value_of(words, "--baseline"):
        assert re.search(r"与上次报告相比：新增\d+，仍在\d+，已整改\d+", out)
    if changed:  # "the explanation then says what it was"
        told = json.loads(run(*words[1:], "--format", "json").stdout)
        steps = [t["zh"] for f in told["findings"] if f["rule"] == "PD-9.4" for t in f["explanation"]]
        assert any("由使用者改为5个工作日" in t for t in steps)
        assert any("原为" in t for t in steps)
    if history := value_of(words, "--history"):
        runs = json.loads(run("history", history, "--format", "json").stdout)
        assert runs[-1]["as_of"] == day
        if file:
            assert "历次违规数" in Path(file).read_text(encoding="utf-8")
    return out


def written_keeps(file: Path, source: str, expected: oc.Report, lang: str) -> None:
    rules = [f.rule for f in expected.findings()]
    if file.suffix == ".xlsx":
        marked = openpyxl.load_workbook(file, read_only=True)
        assert marked.sheetnames[:2] == ["检查结果", "问题清单"]
        with zipfile.ZipFile(file) as parts:
            comments = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/comments")]
        assert any("PD-9.4" in text for text in comments)
        if source.endswith(".xlsx"):
            assert marked.sheetnames[2:] == openpyxl.load_workbook(source, read_only=True).sheetnames
    elif file.suffix == ".html":
        page = file.read_text(encoding="utf-8")
        assert f'<html lang="{lang}' in page
        assert "default-src 'none'" in page, "it sends no request"
        assert "PD-9.4" in page
    elif file.suffix == ".json":
        assert [f["rule"] for f in json.loads(file.read_text(encoding="utf-8"))["findings"]] == rules
    else:
        assert file.suffix == ".jsonl"
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert sorted(f["rule"] for f in lines) == sorted(rules), "every engine finds the same"


def due_keeps(words: list[str]) -> str:
    out = printed(words, 0)
    until = date.fromisoformat(value_of(words, "--until") or "")
    since = date.fromisoformat(value_of(words, "--as-of") or "")
    pending = checked(words[2], str(since), None).findings("pending")
    days = sorted(f.due for f in pending if f.due and since <= f.due <= until)
    if file := value_of(words, "-o"):
        events = icalendar.Calendar.from_ical(Path(file).read_bytes()).walk("VEVENT")
        starts = [e["DTSTART"].dt for e in events]  # limits in hours end at a minute (UTC)
        shanghai = timezone(timedelta(hours=8))
        assert sorted(s.astimezone(shanghai).date() if isinstance(s, datetime) else s for s in starts) == days
        assert all(e.walk("VALARM")[0]["TRIGGER"].dt < timedelta(0) for e in events), "it reminds before the day"
    else:
        assert {date.fromisoformat(d) for d in re.findall(r"(?m)^ (\d{4}-\d\d-\d\d)(?:（| \d\d:\d\d)", out)} == set(days)
    return out


def explain_keeps(words: list[str]) -> str:
    if "--finding" not in words:
        out = printed(words, 0)
        wanted = ("Duty", "Reading", "Related clauses") if "en" in words else ("义务", "理解", "相关条款")
        assert all(heading in out for heading in wanted)
        return out
    report = json.loads(Path(words[-1]).read_text(encoding="utf-8"))
    one = next(f for f in report["findings"] if f["rule"] == "PD-9.4" and f["outcome"] == "violation")
    out = printed([one["id"] if re.fullmatch("[0-9a-f]{12}", w) else w for w in words], 0)
    text = re.sub(r"\s", "", out)
    lang = "en" if "en" in words else "zh"
    assert all(re.sub(r"\s", "", step[lang]) in text for step in one["explanation"])
    return out


def preflight_keeps(words: list[str]) -> str:
    """Two numbers in the notice, a column that the list lacks: neither may be published, and no number is printed."""
    out = printed(words, 1)
    assert "不能公布" in out
    if "listing" in words:
        assert "表中没有“监督举报电话”列（1行）" in out
        return out
    assert "PD-14.2c" in out
    assert ID not in out
    if "--fix" in words:
        copy = next(Path().glob("*.已处理.docx"))
        assert ID not in oc.documents.read(copy).text
        assert ID in oc.documents.read(words[2]).text, "the original stays"
    else:
        assert "2018-08-31" in out, "what falls due after publication"
    return out


def history_keeps(words: list[str]) -> str:
    out = printed(words, 0)
    assert "2018-11-30" in out
    assert "2018-12-31" in out
    assert "--last" not in words or re.search(r"新增\d+（其中复发0），仍在\d+，已整改0", out)
    return out


def score_keeps(words: list[str]) -> str:
    out = printed(words, 0)
    if "--unit" in words:
        assert re.search(r"得分 \d+/100（最低 \d+）", out)
        assert "扣1分" in out
    elif "en" in words:
        assert "the pack's own" in out, "the weights are no appraisal rules"
        assert "at least" in out
    else:
        assert "自定" in out
        assert "最低" in out
    return out


def template_keeps(words: list[str]) -> str:
    """It overwrites nothing; the next commands are about a ledger that was filled in."""
    filled = Path(words[-1]).read_bytes()
    printed(words, 2)
    assert Path(words[-1]).read_bytes() == filled
    Path(words[-1]).unlink()
    out = printed(words, 0)
    assert {"填写说明", "公文", "公开信息"} <= set(openpyxl.load_workbook(words[-1]).sheetnames)
    Path(words[-1]).write_bytes(filled)
    return out


def pytest_keeps(words: list[str]) -> str:
    """One test for each rule; violations of the level error fail, and rows that are of no use."""
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stdout[-800:]
    assert f"FAILED {words[-1]}::PD-9.4" in done.stdout
    assert f"FAILED {words[-1]}::input" in done.stdout
    return done.stdout


def map_keeps(words: list[str]) -> str:
    """Every heading of the ledger and what it is read as; where nothing is in doubt, no file."""
    out = printed(words, 0)
    assert "公文 第2行  成文日期  已对应  成文日期" in out
    assert not list(Path().glob("*.map.yaml"))
    return out


PROMISES: dict[str, Callable[[list[str]], str]] = {
    "check": check_keeps,
    "due": due_keeps,
    "explain": explain_keeps,
    "preflight": preflight_keeps,
    "history": history_keeps,
    "map": map_keeps,
    "score": score_keeps,
    "template": template_keeps,
    "pytest": pytest_keeps,
}


def own_code(page: Path) -> list[str]:
    """The Python of a page; of a page in English what the Chinese one has not word for word, which is run there."""
    known = [] if page.parent.name != "en" else list(blocks(ROOT / "docs" / page.name, "python"))
    return [code for code in blocks(page, "python") if code not in known]


@pytest.mark.parametrize("page", [p for p in PAGES if own_code(p)], ids=lambda p: p.relative_to(ROOT / "docs").as_posix())
def test_page_code_keeps_its_promises(page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Most of it asserts what it promises; what it only prints or leaves to the reader is asserted here."""
    for number, code in enumerate(own_code(page)):
        if "integrations import spark" in code:
            continue  # the same call is made in tests/integrations/test_spark.py, where there is a session
        if "def test_" in code:
            (tmp_path / f"test_{number}.py").write_text(code, encoding="utf-8")
            command = [sys.executable, "-m", "pytest", "-q", "--strict-markers", f"test_{number}.py"]
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, f"{code}\n{done.stdout[-800:]}\n{done.stderr[-800:]}"
            assert "1 passed" in done.stdout or "[100%]" in done.stdout
            continue
        names: dict[str, Any] = {}
        exec(compile(code, page.name, "exec"), names)
        out = capsys.readouterr().out
        if "print(" in code:
            (finding,) = names["report"].violations
            lang = "en" if "message.en" in code else "zh"
            assert out == f"{finding.unit} {getattr(finding.message, lang)} {getattr(finding.remedy, lang)}\n"
            assert "2018-10-08" in out
        if "compiled" in names:  # a field that is not named is a column that the ledger lacks: nothing is said against it
            found = names["compiled"].check({"id": "1", "number": "平政发〔2018〕1号", "attribute": "主动公开"})
            assert {str(f.outcome) for f in found} == {"indeterminate"}


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
