"""Middleware: request ids, admission, limits of the body, error responses, metrics and logging."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
import uuid

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opencheck.core.personal_data import find_personal_data
from opencheck.integrations.http import jobs
from opencheck.integrations.http.admission import DROP_IN, admit, too_large_text
from opencheck.integrations.http.problem import HTTPProblem, problem_response
from opencheck.integrations.http.schemas import TITLES
from opencheck.integrations.http.settings import Settings

__all__ = [
    "JobError",
    "Metrics",
    "RequestMiddleware",
]


log = logging.getLogger("opencheck.integrations.http")

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_CLIENT_LEFT = 499
"""The status in log and metrics of a request whose client left before the answer; no client is sent it."""


_DRAIN_SECONDS = 5.0
"""How long the rest of a body is taken after the answer."""


class JobError(Exception):
    """An internal error in a worker; its text is limited to the location in the code."""


class RequestMiddleware:
    """Request ids, admission, limits, metrics and the log line of each request; what a client sent is never logged, its method included."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers.get("x-request-id", ""))
        scope.setdefault("state", {})["request_id"] = request_id
        started, status, response_started = time.perf_counter(), 500, False
        body = _Body(receive, self.settings)

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
                out["Cross-Origin-Resource-Policy"] = "cross-origin" if scope["path"] == DROP_IN else "same-origin"
                out["Content-Security-Policy"] = (
                    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
                )
            elif not message.get("more_body", False) and not body.is_complete and status != 408 and "expect" not in headers:
                # A connection that is closed while its client still sends is reset, and the client never sees the answer.
                await send({**message, "more_body": True})
                await body.drain(_DRAIN_SECONDS)
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        with self.metrics.running.track_inprogress():
            try:
                admit(scope, headers, self.settings)
                await self.app(scope, body.receive, sending)
            except HTTPProblem as exc:
                if not response_started:
                    await problem_response(scope, exc.status, exc.detail, exc.headers)(scope, receive, sending)
            except ClientDisconnect:
                status = _CLIENT_LEFT
            except Exception as exc:
                log.error(
                    "request %s failed: %s", request_id, exc if isinstance(exc, JobError) else jobs.traceback_summary(exc)
                )
                if not response_started:
                    await problem_response(scope, 500, TITLES[500][1])(scope, receive, sending)
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        duration = time.perf_counter() - started
        self.metrics.requests.labels(route, method, str(status)).inc()
        self.metrics.seconds.labels(route).observe(duration)
        log.info("%s %s %d %.0f ms %s", method, route, status, duration * 1000, request_id)


class _Body:
    """The body of a request, with a limit of its size and a time by which it must have come."""

    def __init__(self, receive: Receive, settings: Settings) -> None:
        self._receive, self._settings = receive, settings
        self._remaining = settings.max_request_bytes
        self._deadline = asyncio.get_running_loop().time() + settings.body_timeout
        self.is_complete = False

    async def receive(self) -> Message:
        """Return the next part of the body, or that the client has left.

        Raises:
            HTTPProblem: the body is too large, or has not come in time.
        """
        if self.is_complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            seconds = f"{self._settings.body_timeout:g}"
            detail = f"{seconds}秒内没有发完 / not sent within {seconds} seconds"
            raise HTTPProblem(408, detail, {"Connection": "close"}) from None
        self._remaining -= len(message.get("body", b""))
        if self._remaining < 0:
            raise HTTPProblem(413, too_large_text(self._settings))
        self.is_complete = not message.get("more_body", False)
        return message

    async def drain(self, seconds: float) -> None:
        """Take what the client still sends, and drop it, for some seconds at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.is_complete:
                    self.is_complete = not (await self._receive()).get("more_body", False)


def _request_id(given: str) -> str:
    """Return the id that a client gave, unless it could hold more than an id; else a new one."""
    if re.fullmatch(r"[A-Za-z0-9_.\-]{1,64}", given) and not find_personal_data(given):
        return given
    return uuid.uuid4().hex


class Metrics:
    """The metrics of the service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("opencheck_requests", "Requests", ["route", "method", "status"], registry=self.registry)
        self.seconds = Histogram("opencheck_request_seconds", "Seconds a request takes", ["route"], registry=self.registry)
        self.running = Gauge("opencheck_requests_running", "Requests under way", registry=self.registry)
        self.working = Gauge("opencheck_workers", "Worker processes that can take jobs", registry=self.registry)
        self.stopped = Counter("opencheck_jobs_stopped", "Jobs stopped for time", registry=self.registry)
        self.lost = Counter("opencheck_workers_lost", "Worker processes lost during a job", registry=self.registry)
