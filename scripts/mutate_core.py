"""Mutation of the Python core: changes that no test of the module notices.

Cosmic-ray says which changes there are and makes them; it lives in an environment of its own, with libraries of its own:

    python -m venv ~/cosmic-ray && ~/cosmic-ray/bin/pip install cosmic-ray
    python scripts/mutate_core.py --python ~/cosmic-ray/bin/python --sample 300 --minutes 50 --output results.csv
    python scripts/mutate_core.py --python ~/cosmic-ray/bin/python --again results.csv --output again.csv

For each sampled change a process is forked that has the libraries imported, but nothing of opencheck. It imports the changed module in place
of the file, which stays as it is, runs the doctests and tests of the module, of a kind the examples of its rules and what it tells, and of
every module what the command tells of ledgers and with which status it exits, and ends with the first assertion that fails. Changes inside
annotations, docstrings and field descriptions are left out: they decide nothing.
A change that no assertion notices, only an error of opencheck itself where a test wants a result (``refusal``), or any other (``crash``), is
told apart; so is one after which the module or every pack raises when it is loaded (``load``): there no assertion is ever reached. Nor is one
where the changed statement raises wherever it runs (``raises``): the tests saw no other error than those of which it is the innermost line of
opencheck; and, followed through the tests once more, it never went on, and each test that ran it failed within it (``changed_statement``).
Every other crash stays one. The summary tells the shares with and without them. What is no Python is no change. Tests of how long something
takes are left out: beside other work they fail by themselves.

The sample is in random order and each result is written as it comes, so that a run that is stopped early is a sample, too; started again with
the same output it goes on. ``--again`` runs once more what no assertion noticed. Changes that change nothing anybody can see are listed with
the reason in ``equivalent_changes.csv``; they count as such only as long as the tests do not notice them.
"""

from __future__ import annotations

import argparse
import ast
import csv
import importlib.abc
import importlib.machinery
import importlib.util
import json
import math
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from importlib.metadata import entry_points
from pathlib import Path
from random import Random
from types import CodeType
from typing import Any, NamedTuple

from changed_statement import Runs, Statement, raised_within

ROOT = Path(__file__).parents[1]
SOURCE = "src/opencheck"
_OF_SOURCES = [
    "readers/test_typed_columns",
    "readers/test_second_columns",
    "readers/test_merged_cells",
    "readers/test_same_as_above",
    "readers/test_unknown_last_day",
    "readers/test_sheet_units",
    "readers/test_two_names",
    "readers/test_row_accounting",
]
"""The tests of what a source makes of its rows, whether it holds them in memory or not."""

_OF_PERSONAL_DATA = [
    "core/test_personal_places",
    "core/test_personal_numbers",
    "core/test_personal_labels",
    "core/test_personal_cells",
    "core/test_personal_data",
]

