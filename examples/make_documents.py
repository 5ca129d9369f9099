"""Writes the example documents of examples/documents: invented, after what portals really carry. What must be read from each stands, written
by hand, in examples/documents/expected.csv; tests/documents/test_example_documents.py compares.

    python examples/make_documents.py

Files that other programs made (PDFs of a word processor, an old .doc, a protected .docx) are kept as they are: FOREIGN names them and how.
All names, numbers and addresses are invented; identity and card numbers only have check digits that fit.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from openpyxl import Workbook
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

HERE = Path(__file__).parent / "documents"
ID, ID2 = "11010519491231002X", "370202198003151239"
CARD = "6222020200098765437"
FOREIGN = {
    "34-旧格式.doc": "LibreOffice: --convert-to doc 01-通知.docx",
    "35-有密码.docx": "msoffcrypto-tool -e -p 1234 01-通知.docx",
    "12-通知.pdf": "LibreOffice: --convert-to pdf 01-通知.docx",
}

HEAD = [
    "平度市人民政府办公室",
    "关于做好农村饮水安全工作的通知",
    "平政办发〔2018〕41号",
    "各镇人民政府，各街道办事处，市政府有关部门：",
]
BODY = [
    "为贯彻国办发〔2018〕23号文件精神，现就做好农村饮水安全工作通知如下。",
    "一、各镇（街道）每月检测水源水质，检测结果在政府网站公开。",
    "二、市水利局每季度汇总一次，总投资1380.5万元，惠及12.6万人。",
]
SIGN = ["平度市人民政府办公室", "2018年9月3日"]
LABEL = "（此件公开发布）"
NOTICE = [*HEAD, *BODY, *SIGN, LABEL]


def word(lines: list[str], change: Callable[[docx.document.Document], None] | None = None) -> bytes:
    """A .docx with a paragraph a line; ``change`` puts in what is special."""
    book = docx.Document()
    book.core_properties.created = book.core_properties.modified = datetime(2018, 9, 3)
    for line in lines:
        book.add_paragraph(line)
    if change:
        change(book)
    raw, out = io.BytesIO(), io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():  # one moment for all entries: the same file each time
            target.writestr(zipfile.ZipInfo(item.filename, (2018, 9, 3, 0, 0, 0)), source.read(item), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def label_in_table(book: docx.document.Document) -> None:
    table = book.add_table(rows=2, cols=2)
    for row, (name, value) in enumerate((("信息公开选项：", "主动公开"), ("印发日期", "2018年9月5日印发"))):
        table.cell(row, 0).text, table.cell(row, 1).text = name, value


def in_footer(book: docx.document.Document) -> None:
    book.sections[0].footer.paragraphs[0].text = "经办人 李某 13905321234"


def in_nested_table(book: docx.document.Document) -> None:
    cell = book.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "救助对象"
    cell.add_table(rows=1, cols=2).cell(0, 1).text = ID


def in_text_box(book: docx.document.Document) -> None:
    box = (
        f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>'
        f"联系人身份证号：{ID2}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    book.paragraphs[4]._p.append(parse_xml(box))


def tracked_deletion(book: docx.document.Document) -> None:
    run = book.paragraphs[5].add_run("")._r
    deleted, text = OxmlElement("w:del"), OxmlElement("w:delText")
    deleted.set(qn("w:id"), "1")
    deleted.set(qn("w:author"), "editor")
    inner = OxmlElement("w:r")
    text.text = f"户主王某，{ID}，"
    inner.append(text)
    deleted.append(inner)
    run.addnext(deleted)


def split_in_runs(book: docx.document.Document) -> None:
    paragraph = book.paragraphs[5]
    for piece in (ID[:6], ID[6:14], ID[14:]):
        paragraph.add_run(piece).bold = piece.endswith("X")


def pdf(pages: list[list[str]]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    sheet = canvas.Canvas(out, invariant=1)
    for lines in pages:
        sheet.setFont("STSong-Light", 12)
        for number, line in enumerate(lines):
            sheet.drawString(60, 780 - 24 * number, line)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def ofd(pages: list[list[str]], template: list[str] | None = None) -> bytes:
    """An OFD file with a text object a line, as GB/T 33190 lays it out."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'

    def content(lines: list[str], first: int) -> str:
        items = "".join(
            f'<ofd:TextObject ID="{first + n}" Boundary="20 {20 + 10 * n} 170 8" Font="1" Size="4"><ofd:TextCode X="0" Y="6">{line}</ofd:TextCode>'
            "</ofd:TextObject>"
            for n, line in enumerate(lines)
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><ofd:Page {space}><ofd:Content><ofd:Layer ID="{first + 99}">{items}</ofd:Layer></ofd:Content></ofd:Page>'

    files = {
        "OFD.xml": f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>',
        "Doc_0/Document.xml": f'<?xml version="1.0" encoding="UTF-8"?><ofd:Document {space}><ofd:Pages>'
        + "".join(f'<ofd:Page ID="{n + 2}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
        + "</ofd:Pages></ofd:Document>",
        **{f"Doc_0/Pages/Page_{n}/Content.xml": content(lines, 100 * (n + 1)) for n, lines in enumerate(pages)},
    }
    if template:
        files["Doc_0/Tpls/Tpl_0/Content.xml"] = content(template, 9000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2018, 9, 3, 0, 0, 0)), text)
    return out.getvalue()


