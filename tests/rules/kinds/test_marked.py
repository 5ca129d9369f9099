"""marked: the label of a document."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pingdu_rules import check


@pytest.mark.parametrize("form", [dict, pl.DataFrame])
def test_marked_lines_of_a_text_are_kept(form: Any) -> None:
    rows = [
        {
            "id": "1",
            "attribute": "主动公开",
            "signed_on": date(2018, 9, 3),
            "published_on": date(2018, 9, 4),
            "text": "　正文\r\n此件公开发布\r\n",
        },
        {
            "id": "2",
            "attribute": "主动公开",
            "signed_on": date(2018, 9, 3),
            "published_on": date(2018, 9, 4),
            "text": "请在此件公开发布之前核对",
        },
    ]
    given_ = rows if form is dict else pl.DataFrame(rows)
    assert [str(f.outcome) for f in check("PD-13.3", {"document": given_})] == ["pass", "violation"]
