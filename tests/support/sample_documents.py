"""One document in every format, and ways to put things into its files."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib

import docx
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:r>{properties}<w:t>{text}</w:t></w:r></w:p>"


def word(
    body: str,
    *,
    main: str = "word/document.xml",
    space: str = TRANSITIONAL,
    office: str = OFFICE,
    relations: str = "",
    **parts: str,
) -> bytes:
    """A document of the fewest parts; ``relations`` are those of the main part, ``parts`` further ones (__ for a slash)."""
    out = io.BytesIO()
    folder, _, base = main.rpartition("/")
    names = f'xmlns:w="{space}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", f"{head}<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'{head}<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument" Target="/{main}"/></Relationships>',
        )
        archive.writestr(main, f"{head}<w:document {names}><w:body>{body}</w:body></w:document>")
        archive.writestr(f"{folder}/_rels/{base}.rels", f'{head}<Relationships xmlns="{package}">{relations}</Relationships>')
        for name, content in parts.items():
            path = name.replace("__", "/") + ("" if "." in name else ".xml")
            archive.writestr(
                path,
                f"{head}{content.replace('>', f' {names}>', 1)}" if path.endswith(".xml") else content,
            )
    return out.getvalue()


LINES = [
    "平度市人民政府办公室关于做好水源保护工作的通知", "平政办发〔2018〕12号", "各镇人民政府：", "根据国办发〔2018〕23号，现通知如下。", "2018年8月24日", "（此件公开发布）",
]  # fmt: skip


def _zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def as_docx() -> bytes:
    book = docx.Document()
    for line in LINES[:4]:
        book.add_paragraph(line)
    table = book.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "水源", "尹府水库"
    for line in LINES[4:]:
        book.add_paragraph(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_pdf() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.setFont("STSong-Light", 12)
    for number, line in enumerate(LINES):
        page.drawString(60, 780 - 24 * number, line)
    page.save()
    return out.getvalue()


def as_html() -> bytes:
    body = "".join(f"<p>{line}</p>" for line in LINES[2:])
    table = "<table><tr><td>发文字号：</td><td>平政办发〔2018〕12号</td><td>发布日期</td><td>2018-08-28 09:30</td></tr></table>"
    head = f'<meta name="ArticleTitle" content="{LINES[0]}"><script>var x="（此件不予公开）";</script>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{table}{body}</body></html>".encode()


def as_ofd() -> bytes:
    """Two pages, the objects of each in no order."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    files = {"OFD.xml": f"<ofd:OFD {space}/>".encode()}
    for page, lines in enumerate((LINES[:3], LINES[3:])):
        objects = [
            f'<ofd:TextObject Boundary="20 {20 + 10 * n} 100 8"><ofd:TextCode X="0" Y="6">{line}</ofd:TextCode></ofd:TextObject>'
            for n, line in enumerate(lines)
        ]
        body = "".join(reversed(objects))
        files[f"Doc_0/Pages/Page_{page}/Content.xml"] = (
            f"<ofd:Page {space}><ofd:Content>{body}</ofd:Content></ofd:Page>".encode()
        )
    return _zip(**files)


POLICY = {
    "title": "通知", "is_policy": True, "is_important": True, "attribute": "主动公开", "signed_on": "2018-08-24", "submitted_on": "2018-08-20", "interpretation_plan_on": "2018-08-20",
    "proposed_attribute": "主动公开", "proposed_reason": "涉及群众利益", "affects_public_interest": False, "drafting_units": ["市财政局"], "reviewed_on": "2018-08-27",
    "review_result": "可以公开", "reviewer": "王某", "text": "……\n（此件公开发布）",
}  # fmt: skip


ID = "11010519491231002X"


A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def pdf_with(change) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(as_pdf())))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def annotate(writer) -> None:
    from pypdf.annotations import FreeText

    writer.add_annotation(0, FreeText(text=f"核对{ID}", rect=(50, 50, 200, 100)))


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            target.writestr(item, source.read(item))
        target.writestr(name, content)
    return out.getvalue()


def commented_sheet() -> bytes:
    import openpyxl
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    book.active["A1"] = "名单"
    book.active["A1"].comment = Comment(f"身份证{ID}", "a")
    hidden = book.create_sheet("hidden")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "13905321234"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PROTECTED_PDF = zlib.decompress(
    base64.b85decode(
        "c-oCqO^6gn6wVR^DSz;iJ;Wddvfw3K-CaLj1;gs@%uXDP*>%R4L$X43ch%ZD)4lZ6uB#UhAt8p`^Cux-hzWQw<d9Qx2}BPPO}r^8xH)>zgNGo3"
        "RXwv#<6P{9uCA}%``-KBdo{J#Xuj=FV=(n#<HjuzKo928Nl>c+bo9)Mf@o1Lt3E*Wd^I!B2k20m^x=n)Si?440y8r}Wr=gaW3F{+WH(<10}kl8"
        "+Z6{=aj55+QJLvOS{k9lDoN#BzHTFV_N9VO2O(vU6Mvd>!EI#JR{eanh%K{YXj%ry2HuNB9(R<n&dADx=%`vZ5Vd+Xjk)1kAFi!|2Gq`tGzxk)"
        "_d;eRrGrN`a4HI$;+PCtk<m=MMinmZY^UC8aoSLEo>+!v*Rl^cHuZN^wroy7Kj4n2Zwe)QV9VA0Prv@^+ueKo{Nfvbe790uf3WM)FX#46?B<jA"
        "C+8mhedtE-^QWIa*|Bk9LLOiH?bkOCet)@r?GD-g&dv1W{~rA)UMCaVwq0oauyO69+yC#_x%J`~_wIgq^=9iFd+q$=PoDgK`pD#4)91h0xAXLs"
        "hd&?q>(6A%()GR1ywAkMKR^9@$_W~#GL*)u(tH@cq&%z~&&j?jTYwI#?wT@bECHI&tl%_ThUkMdo6Y*^CIHZTvggWT2dc9gnX<~R*8XP69akk3"
        "uY@`ViS3vBRLY1JAqfN#EDS{Oq7kTLWR}Px0cZi%C}Udk5G#do9Evbba3nmU6Pal46R9O8i53!b%~V4CNN}Qpm?bihl4)w^;eA+(VxpPE)<42n"
        "NW#6qQvp#P6F7>s4tS)AqKc@Ha!GtfJkRc#)>?YL$1O{}S&nSSB*VYiRdZr~%}p0-<nh9a%AC<*J4W-JW5Gx$b0u+e*)hE)91yro@nSP7*?OTg"
        "@Sp(R=Ho*~DW*`v5oT{!c~ZfA3I`|I2n)#=<_CBT!$B~HQR0td;kX?O#RxNnOuMQm``t;;Dl5ZY(cC~hxZ$may<|0lBT8)3yqM9L#9^55NGLDH"
        "p_T~={FzrVSt{qWIJ06P-yHD1k%cJ>C^!RCQ}YW=@ErY3c=-"
    )
)
"""A page that says 2018-08-24, encrypted by AES-128 with an empty password for reading: making it takes the library that may be absent."""
