"""What the headings of a table mean: by name, by another spelling, by a person's mapping, by the values below; else what they likely mean.

Only what is sure is used. A heading that is merely like one of a field is proposed: a person confirms it (``opencheck map``), because a date
taken for another one makes a late act look timely.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

from opencheck.core.normalize import normalize_header, normalize_whitespace
from opencheck.readers.heading_maps import NOT_USED, mapped_field
from opencheck.records.dataset import Dataset, ReadHeading, SkippedLine, SourceLocation
from opencheck.records.date_spans import split_span
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue, parse
from opencheck.records.placeholders import is_placeholder
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = ["Heading", "Match", "answers", "match_headings", "note_headings", "sure_fields"]

_LIKE = 0.75
"""How much a heading must be like one of a field to be proposed."""

_MOST_COMPARED = 100
"""Unknown headings that are compared with those of the fields: a sheet with more is no ledger."""

_YES_OR_NO = re.compile("^(?:是否|有无|(?:is|has)[_ A-Z])")

_STARTS = frozenset({"起", "自", "开始", "起始", "始", "开始时间", "开始日期", "起始时间", "起始日期"})
_ENDS = frozenset({"止", "至", "结束", "截止", "终", "终止", "结束时间", "结束日期", "截止时间", "截止日期"})


@dataclass(frozen=True)
class Heading:
    """A heading as written: one text, or the text over several columns and the one below it."""

    text: str
    group: str | None = None

    @property
    def shown(self) -> str:
        """As it is shown to a person and written in a mapping."""
        return self.text if self.group is None else f"{self.group}/{self.text}"


@dataclass(frozen=True)
class Match:
    """What one heading means."""

    status: str
    fields: tuple[str, ...] = ()
    how: str | None = None

    @property
    def is_read(self) -> bool:
        """Whether the column is read as its fields: alone, or where another column of theirs is blank."""
        return self.status == "mapped" or (self.status == "second" and self.how is not None)


def sure_fields(spec: TableSpec, heading: Heading, mapping: Mapping[str, str], sheet: str | None = None) -> tuple[str, ...]:
    """The fields that a heading surely means in a table: none, one, or a first and a last day.

    >>> sure_fields(TABLES["disclosure"], Heading("结束", "公示起止时间"), {}), sure_fields(TABLES["document"], Heading("发布日期", "解读"), {})
    (('posted_until',), ('interpretation_published_on',))
    """
    mapped = mapped_field(spec, heading.shown, mapping, sheet)
    if mapped is not None:
        return () if mapped == NOT_USED else (mapped,)
    if heading.group is None:
        found = spec.resolve_header(heading.text)
        if found is None:
            found = _yes_no_heading(spec, heading.text)[0]
        if found is not None:
            return (found,)
        return _span(spec, heading.text) if "起止" in heading.text else ()
    group = _about_a_part(heading.group)
    for text in (*_composed(spec, heading.group, heading.text), *_composed(spec, group, heading.text)):
        if (found := spec.resolve_header(text)) is not None:
            return (found,)
    found = spec.resolve_header(heading.text)
    return (found,) if found is not None and _only_says_about(spec.fields[found], group) else ()


_ABOUT = re.compile("(?:情况|信息|内容)$")

_ABOUT_ALL = frozenset(
    {"", "基本", "办理", "办件", "处理", "登记", "总体", "主要", "具体", "详细", "实际", "实际办理", "有关", "相关", "填报"}
)
"""What stands over columns of whatever says something of the record: 办理情况, 基本信息."""


def _about_a_part(group: str) -> str:
    """A group without what is about the whole record: 办理情况. The name of a table may be the title of one beside another."""
    return "/".join(part for part in group.split("/") if _ABOUT.sub("", normalize_header(part)[0]) not in _ABOUT_ALL)


def _only_says_about(field: FieldSpec, group: str) -> bool:
    """Whether a group says no more than names of the field do: 补正情况 over 补正日期, not 计划 or 第三方 over 答复日期."""
    column = field.column
    names = [normalize_header(n)[0] for n in (column.label_zh, *column.aliases)]
    about = [_ABOUT.sub("", normalize_header(part)[0]) for part in group.split("/") if part]
    return all(len(words) > 1 and any(words in name for name in names) for words in about)


def _span(spec: TableSpec, text: str) -> tuple[str, ...]:
    """The first and last day that a column holds; 公示期 may be one day or a number of days, which its cells tell."""
    found = (spec.spans.get(key.replace("时间", "日期")) for key in normalize_header(text))
    return next((days for days in found if days is not None), ())


def _yes_no_heading(spec: TableSpec, text: str) -> tuple[str | None, str | None, str | None]:
    """For a heading that asks for one of a field's two words (是否关停): the field, and the words that yes and no mean.

    No means neither where who denies the one need not mean the other: an account that is not 正常 may be closed or only not kept up.
    """
    if not text.startswith("是否"):
        return None, None, None
    for name, field in spec.fields.items():
        vocabulary = field.vocabulary
        if vocabulary is None or vocabulary.open or len(vocabulary.values) != 2:
            continue
        word = vocabulary.resolve(normalize_header(text)[1].removeprefix("是否"))
        if word is not None:
            return name, word, vocabulary.denial(word)
    return None, None, None


def answers(spec: TableSpec, heading: Heading, values: list[Any]) -> list[Any]:
    """The cells of a column as the field reads them: below 是否关停, 是 is 已关停 and 否 is not; below 是否正常 否 is not known.

    >>> answers(TABLES["account"], Heading("是否关停"), ["否", "是", None, "不详"])
    ['active', 'closed', None, '不详']
    >>> answers(TABLES["account"], Heading("是否正常"), ["否", "是"])
    ['否', 'active']
    """
    name, yes, no = _yes_no_heading(spec, heading.text) if heading.group is None else (None, None, None)
    if name is None:
        return values
    means = {True: yes, False: no}
    return [value if (word := means.get(_yes_or_no(value))) is None else word for value in values]


def _yes_or_no(value: Any) -> Any:
    try:
        return parse("bool", value)
    except InvalidValue:
        return None


def _composed(spec: TableSpec, group: str, text: str) -> Iterable[str]:
    """The headings that a heading below another one may stand for. The lower one alone could be any table's."""
    over, under = normalize_header(group)[0], normalize_header(text)[0]
    yield over + under
    about = _ABOUT.sub("", over)
    if about != over:
        yield about + under
    for words, edge in ((_STARTS, "开始日期"), (_ENDS, "结束日期")):
        if under in words:
            yield re.sub("起止|起讫|时间|日期|期限|期间", "", over) + edge


