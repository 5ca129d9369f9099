"""An archive in small blocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine_reports import told
from opencheck.engine import plan as plans
from opencheck.engine import run as engines
from opencheck.readers import read
from opencheck.readers import typed_columns as columns

pytestmark = pytest.mark.slow  # of machinery that goes


def in_blocks_of(
    rows: int, source: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, everything: bool = True
) -> dict[str, Any]:
    with monkeypatch.context() as patch:
        for module, name, value in (
            (columns, "PIECE", rows),
            (plans, "PIECE", rows),
            (plans, "BLOCK", 2 * rows),
            (plans, "_FEW_PARTS", 0 if rows == 1 else 99),  # two pieces in a block, or one alone
            (plans, "_SHARE", 2),
            (engines, "SMALL", -1),
        ):
            patch.setattr(module, name, value)
        return told(source(), everything=everything)


@pytest.mark.parametrize("everything", [True, False])
@pytest.mark.parametrize("rows", [1, 7])
def test_an_archive_in_small_blocks(rows: int, everything: bool, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told(read(archive), everything=everything)
    blocks = in_blocks_of(rows, lambda: read(archive), monkeypatch, everything)
    assert len(whole["rejected"]) == 3
    assert blocks == whole
