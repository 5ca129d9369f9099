"""What the lines below the headings of a table are: records, or headings again, totals, notes, examples; and where another table begins.

Readers in memory and those of files larger than memory ask here, so they agree on every line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from opencheck.core.normalize import normalize_key, normalize_whitespace
from opencheck.readers.header_groups import LONGEST_HEADING, Row, headings_at
from opencheck.readers.heading_match import Heading, sure_fields
from opencheck.readers.sections import Section, is_mark, section_of
from opencheck.readers.table_detection import evidence
from opencheck.records.parse import InvalidValue, parse
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES
from opencheck.records.totals import NAMING_FIELDS, is_total

__all__ = [
    "EXAMPLE_PREFIX",
    "BodyLines",
    "holds_headings",
    "is_example_sheet",
    "is_issued_form",
    "numbers_columns",
    "skip_reason",
]

EXAMPLE_PREFIX = "示例"
"""Prefix of the ids of the template's example rows, which are skipped."""

_EXAMPLE_WORDS = "(?:填[写表报])?(?:示例|样例|范例|举例|例如|例)(?:说明)?[0-9一二三四五]?"
_EXAMPLE = re.compile(rf"{EXAMPLE_PREFIX}|[(（【\[]?{_EXAMPLE_WORDS}[)）】\]:：]?$")
"""The id of a row that only shows how to fill in the others."""
_NAMED_EXAMPLE = re.compile(rf"{_EXAMPLE_WORDS}(?:[:：]|$)|[(（【\[]{_EXAMPLE_WORDS}[)）】\]]")
"""How the name of such a row begins: 例：某村征地批复."""
_MAY_BEGIN_EXAMPLE = frozenset("填示样范举例(（【[")
_EXAMPLE_SHEET = re.compile(
    r".{0,12}(?:示例|样例|范例|样表|范本|模板|模版)[表页]?\d{0,2}[)）】]?|填[写表报](?:说明|须知|要求|举例)\d{0,2}"
)
"""The name of a sheet that only shows how to fill in the others."""
_ISSUED_FORM = re.compile("样表|模板|模版")

_NOTHING_BELOW = re.compile(r"[-—=（(\s]*以下(?:空白|无正文|无内容|无|为空白?)[-—=）)\s]*")
"""What officials write where a form ends, so that nothing can be added."""

_LABEL_WORDS = """
附注 注 备注 说明 填表 填表人 填报 填报人 填表单位 填报单位 填表日期 填报日期 填报时间 填表说明 制表 制表人 制表日期
制表时间 日期 审核 审核人 复核 复核人 校对 单位负责人 部门负责人 主要负责人 分管负责人 分管领导 主管领导 单位领导 负责人 经办 经办人
联系人 联系电话 联系方式 电话 签字 盖章 单位 报送单位 报送日期 报送时间 统计人 统计时间 统计日期 截止日期 截至日期
数据来源 打印日期 打印时间 导出时间 导出人
"""
_LABELS = "|".join(_LABEL_WORDS.split())
_SIGNED = r"(?:\s*[(（](?:签字|签名|签章|盖章|公章|章|签)[)）])?"
_LABELLED = re.compile(
    rf"[(（]?(?:{_LABELS}){_SIGNED}[:：].*|(?:{_LABELS})[(（](?:签字|签名|签章|盖章|公章|章|签)[)）]|第.{{1,4}}页.*"
)
"""A cell below a table that says what it is: 填表人：张某."""
_LABEL = re.compile(rf"[(（]?(?:{_LABELS}){_SIGNED}[:：]?")
"""The same with what it says in the next cell."""
_DATED = re.compile(r"(?:\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?|\s*年\s*月\s*日)(?: 00:00:00)?")
"""The day beside the names of who signed."""
_STARRED = re.compile(r"[(（]?(?:\*|※).*")

_MAY_BEGIN_NONE = frozenset(word[0] for word in _LABEL_WORDS.split()) | set("本合小总共第累")
"""Characters with which a total or a note may begin; other ones begin with a mark."""

_MOST_REMEMBERED = 100_000
"""Texts of a column of which is remembered whether they are headings."""

_NO_WORDS = re.compile(r"[0-9 :./-]*")


