"""Ledgers with the headings of offices, which differ from the template's: built here, written as workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

Rows = Sequence[Sequence[Any]]

DOCUMENTS: Rows = [
    ["平度市××局2018年文件公开和解读登记表"],
    ["填报单位：市林业局    填报人：王某    填报日期：2018年12月20日"],
    ["序号", "文件名称", "发文字号", "是否政策文件", "成文时间", "网站发布时间", "公开方式", "解读发布时间", "备注"],
    [1, "林木采伐管理办法", "平林发〔2018〕3号", "是", "2018年9月3日", "2018年9月5日", "主动公开", "2018年9月10日", None],
    [2, "秋季造林通知", "平林发〔2018〕7号", "是", datetime(2018, 9, 26), datetime(2018, 9, 28), "主动公开", datetime(2018, 10, 9), None],
    [3, "防火值班安排", "平林发〔2018〕8号", "否", "二〇一八年十月十日", "2018-10-11 下午", "不公开", "/", "内部事务"],
    [4, "苗木补贴通知", "平林发〔2018〕9号", "是", "11月5日", "2018-11-06", "主动公开", "暂无", "年份同上"],
    [5, "林地保护意见", "平林发〔2018〕10号", "√", "2018.11.5", "2018.11.6", None, "无", None],
    ["合计", "5件"],
]  # fmt: skip

REQUESTS: Rows = [
    ["平度市林业局依申请公开登记台帐"],
    ["序号", "申请人", "申请内容", "收到申请时间", "答复时间", "答复内容", "是否延期"],
    [1, "甲某", "林地承包台账", "2018年9月3日", "2018年9月25日", "予以公开", "否"],
    [2, "乙某", "造林补贴名单", "2018年9月3日", "2018年9月26日", "予以公开", "否"],
    [3, "丙某", "种苗抽检结果", "2018/12/20", None, None, None],
]

NOTICES: Rows = [
    ["扶贫项目公示情况表"],
    ["序号", "项目名称", "公示内容", "公示起止时间", None, "责任单位"],
    [None, None, None, "开始", "结束", None],
    [1, "林下种植项目", "扶贫资金", "2018年9月1日", "2018年9月10日", "市扶贫办"],
    [2, "护林员岗位", "扶贫资金", "2018年10月8日", "2018年10月15日", "市扶贫办"],
]

REGISTER: Rows = [
    ["发文登记"],
    ["识别号", "科室", "文号", "密级", "文件标题", "主送单位名称", "印发日期", "信息公开选项", "有无正文", "备注"],
    ["001", "办公室", "平政办发[2018]30号", "无", "关于某项工作的通知", "各镇街", "2018-09-28", "主动公开", "有", None],
]

INTERPRETATIONS: Rows = [
    ["2018年政策解读情况统计表"],
    ["序号", "文件名称", "文号", "文件公布时间", "解读标题", "解读形式", "解读发布时间", "解读单位", "链接"],
    [1, "某办法", "平政办发〔2018〕30号", "2018-09-28", "一图读懂某办法", "图解", "2018-10-09", "市财政局", "http://a"],
    [2, "某意见", "平政办发〔2018〕31号", "2018-09-28", "某意见解读", "文字", "2018-10-08", "市民政局", "http://b"],
]

ACCOUNTS: Rows = [
    ["政务新媒体账号台账"],
    ["序号", "主办单位", "账号名称", "平台类型", "开通时间", "粉丝数", "最近更新时间", "是否关停"],
    [1, "市林业局", "平度林业", "微信", "2016-05", "3201", "2018-12-28", "否"],
    [2, "市林业局", "平度护林", "微博", "2015-01", "20", "2017-01-01", "是"],
]

WORK: Rows = [
    ["市直部门政务公开工作台账"],
    ["序号", "栏目名称", "信息标题", "信息来源", "发布时间", "责任科室", "审核人", "保密审查"],
    [1, "财政预决算", "2018年部门预算", "自产", "2018-02-12 09:30", "办公室", "王某", "已审查"],
]

MEETINGS: Rows = [
    ["政府会议公开情况"],
    ["会议名称", "会议时间", "议题", "邀请列席人员", "是否解读", "公开时间", "公开链接"],
    ["第9次常务会议", "2018年9月5日", "造林方案", "市民代表2名", "是", "2018年9月7日", "http://a"],
]

CATALOGUE: Rows = [
    ["镇政务公开标准目录"],
    ["序号", "公开事项", None, "公开内容(要素)", "公开依据", "公开时限", "公开主体", "公开渠道和载体", "公开方式", None],
    [None, "一级事项", "二级事项", None, None, None, None, None, "主动", "依申请公开"],
    [1, "政府文件", "政府文件", "政府文件", "《条例》", "20个工作日", "镇人民政府", "■政府网站", "√", None],
]

POSTS: Rows = [
    ["2018年公开遴选职位表"],
    ["序号", "遴选单位", "职位名称", "联系人", "联系电话", "招考人数", "备 注"],
    [1, "市委某部", "科员", "吴某", "0532-88000000", 2, None],
    [1, "市委某办", "秘书", "何某", "0532-88000001", 1, None],
]

STATISTICS: Rows = [
    ["2018年单位学校情况统计表"],
    ["序号", "年份", "学校", "级别", "类别", "人数", "备注"],
    [1, 2018, "实验小学", "县级", "公办", 1200, None],
]


def workbook(path: Path, **sheets: Rows) -> Path:
    """Write sheets to a workbook; a title in the first row is merged over the table, as offices do."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        if rows and len(rows[0]) == 1 and len(rows) > 1:
            sheet.merge_cells(
                start_row=1, end_row=1, start_column=1, end_column=len(rows[1]) if len(rows[1]) > 1 else len(rows[2])
            )
    book.save(path)
    return path


def merged_sheet(path: Path, rows: Rows, merged: Sequence[str] = (), name: str = "Sheet1") -> Path:
    """A workbook of one sheet with merged cells, given as A1:B2."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def bureau(path: Path) -> Path:
    """A bureau's ledger of three sheets."""
    return workbook(path, **{"2018年文件": DOCUMENTS, "依申请公开台帐": REQUESTS, "扶贫公示": NOTICES})
