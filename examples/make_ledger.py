"""Make the example ledger of 2018 again, and the page that says what the check must find in it.

    python examples/make_ledger.py [FOLDER]

Persons and postings are invented. What is planted stands in EXPECTED with the outcome that it must have; every other row is made to keep its duty.
The seed is fixed, so the same ledger comes out each time.
"""

from __future__ import annotations

import random
import re
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from opencheck import WorkCalendar
from opencheck.records import TABLES

AS_OF = date(2018, 12, 31)
NAME = "平度市2018年政务公开台账.xlsx"
RANDOM = random.Random(20180824)
CALENDAR = WorkCalendar.china()
D = date.fromisoformat

# (rule, record id or "subject period") → (outcome, due, days late, remark)
EXPECTED: dict[tuple[str, str], tuple[str, str | None, int | None, str]] = {}
ROWS: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}


def must(rule: str, what: str, outcome: str, due: str | None = None, late: int | None = None, remark: str = "") -> None:
    EXPECTED[rule, what] = (outcome, due, late, remark)


def add(table: str, **values: Any) -> dict[str, Any]:
    row = {"id": f"{PREFIX[table]}{len(ROWS[table]) + 1:03}", **values}
    ROWS[table].append(row)
    return row


PREFIX = dict(zip(TABLES, "DWJHTSMRUVYABEXL", strict=True))
LICENSING = [
    "市市场监督管理局",
    "市行政审批服务局",
    "市环保局",
    "市城乡建设局",
    "市国土资源局",
    "市食品药品监管局",
    "市交通运输局",
]
OFFICES = [
    "市财政局", "市民政局", "市教体局", "市环保局", "市发改局", "市卫生计生局", "市扶贫办", "市城乡建设局", "市国土资源局",
    "市水利水产局", "市食品药品监管局", "市交通运输局", "市旅游局", "市行政审批服务局", "市大数据中心", "市政府办公室",
]  # fmt: skip
TOWNS = ["南村镇", "蓼兰镇", "崔家集镇", "明村镇", "田庄镇", "新河镇", "店子镇", "大泽山镇", "旧店镇", "云山镇"]
SCHOOLS = [f"{town[:-1]}{kind}" for town in TOWNS for kind in ("中心小学", "中学")] + [
    "实验小学", "常州路小学", "杭州路小学", "胜利路小学", "朝阳中学", "西关中学", "实验中学", "育才学校（民办）",
]  # fmt: skip
SOURCES = ["尹府水库", "崮山井群", "云山丈岭井群", "黄同水库"]


def later(day: date, low: int, high: int) -> date:
    return day + timedelta(days=RANDOM.randint(low, high))


def working(day: date, n: int) -> date:
    return CALENDAR.add_working_days(day, n)


def month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


ELEMENTS = {
    "行政许可信用信息": "决定书文号；项目名称；审批类别；许可内容；相对人代码；许可机关",
    "行政处罚信用信息": "决定书文号；处罚名称；处罚类别；处罚事由；处罚依据；相对人代码；处罚结果；处罚机关",
    "月度财政收支": "增减变化；变化原因；走势预判",
    "政府债务": "债务限额；债务余额；债务期限；债务用途",
    "权责清单": "调整依据",
    "检查执法信息": "随机抽取检查对象；随机选派执法人员",
    "最低生活保障": "户主姓名；保障人数；居住社区（村）；救助金额；监督举报电话",
    "食品药品监督抽检": "被抽检单位；产品名称；标示生产单位；生产日期；规格；检验依据；检验结果；检验单位",
    "重大建设项目": "批准信息；实施信息",
    "建设项目环评审批": "受理",
    "重污染天气预警": "应急措施；限停产企业清单",
}
REVIEW = {"review_result": "可以公开", "reviewer": "王某"}


def public(**values: Any) -> dict[str, Any]:
    """A disclosure that keeps every duty but for what ``values`` say."""
    base = {
        "attribute": "主动公开", "channels": "政府门户网站；政务微信", "level": "县级", "reviewed_on": values.get("published_on"), **REVIEW,
        "elements": ELEMENTS.get(values["topic"]), "mandatory_personal_data": "否", "text": f"{values.get('title') or values['topic']}（正文略）。咨询电话：0532-88880000。",
    }  # fmt: skip
    return add("disclosure", **{**base, **values})


def interpretation(
    document: dict[str, Any], published: date | None, unit: str | None, *, title: str = "解读", form: str = "文字"
) -> None:
    add(
        "interpretation",
        unit=unit,
        title=title,
        document_id=document["id"],
        published_on=published,
        channels="政府门户网站",
        form=form,
    )


def series() -> None:
    """Monthly, quarterly and yearly series, in time but for what is planted."""

    def monthly(rule: str, topic: str, unit: str, subject: str | None, plant: dict[int, tuple[Any, ...]]) -> None:
        for month in range(1, 12):
            period = f"2018-{month:02}"
            published: date | None = later(month_end(2018, month), 5, 20)
            what = f"{subject or ''} {period}".strip()
            odd: dict[str, Any] = {}
            if month in plant:
                outcome, due, late, remark, planted = plant[month]
                must(rule, what, outcome, due, late, remark)
                if planted == "absent":
                    continue
                odd = planted if isinstance(planted, dict) else {"published_on": planted}
            row = {"unit": unit, "published_on": published} | odd
            public(topic=topic, subject=subject, title=f"{subject or '全市'}{period}{topic}", period=period, **row)
        must(rule, f"{subject or ''} 2018-12".strip(), "pending", "2019-01-31", None, "12月的到次年1月底")

    monthly("PD-8-1.1", "月度财政收支", "市财政局", None, {
        5: ("violation", "2018-06-30", 2, "方案印发前到期，只作提示", D("2018-07-02")),
        9: ("violation", "2018-10-31", 1, "次月末后1天公开", D("2018-11-01")),
        10: ("violation", "2018-11-30", 31, "没有公开", "absent"),
        11: ("indeterminate", "2018-12-31", None, "单位不认识", {"unit": "国库支付中心"}),
    })  # fmt: skip
    monthly("PD-8-7.1", "环境空气质量", "市环保局", None, {
        9: ("violation", "2018-10-31", 61, "没有公开", "absent"),
        10: ("violation", "2018-11-30", 31, "登记了但没有公开日期", None),
        11: ("indeterminate", "2018-12-31", None, "单位不认识", {"unit": "环境监测中心站"}),
    })  # fmt: skip
    for source in SOURCES:
        plant: dict[int, tuple[Any, ...]] = {
            "崮山井群": {9: ("violation", "2018-10-31", 5, "迟5天", D("2018-11-05"))},
            "云山丈岭井群": {10: ("violation", "2018-11-30", 31, "没有公开", "absent")},
            "黄同水库": {11: ("indeterminate", "2018-12-31", None, "单位不认识", {"unit": "环境监测中心站"})},
        }.get(source, {})
        if source == "尹府水库":  # dry: out of use since 30 June
            for month in range(1, 7):
                public(topic="集中式饮用水水源水质", unit="市环保局", subject=source, title=f"{source}2018-{month:02}水质",
                       period=f"2018-{month:02}", published_on=later(month_end(2018, month), 5, 20))  # fmt: skip
        else:
            monthly("PD-8-7.2", "集中式饮用水水源水质", "市环保局", source, plant)
        add(
            "roster",
            topic="集中式饮用水水源水质",
            unit="市环保局",
            subject=source,
            until=D("2018-06-30") if source == "尹府水库" else None,
        )
        add(
            "roster",
            topic="集中式饮用水水源监测",
            unit="市环保局",
            subject=source,
            until=D("2018-06-30") if source == "尹府水库" else None,
        )
        for quarter in range(1, 3 if source == "尹府水库" else 4):
            period, published, unit = f"2018-Q{quarter}", later(month_end(2018, 3 * quarter), 10, 40), "市水利水产局"
            if (source, quarter) == ("崮山井群", 2):
                published = D("2018-10-08")
                must("PD-8-7.3", f"{source} {period}", "violation", "2018-09-30", 8, "迟8天")
            if (source, quarter) == ("黄同水库", 3):
                must("PD-8-7.3", f"{source} {period}", "violation", "2018-12-31", 0, "到期当天仍没有")
                continue
            if (source, quarter) == ("云山丈岭井群", 3):
                must("PD-8-7.3", f"{source} {period}", "indeterminate", "2018-12-31", None, "单位不认识")
                unit = "水文站"
            public(
                topic="集中式饮用水水源监测",
                unit=unit,
                subject=source,
                title=f"{source}{period}监测信息",
                period=period,
                published_on=published,
            )
        if source != "尹府水库":
            must("PD-8-7.3", f"{source} 2018-Q4", "pending", "2019-03-31", None, "四季度到次年3月底")
    for day in ("2018-01-25", "2018-03-02"):
        public(
            topic="食品药品监督抽检",
            unit="市食品药品监管局",
            title=f"{day}抽检结果",
            formed_on=D(day),
            published_on=later(D(day), 5, 15),
        )
    public(
        topic="食品药品监督抽检",
        unit="市食品药品监管局",
        title="二季度抽检结果",
        formed_on=D("2018-06-20"),
        published_on=D("2018-10-10"),
    )
    must("PD-8-8.3", "2018-Q2", "violation", "2018-09-30", 10, "迟10天")
    public(
        topic="食品药品监督抽检",
        unit="食品检验中心",
        title="三季度抽检结果",
        formed_on=D("2018-09-12"),
        published_on=D("2018-10-12"),
    )
    must("PD-8-8.3", "2018-Q3", "indeterminate", "2018-12-31", None, "单位不认识")
    must("PD-8-8.3", "2018-Q4", "pending", "2019-03-31", None, "四季度未到期")
    public(
        topic="住房保障建设任务完成情况",
        unit="市旧城改造指挥部",
        title="一季度进展",
        period="2018-Q1",
        published_on=D("2018-04-20"),
    )
    public(
        topic="住房保障建设任务完成情况",
        unit="住房保障中心",
        title="二季度进展",
        period="2018-Q2",
        published_on=D("2018-07-20"),
    )
    must("PD-8-9.3", "2018-Q2", "indeterminate", "2018-09-30", None, "单位不认识")
    must("PD-8-9.3", "2018-Q3", "violation", "2018-12-31", 0, "到期当天仍没有")
    must("PD-8-9.3", "2018-Q4", "pending", "2019-03-31", None, "四季度未到期")
    for school in SCHOOLS:
        add("roster", topic="义务教育招生", unit="市教体局", subject=school)
        parts, published = "招生范围；招生条件；招生程序", later(D("2018-06-20"), 0, 35)
        if school == "西关中学":
            published = D("2018-08-03")
            must("PD-8-5.1", f"{school} 2018", "violation", "2018-07-31", 3, "方案印发前到期，只作提示")
        if school == "旧店中学":
            parts = "招生范围；招生条件"
            must("PD-8-5.1", f"{school} 2018", "violation", "2018-07-31", 153, "缺招生程序；方案印发前到期")
        if school == "云山中学":
            parts = "详见附件"
            must("PD-8-5.1", f"{school} 2018", "indeterminate", "2018-07-31", None, "要素只写了“详见附件”")
        public(
            topic="义务教育招生",
            unit="市教体局",
            subject=school,
            title=f"{school}2018年招生信息",
            period="2018",
            elements=parts,
            published_on=published,
        )


