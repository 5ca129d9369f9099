"""The pytest plugin, run by pytest itself: a ledger as tests, and the fixture."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

import opencheck as oc

END = "2018-12-31"
ARGS = ("--opencheck-pack", "pingdu-2018", "--opencheck-as-of", END, "-p", "no:cacheprovider")
Write = Callable[..., Path]


@pytest.fixture
def requests(pytester: pytest.Pytester) -> Write:
    """Writes a ledger of requests: one replied in time, and what else is given."""
    good = {"id": "1", "received_on": "2018-11-05", "replied_on": "2018-11-20", "unit": "市财政局"}

    def write(*rows: dict[str, object], name: str = "requests.json") -> Path:
        file = pytester.path / name
        file.write_text(json.dumps({"request": [good, *rows]}, ensure_ascii=False), encoding="utf-8")
        return file

    return write


LATE = {"id": "2", "received_on": "2018-11-05", "replied_on": "2018-12-20", "unit": "市教体局"}
DUE = {"id": "3", "received_on": "2018-12-20", "unit": "市民政局"}
BLANK = {"id": "4", "replied_on": "2018-12-10", "unit": "市旅游局", "received_on": None}


@pytest.mark.slow
def test_items_of_example_ledger_equal_check_and_workers_check_it_once(pytester: pytest.Pytester, ledger: Path) -> None:
    """On two workers, of which one checks the ledger; on one they are the tests that the documentation's pages run."""
    pytester.makeconftest(
        """
        import os, pathlib
        import opencheck

        own = opencheck.check

        def check(*given, **settings):
            with pathlib.Path("checks.txt").open("a") as log:
                log.write(f"{os.getpid()}\\n")
            return own(*given, **settings)

        opencheck.check = check
        """
    )
    run = pytester.runpytest_subprocess(*ARGS, "-n", "2", "--junitxml=out.xml", shutil.copy(ledger, pytester.path))
    report = oc.check(ledger, as_of=END)
    broken = {f.rule for f in report.violations if f.severity == "error"}
    cases = ElementTree.parse(pytester.path / "out.xml").getroot().iter("testcase")
    failures = {c.get("name"): f.text or "" for c in cases if (f := c.find("failure")) is not None}
    assert set(failures) == broken | {"input"}
    for finding in report.violations:
        if finding.rule in broken:
            assert finding.message.zh in failures[finding.rule]
            assert finding.explanation[-1].zh in failures[finding.rule]
    run.stdout.fnmatch_lines([f"FAILED *{ledger.name}::PD-9.4*"])
    assert run.ret == 1
    assert run.parseoutcomes()["failed"] == len(broken) + 1
    assert len((pytester.path / "checks.txt").read_text().split()) == 1


def test_items_each_outcome_is_shown_in_its_way(pytester: pytest.Pytester, requests: Write) -> None:
    requests()
    one = (*ARGS, "--opencheck-rules", "PD-15.3,PD-9.4", "-rsxX", "requests.json")
    pytester.runpytest(*one).assert_outcomes(passed=2, skipped=1)  # no table of documents: the rule concerns nothing
    requests(DUE)
    run = pytester.runpytest(*one)
    run.assert_outcomes(passed=1, skipped=2)
    run.stdout.fnmatch_lines(["SKIPPED*1项未到期*2019-01-11*"])
    requests(DUE, BLANK)
    run = pytester.runpytest(*one)
    run.assert_outcomes(passed=1, skipped=1, xfailed=1)
    run.stdout.fnmatch_lines(["XFAIL requests.json::PD-15.3*无法判断*"])
    for way, expected in (("fail", {"failed": 1, "skipped": 1}), ("skip", {"skipped": 2})):
        pytester.makeini(f"[pytest]\nopencheck_indeterminate = {way}")
        pytester.runpytest(*one).assert_outcomes(passed=1, **expected)
    requests(LATE, DUE, BLANK)
    run = pytester.runpytest(*one, "--opencheck-lang", "en")
    run.assert_outcomes(passed=1, failed=1, skipped=1)
    run.stdout.fnmatch_lines(["PD-15.3*1 violation", "requests.json*PD-15.3 error 市教体局 2: Due by*", "*working days*"])
    run.stdout.no_fnmatch_line("*Traceback*")
    run.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_items_warning_fails_only_on_request(pytester: pytest.Pytester, ledger: Path) -> None:
    rule = "PD-8-4.4"
    one = (*ARGS, "--opencheck-rules", rule, str(ledger), "-k", rule)
    run = pytester.runpytest(*one)
    assert "warnings" in run.parseoutcomes()
    assert "failed" not in run.parseoutcomes()
    run.stdout.fnmatch_lines(["*OpencheckWarning*"])
    pytester.runpytest(*one, "--opencheck-fail-on", "warning").assert_outcomes(failed=1, deselected=1)
    pytester.runpytest(*one, "-W", "error::opencheck.integrations.pytest_plugin.OpencheckWarning").assert_outcomes(
        failed=1, deselected=1
    )


