"""What a note in brackets behind a heading may say without making it the heading of something else.

Reading: 公开日期（计划） is no day on which something was done, 列席人数（应到） are not those who came, 责任单位（配合） is not who is
responsible. What a note says beyond how the cells are written, in what they are counted, or the field's own name once more, may be of
that kind: it is asked about.
"""

from __future__ import annotations

import re

from opencheck.records.fields import FieldSpec
from opencheck.records.parse import MEASURES, InvalidValue, parse

__all__ = ["is_harmless"]

_HOW_TO_WRITE = (
    r"必填项?|选填项?|非必填|可空|可为空|可不填|可留空|不填|请?填写?|如实填写|格式|为|按|以|如|例|示例|形如|公式|自动计算|自动|文本|数值|数字|整数|下拉|选择|无则|没有则?"
    r"|无|可?[多单]选|可填?多个|多个|逐项|逐条|列明|用|分隔|隔开|分开|顿号|分号|逗号|换行|盖章|公章|签字|签章|签名|全称|规范全称|可?另?附页|打?[√✓×]|勾选|打勾"
    r"|(?:不超过|限)?\d{1,4}个?字符?(?:以内|之内|内)?"
)
"""What a note may say of how to fill in any column."""

_MARKS = r"[\s.,;:/~、，；：。\-—_*\"'“”+|]"

_OF_DAYS = r"[0-9]|[ymdhst]|日期|时间|精确到|至|年|月|日|号|时|分|秒|公历|阳历|北京时间|以后|工作日|天"
"""What it may say besides of a day: how many digits, and which."""

_OF_KIND: dict[str, str] = {
    "date": _OF_DAYS,
    "datetime": _OF_DAYS,
    "period": r"[ymq]|年度?|月份?|季度?|半年|期|\d{4}-\d\d",
    "year": "y|年度?|份",
    "bool": "是|否|有|没有|yes|no|y|n|或",
    "percent": "%|百分[比数点]|百分之|比例|占比",
    "text": "元|万元|/|每?[月年季户人次]|kg|g|ml|l|克|千克|公斤|升|毫升|吨",
}
"""By the kind of a field what it may say besides."""

_OF_UNIT = "牵头|主办|承办|责任|主要|单位|部门|名称"
"""What it may say of the column of who is responsible."""

_NUMBERED = re.compile("[1-9]")
"""The second column of one name."""

_OPTIONS = re.compile(r"[/、,;或和|]")

_EXAMPLE = re.compile(r"(?:填写?)?(?:例如|如|例|示例|样例|格式|形如)[:：为]?(?P<example>.+)")


def is_harmless(field: FieldSpec, note: str) -> bool:
    """Whether a heading with a note is that of the field all the same.

    Args:
        field: the field that the heading names without the note.
        note: the note, as :func:`opencheck.core.normalize.header_note` gives it.

    >>> from opencheck.records.tables import TABLES
    >>> trained, excluded = TABLES["unit"].fields["trained"], TABLES["request"].fields["excluded_days"]
    >>> [is_harmless(trained, n) for n in ("必填", "单位:人", "如3", "人次", "%", "2017年", "计划")]
    [True, True, True, False, False, False, False]
    >>> [is_harmless(excluded, n) for n in ("个工作日", "天", "小时", "自然日")]
    [True, True, False, False]
    >>> is_harmless(TABLES["request"].fields["publishable"], "是/否"), is_harmless(TABLES["document"].fields["attribute"], "主动公开/不予公开")
    (True, True)
    """
    if not field.decides and field.name != "unit":
        return True  # numbers, titles and remarks: no rule turns on what they say
    own = [_HOW_TO_WRITE, _MARKS, _OF_KIND.get(field.kind, ""), _OF_UNIT if field.name == "unit" else ""]
    measures = MEASURES[field.column.counted] if field.column.counted else ""
    own += [measures, "单位|计量单位" if measures or field.kind in ("percent", "text") else ""]
    if _NUMBERED.fullmatch(note) or re.fullmatch(f"(?:{'|'.join(filter(None, own))})*+", note):
        return True
    return _is_example(field, note) or _lists_options(field, note)


def _is_example(field: FieldSpec, note: str) -> bool:
    """Whether a note gives a value of the field as an example."""
    found = _EXAMPLE.fullmatch(note)
    if found is None:
        return False
    try:
        return field.read(found["example"]) is not None
    except InvalidValue:
        return False


def _lists_options(field: FieldSpec, note: str) -> bool:
    """Whether a note lists two answers or more that the field takes."""
    options = [part for part in _OPTIONS.split(note) if part]
    vocabulary = field.vocabulary
    if len(options) < 2:
        return False
    if vocabulary is not None:
        return all(vocabulary.resolve(option) in vocabulary.values for option in options)
    return field.kind == "bool" and all(_is_answer(option) for option in options)


def _is_answer(option: str) -> bool:
    try:
        return parse("bool", option) is not None
    except InvalidValue:
        return False
