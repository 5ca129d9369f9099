"""Published tables checked column by column, from workbooks, text tables and web pages."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

import opencheck as oc
from identity_numbers import valid_id
from opencheck.rules.kinds.columns import Columns
from published_tables import ID, page, text_table, workbook

EXPECTED = {
    ("PD-8-3.3b", "保障人数"): (1, [4]),
    ("PD-8-3.3b", "居住社区（村）"): (2, [5, 6]),
    ("PD-8-3.3b", "救助金额"): (1, [6]),
    ("PD-8-3.3b", "监督举报电话"): (4, [3, 4, 5, 6]),
    ("PD-14.2d", "身份证"): (2, [3, 6]),
}


@pytest.mark.parametrize(("make", "name"), [(workbook, "公示.xlsx"), (text_table, "公示.csv"), (page, "公示.html")])
def test_columns_one_finding_per_column_names_rows(make, name: str, tmp_path: Path) -> None:
    result = oc.preflight(make(tmp_path / name), table="listing", values={"主题": "最低生活保障"}, as_of="2018-09-10")
    found = {(f.rule, f.subject): (len(f.rows), f.rows) for f in result.blocking}
    assert found == EXPECTED
    told = {f.subject: f.message.zh for f in result.blocking}
    assert told["监督举报电话"] == "表中没有“监督举报电话”列（4行）"
    assert told["居住社区（村）"] == "“居住社区（村）”列有2行不符合要求（共4行）：第5、6行"
    assert "1101**********002X" in told["身份证"]
    assert ID not in json.dumps(result.as_dict(), ensure_ascii=False)


def test_columns_first_ten_rows_are_named() -> None:
    rows = [
        {
            "topic": "最低生活保障",
            "householder": "王某",
            "persons": 1,
            "community": "甲村",
            "amount": "1元",
            "hotline": None if n % 2 else "0532-88880000",
        }
        for n in range(1000)
    ]
    report = oc.check({"listing": rows}, as_of="2018-12-31", rules=["PD-8-3.3b"])
    (finding,) = report.violations
    assert (len(finding.rows), finding.rows[:3]) == (500, [2, 4, 6])
    assert finding.message.zh.endswith("第2、4、6、8、10、12、14、16、18、20行…")
    assert report.summary["by_rule"]["PD-8-3.3b"] == {"pass": 4, "violation": 1}


def test_columns_two_tables_are_judged_apart(tmp_path: Path) -> None:
    for name, phone in (("甲村.csv", "0532-88880000"), ("乙村.csv", "")):
        (tmp_path / name).write_text(
            f"公示表\n主题,户主姓名,保障人数,所在社区,金额,监督举报电话\n最低生活保障,王某,1,甲村,960元,{phone}\n",
            encoding="utf-8",
        )
    report = oc.check(tmp_path / "甲村.csv", tmp_path / "乙村.csv", as_of="2018-12-31", rules=["PD-8-3.3b"])
    assert [(f.source.file, f.source.row) for f in report.violations] == [("乙村.csv", 3)]


def test_columns_finding_is_of_the_first_unit_that_a_row_names() -> None:
    row = {"topic": "最低生活保障", "householder": "王某", "persons": 1, "community": "甲村", "amount": "1元", "hotline": None}
    rows = [row | {"unit": unit} for unit in (None, "云山镇人民政府", "明村镇人民政府")]
    (found,) = oc.check({"listing": rows}, as_of="2018-12-31", rules=["PD-8-3.3b"]).violations
    assert (found.unit, found.source.row) == ("云山镇人民政府", 1)


def test_columns_broken_rows_are_marked_in_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "公示表"
    sheet.append(["主题", "户主姓名", "保障人数", "所在社区", "金额", "监督举报电话"])
    for phone in (None, "0532-88880000", None):
        sheet.append(["最低生活保障", "王某", 1, "甲村", "960元", phone])
    book.save(tmp_path / "l.xlsx")
    oc.check(tmp_path / "l.xlsx", as_of="2018-12-31", rules=["PD-8-3.3b"]).write(tmp_path / "m.xlsx")
    marked = openpyxl.load_workbook(tmp_path / "m.xlsx")["公示表"]
    assert [bool(marked.cell(row, 6).comment) for row in (1, 2, 3, 4)] == [False, True, False, True]


def test_columns_passport_is_found_by_its_header() -> None:
    rows = [{"topic": "最低生活保障", "householder": "王某", "护照号": "E12345678", "批号": "E87654321"}]
    report = oc.check({"listing": rows}, as_of="2018-12-31", rules=["PD-14.2d"])
    assert [f.subject for f in report.violations] == ["护照号"]


def outcomes(rule: str, *rows: dict[str, object]) -> dict[str | None, str]:
    listed = [{"topic": "最低生活保障", "householder": "王某", "persons": 2, "community": "甲村", **row} for row in rows]
    report = oc.check({"listing": listed}, as_of="2018-12-31", rules=[rule], include_all=True)
    return {f.subject: str(f.outcome) for f in report.findings(rule=rule)}


@pytest.mark.parametrize(
    ("amount", "hotline", "held"),
    [
        ("820元", "0532-8836-1234", (True, True)),
        ("８２０元", "０５３２－８８３６１２３４", (True, True)),
        ("捌佰贰拾元", "0532 8836 1234", (True, True)),
        ("0元", "0532", (False, False)),
        ("元", "见公告", (False, False)),
    ],
)
def test_columns_numbers_count_however_they_are_written(amount: str, hotline: str, held: tuple[bool, bool]) -> None:
    found = outcomes("PD-8-3.3b", {"amount": amount, "hotline": hotline})
    assert (found["救助金额"] == "pass", found["监督举报电话"] == "pass") == held


def test_columns_finding_names_the_first_unit_that_is_filled_in() -> None:
    row = {"topic": "最低生活保障", "householder": "王某", "persons": 1, "community": "甲村", "amount": "1元"}
    rows = [{**row, "unit": unit} for unit in (None, "市财政局", "市民政局")]
    report = oc.check({"listing": rows}, as_of="2018-12-31", rules=["PD-8-3.3b"])
    assert [(f.subject, f.unit, len(f.rows)) for f in report.violations] == [("监督举报电话", "市财政局", 3)], (
        "not the rule's own"
    )


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [(["详见附件", "820元"], "needs_review"), (["详见附件", None], "violation"), (["详见附件", "0元"], "violation")],
)
def test_columns_reference_elsewhere_excuses_no_other_row(cells: list[str | None], outcome: str) -> None:
    assert outcomes("PD-8-3.3b", *({"amount": cell} for cell in cells))["救助金额"] == outcome
    listed = [{"topic": "最低生活保障", "householder": "王某", "persons": 2, "community": "甲村", "amount": c} for c in cells]
    found = oc.check({"listing": listed}, as_of="2018-12-31", rules=["PD-8-3.3b"]).findings()
    told = next(f.message.zh for f in found if f.subject == "救助金额")
    assert ("须查阅附件后由人判断" in told) is (outcome == "needs_review")


@pytest.mark.parametrize("words", ["合计", "城市低保合计", "A类小计", "共2户"])
def test_columns_rows_of_totals_are_no_entries(words: str) -> None:
    row = {"amount": "820元", "hotline": "0532-88361234"}
    total = {"householder": words, "community": None, "amount": "820元", "hotline": None}
    assert set(outcomes("PD-8-3.3b", row, total).values()) == {"pass"}


def test_columns_note_that_counts_the_persons_of_a_household_makes_no_total() -> None:
    assert outcomes("PD-8-3.3b", {"hotline": None, "note": "共2人"})["监督举报电话"] == "violation"


def test_columns_mobile_numbers_belong_only_under_office_phones() -> None:
    assert outcomes("PD-14.2d", {"hotline": "13805321234"})["监督举报电话"] == "pass"
    assert outcomes("PD-14.2d", {"note": "手机13805321234，精神病"})["备注"] == "violation"
    assert outcomes("PD-14.2d", {"hotline": "0532-88361234", "联系方式": "13805321234"})["联系方式"] == "violation"


def test_identity_number_blocks_whatever_exception_is_claimed() -> None:
    record = {"topic": "other", "text": "王某，身份证号１１０１０５１９４９１２３１００２Ｘ"}
    for claim in ({}, {"mandatory_personal_data": True, "personal_data_basis": "《社会救助暂行办法》第十一条"}):
        result = oc.preflight({**record, **claim}, table="disclosure", as_of="2018-09-10")
        assert "PD-14.2b" in [f.rule for f in result.blocking]


def test_columns_contacts_of_offices_are_for_a_person_to_judge() -> None:
    offices = {
        "topic": "其他",
        "householder": None,
        "persons": None,
        "community": None,
        "unit": "财政局",
        "联系电话": "13805321234",
    }
    result = oc.preflight([offices], table="listing", as_of="2018-12-31")
    assert [f.subject for f in result.blocking if f.rule == "PD-14.2d"] == []
    (told,) = [f for f in result.unknown if f.rule == "PD-14.2d"]
    assert (told.subject, str(told.outcome)) == ("联系电话", "needs_review")
    assert "138****1234" in told.message.zh
    assert "offices" in told.message.en


@pytest.mark.parametrize(("heading", "outcome"), [("准考证号", "pass"), ("合同编号", "pass"), ("身份证号", "violation")])
def test_columns_heading_tells_what_a_number_is(heading: str, outcome: str) -> None:
    assert outcomes("PD-14.2d", {heading: "110105491231002"})[heading] == outcome


def test_columns_of_identity_numbers_are_found_under_any_heading() -> None:
    numbers = [valid_id(f"370283198001011{n:02}") for n in range(3)]
    assert outcomes("PD-14.2d", *({"考号": n} for n in numbers))["考号"] == "violation"
    assert outcomes("PD-14.2d", *({"考号": n} for n in (*numbers[:2], "370283198001011999")))["考号"] == "pass"


def test_columns_rows_of_which_nobody_knows_whether_they_are_concerned_are_told_apart() -> None:
    row = {"topic": "最低生活保障", "householder": "王某", "persons": 2, "community": "甲村", "hotline": "0532-88361234"}

    def said(*rows: dict[str, object]) -> list[tuple[str | None, str, list[int]]]:
        listed = [row | {"amount": "820元"} | more for more in rows]
        found = oc.check({"listing": listed}, as_of="2018-12-31", rules=["PD-8-3.3b"], include_all=True).findings()
        for one in found:
            if one.subject is None and str(one.outcome) == "indeterminate":
                assert one.missing == ("topic",)
                concerned = sum(more.get("topic", "") == "" for more in rows)
                assert one.explanation[-1].zh == f"逐列检查，适用的有{concerned}行"
        return [(f.subject, str(f.outcome), f.rows) for f in found if f.subject in (None, "救助金额")]

    assert said({"topic": "其他"}) == [(None, "not_applicable", [1])]
    assert said({"topic": None}, {"topic": None}, {"topic": "其他"}) == [(None, "indeterminate", [1, 2])]
    assert said({"topic": None}, {"amount": "0元"}, {}) == [(None, "indeterminate", [1]), ("救助金额", "violation", [2])]
    assert said({}, {}) == [("救助金额", "pass", [1, 2])]


def test_columns_shows_five_of_what_a_column_must_not_show() -> None:
    rows = [{"topic": "最低生活保障", "householder": "王某", "备注": f"手机1380532123{n}"} for n in range(6)]
    (found,) = oc.check({"listing": rows}, as_of="2018-12-31", rules=["PD-14.2d"]).violations
    assert [f"138****123{n}" in found.message.zh for n in range(6)] == [True] * 5 + [False]
    assert found.rows == [1, 2, 3, 4, 5, 6]


def test_columns_table_of_another_topic_hides_none_that_follows(tmp_path: Path) -> None:
    head = "公示表\n主题,户主姓名,保障人数,所在社区,金额,监督举报电话\n"
    for name, topic in ((f"{n}.csv", "其他" if n in "一三" else "最低生活保障") for n in "一二三四五六七"):
        (tmp_path / name).write_text(f"{head}{topic},王某,1,甲村,960元,\n", encoding="utf-8")
    files = [tmp_path / f"{n}.csv" for n in "一二三四五六七"]
    report = oc.check(*files, as_of="2018-12-31", rules=["PD-8-3.3b"])
    assert [(f.source.file, f.source.row) for f in report.violations] == [(f"{n}.csv", 3) for n in "二四五六七"]


@pytest.mark.parametrize(
    ("count", "told"), [(10, "第1、2、3、4、5、6、7、8、9、10行"), (11, "第1、2、3、4、5、6、7、8、9、10行…")]
)
def test_columns_more_than_ten_rows_are_not_all_named(count: int, told: str) -> None:
    row = {
        "topic": "最低生活保障",
        "householder": "王某",
        "persons": 1,
        "community": "甲村",
        "amount": "0元",
        "hotline": "0532-88361234",
    }
    (found,) = oc.check({"listing": [row] * count}, as_of="2018-12-31", rules=["PD-8-3.3b"]).violations
    assert found.message.zh.endswith(f"：{told}")
    assert (found.source.row, len(found.rows)) == (1, count)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({}, "either 'holds' or 'personal'"),
        ({"holds": {"amount": {"present": True}}, "personal": ["resident_id"]}, "either 'holds' or 'personal'"),
        ({"holds": {"amount": {"present": True}}}, ""),
        ({"personal": ["resident_id"]}, ""),
    ],
)
def test_columns_say_what_must_stand_in_them_or_what_must_not(written: dict[str, object], told: str) -> None:
    try:
        Columns.model_validate(written)
        said = ""
    except ValueError as refused:
        said = str(refused)
    assert told in said if told else said == ""
