"""Make the example ledger of 2018 again, and the page that says what the check must find in it.

    python examples/make_ledger.py [FOLDER]

Persons and postings are invented. What is planted stands in EXPECTED with the outcome that it must have; every other row is made to keep its duty.
The seed is fixed, so the same ledger comes out each time.
"""

from __future__ import annotations

import random
import sys
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


def public(**values: Any) -> dict[str, Any]:
    base = {"attribute": "主动公开", "channels": "政府门户网站", "level": "县级"}
    return add("disclosure", **{**base, **values})


def series() -> None:
    """Monthly, quarterly and yearly series, in time but for what is planted."""

    def monthly(rule: str, topic: str, unit: str, subject: str | None, plant: dict[int, tuple[Any, ...]]) -> None:
        for month in range(1, 12):
            period = f"2018-{month:02}"
            published: date | None = later(month_end(2018, month), 5, 20)
            what = f"{subject or ''} {period}".strip()
            if month in plant:
                outcome, due, late, remark, published = plant[month]
                must(rule, what, outcome, due, late, remark)
                if published == "absent":
                    continue
            public(
                topic=topic,
                unit=unit,
                subject=subject,
                title=f"{subject or '全市'}{period}{topic}",
                period=period,
                published_on=published,
            )
        must(rule, f"{subject or ''} 2018-12".strip(), "pending", "2019-01-31", None, "12月的到次年1月底")

    monthly("PD-8-1.1", "月度财政收支", "市财政局", None, {
        5: ("violation", "2018-06-30", 2, "方案印发前到期，只作提示", D("2018-07-02")),
        9: ("violation", "2018-10-31", 1, "次月末后1天公开", D("2018-11-01")),
        10: ("violation", "2018-11-30", 31, "没有公开", "absent"),
        11: ("indeterminate", "2018-12-31", None, "登记了但没有公开日期", None),
    })  # fmt: skip
    monthly("PD-8-7.1", "环境空气质量", "市环保局", None, {
        9: ("violation", "2018-10-31", 61, "没有公开", "absent"),
        11: ("indeterminate", "2018-12-31", None, "登记了但没有公开日期", None),
    })  # fmt: skip
    for source in SOURCES:
        plant: dict[int, tuple[Any, ...]] = {
            "崮山井群": {9: ("violation", "2018-10-31", 5, "迟5天", D("2018-11-05"))},
            "云山丈岭井群": {10: ("violation", "2018-11-30", 31, "没有公开", "absent")},
            "黄同水库": {11: ("indeterminate", "2018-12-31", None, "没有公开日期", None)},
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
            period, published = f"2018-Q{quarter}", later(month_end(2018, 3 * quarter), 10, 40)
            if (source, quarter) == ("崮山井群", 2):
                published = D("2018-10-08")
                must("PD-8-7.3", f"{source} {period}", "violation", "2018-09-30", 8, "迟8天")
            if (source, quarter) == ("黄同水库", 3):
                must("PD-8-7.3", f"{source} {period}", "violation", "2018-12-31", 0, "到期当天仍没有")
                continue
            if (source, quarter) == ("云山丈岭井群", 3):
                must("PD-8-7.3", f"{source} {period}", "indeterminate", "2018-12-31", None, "没有公开日期")
                published = None
            public(
                topic="集中式饮用水水源监测",
                unit="市水利水产局",
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
        topic="食品药品监督抽检", unit="市食品药品监管局", title="三季度抽检结果", formed_on=D("2018-09-12"), published_on=None
    )
    must("PD-8-8.3", "2018-Q3", "indeterminate", "2018-12-31", None, "没有公开日期")
    must("PD-8-8.3", "2018-Q4", "pending", "2019-03-31", None, "四季度未到期")
    public(
        topic="住房保障建设任务完成情况",
        unit="市旧城改造指挥部",
        title="一季度进展",
        period="2018-Q1",
        published_on=D("2018-04-20"),
    )
    public(topic="住房保障建设任务完成情况", unit="市旧城改造指挥部", title="二季度进展", period="2018-Q2", published_on=None)
    must("PD-8-9.3", "2018-Q2", "indeterminate", "2018-09-30", None, "没有公开日期")
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
            published = None
            must("PD-8-5.1", f"{school} 2018", "indeterminate", "2018-07-31", None, "没有公开日期")
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
               published_on=posted, posted_until=later(posted, 10, 30), channels="固定公开栏")  # fmt: skip
    for number in range(8):
        posted = later(D("2018-03-01"), 0, 280)
        public(
            topic="扶贫资金分配",
            unit="市扶贫办",
            title=f"扶贫资金分配结果（第{number + 1}批）",
            published_on=posted,
            channels="政府门户网站；扶贫网站",
        )

    def planted(
        first: str, last: str | None, outcome: str | None, due: str | None, late: int | None, remark: str, **more: Any
    ) -> None:
        row = public(**{"topic": "扶贫资金项目", "unit": "旧店镇政府", "level": "村级", "title": f"扶贫项目公示（{remark}）",
                        "published_on": D(first), "posted_until": last and D(last), "channels": "固定公开栏", **more})  # fmt: skip
        if outcome:
            must("PD-8-4.4", row["id"], outcome, due, late, remark)

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


