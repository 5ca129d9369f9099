"""Whether a cell states what its column asks for: yes, no, or not for certain, by the kind of the field."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from opencheck.records.tables import TABLES
from opencheck.rules.statements import folded, states, without_denials


@pytest.mark.parametrize(
    ("table", "field", "cells"),
    [
        ("disclosure", "channels", [(["portal"], True), (["portal", "bulletin_board"], True), ([], False), (None, False)]),
        ("request", "publishable", [(True, True), (False, True), (None, False)]),
        ("interpretation", "document_id", [("未填写", True), (None, False)]),  # a name of another record denies nothing
        ("disclosure", "attribute", [("主动公开", True), ("某某", None), (None, False)]),
        ("disclosure", "level", [("city", True), (None, False)]),
        ("account", "platform", [("微信", True), ("公众服务", None), (None, False)]),  # any other word may be one, too
        ("disclosure", "reviewer", [("李某", True), ("×", None), (None, False)]),
        ("proposal_reply", "justification", [
            ("涉及商业秘密", True), ("无 正当　理由。", False), ("不涉及公共利益", True), ("未附材料", None), (None, False),
        ]),
        ("request", "legal_basis", [
            ("条例第１６条", True), ("《保守国家秘密法》不适用", False), ("经查不属于条例第１４条情形", False), (None, False),
        ]),
    ],
)  # fmt: skip
def test_what_a_cell_states(table: str, field: str, cells: list[tuple[Any, bool | None]]) -> None:
    spec = TABLES[table].fields[field]
    frame = pl.DataFrame({field: pl.Series([cell for cell, _ in cells], dtype=spec.dtype)})
    found = frame.select(states(field, spec).alias("states"))["states"].to_list()
    assert found == [expected for _, expected in cells]


def test_text_is_searched_with_plain_digits_and_letters_and_without_white_space() -> None:
    frame = pl.DataFrame({"text": ["第０９ 条\u3000ＡＺａｚ\u200b\ufeff\n（一）"]})
    assert frame.select(folded("text")).item() == "第09条AZaz（一）"


def test_only_what_stands_beside_denials_is_left_of_a_ground() -> None:
    text = "不涉密，不属于国家秘密，《保密法》不适用，涉及个人隐私"
    assert pl.DataFrame({"text": [text]}).select(without_denials(pl.col("text"))).item().strip("，") == "涉及个人隐私"
