"""The HTTP service as its clients meet it: a real server, answers and refusals."""

from __future__ import annotations

import contextlib
import io
import json
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from openapi_spec_validator import validate

import opencheck as oc
from office_ledgers import workbook
from servers import DOCUMENTS, ID, LEDGER, RECORD, TOKEN, Server, problem, serve

pytestmark = [pytest.mark.slow]


@pytest.fixture(scope="module")
def tight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One worker, little time, little room; no tokens, on loopback."""
    started = serve(tmp_path_factory.mktemp("tight"), "--workers", "1", "--timeout", "0.3", "--max-mb", "0.5", token=None)
    yield started
    started.process.terminate()
    started.process.wait(30)


def test_preflight_json_record_equals_the_library(server: Server) -> None:
    with server.client() as client:
        answer = client.post("/v1/preflight", json={"record": RECORD, "as_of": "2018-08-28"})
    assert answer.status_code == 200
    got = answer.json()
    assert got["publishable"] is True
    assert [(f["rule"], f["due"]) for f in got["upcoming"]] == [("PD-9.4", "2018-08-31")]
    own = oc.preflight(RECORD, as_of="2018-08-28").as_dict()
    assert {k: got[k] for k in own} == json.loads(json.dumps(own))


def test_check_headings_that_a_person_mapped_are_used(server: Server, tmp_path: Path) -> None:
    path = workbook(tmp_path / "台账.xlsx", 依申请公开=[["序号", "收到时间", "办结时间"], [1, "2018-09-03", "2018-12-01"]])
    files = [("file", (path.name, path.read_bytes()))]
    with server.client() as client:
        open_ = client.post("/v1/check", files=files, data={"as_of": "2018-12-31"}).json()
        mapped = {"as_of": "2018-12-31", "headings": '{"办结时间": "replied_on"}'}
        known = client.post("/v1/check", files=files, data=mapped).json()
        wrong = client.post("/v1/check", files=files, data={"headings": '{"办结时间": "答复日其"}'})
        rows = {"tables": {"request": [{"收到时间": "2018-09-03", "办结时间": "2018-12-01"}]}, "as_of": "2018-12-31"}
        as_json = client.post("/v1/check", json={**rows, "headings": {"办结时间": "答复日期"}}).json()
    assert [(near["heading"], near["label"]["zh"]) for q in open_["questions"] for near in q["likely"]] == [
        ("办结时间", "答复日期")
    ]
    for answer in (known, as_json):
        assert [f["actual"] for f in answer["findings"] if f["rule"] == "PD-15.3"] == ["2018-12-01"]
    assert "答复日期" in problem(wrong, 422)["detail"]


def test_check_takes_the_unit_of_the_whole_ledger(server: Server, tmp_path: Path) -> None:
    path = workbook(tmp_path / "台账.xlsx", 依申请公开=[["序号", "收到日期", "答复日期"], [1, "2018-09-03", "2018-12-01"]])
    files = [("file", (path.name, path.read_bytes()))]
    rows = {"tables": {"request": [{"收到日期": "2018-09-03", "答复日期": "2018-12-01"}]}, "as_of": "2018-12-31"}
    with server.client() as client:
        as_form = client.post("/v1/check", files=files, data={"as_of": "2018-12-31", "ledger_unit": "市农业局"}).json()
        as_json = client.post("/v1/check", json={**rows, "ledger_unit": "市农业局"}).json()
        unnamed = client.post("/v1/check", files=files, data={"as_of": "2018-12-31", "ledger_unit": ""}).json()
        wrong = client.post("/v1/check", json={**rows, "ledger_unit": "无"})
    for answer in (as_form, as_json):
        assert {f["unit"] for f in answer["findings"] if f["record_id"]} == {"市农业局"}
        assert not [n for n in answer["notes"] if "--ledger-unit" in n["zh"]]
    assert [n for n in unnamed["notes"] if "--ledger-unit" in n["zh"]]
    assert "没有写是哪个单位" in problem(wrong, 422)["detail"]


def test_mapping_that_is_downloaded_is_used_when_sent_back(server: Server, tmp_path: Path) -> None:
    """Two sheets with one heading: the mapping names the sheet. What is proposed stays a comment, so it maps nothing."""
    rows = [["序号", "收到时间", "办结时间"], [1, "2018-09-03", "2018-12-01"]]
    path = workbook(tmp_path / "台账.xlsx", 依申请公开=rows, 局依申请公开=rows)
    ledger = ("file", (path.name, path.read_bytes()))
    with server.client() as client:
        said = {"format": "map", "headings": '{"依申请公开!办结时间": "答复日期", "科室": "-"}'}
        mapping = client.post("/v1/check", files=[ledger], data=said)
        sent = [ledger, ("file", ("台账.map.yaml", mapping.content))]
        got = client.post("/v1/check", files=sent, data={"as_of": "2018-12-31"}).json()
        again = client.post(
            "/v1/check", files=sent, data={"format": "map", "headings": '{"局依申请公开!办结时间": "replied_on"}'}
        )
        wrong = client.post("/v1/check", files=[ledger, ("file", ("台账.map.yaml", b"headings: [1]"))])
        unknown = client.post("/v1/check", files=[ledger], data={"format": "map", "headings": '{"办结时间": "答复日其"}'})
    assert "filename*=UTF-8''%E5%8F%B0%E8%B4%A6.map.yaml" in mapping.headers["content-disposition"]
    lines = [line.strip() for line in mapping.text.splitlines()]
    assert '"依申请公开!办结时间": "答复日期"' in lines
    assert '# "办结时间": "答复日期"' in lines
    status = {(h["sheet"], h["heading"]): (h["status"], h["fields"]) for h in got["headings"]}
    assert status["依申请公开", "办结时间"] == ("mapped", ["replied_on"])
    assert status["局依申请公开", "办结时间"] == ("proposed", ["replied_on"])
    assert '"局依申请公开!办结时间": "replied_on"' in again.text
    assert '"依申请公开!办结时间": "答复日期"' in again.text
    assert "# 未确认" not in again.text
    assert "台账.map.yaml" in problem(wrong, 422)["detail"]
    assert "答复日期" in problem(unknown, 422)["detail"]


def test_template_and_tables_name_the_same_columns(server: Server) -> None:
    with server.client() as client:
        answer = client.get("/v1/template", params={"pack": "pingdu-2018"})
        tables = client.get("/v1/tables").json()
        assert "没有规则包" in problem(client.get("/v1/template", params={"pack": "../x"}), 422)["detail"]
    with server.client(None) as client:
        problem(client.get("/v1/template"), 401)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    for table in tables:
        head = [cell.value for cell in next(book[table["label"]["zh"]].iter_rows(max_row=1))]
        assert head == [field["label"]["zh"] for field in table["fields"]]
    assert any("--map" in str(row[0].value) for row in book.worksheets[0].iter_rows())


def test_preflight_attachment_blocks(server: Server) -> None:
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


def test_preflight_of_a_table_reads_its_notes_and_attachments(server: Server) -> None:
    table = "户主姓名,保障人数,居住社区（村）,救助金额,监督举报电话\n王某,1,云山村,500,0532-88361234\n"
    data = {"as_of": "2018-09-10", "table": "listing", "record": '{"主题": "最低生活保障"}'}
    cases = [
        ([], "yes"),
        ([("attachments", ("名单.csv", f"王某,{ID}".encode()))], "no"),
        ([("attachments", ("a.doc", b"x"))], "needs_review"),
    ]
    with server.client() as client:
        for attached, clearance in cases:
            files = [("file", ("公示.csv", table.encode())), *attached]
            assert client.post("/v1/preflight", files=files, data=data).json()["clearance"] == clearance
        noted = client.post("/v1/preflight", files=[("file", ("公示.csv", f"{table}备注：王某 {ID}\n".encode()))], data=data)
    assert [f["rule"] for f in noted.json()["blocking"]] == ["PD-14.2c"]
    assert ID not in noted.text


def test_preflight_tells_the_title_as_it_was_read_with_its_numbers_masked(server: Server) -> None:
    record = {"title": f"  关于𠮷某　{ID}的通知", "text": "请予公示。", "attribute": "主动公开"}
    with server.client() as client:
        answer = client.post("/v1/preflight", json={"as_of": "2018-09-10", "record": record})
    got = answer.json()
    assert ID not in answer.text
    (fix,) = [f for f in got["fixes"] if f["field"] == "title"]
    assert got["facts"]["title"][fix["start"] : fix["end"]] == fix["replacement"] == "1101**********002X"


def test_fix_returns_a_clean_copy(server: Server) -> None:
    path = DOCUMENTS / "10-号码分在三段格式里.docx"
    with server.client() as client:
        answer = client.post("/v1/fix", files={"file": (path.name, path.read_bytes())}, data={"attribute": "主动公开"})
        wrong = client.post("/v1/fix", files={"file": (path.name, path.read_bytes())}, data={"attribute": "随便"})
    document = oc.documents.read(answer.content, "a.docx")
    assert "1101**********002X" in document.text
    assert document.text.count("此件公开发布") == 1
    assert "accepted: 主动公开" in problem(wrong, 422)["detail"]


def test_check_ledger_returns_json_and_workbook(server: Server, report: oc.Report) -> None:
    files = {"file": (LEDGER.name, LEDGER.read_bytes())}
    with server.client() as client:
        got = client.post("/v1/check", files=files, data={"as_of": "2018-12-31"}).json()
        book = client.post("/v1/check", files=files, data={"as_of": "2018-12-31", "format": "xlsx"})
    own = report.to_dict()
    assert got["rows"] == own["rows"]
    assert got["findings"] == json.loads(json.dumps(own["findings"], default=str))
    assert "filename*=UTF-8''" in book.headers["content-disposition"]
    marked = openpyxl.load_workbook(io.BytesIO(book.content))
    assert set(openpyxl.load_workbook(LEDGER, read_only=True).sheetnames) < set(marked.sheetnames)
    assert any(cell.comment for sheet in marked for row in sheet.iter_rows() for cell in row)


def test_check_ledger_returns_every_format(server: Server) -> None:
    files = {"file": ("会议.csv", "编号,会议类型,召开日期\n1,常务会议,2018-09-12\n".encode())}
    starts = {"html": "<!doctype html>", "sarif": "{", "junit": "<?xml", "md": "# ", "csv": "\ufeff", "table": "平度市"}
    with server.client() as client:
        for name, start in starts.items():
            got = client.post("/v1/check", files=files, data={"as_of": "2018-12-31", "format": name})
            assert got.status_code == 200, name
            assert got.content.decode().startswith(start), name
            assert "attachment" in got.headers["content-disposition"]


def test_check_json_tables_are_judged(server: Server) -> None:
    tables = {"meeting": [{"id": "1", "kind": "常务会议", "held_on": "2018-09-12", "invited_attendees": 6}]}
    with server.client() as client:
        got = client.post("/v1/check", json={"tables": tables, "as_of": "2018-12-31", "rules": ["PD-2-2.1"]}).json()
        changed = client.post(
            "/v1/check", json={"tables": tables, "as_of": "2018-12-31", "parameters": {"covers": "2019"}, "rules": ["PD-2-2.1"]}
        ).json()
    assert [f["outcome"] for f in got["findings"]] == ["violation"]
    assert changed["parameters"]["pingdu-2018"]["covers"] == "2019"


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [
        ('{"id": "1", "received_on": "2018-09-03", "replied_on": null, "replied_on": "2018-10-20"}', ["violation"]),
        ('{"id": "1", "received_on": "2018-09-03", "replied_on": "2018-10-20", "replied_on": "2018-09-20"}', None),
    ],
    ids=["blank and filled", "two days"],
)
def test_check_json_key_twice_is_read_as_in_a_file(
    server: Server, tmp_path: Path, body: str, outcomes: list[str] | None
) -> None:
    ledger = f'{{"request": [{body}]}}'
    sent = f'\ufeff{{"tables": {ledger}, "as_of": "2018-12-31", "rules": ["PD-15.3"]}}'
    file = tmp_path / "ledger.json"
    file.write_text(ledger, encoding="utf-8")
    with server.client() as client:
        answer = client.post("/v1/check", content=sent.encode(), headers={"content-type": "application/json"})
    if outcomes is None:
        assert "stands twice" in problem(answer, 422)["detail"]
        with pytest.raises(oc.InputError, match="stands twice"):
            oc.check(file, as_of="2018-12-31")
    else:
        assert [f["outcome"] for f in answer.json()["findings"]] == outcomes
        assert [f.outcome for f in oc.check(file, as_of="2018-12-31", rules=["PD-15.3"]).findings()] == outcomes


def test_due_served_and_sent_ledger_agree(server: Server) -> None:
    with server.client() as client:
        here = client.get("/v1/due", params={"as_of": "2018-12-31", "until": "2019-01-31"}).json()
        sent = client.post(
            "/v1/due", files={"file": (LEDGER.name, LEDGER.read_bytes())}, data={"as_of": "2018-12-31", "until": "2019-01-31"}
        ).json()
        calendar = client.get("/v1/due", params={"as_of": "2018-12-31", "until": "2019-01-31", "format": "ics"})
    assert here == sent
    assert here["due"]
    assert calendar.text.startswith("BEGIN:VCALENDAR")


def test_rules_health_and_metrics_answer(server: Server) -> None:
    with server.client() as client:
        rules = client.get("/v1/rules").json()
        assert [r["id"] for r in rules] == list(oc.load_pack("pingdu-2018").rules)
        one = client.get("/v1/rules/PD-9.4", params={"lang": "en"}).json()
        assert "## Reading" in one["page"]
        assert "did you mean: PD-9.4" in problem(client.get("/v1/rules/PD-9.44"), 404)["detail"]
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
        "/v1/template",
        "/v1/tables",
        "/v1/rules",
        "/v1/rules/{rule_id}",
        "/healthz",
        "/metrics",
    } <= set(description["paths"])


def test_token_wrong_or_absent_is_401(server: Server) -> None:
    for token in (None, "wrong", TOKEN[:-1], TOKEN + "x"):
        with server.client(token) as client:
            answer = client.get("/v1/rules")
            assert problem(answer, 401)["type"] == "urn:opencheck:problem:unauthorized"
            assert answer.headers["www-authenticate"] == "Bearer"
            problem(client.get("/metrics"), 401)


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"json": {"record": {}, "as_of": "昨天"}}, 422, "不是日期"),
        ({"json": {"record": {"signed_on": "2018-02-30"}}}, 422, "2018-02-30"),
        ({"json": {"record": {}, "pack": "../../etc"}}, 422, "没有规则包"),
        ({"json": {"record": {}, "table": "nothing"}}, 422, "没有这张表"),
        ({"json": {"record": {}, "parameters": {"none": 1}}}, 422, "没有参数"),
        (
            {"json": {"recrod": {}}},
            422,
            "缺少 / missing: record；没有这个键 / unknown key 'recrod'; 最接近 / did you mean: record",
        ),
        ({"json": {"record": "110105194912310021"}}, 422, "record: 应为“键: 值” / must be keys with values"),
        ({"content": b"{", "headers": JSON}, 422, "JSON"),
        (
            {"content": b'{"record": {"published_on": "2018-09-10", "published_on": "2018-09-30"}}', "headers": JSON},
            422,
            "stands twice",
        ),
        ({"content": f'{{"record": {{"id": "{ID}", "id": "1"}}}}'.encode(), "headers": JSON}, 422, "1101**********002X"),
        ({"content": '{"record": {"title": "公示"}}'.encode("gb18030"), "headers": JSON}, 422, "utf-8"),
        ({"content": b'{"record": {"title": "\\ud800"}}', "headers": JSON}, 422, "surrogates"),
        ({"content": b'{"record": ' + b"[" * 100_000, "headers": JSON}, 422, "nested too deeply"),
        ({"files": {"file": ("a.txt", b"x")}, "data": {"record": '{"title": "a", "title": "b"}'}}, 422, "JSON对象"),
        ({"content": b"x", "headers": {"content-type": "text/plain"}}, 415, "multipart/form-data"),
        ({"files": {"file": ("a.txt", b"x")}, "data": {"record": "["}}, 422, "JSON对象"),
        ({"files": {"file": ("a.txt", b"x")}, "data": {"nonsense": "1"}}, 422, "没有字段"),
        ({"files": [("file", ("a.txt", b"x")), ("file", ("b.txt", b"x"))]}, 422, "只能有一个"),
        ({"files": [("as_of", (None, "2018-09-10")), ("as_of", (None, "2018-09-11"))]}, 422, "给了两次"),
        ({"files": {"file": (None, "text")}}, 422, "应为文件"),
        ({"files": {"as_of": (None, "2018-09-10")}}, 422, "file（文件）"),
    ],
)
def test_preflight_bad_request_says_what_is_accepted(server: Server, sent: dict[str, Any], status: int, told: str) -> None:
    with server.client() as client:
        assert told in problem(client.post("/v1/preflight", **sent), status)["detail"]


def test_route_unknown_address_or_method_is_refused(server: Server) -> None:
    with server.client() as client:
        problem(client.get("/v1/nothing"), 404)
        problem(client.get("/v1/preflight"), 405)
        problem(client.get("/page/..%2Fapp.py"), 404)
        assert problem(client.post("/v1/check", json={"tables": {"没有的表": []}}), 422)["detail"].startswith("不认识的表")
        assert "没有台账" in problem(client.post("/v1/check", files={"as_of": (None, "2018-12-31")}), 422)["detail"]


def test_request_id_is_kept_or_made(server: Server) -> None:
    with server.client() as client:
        assert client.get("/healthz", headers={"X-Request-ID": "portal-42"}).headers["x-request-id"] == "portal-42"
        assert re.fullmatch(
            "[0-9a-f]{32}", client.get("/healthz", headers={"X-Request-ID": "a b<script>"}).headers["x-request-id"]
        )


def test_upload_too_large_is_413(server: Server) -> None:
    def much() -> Iterator[bytes]:
        for _ in range(100):
            yield b"0" * 1_000_000

    with server.client() as client:
        told = problem(client.post("/v1/preflight", files={"file": ("big.txt", b"0" * 30_000_000)}), 413)
        assert "20 MB" in told["detail"]
        with contextlib.suppress(httpx.TransportError):  # chunked, no length announced: the server may close before all is sent
            assert client.post("/v1/preflight", content=much(), headers={"content-type": "application/json"}).status_code == 413
        assert client.get("/healthz").status_code == 200


def test_job_over_time_is_504_and_next_is_served(tight: Server) -> None:
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
        stopped = re.search(r"^opencheck_jobs_stopped_total (\d+)", client.get("/metrics").text, re.M)
        assert stopped is not None  # a loaded machine stops further ones
        assert int(stopped[1]) >= 1


def test_log_names_requests_and_nothing_personal(server: Server) -> None:
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


def test_stop_waits_for_running_requests(tmp_path: Path) -> None:
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
