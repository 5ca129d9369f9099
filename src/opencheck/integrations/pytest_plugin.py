"""pytest: a ledger as tests, one a rule, and the fixture ``opencheck`` for a project's own tests.

    pytest --opencheck-pack pingdu-2018 --opencheck-as-of 2018-12-31 台账.xlsx

A rule that is broken fails, with each finding and its derivation. What lies below ``--opencheck-fail-on`` is a warning. What is not yet due or
concerns no record is skipped with the reason. What cannot be judged, or waits for a review, is expected to fail (``xfail``) unless the project
sets another way: it is never a pass. Rows that could not be used fail a test of their own, ``input``.
"""

from __future__ import annotations

import pickle
import shutil
import sqlite3
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from opencheck.core.outcomes import Outcome
    from opencheck.report.finding import Finding
    from opencheck.report.report import Report
    from opencheck.report.rule_status import RuleStatus
    from opencheck.rules.rule import Rule

__all__ = [
    "Checker",
    "LedgerFile",
    "OpencheckWarning",
    "RuleItem",
]


SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".tsv", ".json", ".jsonl", ".parquet", ".pq", ".db", ".sqlite")

_WAYS = ("xfail", "skip", "fail")


class OpencheckWarning(UserWarning):
    """A violation below the severity that fails a test."""


class _Broken(Exception):
    """A rule that is broken: its verdict as text."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line, and the same in the project's configuration."""
    group = parser.getgroup("opencheck", "政务公开检查 / openness duties")
    options = (
        ("pack", "PACK", "规则包，用逗号隔开 / packs, by commas; with it, ledgers given as arguments are checked"),
        ("as-of", "DAY", "检查日，默认今天 / day of the check [today]"),
        ("rules", "IDS", "只查这些规则，用逗号隔开 / only these rules, by commas"),
        ("lang", "LANG", "zh / en"),
        ("fail-on", "SEVERITY", "error / warning / advice / never"),
    )
    for name, meta, text in options:
        group.addoption(f"--opencheck-{name}", default=None, metavar=meta, help=text)
        parser.addini(f"opencheck_{name.replace('-', '_')}", text)
    group.addoption("--opencheck-by-unit", action="store_true", default=None, help="每个责任单位一项 / an item a rule and unit")
    parser.addini("opencheck_by_unit", "每个责任单位一项 / an item a rule and unit", type="bool", default=False)
    parser.addini("opencheck_files", "收集目录时也检查的台账 / ledgers to check when folders are collected", type="args")
    for name, text in (
        ("needs_review", "需人工审核的 / what needs a review"),
        ("indeterminate", "无法判断的 / what cannot be judged"),
    ):
        parser.addini(f"opencheck_{name}", f"{text}: xfail, skip, fail", default="xfail")


def _setting(config: pytest.Config, name: str) -> str:
    return str(config.getoption(f"--opencheck-{name}") or config.getini(f"opencheck_{name.replace('-', '_')}") or "")


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _as_of(config: pytest.Config) -> str:
    from opencheck.core.clock import today

    return _setting(config, "as-of") or today()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and refuse settings that mean nothing."""
    config.addinivalue_line(
        "markers",
        "opencheck(pack, as_of, rules, parameters): 本测试中 opencheck 夹具的设置 / settings of the fixture opencheck",
    )
    for name, accepted in (("lang", ("zh", "en")), ("fail-on", ("error", "warning", "advice", "never"))):
        value = _setting(config, name)
        if value and value not in accepted:
            raise pytest.UsageError(f"--opencheck-{name}: 不可用 / cannot be {value!r}; accepted: {', '.join(accepted)}")
    for name in ("needs_review", "indeterminate"):
        if config.getini(f"opencheck_{name}") not in _WAYS:
            found = config.getini(f"opencheck_{name}")
            raise pytest.UsageError(f"opencheck_{name}: 不可用 / cannot be {found!r}; accepted: {', '.join(_WAYS)}")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Which pack, and as of which day."""
    pack = _setting(config, "pack")
    return f"opencheck: {pack}, as of {_as_of(config)}" if pack else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> LedgerFile | None:
    """A ledger that is named on the command line, or that the project's ``opencheck_files`` name, where a pack is set."""
    config = parent.config
    if file_path.suffix.lower() not in SUFFIXES or file_path.name.startswith("~$") or not _setting(config, "pack"):
        return None
    given = {(config.invocation_params.dir / str(a).split("::")[0]).resolve() for a in config.args}
    inside = file_path.relative_to(config.rootpath).as_posix() if file_path.is_relative_to(config.rootpath) else file_path.name
    if file_path.resolve() in given or any(fnmatch(inside, p) for p in config.getini("opencheck_files")):
        return LedgerFile.from_parent(parent, path=file_path)
    return None