def licences() -> None:
    for number in range(120):
        kind = RANDOM.choice(["行政许可信用信息", "行政处罚信用信息"])
        formed = later(D("2018-01-04"), 0, 350)
        while working(formed, 7) > AS_OF:
            formed -= timedelta(days=9)
        published = working(formed, RANDOM.choice([1, 2, 3, 5, 6, 7]))
        public(topic=kind, unit=RANDOM.choice(LICENSING), title=f"{kind[:4]}决定 平决〔2018〕{number + 101}号", formed_on=formed,
               published_on=published, channels="信用平度；政府门户网站")  # fmt: skip

    def planted(
        formed: str | None, published: str | None, outcome: str, due: str | None, late: int | None, remark: str
    ) -> None:
        row = public(topic="行政处罚信用信息", unit="市环保局", title=f"行政处罚决定（{remark}）", formed_on=formed and D(formed),
                     published_on=published and D(published), channels="信用平度")  # fmt: skip
        must("PD-5-2.1", row["id"], outcome, due, late, remark)

    planted("2018-09-03", "2018-09-13", "violation", "2018-09-12", 1, "迟1个工作日")
    planted("2018-09-20", "2018-10-15", "violation", "2018-09-30", 6, "期限跨中秋，9月29、30日上班")
    planted("2018-11-05", None, "violation", "2018-11-14", 33, "没有公示")
    planted("2018-05-07", "2018-06-01", "violation", "2018-05-16", 12, "方案印发前到期，只作提示")
    planted("2018-12-27", None, "pending", "2019-01-08", None, "12月29日上班，期限到次年")
    planted(None, "2018-10-19", "indeterminate", None, None, "没有决定日期")


def poverty() -> None:
    for number in range(56):
        level = RANDOM.choice(["镇级", "村级", "村级", "项目实施单位"])
        posted = later(D("2018-03-01"), 0, 280)
        public(topic="扶贫资金项目", unit=RANDOM.choice(TOWNS) + "政府", level=level, title=f"扶贫项目公示（{number + 1}）", subject=f"产业扶贫项目{number + 1}",
               published_on=posted, posted_until=later(posted, 10, 30), channels="固定公开栏", period="2018")  # fmt: skip
    for number in range(8):
        posted = later(D("2018-03-01"), 0, 280)
        public(
            topic="扶贫资金分配",
            unit="市扶贫办",
            title=f"扶贫资金分配结果（第{number + 1}批）",
            period="2018",
            published_on=posted,
            channels="政府门户网站；扶贫网站",
        )

    def planted(
        first: str, last: str | None, outcome: str | None, due: str | None, late: int | None, remark: str, **more: Any
    ) -> None:
        row = public(**{"topic": "扶贫资金项目", "unit": "旧店镇政府", "level": "村级", "title": f"扶贫项目公示（{remark}）",
                        "published_on": D(first), "posted_until": last and D(last), "channels": "固定公开栏", "period": "2018", **more})  # fmt: skip
        if outcome:
            must("PD-8-4.4", row["id"], outcome, due, late, remark)
        if row["level"] is None:
            for rule in ("PD-8-4.3", "PD-8-4.3b", "PD-8-4.3c"):
                must(rule, row["id"], "indeterminate", "2018-11-05" if rule != "PD-8-4.3c" else None, None, "没有写层级")

    planted("2018-09-01", "2018-09-11", None, None, None, "首日不计也满10天")
    planted("2018-09-01", "2018-09-10", None, None, None, "首日计入才满10天，临界通过")
    planted("2018-09-01", "2018-09-09", "violation", "2018-09-10", 1, "差1天")
    planted(
        "2018-10-08", "2018-10-12", None, None, None, "缩短而有书面理由", justification="公开栏因暴雨损毁，改为逐户发放并签收"
    )
    planted("2018-07-01", "2018-07-09", "violation", "2018-07-10", 1, "方案印发前到期，只作提示")
    planted("2018-12-26", None, "pending", "2019-01-04", None, "仍在张贴，未满10天")
    planted("2018-12-20", None, None, None, None, "仍在张贴，已满10天")
    planted("2018-11-05", "2018-11-07", "indeterminate", "2018-11-14", None, "没有写层级", level=None)
    planted("2018-11-20", "2018-11-10", "indeterminate", "2018-11-29", None, "截止早于开始")


def others() -> None:
    for number in range(40):
        day = later(D("2018-01-05"), 0, 350)
        public(topic="其他", unit=RANDOM.choice(OFFICES), title=f"工作动态（{number + 1}）", formed_on=day, published_on=day)


LABELS = {"主动公开": "公开发布", "不予公开": "不予公开", "依申请公开": "依申请公开"}


def documents() -> None:
    def document(published: date | None, reading: date | str | None = "in time", **more: Any) -> dict[str, Any]:
        unit = more.pop("unit", None) or RANDOM.choice(OFFICES)
        signed = more.pop("signed_on", published and published - timedelta(days=RANDOM.randint(0, 4)))
        submitted = more.pop("submitted_on", signed and signed - timedelta(days=RANDOM.randint(3, 9)))
        row = add(
            "document",
            **{
                "unit": unit,
                "title": f"关于{RANDOM.choice(['加强', '推进', '规范', '做好'])}{RANDOM.choice(['招商', '环保', '医保', '教育', '农业', '交通', '养老'])}工作的通知",
                "number": f"平政办发〔2018〕{len(ROWS['document']) + 1}号",
                "drafting_units": unit,
                "is_policy": "是",
                "is_important": None,
                "proposed_attribute": "主动公开",
                "proposed_reason": "涉及群众切身利益，应当主动公开",
                "submitted_on": submitted,
                "interpretation_plan_on": submitted,
                "signed_on": signed,
                "published_on": published,
                "attribute": "主动公开",
                "affects_public_interest": "否",
                "reviewed_on": published,
                **REVIEW,
                **more,
            },
        )
        row.setdefault("text", f"{row['title']}（正文略）\n（此件{LABELS.get(row['attribute'], '公开发布')}）")  # fmt: skip
        if reading == "in time" and published:
            reading = working(published, RANDOM.choice([1, 2, 3]))
        if isinstance(reading, date):
            form = RANDOM.choice(["文字", "图解", "视频"])
            interpretation(row, reading, row["drafting_units"], title=f"解读：{row['title']}", form=form)
        return row

    plan = document(
        D("2018-08-28"), D("2018-08-31"), unit="市政府办公室", number=None, signed_on=D("2018-08-24"), submitted_on=D("2018-08-24"),
        title="平度市人民政府办公室关于印发2018年全市政务公开重点工作任务分解落实方案的通知", is_important="否",
    )  # fmt: skip
    plan["interpretation_plan_on"] = D("2018-08-24")
    for _ in range(45):
        day = later(D("2018-01-08"), 0, 345)
        while working(day, 3) > AS_OF:
            day -= timedelta(days=9)
        document(day)
    for _ in range(6):
        day = later(D("2018-01-08"), 0, 345)
        document(day, None, is_policy="否", title="关于召开工作会议的通知")

    row = document(D("2018-09-28"), D("2018-10-08"))
    row["title"] += "（国庆前公布，恰好按期）"
    row = document(D("2018-09-28"), D("2018-10-09"))
    must("PD-9.4", row["id"], "violation", "2018-10-08", 1, "9月29、30日上班，国庆后第2天才解读")
    row = document(D("2018-08-25"), D("2018-08-29"))
    row["title"] += "（周六公布，恰好按期）"
    row = document(D("2018-02-13"), D("2018-02-24"))
    must("PD-9.4", row["id"], "violation", "2018-02-23", 1, "跨春节；方案印发前到期，只作提示")
    row = document(D("2018-11-06"), None)
    must("PD-9.4", row["id"], "violation", "2018-11-09", 36, "没有解读")
    row = document(D("2018-12-27"), None)
    must("PD-9.4", row["id"], "pending", "2019-01-02", None, "12月29日上班，元旦放假，期限到次年")
    row = document(D("2018-10-16"), D("2018-10-17"))
    interpretation(row, D("2018-11-02"), row["drafting_units"], title="第二份解读", form="图解")
    row = document(D("2018-10-22"), D("2018-10-24"), attribute=None)
    must("PD-9.4", row["id"], "indeterminate", "2018-10-25", None, "公开属性空白")
    must("PD-13.3", row["id"], "indeterminate", row["signed_on"].isoformat(), None, "登记的公开属性空白")

    row = document(D("2018-09-10"), None, drafting_units="市财政局")
    interpretation(row, D("2018-09-11"), "市政府办公室")
    must("PD-9.2", row["id"], "violation", None, None, "由发文单位而不是起草单位解读")
    row = document(D("2018-09-12"), None, drafting_units="市民政局；市财政局")
    interpretation(row, D("2018-09-13"), "平度市民政局")
    row = document(D("2018-09-14"), None, drafting_units=None)
    interpretation(row, D("2018-09-17"), "市财政局")
    must("PD-9.2", row["id"], "indeterminate", None, None, "没有写起草单位")

    row = document(D("2018-11-13"), interpretation_plan_on=D("2018-11-09"), submitted_on=D("2018-11-08"))
    must("PD-9.3", row["id"], "violation", "2018-11-08", 1, "解读方案晚1天报批")
    row = document(D("2018-11-14"), interpretation_plan_on=None, submitted_on=D("2018-11-08"))
    must("PD-9.3", row["id"], "violation", "2018-11-08", 53, "没有解读方案")
    row = document(D("2018-11-15"), submitted_on=None, interpretation_plan_on=D("2018-11-08"))
    must("PD-9.3", row["id"], "indeterminate", None, None, "没有报批日期")
    row = document(D("2018-11-16"), interpretation_plan_on=None, is_important="否")

    row = document(D("2018-10-10"), proposed_reason=None)
    must("PD-13.1", row["id"], "violation", row["submitted_on"].isoformat(), None, "没有说明理由")
    row = document(D("2018-10-11"), proposed_attribute="待定", proposed_reason="请办公室审定")
    must("PD-13.1", row["id"], "violation", row["submitted_on"].isoformat(), None, "属性写“待定”")
    must("PD-13.2", row["id"], "violation", row["submitted_on"].isoformat(), None, "没有明确属性，可以退文")
    row = document(D("2018-04-11"), proposed_attribute=None, proposed_reason=None)
    must("PD-13.1", row["id"], "violation", row["submitted_on"].isoformat(), None, "方案印发前，只作提示")
    must("PD-13.2", row["id"], "violation", row["submitted_on"].isoformat(), None, "没有属性建议，可以退文")
    row = document(D("2018-10-12"), None, proposed_attribute="不予公开", proposed_reason="内部文件", attribute="不予公开")
    must("PD-13.2", row["id"], "violation", row["submitted_on"].isoformat(), None, "不公开只写内部文件")
    document(
        D("2018-10-15"),
        None,
        proposed_attribute="不予公开",
        proposed_reason="依据《保密法》第九条，属于工作秘密",
        attribute="不予公开",
    )
    row = document(D("2018-10-18"), None, is_policy=None)
    for rule in ("PD-9.2", "PD-9.3", "PD-9.4", "PD-13.1", "PD-13.2"):
        due = {"PD-9.3": row["submitted_on"].isoformat(), "PD-9.4": "2018-10-23"}.get(rule)
        due = row["submitted_on"].isoformat() if rule.startswith("PD-13") else due
        must(rule, row["id"], "indeterminate", due, None, "是否政策性文件没有写")
    row = document(
        None,
        None,
        submitted_on=D("2019-01-03"),
        signed_on=None,
        proposed_attribute=None,
        proposed_reason=None,
        interpretation_plan_on=None,
        title="2019年1月拟报批的文件",
    )
    must("PD-13.1", row["id"], "pending", "2019-01-03", None, "还未报批")
    must("PD-13.2", row["id"], "pending", "2019-01-03", None, "还未报批")
    must("PD-9.3", row["id"], "pending", "2019-01-03", None, "还未报批")
    must("PD-9.4", row["id"], "indeterminate", None, None, "还没有公布日期")


