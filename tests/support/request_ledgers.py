"""Ledgers of a few requests."""

from __future__ import annotations

from typing import Any

import opencheck as oc

GOOD = {"id": "0", "received_on": "2018-10-08", "replied_on": "2018-10-10", "unit": "市财政局"}


LATE = {"received_on": "2018-10-08", "replied_on": "2018-12-20", "unit": "市教体局"}


OPEN = {"received_on": "2018-10-08", "unit": "市民政局"}


def check(*rows: dict[str, Any], as_of: str = "2018-11-30", rules: tuple[str, ...] = ("PD-15.3",)) -> oc.Report:
    return oc.check({"request": [GOOD, *rows]}, as_of=as_of, rules=list(rules))
