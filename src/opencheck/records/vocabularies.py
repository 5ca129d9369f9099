"""Closed and open vocabularies of the record fields; a term has a canonical value, a Chinese label and accepted spellings."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from opencheck.core.normalize import normalize_key

__all__ = [
    "VOCABULARIES",
    "Term",
    "Vocabulary",
]


@dataclass(frozen=True)
class Term:
    """One value of a vocabulary: the stored value, its Chinese label, and other accepted spellings."""

    value: str
    zh: str
    spellings: tuple[str, ...] = ()
    denial: str | None = None
    """The value that who denies this one states; None where that leaves open which: an account that is not 正常 need not be 已关停."""


@dataclass(frozen=True)
class Vocabulary:
    """The accepted values of a field.

    ``open`` vocabularies accept an unknown value unchanged (rules judge it); closed ones reject the row.

    >>> VOCABULARIES["level"].resolve("镇（街）")
    'town'
    """

    name: str
    terms: tuple[Term, ...]
    open: bool = False
    spellings: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table = {normalize_key(text): term.value for term in self.terms for text in (term.value, term.zh, *term.spellings)}
        object.__setattr__(self, "spellings", table)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The canonical values, in order."""
        return tuple(term.value for term in self.terms)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The Chinese labels, in order, as drop-downs show them."""
        return tuple(term.zh for term in self.terms)

    def resolve(self, text: str) -> str | None:
        """Return the canonical value of a spelling, or None."""
        return self.spellings.get(normalize_key(text))

    def denial(self, value: str) -> str | None:
        """Return the canonical value that the denial of one states, or None."""
        return next((term.denial for term in self.terms if term.value == value), None)

    def label(self, value: str) -> str:
        """Return the Chinese label of a canonical value; an unknown value is returned unchanged."""
        return next((term.zh for term in self.terms if term.value == value), value)


def _of_this_document(*words: str) -> tuple[str, ...]:
    """Words of disclosure as a cell has them, and as a note under a document says them of itself."""
    return (*words, *(f"此件{word}" for word in words))


def _same(*values: str) -> tuple[Term, ...]:
    return tuple(Term(value, value) for value in values)


VOCABULARIES: dict[str, Vocabulary] = {
    v.name: v
    for v in (
        # The spellings of printed notes (readings C2); rules judge any other text.
        Vocabulary(
            "attribute",
            (
                Term(
                    "主动公开",
                    "主动公开",
                    (
                        *("此件公开发布", "此件公开", "此件主动公开", "此件社会公开", "公开发布", "proactive"),
                        *_of_this_document("主动公开发布", "主动向社会公开", "向社会公开", "向社会公开发布", "对外公开"),
                    ),
                ),
                Term(
                    "删减后公开",
                    "删减后公开",
                    (
                        "此件删减后公开",
                        "此件删减后公开发布",
                        "删减后公开发布",
                        "此件有删减",
                        "此件有删改",
                        "本文有删减",
                        "redacted",
                    ),
                ),
                Term("依申请公开", "依申请公开", ("此件依申请公开", "此件可依申请公开", "on_request")),
                Term(
                    "不予公开",
                    "不予公开",
                    (
                        *("此件不予公开", "not_public"),
                        *_of_this_document(
                            "不公开", "免予公开", "不公开发布", "不予公开发布", "不对外公开", "不向社会公开", "不得公开"
                        ),
                    ),
                ),
            ),
            open=True,
        ),
        Vocabulary(
            "level",
            (
                Term("city", "市级", ("市", "设区的市", "地级市", "设区的市级", "地市级")),
                Term(
                    "county",
                    "县级",
                    ("县", "区县", "县（市、区）", "县级市", "县（市、区）级", "区县级", "县区级", "县（区）级"),
                ),
                Term(
                    "town",
                    "镇级",
                    (
                        "镇",
                        "镇街",
                        "镇（街）",
                        "乡镇",
                        "街道",
                        "镇（街道）",
                        "乡级",
                        "镇（街）级",
                        "镇（街道）级",
                        "乡镇级",
                        "街道级",
                        "镇（街道、园区）",
                    ),
                ),
                Term(
                    "village",
                    "村级",
                    (
                        "村",
                        "社区",
                        "村（社区）",
                        "村居",
                        "行政村",
                        "村（社区）级",
                        "村居级",
                        "社区级",
                        "村（居）",
                        "村（居）级",
                    ),
                ),
                Term("project_unit", "项目实施单位", ("实施单位", "项目单位", "项目实施地", "项目实施单位级")),
            ),
        ),
        Vocabulary(
            "meeting_kind",
            (
                Term(
                    "executive",
                    "常务会议",
                    (
                        "政府常务会议",
                        "常务会",
                        "市政府常务会议",
                        "市政府常务会",
                        "市人民政府常务会议",
                        "平度市政府常务会议",
                        "平度市人民政府常务会议",
                        "政府常务会",
                    ),
                ),
                Term(
                    "plenary",
                    "全体会议",
                    (
                        "政府全体会议",
                        "全会",
                        "市政府全体会议",
                        "市政府全会",
                        "市人民政府全体会议",
                        "平度市政府全体会议",
                        "平度市人民政府全体会议",
                        "全体会",
                    ),
                ),
                Term(
                    "teleconference",
                    "电视电话会议",
                    ("电视会议", "电话会议", "视频会议", "全市电视电话会议", "电视电话会", "视频会", "电视电话（视频）会议"),
                ),
                Term(
                    "other",
                    "其他会议",
                    (
                        "其他",
                        "专题会议",
                        "办公会议",
                        "专题会",
                        "办公会",
                        "市长办公会议",
                        "市长办公会",
                        "局务会议",
                        "局长办公会议",
                        "局长办公会",
                        "局务会",
                        "主任办公会议",
                        "主任办公会",
                        "镇长办公会议",
                        "镇长办公会",
                        "党组会议",
                        "党组会",
                        "局党组会议",
                        "局党组会",
                        "协调会议",
                        "协调会",
                        "调度会议",
                        "调度会",
                        "座谈会",
                        "现场会",
                    ),
                ),
            ),
        ),
        Vocabulary(
            "reply_kind",
            (
                Term("suggestion", "建议", ("人大建议", "人大代表建议", "代表建议"), "proposal"),
                Term("proposal", "提案", ("政协提案", "政协委员提案", "委员提案"), "suggestion"),
            ),
        ),
        Vocabulary(
            "reply_disclosed",
            (
                Term("full", "全文", ("全文公开", "公开全文")),
                Term("summary", "摘要", ("摘要公开", "公开摘要")),
                Term("none", "未公开", ("不公开", "不予公开", "没有公开", "尚未公开", "无")),
            ),
        ),
        Vocabulary(
            "aspect",
            (
                Term("decision", "决策", ("决策公开",)),
                Term("execution", "执行", ("执行公开",)),
                Term("management", "管理", ("管理公开",)),
                Term("service", "服务", ("服务公开",)),
                Term("result", "结果", ("结果公开",)),
                Term("interpretation", "政策解读", ("解读",)),
                Term("response", "舆情回应", ("回应", "回应关切")),
                Term("participation", "公众参与", ("参与",)),
            ),
        ),
        Vocabulary(
            "grade",
            (
                Term(
                    "major_emergency",
                    "特别重大或重大突发事件",
                    (
                        "重大突发事件",
                        "特别重大突发事件",
                        "重大",
                        "特别重大",
                        "特大",
                        "特重大",
                        "重大舆情",
                        "特别重大舆情",
                        "特别重大、重大突发事件",
                        "I级",
                        "Ⅱ级",
                        "特别重大（Ⅰ级）",
                        "重大（Ⅱ级）",
                    ),
                    "other",
                ),
                Term(
                    "other",
                    "其他政务舆情",
                    (
                        *("一般", "其他", "一般舆情", "较大", "较大舆情", "较大突发事件", "一般突发事件", "普通", "其他舆情"),
                        *("Ⅲ级", "Ⅳ级", "较大（Ⅲ级）", "一般（Ⅳ级）"),
                    ),
                ),
            ),
        ),
        Vocabulary(
            "verdict",
            (
                Term(
                    "met",
                    "符合",
                    ("符合要求", "达标", "合格", "通过", "审核通过", "已落实", "落实", "已完成", "完成", "是"),
                    "not_met",
                ),
                Term(
                    "not_met",
                    "不符合",
                    ("不符合要求", "未达标", "不达标", "不合格", "未通过", "不通过", "审核未通过", "未落实", "未完成", "否"),
                    "met",
                ),
            ),
        ),
        Vocabulary(
            "review_result",
            (
                Term("approved", "可以公开", ("同意公开", "通过", "审查通过", "同意", "可公开", "能公开", "准予公开", "可以")),
                Term("partial", "删减后公开", ("部分公开", "去标识化后公开")),
                Term(
                    "refused",
                    "不得公开",
                    (
                        "不同意公开",
                        "不通过",
                        "未通过",
                        "审查不通过",
                        "审查未通过",
                        "不同意",
                        "不可公开",
                        "不能公开",
                        "不准公开",
                        "不可以公开",
                    ),
                ),
                Term(
                    "not_reviewed",
                    "未审查",
                    (
                        *("尚未审查", "还未审查", "没有审查", "没审查", "未经审查", "未进行审查", "未作审查", "未做审查"),
                        *("未保密审查", "未进行保密审查", "没有进行保密审查", "未经保密审查", "未做保密审查", "未审", "未审核"),
                        *("待审查", "待审", "待审核", "待保密审查", "等待审查", "审查中", "正在审查", "正在审核", "审核中"),
                        *(
                            "未出结论",
                            "无结论",
                            "没有结论",
                            "尚无结论",
                            "暂无结论",
                            "未有结论",
                            "结论未出",
                            "待出结论",
                            "待定密",
                            "未定密",
                            "审查未完成",
                        ),
                    ),
                ),
            ),
            open=True,
        ),
        Vocabulary(
            "account_status",
            (
                Term("active", "正常", ("在用", "运行", "正常运行", "运行中", "使用中", "正常使用")),
                Term("closed", "已关停", ("关停", "已关闭", "关闭", "停用", "已停用", "注销", "已注销"), "active"),
            ),
        ),
        Vocabulary("platform", _same("微博", "微信", "客户端", "抖音"), open=True),
    )
}