_SHARED = "opencheck_reports"
"""Where xdist's controller tells its workers the file in which they share reports."""


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give the workers of xdist a file of reports in a folder that only this user can read."""
    config = node.config
    if not _setting(config, "pack"):
        return
    folder = getattr(config, _SHARED, None)
    if folder is None:
        folder = tempfile.mkdtemp(prefix="opencheck-")
        setattr(config, _SHARED, folder)
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    node.workerinput[_SHARED] = str(Path(folder) / "reports.sqlite")


def _checked_once(file: Path, key: str, check: Callable[[], Report]) -> Report:
    """The report of a ledger that one worker checks while the others wait for it.

    SQLite's lock ends with the process that holds it: where a worker dies, the next one checks the ledger itself.
    """
    with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as base:
        base.execute("BEGIN EXCLUSIVE")
        base.execute("CREATE TABLE IF NOT EXISTS reports (key TEXT PRIMARY KEY, report BLOB)")
        row = base.execute("SELECT report FROM reports WHERE key = ?", (key,)).fetchone()
        if row is not None:
            base.execute("COMMIT")
            shared: Report = pickle.loads(row[0])
            return shared
        report = check()  # where this fails, the lock is given up with the connection
        base.execute("INSERT INTO reports VALUES (?, ?)", (key, pickle.dumps(report)))
        base.execute("COMMIT")
        return report


_PATIENCE = 3600
"""Seconds for which a worker waits for the one that checks."""


class LedgerFile(pytest.File):
    """A ledger: checked once, by one worker for all of them, when its first item is asked for."""

    _report: Report | None = None

    def report(self, *, include_all: bool = False) -> Report:
        """The check of the whole ledger.

        Raises:
            OpencheckError: a ledger, pack or day that cannot be used.
        """
        if self._report is None:
            workerinput = getattr(self.config, "workerinput", {})
            shared = workerinput.get(_SHARED)
            if shared is None:
                self._report = self._check(include_all)
            else:
                self._report = _checked_once(Path(shared), f"{include_all} {self.path}", lambda: self._check(include_all))
        return self._report

    def _check(self, include_all: bool) -> Report:
        import opencheck

        return opencheck.check(
            self.path,
            pack=_list(_setting(self.config, "pack")),
            as_of=_as_of(self.config),
            rules=_list(_setting(self.config, "rules")) or None,
            include_all=include_all,
        )

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """An item a rule, or a rule and unit; and one for the rows that could not be used."""
        import polars as pl

        from opencheck.core.errors import describe_failure, known_names
        from opencheck.rules.packs.loader import load_packs

        by_unit = self.config.getoption("--opencheck-by-unit") or self.config.getini("opencheck_by_unit")
        try:
            packs = load_packs(_list(_setting(self.config, "pack")))
            wanted = _list(_setting(self.config, "rules"))
            rules = [i for p in packs for i in p.rules if not wanted or i in wanted]
            known_names("没有规则 / no rule", wanted, rules, code="unknown_rule", field="rules")
            units: dict[str, set[str]] = {}
            if by_unit:
                for finding in self.report(include_all=True).findings():
                    units.setdefault(finding.rule, set()).add(finding.unit or "—")
        except (Exception, pl.exceptions.PanicException) as exc:
            if self.config.getoption("fulltrace"):
                raise
            raise self.CollectError(describe_failure(exc)) from exc
        yield InputItem.from_parent(self, name="input")
        for rule in rules:
            # As pytest names the cases of a test: RULE selects all units, RULE[UNIT] one.
            for unit in sorted(units.get(rule, ())):
                name = f"{rule}[{unit}]"
                # Given whole, the id is split into name and case as the one that --lf reads from its file.
                yield RuleItem.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}", rule=rule, unit=unit)
            if rule not in units:
                yield RuleItem.from_parent(self, name=rule, rule=rule, unit=None)


class _Item(pytest.Item):
    @property
    def ledger(self) -> LedgerFile:
        """The ledger of the item."""
        ledger = self.getparent(LedgerFile)
        assert ledger is not None
        return ledger

    @property
    def lang(self) -> str:
        return _setting(self.config, "lang") or "zh"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What was found, or what failed, as text; with ``--full-trace`` the traceback of a failure."""
        from opencheck.core.errors import describe_failure

        if isinstance(excinfo.value, _Broken):
            return str(excinfo.value)
        if self.config.getoption("fulltrace"):
            return super().repr_failure(excinfo, style)
        return describe_failure(excinfo.value)


class InputItem(_Item):
    """Whether every row of the ledger could be used."""

    def runtest(self) -> None:
        """Fail where rows were rejected, with each place and reason."""
        from opencheck.report import messages
        from opencheck.report.rejected import rejected_line

        report = self.ledger.report()
        if report.rows["read"] == 0:
            raise _Broken("没有一行可以检查 / no row could be checked")
        if report.rejected:
            head = messages.localized_message("verdict.rejected", {"count": len(report.rejected)}).get(self.lang)
            lines = [f"  {rejected_line(r, self.lang)}" for r in report.rejected]
            raise _Broken("\n".join([head, *lines]))

    def reportinfo(self) -> tuple[Path, int, str]:
        """See :meth:`pytest.Item.reportinfo`."""
        return self.path, 0, f"{self.path.name} input"


