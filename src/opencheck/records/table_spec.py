"""A table's metadata, and which field of it a header stands for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from opencheck.core.normalize import header_note, normalize_header
from opencheck.records.columns import Record
from opencheck.records.fields import QUESTION, FieldSpec, field_spec
from opencheck.records.header_notes import is_harmless

__all__ = ["TableSpec"]


@dataclass(frozen=True)
class TableSpec:
    """One table: its name, Chinese sheet name, model and fields."""

    name: str
    label_zh: str
    model: type[Record]
    aliases: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    """What a row of the table is called: headers may begin with it (文件标题 in a table of documents is 标题)."""
    titled_by: str | None = None
    """The field that says what a record without a title is about."""
    spans: Mapping[str, tuple[str, str]] = field(default_factory=dict, hash=False)
    """Headers of columns whose cells hold a first and a last day, and the fields of the two."""
    is_published: bool = False
    """Whether the table itself is what is published: what counts is that it has a column, whatever a note at its heading says."""

    @cached_property
    def fields(self) -> dict[str, FieldSpec]:
        """The table's fields by name: ``id``, the table's own fields, then the other fields of every table."""
        base = Record.model_fields
        names = ["id", *(n for n in self.model.model_fields if n not in base), *(n for n in base if n != "id")]
        return {name: field_spec(self.model, name) for name in names}

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
        note = header_note(header)
        if found is None or not note or self.is_published or is_harmless(self.fields[found], note):
            return found
        return found if self._resolve_keys(note) == found or self._named(normalize_header(header)[0]) else None

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
        question = QUESTION.match(key)
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

_LONGEST_HEADER = 60
"""Characters of a header that is looked at for two languages: a longer text is none."""

_TWO_LANGUAGES = re.compile(
    r"(?P<zh>[^A-Za-z]*[\u4e00-\u9fff][^A-Za-z]*?)[\s/|(\[:-]*(?P<en>[A-Za-z][A-Za-z .'&/_-]*)[)\]*:]*"
    r"|(?P<en2>[A-Za-z][A-Za-z .'&/_-]*?)[\s/|(\[:-]*(?P<zh2>[\u4e00-\u9fff][^A-Za-z]*?)[)\]*:]*"
)

_RELATION = re.compile("^(?:所?对应|所?关联|被解读|所解读|所属)的?(?=.)")

_PLACE = re.compile("^(?:(?:政府|门户|官方)*网站?上?|官网|网上|上网)(?=.)")


def _as_date(key: str) -> str:
    return key.replace("时间", "日期")
