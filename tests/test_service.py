"""The HTTP service as its clients meet it: a real server, a real browser, a real Java program."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from click.testing import CliRunner
from openapi_spec_validator import validate

import opencheck as oc
from opencheck.cli.main import main

ROOT = Path(__file__).parent.parent
LEDGER = next((ROOT / "examples").glob("*.xlsx"))
DOCUMENTS = ROOT / "examples" / "documents"
ID = "11010519491231002X"
TOKEN = secrets.token_hex(16)
RECORD: dict[str, Any] = {
    "title": "通知", "is_policy": True, "is_important": True, "attribute": "主动公开", "signed_on": "2018-08-24", "submitted_on": "2018-08-20", "interpretation_plan_on": "2018-08-20",
    "proposed_attribute": "主动公开", "proposed_reason": "涉及群众", "affects_public_interest": False, "drafting_units": ["市财政局"], "reviewed_on": "2018-08-24",
    "review_result": "可以公开", "reviewer": "王某", "text": "<p>……</p><p>（此件公开发布）</p>",
}  # fmt: skip


@dataclass
class Server:
    """A service that runs in a process of its own."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path
    temp: Path

    def client(self, token: str | None = TOKEN) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {token}"} if token else {}, timeout=60, trust_env=False
        )

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")


def serve(folder: Path, *options: str, token: str | None = TOKEN) -> Server:
    log, temp = folder / "log.txt", folder / "tmp"
    temp.mkdir()
    environment = {**os.environ, "TMPDIR": str(temp), **({"OPENCHECK_TOKENS": token} if token else {})}
    command = [sys.executable, "-m", "opencheck", "serve", "--port", "0", *options]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
    server = Server(process, "", log, temp)
    for _ in range(600):
        if match := re.search(r"(http://127\.0\.0\.1:\d+)/", server.logged()):
            server.url = match[1]
            try:
                if httpx.get(f"{server.url}/healthz", trust_env=False).status_code == 200:
                    return server
            except httpx.TransportError:
                pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the service did not start:\n{server.logged()}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = serve(tmp_path_factory.mktemp("service"), "--data", str(LEDGER), "--workers", "2")
    yield started
    started.process.terminate()
    started.process.wait(30)


