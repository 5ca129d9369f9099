"""What founds a claim: a text that names a ground or gives a reason, and not one that denies it, promises it or says nothing.

Readings. A text is read clause by clause. A clause denies a ground where it says that a law, an article or a class of
protected information does not apply (经查不属于条例第十四条情形, 《保守国家秘密法》不适用, 未定密), or that there is no
basis (没有法律依据). That something is not in the class of what is open (不属于主动公开范围) denies nothing: what is
withheld may rest on it. A clause says nothing where it names somebody's wish (根据领导意见), rules in general (按要求), a
later day (理由待补, 另行说明) or that there is no reason (无正当理由). A text of such clauses alone founds nothing; beside
another clause (不属于国家秘密，涉及个人隐私) they are left out. A reason, unlike a ground, may be that something does not
apply (不涉及国家秘密，可以公开).
"""

from __future__ import annotations

from typing import Literal

__all__ = ["DENYING_CLAUSES", "FOUNDS_NOTHING", "Basis"]

Basis = Literal["ground", "reason"]
"""What a text must be to found a claim: a ground in law, or a reason of any kind."""

_IN = "[^，。；,;！!？?]"
"""A character of a clause."""
_MARKS = r"[，。；,;！!？?、\s]"

_LAW = "(?:》|法律?|条例|规定|办法|细则|第[一二三四五六七八九十百零〇0-9]{1,6}[条款项])"
_PROTECTED = "(?:保密|秘密|涉密|密级|定密|不公开|不予公开|不宜公开|不得公开|例外|豁免|隐私|强制|惩戒|内部事务|过程性|执法案卷|第三方|安全|稳定)"
_IS_NOT = (
    "(?:(?:不|不能|不应)(?:属于?|涉及?|符合|满足|具备|构成|适用|在|是)|未(?:涉及|列入|达到|触及|违反)|没有(?:涉及|列入|达到)|并非|并不|并未|非属)"
    "(?:属于?|涉及?|是|有)?"
)
_HOW = "(?:作出?|做出?|明确|明文|相关|有关|此类?|该|这一?|对此|予以|具体){0,3}"
_PROVIDES_NOT = f"(?:并?未|并?没有?|并?无|均未|都未){_HOW}(?:规定|禁止|要求|条款|提及)|不禁止|不支持"
_DENIES = "|".join(
    (
        f"{_IN}{{0,40}}{_LAW}{_IN}{{0,10}}(?:{_PROVIDES_NOT}){_IN}{{0,8}}",
        f"{_IN}{{0,40}}{_LAW}{_IN}{{0,4}}(?:不适用|不能适用|不涉及|未涉及|不包括)于?(?:本|该|此)?(?:案|件|信息|文件|情形|事项|会议|情况)?",
        f"[^，。；,;！!？?属涉》例]{{0,12}}{_IS_NOT}[^，。；,;！!？?但而因涉]{{0,30}}{_PROTECTED}{_IN}{{0,10}}",
        f"[^，。；,;！!？?属涉》例]{{0,12}}{_IS_NOT}[^，。；,;！!？?但而因涉]{{0,30}}{_LAW}"
        "(?:的|所列|所称|所指|规定|中|内|任何|相关|上述|列举|情形|范围|条件|要求|情况|内容|事项|之一|适用|信息){0,4}",
        f"[^，。；,;！!？?第《]{{0,8}}(?:无|没有?|缺乏|缺少|找不到|查无)[^，。；,;！!？?《]{{0,10}}(?:依据|规定|条款|根据){_IN}{{0,4}}",
        f"{_IN}{{0,6}}(?:未|不|没有|无|非)(?:经|予以?|曾|列|标|确定|定|涉|属于?|是){{0,2}}(?:密级|密件|密|保密|秘密){_IN}{{0,4}}",
    )
)

_OF_A_BASIS = "(?:理由|原因|依据|根据|缘由|说明|情况|解释)"
_ANY = "任何|正当|特殊|其[他它]|合理|充分|客观|具体|明确|相关|有关|特别|别的|什么|书面|法定|法律|政策"
_QUALIFIED = f"(?:{_ANY}|不予?公开|未公开|延期|可|需要?|须|要|写明|填写|说明|的)"
_SAYS_NOTHING = "|".join(
    (
        "(?:另有|根据|按照?|依照?|依据|应|经|遵照|因|有|属)?"
        "(?:市|县|镇|局|主要|分管|相关|有关|单位|部门|本|我){0,3}(?:领导|上级|局长|市长|镇长|书记)的?"
        "(?:口头|统一)?(?:意见|要求|指示|安排|批示|同意|精神)(?:办理|执行|不予?公开|处理)?",
        "(?:严格)?(?:按照?|根据|依照?|依据|遵照)(?:国家|上级|相关|有关|现行|法律|法规|政策|文件|的|之){0,4}(?:规定|要求|文件|法律|法规|政策|精神)"
        "(?:办理|执行|不予?公开|处理|答复)?",
        "(?:因|因为|由于|出于)?(?:实际|特殊)?工作(?:需要|要求|安排|原因)",
        f"{_OF_A_BASIS}?(?:待|尚待|有待|另行|另文|另|后续|随后|稍后|以后|拟|将|需|准备)"
        f"(?:补充?|补报|补交|完善|说明|提供|确定|查明?|明确|核实?|告知|填写?|写明?|附|定密?){{1,2}}{_OF_A_BASIS}?",
        f"{_OF_A_BASIS}?(?:均|都)?(?:已经?|业已|已作|已做)(?:书面|口头|当面|电话)?(?:说明|告知|解释|写明|注明|提供){_OF_A_BASIS}?",
        f"(?:经查|经研究|经核实)?(?:并?无|并?没有?|[暂尚]无|未|不存在){_QUALIFIED}{{0,4}}{_OF_A_BASIS}",
        f"[^，。；,;！!？?:：]{{0,6}}{_OF_A_BASIS}[:：]?(?:不明|不详|不清楚?|未知|不知|无|没有|为空|空|略|暂无|不足)",
        f"无法(?:说明|解释|提供|告知)(?:的|具体)?{_OF_A_BASIS}?|(?:无需|不需要?|不必|无须)(?:另行)?(?:说明|填写|解释|提供|理由){_OF_A_BASIS}?",
        "(?:经|经过)(?:集体)?(?:研究|查|核实|审查|核查|讨论|审核)(?:后|决定)?|(?:因此|所以|故|决定)?(?:不予?公开|不宜公开|暂不公开|不便公开|不能公开|不得公开)",
    )
)


def _of_clauses(clause: str) -> str:
    """An expression for texts of nothing but such clauses."""
    return rf"^{_MARKS}*(?:(?:{clause})(?:{_MARKS}+|$))+$"


FOUNDS_NOTHING: dict[Basis, str] = {"ground": _of_clauses(f"{_DENIES}|{_SAYS_NOTHING}"), "reason": _of_clauses(_SAYS_NOTHING)}
"""Expressions of Polars for texts, without white space, that are no ground and no reason."""

DENYING_CLAUSES = f"(?:^|[，。；,;！!？?])(?:{_DENIES})(?:$|[，。；,;！!？?])"
"""An expression of Polars for the clauses that deny a ground, in a text without white space."""
