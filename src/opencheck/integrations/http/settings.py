"""Settings of the service: packs, tokens, limits."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from opencheck.core.errors import InputError

__all__ = [
    "TOKENS_VARIABLE",
    "Settings",
    "is_loopback",
    "origin_of",
    "read_tokens",
]


TOKENS_VARIABLE = "OPENCHECK_TOKENS"
"""The environment variable that may hold tokens, separated by commas."""

_MIN_TOKEN_LENGTH = 16


@dataclass(frozen=True)
class Settings:
    """The settings of a service.

    ``packs`` are names or folders; clients choose among them by id. ``tokens`` are the accepted bearer tokens; an empty set disables
    authentication. ``timeout`` is in seconds, ``memory`` in bytes for each worker; ``data`` is a ledger on the server for ``GET /v1/due``.
    ``hosts`` are the names, in lower case and without port, under which the service may be asked for, beside those of this machine alone.
    ``origins`` are the sites whose pages may ask from a browser, as ``https://cms.example.gov.cn``.
    ``queue`` is how many requests may be under way for each worker, ``queue_seconds`` how long one may wait for a worker, ``body_timeout`` how
    long a client may take to send its request, ``connections`` how many there may be.
    """

    packs: tuple[str, ...] = ("pingdu-2018",)
    tokens: frozenset[str] = frozenset()
    max_request_bytes: int = 20_000_000
    timeout: float = 60.0
    memory: int = 4 * 1024**3
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    data: Path | None = None
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    queue: int = 32
    queue_seconds: float = 60.0
    body_timeout: float = 60.0
    connections: int = 512

    @property
    def longest_request(self) -> float:
        """The most seconds from a request to its answer: it is sent, waits, and is run twice if its process is lost."""
        return self.body_timeout + self.queue_seconds + 2 * self.timeout


def read_tokens(file: Path | None) -> frozenset[str]:
    """Read the tokens of a file (one a line, # for comments) and of the environment.

    Raises:
        InputError: the file is unreadable or empty, or a token is too short.
    """
    found = [t.strip() for t in os.environ.get(TOKENS_VARIABLE, "").split(",")]
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as exc:
            raise InputError(f"{file}: 读不到令牌文件 / the file of tokens cannot be read") from exc
        own = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        if not own:
            raise InputError(f"{file}: 没有令牌 / holds no token; accepted: one a line")
        found += own
    tokens = frozenset(t for t in found if t)
    if any(len(t) < _MIN_TOKEN_LENGTH for t in tokens):
        raise InputError(
            f"令牌太短，至少{_MIN_TOKEN_LENGTH}个字符 / a token is too short: at least {_MIN_TOKEN_LENGTH} characters"
        )
    return tokens


def origin_of(text: str) -> str:
    """Return an origin as browsers send it.

    Args:
        text: scheme, name and, unless it is the usual one, port of a site.

    Raises:
        InputError: it is no origin; an address with a path, or ``*``, is none.

    >>> origin_of("https://CMS.example.gov.cn/"), origin_of("http://10.1.2.3:80"), origin_of("http://localhost:8080")
    ('https://cms.example.gov.cn', 'http://10.1.2.3', 'http://localhost:8080')
    """
    found = re.fullmatch(r"(https?)://([a-z0-9.\-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?/?", text.strip().lower())
    if found is None:
        raise InputError(
            f"{text}: 不是网站地址 / not an origin; accepted: https://cms.example.gov.cn", code="origin", found=text
        )
    scheme, name, port = found.groups()
    usual = {"http": "80", "https": "443"}[scheme]
    return f"{scheme}://{name}" + (f":{port}" if port and port != usual else "")


def is_loopback(host: str) -> bool:
    """Return whether a host address is reachable from this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("[::1]")
    (True, True, False, True)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False
