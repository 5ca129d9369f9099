from __future__ import annotations

import ast
import json
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import jsonschema
import pytest

import opencheck as oc
from opencheck.api.json_schemas import all_schemas
from opencheck.api.pack_examples import run_example, run_examples
from opencheck.report import messages
from opencheck.rules.packs import yaml_source as yamlfile
from opencheck.rules.packs.loader import load_pack
from opencheck.rules.packs.models import FILES

MEASURED = "2-2.1 8-1.1 8-4.4 8-5.1 8-7.1 8-7.2 8-7.3 8-8.3 8-9.3 9.4 12.3 20.1 21.3"
CHECKS = {"measured": 11, "structural": 86, "statutory": 34, "evidence": 23}


@pytest.fixture
def copy(tmp_path: Path, root: Path) -> Path:
    for name in ("pingdu-2018", "cn-statutes"):
        shutil.copytree(root / "rules" / name, tmp_path / name)
    return tmp_path / "pingdu-2018"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_clause_and_every_check_has_a_rule(pack) -> None:
    assert len(pack.clauses) == 101
    assert {b.rule.clause for b in pack.rules.values()} == set(pack.clauses)
    assert Counter(c.how for c in pack.checks) == CHECKS
    decided = {check for b in pack.rules.values() for check in b.rule.decides}
    assert decided | {c.id for c in pack.checks if c.beyond} == {c.id for c in pack.checks}
    for check in pack.checks:
        assert check.clause in pack.clauses


def test_a_clause_decided_by_persons_has_an_evidence_rule(pack) -> None:
    by_clause: dict[str, set[str]] = {}
    for bound in pack.rules.values():
        by_clause.setdefault(bound.rule.clause, set()).add(bound.rule.kind.name)
    for clause in pack.clauses.values():
        if clause.how == "evidence":
            assert "evidence" in by_clause[clause.id], clause.id


def test_the_modality_of_the_clause_is_that_of_its_rule(pack) -> None:
    """The first rule of a clause carries the clause's modality; what else a clause says in soft words is a parameter."""
    for bound in pack.rules.values():
        if bound.rule.id == f"PD-{bound.rule.clause}":
            assert bound.rule.modality == pack.clauses[bound.rule.clause].modality, bound.rule.id
    assert {c.id for c in pack.clauses.values() if c.how == "measured"} == set(MEASURED.split())
    assert {c.id.rpartition(".")[0] for c in pack.clauses.values()} == set(pack.tasks)


