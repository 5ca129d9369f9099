"""Files whose text is encoded or split by commands are refused by name, and not read as plain text."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

import opencheck as oc
from opencheck.documents.redaction import fixed_copy
from opencheck.documents.source_formats import SOURCE_SUFFIXES
from sample_documents import ID, POLICY

PART = base64.encodebytes(f"<html><p>王某，身份证号{ID}</p></html>".encode()).decode()
MAIL = f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{PART}"

SOURCES = {
    "rtf": (r"{\rtf1\ansi 110105\b 19491231\b0 002X\par}", "RTF文档"),
    "archive": (f"MIME-Version: 1.0\n{MAIL}", "邮件或单个文件网页"),
    "archive of a browser": (f"From: <保存>\r\nSubject: =?utf-8?B?5YWs56S6?=\r\n =?utf-8?B?5YWs56S6?=\r\nMIME-Version: 1.0\r\n{MAIL}", "邮件"),
    "mailbox": (f"From a@example.gov.cn Mon Sep  3 08:00:00 2018\nReceived: from x\n{MAIL}", "邮件"),
    "flat text": ('<?xml version="1.0"?>\n<office:document xmlns:office="x"><text:p>1101<text:span>05</text:span></text:p></office:document>', "OpenDocument"),
    "word 2003": ('<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="x"><w:t>1101</w:t></w:wordDocument>', "XML文件"),
    "package": ('<?xml version="1.0"?><pkg:package xmlns:pkg="x"/>', "XML文件"),
    "sheets": ('<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML文件"),
    "drawing": ('<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"><text>1101</text></svg>', "SVG图"),
    "drawing after a remark with elements": ('<!-- <p>1</p> --><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG图"),
    "word 2003 without a declaration": ('<w:wordDocument xmlns:w="x"><w:t>1101</w:t></w:wordDocument>', "XML文件"),
    "other XML": ('<?xml version="1.0"?><list><item>1101</item></list>', "XML文件"),
    "drawing after a remark that ends in an element": ('<!--<p>--><!-- <b>--><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG图"),
    "drawing after a remark": ('<?xml version="1.0"?><!-- <p> --><!--\n--><svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>', "SVG图"),
    "postscript": ("%!PS-Adobe-3.0\n(1101) show", "PostScript"),
    "tex": ("% 通知\n\\documentclass{article}\n\\begin{document}1101\\textbf{05}\\end{document}", "TeX"),
    "uuencode": ("begin 644 名单.txt\nM5F5R>2!S96-R970*\n`\nend\n", "编码的附件"),
    "card": ("BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=E7=8E=8B\nEND:VCARD", "名片"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "told"), SOURCES.values(), ids=SOURCES)
def test_source_is_refused_by_its_content(source: str, told: str, tmp_path: Path) -> None:
    for name, data in (("a.txt", source.encode()), ("b", ("\n\ufeff" + source).encode()), ("c.md", source.encode("gb18030"))):
        with pytest.raises(oc.InputError, match=f"{name}: 是{told}.*请另存为 .docx 或 PDF"):
            oc.documents.read(data, name)
        with pytest.raises(oc.InputError, match=told):
            fixed_copy(data, name)
    with pytest.raises(oc.InputError, match=told):
        oc.documents.read(source)
    attached = tmp_path / "附件.txt"
    attached.write_text(source, encoding="utf-8")
    with pytest.raises(oc.InputError, match=told):
        oc.preflight(POLICY, attachments=[attached], as_of="2018-08-28")


@pytest.mark.parametrize("suffix", sorted(SOURCE_SUFFIXES))
def test_source_is_refused_by_its_suffix(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"通知{suffix.upper()}"
    for content in (b"plain", b"PK\x03\x04"):
        path.write_bytes(content)
        for given in (path, str(path)):
            with pytest.raises(oc.InputError, match="请另存为"):
                oc.documents.read(given)


@pytest.mark.parametrize(
    "text",
    [
        "From: 市民政局\n各镇街：王某 {}",
        "From 2018年9月起，王某 {}",
        "Date: 2018-09-03\nSubject: 通知\n\n王某 {}",
        "{{通知}} 王某 {}",
        '{{"text": "王某 {}"}}',
        "begin 公示 王某 {}",
        "100% 王某 {}",
        "%王某 {}\n正文",
        "\\王某 {}",
        "注意：Content-Type: text/html 王某 {}",
        "<关于公示的通知> 王某 {}",
        "3<5 王某 {}",
        '<?xml version="1.0"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"><body><p>王某 {}</p></body></html>',
        '<?xml version="1.0"?><p>王某 {}</p>',
        '<div><svg width="1"></svg>王某 {}</div>',
        "<!-- <w:p> --><p>王某 {}</p>",
        "<o:p></o:p><p>王某 {}</p>",
    ],
)
def test_text_that_people_read_is_read(text: str) -> None:
    for name in ("a.txt", ""):
        assert ID in oc.documents.read(text.format(ID).encode(), name).text
