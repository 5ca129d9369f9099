"""What a finding of a grid says where it does not say simply that something is absent or late."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pack_files import own_pack
from pingdu_rules import check

SIX = ["实施步骤", "具体措施", "责任分工", "工作进展", "工作成效", "监督方式"]
TASK = {"topic": "execution.policy", "subject": "甲", "attribute": "主动公开", "published_on": "2018-06-01"}


def test_grid_tells_what_came_late_and_which_record_may_have_been_in_time() -> None:
    rows = [
        TASK | {"id": "1", "elements": SIX[:5]},
        TASK | {"id": "2", "elements": SIX[5:], "published_on": "2019-01-02"},
        TASK | {"id": "3", "elements": SIX[5:], "attribute": "内部掌握"},
    ]
    (found,) = check("PD-3.1", {"disclosure": rows}, date(2019, 3, 1))
    assert (str(found.outcome), found.missing, found.actual) == (
        "indeterminate",
        ("disclosure.attribute",),
        date(2019, 1, 2),
    )
    assert found.message.zh.startswith(
        "甲：监督方式到2019-01-02（周三）才公开，晚于2018-12-31（周一）；另有记录（编号3）可能是按期公开的"
    )
    steps = [step.zh for step in found.explanation]
    assert "已有：实施步骤 2018-06-01、" in steps[-3]
    assert steps[-3].endswith("、监督方式 2019-01-02")
    assert steps[-2].startswith("另有记录（编号3）可能相关")
    assert steps[-1] == "最迟：2018-12-31（周一）"


def test_grid_tells_when_a_list_was_taken_down_of_which_the_roster_does_not_tell() -> None:
    def listed(level: str, last: str | None) -> dict[str, Any]:
        topic = "assistance.subsistence_allowance"
        row = {"id": level, "topic": topic, "level": level, "subject": "前进村", "published_on": "2018-09-10"}
        return row | {"posted_until": last}

    rows = [listed("city", None), listed("county", None), listed("town", "2018-10-02"), listed("village", "2018-10-31")]
    (found,) = [f for f in check("PD-8-3.2", {"disclosure": rows, "roster": []}) if f.subject]
    assert (str(found.outcome), found.missing) == ("indeterminate", ("roster.subject",))
    assert found.message.zh.startswith("前进村：缺镇级、村级；公示已于2018-10-31（周三）撤下，应公开名录里没有它")


def test_grid_names_the_values_of_both_axes_as_their_vocabularies_do(tmp_path: Path) -> None:
    axes = "axes: [{field: topic, values: [debt]}, {field: level, values: [county, town]}]"
    need = f"{{{axes}, once: debt, done: published_on}}"
    pack = own_pack(tmp_path / "p", f"when: {{topic: debt}}\n  require: {{grid: {need}}}")
    row = {"id": "1", "topic": "debt", "level": "county", "published_on": "2018-06-01"}

    def said(rows: list[dict[str, Any]]) -> str:
        (found,) = pack.rules["X-1"].check({"disclosure": rows}, as_of="2018-12-31")
        return found.message.zh

    assert said([]) == "政府债务尚未公开，还缺政府债务·县级、政府债务·镇级"
    assert said([row]) == "应有2项，截至2018-12-31（周一）缺：政府债务·镇级"


def test_grid_names_as_missing_only_what_surely_is() -> None:
    doubtful = TASK | {"id": "2", "elements": SIX[4:5], "attribute": "内部掌握"}
    (found,) = check("PD-3.1", {"disclosure": [TASK | {"id": "1", "elements": SIX[:4]}, doubtful]})
    assert found.message.zh == "甲：应有6项，截至2018-12-31（周一）缺：监督方式"
    stage = {"topic": "environment.eia", "subject": "化工项目", "attribute": "主动公开", "published_on": "2018-09-20"}
    (found,) = check("PD-8-7.7", {"disclosure": [stage | {"id": "1", "elements": ["审查"]}]})
    assert found.message.zh == "化工项目：应有3项，截至2018-12-31（周一）缺：受理", "the decision is still to come"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"published_on": None}, "2018年应有6项，截至2018-12-31（周一）缺：扶贫资金分配；编号funds已登记，但没有填“公开日期”，按尚未完成计"),
        ({"attribute": "内部掌握"}, "2018年缺扶贫资金分配；另有记录（编号funds）可能属于所缺的内容，但“公开属性”中的“内部掌握”不在词表里，无法判断"),
        ({"attribute": "不予公开"}, "2018年应有6项，截至2018-12-31（周一）缺：扶贫资金分配"),
    ],
)  # fmt: skip
def test_grid_tells_of_the_record_that_does_not_fill_what_is_missing(changed: dict[str, Any], told: str) -> None:
    six = ("strategy", "library", "plan", "project", "investigation", "funds")
    same = {
        "unit": "市扶贫办",
        "period": "2018",
        "published_on": "2018-09-10",
        "elements": ["完成情况"],
        "attribute": "主动公开",
    }
    rows = [{"id": name, "topic": f"poverty_relief.{name}"} | same for name in six]
    rows[-1] |= changed
    (found,) = check("PD-8-4.2", {"disclosure": rows})
    assert found.message.zh == told
