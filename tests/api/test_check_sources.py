"""opencheck.check: sources, packs, progress."""

from __future__ import annotations

from pathlib import Path

import pytest

import make_ledger
import opencheck as oc
from opencheck.engine.result import Progress
from opencheck.report.output import render

TOPIC = "the rule's"


def test_check_unknown_topic_notes_the_nearest_topic() -> None:
    report = oc.check({"disclosure": [{"id": "1", "topic": "空气质量情况", "published_on": "2018-02-02"}]}, as_of="2018-12-31")
    (note,) = [facts for name, facts in report.notes if name.startswith("note.unknown_topic")]
    assert note["nearest"] == "环境空气质量"
    assert "空气质量情况" in render(report, "table").decode()
    (said,) = [n["zh"] for n in report.to_dict()["notes"] if "空气质量情况" in n["zh"]]
    assert (
        said
        == "主题“空气质量情况”不在规则包的主题表里（1行），这些行没有按主题检查，也可能就是所缺的信息；最接近的是“环境空气质量”；不属于其中任何一个的，填“其他”"
    )
    other = oc.check({"disclosure": [{"id": "1", "topic": "XYZ", "published_on": "2018-02-02"}]}, as_of="2018-12-31")
    (said,) = [n["en"] for n in other.to_dict()["notes"] if "XYZ" in n["en"]]
    assert said == (
        "topic “XYZ” is not one of the pack's (1 row): that row was not checked by topic, and may be what is missing; "
        "if it is none of them, enter “其他”"
    )
    statutes = oc.check({"request": [{"id": "1"}]}, as_of="2018-12-31", pack="cn-statutes")  # has no topics: no advice either
    assert not [n for n in statutes.to_dict()["notes"] if "其他" in n["zh"]]


def test_check_several_packs_and_a_folder_gives_all_findings(ledger: Path, root: Path) -> None:
    report = oc.check(ledger, pack=["pingdu-2018", root / "rules" / "cn-statutes"], as_of="2018-12-31")
    assert report.to_dict()["pack"] == ["pingdu-2018", "cn-statutes"]
    assert len(report.findings()) == len(make_ledger.EXPECTED)


def test_check_progress_reaches_the_number_of_rules() -> None:
    seen: list[Progress] = []
    oc.check({"meeting": []}, as_of="2018-12-31", progress=seen.append)
    assert seen[-1].done == seen[-1].total == len(oc.load_pack("pingdu-2018").rules)


def test_check_unknown_topic_may_be_the_one_that_it_resembles() -> None:
    late = {"id": "1", "topic": "市政府常务会议", "formed_on": "2018-09-10", "published_on": "2018-12-20"}
    (found,) = oc.check({"disclosure": [late]}, as_of="2018-12-31", rules="PD-2-3.1", include_all=True).findings(
        rule="PD-2-3.1"
    )
    assert (found.outcome, found.missing) == ("indeterminate", ("topic",))
    assert "“市政府常务会议”" in found.message.zh
    assert "“会议议定事项”" in found.message.zh
    (other,) = oc.check(
        {"disclosure": [late | {"topic": "办公用品采购"}]}, as_of="2018-12-31", rules="PD-2-3.1", include_all=True
    ).findings()
    assert other.outcome == "not_applicable"


def test_check_month_that_only_an_unknown_topic_may_fill_is_no_violation() -> None:
    def august(*rows: dict[str, str]) -> str:
        report = oc.check({"disclosure": list(rows)}, as_of="2018-12-31", rules="PD-8-1.1", include_all=True)
        return next(str(f.outcome) for f in report.findings(rule="PD-8-1.1") if f.period == "2018-08")

    july = {
        "id": "1",
        "topic": "月度财政收支",
        "period": "2018-07",
        "published_on": "2018-08-15",
        "elements": "增减变化；变化原因；走势预判",
    }
    row = july | {"id": "2", "period": "2018-08", "published_on": "2018-09-15"}
    assert august(july, row) == "pass"
    assert august(july, row | {"topic": "月度财政收支完成情况表"}) == "indeterminate"
    assert august(july, row | {"topic": "办公用品采购"}) == "indeterminate"
    # What is known of it may be enough: another office, another month, or that it is of none of the pack's topics.
    for known in ({"unit": "市教体局"}, {"period": "2018-06"}, {"topic": "其他"}, {"topic": "人事任免"}):
        assert august(july, row | {"topic": "办公用品采购"} | known) == "violation", known


@pytest.mark.parametrize(
    ("topic", "outcome"), [("办公用品采购", "indeterminate"), (None, "indeterminate"), ("其他", "violation"), (TOPIC, "pass")]
)
@pytest.mark.parametrize("rule", ["PD-8-1.4", "PD-8-2.2", "PD-7.2", "PD-11.1"])
def test_check_unknown_topic_may_be_the_one_that_the_year_lacks(rule: str, topic: str | None, outcome: str) -> None:
    if topic == TOPIC:
        topic = oc.load_pack("pingdu-2018").rules[rule].rule.topics[0]
    row = {"id": "1", "topic": topic, "period": "2018", "formed_on": "2018-05-31", "published_on": "2018-06-05"}
    elements = ["限额", "余额", "期限", "用途", "偿还情况", "网上办事服务事项清单"]
    report = oc.check(
        {"disclosure": [row | {"level": "city", "elements": elements, "channels": ["政府门户网站"]}]},
        as_of="2018-12-31",
        rules=rule,
        include_all=True,
    )
    of_the_year = [f for f in report.findings() if f.record_id is None]
    assert {str(f.outcome) for f in of_the_year} <= {outcome}
    if topic == "办公用品采购":
        (found,) = of_the_year
        assert "“办公用品采购”" in found.message.zh
        assert "缺少“信息主题”" not in found.message.zh
