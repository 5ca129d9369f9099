"""The command comes to what an example of a rule expects, and exits with it: with 2 whatever fails, which no example does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(("kind", "rule", "outcome"), EXAMPLES)
def test_example_is_judged_by_the_command(kind: str, rule: str, outcome: str, tmp_path: Path) -> None:
    example = EXAMPLES[kind, rule, outcome]
    ledger = tmp_path / "ledger.json"
    ledger.write_text(json.dumps(example.given, default=str), encoding="utf-8")
    options = ["--rule", rule, "--as-of", str(example.as_of), "--fail-on", "advice", "--format", "jsonl", "--all"]
    result = run("check", str(ledger), *options)
    assert result.exit_code == int(outcome == "violation")
    told = [json.loads(line)["outcome"] for line in result.stdout.splitlines()]
    assert max(told, key=lambda name: Outcome(name).gravity) == outcome
