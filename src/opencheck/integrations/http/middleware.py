"""Middleware: request ids, limits, tokens, error responses, metrics and logging."""

from __future__ import annotations

import hmac
import logging
import re
import time
import uuid
from collections.abc import Mapping

from fastapi import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opencheck.integrations.http import jobs
from opencheck.integrations.http.schemas import PROBLEM, TITLES, Problem
from opencheck.integrations.http.settings import Settings

log = logging.getLogger("opencheck.integrations.http")


class HTTPProblem(Exception):
    """An error that is reported to the client."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})


class JobError(Exception):
    """An internal error in a worker; its text is limited to the location in the code."""


class RequestMiddleware:
    """Request ids, size limit, tokens, metrics and the log line of each request; the content of requests is never logged."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if re.fullmatch(r"[\w.\-]{1,64}", given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started, status, response_started = time.perf_counter(), 500, False

        async def sending(message: Message) -> None:
            nonlocal status, response_started
            if message["type"] == "http.response.start":
                response_started = True
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

        remaining = self.settings.max_request_bytes

        async def receiving() -> Message:
            nonlocal remaining
            message = await receive()
            remaining -= len(message.get("body", b""))
            if remaining < 0:
                raise HTTPProblem(413, _too_large_text(self.settings))
            return message

        with self.metrics.running.track_inprogress():
            try:
                self._admit(scope, headers)
                await self.app(scope, receiving, sending)
            except HTTPProblem as exc:
                if not response_started:
                    await problem_response(scope, exc.status, exc.detail, exc.headers)(scope, receive, sending)
            except Exception as exc:
                log.error(
                    "request %s failed: %s", request_id, exc if isinstance(exc, JobError) else jobs.traceback_summary(exc)
                )
                if not response_started:
                    await problem_response(scope, 500, TITLES[500][1])(scope, receive, sending)
        route = getattr(scope.get("route"), "path", "other")
        duration = time.perf_counter() - started
        self.metrics.requests.labels(route, scope["method"], str(status)).inc()
        self.metrics.seconds.labels(route).observe(duration)
        log.info("%s %s %d %.0f ms %s", scope["method"], route, status, duration * 1000, request_id)

    def _admit(self, scope: Scope, headers: Headers) -> None:
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self.settings.max_request_bytes:
            raise HTTPProblem(413, _too_large_text(self.settings))
        is_public = scope["path"] in ("/", "/healthz", "/openapi.json") or scope["path"].startswith("/page/")
        if not self.settings.tokens or is_public:
            return
        kind, _, token = headers.get("authorization", "").partition(" ")
        known = [hmac.compare_digest(token.strip().encode(), t.encode()) for t in self.settings.tokens]
        if kind.lower() != "bearer" or not any(known):
            detail = "请求头要带 Authorization: Bearer 令牌 / send Authorization: Bearer TOKEN"
            raise HTTPProblem(401, detail, {"WWW-Authenticate": "Bearer"})


def _too_large_text(settings: Settings) -> str:
    return f"超过{settings.max_request_bytes / 1_000_000:g} MB / more than {settings.max_request_bytes / 1_000_000:g} MB"


def problem_response(scope: Scope, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error response as RFC 9457 describes it."""
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


class Metrics:
    """The metrics of the service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("opencheck_requests", "Requests", ["route", "method", "status"], registry=self.registry)
        self.seconds = Histogram("opencheck_request_seconds", "Seconds a request takes", ["route"], registry=self.registry)
        self.running = Gauge("opencheck_requests_running", "Requests under way", registry=self.registry)
        self.stopped = Counter("opencheck_jobs_stopped", "Jobs stopped for time or memory", registry=self.registry)
