"""Metadata of fields and tables (type, Chinese header, aliases, vocabulary), read from the pydantic models."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, cached_property
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin

from opencheck.core.normalize import header_note, normalize_header
from opencheck.records.columns import Column, CountOf, Record
from opencheck.records.document_numbers import with_full_numbers
from opencheck.records.parse import FieldType, InvalidValue, Uncomputed, parse
from opencheck.records.placeholders import (
    ELSEWHERE,
    MAY_DENY,
    MAY_DENY_OR_ANSWER,
    denies,
    is_elsewhere,
    is_formula_error,
    is_not_done,
    is_not_told,
    is_null_of_database,
    is_placeholder,
    is_still_going_on,
    is_unfounded,
    says_done,
    says_none,
)
from opencheck.records.ticked_options import ticked_options
from opencheck.records.vocabularies import VOCABULARIES, Vocabulary

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "FieldSpec",
    "TableSpec",
]


@dataclass(frozen=True)
class FieldSpec:
    """One field of one table."""

    name: str
    kind: FieldType
    column: Column
    doc: str
    asks: bool = False
    """Whether its column asks only if the act has happened of which the field is the day (是否延期); see :meth:`under`."""

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """The field's vocabulary, if it has one."""
        return VOCABULARIES[self.column.vocabulary] if self.column.vocabulary else None

    @cached_property
    def dtype(self) -> pl.DataType:
        """The Polars type of the field's column."""
        import polars as pl

        types: dict[FieldType, Any] = {
            "date": pl.Date(),
            "datetime": pl.Datetime("us", "Asia/Shanghai"),
            "bool": pl.Boolean(),
            "int": pl.Int64(),
            "year": pl.Int64(),
            "number": pl.Float64(),
            "percent": pl.Float64(),
            "list": pl.List(pl.String),
        }
        return types.get(self.kind, pl.String())  # type: ignore[no-any-return]

    def read(self, value: Any) -> Any:
        """Parse a cell into the typed value, under its canonical spelling; a placeholder is a blank (see :mod:`.placeholders`).

        Raises:
            InvalidValue: the field does not accept the value.
        """
        if isinstance(value, Uncomputed):
            raise InvalidValue("formula")
        if self.asks:
            return self._read_answer(value)
        if isinstance(value, str):
            value = self._plainly_written(value)
        if self.vocabulary is not None:
            return self._read_word(parse(self.kind, value), self.vocabulary)
        if self.keeps_lines and isinstance(value, str):
            return self._read_lines(value)
        if not self.takes_placeholders:
            return parse(self.kind, value)
        if self.kind == "list":
            return self._read_list(parse("list", value))
        if not isinstance(value, str):
            return parse(self.kind, value, self.column.counted)
        if self.kind in ("text", "prose"):
            return self._read_text(parse(self.kind, value))
        if self.kind == "bool":
            return self._read_flag(value)
        if self.kind in ("int", "number", "percent") and says_none(value):
            return parse(self.kind, "0")
        return None if self._is_blank(value) else parse(self.kind, value, self.column.counted)

    def _plainly_written(self, text: str) -> Any:
        """What a cell says without the marks of a form: the options that are ticked; a last day without 至 and 止."""
        if self.vocabulary is not None or self.kind in ("bool", "list"):
            ticked = ticked_options(text)
            if ticked is not None and self.kind == "list":
                return ticked
            return ticked[0] if ticked is not None and len(ticked) == 1 else text
        if self.column.open_ended and (last := _LAST_DAY.fullmatch(text.strip())) is not None:
            return last["day"].strip()
        return text

    @property
    def takes_placeholders(self) -> bool:
        """Whether a placeholder is a blank in the field: not where the text identifies a record."""
        return self.name != "id" and self.column.link is None

    @property
    def keeps_lines(self) -> bool:
        """Whether line breaks in its texts are kept: each line may name another thing."""
        return self.column.link is not None or self.column.several

    @property
    def decides(self) -> bool:
        """Whether rules judge by the field: the fields of every table (id, unit, title …) name and describe a record."""
        return self.name not in Record.model_fields

    @cached_property
    def _headers(self) -> tuple[str, ...]:
        """Its headers, as texts are compared."""
        return tuple(normalize_header(text)[0] for text in (self.column.label_zh, *self.column.aliases))

    @property
    def may_deny(self) -> str:
        """An expression of Polars for its texts that may deny what the column asks for, so that it is not filled in for certain."""
        # Whether people are invited, and whether a meeting is open, may be answered with yes or no.
        return MAY_DENY if any(map(_QUESTION.match, self._headers)) else MAY_DENY_OR_ANSWER

    @property
    def is_dated(self) -> bool:
        """Whether the field is a day, or a day with its time."""
        return self.kind in ("date", "datetime")

    def under(self, header: str) -> FieldSpec:
        """The field as a column with a header holds it: a day, or whether what the header asks for has happened.

        >>> from opencheck.records.tables import TABLES
        >>> day = TABLES["request"].fields["extension_notified_on"]
        >>> [day.under(header).asks for header in ("延期告知日期", "是否延期", "是否已延期（是/否）")]
        [False, True, True]
        """
        return replace(self, asks=True) if self.is_dated and any(map(_QUESTION.match, normalize_header(header))) else self

    def _read_answer(self, value: Any) -> Any:
        """The day, where a column that asks for yes or no holds one."""
        if self.answer(value) is not None:
            return None
        try:
            return replace(self, asks=False).read(value)
        except InvalidValue as exc:
            raise InvalidValue("formula" if exc.code == "formula" else "bool") from exc

    def answer(self, value: Any) -> bool | None:
        """What a cell says where only yes or no is asked for; None where it says neither.

        >>> from opencheck.records.tables import TABLES
        >>> extension = TABLES["request"].fields["extension_notified_on"].under("是否延期")
        >>> [extension.answer(value) for value in ("是", "否", 1, False, "已延期", "未延期", "不详", "2018-09-03")]
        [True, False, True, False, True, False, None, None]
        """
        if isinstance(value, str) and (says_done(value) or is_not_done(value)):
            return says_done(value)
        try:
            found = parse("bool", value)
        except InvalidValue:
            return None
        return None if found is None else bool(found)

    def leaves_open(self, value: Any) -> bool:
        """Whether a value that is read as a blank says that the day is not known, where a blank would say that there is none yet.

        >>> from opencheck.records.tables import TABLES
        >>> until, published = (TABLES["disclosure"].fields[name] for name in ("posted_until", "published_on"))
        >>> [until.leaves_open(t) for t in ("不详", "同上", "无", "待定", "至今")]
        [True, True, False, False, False]
        >>> [until.leaves_open(t) for t in ("未公示", "不予公开", "未到期", "公示中")]
        [True, True, False, False]
        >>> published.leaves_open("已公开"), published.leaves_open("不详"), published.under("是否公开").leaves_open(True)
        (True, False, True)
        """
        if self.asks and (answer := self.answer(value)) is not None:
            return answer
        if not isinstance(value, str):
            return False
        if self.is_dated and says_done(value):
            return True
        if self.column.open_ended and is_not_done(value) and not is_still_going_on(value):
            return True  # the last day of what never began is no day that is still to come
        return (self.asks or self.column.open_ended) and is_not_told(value)

    def _is_blank(self, text: str) -> bool:
        if is_formula_error(text):
            return False
        if is_placeholder(text):
            return True
        if not self.is_dated:
            return False
        return is_not_done(text) or says_done(text) or (self.column.open_ended and is_still_going_on(text))

    def _read_lines(self, text: str) -> str | None:
        """A text with its line breaks: each line may name another thing, or all of them one thing with a long name."""
        lines = (parse(self.kind, line) for line in _LINE_BREAKS.split(text))
        found = "\n".join(line for line in lines if line is not None) or None
        if found is None or self.takes_placeholders:
            return self._read_text(found)
        return with_full_numbers(found)

    def _read_word(self, found: Any, vocabulary: Vocabulary) -> Any:
        if found is None:
            return None
        known = vocabulary.resolve(found)
        if known is None and is_formula_error(found):
            raise InvalidValue("formula")
        if known is None and is_placeholder(found):
            return None
        if known is None and not vocabulary.open:
            raise InvalidValue("vocabulary")
        return known or found

    def _read_text(self, found: str | None) -> str | None:
        """A text; the body of a document that stands in an attachment is not given."""
        if found is None or is_placeholder(found) or (self.column.basis and is_unfounded(found)):
            return None
        if self.decides and denies(found, self._headers):
            return None
        if is_elsewhere(found):
            return None if self.kind == "prose" else ELSEWHERE
        return found

    def _read_flag(self, value: str) -> Any:
        if is_null_of_database(value):
            return None
        try:
            return parse("bool", value)
        except InvalidValue as exc:
            if is_formula_error(value):
                raise InvalidValue("formula") from exc
            if is_placeholder(value):
                return None
            raise

    @staticmethod
    def _read_list(items: list[str] | None) -> list[str] | None:
        """A list without the items that say nothing; where the items say that there are none, an empty one."""
        if items is None:
            return None
        kept = [ELSEWHERE if is_elsewhere(i) else i for i in items if not (is_placeholder(i) or is_not_done(i))]
        if kept:
            return list(dict.fromkeys(kept))
        return [] if all(says_none(i) or is_not_done(i) for i in items) else None


