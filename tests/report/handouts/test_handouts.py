"""Hand-outs: what is written for each unit, and what becomes of the answers that come back."""

from __future__ import annotations

import json
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

import opencheck as oc
from commands import run
from line_breaks import broken_dates
from opencheck.core.errors import InputError
from opencheck.core.message_catalogue import get_message
from opencheck.records.dataset import SourceLocation
from opencheck.report.formats.row_heights import dates_in_one_piece
from opencheck.report.handouts.answers import GivenAnswer, read_answers
from opencheck.report.handouts.content import STATUSES, handouts_of, statuses_of, token_of
from opencheck.report.handouts.folder import INDEX, file_stem, write_handouts
from opencheck.report.handouts.reading import read_meanings

LISTED = ("violation", "indeterminate", "needs_review")


def records() -> dict[str, list[dict[str, Any]]]:
    """Two units: a posting that was too short (a reason answers it), late replies, a review, a request without its day."""
    posted = {"topic": "扶贫项目", "level": "村级", "justification": None, "unit": "旧店镇政府"}
    return {
        "disclosure": [
            {**posted, "id": "p1", "title": "道路硬化", "published_on": "2018-09-01", "posted_until": "2018-09-05"},
            {**posted, "id": "p2", "title": "安全饮水", "published_on": "2018-09-01", "posted_until": "2018-09-06"},
        ],
        "request": [
            {"id": "r1", "unit": "市财政局", "received_on": "2018-10-08", "replied_on": "2018-12-20"},
            {"id": "r2", "unit": "市财政局", "received_on": "2018-10-08", "replied_on": "2018-12-21"},
            {"id": "r3", "unit": "市财政局", "received_on": None, "replied_on": "2018-12-21"},
        ],
    }


RULES = ["PD-8-4.4", "PD-15.3", "PD-3.4"]


def check(**more: Any) -> oc.Report:
    return oc.check(records(), as_of="2018-12-31", rules=RULES, **more)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handouts") / "out"
    write_handouts(check(), folder, reply_by=date(2019, 1, 15), every_unit=True)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "out"))


Filler = Callable[..., Path]


def status_word(status: str) -> str:
    return get_message(f"handout.status_{status}", "zh")


@pytest.fixture
def fill(folder: Path) -> Filler:
    """Fill in the row of a rule and record in a unit's workbook, under the headings that a clerk sees."""

    def filled(unit: str, rule: str, record: str | None, **values: Any) -> Path:
        path = folder / f"整改通知单-{unit}.xlsx"
        book = openpyxl.load_workbook(path)
        for sheet in book.worksheets[1:]:
            heads = {cell.value: cell.column for cell in sheet[2]}
            for row in sheet.iter_rows(min_row=3):
                named = (row[heads["规则"] - 1].value, row[heads["记录编号"] - 1].value)
                if named == (rule, record):
                    for head, value in values.items():
                        sheet.cell(row[0].row, heads[head], value)
                    book.save(path)
                    return path
        raise AssertionError((unit, rule, record))

    return filled


def only(report: oc.Report) -> dict[str, Any]:
    assert len(report.answers) == 1, report.answers
    return report.answers[0]


def test_handouts_hold_every_finding_of_their_unit_as_of_units_chooses_them(report: oc.Report) -> None:
    made = handouts_of(report)
    for handout in made:
        mine = report.of_units(handout.unit or "").findings(LISTED)
        assert {f.id for f in mine} == {item.finding.id for item in handout.items}, handout.unit
    told = {item.finding.id for handout in made for item in handout.items}
    assert told == {f.id for f in report.findings(LISTED)}


def test_handouts_order_and_numbers() -> None:
    handout = next(h for h in handouts_of(check()) if h.unit == "市财政局")
    assert [s.kind for s in handout.sections] == ["error", "indeterminate"]
    assert [i.number for i in handout.items] == [1, 2, 3]


def test_tokens_differ_between_findings_and_units(report: oc.Report) -> None:
    found = report.findings(LISTED)
    assert len({token_of(f) for f in found}) == len(found)


