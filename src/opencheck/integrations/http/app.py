"""The ASGI application: its routes and error handlers (RFC 9457). Checks run in worker processes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import generate_latest
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from opencheck.core.clock import SHANGHAI
from opencheck.core.version import __version__
from opencheck.integrations.http import jobs
from opencheck.integrations.http.middleware import HTTPProblem, Metrics, RequestMiddleware, problem_response
from opencheck.integrations.http.schemas import FORM_FIELDS, TITLES, CheckRequest, DueRequest, PreflightRequest, request_body
from opencheck.integrations.http.settings import Settings
from opencheck.integrations.http.workers import WorkerPool
from opencheck.rules.packs.loader import load_packs

__all__ = [
    "create_app",
]


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create the service as an ASGI application.

    Args:
        settings: packs, tokens and limits.

    Returns:
        The application for any ASGI server; its lifespan starts and stops the workers.

    Raises:
        PackError: a pack is invalid.
    """
    chosen = settings or Settings()
    packs = load_packs(chosen.packs)
    metrics = Metrics()
    rules = {i: (p, b.rule) for p in packs for i, b in p.rules.items()}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.workers = WorkerPool(chosen, metrics)
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

    async def http_problem(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, HTTPProblem)
        return problem_response(request.scope, exc.status, exc.detail, exc.headers)

    async def http_error(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, HTTPException)
        code = exc.status_code if exc.status_code in TITLES else 400
        return problem_response(request.scope, code, TITLES[code][1] if code in (404, 405) else str(exc.detail), exc.headers)

    async def invalid(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, RequestValidationError)
        return problem_response(request.scope, 422, _validation_text(list(exc.errors())))

    app.add_exception_handler(HTTPProblem, http_problem)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)

    async def do(job: str, request: Request, model: type[BaseModel] | None) -> Response:
        values, uploads = await _parse_request(request, model, job)
        values["as_of"] = values.get("as_of") or datetime.now(SHANGHAI).date().isoformat()
        return _response(await request.app.state.workers.run(job, values, uploads))

    @app.post(
        "/v1/preflight",
        summary="公布之前检查一份文件 / one document before publication",
        openapi_extra=request_body(PreflightRequest, FORM_FIELDS["preflight"]),
    )
    async def preflight(request: Request) -> Response:
        """Findings that block publication, warnings, and duties due afterwards; each with its remedy."""
        return await do("preflight", request, PreflightRequest)

    @app.post("/v1/fix", summary="改好的副本 / a fixed copy", openapi_extra=request_body(PreflightRequest, FORM_FIELDS["fix"]))
    async def fix(request: Request) -> Response:
        """The document with personal data masked and, on request, its label inserted."""
        return await do("fix", request, None)

    @app.post("/v1/check", summary="检查台账 / check a ledger", openapi_extra=request_body(CheckRequest, FORM_FIELDS["check"]))
    async def check(request: Request) -> Response:
        """Every finding, as JSON or as the marked workbook."""
        return await do("check", request, CheckRequest)

    @app.post("/v1/due", summary="即将到期 / what falls due next", openapi_extra=request_body(DueRequest, FORM_FIELDS["due"]))
    async def due_of(request: Request) -> Response:
        """Duties due after a day, from an uploaded ledger."""
        return await do("due", request, DueRequest)

    @app.get("/v1/due", summary="本机台账即将到期的事项 / what falls due next by the ledger on this machine")
    async def due(
        request: Request,
        as_of: Annotated[str | None, Query(description="the day of the check; today by default")] = None,
        until: Annotated[str | None, Query(description="last day; 30 days later by default")] = None,
        unit: Annotated[str | None, Query(description="only this unit")] = None,
        format: Annotated[str, Query(description="json or ics")] = "json",
    ) -> Response:
        """Upcoming duties from the ledger on the server (``--data``)."""
        if chosen.data is None:
            raise HTTPProblem(404, "启动时没有给台账（--data），请用 POST 上传 / started without --data: send a ledger by POST")
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
        from opencheck.report.formats.rule_page import rule_page

        if rule_id not in rules:
            raise HTTPProblem(404, "没有这条规则 / no such rule")
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
            "remedy": rule.remedy.model_dump(exclude_none=True),
            "page": rule_page(pack, rule_id, lang),
        }

    @app.get("/v1/packs", summary="规则包 / the packs")
    async def list_packs() -> list[dict[str, Any]]:
        """The loaded packs with their parameters."""
        return [{"id": p.id, "title": p.title.model_dump(), "parameters": p.values} for p in packs]

    @app.get("/healthz", summary="是否正常 / whether it works")
    async def healthz() -> dict[str, Any]:
        """The version and the packs, when the service is ready."""
        return {"status": "ok", "version": __version__, "packs": [p.id for p in packs]}

    @app.get("/metrics", summary="指标 / metrics")
    async def show_metrics() -> Response:
        """Counts and durations of requests, for Prometheus."""
        return Response(generate_latest(metrics.registry), media_type="text/plain; version=0.0.4")

    page_files = {
        name: (files("opencheck.integrations.http").joinpath("page", name).read_bytes(), media)
        for name, media in (("index.html", "text/html"), ("app.js", "text/javascript"), ("style.css", "text/css"))
    }

    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        return Response(page_files["index.html"][0], media_type="text/html")

    @app.get("/page/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        if name not in page_files:
            raise HTTPProblem(404, TITLES[404][1])
        return Response(page_files[name][0], media_type=page_files[name][1])

    app.add_middleware(RequestMiddleware, settings=chosen, metrics=metrics)
    return app


def _response(result: jobs.JobResult) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(result.name)}"} if result.name else {}
    return Response(result.content, media_type=result.media, headers=headers)


def _validation_text(errors: Sequence[Any]) -> str:
    """Describe validation errors by location and accepted values, without the values of the request."""
    return "；".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in errors[:5])


async def _parse_request(request: Request, model: type[BaseModel] | None, job: str) -> tuple[dict[str, Any], list[jobs.Upload]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" and model is not None:
        try:
            return model.model_validate_json(await request.body()).model_dump(exclude_none=True), []
        except ValidationError as exc:
            raise HTTPProblem(
                422, _validation_text(exc.errors(include_url=False, include_input=False, include_context=False))
            ) from None
    if kind != "multipart/form-data":
        accepted = "multipart/form-data" if model is None else "application/json, multipart/form-data"
        raise HTTPProblem(415, f"内容类型 / content type {kind or '—'}; accepted: {accepted}")
    values: dict[str, Any] = {}
    uploads: list[jobs.Upload] = []
    async with request.form(max_files=50, max_fields=50) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                upload = jobs.Upload(value.filename or "file", await value.read())
                if name == "file" and job == "preflight":
                    if values.get("own"):
                        raise HTTPProblem(422, "file 只能有一个，其余用 attachments / one file only; others are attachments")
                    values["own"] = True
                    uploads.insert(0, upload)
                else:
                    uploads.append(upload)
            elif name not in FORM_FIELDS[job]:
                raise HTTPProblem(422, f"没有字段 / no field {name[:40]}; accepted: {', '.join(FORM_FIELDS[job])}")
            elif name in ("record", "parameters", "headings"):
                values[name] = _parse_object(name, value)
            elif value:
                values[name] = value
    return values, uploads


def _parse_object(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise HTTPProblem(422, f"{name}: 应为JSON对象 / must be a JSON object")
    return value
