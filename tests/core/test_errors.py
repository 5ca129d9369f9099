"""Errors say to programs what their text says to people, and name the nearest accepted name."""

from __future__ import annotations

import pickle

import pytest

import opencheck as oc
from opencheck.core.errors import known_names, nearest, suggestion, unknown_name

DETAILS = {"code": "c", "path": "a.csv", "sheet": "s", "row": 3, "field": "f", "found": 7, "accepted": ("x", "y")}


@pytest.mark.parametrize("kind", [oc.InputError, oc.PackError, oc.UnknownNameError])
def test_error_details_survive_pickling(kind):
    for error in (kind("text", **DETAILS), pickle.loads(pickle.dumps(kind("text", **DETAILS)))):
        assert str(error) == "text"
        assert {name: getattr(error, name) for name in DETAILS} == DETAILS
        assert isinstance(error, oc.OpencheckError)


@pytest.mark.parametrize("kind", [oc.InputError, oc.PackError])
def test_error_without_details_has_none(kind):
    assert {getattr(kind("text"), name) for name in DETAILS} == {None}
    assert str(kind("text")) == "text"


def test_unknown_name_error_is_a_value_error_and_an_input_error():
    assert issubclass(oc.UnknownNameError, (ValueError,))
    assert issubclass(oc.UnknownNameError, oc.InputError)


@pytest.mark.parametrize(
    ("found", "expected"),
    [("erorr", "error"), ("ERROR", "error"), ("warnings", "warning"), ("zzz", None), (None, None), ("", None)],
)
def test_nearest_is_the_name_most_alike(found, expected):
    assert nearest(found, ["error", "warning", "advice"]) == expected
    assert (expected or "did you mean") in (suggestion(found, ["error", "warning", "advice"]) or "did you mean")


def test_unknown_name_tells_nearest_and_accepted():
    error = unknown_name("no colour", "gren", ["red", "green"], code="unknown_colour", field="colour")
    assert str(error) == "no colour gren; 最接近 / did you mean: green; 可用 / accepted: red, green"
    assert (error.code, error.field, error.found, error.accepted) == ("unknown_colour", "colour", "gren", ("red", "green"))


def test_known_names_takes_one_several_or_none():
    names = ["pass", "violation"]
    assert known_names("no", None, names, code="") is None
    assert known_names("no", oc.Outcome.PASS, names, code="") == ("pass",)
    assert known_names("no", {"pass"}, names, code="") == ("pass",)
    assert known_names("no", [], names, code="") == ()


@pytest.mark.parametrize("given", ["passs", ["pass", "x"], 5, [None], "", b"pass"])
def test_known_names_refuses_what_is_no_name(given):
    with pytest.raises(oc.UnknownNameError, match="accepted: pass, violation"):
        known_names("no outcome", given, ["pass", "violation"], code="")


SOURCES = [
    ("none.csv", None, {"code": "no_such_file"}),
    ("a.doc", b"x", {"code": "unsupported_file_type", "found": ".doc"}),
    ("a.json", b"{", {"code": "not_valid_json", "row": 1}),
    ("a.parquet", b"x", {"code": "not_parquet"}),
    ("a.csv", b"\xff\xfe\x00\xd8\x00", {"code": "unknown_encoding"}),
    ("a.xlsx", b"x", {"code": "not_a_workbook"}),
]


@pytest.mark.parametrize(("name", "content", "details"), SOURCES, ids=[s[0] for s in SOURCES])
def test_reader_errors_carry_code_and_path(name, content, details, tmp_path):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(oc.InputError) as caught:
        oc.check(file, as_of="2018-12-31")
    assert {key: getattr(caught.value, key) for key in details} == details
    assert str(caught.value.path).endswith(name)


def test_pack_errors_carry_file_and_line(tmp_path):
    for code, text in {
        "not_valid_yaml": "id: a\nid2: [",
        "repeated_key": "id: a\nid: b\n",
        "pack_invalid": "id: a\n",
    }.items():
        (tmp_path / "pack.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(oc.PackError) as caught:
            oc.load_pack(tmp_path)
        assert caught.value.code == code
        assert caught.value.path == str(tmp_path / "pack.yaml")
        assert str(caught.value).startswith(f"{caught.value.path}:{caught.value.row}:")


def test_unknown_pack_and_parameter_name_the_nearest():
    with pytest.raises(oc.PackError, match="did you mean: pingdu-2018") as caught:
        oc.load_pack("pingdu-2081")
    assert (caught.value.code, caught.value.found) == ("unknown_pack", "pingdu-2081")
    assert "pingdu-2018" in caught.value.accepted
    with pytest.raises(oc.PackError, match="did you mean: covers") as caught:
        oc.load_pack("pingdu-2018", {"cover": "2019"})
    assert (caught.value.code, caught.value.field, caught.value.found) == ("unknown_parameter", "parameters", "cover")


def test_text_of_an_error_shows_no_number_and_nothing_that_acts() -> None:
    error = oc.InputError("台账13805321234.xlsx: found: \x1b[2J\nline", path="台账13805321234.xlsx", found="\x1b[2J")
    assert str(error) == "台账138****1234.xlsx: found: ␛[2J\nline"
    assert (error.path, error.found) == ("台账13805321234.xlsx", "\x1b[2J")


def test_unknown_name_among_many_tells_the_nearest_and_the_command_that_lists_all():
    rules = [f"PD-{n}.{m}" for n in range(1, 20) for m in range(1, 9)]
    error = unknown_name("no rule", "PD-99", rules, code="unknown_rule")
    text = str(error)
    assert "PD-9." in text
    assert text.endswith("; 全部152个 / all 152: opencheck rules")
    assert text.count("PD-") == 4
    assert error.accepted == tuple(rules)
    far = str(unknown_name("no rule", "XX", rules, code="unknown_rule"))
    assert far == "no rule XX; 全部152个 / all 152: opencheck rules"


def test_unknown_name_among_many_without_a_command_lists_some():
    text = str(unknown_name("no thing", "XX", [f"t{n}" for n in range(40)], code="unknown_thing"))
    assert text.endswith("t15 …")
    assert len(text) < 120


def test_named_items_raise_what_a_mapping_raises_and_survive_pickling():
    rules = pickle.loads(pickle.dumps(oc.load_pack("pingdu-2018").rules))
    with pytest.raises(KeyError) as caught:
        rules["PD-9.44"]
    assert isinstance(caught.value, oc.UnknownNameError)
    assert str(caught.value).startswith("没有规则 / no rule PD-9.44; 最接近 / did you mean: PD-9.4")
    assert str(caught.value).endswith("all 154: opencheck rules")
    assert rules.get("x") is None
    assert "x" not in rules
    with pytest.raises(oc.UnknownNameError, match=r"no clause 9\.44; .*opencheck coverage"):
        oc.load_pack("pingdu-2018").clauses["9.44"]
