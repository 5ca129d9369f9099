"""``opencheck serve``: the HTTP service."""

from __future__ import annotations

from pathlib import Path

import click

from opencheck.cli.options import PACKS
from opencheck.core.extras import missing_library


@click.command()
@PACKS
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址 / address to listen on")
@click.option("--port", default=8000, show_default=True, help="端口，0为任意 / port")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="令牌文件，每行一个；也可用环境变量 OPENCHECK_TOKENS / file of bearer tokens",
)
@click.option("--workers", type=click.IntRange(1), default=None, help="工作进程数，默认CPU数 / worker processes  [cores]")
@click.option("--max-mb", type=click.FloatRange(0.001), default=20.0, show_default=True, help="请求最大MB / largest request")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=60.0,
    show_default=True,
    help="每个请求最多几秒 / seconds a request may take",
)
@click.option(
    "--memory-mb", type=click.IntRange(512), default=4096, show_default=True, help="每个工作进程的内存上限 / memory of a worker"
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True),
    default=None,
    help="本机台账，供 GET /v1/due / ledger for GET /v1/due",
)
def serve(
    packs: tuple[str, ...],
    host: str,
    port: int,
    token_file: Path | None,
    workers: int | None,
    max_mb: float,
    timeout: float,
    memory_mb: int,
    data: Path | None,
) -> None:
    """启动HTTP服务和网页。Start the HTTP service and its page.

    \b
    opencheck serve
    OPENCHECK_TOKENS=$(openssl rand -hex 16) opencheck serve --host 0.0.0.0 --port 8080
    """
    from opencheck.integrations.http.settings import Settings, is_loopback, read_tokens

    tokens = read_tokens(token_file)
    if not tokens and not is_loopback(host):
        raise click.UsageError(
            f"--host {host}：别的机器也能访问，必须先设令牌（--token-file 或 OPENCHECK_TOKENS）"
            f" / {host} can be reached from other machines: set tokens first"
        )
    try:
        from opencheck.integrations.http.run import run
    except ImportError as exc:
        raise missing_library(exc, "HTTP服务 / the service") from exc
    settings = Settings(
        packs=packs,
        tokens=tokens,
        max_request_bytes=int(max_mb * 1_000_000),
        timeout=timeout,
        memory=memory_mb * 1024**2,
        data=data.resolve() if data else None,
        **({"workers": workers} if workers else {}),
    )
    run(settings, host, port)
