"""What people touch: the command line, the marked workbook, the template, the example ledger, the installed wheel."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

import make_ledger
import opencheck as oc
import oracle
from opencheck.cli.main import main
from opencheck.readers import read
from opencheck.records import TABLES
from opencheck.report.formats.registry import render
from opencheck.report.formats.workbook import FILLS

if not make_ledger.EXPECTED:
    make_ledger.build()
AS_OF = ["--as-of", "2018-12-31"]


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args), catch_exceptions=False)


@pytest.fixture(scope="module")
def expected() -> dict[tuple[str, str], tuple[str, str | None, int | None, str]]:
    return make_ledger.EXPECTED


def test_the_example_ledger_gives_exactly_what_its_page_lists(ledger: Path, expected) -> None:
    result = run("check", str(ledger), "--pack", "pingdu-2018", *AS_OF, "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert {"opencheck", "pack", "as_of", "rows", "summary", "rejected", "findings"} <= set(report)
    assert report["pack"] == "pingdu-2018"
    assert report["as_of"] == "2018-12-31"
    rows = sum(map(len, make_ledger.ROWS.values()))
    assert report["rows"] == {"read": rows, "checked": rows - make_ledger.REJECTED, "rejected": make_ledger.REJECTED}
    found = {}
    sets = {i for i, b in oc.load_pack("pingdu-2018").rules.items() if b.rule.kind.about == "set" and b.rule.on != "evidence"}
    for f in report["findings"]:
        named = " ".join(p for p in (f["subject"], f["period"]) if p)
        what = (named or f["table"]) if f["rule"] in sets else f["record_id"] or f["unit"]
        found[f["rule"], what] = (f["outcome"], f["due"], f["late_by"])
    assert found == {k: v[:3] for k, v in expected.items()}
    for f in report["findings"]:
        assert set(f) >= {
            "rule",
            "clause",
            "outcome",
            "severity",
            "table",
            "record_id",
            "unit",
            "due",
            "actual",
            "late_by",
            "message",
            "remedy",
            "source",
        }
        assert f["message"]["zh"]
        assert f["message"]["en"]
        assert "{" not in f["message"]["zh"] + f["message"]["en"]
        assert f["unit"] or f["rule"] == "PD-10.1d"
        if f["record_id"] is not None:
            assert f["source"]["file"] == ledger.name
            assert f["source"]["row"] > 2


def test_due_days_of_the_example_are_those_of_day_by_day_counting(ledger: Path, expected) -> None:
    report = oc.check(ledger, as_of="2018-12-31")
    days = {"PD-9.4": 3, "PD-5-2.1": 7}
    checked = 0
    for finding in report.findings():
        if finding.rule in days and finding.facts.get("start"):
            assert finding.due == oracle.add(finding.facts["start"], days[finding.rule])
            checked += 1
        if finding.late_unit == "working_days" and finding.due:
            assert finding.late_by == oracle.count(finding.due, finding.actual or date(2018, 12, 31))
    assert checked >= 8


def test_every_outcome_that_is_possible_is_in_the_example(ledger: Path, pack) -> None:
    counts = oc.check(ledger, as_of="2018-12-31", include_all=True).summary["by_rule"]
    for rule, bound in pack.rules.items():
        if rule in make_ledger.ONE_OUTCOME:
            assert len(counts[rule]) == 1, rule
            continue
        for outcome in ("pass", "violation", "pending", "indeterminate", "not_applicable"):
            possible = rule not in make_ledger.NOT_POSSIBLE.get(outcome, {})
            assert bool(counts[rule].get(outcome)) == possible, (rule, outcome)
        assert bool(counts[rule].get("needs_review")) == (bound.rule.on == "evidence")


def test_the_example_ledger_is_current(tmp_path: Path, root: Path) -> None:
    subprocess.run([sys.executable, str(root / "examples" / "make_ledger.py"), str(tmp_path)], check=True)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == (root / "examples" / "README.md").read_text(
        encoding="utf-8"
    ), "run: make docs"
    new, old = read(tmp_path / make_ledger.NAME), read(root / "examples" / make_ledger.NAME)
    for name, table in new.tables.items():
        assert table.frame.collect().equals(old.tables[name].frame.collect()), name


def test_the_plan_itself_is_a_document_of_the_example(ledger: Path) -> None:
    rows = read(ledger).tables["document"].frame.collect().to_dicts()
    plan = next(r for r in rows if "分解落实方案" in r["title"])
    assert (plan["signed_on"], plan["published_on"]) == (date(2018, 8, 24), date(2018, 8, 28))


def test_the_derivation_of_the_national_day_case(ledger: Path) -> None:
    report = oc.check(ledger, as_of="2018-12-31", rules=["PD-9.4"])
    finding = next(f for f in report.violations if f.due == date(2018, 10, 8))
    steps = [t.zh for t in finding.explanation]
    days = [s for s in steps if re.match(r"2018-(09|10)-\d\d（", s)]
    assert [d[:10] for d in days] == ["2018-09-29", "2018-09-30", *(f"2018-10-0{n}" for n in range(1, 9))]
    assert "国庆节调休上班，第1个工作日" in days[0]
    assert "国庆节放假，不计" in days[2]
    assert "第3个工作日" in days[-1]
    assert {"最迟：2018-10-08（周一）", "实际：2018-10-09（周二）", "迟：1个工作日"} <= set(steps)
    assert "make-up working day (National Day), number 1" in " ".join(t.en for t in finding.explanation)


def test_exit_status(tmp_path: Path, ledger: Path) -> None:
    ok = tmp_path / "meeting.csv"
    ok.write_text("编号,会议类型,召开日期,列席人数\n1,常务会议,2018-01-05,3\n2,常务会议,2018-02-05,3\n", encoding="utf-8")
    assert run("check", str(ok), *AS_OF).exit_code == 0
    assert run("check", str(ledger), *AS_OF).exit_code == 1
    assert run("check", str(ledger), *AS_OF, "--fail-on", "never").exit_code == 0
    warned = tmp_path / "disclosure.csv"
    warned.write_text("编号,主题,层级,公开日期,公示截止日期\n1,扶贫项目,村级,2018-09-01,2018-09-05\n", encoding="utf-8")
    rule = ["--rule", "PD-8-4.4"]
    assert run("check", str(warned), *AS_OF, *rule).exit_code == 0
    assert run("check", str(warned), *AS_OF, *rule, "--fail-on", "warning").exit_code == 1
    for bad in (
        ["none.xlsx"],
        [str(ok), "--pack", "none"],
        [str(ok), "--as-of", "someday"],
        [str(ok), "--rule", "X"],
        [str(ok), "--set", "x"],
        [str(ok), "--format", "xlsx"],
    ):
        result = run("check", *bad, *([] if "--as-of" in bad else AS_OF))
        assert result.exit_code == 2, bad
        assert "Traceback" not in result.output
    bad_rows = tmp_path / "公文.csv"
    bad_rows.write_text("编号,成文日期\n1,2018-02-30\n", encoding="utf-8")
    assert run("check", str(bad_rows), *AS_OF).exit_code == 2, "nothing could be checked, which is no pass"


def test_formats(ledger: Path, tmp_path: Path) -> None:
    lines = run("check", str(ledger), *AS_OF, "--format", "jsonl").stdout.splitlines()
    assert len(lines) == len(make_ledger.EXPECTED)
    assert json.loads(lines[0])["rule"]
    table = list(
        csv.DictReader(io.StringIO(run("check", str(ledger), *AS_OF, "--format", "csv").stdout.removeprefix("\ufeff")))
    )
    assert len(table) == len(make_ledger.EXPECTED) + make_ledger.REJECTED
    text = run("check", str(ledger), *AS_OF).stdout
    assert "任务 9 政策解读" in text
    assert "2018-02-30" in text
    assert "\x1b[" not in text, "colours on a terminal only"
    english = run("check", str(ledger), *AS_OF, "--lang", "en").stdout
    assert "violations" in english
    assert "Due within 3 working days" in english
    for name in ("a.json", "a.jsonl", "a.csv", "a.txt", "a.xlsx"):
        assert run("check", str(ledger), *AS_OF, "-o", str(tmp_path / name)).exit_code == 1
        assert (tmp_path / name).stat().st_size > 1000
    assert run("check", str(ledger), *AS_OF, "-o", str(tmp_path / "a.docx")).exit_code == 2


def test_other_commands(root: Path, ledger: Path, tmp_path: Path) -> None:
    assert "PD-9.4" in run("rules").stdout
    page = run("explain", "PD-9.4").stdout
    for heading in ("义务", "理解", "参数", "例子", "相关条款"):
        assert heading in page
    assert "Related clauses" in run("explain", "PD-15.3", "--lang", "en").stdout
    assert run("explain", "PD-0").exit_code == 2
    covered = json.loads(run("coverage", str(ledger), *AS_OF, "--format", "json").stdout)
    assert covered["clauses"] == 101
    assert covered["covered"] == covered["clauses"] == 101
    assert any(r["outcomes"] for c in covered["coverage"] for r in c["rules"])
    assert "101 / 101" in run("coverage").stdout
    result = run("test-pack", str(root / "rules" / "pingdu-2018"))
    assert result.exit_code == 0
    assert re.search(r"^\d+ passed, 0 failed$", result.stdout, re.M)
    assert "record-disclosure" in run("schema").stdout
    assert json.loads(run("schema", "rules").stdout)["type"] == "array"
    assert run("schema", "nothing").exit_code == 2
    assert run("schema", "-o", str(tmp_path / "s")).exit_code == 0


def marks(path: Path) -> dict[tuple[str, str], tuple[str, str]]:
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): (cell.fill.start_color.rgb, cell.comment.text)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None and cell.comment.author == "opencheck"
    }


def test_the_marked_workbook_is_the_input_returned(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "marked.xlsx"
    report = oc.check(ledger, as_of="2018-12-31")
    report.write(out)
    before, after = openpyxl.load_workbook(ledger), openpyxl.load_workbook(out)
    assert after.sheetnames == ["检查结果", "问题清单", *before.sheetnames]
    marked = marks(out)
    for sheet in before:
        for row in sheet.iter_rows():
            for cell in row:
                same = after[sheet.title][cell.coordinate]
                assert same.value == cell.value
                assert same.number_format == cell.number_format
                assert same.font.b == cell.font.b
                if (sheet.title, cell.coordinate) not in marked:
                    assert same.fill.start_color.rgb == cell.fill.start_color.rgb
        assert after[sheet.title].column_dimensions["B"].width == sheet.column_dimensions["B"].width
        assert after[sheet.title].merged_cells.ranges == sheet.merged_cells.ranges
    late = next(f for f in report.violations if f.rule == "PD-9.4" and f.due == date(2018, 10, 8))
    column = next(c.column_letter for c in before["公文"][2] if c.value == "公布日期")
    colour, text = marked["公文", f"{column}{late.source.row}"]
    assert colour == FILLS["error"]
    for part in ("PD-9.4", "条款：9.4", "2018-10-08", "迟1个工作日", "调休上班", "→ 立即发布解读材料"):
        assert part in text
    for rejected in report.rejected:
        row = rejected.place.row
        assert any(
            s == rejected.place.sheet and re.fullmatch(rf"[A-Z]+{row}", c) and v[0] == FILLS["rejected"]
            for (s, c), v in marked.items()
        )
    for finding in report.violations:
        if finding.source.row:
            assert any(s == finding.source.sheet and re.fullmatch(rf"[A-Z]+{finding.source.row}", c) for s, c in marked), (
                finding
            )
    values = [c for row in after["检查结果"].iter_rows(values_only=True) for c in row if c is not None]
    assert {"按任务", "按责任单位", "市环保局", "8-7"} <= set(values)


def test_marking_again_gives_the_same_marks_and_findings(ledger: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    oc.check(ledger, as_of="2018-12-31").write(first)
    report = oc.check(first, as_of="2018-12-31")
    assert len(report.findings()) == len(make_ledger.EXPECTED)
    report.write(second)
    assert marks(first) == marks(second)
    book = openpyxl.load_workbook(first)
    sheet, cell = next(k for k, v in marks(first).items() if v[0] == FILLS["error"] and k[0] == "公文" and "PD-9.4" in v[1])
    heads = {c.value: c.column for c in book[sheet][2]}
    book[sheet].cell(int(re.sub(r"\D", "", cell)), heads["是否政策性文件"]).value = "否"
    book.save(first)
    oc.check(first, as_of="2018-12-31").write(second)
    assert (sheet, cell) not in marks(second), "a corrected cell comes back plain"


def test_other_sources_come_back_as_a_marked_workbook_too(tmp_path: Path) -> None:
    file = tmp_path / "公文.csv"
    file.write_text(
        "编号,标题,是否政策性文件,公开属性,公布日期\n1,=1+1,是,主动公开,2018-09-03\n2,x,是,主动公开,2018-09-31\n",
        encoding="utf-8",
    )
    report = oc.check(file, {"interpretation": []}, as_of="2018-12-31")
    book = openpyxl.load_workbook(io.BytesIO(render(report, "xlsx")))
    sheet = book["公文"]
    assert [c.value for c in sheet[1]] == ["编号", "是否政策性文件", "公布日期", "公开属性", "标题"]
    assert sheet["E2"].value == "=1+1"
    assert sheet["E2"].data_type == "s", "text that looks like a formula stays text"
    assert sheet["C2"].comment is not None
    assert "2018-09-06" in sheet["C2"].comment.text
    assert sheet["C3"].value == "2018-09-31"
    assert "reject" in sheet["C3"].comment.text or "日期" in sheet["C3"].comment.text


def test_a_workbook_that_cannot_be_rewritten_comes_back_from_its_data(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "公文"
    book.worksheets[0].append(["编号", "是否政策性文件", "公开属性", "公布日期"])
    book.worksheets[0].append(["1", "是", "主动公开", date(2018, 9, 3)])
    book.create_chartsheet("图")  # openpyxl writes an empty chart sheet that it cannot load again
    book.save(tmp_path / "x.xlsx")
    report = oc.check(tmp_path / "x.xlsx", {"interpretation": []}, as_of="2018-12-31")
    marked = openpyxl.load_workbook(io.BytesIO(render(report, "xlsx")))
    assert any(c.comment for row in marked["公文"].iter_rows() for c in row)
    assert any("x.xlsx" in str(v) for row in marked["检查结果"].iter_rows(values_only=True) for v in row if v)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, ledger: Path) -> None:
    (tmp_path / "file").write_text("")
    for args in (
        ["template", str(tmp_path / "none" / "x.xlsx")],
        ["check", str(ledger), *AS_OF, "-o", str(tmp_path / "file" / "x.json")],
    ):
        result = run(*args)
        assert result.exit_code == 2
        assert "Traceback" not in result.output


def test_spreadsheet_formulas_are_inert_in_csv() -> None:
    row = {"id": "=cmd|' /C calc'!A0", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    text = render(oc.check({"document": [row], "interpretation": []}, as_of="2018-12-31"), "csv").decode()
    assert "'=cmd|" in text
    assert ",=cmd" not in text


def test_the_template_has_every_table_and_reads_back_as_nothing_given(tmp_path: Path) -> None:
    file = tmp_path / "ledger.xlsx"
    assert run("template", str(file)).exit_code == 0
    assert run("template", str(file)).exit_code == 2, "an existing file is not overwritten"
    assert run("template", str(tmp_path / "x.csv")).exit_code == 2
    book = openpyxl.load_workbook(file)
    assert book.sheetnames[0] == "填写说明"
    assert [s for s in book.sheetnames if s not in ("填写说明", "词表")] == [t.label_zh for t in TABLES.values()]
    for spec in TABLES.values():
        sheet = book[spec.label_zh]
        assert [c.value for c in sheet[1]] == [f.column.label_zh for f in spec.fields.values()]
        assert all(c.comment is not None for c in sheet[1])
        assert str(sheet["A2"].value).startswith("示例")
        wants = {f.column.label_zh for f in spec.fields.values() if f.kind == "bool" or f.vocabulary}
        listed = {
            sheet.cell(1, int(openpyxl.utils.range_boundaries(str(r))[0])).value
            for v in sheet.data_validations.dataValidation
            for r in v.sqref.ranges
        }
        assert wants <= listed
    assert book["公开信息"]["B2"].value == "环境空气质量"
    data = read(file)
    assert data.rows == {"read": 0, "checked": 0, "rejected": 0}
    assert not data.tables
    book["会议"].append(["1", "常务会议", date(2018, 9, 12)])
    book.save(file)
    assert read(file).rows["checked"] == 1
    for spec in TABLES.values():
        for field in spec.fields.values():
            if field.column.example and not (spec.name in ("disclosure", "roster") and field.name == "topic"):
                field.read(field.column.example)


def python(code: str, **env: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**os.environ, **env}
    ).stdout


def test_import_loads_no_library() -> None:
    loaded = python("import sys; import opencheck; print(*sys.modules)").split()
    heavy = {
        "polars",
        "pandas",
        "pydantic",
        "narwhals",
        "openpyxl",
        "python_calamine",
        "yaml",
        "click",
        "rich",
        "chinese_calendar",
        "numpy",
    }
    assert not heavy & {m.split(".")[0] for m in loaded}


def test_a_check_of_dicts_loads_no_reader_of_files() -> None:
    code = "import sys, opencheck as oc; oc.check({'meeting': []}, as_of='2018-12-31'); print(*sys.modules)"
    assert not {"openpyxl", "python_calamine", "pandas", "click", "rich"} & {m.split(".")[0] for m in python(code).split()}


def test_public_names() -> None:
    for name in oc.__all__:
        assert getattr(oc, name)
    assert set(dir(oc)) == set(oc.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = oc.nothing


def test_the_code_of_the_readme_runs(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_assert_compliant(ledger: Path) -> None:
    report = oc.check(ledger, as_of="2018-12-31")
    with pytest.raises(AssertionError, match=r"PD-9\.4"):
        report.assert_compliant(rule="PD-9.4")
    report.assert_compliant(rule="PD-12.3", unknown="pass")
    report.assert_compliant(rule="PD-8-4.4", unknown="pass")
    with pytest.raises(AssertionError):
        report.assert_compliant(rule="PD-8-4.4", fail_on="warning")


def test_what_is_not_known_to_be_kept_is_not_compliant() -> None:
    open_ = oc.check({"request": [{"id": "1", "received_on": None, "replied_on": "2018-12-10"}]}, as_of="2018-12-31")
    with pytest.raises(AssertionError, match="无法判断"):
        open_.assert_compliant(rule="PD-15.3")
    open_.assert_compliant(rule="PD-15.3", unknown="pass")
    with pytest.raises(oc.InputError, match=r"PD-15\.33"):
        open_.assert_compliant(rule="PD-15.33")
    with pytest.raises(oc.InputError, match="document"):
        open_.assert_compliant(rule="PD-9.4")
    with pytest.raises(oc.InputError, match="no row"):
        oc.check({"request": []}, as_of="2018-12-31").assert_compliant()
    open_.lang = "en"
    with pytest.raises(AssertionError, match="not to be judged"):
        open_.assert_compliant(rule="PD-15.3")


def test_the_frame_of_findings(ledger: Path) -> None:
    report = oc.check(ledger, as_of="2018-12-31")
    frame = report.to_frame()
    assert len(frame) == len(report.findings())
    assert frame["due"].dtype == frame["actual"].dtype
    assert {"message_zh", "remedy_en", "source_row"} <= set(frame.columns)


def test_unknown_topics_are_told_with_the_nearest_known() -> None:
    report = oc.check({"disclosure": [{"id": "1", "topic": "空气质量情况", "published_on": "2018-02-02"}]}, as_of="2018-12-31")
    (note,) = [facts for name, facts in report.notes if name == "note.unknown_topic"]
    assert note["nearest"] == "环境空气质量"
    assert "空气质量情况" in render(report, "table").decode()


def test_several_packs_at_once_and_a_folder(ledger: Path, root: Path) -> None:
    report = oc.check(ledger, pack=["pingdu-2018", root / "rules" / "cn-statutes"], as_of="2018-12-31")
    assert report.to_dict()["pack"] == ["pingdu-2018", "cn-statutes"]
    assert len(report.findings()) == len(make_ledger.EXPECTED)


def test_progress_is_told() -> None:
    seen: list[tuple[str, int, int]] = []
    oc.check({"meeting": []}, as_of="2018-12-31", progress=lambda *step: seen.append(step))
    assert seen[-1][1] == seen[-1][2] == len(oc.load_pack("pingdu-2018").rules)


def test_the_installed_wheel_checks_outside_the_tree(tmp_path: Path, root: Path, ledger: Path) -> None:
    """Build the wheel, install it into an empty environment elsewhere, and check the example there."""
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path), str(root)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "opencheck/_packs/pingdu-2018/pack.yaml" in names
    assert "opencheck/_packs/cn-statutes/norms.yaml" in names
    assert "opencheck/py.typed" in names
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    bin_ = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([str(bin_ / "python"), "-m", "pip", "install", "--quiet", str(wheel)], check=True)
    work = tmp_path / "elsewhere"
    work.mkdir()
    env: dict[str, Any] = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    result = subprocess.run(
        [str(bin_ / "opencheck"), "check", str(ledger), *AS_OF, "--format", "json"],
        cwd=work,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    assert len(json.loads(result.stdout)["findings"]) == len(make_ledger.EXPECTED)
