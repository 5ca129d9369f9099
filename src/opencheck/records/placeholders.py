"""Words that fill a cell and say nothing (无, /, 待定), that it is as another cell (同上), that an act is done (已公开, 是) or not (未公开), or
that the fact stands elsewhere (详见附件).

Readings. A placeholder, 同上 as well, is a blank for every purpose: presence, bases, reasons, reviewers, counting of different values.
Texts are compared in the one normalization, so white space, width, case and punctuation make no difference, and a text of punctuation
alone is one. Where none is itself an answer it stays that answer: 无 is 0 in a number, an empty list in a list, no in a yes-or-no
field, and a word of the field's own vocabulary is that word. In a date, a word such as 未公开 means that it is not done, and one such as
已公开 that it is done on a day that is not told, so that the record stays open; an error of a formula there is no word of a clerk's, and the
row is rejected as unreadable, for the day may be known. A text that denies what its column asks for (未设立, 没有列席意见, 未写明理由) is a
blank; one that may deny it (未引用条例, ×) neither states it nor leaves it out for certain, and is unknown where it must be filled in. A last
day is the one date of which a blank states a fact, that there is none yet: 长期, 至今, 无 and 待定 say so too, while 不详, 未填 and 同上 say
that the day is not told, so that the record stays open. Ids, and fields that hold ids of other records, keep what stands there: a blank id
would reject the row. Titles and addresses become blanks, which rejects nothing. A pack can add words (parameter ``placeholders``).
"""

from __future__ import annotations

import re
from collections.abc import Collection

import polars as pl

from opencheck.core.normalize import UNSEEN, normalize_key

__all__ = [
    "ELSEWHERE",
    "MAY_DENY",
    "MAY_DENY_OR_ANSWER",
    "denies",
    "is_elsewhere",
    "is_formula_error",
    "is_not_done",
    "is_not_told",
    "is_null_of_database",
    "is_placeholder",
    "is_still_going_on",
    "is_unfounded",
    "may_be_placeholder",
    "says_done",
    "says_none",
    "says_nothing",
    "says_settled",
    "says_the_same",
]

ELSEWHERE = "详见附件"
"""What the typed value is wherever the cell refers to another place: the fact is unknown, neither there nor absent."""

_NONE = ("无", "没有", "零", "none", "nil", "均无", "尚无", "暂无")

_SILENT = """
na n/a null nan nat <na> <null> <none> undefined blank tbd 待定 待议 待研究 未定 未确定 尚未确定 未明确 尚未明确 未提出 未提
空 空白 另定 另行通知 无此项 无内容 暂未 不适用 无需填写 不需填写
"""

_NOT_TOLD = """
未填 未填写 没填 不填 不详 未知 不明 不清楚 不清 不知道 不确定 unknown tbc 待补 待补充 待填 待填写 待确认 待核实 待核 待明确
未提供 未说明 未注明 未登记 未记录 未写 略 省略 无数据 无记录 缺 缺失 暂缺
"""
"""There may be a fact, and the cell does not tell it."""

_SAME = "同上 同前 同左 同上行 同上一行 同上格 ditto"

_FORMULA_ERROR = re.compile(
    r"\s*(?:#(?:N/A|GETTING_DATA|DIV/0!|[A-Z]{2,12}[!?])|#{2,}|(?:Err|错误)\s*[:：]\s*[0-9]{3}"
    r"|=\s*[-+(]*(?:[A-Z][A-Z0-9_.]*\(.*\).*|\$?[A-Z]{1,3}\$?[0-9]{1,7}(?![0-9A-Z]).*|(?:'[^']+'|[^\s!'\"=]+)!\$?[A-Z].*))\s*",
    re.IGNORECASE,
)
"""What a spreadsheet shows where a formula has no value, or a column is too narrow for the value, and writes into text files; and a formula
that stands in a cell as text."""

_NONE_KEYS = frozenset(normalize_key(word) for word in _NONE)
_SAME_KEYS = frozenset(filter(None, map(normalize_key, _SAME.split())))
_NOT_TOLD_KEYS = frozenset(normalize_key(word) for word in _NOT_TOLD.split())
_KEYS = _NONE_KEYS | _SAME_KEYS | _NOT_TOLD_KEYS | frozenset(normalize_key(word) for word in _SILENT.split())

