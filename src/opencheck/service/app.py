"""The ASGI application: routes, limits, tokens, problems (RFC 9457), metrics. Work is done in workers; see :mod:`opencheck.service.work`."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.resources import files
from multiprocessing import get_context
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pebble import ProcessExpired, ProcessPool
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import Headers, MutableHeaders, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opencheck import __version__
from opencheck.packs import load_packs
from opencheck.records.parse import SHANGHAI
from opencheck.service import work
from opencheck.service.settings import Settings

__all__ = ["create_app"]

log = logging.getLogger("opencheck.service")

PROBLEM = "application/problem+json"
TITLES = {
    400: ("bad-request", "请求不对 / bad request"),
    401: ("unauthorized", "需要令牌 / a bearer token is needed"),
    404: ("not-found", "没有这个地址或这条规则 / no such address or rule"),
    405: ("method-not-allowed", "这个地址不接受这种方法 / method not allowed"),
    413: ("too-large", "内容过大 / too large"),
    415: ("unsupported-media-type", "不支持的内容类型 / unsupported media type"),
    422: ("unusable-input", "输入不能用 / the input cannot be used"),
    500: ("internal", "内部错误，请把请求编号告诉管理员 / internal error: tell the request id to whoever runs this"),
    503: ("busy", "正忙，请稍后再试 / busy, try again later"),
    504: ("too-slow", "超过处理时限 / took longer than is allowed"),
}


class Problem(BaseModel):
    """An error as RFC 9457 describes it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str


class PreflightRequest(BaseModel):
    """One record to check before it is published."""

    model_config = ConfigDict(extra="forbid")

    record: Annotated[dict[str, Any], Field(description="field names (Chinese or English) and values; `text` may be HTML")]
    table: str = "document"
    pack: str | list[str] | None = None
    as_of: Annotated[str | None, Field(description="day of publication; today (Asia/Shanghai) if none")] = None
    parameters: dict[str, Any] | None = None


class CheckRequest(BaseModel):
    """A ledger as JSON: table names and rows."""

    model_config = ConfigDict(extra="forbid")

    tables: dict[str, list[dict[str, Any]]]
    pack: str | list[str] | None = None
    as_of: str | None = None
    rules: list[str] | None = None
    parameters: dict[str, Any] | None = None
    format: str = "json"
    lang: str = "zh"


class DueRequest(BaseModel):
    """A ledger as JSON, and until when what falls due is asked for."""

    model_config = ConfigDict(extra="forbid")

    tables: dict[str, list[dict[str, Any]]]
    pack: str | list[str] | None = None
    as_of: str | None = None
    until: str | None = None
    unit: str | None = None
    parameters: dict[str, Any] | None = None
    format: str = "json"
    lang: str = "zh"


def _body(model: type[BaseModel], form: Mapping[str, str]) -> dict[str, Any]:
    """The OpenAPI text of a request that is JSON or a form with files."""
    texts = {"file", "attachments"}
    properties: dict[str, Any] = {
        name: {"type": "string", "description": told, **({"format": "binary"} if name in texts else {})}
        for name, told in form.items()
    }
    if "attachments" in properties:
        properties["attachments"] = {"type": "array", "items": properties["attachments"]}
    content = {
        "application/json": {"schema": model.model_json_schema()},
        "multipart/form-data": {"schema": {"type": "object", "properties": properties, "required": ["file"]}},
    }
    problems = {
        str(code): {"description": TITLES[code][1], "content": {PROBLEM: {"schema": Problem.model_json_schema()}}}
        for code in (401, 413, 415, 422, 503, 504)
    }
    return {"requestBody": {"required": True, "content": content}, "responses": problems}


_COMMON = {"pack": "id of a pack", "as_of": "the day, as 2018-12-31", "parameters": "parameters of the pack, as JSON"}
_FORMS: dict[str, dict[str, str]] = {
    "preflight": {
        "file": "the document: .docx .pdf .ofd .html .txt",
        "attachments": "files published with it",
        "record": "fields that are known besides, as JSON",
        "table": "document or disclosure",
        **_COMMON,
    },
    "fix": {"file": "the document: .docx .html .txt", "attribute": "label to insert where there is none"},
    "check": {
        "file": "the ledger: .xlsx .csv .json .parquet",
        "format": "json xlsx html csv jsonl sarif junit md table",
        "lang": "zh or en",
        **_COMMON,
    },
    "due": {
        "file": "the ledger",
        "until": "last day",
        "unit": "only this unit",
        "format": "json or ics",
        "lang": "zh or en",
        **_COMMON,
    },
}


