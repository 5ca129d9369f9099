"""What an author of a pack mistypes is told in one line: the file, the line, and the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest

import opencheck as oc
from opencheck.api.pack_examples import run_examples
from pack_files import edit

FILES = {
    "pack.yaml": """\
id: own
title: {zh: 自拟}
parameters:
  - id: covers
    value: {from: "2018-01-01", to: "2018-12-31"}
    reading: {zh: 年度}
  - id: posting_days
    value: 10 days
    reading: {zh: 不少于10天}
""",
    "clauses.yaml": """\
- {id: "1.1", on: disclosure, how: measured, duty: {zh: 公示10天}}
- {id: "1.2", on: disclosure, how: measured, duty: {zh: 每周公开菜价}}
""",
    "topics.yaml": "- {id: price.food, title: {zh: 菜价}, aliases: [菜篮子], elements: [{name: 批发价}]}\n",
    "terms.yaml": "- {field: [channels, broadcast_channels], name: 政务网, aliases: [市政府网]}\n",
    "rules.yaml": """\
- id: X-1
  clause: "1.1"
  title: {zh: 公示10天}
  on: disclosure
  when: {topic: price.food}
  require:
    posted: {from: published_on, until: posted_until, at_least: $posting_days}
  remedy: {zh: 重新公示}
  examples:
    - name: {zh: 满10天}
      as_of: "2018-12-31"
      given: {disclosure: [{id: "1", topic: 菜价, published_on: "2018-03-01", posted_until: "2018-03-11"}]}
      expect: pass
- id: X-2
  clause: "1.2"
  title: {zh: 每周公开菜价}
  on: disclosure
  when: {topic: price.food}
  require:
    series: {every: week, due: 3 days}
  remedy: {zh: 补公开}
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "told"),
    [
        ("rules.yaml", "  remedy: {zh: 重新", "  remedi: {zh: 重新", 8, "did you mean: remedy"),
        ("rules.yaml", "    posted: {", "    postd: {", 7, "did you mean: posted"),
        ("rules.yaml", "  title: {zh: 公示10天}\n", "", 1, "missing: title"),
        ("rules.yaml", "title: {zh: 公示", "title: {ZH: 公示", 3, "did you mean: zh"),
        ("rules.yaml", 'as_of: "2018-12-31"', 'as_of: "2018-13-31"', 11, "must be a date such as 2018-12-31; 填的是 / found '2018-13-31'"),
        ("rules.yaml", "topic: price.food}\n  require:\n    posted", "topic: price.foods}\n  require:\n    posted", 5, "mean: price.food"),
        ("rules.yaml", "topic: price.food}\n  require:\n    posted", "topc: price.food}\n  require:\n    posted", 5, "mean: topic"),
        ("rules.yaml", "until: posted_until", "until: posted_til", 7, "did you mean: posted_until"),
        ("rules.yaml", "until: posted_until", "until: subject", 1, "needed: date; 可用 / accepted: formed_on"),
        ("rules.yaml", "expect: pass", "expect: passed", 13, "did you mean: pass"),
        ("rules.yaml", "on: disclosure\n  when: {topic: price.food}\n  require:\n    posted", "on: disclosre\n  require:\n    posted", 4, "mean: disclosure"),
        ("rules.yaml", "$posting_days", "$posting_day", 7, "did you mean: posting_days"),
        ("rules.yaml", "$posting_days", "ten days", 7, "found 'ten days'"),
        ("rules.yaml", "every: week", "every: weekly", 20, "did you mean: week"),
        ("rules.yaml", "due: 3 days", "due: 3 workdays", 20, "found '3 workdays'"),
        ("rules.yaml", 'clause: "1.2"', 'clause: "1.3"', 15, "did you mean: 1.2"),
        ("rules.yaml", 'clause: "1.2"', "clause: 1.2", 15, "in quotes where it looks like a number; 填的是 / found 1.2"),
        ("rules.yaml", "id: X-2", "id: x 2", 14, "found 'x 2'"),
        ("rules.yaml", "id: X-2", "id: X-1", 14, "stands twice: X-1"),
        ("rules.yaml", "  when: {topic: price.food}\n  require:\n    series", "  when:\n    topic: price.food\n    require:\n      series", 20, "'require' is a key of the outermost level: check the indentation"),
        ("rules.yaml", "      expect: pass", "  expect: pass", 13, "'expect' is a key of examples: check the indentation"),
        ("rules.yaml", "  remedy: {zh: 重新", "    remedy: {zh: 重新", 8, "check the indentation"),
        ("rules.yaml", "  remedy: {zh: 重新", "\tremedy: {zh: 重新", 8, "indent with spaces"),
        ("rules.yaml", "remedy: {zh: 重新公示}", "remedy: {zh: 重新: 公示}", 8, "quotes and brackets"),
        ("pack.yaml", "value: 10 days", "valuee: 10 days", 8, "did you mean: value"),
        ("pack.yaml", 'to: "2018-12-31"', 'to: "2018-02-30"', 3, "found '2018-02-30'"),
        ("pack.yaml", "id: covers", "id: cover", 3, "did you mean: cover"),
        ("clauses.yaml", "how: measured", "how: measure", 1, "did you mean: measured"),
        ("topics.yaml", "aliases: [菜篮子]", "aliases: 菜篮子", 1, "must be a list"),
        ("terms.yaml", "[channels,", "[chanels,", 1, "no table has a field 'chanels'; 最接近 / did you mean: channels"),
        ("terms.yaml", "[channels, broadcast_channels]", "chanels", 1, "no table has a field 'chanels'; 最接近 / did you mean: channels"),
    ],
)  # fmt: skip
def test_a_mistake_of_a_packs_author_is_one_line(folder: Path, file: str, old: str, new: str, line: int, told: str) -> None:
    edit(folder / file, old, new)
    with pytest.raises(oc.PackError) as error:
        oc.load_pack(folder)
    text = str(error.value)
    assert "\n" not in text
    assert text.startswith(f"{folder / file}:{line}: ")
    assert told in text
    assert "Input should" not in text
    assert "Value error" not in text


