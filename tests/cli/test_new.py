"""`opencheck new-pack` and `new-rule`: skeletons that load, whose examples fail until they are filled in."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from opencheck.cli.main import main
from opencheck.rules.packs import yaml_source
from opencheck.rules.packs.loader import load_pack
from opencheck.rules.registry import KINDS

OWN_KINDS = sorted(name for name, kind in KINDS.items() if kind.__module__.startswith("opencheck."))
MARKS = re.compile(r"待填：|to be filled: ")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words], catch_exceptions=False)


def fill_in(folder: Path) -> None:
    """Take the marks off, as an author does when the texts are written."""
    for file in folder.glob("*.yaml"):
        file.write_text(MARKS.sub("", file.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack just begun, in a folder outside any checkout."""
    folder = tmp_path_factory.mktemp("begun") / "my-city"
    assert run("new-pack", folder).exit_code == 0
    return folder


@pytest.fixture
def city(begun: Path, tmp_path: Path) -> Path:
    """Such a pack, to be changed."""
    return Path(shutil.copytree(begun, tmp_path / "my-city"))


def test_new_pack_writes_a_pack_that_loads(city: Path) -> None:
    pack = load_pack(city)
    assert (pack.id, list(pack.rules), list(pack.clauses), list(pack.topics)) == (
        "my-city",
        ["MC-1.1"],
        ["1.1"],
        ["first.topic"],
    )
    assert pack.covers.first.month == 1
    assert [e.expect for e in pack.rules["MC-1.1"].rule.examples] == ["pass", "violation", "pending", "indeterminate"]


def test_new_pack_fails_its_tests_and_names_what_is_to_be_filled(city: Path) -> None:
    done = run("test-pack", city)
    assert done.exit_code == 1
    for example in load_pack(city).rules["MC-1.1"].rule.examples:
        assert f"FAIL MC-1.1 {example.name.zh}" in done.output
    for text in (
        "pack.yaml title",
        "pack.yaml tasks 1",
        "clauses.yaml 1.1",
        "topics.yaml first.topic",
        "MC-1.1 title",
        "MC-1.1 remedy",
    ):
        assert f"FAIL {text}" in done.output
    assert "still to be filled in" in done.output
    assert "\n0 passed" in done.output


@pytest.mark.parametrize("kind", ["series", "in_one_place"])
def test_new_pack_of_a_kind_that_needs_a_topic_begins_with_one(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "my-city"
    assert run("new-pack", folder, "--kind", kind).exit_code == 0
    rule = load_pack(folder).rules["MC-1.1"].rule
    assert (rule.kind.name, rule.topics) == (kind, ("first.topic",))
    fill_in(folder)
    done = run("test-pack", folder)
    assert (done.exit_code, "0 failed" in done.output) == (0, True), done.output


def test_new_pack_filled_in_passes(city: Path) -> None:
    fill_in(city)
    done = run("test-pack", city)
    assert (done.exit_code, "0 failed" in done.output) == (0, True), done.output


def test_a_single_example_left_over_still_fails(city: Path) -> None:
    fill_in(city)
    file = city / "task-1.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("{zh: 迟1个工作日", "{zh: 待填：迟1个工作日"), encoding="utf-8")
    done = run("test-pack", city, "--quiet")
    assert done.exit_code == 1
    assert [line for line in done.output.splitlines() if line.startswith("FAIL")] == [
        f"FAIL MC-1.1 待填：迟1个工作日 ({file}:3)"
    ]


@pytest.mark.parametrize("folder", ["my-city", "pingdu-2030", "x"])
def test_new_pack_takes_its_id_from_the_folder(tmp_path: Path, folder: str) -> None:
    assert run("new-pack", tmp_path / folder).exit_code == 0
    assert load_pack(tmp_path / folder).id == folder


def test_new_pack_takes_id_letters_and_kind(tmp_path: Path) -> None:
    folder = tmp_path / "示例市"
    assert run("new-pack", folder, "--id", "example-city", "--letters", "EC2", "--kind", "posted").exit_code == 0
    pack = load_pack(folder)
    assert (pack.id, pack.rules["EC2-1.1"].rule.kind.name) == ("example-city", "posted")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["示例市"], "示例市"),
        (["My_City"], "My_City"),
        (["2018"], "--letters"),
        (["my-city", "--letters", "mc"], "'mc'"),
    ],
)
def test_new_pack_refuses_what_is_no_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("new-pack", *words)
    assert done.exit_code == 2
    assert says in done.output
    assert not list(tmp_path.iterdir())


def test_new_pack_overwrites_nothing(city: Path) -> None:
    before = {p: p.read_bytes() for p in city.rglob("*") if p.is_file()}
    done = run("new-pack", city)
    assert done.exit_code == 2
    assert "pack.yaml" in done.output
    assert {p: p.read_bytes() for p in city.rglob("*") if p.is_file()} == before


def test_every_kind_has_a_skeleton() -> None:
    offered = run("new-rule", "--help").output
    assert all(kind in re.sub(r"\s", "", offered) for kind in OWN_KINDS)


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_new_rule_of_each_kind_loads_fails_and_passes_when_filled_in(city: Path, kind: str) -> None:
    done = run("new-rule", "MC-1.1b", "--pack", city, "--kind", kind)
    assert done.exit_code == 0, done.output
    rule = load_pack(city).rules["MC-1.1b"].rule
    assert (rule.kind.name, rule.clause) == (kind, "1.1")
    assert len(rule.examples) >= 2
    assert {e.expect for e in rule.examples} > {"pass"}
    failed = run("test-pack", city)
    assert failed.exit_code == 1
    assert all(f"FAIL MC-1.1b {e.name.zh}" in failed.output for e in rule.examples)
    fill_in(city)
    passed = run("test-pack", city)
    assert passed.exit_code == 0, passed.output


