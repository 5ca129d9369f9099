"""Engines by name; each is imported when it is asked for."""

from __future__ import annotations

from typing import Any

from opencheck.core.errors import InputError, unknown_name

__all__ = ["ENGINES", "carrier_of"]

ENGINES = ("polars", "duckdb", "spark")


def carrier_of(engine: str | Any, memory: str | None = None) -> Any:
    """The engine of a name; one that is no name is taken as it is.

    Raises:
        InputError: no such engine, or one that is not installed.

    >>> carrier_of("polars").name
    'polars'
    """
    if not isinstance(engine, str):
        return engine
    if engine not in ENGINES:
        raise unknown_name("没有这个引擎 / no engine", engine, ENGINES, code="unknown_engine", field="engine")
    if memory and engine != "duckdb":
        text = f"内存上限只对 duckdb 有效 / a memory limit is for duckdb, not for {engine}"
        raise InputError(text, code="memory_needs_duckdb", field="memory", found=memory)
    if engine == "duckdb":
        from opencheck.engine.carriers.duckdb import DuckDBCarrier

        return DuckDBCarrier(memory)
    if engine == "spark":
        from opencheck.engine.carriers.spark import SparkCarrier

        return SparkCarrier()
    from opencheck.engine.carriers.polars import PolarsCarrier

    return PolarsCarrier()