def test_items_by_unit_are_selected_and_rerun(pytester: pytest.Pytester, requests: Write) -> None:
    requests(LATE, DUE)
    one = (*ARGS[:-2], "--opencheck-rules", "PD-15.3", "--opencheck-by-unit", "requests.json")
    run = pytester.runpytest(*one, "-v")
    run.assert_outcomes(passed=2, failed=1, skipped=1)
    for unit, outcome in (("市财政局", "PASSED"), ("市教体局", "FAILED"), ("市民政局", "SKIPPED")):
        run.stdout.fnmatch_lines([f"requests.json::PD-15.3[[]{unit}] {outcome}*"])
    pytester.runpytest(*one, "--lf").assert_outcomes(failed=1)
    pytester.runpytest(*one, "-k", "市财政局").assert_outcomes(passed=1, deselected=3)


def test_items_unusable_ledger_shows_no_traceback(pytester: pytest.Pytester, requests: Write) -> None:
    (pytester.path / "bad.xlsx").write_bytes(b"no workbook")
    run = pytester.runpytest(*ARGS, "--opencheck-rules", "PD-15.3", "bad.xlsx")
    assert run.ret == 1
    run.stdout.fnmatch_lines(["*bad.xlsx*"])
    run.stdout.no_fnmatch_line("*Traceback*")
    requests({"id": "1", "received_on": "2018-02-30"})
    run = pytester.runpytest(*ARGS, "--opencheck-rules", "PD-15.3", "requests.json")
    run.stdout.fnmatch_lines(["*1行未能使用*", "*2018-02-30*"])
    run = pytester.runpytest(*ARGS, "--opencheck-rules", "PD-0", "requests.json")
    run.stdout.fnmatch_lines(["*no rule PD-0*"])
    run = pytester.runpytest("--opencheck-pack", "none-such", "requests.json")
    run.stdout.fnmatch_lines(["*none-such*"])
    run.stdout.no_fnmatch_line("*Traceback*")
    run = pytester.runpytest(*ARGS, "--opencheck-lang", "fr", "requests.json")
    run.stderr.fnmatch_lines(["*accepted: zh, en*"])


def test_collection_follows_the_projects_patterns(pytester: pytest.Pytester, requests: Write) -> None:
    requests(LATE)
    pytester.makepyfile("def test_nothing(): pass")
    pytester.makeini("[pytest]\nopencheck_pack = pingdu-2018\nopencheck_as_of = 2018-12-31\nopencheck_rules = PD-15.3")
    pytester.runpytest().assert_outcomes(passed=1)
    pytester.makeini(
        "[pytest]\nopencheck_pack = pingdu-2018\nopencheck_as_of = 2018-12-31\nopencheck_rules = PD-15.3\nopencheck_files = *.json"
    )
    run = pytester.runpytest()
    run.assert_outcomes(passed=2, failed=1)
    run.stdout.fnmatch_lines(["opencheck: pingdu-2018, as of 2018-12-31"])


