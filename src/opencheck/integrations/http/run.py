"""Serve the application with uvicorn."""

from __future__ import annotations

import asyncio
import logging
import socket

import click
import uvicorn

from opencheck.core.errors import InputError
from opencheck.integrations.http.app import create_app
from opencheck.integrations.http.connections import guarded_protocol
from opencheck.integrations.http.settings import Settings

__all__ = [
    "run",
]


def run(settings: Settings, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; running requests are completed first.

    Raises:
        InputError: the address or port is not available.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only if the protocol is given; otherwise responses may wait 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as exc:
        raise InputError(f"{host}:{port} 不能监听 / cannot be listened on: {exc.strerror}") from exc
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"http://{shown}:{listener.getsockname()[1]}/  （Ctrl-C 停止 / stops）", err=True)
    config = uvicorn.Config(
        create_app(settings),
        http=guarded_protocol(settings),
        ws="none",
        log_config=None,
        access_log=False,  # it logs query strings; the application logs requests without them
        server_header=False,
        timeout_graceful_shutdown=int(settings.longest_request) + 5,
        timeout_keep_alive=75,  # longer than proxies and clients keep an idle connection: they close it, not we under their next request
        h11_max_incomplete_event_size=64 * 1024,
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