def page(body: str, head: str = "") -> bytes:
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>\n'.encode()


def paragraphs(lines: list[str]) -> str:
    return "\n".join(f"<p>{line}</p>" for line in lines)


def sheet(rows: list[list[object]]) -> bytes:
    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2018, 9, 3)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PORTAL_TABLE = (
    "<table><tr><td>索引号：</td><td>11370323MB28653669/2018-None</td><td>主题分类</td><td>农业、水利</td></tr>"
    "<tr><td>发文字号：</td><td>平政办发〔2018〕41号</td><td>发文日期</td><td>2018-09-03</td></tr>"
    "<tr><td>发布日期：</td><td>2018-09-06 8:56:14</td><td>公开属性：</td><td>主动公开</td></tr></table>"
)
META = (
    '<meta name="ArticleTitle" content="关于做好农村饮水安全工作的通知"><meta name="PubDate" content="2018-09-06 09:30">'
    '<meta name="ContentSource" content="市政府办公室">'
)
DAMAGED = [
    "关于印发平度市2018年水源保护工作方案的通知", "来源：平度政务网 发布日期：2018-08-28 【字体：大 中 小】", "根据（国办发〔201823号）和（鲁政办发〔2018〕21号），现将方案印发给你们。",
    "平度市人民政府办公室", "2018824",
]  # fmt: skip
TEXTS = {
    "24-通知.txt": NOTICE,
    "25-汉字日期.txt": ["平度市人民政府", "关于公布行政规范性文件清理结果的决定", "平政发〔2011〕16号", *BODY, "平度市人民政府", "二O一一年5月16日", "（此件公开发布）"],
    "26-三个日期.txt": [*HEAD[:3], "发布日期：2018-09-06", *BODY, *SIGN, LABEL, "平度市人民政府办公室", "2018年9月5日印发"],
    "27-句中的标注.txt": [
        "关于规范公文属性标注工作的通知", "一、拟稿时应当明确主动公开、依申请公开或者不予公开。", "二、正式印发时，在正文标注“此件公开发布”或者“此件依申请公开”。",
        "市政府办公室", "2018年9月3日",
    ],
    "28-字间空格.txt": [*NOTICE[:-1], "（ 此 件 公 开 发 布 ）"],
    "29-半角括号.txt": [*NOTICE[:-1], "(此件依申请公开)"],
    "30-不予公开.txt": [*NOTICE[:-1], "【此件不予公开】"],
    "31-删减后公开.txt": [*NOTICE[:-1], "［此件删减后公开］"],
    "32-全角数字.txt": [*HEAD, "户主王某，身份证号：" + "".join(chr(ord(c) + 0xFEE0) for c in ID) + "。", *SIGN, LABEL],
    "33-长数字.txt": [
        *HEAD, "索引号11370323MB28653669/2018-None，信用代码11370283004326187A，工程编号201809030000123456，", "总投资138053212345.67元，文号20180903123456，监督电话13805321234，咨询热线0532-88880000。",
        "已遮盖：3702**********1234、138****1234，户主张某。", *SIGN, LABEL,
    ],
}  # fmt: skip