def test_every_rule_has_its_texts_in_both_languages(pack) -> None:
    for bound in pack.rules.values():
        for text in (bound.rule.title, bound.rule.remedy, bound.rule.reading):
            assert text is not None
            assert text.zh
            assert text.en
            assert text.zh != text.en


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("09-interpretation.yaml", "on: document", "on: dokument", "no table 'dokument'"),
        ("09-interpretation.yaml", "is_policy: true", "is_policie: true", "no field 'is_policie'"),
        ("09-interpretation.yaml", "  remedy:", "  remedi:", "remedi"),
        ("09-interpretation.yaml", 'clause: "9.2"', 'clause: "9.22"', "no clause '9.22'"),
        ("09-interpretation.yaml", "id: PD-9.3", "id: PD-9.2", "stands twice"),
        ("09-interpretation.yaml", "limit: 0 days", "limit: soon", "3 working_days"),
        ("09-interpretation.yaml", "limit: $interpretation_limit", "limit: $interpretation", "no parameter 'interpretation'"),
        ("09-interpretation.yaml", "linked_in: {value: unit, among: drafting_units}", "nothing: {}", "require.nothing"),
        (
            "09-interpretation.yaml",
            "    within: {from: submitted_on",
            "    meets: {is_policy: true}\n    within: {from: submitted_on",
            "exactly one of",
        ),
        ("09-interpretation.yaml", "among: drafting_units", "among: unit", "is a text, needed: list"),
        ("15-requests.yaml", "statute: disclosure-regulations/reply", "statute: disclosure-regulations/answer", "no limit"),
        ("08-5-schools.yaml", "招生条件, 招生程序]", "招生条件, 招生秩序]", "no element '招生秩序'"),
        ("08-1-finance.yaml", "topic: fiscal.monthly}", "topic: fiscal.monthli}", "no topic 'fiscal.monthli'"),
        ("08-4-poverty-relief.yaml", "at_least: $posting_days", "at_least: 10 working_days", "N days"),
        ("08-4-poverty-relief.yaml", "level: [town,", "level: [towns,", "'towns' is none of"),
        ("13-documents.yaml", "  due: {on: [submitted_on", "  due: {on: [submitted", "no field 'submitted'"),
        ("13-documents.yaml", "  on: document", "  on: document\n  on: document", "stands twice"),
        ("20-appraisal.yaml", "  for_year: year", "  for_year: yeer", "no field 'yeer'"),
        ("02-meetings.yaml", "require:", "require: [", "YAML"),
        ("02-meetings.yaml", "every: year", "every: years", "month"),
        ("topics.yaml", "id: fiscal.monthly", "id: credit.penalty", "stands twice"),
        (
            "08-4-poverty-relief.yaml",
            "  justification: justification",
            "  justification: justifications",
            "no field 'justifications'",
        ),
        (
            "02-meetings.yaml",
            "  when: {kind: executive}",
            "  when: {kind: executive}\n  consistent: {kind: executive}",
            "judges a set",
        ),
        (
            "03-execution.yaml",
            "field: elements, values: [实施步骤,",
            "field: elements, values: [实施步聚,",
            "no element '实施步聚'",
        ),
        ("09-interpretation.yaml", "contains_any: [政府门户网站]", "contains_any: [政府门户网]", "no term 政府门户网"),
        ("15-requests.yaml", "decides: [PD-15-F]", "decides: [PD-15-Z]", "no check PD-15-Z"),
        ("10-public-opinion.yaml", "limit: {statute: public-opinion-2016/other}", "limit: 48 days", "within_hours needs"),
        ("18-new-media.yaml", "limit: $dormant_limit", "limit: 14 hours", "recent needs"),
        ("15-requests.yaml", "day: received_on", "day: subject", "needed: date"),
        ("16-institutions.yaml", "evidence: {valid: $evidence_validity", "evidence: {valid: 10 working_days", "N days"),
        ("08-7-environment.yaml", "in_order: true, once: 审批决定", "in_order: true, once: 批准", "no value of the first axis"),
        ("10-public-opinion.yaml", "steps: [warned_at,", "steps: [category,", "needed: date or datetime"),
        ("06-proposals.yaml", 'matches: "抄送', 'matches: "(抄送', "require.free_of"),
        ("06-proposals.yaml", "due: {on: [replied_on], limit:", "due: {on: [replied_on, published_on], limit:", "one field"),
        ("06-proposals.yaml", "due: {on: [replied_on], limit:", "due: {on: [disclosed], limit:", "needed: date or datetime"),
        ("08-3-assistance.yaml", 'matches: "[1-9]"', 'matches: "([1-9]"', "no regular expression"),
        ("07-services.yaml", "values: [services.list]", "values: [services.lists]", "no topic 'services.lists'"),
        ("14-review.yaml", "basis: personal_data_basis", "basis: personal_basis", "no field 'personal_basis'"),
        ("pack.yaml", 'to: "2018-12-31"', 'to: "2018-12-32"', "covers"),
        ("pack.yaml", "uses: [cn-statutes]", "uses: [no-such-pack]", "no pack"),
    ],
)
def test_a_fault_is_told_with_file_and_line(copy: Path, file: str, old: str, new: str, message: str) -> None:
    edit(copy / file, old, new)
    with pytest.raises(oc.PackError) as error:
        load_pack(copy)
    text = str(error.value)
    assert message in text
    if "no pack" not in text:
        place, line = text.split(": ")[0].rsplit(":", 1)
        assert place.endswith(file)
        named = (copy / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert named.strip(), "the line named is a line of the file"


def test_the_line_told_is_the_line_of_the_fault(copy: Path) -> None:
    edit(copy / "09-interpretation.yaml", "limit: 0 days", "limit: soon")
    lines = (copy / "09-interpretation.yaml").read_text(encoding="utf-8").splitlines()
    with pytest.raises(oc.PackError) as error:
        load_pack(copy)
    line = int(str(error.value).split(":")[1])
    assert "limit: soon" in lines[line - 1] or "require:" in lines[line - 1]


def test_unknown_packs_and_parameters_are_told() -> None:
    with pytest.raises(oc.PackError, match="pingdu-2018"):
        load_pack("pingdu-2019")
    with pytest.raises(oc.PackError, match="has no parameter"):
        load_pack("pingdu-2018", {"nothing": 1})
    with pytest.raises(oc.PackError, match="month, quarter, year"):
        load_pack("pingdu-2018", {"sampling_period": "week"})
    with pytest.raises(oc.PackError, match="accepted: a int"):
        load_pack("pingdu-2018", {"attended_meetings": "many"})
    assert load_pack("pingdu-2018", {"monthly_satisfies_quarterly": "true"}).values["monthly_satisfies_quarterly"] is True
    assert load_pack("pingdu-2018", {"attended_meetings": "3"}).values["attended_meetings"] == 3


def test_a_rule_is_data_a_number_changed_in_yaml_changes_findings(copy: Path) -> None:
    edit(copy / "pack.yaml", "value: 3 working_days", "value: 4 working_days")
    failed = {r.rule for r in run_examples(load_pack(copy)) if r.differences}
    assert failed == {"PD-9.4", "PD-8-9.2b", "PD-8-9.4"}
    edit(copy.parent / "cn-statutes" / "norms.yaml", "within: 15 working_days", "within: 16 working_days")
    failed = {r.rule for r in run_examples(load_pack(copy)) if r.differences}
    assert failed == {"PD-9.4", "PD-8-9.2b", "PD-8-9.4", "PD-15.3"}
    edit(copy / "08-4-poverty-relief.yaml", "modality: in_principle", "modality: must")
    assert "PD-8-4.4" in {r.rule for r in run_examples(load_pack(copy)) if r.differences}


def test_a_date_in_force_moved_by_a_day_is_caught(copy: Path) -> None:
    norms = copy.parent / "cn-statutes" / "norms.yaml"
    edit(norms, 'to: "2019-05-14"', 'to: "2019-05-15"')
    edit(norms, 'from: "2019-05-15"', 'from: "2019-05-16"')
    assert {r.rule for r in run_examples(load_pack(copy)) if r.differences} == {"PD-15.3"}


def test_two_limits_in_force_on_one_day_are_refused(copy: Path) -> None:
    edit(copy.parent / "cn-statutes" / "norms.yaml", 'to: "2019-05-14"', 'to: "2019-05-15"')
    with pytest.raises(oc.PackError, match="on one day"):
        load_pack(copy)


def test_schemas_accept_the_packs_and_are_current(root: Path) -> None:
    schemas = all_schemas()
    written = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in (root / "docs" / "schema").glob("*.json")}
    assert written == schemas, "run: make docs"
    for pack in (root / "rules").iterdir():
        for file in pack.glob("*.yaml"):
            schema = file.stem if file.stem in ("pack", "score", *FILES) else "rules"
            data = yamlfile.load(file).data
            if schema != "rules":
                jsonschema.validate(data, schemas[schema])
            else:
                assert isinstance(data, list)


