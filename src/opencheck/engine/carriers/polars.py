"""Polars: files and frames scanned in batches, judged in this process."""

from __future__ import annotations

from opencheck.engine.carriers.base import LocalCarrier

__all__ = ["PolarsCarrier"]


class PolarsCarrier(LocalCarrier):
    """The engine that needs nothing else."""

    name = "polars"
