"""Mutation of the Python core by cosmic-ray: changes that no test of the module notices.

Each sampled change is made in a copy of the source tree and run against the tests of its module, and the examples of the rules whose kind it
is. Changes inside annotations, docstrings and field descriptions are left out: they decide nothing. A kill by an assertion is told apart from
one by a crash.

    pip install cosmic-ray          # in an environment of its own, its command on the PATH or by --cosmic-ray
    python scripts/mutate_core.py --sample 300 --seed 1 --output survivors.csv
"""

from __future__ import annotations

import argparse
import ast
import csv
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import NamedTuple

from opencheck import load_pack

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
    "documents/metadata": ["documents/test_metadata", "documents/test_heads"],
    "rules/subject_periods": ["rules/kinds/test_series"],
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
QUIET = "-x -q -n 0 -p no:cacheprovider --hypothesis-profile=fast"


class Survivor(NamedTuple):
    """A change that no test noticed."""

    module: str
    line: int
    operator: str
    diff: str


def kinds() -> dict[str, list[str]]:
    """The tests of each kind."""
    folder = ROOT / SOURCE / "rules" / "kinds"
    found = {}
    for file in sorted(folder.glob("[a-z]*.py")):
        own = ROOT / "tests" / "rules" / "kinds" / f"test_{file.stem}.py"
        found[f"rules/kinds/{file.stem}"] = [f"rules/kinds/test_{file.stem}"] if own.exists() else []
    return found


def examples_of(module: str) -> str:
    """The examples of the rules of a kind, as ``-k`` names them; empty for other modules."""
    if not module.startswith("rules/kinds/"):
        return ""
    name = module.rpartition("/")[2]
    return " or ".join(f"{i}-" for i, rule in load_pack("pingdu-2018").rules.items() if rule.kind.name == name)


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


def session(cosmic_ray: str, tree: Path, module: str, tests: list[str]) -> Path:
    """All changes of a module, in a session of cosmic-ray."""
    files = [f"tests/{t}.py" for t in tests]
    runs = [f"{sys.executable} -m pytest {QUIET} {' '.join(files)}"] if files else []
    if examples := examples_of(module):
        runs.append(f"{sys.executable} -m pytest {QUIET} tests/rules/packs/test_examples.py -k '{examples}'")
    script = tree / f"run-{module.replace('/', '-')}.sh"
    script.write_text("export PYTHONPATH=src\n" + " && ".join(runs) + "\n", encoding="utf-8")
    config = script.with_suffix(".toml")
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "{SOURCE}/{module}.py"\ntimeout = 240.0\nexcluded-modules = []\n'
        f'test-command = "sh {script.name}"\n[cosmic-ray.distributor]\nname = "local"\n',
        encoding="utf-8",
    )
    database = script.with_suffix(".sqlite")
    subprocess.run([cosmic_ray, "init", config.name, database.name], cwd=tree, check=True, capture_output=True)
    return database


def candidates(database: Path, source: str) -> list[str]:
    """The changes of a session that may decide something, in order."""
    idle = idle_lines(source)
    rows = sqlite3.connect(database).execute(
        "select job_id, operator_name, start_pos_row from mutation_specs order by start_pos_row, start_pos_col, operator_name, occurrence"
    )
    return [job for job, operator, line in rows if operator.startswith(OPERATORS) and line not in idle]


def keep(database: Path, jobs: set[str]) -> None:
    """Leave only some changes in a session."""
    with sqlite3.connect(database) as connection:
        for table in ("mutation_specs", "work_items"):
            every = [row[0] for row in connection.execute(f"select job_id from {table}")]
            connection.executemany(f"delete from {table} where job_id = ?", [(job,) for job in every if job not in jobs])


def results(database: Path, module: str, tally: Counter[str]) -> list[Survivor]:
    """What became of the changes of a session."""
    found = []
    rows = sqlite3.connect(database).execute(
        "select m.start_pos_row, m.operator_name, r.test_outcome, r.output, r.diff from mutation_specs m join work_results r using (job_id)"
    )
    for line, operator, outcome, output, diff in rows:
        if outcome == "SURVIVED":
            tally["survived"] += 1
            found.append(Survivor(module, line, operator.removeprefix("core/"), _changed(diff)))
        else:
            tally[
                "killed by an assertion" if "AssertionError" in output or "\nE       assert" in output else "killed by a crash"
            ] += 1
    return found


def _changed(diff: str) -> str:
    """The changed lines of a diff."""
    lines = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return " ".join(line.strip() for line in lines)


def main() -> int:
    """Sample, run, and list the survivors; return 1 where there are any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--modules", nargs="*", help="modules below src/opencheck, such as rules/kinds/within; all of the list where left out"
    )
    parser.add_argument("--cosmic-ray", default="cosmic-ray", help="the command of cosmic-ray")
    parser.add_argument("--output", type=Path, default=Path("survivors.csv"))
    asked = parser.parse_args()
    every = {**TESTS, **kinds()}
    chosen = {m: t for m, t in every.items() if not asked.modules or m in asked.modules}
    tally: Counter[str] = Counter()
    survivors: list[Survivor] = []
    with tempfile.TemporaryDirectory() as temporary:
        tree = Path(temporary) / "tree"
        tree.mkdir()
        for part in ("src", "tests", "rules", "examples", "docs"):
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", tree)
        sessions = {m: session(asked.cosmic_ray, tree, m, tests) for m, tests in chosen.items()}
        jobs = [
            (m, job)
            for m, database in sessions.items()
            for job in candidates(database, (tree / SOURCE / f"{m}.py").read_text(encoding="utf-8"))
        ]
        sample = Random(asked.seed).sample(range(len(jobs)), min(asked.sample, len(jobs)))
        wanted = {jobs[i] for i in sample}
        print(f"{len(wanted)} of {len(jobs)} changes in {len(chosen)} modules", flush=True)
        for module, database in sessions.items():
            if not any(m == module for m, _ in wanted):
                continue
            whole = subprocess.run(
                ["sh", database.with_suffix(".sh").name], cwd=tree, capture_output=True, text=True, check=False
            )
            if whole.returncode:
                raise SystemExit(f"{module}: its tests fail without any change:\n{whole.stdout[-2000:]}{whole.stderr[-500:]}")
            keep(database, {job for m, job in wanted if m == module})
            subprocess.run([asked.cosmic_ray, "exec", database.with_suffix(".toml").name, database.name], cwd=tree, check=True)
            found = results(database, module, tally)
            survivors += found
            for one in found:
                print(f"{one.module}.py:{one.line}: {one.operator}: {one.diff}", flush=True)
    with asked.output.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([Survivor._fields, *survivors])
    print(dict(tally))
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