def test_fixture_in_a_projects_own_tests(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nopencheck_as_of = 2018-12-31\nopencheck_lang = en")
    pytester.makepyfile(
        """
        import pytest

        ROWS = {"request": [{"id": "1", "received_on": "2018-11-05", "replied_on": "2018-12-20"}]}

        def test_late(opencheck):
            opencheck.check(ROWS).assert_compliant(rule="PD-15.3")

        @pytest.mark.opencheck(as_of="2018-11-20")
        def test_another_day(opencheck):
            report = opencheck.check({"request": [{"id": "1", "received_on": "2018-11-05"}]}, rules=["PD-15.3"])
            assert [f.due.isoformat() for f in report.findings("pending")] == ["2018-11-26"]

        def test_before_publication(opencheck):
            assert opencheck.preflight({"title": "x", "text": "王某，11010519491231002X"}).blocking
        """
    )
    run = pytester.runpytest("--strict-markers")
    run.assert_outcomes(passed=2, failed=1)
    run.stdout.fnmatch_lines(
        ["*AssertionError: 1 duty is not kept or cannot be judged (1 shown):*", "*PD-15.3*", "*working days late*"]
    )


def test_failures_are_told_in_a_sentence(pytester: pytest.Pytester, requests: Write) -> None:
    requests()
    (pytester.path / "requests.json").write_text("[" * 200_000)
    run = pytester.runpytest(*ARGS, "--opencheck-rules", "PD-15.3", "requests.json")
    assert run.ret == 1
    run.assert_outcomes(failed=2)
    run.stdout.fnmatch_lines(["*requests.json: 不是有效的JSON*"])
    run.stdout.no_fnmatch_line("*Traceback*")
    run.stdout.no_fnmatch_line("*RecursionError*")


def test_failure_of_a_pack_is_a_collection_error(pytester: pytest.Pytester, requests: Write) -> None:
    requests()
    pack = pytester.path / "own"
    pack.mkdir()
    (pack / "pack.yaml").write_text("id: own\ntitle: !!int abc\n", encoding="utf-8")
    run = pytester.runpytest("--opencheck-pack", str(pack), "--opencheck-as-of", END, "-p", "no:cacheprovider", "requests.json")
    assert run.ret == 2
    run.stdout.fnmatch_lines(["*pack.yaml:2: 不是有效的YAML*'abc' is no int*"])
    run.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("by_unit", [(), ("--opencheck-by-unit",)])
def test_unforeseen_failure_shows_a_traceback_only_on_request(
    pytester: pytest.Pytester, requests: Write, monkeypatch: pytest.MonkeyPatch, by_unit: tuple[str, ...]
) -> None:
    def broken(*args: object, **options: object) -> oc.Report:
        raise KeyError("a fault of the program")

    requests()
    monkeypatch.setattr(oc, "check", broken)
    one = (*ARGS, "--opencheck-rules", "PD-15.3", *by_unit, "requests.json")
    told = pytester.runpytest(*one)
    told.stdout.fnmatch_lines(
        ["*程序出错，没有得出结果 / opencheck failed, there is no result (KeyError: 'a fault of the program')"]
    )
    told.stdout.no_fnmatch_line("*def broken*")
    pytester.runpytest(*one, "--full-trace").stdout.fnmatch_lines(["*def broken*"])


def test_workers_after_one_that_failed_check_themselves(tmp_path: Path) -> None:
    from opencheck.integrations.pytest_plugin import _checked_once

    def fail() -> oc.Report:
        raise oc.InputError("no ledger")

    file = tmp_path / "reports.sqlite"
    with pytest.raises(oc.InputError):
        _checked_once(file, "a", fail)
    assert _checked_once(file, "a", lambda: "checked") == "checked"  # any report that can be pickled
    assert _checked_once(file, "a", fail) == "checked"
    assert _checked_once(file, "b", lambda: "another ledger") == "another ledger"


def test_units_with_brackets_are_selected_and_rerun(pytester: pytest.Pytester, requests: Write) -> None:
    odd = {**LATE, "unit": "市教体局[原]（体育）"}
    requests(odd, {**odd, "id": "5", "unit": "市民政局"})
    by_unit = (
        "--opencheck-pack",
        "pingdu-2018",
        "--opencheck-as-of",
        END,
        "--opencheck-by-unit",
        "--opencheck-rules",
        "PD-15.3",
    )
    run = pytester.runpytest(*by_unit, "requests.json::PD-15.3[市教体局[原]（体育）]")
    run.assert_outcomes(failed=1)
    pytester.runpytest(*by_unit, "--lf", "requests.json").assert_outcomes(failed=1)
    pytester.runpytest(*by_unit, "-k", "PD-15.3 and 市民政局", "requests.json").assert_outcomes(failed=1)
    pytester.runpytest(*by_unit, "requests.json::PD-15.3").assert_outcomes(failed=2, passed=1)