TESTS: dict[str, list[str]] = {
    "core/calendar": ["core/test_calendar", "core/test_calendar_years"],
    "core/periods": ["core/test_periods", "core/test_periods_dateutil"],
    "core/personal_cells": _OF_PERSONAL_DATA,
    "core/personal_data": _OF_PERSONAL_DATA,
    "core/personal_labels": _OF_PERSONAL_DATA,
    "core/personal_numbers": _OF_PERSONAL_DATA,
    "records/parse": ["records/test_parse"],
    "records/placeholders": ["records/test_placeholders"],
    "records/date_spans": ["records/test_date_spans", "readers/test_office_ledgers"],
    "records/contradictions": [
        "records/test_contradictions",
        "readers/test_second_columns",
        "readers/test_merged_cells",
        "readers/test_same_as_above",
    ],
    "records/disclosure_labels": ["records/test_disclosure_labels", "documents/test_heads", "rules/kinds/test_marked"],
    "records/label_options": ["records/test_disclosure_labels", "documents/test_heads"],
    "report/waivers": ["report/test_waivers", "readers/test_second_columns"],
    "report/finding": [
        "report/test_finding",
        "report/test_messages",
        "report/test_report",
        "report/test_kind_messages",
        "rules/test_exceptions",
        "rules/test_unconfirmed_columns",
    ],
    "records/references": ["readers/test_second_columns", "readers/test_two_names"],
    "records/totals": ["readers/test_body_lines"],
    "readers/column_types": [
        "readers/test_column_types",
        "readers/test_typed_columns",
        "readers/test_frames",
        "readers/test_odd_frames",
    ],
    "readers/forms": ["readers/test_forms"],
    "readers/heading_match": [
        "readers/test_heading_match",
        "readers/test_heading_maps",
        "readers/test_office_ledgers",
        "readers/test_two_row_headings",
    ],
    "readers/interpreted_documents": [
        "readers/test_interpreted_documents",
        "readers/test_office_ledgers",
        "readers/test_merged_cells",
        "readers/test_several_tables",
        "readers/test_two_names",
    ],
    "readers/json_rows": ["readers/test_json_rows", "readers/test_row_accounting"],
    "readers/sheet_body": [
        "readers/test_sheet_body",
        "readers/test_excel",
        "readers/test_frames",
        "readers/test_odd_frames",
        "readers/test_merged_cells",
        "readers/test_office_ledgers",
    ],
    "readers/sheet_units": ["readers/test_sheet_units"],
    "readers/side_by_side": ["readers/test_side_by_side", "readers/test_several_tables"],
    "readers/two_names": ["readers/test_two_names"],
    "readers/typed_cells": [
        "readers/test_typed_cells",
        "readers/test_typed_columns",
        "readers/test_left_open",
        "readers/test_read",
    ],
    "readers/typed_columns": [
        "readers/test_batch_typer",
        "readers/test_typed_columns",
        "readers/test_frames",
        "readers/test_left_open",
        "readers/test_unknown_last_day",
        "readers/test_asking_columns",
        "readers/test_same_as_above",
        "readers/test_second_columns",
        "readers/test_odd_frames",
        "readers/test_read",
    ],
    "documents/colours": ["documents/test_limits_of_what_is_seen", "documents/test_hidden_elements"],
    "documents/hidden_elements": ["documents/test_limits_of_what_is_seen", "documents/test_hidden_elements"],
    "documents/metadata": ["documents/test_metadata", "documents/test_heads"],
    "documents/page_tree": ["documents/test_page_tree", "documents/test_redaction", "documents/test_hidden_elements"],
    "documents/page_styles": ["documents/test_hidden_elements", "documents/test_limits_of_what_is_seen"],
    "documents/screen_conditions": ["documents/test_screen_conditions", "documents/test_hidden_elements"],
    "rules/subject_periods": ["rules/test_subject_periods", "rules/kinds/test_series"],
    "rules/links": ["rules/test_links", "rules/kinds/test_within"],
    "rules/offices": ["rules/test_offices", "rules/kinds/test_within", "rules/kinds/test_linked_in"],
    "rules/condition_expressions": [
        "rules/test_conditions",
        "rules/test_blank_facts",
        "rules/test_exceptions",
        "rules/packs/test_examples",
    ],
    "rules/conditions": [
        "rules/test_conditions",
        "rules/test_blank_facts",
        "rules/test_exceptions",
        "rules/packs/test_examples",
    ],
    "rules/expressions": [
        "rules/test_expressions",
        "rules/test_blank_facts",
        "rules/kinds/test_within",
        "rules/packs/test_examples",
    ],
    "rules/context": ["rules/test_context", "rules/kinds/test_within", "rules/test_whose_records", "rules/packs/test_examples"],
    "rules/contradicted": ["rules/kinds/test_within", "rules/packs/test_examples"],
    "rules/reductions": ["rules/test_reductions", "rules/test_links", "rules/kinds/test_series", "rules/kinds/test_count"],
    "core/time_limits": [
        "core/test_time_limits",
        "core/test_periods",
        "rules/kinds/test_within",
        "rules/packs/test_parameters",
    ],
    "core/calendar_file": ["core/test_calendar", "core/test_calendar_years"],
    "core/normalize": [
        "core/test_normalize",
        "records/test_whitespace",
        "records/test_tables",
        "records/test_placeholders",
        "readers/test_heading_match",
        "readers/test_body_lines",
        "engine/test_names",
    ],
    "records/columns": [
        "records/test_placeholders",
        "records/test_contradictions",
        "readers/test_column_types",
        "readers/test_frames",
    ],
    "records/dataset": ["records/test_dataset", "readers/test_read", "readers/test_row_accounting"],
    "records/document_numbers": ["records/test_document_numbers", "readers/test_interpreted_documents"],
    "records/fields": [
        "records/test_fields",
        "records/test_ticked_options",
        "records/test_contradictions",
        "records/test_tables",
        "records/test_placeholders",
        "readers/test_column_types",
        "readers/test_asking_columns",
        "readers/test_unknown_last_day",
        "readers/test_left_open",
        "readers/test_office_ledgers",
    ],
    "records/printed_lines": ["records/test_disclosure_labels", "documents/test_metadata"],
    "records/published_tables": ["records/test_tables", "rules/kinds/test_columns"],
    "records/ticked_options": ["records/test_ticked_options"],
    "records/vocabularies": [
        "records/test_disclosure_labels",
        "records/test_tables",
        "readers/test_sheet_units",
        "readers/test_office_ledgers",
        "rules/test_unknown_topics",
    ],
    "records/whitespace": ["records/test_whitespace"],
    "readers/body_lines": [
        "readers/test_body_lines",
        "readers/test_sections",
        "readers/test_example_sheets",
        "readers/test_several_tables",
        "readers/test_office_ledgers",
    ],
    "readers/filled_cells": ["readers/test_filled_cells", "report/handouts/test_reading"],
    "readers/frames": [
        "readers/test_frames",
        "readers/test_odd_frames",
        "readers/test_typed_columns",
        "readers/test_damaged_files",
    ],
    "readers/header_groups": [
        "readers/test_header_groups",
        "readers/test_heading_match",
        "readers/test_office_ledgers",
        "readers/test_side_by_side",
        "readers/test_forms",
        "readers/test_two_row_headings",
    ],
    "readers/header_rows": [
        "readers/test_header_rows",
        "readers/test_office_ledgers",
        "readers/test_body_lines",
        "readers/test_side_by_side",
        "readers/test_several_tables",
        "readers/test_unread_sheets",
        "readers/test_merged_cells",
        "readers/test_forms",
        "readers/test_two_row_headings",
    ],
    "readers/heading_maps": ["readers/test_heading_maps"],
    "readers/memory_source": ["readers/test_memory_source", *_OF_SOURCES],
    "readers/second_columns": ["readers/test_second_columns"],
    "readers/streamed_source": ["readers/test_streamed_source", *_OF_SOURCES],
    "readers/table_detection": [
        "readers/test_table_detection",
        "readers/test_read",
        "readers/test_office_ledgers",
        "readers/test_several_tables",
        "readers/test_asking_columns",
    ],
    "readers/unknown_columns": [
        "readers/test_unknown_columns",
        "readers/test_odd_frames",
        "readers/test_read",
        "readers/test_heading_match",
    ],
    "documents/contradictions": ["documents/test_heads", "documents/test_metadata"],
    "documents/named_fields": ["documents/test_named_fields", "documents/test_heads", "documents/test_metadata"],
    "documents/numbers": ["documents/test_numbers", "documents/test_heads", "documents/test_metadata"],
    "report/earlier_report": ["report/test_baseline", "cli/test_check", "api/test_check"],
    "records/header_notes": ["records/test_header_notes"],
    "records/grounds": ["rules/test_denials", "rules/test_conditions"],
    "records/odd_labels": ["records/test_odd_labels"],
    "readers/sections": ["readers/test_sections"],
    "readers/unread_sheets": ["readers/test_unread_sheets"],
    "readers/struck_cells": ["readers/test_struck_cells"],
    "rules/statements": [
        "rules/test_statements",
        "rules/test_denials",
        "rules/test_placeholder_facts",
        "rules/test_conditions",
    ],
    "rules/wordings": ["rules/kinds/test_converted"],
    "documents/binary_workbook_parts": ["documents/test_old_workbook_parts", "readers/test_shown_values"],
    "documents/number_formats": ["readers/test_shown_values"],
    "documents/opendocument_parts": ["documents/test_old_workbook_parts", "readers/test_shown_values"],
    "documents/source_formats": ["documents/test_source_formats"],
    "engine/days_alone": ["engine/test_days_alone"],
    "api/listing_text": ["api/test_listing_text"],
    "engine/names": ["engine/test_names"],
    "engine/evaluator": ["cli/test_examples_by_command", "engine/test_evaluator", "rules/packs/test_examples"],
}
"""The tests of each module, by their paths below ``src/opencheck`` and ``tests``; of a kind also the examples of its rules."""
OF_EVERY_KIND = (
    "rules/test_rules_alone",
    "rules/test_kinds_and_tables",
    "rules/test_unknown_topics",
    "rules/test_undated",
    "rules/test_rejected_rows",
    "rules/test_whose_records",
    "rules/test_still_to_come",
)
"""The tests of what all kinds do alike."""
OF_EVERY_MODULE = ("cli/test_examples_by_command", "cli/test_sheets_by_command", "cli/test_pages_by_command")
"""What the command tells of ledgers and pages, and with which status it exits: an error changes that, too. They run last."""
OF_NAMES = ("series", "grid", "in_one_place")
"""The kinds whose cells may name several subjects."""
OPERATORS = (
    *(
        f"core/ReplaceComparisonOperator_{pair}"
        for pair in ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is", "Lt_GtE", "GtE_Lt")
    ),
    "core/ReplaceBinaryOperator_BitOr_BitAnd",
    "core/ReplaceBinaryOperator_BitAnd_BitOr",
    "core/ReplaceBinaryOperator_Add_Sub",
    "core/ReplaceBinaryOperator_Sub_Add",
    "core/ReplaceUnaryOperator_Delete",
    "core/AddNot",
    "core/NumberReplacer",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceContinueWithBreak",
    "core/ZeroIterationForLoop",
)
LIBRARIES = "chinese_calendar hypothesis hypothesis.strategies polars pydantic pytest _pytest.doctest yaml dateutil"
"""What is imported before the forks; polars starts its threads with the first query only."""
QUIET = ["-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-profile=fast", "--tb=no", "--continue-on-collection-errors"]
QUIET += ["-m", "not browser"]  # a browser draws the same whatever opencheck says
CRASHES = 400
"""So many tests that crash are enough of the module: those of the command follow, in which an assertion may still notice the change."""
ASSERTED, CRASHED, REFUSED, UNLOADED, RAISED = 10, 11, 12, 13, 14
NAMES = {0: "survived", ASSERTED: "assertion", REFUSED: "refusal", UNLOADED: "load", RAISED: "raises"}
"""The results by the status with which a process ends; any other is a crash."""
PACKS = ("pingdu-2018", "cn-disclosure-2019")
EQUIVALENT = Path(__file__).with_name("equivalent_changes.csv")
COLUMNS = ("module", "line", "operator", "result", "seconds", "change")
LISTING = """
import json, sys
from cosmic_ray.commands.init import _all_work_items
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
asked = json.load(sys.stdin)
if "files" in asked:
    mutations = [item.mutations[0] for item in _all_work_items(asked["files"], {})]
    told = [(str(m.module_path), m.operator_name, m.occurrence, m.start_pos[0]) for m in mutations]
else:
    told = [mutate_code(open(file).read(), get_operator(operator)(), n) for file, operator, n, _ in asked["changes"]]
json.dump(told, sys.stdout)
"""
"""What cosmic-ray is asked, in its own environment: which changes there are, and what the changed sources are."""


