"""The service against its own OpenAPI description: requests made from it, within it and outside of it (schemathesis)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from judged_together import is_long_search
from servers import TOKEN, Server

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: pip install -e '.[dev]'")

pytestmark = [pytest.mark.slow]

TAKES_INPUT = [
    ("POST", "/v1/preflight"),
    ("POST", "/v1/fix"),
    ("POST", "/v1/check"),
    ("POST", "/v1/due"),
    ("GET", "/v1/due"),
    ("GET", "/v1/template"),
    ("GET", "/v1/rules/{rule_id}"),
]
TAKES_NONE = [("GET", "/v1/tables"), ("GET", "/v1/rules"), ("GET", "/v1/packs"), ("GET", "/healthz"), ("GET", "/metrics")]
WITHIN = [(*operation, schemathesis.GenerationMode.POSITIVE) for operation in [*TAKES_INPUT, *TAKES_NONE]]
OUTSIDE = [(*operation, schemathesis.GenerationMode.NEGATIVE) for operation in TAKES_INPUT]


@pytest.fixture(scope="module")
def schema(server: Server) -> Any:
    return schemathesis.openapi.from_url(f"{server.url}/openapi.json")


def test_every_operation_is_tried(schema: Any) -> None:
    found = {(o.ok().method.upper(), o.ok().path) for o in schema.get_all_operations()}
    assert found == {*TAKES_INPUT, *TAKES_NONE}


@pytest.mark.parametrize(("method", "path", "mode"), [*WITHIN, *OUTSIDE])
def test_every_answer_is_one_that_the_description_names(schema: Any, server: Server, method: str, path: str, mode: Any) -> None:
    from schemathesis.checks import CHECKS

    # A description cannot say which bytes are a workbook, or which text is a day of a record.
    unfit = CHECKS.get_by_names(["positive_data_acceptance"])

    @settings(
        max_examples=6 if is_long_search() else 4,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60, excluded_checks=unfit)

    ask()
    assert " ERROR " not in server.logged()
