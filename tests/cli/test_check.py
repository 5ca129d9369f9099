"""opencheck check."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

import make_ledger
import opencheck as oc
from commands import AS_OF, run
from opencheck.cli.main import main


def test_check_exit_status(tmp_path: Path, late: Path) -> None:
    ok = tmp_path / "meeting.csv"
    ok.write_text("编号,会议类型,召开日期,列席人数\n1,常务会议,2018-01-05,3\n2,常务会议,2018-02-05,3\n", encoding="utf-8")
    assert run("check", str(ok), *AS_OF).exit_code == 0
    assert run("check", str(late), *AS_OF).exit_code == 1
    assert run("check", str(late), *AS_OF, "--fail-on", "never").exit_code == 0
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


@pytest.fixture
def late(tmp_path: Path) -> Path:
    """A few documents that were not interpreted."""
    document = {"title": "通知", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    tables = {"document": [{**document, "id": str(n)} for n in range(9)], "interpretation": []}
    file = tmp_path / "late.json"
    file.write_text(json.dumps(tables), encoding="utf-8")
    return file


def test_check_says_that_the_day_can_be_chosen_where_the_packs_year_is_over(
    late: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [str(late), "--rule", "PD-9.4", "--summary"]
    monkeypatch.setattr("opencheck.cli.check.today", lambda: "2019-01-01")
    assert "请加 --as-of 2018-12-31" in run("check", *asked).stderr
    assert "--as-of" not in run("check", *asked, *AS_OF).stderr
    monkeypatch.setattr("opencheck.cli.check.today", lambda: "2018-12-31")
    assert "--as-of" not in run("check", *asked).stderr


def test_check_formats(ledger: Path, late: Path, tmp_path: Path) -> None:
    lines = run("check", str(ledger), *AS_OF, "--format", "jsonl").stdout.splitlines()
    assert len(lines) == len(make_ledger.EXPECTED)
    assert json.loads(lines[0])["rule"]
    table = list(
        csv.DictReader(io.StringIO(run("check", str(ledger), *AS_OF, "--format", "csv").stdout.removeprefix("\ufeff")))
    )
    assert len(table) == len(make_ledger.EXPECTED) + make_ledger.REJECTED
    text = run("check", str(ledger), *AS_OF, "--full").stdout
    assert "任务 9 政策解读" in text
    assert "2018-02-30" in text
    assert "\x1b[" not in text, "colours on a terminal only"
    english = run("check", str(ledger), *AS_OF, "--lang", "en", "--full", width=250).stdout
    assert "violations" in english
    assert "3 working days after Fri 2018-09-28" in english
    for name in ("a.json", "a.jsonl", "a.csv", "a.txt", "a.xlsx"):
        assert run("check", str(late), *AS_OF, "-o", str(tmp_path / name)).exit_code == 1
        assert (tmp_path / name).stat().st_size > 1000
    assert run("check", str(late), *AS_OF, "-o", str(tmp_path / "a.docx")).exit_code == 2


def test_check_unwritable_output_exits_with_2(tmp_path: Path, late: Path) -> None:
    (tmp_path / "file").write_text("")
    for args in (
        ["template", str(tmp_path / "none" / "x.xlsx")],
        ["check", str(late), *AS_OF, "-o", str(tmp_path / "file" / "x.json")],
    ):
        result = run(*args)
        assert result.exit_code == 2
        assert "Traceback" not in result.output


END = "2018-12-31"


@pytest.mark.parametrize("format", ["sarif", "junit", "github", "md", "html"])
def test_check_format_option_prints_findings(format: str, late: Path) -> None:
    run = CliRunner().invoke(main, ["check", str(late), "--as-of", END, "--format", format, "--lang", "en"])
    assert run.exit_code == 1
    assert "PD-9.4" in run.stdout


def test_check_baseline_tells_new_known_and_fixed(tmp_path: Path) -> None:
    def ledger(name: str, late: list[str]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        rows = [f"{i},会议议定事项,2018-09-10,{'2018-10-15' if i in late else '2018-10-12'}" for i in "123"]
        (folder / "disclosure.csv").write_text("编号,主题,形成日期,公开日期\n" + "\n".join(rows) + "\n", encoding="utf-8")
        return folder

    rule = ["--rule", "PD-2-3.1"]
    before = tmp_path / "before.json"
    run("check", str(ledger("a", ["1", "2"])), *AS_OF, *rule, "-o", str(before))
    after = ledger("b", ["2", "3"])
    result = run("check", str(after), *AS_OF, *rule, "--baseline", str(before), "--format", "json")
    report = json.loads(result.stdout)
    assert {k: report["baseline"][k] for k in ("new", "known", "fixed")} == {"new": 1, "known": 1, "fixed": 1}
    assert {f["record_id"]: f["baseline"] for f in report["findings"] if f["outcome"] == "violation"} == {
        "2": "known",
        "3": "new",
    }
    assert [f["record_id"] for f in report["baseline"]["fixed_findings"]] == ["1"]
    assert "新增1，仍在1，已整改1" in run("check", str(after), *AS_OF, *rule, "--baseline", str(before)).stdout
    unsure = tmp_path / "c"
    unsure.mkdir()
    row = "1,会议议定事项,,2018-10-15\n2,会议议定事项,2018-09-10,2018-10-12"
    (unsure / "disclosure.csv").write_text(f"编号,主题,形成日期,公开日期\n{row}\n", encoding="utf-8")
    report = json.loads(run("check", str(unsure), *AS_OF, *rule, "--baseline", str(before), "--format", "json").stdout)
    fixed = [f["record_id"] for f in report["baseline"]["fixed_findings"]]
    assert fixed == ["2"], "what cannot be told any more is not fixed"
    for content in ("{}", "no json", '{"findings": [{}]}'):
        before.write_text(content, encoding="utf-8")
        assert run("check", str(after), *AS_OF, "--baseline", str(before)).exit_code == 2


def test_check_several_packs_judge_one_ledger(ledger: Path, root: Path) -> None:
    result = run(
        "check",
        str(ledger),
        *AS_OF,
        "--pack",
        "pingdu-2018",
        "--pack",
        str(root / "rules" / "cn-disclosure-2019"),
        "--format",
        "json",
    )
    report = json.loads(result.stdout)
    assert report["pack"] == ["pingdu-2018", "cn-disclosure-2019"]
    prefixes = Counter(f["rule"].split("-")[0] for f in report["findings"])
    assert prefixes["PD"]
    assert prefixes["CD"]
    assert "CD-4.33" in run("rules", "--pack", "pingdu-2018", "--pack", "cn-disclosure-2019").stdout
    assert "年度报告" in run("explain", "CD-5.49", "--pack", "pingdu-2018", "--pack", "cn-disclosure-2019").stdout
    with pytest.raises(oc.PackError, match="no pack has the parameter"):
        oc.check({"meeting": []}, as_of="2018-12-31", pack=["pingdu-2018", "cn-disclosure-2019"], parameters={"nothing": 1})


def test_check_rejected_rows_and_misspelt_headings_are_no_success(tmp_path: Path) -> None:
    """Nothing found in what could be read is no success where something could not: said first, exit status 2, and nothing is compliant."""
    good = "1,常务会议,2018-01-05,3\n2,常务会议,2018-02-05,3\n"
    rule = ["--rule", "PD-2-2.1"]
    whole = tmp_path / "meeting.csv"
    whole.write_text(f"编号,会议类型,召开日期,列席人数\n{good}", encoding="utf-8")
    assert run("check", str(whole), *AS_OF, *rule).exit_code == 0
    whole.write_text(f"编号,会议类型,召开日期,列席人数\n{good}3,常务会议,2018-02-30,3\n", encoding="utf-8")
    result = run("check", str(whole), *AS_OF, *rule)
    assert result.exit_code == 2
    assert run("check", str(whole), *AS_OF, *rule, "--fail-on", "never").exit_code == 0
    report = oc.check(whole, as_of="2018-12-31", rules=["PD-2-2.1"])
    with pytest.raises(AssertionError, match="2018-02-30"):
        report.assert_compliant()
    report.assert_compliant(rejected="pass")


def test_check_misspelt_heading_that_a_rule_needs_is_named_first(tmp_path: Path) -> None:
    ledger = tmp_path / "meeting.csv"
    ledger.write_text(
        "编号,会议类型,召开日期,列席人数,会义方案报批日期\n1,常务会议,2018-01-05,3,2018-01-02\n", encoding="utf-8"
    )
    report = oc.check(ledger, as_of="2018-12-31")
    assert [line.text for line in report.unread] == ["会义方案报批日期"]
    text = run("check", str(ledger), *AS_OF).output
    assert text.index("会义方案报批日期") < text.index("PD-2")
    with pytest.raises(AssertionError, match="会义方案报批日期"):
        report.assert_compliant()


def test_check_prints_an_overview_whose_totals_come_with_a_file_too(late: Path, tmp_path: Path) -> None:
    shown = run("check", str(late), *AS_OF)
    assert "最严重的" in shown.stdout
    assert len(shown.stdout.splitlines()) < 45
    written = run("check", str(late), *AS_OF, "-o", str(tmp_path / "a.json"))
    totals = next(line for line in shown.stdout.splitlines() if line.startswith("违规 "))
    assert totals in written.stderr
    assert "最严重的" not in written.stderr


@pytest.mark.parametrize(
    ("chosen", "rules"),
    [
        (["--rule", "PD-9.4"], {"PD-9.4"}),
        (["--rule", "9.4"], {"PD-9.4"}),
        (["--rule", "PD-9.*", "--rule", "1.1"], {"PD-9.1", "PD-9.2", "PD-9.3", "PD-9.4", "PD-9.5", "PD-1.1", "PD-1.1b"}),
        (["--task", "9"], {"PD-9.1", "PD-9.2", "PD-9.3", "PD-9.4", "PD-9.5"}),
        (["--task", "9", "--rule", "*.4"], {"PD-9.4"}),
    ],
)
def test_check_chooses_rules_by_id_pattern_clause_and_task(late: Path, chosen: list[str], rules: set[str]) -> None:
    result = run("check", str(late), *AS_OF, *chosen, "--format", "json")
    assert set(json.loads(result.stdout)["summary"]["by_rule"]) == rules


@pytest.mark.parametrize(("option", "nearest"), [(["--rule", "PD-9.44"], "PD-9.4"), (["--task", "99"], "9")])
def test_check_unknown_rule_or_task_names_the_nearest(late: Path, option: list[str], nearest: str) -> None:
    result = run("check", str(late), *AS_OF, *option)
    assert result.exit_code == 2
    assert nearest in result.stderr


def test_check_unit_shows_its_findings_alone(ledger: Path) -> None:
    result = run("check", str(ledger), *AS_OF, "--unit", "环保局", "--format", "json")
    found = json.loads(result.stdout)
    assert found["findings"]
    assert all("市环保局" in f["unit"] for f in found["findings"])
    assert found["units"] == ["市环保局"]
    statistics = run("check", str(ledger), *AS_OF, "--unit", "环保局", "--statistics")
    assert statistics.exit_code == 1
    assert "只看：市环保局" in statistics.stdout
