"""What opencheck relies on that its libraries do not promise: each in one place, with its reason.

The upper bounds of these libraries in pyproject.toml, and tests/core/test_library_behaviour.py, say when to look again.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ALLOCATOR_SETTINGS", "ALLOCATOR_VARIABLE", "interruptible_reads", "lazy_batches", "single_chunks"]

ALLOCATOR_VARIABLE = "_RJEM_MALLOC_CONF"
"""Where jemalloc, which is built into Polars, looks for settings when Polars is loaded."""

_DECAY = "dirty_decay_ms:10000,muzzy_decay_ms:10000"
ALLOCATOR_SETTINGS = f"{_DECAY},oversize_threshold:0,percpu_arena:percpu" if sys.platform == "linux" else _DECAY
"""Memory that was let go is kept for ten seconds for what comes next, on Linux big pieces too, and for any thread of the same processor.
With Polars' own half a second, a check of a big archive gets the memory of every batch anew from the system: a tenth of its time."""


def interruptible_reads() -> None:
    """Let Ctrl-C end a command that waits for a slow source, such as a pipe.

    When it is loaded, Polars handles SIGINT in a way that makes the system go on with a read that the signal broke off, so Python would hear of
    it only when the read is over. For a command of its own only: a program that imports opencheck decides about its signals.
    """
    import polars  # noqa: F401 - what follows must come after it

    if hasattr(signal, "siginterrupt"):  # not on Windows, where no signal breaks a read off
        signal.siginterrupt(signal.SIGINT, True)


def lazy_batches(frame: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """A query's result in batches of about so many rows, in order, without holding the whole.

    ``LazyFrame.collect_batches`` is marked as unstable; nothing stable streams a query in order.
    """
    yield from frame.collect_batches(chunk_size=rows, maintain_order=True)


def single_chunks(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with one chunk a column.

    Polars has panicked on expressions over the items of lists that lie in several chunks, and gathers are ten times slower there.
    """
    return frame.rechunk()
