"""What becomes of the answers that come back in filled hand-outs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest

import opencheck as oc
from commands import run
from handout_ledgers import RULES, Filler, check, only, records
from opencheck.core.errors import InputError
from opencheck.report.handouts.answers import read_answers
from opencheck.report.handouts.content import handouts_of
from opencheck.report.handouts.folder import write_handouts


def test_completed_is_read_as_done(folder: Path, fill: Filler) -> None:
    fill("市财政局", "PD-15.3", "r3", 整改情况="已补充", 完成日期="2018-12-30")
    assert only(check(answers=folder))["kind"] == "done"


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


def _ledger_of_months(folder: Path, **rows: str) -> Path:
    """A file a month, each numbered from 1, of one office."""
    folder.mkdir(exist_ok=True)
    for month, lines in rows.items():
        (folder / f"{month}依申请公开.csv").write_text(f"序号,收到日期,答复日期,责任单位\n{lines}\n", "utf-8")
    return folder


def _waived_in(month: str, ledger: Path, notices: Path) -> Path:
    """The notice of the ledger's office, in which the violation of a month's file is waived."""
    write_handouts(oc.check(ledger, as_of="2018-12-31", rules="PD-15.3"), notices)
    path = notices / "整改通知单-市财政局.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    heads = {cell.value: cell.column for cell in sheet[2]}
    (row,) = (r for r in range(3, sheet.max_row + 1) if month in str(sheet.cell(r, heads["位置"]).value))
    for head, value in WAIVED.items():
        sheet.cell(row, heads[head], value)
    book.save(path)
    return path


LATE_IN_SEPTEMBER, LATE_IN_OCTOBER = "1,2018-09-03,2018-11-28,市财政局", "1,2018-10-08,2018-11-28,市财政局"
IN_TIME = "1,2018-09-03,2018-09-05,市财政局"


def _outcomes(ledger: Path, answers: Path) -> dict[str, str]:
    report = oc.check(ledger, as_of="2018-12-31", rules="PD-15.3", answers=answers)
    return {str(f.source.file).removesuffix("依申请公开.csv"): str(f.outcome) for f in report.findings()}


def test_waiver_covers_the_record_of_its_file_alone(tmp_path: Path) -> None:
    ledger = _ledger_of_months(tmp_path / "台账", 九月=LATE_IN_SEPTEMBER, 十月=LATE_IN_OCTOBER)
    for month, other in (("九月", "十月"), ("十月", "九月")):
        notice = _waived_in(month, ledger, tmp_path / month)
        assert _outcomes(ledger, notice) == {month: "waived", other: "violation"}


@pytest.mark.parametrize("other", [LATE_IN_OCTOBER, LATE_IN_SEPTEMBER])
def test_waiver_of_a_file_that_was_put_right_covers_no_record_of_another_file(tmp_path: Path, other: str) -> None:
    ledger = _ledger_of_months(tmp_path / "台账", 九月=LATE_IN_SEPTEMBER, 十月=other)
    notice = _waived_in("九月", ledger, tmp_path / "通知单")
    _ledger_of_months(ledger, 九月=IN_TIME)
    assert _outcomes(ledger, notice) == {"十月": "violation"}


def test_waiver_of_a_row_does_not_cover_the_row_that_has_its_number_now(tmp_path: Path) -> None:
    ledger = _ledger_of_months(tmp_path / "台账", 九月=LATE_IN_SEPTEMBER)
    notice = _waived_in("九月", ledger, tmp_path / "通知单")
    _ledger_of_months(ledger, 九月=LATE_IN_OCTOBER)
    assert _outcomes(ledger, notice) == {"九月": "violation"}


def test_waiver_of_a_request_does_not_cover_another_one_that_has_its_number_now(tmp_path: Path) -> None:
    """Two requests of one unit, received and answered on the same days: only what they ask for tells them apart."""

    def ledger(*subjects: str) -> Path:
        heads, (_, *days) = "序号,收到日期,答复日期,责任单位,申请内容", LATE_IN_SEPTEMBER.split(",")
        lines = [heads, *(",".join([str(n), *days, subject]) for n, subject in enumerate(subjects, 1))]
        path = tmp_path / "台账" / "九月依申请公开.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
        return path.parent

    notice = _waived_in("九月", ledger("低保名单"), tmp_path / "通知单")
    report = oc.check(ledger("征地批复", "低保名单"), as_of="2018-12-31", rules="PD-15.3", answers=notice)
    assert {f.title: str(f.outcome) for f in report.findings()} == {"征地批复": "violation", "低保名单": "violation"}
    assert only(report)["kind"] == "refused"


def test_answers_are_read_back_beside_a_ledger_under_another_name(tmp_path: Path) -> None:
    ledger = _ledger_of_months(tmp_path / "台账", 九月=LATE_IN_SEPTEMBER)
    notice = _waived_in("九月", ledger, tmp_path / "通知单")
    assert _outcomes(_ledger_of_months(tmp_path / "改名", 九月改=LATE_IN_SEPTEMBER), notice) == {"九月改": "waived"}
    both = _ledger_of_months(tmp_path / "两份", 九月改=LATE_IN_SEPTEMBER, 九月又=LATE_IN_SEPTEMBER)
    assert _outcomes(both, notice) == {"九月改": "violation", "九月又": "violation"}, "which of them is meant is not known"


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