def match_headings(
    spec: TableSpec,
    headings: Mapping[int, Heading],
    mapping: Mapping[str, str],
    *,
    sheet: str | None = None,
    values: Callable[[int], Iterable[Any]] | None = None,
    whole: bool = True,
) -> dict[int, Match]:
    """Say what every heading of a table means.

    Args:
        spec: the table.
        headings: the headings by column.
        asked: a person's mapping, see :mod:`.heading_maps`.
        sheet: the sheet's name, for mappings of one sheet.
        values: the cells of a column, where they are at hand.
        whole: whether these are all its cells; what some of them tell is only proposed.

    Returns:
        For each column its match, the first of several columns for one field before the others.
    """
    found: dict[int, Match] = {}
    have: set[str] = set()
    chosen: set[str] = set()
    sure = {i: sure_fields(spec, h, mapping, sheet) for i, h in headings.items()}
    order = list(headings)
    named = [name for fields in sure.values() for name in fields]
    if len(named) > len(set(named)):
        order.sort(key=lambda i: (_rank(spec, headings[i], sure[i], mapping, sheet), i))
    for i in order:
        mapped = mapped_field(spec, headings[i].shown, mapping, sheet)
        if mapped == NOT_USED:
            found[i] = Match("not_used", how="map")
        elif not sure[i]:
            continue
        elif (values is None or not whole) and (len(sure[i]) > 1 or _yes_no_heading(spec, headings[i].text)[0] is not None):
            # What is in the cells must be put into other words, for which all of them must be at hand.
            found[i] = Match("proposed", sure[i])
        elif mapped is None and (chosen & set(sure[i]) or (have & set(sure[i]) and _is_nearby(spec, headings[i], sure[i]))):
            # A person has said that it is another column, or the field has one of its own and this is another act's day.
            found[i] = Match("second", sure[i])
        else:
            how = "map" if mapped is not None else "name" if _is_named(spec, headings[i]) else "spelling"
            found[i] = Match("second" if have.issuperset(sure[i]) else "mapped", sure[i], how)
            have |= set(sure[i])
            chosen |= set(sure[i]) if mapped is not None else set()
    rest = [i for i in headings if i not in found]
    for i in rest:
        by_values = _by_values(spec, headings[i], partial(values, i), have) if values is not None else ()
        if by_values and whole:
            have |= set(by_values)
            found[i] = Match("mapped", by_values, "values")
        elif by_values:
            found[i] = Match("proposed", by_values)
    for i in [i for i in rest if i not in found]:
        near = _likely(spec, headings[i], have) if len(rest) <= _MOST_COMPARED else None
        found[i] = Match("proposed", (near,)) if near is not None else Match("unknown")
    return found


def _keys(heading: Heading) -> set[str]:
    return set(normalize_header(heading.text))


def _is_named(spec: TableSpec, heading: Heading) -> bool:
    return heading.group is None and any(key in spec.headers for key in _keys(heading))