def meetings() -> None:
    for number in range(22):
        day = D("2018-01-10") + timedelta(days=16 * number)
        if day <= AS_OF:
            add("meeting", unit="市政府办公室", title=f"第{number + 12}次市政府常务会议", kind="常务会议", held_on=day,
                invited_attendees=5 if number == 9 else 0, major_livelihood="否", affects_public_interest="否")  # fmt: skip
    for number, day in enumerate(("2018-02-06", "2018-07-19")):
        add(
            "meeting",
            unit="市政府办公室",
            title=f"第{number + 1}次全体会议",
            kind="全体会议",
            held_on=D(day),
            invited_attendees=20,
            major_livelihood="否",
        )
    for number in range(8):
        add(
            "meeting",
            unit="市政府办公室",
            title=f"电视电话会议（{number + 1}）",
            kind="电视电话会议",
            held_on=later(D("2018-01-15"), 0, 330),
            invited_attendees=0,
            major_livelihood="否",
            affects_public_interest="否",
        )
    must("PD-2-2.1", "2018", "violation", "2018-12-31", None, "有列席的常务会议只有1次")


def asked(received: Any, replied: Any, **more: Any) -> dict[str, Any]:
    """A request that keeps every duty but for what ``more`` says."""
    first = received or replied
    return add("request", **{
        "received_on": received, "registered_on": first, "handled_on": first, "investigated_on": first, "replied_on": replied, "publishable": "否",
        "remedy_authority": "平度市人民政府；平度市人民法院", "remedy_address": "平度市红旗路", "remedy_time_limit": "60日内申请复议，6个月内起诉",
        "legal_basis": "《政府信息公开条例》第二十一条", "reasons": "已按申请提供", **more,
    })  # fmt: skip


def requests() -> None:
    for number in range(44):
        day = later(D("2018-01-08"), 0, 330)
        while working(day, 15) > AS_OF:
            day -= timedelta(days=13)
        asked(day, working(day, RANDOM.choice([3, 8, 12, 15])), unit=RANDOM.choice(OFFICES), title=f"申请（{number + 1}）",
              subject=RANDOM.choice(["征地批复", "拆迁补偿方案", "环评报告", "低保名单", "财政专项资金"]))  # fmt: skip

    def planted(
        received: str | None,
        replied: str | None,
        outcome: str | None,
        due: str | None,
        late: int | None,
        remark: str,
        **more: Any,
    ) -> None:
        row = asked(
            received and D(received),
            replied and D(replied),
            unit="市国土资源局",
            title=f"申请（{remark}）",
            subject="征地批复",
            **more,
        )
        if not replied:
            must("PD-15.1", row["id"], "pending", received, None, "还没有答复")
        if not received:
            must("PD-15.1", row["id"], "violation", replied, None, "没有收到日期的记录")
        if outcome:
            must("PD-15.3", row["id"], outcome, due, late, remark)

    planted("2018-09-03", "2018-09-25", None, None, None, "第15个工作日答复")
    planted("2018-09-03", "2018-09-26", "violation", "2018-09-25", 1, "迟1个工作日")
    planted(
        "2018-09-03", "2018-10-19", None, None, None, "期限内告知延期，第30个工作日答复", extension_notified_on=D("2018-09-25")
    )
    planted("2018-09-03", "2018-10-10", "violation", "2018-09-25", 8, "过期才告知延期", extension_notified_on=D("2018-09-26"))
    planted("2018-09-03", "2018-09-30", None, None, None, "征求第三方意见5个工作日不计", excluded_days=5)
    planted("2018-11-05", None, "violation", "2018-11-26", 25, "没有答复")
    planted("2018-12-20", None, "pending", "2019-01-11", None, "期限到次年")
    planted(None, "2018-10-12", "indeterminate", None, None, "没有收到日期")
    planted("2018-06-04", "2018-07-02", "violation", "2018-06-26", 4, "方案印发前到期，只作提示")


PLAN = {"training_plan_on": D("2018-03-12"), "training_forms": "集中授课；网络学习"}


def the_rest() -> None:
    sectors = ["教育", "生态环境", "文化和旅游", "卫生计生", "住房保障", "水电气热", "公共交通", "社会救助和社会福利"]
    for sector in sectors:
        for aspect in ("决策", "执行", "管理", "服务", "结果"):
            add("catalog_entry", unit="市大数据中心", title=f"{sector}·{aspect}", sector=sector, aspect=aspect, body=RANDOM.choice(OFFICES), content=f"{sector}{aspect}信息",
                time_limit="20个工作日", manner="政府门户网站", revised_on=D("2018-11-15") if sector in ("教育", "住房保障") else D("2016-05-20"),
                is_public_institution="否")  # fmt: skip
    for aspect in ("政策解读", "舆情回应", "公众参与"):
        add("catalog_entry", unit="市大数据中心", title=aspect, sector="教育", aspect=aspect, body="市大数据中心", content=f"{aspect}信息",
            time_limit="3个工作日", manner="政府门户网站", revised_on=D("2016-05-20"), is_public_institution="否")  # fmt: skip
    for office in OFFICES:
        staff = RANDOM.randint(1, 4)
        add(
            "unit",
            unit=office,
            year=2018,
            disclosure_office="办公室",
            fulltime_staff=1,
            staff=staff,
            trained=staff,
            appraisal_weight="4%",
            **PLAN,
        )
    for weight, outcome, remark in (("3.5%", "violation", "占3.5%"), (None, "indeterminate", "没有填")):
        row = add(
            "unit",
            unit="市旧城改造指挥部" if weight else "市网络办公室",
            year=2018,
            staff=2,
            trained=2,
            appraisal_weight=weight,
            disclosure_office="办公室",
            fulltime_staff=1,
            **PLAN,
        )
        must("PD-20.1", row["id"], outcome, None, None, remark)
        if weight is None:
            must("PD-20.1b", row["id"], "violation", None, None, "没有填占比")
    for office, staff, trained, outcome, remark in (
        ("市市场监督管理局", 3, 2, "violation", "3人只训2人"),
        ("市政府法制办", 2, None, "indeterminate", "没有填已培训人数"),
        ("市编办", 2, 3, "indeterminate", "已培训多于工作人员，矛盾"),
        ("市考核办", 0, 0, None, "没有公开工作人员，不适用"),
    ):
        row = add(
            "unit",
            unit=office,
            year=2018,
            staff=staff,
            trained=trained,
            appraisal_weight="5%",
            disclosure_office="办公室",
            fulltime_staff=1,
            **PLAN,
        )
        if outcome:
            must("PD-21.3", row["id"], outcome, "2018-12-31", None, remark)
    add("unit", unit="市财政局", year=2017, staff=3, trained=1, appraisal_weight="2%")


def timely(rule: str, topic: str, unit: str, limit: int = 20, late_on: str = "2018-10-15", **more: Any) -> None:
    """In time, late, not yet due, and without its day: for a rule that counts from the day of formation."""
    base = {"topic": topic, "unit": unit, "subject": f"{topic}示例", **more}
    public(**base, title=f"{topic}（按期）", formed_on=D("2018-09-10"), published_on=working(D("2018-09-10"), limit))
    row = public(**base, title=f"{topic}（迟）", formed_on=D("2018-09-10"), published_on=D(late_on))
    must(
        rule,
        row["id"],
        "violation",
        working(D("2018-09-10"), limit).isoformat(),
        CALENDAR.count_working_days(working(D("2018-09-10"), limit), D(late_on)),
        "迟公开",
    )
    row = public(**base, title=f"{topic}（未到期）", formed_on=D("2018-12-28"), published_on=None)
    must(rule, row["id"], "pending", working(D("2018-12-28"), limit).isoformat(), None, "期限到次年")
    row = public(**base, title=f"{topic}（没有形成日期）", formed_on=None, published_on=D("2018-10-12"))
    must(rule, row["id"], "indeterminate", None, None, "没有形成日期")


def elements(rule: str, topic: str, unit: str, lacking: str, **more: Any) -> None:
    """Elements complete (all others of the topic), one lacking, and none filled in."""
    for parts, outcome, remark in ((lacking, "violation", "要素不全"), (None, "indeterminate", "没有填包含要素")):
        row = public(
            **{
                "topic": topic,
                "unit": unit,
                "title": f"{topic}（{remark}）",
                "formed_on": D("2018-09-10"),
                "published_on": D("2018-09-11"),
                **more,
                "elements": parts,
            }
        )
        must(rule, row["id"], outcome, "2018-09-11", None, remark)


