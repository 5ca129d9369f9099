"""A person's word on what headings mean, given with a check or remembered beside the ledger."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import office_ledgers as made
import opencheck as oc
from opencheck.readers import read
from opencheck.readers.heading_maps import load_map, map_path, map_text

AS_OF = "2018-12-31"


def late_reply(folder: Path) -> Path:
    """A request that was answered late; the day of the reply stands under a heading that is not sure."""
    rows = [["序号", "申请内容", "收到时间", "办结时间"], [1, "某事", "2018-09-03", "2018-12-01"]]
    return made.workbook(folder / "台账.xlsx", 依申请公开=rows)


def test_map_given_with_a_check_is_used_and_shown(tmp_path: Path) -> None:
    report = oc.check(late_reply(tmp_path), as_of=AS_OF, rules=["PD-15.3"], headings={"办结 时间": "答复日期"})
    assert [(f.outcome, str(f.actual)) for f in report.findings()] == [("violation", "2018-12-01")]
    assert {h["heading"]: h["how"] for h in report.to_dict()["headings"]}["办结时间"] == "map"
    assert report.unread == []


def test_map_beside_the_ledger_is_used_and_said(tmp_path: Path) -> None:
    file = late_reply(tmp_path)
    map_path(file).write_text("表头:\n  办结时间: 答复日期\n", encoding="utf-8")
    for source in (file, tmp_path):
        report = oc.check(source, as_of=AS_OF, rules=["PD-15.3"])
        assert [f.outcome for f in report.findings()] == ["violation"]
        assert ("note.map_file", {"file": "台账.map.yaml"}) in report.notes


def test_map_given_with_a_check_overrules_the_remembered_one(tmp_path: Path) -> None:
    file = late_reply(tmp_path)
    map_path(file).write_text("headings:\n  办结时间: 答复日期\n", encoding="utf-8")
    report = oc.check(file, as_of=AS_OF, rules=["PD-15.3"], headings={"办结时间": "-"})
    assert [(f.outcome, f.missing) for f in report.findings()] == [("indeterminate", ("replied_on",))]
    assert report.unread == [], "a heading that a person has said to mean nothing is no question any more"


def test_map_overrules_what_the_name_says(tmp_path: Path) -> None:
    rows = [
        ["编号", "文号", "成文日期", "发布日期", "上网时间"],
        ["1", "平政发〔2018〕1号", "2018-09-01", "2018-09-02", "2018-09-28"],
    ]
    file = made.workbook(tmp_path / "台账.xlsx", 公文=rows)
    data = read(file, headings={"上网时间": "公布日期"})
    assert str(data.tables["document"].records()["published_on"][0]) == "2018-09-28"
    assert {h.text: h.status for h in data.headings}["发布日期"] == "second"


def test_map_of_one_sheet_leaves_the_others(tmp_path: Path) -> None:
    rows = [["序号", "申请内容", "收到时间", "办结时间"], [1, "某事", "2018-09-03", "2018-12-01"]]
    file = made.workbook(tmp_path / "台账.xlsx", 上半年申请台账=rows, 下半年申请台账=rows)
    data = read(file, headings={"下半年申请台账!办结时间": "答复日期"})
    assert [h.status for h in data.headings if h.text == "办结时间"] == ["proposed", "mapped"]


def test_map_makes_a_sheet_a_ledger(tmp_path: Path) -> None:
    rows = [["序号", "事由", "来件日", "回件日"], [1, "某事", "2018-09-03", "2018-12-01"]]
    file = made.workbook(tmp_path / "登记.xlsx", Sheet1=rows)
    with pytest.raises(oc.InputError):
        read(file)
    assert set(read(file, headings={"来件日": "收到日期", "回件日": "答复日期"}).tables) == {"request"}


def test_map_holds_for_frames_and_rows() -> None:
    rows = [{"序号": "1", "收到时间": "2018-09-03", "办结时间": "2018-12-01"}]
    for source in (rows, pl.DataFrame(rows)):
        report = oc.check({"request": source}, as_of=AS_OF, rules=["PD-15.3"], headings={"办结时间": "答复日期"})
        assert [f.outcome for f in report.findings()] == ["violation"]


def test_map_that_fits_nothing_is_said(tmp_path: Path) -> None:
    report = oc.check(
        late_reply(tmp_path), as_of=AS_OF, rules=["PD-15.3"], headings={"没有的表头": "答复日期", "申请内容": "粉丝数"}
    )
    assert ("note.map_unused", {"headings": ["没有的表头", "申请内容"]}) in report.notes


def test_map_to_an_unknown_field_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(oc.UnknownNameError, match="答复日期"):
        read(late_reply(tmp_path), headings={"办结时间": "答复日其"})


@pytest.mark.parametrize(
    "content",
    [
        "- 一",
        "headings: [甲]",
        "列: {甲: 标题}",
        "headings: {甲: 没有这一列}",
        "headings: {甲: 标题",
        "headings: {甲: {乙: 丙}}",
    ],
)
def test_map_file_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    file = late_reply(tmp_path)
    map_path(file).write_text(content, encoding="utf-8")
    with pytest.raises(oc.InputError, match=r"map\.yaml"):
        read(file)


def test_map_text_is_read_as_it_was_written(tmp_path: Path) -> None:
    answers = {'公开"方式"': "公开属性", "扶贫公示!公示内容: #1": "信息主题", "科室": "-"}
    path = tmp_path / "台账.map.yaml"
    path.write_text(map_text("台账.xlsx", answers, [("日期", "公布日期")]), encoding="utf-8")
    assert load_map(path) == {'公开"方式"': "公开属性", "扶贫公示!公示内容#1": "信息主题", "科室": "-"}
    path.write_text(map_text("台账.xlsx", {}, [("日期", "公布日期")]), encoding="utf-8")
    assert load_map(path) == {}, "what is proposed counts only once a person has confirmed it"