def _is_nearby(spec: TableSpec, heading: Heading, fields: tuple[str, ...]) -> bool:
    names = {normalize_header(n)[0].replace("时间", "日期") for f in fields for n in spec.fields[f].column.nearby}
    return any(key.replace("时间", "日期") in names for key in _keys(heading))


def _rank(spec: TableSpec, heading: Heading, fields: tuple[str, ...], mapping: Mapping[str, str], sheet: str | None) -> int:
    """Which heading is taken where several name one field: a person's choice, the canonical one, aliases in their order."""
    if mapped_field(spec, heading.shown, mapping, sheet) is not None:
        return -1
    if len(fields) != 1 or heading.group is not None:
        return 1000
    own = spec.fields[fields[0]].column
    keys = [normalize_header(t)[0] for t in (own.label_zh, *own.aliases, *own.vague, *own.nearby)]
    return next((n for n, key in enumerate(keys) if key in _keys(heading)), 999)


def _by_values(spec: TableSpec, heading: Heading, values: Callable[[], Iterable[Any]], have: set[str]) -> tuple[str, ...]:
    """The fields that the cells tell, where the heading may mean them: all hold a first and a last day, or words of the field's vocabulary."""
    days = _span(spec, heading.text) if heading.group is None else ()
    days = () if have & set(days) else days
    name = _listed_as_likely(spec, heading)
    vocabulary = spec.fields[name].vocabulary if name is not None and name not in have else None
    if not days and vocabulary is None:
        return ()
    filled = {text for v in values() if v is not None and not is_placeholder(text := str(v))}
    if not filled:
        return ()
    if days and all(_is_span(v) for v in filled):
        return days
    if name is None or vocabulary is None:
        return ()
    return (name,) if all(vocabulary.resolve(v) in vocabulary.values for v in filled) else ()


def _is_span(value: Any) -> bool:
    try:
        return split_span(value)[1] is not None
    except InvalidValue:
        return False


def _listed_as_likely(spec: TableSpec, heading: Heading) -> str | None:
    texts = (heading.text,) if heading.group is None else tuple(_composed(spec, heading.group, heading.text))
    return next((n for t in texts for key in normalize_header(t) if (n := spec.likely_headers.get(key)) is not None), None)


def _likely(spec: TableSpec, heading: Heading, have: Collection[str]) -> str | None:
    """The field that a heading likely means: as listed, else the most similar one of a fitting kind."""
    name = _listed_as_likely(spec, heading)
    if name is None:
        name = spec.resolve_without_note(heading.text)
        # Below a group that is not understood the text may be a field's own name; 第三方/名称 is near to no title.
        name = name if heading.group is None or (name is not None and spec.fields[name].decides) else None
    if name is not None:
        return name if name not in have else None
    asks = _YES_OR_NO.match(heading.text) is not None
    may_ask = (
        asks or heading.text.isascii()
    )  # in English many a yes-or-no field (affects_public_interest) has no such beginning
    near = _similar(spec.name, normalize_header((heading.group or "") + heading.text)[1])
    return next((n for n in near if n not in have and (may_ask if spec.fields[n].kind == "bool" else not asks)), None)


@lru_cache(maxsize=1024)
def _similar(table: str, key: str) -> tuple[str, ...]:
    """The fields whose headings a folded heading is like, the most similar first."""
    headers = TABLES[table].headers
    # A heading that is longer says something else (主送单位名称), one that is as long may be a slip; of letters a slip loses more.
    slack = 3 if key.isascii() else 1
    close = [header for header in headers if abs(len(header) - len(key)) <= slack and header.isascii() == key.isascii()]
    return tuple(dict.fromkeys(headers[h] for h in difflib.get_close_matches(key, close, n=5, cutoff=_LIKE)))


@lru_cache(maxsize=1024)
def _elsewhere(table: str, text: str) -> str | None:
    """Another table whose own column a heading surely is."""
    for other in TABLES.values():
        name = other.resolve_header(text) if other.name != table else None
        if name is not None and name not in TABLES[table].fields:
            return other.name
    return None


def note_headings(
    data: Dataset, spec: TableSpec, headings: Mapping[int, Heading], matches: Mapping[int, Match], place: SourceLocation
) -> None:
    """Record what every heading means, and those that are not read among the ignored lines."""
    for i, heading in headings.items():
        match = matches[i]
        text = normalize_whitespace(heading.shown)
        read = ReadHeading(place, spec.name, text, match.status, match.fields, match.how)  # type: ignore[arg-type]
        if match.status == "unknown":
            read = replace(read, other=_elsewhere(spec.name, heading.text) if heading.group is None else None)
        data.headings.append(read)
        if match.status != "mapped":
            code = "unknown_column"
            if match.status == "second":
                code = "second_column" if match.is_read else "overruled_column"
            near = (spec.name, match.fields[0]) if match.status == "proposed" else None
            data.ignored.append(SkippedLine(place, code, text, near))
