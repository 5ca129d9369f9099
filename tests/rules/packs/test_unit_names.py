"""Names of units: found by rule, merged offices, several in one cell."""

from __future__ import annotations

import pytest

import opencheck as oc

NAMES = oc.load_pack("pingdu-2018").unit_names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("财政局", "市财政局"),
        ("平度市财政局", "市财政局"),
        ("平度市发改局", "市发改局"),
        ("市市场监管局", "市市场监督管理局"),
        ("平度市市场监管局", "市市场监督管理局"),
        ("教体局", "市教体局"),
        ("平度市教育和体育局", "市教体局"),
        ("卫健局", "市卫生计生局"),
        ("市财政局、平度市民政局", "市财政局；市民政局"),
        ("市财政局和市民政局", "市财政局；市民政局"),
        ("市财政局 市民政局", "市财政局；市民政局"),
        ("市财政局／某某局", "市财政局；某某局"),
    ],
)
def test_unit_names_are_found_by_rule(written: str, name: str) -> None:
    assert NAMES.in_cell(written) == name


@pytest.mark.parametrize("written", ["青岛市财政局", "省财政厅", "东阁街道财政所", "某某局"])
def test_other_offices_are_left_as_they_stand(written: str) -> None:
    assert NAMES.in_cell(written) is None


def interpreted(drafter: str, interpreter: str) -> str:
    tables = {
        "document": [{"id": "1", "is_policy": True, "drafting_units": drafter}],
        "interpretation": [{"id": "a", "document_id": "1", "unit": interpreter, "published_on": "2018-09-03"}],
    }
    (found,) = oc.check(tables, as_of="2018-12-31", rules=["PD-9.2"], include_all=True).findings(rule="PD-9.2")
    return str(found.outcome)


def test_an_office_merged_into_another_is_that_other() -> None:
    assert interpreted("市食品药品监管局", "市市场监督管理局") == "pass"
    assert interpreted("市财政局", "市市场监督管理局") == "violation"


def test_several_units_in_one_cell_are_several() -> None:
    assert interpreted("市财政局", "平度市民政局、财政局") == "pass"
    assert interpreted("市财政局", "平度市民政局、教体局") == "violation"


@pytest.mark.parametrize(
    ("manager", "outcome"),
    [
        *((m, "pass") for m in ("平度市发改局", "市发改局、市财政局", "发改局", "本单位", "我局", "本局办公室", "自行管理")),
        *(
            (m, "pass")
            for m in ("市发改局办公室", "市发改局宣传科", "发改局宣教中心", "本单位、某传媒公司", "市发改局；某传媒公司")
        ),
        *((m, "violation") for m in ("市财政局", "市财政局、市民政局", "某传媒公司", "云山镇人民政府", "市财政局、某传媒公司")),
        *((m, "indeterminate") for m in ("办公室", "局办公室", "市环境监察大队", "发改", "市财政局、办公室")),
        *((m, "indeterminate") for m in ("我局委托某公司", "市发改局信息公司", "市财政局宣传科")),
    ],
)
def test_account_is_managed_by_its_unit_under_any_name(manager: str, outcome: str) -> None:
    row = {"id": "a", "unit": "市发改局", "manager_unit": manager, "platform": "微信", "status": "正常"}
    (found,) = oc.check({"account": [row]}, as_of="2018-12-31", rules=["PD-18.1b"], include_all=True).findings(rule="PD-18.1b")
    assert str(found.outcome) == outcome, found.message.zh
    if outcome == "indeterminate":
        assert found.missing == ("manager_unit",)