_SAME_MARKS = frozenset('〃″"”“') | {"''", "′′", "〃〃"}

_FOUNDS_NOTHING = """
否 不 是 有 √ 领导要求 领导意见 领导指示 领导安排 领导同意 按领导要求 应领导要求 根据领导要求 上级要求 按上级要求 工作需要
依法 依规 依法依规 按规定 按照规定 根据规定 有关规定 按有关规定 根据有关规定 相关规定 按相关规定 其他 其他原因
"""

_UNFOUNDED = frozenset(normalize_key(word) for word in _FOUNDS_NOTHING.split())

_ACT = (
    "(?:予以|对外|主动|正式|完成|进行)*(?:公开|公布|发布|公示|公告|答复|回复|回应|办理|办结|完成|召开|开会|解读|审查|审核|登记|修订|"
    "上网|上传|挂网|刊登|受理|到期|更新|报批|送审|上报|提出|成文|印发|签发|处置|研判|预警|整改|更正|纠正|延期|征求|补正|转办|调查|培训|直播|转播|播出|列入|举行|开|报|发)"
)
_STATING = (
    "写明|写|填写|填报|填|注明|载明|说明|告知|作规定|规定|明确|指定|确定|提出|提供|提及|提|登记|记录|列明|标明|设立|成立|设置|设|建立|组建|配备|分批|分类"
    "|签字|签名|审查|审核|约定|安排|指派|交代|标注"
)
_NO = "(?:尚|暂|还|并|仍|均)?(?:未|没有?|无)(?:经|被|作出?|做出?|予以|进行)?(?:此|该|任何|相关|有关)?"
_DENIAL = re.compile(f"{_NO}(?P<stated>{_STATING})?(?P<what>.*)")
"""That something is not stated, not set up or not looked at; what stands behind it is the thing that the column asks for, or something else."""

MAY_DENY = (
    rf"^\s*(?:{_NO}(?:{_STATING}|{_ACT}|引用|附|见|.{{0,4}}(?:规定|要求|安排|记录|说明|依据|条款|理由|内容|情况|资料|意见|机构|主体|单位|部门|人员|标准|结果|结论|渠道|途径))"
    rf"|(?:拟|计划|准备|正在|即将|将)(?:补充|制定|修订|出台)|(?:拟|计划|准备|正在|即将)(?:{_STATING}|筹|检)"
    rf"|另(?:行|文|外)?(?:{_STATING}|{_ACT}|制定|补充|发文|出台|告知)"
    rf"|缺少?(?:相关|有关)?[^\s陷乏口]|(?:应|需)补|待(?:补|检|定密|{_STATING})|待.{{0,4}}补|不(?:明确|清楚|清晰|具备|完整|分批)).{{0,8}}$"
    rf"|^\s*(?:{_NO}(?:检验|检测|抽检|送检|检)|(?:检验|检测|审查|审核|复检)中)\s*$"
    r"|^\s*(?:不涉及|筹[建备]中?|空缺|(?:已经?|现已)?(?:撤销|取消)|待批)\s*$"
)
MAY_DENY_OR_ANSWER = rf"{MAY_DENY}|^\s*(?:无需|不需要?|不必).{{0,8}}$|^\s*[√✓✔☑✅×✗✘✖❌✕否是有对]\s*$"
"""Expressions of Polars for texts that may deny that there is what they stand for, or only plan it, and those that answer yes or no where
that is no answer.
"""

_NOT_DONE = re.compile(
    f"(?:尚未|还未|暂未|仍未|未|尚没有|还没有|没有|没|暂不|不|不予|待|拟){_ACT}|正在{_ACT}|{_ACT}中|进行中|尚未|否|不需要|无需|无需{_ACT}"
)

_DONE = re.compile(
    f"(?:已经?|均已|都已|业已|早已)(?:{_ACT}(?:完毕|完成|过)?)?|{_ACT}(?:完毕|完成|过|了)|是的?|有|对|[√✓✔☑✅]|yes|true"
)

_SETTLED = re.compile(
    "(?:申请人?)?(?:已经?|自行|自愿|主动|要求){0,3}(?:撤回|撤销|撤诉|放弃|终止|中止|取消|作废)(?:了|的?申请)?"
    "|(?:不予|不|未予)受理|(?:已经?)?(?:移送|移交|转(?:办|交|送|至|由|[省市县区镇]))[^0-9]{0,10}"
)