@pytest.mark.parametrize(
    ("unit", "stem"),
    [
        ("市教体局", "整改通知单-市教体局"),
        ('a<b>:"/\\|?*c', "整改通知单-a_b_c"),
        ("末尾有点. ", "整改通知单-末尾有点"),
        ("???", "整改通知单-_"),
        ("长" * 300, "整改通知单-" + "长" * 80),
    ],
)
def test_file_names_are_safe_on_windows(unit: str, stem: str) -> None:
    assert file_stem(unit, []) == stem


def test_two_units_never_share_a_file() -> None:
    stems: list[str] = []
    for unit in ("A/B", "A:B", "a?b"):
        stems.append(file_stem(unit, stems))
    assert len({s.casefold() for s in stems}) == 3


def test_folder_holds_three_forms_of_each_unit_and_the_index(folder: Path) -> None:
    units = {h.name("zh") for h in handouts_of(check())}
    wanted = {f"整改通知单-{u}{suffix}" for u in units for suffix in (".xlsx", ".docx", ".html")}
    assert {p.name for p in folder.iterdir()} == wanted | {INDEX}
    index = openpyxl.load_workbook(folder / INDEX).worksheets[0]
    rows = {row[1].value: [c.value for c in row] for row in index.iter_rows(min_row=5)}
    assert set(rows) == units
    assert rows["市财政局"][2:8] == [2, None, None, 1, None, 3]


def test_each_form_says_the_same(folder: Path) -> None:
    """Unit, basis, day of the check, numbers, by when to answer; each item with clause, record, deadline and remedy."""
    book = openpyxl.load_workbook(folder / "整改通知单-市财政局.xlsx")
    shown = [str(c.value).replace("\n", "") for s in book for row in s.iter_rows() for c in row if c.value is not None]
    texts = ["\n".join(shown)]
    document = docx.Document(str(folder / "整改通知单-市财政局.docx"))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    texts.append("\n".join([*(p.text for p in document.paragraphs), *cells]))
    texts.append(html.fromstring((folder / "整改通知单-市财政局.html").read_bytes()).text_content())
    finding = check().findings("violation", rule="PD-15.3")[0]
    for text in texts:
        for part in (
            "市财政局：",
            "平度市2018年政务公开重点工作任务分解落实方案",
            "2018-12-31（周一）",
            "需要整改的2项",
            "请补充的1项",
            "请于2019-01-15（周二）前（含当日）反馈",
            "请补充：台账内容不全",
            "r1",
            finding.remedy.zh,
            finding.message.zh,
            "整改情况",
            "佐证链接",
        ):
            assert part in text, part
    assert [s.title for s in book.worksheets] == ["通知", "请整改", "请补充"]


def test_workbook_lets_only_answers_be_changed(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "整改通知单-市财政局.xlsx")["请整改"]
    heads = {cell.value: cell.column for cell in sheet[2]}
    assert sheet.protection.sheet
    assert sheet.cell(4, heads["规则"]).protection.locked
    assert not sheet.cell(4, heads["整改情况"]).protection.locked
    token = next(c for c in sheet[2] if c.value == "opencheck")
    assert sheet.column_dimensions[token.column_letter].hidden


def test_an_item_of_the_word_notice_is_printed_on_one_page(folder: Path) -> None:
    document = docx.Document(str(folder / "整改通知单-市财政局.docx"))
    assert document.tables
    for table in document.tables:
        kept = [[p.paragraph_format.keep_with_next for c in row.cells for p in c.paragraphs] for row in table.rows]
        assert all(all(row) for row in kept[:-1])
        assert not any(kept[-1]), "the next item may stand on the next page"
        assert table.columns[0].width < table.columns[1].width, "every program takes the widths from the columns"


@pytest.mark.parametrize("name", ["整改通知单-市财政局.xlsx", INDEX])
def test_every_cell_has_the_font_of_the_workbook(folder: Path, name: str) -> None:
    """A font without a name is another one in every program."""
    book = openpyxl.load_workbook(folder / name)
    assert {c.font.name for s in book for row in s.iter_rows() for c in row if c.value is not None} == {"Calibri"}


def test_the_index_is_printed_with_one_column_of_files(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / INDEX).worksheets[0]
    assert sheet.print_area.split("$")[3] == "I"
    assert sheet["I4"].value == get_message("handout.files", "zh")


