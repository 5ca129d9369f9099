"""Libraries that an installation may lack: which extra of opencheck brings each, and the error that says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from opencheck.core.errors import InputError

__all__ = ["EXTRAS", "missing_library", "names_missing_libraries"]


P = ParamSpec("P")
R = TypeVar("R")

EXTRAS = {
    "adbc_driver_postgresql": "sql",
    "adbc_driver_sqlite": "sql",
    "alembic": "history",
    "cryptography": "documents",
    "django": "django",
    "docx": "handouts",
    "duckdb": "duckdb",
    "fastapi": "serve",
    "icalendar": "ics",
    "pandas": "pandas",
    "pebble": "serve",
    "prometheus_client": "serve",
    "psycopg": "history",
    "pyarrow": "arrow",
    "pygal": "charts",
    "pypdf": "documents",
    "pyspark": "spark",
    "sqlalchemy": "history",
    "starlette": "serve",
    "uvicorn": "serve",
    "wagtail": "wagtail",
}
"""Module → the extra that brings it. Other libraries come with opencheck itself, unless it was installed without them."""


def missing_library(exc: ImportError, what: str = "") -> InputError:
    """Return the error for a library that is not installed, with the command that installs it.

    Args:
        exc: the failed import.
        what: what needs the library, in both languages: ``读取 .pdf / to read .pdf``; blank: what one asked for.

    >>> str(missing_library(ImportError("no", name="duckdb")))
    "缺少 duckdb，请安装 / duckdb is missing, install it: pip install 'opencheck[duckdb]'"
    """
    module = (exc.name or str(exc)).partition(".")[0]
    extra = EXTRAS.get(module)
    command = f"pip install 'opencheck[{extra}]'" if extra else "pip install opencheck"
    before = f"{what}: " if what else ""
    text = f"{before}缺少 {module}，请安装 / {module} is missing, install it: {command}"
    return InputError(text, code="missing_library", found=module, accepted=(command,))


def names_missing_libraries(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function raise :func:`missing_library` instead of an import error of a library."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ModuleNotFoundError as exc:
            if (exc.name or "").partition(".")[0] == "opencheck":
                raise
            raise missing_library(exc) from exc

    return wrapped
