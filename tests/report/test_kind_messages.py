"""What each kind of requirement says, word by word: the message and the derivation of an example for everything that it can say.

The texts stand in ``tests/data/kind_messages.yaml``, read and found right. A change that is meant is written there by ``python tests/report/test_kind_messages.py [kind …]``;
read the difference before it is committed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import opencheck as oc
from judged_together import judged_together
from opencheck.core.outcomes import Outcome
from opencheck.report.sentences import Sentences
from opencheck.rules.registry import KINDS
from pingdu_rules import PACK

MESSAGES = Path(__file__).parents[1] / "data" / "kind_messages.yaml"
PACKS = (PACK, oc.load_pack("cn-disclosure-2019"))


@cache
def findings(kind: str) -> list[tuple[str, str, oc.Finding]]:
    """The findings of the examples of a kind's rules, see :func:`_findings`."""
    return list(_findings(kind))


def _findings(kind: str) -> Iterator[tuple[str, str, oc.Finding]]:
    """The findings of the examples of a kind's rules, in the order of the packs, each with the name of its example.

    Between them stands what keeps the ids of this example apart, where several are judged in one ledger.
    """
    for pack in PACKS:
        for rule, bound in pack.rules.items():
            examples = bound.rule.examples if bound.rule.kind.name == kind else ()
            judged: dict[int, list[tuple[str | None, oc.Finding]]] = {}
            for parameters in {repr(e.parameters): e.parameters for e in examples}.values():
                used = oc.load_pack(pack.path, parameters) if parameters else pack
                numbers = [number for number, e in enumerate(examples) if e.parameters == parameters]
                found = judged_together(used.rules[rule], [(examples[n].as_of, examples[n].given) for n in numbers])
                judged |= zip(numbers, found, strict=True)
            for number, example in enumerate(examples):
                name = example.name if isinstance(example.name, str) else example.name.zh
                for own, finding in judged[number]:
                    yield f"{rule} {name}", str(finding.record_id).removesuffix(str(own)), finding


def of_the_pack(finding: oc.Finding) -> int:
    """How many steps of a derivation repeat what the pack says: the clause, its reading and the parameters."""
    bound = next(pack.rules[finding.rule] for pack in PACKS if finding.rule in pack.rules)
    return 1 + (bound.rule.reading is not None) + len(bound.parameters)


def texts_of(apart: str, finding: oc.Finding) -> list[str]:
    """The message and the derivation of a finding."""
    texts = [finding.message.zh, *(t.zh for t in finding.explanation[of_the_pack(finding) :])]
    return [text.replace(f"编号{apart}", "编号") for text in texts]


def told(kind: str, *outcomes: Outcome) -> list[dict[str, Any]]:
    """Everything that a kind says of findings with some outcomes: of all those with the same sentences the first."""
    said: list[str] = []
    entries: dict[tuple[str, ...], dict[str, Any]] = {}
    with pytest.MonkeyPatch.context() as patch:
        say = Sentences.say

        def heard(self: Sentences, name: str, facts: dict[str, Any]) -> Any:
            said.append(name)
            return say(self, name, facts)

        patch.setattr(Sentences, "say", heard)
        for example, apart, finding in findings(kind):
            if finding.outcome not in outcomes:
                continue
            said.clear()
            texts = texts_of(apart, finding)
            names = dict.fromkeys("day" if n.startswith("day.") else n for n in said)
            key = (str(finding.outcome), *names)
            if key not in entries:
                entries[key] = {
                    "example": example,
                    "outcome": key[0],
                    "late": finding.late_by,
                    "missing": list(finding.missing),
                    "said": texts,
                }
    return list(entries.values())


@cache
def written() -> dict[str, list[dict[str, Any]]]:
    """What was read and found right, by kind."""
    known: dict[str, list[dict[str, Any]]] = yaml.safe_load(MESSAGES.read_text(encoding="utf-8"))
    return known


@pytest.mark.parametrize(("kind", "outcome"), [(kind, outcome) for kind in KINDS for outcome in Outcome])
def test_what_a_kind_tells_is_what_was_read_and_found_right(kind: str, outcome: Outcome) -> None:
    assert told(kind, outcome) == [entry for entry in written()[kind] if entry["outcome"] == str(outcome)]


@pytest.mark.parametrize(("kind", "number"), [(kind, number) for kind in KINDS for number in range(len(written()[kind]))])
def test_example_is_told_as_it_is_written_whatever_becomes_of_the_others(kind: str, number: int) -> None:
    """Above, an error at one example would hide a wrong sentence at the next."""
    entry = written()[kind][number]
    of_it = [(apart, f) for name, apart, f in findings(kind) if (name, str(f.outcome)) == (entry["example"], entry["outcome"])]
    assert entry["said"] in [texts_of(apart, finding) for apart, finding in of_it]


if __name__ == "__main__":
    known = written() | {kind: told(kind, *Outcome) for kind in sys.argv[1:] or KINDS}
    MESSAGES.write_text(yaml.safe_dump(known, allow_unicode=True, width=200, sort_keys=False), encoding="utf-8")
    print(MESSAGES)