COMPLETE = {
    "done": {"done_on": "2018-12-30"},
    "doing": {},
    "reason": {"basis": "方案未定"},
    "waived": {"basis": "会议纪要", "approved_by": "张某", "from_": "2018-01-01", "until": "2018-12-31"},
    "evidence": {"basis": "审核表"},
    "disputed": {"basis": "已经公开"},
}


def test_a_status_is_offered_where_a_complete_answer_is_used() -> None:
    """Neither a word that the item always refuses, nor one missing that it takes."""
    for finding in check().findings(LISTED):
        used = set()
        for status in STATUSES:
            values = {"status": status_word(status), **COMPLETE[status]}
            given = GivenAnswer(token_of(finding), SourceLocation(), finding.rule, finding.record_id or "", values)
            (answer,) = read_meanings([given], [finding])
            used |= {status} if answer.kind != "refused" else set()
        assert used - {"done"} == set(statuses_of(finding)) - {"done"}, finding.rule


def test_each_row_of_the_workbook_offers_its_own_statuses(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "整改通知单-市财政局.xlsx")
    offered = {s.title: [(str(v.sqref), v.formula1) for v in s.data_validations.dataValidation] for s in book.worksheets[1:]}
    assert offered == {
        "请整改": [("J4:J5", '"已整改,正在整改,已批准豁免,有异议"')],
        "请补充": [("J4", '"已整改,正在整改,有异议"')],
    }


def test_completed_is_read_as_done(folder: Path, fill: Filler) -> None:
    fill("市财政局", "PD-15.3", "r3", 整改情况="已补充", 完成日期="2018-12-30")
    assert only(check(answers=folder))["kind"] == "done"


def test_index_says_what_is_in_no_handout(tmp_path: Path) -> None:
    rows = [*records()["request"], {"id": "r4", "unit": "市财政局", "received_on": "8/10/2018"}]
    write_handouts(oc.check({"request": rows}, as_of="2018-12-31", rules=["PD-15.3"]), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / INDEX).worksheets[0]
    assert sheet["A3"].value == "1行未能使用，不在通知单里，见检查结果"


def test_english_handouts_are_read_back(tmp_path: Path) -> None:
    write_handouts(check(), tmp_path, "en")
    path = tmp_path / "整改通知单-市财政局.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Put right"]
    heads = {cell.value: cell.column for cell in sheet[2]}
    sheet.cell(4, heads["status"], "put right")
    sheet.cell(4, heads["done on"], "2018-12-30")
    book.save(path)
    assert only(check(answers=path))["kind"] == "done"


def test_blank_handouts_hold_no_answers(folder: Path) -> None:
    read = read_answers([folder])
    assert (read.given, read.unread) == ([], [])
    assert read.items == len([i for h in handouts_of(check()) for i in h.items]), (
        "one that stands in workbook and document is one"
    )


def test_done_is_a_claim_and_changes_nothing(folder: Path, fill: Filler) -> None:
    fill("市财政局", "PD-15.3", "r1", 整改情况="已整改", 完成日期="2018年12月30日")
    report = check(answers=folder)
    answer = only(report)
    assert (answer["kind"], answer["done_on"], answer["outcome"]) == ("done", "2018-12-30", "violation")
    assert {f.id: f.outcome for f in report.findings()} == {f.id: f.outcome for f in check().findings()}
    assert any(name == "answer.done" for name, _ in report.notes)


def test_a_day_without_a_status_is_a_claim(folder: Path, fill: Filler) -> None:
    fill("市财政局", "PD-15.3", "r1", 完成日期=date(2018, 12, 30))
    assert only(check(answers=folder))["kind"] == "done"


def test_reason_is_judged_by_the_rule(folder: Path, fill: Filler) -> None:
    fill("旧店镇政府", "PD-8-4.4", "p1", 整改情况="有书面理由", 说明或依据="汛期公开栏损毁，改为入户发放")
    report = check(answers=folder)
    answer = only(report)
    assert (answer["kind"], answer["outcome"]) == ("reason", None)
    assert [f.record_id for f in report.findings("violation", rule="PD-8-4.4")] == ["p2"], "the other record has no reason"