class Change(NamedTuple):
    """A change of a module."""

    file: str
    operator: str
    occurrence: int
    line: int

    @property
    def module(self) -> str:
        return self.file.removeprefix(f"{SOURCE}/").removesuffix(".py")

    @property
    def short(self) -> str:
        return self.operator.removeprefix("core/")


class Changed(importlib.machinery.SourceFileLoader):
    """Loads a module from a changed source."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.text, self.path, "exec", dont_inherit=True)


class InPlaceOf(importlib.abc.MetaPathFinder):
    """Finds one module, the changed one."""

    def __init__(self, name: str, file: Path, text: str) -> None:
        self.name, self.file, self.text = name, file, text

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        loader = Changed(name, str(self.file), self.text)
        return importlib.util.spec_from_file_location(name, self.file, loader=loader)


class Watcher:
    """Runs of the examples only those of some kind's rules, and remembers how tests failed.

    Args:
        module: the changed module.
        statement: the statement that is changed.
        runs: how it runs, where that is followed; without, it raises wherever it runs as far as the errors tell.
    """

    def __init__(self, module: str, statement: Statement, runs: Runs | None = None) -> None:
        self.statement, self.runs = statement, runs
        self.within = False
        """Whether the present test failed within the changed statement."""
        self.elsewhere = False
        self.kind = module.split("/")[2] if module.startswith("rules/kinds/") else None
        self.crashes = 0
        self.asserted = self.refused = False

    @property
    def status(self) -> int:
        if self.asserted or self.refused or not self.crashes:
            return ASSERTED if self.asserted else REFUSED if self.refused else 0
        return CRASHED if self.elsewhere or (self.runs is not None and self.runs.went_on) else RAISED

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        from opencheck.rules.packs.loader import load_pack

        items[:] = [t for t in items if "assert_linear" not in _names(t)]
        if self.kind is None:
            return
        # A change that refuses the pack leaves the tests that need none.
        rules = load_pack(PACKS[0]).rules if loads(PACKS[0]) else {}
        own = tuple(f"[{i}-" for i, rule in rules.items() if rule.kind.name == self.kind)
        items[:] = [t for t in items if t.path.name != "test_examples.py" or any(r in t.name for r in own)]
        by_kind = ("test_kind_messages.py", "test_examples_by_command.py")
        items[:] = [t for t in items if t.path.name not in by_kind or f"[{self.kind}-" in t.name]

    def pytest_runtest_logstart(self) -> None:
        self.within = False
        if self.runs is not None:
            self.runs.ran = False

    def pytest_runtest_setup(self, item: Any) -> None:
        import pytest

        if self.crashes >= CRASHES and not any(str(item.path).endswith(f"{test}.py") for test in OF_EVERY_MODULE):
            pytest.skip("enough")

    def pytest_runtest_logfinish(self) -> None:
        self.elsewhere |= self.runs is not None and self.runs.ran and not self.within

    def pytest_exception_interact(self, node: Any, call: Any) -> None:
        import pytest

        errors = [call.excinfo.value]
        while any(isinstance(e, BaseExceptionGroup) for e in errors):  # Hypothesis tells of several failures at once
            errors = [x for e in errors for x in (e.exceptions if isinstance(e, BaseExceptionGroup) else [e])]
        known = (AssertionError, pytest.fail.Exception)
        doctest = any(type(e).__name__ in ("DocTestFailure", "MultipleDoctestFailures") for e in errors)
        self.asserted = self.asserted or doctest or any(isinstance(e, known) for e in errors)
        self.refused = self.refused or any(type(e).__module__.startswith("opencheck.") for e in errors)
        self.crashes += not self.asserted
        self.within = all(raised_within(e, self.statement, ROOT / SOURCE) for e in errors)
        self.elsewhere |= not self.within
        if self.asserted:
            node.session.shouldfail = "noticed"


def _names(item: Any) -> tuple[str, ...]:
    """The names that a test's function uses; none of a doctest."""
    function = getattr(item, "function", None)
    inner = getattr(getattr(function, "hypothesis", None), "inner_test", function)
    code = getattr(inner, "__code__", None)
    return code.co_names if code else ()


