"""Run the examples of a pack's rules: each is a test of the rule, of the calendar and of the text that describes both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from opencheck.api.check import check_records
from opencheck.core.errors import OpencheckError
from opencheck.report.finding import Finding
from opencheck.rules.packs.loader import load_pack
from opencheck.rules.packs.pack import Pack
from opencheck.rules.rule import Example

__all__ = [
    "ExampleResult",
    "run_example",
    "run_examples",
]


_COMPARED = ("due", "actual", "late_by", "severity", "borderline", "before_plan", "justified", "subject", "period")


@dataclass(frozen=True)
class ExampleResult:
    """One example: the rule, its name, where it stands, and what differs (nothing where it holds)."""

    rule: str
    name: str
    place: str
    differences: tuple[str, ...]


def run_examples(pack: Pack) -> Iterator[ExampleResult]:
    """Every example of every rule of a pack, in order.

    >>> next(run_examples(load_pack("pingdu-2018"))).differences
    ()
    """
    for bound in pack.rules.values():
        for example in bound.rule.examples:
            name = example.name if isinstance(example.name, str) else example.name.zh
            yield ExampleResult(
                bound.rule.id, name, pack.places[bound.rule.id], tuple(run_example(pack, bound.rule.id, example))
            )


def run_example(pack: Pack, rule: str, example: Example) -> list[str]:
    """What an example's outcome differs in from what it expects: the worst finding's facts are compared."""
    try:
        used = load_pack(pack.path, {**_overrides(pack), **example.parameters}) if example.parameters else pack
        report = check_records(example.given, packs=[used], as_of=example.as_of, rules=[rule], everything=True)
    except OpencheckError as exc:
        return [str(exc)]
    findings = report.findings()
    if report.rejected:
        return [f"rows of the example were rejected: {[p.code for r in report.rejected for p in r.problems]}"]
    if not findings:
        return ["no finding at all"]
    worst: Finding = max(findings, key=lambda f: f.outcome.gravity)
    if str(worst.outcome) != example.expect:
        return [f"outcome: expected {example.expect}, found {worst.outcome} ({worst.message.en})"]
    chosen = [f for f in findings if f.outcome is worst.outcome]
    differences = []
    for name in _COMPARED:
        wanted: Any = getattr(example, name)
        if wanted is not None and getattr(worst, name) != wanted:
            differences.append(f"{name}: expected {wanted}, found {getattr(worst, name)}")
    if example.missing is not None and sorted(worst.missing) != sorted(example.missing):
        differences.append(f"missing: expected {example.missing}, found {list(worst.missing)}")
    if example.findings is not None and len(chosen) != example.findings:
        differences.append(f"findings: expected {example.findings}, found {len(chosen)}")
    told = "\n".join(t.zh for t in worst.explanation)
    if example.says is not None and example.says not in told:
        differences.append(f"says: {example.says!r} is not in the explanation")
    if example.silent is not None and example.silent in told:
        differences.append(f"silent: {example.silent!r} is in the explanation")
    for finding in findings:
        texts = [finding.message, *finding.explanation]
        if not all(t.zh and t.en and "{" not in t.zh + t.en for t in texts):
            differences.append(f"a {finding.outcome} that is not told in full")
    return differences


def _overrides(pack: Pack) -> dict[str, Any]:
    return {k: v for k, v in pack.values.items() if k in pack.parameters and v != pack.parameters[k].value}
