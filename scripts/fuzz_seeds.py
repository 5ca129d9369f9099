"""Small valid files of every kind that opencheck reads, from which the fuzz run makes bad ones."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opencheck.report.report import Report

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

__all__ = ["ROOT", "make_seeds", "own_pack", "small_report"]

HEADS = ["编号", "责任单位", "收到日期", "答复日期", "replied_on", "备注", "不认识的列"]
ROWS = [
    ["1", "市财政局", "2018-11-05", "2018-11-20", None, "无", "甲"],
    ["2", "市环保局", "2018年11月5日", None, "2018/12/20", "详见附件", "乙"],
    ["3", "市教体局", "20181105", "2018-11-20", "2018-12-20", None, "13905321234"],
    ["4", "市财政局；市环保局", "二〇一八年十一月五日", "12月", None, "合计", None],
    ["合计", None, None, None, None, None, "4"],
]
MAPPING = "headings:\n  不认识的列: 备注\n  依申请公开!备注: '-'\n"
PACK_FILES = {
    "pack.yaml": """id: own
title: {zh: 自拟, en: own}
uses: [cn-statutes]
parameters:
  - {id: covers, value: {from: "2018-01-01", to: "2018-12-31"}, reading: {zh: 年度, en: year}}
  - {id: limit, value: 5 working_days, reading: {zh: 期限, en: limit}}
  - {id: word, value: {holds: "公开|公布", says: {zh: 含公开, en: holds it}}, reading: {zh: 字样, en: word}}
""",
    "topics.yaml": "- {id: debt, title: {zh: 政府债务, en: debt}, elements: [{name: 限额, en: limit}, {name: 余额, en: balance}]}\n",
    "rules.yaml": """- id: X-1
  clause: "1"
  title: {zh: 甲, en: a}
  on: request
  when: {any: [{unit: 市财政局}, {received_on: {present: true}}]}
  require:
    within: {from: received_on, to: replied_on, limit: $limit}
  remedy: {zh: 补, en: mend}
  examples:
    - name: {zh: 迟, en: late}
      as_of: "2018-12-31"
      given: {request: [{id: "1", received_on: "2018-11-05", replied_on: "2018-12-20"}]}
      expect: violation
      late_by: 28
- id: X-2
  clause: "1"
  title: {zh: 乙, en: b}
  on: disclosure
  when: {topic: debt}
  require:
    series: {every: quarter, per: subject}
  remedy: {zh: 补, en: mend}
