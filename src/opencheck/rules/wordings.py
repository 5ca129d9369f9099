"""What a request asks for and what a title announces, without the formulas around it: 关于…的信息, 市政府第20次常务会议研究….

Reading: two texts name the same thing where nothing but formulas, punctuation, white space and width tells them apart. A title with other
words beside it (云山镇机构改革方案, 校车补贴发放办法) may be about something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from opencheck.rules.reductions import references_in

__all__ = ["decided_matter", "decided_matters", "requested_matter", "wording"]

_MARKS = r"[\s\u200b\ufeff\p{P}\p{S}]+"
_KIND_OF_CONTENT = "(?:的)?(?:政府|相关|有关)*(?:信息|材料|资料|内容|情况|文件)"
_REQUEST = rf"^(?:申请|请求|要求|依法|公开|获取|提供|关于|有关|对)+|{_KIND_OF_CONTENT}(?:公开)?(?:的?申请)?$"
_MEETING = "(?:第[0-9一二三四五六七八九十百]+次)?(?:常务|全体)?会议(?:第[0-9一二三四五六七八九十百]+次)?"
_GOVERNMENT = "[市县区]?(?:人民)?政府"
_ACTS = "审议|研究|讨论|听取|原则|通过|同意|决定|议定|部署|事项|印发|公布|发布|下发|批转|公开|关于|有关|对|了"
_DOCUMENT = (
    "的?(?:通知|公告|公示|通告)|的(?:决定|决议|意见|批复|通报|命令|令|函|规定|办法|方案|实施(?:意见|方案|办法|细则))|试行|暂行"
)
_AND_OTHERS = "等?(?:有关|相关)?(?:事项|事宜|议题|问题)|等|情况汇报|的?汇报"
_AND_TITLE = r"(?:和|与|及|以及|暨)\s*《"


def wording(text: pl.Expr) -> pl.Expr:
    """Return a text without punctuation, white space, width and case.

    >>> frame = pl.DataFrame({"subject": ["《２０１８年》 征地、批复"]})
    >>> frame.select(wording(pl.col("subject"))).item()
    '2018年征地批复'
    """
    return text.str.normalize("NFKC").str.to_lowercase().str.replace_all(_MARKS, "")


def requested_matter(text: pl.Expr) -> pl.Expr:
    """Return what is asked for, without the formulas of requests; where nothing else is left the formulas stand.

    >>> frame = pl.DataFrame({"subject": ["申请公开征地批复的信息", "征地批复", "政府信息公开"]})
    >>> frame.select(requested_matter(pl.col("subject"))).to_series().to_list()
    ['征地批复', '征地批复', '政府信息公开']
    """
    return _without(_REQUEST, text)


def decided_matter(text: pl.Expr, offices: Iterable[str]) -> pl.Expr:
    """Return what a meeting decided, or what a title announces of it, without the formulas of meetings and documents.

    Args:
        text: the matter or the title.
        offices: names of the offices whose meetings they are, which may stand in front; 市政府 and the like need no name.

    >>> titles = ["市政府第20次常务会议研究校车补贴", "平度市人民政府关于印发《校车补贴》的通知", "云山镇人民政府关于校车补贴的通知"]
    >>> frame = pl.DataFrame({"title": titles})
    >>> frame.select(decided_matter(pl.col("title"), ["平度市人民政府"])).to_series().to_list()
    ['校车补贴', '校车补贴', '云山镇人民政府关于校车补贴']
    """
    named = "|".join(re.escape(name) for name in offices)
    issuer = f"(?:{named or _GOVERNMENT}|{_GOVERNMENT})(?:办公室)?"
    return _without(rf"^(?:{issuer}|{_MEETING}|{_ACTS})+|(?:{_DOCUMENT}|{_AND_OTHERS}|{_KIND_OF_CONTENT})+$", text)


def decided_matters(text: pl.Expr, offices: Iterable[str]) -> pl.Expr:
    """Return all that a title or subject may announce: each of several things in it, and the whole, as a list; null where it is blank.

    >>> frame = pl.DataFrame({"title": ["关于校车补贴、供热方案等事项的公告"]})
    >>> frame.select(decided_matters(pl.col("title"), []).list.sort()).item().to_list()
    ['供热方案', '校车补贴', '校车补贴供热方案']
    """
    parts = references_in(text.str.replace_all(_AND_TITLE, "；《"))
    each = pl.concat_list(text, parts).list.eval(decided_matter(pl.element(), offices))
    return pl.when(text.is_not_null()).then(each.list.eval(pl.element().filter(pl.element() != "").unique()))


def _without(formulas: str, text: pl.Expr) -> pl.Expr:
    worded = wording(text)
    bare = worded.str.replace_all(formulas, "")
    return pl.when(bare == "").then(worded).otherwise(bare)
