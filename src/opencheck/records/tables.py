"""The tables, one pydantic model each: the source of column types, headers, JSON Schemas and the template workbook."""

from __future__ import annotations

from opencheck.records.columns import (
    Attendances,
    Day,
    Days,
    Flag,
    Moment,
    Percent,
    Persons,
    Prose,
    Record,
    Text,
    Texts,
    Times,
    Year,
    column,
)
from opencheck.records.published_tables import CatalogEntry, Disclosure, Document, Interpretation, Listing, Roster
from opencheck.records.table_spec import TableSpec

__all__ = [
    "TABLES",
    "Account",
    "CatalogEntry",
    "Disclosure",
    "Document",
    "Evidence",
    "Interpretation",
    "Listing",
    "Meeting",
    "OpinionCase",
    "Post",
    "ProposalReply",
    "Request",
    "Roster",
    "ServiceItem",
    "Unit",
    "Waiver",
]


class Meeting(Record):
    """会议：每次会议一行。"""

    kind: Text = column("会议类型", "会议类别", "类型", en="kind", vocabulary="meeting_kind", example="常务会议")
    held_on: Day = column("召开日期", "会议日期", "开会日期", en="held on", example="2018-09-12", blank_means_pending=True)
    major_livelihood: Flag = column("涉及重大民生", "重大民生议题", "是否涉及重大民生", en="major livelihood item")
    affects_public_interest: Flag = column("涉及公众利益", "是否涉及公众利益", en="affects public interest")
    state_secret: Flag = column("涉及国家秘密", "是否涉密", "涉密", en="involves a state secret")
    confidential_basis: Text = column("保密依据", "定密依据", en="basis of confidentiality", basis="ground")
    plan_submitted_on: Day = column("会议方案报批日期", "方案报批日期", en="plan submitted on")
    opinion_submitted_on: Day = column("意见报批日期", "列席公开意见报批日期", en="opinion submitted on")
    attendance_opinion: Text = column("列席意见", "是否邀请列席", en="opinion on attendance")
    openness_opinion: Text = column("公开意见", "是否公开", en="opinion on openness")
    openness_manner: Text = column("公开方式", en="manner of openness")
    invited_attendees: Attendances = column(
        "列席人数",
        "邀请列席人数",
        "受邀列席人数",
        en="invited people who attended",
        doc="受邀并到会列席的人数，没有填0",
        example=6,
        likely=("邀请列席人员", "列席人员", "受邀人员", "邀请人数"),
    )
    broadcast_channels: Texts = column("直播渠道", en="broadcast channels")
    topics_decided: Texts = column(
        "议定事项", "讨论决定事项", en="matters decided", likely=("议题", "会议议题", "讨论事项", "审议事项")
    )


class ProposalReply(Record):
    """建议提案复文：每件复文一行。"""

    kind: Text = column("类别", "建议或提案", en="kind", vocabulary="reply_kind", example="建议")
    affects_public_interest: Flag = column("涉及公共利益", "是否涉及公共利益", en="affects public interest")
    is_complex: Flag = column("涉及面宽情况复杂", "是否复杂", en="wide-ranging or complex")
    replied_on: Day = column("答复日期", "复文日期", en="replied on", example="2018-06-20", blank_means_pending=True)
    disclosed: Text = column("公开情况", "公开程度", en="disclosed", vocabulary="reply_disclosed", example="全文")
    elements: Texts = column("包含要素", "要素", en="elements contained")
    published_on: Day = column("公开日期", "发布日期", en="published on", example="2018-07-10", blank_means_pending=True)
    justification: Text = column(
        "理由说明",
        "书面理由",
        "不公开理由",
        "不予公开理由",
        "未公开理由",
        "未全文公开理由",
        "不公开原因",
        "未公开原因",
        en="justification",
        basis="reason",
        likely=("原因", "理由", "不公开说明", "未公开说明", "情况说明"),
    )
    text: Prose = column("正文", "公开文本", en="text", kind="prose")