def structure() -> None:
    """The duties of structure: stages, grids, places, labels, reviews; and what the statutes make measurable."""
    timely("PD-2-3.1", "会议议定事项", "市政府办公室")
    public(
        topic="会议议定事项",
        unit="市政府办公室",
        title="依法保密的议定事项",
        formed_on=D("2018-09-10"),
        published_on=None,
        confidential_basis="《保守国家秘密法》第九条",
    )
    row = public(
        topic="会议议定事项",
        unit="市政府办公室",
        title="只写“保密”的议定事项",
        formed_on=D("2018-09-10"),
        published_on=None,
        confidential_basis="保密",
    )
    must("PD-2-3.1", row["id"], "violation", "2018-10-12", 56, "保密没有法律依据，例外不适用")
    for rule, topic, unit in (
        ("PD-3.3", "问责情况", "市政府办公室"), ("PD-3.5", "政策评估结果", "市发改局"), ("PD-4.1", "权责清单", "市编办"), ("PD-5-1.1", "检查执法信息", "市市场监督管理局"),
        ("PD-7.1", "互联网+政务服务落实情况", "市行政审批服务局"), ("PD-8-1.5", "政府债务", "市财政局"), ("PD-8-2.1b", "重大建设项目", "市发改局"),
        ("PD-8-2.2b", "公共资源配置", "市行政审批服务局"), ("PD-8-2.3b", "社会公益事业", "市大数据中心"), ("PD-8-5.2", "义务教育招生结果", "市教体局"),
        ("PD-8-6.2b", "医疗违规违纪处理结果", "市卫生计生局"), ("PD-8-7.4", "环境治理进展和成效", "市环保局"), ("PD-8-7.5", "中央环保督察整改", "市环保局"),
        ("PD-8-7.8", "排污许可", "市环保局"), ("PD-8-7.12", "河长制湾长制进展", "市水利水产局"), ("PD-8-8.4", "食品药品统计信息", "市食品药品监管局"),
        ("PD-8-9.1", "房地产市场调控政策", "市国土资源局"),
    ):  # fmt: skip
        timely(rule, topic, unit, **({"subject": SCHOOLS[0]} if rule == "PD-8-5.2" else {}))
    timely("PD-8-8.1b", "食品行政审批结果", "市食品药品监管局", 7, "2018-09-20")
    for published, outcome, due, late, remark in (
        ("2018-09-30", None, None, None, "第20天"), ("2018-10-01", "violation", "2018-09-30", 1, "迟1天（自然日）"), (None, "pending", "2019-01-17", None, "未到期"),
    ):  # fmt: skip
        row = public(
            topic="财政预决算",
            unit="市财政局",
            title=f"部门预算（{remark}）",
            formed_on=D("2018-09-10" if published else "2018-12-28"),
            published_on=published and D(published),
        )
        if outcome:
            must("PD-8-1.1b", row["id"], outcome, due, late, remark)
    row = public(
        topic="财政预决算", unit="市财政局", title="部门决算（没有批复日期）", formed_on=None, published_on=D("2018-10-01")
    )
    must("PD-8-1.1b", row["id"], "indeterminate", None, None, "没有批复日期")
    for formed, published, outcome, due, late, remark in (
        ("2018-09-10", "2018-09-10", None, None, None, "当日"), ("2018-09-11", "2018-09-12", "violation", "2018-09-11", 1, "次日才发布"),
        ("2019-01-02", None, "pending", "2019-01-02", None, "尚未形成"), (None, "2018-09-12", "indeterminate", None, None, "没有形成日期"),
    ):  # fmt: skip
        row = public(
            topic="汛情旱情灾情预警",
            unit="市水利水产局",
            title=f"汛情预警（{remark}）",
            formed_on=formed and D(formed),
            published_on=published and D(published),
        )
        if outcome:
            must("PD-8-7.13", row["id"], outcome, due, late, remark)
    for rule, topic, unit, lacking in (
        ("PD-4.1b", "权责清单", "市编办", "清单全文"), ("PD-5-2.1b", "行政许可信用信息", "市环保局", "决定书文号；项目名称"), ("PD-5-2.1c", "行政处罚信用信息", "市环保局", "决定书文号；处罚名称"),
        ("PD-8-1.4", "政府债务", "市财政局", "债务限额；债务余额"), ("PD-8-8.2", "食品药品监督抽检", "市食品药品监管局", "被抽检单位；产品名称"), ("PD-5-1.1b", "检查执法信息", "市市场监督管理局", "检查结果"),
    ):  # fmt: skip
        elements(rule, topic, unit, lacking, **({"formed_on": D("2018-01-25")} if rule == "PD-8-8.2" else {}))
    for parts, outcome, remark in (("增减变化", "violation", "没有原因和走势"), (None, "indeterminate", "没有填包含要素")):
        row = public(
            topic="月度财政收支",
            unit="市财政局",
            title=f"财政收支（{remark}）",
            period="2018-08",
            published_on=D("2018-09-25"),
            elements=parts,
        )
        must("PD-8-1.2", row["id"], outcome, "2018-09-25", None, remark)
    public(
        topic="检查执法信息",
        unit="市市场监督管理局",
        title="投诉核查结果",
        formed_on=D("2018-09-10"),
        published_on=D("2018-09-11"),
        elements="检查结果",
        justification="群众投诉核查，不适用随机",
    )
    for channels, outcome, remark in (
        ("政府门户网站；政府网站", "violation", "同一渠道写了两遍"),
        (None, "indeterminate", "没有填渠道"),
    ):
        row = public(
            topic="检查执法信息",
            unit="市编办",
            title=f"抽查结果（{remark}）",
            formed_on=D("2018-09-10"),
            published_on=D("2018-09-11"),
            channels=channels,
        )
        must("PD-5-1.2", row["id"], outcome, "2018-09-11", None, remark)
    for channels, outcome, remark in (("信用平度", "violation", "只在信用网站"), (None, "indeterminate", "没有填渠道")):
        row = public(
            topic="食品药品行政处罚",
            unit="市食品药品监管局",
            title=f"食药处罚（{remark}）",
            formed_on=D("2018-09-10"),
            published_on=D("2018-09-11"),
            channels=channels,
        )
        must("PD-8-8.1", row["id"], outcome, "2018-09-11", None, remark)
    for level, rule, channels, outcome, remark in (
        ("县级", "PD-8-4.3", "政务微博", "violation", "只在微博"), ("县级", "PD-8-4.3", None, "indeterminate", "没有填渠道"),
        ("村级", "PD-8-4.3b", "政府门户网站", "violation", "没有上公开栏"), ("村级", "PD-8-4.3b", None, "indeterminate", "没有填渠道"),
    ):  # fmt: skip
        row = public(
            topic="扶贫资金分配",
            unit="市扶贫办",
            level=level,
            title=f"扶贫资金（{remark}）",
            period="2018",
            published_on=D("2018-09-10"),
            channels=channels,
        )
        must(rule, row["id"], outcome, "2018-09-10", None, remark)
    row = public(
        topic="年度扶贫计划",
        unit="市扶贫办",
        title="年度扶贫计划（已撤下）",
        period="2018",
        published_on=D("2018-09-10"),
        posted_until=D("2018-11-30"),
        channels="扶贫网站",
    )
    must("PD-8-4.3c", row["id"], "violation", None, None, "网站公开的撤下了")
    for topic in ("脱贫攻坚规划", "县级脱贫攻坚项目库"):
        public(topic=topic, unit="市扶贫办", title=topic, period="2018", published_on=D("2018-09-10"), channels="政府门户网站")
    must("PD-8-4.2", "2018", "violation", "2018-12-31", None, "缺调查处理情况")

    def grids(rule: str, topic: str, unit: str, whole: str, cases: list[tuple[str, str | None, str, str | None, str]]) -> None:
        public(
            topic=topic,
            unit=unit,
            subject=f"{topic}甲",
            title=f"{topic}（齐全）",
            formed_on=D("2018-09-10"),
            published_on=D("2018-09-12"),
            elements=whole,
        )
        for subject, parts, outcome, due, remark in cases:
            public(
                topic=topic,
                unit=unit,
                subject=subject,
                title=f"{topic}（{remark}）",
                formed_on=D("2018-09-10"),
                published_on=D("2018-09-12"),
                elements=parts,
            )
            must(rule, subject, outcome, due, None, remark)

    end = "2018-12-31"
    grids("PD-3.1", "政策执行情况", "市城乡建设局", "实施步骤；具体措施；责任分工；工作进展；工作成效；监督方式", [
        ("城区道路改造", "实施步骤；具体措施；责任分工；工作进展；工作成效", "violation", end, "缺监督方式"), ("农村污水治理", None, "indeterminate", end, "没有填包含要素"),
    ])  # fmt: skip
    grids(
        "PD-3.2",
        "督查情况",
        "市政府办公室",
        "发现问题；整改情况",
        [
            ("秸秆禁烧督查", "发现问题", "violation", end, "没有整改"),
            ("安全生产督查", None, "indeterminate", end, "没有填包含要素"),
        ],
    )
    grids("PD-8-2.1", "重大建设项目", "市发改局", "批准信息；实施信息；批准服务信息；批准结果信息；招标投标信息；征收土地信息；重大设计变更信息；施工有关信息；质量安全监督信息；竣工有关信息", [
        ("热电联产项目", "批准信息", "violation", end, "没有实施信息"), ("水库加固项目", None, "indeterminate", end, "没有填包含要素"),
    ])  # fmt: skip
    for subject in ("重大建设项目示例", "热电联产项目", "水库加固项目"):
        must("PD-8-2.1c", subject, "pending", None, None, "尚未竣工")
    public(
        topic="重大建设项目",
        unit="市发改局",
        subject="客运站项目",
        title="客运站竣工",
        formed_on=D("2018-09-10"),
        published_on=D("2018-09-12"),
        elements="批准信息；实施信息；竣工有关信息",
    )
    must("PD-8-2.1c", "客运站项目", "violation", "2018-09-12", None, "已竣工，前面各类不齐")
    public(
        topic="重大建设项目",
        unit="市发改局",
        subject="医院项目",
        title="医院竣工",
        formed_on=D("2018-09-10"),
        published_on=D("2018-09-12"),
        elements="批准信息；实施信息；竣工有关信息",
    )
    public(
        topic="重大建设项目",
        unit="市发改局",
        subject="医院项目",
        title="医院（没有填要素）",
        formed_on=D("2018-09-10"),
        published_on=D("2018-09-13"),
        elements=None,
    )
    must("PD-8-2.1c", "医院项目", "indeterminate", "2018-09-12", None, "有一条没有填包含要素")
    for topic, rule in (("建设项目环评审批", "PD-8-7.7"), ("竣工环境保护验收", "PD-8-7.7b")):
        stages: dict[str, list[tuple[str | None, str]]] = {
            "纺织项目": [("受理", "2018-09-03"), ("审查", "2018-09-20"), ("审批决定", "2018-09-28")],
            "化工项目": [("受理", "2018-09-03"), ("审查", "2018-09-28"), ("审批决定", "2018-09-27")],
            "食品项目": [("受理", "2018-11-05")],
            "养殖项目": [("受理；审批决定", "2018-09-27"), (None, "2018-09-20")],
        }
        for subject, steps in stages.items():
            for parts, day in steps:
                row = public(
                    topic=topic,
                    unit="市环保局",
                    subject=f"{subject}{topic[:2]}",
                    title=f"{subject}{parts or ''}",
                    formed_on=D(day),
                    published_on=D(day),
                    elements=parts,
                )
                if parts is None and rule == "PD-8-7.7":
                    must("PD-8-7.7c", row["id"], "indeterminate", "2018-09-30", None, "没有填包含要素")
        must(rule, f"化工项目{topic[:2]}", "violation", "2018-09-27", None, "决定先于审查公开")
        must(rule, f"食品项目{topic[:2]}", "pending", None, None, "尚未作出决定")
        must(rule, f"养殖项目{topic[:2]}", "indeterminate", "2018-09-27", None, "有一条没有填包含要素")
    row = public(
        topic="建设项目环评审批",
        unit="市环保局",
        subject="纺织项目建设",
        title="纺织项目决定（迟）",
        formed_on=D("2018-10-08"),
        published_on=D("2018-10-18"),
        elements="审批决定",
    )
    must("PD-8-7.7c", row["id"], "violation", "2018-10-17", 1, "决定后第8个工作日")
    row = public(
        topic="建设项目环评审批",
        unit="市环保局",
        subject="纺织项目建设",
        title="纺织项目变更决定（未到期）",
        formed_on=D("2018-12-28"),
        published_on=None,
        elements="审批决定",
    )
    must("PD-8-7.7c", row["id"], "pending", "2019-01-09", None, "未到期")
    public(
        topic="环评法规和审批指南",
        unit="市环保局",
        title="环评法规汇编",
        published_on=D("2018-04-10"),
        elements="法律；法规；规章",
    )
    must("PD-8-7.6", "disclosure", "violation", end, None, "缺审批指南")
    for number, (program, parts) in enumerate(
        (("最低生活保障政策", 3), ("特困人员救助供养政策", 3), ("医疗救助政策", 3), ("临时救助政策", 2))
    ):
        public(
            topic=program,
            unit="市民政局",
            title=program,
            published_on=D("2018-05-10") + timedelta(days=number),
            elements="；".join(["救助政策", "保障标准", "办理流程"][:parts]),
        )
    must("PD-8-3.1", "disclosure", "violation", end, None, "临时救助缺办理流程")
    levels = ("市级", "县级", "镇级", "村级")
    villages: dict[str, dict[str, Any]] = {
        "前进村": {},
        "和平村": {"skip": "村级"},
        "新华村": {"blank": "村级"},
        "胜利村": {"until": "2018-10-31"},
        "东风村": {"until": "2018-10-31", "ended": "2018-10-31"},
        "红旗村": {"until": "2018-11-30", "off": True},
    }
    for village, plan in villages.items():
        if not plan.get("off"):
            add("roster", topic="最低生活保障", unit="市民政局", subject=village, until=plan.get("ended") and D(plan["ended"]))
        for level in levels:
            if level == plan.get("skip"):
                continue
            row = public(topic="最低生活保障", unit="市民政局", subject=village, level=None if level == plan.get("blank") else level, title=f"{village}低保名单（{level}）",
                         published_on=D("2018-03-05"), posted_until=D(plan["until"]) if plan.get("until") and level == "村级" else None,
                         mandatory_personal_data="是", personal_data_basis="《社会救助暂行办法》第十一条")  # fmt: skip
            if level == "村级" and plan.get("until") and not plan.get("ended"):
                must(
                    "PD-8-3.4",
                    row["id"],
                    "indeterminate" if plan.get("off") else "violation",
                    None,
                    None,
                    "名录里没有" if plan.get("off") else "享受期间撤下",
                )
                must("PD-8-3.2", village, "indeterminate" if plan.get("off") else "violation", end, None, "村级公示已撤下")
    must("PD-8-3.2", "和平村", "violation", end, None, "缺村级公示")
    must("PD-8-3.2", "新华村", "indeterminate", end, None, "有一条没写层级")
    elements("PD-8-3.3", "最低生活保障", "市民政局", "户主姓名；保障人数", subject="前进村", level="村级")
    for published, at, outcome, remark in (
        ("2018-11-13", None, None, "提前公开"), ("2018-11-15", None, "violation", "晚1天"), ("2018-11-14", None, "indeterminate", "同日没有写时刻"), (None, None, "violation", "尚未公开"),
    ):  # fmt: skip
        row = public(
            topic="重污染天气预警",
            unit="市环保局",
            title=f"重污染预警（{remark}）",
            published_on=published and D(published),
            published_at=at,
            effective_at="2018-11-14 08:00",
        )
        if outcome:
            must("PD-8-7.11", row["id"], outcome, "2018-11-14", None, remark)
    for topic, unit, month in (("公共资源配置", "市行政审批服务局", 3), ("重点排污单位名录", "市环保局", 4)):
        public(topic=topic, unit=unit, title=topic, formed_on=D(f"2018-{month:02}-02"), published_on=D(f"2018-{month:02}-09"))
    must("PD-11.1", "2018", "violation", end, None, "没有开展互动活动")
    must("PD-7.2", "disclosure", "violation", end, None, "没有公布服务事项清单")
    for name, channels in (
        ("海利尔化工", "政府门户网站"),
        ("长江化工", "政府门户网站"),
        ("琴岛电镀", "政府门户网站"),
        ("华东铸造", "企业网站"),
        ("天一印染", None),
        ("青丰种业", "absent"),
    ):
        add("roster", topic="重点排污单位环境信息", unit="市环保局", subject=name)
        if channels != "absent":
            public(
                topic="重点排污单位环境信息",
                unit="市环保局",
                subject=name,
                title=f"{name}环境信息",
                published_on=D("2018-06-20"),
                channels=channels,
            )
    must("PD-8-7.10", "华东铸造", "violation", end, None, "只在企业网站")
    must("PD-8-7.10", "青丰种业", "violation", end, None, "没有公开")
    must("PD-8-7.10", "天一印染", "indeterminate", end, None, "没有填渠道")
    for school in SCHOOLS[1:]:
        if school == "西关中学":
            must("PD-8-5.2b", f"{school} 2018", "violation", end, 0, "没有公开招生结果")
            continue
        published = None if school == "朝阳中学" else D("2018-09-05")
        public(
            topic="义务教育招生结果",
            unit="市教体局",
            subject=school,
            period="2018-09" if school == "云山中学" else "2018",
            title=f"{school}招生结果",
            formed_on=D("2018-08-30") if published else D("2018-12-20"),
            published_on=published,
        )
        if published is None:
            must("PD-8-5.2", ROWS["disclosure"][-1]["id"], "pending", "2019-01-18", None, "未到期")
            must("PD-8-5.2b", f"{school} 2018", "violation", end, 0, "登记了但没有公开日期")
        if school == "云山中学":
            must("PD-8-5.2b", f"{school} 2018", "indeterminate", end, None, "所属期写的是月份")
    for quarter, published, unit in ((1, "2018-05-10", "市城乡建设局"), (2, "2018-07-20", "住房保障中心")):
        public(
            topic="老旧小区、物业和农村危改改厕进展",
            unit=unit,
            title=f"{quarter}季度改造进展",
            period=f"2018-Q{quarter}",
            published_on=D(published),
        )
    must("PD-8-9.4c", "2018-Q2", "indeterminate", "2018-09-30", None, "单位不认识")
    must("PD-8-9.4c", "2018-Q3", "violation", end, 0, "到期当天仍没有")
    must("PD-8-9.4c", "2018-Q4", "pending", "2019-03-31", None, "四季度未到期")
    for topic, timely_rule, reading_rule in (
        ("棚改和保障性住房政策", "PD-8-9.2", "PD-8-9.2b"),
        ("老旧小区、物业和农村危改改厕政策", "PD-8-9.4b", "PD-8-9.4"),
    ):
        for formed, published, read, outcome, due, late, remark in (
            ("2018-09-10", "2018-09-28", "2018-10-08", None, None, None, "按期解读"), ("2018-09-10", "2018-09-28", "2018-10-09", "violation", "2018-10-08", 1, "迟1个工作日解读"),
            ("2018-12-20", "2018-12-27", None, "pending", "2019-01-02", None, "解读未到期"), ("2018-09-10", "2018-10-11", "undated", "violation", "2018-10-16", 54, "解读没有日期"),
        ):  # fmt: skip
            row = public(
                topic=topic, unit="市城乡建设局", title=f"{topic}（{remark}）", formed_on=D(formed), published_on=D(published)
            )
            if read:
                interpretation(row, None if read == "undated" else D(read), "市城乡建设局", title=f"解读：{topic}", form="图解")
            if outcome:
                must(reading_rule, row["id"], outcome, due, late, remark)
        for formed, published, outcome, due, late, remark in (
            ("2018-09-10", "2018-10-15", "violation", "2018-10-12", 1, "迟公开"),
            ("2018-12-28", None, "pending", "2019-01-28", None, "未到期"),
            (None, "2018-10-11", "indeterminate", None, None, "没有形成日期"),
        ):
            row = public(
                topic=topic,
                unit="市国土资源局",
                title=f"{topic}（{remark}）",
                formed_on=formed and D(formed),
                published_on=published and D(published),
            )
            must(timely_rule, row["id"], outcome, due, late, remark)
            if published:
                interpretation(row, D(published), "市国土资源局", title=f"解读：{topic}")
            else:
                must(reading_rule, row["id"], "indeterminate", None, None, "还没有公开日期")
    for changes, rule, outcome, remark in (
        ({"reviewed_on": D("2018-09-13")}, "PD-14.1", "violation", "公开后才审查"), ({"review_result": None}, "PD-14.1", "indeterminate", "没有审查结果"),
        ({"reviewer": None}, "PD-14.1c", "violation", "没有审查人"), ({"text": "王某，身份证11010519491231002X"}, "PD-14.2", "violation", "正文有身份证号"),
        ({"text": None}, "PD-14.2", "indeterminate", "没有正文"), ({"mandatory_personal_data": "是", "personal_data_basis": "《社会救助暂行办法》第十一条", "text": "王某，身份证11010519491231002X"}, "PD-14.2b", "violation", "例外情形仍有身份证号"),
        ({"mandatory_personal_data": "是", "personal_data_basis": "《社会救助暂行办法》第十一条", "text": None}, "PD-14.2b", "indeterminate", "没有正文"),
        ({"title": "关于王某（11010519491231002X）申请救助的公示", "text": "（正文略）"}, "PD-14.2f", "violation", "标题有身份证号"),
    ):  # fmt: skip
        row = public(
            **{"topic": "其他", "unit": "市旅游局", "title": f"信息（{remark}）", "published_on": D("2018-09-12"), **changes}
        )
        due = "2018-09-12" if rule.startswith("PD-14.1") else None
        must(rule, row["id"], outcome, due, None, remark)
        if rule == "PD-14.2":
            must("PD-14.2b", row["id"], outcome, due, None, remark)
        if changes.get("review_result", 1) is None:
            must("PD-14.1c", row["id"], "violation", due, None, remark)


