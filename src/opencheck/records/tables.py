"""The tables, one pydantic model each: the source of column types, headers, JSON Schemas and the template workbook."""

from __future__ import annotations

from opencheck.records.fields import (
    TITLE_HEADERS,
    UNIT_HEADERS,
    Count,
    Day,
    Flag,
    Moment,
    Percent,
    PeriodName,
    Prose,
    Record,
    TableSpec,
    Text,
    Texts,
    Year,
    column,
)

__all__ = [
    "TABLES",
]


class Disclosure(Record):
    """公开信息：每公开一条信息一行。"""

    topic: Text = column(
        "信息主题",
        "主题",
        "公开事项",
        "事项",
        "信息类别",
        en="topic",
        doc="规则包主题表中的名称或代码",
        example="环境空气质量",
        likely=("栏目", "栏目名称", "所属栏目", "公示内容", "公开内容", "公示事项", "信息分类", "主题分类"),
    )
    subject: Text = column(
        "公开对象",
        "对象",
        "所涉对象",
        en="subject",
        vague=("学校", "水源地", "项目名称"),
        doc="信息是关于谁或什么的：学校、水源地、项目",
        example="",
    )
    level: Text = column("公开层级", "层级", "级别", en="level", vocabulary="level", example="县级")
    channels: Texts = column(
        "公开渠道", "发布渠道", "渠道", "公开载体", en="channels", doc="可填多个，用；分隔", example="政府门户网站"
    )
    period: PeriodName = column(
        "所属期",
        "所属月份",
        "所属季度",
        "报告期",
        "期间",
        "月份",
        en="period",
        doc="2018-06、2018-Q2或2018",
        kind="period",
        example="2018-06",
    )
    formed_on: Day = column(
        "形成日期",
        "决定日期",
        "信息形成日期",
        "作出决定日期",
        "生成日期",
        "形成或变更日期",
        en="formed on",
        doc="信息形成、变更或决定作出之日",
        example="2018-07-05",
    )
    published_on: Day = column(
        "公开日期",
        "发布日期",
        "发布时间",
        "公开时间",
        "公示开始日期",
        "公示起始日期",
        "上网日期",
        "张贴日期",
        "公布日期",
        en="published on",
        example="2018-07-09",
        blank_means_pending=True,
        likely=("日期", "时间", "上传日期", "上传时间", "公示日期", "公示时间", "录入时间"),
    )
    published_at: Moment = column("公开时刻", "发布时刻", en="published at", doc="须比到时分的（如预警）填公开的时刻")
    posted_until: Day = column(
        "公示截止日期",
        "截止日期",
        "下架日期",
        "撤下日期",
        "公示结束日期",
        "公示终止日期",
        "公示截至日期",
        en="posted until",
        doc="张贴的最后一天；仍在张贴则留空",
        blank_means_pending=True,
        open_ended=True,
    )
    attribute: Text = column(
        "公开属性", "公开类型", "属性", en="disclosure attribute", vocabulary="attribute", example="主动公开"
    )
    non_disclosure_reason: Text = column("不公开理由", "不予公开理由", "不公开依据", en="reason for not disclosing", basis=True)
    elements: Texts = column(
        "包含要素", "公开要素", "要素", "内容要素", en="elements contained", doc="该信息实际包含的要素，用；分隔"
    )
    confidential_basis: Text = column("保密依据", "定密依据", "涉密依据", en="basis of confidentiality", basis=True)
    mandatory_personal_data: Flag = column("依法须公开个人信息", "强制披露个人信息", en="personal data required by law")
    personal_data_basis: Text = column(
        "公开个人信息依据",
        "个人信息公开依据",
        en="basis of personal data",
        doc="惩戒公示、强制披露所依据的法规条款",
        basis=True,
    )
    reviewed_on: Day = column(
        "保密审查日期", "审查日期", en="reviewed on", example="2018-07-06", likely=("审核日期", "审核时间")
    )
    review_result: Text = column(
        "审查结果",
        "保密审查结果",
        "审查意见",
        en="review result",
        vocabulary="review_result",
        example="可以公开",
        likely=("保密审查", "保密审查情况", "审核结果", "审核意见"),
    )
    reviewer: Text = column("审查人", "保密审查人", en="reviewer", example="王某", likely=("审核人", "审核人员", "保密审核人"))
    effective_at: Moment = column("生效时间", "启动时间", en="effective at", doc="预警等生效的时刻，须含时分")
    justification: Text = column(
        "理由说明",
        "书面理由",
        "例外理由",
        "缩短理由",
        en="justification",
        doc="原则性要求未做到时的书面理由",
        basis=True,
    )
    text: Prose = column("正文", "正文内容", "全文", en="text", kind="prose")


