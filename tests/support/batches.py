"""Small batches, so that few records make many of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from opencheck.engine import reducing
from opencheck.engine.carriers import duckdb
from opencheck.readers import frames, memory_source


@contextmanager
def batches_of(rows: int, small: int = 0) -> Iterator[None]:
    """Everything is read in batches of so many rows; those of up to ``small`` rows take the evaluator's way for small ones."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (memory_source, "BATCH_ROWS"),
            (frames, "BATCH_ROWS"),
            (duckdb, "BATCH_ROWS"),
            (duckdb, "_LIMITED_ROWS"),
            (duckdb, "_STREAM_ROWS"),
        ):
            patch.setattr(module, name, rows)
        patch.setattr(reducing, "_SMALL_BATCH", small)
        yield