class _Refused(Exception):
    """An error that the client is told of."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})


class _Failed(Exception):
    """A fault of ours in a worker; its text tells the place in the code and nothing else."""


class _Outermost:
    """Request ids, limits of size, tokens, metrics and the log line of each request; nothing of a request's content is logged."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: _Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if re.fullmatch(r"[\w.\-]{1,64}", given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started, status, begun = time.perf_counter(), 500, False

        async def sending(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                begun = True
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["X-Request-ID"] = request_id
                out["X-Content-Type-Options"] = "nosniff"
                out["Cache-Control"] = "no-store"
                out["Referrer-Policy"] = "no-referrer"
                out["Content-Security-Policy"] = (
                    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
                )
            await send(message)

        left = self.settings.largest

        async def receiving() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise _Refused(413, _too_large(self.settings))
            return message

        with self.metrics.running.track_inprogress():
            try:
                self._admit(scope, headers)
                await self.app(scope, receiving, sending)
            except _Refused as exc:
                if not begun:
                    await _problem(scope, exc.status, exc.detail, exc.headers)(scope, receive, sending)
            except Exception as exc:
                log.error("request %s failed: %s", request_id, exc if isinstance(exc, _Failed) else work.places_of(exc))
                if not begun:
                    await _problem(scope, 500, TITLES[500][1])(scope, receive, sending)
        route = getattr(scope.get("route"), "path", "other")
        took = time.perf_counter() - started
        self.metrics.requests.labels(route, scope["method"], str(status)).inc()
        self.metrics.seconds.labels(route).observe(took)
        log.info("%s %s %d %.0f ms %s", scope["method"], route, status, took * 1000, request_id)

    def _admit(self, scope: Scope, headers: Headers) -> None:
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self.settings.largest:
            raise _Refused(413, _too_large(self.settings))
        open_to_all = scope["path"] in ("/", "/healthz", "/openapi.json") or scope["path"].startswith("/page/")
        if not self.settings.tokens or open_to_all:
            return
        kind, _, token = headers.get("authorization", "").partition(" ")
        known = [hmac.compare_digest(token.strip().encode(), t.encode()) for t in self.settings.tokens]
        if kind.lower() != "bearer" or not any(known):
            told = "请求头要带 Authorization: Bearer 令牌 / send Authorization: Bearer TOKEN"
            raise _Refused(401, told, {"WWW-Authenticate": "Bearer"})


def _too_large(settings: Settings) -> str:
    return f"超过{settings.largest / 1_000_000:g} MB / more than {settings.largest / 1_000_000:g} MB"


def _problem(scope: Scope, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    code, title = TITLES.get(status, TITLES[400])
    problem = Problem(
        type=f"urn:opencheck:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        instance=scope.get("path", ""),
        request_id=scope.get("state", {}).get("request_id", ""),
    )
    return Response(problem.model_dump_json(), status, dict(headers or {}), PROBLEM)


class _Metrics:
    """What /metrics tells."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("opencheck_requests", "Requests", ["route", "method", "status"], registry=self.registry)
        self.seconds = Histogram("opencheck_request_seconds", "Seconds a request takes", ["route"], registry=self.registry)
        self.running = Gauge("opencheck_requests_running", "Requests under way", registry=self.registry)
        self.stopped = Counter("opencheck_jobs_stopped", "Jobs stopped for time or memory", registry=self.registry)


class _Workers:
    """The processes that do the work. A job that takes too long is stopped with its process, and a new one takes its place."""

    def __init__(self, settings: Settings, metrics: _Metrics) -> None:
        self.settings, self.metrics, self.waiting = settings, metrics, 0
        self.pool = ProcessPool(
            max_workers=settings.workers,
            initializer=work.start,
            initargs=(settings.packs, settings.memory),
            context=get_context("spawn"),
        )

    async def run(self, job: str, values: Mapping[str, Any], uploads: Sequence[work.Upload] = ()) -> work.Answer:
        if self.waiting >= 32 * self.settings.workers:
            raise _Refused(503, "排队的请求太多 / too many requests are waiting", {"Retry-After": "2"})
        self.waiting += 1
        try:
            future = self.pool.schedule(work.run, args=[job, dict(values), list(uploads)], timeout=self.settings.timeout)
            answer: work.Answer = await asyncio.wrap_future(future)
        except TimeoutError:
            self.metrics.stopped.inc()
            told = f"超过{self.settings.timeout:g}秒，已停止 / stopped after {self.settings.timeout:g} seconds"
            raise _Refused(504, told) from None
        except ProcessExpired:
            self.metrics.stopped.inc()
            raise _Refused(422, "处理这份输入时超出了内存限制 / this input took more memory than is allowed") from None
        finally:
            self.waiting -= 1
        if answer.failed:
            raise _Failed(answer.failed)
        if answer.refused:
            raise _Refused(422, answer.refused)
        return answer

    def warm(self) -> None:
        """Start every process before the first request waits for it."""
        jobs = [self.pool.schedule(time.sleep, args=[0.05]) for _ in range(self.settings.workers)]
        for job in jobs:
            job.result()

    def close(self) -> None:
        """Let what is under way end, then stop."""
        self.pool.close()
        self.pool.join(timeout=self.settings.timeout)
        self.pool.stop()
        self.pool.join()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service as an ASGI application.

    Args:
        settings: packs, tokens and limits.

    Returns:
        The application, to be served by any ASGI server; its workers start and stop with its lifespan.

    Raises:
        PackError: a pack that does not load.
    """
    chosen = settings or Settings()
    packs = load_packs(chosen.packs)
    metrics = _Metrics()
    rules = {i: (p, b.rule) for p in packs for i, b in p.rules.items()}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.workers = _Workers(chosen, metrics)
        await asyncio.to_thread(app.state.workers.warm)
        yield
        await asyncio.to_thread(app.state.workers.close)

    app = FastAPI(
        title="opencheck",
        version=__version__,
        summary="政务公开合规检查 / checks openness duties",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )

    async def refused(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, _Refused)
        return _problem(request.scope, exc.status, exc.detail, exc.headers)

    async def http_error(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, HTTPException)
        code = exc.status_code if exc.status_code in TITLES else 400
        return _problem(request.scope, code, TITLES[code][1] if code in (404, 405) else str(exc.detail), exc.headers)

    async def invalid(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, RequestValidationError)
        return _problem(request.scope, 422, _told(list(exc.errors())))

    app.add_exception_handler(_Refused, refused)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)

    async def do(job: str, request: Request, model: type[BaseModel] | None) -> Response:
        values, uploads = await _input(request, model, job)
        values["as_of"] = values.get("as_of") or datetime.now(SHANGHAI).date().isoformat()
        return _response(await request.app.state.workers.run(job, values, uploads))

    @app.post(
        "/v1/preflight",
        summary="公布之前检查一份文件 / one document before publication",
        openapi_extra=_body(PreflightRequest, _FORMS["preflight"]),
    )
    async def preflight(request: Request) -> Response:
        """What blocks the publication, what to look at, and what falls due after it; each with its remedy."""
        return await do("preflight", request, PreflightRequest)

    @app.post("/v1/fix", summary="改好的副本 / a fixed copy", openapi_extra=_body(PreflightRequest, _FORMS["fix"]))
    async def fix(request: Request) -> Response:
        """The document with its personal data masked and, where asked for, its label inserted."""
        return await do("fix", request, None)

    @app.post("/v1/check", summary="检查台账 / check a ledger", openapi_extra=_body(CheckRequest, _FORMS["check"]))
    async def check(request: Request) -> Response:
        """Every finding, as JSON or as the marked workbook."""
        return await do("check", request, CheckRequest)

    @app.post("/v1/due", summary="即将到期 / what falls due next", openapi_extra=_body(DueRequest, _FORMS["due"]))
    async def due_of(request: Request) -> Response:
        """What falls due after a day, from a ledger that is sent."""
        return await do("due", request, DueRequest)

    @app.get("/v1/due", summary="本机台账即将到期的事项 / what falls due next by the ledger on this machine")
    async def due(
        request: Request,
        as_of: Annotated[str | None, Query(description="from which day it is seen; today if none")] = None,
        until: Annotated[str | None, Query(description="last day; 30 days on if none")] = None,
        unit: Annotated[str | None, Query(description="only this unit")] = None,
        format: Annotated[str, Query(description="json or ics")] = "json",
    ) -> Response:
        """What falls due next by the ledger that the service was started with (``--data``)."""
        if chosen.data is None:
            raise _Refused(404, "启动时没有给台账（--data），请用 POST 上传 / started without --data: send a ledger by POST")
        today = datetime.now(SHANGHAI).date().isoformat()
        values = {"as_of": as_of or today, "until": until, "unit": unit, "format": format, "data": str(chosen.data)}
        return _response(await request.app.state.workers.run("due", values))

    @app.get("/v1/rules", summary="规则 / the rules")
    async def list_rules() -> list[dict[str, Any]]:
        """Every rule of the loaded packs, in the packs' order."""
        return [
            {
                "id": i,
                "pack": p.id,
                "clause": r.clause,
                "severity": r.effective_severity,
                "table": r.on,
                "kind": r.kind.name,
                "title": r.title.model_dump(),
            }
            for i, (p, r) in rules.items()
        ]

    @app.get("/v1/rules/{rule_id}", summary="一条规则 / one rule")
    async def one_rule(rule_id: str, lang: Annotated[str, Query(pattern="^(zh|en)$")] = "zh") -> dict[str, Any]:
        """A rule with its page: duty, reading, parameters, examples, related clauses (Markdown)."""
        from opencheck.reports.rulepage import page

        if rule_id not in rules:
            raise _Refused(404, "没有这条规则 / no such rule")
        pack, rule = rules[rule_id]
        clause = pack.clauses.get(rule.clause)
        return {
            "id": rule_id,
            "pack": pack.id,
            "clause": rule.clause,
            "severity": rule.effective_severity,
            "table": rule.on,
            "kind": rule.kind.name,
            "title": rule.title.model_dump(),
            "duty": clause.duty.model_dump() if clause else None,
            "unit": clause.unit if clause else None,
            "reading": rule.reading.model_dump() if rule.reading else None,
            "remedy": rule.remedy.model_dump(),
            "page": page(pack, rule_id, lang),
        }

    @app.get("/v1/packs", summary="规则包 / the packs")
    async def list_packs() -> list[dict[str, Any]]:
        """The loaded packs with their parameters."""
        return [{"id": p.id, "title": p.title.model_dump(), "parameters": p.values} for p in packs]

    @app.get("/healthz", summary="是否正常 / whether it works")
    async def healthz() -> dict[str, Any]:
        """The version and the packs, if requests can be served."""
        return {"status": "ok", "version": __version__, "packs": [p.id for p in packs]}

    @app.get("/metrics", summary="指标 / metrics")
    async def show_metrics() -> Response:
        """Counts and times of requests, for Prometheus."""
        return Response(generate_latest(metrics.registry), media_type="text/plain; version=0.0.4")

    page_files = {
        name: (files("opencheck.service").joinpath("page", name).read_bytes(), media)
        for name, media in (("index.html", "text/html"), ("app.js", "text/javascript"), ("style.css", "text/css"))
    }

    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        return Response(page_files["index.html"][0], media_type="text/html")

    @app.get("/page/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        if name not in page_files:
            raise _Refused(404, TITLES[404][1])
        return Response(page_files[name][0], media_type=page_files[name][1])

    app.add_middleware(_Outermost, settings=chosen, metrics=metrics)
    return app


def _response(answer: work.Answer) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(answer.name)}"} if answer.name else {}
    return Response(answer.content, media_type=answer.media, headers=headers)


def _told(errors: Sequence[Any]) -> str:
    """What is wrong with a request's values: where, and what is accepted; the values themselves are not repeated."""
    return "；".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in errors[:5])


