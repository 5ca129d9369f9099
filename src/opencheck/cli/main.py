"""The command line: ``opencheck check ledger.xlsx --pack pingdu-2018 --as-of 2018-12-31``.

Exit status: 0 no violation at or above ``--fail-on``; 1 violations; 2 usage error, unreadable input, no valid row, or any failure; 130
interrupted.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from opencheck.cli.config import find_defaults
from opencheck.cli.options import DEBUG, add_debug
from opencheck.core.errors import InputError, OpencheckError, describe_failure, unknown_name
from opencheck.core.extras import missing_library
from opencheck.core.version import __version__

__all__ = [
    "main",
]


_COMMANDS = {
    "check": "opencheck.cli.check:check",
    "map": "opencheck.cli.map:map_headings",
    "preflight": "opencheck.cli.preflight:preflight",
    "due": "opencheck.cli.due:due",
    "score": "opencheck.cli.history:score",
    "history": "opencheck.cli.history:history",
    "rules": "opencheck.cli.packs:rules",
    "explain": "opencheck.cli.packs:explain",
    "coverage": "opencheck.cli.packs:coverage",
    "test-pack": "opencheck.cli.packs:test_pack",
    "new-pack": "opencheck.cli.new:new_pack",
    "new-rule": "opencheck.cli.new:new_rule",
    "template": "opencheck.cli.files:template",
    "schema": "opencheck.cli.files:schema",
    "completion": "opencheck.cli.files:completion",
    "serve": "opencheck.integrations.http.command:serve",
}
"""Command → ``module:function``; modules are imported on demand."""


_INTERRUPTED = 130
"""The exit status of a shell's command that was interrupted."""


class _Group(click.Group):
    """Loads commands on demand, and tells every failure in a sentence, with exit status 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, function = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), function)
        return add_debug(command)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; where the first word is none, name the nearest, or for a file the command that checks it.

        Raises:
            InputError: there is no such command.
        """
        if args[0] not in _COMMANDS:
            if Path(args[0]).exists():
                told = f"检查这份文件，请写 / to check this file, write: opencheck check {args[0]}"
                raise InputError(told, code="unknown_command", found=args[0])
            raise unknown_name("没有这个命令 / no command", args[0], _COMMANDS, code="unknown_command")
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **options: Any) -> Any:
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream is None:  # closed by whoever started the command
                setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for as long as the process lives
            elif isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a character still gets the rest
        return super().main(*args, **options)

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        with _failures_reported({}):
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _failures_reported(ctx.meta):
            file, defaults = find_defaults(Path.cwd())
            if defaults:  # a waiver or a status from a folder above must not pass unnoticed
                click.echo(f"选项取自 / settings from: {file}", err=True)
            ctx.default_map = dict.fromkeys(_COMMANDS, defaults)
            return super().invoke(ctx)


@contextmanager
def _failures_reported(settings: Mapping[str, Any]) -> Iterator[None]:
    """Tell on standard error whatever fails, in a sentence; the command exits with 2.

    Args:
        settings: those of the command's context, in which ``--debug`` is kept.
    """
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # here, where a full disk or a closed pipe can be told
    except click.UsageError as exc:
        from opencheck.cli.usage_errors import usage_error_lines

        click.echo("\n".join(usage_error_lines(exc)), err=True)
        raise click.exceptions.Exit(exc.exit_code) from exc
    except (click.ClickException, click.exceptions.Exit, SystemExit, GeneratorExit):
        raise
    except (KeyboardInterrupt, click.Abort):
        click.echo("opencheck: 已中断 / interrupted", err=True)
        raise click.exceptions.Exit(_INTERRUPTED) from None
    except BaseException as exc:  # panics of Polars are no Exception
        _tell(exc, debug=bool(settings.get(DEBUG)))
        raise click.exceptions.Exit(2) from exc


def _tell(exc: BaseException, *, debug: bool) -> None:
    if isinstance(exc, ModuleNotFoundError):
        exc = missing_library(exc)
    if debug:
        click.echo("".join(traceback.format_exception(exc)), err=True)
    if isinstance(exc, OSError):
        _let_go_of_output()
    if isinstance(exc, BrokenPipeError):  # whoever reads the output has gone and need not be told
        return
    hint = "" if debug or isinstance(exc, OpencheckError) else "；--debug 显示调用过程 / --debug shows the traceback"
    click.echo(f"opencheck: {describe_failure(exc)}{hint}", err=True)


def _let_go_of_output() -> None:
    """Point standard output to nothing where what is left of it cannot be written: Python would complain when it ends."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError):  # a stream without a number, in a test
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="opencheck")
def main() -> None:
    """政务公开合规检查：台账进，结论出。Checks whether government offices keep their openness duties."""


if __name__ == "__main__":
    main()