class Request(Record):
    """依申请公开：每件申请一行。"""

    subject: Text = column(
        "申请内容",
        "申请事项",
        "所申请信息",
        "申请公开内容",
        "申请公开的信息",
        "申请信息",
        en="subject",
        example="某村土地征收批复",
    )
    received_on: Day = column(
        "收到日期",
        "收到申请日期",
        "接收日期",
        "收件日期",
        en="received on",
        example="2018-09-03",
        nearby=("受理日期",),
        likely=("申请日期", "申请时间", "提交日期", "来件日期", "来件时间"),
    )
    registered_on: Day = column("登记日期", en="registered on")
    handled_on: Day = column("办理日期", "转办日期", en="handled on")
    investigated_on: Day = column("调查日期", en="investigated on")
    replied_on: Day = column(
        "答复日期",
        "答复时间",
        "回复日期",
        en="replied on",
        example="2018-09-20",
        blank_means_pending=True,
        likely=("办结日期", "办结时间", "完成日期", "完成时间"),
    )
    correction_notified_on: Day = column(
        "补正告知日期",
        "告知补正日期",
        "是否补正",
        "是否告知补正",
        "是否要求补正",
        en="correction notified on",
        doc="申请内容不明确、告知补正之日",
        likely=("补正情况", "补正"),
    )
    corrected_on: Day = column(
        "补正收到日期",
        "收到补正日期",
        "补正日期",
        "补正申请收到日期",
        "收到补正材料日期",
        en="corrected request received on",
        doc="收到补正后的申请之日，答复期限自此起算",
        blank_means_pending=True,
    )
    third_party_asked_on: Day = column(
        "征求第三方意见日期",
        "征求意见日期",
        "征求第三方意见时间",
        en="third party asked on",
        doc="第三方收到征求意见书之日",
        likely=("第三方意见", "第三方情况", "征求第三方意见", "征求第三方意见情况", "征求意见情况"),
    )
    third_party_replied_on: Day = column(
        "第三方答复日期",
        "第三方意见日期",
        "第三方反馈日期",
        "收到第三方意见日期",
        en="third party replied on",
        blank_means_pending=True,
    )
    extension_notified_on: Day = column(
        "延期告知日期",
        "延期通知日期",
        "是否延期",
        "是否延期答复",
        "是否告知延期",
        "是否延长",
        "是否延长期限",
        "是否延长答复期限",
        en="extension notified on",
        likely=("延期情况", "延长情况", "延期", "延长期限", "延长答复期限"),
    )
    excluded_days: Days = column(
        "不计工作日",
        "扣除工作日",
        "征求意见工作日",
        en="excluded working days",
        doc="依法不计入期限的工作日数，没有则留空或填0",
    )
    publishable: Flag = column("可否公开", "可公开", en="publishable")
    remedy_authority: Text = column("救济机关", "救济机关名称", en="remedy authority")
    remedy_address: Text = column("救济机关地址", "救济地址", en="remedy address")
    remedy_time_limit: Text = column("救济时限", "救济期限", en="remedy time limit")
    legal_basis: Text = column("法律依据", "答复依据", en="legal basis", basis="ground")
    reasons: Text = column("答复理由", "理由", en="reasons", basis="reason")


class Unit(Record):
    """责任单位情况：每个单位每年一行。"""

    year: Year = column("年度", "年份", en="year", example=2018, kind="year")
    disclosure_office: Text = column("政务公开机构", "工作机构", "专门机构", en="disclosure office", example="办公室")
    fulltime_staff: Persons = column("专职人员数", "专职人数", en="full-time staff", example=1)
    staff: Persons = column("政务公开工作人员数", "工作人员数", "公开工作人员", en="staff working on openness", example=3)
    trained: Persons = column("已培训人数", "培训人数", "受训人数", en="staff trained", example=3)
    training_forms: Texts = column("培训形式", "培训方式", en="forms of training", tells_apart="name")
    training_plan_on: Day = column("培训计划日期", en="training plan dated")
    appraisal_weight: Percent = column(
        "考核分值占比",
        "考核权重",
        likely=("政务公开分值", "考核分值", "政务公开考核分值"),
        en="weight in the appraisal (percent)",
        kind="percent",
        doc="政务公开在综合考核中的百分比，如4%",
        example="4%",
    )


class ServiceItem(Record):
    """办事事项：每个事项一行。"""

    name: Text = column("事项名称", "服务事项", en="name", vague=("事项名称",), example="出生医学证明补发")
    materials_listed: Flag = column("材料已目录化", en="materials catalogued")
    materials_standardised: Flag = column("材料已标准化", en="materials standardised")
    online: Flag = column("可网上办理", "网上办理", en="online")
    do_it_once: Flag = column("一次办好", "是否一次办好", en="do-it-once item")
    listed_on: Day = column("列入清单日期", "清单公布日期", en="listed on", blank_means_pending=True)
    batch: Text = column("批次", en="batch", tells_apart="batch")
    visits: Times = column("最多到场次数", "到场次数", "跑腿次数", en="visits needed", doc="办成须到现场几次，不用到场填0")


class OpinionCase(Record):
    """政务舆情：每件舆情一行。"""

    grade: Text = column("舆情等级", "等级", en="grade", vocabulary="grade", example="一般")
    category: Text = column("舆情类别", "类别", en="category")
    is_focus: Flag = column("重点关注", "是否重点关注", en="is a focus", doc="涉及重大政策调整、公信力、道德底线的填“是”")
    detected_at: Moment = column("发现时间", "监测时间", en="detected at", example="2018-09-03 08:30")
    warned_at: Moment = column("预警时间", en="warned at")
    assessed_at: Moment = column("研判时间", en="assessed at")
    handled_at: Moment = column("处置时间", en="handled at")
    responded_at: Moment = column("回应时间", "首次回应时间", en="responded at", blank_means_pending=True)
    press_conference_at: Moment = column("新闻发布会时间", "发布会时间", en="press conference at", blank_means_pending=True)