@pytest.fixture(scope="module")
def tight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One worker, little time, little room; no tokens, on loopback."""
    started = serve(tmp_path_factory.mktemp("tight"), "--workers", "1", "--timeout", "0.3", "--max-mb", "0.5", token=None)
    yield started
    started.process.terminate()
    started.process.wait(30)


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert set(told) == {"type", "title", "status", "detail", "instance", "request_id"}
    assert told["status"] == status
    assert told["request_id"] == answer.headers["x-request-id"]
    return told


# answers


def test_a_record_as_json_is_told_as_the_library_tells_it(server: Server) -> None:
    with server.client() as client:
        answer = client.post("/v1/preflight", json={"record": RECORD, "as_of": "2018-08-28"})
    assert answer.status_code == 200
    got = answer.json()
    assert got["publishable"] is True
    assert [(f["rule"], f["due"]) for f in got["upcoming"]] == [("PD-9.4", "2018-08-31")]
    own = oc.preflight(RECORD, as_of="2018-08-28").as_dict()
    assert {k: got[k] for k in own} == json.loads(json.dumps(own))


def test_a_file_and_its_attachment(server: Server) -> None:
    path = DOCUMENTS / "01-通知.docx"
    files = [("file", (path.name, path.read_bytes())), ("attachments", ("名单.csv", f"王某,{ID}".encode()))]
    with server.client() as client:
        answer = client.post("/v1/preflight", files=files, data={"as_of": "2018-09-10", "record": '{"是否政策性文件": "否"}'})
    got = answer.json()
    assert [f["rule"] for f in got["blocking"]] == ["PD-14.2c"]
    assert "附件 名单.csv" in got["blocking"][0]["message"]["zh"]
    assert got["facts"]["number"] == "平政办发〔2018〕41号"
    assert ID not in answer.text
    (fix,) = got["fixes"]
    assert got["text"][fix["start"] : fix["end"]] == fix["replacement"]


def test_a_fixed_copy_comes_back(server: Server) -> None:
    path = DOCUMENTS / "10-号码分在三段格式里.docx"
    with server.client() as client:
        answer = client.post("/v1/fix", files={"file": (path.name, path.read_bytes())}, data={"attribute": "主动公开"})
        wrong = client.post("/v1/fix", files={"file": (path.name, path.read_bytes())}, data={"attribute": "随便"})
    document = oc.documents.read(answer.content, "a.docx")
    assert "1101**********002X" in document.text
    assert document.text.count("此件公开发布") == 1
    assert "accepted: 主动公开" in problem(wrong, 422)["detail"]


def test_a_ledger_comes_back_as_json_and_as_a_marked_workbook(server: Server) -> None:
    files = {"file": (LEDGER.name, LEDGER.read_bytes())}
    with server.client() as client:
        got = client.post("/v1/check", files=files, data={"as_of": "2018-12-31"}).json()
        book = client.post("/v1/check", files=files, data={"as_of": "2018-12-31", "format": "xlsx"})
    own = oc.check(LEDGER, as_of="2018-12-31").to_dict()
    assert got["rows"] == own["rows"]
    assert got["findings"] == json.loads(json.dumps(own["findings"], default=str))
    assert "filename*=UTF-8''" in book.headers["content-disposition"]
    marked = openpyxl.load_workbook(io.BytesIO(book.content))
    assert set(openpyxl.load_workbook(LEDGER, read_only=True).sheetnames) < set(marked.sheetnames)
    assert any(cell.comment for sheet in marked for row in sheet.iter_rows() for cell in row)


def test_a_ledger_comes_back_in_every_form_of_report(server: Server) -> None:
    files = {"file": (LEDGER.name, LEDGER.read_bytes())}
    starts = {"html": "<!doctype html>", "sarif": "{", "junit": "<?xml", "md": "# ", "csv": "\ufeff", "table": "平度市"}
    with server.client() as client:
        for name, start in starts.items():
            got = client.post("/v1/check", files=files, data={"as_of": "2018-12-31", "format": name})
            assert got.status_code == 200, name
            assert got.content.decode().startswith(start), name
            assert "attachment" in got.headers["content-disposition"]


def test_a_ledger_as_json(server: Server) -> None:
    tables = {"meeting": [{"id": "1", "kind": "常务会议", "held_on": "2018-09-12", "invited_attendees": 6}]}
    with server.client() as client:
        got = client.post("/v1/check", json={"tables": tables, "as_of": "2018-12-31", "rules": ["PD-2-2.1"]}).json()
        changed = client.post(
            "/v1/check", json={"tables": tables, "as_of": "2018-12-31", "parameters": {"covers": "2019"}, "rules": ["PD-2-2.1"]}
        ).json()
    assert [f["outcome"] for f in got["findings"]] == ["violation"]
    assert changed["parameters"]["pingdu-2018"]["covers"] == "2019"


def test_what_falls_due_by_the_ledger_here_and_by_one_that_is_sent(server: Server) -> None:
    with server.client() as client:
        here = client.get("/v1/due", params={"as_of": "2018-12-31", "until": "2019-01-31"}).json()
        sent = client.post(
            "/v1/due", files={"file": (LEDGER.name, LEDGER.read_bytes())}, data={"as_of": "2018-12-31", "until": "2019-01-31"}
        ).json()
        calendar = client.get("/v1/due", params={"as_of": "2018-12-31", "until": "2019-01-31", "format": "ics"})
    assert here == sent
    assert here["due"]
    assert calendar.text.startswith("BEGIN:VCALENDAR")


def test_rules_health_and_metrics(server: Server) -> None:
    with server.client() as client:
        rules = client.get("/v1/rules").json()
        assert [r["id"] for r in rules] == list(oc.load_pack("pingdu-2018").rules)
        one = client.get("/v1/rules/PD-9.4", params={"lang": "en"}).json()
        assert "## Reading" in one["page"]
        problem(client.get("/v1/rules/PD-0.0"), 404)
        assert client.get("/v1/packs").json()[0]["id"] == "pingdu-2018"
        assert 'opencheck_requests_total{method="GET",route="/v1/rules",status="200"}' in client.get("/metrics").text
    with server.client(None) as client:
        assert client.get("/healthz").json()["status"] == "ok"


def test_openapi_is_valid_and_names_every_route(server: Server) -> None:
    with server.client(None) as client:
        description = client.get("/openapi.json").json()
    validate(description)
    assert {
        "/v1/preflight",
        "/v1/fix",
        "/v1/check",
        "/v1/due",
        "/v1/rules",
        "/v1/rules/{rule_id}",
        "/healthz",
        "/metrics",
    } <= set(description["paths"])


# refusals


def test_tokens(server: Server) -> None:
    for token in (None, "wrong", TOKEN[:-1], TOKEN + "x"):
        with server.client(token) as client:
            answer = client.get("/v1/rules")
            assert problem(answer, 401)["type"] == "urn:opencheck:problem:unauthorized"
            assert answer.headers["www-authenticate"] == "Bearer"
            problem(client.get("/metrics"), 401)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_no_listening_beyond_loopback_without_tokens(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENCHECK_TOKENS", raising=False)
    done = CliRunner().invoke(main, ["serve", "--host", host])
    assert done.exit_code == 2
    assert "先设令牌" in done.output


def test_bad_tokens_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCHECK_TOKENS", "short")
    assert "太短" in CliRunner().invoke(main, ["serve"]).output
    monkeypatch.delenv("OPENCHECK_TOKENS")
    empty = tmp_path / "tokens"
    empty.write_text("# none\n")
    assert "没有令牌" in CliRunner().invoke(main, ["serve", "--token-file", str(empty)]).output


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"json": {"record": {}, "as_of": "昨天"}}, 422, "不是日期"),
        ({"json": {"record": {"signed_on": "2018-02-30"}}}, 422, "2018-02-30"),
        ({"json": {"record": {}, "pack": "../../etc"}}, 422, "没有规则包"),
        ({"json": {"record": {}, "table": "nothing"}}, 422, "没有这张表"),
        ({"json": {"record": {}, "parameters": {"none": 1}}}, 422, "没有参数"),
        ({"json": {"recrod": {}}}, 422, "record"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 422, "JSON"),
        ({"content": b"x", "headers": {"content-type": "text/plain"}}, 415, "multipart/form-data"),
        ({"files": {"file": ("a.txt", b"x")}, "data": {"record": "["}}, 422, "JSON对象"),
        ({"files": {"file": ("a.txt", b"x")}, "data": {"nonsense": "1"}}, 422, "没有字段"),
        ({"files": [("file", ("a.txt", b"x")), ("file", ("b.txt", b"x"))]}, 422, "只能有一个"),
    ],
)
def test_bad_requests_are_told_what_is_accepted(server: Server, sent: dict[str, Any], status: int, told: str) -> None:
    with server.client() as client:
        assert told in problem(client.post("/v1/preflight", **sent), status)["detail"]


def test_addresses_and_methods_that_are_not_there(server: Server) -> None:
    with server.client() as client:
        problem(client.get("/v1/nothing"), 404)
        problem(client.get("/v1/preflight"), 405)
        problem(client.get("/page/..%2Fapp.py"), 404)
        assert problem(client.post("/v1/check", json={"tables": {"没有的表": []}}), 422)["detail"].startswith("不认识的表")
        assert "没有台账" in problem(client.post("/v1/check", files={"as_of": (None, "2018-12-31")}), 422)["detail"]


def test_request_ids(server: Server) -> None:
    with server.client() as client:
        assert client.get("/healthz", headers={"X-Request-ID": "portal-42"}).headers["x-request-id"] == "portal-42"
        assert re.fullmatch(
            "[0-9a-f]{32}", client.get("/healthz", headers={"X-Request-ID": "a b<script>"}).headers["x-request-id"]
        )


# hostile input


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


def hostile() -> list[tuple[str, str, bytes, int]]:
    zeros = b"0" * 210_000_000
    good = (DOCUMENTS / "01-通知.docx").read_bytes()
    sheet = b"<worksheet><sheetData>" + b"<row><c><v>1</v></c></row>" * 8_000_000 + b"</sheetData></worksheet>"
    return [
        ("/v1/preflight", "bomb.docx", packed(word__document_dot_xml=zeros), 422),
        ("/v1/preflight", "bomb.ofd", packed(OFD_dot_xml=zeros), 422),
        ("/v1/check", "bomb.xlsx", packed(xl__workbook_dot_xml=b"<workbook/>", xl__worksheets__sheet1_dot_xml=sheet), 422),
        ("/v1/preflight", "xxe.docx", packed(word__document_dot_xml=XXE + WORD), 422),
        ("/v1/preflight", "laughs.docx", packed(word__document_dot_xml=LAUGHS + WORD.replace(b"&e;", b"&j;")), 422),
        ("/v1/preflight", "protected.docx", (DOCUMENTS / "35-有密码.docx").read_bytes(), 422),
        ("/v1/preflight", "old.doc", (DOCUMENTS / "34-旧格式.doc").read_bytes(), 422),
        ("/v1/preflight", "short.docx", good[:9000], 422),
        ("/v1/check", "short.xlsx", LEDGER.read_bytes()[:9000], 422),
        ("/v1/preflight", "wrong.pdf", good[50:], 422),
        ("/v1/check", "wrong.xlsx", b"%PDF-1.4 nothing", 422),
        ("/v1/preflight", "broken.pdf", b"%PDF-1.4\n" + b"1 0 obj" * 1000, 422),
        ("/v1/preflight", "deep.html", b"<html><body>" + b"<div>" * 10_000 + b"x", 0),
        ("/v1/preflight", "script.html", "<p>正文</p><script>alert(1)</script><p>（此件公开发布）</p>".encode(), 200),
        ("/v1/preflight", "../../etc/cron.d/x.txt", "正文".encode(), 200),
        ("/v1/preflight", "empty.docx", b"", 422),
        ("/v1/check", "nothing.exe", b"MZ\x00\x00", 422),
        ("/v1/check", "utf16.csv", b"\xff\xfe\x00", 422),
    ]


@pytest.mark.parametrize(
    ("path", "name", "content", "status"), hostile(), ids=lambda v: v if isinstance(v, str) and "." in v else ""
)
def test_hostile_files_are_refused_clearly_and_the_service_stays_up(
    server: Server, path: str, name: str, content: bytes, status: int
) -> None:
    before = set(Path(tempfile.gettempdir()).glob("opencheck-*"))
    with server.client() as client:
        answer = client.post(path, files={"file": (name, content)}, data={"as_of": "2018-09-10"})
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
    assert set(Path(tempfile.gettempdir()).glob("opencheck-*")) == before
    assert not Path("/etc/cron.d/x.txt").exists()


def test_a_hundred_megabytes_are_refused_while_they_come(server: Server) -> None:
    def much() -> Iterator[bytes]:
        for _ in range(100):
            yield b"0" * 1_000_000

    with server.client() as client:
        told = problem(client.post("/v1/preflight", files={"file": ("big.txt", b"0" * 30_000_000)}), 413)
        assert "20 MB" in told["detail"]
        with contextlib.suppress(httpx.TransportError):  # chunked, no length announced: the server may close before all is sent
            assert client.post("/v1/preflight", content=much(), headers={"content-type": "application/json"}).status_code == 413
        assert client.get("/healthz").status_code == 200


def test_what_takes_too_long_is_stopped_and_the_next_is_served(tight: Server) -> None:
    with tight.client(None) as client:
        told = problem(
            client.post("/v1/check", files={"file": (LEDGER.name, LEDGER.read_bytes())}, data={"as_of": "2018-12-31"}), 504
        )
        assert "0.3" in told["detail"]
        for _ in range(40):  # a new worker loads the packs first
            answer = client.post("/v1/preflight", json={"record": {"title": "通知"}, "as_of": "2018-09-10"})
            if answer.status_code == 200:
                break
            time.sleep(0.25)
        assert answer.status_code == 200
        problem(client.post("/v1/preflight", content=b"0" * 600_000, headers={"content-type": "application/json"}), 413)
        assert "opencheck_jobs_stopped_total 1" in client.get("/metrics").text


def test_the_log_tells_requests_and_nothing_personal(server: Server) -> None:
    text = f"王某 {ID} 13805321234\n（此件公开发布）"
    with server.client() as client:
        client.post(
            "/v1/preflight",
            json={"record": {"text": text, "title": f"关于{ID}的通知"}, "as_of": "2018-09-10"},
            headers={"X-Request-ID": "look-for-me"},
        )
        answer = client.post("/v1/preflight", json={"record": {"text": text, "signed_on": ID}, "as_of": "2018-09-10"})
        client.get("/v1/due", params={"unit": f"王某{ID}", "as_of": "2018-12-31"})
        client.get(f"/v1/rules/{ID}")
    log = server.logged()
    assert "POST /v1/preflight 200" in log
    assert "look-for-me" in log
    assert ID not in log
    assert "1380532" not in log
    assert ID not in answer.text
    assert TOKEN not in log


def test_a_stop_waits_for_what_is_under_way(tmp_path: Path) -> None:
    started = serve(tmp_path, "--workers", "1", token=None)
    got: list[httpx.Response] = []

    def ask() -> None:
        with started.client(None) as client:
            got.append(
                client.post("/v1/check", files={"file": (LEDGER.name, LEDGER.read_bytes())}, data={"as_of": "2018-12-31"})
            )

    thread = threading.Thread(target=ask)
    thread.start()
    for _ in range(200):
        with started.client(None) as client:
            if "opencheck_requests_running 2.0" in client.get("/metrics").text:  # the check, and this question
                break
        time.sleep(0.02)
    started.process.send_signal(signal.SIGTERM)
    thread.join(60)
    assert got[0].status_code == 200
    assert started.process.wait(60) in (0, -signal.SIGTERM)
    assert "Traceback" not in started.logged()


# clients


def test_the_java_client_compiles_and_runs(server: Server, tmp_path: Path) -> None:
    if shutil.which("javac") is None:
        pytest.skip("no JDK here: the Java example cannot be compiled")
    source = ROOT / "examples" / "java" / "PreflightClient.java"
    assert len(source.read_text(encoding="utf-8").splitlines()) <= 36
    subprocess.run(["javac", "-encoding", "UTF-8", "-d", str(tmp_path), str(source)], check=True)
    environment = {**os.environ, "OPENCHECK_URL": server.url, "OPENCHECK_TOKEN": TOKEN}
    for name, code in (("07-嵌套表格里的身份证号.docx", 1), ("34-旧格式.doc", 2)):
        file = tmp_path / f"a{Path(name).suffix}"
        shutil.copy(DOCUMENTS / name, file)
        command = ["java", "-Dstdout.encoding=UTF-8", "-cp", str(tmp_path), "PreflightClient", str(file), "2018-09-10"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == code, done.stderr
        assert ("PD-14.2c" in done.stdout) == (code == 1)


def open_page(browser: Any, server: Server, lang: str = "zh") -> tuple[Any, set[str]]:
    context = browser.new_context(locale="zh-CN", accept_downloads=True)
    page, asked = context.new_page(), set()
    page.on("request", lambda request: asked.add(request.url))
    page.on("pageerror", lambda error: (_ for _ in ()).throw(AssertionError(str(error))))
    page.goto(f"{server.url}/?lang={lang}")
    page.wait_for_selector("#pack option", state="attached")
    return page, asked


def test_the_page_shows_findings_in_the_text_and_gives_the_fixed_copy(browser: Any, server: Server, tmp_path: Path) -> None:
    page, asked = open_page(browser, server)
    page.set_input_files("#file", DOCUMENTS / "23-编辑器片段.html")
    page.fill("#as_of", "2018-09-10")
    page.select_option("#attribute", "主动公开")
    page.click("#go")  # no token yet
    page.wait_for_selector("#token_field:not([hidden])")
    assert "令牌" in page.inner_text("#error")
    page.fill("#token", TOKEN)
    page.click("#go")
    page.wait_for_selector("#result:not([hidden])")
    assert page.inner_text("#result_title") == "不能公布：有2个问题"
    assert page.evaluate("document.activeElement.id") == "result"
    marks = page.locator("#text mark").all_inner_texts()
    assert marks == ["1101**********002X", "平度市" + "*" * 13, "〔建议在此补标注：（此件公开发布）〕"]
    assert ID not in page.content()
    with page.expect_download() as got:
        page.click("#actions button")
    got.value.save_as(tmp_path / "fixed.html")
    assert got.value.suggested_filename == "23-编辑器片段.已处理.html"
    assert oc.documents.read(tmp_path / "fixed.html").attribute is not None
    page.click("#lang")
    assert "Must not be published" in page.inner_text("#result_title")
    assert {u.split("/")[2] for u in asked} == {server.url.split("/")[2]}
    page.context.close()


def test_the_page_checks_a_ledger_by_keyboard_and_gives_the_marked_workbook(
    browser: Any, server: Server, tmp_path: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, _ = open_page(browser, server)
    page.evaluate("document.getElementById('token_field').hidden = false")
    page.fill("#token", TOKEN)
    page.focus("input[value=preflight]")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("input[value=check]")
    page.set_input_files("#file", LEDGER)
    page.fill("#as_of", "2018-12-31")
    page.focus("#pack")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "go":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#result table", timeout=60_000)
    report = oc.check(LEDGER, as_of="2018-12-31")
    assert page.inner_text("#result_title") == f"{len(report.violations)}项违规"
    assert page.locator("#result tbody tr").count() == len(report.violations)
    with page.expect_download(timeout=60_000) as got:
        page.click("#actions button")
    got.value.save_as(tmp_path / "marked.xlsx")
    assert len(openpyxl.load_workbook(tmp_path / "marked.xlsx").sheetnames) > 10
    broken = Axe().run(page).response["violations"]
    assert [v["id"] for v in broken if v["impact"] in ("serious", "critical")] == []
    page.context.close()


def test_what_a_file_holds_stays_text_on_the_page(browser: Any, server: Server, tmp_path: Path) -> None:
    page, _ = open_page(browser, server, "en")
    page.evaluate("document.getElementById('token_field').hidden = false")
    page.fill("#token", TOKEN)
    file = tmp_path / "a.txt"
    file.write_text(
        "关于<img src=x onerror=document.title='hit'>的通知\n<script>document.title='hit'</script>\n正文\n", encoding="utf-8"
    )
    page.set_input_files("#file", file)
    page.click("#go")
    page.wait_for_selector("#result:not([hidden])")
    assert page.locator("#result img, #result script").count() == 0
    assert page.title() != "hit"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 WordDocument")
    page.set_input_files("#file", file)
    page.click("#go")
    page.locator("#error", has_text=".docx").wait_for()
    page.context.close()