@dataclass(frozen=True)
class TableSpec:
    """One table: its name, Chinese sheet name, model and fields."""

    name: str
    label_zh: str
    model: type[Record]
    aliases: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    """What a row of the table is called: headers may begin with it (文件标题 in a table of documents is 标题)."""
    spans: Mapping[str, tuple[str, str]] = field(default_factory=dict, hash=False)
    """Headers of columns whose cells hold a first and a last day, and the fields of the two."""

    @cached_property
    def fields(self) -> dict[str, FieldSpec]:
        """The table's fields by name: ``id``, the table's own fields, then the other fields of every table."""
        base = Record.model_fields
        names = ["id", *(n for n in self.model.model_fields if n not in base), *(n for n in base if n != "id")]
        return {name: _spec(self.model, name) for name in names}

    @cached_property
    def doc_zh(self) -> str:
        """A description of a row in Chinese: the first line of the model's docstring."""
        return (self.model.__doc__ or "").strip().splitlines()[0]

    @cached_property
    def headers(self) -> dict[str, str]:
        """Normalised header → field name, for canonical headers, aliases and English names."""
        found: dict[str, str] = {}
        for spec in self.fields.values():
            own = spec.column
            for text in (spec.name, own.label_zh, own.label_en, *own.aliases, *own.vague, *own.nearby):
                found.setdefault(normalize_header(text)[0], spec.name)
        return found

    @cached_property
    def likely_headers(self) -> dict[str, str]:
        """Normalised header → the field that it likely means."""
        return {normalize_header(t)[0]: f.name for f in self.fields.values() for t in f.column.likely}

    @cached_property
    def _dates(self) -> dict[str, str]:
        """Headers of dates, all written with 日期."""
        return {_as_date(h): n for h, n in self.headers.items() if self.fields[n].kind == "date"}

    def resolve_header(self, header: str) -> str | None:
        """Return the name of the field that a header stands for, or None.

        Besides the headers and aliases themselves, spellings are accepted that can mean nothing else: 时间 for 日期 in the header of a date,
        and the noun of the table before the header.

        >>> from opencheck.records import TABLES
        >>> TABLES["disclosure"].resolve_header("发布 日期（年月日）")
        'published_on'
        >>> [TABLES["document"].resolve_header(h) for h in ("成文时间", "文件公布时间", "网站发布时间", "时间")]
        ['signed_on', 'published_on', 'published_on', None]
        """
        known = self._resolved
        if header not in known:
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            known[header] = self._resolve(header)
        return known[header]

    def key_for(self, header: str) -> str:
        """The name under which a record holds what stands under a header: the field's, or the header itself where it is none of a field, or
        asks for yes or no where the field is a day.

        >>> from opencheck.records import TABLES
        >>> [TABLES["request"].key_for(header) for header in ("答复日期", "是否答复", "经办人")]
        ['replied_on', '是否答复', '经办人']
        """
        name = self.resolve_header(header)
        return header if name is None or self.fields[name].under(header).asks else name

    @cached_property
    def _resolved(self) -> dict[str, str | None]:
        """Headers that were asked for: the same ones come with every record."""
        return {}

    def _resolve(self, header: str) -> str | None:
        found = self.resolve_without_note(header)
        if found is None or self.fields[found].kind not in ("date", "datetime"):
            return found
        # 公开日期（计划） is no day on which something was done; what is in the note tells only how to write it.
        note = header_note(header)
        plain = _HOW_TO_WRITE.fullmatch(note) or self._resolve_keys(note) == found or self._named(normalize_header(header)[0])
        return found if plain else None

    def _named(self, key: str) -> str | None:
        return (
            self.headers.get(key)
            or self._dates.get(_as_date(key))
            or self._without_noun(key)
            or self._without_place(key)
            or self._without_relation(key)
            or self._without_question(key)
        )

    def resolve_without_note(self, header: str) -> str | None:
        """Return the name of the field that a header stands for, whatever the note at its end says; in two languages both mean it.

        >>> from opencheck.records import TABLES
        >>> TABLES["disclosure"].resolve_without_note("公开日期（计划）"), TABLES["disclosure"].resolve_header("公开日期（计划）")
        ('published_on', None)
        >>> TABLES["request"].resolve_header("收到日期 Received on"), TABLES["request"].resolve_header("收到日期/Replied on")
        ('received_on', None)
        """
        found = self._resolve_keys(header)
        short = len(header) <= _LONGEST_HEADER
        if found is None and short and (parts := _TWO_LANGUAGES.fullmatch(unicodedata.normalize("NFKC", header).strip())):
            zh, en = self._resolve_keys(parts["zh"] or parts["zh2"]), self._resolve_keys(parts["en"] or parts["en2"])
            return zh if en in (None, zh) else None
        return found

    def _resolve_keys(self, header: str) -> str | None:
        for key in dict.fromkeys(normalize_header(header)):
            found = self.headers.get(key)
            if found is not None:
                return found
        for key in dict.fromkeys(normalize_header(header)):
            found = self._named(key)
            if found is not None:
                return found
        return None

    def names_row(self, header: str) -> bool:
        """Whether a header begins with the table's noun."""
        return normalize_header(header)[0].startswith(self.nouns) if self.nouns else False

    def _without_noun(self, key: str) -> str | None:
        for noun in self.nouns:
            rest = key.removeprefix(noun)
            if rest != key:
                found = self.headers.get(rest) or self._dates.get(_as_date(rest))
                # 申请单位 is who applied, not who is responsible.
                if found is not None and found != "unit":
                    return found
        return None

    def _without_place(self, key: str) -> str | None:
        """A day of publication that says where: 网站发布时间."""
        found = self._dates.get(_as_date(_PLACE.sub("", key)))
        return found if found == "published_on" else None

    def _without_relation(self, key: str) -> str | None:
        """What a record refers to, with a word that it does: 对应文件文号."""
        found = self.headers.get(_RELATION.sub("", key))
        return found if found is not None and self.fields[found].column.link is not None else None

    def _without_question(self, key: str) -> str | None:
        """The day of an act, where only is asked whether it happened: 是否答复 is of 答复日期."""
        question = _QUESTION.match(key)
        if question is None or key in self.likely_headers:
            return None
        act = key[question.end() :]
        found = self._dates.get(f"{act}日期") or self.headers.get(f"{act}时间")
        if found is None or not self.fields[found].is_dated:
            return None
        # 是否受理 does not ask whether the request was received, though 受理日期 is near to that day.
        own = self.fields[found].column
        loose = {_as_date(normalize_header(text)[0]) for text in (*own.nearby, *own.vague)}
        return None if f"{act}日期" in loose else found