@pytest.mark.parametrize("text", ["无", "详见附件", "/"])
def test_reason_that_says_nothing_is_refused(folder: Path, fill: Filler, text: str) -> None:
    fill("旧店镇政府", "PD-8-4.4", "p1", 整改情况="有书面理由", 说明或依据=text)
    report = check(answers=folder)
    assert only(report)["kind"] == "refused"
    assert len(report.findings("violation", rule="PD-8-4.4")) == 2


def test_a_text_alone_is_no_reason(folder: Path, fill: Filler) -> None:
    """“已联系网站” in the cell of the ground must not become a justification."""
    fill("旧店镇政府", "PD-8-4.4", "p1", 说明或依据="已联系网站处理")
    report = check(answers=folder)
    assert only(report)["kind"] == "refused"
    assert len(report.findings("violation", rule="PD-8-4.4")) == 2


def test_reason_where_the_rule_takes_none_is_refused(folder: Path, fill: Filler) -> None:
    fill("市财政局", "PD-15.3", "r1", 整改情况="有书面理由", 说明或依据="人手不足")
    answer = only(check(answers=folder))
    assert (answer["kind"], answer["reason"]["zh"]) == ("refused", "这一条不接受书面理由")


def test_reason_without_the_column_is_refused(folder: Path, fill: Filler) -> None:
    """A ledger without the column does not say that other records have no reason."""
    path = fill("旧店镇政府", "PD-8-4.4", "p1", 整改情况="有书面理由", 说明或依据="汛期公开栏损毁")
    bare = records()
    for row in bare["disclosure"]:
        del row["justification"]
    report = oc.check(bare, as_of="2018-12-31", rules=RULES, answers=path)
    assert only(report)["kind"] == "refused"
    assert "列" in only(report)["reason"]["zh"]


WAIVED = {
    "整改情况": "已批准豁免",
    "说明或依据": "市政府专题会议纪要〔2018〕12号",
    "批准人": "张某",
    "豁免起": "2018-10-01",
    "豁免止": "2019-03-31",
}


def test_waiver_covers_its_finding_alone(folder: Path, fill: Filler) -> None:
    fill("市财政局", "PD-15.3", "r1", **WAIVED)
    report = check(answers=folder)
    assert only(report)["outcome"] == "waived"
    assert [f.record_id for f in report.findings("waived")] == ["r1"]
    assert [f.record_id for f in report.findings("violation", rule="PD-15.3")] == ["r2"]


@pytest.mark.parametrize("lacking", ["说明或依据", "批准人", "豁免起", "豁免止"])
@pytest.mark.parametrize("blank", [None, "待定"])
def test_waiver_needs_basis_approver_and_days(folder: Path, fill: Filler, lacking: str, blank: str | None) -> None:
    fill("市财政局", "PD-15.3", "r1", **{**WAIVED, lacking: blank})
    report = check(answers=folder)
    assert only(report)["kind"] == "refused"
    assert not report.findings("waived")


def test_cell_that_is_no_day_is_named_by_its_heading(folder: Path, fill: Filler) -> None:
    fill("市财政局", "PD-15.3", "r1", **{**WAIVED, "豁免起": "纪要印发之日", "豁免止": "长期"})
    reason = only(check(answers=folder))["reason"]
    assert reason["zh"].startswith("豁免起：填的是“纪要印发之日”，不是能识别的日期")
    assert "豁免止：填的是“长期”" in reason["zh"]
    assert reason["en"].startswith("waived from: found “纪要印发之日”")
    assert "until：" not in reason["zh"]


def test_verdict_that_is_not_known_is_named_by_its_heading(folder: Path, fill: Filler) -> None:
    verdict = {"审核人": "李某", "审核结论": "基本符合", "审核日期": "2018-12-20"}
    fill(_review_unit(), "PD-3.4", None, 整改情况="提供佐证", 说明或依据="评估报告", **verdict)
    assert only(check(answers=folder))["reason"]["zh"].startswith("审核结论：填的是“基本符合”")


