"""A ledger of two units whose findings hand-outs ask about, and the one answer that comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import opencheck as oc
from opencheck.core.message_catalogue import get_message

RULES = ["PD-8-4.4", "PD-15.3", "PD-3.4"]
Filler = Callable[..., Path]
"""Fills in a row of a unit's workbook, see the fixture ``fill``."""


def records() -> dict[str, list[dict[str, Any]]]:
    """Two units: a posting that was too short (a reason answers it), late replies, a review, a request without its day."""
    posted = {"topic": "扶贫项目", "level": "村级", "justification": None, "unit": "旧店镇政府"}
    return {
        "disclosure": [
            {**posted, "id": "p1", "title": "道路硬化", "published_on": "2018-09-01", "posted_until": "2018-09-05"},
            {**posted, "id": "p2", "title": "安全饮水", "published_on": "2018-09-01", "posted_until": "2018-09-06"},
        ],
        "request": [
            {"id": "r1", "unit": "市财政局", "received_on": "2018-10-08", "replied_on": "2018-12-20"},
            {"id": "r2", "unit": "市财政局", "received_on": "2018-10-08", "replied_on": "2018-12-21"},
            {"id": "r3", "unit": "市财政局", "received_on": None, "replied_on": "2018-12-21"},
        ],
    }


def check(**more: Any) -> oc.Report:
    return oc.check(records(), as_of="2018-12-31", rules=RULES, **more)


def status_word(status: str) -> str:
    return get_message(f"handout.status_{status}", "zh")


def only(report: oc.Report) -> dict[str, Any]:
    assert len(report.answers) == 1, report.answers
    return report.answers[0]