def test_schemas_refuse_unknown_keys() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([{"id": "X-1", "nonsense": 1}], all_schemas()["rules"])


def test_yaml_is_read_by_the_rules_of_1_2(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text('on: yes\nday: 2018-08-24\nn: 4\nf: 0.5\nb: true\nempty:\nq: "4"\n', encoding="utf-8")
    assert yamlfile.load(file).data == {"on": "yes", "day": "2018-08-24", "n": 4, "f": 0.5, "b": True, "empty": None, "q": "4"}
    with pytest.raises(oc.PackError, match="cannot be read"):
        yamlfile.load(tmp_path / "none.yaml")
    file.write_bytes("on: 是".encode("gb18030"))
    with pytest.raises(oc.PackError, match="UTF-8"):
        yamlfile.load(file)


def test_messages_are_complete_in_both_languages() -> None:
    for name, entry in messages.catalogue().items():
        assert set(entry) == {"zh", "en"}, name
        assert all(isinstance(text, str) and text for text in entry.values()), name
        fields = [{f.split("_zh")[0].split("_en")[0] for f in _fields(text)} for text in entry.values()]
        assert fields[1] - fields[0] <= {"table"}, f"{name}: the two languages are filled with different facts"


SOURCES = sorted((Path(oc.__file__).parent).rglob("*.py"))
CHINESE = re.compile("[\u4e00-\u9fff]")


def test_no_text_chooses_its_language_outside_the_catalogue() -> None:
    """One definition: what is said in one language at a time stands in messages.yaml. Errors say both languages at once."""
    found = []
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.IfExp):
                words = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                tests = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
                if tests & {"lang", "zh"} and any(CHINESE.search(w) for w in words):
                    found.append(f"{source.name}:{node.lineno}")
    assert found == []


def test_every_message_that_is_named_stands_in_the_catalogue_and_none_is_left_over() -> None:
    entries = messages.catalogue()
    kinds = {name.partition(".")[0] for name in entries}
    quoted, begun = set(), set()
    for source in (*SOURCES, *Path(oc.__file__).parent.rglob("*.html")):
        if source == Path(oc.__file__):
            continue  # its dotted names are modules
        text = source.read_text(encoding="utf-8")
        quoted |= set(re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)?)["']""", text))
        begun |= set(re.findall(r"""["']([a-z_]+\.[a-z_]*)(?:\{|["'])""", text))
    of_files = ("css", "html", "js", "yaml")
    named = {n for n in quoted if "." in n and n.partition(".")[0] in kinds and n.rpartition(".")[2] not in of_files}
    assert named - set(entries) <= {"evidence.rejected"}, (
        "said, but not in messages.yaml (the one left out is a column of a join)"
    )
    left_over = [n for n in entries if n not in quoted and not n.startswith(tuple(begun)) and n.partition(".")[2] not in quoted]
    assert left_over == []


