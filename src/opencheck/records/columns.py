"""How the models of tables declare their fields: the columns' headers, vocabularies and types, and the fields that every table has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from opencheck.core.normalize import Spelling
from opencheck.records.grounds import Basis
from opencheck.records.parse import Counted, FieldType, InvalidValue, parse

__all__ = [
    "TITLE_HEADERS",
    "UNIT_HEADERS",
    "Attendances",
    "Column",
    "CountOf",
    "Day",
    "Days",
    "Flag",
    "Moment",
    "Percent",
    "PeriodName",
    "Persons",
    "Prose",
    "Record",
    "Text",
    "Texts",
    "Times",
    "Year",
    "column",
]


@dataclass(frozen=True)
class Column:
    """The metadata that a model declares for a field besides its Python type."""

    label_zh: str
    label_en: str
    aliases: tuple[str, ...] = ()
    vocabulary: str | None = None
    kind: FieldType | None = None
    example: Any = None
    link: str | None = None
    blank_means_pending: bool = False
    entity: str | None = None
    basis: Basis | None = None
    open_ended: bool = False
    tells_apart: Spelling | None = None
    several: bool = False
    vague: tuple[str, ...] = ()
    nearby: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    counted: Counted | None = None


def column(
    zh: str,
    *aliases: str,
    en: str,
    doc: str = "",
    vocabulary: str | None = None,
    kind: FieldType | None = None,
    example: Any = None,
    link: str | None = None,
    blank_means_pending: bool = False,
    entity: str | None = None,
    basis: Basis | None = None,
    open_ended: bool = False,
    tells_apart: Spelling | None = None,
    several: bool = False,
    vague: tuple[str, ...] = (),
    nearby: tuple[str, ...] = (),
    likely: tuple[str, ...] = (),
) -> Any:
    """Declare a field: canonical Chinese header, other accepted headers, English label, and vocabulary if any.

    ``blank_means_pending`` marks the date of an event that a blank states not to have happened yet; a table (or list of dicts) without the
    column leaves it unknown, except a single record that is checked before it is published.
    ``entity`` is the kind of thing that the text names (``unit``): a pack resolves its aliases.
    ``basis`` marks a text that must found a claim, by a ground in law or by a reason of any kind: words such as 否 and 领导要求 found
    none (see :mod:`.grounds`). ``open_ended`` marks a last day for which 长期 and 至今 mean that there is none yet.
    ``tells_apart`` marks the name of a thing that records are grouped or counted by: its spellings become one before rules see it, those of
    a batch also where only its number is written, or more than that.
    ``several`` marks a text that may name several things, each in a line of its own: its line breaks are kept.
    ``vague`` headers are accepted as the aliases are, but tables of any kind have them, so they do not tell which table a sheet holds.
    ``nearby`` headers name an act of nearly the same day (印发日期 beside 成文日期): they stand for the field where no other column
    does, and are not read beside one. ``likely`` headers often mean the field and sometimes another: they are proposed, and used only
    when a person has confirmed them.
    """
    return Field(
        default=None,
        title=zh,
        description=f"{doc or zh} / {en}",
        json_schema_extra={
            "x-header": zh,
            "x-aliases": list(aliases),
            "x-label-en": en,
            **({"x-vocabulary": vocabulary} if vocabulary else {}),
            **({"x-kind": kind} if kind else {}),
            **({"x-example": example} if example is not None else {}),
            **({"x-link": link} if link else {}),
            **({"x-names": entity} if entity else {}),
            **({"x-blank-means": "not yet"} if blank_means_pending else {}),
            **({"x-basis": basis} if basis else {}),
            **({"x-open-ended": True} if open_ended else {}),
            **({"x-tells-apart": tells_apart} if tells_apart else {}),
            **({"x-several": True} if several else {}),
            **({"x-vague": list(vague)} if vague else {}),
            **({"x-nearby": list(nearby)} if nearby else {}),
            **({"x-likely": list(likely)} if likely else {}),
        },
    )


@dataclass(frozen=True)
class CountOf:
    """What a whole number counts, beside its type."""

    counted: Counted


def _reader(kind: FieldType, counted: Counted | None = None) -> BeforeValidator:
    def read(value: Any) -> Any:
        try:
            return parse(kind, value, counted)
        except InvalidValue as exc:
            raise ValueError(f"{value!r} is no {kind} ({exc.code})") from exc

    return BeforeValidator(read)


Text = Annotated[str | None, _reader("text")]

Prose = Annotated[str | None, _reader("prose")]
"""A text with significant line breaks: the body of a document."""

Day = Annotated[date | None, _reader("date")]

Moment = Annotated[datetime | None, _reader("datetime")]

Flag = Annotated[bool | None, _reader("bool")]

Persons = Annotated[int | None, _reader("int", "persons"), CountOf("persons")]

Attendances = Annotated[int | None, _reader("int", "attendances"), CountOf("attendances")]
"""Persons at one event, of whom the number of attendances is the number of persons."""

Days = Annotated[int | None, _reader("int", "days"), CountOf("days")]

Times = Annotated[int | None, _reader("int", "times"), CountOf("times")]

Year = Annotated[int | None, _reader("year")]

Percent = Annotated[float | None, _reader("percent")]

Texts = Annotated[list[str] | None, _reader("list")]

PeriodName = Annotated[str | None, _reader("period")]


UNIT_HEADERS = (
    "单位",
    "公开单位",
    "发布单位",
    "公开主体",
    "单位名称",
    "部门",
    "责任部门",
    "部门名称",
    "责任单位名称",
    "发文单位",
    "发文机关",
    "发布机构",
    "发布机关",
    "主办单位",
    "开设单位",
    "承办单位",
    "公示单位",
    "填报单位",
)
"""Other headers of the responsible unit, in every table."""

TITLE_HEADERS = ("名称", "信息名称", "信息标题", "题名")
"""Other headers of the title, in every table."""


class Record(BaseModel):
    """The fields of every table. Unknown fields are preserved."""

    model_config = ConfigDict(extra="allow", str_strip_whitespace=True)

    id: Text = column(
        "编号",
        "序号",
        "记录编号",
        "ID",
        "索引号",
        "识别号",
        "登记号",
        "登记编号",
        "流水号",
        "顺序号",
        en="id",
        doc="本表内不重复的编号",
        example="1",
    )
    unit: Text = column(
        "责任单位",
        *UNIT_HEADERS,
        en="responsible unit",
        example="市环保局",
        entity="unit",
        likely=("科室", "责任科室", "承办科室", "责任处室", "所属单位"),
    )
    title: Text = column("标题", *TITLE_HEADERS, en="title")
    url: Text = column("网址", "链接", "公开网址", "url地址", "信息链接", "公开链接", "发布链接", "链接地址", en="web address")
    note: Text = column("备注", "说明", "备注说明", en="note")
