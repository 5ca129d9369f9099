"""The example ledger, and any other, as frames."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from opencheck.readers import read
from opencheck.records.dataset import ROW, SRC


def plain_tables(ledger: Path) -> dict[str, pl.DataFrame]:
    """The example ledger as frames of an archive: typed columns, and some values of no use among them."""
    found = {}
    for name, table in read(ledger).tables.items():
        frame = table.records().drop(ROW, SRC)
        if name in ("document", "account"):
            frame = frame.unique("id", maintain_order=True)
        found[name] = frame
    odd = pl.int_range(pl.len()) == 3
    found["meeting"] = found["meeting"].with_columns(
        pl.when(odd).then(pl.lit("2018-02-30")).otherwise(pl.col("held_on").cast(pl.String)).alias("held_on")
    )
    found["document"] = pl.concat([found["document"], found["document"].head(2)])
    spaces = pl.format(" {}\u3000", pl.col("title"))
    found["disclosure"] = found["disclosure"].with_columns(pl.when(odd).then(spaces).otherwise("title").alias("title"))
    return found


def with_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame as a database without lists, dates and booleans holds it."""
    return frame.select(
        pl.col(n).list.join("；").alias(n) if t == pl.List(pl.String) else pl.col(n).cast(pl.String).alias(n)
        for n, t in frame.schema.items()
    )


def frames(ledger: Mapping[str, Any]) -> dict[str, pl.DataFrame]:
    """The usable rows of a ledger as typed frames; rows that are alike in nothing but their ids keep them."""
    return {name: t.records().drop(ROW, SRC) for name, t in read(dict(ledger)).tables.items()}
