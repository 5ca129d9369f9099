"""A ledger that holds what offices put into workbooks: a text box, a picture, a chart, rich text, x14 formats, formulas, comments, macros."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"

_PLACE = (
    "<xdr:from><xdr:col>9</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{0}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
    + ("<xdr:to><xdr:col>12</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{1}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>")
)

_TEXT_BOX = f"""<xdr:twoCellAnchor xmlns:xdr="{_XDR}" xmlns:a="{_A}">{_PLACE.format(1, 4)}
<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="91" name="文本框 1"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr>
<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="400000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>
<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>填报说明：逐件登记</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:twoCellAnchor>"""

_PICTURE = f"""<xdr:twoCellAnchor xmlns:xdr="{_XDR}" xmlns:a="{_A}" xmlns:r="{_RELS}">{_PLACE.format(5, 8)}
<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="92" name="印章"/><xdr:cNvPicPr/></xdr:nvPicPr>
<xdr:blipFill><a:blip r:embed="rId91"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>
<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="300000" cy="300000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>
</xdr:pic><xdr:clientData/></xdr:twoCellAnchor>"""

_X14_FORMAT = f"""<extLst><ext xmlns:x14="{_X14}" uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"><x14:conditionalFormattings>
<x14:conditionalFormatting xmlns:xm="{_XM}"><x14:cfRule type="dataBar" id="{{DA7ABA51-AAAA-BBBB-0001-000000000001}}"><x14:dataBar minLength="0"
maxLength="100" border="1"><x14:cfvo type="autoMin"/><x14:cfvo type="autoMax"/><x14:borderColor rgb="FF638EC6"/></x14:dataBar></x14:cfRule>
<xm:sqref>G3:G9</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"""


def rich_ledger(source: Path, target: Path, *, macros: bool = False) -> Path:
    """Write a ledger with everything that the marked workbook has to keep; the source is the example ledger."""
    book = openpyxl.load_workbook(source)
    sheet = book["公文"]
    width = sheet.max_column
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=width + 1, min_row=2, max_row=6))
    sheet.add_chart(chart, "J20")
    sheet.cell(2, width + 1, "办理天数")
    for row in range(3, 7):
        sheet.cell(row, width + 1, f"=1+{row}")
    sheet.cell(2, width + 2, "说明一")
    sheet.cell(3, width + 2, CellRichText("正常", TextBlock(InlineFont(b=True, color="FFFF0000"), "红字")))
    comment = Comment("请核对", "张某")
    sheet.cell(3, 2).comment = comment
    sheet.auto_filter.ref = f"A2:C{sheet.max_row}"
    book.active = 3
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as before:
        parts = {n: before.read(n) for n in before.namelist()}
    _enrich(parts, sheet_part(parts, "公文"))
    if macros:
        _add_macros(parts)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name, content in parts.items():
            after.writestr(name, content)
    return target


def sheet_part(parts: dict[str, bytes], title: str) -> str:
    """The name of the part that holds a sheet."""
    found = re.search(rf'<sheet [^>]*name="{title}"[^>]*r:id="(\w+)"', parts["xl/workbook.xml"].decode())
    assert found
    relation = re.search(rf'<Relationship [^>]*Id="{found[1]}"[^>]*/>', parts["xl/_rels/workbook.xml.rels"].decode())
    assert relation
    target = re.search(r'Target="/?([^"]+)"', relation[0])
    assert target
    return target[1] if target[1].startswith("xl/") else f"xl/{target[1]}"


def _enrich(parts: dict[str, bytes], sheet: str) -> None:
    drawing = next(n for n in parts if re.fullmatch(r"xl/drawings/drawing\d+\.xml", n))
    end = re.search(rb"</(?:\w+:)?wsDr>\s*$", parts[drawing])
    assert end
    parts[drawing] = parts[drawing][: end.start()] + (_TEXT_BOX + _PICTURE).encode() + parts[drawing][end.start() :]
    relations = f"xl/drawings/_rels/{drawing.rpartition('/')[2]}.rels"
    picture = f'<Relationship Id="rId91" Type="{_RELS}/image" Target="/xl/media/seal.png"/></Relationships>'
    parts[relations] = parts[relations].replace(b"</Relationships>", picture.encode())
    parts["xl/media/seal.png"] = PIXEL
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        b"<Override", b'<Default Extension="png" ContentType="image/png"/><Override', 1
    )
    text = parts[sheet].decode()
    text = re.sub(r"<f>1\+(\d)</f><v\s*/?>(?:</v>)?", lambda m: f"<f>1+{m[1]}</f><v>{1 + int(m[1])}</v>", text)
    parts[sheet] = text.replace("</worksheet>", f"{_X14_FORMAT}</worksheet>").encode()


def _add_macros(parts: dict[str, bytes]) -> None:
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 a project of macros"
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="vbaProject.bin"/></Relationships>'
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", relation.encode())
    types = parts["[Content_Types].xml"].decode()
    types = types.replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    vba = '<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    parts["[Content_Types].xml"] = types.replace("</Types>", vba).encode()