class Document(Record):
    """公文：每份公文一行。"""

    number: Text = column("文号", "发文字号", "文件编号", en="document number", example="平政办发〔2018〕1号")
    drafting_units: Texts = column(
        "起草单位",
        "起草部门",
        "代拟单位",
        en="drafting units",
        doc="联合起草的用；分隔",
        example="市财政局",
        entity="unit",
        likely=("拟稿单位", "拟稿部门", "拟稿科室", "主办科室"),
    )
    is_policy: Flag = column("是否政策性文件", "政策性文件", "是否政策文件", en="is a policy document", example="是")
    is_important: Flag = column("是否重要政策", "重要政策", en="is important", doc="不填视为重要（规则包参数可改）")
    affects_public_interest: Flag = column("涉及公共利益", "是否涉及公共利益", "涉及公众权益", en="affects public interest")
    proposed_attribute: Text = column(
        "拟公开属性", "建议公开属性", "公开属性建议", en="proposed attribute", vocabulary="attribute", example="主动公开"
    )
    proposed_reason: Text = column(
        "属性理由",
        "公开属性理由",
        "建议理由",
        en="reason for the proposed attribute",
        example="涉及群众切身利益，应主动公开",
        basis=True,
    )
    submitted_on: Day = column("报批日期", "送审日期", "上报日期", en="submitted on", example="2018-08-20")
    interpretation_plan_on: Day = column(
        "解读方案报批日期", "解读方案日期", en="interpretation plan submitted on", example="2018-08-20"
    )
    signed_on: Day = column(
        "成文日期",
        "签发日期",
        "印发日期",
        en="signed on",
        example="2018-08-24",
        likely=("发文日期", "发文时间", "落款日期", "制发日期", "日期"),
    )
    published_on: Day = column(
        "公布日期",
        "公开日期",
        "发布日期",
        "文件公布日期",
        en="published on",
        example="2018-08-28",
        blank_means_pending=True,
        likely=("上网日期", "上网时间", "上传日期", "上传时间"),
    )
    attribute: Text = column(
        "公开属性",
        "属性",
        en="disclosure attribute",
        vocabulary="attribute",
        example="主动公开",
        likely=("公开方式", "公开类别", "公开类型", "公开选项", "信息公开选项", "公开形式", "是否公开"),
    )
    non_disclosure_reason: Text = column("不公开理由", "不予公开理由", en="reason for not disclosing", basis=True)
    disclosure_provision: Text = column(
        "公开条款",
        "文件内公开规定",
        en="disclosure provision",
        doc="文件中关于公开相关信息的条款",
    )
    reviewed_on: Day = column(
        "保密审查日期", "审查日期", en="reviewed on", example="2018-08-23", likely=("审核日期", "审核时间")
    )
    review_result: Text = column(
        "审查结果",
        "保密审查结果",
        en="review result",
        vocabulary="review_result",
        example="可以公开",
        likely=("保密审查", "保密审查情况", "审核结果", "审核意见"),
    )
    reviewer: Text = column("审查人", "保密审查人", en="reviewer", example="王某", likely=("审核人", "审核人员", "保密审核人"))
    interpretation_published_on: Day = column(
        "解读发布时间",
        "解读发布日期",
        "解读日期",
        "政策解读发布时间",
        "政策解读发布日期",
        en="interpretation published on",
        doc="解读不另设台账的，在这里登记",
    )
    interpretation_url: Text = column("解读链接", "解读网址", "政策解读链接", en="link of the interpretation")
    text: Prose = column("正文", "正文内容", "全文", en="text", doc="印发原件的正文，含公开属性标注", kind="prose")


class Interpretation(Record):
    """政策解读：每份解读材料一行。"""

    document_id: Text = column(
        "文件编号",
        "对应文件编号",
        "所解读文件",
        "被解读文件编号",
        "文号",
        "发文字号",
        "文件文号",
        "文件名称",
        "文件标题",
        "政策文件",
        "政策文件名称",
        "解读文件",
        en="document id",
        doc="公文表中的编号；也可以填文号或标题",
        link="document",
        example="1",
    )
    published_on: Day = column(
        "解读发布日期", "发布日期", "公开日期", "解读日期", en="published on", example="2018-08-30", blank_means_pending=True
    )
    channels: Texts = column("发布渠道", "公开渠道", "渠道", en="channels", example="政府门户网站")
    form: Text = column("解读形式", "形式", en="form", example="文字", likely=("解读方式", "解读类型"))
    unit: Text = column(
        "责任单位", *UNIT_HEADERS, "解读单位", "解读部门", en="responsible unit", example="市环保局", entity="unit"
    )