def documents() -> None:
    def document(published: date | None, reading: date | str | None = "in time", **more: Any) -> dict[str, Any]:
        unit = more.pop("unit", None) or RANDOM.choice(OFFICES)
        signed = more.pop("signed_on", published and published - timedelta(days=RANDOM.randint(0, 4)))
        submitted = more.pop("submitted_on", signed and signed - timedelta(days=RANDOM.randint(3, 9)))
        row = add("document", **{
            "unit": unit, "title": f"关于{RANDOM.choice(['加强', '推进', '规范', '做好'])}{RANDOM.choice(['招商', '环保', '医保', '教育', '农业', '交通', '养老'])}工作的通知",
            "number": f"平政办发〔2018〕{len(ROWS['document']) + 1}号", "drafting_units": unit, "is_policy": "是", "is_important": None,
            "proposed_attribute": "主动公开", "proposed_reason": "涉及群众切身利益，应当主动公开", "submitted_on": submitted,
            "interpretation_plan_on": submitted, "signed_on": signed, "published_on": published, "attribute": "主动公开", **more,
        })  # fmt: skip
        if reading == "in time" and published:
            reading = working(published, RANDOM.choice([1, 2, 3]))
        if isinstance(reading, date):
            add("interpretation", unit=row["drafting_units"], title=f"解读：{row['title']}", document_id=row["id"], published_on=reading,
                channels="政府门户网站", form=RANDOM.choice(["文字", "图解", "视频"]))  # fmt: skip
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
    add(
        "interpretation",
        unit=row["drafting_units"],
        title="第二份解读",
        document_id=row["id"],
        published_on=D("2018-11-02"),
        channels="政府门户网站",
        form="图解",
    )
    row = document(D("2018-10-22"), D("2018-10-24"), attribute=None)
    must("PD-9.4", row["id"], "indeterminate", "2018-10-25", None, "公开属性空白")

    row = document(D("2018-09-10"), None, drafting_units="市财政局")
    add(
        "interpretation",
        unit="市政府办公室",
        title="解读",
        document_id=row["id"],
        published_on=D("2018-09-11"),
        channels="政府门户网站",
        form="文字",
    )
    must("PD-9.2", row["id"], "violation", None, None, "由发文单位而不是起草单位解读")
    row = document(D("2018-09-12"), None, drafting_units="市民政局；市财政局")
    add(
        "interpretation",
        unit="平度市民政局",
        title="解读",
        document_id=row["id"],
        published_on=D("2018-09-13"),
        channels="政府门户网站",
        form="文字",
    )
    row = document(D("2018-09-14"), None, drafting_units=None)
    add(
        "interpretation",
        unit="市财政局",
        title="解读",
        document_id=row["id"],
        published_on=D("2018-09-17"),
        channels="政府门户网站",
        form="文字",
    )
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
                invited_attendees=5 if number == 9 else 0, major_livelihood="否")  # fmt: skip
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
        )
    must("PD-2-2.1", "2018", "violation", "2018-12-31", None, "有列席的常务会议只有1次")


def requests() -> None:
    for number in range(44):
        day = later(D("2018-01-08"), 0, 330)
        while working(day, 15) > AS_OF:
            day -= timedelta(days=13)
        add("request", unit=RANDOM.choice(OFFICES), title=f"申请（{number + 1}）", subject=RANDOM.choice(["征地批复", "拆迁补偿方案", "环评报告", "低保名单", "财政专项资金"]),
            received_on=day, replied_on=working(day, RANDOM.choice([3, 8, 12, 15])))  # fmt: skip

    def planted(
        received: str | None,
        replied: str | None,
        outcome: str | None,
        due: str | None,
        late: int | None,
        remark: str,
        **more: Any,
    ) -> None:
        row = add(
            "request",
            unit="市国土资源局",
            title=f"申请（{remark}）",
            subject="征地批复",
            received_on=received and D(received),
            replied_on=replied and D(replied),
            **more,
        )
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