def test_an_unknown_field_of_an_example_fails_it(folder: Path) -> None:
    assert [r.differences for r in run_examples(oc.load_pack(folder))] == [()]
    edit(folder / "rules.yaml", 'posted_until: "2018-03-11"', 'posted_til: "2018-03-11"')
    (result,) = run_examples(oc.load_pack(folder))
    assert "did you mean: posted_until" in result.differences[0]


def test_english_that_is_absent_falls_back_to_the_chinese(folder: Path) -> None:
    pack = oc.load_pack(folder)
    rule = pack.rules["X-1"].rule
    assert (rule.title.en, rule.remedy.en, rule.examples[0].name.get("en")) == ("公示10天", "重新公示", "满10天")
    assert (pack.topics["price.food"].title.en, pack.topics["price.food"].elements[0].en) == ("菜价", "批发价")
    row = {"id": "1", "topic": "菜价", "published_on": "2018-03-01", "posted_until": "2018-03-05"}
    (finding,) = pack.rules["X-1"].check({"disclosure": [row]}, as_of="2018-12-31")
    assert finding.remedy.en == "重新公示"
    assert all(step.en for step in finding.explanation)
    edit(folder / "rules.yaml", "remedy: {zh: 重新公示}", "remedy: {zh: 重新公示, en: post it again}")
    assert oc.load_pack(folder).rules["X-1"].rule.remedy.en == "post it again"


@pytest.mark.parametrize(
    ("old", "new"), [("within: 15 working_days", "within: 15 days"), ("extension: 15 working_days", "extension: 15 days")]
)
def test_statutory_limit_in_a_unit_that_its_rule_cannot_count_is_refused(copy: Path, old: str, new: str) -> None:
    """Fifteen days would be counted as fifteen working days: too long, and a late reply would pass."""
    norms = copy.parent / "cn-statutes" / "norms.yaml"
    norms.write_text(norms.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(oc.PackError, match=r"15-requests\.yaml:\d+: .*'days'; .*working_days") as caught:
        oc.load_pack(copy)
    assert caught.value.code == "wrong_unit"
