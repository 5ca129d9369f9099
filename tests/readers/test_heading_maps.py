"""A person's word on what headings mean, given with a check or remembered beside the ledger."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import office_ledgers as made
import opencheck as oc
from opencheck.readers import read
from opencheck.readers.heading_maps import (
    checked_map,
    load_map,
    map_for,
    map_path,
    map_text,
    mapped_field,
    open_headings,
    unused,
    written_map,
)
from opencheck.records.dataset import Dataset, ReadHeading, SourceLocation
from opencheck.records.tables import TABLES

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


def test_map_is_checked_and_its_headings_are_folded() -> None:
    given = {"办结 时间": " 答复日期 ", "科室": "不用", "经办": "", "页码": "None", " 上半年 !办结时间（填写）": "replied_on"}
    assert checked_map(given) == {
        "办结时间": "答复日期",
        "科室": "-",
        "经办": "-",
        "页码": "-",
        "上半年!办结时间填写": "replied_on",
    }
    assert checked_map({"科室": None}) == {"科室": "-"}  # type: ignore[dict-item]  # as YAML gives a blank
    with pytest.raises(oc.UnknownNameError, match="--map: 办结时间"):
        checked_map({"科室": "-", "办结时间": "答复日其"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", {}),
        ("headings:", {}),
        ("headings: {甲: 标题}\n表头: {乙: }", {"甲": "标题", "乙": ""}),
        ("表头: {甲: 标题}", {"甲": "标题"}),
        ("headings: {1: 标题}", {"1": "标题"}),
    ],
)
def test_map_as_it_is_written(content: str, expected: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "台账.map.yaml"
    path.write_text(content, encoding="utf-8")
    assert written_map(path) == expected


def heading(text: str, sheet: str | None, status: str, field: str = "replied_on", how: str | None = None) -> ReadHeading:
    place = SourceLocation("台账.xlsx", sheet)
    return ReadHeading(place, "request", text, status, (field,), how)  # type: ignore[arg-type]  # as texts


def test_open_headings_are_named_with_their_sheet_where_several_sheets_have_them() -> None:
    found = open_headings(
        [
            heading("办结时间", "上半年", "proposed"),
            heading("办结时间", "上半年", "proposed"),  # of a second block
            heading("办结时间", "下半年", "proposed"),
            heading("收件", "上半年", "proposed", "received_on"),
            heading("登记", "上半年", "proposed", "received_on"),
            heading("登记", "下半年", "proposed", "received_on"),
            heading("收到日期", "上半年", "mapped", "received_on", "name"),
            heading("办结时间", None, "proposed"),
        ]
    )
    assert [(key, label) for key, label, _ in found] == [
        ("上半年!办结时间", "答复日期"),
        ("下半年!办结时间", "答复日期"),
        ("收件", "收到日期"),
        ("上半年!登记", "收到日期"),
        ("下半年!登记", "收到日期"),
        ("办结时间", "答复日期"),
    ]


def test_map_of_the_check_comes_before_that_of_the_file_and_of_a_sheet_before_all() -> None:
    data = Dataset(mappings={"台账.xlsx": {"甲": "标题", "乙": "-"}, None: {"甲": "文号"}})
    assert map_for(data, "台账.xlsx") == {"甲": "文号", "乙": "-"}
    assert map_for(data, "另一.xlsx") == {"甲": "文号"}
    assert map_for(Dataset(), "台账.xlsx") == {}
    document = TABLES["document"]
    mapping = {"甲": "文号", "公文!甲": "标题", "乙": "-"}
    assert mapped_field(document, "甲", mapping, "公文") == "title"
    assert mapped_field(document, "甲", mapping, "其他") == "number"
    assert mapped_field(document, "乙", mapping, None) == "-"
    assert mapped_field(document, "丙", mapping, None) is None
    assert mapped_field(document, "甲", {}, None) is None


def test_map_that_no_heading_was_read_by_is_unused() -> None:
    data = Dataset(mappings={None: {"办结时间": "答复日期", "上半年!收件": "收到日期", "没有": "答复日期"}})
    data.headings += [
        heading("办结时间", "上半年", "mapped", how="map"),
        heading("收件", "上半年", "mapped", "received_on", "map"),
        heading("没有", "上半年", "unknown"),
    ]
    assert unused(data) == ["没有"]


def test_map_text_without_proposals_has_no_line_for_them() -> None:
    assert map_text("台账.xlsx", {"科室": "-"}, []).splitlines()[2:] == ["headings:", '  "科室": "-"']
    assert map_text("台账.xlsx", {}, []).endswith("headings:\n")
