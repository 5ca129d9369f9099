"""The examples of every rule of the packs; each runs here, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from opencheck.api.pack_examples import run_example
from opencheck.report import messages
from opencheck.rules.packs.loader import load_pack
from opencheck.rules.packs.pack import Pack
from pingdu_rules import PACK


@pytest.fixture(autouse=True)
def absent_facts_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that asks for a fact which nobody gives would be told with a dash; here it fails."""
    fill = messages.fill_template

    def strict(template: str, facts: Mapping[str, Any], lang: str) -> str:
        absent = messages.facts_of(template) - facts.keys()
        assert not absent, f"{template}: {sorted(absent)}"
        return fill(template, facts, lang)

    monkeypatch.setattr(messages, "fill_template", strict)


def not_as_expected(pack: Pack, rule: str) -> list[tuple[str, list[str]]]:
    """The examples of a rule that do not hold, and what is wrong."""
    return [(str(e.name), wrong) for e in pack.rules[rule].rule.examples if (wrong := run_example(pack, rule, e))]


@pytest.mark.parametrize("rule", PACK.rules)
def test_examples_of_pingdu_2018_hold(rule: str) -> None:
    assert not_as_expected(PACK, rule) == []


@pytest.mark.parametrize("rule", PACK.rules)
def test_examples_show_pass_and_violation(rule: str) -> None:
    shown = {e.expect for e in PACK.rules[rule].rule.examples}
    wanted = {"pass", "violation", "needs_review" if PACK.rules[rule].rule.on == "evidence" else "indeterminate"}
    assert wanted <= shown or rule in ("PD-8-8.3", "PD-8-9.3", "PD-12.3", "PD-14.2d")


SECOND = load_pack("cn-disclosure-2019")


@pytest.mark.parametrize("rule", SECOND.rules)
def test_examples_of_cn_disclosure_2019_hold(rule: str) -> None:
    assert not_as_expected(SECOND, rule) == []