def run(module: str, tests: list[str], text: str, seconds: int) -> str:
    """Test a changed source in a process of its own: ``survived``, or what noticed it (``assertion`` and so on)."""
    found = _run(module, tests, text, seconds)
    return "crash" if found == "raises" and _run(module, tests, text, seconds, follow=True) != "raises" else found


def _run(module: str, tests: list[str], text: str, seconds: int, *, follow: bool = False) -> str:
    pid = os.fork()
    if not pid:
        status = UNLOADED
        try:
            os.setsid()
            signal.alarm(seconds * 4)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            name = f"opencheck.{module.replace('/', '.')}".removesuffix(".__init__")
            file = ROOT / SOURCE / f"{module}.py"
            statement = Statement(str(file), text, first_difference(file.read_text(encoding="utf-8"), text))
            runs = Runs(statement) if follow else None
            if runs is not None:
                runs.follow()
            sys.meta_path.insert(0, InPlaceOf(name, file, text))
            importlib.import_module(name)  # now: pytest finds the modules of its plugins by itself
            status = CRASHED
            import pytest

            watcher = Watcher(module, statement, runs)
            files = [f"{SOURCE}/{module}.py", *(f"tests/{t}.py" for t in tests)]
            if watcher.kind:
                files += ["tests/rules/packs/test_examples.py", "tests/report/test_kind_messages.py"]
            code = int(pytest.main([*QUIET, *files], plugins=[watcher]))
            if runs is not None:
                runs.stop()
            status = watcher.status or (CRASHED if code else 0)
            if status in (CRASHED, REFUSED, RAISED) and not any(map(loads, PACKS)):
                status = UNLOADED
        finally:  # also where the changed module, or pytest itself, does not even start
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    if os.WIFSIGNALED(ended):
        return "time"
    return NAMES.get(os.WEXITSTATUS(ended), "crash")