def test_waiver_covers_the_record_of_its_file_alone(tmp_path: Path) -> None:
    """A file a month, each numbered from 1, of one office."""
    ledger, notices = tmp_path / "台账", tmp_path / "通知单"
    ledger.mkdir()
    for month, received in (("9月", "2018-09-03"), ("10月", "2018-10-08")):
        rows = f"序号,收到日期,答复日期,责任单位\n1,{received},2018-11-28,市财政局\n"
        (ledger / f"{month}依申请公开.csv").write_text(rows, "utf-8")
    found = oc.check(ledger, as_of="2018-12-31", rules="PD-15.3")
    write_handouts(found, notices)
    path = notices / "整改通知单-市财政局.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    heads = {cell.value: cell.column for cell in sheet[2]}
    (row,) = (r for r in range(3, sheet.max_row + 1) if "9月" in str(sheet.cell(r, heads["位置"]).value))
    for head, value in WAIVED.items():
        sheet.cell(row, heads[head], value)
    book.save(path)
    report = oc.check(ledger, as_of="2018-12-31", rules="PD-15.3", answers=path)
    outcomes = {f.source.file: str(f.outcome) for f in report.findings()}
    assert outcomes == {"9月依申请公开.csv": "waived", "10月依申请公开.csv": "violation"}


def test_waiver_out_of_its_days_is_not_applied(folder: Path, fill: Filler) -> None:
    fill("市财政局", "PD-15.3", "r1", **{**WAIVED, "豁免止": "2018-12-30"})
    report = check(answers=folder)
    assert only(report)["outcome"] == "violation"
    assert any(name == "note.waiver_expired" for name, _ in report.notes)


def _review_unit() -> str:
    return check().findings("needs_review", rule="PD-3.4")[0].unit or ""


def test_evidence_without_a_verdict_still_needs_a_review(folder: Path, fill: Filler) -> None:
    fill(_review_unit(), "PD-3.4", None, 佐证链接="http://example.gov.cn/a.html")
    report = check(answers=folder)
    assert (only(report)["kind"], only(report)["outcome"]) == ("evidence", "needs_review")


@pytest.mark.parametrize(("verdict", "outcome"), [("符合", None), ("不符合", "violation")])
def test_evidence_with_a_verdict_is_judged(folder: Path, fill: Filler, verdict: str, outcome: str | None) -> None:
    fill(
        _review_unit(),
        "PD-3.4",
        None,
        整改情况="提供佐证",
        说明或依据="评估报告",
        审核人="李某",
        审核结论=verdict,
        审核日期="2018-12-20",
    )
    report = check(answers=folder)
    assert (only(report)["kind"], only(report)["outcome"]) == ("evidence", outcome)


def test_verdict_without_material_passes_nothing(folder: Path, fill: Filler) -> None:
    fill(_review_unit(), "PD-3.4", None, 整改情况="提供佐证", 审核人="李某", 审核结论="符合", 审核日期="2018-12-20")
    report = check(answers=folder)
    assert only(report)["kind"] == "refused"
    assert report.findings("needs_review", rule="PD-3.4")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"整改情况": "差不多了"}, "不认识；可用：已整改、正在整改、已批准豁免、有异议"),
        ({"整改情况": "已整改"}, "完成日期"),
        ({"整改情况": "已整改", "完成日期": "上周"}, "不是日期"),
        ({"整改情况": "已整改", "完成日期": "2018-12-30", "批准人": "张某"}, "用不上批准人"),
        ({"整改情况": "有异议"}, "说明或依据"),
        ({"整改情况": "提供佐证", "佐证链接": "http://example.gov.cn"}, "不以佐证判断"),
    ],
)
def test_what_is_not_understood_is_listed(folder: Path, fill: Filler, values: dict[str, str], why: str) -> None:
    path = fill("市财政局", "PD-15.3", "r1", **values)
    report = check(answers=folder)
    answer = only(report)
    assert (answer["kind"], answer["source"]) == ("refused", {"file": path.name, "sheet": "请整改", "row": 5})
    assert why in answer["reason"]["zh"]
    assert len(report.violations) == len(check().violations)