""",
}


def _xlsx() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "依申请公开"
    sheet.append(["2018年依申请公开台账"])
    sheet.merge_cells("A1:G1")
    for row in (HEADS, *ROWS):
        sheet.append(row)
    sheet["D3"] = date(2018, 11, 20)
    sheet["D4"] = "=C4+15"
    sheet["D3"].number_format = "yyyy-mm-dd"
    sheet.row_dimensions[4].hidden = True
    book.create_sheet("公文").append(["编号", "标题", "成文日期", "公布日期", "公开属性"])
    return _saved(book.save)


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def _csv() -> bytes:
    lines = [",".join("" if c is None else c for c in row) for row in (HEADS, *ROWS)]
    lines[2] = lines[2].replace("乙", '"乙,""丙""\n丁"')
    return "\n".join(lines).encode()


def _json() -> bytes:
    rows = [dict(zip(HEADS, row, strict=True)) for row in ROWS[:4]]
    return json.dumps({"request": rows, "公文": [{"id": "1", "published_on": "2018-09-03", "渠道": ["网站"]}]}).encode()


def _jsonl() -> bytes:
    return "\n".join(json.dumps({"table": "request", **dict(zip(HEADS, row, strict=True))}) for row in ROWS[:4]).encode()


def _parquet() -> bytes:
    import polars as pl

    frame = pl.DataFrame(ROWS[:4], schema=dict.fromkeys(HEADS, pl.String), orient="row")
    return _saved(frame.with_columns(pl.lit(date(2018, 11, 5)).alias("收到日期"), pl.lit([["a"]]).alias("x")).write_parquet)


def _arrow() -> bytes:
    import polars as pl

    return _saved(pl.DataFrame(ROWS[:4], schema=dict.fromkeys(HEADS, pl.String), orient="row").write_ipc)


def _sqlite(folder: Path) -> bytes:
    file = folder / "x.db"
    with sqlite3.connect(file) as own:
        columns = ", ".join('"' + head + '"' for head in HEADS)
        own.execute(f"create table request ({columns})")
        own.executemany(f"insert into request values ({', '.join('?' * len(HEADS))})", ROWS[:4] * 20)
        own.execute("create view 公文 as select '1' as id, '2018-09-03' as published_on")
        own.execute("create index i on request (编号)")
    own.close()
    return file.read_bytes()


def _html() -> bytes:
    lines = ["".join(f"<td>{c or ''}</td>" for c in row) for row in ROWS]
    rows = "".join(f"<tr>{line}</tr>" for line in lines)
    head = f"<tr>{''.join(f'<th rowspan=1 colspan=1>{h}</th>' for h in HEADS)}</tr>"
    return (
        f'<!DOCTYPE html><html><meta charset="utf-8"><table><caption>依申请公开</caption>{head}{rows}</table></html>'.encode()
    )


def _spreadsheet_xml() -> bytes:
    texts = [[c or "" for c in row] for row in (HEADS, *ROWS)]
    lines = ["".join(f'<Cell><Data ss:Type="String">{c}</Data></Cell>' for c in row) for row in texts]
    rows = "".join(f"<Row>{line}</Row>" for line in lines)
    return (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="依申请公开"><Table>'
        f'<Row ss:Index="1"><Cell ss:MergeAcross="6"><Data ss:Type="String">台账</Data></Cell></Row>{rows}</Table></Worksheet></Workbook>'
    ).encode()


def _xls() -> bytes:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("依申请公开")
    for number, row in enumerate((HEADS, *ROWS)):
        for column, value in enumerate(row):
            sheet.write(number, column, value if value != "2018-11-05" else 43409)
    sheet.row(3).hidden = True
    return _saved(book.save)


def _xlsb() -> bytes:
    from binary_workbooks import BinarySheet, Error, binary_workbook

    rows: list[list[tuple[Any, str, bool]]] = [[(value, "General", False) for value in line] for line in (HEADS, *ROWS)]
    rows[1][2] = (date(2018, 11, 1), "yyyy-mm", True)
    rows[2][3] = (Error(0x2A), "0%", False)
    sheet = BinarySheet(rows, hidden_rows=(3,), hidden_columns=[(5, 5)], merged=[(3, 4, 1, 1)])
    return binary_workbook({"依申请公开": sheet})


def _ods() -> bytes:
    import zipfile

    def cell(value: str | None) -> str:
        text = value or ""
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    names = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    lines = ["".join(map(cell, row)) for row in (HEADS, *ROWS)]
    rows = "".join(f'<table:table-row table:number-rows-repeated="1">{line}</table:table-row>' for line in lines)
    xml = (
        f"<office:document-content{names}><office:body><office:spreadsheet><table:calculation-settings>"
        '<table:null-date table:date-value="1899-12-30"/></table:calculation-settings>'
        f'<table:table table:name="依申请公开">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        archive.writestr("content.xml", xml)
    return out.getvalue()


def own_pack(folder: Path) -> Path:
    """Write a pack of two rules into a folder."""
    own = folder / "own"
    own.mkdir(exist_ok=True)
    for name, text in PACK_FILES.items():
        (own / name).write_text(text, encoding="utf-8")
    return own


def small_report(folder: Path) -> Report:
    """A report of three requests that are late, by a pack that is written into a folder."""
    import opencheck as oc

    asked = [{"id": str(n), "received_on": "2018-09-03", "unit": "市财政局"} for n in range(3)]
    return oc.check({"request": asked}, pack=own_pack(folder), as_of="2018-12-31")


def _history(folder: Path) -> bytes:
    from opencheck.report.history.store import History

    file = folder / "history.db"
    history = History(file)
    history.add(small_report(folder))
    history.add(small_report(folder))
    history.close()
    return file.read_bytes()


def _calendar() -> bytes:
    days = [(f"2027-{m:02}-{d:02}", off) for m, d, off in ((1, 1, True), (2, 3, False), (10, 1, True), (10, 2, True))]
    return json.dumps({"year": 2027, "days": [{"name": "节", "date": d, "isOffDay": off} for d, off in days]}).encode()


def _waivers() -> bytes:
    return (
        "编号,规则,责任单位,依据,批准人,开始日期,截止日期\n"
        "w1,X-1,市财政局,政府信息公开条例第三十三条,张某,2018-01-01,2018-12-31\nw2,PD-9.4,,同意,李某,2018-13-01,长期\n"
    ).encode()


def make_seeds() -> dict[str, bytes]:
    """Every seed by its name."""
    import sample_documents as documents

    with tempfile.TemporaryDirectory() as folder:
        tables = {"sqlite": _sqlite(Path(folder)), "history": _history(Path(folder))}
        report = small_report(Path(folder)).to_dict()
    return {
        **tables,
        "xlsx": _xlsx(),
        "xls": _xls(),
        "xlsb": _xlsb(),
        "ods": _ods(),
        "csv": _csv(),
        "json": _json(),
        "jsonl": _jsonl(),
        "parquet": _parquet(),
        "arrow": _arrow(),
        "html": _html(),
        "spreadsheet_xml": _spreadsheet_xml(),
        "docx": documents.with_part(
            documents.as_docx(),
            "word/footnotes.xml",
            b"<w:footnotes xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'/>",
        ),
        "pdf": documents.pdf_with(documents.annotate),
        "ofd": documents.as_ofd(),
        "page": documents.as_html(),
        "text": "\n".join(documents.LINES).encode(),
        "sheet": documents.commented_sheet(),
        "mapping": MAPPING.encode(),
        "calendar": _calendar(),
        "baseline": json.dumps(report).encode(),
        "waivers": _waivers(),
        **{name: text.encode() for name, text in PACK_FILES.items()},
        "norms.yaml": (ROOT / "rules" / "cn-statutes" / "norms.yaml").read_bytes(),
    }
