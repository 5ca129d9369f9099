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
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="别的机器用什么主机名或地址访问，可给多个；本机总可以 / name or address by which other machines ask; this machine always may",
)
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="哪些网站的页面可以用 opencheck.js，如 https://cms.example.gov.cn，可给多个 / sites whose pages may use opencheck.js",
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
    "--body-timeout",
    type=click.FloatRange(0.1),
    default=60.0,
    show_default=True,
    help="请求最迟几秒内发完 / seconds in which a request must have been sent",
)
@click.option("--connections", type=click.IntRange(1), default=512, show_default=True, help="连接最多几个 / most connections")
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
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    workers: int | None,
    max_mb: float,
    timeout: float,
    body_timeout: float,
    connections: int,
    memory_mb: int,
    data: Path | None,
) -> None:
    """启动HTTP服务和网页。Start the HTTP service and its page.

    \b
    opencheck serve
    OPENCHECK_TOKENS=$(openssl rand -hex 16) opencheck serve --host 0.0.0.0 --port 8080 --allow-host check.example.gov.cn
    """
    from opencheck.integrations.http.settings import Settings, is_loopback, origin_of, read_tokens

    tokens = read_tokens(token_file)
    if not tokens and not is_loopback(host):
        raise click.UsageError(
            f"--host {host}：别的机器也能访问，必须先设令牌（--token-file 或 OPENCHECK_TOKENS）"
            f" / {host} can be reached from other machines: set tokens first"
        )
    try:
        from opencheck.integrations.http.admission import host_name
        from opencheck.integrations.http.run import run
    except ImportError as exc:
        raise missing_library(exc, "HTTP服务 / the service") from exc
    named = frozenset(host_name(name) for name in (*hosts, host)) - {"0.0.0.0", "[::]", ""}
    if not any(not is_loopback(name) for name in named) and not is_loopback(host):
        click.echo(
            "没有 --allow-host：只回答用 localhost 访问的请求 / without --allow-host only requests for localhost are answered",
            err=True,
        )
    settings = Settings(
        packs=packs,
        tokens=tokens,
        max_request_bytes=int(max_mb * 1_000_000),
        timeout=timeout,
        body_timeout=body_timeout,
        connections=connections,
        hosts=named,
        origins=frozenset(origin_of(o) for o in origins),
        memory=memory_mb * 1024**2,
        data=data.resolve() if data else None,
        **({"workers": workers} if workers else {}),
    )
    run(settings, host, port)
