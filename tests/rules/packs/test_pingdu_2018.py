"""The pack pingdu-2018 as a whole."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from pingdu_rules import PACK

MEASURED = "2-2.1 8-1.1 8-4.4 8-5.1 8-7.1 8-7.2 8-7.3 8-8.3 8-9.3 9.4 12.3 20.1 21.3"


CHECKS = {"measured": 11, "structural": 86, "statutory": 34, "evidence": 23}


def test_pack_every_clause_and_check_has_a_rule(pack) -> None:
    assert len(pack.clauses) == 101
    assert {b.rule.clause for b in pack.rules.values()} == set(pack.clauses)
    assert Counter(c.how for c in pack.checks) == CHECKS
    decided = {check for b in pack.rules.values() for check in b.rule.decides}
    assert decided | {c.id for c in pack.checks if c.beyond} == {c.id for c in pack.checks}
    for check in pack.checks:
        assert check.clause in pack.clauses


def test_pack_clause_decided_by_persons_has_evidence_rule(pack) -> None:
    by_clause: dict[str, set[str]] = {}
    for bound in pack.rules.values():
        by_clause.setdefault(bound.rule.clause, set()).add(bound.rule.kind.name)
    for clause in pack.clauses.values():
        if clause.how == "evidence":
            assert "evidence" in by_clause[clause.id], clause.id


def test_pack_rule_has_the_modality_of_its_clause(pack) -> None:
    """The first rule of a clause carries the clause's modality; what else a clause says in soft words is a parameter."""
    for bound in pack.rules.values():
        if bound.rule.id == f"PD-{bound.rule.clause}":
            assert bound.rule.modality == pack.clauses[bound.rule.clause].modality, bound.rule.id
    assert {c.id for c in pack.clauses.values() if c.how == "measured"} == set(MEASURED.split())
    assert {c.id.rpartition(".")[0] for c in pack.clauses.values()} == set(pack.tasks)


def test_pack_rules_have_texts_in_both_languages(pack) -> None:
    for bound in pack.rules.values():
        for text in (bound.rule.title, bound.rule.remedy, bound.rule.reading):
            assert text is not None
            assert text.zh
            assert text.en
            assert text.zh != text.en


def test_pack_is_named_in_no_python_file(root: Path) -> None:
    words = {t for t in PACK.topics if t != "other"} | set(PACK.statutes) | {n.id for n in PACK.norms}
    clause = re.compile(r"(?<![\d.\-])(?:PD-)?(?:\d{1,2}-\d+\.\d+|PD-\d+\.\d+)(?![\d.])")
    for file in (root / "src").rglob("*.py"):
        text = re.sub(r'"""[\s\S]*?"""', "", file.read_text(encoding="utf-8"))
        code = [line for line in text.splitlines() if "example=" not in line and not line.lstrip().startswith("#")]
        for line in code:
            assert not any(w in line for w in words), (file, line)
            assert not clause.search(line), (file, line)