FILES: dict[str, Callable[[], bytes]] = {
    "01-通知.docx": lambda: word(NOTICE),
    "02-标注在版记表格.docx": lambda: word(NOTICE[:-1], label_in_table),
    "03-附件另有标注.docx": lambda: word([*NOTICE, "附件", "水源地保护方案", "（此件依申请公开）"]),
    "04-两个标注不一致.docx": lambda: word([*NOTICE, "公开属性：依申请公开"]),
    "05-没有标注.docx": lambda: word(NOTICE[:-1]),
    "06-页脚有手机号.docx": lambda: word(NOTICE, in_footer),
    "07-嵌套表格里的身份证号.docx": lambda: word(NOTICE, in_nested_table),
    "08-文本框里的身份证号.docx": lambda: word(NOTICE, in_text_box),
    "09-修订中删除的身份证号.docx": lambda: word(NOTICE, tracked_deletion),
    "10-号码分在三段格式里.docx": lambda: word(NOTICE, split_in_runs),
    "11-标注只在附件之后.docx": lambda: word([*NOTICE[:-1], "附件", "水源地保护方案", LABEL]),
    "13-跨行的身份证号.pdf": lambda: pdf(
        [
            [
                *HEAD,
                f"户主王某等七户申请了临时救助，经审核符合条件，户主居民身份证号{ID[:12]}",
                f"{ID[12:]}，救助金额1200元。",
                *SIGN,
                LABEL,
            ]
        ]
    ),
    "14-依申请公开.pdf": lambda: pdf([[*NOTICE[:-1], "（此件依申请公开）"]]),
    "15-有一页扫描件.pdf": lambda: pdf([NOTICE, []]),
    "16-通知.ofd": lambda: ofd([NOTICE[:6], NOTICE[6:]]),
    "17-银行卡号.ofd": lambda: ofd([[*HEAD, f"补助款打入卡号{CARD}。", *SIGN, LABEL]]),
    "18-红头在模板.ofd": lambda: ofd([NOTICE[3:]], NOTICE[:3]),
    "19-门户网页.html": lambda: page("<h1>关于做好农村饮水安全工作的通知</h1>" + PORTAL_TABLE + paragraphs([*BODY, *SIGN])),
    "20-元数据.html": lambda: page(
        paragraphs([*NOTICE[2:-1], "本件可依申请公开的说明另行公布", LABEL]),
        META + '<script>var label = "（此件不予公开）";</script>',
    ),
    "21-丢了字符.html": lambda: page(paragraphs(DAMAGED)),
    "22-日期有两种读法.html": lambda: page(paragraphs([*DAMAGED[:1], *DAMAGED[2:4], "2018111", LABEL])),
    "23-编辑器片段.html": lambda: (
        f"<p>户主王某，证号{ID[:6]}<b>{ID[6:14]}</b>{ID[14:]}。</p><p>家住平度市红旗路5号楼3单元201室。</p><p>2018年9月3日</p>\n".encode()
    ),
    **{
        name: (lambda lines=lines, name=name: ("\n".join(lines) + "\n").encode("gb18030" if name < "27" else "utf-8"))
        for name, lines in TEXTS.items()
    },
    "36-截断.docx": lambda: word(NOTICE)[:9000],
    "37-改了扩展名.pdf": lambda: word(NOTICE)[100:],
    "38-护照号.txt": lambda: (
        "\n".join([*HEAD, "持护照号码E12345678的申请人，请于9月10日前领取。", *SIGN, LABEL]) + "\n"
    ).encode(),
    "39-救助公示.txt": lambda: (
        "城乡最低生活保障对象公示\n户主王某，保障人口2人，前进社区，每月960元\n监督电话：0532-88880000\n2018年9月3日\n（此件公开发布）\n".encode()
    ),
    "40-联系表.xlsx": lambda: sheet(
        [["姓名", "职务", "电话"], ["李某", "河长", 13905321234], ["王某", "河长", "0532-88880001"]]
    ),
}


def main() -> None:
    HERE.mkdir(exist_ok=True)
    for name, make in FILES.items():
        target, content = HERE / name, make()
        if name.endswith(".xlsx") and target.exists():
            continue  # openpyxl writes the moment into the file
        target.write_bytes(content)
    missing = [name for name in FOREIGN if not (HERE / name).exists()]
    print(f"{len(FILES)} written", *(f"missing: {n} ({FOREIGN[n]})" for n in missing), sep="\n")


if __name__ == "__main__":
    main()
