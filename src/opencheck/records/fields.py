"""Metadata of fields (type, Chinese header, aliases, vocabulary), read from the pydantic models, and how their cells are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin

from opencheck.core.normalize import normalize_header
from opencheck.records.columns import Column, CountOf, Record
from opencheck.records.document_numbers import with_full_numbers
from opencheck.records.grounds import FOUNDS_NOTHING
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
    says_settled,
)
from opencheck.records.ticked_options import ticked_options
from opencheck.records.vocabularies import VOCABULARIES, Vocabulary

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "QUESTION",
    "FieldSpec",
    "field_spec",
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
        return MAY_DENY if any(map(QUESTION.match, self._headers)) else MAY_DENY_OR_ANSWER

    @property
    def founds_nothing(self) -> str | None:
        """An expression of Polars for its texts, without white space, that found nothing; None where it is no ground and no reason."""
        return FOUNDS_NOTHING[self.column.basis] if self.column.basis else None

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
        return replace(self, asks=True) if self.is_dated and any(map(QUESTION.match, normalize_header(header))) else self

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
        if isinstance(value, str) and says_settled(value):
            return None
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
        if self.is_dated and (says_done(value) or says_settled(value)):
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
        return (
            is_not_done(text) or says_done(text) or says_settled(text) or (self.column.open_ended and is_still_going_on(text))
        )

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


_LAST_DAY = re.compile(r"(?:截[至止]到?|至|到)?\s*+(?P<day>\d{4}.*?)止?")

_LINE_BREAKS = re.compile(r"[\r\n]+")

QUESTION = re.compile("^(?:是否|有无|有没有)(?:已经?|有|进行|予以)?(?=.)")

_KINDS: dict[Any, FieldType] = {date: "date", datetime: "datetime", bool: "bool", int: "int", float: "number", str: "text"}


@cache
def field_spec(model: type[Record], name: str) -> FieldSpec:
    """A field's metadata, from the model that declares it.

    >>> from opencheck.records.tables import Meeting
    >>> field_spec(Meeting, "held_on").kind, field_spec(Meeting, "held_on").column.label_zh
    ('date', '召开日期')
    """
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
            basis=extra.get("x-basis"),
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
