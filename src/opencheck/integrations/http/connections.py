"""Connections: how many there may be, and how long one may take to send its request or to read its answer."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from opencheck.integrations.http.schemas import PROBLEM, Problem, problem_fields
from opencheck.integrations.http.settings import Settings

__all__ = [
    "guarded_protocol",
]


_LINGER_SECONDS = 1.0
"""How long a refused connection is kept, so that its client reads the answer before the connection ends."""


def guarded_protocol(settings: Settings) -> type[H11Protocol]:
    """Return the protocol of a server with the limits of these settings.

    uvicorn waits without end for the head of a request, for the rest of a body that nobody reads, and for a client that does not read.
    """
    refusal = _refusal(settings.connections)

    class GuardedProtocol(H11Protocol):
        _deadline: asyncio.TimerHandle | None = None
        _stalled: asyncio.TimerHandle | None = None
        _refused = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > settings.connections:
                self.connections.discard(self)
                self._refused = True
                transport.write(refusal)
                transport.write_eof()
                self.loop.call_later(_LINGER_SECONDS, transport.abort)
                return
            self._watch()

        def data_received(self, data: bytes) -> None:
            if self._refused:
                return
            super().data_received(data)
            self._watch()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            for timer in (self._deadline, self._stalled):
                if timer is not None:
                    timer.cancel()
            super().connection_lost(exc)

        def shutdown(self) -> None:
            if not self._refused:
                super().shutdown()

        def _watch(self) -> None:
            """Give the client a time by which its request must have come; none while the application answers, or between requests."""
            answering = self.cycle is not None and not self.cycle.response_complete
            between = self.cycle is not None and self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]
            if not answering and not between:
                if self._deadline is None:
                    self._deadline = self.loop.call_later(settings.body_timeout, self.transport.abort)
            elif self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def pause_writing(self) -> None:
            super().pause_writing()
            self._stalled = self.loop.call_later(settings.body_timeout, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._stalled is not None:
                self._stalled.cancel()
                self._stalled = None

    return GuardedProtocol


def _refusal(connections: int) -> bytes:
    """The answer to a connection above the limit, which is sent before its request is read."""
    detail = f"连接太多，最多{connections}个 / too many connections: at most {connections}"
    facts: dict[str, Any] = problem_fields(503)
    body = Problem(**facts, detail=detail, instance="", request_id="").model_dump_json().encode()
    head = f"HTTP/1.1 503 Service Unavailable\r\nContent-Type: {PROBLEM}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Retry-After: 2\r\nConnection: close\r\n\r\n".encode() + body