def more_documents() -> None:
    def document(remark: str, **more: Any) -> dict[str, Any]:
        return add("document", **{
            "unit": "市发改局", "title": f"关于有关工作的通知（{remark}）", "drafting_units": "市发改局", "is_policy": "否", "submitted_on": D("2018-09-03"), "signed_on": D("2018-09-10"),
            "published_on": D("2018-09-11"), "attribute": "主动公开", "affects_public_interest": "否", "reviewed_on": D("2018-09-11"), **REVIEW, "text": "（正文略）\n（此件公开发布）", **more,
        })  # fmt: skip

    def policy(remark: str, **more: Any) -> dict[str, Any]:
        row = document(
            remark,
            is_policy="是",
            proposed_attribute="主动公开",
            proposed_reason="涉及群众利益",
            interpretation_plan_on=D("2018-09-03"),
            affects_public_interest="是",
            **more,
        )
        interpretation(row, D("2018-09-11"), "市发改局")
        return row

    policy("写明公开规定", disclosure_provision="第八条")
    must("PD-1.1", policy("没有公开规定")["id"], "violation", "2018-09-10", None, "没有公开规定")
    policy("解读的标题有身份证号", disclosure_provision="第八条")
    ROWS["interpretation"][-1]["title"] = "王某（11010519491231002X）咨询问题的解读"
    must("PD-14.2j", ROWS["interpretation"][-1]["id"], "violation", None, None, "标题有身份证号")
    row = policy("是否涉及公共利益没有写")
    row["affects_public_interest"] = None
    must("PD-1.1", row["id"], "indeterminate", "2018-09-10", None, "是否涉及公共利益没有写")
    late = document("次年成文", is_policy="是", is_important="否", affects_public_interest="是", proposed_attribute="主动公开", proposed_reason="涉及群众利益", submitted_on=D("2018-12-20"),
                    interpretation_plan_on=D("2018-12-20"), signed_on=D("2019-01-03"), published_on=None, reviewed_on=None, text=None)  # fmt: skip
    must("PD-1.1", late["id"], "pending", "2019-01-03", None, "还没有成文")
    must("PD-13.3", late["id"], "pending", "2019-01-03", None, "还没有印发")
    for changes, rule, outcome, due, remark in (
        ({"text": "（正文略）"}, "PD-13.3", "violation", "2018-09-10", "正文没有标注"), ({"text": "（此件依申请公开）"}, "PD-13.3", "violation", "2018-09-10", "标注与登记不一致"),
        ({"text": "（此件公开发布）\n公开属性：依申请公开"}, "PD-13.3", "indeterminate", "2018-09-10", "两处标注矛盾"), ({"reviewed_on": D("2018-09-12")}, "PD-14.1b", "violation", "2018-09-11", "公布后才审查"),
        ({"review_result": None}, "PD-14.1b", "indeterminate", "2018-09-11", "没有审查结果"), ({"reviewer": None}, "PD-14.1d", "violation", "2018-09-11", "没有审查人"),
        ({"title": "王某 13805321234 反映问题的答复"}, "PD-14.2g", "violation", None, "标题有手机号"),
        ({"text": "联系人电话13805321234\n（此件公开发布）"}, "PD-14.2c", "violation", None, "正文有手机号"), ({"text": None}, "PD-14.2c", "indeterminate", None, "没有正文"),
    ):  # fmt: skip
        row = document(remark, **changes)
        must(rule, row["id"], outcome, due, None, remark)
        if changes.get("review_result", 1) is None:
            must("PD-14.1d", row["id"], "violation", due, None, remark)
        if changes.get("text", 1) is None:
            must("PD-13.3", row["id"], "indeterminate", "2018-09-10", None, remark)
    for channels, outcome, remark in (("政务微信", "violation", "没有上门户"), (None, "indeterminate", "没有填渠道")):
        row = policy(f"解读{remark}", disclosure_provision="第八条")
        reading = ROWS["interpretation"][-1]
        reading["channels"] = channels
        must("PD-9.5", reading["id"], outcome, "2018-09-11", None, remark)


