"""Who may ask: the name the service was asked under, the page that asks, the token. All of it before a body is read."""

from __future__ import annotations

import hmac
from collections.abc import Set
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from opencheck.integrations.http.problem import HTTPProblem
from opencheck.integrations.http.settings import Settings, is_loopback

__all__ = [
    "DROP_IN",
    "admit",
    "host_name",
    "too_large_text",
]


DROP_IN = "/opencheck.js"
"""The script that pages of other sites load."""

PUBLIC = ("/", "/healthz", "/openapi.json", DROP_IN)
"""What is answered without a token, beside the files of the page."""

_OWN_SITES = ("", "same-origin", "none")
"""Values of Sec-Fetch-Site: no browser, a page of this service, an address that a person typed."""


def admit(scope: Scope, headers: Headers, settings: Settings) -> None:
    """Refuse a request that may not be answered.

    Raises:
        HTTPProblem: asked under an unknown name (a web page may have bound its own name to this address), asked by a page of another
            site, without a token, or with too large a body.
    """
    host = headers.get("host", "")
    name = host_name(host)
    if not (is_loopback(name) or name in settings.hosts):
        raise HTTPProblem(403, "不认识这个主机名，启动时用 --allow-host 说明 / unknown Host; name it by --allow-host")
    if headers.get("origin") not in settings.origins:
        _refuse_other_sites(scope, headers, host, settings)
    is_public = scope["path"] in PUBLIC or scope["path"].startswith("/page/")
    if settings.tokens and not is_public:
        kind, _, token = headers.get("authorization", "").partition(" ")
        known = [hmac.compare_digest(token.strip().encode(), t.encode()) for t in settings.tokens]
        if kind.lower() != "bearer" or not any(known):
            detail = "请求头要带 Authorization: Bearer 令牌 / send Authorization: Bearer TOKEN"
            raise HTTPProblem(401, detail, {"WWW-Authenticate": "Bearer"})
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > settings.max_request_bytes:
        raise HTTPProblem(413, too_large_text(settings))


def _refuse_other_sites(scope: Scope, headers: Headers, host: str, settings: Settings) -> None:
    """Refuse what a page of another site asks; its script element may load the script, which holds nothing of anybody."""
    if scope["path"] == DROP_IN:
        return
    if "origin" in headers and not _is_own_origin(headers["origin"], host, settings.hosts):
        raise HTTPProblem(403, "不接受别的网站的请求 / requests from pages of other sites are refused (Origin)")
    navigates = scope["method"] in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"
    if headers.get("sec-fetch-site", "") not in _OWN_SITES and not navigates:
        raise HTTPProblem(403, "不接受别的网站的请求 / requests from pages of other sites are refused (Sec-Fetch-Site)")


def host_name(host: str) -> str:
    """Return the name of a Host header or of an address, in lower case and without its port.

    >>> host_name("LocalHost:8000"), host_name("[::1]:8000"), host_name("check.example.cn."), host_name("10.0.0.5"), host_name("::1")
    ('localhost', '[::1]', 'check.example.cn', '10.0.0.5', '[::1]')
    """
    text = host.strip().lower()
    if text.startswith("["):
        return text.partition("]")[0] + "]"
    if text.count(":") > 1:
        return f"[{text}]"
    return text.partition(":")[0].removesuffix(".")


def _is_own_origin(origin: str, host: str, allowed: Set[str]) -> bool:
    """Whether a page of this service asks: its origin is the host that was asked, or a name by which a proxy is known."""
    try:
        found = urlsplit(origin)
    except ValueError:
        return False
    return found.scheme in ("http", "https") and (
        found.netloc.lower() == host.strip().lower() or host_name(found.netloc) in allowed
    )


def too_large_text(settings: Settings) -> str:
    """Return what a client is told whose request is too large."""
    return f"超过{settings.max_request_bytes / 1_000_000:g} MB / more than {settings.max_request_bytes / 1_000_000:g} MB"
