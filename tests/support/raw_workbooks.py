"""Workbooks written part by part, as programs other than Excel write them."""

from __future__ import annotations

import zipfile
from pathlib import Path

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADS = ("编号", "责任单位", "收到日期", "答复日期")


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def request_row(number: int, reply: str, *, hidden: bool = False) -> str:
    """A request received on 2018-11-05; ``reply`` is the XML of the cell of the reply."""
    cells = f'{text_cell(f"A{number}", str(number))}{text_cell(f"B{number}", "市局")}<c r="C{number}"><v>43409</v></c>{reply}'
    return f'<row r="{number}"{" hidden=" + chr(34) + "1" + chr(34) if hidden else ""}>{cells}</row>'


def write_xlsx(
    path: Path,
    sheets: dict[str, str],
    *,
    part: str = "xl/worksheets/sheet{}.xml",
    prefix: str = "",
    properties: str = "",
    states: dict[str, str] | None = None,
) -> Path:
    """Write a workbook: for each sheet the XML of its rows (from 2 on: the heads of requests stand in row 1), and of what follows them."""
    p = f"{prefix}:" if prefix else ""
    colon = f":{prefix}" if prefix else ""
    own = "".join(
        f'<{p}sheet name="{name}" sheetId="{i}" r:id="rId{i}" state="{(states or {}).get(name, "visible")}"/>'
        for i, name in enumerate(sheets, 1)
    )
    head = "".join(text_cell(f"{column}1", text) for column, text in zip("ABCD", HEADS, strict=True))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        kinds = "".join(f'<Override PartName="/{part.format(i)}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>' for i in range(1, len(sheets) + 1))  # fmt: skip
        archive.writestr("[Content_Types].xml", f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{kinds}</Types>')  # fmt: skip
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>')  # fmt: skip
        archive.writestr("xl/workbook.xml", f'<{p}workbook xmlns{colon}="{_MAIN}" xmlns:r="{_RELATION}"><{p}workbookPr {properties}/><{p}sheets>{own}</{p}sheets></{p}workbook>')  # fmt: skip
        related = "".join(f'<Relationship Id="rId{i}" Type="{_RELATION}/worksheet" Target="/{part.format(i)}"/>' for i in range(1, len(sheets) + 1))  # fmt: skip
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{related}</Relationships>')
        for i, rows in enumerate(sheets.values(), 1):
            data, _, after = rows.partition("<!--after-->")
            xml = f'<row r="1">{head}</row>{data}'
            whole = f"<sheetData>{xml}</sheetData>{after}"
            if prefix:
                whole = whole.replace("<", f"<{p}").replace(f"<{p}/", f"</{p}")
            archive.writestr(part.format(i), f'<{p}worksheet xmlns{colon}="{_MAIN}">{whole}</{p}worksheet>')
    return path