def test_moved_rows_are_an_error_that_names_file_and_row(folder: Path, fill: Filler) -> None:
    path = fill("市财政局", "PD-15.3", "r1", 整改情况="已整改", 完成日期="2018-12-30")
    book = openpyxl.load_workbook(path)
    sheet = book["请整改"]
    heads = {cell.value: cell.column for cell in sheet[2]}
    for head in ("记录编号", "整改情况", "完成日期"):  # cells moved up, the mark stays
        sheet.cell(4, heads[head], sheet.cell(5, heads[head]).value)
    book.save(path)
    with pytest.raises(InputError, match=r"r1 ≠ PD-15\.3 r2") as raised:
        check(answers=path)
    assert (raised.value.code, raised.value.path, raised.value.row) == ("answers_shifted", path.name, 4)


def test_answers_to_what_is_not_found_any_more_are_listed(folder: Path, fill: Filler) -> None:
    path = fill("市财政局", "PD-15.3", "r1", 整改情况="正在整改")
    later = records()
    later["request"][0]["replied_on"] = "2018-10-09"
    answer = only(oc.check(later, as_of="2018-12-31", rules=RULES, answers=path))
    assert (answer["kind"], answer["rule"], answer["record_id"]) == ("refused", "PD-15.3", "r1")


def test_contradicting_answers_are_refused(folder: Path, fill: Filler) -> None:
    path = fill("市财政局", "PD-15.3", "r1", **WAIVED)
    other = path.with_name("整改通知单-市财政局（2）.xlsx")
    other.write_bytes(path.read_bytes())
    assert only(check(answers=folder))["kind"] == "waived", "said twice alike"
    fill("市财政局", "PD-15.3", "r1", 批准人="王某")
    report = check(answers=folder)
    assert [a["kind"] for a in report.answers] == ["refused", "refused"]
    assert not report.findings("waived")


def test_documents_break_no_date_and_say_it_with_a_hyphen(folder: Path) -> None:
    """A hyphen that does not break is an element of its own, which is read and copied as a hyphen."""
    path = folder / "整改通知单-市财政局.docx"
    with zipfile.ZipFile(path) as package:
        written = package.read("word/document.xml").decode()
    assert not re.findall(r">[^<]*\d{4}-\d\d", written)
    assert "\N{NON-BREAKING HYPHEN}" not in written
    cells = [c.text for t in docx.Document(str(path)).tables for row in t.rows for c in row.cells]
    finding = check().findings("violation", rule="PD-15.3")[0]
    assert f"{finding.result.rule.title.zh}\n{finding.message.zh}" in cells
    assert re.search(r"\d{4}-\d\d-\d\d", finding.message.zh)


def test_workbooks_break_no_date(folder: Path) -> None:
    """A line of a cell is shorter than its column, so that the program that shows it has nothing to break."""
    sheet = openpyxl.load_workbook(folder / "整改通知单-市财政局.xlsx").worksheets[1]
    dated = [
        c
        for row in sheet.iter_rows(min_row=4)
        for c in row[:9]
        if isinstance(c.value, str) and re.search(r"\d{4}-\d\d", c.value)
    ]
    assert len(dated) > 3
    for cell in dated:
        width = sheet.column_dimensions[cell.column_letter].width
        lines = cell.value.split("\n")
        assert max(sum(2 if ord(c) > 255 else 1 for c in line) for line in lines) < width
        assert not [line for line in lines if re.search(r"\d{4}-(\d\d-?)?$", line) and cell.column_letter != "F"]
    finding = check().findings("violation", rule="PD-15.3")[0]
    assert any(finding.message.zh in str(cell.value).replace("\n", "") for cell in dated)


@given(
    st.lists(
        st.sampled_from(["2018-10-15（周一）", "2018-Q2的", "2018-09的", "实际公开日期为", "，", "迟6个工作日", "规则PD-9.4的"])
    ),
    st.integers(16, 60),
)
def test_dates_in_one_piece_adds_line_breaks_only(parts: list[str], width: int) -> None:
    text = "".join(parts)
    told = dates_in_one_piece(text, width)
    assert told.replace("\n", "") == text
    for part in parts:
        if part.startswith("2018"):
            assert part[:10].removesuffix("的") in told


