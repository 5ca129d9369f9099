"""What is read is never written over, by any command, under any name."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import opencheck as oc
from commands import AS_OF, run

LATE = {"id": "1", "title": "通知", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "document.json"
    file.write_text(json.dumps([LATE]), encoding="utf-8")
    return file


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "公文"
    for row in (["编号", "标题", "是否政策性文件", "公开属性", "公布日期"], ["1", "通知", "是", "主动公开", "2018-09-28"]):
        sheet.append(row)
    made.save(tmp_path / "台账.xlsx")
    return tmp_path / "台账.xlsx"


def by_symlink(file: Path) -> Path:
    link = file.with_name("link.json")
    link.symlink_to(file)
    return link


def by_hard_link(file: Path) -> Path:
    link = file.with_name("hard.json")
    os.link(file, link)
    return link


def by_detour(file: Path) -> Path:
    return file.parent / ".." / file.parent.name / file.name


@pytest.mark.parametrize("name", [lambda file: file, by_symlink, by_hard_link, by_detour])
@pytest.mark.parametrize("command", ["check", "due"])
def test_output_over_its_ledger_is_refused(source: Path, name: Callable[[Path], Path], command: str) -> None:
    before = source.read_bytes()
    other = name(source)
    for read, written in ((source, other), (other, source)):
        result = run(command, str(read), *AS_OF, "-o", str(written))
        assert result.exit_code == 2
        assert str(written) in result.stderr
        assert "不能覆盖" in result.stderr
    assert source.read_bytes() == before
    assert "--output" not in result.stdout


def test_output_over_other_files_of_a_check_is_refused(source: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "上月.json"
    assert run("check", str(source), *AS_OF, "-o", str(earlier)).exit_code in (0, 1)
    calendar = tmp_path / "2027.json"
    days = [{"date": f"2027-{day}", "isOffDay": True} for day in ("01-01", "10-01")]
    calendar.write_text(json.dumps({"days": days}), encoding="utf-8")
    mapping = tmp_path / "document.map.yaml"
    mapping.write_text("headings: {成文时间: 成文日期}\n", encoding="utf-8")
    history = tmp_path / "history.json"
    for options, target in (
        (["--baseline", earlier], earlier),
        (["--calendar", calendar], calendar),
        (["--history", history], history),
        ([], mapping),
    ):
        before = target.read_bytes() if target.exists() else None
        result = run("check", str(source), *AS_OF, *map(str, options), "-o", str(target), "--format", "json")
        assert (result.exit_code, "不能覆盖" in result.stderr) == (2, True), target
        assert (target.read_bytes() if target.exists() else None) == before


def test_output_over_a_file_of_the_pack_is_refused(source: Path, copy: Path) -> None:
    target = copy / "topics.yaml"
    before = target.read_bytes()
    result = run("check", str(source), *AS_OF, "--pack", str(copy), "-o", str(target), "--format", "json")
    assert (result.exit_code, "不能覆盖" in result.stderr) == (2, True)
    assert target.read_bytes() == before


def test_output_into_the_folder_that_is_read_is_refused_where_it_would_be_read_next_time(tmp_path: Path) -> None:
    folder = tmp_path / "台账"
    folder.mkdir()
    (folder / "document.json").write_text(json.dumps([LATE]), encoding="utf-8")
    for name in ("document.json", "报告.json", "sub/结果.xlsx", "REPORT.CSV"):
        result = run("check", str(folder), *AS_OF, "-o", str(folder / name))
        assert (result.exit_code, "下次会被当作台账" in result.stderr) == (2, True), name
    assert sorted(p.name for p in folder.rglob("*")) == ["document.json"]
    assert run("check", str(folder), *AS_OF, "-o", str(folder / "报告.html")).exit_code in (0, 1)
    assert (folder / "报告.html").exists()


def test_output_over_a_sqlite_source_given_by_address_is_refused(tmp_path: Path) -> None:
    import sqlite3

    file = tmp_path / "portal.db"
    own = sqlite3.connect(file)
    own.execute("create table document (id text, title text)")
    own.execute("insert into document values ('1', '通知')")
    own.commit()
    own.close()
    before = file.read_bytes()
    result = run("check", f"sqlite:///{file}", *AS_OF, "--format", "json", "-o", str(file))
    assert (result.exit_code, "不能覆盖" in result.stderr) == (2, True)
    assert file.read_bytes() == before


def test_in_place_marks_the_workbook_itself(book: Path, source: Path) -> None:
    before = book.read_bytes()
    assert run("check", str(book), *AS_OF, "-o", str(book)).exit_code == 2
    assert book.read_bytes() == before
    for options in (["-o", str(book)], []):
        book.write_bytes(before)
        assert run("check", str(book), *AS_OF, "--in-place", *options).exit_code in (0, 1)
        sheets = openpyxl.load_workbook(book).sheetnames
        assert sheets[-1] == "公文"
        assert len(sheets) == 3


def test_in_place_is_refused_where_something_would_be_lost(book: Path, source: Path) -> None:
    for args in (
        [book, source, "-o", book],
        [book, source],
        [source, "-o", source],
        [source],
        [book, "-o", book, "--format", "json"],
    ):
        before = {file: file.read_bytes() for file in (book, source)}
        result = run("check", *map(str, args), *AS_OF, "--in-place")
        assert result.exit_code == 2, args
        assert "in place" in result.stderr or "in-place" in result.stderr
        assert {file: file.read_bytes() for file in (book, source)} == before


def test_report_write_refuses_its_inputs_in_python_too(book: Path, source: Path) -> None:
    report = oc.check(source, as_of="2018-12-31")
    with pytest.raises(oc.OutputError, match="not written over") as caught:
        report.write(source)
    assert caught.value.code == "output_is_input"
    marked = oc.check(book, as_of="2018-12-31")
    with pytest.raises(oc.OutputError):
        marked.write(book)
    assert marked.write(book, in_place=True) == book
    with_frame = oc.check(book, {"interpretation": []}, as_of="2018-12-31")
    assert with_frame.write(book.with_name("b.xlsx")).exists()


def test_write_into_a_place_that_cannot_be_keeps_the_old_report(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    result = run("check", str(source), *AS_OF, "-o", str(target / "x" / ".." / ".." / "document.json" / "r.json"))
    assert result.exit_code == 2
    assert "没有写成" in result.stderr