def first_difference(old: str, new: str) -> int:
    """The first line that a change changes, from 1.

    >>> first_difference("a = 1\\nb = 2", "a = 1\\nb = 3")
    2
    """
    pairs = zip(old.splitlines(), new.splitlines(), strict=False)
    return next((number for number, (a, b) in enumerate(pairs, 1) if a != b), 1)


def loads(pack: str) -> bool:
    """Whether a pack can be loaded."""
    from opencheck.rules.packs.loader import load_pack

    try:
        load_pack(pack)
    except Exception:
        return False
    return True


def kinds() -> dict[str, list[str]]:
    """The tests of each kind."""
    folder = ROOT / SOURCE / "rules" / "kinds"
    found = {}
    for file in sorted(folder.rglob("*.py")):
        module = file.relative_to(ROOT / SOURCE).with_suffix("").as_posix()
        if module != "rules/kinds/__init__":
            name = module.split("/")[2]
            parts = sorted(f"{name}_{part.stem}" for part in (folder / name).glob("*.py"))
            own = [f"rules/kinds/test_{n}" for n in (name, *parts)] + ["rules/test_subject_names"] * (name in OF_NAMES)
            found[module] = [*(t for t in own if (ROOT / f"tests/{t}.py").exists()), *OF_EVERY_KIND]
    return found


