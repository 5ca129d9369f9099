"""JSON and JSON Lines."""

from __future__ import annotations

import json

from opencheck.report.report import Report

__all__ = [
    "as_json",
    "as_jsonl",
]


def as_json(report: Report, lang: str = "zh") -> bytes:
    """Return the whole report as one JSON object."""
    return (json.dumps(report.to_dict(), ensure_ascii=False, indent=2) + "\n").encode()


def as_jsonl(report: Report, lang: str = "zh") -> bytes:
    """Return the findings, one JSON object a line."""
    return "".join(json.dumps(f.as_dict(), ensure_ascii=False) + "\n" for f in report.findings()).encode()