class RuleItem(_Item):
    """A rule, of all units or of one."""

    def __init__(self, *, rule: str, unit: str | None, **more: Any) -> None:
        super().__init__(**more)
        self.rule, self.unit = rule, unit

    def verdict(self) -> tuple[Rule, RuleStatus]:
        """The rule, and what became of it."""
        from opencheck.report.rule_status import rule_status

        report = self.ledger.report()
        result = next(r for r in report.results if r.rule.id == self.rule)
        findings: list[Finding] = [
            f for f in report.findings(rule=self.rule) if self.unit is None or (f.unit or "—") == self.unit
        ]
        counts: dict[Outcome, int] = result.counts
        if self.unit is not None:
            counts = dict(Counter(f.outcome for f in findings))
        fail_on = _setting(self.config, "fail-on") or "error"
        return result.rule, rule_status(result.rule, findings, counts, self.lang, fail_on)

    def runtest(self) -> None:
        """Fail, skip, expect to fail or warn, after the verdict."""
        from opencheck.report.wording import labelled

        rule, found = self.verdict()
        loud = [f for f in found.findings if str(f.outcome) not in ("pass", "not_applicable")]
        head = labelled(f"{rule.id} {rule.title.get(self.lang)}", found.reason, self.lang)
        text = "\n".join([head, *(_finding_text(f, self.lang) for f in loud)])
        if found.status == "failed":
            raise _Broken(text)
        for violation in found.violations:
            warnings.warn(OpencheckWarning(f"{self.nodeid}\n{_finding_text(violation, self.lang)}"), stacklevel=1)
        if found.status in ("indeterminate", "needs_review"):
            way = self.config.getini(f"opencheck_{found.status}")
            if way == "fail":
                raise _Broken(text)
            self.add_report_section("call", "opencheck", text)
            if way == "xfail":
                pytest.xfail(found.reason)
        if found.status in ("indeterminate", "needs_review", "pending", "not_applicable"):
            raise pytest.skip.Exception(found.reason, _use_item_location=True)

    def reportinfo(self) -> tuple[Path, int, str]:
        """See :meth:`pytest.Item.reportinfo`."""
        return self.path, 0, " ".join(p for p in (self.path.name, self.rule, self.unit) if p)


def _finding_text(finding: Finding, lang: str) -> str:
    """A finding as linters print theirs, place, rule and message in one line, and its derivation under it."""
    from opencheck.core.outcomes import Outcome
    from opencheck.report import messages
    from opencheck.report.wording import place_text, subject_line

    place = place_text(*finding.source, lang)
    name = f"severity.{finding.severity}" if finding.outcome is Outcome.VIOLATION else f"outcome.{finding.outcome}"
    subject = subject_line(finding, finding.unit)
    parts = [part for part in (finding.rule, messages.get_message(name, lang), subject) if part]
    head = f"{place}: " if place else ""
    steps = [f"    {step.get(lang)}" for step in finding.explanation]
    return "\n".join([f"{head}{' '.join(parts)}: {finding.message.get(lang)}", *steps, f"    → {finding.remedy.get(lang)}"])


class Checker:
    """Checks records with the project's settings; the fixture ``opencheck`` gives one."""

    def __init__(self, lang: str, **settings: Any) -> None:
        self._lang, self._settings = lang, settings

    def check(self, source: Any, *more: Any, **settings: Any) -> Report:
        """Check records of what was disclosed; arguments as those of :func:`opencheck.check`, the project's settings where not given.

        Raises:
            InputError: a source that cannot be read.
        """
        __tracebackhide__ = True
        import opencheck

        report = opencheck.check(source, *more, **{**self._settings, **settings})
        report.lang = self._lang
        return report

    def preflight(self, document: Any, **settings: Any) -> Any:
        """Check a document before publication; see :func:`opencheck.preflight`."""
        __tracebackhide__ = True
        import opencheck

        own = {k: v for k, v in self._settings.items() if k in ("pack", "as_of")}
        return opencheck.preflight(document, **{**own, **settings})


@pytest.fixture
def opencheck(request: pytest.FixtureRequest) -> Checker:
    """Check records in a test: ``opencheck.check(records).assert_compliant(rule="PD-9.4")``.

    Pack, day and language are the project's (``opencheck_pack``, ``opencheck_as_of``, ``opencheck_lang``) unless the marker ``opencheck``
    or the call names others.
    """
    config = request.config
    settings: dict[str, Any] = {"as_of": _as_of(config)}
    if pack := _list(_setting(config, "pack")):
        settings["pack"] = pack
    for marker in reversed(list(request.node.iter_markers("opencheck"))):
        settings |= marker.kwargs
    return Checker(_setting(config, "lang") or "zh", **settings)