async def _input(request: Request, model: type[BaseModel] | None, job: str) -> tuple[dict[str, Any], list[work.Upload]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" and model is not None:
        try:
            return model.model_validate_json(await request.body()).model_dump(exclude_none=True), []
        except ValidationError as exc:
            raise _Refused(422, _told(exc.errors(include_url=False, include_input=False, include_context=False))) from None
    if kind != "multipart/form-data":
        accepted = "multipart/form-data" if model is None else "application/json, multipart/form-data"
        raise _Refused(415, f"内容类型 / content type {kind or '—'}; accepted: {accepted}")
    values: dict[str, Any] = {}
    uploads: list[work.Upload] = []
    async with request.form(max_files=50, max_fields=50) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                upload = work.Upload(value.filename or "file", await value.read())
                if name == "file" and job == "preflight":
                    if values.get("own"):
                        raise _Refused(422, "file 只能有一个，其余用 attachments / one file only; others are attachments")
                    values["own"] = True
                    uploads.insert(0, upload)
                else:
                    uploads.append(upload)
            elif name not in _FORMS[job]:
                raise _Refused(422, f"没有字段 / no field {name[:40]}; accepted: {', '.join(_FORMS[job])}")
            elif name in ("record", "parameters"):
                values[name] = _object(name, value)
            elif value:
                values[name] = value
    return values, uploads


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise _Refused(422, f"{name}: 应为JSON对象 / must be a JSON object")
    return value