def more_meetings() -> None:
    base = {"unit": "市政府办公室", "kind": "其他会议", "held_on": D("2018-09-12"), "invited_attendees": 0, "major_livelihood": "是", "affects_public_interest": "否", "plan_submitted_on": D("2018-09-03"),
            "opinion_submitted_on": D("2018-09-03"), "attendance_opinion": "邀请", "openness_opinion": "公开", "openness_manner": "网络直播"}  # fmt: skip

    def meeting(remark: str, **more: Any) -> dict[str, Any]:
        return add("meeting", **{**base, "title": f"专题会议（{remark}）", **more})

    meeting("意见齐全")
    meeting("不公开", openness_opinion="不公开", openness_manner=None)
    for changes, rule, outcome, due, late, remark in (
        ({"attendance_opinion": "待定"}, "PD-2-1.1", "violation", "2018-09-03", None, "列席意见待定"), ({"openness_manner": None}, "PD-2-1.2", "violation", "2018-09-03", None, "公开而没有方式"),
        ({"opinion_submitted_on": D("2018-09-04")}, "PD-2-1.3", "violation", "2018-09-03", 1, "意见晚1天报批"), ({"plan_submitted_on": None}, "PD-2-1.3", "indeterminate", None, None, "没有方案报批日期"),
    ):  # fmt: skip
        must(rule, meeting(remark, **changes)["id"], outcome, due, late, remark)
    row = meeting(
        "次年的会",
        held_on=D("2019-01-10"),
        plan_submitted_on=D("2019-01-04"),
        opinion_submitted_on=None,
        attendance_opinion=None,
        openness_opinion=None,
        openness_manner=None,
    )
    for rule in ("PD-2-1.1", "PD-2-1.2", "PD-2-1.3"):
        must(rule, row["id"], "pending", "2019-01-04", None, "会还没有开")
    row = meeting("是否重大民生没有写", major_livelihood=None)
    for rule in ("PD-2-1.1", "PD-2-1.2", "PD-2-1.3"):
        must(rule, row["id"], "indeterminate", "2018-09-03", None, "是否重大民生没有写")
    tele = {"kind": "电视电话会议", "major_livelihood": "否", "affects_public_interest": "是", "state_secret": "否"}
    meeting("直播", **tele, broadcast_channels="政府门户网站")
    meeting("涉密有依据", **{**tele, "state_secret": "是"}, confidential_basis="《保密法》第九条")
    for changes, outcome, due, remark in (
        ({}, "violation", "2018-09-12", "没有直播"), ({"state_secret": "是"}, "violation", "2018-09-12", "自称涉密没有依据"), ({"state_secret": None, "confidential_basis": "《保守国家秘密法》第九条"}, "indeterminate", "2018-09-12", "是否涉密没有写"),
        ({"held_on": D("2019-01-10")}, "pending", "2019-01-10", "会还没有开"),
    ):  # fmt: skip
        must("PD-2-1.5", meeting(remark, **{**tele, **changes})["id"], outcome, due, None, remark)
    decided()


def decided() -> None:
    """Matters that executive meetings decided, and what was published of them."""
    rule, plain = (
        "PD-2-3.1b",
        {
            "unit": "市政府办公室",
            "kind": "常务会议",
            "invited_attendees": 0,
            "major_livelihood": "否",
            "affects_public_interest": "否",
        },
    )
    for number, day, matters in (
        (41, "2018-11-20", "冬季供热保障方案；老旧小区改造计划；生活垃圾分类办法"),
        (42, "2018-12-20", "春节市场供应方案"),
        (43, None, "次年民生实事"),
    ):
        add("meeting", **plain, title=f"第{number}次市政府常务会议", held_on=D(day) if day else None, topics_decided=matters)
    for matter, day in (("冬季供热保障方案", "2018-12-18"), ("老旧小区改造计划", "2018-12-19")):
        row = public(
            topic="会议议定事项",
            unit="市政府办公室",
            title=f"市政府关于印发{matter}的通知",
            subject=matter,
            formed_on=D("2018-11-20"),
            published_on=D(day),
        )
    must("PD-2-3.1", row["id"], "violation", "2018-12-18", 1, "晚1个工作日")
    must(rule, "老旧小区改造计划", "violation", "2018-12-18", 1, "晚1个工作日")
    must(rule, "生活垃圾分类办法", "violation", "2018-12-18", 9, "没有公开")
    must(rule, "春节市场供应方案", "pending", "2019-01-18", None, "还没有到期")
    must(rule, "次年民生实事", "indeterminate", None, None, "没有召开日期")


