"""Mutation of the Python core: changes that no test of the module notices.

Cosmic-ray says which changes there are and makes them; it lives in an environment of its own, with libraries of its own:

    python -m venv ~/cosmic-ray && ~/cosmic-ray/bin/pip install cosmic-ray
    python scripts/mutate_core.py --python ~/cosmic-ray/bin/python --sample 300 --minutes 50 --output survivors.csv

For each sampled change a process is forked that has the libraries imported, but nothing of opencheck. It imports the changed module in place
of the file, which stays as it is, runs the doctests and tests of the module and the examples of the rules of a kind, and ends with the first
failure. Changes inside annotations, docstrings and field descriptions are left out: they decide nothing. A kill by an assertion is told
apart from one by a crash. The sample is in random order, so that a run that is stopped early is a sample, too.
"""

from __future__ import annotations

import argparse
import ast
import csv
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from types import CodeType
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
SOURCE = "src/opencheck"
TESTS: dict[str, list[str]] = {
    "core/calendar": ["core/test_calendar"],
    "core/periods": ["core/test_periods", "core/test_periods_dateutil"],
    "core/personal_data": ["core/test_personal_data"],
    "core/personal_labels": ["core/test_personal_data", "core/test_personal_numbers"],
    "core/personal_numbers": ["core/test_personal_numbers", "core/test_personal_data"],
    "records/parse": ["records/test_parse"],
    "records/disclosure_labels": ["records/test_disclosure_labels", "documents/test_heads", "rules/kinds/test_marked"],
    "records/label_options": ["records/test_disclosure_labels", "documents/test_heads"],
    "report/waivers": ["report/test_waivers"],
    "report/finding": ["report/test_finding", "report/test_messages", "report/test_report"],
    "readers/typed_columns": ["readers/test_typed_columns", "readers/test_read"],
    "readers/sheet_body": ["readers/test_excel", "readers/test_office_ledgers"],
    "readers/json_rows": ["readers/test_json_rows", "readers/test_row_accounting"],
    "documents/metadata": ["documents/test_metadata", "documents/test_heads"],
    "rules/subject_periods": ["rules/test_subject_periods", "rules/kinds/test_series"],
    "rules/links": ["rules/test_links", "rules/kinds/test_within"],
    "rules/offices": ["rules/kinds/test_within", "rules/kinds/test_linked_in"],
}
"""The tests of each module, by their paths below ``src/opencheck`` and ``tests``; of a kind also the examples of its rules."""
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
QUIET = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-profile=fast", "--tb=no"]
SECONDS = 120
"""Of work for a change; one that takes longer is noticed."""
ASSERTED, CRASHED = 10, 11
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
    """Runs of the examples only those of some kind's rules, and remembers how the first test failed."""

    def __init__(self, module: str) -> None:
        self.kind = module.removeprefix("rules/kinds/") if module.startswith("rules/kinds/") else None
        self.status = 0

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        from opencheck.rules.packs.loader import load_pack

        if self.kind is None:
            return
        rules = tuple(f"[{i}-" for i, rule in load_pack("pingdu-2018").rules.items() if rule.kind.name == self.kind)
        items[:] = [t for t in items if t.path.name != "test_examples.py" or any(r in t.name for r in rules)]

    def pytest_exception_interact(self, call: Any) -> None:
        import pytest

        known = (AssertionError, pytest.fail.Exception)
        doctest = type(call.excinfo.value).__name__ == "MultipleDoctestFailures"
        self.status = self.status or (ASSERTED if doctest or isinstance(call.excinfo.value, known) else CRASHED)


def run(module: str, tests: list[str], text: str) -> str:
    """Test a changed source in a process of its own: ``survived``, or by what it was noticed."""
    pid = os.fork()
    if not pid:
        status = CRASHED
        try:
            os.setsid()
            signal.alarm(SECONDS * 4)
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            name = f"opencheck.{module.replace('/', '.')}"
            sys.meta_path.insert(0, InPlaceOf(name, ROOT / SOURCE / f"{module}.py", text))
            importlib.import_module(name)  # now: pytest finds the modules of its plugins by itself
            import pytest

            watcher = Watcher(module)
            files = [f"{SOURCE}/{module}.py", *(f"tests/{t}.py" for t in tests)]
            if watcher.kind:
                files.append("tests/rules/packs/test_examples.py")
            code = int(pytest.main([*QUIET, *files], plugins=[watcher]))
            status = watcher.status or (CRASHED if code else 0)
        finally:
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    if os.WIFSIGNALED(ended):
        return "killed by a crash"
    return {0: "survived", ASSERTED: "killed by an assertion"}.get(os.WEXITSTATUS(ended), "killed by a crash")


def kinds() -> dict[str, list[str]]:
    """The tests of each kind."""
    folder = ROOT / SOURCE / "rules" / "kinds"
    found = {}
    for file in sorted(folder.glob("[a-z]*.py")):
        own = ROOT / "tests" / "rules" / "kinds" / f"test_{file.stem}.py"
        found[f"rules/kinds/{file.stem}"] = [f"rules/kinds/test_{file.stem}"] if own.exists() else []
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


def shown(change: Change, text: str) -> str:
    """The lines that a change changes."""
    old, new = Path(change.file).read_text(encoding="utf-8").splitlines(), text.splitlines()
    pairs = [(a.strip(), b.strip()) for a, b in zip(old, new, strict=False) if a != b]
    return " ".join(f"{a}  →  {b}" for a, b in pairs[:2]) or "(lines removed)"


def main() -> int:
    """Sample, run, and list the survivors; return 1 where there are any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--modules", nargs="*", help="below src/opencheck, such as rules/kinds/within; all of the list where left out"
    )
    parser.add_argument("--python", required=True, help="the interpreter of the environment that has cosmic-ray")
    parser.add_argument("--output", type=Path, default=Path("survivors.csv"))
    asked = parser.parse_args()
    output = asked.output.resolve()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "src"))
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    tests = {m: t for m, t in {**TESTS, **kinds()}.items() if not asked.modules or m in asked.modules}
    listed = cosmic_ray(asked.python, {"files": [f"{SOURCE}/{m}.py" for m in tests]})
    changes = deciding([Change(*told) for told in listed])
    sample = Random(asked.seed).sample(changes, min(asked.sample, len(changes)))
    texts: list[str] = cosmic_ray(asked.python, {"changes": sample})
    print(f"{len(sample)} of {len(changes)} changes in {len(tests)} modules", flush=True)
    for library in LIBRARIES.split():
        importlib.import_module(library)
    until = time.monotonic() + asked.minutes * 60
    tally: Counter[str] = Counter()
    whole: set[str] = set()
    with output.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["module", "line", "operator", "change"])
        for change, text in zip(sample, texts, strict=True):
            if time.monotonic() > until:
                break
            module = change.module
            if module not in whole:
                if run(module, tests[module], Path(change.file).read_text(encoding="utf-8")) != "survived":
                    raise SystemExit(f"{module}: its tests fail without any change")
                whole.add(module)
            found = run(module, tests[module], text)
            tally[found] += 1
            if found == "survived":
                row = [module, change.line, change.operator.removeprefix("core/"), shown(change, text)]
                write.writerow(row)
                file.flush()
                print(*row, flush=True)
    print(f"{sum(tally.values())} run: {dict(tally)}")
    return 1 if tally["survived"] else 0


if __name__ == "__main__":
    sys.exit(main())
