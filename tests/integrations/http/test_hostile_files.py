"""Hostile files are refused, and the service stays up."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from servers import DOCUMENTS, LEDGER, Server, problem

pytestmark = [pytest.mark.slow]


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&e;x</w:t></w:r></w:p></w:body></w:document>'


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
) + b"]>"  # fmt: skip


def example(name: str) -> bytes:
    return (DOCUMENTS / name).read_bytes()


def bomb() -> bytes:
    sheet = b"<worksheet><sheetData>" + b"<row><c><v>1</v></c></row>" * 8_000_000 + b"</sheetData></worksheet>"
    return packed(xl__workbook_dot_xml=b"<workbook/>", xl__worksheets__sheet1_dot_xml=sheet)


ZEROS = 210_000_000

HOSTILE: list[tuple[str, str, Callable[[], bytes], int]] = [
    ("/v1/preflight", "bomb.docx", lambda: packed(word__document_dot_xml=b"0" * ZEROS), 422),
    ("/v1/preflight", "bomb.ofd", lambda: packed(OFD_dot_xml=b"0" * ZEROS), 422),
    ("/v1/check", "bomb.xlsx", bomb, 422),
    ("/v1/preflight", "xxe.docx", lambda: packed(word__document_dot_xml=XXE + WORD), 422),
    ("/v1/preflight", "laughs.docx", lambda: packed(word__document_dot_xml=LAUGHS + WORD.replace(b"&e;", b"&j;")), 422),
    ("/v1/preflight", "protected.docx", lambda: example("35-有密码.docx"), 422),
    ("/v1/preflight", "old.doc", lambda: example("34-旧格式.doc"), 422),
    ("/v1/preflight", "short.docx", lambda: example("01-通知.docx")[:9000], 422),
    ("/v1/check", "short.xlsx", lambda: LEDGER.read_bytes()[:9000], 422),
    ("/v1/preflight", "wrong.pdf", lambda: example("01-通知.docx")[50:], 422),
    ("/v1/check", "wrong.xlsx", lambda: b"%PDF-1.4 nothing", 422),
    ("/v1/preflight", "broken.pdf", lambda: b"%PDF-1.4\n" + b"1 0 obj" * 1000, 422),
    ("/v1/preflight", "deep.html", lambda: b"<html><body>" + b"<div>" * 10_000 + b"x", 0),
    ("/v1/preflight", "script.html", lambda: "<p>正文</p><script>alert(1)</script><p>（此件公开发布）</p>".encode(), 200),
    ("/v1/preflight", "../../etc/cron.d/x.txt", lambda: "正文".encode(), 200),
    ("/v1/preflight", "empty.docx", lambda: b"", 422),
    ("/v1/check", "nothing.exe", lambda: b"MZ\x00\x00", 422),
    ("/v1/check", "utf16.csv", lambda: b"\xff\xfe\x00", 422),
]
"""Path, file name, what makes the file, and the expected status; made when it is sent, as some take seconds."""


@pytest.mark.parametrize(
    ("path", "name", "content", "status"), HOSTILE, ids=lambda v: v if isinstance(v, str) and "." in v else ""
)
def test_hostile_file_is_refused_and_service_stays_up(
    server: Server, path: str, name: str, content: Callable[[], bytes], status: int
) -> None:
    with server.client() as client:
        answer = client.post(path, files={"file": (name, content())}, data={"as_of": "2018-09-10"})
        if status == 0:  # read as a whole or refused, by the parser's version
            assert answer.status_code in (200, 422)
        elif status == 200:
            assert answer.status_code == 200, answer.text
        else:
            assert "Traceback" not in problem(answer, status)["detail"]
        assert "root:" not in answer.text
        assert "alert(1)" not in answer.text
        assert client.get("/healthz").status_code == 200
    assert not [p for p in server.temp.rglob("*") if p.name.startswith("opencheck-")]
    assert not Path("/etc/cron.d/x.txt").exists()