def test_errors_say_both_languages() -> None:
    """An error does not know its reader: it says both languages at once, where it is raised."""
    raised = ("InputError", "UsageError", "BadParameter", "_Refused")
    found, one_language = 0, []
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            told = [a for a in node.args if isinstance(a, ast.Constant | ast.JoinedStr | ast.IfExp)]
            words = [n.value for a in told for n in ast.walk(a) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            text = " ".join(words)
            if name in raised and words:
                found += 1
                if not (CHINESE.search(text) and re.search("[A-Za-z]{3}", text)):
                    one_language.append(f"{source.name}:{node.lineno} {text[:60]}")
    assert found > 100
    assert one_language == []


def _fields(text: str) -> set[str]:
    import string

    return {f for _, f, _, _ in string.Formatter().parse(text) if f}


def test_a_kind_reads_its_limit_from_yaml(copy: Path) -> None:
    """Plain days for conversion, and a limit that only a norm sets for dormant accounts: no change in Python."""
    edit(copy / "15-requests.yaml", "limit: {statute: disclosure-regulations/proactive}", "limit: 10 days")
    edit(
        copy / "pack.yaml",
        "value: {statute: site-and-media-inspection-2019/dormant-account, otherwise: 14 days}",
        "value: {statute: site-and-media-inspection-2019/dormant-account}",
    )
    pack = load_pack(copy)
    asked = [{"id": str(i), "subject": "征地批复", "received_on": "2018-09-10", "publishable": True} for i in range(3)]
    for published, outcome, late in (("2018-09-20", "pass", None), ("2018-09-21", "violation", 1)):
        records = {
            "request": asked,
            "disclosure": [{"id": "1", "topic": "other", "subject": "征地批复", "published_on": published}],
        }
        (found,) = pack.rules["PD-15.4"].check(records, as_of="2018-12-31")
        assert (str(found.outcome), found.late_by, found.late_unit) == (outcome, late, "days" if late else None)
        assert found.due == date(2018, 9, 20)
    far = [{**r, "received_on": "2026-12-20"} for r in asked]
    for day, outcome, name in (
        ("2018-12-16", "indeterminate", "没有生效"),
        ("2019-04-01", "pass", "未超过"),
        ("2019-04-30", "indeterminate", "晚于检查日"),
    ):
        (found,) = pack.rules["PD-18.3"].check(
            {"account": [{"id": "1", "last_post_on": day, "status": "active"}]}, as_of="2019-04-15"
        )
        assert str(found.outcome) == outcome
        assert name in found.message.zh
        assert found.explanation
    (found,) = load_pack("pingdu-2018").rules["PD-15.4"].check({"request": far, "disclosure": []}, as_of="2026-12-31")
    assert str(found.outcome) == "indeterminate"
    assert "尚未公布放假安排" in found.message.zh


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"expect": "pass"}, "outcome: expected pass"),
        ({"late_by": 2}, "late_by: expected 2"),
        ({"missing": ["x"]}, "missing: expected"),
        ({"findings": 2}, "findings: expected 2, found 1"),
        ({"says": "没有这句话"}, "is not in the explanation"),
        ({"silent": "期限依据"}, "is in the explanation"),
        ({"given": {"disclosure": []}}, "no finding at all"),
        ({"given": {"disclosure": [{"id": "1", "formed_on": "2018-02-30"}]}}, "rejected"),
        ({"parameters": {"nothing": 1}}, "has no parameter"),
    ],
)
def test_an_example_that_does_not_hold_says_in_what(pack, changes: dict, told: str) -> None:
    example = next(e for e in pack.rules["PD-2-3.1"].rule.examples if e.expect == "violation")
    assert run_example(pack, "PD-2-3.1", example) == []
    (difference, *_) = run_example(pack, "PD-2-3.1", example.model_copy(update=changes))
    assert told in difference


def test_a_pack_is_loaded_once_until_a_file_of_it_changes(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_pack(copy)
    assert load_pack(copy) is first
    monkeypatch.chdir(copy.parent)
    assert load_pack(Path("pingdu-2018")) is first  # the same folder by another path
    assert load_pack(copy, {"covers": "2020"}) is not first
    norms = copy.parent / "cn-statutes" / "norms.yaml"
    norms.write_text(norms.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load_pack(copy) is not first
    file = copy / "pack.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "nonsense: 1\n", encoding="utf-8")
    with pytest.raises(oc.PackError, match="nonsense"):
        load_pack(copy)
    file.write_text(text, encoding="utf-8")
    assert load_pack(copy).id == first.id
