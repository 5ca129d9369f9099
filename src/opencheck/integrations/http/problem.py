"""Errors that are reported to the client, as RFC 9457 describes them."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Scope

from opencheck.core.personal_data import mask_for_display
from opencheck.integrations.http.schemas import PROBLEM, Problem, problem_fields

__all__ = [
    "HTTPProblem",
    "problem_response",
]


class HTTPProblem(Exception):
    """An error that is reported to the client."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})


def problem_response(scope: Scope, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error response; personal numbers that the client sent are masked in it."""
    problem = Problem(
        **problem_fields(status),
        detail=mask_for_display(detail),
        instance=mask_for_display(scope.get("path", "")),
        request_id=scope.get("state", {}).get("request_id", ""),
    )
    return Response(problem.model_dump_json(), status, dict(headers or {}), PROBLEM)