@pytest.mark.parametrize(
    ("unit", "manager", "outcome"),
    [
        ("市供销社", "市供销社办公室", "pass"),
        ("市供销社", "市财政局", "indeterminate"),  # a unit that nobody knows may be another name of any
        ("市供销社", "某传媒公司", "violation"),
        ("市水务集团", "平度市水务集团有限公司", "indeterminate"),
        ("市水务集团", "某传媒公司", "indeterminate"),
        ("云山镇人民政府", "云山镇", "pass"),
        ("云山镇人民政府", "云山镇政府宣传办", "pass"),
        ("云山镇人民政府", "大泽山镇人民政府", "violation"),
        ("平度市人民政府", "平度市人民政府某某办", "indeterminate"),
        ("市环保局、市财政局", "财政局办公室", "pass"),
        ("市食品药品监管局", "市市场监督管理局", "pass"),
        (None, "市财政局", "indeterminate"),
        ("市财政局", None, "indeterminate"),
    ],
)
def test_account_is_managed_by_its_unit_or_a_part_of_it(unit: str | None, manager: str | None, outcome: str) -> None:
    row = {"id": "a", "unit": unit, "manager_unit": manager, "platform": "微信", "status": "正常"}
    (found,) = oc.check({"account": [row]}, as_of="2018-12-31", rules=["PD-18.1b"], include_all=True).findings(rule="PD-18.1b")
    assert str(found.outcome) == outcome, found.message.zh
    if unit == "市供销社" and outcome == "indeterminate":
        assert "“责任单位”中的“市供销社”不在词表里" in found.message.zh
        assert found.missing == ("unit",)


@pytest.mark.parametrize(
    ("in_the_plan", "others"),
    [
        ("市政府办公室", "平度市人民政府办公室 市政府办 政府办公室"),
        ("市大数据中心", "市大数据发展管理局 市大数据局 平度市大数据中心"),
        ("市编办", "市委编办 市委机构编制委员会办公室 平度市机构编制委员会办公室"),
        ("市市场监督管理局", "市市场监管局 市工商局 平度市工商行政管理局"),
        ("市发改局", "市发展和改革局 平度市发展改革局 市发改委"),
        ("市政府法制办", "市法制办 市司法局 平度市司法局"),
        ("市行政审批服务局", "市审批局 市行政审批局 平度市行政审批服务局"),
        ("市财政局", "财政局 平度市财政局"),
        ("市民政局", "民政局 平度市民政局"),
        ("市扶贫办", "市扶贫开发领导小组办公室 市乡村振兴局"),
        ("市教体局", "市教育体育局 平度市教育和体育局 市教育局"),
        ("市卫生计生局", "市卫计局 市卫生和计划生育局 市卫健局 平度市卫生健康局"),
        ("市环保局", "市环境保护局 市生态环境局 青岛市生态环境局平度分局 市生态环境局平度分局"),
        ("市水利水产局", "市水利局 平度市水利局"),
        ("市食品药品监管局", "市食药监局 市食药局 平度市食品药品监督管理局"),
        ("市国土资源局", "市国土局 市自然资源局 平度市自然资源和规划局"),
        ("市城乡建设局", "市住建局 市住房和城乡建设局 平度市住房城乡建设局 市建设局"),
        ("市旧城改造指挥部", "平度市旧城改造指挥部 市旧改指挥部"),
        ("市旅游局", "市文化和旅游局 市文旅局 平度市文化和旅游局"),
        ("市交通运输局", "市交通局 平度市交通运输局"),
        ("市网络办公室", "市网信办 市委网信办 平度市委网信办 市互联网信息办公室"),
        ("市考核办", "市综合考核办公室 市委考核办"),
        ("市农业局", "平度市农业局 市农业农村局"),
    ],
)
def test_office_of_the_plan_is_one_under_the_names_of_before_and_after_the_reform(in_the_plan: str, others: str) -> None:
    assert {NAMES.in_cell(written) for written in (in_the_plan, *others.split())} == {in_the_plan}


def test_unit_of_every_clause_is_an_office_that_the_pack_knows() -> None:
    pack = oc.load_pack("pingdu-2018")
    named = {unit for c in pack.clauses.values() if c.unit for unit in c.unit.split("、")}
    assert named - {u.name for u in pack.units} == {"市政府各部门", "各镇街", "相关出台政策的部门"}