class Account(Record):
    """政务新媒体账号：每个账号一行。"""

    platform: Text = column(
        "平台",
        "平台类型",
        "平台名称",
        "账号平台",
        en="platform",
        vocabulary="platform",
        example="微信",
        likely=("账号类型", "媒体类型"),
    )
    manager_unit: Text = column("管理单位", "运营单位", en="managing unit", doc="实际管理账号的单位", entity="unit")
    last_post_on: Day = column(
        "最近更新日期",
        "最后更新日期",
        "最近发布日期",
        "最后发布日期",
        en="last post on",
        likely=("更新日期", "更新时间"),
    )
    followers: Persons = column("关注人数", "粉丝数", "粉丝数量", "关注数", en="followers")
    status: Text = column("账号状态", "状态", "运行状态", en="status", vocabulary="account_status", likely=("运行情况",))


class Post(Record):
    """政务新媒体信息：每条推送一行。"""

    account_id: Text = column("账号编号", en="account id", link="account")
    published_at: Moment = column("推送时间", "发布时间", en="published at")
    reviewed_on: Day = column("审核日期", en="reviewed on")
    on_function: Flag = column("与职能相关", en="relates to the unit's functions")
    error_found_at: Moment = column("发现错误时间", en="error found at")
    corrected_at: Moment = column("更正时间", "整改时间", en="corrected at", blank_means_pending=True)


class Evidence(Record):
    """佐证材料：须由人判断的要求，每份佐证一行。"""

    clause: Text = column("条款", "对应条款", en="clause", example="3.4")
    dated_on: Day = column("材料日期", "佐证日期", en="dated on")
    reviewer: Text = column("审核人", "评审人", en="reviewer")
    verdict: Text = column("审核结论", "结论", en="verdict", vocabulary="verdict")
    reviewed_on: Day = column("审核日期", en="reviewed on")
    valid_until: Day = column("有效期至", "有效期", en="valid until")


class Waiver(Record):
    """豁免：经批准不按某规则追究的记录或单位，每项一行。"""

    rule: Text = column("规则", "规则编号", en="rule", example="PD-9.4")
    record_id: Text = column("豁免记录编号", "豁免记录", en="record id", doc="只豁免这一条；不填则看单位、主题")
    topic: Text = column("信息主题", "主题", en="topic", doc="只豁免这一主题的记录")
    basis: Text = column("依据", "豁免依据", en="basis", basis="reason")
    approved_by: Text = column("批准人", en="approved by")
    from_: Day = column("起", "豁免起", "起始日期", en="from")
    until: Day = column("止", "豁免止", "截止日期", en="until")


_POSTED = ("published_on", "posted_until")

TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        TableSpec(
            "disclosure",
            "公开信息",
            Disclosure,
            ("信息公开台账", "公开台账", "信息公开", "disclosures"),
            nouns=("公开信息", "信息"),
            spans=dict.fromkeys(
                ("公示起止日期", "公示起止", "起止日期", "公示期限", "公示期间", "公示期", "公示时间"), _POSTED
            ),
        ),
        TableSpec(
            "document",
            "公文",
            Document,
            ("文件", "公文台账", "政策文件", "documents"),
            nouns=("文件", "公文", "政策文件", "规范性文件"),
        ),
        TableSpec(
            "interpretation",
            "政策解读",
            Interpretation,
            ("解读", "解读台账", "interpretations"),
            nouns=("政策解读", "解读材料", "解读"),
        ),
        TableSpec("meeting", "会议", Meeting, ("会议台账", "政府会议", "meetings"), nouns=("会议",)),
        TableSpec(
            "proposal_reply",
            "建议提案复文",
            ProposalReply,
            ("建议提案", "复文", "proposal_replies"),
            nouns=("建议提案", "建议", "提案", "复文"),
        ),
        TableSpec(
            "request",
            "依申请公开",
            Request,
            ("申请台账", "依申请公开台账", "requests"),
            nouns=("申请",),
            titled_by="subject",
        ),
        TableSpec(
            "catalog_entry",
            "主动公开目录",
            CatalogEntry,
            ("公开目录", "目录", "catalog"),
            nouns=("目录",),
            titled_by="content",
        ),
        TableSpec("roster", "应公开名录", Roster, ("名录", "rosters"), nouns=("名录",)),
        TableSpec("unit", "责任单位", Unit, ("单位", "单位情况", "units")),
        TableSpec(
            "service_item",
            "办事事项",
            ServiceItem,
            ("事项", "服务事项", "service_items"),
            nouns=("事项",),
            titled_by="name",
        ),
        TableSpec("opinion_case", "舆情", OpinionCase, ("政务舆情", "舆情台账", "opinion_cases"), nouns=("舆情",)),
        TableSpec("account", "政务新媒体账号", Account, ("新媒体账号", "账号", "accounts"), nouns=("账号",)),
        TableSpec("post", "政务新媒体信息", Post, ("新媒体信息", "推送", "posts"), nouns=("推送",)),
        TableSpec("evidence", "佐证", Evidence, ("佐证材料",), nouns=("佐证材料", "佐证", "材料")),
        TableSpec("waiver", "豁免", Waiver, ("豁免清单", "waivers"), nouns=("豁免",)),
        TableSpec("listing", "公示表", Listing, ("公示名单", "listings"), is_published=True),
    )
}
"""Every table by name, in the order in which the template shows them."""
