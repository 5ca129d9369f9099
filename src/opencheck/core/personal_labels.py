"""What the words beside a number say about it: the label before it in a sentence, the heading of its column, the cell to its left.

Words of identity win over words of codes, so that 身份证号（准考证号） announces an identity number. A code word in a sentence counts
only directly before the number; a heading counts for its whole column, unless the cell itself says what the number is. No amount has the
eighteen digits, day of birth and check digit of an identity number, and 合计 at the head of a row says nothing about a cell with words of
its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby, zip_longest
from typing import Literal, NamedTuple

__all__ = [
    "Beside",
    "Meaning",
    "TextTables",
    "is_office_phone",
    "lists_offices",
    "meaning_of",
]


Meaning = Literal["disability", "identity", "office_phone", "phone", "card", "code", "amount", ""]
"""What a label announces; blank where it says nothing about numbers."""

_DISABILITY = re.compile("残疾人?证")

_IDENTITY = re.compile("身份证|身份号码?|公民身份|证件号码?|证件代码")

_DUTY_PHONE = r"(?:监督|举报|咨询|投诉|值班|办公|受理|服务|热线|传真|客服)(?:电话|热线|专线|手机号?|号码)?"

_OFFICE_PHONE = rf"{_DUTY_PHONE}|(?:单位|公务)(?:联系)?(?:电话|手机号?)"

_PHONE = r"手机号?码?|移动电话|联系电话|电话号?码?|联系方式|联系人"

_CARD = r"(?:银行|信用|社保|储蓄|借记|贷记|一)?卡号?码?|[账帐][号户]|存折"

_CODE = (
    r"准考证|(?:报)?考生?号|报名[序编]?号|座位号|职位代码|岗位代码|注册(?:证)?(?:编)?号|登记(?:证)?(?:编)?号|备案(?:编)?号|纳税人识别号|税号|税务登记证?号?"
    r"|信用代码|机构代码|(?:合同|协议|项目|采购|招标|订|业务|受理|交易|设备|产品|物料|仓库|库存|固定资产|资产|档案|证书|标准|图纸|文件|案件|工单|报告)(?:编)?(?:号|码|代码)"
    r"|批(?:准文)?号|批次号?|生产日期|流水号|单号|运单|快递|发票|票据|凭证号?|文号|案号|许可证(?:编)?号?|执照(?:编)?号?|索引号|条(?:形)?码|序列号|电表号|水表号|户号|房产证号?"
    r"|产权证号?|不动产权?证?号?|车架号|发动机号|坐标|经度|纬度|URL|网址|链接|IMEI|ISBN|ISSN"
)

_AMOUNT = (
    r"金额|价款|单价|总价|合计|总计|小计|投资额?|预算|决算|收入|支出|余额|面积|数量|[（(](?:万|亿|千)?(?:元|平方米|吨|件)[）)]"
)

_AFTER = r"(?:号码?|编号|代码|编码)?(?:[（(][^（()）]{0,8}[）)])?[\s:：为是（(“\"=＝]*$"

_ENDS_IN: dict[Meaning, re.Pattern[str]] = {
    "office_phone": re.compile(rf"(?:{_OFFICE_PHONE}){_AFTER}"),
    "phone": re.compile(rf"(?:{_PHONE}){_AFTER}"),
    "card": re.compile(rf"(?:{_CARD}){_AFTER}"),
    "code": re.compile(rf"(?:{_CODE}){_AFTER}", re.I),
    "amount": re.compile(rf"(?:{_AMOUNT}){_AFTER}"),
}

_HOLDS: dict[Meaning, re.Pattern[str]] = {
    "office_phone": _ENDS_IN["office_phone"],
    "phone": re.compile(_PHONE),
    "card": re.compile(_CARD),
    "code": re.compile(_CODE, re.I),
    "amount": re.compile(_AMOUNT),
}

_OFFICE = re.compile("单位|部门|机构|科室|窗口|办公|镇街|街道|学校|医院|网点|服务点|站点|大厅|中心")

_PERSON = re.compile(
    "户主|(?<!联系人)(?<!负责人)姓名|救助|补助|补贴|低保|对象|申请人|学生|考生|身份证|住址|家庭|残疾|工作单位|所在单位|毕业"
    "|人员|职工|教师|党员|村民|居民|业主|患者|家长|老人|儿童|幼儿|性别|年龄|民族"
)

_CONTACT = re.compile("^(?:联系)?电话(?:号码)?$|^联系方式$")


_SPACED = re.compile(r"(?<=[\u4e00-\u9fff])[ \u00a0\u2002\u2003\u3000]+(?=[\u4e00-\u9fff])")
"""What spreads the characters of a label over its cell."""


def meaning_of(label: str, *, heading: bool = False) -> Meaning:
    """Return what a label announces.

    Args:
        label: the words before a number, or the heading of its column.
        heading: whether it is a heading, which counts as a whole; otherwise only words directly before the number count.

    >>> meaning_of("身份证号（准考证号）"), meaning_of("合同编号："), meaning_of("合同编号见附件，手机"), meaning_of("备注")
    ('identity', 'code', 'phone', '')
    >>> meaning_of("监 督　电 话：")
    'office_phone'
    """
    label = _SPACED.sub("", label)
    if _DISABILITY.search(label):
        return "disability"
    if _IDENTITY.search(label):
        return "identity"
    patterns = _HOLDS if heading else _ENDS_IN
    return next((meaning for meaning, pattern in patterns.items() if pattern.search(label)), "")


def is_office_phone(label: str) -> bool:
    """Return whether a label announces the number of an office or a hotline, which is no personal number.

    >>> is_office_phone("监督举报电话"), is_office_phone("联系电话")
    (True, False)
    """
    return _ENDS_IN["office_phone"].search(label) is not None


def lists_offices(heading: str, headings: Sequence[str]) -> bool:
    """Return whether a column holds the contact numbers of offices: the other headings name offices and nobody who is helped or examined.

    >>> lists_offices("联系电话", ["单位", "联系人", "联系电话"]), lists_offices("联系电话", ["户主姓名", "单位", "联系电话"])
    (True, False)
    """
    bare = [re.sub(r"\s", "", h) for h in headings]
    return bool(
        _CONTACT.search(re.sub(r"\s", "", heading))
        and any(_OFFICE.search(h) for h in bare)
        and not any(_PERSON.search(h) for h in bare)
    )


class Beside(NamedTuple):
    """What stands beside a place of a table: the heading of its column, the cell to its left, all headings, the cells of the column."""

    heading: str = ""
    left: str = ""
    headings: tuple[str, ...] = ()
    column: tuple[str, ...] = ()


_NUMERIC = re.compile(r"[-+]?[0-9][0-9,.%]*$|(?:[^0-9]*[0-9]){6}")
"""A cell that is no heading: a number, or one with many digits."""

_HOUSE = re.compile(r".*[0-9](?:[号室户]|(?:号楼|[号栋幢-]|单元).{0,9}[0-9])$")
"""A house: 前进村12号, 人民路8-2-301. Among headings it stands in the first row only, beside that of identity numbers."""

_HEADS_IDENTITY = re.compile(rf"(?:居民)?(?:{_IDENTITY.pattern})(?:号码?)?$")

_HEADER_ROWS = 3


class _Row(NamedTuple):
    """A line of a table: its text, the line at which the table begins, and the headings above it, its own among them."""

    text: str
    table: int
    separator: str
    headings: tuple[str, ...]

    @property
    def cells(self) -> list[str]:
        """What stands between the separators."""
        return self.text.split(self.separator)

    def cell_of(self, column: int) -> str:
        """What stands in a column; blank where the row has fewer."""
        cells = self.cells
        return cells[column].strip() if column < len(cells) else ""

    def heading_of(self, column: int) -> str:
        """The heading of a column; blank where it has none."""
        return self.headings[column] if column < len(self.headings) else ""


class TextTables:
    """The tables of a text: consecutive lines whose cells are separated by tabs, or by the same number of commas.

    >>> tables = TextTables("名单\\n姓名\\t准考证号\\n王某\\t110113011201217")
    >>> tables.beside(20).heading
    '准考证号'
    """

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        self._starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        self._rows: list[_Row | None] = []
        for shape, table in groupby(lines, key=_shape_of):
            own = list(table)
            self._rows += [None] * len(own) if shape is None else _read_table(own, len(self._rows), shape[0])
        self._columns: dict[tuple[int, int], tuple[str, ...]] = {}

    def line_of(self, at: int) -> int:
        """Return the index of the line that holds a position."""
        return bisect_right(self._starts, at) - 1

    def _before(self, row: _Row, at: int) -> list[str]:
        """The cells of a row up to a position; the last one is cut there."""
        return row.text[: at - self._starts[self.line_of(at)]].split(row.separator)

    def beside(self, at: int) -> Beside:
        """Return the words beside a position of the text; blank outside tables."""
        row = self._rows[self.line_of(at)]
        if row is None:
            return Beside()
        *before, _ = self._before(row, at)
        column = len(before)
        # A label over several cells leaves blanks.
        left = next((cell for part in reversed(before) if (cell := part.strip())), "")
        heading = row.heading_of(column)
        return Beside(heading, left, row.headings, self._column(row.table, column) if heading else ())

    def _rows_from(self, first: int) -> Iterator[_Row]:
        """The rows of the table that begins at a line."""
        for number in range(first, len(self._rows)):
            row = self._rows[number]
            if row is None or row.table != first:
                return
            yield row

    def _column(self, table: int, column: int) -> tuple[str, ...]:
        """The cells of a column below its headings."""
        if (table, column) not in self._columns:
            cells = ((row.cell_of(column), row.heading_of(column)) for row in self._rows_from(table))
            self._columns[table, column] = tuple(cell for cell, heading in cells if cell and cell not in heading)
        return self._columns[table, column]

    def joined_cells(self, first: int, last: int) -> list[str]:
        """Return for each row of a table, headings aside, what the columns from one position of a row to another hold, in one piece."""
        row = self._rows[self.line_of(first)]
        if row is None:
            return []
        columns = slice(len(self._before(row, first)) - 1, len(self._before(row, last)))
        found = []
        for other in self._rows_from(row.table):
            cells = [cell.strip() for cell in other.cells[columns]]
            if any(cell not in heading for cell, heading in zip(cells, other.headings[columns], strict=False)):
                found.append("".join(cells))
        return found

    def cells_under(self, pattern: re.Pattern[str]) -> list[tuple[int, str, str]]:
        """Return position, heading and text of each cell whose heading matches a pattern."""
        found = []
        for at, row in zip(self._starts, self._rows, strict=False):
            if row is None or not any(map(pattern.search, row.headings)):
                continue
            starts = accumulate((len(cell) + 1 for cell in row.cells), initial=at)
            for start, heading, cell in zip(starts, row.headings, row.cells, strict=False):
                if pattern.search(heading) and cell.strip() not in heading:
                    found.append((start, heading, cell))
        return found


def _shape_of(line: str) -> tuple[str, int | None] | None:
    """What the lines of one table have in common: their separator, and how often a comma comes; None for a line of no table.

    A line with one comma is a sentence.
    """
    if "\t" in line:
        return "\t", None
    return (",", line.count(",")) if line.count(",") > 1 else None


def _read_table(lines: Iterable[str], first: int, separator: str) -> Iterator[_Row]:
    """The rows of a table. Its headings end with the first number; a line with one text is a title among them."""
    headers: list[list[str]] = []
    headings: tuple[str, ...] = ()
    in_headers = True
    for line in lines:
        cells = [cell.strip() for cell in line.split(separator)]
        filled = [cell for cell in cells if cell]
        in_headers = in_headers and len(headers) < _HEADER_ROWS and _may_be_headings(filled, is_first=not headers)
        if in_headers and len(filled) > 1:
            headers.append(cells)
            headings = tuple(map("".join, zip_longest(*headers, fillvalue="")))
        yield _Row(line, first, separator, headings)


def _may_be_headings(cells: Sequence[str], *, is_first: bool) -> bool:
    """Whether the cells of a row with something in them may be headings, the first of them or further ones."""
    if any(map(_NUMERIC.match, cells)):
        return False
    return not any(map(_HOUSE.match, cells)) or (is_first and any(map(_HEADS_IDENTITY.match, cells)))
