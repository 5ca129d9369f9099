"""The ASGI application: its routes and error handlers (RFC 9457). Checks run in worker processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import generate_latest
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from opencheck.core.errors import suggestion
from opencheck.core.version import __version__
from opencheck.integrations.http import jobs
from opencheck.integrations.http.admission import DROP_IN
from opencheck.integrations.http.folders import job_folder, sweep_abandoned
from opencheck.integrations.http.middleware import Metrics, RequestMiddleware
from opencheck.integrations.http.problem import HTTPProblem, problem_response
from opencheck.integrations.http.schemas import (
    TITLES,
    DueFormat,
    Lang,
    answer,
    problems,
    request_body,
    table_list,
    validation_text,
)
from opencheck.integrations.http.settings import Settings
from opencheck.integrations.http.submissions import read_submission
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
        await asyncio.to_thread(sweep_abandoned)
        app.state.workers = WorkerPool(chosen, metrics)
        await app.state.workers.start()
        yield
        await app.state.workers.close()

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
        return problem_response(request.scope, 422, validation_text(list(exc.errors())))

    app.add_exception_handler(HTTPProblem, http_problem)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)

    async def do(job: str, request: Request, sent: jobs.Submission | None = None) -> Response:
        workers: WorkerPool = request.app.state.workers
        with workers.seat():  # before the body is read
            try:
                with job_folder() as folder:
                    submission = sent or await read_submission(request, job, folder)
                    result = await workers.run(job, submission, folder, request.is_disconnected)
            except OSError as exc:  # of the folder: the worker reports its own errors in the result
                detail = f"临时文件夹写不了 / the temporary folder cannot be written: {exc.strerror}"
                raise HTTPProblem(503, detail, {"Retry-After": "30"}) from None
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(result.name)}"} if result.name else {}
        return Response(result.content, media_type=result.media, headers=headers)

    @app.post(
        "/v1/preflight",
        summary="公布之前检查一份文件 / one document before publication",
        openapi_extra=request_body("preflight", "application/json"),
    )
    async def preflight(request: Request) -> Response:
        """Whether it can be published (``clearance``), what blocks, warnings, and duties due afterwards; each with its remedy."""
        return await do("preflight", request)

    @app.post("/v1/fix", summary="改好的副本 / a fixed copy", openapi_extra=request_body("fix", "application/octet-stream"))
    async def fix(request: Request) -> Response:
        """The document with personal data masked and, on request, its label inserted."""
        return await do("fix", request)

    @app.post("/v1/check", summary="检查台账 / check a ledger", openapi_extra=request_body("check", *jobs.MEDIA.values()))
    async def check(request: Request) -> Response:
        """Every finding, as JSON or as the marked workbook."""
        return await do("check", request)

    due_media = ("application/json", "text/calendar; charset=utf-8")

    @app.post("/v1/due", summary="即将到期 / what falls due next", openapi_extra=request_body("due", *due_media))
    async def due_of(request: Request) -> Response:
        """Duties due after a day, from an uploaded ledger."""
        return await do("due", request)

    @app.get(
        "/v1/due",
        summary="本机台账即将到期的事项 / what falls due next by the ledger on this machine",
        openapi_extra={"responses": {**answer(*due_media), **problems(401, 403, 404, 422, 500, 503, 504)}},
    )
    async def due(
        request: Request,
        as_of: Annotated[str | None, Query(description="the day of the check; today by default")] = None,
        until: Annotated[str | None, Query(description="last day; 30 days later by default")] = None,
        unit: Annotated[str | None, Query(description="only this unit")] = None,
        format: Annotated[DueFormat, Query(description="json or ics")] = "json",
        lang: Annotated[Lang, Query(description="zh or en")] = "zh",
    ) -> Response:
        """Upcoming duties from the ledger on the server (``--data``)."""
        if chosen.data is None:
            raise HTTPProblem(404, "启动时没有给台账（--data），请用 POST 上传 / started without --data: send a ledger by POST")
        values = {"as_of": as_of, "until": until, "unit": unit, "format": format, "lang": lang}
        return await do("due", request, jobs.Submission(values, [chosen.data]))

    @app.get(
        "/v1/template",
        summary="空白台账模板 / the template of a ledger",
        openapi_extra={"responses": {**answer(jobs.MEDIA["xlsx"]), **problems(401, 403, 422, 500, 503, 504)}},
    )
    async def template(request: Request, pack: Annotated[str | None, Query(description="id of a pack")] = None) -> Response:
        """A workbook with a sheet for each table: columns with notes and drop-downs, and a guide."""
        return await do("template", request, jobs.Submission({"pack": pack}))

    refused = problems(401, 403)

    @app.get("/v1/tables", summary="各表的列 / the fields of the tables", responses=refused)
    async def list_tables() -> list[dict[str, Any]]:
        """The tables and their fields, as ``headings`` of a check may name them."""
        return table_list()

    @app.get("/v1/rules", summary="规则 / the rules", responses=refused)
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

    @app.get("/v1/rules/{rule_id}", summary="一条规则 / one rule", responses=problems(401, 403, 404, 422))
    async def one_rule(rule_id: str, lang: Annotated[Lang, Query(description="zh or en")] = "zh") -> dict[str, Any]:
        """A rule with its page: duty, reading, parameters, examples, related clauses (Markdown)."""
        from opencheck.report.formats.rule_page import rule_page

        if rule_id not in rules:
            raise HTTPProblem(404, f"没有这条规则 / no such rule{suggestion(rule_id, rules, 3)}; 全部 / all: GET /v1/rules")
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

    @app.get("/v1/packs", summary="规则包 / the packs", responses=refused)
    async def list_packs() -> list[dict[str, Any]]:
        """The loaded packs with their parameters."""
        return [{"id": p.id, "title": p.title.model_dump(), "parameters": p.values} for p in packs]

    @app.get(
        "/healthz", summary="是否正常 / whether it works", responses={**problems(403), 503: {"description": TITLES[503][1]}}
    )
    async def healthz(request: Request) -> Response:
        """The version, the packs and how many workers can take jobs; 503 while none can."""
        working = request.app.state.workers.working
        state = {
            "status": "ok" if working else "no worker",
            "version": __version__,
            "packs": [p.id for p in packs],
            "workers": working,
        }
        return JSONResponse(state, 200 if working else 503, {} if working else {"Retry-After": "5"})

    @app.get("/metrics", summary="指标 / metrics", responses={**answer("text/plain"), **refused}, response_class=Response)
    async def show_metrics() -> Response:
        """Counts and durations of requests, for Prometheus."""
        return Response(generate_latest(metrics.registry), media_type="text/plain; version=0.0.4")

    page_files = {
        name: (files("opencheck.integrations.http").joinpath("page", name).read_bytes(), media)
        for name, media in (
            ("index.html", "text/html"),
            ("shared.js", "text/javascript"),
            ("app.js", "text/javascript"),
            ("style.css", "text/css"),
            ("opencheck.js", "text/javascript"),
        )
    }
    # Other sites load one file.
    one_file = page_files["opencheck.js"][0].replace(b"/* shared.js */", page_files["shared.js"][0])
    page_files["opencheck.js"] = one_file, "text/javascript"

    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        return Response(page_files["index.html"][0], media_type="text/html")

    @app.get(DROP_IN, include_in_schema=False)
    async def drop_in() -> Response:
        return Response(page_files["opencheck.js"][0], media_type="text/javascript")

    @app.get("/page/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        if name not in page_files:
            raise HTTPProblem(404, TITLES[404][1])
        return Response(page_files[name][0], media_type=page_files[name][1])

    app.add_middleware(RequestMiddleware, settings=chosen, metrics=metrics)
    if chosen.origins:  # outside of the refusals, so that a page of these sites can read them, too
        app.add_middleware(
            CORSMiddleware,
            allow_origins=sorted(chosen.origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
            expose_headers=["Retry-After", "X-Request-ID"],
        )
    return app