def the_rest() -> None:
    sectors = ["教育", "生态环境", "文化和旅游", "卫生计生", "住房保障", "水电气热", "公共交通", "社会救助和社会福利"]
    for sector in sectors:
        for aspect in ("决策", "执行", "管理", "服务", "结果"):
            add("catalog_entry", unit="市大数据中心", title=f"{sector}·{aspect}", sector=sector, aspect=aspect, body=RANDOM.choice(OFFICES), content=f"{sector}{aspect}信息",
                time_limit="20个工作日", manner="政府门户网站", revised_on=D("2018-11-15") if sector in ("教育", "住房保障") else D("2016-05-20"),
                is_public_institution="否")  # fmt: skip
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
        )
    for weight, outcome, remark in (("3.5%", "violation", "占3.5%"), (None, "indeterminate", "没有填")):
        row = add(
            "unit",
            unit="市旧城改造指挥部" if weight else "市网络办公室",
            year=2018,
            staff=2,
            trained=2,
            appraisal_weight=weight,
        )
        must("PD-20.1", row["id"], outcome, None, None, remark)
    for office, staff, trained, outcome, remark in (
        ("市市场监督管理局", 3, 2, "violation", "3人只训2人"),
        ("市政府法制办", 2, None, "indeterminate", "没有填已培训人数"),
        ("市编办", 2, 3, "indeterminate", "已培训多于工作人员，矛盾"),
        ("市考核办", 0, 0, None, "没有公开工作人员，不适用"),
    ):
        row = add("unit", unit=office, year=2018, staff=staff, trained=trained, appraisal_weight="5%")
        if outcome:
            must("PD-21.3", row["id"], outcome, "2018-12-31", None, remark)
    add("unit", unit="市财政局", year=2017, staff=3, trained=1, appraisal_weight="2%")


def rejected() -> None:
    """Three rows that cannot be used: they must be named, with their place and reason."""
    public(topic="其他", unit="市旅游局", title="日期不存在的一行", formed_on="2018-02-30", published_on=D("2018-03-05"))
    public(topic="其他", unit="市旅游局", title="层级写错的一行", level="省部级", published_on=D("2018-03-06"))
    row = add(
        "meeting", unit="市政府办公室", title="编号重复的一行", kind="其他会议", held_on=D("2018-05-08"), invited_attendees=0
    )
    row["id"] = ROWS["meeting"][0]["id"]


REJECTED = 3
ONE_OUTCOME = {
    "PD-2-2.1": "一年只有一个结论；其余结果见该规则的例子",
    "PD-12.3": "一年只有一个结论（本台账为符合）；其余结果见该规则的例子",
}
NOT_POSSIBLE = {
    "pending": {
        "PD-8-5.1": "7月31日已过",
        "PD-9.2": "没有期限",
        "PD-20.1": "没有期限",
        "PD-21.3": "检查日就是期限当天",
    },
    "not_applicable": dict.fromkeys(
        ("PD-8-1.1", "PD-8-5.1", "PD-8-7.1", "PD-8-7.2", "PD-8-7.3", "PD-8-8.3", "PD-8-9.3"), "按期间判断，没有不适用"
    )
    | {"PD-15.3": "每件申请都适用"},
}


def build() -> None:
    for part in (series, licences, poverty, others, documents, meetings, requests, the_rest, rejected):
        part()


def write_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    thin = Side(style="thin", color="FFBFBFBF")
    for name, spec in TABLES.items():
        rows = ROWS[name]
        if not rows:
            continue
        sheet = book.create_sheet(spec.zh)
        fields = [f for f in spec.fields if any(f in r for r in rows)]
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(fields))
        title = sheet.cell(1, 1, f"平度市2018年{spec.zh}台账（示例，人名和事项均为虚构）")
        title.font, title.alignment = Font(size=14, bold=True), Alignment(horizontal="center")
        for column, field in enumerate(fields, 1):
            cell = sheet.cell(2, column, spec.fields[field].column.zh)
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", start_color="FFD9E1F2")
            cell.alignment = Alignment(horizontal="center", wrap_text=True)
            width = {"title": 34, "text": 30, "id": 8}.get(field, max(11, 2 * len(spec.fields[field].column.zh)))
            sheet.column_dimensions[cell.column_letter].width = width
        for number, row in enumerate(rows, 3):
            for column, field in enumerate(fields, 1):
                cell = sheet.cell(number, column, row.get(field))
                cell.border = Border(thin, thin, thin, thin)
                if isinstance(row.get(field), date):
                    cell.number_format = "yyyy-mm-dd"
        sheet.freeze_panes = "A3"
    book.save(path)


def readme() -> str:
    from opencheck import load_pack

    pack = load_pack("pingdu-2018")
    total = sum(map(len, ROWS.values()))
    counts: dict[str, dict[str, int]] = {rule: {} for rule in pack.rules}
    for (rule, _), (outcome, *_rest) in EXPECTED.items():
        counts[rule][outcome] = counts[rule].get(outcome, 0) + 1
    names = {"violation": "违规", "pending": "未到期", "indeterminate": "无法判断"}
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
        "|---|---|---|---|---|",
    ]
    for rule, found in counts.items():
        remark = ONE_OUTCOME.get(rule, "") or "；".join(why for o in ("pending",) if (why := NOT_POSSIBLE[o].get(rule)))
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
        f"未能使用的 {REJECTED} 行：公开信息里一行形成日期是 2018-02-30、一行层级写“省部级”，会议里一行编号重复。",
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
