"""The tables of what is published: disclosures, documents and their interpretations, the catalogue, the roster, published lists."""

from __future__ import annotations

from opencheck.records.columns import (
    TITLE_HEADERS,
    UNIT_HEADERS,
    Day,
    Flag,
    Moment,
    PeriodName,
    Persons,
    Prose,
    Record,
    Text,
    Texts,
    column,
)

__all__ = ["CatalogEntry", "Disclosure", "Document", "Interpretation", "Listing", "Roster"]


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
        tells_apart="name",
        several=True,
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
        doc="2018-06、2018-Q2或2018；半年2018-H1，旬2018-06-D1，周2018-W05",
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
    non_disclosure_reason: Text = column(
        "不公开理由", "不予公开理由", "不公开依据", en="reason for not disclosing", basis="ground"
    )
    elements: Texts = column(
        "包含要素", "公开要素", "要素", "内容要素", en="elements contained", doc="该信息实际包含的要素，用；分隔"
    )
    confidential_basis: Text = column("保密依据", "定密依据", "涉密依据", en="basis of confidentiality", basis="ground")
    mandatory_personal_data: Flag = column("依法须公开个人信息", "强制披露个人信息", en="personal data required by law")
    personal_data_basis: Text = column(
        "公开个人信息依据",
        "个人信息公开依据",
        en="basis of personal data",
        doc="惩戒公示、强制披露所依据的法规条款",
        basis="ground",
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
        basis="reason",
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
        basis="reason",
    )
    submitted_on: Day = column("报批日期", "送审日期", "上报日期", en="submitted on", example="2018-08-20")
    interpretation_plan_on: Day = column(
        "解读方案报批日期", "解读方案日期", en="interpretation plan submitted on", example="2018-08-20"
    )
    signed_on: Day = column(
        "成文日期",
        en="signed on",
        example="2018-08-24",
        nearby=("签发日期", "印发日期"),
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
    non_disclosure_reason: Text = column("不公开理由", "不予公开理由", en="reason for not disclosing", basis="ground")
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
        "对应文件",
        "所解读文件",
        "被解读文件",
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


class CatalogEntry(Record):
    """主动公开目录：目录的每个事项一行。"""

    sector: Text = column("领域", "行业领域", en="sector", example="社会救助")
    aspect: Text = column("公开环节", "环节", "五公开", en="aspect", vocabulary="aspect", example="管理")
    body: Text = column("公开主体", "主体", en="body", example="市民政局")
    content: Text = column("公开内容", "公开内容（要素）", "内容", en="content", example="城乡低保标准")
    time_limit: Text = column("公开时限", "时限", en="time limit", example="20个工作日")
    manner: Text = column(
        "公开方式", "方式", "公开渠道", "公开载体", "公开渠道和载体", "公开渠道及载体", en="manner", example="政府门户网站"
    )
    title: Text = column("标题", *TITLE_HEADERS, "公开事项", en="title")
    revised_on: Day = column("修订日期", "更新日期", en="revised on", example="2018-11-15", blank_means_pending=True)
    is_public_institution: Flag = column("公共企事业单位目录", "是否公共企事业单位", en="public institution's catalogue")


class Roster(Record):
    """应公开名录：应当公开的学校、水源地、排污单位、村等，每个一行。"""

    topic: Text = column("信息主题", "主题", "公开事项", "事项", en="topic", example="集中式饮用水水源水质")
    subject: Text = column(
        "公开对象", "对象", "名录对象", en="subject", tells_apart="name", example="云山丈岭井群", vague=("学校", "水源地")
    )
    level: Text = column("公开层级", "层级", en="level", vocabulary="level")
    since: Day = column("起始日期", "列入日期", en="since", doc="何时起应公开；一直如此则留空")
    until: Day = column("终止日期", "移出日期", en="until", doc="应公开到何时；仍应公开则留空", open_ended=True)


class Listing(Record):
    """公示表：公示内容本身的每一行。"""

    topic: Text = column("信息主题", "主题", en="topic")
    householder: Text = column("户主姓名", "户主", "姓名", "保障对象", "低保对象", "救助对象", en="householder")
    persons: Persons = column("保障人数", "保障人口", "人数", "人口数", "保障人口数", en="persons covered")
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