_STILL = re.compile(
    "长期(?:公开|公示|张贴|有效|公布)?|(?:公开|公示|张贴)?至今|永久(?:公开|公示|张贴|有效|公布)?|一直|(?:仍在|正在|持续)(?:公开|公示|张贴)|(?:公示|张贴)中|今|现在|目前"
    "|(?:尚|还|暂|仍)?未(?:到期|届满|期满|结束|撤下|撤除|下架|下线)"
)

_ELSEWHERE = re.compile(
    "(?:详见|参见|另见|具体见|详情见|请见|见|详)(?:所附|后附|本|随文)?"
    "(?:附件|附表|附页|附录|附后|备注|包装|标签|说明书|正文|原文|文件|原件|公告|通知|链接|网站|网页|网址|材料|后)[0-9一二三四五六七八九十]*"
    "|附后|随附|同附件|附件[0-9一二三四五六七八九十]*"
)

_LONGEST = 60
"""Bytes of a long text. Bodies of documents are many and long, and hardly one is a word with a row of dashes."""
_MOST_LETTERS = 16
"""Letters and digits beyond which a long text, whatever marks stand in it, is none of the words of this module."""
_FEW_LETTERS = rf"^[\pP\pZ\pS\pC\s]*(?:[^\pP\pZ\pS\pC\s][\pP\pZ\pS\pC\s]*){{0,{_MOST_LETTERS}}}$|^[\pZ\s]*="

_MAY_BE = (
    r"^(?:[A-Za-z0\x{FF10}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}\pP\pZ\pS]*$"
    r"|(?:[Ee]rr|错误) ?[:\x{FF1A}]|[\pZ\s]*="
    r"|[\pP\pZ\pS]*[无没暂未不待空略同尚还并仍均另附见详参具请随缺零否是有领按应根上工依相其])"
)
"""Where a placeholder may stand: Latin letters or punctuation alone, or a first character that one of the words has."""
_ODD = r"[^\x20-\x7E\x{3000}-\x{303F}\x{4E00}-\x{9FA5}\x{FF01}-\x{FF5E}“”‘’—…·]"
"""Characters that the normalization may turn into others, or drop: a short text with one is looked at."""


def is_placeholder(text: str) -> bool:
    """Whether a text fills a cell and says nothing.

    >>> [is_placeholder(t) for t in ("无。", "／", "N/A", " 待 定", "第九条", "√")]
    [True, True, True, True, False, False]
    """
    key = _word_key(text)
    return key == "" or key in _KEYS or is_null_of_database(text) or is_formula_error(text)


def denies(text: str, headers: Collection[str]) -> bool:
    """Whether a text says that what its column asks for is not there, not stated or not done.

    Args:
        text: the text.
        headers: the headers of the column, normalized.

    >>> [denies(t, ["政务公开机构", "专门机构"]) for t in ("未设立", "暂无机构", "没有专门机构。", "未央宫管理处", "无锡市财政局")]
    [True, True, True, False, False]
    """
    key = _word_key(text)
    found = None if key is None else _DENIAL.fullmatch(key)
    if found is None:
        return False
    what = found["what"]
    return any(what in header for header in headers) if what else found["stated"] is not None


def _word_key(text: str) -> str | None:
    """The key of a text that may be one of the words of this module; None for one that has more letters than any of them.

    Bodies of documents are not normalized to find that they are no placeholder.
    """
    if (
        len(text) > _LONGEST // 3
        and len(text.encode()) > _LONGEST
        and sum(map(str.isalnum, text[: 4 * _LONGEST])) > _MOST_LETTERS
    ):
        return None
    return normalize_key(text)


def _is_word(pattern: re.Pattern[str], text: str) -> bool:
    key = _word_key(text)
    return key is not None and pattern.fullmatch(key) is not None


def is_null_of_database(text: str) -> bool:
    """Whether a text is what databases write for nothing into text files; its one letter would else mean no.

    >>> is_null_of_database(r"\\N"), is_null_of_database("N")
    (True, False)
    """
    return text.strip() == r"\N"