class BodyLines:
    """The lines below the headings of one table.

    Args:
        spec: the table.
        header: the rows of the header, normalised.
        known: the fields that the columns surely are.
        columns: how many columns have a heading.
        mapping: a person's mapping of headings.
        sheet: the sheet's name, for mappings of one sheet.
        sample: some of the lines, which tell the columns where few words come again and again.
        alike: whether a line is a heading that names the columns in other words, or numbers them; not where a person names the table.
    """

    def __init__(
        self,
        spec: TableSpec,
        header: Sequence[Sequence[str]],
        known: Mapping[int, tuple[str, ...]],
        columns: int,
        *,
        mapping: Mapping[str, str],
        sheet: str | None,
        sample: Sequence[Sequence[Any]] = (),
        alike: bool = True,
    ) -> None:
        self._spec, self._header, self._known, self._columns = spec, header, known, columns
        self._mapping, self._sheet, self._alike = mapping, sheet, alike
        self._id_at = next((i for i, fields in known.items() if fields == ("id",)), None)
        own = {i: [spec.fields[n] for n in fields if n in spec.fields] for i, fields in known.items()}
        self._units = {i for i, fields in own.items() if any(f.name == "unit" for f in fields)}
        self._naming = [i for i, fields in own.items() if any(f.name in NAMING_FIELDS for f in fields)]
        self._dated = [i for i, fields in own.items() if any(f.kind in ("date", "datetime") for f in fields)]
        width = max(map(len, header))
        self._headings = {i: {row[i] for row in header if i < len(row) and row[i]} for i in range(width)}
        self._heads: dict[int, dict[str, bool]] = {i: {} for i, texts in self._headings.items() if texts}
        """For each column with a heading its texts, and whether they are headings of it."""
        self._order = sorted(self._heads, key=lambda i: len({str(row[i]) for row in sample if i < len(row)}))

    def skip(self, cells: Sequence[Any], *, first: bool, merged: bool = False) -> str | None:
        """Return why a line is no record, as :func:`skip_reason` does, or None for a record.

        Args:
            cells: the line, as wide as the header.
            first: whether it is the first one below the headings.
            merged: whether a cell is merged across three or more columns.
        """
        if not (first or merged) and self._is_record(cells):
            return None
        reason = self.reason_of(cells, merged=merged)
        return "header_again" if reason is None and self._alike and first and numbers_columns(cells) else reason

    def reason_of(self, cells: Sequence[Any], *, merged: bool) -> str | None:
        """Why a line is no record wherever it stands, by a look at all of it."""
        if self.section_in(cells, merged=merged) is not None:
            return "section"
        reason = skip_reason(cells, self._header, self._id_at, merged=merged, columns=self._columns)
        if reason is None and self._is_named_example(cells):
            return "example"
        if reason is None and self._adds_up(cells):
            return "total"
        if reason == "total" and self._is_of_its_own(cells):
            reason = None
        return "header_again" if reason is None and self._alike and self.names_columns(cells) else reason

    def section_in(self, cells: Sequence[Any], *, merged: bool) -> Section | None:
        """What a line heads; None for a line of any other kind.

        It holds one text, and perhaps its number in a cell before (一 | 市民政局). Unless it is merged across the table, or stands in the
        column of the ids, it must be numbered by 一、 or （一）, or be a numbered unit in a row without an id: a text alone may be a record.
        """
        written = [i for i, c in enumerate(cells) if c is not None and c != ""]
        if not written or self._columns < 3 or any(type(cells[i]) is not str for i in written):
            return None
        texts = list(dict.fromkeys(cells[i] for i in written))
        if len(texts) == len(written) == 2 and is_mark(texts[0]):
            section = section_of("、".join(texts))
            return section if section is not None and section.unit is not None else None
        if len(texts) > 1 or (len(written) > 1 and not merged):
            return None
        section = section_of(texts[0])
        if section is None or merged or written[0] == self._id_at or section.is_numbered_by_words:
            return section
        is_unit = section.unit is not None and section.rank is not None
        return section if is_unit and self._id_at is not None and written[0] not in self._units else None

    def _is_record(self, cells: Sequence[Any]) -> bool:
        """Whether a line surely is a record, by cheap tests that nearly all records pass: how it begins, and that too many of its cells are
        no headings for one that names or repeats them."""
        written = len(cells) - cells.count(None) - cells.count("")
        if written < 3:
            return False
        beginning = str(next(c for c in cells if c is not None and c != ""))[0]
        if not beginning.isalnum() or beginning in _MAY_BEGIN_NONE or self._adds_up(cells) or self._is_named_example(cells):
            return False
        if self._id_at is not None and _EXAMPLE.match(str(cells[self._id_at] or "")):
            return False
        others = written * 3 // 10 + 1
        for i in self._order:
            cell = cells[i]
            if cell is None or cell == "":
                continue
            text = cell if isinstance(cell, str) else str(cell)
            heads = self._heads[i].get(text)
            if heads or (heads is None and self._is_heading(i, text)):
                continue
            others -= 1
            if not others:
                return True
        return False

    def _adds_up(self, cells: Sequence[Any]) -> bool:
        """Whether a line is one of totals by a cell that names it, and nothing shows that it is a record of its own."""
        named = any(type(c := cells[i]) is str and ("计" in c or "共" in c) and is_total(c) for i in self._naming)
        return named and not self._is_of_its_own(cells)

    def _is_named_example(self, cells: Sequence[Any]) -> bool:
        """Whether what names a line says that it is an example."""
        texts = (cells[i] for i in self._naming)
        return any(type(c) is str and c[:1] in _MAY_BEGIN_EXAMPLE and bool(_NAMED_EXAMPLE.match(c)) for c in texts)

    def _is_of_its_own(self, cells: Sequence[Any]) -> bool:
        """Whether a line has an id or a day of its own, as no total has."""
        own_id = cells[self._id_at] if self._id_at is not None else None
        if own_id not in (None, "") and not is_total(str(own_id)):
            return True
        return any(_is_day(cells[i]) for i in self._dated if cells[i] not in (None, ""))

    def _is_heading(self, i: int, text: str) -> bool:
        """Whether a text is, or means, the heading of its column."""
        heads = self._heads[i]
        if len(heads) >= _MOST_REMEMBERED:
            heads.clear()
        own = self._known.get(i) if len(text) <= LONGEST_HEADING else None
        means = bool(own) and (bool(self._mapping) or not _NO_WORDS.fullmatch(text)) and self._means(text) == own
        heads[text] = found = means or normalize_key(text) in self._headings[i]
        return found

    def _means(self, text: str) -> tuple[str, ...]:
        return sure_fields(self._spec, Heading(text), self._mapping, self._sheet)

    def names_columns(self, cells: Sequence[Any]) -> bool:
        """Whether a line names the columns once more in other words: below 收到日期 stands received_on."""
        written = [(i, c) for i, c in enumerate(cells) if c is not None and c != ""]
        if len(written) < 3 or not all(type(c) is str and len(c) <= LONGEST_HEADING for _, c in written):
            return False
        others = 0
        for i, text in written:
            own = self._known.get(i)
            others += not own or self._means(text) != own
            if others * 10 > len(written) * 3:
                return False
        return True

    def starts_table(self, rows: Sequence[Row], at: int) -> TableSpec | None:
        """The table whose headings, not those of this one, stand in a row; None for any other row.

        Args:
            rows: rows of the sheet; the one below belongs to the headings where these are in two rows.
            at: which of them.
        """
        cells = rows[at][1]
        if not holds_headings(cells) or self.names_columns(cells):
            return None
        headings = headings_at(rows, at)[0]
        if {i: sure_fields(self._spec, h, self._mapping, self._sheet) for i, h in headings.items()} == self._known:
            return None
        candidates = (evidence(other, headings.values(), self._mapping, self._sheet) for other in TABLES.values())
        found = [e for e in candidates if len(e.telling) >= 2 and len(e.fields) * 2 >= len(headings)]
        if not found:
            return None
        above = rows[at - 1][1] if at else []
        title = [c for c in above if isinstance(c, str)] if len(set(above) - {None}) == 1 else []
        return max(found, key=lambda e: (e.score(None, title), e.spec is self._spec)).spec