class Meeting(Record):
    """会议：每次会议一行。"""

    kind: Text = column("会议类型", "会议类别", "类型", en="kind", vocabulary="meeting_kind", example="常务会议")
    held_on: Day = column("召开日期", "会议日期", "开会日期", en="held on", example="2018-09-12")
    major_livelihood: Flag = column("涉及重大民生", "重大民生议题", "是否涉及重大民生", en="major livelihood item")
    affects_public_interest: Flag = column("涉及公众利益", "是否涉及公众利益", en="affects public interest")
    state_secret: Flag = column("涉及国家秘密", "是否涉密", "涉密", en="involves a state secret")
    confidential_basis: Text = column("保密依据", "定密依据", en="basis of confidentiality", basis=True)
    plan_submitted_on: Day = column("会议方案报批日期", "方案报批日期", en="plan submitted on")
    opinion_submitted_on: Day = column("意见报批日期", "列席公开意见报批日期", en="opinion submitted on")
    attendance_opinion: Text = column("列席意见", "是否邀请列席", en="opinion on attendance")
    openness_opinion: Text = column("公开意见", "是否公开", en="opinion on openness")
    openness_manner: Text = column("公开方式", en="manner of openness")
    invited_attendees: Count = column(
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
    justification: Text = column("理由说明", "书面理由", en="justification", basis=True)
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
        "受理日期",
        "收件日期",
        en="received on",
        example="2018-09-03",
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
        "补正告知日期", "告知补正日期", en="correction notified on", doc="申请内容不明确、告知补正之日"
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
        "征求第三方意见日期", "征求意见日期", "征求第三方意见时间", en="third party asked on", doc="第三方收到征求意见书之日"
    )
    third_party_replied_on: Day = column(
        "第三方答复日期",
        "第三方意见日期",
        "第三方反馈日期",
        "收到第三方意见日期",
        en="third party replied on",
        blank_means_pending=True,
    )
    extension_notified_on: Day = column("延期告知日期", "延期通知日期", en="extension notified on")
    excluded_days: Count = column(
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
    legal_basis: Text = column("法律依据", "答复依据", en="legal basis", basis=True)
    reasons: Text = column("答复理由", "理由", en="reasons", basis=True)


class CatalogEntry(Record):
    """主动公开目录：目录的每个事项一行。"""

    sector: Text = column("领域", "行业领域", en="sector", example="社会救助")
    aspect: Text = column("公开环节", "环节", "五公开", en="aspect", vocabulary="aspect", example="管理")
    body: Text = column("公开主体", "主体", en="body", example="市民政局")
    content: Text = column("公开内容", "内容", en="content", example="城乡低保标准")
    time_limit: Text = column("公开时限", "时限", en="time limit", example="20个工作日")
    manner: Text = column(
        "公开方式", "方式", "公开渠道", "公开载体", "公开渠道和载体", "公开渠道及载体", en="manner", example="政府门户网站"
    )
    title: Text = column("标题", *TITLE_HEADERS, "公开事项", en="title")
    revised_on: Day = column("修订日期", "更新日期", en="revised on", example="2018-11-15")
    is_public_institution: Flag = column("公共企事业单位目录", "是否公共企事业单位", en="public institution's catalogue")


class Roster(Record):
    """应公开名录：应当公开的学校、水源地、排污单位、村等，每个一行。"""

    topic: Text = column("信息主题", "主题", "公开事项", "事项", en="topic", example="集中式饮用水水源水质")
    subject: Text = column("公开对象", "对象", "名录对象", en="subject", example="云山丈岭井群", vague=("学校", "水源地"))
    level: Text = column("公开层级", "层级", en="level", vocabulary="level")
    since: Day = column("起始日期", "列入日期", en="since", doc="何时起应公开；一直如此则留空")
    until: Day = column("终止日期", "移出日期", en="until", doc="应公开到何时；仍应公开则留空", open_ended=True)


class Unit(Record):
    """责任单位情况：每个单位每年一行。"""

    year: Year = column("年度", "年份", en="year", example=2018, kind="year")
    disclosure_office: Text = column("政务公开机构", "工作机构", "专门机构", en="disclosure office", example="办公室")
    fulltime_staff: Count = column("专职人员数", "专职人数", en="full-time staff", example=1)
    staff: Count = column("政务公开工作人员数", "工作人员数", "公开工作人员", en="staff working on openness", example=3)
    trained: Count = column("已培训人数", "培训人数", "受训人数", en="staff trained", example=3)
    training_forms: Texts = column("培训形式", "培训方式", en="forms of training")
    training_plan_on: Day = column("培训计划日期", en="training plan dated")
    appraisal_weight: Percent = column(
        "考核分值占比",
        "政务公开分值",
        "考核权重",
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
    batch: Text = column("批次", en="batch")
    visits: Count = column("最多到场次数", "到场次数", "跑腿次数", en="visits needed", doc="办成须到现场几次，不用到场填0")


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
    followers: Count = column("关注人数", "粉丝数", "粉丝数量", "关注数", en="followers")
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
    basis: Text = column("依据", "豁免依据", en="basis", basis=True)
    approved_by: Text = column("批准人", en="approved by")
    from_: Day = column("起", "豁免起", "起始日期", en="from")
    until: Day = column("止", "豁免止", "截止日期", en="until")


class Listing(Record):
    """公示表：公示内容本身的每一行。"""

    topic: Text = column("信息主题", "主题", en="topic")
    householder: Text = column("户主姓名", "户主", "姓名", "保障对象", "低保对象", "救助对象", en="householder")
    persons: Count = column("保障人数", "保障人口", "人数", "人口数", "保障人口数", en="persons covered")
    community: Text = column(
        "居住社区（村）",
        "社区",
        "村",
        "居住地",
        "所在社区",
        "村居",
        "村（社区）",
        "社区（村）",
        "所在村",
        "所在村居",
        en="community or village",
    )
    amount: Text = column("救助金额", "金额", "补助金额", "保障金额", "保障金", "低保金", "月救助金额", "发放金额", en="amount")
    hotline: Text = column("监督举报电话", "举报电话", "监督电话", "举报监督电话", "监督举报", en="supervision phone")
    sampled_unit: Text = column("被抽检单位", "被抽样单位", "被抽样单位名称", en="sampled unit")
    product: Text = column("产品名称", "抽检产品名称", "食品名称", en="product")
    producer: Text = column("标示生产单位", "标称生产企业", "生产单位", en="labelled producer")
    production_date: Text = column("标示生产日期", "生产日期", en="labelled production date")
    batch_number: Text = column("批号", "标示批号", "产品批号", en="batch number")
    specification: Text = column("规格", "规格型号", en="specification")
    test_basis: Text = column("检验依据", "检测依据", en="basis of the test")
    test_result: Text = column("检验结果", "检验结论", en="test result")
    testing_body: Text = column("检验单位", "检验机构", "检测机构", en="testing body")


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
        TableSpec("document", "公文", Document, ("文件", "公文台账", "政策文件", "documents"), nouns=("文件", "公文")),
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
        TableSpec("request", "依申请公开", Request, ("申请台账", "依申请公开台账", "requests"), nouns=("申请",)),
        TableSpec("catalog_entry", "主动公开目录", CatalogEntry, ("公开目录", "目录", "catalog"), nouns=("目录",)),
        TableSpec("roster", "应公开名录", Roster, ("名录", "rosters"), nouns=("名录",)),
        TableSpec("unit", "责任单位", Unit, ("单位", "单位情况", "units")),
        TableSpec("service_item", "办事事项", ServiceItem, ("事项", "服务事项", "service_items"), nouns=("事项",)),
        TableSpec("opinion_case", "舆情", OpinionCase, ("政务舆情", "舆情台账", "opinion_cases"), nouns=("舆情",)),
        TableSpec("account", "政务新媒体账号", Account, ("新媒体账号", "账号", "accounts"), nouns=("账号",)),
        TableSpec("post", "政务新媒体信息", Post, ("新媒体信息", "推送", "posts"), nouns=("推送",)),
        TableSpec("evidence", "佐证", Evidence, ("佐证材料",), nouns=("佐证材料", "佐证", "材料")),
        TableSpec("waiver", "豁免", Waiver, ("豁免清单", "waivers"), nouns=("豁免",)),
        TableSpec("listing", "公示表", Listing, ("公示名单", "listings")),
    )
}
"""Every table by name, in the order in which the template shows them."""
