"""Which rows of a batch a rule may concern, by their topic alone.

Nearly every rule about disclosures names its topics, and a batch has few different ones: a test of the topic is asked once for each of
them, and whatever else a rule asks only of the rows that are left.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

import polars as pl

from opencheck.rules.conditions import TOPIC_LIKE

__all__ = ["TopicRows"]

_AT = "_at"


class TopicRows:
    """The rows of a batch by their topic."""

    def __init__(self, batch: pl.DataFrame) -> None:
        self._batch = batch

    def passing(self, test: pl.Expr | None, columns: Collection[str], *, besides: pl.Series | None = None) -> pl.DataFrame:
        """Return the rows for which a test of the topic is true or unknown, in their order.

        Args:
            test: over ``topic`` and the topic that an unknown word resembles; None for all rows.
            columns: the columns that are needed; those that the batch does not have are left out.
            besides: numbers of rows that are returned in any case.
        """
        batch = self._batch.select(n for n in self._batch.columns if n in columns)
        if test is None:
            return batch
        left = self._topics.filter(test.fill_null(True))
        if len(left) == len(self._topics):
            return batch
        rows = left[_AT].explode().drop_nulls()
        if besides is not None:
            rows = pl.concat([rows, besides]).unique()
        return batch[rows.sort()]

    @cached_property
    def _topics(self) -> pl.DataFrame:
        """The different topics, each with the numbers of its rows."""
        names = [n for n in ("topic", TOPIC_LIKE) if n in self._batch.columns]
        numbered = self._batch.select(*names, pl.int_range(pl.len(), dtype=pl.UInt32).alias(_AT))
        return numbered.group_by(names).agg(_AT)