def idle_lines(source: str) -> set[int]:
    """The lines of annotations, docstrings and descriptions, which decide nothing."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.arg):
            parts = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            parts = [node.returns, *node.decorator_list]
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts = [node.value]
        for part in parts:
            if part is not None:
                found |= set(range(part.lineno, (part.end_lineno or part.lineno) + 1))  # type: ignore[attr-defined]
    return found


def cosmic_ray(python: str, asked: dict[str, Any]) -> Any:
    """Ask cosmic-ray in its own environment."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-c", LISTING], input=json.dumps(asked), capture_output=True, text=True, check=False, env=env
    )
    if done.returncode:
        raise SystemExit(f"{python}: {done.stderr[-1000:]}")
    return json.loads(done.stdout)


def deciding(changes: list[Change]) -> list[Change]:
    """The changes that may decide something."""
    idle = {file: idle_lines(Path(file).read_text(encoding="utf-8")) for file in {c.file for c in changes}}
    return [c for c in changes if c.operator.startswith(OPERATORS) and c.line not in idle[c.file]]


def is_python(text: str) -> bool:
    """Whether a changed source can be compiled: a ``not`` before an assignment expression cannot."""
    try:
        compile(text, "changed", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def shown(change: Change, text: str) -> str:
    """The lines that a change changes."""
    old, new = Path(change.file).read_text(encoding="utf-8").splitlines(), text.splitlines()
    pairs = [(a.strip(), b.strip()) for a, b in zip(old, new, strict=False) if a != b]
    return " ".join(f"{a}  →  {b}" for a, b in pairs[:2]) or "(lines removed)"


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a file of results, or of equivalent changes."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def chosen_again(results: list[dict[str, str]], changes: list[Change], texts: list[str]) -> list[tuple[Change, str]]:
    """The changes of an earlier run that no assertion noticed, in the files of today; a line may have moved since."""
    shown_today: dict[tuple[str, str, str], list[tuple[Change, str]]] = {}
    for change, text in zip(changes, texts, strict=True):
        shown_today.setdefault((change.module, change.short, shown(change, text)), []).append((change, text))
    found = []
    for row in results:
        if row["result"] == "assertion":
            continue
        alike = shown_today.get((row["module"], row["operator"], row["change"]), [])
        if not alike:
            print(f"no longer there: {row['module']}:{row['line']}: {row['change']}", flush=True)
            continue
        nearest = min(alike, key=lambda pair: abs(pair[0].line - int(row["line"])))
        alike.remove(nearest)
        found.append(nearest)
    return found


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share that a sample shows."""
    if not whole:
        return 0.0, 1.0
    z = 1.96
    middle = (part / whole + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(part / whole * (1 - part / whole) / whole + z * z / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def summary(tally: Counter[str]) -> str:
    """What came of the changes, and the share that assertions notice of those that change something."""
    told = [str(dict(tally))]
    whole = sum(tally.values()) - tally["equivalent"]
    loaded = whole - tally["load"]
    for of, apart in (
        (whole, ""),
        (loaded, " that load"),
        (loaded - tally["raises"], " that load and do not raise wherever they run"),
    ):
        low, high = interval(tally["assertion"], of)
        if of:
            share = f"{tally['assertion'] / of:.1%} ({low:.1%} to {high:.1%})"
            told.append(f"{tally['assertion']} of {of}{apart} noticed by an assertion: {share}")
    return "; ".join(told)


def main() -> int:
    """Sample, run, and write the results; return 1 where a change was not noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--seconds", type=int, default=120, help="of work for a change; one that takes longer is noticed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--modules", nargs="*", help="below src/opencheck, such as rules/kinds/posted; all of the list where left out"
    )
    parser.add_argument("--python", required=True, help="the interpreter of the environment that has cosmic-ray")
    parser.add_argument("--again", type=Path, help="results of an earlier run: only what no assertion noticed there")
    parser.add_argument("--also", nargs="*", default=[], help="further tests for every module, such as rules/test_oracle")
    parser.add_argument("--green", action="store_true", help="the tests are known to pass as things are: do not run them first")
    parser.add_argument("--output", type=Path, default=Path("results.csv"))
    asked = parser.parse_args()
    output = asked.output.resolve()
    earlier = read(asked.again) if asked.again else []
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "src"))
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    every = (*OF_EVERY_MODULE, *asked.also)
    tests = {m: [*t, *every] for m, t in {**TESTS, **kinds()}.items() if not asked.modules or m in asked.modules}
    if asked.again:
        tests = {m: t for m, t in tests.items() if any(row["module"] == m for row in earlier)}
    listed = cosmic_ray(asked.python, {"files": [f"{SOURCE}/{m}.py" for m in tests]})
    changes = deciding([Change(*told) for told in listed])
    if asked.again:
        open_ = {(row["module"], row["operator"]) for row in earlier if row["result"] != "assertion"}
        sample = [c for c in changes if (c.module, c.short) in open_]
    else:
        sample = Random(asked.seed).sample(changes, min(asked.sample, len(changes)))
    texts: list[str] = cosmic_ray(asked.python, {"changes": sample})
    work = chosen_again(earlier, sample, texts) if asked.again else list(zip(sample, texts, strict=True))
    work = [(change, text) for change, text in work if is_python(text)]
    print(f"{len(work)} of {len(changes)} changes in {len(tests)} modules", flush=True)
    sys.dont_write_bytecode = False  # each process would compile the same tests again
    plugins = {e.module for e in entry_points(group="pytest11") if not e.module.startswith(("opencheck.", "schemathesis."))}
    for library in (*LIBRARIES.split(), *sorted(plugins)):
        importlib.import_module(library)
    equivalent = {(row["module"], row["operator"], row["change"]) for row in read(EQUIVALENT)}
    until = time.monotonic() + asked.minutes * 60
    begun = read(output) if output.exists() and not asked.again else []
    tally = Counter(row["result"] for row in begun)
    had = {(row["module"], row["line"], row["operator"], row["change"]) for row in begun}
    whole: dict[str, bool] = {}
    with output.open("a" if begun else "w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        if not begun:
            write.writerow(COLUMNS)
        for change, text in work:
            if time.monotonic() > until:
                break
            module, told = change.module, shown(change, text)
            if (module, str(change.line), change.short, told) in had:
                continue
            if module not in whole:
                whole[module] = (
                    asked.green
                    or run(module, tests[module], Path(change.file).read_text(encoding="utf-8"), asked.seconds) == "survived"
                )
                if not whole[module]:
                    print(f"{module}: left out, its tests fail without any change", flush=True)
            if not whole[module]:
                continue
            started = time.monotonic()
            found = run(module, tests[module], text, asked.seconds)
            if found == "survived" and (module, change.short, told) in equivalent:
                found = "equivalent"
            tally[found] += 1
            seconds = f"{time.monotonic() - started:.0f}"
            write.writerow([module, change.line, change.short, found, seconds, told])
            file.flush()
            print(sum(tally.values()), found, f"{module}:{change.line}", change.short, told, flush=True)
    print(f"{sum(tally.values())} run: {summary(tally)}")
    return 1 if tally["survived"] else 0


if __name__ == "__main__":
    sys.exit(main())