_MOST_REMEMBERED = 4096

_LAST_DAY = re.compile(r"(?:截[至止]到?|至|到)?\s*+(?P<day>\d{4}.*?)止?")

_LINE_BREAKS = re.compile(r"[\r\n]+")

_HOW_TO_WRITE = re.compile(
    r"(?:[0-9\s.,;:/~、，；：。\-—]|[ymdhst]|必填|选填|非必填|可空|可不填|不填|请?填写?|格式|日期|时间|为|按|以|精确到|至|年|月|日|号|时|分|秒|如|例|示例|形如|公历|阳历"
    r"|北京时间|公式|自动计算|自动|文本|数值|数字|下拉|选择|无则|没有则?|盖章|签字|以后|工作日|天)*"
)
"""What a note at the end of a date's header may say without making it another date."""

_LONGEST_HEADER = 60
"""Characters of a header that is looked at for two languages: a longer text is none."""

_TWO_LANGUAGES = re.compile(
    r"(?P<zh>[^A-Za-z]*[\u4e00-\u9fff][^A-Za-z]*?)[\s/|(\[:-]*(?P<en>[A-Za-z][A-Za-z .'&/_-]*)[)\]*:]*"
    r"|(?P<en2>[A-Za-z][A-Za-z .'&/_-]*?)[\s/|(\[:-]*(?P<zh2>[\u4e00-\u9fff][^A-Za-z]*?)[)\]*:]*"
)