def people() -> None:
    """Proposals, requests, services, opinion, new media, units, evidence: tables of their own."""
    reply = {"kind": "建议", "affects_public_interest": "是", "is_complex": "否", "replied_on": D("2018-09-10"), "disclosed": "全文", "published_on": D("2018-09-20"), "elements": "主要内容",
             "text": "您提出的建议收悉……承办单位电话 0532-88881234。"}  # fmt: skip

    def proposal(remark: str, **more: Any) -> dict[str, Any]:
        return add("proposal_reply", **{**reply, "unit": "市城乡建设局", "title": f"对建议的答复（{remark}）", **more})

    for _ in range(12):
        proposal("全文公开")
    proposal("复杂的摘要公开", disclosed="摘要", is_complex="是")
    proposal("不涉及公共利益", affects_public_interest="否", disclosed="未公开", published_on=None)
    proposal("有理由不公开", disclosed="未公开", published_on=None, justification="涉及商业秘密，已征求企业意见")
    for changes, found, remark in (
        ({"disclosed": "未公开", "published_on": None}, [("PD-6.1", "violation", "2018-10-12", None)], "没有公开也没有理由"), ({"disclosed": "未公开", "published_on": None, "replied_on": D("2018-12-28")}, [("PD-6.1", "pending", "2019-01-28", None)], "期限未到"),
        ({"disclosed": None}, [("PD-6.1", "indeterminate", "2018-10-12", None), ("PD-6.1b", "indeterminate", "2018-10-12", None), ("PD-6.2", "indeterminate", None, None), ("PD-6.3", "indeterminate", None, None)], "公开情况没有填"),
        ({"published_on": D("2018-10-15")}, [("PD-6.1b", "violation", "2018-10-12", 1)], "迟1个工作日"), ({"published_on": None, "replied_on": D("2018-12-28")}, [("PD-6.1", "pending", "2019-01-28", None), ("PD-6.1b", "pending", "2019-01-28", None)], "公开未到期"),
        ({"text": "王某代表（电话13805320000）提出"}, [("PD-6.2", "violation", None, None), ("PD-14.2h", "violation", None, None)], "有代表手机"),
        ({"text": "李某（身份证11010519491231002X）的低保已经核实"}, [("PD-14.2h", "violation", None, None)], "正文有身份证号"), ({"text": None}, [("PD-6.2", "indeterminate", None, None), ("PD-14.2h", "indeterminate", None, None)], "没有正文"),
        ({"title": "对王某（13805321234）所提建议的答复"}, [("PD-14.2i", "violation", None, None)], "标题有手机号"), ({"disclosed": "摘要", "is_complex": "是", "elements": "提要"}, [("PD-6.3", "violation", None, None)], "摘要没有主要内容"),
    ):  # fmt: skip
        row = proposal(remark, **changes)
        for rule, outcome, due, late in found:
            must(rule, row["id"], outcome, due, late, remark)
    for changes, rule, outcome, due, remark in (
        ({"registered_on": D("2018-09-02")}, "PD-15.1", "violation", "2018-09-12", "登记早于收到"), ({"remedy_address": None}, "PD-15.2", "violation", "2018-09-12", "没有救济地址"),
        ({"remedy_time_limit": "60日内复议，3个月内起诉"}, "PD-15.2b", "violation", "2018-09-12", "诉讼期限写3个月"), ({"reasons": None}, "PD-15.5", "violation", "2018-09-12", "没有理由"),
        ({"legal_basis": "有关规定"}, "PD-15.5", "violation", "2018-09-12", "依据只写有关规定"),
    ):  # fmt: skip
        row = asked(
            D("2018-09-03"), D("2018-09-12"), unit="市民政局", title=f"申请（{remark}）", subject=f"低保{remark}", **changes
        )
        must(rule, row["id"], outcome, due, None, remark)
    row = asked(
        D("2018-09-03"),
        D("2018-09-12"),
        unit="市民政局",
        title="申请（救济时限没有填）",
        subject="低保其他",
        remedy_time_limit=None,
    )
    must("PD-15.2", row["id"], "violation", "2018-09-12", None, "没有救济时限")
    must("PD-15.2b", row["id"], "indeterminate", "2018-09-12", None, "没有救济时限")
    for subject, days, flags, outcome, due, remark in (
        ("棚改补偿标准", ("2018-05-07", "2018-06-04", "2018-09-10"), "是是是", None, None, "已经转为主动公开"), ("水库移民名册", ("2018-05-07", "2018-06-04", "2018-09-10"), "是是是", "violation", "2018-10-12", "没有转为主动公开"),
        ("校车线路", ("2018-05-07", "2018-06-04", "2018-12-20"), "是是是", "pending", "2019-01-18", "未到期"), ("公墓选址", ("2018-05-07", "2018-06-04", "2018-09-10"), "是是空", "indeterminate", None, "有一件没写可否公开"),
    ):  # fmt: skip
        for day, flag in zip(days, flags, strict=True):
            asked(
                D(day),
                working(D(day), 5),
                unit="市国土资源局",
                title=f"申请（{subject}）",
                subject=subject,
                publishable=None if flag == "空" else "是",
            )
        if outcome:
            must("PD-15.4", subject, outcome, due, 56 if outcome == "violation" else None, remark)
        else:
            public(topic="其他", unit="市国土资源局", subject=subject, title=subject, published_on=D("2018-10-12"))
    item = {
        "unit": "市行政审批服务局",
        "materials_listed": "是",
        "materials_standardised": "是",
        "online": "是",
        "do_it_once": "是",
        "listed_on": D("2018-06-20"),
        "batch": "第一批",
        "visits": 1,
    }
    for number in range(20):
        add(
            "service_item",
            **{**item, "name": f"事项{number + 1}", "batch": "第一批" if number % 2 else "第二批", "visits": number % 2},
        )
    add("service_item", **{**item, "name": "不属一次办好", "do_it_once": "否", "listed_on": None, "batch": None})
    for changes, rule, outcome, remark in (
        ({"materials_standardised": "否"}, "PD-7.3", "violation", "没有标准化"), ({"materials_listed": None}, "PD-7.3", "indeterminate", "没有填"), ({"listed_on": None, "batch": None}, "PD-17.1", "violation", "没有列入清单"),
        ({"do_it_once": None}, "PD-17.1", "indeterminate", "是否一次办好没有写"), ({"visits": 2}, "PD-17.2b", "violation", "要跑两次"), ({"visits": None}, "PD-17.2b", "indeterminate", "没有填"),
    ):  # fmt: skip
        row = add("service_item", **{**item, "name": f"事项（{remark}）", **changes})
        must(rule, row["id"], outcome, None, None, remark)
    case = {"unit": "市教体局", "grade": "一般", "category": "教育", "is_focus": "否", "detected_at": "2018-09-10 08:00", "warned_at": "2018-09-10 08:10", "assessed_at": "2018-09-10 09:00", "handled_at": "2018-09-10 09:30",
            "responded_at": "2018-09-10 10:00"}  # fmt: skip
    major = {"grade": "重大", "press_conference_at": "2018-09-11 07:00", "is_focus": "是"}

    def opinion(remark: str, **more: Any) -> dict[str, Any]:
        return add("opinion_case", **{**case, "title": f"舆情（{remark}）", **more})

    for _ in range(6):
        opinion("按时回应")
    opinion("重大，按时", **major)
    for changes, rule, outcome, due, late, remark in (
        ({**major, "press_conference_at": "2018-09-11 08:01"}, "PD-10.1", "violation", "2018-09-11", 1, "发布会晚1分钟"), ({**major, "press_conference_at": None, "detected_at": "2018-12-31 20:00", "warned_at": "2018-12-31 20:10", "assessed_at": "2018-12-31 20:20", "handled_at": "2018-12-31 20:30", "responded_at": "2018-12-31 21:00"}, "PD-10.1", "pending", "2019-01-01", None, "未到24小时"),
        ({"responded_at": "2018-09-12 08:01"}, "PD-10.1b", "violation", "2018-09-12", 1, "回应晚1分钟"), ({**major, "responded_at": "2018-09-10 13:01"}, "PD-10.1c", "violation", "2018-09-10", 1, "权威信息晚1分钟"),
        ({"unit": None}, "PD-10.1d", "violation", None, None, "没有责任单位"), ({"assessed_at": "2018-09-10 10:01"}, "PD-10.2", "violation", "2018-09-10", None, "回应后才研判"), ({"category": None}, "PD-10.2", "violation", "2018-09-10", None, "没有分类"),
        ({"is_focus": "是", "warned_at": None}, "PD-10.2b", "violation", "2018-09-10", None, "重点舆情没有预警"),
    ):  # fmt: skip
        must(rule, opinion(remark, **changes)["id"], outcome, due, late, remark)
    row = opinion(
        "尚未回应", detected_at="2018-12-31 09:00", warned_at=None, assessed_at=None, handled_at=None, responded_at=None
    )
    must("PD-10.1b", row["id"], "pending", "2019-01-02", None, "未到48小时")
    row = opinion(
        "重大，尚未回应",
        **{**major, "press_conference_at": None},
        detected_at="2018-12-31 21:00",
        warned_at=None,
        assessed_at=None,
        handled_at=None,
        responded_at=None,
    )
    must("PD-10.1", row["id"], "pending", "2019-01-01", None, "未到24小时")
    must("PD-10.1c", row["id"], "pending", "2019-01-01", None, "未到5小时")
    must("PD-10.2b", row["id"], "pending", None, None, "尚未回应")
    row = opinion("没有发现时间", detected_at=None)
    must("PD-10.1b", row["id"], "indeterminate", None, None, "没有发现时间")
    row = opinion("重大，没有发现时间", **major, detected_at=None)
    must("PD-10.1", row["id"], "indeterminate", None, None, "没有发现时间")
    must("PD-10.1c", row["id"], "indeterminate", None, None, "没有发现时间")
    accounts = {"平度发布": "市政府办公室", "平度环保": "市环保局"}
    for name, unit in accounts.items():
        add(
            "account",
            unit=unit,
            title=name,
            platform="微信",
            manager_unit=unit,
            last_post_on=D("2018-12-28"),
            followers=12000,
            status="正常",
        )
    add(
        "account",
        unit="市财政局",
        title="已关停的账号",
        platform="微博",
        manager_unit=None,
        last_post_on=D("2016-05-01"),
        followers=20,
        status="已关停",
    )
    for changes, rule, outcome, due, late, remark in (
        ({"manager_unit": "某传媒公司"}, "PD-18.1b", "violation", None, None, "由公司管理"), ({"manager_unit": None}, "PD-18.1b", "indeterminate", None, None, "没有填管理单位"),
        ({"last_post_on": D("2018-12-16")}, "PD-18.3", "violation", "2018-12-30", 1, "超过14天没有更新"), ({"last_post_on": None}, "PD-18.3", "indeterminate", None, None, "没有填最近更新日期"),
    ):  # fmt: skip
        row = add(
            "account",
            **{
                "unit": "市民政局",
                "title": f"账号（{remark}）",
                "platform": "微信",
                "manager_unit": "市民政局",
                "last_post_on": D("2018-12-28"),
                "followers": 300,
                "status": "正常",
                **changes,
            },
        )
        must(rule, row["id"], outcome, due, late, remark)
    account = ROWS["account"][0]["id"]
    post = {
        "account_id": account,
        "unit": "市政府办公室",
        "published_at": "2018-09-10 09:00",
        "reviewed_on": D("2018-09-10"),
        "on_function": "是",
    }
    for number in range(10):
        add("post", **{**post, "title": f"推送{number + 1}"})
    add("post", **{**post, "title": "当日更正的推送", "error_found_at": "2018-09-10 10:00", "corrected_at": "2018-09-10 18:00"})
    add("post", **{**post, "title": "尚未推送", "published_at": None, "reviewed_on": None})
    for changes, rule, outcome, due, late, remark in (
        ({"reviewed_on": D("2018-09-11")}, "PD-18.1", "violation", "2018-09-10", None, "发布后才审"), ({"on_function": None}, "PD-18.1", "indeterminate", "2018-09-10", None, "是否相关没有写"),
        ({"error_found_at": "2018-09-10 10:00", "corrected_at": "2018-09-11 08:00"}, "PD-18.2", "violation", "2018-09-10", 1, "次日才更正"), ({"error_found_at": "2018-09-10 10:00", "corrected_at": "2018-09-10 09:00"}, "PD-18.2", "indeterminate", "2018-09-10", None, "更正早于发现"),
    ):  # fmt: skip
        must(rule, add("post", **{**post, "title": f"推送（{remark}）", **changes})["id"], outcome, due, late, remark)
    unit = {
        "year": 2018,
        "staff": 1,
        "trained": 1,
        "appraisal_weight": "4%",
        "disclosure_office": "办公室",
        "fulltime_staff": 1,
        **PLAN,
    }
    for changes, rule, outcome, due, remark in (
        ({"fulltime_staff": 0}, "PD-19.2", "violation", None, "没有专职人员"), ({"fulltime_staff": None}, "PD-19.2", "indeterminate", None, "没有填专职人数"), ({"training_forms": "集中授课"}, "PD-21.2", "violation", "2018-12-31", "只有一种形式"),
        ({"training_forms": None}, "PD-21.2", "indeterminate", "2018-12-31", "没有填培训形式"),
    ):  # fmt: skip
        must(rule, add("unit", **{"unit": f"示例镇{remark}", **unit, **changes})["id"], outcome, due, None, remark)
    entry = {
        "unit": "市大数据中心",
        "sector": "教育",
        "aspect": "服务",
        "body": "市教体局",
        "content": "校车",
        "manner": "政府门户网站",
        "revised_on": D("2016-05-20"),
        "is_public_institution": "否",
    }
    must(
        "PD-12.1",
        add("catalog_entry", **entry, title="没有时限的事项", time_limit=None)["id"],
        "violation",
        None,
        None,
        "没有时限",
    )
    for aspect in ("决策", "执行", "管理", "服务"):
        add(
            "catalog_entry",
            **{**entry, "sector": "体育", "aspect": aspect, "title": f"体育{aspect}", "time_limit": "20个工作日"},
        )
    must("PD-12.2b", "体育", "violation", "2018-12-31", None, "缺结果")
    for aspect in ("决策", "执行", "管理", "服务", None):
        row = add(
            "catalog_entry",
            **{
                **entry,
                "sector": "科技",
                "aspect": aspect,
                "title": f"科技{aspect or '（没有填环节）'}",
                "time_limit": "20个工作日",
            },
        )
    must("PD-12.2b", "科技", "indeterminate", "2018-12-31", None, "有一项没填环节")
    for sector in ("教育", "生态环境", "文化和旅游", "卫生计生", "住房保障", "水电气热", "社会救助和社会福利"):
        add(
            "catalog_entry",
            **{
                **entry,
                "sector": sector,
                "aspect": "服务",
                "title": f"{sector}企事业单位目录",
                "time_limit": "20个工作日",
                "is_public_institution": "是",
            },
        )
    must("PD-16.1", "catalog_entry", "violation", "2018-12-31", None, "缺公共交通")
    listing = {
        "topic": "最低生活保障",
        "householder": "王某",
        "persons": 2,
        "community": "前进村",
        "amount": "每月960元",
        "hotline": "0532-88880000",
    }
    for _ in range(8):
        add("listing", **listing)
    add("listing", **{**listing, "hotline": None})
    must("PD-8-3.3b", "监督举报电话", "violation", None, None, "没有举报电话")
    sample = {
        "topic": "食品药品监督抽检",
        "sampled_unit": "某超市",
        "product": "酱油",
        "producer": "某厂",
        "production_date": "2018-06-01",
        "specification": "500ml",
        "test_basis": "GB 2717",
        "test_result": "合格",
        "testing_body": "市检测中心",
    }
    for _ in range(8):
        add("listing", **sample, batch_number=None)
    add("listing", **{**sample, "production_date": None, "batch_number": None})
    must("PD-8-8.2b", "标示生产日期／批号", "violation", None, None, "日期批号都没有")
    add("listing", **sample, batch_number="A1", note="联系人11010519491231002X")
    must("PD-14.2d", "备注", "violation", None, None, "备注有身份证号")
    add("listing", **sample, batch_number="A2", note="复检合格")
    add("listing", **{**listing, "topic": None})
    must("PD-8-3.3b", "listing", "indeterminate", None, None, "没有写主题")
    must("PD-8-8.2b", "listing", "indeterminate", None, None, "没有写主题")


