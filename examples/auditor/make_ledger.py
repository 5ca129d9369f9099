"""Make the ledger that an auditor is handed: odd headers, mixed dates, titles, notes and a total in between. All invented.

python examples/auditor/make_ledger.py [FOLDER]
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from make_ledger import settle

NAME = "去年的台账.xlsx"


def title(sheet: Worksheet, text: str, width: int) -> None:
    sheet.append([text])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet["A1"].font = Font(size=14, bold=True)


def heads(sheet: Worksheet, *names: str) -> None:
    sheet.append(names)
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", start_color="FFFFF2CC")


def main(folder: Path) -> None:
    book = openpyxl.Workbook()
    documents: Any = book.active
    documents.title = "公文"
    title(documents, "2018年公文公开情况登记表", 8)
    documents.append(["填报单位：各部门", None, None, None, None, None, "填报时间：2018年12月"])
    heads(documents, "序号", "发文字号", "题名", "部门", "政策性文件", "属性", "签发日期", "发布日期")
    for row in (
        [1, "平民发〔2018〕31号", "临时救助办法", "市民政局", "是", "主动公开", "2018.9.26", "2018/9/28"],
        [
            2,
            "平国土资发〔2018〕40号",
            "征收土地补偿标准",
            "市国土资源局",
            "是",
            "主动公开",
            "2018年9月27日",
            "二〇一八年九月二十八日",
        ],
        [
            3,
            "平教体发〔2018〕52号",
            "招生工作意见",
            "市教体局",
            "是",
            "主动公开",
            date(2018, 10, 10),
            datetime(2018, 10, 11, 9, 30),
        ],
        [4, "平环发〔2018〕8号", "内部值班安排", "市环保局", "否", "不予公开", "20181105", None],
        [5, "平财发〔2018〕66号", "专项资金管理办法", "市财政局", "是", "主动公开", "2018-11-31", "2018-11-30"],
    ):
        documents.append(row)
    documents.append(["合计", 5])
    documents.append(["注：本表由各部门自行填报，未经核对。"])

    readings = book.create_sheet("政策解读")
    heads(readings, "序号", "所解读文件", "单位", "解读日期", "形式")
    for row in (
        [1, 1, "市民政局", "2018-10-08", "图解"],
        [2, 2, "市国土资源局", date(2018, 10, 9), "问答"],
        [3, 3, "市教体局", "2018.10.16", "文字"],
    ):
        readings.append(row)

    requests = book.create_sheet("依申请公开")
    title(requests, "依申请公开办理情况", 5)
    heads(requests, "序号", "申请事项", "单位", "收到申请日期", "答复时间")
    for row in (
        [1, "某地块出让合同", "市国土资源局", "2018-09-03", "2018-09-21"],
        [2, "学区划分依据", "市教体局", "2018-9-10", "2018年10月8日"],
        [3, "低保名单", "市民政局", date(2018, 12, 20), None],
    ):
        requests.append(row)

    notes = book.create_sheet("填报说明")
    notes.append(["请于每月5日前填报。"])
    for sheet in book:
        for letter in "ABCDEFGH":
            sheet.column_dimensions[letter].width = 18
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / NAME)
    settle(folder / NAME)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
