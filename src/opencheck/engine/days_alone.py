"""Records of which a moment is known only by its day: where every time of that day decides the same, that is decided.

The extremes of the day stand for all of its times: what holds at its first and at its last moment, each together with those of every other
such field, holds at any between. What is told is the most favourable to the office: a limit starts at the end of such a day, and an act was
done at its beginning, so that nothing is called later than it surely was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import time
from itertools import product

import polars as pl

from opencheck.core.clock import SHANGHAI
from opencheck.records.contradictions import day_alone
from opencheck.records.table_spec import TableSpec

__all__ = ["corners_of_days", "favourable_times", "fields_of_days_alone", "with_days_alone"]

_FIRST, _LAST = time.min, time.max


def fields_of_days_alone(spec: TableSpec, batch: pl.DataFrame) -> list[str]:
    """The fields of a batch of which some record leaves the time of day open."""
    moments = [n for n in batch.columns if n in spec.fields and spec.fields[n].kind == "datetime"]
    known = batch.select(day_alone(n).is_not_null().any().alias(n) for n in moments)
    return [n for n in moments if known[n].item()]


def with_days_alone(batch: pl.DataFrame, fields: Sequence[str], times: Sequence[time]) -> pl.DataFrame:
    """The batch with a time of each such day in place of the blank."""
    filled = [
        pl.col(n).fill_null(day_alone(n).dt.combine(when).dt.replace_time_zone(str(SHANGHAI)).cast(batch.schema[n]))
        for n, when in zip(fields, times, strict=True)
    ]
    return batch.with_columns(filled)


def favourable_times(fields: Sequence[str], starting: Collection[str]) -> list[time]:
    """The time of day of each field at which the least is late: the last of those that start a limit, the first of others."""
    return [_LAST if name in starting else _FIRST for name in fields]


def corners_of_days(
    batch: pl.DataFrame, blank: pl.DataFrame, fields: Sequence[str], judged: Sequence[time]
) -> Iterator[pl.DataFrame]:
    """The batch with the first and the last moments of the days of some fields, in every combination but the one that was judged.

    Args:
        batch: with the moments that were judged.
        blank: the same records, with blanks in their place.
        fields: the fields.
        judged: the times of day that were judged.
    """
    for times in product((_FIRST, _LAST), repeat=len(fields)):
        if times != tuple(judged):
            yield batch.with_columns(with_days_alone(blank, fields, times).select(fields))