def evidence() -> None:
    from opencheck import load_pack

    for rule in [b.rule for b in load_pack("pingdu-2018").rules.values() if b.rule.on == "evidence"]:
        what = {"clause": rule.clause, "dated_on": D("2018-10-08"), "reviewer": "李某", "reviewed_on": D("2018-10-12")}
        add(
            "evidence",
            unit="市政府办公室",
            title=f"{rule.title.zh}（符合）",
            **what,
            verdict="符合",
            valid_until=D("2019-10-12"),
        )
        row = add("evidence", unit="市大数据中心", title=f"{rule.title.zh}（不符合）", **what, verdict="不符合")
        must(rule.id, row["id"], "violation", None, None, "审核认定不符合")
        row = add(
            "evidence", unit="市考核办", title=f"{rule.title.zh}（已过期）", **what, verdict="符合", valid_until=D("2018-11-30")
        )
        must(rule.id, row["id"], "needs_review", None, None, "结论已过期")

    units = dict.fromkeys(r["unit"] for r in ROWS["unit"] if r["year"] == 2018 and r["unit"])
    for unit in units:
        if unit not in ("市政府办公室", "市大数据中心", "市考核办"):
            for rule_id in ("PD-19.1", "PD-2-1.4", "PD-3.4"):
                must(rule_id, unit, "needs_review", None, None, "该单位没有佐证")
    for rule_id in ("PD-16.2", "PD-16.3"):
        for unit in load_pack("pingdu-2018").rules[rule_id].rule.kind.each_unit:
            must(rule_id, unit, "needs_review", None, None, "条款点名的单位没有佐证")


def rejected() -> None:
    """Three rows that cannot be used: they must be named, with their place and reason."""
    public(topic="其他", unit="市旅游局", title="日期不存在的一行", formed_on="2018-02-30", published_on=D("2018-03-05"))
    public(topic="其他", unit="市旅游局", title="日期写不清的一行", published_on="3月上旬")
    row = add(
        "meeting", unit="市政府办公室", title="编号重复的一行", kind="其他会议", held_on=D("2018-05-08"), invited_attendees=0
    )
    row["id"] = ROWS["meeting"][0]["id"]


REJECTED = 3
ONE_OUTCOME = dict.fromkeys(
    [
        "PD-2-2.1",
        "PD-7.2",
        "PD-8-2.2",
        "PD-8-2.3",
        "PD-8-3.1",
        "PD-8-4.2",
        "PD-8-7.6",
        "PD-8-7.9",
        "PD-11.1",
        "PD-12.2",
        "PD-12.3",
        "PD-16.1",
        "PD-17.1b",
    ],
    "一年或全表只有一个结论；其余结果见该规则的例子",
) | {"PD-15.2c": "2024年起的答复才适用"}


def _because(*groups: tuple[str, str]) -> dict[str, str]:
    return {f"PD-{rule}": reason for reason, rules in groups for rule in rules.split()}


EVIDENCE = (
    "1.1b 2-1.4 3.1b 3.4 3.5b 7.4 8-1.3 8-4.1 8-6.1 8-6.2 9.1 10.3 11.1b 14.2e 15.1b 15.5b 16.2 16.3 17.2 18.1c 19.1 21.1"
)
PERIODS = "8-1.1 8-5.1 8-5.2b 8-7.1 8-7.2 8-7.3 8-8.3 8-9.3 8-9.4c"
SUBJECTS = "3.1 3.2 8-2.1 8-2.1c 8-3.2 8-7.7 8-7.7b 8-7.10 12.2b 15.4"
NOT_POSSIBLE = {
    "pending": _because(
        ("由审核结论判断", EVIDENCE),
        ("检查日就是期限当天", "3.1 3.2 8-2.1 8-3.2 8-5.2b 8-7.10 12.2b 21.2 21.3"),
        ("7月31日已过", "8-5.1"),
        ("公开、答复或发布之后才检查", "4.1b 5-1.1b 5-1.2 5-2.1b 5-2.1c 6.3 8-1.2 8-1.4 8-3.3 8-4.3 8-4.3b 8-7.11 8-8.1 8-8.2 9.5 10.2"),
        ("公开、答复或发布之后才检查", "14.1 14.1b 14.1c 14.1d 15.2 15.2b 15.5 18.1 6.2 14.2 14.2b 14.2c 14.2d"), ("公开之后才检查", "14.2f 14.2g 14.2h 14.2i 14.2j"),
        ("没有期限", "7.3 8-3.3b 8-8.2b 9.2 10.1d 12.1 17.1 17.2b 18.1b 19.2 20.1 20.1b 8-3.4 8-4.3c 18.3"),
        ("发现差错在检查日之后才会未到期", "18.2"),
    ),
    "not_applicable": _because(
        ("由审核结论判断", EVIDENCE), ("按期间判断，没有不适用", PERIODS), ("按对象判断，没有不适用", SUBJECTS),
        ("示例台账只有一张公示表，各类都在里面", "8-3.3b 8-8.2b"),
        ("每条都适用", "2-3.1b 7.3 10.1d 12.1 14.2d 15.1 15.3 17.2b"),
    ),
    "indeterminate": _because(
        ("由审核结论判断", EVIDENCE), ("空白就是没有做到", "10.1d 10.2 10.2b 12.1 14.1c 14.1d 15.1 15.2 15.5 20.1b"), ("每行都有文字可读", "14.2d"), ("没有标题就没有可查的", "14.2f 14.2g 14.2i 14.2j"),
    ),
}  # fmt: skip


def build() -> None:
    for part in (
        *(series, licences, poverty, others, documents, meetings, requests, the_rest),
        *(structure, more_documents, more_meetings, people, evidence, rejected),
    ):
        part()


def write_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    thin = Side(style="thin", color="FFBFBFBF")
    for name, spec in TABLES.items():
        rows = ROWS[name]
        if not rows:
            continue
        sheet = book.create_sheet(spec.label_zh)
        fields = [f for f in spec.fields if any(f in r for r in rows)]
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(fields))
        title = sheet.cell(1, 1, f"平度市2018年{spec.label_zh}台账（示例，人名和事项均为虚构）")
        title.font, title.alignment = Font(size=14, bold=True), Alignment(horizontal="center")
        for column, field in enumerate(fields, 1):
            cell = sheet.cell(2, column, spec.fields[field].column.label_zh)
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", start_color="FFD9E1F2")
            cell.alignment = Alignment(horizontal="center", wrap_text=True)
            width = {"title": 34, "text": 30, "id": 8}.get(field, max(11, 2 * len(spec.fields[field].column.label_zh)))
            sheet.column_dimensions[cell.column_letter].width = width
        for number, row in enumerate(rows, 3):
            for column, field in enumerate(fields, 1):
                cell = sheet.cell(number, column, row.get(field))
                cell.border = Border(thin, thin, thin, thin)
                if isinstance(row.get(field), date):
                    cell.number_format = "yyyy-mm-dd"
        sheet.freeze_panes = "A3"
    book.save(path)
    settle(path)


def settle(path: Path) -> None:
    """Write a workbook anew without the time at which it was made: the same content is the same file."""
    with zipfile.ZipFile(path) as made:
        parts = [(name, made.read(name)) for name in made.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as settled:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2019-01-02T00:00:00Z", content)
            entry = zipfile.ZipInfo(name, (2019, 1, 2, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            settled.writestr(entry, content)


def readme() -> str:
    from opencheck import load_pack

    pack = load_pack("pingdu-2018")
    total = sum(map(len, ROWS.values()))
    counts: dict[str, dict[str, int]] = {rule: {} for rule in pack.rules}
    for (rule, _), (outcome, *_rest) in EXPECTED.items():
        counts[rule][outcome] = counts[rule].get(outcome, 0) + 1
    names = {"violation": "违规", "pending": "未到期", "indeterminate": "无法判断", "needs_review": "需人工审核"}
    lines = [
        "# 示例台账：检查应当得出什么",
        "",
        f"`{NAME}` 是虚构的全年台账，{total} 行（其中 {REJECTED} 行故意写错，应被指出而不是丢掉）。由 `python examples/make_ledger.py` 生成；本页也由它生成。",
        "方案本身作为一份公文在内：成文 2018-08-24，公布 2018-08-28。",
        "",
        "```",
        f'opencheck check "examples/{NAME}" --pack pingdu-2018 --as-of {AS_OF}',
        "```",
        "",
        "The example ledger of a year, invented. The check must find exactly what is listed here; every other row keeps its duty.",
        "",
        "## 每条规则的结果数 / outcomes by rule",
        "",
        "| 规则 | " + " | ".join(names.values()) + " | 说明 |",
        "|---|---|---|---|---|---|",
    ]
    for rule, found in counts.items():
        remark = ONE_OUTCOME.get(rule, "") or "；".join(
            f"没有“{names[o]}”：{why}" for o in ("pending", "indeterminate") if (why := NOT_POSSIBLE[o].get(rule))
        )
        cells = [str(found.get(o, "—")) for o in names]
        lines.append(f"| {rule} {pack.rules[rule].rule.title.zh} | " + " | ".join(cells) + f" | {remark} |")
    lines += [
        "",
        "## 逐条 / one by one",
        "",
        "| 规则 | 记录或对象、期间 | 结果 | 最迟 | 迟（差） | 说明 |",
        "|---|---|---|---|---|---|",
    ]
    for (rule, what), (outcome, due, late, remark) in sorted(EXPECTED.items(), key=lambda kv: list(counts).index(kv[0][0])):
        lines.append(f"| {rule} | {what} | {names[outcome]} | {due or ''} | {late if late is not None else ''} | {remark} |")
    lines += [
        "",
        f"未能使用的 {REJECTED} 行：公开信息里一行形成日期是 2018-02-30、一行公开日期写“3月上旬”，会议里一行编号重复。",
        "",
    ]
    return "\n".join(lines)


def main(folder: Path) -> None:
    build()
    folder.mkdir(parents=True, exist_ok=True)
    write_workbook(folder / NAME)
    (folder / "README.md").write_text(readme(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