def is_formula_error(text: str) -> bool:
    """Whether a text is what a spreadsheet shows instead of a value that it could not compute.

    >>> is_formula_error("#N/A"), is_formula_error("N/A")
    (True, False)
    """
    return _FORMULA_ERROR.fullmatch(text) is not None


def says_the_same(text: str) -> bool:
    """Whether a text says that the cell is as another one, which is not looked up: the cell is a blank.

    >>> says_the_same("同 上。"), says_the_same("〃"), says_the_same("待定")
    (True, True, False)
    """
    return _word_key(text) in _SAME_KEYS or text.strip() in _SAME_MARKS


def is_not_told(text: str) -> bool:
    """Whether a placeholder says that a fact is not told, rather than that there is none.

    >>> [is_not_told(t) for t in ("不 详", "同上", "无", "待定", "—")]
    [True, True, False, False, False]
    """
    return _word_key(text) in _NOT_TOLD_KEYS or says_the_same(text)


def says_none(text: str) -> bool:
    """Whether a text says that there is none: in a number that is 0, in a list an empty one.

    >>> says_none("无"), says_none("待定")
    (True, False)
    """
    return _word_key(text) in _NONE_KEYS


def is_not_done(text: str) -> bool:
    """Whether a text says that an act has not happened.

    >>> [is_not_done(t) for t in ("未公开", "尚未答复。", "办理中", "2018-09-01")]
    [True, True, True, False]
    """
    return _is_word(_NOT_DONE, text)


def says_done(text: str) -> bool:
    """Whether a text where a day is wanted says only that the act has happened.

    >>> [says_done(t) for t in ("已公开", "是。", "√", "未公开", "2018-09-01")]
    [True, True, True, False, False]
    """
    return _is_word(_DONE, text)


def says_settled(text: str) -> bool:
    """Whether a text where a day is wanted says that the matter ended in another way, on a day that it does not tell.

    >>> [says_settled(t) for t in ("申请人已撤回", "不予受理。", "已转市民政局", "移送市民政局办理", "未受理", "2018-09-01撤回")]
    [True, True, True, True, False, False]
    """
    return _is_word(_SETTLED, text)


def is_still_going_on(text: str) -> bool:
    """Whether a last day is none because it still goes on.

    >>> is_still_going_on("至今"), is_still_going_on("长期公示")
    (True, True)
    """
    return _is_word(_STILL, text)


def is_unfounded(text: str) -> bool:
    """Whether a text that should be a basis or a reason names none at all.

    >>> is_unfounded("领导要求"), is_unfounded("《保密法》第九条")
    (True, False)
    """
    return _word_key(text) in _UNFOUNDED


def is_elsewhere(text: str) -> bool:
    """Whether a text refers to another place instead of stating the fact.

    >>> [is_elsewhere(t) for t in ("详见附件", "见附件1。", "附后", "附件齐全")]
    [True, True, True, False]
    """
    return _is_word(_ELSEWHERE, text)


def says_nothing(texts: pl.Expr) -> pl.Expr:
    """Return whether texts are placeholders or refer to another place, as an expression, which workers of a cluster can be sent.

    What a formula that could not be computed shows is not looked for.

    >>> pl.DataFrame({"t": ["／", "见附件1。", "待 定", "#N/A", "3号", None]}).select(says_nothing(pl.col("t"))).to_series().to_list()
    [True, True, True, True, False, None]
    """
    key = texts.str.normalize("NFKC").str.to_lowercase().str.replace_all(rf"[\s\p{{P}}\p{{S}}{UNSEEN}]+", "")
    return (key == "") | key.is_in(sorted(_KEYS)) | key.str.contains(f"^(?:{_ELSEWHERE.pattern})$")


def may_be_placeholder(texts: pl.Series) -> list[str]:
    """The different texts of a column that may be placeholders or refer elsewhere, found without a look at each text by Python."""
    lengths = texts.str.len_bytes()
    short = texts.filter(lengths <= _LONGEST).unique()
    long = texts.filter(lengths > _LONGEST)
    for pattern in (_MAY_BE, _FEW_LETTERS):  # the first one looks at a character or two
        long = long.filter(long.str.contains(pattern))
    return [*short.filter(short.str.contains(_MAY_BE) | short.str.contains(_ODD)), *long.unique()]
