"""Pages of other content management systems, with the check dropped in, on a server that keeps what their forms send."""

from __future__ import annotations

import email.parser
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SCRIPT = """<script src="{service}/opencheck.js" data-token="{token}" data-form="#cms" data-title="[name=title]" data-body="{body}" data-attachments="[type=file]"
  data-fields='{{"attribute": "[name=gkfs]", "signed_on": "[name=signed]", "reviewer": "[name=reviewer]", "reviewed_on": "[name=reviewed]", "review_result": "[name=verdict]"}}'
  data-record='{{"is_policy": "否"}}' data-publish="[name=publish]" data-idle="300" {more}></script>"""

FIELDS = """<input name="title" value="关于救助的通知"> <input name="signed" type="date" value="2026-01-05">
<select name="gkfs"><option value="">请选择</option><option value="1">主动公开</option><option value="2">依申请公开</option></select>
<input name="reviewer"> <input name="reviewed" type="date"> <input name="verdict"> <input type="file" name="files" multiple>"""

BUTTONS = '<button name="draft" value="1">存草稿</button><button name="publish" value="1">发布</button>'

FORM = '<form id="cms" method="post" enctype="multipart/form-data">{fields}{body}{buttons}</form>'

PLAIN = FORM.format(fields=FIELDS, body='<textarea name="content" rows="8" cols="60"></textarea>', buttons=BUTTONS)

EDITABLE = FORM.format(fields=FIELDS, body='<div id="content" contenteditable="true"></div>', buttons=BUTTONS)

TINYMCE = (
    '<script src="/tinymce/tinymce.min.js"></script>'
    + FORM.format(fields=FIELDS, body='<textarea id="content" name="content"></textarea>', buttons=BUTTONS)
    + '<script>tinymce.init({selector: "#content", license_key: "gpl", promotion: false})</script>'
)

# As many Java systems make it: a page in GBK, an editor in an iframe, codes as values, a link that calls form.submit().
JAVA = (
    """<table><tr><td>"""
    + FORM.format(
        fields=FIELDS,
        body='<input type="hidden" name="content"><iframe id="editor" srcdoc="<body contenteditable>&lt;p&gt;正文&lt;/p&gt;</body>"></iframe>',
        buttons='<a href="#" onclick="save(); return false">发布</a>',
    )
    + """</td></tr></table><script>
function save() {
  var form = document.forms[0];
  form.content.value = document.getElementById("editor").contentWindow.document.body.innerHTML;
  form.submit();
}</script>"""
)


@dataclass
class Cms:
    """A system with one page for each address; ``sent`` holds the fields of each form that arrived."""

    port: int
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    sent: list[dict[str, str]] = field(default_factory=list)
    tinymce: Path | None = None

    @property
    def url(self) -> str:
        """An origin that is another site than the service's 127.0.0.1."""
        return f"http://localhost:{self.port}"

    def page(self, name: str, content: str, service: str, token: str, body: str, more: str = "", charset: str = "utf-8") -> str:
        script = SCRIPT.format(service=service, token=token, body=body, more=more)
        whole = f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="{charset}"><title>{name}</title></head><body>{content}{script}</body></html>'
        self.pages[f"/{name}"] = (whole, charset)
        return f"{self.url}/{name}"


@contextmanager
def cms_server(tinymce: Path | None = None) -> Iterator[Cms]:
    """Serve pages in this process."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self, content: bytes, media: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            if self.path in cms.pages:
                content, charset = cms.pages[self.path]
                self.answer(content.encode(charset), f"text/html; charset={charset}")
            elif self.path.startswith("/tinymce/") and cms.tinymce:
                file = cms.tinymce / self.path.removeprefix("/tinymce/").partition("?")[0]
                self.answer(file.read_bytes(), "text/css" if file.suffix == ".css" else "text/javascript")
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
            parts = {p.get_param("name", header="content-disposition"): p for p in form.iter_parts()}
            _, charset = cms.pages[self.path]
            cms.sent.append(
                {str(n): p.get_payload(decode=True).decode(charset) for n, p in parts.items() if not p.get_filename()}
            )
            self.answer("已收到".encode(), "text/plain; charset=utf-8")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cms = Cms(server.server_address[1], tinymce=tinymce)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield cms
    finally:
        server.shutdown()
        server.server_close()
