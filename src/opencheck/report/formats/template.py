"""The template workbook, generated from the models: a sheet for each table, with column notes, drop-downs and an example row."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from opencheck.core.extras import names_missing_libraries
from opencheck.readers.body_lines import EXAMPLE_PREFIX
from opencheck.readers.header_rows import REPORT_SHEETS
from opencheck.records.fields import FieldSpec
from opencheck.records.tables import TABLES
from opencheck.report.formats.marked_cells import set_font

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from opencheck.rules.packs.pack import Pack

__all__ = [
    "template_workbook",
]


GUIDE, WORDS = REPORT_SHEETS[2:]

_PREPARED_ROWS = 5000  # rows with drop-downs and date formats

_FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "period": "@", "text": "@", "prose": "@", "list": "@"}

_TYPE_LABELS_ZH = {
    "text": "文字",
    "prose": "全文，分段处换行",
    "date": "日期，如 2018-08-24",
    "datetime": "日期和时分，如 2018-08-24 10:30",
    "bool": "是 或 否",
    "int": "整数",
    "year": "年份，如 2018",
    "number": "数字",
    "percent": "百分比，如 4%",
    "list": "可填多项，用；分隔",
    "period": "2018-06、2018-Q2 或 2018",
}

_GUIDE = (
    "怎么填",
    "1. 每张工作表是一类记录，一行一条；用不到的表留空即可（空表按“未提供”处理，不会当作违规）。",
    "2. 每张表第二行是灰色示例（编号以“示例”开头），不参与检查，可以删掉或盖写。",
    "3. 已有台账可以整块粘贴进来；列的顺序不限，表头可用各列批注里写的其他叫法。",
    "4. 编号在本表内不能重复；“政策解读”用“文件编号”指向“公文”表的编号。",
    "5. 日期可写 2018-08-24、2018/8/24、2018.8.24、20180824、2018年8月24日、二〇一八年八月二十四日。写不清的日期会被退回，不会猜。",
    "6. 没有发生的事留空：没有公开就不填公开日期，仍在张贴就不填公示截止日期。",
    "7. “应公开名录”决定谁应当公开：学校、水源、村等。没有名录就无法判断是否有遗漏。",
    "8. 表头是别的叫法的（如“办结时间”），拿不准时不会用，会先问：网页上在“表头”一栏选它是哪一列，再检查一次，可下载对照（台账.map.yaml）；"
    "命令行用 opencheck map 台账.xlsx 逐个确认，只用一次的写 --map 办结时间=答复日期。",
    "检查",
    "opencheck check 台账.xlsx --pack pingdu-2018 --as-of 2018-12-31 --format xlsx --output 台账-检查结果.xlsx",
)


@names_missing_libraries
def template_workbook(pack: Pack | None = None) -> bytes:
    """Return the template workbook as the bytes of an .xlsx file; a pack adds a drop-down of topics."""
    import openpyxl
    from openpyxl.styles import Alignment

    book = openpyxl.Workbook()
    guide: Any = book.worksheets[0]
    guide.title = GUIDE
    for row, text in enumerate(_GUIDE, 1):
        cell = guide.cell(row, 1, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if len(text) <= 4:
            set_font(cell, size=14, bold=True)
    row = len(_GUIDE) + 2
    set_font(guide.cell(row, 1, "各表"), size=14, bold=True)
    for offset, spec in enumerate(TABLES.values(), 1):
        cell = guide.cell(row + offset, 1, spec.doc_zh)
        cell.hyperlink = f"#'{spec.label_zh}'!A1"
        set_font(cell, color="FF0563C1", underline="single")
    guide.column_dimensions["A"].width = 110
    words = book.create_sheet(WORDS)
    lists = _DropDownLists(words)
    topics = [t.title.zh for t in pack.topics.values()] if pack else []
    for spec in TABLES.values():
        sheet = book.create_sheet(spec.label_zh)
        for column, field in enumerate(spec.fields.values(), 1):
            _column(sheet, column, field, lists, topics if field.name == "topic" else [])
        sheet.freeze_panes = "A2"
    words.sheet_state = "hidden"
    book.move_sheet(words, len(book.sheetnames) - 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _DropDownLists:
    """The values of the drop-downs, each list in a column of a hidden sheet."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self.known: dict[tuple[str, ...], str] = {}

    def reference(self, values: Sequence[str]) -> str:
        """Return the cell range of a list, written on first use."""
        from openpyxl.utils import get_column_letter

        key = tuple(values)
        if key not in self.known:
            column = len(self.known) + 1
            for row, value in enumerate(key, 1):
                self.sheet.cell(row, column, value)
            letter = get_column_letter(column)
            self.known[key] = f"'{WORDS}'!${letter}$1:${letter}${len(key)}"
        return self.known[key]


def _column(sheet: Worksheet, number: int, field: FieldSpec, lists: _DropDownLists, topics: list[str]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(number)
    head = sheet.cell(1, number, field.column.label_zh)
    set_font(head, bold=True)
    head.fill = PatternFill("solid", start_color="FFD9E1F2")
    head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    closed = field.vocabulary.labels if field.vocabulary else ()
    notes = [field.doc, f"填：{_TYPE_LABELS_ZH[field.kind]}"]
    if closed and field.vocabulary:
        notes.append(f"{'可选' if field.vocabulary.open else '只能选'}：{'、'.join(closed)}")
    if field.column.aliases:
        notes.append(f"也认：{'、'.join(field.column.aliases)}")
    notes.append(f"英文名：{field.name}")
    comment = Comment("\n".join(dict.fromkeys(notes)), "opencheck")
    comment.width, comment.height = 320, 30 + 22 * len(notes)
    head.comment = comment
    sheet.column_dimensions[letter].width = max(12, 2 * len(field.column.label_zh) + 4)
    options = ["是", "否"] if field.kind == "bool" else list(closed) or topics
    if options:
        strict = field.kind == "bool" or (bool(closed) and field.vocabulary is not None and not field.vocabulary.open)
        rule = DataValidation(type="list", formula1=lists.reference(options), allow_blank=True, showErrorMessage=strict)
        rule.errorTitle, rule.error = "不在可选范围", f"只能选：{'、'.join(options)}"[:220]
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{_PREPARED_ROWS}")
    if field.kind in _FORMATS:
        sheet.column_dimensions[letter].number_format = _FORMATS[field.kind]
    value = f"{EXAMPLE_PREFIX}-1" if field.name == "id" else field.column.example
    if field.name == "title" and value is None:
        value = "（示例）"
    cell = sheet.cell(2, number, value if value not in ("", None) else None)
    set_font(cell, color="FF808080", italic=True)
    if field.kind in _FORMATS:
        for row in range(2, 200):
            sheet.cell(row, number).number_format = _FORMATS[field.kind]
