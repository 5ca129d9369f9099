"""What the front door accepts and refuses."""

from __future__ import annotations

import inspect
import warnings

import pytest

import opencheck as oc
from opencheck.api.check import check_records
from opencheck.core.deprecation import renamed_keyword

MEETING = {"meeting": [{"id": "1", "kind": "常务会议", "held_on": "2018-09-12", "invited_attendees": 6}]}
AS_OF = "2018-12-31"


def test_rules_are_one_or_several():
    one = oc.check(MEETING, as_of=AS_OF, rules="PD-2-2.1")
    assert one.findings() == oc.check(MEETING, as_of=AS_OF, rules=["PD-2-2.1"]).findings() != []


def test_unknown_rule_is_refused_with_the_nearest():
    with pytest.raises(oc.UnknownNameError, match=r"no rule PD-2-2\.11; .*did you mean: PD-2-2\.1") as caught:
        oc.check(MEETING, as_of=AS_OF, rules=["PD-2-2.1", "PD-2-2.11"])
    assert (caught.value.code, caught.value.field, caught.value.found) == ("unknown_rule", "rules", "PD-2-2.11")


@pytest.mark.parametrize(
    ("options", "near", "code"),
    [
        ({"engine": "duckbd"}, "did you mean: duckdb", "unknown_engine"),
        ({"as_of": "2018-13-31"}, "not a day", "not_a_day"),
        ({"memory": "1GiB"}, "duckdb", "memory_needs_duckdb"),
    ],
)
def test_unusable_options_are_refused(options, near, code):
    with pytest.raises(oc.InputError, match=near) as caught:
        oc.check(MEETING, **{"as_of": AS_OF, **options})
    assert caught.value.code == code
    assert caught.value.field in options


def test_unknown_table_is_refused_with_the_nearest():
    with pytest.raises(oc.InputError, match="did you mean: meeting") as caught:
        oc.check({"meating": []}, as_of=AS_OF)
    assert (caught.value.code, caught.value.found) == ("unknown_table", "meating")
    with pytest.raises(oc.UnknownNameError, match="did you mean: document"):
        oc.preflight({"id": "1"}, table="documents", as_of=AS_OF)


def test_unknown_keyword_is_refused():
    with pytest.raises(TypeError, match="include_al"):
        oc.check(MEETING, as_of=AS_OF, include_al=True)


CALLS = {
    "check": lambda **more: oc.check(MEETING, as_of=AS_OF, rules=["PD-2-2.1"], **more).findings(),
    "check_records": lambda **more: check_records(
        MEETING, packs=[oc.load_pack("pingdu-2018")], as_of=AS_OF, rules=["PD-2-2.1"], **more
    ).findings(),
    "rule.check": lambda **more: oc.load_pack("pingdu-2018").rules["PD-2-2.1"].check(MEETING, as_of=AS_OF, **more),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_include_all_and_its_old_name(call):
    for value in (True, False):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            new = call(include_all=value)
        with pytest.warns(DeprecationWarning, match="everything= is now include_all=") as caught:
            old = call(everything=value)
        assert caught[0].filename == __file__
        assert new == old
    with pytest.raises(TypeError, match="not both"):
        call(include_all=True, everything=True)


def test_include_all_lists_passes():
    kept = {"meeting": [{"id": str(n), "kind": "常务会议", "held_on": f"2018-0{n}-12", "invited_attendees": 6} for n in (3, 9)]}
    rules = ["PD-2-2.1"]
    assert [f.outcome for f in oc.check(kept, as_of=AS_OF, rules=rules, include_all=True).findings()] == ["pass"]
    assert oc.check(kept, as_of=AS_OF, rules=rules).findings() == []


def test_renamed_keyword_keeps_name_signature_and_docstring():
    def play(*, volume: int = 1) -> int:
        """Play."""
        return volume

    old = renamed_keyword("loud", "volume")(play)
    assert inspect.signature(old) == inspect.signature(play)
    assert (old.__name__, old.__doc__) == ("play", "Play.")
    assert "include_all" in inspect.signature(oc.check).parameters
