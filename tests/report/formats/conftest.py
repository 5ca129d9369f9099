from __future__ import annotations

import pytest

import opencheck as oc
from hostile_texts import EVIL


@pytest.fixture(scope="session")
def evil() -> oc.Report:
    """Strings of a ledger that would like to be more than text."""
    titles = [EVIL, "=cmd|' /C calc'!A0", "[link](javascript:alert(1))", "{0} | `code` *x*", "第一行\n第二行，: % ::error::"]
    base = {"attribute": "主动公开", "is_policy": True, "published_on": "2018-09-28"}
    rows = [{**base, "id": f"{n}{EVIL if not n else ''}", "title": t, "unit": f'局"{t}'} for n, t in enumerate(titles)]
    document = [*rows, {"id": "\x01bad", "published_on": "<b>二月</b>"}]
    return oc.check({"document": document, "interpretation": []}, as_of="2018-12-31")
