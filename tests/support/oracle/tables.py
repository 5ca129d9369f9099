"""The kind ``columns``: a published table, column by column."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from opencheck.records.tables import TABLES

from .cells import ELSEWHERE, folded
from .logic import concerns, holds
from .sets import Found
from .verdict import BROKEN, KEPT, UNKNOWN, Verdict
from .world import Ledger, Row

DIGITS = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789", strict=True)) | {"十": "10", "拾": "10"}


def columns(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Found:
    """A verdict for each column, or group of columns of which one is enough."""
    table = rule["on"]
    entries = [(row, concerns(ledger, rule, "columns", row)) for row in ledger.rows[table] if not _is_total(row)]
    found: Found = {}
    if any(answer is None for _, answer in entries):
        found[None, None] = Verdict(UNKNOWN)
    concerned = [row for row, answer in entries if answer]
    if not concerned:
        return found or ({(None, None): Verdict("not_applicable")} if entries else {})
    for name, test in need["holds"].items():
        fields = [n for branch in test for n in branch] if name == "any" else [name]
        broken = [row for row in concerned if holds(ledger, table, _in_digits(row), {name: test}) is not True]
        elsewhere = all(any(row[n] == ELSEWHERE for n in fields) for row in broken)
        label = "／".join(TABLES[table].fields[n].column.label_zh for n in fields)
        found[folded(label), None] = Verdict(KEPT if not broken else "needs_review" if elsewhere else BROKEN)
    return found


def _is_total(row: Row) -> bool:
    return any(
        isinstance(v, str) and re.fullmatch(r"\s*([合总小共]\s*计|.+[合小]计)\s*[:：]?\s*|共\d+户", v) for v in row.values()
    )


def _in_digits(row: Row) -> Row:
    """Numbers count in words, in full width and in groups."""
    return {n: _plain(v) if isinstance(v, str) and v != ELSEWHERE else v for n, v in row.items()}


def _plain(text: str) -> str:
    text = "".join(DIGITS.get(c, c) for c in unicodedata.normalize("NFKC", text))
    while re.search(r"\d[\s\-－–—]+\d", text):
        text = re.sub(r"(\d)[\s\-－–—]+(\d)", r"\1\2", text, count=1)
    return text


__all__ = ["columns"]