def _is_day(cell: Any) -> bool:
    try:
        parse("date", cell)
    except InvalidValue:
        return False
    return True


@lru_cache(maxsize=1)
def _written_headings() -> frozenset[str]:
    """The headings of all tables as their names and aliases are written."""
    columns = [(f.name, f.column) for spec in TABLES.values() for f in spec.fields.values()]
    return frozenset(t for name, c in columns for t in (name, c.label_zh, *c.aliases, *c.vague, *c.nearby, *c.likely))


_SERIES = ("一二三四五六七八九十", "甲乙丙丁戊己庚辛壬癸", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def holds_headings(cells: Sequence[Any]) -> bool:
    """Whether two cells of a row are headings, of whatever table: a quick test before a closer look.

    >>> holds_headings(["1", "收到日期", "答复日期"]), holds_headings(["1", "收到日期", "2018-09-03"])
    (True, False)
    """
    words = _written_headings()
    return not words.isdisjoint(cells) and sum(c in words for c in cells if type(c) is str) >= 2


def is_example_sheet(name: str) -> bool:
    """Whether a sheet is named as one that shows how to fill in the others.

    >>> [is_example_sheet(n) for n in ("填写示例", "样表", "公文（示例）", "填表说明", "模板2", "公文", "情况说明", "示范村", "示例学校")]
    [True, True, True, True, True, False, False, False, False]
    """
    return _EXAMPLE_SHEET.fullmatch(normalize_whitespace(name)) is not None


def is_issued_form(name: str) -> bool:
    """Whether a sheet is named as the form that was issued, which offices fill in as it is: 民政局样表; not as an example of one filled in.

    >>> [is_issued_form(n) for n in ("民政局样表", "模板2", "填写示例", "公文")]
    [True, True, False, False]
    """
    return is_example_sheet(name) and _ISSUED_FORM.search(normalize_whitespace(name)) is not None


def numbers_columns(cells: Sequence[Any]) -> bool:
    """Whether a row below the headings numbers the columns: 1, 2, 3 or 甲, 乙, 丙, as printed forms do.

    >>> numbers_columns(["1", "2", None, "3"]), numbers_columns(["（1）", "（2）", "（3）"]), numbers_columns([1, 2.0, 3, "2018-09-01"])
    (True, True, False)
    """
    written = [c for c in cells if c is not None and c != ""]
    if not 3 <= len(written) <= 99 or any(isinstance(c, str) and len(c) > 6 for c in written):
        return False
    texts = [normalize_key(str(int(c)) if isinstance(c, float) and c.is_integer() else str(c)).upper() for c in written]
    return texts == [str(n) for n in range(1, len(texts) + 1)] or any("".join(texts) == s[: len(texts)] for s in _SERIES)


def _repeats(cells: Sequence[Any], header: Sequence[str], written: int) -> bool:
    """Whether a row says what a row of the header (normalised) says: two cells or more, and seven of ten of those that are written."""
    same, other = 0, 0
    for cell, text in zip(cells, header, strict=False):
        if cell is None or cell == "":
            continue
        if text and normalize_key(str(cell)) == text:
            same += 1
        elif (other := other + 1) * 10 > written * 3:  # most rows are records, and told after a few cells
            return False
    return same >= 2 and same * 10 >= written * 7


_RECORD_ID = re.compile(r"(?!\d{1,6}(?:\.0)?$)(?!\d{1,2}[.、．]\D)(?=.*(?:\d|[A-Za-z]))[\w*〔〕\[\]()（）/.—-]+")
"""The id of a record: not the number alone of a row in a form that is numbered beforehand, nor a sentence or a legend (红色为未公开)."""


def skip_reason(
    cells: Sequence[Any], header: Sequence[Sequence[str]], id_at: int | None, *, merged: bool, columns: int
) -> str | None:
    """Return why a row below the header is skipped, or None for a record.

    What a row is says the whole of its cells, not how one begins: 合计 is a total, 合计报表 a title, and ``*5`` with a date an id.

    Args:
        cells: the row, as wide as the header.
        header: the rows of the header, normalised.
        id_at: the column of the ids.
        merged: whether a cell is merged across three or more columns.
        columns: how many columns have a heading.

    Returns:
        ``blank``, ``header_again``, ``example``, ``total``, ``note``, or ``no_content`` for a row that says nothing but a number.

    >>> skip_reason(["合计", None, "3"], [["编号", "标题", "件数"]], 0, merged=False, columns=3)
    'total'
    """
    written = [c for c in cells if c not in (None, "")]
    if not written:
        return "blank"
    if any(_repeats(cells, row, len(written)) for row in header):
        return "header_again"
    if id_at is not None and _EXAMPLE.match(str(cells[id_at] or "")):
        return "example"
    if is_total(str(written[0])):
        return "total"
    different = list(dict.fromkeys(normalize_whitespace(str(c)) for c in dict.fromkeys(written)))
    if len(different) == 1 and ((columns >= 3 and merged) or _STARRED.fullmatch(different[0])):
        return "note"
    if _is_signed(different):
        return "note"
    alone = len(written) == 1 and columns >= 3 and id_at is not None and cells[id_at] not in (None, "")
    if len(different) == 1 and _NOTHING_BELOW.fullmatch(different[0]):
        return "no_content"
    if not any(map(normalize_key, different)) or (alone and not _RECORD_ID.fullmatch(different[0])):
        return "no_content"
    return None


def _is_signed(texts: Sequence[str]) -> bool:
    """Whether a line says who filled in the table, checked it and when: each text a label with what it says, or one of both, or a day."""
    label = False
    for at, text in enumerate(texts):
        if _LABEL.fullmatch(text):
            label = True
        elif label or _LABELLED.fullmatch(text):
            label = False  # what the label before it asks for
        elif at == 0 or not _DATED.fullmatch(text):
            return False
    return len(texts) > 1 or _LABELLED.fullmatch(texts[0]) is not None
