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
    [("平度市发改局", "pass"), ("市发改局、市财政局", "pass"), ("市财政局", "violation")],
)
def test_account_is_managed_by_its_unit_under_any_name(manager: str, outcome: str) -> None:
    row = {"id": "a", "unit": "市发改局", "manager_unit": manager, "platform": "微信", "status": "正常"}
    (found,) = oc.check({"account": [row]}, as_of="2018-12-31", rules=["PD-18.1b"], include_all=True).findings(rule="PD-18.1b")
    assert str(found.outcome) == outcome