@pytest.mark.parametrize("kind", ["within", "series", "grid", "columns"])
def test_new_rule_about_a_topic_names_it(city: Path, kind: str) -> None:
    assert run("new-rule", "MC-1.1b", "--pack", city, "--kind", kind, "--topic", "first.topic").exit_code == 0
    assert load_pack(city).rules["MC-1.1b"].rule.topics == ("first.topic",)
    fill_in(city)
    assert run("test-pack", city).exit_code == 0


def test_new_rule_takes_its_title_from_the_clause(city: Path) -> None:
    fill_in(city)
    assert run("new-rule", "MC-1.1b", "--pack", city).exit_code == 0
    assert load_pack(city).rules["MC-1.1b"].rule.title.zh == "待填：第一条义务"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["MC-1.1"], "task-1.yaml:3"),
        (["XX-1.1b"], "MC-"),
        (["mc-1.1"], "AB-1.2"),
        (["MC 1.1"], "AB-1.2"),
        (["MC-1.2"], "1.1"),
        (["MC-7.7", "--clause", "7.7"], "clauses.yaml"),
        (["MC-1.1b", "--topic", "first.topik"], "first.topic"),
        (["MC-1.1b", "--kind", "wihtin"], "within"),
    ],
)
def test_new_rule_refuses_and_changes_nothing(city: Path, words: list[str], says: str) -> None:
    before = {p: p.read_bytes() for p in city.rglob("*") if p.is_file()}
    done = run("new-rule", *words, "--pack", city)
    assert done.exit_code == 2
    assert says in done.output
    assert {p: p.read_bytes() for p in city.rglob("*") if p.is_file()} == before


def test_new_rule_needs_a_pack(tmp_path: Path) -> None:
    done = run("new-rule", "MC-1.1", "--pack", tmp_path)
    assert done.exit_code == 2
    assert "new-pack" in done.output


def test_new_rule_needs_a_topic_where_its_kind_does(city: Path) -> None:
    (city / "topics.yaml").unlink()
    done = run("new-rule", "MC-1.1b", "--pack", city, "--kind", "series")
    assert done.exit_code == 2
    assert "topics.yaml" in done.output


def test_new_rule_leaves_a_file_that_it_would_break_as_it_was(city: Path) -> None:
    file = city / "task-1.yaml"
    text = re.sub(r"(?s)\n  # 例子就是测试.*", "\n  examples: []\n...\n", file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")  # a document that has ended
    assert list(load_pack(city).rules) == ["MC-1.1"]
    done = run("new-rule", "MC-1.1b", "--pack", city)
    assert done.exit_code == 2
    assert "task-1.yaml" in done.output
    assert file.read_text(encoding="utf-8") == text


def test_new_rule_for_another_task_starts_a_file(city: Path) -> None:
    with (city / "clauses.yaml").open("a", encoding="utf-8") as clauses:
        clauses.write('- {id: "8-2.1", on: disclosure, how: measured, duty: {zh: 公示, en: posted}}\n')
    done = run("new-rule", "MC-8-2.1", "--pack", city, "--kind", "posted")
    assert done.exit_code == 0
    text = (city / "task-8-2.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=schema/rules.json\n")
    assert load_pack(city).places["MC-8-2.1"].startswith(str(city / "task-8-2.yaml"))


def test_new_rule_keeps_the_indentation_of_the_file(city: Path) -> None:
    file = city / "task-1.yaml"
    comments, _, rule = file.read_text(encoding="utf-8").partition("- id:")
    indented = "".join(f"  {line}" for line in f"- id:{rule}".splitlines(keepends=True))
    file.write_text(comments + indented, encoding="utf-8")
    assert run("new-rule", "MC-1.1b", "--pack", city).exit_code == 0
    assert "\n  - id: MC-1.1b\n" in file.read_text(encoding="utf-8")
    assert list(load_pack(city).rules) == ["MC-1.1", "MC-1.1b"]


def test_new_rule_of_a_pack_in_a_checkout_goes_to_the_file_of_its_task(root: Path, tmp_path: Path) -> None:
    for name in ("pingdu-2018", "cn-statutes"):
        shutil.copytree(root / "rules" / name, tmp_path / "rules" / name)
    shutil.copytree(root / "docs" / "schema", tmp_path / "docs" / "schema")
    pack = tmp_path / "rules" / "pingdu-2018"
    before = (pack / "09-interpretation.yaml").read_text(encoding="utf-8")
    assert run("new-rule", "PD-9.4z", "--pack", pack).exit_code == 0
    text = (pack / "09-interpretation.yaml").read_text(encoding="utf-8")
    assert text.startswith(before.rstrip())
    assert "- id: PD-9.4z\n" in text
    assert "2018-" in text.removeprefix(before)  # examples of the year that the pack covers
    assert load_pack(pack).rules["PD-9.4z"].rule.clause == "9.4"
    assert run("new-pack", tmp_path / "rules" / "other").exit_code == 0
    first = (tmp_path / "rules" / "other" / "pack.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../../docs/schema/pack.json"
    assert not (tmp_path / "rules" / "other" / "schema").exists()


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_skeletons_fit_the_schema_that_they_name(city: Path, kind: str) -> None:
    assert run("new-rule", "MC-1.1b", "--pack", city, "--kind", kind).exit_code == 0
    for file in city.glob("*.yaml"):
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", file.read_text(encoding="utf-8"))
        assert named, file
        schema = json.loads((city / named[1]).read_text(encoding="utf-8"))
        jsonschema.validate(yaml_source.load_yaml(file).data, schema)