_QUESTION = re.compile("^(?:是否|有无|有没有)(?:已经?|有|进行|予以)?(?=.)")

_RELATION = re.compile("^(?:所?对应|所?关联|被解读|所解读|所属)的?(?=.)")

_PLACE = re.compile("^(?:(?:政府|门户|官方)*网站?上?|官网|网上|上网)(?=.)")


def _as_date(key: str) -> str:
    return key.replace("时间", "日期")


_KINDS: dict[Any, FieldType] = {date: "date", datetime: "datetime", bool: "bool", int: "int", float: "number", str: "text"}


@cache
def _spec(model: type[Record], name: str) -> FieldSpec:
    info = model.model_fields[name]
    extra: dict[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    annotation = info.annotation
    if get_origin(annotation) is UnionType:
        annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
    kind: FieldType = extra.get("x-kind") or ("list" if get_origin(annotation) is list else _KINDS[annotation])
    return FieldSpec(
        name=name,
        kind=kind,
        column=Column(
            label_zh=extra["x-header"],
            label_en=extra["x-label-en"],
            aliases=tuple(extra["x-aliases"]),
            vocabulary=extra.get("x-vocabulary"),
            kind=kind,
            example=extra.get("x-example"),
            link=extra.get("x-link"),
            blank_means_pending="x-blank-means" in extra,
            entity=extra.get("x-names"),
            basis="x-basis" in extra,
            open_ended="x-open-ended" in extra,
            tells_apart=extra.get("x-tells-apart"),
            several="x-several" in extra,
            vague=tuple(extra.get("x-vague", ())),
            nearby=tuple(extra.get("x-nearby", ())),
            likely=tuple(extra.get("x-likely", ())),
            counted=next((m.counted for m in info.metadata if isinstance(m, CountOf)), None),
        ),
        doc=(info.description or "").split(" / ")[0],
    )