def test_documents_are_read_back(folder: Path) -> None:
    path = folder / "整改通知单-市财政局.docx"
    document = docx.Document(str(path))
    values = {"整改情况": "已批准豁免", **WAIVED}
    table = next(t for t in document.tables if any(c.text == "r1" for row in t.rows for c in row.cells))
    for row in table.rows:
        cells = list({id(c._tc): c for c in row.cells}.values())
        for head, cell in zip(cells[::2], cells[1::2], strict=False):
            if head.text in values:
                cell.text = values[head.text]
    document.save(str(path))
    report = check(answers=folder)
    assert [f.record_id for f in report.findings("waived")] == ["r1"]


def test_other_files_are_named(folder: Path) -> None:
    openpyxl.Workbook().save(folder / "别的.xlsx")
    (folder / "扫描.pdf").write_bytes(b"%PDF-1.4")
    report = check(answers=folder)
    told = [f["where"].zh for n, f in report.notes if n == "answer.unread"]
    assert told == ["别的.xlsx", "扫描.pdf"]


@pytest.mark.parametrize("name", ["坏的.xlsx", "坏的.docx"])
def test_damaged_files_are_an_input_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(InputError, match="打不开"):
        check(answers=tmp_path)


def test_without_python_docx_the_other_forms_are_written(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)  # as an installation without the extra
    told: list[str] = []
    written = write_handouts(check(), tmp_path / "new", every_unit=True, tell=lambda text: told.append(text.zh))
    assert {Path(name).suffix for _, names in written for name in names} == {".xlsx", ".html"}
    assert len(told) == 1
    assert "pip install 'opencheck[handouts]'" in told[0]
    with pytest.raises(InputError, match=r"opencheck\[handouts\]"):
        check(answers=folder)


def test_filled_handouts_are_not_overwritten(folder: Path, fill: Filler) -> None:
    write_handouts(check(), folder)
    path = fill("市财政局", "PD-15.3", "r1", 整改情况="正在整改")
    with pytest.raises(InputError, match="不能盖写"):
        write_handouts(check(), folder)
    assert only(check(answers=path))["kind"] == "doing"


def test_answers_are_in_json_and_reports_with_the_same_records(folder: Path, fill: Filler) -> None:
    path = fill("旧店镇政府", "PD-8-4.4", "p1", 整改情况="有书面理由", 说明或依据="汛期公开栏损毁")
    told = check(answers=path).to_dict()
    assert told["answers"][0]["kind"] == "reason"
    assert told["rows"] == check().rows


def test_command_writes_and_reads_back(tmp_path: Path) -> None:
    ledger, out = tmp_path / "台账.json", tmp_path / "通知单"
    ledger.write_text(json.dumps(records()), encoding="utf-8")
    base = ["check", str(ledger), "--as-of", "2018-12-31", *(f"--rule={r}" for r in RULES)]
    done = run(*base, "--unit", "all", "-o", str(out), "--reply-by", "2019-01-15")
    assert done.exit_code == 1
    assert "整改通知单" in done.stderr
    path = out / "整改通知单-市财政局.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["请整改"]
    sheet.cell(4, next(c.column for c in sheet[2] if c.value == "整改情况"), "不知道")
    book.save(path)
    back = run(*base, "--answers", str(out))
    assert "没有采用1" in back.stderr
    assert f"{path.name} 请整改 第4行" in back.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--unit", "all"],
        ["--unit", "all", "--unit", "市财政局", "-o", "out"],
        ["--unit", "all", "-o", "out", "--format", "json"],
        ["--reply-by", "2019-01-15"],
        ["--unit", "all", "-o", "out", "--reply-by", "someday"],
        ["-o", "."],
    ],
)
def test_command_refuses_what_does_not_fit(tmp_path: Path, options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "台账.json").write_text(json.dumps(records()), encoding="utf-8")
    result = run("check", "台账.json", "--as-of", "2018-12-31", *options)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_handout_page_is_accessible(browser: Any, report: oc.Report, tmp_path: Path, lang: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    write_handouts(report, tmp_path, lang)
    page = browser.new_page()
    page.goto(next(tmp_path.glob("*.html")).as_uri())
    assert page.locator("article").count() > 0
    page.set_viewport_size({"width": 390, "height": 900})
    assert broken_dates(page) == []
    assert [(v["id"], v["impact"]) for v in Axe().run(page).response["violations"]] == []
    page.close()
