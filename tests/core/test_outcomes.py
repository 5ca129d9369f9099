"""Outcomes and severities are strings equal to their names, with numbers beside."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

import opencheck as oc
from opencheck.core.outcomes import MODALITY_SEVERITY, QUIET, QUIET_CODES


def test_outcome_equals_its_name():
    for outcome in oc.Outcome:
        assert outcome == outcome.name.lower() == str(outcome) == f"{outcome}"
        assert oc.Outcome(outcome.name.lower()) is outcome
    assert json.dumps({oc.Outcome.PASS: oc.Outcome.VIOLATION}) == '{"pass": "violation"}'
    assert {oc.Outcome.PASS: 1}["pass"] == 1


def test_outcome_code_round_trips():
    # The numbers are stored in files; a change of them is a change of format.
    codes = {"pass": 0, "violation": 1, "pending": 2, "not_applicable": 3, "indeterminate": 4, "needs_review": 5, "waived": 6}
    assert {o.value: o.code for o in oc.Outcome} == codes
    assert [oc.Outcome.from_code(o.code) for o in oc.Outcome] == list(oc.Outcome)
    assert [oc.Outcome.from_code(c) for c in QUIET_CODES] == list(QUIET)


@pytest.mark.parametrize("code", [-1, 7])
def test_outcome_from_unknown_code_is_refused(code):
    with pytest.raises(ValueError, match=str(code)):
        oc.Outcome.from_code(code)


def test_outcome_gravity_has_violation_worst():
    assert max(oc.Outcome, key=lambda o: o.gravity) is oc.Outcome.VIOLATION
    assert len({o.gravity for o in oc.Outcome}) == len(oc.Outcome)


def test_severity_equals_its_name_and_is_ranked():
    assert [s.value for s in oc.Severity] == ["error", "warning", "advice"]
    assert sorted(oc.Severity, key=lambda s: -s.rank) == list(oc.Severity)
    assert oc.Severity.ERROR == "error"
    assert MODALITY_SEVERITY == {"must": "error", "in_principle": "warning", "may": "advice"}


@pytest.mark.parametrize("member", [*oc.Outcome, *oc.Severity])
def test_members_pickle_and_copy_as_themselves(member):
    assert pickle.loads(pickle.dumps(member)) is member
    assert copy.deepcopy(member) is member
