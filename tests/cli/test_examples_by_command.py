"""The command comes to what an example of a rule expects, and exits with it: with 2 whatever fails, which no example does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batches import batches_of
from commands import run
from opencheck.core.outcomes import Outcome
from opencheck.rules.rule import Example
from pingdu_rules import PACK


def examples_by_kind() -> dict[tuple[str, str, str], Example]:
    """By kind, rule and outcome the first such example: of kinds that judge a set, whose rules ask for more, of every rule."""
    found: dict[tuple[str, str, str], Example] = {}
    known: set[tuple[str, str]] = set()
    for rule, bound in PACK.rules.items():
        kind = bound.rule.kind
        for example in bound.rule.examples:
            own = (kind.name, example.expect)
            if example.parameters or (own in known and not (kind.about == "set" and example.expect == "violation")):
                continue
            known.add(own)
            found.setdefault((kind.name, rule, example.expect), example)
    return found


EXAMPLES = examples_by_kind()


def judged(example: Example, rule: str, folder: Path, *options: str) -> tuple[int, str | None]:
    """The status with which the command exits, and the gravest outcome that it tells."""
    ledger = folder / "ledger.json"
    ledger.write_text(json.dumps(example.given, default=str), encoding="utf-8")
    asked = ["--rule", rule, "--as-of", str(example.as_of), "--fail-on", "advice", "--format", "jsonl"]
    result = run("check", str(ledger), *asked, *options)
    told = [json.loads(line)["outcome"] for line in result.stdout.splitlines()]
    return result.exit_code, max(told, key=lambda name: Outcome(name).gravity, default=None)


@pytest.mark.parametrize(("kind", "rule", "outcome"), EXAMPLES)
def test_example_is_judged_by_the_command(kind: str, rule: str, outcome: str, tmp_path: Path) -> None:
    assert judged(EXAMPLES[kind, rule, outcome], rule, tmp_path, "--all") == (int(outcome == "violation"), outcome)


VIOLATIONS = {kind: rule for kind, rule, outcome in EXAMPLES if outcome == "violation"}


@pytest.mark.parametrize(("kind", "rule"), VIOLATIONS.items())
def test_violation_is_found_by_the_command_as_among_many_records(kind: str, rule: str, tmp_path: Path) -> None:
    with batches_of(10**9):
        assert judged(EXAMPLES[kind, rule, "violation"], rule, tmp_path) == (1, "violation")
